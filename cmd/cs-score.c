/* cs-score: health scores from a model table, explained, with trend and hysteresis. Options and
 * wiring; the work is in lib/score. */
#include <gsl/gsl_errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/checks.h"
#include "score/collect.h"
#include "score/output.h"
#include "tables/builtin.h"
#include "tables/unmatched.h"

struct values {
    cst_shared shared;
    cst_periodic periodic;
    const char *model, *previous, *accounts, *overrides, *bridge, *where, *profile, *print_model, *amount;
    cst_list likelihoods;
    cst_opt_number smooth, hysteresis, min_coverage;
    bool explain, explain_change, moves, portfolio, list_models;
};

#define AT(member) offsetof(struct values, member)
static const cst_option rows[] = {
    {"model", 'm', CST_OPT_TEXT, "NAME|FILE", AT(model), "Score",
     "The model: a built-in one (--list-models), or a file (a value with / or .)."},
    {"likelihood", 0, CST_OPT_INPUTS, "FILE", AT(likelihoods), NULL,
     "A likelihood that cs-drivers has fitted: a column NAME with its share, and NAME_amount, the share of "
     "--amount. Repeatable; with or without --model."},
    {"amount", 0, CST_OPT_TEXT, "COLUMN", AT(amount), NULL,
     "What a likelihood is a share of, and what --moves adds up, in money. Default: mrr, where there is such "
     "a column."},
    {"previous", 0, CST_OPT_INPUT, "FILE", AT(previous), NULL,
     "Carry on from the scores of the night before: smoothing, bands, trend."},
    {"smooth", 0, CST_OPT_NUMBER, "HALFLIFE", AT(smooth), NULL,
     "Smooth scores: after HALFLIFE periods half of an old score is gone. 0, the default: not at all."},
    {"hysteresis", 0, CST_OPT_NUMBER, "POINTS", AT(hysteresis), NULL,
     "A band is left only past its edge by so many points. Default 0."},
    {"min-coverage", 0, CST_OPT_NUMBER, "SHARE", AT(min_coverage), NULL,
     "Leave a score empty where less than this share (0 to 1) of the weights was measured. Default 0."},
    {"overrides", 0, CST_OPT_INPUT, "FILE", AT(overrides), NULL,
     "Scores or bands that a person has set, with owner, reason and last day. Shown; nothing computed "
     "changes."},
    {"explain", 0, CST_OPT_MODE, NULL, AT(explain), "Modes",
     "A row per account, period and measure: value, sub-score, weight, points given, points lost."},
    {"explain-change", 0, CST_OPT_MODE, NULL, AT(explain_change), NULL,
     "Which measure moved the score since the account's period before, and by how many points: by its value, "
     "its weight, or by being missing."},
    {"moves", 0, CST_OPT_MODE, NULL, AT(moves), NULL,
     "Bands now against the bands of the period before: accounts and --amount, with new and left."},
    {"profile", 0, CST_OPT_MODE_TEXT, "BAND", AT(profile), NULL,
     "What sets a band apart in the last period, measure by measure: means, effect size, q-value."},
    {"portfolio", 0, CST_OPT_MODE, NULL, AT(portfolio), NULL,
     "A row per period: how many accounts improve, hold or decline, beside NRR (--bridge)."},
    {"print-model", 0, CST_OPT_MODE_TEXT, "NAME", AT(print_model), NULL,
     "Print a built-in model, to start from."},
    {"list-models", 0, CST_OPT_MODE, NULL, AT(list_models), NULL, "List the built-in models."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(accounts), "Input",
     "Attributes of the accounts, joined by account_id."},
    {"bridge", 0, CST_OPT_INPUT, "FILE", AT(bridge), NULL, "The output of cs-waterfall, for --portfolio."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), NULL, "Score only the rows for which EXPR is true."},
    {0},
};
static const cst_option_table tables[] = {
    {rows, 0},
    {cst_periodic_options, AT(periodic)},
    {cst_shared_options, AT(shared)},
    {0},
};
static const cst_command command = {
    .name = "cs-score",
    .summary = "health scores from a model table, explained, with trend and hysteresis",
    .usage = "[OPTION]... [METRICS]...",
    .examples = "cs-metrics --spec all --events events.csv --to 2024-12-31 |\n"
                "    cs-score --model usage-led --smooth 2 --hysteresis 3 > scores.csv\n"
                "cs-score --model ./model.csv --explain --where \"mrr > 1000\" metrics.csv",
    .notes = "METRICS are tables with account_id, period and a column per metric, as cs-metrics writes them.",
    .tables = tables,
};

static cst_status check_range(const char *option, cst_opt_number v, double most, cst_error *e)
{
    if (!v.set || (v.v >= 0 && v.v <= most)) return CST_OK;
    return cst_fail(e, CST_USAGE, "--%s: expected 0 to %g, found %g; try 'cs-score --help'", option, most,
                    v.v);
}

static cst_status check_values(const struct values *v, cst_error *e)
{
    cst_status status = check_range("smooth", v->smooth, 1000, e);
    if (status == CST_OK) status = check_range("hysteresis", v->hysteresis, 100, e);
    if (status == CST_OK) status = check_range("min-coverage", v->min_coverage, 1, e);
    if (status == CST_OK) status = cst_periodic_check(&v->periodic, e);
    if (status == CST_OK && v->amount && !v->likelihoods.n && !v->moves)
        status = cst_option_needs("--amount", "--likelihood or --moves",
                                  "it is what a likelihood is a share of, and what moves", e);
    if (status != CST_OK || v->model) return status;
    if (!v->likelihoods.n)
        return cst_fail(
            e, CST_USAGE,
            "--model: expected the name of a model or a file, found none; --list-models lists the "
            "built-in ones, --print-model prints one to start from");
    if (v->profile || v->portfolio || v->explain_change || v->moves || v->previous || v->overrides ||
        v->smooth.set || v->hysteresis.set || v->min_coverage.set)
        return cst_fail(
            e, CST_USAGE,
            "--profile, --portfolio, --explain-change, --moves, --previous, --overrides, --smooth, "
            "--hysteresis, --min-coverage: expected --model with them; they are about a score");
    return CST_OK;
}

static void note_checksum(cst_program_io *io, const char *what, const char *name, uint32_t crc32)
{
    char crc[16];
    int n = snprintf(crc, sizeof crc, "%08x", crc32);
    cst_manifest_text(cst_io_manifest(io), what, name, "crc32", (cst_text){crc, (uint32_t)n});
}

static cst_status load_model(struct values *v, cst_program_io *io, cst_model **out, cst_error *e)
{
    cst_table *t;
    if (!v->model) return score_model_empty(out, e);
    cst_status status = cst_builtin_is_file(v->model) ? cst_io_table(io, v->model, &t, e)
                                                      : cst_builtin_load("model", v->model, &t, e);
    if (status == CST_OK) status = score_model_new(t, out, e);
    if (status == CST_OK) note_checksum(io, "model", v->model, (*out)->crc32);
    return status;
}

static cst_status load_likelihoods(struct values *v, cst_program_io *io, score_likelihoods *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < v->likelihoods.n; i++) {
        cst_table *t;
        status = cst_io_table(io, v->likelihoods.v[i], &t, e);
        if (status != CST_OK) break;
        note_checksum(io, "likelihood", v->likelihoods.v[i], cst_table_totals(t).crc32);
        status = score_likelihoods_add(out, t, e);
    }
    return status;
}

/* What is open during a run. */
struct run {
    cst_model *model;
    score_likelihoods likelihoods;
    cst_table *accounts_table, *previous, *overrides_table, *bridge;
    cst_accounts *accounts;
    score_sheet sheet;
    score_memory *memory;
    score_overrides overrides;
    cst_column *columns;
    cst_writer *writer;
};

static void close_run(struct run *r)
{
    cst_writer_free(r->writer);
    free(r->columns);
    score_overrides_clear(&r->overrides);
    free(r->memory);
    score_sheet_clear(&r->sheet);
    cst_accounts_free(r->accounts);
    cst_table_free(r->accounts_table);
    cst_table_free(r->previous);
    cst_table_free(r->overrides_table);
    cst_table_free(r->bridge);
    cst_model_free(r->model);
    score_likelihoods_clear(&r->likelihoods);
}

static cst_status load_tables(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    cst_status status = load_model(v, io, &r->model, e);
    if (status == CST_OK) status = load_likelihoods(v, io, &r->likelihoods, e);
    if (status == CST_OK && v->accounts) status = cst_io_table(io, v->accounts, &r->accounts_table, e);
    if (status == CST_OK && v->accounts) status = cst_accounts_new(r->accounts_table, NULL, &r->accounts, e);
    if (status == CST_OK && v->previous) status = cst_io_table(io, v->previous, &r->previous, e);
    if (status == CST_OK && v->overrides) status = cst_io_table(io, v->overrides, &r->overrides_table, e);
    if (status == CST_OK && v->bridge) status = cst_io_table(io, v->bridge, &r->bridge, e);
    return status;
}

/* A score of the last period that stands on less than half of what the model weighs is hardly one. */
static void warn_of_coverage(cst_program_io *io, const score_sheet *s)
{
    double sum = 0;
    char day[CST_DAY_ROOM];
    const cst_metrics_rows *m = &s->rows;
    if (m->days == 0) return;
    uint32_t from = m->begin[m->days - 1], to = m->begin[m->days];
    for (uint32_t i = from; i < to; i++) sum += s->result[m->order[i]].coverage;
    if (to == from || sum >= 0.5 * (to - from) - 1e-9) return;
    cst_day_format(m->day[m->days - 1], day);
    cst_io_check(
        io, &(cst_finding){.id = CST_CHECK_LOW_COVERAGE, .count = 1},
        "mean coverage of %s is %.2f: most of what the model weighs is missing; --explain shows what, "
        "--min-coverage leaves such scores empty",
        day, sum / (to - from));
}

/* Values that nothing was measured of, and amounts that there are none of. */
static void tell_chances(cst_program_io *io, const score_sheet *s)
{
    const score_chances *c = &s->chances;
    for (size_t i = 0; c->set && c->filled && i < c->set->n; i++) {
        const char *name = c->set->v[i].column;
        cst_manifest_count(cst_io_manifest(io), "likelihood", name,
                           "a missing value took the mean of the fit", c->filled[i]);
        if (c->filled[i])
            cst_io_warn(io,
                        "%s: in %llu of %zu row%s a value is missing; the mean of the fit takes its place",
                        name, (unsigned long long)c->filled[i], s->rows.n, s->rows.n == 1 ? "" : "s");
    }
    if (c->set && s->rows.n && !c->amounts)
        cst_io_note(io, "no column mrr, so no %samounts; --amount names another",
                    c->set->n ? "expected " : "");
}

static cst_status collect(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    score_collect_opts o = {.accounts = r->accounts,
                            .where = v->where,
                            .from = v->explain_change || v->moves ? CST_DAY_NONE : v->periodic.from,
                            .to = v->periodic.as_of != CST_DAY_NONE ? v->periodic.as_of : v->periodic.to,
                            .min_coverage = v->min_coverage.v,
                            .amount = v->amount,
                            .threads = cst_io_threads(io)};
    cst_status status = cst_io_reader(io, CST_METRICS_HINT, &o.reader, e);
    if (status == CST_OK)
        status = score_sheet_init(&r->sheet, r->model, v->likelihoods.n || v->moves ? &r->likelihoods : NULL,
                                  v->explain || v->explain_change || v->profile, e);
    if (status == CST_OK) status = score_collect(&o, &r->sheet, e);
    if (status != CST_OK) return status;
    cst_manifest *m = cst_io_manifest(io);
    const cst_metrics_rows *read = &r->sheet.rows;
    cst_manifest_count(m, "rows", NULL, "scored", read->n);
    cst_manifest_count(m, "rows", NULL, "other periods", read->outside);
    cst_manifest_count(m, "rows", NULL, "left out by --where", read->filtered);
    if (v->model) warn_of_coverage(io, &r->sheet);
    tell_chances(io, &r->sheet);
    if (read->unknown == 0) return CST_OK;
    cst_manifest_count(m, "rows", NULL, "not known whether active", read->unknown);
    cst_io_note(io,
                "%llu row%s with an empty active: scored, but not counted among the active accounts (by "
                "percentile, zscore, --profile and --portfolio)",
                (unsigned long long)read->unknown, read->unknown == 1 ? "" : "s");
    return CST_OK;
}

static cst_status check_bands(const char *option, const cst_model *m, cst_error *e)
{
    if (m->bands) return CST_OK;
    return cst_fail(e, CST_USAGE, "%s: expected a model with bands, found one without; add rows of kind band",
                    option);
}

static cst_status find_band(const char *name, const cst_model *m, uint32_t *out, cst_error *e)
{
    *out = (uint32_t)score_model_band_named(m, (cst_text){name, (uint32_t)strlen(name)});
    if (*out < m->bands) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--profile: expected a band of the model, found \"%s\"; its lowest band is \"%.*s\"",
                    name, (int)m->band[0].name.n, m->band[0].name.p);
}

static cst_status write_changes(struct values *v, cst_program_io *io, struct run *r,
                                const score_memory_rules *rules, cst_error *e)
{
    score_change_counts counts;
    cst_status status = cst_io_writer(io, score_change_columns, score_change_column_count, &r->writer, e);
    if (status == CST_OK)
        status = score_change_write(&r->sheet, rules, r->memory, v->periodic.from, &counts, r->writer, e);
    if (status != CST_OK) return status;
    cst_manifest_count(cst_io_manifest(io), "rows", NULL, "no score in one of two periods", counts.unscored);
    if (counts.unscored)
        cst_io_warn(io, "%llu of %llu account-periods left out: no score in this period or the one before",
                    (unsigned long long)counts.unscored, (unsigned long long)(counts.told + counts.unscored));
    else if (counts.told == 0)
        cst_io_warn(io,
                    "expected accounts with rows of two periods, found none; give the metrics of the period "
                    "before, too");
    return CST_OK;
}

static cst_status write_moves(struct values *v, cst_program_io *io, struct run *r,
                              const score_memory_rules *rules, cst_error *e)
{
    if (r->sheet.rows.days < 2)
        cst_io_warn(io, "expected rows of two periods, found %s; give the metrics of the period before, too",
                    r->sheet.rows.days ? "one" : "none");
    cst_status status = cst_io_writer(io, score_moves_columns, score_moves_column_count, &r->writer, e);
    return status != CST_OK ? status
                            : score_moves_write(&r->sheet, rules, r->memory, v->periodic.from, r->writer, e);
}

static cst_status write_mode(struct values *v, cst_program_io *io, struct run *r,
                             const score_memory_rules *rules, uint32_t band, cst_error *e)
{
    size_t n = 0;
    cst_status status = CST_OK;
    if (v->explain) {
        status = cst_io_writer(io, score_explain_columns, score_explain_column_count - !v->likelihoods.n,
                               &r->writer, e);
        if (status == CST_OK) status = score_explain_write(&r->sheet, r->writer, e);
    } else if (v->explain_change) {
        status = write_changes(v, io, r, rules, e);
    } else if (v->moves) {
        status = write_moves(v, io, r, rules, e);
    } else if (v->profile) {
        status = cst_io_writer(io, score_profile_columns, score_profile_column_count, &r->writer, e);
        if (status == CST_OK) status = score_profile_write(&r->sheet, rules, r->memory, band, r->writer, e);
    } else if (v->portfolio) {
        status = score_portfolio_columns(&r->sheet, &r->columns, &n, e);
        if (status == CST_OK) status = cst_io_writer(io, r->columns, n, &r->writer, e);
        if (status == CST_OK)
            status = score_portfolio_write(&r->sheet, rules, r->memory, r->bridge, r->writer, e);
    } else if (!v->model) {
        status = score_chances_columns(&r->sheet, &r->columns, &n, e);
        if (status == CST_OK) status = cst_io_writer(io, r->columns, n, &r->writer, e);
        if (status == CST_OK) status = score_chances_write(&r->sheet, r->writer, e);
    } else {
        status = score_scores_columns(&r->sheet, &r->columns, &n, e);
        if (status == CST_OK) status = cst_io_writer(io, r->columns, n, &r->writer, e);
        if (status == CST_OK)
            status = score_scores_write(&r->sheet, rules, r->memory, &r->overrides, cst_io_threads(io),
                                        r->writer, e);
    }
    return status != CST_OK ? status : cst_writer_finish(r->writer, e);
}

/* An override that nothing can be shown under is a slip of the pen, most likely. */
static void warn_of_unmatched_names(cst_program_io *io, const char *file, const struct run *r)
{
    const score_overrides *o = &r->overrides;
    cst_error e;
    char more[40] = "";
    if (o->unmatched_names == 0) return;
    if (o->unmatched_names > 1) snprintf(more, sizeof more, "; and %zu more", o->unmatched_names - 1);
    score_overrides_fail_unmatched_name(o, r->overrides_table, &e);
    const cst_finding f = {
        CST_CHECK_UNMATCHED_ROW, {file, e.line, e.column}, o->unmatched_names, CST_LEVEL_DEFAULT};
    cst_io_check(io, &f, "%s%s%s%s", e.field, e.field[0] ? ": " : "", e.message, more);
}

/* What a row takes from an account that is not there is missing. */
static void warn_of_unmatched_accounts(cst_program_io *io, const char *file, const struct run *r)
{
    const cst_intern *ids = r->sheet.rows.accounts;
    cst_unmatched u = {0};
    for (uint32_t i = 0; r->accounts && i < cst_intern_count(ids); i++)
        cst_unmatched_add(&u, r->accounts, cst_intern_text(ids, i));
    cst_unmatched_check(io, file, &u);
}

static cst_status score(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    cst_calendar calendar = {(cst_every)v->periodic.every, (int)v->periodic.fiscal_start.n};
    cst_status status = load_tables(v, io, r, e);
    score_memory_rules rules = {
        .model = r->model, .calendar = &calendar, .half_life = v->smooth.v, .hysteresis = v->hysteresis.v};
    uint32_t band = 0; /* looked up before any row is read */
    if (status == CST_OK && v->profile) status = check_bands("--profile", r->model, e);
    if (status == CST_OK && v->moves) status = check_bands("--moves", r->model, e);
    if (status == CST_OK && v->profile) status = find_band(v->profile, r->model, &band, e);
    if (status == CST_OK) status = collect(v, io, r, e);
    if (status == CST_OK) status = score_memories_new(&r->sheet, &r->memory, e);
    if (status == CST_OK && r->previous)
        status = score_memories_read(r->previous, &r->sheet, r->model, r->memory, e);
    if (status == CST_OK && r->overrides_table)
        status = score_overrides_read(r->overrides_table, r->model, r->sheet.rows.accounts, &r->overrides, e);
    if (status == CST_OK) warn_of_unmatched_accounts(io, v->accounts, r);
    if (status == CST_OK) warn_of_unmatched_names(io, v->overrides, r);
    return status != CST_OK ? status : write_mode(v, io, r, &rules, band, e);
}

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    struct values *v = values;
    gsl_set_error_handler_off();
    if (v->list_models) return cst_builtin_list("model", cst_io_main(io), e);
    if (v->print_model) return cst_builtin_print("model", v->print_model, cst_io_main(io), e);
    cst_status status = check_values(v, e);
    if (status != CST_OK) return status;
    struct run r = {0};
    status = score(v, io, &r, e);
    close_run(&r);
    return status;
}

int main(int argc, char **argv)
{
    struct values v = {0};
    cst_shared_init(&v.shared);
    cst_periodic_init(&v.periodic);
    return cst_program(&command, argc, argv, &v, &v.shared, run);
}
