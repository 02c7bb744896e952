/* shim.c: preloaded before a program, makes its Nth call of a kind go wrong.
 *
 *     CST_FAULT=KIND:N:HOW
 *         KIND: malloc (with calloc and realloc), read, write, fsync, rename, close (of what is open for
 *               writing: a failed close of an input loses nothing)
 *         HOW:  ENOMEM, ENOSPC, EIO, EACCES, EINTR, EINVAL, ENOTSUP: the call fails with it
 *               TERM, KILL: the signal is sent to the program just before the call
 *               SHORT: a read or write of one byte only
 *     CST_FAULT_MARK=FILE
 *         made when the fault strikes, so that the caller knows when N is past the last call
 *     CST_CALLS=FILE
 *         gets a line for each write, fsync, rename and close of what is open for writing, in their order:
 *         the kind, the path, and for a rename the new path, with a TAB between
 *
 * Only calls after main has begun count, and no write to standard error: the message about the fault must
 * get out. Nothing here may allocate, for it stands below malloc. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { KIND_MALLOC, KIND_READ, KIND_WRITE, KIND_FSYNC, KIND_RENAME, KIND_CLOSE, KIND_NONE };

static const char *const kinds[] = {"malloc", "read", "write", "fsync", "rename", "close"};

static const struct {
    const char *word;
    int number; /* errno; or a signal, negative; 0: short */
} hows[] = {{"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC}, {"EIO", EIO},         {"EACCES", EACCES},
            {"EINTR", EINTR},   {"EINVAL", EINVAL}, {"ENOTSUP", ENOTSUP}, {"TERM", -SIGTERM},
            {"KILL", -SIGKILL}, {"SHORT", 0}};

static enum kind wanted = KIND_NONE;
static long wanted_call;
static int how;
static atomic_bool begun;
static atomic_long calls;

static void read_wish(void)
{
    const char *wish = getenv("CST_FAULT");
    const char *colon = wish ? strchr(wish, ':') : NULL, *last = wish ? strrchr(wish, ':') : NULL;
    if (!colon || last == colon) return;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        if (strcmp(last + 1, hows[i].word) == 0) how = hows[i].number;
    wanted_call = strtol(colon + 1, NULL, 10);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i]) == (size_t)(colon - wish) &&
            strncmp(kinds[i], wish, (size_t)(colon - wish)) == 0)
            wanted = (enum kind)i;
}

/* Whether this call is the one. */
static bool strikes(enum kind kind)
{
    if (kind != wanted || !atomic_load(&begun) || atomic_fetch_add(&calls, 1) + 1 != wanted_call)
        return false;
    const char *mark = getenv("CST_FAULT_MARK");
    if (mark) {
        long fd = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0600);
        if (fd >= 0) syscall(SYS_close, (int)fd);
    }
    if (how < 0) kill(getpid(), -how);
    return how >= 0;
}

/* Appends to CST_CALLS. */
static void record(enum kind kind, const char *path, const char *to)
{
    const char *file = getenv("CST_CALLS");
    char line[2 * PATH_MAX + 16];
    if (!file || !atomic_load(&begun)) return;
    int n = snprintf(line, sizeof line, "%s\t%s%s%s\n", kinds[kind], path, to ? "\t" : "", to ? to : "");
    long fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || n < 0 || (size_t)n >= sizeof line) abort();
    syscall(SYS_write, (int)fd, line, (size_t)n);
    syscall(SYS_close, (int)fd);
}

static void record_open(enum kind kind, int fd)
{
    char link[32], path[PATH_MAX];
    if (!getenv("CST_CALLS")) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    record(kind, path, NULL);
}

static int fail(void)
{
    errno = how;
    return -1;
}

/* The next definition of a name, found at its first use. dlsym's pointer becomes a function's through
 * memcpy: ISO C knows no conversion. */
static void find_next(void *to, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(to, &found, sizeof found);
}

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                           void *);
static main_function *real_main;

static int counted_main(int argc, char **argv, char **environment)
{
    read_wish();
    atomic_store(&begun, true);
    int status = real_main(argc, argv, environment);
    atomic_store(&begun, false);
    return status;
}

int __libc_start_main(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
int __libc_start_main(main_function *m, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*loader_fini)(void), void *stack_end)
{
    start_function *next;
    find_next(&next, "__libc_start_main");
    real_main = m;
    return next(counted_main, argc, argv, init, fini, loader_fini, stack_end);
}

/* glibc's own names for its allocator: dlsym may itself allocate, so it cannot be asked for these. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static bool fails_memory(void)
{
    if (!strikes(KIND_MALLOC)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return fails_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails_memory() ? NULL : __libc_realloc(p, n);
}

ssize_t read(int fd, void *p, size_t n)
{
    if (strikes(KIND_READ)) {
        if (how) return fail();
        n = n > 1;
    }
    return syscall(SYS_read, fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
    if (fd != STDERR_FILENO) record_open(KIND_WRITE, fd);
    if (fd != STDERR_FILENO && strikes(KIND_WRITE)) {
        if (how) return fail();
        n = n > 1;
    }
    return syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
    record_open(KIND_FSYNC, fd);
    return strikes(KIND_FSYNC) ? fail() : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    record(KIND_RENAME, from, to);
    return strikes(KIND_RENAME) ? fail() : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* The descriptor is gone even where close fails. */
int close(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    bool writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
    if (writable) record_open(KIND_CLOSE, fd);
    bool struck = writable && strikes(KIND_CLOSE);
    int status = (int)syscall(SYS_close, fd);
    return struck ? fail() : status;
}
