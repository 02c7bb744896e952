/* write/target.h: what stands where an output shall go: nothing, a regular file, or something else. */
#ifndef CST_WRITE_TARGET_H
#define CST_WRITE_TARGET_H
#include <cstools/base.h>
#include <sys/stat.h>

typedef struct cst_target {
    bool direct; /* no regular file (a device, a FIFO, a socket): written into, never renamed over */
    bool exists; /* `now` is filled */
    struct stat now;
    char *path;      /* symbolic links followed, directory canonical; NULL where direct */
    char *directory; /* NULL where direct */
} cst_target;

/* Errors name the file: a directory, a missing directory, no leave to write, a loop of links. */
cst_status cst_target_find(const char *path, cst_target *out, cst_error *e);
void cst_target_clear(cst_target *t);

/* Makes a new empty file in the target's directory with the owner (as far as allowed) and mode of the
 * target, or as umask has it where there is none. *temporary is the caller's; so are the descriptor and
 * *lock, a second one that is closed when the file is renamed or removed (negative: none). `name` is for
 * messages. */
cst_status cst_target_temporary(const cst_target *t, const char *name, char **temporary, int *fd, int *lock,
                                cst_error *e);
/* Removes the temporaries in a directory that runs left which were killed. */
void cst_target_sweep(const char *directory);
#endif
