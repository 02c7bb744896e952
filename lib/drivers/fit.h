/* drivers/fit.h: weights from what happened: a ridge logistic regression on clamped measures, written
 * as a model that cs-score reads, with what held-out rows say of it.
 *
 * The score of the model is an increasing function of the fitted chance that nothing bad happens, so
 * the AUC of the score is the AUC of the fit. */
#ifndef CST_DRIVERS_FIT_H
#define CST_DRIVERS_FIT_H
#include "drivers/sample.h"
#include <cstools/stats.h>
#include <cstools/write.h>

typedef struct drv_fit_opts {
    double penalty;    /* of cst_logistic_options, on standardised measures */
    uint32_t folds;    /* >= 2 */
    uint64_t seed;     /* folds are hash(account_id, seed) mod folds */
    bool all_measures; /* keep every measure of a cluster */
    bool no_clamp;     /* the measures as they are */
    bool favorable;    /* the outcome is wanted: the score rises with it */
    int threads;
} drv_fit_opts;

/* How good predictions are on some rows. NAN where a figure does not exist. */
typedef struct drv_quality {
    uint64_t n, events;
    cst_auc auc;
    double log_loss, brier, lift; /* lift: of the tenth with the highest chance */
} drv_quality;

typedef struct drv_fitted {
    size_t used;       /* measures in the fit */
    uint32_t *measure; /* of the sample */
    double *low,
        *high; /* clamps: the 1st and 99th percentile of the complete rows, or their ends: no_clamp */
    cst_logistic *fit;
    /* by measure of the sample: the measure that represents it; itself; UINT32_MAX: constant */
    uint32_t *stands_for;
    bool *flat;   /* by measure of the sample: varies, but not between its clamps; counts as constant */
    double *mean; /* by measure in the fit: of the complete rows, clamped */
    size_t rows;  /* complete */
    /* of each complete row: its place in the sample, its fold, and the chance that the fit of the other folds
     * gives it */
    uint32_t *row, *in_fold;
    double *held;
    uint64_t incomplete;
    drv_quality training, held_out;
    drv_quality *fold; /* folds of them */
    double red, green; /* edges of the bands in the score; equal: none */
} drv_fitted;

/* CST_DATA: nothing to fit, separable or collinear measures (named), a fold without an event to learn
 * from. */
cst_status drv_fit(const drv_sample *s, const drv_fit_opts *o, drv_fitted *out, cst_error *e);
void drv_fitted_clear(drv_fitted *f);

extern const cst_column drv_fit_model_columns[];
extern const size_t drv_fit_model_column_count;
cst_status drv_fit_write_model(const drv_sample *s, const drv_fit_opts *o, const drv_fitted *f, cst_writer *w,
                               cst_error *e);

/* --report: item,part,n,events,value,std_error,lower,upper. */
extern const cst_column drv_report_columns[];
extern const size_t drv_report_column_count;
cst_status drv_fit_write_report(const drv_sample *s, const drv_fitted *f, uint32_t folds, cst_writer *w,
                                cst_error *e);
cst_status drv_report_put(cst_writer *w, const char *item, const char *part, uint64_t n, uint64_t events,
                          double value, double std_error, double lower, double upper, cst_error *e);
/* A value without an interval. */
cst_status drv_report_value(cst_writer *w, const char *item, const char *part, uint64_t n, uint64_t events,
                            double value, cst_error *e);
/* The AUC as it is, with its interval (cst_auc has that of the folded one). */
cst_status drv_report_auc(cst_writer *w, const char *part, uint64_t n, uint64_t events, const cst_auc *a,
                          cst_error *e);
#endif
