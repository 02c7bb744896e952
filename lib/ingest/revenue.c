/* revenue.c: see revenue.h. */
#include "ingest/revenue.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"

int ing_whole_months(cst_day start, cst_day end)
{
    int n = cst_months_between(start, end);
    for (int k = n; k <= n + 1; k++)
        if (k > 0 && (cst_day_add_months(start, k) == end || cst_day_add_months(end, -k) == start)) return k;
    return 0;
}

bool ing_invoice_share(cst_day start, cst_day end, int64_t *a, int64_t *b)
{
    int n = ing_whole_months(start, end);
    *a = 1, *b = n;
    if (n) return true;
    n = cst_months_between(start, end) + 1;
    while (n > 0 && cst_day_add_months(end, -n) < start) n--;
    cst_day anchor = cst_day_add_months(end, -n), before = cst_day_add_months(end, -n - 1);
    if (before == CST_DAY_NONE) return false;
    *a = anchor - before;
    *b = n * *a + (anchor - start);
    return true;
}

bool ing_invoice_mrr(cst_wide num, int64_t den, cst_day start, cst_day end, int digits, cst_money *out,
                     bool *rounded)
{
    int64_t a, b;
    if (!ing_invoice_share(start, end, &a, &b) || !ing_amount_scale(&num, &den, a, b)) return false;
    return ing_whole_months(start, end) ? ing_amount_money(num, den, out, rounded)
                                        : ing_amount_round(num, den, digits, out, rounded);
}

/* Puts the place of a raw column, and its name, on an error. */
static cst_status fail_at(ing_convert *c, int ref, cst_error *e)
{
    return cst_error_place(e, cst_place_at(c->batch, c->row, ref >= 0 ? c->plan->origin[ref].slot : -1),
                           ref >= 0 ? ing_refs_name(&c->plan->map->refs, ref).p : NULL);
}

static cst_status fail_at_target(ing_convert *c, int target, ing_reason reason, cst_error *e)
{
    c->view.reason = reason;
    return fail_at(c, target >= 0 ? c->plan->target[target].rule->ref : -1, e);
}

static cst_status end_before_start(ing_convert *c, cst_error *e)
{
    char start[CST_DAY_ROOM], end[CST_DAY_ROOM];
    start[cst_day_format(c->cell[c->plan->at_start].day, start)] = 0;
    end[cst_day_format(c->cell[c->plan->at_end].day, end)] = 0;
    cst_fail(e, CST_DATA, "expected an end on or after the start %s, found %s; see --rejects", start, end);
    return fail_at_target(c, c->plan->at_end, ING_REASON_DATES, e);
}

cst_status ing_convert_negative(ing_convert *c, cst_error *e)
{
    cst_fail(e, CST_DATA,
             "expected an MRR of zero or more, found a negative one; if such a row offsets others, add "
             "map.negative,%s, to the map",
             c->plan->map->shape == ING_SHAPE_INVOICE_LINES ? "net" : "allow");
    return fail_at_target(c, c->plan->at_mrr, ING_REASON_NEGATIVE, e);
}

cst_status ing_convert_day(ing_convert *c, const ing_rule *r, cst_day *out, cst_error *e)
{
    *out = CST_DAY_NONE;
    if (!ing_rule_filled(r)) return CST_OK;
    ing_datum v = {.kind = ING_DATUM_TEXT, .text = {"", 0}, .den = 1};
    if (r->ref >= 0 && !c->view.field(c, r->ref, &v.text, e)) return e->status;
    v.missing = v.text.n == 0;
    cst_status status = ing_chain_apply(&r->chain, &c->view, &v, e);
    if (status == CST_OK && !v.missing && v.kind == ING_DATUM_TEXT && !cst_day_parse(v.text, &v.day)) {
        char shown[80];
        ing_found(v.text, shown);
        c->view.reason = ING_REASON_VALUE;
        status = cst_fail(e, CST_DATA, "%.*s: expected a date as YYYY-MM-DD, found \"%s\"; see --map",
                          (int)r->column.n, r->column.p, shown);
    }
    if (status != CST_OK) return fail_at(c, c->view.blamed ? c->view.blamed - 1 : r->ref, e);
    if (!v.missing) *out = v.day;
    return CST_OK;
}

/* Revenue begins where the trial ends; a stretch that is all trial is set aside. */
static cst_status apply_trial(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_day trial_end;
    if (c->cell[p->at_start].day == CST_DAY_NONE) return CST_OK;
    cst_status status = ing_convert_day(c, &p->map->trial_end, &trial_end, e);
    if (status != CST_OK || p->counts[ING_KIND_TRIAL] || trial_end == CST_DAY_NONE) return status;
    cst_day end = p->at_end >= 0 ? c->cell[p->at_end].day : CST_DAY_NONE;
    if (trial_end <= c->cell[p->at_start].day) return CST_OK;
    if (end != CST_DAY_NONE && end <= trial_end) {
        c->kind = ING_KIND_TRIAL;
        return CST_END;
    }
    ing_convert_set_day(c, p->at_start, trial_end);
    c->shortened++;
    return CST_OK;
}

/* With --past-due N, revenue ends N days after payment fell due. */
static cst_status apply_past_due(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_day since;
    if (c->cell[p->at_start].day == CST_DAY_NONE) return CST_OK;
    if (p->past_due_days < 0 || p->at_end < 0 || (c->kind != ING_KIND_PAST_DUE && p->map->kinds))
        return CST_OK;
    cst_status status = ing_convert_day(c, &p->map->past_due_since, &since, e);
    if (status != CST_OK || since == CST_DAY_NONE) return status;
    cst_day limit = p->past_due_days > CST_DAY_MAX - since ? CST_DAY_MAX : since + (cst_day)p->past_due_days;
    if (limit < c->cell[p->at_start].day) limit = c->cell[p->at_start].day;
    if (c->cell[p->at_end].day != CST_DAY_NONE && c->cell[p->at_end].day <= limit) return CST_OK;
    ing_convert_set_day(c, p->at_end, limit);
    c->shortened++;
    return CST_OK;
}

/* A pause lasts until its end, or where that is missing until the row's. */
static cst_status find_pause(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    c->pause_start = CST_DAY_NONE;
    c->pause_end = INT32_MAX;
    if (!ing_map_pauses(p->map) || p->counts[ING_KIND_PAUSED]) return CST_OK;
    cst_day end;
    cst_status status = ing_convert_day(c, &p->map->pause_start, &c->pause_start, e);
    if (status == CST_OK) status = ing_convert_day(c, &p->map->pause_end, &end, e);
    if (status != CST_OK || c->pause_start == CST_DAY_NONE || end == CST_DAY_NONE) return status;
    c->pause_end = end;
    if (end >= c->pause_start) return CST_OK;
    char from[CST_DAY_ROOM], to[CST_DAY_ROOM];
    from[cst_day_format(c->pause_start, from)] = 0;
    to[cst_day_format(end, to)] = 0;
    c->view.reason = ING_REASON_DATES;
    cst_fail(e, CST_DATA, "expected an end of the pause on or after its start %s, found %s; see --rejects",
             from, to);
    return fail_at(c, p->map->pause_end.ref, e);
}

cst_status ing_convert_discount(ing_convert *c, cst_day *from, cst_day *to, cst_error *e)
{
    cst_status status = ing_convert_day(c, &c->plan->map->discount_start, from, e);
    return status != CST_OK ? status : ing_convert_day(c, &c->plan->map->discount_end, to, e);
}

static cst_status price_invoice_line(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_day start = c->cell[p->at_start].day, end = c->cell[p->at_end].day;
    cst_money mrr;
    bool rounded = false;
    if ((start == CST_DAY_NONE) != (end == CST_DAY_NONE)) {
        int missing = start == CST_DAY_NONE ? p->at_start : p->at_end;
        cst_fail(e, CST_DATA, "expected both ends of a service period or none, found no %s; see --rejects",
                 start == CST_DAY_NONE ? "start_date" : "end_date");
        return fail_at_target(c, missing, ING_REASON_MISSING, e);
    }
    bool credit = c->has_amount && c->amount_num < 0;
    if (credit && p->map->negative == ING_NEGATIVE_REJECT && start != end) return ing_convert_negative(c, e);
    if (start == CST_DAY_NONE && credit && c->credit_of.n) return CST_OK; /* the period is the named line's */
    if (start == CST_DAY_NONE || end == start) {
        c->kind = ING_KIND_ONE_TIME;
        return p->counts[ING_KIND_ONE_TIME] ? CST_OK : CST_END;
    }
    if (!c->has_amount) {
        cst_fail(e, CST_DATA,
                 "expected an amount, which every invoice line needs, found nothing; see --rejects");
        c->view.reason = ING_REASON_MISSING;
        return fail_at(c, p->map->amount.ref, e);
    }
    if (!ing_invoice_mrr(c->amount_num, c->amount_den, start, end,
                         ing_currency_digits(c->view.currency, false), &mrr, &rounded)) {
        cst_fail(
            e, CST_DATA,
            "expected an amount that fits as an MRR, found one that is too large for its service period; see "
            "--rejects");
        c->view.reason = ING_REASON_TOO_LARGE;
        return fail_at(c, p->map->amount.ref, e);
    }
    ing_convert_set_money(c, p->at_mrr, mrr);
    c->rounded += rounded;
    return CST_OK;
}

bool ing_convert_is_free(const ing_convert *c)
{
    const ing_plan *p = c->plan;
    return c->cell[p->at_mrr].money == 0 && c->kind == ING_KIND_RECURRING && !p->counts[ING_KIND_FREE];
}

cst_status ing_convert_rules(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_status status = CST_OK;
    /* the last second of a day is its end, whatever the map says that ends are */
    const cst_instant last = cst_day_instant(1) - cst_day_instant(0) - 1000000;
    bool whole = p->at_end >= 0 && c->cell[p->at_end].time >= last;
    if (p->at_end >= 0 && (p->map->inclusive || whole) && c->cell[p->at_end].day != CST_DAY_NONE) {
        if (c->cell[p->at_end].day == CST_DAY_MAX) {
            cst_fail(e, CST_DATA,
                     "expected an end before 9999-12-31, for the day after it is written, found it; if it "
                     "stands for no end, put missing('9999-12-31') first in the map");
            return fail_at_target(c, p->at_end, ING_REASON_DATES, e);
        }
        ing_convert_set_day(c, p->at_end, c->cell[p->at_end].day + 1);
    }
    if (p->at_end >= 0 && p->at_start >= 0 && c->cell[p->at_end].day != CST_DAY_NONE &&
        c->cell[p->at_start].day != CST_DAY_NONE && c->cell[p->at_end].day < c->cell[p->at_start].day)
        return end_before_start(c, e);
    if (!p->revenue || p->map->shape == ING_SHAPE_CUBE || c->cancelled) return CST_OK;
    if (p->map->shape != ING_SHAPE_SNAPSHOT) {
        if (ing_rule_filled(&p->map->trial_end)) status = apply_trial(c, e);
        if (status == CST_OK) status = apply_past_due(c, e);
        if (status == CST_OK) status = find_pause(c, e);
    }
    if (status == CST_OK && p->map->shape == ING_SHAPE_INVOICE_LINES) return price_invoice_line(c, e);
    if (status != CST_OK) return status;
    if (c->cell[p->at_mrr].money < 0 && !p->map->negative) return ing_convert_negative(c, e);
    if (ing_convert_is_free(c) && !ing_map_splits(p->map)) {
        c->kind = ING_KIND_FREE;
        return CST_END;
    }
    return CST_OK;
}
