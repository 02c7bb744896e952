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
#endif
