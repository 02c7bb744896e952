/* collect.c: threads turn fields into values, strips of rows into sub-scores and those into scores,
 * each batch on its own; append, in input order, puts them behind those of the sheet. A row that is
 * rejected leaves nothing behind: its lane of the strip goes to the next one. */
#include "score/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "base/suggest.h"
#include "base/text.h"
#include "score/transform.h"

/* What is asked of the value of a measure, packed for the loop over them. */
struct demand {
    bool must;    /* not be missing */
    bool bounded; /* 0 to 100 */
};

struct collect {
    const score_collect_opts *o;
    score_sheet *sheet;
    cst_metrics_slots slots;
    cst_joined *column; /* of each measure */
    cst_text *word;     /* of a measure COLUMN=WORD; n == 0: none */
    int *slot;          /* of a measure that is a number of the row; else -1 */
    struct demand *demand;
    bool joined; /* a measure is an attribute of the account */
};

struct score_worker {
    const struct collect *c;
    cst_metrics_numbers numbers;
    score_tree_result *result;
    double *strip_value, *strip_sub, *scratch; /* of the strip that is being filled: measures x SCORE_LANES */
    double *value, *sub;                       /* of all rows, row by row; only where the sheet keeps them */
    int32_t *group;
    uint32_t room;
};

static cst_status make_room(struct score_worker *w, uint32_t rows, cst_error *e)
{
    const score_sheet *sheet = w->c->sheet;
    const cst_model *m = sheet->model;
    if (rows <= w->room) return CST_OK;
    w->room = rows;
    size_t kept = sheet->keep ? m->measures * sizeof(double) : 0;
    bool ok = cst_resize(&w->result, rows, sizeof *w->result) &&
              cst_resize(&w->group, rows, m->groups * sizeof *w->group) &&
              cst_resize(&w->value, rows, kept) && cst_resize(&w->sub, rows, kept);
    return ok ? CST_OK : cst_no_memory(e);
}

/* What a worker has once, whatever the batch; the strips begin as zeros, since all lanes are computed. */
static cst_status set_up(struct score_worker *w, const struct collect *c, cst_error *e)
{
    const cst_model *m = c->sheet->model;
    w->c = c;
    w->strip_value = calloc(m->measures * SCORE_LANES + 1, sizeof *w->strip_value);
    w->strip_sub = calloc(m->measures * SCORE_LANES + 1, sizeof *w->strip_sub);
    w->scratch = calloc(score_tree_room(m), sizeof *w->scratch);
    bool ok = w->strip_value && w->strip_sub && w->scratch;
    return ok ? cst_metrics_numbers_init(&w->numbers, c->slot, m->measures, e) : cst_no_memory(e);
}

/* The number behind a measure without a slot: CST_OK, CST_END missing, or a failure with its place. */
static cst_status read_value(const struct collect *c, cst_batch *b, uint32_t row, uint32_t account, size_t k,
                             double *x, cst_error *e)
{
    const score_node *n = &c->sheet->model->node[c->sheet->model->measure[k]];
    const cst_joined *from = &c->column[k];
    bool of_row = from->from == CST_FROM_ROW;
    cst_text t =
        of_row ? cst_text_at(b, row, from->column) : cst_accounts_at(c->o->accounts, account, from->column);
    if (t.n == 0) return CST_END;
    if (c->word[k].n > 0) {
        *x = cst_text_equal(t, c->word[k]);
        return CST_OK;
    }
    if (n->transform == SCORE_BOOLEAN ? score_boolean_parse(t, x) : cst_number_parse(t, x)) return CST_OK;
    cst_place place = of_row ? cst_place_at(b, row, from->column)
                             : cst_accounts_place(c->o->accounts, account, from->column);
    return cst_fail_at(
        e, CST_DATA, place, from->name.p, "expected %s, found \"%.*s\"; the model measures this column",
        n->transform == SCORE_BOOLEAN ? "true or false, yes or no, 1 or 0" : "a number", (int)t.n, t.p);
}

static cst_status refuse_value(const struct collect *c, cst_batch *b, uint32_t row, size_t k,
                               const char *what, cst_error *e)
{
    const score_node *n = &c->sheet->model->node[c->sheet->model->measure[k]];
    const cst_joined *from = &c->column[k];
    cst_place place = cst_place_at(b, row, from->from == CST_FROM_ROW ? from->column : -1);
    return cst_fail_at(e, CST_DATA, place, from->name.p, what, (int)n->name.n, n->name.p);
}

/* The values of a row into the strip's next lane. */
static cst_status read_row(struct score_worker *w, cst_batch *b, uint32_t row, uint32_t account, uint32_t at,
                           cst_error *e)
{
    const struct collect *c = w->c;
    const size_t measures = c->sheet->model->measures;
    double *value = w->strip_value + at % SCORE_LANES;
    for (size_t k = 0; k < measures; k++, value += SCORE_LANES) {
        const struct demand *asked = &c->demand[k];
        cst_status status = c->slot[k] >= 0 ? cst_metrics_number(&w->numbers, b, row, k, value, e)
                                            : read_value(c, b, row, account, k, value, e);
        if (status < 0) return status;
        if (status == CST_END) {
            *value = NAN;
            if (asked->must)
                return refuse_value(
                    c, b, row, k,
                    "expected a value, found none; the model says that measure \"%.*s\" must not be "
                    "missing",
                    e);
        } else if (asked->bounded && !(*value >= 0 && *value <= 100)) {
            return refuse_value(c, b, row, k,
                                "expected 0 to 100 for measure \"%.*s\" (as_is), found another value", e);
        }
    }
    return CST_OK;
}

/* The strip that ends before row `to` of the worker: values to sub-scores, and those to scores. */
static void score_strip(struct score_worker *w, uint32_t to)
{
    const score_sheet *sheet = w->c->sheet;
    const cst_model *m = sheet->model;
    uint32_t from = (to - 1) / SCORE_LANES * SCORE_LANES;
    for (size_t k = 0; k < m->measures; k++) {
        const double *value = w->strip_value + k * SCORE_LANES;
        double *sub = w->strip_sub + k * SCORE_LANES;
        score_transform_strip(&m->node[m->measure[k]], value, sub);
        for (uint32_t i = from; sheet->keep && i < to; i++) {
            w->value[i * m->measures + k] = value[i - from];
            w->sub[i * m->measures + k] = sub[i - from];
        }
    }
    if (!m->relative)
        score_tree_score(m, w->strip_sub, to - from, w->group + from * m->groups, w->scratch,
                         w->result + from);
}

static cst_status begin(void *worker, cst_batch *b, cst_error *e)
{
    struct score_worker *w = worker;
    cst_metrics_numbers_begin(&w->numbers, b);
    return make_room(w, cst_batch_rows(b), e);
}

static cst_status take(void *worker, cst_batch *b, uint32_t row, const cst_metrics_seen *seen, uint32_t at,
                       cst_error *e)
{
    struct score_worker *w = worker;
    const struct collect *c = w->c;
    uint32_t account = c->joined ? cst_accounts_find(c->o->accounts, seen->id) : CST_ACCOUNT_NONE;
    cst_status status = read_row(w, b, row, account, at, e);
    if (status == CST_OK && (at + 1) % SCORE_LANES == 0) score_strip(w, at + 1);
    return status;
}

static cst_status end(void *worker, uint32_t n, cst_error *e)
{
    (void)e;
    if (n % SCORE_LANES) score_strip(worker, n);
    return CST_OK;
}

static cst_status append(void *worker, uint32_t n, void *shared, cst_error *e)
{
    struct score_worker *w = worker;
    score_sheet *sheet = shared;
    const cst_model *m = sheet->model;
    if (n == 0) return CST_OK;
    cst_status status = score_sheet_reserve(sheet, n, e);
    if (status != CST_OK) return status;
    size_t at = sheet->rows.n;
    memcpy(sheet->result + at, w->result, n * sizeof *w->result);
    memcpy(sheet->group + at * m->groups, w->group, n * m->groups * sizeof *w->group);
    if (sheet->keep) {
        memcpy(sheet->value + at * m->measures, w->value, n * m->measures * sizeof(double));
        memcpy(sheet->sub + at * m->measures, w->sub, n * m->measures * sizeof(double));
    }
    return CST_OK;
}

/* COLUMN=WORD, where no column has the whole of it as its name: 1 where the column holds the word, else 0. */
static bool split_word(cst_text whole, const cst_text *names, size_t count, size_t *at, cst_text *word)
{
    for (uint32_t n = 1; n + 1 < whole.n; n++) {
        if (whole.p[n] != '=') continue;
        for (*at = 0; *at < count; ++*at) {
            if (!cst_text_equal(names[*at], (cst_text){whole.p, n})) continue;
            *word = (cst_text){whole.p + n + 1, whole.n - n - 1};
            return true;
        }
    }
    return false;
}

/* Where a measure's column is: in the metrics, else an attribute of the account. */
static cst_status find_column(struct collect *c, const score_node *n, const cst_text *names, size_t count,
                              cst_joined *out, cst_text *word, cst_error *e)
{
    size_t at = 0;
    while (at < count && !cst_text_equal(names[at], n->column)) at++;
    if (at < count || split_word(n->column, names, count, &at, word)) {
        cst_status status = cst_joined_bind(c->o->reader, c->o->accounts, at, out, e);
        c->joined |= out->from == CST_FROM_ACCOUNT;
        return status;
    }
    cst_buffer near = {0}, there = {0};
    cst_suggest_add(&near, n->column, names, count);
    cst_suggest_list(&there, names, count, 20);
    cst_status status =
        cst_fail_at(e, CST_DATA, cst_table_place(c->sheet->model->table, n->row, -1), "column",
                    "expected a column of the metrics or accounts, found \"%.*s\"%s; there are %s",
                    (int)n->column.n, n->column.p, cst_buffer_string(&near), cst_buffer_string(&there));
    cst_buffer_free(&near);
    cst_buffer_free(&there);
    return status;
}

static cst_status bind_measure(struct collect *c, size_t k, const cst_text *names, size_t count, cst_error *e)
{
    const score_node *n = &c->sheet->model->node[c->sheet->model->measure[k]];
    cst_status status = find_column(c, n, names, count, &c->column[k], &c->word[k], e);
    bool number = c->column[k].from == CST_FROM_ROW && n->transform != SCORE_BOOLEAN && c->word[k].n == 0;
    c->slot[k] = number ? c->column[k].column : -1;
    c->demand[k] = (struct demand){n->missing == SCORE_FAIL, n->transform == SCORE_AS_IS};
    return status;
}

static cst_status bind(struct collect *c, cst_error *e)
{
    cst_reader *r = c->o->reader;
    const cst_model *m = c->sheet->model;
    cst_status status = cst_metrics_bind(r, CST_REQUIRED, &c->slots, e);
    if (status != CST_OK) return status;
    size_t count = 0;
    cst_text *names = cst_joined_names(r, c->o->accounts, &count);
    c->column = calloc(m->measures + 1, sizeof *c->column);
    c->slot = calloc(m->measures + 1, sizeof *c->slot);
    c->word = calloc(m->measures + 1, sizeof *c->word);
    c->demand = calloc(m->measures + 1, sizeof *c->demand);
    if (!names || !c->column || !c->slot || !c->word || !c->demand) status = cst_no_memory(e);
    for (size_t k = 0; status == CST_OK && k < m->measures; k++) status = bind_measure(c, k, names, count, e);
    free(names);
    return status;
}

static void free_worker(struct score_worker *w)
{
    free(w->result);
    free(w->group);
    free(w->value);
    free(w->sub);
    free(w->strip_value);
    free(w->strip_sub);
    free(w->scratch);
    cst_metrics_numbers_free(&w->numbers);
}

static const cst_metrics_use use = {begin, take, end, append};

static cst_status read_all(struct collect *c, cst_error *e)
{
    int n = c->o->threads;
    cst_metrics_opts o = {.reader = c->o->reader,
                          .slot = c->slots,
                          .accounts = c->o->accounts,
                          .where = c->o->where,
                          .from = c->o->from,
                          .to = c->o->to,
                          .threads = n};
    void **each = cst_workers(n, sizeof(struct score_worker));
    cst_status status = each ? CST_OK : cst_no_memory(e);
    for (int i = 0; status == CST_OK && i < n; i++) status = set_up(each[i], c, e);
    if (status == CST_OK) status = cst_metrics_read(&o, &use, each, c->sheet, &c->sheet->rows, e);
    for (int i = 0; each && i < n; i++) free_worker(each[i]);
    free(each);
    return status;
}

cst_status score_collect(const score_collect_opts *o, score_sheet *sheet, cst_error *e)
{
    struct collect c = {.o = o, .sheet = sheet};
    cst_status status = bind(&c, e);
    if (status == CST_OK) status = read_all(&c, e);
    if (status == CST_OK) status = cst_metrics_order(&sheet->rows, o->reader, e);
    if (status == CST_OK && sheet->model->relative) status = score_sheet_place(sheet, e);
    if (status == CST_OK) score_sheet_drop_uncovered(sheet, o->min_coverage);
    free(c.column);
    free(c.slot);
    free(c.word);
    free(c.demand);
    return status;
}
