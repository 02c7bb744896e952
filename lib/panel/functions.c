/* panel/functions.c: the functions that look back. Each evaluates its argument over an earlier row by
 * shifting the view that the expression reads through; so an argument may be any expression, also one that
 * looks back itself. */
#include "panel/inside.h"
#include <math.h>

/* The row as expressions see it `back` rows before `row`; false: the account has no such row (that is kept).
 */
static bool shift_row(const cst_row *row, int back, cst_panel_view *view, cst_row *out)
{
    const cst_panel_view *from = row->context;
    *view = (cst_panel_view){from->panel, from->back + back};
    *out = *row;
    out->context = view;
    if (view->back == 0) return true;
    out->parsed = NULL; /* it is of the current row */
    out->today = cst_history_period(from->panel->history, from->panel->key.account, view->back);
    return out->today != CST_DAY_NONE;
}

/* The first argument as a number, `back` rows before: CST_END where it is missing or there is no such row. */
static cst_status number_before(const cst_call *call, const cst_row *row, int back, double *out, cst_error *e)
{
    cst_panel_view view;
    cst_row earlier;
    if (!shift_row(row, back, &view, &earlier)) return CST_END;
    return cst_call_number(call, 0, &earlier, out, e);
}

static cst_status take_prev(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_panel_view view;
    cst_row earlier;
    if (shift_row(row, 1, &view, &earlier)) return cst_call_value(call, 0, &earlier, out, e);
    out->missing = true;
    return CST_OK;
}

/* Now and n rows before; CST_END where one of them is missing. */
static cst_status read_both(const cst_call *call, const cst_row *row, double *now, double *then, cst_error *e)
{
    cst_status status = number_before(call, row, 0, now, e);
    if (status < 0) return status;
    cst_status before = number_before(call, row, cst_call_count(call), then, e);
    return before < 0 || status == CST_OK ? before : status;
}

static cst_status settle(cst_status status, double v, cst_value *out)
{
    out->missing = status == CST_END || !isfinite(v);
    out->number = v;
    return status < 0 ? status : CST_OK;
}

static cst_status take_delta(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    double now = 0, then = 0;
    cst_status status = read_both(call, row, &now, &then, e);
    return settle(status, now - then, out);
}

/* Over |then|, so that a rise is positive also from a negative value. */
static cst_status take_pct_change(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    double now = 0, then = 0;
    cst_status status = read_both(call, row, &now, &then, e);
    return settle(status == CST_OK && then == 0 ? CST_END : status, (now - then) / fabs(then), out);
}

/* Least squares over x = 0 (n - 1 rows before) ... n - 1 (this row): sum (x - mean x) y / sum (x - mean x)^2.
 */
static cst_status take_slope(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    double y[CST_EXPR_BACK];
    bool have[CST_EXPR_BACK];
    int n = cst_call_count(call), used = 0;
    double sum_x = 0, sum_xy = 0, sum_xx = 0;
    cst_panel_view view;
    cst_row earliest;
    out->missing = true;
    if (!shift_row(row, n - 1, &view, &earliest)) return CST_OK;
    for (int i = 0; i < n; i++) {
        cst_status status = number_before(call, row, n - 1 - i, &y[i], e);
        if (status < 0) return status;
        have[i] = status == CST_OK;
        if (have[i]) sum_x += i;
        if (have[i]) used++;
    }
    if (used < 2) return CST_OK;
    for (int i = 0; i < n; i++) {
        if (!have[i]) continue;
        double apart = i - sum_x / used;
        sum_xy += apart * y[i];
        sum_xx += apart * apart;
    }
    return settle(CST_OK, sum_xy / sum_xx, out);
}

static cst_status take_changed(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_value now, then;
    int order = 0;
    cst_status status = cst_call_value(call, 0, row, &now, e);
    if (status < 0) return status;
    then = now;
    status = take_prev(call, row, &then, e);
    if (status < 0) return status;
    out->missing = !cst_value_compare(&now, &then, &order);
    out->truth = order != 0;
    return CST_OK;
}

const cst_function cst_panel_functions[] = {
    {.name = "changed",
     .use = "changed(x)",
     .least = 1,
     .most = 1,
     .result = CST_VALUE_BOOL,
     .back = 1,
     .eval = take_changed},
    {.name = "delta",
     .use = "delta(x, n)",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_NUMBER,
     .result = CST_VALUE_NUMBER,
     .count = 2,
     .eval = take_delta},
    {.name = "pct_change",
     .use = "pct_change(x, n)",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_NUMBER,
     .result = CST_VALUE_NUMBER,
     .count = 2,
     .eval = take_pct_change},
    {.name = "prev", .use = "prev(x)", .least = 1, .most = 1, .back = 1, .eval = take_prev},
    {.name = "slope",
     .use = "slope(x, n)",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_NUMBER,
     .result = CST_VALUE_NUMBER,
     .count = 2,
     .back = 1,
     .eval = take_slope},
    {.name = NULL},
};
