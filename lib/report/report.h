/* report/report.h: the way into the room: what people look at, made of the tables that the other commands
 * write. It computes nothing that they do not.
 *
 *     a table -> report_rows (rows.h): the columns that are asked for
 *             -> chart_*.c: which of its rows and columns a chart is made of, its title, its sentence
 *             -> lib/chart: the picture
 *
 * charts.c is the mode `chart`: one chart, a file of its own. workbook.c is the mode `workbook`, page.c
 * the mode `page`.
 */
#ifndef CST_REPORT_REPORT_H
#define CST_REPORT_REPORT_H
#include "program/program.h"
#include <cstools/write.h>

#define REPORT_WORDS                                                                                         \
    "chart bridge|chart triangle|chart survival|chart scores|chart trend|chart sparkline|chart fan|"         \
    "chart deciles|chart funnel|workbook|page|morning|portfolio|agenda|digest|account|night"

typedef struct report_options {
    cst_shared shared;
    const char *title, *table, *column, *unit, *model, *history, *where;
    cst_day period;
    const char *bridge, *detail, *metrics, *renewals, *tie_out; /* workbook and page */
    const char *quarter, *movers, *customers, *scores, *portfolio, *cohorts, *survival, *accounts, *forecast,
        *backtest, *deciles, *moves, *company, *previous;
    cst_day as_of;
    const char *owner; /* of the lists */
    cst_count limit, days;
    /* lists and account pages */
    const char *flags, *book, *milestones, *outcomes, *contacts, *touchpoints, *by;
    const char *link; /* of the digest */
    const char *account, *explain;
    cst_list events;
    bool no_people;
    const char *pages; /* set by a night: where the page finds account pages; NULL: there are none */
} report_options;

void report_options_init(report_options *o);
/* CST_USAGE: no mode, or a kind of chart that there is not; else what reading and writing give. */
cst_status report_run(void *options, cst_program_io *io, cst_error *e);
/* Into a sink of the program's: what the mode of that name writes, and a night as one file of several. */
cst_status report_morning_make(const report_options *o, cst_program_io *io, cst_sink *to, cst_error *e);
/* The modes besides charts. */
cst_status report_page_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_morning_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_night_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_account_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_digest_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_portfolio_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_agenda_run(const report_options *o, cst_program_io *io, cst_error *e);
cst_status report_workbook_run(const report_options *o, cst_program_io *io, cst_error *e);
#endif
