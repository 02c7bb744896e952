/* expr/node.h: the tree an expression is parsed into; private to lib/expr.
 *
 * Every node has one type, settled while it is built: a column that stands beside a number becomes a column
 * of type NUMBER, so that evaluation never asks what a value is. */
#ifndef CST_EXPR_NODE_H
#define CST_EXPR_NODE_H
#include "base/arena.h"
#include "base/memory.h"
#include "expr/expr.h"

typedef enum {
    CST_NODE_CONSTANT,
    CST_NODE_COLUMN,
    CST_NODE_NEGATE,
    CST_NODE_ADD,
    CST_NODE_SUBTRACT,
    CST_NODE_MULTIPLY,
    CST_NODE_DIVIDE,
    CST_NODE_DAYS_BETWEEN, /* day - day, a number */
    CST_NODE_DAY_ADD,      /* day + number, a day; child 0 is the day */
    CST_NODE_DAY_SUBTRACT,
    CST_NODE_COMPARE,
    CST_NODE_IN, /* child 0 among the others */
    CST_NODE_IS_MISSING,
    CST_NODE_NOT,
    CST_NODE_AND,
    CST_NODE_OR,
    CST_NODE_CALL
} cst_node_kind;

typedef enum { CST_EQ, CST_NE, CST_LT, CST_LE, CST_GT, CST_GE } cst_comparison;

typedef struct cst_expr_node cst_expr_node;
struct cst_expr_node {
    cst_node_kind kind;
    cst_value_type type;
    cst_comparison comparison;
    uint32_t at;     /* 0-based byte of its first token */
    uint32_t height; /* 1 for a leaf */
    uint32_t slot;   /* of a column */
    bool words;      /* of a column that is a number: boolean words are 1 and 0 */
    int count;       /* of a call: the value of its function's count argument */
    uint32_t n;      /* children */
    cst_expr_node **child;
    const cst_function *function;
    cst_text name;   /* of a column */
    cst_value value; /* of a constant */
};

struct cst_call {
    const cst_expr_node *node;
};

typedef struct cst_use {
    uint32_t slot;
    int back;
} cst_use;

struct cst_expr {
    cst_arena *arena; /* holds all of it but this struct */
    cst_expr_node *root;
    cst_use *use;
    size_t uses;
    int depth;
    cst_simple *simple; /* comparisons of numbers that it is made of, where it is made of such alone */
    size_t simples;
    cst_simple gate; /* where gated */
    bool gated;
};

/* The functions that are always there. */
extern const cst_function cst_expr_builtin[];

/* By comparison, the orders that fulfil it: a bit each for less, equal, greater. */
extern const uint8_t cst_fulfilling[];
/* No branch, for which way it goes is what data decides. */
static inline bool cst_order_among(uint8_t orders, int order)
{
    return orders >> (1 + (order > 0) - (order < 0)) & 1;
}

/* A comparison of a number that an expression is false without: all of it, or the first of several joined by
 * `and`. */
bool cst_simple_gate(const cst_expr_node *root, cst_simple *out);

/* value as true, false (CST_OK) or unknown (CST_END) */
cst_status cst_node_truth(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e);
cst_status cst_node_number(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e);
cst_status cst_node_value(const cst_expr_node *n, const cst_row *row, cst_value *out, cst_error *e);
#endif
