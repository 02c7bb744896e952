/* Where a block may be cut. The quotes of the whole block are counted, which is quick. With an even
 * number of them up to some place, that place is outside quotes, and the last LF before it ends a
 * record if the quotes between are even too; with an odd number it is inside, and so is all back to
 * the last quote. */
#include "read/scan.h"

#include <string.h>

enum {
    WINDOW = 4096
}; /* memrchr by pieces: under the address sanitizer it looks at all it is given, each time */

/* The last c in text[0..n); NULL: there is none. */
static const char *find_last(const char *text, size_t n, char c)
{
    while (n > 0) {
        size_t size = n < WINDOW ? n : WINDOW;
        const char *p = memrchr(text + n - size, c, size);
        if (p) return p;
        n -= size;
    }
    return NULL;
}

size_t cst_scan_cut(const cst_scanner *scanner, const cst_scan_rules *rules, const char *text, size_t n)
{
    uint64_t quotes = rules->quoted ? scanner->count(text, n, '"') : 0;
    for (;;) {
        const char *p = find_last(text, n, quotes % 2 ? '"' : '\n');
        if (!p) return 0;
        size_t at = (size_t)(p - text);
        if (quotes) quotes -= scanner->count(p, n - at, '"');
        if (*p == '\n' && quotes % 2 == 0) return at + 1;
        n = at;
    }
}
