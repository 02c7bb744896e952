/* metrics/columns.c: see columns.h. Events of one day tend to stand together: a time that begins with the day
 * of the row before has only its clock read. A row with a field that cannot be read is marked, and looked at
 * again by itself for the message. */
#include "metrics/columns.h"
#include "base/date.h"
#include "base/digits.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "metrics/field.h"
#include <stdlib.h>
#include <string.h>

cst_status met_columns_open(met_columns *c, const met_plan *p, cst_error *e)
{
    *c = (met_columns){.plan = p, .event_name = -1, .value_name = -1};
    c->account = cst_intern_new();
    c->text = cst_intern_new();
    c->event = cst_intern_new();
    if (!c->account || !c->text || !c->event) return cst_no_memory(e);
    for (size_t i = 0; i < p->names && p->from == MET_FROM_EVENTS; i++)
        if (c->event_name < 0 && cst_text_is(p->text[i], "event")) c->event_name = (int)i;
    for (size_t i = 0; i < p->names && p->from == MET_FROM_EVENTS; i++)
        if (c->value_name < 0 && p->name[i].needed && cst_text_is(p->text[i], "value"))
            c->value_name = (int)i;
    return CST_OK;
}

void met_columns_close(met_columns *c)
{
    cst_intern_free(c->account);
    cst_intern_free(c->text);
    cst_intern_free(c->event);
    free(c->kind);
    free(c->accounts);
    free(c->events);
    free(c->texts);
    free(c->value);
    free(c->string);
    free(c->bad);
    *c = (met_columns){0};
}

static bool make_room(met_columns *c, uint32_t rows)
{
    if (rows <= c->room) return true;
    size_t n = rows, strings = 1;
    for (const int *i = c->plan->of_kind[MET_SLOT_STRING]; *i >= 0; i++) strings++;
    bool ok = cst_resize(&c->accounts, n, sizeof *c->accounts) &&
              cst_resize(&c->events, n, sizeof *c->events) && cst_resize(&c->texts, n, sizeof *c->texts) &&
              cst_resize(&c->bad, n, sizeof *c->bad) &&
              cst_resize(&c->value, (c->plan->slots + 1) * n, sizeof *c->value) &&
              cst_resize(&c->string, strings * n, sizeof *c->string);
    if (ok) c->room = rows;
    return ok;
}

/* The kinds of events up to the newest name are known after this. */
static cst_status learn_events(met_columns *c, cst_error *e)
{
    uint32_t n = cst_intern_count(c->event);
    if (n <= c->kinds) return CST_OK;
    if (!cst_grow(&c->kind, &c->kind_room, n, sizeof *c->kind)) return cst_no_memory(e);
    for (; c->kinds < n; c->kinds++) {
        cst_text name = cst_intern_text(c->event, c->kinds);
        c->kind[c->kinds] = (met_event_kind){.first = MET_TIME_NONE,
                                             .feature = cst_features_find(c->plan->features, name),
                                             .use = cst_features_is_use(c->plan->features, name),
                                             .scale = cst_event_scale_find(name)};
    }
    return CST_OK;
}

/* Names of events are few: the one seen last of those that look alike at a glance is it, as a rule. */
static cst_status read_events(met_columns *c, cst_batch *b, cst_error *e)
{
    int slot = c->plan->name[c->event_name].column;
    cst_texts_at(b, slot, c->texts);
    for (uint32_t r = 0; r < c->rows; r++) {
        cst_text t = c->texts[r];
        if (!t.n) {
            c->events[r] = MET_FIELD_NO_TEXT;
            continue;
        }
        unsigned look =
            (unsigned)(t.n * 7u + (unsigned char)t.p[0] * 31u + (unsigned char)t.p[t.n - 1]) % MET_LOOKS;
        if (!cst_text_equal(t, c->look[look])) {
            c->looked[look] = cst_intern_id(c->event, t);
            if (c->looked[look] == CST_INTERN_NONE) return cst_no_memory(e);
            c->look[look] = cst_intern_text(c->event, c->looked[look]);
        }
        c->events[r] = c->looked[look];
    }
    return learn_events(c, e);
}

static cst_status read_accounts(met_columns *c, cst_batch *b, cst_error *e)
{
    int slot = c->plan->name[c->plan->account].column;
    cst_texts_at(b, slot, c->texts);
    if (!cst_intern_ids(c->account, c->texts, c->accounts, c->rows)) return cst_no_memory(e);
    for (uint32_t r = 0; r < c->rows; r++)
        if (!c->texts[r].n) c->accounts[r] = MET_FIELD_NO_TEXT;
    return CST_OK;
}

/* The texts of a column of the file, or of what is joined by the event's name. */
static void list_texts(const met_columns *c, cst_batch *b, uint32_t name, cst_text *out)
{
    const met_name *from = &c->plan->name[name];
    met_view v = {.plan = c->plan, .batch = b};
    if (from->from == MET_NAME_COLUMN) {
        cst_texts_at(b, from->column, out);
        return;
    }
    for (uint32_t r = 0; r < c->rows; r++) {
        uint32_t event = c->event_name < 0 ? MET_FIELD_NO_TEXT : c->events[r];
        v.row = r;
        v.feature = event == MET_FIELD_NO_TEXT ? CST_FEATURE_NONE : c->kind[event].feature;
        v.use = event != MET_FIELD_NO_TEXT && c->kind[event].use;
        out[r] = met_view_text(&v, name);
    }
}

static cst_status read_texts(met_columns *c, cst_batch *b, size_t i, uint64_t *value, cst_error *e)
{
    list_texts(c, b, c->plan->slot[i].name, c->texts);
    for (uint32_t r = 0; r < c->rows; r++) {
        value[r] = UINT64_MAX;
        if (!c->texts[r].n) continue;
        uint32_t id = cst_intern_id(c->text, c->texts[r]);
        if (id == CST_INTERN_NONE) return cst_no_memory(e);
        value[r] = id;
    }
    return CST_OK;
}

/* YYYY-MM-DDTHH:MM:SSZ whose day is `date`; false: something else. */
static bool read_clock(cst_text t, const char *date, int64_t *micros)
{
    uint32_t seconds;
    if (t.n != 20 || memcmp(t.p, date, 10) != 0 || !cst_digits_utc(t.p + 10, &seconds)) return false;
    *micros = (int64_t)seconds * 1000000;
    return true;
}

static void read_times(met_columns *c, size_t i, uint64_t *value)
{
    static const char none[10] = {0};
    const char *date = none; /* the day of the row read last, */
    int64_t day = 0;         /* and its first microsecond */
    bool required = c->plan->slot[i].required;
    for (uint32_t r = 0; r < c->rows; r++) {
        cst_text t = c->texts[r];
        int64_t clock;
        if (read_clock(t, date, &clock)) {
            value[r] = (uint64_t)(day + clock);
            continue;
        }
        cst_status status = met_field_convert(t, MET_SLOT_TIME, &value[r], NULL);
        c->bad[r] |= status < 0 || (status == CST_END && required);
        if (status != CST_OK || t.n != 20 || t.p[19] != 'Z') continue;
        date = t.p;
        day = cst_day_instant(cst_instant_day((int64_t)value[r]));
    }
}

static cst_status read_values(met_columns *c, cst_batch *b, size_t i, uint64_t *value, cst_error *e)
{
    const met_slot *slot = &c->plan->slot[i];
    met_name_from from = c->plan->name[slot->name].from;
    if (from == MET_NAME_DAY || from == MET_NAME_HOURS) {
        met_view v = {.plan = c->plan, .batch = b};
        cst_error why = {0};
        for (; v.row < c->rows; v.row++) c->bad[v.row] |= met_column_value(&v, i, &value[v.row], &why) < 0;
        return CST_OK;
    }
    if (slot->kind == MET_SLOT_TEXT) return read_texts(c, b, i, value, e);
    list_texts(c, b, slot->name, c->texts);
    if (slot->kind == MET_SLOT_TIME) {
        read_times(c, i, value);
        return CST_OK;
    }
    for (uint32_t r = 0; r < c->rows; r++) {
        double number;
        if (slot->kind == MET_SLOT_NUMBER && cst_number_parse(c->texts[r], &number)) {
            value[r] = met_field_of_double(number);
            continue;
        }
        cst_status status = met_field_convert(c->texts[r], slot->kind, &value[r], NULL);
        c->bad[r] |= status < 0 || (status == CST_END && slot->required);
    }
    return CST_OK;
}

cst_status met_columns_read(met_columns *c, cst_batch *b, cst_error *e)
{
    const met_plan *p = c->plan;
    if (!make_room(c, cst_batch_rows(b))) return cst_no_memory(e);
    c->rows = cst_batch_rows(b);
    memset(c->bad, 0, c->rows * sizeof *c->bad);
    cst_status status = read_accounts(c, b, e);
    if (status == CST_OK && c->event_name >= 0) status = read_events(c, b, e);
    cst_text *string = c->string;
    for (size_t i = 0; i < p->slots && status == CST_OK; i++) {
        if (p->slot[i].kind != MET_SLOT_STRING) {
            status = read_values(c, b, i, c->value + i * c->rows, e);
            continue;
        }
        list_texts(c, b, p->slot[i].name, string);
        string += c->rows;
    }
    return status;
}

static cst_status convert_time(const met_view *v, uint32_t name, uint64_t *out, cst_error *e)
{
    cst_status status = met_field_convert(met_view_text(v, name), MET_SLOT_TIME, out, e);
    return status < 0 ? cst_error_place(e, met_view_place(v, name), v->plan->text[name].p) : CST_OK;
}

/* A date without a clock: the ticket was closed some time that day, and counts as closed at its end, if the
 * event has a clock. */
static bool is_closed_by_day(const met_view *v, uint32_t closed)
{
    const uint32_t day = sizeof "2024-01-31" - 1;
    return met_view_text(v, closed).n == day && met_view_text(v, v->plan->slot[v->plan->seen].name).n > day;
}

/* The UTC day of an event, as a number; or the hours from it to closed_at, missing where that is or lies
 * before it. */
static cst_status make_value(const met_view *v, met_name_from from, uint64_t *out, cst_error *e)
{
    uint64_t t, closed = (uint64_t)MET_TIME_NONE;
    double number = NAN;
    cst_status status = convert_time(v, v->plan->slot[v->plan->seen].name, &t, e);
    for (uint32_t i = 0; i < v->plan->names && status == CST_OK && from == MET_NAME_HOURS; i++) {
        if (!cst_text_is(v->plan->text[i], "closed_at")) continue;
        status = convert_time(v, i, &closed, e);
        if (is_closed_by_day(v, i)) closed += (uint64_t)INT64_C(86400000000);
    }
    if (status != CST_OK) return status;
    if (from == MET_NAME_DAY)
        number = (double)cst_instant_day((int64_t)t);
    else if ((int64_t)closed >= (int64_t)t)
        number = (double)((int64_t)closed - (int64_t)t) / 3.6e9;
    *out = met_field_of_double(number);
    return CST_OK;
}

cst_status met_column_value(const met_view *v, size_t i, uint64_t *out, cst_error *e)
{
    const met_slot *slot = &v->plan->slot[i];
    met_name_from from = v->plan->name[slot->name].from;
    if (from == MET_NAME_DAY || from == MET_NAME_HOURS) return make_value(v, from, out, e);
    cst_status status = met_field_convert(met_view_text(v, slot->name), slot->kind, out, e);
    cst_text name = v->plan->text[slot->name];
    if (status < 0) return cst_error_place(e, met_view_place(v, slot->name), name.p);
    if (status != CST_END || !slot->required) return CST_OK;
    return cst_fail_at(
        e, CST_DATA, met_view_place(v, slot->name), name.p,
        "expected %s, found an empty field; fill it, or set such rows aside with --rejects FILE",
        slot->kind == MET_SLOT_MONEY ? "an amount" : "a date");
}
