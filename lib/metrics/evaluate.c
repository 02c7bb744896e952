/* metrics/evaluate.c: threads take parts of the accounts; each account is worked on whole, by one thread,
 * into rows of its own: measures over rows that do not change (steady.c), over rows that begin, end or are
 * judged anew, day by day (select.c), over renewals and changes (made.c), and what is derived from them.
 * Nothing depends on who works on what, nor on the order of the records. */
#include "metrics/evaluate.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "metrics/job.h"
#include <stdlib.h>

cst_status met_figures_place(const met_company *c, const met_grid *g, const bool *skip, size_t metrics,
                             met_figures *out, cst_error *e)
{
    *out = (met_figures){.metrics = metrics, .row = malloc(((size_t)c->accounts + 1) * sizeof *out->row)};
    if (!out->row) return cst_no_memory(e);
    size_t n = 0;
    for (uint32_t a = 0; a < c->accounts; a++) {
        out->row[a] = n;
        if (!skip || !skip[a]) n += g->n - met_grid_seen(g, c->seen[a]);
    }
    out->row[c->accounts] = n;
    if (n > SIZE_MAX / sizeof *out->cell / (metrics + 1)) return cst_no_memory(e);
    out->cell = malloc((n * metrics + 1) * sizeof *out->cell);
    out->active = malloc(n + 1);
    return out->cell && out->active ? CST_OK : cst_no_memory(e);
}

void met_figures_clear(met_figures *f)
{
    free(f->row);
    free(f->cell);
    free(f->active);
    *f = (met_figures){0};
}

static cst_status select_all(met_job *j, met_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                             cst_error *e)
{
    const met_grid *g = j->v->grid;
    cst_status status = CST_OK;
    for (size_t i = 0; i < j->measures && status == CST_OK; i++) {
        const met_measure *u = j->order[i];
        if (met_job_is_steady(j, u) || !u->plan->stream) continue;
        size_t metric = (size_t)(u - j->v->plans->measure);
        for (size_t k = begin; k < g->n && status == CST_OK; k++) {
            if (j->window[metric].missing[k]) continue;
            h->item.n = 0;
            status = met_select(&h->select, u, account, g->day[k], j->window[metric].from[k],
                                j->window[metric].to[k], &h->item, e);
            if (status == CST_OK)
                status = met_job_blame(j, u, account,
                                       met_aggregate_items(u, h->item.item, h->item.n, g->day[k],
                                                           &cell[(k - begin) * j->out->metrics + metric], e),
                                       e);
        }
    }
    return status;
}

static cst_status derive_all(met_job *j, met_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                             unsigned char *active, cst_error *e)
{
    const met_grid *g = j->v->grid;
    cst_status status = CST_OK;
    met_deriver_account(h->deriver, met_company_account(j->v->company, account),
                        met_select_first(&h->select, account));
    for (size_t k = begin; k < g->n && status == CST_OK; k++) {
        size_t row = k - begin;
        int is_active = 2;
        status = met_select_active(&h->select, account, g->day[k], &is_active, e);
        active[row] = (unsigned char)is_active;
        if (status == CST_OK)
            status = met_deriver_row(h->deriver, g->day[k], is_active, cell + row * j->out->metrics, e);
    }
    return status;
}

static cst_status evaluate_account(met_job *j, met_hand *h, uint32_t account, cst_error *e)
{
    const met_plans *p = j->v->plans;
    met_figures *out = j->out;
    size_t rows = out->row[account + 1] - out->row[account], begin = j->v->grid->n - rows;
    uint64_t *cell = out->cell + out->row[account] * out->metrics;
    if (!rows) return CST_OK;
    for (size_t k = 0; k < rows; k++)
        for (size_t i = 0; i < out->metrics; i++)
            cell[k * out->metrics + i] = met_cell_missing(&p->measure[i]);
    cst_status status =
        met_select_account(&h->select, account, (met_wanted){j->renewals, j->changes, j->endings}, e);
    if (status == CST_OK) status = met_steady_measure(j, h, account, begin, cell, e);
    if (status == CST_OK) status = select_all(j, h, account, begin, cell, e);
    if (status == CST_OK) status = met_generated_measure(j, h, account, begin, cell, e);
    if (status == CST_OK) status = derive_all(j, h, account, begin, cell, out->active + out->row[account], e);
    return status;
}

static void close_hand(met_hand *h)
{
    met_scratch_clear(&h->scratch);
    met_items_clear(&h->rows);
    met_items_clear(&h->item);
    met_items_clear(&h->spare);
    met_tally_clear(&h->tally);
    met_running_clear(&h->running);
    free(h->bound);
    free(h->bounded);
    met_selector_clear(&h->select);
    met_deriver_free(h->deriver);
}

/* The first failure by account is the one to report, so a failure ends its part alone. */
typedef struct failures {
    met_job *job;
    uint32_t *account; /* by thread */
    cst_error *why;
} failures;

static cst_status evaluate_members(met_job *j, met_hand *h, unsigned part, uint32_t *failed, cst_error *why)
{
    const met_company *c = j->v->company;
    *failed = 0;
    cst_status status = met_scratch_lay(&h->scratch, part, why);
    for (uint32_t i = c->part[part]; i < c->part[part + 1] && status == CST_OK; i++) {
        *failed = c->member[i];
        status = evaluate_account(j, h, c->member[i], why);
    }
    return status;
}

static cst_status evaluate_part(void *context, int thread, cst_error *e)
{
    failures *f = context;
    met_job *j = f->job;
    size_t metrics = j->v->plans->measures;
    met_hand h = {.deriver = met_deriver_new(j->v->derived),
                  .bound = malloc((metrics * j->v->grid->n + 1) * sizeof *h.bound),
                  .bounded = malloc(metrics + 1)};
    met_scratch_open(&h.scratch, j->v->company);
    met_selector_open(&h.select, j->v->plans, &h.scratch, j->v->grid, &j->v->valuation, &j->v->rules);
    if (!h.deriver || !h.bound || !h.bounded) {
        close_hand(&h);
        return cst_no_memory(e);
    }
    for (unsigned part; (part = atomic_fetch_add(&j->next, 1)) < MET_PARTS;) {
        uint32_t account;
        cst_error why = {0};
        cst_status status = evaluate_members(j, &h, part, &account, &why);
        if (status == CST_OK || (f->why[thread].status && f->account[thread] <= account)) continue;
        why.status = status;
        f->why[thread] = why;
        f->account[thread] = account;
    }
    close_hand(&h);
    return CST_OK;
}

static cst_status run_job(met_job *j, int threads, cst_error *e)
{
    failures f = {.job = j,
                  .account = calloc((size_t)threads, sizeof *f.account),
                  .why = calloc((size_t)threads, sizeof *f.why)};
    cst_status status = f.account && f.why ? cst_parallel(threads, evaluate_part, &f, e) : cst_no_memory(e);
    uint32_t first = UINT32_MAX;
    for (int t = 0; t < threads && f.account && f.why; t++) {
        if (f.why[t].status == CST_OK || (status != CST_OK && f.account[t] >= first)) continue;
        first = f.account[t];
        status = f.why[t].status;
        if (e) *e = f.why[t];
    }
    free(f.account);
    free(f.why);
    return status;
}

cst_status met_evaluate(const met_evaluation *v, int threads, met_figures *out, cst_error *e)
{
    met_job j = {.v = v, .out = out};
    cst_status status = met_job_open(&j, e);
    if (status == CST_OK) status = run_job(&j, threads, e);
    met_job_clear(&j);
    return status;
}
