/* cstools/base.h: what every other header of the library stands on: statuses, errors, places in a
 * file, and the number types.
 *
 * The one rule of ownership: whoever gets a handle from an _open or _new frees it with the matching
 * _free, which takes NULL. Everything else that is handed out belongs to the handle it came from and lives
 * as long as that handle.
 *
 * Every function that allocates may return CST_MEMORY; one that returns a pointer then gives NULL, one that
 * returns a bool false.
 */
#ifndef CSTOOLS_BASE_H
#define CSTOOLS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CST_API          __attribute__((visibility("default")))
#define CST_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CST_API
#define CST_PRINTF(f, a)
#endif

/* What a function that can fail returns. Failures are negative, so `status < 0` tests for all of them. */
typedef enum {
    CST_OK = 0,
    CST_END = 1,      /* no more of what was asked for; not a failure */
    CST_USAGE = -1,   /* the command line is wrong */
    CST_DATA = -2,    /* the input is wrong; the error carries the place */
    CST_IO = -3,      /* the system refused to read or write */
    CST_MEMORY = -4,  /* memory ran out */
    CST_LIMIT = -5,   /* a value or size past what the library holds */
    CST_INTERNAL = -6 /* an identity the library promises does not hold: a defect of ours */
} cst_status;

/* A failure and where it is. Filled only when a function returns a negative status. */
typedef struct cst_error {
    cst_status status;
    char file[512];     /* "" where no file is to blame */
    uint64_t line;      /* 1-based, counted in the decompressed bytes; 0: none */
    uint64_t column;    /* 1-based byte in that line; 0: none */
    char field[128];    /* the column's name; "" where none is to blame */
    char message[1024]; /* what was expected, what was found, how to go on; no control characters */
} cst_error;

/* Bytes that belong to someone else. Not NUL-ended; n == 0 is the missing value. */
typedef struct cst_text {
    const char *p;
    uint32_t n;
} cst_text;

/* Where a record or a field begins. `file` lives as long as the reader it came from. */
typedef struct cst_place {
    const char *file;
    uint64_t line;   /* 1-based; 0: unknown */
    uint64_t column; /* 1-based byte; 0: unknown */
} cst_place;

/* Money: millionths of the currency unit. The range is +/- 9,223,372,036,854.775807 units. */
typedef int64_t cst_money;
#define CST_MONEY_UNIT INT64_C(1000000)

/* A sum of money or of its squares, 128 bits. */
__extension__ typedef __int128 cst_wide;

/* A rate of exchange: units of the reporting currency for one, times 10^12. */
typedef int64_t cst_rate;
#define CST_RATE_UNIT INT64_C(1000000000000)

/* A ratio: numerator / denominator times 10^6, rounded half away from zero. */
typedef int64_t cst_ratio;

/* A day: days since 1970-01-01, UTC. The range is 0001-01-01 to 9999-12-31. */
typedef int32_t cst_day;
#define CST_DAY_NONE INT32_MIN
#define CST_DAY_MIN  (-719162)
#define CST_DAY_MAX  2932896

/* An instant: microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t cst_instant;

/* Fills *e (which may be NULL) and returns `status`, so that a caller may write
 * `return cst_fail(e, CST_DATA, "expected ..., found ...")`. Control characters are made visible. */
CST_API cst_status cst_fail(cst_error *e, cst_status status, const char *format, ...) CST_PRINTF(3, 4);

/* The same, with the place and the column's name (field may be NULL). */
CST_API cst_status cst_fail_at(cst_error *e, cst_status status, cst_place place, const char *field,
                               const char *format, ...) CST_PRINTF(5, 6);

/* Adds the place and field to an error that has none yet; returns e->status. */
CST_API cst_status cst_error_place(cst_error *e, cst_place place, const char *field);

/* Adds "; ADVICE" to the message, as far as there is room for it. Returns `status`. */
CST_API cst_status cst_error_advise(cst_error *e, cst_status status, const char *advice);

/* Writes "file:line:column: field: message" without a line end, leaving out the parts that are unknown.
 * At most `size` bytes with the NUL; returns the length that would be needed, like snprintf. */
CST_API size_t cst_error_format(const cst_error *e, char *buffer, size_t size);

/* ---- amounts and days as text, in the one form that tables hold ---- */

/* How a text reads as a decimal. */
typedef enum {
    CST_DECIMAL_OK,
    CST_DECIMAL_ROUNDED,  /* it had more decimals than are kept: rounded half away from zero */
    CST_DECIMAL_BAD,      /* no decimal */
    CST_DECIMAL_TOO_LARGE /* past the range */
} cst_decimal_status;

/* [+-] digits [. digits], at least one digit in all; no blanks, no exponent, no separators of thousands.
 * *out is set only for OK and ROUNDED. An empty text is BAD: a missing amount is for the caller to see. */
CST_API cst_decimal_status cst_money_parse(cst_text t, cst_money *out);
/* Longest output of the formatters of decimals, with the NUL. */
#define CST_DECIMAL_ROOM 48
/* As many decimals as needed, at least `least` (0..6). Returns the length. */
CST_API size_t cst_money_format(cst_money m, int least, char out[CST_DECIMAL_ROOM]);

/* Exactly YYYY-MM-DD, a day that there is; false: anything else, and *out is left alone. */
CST_API bool cst_day_parse(cst_text t, cst_day *out);
#define CST_DAY_ROOM 16
/* YYYY-MM-DD; returns the length, 0 for CST_DAY_NONE and days out of range. */
CST_API size_t cst_day_format(cst_day d, char out[CST_DAY_ROOM]);

/* The library's version, "0.1.0". */
CST_API const char *cst_version(void);

#ifdef __cplusplus
}
#endif
#endif
