/* program/messages.h: lines on standard error, "cs-x: ...". */
#ifndef CST_PROGRAM_MESSAGES_H
#define CST_PROGRAM_MESSAGES_H
#include <cstools/base.h>
#include <pthread.h>
#include <stdarg.h>

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
#endif
