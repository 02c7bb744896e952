/* revenue/published.c: what each account adds to the eight definitions. A month's figures are computed from
 * what the account pays at month ends and earns by days in the two years before, all at that month's rates:
 * without rates both are found once, with them for each month again. Each account is walked as for the bridge
 * too, for its checks; what the windows of the walk come to is held against the first definition. */
#include "revenue/published.h"
#include "base/memory.h"
#include "revenue/bridge.h"
#include <stdlib.h>

enum { YEAR = 12, TWO_YEARS = 24, BEFORE = 11 /* months that the mean and the product reach back */ };

typedef struct pub_book {
    session_book head;
    pub_months months;
    /* the account in hand, from `low` on: what it pays at the month's end, what it earns in the month */
    cst_period low, end; /* end: the month after the last */
    cst_wide *paid, *earned;
    size_t paid_room, earned_room;
    cst_period first, last; /* months with some of either */
} pub_book;

/* ---- the months of an account ------------------------------------------------------------------------ */

static cst_wide paid_at(const pub_book *b, cst_period m)
{
    return m < b->low || m >= b->end ? 0 : b->paid[m - b->low];
}

static cst_wide earned_in(const pub_book *b, cst_period from, cst_period to)
{
    cst_wide sum = 0;
    for (cst_period m = from < b->low ? b->low : from; m <= to && m < b->end; m++)
        sum += b->earned[m - b->low];
    return sum;
}

/* The months in which anything holds. */
static void find_span(pub_book *b, const rev_walk *w)
{
    const cst_grid *g = w->rules->grid;
    b->first = b->head.s->last + 1;
    b->last = INT32_MIN;
    for (size_t i = 0; i < w->rows; i++) {
        cst_period from = cst_grid_tick(g, w->row[i].start);
        cst_period to = w->row[i].end == CST_LEDGER_OPEN ? b->head.s->last : cst_grid_tick(g, w->row[i].end);
        if (from < b->first) b->first = from;
        if (to > b->last) b->last = to;
    }
}

/* Months low .. high at the rates of the month `valued`. */
static bool fill_months(pub_book *b, rev_walk *w, cst_period low, cst_period high, cst_period valued)
{
    size_t n = high < low ? 0 : (size_t)(high - low + 1);
    b->low = low;
    b->end = low + (cst_period)n;
    if (!cst_grow(&b->paid, &b->paid_room, n, sizeof *b->paid) ||
        !cst_grow(&b->earned, &b->earned_room, n, sizeof *b->earned))
        return false;
    for (size_t k = 0; k < n; k++) b->paid[k] = b->earned[k] = 0;
    rev_walk_value_on(w, cst_grid_day(w->rules->grid, valued));
    for (size_t i = 0; i < w->rows; i++) {
        cst_money v;
        for (cst_period m = w->on[i] > low ? w->on[i] : low; m <= high && m < w->off[i]; m++)
            if (rev_walk_value(w, i, &v)) b->paid[m - low] += v;
        cst_period from = cst_grid_tick(w->rules->grid, w->row[i].start);
        for (cst_period m = from > low ? from : low; m <= high; m++) {
            if (cst_period_first(&w->rules->grid->ticks, m) >= w->row[i].known_end) break;
            if (rev_walk_earn(w, i, m, &v)) b->earned[m - low] += v;
        }
    }
    return true;
}

/* ---- the definitions --------------------------------------------------------------------------------- */

/* What who paid at the opening makes of it month by month; what comes back after a loss is left out. */
static cst_wide follow_movements(const pub_book *b, cst_period t)
{
    cst_wide sum = paid_at(b, t - YEAR);
    for (cst_period m = t - YEAR + 1; m <= t; m++)
        if (paid_at(b, m - 1) > 0) sum += paid_at(b, m) - paid_at(b, m - 1);
    return sum;
}

static pub_part pool_months(const pub_book *b, cst_period t)
{
    pub_part x = {0, 0};
    for (cst_period m = t - YEAR + 1; m <= t; m++) {
        if (paid_at(b, m - 1) <= 0) continue;
        x.num += paid_at(b, m);
        x.den += paid_at(b, m - 1);
    }
    return x;
}

static pub_cell measure(const pub_book *b, cst_period t)
{
    const rev_opts *o = b->head.s->o;
    pub_cell c = {0};
    cst_wide opening = paid_at(b, t - YEAR), closing = paid_at(b, t), before = paid_at(b, t - 1);
    if (opening > 0) {
        c.of[PUB_ENDS] = (pub_part){closing, opening};
        c.of[PUB_MOVEMENTS] = (pub_part){follow_movements(b, t), opening};
        if (o->base_min.set && opening >= o->base_min.v) c.of[PUB_LARGE] = c.of[PUB_ENDS];
    }
    if (before > 0) c.of[PUB_COMPOUNDED] = (pub_part){closing, before};
    c.of[PUB_POOLED] = pool_months(b, t);
    cst_wide quarter = earned_in(b, t - 14, t - 12);
    if (quarter > 0) c.of[PUB_QUARTER] = (pub_part){earned_in(b, t - 2, t), quarter};
    if (paid_at(b, t - 23) > 0)
        c.of[PUB_YEAR] = (pub_part){earned_in(b, t - 11, t), earned_in(b, t - 23, t - 12)};
    return c;
}

static void add_cell(pub_cell *to, const pub_cell *what)
{
    for (int k = 0; k < PUBLISHED; k++) {
        to->of[k].num += what->of[k].num;
        to->of[k].den += what->of[k].den;
    }
}

/* ---- the detail -------------------------------------------------------------------------------------- */

static const char *const detail_names[] = {"period_end",  "definition",  "account_id",   "numerator",
                                           "denominator", "numerator_1", "denominator_1"};
enum { DETAIL = sizeof detail_names / sizeof *detail_names };

static cst_status write_detail(pub_book *b, cst_text account, cst_period t, const pub_cell *c, cst_error *e)
{
    const rev_session *s = b->head.s;
    cst_writer *w = b->head.fork[0];
    const pub_part *first = &c->of[PUB_ENDS];
    cst_status status = CST_OK;
    for (int k = 1; k < PUBLISHED && status == CST_OK; k++) {
        const pub_part *x = &c->of[k];
        if (!rev_published_has_detail(s, k) || !rev_published_is_known(s, k, t)) continue;
        if (x->num == first->num && x->den == first->den) continue;
        cst_put_day(w, cst_period_last(&s->calendar, t));
        cst_put_int(w, k + 1);
        cst_put_text(w, account);
        cst_put_wide(w, x->num);
        cst_put_wide(w, x->den);
        cst_put_wide(w, first->num);
        cst_put_wide(w, first->den);
        status = cst_end_row(w, e);
    }
    return status;
}

/* ---- all accounts ------------------------------------------------------------------------------------ */

static cst_status open_months(pub_months *m, const rev_session *s, cst_error *e)
{
    cst_status status = rev_bridge_check_span(s, e);
    if (status != CST_OK) return status;
    m->low = s->first - BEFORE;
    m->n = (uint32_t)(s->last - m->low + 1);
    m->cell = calloc(m->n, sizeof *m->cell);
    return m->cell ? CST_OK : cst_no_memory(e);
}

static cst_status measure_months(pub_book *b, rev_walk *w, cst_error *e)
{
    const rev_session *s = b->head.s;
    bool fx = s->subjects.fx != NULL;
    cst_period from = b->first > b->months.low ? b->first : b->months.low;
    cst_period to = b->last < s->last - TWO_YEARS ? b->last + TWO_YEARS : s->last;
    bool ok = fx || fill_months(b, w, b->first, b->last < s->last ? b->last : s->last, s->last);
    cst_status status = CST_OK;
    for (cst_period t = from; ok && t <= to && status == CST_OK && !w->overflow && !w->unrated; t++) {
        /* before the first month that is printed nothing by days is asked for */
        if (fx) ok = fill_months(b, w, t - (t < s->first ? YEAR : TWO_YEARS), t, t);
        if (!ok || w->unrated || w->overflow) break;
        pub_cell c = measure(b, t);
        add_cell(&b->months.cell[t - b->months.low], &c);
        if (b->head.fork[0] && t >= s->first) status = write_detail(b, w->account->id, t, &c, e);
    }
    rev_walk_value_on(w, CST_DAY_NONE);
    return ok ? status : cst_no_memory(e);
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    pub_book *b = (pub_book *)w->book;
    cst_status status = rev_walk_account(&w->walk, a, e);
    if (status != CST_OK || w->walk.failed || !b->head.s->any) return status;
    if (!b->months.cell) status = open_months(&b->months, b->head.s, e);
    if (status != CST_OK) return status;
    find_span(b, &w->walk);
    status = measure_months(b, &w->walk, e);
    rev_walk_check_failures(&w->walk);
    return status;
}

static void close_book(void *book)
{
    pub_book *b = book;
    free(b->months.cell);
    free(b->paid);
    free(b->earned);
}

static cst_status merge_books(rev_session *s, pub_months *all, cst_error *e)
{
    if (!s->any) return CST_OK;
    cst_status status = open_months(all, s, e);
    for (int i = 0; status == CST_OK && i <= s->threads; i++) {
        const pub_book *b = (const pub_book *)rev_session_worker(s, i)->book;
        for (uint32_t k = 0; b->months.cell && k < all->n; k++) add_cell(&all->cell[k], &b->months.cell[k]);
    }
    return status;
}

/* The first definition is the cohort's retention over twelve months: found twice. */
static cst_status check_first(const rev_session *s, const pub_months *all, cst_error *e)
{
    for (cst_period p = s->first; s->any && p <= s->last; p++) {
        const rev_ret *ret = &s->sums.total.cell[p - s->sums.total.low].ret;
        const pub_part *x = &all->cell[p - all->low].of[PUB_ENDS];
        if (ret->net != x->num || ret->base != x->den)
            return cst_fail(
                e, CST_INTERNAL,
                "definition 1 and the cohort over twelve months differ: a defect of this program; "
                "please report it");
    }
    return CST_OK;
}

static cst_status open_detail(rev_session *s, cst_writer **out, cst_error *e)
{
    cst_column columns[DETAIL];
    for (int i = 0; i < DETAIL; i++)
        columns[i] = (cst_column){detail_names[i], i == 1 || i > 2 ? CST_COL_NUMBER : CST_COL_TEXT};
    return s->o->detail ? cst_io_extra_writer(s->io, s->o->detail, columns, DETAIL, out, e) : CST_OK;
}

cst_status rev_published_run(rev_session *s, cst_error *e)
{
    pub_months all = {0};
    session_callback callback = {.size = sizeof(pub_book), .close = close_book};
    cst_status status = open_detail(s, &callback.writer[0], e);
    rev_session_take(s, &callback);
    s->visit = take_account;
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = merge_books(s, &all, e);
    if (status == CST_OK) status = check_first(s, &all, e);
    if (status == CST_OK) status = rev_published_write(s, &all, e);
    if (status == CST_OK && callback.writer[0]) status = cst_writer_finish(callback.writer[0], e);
    rev_session_close_books(s);
    cst_writer_free(callback.writer[0]);
    free(all.cell);
    return status;
}
