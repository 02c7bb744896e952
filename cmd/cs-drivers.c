/* cs-drivers: what goes with churn and upsell, weights fitted to what happened, how good a score is.
 * Options and wiring; the work is in lib/drivers. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/period.h"
#include "drivers/correlate.h"
#include "drivers/likelihood.h"
#include "drivers/validate.h"
#include "program/checks.h"
#include "read/table.h"

struct values {
    cst_shared shared;
    cst_day from, to, as_of;
    const char *labels, *label_column, *outcome, *accounts, *where, *by, *measures, *factors, *validate,
        *report, *name, *held_out, *label_where, *label_date;
    cst_duration horizon;
    cst_opt_number penalty;
    cst_count folds, seed;
    int use_rows; /* 0 active, 1 all */
    int as;       /* 0 score, 1 likelihood */
    bool all_periods, all_measures, no_clamp, no_calibration, favorable, risk, fit;
};

#define AT(member) offsetof(struct values, member)
static const cst_option rows[] = {
    {"labels", 'l', CST_OPT_INPUT, "FILE", AT(labels), "Labels",
     "What happened: a table with account_id, date (or effective_date, due_date, event_time) and outcome (or "
     "movement, status, event)."},
    {"outcome", 0, CST_OPT_TEXT, "NAME", AT(outcome), NULL,
     "Which outcome of the labels counts, e.g. churn. Needed where they hold several."},
    {"label-where", 0, CST_OPT_TEXT, "EXPR", AT(label_where), NULL,
     "Count only the rows of the labels for which EXPR is true, e.g. \"event == 'nps' and value >= 9\"."},
    {"label-date", 0, CST_OPT_TEXT, "COLUMN", AT(label_date), NULL,
     "The column of the labels that has the day, e.g. reached_date or done_date; what has none has not "
     "happened."},
    {"horizon", 0, CST_OPT_DURATION, "DURATION", AT(horizon), NULL,
     "The label of a row at P is an event in (P, P + horizon], e.g. 90d or 3m."},
    {"as-of", 0, CST_OPT_DATE, "DATE", AT(as_of), NULL, "The day until which the labels are known."},
    {"label-column", 0, CST_OPT_TEXT, "COLUMN", AT(label_column), NULL,
     "In place of --labels: a column of the metrics that is 0 or 1."},
    {"all-periods", 0, CST_OPT_FLAG, NULL, AT(all_periods), NULL,
     "Use every period. Default: periods a horizon apart, backwards from the last, so that one loss counts "
     "once."},
    {"rows", 0, CST_OPT_CHOICE, "active|all", AT(use_rows), NULL,
     "all: rows of accounts without revenue too. Default: active, those known to have it."},
    {"favorable", 0, CST_OPT_FLAG, NULL, AT(favorable), NULL,
     "The outcome is wanted (upsell, renewal): a score should rise with it. Default: it is a loss."},
    {"fit", 0, CST_OPT_MODE, NULL, AT(fit), "Modes", "Fit weights, and write them as a model for cs-score."},
    {"validate", 0, CST_OPT_MODE_TEXT, "COLUMN", AT(validate), NULL,
     "How good the score in COLUMN is: deciles, lift, AUC, calibration."},
    {"risk", 0, CST_OPT_FLAG, NULL, AT(risk), NULL,
     "With --validate: high values go with the outcome, as in a predicted chance of 0 to 1."},
    {"as", 0, CST_OPT_CHOICE, "score|likelihood", AT(as), "Fit",
     "What to write: a model of a score, or of a likelihood, the share of such rows that the outcome comes "
     "to. Default: score."},
    {"name", 0, CST_OPT_TEXT, "NAME", AT(name), NULL,
     "What the likelihood is called. Default: outcome and horizon, such as churn_90d."},
    {"held-out", 0, CST_OPT_OUTPUT, "FILE", AT(held_out), NULL,
     "The likelihood of each row by the folds without its account, as a table for --validate."},
    {"no-calibration", 0, CST_OPT_FLAG, NULL, AT(no_calibration), NULL,
     "With --as likelihood: the coefficients of the fit as they are."},
    {"penalty", 0, CST_OPT_NUMBER, "L", AT(penalty), NULL,
     "Ridge penalty on standardised measures. Default 1; 0: none."},
    {"no-clamp", 0, CST_OPT_FLAG, NULL, AT(no_clamp), NULL,
     "Fit to the values as they are. Default: they are clamped at their 1st and 99th percentile."},
    {"folds", 0, CST_OPT_COUNT, "K", AT(folds), NULL, "Cross-validate by accounts in K folds. Default 5."},
    {"seed", 0, CST_OPT_COUNT, "N", AT(seed), NULL, "Seed of the folds. Default 1."},
    {"all-measures", 0, CST_OPT_FLAG, NULL, AT(all_measures), NULL,
     "Keep every measure of a collinear cluster. Default: the one that tells most."},
    {"measures", 0, CST_OPT_TEXT, "COLUMNS", AT(measures), "Input",
     "The columns to look at. Default: all but account_id, period, active, source."},
    {"factors", 0, CST_OPT_TEXT, "COLUMNS", AT(factors), NULL,
     "Measures that are categories: one column of 0 and 1 for each of their words."},
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(accounts), NULL,
     "Attributes of the accounts, for --by and --where."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), NULL, "Use only the rows for which EXPR is true."},
    {"from", 0, CST_OPT_DATE, "DATE", AT(from), NULL, "Use only periods on or after DATE."},
    {"to", 0, CST_OPT_DATE, "DATE", AT(to), NULL, "Use only periods on or before DATE."},
    {"by", 0, CST_OPT_TEXT, "COLUMNS", AT(by), NULL,
     "Correlations for each segment too, and tests of differences between them."},
    {"report", 0, CST_OPT_OUTPUT, "FILE", AT(report), "Output",
     "With --fit or --validate: the figures of merit, the coefficients, and what was left out, as a table."},
    {0},
};
static const cst_option_table tables[] = {
    {rows, 0},
    {cst_shared_options, AT(shared)},
    {0},
};
static const cst_command command = {
    .name = "cs-drivers",
    .summary = "what goes with churn and upsell, fitted weights, how good a score is",
    .usage = "[OPTION]... [METRICS]...",
    .examples = "cs-drivers --labels movements.csv --outcome churn --horizon 3m \\\n"
                "    metrics.csv --as-of 2024-12-31\n"
                "cs-drivers --fit --labels churn.csv --horizon 90d --as-of 2024-12-31 \\\n"
                "    metrics.csv > model.csv",
    .notes = "METRICS are tables with account_id, period and a column per metric; scores for --validate.",
    .tables = tables,
};

static cst_status refuse(cst_error *e, const char *what)
{
    return cst_fail(e, CST_USAGE, "%s; try 'cs-drivers --help'", what);
}

static cst_status check_likelihood(const struct values *v, cst_error *e)
{
    if (v->as && !v->fit) return refuse(e, "--as: expected --fit with it");
    if (!v->as && (v->name || v->held_out || v->no_calibration))
        return refuse(e, "--name, --held-out, --no-calibration: expected --as likelihood with them");
    if (v->as && v->favorable)
        return refuse(e,
                      "--favorable: expected no --as likelihood; a likelihood is that of the outcome, wanted "
                      "or not");
    if (v->as && v->all_periods)
        return refuse(e,
                      "--all-periods: expected no --as likelihood; it is fitted to one period of an account "
                      "and horizon, so that one outcome counts once");
    return CST_OK;
}

static cst_status check_values(const struct values *v, cst_error *e)
{
    if (!v->labels == !v->label_column)
        return refuse(e, "expected one of --labels FILE and --label-column COLUMN");
    if (v->labels && (!v->horizon.unit || v->as_of == CST_DAY_NONE))
        return refuse(
            e,
            "--labels: expected also --horizon DURATION (e.g. 90d) and --as-of DATE, the day until which the "
            "labels are known");
    if (v->label_column && (v->outcome || v->label_where || v->label_date || v->horizon.unit ||
                            v->as_of != CST_DAY_NONE || v->all_periods))
        return refuse(e, "--label-column: expected no --outcome, --label-where, --label-date, --horizon, "
                         "--as-of or --all-periods; they "
                         "belong to --labels");
    cst_status status = cst_span_check(v->from, v->to, e);
    if (status != CST_OK) return status;
    if (v->folds.set && (v->folds.n < 2 || v->folds.n > 100)) return refuse(e, "--folds: expected 2 to 100");
    if (v->penalty.set && !(v->penalty.v >= 0)) return refuse(e, "--penalty: expected 0 or more");
    if (v->risk && (!v->validate || v->favorable))
        return refuse(e, "--risk: expected --validate COLUMN with it, and no --favorable");
    if (!v->fit && (v->penalty.set || v->folds.set || v->seed.set || v->all_measures || v->no_clamp))
        return refuse(e, "--penalty, --no-clamp, --folds, --seed, --all-measures: expected --fit with them");
    status = check_likelihood(v, e);
    if (status != CST_OK) return status;
    if (v->report && !v->fit && !v->validate)
        return refuse(e, "--report: expected --fit or --validate with it");
    if (v->by && (v->fit || v->validate))
        return refuse(e, "--by: expected neither --fit nor --validate; use --where");
    if (v->factors && v->validate) return refuse(e, "--factors: expected no --validate; a score is a number");
    if (v->measures && v->validate)
        return refuse(e, "--measures: expected no --validate; it names its column");
    return CST_OK;
}

struct run {
    cst_table *labels_table, *accounts_table;
    drv_labels labels;
    cst_accounts *accounts;
    drv_sample sample;
    drv_fitted fitted;
    drv_likelihood likelihood;
    cst_column *columns;
    cst_writer *writer, *report, *held;
};

static void close_run(struct run *r)
{
    cst_writer_free(r->writer);
    cst_writer_free(r->report);
    cst_writer_free(r->held);
    free(r->columns);
    drv_likelihood_clear(&r->likelihood);
    drv_fitted_clear(&r->fitted);
    drv_sample_clear(&r->sample);
    cst_accounts_free(r->accounts);
    cst_table_free(r->accounts_table);
    drv_labels_clear(&r->labels);
    cst_table_free(r->labels_table);
}

static void count_rows(cst_program_io *io, const drv_sample *s)
{
    cst_manifest *m = cst_io_manifest(io);
    cst_manifest_count(m, "rows", NULL, "used", s->n);
    cst_manifest_count(m, "rows", NULL, "with the outcome", s->events);
    cst_manifest_count(m, "rows", NULL, "left out: not active", s->inactive);
    cst_manifest_count(m, "rows", NULL, "left out: horizon after as-of", s->unfinished);
    cst_manifest_count(m, "rows", NULL, "left out: between the periods used", s->between);
    cst_manifest_count(m, "rows", NULL, "left out: other periods", s->rows.outside);
    cst_manifest_count(m, "rows", NULL, "left out: --where", s->rows.filtered);
    if (s->unknown) cst_manifest_count(m, "rows", NULL, "left out: not known whether active", s->unknown);
    cst_io_note(
        io,
        "%zu row%s used, %llu with the outcome; left out: %llu not active, %llu whose horizon ends after "
        "--as-of, %llu between the periods used, %llu by --from, --to or --where",
        s->n, s->n == 1 ? "" : "s", (unsigned long long)s->events, (unsigned long long)s->inactive,
        (unsigned long long)s->unfinished, (unsigned long long)s->between,
        (unsigned long long)(s->rows.outside + s->rows.filtered));
    if (s->unknown)
        cst_io_note(io, "%llu row%s with an empty active left out: not known whether the account was active",
                    (unsigned long long)s->unknown, s->unknown == 1 ? "" : "s");
}

static cst_status read_labels(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    const drv_label_rows which = {v->outcome, v->label_where, v->label_date};
    if (!v->labels) return CST_OK;
    cst_status status = cst_io_table(io, v->labels, &r->labels_table, e);
    if (status == CST_OK) status = drv_labels_read(r->labels_table, &which, &r->labels, e);
    if (status != CST_OK || !v->label_date) return status;
    cst_manifest_count(cst_io_manifest(io), "labels", NULL, "without a day: not happened", r->labels.undated);
    cst_io_note(io, "%llu row%s of the labels without a day in %s: not happened",
                (unsigned long long)r->labels.undated, r->labels.undated == 1 ? "" : "s", v->label_date);
    return CST_OK;
}

static cst_status read_sample(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    cst_status status = read_labels(v, io, r, e);
    if (status == CST_OK && v->accounts) status = cst_io_table(io, v->accounts, &r->accounts_table, e);
    if (status == CST_OK && v->accounts) status = cst_accounts_new(r->accounts_table, NULL, &r->accounts, e);
    drv_sample_opts o = {.accounts = r->accounts,
                         .where = v->where,
                         .by = v->by,
                         .measures = v->measures,
                         .factors = v->factors,
                         .contrasts = v->fit,
                         .score = v->validate,
                         .labels = v->labels ? &r->labels : NULL,
                         .label_column = v->label_column,
                         .horizon = v->horizon,
                         .as_of = v->as_of,
                         .from = v->from,
                         .to = v->to,
                         .all_periods = v->all_periods,
                         .all_rows = v->use_rows == 1,
                         .threads = cst_io_threads(io)};
    if (status == CST_OK) status = cst_io_reader(io, CST_METRICS_HINT, &o.reader, e);
    if (status == CST_OK) status = drv_sample_read(&o, &r->sample, e);
    if (status == CST_OK) count_rows(io, &r->sample);
    return status;
}

static cst_status correlate(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    size_t n = 0, most = DRV_CORRELATE_COLUMNS + DRV_SEGMENT_COLUMNS + r->sample.group_columns;
    r->columns = calloc(most, sizeof *r->columns);
    char *names = strdup(v->by ? v->by : "");
    cst_status status = r->columns && names ? CST_OK : cst_no_memory(e);
    char *rest = names;
    for (char *name; status == CST_OK && n < r->sample.group_columns && (name = strsep(&rest, ","));) {
        name += strspn(name, " ");
        name[strcspn(name, " ")] = '\0';
        r->columns[n++] = (cst_column){name, CST_COL_TEXT};
    }
    for (size_t i = 0; status == CST_OK && i < DRV_CORRELATE_COLUMNS; i++)
        r->columns[n++] = drv_correlate_columns[i];
    for (size_t i = 0; status == CST_OK && r->sample.group_columns && i < DRV_SEGMENT_COLUMNS; i++)
        r->columns[n++] = drv_segment_columns[i];
    if (status == CST_OK) status = cst_io_writer(io, r->columns, n, &r->writer, e);
    free(names);
    return status != CST_OK ? status : drv_correlate_write(&r->sample, cst_io_threads(io), r->writer, e);
}

static cst_status open_report(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    if (!v->report) return CST_OK;
    return cst_io_extra_writer(io, v->report, drv_report_columns, drv_report_column_count, &r->report, e);
}

enum { FIGURE_ROOM = 32 };

/* A figure for a message; nan is no figure. */
static const char *show(double v, int decimals, char text[FIGURE_ROOM])
{
    if (isnan(v)) return "unknown";
    snprintf(text, FIGURE_ROOM, "%.*f", decimals, v);
    return text;
}

static void show_judgement(cst_program_io *io, const char *name, const drv_judgement *j)
{
    const cst_shares *s = &j->shares;
    char text[9][FIGURE_ROOM];
    cst_io_warn(
        io,
        "%s: base rate %s, mean likelihood %s, calibration error %s (%s by chance alone), log loss %s "
        "against %s of the base rate: gain %s (90 %% interval %s to %s)",
        name, show(s->base_rate, 4, text[0]), show(s->predicted, 4, text[1]),
        show(s->calibration, 4, text[2]), show(s->calibration_by_chance, 4, text[3]),
        show(s->log_loss, 4, text[4]), show(s->base_log_loss, 4, text[5]), show(s->gain, 4, text[6]),
        show(s->gain_lower, 4, text[7]), show(s->gain_upper, 4, text[8]));
    if (j->chance)
        cst_io_check(io, &(cst_finding){.id = CST_CHECK_CHANCE, .count = 1}, "%s: %s", name, j->words);
    else
        cst_io_warn(io, "%s: %s", name, j->words);
}

static void show_validation(cst_program_io *io, const char *column, const drv_validation *v)
{
    char text[5][FIGURE_ROOM];
    bool folded = v->auc.sign < 0;
    cst_io_warn(io, "AUC %s (%s to %s), Kolmogorov-Smirnov %s, top-decile lift %s",
                show(v->auc.auc, 4, text[0]), show(folded ? 1 - v->auc.upper : v->auc.lower, 4, text[1]),
                show(folded ? 1 - v->auc.lower : v->auc.upper, 4, text[2]),
                show(v->kolmogorov_smirnov, 4, text[3]), show(v->decile[0].lift, 2, text[4]));
    if (v->is_chance) {
        cst_io_warn(io, "Brier %s, Brier skill %s", show(v->brier, 4, text[0]),
                    show(v->judged.shares.brier_skill, 4, text[1]));
        show_judgement(io, column, &v->judged);
    } else if (!isnan(v->brier))
        cst_io_warn(io, "Brier %s, calibration error %s", show(v->brier, 4, text[0]),
                    show(v->calibration, 4, text[1]));
}

/* What is left out of a fit, and how good it is on rows that it has not seen. */
static void show_fit(cst_program_io *io, const struct values *v, const struct run *r)
{
    const drv_fitted *f = &r->fitted;
    for (size_t k = 0; k < r->sample.measures; k++)
        if (f->stands_for[k] == UINT32_MAX)
            cst_io_warn(io,
                        f->flat[k] && !v->no_clamp
                            ? "measure %s is the same from its 1st to its 99th percentile and left out"
                            : "measure %s is constant over the rows used and left out",
                        r->sample.name[k].p);
    cst_manifest_count(cst_io_manifest(io), "rows", NULL, "left out: a measure is missing", f->incomplete);
    cst_io_warn(
        io,
        "%zu rows fitted, %llu with the outcome, %llu left out for a missing measure; %zu of %zu measures",
        f->rows, (unsigned long long)f->training.events, (unsigned long long)f->incomplete, f->used,
        r->sample.measures);
    char text[5][FIGURE_ROOM];
    cst_io_warn(io, "held out: AUC %s, log loss %s, Brier %s, top-decile lift %s (training AUC %s)",
                show(f->held_out.auc.auc, 4, text[0]), show(f->held_out.log_loss, 4, text[1]),
                show(f->held_out.brier, 4, text[2]), show(f->held_out.lift, 2, text[3]),
                show(f->training.auc.auc, 4, text[4]));
    const cst_auc *a = &f->held_out.auc;
    if (!v->as && (a->lower <= 0.5 || a->sign < 0)) /* false where there is no interval */
        cst_io_check(
            io, &(cst_finding){.id = CST_CHECK_CHANCE, .count = 1},
            "held out, the AUC is %s, with an interval that holds 0.5 or lies below it: no better than "
            "chance; take more rows, or other measures",
            show(a->auc, 4, text[0]));
}

static cst_status fit_score(struct values *v, cst_program_io *io, struct run *r, const drv_fit_opts *o,
                            cst_error *e)
{
    const drv_fitted *f = &r->fitted;
    cst_status status = cst_io_writer(io, drv_fit_model_columns, drv_fit_model_column_count, &r->writer, e);
    if (status == CST_OK) status = drv_fit_write_model(&r->sample, o, f, r->writer, e);
    if (status == CST_OK) status = open_report(v, io, r, e);
    if (status == CST_OK && r->report) status = drv_fit_write_report(&r->sample, f, o->folds, r->report, e);
    return status;
}

static cst_status open_held(struct values *v, cst_program_io *io, struct run *r, const char *name,
                            cst_error *e)
{
    cst_column columns[DRV_HELD_COLUMNS];
    if (!v->held_out) return CST_OK;
    memcpy(columns, drv_held_columns, sizeof columns);
    columns[DRV_HELD_COLUMNS - 1].name = name;
    return cst_io_extra_writer(io, v->held_out, columns, DRV_HELD_COLUMNS, &r->held, e);
}

/* What the likelihood is called: --name, else the outcome and the horizon. */
static void name_likelihood(const struct values *v, char *horizon, char *out, size_t room)
{
    const char *outcome = v->label_column ? v->label_column : v->outcome ? v->outcome : "outcome";
    cst_duration_format(v->horizon, horizon);
    snprintf(out, room, "%s%s%s", v->name ? v->name : outcome, v->name || !*horizon ? "" : "_",
             v->name ? "" : horizon);
}

static cst_status fit_likelihood(struct values *v, cst_program_io *io, struct run *r, const drv_fit_opts *o,
                                 cst_error *e)
{
    char horizon[CST_PERIOD_ROOM] = "", name[256];
    const drv_fitted *f = &r->fitted;
    drv_likelihood *l = &r->likelihood;
    name_likelihood(v, horizon, name, sizeof name);
    drv_likelihood_opts lo = {.name = name,
                              .outcome = v->label_column ? v->label_column : v->outcome,
                              .horizon = *horizon ? horizon : NULL,
                              .all_rows = v->use_rows == 1,
                              .plain = v->no_calibration,
                              .fit = o};
    cst_status status = drv_likelihood_make(&r->sample, &lo, f, l, e);
    if (status != CST_OK) return status;
    show_judgement(io, name, &l->judged);
    if (l->level)
        cst_io_warn(io,
                    "%s: held out, what the fit predicts does not go with what came: every account gets the "
                    "base rate; take more rows, or other measures",
                    name);
    else if (f->training.events < 10 * f->used)
        cst_io_warn(io,
                    "%s: %llu rows with the outcome for %zu measures, less than 10 for each; take fewer "
                    "measures (--measures)",
                    name, (unsigned long long)f->training.events, f->used);
    if (l->incomplete.off)
        cst_io_warn(io,
                    "%s: of the %llu rows left out for a missing measure %.4f had the outcome, where the "
                    "likelihood says %.4f: do not use it where a measure is missing",
                    name, (unsigned long long)l->incomplete.n,
                    (double)l->incomplete.events / (double)l->incomplete.n, l->incomplete.predicted);
    status = cst_io_writer(io, drv_fit_model_columns, drv_fit_model_column_count, &r->writer, e);
    if (status == CST_OK) status = drv_likelihood_write(&r->sample, &lo, f, l, r->writer, e);
    if (status == CST_OK) status = open_held(v, io, r, name, e);
    if (status == CST_OK && r->held) status = drv_likelihood_write_held(&r->sample, f, l, r->held, e);
    if (status == CST_OK) status = open_report(v, io, r, e);
    if (status == CST_OK && r->report) status = drv_fit_write_report(&r->sample, f, o->folds, r->report, e);
    if (status == CST_OK && r->report) status = drv_likelihood_write_report(&lo, f, l, r->report, e);
    return status;
}

static cst_status fit(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    drv_fit_opts o = {.penalty = v->penalty.set ? v->penalty.v : 1,
                      .folds = v->folds.set ? (uint32_t)v->folds.n : 5,
                      .seed = v->seed.set ? v->seed.n : 1,
                      .all_measures = v->all_measures,
                      .no_clamp = v->no_clamp,
                      .favorable = v->favorable,
                      .threads = cst_io_threads(io)};
    cst_status status = drv_fit(&r->sample, &o, &r->fitted, e);
    if (status != CST_OK) return status;
    show_fit(io, v, r);
    return v->as ? fit_likelihood(v, io, r, &o, e) : fit_score(v, io, r, &o, e);
}

static cst_status validate(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    drv_validation figures;
    drv_score_sense sense = v->risk ? DRV_SCORE_RISK : v->favorable ? DRV_SCORE_FAVORABLE : DRV_SCORE_HEALTH;
    cst_status status = drv_validate(&r->sample, sense, &figures, e);
    if (status != CST_OK) return status;
    cst_manifest_count(cst_io_manifest(io), "rows", NULL, "left out: no score", figures.missing);
    cst_io_warn(io, "%llu row%s, %llu with the outcome, %llu left out without a score",
                (unsigned long long)figures.n, figures.n == 1 ? "" : "s", (unsigned long long)figures.events,
                (unsigned long long)figures.missing);
    show_validation(io, v->validate, &figures);
    status = cst_io_writer(io, drv_validate_columns, drv_validate_column_count, &r->writer, e);
    if (status == CST_OK) status = drv_validate_write(&figures, r->writer, e);
    if (status == CST_OK) status = open_report(v, io, r, e);
    if (status == CST_OK && r->report)
        status = drv_validate_write_report(&figures, v->validate, r->report, e);
    return status;
}

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    struct values *v = values;
    struct run r = {0};
    gsl_set_error_handler_off();
    cst_status status = check_values(v, e);
    if (status == CST_OK) status = read_sample(v, io, &r, e);
    if (status == CST_OK)
        status = v->fit ? fit(v, io, &r, e) : v->validate ? validate(v, io, &r, e) : correlate(v, io, &r, e);
    if (status == CST_OK && r.report) status = cst_writer_finish(r.report, e);
    if (status == CST_OK && r.held) status = cst_writer_finish(r.held, e);
    if (status == CST_OK) status = cst_writer_finish(r.writer, e);
    close_run(&r);
    return status;
}

int main(int argc, char **argv)
{
    struct values v = {0};
    cst_shared_init(&v.shared);
    v.from = v.to = v.as_of = CST_DAY_NONE;
    return cst_program(&command, argc, argv, &v, &v.shared, run);
}
