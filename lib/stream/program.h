/* stream/program.h: the one way into and out of main. Every command is
 *
 *     int main(int argc, char **argv) { return cst_program(&command, argc, argv, &values, run); }
 *
 * cst_program sets the signals (PIPE default, XFSZ ignored, INT TERM HUP remove the temporaries and are raised
 * again), parses the options, answers --help, --version and --completion, calls `run`, reports its error on standard error,
 * commits or drops the outputs, and turns it all into the exit status: 0 done, 1 done with a verdict of no, 2 not done.
 */
#ifndef CST_STREAM_PROGRAM_H
#define CST_STREAM_PROGRAM_H
#include <cstools/read.h>
#include <cstools/write.h>
#include "base/options.h"
#include "stream/manifest.h"

typedef struct cst_program_io cst_program_io;

/* `values` is the command's option struct; its shared part is found by `shared`. Returns CST_OK; CST_END for a verdict
 * of no (exit 1); or a failure (exit 2). Operands that are none become "-". */
typedef cst_status cst_program_run(void *values, cst_program_io *io, cst_error *e);
int cst_program(const cst_command *c, int argc, char **argv, void *values, cst_shared *shared, cst_program_run *run);

/* What run may ask for. */
const cst_inputs *cst_io_operands(const cst_program_io *io); /* at least one: "-" where none was given */
bool cst_io_has_operands(const cst_program_io *io);
const cst_shared *cst_io_shared(const cst_program_io *io);
cst_manifest *cst_io_manifest(cst_program_io *io);           /* always there; written only with --manifest */
/* Reader options as the shared options have them (for the main stream), and the plain ones for other tables. */
cst_status cst_io_read_opts(cst_program_io *io, cst_read_opts *out, cst_error *e);
/* Opens the main stream over the operands with its rejects, --max-rejects and progress wired up, and enters its
 * totals into the manifest when it is freed by the program. */
cst_status cst_io_reader(cst_program_io *io, const char *missing_hint, cst_reader **out, cst_error *e);
/* A table by option: guarded against being an output too, and entered into the manifest. Free it with cst_table_free. */
struct cst_table;
cst_status cst_io_table(cst_program_io *io, const char *path, struct cst_table **out, cst_error *e);
/* The main output with the shared format options; and a further one (always CSV unless its name ends in .tsv). */
cst_status cst_io_writer(cst_program_io *io, const cst_column *columns, size_t n, cst_writer **out, cst_error *e);
cst_status cst_io_extra_writer(cst_program_io *io, const char *path, const cst_column *columns, size_t n,
                               cst_writer **out, cst_error *e);
cst_status cst_io_write_opts(cst_program_io *io, cst_write_opts *out, cst_error *e);
cst_outputs *cst_io_outputs(cst_program_io *io);
/* A line on standard error, "cs-x: ...", unless --quiet; at most twenty of a kind, then a count at the end. */
void cst_io_warn(cst_program_io *io, const char *format, ...) CST_PRINTF(2, 3);
void cst_io_note(cst_program_io *io, const char *format, ...) CST_PRINTF(2, 3); /* only with --verbose */
int cst_io_threads(const cst_program_io *io);
#endif
