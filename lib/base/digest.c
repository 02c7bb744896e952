/* digest.c: see digest.h. */
#include "base/digest.h"
#include <stdint.h>

void cst_sha256_begin(cst_sha256 *d)
{
    sha256_init(&d->state);
}

void cst_sha256_add(cst_sha256 *d, const void *p, size_t n)
{
    sha256_update(&d->state, n, p);
}

void cst_sha256_show(const cst_sha256 *d, char hex[CST_SHA256_ROOM])
{
    static const char digit[] = "0123456789abcdef";
    struct sha256_ctx copy = d->state; /* ending it would begin another one */
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_digest(&copy, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        hex[2 * i] = digit[sum[i] >> 4];
        hex[2 * i + 1] = digit[sum[i] & 15];
    }
    hex[2 * sizeof sum] = '\0';
}
