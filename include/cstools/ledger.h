/* cstools/ledger.h: subscriptions as a ledger: what an account pays, for what, on any day.
 *
 * Rows come from a reader (cst_ledger_read) or one by one (cst_ledger_add), are renamed by the identity
 * table and lifted to the customer, and are handed out account by account: with ends after the export's
 * day taken as not happened, grace applied, rows in input order. What a row is for (centre, line,
 * segment, currency) is a unit, an index into the account's labels.
 *
 * A row holds from its first day to the day before its end. A row that starts and ends on one day holds
 * nothing on any day; it is kept, since one snapshot rule counts it. Rows that overlap add up. */
#ifndef CSTOOLS_LEDGER_H
#define CSTOOLS_LEDGER_H

#include <cstools/read.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cst_ledger cst_ledger;
typedef struct cst_labels cst_labels;
typedef struct cst_identity cst_identity;

/* An end that is not there, or has not happened by the day the export is good for. */
#define CST_LEDGER_OPEN INT32_MAX

/* One stretch of recurring revenue. */
typedef struct cst_ledger_row {
    cst_day start;     /* inclusive */
    cst_day end;       /* exclusive; CST_LEDGER_OPEN: still running */
    cst_money amount;  /* of the value column, in the row's currency */
    uint32_t unit;     /* index into the labels' units */
    int32_t term;      /* months; 0: none given (only where the ledger keeps facts, as the rest) */
    int32_t notice;    /* days; -1: none given (only where the ledger keeps plans, as the next two) */
    cst_day signed_on; /* CST_DAY_NONE: none given */
    cst_day known_end; /* the end as the stream has it, after as_of too; CST_LEDGER_OPEN: none */
    int64_t quantity;  /* as the file has it, times 10^6; 0: none given */
    cst_text source;   /* the stream's own source column; n == 0: file and line below */
    const char *file;  /* of a negative amount always set, if known */
    uint64_t line;
} cst_ledger_row;

/* What a row is for. The fields are ids of the labels' texts. */
typedef struct cst_unit {
    uint32_t centre;   /* the value of the cross-sell column */
    uint32_t line;     /* the values of the line columns; the centre where there are none */
    uint32_t segment;  /* the values of the group columns */
    uint32_t currency; /* empty: none given */
} cst_unit;

/* An account and its rows. All of it is on loan until the visit returns. */
typedef struct cst_ledger_account {
    cst_text id;
    cst_ledger_row *row; /* in input order; the visitor may change them */
    size_t rows;
    const cst_labels *labels;
} cst_ledger_account;

/* Renamings of accounts, plans, products and subscriptions, so that a migration is not churn: a table with
 * the columns kind, old_id, new_id (cs-tables(5)), a file or "-" for standard input. Chains are followed to
 * their end. Errors: CST_IO; CST_DATA an unknown kind, an empty id, an id renamed to itself, twice or in a
 * circle, each with its place. Afterwards it is only read, by any number of ledgers and threads. */
CST_API cst_status cst_identity_open(const char *path, cst_identity **out, cst_error *e);
CST_API void cst_identity_free(cst_identity *d);

/* All NULL and zero but where said is the default. Strings and handles outlive the ledger. */
typedef struct cst_ledger_opts {
    const char *value;       /* the column that is an amount; NULL: mrr */
    const char *centre;      /* the cross-sell column; NULL: every row has the empty centre */
    const char *const *line; /* columns that tell lines apart; none: the centre does */
    size_t lines;
    const char *const
        *segment; /* columns of the rows that form groups; account columns come by `attribute` */
    size_t segments;
    /* Attribute k of an account, for group columns that the stream lacks: called with the index of the
     * group column. NULL where all of them are the stream's. Called by several threads at once. */
    cst_text (*attribute)(const void *context, cst_text account, size_t segment);
    const void *attribute_context;
    /* Whether a row is used (--where). NULL: all. Called by several threads at once; `account` is the
     * renamed one. */
    cst_status (*filter)(const void *context, cst_batch *b, uint32_t row, cst_text account, bool *use,
                         cst_error *e);
    const void *filter_context;
    const cst_identity *identity; /* renames; NULL: none */
    /* The customer an account belongs to; applied after the identity table. NULL: the account itself. */
    cst_text (*customer)(const void *context, cst_text account);
    const void *customer_context;
    /* Only the customers whose names have CRC-32 mod `shards` = shard - 1; shards 0: all. */
    uint32_t shard, shards;
    /* Whether a table that is joined has the customer. NULL: not asked. Called by several threads at once. */
    bool (*known)(const void *context, cst_text account);
    const void *known_context;
    /* CST_DAY_NONE, to be set: not known; 0 is 1970-01-01. Later starts are set aside, later ends have not
     * happened */
    cst_day as_of;
    int32_t grace; /* days; 0: none */
    bool facts;    /* keep term, quantity, source, file and line */
    bool plans;    /* with facts: keep notice, signed_on and known_end */
    /* accounts are told apart by currency too: what is in two currencies is two accounts */
    bool split_currency;
    bool count_overlaps; /* count rows that overlap */
    bool keys;           /* find rows of an account that have the key of a row before (cs-tables(5)) */
    bool ordered;        /* hand accounts out by their bytes; else in an order of the library's choice */
} cst_ledger_opts;

/* Rows that are there twice, by their key: where the first of them is, and where that key was before. */
typedef struct cst_ledger_repeats {
    uint64_t rows;              /* 0: none */
    uint32_t file, before_file; /* indexes of the inputs */
    uint64_t line, before_line;
} cst_ledger_repeats;

/* What was seen; complete after the read, the last four after the accounts were visited. */
typedef struct cst_ledger_counts {
    uint64_t rows;        /* used: in the ledger */
    uint64_t filtered;    /* left out by the filter */
    uint64_t others;      /* of other shards */
    uint64_t after;       /* set aside: start after as_of */
    uint64_t empty;       /* of the used: start and end on one day */
    uint64_t overlapping; /* of the used: begin while an earlier row of the same account and unit holds */
    uint64_t rounded;     /* amounts with more than six decimals */
    uint64_t accounts;
    uint64_t unmatched;            /* of these: not known to cst_ledger_opts.known */
    char first_unmatched[64];      /* the first by its bytes, as far as there is room */
    cst_wide paid, unmatched_paid; /* with `known`: what runs on, of all and of the unmatched */
    bool mixed;                    /* with `known`: that is of several currencies */
    cst_day first;                 /* the earliest start; CST_DAY_NONE without rows */
    cst_day last;                  /* the latest start or end */
    cst_ledger_repeats same;       /* with `keys`: of the same amount and end too */
    cst_ledger_repeats other;      /* of another amount or end */
} cst_ledger_counts;

CST_API cst_status cst_ledger_open(const cst_ledger_opts *o, cst_ledger **out, cst_error *e);
CST_API void cst_ledger_free(cst_ledger *l);

/* Reads a stream of subscriptions whole. Missing columns, bad values, end before start, a currency that
 * is not three letters are CST_DATA errors with their place, or rejects as the reader was opened. */
CST_API cst_status cst_ledger_read(cst_ledger *l, cst_reader *r, int threads, cst_error *e);

/* One row by hand. The account is renamed and lifted like one that is read; the texts of `text` (copied) are
 * taken as they are, and the filter is not asked. */
typedef struct cst_ledger_text {
    cst_text centre, line, segment, currency;
} cst_ledger_text;
CST_API cst_status cst_ledger_add(cst_ledger *l, cst_text account, const cst_ledger_row *row,
                                  const cst_ledger_text *text, cst_error *e);

/* Called for each account, by any thread, each with its own worker. */
typedef cst_status cst_ledger_visit(void *worker, const cst_ledger_account *a, cst_error *e);

/* Visits every account once. With `ordered`, worker i gets accounts that all come before those of worker
 * i + 1. The first failure in that order is the one returned. */
CST_API cst_status cst_ledger_each(cst_ledger *l, int threads, cst_ledger_visit *visit, void *const worker[],
                                   cst_error *e);

/* Reads a stream that is sorted by account and visits each account when it is complete: memory does not
 * grow with the rows. An account out of order is a CST_DATA error with its place. worker[threads] is the
 * one that gets accounts which straddle two batches. `settle` (may be NULL) is called in input order
 * after a worker's accounts of one batch, and once with worker[threads] before it and at the end, so
 * that a worker can hand on what must stay in order. */
typedef cst_status cst_ledger_settle(void *worker, void *shared, cst_error *e);
CST_API cst_status cst_ledger_stream(cst_ledger *l, cst_reader *r, int threads, cst_ledger_visit *visit,
                                     void *const worker[], cst_ledger_settle *settle, void *shared,
                                     cst_error *e);

CST_API cst_ledger_counts cst_ledger_counted(const cst_ledger *l);
/* The labels that hold every unit of a ledger that was read whole; NULL while streaming. */
CST_API const cst_labels *cst_ledger_labels(const cst_ledger *l);

/* Labels. Ids are small integers; texts live as long as the labels. */
CST_API cst_unit cst_labels_unit(const cst_labels *s, uint32_t unit);
CST_API uint32_t cst_labels_units(const cst_labels *s);
CST_API cst_text cst_labels_centre(const cst_labels *s, uint32_t id);
CST_API cst_text cst_labels_line(const cst_labels *s, uint32_t id);    /* of several columns: joined */
CST_API cst_text cst_labels_segment(const cst_labels *s, uint32_t id); /* of several columns: joined */
CST_API uint32_t cst_labels_segments(const cst_labels *s);
CST_API cst_text cst_labels_currency(const cst_labels *s, uint32_t id);
CST_API uint32_t cst_labels_currencies(const cst_labels *s);
/* Part k of a joined text, which may hold any bytes; none: empty. */
CST_API cst_text cst_label_part(cst_text joined, size_t k);

/* What the rows come to at the close of a day, in their own currency; false: does not fit. */
CST_API bool cst_ledger_balance(const cst_ledger_account *a, cst_day day, cst_money *out);

#ifdef __cplusplus
}
#endif
#endif
