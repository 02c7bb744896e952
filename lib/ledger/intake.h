/* ledger/intake.h: batches of records to chunks of rows. Consecutive rows of one account form a run,
 * which has the account's name. A worker keeps its chunks as they are for as long as their runs come
 * in the order of accounts; from the first that does not it partitions them (partition.h). Units are ids of
 * the worker's own labels. */
#ifndef CST_LEDGER_INTAKE_H
#define CST_LEDGER_INTAKE_H
#include "base/arena.h"
#include "ledger/key_rows.h"
#include "ledger/partition.h"
#include "ledger/slab.h"
#include "read/view.h"
#include <cstools/ledger.h>
#include <string.h>

/* Where a row stands. */
typedef struct ledger_origin {
    const char *file;
    uint64_t line;
} ledger_origin;

/* A row as it is kept: 24 bytes. */
struct ledger_cell {
    cst_day start, end;
    cst_money amount;
    uint32_t unit;   /* of the worker's labels */
    uint32_t origin; /* of a negative row: the worker's origin + 1, for a message; else 0 */
};

struct ledger_fact {
    int64_t quantity;
    cst_text source;
    const char *file;
    uint64_t line;
    int32_t term, notice;
    cst_day signed_on, known_end;
};

/* On which lines the rows of a batch begin that were taken. */
typedef struct ledger_lines {
    uint32_t file; /* index of the input */
    uint64_t first;
    uint64_t
        *taken;     /* where each record is one line: a bit per record, set if it was taken; NULL: all were */
    uint64_t *line; /* where some take several: row i on line[i]; else NULL */
} ledger_lines;

/* As a number in input order, see key_rows.h. */
uint64_t cst_ledger_place(const ledger_lines *l, uint32_t row);

/* Consecutive rows of one account, after renaming: the next run is another account's. */
typedef struct ledger_run {
    uint32_t name; /* where its account stands in the chunk's names */
    uint32_t first;
    uint32_t rows;
} ledger_run;

/* The rows of one batch; all memory is the worker's. */
struct ledger_chunk {
    uint32_t batch; /* its number; the rows added by hand come after all */
    uint32_t worker;
    uint32_t rows, runs;
    ledger_cell *cell;
    ledger_fact *fact; /* NULL where facts are not kept */
    uint64_t *key;     /* hashes of the rows' keys, 0: none; NULL where keys are not compared */
    ledger_lines at;   /* with keys */
    ledger_run *run;
    char *names;    /* of each run: the length in four bytes, then the bytes */
    bool ascending; /* each run's account comes after the one before */
};
#define LEDGER_BY_HAND UINT32_MAX

static inline cst_text ledger_name(const ledger_chunk *c, uint32_t at)
{
    uint32_t n;
    memcpy(&n, c->names + at, sizeof n);
    return (cst_text){c->names + at + sizeof n, n};
}

static inline size_t ledger_put_name(char *at, cst_text t) /* the bytes it took */
{
    memcpy(at, &t.n, sizeof t.n);
    memcpy(at + sizeof t.n, t.p, t.n);
    return sizeof t.n + t.n;
}

/* The columns of the stream, as slots; -1: not there or not wanted. */
typedef struct ledger_columns {
    int account, value, start, end, currency, centre, quantity, term, source, notice, signed_on;
    int subscription, product, plan, center; /* of the key, with the account and the start */
    int *line, *segment;
} ledger_columns;

/* Columns wanted by name and how each is renamed. */
typedef struct ledger_intake {
    const cst_ledger_opts *o;
    ledger_columns column;
    uint32_t slots;  /* more than any of the single columns' slots, at most LEDGER_SLOTS */
    bool attributes; /* some group column is an account's */
    bool keyed;      /* the stream has subscription_id, and keys are compared */
    uint64_t seed;   /* of their hashes */
} ledger_intake;

/* A batch on its way in. Where its records lie plainly, fields are looked at where they stand. */
enum { LEDGER_SLOTS = 64 };
typedef struct ledger_seen {
    cst_batch *b;
    bool rejected; /* some row may be */
    cst_view view;
    uint32_t slots;               /* that are known in column[]; 0: none, the batch has no view */
    int32_t column[LEDGER_SLOTS]; /* by slot */
} ledger_seen;

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
    bool streaming;     /* a chunk is good until the next */
    ledger_slab slab;   /* of chunks */
    ledger_slab lines;  /* of their lines */
    ledger_chunk *kept; /* in input order */
    uint32_t keeps;
    size_t keep_room;
    ledger_partitions *partitions; /* rows do not come in the order of accounts; NULL: so far they do */
    cst_labels *labels;
    ledger_recent recent;
    cst_ledger_counts counts;
    ledger_seen seen;
    cst_text *run_text; /* scratch, one per run of the batch: its account */
    uint32_t *run_row;  /* the batch's row a run begins with */
    size_t run_room;
    cst_arena *sources;
    ledger_origin *origin; /* of negative rows */
    uint32_t origins;
    size_t origin_room;
    char *joined; /* scratch for group and line texts */
    size_t joined_room;
    ledger_chunk chunk; /* of the batch in hand */
} ledger_worker;

cst_status cst_ledger_intake_bind(ledger_intake *in, const cst_ledger_opts *o, cst_reader *r, cst_error *e);
void cst_ledger_intake_free(ledger_intake *in);

cst_status cst_ledger_worker_init(ledger_worker *w, const ledger_intake *in, uint32_t index, cst_error *e);
void cst_ledger_worker_free(ledger_worker *w);
/* Fills w->chunk from a batch. */
cst_status cst_ledger_worker_take(ledger_worker *w, cst_batch *b, cst_error *e);
/* Keeps the chunk in hand, or deals it. */
cst_status cst_ledger_worker_keep(ledger_worker *w, cst_error *e);
/* Deals what is kept. */
bool cst_ledger_worker_partition(ledger_worker *w);
/* Counts a row that is used. */
static inline void cst_ledger_count_row(cst_ledger_counts *n, const ledger_cell *cell)
{
    n->rows++;
    n->empty += cell->start == cell->end;
    if (n->first == CST_DAY_NONE || cell->start < n->first) n->first = cell->start;
    cst_day last = cell->end == CST_LEDGER_OPEN ? cell->start : cell->end;
    if (n->last == CST_DAY_NONE || last > n->last) n->last = last;
}

/* Adds what b counted to a. */
void cst_ledger_counts_add(cst_ledger_counts *a, const cst_ledger_counts *b);

/* ---- within the intake ------------------------------------------------------------------------------- */

/* The bytes of a field; slot -1 or a column that the file lacks: missing. */
static inline cst_text ledger_field(const ledger_seen *s, uint32_t row, int slot)
{
    if ((uint32_t)slot >= s->slots || s->column[slot] < 0) return cst_text_at(s->b, row, slot);
    uint32_t n;
    const char *p = cst_view_field(&s->view, row, (uint32_t)s->column[slot], &n);
    return n && s->view.quoted && *p == '"' ? cst_text_at(s->b, row, slot) : (cst_text){p, n};
}

/* runs.c: what an account of the stream is called: renamed, then lifted to its customer. */
cst_text cst_ledger_name(const cst_ledger_opts *o, cst_text raw);
/* Cuts the batch in hand into runs; a row without an account is rejected. */
cst_status cst_ledger_cut_runs(ledger_worker *w, cst_error *e);

/* units.c: what a row of an account is for. */
cst_status cst_ledger_find_unit(ledger_worker *w, uint32_t row, cst_text account, uint32_t *out,
                                cst_error *e);
cst_text cst_ledger_rename(const ledger_worker *w, const char *column, cst_text t);

/* rows.c: reads rows [run's first, end) of the batch into the chunk, as the rows of a run. */
cst_status cst_ledger_read_run(ledger_worker *w, ledger_run *run, uint32_t end, cst_text account,
                               cst_error *e);
#endif
