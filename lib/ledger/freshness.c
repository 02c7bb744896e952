/* freshness.c: the commonest failure of a nightly job, an export that did not come, looks like the best month
 * ever. */
#include "ledger/freshness.h"
#include "base/date.h"
#include "program/checks.h"

void cst_warn_stale(cst_program_io *io, const char *what, const char *reads, cst_day last, cst_day as_of,
                    const cst_calendar *c)
{
    if (as_of == CST_DAY_NONE || last == CST_DAY_NONE) return;
    cst_period limit = cst_period_of(c, last) + CST_STALE_PERIODS;
    if (as_of - last <= CST_STALE_DAYS || cst_period_of(c, as_of) <= limit) return;
    char text[CST_DAY_ROOM], day[CST_DAY_ROOM];
    cst_day_format(last, text);
    cst_day_format(as_of, day);
    cst_io_check(
        io, &(cst_finding){.id = CST_CHECK_STALE_INPUT, .count = 1},
        "the latest day in the %s is %s, %d days before --as-of %s: the periods since then %s; give the "
        "day of the export, or a later export",
        what, text, as_of - last, day, reads);
}

void cst_ledger_warn_stale(cst_program_io *io, const cst_ledger_counts *n, cst_day as_of,
                           const cst_calendar *c)
{
    if (n->rows == 0 || n->after > 0) return;
    cst_warn_stale(io, "subscriptions", "have no movements and read as if everyone stayed", n->last, as_of,
                   c);
}
