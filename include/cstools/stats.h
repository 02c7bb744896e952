/* cstools/stats.h: statistics on plain arrays, for churn, health and survival; it knows no customer.
 *
 * Conventions:
 *
 * Input arrays belong to the caller and are only read. Rows are counted from 1 in messages.
 *
 * Numbers that go in must be finite unless a function says that NAN is a missing value and is left out.
 * Labels and events are bytes 0 or 1; any other value is CST_DATA with the row.
 *
 * A figure that does not exist (an upper limit never reached, the variance of one value) comes out as NAN,
 * which the writers print as an empty cell. Where this can happen it is said; nothing else is ever nan or
 * inf.
 *
 * Results do not depend on the order of the rows where it says "exact", nor ever on the number of threads.
 *
 * The library never switches GSL's error handler, whose preset ends the process: a program that does not
 * want that, whatever happens, calls gsl_set_error_handler_off() first.
 *
 * Structs that come back through a pointer to a pointer are freed with the matching _free, which takes NULL.
 *
 * Failures: CST_DATA (the numbers cannot bear the analysis; the message says which column or row and why;
 * the error's field holds the column's name), CST_LIMIT (too many rows), CST_MEMORY, CST_USAGE (a parameter
 * is out of its range).
 */
#ifndef CSTOOLS_STATS_H
#define CSTOOLS_STATS_H

#include <cstools/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A matrix of measures, column by column. */
typedef struct cst_design {
    const double *const *x;  /* columns of `rows` finite numbers */
    const char *const *name; /* their names, for messages; NULL: "column 1" ... */
    size_t rows;
    size_t columns;
} cst_design;

/* One estimated coefficient. */
typedef struct cst_estimate {
    double value;
    double std_error;
    double z; /* value / std_error */
    double p; /* two-sided, standard normal (Wald) */
} cst_estimate;

/* ---- sums ------------------------------------------------------------------------ */

/* An exact sum of finite doubles: the correctly rounded value of the real sum, whatever the order or
 * the split. Zero-initialise. A fixed-point number of 2,176 bits in 32-bit digits with room for
 * carries (R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015). */
typedef struct cst_sum {
    int64_t digit[70];
    uint32_t pending; /* adds since the carries were settled */
} cst_sum;

CST_API void cst_sum_add(cst_sum *s, double v);
CST_API void cst_sum_merge(cst_sum *into, const cst_sum *from);
CST_API double cst_sum_value(const cst_sum *s); /* +/- inf only where the sum passes DBL_MAX */

/* Count, mean, sample sd (NAN when n < 2), least and greatest of x; NAN values are missing and left
 * out. Exact sums of x and of (x - mean)^2, so that the order of rows does not matter. n == 0: all
 * NAN. */
typedef struct cst_summary {
    size_t n;
    double mean, sd, least, greatest;
} cst_summary;
CST_API void cst_summary_of(const double *x, size_t n, cst_summary *out);

/* ---- order ----------------------------------------------------------------------------------- */

/* The permutation that sorts x (no NAN) ascending, stable: x[order[0]] <= x[order[1]] ... n < 2^32. -0
 * equals 0. */
CST_API cst_status cst_sort_order(const double *x, size_t n, uint32_t *order, cst_error *e);
/* Sorts x in place, ascending; no NAN. */
CST_API cst_status cst_sort(double *x, size_t n, cst_error *e);
/* Twice the midranks (so that they are integers): rank2[i] = 2 x the mean position, 1-based, of the
 * values equal to x[i]. No NAN; n < 2^32. */
CST_API cst_status cst_midranks(const double *x, size_t n, uint64_t *rank2, cst_error *e);
/* Quantile of ascending x, 0 <= p <= 1, by linear interpolation at 1 + (n - 1) p (Hyndman and Fan
 * 1996, type 7, the default of R and of NumPy). n == 0: NAN. */
CST_API double cst_quantile(const double *sorted, size_t n, double p);

/* ---- association ----------------------------------------------------------------------------- */

typedef struct cst_correlation {
    size_t n; /* pairs used */
    double r; /* NAN when n < 2 or one side is constant */
    double t; /* r sqrt((n - 2) / (1 - r^2)); NAN as r, when n < 3 or when |r| = 1 */
    double p; /* two-sided, Student's t on n - 2 degrees of freedom; 0 when |r| = 1 */
} cst_correlation;

/* Product moment, and on midranks (ties shared). Pairs with NAN on either side are left out; inf is
 * CST_DATA. Sums are exact or of exactly rounded terms: the order of rows does not matter. */
CST_API cst_status cst_pearson(const double *x, const double *y, size_t n, cst_correlation *out,
                               cst_error *e);
CST_API cst_status cst_spearman(const double *x, const double *y, size_t n, cst_correlation *out,
                                cst_error *e);

/* Area under the ROC curve: P(x of an event > x of a non-event) + P(equal) / 2. */
typedef struct cst_auc {
    uint64_t n, events;  /* rows used, events among them */
    double auc;          /* NAN without events or without non-events */
    int sign;            /* +1: high values go with events; -1: low ones; 0: auc is exactly .5 */
    double folded;       /* max(auc, 1 - auc) */
    double std_error;    /* DeLong, DeLong and Clarke-Pearson 1988; NAN with fewer than 2 of either */
    double lower, upper; /* folded -/+ z x std_error, cut to 0..1; NAN as std_error */
    double p; /* two-sided Mann-Whitney, normal with ties, no continuity correction; NAN when x is constant */
} cst_auc;

/* x may have NAN (left out). level: of the interval, 0 < level < 1. O(n log n) by midranks (Sun and Xu
 * 2014); the counts behind it are integers, so it is exact for any order of rows. */
CST_API cst_status cst_auc_of(const double *x, const unsigned char *label, size_t n, double level,
                              cst_auc *out, cst_error *e);

/* A measure against a label, all of it from one sort: a row of the drivers table. NAN in x is missing. */
typedef struct cst_association {
    uint64_t n, events, missing;
    double mean_with, mean_without; /* of x where label is 1 and 0; NAN where there are none */
    cst_correlation pearson;        /* point-biserial */
    cst_correlation spearman;
    cst_auc auc;
} cst_association;
CST_API cst_status cst_associate(const double *x, const unsigned char *label, size_t n, double level,
                                 cst_association *out, cst_error *e);

/* r[i * columns + j], Pearson over the rows where both columns have a value (NAN: missing); NAN where
 * it does not exist. The caller gives columns x columns doubles. threads 0 or 1: none; the same bits
 * for any number. */
CST_API cst_status cst_correlation_matrix(const cst_design *d, unsigned threads, double *r, cst_error *e);

/* Benjamini and Hochberg 1995, as p.adjust(method = "BH"): q[i] = min over p[j] >= p[i] of m p[j] /
 * rank(j), at most 1; m counts the p that are there (NAN is missing and stays NAN). q may be p. */
CST_API cst_status cst_benjamini_hochberg(const double *p, size_t n, double *q, cst_error *e);

/* Single-linkage clusters of n measures: i and j are joined when |r[i * n + j]| >= threshold (NAN
 * joins nothing). label[i] is 1, 2, ... in order of the first member. */
CST_API void cst_cluster(const double *r, size_t n, double threshold, uint32_t *label);

/* ---- logistic regression --------------------------------------------------------------------- */

typedef struct cst_logistic_options {
    /* L >= 0: minimises -loglik + L / 2 x sum (b_j s_j)^2, s_j the column's sd (divisor n); the intercept is
     * free. That is scikit-learn's C = 1 / L on standardised columns. 0: none */
    double penalty;
    const double *weight; /* one per row, finite and >= 0; NULL: 1 */
    unsigned threads;     /* 0 or 1: none; the same bits for any number */
    unsigned iterations;  /* at most; 0: 50 */
} cst_logistic_options;

typedef struct cst_logistic {
    size_t columns;
    cst_estimate *estimate; /* columns + 1: the intercept, then the columns, in their own units */
    uint64_t rows, events;
    double deviance, null_deviance; /* -2 loglik, without the penalty */
    double log_loss;                /* deviance / (2 x the sum of weights) */
    double *scale;                  /* per column: s_j above */
    unsigned iterations;
} cst_logistic;

/* P(label = 1) = 1 / (1 + exp(-(b_0 + sum b_j x_j))) by Newton's method with step halving (IRLS).
 * Standard errors: the inverse of the (penalised) information at the optimum. o may be NULL. CST_DATA,
 * with the column's name in the error: no rows, no events or only events, fewer rows than
 * coefficients, a constant column, a column that is a linear combination of those before it (R^2 above
 * 1 - 1e-10; without penalty), complete or quasi-complete separation (Albert and Anderson 1984;
 * without penalty). */
CST_API cst_status cst_logistic_fit(const cst_design *d, const unsigned char *label,
                                    const cst_logistic_options *o, cst_logistic **out, cst_error *e);
/* Probabilities of d's rows (as many columns as the fit) into p[rows]. */
CST_API cst_status cst_logistic_predict(const cst_logistic *f, const cst_design *d, double *p, cst_error *e);
CST_API void cst_logistic_free(cst_logistic *f);

/* ---- how good a prediction is ---------------------------------------------------------------- */

/* Mean of (p - label)^2 (Brier 1950) and mean of -log(likelihood); p in 0..1, taken no nearer than
 * 1e-15 to the ends in the log loss. n == 0: NAN. */
CST_API cst_status cst_brier(const double *p, const unsigned char *label, size_t n, double *out,
                             cst_error *e);
CST_API cst_status cst_log_loss(const double *p, const unsigned char *label, size_t n, double *out,
                                cst_error *e);

/* A share of the rows by descending score: ranks floor((i - 1) n / parts) + 1 to floor(i n / parts).
 * Rows of equal score share their rate, so that a tie across an edge is split evenly and no order of
 * rows matters. */
typedef struct cst_bin {
    uint64_t n;
    double events;          /* may be a fraction, where a tie is split */
    double mean_score;      /* NAN when n == 0 */
    double rate;            /* events / n; NAN when n == 0 */
    double lift;            /* rate / overall rate; NAN without events */
    double capture;         /* events up to here / all events; NAN without events */
    double least, greatest; /* scores; NAN when n == 0 */
} cst_bin;

/* Into bin[parts], the highest scores first. NAN scores are CST_DATA. parts >= 1. */
CST_API cst_status cst_lift(const double *score, const unsigned char *label, size_t n, size_t parts,
                            cst_bin *bin, cst_error *e);

/* Predicted shares against what happened. */
enum { CST_SHARE_BINS = 10 };
#define CST_SHARE_LEVEL 0.9 /* of the interval of the gain */

/* Rows of about equal number by descending p; rows of equal p are in one bin. */
typedef struct cst_share_bin {
    uint64_t n, events;
    double predicted; /* mean p */
} cst_share_bin;

typedef struct cst_shares {
    uint64_t n, events;
    double base_rate;                  /* events / n */
    double predicted, predicted_error; /* mean p; its sd were every p right: sqrt(sum p (1 - p)) / n */
    double log_loss, base_log_loss;    /* of p, and of the base rate in every row */
    double gain, gain_error;           /* base_log_loss - log_loss; NAN with one cluster: its error */
    double gain_lower, gain_upper;     /* normal interval of level CST_SHARE_LEVEL, by clusters */
    double brier, brier_skill;         /* 1 - brier / (base rate's); NAN where that is 0 */
    double calibration;                /* sum over bins of n / N x |mean p - share| */
    double calibration_by_chance;      /* what it would be on the mean were every p right (normal) */
    cst_share_bin bin[CST_SHARE_BINS];
    size_t bins; /* fewer than CST_SHARE_BINS where ties or few rows leave bins empty */
} cst_shares;

/* p in 0..1. cluster[n]: rows that go together, such as those of one account, have one number (numbers up to
 * a few times n: there is an array of them); NULL: each row is its own. Liang and Zeger 1986 for the error.
 * n == 0: all NAN. */
CST_API cst_status cst_shares_judge(const double *p, const unsigned char *label, const uint32_t *cluster,
                                    size_t n, cst_shares *out, cst_error *e);

/* Two-sample Kolmogorov-Smirnov distance sup |F1 - F0| between x where label is 1 and where it is 0;
 * NAN when one is empty. */
CST_API cst_status cst_kolmogorov_smirnov(const double *x, const unsigned char *label, size_t n, double *d,
                                          cst_error *e);

/* Two groups compared: Welch 1947 (t, Satterthwaite's degrees of freedom, two-sided p) and Cohen's d
 * (difference over the pooled sd). Group 1 is label 1; NAN in x is left out. */
typedef struct cst_effect {
    uint64_t n1, n0;
    double mean1, mean0, sd1, sd0;
    double t, df, p; /* NAN with fewer than 2 in a group, both constant, or an sd past DBL_MAX (infinite) */
    double d;        /* NAN likewise */
} cst_effect;
CST_API cst_status cst_compare(const double *x, const unsigned char *label, size_t n, cst_effect *out,
                               cst_error *e);

/* ---- bootstrap ------------------------------------------------------------------------------- */

/* The Poisson(1) bootstrap (Chamandy et al., "Estimating uncertainty for massive data streams", 2012):
 * a replicate counts each key (an account) w times, w from hash(seed, replicate, key) by inversion of
 * a table of integers. Neither order nor threads nor the split of the rows change a weight. */
CST_API uint64_t cst_bootstrap_key(cst_text id);
CST_API unsigned cst_bootstrap_weight(uint64_t seed, uint32_t replicate, uint64_t key);

/* ---- survival -------------------------------------------------------------------------------- */

/* What happened at one distinct time: `events` left, `censored` were last seen (counted as at risk at
 * this time), `entered` were not seen before it and are at risk after it (delayed entry). */
typedef struct cst_survival_count {
    double time; /* >= 0, in the caller's unit */
    uint64_t events;
    uint64_t censored;
    uint64_t entered;
} cst_survival_count;

/* Times that differ by rounding are one time, as aeqSurv of R has it: of ascending times, one is tied to the
 * one before where they differ by no more than 2^-26, or than 2^-26 of the mean of all that are distinct; the
 * least of such a run stands for it. time[0..*n) becomes those that are left, distinct. true: some that
 * differed are tied. */
CST_API bool cst_survival_ties(double *time, size_t *n);
/* The one that stands for a time: the last of these that is not above it. */
CST_API double cst_survival_tied(const double *time, size_t n, double t);

/* Durations to counts, one per distinct time, ascending, those tied by rounding as one; *out is freed with
 * free(). CST_DATA: no rows, a duration that is negative or not finite, an event that is not 0 or 1 (with the
 * row). n < 2^32. */
CST_API cst_status cst_survival_tally(const double *time, const unsigned char *event, size_t n,
                                      cst_survival_count **out, size_t *n_out, cst_error *e);

typedef enum { CST_CI_LOG, CST_CI_LOGLOG, CST_CI_PLAIN } cst_ci_type;

typedef struct cst_km_row {
    double time;
    uint64_t at_risk, events, censored;
    double survival;
    double std_error; /* of survival (Greenwood 1926); NAN where survival is 0 */
    /* as survfit of R prints them: cut to 0..1; NAN where survival is 0, and with log-log where it is 1 */
    double lower, upper;
    double hazard, hazard_error; /* cumulative (Nelson 1972, Aalen 1978), as cumhaz and std.chaz of survfit */
} cst_km_row;

/* Kaplan and Meier 1958. */
typedef struct cst_km {
    size_t n; /* rows */
    cst_km_row *row;
    uint64_t subjects, events;
    /* R's rule: the first time at which the curve is below .5 + 1.5e-8; if it is .5 there and falls later,
     * the middle between the two times. The limits: the same rule on the lower and the upper curve. NAN where
     * never reached. */
    double median, median_lower, median_upper;
} cst_km;

/* From counts at ascending distinct times; CST_DATA where they are not so, there are none, or more leave than
 * are at risk. Times later than 0 at which some only enter have no row. 0 < level < 1. */
CST_API cst_status cst_km_fit(const cst_survival_count *count, size_t n, cst_ci_type ci, double level,
                              cst_km **out, cst_error *e);
/* The time by which a share 0 < gone < 1 has left, and its limits: the rule of the median at 1 - gone. */
typedef struct cst_km_time {
    double time, lower, upper; /* NAN where never reached */
} cst_km_time;
CST_API cst_km_time cst_km_quantile(const cst_km *km, double gone);
/* The step function: P(still there after time t). */
CST_API double cst_km_at(const cst_km *km, double t);
/* Restricted mean: the area under the curve to tau > 0, and its standard error, as print(survfit,
 * rmean = tau). Past the last time the curve is carried on flat. */
CST_API cst_status cst_km_mean(const cst_km *km, double tau, double *mean, double *std_error, cst_error *e);
CST_API void cst_km_free(cst_km *km);

/* What happened at one distinct time: `events` left by one of the causes, `censored` were last seen. */
enum { CST_CAUSES = 2 };
typedef struct cst_incidence_count {
    double time; /* >= 0 */
    uint64_t events[CST_CAUSES], censored;
} cst_incidence_count;

typedef struct cst_incidence_row {
    double time;
    uint64_t at_risk, events[CST_CAUSES], censored;
    double incidence[CST_CAUSES]; /* P(left by this cause by then) */
    double std_error[CST_CAUSES];
} cst_incidence_row;

/* The estimate of Aalen and Johansen 1978: the sum of P(still there before) x events / at risk. Its standard
 * error is that of the infinitesimal jackknife, the root of the sum of squares of each subject's influence,
 * as survfit of R's survival prints it for a status of several states (Therneau, "Multi-state models and
 * competing risks"). From counts at ascending distinct times into out[n]. CST_DATA where they are not so, or
 * there are none. */
CST_API cst_status cst_incidence(const cst_incidence_count *count, size_t n, cst_incidence_row *out,
                                 cst_error *e);

typedef struct cst_logrank {
    double chi_square;
    unsigned df; /* groups that had anyone at risk at an event, less one */
    double p;    /* 0 below 1e-300 */
} cst_logrank;

/* Mantel 1966, as survdiff of R with rho = 0; with delayed entry the same sums over those at risk. group[g]
 * are the counts of group g, count_n[g] of them, ascending. observed and expected events per group go to
 * arrays of `groups`, which may be NULL. CST_DATA: fewer than two groups, no events, fewer than two groups at
 * risk at any event. */
CST_API cst_status cst_logrank_test(const cst_survival_count *const *group, const size_t *count_n,
                                    size_t groups, double *observed, double *expected, cst_logrank *out,
                                    cst_error *e);

/* Proportional hazards (Cox 1972) with ties by Efron 1977. */
typedef struct cst_cox {
    size_t columns;
    cst_estimate *estimate; /* log hazard ratios, per unit of the column */
    uint64_t rows, events;
    double null_loglik, loglik; /* partial */
    /* of risk and time, as coxph of R: pairs tied in time are left out, ties in risk count half (Harrell
     * 1996); NAN when no pair can be compared */
    double concordance;
    unsigned iterations;
} cst_cox;

/* Newton's method with step halving. entry[i]: row i is at risk after that time, and up to its own; below 0:
 * from the beginning; NULL: all are. Times tied by rounding are one (cst_survival_ties). CST_DATA, with the
 * column's name in the error: no events, fewer rows than columns, an entry that is not before its time, a
 * constant column (over all rows, or over the rows at risk at an event), a column that is a linear
 * combination of those before it, a coefficient that grows without bound; and, with the row, as
 * cst_survival_tally. n < 2^32. */
CST_API cst_status cst_cox_fit(const double *entry, const double *time, const unsigned char *event,
                               const cst_design *d, cst_cox **out, cst_error *e);
CST_API void cst_cox_free(cst_cox *c);

/* ---- projection ------------------------------------------------------------------------------ */

/* The shifted-beta-geometric (Fader and Hardie, "How to project customer retention", 2007): each
 * customer's chance to leave in a period is Beta(alpha, beta) over customers. */
typedef enum {
    CST_SBG_INSIDE,        /* a proper maximum */
    CST_SBG_CONSTANT_RATE, /* churn does not slow down with age: alpha and beta run off; one constant rate */
    CST_SBG_ALL_AT_FIRST   /* nobody left after the first age: alpha and beta run to 0; the rest stay */
} cst_sbg_kind;

typedef struct cst_sbg {
    double alpha, beta; /* finite also where they run off: alpha + beta is then 1e9 or 1e-6 */
    double loglik;
    cst_sbg_kind kind;
} cst_sbg;

/* Maximum likelihood. survivors[0..n-1] are those still there at age 0, 1, ...: never rising, first
 * one > 0; any unit (persons or per cent). CST_DATA: fewer than 3 ages, no loss, a rise (with the
 * age), everyone gone after the first age. */
CST_API cst_status cst_sbg_fit(const double *survivors, size_t n, cst_sbg *out, cst_error *e);

/* One period of a life: those who were there when it began and whose end was seen, and how many of them were
 * lost in it. Whoever was seen for t periods belongs to t of them; one who is first seen later to those
 * after that. */
typedef struct cst_sbg_period {
    double risk, lost; /* 0 <= lost <= risk */
} cst_sbg_period;

/* The same where not all were seen for as long: the sum over all who were lost at t of log(S(t - 1) - S(t))
 * and over all who were seen to last t of log S(t) (less log S(from) of one who is seen from then on), which
 * is a sum over periods. period[t - 1] is period t. CST_DATA as cst_sbg_fit, and a lost that is not within
 * 0..risk. */
CST_API cst_status cst_sbg_fit_periods(const cst_sbg_period *period, size_t n, cst_sbg *out, cst_error *e);
/* S(t) = B(alpha, beta + t) / B(alpha, beta), t = 0, 1, ... */
CST_API double cst_sbg_survival(const cst_sbg *f, size_t t);
/* Discounted expected residual lifetime after T: the sum over t > T of S(t) / S(T) / (1 + d)^(t - T -
 * 1), in periods, to a relative 1e-12; d >= 1e-6 per period, else CST_USAGE. (Fader and Hardie 2010,
 * whose closed form is (beta + T) / (alpha + beta + T) x 2F1(1, beta + T + 1; alpha + beta + T + 1; 1
 * / (1 + d)).) */
CST_API cst_status cst_sbg_residual(const cst_sbg *f, size_t T, double d, double *out, cst_error *e);

#ifdef __cplusplus
}
#endif
#endif
