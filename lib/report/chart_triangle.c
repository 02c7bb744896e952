/* chart_triangle.c: a triangle of cs-cohort, long or wide, as a chart. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"
#include <stdlib.h>

enum { AGES_MOST = 10000 };

/* What a cell may be, the first that the table has; the others hold no shares. */
static const struct measure {
    const char *column, *title, *of;
} measures[] = {
    {"share", "Retention", "the cohort at its start"},
    {"nrr", "Net revenue retention", "the cohort\xE2\x80\x99s first revenue"},
    {"grr", "Gross revenue retention", "the cohort\xE2\x80\x99s first revenue"},
};
enum { MEASURES = sizeof measures / sizeof *measures };

typedef struct report_triangle {
    report_chart *c;
    int cohort, size, age, period, value, group;
    size_t groups;
    const struct measure *measure;
    int first_age; /* of a wide table: the column of age 0 */
    size_t wide;   /* how many ages it has; 0: a long table */
    size_t cohorts, ages;
    bool total;  /* the last cohort is all of them */
    size_t *row; /* the first row of each cohort */
} report_triangle;

static cst_status bind_wide(report_triangle *t, cst_error *e)
{
    char name[24];
    cst_status status = CST_OK;
    t->measure = &measures[0];
    for (; status == CST_OK && t->wide < AGES_MOST; t->wide++) {
        int column;
        snprintf(name, sizeof name, "age_%zu", t->wide);
        if (!cst_reader_has(t->c->rows.reader, name)) break;
        status = report_rows_want(&t->c->rows, name, REPORT_VALUE, CST_REQUIRED, &column, e);
        if (t->wide == 0) t->first_age = column;
    }
    return status;
}

static cst_status bind_long(report_triangle *t, cst_error *e)
{
    report_rows *r = &t->c->rows;
    cst_status status = report_rows_want(r, "age", REPORT_VALUE, CST_REQUIRED, &t->age, e);
    if (status == CST_OK) status = report_rows_want(r, "period", REPORT_DAY, CST_OPTIONAL, &t->period, e);
    for (size_t i = 0; i < MEASURES && status == CST_OK && !t->measure; i++) {
        if (!cst_reader_has(r->reader, measures[i].column)) continue;
        t->measure = &measures[i];
        status = report_rows_want(r, measures[i].column, REPORT_VALUE, CST_REQUIRED, &t->value, e);
    }
    if (status == CST_OK && !t->measure)
        status = cst_fail_at(e, CST_DATA, (cst_place){report_file(r), 1, 0}, NULL,
                             "expected a column share, nrr or grr, found none; run cs-cohort with --share");
    return status;
}

static cst_status bind(report_triangle *t, cst_error *e)
{
    report_rows *r = &t->c->rows;
    cst_status status = report_rows_want(r, "cohort", REPORT_TEXT, CST_REQUIRED, &t->cohort, e);
    if (status == CST_OK) status = report_rows_want(r, "size", REPORT_VALUE, CST_REQUIRED, &t->size, e);
    if (status == CST_OK) status = report_rows_want_between(r, NULL, "cohort", &t->group, &t->groups, e);
    if (status == CST_OK) status = cst_reader_has(r->reader, "age_0") ? bind_wide(t, e) : bind_long(t, e);
    return status;
}

/* Rows of one cohort follow one another. Finds the first of each, and the last age. */
static cst_status find_cohorts(report_triangle *t, cst_error *e)
{
    const report_rows *r = &t->c->rows;
    t->row = malloc((r->n + 1) * sizeof *t->row);
    if (!t->row) return cst_no_memory(e);
    for (size_t i = 0; i < r->n; i++) {
        chart_value age = t->wide ? 0 : report_value(r, i, t->age);
        if (!report_same_group(r, 0, i, t->group, t->groups))
            return cst_fail_at(e, CST_DATA, report_place(r, i), NULL,
                               "expected one group, found another one than on line %llu; choose by --where",
                               (unsigned long long)r->line[0]);
        if (age < 0 || age % CHART_ONE != 0 || age >= AGES_MOST * CHART_ONE)
            return cst_fail_at(e, CST_DATA, report_place(r, i), "age",
                               "expected a whole number from 0 to %d; correct it", AGES_MOST - 1);
        if (i == 0 || t->wide ||
            !cst_text_equal(report_text(r, i, t->cohort), report_text(r, i - 1, t->cohort)))
            t->row[t->cohorts++] = i;
        if (!t->wide && (size_t)(age / CHART_ONE) > t->ages) t->ages = (size_t)(age / CHART_ONE);
    }
    if (t->wide) t->ages = t->wide - 1;
    t->total =
        t->cohorts > 0 && cst_text_is(report_text(r, t->row[t->cohorts - 1], t->cohort), "weighted_average");
    return CST_OK;
}

static chart_value cell_at(const report_triangle *t, size_t cohort, size_t age)
{
    const report_rows *r = &t->c->rows;
    if (t->wide) return report_value(r, t->row[cohort], t->first_age + (int)age);
    size_t end = cohort + 1 < t->cohorts ? t->row[cohort + 1] : r->n;
    for (size_t i = t->row[cohort]; i < end; i++)
        if (report_value(r, i, t->age) == (chart_value)age * CHART_ONE) return report_value(r, i, t->value);
    return CHART_NONE;
}

/* Cells of age 0 are 1 where they are shares; accounts or amounts would be something else. */
static cst_status check_shares(const report_triangle *t, cst_error *e)
{
    for (size_t i = 0; i < t->cohorts; i++) {
        chart_value v = cell_at(t, i, 0);
        if (v == CHART_NONE || v == CHART_ONE || !t->wide) continue;
        return cst_fail_at(
            e, CST_DATA, report_place(&t->c->rows, t->row[i]), "age_0",
            "expected a share, 1.000000 at age 0, found %s; run cs-cohort with --share, or with "
            "--measure nrr",
            chart_decimals(v, 0, 6).s);
    }
    return CST_OK;
}

static cst_day cohort_day(const report_triangle *t, size_t cohort)
{
    cst_day day;
    return cst_day_parse(report_text(&t->c->rows, t->row[cohort], t->cohort), &day) ? day : CST_DAY_NONE;
}

/* The least distance between two cohorts. */
static const report_rhythm *rhythm_of_cohorts(const report_triangle *t)
{
    int least = 0;
    for (size_t i = 1; i < t->cohorts; i++) {
        cst_day a = cohort_day(t, i - 1), b = cohort_day(t, i);
        if (a == CST_DAY_NONE || b == CST_DAY_NONE || b <= a) continue;
        if (least == 0 || b - a < least) least = b - a;
    }
    return report_rhythm_of(least);
}

/* The distance from age 0 to age 1, where the table says it. */
static const report_rhythm *rhythm_of_ages(const report_triangle *t)
{
    const report_rows *r = &t->c->rows;
    for (size_t i = 1; !t->wide && i < r->n; i++) {
        cst_day a = report_day(r, i - 1, t->period), b = report_day(r, i, t->period);
        if (a != CST_DAY_NONE && b != CST_DAY_NONE && b > a) return report_rhythm_of(b - a);
    }
    return NULL;
}

/* A cohort's name: a quarter as a quarter, a month as a month, any other value as it stands. */
static bool name_cohort(report_triangle *t, size_t cohort, const report_rhythm *rhythm, cst_text *out)
{
    cst_day day = cohort_day(t, cohort);
    cst_text name = report_text(&t->c->rows, t->row[cohort], t->cohort);
    cst_buffer b = {0};
    if (t->total && cohort + 1 == t->cohorts)
        cst_buffer_add_string(&b, "All");
    else if (day == CST_DAY_NONE || !rhythm)
        chart_add_name(&b, name, REPORT_NAME_MOST);
    else if (rhythm->days == REPORT_MONTHLY)
        cst_buffer_add_string(&b, chart_month(day).s);
    else if (rhythm->days == REPORT_QUARTERLY)
        cst_buffer_add_string(&b, chart_quarter(day).s);
    else if (rhythm->days == REPORT_YEARLY)
        cst_buffer_add_string(&b, chart_year(day).s);
    else
        cst_buffer_add_string(&b, chart_day(day).s);
    bool ok = report_keep(t->c, &b, out);
    cst_buffer_free(&b);
    return ok;
}

static cst_status fill(report_triangle *t, cst_error *e)
{
    report_chart *c = t->c;
    chart_column *column;
    const report_rhythm *rhythm = rhythm_of_cohorts(t);
    cst_status status = report_chart_table(c, t->ages + 2, t->cohorts, &column, e);
    if (status != CST_OK) return status;
    cst_text *name = report_new_texts(c, &column[0], "cohort");
    chart_value *size = report_new_values(c, &column[1], "size", CHART_COUNT);
    if (!name || !size) return cst_no_memory(e);
    for (size_t i = 0; i < t->cohorts; i++) {
        if (!name_cohort(t, i, rhythm, &name[i])) return cst_no_memory(e);
        size[i] = report_value(&c->rows, t->row[i], t->size);
    }
    for (size_t age = 1; age <= t->ages; age++) {
        char *head = cst_arena_alloc(c->arena, 24);
        chart_value *v = report_new_values(c, &column[age + 1], head, CHART_PERCENT);
        if (!head || !v) return cst_no_memory(e);
        snprintf(head, 24, "+%zu", age);
        for (size_t i = 0; i < t->cohorts; i++) v[i] = cell_at(t, i, age);
    }
    return CST_OK;
}

static void draw(report_triangle *t)
{
    report_chart *c = t->c;
    const report_rhythm *cohorts = rhythm_of_cohorts(t), *ages = rhythm_of_ages(t);
    if (!ages && t->wide) ages = cohorts;
    cst_buffer heads = {0}, note = {0};
    cst_buffer_printf(&heads, "%s after the first", ages ? ages->many : "periods");
    cst_buffer_printf(
        &note, "Per cent of %s. White: 100; blue above, orange below; steps at 1, 5, 15 and 30 points.",
        t->measure->of);
    cst_buffer_printf(&c->title, "%s by %s%scohort", t->measure->title, cohorts ? cohorts->each : "",
                      cohorts ? " " : "");
    if (t->groups > 0 && t->cohorts > 0) {
        cst_buffer_add_string(&c->title, ", ");
        report_add_group(&c->rows, 0, t->group, t->groups, &c->title);
    }
    size_t n = t->cohorts - t->total;
    cst_buffer_printf(&c->desc, "Per cent of %s, by %s since; %zu cohort%s", t->measure->of,
                      ages ? ages->many : "periods", n, n == 1 ? "" : "s");
    if (n > 0) {
        cst_text first = c->table.column[0].text[0], last = c->table.column[0].text[n - 1];
        cst_buffer_printf(&c->desc, ", %.*s to %.*s", (int)first.n, first.p, (int)last.n, last.p);
    }
    cst_buffer_add_char(&c->desc, '.');
    chart_triangle_words w = {cst_text_of("Cohort"), cst_text_of("Size"), report_text_of(&heads),
                              report_text_of(&note)};
    chart_triangle(&c->drawing, &c->table, t->total, &w);
    c->drawing.body.failed |= heads.failed || note.failed;
    cst_buffer_free(&heads);
    cst_buffer_free(&note);
}

cst_status report_make_triangle(report_chart *c, cst_error *e)
{
    report_triangle t = {.c = c, .age = -1, .period = -1, .value = -1};
    cst_status status = report_chart_open(c, "cs-cohort writes such a table", e);
    if (status == CST_OK) status = bind(&t, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = find_cohorts(&t, e);
    if (status == CST_OK && t.cohorts == 0)
        status = report_make_empty(c, "Retention by cohort", "No cohort yet.", e);
    else {
        if (status == CST_OK) status = check_shares(&t, e);
        if (status == CST_OK) status = fill(&t, e);
        if (status == CST_OK) draw(&t);
    }
    free(t.row);
    return status;
}
