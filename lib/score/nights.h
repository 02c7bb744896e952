/* score/nights.h: the second part of a run: the account-periods in order, each with the account's
 * memory, handed to a visitor. One run over a history and one run a night over it see the same steps. */
#ifndef CST_SCORE_NIGHTS_H
#define CST_SCORE_NIGHTS_H
#include "score/memory.h"
#include "score/override.h"
#include "score/sheet.h"
#include <cstools/write.h>

typedef struct score_night {
    const score_sheet *sheet;
    size_t row;                 /* in the sheet */
    size_t period;              /* index in sheet->period */
    const score_memory *memory; /* after this period */
    int32_t raw;                /* the tree's score in hundredths; -1: none */
    int32_t score;              /* computed: smoothed and rounded; -1: none */
    uint32_t band;              /* computed, by hysteresis; UINT32_MAX: none */
} score_night;

typedef cst_status score_night_visit(void *context, const score_night *night, cst_error *e);

/* The memories of all accounts of the sheet, empty. */
cst_status score_memories_new(score_sheet *sheet, score_memory **out, cst_error *e);
/* Fills them from last night's scores: the rows of the table's last period. Accounts without rows
 * tonight are passed over; none is filled from the first night's own file, run once more. CST_DATA: a damaged
 * column, or a period not before the sheet's first that had a memory. */
cst_status score_memories_read(const cst_table *previous, score_sheet *sheet, const cst_model *m,
                               score_memory *memory, cst_error *e);
cst_status score_nights_run(score_sheet *sheet, const score_memory_rules *rules, score_memory *memory,
                            score_night_visit *visit, void *context, cst_error *e);

/* The same by several threads, for a visitor that only lays out its own row: visit gets
 * context[thread]; when a thread is through with a stretch of rows, settle is called with its context,
 * one at a time and in the order of the rows. */
cst_status score_nights_spread(score_sheet *sheet, const score_memory_rules *rules, score_memory *memory,
                               int threads, score_night_visit *visit, void *const context[],
                               cst_status (*settle)(void *context, cst_error *e), cst_error *e);
#endif
