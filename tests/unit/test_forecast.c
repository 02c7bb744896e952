/* The method by hand: the worked example of cs-forecast(1), the damped line, the mean that is cut at zero,
 * the choice between the two bridges, retention, bands, and products past 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "forecast/record.h"

#define UNIT CST_MONEY_UNIT

/* A history of closings in whole units, with the movements that make them: growth is new, decline churn. */
static forecast_history history_of(const int *closing, int n)
{
    forecast_history h = {.month = calloc((size_t)n, sizeof *h.month), .months = n};
    assert_non_null(h.month);
    for (int s = 0; s < n; s++) {
        int change = closing[s] - (s > 0 ? closing[s - 1] : 0);
        h.month[s].v[FORECAST_KEPT] = closing[s] * UNIT;
        h.month[s].v[FORECAST_MOVE + (change < 0 ? CST_CHURN : CST_NEW)] = change * UNIT;
    }
    return h;
}

static void set_base(forecast_history *h, int s, int first, const int *kept, int n)
{
    for (int m = 0; m < n; m++) h->month[s].v[first + m] = kept[m] * (first == FORECAST_STAY ? 1 : UNIT);
}

/* ---- the worked example ------------------------------------------------------------------------------ */

static forecast_history worked(void)
{
    static const int closing[5] = {200, 250, 270, 300, 280};
    forecast_history h = history_of(closing, 5);
    memset(h.month[2].v, 0, CST_OWN_MOVEMENTS * sizeof(cst_wide));
    h.month[2].v[FORECAST_MOVE + CST_UPSELL] = 20 * UNIT;
    h.month[4].v[FORECAST_MOVE + CST_NEW] = 20 * UNIT;
    h.month[4].v[FORECAST_MOVE + CST_CHURN] = -40 * UNIT;
    set_base(&h, 0, FORECAST_KEPT, (const int[]){200, 200, 220, 220, 180}, 5);
    set_base(&h, 1, FORECAST_KEPT, (const int[]){250, 270, 270, 230}, 4);
    set_base(&h, 2, FORECAST_KEPT, (const int[]){270, 270, 230}, 3);
    set_base(&h, 3, FORECAST_KEPT, (const int[]){300, 260}, 2);
    set_base(&h, 0, FORECAST_CAP, (const int[]){200, 200}, 2);
    set_base(&h, 1, FORECAST_CAP, (const int[]){250, 250}, 2);
    set_base(&h, 2, FORECAST_CAP, (const int[]){270, 270}, 2);
    set_base(&h, 3, FORECAST_CAP, (const int[]){300, 260}, 2);
    set_base(&h, 0, FORECAST_STAY, (const int[]){3, 3}, 2);
    set_base(&h, 1, FORECAST_STAY, (const int[]){4, 4}, 2);
    set_base(&h, 2, FORECAST_STAY, (const int[]){4, 4}, 2);
    set_base(&h, 3, FORECAST_STAY, (const int[]){5, 4}, 2);
    return h;
}

static void the_worked_bridge(void **unused)
{
    (void)unused;
    forecast_history h = worked();
    forecast_step step[FORECAST_AHEAD];
    forecast_recent(&h, 4, step);
    assert_int_equal(step[0].opening, 280 * UNIT);
    assert_int_equal(step[0].move[CST_NEW], 20833334);
    assert_int_equal(step[0].move[CST_UPSELL], 6511628);
    assert_int_equal(step[0].move[CST_CHURN], -13023256);
    assert_int_equal(step[0].closing, 294321706);
    assert_int_equal(step[1].opening, 294321706);
    assert_int_equal(step[2].closing, 321973675);
    /* steady: new 100 / 4, upsell 20 / 4, churn 40 / 4 a month */
    forecast_steady(&h, 4, step);
    assert_int_equal(step[0].closing, 300 * UNIT);
    assert_int_equal(step[11].closing, (280 + 12 * 20) * UNIT);
    forecast_history_free(&h);
}

static void the_worked_retention(void **unused)
{
    (void)unused;
    forecast_history h = worked();
    cst_maybe share[FORECAST_AHEAD + 1];
    forecast_retention(&h, 4, FORECAST_NRR, share);
    assert_int_equal(share[0].v, 1000000);
    assert_int_equal(share[1].v, 980392);
    assert_int_equal(share[2].v, 953895);
    assert_true(share[4].there);
    assert_false(share[5].there); /* no base has been seen for so long */
    forecast_retention(&h, 4, FORECAST_GRR, share);
    assert_int_equal(share[1].v, 960784);
    forecast_retention(&h, 4, FORECAST_LOGO, share);
    assert_int_equal(share[1].v, 937500); /* 15 of 16 */
    assert_int_equal(forecast_kept_share(&h, 3, 1, FORECAST_NRR).v, 866667);
    assert_int_equal(forecast_kept_share(&h, 0, 4, FORECAST_NRR).v, 900000);
    assert_false(forecast_kept_share(&h, 4, 0, FORECAST_LOGO).there); /* an empty base */
    forecast_history_free(&h);
}

/* ---- new business ------------------------------------------------------------------------------------ */

static void a_line_that_rises_is_damped(void **unused)
{
    (void)unused;
    int closing[13] = {1000};
    for (int s = 1; s < 13; s++) closing[s] = closing[s - 1] + 10 * s;
    forecast_history h = history_of(closing, 13);
    cst_wide y[12];
    for (int i = 0; i < 12; i++) y[i] = forecast_moved(&h, i + 1, CST_NEW);
    assert_int_equal(forecast_rises(y, 12), 66);
    forecast_step step[FORECAST_AHEAD];
    forecast_recent(&h, 12, step);
    assert_int_equal(step[0].move[CST_NEW], 119 * UNIT);
    /* b[2] = 65 + 10 x (5.5 + 1.44), and never past 65 + 10 x 9.5 */
    assert_int_equal(step[1].move[CST_NEW], (134400000 + 110 * UNIT) / 2);
    assert_true(step[11].move[CST_NEW] < (160 + 110) * UNIT / 2);
    /* with two months exchanged S is 64 - and with eleven months there is no line */
    forecast_recent(&h, 11, step);
    assert_int_equal(step[0].move[CST_NEW], (100 + 60) * UNIT / 2);
    forecast_history_free(&h);
}

static void a_line_that_falls_stops_at_zero(void **unused)
{
    (void)unused;
    int closing[13] = {1000};
    for (int s = 1; s < 13; s++) closing[s] = closing[s - 1] + 1200 / (s * s);
    forecast_history h = history_of(closing, 13);
    forecast_step step[FORECAST_AHEAD];
    forecast_recent(&h, 12, step);
    /* the last three months, 12 + 9 + 8, and a line below zero */
    assert_int_equal(step[0].move[CST_NEW], (9666667 + 1) / 2);
    forecast_history_free(&h);
}

static void trend_needs_38_pairs(void **unused)
{
    (void)unused;
    cst_wide y[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    /* each exchange of neighbours takes two: fourteen leave 38, fifteen 36 */
    int changed = 0;
    for (int pass = 0; pass < 12 && changed < 14; pass++)
        for (int i = 0; i < 11 && changed < 14; i++) {
            if (y[i] > y[i + 1]) continue;
            cst_wide t = y[i];
            y[i] = y[i + 1];
            y[i + 1] = t;
            changed++;
        }
    assert_int_equal(forecast_rises(y, 12), FORECAST_TREND);
    forecast_history h = {.month = calloc(13, sizeof *h.month), .months = 13};
    assert_non_null(h.month);
    for (int s = 1; s < 13; s++) h.month[s].v[FORECAST_MOVE + CST_NEW] = y[s - 1] * UNIT;
    forecast_step with[FORECAST_AHEAD], without[FORECAST_AHEAD];
    forecast_recent(&h, 12, with);
    assert_true(with[0].move[CST_NEW] != with[11].move[CST_NEW]);
    for (int i = 0; i < 11; i++) { /* one more */
        if (y[i] > y[i + 1]) continue;
        h.month[i + 1].v[FORECAST_MOVE + CST_NEW] = y[i + 1] * UNIT;
        h.month[i + 2].v[FORECAST_MOVE + CST_NEW] = y[i] * UNIT;
        break;
    }
    forecast_recent(&h, 12, without);
    assert_true(without[0].move[CST_NEW] == without[11].move[CST_NEW]);
    forecast_history_free(&h);
}

/* ---- steady ------------------------------------------------------------------------------------------ */

static void losses_are_cut_churn_first(void **unused)
{
    (void)unused;
    static const int closing[5] = {100, 70, 40, 20, 10};
    forecast_history h = history_of(closing, 5);
    for (int s = 1; s < 5; s++) { /* a third of each loss is contraction */
        cst_wide *v = h.month[s].v + FORECAST_MOVE;
        v[CST_CONTRACTION] = v[CST_CHURN] / 3;
        v[CST_CHURN] -= v[CST_CONTRACTION];
    }
    forecast_step step[FORECAST_AHEAD];
    forecast_steady(&h, 4, step);
    /* 15 of churn and 7.5 of contraction on 10: churn to 2.5, contraction whole; then both to nothing */
    assert_int_equal(step[0].move[CST_CHURN], -2500000);
    assert_int_equal(step[0].move[CST_CONTRACTION], -7500000);
    assert_int_equal(step[0].closing, 0);
    assert_int_equal(step[1].move[CST_CHURN], 0);
    assert_int_equal(step[1].move[CST_CONTRACTION], 0);
    assert_int_equal(step[11].closing, 0);
    forecast_history_free(&h);
}

/* ---- the record -------------------------------------------------------------------------------------- */

static void the_better_one_is_chosen(void **unused)
{
    (void)unused;
    /* one customer of 100 a month: the mean misses by nothing, and so does the other: it stays recent */
    int closing[24];
    for (int s = 0; s < 24; s++) closing[s] = 100 * (s + 1);
    forecast_history h = history_of(closing, 24);
    forecast_record r;
    assert_true(forecast_record_of(&h, &r));
    assert_int_equal(forecast_origin_at(&r, 23)->choice, FORECAST_BY_RECENT);
    forecast_record_free(&r);
    /* and then a year and more in which new business swings: the last three months mislead */
    for (int s = 1; s < 24; s++) closing[s] = closing[s - 1] + (s / 3 % 2 ? 200 : 0);
    forecast_history_free(&h);
    h = history_of(closing, 24);
    assert_true(forecast_record_of(&h, &r));
    assert_int_equal(r.first, FORECAST_START);
    assert_int_equal(forecast_origin_at(&r, 23)->choice, FORECAST_BY_STEADY);
    /* seven forecasts of the past make no choice, eight do */
    assert_int_equal(forecast_origin_at(&r, 13)->choice, FORECAST_BY_RECENT);
    assert_int_equal(forecast_origin_at(&r, 14)->choice, FORECAST_BY_STEADY);
    assert_int_equal(forecast_record_size(&r, 13), 7);
    assert_int_equal(forecast_record_size(&r, 23), 12);
    forecast_record_free(&r);
    forecast_history_free(&h);
}

/* A record in which the forecasts of m months from u were off by miss[u]%. */
static forecast_record record_with(forecast_history *h, const int *closing, int n)
{
    forecast_record r;
    *h = history_of(closing, n);
    assert_true(forecast_record_of(h, &r));
    for (int u = r.first; u <= r.last; u++)
        for (int m = 1; m <= FORECAST_AHEAD; m++) r.origin[u - r.first].said[m - 1].closing = 100 * UNIT;
    return r;
}

static void bands_hold_four_in_five(void **unused)
{
    (void)unused;
    /* what is said is always 100; what happens in month s is off by s - 6 */
    int closing[27];
    for (int s = 0; s < 27; s++) closing[s] = s < 7 ? 100 : 100 + s - 6;
    forecast_history h;
    forecast_record r = record_with(&h, closing, 27);
    forecast_band band[FORECAST_AHEAD];
    forecast_bands(&r, 13, FORECAST_SHARES, band);
    assert_false(band[0].there); /* seven misses */
    forecast_bands(&r, 14, FORECAST_SHARES, band);
    /* eight misses, 1 .. 8 %: the seventh smallest; two months by half as much again */
    assert_true(band[0].there);
    assert_int_equal(band[0].width, 70000);
    assert_int_equal(band[0].horizon, 1);
    assert_int_equal(band[0].origins, 8);
    assert_int_equal(band[1].width, 140000);
    assert_int_equal(band[1].horizon, 1);
    forecast_bands(&r, 26, FORECAST_SHARES, band);
    /* the latest twelve, 9 .. 20 %: the tenth; nine of twelve months are left for the horizon of twelve */
    assert_int_equal(band[0].width, 180000);
    assert_int_equal(band[0].origins, 12);
    assert_int_equal(band[11].horizon, 12);
    assert_int_equal(band[11].origins, 9);
    /* 12 .. 20 %: the eighth is 19 % */
    assert_int_equal(band[11].width, 190000);
    forecast_bounds b = forecast_bounds_of((cst_maybe){200 * UNIT, true}, &band[0], FORECAST_SHARES);
    assert_int_equal(b.low.v, 164 * UNIT);
    assert_int_equal(b.high.v, 236 * UNIT);
    b = forecast_bounds_of((cst_maybe){900000, true}, &band[0], FORECAST_GRR);
    assert_int_equal(b.low.v, 720000);
    assert_int_equal(b.high.v, 1000000);
    b = forecast_bounds_of((cst_maybe){100000, true}, &band[0], FORECAST_NRR);
    assert_int_equal(b.low.v, 0);
    assert_int_equal(b.high.v, 280000);
    forecast_record_free(&r);
    forecast_history_free(&h);
}

static void a_band_is_never_narrower_than_a_shorter_one(void **unused)
{
    (void)unused;
    int closing[27];
    for (int s = 0; s < 27; s++) closing[s] = s % 2 ? 100 : 110;
    forecast_history h;
    forecast_record r = record_with(&h, closing, 27);
    /* from even months nothing is said wrong of two months ahead */
    for (int u = r.first; u <= r.last; u++) r.origin[u - r.first].said[1].closing = closing[u] * UNIT;
    forecast_band band[FORECAST_AHEAD];
    forecast_bands(&r, 26, FORECAST_SHARES, band);
    assert_int_equal(band[0].width, 100000);
    assert_int_equal(band[1].width, 100000);
    assert_int_equal(band[1].horizon, 2);
    forecast_record_free(&r);
    forecast_history_free(&h);
}

static void a_total_is_the_sum_of_its_groups(void **unused)
{
    (void)unused;
    static const int one[8] = {10, 20, 30, 40, 50, 60, 70, 80}, two[8] = {5, 5, 5, 5, 5, 5, 5, 5};
    static const int all[8] = {15, 25, 35, 45, 55, 65, 75, 85};
    forecast_history h[3] = {history_of(one, 8), history_of(two, 8), history_of(all, 8)};
    forecast_record r[2], total;
    assert_true(forecast_record_total(&h[2], &total));
    for (int k = 0; k < 2; k++) {
        assert_true(forecast_record_of(&h[k], &r[k]));
        forecast_record_add(&total, &r[k], k == 0);
    }
    for (int j = 0; j < FORECAST_AHEAD; j++)
        assert_int_equal(forecast_origin_at(&total, 7)->said[j].closing,
                         forecast_origin_at(&r[0], 7)->said[j].closing + 5 * UNIT);
    assert_int_equal(forecast_origin_at(&total, 7)->choice, FORECAST_BY_RECENT);
    r[1].origin[1].choice = FORECAST_BY_STEADY;
    forecast_record_add(&total, &r[1], false);
    assert_int_equal(forecast_origin_at(&total, 7)->choice, FORECAST_BY_BOTH);
    for (int k = 0; k < 3; k++) forecast_history_free(&h[k]);
    for (int k = 0; k < 2; k++) forecast_record_free(&r[k]);
    forecast_record_free(&total);
}

/* ---- history ----------------------------------------------------------------------------------------- */

static void identities_are_checked(void **unused)
{
    (void)unused;
    forecast_history h = worked();
    cst_error e;
    assert_int_equal(forecast_history_check(&h, 0, &e), CST_OK);
    h.month[3].v[FORECAST_MOVE + CST_NEW]++;
    assert_int_equal(forecast_history_check(&h, 0, &e), CST_INTERNAL);
    h.month[3].v[FORECAST_MOVE + CST_NEW]--;
    h.month[2].v[FORECAST_KEPT + 1]++;
    assert_int_equal(forecast_history_check(&h, 0, &e), CST_INTERNAL);
    h.month[2].v[FORECAST_KEPT + 1]--;
    h.month[2].v[FORECAST_STAY] = (cst_wide)INT64_MAX * INT64_MAX;
    assert_int_equal(forecast_history_check(&h, 0, &e), CST_LIMIT);
    /* two groups that make the total in all months but the last, and then in all */
    forecast_sums s = {0};
    for (size_t g = 0; g < 2; g++) {
        assert_non_null(forecast_sums_group(&s, g));
        assert_true(forecast_series_reach(&s.group[g], 4));
        for (size_t back = g; back < 5; back++)
            s.group[g].month[back].v[FORECAST_KEPT] = forecast_closing(&h, 4 - (int)back) / 2;
    }
    assert_int_equal(forecast_history_check_groups(&h, &s, 0, &e), CST_INTERNAL);
    s.group[1].month[0].v[FORECAST_KEPT] = 140 * UNIT;
    assert_int_equal(forecast_history_check_groups(&h, &s, 0, &e), CST_OK);
    assert_int_equal(forecast_months_of(&s), 5);
    forecast_sums_free(&s);
    forecast_history_free(&h);
}

/* ---- arithmetic -------------------------------------------------------------------------------------- */

static void products_do_not_overflow(void **unused)
{
    (void)unused;
    assert_int_equal(forecast_share_of(7, 1, 2), 4); /* half away from zero */
    assert_int_equal(forecast_share_of(-7, 1, 2), -4);
    assert_int_equal(forecast_share_of(7, 1, -2), -4);
    cst_wide large = (cst_wide)1000000000000 * 1000000000000; /* 10^24 */
    assert_true(forecast_share_of(large, large, large) == large);
    assert_true(forecast_share_of(-large, large, large) == -large);
    /* 10^24 x (10^24 + 3) / (2 x 10^24) = 5 x 10^23 + 1.5, and a little less */
    assert_true(forecast_share_of(large, large + 3, 2 * large) == large / 2 + 2);
    assert_true(forecast_share_of(large - 1, large + 3, 2 * large) == large / 2 + 1);
    assert_true(forecast_share_of(large, large, 3) == large * 10000); /* cut at 10^28 */
    assert_true(forecast_share_of(large, -large, 3) == -large * 10000);
    /* both halves and every carry: (2^100 - 1)(2^90 - 1) / (2^95 - 1) = 2^95 - 2^5 + 1 + ..., within 10^28
     * no longer */
    cst_wide a = ((cst_wide)1 << 90) - 1, b = ((cst_wide)1 << 80) - 1, d = ((cst_wide)1 << 85) - 1;
    assert_true(forecast_share_of(a, b, d) == ((cst_wide)1 << 85) - 32 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_bridge),
        cmocka_unit_test(the_worked_retention),
        cmocka_unit_test(a_line_that_rises_is_damped),
        cmocka_unit_test(a_line_that_falls_stops_at_zero),
        cmocka_unit_test(trend_needs_38_pairs),
        cmocka_unit_test(losses_are_cut_churn_first),
        cmocka_unit_test(the_better_one_is_chosen),
        cmocka_unit_test(bands_hold_four_in_five),
        cmocka_unit_test(a_band_is_never_narrower_than_a_shorter_one),
        cmocka_unit_test(a_total_is_the_sum_of_its_groups),
        cmocka_unit_test(identities_are_checked),
        cmocka_unit_test(products_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
