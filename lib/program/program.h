/* program/program.h: the one way into and out of main. Every command is
 *
 *     int main(int argc, char **argv)
 *     {
 *         return cst_program(&command, argc, argv, &values, &values.shared, run);
 *     }
 *
 * cst_program sets the signals (write/signals.h), parses the options, answers --help, --version and
 * --completion, opens the outputs and checks the inputs that the options name, calls `run`, reports its
 * error on standard error, writes rejects and manifest, commits or drops the outputs, and turns it all
 * into the exit status: 0 done, 1 done with a verdict of no, 2 not done.
 *
 * What the kinds of options mean here:
 *   CST_OPT_INPUT, _INPUTS, _MODE_INPUT: the file must be there and can be no output. Except a NAME, where
 *       the option's `value` begins with NAME: a value without "/" or ".".
 *   CST_OPT_OUTPUT: is opened before any work; ask for it with cst_io_extra_writer or cst_io_sink. One that
 *       run did not ask for is a usage error at the end of the run. The one that is the command's `replaced`
 *       must be a regular file or not there yet: a FIFO would wait here for ever.
 */
#ifndef CST_PROGRAM_PROGRAM_H
#define CST_PROGRAM_PROGRAM_H
#include "program/manifest.h"
#include "program/options.h"
#include <cstools/read.h>
#include <cstools/write.h>

typedef struct cst_program_io cst_program_io;

/* `values` is the command's option struct; `shared` its shared part, which is preset here
 * (cst_shared_init), the rest is preset by the caller. run returns CST_OK; CST_END for a verdict of no
 * (exit 1); or a failure (exit 2). */
typedef cst_status cst_program_run(void *values, cst_program_io *io, cst_error *e);
int cst_program(const cst_command *c, int argc, char **argv, void *values, cst_shared *shared,
                cst_program_run *run);

/* What run may ask for. */

/* At least one: "-" where none was given (CST_USAGE comes from cst_io_reader if an option reads it too). */
const cst_inputs *cst_io_operands(const cst_program_io *io);
/* What the operands begin with, where it is one of the command's `words`; it is no file then. Else NULL. */
const char *cst_io_word(const cst_program_io *io);
/* CST_USAGE: --for-sheets with a command whose result is a stream, in which ids have to stay as they are. */
cst_status cst_io_check_stream(const cst_program_io *io, cst_error *e);
bool cst_io_has_operands(const cst_program_io *io);
const cst_shared *cst_io_shared(const cst_program_io *io);
int cst_io_threads(const cst_program_io *io);      /* at least 1 */
cst_manifest *cst_io_manifest(cst_program_io *io); /* always there; written only with --manifest */

/* From now on cst_read_totals of the main stream has its SHA-256, without --manifest too. */
void cst_io_digest_inputs(cst_program_io *io);
/* Reader options of the main stream as the shared options have them: delimiter, lenient, rejects. */
cst_status cst_io_read_opts(cst_program_io *io, cst_read_opts *out, cst_error *e);
/* Opens the main stream over the operands, or over files of an option, with its rejects and progress wired
 * up. The reader belongs to the program: it is freed after run, its totals enter the manifest, and
 * --max-rejects is judged over all of them. */
cst_status cst_io_reader(cst_program_io *io, const char *missing_hint, cst_reader **out, cst_error *e);
cst_status cst_io_reader_over(cst_program_io *io, const cst_inputs *in, const char *missing_hint,
                              cst_reader **out, cst_error *e);
/* The same of files whose header stands below other lines: so many, or up to the first record that has the
 * field `header` (NULL: none is looked for). */
cst_status cst_io_reader_below(cst_program_io *io, const cst_inputs *in, const char *missing_hint,
                               uint32_t lines, const char *header, cst_reader **out, cst_error *e);
/* FOLDER/NAME, which lives as long as the run, as names of inputs and outputs must. NULL: out of memory. */
const char *cst_io_path(cst_program_io *io, const char *folder, const char *name);
/* A table by option: guarded against being an output too, and entered into the manifest. Free it with
 * cst_table_free. */
struct cst_table;
cst_status cst_io_table(cst_program_io *io, const char *path, struct cst_table **out, cst_error *e);
/* The same with the named columns alone, as cst_table_load_columns. */
cst_status cst_io_table_columns(cst_program_io *io, const char *path, const char *const *columns,
                                struct cst_table **out, cst_error *e);
/* A table that may be missing (CST_END, *out NULL) and may be written anew by this run: last night's
 * state. */
cst_status cst_io_state_table(cst_program_io *io, const char *path, struct cst_table **out, cst_error *e);

/* The main output with the shared format options. The caller finishes and frees it. */
cst_status cst_io_writer(cst_program_io *io, const cst_column *columns, size_t n, cst_writer **out,
                         cst_error *e);
/* The format options behind it, for a command that wants others (brackets): then open a writer on
 * cst_io_main. */
cst_status cst_io_write_opts(cst_program_io *io, cst_write_opts *out, cst_error *e);
cst_sink *cst_io_main(cst_program_io *io);
/* A further output: CSV, or what its name ends in (.tsv, .tab, .json, .jsonl, .md). The second is a state:
 * CSV or TSV, as it is read again, and renamed into place after all others. */
cst_status cst_io_extra_writer(cst_program_io *io, const char *path, const cst_column *columns, size_t n,
                               cst_writer **out, cst_error *e);
cst_status cst_io_state_writer(cst_program_io *io, const char *path, const cst_column *columns, size_t n,
                               cst_writer **out, cst_error *e);
/* The sink of a further output, for a layout of one's own. */
cst_status cst_io_sink(cst_program_io *io, const char *path, cst_sink **out, cst_error *e);

/* A line on standard error, "cs-x: ...", unless --quiet; at most twenty of a kind (of one format string),
 * then a count at the end. From any thread; call it in input order, so that the lines are the same in
 * every run. */
void cst_io_warn(cst_program_io *io, const char *format, ...) CST_PRINTF(2, 3);
void cst_io_note(cst_program_io *io, const char *format, ...) CST_PRINTF(2, 3); /* only with --verbose */
#endif
