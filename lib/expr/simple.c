/* The short way for the conditions that filters mostly are: comparisons of a column with a constant,
 * joined by `and`. They are taken out of the tree once; a row then costs a comparison each, without a
 * walk. Where that does not settle it (a missing value, a field that is no number) the walk has the say,
 * and words the error. */
#include "base/number.h"
#include "base/text.h"
#include "expr/node.h"

/* The same orders seen from the other side: less becomes greater. */
static const uint8_t turned_round[] = {0, 4, 2, 6, 1, 5, 3, 7};

static bool take_comparison(const cst_expr_node *n, cst_simple *out)
{
    if (n->kind != CST_NODE_COMPARE) return false;
    const cst_expr_node *column = n->child[0], *constant = n->child[1];
    bool turned = constant->kind == CST_NODE_COLUMN;
    if (turned) {
        column = n->child[1];
        constant = n->child[0];
    }
    bool number = column->type == CST_VALUE_NUMBER, text = column->type == CST_VALUE_TEXT;
    if (column->kind != CST_NODE_COLUMN || constant->kind != CST_NODE_CONSTANT || !(number || text))
        return false;
    uint8_t orders = cst_fulfilling[n->comparison];
    *out = (cst_simple){.slot = column->slot,
                        .orders = turned ? turned_round[orders] : orders,
                        .is_number = number,
                        .number = constant->value.number,
                        .text = constant->value.text};
    return true;
}

size_t cst_expr_simple(const cst_expr *x, cst_simple *out, size_t room)
{
    const cst_expr_node *root = x->root;
    if (root->kind != CST_NODE_AND) return room > 0 && take_comparison(root, out);
    if (root->n > room) return 0;
    for (uint32_t i = 0; i < root->n; i++)
        if (!take_comparison(root->child[i], &out[i])) return 0;
    return root->n;
}

const cst_simple *cst_expr_gate(const cst_expr *x)
{
    return x->gated ? &x->gate : NULL;
}

bool cst_simple_gate(const cst_expr_node *root, cst_simple *out)
{
    const cst_expr_node *first = root->kind == CST_NODE_AND ? root->child[0] : root;
    return take_comparison(first, out) && out->is_number;
}

enum cst_verdict cst_simple_judge(const cst_simple *s, cst_text field)
{
    int order;
    if (field.n == 0) return CST_ASK;
    if (s->is_number) {
        double v;
        if (!cst_number_parse(field, &v)) return CST_ASK;
        order = (v > s->number) - (v < s->number);
    } else if (s->orders == 2 && field.n != s->text.n) {
        return CST_NO;
    } else {
        order = cst_text_compare(field, s->text);
    }
    return cst_order_among(s->orders, order) ? CST_YES : CST_NO;
}
