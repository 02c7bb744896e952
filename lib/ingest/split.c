/* split.c: see split.h. The record is converted anew for each stretch, with or without its discount: all that
 * depends on the price then follows. Such rows are few. */
#include "base/decimal.h"
#include "ingest/revenue.h"
#include "ingest/worker.h"
#include <string.h>

/* Days `from` to `to`, exclusive; to INT32_MAX: open. */
typedef struct ing_split_span {
    cst_day from, to;
    bool discounted;
} ing_split_span;

static cst_status convert(ing_worker *w, bool discounted, cst_error *e)
{
    ing_convert *c = &w->c;
    uint64_t rounded = c->rounded, shortened = c->shortened; /* the record counts once */
    uint64_t missed[ING_LOOKUPS_MOST];
    memcpy(missed, c->missed, sizeof missed);
    bool off = c->view.amount_off;
    c->view.undiscounted = !discounted;
    cst_status status = ing_convert_row(c, c->batch, c->row, e);
    c->view.undiscounted = false;
    c->view.amount_off = off;
    c->rounded = rounded;
    c->shortened = shortened;
    memcpy(c->missed, missed, sizeof missed);
    return status;
}

static cst_status put_stretch(ing_worker *w, ing_split_span s, uint32_t *rows, cst_money *mrr, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    cst_status status = convert(w, s.discounted, e);
    if (status != CST_OK || ing_convert_is_free(&w->c)) return status;
    ing_convert_set_day(&w->c, p->at_start, s.from);
    ing_convert_set_day(&w->c, p->at_end, s.to == INT32_MAX ? CST_DAY_NONE : s.to);
    if (!cst_money_add(*mrr, w->c.cell[p->at_mrr].money, mrr)) {
        w->c.view.reason = ING_REASON_TOO_LARGE;
        cst_fail(e, CST_DATA,
                 "expected amounts whose sum fits, found a sum that is too large; see --rejects");
        return cst_error_place(e, cst_place_at(w->c.batch, w->c.row, -1), NULL);
    }
    ++*rows;
    return ing_worker_put_row(w, e);
}

static cst_day earlier(cst_day a, cst_day b)
{
    return a < b ? a : b;
}

static cst_day later(cst_day a, cst_day b)
{
    return a > b ? a : b;
}

cst_status ing_split_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_convert *c = &w->c;
    cst_day first, last;
    cst_status status = ing_convert_discount(c, &first, &last, e);
    if (status != CST_OK) return status;
    cst_day start = c->cell[p->at_start].day, end = c->cell[p->at_end].day;
    if (end == CST_DAY_NONE) end = INT32_MAX;
    if (last == CST_DAY_NONE) last = INT32_MAX;
    first = earlier(later(first, start), end); /* no first day: the least of all days */
    last = later(earlier(last, end), first);
    cst_money with = c->cell[p->at_mrr].money;
    if (first > start || last < end) status = convert(w, false, e);
    if (status != CST_OK) return status;
    *rows = 0;
    *mrr = 0;
    ing_split_span part[3] = {{start, first, false}, {first, last, true}, {last, end, false}};
    if (c->cell[p->at_mrr].money == with || start == end) /* no discount, or one that covers the row */
        status = put_stretch(w, (ing_split_span){start, end, true}, rows, mrr, e);
    else
        for (int i = 0; status == CST_OK && i < 3; i++)
            if (part[i].to > part[i].from) status = put_stretch(w, part[i], rows, mrr, e);
    if (status != CST_OK) return status;
    ing_convert_set_day(c, p->at_start, start); /* the record's key */
    if (*rows) return CST_OK;
    c->kind = ING_KIND_FREE;
    return CST_END;
}
