/* events.c: the hot path of event triangles. Rows are read into bundles of marks, and while one is read the
 * one before it is added to the account set. */
#include "cohort/events.h"
#include "base/date.h"
#include "base/label.h"
#include "base/memory.h"
#include "read/view.h"
#include <cstools/ledger.h>

cst_status cohort_event_plan_open(cohort_event_plan *p, cohort_input *in, const cohort_frame *f, cst_error *e)
{
    const cst_calendar days = {CST_DAILY, 0};
    const char *value = f->measure != COHORT_VALUE ? NULL : in->o->value ? in->o->value : "value";
    *p = (cohort_event_plan){.in = in,
                             .frame = f,
                             .value = -1,
                             .until = cohort_input_knows_day(in) ? in->o->periodic.as_of : INT32_MAX,
                             .apart = in->groups.of_rows};
    cst_status status = cst_reader_bind(in->reader, "account_id", CST_REQUIRED, &p->account, e);
    if (status == CST_OK) status = cst_reader_bind(in->reader, "event_time", CST_REQUIRED, &p->time, e);
    if (status == CST_OK && value) status = cst_reader_bind(in->reader, value, CST_REQUIRED, &p->value, e);
    if (status != CST_OK) return status;
    return cohort_times_init(&p->times, f->split ? &days : &f->ages, e);
}

void cohort_event_plan_free(cohort_event_plan *p)
{
    cohort_times_free(&p->times);
}

cst_status cohort_gatherer_init(cohort_gatherer *g, const cohort_event_plan *p, cst_error *e)
{
    enum cohort_slot kind = cohort_measure_counts(p->frame->measure) ? COHORT_SLOT_SEEN
                            : p->frame->measure == COHORT_EVENTS     ? COHORT_SLOT_COUNT
                                                                     : COHORT_SLOT_SUM;
    *g = (cohort_gatherer){.plan = p, .latest = CST_DAY_NONE};
    return cohort_account_set_init(&g->account_set, kind, e);
}

void cohort_gatherer_free(cohort_gatherer *g)
{
    cohort_account_set_free(&g->account_set);
    cst_buffer_free(&g->keys[0]);
    cst_buffer_free(&g->keys[1]);
}

/* The fields of a batch as they stand, where it shows them so. */
typedef struct seen {
    cst_batch *batch;
    cst_view view;
    bool plain;
    bool runs;              /* rows are asked for account and day alone */
    uint32_t account, time; /* columns */
} seen;

static seen look_at(const cohort_event_plan *p, cst_batch *b)
{
    seen s = {.batch = b};
    int32_t account = cst_batch_column(b, p->account), time = cst_batch_column(b, p->time);
    s.plain = account >= 0 && time >= 0 && cst_batch_view(b, &s.view);
    s.runs = s.plain && !p->in->filter && p->value < 0 && !p->apart;
    s.account = (uint32_t)account;
    s.time = (uint32_t)time;
    return s;
}

static inline cst_text read_field(const seen *s, uint32_t row, uint32_t column, int slot)
{
    uint32_t n = 0;
    const char *p = s->plain ? cst_view_field(&s->view, row, column, &n) : NULL;
    if (n > 0 && !(s->view.quoted && *p == '"')) return (cst_text){p, n};
    return cst_text_at(s->batch, row, slot);
}

/* A time that is not of the usual form. */
static cst_status convert_time(cohort_gatherer *g, cst_batch *b, uint32_t row, cst_error *e)
{
    const cohort_event_plan *p = g->plan;
    cst_instant at;
    cst_status status = cst_instant_at(b, row, p->time, &at, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->time), "event_time",
                           "expected the time of the event, found none; leave such rows out with --where");
    if (status != CST_OK) return status;
    cst_day day = cst_instant_day(at);
    g->date = (cohort_day_of){.day = day, .tick = cohort_times_tick(&p->times, day)};
    return CST_OK;
}

/* The key of a row within its group: the account, then each value. It stands in a buffer that may yet
 * move: its offset. */
static void join_key(cohort_gatherer *g, cst_batch *b, uint32_t row, cst_text account, cohort_mark *m)
{
    const cohort_input *in = g->plan->in;
    cst_buffer *keys = &g->keys[g->now];
    size_t from = keys->n;
    cst_text customer = in->groups.of_accounts ? cst_subjects_of(&in->subjects, account) : account;
    cst_buffer_add(keys, account.p, account.n);
    for (size_t i = 0; i < in->groups.n; i++) {
        const cst_joined *column = &in->groups.column[i];
        cst_text t = column->from == CST_FROM_ROW
                         ? cst_text_at(b, row, column->column)
                         : cst_subjects_attribute(&in->subjects, customer, column->column);
        cst_label_add(keys, i + 1, t);
    }
    m->n = (uint32_t)(keys->n - from);
}

/* One row as a mark; *use is false where it is none. */
static inline cst_status read_row(cohort_gatherer *g, const seen *s, uint32_t row, cohort_mark *m, bool *use,
                                  cst_error *e)
{
    const cohort_event_plan *p = g->plan;
    cst_batch *b = s->batch;
    *use = true;
    cst_status status = p->in->filter ? cst_filter_row(p->in->filter, b, row, use, e) : CST_OK;
    if (status != CST_OK) return status;
    if (!*use) {
        g->filtered++;
        return CST_OK;
    }
    cst_text account = read_field(s, row, s->account, p->account);
    if (account.n == 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->account), "account_id",
                           "expected an account, found none; leave such rows out with --where");
    if (!cohort_times_read(&p->times, read_field(s, row, s->time, p->time), &g->date))
        status = convert_time(g, b, row, e);
    m->value = 0;
    if (status == CST_OK && p->value >= 0) status = cst_money_at(b, row, p->value, &m->value, e);
    if (status < 0) return status;
    cst_day day = g->date.day;
    if (day > p->until) {
        g->after++;
        *use = false;
        return CST_OK;
    }
    if (day > g->latest) g->latest = day; /* CST_DAY_NONE is before any */
    g->used++;
    m->tick = g->date.tick;
    m->p = account.p;
    m->n = m->account = account.n;
    if (p->apart) join_key(g, b, row, account, m);
    return CST_OK;
}

/* Rows from `row` on that are of the same date as the row before them and ask for nothing but that, until
 * the bundle is full: most rows of a file in the order of time, and all they cost is here. Returns the first
 * row that is not taken. */
static uint32_t read_run(cohort_gatherer *g, const seen *s, uint32_t row, uint32_t rows)
{
    cohort_bundle *bundle = &g->bundle[g->now];
    const cohort_day_of date = g->date;
    const uint32_t from = row;
    if (!s->runs || date.day > g->plan->until) return row;
    for (cohort_mark *m = &bundle->mark[bundle->n]; row < rows && m < bundle->mark + COHORT_BUNDLE; row++) {
        uint32_t length, n;
        const char *time = cst_view_field(&s->view, row, s->time, &length);
        const char *account = cst_view_field(&s->view, row, s->account, &n);
        if (n == 0 || (*account == '"' && s->view.quoted) || !cohort_date_holds(&date, time, length)) break;
        *m++ = (cohort_mark){.p = account, .n = n, .account = n, .tick = date.tick};
    }
    if (row == from) return row;
    bundle->n += row - from;
    g->used += row - from;
    if (date.day > g->latest) g->latest = date.day;
    return row;
}

/* The bundle that was read goes to the account set, and the other one is read into. */
static cst_status turn(cohort_gatherer *g, cst_error *e)
{
    cohort_bundle *next = &g->bundle[g->now], *before = &g->bundle[!g->now];
    const cst_buffer *keys = &g->keys[g->now];
    if (keys->failed) return cst_no_memory(e);
    const char *key = keys->p;
    for (uint32_t i = 0; i < next->n && g->plan->apart; i++) {
        next->mark[i].p = key;
        key += next->mark[i].n;
    }
    cst_status status = cohort_account_set_turn(&g->account_set, next, before, e);
    g->now = !g->now;
    cst_buffer_clear(&g->keys[g->now]);
    return status;
}

/* Marks point into the batch: all are added before it goes. */
static cst_status drain(cohort_gatherer *g, cst_error *e)
{
    cst_status status = turn(g, e);
    return status == CST_OK ? turn(g, e) : status;
}

/* One row, whatever its form, into the bundle; a bad one is rejected. CST_END: it ends the run. */
static cst_status take_row(cohort_gatherer *g, const seen *s, uint32_t row, cst_error *why, cst_error *e)
{
    bool use;
    cohort_bundle *bundle = &g->bundle[g->now];
    cst_status status = read_row(g, s, row, &bundle->mark[bundle->n], &use, why);
    if (status == CST_OK) {
        bundle->n += use;
    } else if (status == CST_DATA) {
        status = cst_row_reject(s->batch, row, why) < 0 ? CST_END : CST_OK;
        *why = (cst_error){0};
    } else if (e) {
        *e = *why;
    }
    return status;
}

cst_status cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e)
{
    cohort_gatherer *g = gatherer;
    uint32_t rows = cst_batch_rows(b);
    cst_error why = {0}; /* made once: it is large */
    cst_status status = CST_OK;
    const seen s = look_at(g->plan, b);
    for (uint32_t row = 0, next; row < rows && status == CST_OK; row = next) {
        next = read_run(g, &s, row, rows);
        if (next == row) status = take_row(g, &s, next++, &why, e);
        if (status == CST_OK && g->bundle[g->now].n == COHORT_BUNDLE) status = turn(g, e);
    }
    if (status < 0) return status;
    cst_status drained = drain(g, e);
    return drained == CST_OK ? status : drained;
}

/* The key of an entry under the name of the account's customer. */
static cst_text rename_key(cst_buffer *b, const cohort_input *in, const cohort_entry *e, uint32_t *account)
{
    cst_text key = cohort_entry_key(e);
    *account = e->account;
    if (!cohort_renames(in)) return key;
    cst_text name = cst_subjects_of(&in->subjects, (cst_text){key.p, e->account});
    cst_buffer_clear(b);
    cst_buffer_add(b, name.p, name.n);
    cst_buffer_add(b, key.p + e->account, key.n - e->account);
    *account = name.n;
    return (cst_text){b->p, (uint32_t)b->n};
}

cst_status cohort_gatherer_merge(cohort_gatherer *into, const cohort_gatherer *from, cst_error *e)
{
    cst_buffer name = {0};
    cst_status status = CST_OK;
    into->used += from->used;
    into->filtered += from->filtered;
    into->after += from->after;
    if (from->latest > into->latest) into->latest = from->latest;
    for (uint32_t i = 0; i < from->account_set.n && status == CST_OK; i++) {
        uint32_t account;
        cst_text key = rename_key(&name, into->plan->in, &from->account_set.entry[i], &account);
        cohort_entry *to = name.failed ? NULL : cohort_account_set_at(&into->account_set, key, account);
        status =
            to ? cohort_store_merge(&into->account_set.store, &to->span, &from->account_set.entry[i].span, e)
               : cst_no_memory(e);
    }
    cst_buffer_free(&name);
    return status;
}
