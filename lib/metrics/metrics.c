/* metrics/metrics.c: the steps of a run, and the rules that span streams: whether a table without dates may
 * speak of the past, and whether amounts can be added up. */
#include "metrics/metrics.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ledger/key_rows.h"
#include "ledger/subscriptions.h"
#include "metrics/evaluate.h"
#include "tables/unmatched.h"
#include <stdlib.h>

struct met_metrics {
    met_opts o;
    met_store **store; /* MET_FROM_STREAMS x threads; NULL where there is none */
    cst_features *features;
    met_plans plans;
    met_derived *derived;
    met_company company;
    met_grid grid;
    met_figures figures;
    bool *skip;
    met_counts counts;
};

static cst_status fail_current(const met_metric *m, int cell, const char *what, cst_text name, cst_error *e)
{
    return met_metric_fail(
        m, cell, e,
        "expected values that belong to their period, found %s%.*s, which %s says of the export's day "
        "alone; give --as-of DATE alone, or a column valid_from, or --allow-current to take today's "
        "value for the past",
        what, (int)name.n, name.p, m->from == MET_FROM_DERIVED ? "the accounts table" : "the table");
}

/* The present must not leak into the past. */
static cst_status check_current(const met_metrics *m, cst_error *e)
{
    cst_text attribute;
    if (m->o.allow_current || met_grid_single(m->o.periods)) return CST_OK;
    for (size_t i = 0; i < m->plans.measures; i++) {
        const met_measure *u = &m->plans.measure[i];
        if (u->current && !u->metric->lacking)
            return fail_current(u->metric, MET_CELL_FROM, "", u->metric->cell[MET_CELL_FROM], e);
    }
    const met_metric *d = met_derived_current(m->derived, &attribute);
    return d ? fail_current(d, MET_CELL_EXPR, "the attribute ", attribute, e) : CST_OK;
}

static cst_status open_metrics(met_metrics *m, cst_error *e)
{
    met_plan_input in = {.line = m->o.line, .subjects = m->o.subjects};
    for (int f = 0; f < MET_FROM_STREAMS; f++) in.reader[f] = m->o.reader[f];
    cst_status status = cst_features_new(m->o.features, &m->features, e);
    in.features = m->features;
    if (status == CST_OK) status = met_plans_bind(m->o.spec, &in, &m->plans, e);
    size_t features = m->o.features ? cst_table_rows(m->o.features) : 0;
    if (status == CST_OK)
        status = met_derived_new(m->o.spec, &m->plans, m->o.subjects->accounts, features, &m->derived, e);
    if (status == CST_OK) status = check_current(m, e);
    if (status == CST_OK && m->o.where && !m->o.subjects->accounts)
        status = cst_fail(e, CST_USAGE,
                          "--where: expected --accounts FILE, whose columns it is about, found none");
    if (status == CST_OK && m->o.where)
        status = met_attributes_filter(m->o.where, m->o.subjects->accounts, &m->company, NULL, e);
    return status;
}

cst_status met_open(const met_opts *o, met_metrics **out, cst_error *e)
{
    met_metrics *m = calloc(1, sizeof *m);
    *out = NULL;
    if (!m) return cst_no_memory(e);
    m->o = *o;
    cst_status status = open_metrics(m, e);
    if (status != CST_OK)
        met_free(m);
    else
        *out = m;
    return status;
}

void met_free(met_metrics *m)
{
    if (!m) return;
    met_figures_clear(&m->figures);
    met_grid_clear(&m->grid);
    met_company_clear(&m->company);
    for (int i = 0; m->store && i < m->o.threads * MET_FROM_STREAMS; i++) met_store_free(m->store[i]);
    free(m->store);
    met_derived_free(m->derived);
    met_plans_clear(&m->plans);
    cst_features_free(m->features);
    free(m->skip);
    free(m);
}

/* A thread's store of a stream whose keys are looked at. */
typedef struct keyed_store {
    met_store *store;
    cst_key_rows *keys;
    int thread;
} keyed_store;

static cst_status take_keyed(void *worker, cst_batch *b, cst_error *e)
{
    keyed_store *w = worker;
    cst_status status = met_store_batch(w->store, b, e);
    return status == CST_OK ? cst_key_rows_take(w->keys, w->thread, b, e) : status;
}

static cst_status check_keys(const met_metrics *m, const met_plan *p, cst_key_rows *keys, cst_error *e)
{
    cst_ledger_repeats same, other;
    cst_status status = cst_key_rows_find(keys, &same, &other, e);
    return status == CST_OK ? cst_keys_check(m->o.io, p->reader, met_from_name(p->from), &same, &other, e)
                            : status;
}

static cst_status read_keyed(const met_metrics *m, const met_plan *p, met_store **store, cst_key_rows *keys,
                             cst_error *e)
{
    int threads = m->o.threads;
    keyed_store *w = calloc((size_t)threads, sizeof *w);
    void **worker = calloc((size_t)threads, sizeof *worker);
    cst_status status = w && worker ? CST_OK : cst_no_memory(e);
    for (int t = 0; t < threads && status == CST_OK; t++) {
        w[t] = (keyed_store){store[t], keys, t};
        worker[t] = &w[t];
    }
    if (status == CST_OK) status = cst_run(p->reader, threads, take_keyed, worker, NULL, NULL, e);
    if (status == CST_OK) status = check_keys(m, p, keys, e);
    free(w);
    free(worker);
    return status;
}

/* The stores of one stream, filled. */
static cst_status read_stream(const met_metrics *m, const met_plan *p, met_store **store, cst_error *e)
{
    cst_status status = CST_OK;
    for (int t = 0; t < m->o.threads && status == CST_OK; t++) status = met_store_new(p, &store[t], e);
    if (status != CST_OK) return status;
    if (!p->reader) return met_store_accounts(store[0], e);
    cst_key_rows *keys = NULL;
    if (m->o.io)
        status = cst_key_rows_open(met_from_name(p->from), p->reader, m->o.subjects->identity, m->o.threads,
                                   &keys, e);
    if (status == CST_OK)
        status = keys
                     ? read_keyed(m, p, store, keys, e)
                     : cst_run(p->reader, m->o.threads, met_store_batch, (void *const *)store, NULL, NULL, e);
    cst_key_rows_free(keys);
    return status;
}

cst_status met_read(met_metrics *m, cst_error *e)
{
    int threads = m->o.threads;
    met_store **store[MET_FROM_STREAMS] = {0};
    m->store = calloc((size_t)threads * MET_FROM_STREAMS, sizeof(met_store *));
    cst_status status = m->store ? CST_OK : cst_no_memory(e);
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++) {
        const met_plan *p = &m->plans.plan[f];
        if (!p->reader && !p->accounts) continue;
        store[f] = m->store + f * threads;
        status = read_stream(m, p, store[f], e);
    }
    return status == CST_OK ? met_company_gather(store, threads, &m->plans, &m->company, e) : status;
}

/* Two currencies cannot be added up without rates. */
static cst_status check_currencies(const met_metrics *m, cst_error *e)
{
    const met_gathered *g = &m->company.stream[MET_FROM_SUBSCRIPTIONS];
    bool money = false;
    for (size_t i = 0; i < m->plans.measures; i++) {
        const met_measure *u = &m->plans.measure[i];
        if (u->metric->from == MET_FROM_DERIVED || u->metric->lacking) continue;
        money |= u->plan->from == MET_FROM_RENEWALS || u->plan->from == MET_FROM_CHANGES ||
                 u->plan->from == MET_FROM_ENDINGS ||
                 (u->plan->from == MET_FROM_SUBSCRIPTIONS && u->column >= 0 && u->kind == MET_SLOT_MONEY);
    }
    if (m->o.subjects->fx && money && g->plan && g->plan->currency < 0)
        return cst_fail(
            e, CST_DATA,
            "expected a column currency in the subscriptions (--fx), found none; fill it in, or leave "
            "--fx and --report-currency out");
    if (m->o.subjects->fx || !money || !g->plan || g->plan->currency < 0) return CST_OK;
    cst_text least, greatest;
    bool none;
    met_company_currencies(&m->company, &least, &greatest, &none);
    if (least.n && none)
        return cst_fail(e, CST_DATA,
                        "expected a currency in every subscription or in none, found %.*s and empty ones",
                        (int)least.n, least.p);
    if (cst_text_equal(least, greatest)) return CST_OK;
    return cst_fail(
        e, CST_DATA,
        "expected subscriptions in one currency, found %.*s and %.*s; give --fx FILE and --report-currency C",
        (int)least.n, least.p, (int)greatest.n, greatest.p);
}

static cst_status filter_accounts(met_metrics *m, cst_error *e)
{
    if (!m->o.where) return CST_OK;
    m->skip = calloc((size_t)m->company.accounts + 1, sizeof *m->skip);
    if (!m->skip) return cst_no_memory(e);
    return met_attributes_filter(m->o.where, m->o.subjects->accounts, &m->company, m->skip, e);
}

bool met_is_unrecorded(const met_metrics *m, size_t i)
{
    const met_measure *u = &m->plans.measure[i];
    if (u->metric->from != MET_FROM_EVENTS || u->metric->lacking || !m->grid.n) return false;
    return !met_is_recorded(&m->company, u, cst_grid_close(m->grid.day[m->grid.n - 1]));
}

static void count_all(met_metrics *m)
{
    cst_text attribute;
    bool current = met_derived_current(m->derived, &attribute) != NULL;
    for (size_t i = 0; i < m->plans.measures; i++)
        current |= m->plans.measure[i].current && !m->plans.measure[i].metric->lacking;
    for (size_t i = 0; i < m->plans.measures; i++) m->counts.unrecorded += met_is_unrecorded(m, i);
    m->counts.periods = m->grid.n;
    m->counts.rows = m->figures.row[m->company.accounts];
    for (uint32_t a = 0; a < m->company.accounts; a++) {
        size_t rows = m->figures.row[a + 1] - m->figures.row[a];
        bool filtered = m->skip && m->skip[a];
        m->counts.filtered += filtered;
        m->counts.accounts += rows > 0;
        m->counts.unseen += !rows && !filtered;
        for (size_t k = m->grid.n - rows; k < m->grid.n && current; k++)
            m->counts.current += m->grid.day[k] < m->grid.current;
    }
}

/* A customer that accounts are lifted to needs no row of its own. */
static void check_unmatched(const met_metrics *m)
{
    const cst_subjects *s = m->o.subjects;
    cst_unmatched u = {0};
    for (uint32_t a = 0; s->customer < 0 && a < m->company.accounts; a++)
        cst_unmatched_add(&u, s->accounts, cst_intern_text(m->company.account, m->company.id[a]));
    cst_unmatched_check(m->o.io,
                        s->accounts ? cst_accounts_place(s->accounts, CST_ACCOUNT_NONE, -1).file : NULL, &u);
}

cst_status met_metrics_measure(met_metrics *m, cst_error *e)
{
    cst_status status = met_grid_make(m->o.periods, &m->company, &m->grid, e);
    if (status == CST_OK) status = filter_accounts(m, e);
    if (status == CST_OK) status = check_currencies(m, e);
    if (status == CST_OK)
        status = met_figures_place(&m->company, &m->grid, m->skip, m->plans.measures, &m->figures, e);
    if (status != CST_OK) return status;
    count_all(m);
    check_unmatched(m);
    const met_evaluation v = {.plans = &m->plans,
                              .company = &m->company,
                              .grid = &m->grid,
                              .derived = m->derived,
                              .valuation = {m->o.subjects->fx, &m->company.stream[MET_FROM_SUBSCRIPTIONS]},
                              .rules = m->o.renewals};
    return m->grid.n ? met_evaluate(&v, m->o.threads, &m->figures, e) : CST_OK;
}

/* ---- output ------------------------------------------------------------------------------------------ */

/* Rows are laid out by all threads, each a stretch of accounts of one period in an encoder of its own, and
 * taken up in order. */
#define SPAN 16384 /* accounts */

cst_status met_metrics_columns(const met_metrics *m, cst_column **out, size_t *n, cst_error *e)
{
    const met_spec *s = m->o.spec;
    *n = s->n + 3;
    *out = malloc(*n * sizeof **out);
    if (!*out) return cst_no_memory(e);
    (*out)[0] = (cst_column){"account_id", CST_COL_TEXT};
    (*out)[1] = (cst_column){"period", CST_COL_TEXT};
    (*out)[2] = (cst_column){"active", CST_COL_NUMBER};
    for (size_t i = 0; i < s->n; i++) {
        const met_metric *x = &s->metric[i];
        bool date = x->from != MET_FROM_DERIVED && met_aggregate_is_date(x->aggregate);
        (*out)[i + 3] = (cst_column){x->name, date ? CST_COL_TEXT : CST_COL_NUMBER};
    }
    return CST_OK;
}

static cst_status write_row(const met_metrics *m, uint32_t account, size_t row, cst_day day, cst_writer *w,
                            cst_error *e)
{
    const met_figures *f = &m->figures;
    const uint64_t *cell = f->cell + row * f->metrics;
    cst_put_text(w, met_company_account(&m->company, account));
    cst_put_day(w, day);
    if (f->active[row] == 2)
        cst_put_missing(w);
    else
        cst_put_int(w, f->active[row]);
    for (size_t i = 0; i < f->metrics; i++) {
        const met_measure *u = &m->plans.measure[i];
        if (met_cell_is_missing(u, cell[i]))
            cst_put_missing(w);
        else if (u->money)
            cst_put_money(w, (cst_money)cell[i]);
        else if (u->date)
            cst_put_day(w, (cst_day)met_cell_number(u, cell[i]));
        else
            cst_put_number(w, met_cell_number(u, cell[i]));
    }
    return cst_end_row(w, e);
}

/* The next stretches, one per thread. */
typedef struct wave {
    const met_metrics *m;
    cst_writer **fork;
    uint64_t first; /* stretch; they are numbered over all periods */
    uint64_t spans, per_period;
} wave;

static cst_status write_part(void *context, int part, cst_error *e)
{
    const wave *v = context;
    const met_metrics *m = v->m;
    uint64_t at = v->first + (uint64_t)part;
    cst_status status = CST_OK;
    if (at >= v->spans) return CST_OK;
    size_t k = (size_t)(at / v->per_period);
    uint32_t n = m->company.accounts, a = (uint32_t)(at % v->per_period) * SPAN;
    for (uint32_t end = n - a < SPAN ? n : a + SPAN; a < end && status == CST_OK; a++) {
        size_t rows = m->figures.row[a + 1] - m->figures.row[a], begin = m->grid.n - rows;
        if (k >= begin)
            status = write_row(m, a, m->figures.row[a] + (k - begin), m->grid.day[k], v->fork[part], e);
    }
    return status;
}

cst_status met_write(const met_metrics *m, cst_writer *w, cst_error *e)
{
    int threads = m->o.threads;
    uint64_t per_period = ((uint64_t)m->company.accounts + SPAN - 1) / SPAN;
    wave v = {.m = m, .per_period = per_period, .spans = per_period * m->grid.n};
    v.fork = calloc((size_t)threads, sizeof(cst_writer *));
    cst_status status = v.fork ? CST_OK : cst_no_memory(e);
    for (int t = 0; t < threads && status == CST_OK; t++) status = cst_writer_fork(w, &v.fork[t], e);
    for (; v.first < v.spans && status == CST_OK; v.first += (uint64_t)threads) {
        status = cst_parallel(threads, write_part, &v, e);
        for (int t = 0; t < threads && status == CST_OK; t++) status = cst_writer_absorb(w, v.fork[t], e);
    }
    for (int t = 0; v.fork && t < threads; t++) cst_writer_free(v.fork[t]);
    free(v.fork);
    return status;
}

met_counts met_counted(const met_metrics *m)
{
    return m->counts;
}
