/* revenue/compare.c: --compare: a figure of the bridge beside the same figure one or several periods before,
 * or beside a budget. Earlier figures come from the same sums, closed from further back. */
#include "base/decimal.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/checks.h"
#include "revenue/bridge.h"
#include "revenue/by_period.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Millionths of amounts and ratios, counts as they are. */
typedef struct value {
    cst_wide v;
    bool there;
} value;

typedef struct plan_row {
    cst_period period;
    uint32_t group; /* of `groups` */
    cst_wide v;
    size_t row;
    bool met;
} plan_row;

struct rev_compare {
    const rev_bridge_figure *figure;
    /* of a budget */
    cst_table *table;
    int period, name, amount, currency, *by; /* its columns */
    plan_row *plan;                          /* the rows of the figure */
    size_t plans, room;
    cst_intern *groups;
    cst_map *index; /* (group, period) to plan */
    cst_arena *arena;
};

/* ---- the budget -------------------------------------------------------------------------------------- */

static cst_status bind_table(rev_session *s, cst_error *e)
{
    struct rev_compare *c = s->compare;
    cst_status status = cst_io_table(s->io, s->o->compare, &c->table, e);
    if (status == CST_OK) status = cst_table_bind(c->table, "period", CST_REQUIRED, &c->period, e);
    if (status == CST_OK) status = cst_table_bind(c->table, "figure", CST_REQUIRED, &c->name, e);
    if (status == CST_OK) status = cst_table_bind(c->table, "amount", CST_REQUIRED, &c->amount, e);
    if (status == CST_OK) status = cst_table_bind(c->table, "currency", CST_OPTIONAL, &c->currency, e);
    if (status != CST_OK) return status;
    c->by = calloc(s->bys + 1, sizeof *c->by);
    if (!c->by) return cst_no_memory(e);
    for (size_t k = 0; k < s->bys && status == CST_OK; k++)
        status = cst_table_bind(c->table, s->segment[k], CST_REQUIRED, &c->by[k], e);
    return status;
}

/* An amount in the figure's own unit. */
static cst_status read_amount(const rev_session *s, size_t i, cst_wide *out, cst_error *e)
{
    const struct rev_compare *c = s->compare;
    cst_money m;
    cst_status status = cst_table_money(c->table, i, c->amount, &m, e);
    if (status != CST_OK) return status;
    *out = m;
    if (c->figure->kind == REV_AMOUNT && s->o->decimals.set) *out = cst_money_round(m, (int)s->o->decimals.n);
    if (c->figure->kind != REV_COUNT) return CST_OK;
    *out = m / CST_MONEY_UNIT;
    if (m % CST_MONEY_UNIT == 0) return CST_OK;
    cst_text text = cst_table_at(c->table, i, c->amount);
    return cst_fail_at(e, CST_DATA, cst_table_place(c->table, i, c->amount), "amount",
                       "expected a whole number of %s, found \"%.*s\"", c->figure->name, (int)text.n, text.p);
}

static cst_status read_plan(rev_session *s, size_t i, cst_error *e)
{
    struct rev_compare *c = s->compare;
    plan_row r = {.row = i};
    cst_text group;
    cst_status status = rev_by_period(s, c->table, i, c->period, &r.period, e);
    if (status == CST_OK) status = read_amount(s, i, &r.v, e);
    if (status == CST_END)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(c->table, i, -1), NULL,
            "expected a period and an amount, found one missing; fill it in or remove the row");
    if (status == CST_OK) status = rev_by_group(s, c->table, i, c->by, c->arena, &group, e);
    if (status != CST_OK) return status;
    bool fresh = false;
    r.group = cst_intern_id(c->groups, group);
    uint32_t *at = r.group == CST_INTERN_NONE
                       ? NULL
                       : cst_map_at(c->index, cst_map_pair(r.group, (uint32_t)r.period), &fresh);
    if (!at || !cst_grow(&c->plan, &c->room, c->plans + 1, sizeof *c->plan)) return cst_no_memory(e);
    if (!fresh)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(c->table, i, -1), NULL,
            "expected one amount of %s for each period%s, found a second; add them up, or group "
            "by what tells them apart with --by",
            c->figure->name, s->bys ? " and group" : "");
    *at = (uint32_t)c->plans;
    c->plan[c->plans++] = r;
    return CST_OK;
}

static cst_status read_budget(rev_session *s, cst_error *e)
{
    struct rev_compare *c = s->compare;
    c->groups = cst_intern_new();
    c->index = cst_map_new();
    c->arena = cst_arena_new();
    cst_status status = c->groups && c->index && c->arena ? bind_table(s, e) : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(c->table); i++)
        if (cst_text_is(cst_table_at(c->table, i, c->name), c->figure->name)) status = read_plan(s, i, e);
    if (status == CST_OK && c->plans == 0)
        return cst_fail_at(e, CST_DATA, cst_table_place(c->table, 0, c->name), "figure",
                           "expected rows whose figure is %s, found none; --compare is with that figure",
                           c->figure->name);
    return status;
}

cst_status rev_compare_open(rev_session *s, cst_error *e)
{
    static const int year[] = {[CST_WEEK] = 52, [CST_MONTH] = 12, [CST_QUARTER] = 4, [CST_YEAR] = 1};
    const char *with = s->o->compare;
    s->compare = calloc(1, sizeof *s->compare);
    if (!s->compare) return cst_no_memory(e);
    cst_status status = rev_bridge_find_figure(s->o->figure, &s->compare->figure, e);
    if (status != CST_OK) return status;
    bool prior = strcmp(with, "prior") == 0;
    if (prior || strcmp(with, "year") == 0) {
        s->back = prior ? 1 : year[s->calendar.every];
        return CST_OK;
    }
    if (strpbrk(with, "/.")) return read_budget(s, e);
    return cst_fail(e, CST_USAGE,
                    "--compare: expected prior, year or a file, found \"%s\"; a file has / or . in its name",
                    with);
}

void rev_compare_free(rev_session *s)
{
    struct rev_compare *c = s->compare;
    if (!c) return;
    cst_table_free(c->table);
    free(c->by);
    free(c->plan);
    cst_intern_free(c->groups);
    cst_map_free(c->index);
    cst_arena_free(c->arena);
    free(c);
    s->compare = NULL;
}

/* ---- what is compared -------------------------------------------------------------------------------- */

static cst_status figure_of(const rev_session *s, const rev_series *of, cst_period p, value *out,
                            cst_error *e)
{
    const rev_bridge_figure *x = s->compare->figure;
    rev_figure_opts o = rev_bridge_figure_opts(s);
    rev_figures f;
    cst_status status = rev_figures_of(&s->sums, of, p, &o, &f, e);
    if (status == CST_OK) out->there = rev_figure_value(x->kind, x->offset, &f, &out->v);
    return status;
}

/* Whether the bridge has a period, were it asked for. */
static bool is_known(const rev_session *s, cst_period p)
{
    cst_day history = s->o->history_from;
    if (history != CST_DAY_NONE) return p > cst_period_of(&s->calendar, history);
    return s->counts.first != CST_DAY_NONE && p >= cst_period_of(&s->calendar, s->counts.first);
}

/* Whether the total of a figure is the sum of its groups. */
static bool adds_up(const rev_session *s)
{
    const rev_bridge_figure *x = s->compare->figure;
    if (x->kind == REV_COUNT) return !s->rules.groups_of_rows;
    return x->kind == REV_AMOUNT && x->offset != offsetof(rev_figures, arpa);
}

/* The budget of a group (NULL: of all). */
static value plan_of(rev_session *s, const cst_text *group, cst_period p)
{
    struct rev_compare *c = s->compare;
    value out = {0, false};
    uint32_t id = cst_intern_find(c->groups, group ? *group : (cst_text){"", 0});
    if (group || s->bys == 0) {
        const uint32_t *at =
            id == CST_INTERN_NONE ? NULL : cst_map_find(c->index, cst_map_pair(id, (uint32_t)p));
        if (!at) return out;
        c->plan[*at].met = true;
        return (value){c->plan[*at].v, true};
    }
    for (size_t i = 0; adds_up(s) && i < c->plans; i++) {
        if (c->plan[i].period != p) continue;
        out.v += c->plan[i].v;
        out.there = true;
    }
    return out;
}

static cst_status before_of(rev_session *s, const rev_series *of, const cst_text *group, cst_period p,
                            value *out, cst_error *e)
{
    *out = (value){0, false};
    if (s->back == 0) *out = plan_of(s, group, p);
    if (s->back == 0 || !is_known(s, p - s->back)) return CST_OK;
    return figure_of(s, of, p - s->back, out, e);
}

/* ---- the table --------------------------------------------------------------------------------------- */

static void put_value(const rev_session *s, cst_writer *w, value x)
{
    if (!x.there)
        cst_put_missing(w);
    else
        rev_figure_put_value(s, w, s->compare->figure->kind, x.v);
}

static cst_status write_row(rev_session *s, cst_writer *w, const rev_series *of, const cst_text *group,
                            cst_period p, cst_error *e)
{
    value now, before, change = {0, false};
    cst_status status = figure_of(s, of, p, &now, e);
    if (status == CST_OK) status = before_of(s, of, group, p, &before, e);
    if (status != CST_OK) return status;
    if (now.there && before.there) change = (value){now.v - before.v, true};
    rev_bridge_put_key(s, w, p, group);
    put_value(s, w, now);
    put_value(s, w, before);
    put_value(s, w, change);
    cst_ratio percent;
    if (s->compare->figure->kind != REV_RATIO && change.there &&
        cst_ratio_of(change.v, before.v < 0 ? -before.v : before.v, &percent))
        cst_put_ratio(w, percent);
    else
        cst_put_missing(w);
    return cst_end_row(w, e);
}

static cst_status open_table(rev_session *s, cst_writer **out, cst_error *e)
{
    enum { HEAD = 5, FIGURES = 4, NAME = 64 };
    static const char *const suffix[FIGURES] = {"", "_before", "_change", "_percent"};
    const char *taken[HEAD + FIGURES + 1] = {"period_start", "period_end", "complete", "row", "currency"};
    char name[FIGURES][NAME];
    for (int k = 0; k < FIGURES; k++) {
        snprintf(name[k], NAME, "%s%s", s->compare->figure->name, suffix[k]);
        taken[HEAD + k] = name[k];
    }
    cst_column *c = calloc(HEAD + FIGURES + s->bys, sizeof *c);
    if (!c) return cst_no_memory(e);
    size_t n = 0;
    for (; n < 3; n++) c[n] = (cst_column){taken[n], CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    for (int k = 3; k < HEAD; k++) c[n++] = (cst_column){taken[k], CST_COL_TEXT};
    for (int k = 0; k < FIGURES; k++) c[n++] = (cst_column){name[k], CST_COL_NUMBER};
    cst_status status = cst_io_writer(s->io, c, n, out, e);
    free(c);
    return status;
}

/* Rows of the budget that met nothing: all of other periods than those that are printed; of groups that there
 * are not. */
static cst_status check_plan(rev_session *s, cst_error *e)
{
    const struct rev_compare *c = s->compare;
    size_t within = 0, unmet = 0, first = 0;
    for (size_t i = 0; i < c->plans; i++) {
        if (!s->any || c->plan[i].period < s->first || c->plan[i].period > s->last) continue;
        within++;
        if (!c->plan[i].met && unmet++ == 0) first = c->plan[i].row;
    }
    cst_io_check(s->io,
                 &(cst_finding){.id = CST_CHECK_OTHER_PERIOD,
                                .first = cst_table_place(c->table, c->plan[0].row, c->period),
                                .count = s->any && within == 0},
                 "expected %s of a period that is printed, found other periods alone; see --from and --to",
                 c->figure->name);
    cst_io_check(
        s->io,
        &(cst_finding){
            .id = CST_CHECK_UNMATCHED_ROW, .first = cst_table_place(c->table, first, -1), .count = unmet},
        "expected groups that there are, found others in %zu row%s of the budget, the first here: what "
        "is planned there is in %s",
        unmet, unmet == 1 ? "" : "s", adds_up(s) ? "the total alone" : "no row");
    return cst_io_checked(s->io, e);
}

cst_status rev_compare_write(rev_session *s, cst_error *e)
{
    cst_writer *w = NULL;
    const struct rev_compare *c = s->compare;
    cst_status status = CST_OK;
    if (c->table && !s->by_currency) status = rev_by_currency(s, c->table, c->currency, "budget", e);
    if (status == CST_OK) status = open_table(s, &w, e);
    for (cst_period p = s->first; s->any && status == CST_OK && p <= s->last; p++) {
        for (uint32_t i = 0; status == CST_OK && s->rules.groups && i < s->sums.groups; i++) {
            uint32_t g = s->group_order[i];
            status = write_row(s, w, &s->sums.group[g], &s->group_name[g], p, e);
        }
        if (status == CST_OK && s->total) status = write_row(s, w, &s->sums.total, NULL, p, e);
    }
    if (status == CST_OK && c->table) status = check_plan(s, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}
