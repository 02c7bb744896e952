/* cs-forecast: the bridge of the months to come, with its own record. Options and wiring; the work is in
 * lib/forecast. */
#include "forecast/forecast.h"

#define AT(field) offsetof(forecast_opts, field)

static const cst_option options[] = {
    {"as-of", 0, CST_OPT_DATE, "DATE", AT(as_of), "Forecast",
     "The day the subscriptions are good for. The forecast begins after the last month that is over by "
     "then."},
    {"months", 0, CST_OPT_COUNT, "N", AT(months), NULL, "How many months ahead, 1 to 12. Default: 12."},
    {"every", 0, CST_OPT_CHOICE, "month|quarter", AT(every), NULL,
     "How long a period is. Only quarters that end within the months ahead are printed. Default: month."},
    {"fiscal-year-start", 0, CST_OPT_MONTH, "MONTH", AT(fiscal_start), NULL,
     "The month, 1 to 12, that quarters begin with. Default: 1."},
    {"backtest", 0, CST_OPT_FLAG, NULL, AT(backtest), NULL,
     "Instead of the forecast: how far forecasts of 1, 3, 6 and 12 months from every month of the past were "
     "off."},
    {"detail", 0, CST_OPT_OUTPUT, "FILE", AT(detail), NULL,
     "Write every case of the back-test to FILE: what was said, and what happened."},
    {"value", 0, CST_OPT_TEXT, "COLUMN", AT(value), "Revenue", "The column that is forecast. Default: mrr."},
    {"cross-sell-by", 0, CST_OPT_TEXT, "COLUMN", AT(cross_sell_by), NULL,
     "Growth in a value of COLUMN that the account did not hold is cross-sell. Default: buying_center if the "
     "header has it, else product, else none."},
    {"history-from", 0, CST_OPT_DATE, "DATE", AT(history_from), NULL,
     "Nothing is known before DATE: what stands at the close of its month is opening, not new business."},
    {"snapshot", 0, CST_OPT_CHOICE, "month-end|first-day|touch", AT(snapshot), NULL,
     "When a balance is taken. Default: month-end."},
    {"grace", 0, CST_OPT_COUNT, "DAYS", AT(grace), NULL,
     "A gap of at most DAYS is no churn: what ended runs on to the next start at its old amount."},
    {"sorted", 0, CST_OPT_FLAG, NULL, AT(sorted), NULL,
     "The input is sorted by account_id in the order of bytes: memory does not grow with it. An account out "
     "of order is an error."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_part_options, AT(parts)},
    {cst_stream_options, AT(stream)},
    {cst_subject_options, AT(subjects)},
    {cst_shared_options, AT(shared)},
    {NULL, 0},
};

static const cst_command command = {
    .name = "cs-forecast",
    .summary = "the revenue bridge of the months to come, with bands and its own record",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-forecast --as-of 2024-12-31 subscriptions.csv\n"
                "cs-forecast --as-of 2024-12-31 --backtest --detail cases.csv subscriptions.csv\n",
    .notes = "FILE: subscriptions (account_id, mrr, start_date; end_date and others as they are there). "
             "Default: standard input.",
    .tables = tables,
};

int main(int argc, char **argv)
{
    forecast_opts values;
    forecast_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, forecast_run);
}
