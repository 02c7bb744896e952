/* revenue/figures.h: a row of the bridge, from closed sums: amounts to print and ratios, each an integer
 * of millionths. Amounts are as wide as the sums they come from: no number of accounts is too many. */
#ifndef CST_REVENUE_FIGURES_H
#define CST_REVENUE_FIGURES_H
#include "revenue/sums.h"

typedef struct rev_maybe {
    cst_ratio v;
    bool there;
} rev_maybe;

typedef struct rev_figures {
    cst_wide opening, closing;
    cst_wide amount[CST_MOVEMENTS]; /* with rounding */
    cst_wide effect[REV_EFFECTS];
    int64_t opening_logos, new_logos, reactivated, churned, closing_logos;
    int64_t transferred; /* customers that came from other segments of rows, less those that went there */
    bool has_base;       /* the next two are there: movements are valued at closing rates */
    cst_wide base;       /* opening + fx: what one period's retention is of */
    cst_wide retained;   /* base + contraction + churn */
    cst_wide expansion;  /* upsell + cross_sell */
    cst_wide revenue;    /* by days */
    rev_maybe nrr, grr, logos;
    rev_maybe nrr_low, nrr_high, grr_low, grr_high;
    rev_maybe quick;
    cst_wide arr, arpa, net_new;
    bool has_arpa;
    rev_maybe top[3]; /* shares of the largest 1, 5, 10 customers */
} rev_figures;

typedef struct rev_figure_opts {
    int decimals; /* -1: as they are */
    bool annual;  /* the value column is annual: ARR is the closing itself */
    int64_t ci;   /* level in percent x 10^6; 0: none */
} rev_figure_opts;

/* The figures of period p of a closed series (which begins before p). */
cst_status rev_figures_of(const rev_sums *s, const rev_series *of, cst_period p, const rev_figure_opts *o,
                          rev_figures *out, cst_error *e);

/* num / den of two products of ratios: the product over i of num[i] / den[i], rounded once; not there if
 * a den is 0. */
rev_maybe rev_product_of(const cst_wide *num, const cst_wide *den, size_t n, bool *failed);
/* Quantile of type 7 of ascending x at a / b, rounded half away from zero. n > 0. */
cst_ratio rev_ratio_quantile(const cst_ratio *x, size_t n, int64_t a, int64_t b);
#endif
