/* sheet.c: growing, and placing the relative measures. */
#include "score/sheet.h"

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "score/transform.h"

cst_status score_sheet_init(score_sheet *s, const cst_model *m, const score_likelihoods *likelihoods,
                            bool keep, cst_error *e)
{
    *s =
        (score_sheet){.model = m, .keep = keep || m->relative, .chances = {.set = likelihoods, .keep = keep}};
    return cst_metrics_rows_init(&s->rows, e);
}

void score_sheet_clear(score_sheet *s)
{
    cst_metrics_rows_clear(&s->rows);
    free(s->result);
    free(s->group);
    free(s->value);
    free(s->sub);
    score_chances_clear(&s->chances);
    *s = (score_sheet){0};
}

cst_status score_sheet_reserve(score_sheet *s, size_t more, cst_error *e)
{
    if (s->rows.n + more <= s->room) return CST_OK;
    size_t room = cst_room_for(s->room, s->rows.n + more);
    size_t measures = s->keep ? s->model->measures * sizeof(double) : 0;
    if (!cst_resize(&s->result, room, sizeof *s->result) ||
        !cst_resize(&s->group, room, s->model->groups * sizeof *s->group) ||
        !cst_resize(&s->value, room, measures) || !cst_resize(&s->sub, room, measures))
        return cst_no_memory(e);
    s->room = room;
    return CST_OK;
}

cst_status score_sheet_one_period(score_sheet *s, cst_error *e)
{
    s->rows.order = malloc(s->rows.n * sizeof *s->rows.order + 1);
    s->rows.day = calloc(1, sizeof *s->rows.day);
    s->rows.begin = calloc(2, sizeof *s->rows.begin);
    if (!s->rows.order || !s->rows.day || !s->rows.begin) return cst_no_memory(e);
    for (size_t i = 0; i < s->rows.n; i++) s->rows.order[i] = (uint32_t)i;
    if (s->rows.n) s->rows.day[0] = s->rows.row[0].period;
    s->rows.days = 1;
    s->rows.begin[1] = (uint32_t)s->rows.n;
    return CST_OK;
}

/* Sub-scores of one relative measure for the rows order[from..to), one period. */
static cst_status place_measure(score_sheet *s, size_t k, size_t from, size_t to, double *peers, cst_error *e)
{
    const score_node *node = &s->model->node[s->model->measure[k]];
    size_t m = s->model->measures, n = 0;
    for (size_t i = from; i < to; i++) {
        double x = s->value[s->rows.order[i] * m + k];
        if (s->rows.row[s->rows.order[i]].active && !isnan(x)) peers[n++] = x;
    }
    cst_summary about;
    cst_summary_of(peers, n, &about);
    cst_status status = n ? cst_sort(peers, n, e) : CST_OK;
    for (size_t i = from; status == CST_OK && i < to; i++) {
        double x = s->value[s->rows.order[i] * m + k];
        s->sub[s->rows.order[i] * m + k] =
            isnan(x) || n == 0 ? (double)NAN : score_transform_among(node, x, peers, n, about.mean, about.sd);
    }
    return status;
}

/* Rows `from` up to the strip's end into the lanes of a strip, which holds measures x SCORE_LANES. */
static void load_strip(const score_sheet *s, size_t from, size_t rows, double *strip)
{
    size_t measures = s->model->measures;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < measures; k++) strip[k * SCORE_LANES + i] = s->sub[(from + i) * measures + k];
}

static void score_rows(score_sheet *s, double *strip, double *scratch)
{
    for (size_t from = 0; from < s->rows.n; from += SCORE_LANES) {
        size_t rows = s->rows.n - from < SCORE_LANES ? s->rows.n - from : SCORE_LANES;
        load_strip(s, from, rows, strip);
        score_tree_score(s->model, strip, rows, s->group + from * s->model->groups, scratch,
                         s->result + from);
    }
}

cst_status score_sheet_place(score_sheet *s, cst_error *e)
{
    double *peers = malloc(s->rows.n * sizeof *peers + 1);
    size_t room = score_tree_room(s->model);
    double *scratch = calloc(room + s->model->measures * SCORE_LANES, sizeof *scratch);
    cst_status status = peers && scratch ? CST_OK : cst_no_memory(e);
    for (size_t p = 0; status == CST_OK && p < s->rows.days; p++)
        for (size_t k = 0; status == CST_OK && k < s->model->measures; k++)
            if (score_transform_rules[s->model->node[s->model->measure[k]].transform].relative)
                status = place_measure(s, k, s->rows.begin[p], s->rows.begin[p + 1], peers, e);
    if (status == CST_OK) score_rows(s, scratch + room, scratch);
    free(peers);
    free(scratch);
    return status;
}

/* Shares that sum to just the least may miss it by a hair. */
void score_sheet_drop_uncovered(score_sheet *s, double least)
{
    for (size_t i = 0; least > 0 && i < s->rows.n; i++)
        if (s->result[i].coverage < least - 1e-9) s->result[i].score = NAN;
}
