/* base/parallel.c: one thread per part; the caller's own takes the first. */
#include "base/parallel.h"
#include "base/memory.h"
#include <pthread.h>
#include <stdlib.h>

typedef struct parallel_thread {
    cst_parallel_work *work;
    void *context;
    int part;
    bool started;
    cst_status status;
    cst_error why;
    pthread_t thread;
} parallel_thread;

static void *work_on(void *context)
{
    parallel_thread *h = context;
    h->status = h->work(h->context, h->part, &h->why);
    return NULL;
}

cst_status cst_parallel(int parts, cst_parallel_work *work, void *context, cst_error *e)
{
    parallel_thread *h = calloc((size_t)parts + 1, sizeof *h);
    if (!h) return cst_no_memory(e);
    for (int i = 0; i < parts; i++) {
        h[i] = (parallel_thread){.work = work, .context = context, .part = i};
        h[i].started = i > 0 && pthread_create(&h[i].thread, NULL, work_on, &h[i]) == 0;
    }
    for (int i = 0; i < parts; i++)
        if (!h[i].started) work_on(&h[i]);
    for (int i = 0; i < parts; i++)
        if (h[i].started) pthread_join(h[i].thread, NULL);
    cst_status status = CST_OK;
    for (int i = 0; i < parts && status == CST_OK; i++) {
        status = h[i].status;
        if (status != CST_OK && e) *e = h[i].why;
    }
    free(h);
    return status;
}

void **cst_workers(int n, size_t size)
{
    size_t line = 64, pointers = ((size_t)n * sizeof(void *) + line - 1) / line * line;
    void **worker = calloc(1, pointers + (size_t)n * size);
    if (!worker) return NULL;
    for (int i = 0; i < n; i++) worker[i] = (char *)worker + pointers + (size_t)i * size;
    return worker;
}
