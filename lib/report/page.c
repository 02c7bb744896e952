/* report/page.c: the mode `page`: opens the tables, writes head, sections and foot. See page.h. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page_previous.h"
#include "tables/builtin.h"
#include <stdlib.h>
#include <string.h>

static const char *const sections[] = {"number", "bridge",  "movers", "tomorrow",
                                       "health", "cohorts", "ahead",  "trust"};
static report_section *const makers[] = {report_page_number,   report_page_bridge, report_page_movers,
                                         report_page_tomorrow, report_page_health, report_page_cohorts,
                                         report_page_ahead,    report_page_trust};
enum { SECTIONS = sizeof sections / sizeof *sections };

/* ---- the tables ---- */

cst_status report_page_words(report_page *p, cst_error *e)
{
    return cst_builtin_load("words", "page", &p->words, e);
}

/* Of large tables, a row for each account and period, only what is shown is held. */
static const char *const scores_shown[] = {"account_id", "period",  "score", "band",
                                           "vector",     "history", NULL},
                         *const metrics_shown[] = {"account_id", "period", "active", "mrr", NULL},
                         *const *const large_tables[PAGE_INPUTS] = {
                             [PAGE_SCORES] = scores_shown, [PAGE_METRICS] = metrics_shown};

static cst_status open_tables(report_page *p, const char *mode, cst_error *e)
{
    const report_options *o = p->o;
    const char *path[PAGE_INPUTS] = {
        [PAGE_BRIDGE] = o->bridge,       [PAGE_QUARTER] = o->quarter,   [PAGE_MOVERS] = o->movers,
        [PAGE_CUSTOMERS] = o->customers, [PAGE_SCORES] = o->scores,     [PAGE_PORTFOLIO] = o->portfolio,
        [PAGE_COHORTS] = o->cohorts,     [PAGE_SURVIVAL] = o->survival, [PAGE_RENEWALS] = o->renewals,
        [PAGE_ACCOUNTS] = o->accounts,   [PAGE_TIE_OUT] = o->tie_out,   [PAGE_METRICS] = o->metrics,
        [PAGE_BACKTEST] = o->backtest,   [PAGE_MOVES] = o->moves};
    cst_status status = report_page_words(p, e);
    if (!o->bridge)
        return cst_fail(e, CST_USAGE, "%s: expected --bridge FILE, found none; cs-waterfall writes it", mode);
    for (int i = 0; i < PAGE_INPUTS && status == CST_OK; i++)
        if (path[i]) status = cst_io_table_columns(p->io, path[i], large_tables[i], &p->in[i], e);
    return status;
}

struct total {
    cst_day day;
    size_t row;
};

static int compare_totals(const void *a, const void *b)
{
    const struct total *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows of totals of whole periods, in order of time. */
static cst_status find_totals(report_page *p, cst_error *e)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    int end, kind, complete, currency;
    size_t rows = cst_table_rows(t);
    cst_status status = cst_table_bind(t, "period_end", CST_REQUIRED, &end, e);
    if (status == CST_OK) status = cst_table_bind(t, "row", CST_REQUIRED, &kind, e);
    if (status == CST_OK) status = cst_table_bind(t, "complete", CST_REQUIRED, &complete, e);
    if (status == CST_OK) status = cst_table_bind(t, "currency", CST_REQUIRED, &currency, e);
    if (status < 0) return cst_error_advise(e, status, "--bridge is the table of cs-waterfall");
    struct total *total = calloc(rows + 1, sizeof *total);
    p->total = calloc(rows + 1, sizeof *p->total);
    if (!total || !p->total) {
        free(total);
        return cst_no_memory(e);
    }
    for (size_t i = 0; i < rows && status == CST_OK; i++) {
        cst_day day = CST_DAY_NONE;
        if (!cst_text_is(cst_table_at(t, i, kind), "total") ||
            !cst_text_is(cst_table_at(t, i, complete), "yes"))
            continue;
        status = cst_table_day(t, i, end, &day, e);
        if (status == CST_OK) total[p->totals++] = (struct total){day, i};
    }
    if (p->totals) qsort(total, p->totals, sizeof *total, compare_totals);
    for (size_t i = 0; i < p->totals && status == CST_OK; i++) {
        p->total[i] = total[i].row;
        if (i > 0 && total[i].day == total[i - 1].day)
            status = cst_fail_at(
                e, CST_DATA, cst_table_place(t, total[i].row, end), "period_end",
                "expected one total row a period, found a second one; make the bridge in one currency "
                "(--fx)");
    }
    if (p->totals) {
        p->night = total[p->totals - 1].day;
        cst_text code = cst_table_at(t, p->total[p->totals - 1], currency);
        snprintf(p->currency, sizeof p->currency, "%.*s", (int)code.n, code.p);
    }
    free(total);
    return status;
}

cst_status report_page_open(report_page *p, const char *mode, const report_options *o, cst_program_io *io,
                            cst_error *e)
{
    *p = (report_page){.io = io, .o = o, .night = CST_DAY_NONE};
    cst_status status = open_tables(p, mode, e);
    if (status == CST_OK) status = report_previous_open(p, e);
    return status == CST_OK ? find_totals(p, e) : status;
}

void report_page_close(report_page *p)
{
    for (int i = 0; i < PAGE_INPUTS; i++) cst_table_free(p->in[i]);
    report_previous_close(p);
    cst_table_free(p->words);
    free(p->total);
    cst_buffer_free(&p->out);
    cst_buffer_free(&p->scratch);
}

/* ---- head and foot ---- */

void report_put_style(report_page *p)
{
    report_put(p, "<style>");
    chart_style(&p->out);
    report_put(p, "body{font-family:");
    report_put(p, chart_font);
    report_put(p, "}");
    for (size_t i = 0; report_page_style[i]; i++) report_put(p, report_page_style[i]);
    report_put(p, "</style>\n");
}

void report_put_document(report_page *p)
{
    report_put(p, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
                  "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
                  "<meta name=color-scheme content=\"light dark\">\n<title>");
}

static void put_head(report_page *p)
{
    const char *company = p->o->company ? p->o->company : "";
    const chart_number day = p->totals ? chart_day(p->night) : (chart_number){""};
    chart_value customers = CHART_NONE;
    if (p->totals)
        customers = report_page_value(p->in[PAGE_BRIDGE], p->total[p->totals - 1],
                                      report_page_column(p->in[PAGE_BRIDGE], "closing_logos"));
    const chart_number n = chart_count(customers == CHART_NONE ? CHART_NONE : customers);
    report_put_document(p);
    report_say(p, "page.title", "company", company, "day", day.s, NULL);
    report_put(p, "</title>\n");
    report_put_style(p);
    report_put(p, "</head><body>\n<header><h1>");
    report_say(p, "page.heading", "company", company, NULL);
    report_put(p, "</h1><p>");
    report_say(p, "page.subtitle", "day", day.s, "currency", p->currency, "customers", n.s, NULL);
    report_put(p, "</p></header>\n<nav aria-label=\"");
    report_put_text(p, report_word(p, "page.sections"));
    report_put(p, "\">");
    for (int i = 0; i < SECTIONS; i++) {
        char key[40];
        snprintf(key, sizeof key, "%s.name", sections[i]);
        report_put(p, i ? " <a href=\"#" : "<a href=\"#");
        report_put(p, sections[i]);
        report_put(p, "\">");
        report_put_text(p, report_word(p, key));
        report_put(p, "</a>");
    }
    report_put(p, "</nav>\n");
}

static void put_foot(report_page *p)
{
    report_put(p, "</main>\n<footer>cs-report " CST_VERSION);
    if (p->totals) {
        report_put(p, " \xC2\xB7 ");
        report_say(p, "page.footer", "day", chart_day(p->night).s, NULL);
    }
    report_put(p, "</footer>\n</body></html>\n");
}

cst_status report_page_write(report_page *p, cst_sink *to, cst_error *e)
{
    cst_status status = CST_OK;
    cst_buffer_clear(&p->out);
    put_head(p);
    report_put(p, "<main>\n");
    for (int i = 0; i < SECTIONS && status == CST_OK; i++) {
        report_begin_section(p, sections[i]);
        status = makers[i](p, e);
    }
    put_foot(p);
    if (status == CST_OK && p->out.failed) status = cst_no_memory(e);
    return status == CST_OK ? cst_sink_write(to, p->out.p, p->out.n, e) : status;
}

cst_status report_page_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    report_page p;
    cst_status status = report_page_open(&p, "page", o, io, e);
    if (status == CST_OK) status = report_page_write(&p, cst_io_main(io), e);
    report_page_close(&p);
    return status;
}
