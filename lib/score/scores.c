/* scores.c: the main output. What is shown comes first; what was computed under an override, and what
 * the next night needs, last. */
#include <stdlib.h>

#include "base/parallel.h"
#include "base/text.h"
#include "score/line.h"
#include "score/output.h"
#include "score/points.h"
#include "write/writer_rows.h"

static const cst_column before[] = {
    {"account_id", CST_COL_TEXT}, {"period", CST_COL_TEXT},      {"score", CST_COL_NUMBER},
    {"band", CST_COL_TEXT},       {"raw_score", CST_COL_NUMBER}, {"raw_band", CST_COL_TEXT},
    {"coverage", CST_COL_NUMBER}, {"vector", CST_COL_TEXT},
};
static const cst_column after[] = {
    {"costs_most", CST_COL_TEXT},       {"gives_most", CST_COL_TEXT},     {"band_changes", CST_COL_NUMBER},
    {"computed_score", CST_COL_NUMBER}, {"computed_band", CST_COL_TEXT},  {"override_owner", CST_COL_TEXT},
    {"override_reason", CST_COL_TEXT},  {"override_until", CST_COL_TEXT}, {"smoothed", CST_COL_NUMBER},
    {"last_scored", CST_COL_TEXT},      {"history", CST_COL_TEXT},        {"band_history", CST_COL_TEXT},
};
enum { BEFORE = sizeof before / sizeof *before, AFTER = sizeof after / sizeof *after };

static bool is_taken(cst_text name, const cst_column *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cst_text_is(name, columns[i].name)) return true;
    return false;
}

static cst_status add_groups(const cst_model *m, cst_column *c, size_t *n, cst_error *e)
{
    for (size_t g = 0; g < m->groups; g++) {
        const score_node *node = &m->node[m->group[g]];
        if (is_taken(node->name, before, BEFORE) || is_taken(node->name, after, AFTER))
            return cst_fail_at(
                e, CST_DATA, cst_table_place(m->table, node->row, -1), "name",
                "expected a group name that is no column of the scores, found \"%.*s\"; rename the group",
                (int)node->name.n, node->name.p);
        c[(*n)++] = (cst_column){m->group_name[g], CST_COL_NUMBER};
    }
    return CST_OK;
}

/* The columns of likelihoods behind the n that there are. */
static cst_status add_chances(const score_sheet *s, cst_column *c, size_t *n, cst_error *e)
{
    size_t more = score_chance_columns(&s->chances, c + *n);
    for (size_t i = 0; i < more; i++, ++*n)
        if (is_taken(cst_text_of(c[*n].name), c, *n))
            return cst_fail(e, CST_DATA,
                            "expected names of likelihoods that are no columns of the output, found \"%s\"; "
                            "fit one with another --name",
                            c[*n].name);
    return CST_OK;
}

cst_status score_scores_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e)
{
    const cst_model *m = s->model;
    cst_column *c = calloc(BEFORE + m->groups + AFTER + 2 * score_chances_count(&s->chances), sizeof *c);
    if (!c) return cst_no_memory(e);
    *n = 0;
    for (size_t i = 0; i < BEFORE; i++) c[(*n)++] = before[i];
    cst_status status = add_groups(m, c, n, e);
    for (size_t i = 0; status == CST_OK && i < AFTER; i++) c[(*n)++] = after[i];
    if (status == CST_OK) status = add_chances(s, c, n, e);
    if (status == CST_OK)
        *out = c;
    else
        free(c);
    return status;
}

enum { KEYS = 2 }; /* account_id, period */

cst_status score_chances_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e)
{
    cst_column *c = calloc(KEYS + 2 * score_chances_count(&s->chances), sizeof *c);
    if (!c) return cst_no_memory(e);
    for (*n = 0; *n < KEYS; ++*n) c[*n] = before[*n];
    cst_status status = add_chances(s, c, n, e);
    if (status == CST_OK)
        *out = c;
    else
        free(c);
    return status;
}

cst_status score_chances_write(const score_sheet *s, cst_writer *w, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < s->rows.n; i++) {
        const cst_metrics_row *r = &s->rows.row[s->rows.order[i]];
        cst_put_text(w, cst_intern_text(s->rows.accounts, r->account));
        cst_put_day(w, r->period);
        score_chance_put(&s->chances, s->rows.order[i], w);
        status = cst_end_row(w, e);
    }
    return status;
}

struct scores {
    const cst_model *model;
    const score_overrides *overrides;
    cst_writer *main, *w; /* the table, and the fork that this thread lays its rows out in */
    score_line line;      /* where rows may be laid out as lines */
    bool lines;
};

static void put_band(struct scores *s, uint32_t band)
{
    if (band == UINT32_MAX)
        cst_put_missing(s->w);
    else
        cst_put_text(s->w, s->model->band[band].name);
}

static void put_measure(struct scores *s, uint32_t k)
{
    if (k == UINT32_MAX)
        cst_put_missing(s->w);
    else
        cst_put_text(s->w, s->model->node[s->model->measure[k]].name);
}

static void put_shown(struct scores *s, const score_night *n, const score_override *o)
{
    int32_t score = o && o->score >= 0 ? o->score : n->score;
    uint32_t band = n->band;
    if (o) band = o->band != UINT32_MAX ? o->band : score_model_plain_band(s->model, score);
    score_put_points(s->w, score);
    put_band(s, band);
    score_put_points(s->w, n->raw);
    put_band(s, score_model_plain_band(s->model, n->raw));
}

static void put_state(struct scores *s, const score_memory *m)
{
    if (m->scores) {
        cst_put_money_fixed(s->w, m->smoothed, 6);
        cst_put_day(s->w, m->scored);
    } else {
        cst_put_missing(s->w);
        cst_put_missing(s->w);
    }
    char history[SCORE_HISTORY_ROOM], changed[SCORE_CHANGES];
    cst_put_text(s->w, (cst_text){history, (uint32_t)score_memory_history(m, history)});
    cst_put_text(s->w, (cst_text){changed, (uint32_t)score_memory_changed(m, changed)});
}

static cst_status put_night(void *context, const score_night *n, cst_error *e)
{
    struct scores *s = context;
    const score_sheet *sheet = n->sheet;
    const cst_metrics_row *r = &sheet->rows.row[n->row];
    const score_tree_result *t = &sheet->result[n->row];
    const score_override *o = score_overrides_find(s->overrides, r->account, r->period);
    if (s->lines && !o) return score_line_put(&s->line, n, s->w, e);
    cst_put_text(s->w, cst_intern_text(sheet->rows.accounts, r->account));
    cst_put_day(s->w, r->period);
    put_shown(s, n, o);
    cst_put_ratio(s->w, (cst_ratio)(t->coverage * 1e6 + 0.5));
    cst_put_string(s->w, score_memory_vector(n->memory));
    for (size_t g = 0; g < s->model->groups; g++)
        score_put_points(s->w, sheet->group[n->row * s->model->groups + g]);
    put_measure(s, n->raw < 0 ? UINT32_MAX : t->worst);
    put_measure(s, n->raw < 0 ? UINT32_MAX : t->best);
    cst_put_int(s->w, score_memory_changes(n->memory));
    score_put_points(s->w, n->score);
    put_band(s, n->memory->band);
    cst_put_text(s->w, o ? o->owner : (cst_text){0});
    cst_put_text(s->w, o ? o->reason : (cst_text){0});
    cst_put_day(s->w, o ? o->until : CST_DAY_NONE);
    put_state(s, n->memory);
    score_chance_put(&sheet->chances, n->row, s->w);
    return cst_end_row(s->w, e);
}

static cst_status settle(void *context, cst_error *e)
{
    struct scores *s = context;
    return cst_writer_absorb(s->main, s->w, e);
}

cst_status score_scores_write(score_sheet *sheet, const score_memory_rules *rules, score_memory *memory,
                              const score_overrides *o, int threads, cst_writer *w, cst_error *e)
{
    void **context = cst_workers(threads, sizeof(struct scores));
    cst_status status = context ? CST_OK : cst_no_memory(e);
    for (int i = 0; status == CST_OK && i < threads; i++) {
        struct scores *s = context[i];
        *s = (struct scores){.model = rules->model, .overrides = o, .main = w};
        status = cst_writer_fork(w, &s->w, e);
        s->lines = cst_writer_delimiter(w) != 0 && !sheet->chances.set;
        if (status == CST_OK && s->lines)
            status = score_line_init(&s->line, rules->model, cst_writer_delimiter(w), e);
    }
    if (status == CST_OK)
        status = score_nights_spread(sheet, rules, memory, threads, put_night, context, settle, e);
    for (int i = 0; context && i < threads; i++) {
        struct scores *s = context[i];
        cst_writer_free(s->w);
        score_line_clear(&s->line);
    }
    free(context);
    return status;
}
