/* Threads. Each takes a batch, works on it, then waits for its turn: batches are committed and settled
 * in the order of their numbers, so that output, rejects and the error that is reported are those of
 * one thread alone. Where there is nothing to commit, a thread does not wait: it leaves the batch to
 * whoever has the turn before it, and goes on. The caller's thread is the first worker; a thread that
 * cannot be started is done without. */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "read/engine.h"

enum { MOST_LEFT = 16 };

typedef struct program_run {
    cst_reader *reader;
    cst_work *work;
    cst_commit *commit;
    void *shared;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t turn; /* the batch to settle next */
    /* by number: batches that were worked on without a fault, and left to be settled in turn */
    cst_batch *left[MOST_LEFT];
    cst_error failure;
} program_run;

typedef struct program_hand {
    program_run *run;
    void *worker;
    pthread_t thread;
} program_hand;

int cst_threads(int asked)
{
    if (asked > 0) return asked < 256 ? asked : 256;
    cpu_set_t set;
    int n =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n < 256 ? n : 256;
}

/* In turn: commits what may be committed, then settles. `worked` is what the work came to, with its
 * error in *why, which becomes the first failure of the batch in input order, if it has one. */
static cst_status settle(program_run *u, void *worker, cst_batch *b, cst_status worked, cst_error *why)
{
    cst_status status = worked < 0 ? worked : CST_OK;
    bool stopped = worked == CST_END && b->stopped;
    if (worked < 0 && b->stopped) { /* the caller has its row's error, which need not be why it ended */
        *why = b->stop_why;
        status = why->status;
    }
    if (stopped) b->rows = b->stop_row;
    cst_batch_count_rows(b);
    if (status == CST_OK && u->commit && b->rows) status = u->commit(worker, b, u->shared, why);
    const cst_error *next = stopped ? &b->stop_why : &b->failure;
    if (status == CST_OK && next->status) {
        *why = *next;
        status = next->status;
    }
    cst_error unheard;
    pthread_mutex_lock(&u->reader->lock);
    cst_status settled = cst_batch_settle(b, status < 0 ? &unheard : why);
    pthread_mutex_unlock(&u->reader->lock);
    if (status == CST_OK) status = settled;
    if (status < 0) why->status = status;
    return status;
}

/* The end of reading without a batch: memory ran out. */
static void keep_failure(program_run *u, const cst_error *why)
{
    pthread_mutex_lock(&u->lock);
    if (!u->failure.status) u->failure = *why;
    pthread_mutex_unlock(&u->lock);
}

static bool has_failed(program_run *u)
{
    pthread_mutex_lock(&u->lock);
    bool failed = u->failure.status;
    pthread_mutex_unlock(&u->lock);
    return failed;
}

/* Leaves a batch whose turn it isn't, if there is nothing to commit and room for it. */
static bool leave_batch(program_run *u, cst_batch *b, cst_status worked)
{
    bool left = false;
    pthread_mutex_lock(&u->lock);
    if (!u->commit && worked == CST_OK && b->number != u->turn && b->number - u->turn < MOST_LEFT) {
        u->left[b->number % MOST_LEFT] = b;
        left = true;
    }
    pthread_mutex_unlock(&u->lock);
    return left;
}

/* Ends a turn. The batch whose turn it is now, if it was left; NULL: somebody comes with it. */
static cst_batch *pass_turn(program_run *u)
{
    pthread_mutex_lock(&u->lock);
    cst_batch **place = &u->left[++u->turn % MOST_LEFT], *next = *place;
    *place = NULL;
    pthread_cond_broadcast(&u->moved);
    pthread_mutex_unlock(&u->lock);
    return next;
}

/* Waits for the turn of batch b, settles it, and what was left behind it. */
static void settle_in_turn(program_run *u, void *worker, cst_batch *b, cst_status worked, cst_error *why)
{
    pthread_mutex_lock(&u->lock);
    while (u->turn != b->number) pthread_cond_wait(&u->moved, &u->lock);
    pthread_mutex_unlock(&u->lock);
    for (; b; b = pass_turn(u), worked = CST_OK) {
        if (!has_failed(u) && settle(u, worker, b, worked, why) < 0) {
            cst_reader_stop(u->reader);
            keep_failure(u, why);
        }
        cst_batch_recycle(b);
    }
}

static void *work_on(void *context)
{
    program_hand *h = context;
    program_run *u = h->run;
    for (;;) {
        cst_batch *b;
        cst_error why = {0};
        cst_status status = cst_reader_take(u->reader, &b, &why);
        if (status != CST_OK) {
            why.status = status;
            if (status < 0) {
                cst_reader_stop(u->reader);
                keep_failure(u, &why);
            }
            return NULL;
        }
        cst_status worked = b->rows ? u->work(h->worker, b, &why) : CST_OK;
        if (worked != CST_OK) cst_reader_stop(u->reader);
        if (!leave_batch(u, b, worked)) settle_in_turn(u, h->worker, b, worked, &why);
    }
}

cst_status cst_run(cst_reader *r, int threads, cst_work *work, void *const worker[], cst_commit *commit,
                   void *shared, cst_error *e)
{
    int n = cst_threads(threads), started = 1;
    program_run u = {.reader = r, .work = work, .commit = commit, .shared = shared};
    program_hand *h = calloc((size_t)n, sizeof *h);
    if (!h) return cst_no_memory(e);
    u.turn = r->next_number;
    if (pthread_mutex_init(&u.lock, NULL) != 0 || pthread_cond_init(&u.moved, NULL) != 0) {
        free(h);
        return cst_fail(e, CST_MEMORY, "expected to make a lock, found no memory for it");
    }
    for (int i = 0; i < n; i++) h[i] = (program_hand){.run = &u, .worker = worker[i]};
    while (started < n && pthread_create(&h[started].thread, NULL, work_on, &h[started]) == 0) started++;
    work_on(&h[0]);
    for (int i = 1; i < started; i++) pthread_join(h[i].thread, NULL);
    pthread_cond_destroy(&u.moved);
    pthread_mutex_destroy(&u.lock);
    free(h);
    if (u.failure.status) {
        if (e) *e = u.failure;
        return u.failure.status;
    }
    return cst_reader_judge(r, e);
}
