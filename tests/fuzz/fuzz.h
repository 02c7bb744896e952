/* What the fuzz targets share. A target is fuzz_NAME.c with LLVMFuzzerTestOneInput, which puts one input
 * to the library and compares what comes out with another way to the same answer; a difference aborts. It
 * is linked with driver.c (make check) or with clang's libFuzzer (make fuzz). */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz: does not hold: %s\n", what);
    abort();
}

/* The bytes in a block of exactly their size, so that a read past them is seen. Freed by the caller. */
static inline char *fuzz_copy(const void *p, size_t n)
{
    char *copy = calloc(n ? n : 1, 1);
    fuzz_require(copy != NULL, "memory for a copy");
    if (n) memcpy(copy, p, n);
    return copy;
}

/* A number from up to eight bytes, lowest first; the bytes are taken off the input. */
static inline uint64_t fuzz_take(const uint8_t **data, size_t *size, size_t bytes)
{
    uint64_t v = 0;
    for (size_t i = 0; i < bytes && *size; i++, (*data)++, (*size)--) v |= (uint64_t) * *data << 8 * i;
    return v;
}
#endif
