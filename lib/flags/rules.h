/* flags/rules.h: the table of rules, read and checked whole before any row of data.
 *
 * Columns: flag, when, severity; and, where there are any, scope, clear, for, cooldown, inhibited_by,
 * controllable, owner, play, note, text. */
#ifndef CST_FLAGS_RULES_H
#define CST_FLAGS_RULES_H
#include "base/memory.h"
#include "expr/expr.h"
#include "flags/life.h"
#include "flags/phrase.h"
#include "flags/problems.h"
#include "read/table.h"

typedef enum { FLAG_SCOPE_ACCOUNT, FLAG_SCOPE_PORTFOLIO, FLAG_SCOPES } flag_scope;

typedef struct flag_rule {
    cst_text name;
    flag_scope scope;
    cst_expr *when, *clear; /* clear may be NULL */
    flag_life life;
    int severity; /* 0 is the gravest; a place in cst_severities */
    bool controllable;
    cst_text owner, play;
    flag_phrase *text;   /* NULL: none, the name must do */
    uint32_t *inhibitor; /* rules of the same scope */
    size_t inhibitors;
    size_t row; /* of the table */
} flag_rule;

typedef struct flag_rules {
    const cst_table *table; /* the caller's; outlives this */
    flag_rule *rule;        /* in the order of the table; those skipped left out */
    size_t n;
    uint32_t *order[FLAG_SCOPES]; /* each scope's rules, inhibitors first, else as in the table */
    size_t count[FLAG_SCOPES];
} flag_rules;

/* What the rules of a scope may name. */
typedef struct flag_rule_names {
    const cst_text *name; /* columns; NULL: there is no such input, and no rule of this scope can be read */
    size_t n;
    const cst_function *functions;
} flag_rule_names;

/* All that is wrong goes to `problems`; then *out is of no use but for flag_rules_free. Fails for want of
 * memory only, or where the table lacks a column. skip_unknown: a rule that names an unknown column is
 * left out (rule.skipped, told by `skipped`). */
typedef void flag_rule_skipped(void *context, cst_text flag, const cst_error *why);
typedef struct flag_rules_opts {
    flag_rule_names names[FLAG_SCOPES];
    bool skip_unknown;
    flag_rule_skipped *skipped; /* called for each, with `context` */
    void *context;
} flag_rules_opts;
cst_status flag_rules_read(const cst_table *t, const flag_rules_opts *o, flag_rules **out,
                           flag_problems *problems, cst_error *e);
void flag_rules_free(flag_rules *r);
/* The rule of a name; r->n: none. */
size_t flag_rules_find(const flag_rules *r, cst_text name);

/* Puts the rules of each scope in order, inhibitors first. A cycle is a problem at the rule that closes
 * it. Called by flag_rules_read. */
cst_status flag_rules_sort(flag_rules *r, int inhibited_by_column, flag_problems *problems, cst_error *e);
#endif
