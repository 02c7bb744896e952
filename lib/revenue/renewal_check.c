/* revenue/renewal_check.c: renewals go line by line through due dates and ends, the bridge goes account by
 * account through its closings. What ended, each of them says for itself. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/renewals.h"
#include <stdlib.h>

void rev_ended_begin(rev_ended_check *c, const rev_rules *rules)
{
    c->n = 0;
    if (c->open) return;
    c->rules = (rev_rules){.grid = rules->grid,
                           .net_line = true,
                           .retention = REV_COHORT,
                           .window = 1,
                           .history_from = CST_DAY_NONE,
                           .fx = rules->fx,
                           .valued = rules->valued,
                           .fx_first = rules->fx_first,
                           .fx_last = rules->fx_last};
    rev_sums_init(&c->sums, &c->rules);
    rev_walk_init(&c->walk, &c->rules, &c->sums);
    c->walk.note_ended = c->open = true;
}

void rev_ended_free(rev_ended_check *c)
{
    if (c->open) {
        rev_walk_free(&c->walk);
        rev_sums_free(&c->sums);
    }
    free(c->at);
    *c = (rev_ended_check){0};
}

bool rev_ended_add(rev_ended_check *c, cst_period p, cst_wide paid)
{
    if (!cst_grow(&c->at, &c->room, c->n + 1, sizeof *c->at)) return false;
    c->at[c->n++] = (rev_ended){p, paid};
    return true;
}

static int compare_ended(const void *a, const void *b)
{
    const rev_ended *x = a, *y = b;
    return (x->period > y->period) - (x->period < y->period);
}

static cst_status fail_ended(const rev_ended_check *c, const cst_ledger_account *a, cst_period p,
                             cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_day_format(cst_period_last(&c->rules.grid->periods, p), day);
    return cst_fail(
        e, CST_INTERNAL,
        "the identity \"ended = the churn and contraction by which lines come to nothing\" does not "
        "hold for account \"%.*s\" in the period that ends on %s; this is a defect of cs-waterfall: "
        "please report it",
        (int)a->id.n, a->id.p, day);
}

cst_status rev_ended_compare(rev_ended_check *c, const cst_ledger_account *a, cst_error *e)
{
    for (size_t i = 0; i < a->rows; i++)
        if (a->row[i].amount < 0) return CST_OK;
    cst_status status = rev_walk_account(&c->walk, a, e);
    if (status != CST_OK || c->walk.failed) return status;
    for (size_t i = 0; i < c->walk.endeds; i++)
        if (!rev_ended_add(c, c->walk.ended[i].period, -(cst_wide)c->walk.ended[i].value))
            return cst_no_memory(e);
    if (c->n > 1) qsort(c->at, c->n, sizeof *c->at, compare_ended);
    for (size_t i = 0, end; i < c->n; i = end) {
        cst_period p = c->at[i].period;
        cst_wide more = 0;
        for (end = i; end < c->n && c->at[end].period == p; end++) more += c->at[end].more;
        if (c->rules.fx && (p < c->rules.fx_first || p > c->rules.fx_last)) continue;
        if (more != 0) return fail_ended(c, a, p, e);
    }
    return CST_OK;
}
