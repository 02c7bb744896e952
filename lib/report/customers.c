/* customers.c: see customers.h. */
#include "report/customers.h"
#include "base/text.h"
#include "program/checks.h"
#include "tables/metrics_rows.h"
#include "tables/streams.h"

/* Of metrics, which are many, only what lists and account pages show is held. */
static const char *const metrics_shown[] = {
    "account_id",      "period",           "active",      "mrr", "active_users_30d",
    "active_days_30d", "seat_utilization", "tickets_90d", NULL};

static cst_status open_tables(report_customers *c, cst_error *e)
{
    const report_options *o = c->o;
    const struct {
        const char *path, *period; /* period: only the last counts */
    } table[LIST_TABLES] = {[LIST_ACCOUNTS] = {o->accounts, NULL},
                            [LIST_METRICS] = {o->metrics, "period"},
                            [LIST_SCORES] = {o->scores, "period"},
                            [LIST_FLAGS] = {o->flags, NULL},
                            [LIST_BOOK] = {o->book, NULL},
                            [LIST_MILESTONES] = {o->milestones, NULL},
                            [LIST_OUTCOMES] = {o->outcomes, NULL},
                            [LIST_CONTACTS] = {o->contacts, NULL},
                            [LIST_TOUCHPOINTS] = {o->touchpoints, NULL}};
    cst_status status = CST_OK;
    for (int i = 0; i < LIST_TABLES && status == CST_OK; i++) {
        int account;
        if (!table[i].path) continue;
        status = cst_io_table_columns(c->io, table[i].path, i == LIST_METRICS ? metrics_shown : NULL,
                                      &c->in[i], e);
        if (status == CST_OK) status = cst_table_bind(c->in[i], "account_id", CST_REQUIRED, &account, e);
        if (status == CST_OK) status = report_index_new(c->in[i], table[i].period, &c->index[i], e);
    }
    return status;
}

/* The last period of a table by account and period. */
static cst_day find_last(const report_customers *c, list_table t)
{
    const report_index *x = &c->index[t];
    return x->n ? report_customers_day(c, t, x->entry[0].row, "period") : CST_DAY_NONE;
}

static cst_status find_night(report_customers *c, const char *mode, cst_error *e)
{
    cst_day metrics = find_last(c, LIST_METRICS), scores = find_last(c, LIST_SCORES);
    c->night = c->o->as_of != CST_DAY_NONE ? c->o->as_of : metrics != CST_DAY_NONE ? metrics : scores;
    if (c->night == CST_DAY_NONE)
        return cst_fail(e, CST_USAGE,
                        "%s: expected --as-of DATE, or --metrics or --scores, whose last period is the day; "
                        "found none of them",
                        mode);
    return CST_OK;
}

static cst_status find_owner(report_customers *c, cst_error *e)
{
    c->owner = report_page_column(c->in[LIST_ACCOUNTS], c->o->by ? c->o->by : "csm");
    if (c->owner < 0 && c->o->by)
        return cst_table_bind(c->in[LIST_ACCOUNTS], c->o->by, CST_REQUIRED, &c->owner, e);
    if (c->owner < 0) c->owner = report_page_column(c->in[LIST_ACCOUNTS], "owner");
    return CST_OK;
}

/* Rows of accounts that --accounts lacks would be in no list, without a word. */
static void check_rows(const report_customers *c)
{
    for (int t = LIST_ACCOUNTS + 1; t < LIST_TABLES; t++) {
        const report_index *x = &c->index[t];
        uint64_t n = 0;
        size_t first = SIZE_MAX;
        for (size_t i = 0; i < x->n; i++) {
            if (x->entry[i].account.n == 0) continue; /* a row of totals */
            if (report_index_find(&c->index[LIST_ACCOUNTS], x->entry[i].account) != SIZE_MAX) continue;
            if (x->entry[i].row < first) first = x->entry[i].row;
            n++;
        }
        if (n == 0) continue;
        int column = report_page_column(c->in[t], "account_id");
        cst_text account = cst_table_at(c->in[t], first, column);
        cst_io_check(
            c->io,
            &(cst_finding){
                .id = CST_CHECK_UNMATCHED_ROW, .first = cst_table_place(c->in[t], first, column), .count = n},
            "expected the accounts of %s, found \"%.*s\" and others in %llu row%s: they are in no list",
            c->o->accounts, (int)account.n, account.p, (unsigned long long)n, n == 1 ? "" : "s");
    }
}

/* --owner names someone who looks after somebody. */
static cst_status check_owner(const report_customers *c, cst_error *e)
{
    const cst_table *t = c->in[LIST_ACCOUNTS];
    if (!c->o->owner) return CST_OK;
    if (c->owner < 0)
        return cst_fail(
            e, CST_USAGE,
            "--owner: expected a column csm or owner in %s, found neither; name the column with --by",
            c->o->accounts);
    for (size_t row = 0; row < cst_table_rows(t); row++)
        if (cst_text_is(cst_table_at(t, row, c->owner), c->o->owner)) return CST_OK;
    return cst_fail(e, CST_USAGE, "--owner: expected a value of the column %s of %s, found \"%s\"",
                    cst_table_name(t, (size_t)c->owner).p, c->o->accounts, c->o->owner);
}

cst_status report_customers_open(report_customers *c, const char *mode, const report_options *o,
                                 cst_program_io *io, cst_error *e)
{
    *c = (report_customers){.o = o, .io = io, .night = CST_DAY_NONE, .owner = -1};
    if (!o->accounts) return cst_option_needs(mode, "--accounts FILE", "it has a row for each account", e);
    cst_status status = open_tables(c, e);
    if (status == CST_OK) status = find_owner(c, e);
    if (status == CST_OK) status = check_owner(c, e);
    if (status == CST_OK) status = find_night(c, mode, e);
    if (status == CST_OK) check_rows(c);
    return status == CST_OK ? cst_io_checked(io, e) : status;
}

void report_customers_free(report_customers *c)
{
    for (int i = 0; i < LIST_TABLES; i++) {
        report_index_free(&c->index[i]);
        cst_table_free(c->in[i]);
    }
}

cst_text report_customers_text(const report_customers *c, list_table t, cst_text account, const char *column)
{
    return report_index_text(&c->index[t], account, column);
}

chart_value report_customers_value(const report_customers *c, list_table t, cst_text account,
                                   const char *column)
{
    size_t row = c->in[t] ? report_index_find(&c->index[t], account) : SIZE_MAX;
    int at = row == SIZE_MAX ? -1 : report_page_column(c->in[t], column);
    return at < 0 ? CHART_NONE : report_page_value(c->in[t], row, at);
}

size_t report_customers_rows(const report_customers *c, list_table t, cst_text account, size_t *n)
{
    const report_index *x = &c->index[t];
    size_t first = report_index_first(x, account), end = first;
    while (end < x->n && cst_text_equal(x->entry[end].account, account)) end++;
    *n = end - first;
    return first;
}

cst_text report_customers_cell(const report_customers *c, list_table t, size_t row, const char *column)
{
    int at = report_page_column(c->in[t], column);
    return at < 0 ? (cst_text){"", 0} : cst_table_at(c->in[t], row, at);
}

cst_day report_customers_day(const report_customers *c, list_table t, size_t row, const char *column)
{
    cst_day day;
    return cst_day_parse(report_customers_cell(c, t, row, column), &day) ? day : CST_DAY_NONE;
}

cst_text report_customers_name(const report_customers *c, cst_text account)
{
    cst_text name = report_customers_text(c, LIST_ACCOUNTS, account, "name");
    return name.n ? name : account;
}

cst_text report_customers_owner(const report_customers *c, cst_text account)
{
    size_t row = report_index_find(&c->index[LIST_ACCOUNTS], account);
    return row == SIZE_MAX || c->owner < 0 ? (cst_text){"", 0}
                                           : cst_table_at(c->in[LIST_ACCOUNTS], row, c->owner);
}

cst_status report_customers_each(const report_customers *c, report_customer_visit *visit, void *context,
                                 cst_error *e)
{
    const report_index *x = &c->index[LIST_ACCOUNTS];
    cst_status status = CST_OK;
    uint64_t n = 0, gone = 0;
    for (size_t i = 0; i < x->n && status == CST_OK; i++) {
        cst_text account = x->entry[i].account;
        cst_money mrr;
        if (i > 0 && cst_text_equal(account, x->entry[i - 1].account)) continue;
        if (c->o->owner && !cst_text_is(report_customers_owner(c, account), c->o->owner)) continue;
        n++;
        if (!report_is_customer(&c->index[LIST_METRICS], account, &mrr))
            gone++;
        else
            status = visit(context, account, e);
    }
    if (gone && status == CST_OK)
        cst_io_note(c->io, "left out %llu of %llu accounts, which are no customers on the day",
                    (unsigned long long)gone, (unsigned long long)n);
    return status;
}

size_t report_customers_grade(const report_customers *c, size_t row)
{
    cst_text severity = report_customers_cell(c, LIST_FLAGS, row, "severity");
    size_t k = 0;
    while (cst_severities[k] && !cst_text_is(severity, cst_severities[k])) k++;
    return k;
}

typedef bool flag_test(const report_customers *c, size_t row);

bool report_customers_is_open(const report_customers *c, size_t row)
{
    return cst_text_is(report_customers_cell(c, LIST_FLAGS, row, "status"), "open");
}

static bool is_opened(const report_customers *c, size_t row)
{
    return cst_text_is(report_customers_cell(c, LIST_FLAGS, row, "change"), "opened") &&
           report_customers_cell(c, LIST_FLAGS, row, "play").n > 0;
}

static size_t find_gravest(const report_customers *c, cst_text account, flag_test *counts, size_t *n)
{
    size_t rows, first = report_customers_rows(c, LIST_FLAGS, account, &rows), worst = SIZE_MAX,
                 least = SIZE_MAX;
    *n = 0;
    for (size_t i = first; i < first + rows; i++) {
        size_t row = c->index[LIST_FLAGS].entry[i].row;
        if (!counts(c, row)) continue;
        size_t k = report_customers_grade(c, row);
        ++*n;
        if (k < least) worst = row, least = k;
    }
    return worst;
}

size_t report_customers_worst(const report_customers *c, cst_text account, size_t *n)
{
    return find_gravest(c, account, report_customers_is_open, n);
}

size_t report_customers_opened(const report_customers *c, cst_text account, size_t *n)
{
    return find_gravest(c, account, is_opened, n);
}
