/* metrics/job.c: what is the same for all accounts: the windows of each measure on each day of the grid, and
 * an order of the measures that lets neighbours share sorted rows and items. */
#include "metrics/job.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>

/* The time of the stream's first record: the earliest beginning, or date where it has none; MET_TIME_NONE:
 * it is empty. */
static int64_t stream_first(const met_evaluation *v, const met_measure *u)
{
    const met_gathered *g = &v->company->stream[u->plan->stream ? u->plan->from : MET_FROM_SUBSCRIPTIONS];
    int64_t first = MET_TIME_NONE;
    for (size_t i = 0; i < g->plan->begins; i++) {
        int64_t t = g->first[g->plan->begin[i]];
        if (t != MET_TIME_NONE && (first == MET_TIME_NONE || t < first)) first = t;
    }
    for (size_t i = 0; i < g->plan->slots && !g->plan->begins; i++)
        if (g->first[i] != MET_TIME_NONE && (first == MET_TIME_NONE || g->first[i] < first))
            first = g->first[i];
    return first == MET_TIME_NONE ? first : cst_day_instant(cst_instant_day(first));
}

/* Whether a figure is known as soon as one row is seen, whatever lies before the stream's first record. */
static bool is_settled_by_one(met_aggregate a)
{
    return a == MET_AGGREGATE_LAST || a == MET_AGGREGATE_SINCE || a == MET_AGGREGATE_LAST_DATE;
}

static void set_windows(met_job *j, size_t i, const met_measure *u)
{
    const met_grid *g = j->v->grid;
    met_windows *w = &j->window[i];
    int64_t *open = j->open + i * g->n, *until = j->until + i * g->n;
    bool *missing = j->missing + i * g->n;
    *w = (met_windows){
        .from = open, .to = until, .missing = missing, .day = g->day, .end = g->n, .stride = j->out->metrics};
    bool windowed = u->metric->window.unit && u->metric->aggregate != MET_AGGREGATE_UNTIL;
    int64_t first = windowed ? stream_first(j->v, u) : 0;
    bool counts_all = windowed && !is_settled_by_one(u->metric->aggregate);
    for (size_t k = 0; k < g->n; k++) {
        cst_day before = windowed ? cst_day_minus(g->day[k], u->metric->window) : CST_DAY_NONE;
        until[k] = j->close[k];
        if (u->before) {
            until[k] = cst_grid_close(before);
            before = cst_day_minus(before, u->metric->window);
        }
        open[k] = windowed ? cst_grid_close(before) : MET_TIME_NONE;
        missing[k] = counts_all && (first == MET_TIME_NONE || before == CST_DAY_NONE || open[k] < first);
        missing[k] |= !met_is_recorded(j->v->company, u, j->close[k]);
    }
}

static int compare_measures(const void *a, const void *b)
{
    const met_measure *x = *(const met_measure *const *)a, *y = *(const met_measure *const *)b;
    if (x->steady != y->steady) return x->steady ? -1 : 1;
    if (x->plan->from != y->plan->from) return x->plan->from < y->plan->from ? -1 : 1;
    if (x->at_slot != y->at_slot) return x->at_slot < y->at_slot ? -1 : 1;
    if (x->condition != y->condition) return x->condition < y->condition ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return (x->metric > y->metric) - (x->metric < y->metric);
}

static bool has_window_of(const met_measure *a, const met_measure *b)
{
    return a->plan == b->plan && a->at_slot == b->at_slot && a->before == b->before &&
           a->metric->window.unit == b->metric->window.unit && a->metric->window.n == b->metric->window.n &&
           (a->metric->aggregate == MET_AGGREGATE_UNTIL) == (b->metric->aggregate == MET_AGGREGATE_UNTIL);
}

static void liken_windows(met_job *j)
{
    for (size_t i = 0; i < j->measures; i++) {
        size_t metric = (size_t)(j->order[i] - j->v->plans->measure);
        j->like[metric] = metric;
        for (size_t k = i; k-- > 0;)
            if (has_window_of(j->order[i], j->order[k]))
                j->like[metric] = (size_t)(j->order[k] - j->v->plans->measure);
    }
}

cst_status met_job_open(met_job *j, cst_error *e)
{
    const met_plans *p = j->v->plans;
    size_t n = j->v->grid->n;
    j->order = calloc(p->measures + 1, sizeof *j->order);
    j->window = calloc(p->measures + 1, sizeof *j->window);
    j->like = calloc(p->measures + 1, sizeof *j->like);
    j->open = calloc(p->measures * n + 1, sizeof *j->open);
    j->missing = calloc(p->measures * n + 1, sizeof *j->missing);
    j->until = calloc(p->measures * n + 1, sizeof *j->until);
    j->close = calloc(n + 1, sizeof *j->close);
    if (!j->order || !j->window || !j->like || !j->open || !j->missing || !j->until || !j->close)
        return cst_no_memory(e);
    for (size_t k = 0; k < n; k++) j->close[k] = cst_grid_close(j->v->grid->day[k]);
    for (size_t i = 0; i < p->measures; i++) {
        const met_measure *u = &p->measure[i];
        if (u->metric->from == MET_FROM_DERIVED || u->metric->lacking) continue;
        set_windows(j, i, u);
        j->order[j->measures++] = u;
        j->renewals |= u->plan->from == MET_FROM_RENEWALS;
        j->changes |= u->plan->from == MET_FROM_CHANGES;
        j->endings |= u->plan->from == MET_FROM_ENDINGS;
    }
    if (j->measures) qsort(j->order, j->measures, sizeof *j->order, compare_measures);
    liken_windows(j);
    return CST_OK;
}

void met_job_clear(met_job *j)
{
    free(j->order);
    free(j->window);
    free(j->like);
    free(j->open);
    free(j->until);
    free(j->missing);
    free(j->close);
}

bool met_job_is_steady(const met_job *j, const met_measure *u)
{
    return u->steady && !(j->v->valuation.fx && u->kind == MET_SLOT_MONEY && u->column >= 0);
}

cst_status met_job_blame(const met_job *j, const met_measure *u, uint32_t account, cst_status status,
                         cst_error *e)
{
    if (status != CST_LIMIT || !e || e->file[0]) return status;
    const cst_error why = *e;
    cst_text id = met_company_account(j->v->company, account);
    return cst_fail(e, status, "account \"%.*s\": %s: %s; look for amounts in a smaller unit",
                    (int)(id.n < 200 ? id.n : 200), id.p, u->metric->name, why.message);
}
