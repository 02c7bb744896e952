/* Sorting doubles: a stable radix sort, because ranks are the inner loop of the drivers table (50
 * measures of a million rows), where a comparison sort is several times slower. The bits of a double,
 * with the sign bit turned over (and all bits of a negative one), order as an unsigned integer; six
 * passes of 11 bits, and a pass whose digit is the same in all values, as in whole numbers, is left
 * out.
 */
#include "stats/column.h"
#include <stdlib.h>
#include <string.h>

enum { BITS = 11, BINS = 1 << BITS, PASSES = 6 };

typedef struct {
    uint64_t key;
    uint32_t row;
} sorted_item;

static uint64_t order_key(double v)
{
    uint64_t bits;
    v += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static unsigned digit_of(uint64_t key, int pass)
{
    return (unsigned)(key >> (pass * BITS)) & (BINS - 1);
}

/* One pass; false where all digits are equal and nothing was moved. */
static bool move_by_digit(const sorted_item *from, sorted_item *to, size_t n, uint32_t *count, int pass)
{
    if (count[digit_of(from[0].key, pass)] == n) return false;
    uint32_t at = 0;
    for (int b = 0; b < BINS; b++) {
        uint32_t c = count[b];
        count[b] = at;
        at += c;
    }
    for (size_t i = 0; i < n; i++) to[count[digit_of(from[i].key, pass)]++] = from[i];
    return true;
}

/* Sorts a with b as room; returns whichever holds the result. */
static sorted_item *sort_items(sorted_item *a, sorted_item *b, size_t n, uint32_t *count)
{
    if (n == 0) return a;
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < PASSES; p++) count[p * BINS + (int)digit_of(a[i].key, p)]++;
    for (int p = 0; p < PASSES; p++)
        if (move_by_digit(a, b, n, count + p * BINS, p)) {
            sorted_item *t = a;
            a = b;
            b = t;
        }
    return a;
}

cst_status cst_sort_order(const double *x, size_t n, uint32_t *order, cst_error *e)
{
    if (n >= UINT32_MAX) return cst_fail(e, CST_LIMIT, "expected fewer than 2^32 rows to sort, found %zu", n);
    sorted_item *a = cst_zeroed(2 * n, sizeof *a);
    uint32_t *count = cst_zeroed(PASSES * BINS, sizeof *count);
    if (a && count) {
        for (size_t i = 0; i < n; i++) a[i] = (sorted_item){order_key(x[i]), (uint32_t)i};
        const sorted_item *sorted = sort_items(a, a + n, n, count);
        for (size_t i = 0; i < n; i++) order[i] = sorted[i].row;
    }
    bool ok = a && count;
    free(a);
    free(count);
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status cst_sort(double *x, size_t n, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    double *copy = cst_zeroed(n, sizeof *copy);
    cst_status status = order && copy ? cst_sort_order(x, n, order, e) : cst_no_memory(e);
    if (status == CST_OK) {
        memcpy(copy, x, n * sizeof *x);
        for (size_t i = 0; i < n; i++) x[i] = copy[order[i]];
    }
    free(order);
    free(copy);
    return status;
}
