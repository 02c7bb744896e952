/* chart_steps.c: tables that go from step to step as charts: the deciles of cs-drivers --validate, predicted
 * against happened, and stages, of which each has fewer. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"

enum { DECILE, CASES, EVENTS, RATE, PREDICTED, FIGURES };

static const report_drawn figures[FIGURES] = {
    {"decile", "decile", CHART_COUNT, CST_REQUIRED},         {"n", "of", CHART_COUNT, CST_REQUIRED},
    {"events", "happened", CHART_COUNT, CST_REQUIRED},       {"rate", "rate", CHART_PERCENT, CST_REQUIRED},
    {"predicted", "predicted", CHART_PERCENT, CST_OPTIONAL},
};

/* What happened, and was predicted, in the first and in the last. */
static void describe_deciles(report_chart *c)
{
    const chart_column *column = c->table.column;
    size_t last = c->table.rows - 1;
    cst_buffer_add_string(&c->title, "Predicted against happened");
    for (size_t i = 0; i <= last; i += last ? last : 1) {
        cst_buffer_printf(&c->desc, "%sDecile %s: %s happened", i ? " " : "",
                          chart_count(column[DECILE].value[i]).s, chart_percent(column[RATE].value[i]).s);
        if (column[PREDICTED].value[i] != CHART_NONE)
            cst_buffer_printf(&c->desc, ", %s predicted", chart_percent(column[PREDICTED].value[i]).s);
        cst_buffer_add_char(&c->desc, '.');
    }
}

cst_status report_make_deciles(report_chart *c, cst_error *e)
{
    int at[FIGURES];
    cst_status status = report_chart_open(c, "cs-drivers --validate writes such a table", e);
    if (status == CST_OK) status = report_drawn_want(c, figures, FIGURES, at, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status != CST_OK) return status;
    if (c->rows.n == 0) return report_make_empty(c, "Predicted against happened", "No decile yet.", e);
    chart_column *column;
    status = report_chart_table(c, FIGURES, c->rows.n, &column, e);
    if (status == CST_OK) status = report_drawn_fill(c, figures, FIGURES, at, column, e);
    if (status != CST_OK) return status;
    describe_deciles(c);
    chart_deciles(&c->drawing, &c->table,
                  cst_text_of(at[PREDICTED] < 0 ? "Bars: happened" : "Bars: happened. Line: predicted."),
                  cst_text_of(""));
    return CST_OK;
}

static cst_status fill_funnel(report_chart *c, int stage, int entered, int share, cst_error *e)
{
    chart_column *column;
    cst_buffer name = {0};
    cst_status status = report_chart_table(c, 3, c->rows.n, &column, e);
    if (status != CST_OK) return status;
    cst_text *text = report_new_texts(c, &column[0], "stage");
    chart_value *n = report_new_values(c, &column[1], "entered", CHART_COUNT);
    chart_value *went_on = report_new_values(c, &column[2], "conversion", CHART_PERCENT);
    bool ok = text && n && went_on;
    for (size_t i = 0; i < c->rows.n && ok; i++) {
        chart_add_name(&name, report_text(&c->rows, i, stage), REPORT_NAME_MOST);
        ok = report_keep(c, &name, &text[i]);
        n[i] = report_value(&c->rows, i, entered);
        went_on[i] = report_value(&c->rows, i, share);
    }
    cst_buffer_free(&name);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status check_stages(const report_rows *r, int stage, int group, size_t groups, cst_error *e)
{
    for (size_t i = 1; i < r->n; i++)
        if (!report_same_group(r, 0, i, group, groups) ||
            cst_text_equal(report_text(r, i, stage), report_text(r, i - 1, stage)))
            return cst_fail_at(
                e, CST_DATA, report_place(r, i), NULL,
                "expected the stages of one group, found another one than on line %llu; choose by --where",
                (unsigned long long)r->line[0]);
    return CST_OK;
}

cst_status report_make_funnel(report_chart *c, cst_error *e)
{
    int stage, entered, share, group;
    size_t groups;
    cst_status status = report_chart_open(c, "cs-stages writes such a table", e);
    if (status == CST_OK) status = report_rows_want_between(&c->rows, NULL, "stage", &group, &groups, e);
    if (status == CST_OK) status = report_rows_want(&c->rows, "stage", REPORT_TEXT, CST_REQUIRED, &stage, e);
    if (status == CST_OK)
        status = report_rows_want(&c->rows, "entered", REPORT_VALUE, CST_REQUIRED, &entered, e);
    if (status == CST_OK)
        status = report_rows_want(&c->rows, "conversion", REPORT_VALUE, CST_OPTIONAL, &share, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = check_stages(&c->rows, stage, group, groups, e);
    if (status != CST_OK) return status;
    if (c->rows.n == 0) return report_make_empty(c, "From stage to stage", "Nothing in a stage yet.", e);
    status = fill_funnel(c, stage, entered, share, e);
    if (status != CST_OK) return status;
    cst_buffer_add_string(&c->title, "From stage to stage");
    if (groups > 0) {
        cst_buffer_add_string(&c->title, ", ");
        report_add_group(&c->rows, 0, group, groups, &c->title);
    }
    for (size_t i = 0; i < c->table.rows && i < CHART_FUNNEL_MOST; i++) {
        cst_text name = c->table.column[0].text[i];
        cst_buffer_printf(&c->desc, "%s%.*s %s", i ? ", " : "", (int)name.n, name.p,
                          chart_count(c->table.column[1].value[i]).s);
    }
    cst_buffer_add_char(&c->desc, '.');
    chart_funnel(&c->drawing, &c->table, cst_text_of(share < 0 ? "" : "Per cent: the share that went on."));
    return CST_OK;
}
