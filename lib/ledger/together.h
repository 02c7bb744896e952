/* ledger/together.h: one job in several shares, each by a thread of its own. */
#ifndef CST_LEDGER_TOGETHER_H
#define CST_LEDGER_TOGETHER_H
#include <stddef.h>

/* Calls job(share + i * size) for i < n, the first by the caller's thread, as are those for which no thread
 * can be had; returns when all are done. */
void cst_ledger_together(void (*job)(void *share), void *share, size_t size, int n);
#endif
