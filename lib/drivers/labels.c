/* labels.c: days by account, counted, laid out, sorted; a question is one bisection. */
#include "drivers/labels.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/suggest.h"
#include "base/text.h"

struct columns {
    int account, day, name;
};

static cst_status bind_columns(const cst_table *t, const char *outcome, struct columns *c, cst_error *e)
{
    cst_status s = cst_table_bind(t, "account_id", CST_REQUIRED, &c->account, e);
    if (!s) s = cst_table_bind(t, "date", CST_OPTIONAL, &c->day, e);
    if (!s && c->day < 0) s = cst_table_bind(t, "effective_date", CST_OPTIONAL, &c->day, e);
    if (!s) s = cst_table_bind(t, "outcome", CST_OPTIONAL, &c->name, e);
    if (!s && c->name < 0) s = cst_table_bind(t, "movement", CST_OPTIONAL, &c->name, e);
    if (s) return s;
    cst_place place = {cst_table_file(t), 1, 0};
    if (c->day < 0)
        return cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a column date or effective_date in the labels, found none; name the day of the "
            "event so");
    if (outcome && c->name < 0)
        return cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a column outcome or movement, for --outcome %s, found none; leave --outcome out "
            "where every row counts",
            outcome);
    return CST_OK;
}

static cst_status refuse_name(const cst_table *t, int column, const char *outcome, cst_error *e)
{
    cst_intern *names = cst_intern_new();
    cst_buffer list = {0};
    for (size_t row = 0; names && row < cst_table_rows(t); row++) {
        cst_text name = cst_table_at(t, row, column);
        if (name.n) cst_intern_id(names, name);
    }
    uint32_t n = names ? cst_intern_count(names) : 0;
    cst_text *text = calloc(n + 1, sizeof *text);
    for (uint32_t i = 0; text && i < n; i++) text[i] = cst_intern_text(names, i);
    cst_buffer near = {0};
    if (text) cst_suggest_list(&list, text, n, 20);
    if (text) cst_suggest_add(&near, cst_text_of(outcome), text, n);
    cst_status s = cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(t), 0, 0}, NULL,
                               "expected rows of the outcome \"%s\", found none%s; there are %s", outcome,
                               cst_buffer_string(&near), n ? cst_buffer_string(&list) : "no names at all");
    free(text);
    cst_buffer_free(&list);
    cst_buffer_free(&near);
    cst_intern_free(names);
    return s;
}

/* Whether a row counts; its account and day. */
static cst_status take_row(const cst_table *t, size_t row, const struct columns *c, const char *outcome,
                           cst_labels *l, uint32_t *account, cst_day *day, bool *counts, cst_error *e)
{
    *counts = !outcome || cst_text_is(cst_table_at(t, row, c->name), outcome);
    if (!*counts) return CST_OK;
    cst_status s = cst_table_day(t, row, c->day, day, e);
    if (s < 0) return s;
    cst_text id = cst_table_at(t, row, c->account);
    if (s == CST_END || id.n == 0)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, s == CST_END ? c->day : c->account), NULL,
                           "expected an account and a day, found none; every label needs both");
    *account = cst_intern_id(l->accounts, id);
    return *account == CST_INTERN_NONE ? cst_fail(e, CST_MEMORY, "out of memory for the labels") : CST_OK;
}

static int compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

/* Sorts (account, day) pairs into l->day by counting. */
static cst_status lay_out(cst_labels *l, const uint32_t *account, const cst_day *day, cst_error *e)
{
    uint32_t accounts = cst_intern_count(l->accounts);
    l->day = calloc(l->n + 1, sizeof *l->day);
    l->begin = calloc((size_t)accounts + 2, sizeof *l->begin);
    if (!l->day || !l->begin) return cst_fail(e, CST_MEMORY, "out of memory for the labels");
    for (size_t i = 0; i < l->n; i++) l->begin[account[i] + 2]++;
    for (uint32_t a = 0; a < accounts; a++) l->begin[a + 2] += l->begin[a + 1];
    for (size_t i = 0; i < l->n; i++) l->day[l->begin[account[i] + 1]++] = day[i];
    for (uint32_t a = 0; a < accounts; a++)
        qsort(l->day + l->begin[a], l->begin[a + 1] - l->begin[a], sizeof *l->day, compare_days);
    return CST_OK;
}

cst_status cst_labels_read(const cst_table *t, const char *outcome, cst_labels *out, cst_error *e)
{
    struct columns c;
    *out = (cst_labels){.accounts = cst_intern_new()};
    size_t rows = cst_table_rows(t);
    uint32_t *account = calloc(rows + 1, sizeof *account);
    cst_day *day = calloc(rows + 1, sizeof *day);
    cst_status s = out->accounts && account && day ? bind_columns(t, outcome, &c, e)
                                                   : cst_fail(e, CST_MEMORY, "out of memory for the labels");
    for (size_t row = 0; !s && row < rows; row++) {
        bool counts;
        s = take_row(t, row, &c, outcome, out, &account[out->n], &day[out->n], &counts, e);
        out->n += !s && counts;
    }
    if (!s && out->n == 0 && outcome) s = refuse_name(t, c.name, outcome, e);
    if (!s) s = lay_out(out, account, day, e);
    free(account);
    free(day);
    return s;
}

void cst_labels_clear(cst_labels *l)
{
    cst_intern_free(l->accounts);
    free(l->day);
    free(l->begin);
    *l = (cst_labels){0};
}

bool cst_labels_within(const cst_labels *l, cst_text account, cst_day from, cst_day to)
{
    uint32_t id = cst_intern_find(l->accounts, account);
    if (id == CST_INTERN_NONE) return false;
    uint32_t low = l->begin[id], high = l->begin[id + 1], end = high; /* the first day past `from` */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (l->day[middle] <= from)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && l->day[low] <= to;
}
