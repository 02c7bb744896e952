/* flags/backtest.h: rules against what happened: losses from a table of labels, and what the accounts
 * looked like before them; which flags warned of them, and of what flags warned in vain. */
#ifndef CST_FLAGS_BACKTEST_H
#define CST_FLAGS_BACKTEST_H
#include "base/intern.h"
#include "flags/session.h"

typedef struct cst_loss {
    uint32_t account; /* in cst_losses.accounts */
    cst_day day;
    cst_text reason; /* the nearest one of --reasons; missing: none */
    cst_day first,
        start; /* period of the account's first row; its signup_date, else the same; CST_DAY_NONE: none */
    bool has_mrr;
    cst_money mrr; /* of the last row before the loss; so are the others */
    cst_buffer score, band, vector;
} cst_loss;

typedef struct cst_loss_watch {
    struct cst_losses *losses;
    uint64_t rows, hits; /* rows whose horizon is over, and those with a loss in it */
    bool failed;         /* out of memory */
} cst_loss_watch;

/* Zero-initialise it. */
typedef struct cst_losses {
    cst_vigil *s;
    cst_duration horizon;
    cst_intern *accounts;
    cst_loss *item; /* by account, then day; each once */
    size_t n;
    uint64_t later;  /* labels after --as-of, which are set aside */
    uint32_t *begin; /* by account: where its losses begin; one more at the end */
    cst_side score, band, vector, signup, active;
    cst_loss_watch *watch; /* by part */
} cst_losses;

/* Reads --labels and --reasons, and sets the parts of the session to watch for the losses. After
 * cst_vigil_open, before cst_vigil_walk. */
cst_status cst_losses_open(cst_vigil *s, cst_losses *out, cst_error *e);
void cst_losses_close(cst_losses *l);

/* The day up to which everything is known. */
cst_day cst_losses_as_of(const cst_losses *l);
/* The losses of an account of a part; *n of them. */
cst_loss *cst_losses_of(const cst_losses *l, const cst_part *p, uint32_t account, size_t *n);
/* Was the flag open on a judged period in [day - horizon, day)? */
bool cst_losses_warned(const cst_losses *l, const cst_loss *loss, const cst_episode *x);
/* Has the account a row at day - horizon or before? */
bool cst_losses_known(const cst_losses *l, const cst_loss *loss);

cst_status cst_backtest_write(cst_vigil *s, const cst_losses *l, cst_error *e);
cst_status cst_review_write(cst_vigil *s, const cst_losses *l, cst_error *e);
#endif
