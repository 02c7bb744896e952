/* metrics/aggregate.c: the aggregates by their definitions. No figure depends on the order of the items:
 * sums are exact, of items at the same time the least value is the first and the greatest the last. */
#include "metrics/aggregate.h"
#include "base/date.h"
#include "base/decimal.h"
#include "metrics/field.h"
#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>

#define EXACT INT64_C(9007199254740992)

void met_total_add(met_total *s, met_slot_kind kind, uint64_t v)
{
    int64_t m;
    if (met_field_fixed(kind, v, &m))
        s->fixed += m;
    else
        s->odd++;
}

void met_total_take(met_total *s, met_slot_kind kind, uint64_t v)
{
    int64_t m;
    if (met_field_fixed(kind, v, &m))
        s->fixed -= m;
    else
        s->odd--;
}

uint64_t met_cell_missing(const met_measure *u)
{
    return u->money ? (uint64_t)MET_TIME_NONE : met_field_of_double(NAN);
}

bool met_cell_is_missing(const met_measure *u, uint64_t cell)
{
    return u->money ? (int64_t)cell == MET_TIME_NONE : isnan(met_field_double(cell));
}

double met_cell_number(const met_measure *u, uint64_t cell)
{
    if (!u->money) return met_field_double(cell);
    return (int64_t)cell == MET_TIME_NONE ? NAN : (double)(int64_t)cell / 1e6;
}

/* w millionths over n, rounded once where both are small enough to be doubles. */
static double divide(cst_wide w, uint64_t n)
{
    cst_wide by = (cst_wide)n * 1000000;
    if (w < EXACT && w > -EXACT && by < EXACT) return (double)w / (double)by;
    return (double)((long double)w / (long double)by);
}

static double sum_odd(const met_item *item, size_t n)
{
    cst_sum s = {0};
    for (size_t i = 0; i < n; i++) cst_sum_add(&s, met_field_double(item[i].v));
    return cst_sum_value(&s);
}

cst_status met_aggregate_total(const met_measure *u, const met_total *s, const met_item *item, size_t n,
                               uint64_t *cell, cst_error *e)
{
    bool mean = u->metric->aggregate == MET_AGGREGATE_MEAN;
    *cell = met_cell_missing(u);
    if (u->metric->aggregate == MET_AGGREGATE_COUNT) {
        *cell = met_field_of_double((double)n);
    } else if (mean && !n) {
        return CST_OK;
    } else if (u->money) {
        cst_money m;
        if (!cst_money_of_wide(mean ? cst_wide_divide(s->fixed, (cst_wide)n) : s->fixed, &m))
            return cst_fail(e, CST_LIMIT, "expected a sum of at most 9223372036854.775807, found more");
        *cell = (uint64_t)m;
    } else {
        double sum = s->odd ? sum_odd(item, n) / (mean ? (double)n : 1) : divide(s->fixed, mean ? n : 1);
        *cell = met_field_of_double(isfinite(sum) ? sum : NAN);
    }
    return CST_OK;
}

static bool is_less(const met_measure *u, uint64_t a, uint64_t b)
{
    return u->kind == MET_SLOT_MONEY ? (int64_t)a < (int64_t)b : met_field_double(a) < met_field_double(b);
}

static uint64_t days_since(const met_item *last, cst_day day)
{
    return met_field_of_double((double)day - (double)cst_instant_day(last->t));
}

static uint64_t date_of(const met_item *x)
{
    return met_field_of_double((double)cst_instant_day(x->t));
}

/* first, last, first_date, last_date and days_since_last of items in order of time. */
static uint64_t find_edge(const met_measure *u, const met_item *item, size_t n, cst_day day)
{
    met_aggregate a = u->metric->aggregate;
    if (!n) return met_cell_missing(u);
    if (a == MET_AGGREGATE_SINCE) return days_since(&item[n - 1], day);
    if (met_aggregate_is_date(a)) return date_of(&item[a == MET_AGGREGATE_FIRST_DATE ? 0 : n - 1]);
    bool first = a == MET_AGGREGATE_FIRST;
    const met_item *edge = &item[first ? 0 : n - 1], *best = edge;
    for (const met_item *i = edge; i >= item && i < item + n && i->t == edge->t; i += first ? 1 : -1)
        if (first ? is_less(u, i->v, best->v) : is_less(u, best->v, i->v)) best = i;
    return best->v;
}

/* first, last, their dates, days_since_last, days_until_next, min and max, in any order of items. */
static uint64_t pick(const met_measure *u, const met_item *item, size_t n, cst_day day)
{
    met_aggregate a = u->metric->aggregate;
    const met_item *best = item;
    for (size_t i = 1; i < n; i++) {
        const met_item *x = &item[i];
        bool better;
        if (a == MET_AGGREGATE_MIN || a == MET_AGGREGATE_MAX)
            better = a == MET_AGGREGATE_MIN ? is_less(u, x->v, best->v) : is_less(u, best->v, x->v);
        else if (a == MET_AGGREGATE_FIRST || a == MET_AGGREGATE_UNTIL || a == MET_AGGREGATE_FIRST_DATE)
            better = x->t < best->t || (u->column >= 0 && x->t == best->t && is_less(u, x->v, best->v));
        else
            better = x->t > best->t || (u->column >= 0 && x->t == best->t && is_less(u, best->v, x->v));
        if (better) best = x;
    }
    if (a == MET_AGGREGATE_SINCE) return days_since(best, day);
    if (met_aggregate_is_date(a)) return date_of(best);
    if (a == MET_AGGREGATE_UNTIL) return met_field_of_double((double)cst_instant_day(best->t) - (double)day);
    return best->v;
}

static int compare_values(const void *a, const void *b)
{
    uint64_t x = ((const met_item *)a)->v, y = ((const met_item *)b)->v;
    return (x > y) - (x < y);
}

static size_t count_distinct(met_item *item, size_t n)
{
    size_t distinct = n > 0;
    if (n > 1) qsort(item, n, sizeof *item, compare_values);
    for (size_t i = 1; i < n; i++) distinct += item[i].v != item[i - 1].v;
    return distinct;
}

/* Least squares over days: sum (n x - Sx) y / sum (n x - Sx) x, the weights exact integers. NAN: all on one
 * day. */
static double find_slope(const met_measure *u, const met_item *item, size_t n)
{
    cst_day base = cst_instant_day(item[0].t);
    int64_t sx = 0;
    cst_wide sxx = 0;
    cst_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        int64_t x = (int64_t)cst_instant_day(item[i].t) - base;
        sx += x;
        sxx += (cst_wide)x * x;
    }
    cst_wide below = (cst_wide)n * sxx - (cst_wide)sx * sx;
    if (below <= 0) return NAN;
    for (size_t i = 0; i < n; i++) {
        int64_t x = (int64_t)cst_instant_day(item[i].t) - base;
        double y = u->kind == MET_SLOT_MONEY ? (double)(int64_t)item[i].v / 1e6 : met_field_double(item[i].v);
        double term = (double)((cst_wide)n * x - sx) * y;
        if (!isfinite(term)) return NAN;
        cst_sum_add(&sum, term);
    }
    double slope = cst_sum_value(&sum) / (double)below;
    return isfinite(slope) ? slope : NAN;
}

cst_status met_aggregate_items(const met_measure *u, met_item *item, size_t n, cst_day day, uint64_t *cell,
                               cst_error *e)
{
    met_total s = {0};
    switch (u->metric->aggregate) {
    case MET_AGGREGATE_DISTINCT:
        *cell = met_field_of_double((double)count_distinct(item, n));
        return CST_OK;
    case MET_AGGREGATE_SLOPE:
        *cell = n ? met_field_of_double(find_slope(u, item, n)) : met_cell_missing(u);
        return CST_OK;
    case MET_AGGREGATE_SUM:
    case MET_AGGREGATE_MEAN:
        for (size_t i = 0; i < n; i++) met_total_add(&s, u->kind, item[i].v);
        return met_aggregate_total(u, &s, item, n, cell, e);
    case MET_AGGREGATE_COUNT:
        return met_aggregate_total(u, &s, item, n, cell, e);
    default:
        break;
    }
    *cell = n ? pick(u, item, n, day) : met_cell_missing(u);
    return CST_OK;
}

cst_status met_aggregate_window(const met_measure *u, met_item *item, size_t n, cst_day day, uint64_t *cell,
                                cst_error *e)
{
    met_aggregate a = u->metric->aggregate;
    if (a != MET_AGGREGATE_FIRST && a != MET_AGGREGATE_LAST && a != MET_AGGREGATE_SINCE &&
        !met_aggregate_is_date(a))
        return met_aggregate_items(u, item, n, day, cell, e);
    *cell = find_edge(u, item, n, day);
    return CST_OK;
}
