/* report/account.c: the page of one customer: where it stands, what is wrong and what to do, what costs
 * the points, how it got here, who they are and what they wanted, and what happened. */
#include "report/account.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

static cst_status open_events(report_accounts *a, const cst_list *files, cst_error *e)
{
    cst_status status = CST_OK;
    a->event = calloc(files->n + 1, sizeof *a->event);
    a->events = calloc(files->n + 1, sizeof *a->events);
    if (!a->event || !a->events) return cst_no_memory(e);
    for (size_t i = 0; i < files->n && status == CST_OK; i++) {
        int column;
        a->event_files++;
        status = cst_io_table(a->c.io, files->v[i], &a->event[i], e);
        if (status == CST_OK) status = cst_table_bind(a->event[i], "account_id", CST_REQUIRED, &column, e);
        if (status == CST_OK) status = cst_table_bind(a->event[i], "event_time", CST_REQUIRED, &column, e);
        if (status == CST_OK) status = report_index_new(a->event[i], NULL, &a->events[i], e);
    }
    return status;
}

static cst_status open_one(report_accounts *a, const char *path, cst_table **t, report_index *x, cst_error *e)
{
    int account;
    if (!path) return CST_OK;
    cst_status status = cst_io_table(a->c.io, path, t, e);
    if (status == CST_OK) status = cst_table_bind(*t, "account_id", CST_REQUIRED, &account, e);
    return status == CST_OK ? report_index_new(*t, NULL, x, e) : status;
}

cst_status report_accounts_open(report_accounts *a, const char *mode, const report_options *o,
                                cst_program_io *io, cst_error *e)
{
    *a = (report_accounts){.p = {.io = io, .o = o, .night = CST_DAY_NONE}};
    cst_status status = report_customers_open(&a->c, mode, o, io, e);
    if (status == CST_OK) status = report_page_words(&a->p, e);
    if (status == CST_OK) status = report_index_new(a->c.in[LIST_METRICS], NULL, &a->metrics, e);
    if (status == CST_OK) status = report_index_new(a->c.in[LIST_SCORES], NULL, &a->scores, e);
    if (status == CST_OK) status = open_one(a, o->detail, &a->detail, &a->movements, e);
    if (status == CST_OK) status = open_one(a, o->explain, &a->explain, &a->points, e);
    if (status == CST_OK) status = open_events(a, &o->events, e);
    if (status == CST_OK) report_bands_find(&a->c.index[LIST_SCORES], &a->c.index[LIST_METRICS], &a->bands);
    return status;
}

void report_accounts_free(report_accounts *a)
{
    for (size_t i = 0; i < a->event_files; i++) {
        report_index_free(&a->events[i]);
        cst_table_free(a->event[i]);
    }
    free(a->event);
    free(a->events);
    report_index_free(&a->metrics);
    report_index_free(&a->scores);
    report_index_free(&a->movements);
    report_index_free(&a->points);
    cst_table_free(a->detail);
    cst_table_free(a->explain);
    report_customers_free(&a->c);
    report_page_close(&a->p);
}

/* ---- where do we stand ---- */

static void put_fact(report_page *p, const char *key, cst_text value, cst_text more)
{
    if (value.n == 0) return;
    report_put(p, "<dt>");
    report_put_text(p, report_word(p, key));
    report_put(p, "<dd>");
    report_put_name(p, value);
    if (more.n == 0) return;
    report_put(p, " \xC2\xB7 ");
    report_put_text(p, more);
}

static void put_score(report_accounts *a, cst_text account)
{
    report_page *p = &a->p;
    cst_text band = report_customers_text(&a->c, LIST_SCORES, account, "band");
    chart_value score = report_customers_value(&a->c, LIST_SCORES, account, "score");
    if (score == CHART_NONE && band.n == 0) return;
    const char *class = report_band_class(&a->bands, band);
    report_put(p, "<dt>");
    report_put_text(p, report_word(p, "account.health"));
    report_put(p, "<dd><span class=");
    report_put(p, *class ? class : "t");
    report_put(p, ">");
    report_put_text(p, band);
    report_put(p, "</span> ");
    if (score != CHART_NONE) report_put(p, chart_decimals(score, 1, 1).s);
    cst_text vector = report_customers_text(&a->c, LIST_SCORES, account, "vector");
    if (vector.n) report_put(p, " \xC2\xB7 ");
    report_put_text(p, vector);
}

static void put_renewal(report_accounts *a, cst_text account)
{
    report_page *p = &a->p;
    cst_day day;
    cst_text date = report_customers_text(&a->c, LIST_BOOK, account, "due_date");
    if (date.n == 0) date = report_customers_text(&a->c, LIST_ACCOUNTS, account, "renewal_date");
    if (!cst_day_parse(date, &day)) return;
    char n[16];
    snprintf(n, sizeof n, "%d", day - a->c.night);
    report_put(p, "<dt>");
    report_put_text(p, report_word(p, "account.renewal"));
    report_put(p, "<dd>");
    report_put(p, chart_day(day).s);
    if (day < a->c.night) return;
    report_put(p, " \xC2\xB7 ");
    report_say(p, "account.in", "n", n, NULL);
}

static void put_where(report_accounts *a, cst_text account)
{
    static const char *const columns[] = {"segment", "industry", "country", "seats", "parent_id", "note"};
    report_page *p = &a->p;
    chart_value mrr = report_customers_value(&a->c, LIST_METRICS, account, "mrr");
    report_begin_section(p, "where");
    report_say(p, mrr == CHART_NONE ? "where.none" : "where.answer", "mrr", chart_money(mrr).s, NULL);
    report_put(p, "</p><dl>");
    if (mrr != CHART_NONE) put_fact(p, "account.mrr", cst_text_of(chart_money(mrr).s), (cst_text){"", 0});
    put_renewal(a, account);
    put_score(a, account);
    cst_day day;
    if (cst_day_parse(report_customers_text(&a->c, LIST_ACCOUNTS, account, "signup_date"), &day))
        put_fact(p, "account.since", cst_text_of(chart_day(day).s), (cst_text){"", 0});
    put_fact(p, "account.owner", report_customers_owner(&a->c, account), (cst_text){"", 0});
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        char key[40];
        snprintf(key, sizeof key, "account.%s", columns[i]);
        put_fact(p, key, report_customers_text(&a->c, LIST_ACCOUNTS, account, columns[i]), (cst_text){"", 0});
    }
    report_put(p, "</dl>");
    report_end_section(p);
}

/* ---- what is wrong, and what to do ---- */

/* A name of a column or flag without its underscores. */
static void put_plain(report_page *p, cst_text t)
{
    char plain[80];
    size_t n = t.n < sizeof plain ? t.n : sizeof plain;
    for (size_t i = 0; i < n; i++) plain[i] = t.p[i] == '_' ? ' ' : t.p[i];
    report_put_text(p, (cst_text){plain, (uint32_t)n});
}

static void put_flag(report_accounts *a, size_t row)
{
    report_page *p = &a->p;
    cst_day since = report_customers_day(&a->c, LIST_FLAGS, row, "since");
    cst_text saw = report_customers_cell(&a->c, LIST_FLAGS, row, "text");
    if (saw.n == 0) saw = report_customers_cell(&a->c, LIST_FLAGS, row, "value");
    report_put(p, "\n<tr><th>");
    if (cst_text_is(report_customers_cell(&a->c, LIST_FLAGS, row, "change"), "opened")) {
        report_put(p, "<b class=new>");
        report_put_text(p, report_word(p, "new"));
        report_put(p, "</b> ");
    }
    put_plain(p, report_customers_cell(&a->c, LIST_FLAGS, row, "flag"));
    report_put(p, "<td>");
    report_put_text(p, report_customers_cell(&a->c, LIST_FLAGS, row, "severity"));
    report_put_cell(p, "<td>", chart_day(since));
    report_put(p, "<td class=\"t w\">");
    report_put_text(p, saw);
    report_put(p, "<td class=\"t w\">");
    report_put_text(p, report_customers_cell(&a->c, LIST_FLAGS, row, "play"));
    report_put(p, "<td class=t>");
    report_put_text(p, report_customers_cell(&a->c, LIST_FLAGS, row, "owner"));
}

typedef struct open_flag {
    size_t row, grade;
    bool is_new;
    cst_day since;
} open_flag;

/* New first, then the gravest, then the youngest. */
static int compare_flags(const void *x, const void *y)
{
    const open_flag *a = x, *b = y;
    if (a->is_new != b->is_new) return a->is_new ? -1 : 1;
    if (a->grade != b->grade) return a->grade < b->grade ? -1 : 1;
    if (a->since != b->since) return a->since > b->since ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static cst_status put_flags(report_accounts *a, cst_text account, cst_error *e)
{
    size_t rows, first = report_customers_rows(&a->c, LIST_FLAGS, account, &rows), n = 0;
    open_flag *flag = calloc(rows + 1, sizeof *flag);
    if (!flag) return cst_no_memory(e);
    for (size_t i = first; i < first + rows; i++) {
        size_t row = a->c.index[LIST_FLAGS].entry[i].row;
        if (!report_customers_is_open(&a->c, row)) continue;
        flag[n++] = (open_flag){
            .row = row,
            .grade = report_customers_grade(&a->c, row),
            .is_new = cst_text_is(report_customers_cell(&a->c, LIST_FLAGS, row, "change"), "opened"),
            .since = report_customers_day(&a->c, LIST_FLAGS, row, "since")};
    }
    if (n) {
        qsort(flag, n, sizeof *flag, compare_flags);
        report_begin_table(&a->p, "<table class=\"stack fl\">", NULL, "wrong.heads");
        for (size_t i = 0; i < n; i++) put_flag(a, flag[i].row);
        report_put(&a->p, "\n</table>");
    }
    free(flag);
    return CST_OK;
}

static cst_status put_wrong(report_accounts *a, cst_text account, cst_error *e)
{
    report_page *p = &a->p;
    size_t open;
    char n[24];
    report_begin_section(p, "wrong");
    if (!a->c.in[LIST_FLAGS]) {
        report_no_input(p, "list of flags");
        return CST_OK;
    }
    (void)report_customers_worst(&a->c, account, &open);
    snprintf(n, sizeof n, "%zu", open);
    report_say(p, open == 0 ? "wrong.none" : open == 1 ? "wrong.one" : "wrong.answer", "n", n, NULL);
    report_put(p, "</p>");
    cst_status status = put_flags(a, account, e);
    report_end_section(p);
    return status;
}

/* ---- what costs the points ---- */

/* A number with at most two decimals; else the text. */
static void put_value(report_page *p, const cst_table *t, size_t row, int column)
{
    chart_value v = report_page_value(t, row, column);
    report_put(p, "<td>");
    if (v == CHART_NONE)
        report_put_text(p, cst_table_at(t, row, column));
    else
        report_put(p, chart_decimals(v, 0, 2).s);
}

static int compare_lost(const void *x, const void *y)
{
    const chart_value *a = x, *b = y; /* lost, row */
    if (a[0] != b[0]) return a[0] > b[0] ? -1 : 1;
    return (a[1] > b[1]) - (a[1] < b[1]);
}

static cst_status put_points(report_accounts *a, cst_text account, cst_error *e)
{
    report_page *p = &a->p;
    const cst_table *t = a->explain;
    int measure = report_page_column(t, "measure"), value = report_page_column(t, "value"),
        given = report_page_column(t, "points_given"), lost = report_page_column(t, "points_lost"),
        period = report_page_column(t, "period");
    if (!t) return CST_OK;
    if (measure < 0 || given < 0 || lost < 0)
        return cst_fail_at(
            e, CST_DATA, (cst_place){cst_table_file(t), 1, 0}, NULL,
            "expected the columns measure, points_given and points_lost, found others; --explain is what "
            "cs-score --explain writes");
    size_t n = 0, first = report_index_first(&a->points, account);
    chart_value(*row)[2] = calloc(a->points.n + 1, sizeof *row);
    if (!row) return cst_no_memory(e);
    for (size_t i = first; i < a->points.n && cst_text_equal(a->points.entry[i].account, account); i++) {
        size_t at = a->points.entry[i].row;
        chart_value v = report_page_value(t, at, lost);
        if (v == CHART_NONE || (period >= 0 && report_page_day(t, at, period) != a->c.night)) continue;
        row[n][0] = v;
        row[n++][1] = (chart_value)at;
    }
    if (n) {
        qsort(row, n, sizeof *row, compare_lost);
        report_begin_section(p, "points");
        cst_text worst = cst_table_at(t, (size_t)row[0][1], measure);
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(worst.n < 60 ? worst.n : 60), worst.p);
        for (char *c = name; *c; c++) *c = *c == '_' ? ' ' : *c;
        report_say(p, "points.answer", "measure", name, "lost", chart_decimals(row[0][0], 1, 1).s, NULL);
        report_put(p, "</p>");
        report_begin_table(p, "<div class=x><table>", NULL, "points.heads");
        for (size_t i = 0; i < n; i++) {
            size_t at = (size_t)row[i][1];
            report_put(p, "\n<tr><th>");
            put_plain(p, cst_table_at(t, at, measure));
            put_value(p, t, at, value);
            report_put_cell(p, "<td>", chart_decimals(report_page_value(t, at, given), 1, 1));
            report_put_cell(p, "<td>", chart_decimals(row[i][0], 1, 1));
        }
        report_put(p, "\n</table></div>");
        report_end_section(p);
    }
    free(row);
    return CST_OK;
}

/* ---- how did it get here ---- */

static const struct line {
    const char *column, *key;
    chart_unit unit;
} lines[] = {{"mrr", "here.mrr", CHART_MONEY},
             {"active_users_30d", "here.users", CHART_COUNT},
             {"active_days_30d", "here.days", CHART_COUNT},
             {"seat_utilization", "here.seats", CHART_PERCENT},
             {"tickets_90d", "here.tickets", CHART_COUNT}};
enum { MONTHS = 24 };

static cst_status put_line(report_accounts *a, const struct line *l, const chart_value *v, size_t n,
                           cst_error *e)
{
    report_page *p = &a->p;
    chart_value most = CHART_NONE;
    chart_drawing d = {0};
    chart_frame frame = {.id = 0};
    for (size_t i = 0; i < n; i++)
        if (v[i] != CHART_NONE && (most == CHART_NONE || v[i] > most)) most = v[i];
    if (most == CHART_NONE) return CST_OK;
    report_put(p, "<figure><figcaption><b>");
    report_put_text(p, report_word(p, l->key));
    report_put(p, "</b><br>");
    report_say(p, v[n - 1] == CHART_NONE ? "here.most" : "here.now", "now", chart_figure(v[n - 1], l->unit).s,
               "most", chart_figure(most, l->unit).s, NULL);
    report_put(p, "</figcaption>");
    chart_sparkline(&d, v, n, 0);
    cst_status status = chart_write(&p->out, &d, &frame, e);
    chart_drawing_free(&d);
    report_put(p, "</figure>");
    return status;
}

typedef struct month {
    cst_day day;
    size_t row;
} month;

static int compare_months(const void *x, const void *y)
{
    const month *a = x, *b = y;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* The metrics of an account in order of time; CST_MEMORY. The caller frees them. */
static cst_status find_months(const report_accounts *a, cst_text account, month **out, size_t *n,
                              cst_error *e)
{
    const cst_table *t = a->c.in[LIST_METRICS];
    int period = report_page_column(t, "period");
    size_t first = report_index_first(&a->metrics, account), end = first;
    while (end < a->metrics.n && cst_text_equal(a->metrics.entry[end].account, account)) end++;
    *n = 0;
    if (!(*out = calloc(end - first + 1, sizeof **out))) return cst_no_memory(e);
    for (size_t i = first; i < end; i++) {
        month m = {report_page_day(t, a->metrics.entry[i].row, period), a->metrics.entry[i].row};
        if (m.day != CST_DAY_NONE && m.day <= a->c.night) (*out)[(*n)++] = m;
    }
    if (*n) qsort(*out, *n, sizeof **out, compare_months);
    return CST_OK;
}

static cst_status put_here(report_accounts *a, cst_text account, cst_error *e)
{
    report_page *p = &a->p;
    const cst_table *t = a->c.in[LIST_METRICS];
    month *at;
    size_t n;
    cst_status status = find_months(a, account, &at, &n, e);
    if (status == CST_OK && n > 1) {
        size_t from = n > MONTHS ? n - MONTHS : 0;
        report_begin_section(p, "here");
        report_say(p, "here.answer", "from", chart_month(at[from].day).s, "to", chart_month(at[n - 1].day).s,
                   NULL);
        report_put(p, "</p><div class=sm>");
        for (size_t k = 0; k < sizeof lines / sizeof *lines && status == CST_OK; k++) {
            chart_value v[MONTHS];
            int column = report_page_column(t, lines[k].column);
            if (column < 0) continue;
            for (size_t i = from; i < n; i++) v[i - from] = report_page_value(t, at[i].row, column);
            status = put_line(a, &lines[k], v, n - from, e);
        }
        report_put(p, "</div>");
        report_end_section(p);
    }
    free(at);
    return status;
}

/* ---- who are they, and what did they want ---- */

static void put_contacts(report_accounts *a, cst_text account)
{
    report_page *p = &a->p;
    size_t n, first = report_customers_rows(&a->c, LIST_CONTACTS, account, &n);
    if (n == 0 || a->c.o->no_people) return;
    report_begin_table(p, "<div class=x><table>", "who.contacts", "who.contacts.heads");
    for (size_t i = first; i < first + n; i++) {
        size_t row = a->c.index[LIST_CONTACTS].entry[i].row;
        cst_day start = report_customers_day(&a->c, LIST_CONTACTS, row, "start_date"),
                end = report_customers_day(&a->c, LIST_CONTACTS, row, "end_date");
        cst_text name = report_customers_cell(&a->c, LIST_CONTACTS, row, "name");
        report_put(p, "\n<tr><th>");
        report_put_name(p, name.n ? name : report_customers_cell(&a->c, LIST_CONTACTS, row, "contact_id"));
        report_put(p, "<td class=t>");
        put_plain(p, report_customers_cell(&a->c, LIST_CONTACTS, row, "role"));
        report_put(p, "<td class=t>");
        report_put_text(p, report_customers_cell(&a->c, LIST_CONTACTS, row, "level"));
        report_put_cell(p, "<td>", chart_day(start));
        report_put_cell(p, "<td>", chart_day(end));
        report_put(p, "<td class=t>");
        report_put_text(p, report_customers_cell(&a->c, LIST_CONTACTS, row, "sentiment"));
    }
    report_put(p, "\n</table></div>");
}

static void put_outcomes(report_accounts *a, cst_text account)
{
    static const char *const columns[] = {"value_driver", "target", "actual"};
    report_page *p = &a->p;
    size_t n, first = report_customers_rows(&a->c, LIST_OUTCOMES, account, &n);
    if (n == 0) return;
    report_begin_table(p, "<div class=x><table>", "who.outcomes", "who.outcomes.heads");
    for (size_t i = first; i < first + n; i++) {
        size_t row = a->c.index[LIST_OUTCOMES].entry[i].row;
        report_put(p, "\n<tr><th>");
        report_put_name(p, report_customers_cell(&a->c, LIST_OUTCOMES, row, "outcome"));
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
            report_put(p, k == 0 ? "<td class=t>" : "<td>");
            put_plain(p, report_customers_cell(&a->c, LIST_OUTCOMES, row, columns[k]));
        }
    }
    report_put(p, "\n</table></div>");
}

static void put_milestones(report_accounts *a, cst_text account)
{
    report_page *p = &a->p;
    size_t n, first = report_customers_rows(&a->c, LIST_MILESTONES, account, &n);
    if (n == 0) return;
    report_begin_table(p, "<div class=x><table>", "who.milestones", "who.milestones.heads");
    for (size_t i = first; i < first + n; i++) {
        size_t row = a->c.index[LIST_MILESTONES].entry[i].row;
        cst_day due = report_customers_day(&a->c, LIST_MILESTONES, row, "due_date"),
                done = report_customers_day(&a->c, LIST_MILESTONES, row, "done_date");
        bool late = due != CST_DAY_NONE && due < a->c.night && (done == CST_DAY_NONE || done > a->c.night);
        report_put(p, "\n<tr><th>");
        report_put_name(p, report_customers_cell(&a->c, LIST_MILESTONES, row, "milestone"));
        report_put(p, "<td class=t>");
        report_put_text(p, report_customers_cell(&a->c, LIST_MILESTONES, row, "owner"));
        report_put_cell(p, late ? "<td class=bad>" : "<td>", chart_day(due));
        report_put_cell(p, "<td>", chart_day(done));
    }
    report_put(p, "\n</table></div>");
}

static void put_who(report_accounts *a, cst_text account)
{
    report_page *p = &a->p;
    if (!a->c.in[LIST_CONTACTS] && !a->c.in[LIST_OUTCOMES] && !a->c.in[LIST_MILESTONES]) return;
    report_begin_section(p, "who");
    report_say(p, "who.answer", NULL);
    report_put(p, "</p>");
    put_contacts(a, account);
    put_outcomes(a, account);
    put_milestones(a, account);
    report_end_section(p);
}

/* ---- the page ---- */

static void put_head(report_accounts *a, cst_text account, const char *back)
{
    report_page *p = &a->p;
    cst_text name = report_customers_name(&a->c, account);
    report_put_document(p);
    report_put_text(p, name);
    report_put(p, " (");
    report_put_text(p, account);
    report_put(p, "), ");
    report_put(p, chart_day(a->c.night).s);
    report_put(p, "</title>\n");
    report_put_style(p);
    report_put(p, "</head><body>\n<header><h1>");
    report_put_name(p, name);
    report_put(p, "</h1><p>");
    report_put_text(p, account);
    report_put(p, " \xC2\xB7 ");
    report_say(p, "account.subtitle", "day", chart_day(a->c.night).s, NULL);
    if (back) {
        report_put(p, " \xC2\xB7 <a href=\"");
        report_put_text(p, cst_text_of(back));
        report_put(p, "\">");
        report_put_text(p, report_word(p, "account.back"));
        report_put(p, "</a>");
    }
    report_put(p, "</p></header>\n<main>\n");
}

cst_status report_accounts_make(report_accounts *a, cst_text account, const char *back, cst_error *e)
{
    report_page *p = &a->p;
    cst_buffer_clear(&p->out);
    p->pictures = 0;
    put_head(a, account, back);
    put_where(a, account);
    cst_status status = put_wrong(a, account, e);
    if (status == CST_OK) status = put_points(a, account, e);
    if (status == CST_OK) status = put_here(a, account, e);
    put_who(a, account);
    if (status == CST_OK) status = report_account_time(a, account, e);
    report_put(p, "</main>\n<footer>cs-report " CST_VERSION "</footer>\n</body></html>\n");
    return status == CST_OK && p->out.failed ? cst_no_memory(e) : status;
}

cst_status report_account_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    report_accounts a = {.event_files = 0};
    if (!o->account) return cst_option_needs("account", "--account ID", "it is the page of one customer", e);
    cst_text account = cst_text_of(o->account);
    cst_status status = report_accounts_open(&a, "account", o, io, e);
    if (status == CST_OK && report_index_find(&a.c.index[LIST_ACCOUNTS], account) == SIZE_MAX)
        status = cst_fail(e, CST_USAGE, "--account: expected an account_id of %s, found \"%s\"", o->accounts,
                          o->account);
    cst_sink_private(cst_io_main(io));
    if (status == CST_OK) status = report_accounts_make(&a, account, NULL, e);
    if (status == CST_OK) status = cst_sink_write(cst_io_main(io), a.p.out.p, a.p.out.n, e);
    report_accounts_free(&a);
    return status;
}
