/* Thousands of tiny random tables, where everything degenerate happens often: each fit either says why
 * it cannot be or is finite and a maximum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 14, MOST_COLUMNS = 3, ROUNDS = 4000 };
static cst_error e;
static double x[MOST_COLUMNS][MOST_ROWS], duration[MOST_ROWS];
static unsigned char label[MOST_ROWS];
static const double *const column[] = {x[0], x[1], x[2]};
static cst_design design;

static uint64_t dice;
static unsigned roll(unsigned sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)(dice >> 33) % sides;
}

static void draw_table(void)
{
    size_t rows = roll(MOST_ROWS + 1);
    unsigned levels = 1 + roll(6), odds = 1 + roll(5);
    design = (cst_design){column, NULL, rows, 1 + roll(MOST_COLUMNS)};
    for (size_t i = 0; i < rows; i++) {
        for (int j = 0; j < MOST_COLUMNS; j++)
            x[j][i] = roll(levels) * (j == 2 ? 1e7 : 1) + (j == 1 ? 0.1 : 0);
        duration[i] = roll(levels + 3);
        label[i] = roll(odds) == 0;
    }
}

static bool is_refusal(cst_status s)
{
    if (s == CST_OK) return false;
    assert_int_equal(s, CST_DATA);
    assert_true(strlen(e.message) > 10);
    return true;
}

/* Over so few rows a proper coefficient's error is no more than some hundreds over the range of its
 * column. */
static void assert_no_runaway(const cst_estimate *t, size_t j)
{
    cst_summary s;
    cst_summary_of(x[j], design.rows, &s);
    assert_true(t->std_error * (s.greatest - s.least) < 2000);
}

static void assert_estimate(const cst_estimate *t)
{
    assert_true(isfinite(t->value) && isfinite(t->std_error) && t->std_error > 0 && isfinite(t->z));
    assert_true(t->p >= 0 && t->p <= 1);
}

/* The log likelihood of a logistic model, by the definition. */
static double loglik_at(const cst_logistic *f, size_t moved, double by)
{
    double loglik = 0;
    for (size_t i = 0; i < design.rows; i++) {
        double eta = f->estimate[0].value + (moved == 0 ? by : 0);
        for (size_t j = 0; j < design.columns; j++)
            eta += (f->estimate[j + 1].value + (moved == j + 1 ? by : 0)) * x[j][i];
        loglik -= log1p(exp(label[i] ? -eta : eta));
    }
    return loglik;
}

static void logistic(void **state)
{
    (void)state;
    int fits = 0, refused = 0;
    dice = 0x9e3779b97f4a7c15u;
    for (int round = 0; round < ROUNDS; round++) {
        cst_logistic *f;
        draw_table();
        const cst_logistic_options o = {.penalty = round % 3 ? 0 : 0.1 * round / ROUNDS + 1e-3};
        if (is_refusal(cst_logistic_fit(&design, label, &o, &f, &e))) {
            refused++;
            continue;
        }
        fits++;
        for (size_t j = 0; j <= design.columns; j++) {
            assert_estimate(&f->estimate[j]);
            if (o.penalty > 0) continue;
            if (j > 0) assert_no_runaway(&f->estimate[j], j - 1);
            double best = loglik_at(f, 0, 0), by = f->estimate[j].std_error / 100;
            assert_true(loglik_at(f, j, by) < best + 1e-12 && loglik_at(f, j, -by) < best + 1e-12);
        }
        assert_true(isfinite(f->deviance) && f->deviance > 0 && f->deviance < f->null_deviance + 1e-9);
        cst_logistic_free(f);
    }
    assert_true(fits > 300 && refused > 300);
}

static void cox(void **state)
{
    (void)state;
    int fits = 0, refused = 0;
    dice = 0x2545f4914f6cdd1du;
    for (int round = 0; round < ROUNDS; round++) {
        cst_cox *f;
        draw_table();
        if (is_refusal(cst_cox_fit(NULL, duration, label, &design, &f, &e))) {
            refused++;
            continue;
        }
        fits++;
        for (size_t j = 0; j < design.columns; j++) {
            assert_estimate(&f->estimate[j]);
            assert_no_runaway(&f->estimate[j], j);
        }
        assert_true(isfinite(f->loglik) && f->loglik >= f->null_loglik - 1e-9);
        assert_true(isnan(f->concordance) || (f->concordance >= 0 && f->concordance <= 1));
        cst_cox_free(f);
    }
    assert_true(fits > 300 && refused > 300);
}

static void survival(void **state)
{
    (void)state;
    dice = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        cst_survival_count *count;
        size_t n;
        cst_km *km;
        double mean, se, left = 1;
        draw_table();
        if (is_refusal(cst_survival_tally(duration, label, design.rows, &count, &n, &e))) continue;
        assert_int_equal(cst_km_fit(count, n, (cst_ci_type)(round % 3), .9, &km, &e), CST_OK);
        for (size_t i = 0; i < km->n; i++) {
            const cst_km_row *r = &km->row[i];
            assert_true(r->survival >= 0 && r->survival <= left);
            left = r->survival;
            assert_true(left == 0 ? isnan(r->std_error) && isnan(r->lower) : r->std_error >= 0);
            if (!isnan(r->lower))
                assert_true(r->lower <= left && left <= r->upper && r->lower >= 0 && r->upper <= 1);
        }
        assert_int_equal(cst_km_mean(km, 5, &mean, &se, &e), CST_OK);
        assert_true(mean >= 0 && mean <= 5 && se >= 0);
        /* the area under the steps, by quarters */
        double area = 0;
        for (double t = 0; t < 5; t += .25) area += .25 * cst_km_at(km, t);
        assert_true(fabs(area - mean) < 1e-12);
        cst_km_free(km);
        free(count);
    }
}

/* The chance that t falls into one of the ages, or beyond: no point of a wide grid is more likely than
 * the fit. */
static void projection(void **state)
{
    (void)state;
    int inside = 0;
    dice = 0xd1b54a32d192ed03u;
    for (int round = 0; round < ROUNDS; round++) {
        double n[6] = {1 + roll(40)};
        size_t ages = 2 + roll(5);
        for (size_t t = 1; t < ages; t++) n[t] = n[t - 1] - roll((unsigned)n[t - 1] + 1);
        cst_sbg f;
        if (is_refusal(cst_sbg_fit(n, ages, &f, &e))) continue;
        inside += f.kind == CST_SBG_INSIDE;
        assert_true(f.alpha > 0 && f.beta > 0 && isfinite(f.alpha) && isfinite(f.beta) && isfinite(f.loglik));
        for (double la = -8; la <= 8; la++)
            for (double lb = -8; lb <= 8; lb++) {
                double a = exp(la), b = exp(lb), s = 1, loglik = 0;
                for (size_t t = 1; t < ages; t++) {
                    double hazard = a / (a + b + (double)t - 1);
                    if (n[t - 1] > n[t]) loglik += (n[t - 1] - n[t]) * log(s * hazard);
                    s *= 1 - hazard;
                }
                if (n[ages - 1] > 0) loglik += n[ages - 1] * log(s);
                assert_true(
                    !(loglik > f.loglik + 1e-4)); /* at the edges the parameters are held, a hair below */
            }
        double r;
        assert_int_equal(cst_sbg_residual(&f, ages - 1, .05, &r, &e), CST_OK);
        assert_true(isfinite(r) && r >= 0 && r <= 21.0001);
    }
    assert_true(inside > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(logistic), cmocka_unit_test(cox),
                                       cmocka_unit_test(survival), cmocka_unit_test(projection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
