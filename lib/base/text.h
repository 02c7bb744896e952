/* base/text.h: small questions about a cst_text that every floor asks. */
#ifndef CST_BASE_TEXT_H
#define CST_BASE_TEXT_H
#include <cstools/base.h>
#include <string.h>

static inline cst_text cst_text_of(const char *s) /* NULL: missing */
{
    return s ? (cst_text){s, (uint32_t)strlen(s)} : (cst_text){"", 0};
}

static inline bool cst_text_equal(cst_text a, cst_text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool cst_text_is(cst_text a, const char *s)
{
    return cst_text_equal(a, cst_text_of(s));
}

/* Order of bytes, the shorter first: the order every output is sorted in. */
static inline int cst_text_compare(cst_text a, cst_text b)
{
    uint32_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* true, yes, t, y, on, 1 or false, no, f, n, off, 0, case aside; false: another word, *out is left alone. */
bool cst_bool_word(cst_text t, bool *out);

/* Takes the next item off a list with `mark` between, blanks around it taken off; behind a last mark there is
 * an empty one. false: the list is used up (its p is NULL). */
bool cst_text_next(cst_text *list, char mark, cst_text *item);
/* The index of a word among words "a|b|c" (NULL: none); -1: it is not one of them. */
int cst_word_find(const char *words, cst_text word);

/* How many columns of a terminal a UTF-8 text takes: combining marks 0, East Asian wide characters and
 * emoji 2, all else 1. Bytes that are no UTF-8 count 1 each. wcwidth would ask the locale, which we never
 * set. */
size_t cst_display_width(const char *p, size_t n);
#endif
