/* triangle_events.c: a triangle of events: what each account did by tick, gathered by each thread alone,
 * brought together by account, and laid into cohorts. */
#include "base/date.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "cohort/events.h"
#include "cohort/starts.h"
#include <stdlib.h>
#include <string.h>

/* Where events were gathered by day, the same by tick. */
typedef struct cohort_event_ticks {
    cst_wide *amount;
    unsigned char *active;
    size_t room, active_room;
} cohort_event_ticks;

/* An entry as the profile wants it. */
typedef struct cohort_event_layout {
    cst_wide *amount;
    unsigned char *active;
    size_t room, active_room;
    cohort_event_ticks ticks;
    cst_buffer key;
} cohort_event_layout;

static bool lay_span(cohort_event_layout *s, enum cohort_slot kind, const cohort_span *span,
                     cohort_profile *p)
{
    p->low = span->low;
    p->n = span->room;
    if (kind == COHORT_SLOT_SEEN && span->room != COHORT_BITS) {
        p->active = span->slot;
        return true;
    }
    if (!cst_grow(&s->active, &s->active_room, span->room, 1) ||
        !cst_grow(&s->amount, &s->room, span->room, sizeof *s->amount))
        return false;
    p->active = s->active;
    if (kind == COHORT_SLOT_SEEN) {
        for (uint32_t i = 0; i < COHORT_BITS; i++) s->active[i] = span->bits >> i & 1;
        return true;
    }
    for (uint32_t i = 0; i < span->room; i++) {
        if (kind == COHORT_SLOT_COUNT) {
            uint64_t count = ((const uint64_t *)span->slot)[i];
            s->active[i] = count > 0;
            s->amount[i] = count;
        } else {
            const cohort_sum *sum = (const cohort_sum *)span->slot + i;
            s->active[i] = sum->count > 0;
            s->amount[i] = sum->sum;
        }
    }
    p->amount = s->amount;
    return true;
}

/* Makes ticks of the days of a profile. */
static bool join_days(cohort_event_ticks *s, const cohort_frame *f, cohort_profile *p)
{
    cst_period low = cst_period_of(&f->ages, p->low);
    uint32_t n = (uint32_t)(cst_period_of(&f->ages, p->low + (cst_period)p->n - 1) - low) + 1;
    if (!cst_grow(&s->active, &s->active_room, n, 1) || !cst_grow(&s->amount, &s->room, n, sizeof *s->amount))
        return false;
    memset(s->active, 0, n);
    memset(s->amount, 0, n * sizeof *s->amount);
    for (uint32_t i = 0; i < p->n; i++) {
        cst_period at = cst_period_of(&f->ages, p->low + (cst_period)i) - low;
        s->active[at] |= p->active[i];
        if (p->amount) s->amount[at] += p->amount[i];
    }
    p->low = low;
    p->n = n;
    p->active = s->active;
    if (p->amount) p->amount = s->amount;
    return true;
}

static cst_status add_entry(cohort_triangle *t, const cohort_frame *f, const cohort_gatherer *g,
                            const cohort_entry *entry, cohort_event_layout *s, cst_error *e)
{
    const cohort_input *in = g->plan->in;
    cst_text key = cohort_entry_key(entry);
    cohort_profile p = {.account = {key.p, entry->account}};
    cohort_began began = COHORT_NEVER;
    cst_period anchor, cohort;
    cst_status status;
    if (!lay_span(s, g->account_set.store.kind, &entry->span, &p)) return cst_no_memory(e);
    for (uint32_t i = 0; i < p.n && began.tick == INT32_MAX; i++)
        if (p.active[i]) began.tick = p.low + (cst_period)i;
    if (f->split && began.tick != INT32_MAX) {
        began = (cohort_began){cst_period_of(&f->ages, began.tick), began.tick};
        if (!join_days(&s->ticks, f, &p)) return cst_no_memory(e);
    }
    if (!cohort_anchor(t, f, in, p.account, began, &anchor, &cohort, &status, e)) return status;
    if (g->plan->apart) {
        p.key = (cst_text){key.p + entry->account + 1, key.n - entry->account - 1};
    } else if (in->groups.n > 0) {
        cohort_attribute_key(in, p.account, &s->key);
        if (s->key.failed) return cst_no_memory(e);
        p.key = (cst_text){s->key.p, (uint32_t)s->key.n};
    }
    return cohort_triangle_add(t, f, &p, anchor, cohort, e);
}

/* Customers without an event are in their cohort too. */
static cst_status add_quiet_starts(cohort_triangle *t, const cohort_frame *f, const cohort_gatherer *g,
                                   cst_error *e)
{
    const cohort_starts *s = f->starts;
    unsigned char *seen = calloc(s->n + 1, 1);
    cst_status status = seen ? CST_OK : cst_no_memory(e);
    for (uint32_t i = 0; i < g->account_set.n && status == CST_OK; i++) {
        uint32_t id = cst_intern_find(s->accounts, cohort_entry_key(&g->account_set.entry[i]));
        if (id != CST_INTERN_NONE) seen[id] = 1;
    }
    for (uint32_t id = 0; id < s->n && status == CST_OK; id++)
        if (!seen[id])
            status = cohort_triangle_add_quiet(t, f, g->plan->in, cst_intern_text(s->accounts, id), e);
    free(seen);
    return status;
}

static cst_status add_unseen(cohort_triangle *t, const cohort_frame *f, const cohort_gatherer *g,
                             cst_error *e)
{
    const cohort_input *in = g->plan->in;
    if (in->filter || g->plan->apart) return CST_OK;
    if (f->starts) return add_quiet_starts(t, f, g, e);
    if (f->date_column < 0) return CST_OK;
    unsigned char *seen = calloc(cst_accounts_count(in->subjects.accounts) + 1, 1);
    if (!seen) return cst_no_memory(e);
    for (uint32_t i = 0; i < g->account_set.n; i++) {
        uint32_t account =
            cst_accounts_find(in->subjects.accounts, cohort_entry_key(&g->account_set.entry[i]));
        if (account != CST_ACCOUNT_NONE) seen[account] = 1;
    }
    cst_status status = cohort_triangle_add_unseen(t, f, in, seen, e);
    free(seen);
    return status;
}

/* Under the name of their file, since subscriptions beside them are rows too. */
static void tell_counts(const cohort_gatherer *g)
{
    const cohort_input *in = g->plan->in;
    cst_manifest *m = cst_io_manifest(in->io);
    const char *file = in->o->events;
    cst_manifest_count(m, "rows", file, "used", g->used);
    cst_manifest_count(m, "rows", file, "left out by --where", g->filtered);
    cst_manifest_count(m, "rows", file, "set aside: event_time after --as-of", g->after);
    if (!g->plan->apart) cst_manifest_count(m, "accounts", file, NULL, g->account_set.n);
}

/* false: neither --as-of nor an event tells where the data ends, and there is nothing to lay out. */
static bool close_edge(cohort_frame *f, const cohort_input *in, const cohort_gatherer *g)
{
    tell_counts(g);
    if (g->used == 0) cohort_tell_empty(in, "events");
    if (g->after > 0)
        cst_io_warn(in->io, "%llu %s set aside", (unsigned long long)g->after,
                    g->after == 1 ? "event after --as-of is" : "events after --as-of are");
    if (!cohort_input_knows_day(in)) {
        if (g->latest == CST_DAY_NONE) return false;
        char text[CST_DAY_ROOM];
        cst_day_format(g->latest, text);
        cst_io_warn(
            in->io,
            "no --as-of: the period of the latest event, %s, is taken as complete; if it is not, its cells "
            "are too low",
            text);
    }
    cohort_frame_close(f, in, cohort_input_knows_day(in) ? in->o->periodic.as_of : g->latest);
    return true;
}

static cst_status lay_out(cohort_triangle *t, cohort_frame *f, const cohort_gatherer *g, cst_error *e)
{
    cohort_event_layout s = {0};
    cst_status status = CST_OK;
    if (!close_edge(f, g->plan->in, g)) return CST_OK;
    for (uint32_t i = 0; i < g->account_set.n && status == CST_OK; i++)
        status = add_entry(t, f, g, &g->account_set.entry[i], &s, e);
    if (status == CST_OK) status = add_unseen(t, f, g, e);
    free(s.amount);
    free(s.active);
    free(s.ticks.amount);
    free(s.ticks.active);
    cst_buffer_free(&s.key);
    return status;
}

/* The first gatherer takes the others in; where accounts are renamed all go into a fresh one. */
static cst_status bring_together(void *const worker[], int n, cst_error *e)
{
    cohort_gatherer *all = worker[0];
    cst_status status = CST_OK;
    if (cohort_renames(all->plan->in)) {
        cohort_gatherer fresh = {0};
        status = cohort_gatherer_init(&fresh, all->plan, e);
        if (status == CST_OK) status = cohort_gatherer_merge(&fresh, all, e);
        cohort_gatherer_free(all);
        *all = fresh;
    }
    for (int i = 1; i < n && status == CST_OK; i++) status = cohort_gatherer_merge(all, worker[i], e);
    return status;
}

cst_status cohort_triangle_of_events(cohort_triangle *t, cohort_frame *f, cohort_input *in, cst_error *e)
{
    int n = in->threads;
    cohort_event_plan plan;
    cst_status status = cohort_event_plan_open(&plan, in, f, e);
    void **worker = cst_workers(n, sizeof(cohort_gatherer));
    if (status == CST_OK && !worker) status = cst_no_memory(e);
    for (int i = 0; i < n && status == CST_OK; i++) status = cohort_gatherer_init(worker[i], &plan, e);
    if (status == CST_OK) status = cst_run(in->reader, n, cohort_gatherer_work, worker, NULL, NULL, e);
    if (status == CST_OK) status = bring_together(worker, n, e);
    if (status == CST_OK) status = lay_out(t, f, worker[0], e);
    for (int i = 0; i < n && worker; i++) cohort_gatherer_free(worker[i]);
    free(worker);
    cohort_event_plan_free(&plan);
    return status;
}
