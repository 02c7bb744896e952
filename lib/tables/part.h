/* tables/part.h: a file of sums: what a part of the accounts adds up to, as integers, so that parts made on
 * several machines add up to what one run has. A table item,period,group,name,value. The definition it was
 * made under comes first, and parts made under different ones are refused. Behind the sums is the shard of
 * the customers they are of (shard.h), or else the accounts, since an account in two parts would be two
 * customers. The last row counts those before it, since sums that are missing cannot be told from sums that
 * are zero. */
#ifndef CST_TABLES_PART_H
#define CST_TABLES_PART_H
#include "base/arena.h"
#include "base/intern.h"
#include "program/definition.h"
#include "program/program.h"
#include "read/table.h"
#include "tables/shard.h"

/* Accounts that are split over files or machines. */
typedef struct cst_part_opts {
    bool partial, merge;
    const char *shard;
} cst_part_opts;
extern const cst_option cst_part_options[];
/* Reads the shard (of 0: none) and has the inputs digested for it. CST_USAGE: --shard without --partial. */
cst_status cst_part_check(const cst_part_opts *o, cst_program_io *io, cst_shard *out, cst_error *e);

/* ---- writing ----------------------------------------------------------------------------------------- */

typedef struct cst_part_writer {
    cst_writer *w;
    cst_intern *accounts;
    uint64_t rows; /* written */
    bool sharded;  /* what the part is of is said by its shard */
    cst_status status;
    cst_error *e;
} cst_part_writer;

#define CST_PART_NO_PERIOD INT64_MIN
enum { CST_PART_NO_GROUP = -2, CST_PART_TOTAL = -1 }; /* or a group's number, in the order they are named */

/* The main output. Failures are kept, and come back from cst_part_finish, which is due in any case. */
cst_status cst_part_open(cst_part_writer *p, cst_program_io *io, cst_error *e);
void cst_part_put_text(cst_part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                       cst_text value);
/* What is zero is left out. */
void cst_part_put(cst_part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                  cst_wide v);
void cst_part_put_definition(cst_part_writer *p, const cst_definition *d);
/* The columns that results are grouped by, and the groups: their values joined as labels are, order[k]
 * the index of the one that is number k from here on. */
void cst_part_put_columns(cst_part_writer *p, const char *const *column, size_t n);
void cst_part_put_groups(cst_part_writer *p, const cst_text *name, const uint32_t *order, size_t groups,
                         size_t columns);
/* The last sums are in: what the part is of. others: rows that were left to other shards. */
void cst_part_put_shard(cst_part_writer *p, cst_shard shard, uint64_t others, const cst_reader *inputs);
/* Accounts of the part (NULL: none); they are written by cst_part_finish, without a shard. */
void cst_part_add_accounts(cst_part_writer *p, const cst_intern *accounts);
cst_status cst_part_finish(cst_part_writer *p);

/* ---- reading ----------------------------------------------------------------------------------------- */

/* All parts of a merge, one in hand. */
typedef struct cst_parts {
    const cst_table *table; /* the part in hand */
    int bound[5];           /* its columns item, period, group, name, value */
    size_t rows;            /* without the accounts and the last */
    bool first;             /* the part in hand is the first */
    cst_wide size;          /* of all integers taken so far, without their signs */
    /* what the command line says, and would say without options; then what the first part says */
    cst_definition given, preset;
    void *values; /* options, set from the first part's definition */
    cst_arena *arena;
    const char **column; /* that results are grouped by; before each there is a "by_" in memory */
    size_t columns, column_room;
    cst_intern *names; /* of groups, values joined: numbers over all parts */
    uint32_t *group;   /* of the part in hand: to these */
    size_t groups, group_room;
    cst_intern *accounts; /* of all parts */
    uint32_t *part_of;    /* by account: the number of its part */
    size_t part_of_room;
    cst_shards shards;
} cst_parts;

/* The definition's rows over the options as they are given, as they are preset, and where to put the
 * parts'. */
cst_status cst_parts_open(cst_parts *p, const cst_option *rows, const void *given, const void *preset,
                          void *values, cst_error *e);
void cst_parts_free(cst_parts *p);
/* Goes through the parts, which are the operands: each is loaded and bound, its accounts are held against
 * those of the others, and `take` goes through its rows. */
typedef cst_status cst_part_take(void *context, cst_parts *p, cst_error *e);
cst_status cst_parts_each(cst_parts *p, cst_program_io *io, cst_part_take *take, void *context, cst_error *e);

cst_text cst_part_item(const cst_parts *p, size_t row);
cst_text cst_part_name(const cst_parts *p, size_t row);
cst_text cst_part_value(const cst_parts *p, size_t row);
/* CST_DATA: the row's value is not what --partial writes. */
cst_status cst_part_refuse(const cst_parts *p, size_t row, const char *expected, cst_error *e);
/* CST_DATA: there is no such name under the row's item. */
cst_status cst_part_refuse_sum(const cst_parts *p, size_t row, cst_error *e);
/* The row's integer. */
cst_status cst_part_number(cst_parts *p, size_t row, cst_wide *out, cst_error *e);
/* The row's period or day: between -CST_PART_PERIODS and CST_PART_PERIODS, more than any days are apart, so
 * that no file makes an array over periods larger than the calendar does. */
enum { CST_PART_PERIODS = 1 << 23 };
cst_status cst_part_period(const cst_parts *p, size_t row, int32_t *out, cst_error *e);
/* A row of the item "definition": the first part's is put into *values, and must agree with what the
 * command line gives; the others' must be the same. `anew`: the option may be given anew, and then holds. */
cst_status cst_part_definition(cst_parts *p, size_t row, bool anew, cst_error *e);
/* A row of the item "column". */
cst_status cst_part_column(cst_parts *p, size_t row, cst_error *e);
/* The rows of one group, the item "group": *row is afterwards the last of them; *out the group's number
 * over all parts. */
cst_status cst_part_name_group(cst_parts *p, size_t *row, uint32_t *out, cst_error *e);
/* The group that a row's sum is of, over all parts; CST_PART_TOTAL. */
cst_status cst_part_find_group(const cst_parts *p, size_t row, int64_t *out, cst_error *e);
#endif
