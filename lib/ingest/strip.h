/* ingest/strip.h: one column of some rows that follow each other in a batch, as it lies in memory. The
 * express lane (express.h) goes through a chunk of rows column by column: each loop then does one thing,
 * knows its type beforehand, and has nothing to wait for from one row to the next.
 *
 * Reading is safe for 16 bytes from where a field begins: the last rows of a batch are left out for that.
 */
#ifndef CST_INGEST_STRIP_H
#define CST_INGEST_STRIP_H
#include "base/digits.h"
#include "read/view.h"

/* Rows of a chunk: its text and its index stay in the first cache. */
enum { ING_STRIP_ROWS = 128 };

typedef struct ing_strip {
    const char *text;
    const uint32_t *from, *end; /* of row 0: what lies before the column, and where it ends */
    size_t from_step, end_step; /* to the next row's */
    uint32_t after;             /* the first byte is so many behind *from */
} ing_strip;

/* The bytes as they stand, quotes and all. */
static inline cst_text ing_strip_at(const ing_strip *s, uint32_t k)
{
    uint32_t from = s->from[k * s->from_step] + s->after, end = s->end[k * s->end_step];
    return (cst_text){s->text + from, end - from};
}

/* YYYY-MM-DD of a year from 1000, but for a 29 February. *day: its digits, most significant first, the day of
 * the month as one number: it orders as the days do. */
static inline bool ing_strip_day(const char *p, uint64_t *day)
{
    static const unsigned char longest[16] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t head, pairs;
    bool form = cst_digits_date(p, &head, &pairs);
    uint32_t month = pairs >> 24 & 255, n = pairs >> 48 & 255;
    *day = __builtin_bswap64(head) | n;
    return form & ((head & 15) != 0) & (month <= 12) & (n - 1 < longest[month & 15]);
}
#endif
