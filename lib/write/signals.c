/* signals.c: see signals.h. The handler may run at any instruction of any thread, so the list it walks is
 * made of nodes that are never freed and never moved: a node is taken, filled, and then marked live with
 * one atomic store; unlisting only clears the mark. Nodes are used again, so there are never more than
 * outputs open at once. */
#include "write/signals.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FREE, TAKEN, LIVE };

struct cst_temporary {
    cst_temporary *next; /* set before the node is published, then constant */
    atomic_int state;
    char path[PATH_MAX];
};

static _Atomic(cst_temporary *) listed;

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1};

static void remove_and_raise(int number)
{
    int saved = errno;
    for (cst_temporary *t = atomic_load(&listed); t; t = t->next)
        if (atomic_load(&t->state) == LIVE) unlink(t->path);
    raise(number); /* SA_RESETHAND has put the default back; it strikes when the handler returns */
    errno = saved;
}

static void collect_ending(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) sigaddset(set, ending[i]);
}

void cst_signals_install(void)
{
    struct sigaction act = {0}, before;
    act.sa_handler = remove_and_raise;
    act.sa_flags = (int)SA_RESETHAND;
    collect_ending(&act.sa_mask);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        /* nohup and background jobs ignore INT, QUIT and HUP on purpose; an ignored PIPE is only inherited by
         * mistake */
        if (ending[i] != SIGPIPE && sigaction(ending[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
            continue;
        sigaction(ending[i], &act, NULL);
    }
    act = (struct sigaction){0};
    act.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &act, NULL);
}

void cst_signals_hold(sigset_t *before)
{
    sigset_t set;
    collect_ending(&set);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void cst_signals_restore(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static cst_temporary *take_free(void)
{
    for (cst_temporary *t = atomic_load(&listed); t; t = t->next) {
        int want = FREE;
        if (atomic_compare_exchange_strong(&t->state, &want, TAKEN)) return t;
    }
    cst_temporary *t = malloc(sizeof *t);
    if (!t) return NULL;
    atomic_init(&t->state, TAKEN);
    t->next = atomic_load(&listed);
    while (!atomic_compare_exchange_weak(&listed, &t->next, t)) {
    }
    return t;
}

cst_temporary *cst_temporary_new(const char *path)
{
    size_t n = strlen(path) + 1;
    if (n > PATH_MAX) return NULL;
    cst_temporary *t = take_free();
    if (!t) return NULL;
    memcpy(t->path, path, n);
    atomic_store(&t->state, LIVE);
    return t;
}

void cst_temporary_free(cst_temporary *t)
{
    if (t) atomic_store(&t->state, FREE);
}
