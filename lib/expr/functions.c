/* expr/functions.c: the functions that need nothing but the row: rows of the same kind of table that callers
 * add. */
#include "expr/node.h"
#include <math.h>
#include <string.h>

unsigned cst_call_arguments(const cst_call *c)
{
    return c->node->n;
}

cst_value_type cst_call_type(const cst_call *c)
{
    return c->node->type;
}

int cst_call_count(const cst_call *c)
{
    return c->node->count;
}

cst_status cst_call_value(const cst_call *c, unsigned argument, const cst_row *row, cst_value *out,
                          cst_error *e)
{
    return cst_node_value(c->node->child[argument], row, out, e);
}

cst_status cst_call_number(const cst_call *c, unsigned argument, const cst_row *row, double *out,
                           cst_error *e)
{
    return cst_node_number(c->node->child[argument], row, out, e);
}

/* The least (sign -1) or the greatest (+1) of the arguments; missing if one of them is. */
static cst_status pick_extreme(const cst_call *call, int sign, const cst_row *row, cst_value *out,
                               cst_error *e)
{
    for (unsigned i = 0; i < cst_call_arguments(call); i++) {
        cst_value v;
        int order;
        cst_status status = cst_call_value(call, i, row, &v, e);
        if (status < 0) return status;
        if (v.missing || i == 0)
            *out = v;
        else if (cst_value_compare(&v, out, &order) && order * sign > 0)
            *out = v;
        if (out->missing) return CST_OK;
    }
    return CST_OK;
}

static cst_status take_min(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return pick_extreme(call, -1, row, out, e);
}

static cst_status take_max(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return pick_extreme(call, 1, row, out, e);
}

static cst_status take_abs(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_status status = cst_call_value(call, 0, row, out, e);
    if (status == CST_OK && !out->missing) out->number = fabs(out->number);
    return status;
}

static cst_status take_first(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (unsigned i = 0; i < cst_call_arguments(call); i++) {
        status = cst_call_value(call, i, row, out, e);
        if (status < 0 || !out->missing) break;
    }
    return status;
}

/* Days from the argument to the row's day. */
static cst_status count_days(const cst_call *call, int sign, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_value v;
    cst_status status = cst_call_value(call, 0, row, &v, e);
    if (status < 0) return status;
    out->missing = v.missing || row->today == CST_DAY_NONE;
    if (!out->missing) out->number = sign * ((double)row->today - (double)v.day);
    return CST_OK;
}

static cst_status count_days_since(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return count_days(call, 1, row, out, e);
}

static cst_status count_days_until(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return count_days(call, -1, row, out, e);
}

#define REFUSED "needs the history of an account; it is known in rules and metrics"

/* Where a text is looked for in another: by its bytes, case and all. Missing if one of them is. */
typedef bool text_finds(cst_text in, cst_text what);

static bool finds_begin(cst_text in, cst_text what)
{
    return in.n >= what.n && memcmp(in.p, what.p, what.n) == 0;
}

static bool finds_end(cst_text in, cst_text what)
{
    return in.n >= what.n && memcmp(in.p + in.n - what.n, what.p, what.n) == 0;
}

static bool finds_inside(cst_text in, cst_text what)
{
    return memmem(in.p, in.n, what.p, what.n) != NULL;
}

static cst_status look_for(const cst_call *call, text_finds *finds, const cst_row *row, cst_value *out,
                           cst_error *e)
{
    cst_value in, what;
    cst_status status = cst_call_value(call, 0, row, &in, e);
    if (status >= 0) status = cst_call_value(call, 1, row, &what, e);
    if (status < 0) return status;
    out->missing = in.missing || what.missing;
    if (!out->missing) out->truth = finds(in.text, what.text);
    return CST_OK;
}

static cst_status take_begins(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return look_for(call, finds_begin, row, out, e);
}

static cst_status take_ends(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return look_for(call, finds_end, row, out, e);
}

static cst_status take_contains(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e)
{
    return look_for(call, finds_inside, row, out, e);
}

const cst_function cst_expr_builtin[] = {
    {.name = "abs",
     .use = "abs(x)",
     .least = 1,
     .most = 1,
     .argument = CST_VALUE_NUMBER,
     .result = CST_VALUE_NUMBER,
     .eval = take_abs},
    {.name = "begins",
     .use = "begins(text, 'with')",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_TEXT,
     .result = CST_VALUE_BOOL,
     .eval = take_begins},
    {.name = "contains",
     .use = "contains(text, 'what')",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_TEXT,
     .result = CST_VALUE_BOOL,
     .eval = take_contains},
    {.name = "coalesce", .use = "coalesce(x, y, ...)", .least = 1, .eval = take_first},
    {.name = "days_since",
     .use = "days_since(date)",
     .least = 1,
     .most = 1,
     .argument = CST_VALUE_DAY,
     .result = CST_VALUE_NUMBER,
     .wants_today = true,
     .eval = count_days_since},
    {.name = "days_until",
     .use = "days_until(date)",
     .least = 1,
     .most = 1,
     .argument = CST_VALUE_DAY,
     .result = CST_VALUE_NUMBER,
     .wants_today = true,
     .eval = count_days_until},
    {.name = "ends",
     .use = "ends(text, 'with')",
     .least = 2,
     .most = 2,
     .argument = CST_VALUE_TEXT,
     .result = CST_VALUE_BOOL,
     .eval = take_ends},
    {.name = "max", .use = "max(x, y, ...)", .least = 1, .open = CST_VALUE_NUMBER, .eval = take_max},
    {.name = "min", .use = "min(x, y, ...)", .least = 1, .open = CST_VALUE_NUMBER, .eval = take_min},
    /* found only where the caller's table has no row of that name */
    {.name = "changed", .refusal = REFUSED},
    {.name = "delta", .refusal = REFUSED},
    {.name = "pct_change", .refusal = REFUSED},
    {.name = "prev", .refusal = REFUSED},
    {.name = "slope", .refusal = REFUSED},
    {.name = NULL},
};
