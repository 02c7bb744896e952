/* nights.c: see nights.h. A memory counts only where the account had a row in the period before;
 * row_period numbers the periods from 2, and 1 is last night's file. */
#include "score/nights.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/decimal.h"
#include "score/points.h"

enum { LAST_NIGHT = 1, FIRST_PERIOD = 2, STRETCH = 4096 };
enum score_night_column { ACCOUNT, PERIOD, BAND, SMOOTHED, SCORED, HISTORY, CHANGES, COLUMNS };
static const char *const names[] = {"account_id",  "period",  "computed_band", "smoothed",
                                    "last_scored", "history", "band_history"};

cst_status score_memories_new(score_sheet *sheet, score_memory **out, cst_error *e)
{
    *out = calloc((size_t)cst_intern_count(sheet->rows.accounts) + 1, sizeof **out);
    return *out ? CST_OK : cst_no_memory(e);
}

static cst_status refuse(const cst_table *t, size_t row, int at, const char *field, const char *expected,
                         cst_error *e)
{
    cst_text found = cst_table_at(t, row, at);
    return cst_fail_at(
        e, CST_DATA, cst_table_place(t, row, at), field,
        "expected %s, found \"%.*s\"; --previous takes the output of the night before, as cs-score "
        "wrote it",
        expected, (int)found.n, found.p);
}

static cst_status read_memory(const cst_table *t, size_t row, const int *at, const cst_model *m,
                              score_memory *out, cst_error *e)
{
    *out = (score_memory){.row_period = LAST_NIGHT, .band = UINT32_MAX};
    if (!score_memory_get_history(out, cst_table_at(t, row, at[HISTORY])))
        return refuse(t, row, at[HISTORY], "history", "at most six scores with ; between", e);
    if (!score_memory_get_changes(out, cst_table_at(t, row, at[CHANGES])))
        return refuse(t, row, at[CHANGES], "band_history", "at most twelve digits 0 or 1", e);
    cst_text band = cst_table_at(t, row, at[BAND]);
    if (band.n) {
        out->band = (uint32_t)score_model_band_named(m, band);
        if (out->band == m->bands) return refuse(t, row, at[BAND], "computed_band", "a band of the model", e);
    }
    if (out->scores == 0) return CST_OK;
    cst_money smoothed;
    if (cst_money_parse(cst_table_at(t, row, at[SMOOTHED]), &smoothed) != CST_DECIMAL_OK || smoothed < 0 ||
        smoothed > 100 * CST_MONEY_UNIT)
        return refuse(t, row, at[SMOOTHED], "smoothed", "0 to 100 with at most six decimals", e);
    out->smoothed = (int32_t)smoothed;
    cst_day period;
    if (!cst_day_parse(cst_table_at(t, row, at[SCORED]), &out->scored) ||
        !cst_day_parse(cst_table_at(t, row, at[PERIOD]), &period) || out->scored > period)
        return refuse(t, row, at[SCORED], "last_scored", "a date not after the period", e);
    return CST_OK;
}

/* The file's last period before the first to score, so that a night that is run once more goes on from where
 * it did; without one, its last. CST_END when it has no rows. */
static cst_status find_last(const cst_table *t, int at, const score_sheet *sheet, cst_day *last, cst_error *e)
{
    cst_day of_all = CST_DAY_NONE;
    *last = CST_DAY_NONE;
    for (size_t row = 0; row < cst_table_rows(t); row++) {
        cst_day d;
        if (!cst_day_parse(cst_table_at(t, row, at), &d)) return refuse(t, row, at, "period", "a date", e);
        if (d > of_all) of_all = d;
        if (d > *last && sheet->rows.days > 0 && d < sheet->rows.day[0]) *last = d;
    }
    if (*last == CST_DAY_NONE) *last = of_all;
    return *last == CST_DAY_NONE ? CST_END : CST_OK;
}

/* Whether the file's rows of this day began without a memory, so that the night run once more does, too. */
static bool began_there(const cst_table *t, const int *at, cst_day day)
{
    for (size_t row = 0; row < cst_table_rows(t); row++) {
        score_memory m = {0};
        cst_day d;
        cst_day_parse(cst_table_at(t, row, at[PERIOD]), &d);
        if (d == day && (!score_memory_get_history(&m, cst_table_at(t, row, at[HISTORY])) || m.scores > 1 ||
                         !score_memory_get_changes(&m, cst_table_at(t, row, at[CHANGES])) || m.periods > 1))
            return false;
    }
    return true;
}

/* CST_END: the file is the first night's, run once more: there is no night before it. */
static cst_status check_order(const cst_table *t, const int *at, const score_sheet *sheet, cst_day last,
                              cst_error *e)
{
    if (sheet->rows.days == 0 || sheet->rows.day[0] > last) return CST_OK;
    if (sheet->rows.day[0] == last && began_there(t, at, last)) return CST_END;
    char first[CST_DAY_ROOM], before[CST_DAY_ROOM];
    cst_day_format(sheet->rows.day[0], first);
    cst_day_format(last, before);
    return cst_fail_at(
        e, CST_DATA, (cst_place){cst_table_file(t), 0, 0}, "period",
        "expected scores of before the first period to score (%s), found %s; give the output of the "
        "night before, or cut the metrics with --from",
        first, before);
}

cst_status score_memories_read(const cst_table *previous, score_sheet *sheet, const cst_model *m,
                               score_memory *memory, cst_error *e)
{
    int at[COLUMNS];
    cst_day last, day;
    cst_status status = CST_OK;
    for (int c = 0; c < COLUMNS && status == CST_OK; c++)
        status = cst_table_bind(previous, names[c], CST_REQUIRED, &at[c], e);
    if (status == CST_OK) status = find_last(previous, at[PERIOD], sheet, &last, e);
    if (status == CST_OK) status = check_order(previous, at, sheet, last, e);
    if (status != CST_OK) return status == CST_END ? CST_OK : status;
    for (size_t row = 0; row < cst_table_rows(previous); row++) {
        cst_day_parse(cst_table_at(previous, row, at[PERIOD]), &day);
        if (day != last) continue;
        uint32_t account = cst_intern_find(sheet->rows.accounts, cst_table_at(previous, row, at[ACCOUNT]));
        if (account == CST_INTERN_NONE) continue;
        if (memory[account].row_period == LAST_NIGHT)
            return refuse(previous, row, at[ACCOUNT], "account_id", "one row an account and period", e);
        if ((status = read_memory(previous, row, at, m, &memory[account], e))) return status;
    }
    return CST_OK;
}

/* One account-period; `period` is the index of its period. */
static cst_status step_row(score_sheet *sheet, size_t row, size_t period, const score_memory_rules *rules,
                           score_memory *memory, score_night_visit *visit, void *context, cst_error *e)
{
    const cst_metrics_row *r = &sheet->rows.row[row];
    score_memory *m = &memory[r->account];
    if (m->row_period != period + FIRST_PERIOD - 1) *m = (score_memory){.band = UINT32_MAX};
    m->row_period = (uint32_t)(period + FIRST_PERIOD);
    double raw = sheet->result[row].score;
    int32_t score = score_memory_step(m, rules, r->period, raw);
    score_night night = {.sheet = sheet,
                         .row = row,
                         .period = period,
                         .memory = m,
                         .raw = score_points_round(raw),
                         .score = score,
                         .band = score < 0 ? UINT32_MAX : m->band};
    return visit(context, &night, e);
}

cst_status score_nights_run(score_sheet *sheet, const score_memory_rules *rules, score_memory *memory,
                            score_night_visit *visit, void *context, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t p = 0; status == CST_OK && p < sheet->rows.days; p++)
        for (size_t i = sheet->rows.begin[p]; status == CST_OK && i < sheet->rows.begin[p + 1]; i++)
            status = step_row(sheet, sheet->rows.order[i], p, rules, memory, visit, context, e);
    return status;
}

/* Within a period every row is another account, so its rows may be stepped at once; the next period
 * waits for all of them. Stretches are given out in order and settled in order. */
struct spread {
    score_sheet *sheet;
    const score_memory_rules *rules;
    score_memory *memory;
    score_night_visit *visit;
    cst_status (*settle)(void *context, cst_error *e);
    pthread_mutex_t lock;
    pthread_cond_t turn;
    size_t next, period; /* the row to give out next, and its period */
    size_t settled;      /* rows */
    cst_status status;
    cst_error error;
};

struct spread_thread {
    struct spread *all;
    void *context;
    pthread_t id;
};

/* Takes the next stretch, at most STRETCH rows of one period; false: none is left, or the run has failed. */
static bool take_stretch(struct spread *a, size_t *from, size_t *to, size_t *period)
{
    const score_sheet *s = a->sheet;
    if (a->next == s->rows.n || a->status) return false;
    while (a->next == s->rows.begin[a->period + 1]) a->period++;
    size_t end = s->rows.begin[a->period + 1], begun = s->rows.begin[a->period];
    *from = a->next;
    *to = end - *from < STRETCH ? end : *from + STRETCH;
    *period = a->period;
    a->next = *to;
    while (a->settled < begun && !a->status) pthread_cond_wait(&a->turn, &a->lock);
    return !a->status;
}

static void settle_stretch(struct spread *a, void *context, size_t from, size_t to, cst_status status,
                           const cst_error *why)
{
    cst_error e;
    while (a->settled != from && !a->status) pthread_cond_wait(&a->turn, &a->lock);
    if (!a->status) {
        if (status == CST_OK) status = a->settle(context, &e), why = &e;
        if (status != CST_OK) a->error = *why;
        a->status = status;
        a->settled = to;
    }
    pthread_cond_broadcast(&a->turn);
}

/* The rows of a period lie as far apart as the input has them, so they are asked for some time before they
 * are needed, and the memory of their account once they have come. */
static void fetch_ahead(const struct spread *a, size_t i, size_t to)
{
    enum { AHEAD = 12 };
    const score_sheet *s = a->sheet;
    if (i + 2 * AHEAD >= to) return;
    __builtin_prefetch(&s->rows.row[s->rows.order[i + 2 * AHEAD]]);
    __builtin_prefetch(&s->result[s->rows.order[i + 2 * AHEAD]]);
    __builtin_prefetch(&a->memory[s->rows.row[s->rows.order[i + AHEAD]].account], 1);
}

static cst_status step_stretch(struct spread *a, size_t from, size_t to, size_t period, void *context,
                               cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = from; status == CST_OK && i < to; i++) {
        fetch_ahead(a, i, to);
        status =
            step_row(a->sheet, a->sheet->rows.order[i], period, a->rules, a->memory, a->visit, context, e);
    }
    return status;
}

static void *spread_rows(void *thread)
{
    struct spread_thread *t = thread;
    struct spread *a = t->all;
    size_t from, to, period;
    pthread_mutex_lock(&a->lock);
    while (take_stretch(a, &from, &to, &period)) {
        pthread_mutex_unlock(&a->lock);
        cst_error e;
        cst_status status = step_stretch(a, from, to, period, t->context, &e);
        pthread_mutex_lock(&a->lock);
        settle_stretch(a, t->context, from, to, status, &e);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

cst_status score_nights_spread(score_sheet *sheet, const score_memory_rules *rules, score_memory *memory,
                               int threads, score_night_visit *visit, void *const context[],
                               cst_status (*settle)(void *context, cst_error *e), cst_error *e)
{
    struct spread a = {.sheet = sheet, .rules = rules, .memory = memory, .visit = visit, .settle = settle};
    struct spread_thread *t = calloc((size_t)threads, sizeof *t);
    if (!t) return cst_no_memory(e);
    pthread_mutex_init(&a.lock, NULL);
    pthread_cond_init(&a.turn, NULL);
    int running = 1; /* this thread is the first; one that cannot be started is done without */
    for (int i = 0; i < threads; i++) t[i] = (struct spread_thread){.all = &a, .context = context[i]};
    for (; running < threads; running++)
        if (pthread_create(&t[running].id, NULL, spread_rows, &t[running])) break;
    spread_rows(&t[0]);
    for (int i = 1; i < running; i++) pthread_join(t[i].id, NULL);
    pthread_cond_destroy(&a.turn);
    pthread_mutex_destroy(&a.lock);
    free(t);
    if (a.status && e) *e = a.error;
    return a.status;
}
