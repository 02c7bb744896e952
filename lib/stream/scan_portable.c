/* The scanner's lane in plain C: eight bytes at a time in a 64-bit word. For a byte value c, x = word ^ (c in every
 * byte) has a zero byte where c stands; ((x & 0x7f..) + 0x7f..) | x has the top bit clear in exactly those bytes. The
 * eight top bits are gathered into one byte by a multiplication. */
#include "stream/scan_kernel.h"

#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)
#define ONES UINT64_C(0x0101010101010101)

/* Bit i: byte i of the word is c. */
static inline uint64_t equal_bytes(uint64_t word, unsigned char c)
{
    uint64_t x = word ^ (ONES * c);
    uint64_t zero = ~(((x & LOW7) + LOW7) | x | LOW7);
    return ((zero >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

/* Eight bytes, the first in the lowest place. */
static inline uint64_t load_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline void classify(const cst_rules *rules, const char *p, cst_masks *m)
{
    *m = (cst_masks){0};
    uint64_t any = 0, nul = 0;
    for (int i = 0; i < 64; i += 8) {
        uint64_t word = load_word(p + i);
        any |= word;
        m->delimiter |= equal_bytes(word, (unsigned char)rules->delimiter) << i;
        m->lf |= equal_bytes(word, '\n') << i;
        m->cr |= equal_bytes(word, '\r') << i;
        nul |= equal_bytes(word, 0);
        if (rules->quoted) m->quote |= equal_bytes(word, '"') << i;
    }
    m->high = any & ~LOW7;
    m->nul = nul;
}

static enum cst_scan_stop scan(const cst_rules *rules, const char *text, size_t to, cst_scan *s)
{
    return run_scan(rules, text, to, s);
}

static cst_survey survey(const cst_rules *rules, const char *text, size_t n)
{
    return run_survey(rules, text, n);
}

static uint64_t count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) lines += count_bits(equal_bytes(load_word(p + i), '\n'));
    for (; i < n; i++) lines += p[i] == '\n';
    return lines;
}

const cst_scanner cst_scanner_portable = {scan, survey, count_lines};
