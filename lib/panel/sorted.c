/* panel/sorted.c: finds out how the files of a row table are sorted, by reading their keys once. */
#include "base/memory.h"
#include "base/text.h"
#include "panel/panel.h"
#include <stdlib.h>
#include <sys/stat.h>

/* The last key that was seen; its account is a copy. */
typedef struct last_key {
    char *account;
    size_t room;
    uint32_t n;
    cst_day period;
    bool set;
} last_key;

static bool are_regular_files(const cst_inputs *in)
{
    for (size_t i = 0; i < in->n; i++) {
        struct stat s;
        if (strcmp(in->path[i], "-") == 0 || stat(in->path[i], &s) != 0 || !S_ISREG(s.st_mode)) return false;
    }
    return in->n > 0;
}

static bool set_last(last_key *last, cst_text account, cst_day period)
{
    if (!cst_grow(&last->account, &last->room, account.n, 1)) return false;
    if (account.n) memcpy(last->account, account.p, account.n);
    last->n = account.n;
    last->period = period;
    last->set = true;
    return true;
}

/* What is left of *orders after the rows of a batch; none also where a key cannot be read. */
static cst_status check_batch(cst_batch *b, int account_slot, int period_slot, int *orders, last_key *last,
                              cst_periods *periods, cst_error *e)
{
    for (uint32_t row = 0; row < cst_batch_rows(b) && *orders; row++) {
        cst_day period;
        cst_text account = cst_text_at(b, row, account_slot);
        cst_status status = cst_day_at(b, row, period_slot, &period, NULL);
        if (status != CST_OK) *orders = 0;
        if (status != CST_OK) return status == CST_MEMORY ? cst_no_memory(e) : CST_OK;
        if (periods && !cst_periods_add(periods, period)) return cst_no_memory(e);
        if (last->set) {
            int by_account = cst_text_compare(account, (cst_text){last->account, last->n});
            int by_period = (period > last->period) - (period < last->period);
            if (by_account < 0 || (by_account == 0 && by_period < 0)) *orders &= ~(int)CST_PANEL_BY_ACCOUNT;
            if (by_period < 0 || (by_period == 0 && by_account < 0)) *orders &= ~(int)CST_PANEL_BY_PERIOD;
        }
        if (!set_last(last, account, period)) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status check_rows(cst_reader *r, const char *account_column, const char *period_column,
                             int *orders, cst_periods *periods, cst_error *e)
{
    int account_slot = -1, period_slot = -1;
    last_key last = {0};
    cst_batch *b;
    *orders = CST_PANEL_BY_ACCOUNT | CST_PANEL_BY_PERIOD;
    cst_status status = cst_reader_bind(r, period_column, CST_REQUIRED, &period_slot, e);
    if (status == CST_OK && account_column)
        status = cst_reader_bind(r, account_column, CST_REQUIRED, &account_slot, e);
    while (status == CST_OK && *orders && (status = cst_reader_next(r, &b, e)) == CST_OK) {
        status = check_batch(b, account_slot, period_slot, orders, &last, periods, e);
        cst_batch_done(b);
    }
    free(last.account);
    return status;
}

/* What is wrong with the data, the reader proper will say: with its place, and with all that --rejects
 * may do about it. */
cst_status cst_panel_survey(const cst_inputs *in, const cst_read_opts *o, const char *account_column,
                            const char *period_column, int *orders, cst_periods *periods, cst_error *e)
{
    cst_read_opts quiet = *o;
    cst_reader *r;
    *orders = 0;
    if (!are_regular_files(in)) return CST_OK;
    quiet.keep_rejects = false;
    quiet.no_crc32 = true;
    cst_status status = cst_reader_open(in, &quiet, &r, e);
    if (status == CST_OK) {
        status = check_rows(r, account_column, period_column, orders, periods, e);
        cst_reader_free(r);
    }
    if (status < 0) *orders = 0;
    return status == CST_IO || status == CST_MEMORY ? status : CST_OK;
}
