/* panel/periods.c: see periods.h. A sorted array; the hot path looks beside the last place it found. */
#include "panel/periods.h"
#include "base/memory.h"
#include <string.h>

size_t cst_periods_from(const cst_periods *p, cst_day day)
{
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->day[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool insert(cst_periods *p, size_t at, cst_day day)
{
    if (!cst_grow(&p->day, &p->room, p->n + 1, sizeof *p->day)) return false;
    memmove(p->day + at + 1, p->day + at, (p->n - at) * sizeof *p->day);
    p->day[at] = day;
    p->n++;
    return true;
}

bool cst_periods_add(cst_periods *p, cst_day day)
{
    for (size_t i = p->last; i < p->n && i < p->last + 2; i++)
        if (p->day[i] == day) {
            p->last = i;
            return true;
        }
    size_t at = cst_periods_from(p, day);
    p->last = at;
    return (at < p->n && p->day[at] == day) || insert(p, at, day);
}
