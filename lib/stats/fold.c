/* Sums of doubles depend on where they are cut, so rows are cut into blocks of a fixed size whatever
 * the number of threads, and the blocks' sums are added in the order of the rows: a worker that has
 * finished block k waits until k - 1 has been added. A thread that cannot be started is simply not
 * there; the result is the same.
 */
#include "stats/fold.h"
#include "stats/column.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192, MOST_THREADS = 256 };

typedef struct {
    const cst_fold *fold;
    size_t blocks, next, turn; /* next to be taken; next to be added */
    double *total;
    pthread_mutex_t lock;
    pthread_cond_t turned;
} shared;

typedef struct {
    shared *all;
    double *room, *sums;
    pthread_t thread;
} fold_worker;

static bool take_block(shared *s, size_t *block)
{
    pthread_mutex_lock(&s->lock);
    *block = s->next;
    bool more = s->next < s->blocks;
    if (more) s->next++;
    pthread_mutex_unlock(&s->lock);
    return more;
}

static void add_in_turn(shared *s, size_t block, const double *sums)
{
    pthread_mutex_lock(&s->lock);
    while (s->turn != block) pthread_cond_wait(&s->turned, &s->lock);
    for (size_t k = 0; k < s->fold->sums; k++) s->total[k] += sums[k];
    s->turn++;
    pthread_cond_broadcast(&s->turned);
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *argument)
{
    fold_worker *w = argument;
    const cst_fold *f = w->all->fold;
    size_t block;
    while (take_block(w->all, &block)) {
        size_t begin = block * BLOCK, end = begin + BLOCK < f->n ? begin + BLOCK : f->n;
        memset(w->sums, 0, f->sums * sizeof *w->sums);
        f->rows(f->context, begin, end, w->room, w->sums);
        add_in_turn(w->all, block, w->sums);
    }
    return NULL;
}

cst_status cst_fold_run(const cst_fold *f, unsigned threads, double *total, cst_error *e)
{
    shared s = {.fold = f,
                .blocks = (f->n + BLOCK - 1) / BLOCK,
                .total = total,
                .lock = PTHREAD_MUTEX_INITIALIZER,
                .turned = PTHREAD_COND_INITIALIZER};
    size_t workers = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
    if (workers > s.blocks) workers = s.blocks ? s.blocks : 1;
    size_t each = f->room + f->sums + 8;
    fold_worker *w = cst_zeroed(workers, sizeof *w);
    double *room = cst_zeroed(workers * each, sizeof *room);
    memset(total, 0, f->sums * sizeof *total);
    cst_status status = w && room ? CST_OK : cst_no_memory(e);
    size_t started = 1; /* the first worker is this thread */
    for (size_t i = 0; status == CST_OK && i < workers; i++)
        w[i] = (fold_worker){.all = &s, .room = room + i * each, .sums = room + i * each + f->room};
    while (status == CST_OK && started < workers &&
           pthread_create(&w[started].thread, NULL, work, &w[started]) == 0)
        started++;
    if (status == CST_OK) {
        work(&w[0]);
        for (size_t i = 1; i < started; i++) pthread_join(w[i].thread, NULL);
    }
    free(w);
    free(room);
    return status;
}
