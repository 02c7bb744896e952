/* change.c: what moved a score from one period to the next, measure by measure.
 *
 * A measure gives weight x sub-score, w s. Its change w1 s1 - w0 s0 is cut in two parts that leave nothing
 * over: (w0 + w1) / 2 x (s1 - s0) is the value's, (s0 + s1) / 2 x (w1 - w0) the weight's, which moves where
 * another measure is missing or is there again. What the measure itself gives or takes away by being missing
 * in one of the two periods is the third part. Parts are rounded by largest remainders, so that they add up
 * to the change of the raw score as it is printed; smoothing has what is left to that of the score. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/explain.h"
#include "score/output.h"
#include "score/points.h"

const cst_column score_change_columns[] = {
    {"account_id", CST_COL_TEXT},     {"period", CST_COL_TEXT},          {"before", CST_COL_TEXT},
    {"measure", CST_COL_TEXT},        {"group", CST_COL_TEXT},           {"column", CST_COL_TEXT},
    {"value_before", CST_COL_NUMBER}, {"value", CST_COL_NUMBER},         {"sub_score_before", CST_COL_NUMBER},
    {"sub_score", CST_COL_NUMBER},    {"weight_before", CST_COL_NUMBER}, {"weight", CST_COL_NUMBER},
    {"from_value", CST_COL_NUMBER},   {"from_weight", CST_COL_NUMBER},   {"from_missing", CST_COL_NUMBER},
    {"change", CST_COL_NUMBER},
};
const size_t score_change_column_count = sizeof score_change_columns / sizeof *score_change_columns;

enum { FROM_VALUE, FROM_WEIGHT, FROM_MISSING, PARTS };

/* The last row of an account. */
typedef struct change_seen {
    bool there;
    size_t row;
    int32_t raw, score;
} change_seen;

/* What the measures of a row have in its score. */
typedef struct change_side {
    cst_score_part *part;
    double *share, *used;
} change_side;

typedef struct changes {
    const score_sheet *sheet;
    score_explain explain;
    change_side old, now;
    change_seen *seen; /* by account */
    double *exact;     /* measures x PARTS, in hundredths of points */
    int32_t *rounded;
    cst_day from;
    score_change_counts *counts;
    cst_writer *w;
} changes;

static void look_at(changes *c, size_t row, change_side *out)
{
    size_t n = c->sheet->model->measures;
    score_explain_row(&c->explain, row, out->part);
    for (size_t k = 0; k < n; k++) {
        out->share[k] = isnan(out->part[k].weight) ? 0 : c->explain.share[k];
        out->used[k] = c->explain.used[k];
    }
}

static void split_change(const changes *c, size_t k, double out[PARTS])
{
    double w0 = c->old.share[k], w1 = c->now.share[k], s0 = c->old.used[k], s1 = c->now.used[k];
    out[FROM_VALUE] = out[FROM_WEIGHT] = out[FROM_MISSING] = 0;
    if (w0 > 0 && w1 > 0) {
        out[FROM_VALUE] = 100 * (w0 + w1) / 2 * (s1 - s0);
        out[FROM_WEIGHT] = 100 * (s0 + s1) / 2 * (w1 - w0);
    } else {
        out[FROM_MISSING] = 100 * ((w1 > 0 ? w1 * s1 : 0) - (w0 > 0 ? w0 * s0 : 0));
    }
}

/* The parts in hundredths that add up to `total`: rounded down, then those with the largest remainders go
 * up, the first of equals. What is 0 stays 0. Where the rounding of the two scores leaves one too many, the
 * smallest remainder goes down. */
static void apportion(const double *exact, int32_t *rounded, size_t n, int32_t total)
{
    int32_t left = total;
    for (size_t i = 0; i < n; i++) {
        rounded[i] = (int32_t)floor(exact[i] + 1e-9);
        left -= rounded[i];
    }
    for (int step = left > 0 ? 1 : -1; left != 0; left -= step) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            if (fabs(exact[i]) < 1e-9) continue;
            double rest = step * (exact[i] - rounded[i]);
            if (best == n || rest > step * (exact[best] - rounded[best]) + 1e-9) best = i;
        }
        if (best == n) break; /* nothing has moved: the total is 0, too */
        rounded[best] += step;
    }
}

static void put_hundredths(cst_writer *w, int32_t v)
{
    cst_put_money_fixed(w, (cst_money)v * 10000, 2);
}

static void put_keys(const changes *c, size_t row, size_t before, cst_text measure)
{
    const cst_metrics_row *r = &c->sheet->rows.row[row];
    cst_put_text(c->w, cst_intern_text(c->sheet->rows.accounts, r->account));
    cst_put_day(c->w, r->period);
    cst_put_day(c->w, c->sheet->rows.row[before].period);
    cst_put_text(c->w, measure);
}

static cst_status put_measure(changes *c, size_t row, size_t before, size_t k, cst_error *e)
{
    const cst_model *m = c->sheet->model;
    const score_node *n = &m->node[m->measure[k]];
    const int32_t *part = c->rounded + k * PARTS;
    put_keys(c, row, before, n->name);
    cst_put_text(c->w, m->node[n->parent].name);
    cst_put_text(c->w, n->column);
    cst_put_number(c->w, c->sheet->value[before * m->measures + k]);
    cst_put_number(c->w, c->sheet->value[row * m->measures + k]);
    score_put_points(c->w, c->old.part[k].sub_score);
    score_put_points(c->w, c->now.part[k].sub_score);
    cst_put_decimals(c->w, c->old.part[k].weight, 6);
    cst_put_decimals(c->w, c->now.part[k].weight, 6);
    for (int i = 0; i < PARTS; i++) put_hundredths(c->w, part[i]);
    put_hundredths(c->w, part[FROM_VALUE] + part[FROM_WEIGHT] + part[FROM_MISSING]);
    return cst_end_row(c->w, e);
}

static cst_status put_smoothing(changes *c, size_t row, size_t before, int32_t change, cst_error *e)
{
    if (change == 0) return CST_OK;
    put_keys(c, row, before, (cst_text){"smoothing", 9});
    for (size_t i = 5; i < score_change_column_count; i++) cst_put_missing(c->w);
    put_hundredths(c->w, change);
    return cst_end_row(c->w, e);
}

static cst_status put_change(changes *c, const score_night *n, const change_seen *old, cst_error *e)
{
    size_t measures = c->sheet->model->measures;
    look_at(c, old->row, &c->old);
    look_at(c, n->row, &c->now);
    for (size_t k = 0; k < measures; k++) split_change(c, k, c->exact + k * PARTS);
    apportion(c->exact, c->rounded, measures * PARTS, n->raw - old->raw);
    cst_status status = CST_OK;
    for (size_t k = 0; status == CST_OK && k < measures; k++) status = put_measure(c, n->row, old->row, k, e);
    int32_t rest = (n->score - old->score) - (n->raw - old->raw);
    return status != CST_OK ? status : put_smoothing(c, n->row, old->row, rest, e);
}

static cst_status visit(void *context, const score_night *n, cst_error *e)
{
    changes *c = context;
    const cst_metrics_row *r = &c->sheet->rows.row[n->row];
    change_seen *old = &c->seen[r->account];
    cst_status status = CST_OK;
    if (old->there && (c->from == CST_DAY_NONE || r->period >= c->from)) {
        bool both = old->raw >= 0 && n->raw >= 0;
        c->counts->told += both;
        c->counts->unscored += !both;
        if (both) status = put_change(c, n, old, e);
    }
    *old = (change_seen){true, n->row, n->raw, n->score};
    return status;
}

static bool set_up(changes *c)
{
    size_t n = c->sheet->model->measures + 1;
    double *space = calloc(n * (4 + PARTS), sizeof *space);
    c->old.part = calloc(2 * n, sizeof *c->old.part);
    c->seen = calloc((size_t)cst_intern_count(c->sheet->rows.accounts) + 1, sizeof *c->seen);
    c->rounded = calloc(n * PARTS, sizeof *c->rounded);
    c->exact = space;
    if (!space || !c->old.part || !c->seen || !c->rounded) return false;
    c->now.part = c->old.part + n;
    c->old.share = space + n * PARTS;
    c->old.used = c->old.share + n;
    c->now.share = c->old.used + n;
    c->now.used = c->now.share + n;
    return true;
}

cst_status score_change_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                              cst_day from, score_change_counts *counts, cst_writer *w, cst_error *e)
{
    changes c = {.sheet = s, .from = from, .counts = counts, .w = w};
    *counts = (score_change_counts){0};
    cst_status status = score_explain_init(&c.explain, s, e);
    if (status == CST_OK && !set_up(&c)) status = cst_no_memory(e);
    if (status == CST_OK) status = score_nights_run(s, rules, memory, visit, &c, e);
    score_explain_clear(&c.explain);
    free(c.exact);
    free(c.old.part);
    free(c.seen);
    free(c.rounded);
    return status;
}
