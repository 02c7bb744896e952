/* ledger/grace.c: the changes of an account in order of days; where their running sum falls to zero and
 * a start follows in time, the rows that ended on that day are lengthened. Lengthening fills the gap
 * exactly, so that no other gap changes. */
#include "ledger/grace.h"
#include <stdlib.h>

typedef struct grace_change {
    cst_day day;
    bool start;
    uint32_t row;
} grace_change;

static int compare_changes(const void *a, const void *b)
{
    const grace_change *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool holds(const cst_ledger_row *r)
{
    return r->start < r->end && r->amount != 0;
}

bool cst_ledger_grace(cst_ledger_row *row, size_t n, int32_t days)
{
    if (days <= 0 || n < 2) return true;
    grace_change *change = malloc(2 * n * sizeof *change);
    if (!change) return false;
    size_t changes = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!holds(&row[i])) continue;
        change[changes++] = (grace_change){row[i].start, true, i};
        if (row[i].end != CST_LEDGER_OPEN) change[changes++] = (grace_change){row[i].end, false, i};
    }
    if (changes > 1) qsort(change, changes, sizeof *change, compare_changes);
    cst_wide total = 0;
    for (size_t i = 0; i < changes;) {
        size_t first = i;
        cst_day day = change[i].day;
        for (; i < changes && change[i].day == day; i++) {
            cst_money amount = row[change[i].row].amount;
            total += change[i].start ? amount : -(cst_wide)amount;
        }
        if (total != 0 || i == changes || (int64_t)change[i].day - day > days) continue;
        for (size_t k = first; k < i; k++)
            if (!change[k].start) row[change[k].row].end = change[i].day;
    }
    free(change);
    return true;
}
