/* revenue/walk.c: one account. Its rows (or those of one stay after the other) become events, which are
 * applied period by period, in full or the short way; then what only the whole says, its windows and its
 * largest balances, is added. What is wrong with an account is kept until all have been seen. */
#include "revenue/walk.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

void rev_walk_init(rev_walk *w, const rev_rules *rules, rev_sums *sums)
{
    *w = (rev_walk){.rules = rules, .sums = sums, .valued = CST_DAY_NONE};
}

void rev_walk_free(rev_walk *w)
{
    if (!w) return;
    rev_walk_free_slots(&w->line);
    rev_walk_free_slots(&w->centre);
    rev_walk_free_slots(&w->segment);
    rev_walk_free_slots(&w->cell);
    free(w->on);
    free(w->off);
    free(w->cell_of);
    free(w->changed);
    free(w->clipped);
    free(w->event);
    free(w->entry);
    free(w->point);
    free(w->segment_point);
    free(w->listed);
    free(w->weight);
    free(w->rate);
    free(w->rate_day);
    free(w->failed_account);
    cst_balance_free(&w->balance);
    *w = (rev_walk){0};
}

/* ---- failures ---------------------------------------------------------------------------------------- */

/* Keeps a failure if its account comes before that of the one that is kept. */
static void keep_failure(rev_walk *w, const cst_error *e)
{
    cst_text id = w->account->id;
    if (w->status < 0 && cst_text_compare(id, (cst_text){w->failed_account, w->failed_n}) >= 0) return;
    bool failed = false;
    w->failed_account = rev_walk_more(w->failed_account, &w->failed_room, id.n + 1, 1, &failed);
    if (failed) {
        w->memory = true;
        return;
    }
    memcpy(w->failed_account, id.p, id.n);
    w->failed_n = id.n;
    w->status = e->status;
    w->error = *e;
}

void rev_walk_fail_below_zero(rev_walk *w, int32_t key)
{
    cst_place place = {0};
    for (size_t i = 0; i < w->rows && !place.file; i++)
        if (w->row[i].amount < 0 && walk_holds(w, i, key))
            place = (cst_place){.file = w->row[i].file, .line = w->row[i].line};
    cst_error e;
    cst_balance_fail_below(w->account->id, place, rev_walk_key_day(w, key), &e);
    keep_failure(w, &e);
}

static void check_failures(rev_walk *w)
{
    cst_error e;
    if (w->overflow) {
        cst_fail(
            &e, CST_LIMIT,
            "account \"%.*s\": expected balances within 4.6 million millions, found more; use a larger unit",
            (int)w->account->id.n, w->account->id.p);
        keep_failure(w, &e);
    } else if (w->unrated) {
        keep_failure(w, &w->rate_error);
    }
    w->overflow = w->unrated = false;
}

/* ---- an account -------------------------------------------------------------------------------------- */

static void add_tops(rev_walk *w)
{
    const rev_rules *r = w->rules;
    rev_series *group = r->groups && !r->groups_of_rows ? rev_sums_group(w->sums, w->group) : NULL;
    for (size_t i = 0; i < w->points; i++) {
        cst_period until = i + 1 < w->points ? w->point[i + 1].period
                           : r->fx           ? w->point[i].period + 1
                                             : CST_TICK_NEVER;
        rev_sums_top(w->sums, &w->sums->total, w->point[i].period, until, w->point[i].value);
        if (group) rev_sums_top(w->sums, group, w->point[i].period, until, w->point[i].value);
    }
    for (uint32_t k = 0; r->groups_of_rows && k < w->segment.n; k++) {
        rev_series *g = rev_sums_group(w->sums, w->segment.at[k].label);
        const walk_point *last = NULL;
        for (size_t i = 0; g && i <= w->segment_points; i++) {
            if (i < w->segment_points && w->segment_point[i].segment != k) continue;
            const walk_point *next = i < w->segment_points ? &w->segment_point[i].point : NULL;
            cst_period until = r->fx && last ? last->period + 1 : next ? next->period : CST_TICK_NEVER;
            if (last) rev_sums_top(w->sums, g, last->period, until, last->value);
            last = next;
        }
    }
}

/* Walks the rows in w->row as one account. */
static cst_status walk_rows(rev_walk *w, cst_error *e)
{
    if (!rev_walk_list_events(w)) {
        w->memory = true;
        return CST_OK;
    }
    w->total = 0;
    w->was = w->ever = false;
    w->points = 0;
    w->weighed = false;
    cst_status status = CST_OK;
    if (w->quick && rev_walk_is_plain(w))
        rev_walk_plain(w);
    else
        status = rev_walk_periods(w, e);
    if (status == CST_OK && !w->overflow && !w->unrated) {
        rev_walk_windows(w);
        if (w->rules->tops) add_tops(w);
        if (w->balances) status = w->balances(w->context, w->account, w->point, w->points, e);
    }
    return status;
}

/* Walks each stay as an account of its own: the rows cut to the days from one cut to the next. */
static cst_status walk_tenure(rev_walk *w, const cst_ledger_account *a, const cst_day *cut, size_t cuts,
                              cst_error *e)
{
    bool failed = false;
    w->clipped = rev_walk_more(w->clipped, &w->clipped_room, a->rows, sizeof *w->clipped, &failed);
    if (failed) {
        w->memory = true;
        return CST_OK;
    }
    cst_status status = CST_OK;
    w->whole = cuts > 0 ? a->row : NULL;
    w->wholes = a->rows;
    for (size_t k = 0; status >= 0 && k <= cuts; k++) {
        cst_day from = k > 0 ? cut[k - 1] : CST_DAY_MIN, until = k < cuts ? cut[k] : CST_LEDGER_OPEN;
        w->rows = 0;
        for (size_t i = 0; i < a->rows; i++) {
            cst_ledger_row row = a->row[i];
            if (row.start >= until || (row.end <= from && k > 0)) continue;
            if (row.start < from) row.start = from;
            if (row.end > until) row.end = until;
            w->clipped[w->rows++] = row;
        }
        w->row = w->clipped;
        cst_ledger_account stay = *a;
        stay.row = w->clipped;
        stay.rows = w->rows;
        w->account = &stay;
        if (w->rows > 0) status = walk_rows(w, e);
        check_failures(w);
        w->account = a;
    }
    w->whole = NULL;
    return status;
}

cst_status rev_walk_account(void *walk, const cst_ledger_account *a, cst_error *e)
{
    rev_walk *w = walk;
    w->account = a;
    w->row = a->row;
    w->rows = a->rows;
    w->sums->accounts++;
    if (!w->sums->labels) {
        w->sums->labels = a->labels;
        w->quick = rev_walk_quick(w);
    }
    if (w->rules->groups) rev_sums_group(w->sums, cst_labels_unit(a->labels, a->row[0].unit).segment);
    cst_status status = CST_OK;
    if (w->rules->reactivation.unit) {
        cst_day *cut;
        size_t cuts;
        if (!rev_walk_find_tenure(w, a, &cut, &cuts)) return cst_no_memory(e);
        status = walk_tenure(w, a, cut, cuts, e);
        free(cut);
    } else {
        status = walk_rows(w, e);
        check_failures(w);
    }
    if (w->memory || w->sums->failed)
        return cst_fail(e, CST_MEMORY, "out of memory, or periods too far apart");
    return status < 0 ? status : CST_OK;
}
