/* ledger/fx.c: per currency its rates in order of days; a rate is found by bisection. */
#include "ledger/fx.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

typedef struct fx_point {
    uint32_t currency;
    cst_day day;
    cst_rate rate;
    size_t row; /* of the table, for messages */
} fx_point;

struct cst_fx {
    cst_intern *currency;
    fx_point *point; /* by currency, then day */
    size_t points;
    char report[4];
    char file[512];
    int32_t max_age;
};

bool cst_currency_valid(cst_text t)
{
    if (t.n != 3) return false;
    for (uint32_t i = 0; i < 3; i++) {
        char c = t.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) return false;
    }
    return true;
}

static int compare_points(const void *a, const void *b)
{
    const fx_point *x = a, *y = b;
    if (x->currency != y->currency) return x->currency < y->currency ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static cst_status read_point(cst_fx *fx, const cst_table *t, size_t row, const int column[3], cst_error *e)
{
    fx_point *p = &fx->point[fx->points];
    cst_text currency = cst_table_at(t, row, column[0]), rate = cst_table_at(t, row, column[2]);
    if (!cst_currency_valid(currency))
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, column[0]), "currency",
                           "expected three letters, found \"%.*s\"; use the ISO 4217 code", (int)currency.n,
                           currency.p);
    cst_status status = cst_table_day(t, row, column[1], &p->day, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, column[1]), "date",
                           "expected a date, found nothing; say the day of the rate");
    if (status != CST_OK) return status;
    cst_decimal_status d = cst_rate_parse(rate, &p->rate);
    if (d == CST_DECIMAL_BAD || d == CST_DECIMAL_TOO_LARGE || p->rate <= 0)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t, row, column[2]), "rate",
            "expected a rate above 0 (units of the reporting currency for one), found \"%.*s\"; correct it",
            (int)rate.n, rate.p);
    p->currency = cst_intern_id(fx->currency, currency);
    if (p->currency == CST_INTERN_NONE) return cst_no_memory(e);
    p->row = row;
    fx->points++;
    return CST_OK;
}

static cst_status load_points(cst_fx *fx, const cst_table *t, cst_error *e)
{
    static const char *const names[3] = {"currency", "date", "rate"};
    int column[3];
    for (int i = 0; i < 3; i++) {
        cst_status status = cst_table_bind(t, names[i], CST_REQUIRED, &column[i], e);
        if (status != CST_OK) return status;
    }
    size_t rows = cst_table_rows(t);
    fx->currency = cst_intern_new();
    fx->point = calloc(rows ? rows : 1, sizeof *fx->point);
    if (!fx->currency || !fx->point) return cst_no_memory(e);
    for (size_t row = 0; row < rows; row++) {
        cst_status status = read_point(fx, t, row, column, e);
        if (status != CST_OK) return status;
    }
    if (fx->points > 1) qsort(fx->point, fx->points, sizeof *fx->point, compare_points);
    for (size_t i = 1; i < fx->points; i++) {
        const fx_point *p = &fx->point[i];
        if (p->currency != p[-1].currency || p->day != p[-1].day) continue;
        cst_text name = cst_intern_text(fx->currency, p->currency);
        return cst_fail_at(e, CST_DATA, cst_table_place(t, p->row, column[1]), "date",
                           "expected one rate a day, found a second for %.*s; keep one of them", (int)name.n,
                           name.p);
    }
    return CST_OK;
}

cst_status cst_fx_of(const cst_table *t, const char *report, int32_t max_age, cst_fx **out, cst_error *e)
{
    *out = NULL;
    if (!cst_currency_valid(cst_text_of(report)))
        return cst_fail(e, CST_USAGE,
                        "--report-currency: expected three letters, found \"%s\"; use the ISO 4217 code",
                        report);
    cst_fx *fx = calloc(1, sizeof *fx);
    if (!fx) return cst_no_memory(e);
    memcpy(fx->report, report, 4);
    fx->max_age = max_age;
    strncpy(fx->file, cst_table_file(t), sizeof fx->file - 1);
    cst_status status = load_points(fx, t, e);
    if (status == CST_OK)
        *out = fx;
    else
        cst_fx_free(fx);
    return status;
}

void cst_fx_free(cst_fx *fx)
{
    if (!fx) return;
    cst_intern_free(fx->currency);
    free(fx->point);
    free(fx);
}

const char *cst_fx_report(const cst_fx *fx)
{
    return fx->report;
}

/* The last point of `currency` on or before `day`; NULL: none. */
static const fx_point *find_point(const cst_fx *fx, uint32_t currency, cst_day day)
{
    size_t low = 0, high = fx->points;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const fx_point *p = &fx->point[middle];
        if (p->currency < currency || (p->currency == currency && p->day <= day))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && fx->point[low - 1].currency == currency ? &fx->point[low - 1] : NULL;
}

cst_status cst_fx_rate(const cst_fx *fx, cst_text currency, cst_day day, cst_rate *out, cst_error *e)
{
    if (cst_text_is(currency, fx->report)) {
        *out = CST_RATE_UNIT;
        return CST_OK;
    }
    uint32_t id = cst_intern_find(fx->currency, currency);
    const fx_point *p = id == CST_INTERN_NONE ? NULL : find_point(fx, id, day);
    if (p && (int64_t)day - p->day <= fx->max_age) {
        *out = p->rate;
        return CST_OK;
    }
    if (currency.n == 0)
        return cst_fail(
            e, CST_DATA,
            "expected a currency in every row that is converted (--fx), found none; fill the column "
            "currency");
    char wanted[CST_DAY_ROOM], found[CST_DAY_ROOM];
    cst_day_format(day, wanted);
    cst_place place = {.file = fx->file};
    if (!p)
        return cst_fail_at(
            e, CST_DATA, place, "rate",
            "expected a rate of %.*s on or before %s, found none; add it to the table of rates",
            (int)currency.n, currency.p, wanted);
    cst_day_format(p->day, found);
    return cst_fail_at(
        e, CST_DATA, place, "rate",
        "expected a rate of %.*s for %s at most %d days old, found the last one on %s; add a later one, or "
        "raise --fx-max-age",
        (int)currency.n, currency.p, wanted, fx->max_age, found);
}

cst_status cst_fx_mean(const cst_fx *fx, cst_text currency, cst_day first, cst_day last, cst_rate *out,
                       cst_error *e)
{
    cst_wide sum = 0;
    for (cst_day d = first; d <= last; d++) {
        cst_rate rate;
        cst_status status = cst_fx_rate(fx, currency, d, &rate, e);
        if (status != CST_OK) return status;
        sum += rate;
    }
    *out = (cst_rate)cst_wide_divide(sum, last - first + 1);
    return CST_OK;
}
