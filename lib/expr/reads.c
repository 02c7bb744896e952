/* expr/reads.c: which fields an expression reads as something, so that a caller may test them where rows are
 * read, before any is evaluated; and which texts it looks for in a column. */
#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "expr/node.h"

static bool is_number(cst_text t)
{
    double v;
    return cst_number_parse(t, &v);
}

static bool is_day(cst_text t)
{
    cst_day day;
    cst_instant instant;
    return cst_day_parse(t, &day) || cst_instant_parse(t, &instant);
}

static bool is_truth(cst_text t)
{
    bool v;
    return cst_bool_word(t, &v);
}

static bool is_number_or_word(cst_text t)
{
    return is_number(t) || is_truth(t);
}

static cst_status visit_node(const cst_expr_node *n, cst_read_visit *visit, void *context, cst_error *e)
{
    cst_status status = CST_OK;
    if (n->kind == CST_NODE_COLUMN && n->type == CST_VALUE_NUMBER)
        status = visit(context, n->slot, n->words ? is_number_or_word : is_number, "a number", e);
    else if (n->kind == CST_NODE_COLUMN && n->type == CST_VALUE_DAY)
        status = visit(context, n->slot, is_day, "a date YYYY-MM-DD", e);
    else if (n->kind == CST_NODE_COLUMN && n->type == CST_VALUE_BOOL)
        status = visit(context, n->slot, is_truth, "true or false", e);
    for (uint32_t i = 0; i < n->n && status == CST_OK; i++)
        status = visit_node(n->child[i], visit, context, e);
    return status;
}

cst_status cst_expr_reads(const cst_expr *x, cst_read_visit *visit, void *context, cst_error *e)
{
    return visit_node(x->root, visit, context, e);
}

static cst_status visit_text(const cst_expr_node *column, const cst_expr_node *text, cst_text_visit *visit,
                             void *context, cst_error *e)
{
    bool both = column->kind == CST_NODE_COLUMN && text->kind == CST_NODE_CONSTANT;
    if (!both || text->type != CST_VALUE_TEXT) return CST_OK;
    return visit(context, column->slot, text->value.text, e);
}

static cst_status visit_compared(const cst_expr_node *n, cst_text_visit *visit, void *context, cst_error *e)
{
    cst_status status = CST_OK;
    bool equal = n->kind == CST_NODE_COMPARE && n->comparison <= CST_NE;
    if (equal) status = visit_text(n->child[1], n->child[0], visit, context, e);
    for (uint32_t i = 1; (equal || n->kind == CST_NODE_IN) && i < n->n && status == CST_OK; i++)
        status = visit_text(n->child[0], n->child[i], visit, context, e);
    for (uint32_t i = 0; i < n->n && status == CST_OK; i++)
        status = visit_compared(n->child[i], visit, context, e);
    return status;
}

cst_status cst_expr_compared(const cst_expr *x, cst_text_visit *visit, void *context, cst_error *e)
{
    return visit_compared(x->root, visit, context, e);
}
