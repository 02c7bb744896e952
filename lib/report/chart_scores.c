/* chart_scores.c: the scores of one period of cs-score as a distribution, with a model's band edges. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"
#include "tables/builtin.h"
#include <stdlib.h>

enum { BIN = 5, BINS = 100 / BIN, BANDS_MOST = 32 };

typedef struct band {
    cst_text name;
    chart_value high;  /* its upper end, of a model */
    cst_wide sum;      /* of the scores in it, of both periods */
    int64_t n, before; /* how many there are, and at the period before */
} band;

typedef struct scores {
    report_chart *c;
    int period, score, band;
    cst_day day, earlier; /* the period, and the one before: CST_DAY_NONE: none */
    cst_table *model;
    band bands[BANDS_MOST];
    size_t n;
    int64_t unscored;
} scores;

static cst_status bind(scores *s, cst_error *e)
{
    report_rows *r = &s->c->rows;
    cst_status status = report_rows_want(r, "period", REPORT_DAY, CST_REQUIRED, &s->period, e);
    if (status == CST_OK) status = report_rows_want(r, "score", REPORT_VALUE, CST_REQUIRED, &s->score, e);
    if (status == CST_OK) status = report_rows_want(r, "band", REPORT_TEXT, CST_OPTIONAL, &s->band, e);
    return status;
}

/* The period asked for, or the last; and the last before it. */
static cst_status find_periods(scores *s, cst_error *e)
{
    const report_rows *r = &s->c->rows;
    cst_day asked = s->c->o->period;
    char shown[CST_DAY_ROOM];
    s->day = s->earlier = CST_DAY_NONE;
    for (size_t i = 0; i < r->n; i++) {
        cst_day day = report_day(r, i, s->period);
        if (asked == CST_DAY_NONE ? day > s->day : day == asked) s->day = day;
    }
    if (s->day == CST_DAY_NONE && asked != CST_DAY_NONE && r->n > 0) {
        cst_day_format(asked, shown);
        return cst_fail(e, CST_USAGE, "--period: expected the last day of a period of %s, found %s",
                        report_file(r), shown);
    }
    for (size_t i = 0; i < r->n; i++) {
        cst_day day = report_day(r, i, s->period);
        if (day < s->day && day > s->earlier) s->earlier = day;
    }
    return CST_OK;
}

static cst_status add_band(scores *s, cst_text name, chart_value high, cst_place place, cst_error *e)
{
    if (s->n == BANDS_MOST)
        return cst_fail_at(e, CST_DATA, place, "band",
                           "expected at most %d bands, found more; is it a score?", BANDS_MOST);
    bool ok = true;
    s->bands[s->n++] = (band){.name = cst_arena_text(s->c->arena, name, &ok), .high = high};
    return ok ? CST_OK : cst_no_memory(e);
}

static int compare_edges(const void *a, const void *b)
{
    const band *x = a, *y = b;
    return (x->high > y->high) - (x->high < y->high);
}

/* By the mean of their scores: the order of a model that is not given. */
static int compare_means(const void *a, const void *b)
{
    const band *x = a, *y = b;
    cst_wide left = x->sum * (y->n + y->before), right = y->sum * (x->n + x->before);
    if (left != right) return left < right ? -1 : 1;
    return cst_text_compare(x->name, y->name);
}

static cst_status read_model(scores *s, cst_error *e)
{
    int kind, name, high;
    const char *given = s->c->o->model;
    cst_status status = cst_builtin_is_file(given) ? cst_io_table(s->c->io, given, &s->model, e)
                                                   : cst_builtin_load("model", given, &s->model, e);
    if (status == CST_OK) status = cst_table_bind(s->model, "kind", CST_REQUIRED, &kind, e);
    if (status == CST_OK) status = cst_table_bind(s->model, "name", CST_REQUIRED, &name, e);
    if (status == CST_OK) status = cst_table_bind(s->model, "high", CST_REQUIRED, &high, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(s->model); i++) {
        cst_money edge = 0;
        if (!cst_text_is(cst_table_at(s->model, i, kind), "band")) continue;
        status = cst_table_money(s->model, i, high, &edge, e);
        if (status == CST_END)
            status = cst_fail_at(e, CST_DATA, cst_table_place(s->model, i, high), "high",
                                 "expected where the band ends, found none; correct it");
        if (status == CST_OK)
            status =
                add_band(s, cst_table_at(s->model, i, name), edge, cst_table_place(s->model, i, name), e);
    }
    if (status == CST_OK && s->n > 1) qsort(s->bands, s->n, sizeof *s->bands, compare_edges);
    return status;
}

static band *find_band(scores *s, cst_text name)
{
    for (size_t i = 0; i < s->n; i++)
        if (cst_text_equal(s->bands[i].name, name)) return &s->bands[i];
    return NULL;
}

/* The row's band; one that a model does not have is an error. */
static cst_status band_of(scores *s, size_t row, band **out, cst_error *e)
{
    cst_text name = report_text(&s->c->rows, row, s->band);
    cst_place place = report_place(&s->c->rows, row);
    *out = find_band(s, name);
    if (*out) return CST_OK;
    if (s->model && s->n > 0)
        return cst_fail_at(
            e, CST_DATA, place, "band",
            "expected a band of the model %s, found \"%.*s\"; name the model that the scores were "
            "made with",
            s->c->o->model, name.n > 60 ? 60 : (int)name.n, name.p);
    cst_status status = add_band(s, name, CHART_NONE, place, e);
    *out = &s->bands[s->n - 1];
    return status;
}

static cst_status count_row(scores *s, size_t row, cst_error *e)
{
    const report_rows *r = &s->c->rows;
    cst_day day = report_day(r, row, s->period);
    chart_value v = report_value(r, row, s->score);
    band *b;
    if (day == CST_DAY_NONE || (day != s->day && day != s->earlier)) return CST_OK;
    if (v == CHART_NONE) {
        s->unscored += day == s->day;
        return CST_OK;
    }
    if (v < 0 || v > 100 * CHART_ONE)
        return cst_fail_at(e, CST_DATA, report_place(r, row), "score",
                           "expected a score from 0 to 100, found %s; leave the row out with --where",
                           chart_decimals(v, 0, 6).s);
    cst_status status = band_of(s, row, &b, e);
    if (status != CST_OK) return status;
    b->sum += v;
    if (day == s->day)
        b->n++;
    else
        b->before++;
    return CST_OK;
}

static size_t bin_of(chart_value score)
{
    size_t bin = (size_t)(score / (BIN * CHART_ONE));
    return bin < BINS ? bin : BINS - 1;
}

/* Columns: the bin, a count for each band, and all of the period before. */
static cst_status fill(scores *s, chart_value **before, cst_error *e)
{
    report_chart *c = s->c;
    chart_column *column;
    chart_value *count[BANDS_MOST];
    cst_status status = report_chart_table(c, s->n + 2, BINS, &column, e);
    if (status != CST_OK) return status;
    chart_value *from = report_new_values(c, &column[0], "from", CHART_COUNT);
    bool ok = from != NULL;
    for (size_t i = 0; i < s->n && ok; i++) {
        const char *name = s->bands[i].name.n ? s->bands[i].name.p : "customers";
        count[i] = report_new_values(c, &column[i + 1], name, CHART_COUNT);
        ok = count[i] != NULL;
    }
    *before = ok ? report_new_values(c, &column[s->n + 1], "before", CHART_COUNT) : NULL;
    if (!*before) return cst_no_memory(e);
    for (size_t bin = 0; bin < BINS; bin++) from[bin] = (chart_value)bin * BIN * CHART_ONE;
    for (size_t i = 0; i < c->rows.n; i++) {
        cst_day day = report_day(&c->rows, i, s->period);
        chart_value v = report_value(&c->rows, i, s->score);
        if (v == CHART_NONE || day == CST_DAY_NONE) continue;
        if (day == s->earlier) (*before)[bin_of(v)] += CHART_ONE;
        if (day == s->day)
            count[find_band(s, report_text(&c->rows, i, s->band)) - s->bands][bin_of(v)] += CHART_ONE;
    }
    return CST_OK;
}

static void add_words(const scores *s)
{
    cst_buffer *d = &s->c->desc;
    int64_t all = 0;
    for (size_t i = 0; i < s->n; i++) all += s->bands[i].n;
    cst_buffer_printf(&s->c->title, "Distribution of health scores, %s", chart_day(s->day).s);
    cst_buffer_printf(d, "%s customers in steps of %d points%s", chart_count(all * CHART_ONE).s, BIN,
                      s->bands[0].name.n ? ":" : ".");
    for (size_t i = 0; i < s->n && s->bands[0].name.n; i++) {
        cst_buffer_add_string(d, i ? ", " : " ");
        chart_add_name(d, s->bands[i].name, REPORT_NAME_MOST);
        cst_buffer_printf(d, " %s%s", chart_count(s->bands[i].n * CHART_ONE).s, i + 1 == s->n ? "." : "");
    }
    if (s->unscored > 0) cst_buffer_printf(d, " %s without a score.", chart_count(s->unscored * CHART_ONE).s);
    for (size_t i = 0; s->model && i + 1 < s->n; i++)
        cst_buffer_printf(d, "%s%s%s", i ? " and " : " Band edges at ",
                          chart_decimals(s->bands[i].high, 0, 1).s, i + 2 == s->n ? "." : "");
    if (s->earlier != CST_DAY_NONE) cst_buffer_printf(d, " Outline: %s.", chart_day(s->earlier).s);
}

static cst_status draw(scores *s, cst_error *e)
{
    chart_value edge[BANDS_MOST], *before;
    char axis[64];
    cst_status status = fill(s, &before, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i + 1 < s->n; i++) edge[i] = s->bands[i].high;
    bool earlier = s->earlier != CST_DAY_NONE;
    snprintf(axis, sizeof axis, earlier ? "score; outline: %s" : "score", chart_short_day(s->earlier).s);
    chart_histogram_words w = {s->model && s->n > 1 ? edge : NULL, earlier ? before : NULL, BIN * CHART_ONE,
                               cst_text_of(axis)};
    chart_table bins = {s->c->table.column, s->n + 1, BINS};
    chart_histogram(&s->c->drawing, &bins, &w);
    add_words(s);
    return CST_OK;
}

cst_status report_make_scores(report_chart *c, cst_error *e)
{
    scores s = {.c = c};
    int64_t all = 0;
    cst_status status = report_chart_open(c, "cs-score writes such a table", e);
    if (status == CST_OK) status = bind(&s, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = find_periods(&s, e);
    if (status == CST_OK && c->o->model) status = read_model(&s, e);
    for (size_t i = 0; i < c->rows.n && status == CST_OK; i++) status = count_row(&s, i, e);
    for (size_t i = 0; i < s.n; i++) all += s.bands[i].n;
    if (status == CST_OK && all == 0)
        status = report_make_empty(c, "Distribution of health scores", "No score yet.", e);
    else if (status == CST_OK) {
        if (!s.model) qsort(s.bands, s.n, sizeof *s.bands, compare_means);
        status = draw(&s, e);
    }
    cst_table_free(s.model);
    return status;
}
