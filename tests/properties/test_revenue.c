/* The revenue page as a property: thousands of small random ledgers, each under a random choice of every
 * rule, against the slow reference beside this file. Amounts, balances, customers, cohorts, for the
 * total and for every segment, in every period. The choice is drawn so that every combination of basis,
 * netting and period comes up many times; a test counts them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "ledger/fx.h"
#include "ledger/labels.h"
#include "revenue/figures.h"
#include "revenue/sums.h"
#include "revenue/walk.h"
#include "revenue_reference.h"

static uint64_t state = UINT64_C(0x2545f4914f6cdd1d);

static uint32_t draw(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % n);
}

static const char *const segment_name[REF_SEGMENTS] = {"Basic", "Enterprise", "Pro"};
static const char *const centre_name[REF_CENTRES] = {"", "HR", "IT"};
static const char *const line_name[REF_LINES] = {"a", "b", "c", "d"};
static const char *const currency_name[REF_CURRENCIES] = {"EUR", "USD"};

static void draw_config(ref_config *c)
{
    memset(c, 0, sizeof *c);
    c->periods.every = (cst_every)draw(4);
    c->periods.fiscal_start = 1 + (int)draw(12);
    c->event = draw(2);
    if (!c->event && c->periods.every != CST_WEEK && draw(3) == 0) c->rule = (enum ref_rule)draw(3);
    c->net_line = draw(2);
    c->of_rows = draw(2);
    c->least = draw(4) ? 0 : 20 * CST_MONEY_UNIT;
    c->back_months = draw(3) == 0 ? 1 + (int)draw(4) : 0;
    c->history = draw(4) ? CST_DAY_NONE : cst_day_of(2023, 1 + (int)draw(8), 1 + (int)draw(28));
    c->as_of = draw(3) ? cst_day_of(2024, 1 + (int)draw(12), 1 + (int)draw(28)) : CST_DAY_NONE;
    c->grace = draw(3) ? 0 : 1 + (int)draw(40);
    static const int windows[4] = {9, 5, 3, 2};
    c->window = 1 + (int)draw((uint32_t)windows[c->periods.every]);
    c->retention = (enum ref_retention)draw(3);
    c->fx = draw(3) == 0;
    c->spot = c->fx && draw(2);
    for (int k = 0; k < REF_CURRENCIES; k++)
        for (int m = 0; m < 64; m++)
            c->rate[k][m] = k == 1 ? CST_RATE_UNIT : CST_RATE_UNIT / 2 + (int64_t)draw(1000000000) * 1000;
}

static void draw_account(const ref_config *c, ref_account *a)
{
    a->rows = 0;
    int n = 1 + (int)draw(REF_ROWS);
    static const int lengths[] = {0, 1, 3, 10, 28, 31, 45, 61, 90, 200, 365, -1};
    while (a->rows < n) {
        ref_row *r = &a->row[a->rows];
        const ref_row *last = a->rows ? r - 1 : NULL;
        r->start = cst_day_of(2023, 1, 1) + (cst_day)draw(700);
        if (last && draw(3) == 0 && last->end != CST_DAY_NONE)
            r->start = last->end + (draw(2) ? 0 : (cst_day)draw(50));
        if (draw(4) == 0) r->start = cst_day_of(2023 + (int)draw(2), 1 + (int)draw(12), 1);
        int length = lengths[draw(12)];
        r->end = length < 0 ? CST_DAY_NONE : r->start + length;
        if (draw(8) == 0 && length > 0) r->end = cst_day_of(2024, 1 + (int)draw(12), 1) + (cst_day)draw(2);
        if (r->end != CST_DAY_NONE && r->end < r->start) r->end = r->start;
        r->amount = (cst_money)(draw(10) == 0 ? 0 : 1 + draw(12)) * 10 * CST_MONEY_UNIT +
                    (draw(3) ? 0 : draw(1000000));
        r->line = (int)draw(REF_LINES);
        r->segment = (int)draw(REF_SEGMENTS);
        r->currency = c->fx ? (int)draw(REF_CURRENCIES) : 0;
        /* a discount within the row before, so that the account never falls below zero */
        if (last && !c->fx && c->grace == 0 && c->rule == REF_MONTH_END &&
            last->amount > 20 * CST_MONEY_UNIT && draw(6) == 0) {
            r->start = last->start;
            r->end = last->end;
            r->amount = draw(5) == 0 ? -last->amount : -10 * CST_MONEY_UNIT;
        }
        if (c->as_of == CST_DAY_NONE || r->start <= c->as_of)
            a->rows++;
        else
            n--;
    }
}

/* ---- the engine -------------------------------------------------------------------------------------- */

typedef struct engine {
    cst_grid grid;
    rev_rules rules;
    cst_ledger *ledger;
    rev_sums sums;
    rev_walk walk;
    cst_fx *fx;
    cst_table *table;
} engine;

static void make_rates(engine *x, const ref_config *c)
{
    static char text[8192];
    cst_error e;
    size_t n = (size_t)snprintf(text, sizeof text, "currency,date,rate\n");
    for (int m = 0; m < 50; m++)
        n += (size_t)snprintf(text + n, sizeof text - n, "EUR,%04d-%02d-01,%lld.%012lld\n",
                              2022 + (m + 11) / 12, (m + 11) % 12 + 1,
                              (long long)(c->rate[0][m] / CST_RATE_UNIT),
                              (long long)(c->rate[0][m] % CST_RATE_UNIT));
    assert_int_equal(cst_table_parse((cst_text){text, (uint32_t)n}, "fx.csv", NULL, &x->table, &e), CST_OK);
    assert_int_equal(cst_fx_of(x->table, "USD", 31, &x->fx, &e), CST_OK);
}

static void fill_ledger(engine *x, const ref_config *c, const ref_account *a, int accounts)
{
    cst_error e;
    cst_ledger_opts o = {.as_of = c->as_of, .grace = c->grace};
    assert_int_equal(cst_ledger_open(&o, &x->ledger, &e), CST_OK);
    for (int k = 0; k < accounts; k++) {
        char id[16];
        snprintf(id, sizeof id, "A%d", k);
        for (int i = 0; i < a[k].rows; i++) {
            const ref_row *r = &a[k].row[i];
            cst_ledger_row row = {.start = r->start,
                                  .end = r->end == CST_DAY_NONE ? CST_LEDGER_OPEN : r->end,
                                  .amount = r->amount};
            cst_ledger_text t = {cst_text_of(centre_name[r->line % REF_CENTRES]),
                                 cst_text_of(line_name[r->line]),
                                 cst_text_of(c->of_rows ? segment_name[r->segment] : ""),
                                 cst_text_of(currency_name[r->currency])};
            assert_int_equal(cst_ledger_add(x->ledger, cst_text_of(id), &row, &t, &e), CST_OK);
        }
    }
}

static void set_rules(engine *x, const ref_config *c, cst_period first, cst_period last)
{
    x->rules = (rev_rules){.grid = &x->grid,
                           .event = c->event,
                           .net_line = c->net_line,
                           .groups = c->of_rows,
                           .groups_of_rows = c->of_rows,
                           .min_movement = c->least,
                           .retention = (enum rev_retention)c->retention,
                           .window = c->window,
                           .spot = c->spot,
                           .history_from = c->history,
                           .tops = true,
                           .fx = x->fx,
                           .valued = c->fx,
                           .fx_first = first,
                           .fx_last = last};
    if (c->back_months) x->rules.reactivation = (cst_duration){c->back_months, 'm'};
}

static cst_status visit(void *worker, const cst_ledger_account *a, cst_error *e)
{
    return rev_walk_account(worker, a, e);
}

static void run_engine(engine *x, const ref_config *c, const ref_account *a, int accounts, cst_period first,
                       cst_period last)
{
    cst_error e = {0};
    memset(x, 0, sizeof *x);
    if (c->fx) make_rates(x, c);
    assert_int_equal(cst_grid_init(&x->grid, c->periods, (enum cst_snapshot)c->rule, c->as_of, &e), CST_OK);
    fill_ledger(x, c, a, accounts);
    set_rules(x, c, first, last);
    rev_sums_init(&x->sums, &x->rules);
    rev_walk_init(&x->walk, &x->rules, &x->sums);
    void *worker = &x->walk;
    if (cst_ledger_each(x->ledger, 1, visit, &worker, &e) != CST_OK) fail_msg("%s", e.message);
    if (x->walk.failure.error.status < 0) fail_msg("%s", x->walk.failure.error.message);
    cst_period link0 = cst_grid_close(&x->grid, first - c->window) + 1,
               link1 = cst_grid_close(&x->grid, last);
    if (c->retention != REF_COMPOUNDED) link1 = link0 - 1;
    assert_true(rev_series_close(&x->sums, &x->sums.total, first - 1, last, link0, link1));
    for (uint32_t i = 0; i < x->sums.groups; i++)
        assert_true(rev_series_close(&x->sums, &x->sums.group[i], first - 1, last, link0, link1));
    if (rev_check_sums(&x->sums, first, last, true, NULL, &e) != CST_OK) fail_msg("%s", e.message);
}

static void free_engine(engine *x)
{
    rev_walk_free(&x->walk);
    rev_sums_free(&x->sums);
    cst_ledger_free(x->ledger);
    cst_grid_free(&x->grid);
    cst_fx_free(x->fx);
    cst_table_free(x->table);
}

/* ---- comparison -------------------------------------------------------------------------------------- */

static int trial;
static bool failed_once;

static void tell(const ref_config *c, const ref_account *a, int accounts)
{
    if (failed_once) return;
    failed_once = true;
    char d[CST_DAY_ROOM], h[CST_DAY_ROOM] = "-", s[CST_DAY_ROOM] = "-";
    if (c->history != CST_DAY_NONE) cst_day_format(c->history, h);
    if (c->as_of != CST_DAY_NONE) cst_day_format(c->as_of, s);
    fprintf(stderr,
            "trial %d: every %d fiscal %d rule %d event %d net_line %d of_rows %d least %lld back %d history "
            "%s as_of %s grace %d "
            "window %d retention %d fx %d spot %d\n",
            trial, c->periods.every, c->periods.fiscal_start, c->rule, c->event, c->net_line, c->of_rows,
            (long long)c->least, c->back_months, h, s, c->grace, c->window, c->retention, c->fx, c->spot);
    for (int k = 0; k < accounts; k++)
        for (int i = 0; i < a[k].rows; i++) {
            const ref_row *r = &a[k].row[i];
            cst_day_format(r->start, d);
            fprintf(stderr, "  A%d %s ", k, d);
            if (r->end == CST_DAY_NONE)
                strcpy(d, "open");
            else
                cst_day_format(r->end, d);
            fprintf(stderr, "%s %lld line %d segment %d %s\n", d, (long long)r->amount, r->line, r->segment,
                    currency_name[r->currency]);
        }
}

static void same(cst_wide ours, cst_wide theirs, const char *what, cst_period p, const char *row,
                 const ref_config *c, const ref_account *a, int accounts)
{
    if (ours == theirs) return;
    tell(c, a, accounts);
    fail_msg("trial %d, period %d, %s: %s is %lld, the reference says %lld", trial, p, row, what,
             (long long)ours, (long long)theirs);
}

static void compare_cell(const ref_config *c, const rev_cell *cell, const ref_cell *ref, cst_period p,
                         const char *row, const ref_account *a, int accounts)
{
    static const char *const kinds[REF_KINDS] = {
        "new", "reactivation", "upsell", "cross_sell", "contraction", "churn", "fx", "transfer", "rounding"};
    for (int k = 0; k < REF_KINDS; k++)
        same(cell->amount[k], ref->amount[k], kinds[k], p, row, c, a, accounts);
    same(cell[-1].closing, ref->opening, "opening", p, row, c, a, accounts);
    same(cell->closing, ref->closing, "closing", p, row, c, a, accounts);
    same(cell->new_logos, ref->fresh, "new_logos", p, row, c, a, accounts);
    same(cell->reactivated, ref->back, "reactivated_logos", p, row, c, a, accounts);
    same(cell->churned, ref->lost, "churned_logos", p, row, c, a, accounts);
    same(cell[-1].closing_logos, ref->opening_logos, "opening_logos", p, row, c, a, accounts);
    same(cell->closing_logos, ref->closing_logos, "closing_logos", p, row, c, a, accounts);
    same(cell->ret.logos, ref->cohort, "cohort", p, row, c, a, accounts);
    same(cell->ret.kept, ref->kept, "kept", p, row, c, a, accounts);
    if (c->retention == REF_COMPOUNDED) return;
    same(cell->ret.base, ref->base, "base", p, row, c, a, accounts);
    same(cell->ret.net, ref->net, "net", p, row, c, a, accounts);
    same(cell->ret.gross, ref->gross, "gross", p, row, c, a, accounts);
}

static void run_trial(void)
{
    static ref_account a[REF_ACCOUNTS];
    static ref_cell total[600], by[600][REF_SEGMENTS], link[600];
    ref_config c;
    draw_config(&c);
    int accounts = 1 + (int)draw(REF_ACCOUNTS);
    for (int k = 0; k < accounts; k++) draw_account(&c, &a[k]);
    cst_period first = cst_period_of(&c.periods, cst_day_of(2023, 1 + (int)draw(6), 1));
    cst_period last = cst_period_of(&c.periods, cst_day_of(2024, 1 + (int)draw(12), 1));
    if (c.history != CST_DAY_NONE && first <= cst_period_of(&c.periods, c.history))
        first = cst_period_of(&c.periods, c.history) + 1;
    if (last < first) last = first;
    cst_calendar ticks = ref_ticks(&c);
    cst_period earliest = cst_period_of(&ticks, cst_day_of(2022, 12, 1));
    cst_period link0 = ref_close(&c, first - c.window) + 1, link1 = ref_close(&c, last);
    memset(total, 0, sizeof total);
    memset(by, 0, sizeof by);
    memset(link, 0, sizeof link);
    assert_true(link1 - link0 < 600 && last - first < 600);
    bool links = c.retention == REF_COMPOUNDED;
    for (int k = 0; k < accounts; k++)
        ref_account_cells(&c, &a[k], first, last, earliest, total, by, link0, link1, links ? link : NULL);
    engine x;
    run_engine(&x, &c, a, accounts, first, last);
    for (cst_period p = first; p <= last; p++) {
        compare_cell(&c, &x.sums.total.cell[p - x.sums.total.low], &total[p - first], p, "total", a,
                     accounts);
        for (uint32_t i = 0; c.of_rows && i < x.sums.groups; i++) {
            cst_text name = cst_labels_segment(x.sums.labels, i);
            int k = 0;
            while (!cst_text_is(name, segment_name[k])) k++;
            compare_cell(&c, &x.sums.group[i].cell[p - x.sums.group[i].low], &by[p - first][k], p,
                         segment_name[k], a, accounts);
        }
    }
    for (cst_period t = link0; links && t <= link1; t++) {
        const rev_ret *r = &x.sums.total.link[t - x.sums.total.link_low].ret;
        same(r->base, link[t - link0].base, "link base", t, "total", &c, a, accounts);
        same(r->net, link[t - link0].net, "link net", t, "total", &c, a, accounts);
        same(r->gross, link[t - link0].gross, "link gross", t, "total", &c, a, accounts);
    }
    free_engine(&x);
}

static void engine_agrees_with_reference(void **unused)
{
    (void)unused;
    const char *asked = getenv("REVENUE_TRIALS");
    int trials = asked ? atoi(asked) : 4000;
    for (trial = 0; trial < trials; trial++) run_trial();
}

/* Every combination of basis, netting, period, segments and retention is among the draws. */
static void draws_cover_the_rules(void **unused)
{
    (void)unused;
    static int seen[2][2][4][2][3];
    state = 88172645463325252u;
    for (int i = 0; i < 4000; i++) {
        ref_config c;
        draw_config(&c);
        seen[c.event][c.net_line][c.periods.every][c.of_rows][c.retention]++;
    }
    for (int i = 0; i < 2 * 2 * 4 * 2 * 3; i++) assert_true((&seen[0][0][0][0][0])[i] > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_agrees_with_reference),
        cmocka_unit_test(draws_cover_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
