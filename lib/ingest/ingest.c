/* The order of a run: the map, the inputs, the plan that binds them, the writer, the threads, the totals. */
#include "ingest/ingest.h"
#include "base/date.h"
#include "base/parallel.h"
#include "base/suggest.h"
#include "base/text.h"
#include "ingest/worker.h"
#include "tables/builtin.h"
#include "write/writer_rows.h"
#include <stdlib.h>

/* Keys that are kept by default: 16 bytes each in a table of at most 32 MiB. */
enum { KEYS_MOST = 1500000 };

/* All that a run owns. */
typedef struct session {
    const ing_options *o;
    cst_program_io *io;
    const cst_inputs *in;
    ing_map *map;
    cst_table *map_table;
    cst_identity *identity;
    cst_filter *where;
    cst_reader *reader; /* the program's */
    ing_plan plan;
    ing_dedupe_rule dedupe;
    struct ingest_run run;
    void **worker; /* ing_worker */
    int workers;
    char hint[160];
} session;

static cst_status find_stream(const char *name, const struct cst_stream **out, cst_error *e)
{
    cst_text names[16];
    size_t n = 0;
    *out = name ? cst_stream_find(cst_text_of(name)) : NULL;
    if (*out && (*out)->ingest) return CST_OK;
    for (const struct cst_stream *s = cst_streams; s->name; s++)
        if (s->ingest) names[n++] = cst_text_of(s->name);
    cst_buffer b = {0};
    if (name) {
        cst_suggest_unknown(&b, "the stream to make as first operand", cst_text_of(name), names, n,
                            "; there are ", n);
    } else {
        cst_buffer_add_string(&b, "expected the stream to make as first operand, found none; there are ");
        cst_suggest_list(&b, names, n, n);
    }
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

static cst_status load_map(session *s, cst_error *e)
{
    const ing_options *o = s->o;
    cst_status status = CST_OK;
    if (!o->map && s->map->trials)
        return cst_fail(e, CST_USAGE,
                        "trials: expected --map NAME|FILE, a map of subscriptions with map.trial_end, found "
                        "none; --list-maps lists the built-in ones");
    if (o->map) {
        bool file = cst_builtin_is_file(o->map);
        status = file ? cst_io_table(s->io, o->map, &s->map_table, e)
                      : cst_builtin_load("map", o->map, &s->map_table, e);
        if (status == CST_OK) status = ing_map_load(s->map, o->map, s->map_table, e);
        snprintf(s->hint, sizeof s->hint, "wanted by the map %.120s", o->map);
    }
    for (size_t i = 0; status == CST_OK && i < o->lookup.n; i++)
        status = ing_map_lookup(s->map, o->lookup.v[i], e);
    for (size_t i = 0; status == CST_OK && i < o->set.n; i++) status = ing_map_set(s->map, o->set.v[i], e);
    return status;
}

static cst_status load_lookups(session *s, cst_error *e)
{
    for (int i = 0; i < s->map->lookups; i++) {
        const ing_lookup_spec *spec = &s->map->lookup[i];
        cst_table *t = NULL;
        if (!spec->path.n) continue;
        cst_status status = cst_io_table(s->io, spec->path.p, &t, e);
        if (status == CST_OK) status = ing_lookup_new(spec, t, &s->plan.lookup[i], e);
        if (status != CST_OK) return status;
        if (ing_lookup_unclear(s->plan.lookup[i]) == 0) continue;
        cst_buffer b = {0};
        ing_lookup_tell_unclear(s->plan.lookup[i], spec, &b);
        bool failed = b.failed;
        if (!failed) cst_io_warn(s->io, "%s", cst_buffer_string(&b));
        cst_buffer_free(&b);
        if (failed) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status load_identity(session *s, cst_error *e)
{
    cst_table *t = NULL;
    if (!s->o->identity) return CST_OK;
    cst_status status = cst_io_table(s->io, s->o->identity, &t, e);
    if (status == CST_OK) status = cst_identity_of(t, &s->identity, e);
    cst_table_free(t);
    s->plan.identity = s->identity;
    return status;
}

static cst_status choose_kinds(session *s, cst_error *e)
{
    cst_status status = CST_OK;
    ing_said said[ING_KINDS] = {ING_SAID_NOTHING};
    ing_kinds_default(s->plan.counts);
    for (int k = 0; s->map->trials && k < ING_KINDS; k++) s->plan.counts[k] |= ing_kinds[k].state;
    for (size_t i = 0; status == CST_OK && i < s->o->include.n; i++)
        status = ing_kinds_choose(s->plan.counts, said, ING_SAID_INCLUDE, s->o->include.v[i], e);
    for (size_t i = 0; status == CST_OK && i < s->o->exclude.n; i++)
        status = ing_kinds_choose(s->plan.counts, said, ING_SAID_EXCLUDE, s->o->exclude.v[i], e);
    s->plan.past_due_days = s->o->past_due.set ? (int64_t)s->o->past_due.n : -1;
    if (status == CST_OK && s->o->past_due.set && !ing_rule_filled(&s->map->past_due_since))
        status = cst_fail(e, CST_USAGE,
                          "--past-due: the map %s does not say since when a payment is overdue; add a row "
                          "map.past_due_since to it",
                          s->map->name);
    return status;
}

/* Without a map each column goes by its own name; one that every row needs must be there. */
static cst_status map_by_name(session *s, cst_error *e)
{
    size_t n = cst_reader_columns(s->reader);
    cst_text *names = calloc(n ? n : 1, sizeof *names);
    int slot;
    if (!names) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) names[i] = cst_reader_column_name(s->reader, i);
    cst_status status = ing_map_by_name(s->map, names, n, e);
    free(names);
    for (const struct cst_stream_column *c = s->map->stream->columns; status == CST_OK && c->name; c++)
        if (c->required && s->map->shape == ING_SHAPE_ROWS && ing_map_find(s->map, c->name) < 0)
            status = cst_reader_bind(s->reader, c->name, CST_REQUIRED, &slot, e);
    if (status == CST_OK && !s->o->no_source)
        status = cst_reader_bind(s->reader, "source", CST_OPTIONAL, &s->run.source_slot, e);
    return status;
}

static cst_status bind(session *s, cst_error *e)
{
    if (!s->map->given)
        snprintf(s->hint, sizeof s->hint, "without --map NAME or FILE columns of %s go by their own names",
                 s->map->stream->name);
    cst_status status =
        cst_io_reader_below(s->io, s->in, s->hint, s->map->skip, s->map->header, &s->reader, e);
    if (status != CST_OK) return status;
    s->run.source_slot = -1;
    if (!s->map->given) status = map_by_name(s, e);
    /* an end that is computed is written, whether the export has ends or not */
    if (status == CST_OK && s->o->past_due.set && s->map->shape == ING_SHAPE_ROWS &&
        ing_map_find(s->map, "end_date") < 0)
        status = ing_map_made(s->map, "end_date", e);
    if (status == CST_OK) status = ing_map_finish(s->map, e);
    if (status == CST_OK) status = choose_kinds(s, e);
    if (status == CST_OK) status = load_lookups(s, e);
    if (status == CST_OK) status = load_identity(s, e);
    if (status == CST_OK) status = ing_plan_bind(&s->plan, s->map, s->reader, e);
    if (status == CST_OK && s->o->where) {
        cst_filter_opts o = {.label = "--where"};
        status = cst_filter_open(s->o->where, s->reader, &o, &s->where, e);
        s->plan.where = s->where;
    }
    return status;
}

/* "file:" as the column source begins, quoted where CSV wants it. */
static cst_status make_prefixes(session *s, cst_error *e)
{
    struct ingest_run *r = &s->run;
    bool named = !s->o->source_name;
    r->file = calloc(s->in->n, sizeof *r->file);
    r->prefix = calloc(s->in->n, sizeof *r->prefix);
    r->prefix_n = calloc(s->in->n, sizeof *r->prefix_n);
    r->prefix_quoted = calloc(s->in->n, sizeof *r->prefix_quoted);
    if (!r->file || !r->prefix || !r->prefix_n || !r->prefix_quoted) return cst_no_memory(e);
    for (size_t i = 0; i < s->in->n; i++) {
        r->file[i] = cst_reader_file(s->reader, i);
        if (s->o->source_name && strcmp(s->in->path[i], "-") == 0) {
            r->file[i] = s->o->source_name;
            named = true;
        }
        cst_text file = cst_text_of(r->file[i]);
        char *prefix = cst_arena_alloc(s->map->arena, 2 * (size_t)file.n + 20);
        if (!prefix) return cst_no_memory(e);
        char *end = cst_csv_put(prefix, file, r->delimiter);
        r->prefix_quoted[i] = prefix[0] == '"'; /* which is closed behind the number */
        end -= r->prefix_quoted[i];
        *end++ = ':';
        r->prefix[i] = prefix;
        r->prefix_n[i] = (size_t)(end - prefix);
    }
    if (!named)
        return cst_fail(
            e, CST_USAGE,
            "--source-name: expected standard input among the files, found none; it is - or no file");
    return CST_OK;
}

static cst_status open_writer(session *s, cst_error *e)
{
    const ing_plan *p = &s->plan;
    cst_column *columns = calloc((size_t)p->written + 1, sizeof *columns);
    if (!columns) return cst_no_memory(e);
    for (int i = 0; i < p->written; i++) {
        const ing_rule *rule = p->target[i].rule;
        cst_type t = p->target[i].type;
        bool number =
            t == CST_TYPE_MONEY || t == CST_TYPE_RATE || t == CST_TYPE_NUMBER || t == CST_TYPE_COUNT;
        columns[i] =
            (cst_column){rule->title ? rule->title : rule->column.p, number ? CST_COL_NUMBER : CST_COL_TEXT};
    }
    columns[p->written] = (cst_column){"source", CST_COL_TEXT};
    s->run.source = !s->o->no_source;
    cst_status status = cst_io_writer(s->io, columns, (size_t)p->written + s->run.source, &s->run.writer, e);
    free(columns);
    if (status != CST_OK) return status;
    s->run.delimiter = cst_writer_delimiter(s->run.writer);
    return make_prefixes(s, e);
}

/* What stands by across rows: keys, duplicates, lines that join, snapshots. */
static cst_status open_state(session *s, cst_error *e)
{
    struct ingest_run *r = &s->run;
    ing_shape shape = s->map->shape;
    ing_order_clear(&r->order);
    bool alone = shape == ING_SHAPE_ROWS || shape == ING_SHAPE_CUBE;
    r->plan = &s->plan;
    r->io = s->io;
    if (s->o->dedupe) {
        cst_status status = ing_dedupe_rule_read(s->o->dedupe, &s->plan, &s->dedupe, e);
        if (status != CST_OK) return status;
        r->dedupe = &s->dedupe;
        if (alone && !(r->winners = ing_dedupe_new(r->dedupe, &s->plan))) return cst_no_memory(e);
    } else if ((s->map->lines || (alone && s->plan.keys)) && s->o->check_keys != ING_KEYS_NONE) {
        if (!(r->keys = ing_keyset_new(s->o->check_keys == ING_KEYS_ALL ? 0 : KEYS_MOST)))
            return cst_no_memory(e);
    }
    bool holds = shape == ING_SHAPE_CHANGES || ing_map_nets(s->map) || (r->dedupe && !alone);
    if (holds && !(r->hold = ing_hold_new(&s->plan, r->dedupe))) return cst_no_memory(e);
    bool joins = shape == ING_SHAPE_INVOICE_LINES || shape == ING_SHAPE_CHANGES;
    if (joins && !(r->invoice = ing_invoice_new(&s->plan, r->source))) return cst_no_memory(e);
    if (shape == ING_SHAPE_SNAPSHOT && !(r->snapshot = ing_snapshot_new(&s->plan, r->source)))
        return cst_no_memory(e);
    return CST_OK;
}

static cst_status read_all(session *s, cst_error *e)
{
    int n = cst_io_threads(s->io);
    s->worker = cst_workers(n, sizeof(ing_worker));
    cst_status status = s->worker ? CST_OK : cst_no_memory(e);
    for (; status == CST_OK && s->workers < n; s->workers++)
        status = ing_worker_open(s->worker[s->workers], &s->run, e);
    return status != CST_OK
               ? status
               : cst_run(s->reader, n, ing_worker_work, s->worker, ing_worker_commit, &s->run, e);
}

/* Of sheets by month: rows that add up the others. */
static cst_status check_totals(session *s, cst_error *e)
{
    ing_total_rows all = {0};
    bool ok = true;
    for (int i = 0; i < s->workers && ok; i++)
        ok = ing_total_rows_join(&all, &((ing_worker *)s->worker[i])->total_rows);
    if (ok && s->run.snapshot) ok = ing_snapshot_totals(s->run.snapshot, &all);
    cst_status status = ok ? ing_total_rows_check(&all, s->io, e) : cst_no_memory(e);
    ing_total_rows_free(&all);
    return status;
}

static cst_status finish(session *s, cst_error *e)
{
    struct ingest_run *r = &s->run;
    cst_status status = check_totals(s, e);
    if (status != CST_OK) return status;
    if (r->hold) status = ing_commit_held(r, e);
    if (status == CST_OK && r->invoice) status = ing_invoice_end(r->invoice, r->writer, &r->totals, e);
    if (status == CST_OK && r->snapshot) status = ing_snapshot_end(r->snapshot, r->writer, &r->totals, e);
    ing_worker *first = s->worker[0];
    if (status == CST_OK && r->winners)
        status = ing_dedupe_end(r->winners, r->writer, first->fork, &r->totals, e);
    cst_read_totals read = cst_reader_totals(s->reader, SIZE_MAX);
    if (status == CST_OK)
        status = ing_totals_check(&r->totals, read.records, read.rejected, ing_map_nets(s->map), e);
    if (status == CST_OK && r->hold) status = cst_reader_judge(s->reader, e);
    return status != CST_OK ? status : cst_writer_finish(r->writer, e);
}

static void define(session *s, const char *key, const char *value)
{
    cst_manifest_text(cst_io_manifest(s->io), "definition", NULL, key, cst_text_of(value));
}

/* The first month between a cube's first and last that has no column, and how many there are. */
static cst_day find_cube_gap(const ing_plan *p, uint32_t *months)
{
    cst_day gap = CST_DAY_NONE;
    *months = 0;
    for (int i = 1; i < p->months; i++) {
        for (cst_day m = cst_day_add_months(p->month[i - 1].month, 1); m < p->month[i].month;
             m = cst_day_add_months(m, 1)) {
            if (gap == CST_DAY_NONE) gap = m;
            ++*months;
        }
    }
    return gap;
}

/* A month that the export leaves out looks as if everybody had left in it and come back. */
static void tell_gap(session *s)
{
    uint32_t months = 0;
    cst_day gap =
        s->run.snapshot ? ing_snapshot_gap(s->run.snapshot, &months) : find_cube_gap(&s->plan, &months);
    if (gap == CST_DAY_NONE) return;
    char day[CST_DAY_ROOM];
    day[cst_day_format(gap, day)] = 0;
    cst_io_warn(
        s->io,
        "expected every month between the first and the last, found none for %.7s%s: nobody has revenue "
        "then, which looks like churn and return; add what is missing",
        day, months > 1 ? " and others" : "");
}

static cst_status define_revenue(session *s, cst_error *e)
{
    cst_buffer in = {0}, out = {0};
    for (int k = 0; k < ING_KIND_FILTERED; k++) {
        cst_buffer *b = s->plan.counts[k] ? &in : &out;
        cst_buffer_printf(b, "%s%s", b->n ? " " : "", ing_kinds[k].name);
    }
    define(s, "shape", ing_shape_name(s->map->shape));
    define(s, "end dates", s->map->inclusive ? "inclusive" : "exclusive");
    define(s, "counted as recurring", cst_buffer_string(&in));
    define(s, "set aside", cst_buffer_string(&out));
    define(s, "discounts", "recurring ones off the price, those given once not");
    if (s->plan.past_due_days < 0)
        define(s, "past due", "counts until cancelled");
    else
        cst_manifest_count(cst_io_manifest(s->io), "definition", NULL, "past due counts for days",
                           s->o->past_due.n);
    bool failed = in.failed || out.failed;
    cst_buffer_free(&in);
    cst_buffer_free(&out);
    if (failed) return cst_no_memory(e);
    tell_gap(s);
    cst_day first = s->plan.months ? s->plan.month[0].month : CST_DAY_NONE;
    if (s->run.snapshot) first = ing_snapshot_first(s->run.snapshot);
    if (first == CST_DAY_NONE) return CST_OK;
    char day[CST_DAY_ROOM];
    day[cst_day_format(first, day)] = 0;
    define(s, "history from", day);
    cst_io_warn(
        s->io,
        "nothing is known before %s; give --history-from %s to the command that reads this stream, or "
        "what stands then is taken for new",
        day, day);
    return CST_OK;
}

/* Rows that an optional lookup found nothing for, though another lookup says that there is something. */
static void tell_missed(session *s)
{
    for (int i = 0; i < s->map->lookups; i++) {
        const ing_lookup_spec *spec = &s->map->lookup[i];
        uint64_t missed = s->run.totals.missed[i];
        if (!missed) continue;
        cst_io_warn(s->io,
                    "%s: expected a row for every %s, found none for some: its columns read as missing there "
                    "(rows: %llu); add what it lacks",
                    spec->path.p, spec->key[0].here.p, (unsigned long long)missed);
        cst_manifest_count(cst_io_manifest(s->io), "rows", spec->path.p, "without a match", missed);
    }
}

/* A row of a lookup that no row of the export used may be a discount that is not taken off. With --where many
 * are meant to be left. */
static void tell_unused(session *s, int i)
{
    const ing_lookup *l = s->plan.lookup[i];
    size_t first = 0, n = ing_lookup_unused(l, &first);
    if (!n) return;
    cst_place at = ing_lookup_place(l, (int64_t)first);
    unsigned long long line = (unsigned long long)at.line;
    cst_manifest_count(cst_io_manifest(s->io), "rows", ing_lookup_file(l), "unused", n);
    if (!s->map->lookup[i].all || s->o->where)
        cst_io_note(s->io, "%s:%llu: no row of the export uses it (such rows: %zu)", at.file, line, n);
    else
        cst_io_warn(
            s->io,
            "%s:%llu: expected a row of the export that has this discount, found none (such rows: %zu); is "
            "it given by another key, or is what it is given for set aside?",
            at.file, line, n);
}

static void tell_shared(session *s, int i)
{
    const ing_lookup *l = s->plan.lookup[i];
    size_t first = 0, n = ing_lookup_shared(l, &first);
    if (!n) return;
    cst_place at = ing_lookup_place(l, (int64_t)first);
    cst_io_warn(
        s->io,
        "%s:%llu: its amount off is taken off more than one row; if it was given once for them all, the sum "
        "is too low (such discounts: %zu)",
        at.file, (unsigned long long)at.line, n);
    cst_manifest_count(cst_io_manifest(s->io), "rows", ing_lookup_file(l), "amounts off that are shared", n);
}

static void tell_lookups(session *s)
{
    for (int i = 0; i < s->map->lookups; i++)
        if (s->plan.lookup[i]) {
            tell_unused(s, i);
            tell_shared(s, i);
        }
    if (!s->run.totals.endless) return;
    cst_io_warn(
        s->io,
        "expected an end of every discount that is given for a time, found none: it is taken off until "
        "the row ends (discounts of rows: %llu); fill map.discount_end",
        (unsigned long long)s->run.totals.endless);
    cst_manifest_count(cst_io_manifest(s->io), "rows", NULL, "discounts for a time without an end",
                       s->run.totals.endless);
}

/* Three capitals that ISO 4217 does not list are a currency that no table of rates will have, or a slip. */
static void tell_currencies(session *s)
{
    char first[4] = "";
    unsigned others = 0;
    for (uint32_t at = 0; at < 26 * 26 * 26; at++) {
        bool seen = false;
        char code[4] = {(char)('A' + at / 676), (char)('A' + at / 26 % 26), (char)('A' + at % 26), 0};
        for (int i = 0; i < s->workers; i++)
            seen |= ((ing_worker *)s->worker[i])->c.currencies.seen[at / 64] >> at % 64 & 1;
        if (!seen || ing_currency_listed(cst_text_of(code))) continue;
        if (first[0])
            others++;
        else
            memcpy(first, code, sizeof code);
    }
    if (first[0])
        cst_io_warn(s->io,
                    "expected currencies of ISO 4217, found %s, which it does not list (others: %u); rename "
                    "in the map makes it another",
                    first, others);
}

/* A stream without rows from an export with rows is seldom what was wanted. */
static void tell_nothing_used(session *s)
{
    int most = 0;
    for (int k = 1; k < ING_KINDS; k++)
        if (s->run.totals.aside[k] > s->run.totals.aside[most]) most = k;
    if (s->run.totals.aside[most] == 0) return; /* all were rejected, which is told anyway */
    cst_io_warn(s->io,
                "expected rows that count, found none: %llu of %llu %s set aside as %s; see map.kind of the "
                "map, --include and --where",
                (unsigned long long)s->run.totals.aside[most], (unsigned long long)s->run.totals.rows,
                s->run.totals.rows == 1 ? "row was" : "rows were", ing_kinds[most].name);
}

/* What is not in the rows that are written, in one line. */
static cst_status tell_aside(session *s, cst_error *e)
{
    const ing_totals *t = &s->run.totals;
    cst_buffer b = {0};
    uint64_t n = 0;
    for (int k = 0; k < ING_KINDS; k++) {
        if (t->aside[k])
            cst_buffer_printf(&b, "%s%llu %s", n ? ", " : "", (unsigned long long)t->aside[k],
                              ing_kinds[k].name);
        n += t->aside[k];
    }
    const char *kinds = cst_buffer_string(&b);
    bool failed = b.failed;
    if (n > 0 && !failed)
        cst_io_warn(s->io, "set aside %llu of %llu %s: %s", (unsigned long long)n,
                    (unsigned long long)t->rows, t->rows == 1 ? "row" : "rows", kinds);
    cst_buffer_free(&b);
    return failed ? cst_no_memory(e) : CST_OK;
}

static cst_status fill_manifest(session *s, cst_error *e)
{
    const struct ingest_run *r = &s->run;
    cst_read_totals read = cst_reader_totals(s->reader, SIZE_MAX);
    uint64_t ours = 0;
    for (int i = 0; i < ING_REASONS; i++) ours += r->totals.rejected[i];
    define(s, "stream", ing_map_makes(s->map));
    define(s, "map", s->map->given ? s->map->name : "none, columns by their own names");
    if (s->plan.revenue && define_revenue(s, e)) return e->status;
    if (s->map->zone) define(s, "days of moments", s->map->zone_name);
    if (s->o->dedupe) define(s, "duplicates", s->o->dedupe);
    if (r->keys) {
        bool full = ing_keyset_full(r->keys);
        define(s, "key", s->map->lines ? "map.line" : s->map->stream->key);
        cst_manifest_count(cst_io_manifest(s->io), "definition", NULL,
                           full ? "keys checked against the first" : "keys checked",
                           ing_keyset_count(r->keys));
        if (full)
            cst_io_warn(s->io,
                        "keys were checked against the first %llu only, to keep memory bounded; --check-keys "
                        "all checks every one",
                        (unsigned long long)ing_keyset_count(r->keys));
    }
    bool money = s->plan.revenue && !s->map->trials; /* a trial's price is written twice */
    ing_totals_manifest(&r->totals, read.rejected - ours, money, s->map->shape == ING_SHAPE_INVOICE_LINES,
                        ing_map_nets(s->map), cst_io_manifest(s->io));
    tell_missed(s);
    tell_lookups(s);
    tell_currencies(s);
    if (r->totals.rows > 0 && r->totals.used == 0) tell_nothing_used(s);
    return tell_aside(s, e);
}

static void release(session *s)
{
    for (int i = 0; i < s->workers; i++) ing_worker_close(s->worker[i]);
    free(s->worker);
    free(s->run.file);
    free(s->run.prefix);
    free(s->run.prefix_n);
    free(s->run.prefix_quoted);
    ing_order_free(&s->run.order);
    ing_keyset_free(s->run.keys);
    ing_hold_free(s->run.hold);
    ing_dedupe_free(s->run.winners);
    ing_invoice_free(s->run.invoice);
    ing_snapshot_free(s->run.snapshot);
    cst_writer_free(s->run.writer);
    cst_filter_free(s->where);
    cst_identity_free(s->identity);
    for (int i = 0; i < ING_LOOKUPS_MOST; i++) ing_lookup_free(s->plan.lookup[i]);
    ing_map_free(s->map);
    cst_table_free(s->map_table);
}

cst_status ing_session(const char *stream, const cst_inputs *in, const ing_options *o, cst_program_io *io,
                       bool *rejected, cst_error *e)
{
    session s = {.o = o, .io = io, .in = in};
    const struct cst_stream *which;
    cst_status status = find_stream(stream, &which, e);
    bool trials = status == CST_OK && strcmp(which->name, "trials") == 0;
    if (trials) which = cst_stream_find(cst_text_of("subscriptions"));
    if (status == CST_OK) status = ing_map_new(which, &s.map, e);
    if (status == CST_OK) s.map->trials = trials;
    if (status == CST_OK) status = load_map(&s, e);
    if (status == CST_OK) status = bind(&s, e);
    if (status == CST_OK) status = open_writer(&s, e);
    if (status == CST_OK) status = open_state(&s, e);
    if (status == CST_OK) status = read_all(&s, e);
    if (status == CST_OK) status = finish(&s, e);
    if (status == CST_OK) status = fill_manifest(&s, e);
    if (status == CST_OK) *rejected = cst_reader_totals(s.reader, SIZE_MAX).rejected > 0;
    release(&s);
    return status;
}
