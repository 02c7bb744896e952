/* flags/threads.c: a thread for every part. */
#include "base/parallel.h"
#include "flags/part.h"

struct job {
    cst_part *const *part;
    cst_part_work *work;
    const cst_walk *walk;
};

static cst_status work_part(void *context, int i, cst_error *e)
{
    const struct job *j = context;
    return j->work(j->part[i], j->walk, e);
}

cst_status cst_parts_run(cst_part *const *part, size_t parts, cst_part_work *work, const cst_walk *w,
                         cst_error *e)
{
    struct job job = {part, work, w};
    return cst_parallel((int)parts, work_part, &job, e);
}
