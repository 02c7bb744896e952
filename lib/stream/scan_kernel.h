/* stream/scan_kernel.h: the scanner over masks of 64 bytes, included by each lane after it has defined
 *
 *     static inline void classify(const cst_rules *rules, const char *p, cst_masks *m);
 *
 * Everything here is branch-light arithmetic on whole masks; bit i stands for byte i. The shift by one that asks for
 * a byte's neighbour takes bit 63 of the block before from the state.
 */
#include "stream/scan.h"
#include "stream/utf8.h"
#include <string.h>

typedef struct cst_masks {
    uint64_t quote, delimiter, lf, cr;
    bool high; /* a byte of 0x80 or more */
    bool nul;
} cst_masks;

static inline void classify(const cst_rules *rules, const char *p, cst_masks *m);

/* Bits set, without asking for a popcnt instruction. */
static inline uint32_t count_bits(uint64_t x)
{
    x -= (x >> 1) & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)((x * UINT64_C(0x0101010101010101)) >> 56);
}

/* Bit i of the result is the parity of bits 0..i: ones from each opening quote up to before its closing one. */
static inline uint64_t prefix_xor(uint64_t x)
{
    x ^= x << 1;
    x ^= x << 2;
    x ^= x << 4;
    x ^= x << 8;
    x ^= x << 16;
    x ^= x << 32;
    return x;
}

/* Writes the offsets of the set bits. Eight at once whether they are there or not: the count is known, so the
 * surplus is overwritten by the next block, and no branch depends on where the bits are. */
static inline void put_offsets(cst_scan *s, uint64_t bits, uint32_t base)
{
    const uint64_t guard = UINT64_C(1) << 63; /* __builtin_ctzll(0) is undefined */
    uint32_t *out = s->ends + s->n;
    uint32_t count = count_bits(bits);
    for (uint32_t done = 0;;) {
        for (int i = 0; i < 8; i++) {
            out[i] = base + (uint32_t)__builtin_ctzll(bits | guard);
            bits &= bits - 1;
        }
        done += 8;
        if (done >= count) break;
        out += 8;
    }
    s->n += count;
}

/* The text of the block is UTF-8, with what began before it and what goes on behind it. */
static inline bool check_utf8(cst_scan *s, const char *text, size_t size)
{
    bool cut = false;
    size_t from = s->at - s->partial, n = s->partial + size;
    size_t good = cst_utf8_check(text + from, n, &cut);
    s->partial = cut ? (uint32_t)(n - good) : 0;
    return good == n || cut;
}

/* One block of `size` bytes (64 but for the last). false: a rule is broken; the state then is that before the block,
 * but for `partial`. */
static inline bool step(const cst_rules *rules, const char *text, const char *block, size_t size, cst_scan *s)
{
    cst_masks m;
    classify(rules, block, &m);
    uint64_t inside = s->inside, bad = 0, close = 0;
    if (rules->quoted && (m.quote | s->closed)) {
        inside ^= prefix_xor(m.quote);
        uint64_t open = m.quote & inside;
        close = m.quote & ~inside;
        uint64_t may_open = (((m.delimiter | m.lf) & ~inside) | close) << 1 | s->before;
        uint64_t may_follow = m.delimiter | m.lf | m.cr | m.quote;
        bad = (open & ~may_open) | ((close << 1 | s->closed) & ~may_follow);
    }
    uint64_t ends = (m.delimiter | m.lf) & ~inside, cr = m.cr & ~inside;
    bad |= (cr << 1 | s->cr) & ~m.lf;
    if (size < 64) bad &= (UINT64_C(1) << size) - 1;
    if (bad || m.nul) return false;
    if ((m.high || s->partial) && !check_utf8(s, text, size)) return false;
    put_offsets(s, ends, (uint32_t)s->at);
    s->newlines += count_bits(m.lf & ~inside);
    s->inside = (uint64_t)((int64_t)inside >> 63);
    s->before = (ends | close) >> (size - 1) & 1;
    s->closed = close >> (size - 1) & 1;
    s->cr = cr >> (size - 1) & 1;
    s->at += size;
    return true;
}

static inline enum cst_scan_stop run_scan(const cst_rules *rules, const char *text, size_t to,
                                          cst_scan *state)
{
    cst_scan s = *state;
    enum cst_scan_stop stop = CST_SCAN_DONE;
    while (s.at < to) {
        size_t size = to - s.at < 64 ? to - s.at : 64;
        if (s.room - s.n < CST_SCAN_ROOM) {
            stop = CST_SCAN_FULL;
            break;
        }
        char tail[64];
        const char *block = text + s.at;
        if (size < 64) {
            memset(tail, 'a', sizeof tail); /* never a delimiter */
            memcpy(tail, block, size);
            block = tail;
        }
        if (!step(rules, text, block, size, &s)) {
            stop = CST_SCAN_BAD;
            break;
        }
    }
    *state = s;
    return stop;
}

/* A blank line's LF follows an LF outside quotes (or the start), with or without a CR between. `outside` are the LFs
 * outside quotes; *last carries the two bytes before the block: bit 1: an LF before; bit 0: LF CR before. */
static inline uint64_t blank_lines(uint64_t outside, uint64_t cr, uint64_t *last)
{
    uint64_t after_lf = outside << 1 | (*last >> 1 & 1);
    uint64_t after_lf_cr = (cr & after_lf) << 1 | (*last & 1);
    *last = (outside >> 63) << 1 | (cr & after_lf) >> 63;
    return outside & (after_lf | after_lf_cr);
}

static inline cst_survey run_survey(const cst_rules *rules, const char *text, size_t n)
{
    cst_survey found = {0};
    uint64_t inside = 0, last = 2, lines = 0;
    for (size_t at = 0; at < n; at += 64) {
        size_t size = n - at < 64 ? n - at : 64;
        char tail[64];
        const char *block = text + at;
        if (size < 64) {
            memset(tail, 'a', sizeof tail);
            memcpy(tail, block, size);
            block = tail;
        }
        cst_masks m;
        classify(rules, block, &m);
        uint64_t quoted = inside;
        if (rules->quoted && m.quote) {
            quoted ^= prefix_xor(m.quote);
            inside = (uint64_t)((int64_t)quoted >> 63);
        }
        uint64_t outside = m.lf & ~quoted;
        uint64_t blank = blank_lines(outside, m.cr & ~quoted, &last);
        if (outside) {
            int top = 63 - __builtin_clzll(outside);
            uint64_t kept = m.lf << (63 - top); /* the LFs up to the last one outside quotes */
            found.cut = at + (size_t)top + 1;
            found.lines = lines + count_bits(kept);
            found.records += count_bits(outside ^ blank);
            found.blanks += count_bits(blank);
        }
        lines += count_bits(m.lf);
    }
    return found;
}
