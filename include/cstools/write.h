/* cstools/write.h: tables out, in any of six formats, and output files that appear whole or not at all.
 *
 * cst_outputs owns every output of a run. Each is written beside its target and renamed at the end by
 * cst_outputs_commit, in the order of rank and adding; until then nothing of the run is to be seen. A target
 * that is no regular file (standard output, /dev/null, a FIFO) is written directly.
 *
 * A cst_writer lays out one table: cells in column order, then end_row. Cell functions return nothing; the
 * first failure is kept and comes back from end_row and from finish.
 */
#ifndef CSTOOLS_WRITE_H
#define CSTOOLS_WRITE_H

#include <cstools/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cst_outputs cst_outputs;
typedef struct cst_sink cst_sink;
typedef struct cst_writer cst_writer;

enum cst_format { CST_CSV, CST_TSV, CST_JSON, CST_JSONL, CST_MD, CST_PRETTY };
/* How a column is shown. Numbers are right-aligned in pretty and md and bare in JSON, and pretty separates
 * the thousands of money and whole numbers by commas. In a text column the same values stand as they are:
 * a year, an id. */
enum cst_column_kind { CST_COL_TEXT, CST_COL_NUMBER };

typedef struct cst_column {
    const char *name; /* copied */
    enum cst_column_kind kind;
} cst_column;

typedef struct cst_write_opts {
    enum cst_format format;
    char delimiter;      /* CSV only: one ASCII byte that is no letter, digit, quote, CR, LF; 0: comma */
    bool color;          /* pretty only: bold header, red negative numbers */
    bool brackets;       /* pretty only: negative numbers in brackets */
    const char *columns; /* "a,b": only these, in this order; NULL: all */
    bool for_sheets;     /* an apostrophe before a text that a spreadsheet would take for a formula */
} cst_write_opts;

CST_API cst_status cst_outputs_new(cst_outputs **out, cst_error *e);
/* Removes every temporary that was not committed. */
CST_API void cst_outputs_free(cst_outputs *o);

/* Names an input of the run, so that an output onto it is refused. "-" is standard input: an output that
 * is the same file as what standard input reads is refused too. */
CST_API cst_status cst_outputs_guard(cst_outputs *o, const char *path, cst_error *e);
/* How many inputs are named so far. */
CST_API size_t cst_outputs_guarded(const cst_outputs *o);
/* The name of a guarded input, but for the first `since` of them, that is the same regular file as path;
 * NULL: there is none. */
CST_API const char *cst_outputs_again(const cst_outputs *o, const char *path, size_t since);

/* Adds an output; path NULL, "-" or "/dev/stdout" is standard output. Refused before anything is written:
 * a directory, a missing directory, one that takes no file, a file without leave to write, two outputs on
 * one file (by name, link or redirection; devices such as /dev/null may be shared). The sink belongs to
 * o. */
CST_API cst_status cst_outputs_add(cst_outputs *o, const char *path, cst_sink **out, cst_error *e);

/* Flushes and syncs all, then renames all; mode and symlink of a target are kept. A failure before the first
 * rename leaves every target as it was; INT, TERM and HUP wait until the last rename is done. */
CST_API cst_status cst_outputs_commit(cst_outputs *o, cst_error *e);
/* The same for the marked sinks alone (see cst_sink_keep); the others are dropped. For rejects and manifest
 * when the limit of rejects ended the run. */
CST_API cst_status cst_outputs_commit_kept(cst_outputs *o, cst_error *e);
/* The file is for its owner and group: others have no leave to read it, whatever the umask. A target that
 * exists keeps its mode. */
CST_API void cst_sink_private(cst_sink *s);
CST_API void cst_sink_keep(cst_sink *s);
/* The order of the renames: by rank, and within a rank as added. A new sink is CST_RANK_OTHER. */
enum cst_rank { CST_RANK_MAIN, CST_RANK_OTHER, CST_RANK_MANIFEST, CST_RANK_STATE };
CST_API void cst_sink_rank(cst_sink *s, enum cst_rank rank);

/* Bytes, buffered; the first failure sticks and comes back from every later call and from the commit. */
CST_API cst_status cst_sink_write(cst_sink *s, const void *p, size_t n, cst_error *e);
CST_API uint64_t cst_sink_bytes(const cst_sink *s);

/* Opens a table and writes its header, also where no row follows. At least one column; names are copied.
 * TSV refuses a name or a value with TAB, CR or LF. */
CST_API cst_status cst_writer_open(cst_sink *s, const cst_write_opts *o, const cst_column *columns, size_t n,
                                   cst_writer **out, cst_error *e);
/* A second encoder for the same table that collects rows in memory: one per thread. Freed before w. */
CST_API cst_status cst_writer_fork(const cst_writer *w, cst_writer **out, cst_error *e);
/* Appends the rows a fork has collected and empties the fork. */
CST_API cst_status cst_writer_absorb(cst_writer *w, cst_writer *fork, cst_error *e);
/* Ends the table (JSON's bracket, pretty's layout) and hands the bytes to the sink. */
CST_API cst_status cst_writer_finish(cst_writer *w, cst_error *e);
CST_API void cst_writer_free(cst_writer *w);

CST_API void cst_put_text(cst_writer *w, cst_text t);      /* n == 0: missing */
CST_API void cst_put_string(cst_writer *w, const char *s); /* NULL: missing */
CST_API void cst_put_missing(cst_writer *w);
CST_API void cst_put_money(cst_writer *w, cst_money m); /* as many decimals as needed, at least two */
CST_API void cst_put_money_fixed(cst_writer *w, cst_money m,
                                 int decimals);       /* m is already rounded to so many */
CST_API void cst_put_wide(cst_writer *w, cst_wide m); /* a sum of money, as cst_put_money */
CST_API void cst_put_wide_fixed(cst_writer *w, cst_wide m,
                                int decimals);          /* m is already rounded to so many */
CST_API void cst_put_ratio(cst_writer *w, cst_ratio r); /* six decimals */
CST_API void cst_put_day(cst_writer *w, cst_day d);     /* CST_DAY_NONE: missing */
CST_API void cst_put_int(cst_writer *w, int64_t v);
CST_API void cst_put_number(cst_writer *w,
                            double v); /* shortest text that reads back the same; nan: missing */
CST_API void cst_put_decimals(cst_writer *w, double v, int decimals); /* rounded; nan: missing */
/* The next row is a total: pretty draws a line before it, the other formats do nothing. Between rows
 * only. */
CST_API void cst_put_rule(cst_writer *w);
CST_API cst_status cst_end_row(cst_writer *w, cst_error *e);
CST_API uint64_t cst_writer_rows(const cst_writer *w);

#ifdef __cplusplus
}
#endif
#endif
