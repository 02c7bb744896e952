/* chart_trend.c: figures over time: of the bridge of cs-waterfall, of the portfolio of cs-score, of any
 * table by period; as panels, or one of them as a sparkline. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/figures.h"
#include "report/pick.h"
#include <stdlib.h>
#include <string.h>

static const report_figure known[] = {
    {"nrr", "NRR", CHART_PERCENT, true},
    {"grr", "GRR", CHART_PERCENT, true},
    {"logo_retention", "Logo retention", CHART_PERCENT, true},
    {"improving_share", "Share improving", CHART_PERCENT, false},
    {"steady_share", "Share steady", CHART_PERCENT, false},
    {"declining_share", "Share declining", CHART_PERCENT, false},
    {"top_1_share", "Share of the largest customer", CHART_PERCENT, false},
    {"top_5_share", "Share of the 5 largest customers", CHART_PERCENT, false},
    {"top_10_share", "Share of the 10 largest customers", CHART_PERCENT, false},
    {"renewal_rate", "Renewal rate", CHART_PERCENT, true},
    {"opening", "Opening", CHART_MONEY, false},
    {"closing", "Closing", CHART_MONEY, false},
    {"new", "New", CHART_MONEY, false},
    {"reactivation", "Reactivation", CHART_MONEY, false},
    {"upsell", "Upsell", CHART_MONEY, false},
    {"cross_sell", "Cross-sell", CHART_MONEY, false},
    {"contraction", "Contraction", CHART_MONEY, false},
    {"churn", "Churn", CHART_MONEY, false},
    {"net_new", "Net new", CHART_MONEY, false},
    {"arr", "ARR", CHART_MONEY, false},
    {"arpa", "Revenue per customer", CHART_MONEY, false},
    {"closing_logos", "Customers", CHART_COUNT, false},
    {"accounts", "Customers", CHART_COUNT, false},
    {"mean_score", "Mean score", CHART_SCORE, false},
    {"quick_ratio", "Quick ratio", CHART_DECIMAL, false},
};

report_figure report_figure_find(const char *column)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].column, column) == 0) return known[i];
    return (report_figure){column, column, CHART_DECIMAL, false};
}

typedef struct report_trend {
    report_chart *c;
    report_pick pick;
    size_t n;
    char *name[CHART_PANELS_MOST]; /* of the columns asked for; in the arena */
    int column[CHART_PANELS_MOST];
    bool vector; /* the last two are a pair: improving up, declining down */
    size_t *row, rows;
} report_trend;

static cst_status add_figure(report_trend *t, cst_text name, cst_error *e)
{
    if (t->n == CHART_PANELS_MOST)
        return cst_fail(e, CST_USAGE,
                        "--column: expected at most %d columns, found more; make a chart of each",
                        CHART_PANELS_MOST);
    t->name[t->n] = cst_arena_string(t->c->arena, name.p, name.n);
    if (!t->name[t->n]) return cst_no_memory(e);
    cst_status status =
        report_rows_want(&t->c->rows, t->name[t->n], REPORT_VALUE, CST_REQUIRED, &t->column[t->n], e);
    t->n++;
    return status;
}

/* --column A,B */
static cst_status add_asked(report_trend *t, const char *list, cst_error *e)
{
    cst_status status = CST_OK;
    while (status == CST_OK && *list) {
        size_t n = strcspn(list, ",");
        if (n == 0)
            return cst_fail(e, CST_USAGE, "--column: expected names with a comma between them, found \"%s\"",
                            t->c->o->column);
        status = add_figure(t, (cst_text){list, (uint32_t)n}, e);
        list += n + (list[n] == ',');
    }
    return status;
}

/* Of a portfolio NRR above the vector; else the first of these that the table has. */
static cst_status add_usual(report_trend *t, cst_error *e)
{
    static const char *const usual[] = {"nrr", "closing", "mean_score"};
    const cst_reader *r = t->c->rows.reader;
    cst_status status = CST_OK;
    t->vector = cst_reader_has(r, "improving_share") && cst_reader_has(r, "declining_share");
    for (size_t i = 0; i < 3 && status == CST_OK && t->n == 0; i++)
        if (cst_reader_has(r, usual[i])) status = add_figure(t, cst_text_of(usual[i]), e);
    if (t->vector && status == CST_OK) status = add_figure(t, cst_text_of("improving_share"), e);
    if (t->vector && status == CST_OK) status = add_figure(t, cst_text_of("declining_share"), e);
    if (status == CST_OK && t->n == 0)
        status = cst_fail(e, CST_USAGE,
                          "expected --column NAME, found none, and no column nrr, closing or mean_score "
                          "in %s; name the figure",
                          report_file(&t->c->rows));
    return status;
}

static cst_status bind(report_trend *t, cst_error *e)
{
    report_rows *r = &t->c->rows;
    bool bridge = cst_reader_has(r->reader, "period_end");
    cst_status status = report_pick_bind(&t->pick, r, bridge ? "period_end" : "period", e);
    if (status != CST_OK) return status;
    return t->c->o->column ? add_asked(t, t->c->o->column, e) : add_usual(t, e);
}

static cst_status fill(report_trend *t, cst_error *e)
{
    report_chart *c = t->c;
    chart_column *column;
    cst_status status = report_chart_table(c, t->n + 1, t->rows, &column, e);
    if (status != CST_OK) return status;
    cst_day *day = report_new_days(c, &column[0], "period");
    if (!day) return cst_no_memory(e);
    for (size_t i = 0; i < t->rows; i++) day[i] = report_day(&c->rows, t->row[i], t->pick.day);
    for (size_t k = 0; k < t->n; k++) {
        chart_value *v =
            report_new_values(c, &column[k + 1], t->name[k], report_figure_find(t->name[k]).unit);
        if (!v) return cst_no_memory(e);
        for (size_t i = 0; i < t->rows; i++) v[i] = report_value(&c->rows, t->row[i], t->column[k]);
    }
    return CST_OK;
}

/* From the first to the last of the periods that are drawn, of one figure. */
static void describe(const report_trend *t, size_t k)
{
    const chart_column *column = &t->c->table.column[k + 1];
    const cst_day *day = t->c->table.column[0].day;
    cst_buffer *d = &t->c->desc;
    size_t first = t->rows > CHART_TREND_MOST ? t->rows - CHART_TREND_MOST : 0, last = t->rows;
    while (first < last && column->value[first] == CHART_NONE) first++;
    while (last > first && column->value[last - 1] == CHART_NONE) last--;
    if (d->n > 0) cst_buffer_add_char(d, ' ');
    chart_add_name(d, cst_text_of(report_figure_find(t->name[k]).title), REPORT_NAME_MOST);
    if (first == last) {
        cst_buffer_add_string(d, ": not known.");
        return;
    }
    cst_buffer_printf(d, ": %s in %s", chart_figure(column->value[first], column->unit).s,
                      chart_month(day[first]).s);
    if (last - first > 1)
        cst_buffer_printf(d, ", %s in %s", chart_figure(column->value[last - 1], column->unit).s,
                          chart_month(day[last - 1]).s);
    cst_buffer_add_char(d, '.');
}

static void add_title(const report_trend *t)
{
    cst_buffer *b = &t->c->title;
    if (t->vector && t->n == 3) {
        cst_buffer_add_string(b, "NRR beside the success vector");
    } else if (t->vector) {
        cst_buffer_add_string(b, "The success vector");
    } else {
        for (size_t k = 0; k < t->n; k++) {
            cst_buffer_add_string(b, k == 0 ? "" : k + 1 == t->n ? " and " : ", ");
            chart_add_name(b, cst_text_of(report_figure_find(t->name[k]).title), REPORT_NAME_MOST);
        }
    }
    report_pick_add_group(&t->pick, &t->c->rows, t->row[t->rows - 1], b);
}

static bool is_known(const report_trend *t, size_t k)
{
    for (size_t i = 0; i < t->rows; i++)
        if (t->c->table.column[k + 1].value[i] != CHART_NONE) return true;
    return false;
}

static void draw(report_trend *t)
{
    chart_panel panel[CHART_PANELS_MOST];
    size_t panels = 0, lines = t->vector ? t->n - 2 : t->n;
    for (size_t k = 0; k < lines; k++) {
        report_figure f = report_figure_find(t->name[k]);
        if (t->vector && !is_known(t, k)) continue;
        panel[panels++] = (chart_panel){cst_text_of(f.title), k + 1, 0, f.whole ? CHART_ONE : CHART_NONE};
    }
    if (t->vector)
        panel[panels++] = (chart_panel){cst_text_of("Share improving (up) and declining (down)"), t->n - 1,
                                        t->n, CHART_NONE};
    if (panels == 1 && !t->vector) panel[0].heading = (cst_text){"", 0};
    chart_trend(&t->c->drawing, &t->c->table, panel, panels);
}

typedef void draw_trend(report_trend *t);

static void draw_spark(report_trend *t)
{
    const chart_column *column = &t->c->table.column[1];
    report_figure f = report_figure_find(t->name[0]);
    chart_sparkline(&t->c->drawing, column->value, t->rows, f.whole ? CHART_ONE : CHART_NONE);
}

static cst_status make(report_chart *c, draw_trend *drawing, bool one, cst_error *e)
{
    report_trend t = {.c = c};
    cst_status status = report_chart_open(c, "cs-waterfall and cs-score --portfolio write such tables", e);
    if (status == CST_OK) status = bind(&t, e);
    if (one) t.vector = false, t.n = t.n > 1 && !c->o->column ? 1 : t.n;
    if (status == CST_OK && one && t.n > 1)
        status = cst_fail(e, CST_USAGE, "--column: expected one column for a sparkline, found %zu", t.n);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = report_pick_all(&t.pick, &c->rows, &t.row, &t.rows, e);
    if (status == CST_OK && t.rows == 0) {
        status = report_make_empty(c, "Trend", "No complete month yet.", e);
    } else if (status == CST_OK) {
        status = fill(&t, e);
        if (status == CST_OK) {
            add_title(&t);
            for (size_t k = 0; k < t.n; k++) describe(&t, k);
            drawing(&t);
        }
    }
    free(t.row);
    return status;
}

cst_status report_make_trend(report_chart *c, cst_error *e)
{
    return make(c, draw, false, e);
}

cst_status report_make_sparkline(report_chart *c, cst_error *e)
{
    return make(c, draw_spark, true, e);
}
