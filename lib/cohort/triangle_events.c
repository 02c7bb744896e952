/* triangle_events.c: a triangle of events: what each account did by tick, gathered by each thread alone,
 * brought together by account, and laid into cohorts. */
#include "base/date.h"
#include "cohort/events.h"
#include "cohort/starts.h"
#include <stdlib.h>
#include <string.h>

/* An entry as the profile wants it. */
typedef struct layout {
    cst_wide *amount;
    unsigned char *active;
    uint32_t room;
    cst_buffer key;
} layout;

static bool reserve_layout(layout *s, uint32_t n)
{
    if (n <= s->room) return true;
    free(s->amount);
    free(s->active);
    s->amount = malloc(n * sizeof *s->amount);
    s->active = malloc(n);
    s->room = s->amount && s->active ? n : 0;
    return s->room > 0;
}

static bool lay_span(layout *s, enum cst_cohort_slot kind, const cst_cohort_span *span, cst_cohort_profile *p)
{
    p->low = span->low;
    p->n = span->room;
    if (kind == COHORT_SLOT_SEEN && span->room != COHORT_BITS) {
        p->active = span->slot;
        return true;
    }
    if (!reserve_layout(s, span->room)) return false;
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
            const cst_cohort_sum *sum = (const cst_cohort_sum *)span->slot + i;
            s->active[i] = sum->count > 0;
            s->amount[i] = sum->sum;
        }
    }
    p->amount = s->amount;
    return true;
}

static cst_status add_entry(cst_cohort_triangle *t, const cst_cohort_frame *f, const cst_cohort_gatherer *g,
                            const cst_cohort_entry *entry, layout *s, cst_error *e)
{
    const cst_cohort_input *in = g->plan->in;
    cst_text key = cst_cohort_entry_key(entry);
    cst_cohort_profile p = {.account = {key.p, entry->account}};
    cst_period anchor, cohort, first = INT32_MAX;
    cst_status status;
    if (!lay_span(s, g->roll.store.kind, &entry->span, &p)) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < p.n && first == INT32_MAX; i++)
        if (p.active[i]) first = p.low + (cst_period)i;
    if (!cst_cohort_anchor(t, f, in, p.account, first, &anchor, &cohort, &status, e)) return status;
    if (g->plan->apart) {
        p.key = (cst_text){key.p + entry->account + 1, key.n - entry->account - 1};
    } else if (in->groups.n > 0) {
        cst_cohort_attribute_key(in, p.account, &s->key);
        if (s->key.failed) return cst_fail(e, CST_MEMORY, "out of memory");
        p.key = (cst_text){s->key.p, (uint32_t)s->key.n};
    }
    return cst_cohort_triangle_add(t, f, &p, anchor, cohort, e);
}

/* Customers without an event are in their cohort too. */
static cst_status add_quiet_starts(cst_cohort_triangle *t, const cst_cohort_frame *f,
                                   const cst_cohort_gatherer *g, cst_error *e)
{
    const cst_cohort_starts *s = f->starts;
    unsigned char *seen = calloc(s->n + 1, 1);
    cst_status status = seen ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < g->roll.n && status == CST_OK; i++) {
        uint32_t id = cst_intern_find(s->accounts, cst_cohort_entry_key(&g->roll.entry[i]));
        if (id != CST_INTERN_NONE) seen[id] = 1;
    }
    for (uint32_t id = 0; id < s->n && status == CST_OK; id++)
        if (!seen[id])
            status = cst_cohort_triangle_add_quiet(t, f, g->plan->in, cst_intern_text(s->accounts, id), e);
    free(seen);
    return status;
}

static cst_status add_unseen(cst_cohort_triangle *t, const cst_cohort_frame *f, const cst_cohort_gatherer *g,
                             cst_error *e)
{
    const cst_cohort_input *in = g->plan->in;
    if (in->filter || g->plan->apart) return CST_OK;
    if (f->starts) return add_quiet_starts(t, f, g, e);
    if (f->date_column < 0) return CST_OK;
    unsigned char *seen = calloc(cst_accounts_count(in->accounts) + 1, 1);
    if (!seen) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < g->roll.n; i++) {
        uint32_t account = cst_accounts_find(in->accounts, cst_cohort_entry_key(&g->roll.entry[i]));
        if (account != CST_ACCOUNT_NONE) seen[account] = 1;
    }
    cst_status status = cst_cohort_triangle_add_unseen(t, f, in, seen, e);
    free(seen);
    return status;
}

/* Under the name of their file, since subscriptions beside them are rows too. */
static void tell_counts(const cst_cohort_gatherer *g)
{
    const cst_cohort_input *in = g->plan->in;
    cst_manifest *m = cst_io_manifest(in->io);
    const char *file = in->o->events;
    cst_manifest_count(m, "rows", file, "used", g->used);
    cst_manifest_count(m, "rows", file, "left out by --where", g->filtered);
    cst_manifest_count(m, "rows", file, "set aside: event_time after --as-of", g->after);
    if (!g->plan->apart) cst_manifest_count(m, "accounts", file, NULL, g->roll.n);
}

/* false: neither --as-of nor an event tells where the data ends, and there is nothing to lay out. */
static bool close_edge(cst_cohort_frame *f, const cst_cohort_input *in, const cst_cohort_gatherer *g)
{
    tell_counts(g);
    if (g->used == 0) cst_cohort_tell_empty(in, "events");
    if (g->after > 0)
        cst_io_warn(in->io, "%llu %s set aside", (unsigned long long)g->after,
                    g->after == 1 ? "event after --as-of is" : "events after --as-of are");
    if (!cst_cohort_input_knows_day(in)) {
        if (g->latest == CST_DAY_NONE) return false;
        char text[CST_DAY_ROOM];
        cst_day_format(g->latest, text);
        cst_io_warn(
            in->io,
            "no --as-of: the period of the latest event, %s, is taken as complete; if it is not, its cells "
            "are too low",
            text);
    }
    cst_cohort_frame_close(f, in, cst_cohort_input_knows_day(in) ? in->o->periodic.as_of : g->latest);
    return true;
}

static cst_status lay_out(cst_cohort_triangle *t, cst_cohort_frame *f, const cst_cohort_gatherer *g,
                          cst_error *e)
{
    layout s = {0};
    cst_status status = CST_OK;
    if (!close_edge(f, g->plan->in, g)) return CST_OK;
    for (uint32_t i = 0; i < g->roll.n && status == CST_OK; i++)
        status = add_entry(t, f, g, &g->roll.entry[i], &s, e);
    if (status == CST_OK) status = add_unseen(t, f, g, e);
    free(s.amount);
    free(s.active);
    cst_buffer_free(&s.key);
    return status;
}

/* The first gatherer takes the others in; where accounts are renamed all go into a fresh one. */
static cst_status bring_together(cst_cohort_gatherer *g, int n, cst_error *e)
{
    cst_status status = CST_OK;
    if (cst_cohort_renames(g[0].plan->in)) {
        cst_cohort_gatherer fresh = {0};
        status = cst_cohort_gatherer_init(&fresh, g[0].plan, e);
        if (status == CST_OK) status = cst_cohort_gatherer_merge(&fresh, &g[0], e);
        cst_cohort_gatherer_free(&g[0]);
        g[0] = fresh;
    }
    for (int i = 1; i < n && status == CST_OK; i++) status = cst_cohort_gatherer_merge(&g[0], &g[i], e);
    return status;
}

cst_status cst_cohort_triangle_of_events(cst_cohort_triangle *t, cst_cohort_frame *f, cst_cohort_input *in,
                                         cst_error *e)
{
    int n = in->threads;
    cst_cohort_event_plan plan;
    cst_status status = cst_cohort_event_plan_open(&plan, in, f, e);
    cst_cohort_gatherer *g = calloc((size_t)n, sizeof *g);
    void **worker = calloc((size_t)n, sizeof *worker);
    if (status == CST_OK && (!g || !worker)) status = cst_fail(e, CST_MEMORY, "out of memory");
    for (int i = 0; i < n && status == CST_OK; i++) {
        worker[i] = &g[i];
        status = cst_cohort_gatherer_init(&g[i], &plan, e);
    }
    if (status == CST_OK) status = cst_run(in->reader, n, cst_cohort_gatherer_work, worker, NULL, NULL, e);
    if (status == CST_OK) status = bring_together(g, n, e);
    if (status == CST_OK) status = lay_out(t, f, &g[0], e);
    for (int i = 0; i < n && g; i++) cst_cohort_gatherer_free(&g[i]);
    free(g);
    free(worker);
    cst_cohort_event_plan_free(&plan);
    return status;
}
