/* metrics/spec.c: reads spec tables row by row and checks each cell against the few words it may hold. */
#include "metrics/spec.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include "expr/expr.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const from_names[] = {"events",  "subscriptions", "contacts", "outcomes", "milestones",
                                         "reasons", "accounts",      "renewals", "changes",  "endings"};
static const char *const aggregate_names[] = {"count",
                                              "sum",
                                              "mean",
                                              "min",
                                              "max",
                                              "first",
                                              "last",
                                              "distinct",
                                              "days_since_last",
                                              "days_until_next",
                                              "slope",
                                              "first_date",
                                              "last_date"};
const char *const met_cell_names[MET_CELLS] = {"metric", "from",  "aggregate", "column",
                                               "at",     "where", "window",    "expr"};
/* names of the columns that every output has */
static const char *const reserved[] = {"account_id", "period", "active"};

const char *met_from_name(met_from f)
{
    return from_names[f];
}

const char *met_aggregate_name(met_aggregate a)
{
    return aggregate_names[a];
}

bool met_aggregate_is_date(met_aggregate a)
{
    return a == MET_AGGREGATE_FIRST_DATE || a == MET_AGGREGATE_LAST_DATE;
}

cst_status met_metric_fail(const met_metric *m, int cell, cst_error *e, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return cst_fail_at(e, CST_DATA, m->place[cell], met_cell_names[cell], "%s", text);
}

/* The index of the cell's word, or an error that lists the words. */
static cst_status find_word(const met_metric *m, int cell, const char *const *word, size_t n,
                            const char *what, int *out, cst_error *e)
{
    cst_text names[MET_AGGREGATES];
    for (size_t i = 0; i < n; i++) {
        names[i] = cst_text_of(word[i]);
        *out = (int)i;
        if (cst_text_equal(names[i], m->cell[cell])) return CST_OK;
    }
    cst_buffer b = {0};
    cst_suggest_unknown(&b, what, m->cell[cell], names, n, "; there are ", n);
    cst_status status = met_metric_fail(m, cell, e, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return status;
}

static cst_status check_empty(const met_metric *m, int cell, const char *why, cst_error *e)
{
    if (!m->cell[cell].n) return CST_OK;
    return met_metric_fail(m, cell, e, "expected an empty cell, found \"%.*s\"; %s", (int)m->cell[cell].n,
                           m->cell[cell].p, why);
}

static cst_status check_derived(met_metric *m, cst_error *e)
{
    cst_status status = CST_OK;
    m->from = MET_FROM_DERIVED;
    if (!m->cell[MET_CELL_EXPR].n)
        return met_metric_fail(
            m, MET_CELL_FROM, e,
            "expected a stream, or an expression in the column expr, found neither for the "
            "metric \"%.*s\"",
            (int)m->cell[0].n, m->cell[0].p);
    for (int c = MET_CELL_AGGREGATE; c <= MET_CELL_WINDOW && status == CST_OK; c++)
        status = check_empty(m, c, "a row without from is derived and has only expr", e);
    return status;
}

/* count may have a column, and so may the dates, of which it is the one that counts; the days have none; all
 * others need one. */
static cst_status check_column(const met_metric *m, cst_error *e)
{
    bool days = m->aggregate == MET_AGGREGATE_SINCE || m->aggregate == MET_AGGREGATE_UNTIL;
    if (days) return check_empty(m, MET_CELL_COLUMN, "days are counted from the date in the column at", e);
    bool may = m->aggregate == MET_AGGREGATE_COUNT || met_aggregate_is_date(m->aggregate);
    if (may || m->cell[MET_CELL_COLUMN].n) return CST_OK;
    return met_metric_fail(m, MET_CELL_COLUMN, e, "expected a column for the aggregate %s, found none",
                           aggregate_names[m->aggregate]);
}

/* A hundred years, in any unit: what is longer is a slip of the hand. */
static bool is_sane_window(cst_duration d)
{
    const int most = d.unit == 'd'   ? 36525
                     : d.unit == 'w' ? 5218
                     : d.unit == 'm' ? 1200
                     : d.unit == 'q' ? 400
                                     : 100;
    return d.n <= most;
}

static cst_status read_window(met_metric *m, cst_error *e)
{
    cst_text cell = m->cell[MET_CELL_WINDOW];
    int shown = cell.n > 60 ? 60 : (int)cell.n;
    uint32_t zeros = 0;
    while (zeros < cell.n && cell.p[zeros] == '0') zeros++;
    if (zeros > 0 && zeros + 1 == cell.n && strchr("dwmqy", cell.p[zeros]))
        return met_metric_fail(
            m, MET_CELL_WINDOW, e,
            "expected a window of at least one day, found \"%.*s\", which holds no day; 1d is "
            "the period's last day, an empty cell is no limit",
            shown, cell.p);
    if (!cst_duration_parse(cell, &m->window))
        return met_metric_fail(m, MET_CELL_WINDOW, e,
                               "expected a number with d, w, m, q or y, as 30d, found \"%.*s\"", shown,
                               cell.p);
    if (!is_sane_window(m->window))
        return met_metric_fail(
            m, MET_CELL_WINDOW, e,
            "expected a window of at most 100 years, found \"%.*s\"; leave the cell empty for no "
            "limit",
            shown, cell.p);
    return CST_OK;
}

static cst_status check_measured(met_metric *m, cst_error *e)
{
    int from, aggregate;
    cst_status status = find_word(m, MET_CELL_FROM, from_names, MET_FROM_STREAMS, "a stream", &from, e);
    if (status == CST_OK)
        status =
            find_word(m, MET_CELL_AGGREGATE, aggregate_names, MET_AGGREGATES, "an aggregate", &aggregate, e);
    if (status != CST_OK) return status;
    m->from = (met_from)from;
    m->aggregate = (met_aggregate)aggregate;
    status = check_empty(m, MET_CELL_EXPR, "a row with from is measured; a condition goes to where", e);
    if (status == CST_OK) status = check_column(m, e);
    if (status != CST_OK) return status;
    return m->cell[MET_CELL_WINDOW].n ? read_window(m, e) : CST_OK;
}

size_t met_spec_find(const met_spec *s, cst_text name)
{
    for (size_t i = 0; i < s->n; i++)
        if (cst_text_equal(s->metric[i].cell[MET_CELL_METRIC], name)) return i;
    return SIZE_MAX;
}

static cst_status refuse_name(const met_metric *m, cst_text name, cst_error *e)
{
    cst_buffer found = {0};
    cst_buffer_add_visible(&found, name.p, name.n, 60);
    cst_status status =
        met_metric_fail(m, MET_CELL_METRIC, e,
                        "expected a name of letters, digits and _ that does not begin with a digit, as "
                        "active_users, found \"%s\"",
                        cst_buffer_string(&found));
    cst_buffer_free(&found);
    return status;
}

static cst_status check_name(const met_spec *s, const met_metric *m, cst_error *e)
{
    cst_text name = m->cell[MET_CELL_METRIC];
    if (!name.n)
        return met_metric_fail(m, MET_CELL_METRIC, e, "expected the name of a metric, found an empty cell");
    /* then it can be used in expressions, in rules and in models */
    if (!cst_expr_is_name(name)) return refuse_name(m, name, e);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (cst_text_is(name, reserved[i]))
            return met_metric_fail(m, MET_CELL_METRIC, e,
                                   "expected a name other than account_id, period and active, which every "
                                   "output has, found \"%s\"",
                                   reserved[i]);
    size_t other = met_spec_find(s, name);
    if (other == SIZE_MAX) return CST_OK;
    const cst_place *p = &s->metric[other].place[MET_CELL_METRIC];
    return met_metric_fail(m, MET_CELL_METRIC, e,
                           "expected each metric once, found \"%.*s\" again; it stands in %s:%llu already",
                           (int)name.n, name.p, p->file, (unsigned long long)p->line);
}

static cst_status add_row(met_spec *s, const cst_table *t, size_t row, const int *column, bool builtin,
                          cst_error *e)
{
    met_metric *m = &s->metric[s->n];
    *m = (met_metric){.builtin = builtin};
    for (int c = 0; c < MET_CELLS; c++) {
        m->cell[c] = cst_table_at(t, row, column[c]);
        m->place[c] = cst_table_place(t, row, column[c]);
    }
    cst_status status = check_name(s, m, e);
    if (status == CST_OK) m->name = strndup(m->cell[MET_CELL_METRIC].p, m->cell[MET_CELL_METRIC].n);
    if (status == CST_OK && !m->name) status = cst_no_memory(e);
    if (status == CST_OK) s->n++;
    if (status == CST_OK) status = m->cell[MET_CELL_FROM].n ? check_measured(m, e) : check_derived(m, e);
    return status;
}

cst_status met_spec_add(met_spec *s, cst_table *t, bool builtin, cst_error *e)
{
    int column[MET_CELLS];
    if (!cst_resize(&s->table, s->tables + 1, sizeof *s->table)) {
        cst_table_free(t);
        return cst_no_memory(e);
    }
    s->table[s->tables++] = t;
    if (!cst_resize(&s->metric, s->n + cst_table_rows(t) + 1, sizeof *s->metric)) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (int c = 0; c < MET_CELLS && status == CST_OK; c++)
        status = cst_table_bind(t, met_cell_names[c], c <= MET_CELL_AGGREGATE ? CST_REQUIRED : CST_OPTIONAL,
                                &column[c], e);
    if (status < 0) return cst_error_advise(e, status, "--print-spec NAME shows a table of metrics");
    for (size_t r = 0; r < cst_table_rows(t) && status == CST_OK; r++)
        status = add_row(s, t, r, column, builtin, e);
    return status;
}

void met_spec_clear(met_spec *s)
{
    for (size_t i = 0; i < s->tables; i++) cst_table_free(s->table[i]);
    for (size_t i = 0; i < s->n; i++) free(s->metric[i].name);
    free(s->table);
    free(s->metric);
    *s = (met_spec){0};
}
