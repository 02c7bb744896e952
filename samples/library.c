/* An example of the library, with its public headers alone, as C or as C++: reads subscriptions by several
 * threads, writes them to another table, fills a ledger from memory and from a file, fits two statistics, and
 * scores rows with a health model.
 *
 *     cc -o library library.c $(pkg-config --cflags --libs cstools)
 *     ./library THREADS INPUT OUTPUT      with identity.csv and model.csv in the folder
 */
#include <cstools/base.h>
#include <cstools/ledger.h>
#include <cstools/read.h>
#include <cstools/score.h>
#include <cstools/stats.h>
#include <cstools/write.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int account, mrr, start;
    cst_wide sum;     /* of the batch */
    cst_writer *rows; /* of the batch */
} worker;

typedef struct {
    cst_wide sum;
    cst_writer *table;
} result;

static cst_status add_batch(void *state, cst_batch *b, cst_error *e)
{
    worker *w = (worker *)state;
    w->sum = 0;
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        cst_money mrr = 0;
        cst_day start = CST_DAY_NONE;
        cst_status status = cst_money_at(b, row, w->mrr, &mrr, e);
        if (status >= 0) status = cst_day_at(b, row, w->start, &start, e);
        if (status < 0) return status;
        w->sum += mrr;
        cst_put_text(w->rows, cst_text_at(b, row, w->account));
        cst_put_money(w->rows, mrr);
        cst_put_day(w->rows, start);
        status = cst_end_row(w->rows, e);
        if (status < 0) return status;
    }
    return CST_OK;
}

static cst_status settle_batch(void *state, cst_batch *b, void *shared, cst_error *e)
{
    worker *w = (worker *)state;
    result *r = (result *)shared;
    (void)b;
    r->sum += w->sum;
    return cst_writer_absorb(r->table, w->rows, e);
}

static cst_status copy_table(cst_reader *r, int threads, cst_sink *sink, cst_error *e)
{
    enum { MOST = 8 };
    static const cst_column column[] = {
        {"account_id", CST_COL_TEXT}, {"mrr", CST_COL_NUMBER}, {"start_date", CST_COL_TEXT}};
    worker w[MOST];
    void *state[MOST];
    result all;
    cst_write_opts o;
    memset(w, 0, sizeof w);
    memset(&all, 0, sizeof all);
    memset(&o, 0, sizeof o);
    cst_status status = cst_reader_bind(r, "account_id", CST_REQUIRED, &w[0].account, e);
    if (status == CST_OK) status = cst_reader_bind(r, "mrr", CST_REQUIRED, &w[0].mrr, e);
    if (status == CST_OK) status = cst_reader_bind(r, "start_date", CST_OPTIONAL, &w[0].start, e);
    if (status == CST_OK) status = cst_writer_open(sink, &o, column, 3, &all.table, e);
    for (int i = 0; i < MOST; i++) {
        w[i].account = w[0].account, w[i].mrr = w[0].mrr, w[i].start = w[0].start;
        state[i] = &w[i];
        if (status == CST_OK) status = cst_writer_fork(all.table, &w[i].rows, e);
    }
    if (status == CST_OK)
        status = cst_run(r, threads < MOST ? threads : MOST, add_batch, state, settle_batch, &all, e);
    if (status == CST_OK) status = cst_writer_finish(all.table, e);
    for (int i = 0; i < MOST; i++) cst_writer_free(w[i].rows);
    cst_writer_free(all.table);
    char text[CST_DECIMAL_ROOM];
    if (status == CST_OK) cst_money_format((cst_money)all.sum, 2, text);
    if (status == CST_OK) printf("%" PRIu64 " rows, %s\n", cst_reader_totals(r, SIZE_MAX).records, text);
    return status;
}

static cst_status copy_file(int threads, const char *from, const char *to, cst_error *e)
{
    cst_inputs in = {&from, 1};
    cst_read_opts o;
    cst_reader *r = NULL;
    cst_outputs *out = NULL;
    cst_sink *sink = NULL;
    memset(&o, 0, sizeof o);
    cst_status status = cst_reader_open(&in, &o, &r, e);
    if (status == CST_OK) status = cst_outputs_new(&out, e);
    if (status == CST_OK) status = cst_outputs_guard(out, from, e);
    if (status == CST_OK) status = cst_outputs_add(out, to, &sink, e);
    if (status == CST_OK) status = copy_table(r, threads, sink, e);
    if (status == CST_OK) status = cst_outputs_commit(out, e);
    cst_outputs_free(out);
    cst_reader_free(r);
    return status;
}

static cst_text text_of(const char *s)
{
    cst_text t = {s, (uint32_t)strlen(s)};
    return t;
}

static cst_status show_balance(void *context, const cst_ledger_account *a, cst_error *e)
{
    cst_money balance;
    cst_day day;
    char money[CST_DECIMAL_ROOM], date[CST_DAY_ROOM];
    (void)context;
    if (!cst_day_parse(text_of("2024-02-29"), &day) || !cst_ledger_balance(a, day, &balance))
        return cst_fail(e, CST_LIMIT, "no balance");
    cst_money_format(balance, 2, money);
    cst_day_format(day, date);
    printf("%.*s on %s: %s\n", (int)a->id.n, a->id.p, date, money);
    return CST_OK;
}

static cst_status count_account(void *context, const cst_ledger_account *a, cst_error *e)
{
    (void)context;
    (void)a;
    (void)e;
    return CST_OK;
}

static cst_status ask_ledger(cst_error *e)
{
    cst_ledger_opts o;
    cst_ledger_row row;
    cst_ledger_text text;
    cst_ledger *l = NULL;
    cst_identity *renames = NULL;
    void *nobody[1] = {NULL};
    memset(&o, 0, sizeof o);
    memset(&row, 0, sizeof row);
    memset(&text, 0, sizeof text);
    o.as_of = CST_DAY_NONE;
    row.end = CST_LEDGER_OPEN;
    text.currency = text_of("USD");
    cst_status status = cst_identity_open("identity.csv", &renames, e);
    o.identity = renames;
    if (status == CST_OK) status = cst_ledger_open(&o, &l, e);
    if (!cst_day_parse(text_of("2024-01-31"), &row.start)) status = CST_INTERNAL;
    if (cst_money_parse(text_of("1234.5"), &row.amount) != CST_DECIMAL_OK) status = CST_INTERNAL;
    if (status == CST_OK) status = cst_ledger_add(l, text_of("acme"), &row, &text, e);
    if (status == CST_OK) status = cst_ledger_add(l, text_of("acme-eu"), &row, &text, e);
    if (status == CST_OK) status = cst_ledger_each(l, 1, show_balance, nobody, e);
    cst_ledger_free(l);
    cst_identity_free(renames);
    return status;
}

/* Subscriptions from a file, under the names the accounts have now. */
static cst_status read_ledger(int threads, const char *from, cst_error *e)
{
    cst_inputs in = {&from, 1};
    cst_read_opts how;
    cst_ledger_opts o;
    cst_reader *r = NULL;
    cst_identity *renames = NULL;
    cst_ledger *l = NULL;
    memset(&how, 0, sizeof how);
    memset(&o, 0, sizeof o);
    o.as_of = CST_DAY_NONE;
    cst_status status = cst_identity_open("identity.csv", &renames, e);
    o.identity = renames;
    if (status == CST_OK) status = cst_reader_open(&in, &how, &r, e);
    if (status == CST_OK) status = cst_ledger_open(&o, &l, e);
    if (status == CST_OK) status = cst_ledger_read(l, r, threads, e);
    void *nobody[8] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    if (status == CST_OK) status = cst_ledger_each(l, threads, count_account, nobody, e);
    if (status == CST_OK) printf("%" PRIu64 " accounts\n", cst_ledger_counted(l).accounts);
    cst_ledger_free(l);
    cst_reader_free(r);
    cst_identity_free(renames);
    return status;
}

/* R: glm(y ~ x, binomial); survfit(Surv(x, y) ~ 1); cor(x, z), cor(x, z, method = "spearman") */
static cst_status ask_statistics(cst_error *e)
{
    const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, *column[] = {x};
    const double z[] = {1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 0};
    const unsigned char y[] = {0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1};
    cst_design d = {column, NULL, 12, 1};
    cst_logistic *fit = NULL;
    cst_survival_count *count = NULL;
    cst_km *km = NULL;
    cst_correlation moment, rank;
    size_t times = 0;
    cst_status status = cst_logistic_fit(&d, y, NULL, &fit, e);
    if (status == CST_OK) status = cst_survival_tally(x, y, 12, &count, &times, e);
    if (status == CST_OK) status = cst_km_fit(count, times, CST_CI_LOG, .95, &km, e);
    if (status == CST_OK) status = cst_pearson(x, z, 12, &moment, e);
    if (status == CST_OK) status = cst_spearman(x, z, 12, &rank, e);
    if (status == CST_OK) {
        printf("correlation %.6f, of ranks %.6f\n", moment.r, rank.r);
        printf("logistic %.6f %.6f (%.6f), deviance %.6f\n", fit->estimate[0].value, fit->estimate[1].value,
               fit->estimate[1].std_error, fit->deviance);
        printf("median %g, from %g; after 6: %.6f\n", km->median, km->median_lower, cst_km_at(km, 6));
    }
    cst_km_free(km);
    free(count);
    cst_logistic_free(fit);
    return status;
}

static void show_points(const char *before, int32_t hundredths)
{
    if (hundredths < 0)
        printf("%s-", before);
    else
        printf("%s%d.%02d", before, hundredths / 100, hundredths % 100);
}

static cst_status show_scores(const cst_model *m, const cst_scores *scores, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < cst_scores_rows(scores); i++) {
        cst_score_row row = cst_scores_row(scores, i);
        cst_score_part part[3];
        printf("score %d", (int)i + 1);
        show_points(" ", row.score);
        printf(" %.*s %.6f", (int)row.band.n, row.band.p, row.coverage);
        show_points(" ", row.group[0]);
        if (row.costs_most != CST_SCORE_NO_MEASURE) {
            cst_score_measure worst = cst_model_measure_at(m, row.costs_most);
            printf(" %.*s", (int)worst.name.n, worst.name.p);
        }
        status = cst_scores_explain(scores, i, part, e);
        for (size_t k = 0; status == CST_OK && k < cst_model_measures(m); k++) {
            show_points(" +", part[k].given);
            show_points(" -", part[k].lost);
        }
        printf("\n");
    }
    return status;
}

static cst_status ask_model(cst_error *e)
{
    const double value[] = {.5, 10, 8, 1, 30, NAN, NAN, 20, 2, NAN, NAN, NAN}; /* seats, logins, nps */
    const bool active[] = {true, true, false, true};
    cst_score_input in = {value, active, 4, 0};
    cst_model *m = NULL, *builtin = NULL;
    cst_scores *scores = NULL;
    cst_status status = cst_model_open("./model.csv", &m, e);
    if (status == CST_OK) status = cst_model_open("balanced", &builtin, e);
    if (status == CST_OK)
        printf("%d and %d measures\n", (int)cst_model_measures(m), (int)cst_model_measures(builtin));
    if (status == CST_OK) status = cst_scores_new(m, &in, &scores, e);
    if (status == CST_OK) status = show_scores(m, scores, e);
    cst_scores_free(scores);
    cst_model_free(builtin);
    cst_model_free(m);
    return status;
}

int main(int argc, char **argv)
{
    cst_error e;
    char message[2048];
    if (argc != 4) return 2;
    cst_status status = copy_file(atoi(argv[1]), argv[2], argv[3], &e);
    if (status == CST_OK) status = ask_ledger(&e);
    if (status == CST_OK) status = read_ledger(atoi(argv[1]), argv[2], &e);
    if (status == CST_OK) status = ask_statistics(&e);
    if (status == CST_OK) status = ask_model(&e);
    if (status == CST_OK) return 0;
    cst_error_format(&e, message, sizeof message);
    fprintf(stderr, "%s\n", message);
    return 2;
}
