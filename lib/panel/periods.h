/* panel/periods.h: the distinct periods of some tables, in order: few, however many rows there are. */
#ifndef CST_PANEL_PERIODS_H
#define CST_PANEL_PERIODS_H
#include <cstools/base.h>

/* Zero-initialise it; free `day`. */
typedef struct cst_periods {
    cst_day *day; /* ascending */
    size_t n, room;
    size_t last; /* where the last one was found: rows of one period often follow each other */
} cst_periods;

bool cst_periods_add(cst_periods *p, cst_day day);
/* The first that is `day` or later: its index; n: none is. */
size_t cst_periods_from(const cst_periods *p, cst_day day);
#endif
