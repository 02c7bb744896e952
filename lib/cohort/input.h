/* cohort/input.h: the tables and the main stream of a run, opened once for every mode, and the key of each
 * row: the values of the columns that results are grouped by. */
#ifndef CST_COHORT_INPUT_H
#define CST_COHORT_INPUT_H
#include "base/buffer.h"
#include "base/intern.h"
#include "cohort/cohort.h"
#include "ledger/fx.h"
#include "ledger/identity.h"
#include "tables/filter.h"
#include "tables/groups.h"

typedef struct cst_cohort_input {
    const cst_cohort_options *o;
    cst_program_io *io;
    int threads;
    cst_table *accounts_table, *identity_table, *fx_table;
    cst_accounts *accounts; /* NULL: none given */
    cst_identity *identity;
    cst_fx *fx;
    cst_reader *reader; /* belongs to the program */
    cst_filter *filter; /* NULL: every row is used */
    cst_groups groups;  /* the columns of --by, then that of --cohort */
    char **name;        /* of the groups, as strings */
    int account_slot;   /* -1: the stream has none, and none is needed */
    int customer;       /* a column of the accounts; -1: accounts are customers of their own */
} cst_cohort_input;

/* Loads accounts, identity and rates. cst_cohort_input_close is due in any case. */
cst_status cst_cohort_input_open(cst_cohort_input *in, const cst_cohort_options *o, cst_program_io *io,
                                 cst_error *e);
/* Opens the main stream: the file of an option, or the operands where path is NULL; resolves --where and
 * the group columns in it. */
cst_status cst_cohort_input_stream(cst_cohort_input *in, const char *path, const char *hint, cst_error *e);
void cst_cohort_input_close(cst_cohort_input *in);

/* An account's name once it is renamed and lifted to its customer. */
cst_text cst_cohort_customer(const cst_cohort_input *in, cst_text account);
/* An attribute of a customer; the column of --customer is the customer itself. */
cst_text cst_cohort_attribute(const cst_cohort_input *in, cst_text customer, int column);
/* Whether that is ever another name than the row's. */
bool cst_cohort_renames(const cst_cohort_input *in);
/* Says that no rows are there, which is no error: the result is empty. */
void cst_cohort_tell_empty(const cst_cohort_input *in, const char *what);

/* The day that data is good for, for messages and right edges. */
bool cst_cohort_input_knows_day(const cst_cohort_input *in);

/* How many of the groups are columns of --by. */
size_t cst_cohort_by_columns(const cst_cohort_input *in);
/* Part i of a key. */
cst_text cst_cohort_key_part(cst_text key, size_t i);
/* "segment=Basic, region=EU" for messages; "" without groups. */
void cst_cohort_key_tell(const cst_cohort_input *in, cst_text key, cst_buffer *out);
/* Puts "of what: " before the message of an error that knows none; nothing where `what` is empty. */
void cst_cohort_error_of(const char *what, cst_error *e);

/* A worker's keys, as ids of its own interner. */
typedef struct cst_cohort_keys {
    cst_intern *names;
    cst_text *text; /* scratch, by row of the batch */
    uint32_t *id;   /* by row of the batch, after cst_cohort_keys_take */
    uint32_t room;
    cst_buffer joined;
    size_t *from; /* where a row's joined key begins */
} cst_cohort_keys;

cst_status cst_cohort_keys_init(cst_cohort_keys *k, cst_error *e);
void cst_cohort_keys_free(cst_cohort_keys *k);
/* The key of every row of a batch. */
cst_status cst_cohort_keys_take(cst_cohort_keys *k, const cst_cohort_input *in, cst_batch *b, cst_error *e);
#endif
