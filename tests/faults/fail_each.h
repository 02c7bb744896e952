/* fail_each.h: an allocator that refuses one request, to test for want of memory. It stands before that of
 * the C library, so a program that includes it is not run under the sanitizers, which bring theirs. Included
 * by one file of a program, behind <cmocka.h>. */
#ifndef FAIL_EACH_H
#define FAIL_EACH_H
#include <cstools/base.h>
#include <stdbool.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);
/* visible, so that the C library's own calls (strndup) come here too */
CST_API void *malloc(size_t size);
CST_API void *calloc(size_t n, size_t size);
CST_API void *realloc(void *p, size_t size);
CST_API void free(void *p);

static long before_failure = -1; /* allocations still granted; -1: all */
static long alive;

static bool is_refused(void)
{
    if (before_failure == 0) return true;
    if (before_failure > 0) before_failure--;
    return false;
}

void *malloc(size_t size)
{
    void *p = is_refused() ? NULL : __libc_malloc(size);
    alive += p != NULL;
    return p;
}

void *calloc(size_t n, size_t size)
{
    void *p = is_refused() ? NULL : __libc_calloc(n, size);
    alive += p != NULL;
    return p;
}

void *realloc(void *old, size_t size)
{
    void *p = is_refused() ? NULL : __libc_realloc(old, size);
    alive += p != NULL && old == NULL;
    return p;
}

void free(void *p)
{
    alive -= p != NULL;
    __libc_free(p);
}

/* Runs the job until it goes through, refusing one allocation more each time: it fails with CST_MEMORY and
 * frees what it had. At least `least` allocations, or nothing was put to the test. */
static void fail_each(cst_status (*job)(void), int least)
{
    int failures = 0;
    for (;; failures++) {
        alive = 0;
        before_failure = failures;
        cst_status s = job();
        long left = alive;
        before_failure = -1;
        assert_int_equal(left, 0);
        if (s == CST_OK) break;
        assert_int_equal(s, CST_MEMORY);
        assert_true(failures < 1000);
    }
    assert_true(failures >= least);
}
#endif
