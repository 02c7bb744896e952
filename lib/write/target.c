/* target.c: see target.h. A symbolic link is followed by hand, because the file at its end may not exist
 * yet (and then realpath fails): what is renamed over in the end must be that file, not the link. */
#include "write/target.h"
#include "base/memory.h"
#include "write/sink.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as the kernel has it */

static cst_status refuse(cst_error *e, const char *path, int number, const char *doing)
{
    char room[128];
    if (number == ENOMEM) return cst_no_memory(e);
    return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL, "%s: %s; name another file", doing,
                       cst_errno_text(number, room, sizeof room));
}

/* The end of a chain of links, as a new string; NULL with errno. */
static char *follow_links(const char *path)
{
    char *at = strdup(path);
    char link[PATH_MAX];
    for (int i = 0; at && i < MOST_LINKS; i++) {
        ssize_t n = readlink(at, link, sizeof link - 1);
        if (n < 0 && (errno == EINVAL || errno == ENOENT)) return at; /* no link, or nothing there */
        if (n < 0) break;
        link[n] = 0;
        const char *slash = strrchr(at, '/');
        char *next = NULL;
        if (link[0] == '/' || !slash)
            next = strdup(link);
        else if (asprintf(&next, "%.*s/%s", (int)(slash - at), at, link) < 0)
            next = NULL;
        free(at);
        at = next;
        errno = at ? ELOOP : ENOMEM;
    }
    int number = errno;
    free(at);
    errno = number;
    return NULL;
}

/* Splits the end of the links into a canonical directory and a name. */
static cst_status place_file(const char *path, const char *end, cst_target *t, cst_error *e)
{
    const char *slash = strrchr(end, '/');
    const char *base = slash ? slash + 1 : end;
    if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                           "expected a file to write, found the name of a directory; name a file in it");
    char *dir = slash ? strndup(end, slash == end ? 1 : (size_t)(slash - end)) : strdup(".");
    if (!dir) return refuse(e, path, ENOMEM, "");
    t->directory = realpath(dir, NULL);
    int number = errno;
    if (!t->directory && number == ENOENT)
        cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                    "expected the directory \"%s\" to be there, found none; make it first", dir);
    else if (!t->directory)
        refuse(e, path, number, "cannot reach its directory");
    free(dir);
    if (!t->directory) return e ? e->status : CST_IO;
    const char *joint = strcmp(t->directory, "/") == 0 ? "" : "/";
    if (asprintf(&t->path, "%s%s%s", t->directory, joint, base) < 0) {
        t->path = NULL;
        return refuse(e, path, ENOMEM, "");
    }
    return CST_OK;
}

cst_status cst_target_find(const char *path, cst_target *out, cst_error *e)
{
    *out = (cst_target){0};
    if (!*path) return cst_fail(e, CST_USAGE, "expected the name of a file to write, found an empty one");
    out->exists = stat(path, &out->now) == 0;
    if (!out->exists && errno != ENOENT) return refuse(e, path, errno, "cannot be written");
    if (out->exists && S_ISDIR(out->now.st_mode))
        return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                           "expected a file to write, found a directory; name a file in it");
    /* renaming over a file asks nobody whether it may be written; who made it read-only meant it */
    if (out->exists && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        return refuse(e, path, errno, "cannot be written");
    if (out->exists && !S_ISREG(out->now.st_mode)) {
        out->direct = true;
        return CST_OK;
    }
    char *end = follow_links(path);
    if (!end) return refuse(e, path, errno, "cannot follow the link");
    cst_status status = place_file(path, end, out, e);
    free(end);
    if (status != CST_OK) cst_target_clear(out);
    return status;
}

void cst_target_clear(cst_target *t)
{
    free(t->path);
    free(t->directory);
    *t = (cst_target){0};
}

/* Owner first (a change of owner clears mode bits), then the mode. Where the group cannot be kept, its bits
 * shrink to those of others: the new file never lets in someone the old one kept out. */
static int copy_rights(int fd, const struct stat *old)
{
    struct stat new;
    if (fstat(fd, &new) != 0) return -1;
    mode_t mode = old->st_mode & 07777;
    if (new.st_uid != old->st_uid || new.st_gid != old->st_gid) {
        if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0 &&
            new.st_gid != old->st_gid)
            mode &= (mode_t)(07707 | (mode & 07) << 3);
    }
    return fchmod(fd, mode);
}

/* ---- temporaries. Their writer holds a lock on them until they are renamed, so that those a killed run
 * left are told from those of a run that lives, also one in another container, whose pids are not ours.
 * ---- */

#define TEMPORARY_HEAD ".cs-tools."
#define TEMPORARY_TAIL ".tmp"

/* The lock on a new temporary; -1: a sweep was faster and takes it away. -2: there are no locks here. */
static int lock_temporary(const char *path, int fd)
{
    struct stat st;
    int lock = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    if (lock < 0) return errno == ENOENT ? -1 : -2;
    bool locked = flock(lock, LOCK_EX | LOCK_NB) == 0, swept = !locked && errno == EWOULDBLOCK;
    if (swept || (fstat(fd, &st) == 0 && st.st_nlink == 0)) {
        close(lock);
        return -1;
    }
    return lock;
}

/* Whether it is the name of a temporary whose process is none of those that run here. */
static bool is_left(const char *name)
{
    size_t n = strlen(name), head = strlen(TEMPORARY_HEAD), tail = strlen(TEMPORARY_TAIL);
    if (n < head + tail || memcmp(name, TEMPORARY_HEAD, head) != 0 ||
        memcmp(name + n - tail, TEMPORARY_TAIL, tail) != 0)
        return false;
    char *end;
    errno = 0;
    long pid = strtol(name + head, &end, 10);
    return errno == 0 && *end == '.' && pid > 0 && pid <= INT_MAX && kill((pid_t)pid, 0) != 0 &&
           errno == ESRCH;
}

void cst_target_sweep(const char *directory)
{
    DIR *d = opendir(directory);
    if (!d) return;
    for (struct dirent *entry; (entry = readdir(d));) {
        struct stat st;
        if (!is_left(entry->d_name)) continue;
        int fd = openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0) continue;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
            flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(d), entry->d_name, 0);
        close(fd);
    }
    closedir(d);
}

cst_status cst_target_temporary(const cst_target *t, const char *name, char **temporary, int *fd, int *lock,
                                cst_error *e)
{
    char *path = NULL;
    *fd = *lock = -1;
    /* a short name of its own: the target's might leave no room for more; a killed run with our pid may
     * have left one */
    for (unsigned i = 0; i < 1000 && *fd < 0; i++) {
        free(path);
        if (asprintf(&path, "%s/" TEMPORARY_HEAD "%ld.%u" TEMPORARY_TAIL, t->directory, (long)getpid(), i) <
            0)
            return refuse(e, name, ENOMEM, "");
        *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, t->exists ? 0600 : 0666);
        if (*fd < 0 && errno != EEXIST) break;
        if (*fd >= 0 && (*lock = lock_temporary(path, *fd)) == -1) {
            close(*fd);
            *fd = -1;
            errno = EEXIST;
        }
    }
    if (*fd < 0) {
        int number = errno;
        char room[128];
        free(path);
        return cst_fail_at(
            e, CST_IO, (cst_place){name, 0, 0}, NULL,
            "cannot make a file in the directory \"%s\": %s; an output is written beside its target and "
            "then renamed",
            t->directory, cst_errno_text(number, room, sizeof room));
    }
    if (t->exists && copy_rights(*fd, &t->now) != 0) {
        int number = errno;
        close(*fd);
        if (*lock >= 0) close(*lock);
        unlink(path);
        free(path);
        *fd = *lock = -1;
        return refuse(e, name, number, "cannot keep the mode of the file");
    }
    *temporary = path;
    return CST_OK;
}
