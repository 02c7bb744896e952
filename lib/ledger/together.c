/* ledger/together.c: see together.h. Threads live as long as the job: there are a handful of jobs in a
 * run, each of millions of rows or of none that matter. */
#include "ledger/together.h"
#include <pthread.h>
#include <stdbool.h>

enum { MOST = 256 };

typedef struct hand {
    void (*job)(void *share);
    void *share;
    pthread_t thread;
    bool started;
} hand;

static void *work(void *arg)
{
    hand *h = arg;
    h->job(h->share);
    return NULL;
}

void cst_ledger_together(void (*job)(void *share), void *share, size_t size, int n)
{
    hand h[MOST];
    int threads = n < MOST ? n : MOST;
    for (int i = 1; i < threads; i++) {
        h[i] = (hand){.job = job, .share = (char *)share + (size_t)i * size};
        h[i].started = pthread_create(&h[i].thread, NULL, work, &h[i]) == 0;
    }
    if (n > 0) job(share);
    for (int i = threads; i < n; i++) job((char *)share + (size_t)i * size);
    for (int i = 1; i < threads; i++)
        if (!h[i].started) job(h[i].share);
    for (int i = 1; i < threads; i++)
        if (h[i].started) pthread_join(h[i].thread, NULL);
}
