/* panel/inside.h: what a panel is made of; private to lib/panel. */
#ifndef CST_PANEL_INSIDE_H
#define CST_PANEL_INSIDE_H
#include "base/date.h"
#include "base/map.h"
#include "panel/feed.h"
#include "panel/history.h"

typedef enum {
    CST_COLUMN_ACCOUNT,
    CST_COLUMN_PERIOD,
    CST_COLUMN_ROW,
    CST_COLUMN_ATTRIBUTE
} cst_column_origin;

typedef struct cst_panel_column {
    cst_column_origin origin;
    uint32_t table; /* among the row tables */
    int index;      /* in the table; of a row table: in cst_feed_text, once needed */
    bool needed;
    int back; /* rows */
    int kept; /* place among the kept columns; -1: not kept */
} cst_panel_column;

/* What the context of a cst_row points to: the panel, so many rows before the current one. */
typedef struct cst_panel_view {
    cst_panel *panel;
    int back;
} cst_panel_view;

struct cst_panel {
    cst_panel_order order;
    cst_intern *accounts;
    cst_feed **feed;
    bool *here; /* the feed has a row at the current key */
    bool *more; /* it has not ended */
    size_t feeds;
    const cst_accounts *joined;
    uint32_t attribute_row; /* of the current account, once looked up */
    bool attribute_found;
    cst_panel_column *column;
    cst_text *name; /* NUL-ended */
    size_t columns, room;
    uint8_t *parsed; /* cst_parsed, by column, of the current row */
    double *number;
    cst_history *history;
    uint32_t *kept; /* columns */
    cst_kept *keep; /* values on the way into the history */
    size_t kepts;
    int depth;
    bool current; /* there is a current row */
    bool dropped; /* which is not kept */
    char period_text[CST_DAY_ROOM];
    cst_panel_key key;
    cst_panel_view view;
    cst_row row;
};

/* A column of the current row with what is known of it. */
cst_kept cst_panel_value(cst_panel *p, uint32_t column);

/* The callbacks of a row; the context is a cst_panel_view. */
cst_text cst_panel_view_text(void *context, uint32_t column);
cst_status cst_panel_view_number(void *context, uint32_t column, double *out);
cst_place cst_panel_view_place(void *context, uint32_t column);
#endif
