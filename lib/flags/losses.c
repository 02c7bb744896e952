/* flags/losses.c: the losses, and what is noted of their accounts while the rows go by. An account is in
 * one part only, so the parts write to different losses. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "flags/backtest.h"
#include "panel/happened.h"
#include <stdlib.h>
#include <string.h>

/* ---- labels ---- */

static cst_status read_label(flag_losses *l, const cst_happened *h, size_t row, cst_error *e)
{
    flag_loss *x = &l->item[l->n];
    cst_text id;
    cst_status status = cst_happened_read(h, row, &id, &x->day, e);
    if (status < 0) return status;
    if (l->s->o->as_of != CST_DAY_NONE && x->day > l->s->o->as_of) {
        l->later++;
        return CST_OK;
    }
    x->account = cst_intern_id(l->accounts, id);
    x->first = x->start = CST_DAY_NONE;
    l->n++;
    return x->account == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
}

static int compare_losses(const void *a, const void *b)
{
    const flag_loss *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* An account is lost once a day, however many rows say so: its movements may be one per product. */
static void drop_repeated(flag_losses *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++)
        if (kept == 0 || compare_losses(&l->item[kept - 1], &l->item[i]) != 0) l->item[kept++] = l->item[i];
    l->n = kept;
}

static cst_status read_labels(flag_losses *l, cst_error *e)
{
    const cst_table *t = l->s->labels_table;
    cst_happened h;
    const char *outcome = l->s->o->outcome;
    cst_status status = cst_happened_bind(t, outcome, NULL, &h, e);
    if (status == CST_OK) status = cst_happened_settle(&h, outcome, e);
    l->item = calloc(cst_table_rows(t) + 1, sizeof *l->item);
    if (status == CST_OK && !l->item) status = cst_no_memory(e);
    for (size_t row = 0; row < cst_table_rows(t) && status == CST_OK; row++)
        if (cst_happened_counts(&h, row, outcome)) status = read_label(l, &h, row, e);
    if (status == CST_OK && l->n == 0 && l->later == 0 && outcome)
        status = cst_happened_refuse(&h, outcome, e);
    if (status < 0) return status;
    if (l->later > 0) {
        char day[CST_DAY_ROOM];
        cst_day_format(l->s->o->as_of, day);
        cst_io_warn(l->s->io, "%llu %s after --as-of %s set aside", (unsigned long long)l->later,
                    l->later == 1 ? "loss" : "losses", day);
    }
    qsort(l->item, l->n, sizeof *l->item, compare_losses);
    drop_repeated(l);
    uint32_t accounts = cst_intern_count(l->accounts);
    l->begin = calloc((size_t)accounts + 2, sizeof *l->begin);
    if (!l->begin) return cst_no_memory(e);
    for (size_t i = 0; i < l->n; i++) l->begin[l->item[i].account + 1]++;
    for (uint32_t a = 0; a < accounts; a++) l->begin[a + 1] += l->begin[a];
    return CST_OK;
}

/* ---- reasons ---- */

static cst_status take_reason(flag_losses *l, const cst_happened *h, size_t row, int reason, int64_t *apart,
                              cst_error *e)
{
    cst_day day = CST_DAY_NONE;
    cst_status status = cst_happened_day(h, row, &day, e);
    uint32_t id = cst_intern_find(l->accounts, cst_table_at(h->table, row, h->account));
    if (status < 0) return status;
    for (uint32_t i = id == CST_INTERN_NONE ? 0 : l->begin[id]; id != CST_INTERN_NONE && i < l->begin[id + 1];
         i++) {
        int64_t d = day == CST_DAY_NONE ? INT64_MAX - 1 : llabs((long long)day - l->item[i].day);
        if (d >= apart[i]) continue;
        apart[i] = d;
        l->item[i].reason = cst_table_at(h->table, row, reason);
    }
    return CST_OK;
}

static cst_status read_reasons(flag_losses *l, cst_error *e)
{
    const cst_table *t = l->s->reasons_table;
    cst_happened h;
    int reason;
    if (!t) return CST_OK;
    int64_t *apart = calloc(l->n + 1, sizeof *apart);
    cst_status status = apart ? cst_happened_bind(t, NULL, NULL, &h, e) : cst_no_memory(e);
    if (status == CST_OK) status = cst_table_bind(t, "reason", CST_REQUIRED, &reason, e);
    for (size_t i = 0; i < l->n && status == CST_OK; i++) apart[i] = INT64_MAX;
    for (size_t row = 0; row < cst_table_rows(t) && status == CST_OK; row++)
        status = take_reason(l, &h, row, reason, apart, e);
    free(apart);
    return status;
}

/* ---- what the accounts looked like ---- */

static void note_text(flag_loss_watch *w, flag_shard *p, const flag_side *side, cst_buffer *out)
{
    if (!side->there) return;
    cst_text t = cst_panel_text(p->panel, side->column);
    cst_buffer_clear(out);
    cst_buffer_add(out, t.p, t.n);
    w->failed |= out->failed;
}

static void note_row(flag_loss_watch *w, flag_shard *p, flag_loss *x, cst_day period)
{
    const flag_losses *l = w->losses;
    if (x->first == CST_DAY_NONE) x->first = x->start = period;
    if (l->signup.there && !cst_day_parse(cst_panel_text(p->panel, l->signup.column), &x->start))
        x->start = x->first;
    if (period >= x->day) return;
    if (l->s->mrr.there) {
        cst_decimal_status read = cst_money_parse(cst_panel_text(p->panel, l->s->mrr.column), &x->mrr);
        x->has_mrr = read == CST_DECIMAL_OK || read == CST_DECIMAL_ROUNDED;
    }
    note_text(w, p, &l->score, &x->score);
    note_text(w, p, &l->band, &x->band);
    note_text(w, p, &l->vector, &x->vector);
}

static cst_status read_active(flag_loss_watch *w, flag_shard *p, cst_active *out, cst_error *e)
{
    const flag_side *side = &w->losses->active;
    *out = CST_ACTIVE_UNKNOWN;
    if (!side->there) return CST_OK;
    cst_text t = cst_panel_text(p->panel, side->column);
    w->said |= t.n > 0;
    if (cst_active_read(t, out)) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_panel_place(p->panel, side->column), "active",
                       "expected " CST_ACTIVE_EXPECTED ", found \"%.*s\"; " CST_ACTIVE_REMEDY,
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

static cst_status watch_row(void *context, flag_shard *p, cst_error *e)
{
    flag_loss_watch *w = context;
    size_t n;
    cst_day period = cst_panel_period(p->panel);
    flag_loss *x = flag_losses_of(w->losses, p, cst_panel_account_number(p->panel), &n);
    cst_day end = cst_day_plus(period, w->losses->horizon);
    bool hit = false;
    cst_active active;
    cst_status status = read_active(w, p, &active, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < n; i++) {
        note_row(w, p, &x[i], period);
        hit |= x[i].day > period && x[i].day <= end;
    }
    if (end != CST_DAY_NONE && end <= flag_losses_as_of(w->losses)) {
        w->base[active].rows++;
        w->base[active].hits += hit;
    }
    return w->failed ? cst_no_memory(e) : CST_OK;
}

static cst_status want(flag_losses *l, const char *name, flag_side *out, cst_error *e)
{
    cst_status status = CST_OK;
    const flag_night *s = l->s;
    out->there = cst_panel_has(s->part[0]->panel, cst_text_of(name));
    if (!out->there) return CST_OK;
    status = cst_panel_find(s->part[0]->panel, cst_text_of(name), &out->column, e);
    for (size_t i = 0; i < s->parts && status == CST_OK; i++)
        status = cst_panel_need(s->part[i]->panel, out->column, 0, e);
    return status;
}

cst_status flag_losses_open(flag_night *s, flag_losses *out, cst_error *e)
{
    flag_losses *l = out;
    *l = (flag_losses){.s = s, .horizon = s->o->horizon, .accounts = cst_intern_new()};
    if (l->horizon.n == 0) l->horizon = (cst_duration){90, 'd'};
    l->watch = calloc(s->parts + 1, sizeof *l->watch);
    if (!l->accounts || !l->watch) return cst_no_memory(e);
    cst_status status = read_labels(l, e);
    if (status == CST_OK) status = read_reasons(l, e);
    if (status == CST_OK) status = want(l, "score", &l->score, e);
    if (status == CST_OK) status = want(l, "band", &l->band, e);
    if (status == CST_OK) status = want(l, "vector", &l->vector, e);
    if (status == CST_OK) status = want(l, "signup_date", &l->signup, e);
    if (status == CST_OK) status = want(l, "active", &l->active, e);
    for (size_t i = 0; i < s->parts; i++) {
        l->watch[i] = (flag_loss_watch){.losses = l};
        s->part[i]->watch = watch_row;
        s->part[i]->watcher = &l->watch[i];
    }
    return status;
}

void flag_losses_close(flag_losses *l)
{
    for (size_t i = 0; i < l->n; i++) {
        cst_buffer_free(&l->item[i].score);
        cst_buffer_free(&l->item[i].band);
        cst_buffer_free(&l->item[i].vector);
    }
    cst_intern_free(l->accounts);
    free(l->item);
    free(l->begin);
    free(l->watch);
    *l = (flag_losses){0};
}

/* ---- questions ---- */

cst_day flag_losses_as_of(const flag_losses *l)
{
    return l->s->o->as_of != CST_DAY_NONE ? l->s->o->as_of : l->s->pass.tonight;
}

flag_loss *flag_losses_of(const flag_losses *l, const flag_shard *p, uint32_t account, size_t *n)
{
    uint32_t id = cst_intern_find(l->accounts, cst_panel_account_id(p->panel, account));
    *n = id == CST_INTERN_NONE ? 0 : l->begin[id + 1] - l->begin[id];
    return *n ? &l->item[l->begin[id]] : NULL;
}

flag_loss_base flag_losses_base(const flag_losses *l)
{
    flag_loss_base sum = {0};
    bool said = false;
    for (size_t i = 0; i < l->s->parts; i++) said |= l->watch[i].said;
    for (size_t i = 0; i < l->s->parts; i++) {
        const flag_loss_base *b = &l->watch[i].base[said ? CST_ACTIVE_YES : CST_ACTIVE_UNKNOWN];
        sum.rows += b->rows;
        sum.hits += b->hits;
    }
    return sum;
}

bool flag_losses_warned(const flag_losses *l, const flag_loss *loss, const flag_episode *x)
{
    const cst_periods *p = l->s->pass.judged;
    cst_day from = cst_day_minus(loss->day, l->horizon), to = loss->day;
    if (from == CST_DAY_NONE || x->opened > from) from = x->opened;
    if (x->cleared != CST_DAY_NONE && x->cleared < to) to = x->cleared;
    size_t i = cst_periods_from(p, from);
    return i < p->n && p->day[i] < to;
}

bool flag_losses_known(const flag_losses *l, const flag_loss *loss)
{
    cst_day from = cst_day_minus(loss->day, l->horizon);
    return from != CST_DAY_NONE && loss->first != CST_DAY_NONE && loss->first <= from;
}
