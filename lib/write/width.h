/* write/width.h: how many columns of a terminal a UTF-8 text takes. wcwidth would ask the locale, which
 * we never set. */
#ifndef CST_WRITE_WIDTH_H
#define CST_WRITE_WIDTH_H
#include <cstools/base.h>

/* Combining marks take 0, East Asian wide characters and emoji 2, all else 1. Bytes that are no UTF-8
 * count 1 each. */
size_t cst_display_width(const char *p, size_t n);
#endif
