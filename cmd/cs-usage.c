/* cs-usage: users and features: who is active, who is not, what is used together, where users struggle.
 * Options and wiring; the work is in lib/usage. */
#include "usage/usage.h"
#include <gsl/gsl_errno.h>

#define AT(field) offsetof(usage_options, field)

static const cst_option options[] = {
    {"features", 0, CST_OPT_INPUT, "FILE", AT(features), "Usage",
     "What events are: event, feature, class (value, differentiated, "
     "sticky, new), kind (use, error, ticket, start, "
     "finish), released. An event that it does not list is a feature of its own."},
    {"expect", 0, CST_OPT_CHOICE, "daily|weekly|monthly", AT(expect), NULL,
     "How often a user should be there: active means seen in the last 1, 7 or 28 days. Default: weekly."},
    {"session-gap", 0, CST_OPT_COUNT, "MINUTES", AT(session_gap), NULL,
     "A pause as long as this ends a session. Default: 30."},
    {"window", 0, CST_OPT_DURATION, "N", AT(window), NULL,
     "--together: features used in the last N; --struggle: who comes back within N. Default: 28d."},
    {"within", 0, CST_OPT_DURATION, "N", AT(within), NULL,
     "The time for a whole funnel, and from a start to its finish. Default: 1d."},
    {"min-users", 0, CST_OPT_COUNT, "N", AT(min_users), NULL,
     "--together: only features with so many users. Default: 5."},
    {"ci", 0, CST_OPT_NUMBER, "PERCENT", AT(ci), NULL, "The level of intervals. Default: 95."},
    {"ci-type", 0, CST_OPT_CHOICE, "log|log-log|plain", AT(ci_type), NULL,
     "How intervals of --adoption are made. Default: log."},
    {"lifecycle", 0, CST_OPT_MODE, NULL, AT(lifecycle), "Instead of a row per user",
     "A row per period: new, returning, current, at-risk and dormant users; DAU, WAU, MAU and stickiness."},
    {"power", 0, CST_OPT_MODE, NULL, AT(power), NULL,
     "How many users are active on 0, 1, ... 28 of 28 days."},
    {"together", 0, CST_OPT_MODE, NULL, AT(together), NULL,
     "Pairs of features that the same users use, with lift and what chance would do."},
    {"struggle", 0, CST_OPT_MODE, NULL, AT(struggle), NULL,
     "A row per feature: who came back, errors and tickets per use, flows that were given up."},
    {"adoption", 0, CST_OPT_MODE, NULL, AT(adoption), NULL,
     "A row per feature: how fast accounts and users take it up, and who stays."},
    {"funnel", 0, CST_OPT_MODE_TEXT, "A,B,...", AT(funnel), NULL,
     "How many users and accounts did A, then B and so on, within the time."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(subjects.accounts), "Accounts",
     "Attributes of accounts: account_id, any others."},
    {"customer", 0, CST_OPT_TEXT, "COLUMN", AT(subjects.customer), NULL,
     "Lift every account to the customer in this column of --accounts."},
    {"identity", 0, CST_OPT_INPUT, "FILE", AT(subjects.identity), NULL,
     "Renamings (kind, old_id, new_id), applied before anything else."},
    {0},
};

static const cst_option_table tables[] = {
    {options, 0},
    {cst_periodic_options, AT(periodic)},
    {cst_stream_options, AT(stream)},
    {cst_shared_options, AT(shared)},
    {0},
};

static const cst_command command = {
    .name = "cs-usage",
    .summary = "users and features: who is active, what is used together, where users struggle",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-usage --as-of 2024-12-31 usage.csv\n"
                "cs-usage --as-of 2024-12-31 --lifecycle --by segment --accounts \\\n"
                "    accounts.csv usage.csv\n",
    .notes = "FILE: events (account_id, user_id, event_time, event). Default: standard input.",
    .tables = tables,
};

int main(int argc, char **argv)
{
    usage_options values;
    gsl_set_error_handler_off();
    usage_options_init(&values);
    return cst_program(&command, argc, argv, &values, &values.shared, usage_run);
}
