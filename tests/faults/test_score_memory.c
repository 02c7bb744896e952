/* Every allocation of the public score and identity interfaces fails once: the function says so, hands out
 * nothing, frees what it had, and nothing crashes. This program's own allocator stands before that of the C
 * library, so it is not run under the sanitizers, which bring theirs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/ledger.h>
#include <cstools/score.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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

static char model_file[] = "/tmp/cst_score_model_XXXXXX", identity_file[] = "/tmp/cst_identity_XXXXXX";
static cst_error e;

static cst_status score(void)
{
    const double value[] = {.5, 10, 1, 30, NAN, 20};
    const bool active[] = {true, true, false};
    const cst_score_input in = {.value = value, .active = active, .rows = 3};
    cst_score_part part[2];
    cst_model *m;
    cst_scores *scores = NULL;
    cst_status s = cst_model_open(model_file, &m, &e);
    if (s < 0) assert_null(m);
    if (s == CST_OK) s = cst_scores_new(m, &in, &scores, &e);
    if (s < 0) assert_null(scores);
    if (s == CST_OK) s = cst_scores_explain(scores, 1, part, &e);
    if (s == CST_OK) assert_int_equal(part[0].given + part[1].given, cst_scores_row(scores, 1).score);
    cst_scores_free(scores);
    cst_model_free(m);
    return s;
}

static cst_status rename_accounts(void)
{
    cst_identity *d;
    cst_status s = cst_identity_open(identity_file, &d, &e);
    if (s < 0) assert_null(d);
    cst_identity_free(d);
    return s;
}

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
    assert_true(failures >= least); /* or nothing was put to the test */
}

static void put_file(char *path, const char *text, size_t n)
{
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, n) == (ssize_t)n);
    assert_int_equal(close(file), 0);
}

static void every_allocation(void **state)
{
    (void)state;
    static const char model[] = "kind,name,parent,weight,column,transform,low,high,points,missing\n"
                                "score,h,,,,,0,100,,\ngroup,g,h,1,,,,,,\nmeasure,a,g,1,x,linear,0,1,,\n"
                                "measure,b,g,1,y,percentile,,,,\nband,all,h,,,,0,100,,\n",
                      renames[] = "kind,old_id,new_id\naccount,a,b\nplan,c,d\n";
    put_file(model_file, model, sizeof model - 1);
    put_file(identity_file, renames, sizeof renames - 1);
    fail_each(score, 40);
    fail_each(rename_accounts, 20);
    unlink(model_file);
    unlink(identity_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
