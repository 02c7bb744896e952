/* write/sink.h: what a sink is made of; for outputs.c and sink.c alone. */
#ifndef CST_WRITE_SINK_H
#define CST_WRITE_SINK_H
#include "base/digest.h"
#include "write/signals.h"
#include <cstools/write.h>
#include <sys/types.h>

#define CST_SINK_ROOM ((size_t)256 * 1024)

struct cst_sink {
    char *name;            /* as the user gave it, "standard output" for none; in messages */
    char *target;          /* resolved path the temporary is renamed to; NULL: written directly */
    char *directory;       /* of the target; NULL: written directly */
    char *temporary;       /* path of the temporary; NULL: written directly, or renamed already */
    cst_temporary *listed; /* its place in the list that a signal removes */
    int fd;                /* -1 once closed */
    int lock;              /* on the temporary, while there is one; negative: none */
    bool standard;         /* fd is standard output: never closed here */
    bool keep;             /* see cst_sink_keep */
    enum cst_rank rank;
    bool known; /* dev and ino hold the file that is written over or into */
    dev_t dev;
    ino_t ino;
    char *buffer; /* CST_SINK_ROOM bytes, from the first small write on */
    size_t held;
    uint64_t bytes; /* taken in all, held ones among them */
    bool digesting; /* the digest is of the bytes handed to the system */
    cst_sha256 digest;
    cst_text broken;   /* begins the line that ends a broken table; p NULL: no table */
    cst_error failure; /* the first one; status CST_OK: none */
};

/* What errno says, as words that no locale changes. */
const char *cst_errno_text(int number, char *room, size_t size);
/* Notes the first failure of s, names it, and copies it to e. */
cst_status cst_sink_fail(cst_sink *s, int number, const char *doing, cst_error *e);
/* Every output that is added from now on is digested. */
void cst_outputs_digest(cst_outputs *o);
/* Visits every output but `except` with its size in bytes and its SHA-256 (empty: not digested); kept: only
 * those that appear though the run failed. */
typedef void cst_output_visit(void *context, const char *file, uint64_t bytes, const char *sha256);
void cst_outputs_each(const cst_outputs *o, const cst_sink *except, bool kept, cst_output_visit *visit,
                      void *context);
/* Hands what is held to the system. */
cst_status cst_sink_flush(cst_sink *s, cst_error *e);
/* Flushes, syncs a temporary, and closes; a standard output is closed through a duplicate, so that a late
 * failure of the file behind it is still seen. */
cst_status cst_sink_settle(cst_sink *s, cst_error *e);
/* The temporary is no more: it was renamed or removed. */
void cst_sink_forget(cst_sink *s);
/* The run fails: a table of which rows have left on standard output or into a pipe ends with the line that
 * its readers know (read/walk.h). */
void cst_outputs_break(cst_outputs *o, const char *program);
/* Closes and removes the temporary, if there is one. */
void cst_sink_drop(cst_sink *s);
void cst_sink_free(cst_sink *s); /* drops it first */
#endif
