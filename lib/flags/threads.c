/* flags/threads.c: a thread for every part; the caller's own takes the first. */
#include "flags/part.h"
#include <pthread.h>
#include <stdlib.h>

struct job {
    cst_part *part;
    cst_part_work *work;
    const cst_walk *walk;
    pthread_t thread;
    bool started;
};

static void *work_part(void *context)
{
    struct job *j = context;
    j->part->status = j->work(j->part, j->walk, &j->part->e);
    return NULL;
}

cst_status cst_parts_run(cst_part *const *part, size_t parts, cst_part_work *work, const cst_walk *w,
                         cst_error *e)
{
    struct job *job = calloc(parts + 1, sizeof *job);
    if (!job) return cst_fail(e, CST_MEMORY, "out of memory");
    for (size_t i = 0; i < parts; i++) {
        job[i] = (struct job){.part = part[i], .work = work, .walk = w};
        if (i > 0) job[i].started = pthread_create(&job[i].thread, NULL, work_part, &job[i]) == 0;
    }
    for (size_t i = 0; i < parts; i++) /* what got no thread is done here */
        if (!job[i].started) work_part(&job[i]);
    for (size_t i = 0; i < parts; i++)
        if (job[i].started) pthread_join(job[i].thread, NULL);
    free(job);
    for (size_t i = 0; i < parts; i++) {
        if (part[i]->status >= 0) continue;
        if (e) *e = part[i]->e;
        return part[i]->status;
    }
    return CST_OK;
}
