/* ingest/value.h: a field on its way from a raw export to a canonical column, and what its transforms may
 * ask.
 *
 * Amounts are kept as a fraction of millionths until the last step, so that 500 a year for 4 seats is
 * 2000/12 and not four times a rounded 500/12: a chain of transforms rounds once.
 */
#ifndef CST_INGEST_VALUE_H
#define CST_INGEST_VALUE_H
#include "base/arena.h"
#include <cstools/base.h>
#include <string.h>

typedef enum {
    ING_DATUM_TEXT = 1,
    ING_DATUM_DAY = 2,
    ING_DATUM_INSTANT = 4,
    ING_DATUM_AMOUNT = 8
} ing_datum_kind;

typedef struct ing_datum {
    ing_datum_kind kind;
    bool missing;
    cst_text text; /* ING_DATUM_TEXT */
    cst_day day;
    cst_instant instant, shift; /* how far the clock that gives the day is ahead of UTC */
    cst_wide num;               /* ING_DATUM_AMOUNT: num / den millionths, den > 0 */
    int64_t den;
} ing_datum;

/* Why a row was turned away, as the manifest counts it. The names are in units.c. */
typedef enum {
    ING_REASON_VALUE,     /* a value that its transform or its column does not take */
    ING_REASON_MISSING,   /* a required value is missing */
    ING_REASON_NO_MATCH,  /* a --lookup has no row for the key */
    ING_REASON_DATES,     /* the end lies before the start */
    ING_REASON_NEGATIVE,  /* an MRR below zero, and the map does not say what it means */
    ING_REASON_TOO_LARGE, /* an amount that does not fit */
    ING_REASON_CURRENCY,  /* no three capital letters */
    ING_REASON_KEY,       /* a second row with the same key */
    ING_REASON_GRAMMAR,   /* the record itself: quoting, width, encoding */
    ING_REASONS
} ing_reason;
const char *ing_reason_name(ing_reason r);

/* What a transform may ask of its row. */
typedef struct ing_transform_row {
    /* The raw text of a column the map refers to; false: it could not be had and *e says why. */
    bool (*field)(void *context, int ref, cst_text *out, cst_error *e);
    /* The row of a lookup of tiers behind *row (-1: the first): its up_to, price and flat; *row -1: there is
     * none. false: *e says why. */
    bool (*tier)(void *context, int lookup, int64_t *row, cst_text cell[3], cst_error *e);
    void *context;
    cst_arena *scratch;          /* text that a step makes lives here, at least until the row is done */
    const struct ing_zone *zone; /* whose clock gives the days of moments; NULL: UTC */
    cst_text currency;           /* the row's currency as far as it is known; n == 0: unknown */
    int discounts; /* how many times the discounts that repeat are taken off; each is chosen first */
    void (*choose)(void *context, int discount); /* NULL: they are the row's own */
    const bool *repeats; /* by ref: a discount from such columns repeats; NULL: all do */
    bool amount_off;     /* set by a discount by amount that was taken off */
    bool given;          /* set by a discount that is no part of what is given once */
    bool ends;           /* set by a discount that is given for a time */
    ing_reason reason;   /* set by what fails */
    int blamed; /* set by what fails: 1 + the column of an argument that is at fault; 0: the value is */
} ing_transform_row;

/* Exact decimal text to a fraction: [+-] digits [. at most 18 digits]. */
typedef enum { ING_AMOUNT_OK, ING_AMOUNT_BAD, ING_AMOUNT_TOO_LARGE } ing_amount_status;
ing_amount_status ing_amount_parse(cst_text t, cst_wide *num, int64_t *den);
/* num/den x a/b in lowest terms; false: does not fit. b > 0. */
bool ing_amount_scale(cst_wide *num, int64_t *den, int64_t a, int64_t b);
/* num/den times another amount (a fraction of millionths, read as a plain number). */
bool ing_amount_times(cst_wide *num, int64_t *den, cst_wide num2, int64_t den2);
/* Rounds to a millionth, half away from zero; *rounded is set when that changed the value. false: does not
 * fit. */
bool ing_amount_money(cst_wide num, int64_t den, cst_money *out, bool *rounded);
/* Likewise to so many decimals, 0 to 6. */
bool ing_amount_round(cst_wide num, int64_t den, int decimals, cst_money *out, bool *rounded);

int64_t ing_power_of_ten(int n); /* n: 0 to 18 */
/* The minor unit of so many digits, 0 to 6, in millionths. */
static inline cst_money ing_minor_unit(int digits)
{
    return ing_power_of_ten(6 - digits);
}
/* Digits after the point of a currency's minor unit by ISO 4217 (2 where it is not listed); `stripe` takes
 * the exceptions of Stripe's API (MGA without, ISK and UGX with two). */
int ing_currency_digits(cst_text currency, bool stripe);
/* Whether ISO 4217 lists the currency, or did so within the last years: three capitals. */
bool ing_currency_listed(cst_text currency);
/* The currencies of a run, a bit for each of the 26 x 26 x 26. */
typedef struct ing_currencies {
    uint64_t seen[26 * 26 * 26 / 64 + 1];
    char last[4];
} ing_currencies;
/* Notes three capitals; rows that follow each other mostly have the same. */
static inline void ing_currency_note(ing_currencies *c, const char *p)
{
    if (p[0] == c->last[0] && p[1] == c->last[1] && p[2] == c->last[2]) return;
    uint32_t at = ((uint32_t)(p[0] - 'A') * 26 + (uint32_t)(p[1] - 'A')) * 26 + (uint32_t)(p[2] - 'A');
    memcpy(c->last, p, 3);
    c->seen[at / 64] |= UINT64_C(1) << at % 64;
}
/* A factor that turns an amount per `count` intervals into one per month: year 1/12, quarter 1/3, month 1,
 * week 52/12, day 365/12. `word` may bear a number ("28 days"). false: no such interval. */
bool ing_interval_factor(cst_text word, int64_t count, int64_t *num, int64_t *den);
/* A month in any usual heading: 2025-01, 01/2025, Jan-25, January 2025, 2025-01-31. The month's first day. */
bool ing_month_parse(cst_text t, cst_day *out);
/* The number 1..12 of an English month name at the start of t, of three letters or whole; *used = its
 * length. */
int ing_month_name(cst_text t, uint32_t *used);
#endif
