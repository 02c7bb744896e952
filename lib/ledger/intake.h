/* ledger/intake.h: batches of records to chunks of rows. Each worker has its own labels and interner; a
 * chunk's rows and runs refer to them. */
#ifndef CST_LEDGER_INTAKE_H
#define CST_LEDGER_INTAKE_H
#include "base/arena.h"
#include "base/intern.h"
#include <cstools/ledger.h>

/* A row as it is kept: 24 bytes. */
typedef struct ledger_cell {
    cst_day start, end;
    cst_money amount;
    uint32_t unit; /* of the worker's labels */
} ledger_cell;

typedef struct ledger_fact {
    int64_t quantity;
    cst_text source;
    const char *file;
    uint64_t line;
    int32_t term;
} ledger_fact;

/* Consecutive rows of one account. */
typedef struct ledger_run {
    uint32_t account; /* of the worker's accounts */
    uint32_t first;
    uint32_t rows;
} ledger_run;

typedef struct ledger_chunk {
    uint64_t number; /* of the batch */
    uint32_t worker;
    uint32_t rows, runs;
    ledger_cell *cell;
    ledger_fact *fact; /* NULL where facts are not kept */
    ledger_run *run;
    cst_arena *arena; /* sources */
} ledger_chunk;

/* The columns of the stream, as slots; -1: not there or not wanted. */
typedef struct ledger_columns {
    int account, value, start, end, currency, centre, quantity, term, source;
    int *line, *segment;
} ledger_columns;

/* Columns wanted by name and how each is renamed. */
typedef struct ledger_intake {
    const cst_ledger_opts *o;
    ledger_columns column;
    bool attributes; /* some group column is an account's */
} ledger_intake;

/* A worker's account: its name after renaming, and its part of the groups where all group columns are
 * the account's. */
typedef struct ledger_name {
    cst_text text;
    uint32_t segment;
} ledger_name;

/* The unit of the row before: neighbours are mostly for the same thing. Texts are those of the labels. */
enum { LEDGER_RECENT = 8, LEDGER_SIMPLE = 256 };
typedef struct ledger_recent {
    cst_unit unit;
    uint32_t id;
    cst_text centre, currency;
    bool known, changed;
    cst_text centre_text[LEDGER_RECENT]; /* centres seen lately */
    uint32_t centre_id[LEDGER_RECENT];
    uint32_t centres;
    uint32_t by_centre[LEDGER_SIMPLE]; /* unit + 1 of a centre with by_currency[] */
    uint32_t by_currency[LEDGER_SIMPLE];
} ledger_recent;

typedef struct ledger_worker {
    const ledger_intake *in;
    uint32_t index;
    bool streaming; /* forget accounts after each batch */
    cst_labels *labels;
    cst_intern *accounts; /* by raw id */
    cst_intern *names;    /* of renamed ones */
    ledger_name *name;    /* by id of `accounts` */
    uint32_t name_room, named;
    ledger_recent recent;
    cst_ledger_counts counts;
    cst_text *run_text; /* scratch, one per run of the batch */
    uint32_t *run_id;
    uint32_t *run_row; /* the batch's row a run begins with */
    uint32_t run_room;
    char *joined; /* scratch for group and line texts */
    size_t joined_room;
    ledger_chunk chunk; /* of the batch in hand */
} ledger_worker;

cst_status cst_ledger_intake_bind(ledger_intake *in, const cst_ledger_opts *o, cst_reader *r, cst_error *e);
void cst_ledger_intake_free(ledger_intake *in);

cst_status cst_ledger_worker_init(ledger_worker *w, const ledger_intake *in, uint32_t index, cst_error *e);
void cst_ledger_worker_free(ledger_worker *w);
/* Fills w->chunk from a batch; the caller takes the chunk over or frees it. */
cst_status cst_ledger_worker_take(ledger_worker *w, cst_batch *b, cst_error *e);
void cst_ledger_chunk_free(ledger_chunk *c);
/* Adds what b counted to a. */
void cst_ledger_counts_add(cst_ledger_counts *a, const cst_ledger_counts *b);
#endif
