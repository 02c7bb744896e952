/* The table of stages: what it holds, in which order, what it refuses; the built-in ones are whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "stages/items.h"
#include "tables/builtin.h"

static cst_status read_text(const char *text, cst_table **table, stages_pipeline *p, cst_error *e)
{
    const cst_read_opts plain = {0};
    *p = (stages_pipeline){0};
    assert_int_equal(cst_table_parse(cst_text_of(text), "p.csv", &plain, table, e), CST_OK);
    return stages_pipeline_read(*table, p, e);
}

static void test_stages_are_sorted_by_their_order(void **state)
{
    (void)state;
    cst_table *t;
    stages_pipeline p;
    cst_error e;
    assert_int_equal(read_text("stage,order,kind,target_days,probability\nwon,30,won,,\nlost,-1,lost,,\n"
                               "offer,20,open,7,0.5\nlead,10,open,,\n",
                               &t, &p, &e),
                     CST_OK);
    static const char *const names[] = {"lost", "lead", "offer", "won"};
    assert_int_equal(p.n, 4);
    for (size_t i = 0; i < 4; i++) assert_true(cst_text_is(p.at[i].name, names[i]));
    assert_true(p.at[2].target.there && p.at[2].target.v == 7);
    assert_true(p.at[2].probability.there && p.at[2].probability.v == 500000);
    assert_false(p.at[1].target.there || p.at[1].probability.there);
    assert_int_equal(stages_pipeline_find(&p, cst_text_of("offer")), 2);
    assert_int_equal(stages_pipeline_find(&p, cst_text_of("Offer")), STAGES_NONE);
    stages_pipeline_free(&p);
    cst_table_free(t);
}

static void test_what_follows_a_stage_is_open_or_won(void **state)
{
    (void)state;
    cst_table *t;
    stages_pipeline p;
    cst_error e;
    assert_int_equal(
        read_text("stage,order,kind\na,1,open\nout,2,lost\nb,3,open\nwon,4,won\nend,5,lost\n", &t, &p, &e),
        CST_OK);
    assert_int_equal(stages_pipeline_next(&p, 0), 2); /* over the lost one */
    assert_int_equal(stages_pipeline_next(&p, 2), 3);
    assert_int_equal(stages_pipeline_next(&p, 3), STAGES_NONE);
    stages_pipeline_free(&p);
    cst_table_free(t);
}

static void test_built_in_pipelines_have_an_open_stage_and_both_ends(void **state)
{
    (void)state;
    static const char *const names[] = {"expansion", "trial", "onboarding", "journey"};
    for (size_t i = 0; i < 4; i++) {
        cst_table *t;
        stages_pipeline p = {0};
        cst_error e;
        size_t of[3] = {0};
        assert_int_equal(cst_builtin_load("pipeline", names[i], &t, &e), CST_OK);
        assert_int_equal(stages_pipeline_read(t, &p, &e), CST_OK);
        for (size_t k = 0; k < p.n; k++) of[p.at[k].kind]++;
        assert_true(of[STAGES_OPEN] > 0);
        assert_int_equal(of[STAGES_WON], 1);
        assert_int_equal(of[STAGES_LOST], 1);
        stages_pipeline_free(&p);
        cst_table_free(t);
    }
}

static void test_rows_that_repeat_a_stage_are_one_spell(void **state)
{
    (void)state;
    const stages_row row[] = {
        {.stage = 0, .day = 10}, {.stage = 0, .day = 12}, {.stage = 1, .day = 12}, {.stage = 0, .day = 20}};
    const stages_item item = {.row = row, .n = 4};
    assert_int_equal(stages_item_next(&item, 0), 2);
    assert_int_equal(stages_item_next(&item, 2), 3);
    assert_int_equal(stages_item_next(&item, 3), 4);
    assert_int_equal(stages_item_at(&item, 9), 4); /* none yet */
    assert_int_equal(stages_item_at(&item, 10), 0);
    assert_int_equal(stages_item_at(&item, 12), 2); /* the last of the day */
    assert_int_equal(stages_item_at(&item, 19), 2);
    assert_int_equal(stages_item_at(&item, 999), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages_are_sorted_by_their_order),
        cmocka_unit_test(test_what_follows_a_stage_is_open_or_won),
        cmocka_unit_test(test_built_in_pipelines_have_an_open_stage_and_both_ends),
        cmocka_unit_test(test_rows_that_repeat_a_stage_are_one_spell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
