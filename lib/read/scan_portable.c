/* The scanner's lane in plain C: eight bytes at a time in a 64-bit word. For a byte value c, x = word
 * ^ (c in every byte) has a zero byte where c stands; ((x & 0x7f..) + 0x7f..) | x has the top bit
 * clear in exactly those bytes. The eight top bits are gathered into one byte by a multiplication. */
#include "read/scan_kernel.h"

#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)
#define ONES UINT64_C(0x0101010101010101)

/* Bit i: byte i of the word is c. */
KERNEL uint64_t equal_bytes(uint64_t word, unsigned char c)
{
    uint64_t x = word ^ (ONES * c);
    uint64_t zero = ~(((x & LOW7) + LOW7) | x | LOW7);
    return ((zero >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

/* Eight bytes, the first in the lowest place. */
KERNEL uint64_t load_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

KERNEL void classify(const cst_scan_rules *rules, const char *p, cst_masks *m)
{
    uint64_t any = 0, rare = 0;
    m->end = m->quote = 0;
    for (int i = 0; i < 64; i += 8) {
        uint64_t word = load_word(p + i);
        any |= word;
        rare |= equal_bytes(word, '\r') | equal_bytes(word, 0);
        m->end |= (equal_bytes(word, (unsigned char)rules->delimiter) | equal_bytes(word, '\n')) << i;
        if (rules->quoted) m->quote |= equal_bytes(word, '"') << i;
    }
    m->rare = rare || (any & ~LOW7);
}

KERNEL void classify_rare(const char *p, cst_masks *m)
{
    uint64_t any = 0, nul = 0;
    m->lf = m->cr = 0;
    for (int i = 0; i < 64; i += 8) {
        uint64_t word = load_word(p + i);
        any |= word;
        nul |= equal_bytes(word, 0);
        m->lf |= equal_bytes(word, '\n') << i;
        m->cr |= equal_bytes(word, '\r') << i;
    }
    m->high = any & ~LOW7;
    m->nul = nul;
}

static enum cst_scan_stop scan(const cst_scan_rules *rules, const char *text, size_t to, cst_scan *s)
{
    return run_scan(rules, text, to, s);
}

static uint64_t count(const char *p, size_t n, char c)
{
    uint64_t found = 0;
    size_t i = 0;
    for (; n - i >= 8; i += 8) found += count_bits(equal_bytes(load_word(p + i), (unsigned char)c));
    for (; i < n; i++) found += p[i] == c;
    return found;
}

const cst_scanner cst_scanner_portable = {scan, count};
