/* drivers/judge.h: what is to be thought of a column of chances, in words: whether it ranks, whether it beats
 * the base rate, whether its shares are those that came. */
#ifndef CST_DRIVERS_JUDGE_H
#define CST_DRIVERS_JUDGE_H
#include "drivers/fit.h"

typedef struct drv_judgement {
    cst_auc auc;
    cst_shares shares;
    bool chance; /* no better than chance: neither ranks nor beats the base rate */
    char words[120];
} drv_judgement;

/* p in 0..1; account[n]: numbers of the rows' accounts, for the interval of the log loss. */
cst_status drv_judge(const double *p, const unsigned char *label, const uint32_t *account, size_t n,
                     drv_judgement *out, cst_error *e);

/* How many times too high or too low the mean chance `predicted` is beside `share`; 1: less than a quarter,
 * or no more than chance explains (`error`: its sd were every chance right). */
double drv_judge_factor(double predicted, double error, double share);

/* Rows of --report: base_rate, predicted_rate, log_loss, log_loss_of_base, log_loss_gain (90 %), brier_skill,
 * calibration_error, calibration_by_chance, verdict (its words are the part). The AUC is the caller's. */
cst_status drv_judge_write_report(const drv_judgement *j, const char *part, cst_writer *w, cst_error *e);
#endif
