/* stages/flow.c: every item is gone through twice: its rows say what happened, and apart from that its
 * state at the close of each period says what was open. That both come to the same is checked for every
 * row written. */
#include "stages/flow.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_PERIODS = 200000 };

#define AT(field) offsetof(stages_flow_step, field)

static const cst_layout_column columns[] = {
    {"period_start", CST_LAY_DAY, AT(first)},
    {"period_end", CST_LAY_DAY, AT(last)},
    {NULL, CST_LAY_BY, 0},
    {"opening", CST_LAY_AMOUNT, AT(opening)},
    {"added", CST_LAY_AMOUNT, AT(added)},
    {"reopened", CST_LAY_AMOUNT, AT(reopened)},
    {"changed", CST_LAY_AMOUNT, AT(changed)},
    {"fx", CST_LAY_AMOUNT, AT(fx)},
    {"transfer", CST_LAY_AMOUNT, AT(transfer)},
    {"won", CST_LAY_AMOUNT, AT(won)},
    {"lost", CST_LAY_AMOUNT, AT(lost)},
    {"closing", CST_LAY_AMOUNT, AT(closing)},
    {"opening_items", CST_LAY_COUNT, AT(opening_items)},
    {"added_items", CST_LAY_COUNT, AT(added_items)},
    {"reopened_items", CST_LAY_COUNT, AT(reopened_items)},
    {"transfer_items", CST_LAY_COUNT, AT(transfer_items)},
    {"won_items", CST_LAY_COUNT, AT(won_items)},
    {"lost_items", CST_LAY_COUNT, AT(lost_items)},
    {"closing_items", CST_LAY_COUNT, AT(closing_items)},
    {"expansion", CST_LAY_MAYBE_AMOUNT, AT(expansion)},
    {"difference", CST_LAY_MAYBE_AMOUNT, AT(difference)},
};

/* ---- periods ----------------------------------------------------------------------------------------- */

static cst_day find_first(const stages_items *x)
{
    cst_day first = x->rows > 0 ? x->row[0].day : CST_DAY_NONE;
    for (size_t i = 0; i < x->rows; i++)
        if (x->row[i].day < first) first = x->row[i].day;
    return first;
}

stages_flow_step *stages_flow_at(stages_flow *f, size_t period, uint32_t group)
{
    bool fresh;
    uint32_t *at = cst_map_at(f->at, cst_map_pair((uint32_t)period, group), &fresh);
    if (!at || !fresh) return at ? &f->step[*at] : NULL;
    *at = (uint32_t)f->steps;
    if (!cst_grow(&f->step, &f->step_room, f->steps + 1, sizeof *f->step)) return NULL;
    f->step[f->steps] =
        (stages_flow_step){.period = (uint32_t)period,
                           .rank = group == STAGES_TOTAL ? STAGES_TOTAL : f->rank[group],
                           .group = group,
                           .first = cst_period_first(&f->calendar, f->low + (cst_period)period),
                           .last = f->close[period + 1]};
    return &f->step[f->steps++];
}

static cst_status open_periods(stages_flow *f, cst_error *e)
{
    const stages_options *o = f->s->o;
    const cst_periodic *p = &o->periodic;
    cst_day from = p->from != CST_DAY_NONE ? p->from : find_first(&f->s->items);
    f->calendar = (cst_calendar){(cst_every)p->every, p->fiscal_start.set ? (int)p->fiscal_start.n : 1};
    cst_period last = cst_period_of(&f->calendar, p->as_of);
    if (!o->incomplete && cst_period_last(&f->calendar, last) > p->as_of) last--;
    if (p->to != CST_DAY_NONE && cst_period_of(&f->calendar, p->to) < last)
        last = cst_period_of(&f->calendar, p->to);
    f->low = from == CST_DAY_NONE ? last + 1 : cst_period_of(&f->calendar, from);
    f->periods = last < f->low ? 0 : (size_t)(last - f->low) + 1;
    if (f->periods > MOST_PERIODS)
        return cst_fail(e, CST_LIMIT, "expected at most 200,000 periods, found %zu; narrow them with --from",
                        f->periods);
    f->close = calloc(f->periods + 1, sizeof *f->close);
    f->rank = cst_intern_ranks(f->s->items.groups);
    f->at = cst_map_new();
    bool ok = f->close && f->rank && f->at;
    for (size_t i = 0; ok && i <= f->periods; i++) {
        f->close[i] = cst_period_last(&f->calendar, f->low - 1 + (cst_period)i);
        if (f->close[i] > p->as_of) f->close[i] = p->as_of;
        ok = i == 0 || stages_flow_at(f, i - 1, STAGES_TOTAL);
    }
    return ok ? CST_OK : cst_no_memory(e);
}

/* ---- what happened ----------------------------------------------------------------------------------- */

/* A row's amount at the rate of a period's close. */
static cst_status worth(const stages_flow *f, const stages_row *r, cst_money amount, size_t close,
                        cst_money *out, cst_error *e)
{
    return stages_session_convert(f->s, amount, cst_intern_text(f->s->items.words, r->currency),
                                  f->close[close], out, e);
}

/* Adds to a field of a group's step and of the total; items: the field of items that goes with it, or 0. */
static cst_status add(stages_flow *f, size_t period, uint32_t group, size_t field, cst_money amount,
                      size_t items, int64_t by, cst_error *e)
{
    const uint32_t to[] = {STAGES_TOTAL, group};
    for (size_t i = 0; i < (f->s->groups.n ? 2 : 1); i++) {
        char *step = (char *)stages_flow_at(f, period, to[i]);
        if (!step) return cst_no_memory(e);
        cst_wide sum;
        memcpy(&sum, step + field, sizeof sum);
        sum += amount;
        memcpy(step + field, &sum, sizeof sum);
        if (items) *(int64_t *)(void *)(step + items) += by;
    }
    return CST_OK;
}

static cst_status note_win(stages_flow *f, const stages_item *item, size_t period, uint32_t group,
                           cst_error *e)
{
    if (!f->s->o->subscriptions) return CST_OK;
    uint32_t account = cst_intern_id(f->accounts, item->account);
    if (account == CST_INTERN_NONE || !cst_grow(&f->win, &f->win_room, f->wins + 1, sizeof *f->win))
        return cst_no_memory(e);
    f->win[f->wins++] = (stages_win){account, group, period};
    return CST_OK;
}

/* A row of an item in a period, and the row before it (NULL: none). */
static cst_status add_row(stages_flow *f, const stages_item *item, const stages_row *before,
                          const stages_row *r, size_t period, cst_error *e)
{
    const stages_pipeline *p = &f->s->pipeline;
    const bool open = before && !stages_ends(p, before->stage), ends = stages_ends(p, r->stage);
    cst_money was = 0, is;
    if (before && !open && before->stage == r->stage) return CST_OK; /* a repeated end */
    cst_status status = worth(f, r, r->amount, period + 1, &is, e);
    if (status == CST_OK && open) status = worth(f, r, before->amount, period + 1, &was, e);
    if (status != CST_OK) return status;
    if (!before)
        status = add(f, period, r->group, AT(added), is, AT(added_items), 1, e);
    else if (!open)
        status = add(f, period, r->group, AT(reopened), is, AT(reopened_items), 1, e);
    else
        status = add(f, period, r->group, AT(changed), is - was, 0, 0, e);
    if (status == CST_OK && open && before->group != r->group) {
        status = add(f, period, before->group, AT(transfer), -was, AT(transfer_items), -1, e);
        if (status == CST_OK) status = add(f, period, r->group, AT(transfer), was, AT(transfer_items), 1, e);
    }
    if (status != CST_OK || !ends) return status;
    bool won = p->at[r->stage].kind == STAGES_WON;
    status =
        add(f, period, r->group, won ? AT(won) : AT(lost), is, won ? AT(won_items) : AT(lost_items), 1, e);
    return status == CST_OK && won ? note_win(f, item, period, r->group, e) : status;
}

static cst_status add_rows(stages_flow *f, const stages_item *item, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < item->n && status == CST_OK; i++) {
        cst_period period = cst_period_of(&f->calendar, item->row[i].day) - f->low;
        if (period >= (cst_period)f->periods) break;
        if (period < 0) continue;
        status = add_row(f, item, i > 0 ? &item->row[i - 1] : NULL, &item->row[i], (size_t)period, e);
    }
    return status;
}

/* ---- what was open ----------------------------------------------------------------------------------- */

/* What the item has open at a close: the closing of the period, the opening of the next, and what the rate of
 * that one's close makes of it. */
static cst_status add_close(stages_flow *f, const stages_item *item, size_t close, cst_error *e)
{
    size_t at = stages_item_at(item, f->close[close]);
    cst_money amount, later;
    if (at == item->n || stages_ends(&f->s->pipeline, item->row[at].stage)) return CST_OK;
    const stages_row *r = &item->row[at];
    cst_status status = worth(f, r, r->amount, close, &amount, e);
    if (status != CST_OK) return status;
    if (close > 0) status = add(f, close - 1, r->group, AT(closing), amount, AT(closing_items), 1, e);
    if (status != CST_OK || close == f->periods) return status;
    status = add(f, close, r->group, AT(opening), amount, AT(opening_items), 1, e);
    if (status == CST_OK) status = worth(f, r, r->amount, close + 1, &later, e);
    return status == CST_OK ? add(f, close, r->group, AT(fx), later - amount, 0, 0, e) : status;
}

static cst_status add_closes(stages_flow *f, const stages_item *item, cst_error *e)
{
    const stages_row *first = &item->row[0], *last = &item->row[item->n - 1];
    cst_status status = CST_OK;
    for (size_t close = 0; close <= f->periods && status == CST_OK; close++) {
        if (f->close[close] < first->day) continue;
        if (f->close[close] >= last->day && stages_ends(&f->s->pipeline, last->stage)) break;
        status = add_close(f, item, close, e);
    }
    return status;
}

static cst_status check_step(const stages_flow_step *t, cst_error *e)
{
    cst_wide closing =
        t->opening + t->added + t->reopened + t->changed + t->fx + t->transfer - t->won - t->lost;
    int64_t items = t->opening_items + t->added_items + t->reopened_items + t->transfer_items - t->won_items -
                    t->lost_items;
    if (closing == t->closing && items == t->closing_items) return CST_OK;
    char day[CST_DAY_ROOM];
    cst_day_format(t->last, day);
    return cst_fail(
        e, CST_INTERNAL,
        "the flow does not add up to the closing of the period that ends on %s; this is a defect of "
        "cs-stages: please report it",
        day);
}

/* ---- the table --------------------------------------------------------------------------------------- */

static bool is_empty(const stages_flow_step *t)
{
    return !(t->opening_items || t->added_items || t->reopened_items || t->transfer_items ||
             t->closing_items || t->changed || t->fx || t->transfer);
}

static int compare_steps(const void *a, const void *b)
{
    const stages_flow_step *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* The steps are sorted; those of groups without anything are left out. */
static cst_status write_steps(stages_flow *f, cst_error *e)
{
    const stages_session *s = f->s;
    cst_layout layout = stages_layout(s, columns, sizeof columns / sizeof *columns);
    layout.n -= s->o->subscriptions ? 0 : 2;
    cst_writer *w = NULL;
    if (f->steps > 1) qsort(f->step, f->steps, sizeof *f->step, compare_steps);
    cst_status status = cst_layout_open(&layout, s->io, NULL, &w, e);
    for (size_t i = 0; i < f->steps && status == CST_OK; i++) {
        const stages_flow_step *t = &f->step[i];
        const bool total = t->group == STAGES_TOTAL;
        status = check_step(t, e);
        if (status != CST_OK || (total ? s->several : is_empty(t))) continue;
        status = cst_layout_row(&layout, w,
                                total ? (cst_text){0} : cst_intern_text(s->items.groups, t->group), t, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

static void warn_unpriced(const stages_session *s)
{
    size_t n = 0, first = 0;
    for (size_t i = 0; i < s->items.n; i++) {
        const stages_item *item = &s->items.at[i];
        if (item->row[item->n - 1].priced) continue;
        if (n++ == 0) first = i;
    }
    if (n == 0) return;
    cst_text name = s->items.at[first].name;
    cst_io_warn(s->io,
                "expected an amount of every item, found none of %zu of %zu, such as \"%.*s\"; they count 0",
                n, s->items.n, name.n > 60 ? 60 : (int)name.n, name.p);
}

cst_status stages_flow_write(const stages_session *s, cst_error *e)
{
    stages_flow f = {.s = s, .accounts = cst_intern_new()};
    cst_status status = f.accounts ? open_periods(&f, e) : cst_no_memory(e);
    if (status == CST_OK && f.periods == 0 && s->items.n > 0)
        cst_io_warn(s->io,
                    "expected a period that is over by --as-of, found none; --incomplete takes the one that "
                    "is running");
    if (status == CST_OK) warn_unpriced(s);
    for (size_t i = 0; i < s->items.n && status == CST_OK; i++) {
        status = add_rows(&f, &s->items.at[i], e);
        if (status == CST_OK) status = add_closes(&f, &s->items.at[i], e);
    }
    if (status == CST_OK && s->o->subscriptions) status = stages_tie(&f, e);
    if (status == CST_OK) status = write_steps(&f, e);
    free(f.close);
    free(f.rank);
    cst_map_free(f.at);
    free(f.step);
    free(f.win);
    cst_intern_free(f.accounts);
    return status;
}
