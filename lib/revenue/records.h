/* revenue/records.h: what every account did in every period, kept whole: for the largest movers and for
 * the comparison with an earlier detail. */
#ifndef CST_REVENUE_RECORDS_H
#define CST_REVENUE_RECORDS_H
#include "base/arena.h"
#include "revenue/session.h"

typedef struct rev_record {
    cst_period period;
    cst_text account, currency, source;
    cst_money amount[CST_MOVEMENTS];
    cst_money from, to;
    cst_day effective;
} rev_record;

typedef struct rev_records {
    rev_record *at;
    size_t n, room;
    cst_arena *arena;
} rev_records;

/* Runs the collection with records; in order of period, then account, then currency. Free them also
 * after a failure. */
cst_status rev_records_collect(rev_session *s, rev_records *out, cst_error *e);
void rev_records_free(rev_records *r);
void rev_records_sort(rev_records *r);
int rev_record_compare(const rev_record *x, const rev_record *y); /* by period, account and currency */
rev_record *rev_records_add(rev_records *r);
/* "file:line;file:line" of the rows marked in x, in input order. */
struct cst_buffer;
void rev_record_sources(const rev_account_period *x, struct cst_buffer *out);
/* Adds the sources of b to *into, each once. false: out of memory. */
bool rev_records_join_sources(rev_records *all, cst_text *into, cst_text b);
/* "upsell;fx": the movements that are not zero. `room` bytes are enough for all. */
#define REV_MOVES_ROOM 128
size_t rev_record_moves(const cst_money amount[CST_MOVEMENTS], char out[REV_MOVES_ROOM]);
cst_status rev_record_sum(const cst_money amount[CST_MOVEMENTS], cst_money *out, cst_error *e);
#endif
