/* revenue/check.c: balances and movements are added up apart from one another, so that holding one
 * against the other says something:
 *
 *   opening + all movements = closing                                  every row
 *   opening_logos + new + reactivated - churned = closing_logos        the total; segments of accounts
 *       (in segments of rows transferred_logos is the rest)
 *   the sum over segments = the total                                  amounts, balances, revenue by days;
 *       customers by account columns
 *   the closing of a longer period = that of its last month            without rates
 *   the detail's amounts = the bridge's
 *   NRR of one period = (opening + fx + upsell + cross_sell + contraction + churn) / (opening + fx)
 *       cohort or movements, snapshot basis, nothing put to rounding, movements at closing rates
 */
#include "base/date.h"
#include "revenue/sums.h"

static cst_status violation(const rev_sums *s, cst_period p, const char *what, cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_day_format(cst_period_last(&s->rules->grid->periods, p), day);
    return cst_fail(e, CST_INTERNAL,
                    "the identity \"%s\" does not hold in the period that ends on %s; this is a defect of "
                    "cs-waterfall: please report it",
                    what, day);
}

static const rev_cell *cell_of(const rev_series *of, cst_period p)
{
    static const rev_cell none;
    uint32_t i = (uint32_t)p - (uint32_t)of->low;
    return i < of->n ? &of->cell[i] : &none;
}

static cst_status check_row(const rev_sums *s, const rev_series *of, cst_period p, bool logos, cst_error *e)
{
    const rev_cell *now = cell_of(of, p), *before = cell_of(of, p - 1);
    cst_wide sum = before->closing;
    for (int m = 0; m < CST_MOVEMENTS; m++) sum += now->amount[m];
    if (sum != now->closing) return violation(s, p, "opening + movements = closing", e);
    if (logos &&
        before->closing_logos + now->new_logos + now->reactivated - now->churned != now->closing_logos)
        return violation(s, p, "opening_logos + new + reactivated - churned = closing_logos", e);
    return CST_OK;
}

static cst_status check_segments(const rev_sums *s, cst_period p, cst_error *e)
{
    const rev_cell *total = cell_of(&s->total, p);
    cst_wide closing = 0, earned = 0, amount[CST_MOVEMENTS] = {0};
    int64_t logos = 0;
    for (uint32_t i = 0; i < s->groups; i++) {
        const rev_cell *c = cell_of(&s->group[i], p);
        closing += c->closing;
        earned += rev_series_earned(&s->group[i], p);
        logos += c->closing_logos;
        for (int m = 0; m < CST_MOVEMENTS; m++) amount[m] += c->amount[m];
    }
    bool same = closing == total->closing && (s->rules->groups_of_rows || logos == total->closing_logos);
    same &= earned == rev_series_earned(&s->total, p);
    for (int m = 0; m < CST_MOVEMENTS; m++) same &= amount[m] == total->amount[m];
    return same ? CST_OK : violation(s, p, "the sum over segments = the total", e);
}

/* NRR of one period from the bridge; where a rule makes the two differ on purpose it is not asked. */
static cst_status check_retention(const rev_sums *s, cst_period p, cst_error *e)
{
    const rev_rules *r = s->rules;
    if (r->movement_fx != REV_FX_CLOSING) return CST_OK;
    if (s->mixed || r->window != 1 || r->event || r->spot || r->min_movement > 0 || r->reactivation.unit)
        return CST_OK;
    if (r->retention == REV_COMPOUNDED ||
        (r->retention == REV_BY_MOVEMENTS && r->grid->periods.every != r->grid->ticks.every))
        return CST_OK;
    const rev_cell *now = cell_of(&s->total, p);
    cst_wide base = cell_of(&s->total, p - 1)->closing + now->amount[CST_FX];
    cst_wide net = base + now->amount[CST_UPSELL] + now->amount[CST_CROSS_SELL] +
                   now->amount[CST_CONTRACTION] + now->amount[CST_CHURN];
    if (now->ret.base == base && now->ret.net == net) return CST_OK;
    return violation(s, p,
                     "NRR = (opening + fx + upsell + cross_sell + contraction + churn) / (opening + fx)", e);
}

/* Levels of the ticks against the closings of longer periods. */
static cst_status check_ticks(const rev_sums *s, cst_period first, cst_period last, cst_error *e)
{
    const cst_grid *g = s->rules->grid;
    if (g->periods.every == g->ticks.every || s->rules->valued) return CST_OK;
    cst_wide level = 0;
    uint32_t i = 0;
    for (cst_period p = first; p <= last; p++) {
        cst_period close = cst_grid_close(g, p);
        for (; i < s->ticks && s->tick_low + (cst_period)i <= close; i++) level += s->tick[i];
        if (level != cell_of(&s->total, p)->closing)
            return violation(s, p, "a longer period closes as its last month", e);
    }
    return CST_OK;
}

static cst_status check_entries(const rev_sums *s, const rev_series *entries, cst_period p, cst_error *e)
{
    const rev_cell *a = cell_of(&s->total, p), *b = cell_of(entries, p);
    for (int m = 0; m < CST_MOVEMENTS; m++)
        if (a->amount[m] != b->amount[m]) return violation(s, p, "the sum of the detail = the bridge", e);
    return CST_OK;
}

cst_status rev_check_sums(const rev_sums *s, cst_period first, cst_period last, bool total,
                          const rev_series *entries, cst_error *e)
{
    bool account_groups = s->rules->groups && !s->rules->groups_of_rows;
    cst_status status = CST_OK;
    for (cst_period p = first; status == CST_OK && p <= last; p++) {
        status = check_row(s, &s->total, p, true, e);
        for (uint32_t i = 0; status == CST_OK && i < s->groups; i++)
            status = check_row(s, &s->group[i], p, account_groups, e);
        if (status == CST_OK && s->rules->groups) status = check_segments(s, p, e);
        if (status == CST_OK && total) status = check_retention(s, p, e);
        if (status == CST_OK && entries) status = check_entries(s, entries, p, e);
    }
    return status == CST_OK ? check_ticks(s, first, last, e) : status;
}
