/* metrics/output.c: rows are laid out by all threads, each a stretch of accounts of one period in an
 * encoder of its own, and taken up in order. */
#include "metrics/output.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include <stdlib.h>

#define SPAN 16384 /* accounts */

cst_status met_output_columns(const met_spec *s, cst_column **out, size_t *n, cst_error *e)
{
    *n = s->n + 3;
    *out = malloc(*n * sizeof **out);
    if (!*out) return cst_no_memory(e);
    (*out)[0] = (cst_column){"account_id", CST_COL_TEXT};
    (*out)[1] = (cst_column){"period", CST_COL_TEXT};
    (*out)[2] = (cst_column){"active", CST_COL_NUMBER};
    for (size_t i = 0; i < s->n; i++) {
        const met_metric *m = &s->metric[i];
        bool date = m->from != MET_FROM_DERIVED && met_aggregate_is_date(m->aggregate);
        (*out)[i + 3] = (cst_column){m->name, date ? CST_COL_TEXT : CST_COL_NUMBER};
    }
    return CST_OK;
}

static cst_status write_row(const met_output *o, uint32_t account, size_t row, cst_day day, cst_writer *w,
                            cst_error *e)
{
    const met_figures *f = o->figures;
    const uint64_t *cell = f->cell + row * f->metrics;
    cst_put_text(w, met_company_account(o->company, account));
    cst_put_day(w, day);
    if (f->active[row] == 2)
        cst_put_missing(w);
    else
        cst_put_int(w, f->active[row]);
    for (size_t i = 0; i < f->metrics; i++) {
        const met_measure *u = &o->plans->measure[i];
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
    const met_output *o;
    cst_writer **fork;
    uint64_t first; /* stretch; they are numbered over all periods */
    uint64_t spans, per_period;
} wave;

static cst_status write_part(void *context, int part, cst_error *e)
{
    const wave *v = context;
    const met_output *o = v->o;
    uint64_t at = v->first + (uint64_t)part;
    cst_status status = CST_OK;
    if (at >= v->spans) return CST_OK;
    size_t k = (size_t)(at / v->per_period);
    uint32_t n = o->company->accounts, a = (uint32_t)(at % v->per_period) * SPAN;
    for (uint32_t end = n - a < SPAN ? n : a + SPAN; a < end && !status; a++) {
        size_t rows = o->figures->row[a + 1] - o->figures->row[a], begin = o->grid->n - rows;
        if (k >= begin)
            status = write_row(o, a, o->figures->row[a] + (k - begin), o->grid->day[k], v->fork[part], e);
    }
    return status;
}

cst_status met_output_write(const met_output *o, int threads, cst_writer *w, cst_error *e)
{
    uint64_t per_period = ((uint64_t)o->company->accounts + SPAN - 1) / SPAN;
    wave v = {.o = o, .per_period = per_period, .spans = per_period * o->grid->n};
    v.fork = calloc((size_t)threads, sizeof(cst_writer *));
    cst_status status = v.fork ? CST_OK : cst_no_memory(e);
    for (int t = 0; t < threads && !status; t++) status = cst_writer_fork(w, &v.fork[t], e);
    for (; v.first < v.spans && !status; v.first += (uint64_t)threads) {
        status = cst_parallel(threads, write_part, &v, e);
        for (int t = 0; t < threads && !status; t++) status = cst_writer_absorb(w, v.fork[t], e);
    }
    for (int t = 0; v.fork && t < threads; t++) cst_writer_free(v.fork[t]);
    free(v.fork);
    return status;
}
