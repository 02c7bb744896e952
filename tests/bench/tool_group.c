/* Groups events by account and month, as a program on the library's own interface would:
 *
 *     tool_group FILE THREADS > TABLE      account_id,month,events,quantity,value
 *
 * Each worker interns the accounts of some rows at once and keeps its sums in a grid of account by month;
 * the workers' sums are added up by name and written in order of account and month, each thread encoding
 * the rows of its share of the accounts. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/parallel.h"
#include "cohort/event_time.h"
#include <cstools/read.h>
#include <cstools/write.h>

enum { BATCH = 512, MOST_YEARS = 400, MOST_THREADS = 64 };

typedef struct sums {
    uint64_t events;
    int64_t quantity;
    cst_money value;
} sums;

/* One worker's state: a grid of account x month, wide enough for the years seen. */
typedef struct worker {
    cst_intern *accounts;
    sums *cell; /* known x years x 12 */
    uint32_t known;
    int first, years;
    int account, time, quantity, value; /* slots */
    const cohort_times *times;
    cohort_day_of date; /* of the row before */
    char apart[64];     /* no two workers on one cache line */
} worker;

static cst_status out_of_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory");
}

/* Lays the grid out anew, for so many accounts and the years from..to. */
static bool lay_out(worker *w, uint32_t known, int from, int to)
{
    int years = to - from + 1;
    if (years > MOST_YEARS) return false;
    sums *cell = calloc((size_t)known * (size_t)years * 12, sizeof *cell);
    if (!cell) return false;
    for (size_t id = 0; id < w->known && w->years; id++)
        memcpy(cell + (id * (size_t)years + (size_t)(w->first - from)) * 12,
               w->cell + id * (size_t)w->years * 12, (size_t)w->years * 12 * sizeof *cell);
    free(w->cell);
    w->cell = cell;
    w->known = known;
    w->first = from;
    w->years = years;
    return true;
}

/* Room for the accounts known now and for a year. */
static bool make_room(worker *w, int from, int to)
{
    uint32_t n = cst_intern_count(w->accounts), known = n > w->known ? n + n / 2 : w->known;
    if (w->years) {
        if (w->first < from) from = w->first;
        if (w->first + w->years - 1 > to) to = w->first + w->years - 1;
        if (known == w->known && from == w->first && to == w->first + w->years - 1) return true;
    }
    return lay_out(w, known, from, to);
}

static sums *find_sums(const worker *w, uint32_t account, int month)
{
    return &w->cell[(size_t)account * (size_t)w->years * 12 + (size_t)(month - w->first * 12)];
}

/* A row's values, taken from the text before the grid is touched, so that its lines can be on their way. */
typedef struct values {
    int month; /* as the calendar of months counts: year x 12 + month - 1 */
    int64_t quantity;
    cst_money value;
} values;

static cst_status read_month(worker *w, cst_batch *b, uint32_t row, int *month, cst_error *e)
{
    cst_instant at = 0;
    if (cohort_times_read(w->times, cst_text_at(b, row, w->time), &w->date)) {
        *month = w->date.tick;
        return CST_OK;
    }
    cst_status status = cst_instant_at(b, row, w->time, &at, e);
    *month = cohort_times_tick(w->times, cst_instant_day(at));
    return status;
}

static cst_status read_row(worker *w, cst_batch *b, uint32_t row, values *v, cst_error *e)
{
    *v = (values){0, 0, 0};
    cst_status status = read_month(w, b, row, &v->month, e);
    if (status >= 0) status = cst_int_at(b, row, w->quantity, &v->quantity, e);
    if (status >= 0) status = cst_money_at(b, row, w->value, &v->value, e);
    return status < 0 ? status : CST_OK;
}

static cst_status take_rows(worker *w, cst_batch *b, uint32_t from, uint32_t n, cst_error *e)
{
    uint32_t id[BATCH];
    cst_text account[BATCH];
    values v[BATCH];
    int low = INT_MAX, high = 0;
    for (uint32_t i = 0; i < n; i++) {
        account[i] = cst_text_at(b, from + i, w->account);
        cst_status status = read_row(w, b, from + i, &v[i], e);
        if (status < 0) return status;
        if (v[i].month < low) low = v[i].month;
        if (v[i].month > high) high = v[i].month;
    }
    if (!cst_intern_ids(w->accounts, account, id, n) || !make_room(w, low / 12, high / 12))
        return out_of_memory(e);
    for (uint32_t i = 0; i < n; i++) __builtin_prefetch(find_sums(w, id[i], v[i].month), 1);
    for (uint32_t i = 0; i < n; i++) {
        sums *s = find_sums(w, id[i], v[i].month);
        s->events++;
        s->quantity += v[i].quantity;
        s->value += v[i].value;
    }
    return CST_OK;
}

static cst_status take_batch(void *context, cst_batch *b, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    cst_status status = CST_OK;
    for (uint32_t from = 0; from < rows && status == CST_OK; from += BATCH)
        status = take_rows(context, b, from, rows - from < BATCH ? rows - from : BATCH, e);
    return status;
}

/* Adds what `from` has to `to`. */
static cst_status merge(worker *to, const worker *from, cst_error *e)
{
    uint32_t n = cst_intern_count(from->accounts);
    for (uint32_t id = 0; id < n; id++) {
        uint32_t there = cst_intern_id(to->accounts, cst_intern_text(from->accounts, id));
        if (there == CST_INTERN_NONE || !make_room(to, from->first, from->first + from->years - 1))
            return out_of_memory(e);
        sums *s = find_sums(to, there, from->first * 12);
        const sums *more = find_sums(from, id, from->first * 12);
        for (int month = 0; month < from->years * 12; month++) {
            s[month].events += more[month].events;
            s[month].quantity += more[month].quantity;
            s[month].value += more[month].value;
        }
    }
    return CST_OK;
}

static cst_status write_account(cst_writer *out, const worker *w, uint32_t id, cst_error *e)
{
    cst_status status = CST_OK;
    for (int month = w->first * 12; month < (w->first + w->years) * 12 && status == CST_OK; month++) {
        const sums *s = find_sums(w, id, month);
        if (s->events == 0) continue;
        cst_put_text(out, cst_intern_text(w->accounts, id));
        cst_put_day(out, cst_day_of(month / 12, month % 12 + 1, 1));
        cst_put_int(out, (int64_t)s->events);
        cst_put_int(out, s->quantity);
        cst_put_money(out, s->value);
        status = cst_end_row(out, e);
    }
    return status;
}

/* A thread's share of the accounts in order, encoded into rows of its own. */
typedef struct share {
    const worker *w;
    const uint32_t *order;
    uint32_t from, to;
    cst_writer *rows;
} share;

static cst_status write_share(void *context, int part, cst_error *e)
{
    const share *s = (share *)context + part;
    cst_status status = CST_OK;
    for (uint32_t i = s->from; status == CST_OK && i < s->to; i++)
        status = write_account(s->rows, s->w, s->order[i], e);
    return status;
}

/* The shares side by side, then their rows one after another. */
static cst_status write_shares(cst_writer *out, share *s, int n, cst_error *e)
{
    cst_status status = CST_OK;
    for (int i = 0; i < n && status == CST_OK; i++) status = cst_writer_fork(out, &s[i].rows, e);
    if (status == CST_OK) status = cst_parallel(n, write_share, s, e);
    for (int i = 0; i < n; i++) {
        if (status == CST_OK) status = cst_writer_absorb(out, s[i].rows, e);
        cst_writer_free(s[i].rows);
    }
    return status;
}

static cst_status write_all(const worker *w, int threads, cst_error *e)
{
    static const cst_column column[] = {{"account_id", CST_COL_TEXT},
                                        {"month", CST_COL_TEXT},
                                        {"events", CST_COL_NUMBER},
                                        {"quantity", CST_COL_NUMBER},
                                        {"value", CST_COL_NUMBER}};
    cst_outputs *outputs = NULL;
    cst_sink *sink = NULL;
    cst_writer *out = NULL;
    static share s[MOST_THREADS];
    const cst_write_opts opts = {.format = CST_CSV};
    uint32_t *order = cst_intern_sorted(w->accounts), n = cst_intern_count(w->accounts);
    cst_status status = order ? cst_outputs_new(&outputs, e) : out_of_memory(e);
    if (status == CST_OK) status = cst_outputs_add(outputs, NULL, &sink, e);
    if (status == CST_OK) status = cst_writer_open(sink, &opts, column, 5, &out, e);
    for (int i = 0; i < threads; i++)
        s[i] = (share){.w = w,
                       .order = order,
                       .from = (uint32_t)((uint64_t)n * (uint64_t)i / (uint64_t)threads),
                       .to = (uint32_t)((uint64_t)n * (uint64_t)(i + 1) / (uint64_t)threads)};
    if (status == CST_OK) status = write_shares(out, s, threads, e);
    if (status == CST_OK) status = cst_writer_finish(out, e);
    if (status == CST_OK) status = cst_outputs_commit(outputs, e);
    cst_writer_free(out);
    cst_outputs_free(outputs);
    free(order);
    return status;
}

static cst_status group(const char *path, int threads, worker *w, cst_error *e)
{
    cst_reader *r = NULL;
    void *hand[MOST_THREADS];
    const cst_inputs in = {&path, 1};
    const cst_read_opts opts = {.no_crc32 = true};
    const cst_calendar months = {CST_MONTH, 1};
    cohort_times times = {0};
    cst_status status = cohort_times_init(&times, &months, e);
    w[0].times = &times;
    if (status == CST_OK) status = cst_reader_open(&in, &opts, &r, e);
    if (status == CST_OK) status = cst_reader_bind(r, "account_id", CST_REQUIRED, &w[0].account, e);
    if (status == CST_OK) status = cst_reader_bind(r, "event_time", CST_REQUIRED, &w[0].time, e);
    if (status == CST_OK) status = cst_reader_bind(r, "quantity", CST_REQUIRED, &w[0].quantity, e);
    if (status == CST_OK) status = cst_reader_bind(r, "value", CST_REQUIRED, &w[0].value, e);
    for (int i = 0; status == CST_OK && i < threads; i++) {
        w[i] = w[0];
        hand[i] = &w[i];
    }
    for (int i = 0; status == CST_OK && i < threads; i++)
        if (!(w[i].accounts = cst_intern_new())) status = out_of_memory(e);
    if (status == CST_OK) status = cst_run(r, threads, take_batch, hand, NULL, NULL, e);
    for (int i = 1; status == CST_OK && i < threads; i++) status = merge(&w[0], &w[i], e);
    if (status == CST_OK) status = write_all(&w[0], threads, e);
    cst_reader_free(r);
    cohort_times_free(&times);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "tool_group: expected FILE THREADS\n");
        return 2;
    }
    static worker w[MOST_THREADS];
    int threads = cst_threads(atoi(argv[2]));
    cst_error e;
    cst_status status = group(argv[1], threads < MOST_THREADS ? threads : MOST_THREADS, w, &e);
    if (status < 0) {
        char text[2048];
        cst_error_format(&e, text, sizeof text);
        fprintf(stderr, "tool_group: %s\n", text);
    }
    for (int i = 0; i < MOST_THREADS; i++) {
        cst_intern_free(w[i].accounts);
        free(w[i].cell);
    }
    return status < 0 ? 2 : 0;
}
