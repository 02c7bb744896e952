/* ingest/make.h: the fields that the commonest transforms make, a column of a chunk at a time: a currency in
 * small letters, an amount in cents, the day of a time. As the checks (check.h), they only ever say "fine"
 * and leave to cst_convert_row what is not plainly so.
 */
#ifndef CST_INGEST_MAKE_H
#define CST_INGEST_MAKE_H
#include "ingest/convert.h"
#include "ingest/strip.h"

typedef enum {
    CST_MAKE_NOTHING,  /* the field as it stands */
    CST_MAKE_CURRENCY, /* upper: usd is USD */
    CST_MAKE_CENTS,    /* minor_units: 1250 is 12.50, if the currency has cents */
    CST_MAKE_DAY,      /* timestamp: 2025-01-31T09:30:00Z is 2025-01-31 */
    CST_MAKE_CANNOT    /* any other transform */
} cst_maker;

cst_maker cst_maker_of(const cst_target *t);

enum { CST_MADE_ROOM = 16 };

/* The fields of a chunk. */
typedef struct cst_made {
    char text[CST_STRIP_ROWS * CST_MADE_ROOM];
    uint32_t from[CST_STRIP_ROWS], end[CST_STRIP_ROWS];
} cst_made;

/* Each returns the strip of what was made of `in`, and sets bad[k] where that was not plainly possible, or
 * where a required value is missing. */
cst_strip cst_make_currencies(cst_strip in, uint32_t rows, bool required, bool *bad, cst_made *out);
/* amount: in millionths, 0 where it is missing. `digits`: of the minor unit, -1 by the currency, -2 by the
 * currency as Stripe has it. */
cst_strip cst_make_cents(cst_strip in, cst_strip currency, int64_t digits, uint32_t rows, bool required,
                         bool *bad, cst_money *amount, cst_made *out);
/* The days are bytes of the input; day and missing as in cst_check_days. */
cst_strip cst_make_days(cst_strip in, uint32_t rows, bool required, bool *bad, uint64_t missing,
                        uint64_t *day, cst_made *out);
#endif
