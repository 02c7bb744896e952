/* Where a block may be cut. The quotes of the whole block are counted, which is quick; then the LFs are gone through
 * from the last one back, each with the parity of the quotes behind it, until one stands outside. */
#include "stream/scan.h"

#include <string.h>

size_t cst_scan_cut(const cst_scanner *scanner, const cst_rules *rules, const char *text, size_t n)
{
    uint64_t quotes = rules->quoted ? scanner->count(text, n, '"') : 0;
    while (n > 0) {
        const char *newline = memrchr(text, '\n', n);
        if (!newline) return 0;
        size_t at = (size_t)(newline - text);
        if (quotes) quotes -= scanner->count(newline, n - at, '"');
        if (quotes % 2 == 0) return at + 1;
        n = at;
    }
    return 0;
}
