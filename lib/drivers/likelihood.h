/* drivers/likelihood.h: a fit as a likelihood: the share of such rows that the outcome comes to.
 *
 * p = 1 / (1 + exp(-(intercept + sum of weight x value))), values clamped as in the fit.
 *
 * The fit's own chances are too sure of themselves, as it has seen the outcomes. So the chances that folds
 * give to accounts they have not seen are fitted once more: logit(p') = shift + slope x logit(p), by maximum
 * likelihood (Platt 1999; Cox 1958), and the two are folded into intercept and weights. What judges the
 * likelihood is calibrated by the other folds alone, so that the judged rows had no part in it. */
#ifndef CST_DRIVERS_LIKELIHOOD_H
#define CST_DRIVERS_LIKELIHOOD_H
#include "drivers/judge.h"

enum { DRV_LEAST_OUTCOMES = 20 }; /* rows with the outcome, and rows without: fewer are refused */

typedef struct drv_likelihood_opts {
    const char *name;        /* of the likelihood; what its column is called */
    const char *outcome;     /* for the comments; NULL: none */
    bool all_rows;           /* fitted to accounts that are not active, too */
    const char *horizon;     /* as text; NULL: none */
    bool plain;              /* do not calibrate */
    const drv_fit_opts *fit; /* that the fit was made with */
} drv_likelihood_opts;

/* The rows that had no part in the fit, as a measure is missing: what the likelihood says of them, with the
 * mean of the fit in its place, and what came. */
typedef struct drv_incomplete {
    uint64_t n, events;
    double predicted, predicted_error; /* mean p; its sd were every p right; NAN without rows */
    bool off; /* by a quarter or more, and by more than chance explains: these rows are of another kind */
} drv_incomplete;

typedef struct drv_likelihood {
    double shift, slope;       /* 0 and 1: not calibrated */
    bool level;                /* the slope was not above 0: every account gets the base rate */
    double intercept, *weight; /* by measure in the fit */
    double *p;                 /* by complete row: held out, calibrated by the other folds */
    unsigned char *label;
    uint32_t *account;
    drv_judgement judged; /* of p */
    drv_incomplete incomplete;
} drv_likelihood;

/* CST_DATA: fewer than DRV_LEAST_OUTCOMES rows with or without the outcome; predictions that tell every event
 * from every other row. Clear it also after a failure. */
cst_status drv_likelihood_make(const drv_sample *s, const drv_likelihood_opts *o, const drv_fitted *f,
                               drv_likelihood *out, cst_error *e);
void drv_likelihood_clear(drv_likelihood *l);

/* The table, with the columns of drv_fit_model_columns: a row of kind likelihood, a row of kind term for each
 * measure, and rows of kind comment, which say how it was made and how good it is. */
cst_status drv_likelihood_write(const drv_sample *s, const drv_likelihood_opts *o, const drv_fitted *f,
                                const drv_likelihood *l, cst_writer *w, cst_error *e);

/* --held-out: account_id, period, fold, outcome, and the likelihood's name. */
#define DRV_HELD_COLUMNS 5
extern const cst_column drv_held_columns[DRV_HELD_COLUMNS]; /* the last has no name */
cst_status drv_likelihood_write_held(const drv_sample *s, const drv_fitted *f, const drv_likelihood *l,
                                     cst_writer *w, cst_error *e);

/* Rows of --report, of the part `name`: outcome and horizon (which are the part), folds, calibration_slope,
 * calibration_intercept, auc, brier, and those of drivers/judge.h. */
cst_status drv_likelihood_write_report(const drv_likelihood_opts *o, const drv_fitted *f,
                                       const drv_likelihood *l, cst_writer *w, cst_error *e);
#endif
