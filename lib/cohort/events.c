/* events.c: the hot path of event triangles. A batch goes in three sweeps: all account ids at once, so
 * that their slots are on the way while they are hashed; the ticks; then the updates, whose spans are
 * fetched ahead. */
#include "cohort/events.h"
#include "base/date.h"
#include <stdlib.h>
#include <string.h>

enum { KNOWN_DAYS = 55152, AHEAD = 12 }; /* 1970-01-01 to 2120-12-31 */
#define TICK_NONE INT32_MIN

cst_status cohort_event_plan_open(cohort_event_plan *p, cohort_input *in, const cohort_frame *f, cst_error *e)
{
    const char *value = f->measure != COHORT_VALUE ? NULL : in->o->value ? in->o->value : "value";
    *p = (cohort_event_plan){.in = in, .frame = f, .value = -1, .apart = in->groups.of_rows};
    cst_status status = cst_reader_bind(in->reader, "account_id", CST_REQUIRED, &p->account, e);
    if (status == CST_OK) status = cst_reader_bind(in->reader, "event_time", CST_REQUIRED, &p->time, e);
    if (status == CST_OK && value) status = cst_reader_bind(in->reader, value, CST_REQUIRED, &p->value, e);
    if (status != CST_OK) return status;
    p->tick_of = malloc(KNOWN_DAYS * sizeof *p->tick_of);
    if (!p->tick_of) return cst_fail(e, CST_MEMORY, "out of memory");
    for (cst_day d = 0; d < KNOWN_DAYS; d++) p->tick_of[d] = cst_period_of(&f->ages, d);
    return CST_OK;
}

void cohort_event_plan_free(cohort_event_plan *p)
{
    free(p->tick_of);
}

cst_status cohort_gatherer_init(cohort_gatherer *g, const cohort_event_plan *p, cst_error *e)
{
    enum cohort_slot kind = p->frame->measure == COHORT_LOGOS    ? COHORT_SLOT_SEEN
                            : p->frame->measure == COHORT_EVENTS ? COHORT_SLOT_COUNT
                                                                 : COHORT_SLOT_SUM;
    *g = (cohort_gatherer){.plan = p, .accounts = cst_intern_new(), .latest = CST_DAY_NONE};
    cst_status status = cohort_store_init(&g->store, kind, e);
    if (status == CST_OK && p->apart) {
        status = cohort_keys_init(&g->keys, e);
        g->pair = cst_map_new();
    }
    if (status == CST_OK && (!g->accounts || (p->apart && !g->pair)))
        status = cst_fail(e, CST_MEMORY, "out of memory");
    return status;
}

void cohort_gatherer_free(cohort_gatherer *g)
{
    cst_intern_free(g->accounts);
    cohort_keys_free(&g->keys);
    cst_map_free(g->pair);
    cohort_store_free(&g->store);
    free(g->unit);
    free(g->text);
    free(g->id);
    free(g->tick);
    free(g->value);
}

static bool make_room(cohort_gatherer *g, uint32_t rows)
{
    if (rows <= g->room) return true;
    free(g->text);
    free(g->id);
    free(g->tick);
    free(g->value);
    g->text = malloc(rows * sizeof *g->text);
    g->id = malloc(rows * sizeof *g->id);
    g->tick = malloc(rows * sizeof *g->tick);
    g->value = malloc(rows * sizeof *g->value);
    g->room = g->text && g->id && g->tick && g->value ? rows : 0;
    return g->room > 0;
}

static cst_period find_tick(const cohort_event_plan *p, cst_day day)
{
    return (uint32_t)day < KNOWN_DAYS ? p->tick_of[day] : cst_period_of(&p->frame->ages, day);
}

/* One row's tick and value; TICK_NONE: not used. */
static cst_status read_row(cohort_gatherer *g, cst_batch *b, uint32_t row, cst_error *e)
{
    const cohort_event_plan *p = g->plan;
    cst_instant at;
    bool use = true;
    g->tick[row] = TICK_NONE;
    g->value[row] = 0;
    cst_status status = p->in->filter ? cst_filter_row(p->in->filter, b, row, &use, e) : CST_OK;
    if (status != CST_OK || !use) return status;
    if (g->text[row].n == 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->account), "account_id",
                           "expected an account, found none; leave such rows out with --where");
    status = cst_instant_at(b, row, p->time, &at, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->time), "event_time",
                           "expected the time of the event, found none");
    if (status == CST_OK && p->value >= 0) status = cst_money_at(b, row, p->value, &g->value[row], e);
    if (status < 0) return status;
    cst_day day = cst_instant_day(at);
    if (cohort_input_knows_day(p->in) && day > p->in->o->periodic.as_of) {
        g->after++;
        return CST_OK;
    }
    if (g->latest == CST_DAY_NONE || day > g->latest) g->latest = day;
    g->used++;
    g->tick[row] = find_tick(p, day);
    return CST_OK;
}

/* The unit of an account in a group. */
static uint32_t find_unit(cohort_gatherer *g, uint32_t account, uint32_t key)
{
    bool fresh;
    uint32_t *at = cst_map_at(g->pair, cst_map_pair(account, key), &fresh);
    if (!at) return CST_INTERN_NONE;
    if (!fresh) return *at;
    if (g->units == g->unit_room) {
        uint32_t room = g->unit_room ? 2 * g->unit_room : 1024;
        cohort_unit *more = realloc(g->unit, room * sizeof *more);
        if (!more) return CST_INTERN_NONE;
        g->unit = more;
        g->unit_room = room;
    }
    *at = g->units;
    g->unit[g->units] = (cohort_unit){account, key};
    return g->units++;
}

static bool find_units(cohort_gatherer *g, uint32_t rows)
{
    for (uint32_t row = 0; row < rows && g->plan->apart; row++) {
        if (g->tick[row] == TICK_NONE) continue;
        g->id[row] = find_unit(g, g->id[row], g->keys.id[row]);
        if (g->id[row] == CST_INTERN_NONE) return false;
    }
    if (!g->plan->apart) g->units = cst_intern_count(g->accounts);
    return cohort_store_reserve(&g->store, g->units);
}

static cst_status add_value(void *slot, cst_money value, cst_error *e)
{
    cohort_sum *s = slot;
    s->count++;
    if (!__builtin_add_overflow(s->sum, value, &s->sum)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "expected values of an account that add up within 64 bits, found more");
}

/* The rows that are used, moved together: ids, ticks and values of the rest of the batch's sweeps. */
static uint32_t pack(cohort_gatherer *g, uint32_t rows)
{
    uint32_t n = 0;
    for (uint32_t row = 0; row < rows; row++) {
        g->id[n] = g->id[row];
        g->tick[n] = g->tick[row];
        g->value[n] = g->value[row];
        n += g->tick[row] != TICK_NONE;
    }
    return n;
}

static cst_status update_seen(cohort_gatherer *g, uint32_t n, cst_error *e)
{
    cohort_store *s = &g->store;
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&s->span[g->id[i + AHEAD]], 1);
        if (!cohort_store_see(s, g->id[i], g->tick[i])) return cst_fail(e, CST_MEMORY, "out of memory");
    }
    return CST_OK;
}

/* Spans are fetched ahead of the rows that need them, and then the slots they point to. */
static cst_status update_slots(cohort_gatherer *g, uint32_t n, cst_error *e)
{
    cohort_store *s = &g->store;
    cst_status status = CST_OK;
    for (uint32_t i = 0; i < n && status == CST_OK; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&s->span[g->id[i + AHEAD]], 1);
        if (i + AHEAD / 2 < n) {
            const cohort_span *p = &s->span[g->id[i + AHEAD / 2]];
            uint32_t at = (uint32_t)g->tick[i + AHEAD / 2] - (uint32_t)p->low;
            if (at < p->room) __builtin_prefetch((char *)p->slot + at * cohort_slot_size(s->kind), 1);
        }
        void *slot = cohort_store_at(s, g->id[i], g->tick[i]);
        if (!slot)
            status = cst_fail(e, CST_MEMORY, "out of memory");
        else if (s->kind == COHORT_SLOT_COUNT)
            ++*(uint64_t *)slot;
        else
            status = add_value(slot, g->value[i], e);
    }
    return status;
}

cst_status cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e)
{
    cohort_gatherer *g = gatherer;
    uint32_t rows = cst_batch_rows(b);
    cst_status status = CST_OK, refused = CST_OK;
    if (!make_room(g, rows)) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t row = 0; row < rows; row++) g->text[row] = cst_text_at(b, row, g->plan->account);
    if (!cst_intern_ids(g->accounts, g->text, g->id, rows)) return cst_fail(e, CST_MEMORY, "out of memory");
    if (g->plan->apart) status = cohort_keys_take(&g->keys, g->plan->in, b, e);
    for (uint32_t row = 0; row < rows && status == CST_OK && refused == CST_OK; row++) {
        cst_error why = {0};
        status = read_row(g, b, row, &why);
        if (status == CST_DATA) {
            refused = cst_row_reject(b, row, &why);
            status = CST_OK;
        } else if (status < 0 && e) {
            *e = why;
        }
        if (refused < 0) rows = row;
    }
    if (status == CST_OK && !find_units(g, rows)) status = cst_fail(e, CST_MEMORY, "out of memory");
    uint32_t n = pack(g, rows);
    if (status == CST_OK)
        status = g->store.kind == COHORT_SLOT_SEEN ? update_seen(g, n, e) : update_slots(g, n, e);
    return status == CST_OK && refused < 0 ? CST_END : status;
}

cst_status cohort_gatherer_merge(cohort_gatherer *into, const cohort_gatherer *from, cst_error *e)
{
    const cst_identity *identity = into->plan->in->identity;
    cst_status status = CST_OK;
    into->used += from->used;
    into->after += from->after;
    if (from->latest != CST_DAY_NONE && (into->latest == CST_DAY_NONE || from->latest > into->latest))
        into->latest = from->latest;
    for (uint32_t unit = 0; unit < from->units && status == CST_OK; unit++) {
        const cohort_span *span = &from->store.span[unit];
        if (span->room == 0) continue;
        bool apart = from->plan->apart;
        cst_text account = cst_intern_text(from->accounts, apart ? from->unit[unit].account : unit);
        uint32_t to = cst_intern_id(into->accounts, cst_identity_rename(identity, CST_ID_ACCOUNT, account));
        if (apart && to != CST_INTERN_NONE) {
            uint32_t key =
                cst_intern_id(into->keys.names, cst_intern_text(from->keys.names, from->unit[unit].key));
            to = key == CST_INTERN_NONE ? key : find_unit(into, to, key);
        } else if (to != CST_INTERN_NONE) {
            into->units = cst_intern_count(into->accounts);
        }
        if (to == CST_INTERN_NONE || !cohort_store_reserve(&into->store, into->units))
            return cst_fail(e, CST_MEMORY, "out of memory");
        status = cohort_store_merge(&into->store, to, span, e);
    }
    return status;
}
