/* cohort/sheet.h: a triangle in the order it is printed, and its cells as figures. */
#ifndef CST_COHORT_SHEET_H
#define CST_COHORT_SHEET_H
#include "base/decimal.h"
#include "cohort/triangle.h"

/* What is printed: cohorts in order, and after those of a group the average where it is asked for. */
typedef struct cohort_sheet_row {
    const cohort_line *line; /* NULL: the weighted average of the rows before it, back to `first` */
    cst_text key;            /* the group; the label behind it where cohorts are labels */
    size_t first;            /* of an average: index of the group's first row */
    uint64_t size;
    uint32_t ages; /* that are reached by all */
} cohort_sheet_row;

typedef struct cohort_sheet {
    const cohort_triangle *triangle;
    const cohort_frame *frame;
    const cohort_input *in;
    cohort_sheet_row *row;
    size_t n;
    uint32_t ages;   /* most of any row */
    bool share;      /* cells are shares */
    uint64_t unripe; /* accounts of cohorts that are not complete, which are not printed */
} cohort_sheet;

cst_status cohort_sheet_of(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                           cohort_sheet *out, cst_error *e);
void cohort_sheet_free(cohort_sheet *s);

/* The sum of a cell. */
cst_wide cohort_sheet_sum(const cohort_sheet_row *r, uint32_t age);
/* The share of a cell; false: there is none (nothing to divide by). */
bool cohort_sheet_share(const cohort_sheet *s, const cohort_sheet_row *r, uint32_t age, cst_ratio *out);
/* The cohort's name: a label, or the name of its period; or "weighted_average". */
cst_text cohort_sheet_name(const cohort_sheet *s, const cohort_sheet_row *r, char room[CST_PERIOD_ROOM]);
bool cohort_measure_is_money(enum cohort_measure m);
const char *cohort_measure_name(enum cohort_measure m);

/* Says on standard error which accounts are in no cohort that is printed. */
void cohort_sheet_tell(const cohort_sheet *s);

/* A triangle for people, in a terminal. */
cst_status cohort_sheet_pretty(const cohort_sheet *s, cst_error *e);
#endif
