/* The scanner's lane for SSE2, which every x86-64 has; elsewhere the best lane is the portable one. */
#include "read/scan_kernel.h"

#ifdef __SSE2__
#include <emmintrin.h>

typedef struct scan_block {
    __m128i a, b, c, d;
} scan_block;

KERNEL __m128i load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

KERNEL scan_block load_block(const char *p)
{
    return (scan_block){load(p), load(p + 16), load(p + 32), load(p + 48)};
}

KERNEL scan_block equal(scan_block b, char c)
{
    const __m128i v = _mm_set1_epi8(c);
    return (scan_block){_mm_cmpeq_epi8(b.a, v), _mm_cmpeq_epi8(b.b, v), _mm_cmpeq_epi8(b.c, v),
                        _mm_cmpeq_epi8(b.d, v)};
}

KERNEL scan_block either(scan_block x, scan_block y)
{
    return (scan_block){_mm_or_si128(x.a, y.a), _mm_or_si128(x.b, y.b), _mm_or_si128(x.c, y.c),
                        _mm_or_si128(x.d, y.d)};
}

/* The four parts over each other. */
KERNEL __m128i any_of(scan_block b)
{
    return _mm_or_si128(_mm_or_si128(b.a, b.b), _mm_or_si128(b.c, b.d));
}

/* 0xff where one of the four parts has a NUL. */
KERNEL __m128i nul_of(scan_block b)
{
    __m128i least = _mm_min_epu8(_mm_min_epu8(b.a, b.b), _mm_min_epu8(b.c, b.d));
    return _mm_cmpeq_epi8(least, _mm_setzero_si128());
}

/* The top bit of each byte. */
KERNEL uint64_t bits_of(scan_block b)
{
    uint64_t low = (uint32_t)_mm_movemask_epi8(b.a) | (uint32_t)_mm_movemask_epi8(b.b) << 16;
    uint64_t high = (uint32_t)_mm_movemask_epi8(b.c) | (uint32_t)_mm_movemask_epi8(b.d) << 16;
    return low | high << 32;
}

KERNEL void classify(const cst_scan_rules *rules, const char *p, cst_masks *m)
{
    scan_block b = load_block(p), quotes = equal(b, '"');
    m->end = bits_of(either(equal(b, rules->delimiter), equal(b, '\n')));
    m->quote = 0;
    if (rules->quoted && _mm_movemask_epi8(any_of(quotes))) m->quote = bits_of(quotes);
    __m128i rare = _mm_or_si128(any_of(b), any_of(equal(b, '\r')));
    m->rare = _mm_movemask_epi8(_mm_or_si128(rare, nul_of(b)));
}

KERNEL void classify_rare(const char *p, cst_masks *m)
{
    scan_block b = load_block(p);
    m->lf = bits_of(equal(b, '\n'));
    m->cr = bits_of(equal(b, '\r'));
    m->high = _mm_movemask_epi8(any_of(b));
    m->nul = _mm_movemask_epi8(nul_of(b));
}

static enum cst_scan_stop scan(const cst_scan_rules *rules, const char *text, size_t to, cst_scan *s)
{
    return run_scan(rules, text, to, s);
}

/* The sum of sixteen counters of a byte each. */
static inline uint64_t add_up(__m128i counters)
{
    __m128i sums = _mm_sad_epu8(counters, _mm_setzero_si128());
    return (uint64_t)_mm_cvtsi128_si64(sums) + (uint64_t)_mm_cvtsi128_si64(_mm_srli_si128(sums, 8));
}

/* A comparison gives -1 where it holds: subtracted from counters of a byte, which are added up before
 * they can overflow. */
static uint64_t count(const char *p, size_t n, char c)
{
    const __m128i wanted = _mm_set1_epi8(c);
    uint64_t found = 0;
    size_t i = 0;
    while (n - i >= 64) {
        __m128i counters = _mm_setzero_si128();
        size_t rounds = (n - i) / 64 < 63 ? (n - i) / 64 : 63;
        for (size_t k = 0; k < rounds; k++, i += 64) {
            counters = _mm_sub_epi8(counters, _mm_cmpeq_epi8(load(p + i), wanted));
            counters = _mm_sub_epi8(counters, _mm_cmpeq_epi8(load(p + i + 16), wanted));
            counters = _mm_sub_epi8(counters, _mm_cmpeq_epi8(load(p + i + 32), wanted));
            counters = _mm_sub_epi8(counters, _mm_cmpeq_epi8(load(p + i + 48), wanted));
        }
        found += add_up(counters);
    }
    for (; i < n; i++) found += p[i] == c;
    return found;
}

static const cst_scanner sse2 = {scan, count};
#endif

const cst_scanner *cst_scanner_of(enum cst_lane which)
{
#ifdef __SSE2__
    return which == CST_LANE_PORTABLE ? &cst_scanner_portable : &sse2;
#else
    return which == CST_LANE_SSE2 ? NULL : &cst_scanner_portable;
#endif
}
