/* report/page_cohorts.c: "How do cohorts hold?": the triangle of retention as a table, and the curves
 * of survival. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = CHART_TRIANGLE_MOST };

struct triangle {
    report_page *p;
    const cst_table *t;
    int cohort, size, age, period, figure;
    size_t *first; /* the first row of each cohort of a day */
    size_t n;
    int oldest; /* the greatest age that is shown */
};

static bool bind(struct triangle *x)
{
    x->t = x->p->in[PAGE_COHORTS];
    x->cohort = report_page_column(x->t, "cohort");
    x->size = report_page_column(x->t, "size");
    x->age = report_page_column(x->t, "age");
    x->period = report_page_column(x->t, "period");
    x->figure = x->period + 1;
    return x->cohort >= 0 && x->age >= 0 && x->period >= 0 && x->figure < (int)cst_table_columns(x->t);
}

static int64_t age_at(const struct triangle *x, size_t row)
{
    chart_value v = report_page_value(x->t, row, x->age);
    return v == CHART_NONE ? -1 : v / CHART_ONE;
}

static cst_status find_cohorts(struct triangle *x, cst_error *e)
{
    x->first = calloc(cst_table_rows(x->t) + 1, sizeof *x->first);
    if (!x->first) return cst_no_memory(e);
    for (size_t i = 0; i < cst_table_rows(x->t); i++) {
        bool is_new =
            i == 0 || !cst_text_equal(cst_table_at(x->t, i, x->cohort), cst_table_at(x->t, i - 1, x->cohort));
        if (is_new && report_page_day(x->t, i, x->cohort) != CST_DAY_NONE) x->first[x->n++] = i;
        if (age_at(x, i) > x->oldest && age_at(x, i) <= MOST) x->oldest = (int)age_at(x, i);
    }
    return CST_OK;
}

static void put_cell(struct triangle *x, chart_value v)
{
    if (v == CHART_NONE) {
        report_put(x->p, "<td>");
        return;
    }
    int heat = chart_heat(v);
    char tag[24];
    snprintf(tag, sizeof tag, heat ? "<td class=%c%d>" : "<td>", heat > 0 ? 'a' : 'b',
             heat > 0 ? heat : -heat);
    report_put_cell(x->p, tag, chart_hundred(v));
}

static void put_cohort(struct triangle *x, size_t row)
{
    cst_text name = cst_table_at(x->t, row, x->cohort);
    cst_day day = report_page_day(x->t, row, x->cohort);
    report_put(x->p, "\n<tr><th>");
    if (day == CST_DAY_NONE)
        report_put_text(x->p, cst_text_is(name, "weighted_average")
                                  ? report_word(x->p, "cohorts.weighted_average")
                                  : name);
    else
        report_put(x->p, chart_month(day).s);
    report_put_cell(x->p, "<td>", chart_money(report_page_value(x->t, row, x->size)));
    size_t i = row;
    for (int age = 1; age <= x->oldest; age++) {
        while (i < cst_table_rows(x->t) && cst_text_equal(cst_table_at(x->t, i, x->cohort), name) &&
               age_at(x, i) < age)
            i++;
        bool here = i < cst_table_rows(x->t) && cst_text_equal(cst_table_at(x->t, i, x->cohort), name) &&
                    age_at(x, i) == age;
        put_cell(x, here ? report_page_value(x->t, i, x->figure) : CHART_NONE);
    }
}

static void put_triangle(struct triangle *x)
{
    report_page *p = x->p;
    size_t from = x->n > MOST ? x->n - MOST : 0;
    char left[24];
    snprintf(left, sizeof left, "%zu", from);
    report_put(p, "<div class=x><table class=tri><caption>");
    report_say(p, "cohorts.caption", "left", from ? left : "", NULL);
    report_put(p, "</caption><thead><tr><th>");
    report_put_text(p, report_word(p, "cohorts.cohort"));
    report_put(p, "<th>");
    report_put_text(p, report_word(p, "customers"));
    for (int age = 1; age <= x->oldest; age++) report_put_cell(p, "<th>", chart_money(age * CHART_ONE));
    report_put(p, "<tbody>");
    for (size_t i = from; i < x->n; i++) put_cohort(x, x->first[i]);
    for (size_t i = 0; i < cst_table_rows(x->t); i++) /* the averages, which are of no day */
        if (report_page_day(x->t, i, x->cohort) == CST_DAY_NONE &&
            (i == 0 ||
             !cst_text_equal(cst_table_at(x->t, i, x->cohort), cst_table_at(x->t, i - 1, x->cohort))))
            put_cohort(x, i);
    report_put(p, "\n</table></div>\n");
}

/* The average of all cohorts after a year and two, where the table has one. */
static void put_answer(struct triangle *x)
{
    chart_value year = CHART_NONE, two = CHART_NONE;
    int per_year = 0;
    if (x->n > 1) {
        cst_day a = report_page_day(x->t, x->first[0], x->cohort),
                b = report_page_day(x->t, x->first[1], x->cohort);
        per_year = b - a > 300 ? 1 : b - a > 80 ? 4 : b - a > 26 ? 12 : 0;
    }
    for (size_t i = 0; per_year && i < cst_table_rows(x->t); i++) {
        if (report_page_day(x->t, i, x->cohort) != CST_DAY_NONE) continue;
        if (age_at(x, i) == per_year) year = report_page_value(x->t, i, x->figure);
        if (age_at(x, i) == 2 * per_year) two = report_page_value(x->t, i, x->figure);
    }
    report_say(x->p, year == CHART_NONE ? "cohorts.plain" : "cohorts.answer", "year", chart_percent(year).s,
               "two", chart_percent(two).s, NULL);
    report_put(x->p, "\n");
}

/* A panel for each group, side by side. */
static cst_status put_survival(report_page *p, cst_error *e)
{
    cst_status status = CST_OK;
    size_t panels = 1;
    report_put(p, "<h3>");
    report_put_text(p, report_word(p, "cohorts.survival"));
    report_put(p, "</h3><div class=three>");
    for (size_t k = 1; k <= panels && status == CST_OK; k++)
        status = report_put_chart(p, report_make_survival, p->o->survival, k, &panels, e);
    report_put(p, "</div>");
    return status;
}

cst_status report_page_cohorts(report_page *p, cst_error *e)
{
    struct triangle x = {.p = p};
    cst_status status = CST_OK;
    if (!p->in[PAGE_COHORTS] && !p->in[PAGE_SURVIVAL]) {
        report_no_input(p, "table of cohorts");
        return CST_OK;
    }
    if (!p->in[PAGE_COHORTS])
        report_say(p, "no-input", "input", "table of cohorts", NULL);
    else if (!bind(&x))
        status = cst_fail_at(
            e, CST_DATA, (cst_place){cst_table_file(x.t), 1, 0}, NULL,
            "expected the columns cohort, age and period and a figure behind them, found others; --cohorts "
            "is the long table of cs-cohort");
    else
        status = find_cohorts(&x, e);
    if (status == CST_OK && x.t) {
        put_answer(&x);
        put_triangle(&x);
    }
    free(x.first);
    if (status == CST_OK && p->in[PAGE_SURVIVAL]) status = put_survival(p, e);
    report_end_section(p);
    return status;
}
