/* program/checks.h: what makes a figure differ from what its reader believes he asked for. Each check has an
 * id, a line on standard error and a row of the manifest, and is a note, a warning or an error:
 *
 *   note     printed with --verbose
 *   warning  printed unless --quiet; an error under --strict; a note where --allow names it
 *   error    the run ends with status 2 and leaves no file; a warning where --allow names it
 *
 * cs-checks(7) shows each. --list-checks prints the table of checks.c.
 */
#ifndef CST_PROGRAM_CHECKS_H
#define CST_PROGRAM_CHECKS_H
#include "program/program.h"

typedef enum cst_check_id {
    CST_CHECK_STALE_INPUT,
    CST_CHECK_SAME_FILE,
    CST_CHECK_UNMATCHED_ACCOUNT,
    CST_CHECK_UNMATCHED_ROW,
    CST_CHECK_OTHER_PERIOD,
    CST_CHECK_LOW_COVERAGE,
    CST_CHECK_NEVER_RECORDED,
    CST_CHECK_CHANCE,
    CST_CHECK_CHANGED_INPUT,
    CST_CHECK_REPEATED_KEY,
    CST_CHECK_LAST_LINE,
    CST_CHECK_TOTALS_ROW,
    CST_CHECK_REPEATED_HEADER,
    CST_CHECK_SHRUNK_INPUT,
    CST_CHECKS
} cst_check_id;

typedef enum cst_check_level {
    CST_LEVEL_DEFAULT,
    CST_LEVEL_NOTE,
    CST_LEVEL_WARNING,
    CST_LEVEL_ERROR
} cst_check_level;

/* What a check has found. */
typedef struct cst_finding {
    cst_check_id id;
    cst_place first;       /* the first case; file NULL: no file's, line 0: the whole file's */
    uint64_t count;        /* of the cases; 0: nothing was found, nothing is said */
    cst_check_level level; /* of this case, where it is milder or graver than the id's default */
} cst_finding;

/* Says it, counts it for the manifest. The text: what was expected, what was found, how to go on; the place
 * goes before it and the id behind. An error does not end the work at once: cst_io_writer refuses to begin a
 * table, and the run ends with status 2 at the latest where it would have written its files. Call it in input
 * order, by one thread at a time. */
void cst_io_check(cst_program_io *io, const cst_finding *f, const char *format, ...) CST_PRINTF(3, 4);
/* CST_DATA where a check ended in an error; what there is to say was said. */
cst_status cst_io_checked(const cst_program_io *io, cst_error *e);

/* ---- for program.c: the options --strict and --allow, the table, the manifest ---- */

struct cst_checks;
void cst_checks_free(struct cst_checks *c);
/* Reads --allow. CST_USAGE: an id that there is not, or that cannot be allowed. */
cst_status cst_checks_options(cst_program_io *io, cst_error *e);
cst_status cst_checks_list(cst_program_io *io, cst_error *e); /* --list-checks, on the main output */
/* A row check,FILE,ID,COUNT for each finding; one that --allow names has a row more, allowed,FILE,ID,LINE. */
void cst_checks_tell(const cst_program_io *io, cst_manifest *m);
#endif
