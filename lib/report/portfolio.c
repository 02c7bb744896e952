/* report/portfolio.c: the portfolio tracker: a row for each customer, for a sheet or another program.
 * What an input brings is a column where the input is given. */
#include "base/memory.h"
#include "base/text.h"
#include "report/customers.h"
#include <stdlib.h>
#include <string.h>

/* Where a cell comes from: a column of a table as it stands there, or one that is looked for in several. */
typedef struct portfolio_column {
    const char *name;
    list_table table;
    const char *from;
    enum cst_column_kind kind;
    bool computed; /* see put_computed */
} portfolio_column;

static const portfolio_column fixed[] = {
    {"owner", LIST_ACCOUNTS, NULL, CST_COL_TEXT, true},
    {"account_id", LIST_ACCOUNTS, "account_id", CST_COL_TEXT, false},
    {"name", LIST_ACCOUNTS, "name", CST_COL_TEXT, false},
    {"segment", LIST_ACCOUNTS, "segment", CST_COL_TEXT, false},
    {"mrr", LIST_METRICS, "mrr", CST_COL_NUMBER, false},
    {"renewal_date", LIST_ACCOUNTS, "renewal_date", CST_COL_TEXT, false},
    {"due_date", LIST_BOOK, "due_date", CST_COL_TEXT, false},
    {"notice_date", LIST_BOOK, "notice_date", CST_COL_TEXT, false},
    {"known_end", LIST_BOOK, "known_end", CST_COL_TEXT, false},
    {"score", LIST_SCORES, "score", CST_COL_NUMBER, false},
    {"band", LIST_SCORES, "band", CST_COL_TEXT, false},
    {"trend", LIST_SCORES, "vector", CST_COL_TEXT, false},
    {"open_flags", LIST_FLAGS, NULL, CST_COL_NUMBER, true},
    {"worst_severity", LIST_FLAGS, NULL, CST_COL_TEXT, true},
    {"worst_flag", LIST_FLAGS, NULL, CST_COL_TEXT, true},
    {"last_contact", LIST_TOUCHPOINTS, NULL, CST_COL_TEXT, true},
    {"overdue_milestones", LIST_MILESTONES, NULL, CST_COL_NUMBER, true},
    {"next_milestone", LIST_MILESTONES, NULL, CST_COL_TEXT, true},
    {"note", LIST_ACCOUNTS, "note", CST_COL_TEXT, false},
};
enum { FIXED = sizeof fixed / sizeof *fixed };

typedef struct portfolio {
    report_customers c;
    portfolio_column *column;
    size_t columns;
    cst_writer *w;
} portfolio;

/* A likelihood of cs-score is a column NAME whose NAME_amount is what it costs to be expected. */
static bool is_likelihood(const cst_table *scores, size_t column, int *amount)
{
    char name[256];
    cst_text t = cst_table_name(scores, column);
    if (t.n + sizeof "_amount" > sizeof name) return false;
    snprintf(name, sizeof name, "%.*s_amount", (int)t.n, t.p);
    *amount = report_page_column(scores, name);
    return *amount >= 0;
}

static void add_column(portfolio *p, portfolio_column column)
{
    p->column[p->columns++] = column;
}

/* Those of the likelihoods, behind the trend. */
static void add_likelihoods(portfolio *p)
{
    const cst_table *t = p->c.in[LIST_SCORES];
    int amount;
    for (size_t k = 0; t && k < cst_table_columns(t); k++) {
        if (!is_likelihood(t, k, &amount)) continue;
        const char *name = cst_table_name(t, k).p, *its = cst_table_name(t, (size_t)amount).p;
        add_column(p, (portfolio_column){name, LIST_SCORES, name, CST_COL_NUMBER, false});
        add_column(p, (portfolio_column){its, LIST_SCORES, its, CST_COL_NUMBER, false});
    }
}

static cst_status choose_columns(portfolio *p, cst_error *e)
{
    const report_customers *c = &p->c;
    size_t most = FIXED + (c->in[LIST_SCORES] ? 2 * cst_table_columns(c->in[LIST_SCORES]) : 0);
    p->column = calloc(most, sizeof *p->column);
    if (!p->column) return cst_no_memory(e);
    for (size_t i = 0; i < FIXED; i++) {
        const portfolio_column *x = &fixed[i];
        bool there = c->in[x->table] && (x->computed || report_page_column(c->in[x->table], x->from) >= 0);
        if (strcmp(x->name, "owner") == 0) there = c->owner >= 0;
        if (there) add_column(p, *x);
        if (strcmp(x->name, "trend") == 0) add_likelihoods(p);
    }
    return CST_OK;
}

/* ---- cells ---- */

static cst_day last_contact(const report_customers *c, cst_text account)
{
    cst_day last = CST_DAY_NONE;
    size_t n, first = report_customers_rows(c, LIST_TOUCHPOINTS, account, &n);
    for (size_t i = first; i < first + n; i++) {
        cst_text at =
            report_customers_cell(c, LIST_TOUCHPOINTS, c->index[LIST_TOUCHPOINTS].entry[i].row, "event_time");
        cst_day day;
        if (at.n >= 10 && cst_day_parse((cst_text){at.p, 10}, &day) && day <= c->night &&
            (last == CST_DAY_NONE || day > last))
            last = day;
    }
    return last;
}

/* Milestones that are not done: how many are overdue, and the next that is not. */
static void count_milestones(const report_customers *c, cst_text account, uint64_t *overdue, cst_day *next)
{
    size_t n, first = report_customers_rows(c, LIST_MILESTONES, account, &n);
    *overdue = 0;
    *next = CST_DAY_NONE;
    for (size_t i = first; i < first + n; i++) {
        size_t row = c->index[LIST_MILESTONES].entry[i].row;
        cst_day due = report_customers_day(c, LIST_MILESTONES, row, "due_date"),
                done = report_customers_day(c, LIST_MILESTONES, row, "done_date");
        if (due == CST_DAY_NONE || (done != CST_DAY_NONE && done <= c->night)) continue;
        *overdue += due < c->night;
        if (due >= c->night && (*next == CST_DAY_NONE || due < *next)) *next = due;
    }
}

static void put_day(cst_writer *w, cst_day day)
{
    if (day == CST_DAY_NONE)
        cst_put_missing(w);
    else
        cst_put_day(w, day);
}

static void put_computed(const portfolio *p, const portfolio_column *x, cst_text account, cst_writer *w)
{
    const report_customers *c = &p->c;
    uint64_t overdue;
    size_t open, worst;
    cst_day next;
    switch (x->table) {
    case LIST_FLAGS:
        worst = report_customers_worst(c, account, &open);
        if (strcmp(x->name, "open_flags") == 0)
            cst_put_int(w, (int64_t)open);
        else if (worst == SIZE_MAX)
            cst_put_missing(w);
        else
            cst_put_text(w, report_customers_cell(c, LIST_FLAGS, worst,
                                                  strcmp(x->name, "worst_flag") == 0 ? "flag" : "severity"));
        return;
    case LIST_TOUCHPOINTS:
        put_day(w, last_contact(c, account));
        return;
    case LIST_MILESTONES:
        count_milestones(c, account, &overdue, &next);
        if (strcmp(x->name, "next_milestone") == 0)
            put_day(w, next);
        else
            cst_put_int(w, (int64_t)overdue);
        return;
    default:
        cst_put_text(w, report_customers_owner(c, account));
    }
}

static cst_status put_account(void *context, cst_text account, cst_error *e)
{
    portfolio *p = context;
    for (size_t i = 0; i < p->columns; i++) {
        const portfolio_column *x = &p->column[i];
        if (x->computed)
            put_computed(p, x, account, p->w);
        else
            cst_put_text(p->w, report_customers_text(&p->c, x->table, account, x->from));
    }
    return cst_end_row(p->w, e);
}

static cst_status write_table(portfolio *p, cst_error *e)
{
    cst_column *columns = calloc(p->columns, sizeof *columns);
    if (!columns) return cst_no_memory(e);
    for (size_t i = 0; i < p->columns; i++) columns[i] = (cst_column){p->column[i].name, p->column[i].kind};
    cst_status status = cst_io_writer(p->c.io, columns, p->columns, &p->w, e);
    if (status == CST_OK) status = report_customers_each(&p->c, put_account, p, e);
    if (status == CST_OK) status = cst_writer_finish(p->w, e);
    cst_writer_free(p->w);
    free(columns);
    return status;
}

cst_status report_portfolio_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    portfolio p = {.columns = 0};
    cst_status status = report_customers_open(&p.c, "portfolio", o, io, e);
    if (status == CST_OK) status = choose_columns(&p, e);
    cst_sink_private(cst_io_main(io));
    if (status == CST_OK) status = write_table(&p, e);
    report_customers_free(&p.c);
    free(p.column);
    return status;
}
