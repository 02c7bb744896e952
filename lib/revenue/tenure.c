/* revenue/tenure.c: with a reactivation window, who comes back too late is a new customer everywhere. The
 * account's time is cut where a stretch of days with revenue begins more than the window after the end
 * of the one before, and each piece is walked as an account of its own. With the snapshot basis a
 * stretch that touches no snapshot does not make a customer, and so neither ends nor begins a stay. */
#include "revenue/walk.h"
#include <stdlib.h>

static bool is_seen(const rev_walk *w, cst_day start, cst_day end)
{
    return w->rules->event || cst_grid_on(w->rules->grid, start) < cst_grid_off(w->rules->grid, end);
}

bool rev_walk_find_tenure(rev_walk *w, const cst_ledger_account *a, cst_day **cut, size_t *cuts)
{
    cst_balance *b = &w->balance;
    *cut = NULL;
    *cuts = 0;
    if (!cst_balance_fill(b, a->row, a->rows, w->rules->history_from)) return false;
    cst_day *at = malloc((b->n + 1) * sizeof *at);
    if (!at) return false;
    cst_day start = CST_DAY_NONE, last_end = CST_DAY_NONE;
    for (size_t i = 0; i < b->n; i++) {
        cst_day day = b->at[i].day;
        cst_wide before = i ? b->at[i - 1].level : 0, total = b->at[i].level;
        if (before <= 0 && total > 0) start = day;
        bool ends = before > 0 && total <= 0, stays = total > 0 && i + 1 == b->n;
        if (!ends && !stays) continue;
        if (!is_seen(w, start, ends ? day : CST_LEDGER_OPEN)) continue;
        if (last_end != CST_DAY_NONE && cst_day_plus(last_end, w->rules->reactivation) < start)
            at[(*cuts)++] = start;
        last_end = ends ? day : CST_DAY_NONE;
    }
    *cut = at;
    return true;
}
