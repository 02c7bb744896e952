/* explain.c: what each measure gave and cost, so that a score can be taken apart on paper. The tree is
 * scored once more per row for the effective weights. */
#include "score/explain.h"

#include <math.h>
#include <stdlib.h>

#include "score/output.h"
#include "score/points.h"

const cst_column score_explain_columns[] = {
    {"account_id", CST_COL_TEXT},    {"period", CST_COL_TEXT},     {"measure", CST_COL_TEXT},
    {"group", CST_COL_TEXT},         {"column", CST_COL_TEXT},     {"value", CST_COL_NUMBER},
    {"sub_score", CST_COL_NUMBER},   {"weight", CST_COL_NUMBER},   {"points_given", CST_COL_NUMBER},
    {"points_lost", CST_COL_NUMBER}, {"log_odds", CST_COL_NUMBER},
};
const size_t score_explain_column_count = sizeof score_explain_columns / sizeof *score_explain_columns;

/* Rounds parts down and hands what is left to the largest remainders, the first of equals, so that
 * they sum to total. */
static void apportion(score_explain_points *p, size_t n, int32_t total)
{
    int32_t left = total;
    for (size_t k = 0; k < n; k++) {
        p->rounded[k] = (int32_t)floor(p->exact[k] + 1e-9);
        p->raised[k] = false;
        left -= p->rounded[k];
    }
    while (left > 0) {
        size_t best = n;
        for (size_t k = 0; k < n; k++)
            if (!p->raised[k] && p->exact[k] > 0 &&
                (best == n || p->exact[k] - p->rounded[k] > p->exact[best] - p->rounded[best] + 1e-9))
                best = k;
        if (best == n) break;
        p->raised[best] = true;
        p->rounded[best]++;
        left--;
    }
}

void score_explain_row(score_explain *x, size_t row, cst_score_part *out)
{
    const cst_model *m = x->sheet->model;
    bool scored = !isnan(x->sheet->result[row].score); /* false too under the least coverage */
    score_tree_result t;
    for (size_t k = 0; k < m->measures; k++) x->sub[k * SCORE_LANES] = x->sheet->sub[row * m->measures + k];
    score_tree_score(m, x->sub, 1, x->group, x->scratch, &t);
    score_tree_shares(m, x->scratch, 0, x->share, x->used);
    for (size_t k = 0; k < m->measures; k++) {
        bool counted = scored && x->share[k] > 0;
        x->given.exact[k] = counted ? x->share[k] * x->used[k] * 100 : 0;
        x->lost.exact[k] = counted ? x->share[k] * (100 - x->used[k]) * 100 : 0;
    }
    int32_t total = scored ? score_points_round(t.score) : 0;
    apportion(&x->given, m->measures, total);
    apportion(&x->lost, m->measures, scored ? 10000 - total : 0);
    for (size_t k = 0; k < m->measures; k++) {
        bool counted = scored && x->share[k] > 0;
        out[k] = (cst_score_part){.sub_score = score_points_round(x->used[k]),
                                  .weight = counted ? x->share[k] : (double)NAN,
                                  .given = counted ? x->given.rounded[k] : -1,
                                  .lost = counted ? x->lost.rounded[k] : -1};
    }
}

cst_status score_explain_init(score_explain *x, const score_sheet *s, cst_error *e)
{
    size_t n = s->model->measures + 1;
    size_t room = score_tree_room(s->model);
    double *space = calloc(room + (SCORE_LANES + 4) * n, sizeof *space);
    int32_t *rounded = calloc(2 * n + s->model->groups, sizeof *rounded);
    bool *raised = calloc(2 * n, sizeof *raised);
    *x = (score_explain){.sheet = s, .space = space};
    x->given = (score_explain_points){NULL, rounded, raised};
    if (!space || !rounded || !raised) return cst_no_memory(e);
    x->scratch = space;
    x->sub = space + room;
    x->share = x->sub + SCORE_LANES * n;
    x->used = x->share + n;
    x->given.exact = x->used + n;
    x->lost = (score_explain_points){x->used + 2 * n, rounded + n, raised + n};
    x->group = rounded + 2 * n;
    return CST_OK;
}

void score_explain_clear(score_explain *x)
{
    free(x->space);
    free(x->given.rounded);
    free(x->given.raised);
    *x = (score_explain){0};
}

static cst_status put_part(const score_sheet *s, size_t row, size_t k, const cst_score_part *part,
                           cst_writer *w, cst_error *e)
{
    const cst_model *m = s->model;
    const score_node *n = &m->node[m->measure[k]];
    const cst_metrics_row *r = &s->rows.row[row];
    cst_put_text(w, cst_intern_text(s->rows.accounts, r->account));
    cst_put_day(w, r->period);
    cst_put_text(w, n->name);
    cst_put_text(w, m->node[n->parent].name);
    cst_put_text(w, n->column);
    cst_put_number(w, s->value[row * m->measures + k]);
    score_put_points(w, part->sub_score);
    cst_put_decimals(w, part->weight, 6);
    score_put_points(w, part->given);
    score_put_points(w, part->lost);
    if (s->chances.set) cst_put_missing(w);
    return cst_end_row(w, e);
}

static cst_status put_term(const score_sheet *s, size_t row, const score_likelihood *l, const score_term *t,
                           double value, cst_writer *w, cst_error *e)
{
    const cst_metrics_row *r = &s->rows.row[row];
    cst_put_text(w, cst_intern_text(s->rows.accounts, r->account));
    cst_put_day(w, r->period);
    cst_put_text(w, t->name);
    cst_put_text(w, l->name);
    cst_put_text(w, t->column);
    cst_put_number(w, value);
    for (int i = 0; i < 4; i++) cst_put_missing(w);
    cst_put_decimals(w, score_term_part(t, value), 6);
    return cst_end_row(w, e);
}

static cst_status put_terms(const score_sheet *s, size_t row, cst_writer *w, cst_error *e)
{
    const score_likelihoods *set = s->chances.set;
    cst_status status = CST_OK;
    const double *value = set ? s->chances.term + row * set->terms : NULL;
    for (size_t i = 0; set && i < set->n; i++)
        for (size_t k = 0; status == CST_OK && k < set->v[i].terms; k++)
            status = put_term(s, row, &set->v[i], &set->v[i].term[k], *value++, w, e);
    return status;
}

cst_status score_explain_write(const score_sheet *s, cst_writer *w, cst_error *e)
{
    const size_t measures = s->model->measures;
    score_explain x;
    cst_status status = score_explain_init(&x, s, e);
    cst_score_part *part = calloc(measures + 1, sizeof *part);
    if (status == CST_OK && !part) status = cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < s->rows.n; i++) {
        score_explain_row(&x, s->rows.order[i], part);
        for (size_t k = 0; status == CST_OK && k < measures; k++)
            status = put_part(s, s->rows.order[i], k, &part[k], w, e);
        if (status == CST_OK) status = put_terms(s, s->rows.order[i], w, e);
    }
    free(part);
    score_explain_clear(&x);
    return status;
}
