/* revenue/figures.h: a row of the bridge, from closed sums: amounts to print and ratios, each an integer
 * of millionths. Amounts are as wide as the sums they come from: no number of accounts is too many. */
#ifndef CST_REVENUE_FIGURES_H
#define CST_REVENUE_FIGURES_H
#include "revenue/sums.h"

typedef struct cst_maybe {
    cst_ratio v;
    bool there;
} cst_maybe;

typedef struct cst_figures {
    cst_wide opening, closing;
    cst_wide amount[CST_MOVEMENTS]; /* with rounding */
    cst_wide effect[CST_EFFECTS];
    int64_t opening_logos, new_logos, reactivated, churned, closing_logos;
    cst_maybe nrr, grr, logos;
    cst_maybe nrr_low, nrr_high, grr_low, grr_high;
    cst_maybe quick;
    cst_wide arr, arpa, net_new;
    bool has_arpa;
    cst_maybe top[3]; /* shares of the largest 1, 5, 10 customers */
} cst_figures;

typedef struct cst_figure_opts {
    int decimals; /* -1: as they are */
    bool annual;  /* the value column is annual: ARR is the closing itself */
    int64_t ci;   /* level in percent x 10^6; 0: none */
} cst_figure_opts;

/* The figures of period p of a closed series (which begins before p). */
cst_status cst_figures_of(const cst_sums *s, const cst_series *of, cst_period p, const cst_figure_opts *o,
                          cst_figures *out, cst_error *e);

/* num / den of two products of ratios: the product over i of num[i] / den[i], rounded once; not there if
 * a den is 0. */
cst_maybe cst_product_of(const cst_wide *num, const cst_wide *den, size_t n, bool *failed);
/* Quantile of type 7 of ascending x at a / b, rounded half away from zero. n > 0. */
cst_ratio cst_ratio_quantile(const cst_ratio *x, size_t n, int64_t a, int64_t b);
#endif
