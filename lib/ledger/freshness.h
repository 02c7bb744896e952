/* ledger/freshness.h: whether subscriptions can be as fresh as is claimed. No clock is asked. */
#ifndef CST_LEDGER_FRESHNESS_H
#define CST_LEDGER_FRESHNESS_H
#include "base/period.h"
#include "program/program.h"
#include <cstools/ledger.h>

enum { CST_STALE_DAYS = 45, CST_STALE_PERIODS = 2 };

/* Warns where the latest start or end in the subscriptions lies more than two periods, and more than 45
 * days, before as_of (CST_DAY_NONE: not known): the periods since then have no movements, and read as if
 * everyone stayed. Rows that were set aside because they start later show that the export is younger. */
void cst_ledger_warn_stale(cst_program_io *io, const cst_ledger_counts *n, cst_day as_of,
                           const cst_calendar *c);
/* The same of any stream: what: its name; reads: how the periods since then read. */
void cst_warn_stale(cst_program_io *io, const char *what, const char *reads, cst_day last, cst_day as_of,
                    const cst_calendar *c);
#endif
