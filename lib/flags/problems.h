/* flags/problems.h: errors gathered, so that a table is told all that is wrong with it at once. */
#ifndef CST_FLAGS_PROBLEMS_H
#define CST_FLAGS_PROBLEMS_H
#include "stream/program.h"

/* Zero-initialise it; cst_problems_clear frees it. */
typedef struct cst_problems {
    cst_error *v;
    size_t n, room;
    bool failed; /* out of memory */
} cst_problems;

void cst_problems_add(cst_problems *p, const cst_error *e);
/* By line and column; all but the last are put out as messages, the last is the error. CST_OK: there are
 * none. */
cst_status cst_problems_tell(cst_problems *p, cst_program_io *io, cst_error *e);
void cst_problems_clear(cst_problems *p);
#endif
