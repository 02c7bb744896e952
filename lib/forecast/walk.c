/* forecast/walk.c: an account's rows become balances of month ends, laid out month by month, and these are
 * counted. The account is walked as a whole for the total; where its rows are of several groups, each
 * group's rows are walked once more as an account of their own, so that a group's forecast is that of its
 * rows alone. */
#include "forecast/walk.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/labels.h"
#include <stdlib.h>

/* Rows that are walked together. */
typedef struct forecast_rows {
    const cst_ledger_row *row;
    size_t n;
    bool of_group; /* an account's rows in one group; else all of them */
} forecast_rows;

typedef struct forecast_part {
    cst_ledger_row row;
    uint32_t segment;
} forecast_part;

typedef struct forecast_change {
    uint32_t centre;
    cst_period month;
    cst_money amount;
} forecast_change;

void forecast_walk_free(forecast_walk *w)
{
    forecast_sums_free(&w->sums);
    cst_account_failure_free(&w->failure);
    cst_intern_free(w->names);
    free(w->part);
    free(w->on);
    free(w->off);
    free(w->balance);
    free(w->change);
    free(w->growth[0]);
    free(w->growth[1]);
    free(w->rate);
}

/* ---- failures ---------------------------------------------------------------------------------------- */

static cst_status fail_large(forecast_walk *w, cst_text account, cst_error *e)
{
    cst_error why;
    cst_fail(&why, CST_LIMIT,
             "account \"%.*s\": expected balances within 4.6 million millions, found more; use a larger unit",
             account.n > 200 ? 200 : (int)account.n, account.p);
    return cst_account_failure_keep(&w->failure, account, &why, e);
}

/* Names the first negative row that counts then: one of those that make it so. */
static cst_status fail_below(forecast_walk *w, cst_text account, const forecast_rows *r, cst_period month,
                             cst_error *e)
{
    cst_place place = {0};
    for (size_t i = 0; i < r->n && !place.file; i++)
        if (r->row[i].amount < 0 && w->on[i] <= month && w->off[i] > month)
            place = (cst_place){.file = r->row[i].file, .line = r->row[i].line};
    cst_error why;
    cst_balance_fail_below(account, place, cst_grid_day(&w->rules->grid, month), &why);
    if (r->of_group)
        cst_error_advise(
            &why, CST_DATA,
            "or, as these are its rows in one of the groups alone, give the negative row the group "
            "of what it reduces");
    return cst_account_failure_keep(&w->failure, account, &why, e);
}

/* ---- amounts and what is known to come --------------------------------------------------------------- */

/* The rate of a row's currency on as_of; CST_END: there is none, which is kept. */
static cst_status find_rate(forecast_walk *w, const cst_ledger_account *a, uint32_t unit, cst_rate *out,
                            cst_error *e)
{
    uint32_t id = cst_labels_unit(a->labels, unit).currency;
    if (!cst_grow_zeroed(&w->rate, &w->rate_room, (size_t)id + 1, sizeof *w->rate)) return cst_no_memory(e);
    if (w->rate[id] == 0) {
        cst_error why;
        if (cst_fx_rate(w->rules->fx, cst_labels_currency(a->labels, id), w->rules->as_of, &w->rate[id],
                        &why) < 0) {
            w->rate[id] = 0;
            cst_status status = cst_account_failure_keep(&w->failure, a->id, &why, e);
            return status < 0 ? status : CST_END;
        }
    }
    *out = w->rate[id];
    return CST_OK;
}

static cst_status convert_rows(forecast_walk *w, const cst_ledger_account *a, cst_error *e)
{
    for (size_t i = 0; i < a->rows; i++) {
        cst_rate rate;
        cst_status status = find_rate(w, a, a->row[i].unit, &rate, e);
        if (status != CST_OK) return status;
        if (!cst_money_convert(a->row[i].amount, rate, &a->row[i].amount)) {
            status = fail_large(w, a->id, e);
            return status < 0 ? status : CST_END;
        }
    }
    return CST_OK;
}

/* Notes the revenue of a row that starts, or ends, on a day after as_of. */
static bool note_known(forecast_walk *w, const cst_ledger_account *a, const cst_ledger_row *row, int what,
                       cst_day day)
{
    int64_t ahead = (int64_t)cst_grid_tick(&w->rules->grid, day) - w->rules->t - 1;
    if (ahead < 0 || ahead >= FORECAST_AHEAD) return true;
    w->sums.total.known[what][ahead] += row->amount;
    if (!w->rules->groups) return true;
    forecast_series *group = forecast_sums_group(&w->sums, cst_labels_unit(a->labels, row->unit).segment);
    if (group) group->known[what][ahead] += row->amount;
    return group != NULL;
}

/* Moves the rows that have started by as_of to the front, with ends that have not happened taken as open. */
static bool part_rows(forecast_walk *w, const cst_ledger_account *a, size_t *n)
{
    cst_day as_of = w->rules->as_of;
    *n = 0;
    for (size_t i = 0; i < a->rows; i++) {
        cst_ledger_row *row = &a->row[i];
        if (row->start > as_of) {
            if (row->start < row->end && !note_known(w, a, row, FORECAST_SIGNED, row->start)) return false;
            w->signed_rows++;
            continue;
        }
        if (row->end != CST_LEDGER_OPEN && row->end > as_of) {
            if (!note_known(w, a, row, FORECAST_ENDING, row->end)) return false;
            row->end = CST_LEDGER_OPEN;
        }
        if (*n != i) a->row[*n] = *row;
        ++*n;
    }
    w->history += *n;
    return true;
}

/* ---- growth by centre -------------------------------------------------------------------------------- */

static bool has_one_centre(const cst_labels *labels, const forecast_rows *r)
{
    for (size_t i = 1; i < r->n; i++)
        if (r->row[i].unit != r->row[0].unit &&
            cst_labels_unit(labels, r->row[i].unit).centre != cst_labels_unit(labels, r->row[0].unit).centre)
            return false;
    return true;
}

static int compare_changes(const void *a, const void *b)
{
    const forecast_change *x = a, *y = b;
    if (x->centre != y->centre) return x->centre < y->centre ? -1 : 1;
    return (x->month > y->month) - (x->month < y->month);
}

static size_t list_changes(forecast_walk *w, const cst_labels *labels, const forecast_rows *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const cst_ledger_row *row = &r->row[i];
        if (w->on[i] >= w->off[i] || w->on[i] > w->rules->t || row->amount == 0) continue;
        uint32_t centre = cst_labels_unit(labels, row->unit).centre;
        w->change[n++] = (forecast_change){centre, w->on[i], row->amount};
        if (w->off[i] <= w->rules->t) w->change[n++] = (forecast_change){centre, w->off[i], -row->amount};
    }
    if (n > 1) qsort(w->change, n, sizeof *w->change, compare_changes);
    return n;
}

/* Per month the growth of centres, apart by whether the account paid for them before. */
static bool find_growth(forecast_walk *w, const cst_labels *labels, const forecast_rows *r, cst_period first,
                        size_t months)
{
    if (!cst_grow(&w->change, &w->change_room, 2 * r->n, sizeof *w->change)) return false;
    for (int k = 0; k < 2; k++) {
        if (!cst_grow(&w->growth[k], &w->growth_room[k], months, sizeof **w->growth)) return false;
        memset(w->growth[k], 0, months * sizeof **w->growth);
    }
    size_t n = list_changes(w, labels, r);
    cst_wide balance = 0;
    for (size_t i = 0; i < n;) {
        const forecast_change *c = &w->change[i];
        if (i > 0 && c->centre != c[-1].centre) balance = 0;
        cst_wide before = balance;
        for (; i < n && w->change[i].centre == c->centre && w->change[i].month == c->month; i++)
            balance += w->change[i].amount;
        if (balance > before) w->growth[before <= 0][c->month - first] += balance - before;
    }
    return true;
}

/* ---- balances ---------------------------------------------------------------------------------------- */

static bool reserve_rows(forecast_walk *w, size_t n)
{
    if (n <= w->row_room) return true;
    size_t room = cst_room_for(w->row_room, n);
    if (!cst_resize(&w->on, room, sizeof *w->on) || !cst_resize(&w->off, room, sizeof *w->off)) return false;
    w->row_room = room;
    return true;
}

/* The months between which each row counts, as far as t; the first of them and the last that can differ
 * from it. */
static void place_rows(forecast_walk *w, const forecast_rows *r, cst_period *first, cst_period *last)
{
    const forecast_rules *rules = w->rules;
    *first = INT32_MAX;
    *last = INT32_MIN;
    for (size_t i = 0; i < r->n; i++) {
        cst_period on = cst_grid_on(&rules->grid, r->row[i].start),
                   off = cst_grid_off(&rules->grid, r->row[i].end);
        if (on < rules->history) on = rules->history;
        w->on[i] = on;
        w->off[i] = off;
        if (on >= off || on > rules->t) continue;
        if (on < *first) *first = on;
        if (off > *last) *last = off < rules->t ? off : rules->t;
    }
}

/* False: an account of balances past half the range, whose differences might not fit. */
static bool sum_balances(forecast_walk *w, const forecast_rows *r, cst_period first, size_t months,
                         bool *below, size_t *at)
{
    cst_money *b = w->balance;
    bool large = false;
    for (size_t i = 0; i < r->n; i++) {
        if (w->on[i] >= w->off[i] || w->on[i] > w->rules->t) continue;
        cst_money amount = r->row[i].amount;
        large |= __builtin_add_overflow(b[w->on[i] - first], amount, &b[w->on[i] - first]);
        if (w->off[i] <= w->rules->t)
            large |= __builtin_sub_overflow(b[w->off[i] - first], amount, &b[w->off[i] - first]);
    }
    *below = false;
    for (size_t i = 0; i < months && !large && !*below; i++) {
        if (i > 0) large |= __builtin_add_overflow(b[i - 1], b[i], &b[i]);
        large |= b[i] > INT64_MAX / 2 || b[i] < INT64_MIN / 2;
        *below = !large && b[i] < 0;
        *at = i;
    }
    return !large;
}

/* ---- counting ---------------------------------------------------------------------------------------- */

/* A base in its month and the `ahead` months after it. */
static void count_base(int64_t *count, const cst_money *b, size_t ahead)
{
    cst_money then = b[0];
    for (size_t h = 0; h <= ahead; h++) {
        count[FORECAST_KEPT + h] += b[h];
        count[FORECAST_CAP + h] += b[h] < then ? b[h] : then;
        count[FORECAST_STAY + h] += b[h] > 0;
    }
}

static void count_movement(const forecast_walk *w, int64_t *count, size_t month, cst_money before,
                           cst_money now, bool ever, bool one_centre)
{
    cst_movement kind = cst_movement_of(before > 0, now > 0, ever, now > before);
    cst_money change = now - before;
    if (kind == CST_UPSELL && !one_centre) {
        cst_money cross = cst_cross_sell_of(change, w->growth[0][month], w->growth[1][month]);
        count[FORECAST_MOVE + CST_CROSS_SELL] += cross;
        change -= cross;
    }
    count[FORECAST_MOVE + kind] += change;
}

/* Adds the balances in hand to a series; `back`: the months from the first of them to t. */
static bool count_account(forecast_walk *w, forecast_series *s, size_t back, size_t months, bool one_centre)
{
    const cst_money *b = w->balance;
    cst_money most = 0;
    for (size_t i = 0; i < months; i++) most = b[i] > most ? b[i] : most;
    if (most == 0) return true;
    if (!forecast_series_reach(s, back)) return false;
    if (!forecast_series_holds(s, (uint64_t)most)) forecast_series_flush(s);
    s->size += (uint64_t)most;
    cst_money before = 0;
    bool ever = false;
    for (size_t i = 0; i < months; i++) {
        int64_t *count = s->count + (back - i) * FORECAST_SUMS;
        if (b[i] != before) count_movement(w, count, i, before, b[i], ever, one_centre);
        if (b[i] > 0) count_base(count, b + i, back - i < FORECAST_AHEAD ? back - i : FORECAST_AHEAD);
        before = b[i];
        ever |= before > 0;
    }
    return true;
}

/* ---- an account -------------------------------------------------------------------------------------- */

/* Walks rows as one account and adds it to the series `into`. */
static cst_status walk_rows(forecast_walk *w, const cst_ledger_account *a, const forecast_rows *r,
                            forecast_series *const into[2], cst_error *e)
{
    if (!reserve_rows(w, r->n)) return cst_no_memory(e);
    cst_period first, last;
    place_rows(w, r, &first, &last);
    if (first > last) return CST_OK;
    size_t months = (size_t)(last - first) + 1, back = (size_t)(w->rules->t - first);
    if (!cst_grow(&w->balance, &w->balance_room, months + FORECAST_AHEAD, sizeof *w->balance))
        return cst_no_memory(e);
    memset(w->balance, 0, (months + FORECAST_AHEAD) * sizeof *w->balance);
    bool below;
    size_t at = 0;
    if (!sum_balances(w, r, first, months, &below, &at)) return fail_large(w, a->id, e);
    if (below) return fail_below(w, a->id, r, first + (cst_period)at, e);
    bool one_centre = has_one_centre(a->labels, r);
    if (!one_centre && !find_growth(w, a->labels, r, first, months)) return cst_no_memory(e);
    for (int k = 0; k < 2; k++)
        if (into[k] && !count_account(w, into[k], back, months, one_centre)) return cst_no_memory(e);
    return CST_OK;
}

static int compare_parts(const void *a, const void *b)
{
    const forecast_part *x = a, *y = b;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

/* The rows of each group as an account of their own. Their order within a group does not matter. */
static cst_status walk_parts(forecast_walk *w, const cst_ledger_account *a, size_t n, cst_error *e)
{
    if (!cst_grow(&w->part, &w->part_room, n, sizeof *w->part)) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++)
        w->part[i] = (forecast_part){a->row[i], cst_labels_unit(a->labels, a->row[i].unit).segment};
    qsort(w->part, n, sizeof *w->part, compare_parts);
    for (size_t i = 0; i < n; i++) a->row[i] = w->part[i].row;
    cst_status status = CST_OK;
    for (size_t i = 0, end; status == CST_OK && i < n; i = end) {
        uint32_t segment = w->part[i].segment;
        for (end = i + 1; end < n && w->part[end].segment == segment;) end++;
        forecast_rows r = {a->row + i, end - i, true};
        forecast_series *into[2] = {forecast_sums_group(&w->sums, segment), NULL};
        status = into[0] ? walk_rows(w, a, &r, into, e) : cst_no_memory(e);
    }
    return status;
}

static bool has_one_segment(const cst_ledger_account *a, size_t n)
{
    uint32_t segment = cst_labels_unit(a->labels, a->row[0].unit).segment;
    for (size_t i = 1; i < n; i++)
        if (a->row[i].unit != a->row[0].unit && cst_labels_unit(a->labels, a->row[i].unit).segment != segment)
            return false;
    return true;
}

cst_status forecast_walk_account(void *walk, const cst_ledger_account *a, cst_error *e)
{
    forecast_walk *w = walk;
    const forecast_rules *rules = w->rules;
    w->labels = a->labels;
    w->accounts++;
    if (w->names && cst_intern_id(w->names, a->id) == CST_INTERN_NONE) return cst_no_memory(e);
    cst_status status = rules->fx ? convert_rows(w, a, e) : CST_OK;
    if (status != CST_OK) return status < 0 ? status : CST_OK;
    size_t n;
    if (!part_rows(w, a, &n) || !cst_ledger_grace(a->row, n, rules->grace, a->labels))
        return cst_no_memory(e);
    if (n == 0) return CST_OK;
    bool mixed = rules->groups && !has_one_segment(a, n);
    forecast_series *into[2] = {rules->total ? &w->sums.total : NULL, NULL};
    if (rules->groups && !mixed &&
        !(into[1] = forecast_sums_group(&w->sums, cst_labels_unit(a->labels, a->row[0].unit).segment)))
        return cst_no_memory(e);
    forecast_rows all = {a->row, n, false};
    if (rules->total || !mixed) status = walk_rows(w, a, &all, into, e);
    return status == CST_OK && mixed ? walk_parts(w, a, n, e) : status;
}
