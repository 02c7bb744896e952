/* pick.c: see pick.h. */
#include "report/pick.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

cst_status report_pick_bind(report_pick *p, report_rows *r, const char *day, cst_error *e)
{
    const char *after = cst_reader_has(r->reader, "complete") ? "complete" : day;
    cst_status status = report_rows_want(r, day, REPORT_DAY, CST_REQUIRED, &p->day, e);
    if (status == CST_OK)
        status = report_rows_want(r, "period_start", REPORT_DAY, CST_OPTIONAL, &p->start, e);
    if (status == CST_OK)
        status = report_rows_want(r, "complete", REPORT_TEXT, CST_OPTIONAL, &p->complete, e);
    if (status == CST_OK) status = report_rows_want(r, "row", REPORT_TEXT, CST_OPTIONAL, &p->kind, e);
    if (status == CST_OK) status = report_rows_want_between(r, after, "row", &p->group, &p->groups, e);
    return status;
}

/* By day, totals first, then as they came. */
typedef struct picked {
    cst_day day;
    bool part;
    size_t row;
} picked;

static int compare(const void *a, const void *b)
{
    const picked *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->part != y->part) return x->part ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

static cst_status refuse_two(const report_rows *r, const picked *one, const picked *other, cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_day_format(one->day, day);
    return cst_fail_at(
        e, CST_DATA, report_place(r, other->row), NULL,
        "expected one row for the period that ends %s, found another one on line %llu; choose by "
        "--where, such as --where \"segment == 'SMB'\"",
        day, (unsigned long long)r->line[one->row]);
}

static cst_status refuse_day(cst_day first, cst_day last, cst_day found, cst_error *e)
{
    char from[CST_DAY_ROOM], to[CST_DAY_ROOM], day[CST_DAY_ROOM];
    cst_day_format(first, from);
    cst_day_format(last, to);
    cst_day_format(found, day);
    return cst_fail(e, CST_USAGE,
                    "--period: expected a day of one of the periods that end from %s to %s, found %s", from,
                    to, day);
}

cst_status report_pick_all(const report_pick *p, const report_rows *r, size_t **row, size_t *n, cst_error *e)
{
    picked *all = malloc((r->n + 1) * sizeof *all);
    cst_status status = all ? CST_OK : cst_no_memory(e);
    size_t rows = 0;
    *n = 0;
    *row = malloc((r->n + 1) * sizeof **row);
    if (status == CST_OK && !*row) status = cst_no_memory(e);
    for (size_t i = 0; i < r->n && status == CST_OK; i++) {
        cst_day day = report_day(r, i, p->day);
        if (day == CST_DAY_NONE)
            status =
                cst_fail_at(e, CST_DATA, report_place(r, i), NULL, "expected a date, found none; correct it");
        all[rows++] = (picked){day, !cst_text_is(report_text(r, i, p->kind), "total"), i};
    }
    if (status == CST_OK) qsort(all, rows, sizeof *all, compare);
    for (size_t i = 0; i < rows && status == CST_OK; i++) {
        bool again = i > 0 && all[i].day == all[i - 1].day;
        if (!again)
            (*row)[(*n)++] = all[i].row;
        else if (all[i].part == all[i - 1].part)
            status = refuse_two(r, &all[i - 1], &all[i], e);
        else
            while (i + 1 < rows && all[i + 1].day == all[i].day) i++; /* parts of the total */
    }
    free(all);
    if (status == CST_OK) return CST_OK;
    free(*row);
    *row = NULL;
    return status;
}

static bool holds(const report_pick *p, const report_rows *r, size_t row, cst_day day)
{
    cst_day start = report_day(r, row, p->start), end = report_day(r, row, p->day);
    return day == end || (start != CST_DAY_NONE && start <= day && day <= end);
}

cst_status report_pick_one(const report_pick *p, const report_rows *r, cst_day day, size_t *row, cst_error *e)
{
    size_t *all, n;
    cst_status status = report_pick_all(p, r, &all, &n, e);
    if (status != CST_OK) return status;
    size_t i = n;
    if (day == CST_DAY_NONE) {
        while (i > 0 && cst_text_is(report_text(r, all[i - 1], p->complete), "no")) i--;
        if (i == 0) i = n;
    } else {
        while (i > 0 && !holds(p, r, all[i - 1], day)) i--;
    }
    if (i > 0)
        *row = all[i - 1];
    else if (n == 0)
        status = CST_END;
    else
        status = refuse_day(report_day(r, all[0], p->day), report_day(r, all[n - 1], p->day), day, e);
    free(all);
    return status;
}

void report_pick_add_group(const report_pick *p, const report_rows *r, size_t row, cst_buffer *out)
{
    if (p->groups == 0 || cst_text_is(report_text(r, row, p->kind), "total")) return;
    cst_buffer_add_string(out, ", ");
    report_add_group(r, row, p->group, p->groups, out);
}

const report_rhythm *report_rhythm_of(int days)
{
    static const report_rhythm rhythms[] = {{REPORT_WEEKLY, "weekly", "weeks"},
                                            {REPORT_MONTHLY, "monthly", "months"},
                                            {REPORT_QUARTERLY, "quarterly", "quarters"},
                                            {REPORT_YEARLY, "yearly", "years"}};
    size_t i = 0;
    if (days <= 0) return NULL;
    while (days > rhythms[i].days) i++;
    return &rhythms[i];
}

cst_status report_make_empty(report_chart *c, const char *title, const char *sentence, cst_error *e)
{
    chart_column *column;
    cst_status status = report_chart_table(c, 1, 0, &column, e);
    if (status != CST_OK) return status;
    if (!report_new_texts(c, &column[0], "period")) return cst_no_memory(e);
    cst_buffer_add_string(&c->title, title);
    cst_buffer_add_string(&c->desc, sentence);
    chart_sentence(&c->drawing, cst_text_of(sentence));
    return CST_OK;
}
