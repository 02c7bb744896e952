/* ingest/check.h: whether fields stand in their canonical form already, a column of a chunk at a time. The
 * checks only ever say "fine": bad[k] is set where a field is not plainly so, and the row is then left to
 * ing_convert_row, which alone knows what is wrong and says so.
 */
#ifndef CST_INGEST_CHECK_H
#define CST_INGEST_CHECK_H
#include "ingest/strip.h"
#include "tables/streams.h"

typedef struct ing_check {
    cst_type type;
    const char *words; /* CST_TYPE_WORD */
    bool required;
} ing_check;

/* Days; day[k] orders as the days do; for a missing one it is `missing`. */
void ing_check_days(const ing_check *c, ing_strip s, uint32_t rows, bool *bad, uint64_t missing,
                    uint64_t *day);
/* Any type. `quotes`: some field of the rows may be quoted. amount[k]: money, in millionths; 0 where it is
 * missing; untouched for other types. */
void ing_check_strip(const ing_check *c, ing_strip s, uint32_t rows, bool quotes, bool *bad,
                     cst_money *amount);
#endif
