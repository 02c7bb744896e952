/* collect.c: workers turn fields into values, strips of rows into sub-scores and those into scores, each
 * batch on its own; commit, in input order, gives accounts their ids and appends the rows to the sheet. A
 * row that is rejected leaves nothing behind: its lane of the strip goes to the next one. */
#include "score/collect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "read/view.h"
#include "score/transform.h"

/* Where the value of a measure comes from and what is asked of it, packed for the loop over them. */
struct source {
    int slot;     /* of a measure that is a number of the row; else -1 */
    bool must;    /* not be missing */
    bool bounded; /* 0 to 100 */
};

struct collect {
    const score_collect_opts *o;
    score_sheet *sheet;
    cst_filter *filter;
    cst_joined *column; /* of each measure */
    struct source *source;
    int account, period, active;
    bool joined; /* a measure is an attribute of the account */
    score_collected *counts;
};

struct score_worker {
    const struct collect *c;
    cst_view view; /* of the batch; only where a `field` is not -1 */
    int32_t
        *field; /* of each measure: its column in this batch's file; -1: not to be read through the view */
    cst_text *id;
    uint32_t *account;
    score_sheet_row *row;
    score_tree_result *result;
    double *strip_value, *strip_sub, *scratch; /* of the strip that is being filled: measures x SCORE_LANES */
    double *value, *sub;                       /* of all rows, row by row; only where the sheet keeps them */
    int32_t *group;
    uint32_t n, room;
    uint64_t outside, filtered;
};

static cst_status make_room(struct score_worker *w, uint32_t rows, cst_error *e)
{
    const score_sheet *sheet = w->c->sheet;
    const cst_model *m = sheet->model;
    if (rows <= w->room) return CST_OK;
    w->room = rows;
    size_t kept = sheet->keep ? m->measures * sizeof(double) : 0;
    bool ok = cst_resize(&w->id, rows, sizeof *w->id) && cst_resize(&w->account, rows, sizeof *w->account) &&
              cst_resize(&w->row, rows, sizeof *w->row) && cst_resize(&w->result, rows, sizeof *w->result) &&
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
    w->field = calloc(m->measures + 1, sizeof *w->field);
    bool ok = w->strip_value && w->strip_sub && w->scratch && w->field;
    return ok ? CST_OK : cst_no_memory(e);
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
    if (n->transform == SCORE_BOOLEAN ? score_boolean_parse(t, x) : cst_number_parse(t, x)) return CST_OK;
    cst_place place = of_row ? cst_place_at(b, row, from->column)
                             : cst_accounts_place(c->o->accounts, account, from->column);
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)n->column.n, n->column.p);
    return cst_fail_at(
        e, CST_DATA, place, name, "expected %s, found \"%.*s\"; the model measures this column",
        n->transform == SCORE_BOOLEAN ? "true or false, yes or no, 1 or 0" : "a number", (int)t.n, t.p);
}

static cst_status refuse_value(const struct collect *c, cst_batch *b, uint32_t row, size_t k,
                               const char *what, cst_error *e)
{
    const score_node *n = &c->sheet->model->node[c->sheet->model->measure[k]];
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)n->column.n, n->column.p);
    int slot = c->column[k].from == CST_FROM_ROW ? c->column[k].column : -1;
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), name, what, (int)n->name.n, n->name.p);
}

/* A measure that is a number of the row. A bare field, as nearly all are, is read where it stands; what is
 * no number there (quoted, too) is asked for again in the way that knows all of it and its place. */
static inline cst_status read_number(struct score_worker *w, cst_batch *b, uint32_t row, size_t k, double *x,
                                     cst_error *e)
{
    if (w->field[k] >= 0) {
        cst_text t;
        t.p = cst_view_field(&w->view, row, (uint32_t)w->field[k], &t.n);
        if (t.n == 0) return CST_END;
        if (cst_number_parse(t, x)) return CST_OK;
    }
    return cst_number_at(b, row, w->c->source[k].slot, x, e);
}

/* The values of a row into the strip's next lane. */
static cst_status read_row(struct score_worker *w, cst_batch *b, uint32_t row, uint32_t account, cst_error *e)
{
    const struct collect *c = w->c;
    const size_t measures = c->sheet->model->measures;
    double *value = w->strip_value + w->n % SCORE_LANES;
    for (size_t k = 0; k < measures; k++, value += SCORE_LANES) {
        const struct source *from = &c->source[k];
        cst_status status = from->slot >= 0 ? read_number(w, b, row, k, value, e)
                                            : read_value(c, b, row, account, k, value, e);
        if (status < 0) return status;
        if (status == CST_END) {
            *value = NAN;
            if (from->must)
                return refuse_value(
                    c, b, row, k,
                    "expected a value, found none; the model says that measure \"%.*s\" must not be "
                    "missing",
                    e);
        } else if (from->bounded && !(*value >= 0 && *value <= 100)) {
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

static cst_status refuse_active(const struct collect *c, cst_batch *b, uint32_t row, cst_error *e)
{
    cst_text t = cst_text_at(b, row, c->active);
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, c->active), "active",
                       "expected 1 or 0, found \"%.*s\"; it says whether the account pays",
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

/* Takes a row in, or leaves it: *taken says which. */
static cst_status take_row(struct score_worker *w, cst_batch *b, uint32_t row, bool *taken, cst_error *e)
{
    const struct collect *c = w->c;
    *taken = false;
    cst_day period = CST_DAY_NONE;
    cst_status status = cst_day_at(b, row, c->period, &period, e);
    if (status < 0) return status;
    cst_text id = cst_text_at(b, row, c->account);
    if (status == CST_END || id.n == 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, status == CST_END ? c->period : c->account),
                           status == CST_END ? "period" : "account_id",
                           "expected a value, found none; every row needs one");
    if ((c->o->from != CST_DAY_NONE && period < c->o->from) ||
        (c->o->to != CST_DAY_NONE && period > c->o->to)) {
        w->outside++;
        return CST_OK;
    }
    bool keep = true;
    if (c->filter && (status = cst_filter_row(c->filter, b, row, &keep, e)) < 0) return status;
    if (!keep) {
        w->filtered++;
        return CST_OK;
    }
    double active = 1;
    if (c->active >= 0 && cst_text_at(b, row, c->active).n &&
        !score_boolean_parse(cst_text_at(b, row, c->active), &active))
        return refuse_active(c, b, row, e);
    uint32_t account = c->joined ? cst_accounts_find(c->o->accounts, id) : CST_ACCOUNT_NONE;
    if ((status = read_row(w, b, row, account, e)) < 0) return status;
    w->id[w->n] = id;
    w->row[w->n] = (score_sheet_row){.period = period,
                                     .active = active != 0,
                                     .file = cst_batch_file(b) & SCORE_SHEET_FILES,
                                     .line = cst_line_at(b, row) & SCORE_SHEET_LINES};
    *taken = true;
    return CST_OK;
}

static cst_status begin_batch(struct score_worker *w, const cst_batch *b, cst_error *e)
{
    const struct collect *c = w->c;
    bool plain = cst_batch_view(b, &w->view);
    for (size_t k = 0; k < c->sheet->model->measures; k++)
        w->field[k] = plain && c->source[k].slot >= 0 ? cst_batch_column(b, c->source[k].slot) : -1;
    w->n = 0;
    w->outside = w->filtered = 0;
    return make_room(w, cst_batch_rows(b), e);
}

static cst_status work(void *worker, cst_batch *b, cst_error *e)
{
    struct score_worker *w = worker;
    uint32_t rows = cst_batch_rows(b);
    cst_status status = begin_batch(w, b, e);
    for (uint32_t row = 0; status == CST_OK && row < rows; row++) {
        if (cst_row_rejected(b, row)) continue;
        cst_error why;
        bool taken;
        cst_status bad = take_row(w, b, row, &taken, &why);
        if (bad < 0) {
            if (e) *e = why;
            status = bad == CST_DATA ? cst_row_reject(b, row, &why) : bad;
        } else if (taken && ++w->n % SCORE_LANES == 0) {
            score_strip(w, w->n);
        }
    }
    if (status == CST_OK && w->n % SCORE_LANES) score_strip(w, w->n);
    return status;
}

static cst_status commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    struct score_worker *w = worker;
    struct collect *c = shared;
    score_sheet *sheet = c->sheet;
    const cst_model *m = sheet->model;
    (void)b;
    c->counts->outside += w->outside;
    c->counts->filtered += w->filtered;
    if (w->n == 0) return CST_OK;
    cst_status status = score_sheet_reserve(sheet, w->n, e);
    if (status != CST_OK) return status;
    if (!cst_intern_ids(sheet->accounts, w->id, w->account, w->n)) return cst_no_memory(e);
    for (uint32_t i = 0; i < w->n; i++) w->row[i].account = w->account[i];
    memcpy(sheet->row + sheet->n, w->row, w->n * sizeof *w->row);
    memcpy(sheet->result + sheet->n, w->result, w->n * sizeof *w->result);
    memcpy(sheet->group + sheet->n * m->groups, w->group, w->n * m->groups * sizeof *w->group);
    if (sheet->keep) {
        memcpy(sheet->value + sheet->n * m->measures, w->value, w->n * m->measures * sizeof(double));
        memcpy(sheet->sub + sheet->n * m->measures, w->sub, w->n * m->measures * sizeof(double));
    }
    sheet->n += w->n;
    return CST_OK;
}

/* Where a measure's column is: in the metrics, else an attribute of the account. */
static cst_status find_column(struct collect *c, const score_node *n, const cst_text *names, size_t count,
                              cst_joined *out, cst_error *e)
{
    for (size_t i = 0; i < count; i++)
        if (cst_text_equal(names[i], n->column)) {
            cst_status status = cst_joined_bind(c->o->reader, c->o->accounts, i, out, e);
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
    cst_status status = find_column(c, n, names, count, &c->column[k], e);
    bool number = c->column[k].from == CST_FROM_ROW && n->transform != SCORE_BOOLEAN;
    c->source[k] = (struct source){.slot = number ? c->column[k].column : -1,
                                   .must = n->missing == SCORE_FAIL,
                                   .bounded = n->transform == SCORE_AS_IS};
    return status;
}

static cst_status bind(struct collect *c, cst_error *e)
{
    cst_reader *r = c->o->reader;
    const cst_model *m = c->sheet->model;
    cst_status status = cst_reader_bind(r, "account_id", CST_REQUIRED, &c->account, e);
    if (status == CST_OK) status = cst_reader_bind(r, "period", CST_REQUIRED, &c->period, e);
    if (status == CST_OK) status = cst_reader_bind(r, "active", CST_OPTIONAL, &c->active, e);
    if (status != CST_OK) return status;
    size_t count = 0;
    cst_text *names = cst_joined_names(r, c->o->accounts, &count);
    c->column = calloc(m->measures + 1, sizeof *c->column);
    c->source = calloc(m->measures + 1, sizeof *c->source);
    if (!names || !c->column || !c->source) status = cst_no_memory(e);
    for (size_t k = 0; status == CST_OK && k < m->measures; k++) status = bind_measure(c, k, names, count, e);
    free(names);
    cst_filter_opts f = {.accounts = c->o->accounts};
    if (status == CST_OK && c->o->where) status = cst_filter_open(c->o->where, r, &f, &c->filter, e);
    return status;
}

static void free_worker(struct score_worker *w)
{
    free(w->id);
    free(w->account);
    free(w->row);
    free(w->result);
    free(w->group);
    free(w->value);
    free(w->sub);
    free(w->strip_value);
    free(w->strip_sub);
    free(w->scratch);
    free(w->field);
}

static cst_status read_all(struct collect *c, cst_error *e)
{
    int n = c->o->threads;
    void **each = cst_workers(n, sizeof(struct score_worker));
    cst_status status = each ? CST_OK : cst_no_memory(e);
    for (int i = 0; status == CST_OK && i < n; i++) status = set_up(each[i], c, e);
    if (status == CST_OK) status = cst_run(c->o->reader, n, work, each, commit, c, e);
    for (int i = 0; each && i < n; i++) free_worker(each[i]);
    free(each);
    return status;
}

static const char *name_file(const void *reader, uint32_t file)
{
    return cst_reader_file(reader, file);
}

cst_status score_collect(const score_collect_opts *o, score_sheet *sheet, score_collected *out, cst_error *e)
{
    struct collect c = {.o = o, .sheet = sheet, .counts = out};
    *out = (score_collected){0};
    cst_status status = bind(&c, e);
    if (status == CST_OK) status = read_all(&c, e);
    if (status == CST_OK) status = score_sheet_sort(sheet, name_file, o->reader, e);
    if (status == CST_OK && sheet->model->relative) status = score_sheet_place(sheet, e);
    if (status == CST_OK) score_sheet_drop_uncovered(sheet, o->min_coverage);
    cst_filter_free(c.filter);
    free(c.column);
    free(c.source);
    return status;
}
