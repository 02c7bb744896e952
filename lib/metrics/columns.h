/* metrics/columns.h: a batch of a stream, column by column: numbers for accounts, names of events and texts,
 * the 8 bytes of the other slots. Columns are read one after the other, so that what is the same for a column
 * is decided once, and the slots of hash tables can be fetched ahead. */
#ifndef CST_METRICS_COLUMNS_H
#define CST_METRICS_COLUMNS_H
#include "base/intern.h"
#include "metrics/plan.h"

#define MET_LOOKS 64

/* What an event's name comes to. */
typedef struct met_event_kind {
    met_mask mask;  /* of the conditions by_event */
    uint32_t class; /* where that is all of them */
    uint32_t feature;
    int64_t first;                       /* the time of its first row that is kept; MET_TIME_NONE */
    bool known, use, empty;              /* known: judged */
    const struct cst_event_scale *scale; /* of its value; NULL: any number */
} met_event_kind;

typedef struct met_columns {
    const met_plan *plan;
    cst_intern *account, *text, *event;
    met_event_kind *kind; /* by number of an event's name */
    uint32_t kinds;
    size_t kind_room;
    int event_name;           /* of the plan's names; -1: no events */
    int value_name;           /* likewise, of the events' values, where they are read; else -1 */
    cst_text look[MET_LOOKS]; /* names of events, by a hash of their looks */
    uint32_t looked[MET_LOOKS];
    uint32_t rows, room;
    uint32_t *accounts, *events; /* by row; MET_FIELD_NO_TEXT: an empty field */
    cst_text *texts;             /* the last column's */
    uint64_t *value;             /* slots x rows; of strings nothing */
    cst_text *string;            /* strings of the plan x rows */
    bool *bad;                   /* by row: a field cannot be converted, or is empty and must not be */
} met_columns;

cst_status met_columns_open(met_columns *c, const met_plan *p, cst_error *e);
void met_columns_close(met_columns *c);
cst_status met_columns_read(met_columns *c, cst_batch *b, cst_error *e);

/* The value of slot i of the row that is looked at, converted by itself: what met_columns_read does for many,
 * and the error of a bad field. Strings and texts have none. */
cst_status met_column_value(const met_view *v, size_t i, uint64_t *out, cst_error *e);
#endif
