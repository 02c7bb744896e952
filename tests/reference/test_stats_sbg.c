/* The shifted-beta-geometric where not all were seen for as long, against the rows' own likelihood maximised
 * in 40 digits: stats_sbg.csv, made by stats_sbg.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats_csv.h"
#include <cstools/stats.h>

typedef struct row {
    int time, lost, entry;
    double times;
} row;

/* The cases of stats_sbg.py. */
static const struct {
    const char *name;
    row at[12];
} cases[] = {
    {"late",
     {{1, 1, 0, 131},
      {2, 1, 0, 126},
      {3, 1, 0, 90},
      {4, 1, 0, 60},
      {5, 1, 0, 42},
      {6, 1, 0, 34},
      {7, 1, 0, 26},
      {7, 0, 0, 491},
      {3, 0, 0, 1}}},
    {"ages",
     {{1, 1, 0, 30},
      {2, 1, 0, 14},
      {3, 1, 0, 7},
      {4, 1, 0, 2},
      {1, 0, 0, 25},
      {2, 0, 0, 21},
      {3, 0, 0, 18},
      {5, 0, 0, 40}}},
    {"entry",
     {{2, 1, 1, 9},
      {3, 1, 2, 6},
      {4, 1, 2, 5},
      {6, 1, 3, 4},
      {1, 1, 0, 8},
      {3, 0, 1, 11},
      {8, 0, 4, 20},
      {5, 0, 0, 6}}},
    {"large", {{1, 1, 0, 210000}, {2, 1, 0, 90001}, {3, 1, 0, 51234}, {1, 0, 0, 400000}, {4, 0, 0, 700000}}},
    {"flat",
     {{1, 0, 0, 2}, {1, 1, 0, 2}, {2, 0, 0, 2}, {2, 1, 0, 1}, {3, 0, 0, 2}, {4, 1, 0, 1}, {6, 0, 0, 2}}},
    {"few", {{1, 1, 0, 2}, {3, 1, 0, 1}, {2, 0, 0, 1}, {6, 0, 0, 2}}},
};

static csv expected;

static double figure(const char *name, const char *what)
{
    char key[64];
    snprintf(key, sizeof key, "%s %s", name, what);
    return csv_value(&expected, key);
}

static void assert_relative(double found, double want)
{
    if (!(fabs(found - want) <= 1e-9 * fabs(want))) fail_msg("found %.17g, expected %.17g", found, want);
}

static void maxima(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cst_sbg_period period[16] = {{0}};
        int n = 0;
        for (const row *r = cases[k].at; r->time > 0; r++) {
            for (int t = r->entry; t < r->time; t++) period[t].risk += r->times;
            if (r->lost) period[r->time - 1].lost += r->times;
            if (r->time > n) n = r->time;
        }
        cst_sbg f;
        cst_error e;
        assert_int_equal(cst_sbg_fit_periods(period, (size_t)n, &f, &e), CST_OK);
        assert_int_equal(f.kind, CST_SBG_INSIDE);
        assert_relative(f.alpha, figure(cases[k].name, "alpha"));
        assert_relative(f.beta, figure(cases[k].name, "beta"));
        assert_relative(f.loglik, figure(cases[k].name, "loglik"));
    }
}

int main(void)
{
    if (!csv_open(&expected, "tests/reference/stats_sbg.csv")) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(maxima)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    csv_free(&expected);
    return failed;
}
