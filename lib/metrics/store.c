/* metrics/store.c: rows to records. Conditions that depend on an event's name alone are judged once per name;
 * where all do, a row costs no evaluation at all. */
#include "metrics/store.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/memory.h"
#include "metrics/columns.h"
#include "metrics/field.h"
#include <stdlib.h>
#include <string.h>

#define LEAST_BLOCK 128 /* words; a part's blocks double up to the next */
#define MOST_BLOCK  8192
#define AHEAD       8 /* rows */

struct met_store {
    const met_plan *plan;
    met_columns columns;
    cst_intern *mask;
    met_store_account *seen; /* by account */
    uint32_t accounts;
    size_t room_of_accounts;
    int64_t *first, *last;
    met_store_part *part;
    uint64_t *record; /* the one in the making, without its strings */
    cst_text *string; /* by slot: the bytes of its strings */
    size_t stride;
    bool by_event; /* no condition needs a look at the row */
};

cst_status met_store_new(const met_plan *p, met_store **out, cst_error *e)
{
    met_store *s = calloc(1, sizeof *s);
    *out = s;
    if (!s) return cst_no_memory(e);
    *s = (met_store){.plan = p, .stride = met_plan_stride(p), .by_event = true};
    cst_status status = met_columns_open(&s->columns, p, e);
    if (status != CST_OK) return status;
    s->mask = cst_intern_new();
    s->first = calloc(p->slots + 1, sizeof *s->first);
    s->last = calloc(p->slots + 1, sizeof *s->last);
    s->record = calloc(s->stride, sizeof *s->record);
    s->string = calloc(p->slots + 1, sizeof *s->string);
    s->part = calloc(MET_PARTS, sizeof *s->part);
    if (!s->mask || !s->first || !s->last || !s->record || !s->string || !s->part) return cst_no_memory(e);
    for (size_t i = 0; i < p->slots; i++) s->first[i] = s->last[i] = MET_TIME_NONE;
    for (size_t i = 0; i < p->conditions; i++) s->by_event &= p->condition[i].by_event;
    if (p->from != MET_FROM_EVENTS) s->by_event = false;
    return CST_OK;
}

void met_store_free(met_store *s)
{
    if (!s) return;
    met_columns_close(&s->columns);
    cst_intern_free(s->mask);
    for (int i = 0; s->part && i < MET_PARTS; i++) {
        for (size_t k = 0; k < s->part[i].blocks; k++) free(s->part[i].block[k].word);
        free(s->part[i].block);
    }
    free(s->part);
    free(s->string);
    free(s->seen);
    free(s->first);
    free(s->last);
    free(s->record);
    free(s);
}

met_store_view met_store_records(const met_store *s)
{
    return (met_store_view){.part = s->part,
                            .account = s->columns.account,
                            .text = s->columns.text,
                            .mask = s->mask,
                            .seen = s->seen,
                            .first = s->first,
                            .last = s->last,
                            .event = s->columns.event,
                            .kind = s->columns.kind,
                            .kinds = s->columns.kinds};
}

unsigned met_part_of(cst_text account)
{
    return (unsigned)(cst_hash(account.p, account.n, 0) % MET_PARTS);
}

static cst_status number_mask(met_store *s, const met_mask *m, uint32_t *class, cst_error *e)
{
    *class = cst_intern_id(s->mask, (cst_text){(const char *)m, sizeof *m});
    return *class == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
}

static bool is_empty(const met_mask *m)
{
    uint64_t any = 0;
    for (int i = 0; i < MET_MASK_WORDS; i++) any |= m->w[i];
    return !any;
}

static cst_status judge_event(met_store *s, met_view *v, met_event_kind *k, cst_error *e)
{
    if (k->known) return CST_OK;
    cst_status status = met_view_judge(v, MET_JUDGE_EVENT, &k->mask, e);
    if (status == CST_OK) status = number_mask(s, &k->mask, &k->class, e);
    k->empty = is_empty(&k->mask);
    k->known = status == CST_OK;
    return status;
}

/* The classes of the row in every state; *empty: nothing holds in any. */
static cst_status judge_row(met_store *s, met_view *v, met_event_kind *k, uint64_t *record, bool *empty,
                            cst_error *e)
{
    *empty = true;
    if (k) {
        cst_status status = judge_event(s, v, k, e);
        if (status != CST_OK) return status;
        if (s->by_event) {
            *empty = k->empty;
            met_record_set_class(record, 0, k->class);
            return CST_OK;
        }
    }
    for (unsigned state = 0; state < 1u << s->plan->hides; state++) {
        met_mask mask;
        uint32_t class;
        v->hidden = state;
        cst_status status = met_view_judge(v, k ? MET_JUDGE_REST : MET_JUDGE_ALL, &mask, e);
        if (status != CST_OK) return status;
        for (int i = 0; k && i < MET_MASK_WORDS; i++) mask.w[i] |= k->mask.w[i];
        *empty &= is_empty(&mask);
        status = number_mask(s, &mask, &class, e);
        if (status != CST_OK) return status;
        met_record_set_class(record, state, class);
    }
    v->hidden = 0;
    return CST_OK;
}

/* What is kept by account, for those that are new. */
static bool grow_accounts(met_store *s)
{
    uint32_t n = cst_intern_count(s->columns.account);
    if (!cst_grow(&s->seen, &s->room_of_accounts, n, sizeof *s->seen)) return false;
    for (; s->accounts < n; s->accounts++) {
        uint8_t part = (uint8_t)met_part_of(
            cst_subjects_of(s->plan->subjects, cst_intern_text(s->columns.account, s->accounts)));
        s->seen[s->accounts] = (met_store_account){.seen = MET_SEEN_NEVER, .part = part};
    }
    return true;
}

/* Room for a record in its part. */
static uint64_t *next_record(met_store *s, uint32_t account, size_t words)
{
    met_store_part *p = &s->part[s->seen[account].part];
    met_block *b = p->blocks ? &p->block[p->blocks - 1] : NULL;
    if (!b || b->room - b->used < words) {
        size_t room = b ? b->room * 2 : LEAST_BLOCK;
        if (room > MOST_BLOCK) room = MOST_BLOCK;
        if (room < words) room = words;
        if (!cst_resize(&p->block, p->blocks + 1, sizeof *p->block)) return NULL;
        b = &p->block[p->blocks];
        *b = (met_block){.word = malloc(room * sizeof(uint64_t)), .room = room};
        if (!b->word) return NULL;
        p->blocks++;
    }
    b->used += words;
    __builtin_prefetch(b->word + b->used, 1); /* the part's next record comes much later */
    __builtin_prefetch(b->word + b->used + words - 1, 1);
    return b->word + b->used - words;
}

/* Lays the strings behind the slots, and says there where. */
static cst_status lay_record(met_store *s, uint32_t account, cst_error *e)
{
    const met_plan *p = s->plan;
    uint64_t *slot = s->record + s->stride - p->slots;
    size_t words = s->stride;
    const int *strings = p->of_kind[MET_SLOT_STRING];
    for (const int *i = strings; *i >= 0; i++) {
        uint32_t n = s->string[*i].n;
        slot[*i] = n ? (uint64_t)words << 32 | n : UINT64_MAX;
        words += (n + (size_t)7) / 8;
    }
    uint64_t *to = next_record(s, account, words);
    if (!to) return cst_no_memory(e);
    s->seen[account].records++;
    for (size_t i = 0; i < s->stride; i++) to[i] = s->record[i];
    for (const int *i = strings; *i >= 0; i++)
        if (s->string[*i].n) memcpy(to + (slot[*i] >> 32), s->string[*i].p, s->string[*i].n);
    return CST_OK;
}

static cst_status keep(met_store *s, uint32_t account, bool empty, cst_error *e)
{
    const met_plan *p = s->plan;
    uint64_t *r = s->record;
    const int64_t *time = (const int64_t *)(r + s->stride - p->slots);
    for (const int *i = p->of_kind[MET_SLOT_TIME]; *i >= 0; i++) {
        int64_t t = time[*i];
        if (t == MET_TIME_NONE) continue;
        if (s->first[*i] == MET_TIME_NONE || t < s->first[*i]) s->first[*i] = t;
        if (t > s->last[*i]) s->last[*i] = t;
    }
    if (p->seen >= 0 || p->seen_else >= 0) {
        int64_t t = p->seen < 0 ? MET_TIME_NONE : time[p->seen];
        if (t == MET_TIME_NONE && p->seen_else >= 0) t = time[p->seen_else];
        cst_day day = t == MET_TIME_NONE ? MET_SEEN_CURRENT : cst_instant_day(t);
        if (day < s->seen[account].seen) s->seen[account].seen = day;
    } else if (p->from == MET_FROM_ACCOUNTS) {
        s->seen[account].seen = MET_SEEN_CURRENT;
    }
    if (empty && !p->all) return CST_OK;
    r[0] = (r[0] & ~(uint64_t)UINT32_MAX) | account;
    return lay_record(s, account, e);
}

/* The row's slots from the columns of its batch. */
static void copy_row(met_store *s, uint32_t r)
{
    const met_plan *p = s->plan;
    const met_columns *c = &s->columns;
    uint64_t *slot = s->record + s->stride - p->slots;
    for (size_t i = 0; i < p->slots; i++) slot[i] = c->value[i * c->rows + r];
    const cst_text *string = c->string + r;
    for (const int *i = p->of_kind[MET_SLOT_STRING]; *i >= 0; i++, string += c->rows) s->string[*i] = *string;
}

/* The row's slots field by field: of the accounts table, and of a row of which a field is bad. */
static cst_status fill_row(met_store *s, const met_view *v, cst_error *e)
{
    const met_plan *p = s->plan;
    uint64_t *slot = s->record + s->stride - p->slots;
    for (size_t i = 0; i < p->slots; i++) {
        if (p->slot[i].kind == MET_SLOT_STRING) {
            s->string[i] = met_view_text(v, p->slot[i].name);
        } else if (p->slot[i].kind != MET_SLOT_TEXT) {
            cst_status status = met_column_value(v, i, &slot[i], e);
            if (status != CST_OK) return status;
        }
    }
    return CST_OK;
}

static cst_status check_span(const met_store *s, const met_view *v, cst_error *e)
{
    const met_plan *p = s->plan;
    const uint64_t *slot = s->record + s->stride - p->slots;
    if (p->start < 0 || p->end < 0) return CST_OK;
    int64_t start = (int64_t)slot[p->start], end = (int64_t)slot[p->end];
    if (end == MET_TIME_NONE || start == MET_TIME_NONE || end >= start) return CST_OK;
    return cst_fail_at(e, CST_DATA, met_view_place(v, p->slot[p->end].name), "end_date",
                       "expected an end on or after the start, found one before it; mend or reject the row");
}

static void note_first(const met_store *s, met_event_kind *k)
{
    int64_t t = (int64_t)s->record[s->stride - s->plan->slots + (size_t)s->plan->seen];
    if (k->first == MET_TIME_NONE || t < k->first) k->first = t;
}

static cst_status take_row(met_store *s, met_view *v, uint32_t account, met_event_kind *k, cst_error *e)
{
    bool empty;
    cst_status status = check_span(s, v, e);
    if (status == CST_OK) status = judge_row(s, v, k, s->record, &empty, e);
    if (status != CST_OK) return status;
    if (k) note_first(s, k);
    return keep(s, account, empty, e);
}

static cst_status fail_empty(const met_view *v, int name, const char *what, cst_error *e)
{
    return cst_fail_at(
        e, CST_DATA, met_view_place(v, (uint32_t)name), v->plan->text[name].p,
        "expected %s, found an empty field; fill it, or set such rows aside with --rejects FILE", what);
}

/* What is read as an answer to a survey is on the survey's scale. */
static cst_status check_scale(const met_view *v, const met_event_kind *k, uint32_t name, cst_error *e)
{
    cst_text value = met_view_text(v, name);
    if (cst_event_scale_has(k->scale, value)) return CST_OK;
    return cst_fail_at(e, CST_DATA, met_view_place(v, name), "value",
                       "expected a value of %s from %g to %g, found \"%.*s\"; bring it to that scale, or set "
                       "such rows aside with --rejects FILE",
                       k->scale->event, k->scale->least, k->scale->most, (int)(value.n < 60 ? value.n : 60),
                       value.p);
}

static cst_status store_row(met_store *s, met_view *v, cst_error *e)
{
    const met_columns *c = &s->columns;
    uint32_t account = c->accounts[v->row], event = c->event_name < 0 ? 0 : c->events[v->row];
    met_event_kind *k = NULL;
    if (account == MET_FIELD_NO_TEXT) return fail_empty(v, s->plan->account, "an account", e);
    if (event == MET_FIELD_NO_TEXT) return fail_empty(v, c->event_name, "the name of an event", e);
    if (c->event_name >= 0) {
        k = &c->kind[event];
        v->feature = k->feature;
        v->use = k->use;
        cst_status status = CST_OK;
        if (k->scale && c->value_name >= 0) status = check_scale(v, k, (uint32_t)c->value_name, e);
        if (status != CST_OK) return status;
    }
    if (c->bad[v->row]) {
        cst_status status = fill_row(s, v, e);
        if (status != CST_OK) return status;
    }
    copy_row(s, v->row);
    return take_row(s, v, account, k, e);
}

cst_status met_store_batch(void *store, cst_batch *b, cst_error *e)
{
    met_store *s = store;
    const met_columns *c = &s->columns;
    cst_status status = met_columns_read(&s->columns, b, e);
    if (status == CST_OK && !grow_accounts(s)) status = cst_no_memory(e);
    met_view v = {.plan = s->plan, .batch = b, .feature = CST_FEATURE_NONE};
    cst_error why = {0}; /* large: not cleared for each row */
    for (uint32_t rows = cst_batch_rows(b); v.row < rows && status == CST_OK; v.row++) {
        if (v.row + AHEAD < rows && c->accounts[v.row + AHEAD] != MET_FIELD_NO_TEXT)
            __builtin_prefetch(&s->seen[c->accounts[v.row + AHEAD]], 1);
        status = store_row(s, &v, &why);
        if (status == CST_DATA) status = cst_row_reject(b, v.row, &why) ? CST_END : CST_OK;
        if (status < 0 && e) *e = why;
    }
    return status;
}

cst_status met_store_accounts(met_store *s, cst_error *e)
{
    const cst_accounts *a = s->plan->accounts;
    cst_status status = CST_OK;
    met_view v = {.plan = s->plan, .feature = CST_FEATURE_NONE};
    for (uint32_t n = cst_accounts_count(a); v.row < n && status == CST_OK; v.row++) {
        uint32_t id = cst_intern_id(s->columns.account, cst_accounts_id(a, v.row));
        if (id == CST_INTERN_NONE || !grow_accounts(s)) return cst_no_memory(e);
        status = fill_row(s, &v, e);
        if (status == CST_OK) status = take_row(s, &v, id, NULL, e);
    }
    return status;
}
