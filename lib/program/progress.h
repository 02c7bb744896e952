/* program/progress.h: a line on standard error that tells how far the reading is; only on a terminal. */
#ifndef CST_PROGRAM_PROGRESS_H
#define CST_PROGRAM_PROGRESS_H
#include <cstools/base.h>
#include <stdatomic.h>

typedef struct cst_progress {
    const char *name;  /* of the program */
    bool on;           /* standard error is a terminal */
    atomic_bool shown; /* a line is to be wiped off, maybe by another thread */
    uint64_t bytes, rows;
    int64_t start, due; /* milliseconds of a clock that never goes back */
    char line[160];
} cst_progress;

/* at_once: from the first tick on (--progress); else only for work of more than a second. */
void cst_progress_start(cst_progress *p, const char *name, bool at_once);
/* So much more was read: a cst_reader_watch. By one thread at a time; draws five times a second at most. */
void cst_progress_add(void *progress, uint64_t bytes, uint64_t rows);
/* Wipes the line off, so that a message or the result can follow. */
void cst_progress_wipe(cst_progress *p);
#endif
