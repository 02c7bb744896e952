/* metrics_rows.c: threads look at the rows of a batch and hand those that count to the caller; in input
 * order, accounts get their ids and the rows go behind those there are. */
#include "tables/metrics_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "tables/filter.h"

#define FILES ((UINT64_C(1) << 21) - 1)
#define LINES ((UINT64_C(1) << 42) - 1)

struct reading {
    const cst_metrics_opts *o;
    const cst_metrics_use *use;
    void *shared;
    cst_metrics_rows *rows;
    cst_filter *filter;
    bool said; /* `active` is filled somewhere */
};

struct thread {
    const struct reading *r;
    void *state;
    cst_text *id; /* of the rows taken */
    uint32_t *account;
    cst_metrics_row *row;
    uint32_t n, room;
    uint64_t outside, filtered, unknown;
    bool said;
};

bool cst_active_read(cst_text cell, cst_active *out)
{
    bool yes;
    if (cell.n == 0) return *out = CST_ACTIVE_UNKNOWN, true;
    if (!cst_bool_word(cell, &yes)) return false;
    *out = yes ? CST_ACTIVE_YES : CST_ACTIVE_NO;
    return true;
}

cst_status cst_metrics_rows_init(cst_metrics_rows *m, cst_error *e)
{
    *m = (cst_metrics_rows){.accounts = cst_intern_new()};
    return m->accounts ? CST_OK : cst_no_memory(e);
}

void cst_metrics_rows_clear(cst_metrics_rows *m)
{
    cst_intern_free(m->accounts);
    free(m->row);
    free(m->order);
    free(m->day);
    free(m->begin);
    *m = (cst_metrics_rows){0};
}

cst_status cst_metrics_rows_reserve(cst_metrics_rows *m, size_t more, cst_error *e)
{
    if (m->n + more > UINT32_MAX)
        return cst_fail(e, CST_LIMIT, "expected at most %u rows, found more; give fewer periods at once",
                        UINT32_MAX);
    return cst_grow(&m->row, &m->room, m->n + more, sizeof *m->row) ? CST_OK : cst_no_memory(e);
}

cst_status cst_metrics_bind(cst_reader *r, enum cst_need period, cst_metrics_slots *out, cst_error *e)
{
    cst_status status = cst_reader_bind(r, "account_id", CST_REQUIRED, &out->account, e);
    if (status == CST_OK) status = cst_reader_bind(r, "period", period, &out->period, e);
    if (status == CST_OK) status = cst_reader_bind(r, "active", CST_OPTIONAL, &out->active, e);
    return status;
}

static cst_status refuse_missing(const struct reading *r, cst_batch *b, uint32_t row, bool period,
                                 cst_error *e)
{
    int slot = period ? r->o->slot.period : r->o->slot.account;
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), period ? "period" : "account_id",
                       "expected a value, found none; every row needs one");
}

static cst_status refuse_active(const struct reading *r, cst_batch *b, uint32_t row, cst_error *e)
{
    cst_text t = cst_text_at(b, row, r->o->slot.active);
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, r->o->slot.active), "active",
                       "expected " CST_ACTIVE_EXPECTED ", found \"%.*s\"; " CST_ACTIVE_REMEDY,
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

/* What the row is about; CST_END: left out, and counted. */
static cst_status look_at(struct thread *t, cst_batch *b, uint32_t row, cst_metrics_seen *out, cst_error *e)
{
    const struct reading *r = t->r;
    const cst_metrics_opts *o = r->o;
    *out = (cst_metrics_seen){.period = CST_DAY_NONE, .active = CST_ACTIVE_YES};
    cst_status status = cst_day_at(b, row, o->slot.period, &out->period, e);
    if (status < 0) return status;
    if (status == CST_END && o->slot.period >= 0) return refuse_missing(r, b, row, true, e);
    out->id = cst_text_at(b, row, o->slot.account);
    if (out->id.n == 0) return refuse_missing(r, b, row, false, e);
    cst_text active = {"", 0};
    if (o->slot.active >= 0) active = cst_text_at(b, row, o->slot.active);
    t->said |= active.n > 0;
    if ((o->from != CST_DAY_NONE && out->period < o->from) || (o->to != CST_DAY_NONE && out->period > o->to))
        return t->outside++, CST_END;
    bool keep = true;
    if (r->filter && (status = cst_filter_row(r->filter, b, row, &keep, e)) < 0) return status;
    if (!keep) return t->filtered++, CST_END;
    if (o->slot.active >= 0 && !cst_active_read(active, &out->active)) return refuse_active(r, b, row, e);
    return CST_OK;
}

static cst_status take_row(struct thread *t, cst_batch *b, uint32_t row, cst_error *e)
{
    cst_metrics_seen seen;
    cst_status status = look_at(t, b, row, &seen, e);
    if (status == CST_OK) status = t->r->use->take(t->state, b, row, &seen, t->n, e);
    if (status != CST_OK) return status;
    t->unknown += seen.active == CST_ACTIVE_UNKNOWN;
    t->id[t->n] = seen.id;
    t->row[t->n++] = (cst_metrics_row){.period = seen.period,
                                       .active = seen.active == CST_ACTIVE_YES,
                                       .file = cst_batch_file(b) & FILES,
                                       .line = cst_line_at(b, row) & LINES};
    return CST_OK;
}

static cst_status begin_batch(struct thread *t, cst_batch *b, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    t->n = 0;
    t->outside = t->filtered = t->unknown = 0;
    t->said = false;
    if (rows > t->room) {
        t->room = rows;
        if (!cst_resize(&t->id, rows, sizeof *t->id) || !cst_resize(&t->account, rows, sizeof *t->account) ||
            !cst_resize(&t->row, rows, sizeof *t->row))
            return cst_no_memory(e);
    }
    return t->r->use->begin(t->state, b, e);
}

static cst_status work(void *thread, cst_batch *b, cst_error *e)
{
    struct thread *t = thread;
    uint32_t rows = cst_batch_rows(b);
    cst_status status = begin_batch(t, b, e);
    for (uint32_t row = 0; status == CST_OK && row < rows; row++) {
        if (cst_row_rejected(b, row)) continue;
        cst_error why;
        cst_status bad = take_row(t, b, row, &why);
        if (bad >= 0) continue;
        if (e) *e = why;
        status = bad == CST_DATA ? cst_row_reject(b, row, &why) : bad;
    }
    return status == CST_OK && t->r->use->end ? t->r->use->end(t->state, t->n, e) : status;
}

static cst_status commit(void *thread, cst_batch *b, void *shared, cst_error *e)
{
    struct thread *t = thread;
    struct reading *r = shared;
    cst_metrics_rows *m = r->rows;
    (void)b;
    m->outside += t->outside;
    m->filtered += t->filtered;
    m->unknown += t->unknown;
    r->said |= t->said;
    cst_status status = cst_metrics_rows_reserve(m, t->n, e);
    if (status == CST_OK && !cst_intern_ids(m->accounts, t->id, t->account, t->n)) status = cst_no_memory(e);
    if (status == CST_OK) status = r->use->append(t->state, t->n, r->shared, e);
    if (status != CST_OK || t->n == 0) return status;
    for (uint32_t i = 0; i < t->n; i++) t->row[i].account = t->account[i];
    memcpy(m->row + m->n, t->row, t->n * sizeof *t->row);
    m->n += t->n;
    return CST_OK;
}

cst_status cst_metrics_read(const cst_metrics_opts *o, const cst_metrics_use *use, void *const state[],
                            void *shared, cst_metrics_rows *out, cst_error *e)
{
    struct reading r = {.o = o, .use = use, .shared = shared, .rows = out};
    void **each = cst_workers(o->threads, sizeof(struct thread));
    cst_status status = each ? CST_OK : cst_no_memory(e);
    cst_filter_opts f = {.accounts = o->accounts};
    if (status == CST_OK && o->where) status = cst_filter_open(o->where, o->reader, &f, &r.filter, e);
    for (int i = 0; each && i < o->threads; i++)
        *(struct thread *)each[i] = (struct thread){.r = &r, .state = state[i]};
    if (status == CST_OK) status = cst_run(o->reader, o->threads, work, each, commit, &r, e);
    for (int i = 0; each && i < o->threads; i++) {
        struct thread *t = each[i];
        free(t->id);
        free(t->account);
        free(t->row);
    }
    free(each);
    cst_filter_free(r.filter);
    if (r.said || out->unknown == 0) return status;
    for (size_t i = 0; i < out->n; i++) out->row[i].active = 1;
    out->unknown = 0;
    return status;
}

cst_status cst_metrics_numbers_init(cst_metrics_numbers *m, const int *slot, size_t n, cst_error *e)
{
    *m = (cst_metrics_numbers){.slot = slot, .n = n, .field = calloc(n + 1, sizeof *m->field)};
    return m->field ? CST_OK : cst_no_memory(e);
}

void cst_metrics_numbers_free(cst_metrics_numbers *m)
{
    free(m->field);
}

void cst_metrics_numbers_begin(cst_metrics_numbers *m, const cst_batch *b)
{
    bool plain = cst_batch_view(b, &m->view);
    for (size_t k = 0; k < m->n; k++)
        m->field[k] = plain && m->slot[k] >= 0 ? cst_batch_column(b, m->slot[k]) : -1;
}
