/* forecast/sheet.c: the forecast for reading: a block of lines per group and one for the total, figures
 * down, periods across. A line without content is left out, except opening and closing. */
#include "base/decimal.h"
#include "forecast/result.h"
#include <string.h>

enum forecast_line_kind { LINE_AMOUNT, LINE_MAYBE_AMOUNT, LINE_RATIO };

typedef struct forecast_line {
    const char *name;
    enum forecast_line_kind kind;
    size_t offset; /* in forecast_period */
    bool always, rule;
} forecast_line;

#define AT(field) offsetof(forecast_period, field)
#define MOVE(m)   offsetof(forecast_period, step.move) + (m) * sizeof(cst_wide)

static const forecast_line lines[] = {
    {"Opening", LINE_AMOUNT, AT(step.opening), true, false},
    {"New", LINE_AMOUNT, MOVE(CST_NEW), false, false},
    {"Reactivation", LINE_AMOUNT, MOVE(CST_REACTIVATION), false, false},
    {"Upsell", LINE_AMOUNT, MOVE(CST_UPSELL), false, false},
    {"Cross-sell", LINE_AMOUNT, MOVE(CST_CROSS_SELL), false, false},
    {"Contraction", LINE_AMOUNT, MOVE(CST_CONTRACTION), false, false},
    {"Churn", LINE_AMOUNT, MOVE(CST_CHURN), false, false},
    {"Closing", LINE_AMOUNT, AT(step.closing), true, true},
    {"  low", LINE_MAYBE_AMOUNT, AT(closing.low), false, false},
    {"  high", LINE_MAYBE_AMOUNT, AT(closing.high), false, false},
    {"NRR of today's base", LINE_RATIO, AT(share[FORECAST_NRR].said), false, false},
    {"  low", LINE_RATIO, AT(share[FORECAST_NRR].bounds.low), false, false},
    {"  high", LINE_RATIO, AT(share[FORECAST_NRR].bounds.high), false, false},
    {"GRR of today's base", LINE_RATIO, AT(share[FORECAST_GRR].said), false, false},
    {"  low", LINE_RATIO, AT(share[FORECAST_GRR].bounds.low), false, false},
    {"  high", LINE_RATIO, AT(share[FORECAST_GRR].bounds.high), false, false},
    {"Logos of today's base", LINE_RATIO, AT(share[FORECAST_LOGO].said), false, false},
    {"  low", LINE_RATIO, AT(share[FORECAST_LOGO].bounds.low), false, false},
    {"  high", LINE_RATIO, AT(share[FORECAST_LOGO].bounds.high), false, false},
    {"Signed, to start", LINE_AMOUNT, AT(known[FORECAST_SIGNED]), false, false},
    {"Ending", LINE_AMOUNT, AT(known[FORECAST_ENDING]), false, false},
};

static cst_maybe find_cell(const forecast_line *l, const forecast_period *p)
{
    const char *at = (const char *)p + l->offset;
    cst_maybe m = {0, true};
    if (l->kind == LINE_AMOUNT)
        memcpy(&m.v, at, sizeof m.v);
    else
        memcpy(&m, at, sizeof m);
    return m;
}

static bool has_content(const forecast_line *l, const forecast_period *p, size_t periods)
{
    for (size_t i = 0; i < periods; i++) {
        cst_maybe m = find_cell(l, &p[i]);
        if (l->kind == LINE_AMOUNT ? m.v != 0 : m.there) return true;
    }
    return false;
}

static void put_cell(cst_writer *w, const forecast_line *l, cst_maybe m)
{
    if (l->kind == LINE_RATIO)
        cst_put_maybe_ratio(w, m);
    else if (m.there)
        cst_put_wide_fixed(w, cst_wide_divide(m.v, 10000) * 10000, 2);
    else
        cst_put_missing(w);
}

static cst_status write_title(const forecast_session *s, cst_writer *w, int64_t group,
                              const forecast_period *p, size_t periods, cst_error *e)
{
    char title[CST_TITLE_ROOM], name[CST_TITLE_ROOM + 32];
    forecast_title(s, group, title);
    snprintf(name, sizeof name, "%s (by %s)", title, p[0].method);
    cst_put_string(w, name);
    for (size_t i = 0; i < periods; i++) cst_put_missing(w);
    return cst_end_row(w, e);
}

static cst_status write_block(const forecast_session *s, cst_writer *w, int64_t group,
                              const forecast_period *p, size_t periods, cst_error *e)
{
    cst_status status = write_title(s, w, group, p, periods, e);
    for (size_t k = 0; status == CST_OK && k < sizeof lines / sizeof *lines; k++) {
        if (!lines[k].always && !has_content(&lines[k], p, periods)) continue;
        if (lines[k].rule) cst_put_rule(w);
        cst_put_string(w, lines[k].name);
        for (size_t i = 0; i < periods; i++) put_cell(w, &lines[k], find_cell(&lines[k], &p[i]));
        status = cst_end_row(w, e);
    }
    return status;
}

static cst_status open_sheet(const forecast_session *s, const forecast_period *p, size_t periods,
                             const cst_write_opts *o, cst_writer **out, cst_error *e)
{
    cst_column columns[FORECAST_AHEAD + 1];
    char name[FORECAST_AHEAD][CST_PERIOD_ROOM];
    columns[0] = (cst_column){s->currency[0] ? s->currency : s->value ? s->value : "mrr", CST_COL_TEXT};
    for (size_t i = 0; i < periods; i++) {
        cst_period_name(&s->periods, cst_period_of(&s->periods, p[i].first), name[i]);
        columns[i + 1] = (cst_column){name[i], CST_COL_NUMBER};
    }
    return cst_writer_open(cst_io_main(s->io), o, columns, periods + 1, out, e);
}

cst_status forecast_sheet_write(const forecast_session *s, const forecast_period *period,
                                const cst_write_opts *o, cst_error *e)
{
    cst_writer *w = NULL;
    size_t periods = forecast_periods(s), groups = s->bys ? s->sums.groups : 0;
    cst_status status = open_sheet(s, period, periods, o, &w, e);
    for (size_t i = 0; status == CST_OK && i < groups; i++) {
        if (i) cst_put_rule(w);
        status = write_block(s, w, s->group_order[i], &period[i * periods], periods, e);
    }
    if (status == CST_OK && s->rules.total) {
        if (groups) cst_put_rule(w);
        status = write_block(s, w, -1, &period[groups * periods], periods, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}
