/* report/page_bridge.c: "How did we get there?": the bridge of a period as a table with bars, and the
 * twelve months. */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/page_facts.h"
#include <stdlib.h>
#include <string.h>

const report_bridge_line report_bridge_lines[REPORT_BRIDGE_LINES] = {
    {"opening", "opening_logos", BRIDGE_LEVEL, true},
    {"new", "new_logos", BRIDGE_GAIN, true},
    {"reactivation", "reactivated_logos", BRIDGE_GAIN, true},
    {"upsell", NULL, BRIDGE_GAIN, true},
    {"cross_sell", NULL, BRIDGE_GAIN, true},
    {"contraction", NULL, BRIDGE_LOSS, true},
    {"churn", "churned_logos", BRIDGE_LOSS, true},
    {"prior_period", NULL, BRIDGE_EITHER, false},
    {"fx", NULL, BRIDGE_EITHER, false},
    {"transfer", NULL, BRIDGE_EITHER, false},
    {"rounding", NULL, BRIDGE_EITHER, false},
    {"closing", "closing_logos", BRIDGE_LEVEL, true}};

static chart_value value_of(const report_bridge *b, const char *column)
{
    chart_value v =
        column ? report_page_value(b->table, b->row, report_page_column(b->table, column)) : CHART_NONE;
    return v;
}

static bool find_period(const report_page *p, report_bridge *b)
{
    const cst_table *t = p->in[PAGE_QUARTER];
    int kind = report_page_column(t, "row"), end = report_page_column(t, "period_end");
    cst_day last = CST_DAY_NONE;
    *b = (report_bridge){.table = p->in[PAGE_BRIDGE]};
    if (p->totals) b->row = p->total[p->totals - 1];
    for (size_t i = 0; t && i < cst_table_rows(t); i++) {
        cst_day day = report_page_day(t, i, end);
        if (!cst_text_is(cst_table_at(t, i, kind), "total") || (last != CST_DAY_NONE && day < last)) continue;
        *b = (report_bridge){.table = t, .row = i};
        last = day;
    }
    return p->totals > 0 || last != CST_DAY_NONE;
}

/* Where the levels run, and so the axis. */
static void measure(report_bridge *b)
{
    chart_value amount[REPORT_BRIDGE_LINES], at = 0, least = 0, most = 0;
    size_t n = 0;
    for (int i = 0; i < REPORT_BRIDGE_LINES; i++) {
        b->amount[i] = value_of(b, report_bridge_lines[i].column);
        chart_value v = b->amount[i] == CHART_NONE ? 0 : b->amount[i];
        at = report_bridge_lines[i].kind == BRIDGE_LEVEL ? v : at + v;
        if (i == 0 || at < least) least = at;
        if (i == 0 || at > most) most = at;
        amount[n++] = v;
    }
    b->low = chart_bridge_floor(amount, n);
    b->high = most + (most - b->low) / 25;
    if (b->high <= b->low) b->high = b->low + CHART_ONE;
}

bool report_bridge_find(const report_page *p, report_bridge *b)
{
    if (!find_period(p, b)) return false;
    measure(b);
    return true;
}

int report_bridge_place(const report_bridge *b, chart_value v)
{
    if (v <= b->low) return 0;
    return (int)cst_wide_divide(((cst_wide)v - b->low) * 10000, (cst_wide)b->high - b->low);
}

static cst_status put_bar(report_page *p, const report_bridge *b, int i, chart_value from, chart_value to,
                          cst_error *e)
{
    chart_drawing d = {.width = 1000, .height = 26};
    int x0 = report_bridge_place(b, from < to ? from : to),
        x1 = report_bridge_place(b, from < to ? to : from);
    if (x1 - x0 < 15) x1 = x0 + 15; /* what is there is seen */
    const char *class = report_bridge_lines[i].kind == BRIDGE_LEVEL ? "ft" : to >= from ? "fg" : "fl";
    if (from != to || report_bridge_lines[i].kind == BRIDGE_LEVEL) {
        chart_path(&d, class, 0);
        chart_box(&d, x0, 60, x1 - x0, 140);
        chart_path_end(&d);
    }
    if (report_bridge_lines[i].kind == BRIDGE_LEVEL && b->low > 0) {
        chart_path(&d, "brk", 0);
        chart_move(&d, 260, 230);
        chart_line(&d, 340, 30);
        chart_path_end(&d);
    }
    report_put(p, "<svg class=c viewBox=\"0 0 1000 26\" preserveAspectRatio=none aria-hidden=true>");
    cst_buffer_add(&p->out, d.body.p, d.body.n);
    report_put(p, "</svg>");
    bool failed = d.body.failed;
    chart_drawing_free(&d);
    return failed ? cst_no_memory(e) : CST_OK;
}

static void put_share(report_page *p, chart_value v, chart_value opening, report_bridge_kind kind)
{
    chart_value share = CHART_NONE;
    if (opening != CHART_NONE && opening > 0)
        share = (chart_value)cst_wide_divide((cst_wide)v * CHART_ONE, opening);
    report_put(p, "<td class=h>");
    if (share == CHART_NONE || kind == BRIDGE_LEVEL || v == 0) return;
    if (share > 0) report_put(p, "+");
    report_put(p, chart_percent(share).s);
}

static cst_status put_line(report_page *p, const report_bridge *b, int i, chart_value *at, cst_error *e)
{
    char key[40];
    chart_value v = b->amount[i] == CHART_NONE ? 0 : b->amount[i],
                logos = value_of(b, report_bridge_lines[i].logos);
    bool level = report_bridge_lines[i].kind == BRIDGE_LEVEL;
    if (!report_bridge_lines[i].always && v == 0) return CST_OK;
    report_put(p, level ? "\n<tr class=sum><th>" : "\n<tr><th>");
    snprintf(key, sizeof key, "movement.%s", report_bridge_lines[i].column);
    report_put_text(p, report_word(p, key));
    report_put(p, "<td>");
    if (level)
        report_put(p, chart_money(v).s);
    else
        report_put_change(p, v, CHART_MONEY, -1);
    put_share(p, v, b->amount[0], report_bridge_lines[i].kind);
    report_put_cell(p, "<td>", chart_count(logos));
    report_put(p, "<td class=bar>");
    chart_value from = level ? 0 : *at, to = level ? v : *at + v;
    *at = to;
    return put_bar(p, b, i, from, to, e);
}

static void put_answer(report_page *p, const report_bridge *b)
{
    chart_value in = 0, out = 0, change = 0;
    for (int i = 0; i < REPORT_BRIDGE_LINES; i++) {
        if (b->amount[i] == CHART_NONE) continue;
        if (report_bridge_lines[i].kind == BRIDGE_GAIN) in += b->amount[i];
        if (report_bridge_lines[i].kind == BRIDGE_LOSS) out -= b->amount[i];
    }
    if (b->amount[REPORT_BRIDGE_LINES - 1] != CHART_NONE && b->amount[0] != CHART_NONE)
        change = b->amount[REPORT_BRIDGE_LINES - 1] - b->amount[0];
    cst_day start = report_page_day(b->table, b->row, report_page_column(b->table, "period_start"));
    report_say(p, change < 0 ? "bridge.fell" : "bridge.rose", "d",
               chart_money(change < 0 ? -change : change).s, "currency", p->currency, "day",
               start == CST_DAY_NONE ? "" : chart_day(start - 1).s, "in", chart_money(in).s, "out",
               chart_money(out).s, NULL);
    report_put(p, "\n");
}

static cst_status put_table(report_page *p, const report_bridge *b, cst_error *e)
{
    cst_status status = CST_OK;
    chart_value at = 0;
    report_put(p, "<table class=br><caption><b>");
    report_say(
        p, "bridge.caption", "from",
        chart_day(report_page_day(b->table, b->row, report_page_column(b->table, "period_start"))).s, "to",
        chart_day(report_page_day(b->table, b->row, report_page_column(b->table, "period_end"))).s, NULL);
    report_put(p, "</b> ");
    report_say(p, b->low > 0 ? "bridge.cut" : "bridge.whole", "low", chart_money(b->low).s, NULL);
    report_put(p, "</caption><thead><tr><th><th>");
    report_put_text(p, cst_text_of(p->currency));
    report_put(p, "<th class=h>");
    report_put_text(p, report_word(p, "bridge.share"));
    report_put(p, "<th>");
    report_put_text(p, report_word(p, "customers"));
    report_put(p, "<th class=bar><tbody>");
    for (int i = 0; i < REPORT_BRIDGE_LINES && status == CST_OK; i++) status = put_line(p, b, i, &at, e);
    report_put(p, "\n</table>\n");
    return status;
}

/* ---- the months behind it ---- */

enum { MONTHS = 12, PANELS = 5, PARTS = 7 };
static const struct panel {
    const char *key, *column[PARTS];
} panels[PANELS] = {{"new", {"new", "reactivation"}},
                    {"growth", {"upsell", "cross_sell"}},
                    {"contraction", {"contraction"}},
                    {"churn", {"churn"}},
                    {"net", {"new", "reactivation", "upsell", "cross_sell", "contraction", "churn"}}};

struct months {
    cst_day day[MONTHS];
    chart_value value[PANELS][MONTHS], sum[PANELS], low, high;
    size_t n;
};

static void gather_months(const report_page *p, struct months *m)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    size_t first = p->totals > MONTHS ? p->totals - MONTHS : 0;
    *m = (struct months){.n = p->totals - first};
    for (size_t i = 0; i < m->n; i++) {
        size_t row = p->total[first + i];
        m->day[i] = report_page_day(t, row, report_page_column(t, "period_end"));
        for (int k = 0; k < PANELS; k++) {
            for (int c = 0; c < PARTS && panels[k].column[c]; c++) {
                chart_value v = report_page_value(t, row, report_page_column(t, panels[k].column[c]));
                m->value[k][i] += v == CHART_NONE ? 0 : v;
            }
            m->sum[k] += m->value[k][i];
            if (m->value[k][i] < m->low) m->low = m->value[k][i];
            if (m->value[k][i] > m->high) m->high = m->value[k][i];
        }
    }
}

static cst_status put_panel(report_page *p, const struct months *m, int k, cst_error *e)
{
    char key[48], n[16];
    chart_column column[2] = {{.day = m->day}, {.unit = CHART_MONEY, .value = m->value[k]}};
    chart_table t = {column, 2, m->n};
    chart_drawing d = {0};
    snprintf(key, sizeof key, "bridge.panel.%s", panels[k].key);
    snprintf(n, sizeof n, "%zu", m->n);
    report_put(p, "<figure><figcaption><b>");
    cst_text title = report_word(p, key);
    report_put_text(p, title);
    report_put(p, "</b><br>");
    report_say(p, m->n == 1 ? "bridge.panel.one" : "bridge.panel.sum", "sum", chart_change(m->sum[k]).s, "n",
               n, NULL);
    report_put(p, "</figcaption>");
    chart_bars(&d, &t, m->low, m->high);
    cst_status status = report_put_picture(p, &d, title, report_word(p, "bridge.panel.desc"), e);
    chart_drawing_free(&d);
    report_put(p, "</figure>");
    return status;
}

static void put_month(report_page *p, size_t row)
{
    static const char *const flows[] = {"new",        "reactivation", "upsell",
                                        "cross_sell", "contraction",  "churn"};
    const cst_table *t = p->in[PAGE_BRIDGE];
    report_put(p, "\n<tr><th>");
    report_put(p, chart_month(report_page_day(t, row, report_page_column(t, "period_end"))).s);
    for (size_t c = 0; c < sizeof flows / sizeof *flows; c++) {
        chart_value v = report_page_value(t, row, report_page_column(t, flows[c]));
        report_put(p, "<td>");
        report_put_change(p, v, CHART_MONEY, 0);
    }
    report_put_cell(p, "<td>", chart_money(report_page_value(t, row, report_page_column(t, "closing"))));
    report_put_cell(p, "<td>",
                    chart_count(report_page_value(t, row, report_page_column(t, "closing_logos"))));
    report_put_cell(p, "<td>", chart_percent(report_page_value(t, row, report_page_column(t, "nrr"))));
    report_put_cell(p, "<td>", chart_percent(report_page_value(t, row, report_page_column(t, "grr"))));
}

static cst_status put_months(report_page *p, cst_error *e)
{
    cst_status status = CST_OK;
    struct months m;
    gather_months(p, &m);
    report_put(p, "<h3>");
    report_put_text(p, report_word(p, "bridge.months"));
    report_put(p, "</h3><p class=note>");
    report_put_text(p, report_word(p, "bridge.months.note"));
    report_put(p, "</p><div class=sm>");
    for (int k = 0; k < PANELS && status == CST_OK; k++) status = put_panel(p, &m, k, e);
    report_put(p, "</div>\n<details open><summary>");
    report_put_text(p, report_word(p, "figures"));
    report_begin_table(p, "</summary><div class=x><table>", NULL, "bridge.months.heads");
    for (size_t i = p->totals - m.n; i < p->totals; i++) put_month(p, p->total[i]);
    report_put(p, "\n</table></div></details>\n");
    return status;
}

cst_status report_page_bridge(report_page *p, cst_error *e)
{
    report_bridge b;
    if (!report_bridge_find(p, &b)) {
        report_say(p, "no-month", NULL);
        report_end_section(p);
        return CST_OK;
    }
    put_answer(p, &b);
    cst_status status = put_table(p, &b, e);
    if (status == CST_OK && p->totals) status = put_months(p, e);
    report_end_section(p);
    return status;
}
