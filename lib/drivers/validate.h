/* drivers/validate.h: how far a score can be trusted: deciles, AUC, Brier score, Kolmogorov-Smirnov,
 * calibration. The same for a model made by hand and for a fitted one. */
#ifndef CST_DRIVERS_VALIDATE_H
#define CST_DRIVERS_VALIDATE_H
#include "drivers/judge.h"

typedef enum {
    DRV_SCORE_HEALTH,    /* 0..100, low values go with the outcome; predicted chance 1 - score / 100 */
    DRV_SCORE_FAVORABLE, /* 0..100, high values go with the outcome; predicted chance score / 100 */
    DRV_SCORE_RISK       /* high values go with the outcome; a chance where all lie within 0..1 */
} drv_score_sense;

enum { DRV_DECILES = 10 };

typedef struct drv_validation {
    uint64_t n, events, missing;
    cst_auc auc; /* auc.auc > .5: the score tells in the sense it should */
    double kolmogorov_smirnov;
    double brier;       /* NAN where the score predicts no chance */
    double calibration; /* that of cst_shares; NAN likewise */
    bool is_chance;     /* DRV_SCORE_RISK, and the score is a chance: */
    drv_judgement judged;
    cst_bin decile[DRV_DECILES];   /* the likeliest first; scores as they were given */
    double predicted[DRV_DECILES]; /* mean predicted chance; NAN likewise */
} drv_validation;

/* Of the sample's first measure. */
cst_status drv_validate(const drv_sample *s, drv_score_sense sense, drv_validation *out, cst_error *e);

extern const cst_column drv_validate_columns[];
extern const size_t drv_validate_column_count;
cst_status drv_validate_write(const drv_validation *v, cst_writer *w, cst_error *e);
cst_status drv_validate_write_report(const drv_validation *v, const char *column, cst_writer *w,
                                     cst_error *e);
#endif
