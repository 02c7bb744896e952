/* Scores of rows in memory (cstools/score.h): refusals, edges, and the same figures to the bit as the reading
 * of a file gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "score/collect.h"
#include "score/points.h"

#define HEADER "kind,name,parent,weight,column,transform,low,high,points,missing\nscore,h,,,,,0,100,,\n"

static cst_model *model_of(const char *rows)
{
    char text[2048];
    cst_table *t;
    cst_model *m = NULL;
    cst_error e;
    snprintf(text, sizeof text, HEADER "%s", rows);
    if (cst_table_parse(cst_text_of(text), "model.csv", NULL, &t, &e) || score_model_new(t, &m, &e))
        fail_msg("%s", e.message);
    return m;
}

static cst_scores *score(const cst_model *m, cst_score_input in)
{
    cst_scores *s;
    cst_error e;
    if (cst_scores_new(m, &in, &s, &e)) fail_msg("%s", e.message);
    return s;
}

static void a_model_is_a_name_or_a_file(void **state)
{
    (void)state;
    cst_model *m;
    cst_error e;
    assert_int_equal(cst_model_open("balance", &m, &e), CST_USAGE);
    assert_null(m);
    assert_non_null(strstr(e.message, "\"balance\""));
    assert_non_null(strstr(e.message, "balanced, relationship-led, usage-led"));
    assert_int_equal(cst_model_open("./no-such-model.csv", &m, &e), CST_IO);
    assert_null(m);
    assert_int_equal(cst_model_open("balanced", &m, &e), CST_OK);
    assert_int_equal(cst_model_measures(m), 11);
    assert_int_equal(cst_model_groups(m), 2);
    assert_int_equal(cst_model_bands(m), 3);
    cst_score_measure seats = cst_model_measure_at(m, 6);
    assert_true(cst_text_is(seats.name, "seat_use") && cst_text_is(seats.column, "seat_utilization") &&
                cst_text_is(seats.parent, "customer_actions"));
    cst_score_group ours = cst_model_group_at(m, 0);
    assert_true(cst_text_is(ours.name, "our_actions") && cst_text_is(ours.parent, "health"));
    cst_score_band yellow = cst_model_band_at(m, 1);
    assert_true(cst_text_is(yellow.name, "yellow") && yellow.low == 40 && yellow.high == 70);
    cst_model_free(m);
    cst_model_free(NULL);
}

static void check_refused(const char *rows, cst_score_input in, cst_status status, const char *field,
                          const char *part)
{
    cst_model *m = model_of(rows);
    cst_scores *s;
    cst_error e;
    assert_int_equal(cst_scores_new(m, &in, &s, &e), status);
    assert_null(s);
    if (strcmp(e.field, field) || !strstr(e.message, part)) fail_msg("%s: %s", e.field, e.message);
    cst_model_free(m);
}

static void bad_rows_are_refused(void **state)
{
    (void)state;
    static const char two[] = "measure,a,h,1,x,as_is,,,,\nmeasure,b,h,1,y,linear,0,1,,fail\n";
    const double good[] = {0, 0, 100, 1}, low[] = {0, 0, -.5, 1}, high[] = {0, 0, 100.5, 1},
                 wide[] = {NAN, 0, 1, -INFINITY}, none[] = {NAN, 0, 0, NAN};
    check_refused(two, (cst_score_input){.value = low, .rows = 2}, CST_DATA, "x",
                  "row 2: expected 0 to 100 (as_is) for measure \"a\", found -0.5");
    check_refused(two, (cst_score_input){.value = high, .rows = 2}, CST_DATA, "x", "found 100.5");
    check_refused(two, (cst_score_input){.value = wide, .rows = 2}, CST_DATA, "y",
                  "row 2: expected a finite number for measure \"b\", found -inf");
    check_refused(two, (cst_score_input){.value = none, .rows = 2}, CST_DATA, "y",
                  "must not be missing) for measure \"b\", found none");
    const double bad[] = {-.1, 1.1, NAN};
    for (size_t i = 0; i < 3; i++)
        check_refused(two, (cst_score_input){.value = good, .rows = 2, .min_coverage = bad[i]}, CST_USAGE, "",
                      "0 to 1");
    check_refused(two, (cst_score_input){.value = good, .rows = SIZE_MAX / 64}, CST_LIMIT, "", "4294967295");
    cst_model *m = model_of(two);
    cst_scores_free(score(m, (cst_score_input){.value = good, .rows = 2}));
    cst_scores_free(NULL);
    cst_model_free(m);
}

static void nothing_is_no_score(void **state)
{
    (void)state;
    cst_model *m = model_of("group,g,h,1,,,,,,\nmeasure,a,g,1,x,percentile,,,,\nmeasure,b,g,1,y,zscore,,,,\n"
                            "band,all,h,,,,0,100,,\n");
    cst_scores *s = score(m, (cst_score_input){.rows = 0});
    assert_int_equal(cst_scores_rows(s), 0);
    cst_scores_free(s);
    const double none[] = {NAN, NAN, NAN, NAN};
    s = score(m, (cst_score_input){.value = none, .rows = 2});
    assert_int_equal(cst_scores_rows(s), 2);
    for (size_t i = 0; i < 2; i++) {
        cst_score_row r = cst_scores_row(s, i);
        assert_true(r.score == -1 && r.band.n == 0 && r.coverage == 0 && r.group[0] == -1);
        assert_true(r.costs_most == CST_SCORE_NO_MEASURE && r.gives_most == CST_SCORE_NO_MEASURE);
        cst_score_part part[2];
        cst_error e;
        assert_int_equal(cst_scores_explain(s, i, part, &e), CST_OK);
        for (size_t k = 0; k < 2; k++)
            assert_true(part[k].sub_score == -1 && isnan(part[k].weight) && part[k].given == -1 &&
                        part[k].lost == -1);
    }
    cst_scores_free(s);
    cst_model_free(m);
}

/* Whoever is not active is placed, but nobody is placed among them; with no one active nobody is. */
static void the_inactive_do_not_count(void **state)
{
    (void)state;
    cst_model *m = model_of("measure,a,h,1,x,percentile,,,,\n");
    const double value[] = {1, 2, 3, 4};
    const bool some[] = {true, true, false, false}, nobody[] = {false, false, false, false};
    static const int32_t all_placed[] = {1250, 3750, 6250, 8750}, some_placed[] = {2500, 7500, 10000, 10000};
    cst_scores *all = score(m, (cst_score_input){.value = value, .rows = 4});
    cst_scores *two = score(m, (cst_score_input){.value = value, .active = some, .rows = 4});
    cst_scores *none = score(m, (cst_score_input){.value = value, .active = nobody, .rows = 4});
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cst_scores_row(all, i).score, all_placed[i]);
        assert_int_equal(cst_scores_row(two, i).score, some_placed[i]);
        assert_int_equal(cst_scores_row(none, i).score, -1);
        assert_int_equal(cst_scores_row(all, i).band.n, 0); /* a model without bands */
    }
    cst_scores_free(all);
    cst_scores_free(two);
    cst_scores_free(none);
    cst_model_free(m);
}

/* A tenth and two tenths are measured of the weights: just the least coverage of .3 is met. */
static void the_least_coverage_counts(void **state)
{
    (void)state;
    cst_model *m =
        model_of("measure,a,h,1,x,as_is,,,,\nmeasure,b,h,2,y,as_is,,,,\nmeasure,c,h,7,z,as_is,,,,\n");
    const double value[] = {40, 85, NAN, 40, NAN, NAN};
    cst_scores *s = score(m, (cst_score_input){.value = value, .rows = 2, .min_coverage = .3});
    cst_score_row met = cst_scores_row(s, 0), under = cst_scores_row(s, 1);
    assert_int_equal(met.score, 7000); /* (40 + 2 x 85) / 3 */
    assert_true(met.costs_most == 0 && met.gives_most == 1);
    assert_true(under.score == -1 && under.costs_most == CST_SCORE_NO_MEASURE &&
                fabs(under.coverage - .1) < 1e-12);
    cst_score_part part[3];
    cst_error e;
    assert_int_equal(cst_scores_explain(s, 1, part, &e), CST_OK);
    assert_true(part[0].sub_score == 4000 && isnan(part[0].weight) && part[0].given == -1);
    cst_scores_free(s);
    cst_model_free(m);
}

/* ---- the same as from a file ------------------------------------------------------------------------- */

enum { ROWS = 1003, MEASURES = 9 };
static const char nine[] = "group,g,h,60,,,,,,\n"
                           "group,i,h,40,,,,,,\n"
                           "measure,a,g,2,a,linear,90,7,,\n"
                           "measure,b,g,1,b,steps,,,0=0;20=50;60=100,\n"
                           "measure,c,i,3,c,percentile,,,,\n"
                           "measure,d,i,1,d,zscore,1,0,,\n"
                           "measure,e,g,4,e,logistic,10,80,,neutral\n"
                           "measure,f,i,5,f,log,1,90,,\n"
                           "measure,j,i,2,j,asinh,-5,50,,zero\n"
                           "measure,k,h,7,k,boolean,,,,\n"
                           "measure,l,g,3,l,as_is,,,,\n"
                           "band,low,h,,,,0,50,,\nband,high,h,,,,50,100,,\n";

/* Values of 0 to 100 in steps of an eighth, which a text holds exactly; one in seven is missing. */
static void draw_rows(double *value, bool *active)
{
    uint32_t x = 7;
    for (size_t i = 0; i < ROWS; i++) {
        active[i] = (x = x * 1664525u + 1013904223u) >> 30 != 0;
        for (size_t k = 0; k < MEASURES; k++) {
            x = x * 1664525u + 1013904223u;
            double v = (x >> 12) % 801 / 8.0;
            value[i * MEASURES + k] = x >> 16 < 9362 ? (double)NAN : k == 7 ? v > 50 : v;
        }
    }
}

static void write_rows(const char *path, const double *value, const bool *active)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("account_id,period,active,a,b,c,d,e,f,j,k,l\n", f);
    for (size_t i = 0; i < ROWS; i++) {
        fprintf(f, "%05zu,2024-01-31,%d", i, active[i]);
        for (size_t k = 0; k < MEASURES; k++) {
            double v = value[i * MEASURES + k];
            if (isnan(v))
                fputc(',', f);
            else
                fprintf(f, ",%g", v);
        }
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

static void collect_rows(const char *path, score_sheet *sheet)
{
    cst_error e;
    score_collect_opts o = {.from = CST_DAY_NONE, .to = CST_DAY_NONE, .min_coverage = .5, .threads = 2};
    const cst_inputs in = {&path, 1};
    const cst_read_opts how = {.block = 4096};
    if (cst_reader_open(&in, &how, &o.reader, &e) || score_collect(&o, sheet, &e)) fail_msg("%s", e.message);
    cst_reader_free(o.reader);
    assert_int_equal(sheet->rows.n, ROWS);
}

static void a_file_gives_the_same(void **state)
{
    (void)state;
    static double value[ROWS * MEASURES];
    static bool active[ROWS];
    char path[] = "/tmp/cst_score_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    draw_rows(value, active);
    write_rows(path, value, active);
    cst_error e;
    cst_model *m = model_of(nine);
    score_sheet sheet;
    assert_int_equal(score_sheet_init(&sheet, m, NULL, false, &e), CST_OK);
    collect_rows(path, &sheet);
    unlink(path);
    cst_scores *s =
        score(m, (cst_score_input){.value = value, .active = active, .rows = ROWS, .min_coverage = .5});
    size_t missing = 0;
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t at = sheet.rows.order[i];
        const score_tree_result *t = &sheet.result[at];
        cst_score_row r = cst_scores_row(s, i);
        assert_int_equal(r.score, score_points_round(t->score));
        assert_true(r.coverage == t->coverage);
        assert_int_equal(r.group[0], sheet.group[2 * at]);
        assert_int_equal(r.group[1], sheet.group[2 * at + 1]);
        assert_true(r.score < 0 || (r.costs_most == t->worst && r.gives_most == t->best));
        assert_true(cst_text_is(r.band, r.score < 0 ? "" : r.score < 5000 ? "low" : "high"));
        missing += r.score < 0;
    }
    assert_true(missing > 0 && missing < ROWS / 4);
    cst_scores_free(s);
    score_sheet_clear(&sheet);
    cst_model_free(m);
}

/* What is given sums to the score, and with what is lost to all there is. */
static void parts_add_up(void **state)
{
    (void)state;
    static double value[ROWS * MEASURES];
    static bool active[ROWS];
    draw_rows(value, active);
    cst_model *m = model_of(nine);
    cst_scores *s = score(m, (cst_score_input){.value = value, .active = active, .rows = ROWS});
    for (size_t i = 0; i < ROWS; i++) {
        cst_score_part part[MEASURES];
        cst_error e;
        assert_int_equal(cst_scores_explain(s, i, part, &e), CST_OK);
        int32_t given = 0, lost = 0;
        double weight = 0;
        for (size_t k = 0; k < MEASURES; k++) {
            if (isnan(part[k].weight)) continue;
            given += part[k].given;
            lost += part[k].lost;
            weight += part[k].weight;
        }
        assert_int_equal(given, cst_scores_row(s, i).score);
        assert_int_equal(given + lost, 10000);
        assert_true(fabs(weight - 1) < 1e-12);
    }
    cst_scores_free(s);
    cst_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_a_name_or_a_file),
        cmocka_unit_test(bad_rows_are_refused),
        cmocka_unit_test(nothing_is_no_score),
        cmocka_unit_test(the_inactive_do_not_count),
        cmocka_unit_test(the_least_coverage_counts),
        cmocka_unit_test(a_file_gives_the_same),
        cmocka_unit_test(parts_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
