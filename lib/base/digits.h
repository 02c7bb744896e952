/* base/digits.h: digits read where they lie, eight at a time in a 64-bit word. The first byte is the least
 * significant. XOR takes the expected byte off each, which leaves 0..9 for a digit and 0 for a mark; adding
 * 0x76 or 0x7F then carries into the top bit of any byte that is more. The word times ten, plus its
 * neighbour, holds the number of each pair of digits in the pair's first byte. */
#ifndef CST_BASE_DIGITS_H
#define CST_BASE_DIGITS_H
#include <cstools/base.h>
#include <string.h>

#define CST_EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

static inline uint64_t cst_word_load(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t cst_digits_pairs(uint64_t v)
{
    return v * 10 + (v >> 8);
}

/* Ten bytes of the form YYYY-MM-DD, of any digits; two words that overlap. *head: the digits of YYYY-MM-;
 * *pairs: the year of the century in byte 0, the month in byte 3, the day in byte 6. */
static inline bool cst_digits_date(const char *p, uint64_t *head, uint64_t *pairs)
{
    uint64_t x = cst_word_load(p) ^ UINT64_C(0x2d30302d30303030);     /* "0000-00-" */
    uint64_t y = cst_word_load(p + 2) ^ UINT64_C(0x30302d30302d3030); /* "00-00-00" */
    uint64_t bad = (x + UINT64_C(0x7f76767f76767676)) | x | (y + UINT64_C(0x76767f76767f7676)) | y;
    *head = x;
    *pairs = cst_digits_pairs(y);
    return (bad & CST_EVERY_BYTE(0x80)) == 0;
}

/* HH:MM:SS of a day, to seconds. */
static inline bool cst_digits_clock(const char *p, uint32_t *seconds)
{
    uint64_t x = cst_word_load(p) ^ UINT64_C(0x30303a30303a3030); /* "00:00:00" */
    uint64_t bad = (x + UINT64_C(0x76767f76767f7676)) | x, pairs = cst_digits_pairs(x);
    uint32_t hour = pairs & 255, minute = pairs >> 24 & 255, second = pairs >> 48 & 255;
    *seconds = hour * 3600 + minute * 60 + second;
    return ((bad & CST_EVERY_BYTE(0x80)) == 0) & (hour < 24) & (minute < 60) & (second < 60);
}

/* THH:MM:SSZ, as times of UTC mostly are written behind a date. */
static inline bool cst_digits_utc(const char *p, uint32_t *seconds)
{
    return cst_digits_clock(p + 1, seconds) & (p[0] == 'T') & (p[9] == 'Z');
}

/* Eight digits, '0' taken off each, to their number: they are added up in pairs, fours and eights. */
static inline bool cst_digits_number(uint64_t x, uint32_t *out)
{
    const uint64_t pairs = UINT64_C(0x000000ff000000ff);
    if (((x + CST_EVERY_BYTE(0x76)) | x) & CST_EVERY_BYTE(0x80)) return false;
    x = cst_digits_pairs(x);
    *out = (uint32_t)(((x & pairs) * UINT64_C(0x000f424000000064) +
                       (x >> 16 & pairs) * UINT64_C(0x0000271000000001)) >>
                      32);
    return true;
}

/* The first n bytes of a word, 1 to 8, as digits: moved to its top, zeros below them, without a loop whose
 * length the processor would have to guess. */
static inline bool cst_digits_first(uint64_t word, uint32_t n, uint32_t *out)
{
    return cst_digits_number((word ^ CST_EVERY_BYTE('0')) << (64 - 8 * n), out);
}

/* One to eight digits. Reads eight bytes. */
static inline bool cst_digits_read(const char *p, uint32_t n, uint32_t *out)
{
    return cst_digits_first(cst_word_load(p), n, out);
}

/* The digits of 00 to 99. */
extern const char cst_digit_pairs[201];
/* Writes a whole number, which takes at most 20 bytes; returns the end. */
char *cst_digits_put(char *to, uint64_t v);
#endif
