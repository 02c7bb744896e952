/* revenue/renewal_table.h: the two tables of --renewals: the counts, and (--detail) the lines one by one. */
#ifndef CST_REVENUE_RENEWAL_TABLE_H
#define CST_REVENUE_RENEWAL_TABLE_H
#include "base/intern.h"
#include "revenue/renewal_counts.h"

/* The main output: for every period of the session its groups and the total, then the same for the days
 * ahead. names: of the groups; group k is series k + 1. */
cst_status rev_renewal_table_write(rev_session *s, const rev_renewal_counts *counts, const cst_intern *names,
                                   cst_error *e);

/* The further output with its columns; cst_writer_free also after a failure. */
cst_status rev_renewal_detail_open(rev_session *s, cst_writer **out, cst_error *e);
/* The line of a renewal, to that writer or a fork of it; amounts in the currency of the report. */
cst_status rev_renewal_detail_write(const rev_session *s, cst_writer *w, const cst_ledger_account *a,
                                    const rev_renewal *r, cst_error *e);
#endif
