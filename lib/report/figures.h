/* report/figures.h: the figures by period that other commands write, and what people call them. */
#ifndef CST_REPORT_FIGURES_H
#define CST_REPORT_FIGURES_H
#include "chart/chart.h"

typedef struct report_figure {
    const char *column, *title;
    chart_unit unit;
    bool whole; /* 100% is worth a line */
} report_figure;
/* A column that is not among them stands for itself. */
report_figure report_figure_find(const char *column);
#endif
