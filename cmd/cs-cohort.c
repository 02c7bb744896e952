/* cs-cohort: retention triangles, survival curves and projections. The option table and the wiring; the work is done in
 * lib/cohort. */
#include "cohort/cohort.h"
#include <gsl/gsl_errno.h>

#define AT(member) offsetof(cst_cohort_options, member)

static const cst_option options[] = {
    {"survival", 0, CST_OPT_MODE, NULL, AT(survival), "Mode (default: a triangle)",
     "Kaplan-Meier: a row per group and distinct time."},
    {"summary", 0, CST_OPT_MODE, NULL, AT(summary), NULL,
     "A row per group: its median and restricted mean survival."},
    {"log-rank", 0, CST_OPT_MODE, NULL, AT(log_rank), NULL, "Test whether the groups of --by survive alike."},
    {"cox", 0, CST_OPT_MODE_TEXT, "COLUMNS", AT(cox), NULL,
     "Proportional hazards on COLUMNS: a row per coefficient."},
    {"duration", 0, CST_OPT_TEXT, "COLUMN", AT(duration), "Survival",
     "The operands are any table; COLUMN holds how long each row was followed."},
    {"event", 0, CST_OPT_TEXT, "COLUMN[=VALUE]", AT(event), NULL,
     "With --duration: COLUMN is 1 where the row ended with the event and 0 where it was last seen without; "
     "with "
     "=VALUE, the event is that value and any other is none."},
    {"ci-type", 0, CST_OPT_CHOICE, "log|log-log|plain", AT(ci_type), NULL,
     "How intervals of survival are made. Default: log."},
    {"ci", 0, CST_OPT_NUMBER, "PERCENT", AT(ci), NULL, "The level of intervals. Default: 95."},
    {"mean-to", 0, CST_OPT_NUMBER, "TIME", AT(mean_to), NULL,
     "Take restricted means from 0 to TIME. Default: the longest duration of any group."},
    {"grace", 0, CST_OPT_COUNT, "DAYS", AT(grace), NULL,
     "A gap in an account's revenue of at most DAYS is none. Default: 0."},
    {"history-from", 0, CST_OPT_DATE, "DATE", AT(history_from), NULL,
     "Nothing is known before DATE: accounts that have revenue by then are left out, their start is not known."},
    {"factors", 0, CST_OPT_TEXT, "COLUMNS", AT(factors), NULL,
     "Columns of --cox that hold words: each is compared with the first of its words."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(accounts), "Other tables",
     "Accounts, whose columns --where, --by and --cox may use too."},
    {"identity", 0, CST_OPT_INPUT, "FILE", AT(identity), NULL, "Renamings, applied before anything else."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), "Rows and groups", "Use only rows for which EXPR is true."},
    {"by", 0, CST_OPT_TEXT, "COLUMNS", AT(by), NULL, "A result for each group of values of COLUMNS."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_periodic_options, AT(periodic)},
    {cst_shared_options, AT(shared)},
    {0},
};

static const cst_command command = {
    .name = "cs-cohort",
    .summary = "retention triangles, survival curves and projections",
    .usage = "[OPTION]... [FILE]...",
    .examples =
        "cs-cohort --survival --duration tenure --event Churn=Yes --by Contract telco.csv\n"
        "cs-cohort --cox Contract,MonthlyCharges --factors Contract --duration tenure --event Churn=Yes "
        "telco.csv\n",
    .tables = tables,
};

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    return cst_cohort_run(values, io, e);
}

int main(int argc, char **argv)
{
    cst_cohort_options values;
    gsl_set_error_handler_off();
    cst_cohort_options_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, run);
}
