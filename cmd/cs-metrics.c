/* cs-metrics: canonical streams to one row per account and period. Options and wiring; the work is in
 * lib/metrics. */
#include <gsl/gsl_errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "ledger/renewal_options.h"
#include "ledger/subjects.h"
#include "metrics/grid.h"
#include "metrics/metrics.h"
#include "program/checks.h"
#include "tables/builtin.h"

struct values {
    cst_shared shared;
    cst_periodic periodic;
    int every; /* a word of EVERY; -1: not given */
    cst_list spec;
    const char *print_spec;
    bool list_specs, allow_current;
    cst_list stream[MET_FROM_STREAMS]; /* by met_from */
    const char *features, *where, *line;
    cst_subject_opts subjects;
    cst_count grace;
    cst_renewal_opts renewal;
};

#define EVERY      "day|week|month|quarter|year"
#define AT(member) offsetof(struct values, member)
static const cst_option rows[] = {
    {"spec", 's', CST_OPT_LIST, "NAME|FILE", AT(spec), "Metrics",
     "What to measure: a built-in spec (--list-specs), \"all\" for all of them, or a file (a value with / or "
     ".). May be given several times; the columns follow in that order."},
    {"print-spec", 0, CST_OPT_MODE_TEXT, "NAME", AT(print_spec), NULL,
     "Print a built-in spec, to start from."},
    {"list-specs", 0, CST_OPT_MODE, NULL, AT(list_specs), NULL, "List the built-in specs."},
    {"events", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_EVENTS]), "Streams",
     "What happened: account_id, event_time, event; user_id, quantity, value. This and the other streams but "
     "--accounts may be given several times; their rows are joined by column name."},
    {"subscriptions", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_SUBSCRIPTIONS]), NULL,
     "What is paid: account_id, start_date, end_date, mrr; term_months, quantity, currency."},
    {"contacts", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_CONTACTS]), NULL,
     "People: account_id, contact_id; role, sentiment, level, start_date, end_date."},
    {"outcomes", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_OUTCOMES]), NULL,
     "Results that customers want: account_id, outcome; value_driver, connected, target, actual."},
    {"milestones", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_MILESTONES]), NULL,
     "Promised steps: account_id, milestone; due_date, done_date."},
    {"reasons", 0, CST_OPT_INPUTS, "FILE", AT(stream[MET_FROM_REASONS]), NULL,
     "Why something was lost or won: account_id, date, reason."},
    {"features", 0, CST_OPT_INPUT, "FILE", AT(features), NULL,
     "Feature classes: event and further columns (class), joined to the events by the event's name."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), "Rules",
     "Only accounts for which EXPR over the columns of --accounts is true."},
    {"grace", 0, CST_OPT_COUNT, "DAYS", AT(grace), NULL,
     "A renewal that comes so many days late is late, not lost. Default 0."},
    {"line", 0, CST_OPT_TEXT, "COLUMNS", AT(line), NULL,
     "Tell lines that come up for renewal apart by these columns of the subscriptions too."},
    {"allow-current", 0, CST_OPT_FLAG, NULL, AT(allow_current), NULL,
     "Take tables without dates (outcomes, attributes of accounts) for past periods too; counted in the "
     "manifest."},
    {0},
};
static const cst_option every[] = {
    {"every", 0, CST_OPT_CHOICE, EVERY, AT(every), "Periods",
     "How long a period is. Default: month; with --as-of alone that one day."},
    {0},
};
static const cst_option_table tables[] = {
    {rows, 0},
    {cst_subject_options, AT(subjects)},
    {cst_renewal_options, AT(renewal)},
    {every, 0},
    {cst_periodic_options + 1, AT(periodic)}, /* its first is --every, which is above */
    {cst_shared_options, AT(shared)},
    {0},
};
static const cst_command command = {
    .name = "cs-metrics",
    .summary = "measure accounts: one row per account and period, from canonical streams",
    .usage = "--spec NAME|FILE [OPTION]...",
    .examples = "cs-metrics --spec adoption --events events.csv --accounts accounts.csv \\\n"
                "    -o metrics.csv --as-of 2025-01-31\n"
                "cs-metrics --spec my.csv --events events.csv --to 2024-12-31 |\n"
                "    cs-score --model my-model.csv > scores.csv",
    .notes =
        "There are no operands: each stream has an option of its name, and what is said of operands holds "
        "for the streams.",
    .tables = tables,
};

/* What is open during a run. */
struct run {
    met_spec spec;
    char hint[MET_FROM_STREAMS][80]; /* for the message that a column is missing */
    cst_table *features;
    cst_subjects subjects;
    met_metrics *metrics;
    cst_column *columns;
    cst_writer *writer;
};

static void close_run(struct run *r)
{
    cst_writer_free(r->writer);
    free(r->columns);
    met_free(r->metrics);
    cst_subjects_free(&r->subjects);
    cst_table_free(r->features);
    met_spec_clear(&r->spec);
}

static cst_status add_builtin(const char *name, met_spec *spec, cst_error *e)
{
    cst_table *t;
    cst_status status = cst_builtin_load("spec", name, &t, e);
    return status != CST_OK ? status : met_spec_add(spec, t, true, e);
}

static cst_status add_spec(const char *name, cst_program_io *io, met_spec *spec, cst_error *e)
{
    cst_table *t;
    cst_status status = CST_OK;
    if (cst_builtin_is_file(name)) {
        status = cst_io_table(io, name, &t, e);
        return status != CST_OK ? status : met_spec_add(spec, t, false, e);
    }
    if (strcmp(name, "all") != 0) return add_builtin(name, spec, e);
    for (const struct cst_builtin *b = cst_builtin_tables; b->kind && status == CST_OK; b++)
        if (strcmp(b->kind, "spec") == 0) status = add_builtin(b->name, spec, e);
    return status;
}

static cst_status check_values(struct values *v, const cst_program_io *io, cst_error *e)
{
    if (cst_io_has_operands(io))
        return cst_fail(
            e, CST_USAGE,
            "expected no operands, found \"%s\"; name each stream by its option, as --events FILE",
            cst_io_operands(io)->path[0]);
    if (!v->spec.n)
        return cst_fail(e, CST_USAGE,
                        "--spec: expected the name of a spec or a file, found none; --list-specs lists the "
                        "built-in ones, --print-spec prints one to start from");
    if (!v->stream[MET_FROM_EVENTS].n && !v->stream[MET_FROM_SUBSCRIPTIONS].n && !v->subjects.accounts)
        return cst_fail(e, CST_USAGE,
                        "expected --events, --subscriptions or --accounts, which tell what accounts there "
                        "are, found none");
    cst_status status = cst_io_check_stream(io, e);
    if (status == CST_OK) status = cst_subjects_check(&v->subjects, e);
    if (status != CST_OK) return status;
    v->periodic.every = v->every < 0 ? MET_EVERY_NONE : v->every + CST_DAILY;
    return cst_periodic_check(&v->periodic, e);
}

static cst_status open_streams(struct values *v, cst_program_io *io, struct run *r, met_opts *o, cst_error *e)
{
    cst_status status = CST_OK;
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++) {
        const cst_inputs in = {v->stream[f].v, v->stream[f].n};
        snprintf(r->hint[f], sizeof r->hint[f], "of %s; cs-ingest %s makes them of an export",
                 met_from_name(f), met_from_name(f));
        if (in.n) status = cst_io_reader_over(io, &in, r->hint[f], &o->reader[f], e);
    }
    if (status == CST_OK) status = cst_subjects_open(&r->subjects, &v->subjects, io, e);
    if (status == CST_OK && v->features) status = cst_io_table(io, v->features, &r->features, e);
    return status;
}

/* One line for each table that has metrics which cannot be measured. */
static cst_status warn_lacking(const met_spec *spec, cst_program_io *io, cst_error *e)
{
    cst_buffer b = {0};
    size_t n = 0;
    for (size_t i = 0; i < spec->n; i++) {
        const met_metric *m = &spec->metric[i];
        if (m->lacking) {
            cst_buffer_printf(&b, "%s%s", n++ ? ", " : "", m->name);
        }
        bool last = i + 1 == spec->n || strcmp(m->place[0].file, m[1].place[0].file) != 0;
        if (last && n)
            cst_io_warn(io, "%s: %zu %s left empty, for want of a stream or a column of it: %s",
                        m->place[0].file, n, n == 1 ? "metric is" : "metrics are", cst_buffer_string(&b));
        if (last) n = 0;
        if (last) cst_buffer_clear(&b);
    }
    bool failed = b.failed;
    cst_buffer_free(&b);
    return failed ? cst_no_memory(e) : CST_OK;
}

/* They are missing, not 0, and the reader may take them for measured. */
static cst_status note_unrecorded(const met_spec *spec, const met_metrics *metrics, cst_program_io *io,
                                  cst_error *e)
{
    cst_buffer b = {0};
    size_t n = 0;
    for (size_t i = 0; i < spec->n; i++)
        if (met_is_unrecorded(metrics, i))
            cst_buffer_printf(&b, "%s%s", n++ ? ", " : "", spec->metric[i].name);
    cst_io_check(io, &(cst_finding){.id = CST_CHECK_NEVER_RECORDED, .count = n},
                 "%zu %s missing, not 0, since none of the events was recorded by the last period: %s", n,
                 n == 1 ? "metric is" : "metrics are", cst_buffer_string(&b));
    bool failed = b.failed;
    cst_buffer_free(&b);
    return failed ? cst_no_memory(e) : CST_OK;
}

static void count_rows(const met_metrics *metrics, cst_program_io *io)
{
    met_counts c = met_counted(metrics);
    cst_manifest *m = cst_io_manifest(io);
    cst_manifest_count(m, "periods", NULL, "measured", c.periods);
    cst_manifest_count(m, "accounts", NULL, "measured", c.accounts);
    cst_manifest_count(m, "accounts", NULL, "not seen by the last period", c.unseen);
    cst_manifest_count(m, "accounts", NULL, "left out by --where", c.filtered);
    cst_manifest_count(m, "rows", NULL, "written", c.rows);
    cst_manifest_count(m, "rows", NULL, "of the past with today's values", c.current);
    cst_manifest_count(m, "metrics", NULL, "never recorded", c.unrecorded);
}

static cst_status measure(struct values *v, cst_program_io *io, struct run *r, cst_error *e)
{
    size_t n;
    met_opts o = {.spec = &r->spec,
                  .periods = &v->periodic,
                  .where = v->where,
                  .line = v->line,
                  .allow_current = v->allow_current,
                  .threads = cst_io_threads(io),
                  .io = io};
    cst_status status = cst_renewal_rules_of(&v->renewal, v->grace.n, &o.renewals, e);
    for (size_t i = 0; i < v->spec.n && status == CST_OK; i++)
        status = add_spec(v->spec.v[i], io, &r->spec, e);
    if (status == CST_OK) status = open_streams(v, io, r, &o, e);
    o.subjects = &r->subjects;
    o.features = r->features;
    if (status == CST_OK) status = met_open(&o, &r->metrics, e);
    if (status != CST_OK) return status;
    status = warn_lacking(&r->spec, io, e);
    if (status == CST_OK) status = met_read(r->metrics, e);
    if (status == CST_OK) status = met_metrics_measure(r->metrics, e);
    if (status == CST_OK) status = met_metrics_columns(r->metrics, &r->columns, &n, e);
    if (status == CST_OK) status = cst_io_writer(io, r->columns, n, &r->writer, e);
    if (status == CST_OK) status = met_write(r->metrics, r->writer, e);
    if (status != CST_OK) return status;
    count_rows(r->metrics, io);
    status = note_unrecorded(&r->spec, r->metrics, io, e);
    return status != CST_OK ? status : cst_writer_finish(r->writer, e);
}

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    struct values *v = values;
    gsl_set_error_handler_off();
    if (v->list_specs) return cst_builtin_list("spec", cst_io_main(io), e);
    if (v->print_spec) return cst_builtin_print("spec", v->print_spec, cst_io_main(io), e);
    cst_status status = check_values(v, io, e);
    if (status != CST_OK) return status;
    struct run r = {0};
    status = measure(v, io, &r, e);
    close_run(&r);
    return status;
}

int main(int argc, char **argv)
{
    struct values v = {0};
    cst_shared_init(&v.shared);
    cst_periodic_init(&v.periodic);
    v.every = -1;
    return cst_program(&command, argc, argv, &v, &v.shared, run);
}
