/* ahead.c: the ends of a line in order of days, each against the rows that start on or after it and have
 * something left. A row that starts before an end starts before all later ones: both lists are gone through
 * once. */
#include "ledger/ahead.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

struct cst_ahead_start {
    uint32_t line;
    cst_day day;
    cst_money left;
};

void cst_ahead_free(cst_ahead *a)
{
    free(a->row);
    free(a->start);
    *a = (cst_ahead){0};
}

void cst_ahead_clear(cst_ahead *a)
{
    a->rows = 0;
}

bool cst_ahead_add(cst_ahead *a, const cst_ahead_row *row, cst_day as_of)
{
    if (row->amount == 0 || row->start >= row->end || row->end <= as_of) return true;
    if (!cst_grow(&a->row, &a->row_room, a->rows + 1, sizeof *a->row)) return false;
    a->row[a->rows++] = *row;
    return true;
}

bool cst_ahead_is_signed(const cst_ledger_row *row, cst_day as_of, bool dated)
{
    if (row->start <= as_of || !dated) return true;
    return row->signed_on != CST_DAY_NONE && row->signed_on <= as_of;
}

bool cst_ahead_is_no_end(cst_day end, cst_day as_of)
{
    cst_day last = cst_day_add_months(as_of, 1200);
    return last != CST_DAY_NONE && end > last;
}

static bool ends_at_term(const cst_ahead_row *r)
{
    const cst_renewal_row row = {.start = r->start, .term = r->term};
    return r->end != CST_LEDGER_OPEN && cst_renewal_next(&row, r->end - 1) == r->end;
}

bool cst_ahead_ends_in_mid_term(const cst_ahead_row *r)
{
    return r->end != CST_LEDGER_OPEN && !ends_at_term(r);
}

static int compare_ends(const void *a, const void *b)
{
    const cst_ahead_row *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->end != y->end) return x->end < y->end ? -1 : 1;
    return cst_text_compare(x->group, y->group);
}

static int compare_starts(const void *a, const void *b)
{
    const struct cst_ahead_start *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static bool list_starts(cst_ahead *a, cst_day as_of, size_t *n)
{
    *n = 0;
    if (!cst_grow(&a->start, &a->start_room, a->rows, sizeof *a->start)) return false;
    for (size_t i = 0; i < a->rows; i++)
        if (a->row[i].start > as_of && a->row[i].amount > 0)
            a->start[(*n)++] = (struct cst_ahead_start){a->row[i].line, a->row[i].start, a->row[i].amount};
    if (*n > 1) qsort(a->start, *n, sizeof *a->start, compare_starts);
    return true;
}

bool cst_ahead_cover(cst_ahead *a, cst_day as_of)
{
    size_t n, k = 0;
    if (!list_starts(a, as_of, &n)) return false;
    if (a->rows > 1) qsort(a->row, a->rows, sizeof *a->row, compare_ends);
    for (size_t i = 0; i < a->rows; i++) {
        cst_ahead_row *r = &a->row[i];
        r->at_term = 0;
        if (r->amount < 0 || !ends_at_term(r)) continue;
        r->at_term = r->amount;
        while (k < n &&
               (a->start[k].line < r->line || (a->start[k].line == r->line && a->start[k].day < r->end)))
            k++;
        for (; k < n && a->start[k].line == r->line && r->at_term > 0; k++) {
            struct cst_ahead_start *s = &a->start[k];
            cst_money covered = s->left < r->at_term ? s->left : r->at_term;
            r->at_term -= covered;
            s->left -= covered;
            if (s->left > 0) break;
        }
    }
    return true;
}

cst_ahead_month cst_ahead_net(const cst_ahead_change *c)
{
    cst_ahead_month m = {.gain = c->change > 0 ? c->change : 0, .ending = c->change < 0 ? -c->change : 0};
    cst_wide rest = m.ending > c->mid ? m.ending - c->mid : 0;
    m.ending_at_term = rest < c->at_term ? rest : c->at_term;
    return m;
}
