/* chart_fan.c: the forecast of cs-forecast behind the history of cs-waterfall, as a fan. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"
#include <stdlib.h>

enum { FIGURES = 3 };

typedef struct report_fan {
    report_chart *c;
    report_pick pick, past;
    report_rows history;
    int as_of, opening, closing, figure[FIGURES];
    size_t *row, rows, *before, befores;
    size_t today; /* rows of history that are drawn, today's among them */
} report_fan;

static cst_status bind(report_fan *f, cst_error *e)
{
    static const char *const figures[FIGURES] = {"closing", "closing_low", "closing_high"};
    report_rows *r = &f->c->rows;
    cst_status status = report_pick_bind(&f->pick, r, "period_end", e);
    if (status == CST_OK) status = report_rows_want(r, "as_of", REPORT_DAY, CST_REQUIRED, &f->as_of, e);
    if (status == CST_OK) status = report_rows_want(r, "opening", REPORT_VALUE, CST_REQUIRED, &f->opening, e);
    for (size_t i = 0; i < FIGURES && status == CST_OK; i++)
        status =
            report_rows_want(r, figures[i], REPORT_VALUE, i ? CST_OPTIONAL : CST_REQUIRED, &f->figure[i], e);
    return status;
}

/* --history: the closings of the bridge up to the day of the forecast. */
static cst_status read_history(report_fan *f, cst_error *e)
{
    report_chart *c = f->c;
    cst_status status =
        report_rows_open(&f->history, &c->history, c->o->where, "cs-waterfall writes such a table", c->io, e);
    if (status == CST_OK) status = report_pick_bind(&f->past, &f->history, "period_end", e);
    if (status == CST_OK)
        status = report_rows_want(&f->history, "closing", REPORT_VALUE, CST_REQUIRED, &f->closing, e);
    if (status == CST_OK) status = report_rows_read(&f->history, e);
    if (status == CST_OK) status = report_pick_all(&f->past, &f->history, &f->before, &f->befores, e);
    return status;
}

/* Rows of history: those of the bridge before the day of the forecast, then that day itself, with the
 * opening. */
static cst_status fill(report_fan *f, cst_error *e)
{
    static const char *const name[] = {"closing", "closing_low", "closing_high"};
    report_chart *c = f->c;
    chart_column *column;
    cst_day as_of = report_day(&c->rows, f->row[0], f->as_of);
    size_t past = 0;
    while (past < f->befores && report_day(&f->history, f->before[past], f->past.day) < as_of) past++;
    f->today = past + 1;
    cst_status status = report_chart_table(c, FIGURES + 1, f->today + f->rows, &column, e);
    if (status != CST_OK) return status;
    cst_day *day = report_new_days(c, &column[0], "period");
    chart_value *v[FIGURES] = {0};
    bool ok = day != NULL;
    for (size_t k = 0; k < FIGURES && ok; k++)
        ok = (v[k] = report_new_values(c, &column[k + 1], name[k], CHART_MONEY)) != NULL;
    if (!ok) return cst_no_memory(e);
    for (size_t i = 0; i < f->today; i++) {
        bool now = i == past;
        day[i] = now ? as_of : report_day(&f->history, f->before[i], f->past.day);
        v[0][i] = now ? report_value(&c->rows, f->row[0], f->opening)
                      : report_value(&f->history, f->before[i], f->closing);
        v[1][i] = v[2][i] = CHART_NONE;
    }
    for (size_t i = 0; i < f->rows; i++) {
        day[f->today + i] = report_day(&c->rows, f->row[i], f->pick.day);
        for (size_t k = 0; k < FIGURES; k++)
            v[k][f->today + i] = report_value(&c->rows, f->row[i], f->figure[k]);
    }
    return CST_OK;
}

/* The same but for what was rounded for print. */
static bool amount_near(chart_value a, chart_value b)
{
    cst_wide apart = (cst_wide)a - b;
    return apart < CHART_ONE && apart > -CHART_ONE;
}

/* The bridge and the forecast must meet: else one is of other accounts, or of another day. */
static cst_status check_meeting(const report_fan *f, cst_error *e)
{
    const report_rows *r = &f->c->rows;
    cst_day as_of = report_day(r, f->row[0], f->as_of);
    chart_value opening = report_value(r, f->row[0], f->opening);
    if (as_of == CST_DAY_NONE)
        return cst_fail_at(e, CST_DATA, report_place(r, f->row[0]), "as_of",
                           "expected a date, found none; correct it");
    for (size_t i = 0; i < f->befores; i++) {
        chart_value closing = report_value(&f->history, f->before[i], f->closing);
        if (report_day(&f->history, f->before[i], f->past.day) != as_of || amount_near(closing, opening))
            continue;
        return cst_fail_at(
            e, CST_DATA, report_place(&f->history, f->before[i]), "closing",
            "expected %s, the opening of the forecast, found %s; make both of the same subscriptions, "
            "with the same --where",
            chart_decimals(opening, 2, 6).s, chart_decimals(closing, 2, 6).s);
    }
    return CST_OK;
}

static void add_words(const report_fan *f)
{
    report_chart *c = f->c;
    const chart_table *t = &c->table;
    size_t ahead = f->rows < CHART_FAN_AHEAD ? f->rows : CHART_FAN_AHEAD, last = f->today + ahead - 1;
    chart_value low = t->column[2].value[last], high = t->column[3].value[last];
    const report_rhythm *rhythm =
        ahead > 1 ? report_rhythm_of(t->column[0].day[last] - t->column[0].day[last - 1]) : NULL;
    if (ahead > 1)
        cst_buffer_printf(&c->title, "Recurring revenue, the next %zu %s", ahead,
                          rhythm ? rhythm->many : "periods");
    else
        cst_buffer_printf(&c->title, "Recurring revenue to %s", chart_day(t->column[0].day[last]).s);
    report_pick_add_group(&f->pick, &c->rows, f->row[0], &c->title);
    cst_buffer_printf(&c->desc, "%s on %s; ", chart_money(t->column[1].value[f->today - 1]).s,
                      chart_day(t->column[0].day[f->today - 1]).s);
    cst_buffer_printf(&c->desc, "%s expected on %s", chart_money(t->column[1].value[last]).s,
                      chart_day(t->column[0].day[last]).s);
    if (low != CHART_NONE && high != CHART_NONE)
        cst_buffer_printf(&c->desc, ", band of 80%% from %s to %s", chart_money(low).s, chart_money(high).s);
    else
        cst_buffer_add_string(&c->desc, ", no band yet");
    cst_buffer_add_char(&c->desc, '.');
}

static cst_status make(report_fan *f, cst_error *e)
{
    report_chart *c = f->c;
    cst_status status = check_meeting(f, e);
    if (status == CST_OK) status = fill(f, e);
    if (status != CST_OK) return status;
    add_words(f);
    bool band = false;
    for (size_t i = f->today; i < c->table.rows; i++) band |= c->table.column[2].value[i] != CHART_NONE;
    chart_fan(&c->drawing, &c->table, f->today,
              cst_text_of(band ? "Dashed: expected. Band: 80%." : "Dashed: expected. No band yet."));
    return CST_OK;
}

cst_status report_make_fan(report_chart *c, cst_error *e)
{
    report_fan f = {.c = c};
    cst_status status = report_chart_open(c, "cs-forecast writes such a table", e);
    if (status == CST_OK) status = bind(&f, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = report_pick_all(&f.pick, &c->rows, &f.row, &f.rows, e);
    if (status == CST_OK && c->o->history) status = read_history(&f, e);
    if (status == CST_OK && f.rows == 0)
        status = report_make_empty(c, "Recurring revenue ahead", "No forecast yet.", e);
    else if (status == CST_OK)
        status = make(&f, e);
    free(f.row);
    free(f.before);
    report_rows_free(&f.history);
    return status;
}
