/* metrics/evaluate.c: threads take parts of the accounts; each account is worked on whole, by one thread,
 * into rows of its own. Measures over rows that do not change slide a window over sorted items; those over
 * rows that begin, end or are judged anew are taken day by day (select.c). Measures are visited in an order
 * that lets neighbours share sorted rows and items. Nothing depends on who works on what, nor on the order
 * of the records. */
#include "metrics/evaluate.h"
#include "base/date.h"
#include "metrics/field.h"
#include "metrics/parallel.h"
#include "metrics/running.h"
#include "metrics/select.h"
#include "metrics/sliding.h"
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 8 /* records */

/* What all threads share. */
typedef struct job {
    const cst_evaluation *v;
    cst_figures *out;
    const cst_measure **order; /* the steady ones, then the others */
    size_t measures;
    cst_windows *window;           /* by metric */
    size_t *like;                  /* by metric: the first whose windows over rows are the same */
    int64_t *open, *until, *close; /* metrics x days, metrics x days, days */
    bool *missing;
    bool renewals, changes;
    atomic_uint next;
} job;

/* What a thread has of its own. */
typedef struct hand {
    cst_desk desk;
    cst_items rows, item,
        spare; /* the account's records in order of time; the items of a measure; for sorting */
    cst_tally tally;
    cst_running running;
    cst_bound *bound; /* metrics x days: of metrics that are like no other before */
    bool *bounded;    /* by metric: for the account */
    cst_selector select;
    cst_deriver *deriver;
} hand;

static cst_status fail_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory");
}

cst_status cst_figures_place(const cst_company *c, const cst_grid *g, const bool *skip, size_t metrics,
                             cst_figures *out, cst_error *e)
{
    *out = (cst_figures){.metrics = metrics, .row = malloc(((size_t)c->accounts + 1) * sizeof *out->row)};
    if (!out->row) return fail_memory(e);
    size_t n = 0;
    for (uint32_t a = 0; a < c->accounts; a++) {
        out->row[a] = n;
        if (!skip || !skip[a]) n += g->n - cst_grid_sight(g, c->sight[a]);
    }
    out->row[c->accounts] = n;
    if (n > SIZE_MAX / sizeof *out->cell / (metrics + 1)) return fail_memory(e);
    out->cell = malloc((n * metrics + 1) * sizeof *out->cell);
    out->active = malloc(n + 1);
    return out->cell && out->active ? CST_OK : fail_memory(e);
}

void cst_figures_clear(cst_figures *f)
{
    free(f->row);
    free(f->cell);
    free(f->active);
    *f = (cst_figures){0};
}

/* The time of the stream's first record: the earliest beginning, or date where it has none; CST_TIME_NONE:
 * it is empty. */
static int64_t stream_first(const cst_evaluation *v, const cst_measure *u)
{
    const cst_gathered *g = &v->company->stream[u->plan->stream ? u->plan->from : CST_FROM_SUBSCRIPTIONS];
    int64_t first = CST_TIME_NONE;
    for (size_t i = 0; i < g->plan->begins; i++) {
        int64_t t = g->first[g->plan->begin[i]];
        if (t != CST_TIME_NONE && (first == CST_TIME_NONE || t < first)) first = t;
    }
    for (size_t i = 0; i < g->plan->slots && !g->plan->begins; i++)
        if (g->first[i] != CST_TIME_NONE && (first == CST_TIME_NONE || g->first[i] < first))
            first = g->first[i];
    return first == CST_TIME_NONE ? first : cst_day_instant(cst_instant_day(first));
}

static void set_windows(job *j, size_t i, const cst_measure *u)
{
    const cst_grid *g = j->v->grid;
    cst_windows *w = &j->window[i];
    int64_t *open = j->open + i * g->n, *until = j->until + i * g->n;
    bool *missing = j->missing + i * g->n;
    *w = (cst_windows){
        .from = open, .to = until, .missing = missing, .day = g->day, .end = g->n, .stride = j->out->metrics};
    bool windowed = u->metric->window.unit && u->metric->aggregate != CST_AGGREGATE_UNTIL;
    int64_t first = windowed ? stream_first(j->v, u) : 0;
    for (size_t k = 0; k < g->n; k++) {
        cst_day before = windowed ? cst_day_minus(g->day[k], u->metric->window) : CST_DAY_NONE;
        until[k] = j->close[k];
        if (u->before) {
            until[k] = cst_grid_close(before);
            before = cst_day_minus(before, u->metric->window);
        }
        open[k] = windowed ? cst_grid_close(before) : CST_TIME_NONE;
        missing[k] = windowed && (first == CST_TIME_NONE || before == CST_DAY_NONE || open[k] < first);
    }
}

static int compare_measures(const void *a, const void *b)
{
    const cst_measure *x = *(const cst_measure *const *)a, *y = *(const cst_measure *const *)b;
    if (x->steady != y->steady) return x->steady ? -1 : 1;
    if (x->plan->from != y->plan->from) return x->plan->from < y->plan->from ? -1 : 1;
    if (x->at_slot != y->at_slot) return x->at_slot < y->at_slot ? -1 : 1;
    if (x->condition != y->condition) return x->condition < y->condition ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return (x->metric > y->metric) - (x->metric < y->metric);
}

static bool has_window_of(const cst_measure *a, const cst_measure *b)
{
    return a->plan == b->plan && a->at_slot == b->at_slot && a->before == b->before &&
           a->metric->window.unit == b->metric->window.unit && a->metric->window.n == b->metric->window.n &&
           (a->metric->aggregate == CST_AGGREGATE_UNTIL) == (b->metric->aggregate == CST_AGGREGATE_UNTIL);
}

static void liken_windows(job *j)
{
    for (size_t i = 0; i < j->measures; i++) {
        size_t metric = (size_t)(j->order[i] - j->v->plans->measure);
        j->like[metric] = metric;
        for (size_t k = i; k-- > 0;)
            if (has_window_of(j->order[i], j->order[k]))
                j->like[metric] = (size_t)(j->order[k] - j->v->plans->measure);
    }
}

static cst_status open_job(job *j, cst_error *e)
{
    const cst_plans *p = j->v->plans;
    size_t n = j->v->grid->n;
    j->order = calloc(p->measures + 1, sizeof *j->order);
    j->window = calloc(p->measures + 1, sizeof *j->window);
    j->like = calloc(p->measures + 1, sizeof *j->like);
    j->open = calloc(p->measures * n + 1, sizeof *j->open);
    j->missing = calloc(p->measures * n + 1, sizeof *j->missing);
    j->until = calloc(p->measures * n + 1, sizeof *j->until);
    j->close = calloc(n + 1, sizeof *j->close);
    if (!j->order || !j->window || !j->like || !j->open || !j->missing || !j->until || !j->close)
        return fail_memory(e);
    for (size_t k = 0; k < n; k++) j->close[k] = cst_grid_close(j->v->grid->day[k]);
    for (size_t i = 0; i < p->measures; i++) {
        const cst_measure *u = &p->measure[i];
        if (u->metric->from == CST_FROM_DERIVED || u->metric->lacking) continue;
        set_windows(j, i, u);
        j->order[j->measures++] = u;
        j->renewals |= u->plan->from == CST_FROM_RENEWALS;
        j->changes |= u->plan->from == CST_FROM_CHANGES;
    }
    if (j->measures) qsort(j->order, j->measures, sizeof *j->order, compare_measures);
    liken_windows(j);
    return CST_OK;
}

static bool is_steady(const job *j, const cst_measure *u)
{
    return u->steady && !(j->v->valuation.fx && u->kind == CST_SLOT_MONEY && u->column >= 0);
}

/* The account's records in order of the time in a slot: items whose value is where the record stands. */
static bool sort_rows(hand *h, const cst_plan *p, uint32_t account, int slot)
{
    const cst_rows rows = cst_desk_rows(&h->desk, p->from, account);
    size_t at = cst_plan_slot_at(p, slot), kept = 0;
    if (!cst_items_room(&h->rows, rows.n) || !cst_items_room(&h->spare, rows.n)) return false;
    for (size_t i = 0; i < rows.n; i++) {
        if (i + AHEAD < rows.n) { /* its first words and the line after them */
            __builtin_prefetch(rows.row[i + AHEAD]);
            __builtin_prefetch(rows.row[i + AHEAD] + 7);
        }
        int64_t t = (int64_t)rows.row[i][at];
        if (t != CST_TIME_NONE) h->rows.item[kept++] = (cst_item){t, (uintptr_t)rows.row[i]};
    }
    h->rows.n = kept;
    cst_items_sort(h->rows.item, kept, h->spare.item);
    return true;
}

/* The value of an item; of values that are counted, its number. */
static uint64_t item_value(hand *h, const cst_measure *u, const uint64_t *r, uint64_t v)
{
    if (u->metric->aggregate != CST_AGGREGATE_DISTINCT) return v;
    if (u->kind == CST_SLOT_STRING) return cst_tally_text(&h->tally, cst_record_string(r, v));
    return cst_tally_value(&h->tally, v);
}

/* The rows for which the measure's condition holds and its column is filled. */
static bool list_items(hand *h, const cst_gathered *g, const cst_measure *u)
{
    size_t at = u->column < 0 ? 0 : cst_plan_slot_at(g->plan, u->column);
    if (!cst_items_room(&h->item, h->rows.n)) return false;
    if (u->metric->aggregate == CST_AGGREGATE_DISTINCT && !cst_tally_begin(&h->tally, h->rows.n))
        return false;
    h->item.n = 0;
    for (size_t i = 0; i < h->rows.n; i++) {
        const uint64_t *r = (const uint64_t *)(uintptr_t)h->rows.item[i].v;
        if (!cst_mask_has(&g->mask[cst_record_class(r, 0)], u->condition)) continue;
        if (u->column >= 0 && cst_field_missing(u->kind, r[at])) continue;
        h->item.item[h->item.n++] =
            (cst_item){h->rows.item[i].t, u->column < 0 ? 0 : item_value(h, u, r, r[at])};
    }
    return true;
}

static bool shares_items(const cst_measure *a, const cst_measure *b)
{
    return a->plan == b->plan && a->at_slot == b->at_slot && a->condition == b->condition &&
           a->column == b->column &&
           (a->column < 0 || (a->kind == b->kind && (a->metric->aggregate == CST_AGGREGATE_DISTINCT) ==
                                                        (b->metric->aggregate == CST_AGGREGATE_DISTINCT)));
}

/* What the hand has made of the account's rows last, for the measures that can use it too. */
typedef struct made {
    const cst_measure *rows, *items, *running;
    bool exact; /* the running totals */
} made;

static const cst_bound *find_bounds(const job *j, hand *h, size_t metric, const cst_windows *w)
{
    size_t like = j->like[metric];
    cst_bound *bound = h->bound + like * j->v->grid->n;
    if (!h->bounded[like]) cst_bounds_find(h->rows.item, h->rows.n, w, bound);
    h->bounded[like] = true;
    return bound;
}

/* Whether running totals give the measure; if so, they are made. */
static cst_status try_running(hand *h, const cst_gathered *g, const cst_measure *u, made *m, bool *serves,
                              cst_error *e)
{
    *serves = cst_running_serves(u);
    if (!*serves) return CST_OK;
    bool same = m->running && shares_items(m->running, u) &&
                (m->running->metric->aggregate == CST_AGGREGATE_COUNT) ==
                    (u->metric->aggregate == CST_AGGREGATE_COUNT);
    if (!same && !cst_running_make(&h->running, u, g->mask, h->rows.item, h->rows.n, &m->exact))
        return fail_memory(e);
    m->running = u;
    *serves = m->exact;
    return CST_OK;
}

static cst_status slide_measure(const job *j, hand *h, const cst_measure *u, size_t begin, made *m,
                                uint64_t *cell, cst_error *e)
{
    const cst_gathered *g = &j->v->company->stream[u->plan->from];
    size_t metric = (size_t)(u - j->v->plans->measure);
    cst_windows w = j->window[metric];
    bool running;
    w.begin = begin;
    cst_status s = try_running(h, g, u, m, &running, e);
    if (s) return s;
    if (running)
        return cst_running_measure(&h->running, u, find_bounds(j, h, metric, &w), &w, cell + metric, e);
    if (!m->items || !shares_items(m->items, u))
        if (!list_items(h, g, u)) return fail_memory(e);
    m->items = u;
    return cst_slide(u, h->item.item, h->item.n, &w, &h->tally, cell + metric, e);
}

/* Says of a sum that does not fit whose it is. */
static cst_status blame(const job *j, const cst_measure *u, uint32_t account, cst_status s, cst_error *e)
{
    if (s != CST_LIMIT || !e || e->file[0]) return s;
    const cst_error why = *e;
    cst_text id = cst_company_account(j->v->company, account);
    return cst_fail(e, s, "account \"%.*s\": %s: %s; look for amounts in a smaller unit",
                    (int)(id.n < 200 ? id.n : 200), id.p, u->metric->name, why.message);
}

static cst_status slide_all(job *j, hand *h, uint32_t account, size_t begin, uint64_t *cell, cst_error *e)
{
    made m = {NULL, NULL, NULL, false};
    cst_status s = CST_OK;
    memset(h->bounded, 0, j->v->plans->measures * sizeof *h->bounded);
    for (size_t i = 0; i < j->measures && !s; i++) {
        const cst_measure *u = j->order[i];
        if (!is_steady(j, u)) continue;
        if (!m.rows || m.rows->plan != u->plan || m.rows->at_slot != u->at_slot)
            if (!sort_rows(h, u->plan, account, u->at_slot)) return fail_memory(e);
        m.rows = u;
        s = blame(j, u, account, slide_measure(j, h, u, begin, &m, cell, e), e);
    }
    return s;
}

static cst_status select_all(job *j, hand *h, uint32_t account, size_t begin, uint64_t *cell, cst_error *e)
{
    const cst_grid *g = j->v->grid;
    cst_status s = CST_OK;
    for (size_t i = 0; i < j->measures && !s; i++) {
        const cst_measure *u = j->order[i];
        if (is_steady(j, u)) continue;
        size_t metric = (size_t)(u - j->v->plans->measure);
        for (size_t k = begin; k < g->n && !s; k++) {
            if (j->window[metric].missing[k]) continue;
            h->item.n = 0;
            s = cst_select(&h->select, u, account, g->day[k], j->window[metric].from[k],
                           j->window[metric].to[k], &h->item, e);
            if (!s)
                s = blame(j, u, account,
                          cst_aggregate_items(u, h->item.item, h->item.n, g->day[k],
                                              &cell[(k - begin) * j->out->metrics + metric], e),
                          e);
        }
    }
    return s;
}

static cst_status derive_all(job *j, hand *h, uint32_t account, size_t begin, uint64_t *cell,
                             unsigned char *active, cst_error *e)
{
    const cst_grid *g = j->v->grid;
    cst_status s = CST_OK;
    cst_deriver_account(h->deriver, cst_company_account(j->v->company, account),
                        cst_select_first(&h->select, account));
    for (size_t k = begin; k < g->n && !s; k++) {
        size_t row = k - begin;
        int is_active = 2;
        s = cst_select_active(&h->select, account, g->day[k], &is_active, e);
        active[row] = (unsigned char)is_active;
        if (!s) s = cst_deriver_row(h->deriver, g->day[k], is_active, cell + row * j->out->metrics, e);
    }
    return s;
}

static cst_status evaluate_account(job *j, hand *h, uint32_t account, cst_error *e)
{
    const cst_plans *p = j->v->plans;
    cst_figures *out = j->out;
    size_t rows = out->row[account + 1] - out->row[account], begin = j->v->grid->n - rows;
    uint64_t *cell = out->cell + out->row[account] * out->metrics;
    if (!rows) return CST_OK;
    for (size_t k = 0; k < rows; k++)
        for (size_t i = 0; i < out->metrics; i++)
            cell[k * out->metrics + i] = cst_cell_missing(&p->measure[i]);
    cst_status s = cst_select_account(&h->select, account, j->renewals, j->changes, e);
    if (!s) s = slide_all(j, h, account, begin, cell, e);
    if (!s) s = select_all(j, h, account, begin, cell, e);
    if (!s) s = derive_all(j, h, account, begin, cell, out->active + out->row[account], e);
    return s;
}

static void close_hand(hand *h)
{
    cst_desk_clear(&h->desk);
    cst_items_clear(&h->rows);
    cst_items_clear(&h->item);
    cst_items_clear(&h->spare);
    cst_tally_clear(&h->tally);
    cst_running_clear(&h->running);
    free(h->bound);
    free(h->bounded);
    cst_selector_clear(&h->select);
    cst_deriver_free(h->deriver);
}

/* The first failure by account is the one to report, so a failure ends its part alone. */
typedef struct failures {
    job *job;
    uint32_t *account; /* by thread */
    cst_error *why;
} failures;

static cst_status evaluate_members(job *j, hand *h, unsigned part, uint32_t *failed, cst_error *why)
{
    const cst_company *c = j->v->company;
    *failed = 0;
    cst_status s = cst_desk_lay(&h->desk, part, why);
    for (uint32_t i = c->part[part]; i < c->part[part + 1] && !s; i++) {
        *failed = c->member[i];
        s = evaluate_account(j, h, c->member[i], why);
    }
    return s;
}

static cst_status evaluate_part(void *context, int thread, cst_error *e)
{
    failures *f = context;
    job *j = f->job;
    size_t metrics = j->v->plans->measures;
    hand h = {.deriver = cst_deriver_new(j->v->derived),
              .bound = malloc((metrics * j->v->grid->n + 1) * sizeof *h.bound),
              .bounded = malloc(metrics + 1)};
    cst_desk_open(&h.desk, j->v->company);
    cst_selector_open(&h.select, j->v->plans, &h.desk, j->v->grid, &j->v->valuation, j->v->grace);
    if (!h.deriver || !h.bound || !h.bounded) {
        close_hand(&h);
        return fail_memory(e);
    }
    for (unsigned part; (part = atomic_fetch_add(&j->next, 1)) < CST_PARTS;) {
        uint32_t account;
        cst_error why = {0};
        cst_status s = evaluate_members(j, &h, part, &account, &why);
        if (!s || (f->why[thread].status && f->account[thread] <= account)) continue;
        why.status = s;
        f->why[thread] = why;
        f->account[thread] = account;
    }
    close_hand(&h);
    return CST_OK;
}

static cst_status run_job(job *j, int threads, cst_error *e)
{
    failures f = {.job = j,
                  .account = calloc((size_t)threads, sizeof *f.account),
                  .why = calloc((size_t)threads, sizeof *f.why)};
    cst_status s = f.account && f.why ? cst_parallel(threads, evaluate_part, &f, e) : fail_memory(e);
    uint32_t first = UINT32_MAX;
    for (int t = 0; t < threads && f.account && f.why; t++) {
        if (!f.why[t].status || (s && f.account[t] >= first)) continue;
        first = f.account[t];
        s = f.why[t].status;
        if (e) *e = f.why[t];
    }
    free(f.account);
    free(f.why);
    return s;
}

cst_status cst_evaluate(const cst_evaluation *v, int threads, cst_figures *out, cst_error *e)
{
    job j = {.v = v, .out = out};
    cst_status s = open_job(&j, e);
    if (!s) s = run_job(&j, threads, e);
    free(j.order);
    free(j.window);
    free(j.like);
    free(j.open);
    free(j.until);
    free(j.missing);
    free(j.close);
    return s;
}
