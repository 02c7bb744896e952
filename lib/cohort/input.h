/* cohort/input.h: the tables and the main stream of a run, opened once for every mode, and the key of each
 * row: the values of the columns that results are grouped by. */
#ifndef CST_COHORT_INPUT_H
#define CST_COHORT_INPUT_H
#include "base/buffer.h"
#include "base/intern.h"
#include "cohort/cohort.h"
#include "ledger/subscriptions.h"

typedef struct cohort_input {
    const cohort_options *o;
    cst_program_io *io;
    int threads;
    cst_subjects subjects;
    cst_reader *reader;              /* belongs to the program */
    cst_filter *filter;              /* NULL: every row is used */
    cst_groups groups;               /* the columns of --by, then that of --cohort */
    cst_subscriptions subscriptions; /* these, for a ledger */
    int account_slot;                /* -1: the stream has none, and none is needed */
} cohort_input;

/* Loads accounts, identity and rates. cohort_input_close is due in any case. */
cst_status cohort_input_open(cohort_input *in, const cohort_options *o, cst_program_io *io, cst_error *e);
/* Opens the main stream: the file of an option, or the operands where path is NULL; resolves --where and
 * the group columns in it. */
cst_status cohort_input_stream(cohort_input *in, const char *path, const char *hint, cst_error *e);
void cohort_input_close(cohort_input *in);

/* Whether an account's customer ever has another name than the row's. */
bool cohort_renames(const cohort_input *in);
/* Says that no rows are there, which is no error: the result is empty. */
void cohort_tell_empty(const cohort_input *in, const char *what);

/* The day that data is good for, for messages and right edges. */
bool cohort_input_knows_day(const cohort_input *in);

/* How many of the groups are columns of --by. */
size_t cohort_by_columns(const cohort_input *in);
/* "segment=Basic, region=EU" for messages; "" without groups. */
void cohort_key_tell(const cohort_input *in, cst_text key, cst_buffer *out);
/* Puts "of what: " before the message of an error that knows none; nothing where `what` is empty. */
void cohort_error_of(const char *what, cst_error *e);

/* A worker's keys, as ids of its own interner. */
typedef struct cohort_keys {
    cst_intern *names;
    cst_text *text; /* scratch, by row of the batch */
    uint32_t *id;   /* by row of the batch, after cohort_keys_take */
    size_t room;
    cst_buffer joined;
    size_t *from; /* where a row's joined key begins */
} cohort_keys;

cst_status cohort_keys_init(cohort_keys *k, cst_error *e);
void cohort_keys_free(cohort_keys *k);
/* The key of every row of a batch. */
cst_status cohort_keys_take(cohort_keys *k, const cohort_input *in, cst_batch *b, cst_error *e);
#endif
