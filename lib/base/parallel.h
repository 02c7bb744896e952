/* base/parallel.h: the same work by several threads, each on a part of its own, and the states of threads. */
#ifndef CST_BASE_PARALLEL_H
#define CST_BASE_PARALLEL_H
#include <cstools/base.h>

typedef cst_status cst_parallel_work(void *context, int part, cst_error *e);
/* Calls part 0 .. parts - 1, each once, at most `parts` at a time; a thread that cannot be started is done
 * without. The failure of the lowest part is the one returned. */
cst_status cst_parallel(int parts, cst_parallel_work *work, void *context, cst_error *e);

/* States of n threads, n > 0: zeroed, one behind the other from [0] on, and the array of pointers to them
 * that cst_run takes. One block, for free(). */
void **cst_workers(int n, size_t size);
#endif
