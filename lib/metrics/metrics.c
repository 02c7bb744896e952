/* metrics/metrics.c: the steps of a run, and the rules that span streams: whether a table without dates may
 * speak of the past, and whether amounts can be added up. */
#include "metrics/metrics.h"
#include "base/text.h"
#include "metrics/evaluate.h"
#include "metrics/output.h"
#include <stdlib.h>

struct cst_metrics {
    cst_metrics_opts o;
    cst_store **store; /* CST_FROM_STREAMS x threads; NULL where there is none */
    cst_features *features;
    cst_plans plans;
    cst_derived *derived;
    cst_company company;
    cst_grid grid;
    cst_figures figures;
    bool *skip;
    cst_metrics_counts counts;
};

static cst_status fail_current(const cst_metric *m, int cell, const char *what, cst_text name, cst_error *e)
{
    return cst_metric_fail(
        m, cell, e,
        "expected values that belong to their period, found %s%.*s, which %s says of the export's day "
        "alone; give --as-of DATE alone, or a column valid_from, or --allow-current to take today's "
        "value for the past",
        what, (int)name.n, name.p, m->from == CST_FROM_DERIVED ? "the accounts table" : "the table");
}

/* The present must not leak into the past. */
static cst_status check_current(const cst_metrics *m, cst_error *e)
{
    cst_text attribute;
    if (m->o.allow_current || cst_grid_single(m->o.periods)) return CST_OK;
    for (size_t i = 0; i < m->plans.measures; i++) {
        const cst_measure *u = &m->plans.measure[i];
        if (u->current && !u->metric->lacking)
            return fail_current(u->metric, CST_CELL_FROM, "", u->metric->cell[CST_CELL_FROM], e);
    }
    const cst_metric *d = cst_derived_current(m->derived, &attribute);
    return d ? fail_current(d, CST_CELL_EXPR, "the attribute ", attribute, e) : CST_OK;
}

static cst_status open_metrics(cst_metrics *m, cst_error *e)
{
    cst_plan_input in = {.accounts = m->o.accounts};
    for (int f = 0; f < CST_FROM_STREAMS; f++) in.reader[f] = m->o.reader[f];
    cst_status s = cst_features_new(m->o.features, &m->features, e);
    in.features = m->features;
    if (!s) s = cst_plans_bind(m->o.spec, &in, &m->plans, e);
    size_t features = m->o.features ? cst_table_rows(m->o.features) : 0;
    if (!s) s = cst_derived_new(m->o.spec, &m->plans, m->o.accounts, features, &m->derived, e);
    if (!s) s = check_current(m, e);
    if (!s && m->o.where && !m->o.accounts)
        s = cst_fail(e, CST_USAGE,
                     "--where: expected --accounts FILE, whose columns it is about, found none");
    if (!s && m->o.where) s = cst_attributes_filter(m->o.where, m->o.accounts, &m->company, NULL, e);
    return s;
}

cst_status cst_metrics_open(const cst_metrics_opts *o, cst_metrics **out, cst_error *e)
{
    cst_metrics *m = calloc(1, sizeof *m);
    *out = NULL;
    if (!m) return cst_fail(e, CST_MEMORY, "out of memory");
    m->o = *o;
    cst_status s = open_metrics(m, e);
    if (s)
        cst_metrics_free(m);
    else
        *out = m;
    return s;
}

void cst_metrics_free(cst_metrics *m)
{
    if (!m) return;
    cst_figures_clear(&m->figures);
    cst_grid_clear(&m->grid);
    cst_company_clear(&m->company);
    for (int i = 0; m->store && i < m->o.threads * CST_FROM_STREAMS; i++) cst_store_free(m->store[i]);
    free(m->store);
    cst_derived_free(m->derived);
    cst_plans_clear(&m->plans);
    cst_features_free(m->features);
    free(m->skip);
    free(m);
}

/* The stores of one stream, filled. */
static cst_status read_stream(const cst_metrics *m, const cst_plan *p, cst_store **store, cst_error *e)
{
    cst_status s = CST_OK;
    for (int t = 0; t < m->o.threads && !s; t++) s = cst_store_new(p, &store[t], e);
    if (s) return s;
    if (p->reader)
        return cst_run(p->reader, m->o.threads, cst_store_batch, (void *const *)store, NULL, NULL, e);
    return cst_store_accounts(store[0], e);
}

cst_status cst_metrics_read(cst_metrics *m, cst_error *e)
{
    int threads = m->o.threads;
    cst_store **store[CST_FROM_STREAMS] = {0};
    m->store = calloc((size_t)threads * CST_FROM_STREAMS, sizeof(cst_store *));
    cst_status s = m->store ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    for (int f = 0; f < CST_FROM_STREAMS && !s; f++) {
        const cst_plan *p = &m->plans.plan[f];
        if (!p->reader && !p->accounts) continue;
        store[f] = m->store + f * threads;
        s = read_stream(m, p, store[f], e);
    }
    return s ? s : cst_company_gather(store, threads, &m->plans, &m->company, e);
}

/* Two currencies cannot be added up without rates. */
static cst_status check_currencies(const cst_metrics *m, cst_error *e)
{
    const cst_gathered *g = &m->company.stream[CST_FROM_SUBSCRIPTIONS];
    bool money = false;
    for (size_t i = 0; i < m->plans.measures; i++) {
        const cst_measure *u = &m->plans.measure[i];
        if (u->metric->from == CST_FROM_DERIVED || u->metric->lacking) continue;
        money |= u->plan->from == CST_FROM_RENEWALS || u->plan->from == CST_FROM_CHANGES ||
                 (u->plan->from == CST_FROM_SUBSCRIPTIONS && u->column >= 0 && u->kind == CST_SLOT_MONEY);
    }
    if (m->o.fx && money && g->plan && g->plan->currency < 0)
        return cst_fail(
            e, CST_DATA,
            "expected a column currency in the subscriptions (--fx), found none; fill it in, or leave "
            "--fx and --report-currency out");
    if (m->o.fx || !money || !g->plan || g->plan->currency < 0) return CST_OK;
    cst_text least, greatest;
    bool none;
    cst_company_currencies(&m->company, &least, &greatest, &none);
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

static cst_status filter_accounts(cst_metrics *m, cst_error *e)
{
    if (!m->o.where) return CST_OK;
    m->skip = calloc((size_t)m->company.accounts + 1, sizeof *m->skip);
    if (!m->skip) return cst_fail(e, CST_MEMORY, "out of memory");
    return cst_attributes_filter(m->o.where, m->o.accounts, &m->company, m->skip, e);
}

static void count_all(cst_metrics *m)
{
    cst_text attribute;
    bool current = cst_derived_current(m->derived, &attribute) != NULL;
    for (size_t i = 0; i < m->plans.measures; i++)
        current |= m->plans.measure[i].current && !m->plans.measure[i].metric->lacking;
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

cst_status cst_metrics_measure(cst_metrics *m, cst_error *e)
{
    cst_status s = cst_grid_make(m->o.periods, &m->company, &m->grid, e);
    if (!s) s = filter_accounts(m, e);
    if (!s) s = check_currencies(m, e);
    if (!s) s = cst_figures_place(&m->company, &m->grid, m->skip, m->plans.measures, &m->figures, e);
    if (s) return s;
    count_all(m);
    const cst_evaluation v = {.plans = &m->plans,
                              .company = &m->company,
                              .grid = &m->grid,
                              .derived = m->derived,
                              .valuation = {m->o.fx, &m->company.stream[CST_FROM_SUBSCRIPTIONS]},
                              .grace = m->o.grace};
    return m->grid.n ? cst_evaluate(&v, m->o.threads, &m->figures, e) : CST_OK;
}

cst_status cst_metrics_columns(const cst_metrics *m, cst_column **out, size_t *n, cst_error *e)
{
    return cst_output_columns(m->o.spec, out, n, e);
}

cst_status cst_metrics_write(const cst_metrics *m, cst_writer *w, cst_error *e)
{
    const cst_output o = {&m->plans, &m->company, &m->grid, &m->figures};
    return cst_output_write(&o, m->o.threads, w, e);
}

cst_metrics_counts cst_metrics_counted(const cst_metrics *m)
{
    return m->counts;
}
