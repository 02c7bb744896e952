/* expr/expr.c: an expression as its callers hold it: the tree, and what of a row it reads. Once the tree
 * stands it is walked once to know which columns it reads and how far back. */
#include "expr/expr.h"
#include "expr/check.h"
#include <stdlib.h>
#include <string.h>

static int measure_back(const cst_expr_node *n)
{
    const cst_function *f = n->function;
    if (n->kind != CST_NODE_CALL) return 0;
    return f->count ? n->count - f->back : f->back;
}

static bool note_use(cst_parser *p, cst_expr *x, uint32_t slot, int back)
{
    for (size_t i = 0; i < x->uses; i++)
        if (x->use[i].slot == slot) {
            if (x->use[i].back < back) x->use[i].back = back;
            return true;
        }
    if ((x->uses & (x->uses - 1)) == 0) { /* grows at the powers of two */
        cst_use *more = cst_arena_alloc(p->arena, (x->uses ? 2 * x->uses : 1) * sizeof *more);
        if (!more) return cst_parse_memory(p);
        if (x->uses) memcpy(more, x->use, x->uses * sizeof *more);
        x->use = more;
    }
    x->use[x->uses++] = (cst_use){slot, back};
    return true;
}

static bool find_uses(cst_parser *p, cst_expr *x, const cst_expr_node *n, int back, int looks)
{
    int more = measure_back(n);
    back += more;
    if (more) looks++;
    if (looks > CST_EXPR_LOOKS)
        return cst_parse_fail(p, n->at, "expected at most %d calls that look back within one another",
                              CST_EXPR_LOOKS);
    if (back > CST_EXPR_BACK)
        return cst_parse_fail(p, n->at, "expected to look back at most %d rows in all", CST_EXPR_BACK);
    if (back > x->depth) x->depth = back;
    if (n->kind == CST_NODE_COLUMN) return note_use(p, x, n->slot, back);
    for (uint32_t i = 0; i < n->n; i++)
        if (!find_uses(p, x, n->child[i], back, looks)) return false;
    return true;
}

/* Comparisons of numbers with constants, at most so many, are kept aside: see settle_simply. */
static bool keep_simple(cst_parser *p, cst_expr *x)
{
    enum { MOST = 8 };
    cst_simple simple[MOST];
    size_t n = cst_expr_simple(x, simple, MOST);
    for (size_t i = 0; i < n; i++)
        if (!simple[i].is_number) return true;
    if (n == 0) return true;
    x->simple = cst_arena_alloc(p->arena, n * sizeof *x->simple);
    if (!x->simple) return cst_parse_memory(p);
    memcpy(x->simple, simple, n * sizeof *x->simple);
    x->simples = n;
    return true;
}

cst_status cst_expr_parse(cst_text text, const cst_expr_env *env, cst_expr **out, cst_error *e)
{
    cst_expr *x = calloc(1, sizeof *x);
    *out = NULL;
    if (x) x->arena = cst_arena_new();
    if (!x || !x->arena) {
        free(x);
        return cst_no_memory(e);
    }
    cst_parser p = {.text = text, .env = env, .arena = x->arena, .e = e};
    x->root = cst_parse_whole(&p);
    if (!x->root || !find_uses(&p, x, x->root, 0, 0) || !keep_simple(&p, x)) {
        cst_expr_free(x);
        return p.status;
    }
    x->gated = cst_simple_gate(x->root, &x->gate);
    *out = x;
    return CST_OK;
}

void cst_expr_free(cst_expr *x)
{
    if (!x) return;
    cst_arena_free(x->arena);
    free(x);
}

cst_value_type cst_expr_type(const cst_expr *x)
{
    return x->root->type;
}

int cst_expr_back(const cst_expr *x, uint32_t slot)
{
    for (size_t i = 0; i < x->uses; i++)
        if (x->use[i].slot == slot) return x->use[i].back;
    return -1;
}

int cst_expr_depth(const cst_expr *x)
{
    return x->depth;
}

cst_status cst_expr_eval(const cst_expr *x, const cst_row *row, cst_value *out, cst_error *e)
{
    return cst_node_value(x->root, row, out, e);
}

/* Most conditions of most rules compare a number or two, and most rows keep what they have parsed: then
 * there is no tree to walk. false: a value is missing or no number, and the walk has the say. */
static inline bool settle_simply(const cst_expr *x, const cst_row *row, bool *out)
{
    if (x->simples == 0 || !row->parsed || !row->number) return false;
    bool truth = true;
    for (size_t i = 0; i < x->simples && truth; i++) {
        double v;
        if (!cst_simple_number(&x->simple[i], row, &v)) return false;
        truth = cst_simple_holds(&x->simple[i], v);
    }
    *out = truth;
    return true;
}

cst_status cst_expr_true(const cst_expr *x, const cst_row *row, bool *out, cst_error *e)
{
    bool truth = false;
    if (settle_simply(x, row, out)) return CST_OK;
    cst_status status = cst_node_truth(x->root, row, &truth, e);
    *out = status == CST_OK && truth;
    return status < 0 ? status : CST_OK;
}

cst_status cst_expr_judge(const cst_expr *x, const cst_row *row, bool *out, cst_error *e)
{
    return settle_simply(x, row, out) ? CST_OK : cst_node_truth(x->root, row, out, e);
}

cst_status cst_expr_number(const cst_expr *x, const cst_row *row, double *out, cst_error *e)
{
    if (x->root->type == CST_VALUE_NUMBER) return cst_node_number(x->root, row, out, e);
    bool truth = false;
    cst_status status = cst_node_truth(x->root, row, &truth, e);
    if (status == CST_OK) *out = truth ? 1 : 0;
    return status;
}
