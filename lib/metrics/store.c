/* metrics/store.c: rows to records. The texts of a batch are interned column by column, so that the slots
 * of the hash table can be fetched ahead. Conditions that depend on an event's name alone are judged once
 * per name; where all do, a row costs no evaluation at all. */
#include "metrics/store.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/text.h"
#include "metrics/field.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_BLOCK 128 /* words; a part's blocks double up to the next */
#define MOST_BLOCK  8192
#define GLANCES     64
#define AHEAD       8 /* rows */

/* What an event's name comes to. */
typedef struct event_kind {
    cst_mask mask;  /* of the conditions by_event */
    uint32_t class; /* where that is all of them */
    uint32_t feature;
    bool known, use, empty;
} event_kind;

struct cst_store {
    const cst_plan *plan;
    cst_intern *account, *text, *mask, *event;
    event_kind *kind;
    uint32_t kinds;
    cst_store_account *seen; /* by account */
    uint32_t accounts, room_of_accounts;
    int64_t *first, *last;
    cst_store_part *part;
    uint64_t *record; /* the one in the making, without its strings */
    cst_text *string; /* by slot: the bytes of its strings */
    size_t stride;
    bool by_event; /* no condition needs a look at the row */
    int event_name;
    cst_text glance[GLANCES]; /* names of events, by a hash of their looks */
    uint32_t glanced[GLANCES];
    cst_text *texts; /* of one column of the batch */
    uint32_t *id;    /* columns x rows: accounts, events, texts of slots */
    uint32_t room;
};

cst_status cst_store_new(const cst_plan *p, cst_store **out, cst_error *e)
{
    cst_store *s = calloc(1, sizeof *s);
    *out = s;
    if (!s) return cst_fail(e, CST_MEMORY, "out of memory");
    *s = (cst_store){.plan = p, .stride = cst_plan_stride(p), .by_event = true, .event_name = -1};
    s->account = cst_intern_new();
    s->text = cst_intern_new();
    s->mask = cst_intern_new();
    s->event = cst_intern_new();
    s->first = calloc(p->slots + 1, sizeof *s->first);
    s->last = calloc(p->slots + 1, sizeof *s->last);
    s->record = calloc(s->stride, sizeof *s->record);
    s->string = calloc(p->slots + 1, sizeof *s->string);
    s->part = calloc(CST_PARTS, sizeof *s->part);
    if (!s->account || !s->text || !s->mask || !s->event || !s->first || !s->last || !s->record ||
        !s->string || !s->part)
        return cst_fail(e, CST_MEMORY, "out of memory");
    for (size_t i = 0; i < p->slots; i++) s->first[i] = s->last[i] = CST_TIME_NONE;
    for (size_t i = 0; i < p->conditions; i++) s->by_event &= p->condition[i].by_event;
    for (size_t i = 0; i < p->names && p->from == CST_FROM_EVENTS; i++)
        if (s->event_name < 0 && cst_text_is(p->text[i], "event")) s->event_name = (int)i;
    if (p->from != CST_FROM_EVENTS) s->by_event = false;
    return CST_OK;
}

void cst_store_free(cst_store *s)
{
    if (!s) return;
    cst_intern_free(s->account);
    cst_intern_free(s->text);
    cst_intern_free(s->mask);
    cst_intern_free(s->event);
    for (int i = 0; s->part && i < CST_PARTS; i++) {
        for (size_t k = 0; k < s->part[i].blocks; k++) free(s->part[i].block[k].word);
        free(s->part[i].block);
    }
    free(s->part);
    free(s->string);
    free(s->kind);
    free(s->seen);
    free(s->first);
    free(s->last);
    free(s->record);
    free(s->texts);
    free(s->id);
    free(s);
}

cst_store_view cst_store_records(const cst_store *s)
{
    return (cst_store_view){.part = s->part,
                            .account = s->account,
                            .text = s->text,
                            .mask = s->mask,
                            .seen = s->seen,
                            .first = s->first,
                            .last = s->last};
}

unsigned cst_part_of(cst_text account)
{
    return (unsigned)(cst_hash(account.p, account.n, 0) % CST_PARTS);
}

static cst_status fail_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory");
}

static cst_status number_mask(cst_store *s, const cst_mask *m, uint32_t *class, cst_error *e)
{
    *class = cst_intern_id(s->mask, (cst_text){(const char *)m, sizeof *m});
    return *class == CST_INTERN_NONE ? fail_memory(e) : CST_OK;
}

static bool is_empty(const cst_mask *m)
{
    uint64_t any = 0;
    for (int i = 0; i < CST_MASK_WORDS; i++) any |= m->w[i];
    return !any;
}

/* The kinds of events up to the newest name are known after this. */
static cst_status learn_events(cst_store *s, cst_error *e)
{
    uint32_t n = cst_intern_count(s->event);
    if (n <= s->kinds) return CST_OK;
    event_kind *kind = realloc(s->kind, n * sizeof *kind);
    if (!kind) return fail_memory(e);
    s->kind = kind;
    for (; s->kinds < n; s->kinds++) {
        cst_text name = cst_intern_text(s->event, s->kinds);
        kind[s->kinds] = (event_kind){.feature = cst_features_find(s->plan->features, name),
                                      .use = cst_features_is_use(s->plan->features, name)};
    }
    return CST_OK;
}

static cst_status judge_event(cst_store *s, cst_view *v, event_kind *k, cst_error *e)
{
    if (k->known) return CST_OK;
    cst_status status = cst_view_judge(v, CST_JUDGE_EVENT, &k->mask, e);
    if (!status) status = number_mask(s, &k->mask, &k->class, e);
    k->empty = is_empty(&k->mask);
    k->known = !status;
    return status;
}

/* The classes of the row in every state; *empty: nothing holds in any. */
static cst_status judge_row(cst_store *s, cst_view *v, event_kind *k, uint64_t *record, bool *empty,
                            cst_error *e)
{
    *empty = true;
    if (k) {
        cst_status status = judge_event(s, v, k, e);
        if (status) return status;
        if (s->by_event) {
            *empty = k->empty;
            cst_record_set_class(record, 0, k->class);
            return CST_OK;
        }
    }
    for (unsigned state = 0; state < 1u << s->plan->hides; state++) {
        cst_mask mask;
        uint32_t class;
        v->hidden = state;
        cst_status status = cst_view_judge(v, k ? CST_JUDGE_REST : CST_JUDGE_ALL, &mask, e);
        if (status) return status;
        for (int i = 0; k && i < CST_MASK_WORDS; i++) mask.w[i] |= k->mask.w[i];
        *empty &= is_empty(&mask);
        status = number_mask(s, &mask, &class, e);
        if (status) return status;
        cst_record_set_class(record, state, class);
    }
    v->hidden = 0;
    return CST_OK;
}

/* What is kept by account, for those that are new. */
static bool grow_accounts(cst_store *s)
{
    uint32_t n = cst_intern_count(s->account);
    if (n > s->room_of_accounts) {
        uint32_t room = n + n / 2 + 64;
        cst_store_account *seen = realloc(s->seen, room * sizeof *seen);
        if (!seen) return false;
        s->seen = seen;
        s->room_of_accounts = room;
    }
    for (; s->accounts < n; s->accounts++) {
        unsigned part = cst_part_of(cst_intern_text(s->account, s->accounts));
        s->seen[s->accounts] = (cst_store_account){CST_SIGHT_NEVER, part};
    }
    return true;
}

/* Room for a record in its part; NULL: out of memory. */
static uint64_t *next_record(cst_store *s, uint32_t account, size_t words)
{
    cst_store_part *p = &s->part[s->seen[account].part];
    cst_block *b = p->blocks ? &p->block[p->blocks - 1] : NULL;
    if (!b || b->room - b->used < words) {
        size_t room = b ? b->room * 2 : LEAST_BLOCK;
        if (room > MOST_BLOCK) room = MOST_BLOCK;
        if (room < words) room = words;
        cst_block *block = realloc(p->block, (p->blocks + 1) * sizeof *block);
        if (!block) return NULL;
        p->block = block;
        block[p->blocks] = (cst_block){.word = malloc(room * sizeof(uint64_t)), .room = room};
        if (!block[p->blocks].word) return NULL;
        b = &block[p->blocks++];
    }
    b->used += words;
    return b->word + b->used - words;
}

/* Lays the strings behind the slots, and says there where. */
static cst_status lay_record(cst_store *s, uint32_t account, cst_error *e)
{
    const cst_plan *p = s->plan;
    uint64_t *slot = s->record + s->stride - p->slots;
    size_t words = s->stride;
    const int *strings = p->of_kind[CST_SLOT_STRING];
    for (const int *i = strings; *i >= 0; i++) {
        uint32_t n = s->string[*i].n;
        slot[*i] = n ? (uint64_t)words << 32 | n : UINT64_MAX;
        words += (n + (size_t)7) / 8;
    }
    uint64_t *to = next_record(s, account, words);
    if (!to) return fail_memory(e);
    for (size_t i = 0; i < s->stride; i++) to[i] = s->record[i];
    for (const int *i = strings; *i >= 0; i++)
        if (s->string[*i].n) memcpy(to + (slot[*i] >> 32), s->string[*i].p, s->string[*i].n);
    return CST_OK;
}

static cst_status keep(cst_store *s, uint32_t account, bool empty, cst_error *e)
{
    const cst_plan *p = s->plan;
    uint64_t *r = s->record;
    const int64_t *time = (const int64_t *)(r + s->stride - p->slots);
    for (const int *i = p->of_kind[CST_SLOT_TIME]; *i >= 0; i++) {
        int64_t t = time[*i];
        if (t == CST_TIME_NONE) continue;
        if (s->first[*i] == CST_TIME_NONE || t < s->first[*i]) s->first[*i] = t;
        if (t > s->last[*i]) s->last[*i] = t;
    }
    if (p->sight >= 0 || p->sight_else >= 0) {
        int64_t t = p->sight < 0 ? CST_TIME_NONE : time[p->sight];
        if (t == CST_TIME_NONE && p->sight_else >= 0) t = time[p->sight_else];
        cst_day day = t == CST_TIME_NONE ? CST_SIGHT_CURRENT : cst_instant_day(t);
        if (day < s->seen[account].sight) s->seen[account].sight = day;
    } else if (p->from == CST_FROM_ACCOUNTS) {
        s->seen[account].sight = CST_SIGHT_CURRENT;
    }
    if (empty && !p->all) return CST_OK;
    r[0] = (r[0] & ~(uint64_t)UINT32_MAX) | account;
    return lay_record(s, account, e);
}

static cst_status convert_time(const cst_view *v, uint32_t name, uint64_t *out, cst_error *e)
{
    cst_status status = cst_field_convert(cst_view_text(v, name), CST_SLOT_TIME, out, e);
    return status < 0 ? cst_error_place(e, cst_view_place(v, name), v->plan->text[name].p) : CST_OK;
}

/* The UTC day of an event, as a number; or the hours from it to closed_at, missing where that is or lies
 * before it. */
static cst_status fill_made(const cst_view *v, cst_name_from from, uint64_t *out, cst_error *e)
{
    uint64_t t, closed = (uint64_t)CST_TIME_NONE;
    double number = NAN;
    cst_status status = convert_time(v, v->plan->slot[v->plan->sight].name, &t, e);
    for (size_t i = 0; i < v->plan->names && !status && from == CST_NAME_HOURS; i++)
        if (cst_text_is(v->plan->text[i], "closed_at")) status = convert_time(v, (uint32_t)i, &closed, e);
    if (status) return status;
    if (from == CST_NAME_DAY)
        number = (double)cst_instant_day((int64_t)t);
    else if ((int64_t)closed >= (int64_t)t)
        number = (double)((int64_t)closed - (int64_t)t) / 3.6e9;
    *out = cst_field_of_double(number);
    return CST_OK;
}

/* A field to a slot's 8 bytes. */
static cst_status fill_slot(const cst_view *v, const cst_slot *slot, uint64_t *out, cst_error *e)
{
    cst_name_from from = v->plan->name[slot->name].from;
    if (from == CST_NAME_DAY || from == CST_NAME_HOURS) return fill_made(v, from, out, e);
    cst_status status = cst_field_convert(cst_view_text(v, slot->name), slot->kind, out, e);
    cst_text name = v->plan->text[slot->name];
    if (status < 0) return cst_error_place(e, cst_view_place(v, slot->name), name.p);
    if (status != CST_END || !slot->required) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_view_place(v, slot->name), name.p,
                       "expected %s, found an empty field",
                       slot->kind == CST_SLOT_MONEY ? "an amount" : "a date");
}

/* `id`: of the row's texts, column by column `rows` apart, or NULL where they are interned here. */
static cst_status fill_row(cst_store *s, const cst_view *v, const uint32_t *id, uint32_t rows, cst_error *e)
{
    const cst_plan *p = s->plan;
    uint64_t *slot = s->record + s->stride - p->slots;
    for (size_t i = 0; i < p->slots; i++) {
        if (p->slot[i].kind == CST_SLOT_STRING) {
            s->string[i] = cst_view_text(v, p->slot[i].name);
            continue;
        }
        if (p->slot[i].kind != CST_SLOT_TEXT) {
            cst_status status = fill_slot(v, &p->slot[i], &slot[i], e);
            if (status) return status;
            continue;
        }
        cst_text t = id ? (cst_text){0} : cst_view_text(v, p->slot[i].name);
        uint32_t n = id ? *id : t.n ? cst_intern_id(s->text, t) : CST_FIELD_NO_TEXT;
        if (!id && t.n && n == CST_INTERN_NONE) return fail_memory(e);
        slot[i] = n == CST_FIELD_NO_TEXT ? UINT64_MAX : n;
        if (id) id += rows;
    }
    if (p->start < 0 || p->end < 0) return CST_OK;
    int64_t start = (int64_t)slot[p->start], end = (int64_t)slot[p->end];
    if (end == CST_TIME_NONE || start == CST_TIME_NONE || end >= start) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_view_place(v, p->slot[p->end].name), "end_date",
                       "expected an end on or after the start, found one before it; mend or reject the row");
}

static cst_status take_row(cst_store *s, cst_view *v, uint32_t account, event_kind *k, const uint32_t *id,
                           uint32_t rows, cst_error *e)
{
    bool empty;
    cst_status status = fill_row(s, v, id, rows, e);
    if (!status) status = judge_row(s, v, k, s->record, &empty, e);
    return status ? status : keep(s, account, empty, e);
}

static cst_status fail_account(const cst_view *v, cst_error *e)
{
    return cst_fail_at(e, CST_DATA, cst_view_place(v, (uint32_t)v->plan->account), "account_id",
                       "expected an account, found an empty field");
}

/* Interns a column of the batch into id[rows]; with `missing`, empty fields are marked, not interned. */
static cst_status intern_column(cst_store *s, cst_batch *b, uint32_t name, cst_intern *to, uint32_t *id,
                                bool missing, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    const cst_name *from = &s->plan->name[name];
    cst_view v = {.plan = s->plan, .batch = b};
    for (uint32_t r = 0; r < rows && from->from == CST_NAME_COLUMN; r++)
        s->texts[r] = cst_text_at(b, r, from->column);
    for (uint32_t r = 0; r < rows && from->from == CST_NAME_FEATURE; r++) {
        uint32_t event = s->id[rows + r]; /* the events' names stand second */
        v.feature = event == CST_FIELD_NO_TEXT ? CST_FEATURE_NONE : s->kind[event].feature;
        s->texts[r] = cst_view_text(&v, name);
    }
    if (!cst_intern_ids(to, s->texts, id, rows)) return fail_memory(e);
    for (uint32_t r = 0; missing && r < rows; r++)
        if (!s->texts[r].n) id[r] = CST_FIELD_NO_TEXT;
    return CST_OK;
}

/* Names of events are few: the one seen last of those that look alike at a glance is it, as a rule. */
static cst_status intern_events(cst_store *s, cst_batch *b, uint32_t *id, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    int slot = s->plan->name[s->event_name].column;
    for (uint32_t r = 0; r < rows; r++) {
        cst_text t = cst_text_at(b, r, slot);
        if (!t.n) {
            id[r] = CST_FIELD_NO_TEXT;
            continue;
        }
        unsigned glance =
            (unsigned)(t.n * 7u + (unsigned char)t.p[0] * 31u + (unsigned char)t.p[t.n - 1]) % GLANCES;
        if (!cst_text_equal(t, s->glance[glance])) {
            s->glanced[glance] = cst_intern_id(s->event, t);
            if (s->glanced[glance] == CST_INTERN_NONE) return fail_memory(e);
            s->glance[glance] = cst_intern_text(s->event, s->glanced[glance]);
        }
        id[r] = s->glanced[glance];
    }
    return CST_OK;
}

static cst_status intern_batch(cst_store *s, cst_batch *b, cst_error *e)
{
    const cst_plan *p = s->plan;
    uint32_t rows = cst_batch_rows(b);
    if (rows > s->room) {
        free(s->texts);
        free(s->id);
        s->room = 0;
        s->texts = malloc(rows * sizeof *s->texts);
        s->id = malloc((p->slots + 2) * rows * sizeof *s->id);
        if (!s->texts || !s->id) return fail_memory(e);
        s->room = rows;
    }
    uint32_t *id = s->id;
    cst_status status = intern_column(s, b, (uint32_t)p->account, s->account, id, true, e);
    if (!status && !grow_accounts(s)) status = fail_memory(e);
    id += rows;
    if (!status && s->event_name >= 0) {
        status = intern_events(s, b, id, e);
        if (!status) status = learn_events(s, e);
        id += rows;
    }
    for (size_t i = 0; i < p->slots && !status; i++) {
        if (p->slot[i].kind != CST_SLOT_TEXT) continue;
        status = intern_column(s, b, p->slot[i].name, s->text, id, true, e);
        id += rows;
    }
    return status;
}

cst_status cst_store_batch(void *store, cst_batch *b, cst_error *e)
{
    cst_store *s = store;
    uint32_t rows = cst_batch_rows(b), before = s->event_name >= 0 ? 2 : 1;
    cst_status status = intern_batch(s, b, e);
    cst_view v = {.plan = s->plan, .batch = b, .feature = CST_FEATURE_NONE};
    cst_error why = {0}; /* large: not cleared for each row */
    for (uint32_t r = 0; r < rows && !status; r++) {
        bool named = s->event_name >= 0 && s->id[rows + r] != CST_FIELD_NO_TEXT;
        event_kind *k = named ? &s->kind[s->id[rows + r]] : NULL;
        v.row = r;
        if (k) v.feature = k->feature, v.use = k->use;
        if (r + AHEAD < rows && s->id[r + AHEAD] != CST_FIELD_NO_TEXT)
            __builtin_prefetch(&s->seen[s->id[r + AHEAD]], 1);
        if (s->id[r] == CST_FIELD_NO_TEXT)
            status = fail_account(&v, &why);
        else if (s->event_name >= 0 && !named)
            status = cst_fail_at(&why, CST_DATA, cst_view_place(&v, (uint32_t)s->event_name), "event",
                                 "expected the name of an event, found an empty field");
        else
            status = take_row(s, &v, s->id[r], k, s->id + before * rows + r, rows, &why);
        if (status == CST_DATA) status = cst_row_reject(b, r, &why) ? CST_END : CST_OK;
        if (status < 0 && e) *e = why;
    }
    return status;
}

cst_status cst_store_accounts(cst_store *s, cst_error *e)
{
    const cst_accounts *a = s->plan->accounts;
    cst_status status = CST_OK;
    cst_view v = {.plan = s->plan, .feature = CST_FEATURE_NONE};
    for (uint32_t r = 0; r < cst_accounts_count(a) && !status; r++) {
        uint32_t id = cst_intern_id(s->account, cst_accounts_id(a, r));
        v.row = r;
        if (id == CST_INTERN_NONE || !grow_accounts(s)) return fail_memory(e);
        status = take_row(s, &v, id, NULL, NULL, 0, e);
    }
    return status;
}
