/* plain.c: see plain.h. Sixteen bytes at a time: load, compare with the four special bytes, store. The
 * rest of a long field is done by one more block that overlaps the last; a field shorter than a block is
 * gathered into a register from two overlapping halves, so that most fields cost one comparison and no
 * loop. */
#include "read/plain.h"
#include <string.h>

bool cst_plain_copy_portable(char *out, const char *p, size_t n, char delimiter)
{
    bool plain = true;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        out[i] = c;
        plain &= c != delimiter && c != '"' && c != '\n' && c != '\r';
    }
    return plain;
}

#if defined(__SSE2__)
#include <emmintrin.h>

static inline bool find_special(__m128i v, char delimiter)
{
    __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(delimiter)), _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
    return _mm_movemask_epi8(hit) != 0;
}

/* n < 16. Bytes past n are zero or repeat earlier ones, so they cannot add a special byte. */
static inline bool copy_short(char *out, const char *p, size_t n, char delimiter)
{
    uint64_t low = 0, high = 0;
    if (n >= 8) {
        memcpy(&low, p, 8);
        memcpy(&high, p + n - 8, 8);
        memcpy(out, &low, 8);
        memcpy(out + n - 8, &high, 8);
    } else if (n >= 4) {
        uint32_t a, b;
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        memcpy(out, &a, 4);
        memcpy(out + n - 4, &b, 4);
        low = a | (uint64_t)b << 32;
    } else if (n > 0) {
        unsigned char a = (unsigned char)p[0], b = (unsigned char)p[n / 2], c = (unsigned char)p[n - 1];
        out[0] = (char)a;
        out[n / 2] = (char)b;
        out[n - 1] = (char)c;
        low = a | (uint64_t)b << 8 | (uint64_t)c << 16;
    }
    return !find_special(_mm_set_epi64x((long long)high, (long long)low), delimiter);
}

bool cst_plain_copy(char *out, const char *p, size_t n, char delimiter)
{
    if (n < 16) return copy_short(out, p, n, delimiter);
    bool special = false;
    for (size_t i = 0; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
        _mm_storeu_si128((__m128i *)(out + i), v);
        special |= find_special(v, delimiter);
    }
    __m128i v = _mm_loadu_si128((const __m128i *)(p + n - 16));
    _mm_storeu_si128((__m128i *)(out + n - 16), v);
    return !(special | find_special(v, delimiter));
}
#else
bool cst_plain_copy(char *out, const char *p, size_t n, char delimiter)
{
    return cst_plain_copy_portable(out, p, n, delimiter);
}
#endif
