/* report/page_moves.c: bands then against bands now, of the last period that cs-score --moves tells of. */
#include "report/page_moves.h"
#include "base/text.h"

enum { ACCOUNTS, BEFORE, AMOUNT, VALUES };
static const char *const value_names[VALUES] = {"accounts", "amount_before", "amount"};

static void bind(const cst_table *t, report_moves *m)
{
    m->period = report_page_column(t, "period");
    m->before = report_page_column(t, "before");
    m->from = report_page_column(t, "band_before");
    m->to = report_page_column(t, "band");
    m->change = report_page_column(t, "change");
    for (int i = 0; i < VALUES; i++) m->value[i] = report_page_column(t, value_names[i]);
}

static bool is_last(const report_moves *m, size_t row)
{
    return m->now != CST_DAY_NONE && report_page_day(m->table, row, m->period) == m->now;
}

static cst_status check_band(const report_moves *m, size_t row, int column, const report_bands *b,
                             cst_error *e)
{
    cst_text name = cst_table_at(m->table, row, column);
    if (name.n == 0 || report_band_place(b, name) < b->n) return CST_OK;
    return cst_fail_at(
        e, CST_DATA, cst_table_place(m->table, row, column), column == m->to ? "band" : "band_before",
        "expected a band of the scores, found \"%.*s\"; make scores and moves with one model, over "
        "the same periods",
        (int)name.n, name.p);
}

cst_status report_moves_open(const cst_table *t, const report_bands *b, report_moves *m, cst_error *e)
{
    int at;
    *m = (report_moves){.table = t, .now = CST_DAY_NONE, .then = CST_DAY_NONE};
    cst_status status = t ? cst_table_bind(t, "band_before", CST_REQUIRED, &at, e) : CST_OK;
    if (status == CST_OK && t) status = cst_table_bind(t, "change", CST_REQUIRED, &at, e);
    if (status != CST_OK || !t) return status;
    bind(t, m);
    for (size_t row = 0; row < cst_table_rows(t); row++) {
        cst_day d = report_page_day(t, row, m->period);
        if (d == CST_DAY_NONE || (m->now != CST_DAY_NONE && d <= m->now)) continue;
        m->now = d;
        m->then = report_page_day(t, row, m->before);
    }
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++) {
        if (!is_last(m, row)) continue;
        status = check_band(m, row, m->from, b, e);
        if (status == CST_OK) status = check_band(m, row, m->to, b, e);
    }
    return status;
}

/* A side of a row: a band of tonight's; NOWHERE: new, or left; UNSCORED: there, without a score. */
enum { NOWHERE = -1, UNSCORED = -2 };

static int side_of(const report_moves *m, size_t row, bool now, const report_bands *b)
{
    if (cst_text_is(cst_table_at(m->table, row, m->change), now ? "left" : "new")) return NOWHERE;
    cst_text name = cst_table_at(m->table, row, now ? m->to : m->from);
    int k = report_band_place(b, name);
    return k < b->n ? k : UNSCORED;
}

/* The sum of a column over the rows of one class then and one now; ANY: all of them. */
enum { ANY = -3 };

static chart_value sum_of(const report_moves *m, const report_bands *b, int from, int to, int column)
{
    chart_value sum = 0;
    for (size_t row = 0; row < cst_table_rows(m->table); row++) {
        if (!is_last(m, row) || (from != ANY && side_of(m, row, false, b) != from) ||
            (to != ANY && side_of(m, row, true, b) != to))
            continue;
        chart_value v = report_page_value(m->table, row, m->value[column]);
        if (v == CHART_NONE) return CHART_NONE;
        sum += v;
    }
    return sum;
}

chart_value report_moves_change(const report_moves *m, const report_bands *b, int band)
{
    if (!m->table || m->now == CST_DAY_NONE) return CHART_NONE;
    chart_value then = sum_of(m, b, band, ANY, BEFORE), now = sum_of(m, b, ANY, band, AMOUNT);
    return then == CHART_NONE || now == CHART_NONE ? CHART_NONE : now - then;
}

chart_value report_moves_count(const report_moves *m, const char *change)
{
    chart_value sum = 0;
    if (!m->table || m->now == CST_DAY_NONE) return CHART_NONE;
    for (size_t row = 0; row < cst_table_rows(m->table); row++)
        if (is_last(m, row) && cst_text_is(cst_table_at(m->table, row, m->change), change))
            sum += report_page_value(m->table, row, m->value[ACCOUNTS]);
    return sum;
}

/* ---- the table ---- */

static void put_side(report_page *p, const report_bands *b, int side, const char *nowhere)
{
    if (side < 0) {
        report_put_text(p, report_word(p, side == UNSCORED ? "health.unscored" : nowhere));
        return;
    }
    report_put(p, "<span class=");
    report_put(p, report_band_class(b, b->band[side].name));
    report_put(p, ">");
    report_put_text(p, b->band[side].name);
    report_put(p, "</span>");
}

static void put_count(report_page *p, chart_value n)
{
    report_put(p, n == 0 ? CHART_DASH : chart_money(n).s);
}

static void put_move(report_page *p, chart_value n, int from, int to)
{
    report_put(p, "<td>");
    if (n == 0 || from == to || from < 0 || to == UNSCORED) {
        put_count(p, n);
        return;
    }
    report_put(p, to == NOWHERE || to < from ? "<b class=bad>" : "<b>");
    report_say(p,
               to == NOWHERE ? "health.moves.lost"
               : to < from   ? "health.moves.down"
                             : "health.moves.up",
               "n", chart_money(n).s, NULL);
    report_put(p, "</b>");
}

/* The classes of one side that have accounts: bands, then unscored, then nowhere; how many. */
static int list_sides(const report_moves *m, const report_bands *b, bool now, int out[])
{
    int n = 0;
    for (int k = 0; k < b->n; k++) out[n++] = k;
    for (int k = UNSCORED; k <= NOWHERE; k++)
        if (now ? sum_of(m, b, ANY, k, ACCOUNTS) : sum_of(m, b, k, ANY, ACCOUNTS)) out[n++] = k;
    return n;
}

static void put_heads(report_page *p, const report_moves *m, const report_bands *b, const int to[], int n)
{
    report_put(p, "<div class=x><table><caption>");
    report_say(p, "health.moves", "then", chart_day(m->then).s, "now", chart_day(m->now).s, NULL);
    report_put(p, "</caption><thead><tr><th class=t>");
    report_say(p, "health.moves.corner", "then", chart_short_day(m->then).s, "now", chart_short_day(m->now).s,
               NULL);
    for (int i = 0; i < n; i++) {
        report_put(p, "<th>");
        put_side(p, b, to[i], "health.moves.left");
    }
    report_put(p, "<th>");
    report_put_text(p, report_word(p, "health.moves.then"));
    report_put(p, "<tbody>");
}

void report_moves_put(report_page *p, const report_moves *m, const report_bands *b)
{
    int from[REPORT_BANDS_MOST + 2], to[REPORT_BANDS_MOST + 2];
    if (!m->table || m->now == CST_DAY_NONE) return;
    int rows = list_sides(m, b, false, from), columns = list_sides(m, b, true, to);
    put_heads(p, m, b, to, columns);
    for (int i = 0; i < rows; i++) {
        report_put(p, "\n<tr><th>");
        put_side(p, b, from[i], "health.moves.new");
        for (int k = 0; k < columns; k++) put_move(p, sum_of(m, b, from[i], to[k], ACCOUNTS), from[i], to[k]);
        report_put(p, "<td>");
        put_count(p, from[i] == NOWHERE ? 0 : sum_of(m, b, from[i], ANY, ACCOUNTS));
    }
    report_put(p, "\n<tfoot><tr><th>");
    report_put_text(p, report_word(p, "health.moves.now"));
    for (int k = 0; k < columns; k++) {
        report_put(p, "<td>");
        put_count(p, sum_of(m, b, ANY, to[k], ACCOUNTS));
    }
    report_put(p, "<td>\n</table></div>\n");
}
