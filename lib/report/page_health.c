/* report/page_health.c: "How healthy is the base?": tonight's scores by band, and which way they go. */
#include "base/decimal.h"
#include "base/text.h"
#include "report/page_moves.h"
#include "report/page_previous.h"

/* The last row of the portfolio. */
static size_t last_row(const cst_table *t)
{
    return t && cst_table_rows(t) ? cst_table_rows(t) - 1 : SIZE_MAX;
}

static chart_value share_of(cst_wide part, cst_wide whole)
{
    return whole ? (chart_value)cst_wide_divide(part * CHART_ONE, whole) : CHART_NONE;
}

static void put_answer(report_page *p, const report_bands *b, const report_moves *m)
{
    const cst_table *t = p->in[PAGE_PORTFOLIO];
    size_t row = last_row(t);
    chart_value n = b->n ? b->band[0].n * CHART_ONE : CHART_NONE, down = CHART_NONE, up = CHART_NONE;
    char name[64] = "";
    if (b->n)
        snprintf(name, sizeof name, "%.*s", (int)(b->band[0].name.n < 60 ? b->band[0].name.n : 60),
                 b->band[0].name.p);
    if (row != SIZE_MAX) {
        down = report_page_value(t, row, report_page_column(t, "declining"));
        up = report_page_value(t, row, report_page_column(t, "improving"));
    }
    chart_value share = b->mrr > 0 ? share_of(b->band[0].mrr, b->mrr) : CHART_NONE;
    report_say(p, "health.answer", "n", chart_money(n).s, "share", chart_percent(share).s, "all",
               chart_money(b->customers * CHART_ONE).s, "band", name, "down", chart_money(down).s, "up",
               chart_money(up).s, "fell", chart_money(report_moves_count(m, "down")).s, "rose",
               chart_money(report_moves_count(m, "up")).s, "then",
               m->then == CST_DAY_NONE ? "" : chart_day(m->then).s, NULL);
    report_put(p, "\n");
}

/* More money in the lowest band is worse, less in the highest too. */
static void put_change(report_page *p, const report_bands *b, const report_moves *m, int band)
{
    if (!m->table) return;
    report_put(p, "<td>");
    report_put_change(p, report_moves_change(m, b, band), CHART_MONEY,
                      band == 0          ? 1
                      : band == b->n - 1 ? -1
                                         : 0);
}

static void put_bands(report_page *p, const report_bands *b, const report_moves *m)
{
    report_put(p, "<div><table><caption>");
    report_say(p, "health.bands", "then", m->then == CST_DAY_NONE ? "" : chart_day(m->then).s, NULL);
    report_begin_table(p, "</caption>", NULL, m->table ? "health.bands.moved" : "health.bands.heads");
    for (int i = 0; i < b->n; i++) {
        report_put(p, "\n<tr><th><span class=");
        report_put(p, report_band_class(b, b->band[i].name));
        report_put(p, ">");
        report_put_text(p, b->band[i].name);
        report_put(p, "</span>");
        report_put_cell(p, "<td>", chart_money(b->band[i].n * CHART_ONE));
        report_put_cell(p, "<td>", chart_percent(share_of(b->band[i].n, b->customers)));
        report_put_cell(p, "<td>",
                        b->band[i].n ? chart_decimals(b->band[i].sum / b->band[i].n, 1, 1)
                                     : chart_money(CHART_NONE));
        report_put_cell(p, "<td>",
                        chart_money(p->in[PAGE_METRICS] ? (chart_value)b->band[i].mrr : CHART_NONE));
        put_change(p, b, m, i);
    }
    report_put(p, "\n</table>\n");
}

enum { MONTHS = 6 };

static void put_months(report_page *p)
{
    static const char *const columns[] = {"accounts", "improving", "steady", "declining", "mean_score"};
    const cst_table *t = p->in[PAGE_PORTFOLIO];
    size_t n = t ? cst_table_rows(t) : 0;
    if (n) {
        report_begin_table(p, "<table>", "health.months", "health.months.heads");
    }
    for (size_t i = n > MONTHS ? n - MONTHS : 0; i < n; i++) {
        report_put(p, "\n<tr><th>");
        report_put(p, chart_month(report_page_day(t, i, report_page_column(t, "period"))).s);
        for (size_t c = 0; c < 4; c++)
            report_put_cell(p, "<td>",
                            chart_money(report_page_value(t, i, report_page_column(t, columns[c]))));
        report_put_cell(p, "<td>",
                        chart_decimals(report_page_value(t, i, report_page_column(t, columns[4])), 1, 1));
    }
    report_put(p, n ? "\n</table></div>\n" : "</div>\n");
}

/* Pictures on the left, their figures on the right. */
static cst_status put_all(report_page *p, const report_bands *bands, const report_moves *m, cst_error *e)
{
    report_put(p, "<div class=two><div>");
    cst_status status = report_put_chart(p, report_make_scores, p->o->scores, 0, NULL, e);
    if (status == CST_OK && p->in[PAGE_PORTFOLIO])
        status = report_put_chart(p, report_make_trend, p->o->portfolio, 0, NULL, e);
    report_put(p, "</div>");
    put_bands(p, bands, m);
    report_moves_put(p, m, bands);
    put_months(p);
    report_put(p, "</div>");
    return status;
}

cst_status report_page_health(report_page *p, cst_error *e)
{
    report_index scores, metrics = {0};
    report_bands bands;
    report_moves moves;
    if (!p->in[PAGE_SCORES]) {
        report_no_input(p, "score");
        return CST_OK;
    }
    cst_status status = report_index_new(p->in[PAGE_SCORES], "period", &scores, e);
    if (status == CST_OK) status = report_index_new(p->in[PAGE_METRICS], "period", &metrics, e);
    if (status == CST_OK) {
        report_bands_find(&scores, &metrics, &bands);
        status = report_moves_open(p->in[PAGE_MOVES], &bands, &moves, e);
    }
    if (status == CST_OK) {
        put_answer(p, &bands, &moves);
        status = put_all(p, &bands, &moves, e);
        if (status == CST_OK) status = report_previous_bands(p, &scores, &bands, e);
        report_end_section(p);
    }
    report_index_free(&scores);
    report_index_free(&metrics);
    return status;
}
