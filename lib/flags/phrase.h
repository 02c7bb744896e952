/* flags/phrase.h: the text of a rule: a phrase for people, with values of the row in braces.
 *
 *     {seat_utilization:percent} of seats used[, {features_used_30d:feature/features}]
 *
 * In braces is an expression over the columns of the rule's scope, or `since`, the day the flag opened, which
 * is missing in the night it opens. Behind a colon, how it is written:
 *     (nothing)   as it is
 *     number      at most one decimal, thousands
 *     percent     of a share: 58%
 *     money       no decimals, thousands
 *     date        31 Dec 2024
 *     month       Dec 2024
 *     ONE/MANY    a number and a word: 1 day, 32 days
 *     ?           a condition: writes nothing, and counts as missing where it is not true
 * A part in square brackets is left out where a value in it is missing. Blanks, commas and semicolons at
 * the end of a phrase are left out. Braces and brackets cannot be written otherwise. */
#ifndef CST_FLAGS_PHRASE_H
#define CST_FLAGS_PHRASE_H
#include "base/buffer.h"
#include "expr/expr.h"

typedef struct flag_phrase flag_phrase;

/* `env` names the columns; label and want are set here. The texts of `t` and of the names outlive the
 * phrase. Errors are those of cst_expr_parse: CST_USAGE with the byte of `t` as column; *env.unknown as
 * there. CST_MEMORY. */
cst_status flag_phrase_parse(cst_text t, const cst_expr_env *env, flag_phrase **out, cst_error *e);
void flag_phrase_free(flag_phrase *p); /* NULL is allowed */

/* Its expressions, for what a panel must keep; NULL after the last. */
const cst_expr *flag_phrase_expression(const flag_phrase *p, size_t i);
/* The first column that it reads (a slot of the names), -1: none. Phrases of two flags that have the
 * same are of one measure. */
int64_t flag_phrase_measure(const flag_phrase *p);
/* Columns that it reads: of two phrases of one measure the one with more says more. */
size_t flag_phrase_columns(const flag_phrase *p);

/* Appends the phrase of a row. since: CST_DAY_NONE for a flag that opened tonight. *whole false, and
 * nothing appended, where a value outside brackets is missing. CST_DATA: a value cannot be read as its
 * format wants. */
cst_status flag_phrase_write(const flag_phrase *p, const cst_row *row, cst_day since, cst_buffer *b,
                             bool *whole, cst_error *e);
#endif
