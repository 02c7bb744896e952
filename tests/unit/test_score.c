/* The pieces of a score, each by hand: transforms, the tree with its policies, smoothing, hysteresis
 * and trend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "score/memory.h"
#include "score/points.h"
#include "score/transform.h"
#include "score/tree.h"

#define HEADER "kind,name,parent,weight,column,transform,low,high,points,missing\n"
#define BANDS  "band,red,h,,,,0,40,,\nband,yellow,h,,,,40,75,,\nband,green,h,,,,75,100,,\n"

static cst_status read_model(const char *text, cst_model **m, cst_error *e)
{
    cst_table *t;
    *m = NULL;
    cst_status s = cst_table_parse(cst_text_of(text), "model.csv", NULL, &t, e);
    return s ? s : score_model_new(t, m, e);
}

static cst_model *model_of(const char *text)
{
    cst_model *m;
    cst_error e;
    if (read_model(text, &m, &e)) fail_msg("%s", e.message);
    return m;
}

static double transformed(const char *transform, const char *low, const char *high, const char *points,
                          double x)
{
    char text[512];
    snprintf(text, sizeof text, HEADER "score,h,,,,,0,100,,\nmeasure,m,h,1,x,%s,%s,%s,%s,\n", transform, low,
             high, points);
    cst_model *m = model_of(text);
    double out = -1;
    if (!score_transform_value(&m->node[1], x, &out)) out = -1;
    double value[SCORE_LANES], sub[SCORE_LANES];
    for (int i = 0; i < SCORE_LANES; i++) value[i] = i % 3 ? x : NAN; /* a strip says the same, to the bit */
    score_transform_strip(&m->node[1], value, sub);
    for (int i = 0; i < SCORE_LANES && out >= 0; i++)
        if (i % 3 ? sub[i] != out : !isnan(sub[i])) fail_msg("%s: lane %d: %.17g", transform, i, sub[i]);
    cst_model_free(m);
    return out;
}

static void check_transform(const char *transform, const char *low, const char *high, double x,
                            double expected)
{
    double got = transformed(transform, low, high, "", x);
    if (fabs(got - expected) > 1e-9)
        fail_msg("%s %s..%s at %g: %.12g, not %.12g", transform, low, high, x, got, expected);
}

static void test_transforms(void **state)
{
    (void)state;
    check_transform("linear", "0", "6", 3, 50);
    check_transform("linear", "0", "6", -1, 0);
    check_transform("linear", "0", "6", 7, 100);
    check_transform("linear", "10", "0", 2.5, 75); /* turned round */
    check_transform("logistic", "0", "10", 0, 10);
    check_transform("logistic", "0", "10", 10, 90);
    check_transform("logistic", "0", "10", 5, 50);
    check_transform("logistic", "10", "0", 10, 10);
    check_transform("log", "1", "100", 10, 50);
    check_transform("log", "1", "100", 0, 0);
    check_transform("log", "100", "1", 0, 100);
    check_transform("asinh", "-5", "5", 0, 50);
    check_transform("boolean", "", "", 1, 100);
    check_transform("boolean", "", "", 0, 0);
    check_transform("boolean", "1", "0", 0, 100);
    check_transform("as_is", "", "", 37.5, 37.5);
    check_transform("as_is", "", "", 101, -1);
    assert_true(transformed("steps", "", "", "0=0;5=50;20=100", -1) == 0);
    assert_true(transformed("steps", "", "", "0=0;5=50;20=100", 4.99) == 0);
    assert_true(transformed("steps", "", "", "20=100;0=0;5=50", 5) == 50);
    assert_true(transformed("steps", "", "", "0=0;5=50;20=100", 1e9) == 100);
}

static void test_among(void **state)
{
    (void)state;
    const double peers[] = {1, 2, 2, 3, 10};
    score_node n = {.transform = SCORE_PERCENTILE};
    assert_true(fabs(score_transform_among(&n, 2, peers, 5, 0, 0) - 40) < 1e-12); /* (1 + 2 / 2) / 5 */
    assert_true(fabs(score_transform_among(&n, 0, peers, 5, 0, 0) - 0) < 1e-12);
    assert_true(fabs(score_transform_among(&n, 10, peers, 5, 0, 0) - 90) < 1e-12);
    n.turned = true;
    assert_true(fabs(score_transform_among(&n, 10, peers, 5, 0, 0) - 10) < 1e-12);
    n = (score_node){.transform = SCORE_ZSCORE};
    assert_true(fabs(score_transform_among(&n, 3, peers, 5, 3, 2) - 50) < 1e-12);
    assert_true(fabs(score_transform_among(&n, 5, peers, 5, 3, 2) - 84.134474606854293) < 1e-9); /* Phi(1) */
    assert_true(score_transform_among(&n, 5, peers, 5, 3, 0) == 50);
}

/* weights 60 (touchpoints 2 missing, meetings 1: 40) and 40 (seats 3: 90, nps 1 missing): 60.00,
 * coverage .5 */
#define PAGE                                                                                                 \
    HEADER "score,h,,,,,0,100,,%s\n"                                                                         \
           "group,ours,h,60,,,,,,\n"                                                                         \
           "group,theirs,h,40,,,,,,\n"                                                                       \
           "measure,touchpoints,ours,2,t,as_is,,,,\n"                                                        \
           "measure,meetings,ours,1,m,as_is,,,,\n"                                                           \
           "measure,seats,theirs,3,s,as_is,,,,\n"                                                            \
           "measure,nps,theirs,1,n,as_is,,,,\n" BANDS

static void check_tree(const char *policy, const double *sub, double score, double coverage)
{
    char text[1024];
    snprintf(text, sizeof text, PAGE, policy);
    cst_model *m = model_of(text);
    int32_t group[2];
    double strip[4 * SCORE_LANES], scratch[64 * SCORE_LANES], share[4], used[4], given = 0, whole = 0;
    score_tree_result r;
    const size_t lane = 1; /* beside one that has everything, and others that have nothing */
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < SCORE_LANES; i++) strip[k * SCORE_LANES + i] = NAN;
        strip[k * SCORE_LANES] = 100;
        strip[k * SCORE_LANES + lane] = sub[k];
    }
    assert_true(score_tree_room(m) <= sizeof scratch / sizeof *scratch);
    score_tree_result strip_result[2];
    int32_t strip_group[4];
    score_tree_score(m, strip, 2, strip_group, scratch, strip_result);
    assert_true(strip_result[0].score == 100 && strip_result[0].coverage == 1);
    memcpy(group, strip_group + 2, sizeof group);
    r = strip_result[lane];
    if (!(fabs(r.score - score) < 1e-9) && !(isnan(score) && isnan(r.score)))
        fail_msg("%s: score %.12g, not %.12g", policy, r.score, score);
    if (fabs(r.coverage - coverage) > 1e-9)
        fail_msg("%s: coverage %.12g, not %.12g", policy, r.coverage, coverage);
    score_tree_shares(m, scratch, lane, share, used);
    for (int k = 0; k < 4; k++) {
        whole += share[k];
        if (share[k] > 0) given += share[k] * used[k];
    }
    if (!isnan(score)) {
        assert_true(fabs(given - score) < 1e-9); /* contributions add up to the raw score */
        assert_true(fabs(whole - 1) < 1e-12);
    } else {
        assert_true(whole == 0);
    }
    cst_model_free(m);
}

static void test_tree(void **state)
{
    (void)state;
    const double page[] = {NAN, 40, 90, NAN}, none[] = {NAN, NAN, NAN, NAN}, one_side[] = {NAN, NAN, 90, 50};
    check_tree("reweight", page, 60, .5);
    check_tree("neutral", page, .6 * (2 * 50 + 40) / 3 + .4 * (3 * 90 + 50) / 4, .5);
    check_tree("zero", page, .6 * 40 / 3 + .4 * 3 * 90 / 4, .5);
    check_tree("reweight", none, NAN, 0);
    check_tree("neutral", none, 50, 0);
    check_tree("reweight", one_side, 80, .4); /* an empty group is missing to its parent */
}

/* The published group of weights 20, 15, 22 and scores 47, 59, 21: 2287 / 57. */
static void test_published_group(void **state)
{
    (void)state;
    cst_model *m =
        model_of(HEADER "score,h,,,,,0,100,,\nmeasure,a,h,20,a,as_is,,,,\nmeasure,b,h,15,b,as_is,,,,\n"
                        "measure,c,h,22,c,as_is,,,,\n");
    const double sub[3 * SCORE_LANES] = {[0] = 47, [SCORE_LANES] = 59, [2 * SCORE_LANES] = 21};
    double scratch[12 * SCORE_LANES];
    score_tree_result r;
    score_tree_score(m, sub, 1, NULL, scratch, &r);
    assert_true(fabs(r.score - 2287.0 / 57) < 1e-12);
    assert_int_equal(r.best, 0);  /* 20 x 47 is the most given */
    assert_int_equal(r.worst, 2); /* 22 x 79 the most lost */
    cst_model_free(m);
}

struct month {
    double raw;
    int32_t score; /* hundredths */
    const char *band;
};

static void run_months(const struct month *months, size_t n, double half_life, double hysteresis)
{
    char text[1024];
    snprintf(text, sizeof text, PAGE, "reweight");
    cst_model *m = model_of(text);
    cst_calendar calendar = {CST_MONTH, 1};
    score_memory_rules rules = {m, &calendar, half_life, hysteresis};
    score_memory memory = {.band = UINT32_MAX};
    for (size_t i = 0; i < n; i++) {
        cst_day period = cst_period_last(&calendar, 2024 * 12 + (cst_period)i);
        int32_t score = score_memory_step(&memory, &rules, period, months[i].raw);
        if (score != months[i].score) fail_msg("month %zu: %d, not %d", i, score, months[i].score);
        if (months[i].band) assert_true(cst_text_is(m->band[memory.band].name, months[i].band));
    }
    cst_model_free(m);
}

static void test_smoothing(void **state)
{
    (void)state;
    const struct month page[] = {{80, 8000, "green"}, {40, 6000, "yellow"}, {40, 5000, "yellow"}};
    run_months(page, 3, 1, 0);
    /* a period without a score: the gap is two, so a = 1 - 2^-2 */
    const struct month gap[] = {{80, 8000, "green"}, {NAN, -1, "green"}, {40, 5000, "yellow"}};
    run_months(gap, 3, 1, 0);
    const struct month off[] = {{80, 8000, NULL}, {40, 4000, NULL}};
    run_months(off, 2, 0, 0);
}

/* Scores of more than one day a period move by the part of it that has passed; the end of a month to the
 * end of the next is one month. */
static void test_parts_of_periods(void **state)
{
    (void)state;
    static const struct {
        cst_every every;
        int from_year, from_month, from_day, to_year, to_month, to_day;
        double gap;
    } cases[] = {
        {CST_MONTH, 2024, 1, 31, 2024, 2, 29, 1},       {CST_MONTH, 2024, 2, 29, 2024, 3, 31, 1},
        {CST_MONTH, 2024, 1, 1, 2024, 3, 1, 2},         {CST_MONTH, 2024, 1, 7, 2024, 1, 14, 7 / 31.0},
        {CST_MONTH, 2024, 1, 31, 2024, 2, 1, 1 / 29.0}, {CST_MONTH, 2024, 1, 31, 2024, 3, 1, 1 + 1 / 31.0},
        {CST_QUARTER, 2024, 3, 31, 2024, 9, 30, 2},     {CST_QUARTER, 2024, 3, 31, 2024, 4, 30, 30 / 91.0},
        {CST_YEAR, 2024, 2, 29, 2025, 2, 28, 1},        {CST_WEEK, 2024, 1, 7, 2024, 1, 21, 2},
        {CST_WEEK, 2024, 1, 7, 2024, 1, 8, 1 / 7.0},
    };
    cst_model *m = model_of(HEADER "score,h,,,,,0,100,,\nmeasure,a,h,1,a,as_is,,,,\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cst_calendar calendar = {cases[i].every, 1};
        score_memory_rules rules = {m, &calendar, 2, 0};
        score_memory memory = {.band = UINT32_MAX};
        score_memory_step(&memory, &rules,
                          cst_day_of(cases[i].from_year, cases[i].from_month, cases[i].from_day), 80);
        score_memory_step(&memory, &rules, cst_day_of(cases[i].to_year, cases[i].to_month, cases[i].to_day),
                          40);
        double expected = 80 - 40 * (1 - exp2(-cases[i].gap / 2));
        if (fabs(memory.smoothed / 1e6 - expected) > 1e-6)
            fail_msg("case %zu: %.6f, not %.6f", i, memory.smoothed / 1e6, expected);
    }
    cst_model_free(m);
}

static void test_rounding(void **state)
{
    (void)state;
    char text[SCORE_POINTS_ROOM];
    assert_int_equal(score_points_round(1.005), 101); /* the double lies below the half */
    assert_int_equal(score_points_round(35.615), 3562);
    assert_int_equal(score_points_round(1.004999), 100);
    assert_int_equal(score_points_round(0), 0);
    assert_int_equal(score_points_round(100), 10000);
    assert_int_equal(score_points_round(NAN), -1);
    for (int32_t v = 0; v <= 10000; v++) {
        char expected[16];
        int n = snprintf(expected, sizeof expected, "%d.%02d", v / 100, v % 100);
        assert_int_equal(score_points_format(v, text), n);
        assert_memory_equal(text, expected, n);
    }
}

/* An edge and a width whose sum is not the double of their decimals. */
static void test_hysteresis_to_the_hundredth(void **state)
{
    (void)state;
    cst_model *m = model_of(HEADER "score,h,,,,,0,100,,\nmeasure,a,h,1,a,as_is,,,,\nband,low,h,,,,0,40.1,,\n"
                                   "band,top,h,,,,40.1,100,,\n");
    cst_calendar calendar = {CST_MONTH, 1};
    int edges = 0;
    for (int32_t width = 1; width <= 2000; width++) {
        score_memory_rules rules = {m, &calendar, 0, width / 100.0};
        for (int32_t off = -1; off <= 0; off++) {
            score_memory up = {.band = 0}, down = {.band = 1};
            score_memory_step(&up, &rules, 0, (4010 + width + off) / 100.0);
            assert_int_equal(up.band, off < 0 ? 0 : 1);
            score_memory_step(&down, &rules, 0, (4010 - width + off) / 100.0);
            assert_int_equal(down.band, off < 0 ? 0 : 1);
            edges += 2;
        }
    }
    assert_int_equal(edges, 8000);
    cst_model_free(m);
}

static void test_hysteresis(void **state)
{
    (void)state;
    const struct month months[] = {
        {76, 7600, "green"},     {73, 7300, "green"},  {72, 7200, "green"},   {71.99, 7199, "yellow"},
        {77.99, 7799, "yellow"}, {78, 7800, "green"},  {100, 10000, "green"}, {30, 3000, "red"},
        {42.99, 4299, "red"},    {43, 4300, "yellow"}, {36.99, 3699, "red"},
    };
    run_months(months, sizeof months / sizeof *months, 0, 3);
    const struct month plain[] = {
        {75, 7500, "green"}, {74.99, 7499, "yellow"}, {40, 4000, "yellow"}, {39.99, 3999, "red"}};
    run_months(plain, 4, 0, 0);
}

static const char *vector_of(const int *points, int n)
{
    static score_memory m;
    m = (score_memory){.scores = (uint8_t)n};
    for (int i = 0; i < n; i++) m.score[i] = points[i] * 100;
    return score_memory_vector(&m);
}

static void test_vector(void **state)
{
    (void)state;
    assert_string_equal(vector_of((int[]){50, 60, 70}, 3), "");
    assert_string_equal(vector_of((int[]){50, 52, 54, 56}, 4), "improving");         /* S = 6, 6 points */
    assert_string_equal(vector_of((int[]){50, 51, 52, 53}, 4), "steady");            /* S = 6, 3 points */
    assert_string_equal(vector_of((int[]){50, 60, 55, 70}, 4), "steady");            /* S = 4 */
    assert_string_equal(vector_of((int[]){90, 80, 70, 75, 60}, 5), "declining");     /* S = -8 */
    assert_string_equal(vector_of((int[]){90, 80, 85, 75, 78}, 5), "steady");        /* S = -6 */
    assert_string_equal(vector_of((int[]){90, 80, 70, 75, 76, 60}, 6), "steady");    /* S = -9 */
    assert_string_equal(vector_of((int[]){90, 80, 70, 75, 65, 60}, 6), "declining"); /* S = -13 */
    assert_string_equal(vector_of((int[]){50, 50, 50, 50, 50, 50}, 6), "steady");
}

static void test_carried_text(void **state)
{
    (void)state;
    score_memory m = {0}, back = {0};
    char text[SCORE_HISTORY_ROOM];
    m.scores = 3;
    m.score[0] = 0, m.score[1] = 10000, m.score[2] = 5005;
    m.periods = 5, m.changed = 0x9;
    assert_int_equal(score_memory_history(&m, text), 17);
    assert_memory_equal(text, "0.00;100.00;50.05", 17);
    assert_true(score_memory_get_history(&back, cst_text_of("0.00;100.00;50.05")));
    assert_memory_equal(m.score, back.score, sizeof m.score);
    assert_int_equal(score_memory_changed(&m, text), 5);
    assert_memory_equal(text, "01001", 5);
    assert_true(score_memory_get_changes(&back, cst_text_of("01001")));
    assert_int_equal(back.changed, 9);
    assert_int_equal(score_memory_changes(&back), 2);
    assert_false(score_memory_get_changes(&back, cst_text_of("01201")));
    assert_false(score_memory_get_changes(&back, cst_text_of("0000000000000")));
    assert_false(score_memory_get_history(&back, cst_text_of("1;2;3;4;5;6;7")));
    assert_false(score_memory_get_history(&back, cst_text_of("101.00")));
    assert_false(score_memory_get_history(&back, cst_text_of("50.001")));
}

static void test_bad_models(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *field, *part;
        unsigned line;
    } cases[] = {
        {"score,h,,,,,0,100,,\nmeasure,a,h,-1,x,linear,0,1,,\n", "weight", "a weight of 0 or more", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,0,x,linear,0,1,,\n", "weight", "sum to more than 0", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,g,1,x,linear,0,1,,\n", "parent", "the score or a group", 3},
        {"score,h,,,,,0,100,,\ngroup,g,h,1,,,,,,\nmeasure,a,h,1,x,linear,0,1,,\n", "name",
         "the parent of something", 3},
        {"score,h,,,,,0,100,,\n", "name", "the parent of something", 2},
        {"score,h,,,,,0,100,,\ngroup,g,k,1,,,,,,\ngroup,k,g,1,,,,,,\nmeasure,a,k,1,x,as_is,,,,\n", "parent",
         "lead back to themselves", 3},
        {"score,h,,,,,0,100,,\nmeasure,b,h,1,x,as_is,,,,\nmeasure,a,hh,1,x,as_is,,,,\n", "parent",
         "did you mean \"h\"", 4},
        {"score,h,,,,,0,100,,\nmeasure,b,h,1,x,as_is,,,,\ngroup,g,k,1,,,,,,\ngroup,k,g,1,,,,,,\n", "parent",
         "lead back to themselves", 4},
        {"score,h,,,,,0,100,,\nscore,i,,,,,0,100,,\n", "kind", "one row of kind score", 3},
        {"group,h,,1,,,0,100,,\n", "kind", "one row of kind score", 1},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,linear,1,1,,\n", "high", "another value than low", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,log,0,1,,\n", "low", "above 0", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,lin,0,1,,\n", "transform", "linear, steps", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,steps,,,0:1,\n", "points", "0=0;5=50;20=100", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,steps,,,1=0;1=5,\n", "points", "no threshold twice", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,x,as_is,,,,drop\n", "missing", "reweight, neutral", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,,as_is,,,,\n", "column", "the name of a column", 3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,x,y,as_is,,,,\n", "weight", "a number", 3},
        {"score,h,,,,,0,10,,\nmeasure,a,h,1,y,as_is,,,,\n", "high", "100", 2},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,as_is,,,,\nmeasure,a,h,1,z,as_is,,,,\n", "name", "stands once",
         4},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,as_is,,,,\nband,r,h,,,,0,40,,\nband,g,h,,,,50,100,,\n", "low",
         "gap", 5},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,as_is,,,,\nband,r,h,,,,0,60,,\nband,g,h,,,,50,100,,\n", "low",
         "overlaps", 5},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,as_is,,,,\nband,r,h,,,,0,60,,\n", "high", "ends at 60", 4},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,as_is,,,,\nband,r,g,,,,0,100,,\n", "parent",
         "the name of the score", 4},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,steps,5,0,0=0;5=1,\n", "low", "turned round by their points",
         3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,steps,,0,0=0;5=1,\n", "high", "turned round by their points",
         3},
        {"score,h,,,,,0,100,,\nmeasure,a,h,1,y,linear,0,1,0=0,\n", "points", "belong to the transform steps",
         3},
        {"score,h,,,,,0,100,,\ngroup,g,h,1,,,,,,zero\nmeasure,a,g,1,y,as_is,,,,\n", "missing",
         "reweight or nothing", 3},
        {"score,h,,,,,0,100,,\ngroup,g,h,1,y,,,,,\nmeasure,a,g,1,y,as_is,,,,\n", "column",
         "it belongs to a measure", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        cst_model *m;
        cst_error e;
        snprintf(text, sizeof text, HEADER "%s", cases[i].rows);
        assert_int_equal(read_model(text, &m, &e), CST_DATA);
        if (strcmp(e.field, cases[i].field) || !strstr(e.message, cases[i].part) || e.line != cases[i].line)
            fail_msg("case %zu: line %u field %s: %s", i, (unsigned)e.line, e.field, e.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transforms), cmocka_unit_test(test_among),
        cmocka_unit_test(test_tree),       cmocka_unit_test(test_published_group),
        cmocka_unit_test(test_smoothing),  cmocka_unit_test(test_hysteresis),
        cmocka_unit_test(test_vector),     cmocka_unit_test(test_carried_text),
        cmocka_unit_test(test_bad_models), cmocka_unit_test(test_parts_of_periods),
        cmocka_unit_test(test_rounding),   cmocka_unit_test(test_hysteresis_to_the_hundredth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
