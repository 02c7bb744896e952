/* flags/lock.c: one run at a time with one state file. The lock is on a file beside it that is never
 * removed: the state file itself is another file after every run, and a lock file that comes and goes
 * could be locked by two. */
#include "base/buffer.h"
#include "flags/state.h"
#include "write/sink.h"
#include "write/target.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static cst_status refuse(const char *path, const char *doing, cst_error *e)
{
    char room[128];
    return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                       "cannot %s: %s; the state needs a lock beside it", doing,
                       cst_errno_text(errno, room, sizeof room));
}

static cst_status take(const char *path, cst_program_io *io, int *lock, cst_error *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) return refuse(path, "open", e);
    *lock = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return CST_OK;
    if (errno != EWOULDBLOCK && errno != EINTR) return refuse(path, "lock", e);
    cst_io_warn(io, "waiting for another run with this state; it holds %s", path);
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) return refuse(path, "lock", e);
    return CST_OK;
}

cst_status flag_state_lock(const char *path, cst_program_io *io, int *lock, cst_error *e)
{
    cst_target t;
    cst_buffer name = {0};
    cst_status status = cst_target_find(path, &t, e);
    if (status < 0) return status;
    if (t.direct) {
        status = cst_fail_at(e, CST_USAGE, (cst_place){path, 0, 0}, NULL,
                             "--state: expected a regular file, found another kind; it is read and replaced");
    } else {
        cst_buffer_printf(&name, "%s.lock", t.path);
        const char *file = cst_buffer_string(&name);
        status = name.failed ? cst_no_memory(e) : take(file, io, lock, e);
        cst_buffer_free(&name);
    }
    cst_target_clear(&t);
    return status;
}
