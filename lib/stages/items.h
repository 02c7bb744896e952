/* stages/items.h: rows of the stream as items, each with its rows in the order in which they hold.
 *
 * An item is an account_id and an item_id. Its rows are ordered by day; of one day the highest order of stage
 * comes last, and of one day and stage the last of the input. Where a row leaves amount, currency, owner,
 * expected_date, next_step or a column of --by empty, that of the row before goes on. */
#ifndef CST_STAGES_ITEMS_H
#define CST_STAGES_ITEMS_H
#include "base/buffer.h"
#include "base/intern.h"
#include "stages/pipeline.h"

struct stages_session;

typedef struct stages_row {
    uint32_t item, stage;
    cst_day day, expected; /* expected CST_DAY_NONE: none */
    cst_money amount;
    bool priced;                         /* the row, or one before it, has an amount */
    uint32_t currency, owner, next_step; /* of the words */
    uint32_t group;                      /* of the groups */
    uint32_t file;
    uint64_t line, number; /* number: of all rows used, from 0 */
} stages_row;

typedef struct stages_item {
    cst_text account, name;
    const stages_row *row;
    size_t n; /* at least 1 */
} stages_item;

typedef struct stages_items {
    stages_item *at; /* by account and name, in order of bytes */
    size_t n;
    stages_row *row; /* of all items, one behind the other */
    size_t rows, room;
    uint32_t *part; /* by number of the row: values of the columns of --by, of the words */
    size_t part_room;
    cst_intern *words, *names; /* names: account and item, joined as labels are */
    cst_intern *groups;        /* values of --by, joined */
    uint32_t *group_order;     /* of these, by bytes */
    cst_buffer scratch;
    uint64_t filtered, other_pipeline, after; /* rows left out: by --where, of another, after as_of */
    cst_day latest;                           /* of all rows, also those after as_of; CST_DAY_NONE: no row */
    int slot[10];                             /* of the columns */
} stages_items;

cst_status stages_items_init(stages_items *x, cst_error *e);
void stages_items_free(stages_items *x);
/* Reads the stream of a session. CST_DATA, with its place: a value that is missing or wrong (a reject, as the
 * reader was opened); an item that is won and lost on one day, or has two currencies. */
cst_status stages_items_read(struct stages_session *s, cst_error *e);
/* The first row behind `row` that is in another stage; item->n: none. Rows between repeat the stage: they
 * change amount, owner or date, and begin no spell. */
size_t stages_item_next(const stages_item *item, size_t row);
/* The last row up to a day; item->n: none. */
size_t stages_item_at(const stages_item *item, cst_day day);
#endif
