/* ledger/renewal_options.h: the options by which renewals are judged, the same in every command that
 * prints or measures them; --grace is an option of the command. */
#ifndef CST_LEDGER_RENEWAL_OPTIONS_H
#define CST_LEDGER_RENEWAL_OPTIONS_H
#include "ledger/renewal.h"
#include "program/options.h"

typedef struct cst_renewal_opts {
    cst_count settle;      /* days; not set: CST_SETTLE_DAYS, at least the grace */
    cst_duration min_term; /* months or years; unit 0: none */
} cst_renewal_opts;
extern const cst_option cst_renewal_options[];

/* The rules without rates; `grace` in days. CST_USAGE: --settle below the grace or out of its range,
 * --min-term in days or weeks, or too long. */
cst_status cst_renewal_rules_of(const cst_renewal_opts *o, uint64_t grace, cst_renewal_rules *out,
                                cst_error *e);
#endif
