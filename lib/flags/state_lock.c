/* state_lock.c: one run at a time with one state. The lock is on a file beside the state that is never
 * removed: the state file itself is another file after every run, and a lock file that comes and goes could
 * be locked by two. It must be a file of its own, for others may write in the folder: a link would make a
 * file elsewhere. */
#include "base/buffer.h"
#include "flags/state.h"
#include "write/sink.h"
#include "write/target.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE = 50, LONGEST = 3600 * 1000 }; /* milliseconds between two tries, and in all */

static cst_status refuse(const char *path, const char *doing, cst_error *e)
{
    char room[128];
    return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                       "cannot %s: %s; the state needs a lock beside it", doing,
                       cst_errno_text(errno, room, sizeof room));
}

/* "process 1234", as the kernel's list of locks has it; "another run" where it does not say. */
static void name_holder(int fd, char *out, size_t size)
{
    struct stat st;
    unsigned major, minor;
    unsigned long long inode;
    long pid;
    char line[256];
    snprintf(out, size, "another run");
    FILE *f = fstat(fd, &st) == 0 ? fopen("/proc/locks", "re") : NULL;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%*s FLOCK %*s %*s %ld %x:%x:%llu", &pid, &major, &minor, &inode) != 4) continue;
        if (pid > 0 && inode == st.st_ino && major == major(st.st_dev) && minor == minor(st.st_dev))
            snprintf(out, size, "process %ld", pid);
    }
    if (f) fclose(f);
}

static cst_status wait_for(const char *path, cst_program_io *io, int fd, cst_error *e)
{
    const struct timespec pause = {0, PAUSE * 1000000L};
    char holder[64];
    name_holder(fd, holder, sizeof holder);
    cst_io_warn(io, "waiting for another run with this state, an hour at most; %s holds %s", holder, path);
    for (int waited = 0; waited < LONGEST; waited += PAUSE) {
        nanosleep(&pause, NULL);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) return CST_OK;
        if (errno != EWOULDBLOCK && errno != EINTR) return refuse(path, "lock", e);
    }
    name_holder(fd, holder, sizeof holder);
    return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                       "expected the lock to be free within an hour, found %s holding it; end that first",
                       holder);
}

static cst_status take(const char *path, cst_program_io *io, int *lock, cst_error *e)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0600);
    bool other = fd < 0 && (errno == ELOOP || errno == EISDIR || errno == ENXIO);
    if (fd < 0 && !other) return refuse(path, "open", e);
    *lock = fd;
    if (fd >= 0 && fstat(fd, &st) != 0) return refuse(path, "look at", e);
    if (other || !S_ISREG(st.st_mode))
        return cst_fail_at(
            e, CST_IO, (cst_place){path, 0, 0}, NULL,
            "expected a regular file for the lock of the state, found another kind; remove it");
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return CST_OK;
    if (errno != EWOULDBLOCK && errno != EINTR) return refuse(path, "lock", e);
    return wait_for(path, io, fd, e);
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
