/* The scanner's lane for SSE2, which every x86-64 has; elsewhere the best lane is the portable one. */
#include "stream/scan_kernel.h"

#ifdef __SSE2__
#include <emmintrin.h>

typedef struct block {
    __m128i part[4];
} block;

static inline block load_block(const char *p)
{
    block b;
    for (int i = 0; i < 4; i++) b.part[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    return b;
}

static inline uint64_t bits_of(__m128i a, __m128i b, __m128i c, __m128i d)
{
    uint64_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
    uint64_t high = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;
    return low | high << 32;
}

static inline uint64_t equal_bytes(const block *b, char c)
{
    __m128i v = _mm_set1_epi8(c);
    return bits_of(_mm_cmpeq_epi8(b->part[0], v), _mm_cmpeq_epi8(b->part[1], v),
                   _mm_cmpeq_epi8(b->part[2], v), _mm_cmpeq_epi8(b->part[3], v));
}

static inline void classify(const cst_rules *rules, const char *p, cst_masks *m)
{
    block b = load_block(p);
    m->delimiter = equal_bytes(&b, rules->delimiter);
    m->lf = equal_bytes(&b, '\n');
    m->cr = equal_bytes(&b, '\r');
    m->quote = rules->quoted ? equal_bytes(&b, '"') : 0;
    __m128i any = _mm_or_si128(_mm_or_si128(b.part[0], b.part[1]), _mm_or_si128(b.part[2], b.part[3]));
    __m128i least = _mm_min_epu8(_mm_min_epu8(b.part[0], b.part[1]), _mm_min_epu8(b.part[2], b.part[3]));
    m->high = _mm_movemask_epi8(any);
    m->nul = _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()));
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
    for (; i + 64 <= n; i += 64) {
        block b = load_block(p + i);
        lines += count_bits(equal_bytes(&b, '\n'));
    }
    for (; i < n; i++) lines += p[i] == '\n';
    return lines;
}

static const cst_scanner sse2 = {scan, survey, count_lines};
#endif

const cst_scanner *cst_scanner_of(enum cst_lane which)
{
#ifdef __SSE2__
    return which == CST_LANE_PORTABLE ? &cst_scanner_portable : &sse2;
#else
    return which == CST_LANE_SSE2 ? NULL : &cst_scanner_portable;
#endif
}
