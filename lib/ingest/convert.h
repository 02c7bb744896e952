/* ingest/convert.h: a raw record to the cells of a canonical row. What is constant during a run is a
 * cst_plan; what a thread needs for the record under way is a cst_convert. */
#ifndef CST_INGEST_CONVERT_H
#define CST_INGEST_CONVERT_H
#include "base/buffer.h"
#include "ingest/cell.h"
#include "ingest/keyset.h"
#include "ingest/lookup.h"
#include "ingest/map.h"
#include "ingest/totals.h"
#include "ledger/identity.h"
#include "tables/filter.h"

/* Where a raw column comes from. */
typedef struct cst_origin_of {
    int slot;           /* of the main input; -1: not there */
    int lookup, column; /* lookup -1: not from one */
} cst_origin_of;

/* A column of the stream that is written. */
typedef struct cst_target {
    const cst_rule *rule;
    cst_type type;
    const char *words;
    bool required;
    int slot;     /* >= 0: the raw field, no transform */
    int identity; /* enum cst_identity_kind; -1: not renamed */
} cst_target;

typedef struct cst_month_column {
    cst_day month; /* its first day */
    const char *heading;
    int slot;
} cst_month_column;

typedef struct cst_plan {
    const cst_ingest_map *map;
    cst_reader *reader;
    cst_origin_of *origin; /* of the map's refs */
    cst_lookup *lookup[CST_LOOKUPS_MOST];
    int lookup_key[CST_LOOKUPS_MOST]; /* refs */
    const cst_identity *identity;
    const cst_filter *where;
    cst_target *target;
    int targets;
    /* targets by name; -1: not written */
    int at_currency, at_mrr, at_arr, at_start, at_end;
    int key[8], keys, key_if; /* targets of the stream's key; keys 0: none */
    bool counts[CST_KINDS];
    int64_t past_due_days;   /* -1: until cancelled */
    cst_month_column *month; /* cube, ascending */
    int months;
    bool revenue; /* the stream is subscriptions */
} cst_plan;

typedef struct cst_convert {
    const cst_plan *plan;
    cst_arena *scratch;
    cst_batch *batch;
    uint32_t row;
    int64_t found[CST_LOOKUPS_MOST]; /* row of each lookup; -2: not asked yet */
    cst_transform_row view;
    cst_cell *cell;              /* per target */
    char (*room)[CST_CELL_ROOM]; /* per target */
    uint64_t line;               /* 0: not asked yet */
    cst_kind kind;               /* after CST_END: why it was set aside */
    bool has_amount;
    cst_money amount; /* invoice lines */
    cst_day month;    /* snapshot */
    cst_buffer was;   /* snapshot: the names that --identity has changed */
    uint64_t rounded, shortened;
    uint64_t missed[CST_LOOKUPS_MOST]; /* keys brought by a lookup that an optional one has not */
} cst_convert;

cst_status cst_convert_open(cst_convert *c, const cst_plan *p, cst_error *e);
void cst_convert_close(cst_convert *c);
/* Converts one record into c->cell. CST_END: set aside, see c->kind. CST_DATA: rejected, see
 * c->view.reason; the error has the place. */
cst_status cst_convert_row(cst_convert *c, cst_batch *b, uint32_t row, cst_error *e);
/* Fills these columns alone, of the record that cst_convert_row has just set aside. */
cst_status cst_convert_some(cst_convert *c, const int *target, int n, cst_error *e);
/* The MRR in one month column of a cube; an empty cell is 0. */
cst_status cst_convert_month(cst_convert *c, int month, cst_money *out, cst_error *e);
uint64_t cst_convert_line(cst_convert *c);     /* of the record's first byte */
cst_key cst_convert_key(const cst_convert *c); /* hash 0: the row has no key */
/* A message's list of the key's values: account_id "A-1", subscription_id "S-1". */
void cst_convert_key_text(const cst_convert *c, cst_buffer *b);

/* Sets the cell of a day that the shape or a rule of revenue made. */
void cst_convert_set_day(cst_convert *c, int target, cst_day d);
void cst_convert_set_money(cst_convert *c, int target, cst_money m);
#endif
