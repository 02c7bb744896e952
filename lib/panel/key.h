/* panel/key.h: where a row of a panel stands: its account and period. Private to lib/panel. */
#ifndef CST_PANEL_KEY_H
#define CST_PANEL_KEY_H
#include "base/intern.h"
#include "base/memory.h"
#include "panel/panel.h"

typedef struct cst_panel_key {
    uint32_t account; /* in the panel's interner */
    cst_day period;
} cst_panel_key;

/* < 0, 0, > 0, in the order of the panel */
int cst_key_compare(const cst_intern *accounts, cst_panel_order order, cst_panel_key a, cst_panel_key b);

/* CST_DATA: the row at `place` has the key of the one at `first`. */
cst_status cst_key_repeated(const cst_intern *accounts, cst_panel_key key, cst_place place, cst_place first,
                            cst_error *e);
/* CST_DATA: the row at `place` stands after one with the key `before`, which it should precede. */
cst_status cst_key_misplaced(const cst_intern *accounts, cst_panel_order order, cst_panel_key key,
                             cst_panel_key before, cst_place place, cst_error *e);
#endif
