/* sheet.c: growing, ordering and relative placing. Order is found by one radix sort of a key that is a
 * double: period rank times the number of accounts plus account rank is an integer far below 2^53, so
 * it is exact. */
#include "score/sheet.h"

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "score/transform.h"

static cst_status refuse_memory(cst_error *e, size_t rows)
{
    return cst_fail(e, CST_MEMORY, "out of memory for the scores of %zu rows; score fewer periods at once",
                    rows);
}

cst_status cst_sheet_init(cst_sheet *s, const cst_model *m, bool keep, cst_error *e)
{
    *s = (cst_sheet){.model = m, .keep = keep || m->relative, .accounts = cst_intern_new()};
    return s->accounts ? CST_OK : refuse_memory(e, 0);
}

void cst_sheet_clear(cst_sheet *s)
{
    cst_intern_free(s->accounts);
    free(s->row);
    free(s->result);
    free(s->group);
    free(s->value);
    free(s->sub);
    free(s->order);
    free(s->period);
    *s = (cst_sheet){0};
}

static bool grow(void *array, size_t rows, size_t width)
{
    void **p = array;
    void *bigger = realloc(*p, rows * width + 1);
    if (!bigger) return false;
    *p = bigger;
    return true;
}

cst_status cst_sheet_reserve(cst_sheet *s, size_t more, cst_error *e)
{
    if (s->n + more <= s->room) return CST_OK;
    if (s->n + more > UINT32_MAX)
        return cst_fail(e, CST_LIMIT, "expected at most %u rows, found more; score fewer periods at once",
                        UINT32_MAX);
    size_t room = s->room + s->room / 2 + more;
    size_t measures = s->keep ? s->model->measures * sizeof(double) : 0;
    if (!grow(&s->row, room, sizeof *s->row) || !grow(&s->result, room, sizeof *s->result) ||
        !grow(&s->group, room, s->model->groups * sizeof *s->group) || !grow(&s->value, room, measures) ||
        !grow(&s->sub, room, measures))
        return refuse_memory(e, room);
    s->room = room;
    return CST_OK;
}

static int compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

/* The distinct periods. Rows mostly come in runs of one period or in order of account, so a small list
 * is searched from the place of the last hit. */
static cst_status list_periods(cst_sheet *s, cst_error *e)
{
    size_t room = 0;
    cst_day last = CST_DAY_NONE;
    for (size_t i = 0; i < s->n; i++) {
        cst_day d = s->row[i].period;
        if (d == last || (s->periods && bsearch(&d, s->period, s->periods, sizeof d, compare_days))) {
            last = d;
            continue;
        }
        if (s->periods == room) {
            room = room ? 2 * room : 64;
            if (!grow(&s->period, room, sizeof *s->period)) return refuse_memory(e, s->n);
        }
        size_t k = s->periods++;
        for (; k > 0 && s->period[k - 1] > d; k--) s->period[k] = s->period[k - 1];
        s->period[k] = d;
    }
    return CST_OK;
}

static cst_status refuse_twice(const cst_sheet *s, uint32_t a, uint32_t b,
                               const char *(*file_name)(const void *, uint32_t), const void *context,
                               cst_error *e)
{
    const cst_sheet_row *first = &s->row[a < b ? a : b], *second = &s->row[a < b ? b : a];
    char day[CST_DAY_ROOM];
    cst_day_format(first->period, day);
    cst_text id = cst_intern_text(s->accounts, first->account);
    return cst_fail_at(
        e, CST_DATA, (cst_place){file_name(context, second->file), second->line, 1}, "account_id",
        "expected one row for an account and period, found a second one for \"%.*s\" at %s (the first is "
        "%s:%llu); leave one of them out",
        (int)id.n, id.p, day, file_name(context, first->file), (unsigned long long)first->line);
}

static cst_status sort_keys(cst_sheet *s, const uint32_t *rank, double *key, cst_error *e)
{
    double accounts = cst_intern_count(s->accounts);
    const cst_day *p = s->period;
    bool sorted = true;
    for (size_t i = 0; i < s->n; i++) {
        if (*p != s->row[i].period) /* rows mostly come in runs of one period */
            p = bsearch(&s->row[i].period, s->period, s->periods, sizeof *p, compare_days);
        key[i] = (double)(p - s->period) * accounts + rank[s->row[i].account];
        sorted = sorted && (i == 0 || key[i] > key[i - 1]);
        s->order[i] = (uint32_t)i;
    }
    return sorted ? CST_OK : cst_sort_order(key, s->n, s->order, e);
}

cst_status cst_sheet_sort(cst_sheet *s, const char *(*file_name)(const void *, uint32_t), const void *context,
                          cst_error *e)
{
    uint32_t accounts = cst_intern_count(s->accounts);
    uint32_t *sorted = cst_intern_sorted(s->accounts);
    uint32_t *rank = malloc(accounts * sizeof *rank + 1);
    double *key = malloc(s->n * sizeof *key + 1);
    s->order = malloc(s->n * sizeof *s->order + 1);
    cst_status status = sorted && rank && key && s->order ? list_periods(s, e) : refuse_memory(e, s->n);
    for (uint32_t i = 0; !status && i < accounts; i++) rank[sorted[i]] = i;
    if (!status) status = sort_keys(s, rank, key, e);
    for (size_t i = 1; !status && i < s->n; i++)
        if (key[s->order[i]] == key[s->order[i - 1]])
            status = refuse_twice(s, s->order[i - 1], s->order[i], file_name, context, e);
    free(sorted);
    free(rank);
    free(key);
    return status;
}

/* Sub-scores of one relative measure for the rows order[from..to), one period. */
static cst_status place_measure(cst_sheet *s, size_t k, size_t from, size_t to, double *peers, cst_error *e)
{
    const cst_node *node = &s->model->node[s->model->measure[k]];
    size_t m = s->model->measures, n = 0;
    for (size_t i = from; i < to; i++) {
        double x = s->value[s->order[i] * m + k];
        if (s->row[s->order[i]].active && !isnan(x)) peers[n++] = x;
    }
    cst_summary about;
    cst_summary_of(peers, n, &about);
    cst_status status = n ? cst_sort(peers, n, e) : CST_OK;
    for (size_t i = from; !status && i < to; i++) {
        double x = s->value[s->order[i] * m + k];
        s->sub[s->order[i] * m + k] =
            isnan(x) || n == 0 ? (double)NAN : cst_transform_among(node, x, peers, n, about.mean, about.sd);
    }
    return status;
}

static void score_rows(cst_sheet *s, double *scratch)
{
    for (size_t i = 0; i < s->n; i++)
        cst_tree_score(s->model, s->sub + i * s->model->measures, s->group + i * s->model->groups, scratch,
                       &s->result[i]);
}

cst_status cst_sheet_place(cst_sheet *s, cst_error *e)
{
    double *peers = malloc(s->n * sizeof *peers + 1);
    double *scratch = malloc(3 * s->model->nodes * sizeof *scratch);
    cst_status status = peers && scratch ? CST_OK : refuse_memory(e, s->n);
    for (size_t from = 0, to; !status && from < s->n; from = to) {
        cst_day period = s->row[s->order[from]].period;
        for (to = from; to < s->n && s->row[s->order[to]].period == period;) to++;
        for (size_t k = 0; !status && k < s->model->measures; k++)
            if (cst_transform_rules[s->model->node[s->model->measure[k]].transform].relative)
                status = place_measure(s, k, from, to, peers, e);
    }
    if (!status) score_rows(s, scratch);
    free(peers);
    free(scratch);
    return status;
}
