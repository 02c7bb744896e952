/* line.c: the cells one after the other into a place of the writer that is large enough for all of them.
 * Names are quoted once for all rows, and a day is laid out again only where it is another than the last,
 * which is once a period. */
#include "score/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "score/points.h"
#include "write/writer_rows.h"

/* What a text may take at most, with quotes and the slack that copying asks for. */
static size_t room_of(cst_text t)
{
    return 2 * (size_t)t.n + 18;
}

/* Each of these puts a cell and the delimiter after it. */
static char *end_cell(const score_line *l, char *to)
{
    *to = l->delimiter;
    return to + 1;
}

/* One that is written as it is. */
static char *put_name(const score_line *l, char *to, cst_text name)
{
    memcpy(to, name.p, name.n);
    return end_cell(l, to + name.n);
}

static char *put_band(const score_line *l, char *to, uint32_t band)
{
    return put_name(l, to, l->band[band == UINT32_MAX ? l->model->bands : band]);
}

static char *put_measure(const score_line *l, char *to, uint32_t measure)
{
    return put_name(l, to, l->measure[measure == UINT32_MAX ? l->model->measures : measure]);
}

static char *put_points(const score_line *l, char *to, int32_t hundredths)
{
    return end_cell(l, hundredths < 0 ? to : to + score_points_format(hundredths, to));
}

/* Millionths, less than 1000 whole: all six decimals. */
static char *put_millionths(const score_line *l, char *to, uint32_t v)
{
    uint32_t whole = v / 1000000, rest = v % 1000000;
    if (whole >= 100) *to++ = (char)('0' + whole / 100);
    if (whole >= 10) *to++ = (char)('0' + whole / 10 % 10);
    *to++ = (char)('0' + whole % 10);
    *to++ = '.';
    for (int i = 5; i >= 0; i--, rest /= 10) to[i] = (char)('0' + rest % 10);
    return end_cell(l, to + 6);
}

static char *put_day(score_line *l, char *to, cst_day d)
{
    if (d != l->day) cst_day_format(d, l->day_text);
    l->day = d;
    return put_name(l, to, (cst_text){l->day_text, 10});
}

cst_status score_line_init(score_line *l, const cst_model *m, char delimiter, cst_error *e)
{
    size_t bytes = 0, longest = 0;
    for (size_t i = 0; i < m->bands; i++) bytes += room_of(m->band[i].name);
    for (size_t k = 0; k < m->measures; k++) bytes += room_of(m->node[m->measure[k]].name);
    *l = (score_line){.model = m, .delimiter = delimiter, .day = CST_DAY_NONE};
    l->band = calloc(m->bands + 1, sizeof *l->band);
    l->measure = calloc(m->measures + 1, sizeof *l->measure);
    l->names = malloc(bytes + 1);
    if (!l->band || !l->measure || !l->names) return cst_no_memory(e);
    char *to = l->names;
    for (size_t i = 0; i < m->bands + m->measures; i++) {
        bool band = i < m->bands;
        size_t k = i - m->bands;
        cst_text *name = band ? &l->band[i] : &l->measure[k];
        char *end = cst_csv_put(to, band ? m->band[i].name : m->node[m->measure[k]].name, delimiter);
        *name = (cst_text){to, (uint32_t)(end - to)};
        if (name->n > longest) longest = name->n;
        to = end;
    }
    l->band[m->bands] = l->measure[m->measures] = (cst_text){"", 0};
    /* every cell but names and groups takes less than 32 bytes, the history less than 64 */
    l->room = 20 * 32 + 64 + 5 * longest + m->groups * (SCORE_POINTS_ROOM + 1);
    return CST_OK;
}

void score_line_clear(score_line *l)
{
    free(l->band);
    free(l->measure);
    free(l->names);
    *l = (score_line){0};
}

/* What is shown and how it came about. */
static char *put_shown(score_line *l, char *to, const score_night *n)
{
    const cst_model *m = l->model;
    const score_tree_result *t = &n->sheet->result[n->row];
    const int32_t *group = n->sheet->group + n->row * m->groups;
    const char *vector = score_memory_vector(n->memory);
    bool scored = n->raw >= 0;
    to = put_points(l, to, n->score);
    to = put_band(l, to, n->band);
    to = put_points(l, to, n->raw);
    to = put_band(l, to, score_model_plain_band(m, n->raw));
    to = put_millionths(l, to, (uint32_t)(t->coverage * 1e6 + 0.5));
    to = put_name(l, to, (cst_text){vector, (uint32_t)strlen(vector)});
    for (size_t g = 0; g < m->groups; g++) to = put_points(l, to, group[g]);
    to = put_measure(l, to, scored ? t->worst : UINT32_MAX);
    return put_measure(l, to, scored ? t->best : UINT32_MAX);
}

/* What was computed and what the next night needs. */
static char *put_state(score_line *l, char *to, const score_night *n)
{
    const score_memory *m = n->memory;
    unsigned changes = score_memory_changes(m);
    *to = '1'; /* there are at most twelve periods to change in */
    to += changes >= 10;
    *to = (char)('0' + changes % 10);
    to = end_cell(l, to + 1);
    to = put_points(l, to, n->score);
    to = put_band(l, to, m->band);
    for (int i = 0; i < 3; i++) to = end_cell(l, to); /* no override */
    if (m->scores) {
        to = put_millionths(l, to, (uint32_t)m->smoothed);
        to = put_day(l, to, m->scored);
    } else {
        to = end_cell(l, end_cell(l, to));
    }
    to = end_cell(l, to + score_memory_history(m, to));
    return end_cell(l, to + score_memory_changed(m, to));
}

cst_status score_line_put(score_line *l, const score_night *n, cst_writer *fork, cst_error *e)
{
    const cst_metrics_row *r = &n->sheet->rows.row[n->row];
    cst_text account = cst_intern_text(n->sheet->rows.accounts, r->account);
    char *begin = cst_writer_room(fork, l->room + room_of(account)), *to = begin;
    if (!begin) return cst_no_memory(e);
    to = end_cell(l, cst_csv_put(to, account, l->delimiter));
    to = put_day(l, to, r->period);
    to = put_shown(l, to, n);
    to = put_state(l, to, n);
    to[-1] = '\n';
    cst_writer_add(fork, (size_t)(to - begin), 1);
    return CST_OK;
}
