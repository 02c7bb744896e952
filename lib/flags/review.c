/* flags/review.c: every loss once more: what was known before it, what is called its cause, and whether
 * there was something to act on in time; then the same in total by cause. */
#include "base/decimal.h"
#include "base/map.h"
#include "base/text.h"
#include "flags/backtest.h"
#include <stdlib.h>
#include <string.h>

typedef struct line {
    const flag_loss *loss;
    cst_text id;
    const flag_episode **episode; /* of its account */
    size_t episodes, room;
    cst_text cause;
    bool acted; /* could have been */
} line;

typedef struct total {
    cst_text cause;
    uint64_t losses, acted;
    cst_wide mrr;
} total;

struct review {
    flag_night *s;
    const flag_losses *l;
    line *line;
    total *total; /* n of them by cause, and one of all behind them */
    size_t totals;
    cst_buffer scratch;
    cst_writer *w;
};

static bool is_open_at_loss(const flag_loss *loss, const flag_episode *x)
{
    return x->opened < loss->day && (x->cleared == CST_DAY_NONE || x->cleared >= loss->day);
}

/* Gives every loss the episodes of its account. */
static bool share_episodes(struct review *r, const flag_shard *p)
{
    for (size_t k = 0; k < p->episodes; k++) {
        size_t n;
        const flag_loss *loss = flag_losses_of(r->l, p, p->episode[k].account, &n);
        for (size_t i = 0; i < n; i++) {
            line *x = &r->line[&loss[i] - r->l->item];
            if (!cst_grow(&x->episode, &x->room, x->episodes + 1, sizeof(flag_episode *))) return false;
            x->episode[x->episodes++] = &p->episode[k];
        }
    }
    return true;
}

/* By opening, then in the order of the rules. */
static int compare_episodes(const void *a, const void *b)
{
    const flag_episode *x = *(const flag_episode *const *)a, *y = *(const flag_episode *const *)b;
    if (x->opened != y->opened) return x->opened < y->opened ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static void settle(struct review *r, line *x)
{
    const flag_rule *rule = r->s->rules->rule;
    cst_day early = cst_day_minus(x->loss->day, r->l->horizon);
    if (x->episodes) qsort(x->episode, x->episodes, sizeof *x->episode, compare_episodes);
    x->cause = x->loss->reason;
    for (size_t i = 0; i < x->episodes; i++) {
        const flag_episode *p = x->episode[i];
        if (!is_open_at_loss(x->loss, p)) continue;
        if (x->cause.n == 0) x->cause = rule[p->rule].name; /* the first is the longest open */
        x->acted |= rule[p->rule].controllable && early != CST_DAY_NONE && p->opened <= early;
    }
    if (x->cause.n == 0) x->cause = cst_text_of("none");
}

/* "low_adoption 75 days; no_contact 20 days", the longest first */
static void put_open(struct review *r, const line *x)
{
    cst_buffer_clear(&r->scratch);
    for (size_t i = 0; i < x->episodes; i++) {
        const flag_episode *p = x->episode[i];
        cst_text name = r->s->rules->rule[p->rule].name;
        if (!is_open_at_loss(x->loss, p)) continue;
        cst_buffer_printf(&r->scratch, "%s%.*s %d days", r->scratch.n ? "; " : "", (int)name.n, name.p,
                          x->loss->day - p->opened);
    }
    cst_put_text(r->w, (cst_text){r->scratch.p, (uint32_t)r->scratch.n});
}

static void put_warning(struct review *r, const line *x)
{
    size_t i = 0;
    while (i < x->episodes && !flag_losses_warned(r->l, x->loss, x->episode[i])) i++;
    if (i == x->episodes) {
        cst_put_missing(r->w);
        cst_put_missing(r->w);
        return;
    }
    cst_put_text(r->w, r->s->rules->rule[x->episode[i]->rule].name);
    cst_put_int(r->w, x->loss->day - x->episode[i]->opened);
}

static void put_buffer(cst_writer *w, const cst_buffer *b)
{
    cst_put_text(w, (cst_text){b->p, (uint32_t)b->n});
}

static cst_status put_line(struct review *r, const line *x, cst_error *e)
{
    cst_writer *w = r->w;
    const flag_loss *loss = x->loss;
    cst_put_string(w, "loss");
    cst_put_text(w, x->id);
    cst_put_day(w, loss->day);
    cst_put_int(w, 1);
    if (loss->has_mrr)
        cst_put_money(w, loss->mrr);
    else
        cst_put_missing(w);
    if (loss->start != CST_DAY_NONE && loss->start <= loss->day)
        cst_put_int(w, loss->day - loss->start);
    else
        cst_put_missing(w);
    put_buffer(w, &loss->score);
    put_buffer(w, &loss->band);
    put_buffer(w, &loss->vector);
    put_open(r, x);
    put_warning(r, x);
    cst_put_text(w, x->cause);
    cst_put_int(w, x->acted);
    return r->scratch.failed ? cst_no_memory(e) : cst_end_row(w, e);
}

static cst_status put_total(struct review *r, const char *kind, const total *t, cst_error *e)
{
    cst_put_string(r->w, kind);
    cst_put_missing(r->w);
    cst_put_missing(r->w);
    cst_put_int(r->w, (int64_t)t->losses);
    cst_put_wide(r->w, t->mrr);
    for (int i = 5; i < 12; i++) cst_put_missing(r->w);
    cst_put_text(r->w, t->cause);
    cst_put_int(r->w, (int64_t)t->acted);
    return cst_end_row(r->w, e);
}

static void add_total(total *t, const line *x)
{
    t->losses++;
    t->acted += x->acted;
    if (x->loss->has_mrr) t->mrr += x->loss->mrr;
}

/* By MRR lost, then by name. */
static int compare_totals(const void *a, const void *b)
{
    const total *x = a, *y = b;
    if (x->mrr != y->mrr) return x->mrr > y->mrr ? -1 : 1;
    return cst_text_compare(x->cause, y->cause);
}

/* Losses by day, then account. */
static int compare_lines(const void *a, const void *b)
{
    const line *x = a, *y = b;
    if (x->loss->day != y->loss->day) return x->loss->day < y->loss->day ? -1 : 1;
    return cst_text_compare(x->id, y->id);
}

static cst_status add_up(struct review *r, total *all, cst_error *e)
{
    cst_intern *causes = cst_intern_new();
    cst_status status = causes ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; i < r->l->n && status == CST_OK; i++) {
        uint32_t id = cst_intern_id(causes, r->line[i].cause);
        if (id == CST_INTERN_NONE) {
            status = cst_no_memory(e);
            break;
        }
        r->total[id].cause = r->line[i].cause;
        add_total(&r->total[id], &r->line[i]);
        add_total(all, &r->line[i]);
    }
    r->totals = causes ? cst_intern_count(causes) : 0;
    cst_intern_free(causes);
    if (status == CST_OK) qsort(r->total, r->totals, sizeof *r->total, compare_totals);
    return status;
}

static const cst_column columns[] = {
    {"row", CST_COL_TEXT},           {"account_id", CST_COL_TEXT},
    {"date", CST_COL_TEXT},          {"losses", CST_COL_NUMBER},
    {"mrr_lost", CST_COL_NUMBER},    {"tenure_days", CST_COL_NUMBER},
    {"score", CST_COL_NUMBER},       {"band", CST_COL_TEXT},
    {"vector", CST_COL_TEXT},        {"open_flags", CST_COL_TEXT},
    {"first_warning", CST_COL_TEXT}, {"warning_days", CST_COL_NUMBER},
    {"cause", CST_COL_TEXT},         {"could_have_acted", CST_COL_NUMBER},
};

static cst_status put_all(struct review *r, cst_error *e)
{
    total all = {0};
    cst_status status = CST_OK;
    for (size_t i = 0; i < r->s->parts; i++)
        if (!share_episodes(r, r->s->part[i])) return cst_no_memory(e);
    for (size_t i = 0; i < r->l->n; i++) settle(r, &r->line[i]);
    qsort(r->line, r->l->n, sizeof *r->line, compare_lines);
    status = add_up(r, &all, e);
    if (status == CST_OK)
        status = cst_io_writer(r->s->io, columns, sizeof columns / sizeof *columns, &r->w, e);
    for (size_t i = 0; i < r->l->n && status == CST_OK; i++) status = put_line(r, &r->line[i], e);
    if (status == CST_OK) cst_put_rule(r->w);
    for (size_t i = 0; i < r->totals && status == CST_OK; i++)
        status = put_total(r, "cause", &r->total[i], e);
    if (status == CST_OK) status = put_total(r, "total", &all, e);
    return status == CST_OK ? cst_writer_finish(r->w, e) : status;
}

cst_status flag_review_write(flag_night *s, const flag_losses *l, cst_error *e)
{
    struct review r = {.s = s, .l = l};
    r.line = calloc(l->n + 1, sizeof *r.line);
    r.total = calloc(l->n + 1, sizeof *r.total);
    cst_status status = r.line && r.total ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; i < l->n && status == CST_OK; i++) {
        r.line[i].loss = &l->item[i];
        r.line[i].id = cst_intern_text(l->accounts, l->item[i].account);
    }
    if (status == CST_OK) status = put_all(&r, e);
    cst_writer_free(r.w);
    for (size_t i = 0; r.line && i < l->n; i++) free(r.line[i].episode);
    cst_buffer_free(&r.scratch);
    free(r.line);
    free(r.total);
    return status;
}
