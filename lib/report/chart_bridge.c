/* chart_bridge.c: a row of the bridge of cs-waterfall as a chart. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"

enum { AMOUNTS = 11, FIRST_RARE = 7 };

/* The amounts in the order of the bridge; the rare ones stand in the picture where they are not 0. */
static const struct amount {
    const char *column, *name;
} amounts[AMOUNTS] = {
    {"opening", "Opening"},
    {"new", "New"},
    {"reactivation", "Reactivation"},
    {"upsell", "Upsell"},
    {"cross_sell", "Cross-sell"},
    {"contraction", "Contraction"},
    {"churn", "Churn"},
    {"fx", "Exchange rates"},
    {"transfer", "Transfer"},
    {"rounding", "Rounding"},
    {"closing", "Closing"},
};

typedef struct bridge_columns {
    int currency, amount[AMOUNTS];
    report_pick pick;
} bridge_columns;

static cst_status bind(report_chart *c, bridge_columns *b, cst_error *e)
{
    cst_status status = report_pick_bind(&b->pick, &c->rows, "period_end", e);
    if (status == CST_OK)
        status = report_rows_want(&c->rows, "currency", REPORT_TEXT, CST_OPTIONAL, &b->currency, e);
    for (size_t i = 0; i < AMOUNTS && status == CST_OK; i++) {
        bool rare = i >= FIRST_RARE && i + 1 < AMOUNTS;
        status = report_rows_want(&c->rows, amounts[i].column, REPORT_VALUE,
                                  rare ? CST_OPTIONAL : CST_REQUIRED, &b->amount[i], e);
    }
    return status;
}

static bool is_shown(const report_chart *c, const bridge_columns *b, size_t row, size_t i)
{
    chart_value v = report_value(&c->rows, row, b->amount[i]);
    return i < FIRST_RARE || i + 1 == AMOUNTS || (v != CHART_NONE && v != 0);
}

static cst_status fill(report_chart *c, const bridge_columns *b, size_t row, cst_error *e)
{
    chart_column *column;
    size_t n = 0;
    for (size_t i = 0; i < AMOUNTS; i++) n += is_shown(c, b, row, i);
    cst_status status = report_chart_table(c, 3, n, &column, e);
    if (status != CST_OK) return status;
    cst_text *name = report_new_texts(c, &column[0], "movement"),
             *note = report_new_texts(c, &column[1], "date");
    chart_value *amount = report_new_values(c, &column[2], "amount", CHART_MONEY);
    if (!name || !note || !amount) return cst_no_memory(e);
    cst_day start = report_day(&c->rows, row, b->pick.start), end = report_day(&c->rows, row, b->pick.day);
    bool ok = true;
    n = 0;
    for (size_t i = 0; i < AMOUNTS; i++) {
        if (!is_shown(c, b, row, i)) continue;
        chart_number day = {""};
        if (i == 0 && start != CST_DAY_NONE) day = chart_short_day(start - 1);
        if (i + 1 == AMOUNTS) day = chart_short_day(end);
        name[n] = cst_text_of(amounts[i].name);
        note[n] = cst_arena_text(c->arena, cst_text_of(day.s), &ok);
        amount[n++] = report_value(&c->rows, row, b->amount[i]);
    }
    return ok ? CST_OK : cst_no_memory(e);
}

static void add_words(report_chart *c, const bridge_columns *b, size_t row)
{
    cst_day start = report_day(&c->rows, row, b->pick.start), end = report_day(&c->rows, row, b->pick.day);
    cst_text currency = report_text(&c->rows, row, b->currency);
    const chart_table *t = &c->table;
    cst_buffer_add_string(&c->title, "Bridge of recurring revenue, ");
    if (start != CST_DAY_NONE) cst_buffer_printf(&c->title, "%s to ", chart_day(start).s);
    cst_buffer_add_string(&c->title, chart_day(end).s);
    report_pick_add_group(&b->pick, &c->rows, row, &c->title);
    cst_buffer_printf(&c->desc, "Opening %s", chart_money(t->column[2].value[0]).s);
    cst_buffer_printf(&c->desc, "%s%.*s", currency.n ? " " : "", (int)currency.n, currency.p);
    for (size_t i = 1; i + 1 < t->rows; i++) {
        cst_text name = t->column[0].text[i];
        cst_buffer_printf(&c->desc, "%s%c%.*s %s", i == 1 ? "; " : ", ", name.p[0] + ('a' - 'A'),
                          (int)name.n - 1, name.p + 1, chart_change(t->column[2].value[i]).s);
    }
    cst_buffer_printf(&c->desc, "; closing %s.", chart_money(t->column[2].value[t->rows - 1]).s);
}

cst_status report_make_bridge(report_chart *c, cst_error *e)
{
    bridge_columns b;
    size_t row;
    cst_status status = report_chart_open(c, "cs-waterfall writes such a table", e);
    if (status == CST_OK) status = bind(c, &b, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = report_pick_one(&b.pick, &c->rows, c->o->period, &row, e);
    if (status < 0) return status;
    if (status == CST_END)
        return report_make_empty(c, "Bridge of recurring revenue", "No complete period yet.", e);
    status = fill(c, &b, row, e);
    if (status != CST_OK) return status;
    add_words(c, &b, row);
    cst_buffer unit = {0};
    cst_text currency = report_text(&c->rows, row, b.currency);
    if (currency.n) cst_buffer_printf(&unit, "%.*s.", (int)currency.n, currency.p);
    chart_bridge(&c->drawing, &c->table, report_text_of(&unit));
    c->drawing.body.failed |= unit.failed;
    cst_buffer_free(&unit);
    return CST_OK;
}
