/* read/engine.h: the insides of a reader and its batches, for the files of this folder that share
 * the work:
 *
 *   header.c   opens an input and reads its header        block.c    the monitor: fills a block and cuts it
 *   index.c    block -> offsets of records and fields     lenient.c  mends a record that the grammar refuses
 *   batch.c    fields and places                          convert.c  fields to money, days, numbers
 *   reject.c   bad rows, and settling a batch in order    run.c      threads and the order of commits
 *
 * A batch is made by the one thread that fills (text, number, first line), then belongs to one thread.
 * Strict: the block is cut by the parity of its quotes, and indexed by its owner. With rejects or leniency
 * a bad quote must not decide where a block ends, so the filler indexes it and cuts after the last record
 * found.
 */
#ifndef CST_READ_ENGINE_H
#define CST_READ_ENGINE_H
#include <cstools/read.h>
#include <pthread.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/intern.h"
#include "base/memory.h"
#include "read/scan.h"
#include "read/source.h"
#include "read/walk.h"

enum {
    CST_BLOCK = 512 * 1024,
    CST_FIELD_MAX = 16 * 1024 * 1024,
    CST_RECORD_MAX = 64 * 1024 * 1024,
    CST_BLOCK_MAX = CST_RECORD_MAX + 2, /* the longest record and CR LF */
    CST_COLUMNS_MAX = 65536
};

#define CST_LINES_UNKNOWN UINT64_MAX

/* One input. */
typedef struct cst_file {
    const char *name;
    cst_source *source;
    cst_scan_rules rules;
    char *carry; /* text read but not yet given to a batch */
    size_t carry_n, carry_room;
    bool ended;        /* the source has no more; what is in carry is all */
    bool skipping;     /* drop bytes up to the next LF: the rest of a line that was too long */
    cst_error failure; /* the source failed after what is in carry */
    char *header;      /* the record, as it stands in the file */
    uint32_t header_n;
    bool header_quoted;
    uint32_t width;                 /* columns */
    uint32_t *name_of;              /* column -> id in the reader's names */
    cst_place *header_at;           /* column -> its name in the header */
    uint32_t *first_of, *second_of; /* name id -> 1 + column where it stands first, second; 0: nowhere */
    size_t known;                   /* names these two arrays cover */
    int32_t *column_of;             /* slot -> column; -1: not here */
    uint64_t line;                  /* of the next byte of text */
    char last;                      /* byte of text that was read */
    cst_read_totals totals;
} cst_file;

struct cst_reader {
    cst_read_opts opts;
    const cst_scanner *scanner;
    bool settle_early; /* rejects or leniency: the filler indexes */
    bool options;      /* messages may name --lenient and --rejects */
    cst_file *file;
    size_t n_files;
    cst_intern *names; /* ids in order of first sight: the union of the headers */
    int32_t *slot_of;  /* name id -> slot; -1: none */
    uint32_t n_slots;
    bool over_limit; /* too many rejects */
    cst_reject_sink *sink, *mend_sink;
    void *sink_context, *mend_context;
    cst_reader_watch *watch;
    void *watch_context;

    size_t now; /* the input being read: the filler's, as are the files but for their totals */

    pthread_mutex_t lock;          /* all below */
    pthread_cond_t moved;          /* a block is ready, or none will be */
    bool filling;                  /* a thread is the filler */
    unsigned waiting;              /* threads without a block */
    cst_batch *ready, *last_ready; /* filled blocks, oldest first */
    unsigned n_ready;
    bool drained; /* the inputs are used up, or failed behind the last block */
    uint64_t next_number, next_row;
    cst_batch *spare;
    bool stop;         /* an error was found: give out no more */
    cst_error failure; /* of the batch failed_number, for those who call cst_reader_next themselves */
    uint64_t failed_number;
};

/* A row that is set aside. */
typedef struct cst_aside {
    size_t at, n; /* the record's bytes in the batch's text */
    cst_place place;
    char *reason, *field; /* in the batch's arena */
} cst_aside;

/* A row that leniency mended: its fields are written anew behind the text. */
typedef struct cst_mended {
    uint32_t row;
    size_t at, n;    /* the record as it stands in the file */
    uint32_t fields; /* it had, where their number was mended; else 0 */
} cst_mended;

struct cst_batch {
    cst_reader *reader;
    cst_batch *next; /* in the reader's list of spares, or of ready ones */
    uint64_t number, first_row, first_line;
    uint32_t file;
    char *text; /* n bytes of the input; mended records behind them */
    size_t n, used, room;
    bool eof;       /* the input ends after these bytes */
    bool full;      /* the block has grown to its limit */
    bool enough;    /* mended rows have swollen the batch: the index stopped before the block's last record */
    bool quoted;    /* a field may begin with a quote */
    uint64_t lines; /* LFs in the n bytes; CST_LINES_UNKNOWN while they are not counted */
    uint32_t rows, width;
    /* rows x width: the offset of the byte after each field (for the last one with CR LF: of LF) */
    cst_offsets ends;
    cst_offsets start; /* rows: the offset of the record's first byte */
    cst_offsets raw;   /* the scanner's offsets, before they are records */
    const int32_t *column_of;
    cst_error failure; /* the first bad record; the rows are those before it */
    cst_aside *aside;
    size_t n_aside, aside_room;
    size_t scan_aside; /* of these, records that never became rows */
    cst_mended *mended;
    size_t n_mended, mended_room;
    uint64_t *rejected; /* a bit per row; NULL until needed */
    size_t rejected_room;
    uint64_t blanks;
    uint64_t rounded; /* amounts */
    bool settled;
    bool stopped; /* a row's error ends the run: at stop_row, for stop_why */
    uint32_t stop_row;
    cst_error stop_why;
    bool out_of_memory; /* cst_text_at could not undo a quoted field */
    cst_arena *scratch;
    size_t line_at; /* cst_line_at goes on from here */
    uint64_t line;
};

/* header.c */
cst_status cst_file_open(cst_reader *r, cst_file *f, cst_error *e);
void cst_file_close(cst_file *f);
cst_status cst_file_read(cst_file *f, char *p, size_t n,
                         size_t *got); /* carry first; failures go to f->failure */

/* block.c: the next batch, indexed, maybe of no rows; CST_END after the last. */
cst_status cst_reader_take(cst_reader *r, cst_batch **out, cst_error *e);
void cst_reader_stop(cst_reader *r); /* an error was found: gives out no more blocks; wakes who waits */
void cst_batch_recycle(cst_batch *b);
void cst_batch_free(cst_batch *b);

/* index.c: fills rows, ends, start from text[0..n). Strict: all of it, or b->failure. Else *used is
 * where the last whole record ends. Fails only for want of memory. */
cst_status cst_batch_index(cst_batch *b, size_t *used, cst_error *e);
cst_place cst_batch_place(const cst_batch *b, size_t offset); /* counts from the block's start; any thread */
/* The same from where the last call was: for many places in turn. */
cst_place cst_batch_seek(cst_batch *b, size_t offset);
uint64_t cst_batch_seek_line(cst_batch *b, size_t offset);

/* batch.c: cst_place_at for a batch that several threads read. */
cst_place cst_place_shared(const cst_batch *b, uint32_t row, int slot);

/* lenient.c */
/* Offers the line text[at..at+n) to libcsv. *mended: it is one record, appended to the text and the
 * offsets. */
cst_status cst_lenient_line(cst_batch *b, size_t at, size_t n, bool *mended, cst_error *e);
/* Offers a well quoted record of the wrong width, its fields ending at ends[0..n_ends). */
cst_status cst_lenient_width(cst_batch *b, size_t at, size_t n, const uint32_t *ends, size_t n_ends,
                             bool *mended, cst_error *e);

/* reject.c */
/* Notes the record text[at..at+n) and the reason for the rejects. */
cst_status cst_batch_set_aside(cst_batch *b, size_t at, size_t n, const cst_error *why, cst_error *e);
/* Gives the batch its first row; called in order, takes the lock. */
void cst_batch_count_rows(cst_batch *b);
/* Counts the batch into the totals and hands its rejects out. Under the lock, in order. */
cst_status cst_batch_settle(cst_batch *b, cst_error *e);

/* reader.c */
/* A file's column of that name, -1 where it has none; errors as cst_reader_bind has them. */
cst_status cst_file_column(const cst_reader *r, const cst_file *f, const char *column, enum cst_need need,
                           int32_t *out, cst_error *e);
/* A reader over sources that are open already; it takes them over, also when it fails. `options`: its
 * messages may name the options of a main stream. */
cst_status cst_reader_open_sources(cst_source **source, const char *const *name, size_t n,
                                   const cst_read_opts *o, bool options, cst_reader **out, cst_error *e);
#endif
