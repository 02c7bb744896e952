/* ingest/total_rows.h: rows of a sheet by month that add up the others, as a sheet has one at its end: read
 * as a customer, it doubles the revenue.
 *
 * A row's amounts by month are kept as one number, the sum of amount x weight of the month modulo 2^64, with
 * weights that are drawn for the run. That is linear: where twice a row's number is the sum of all numbers,
 * the row is the sum of the others in every month, but for one case in 2^64. */
#ifndef CST_INGEST_TOTAL_ROWS_H
#define CST_INGEST_TOTAL_ROWS_H
#include "base/arena.h"
#include "program/program.h"

typedef struct ing_total_row {
    uint64_t number;
    cst_place place; /* file NULL: not known */
    cst_text id;     /* of the account */
} ing_total_row;

/* Rows of a thread, or of all. Zero-initialise it. */
typedef struct ing_total_rows {
    ing_total_row *at;
    size_t n, room;
    cst_arena *ids;
} ing_total_rows;

void ing_total_rows_free(ing_total_rows *t);
/* What an amount adds to the number of its row; month: counted from any one. */
uint64_t ing_total_number(int32_t month, cst_money amount);
/* false: out of memory. The id is copied. */
bool ing_total_rows_add(ing_total_rows *t, uint64_t number, cst_place place, cst_text id);
/* Adds those of a thread. */
bool ing_total_rows_join(ing_total_rows *all, const ing_total_rows *more);
/* Says which are sums of the others. CST_DATA: one that is called so, which is an error. */
cst_status ing_total_rows_check(ing_total_rows *all, cst_program_io *io, cst_error *e);
#endif
