/* revenue/value.c: what rows are worth. Without rates a row is worth its amount; with them each row is
 * converted by itself at the rate of one day at a time, which is looked up once per currency and day. */
#include "base/decimal.h"
#include "base/memory.h"
#include "ledger/fx.h"
#include "revenue/walk.h"

void rev_walk_value_on(rev_walk *w, cst_day day)
{
    w->valued = w->rules->fx ? day : CST_DAY_NONE;
    w->mean_from = CST_DAY_NONE;
}

void rev_walk_value_over(rev_walk *w, cst_day first, cst_day last)
{
    cst_day as_of = w->rules->grid->as_of;
    rev_walk_value_on(w, as_of != CST_DAY_NONE && last > as_of ? as_of : last);
    w->mean_from = first;
}

/* The rate of a currency that was looked up for another day, or for other labels. */
static bool look_up(rev_walk *w, uint32_t currency, cst_rate *out)
{
    const cst_fx *fx = w->rules->fx;
    size_t known = w->rate_labels == w->account->labels ? w->rates : 0;
    if (!cst_grow(&w->rate, &w->rates, currency + 1, sizeof *w->rate)) {
        w->memory = true;
        return false;
    }
    for (; known < w->rates; known++) w->rate[known].day = CST_DAY_NONE;
    w->rate_labels = w->account->labels;
    cst_text name = cst_labels_currency(w->account->labels, currency);
    walk_rate found = {.day = w->valued, .from = w->mean_from};
    cst_status status = found.from == CST_DAY_NONE
                            ? cst_fx_rate(fx, name, found.day, &found.rate, &w->rate_error)
                            : cst_fx_mean(fx, name, found.from, found.day, &found.rate, &w->rate_error);
    w->unrated = status < 0;
    if (w->unrated) return false;
    w->rate[currency] = found;
    *out = found.rate;
    return true;
}

static inline bool find_rate(rev_walk *w, uint32_t currency, cst_rate *out)
{
    if (w->rate_labels != w->account->labels || currency >= w->rates) return look_up(w, currency, out);
    const walk_rate *known = &w->rate[currency];
    if (known->day != w->valued || known->from != w->mean_from) return look_up(w, currency, out);
    *out = known->rate;
    return true;
}

bool rev_walk_value(rev_walk *w, size_t i, cst_money *out)
{
    *out = w->row[i].amount;
    if (w->valued == CST_DAY_NONE || *out == 0) return true;
    cst_rate rate;
    if (w->unrated || !find_rate(w, cst_labels_unit(w->account->labels, w->row[i].unit).currency, &rate))
        return false;
    if (cst_money_convert(w->row[i].amount, rate, out)) return true;
    w->overflow = true;
    return false;
}

bool rev_walk_earn(rev_walk *w, size_t i, cst_period month, cst_money *out)
{
    const rev_rules *r = w->rules;
    const cst_ledger_row *row = &w->row[i];
    cst_day first = cst_period_first(&r->grid->ticks, month), last = cst_period_last(&r->grid->ticks, month);
    cst_day from = row->start > first ? row->start : first, to = last + 1;
    if (r->history_from > from) from = r->history_from;
    if (r->grid->as_of != CST_DAY_NONE && to > r->grid->as_of + 1) to = r->grid->as_of + 1;
    if (to > row->known_end) to = row->known_end;
    *out = 0;
    if (to <= from || row->amount == 0) return true;
    cst_rate rate = CST_RATE_UNIT;
    if (w->valued != CST_DAY_NONE &&
        (w->unrated || !find_rate(w, cst_labels_unit(w->account->labels, row->unit).currency, &rate)))
        return false;
    cst_wide sum, whole = (cst_wide)(last - first + 1) * (r->annual ? 12 : 1) * CST_RATE_UNIT;
    if (cst_wide_mul_div((cst_wide)row->amount * (to - from), rate, whole, &sum) &&
        cst_money_of_wide(sum, out))
        return true;
    w->overflow = true;
    return false;
}

bool rev_walk_add(rev_walk *w, cst_money *to, cst_money what)
{
    if (!__builtin_add_overflow(*to, what, to) && *to != INT64_MIN) return true;
    w->overflow = true;
    *to = 0;
    return false;
}

cst_money rev_walk_less(rev_walk *w, cst_money a, cst_money b)
{
    cst_money difference;
    if (!__builtin_sub_overflow(a, b, &difference) && difference != INT64_MIN) return difference;
    w->overflow = true;
    return 0;
}

cst_money rev_walk_balance(rev_walk *w, int32_t key, enum walk_part part)
{
    cst_money sum = 0;
    bool cells = w->rules->groups_of_rows;
    for (uint32_t k = 0; cells && k < w->cell.n; k++) {
        if (part == WALK_BASE)
            w->cell.at[k].base = 0;
        else
            w->cell.at[k].net = 0;
    }
    for (size_t i = 0; i < w->rows; i++) {
        cst_money v;
        if (!walk_holds(w, i, key) || !rev_walk_value(w, i, &v)) continue;
        rev_walk_add(w, &sum, v);
        if (!cells) continue;
        walk_slot *c = &w->cell.at[w->cell_of[i]];
        rev_walk_add(w, part == WALK_BASE ? &c->base : &c->net, v);
    }
    return sum;
}

int32_t rev_walk_tick_key(const rev_walk *w, cst_period tick)
{
    return w->rules->event ? cst_period_last(&w->rules->grid->ticks, tick) : tick;
}

int32_t rev_walk_close_key(const rev_walk *w, cst_period p)
{
    return rev_walk_tick_key(w, cst_grid_close(w->rules->grid, p));
}

cst_period rev_walk_key_tick(const rev_walk *w, int32_t key)
{
    return w->rules->event ? cst_grid_tick(w->rules->grid, key) : key;
}

cst_period rev_walk_key_period(const rev_walk *w, int32_t key)
{
    return cst_grid_period(w->rules->grid, rev_walk_key_tick(w, key));
}

cst_day rev_walk_key_day(const rev_walk *w, int32_t key)
{
    return w->rules->event ? key : cst_grid_day(w->rules->grid, key);
}

void rev_walk_stand_at(rev_walk *w, int32_t key)
{
    rev_walk_reset(w);
    for (size_t i = 0; i < w->rows; i++) {
        cst_money v;
        if (walk_holds(w, i, key) && rev_walk_value(w, i, &v)) rev_walk_touch(w, i, v);
    }
    rev_walk_begin_step(w);
}

void rev_walk_apply(rev_walk *w, const walk_event *v)
{
    size_t i = v->what / 2;
    cst_money amount;
    if (rev_walk_value(w, i, &amount)) rev_walk_touch(w, i, v->what & 1 ? -amount : amount);
}
