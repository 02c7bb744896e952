/* UTF-8 by the table of well-formed byte sequences (Unicode, table 3-7): the first byte gives the
 * length and the range of the second byte; all later ones are 80..BF. Runs of ASCII are skipped eight
 * bytes at a time. */
#include "read/utf8.h"

#include <string.h>

int cst_utf8_length(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char low = 0x80, high = 0xbf;
    int length;
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
    if (p[0] < 0xe0) {
        length = 2;
    } else if (p[0] < 0xf0) {
        length = 3;
        if (p[0] == 0xe0) low = 0xa0;
        if (p[0] == 0xed) high = 0x9f;
    } else {
        length = 4;
        if (p[0] == 0xf0) low = 0x90;
        if (p[0] == 0xf4) high = 0x8f;
    }
    if (n < 2) return -1;
    if (p[1] < low || p[1] > high) return 0;
    for (int i = 2; i < length; i++) {
        if ((size_t)i >= n) return -1;
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return length;
}

size_t cst_utf8_check(const char *p, size_t n, bool *cut)
{
    size_t at = 0;
    *cut = false;
    while (at < n) {
        uint64_t word;
        if (n - at >= sizeof word) {
            memcpy(&word, p + at, sizeof word);
            if (!(word & UINT64_C(0x8080808080808080))) {
                at += sizeof word;
                continue;
            }
        }
        int length = cst_utf8_length(p + at, n - at);
        if (length <= 0) {
            *cut = length < 0;
            return at;
        }
        at += (size_t)length;
    }
    return n;
}
