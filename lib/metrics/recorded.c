/* metrics/recorded.c: since when the events that a condition is about are recorded. An event that no row of
 * any account has is not measured, and its count is no zero; once one account has it, the others have none.
 * What is asked is the event's name: `event == 'nps' and value <= 6` is recorded with the first answer. */
#include "base/memory.h"
#include "base/text.h"
#include "metrics/gather.h"
#include <stdlib.h>

typedef struct event_row {
    const met_plan *plan;
    const met_event_kind *kind;
    cst_text event;
} event_row;

static cst_text read_text(void *context, uint32_t name)
{
    const event_row *r = context;
    const met_view v = {.plan = r->plan, .feature = r->kind->feature, .use = r->kind->use};
    return r->plan->name[name].from == MET_NAME_COLUMN ? r->event : met_view_text(&v, name);
}

/* The names of which an event's name decides what they are. */
static void find_known(const met_plan *p, bool *known)
{
    for (size_t i = 0; i < p->names; i++)
        known[i] = p->name[i].from == MET_NAME_FEATURE || p->name[i].from == MET_NAME_USE ||
                   (p->name[i].from == MET_NAME_COLUMN && cst_text_is(p->text[i], "event"));
}

static void take_event(met_gathered *g, event_row *r, const bool *known)
{
    const cst_row row = {.context = r, .text = read_text, .today = CST_DAY_NONE};
    for (size_t i = 0; i < g->plan->conditions; i++) {
        int64_t t = r->kind->first;
        if (g->recorded[i] != MET_TIME_NONE && g->recorded[i] <= t) continue;
        const cst_expr *x = g->plan->condition[i].expr;
        if (!x || cst_expr_could(x, &row, known)) g->recorded[i] = t;
    }
}

cst_status met_recorded_find(met_gathered *g, cst_error *e)
{
    const met_plan *p = g->plan;
    if (p->from != MET_FROM_EVENTS) return CST_OK;
    bool *known = calloc(p->names + 1, sizeof *known);
    g->recorded = malloc((p->conditions + 1) * sizeof *g->recorded);
    if (!known || !g->recorded) {
        free(known);
        return cst_no_memory(e);
    }
    find_known(p, known);
    for (size_t i = 0; i < p->conditions; i++) g->recorded[i] = MET_TIME_NONE;
    for (int t = 0; t < g->loads; t++) {
        const met_store_view *v = &g->load[t].v;
        for (uint32_t i = 0; i < v->kinds; i++) {
            event_row r = {p, &v->kind[i], cst_intern_text(v->event, i)};
            if (r.kind->first != MET_TIME_NONE) take_event(g, &r, known);
        }
    }
    free(known);
    return CST_OK;
}
