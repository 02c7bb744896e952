/* base/digest.h: SHA-256 (FIPS 180-4) of bytes as they come, by nettle, which uses the processor's
 * instructions where there are some. */
#ifndef CST_BASE_DIGEST_H
#define CST_BASE_DIGEST_H
#include <nettle/sha2.h>
#include <stddef.h>

enum { CST_SHA256_ROOM = 2 * SHA256_DIGEST_SIZE + 1 }; /* as lower-case hex digits with a NUL */

typedef struct cst_sha256 {
    struct sha256_ctx state;
} cst_sha256;

void cst_sha256_begin(cst_sha256 *d);
void cst_sha256_add(cst_sha256 *d, const void *p, size_t n);
/* The digest of all that was added so far; more may be added afterwards. */
void cst_sha256_show(const cst_sha256 *d, char hex[CST_SHA256_ROOM]);
#endif
