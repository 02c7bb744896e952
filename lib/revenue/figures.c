/* revenue/figures.c: the arithmetic of one row of the bridge. */
#include "revenue/figures.h"
#include "base/decimal.h"
#include "base/memory.h"
#include <stdlib.h>

static rev_maybe ratio_of(cst_wide num, cst_wide den)
{
    rev_maybe r = {0, false};
    r.there = cst_ratio_of(num, den, &r.v);
    return r;
}

/* Rounded half away from zero to what is printed; decimals < 0: as it is. */
static cst_wide round_to(cst_wide w, int decimals)
{
    static const int64_t unit_of[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    return decimals < 0 || decimals > 6 ? w : cst_wide_divide(w, unit_of[decimals]) * unit_of[decimals];
}

/* Amounts, each rounded by itself; what that costs goes to rounding. */
static void find_amounts(const rev_cell *now, const rev_cell *before, int decimals, rev_figures *f)
{
    f->opening = round_to(before->closing, decimals);
    f->closing = round_to(now->closing, decimals);
    cst_wide sum = f->opening;
    for (int m = 0; m < CST_ROUNDING; m++) {
        f->amount[m] = round_to(now->amount[m], decimals);
        sum += f->amount[m];
    }
    f->amount[CST_ROUNDING] = f->closing - sum;
    for (int k = 0; k < REV_EFFECTS; k++) f->effect[k] = round_to(now->effect[k], decimals);
}

/* ---- compounding ------------------------------------------------------------------------------------- */

typedef struct chain {
    cst_wide *num, *other, *den; /* one block */
    size_t n;
} chain;

/* The links of a window; replicate < 0: the real ones. */
static void fill_chain(chain *c, const rev_series *of, cst_period first, int64_t replicate)
{
    for (size_t i = 0; i < c->n; i++) {
        const rev_link *l = &of->link[first + (cst_period)i - of->link_low];
        if (replicate < 0) {
            c->den[i] = l->ret.base;
            c->num[i] = l->ret.net;
            c->other[i] = l->ret.gross;
        } else {
            const cst_wide *r = l->replicate ? l->replicate + 3 * replicate : NULL;
            c->den[i] = r ? r[0] : 0;
            c->num[i] = r ? r[1] : 0;
            c->other[i] = r ? r[2] : 0;
        }
    }
}

/* ---- intervals --------------------------------------------------------------------------------------- */

static int compare_ratios(const void *a, const void *b)
{
    cst_ratio x = *(const cst_ratio *)a, y = *(const cst_ratio *)b;
    return (x > y) - (x < y);
}

/* The percentile interval of the ratios that exist. */
static void find_interval(cst_ratio *x, size_t n, int64_t level, rev_maybe *low, rev_maybe *high)
{
    if (n == 0) return;
    int64_t all = 200 * CST_MONEY_UNIT, tail = 100 * CST_MONEY_UNIT - level;
    qsort(x, n, sizeof *x, compare_ratios);
    *low = (rev_maybe){rev_ratio_quantile(x, n, tail, all), true};
    *high = (rev_maybe){rev_ratio_quantile(x, n, all - tail, all), true};
}

typedef struct draws {
    cst_ratio *net, *gross;
    size_t nets, grosses;
} draws;

static void keep_draw(draws *d, rev_maybe net, rev_maybe gross)
{
    if (net.there) d->net[d->nets++] = net.v;
    if (gross.there) d->gross[d->grosses++] = gross.v;
}

static cst_status find_intervals(const rev_sums *s, const rev_series *of, const rev_cell *cell, chain *c,
                                 cst_period first, int64_t level, rev_figures *f, cst_error *e)
{
    uint32_t n = s->rules->replicates;
    draws d = {malloc(n * sizeof *d.net), malloc(n * sizeof *d.gross), 0, 0};
    bool failed = !d.net || !d.gross;
    for (uint32_t i = 0; !failed && i < n; i++) {
        if (c->n > 0) {
            fill_chain(c, of, first, i);
            keep_draw(&d, rev_product_of(c->num, c->den, c->n, &failed),
                      rev_product_of(c->other, c->den, c->n, &failed));
        } else if (cell->replicate) {
            const cst_wide *r = cell->replicate + 3 * i;
            keep_draw(&d, ratio_of(r[1], r[0]), ratio_of(r[2], r[0]));
        }
    }
    if (!failed) {
        find_interval(d.net, d.nets, level, &f->nrr_low, &f->nrr_high);
        find_interval(d.gross, d.grosses, level, &f->grr_low, &f->grr_high);
    }
    free(d.net);
    free(d.gross);
    return failed ? cst_no_memory(e) : CST_OK;
}

static cst_status find_retention(const rev_sums *s, const rev_series *of, cst_period p, int64_t level,
                                 rev_figures *f, cst_error *e)
{
    const rev_rules *r = s->rules;
    const rev_cell *cell = &of->cell[p - of->low];
    f->logos = ratio_of(cell->ret.kept, cell->ret.logos);
    chain c = {0};
    cst_period first = 0;
    bool failed = false;
    if (r->retention == REV_COMPOUNDED) {
        first = cst_grid_close(r->grid, p - r->window) + 1;
        size_t n = (size_t)(cst_grid_close(r->grid, p) - first + 1);
        cst_wide *all = calloc(n, 3 * sizeof *all);
        failed = !all;
        if (all) {
            c = (chain){all, all + n, all + 2 * n, n};
            fill_chain(&c, of, first, -1);
            f->nrr = rev_product_of(c.num, c.den, c.n, &failed);
            f->grr = rev_product_of(c.other, c.den, c.n, &failed);
        }
    } else {
        f->nrr = ratio_of(cell->ret.net, cell->ret.base);
        f->grr = ratio_of(cell->ret.gross, cell->ret.base);
    }
    cst_status status = failed ? cst_no_memory(e) : CST_OK;
    if (status == CST_OK && level > 0 && f->nrr.there)
        status = find_intervals(s, of, cell, &c, first, level, f, e);
    free(c.num);
    return status;
}

/* ---- the rest ---------------------------------------------------------------------------------------- */

static void find_tops(const rev_series *of, cst_period p, cst_wide closing, rev_figures *f)
{
    if (!of->top) return;
    static const int sizes[3] = {1, 5, 10};
    cst_wide sum = 0;
    for (int k = 0, i = 0; k < 3; k++) {
        for (; i < sizes[k]; i++) sum += of->top[p - of->low].held[i];
        f->top[k] = ratio_of(sum, closing);
    }
}

static void find_others(const rev_cell *now, const rev_cell *before, const rev_figure_opts *o, rev_figures *f)
{
    const cst_wide *a = now->amount;
    f->quick = ratio_of(a[CST_NEW] + a[CST_UPSELL] + a[CST_CROSS_SELL], -(a[CST_CONTRACTION] + a[CST_CHURN]));
    f->arr = round_to(now->closing * (o->annual ? 1 : 12), o->decimals);
    f->net_new = round_to(now->closing - before->closing - a[CST_FX], o->decimals);
    cst_wide base = before->closing + a[CST_FX];
    if (f->has_base) {
        f->base = round_to(base, o->decimals);
        f->retained = round_to(base + a[CST_CONTRACTION] + a[CST_CHURN], o->decimals);
    }
    f->expansion = round_to(a[CST_UPSELL] + a[CST_CROSS_SELL], o->decimals);
    f->has_arpa = now->closing_logos != 0;
    if (f->has_arpa) f->arpa = round_to(cst_wide_divide(now->closing, now->closing_logos), o->decimals);
}

cst_status rev_figures_of(const rev_sums *s, const rev_series *of, cst_period p, const rev_figure_opts *o,
                          rev_figures *out, cst_error *e)
{
    const rev_cell *now = &of->cell[p - of->low], *before = now - 1;
    *out = (rev_figures){
        .opening_logos = before->closing_logos,
        .new_logos = now->new_logos,
        .reactivated = now->reactivated,
        .churned = now->churned,
        .closing_logos = now->closing_logos,
        .transferred =
            now->closing_logos - before->closing_logos - now->new_logos - now->reactivated + now->churned,
    };
    out->has_base = s->rules->movement_fx == REV_FX_CLOSING;
    find_amounts(now, before, o->decimals, out);
    find_others(now, before, o, out);
    out->revenue = round_to(rev_series_earned(of, p), o->decimals);
    find_tops(of, p, now->closing, out);
    return find_retention(s, of, p, o->ci, out, e);
}
