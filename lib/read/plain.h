/* read/plain.h: copies a CSV field and looks for bytes that would have to be quoted, in one pass. */
#ifndef CST_READ_PLAIN_H
#define CST_READ_PLAIN_H
#include <cstools/base.h>

/* Copies n bytes from p to out (which has room for n + 16) and tells whether none of them is the
 * delimiter, a quote, CR or LF. Never reads outside p[0..n). The two do the same; the second is for
 * machines without SSE2. */
bool cst_plain_copy(char *out, const char *p, size_t n, char delimiter);
bool cst_plain_copy_portable(char *out, const char *p, size_t n, char delimiter);
#endif
