/* ingest/digits.h: digits in place, eight at a time in a 64-bit word: a byte that is no digit, after the bits
 * of '0' are taken off, is above 9, and adding 0x76 carries it into bit 7. */
#ifndef CST_INGEST_DIGITS_H
#define CST_INGEST_DIGITS_H
#include <cstools/base.h>
#include <string.h>

static inline uint64_t ing_digits_load(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* YYYY-MM-DD of a year from 1000, but for a 29 February. *day: its digits, most significant first, the day of
 * the month as one number. The ten bytes are looked at as two words that overlap; a word times ten and its
 * neighbour added are the numbers of two digits, month in byte 3 and day in byte 6 of the second word. */
static inline bool ing_digits_day(const char *p, uint64_t *day)
{
    static const unsigned char longest[16] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t x = ing_digits_load(p) ^ UINT64_C(0x2d30302d30303030);     /* "0000-00-" */
    uint64_t y = ing_digits_load(p + 2) ^ UINT64_C(0x30302d30302d3030); /* "00-00-00" */
    uint64_t bad = (x + UINT64_C(0x7f76767f76767676)) | x | (y + UINT64_C(0x76767f76767f7676)) | y;
    uint64_t pairs = y * 10 + (y >> 8);
    uint32_t month = pairs >> 24 & 255, n = pairs >> 48 & 255;
    *day = __builtin_bswap64(x) | n;
    return ((bad & UINT64_C(0x8080808080808080)) == 0) & ((x & 15) != 0) & (month <= 12) &
           (n - 1 < longest[month & 15]);
}

/* One to eight digits at once, without a loop whose length the processor would have to guess: they are
 * moved to the top of a word, zeros below them, checked together, and added up in pairs, fours and eights.
 * Reads eight bytes. */
static inline bool ing_digits_read(const char *p, uint32_t n, uint64_t *out)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t x = (n < 8 ? ing_digits_load(p) << (64 - 8 * n) | zeros >> (8 * n) : ing_digits_load(p)) ^ zeros;
    if (((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080)) return false;
    x = x * 10 + (x >> 8);
    const uint64_t pairs = UINT64_C(0x000000ff000000ff);
    *out =
        ((x & pairs) * UINT64_C(0x000f424000000064) + (x >> 16 & pairs) * UINT64_C(0x0000271000000001)) >> 32;
    return true;
}

/* HH:MM:SS of a day. The numbers of two digits stand as in ing_digits_day. */
static inline bool ing_digits_clock(const char *p)
{
    uint64_t x = ing_digits_load(p) ^ UINT64_C(0x30303a30303a3030); /* "00:00:00" */
    uint64_t bad = (x + UINT64_C(0x76767f76767f7676)) | x, pairs = x * 10 + (x >> 8);
    return ((bad & UINT64_C(0x8080808080808080)) == 0) & ((pairs & 255) < 24) & ((pairs >> 24 & 255) < 60) &
           ((pairs >> 48 & 255) < 60);
}
#endif
