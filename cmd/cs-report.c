/* cs-report: what people look at, made of the tables that the other commands write. The option table and the
 * wiring; the work is done in lib/report. */
#include "report/report.h"
#include <gsl/gsl_errno.h>
#include <stddef.h>

#define AT(member) offsetof(report_options, member)

static const cst_option options[] = {
    {"title", 0, CST_OPT_TEXT, "TEXT", AT(title), "Chart",
     "What stands over the chart, instead of what it says itself."},
    {"table", 0, CST_OPT_OUTPUT, "FILE", AT(table), NULL, "Write the figures of the chart too, as a table."},
    {"period", 0, CST_OPT_DATE, "DATE", AT(period), NULL,
     "The period that holds DATE. Default: the last complete one."},
    {"column", 0, CST_OPT_TEXT, "COLUMNS", AT(column), NULL,
     "What a trend or a sparkline shows, a panel for each. Default: nrr, closing or mean_score, what there "
     "is; of a portfolio nrr and the success vector."},
    {"history", 0, CST_OPT_INPUT, "FILE", AT(history), NULL,
     "The bridge of cs-waterfall that a fan's forecast follows on."},
    {"model", 0, CST_OPT_INPUT, "NAME|FILE", AT(model), NULL,
     "The model that the scores were made with: for the edges and the order of its bands."},
    {"unit", 0, CST_OPT_TEXT, "WORD", AT(unit), NULL, "What survival is counted in. Default: months."},
    {"bridge", 0, CST_OPT_INPUT, "FILE", AT(bridge), "Page, workbook", "The table of cs-waterfall."},
    {"quarter", 0, CST_OPT_INPUT, "FILE", AT(quarter), NULL,
     "The same by longer periods, of which the page explains the last. Default: the last month."},
    {"movers", 0, CST_OPT_INPUT, "FILE", AT(movers), NULL,
     "The table of cs-waterfall --top, of the same periods."},
    {"customers", 0, CST_OPT_INPUT, "FILE", AT(customers), NULL, "What cs-flags --customers writes."},
    {"scores", 0, CST_OPT_INPUT, "FILE", AT(scores), NULL, "The scores of cs-score."},
    {"portfolio", 0, CST_OPT_INPUT, "FILE", AT(portfolio), NULL, "The table of cs-score --portfolio."},
    {"moves", 0, CST_OPT_INPUT, "FILE", AT(moves), NULL,
     "The table of cs-score --moves: movement between bands."},
    {"cohorts", 0, CST_OPT_INPUT, "FILE", AT(cohorts), NULL, "A retention triangle of cs-cohort."},
    {"survival", 0, CST_OPT_INPUT, "FILE", AT(survival), NULL, "The curves of cs-cohort --survival."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(accounts), NULL,
     "Attributes of accounts: renewal_date, segment."},
    {"forecast", 0, CST_OPT_INPUT, "FILE", AT(forecast), NULL,
     "The table of cs-forecast, of the same subscriptions."},
    {"backtest", 0, CST_OPT_INPUT, "FILE", AT(backtest), NULL,
     "The table of cs-forecast --backtest: how far its forecasts were off before."},
    {"deciles", 0, CST_OPT_INPUT, "FILE", AT(deciles), NULL,
     "The table of cs-drivers --validate of a likelihood, best of rows that the fit has not seen."},
    {"previous", 0, CST_OPT_TEXT, "FOLDER", AT(previous), NULL,
     "The folder of the night before: the page says what is different."},
    {"owner", 0, CST_OPT_TEXT, "NAME", AT(owner), "Lists", "Only the customers of this owner."},
    {"limit", 0, CST_OPT_COUNT, "N", AT(limit), NULL,
     "As many customers for each owner of the morning list, overdue things of the agenda. Default: 5, 10."},
    {"by", 0, CST_OPT_TEXT, "COLUMN", AT(by), NULL,
     "The column of --accounts that says who looks after a customer. Default: csm, else owner."},
    {"account", 0, CST_OPT_TEXT, "ID", AT(account), NULL, "Whose page is made."},
    {"contacts", 0, CST_OPT_INPUT, "FILE", AT(contacts), NULL, "The stream contacts."},
    {"events", 0, CST_OPT_INPUTS, "FILE", AT(events), NULL,
     "Events that an account page lists: touchpoints, tickets, surveys. Repeatable."},
    {"explain", 0, CST_OPT_INPUT, "FILE", AT(explain), NULL, "The table of cs-score --explain."},
    {"no-people", 0, CST_OPT_FLAG, NULL, AT(no_people), NULL,
     "Leave the customers' people out of account pages."},
    {"link", 0, CST_OPT_TEXT, "URL", AT(link), NULL, "What a digest ends with: where the whole report is."},
    {"days", 0, CST_OPT_COUNT, "N", AT(days), NULL, "How many days ahead an agenda goes. Default: 7."},
    {"flags", 0, CST_OPT_INPUT, "FILE", AT(flags), NULL, "The table of cs-flags."},
    {"book", 0, CST_OPT_INPUT, "FILE", AT(book), NULL, "The renewal book of cs-waterfall --renewals --book."},
    {"milestones", 0, CST_OPT_INPUT, "FILE", AT(milestones), NULL, "The stream milestones."},
    {"outcomes", 0, CST_OPT_INPUT, "FILE", AT(outcomes), NULL, "The stream outcomes."},
    {"touchpoints", 0, CST_OPT_INPUT, "FILE", AT(touchpoints), NULL,
     "Events of meetings and calls, with a column forum: weekly, monthly, quarterly or yearly."},
    {"company", 0, CST_OPT_TEXT, "NAME", AT(company), NULL, "Whose page it is."},
    {"detail", 0, CST_OPT_INPUT, "FILE", AT(detail), NULL,
     "What cs-waterfall --detail writes: the movements become sums over it."},
    {"metrics", 0, CST_OPT_INPUT, "FILE", AT(metrics), NULL,
     "The table of cs-metrics --spec commercial: who paid a year ago, and what they pay now."},
    {"renewals", 0, CST_OPT_INPUT, "FILE", AT(renewals), NULL, "The table of cs-waterfall --renewals."},
    {"tie-out", 0, CST_OPT_INPUT, "FILE", AT(tie_out), NULL, "The table of cs-waterfall --tie-out."},
    {"as-of", 0, CST_OPT_DATE, "DATE", AT(as_of), NULL,
     "The date that the file bears. Default: the last period's end."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), "Rows", "Use only rows for which EXPR is true."},
    {0},
};

static const cst_option_table tables[] = {{options, 0}, {cst_shared_options, AT(shared)}, {0}};

static const cst_command command = {
    .reads_manifests = true,
    .name = "cs-report",
    .summary = "charts, the page, lists and the workbook, made of the tables that other commands write",
    .usage = "[OPTION]... chart KIND [FILE]... | page --bridge FILE | digest --bridge FILE | "
             "morning --customers FILE | agenda --accounts FILE | portfolio --accounts FILE | "
             "account --account ID --accounts FILE | night FOLDER | workbook --bridge FILE -o FILE.xlsx",
    .examples = "cs-report chart bridge -o bridge.svg bridge.csv\n"
                "cs-report workbook --bridge bridge.csv --detail movements.csv -o close.xlsx\n",
    .notes = "KIND is one of bridge, triangle, survival, scores, trend, sparkline, fan, deciles, "
             "funnel. FILE is the table of cs-waterfall, cs-cohort, cs-cohort --survival, cs-score, "
             "cs-forecast, cs-drivers --validate, or a table by period. The chart is an SVG file.",
    .tables = tables,
    .words = REPORT_WORDS,
    .folder_word = "night",
    .writes = "xlsx|html",
};

int main(int argc, char **argv)
{
    report_options values;
    gsl_set_error_handler_off();
    report_options_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, report_run);
}
