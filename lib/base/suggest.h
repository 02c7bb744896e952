/* base/suggest.h: the nearest names to one that is unknown, for messages. */
#ifndef CST_BASE_SUGGEST_H
#define CST_BASE_SUGGEST_H
#include "base/buffer.h"
#include <cstools/base.h>

/* The index of the nearest name by edit distance with transpositions, case folded (ASCII); -1 where
 * none is near (distance > 1 + length / 3). The first of equals. */
int cst_suggest(cst_text name, const cst_text *names, size_t n);
/* Adds `; did you mean "X"?` if there is a near one, else nothing. */
void cst_suggest_add(cst_buffer *b, cst_text name, const cst_text *names, size_t n);
/* Adds a list "a, b, c" of at most `most` names, then "and N more". */
void cst_suggest_list(cst_buffer *b, const cst_text *names, size_t n, size_t most);
/* Adds `expected WHAT, found "NAME"` and the near one; then, unless `list` is NULL, that and all the
 * names, at most `most` (0: the text of `list` alone): expected a column, found "mr"; did you mean "mrr"?;
 * the columns are account_id, mrr */
void cst_suggest_unknown(cst_buffer *b, const char *what, cst_text found, const cst_text *names, size_t n,
                         const char *list, size_t most);
#endif
