/* program/messages.h: lines on standard error, "cs-x: ...", and the one that tells how far the reading is. */
#ifndef CST_PROGRAM_MESSAGES_H
#define CST_PROGRAM_MESSAGES_H
#include <cstools/base.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

enum { CST_MESSAGE_MOST = 20, CST_MESSAGE_KINDS = 16 };

typedef struct cst_messages {
    const char *name; /* of the program */
    bool quiet;
    pthread_mutex_t lock;
    size_t n;
    struct {
        const char *format; /* what makes a kind */
        uint64_t count;
        char first[160];
    } kind[CST_MESSAGE_KINDS];
} cst_messages;

void cst_messages_init(cst_messages *m, const char *name);
void cst_messages_error(const cst_messages *m, const cst_error *e); /* always printed */
void cst_messages_warn(cst_messages *m, const char *format, va_list args);
void cst_messages_count(cst_messages *m); /* tells how many of each kind were held back */
void cst_messages_line(const cst_messages *m, const char *text);

/* How far the reading is; only on a terminal. */
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
