/* report/page_number.c: "What is the number?": ARR, NRR, GRR and logo retention now, a month ago and a
 * year ago. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/page_facts.h"
#include <stdlib.h>

static const struct figure {
    const char *column, *key, *low, *high; /* key of its name and note; bounds of an interval */
    chart_unit unit;
} figures[] = {{"arr", "arr", NULL, NULL, CHART_MONEY},
               {"nrr", "nrr", "nrr_low", "nrr_high", CHART_PERCENT},
               {"grr", "grr", "grr_low", "grr_high", CHART_PERCENT},
               {"logo_retention", "logos", NULL, NULL, CHART_PERCENT}};

size_t report_page_before(const report_page *p, int months)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    int end = report_page_column(t, "period_end"), y0, m0, y1, m1, d;
    cst_day_civil(p->night, &y0, &m0, &d);
    for (size_t i = p->totals; i-- > 0;) {
        cst_day_civil(report_page_day(t, p->total[i], end), &y1, &m1, &d);
        if ((y0 - y1) * 12 + m0 - m1 == months) return p->total[i];
    }
    return SIZE_MAX;
}

chart_value report_share_of_change(chart_value a, chart_value b)
{
    if (a == CHART_NONE || b == CHART_NONE || b == 0) return CHART_NONE;
    return (chart_value)cst_wide_divide(((cst_wide)a - b) * CHART_ONE, b < 0 ? -b : b);
}

chart_value report_page_at(const report_page *p, size_t row, const char *column)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    return row == SIZE_MAX ? CHART_NONE : report_page_value(t, row, report_page_column(t, column));
}

/* "23.6% more"; nothing where it is not known. */
static void compare_words(report_page *p, chart_value now, chart_value before, char out[64])
{
    chart_value change = report_share_of_change(now, before);
    *out = '\0';
    if (change == CHART_NONE) return;
    cst_text word = report_word(p, change < 0 ? "less" : "more");
    snprintf(out, 64, "%s %.*s", chart_percent(change < 0 ? -change : change).s,
             (int)(word.n < 20 ? word.n : 20), word.p);
}

static void put_answer(report_page *p, size_t now, size_t month, size_t year)
{
    char with_year[64], with_month[64];
    compare_words(p, report_page_at(p, now, "arr"), report_page_at(p, year, "arr"), with_year);
    compare_words(p, report_page_at(p, now, "arr"), report_page_at(p, month, "arr"), with_month);
    report_say(p, report_page_at(p, now, "arr") == CHART_NONE ? "number.plain" : "number.answer", "mrr",
               chart_money(report_page_at(p, now, "closing")).s, "arr",
               chart_money(report_page_at(p, now, "arr")).s, "currency", p->currency, "year", with_year,
               "month", with_month, "nrr", chart_percent(report_page_at(p, now, "nrr")).s, NULL);
    report_put(p, "\n");
}

static void put_difference(report_page *p, chart_value now, chart_value before, chart_unit unit)
{
    if (now == CHART_NONE || before == CHART_NONE) return;
    report_put(p, "<br><small>");
    report_put_change(p, now - before, unit, -1);
    if (unit == CHART_MONEY && report_share_of_change(now, before) != CHART_NONE) {
        chart_value share = report_share_of_change(now, before);
        report_put(p, share < 0 ? " (" : share > 0 ? " (+" : " (");
        report_put(p, chart_percent(share).s);
        report_put(p, ")");
    }
    report_put(p, "</small>");
}

/* Beneath the figure of now: MRR, an interval, or n of m. */
static void put_beneath(report_page *p, const struct figure *f, size_t now)
{
    chart_value low = f->low ? report_page_at(p, now, f->low) : CHART_NONE;
    report_put(p, "<br><small>");
    if (f->unit == CHART_MONEY)
        report_say(p, "number.mrr", "mrr", chart_money(report_page_at(p, now, "closing")).s, NULL);
    else if (low != CHART_NONE)
        report_say(p, "number.interval", "low", chart_hundred(low).s, "high",
                   chart_hundred(report_page_at(p, now, f->high)).s, NULL);
    report_put(p, "</small>");
}

/* "lowest of 24 months; range a to b", of what the sparkline shows. */
static void put_range(report_page *p, const struct figure *f)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    int column = report_page_column(t, f->column);
    chart_value low = CHART_NONE, high = CHART_NONE, last = CHART_NONE;
    int n = 0;
    for (size_t i = p->totals > CHART_TREND_MOST ? p->totals - CHART_TREND_MOST : 0; i < p->totals; i++) {
        chart_value v = report_page_value(t, p->total[i], column);
        last = v;
        if (v == CHART_NONE) continue;
        n++;
        if (low == CHART_NONE || v < low) low = v;
        if (high == CHART_NONE || v > high) high = v;
    }
    if (n < 2) return;
    char months[16];
    snprintf(months, sizeof months, "%d", n);
    const char *key = last == low && low != high    ? "number.lowest"
                      : last == high && low != high ? "number.highest"
                                                    : NULL;
    report_put(p, "<small>");
    if (key) report_say(p, key, "n", months, NULL);
    if (f->unit == CHART_MONEY)
        report_say(p, "number.range", "low", chart_short(low).s, "high", chart_short(high).s, NULL);
    else
        report_say(p, "number.range", "low", chart_percent(low).s, "high", chart_percent(high).s, NULL);
    report_put(p, "</small>");
}

static cst_status put_figure(report_page *p, const struct figure *f, size_t now, size_t month, size_t year,
                             cst_error *e)
{
    char key[40];
    chart_value v = report_page_at(p, now, f->column);
    report_put(p, "\n<tr><th>");
    snprintf(key, sizeof key, "number.%s", f->key);
    report_put_text(p, report_word(p, key));
    report_put(p, "<br><small>");
    snprintf(key, sizeof key, "number.%s.note", f->key);
    cst_text window = cst_table_at(p->in[PAGE_BRIDGE], now, report_page_column(p->in[PAGE_BRIDGE], "window"));
    char text[16];
    snprintf(text, sizeof text, "%.*s", (int)(window.n < 15 ? window.n : 15), window.n ? window.p : "");
    report_say(p, key, "window", text, NULL);
    report_put(p, "</small><td class=v>");
    report_put(p, chart_figure(v, f->unit).s);
    put_beneath(p, f, now);
    for (int k = 0; k < 2; k++) {
        chart_value before = report_page_at(p, k == 0 ? month : year, f->column);
        report_put_cell(p, "<td>", chart_figure(before, f->unit));
        put_difference(p, v, before, f->unit);
    }
    report_put(p, "<td class=t>");
    cst_status status = CST_OK;
    if (v != CHART_NONE)
        status = report_put_sparkline(p, report_page_column(p->in[PAGE_BRIDGE], f->column),
                                      f->unit == CHART_PERCENT ? CHART_ONE : CHART_NONE, e);
    put_range(p, f);
    return status;
}

/* ---- by segment ---- */

static void put_segment(report_page *p, size_t row, size_t year, int first, int last, bool total)
{
    static const char *const columns[] = {"closing_logos", "arr", "nrr", NULL, "grr", "logo_retention"};
    const cst_table *t = p->in[PAGE_BRIDGE];
    report_put(p, total ? "\n<tr class=sum><th>" : "\n<tr><th>");
    if (total) report_put_text(p, report_word(p, "all"));
    for (int c = first; !total && c < last; c++) {
        cst_text name = cst_table_at(t, row, c);
        if (c > first) report_put(p, ", ");
        report_put_name(p, name.n ? name : report_word(p, "none"));
    }
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        if (k < 2)
            report_put_cell(p, "<td>", chart_money(report_page_at(p, row, columns[k])));
        else
            report_put_cell(
                p, "<td>",
                chart_percent(report_page_at(p, columns[k] ? row : year, columns[k] ? columns[k] : "nrr")));
    }
}

struct segment {
    size_t row, year;
    chart_value arr;
};

static int compare_segments(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->arr != y->arr) return x->arr > y->arr ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The row of the same group in another period. */
static size_t find_same(const report_page *p, size_t row, size_t year, int first, int last)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    int end = report_page_column(t, "period_end"), kind = report_page_column(t, "row");
    if (year == SIZE_MAX) return SIZE_MAX;
    for (size_t i = 0; i < cst_table_rows(t); i++) {
        if (!cst_text_equal(cst_table_at(t, i, end), cst_table_at(t, year, end)) ||
            !cst_text_is(cst_table_at(t, i, kind), "segment"))
            continue;
        bool same = true;
        for (int c = first; c < last && same; c++)
            same = cst_text_equal(cst_table_at(t, i, c), cst_table_at(t, row, c));
        if (same) return i;
    }
    return SIZE_MAX;
}

enum { SEGMENTS_MOST = 12 };

static cst_status put_segments(report_page *p, size_t now, size_t year, cst_error *e)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    int first = report_page_column(t, "complete") + 1, last = report_page_column(t, "row");
    int end = report_page_column(t, "period_end"), kind = last;
    struct segment *s = calloc(cst_table_rows(t) + 1, sizeof *s);
    size_t n = 0;
    if (!s) return cst_no_memory(e);
    for (size_t i = 0; i < cst_table_rows(t); i++)
        if (cst_text_is(cst_table_at(t, i, kind), "segment") &&
            cst_text_equal(cst_table_at(t, i, end), cst_table_at(t, now, end)))
            s[n++] = (struct segment){i, find_same(p, i, year, first, last), report_page_at(p, i, "arr")};
    if (n > 0) {
        qsort(s, n, sizeof *s, compare_segments);
        report_put(p, "\n<h3>");
        report_put_text(p, report_word(p, "number.segments"));
        report_begin_table(p, "</h3><div class=x><table>", NULL, "number.segments.heads");
        for (size_t i = 0; i < n && i < SEGMENTS_MOST; i++)
            put_segment(p, s[i].row, s[i].year, first, last, false);
        put_segment(p, now, year, first, last, true);
        report_put(p, "\n</table></div>");
        char more[24];
        snprintf(more, sizeof more, "%zu", n > SEGMENTS_MOST ? n - SEGMENTS_MOST : 0);
        if (n > SEGMENTS_MOST) {
            report_put(p, "<p class=note>");
            report_say(p, "others", "n", more, NULL);
            report_put(p, "</p>");
        }
    }
    free(s);
    return CST_OK;
}

cst_status report_page_number(report_page *p, cst_error *e)
{
    cst_status status = CST_OK;
    if (p->totals == 0) {
        report_say(p, "no-month", NULL);
        report_end_section(p);
        return CST_OK;
    }
    size_t now = p->total[p->totals - 1], month = report_page_before(p, 1), year = report_page_before(p, 12);
    put_answer(p, now, month, year);
    report_begin_table(p, "<table class=\"kpi stack\">", "number.caption", "number.heads");
    for (size_t i = 0; i < sizeof figures / sizeof *figures && status == CST_OK; i++)
        status = put_figure(p, &figures[i], now, month, year, e);
    report_put(p, "\n</table>");
    if (status == CST_OK) status = put_segments(p, now, year, e);
    report_put(p, "\n");
    report_end_section(p);
    return status;
}
