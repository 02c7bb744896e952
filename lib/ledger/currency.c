/* ledger/currency.c: the currencies that a ledger's labels have seen, in the order of their rows, against
 * what a table of amounts can hold: one, or several that are converted or kept apart; never named and empty
 * ones together. */
#include "ledger/currency.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

/* The currencies of all labels as they first stand in the input. */
typedef struct currency_seen {
    cst_text name;
    uint64_t row;
    cst_place place;
} currency_seen;

static int compare_seen(const void *a, const void *b)
{
    const currency_seen *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static currency_seen *list_currencies(const cst_labels *const *labels, size_t n, size_t *count)
{
    size_t room = 1;
    for (size_t k = 0; k < n; k++) room += labels[k] ? cst_labels_currencies(labels[k]) : 0;
    currency_seen *list = calloc(room, sizeof *list);
    *count = 0;
    for (size_t k = 0; list && k < n; k++) {
        for (uint32_t i = 0; labels[k] && i < cst_labels_currencies(labels[k]); i++) {
            currency_seen *s = &list[(*count)++];
            s->name = cst_labels_currency(labels[k], i);
            s->row = cst_labels_currency_row(labels[k], i, &s->place);
        }
    }
    if (list && *count > 1) qsort(list, *count, sizeof *list, compare_seen);
    return list;
}

/* Which of the currencies cannot stand beside the first; NULL: none. */
static const currency_seen *find_unmatched(const currency_seen *list, size_t n, bool fx, bool apart)
{
    for (size_t i = 0; i < n; i++) {
        bool mixed = (list[i].name.n == 0) != (list[0].name.n == 0);
        if (mixed || (fx && list[i].name.n == 0)) return &list[i];
        if (!fx && !apart && !cst_text_equal(list[i].name, list[0].name)) return &list[i];
    }
    return NULL;
}

static cst_status fail_currency(const currency_seen *first, const currency_seen *found, bool fx, cst_error *e)
{
    if (first->name.n == 0 && found->name.n == 0)
        return cst_fail_at(e, CST_DATA, found->place, "currency",
                           "expected a currency in every row (--fx), found none; fill the column currency");
    if (first->name.n == 0 || found->name.n == 0)
        return cst_fail_at(e, CST_DATA, found->place, "currency",
                           fx ? "expected a currency in every row (--fx), found \"%.*s\" and rows "
                                "without; fill the column currency in every row"
                              : "expected a currency in every row or in none, found \"%.*s\" and rows "
                                "without; fill the column currency in every row",
                           (int)(found->name.n ? found : first)->name.n,
                           (found->name.n ? found : first)->name.p);
    return cst_fail_at(e, CST_DATA, found->place, "currency",
                       "expected one currency, found %.*s after %.*s; convert them with --fx FILE "
                       "--report-currency CODE, or keep them apart with --by currency",
                       (int)found->name.n, found->name.p, (int)first->name.n, first->name.p);
}

cst_status cst_currency_settle(const cst_labels *const *labels, size_t n, const cst_fx *fx, bool apart,
                               char name[CST_CURRENCY_ROOM], bool *several, cst_error *e)
{
    size_t count;
    currency_seen *list = list_currencies(labels, n, &count);
    if (!list) return cst_no_memory(e);
    const currency_seen *unmatched = find_unmatched(list, count, fx != NULL, apart);
    name[0] = 0;
    *several = false;
    for (size_t i = 1; i < count && !fx; i++) *several |= !cst_text_equal(list[i].name, list[0].name);
    cst_status status = unmatched ? fail_currency(&list[0], unmatched, fx != NULL, e) : CST_OK;
    if (fx) {
        strcpy(name, cst_fx_report(fx));
    } else if (count > 0 && !*several) {
        memcpy(name, list[0].name.p, list[0].name.n);
        name[list[0].name.n] = 0;
    }
    free(list);
    return status;
}
