/* strip_key.c: see strip_key.h. */
#include "ingest/strip_key.h"
#include "base/text.h"

typedef struct words {
    uint64_t a, b; /* bytes 0 to 7 and 8 to 15, zeros behind the field */
} words;

static inline words load_short(cst_text t)
{
    static const unsigned char ones[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                           255, 255, 255, 255, 255, 255, 255, 255};
    words w, mask;
    memcpy(&w, t.p, 16);
    memcpy(&mask, ones + 16 - t.n, 16);
    return (words){w.a & mask.a, w.b & mask.b};
}

void ing_strip_hash(ing_strip s, uint32_t rows, ing_key *key)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        if (t.n > 16) {
            ing_key_add(&key[k], t);
            continue;
        }
        words w = load_short(t);
        ing_key_add_words(&key[k], w.a, w.b, t.n);
    }
}

/* The order of bytes: no text holds a NUL, so that zeros behind the shorter one put it first. */
static inline int compare(cst_text x, cst_text y)
{
    if (x.n > 16 || y.n > 16) return cst_text_compare(x, y);
    words v = load_short(x), w = load_short(y);
    uint64_t p = __builtin_bswap64(v.a), q = __builtin_bswap64(w.a);
    if (p == q) p = __builtin_bswap64(v.b), q = __builtin_bswap64(w.b);
    return (p > q) - (p < q);
}

void ing_strip_follow(ing_strip a, ing_strip b, uint32_t from, uint32_t n, bool *by_second, bool *by_both)
{
    cst_text a0 = ing_strip_at(&a, from - 1), b0 = ing_strip_at(&b, from - 1);
    *by_second = *by_both = true;
    for (uint32_t k = from; k < from + n; k++) {
        cst_text a1 = ing_strip_at(&a, k), b1 = ing_strip_at(&b, k);
        int first = compare(a0, a1), second = compare(b0, b1);
        *by_second &= second < 0;
        *by_both &= first < 0 || (first == 0 && second < 0);
        a0 = a1;
        b0 = b1;
    }
}
