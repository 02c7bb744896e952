/* collect.c: threads turn fields into values, strips of rows into sub-scores and those into scores,
 * each batch on its own; append, in input order, puts them behind those of the sheet. A row that is
 * rejected leaves nothing behind: its lane of the strip goes to the next one. */
#include "score/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
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
    score_source *source; /* of each measure */
    size_t *likelihood;   /* that it is; SIZE_MAX: none */
    int *slot;            /* of a measure that is a number of the row; else -1 */
    struct demand *demand;
    score_chance_plan chances;
    bool joined; /* a measure is an attribute of the account */
};

struct score_worker {
    const struct collect *c;
    cst_metrics_numbers numbers;
    score_tree_result *result;
    double *strip_value, *strip_sub, *scratch; /* of the strip that is being filled: measures x SCORE_LANES */
    double *value, *sub;                       /* of all rows, row by row; only where the sheet keeps them */
    int32_t *group;
    score_chance_batch chances;
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
    if (!ok) return cst_no_memory(e);
    cst_status status = score_chance_batch_init(&w->chances, &c->chances, e);
    return status != CST_OK ? status : cst_metrics_numbers_init(&w->numbers, c->slot, m->measures, e);
}

static cst_status refuse_value(const struct collect *c, cst_batch *b, uint32_t row, size_t k,
                               const char *what, cst_error *e)
{
    const score_node *n = &c->sheet->model->node[c->sheet->model->measure[k]];
    const cst_joined *from = &c->source[k].at;
    cst_place place = cst_place_at(b, row, from->from == CST_FROM_ROW ? from->column : -1);
    return cst_fail_at(e, CST_DATA, place, from->name.p, what, (int)n->name.n, n->name.p);
}

/* The value of a measure without a slot: CST_OK, CST_END missing, or a failure with its place. */
static cst_status read_value(const struct score_worker *w, cst_batch *b, uint32_t row, uint32_t account,
                             uint32_t at, size_t k, double *x, cst_error *e)
{
    const struct collect *c = w->c;
    if (c->likelihood[k] == SIZE_MAX)
        return score_source_read(&c->source[k], c->o->accounts, account, b, row, x, e);
    int32_t p = w->chances.rows.chance[at * c->chances.set->n + c->likelihood[k]];
    *x = p / 1e6;
    return p < 0 ? CST_END : CST_OK;
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
                                            : read_value(w, b, row, account, at, k, value, e);
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
    cst_status status = score_chance_batch_begin(&w->chances, b, e);
    return status != CST_OK ? status : make_room(w, cst_batch_rows(b), e);
}

static cst_status take(void *worker, cst_batch *b, uint32_t row, const cst_metrics_seen *seen, uint32_t at,
                       cst_error *e)
{
    struct score_worker *w = worker;
    const struct collect *c = w->c;
    uint32_t account = c->joined ? cst_accounts_find(c->o->accounts, seen->id) : CST_ACCOUNT_NONE;
    cst_status status = score_chance_take(&w->chances, b, row, seen, c->o->accounts, account, at, e);
    if (status == CST_OK) status = read_row(w, b, row, account, at, e);
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
    return score_chances_append(&sheet->chances, at, &w->chances, n, e);
}

/* A likelihood of the run may be measured like a column. */
static cst_status bind_measure(struct collect *c, size_t k, const score_offer *offer, cst_error *e)
{
    const cst_model *m = c->sheet->model;
    const score_node *n = &m->node[m->measure[k]];
    const score_likelihoods *set = c->sheet->chances.set;
    c->demand[k] = (struct demand){n->missing == SCORE_FAIL, n->transform == SCORE_AS_IS};
    c->slot[k] = -1;
    c->likelihood[k] = set ? score_likelihoods_find(set, n->column) : SIZE_MAX;
    if (set && c->likelihood[k] < set->n) return CST_OK;
    c->likelihood[k] = SIZE_MAX;
    cst_status status = score_source_find(offer, n->column, n->transform == SCORE_BOOLEAN,
                                          cst_table_place(m->table, n->row, -1), "column", &c->source[k], e);
    if (status != CST_OK) return status;
    c->joined |= c->source[k].at.from == CST_FROM_ACCOUNT;
    c->slot[k] = score_source_slot(&c->source[k]);
    return CST_OK;
}

static cst_status bind(struct collect *c, cst_error *e)
{
    const cst_model *m = c->sheet->model;
    score_offer offer = {.reader = c->o->reader, .accounts = c->o->accounts};
    cst_status status = cst_metrics_bind(offer.reader, CST_REQUIRED, &c->slots, e);
    if (status != CST_OK) return status;
    offer.name = cst_joined_names(offer.reader, offer.accounts, &offer.names);
    c->source = calloc(m->measures + 1, sizeof *c->source);
    c->likelihood = calloc(m->measures + 1, sizeof *c->likelihood);
    c->slot = calloc(m->measures + 1, sizeof *c->slot);
    c->demand = calloc(m->measures + 1, sizeof *c->demand);
    if (!offer.name || !c->source || !c->slot || !c->likelihood || !c->demand) status = cst_no_memory(e);
    if (status == CST_OK)
        status = score_chance_bind(c->sheet->chances.set, c->o->amount, &offer, &c->chances, e);
    c->sheet->chances.amounts = c->chances.amounts;
    c->joined = c->chances.joined;
    for (size_t k = 0; status == CST_OK && k < m->measures; k++) status = bind_measure(c, k, &offer, e);
    free(offer.name);
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
    score_chance_batch_clear(&w->chances);
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
    score_chance_plan_clear(&c.chances);
    free(c.source);
    free(c.likelihood);
    free(c.slot);
    free(c.demand);
    return status;
}
