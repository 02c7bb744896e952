/* revenue/records.h: what every account did in every period, kept whole: for the largest movers and for
 * the comparison with an earlier detail. */
#ifndef CST_REVENUE_RECORDS_H
#define CST_REVENUE_RECORDS_H
#include "base/arena.h"
#include "revenue/session.h"

typedef struct cst_record {
    cst_period period;
    cst_text account, currency, source;
    cst_money amount[CST_MOVEMENTS];
    cst_money from, to;
    cst_day effective;
} cst_record;

typedef struct cst_records {
    cst_record *at;
    size_t n, room;
    cst_arena *arena;
} cst_records;

/* Runs the collection with records; in order of period, then account, then currency. Free them also
 * after a failure. */
cst_status cst_records_collect(cst_session *s, bool sources, cst_records *out, cst_error *e);
void cst_records_free(cst_records *r);
void cst_records_sort(cst_records *r);
cst_record *cst_records_add(cst_records *r); /* NULL: out of memory */
/* "upsell;fx": the movements that are not zero. `room` bytes are enough for all. */
#define CST_MOVES_ROOM 128
size_t cst_record_moves(const cst_money amount[CST_MOVEMENTS], char out[CST_MOVES_ROOM]);
cst_status cst_record_sum(const cst_money amount[CST_MOVEMENTS], cst_money *out, cst_error *e);
#endif
