/* program/options_shared.c: the options that every command has, and those of every command that works by
 * period. */
#include "base/period.h"
#include "program/options.h"
#include <string.h>

#define AT(field) offsetof(cst_shared, field)

const cst_option cst_shared_options[] = {
    {"delimiter", 'd', CST_OPT_TEXT, "CHAR", AT(delimiter), "Input",
     "What separates the fields of the operands: one ASCII character, or \"tab\" for a TAB with quoting. "
     "Default: TAB for a name in .tsv or .tab, else comma."},
    {"tabs", 't', CST_OPT_FLAG, NULL, AT(tabs), NULL,
     "The operands are TSV: separated by TAB, without quoting. The output is TSV too unless --format says "
     "otherwise."},
    {"lenient", 0, CST_OPT_FLAG, NULL, AT(lenient), NULL,
     "Forgive bad quoting within a line, missing trailing fields and surplus empty ones; count them."},
    {"rejects", 0, CST_OPT_OUTPUT, "FILE", AT(rejects), NULL,
     "Set bad rows aside in FILE, each with its place and the reason, and go on."},
    {"max-rejects", 0, CST_OPT_TEXT, "N|P%", AT(max_rejects), NULL,
     "With --rejects: fail at the end if more than N rows, or more than P percent of them, were rejected."},
    {"output", 'o', CST_OPT_OUTPUT, "FILE", AT(output), "Output",
     "Write the result to FILE, which appears whole or not at all. Default: standard output."},
    {"format", 0, CST_OPT_CHOICE, "csv|tsv|json|jsonl|md|pretty", AT(format), NULL,
     "How the result is written. Default: by the end of FILE's name (.tsv, .tab, .json, "
     ".jsonl, .md), tsv with -t, else csv."},
    {"columns", 0, CST_OPT_TEXT, "A,B", AT(columns), NULL,
     "Write only these columns of the result, in this order."},
    {"for-sheets", 0, CST_OPT_FLAG, NULL, AT(for_sheets), NULL,
     "Put an apostrophe before texts of the result that a spreadsheet would run as a formula: those that "
     "begin with = + - @, TAB or CR."},
    {"manifest", 0, CST_OPT_OUTPUT, "FILE", AT(manifest), NULL,
     "Write control totals of every input and output to FILE."},
    {"manifest-in", 0, CST_OPT_INPUTS, "FILE", AT(manifests), NULL,
     "With --manifest: take in the manifest of a command before, and say which inputs it wrote. Repeatable."},
    {"by-whom", 0, CST_OPT_TEXT, "NAME", AT(by_whom), NULL, "With --manifest: who made these figures."},
    {"note", 0, CST_OPT_TEXT, "TEXT", AT(note), NULL, "With --manifest: why they were made."},
    {"expect-from", 0, CST_OPT_INPUT, "FILE", AT(expect_from), NULL,
     "Compare rows, accounts and money with the manifest of an earlier run: a check where they fell by more "
     "than --max-shrink."},
    {"max-shrink", 0, CST_OPT_TEXT, "P%", AT(max_shrink), NULL, "With --expect-from. Default: 10%."},
    {"color", 0, CST_OPT_CHOICE, "auto|always|never", AT(color), NULL,
     "Color in pretty output. auto: on a terminal, unless NO_COLOR is set."},
    {"strict", 0, CST_OPT_FLAG, NULL, AT(strict), "Checks",
     "What would be a warning of a check ends the run with status 2, and no file is written; see "
     "cs-checks(7)."},
    {"allow", 0, CST_OPT_LIST, "ID[,ID]", AT(allow), NULL,
     "Accept what these checks find. May be given several times."},
    {"list-checks", 0, CST_OPT_FLAG, NULL, AT(list_checks), NULL, "List the checks, and end."},
    {"threads", 'j', CST_OPT_COUNT, "N", AT(threads), "General",
     "Work with N threads; 0: one per processor. The output is the same for any N."},
    {"progress", 0, CST_OPT_FLAG, NULL, AT(progress), NULL,
     "Show progress from the start, not only for work of more than a second. Only on a terminal, always on "
     "standard error."},
    {"quiet", 'q', CST_OPT_FLAG, NULL, AT(quiet), NULL, "No warnings and no progress; errors still."},
    {"verbose", 'v', CST_OPT_FLAG, NULL, AT(verbose), NULL,
     "Say on standard error how many rows were read, and what was decided."},
    {"completion", 0, CST_OPT_FLAG, NULL, AT(completion), NULL,
     "Print a completion script for bash, and end."},
    {"help", 'h', CST_OPT_FLAG, NULL, AT(help), NULL, "Print this help, and end."},
    {"version", 'V', CST_OPT_FLAG, NULL, AT(version), NULL, "Print the version, and end."},
    {0},
};

#undef AT
#define AT(field) offsetof(cst_periodic, field)

const cst_option cst_periodic_options[] = {
    {"every", 0, CST_OPT_CHOICE, "week|month|quarter|year", AT(every), "Periods",
     "How long a period is. Default: month."},
    {"from", 0, CST_OPT_DATE, "DATE", AT(from), NULL, "Begin with the period that holds DATE (YYYY-MM-DD)."},
    {"to", 0, CST_OPT_DATE, "DATE", AT(to), NULL, "End with the period that holds DATE."},
    {"as-of", 0, CST_OPT_DATE, "DATE", AT(as_of), NULL,
     "The day the input is good for: a period is complete when it ends on that day or before."},
    {"fiscal-year-start", 0, CST_OPT_MONTH, "MONTH", AT(fiscal_start), NULL,
     "The month, 1 to 12, that quarters and years begin with. Default: 1."},
    {0},
};

void cst_shared_init(cst_shared *s)
{
    *s = (cst_shared){.format = -1};
}

void cst_periodic_init(cst_periodic *p)
{
    *p = (cst_periodic){.every = CST_MONTH, .from = CST_DAY_NONE, .to = CST_DAY_NONE, .as_of = CST_DAY_NONE};
}

cst_status cst_option_needs(const char *option, const char *other, const char *why, cst_error *e)
{
    return cst_fail(e, CST_USAGE, "%s: expected %s beside it, found none; %s", option, other, why);
}

cst_status cst_misplaced_check(const cst_misplaced *row, size_t n, cst_error *e)
{
    for (size_t i = 0; i < n; i++)
        if (row[i].given)
            return cst_fail(e, CST_USAGE, "--%s: expected %s, found another mode; leave the option out",
                            row[i].option, row[i].where);
    return CST_OK;
}

cst_status cst_as_of_check(cst_day as_of, const char *what, cst_error *e)
{
    if (as_of != CST_DAY_NONE) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "--as-of: expected the day that %s good for, found none; no clock is asked: give the day of "
        "the export",
        what);
}

cst_status cst_span_check(cst_day from, cst_day to, cst_error *e)
{
    if (from == CST_DAY_NONE || to == CST_DAY_NONE || from <= to) return CST_OK;
    return cst_fail(e, CST_USAGE, "--from: expected a day on or before that of --to, found a later one");
}

cst_status cst_periodic_check(const cst_periodic *p, cst_error *e)
{
    if (p->fiscal_start.set && (p->every == CST_WEEK || p->every == CST_DAILY))
        return cst_option_needs("--fiscal-year-start", "--every quarter or year",
                                p->every == CST_WEEK ? "weeks are ISO weeks" : "a day is of no year", e);
    return cst_span_check(p->from, p->to, e);
}

static const struct limit {
    const char *option;
    uint64_t most;        /* days; for durations 100 years in days */
    const char *duration; /* the same as one; NULL: a number of days */
} limits[] = {{"grace", 3660, NULL},         {"settle", 3660, NULL},
              {"reason-within", 3660, NULL}, {"fx-max-age", 36600, NULL},
              {"window", 36600, "1200m"},    {"reactivation-window", 36600, "1200m"}};

static const struct limit *find_limit(const char *option)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(limits[i].option, option) == 0) return &limits[i];
    return NULL;
}

cst_status cst_days_check(const char *option, uint64_t found, cst_error *e)
{
    const struct limit *limit = find_limit(option);
    if (!limit || found <= limit->most) return CST_OK;
    return cst_fail(e, CST_USAGE, "--%s: expected at most %llu days, found %llu", option,
                    (unsigned long long)limit->most, (unsigned long long)found);
}

cst_status cst_duration_check(const char *option, cst_duration found, cst_error *e)
{
    /* half days: a month counts 30.5, so that 1200 of them are the limit */
    static const struct {
        char unit;
        int64_t halves;
    } units[] = {{'d', 2}, {'w', 14}, {'m', 61}, {'q', 183}, {'y', 732}};
    const struct limit *limit = find_limit(option);
    int64_t halves = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == found.unit) halves = found.n * units[i].halves;
    if (!limit || halves <= 2 * (int64_t)limit->most) return CST_OK;
    char text[CST_PERIOD_ROOM];
    cst_duration_format(found, text);
    return cst_fail(e, CST_USAGE, "--%s: expected at most %s, found %s", option, limit->duration, text);
}

cst_status cst_level_of(cst_opt_number ci, double *level, cst_error *e)
{
    *level = ci.set ? ci.v / 100 : .95;
    if (*level > 0 && *level < 1) return CST_OK;
    return cst_fail(e, CST_USAGE, "--ci: expected a percentage between 0 and 100, found %g", ci.v);
}
