/* flags/rules.h: the table of rules, read and checked whole before any row of data.
 *
 * Columns: flag, when, severity; and, where there are any, scope, clear, for, cooldown, inhibited_by,
 * controllable, owner, play, note. */
#ifndef CST_FLAGS_RULES_H
#define CST_FLAGS_RULES_H
#include "expr/expr.h"
#include "flags/life.h"
#include "flags/problems.h"
#include "stream/table.h"

typedef enum { CST_SCOPE_ACCOUNT, CST_SCOPE_PORTFOLIO, CST_SCOPES } cst_scope;

typedef struct cst_rule {
    cst_text name;
    cst_scope scope;
    cst_expr *when, *clear; /* clear may be NULL */
    cst_life life;
    int severity; /* 0 is the gravest; a name in cst_severities */
    bool controllable;
    cst_text owner, play;
    uint32_t *inhibitor; /* rules of the same scope */
    size_t inhibitors;
    size_t row; /* of the table */
} cst_rule;

typedef struct cst_rules {
    const cst_table *table; /* the caller's; outlives this */
    cst_rule *rule;         /* in the order of the table; those skipped left out */
    size_t n;
    uint32_t *order[CST_SCOPES]; /* each scope's rules, inhibitors first, else as in the table */
    size_t count[CST_SCOPES];
} cst_rules;

extern const char *const cst_severities[]; /* ends with NULL */

/* What the rules of a scope may name. */
typedef struct cst_rule_names {
    const cst_text *name; /* columns; NULL: there is no such input, and no rule of this scope can be read */
    size_t n;
    const cst_function *functions;
} cst_rule_names;

/* All that is wrong goes to `problems`; then *out is of no use but for cst_rules_free. Fails for want of
 * memory only, or where the table lacks a column. skip_unknown: a rule that names an unknown column is
 * left out (rule.skipped, told by `skipped`). */
typedef void cst_rule_skipped(void *context, cst_text flag, const cst_error *why);
typedef struct cst_rules_opts {
    cst_rule_names names[CST_SCOPES];
    bool skip_unknown;
    cst_rule_skipped *skipped; /* called for each, with `context` */
    void *context;
} cst_rules_opts;
cst_status cst_rules_read(const cst_table *t, const cst_rules_opts *o, cst_rules **out,
                          cst_problems *problems, cst_error *e);
void cst_rules_free(cst_rules *r);
/* The rule of a name; r->n: none. */
size_t cst_rules_find(const cst_rules *r, cst_text name);

/* Puts the rules of each scope in order, inhibitors first. A cycle is a problem at the rule that closes
 * it. Called by cst_rules_read. */
cst_status cst_rules_sort(cst_rules *r, int inhibited_by_column, cst_problems *problems, cst_error *e);
#endif
