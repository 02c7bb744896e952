/* tables/unmatched.h: accounts that a run has seen, and the table of accounts does not have. */
#ifndef CST_TABLES_UNMATCHED_H
#define CST_TABLES_UNMATCHED_H
#include "program/program.h"
#include "tables/accounts.h"

typedef struct cst_unmatched {
    uint64_t n, seen;  /* accounts that are not there, of so many */
    cst_text first;    /* of them, by its bytes; up to 60 are shown */
    const char *share; /* of the revenue, " (12.5 % of ...)"; NULL: not known */
} cst_unmatched;

/* Adds an account, once; its id outlives the counts. a NULL: no table, and none is added. */
void cst_unmatched_add(cst_unmatched *u, const cst_accounts *a, cst_text id);
/* The check unmatched-account; file: the table. */
void cst_unmatched_check(cst_program_io *io, const char *file, const cst_unmatched *u);
#endif
