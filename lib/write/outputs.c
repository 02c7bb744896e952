/* outputs.c: the outputs of a run, which appear together or not at all.
 *
 * Each regular target gets a temporary beside it. The commit first brings every byte to the disk (flush,
 * fsync, close), and only then renames: all that is likely to fail (a full disk, a quota) fails while
 * every target still holds its old bytes. The renames follow in the order of rank, so that a state file
 * never speaks of outputs that are not there. Last the directories are synced, which makes the renames
 * outlive a loss of power.
 *
 * Whether two names are one file is asked of the system (device and inode, which sees through links and
 * redirections) and, for files that do not exist yet, of the resolved path. */
#include "base/memory.h"
#include "read/walk.h"
#include "write/sink.h"
#include "write/target.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct guard {
    char *name;
    dev_t dev;
    ino_t ino;
} guard;

struct cst_outputs {
    cst_sink **sink; /* in the order they were added */
    size_t n, room;
    guard *input;
    size_t n_input, input_room;
    bool digest;
};

cst_status cst_outputs_new(cst_outputs **out, cst_error *e)
{
    *out = calloc(1, sizeof **out);
    return *out ? CST_OK : cst_no_memory(e);
}

void cst_outputs_free(cst_outputs *o)
{
    if (!o) return;
    for (size_t i = 0; i < o->n; i++) cst_sink_free(o->sink[i]);
    for (size_t i = 0; i < o->n_input; i++) free(o->input[i].name);
    free(o->sink);
    free(o->input);
    free(o);
}

/* Several may write to a terminal or to /dev/null; a socket has two independent directions. */
static bool holds_data(mode_t mode)
{
    return S_ISREG(mode) || S_ISFIFO(mode) || S_ISBLK(mode);
}

static cst_status refuse_input(const char *output, const char *input, cst_error *e)
{
    return cst_fail_at(e, CST_USAGE, (cst_place){output, 0, 0}, NULL,
                       "expected an output that is no input, found the same file as %s; name another file",
                       input);
}

cst_status cst_outputs_guard(cst_outputs *o, const char *path, cst_error *e)
{
    struct stat st;
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    if ((standard ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0)
        return CST_OK; /* for the reader to report */
    if (!holds_data(st.st_mode)) return CST_OK;
    for (size_t i = 0; i < o->n; i++)
        if (o->sink[i]->known && o->sink[i]->dev == st.st_dev && o->sink[i]->ino == st.st_ino)
            return refuse_input(o->sink[i]->name, name, e);
    char *copy = strdup(name);
    if (!copy || !cst_grow(&o->input, &o->input_room, o->n_input + 1, sizeof *o->input)) {
        free(copy);
        return cst_no_memory(e);
    }
    o->input[o->n_input++] = (guard){copy, st.st_dev, st.st_ino};
    return CST_OK;
}

size_t cst_outputs_guarded(const cst_outputs *o)
{
    return o->n_input;
}

const char *cst_outputs_again(const cst_outputs *o, const char *path, size_t since)
{
    struct stat st;
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
    for (size_t i = since; i < o->n_input; i++)
        if (o->input[i].dev == st.st_dev && o->input[i].ino == st.st_ino) return o->input[i].name;
    return NULL;
}

static cst_status check_unused(const cst_outputs *o, const cst_sink *s, cst_error *e)
{
    for (size_t i = 0; i < o->n_input && s->known; i++)
        if (o->input[i].dev == s->dev && o->input[i].ino == s->ino)
            return refuse_input(s->name, o->input[i].name, e);
    for (size_t i = 0; i < o->n; i++) {
        const cst_sink *t = o->sink[i];
        bool same = (s->known && t->known && s->dev == t->dev && s->ino == t->ino) ||
                    (s->target && t->target && strcmp(s->target, t->target) == 0) ||
                    (s->standard && t->standard);
        if (same)
            return cst_fail_at(
                e, CST_USAGE, (cst_place){s->name, 0, 0}, NULL,
                "expected a file of its own for each output, found the same file as %s; name another file",
                t->name);
    }
    return CST_OK;
}

static void identify(cst_sink *s, const struct stat *st)
{
    s->known = holds_data(st->st_mode);
    s->dev = st->st_dev;
    s->ino = st->st_ino;
}

/* Opens what is written directly; a FIFO waits here for its reader. */
static cst_status open_direct(cst_sink *s, cst_error *e)
{
    do s->fd = open(s->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    while (s->fd < 0 && errno == EINTR);
    return s->fd < 0 ? cst_sink_fail(s, errno, "cannot open", e) : CST_OK;
}

static cst_status open_temporary(const cst_outputs *o, cst_sink *s, const cst_target *t, cst_error *e)
{
    sigset_t before;
    bool swept = false;
    for (size_t i = 0; i < o->n && !swept; i++)
        swept = o->sink[i]->directory && strcmp(o->sink[i]->directory, t->directory) == 0;
    if (!swept) cst_target_sweep(t->directory);
    cst_signals_hold(&before); /* a signal between the making and the listing would leave the file behind */
    cst_status status = cst_target_temporary(t, s->name, &s->temporary, &s->fd, &s->lock, e);
    if (status == CST_OK && !(s->listed = cst_temporary_new(s->temporary)))
        status = cst_sink_fail(s, ENOMEM, NULL, e);
    cst_signals_restore(&before);
    return status;
}

static cst_status open_file(cst_outputs *o, cst_sink *s, cst_error *e)
{
    cst_target t;
    cst_status status = cst_target_find(s->name, &t, e);
    if (status != CST_OK) return status;
    s->target = t.path;
    s->directory = t.directory;
    if (t.exists) identify(s, &t.now);
    status = check_unused(o, s, e);
    if (status != CST_OK) return status;
    return t.direct ? open_direct(s, e) : open_temporary(o, s, &t, e);
}

static cst_status open_standard(cst_outputs *o, cst_sink *s, cst_error *e)
{
    struct stat st;
    s->standard = true;
    s->fd = STDOUT_FILENO;
    if (fstat(STDOUT_FILENO, &st) == 0) identify(s, &st); /* a closed one is reported by the first write */
    return check_unused(o, s, e);
}

cst_status cst_outputs_add(cst_outputs *o, const char *path, cst_sink **out, cst_error *e)
{
    bool standard = !path || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
    cst_sink *s = NULL;
    if (cst_grow(&o->sink, &o->room, o->n + 1, sizeof(cst_sink *))) s = calloc(1, sizeof *s);
    if (s)
        *s = (cst_sink){.fd = -1,
                        .lock = -1,
                        .rank = CST_RANK_OTHER,
                        .name = strdup(standard ? "standard output" : path)};
    if (!s || !s->name) {
        free(s);
        return cst_no_memory(e);
    }
    s->digesting = o->digest;
    if (s->digesting) cst_sha256_begin(&s->digest);
    cst_status status = standard ? open_standard(o, s, e) : open_file(o, s, e);
    if (status != CST_OK) {
        cst_sink_free(s);
        return status;
    }
    o->sink[o->n++] = s;
    *out = s;
    return CST_OK;
}

void cst_sink_private(cst_sink *s)
{
    struct stat st;
    if (!s->temporary || s->known || fstat(s->fd, &st) != 0) return;
    (void)fchmod(s->fd, st.st_mode & 0640);
}

void cst_outputs_digest(cst_outputs *o)
{
    o->digest = true;
}

static void visit_one(const cst_sink *s, cst_output_visit *visit, void *context)
{
    char hex[CST_SHA256_ROOM] = "";
    cst_sha256 digest = s->digest;
    if (s->held > 0 && s->digesting) cst_sha256_add(&digest, s->buffer, s->held);
    if (s->digesting) cst_sha256_show(&digest, hex);
    visit(context, s->name, cst_sink_bytes(s), hex);
}

void cst_outputs_each(const cst_outputs *o, const cst_sink *except, bool kept, cst_output_visit *visit,
                      void *context)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->sink[i] != except && (!kept || o->sink[i]->keep)) visit_one(o->sink[i], visit, context);
}

static cst_status settle_all(cst_outputs *o, cst_error *e)
{
    for (int rank = CST_RANK_MAIN; rank <= CST_RANK_STATE; rank++)
        for (size_t i = 0; i < o->n; i++) {
            if (o->sink[i]->rank != (enum cst_rank)rank || o->sink[i]->fd < 0) continue;
            cst_status status = cst_sink_settle(o->sink[i], e);
            if (status != CST_OK) return status;
        }
    return CST_OK;
}

static cst_status rename_all(cst_outputs *o, cst_error *e)
{
    for (int rank = CST_RANK_MAIN; rank <= CST_RANK_STATE; rank++)
        for (size_t i = 0; i < o->n; i++) {
            cst_sink *s = o->sink[i];
            if (s->rank != (enum cst_rank)rank || !s->temporary) continue;
            if (rename(s->temporary, s->target) != 0)
                return cst_sink_fail(s, errno, "cannot rename the new file", e);
            cst_sink_forget(s);
        }
    return CST_OK;
}

static bool synced_before(const cst_outputs *o, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (o->sink[j]->directory && strcmp(o->sink[j]->directory, o->sink[i]->directory) == 0) return true;
    return false;
}

/* A directory that may be written but not read cannot be opened, hence not synced: that is no failure. */
static cst_status sync_directories(cst_outputs *o, cst_error *e)
{
    for (size_t i = 0; i < o->n; i++) {
        cst_sink *s = o->sink[i];
        if (!s->directory || synced_before(o, i)) continue;
        int fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) continue;
        int number = fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP ? errno : 0;
        close(fd);
        if (number) return cst_sink_fail(s, number, "is in place, but its directory cannot be synced", e);
    }
    return CST_OK;
}

cst_status cst_outputs_commit(cst_outputs *o, cst_error *e)
{
    cst_status status = settle_all(o, e);
    if (status != CST_OK) return status;
    sigset_t before;
    cst_signals_hold(&before);
    status = rename_all(o, e);
    if (status == CST_OK) status = sync_directories(o, e);
    cst_signals_restore(&before);
    return status;
}

void cst_outputs_break(cst_outputs *o, const char *program)
{
    for (size_t i = 0; o && i < o->n; i++) {
        cst_sink *s = o->sink[i];
        bool left = s->bytes > s->held && s->broken.p;
        if (!left || s->temporary || s->fd < 0 || s->failure.status != CST_OK) continue;
        s->held = 0; /* what leaves ends with a row */
        cst_sink_write(s, s->broken.p, s->broken.n, NULL);
        cst_sink_write(s, program, strlen(program), NULL);
        cst_sink_write(s, CST_BROKEN_WORDS, strlen(CST_BROKEN_WORDS), NULL);
        cst_sink_flush(s, NULL); /* a reader that has gone need not know */
    }
}

cst_status cst_outputs_commit_kept(cst_outputs *o, cst_error *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (o->sink[i]->keep)
            o->sink[kept++] = o->sink[i];
        else
            cst_sink_free(o->sink[i]);
    }
    o->n = kept;
    return cst_outputs_commit(o, e);
}
