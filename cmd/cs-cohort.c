/* cs-cohort: retention triangles, survival curves and projections. The option table and the wiring; the
 * work is done in lib/cohort. */
#include "cohort/cohort.h"
#include <gsl/gsl_errno.h>

#define AT(member) offsetof(cohort_options, member)

static const cst_option options[] = {
    {"survival", 0, CST_OPT_MODE, NULL, AT(survival), "Mode (default: a triangle)",
     "Kaplan-Meier: a row per group and distinct time."},
    {"summary", 0, CST_OPT_MODE, NULL, AT(summary), NULL,
     "A row per group: its median and restricted mean survival."},
    {"log-rank", 0, CST_OPT_MODE, NULL, AT(log_rank), NULL, "Test whether the groups of --by survive alike."},
    {"cox", 0, CST_OPT_MODE_TEXT, "COLUMNS", AT(cox), NULL,
     "Proportional hazards on COLUMNS: a row per coefficient."},
    {"moves", 0, CST_OPT_MODE, NULL, AT(moves), NULL,
     "Accounts that went from one group of --by to another while they stayed: a row per move."},
    {"project", 0, CST_OPT_MODE_TEXT, "N", AT(project), NULL,
     "Fit a curve to those of each cohort who never left, and carry it on for N ages."},
    {"events", 0, CST_OPT_INPUT, "FILE", AT(events), "Triangle",
     "Make the triangle of this stream of events; subscriptions as operands then say in which cohort an "
     "account is."},
    {"measure", 0, CST_OPT_CHOICE, COHORT_MEASURES, AT(measure), NULL,
     "What a cell holds: accounts, revenue, net or gross retention; of events accounts, events or the sum of "
     "their values; on-or-after: accounts that are seen at that age or later. Default: logos."},
    {"cohort-every", 0, CST_OPT_CHOICE, COHORT_EVERY, AT(cohort_every), NULL,
     "How long a cohort is. Default: as long as an age, --every."},
    {"cohort", 0, CST_OPT_TEXT, "COLUMN", AT(cohort), NULL,
     "Cohorts are the values of COLUMN; ages run from each account's own first period."},
    {"cohort-date", 0, CST_OPT_TEXT, "COLUMN", AT(cohort_date), NULL,
     "Cohorts are the periods of a date column of --accounts, such as signup_date, instead of the "
     "first period with revenue or events."},
    {"value", 0, CST_OPT_TEXT, "COLUMN", AT(value), NULL,
     "The column that is summed. Default: mrr, or value of events."},
    {"wide", 0, CST_OPT_FLAG, NULL, AT(wide), NULL, "A row per cohort and a column per age."},
    {"share", 0, CST_OPT_FLAG, NULL, AT(share), NULL,
     "Cells as shares of age 0; accounts as shares of the cohort's size."},
    {"weighted-average", 0, CST_OPT_FLAG, NULL, AT(weighted_average), NULL,
     "Add the average over cohorts, by their size, after those of each group."},
    {"never-left", 0, CST_OPT_FLAG, NULL, AT(never_left), NULL,
     "Count only accounts that never left; else one that came back counts again."},
    {"grace", 0, CST_OPT_COUNT, "DAYS", AT(grace), "Subscriptions",
     "A gap in an account's revenue of at most DAYS is none. Default: 0."},
    {"history-from", 0, CST_OPT_DATE, "DATE", AT(history_from), NULL,
     "Nothing is known before DATE: accounts that are there by then are left out; with --survival they count "
     "from their own start, and are at risk from DATE on."},
    {"duration", 0, CST_OPT_TEXT, "COLUMN", AT(duration), "Survival and projection",
     "The operands are any table; COLUMN holds how long each row was followed."},
    {"event", 0, CST_OPT_TEXT, "COLUMN[=VALUE]", AT(event), NULL,
     "With --duration: COLUMN is 1 where the row ended with the event and 0 where it was last seen "
     "without; with =VALUE, the event is that value and any other is none."},
    {"entry", 0, CST_OPT_TEXT, "COLUMN", AT(entry), NULL,
     "With --duration: COLUMN is the duration from which on the row was seen; it is at risk after that."},
    {"ci-type", 0, CST_OPT_CHOICE, "log|log-log|plain", AT(ci_type), NULL,
     "How intervals of survival are made. Default: log."},
    {"ci", 0, CST_OPT_NUMBER, "PERCENT", AT(ci), NULL, "The level of intervals. Default: 95."},
    {"mean-to", 0, CST_OPT_NUMBER, "TIME", AT(mean_to), NULL,
     "Take restricted means from 0 to TIME. Default: the longest duration of any group."},
    {"factors", 0, CST_OPT_TEXT, "COLUMNS", AT(factors), NULL,
     "Columns of --cox that hold words: each is compared with the first of its words."},
    {"discount", 0, CST_OPT_NUMBER, "RATE", AT(discount), NULL,
     "With --project: discount residual lifetimes by RATE per period; 0.1 is 10 %."},
    {"account-value", 0, CST_OPT_MONEY, "AMOUNT", AT(account_value), NULL,
     "With --project: what an account is worth per period. Default: what those of the cohort who never "
     "left pay at the last age that all have reached."},
    {"every", 0, CST_OPT_CHOICE, COHORT_EVERY, AT(every), "Periods",
     "How long an age is, and the unit of tenure. Default: month."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_stream_options, AT(stream)},
    {cst_subject_options, AT(subjects)},
    {cst_periodic_options + 1, AT(periodic)}, /* its first is --every, which is above */
    {cst_shared_options, AT(shared)},
    {0},
};

static const cst_command command = {
    .name = "cs-cohort",
    .summary = "retention triangles, survival curves and projections",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-cohort --as-of 2024-12-31 --share --format pretty subscriptions.csv\n"
                "cs-cohort --survival --duration tenure --event Churn=Yes telco.csv\n",
    .notes = "The operands are subscriptions, or with --duration any table.",
    .tables = tables,
};

int main(int argc, char **argv)
{
    cohort_options values;
    gsl_set_error_handler_off();
    cohort_options_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, cohort_run);
}
