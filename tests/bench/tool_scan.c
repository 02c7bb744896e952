/* What the reader costs by itself, on a file of events:
 *
 *     tool_scan scan FILE [block]   the scanner alone, over the file in memory, one thread; per lane
 *     tool_scan count FILE THREADS  the reader: records
 *     tool_scan sum FILE THREADS    the reader: records and the sum of the column `value` as money
 *     tool_scan where FILE THREADS EXPR   the reader: records for which the condition is true
 *
 * Prints seconds and GB/s; the best of as many rounds as ROUNDS says (default 5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/decimal.h"
#include "read/engine.h"
#include "tables/filter.h"

typedef struct tally {
    uint64_t rows;
    cst_wide sum;
    int slot;
    const cst_filter *filter;
    char apart[64]; /* no two workers on one cache line */
} tally;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int fail(const cst_error *e)
{
    char text[2048];
    cst_error_format(e, text, sizeof text);
    fprintf(stderr, "tool_scan: %s\n", text);
    return 2;
}

static cst_status count_rows(void *worker, cst_batch *b, cst_error *e)
{
    (void)e;
    ((tally *)worker)->rows += cst_batch_rows(b);
    return CST_OK;
}

static cst_status sum_column(void *worker, cst_batch *b, cst_error *e)
{
    tally *t = worker;
    uint32_t n = cst_batch_rows(b);
    cst_text *field = malloc((n + 1) * sizeof *field);
    cst_status status = field ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    if (field) cst_texts_at(b, t->slot, field);
    for (uint32_t row = 0; row < n && status >= 0; row++) {
        cst_money m = 0;
        if (cst_money_parse(field[row], &m) != CST_DECIMAL_OK) status = cst_money_at(b, row, t->slot, &m, e);
        t->sum += m; /* 0 where it is missing */
    }
    t->rows += n;
    free(field);
    return status < 0 ? status : CST_OK;
}

static cst_status count_kept(void *worker, cst_batch *b, cst_error *e)
{
    tally *t = worker;
    uint32_t n = cst_batch_rows(b);
    for (uint32_t row = 0; row < n; row++) {
        bool keep = false;
        cst_status status = cst_filter_row(t->filter, b, row, &keep, e);
        if (status < 0) return status;
        t->rows += keep;
    }
    return CST_OK;
}

/* What a round does: count_rows, sum_column, or count_kept by an expression. */
typedef struct job {
    const char *name, *path, *where;
    cst_work *work;
    int threads;
} job;

static int read_once(const job *j, double *seconds, tally *total)
{
    int threads = j->threads;
    cst_error e;
    cst_reader *r = NULL;
    tally *t = calloc((size_t)threads, sizeof *t);
    void **worker = calloc((size_t)threads, sizeof *worker);
    const cst_inputs in = {&j->path, 1};
    const cst_read_opts o = {.no_crc32 = true};
    const cst_filter_opts plain = {0};
    cst_filter *filter = NULL;
    int slot = -1;
    double start = now();
    cst_status status =
        t && worker ? cst_reader_open(&in, &o, &r, &e) : cst_fail(&e, CST_MEMORY, "out of memory");
    if (status == CST_OK && j->work == sum_column)
        status = cst_reader_bind(r, "value", CST_REQUIRED, &slot, &e);
    if (status == CST_OK && j->where) status = cst_filter_open(j->where, r, &plain, &filter, &e);
    for (int i = 0; i < threads && status == CST_OK; i++) {
        t[i].slot = slot;
        t[i].filter = filter;
        worker[i] = &t[i];
    }
    if (status == CST_OK) status = cst_run(r, threads, j->work, worker, NULL, NULL, &e);
    *seconds = now() - start;
    *total = (tally){0};
    for (int i = 0; i < threads && status == CST_OK; i++) {
        total->rows += t[i].rows;
        total->sum += t[i].sum;
    }
    cst_filter_free(filter);
    cst_reader_free(r);
    free(t);
    free(worker);
    return status < 0 ? fail(&e) : 0;
}

static int measure_reader(const job *j, int rounds)
{
    double best = 1e9, seconds;
    tally total = {0};
    FILE *f = fopen(j->path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) return 2;
    double bytes = (double)ftell(f);
    fclose(f);
    for (int i = 0; i < rounds; i++) {
        if (read_once(j, &seconds, &total)) return 2;
        if (seconds < best) best = seconds;
    }
    char text[CST_DECIMAL_ROOM];
    cst_wide_format(total.sum, 2, text);
    printf("%s, %d threads: %llu rows, sum %s, %.3f s, %.2f GB/s\n", j->name, j->threads,
           (unsigned long long)total.rows, j->work == sum_column ? text : "-", best, bytes / best * 1e-9);
    return 0;
}

/* The scanner over the whole file, block after block as the reader does it. */
static double scan_all(const cst_scanner *lane, const char *p, size_t n, size_t block, uint32_t *ends,
                       size_t *found)
{
    static const cst_scan_rules rules = {',', true};
    double start = now();
    *found = 0;
    for (size_t at = 0; at < n;) {
        size_t size = n - at < block ? n - at : block;
        size_t cut = cst_scan_cut(lane, &rules, p + at, size);
        cst_scan s = {.before = 1, .ends = ends, .room = block + CST_SCAN_ROOM};
        if (cut == 0 || lane->scan(&rules, p + at, cut, &s) != CST_SCAN_DONE) return -1;
        *found += s.n;
        at += cut;
    }
    return now() - start;
}

static int measure_scan(const char *path, size_t block, int rounds)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) return 2;
    size_t n = (size_t)ftell(f);
    char *p = malloc(n);
    uint32_t *ends = malloc((block + CST_SCAN_ROOM) * sizeof *ends);
    rewind(f);
    if (!p || !ends || fread(p, 1, n, f) != n) return 2;
    fclose(f);
    for (int which = CST_LANE_PORTABLE; which <= CST_LANE_SSE2; which++) {
        const cst_scanner *lane = cst_scanner_of((enum cst_lane)which);
        double best = 1e9;
        size_t found = 0;
        for (int i = 0; lane && i < rounds; i++) {
            double seconds = scan_all(lane, p, n, block, ends, &found);
            if (seconds < best) best = seconds;
        }
        if (lane)
            printf("scan, %s: %zu offsets, %.3f s, %.2f GB/s\n", which == CST_LANE_SSE2 ? "SSE2" : "portable",
                   found, best, (double)n / best * 1e-9);
    }
    free(ends);
    free(p);
    return 0;
}

int main(int argc, char **argv)
{
    const char *r = getenv("ROUNDS");
    int rounds = r ? atoi(r) : 5, n = argc > 3 ? atoi(argv[3]) : 0;
    if (argc > 2 && strcmp(argv[1], "scan") == 0)
        return measure_scan(argv[2], n > 0 ? (size_t)n : CST_BLOCK, rounds);
    job j = {.name = argc > 1 ? argv[1] : "", .path = argc > 2 ? argv[2] : NULL, .threads = cst_threads(n)};
    if (argc == 4 && strcmp(j.name, "count") == 0) j.work = count_rows;
    if (argc == 4 && strcmp(j.name, "sum") == 0) j.work = sum_column;
    if (argc == 5 && strcmp(j.name, "where") == 0) {
        j.work = count_kept;
        j.where = argv[4];
    }
    if (j.work) return measure_reader(&j, rounds);
    fprintf(stderr, "tool_scan: expected scan|count|sum|where FILE [THREADS [EXPR]]\n");
    return 2;
}
