/* sheet.c: growing, ordering and relative placing. Order is found by counting: rows are dealt into place by
 * account (left out where they come so), then, keeping that order, by period. That is linear, and an
 * account that stands twice in a period is met there as the last one dealt to it. */
#include "score/sheet.h"

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "score/transform.h"

cst_status score_sheet_init(score_sheet *s, const cst_model *m, bool keep, cst_error *e)
{
    *s = (score_sheet){.model = m, .keep = keep || m->relative, .accounts = cst_intern_new()};
    return s->accounts ? CST_OK : cst_no_memory(e);
}

void score_sheet_clear(score_sheet *s)
{
    cst_intern_free(s->accounts);
    free(s->row);
    free(s->result);
    free(s->group);
    free(s->value);
    free(s->sub);
    free(s->order);
    free(s->period);
    free(s->begin);
    *s = (score_sheet){0};
}

cst_status score_sheet_reserve(score_sheet *s, size_t more, cst_error *e)
{
    if (s->n + more <= s->room) return CST_OK;
    if (s->n + more > UINT32_MAX)
        return cst_fail(e, CST_LIMIT, "expected at most %u rows, found more; score fewer periods at once",
                        UINT32_MAX);
    size_t room = cst_room_for(s->room, s->n + more);
    size_t measures = s->keep ? s->model->measures * sizeof(double) : 0;
    if (!cst_resize(&s->row, room, sizeof *s->row) || !cst_resize(&s->result, room, sizeof *s->result) ||
        !cst_resize(&s->group, room, s->model->groups * sizeof *s->group) ||
        !cst_resize(&s->value, room, measures) || !cst_resize(&s->sub, room, measures))
        return cst_no_memory(e);
    s->room = room;
    return CST_OK;
}

/* Where a period stands in the list, searched from where the last row's was: rows mostly come in runs of one
 * period, or account by account with one period after the other. false: it is not in the list. */
static inline bool find_period(const score_sheet *s, cst_day d, size_t *at)
{
    size_t next = *at + 1 < s->periods ? *at + 1 : 0;
    if (s->periods == 0) return false;
    if (s->period[*at] == d) return true;
    if (s->period[next] == d) return *at = next, true;
    const cst_day *p = bsearch(&d, s->period, s->periods, sizeof d, cst_compare_days);
    if (p) *at = (size_t)(p - s->period);
    return p != NULL;
}

/* The distinct periods. */
static cst_status list_periods(score_sheet *s, cst_error *e)
{
    size_t room = 0, at = 0;
    for (size_t i = 0; i < s->n; i++) {
        cst_day d = s->row[i].period;
        if (find_period(s, d, &at)) continue;
        if (!cst_grow(&s->period, &room, s->periods + 1, sizeof *s->period)) return cst_no_memory(e);
        for (at = s->periods++; at > 0 && s->period[at - 1] > d; at--) s->period[at] = s->period[at - 1];
        s->period[at] = d;
    }
    return CST_OK;
}

static cst_status refuse_twice(const score_sheet *s, uint32_t a, uint32_t b,
                               const char *(*file_name)(const void *, uint32_t), const void *context,
                               cst_error *e)
{
    const score_sheet_row *first = &s->row[a < b ? a : b], *second = &s->row[a < b ? b : a];
    char day[CST_DAY_ROOM];
    cst_day_format(first->period, day);
    cst_text id = cst_intern_text(s->accounts, first->account);
    return cst_fail_at(
        e, CST_DATA, (cst_place){file_name(context, second->file), second->line, 1}, "account_id",
        "expected one row for an account and period, found a second one for \"%.*s\" at %s (the first is "
        "%s:%llu); leave one of them out",
        (int)id.n, id.p, day, file_name(context, first->file), (unsigned long long)first->line);
}

/* What a sort works with: an account's place in order of bytes, how many rows go where, the rows by account,
 * and the last row dealt to each period + 1. */
struct deal {
    uint32_t *rank, *count, *by_account, *last;
};

/* Numbers to the places where each kind's rows begin. */
static void begin_places(uint32_t *count, size_t n)
{
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = count[i];
        count[i] = at;
        at += c;
    }
}

static bool is_by_account(const score_sheet *s, const uint32_t *rank)
{
    for (size_t i = 1; i < s->n; i++)
        if (rank[s->row[i].account] < rank[s->row[i - 1].account]) return false;
    return true;
}

static void deal_by_account(const score_sheet *s, struct deal *d, uint32_t accounts)
{
    if (is_by_account(s, d->rank)) {
        for (size_t i = 0; i < s->n; i++) d->by_account[i] = (uint32_t)i;
        return;
    }
    for (size_t i = 0; i < s->n; i++) d->count[d->rank[s->row[i].account]]++;
    begin_places(d->count, accounts);
    for (size_t i = 0; i < s->n; i++) d->by_account[d->count[d->rank[s->row[i].account]]++] = (uint32_t)i;
    memset(d->count, 0, accounts * sizeof *d->count);
}

/* In order of period, then account? */
static bool is_before(const score_sheet *s, const struct deal *d, uint32_t a, uint32_t than)
{
    const score_sheet_row *x = &s->row[a], *y = &s->row[than];
    return x->period != y->period ? x->period < y->period : d->rank[x->account] < d->rank[y->account];
}

/* Fills s->order and s->begin. twice: the first pair of rows, in order, of one account and period. */
static bool deal_by_period(score_sheet *s, struct deal *d, uint32_t twice[2])
{
    bool any = false;
    size_t p = 0;
    for (size_t i = 0; i < s->n; i++)
        if (find_period(s, s->row[i].period, &p)) d->count[p]++;
    begin_places(d->count, s->periods);
    memcpy(s->begin, d->count, s->periods * sizeof *s->begin);
    s->begin[s->periods] = (uint32_t)s->n;
    for (size_t i = 0; i < s->n; i++) {
        uint32_t row = d->by_account[i];
        find_period(s, s->row[row].period, &p);
        uint32_t before = d->last[p];
        if (before && s->row[before - 1].account == s->row[row].account &&
            (!any || is_before(s, d, row, twice[1]))) {
            any = true;
            twice[0] = before - 1;
            twice[1] = row;
        }
        d->last[p] = row + 1;
        s->order[d->count[p]++] = row;
    }
    return any;
}

cst_status score_sheet_sort(score_sheet *s, const char *(*file_name)(const void *, uint32_t),
                            const void *context, cst_error *e)
{
    uint32_t accounts = cst_intern_count(s->accounts), twice[2] = {0};
    s->order = malloc(s->n * sizeof *s->order + 1);
    cst_status status = s->order ? list_periods(s, e) : cst_no_memory(e);
    size_t kinds = s->periods > accounts ? s->periods : accounts;
    struct deal d = {.rank = cst_intern_ranks(s->accounts),
                     .count = calloc(kinds + 1, sizeof *d.count),
                     .by_account = malloc(s->n * sizeof *d.by_account + 1),
                     .last = calloc(s->periods + 1, sizeof *d.last)};
    s->begin = malloc((s->periods + 1) * sizeof *s->begin);
    if (status == CST_OK && !(s->begin && d.rank && d.count && d.by_account && d.last))
        status = cst_no_memory(e);
    if (status == CST_OK) deal_by_account(s, &d, accounts);
    if (status == CST_OK && deal_by_period(s, &d, twice))
        status = refuse_twice(s, twice[0], twice[1], file_name, context, e);
    free(d.rank);
    free(d.count);
    free(d.by_account);
    free(d.last);
    return status;
}

cst_status score_sheet_one_period(score_sheet *s, cst_error *e)
{
    s->order = malloc(s->n * sizeof *s->order + 1);
    s->period = calloc(1, sizeof *s->period);
    s->begin = calloc(2, sizeof *s->begin);
    if (!s->order || !s->period || !s->begin) return cst_no_memory(e);
    for (size_t i = 0; i < s->n; i++) s->order[i] = (uint32_t)i;
    if (s->n) s->period[0] = s->row[0].period;
    s->periods = 1;
    s->begin[1] = (uint32_t)s->n;
    return CST_OK;
}

/* Sub-scores of one relative measure for the rows order[from..to), one period. */
static cst_status place_measure(score_sheet *s, size_t k, size_t from, size_t to, double *peers, cst_error *e)
{
    const score_node *node = &s->model->node[s->model->measure[k]];
    size_t m = s->model->measures, n = 0;
    for (size_t i = from; i < to; i++) {
        double x = s->value[s->order[i] * m + k];
        if (s->row[s->order[i]].active && !isnan(x)) peers[n++] = x;
    }
    cst_summary about;
    cst_summary_of(peers, n, &about);
    cst_status status = n ? cst_sort(peers, n, e) : CST_OK;
    for (size_t i = from; status == CST_OK && i < to; i++) {
        double x = s->value[s->order[i] * m + k];
        s->sub[s->order[i] * m + k] =
            isnan(x) || n == 0 ? (double)NAN : score_transform_among(node, x, peers, n, about.mean, about.sd);
    }
    return status;
}

/* Rows `from` up to the strip's end into the lanes of a strip, which holds measures x SCORE_LANES. */
static void load_strip(const score_sheet *s, size_t from, size_t rows, double *strip)
{
    size_t measures = s->model->measures;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < measures; k++) strip[k * SCORE_LANES + i] = s->sub[(from + i) * measures + k];
}

static void score_rows(score_sheet *s, double *strip, double *scratch)
{
    for (size_t from = 0; from < s->n; from += SCORE_LANES) {
        size_t rows = s->n - from < SCORE_LANES ? s->n - from : SCORE_LANES;
        load_strip(s, from, rows, strip);
        score_tree_score(s->model, strip, rows, s->group + from * s->model->groups, scratch,
                         s->result + from);
    }
}

cst_status score_sheet_place(score_sheet *s, cst_error *e)
{
    double *peers = malloc(s->n * sizeof *peers + 1);
    size_t room = score_tree_room(s->model);
    double *scratch = calloc(room + s->model->measures * SCORE_LANES, sizeof *scratch);
    cst_status status = peers && scratch ? CST_OK : cst_no_memory(e);
    for (size_t p = 0; status == CST_OK && p < s->periods; p++)
        for (size_t k = 0; status == CST_OK && k < s->model->measures; k++)
            if (score_transform_rules[s->model->node[s->model->measure[k]].transform].relative)
                status = place_measure(s, k, s->begin[p], s->begin[p + 1], peers, e);
    if (status == CST_OK) score_rows(s, scratch + room, scratch);
    free(peers);
    free(scratch);
    return status;
}

/* Shares that sum to just the least may miss it by a hair. */
void score_sheet_drop_uncovered(score_sheet *s, double least)
{
    for (size_t i = 0; least > 0 && i < s->n; i++)
        if (s->result[i].coverage < least - 1e-9) s->result[i].score = NAN;
}
