/* explain.c: what each measure gave and cost, so that a score can be taken apart on paper. The tree is
 * scored once more per row for the effective weights. */
#include <math.h>
#include <stdlib.h>

#include "score/output.h"
#include "score/points.h"

const cst_column cst_explain_columns[] = {
    {"account_id", CST_COL_TEXT},    {"period", CST_COL_TEXT},   {"measure", CST_COL_TEXT},
    {"group", CST_COL_TEXT},         {"column", CST_COL_TEXT},   {"value", CST_COL_NUMBER},
    {"sub_score", CST_COL_NUMBER},   {"weight", CST_COL_NUMBER}, {"points_given", CST_COL_NUMBER},
    {"points_lost", CST_COL_NUMBER},
};
const size_t cst_explain_column_count = sizeof cst_explain_columns / sizeof *cst_explain_columns;

struct parts {
    double *exact;    /* hundredths of points, unrounded */
    int32_t *rounded; /* what is printed */
    bool *raised;
};

/* Rounds parts down and hands what is left to the largest remainders, the first of equals, so that
 * they sum to total. */
static void apportion(struct parts *p, size_t n, int32_t total)
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

struct explain {
    const cst_sheet *s;
    cst_writer *w;
    double *sub, *scratch, *share, *used; /* the row is lane 0 of a strip */
    int32_t *group;
    struct parts given, lost;
};

static cst_status put_row(struct explain *x, size_t row, size_t k, bool scored, cst_error *e)
{
    const cst_model *m = x->s->model;
    const cst_node *n = &m->node[m->measure[k]];
    const cst_sheet_row *r = &x->s->row[row];
    bool counted = scored && x->share[k] > 0;
    cst_put_text(x->w, cst_intern_text(x->s->accounts, r->account));
    cst_put_day(x->w, r->period);
    cst_put_text(x->w, n->name);
    cst_put_text(x->w, m->node[n->parent].name);
    cst_put_text(x->w, n->column);
    cst_put_number(x->w, x->s->value[row * m->measures + k]);
    cst_put_points(x->w, cst_points_round(x->used[k]));
    cst_put_decimals(x->w, counted ? x->share[k] : (double)NAN, 6);
    cst_put_points(x->w, counted ? x->given.rounded[k] : -1);
    cst_put_points(x->w, counted ? x->lost.rounded[k] : -1);
    return cst_end_row(x->w, e);
}

static cst_status explain_row(struct explain *x, size_t row, cst_error *e)
{
    const cst_model *m = x->s->model;
    bool scored = !isnan(x->s->result[row].score); /* false too under the least coverage */
    cst_tree_result t;
    for (size_t k = 0; k < m->measures; k++) x->sub[k * CST_LANES] = x->s->sub[row * m->measures + k];
    cst_tree_score(m, x->sub, 1, x->group, x->scratch, &t);
    cst_tree_shares(m, x->scratch, 0, x->share, x->used);
    for (size_t k = 0; k < m->measures; k++) {
        bool counted = scored && x->share[k] > 0;
        x->given.exact[k] = counted ? x->share[k] * x->used[k] * 100 : 0;
        x->lost.exact[k] = counted ? x->share[k] * (100 - x->used[k]) * 100 : 0;
    }
    int32_t total = scored ? cst_points_round(t.score) : 0;
    apportion(&x->given, m->measures, total);
    apportion(&x->lost, m->measures, scored ? 10000 - total : 0);
    cst_status s = CST_OK;
    for (size_t k = 0; !s && k < m->measures; k++) s = put_row(x, row, k, scored, e);
    return s;
}

cst_status cst_explain_write(const cst_sheet *s, cst_writer *w, cst_error *e)
{
    size_t n = s->model->measures + 1;
    size_t room = cst_tree_room(s->model);
    double *space = calloc(room + (CST_LANES + 4) * n, sizeof *space);
    int32_t *rounded = calloc(2 * n + s->model->groups, sizeof *rounded);
    bool *raised = calloc(2 * n, sizeof *raised);
    struct explain x = {.s = s, .w = w, .scratch = space};
    cst_status status =
        space && rounded && raised ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory to explain");
    if (!status) {
        x.group = rounded + 2 * n;
        x.sub = space + room;
        x.share = x.sub + CST_LANES * n;
        x.used = x.share + n;
        x.given = (struct parts){x.used + n, rounded, raised};
        x.lost = (struct parts){x.used + 2 * n, rounded + n, raised + n};
    }
    for (size_t i = 0; !status && i < s->n; i++) status = explain_row(&x, s->order[i], e);
    free(space);
    free(rounded);
    free(raised);
    return status;
}
