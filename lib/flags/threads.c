/* flags/threads.c: a thread for every part. */
#include "base/parallel.h"
#include "flags/shard.h"

struct job {
    flag_shard *const *part;
    flag_shard_work *work;
    const flag_pass *pass;
};

static cst_status work_part(void *context, int i, cst_error *e)
{
    const struct job *j = context;
    return j->work(j->part[i], j->pass, e);
}

cst_status flag_shards_run(flag_shard *const *part, size_t parts, flag_shard_work *work, const flag_pass *w,
                           cst_error *e)
{
    struct job job = {part, work, w};
    return cst_parallel((int)parts, work_part, &job, e);
}
