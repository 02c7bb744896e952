/* Every allocation of the public score and identity interfaces fails once: the function says so, hands out
 * nothing, frees what it had, and nothing crashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fail_each.h"
#include <cstools/ledger.h>
#include <cstools/score.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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
