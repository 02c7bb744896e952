/* stats/fold.h: sums over rows by blocks, with threads or without, to the same bits. */
#ifndef CST_STATS_FOLD_H
#define CST_STATS_FOLD_H
#include <cstools/base.h>

/* Adds the rows begin .. end - 1 to sums[], which begins at 0. room[] is the worker's own. Any order,
 * several at once. */
typedef void cst_fold_rows(const void *context, size_t begin, size_t end, double *room, double *sums);

typedef struct cst_fold {
    cst_fold_rows *rows;
    const void *context;
    size_t n;    /* rows */
    size_t sums; /* doubles */
    size_t room; /* doubles of scratch per worker */
} cst_fold;

/* total[sums] = the sums of all rows. */
cst_status cst_fold_run(const cst_fold *f, unsigned threads, double *total, cst_error *e);
#endif
