/* flags/backtest.h: rules against what happened: losses from a table of labels, and what the accounts
 * looked like before them; which flags warned of them, and of what flags warned in vain. */
#ifndef CST_FLAGS_BACKTEST_H
#define CST_FLAGS_BACKTEST_H
#include "base/intern.h"
#include "flags/session.h"
#include "tables/metrics_rows.h"

typedef struct flag_loss {
    uint32_t account; /* in flag_losses.accounts */
    cst_day day;
    cst_text reason; /* the nearest one of --reasons; missing: none */
    cst_day first,
        start; /* period of the account's first row; its signup_date, else the same; CST_DAY_NONE: none */
    bool has_mrr;
    cst_money mrr; /* of the last row before the loss; so are the others */
    cst_buffer score, band, vector;
} flag_loss;

typedef struct flag_loss_base {
    uint64_t rows, hits; /* rows whose horizon is over, and those with a loss in it */
} flag_loss_base;

typedef struct flag_loss_watch {
    struct flag_losses *losses;
    flag_loss_base base[CST_ACTIVE_UNKNOWN + 1]; /* by what the row's `active` says */
    bool said;                                   /* a row has a word there */
    bool failed;                                 /* out of memory */
} flag_loss_watch;

/* Zero-initialise it. */
typedef struct flag_losses {
    flag_night *s;
    cst_duration horizon;
    cst_intern *accounts;
    flag_loss *item; /* by account, then day; each once */
    size_t n;
    uint64_t later;  /* labels after --as-of, which are set aside */
    uint32_t *begin; /* by account: where its losses begin; one more at the end */
    flag_side score, band, vector, signup, active;
    flag_loss_watch *watch; /* by part */
} flag_losses;

/* Reads --labels and --reasons, and sets the parts of the session to watch for the losses. After
 * flag_night_open, before flag_night_pass. */
cst_status flag_losses_open(flag_night *s, flag_losses *out, cst_error *e);
void flag_losses_close(flag_losses *l);

/* The day up to which everything is known. */
cst_day flag_losses_as_of(const flag_losses *l);
/* The losses of an account of a part; *n of them. */
flag_loss *flag_losses_of(const flag_losses *l, const flag_shard *p, uint32_t account, size_t *n);
/* Over the rows that are known to be active; over all, where no row says whether it is. */
flag_loss_base flag_losses_base(const flag_losses *l);
/* Was the flag open on a judged period in [day - horizon, day)? */
bool flag_losses_warned(const flag_losses *l, const flag_loss *loss, const flag_episode *x);
/* Has the account a row at day - horizon or before? */
bool flag_losses_known(const flag_losses *l, const flag_loss *loss);

cst_status flag_backtest_write(flag_night *s, const flag_losses *l, cst_error *e);
cst_status flag_review_write(flag_night *s, const flag_losses *l, cst_error *e);
#endif
