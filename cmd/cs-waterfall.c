/* cs-waterfall: the revenue bridge, and every movement behind it. Options and wiring; the work is in
 * lib/revenue. */
#include "revenue/options.h"

#define AT(field) offsetof(rev_opts, field)

static const cst_option options[] = {
    {"value", 0, CST_OPT_TEXT, "COLUMN", AT(value), "Revenue",
     "The column that is bridged. Default: mrr. With arr, annual prices stay exact and ARR is the closing "
     "itself."},
    {"sorted", 0, CST_OPT_FLAG, NULL, AT(sorted), NULL,
     "The input is sorted by account_id in the order of bytes: memory does not grow with it. An account out "
     "of order is an error."},
    {"history-from", 0, CST_OPT_DATE, "DATE", AT(history_from), "Edges",
     "Nothing is known before DATE: what stands at the close of its period is opening, not new business."},
    {"incomplete", 0, CST_OPT_FLAG, NULL, AT(incomplete), NULL,
     "Add the period that is still running, closed at --as-of."},
    {"snapshot", 0, CST_OPT_CHOICE, "month-end|first-day|touch", AT(snapshot), NULL,
     "When a balance is taken. first-day and touch exist to reproduce other people's figures. Default: "
     "month-end."},
    {"grace", 0, CST_OPT_COUNT, "DAYS", AT(grace), NULL,
     "A gap of at most DAYS is no churn: what ended runs on to the next start at its old amount."},
    {"basis", 0, CST_OPT_CHOICE, "snapshot|event", AT(basis), "Movements",
     "Compare closings, or classify at every day on which something changes. Default: snapshot."},
    {"net", 0, CST_OPT_CHOICE, "account|line", AT(net), NULL,
     "Net an account's changes into one movement, or show growth and shrinkage of its lines side by side. "
     "Default: account."},
    {"line", 0, CST_OPT_TEXT, "COLUMNS", AT(line), NULL,
     "With --net line: tell lines apart by these columns too."},
    {"split", 0, CST_OPT_FLAG, NULL, AT(split), NULL,
     "With --net line: columns for the effects of quantity, price and term on upsell and contraction."},
    {"cross-sell-by", 0, CST_OPT_TEXT, "COLUMN", AT(cross_sell_by), NULL,
     "Growth in a value of COLUMN that the account did not hold is cross-sell. Default: buying_center if the "
     "header has it, else product, else none."},
    {"reactivation-window", 0, CST_OPT_DURATION, "N", AT(reactivation), NULL,
     "Who comes back after more than N (such as 12m or 90d) is a new customer everywhere."},
    {"min-movement", 0, CST_OPT_MONEY, "AMOUNT", AT(min_movement), NULL,
     "Changes of an account below AMOUNT go to rounding. Default: 0."},
    {"retention", 0, CST_OPT_CHOICE, "cohort|movements|compounded", AT(retention), "Retention",
     "How NRR and GRR are computed. Default: cohort."},
    {"window", 0, CST_OPT_DURATION, "N", AT(window), NULL,
     "Retention over the trailing N (such as 12m), at every period's end. Default: the period."},
    {"ci", 0, CST_OPT_MONEY, "LEVEL", AT(ci), NULL,
     "Percentile intervals of NRR and GRR at LEVEL percent, from 1,000 bootstrap replicates over accounts."},
    {"seed", 0, CST_OPT_COUNT, "N", AT(seed), NULL, "The seed of --ci. Default: 1."},
    {"retention-fx", 0, CST_OPT_CHOICE, "constant|spot", AT(retention_fx), "Currencies",
     "Retention with both ends at the closing rate, or each at its own. Default: constant."},
    {"movement-fx", 0, CST_OPT_CHOICE, "closing|opening|average", AT(movement_fx), NULL,
     "Movements at the rates of the period's closing, of its opening, or at the mean over its days. Default: "
     "closing."},
    {"detail", 0, CST_OPT_OUTPUT, "FILE", AT(detail), "Results",
     "Write every movement of every account to FILE, with the rows of the export behind it."},
    {"revenue", 0, CST_OPT_FLAG, NULL, AT(revenue), NULL,
     "A further column: revenue by days, beside the revenue that recurs."},
    {"decimals", 0, CST_OPT_COUNT, "N", AT(decimals), NULL,
     "Round every printed amount to N decimals; the difference goes to the column rounding."},
    {"figure", 0, CST_OPT_TEXT, "NAME", AT(figure), NULL,
     "One figure of the bridge alone, such as nrr: groups down, periods across."},
    {"compare", 0, CST_OPT_TEXT, "prior|year|FILE", AT(compare), NULL,
     "With --figure: that figure beside the one of the period before, of the same period last year, or of a "
     "budget (period,figure,amount and the columns of --by), a row for each period."},
    {"brackets", 0, CST_OPT_FLAG, NULL, AT(brackets), NULL,
     "With --format pretty: negative amounts in brackets."},
    {"top", 0, CST_OPT_MODE_TEXT, "N", AT(top), "Instead of the bridge",
     "The N accounts that moved most in each period."},
    {"trace", 0, CST_OPT_MODE_TEXT, "ACCOUNT", AT(trace), NULL,
     "One account's life: its rows, what it pays from day to day, and its movements."},
    {"tie-out", 0, CST_OPT_MODE_INPUT, "FILE", AT(tie_out), NULL,
     "Compare closings with FILE (period,amount; by account_id where it has that): print the differences, "
     "exit 1 if any."},
    {"tie-out-map", 0, CST_OPT_INPUT, "FILE", AT(tie_out_map), NULL,
     "With --tie-out: the ledger's own names of columns (column,from,transform)."},
    {"tolerance", 0, CST_OPT_MONEY, "AMOUNT", AT(tolerance), NULL,
     "With --tie-out: differences up to AMOUNT are well, and counted. Default: 0."},
    {"restate", 0, CST_OPT_MODE_INPUT, "PRIOR", AT(restate), NULL,
     "Compare an earlier --detail with today's, by period and account."},
    {"renewals", 0, CST_OPT_MODE, NULL, AT(renewals), NULL,
     "What came up for renewal by term_months, what became of it, and what is due in the 30, 60, 90 days "
     "after --as-of."},
    {"book", 0, CST_OPT_OUTPUT, "FILE", AT(book), NULL,
     "With --renewals: write every line that is paid on --as-of to FILE: its next due date, the last day to "
     "give notice, the end that is known already."},
    {"scores", 0, CST_OPT_INPUT, "FILE", AT(scores), NULL,
     "With --book: columns for the latest score and band of the account up to --as-of, from a table of "
     "cs-score."},
    {"likelihood", 0, CST_OPT_TEXT, "COLUMN", AT(likelihood), NULL,
     "With --scores: COLUMN of that table, a share that cs-score --likelihood writes, and expected_loss, "
     "that share of what is due."},
    {"flags", 0, CST_OPT_INPUT, "FILE", AT(flags), NULL,
     "With --book: the open flags of the account and the highest severity, from a table of cs-flags."},
    {"known-to-come", 0, CST_OPT_MODE, NULL, AT(known_to_come), NULL,
     "What is signed and scheduled in the months after --as-of: rows that start, ends, and those that are up "
     "for renewal; and CARR. It is no forecast."},
    {"definitions", 0, CST_OPT_MODE, NULL, AT(definitions), NULL,
     "NRR over twelve months under eight published definitions, side by side."},
    {"base-min", 0, CST_OPT_MONEY, "AMOUNT", AT(base_min), NULL,
     "With --definitions: definition 8 is of the customers that paid at least AMOUNT at the opening."},
    {"explain-change", 0, CST_OPT_MODE, NULL, AT(explain_change), NULL,
     "What each group of --by has to do with the change of NRR from a period to the next: by its rate, and "
     "by its share of the base."},
    {"churn-by", 0, CST_OPT_MODE_TEXT, "COLUMN", AT(churn_by), NULL,
     "Churn and contraction of each period by a column of --reasons, such as reason."},
    {"reasons", 0, CST_OPT_INPUT, "FILE", AT(reasons), NULL,
     "With --churn-by: why accounts were lost (account_id, date, reason)."},
    {"reason-within", 0, CST_OPT_COUNT, "DAYS", AT(reason_within), NULL,
     "With --churn-by: a reason is of a loss that is at most DAYS away. Default: 90."},
    {"list-definitions", 0, CST_OPT_MODE, NULL, AT(list_definitions), NULL,
     "List the eight definitions: name, formula, and who states NRR so."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_part_options, AT(parts)},
    {cst_stream_options, AT(stream)},
    {cst_subject_options, AT(subjects)},
    {cst_renewal_options, AT(renewal)},
    {cst_periodic_options, AT(periodic)},
    {cst_shared_options, AT(shared)},
    {NULL, 0},
};

static const cst_command command = {
    .name = "cs-waterfall",
    .summary = "revenue bridge, NRR, GRR, and every movement behind them",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-waterfall --as-of 2024-12-31 --detail movements.csv subscriptions.csv\n"
                "cs-waterfall --every quarter --window 12m --by segment --accounts \\\n"
                "    accounts.csv subscriptions.csv\n",
    .notes = "FILE: subscriptions (account_id, mrr, start_date; end_date and others as they are there). "
             "Default: standard input.",
    .tables = tables,
};

int main(int argc, char **argv)
{
    rev_opts values;
    rev_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, revenue_run);
}
