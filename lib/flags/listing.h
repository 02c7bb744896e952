/* flags/listing.h: what comes out of a night: a row per flag, in the order in which people should look
 * at them, and a row per customer. */
#ifndef CST_FLAGS_LISTING_H
#define CST_FLAGS_LISTING_H
#include "flags/session.h"

typedef struct flag_listing_counts {
    uint64_t opened, cleared; /* tonight, neither inhibited nor decided about */
    uint64_t open;            /* flags with the status open */
    uint64_t accounts;        /* that have one; the portfolio is none */
    cst_wide mrr;             /* of these accounts, each once */
} flag_listing_counts;

/* Writes the flags after a walk to the main output. */
cst_status flag_listing_write(flag_night *s, flag_listing_counts *out, cst_error *e);
/* Writes --customers after a walk: in each block of --by the customers with revenue tonight and an open flag
 * that is critical or high, in the order in which to call them; then a row of totals over all customers of
 * the block that have revenue. */
cst_status flag_customers_write(flag_night *s, cst_error *e);
#endif
