/* ingest/make.h: the fields that the commonest transforms make, a column of a chunk at a time: a currency in
 * small letters, an amount in cents, the day of a time. As the checks (check.h), they only ever say "fine"
 * and leave to ing_convert_row what is not plainly so.
 */
#ifndef CST_INGEST_MAKE_H
#define CST_INGEST_MAKE_H
#include "ingest/convert.h"
#include "ingest/strip.h"

typedef enum {
    ING_MAKE_NOTHING,  /* the field as it stands */
    ING_MAKE_CURRENCY, /* upper: usd is USD */
    ING_MAKE_CENTS,    /* minor_units: 1250 is 12.50, if the currency has cents */
    ING_MAKE_DAY,      /* timestamp: 2025-01-31T09:30:00Z is 2025-01-31 */
    ING_MAKE_CANNOT    /* any other transform */
} ing_maker;

ing_maker ing_maker_of(const ing_target *t);

enum { ING_MADE_ROOM = 16 };

/* The fields of a chunk. */
typedef struct ing_made {
    char text[ING_STRIP_ROWS * ING_MADE_ROOM];
    uint32_t from[ING_STRIP_ROWS], end[ING_STRIP_ROWS];
} ing_made;

/* Each returns the strip of what was made of `in`, and sets bad[k] where that was not plainly possible, or
 * where a required value is missing. */
ing_strip ing_make_currencies(ing_strip in, uint32_t rows, bool required, bool *bad, ing_made *out);
/* amount: in millionths, 0 where it is missing. `digits`: of the minor unit, -1 by the currency, -2 by the
 * currency as Stripe has it. */
ing_strip ing_make_cents(ing_strip in, ing_strip currency, int64_t digits, uint32_t rows, bool required,
                         bool *bad, cst_money *amount, ing_made *out);
/* The days are bytes of the input; day and missing as in ing_check_days. */
ing_strip ing_make_days(ing_strip in, uint32_t rows, bool required, bool *bad, uint64_t missing,
                        uint64_t *day, ing_made *out);
#endif
