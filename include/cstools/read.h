/* cstools/read.h: a stream of records from CSV and TSV files, in batches, for any number of threads.
 *
 * A cst_reader is one main stream: its operands one after the other, plain or gzip. cst_reader_next may be
 * called from any thread; each batch holds whole records and is private to the thread that got it. Column
 * names are bound to slots before the first batch; a batch finds a slot's column in its own file's header,
 * so that files with the columns in another order read alike.
 *
 * Grammar: RFC 4180 made exact (see cs-tables(5)); a table has a header, each record as many fields as the
 * header, quotes only where the field begins with one, UTF-8 without NUL.
 */
#ifndef CSTOOLS_READ_H
#define CSTOOLS_READ_H

#include <cstools/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cst_reader cst_reader;
typedef struct cst_batch cst_batch;

/* The files of one stream. "-" is standard input. The array and its strings outlive the reader. */
typedef struct cst_inputs {
    const char *const *path;
    size_t n;
} cst_inputs;

enum cst_need { CST_OPTIONAL, CST_REQUIRED };
enum cst_lane { CST_LANE_BEST, CST_LANE_PORTABLE, CST_LANE_SSE2 };

/* All zero is the default: the delimiter by extension (.tsv, .tab: TAB without quoting; else comma),
 * strict. */
typedef struct cst_read_opts {
    char delimiter;            /* 0: by extension */
    bool tsv;                  /* TAB-separated, no quoting */
    bool lenient;              /* offer badly quoted lines to libcsv; forgive ragged rows */
    bool keep_rejects;         /* bad rows are set aside (cst_reader_on_reject), not fatal */
    uint64_t max_rejects;      /* keep_rejects: more than so many is an error at the end; UINT64_MAX: any */
    double max_reject_share;   /* likewise as a share 0..1 of the records read; 0: no such limit */
    uint32_t block;            /* bytes of a block, for tests; 0: 512 KiB */
    enum cst_lane lane;        /* the scanner's instruction set, for tests */
    uint32_t skip_lines;       /* lines before the header that are no part of the table */
    const char *header_column; /* the header is the first record with such a field; NULL: the first record */
    bool find_delimiter;       /* where the name says none: a semicolon or TAB if the header has no comma */
    bool no_crc32; /* leave out cst_read_totals.crc32 (zero then): for runs that write no manifest */
    bool sha256;   /* fill cst_read_totals.sha256 too */
    const char *missing_hint; /* added to "no column NAME": who wanted it, e.g. "wanted by the map stripe" */
} cst_read_opts;

/* Opens every input (so that a missing file is known before any work) and reads the headers.
 * Errors: CST_IO a file that cannot be opened; CST_DATA a header that breaks the grammar, zst or UTF-16. */
CST_API cst_status cst_reader_open(const cst_inputs *in, const cst_read_opts *o, cst_reader **out,
                                   cst_error *e);
CST_API void cst_reader_free(cst_reader *r);

/* Gives the slot of a column, by exact name. A CST_REQUIRED column that a file lacks is an error that lists
 * the columns there are and the nearest name; an optional one that no file has gives *slot = -1; one that
 * only some files have reads as missing in the others. Binding a name twice gives the same slot. Call before
 * the first cst_reader_next. A name that stands twice in a header is an error with both positions. */
CST_API cst_status cst_reader_bind(cst_reader *r, const char *column, enum cst_need need, int *slot,
                                   cst_error *e);

/* The union of the headers, in order of first sight. The names are NUL-ended. */
CST_API size_t cst_reader_columns(const cst_reader *r);
CST_API cst_text cst_reader_column_name(const cst_reader *r, size_t i);
CST_API bool cst_reader_has(const cst_reader *r, const char *column);

/* The next batch, CST_END after the last. Thread-safe. The batch is the caller's until cst_batch_done.
 * It has at least one row. For those who call it themselves, without cst_run: rejects reach the sink
 * at cst_batch_done (so batches should be done in order), a bad record's error comes back from the
 * call after the batch with the rows before it, and the limit of rejects is judged where CST_END would
 * come. */
CST_API cst_status cst_reader_next(cst_reader *r, cst_batch **out, cst_error *e);
CST_API void cst_batch_done(cst_batch *b);

CST_API uint32_t cst_batch_rows(const cst_batch *b);
CST_API uint64_t cst_batch_number(const cst_batch *b); /* 0, 1, 2 ... in input order */
/* The records before this batch, over all files, rejected ones too. Known in a cst_commit and to a
 * single caller of cst_reader_next; during the work of cst_run it is not known yet (0). */
CST_API uint64_t cst_batch_first_row(const cst_batch *b);
CST_API uint32_t cst_batch_file(const cst_batch *b); /* index of the input; a batch never spans two */

/* A field. Slot -1, or a column that this file lacks, is missing. A quoted field is undone into the batch's
 * scratch; the bytes live until cst_batch_done. */
CST_API cst_text cst_text_at(cst_batch *b, uint32_t row, int slot);
/* The same of every row, out[0 .. cst_batch_rows): cheaper than one by one. */
CST_API void cst_texts_at(cst_batch *b, int slot, cst_text *out);

/* The field converted; a missing field gives CST_END and leaves *out alone; a bad one is a CST_DATA error at
 * its place, with the column's name, what was expected and what was found. */
CST_API cst_status cst_money_at(cst_batch *b, uint32_t row, int slot, cst_money *out, cst_error *e);
CST_API cst_status cst_day_at(cst_batch *b, uint32_t row, int slot, cst_day *out, cst_error *e);
CST_API cst_status cst_instant_at(cst_batch *b, uint32_t row, int slot, cst_instant *out, cst_error *e);
CST_API cst_status cst_number_at(cst_batch *b, uint32_t row, int slot, double *out, cst_error *e);
CST_API cst_status cst_int_at(cst_batch *b, uint32_t row, int slot, int64_t *out, cst_error *e);

/* The place of a field (slot >= 0) or of the record's first byte (slot -1). Computed when asked for. */
CST_API cst_place cst_place_at(const cst_batch *b, uint32_t row, int slot);
/* The line of the record's first byte; cheaper than cst_place_at when asked for in row order. */
CST_API uint64_t cst_line_at(cst_batch *b, uint32_t row);
/* The record's bytes as they stand in the file, without the line end. */
CST_API cst_text cst_record_at(const cst_batch *b, uint32_t row);

/* Sets a row aside with the reason. With keep_rejects CST_OK comes back and the caller goes on with the next
 * row; else `why` comes back as the error to return. Either way the row counts as rejected once. */
CST_API cst_status cst_row_reject(cst_batch *b, uint32_t row, const cst_error *why);
CST_API bool cst_row_rejected(const cst_batch *b, uint32_t row);

/* Work on a batch: in any order, by any thread, each with its own worker state. A worker that goes row
 * by row may return CST_END after a cst_row_reject that failed: the rows before that row are then
 * committed (cst_batch_rows ends there) before the error is returned, so that an error across rows
 * that stands earlier in the input is the one reported. After a failure the batch is not committed. */
typedef cst_status cst_work(void *worker, cst_batch *b, cst_error *e);
/* Settle a batch: one at a time, in input order. Checks across rows belong here. */
typedef cst_status cst_commit(void *worker, cst_batch *b, void *shared, cst_error *e);

/* Reads the whole stream with at most `threads` threads (0: as many as there are processors);
 * worker[i] is the state of thread i. `commit` may be NULL. The first error in input order is the one
 * returned; after an error nothing later is committed. Rejected rows reach the rejects output in input
 * order. */
CST_API cst_status cst_run(cst_reader *r, int threads, cst_work *work, void *const worker[],
                           cst_commit *commit, void *shared, cst_error *e);
CST_API int cst_threads(int asked); /* the number cst_run would use */

/* What was read, per input or in all (file = SIZE_MAX); complete after CST_END. */
typedef struct cst_read_totals {
    uint64_t bytes;       /* of the file as it stands on disk */
    uint64_t text_bytes;  /* decompressed */
    uint32_t crc32;       /* of the bytes on disk; 0 in the total */
    uint64_t records;     /* rows in: header not counted */
    uint64_t rejected;    /* of these */
    uint64_t blank_lines; /* passed over */
    uint64_t mended;      /* rows that --lenient forgave */
    /* amounts read by cst_money_at with more than six decimals, rounded half away from zero */
    uint64_t rounded;
    bool unended;    /* the file was read to its end, and its last line has no line end; false in the total */
    char sha256[65]; /* of the bytes on disk, in hex; empty in the total and unless asked for */
} cst_read_totals;
CST_API cst_read_totals cst_reader_totals(const cst_reader *r, size_t file);
CST_API const char *cst_reader_file(const cst_reader *r, size_t file);

/* Called under the commit's order for each rejected row; set before the first cst_reader_next. */
typedef struct cst_reject {
    cst_place place;
    cst_text reason; /* the message without place */
    cst_text field;
    cst_text record; /* the bytes of the record, or of the physical line where the quoting was bad */
} cst_reject;
typedef cst_status cst_reject_sink(void *context, const cst_reject *reject, cst_error *e);
CST_API void cst_reader_on_reject(cst_reader *r, cst_reject_sink *sink, void *context);
/* The same for each row that --lenient mended and that is used: the reason begins with "mended: ". */
CST_API void cst_reader_on_mend(cst_reader *r, cst_reject_sink *sink, void *context);

/* Rejects a record whose batch is done, for a reason that came up later. Under the commit's order, or after
 * the last batch. CST_OK with keep_rejects, as cst_row_reject; the limits of rejects are to be judged again
 * then, by cst_reader_judge. */
CST_API cst_status cst_reader_reject(cst_reader *r, size_t file, const cst_error *why, cst_text record,
                                     cst_error *e);
/* Whether more records were rejected than the options allow. */
CST_API cst_status cst_reader_judge(cst_reader *r, cst_error *e);

/* Called as each batch is settled, one at a time and in order, with what this batch adds: for a line
 * of progress. Set before the first cst_reader_next. */
typedef void cst_reader_watch(void *context, uint64_t text_bytes, uint64_t rows);
CST_API void cst_reader_on_progress(cst_reader *r, cst_reader_watch *watch, void *context);
/* After a failure: whether it was the limit of rejects, so that rejects and manifest are to be kept. */

#ifdef __cplusplus
}
#endif
#endif
