/* expr/check.h: builds checked nodes for the parser; private to lib/expr. A builder takes checked children,
 * settles what types are still open, and returns NULL with the error filled where the types do not fit. */
#ifndef CST_EXPR_CHECK_H
#define CST_EXPR_CHECK_H
#include "base/buffer.h"
#include "expr/lex.h"
#include "expr/node.h"

typedef struct cst_parser {
    cst_text text;
    const cst_expr_env *env;
    cst_arena *arena;
    cst_error *e;
    cst_status status; /* of the failure, once there was one */
    cst_token token;   /* the one to be parsed next */
    uint32_t next;     /* byte behind it */
    int nesting;
} cst_parser;

/* The tree of the whole text; NULL with p->status set. */
cst_expr_node *cst_parse_whole(cst_parser *p);

/* Children on the way to a node. */
typedef struct cst_nodes {
    cst_expr_node **v;
    uint32_t n, room;
} cst_nodes;

/* "byte N: ..." with the label as field; returns NULL so that a parser function may return it. */
cst_expr_node *cst_parse_fail(cst_parser *p, uint32_t at, const char *format, ...) CST_PRINTF(3, 4);
cst_expr_node *cst_parse_memory(cst_parser *p);
bool cst_nodes_add(cst_parser *p, cst_nodes *list, cst_expr_node *n); /* false: n is NULL, or no memory */

cst_expr_node *cst_build_constant(cst_parser *p, uint32_t at, cst_value v);
cst_expr_node *cst_build_column(cst_parser *p, uint32_t at, cst_text name);
cst_expr_node *cst_build_negate(cst_parser *p, uint32_t at, cst_expr_node *x);
cst_expr_node *cst_build_arithmetic(cst_parser *p, char mark, cst_expr_node *a, cst_expr_node *b);
cst_expr_node *cst_build_compare(cst_parser *p, cst_comparison c, cst_expr_node *a, cst_expr_node *b);
cst_expr_node *cst_build_in(cst_parser *p, const cst_nodes *list);
cst_expr_node *cst_build_is_missing(cst_parser *p, cst_expr_node *x);
cst_expr_node *cst_build_not(cst_parser *p, uint32_t at, cst_expr_node *x);
cst_expr_node *cst_build_chain(cst_parser *p, cst_node_kind kind, const cst_nodes *list);
cst_expr_node *cst_build_call(cst_parser *p, uint32_t at, const cst_function *f, const cst_nodes *arguments);
/* The node as one of `type`; NULL if it cannot be. */
cst_expr_node *cst_build_as(cst_parser *p, cst_expr_node *x, cst_value_type type);
#endif
