/* profile.c: green is studied as hard as red: each measure compared between the accounts of one band
 * and all others in the last period. */
#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "score/output.h"

const cst_column score_profile_columns[] = {
    {"period", CST_COL_TEXT},    {"band", CST_COL_TEXT},       {"measure", CST_COL_TEXT},
    {"column", CST_COL_TEXT},    {"n_in", CST_COL_NUMBER},     {"n_out", CST_COL_NUMBER},
    {"mean_in", CST_COL_NUMBER}, {"mean_out", CST_COL_NUMBER}, {"effect_size", CST_COL_NUMBER},
    {"p_value", CST_COL_NUMBER}, {"q_value", CST_COL_NUMBER},
};
const size_t score_profile_column_count = sizeof score_profile_columns / sizeof *score_profile_columns;

struct profile {
    uint32_t band;
    size_t *row; /* of the last period, active, with a band */
    unsigned char *in;
    size_t n, last;
};

static cst_status gather(void *context, const score_night *night, cst_error *e)
{
    struct profile *p = context;
    (void)e;
    if (night->period != p->last || night->band == UINT32_MAX || !night->sheet->rows.row[night->row].active)
        return CST_OK;
    p->row[p->n] = night->row;
    p->in[p->n++] = night->band == p->band;
    return CST_OK;
}

static cst_status compare_measures(const score_sheet *s, const struct profile *p, cst_effect *effect,
                                   double *q, cst_error *e)
{
    size_t measures = s->model->measures;
    double *x = calloc(p->n + 1, sizeof *x);
    cst_status status = x ? CST_OK : cst_no_memory(e);
    for (size_t k = 0; status == CST_OK && k < measures; k++) {
        for (size_t i = 0; i < p->n; i++) x[i] = s->value[p->row[i] * measures + k];
        status = cst_compare(x, p->in, p->n, &effect[k], e);
        q[k] = effect[k].p;
    }
    free(x);
    return status != CST_OK ? status : cst_benjamini_hochberg(q, measures, q, e);
}

static cst_status put_measure(const score_sheet *s, const struct profile *p, size_t k, const cst_effect *f,
                              double q, cst_writer *w, cst_error *e)
{
    const score_node *n = &s->model->node[s->model->measure[k]];
    cst_put_day(w, s->rows.day[p->last]);
    cst_put_text(w, s->model->band[p->band].name);
    cst_put_text(w, n->name);
    cst_put_text(w, n->column);
    cst_put_int(w, (int64_t)f->n1);
    cst_put_int(w, (int64_t)f->n0);
    cst_put_decimals(w, f->mean1, 6);
    cst_put_decimals(w, f->mean0, 6);
    cst_put_decimals(w, f->d, 6);
    cst_put_number(w, cst_number_significant(f->p));
    cst_put_number(w, cst_number_significant(q));
    return cst_end_row(w, e);
}

cst_status score_profile_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                               uint32_t band, cst_writer *w, cst_error *e)
{
    if (s->rows.days == 0) return CST_OK;
    size_t measures = s->model->measures;
    struct profile p = {.band = band, .last = s->rows.days - 1};
    p.row = calloc(s->rows.n, sizeof *p.row);
    p.in = calloc(s->rows.n, 1);
    cst_effect *effect = calloc(measures + 1, sizeof *effect);
    double *q = calloc(measures + 1, sizeof *q);
    cst_status status = p.row && p.in && effect && q ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = score_nights_run(s, rules, memory, gather, &p, e);
    if (status == CST_OK) status = compare_measures(s, &p, effect, q, e);
    for (size_t k = 0; status == CST_OK && k < measures; k++)
        status = put_measure(s, &p, k, &effect[k], q[k], w, e);
    free(p.row);
    free(p.in);
    free(effect);
    free(q);
    return status;
}
