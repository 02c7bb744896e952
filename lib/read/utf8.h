/* read/utf8.h: is it UTF-8? RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
#ifndef CST_READ_UTF8_H
#define CST_READ_UTF8_H
#include <cstools/base.h>

/* The length (1..4) of the character at p, n > 0 bytes being there; 0: none; -1: it is not over after
 * n bytes. */
int cst_utf8_length(const char *p, size_t n);
/* The length of the part of p[0..n) that is whole characters. Less than n: what follows is bad, or,
 * with *cut, unfinished. */
size_t cst_utf8_check(const char *p, size_t n, bool *cut);
#endif
