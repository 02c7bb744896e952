/* base/hash.c: multiply and fold. Sixteen bytes at a time are laid over the state and multiplied to
 * 128 bits, whose halves are folded together: one multiplication mixes all of them. Texts up to
 * sixteen bytes, nearly every identifier, take one such step over two overlapping loads and no loop.
 * Words are loaded little-endian by memcpy; the targets are 64-bit little-endian machines, so the
 * value is the same on all of them. Who knows the seed can make up keys that collide, so tables take one
 * that nobody knows before the run. */
#include "base/hash.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the hash is defined by little-endian loads"
#endif

__extension__ typedef unsigned __int128 wide;

/* Odd constants with about as many ones as zeros: digits of the square roots of 2, 3 and 5. */
#define LEFT  UINT64_C(0x6a09e667f3bcc909)
#define RIGHT UINT64_C(0xbb67ae8584caa73b)
#define SEED  UINT64_C(0x3c6ef372fe94f82b)

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load8(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t load4(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t cst_hash(const void *data, size_t n, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t state = seed ^ SEED;
    size_t left = n;
    for (; left > 16; p += 16, left -= 16) state = fold(load8(p) ^ LEFT, load8(p + 8) ^ state);
    uint64_t a = 0, b = 0;
    if (left >= 8) {
        a = load8(p);
        b = load8(p + left - 8);
    } else if (left >= 4) {
        a = load4(p);
        b = load4(p + left - 4);
    } else if (left > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[left / 2] << 8 | p[left - 1];
    }
    return fold(fold(a ^ LEFT, b ^ state) ^ n ^ LEFT, RIGHT ^ seed);
}

uint64_t cst_hash_seed(void)
{
    static _Atomic uint64_t drawn;
    uint64_t seed = atomic_load_explicit(&drawn, memory_order_relaxed), none = 0;
    if (seed) return seed;
    /* where the system has no randomness, addresses and the process differ from run to run */
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = cst_hash_mix((uint64_t)(uintptr_t)&seed ^ (uint64_t)getpid() << 32);
    seed |= 1;
    return atomic_compare_exchange_strong(&drawn, &none, seed) ? seed : none;
}
