/* revenue/tenure.c: with a reactivation window, who comes back too late is a new customer everywhere. The
 * account's time is cut where a stretch of days with revenue begins more than the window after the end
 * of the one before, and each piece is walked as an account of its own. With the snapshot basis a
 * stretch that touches no snapshot does not make a customer, and so neither ends nor begins a stay. */
#include "revenue/walk.h"
#include <stdlib.h>

typedef struct stay_change {
    cst_day day;
    cst_money amount;
} stay_change;

static int compare_changes(const void *a, const void *b)
{
    const stay_change *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static stay_change *list_changes(const rev_walk *w, const cst_ledger_account *a, size_t *n)
{
    stay_change *change = malloc((2 * a->rows + 1) * sizeof *change);
    *n = 0;
    cst_day from = w->rules->history_from;
    for (size_t i = 0; change && i < a->rows; i++) {
        const cst_ledger_row *r = &a->row[i];
        cst_day start = from != CST_DAY_NONE && r->start < from ? from : r->start;
        if (start >= r->end || r->amount == 0) continue;
        change[(*n)++] = (stay_change){start, r->amount};
        if (r->end != CST_LEDGER_OPEN) change[(*n)++] = (stay_change){r->end, -r->amount};
    }
    if (change && *n > 1) qsort(change, *n, sizeof *change, compare_changes);
    return change;
}

static bool is_seen(const rev_walk *w, cst_day start, cst_day end)
{
    return w->rules->event || cst_grid_on(w->rules->grid, start) < cst_grid_off(w->rules->grid, end);
}

bool rev_walk_find_tenure(rev_walk *w, const cst_ledger_account *a, cst_day **cut, size_t *cuts)
{
    *cut = NULL;
    *cuts = 0;
    size_t n;
    stay_change *change = list_changes(w, a, &n);
    cst_day *at = malloc((n + 1) * sizeof *at);
    if (!change || !at) {
        free(change);
        free(at);
        return false;
    }
    cst_wide total = 0;
    cst_day start = CST_DAY_NONE, last_end = CST_DAY_NONE;
    for (size_t i = 0; i < n;) {
        cst_day day = change[i].day;
        cst_wide before = total;
        for (; i < n && change[i].day == day; i++) total += change[i].amount;
        if (before <= 0 && total > 0) start = day;
        bool ends = before > 0 && total <= 0, tenure = total > 0 && i == n;
        if (!ends && !tenure) continue;
        if (!is_seen(w, start, ends ? day : CST_LEDGER_OPEN)) continue;
        if (last_end != CST_DAY_NONE && cst_day_plus(last_end, w->rules->reactivation) < start)
            at[(*cuts)++] = start;
        last_end = ends ? day : CST_DAY_NONE;
    }
    free(change);
    *cut = at;
    return true;
}
