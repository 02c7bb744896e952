/* flags/problems.h: errors gathered, so that a table is told all that is wrong with it at once. */
#ifndef CST_FLAGS_PROBLEMS_H
#define CST_FLAGS_PROBLEMS_H
#include "program/program.h"

/* Zero-initialise it; flag_problems_clear frees it. */
typedef struct flag_problems {
    cst_error *v;
    size_t n, room;
    bool failed; /* out of memory */
} flag_problems;

void flag_problems_add(flag_problems *p, const cst_error *e);
/* By line and column; all but the last are put out as messages, the last is the error. CST_OK: there are
 * none. */
cst_status flag_problems_tell(flag_problems *p, cst_program_io *io, cst_error *e);
void flag_problems_clear(flag_problems *p);
#endif
