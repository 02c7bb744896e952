/* ingest/check.h: whether fields stand in their canonical form already, a column of a chunk at a time. The
 * checks only ever say "fine": bad[k] is set where a field is not plainly so, and the row is then left to
 * cst_convert_row, which alone knows what is wrong and says so.
 */
#ifndef CST_INGEST_CHECK_H
#define CST_INGEST_CHECK_H
#include "ingest/strip.h"
#include "tables/streams.h"

typedef struct cst_check {
    cst_type type;
    const char *words; /* CST_TYPE_WORD */
    bool required;
} cst_check;

/* Days; day[k] orders as the days do; for a missing one it is `missing`. */
void cst_check_days(const cst_check *c, cst_strip s, uint32_t rows, bool *bad, uint64_t missing,
                    uint64_t *day);
/* Any type. `quotes`: some field of the rows may be quoted. amount[k]: money, in millionths; 0 where it is
 * missing; untouched for other types. */
void cst_check_strip(const cst_check *c, cst_strip s, uint32_t rows, bool quotes, bool *bad,
                     cst_money *amount);
#endif
