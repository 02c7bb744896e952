/* write/signals.h: what a command does with signals, and the list of temporary files that a signal
 * removes.
 *
 * The list is the one piece of global state of the library: a signal handler can be handed nothing. A
 * program that never calls cst_signals_install is left alone; for it the list is only kept.
 */
#ifndef CST_WRITE_SIGNALS_H
#define CST_WRITE_SIGNALS_H
#include <cstools/base.h>
#include <signal.h>

/* For mains only. What ends a program, PIPE, INT, TERM, HUP, QUIT, XCPU, ALRM and USR1, removes the listed
 * files and is raised again (one that was ignored stays so, but for PIPE); XFSZ is ignored, so that the write
 * fails and is reported. */
void cst_signals_install(void);

/* Keeps these signals of the calling thread pending until cst_signals_restore. */
void cst_signals_hold(sigset_t *before);
void cst_signals_restore(const sigset_t *before);

typedef struct cst_temporary cst_temporary;
/* Lists a file to be removed by a signal. NULL: out of memory, or a path longer than PATH_MAX. */
cst_temporary *cst_temporary_new(const char *path);
void cst_temporary_free(cst_temporary *t); /* unlists it; the file itself is left alone */
#endif
