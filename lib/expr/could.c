/* expr/could.c: what a condition may come to where only some of its columns are known: Kleene's logic over
 * sets. What reads an unknown column may be true and may be false. */
#include "expr/node.h"

enum { MAY_BE_TRUE = 1, MAY_BE_FALSE = 2, MAY_BE_ANY = 3 };

static bool reads_unknown(const cst_expr_node *n, const bool *known)
{
    if (n->kind == CST_NODE_COLUMN && !known[n->slot]) return true;
    for (uint32_t i = 0; i < n->n; i++)
        if (reads_unknown(n->child[i], known)) return true;
    return false;
}

/* A set of MAY_BE; empty: unknown whatever the other columns are. */
static unsigned walk(const cst_expr_node *n, const cst_row *row, const bool *known)
{
    bool truth = false;
    if (n->kind == CST_NODE_NOT) {
        unsigned m = walk(n->child[0], row, known);
        return (m & MAY_BE_TRUE ? MAY_BE_FALSE : 0) | (m & MAY_BE_FALSE ? MAY_BE_TRUE : 0);
    }
    if (n->kind == CST_NODE_AND || n->kind == CST_NODE_OR) {
        unsigned any = 0, all = MAY_BE_ANY, deciding = n->kind == CST_NODE_OR ? MAY_BE_TRUE : MAY_BE_FALSE;
        for (uint32_t i = 0; i < n->n; i++) {
            unsigned m = walk(n->child[i], row, known);
            any |= m;
            all &= m;
        }
        return (any & deciding) | (all & ~deciding);
    }
    if (reads_unknown(n, known)) return MAY_BE_ANY;
    switch (cst_node_truth(n, row, &truth, NULL)) {
    case CST_OK:
        return truth ? MAY_BE_TRUE : MAY_BE_FALSE;
    case CST_END:
        return 0;
    default:
        return MAY_BE_ANY; /* whoever evaluates it over a row says what is wrong */
    }
}

bool cst_expr_could(const cst_expr *x, const cst_row *row, const bool *known)
{
    return walk(x->root, row, known) & MAY_BE_TRUE;
}
