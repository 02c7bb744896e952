/* revenue/explain.c: --explain-change: what groups have to do with the change of NRR from a period to the
 * next.
 * With w a group's share of the base, r its rate, R the rate of all, and 0, 1 the two periods:
 *
 *     rate part    (r1 - r0) (w0 + w1) / 2
 *     share part   (w1 - w0) ((r0 + r1) / 2 - (R0 + R1) / 2)
 *
 * They are exact fractions that add up to R1 - R0. Printed they add up to R1 as printed less R0 as printed:
 * each is rounded down, and what is missing goes to the largest remainders. */
#include "base/decimal.h"
#include "base/fraction.h"
#include "base/memory.h"
#include "revenue/bridge.h"
#include <stdlib.h>

enum { RATE, SHARE, PARTS };

typedef struct part {
    cst_fraction rest; /* what rounding down has left of it */
    int64_t v;         /* millionths */
    size_t place;      /* in the order of the groups' names, rate before share */
} part;

typedef struct explain {
    rev_session *s;
    part *part;  /* of group_order[i] the two from PARTS x i on */
    part **rank; /* by remainder */
    size_t n;
} explain;

static const rev_ret *ret_of(const rev_series *of, cst_period p)
{
    return &of->cell[p - of->low].ret;
}

static rev_maybe nrr_of(const rev_ret *r)
{
    rev_maybe m = {0, false};
    m.there = cst_ratio_of(r->net, r->base, &m.v);
    return m;
}

/* ---- the parts of a group ---------------------------------------------------------------------------- */

static bool keep_part(part *to, const cst_fraction *x, size_t place)
{
    cst_fraction million = cst_fraction_of(CST_MONEY_UNIT, 1), all = cst_fraction_times(x, &million);
    to->place = place;
    return cst_fraction_floor(&all, &to->v, &to->rest);
}

/* a: the group before and now, all: of all, likewise; both of all with a base. */
static bool find_parts(const rev_ret *a[2], const rev_ret *all[2], part *out, size_t place)
{
    cst_fraction r[2], w[2], half = cst_fraction_of(1, 2);
    for (int k = 0; k < 2; k++) {
        const rev_ret *rated = a[k]->base > 0 ? a[k] : a[!k]; /* no base: the other period's rate */
        r[k] = rated->base > 0 ? cst_fraction_of(rated->net, rated->base) : cst_fraction_of(0, 1);
        w[k] = cst_fraction_of(a[k]->base, all[k]->base);
    }
    cst_fraction rise = cst_fraction_minus(&r[1], &r[0]), weight = cst_fraction_plus(&w[0], &w[1]);
    cst_fraction rate = cst_fraction_times(&rise, &weight);
    rate = cst_fraction_times(&rate, &half);
    cst_fraction total[2] = {cst_fraction_of(all[0]->net, all[0]->base),
                             cst_fraction_of(all[1]->net, all[1]->base)};
    cst_fraction own = cst_fraction_plus(&r[0], &r[1]), mean = cst_fraction_plus(&total[0], &total[1]);
    cst_fraction above = cst_fraction_minus(&own, &mean), shift = cst_fraction_minus(&w[1], &w[0]);
    cst_fraction share = cst_fraction_times(&shift, &above);
    share = cst_fraction_times(&share, &half);
    return keep_part(&out[RATE], &rate, place) && keep_part(&out[SHARE], &share, place + 1);
}

/* The largest remainder first; of equal ones the first by name. */
static int compare_parts(const void *a, const void *b)
{
    const part *x = *(part *const *)a, *y = *(part *const *)b;
    int order = cst_fraction_compare(&y->rest, &x->rest);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Of ratios that are rounded away from zero on both sides of it one can be too many. */
static part *find_smallest(const explain *x)
{
    part *least = &x->part[0];
    for (size_t i = 1; i < x->n; i++)
        if (cst_fraction_compare(&x->part[i].rest, &least->rest) < 0) least = &x->part[i];
    return least;
}

/* Makes the parts add up to `change`. */
static void share_missing(explain *x, int64_t change)
{
    for (size_t i = 0; i < x->n; i++) {
        x->rank[i] = &x->part[i];
        change -= x->part[i].v;
    }
    qsort(x->rank, x->n, sizeof *x->rank, compare_parts);
    for (size_t i = 0; change > 0; i++, change--) x->rank[i]->v++;
    if (change < 0) find_smallest(x)->v += change;
}

/* ---- the table --------------------------------------------------------------------------------------- */

static void put_maybe(cst_writer *w, rev_maybe m)
{
    if (m.there)
        cst_put_ratio(w, m.v);
    else
        cst_put_missing(w);
}

static cst_status write_row(const explain *x, cst_writer *w, const rev_series *of, const cst_text *group,
                            cst_period p, const rev_maybe parts[PARTS], cst_error *e)
{
    const rev_session *s = x->s;
    const rev_ret *before = ret_of(of, p - 1), *now = ret_of(of, p);
    cst_put_day(w, cst_period_last(&s->calendar, p));
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, group ? "segment" : "total");
    rev_figure_put_value(s, w, REV_AMOUNT, before->base);
    rev_figure_put_value(s, w, REV_AMOUNT, now->base);
    put_maybe(w, nrr_of(before));
    put_maybe(w, nrr_of(now));
    for (int k = 0; k < PARTS; k++) put_maybe(w, parts[k]);
    return cst_end_row(w, e);
}

static cst_status explain_period(explain *x, cst_writer *w, cst_period p, cst_error *e)
{
    rev_session *s = x->s;
    const rev_ret *all[2] = {ret_of(&s->sums.total, p - 1), ret_of(&s->sums.total, p)};
    rev_maybe before = nrr_of(all[0]), now = nrr_of(all[1]), sum[PARTS] = {{0, false}};
    bool there = before.there && now.there;
    for (size_t i = 0; there && i < s->sums.groups; i++) {
        const rev_series *g = &s->sums.group[s->group_order[i]];
        const rev_ret *a[2] = {ret_of(g, p - 1), ret_of(g, p)};
        if (!find_parts(a, all, &x->part[PARTS * i], PARTS * i))
            return cst_fail(e, CST_LIMIT, "a part of the change of NRR does not fit; use a larger unit");
    }
    if (there) share_missing(x, now.v - before.v);
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->sums.groups && status == CST_OK; i++) {
        rev_maybe parts[PARTS] = {{0, false}};
        for (int k = 0; k < PARTS; k++) {
            parts[k] = (rev_maybe){x->part[PARTS * i + (size_t)k].v, there};
            sum[k] = (rev_maybe){sum[k].v + parts[k].v, there};
        }
        uint32_t g = s->group_order[i];
        status = write_row(x, w, &s->sums.group[g], &s->group_name[g], p, parts, e);
    }
    return status == CST_OK ? write_row(x, w, &s->sums.total, NULL, p, sum, e) : status;
}

static cst_status open_table(rev_session *s, cst_writer **out, cst_error *e)
{
    static const char *const taken[] = {"period_end", "row",       "base_before", "base", "nrr_before",
                                        "nrr",        "rate_part", "share_part",  NULL};
    cst_column *c = calloc(8 + s->bys, sizeof *c);
    if (!c) return cst_no_memory(e);
    size_t n = 0;
    c[n++] = (cst_column){taken[0], CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    for (size_t k = 1; taken[k]; k++) c[n++] = (cst_column){taken[k], k == 1 ? CST_COL_TEXT : CST_COL_NUMBER};
    cst_status status = cst_io_writer(s->io, c, n, out, e);
    free(c);
    return status;
}

/* What would leave parts that mean nothing. */
static cst_status check_groups(const rev_session *s, cst_error *e)
{
    if (s->rules.groups_of_rows)
        return cst_fail(
            e, CST_USAGE,
            "--explain-change: expected columns of --accounts in --by, found one of the rows; customers "
            "move between such groups, and what they do there is in no group's NRR");
    if (s->by_currency)
        return cst_fail(
            e, CST_USAGE,
            "--explain-change: expected one currency for all groups, found --by currency without rates; "
            "convert them with --fx");
    return CST_OK;
}

cst_status rev_explain_run(rev_session *s, cst_error *e)
{
    explain x = {.s = s};
    cst_writer *w = NULL;
    s->back = 1;
    cst_status status = check_groups(s, e);
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = open_table(s, &w, e);
    x.n = PARTS * (size_t)s->sums.groups;
    x.part = calloc(x.n + 1, sizeof *x.part);
    x.rank = calloc(x.n + 1, sizeof *x.rank);
    if (status == CST_OK && (!x.part || !x.rank)) status = cst_no_memory(e);
    for (cst_period p = s->first; s->any && p <= s->last && status == CST_OK; p++)
        status = explain_period(&x, w, p, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(x.part);
    free(x.rank);
    return status;
}
