/* flags/backtest.c: how far each rule could have been trusted.
 *
 * precision  episodes with a loss in (opened, opened + h] / episodes with opened + h <= as-of
 * recall     losses with the flag open on some period in [L - h, L) / those of accounts seen by L - h
 * lift       precision / the base rate: account-periods with a loss in (P, P + h] / all with P + h <= as-of
 */
#include "flags/backtest.h"
#include "base/decimal.h"
#include "base/text.h"
#include "tables/streams.h"
#include <stdlib.h>

typedef struct score {
    uint64_t episodes, judged, hits, warned;
    cst_wide mrr_warned;
} score;

struct counting {
    flag_night *s;
    const flag_losses *l;
    score *score;    /* by rule */
    cst_day *opened; /* loss x rule: of the first episode that warned; CST_DAY_NONE: none did */
    double *days;    /* of warning, for the median */
};

static void count_episode(struct counting *c, const flag_shard *p, const flag_episode *x)
{
    size_t n;
    score *r = &c->score[x->rule];
    const flag_loss *loss = flag_losses_of(c->l, p, x->account, &n);
    cst_day end = cst_day_plus(x->opened, c->l->horizon);
    bool judged = end != CST_DAY_NONE && end <= flag_losses_as_of(c->l), hit = false;
    for (size_t i = 0; i < n; i++) {
        hit |= loss[i].day > x->opened && loss[i].day <= end;
        if (!flag_losses_known(c->l, &loss[i]) || !flag_losses_warned(c->l, &loss[i], x)) continue;
        cst_day *first = &c->opened[(size_t)(&loss[i] - c->l->item) * c->s->rules->n + x->rule];
        if (*first == CST_DAY_NONE || x->opened < *first) *first = x->opened;
    }
    r->episodes++;
    r->judged += judged;
    r->hits += judged && hit;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void put_ratio(cst_writer *w, cst_wide part, cst_wide whole)
{
    cst_ratio r;
    if (cst_ratio_of(part, whole, &r))
        cst_put_ratio(w, r);
    else
        cst_put_missing(w);
}

static void put_median(cst_writer *w, double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare_numbers);
    if (n == 0)
        cst_put_missing(w);
    else
        cst_put_number(w, n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2);
}

static cst_status put_rule(struct counting *c, cst_writer *w, uint32_t rule, const flag_loss_base *base,
                           cst_error *e)
{
    const flag_rule *r = &c->s->rules->rule[rule];
    score *x = &c->score[rule];
    size_t days = 0;
    uint64_t known = 0;
    cst_wide mrr = 0;
    for (size_t i = 0; i < c->l->n; i++) {
        const flag_loss *loss = &c->l->item[i];
        cst_day opened = c->opened[i * c->s->rules->n + rule];
        if (!flag_losses_known(c->l, loss)) continue;
        known++;
        if (loss->has_mrr) mrr += loss->mrr;
        if (opened == CST_DAY_NONE) continue;
        x->warned++;
        if (loss->has_mrr) x->mrr_warned += loss->mrr;
        c->days[days++] = loss->day - opened;
    }
    cst_put_text(w, r->name);
    cst_put_string(w, cst_severities[r->severity]);
    cst_put_int(w, (int64_t)x->episodes);
    cst_put_int(w, (int64_t)x->judged);
    cst_put_int(w, (int64_t)x->hits);
    put_ratio(w, x->hits, x->judged);
    cst_put_int(w, (int64_t)known);
    cst_put_int(w, (int64_t)x->warned);
    put_ratio(w, x->warned, known);
    put_ratio(w, base->hits, base->rows);
    put_ratio(w, (cst_wide)x->hits * (cst_wide)base->rows, (cst_wide)x->judged * (cst_wide)base->hits);
    put_median(w, c->days, days);
    cst_put_wide(w, x->mrr_warned);
    cst_put_wide(w, mrr - x->mrr_warned);
    return cst_end_row(w, e);
}

static const cst_column columns[] = {
    {"flag", CST_COL_TEXT},         {"severity", CST_COL_TEXT},       {"episodes", CST_COL_NUMBER},
    {"judged", CST_COL_NUMBER},     {"hits", CST_COL_NUMBER},         {"precision", CST_COL_NUMBER},
    {"losses", CST_COL_NUMBER},     {"warned", CST_COL_NUMBER},       {"recall", CST_COL_NUMBER},
    {"base_rate", CST_COL_NUMBER},  {"lift", CST_COL_NUMBER},         {"median_days", CST_COL_NUMBER},
    {"mrr_warned", CST_COL_NUMBER}, {"mrr_unwarned", CST_COL_NUMBER},
};

static cst_status put_rules(struct counting *c, cst_error *e)
{
    cst_writer *w;
    flag_loss_base base = flag_losses_base(c->l);
    cst_status status = cst_io_writer(c->s->io, columns, sizeof columns / sizeof *columns, &w, e);
    if (status < 0) return status;
    for (uint32_t i = 0; i < c->s->rules->n && status == CST_OK; i++)
        if (c->s->rules->rule[i].scope == FLAG_SCOPE_ACCOUNT) status = put_rule(c, w, i, &base, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status flag_backtest_write(flag_night *s, const flag_losses *l, cst_error *e)
{
    size_t rules = s->rules->n;
    struct counting c = {.s = s, .l = l};
    c.score = calloc(rules + 1, sizeof *c.score);
    c.opened = calloc(l->n * rules + 1, sizeof *c.opened);
    c.days = calloc(l->n + 1, sizeof *c.days);
    cst_status status = c.score && c.opened && c.days ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) {
        for (size_t i = 0; i < l->n * rules; i++) c.opened[i] = CST_DAY_NONE;
        for (size_t i = 0; i < s->parts; i++)
            for (size_t k = 0; k < s->part[i]->episodes; k++)
                count_episode(&c, s->part[i], &s->part[i]->episode[k]);
        status = put_rules(&c, e);
    }
    free(c.score);
    free(c.opened);
    free(c.days);
    return status;
}
