/* cs-stages: things that move through stages: the expansion pipeline, trials, onboarding, the journey.
 * Options and wiring; the work is in lib/stages. */
#include "stages/stages.h"
#include <gsl/gsl_errno.h>

#define AT(field) offsetof(stages_options, field)

static const cst_option options[] = {
    {"pipeline", 0, CST_OPT_INPUT, "NAME|FILE", AT(pipeline), "Stages",
     "The table of stages: a built-in one (--list-pipelines), which takes the rows of its name and those "
     "that name none, or a file (a value with / or .), which takes all rows. Default: expansion."},
    {"flow", 0, CST_OPT_MODE, NULL, AT(flow), NULL,
     "A row per period: what was open, what came, changed, was won and lost, what is open."},
    {"open", 0, CST_OPT_MODE, NULL, AT(open), NULL,
     "A row per open item: age, stage, amount weighted by what was learned, how late it is."},
    {"incidence", 0, CST_OPT_MODE, NULL, AT(incidence), NULL,
     "A row per day of age: the shares of the items that were won, and lost, by then."},
    {"cohort-every", 0, CST_OPT_CHOICE, STAGES_EVERY, AT(cohort_every), NULL,
     "With --incidence: a curve for each period in which items began. Default: one for all."},
    {"incomplete", 0, CST_OPT_FLAG, NULL, AT(incomplete), NULL,
     "With --flow: add the period that is still running, closed at --as-of."},
    {"subscriptions", 0, CST_OPT_INPUT, "FILE", AT(subscriptions), NULL,
     "With --flow: compare what was won with what the subscriptions of those who won gained."},
    {"gap", 0, CST_OPT_MODE, NULL, AT(gap), NULL,
     "The operands are subscriptions: a row per account and product that it lacks and half of its peers "
     "have."},
    {"product", 0, CST_OPT_TEXT, "COLUMN", AT(product), NULL,
     "With --gap: the column that tells products apart. Default: product."},
    {"print-pipeline", 0, CST_OPT_MODE_TEXT, "NAME", AT(print_pipeline), NULL,
     "Print a built-in table of stages, to start from."},
    {"list-pipelines", 0, CST_OPT_MODE, NULL, AT(list_pipelines), NULL,
     "List the built-in tables of stages."},
    {"ci-type", 0, CST_OPT_CHOICE, "log|log-log|plain", AT(ci_type), NULL,
     "How intervals of days in stage are made. Default: log."},
    {"ci", 0, CST_OPT_NUMBER, "PERCENT", AT(ci), NULL, "The level of intervals. Default: 95."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_periodic_options, AT(periodic)},
    {cst_stream_options, AT(stream)},
    {cst_subject_options, AT(subjects)},
    {cst_shared_options, AT(shared)},
    {0},
};

static const cst_command command = {
    .name = "cs-stages",
    .summary = "what moves through stages: conversion, days in stage, flow of the pipeline",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-stages --as-of 2024-12-31 --format pretty stages.csv\n"
                "cs-stages --flow --as-of 2024-12-31 --subscriptions subs.csv stages.csv\n",
    .notes =
        "FILE: stages (account_id, item_id, stage, stage_date; amount, owner and others as they are there), "
        "or with --gap subscriptions. Default: standard input.",
    .tables = tables,
};

int main(int argc, char **argv)
{
    stages_options values;
    gsl_set_error_handler_off();
    stages_options_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, stages_run);
}
