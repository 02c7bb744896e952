/* renewal_options.c: options to rules. */
#include "ledger/renewal_options.h"
#include <stddef.h>

enum { MOST_MONTHS = 1200 };

#define AT(member) offsetof(cst_renewal_opts, member)
const cst_option cst_renewal_options[] = {
    {"settle", 0, CST_OPT_COUNT, "DAYS", AT(settle), "Renewals",
     "A renewal that is no longer paid DAYS after its due date fell through. Default: 45, at least --grace."},
    {"min-term", 0, CST_OPT_DURATION, "MONTHS", AT(min_term), NULL,
     "Rows whose term is shorter than MONTHS, such as 6m or 1y, come up for no renewal. Default: none is too "
     "short."},
    {0},
};

cst_status cst_renewal_rules_of(const cst_renewal_opts *o, uint64_t grace, cst_renewal_rules *out,
                                cst_error *e)
{
    cst_status status = cst_days_check("grace", grace, e);
    if (status == CST_OK && o->settle.set) status = cst_days_check("settle", o->settle.n, e);
    if (status != CST_OK) return status;
    if (o->settle.set && o->settle.n < grace)
        return cst_fail(e, CST_USAGE, "--settle: expected at least the %llu days of --grace, found %llu",
                        (unsigned long long)grace, (unsigned long long)o->settle.n);
    bool months = o->min_term.unit == 'm' || o->min_term.unit == 'q' || o->min_term.unit == 'y';
    int64_t term = (int64_t)o->min_term.n * (o->min_term.unit == 'y' ? 12 : o->min_term.unit == 'q' ? 3 : 1);
    if (o->min_term.unit && (!months || term > MOST_MONTHS))
        return cst_fail(e, CST_USAGE,
                        "--min-term: expected months, quarters or years, at most %dm, such as 6m, found %d%c",
                        MOST_MONTHS, o->min_term.n, o->min_term.unit);
    int32_t settle = o->settle.set ? (int32_t)o->settle.n : CST_SETTLE_DAYS;
    *out = (cst_renewal_rules){.grace = (int32_t)grace,
                               .settle = settle > (int32_t)grace ? settle : (int32_t)grace,
                               .min_term = o->min_term.unit ? (int32_t)term : 1};
    return CST_OK;
}
