/* happened.c: one list of column names for each of the two questions, so that what other commands write can
 * be taken as it is. */
#include "panel/happened.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"

static const char *const days[] = {"date", "effective_date", "due_date", "event_time", NULL};
static const char *const names[] = {"outcome", "movement", "status", "event", NULL};
enum { EVENT_TIME = 3 };

/* The index in the list of the first column that the table has; -1: none of them. */
static cst_status bind_first(const cst_table *t, const char *const *list, int *column, int *which,
                             cst_error *e)
{
    *column = *which = -1;
    cst_status status = CST_OK;
    for (int i = 0; status == CST_OK && *column < 0 && list[i]; i++) {
        status = cst_table_bind(t, list[i], CST_OPTIONAL, column, e);
        if (status == CST_OK && *column >= 0) *which = i;
    }
    return status;
}

cst_status cst_happened_bind(const cst_table *t, const char *outcome, const char *day_column,
                             cst_happened *out, cst_error *e)
{
    const char *const one[] = {day_column, NULL};
    int day, name;
    *out = (cst_happened){.table = t, .account = -1, .day = -1, .name = -1};
    cst_status status = cst_table_bind(t, "account_id", CST_REQUIRED, &out->account, e);
    if (status == CST_OK && day_column) status = cst_table_bind(t, day_column, CST_REQUIRED, &out->day, e);
    if (status == CST_OK) status = bind_first(t, day_column ? one : days, &out->day, &day, e);
    if (status == CST_OK) status = bind_first(t, names, &out->name, &name, e);
    if (status != CST_OK) return status;
    out->timed = day_column ? strcmp(day_column, days[EVENT_TIME]) == 0 : day == EVENT_TIME;
    cst_place place = {cst_table_file(t), 1, 0};
    if (out->day < 0)
        return cst_fail_at(e, CST_DATA, place, NULL,
                           "expected a column date, effective_date, due_date or event_time, found none; name "
                           "the day on which it happened so");
    if (outcome && out->name < 0)
        return cst_fail_at(e, CST_DATA, place, NULL,
                           "expected a column outcome, movement, status or event, for --outcome %s, found "
                           "none; leave --outcome out where every row counts",
                           outcome);
    return CST_OK;
}

bool cst_happened_counts(const cst_happened *h, size_t row, const char *outcome)
{
    if (h->keep && !h->keep[row]) return false;
    return !outcome || cst_text_is(cst_table_at(h->table, row, h->name), outcome);
}

cst_status cst_happened_day(const cst_happened *h, size_t row, cst_day *out, cst_error *e)
{
    if (!h->timed) return cst_table_day(h->table, row, h->day, out, e);
    cst_text t = cst_table_at(h->table, row, h->day);
    cst_instant at;
    if (t.n == 0) return CST_END;
    if (!cst_instant_parse(t, &at))
        return cst_fail_at(e, CST_DATA, cst_table_place(h->table, row, h->day), days[EVENT_TIME],
                           "expected a time like 2024-01-31T12:00:00Z, found \"%.*s\"; correct it",
                           t.n > 60 ? 60 : (int)t.n, t.p);
    *out = cst_instant_day(at);
    return CST_OK;
}

cst_status cst_happened_read(const cst_happened *h, size_t row, cst_text *account, cst_day *day, cst_error *e)
{
    cst_status status = cst_happened_day(h, row, day, e);
    if (status < 0) return status;
    *account = cst_table_at(h->table, row, h->account);
    if (status == CST_OK && account->n > 0) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_table_place(h->table, row, status == CST_END ? h->day : h->account),
                       NULL, "expected an account and a day, found none; every label needs both");
}

/* The names of the rows, each once, in the order of the rows; `unnamed` stands for no name, NULL leaves it
 * out. */
typedef struct known_names {
    cst_intern *set;
    cst_text *text;
    uint32_t n;
} known_names;

static cst_status list_names(const cst_happened *h, const char *unnamed, known_names *out, cst_error *e)
{
    *out = (known_names){.set = cst_intern_new()};
    for (size_t row = 0; out->set && row < cst_table_rows(h->table); row++) {
        cst_text name = cst_table_at(h->table, row, h->name);
        if (h->keep && !h->keep[row]) continue;
        if (!name.n && unnamed) name = cst_text_of(unnamed);
        if (name.n && cst_intern_id(out->set, name) == CST_INTERN_NONE) return cst_no_memory(e);
    }
    if (out->set) out->n = cst_intern_count(out->set);
    out->text = calloc((size_t)out->n + 1, sizeof *out->text);
    if (!out->set || !out->text) return cst_no_memory(e);
    for (uint32_t i = 0; i < out->n; i++) out->text[i] = cst_intern_text(out->set, i);
    return CST_OK;
}

static void clear_names(known_names *k)
{
    cst_intern_free(k->set);
    free(k->text);
}

cst_status cst_happened_settle(const cst_happened *h, const char *outcome, cst_error *e)
{
    known_names known;
    cst_buffer list = {0};
    if (outcome || h->name < 0) return CST_OK;
    cst_status status = list_names(h, "(none)", &known, e);
    if (status == CST_OK && known.n > 1) {
        cst_text column = cst_table_name(h->table, (size_t)h->name);
        cst_suggest_list(&list, known.text, known.n, 20);
        status =
            cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(h->table), 0, 0}, NULL,
                        "expected rows of one %.*s, found %u: %s; name the one that counts with --outcome",
                        (int)column.n, column.p, (unsigned)known.n, cst_buffer_string(&list));
        if (list.failed) status = cst_no_memory(e);
    }
    cst_buffer_free(&list);
    clear_names(&known);
    return status;
}

cst_status cst_happened_refuse(const cst_happened *h, const char *outcome, cst_error *e)
{
    known_names known;
    cst_buffer list = {0}, near = {0};
    cst_status status = list_names(h, NULL, &known, e);
    if (status == CST_OK) {
        cst_suggest_list(&list, known.text, known.n, 20);
        cst_suggest_add(&near, cst_text_of(outcome), known.text, known.n);
        status = cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(h->table), 0, 0}, NULL,
                             "expected rows of the outcome \"%s\", found none%s; there are %s; see --outcome",
                             outcome, cst_buffer_string(&near),
                             known.n ? cst_buffer_string(&list) : "no names at all");
        if (list.failed || near.failed) status = cst_no_memory(e);
    }
    cst_buffer_free(&list);
    cst_buffer_free(&near);
    clear_names(&known);
    return status;
}
