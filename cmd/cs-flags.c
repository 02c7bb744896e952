/* cs-flags: red flags from a table of rules, with a life from one night to the next. Options and wiring;
 * the work is in lib/flags. */
#include <stddef.h>

#include "flags/flags.h"
#include "program/program.h"
#include "tables/builtin.h"

struct values {
    cst_shared shared;
    flag_opts flags;
    const char *print_rules;
    bool list_rules;
};

#define AT(member)   offsetof(struct values, member)
#define FLAG(member) offsetof(struct values, flags.member)
static const cst_option rows[] = {
    {"rules", 'r', CST_OPT_INPUT, "NAME|FILE", FLAG(rules), "Rules",
     "The rules: a built-in pack (--list-rules), or a file (a value with / or .)."},
    {"skip-unknown", 0, CST_OPT_FLAG, NULL, FLAG(skip_unknown), NULL,
     "Leave out rules that name a column the inputs lack, with a warning for each, instead of refusing the "
     "table."},
    {"print-rules", 0, CST_OPT_MODE_TEXT, "NAME", AT(print_rules), NULL,
     "Print a built-in rule pack, to start from."},
    {"list-rules", 0, CST_OPT_MODE, NULL, AT(list_rules), NULL, "List the built-in rule packs."},
    {"scores", 0, CST_OPT_INPUTS, "FILE", FLAG(scores), "Input",
     "Scores, joined on account_id and period. Repeatable: files of one stream."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", FLAG(accounts), NULL,
     "Attributes of the accounts, joined on account_id."},
    {"bridge", 0, CST_OPT_INPUT, "FILE", FLAG(bridge), NULL,
     "The output of cs-waterfall: its rows of totals, for rules of the scope portfolio."},
    {"portfolio", 0, CST_OPT_INPUT, "FILE", FLAG(portfolio), NULL,
     "The output of cs-score --portfolio, for rules of the same scope."},
    {"mrr-column", 0, CST_OPT_TEXT, "COLUMN", FLAG(mrr_column), NULL, "What is at risk. Default: mrr."},
    {"where", 0, CST_OPT_TEXT, "EXPR", FLAG(where), NULL, "Judge only the rows for which EXPR is true."},
    {"from", 0, CST_OPT_DATE, "DATE", FLAG(from), NULL, "Leave out periods before DATE (YYYY-MM-DD)."},
    {"to", 0, CST_OPT_DATE, "DATE", FLAG(to), NULL,
     "Leave out periods after DATE; tonight is the last one left."},
    {"as-of", 0, CST_OPT_DATE, "DATE", FLAG(as_of), NULL,
     "As --to; for --backtest and --loss-review also the day up to which losses are known. Default: the last "
     "period, and every loss."},
    {"state", 0, CST_OPT_OUTPUT, "FILE", FLAG(state), "Nights",
     "Go on from what the night before left in FILE, and replace it, whole or not at all."},
    {"decisions", 0, CST_OPT_INPUT, "FILE", FLAG(decisions), NULL,
     "What people silenced, or accepted as a risk: account_id, flag, decision, until, owner, reason."},
    {"changes", 0, CST_OPT_FLAG, NULL, FLAG(changes), "Result", "Only what opened or cleared tonight."},
    {"all", 0, CST_OPT_FLAG, NULL, FLAG(all), NULL,
     "Everything: also what is pending, silenced or cooling down."},
    {"by", 0, CST_OPT_TEXT, "COLUMNS", FLAG(by), NULL,
     "A block of rows for every value of these columns, such as csm; they come first in each row."},
    {"totals", 0, CST_OPT_FLAG, NULL, FLAG(totals), NULL,
     "End each block with a row of totals: open flags, accounts, and their MRR, each account once."},
    {"customers", 0, CST_OPT_OUTPUT, "FILE", FLAG(customers), NULL,
     "Write a row per customer that needs somebody, in the order in which to call them, and what to say of "
     "each."},
    {"loss-column", 0, CST_OPT_TEXT, "COLUMN", FLAG(loss_column), NULL,
     "The expected loss of a customer; --customers orders by it in place of MRR."},
    {"exit-code", 0, CST_OPT_FLAG, NULL, FLAG(exit_code), NULL,
     "End with status 1 if a flag opened that is neither inhibited nor decided about."},
    {"backtest", 0, CST_OPT_MODE, NULL, FLAG(backtest), "History",
     "How far each rule could have been trusted: precision, recall, lift, days of warning."},
    {"loss-review", 0, CST_OPT_MODE, NULL, FLAG(loss_review), NULL,
     "A row per loss: what was known before it, its cause, whether there was time to act."},
    {"labels", 0, CST_OPT_INPUT, "FILE", FLAG(labels), NULL,
     "The losses: account_id, a day in date, effective_date, due_date or event_time, and a name in outcome, "
     "movement, status or event, if there is one."},
    {"outcome", 0, CST_OPT_TEXT, "NAME", FLAG(outcome), NULL,
     "The name that is a loss, e.g. churn. Needed where the losses hold rows of several names."},
    {"horizon", 0, CST_OPT_DURATION, "DURATION", FLAG(horizon), NULL,
     "How long before a loss a warning counts. Default: 90d."},
    {"reasons", 0, CST_OPT_INPUT, "FILE", FLAG(reasons), NULL,
     "Why accounts were lost (account_id, date, reason), for --loss-review."},
    {0},
};
static const cst_option_table tables[] = {
    {rows, 0},
    {cst_shared_options, AT(shared)},
    {0},
};
static const cst_command command = {
    .name = "cs-flags",
    .summary = "red flags with state from one night to the next, triage, back-test",
    .usage = "[OPTION]... [METRICS]...",
    .examples = "cs-flags --rules red-flags --scores scores.csv --state state.csv metrics.csv\n"
                "cs-flags --rules ./rules.csv --backtest --labels churned.csv metrics.csv",
    .notes = "METRICS are tables with account_id, period and a column per metric, as cs-metrics writes them. "
             "Default: standard input.",
    .tables = tables,
    .replaced = "state",
};

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    const struct values *v = values;
    if (v->list_rules) return cst_builtin_list("rules", cst_io_main(io), e);
    if (v->print_rules) return cst_builtin_print("rules", v->print_rules, cst_io_main(io), e);
    return flags_run(&v->flags, io, e);
}

int main(int argc, char **argv)
{
    struct values v = {.flags = {.from = CST_DAY_NONE, .to = CST_DAY_NONE, .as_of = CST_DAY_NONE}};
    return cst_program(&command, argc, argv, &v, &v.shared, run);
}
