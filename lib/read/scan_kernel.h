/* read/scan_kernel.h: the scanner over masks of 64 bytes, included by each lane after it has defined
 *
 *     KERNEL void classify(const cst_scan_rules *rules, const char *p, cst_masks *m);
 *     KERNEL void classify_rare(const char *p, cst_masks *m);
 *
 * Everything here is branch-light arithmetic on whole masks; bit i stands for byte i. The shift by one
 * that asks for a byte's neighbour takes bit 63 of the block before from the state. CR, NUL and bytes
 * past ASCII are looked for together, and told apart only where there is one.
 */
#include <string.h>

#include "read/scan.h"
#include "read/utf8.h"

/* The masks must live in registers: what makes and uses them is one loop. */
#define KERNEL __attribute__((always_inline)) static inline

typedef struct cst_masks {
    uint64_t quote, end; /* end: delimiter or LF */
    bool rare;           /* there is a CR, a NUL or a byte of 0x80 or more; only then the rest is filled in */
    uint64_t lf, cr;
    bool high, nul;
} cst_masks;

KERNEL void classify(const cst_scan_rules *rules, const char *p, cst_masks *m);
KERNEL void classify_rare(const char *p, cst_masks *m);

/* Bits set, without asking for a popcnt instruction. */
KERNEL uint32_t count_bits(uint64_t x)
{
    x -= (x >> 1) & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)((x * UINT64_C(0x0101010101010101)) >> 56);
}

/* Bit i of the result is the parity of bits 0..i: ones from each opening quote up to before its
 * closing one. */
KERNEL uint64_t prefix_xor(uint64_t x)
{
    x ^= x << 1;
    x ^= x << 2;
    x ^= x << 4;
    x ^= x << 8;
    x ^= x << 16;
    x ^= x << 32;
    return x;
}

/* The lowest set bit's offset; the rest of the bits. Without a bit some number: __builtin_ctzll(0) is
 * undefined. */
KERNEL uint64_t put_offset(uint32_t *out, uint64_t bits, uint32_t base)
{
    *out = base + (uint32_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
    return bits & (bits - 1);
}

KERNEL uint64_t put_four(uint32_t *out, uint64_t bits, uint32_t base)
{
    bits = put_offset(out, bits, base);
    bits = put_offset(out + 1, bits, base);
    bits = put_offset(out + 2, bits, base);
    return put_offset(out + 3, bits, base);
}

/* Writes the offsets of the set bits, eight at once whether they are there or not: the count is known,
 * so the surplus is overwritten by the next block, and hardly a branch depends on where the bits are. */
KERNEL void put_offsets(cst_scan *s, uint64_t bits, uint32_t base)
{
    uint32_t *out = s->ends + s->n, *end = out + count_bits(bits);
    s->n = (size_t)(end - s->ends);
    bits = put_four(out, bits, base);
    bits = put_four(out + 4, bits, base);
    for (out += 8; out < end; out += 4) bits = put_four(out, bits, base);
}

/* The text of the block is UTF-8, with the `partial` bytes that began before it: how many bytes at its
 * end are an unfinished character; -1: it is not. By value, so that the scan's state can stay in
 * registers. */
__attribute__((noinline)) static int check_utf8(const char *text, size_t at, size_t partial, size_t size)
{
    bool cut = false;
    size_t n = partial + size, good = cst_utf8_check(text + at - partial, n, &cut);
    if (good == n) return 0;
    return cut ? (int)(n - good) : -1;
}

/* One block of `size` bytes (64 but for the last). false: a rule is broken. */
KERNEL bool step(const cst_scan_rules *rules, const char *text, const char *block, size_t size, cst_scan *s)
{
    cst_masks m = {0};
    classify(rules, block, &m);
    if (m.rare || s->cr) classify_rare(block, &m);
    uint64_t inside = s->inside, bad = 0, close = 0;
    if (rules->quoted && (m.quote | s->closed)) {
        inside ^= prefix_xor(m.quote);
        uint64_t open = m.quote & inside;
        close = m.quote & ~inside;
        uint64_t may_open = ((m.end & ~inside) | close) << 1 | s->before;
        uint64_t may_follow = m.end | m.cr | m.quote;
        bad = (open & ~may_open) | ((close << 1 | s->closed) & ~may_follow);
    }
    uint64_t ends = m.end & ~inside;
    if (m.rare || s->cr || s->partial) {
        uint64_t cr = m.cr & ~inside;
        bad |= (cr << 1 | s->cr) & ~m.lf;
        int partial = m.high || s->partial ? check_utf8(text, s->at, s->partial, size) : 0;
        if (m.nul || partial < 0) return false;
        s->partial = (uint32_t)partial;
        s->cr = cr >> (size - 1) & 1;
    }
    if (size < 64) bad &= (UINT64_C(1) << size) - 1;
    if (bad) return false;
    put_offsets(s, ends, (uint32_t)s->at);
    s->inside = (uint64_t)((int64_t)inside >> 63);
    s->before = (ends | close) >> (size - 1) & 1;
    s->closed = close >> (size - 1) & 1;
    s->at += size;
    return true;
}

/* A block that is cut short gets bytes behind it that are never a delimiter. */
static inline const char *pad_block(const char *p, size_t size, char room[64])
{
    memset(room, 'a', 64);
    memcpy(room, p, size);
    return room;
}

KERNEL enum cst_scan_stop run_scan(const cst_scan_rules *which, const char *text, size_t to, cst_scan *state)
{
    const cst_scan_rules rules = *which;
    cst_scan s = *state;
    enum cst_scan_stop stop = CST_SCAN_DONE;
    while (s.at < to) {
        if (s.room - s.n < CST_SCAN_ROOM) {
            stop = CST_SCAN_FULL;
            break;
        }
        bool good;
        if (to - s.at >= 64) {
            good = step(&rules, text, text + s.at, 64, &s);
        } else {
            char room[64];
            size_t size = to - s.at;
            good = step(&rules, text, pad_block(text + s.at, size, room), size, &s);
        }
        if (!good) {
            stop = CST_SCAN_BAD;
            break;
        }
    }
    *state = s;
    return stop;
}
