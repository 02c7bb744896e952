/* revenue/setup.c: from options to rules: which combinations make sense, what they are called, what is
 * read. */
#include "base/memory.h"
#include "base/text.h"
#include "revenue/session.h"
#include <stdlib.h>
#include <string.h>

void rev_init(rev_opts *o)
{
    *o = (rev_opts){.history_from = CST_DAY_NONE};
    cst_periodic_init(&o->periodic);
    o->subjects.fx_max_age.n = CST_FX_AGE;
}

/* ---- which options go together ----------------------------------------------------------------------- */

typedef enum {
    MODE_BRIDGE,
    MODE_RESTATE,
    MODE_TIE_OUT,
    MODE_TOP,
    MODE_TRACE,
    MODE_RENEWALS,
    MODE_KNOWN,
    MODE_DEFINITIONS,
    MODE_EXPLAIN,
    MODE_CHURN_BY,
    MODE_PARTIAL,
    MODE_MERGE
} rev_mode;

static const struct {
    const char *option, *does;
} modes[] = {[MODE_BRIDGE] = {NULL, NULL},
             [MODE_RESTATE] = {"--restate", "compares movements"},
             [MODE_TIE_OUT] = {"--tie-out", "compares closings"},
             [MODE_TOP] = {"--top", "lists accounts"},
             [MODE_TRACE] = {"--trace", "lists what one account did"},
             [MODE_RENEWALS] = {"--renewals", "goes by terms and due dates"},
             [MODE_KNOWN] = {"--known-to-come", "nets months and bridges no gaps"},
             [MODE_DEFINITIONS] = {"--definitions", "follows eight definitions as they are published"},
             [MODE_EXPLAIN] = {"--explain-change", "explains NRR"},
             [MODE_CHURN_BY] = {"--churn-by", "lists losses by their reasons"},
             [MODE_PARTIAL] = {"--partial", "writes sums for --merge"},
             [MODE_MERGE] = {"--merge", "adds up sums"}};

static rev_mode find_mode(const rev_opts *o)
{
    return o->restate          ? MODE_RESTATE
           : o->tie_out        ? MODE_TIE_OUT
           : o->top            ? MODE_TOP
           : o->trace          ? MODE_TRACE
           : o->renewals       ? MODE_RENEWALS
           : o->known_to_come  ? MODE_KNOWN
           : o->definitions    ? MODE_DEFINITIONS
           : o->explain_change ? MODE_EXPLAIN
           : o->churn_by       ? MODE_CHURN_BY
           : o->parts.partial  ? MODE_PARTIAL
           : o->parts.merge    ? MODE_MERGE
                               : MODE_BRIDGE;
}

/* What has no meaning in some modes, and would change nothing there without a word. */
static cst_status check_mode(const rev_opts *o, cst_error *e)
{
    enum {
        RESTATE = 1 << MODE_RESTATE,
        TIE_OUT = 1 << MODE_TIE_OUT,
        TOP = 1 << MODE_TOP,
        TRACE = 1 << MODE_TRACE,
        RENEWALS = 1 << MODE_RENEWALS,
        KNOWN = 1 << MODE_KNOWN,
        DEFS = 1 << MODE_DEFINITIONS,
        EXPLAIN = 1 << MODE_EXPLAIN,
        CHURN = 1 << MODE_CHURN_BY,
        SUMS = 1 << MODE_PARTIAL | 1 << MODE_MERGE,
        RATIO = RESTATE | TIE_OUT | TOP | TRACE | RENEWALS | KNOWN | DEFS |
                CHURN, /* without retention of our own */
    };
    const struct {
        const char *option;
        bool given;
        unsigned against; /* modes */
    } rows[] = {
        {"--by", o->stream.by != NULL, TOP | TRACE | DEFS | CHURN},
        {"--detail", o->detail != NULL, RESTATE | TIE_OUT | TOP | TRACE | KNOWN | EXPLAIN | CHURN | SUMS},
        {"--figure", o->figure != NULL, RATIO | EXPLAIN | 1 << MODE_PARTIAL},
        {"--compare", o->compare != NULL, RATIO | SUMS},
        {"--decimals", o->decimals.set, RATIO},
        {"--ci", o->ci.set, RATIO | EXPLAIN},
        {"--movement-fx", o->movement_fx > 0, TIE_OUT | RENEWALS | KNOWN | DEFS | EXPLAIN | SUMS},
        {"--revenue", o->revenue, RATIO | EXPLAIN | SUMS},
        {"--retention", o->retention > 0, RATIO},
        {"--retention-fx", o->retention_fx > 0, RATIO},
        {"--window", o->window.unit != 0, RATIO},
        {"--every", o->periodic.every != CST_MONTH, KNOWN | DEFS},
        {"--basis event", o->basis == REV_BASIS_EVENT, RENEWALS | KNOWN | DEFS},
        {"--split", o->split, TOP | TRACE | TIE_OUT | RESTATE | RENEWALS | KNOWN | DEFS | EXPLAIN | CHURN},
        {"--net line", o->net == REV_NET_LINE, RENEWALS | DEFS},
        {"--min-movement", o->min_movement.v > 0, RENEWALS | KNOWN | DEFS},
        {"--reactivation-window", o->reactivation.unit != 0, RENEWALS | KNOWN | DEFS},
        {"--grace", o->grace.n > 0, KNOWN},
        {"--incomplete", o->incomplete, KNOWN | DEFS},
        {"--history-from", o->history_from != CST_DAY_NONE, KNOWN},
        {"--sorted", o->sorted, DEFS}, /* what is empty goes by the first start of all */
    };
    rev_mode mode = find_mode(o);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].given && rows[i].against >> mode & 1)
            return cst_fail(e, CST_USAGE, "%s: expected the bridge, found %s, which %s; run it without",
                            rows[i].option, modes[mode].option, modes[mode].does);
    return CST_OK;
}

/* first-day and touch exist to reproduce other people's bridges. */
static cst_status check_snapshot(const rev_opts *o, cst_error *e)
{
    if (o->snapshot == CST_SNAP_LAST) return CST_OK;
    rev_mode mode = find_mode(o);
    const char *against = o->periodic.every == CST_WEEK                  ? "--every week"
                          : o->basis == REV_BASIS_EVENT                  ? "--basis event"
                          : mode && !o->parts.partial && !o->parts.merge ? modes[mode].option
                          : o->detail                                    ? "--detail"
                                                                         : NULL;
    if (!against) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--snapshot: expected month-end with %s, found %s; the other rules are for the bridge by "
                    "month, quarter or year alone",
                    against, o->snapshot == CST_SNAP_FIRST ? "first-day" : "touch");
}

static cst_status check_renewals(const rev_opts *o, cst_error *e)
{
    if (o->renewal.settle.set && !o->renewals)
        return cst_option_needs("--settle", "--renewals", "nothing else is settled", e);
    if (o->renewal.min_term.unit && !o->renewals)
        return cst_option_needs("--min-term", "--renewals", "only renewals go by terms", e);
    if (o->book && !o->renewals)
        return cst_option_needs("--book", "--renewals", "it lists the lines that come up", e);
    if (o->scores && !o->book)
        return cst_option_needs("--scores", "--book FILE", "they are columns of the book", e);
    if (o->flags && !o->book)
        return cst_option_needs("--flags", "--book FILE", "they are columns of the book", e);
    if (o->likelihood && !o->scores)
        return cst_option_needs("--likelihood", "--scores FILE", "it is a column of that table", e);
    return CST_OK;
}

static cst_status check_known(const rev_opts *o, cst_error *e)
{
    if (o->periodic.as_of != CST_DAY_NONE) return CST_OK;
    return cst_option_needs("--known-to-come", "--as-of DATE", "say after which day things are to come", e);
}

static cst_status check_definitions(const rev_opts *o, cst_error *e)
{
    if (!o->base_min.set) return CST_OK;
    if (!o->definitions)
        return cst_option_needs("--base-min", "--definitions", "no other figure has a least base", e);
    if (o->base_min.v > 0) return CST_OK;
    return cst_fail(e, CST_USAGE, "--base-min: expected an amount above 0, found another; leave it out");
}

static cst_status check_explain(const rev_opts *o, cst_error *e)
{
    if (!o->explain_change) return CST_OK;
    if (!o->stream.by)
        return cst_option_needs("--explain-change", "--by COLUMNS", "it is groups that explain a change", e);
    if (o->retention != REV_COMPOUNDED) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "--explain-change: expected --retention cohort or movements, found compounded, which is no "
        "share of one base; choose another");
}

static cst_status check_movement_fx(const rev_opts *o, cst_error *e)
{
    if (o->movement_fx == 0) return CST_OK;
    if (!o->subjects.fx)
        return cst_option_needs("--movement-fx", "--fx FILE", "nothing is converted otherwise", e);
    if (o->snapshot != CST_SNAP_FIRST) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "--movement-fx: expected closing with --snapshot first-day, found another; the rates of a "
        "period's days come after its snapshot");
}

static cst_status check_churn_by(const rev_opts *o, cst_error *e)
{
    if (o->churn_by && !o->reasons)
        return cst_option_needs("--churn-by", "--reasons FILE", "that is where it is looked up", e);
    if (o->reasons && !o->churn_by)
        return cst_option_needs("--reasons", "--churn-by COLUMN", "no other table has reasons", e);
    if (o->reason_within.set && !o->churn_by)
        return cst_option_needs("--reason-within", "--churn-by COLUMN", "no other table has reasons", e);
    return cst_days_check("reason-within", o->reason_within.n, e);
}

static cst_status check_revenue(const rev_opts *o, cst_error *e)
{
    if (!o->revenue && o->figure && strcmp(o->figure, "revenue") == 0)
        return cst_option_needs("--figure revenue", "--revenue", "it is no column otherwise", e);
    if (!o->revenue || o->periodic.every != CST_WEEK) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "--revenue: expected --every month, quarter or year, found week; a month's revenue has no share "
        "of a week");
}

static cst_status check_tie_out(const rev_opts *o, cst_error *e)
{
    if (o->tolerance.set && !o->tie_out)
        return cst_option_needs("--tolerance", "--tie-out FILE", "there is nothing to compare", e);
    if (o->tie_out_map && !o->tie_out)
        return cst_option_needs("--tie-out-map", "--tie-out FILE", "it names the ledger's columns", e);
    return CST_OK;
}

static cst_status check_options(const rev_opts *o, cst_error *e)
{
    cst_subject_opts subjects = o->subjects;
    subjects.fx_max_age.set &= !o->parts.merge; /* the parts' own definition, given once more */
    cst_status status = cst_subjects_check(&subjects, e);
    if (status == CST_OK) status = cst_days_check("grace", o->grace.n, e);
    if (status == CST_OK) status = cst_duration_check("window", o->window, e);
    if (status == CST_OK) status = cst_duration_check("reactivation-window", o->reactivation, e);
    if (status == CST_OK) status = cst_groups_check(o->stream.by, e);
    if (status != CST_OK) return status;
    if (o->split && o->net != REV_NET_LINE)
        return cst_option_needs("--split", "--net line", "an account's net change has no quantity", e);
    if (o->line && o->net != REV_NET_LINE && !o->renewals && !o->known_to_come)
        return cst_option_needs("--line", "--net line", "lines are not told apart otherwise", e);
    if ((status = check_mode(o, e)) != CST_OK) return status;
    if ((status = check_renewals(o, e)) != CST_OK) return status;
    if (o->known_to_come && (status = check_known(o, e)) != CST_OK) return status;
    if ((status = check_definitions(o, e)) != CST_OK) return status;
    if ((status = check_explain(o, e)) != CST_OK) return status;
    if ((status = check_revenue(o, e)) != CST_OK) return status;
    if ((status = check_churn_by(o, e)) != CST_OK) return status;
    if ((status = check_movement_fx(o, e)) != CST_OK) return status;
    if ((status = check_tie_out(o, e)) != CST_OK) return status;
    if (o->compare && !o->figure)
        return cst_option_needs("--compare", "--figure NAME", "one figure is compared at a time", e);
    if (o->brackets && o->shared.format != CST_PRETTY)
        return cst_option_needs("--brackets", "--format pretty", "the other formats are for machines", e);
    if (o->incomplete && o->periodic.as_of == CST_DAY_NONE)
        return cst_option_needs("--incomplete", "--as-of DATE", "the running period is closed on that day",
                                e);
    if ((status = cst_periodic_check(&o->periodic, e)) != CST_OK) return status;
    if (o->seed.set && !o->ci.set)
        return cst_option_needs("--seed", "--ci LEVEL", "nothing is drawn otherwise", e);
    if (o->decimals.set && o->decimals.n > 6)
        return cst_fail(e, CST_USAGE, "--decimals: expected 0 to 6, found %llu",
                        (unsigned long long)o->decimals.n);
    if (o->ci.set && (o->ci.v <= 0 || o->ci.v >= 100 * CST_MONEY_UNIT))
        return cst_fail(e, CST_USAGE, "--ci: expected a level between 0 and 100, such as 95, found another");
    if (o->min_movement.v < 0 || o->tolerance.v < 0)
        return cst_fail(e, CST_USAGE, "%s: expected 0 or more, found less",
                        o->tolerance.v < 0 ? "--tolerance" : "--min-movement");
    bool bounded = o->periodic.as_of != CST_DAY_NONE || o->periodic.to != CST_DAY_NONE;
    if (o->subjects.fx && !bounded && (o->sorted || o->parts.partial))
        return cst_option_needs(
            o->sorted ? "--sorted" : "--partial", "--as-of DATE or --to DATE",
            "with --fx every period is valued, and the last one must be known before the last row", e);
    if (o->sorted && (o->tie_out || o->revenue) && !bounded)
        return cst_option_needs("--sorted", "--as-of DATE or --to DATE",
                                o->tie_out
                                    ? "with --tie-out the last period must be known before the last row"
                                    : "with --revenue the last period must be known before the last row",
                                e);
    return check_snapshot(o, e);
}

/* ---- names ------------------------------------------------------------------------------------------- */

/* The columns of --line "a, b", as strings. */
static cst_status name_lines(rev_session *s, cst_error *e)
{
    const char *list = s->o->line ? s->o->line : "";
    size_t commas = 0;
    for (const char *p = list; *p; p++) commas += *p == ',';
    s->line_names = malloc(strlen(list) + 1);
    s->line = calloc(commas + 1, sizeof *s->line);
    if (!s->line_names || !s->line) return cst_no_memory(e);
    char *at = s->line_names;
    cst_text rest = {*list ? list : NULL, (uint32_t)strlen(list)}, name;
    while (cst_text_next(&rest, ',', &name)) {
        if (name.n == 0)
            return cst_fail(e, CST_USAGE,
                            "--line: expected names of columns with commas between them, found \"%s\"", list);
        memcpy(at, name.p, name.n);
        at[name.n] = 0;
        s->line[s->lines++] = at;
        at += name.n + 1;
    }
    return CST_OK;
}

/* ---- tables ------------------------------------------------------------------------------------------ */

static cst_status open_tables(rev_session *s, cst_error *e)
{
    const rev_opts *o = s->o;
    cst_status status = cst_subjects_open(&s->subjects, &o->subjects, s->io, e);
    if (status != CST_OK) return status;
    status = cst_io_reader(s->io, CST_SUBSCRIPTIONS_HINT, &s->reader, e);
    if (status == CST_OK)
        status = cst_subscriptions_where(o->stream.where, s->reader, &s->subjects, o->periodic.as_of,
                                         &s->filter, e);
    if (status == CST_OK)
        status = cst_groups_resolve(o->stream.by, s->reader, s->subjects.accounts, &s->groups, e);
    if (status != CST_OK) return status;
    s->segment = s->groups.name;
    s->bys = s->groups.n;
    s->centre = cst_subscriptions_centre(o->cross_sell_by, s->reader);
    s->value = o->value ? o->value : "mrr";
    return name_lines(s, e);
}

/* ---- rules ------------------------------------------------------------------------------------------- */

static cst_status find_window(rev_session *s, cst_error *e)
{
    rev_rules *r = &s->rules;
    r->window = s->o->definitions ? 12 : 1;
    if (!s->o->window.unit) return CST_OK;
    if (cst_duration_periods(s->o->window, &s->calendar, &r->window) && r->window > 0) return CST_OK;
    char found[CST_PERIOD_ROOM];
    cst_duration_format(s->o->window, found);
    static const char *const word[] = {"weeks", "months", "quarters", "years"};
    return cst_fail(
        e, CST_USAGE,
        "--window: expected a whole number of %s, found %s; choose another window or another --every",
        word[s->calendar.every], found);
}

/* Whether groups can differ between the rows of one account; the currency cannot where accounts are
 * split by it. */
static bool groups_of_rows(const rev_session *s)
{
    for (size_t i = 0; i < s->bys; i++) {
        if (s->groups.column[i].from != CST_FROM_ROW) continue;
        if (strcmp(s->segment[i], "account_id") == 0 ||
            (s->by_currency && strcmp(s->segment[i], "currency") == 0))
            continue;
        return true;
    }
    return false;
}

static void set_ledger_opts(rev_session *s)
{
    const rev_opts *o = s->o;
    s->ledger_opts = (cst_ledger_opts){
        .value = s->value,
        .centre = s->centre,
        .line = s->line,
        .lines = s->lines,
        .as_of = o->known_to_come ? CST_DAY_NONE : o->periodic.as_of,
        .grace = o->renewals ? 0 : (int32_t)o->grace.n,
        .facts = o->split || o->revenue,
        .plans = o->book || o->known_to_come || o->trace || o->definitions || o->revenue,
        .split_currency = s->by_currency,
        .count_overlaps = o->shared.verbose || o->shared.manifest,
    };
    cst_subscriptions_serve(&s->subscriptions, &s->ledger_opts);
}

cst_status rev_session_rules(rev_session *s, cst_error *e)
{
    const rev_opts *o = s->o;
    cst_status status = CST_OK;
    int start = o->periodic.fiscal_start.set ? (int)o->periodic.fiscal_start.n : 1;
    s->calendar = (cst_calendar){(cst_every)o->periodic.every, start};
    status = cst_grid_init(&s->grid, s->calendar, (enum cst_snapshot)o->snapshot, o->periodic.as_of, e);
    if (status < 0) return status;
    s->rules = (rev_rules){
        .grid = &s->grid,
        .event = o->basis == REV_BASIS_EVENT,
        .net_line = o->net == REV_NET_LINE,
        .split = o->split,
        .min_movement = o->min_movement.v,
        .reactivation = o->reactivation,
        .retention = (enum rev_retention)o->retention,
        .spot = o->retention_fx == 1,
        .movement_fx = (enum rev_movement_fx)o->movement_fx,
        .history_from = o->history_from,
        .valued = o->subjects.report_currency != NULL,
        .tops = !find_mode(o) || o->parts.partial,
        .churn_days = o->periodic.as_of == CST_DAY_NONE,
        .replicates = o->ci.set ? 1000 : 0,
        .seed = o->seed.set ? o->seed.n : 1,
    };
    return find_window(s, e);
}

/* What depends on the tables as well. */
static void finish_rules(rev_session *s, cst_shard shard)
{
    s->subscriptions = (cst_subscriptions){&s->subjects, &s->groups, s->filter, shard};
    s->by_currency = cst_subscriptions_by_currency(&s->subscriptions);
    s->rules.fx = s->subjects.fx;
    s->rules.revenue = s->o->revenue;
    s->rules.annual = rev_session_is_annual(s);
    s->rules.groups = s->bys > 0;
    s->rules.groups_of_rows = groups_of_rows(s);
    set_ledger_opts(s);
}

cst_status rev_session_open(rev_session *s, const rev_opts *o, cst_program_io *io, cst_error *e)
{
    *s = (rev_session){.o = o, .io = io, .threads = cst_io_threads(io), .total = true};
    cst_shard shard;
    cst_status status = check_options(o, e);
    if (status == CST_OK) status = cst_part_check(&o->parts, io, &shard, e);
    if (status == CST_OK) status = rev_session_rules(s, e);
    if (status < 0 || o->parts.merge) return status;
    status = open_tables(s, e);
    if (status < 0) return status;
    finish_rules(s, shard);
    return o->compare ? rev_compare_open(s, e) : CST_OK;
}
