/* ingest/convert.h: a raw record to the cells of a canonical row. What is constant during a run is a
 * ing_plan; what a thread needs for the record under way is a ing_convert. */
#ifndef CST_INGEST_CONVERT_H
#define CST_INGEST_CONVERT_H
#include "base/buffer.h"
#include "ingest/advice.h"
#include "ingest/cell.h"
#include "ingest/keyset.h"
#include "ingest/lookup.h"
#include "ingest/map.h"
#include "ingest/totals.h"
#include "ledger/identity.h"
#include "tables/filter.h"

/* Where a raw column comes from. */
typedef struct ing_origin_of {
    int slot;           /* of the main input; -1: not there */
    int lookup, column; /* lookup -1: not from one */
} ing_origin_of;

/* A column of the stream that is written. */
typedef struct ing_target {
    const ing_rule *rule;
    cst_type type;
    const char *words;
    bool required;
    int slot;     /* >= 0: the raw field, no transform */
    int identity; /* enum cst_identity_kind; -1: not renamed */
} ing_target;

typedef struct ing_month_column {
    cst_day month; /* its first day */
    const char *heading;
    int slot;
} ing_month_column;

enum { ING_GROUP = 5 };

typedef struct ing_plan {
    const ing_map *map;
    cst_reader *reader;
    ing_origin_of *origin; /* of the map's refs */
    ing_lookup *lookup[ING_LOOKUPS_MOST];
    int lookup_key[ING_LOOKUPS_MOST][ING_LOOKUP_KEYS]; /* refs */
    int all;       /* the lookup of which all rows of a key count; -1: none */
    bool *repeats; /* by ref: it comes from that lookup, or from one whose key does; NULL: there is none */
    int *priced, prices; /* targets that depend on discounts */
    const cst_identity *identity;
    const cst_filter *where;
    ing_target *target;
    int targets, written; /* the last ones are only read */
    /* targets by name; -1: not written */
    int at_account, at_currency, at_mrr, at_arr, at_start, at_end;
    int at_event, at_value;    /* of events */
    int at_stage, at_pipeline; /* of trials */
    int key[8], keys, key_if;  /* targets of the stream's key; keys 0: none */
    bool counts[ING_KINDS];
    int64_t past_due_days;   /* -1: until cancelled */
    ing_month_column *month; /* cube, ascending */
    int months;
    int group[ING_GROUP]; /* targets within which credits take back lines; -1: not written. Within the first
                           * two a credit may name a line */
    bool revenue;         /* the stream is subscriptions */
} ing_plan;

typedef struct ing_convert {
    const ing_plan *plan;
    cst_arena *scratch;
    ing_advisor advisor;
    cst_batch *batch;
    uint32_t row;
    int64_t found[ING_LOOKUPS_MOST]; /* row of each lookup; -2: not asked yet */
    const int64_t *given;            /* rows of the lookup `all` whose discounts are taken off, in turn */
    ing_transform_row view;
    ing_cell *cell;              /* per target */
    char (*room)[ING_CELL_ROOM]; /* per target */
    uint64_t line;               /* 0: not asked yet */
    ing_kind kind;               /* after CST_END: why it was set aside */
    bool has_amount;
    cst_money amount;    /* invoice lines: the amount to a millionth, for the totals, */
    cst_wide amount_num; /* and as it was read, num / den millionths */
    int64_t amount_den;
    bool cancelled;                 /* changes: by map.cancelled */
    cst_day pause_start, pause_end; /* within which nothing is paid; CST_DAY_NONE, INT32_MAX: none, open */
    cst_buffer line_key, credit_of; /* map.line and map.credit_of, packed; empty: missing */
    cst_day month;                  /* snapshot */
    cst_buffer was;                 /* snapshot: the names that --identity has changed */
    ing_currencies currencies;
    uint64_t rounded, shortened;
    uint64_t endless;                  /* discounts for a time, whose end no column says */
    uint64_t missed[ING_LOOKUPS_MOST]; /* keys brought by a lookup that an optional one has not */
} ing_convert;

cst_status ing_convert_open(ing_convert *c, const ing_plan *p, cst_error *e);
void ing_convert_close(ing_convert *c);
/* Converts one record into c->cell. CST_END: set aside, see c->kind. CST_DATA: rejected, see
 * c->view.reason; the error has the place. */
cst_status ing_convert_row(ing_convert *c, cst_batch *b, uint32_t row, cst_error *e);
/* Chooses a row of the lookup `all`: its columns, and those that they lead to, are this row's. -1: none. */
void ing_convert_choose(ing_convert *c, int64_t row);
/* Fills the columns that depend on discounts once more, with n of them: the rows `given` of the lookup `all`,
 * in turn; without one, the row's own (n is 0 or 1). */
cst_status ing_convert_price(ing_convert *c, const int64_t *given, int n, cst_error *e);
/* Fills these columns alone, of the record that ing_convert_row has just set aside. */
cst_status ing_convert_some(ing_convert *c, const int *target, int n, cst_error *e);
/* The MRR in one month column of a cube; an empty cell is 0. */
cst_status ing_convert_month(ing_convert *c, int month, cst_money *out, cst_error *e);
uint64_t ing_convert_line(ing_convert *c);     /* of the record's first byte */
ing_key ing_convert_key(const ing_convert *c); /* hash 0: the row has no key */
/* A message's list of the key's values: account_id "A-1", subscription_id "S-1". */
void ing_convert_key_text(const ing_convert *c, cst_buffer *b);

/* Sets the cell of a day that the shape or a rule of revenue made. */
void ing_convert_set_day(ing_convert *c, int target, cst_day d);
void ing_convert_set_money(ing_convert *c, int target, cst_money m);

/* plan.c: binds a map to an input: where each raw column comes from, which columns are written. */
/* The map is finished, the reader open, nothing read yet; the lookups of p->lookup are loaded. All that is
 * allocated lives in the map's arena. */
cst_status ing_plan_bind(ing_plan *p, ing_map *m, cst_reader *r, cst_error *e);
#endif
