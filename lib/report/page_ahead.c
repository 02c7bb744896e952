/* report/page_ahead.c: "What comes?": the renewals of the next 90 days, the forecast, and how far
 * likelihoods of what comes were right before. */
#include "base/text.h"
#include "report/page.h"

#include <string.h>

static const struct stretch {
    const char *row, *key;
} stretches[] = {{"due_30", "ahead.30"}, {"due_31_60", "ahead.60"}, {"due_61_90", "ahead.90"}};

/* The row of a stretch over all groups; SIZE_MAX: none. */
static size_t find_row(const cst_table *t, const char *name)
{
    int kind = report_page_column(t, "row"), complete = report_page_column(t, "complete");
    for (size_t i = 0; t && i < cst_table_rows(t); i++) {
        bool total = cst_text_is(cst_table_at(t, i, kind), name);
        for (int c = complete + 1; total && complete >= 0 && c < kind; c++)
            total = cst_table_at(t, i, c).n == 0;
        if (total) return i;
    }
    return SIZE_MAX;
}

static void put_renewals(report_page *p)
{
    static const char *const columns[] = {"due_logos", "due_lines", "due_mrr"};
    const cst_table *t = p->in[PAGE_RENEWALS];
    size_t all = find_row(t, "due_90");
    if (all == SIZE_MAX) {
        report_say(p, "ahead.none", NULL);
        return;
    }
    report_say(p, "ahead.answer", "n",
               chart_money(report_page_value(t, all, report_page_column(t, columns[0]))).s, "mrr",
               chart_money(report_page_value(t, all, report_page_column(t, columns[2]))).s, "currency",
               p->currency, NULL);
    report_begin_table(p, "\n<div class=x><table>", "ahead.caption", "ahead.heads");
    for (size_t k = 0; k < sizeof stretches / sizeof *stretches; k++) {
        size_t row = find_row(t, stretches[k].row);
        report_put(p, "\n<tr><th>");
        report_put_text(p, report_word(p, stretches[k].key));
        for (int c = 0; c < 3; c++)
            report_put_cell(p, "<td>",
                            chart_money(row == SIZE_MAX
                                            ? CHART_NONE
                                            : report_page_value(t, row, report_page_column(t, columns[c]))));
    }
    report_put(p, "\n</table></div>\n");
}

/* How far forecasts of the longest horizon were off, beside the plain drift; over all groups. */
static void put_record(report_page *p)
{
    static const char *const columns[] = {"horizon", "origins", "error", "error_steady", "inside", "banded"};
    enum { HORIZON, ORIGINS, ERROR, STEADY, INSIDE, BANDED, COLUMNS };
    const cst_table *t = p->in[PAGE_BACKTEST];
    chart_value v[COLUMNS];
    int horizon = report_page_column(t, columns[HORIZON]);
    size_t last = SIZE_MAX;
    for (size_t i = 0; t && horizon >= 0 && i < cst_table_rows(t); i++) {
        bool whole = true;
        for (int c = 0; c < horizon; c++) whole = whole && cst_table_at(t, i, c).n == 0;
        if (whole) last = i;
    }
    if (last == SIZE_MAX) return;
    for (int k = 0; k < COLUMNS; k++) v[k] = report_page_value(t, last, report_page_column(t, columns[k]));
    report_put(p, "<p>");
    report_say(p, "ahead.record", "horizon", chart_count(v[HORIZON]).s, "origins", chart_count(v[ORIGINS]).s,
               "error", chart_percent(v[ERROR]).s, "steady", chart_percent(v[STEADY]).s, "inside",
               chart_count(v[INSIDE]).s, "banded", chart_count(v[BANDED]).s, NULL);
    report_put(p, "</p>\n");
}

/* What likelihoods expect of tonight's customers: columns NAME and NAME_amount of the last row. */
static void put_expected(report_page *p)
{
    static const char ending[] = "_amount";
    const cst_table *t = p->in[PAGE_PORTFOLIO];
    if (!t || cst_table_rows(t) == 0) return;
    size_t row = cst_table_rows(t) - 1;
    for (size_t c = 1; c < cst_table_columns(t); c++) {
        cst_text name = cst_table_name(t, c - 1), amount = cst_table_name(t, c);
        if (amount.n != name.n + sizeof ending - 1 || memcmp(amount.p, name.p, name.n) != 0 ||
            strcmp(amount.p + name.n, ending) != 0)
            continue;
        report_put(p, "<p>");
        report_say(p, "ahead.expected", "name", name.p, "share",
                   chart_percent(report_page_value(t, row, (int)c - 1)).s, "amount",
                   chart_money(report_page_value(t, row, (int)c)).s, "currency", p->currency, NULL);
        report_put(p, "</p>\n");
    }
}

cst_status report_page_ahead(report_page *p, cst_error *e)
{
    cst_status status = CST_OK;
    if (p->in[PAGE_RENEWALS])
        put_renewals(p);
    else
        report_say(p, "no-input", "input", "table of renewals", NULL);
    put_record(p);
    put_expected(p);
    if (p->o->forecast || p->o->deciles) {
        report_put(p, "<div class=two>");
        if (p->o->forecast) status = report_put_chart(p, report_make_fan, p->o->forecast, 0, NULL, e);
        if (status == CST_OK && p->o->deciles)
            status = report_put_chart(p, report_make_deciles, p->o->deciles, 0, NULL, e);
        report_put(p, "</div>");
    }
    report_end_section(p);
    return status;
}
