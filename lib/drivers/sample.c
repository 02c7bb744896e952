/* sample.c: threads read the measures, the label and the group of each row that counts; append puts them
 * behind those of the sample, column by column. Then the rows that do not count after all are left out, and
 * the others are sorted. */
#include "drivers/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"

struct drv_reading {
    const drv_sample_opts *o;
    drv_sample *s;
    cst_groups by;
    cst_metrics_slots slots;
    int label;
    int *slot; /* of the measures */
};

struct drv_worker {
    const struct drv_reading *r;
    cst_metrics_numbers numbers;
    unsigned char *label;
    double *x;         /* row by row */
    cst_intern *words; /* of factors */
    cst_text *key;
    cst_buffer keys;
    size_t *key_begin;
    uint32_t room;
    uint64_t inactive, unfinished;
};

static cst_status make_room(struct drv_worker *w, uint32_t rows, cst_error *e)
{
    if (rows <= w->room) return CST_OK;
    w->room = rows;
    bool ok = cst_resize(&w->label, rows, 1) && cst_resize(&w->key, rows, sizeof *w->key) &&
              cst_resize(&w->x, rows, w->r->s->measures * sizeof *w->x) &&
              cst_resize(&w->key_begin, rows, sizeof *w->key_begin);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status begin(void *worker, cst_batch *b, cst_error *e)
{
    struct drv_worker *w = worker;
    w->inactive = w->unfinished = 0;
    cst_buffer_clear(&w->keys);
    cst_metrics_numbers_begin(&w->numbers, b);
    return make_room(w, cst_batch_rows(b), e);
}

static cst_status read_label(const struct drv_reading *r, cst_batch *b, uint32_t row,
                             const cst_metrics_seen *seen, unsigned char *out, cst_error *e)
{
    bool happened;
    if (r->o->labels) {
        cst_day end = cst_day_plus(seen->period, r->o->horizon);
        *out = drv_labels_within(r->o->labels, seen->id, seen->period, end);
        return CST_OK;
    }
    cst_text t = cst_text_at(b, row, r->label);
    if (!cst_bool_word(t, &happened))
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, r->label), r->o->label_column,
                           "expected 0 or 1, found \"%.*s\"; a label says whether it happened", (int)t.n,
                           t.p);
    *out = happened;
    return CST_OK;
}

/* The number of a factor's word in the worker's own words; missing where there is none. */
static cst_status read_word(struct drv_worker *w, cst_batch *b, uint32_t row, size_t k, double *x,
                            cst_error *e)
{
    cst_text t = cst_text_at(b, row, w->r->slot[k]);
    if (t.n == 0) return CST_OK;
    uint32_t id = cst_intern_id(w->words, t);
    *x = id;
    return id == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
}

/* What is no number may be a category. The reader's own message stays where it begins like a number. */
static cst_status refuse_word(const struct drv_reading *r, cst_batch *b, uint32_t row, size_t k, cst_error *e)
{
    cst_text t = cst_text_at(b, row, r->slot[k]);
    if (r->o->score || (t.n > 0 && strchr("+-.0123456789", t.p[0]))) return CST_DATA;
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, r->slot[k]), r->s->name[k].p,
                       "expected a number like 12.5, found \"%.*s\"; if the column holds words, name it in "
                       "--factors, else leave the field empty where the value is missing",
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

static cst_status add_key(struct drv_worker *w, cst_batch *b, uint32_t row, cst_text id, uint32_t at,
                          cst_error *e)
{
    const struct drv_reading *r = w->r;
    uint32_t account = r->by.of_accounts ? cst_accounts_find(r->o->accounts, id) : CST_ACCOUNT_NONE;
    w->key_begin[at] = w->keys.n;
    for (size_t i = 0; i < r->by.n; i++) {
        cst_label_add(&w->keys, i, cst_groups_value(&r->by, i, b, row, r->o->accounts, account));
    }
    return w->keys.failed ? cst_no_memory(e) : CST_OK;
}

/* Rows that are not known to be active are kept until it is known whether the table says so of any row. */
static cst_status take(void *worker, cst_batch *b, uint32_t row, const cst_metrics_seen *seen, uint32_t at,
                       cst_error *e)
{
    struct drv_worker *w = worker;
    const struct drv_reading *r = w->r;
    if (seen->active == CST_ACTIVE_NO && !r->o->all_rows) return w->inactive++, CST_END;
    if (r->o->labels && cst_day_plus(seen->period, r->o->horizon) > r->o->as_of)
        return w->unfinished++, CST_END;
    double *x = w->x + (size_t)at * r->s->measures;
    cst_status status = CST_OK;
    for (size_t k = 0; k < r->s->measures; k++) {
        x[k] = NAN;
        status = r->s->factor[k] ? read_word(w, b, row, k, &x[k], e)
                                 : cst_metrics_number(&w->numbers, b, row, k, &x[k], e);
        if (status == CST_DATA) return refuse_word(r, b, row, k, e);
        if (status < 0) return status;
    }
    status = read_label(r, b, row, seen, &w->label[at], e);
    return status != CST_OK ? status : add_key(w, b, row, seen->id, at, e);
}

static cst_status end(void *worker, uint32_t n, cst_error *e)
{
    struct drv_worker *w = worker;
    (void)e;
    for (uint32_t i = 0; i < n; i++) {
        size_t to = i + 1 < n ? w->key_begin[i + 1] : w->keys.n;
        w->key[i] = (cst_text){w->keys.p + w->key_begin[i], (uint32_t)(to - w->key_begin[i])};
    }
    return CST_OK;
}

static cst_status reserve(drv_sample *s, size_t more, cst_error *e)
{
    if (s->n + more <= s->room) return CST_OK;
    size_t room = cst_room_for(s->room, s->n + more);
    bool ok = cst_resize(&s->label, room, 1) && cst_resize(&s->group, room, sizeof *s->group);
    for (size_t k = 0; ok && k < s->measures; k++) ok = cst_resize(&s->x[k], room, sizeof *s->x[k]);
    if (ok) s->room = room;
    return ok ? CST_OK : cst_no_memory(e);
}

/* The worker's words become the sample's. */
static cst_status translate(struct drv_worker *w, drv_sample *s, size_t k, uint32_t n, cst_error *e)
{
    for (uint32_t i = 0; i < n; i++) {
        double *x = &s->x[k][s->n + i];
        if (isnan(*x)) continue;
        uint32_t id = cst_intern_id(s->words, cst_intern_text(w->words, (uint32_t)*x));
        if (id == CST_INTERN_NONE) return cst_no_memory(e);
        *x = id;
    }
    return CST_OK;
}

static cst_status append(void *worker, uint32_t n, void *shared, cst_error *e)
{
    struct drv_worker *w = worker;
    drv_sample *s = shared;
    s->inactive += w->inactive;
    s->unfinished += w->unfinished;
    if (n == 0) return CST_OK;
    cst_status status = reserve(s, n, e);
    if (status != CST_OK) return status;
    if (!cst_intern_ids(s->groups, w->key, s->group + s->n, n)) return cst_no_memory(e);
    memcpy(s->label + s->n, w->label, n);
    for (size_t k = 0; k < s->measures && status == CST_OK; k++) {
        for (uint32_t i = 0; i < n; i++) s->x[k][s->n + i] = w->x[(size_t)i * s->measures + k];
        if (s->factor[k]) status = translate(w, s, k, n, e);
    }
    s->n += n;
    return status;
}

static cst_status bind_all(struct drv_reading *r, cst_error *e)
{
    const drv_sample_opts *o = r->o;
    enum cst_need period = o->labels ? CST_REQUIRED : CST_OPTIONAL;
    cst_status status = cst_metrics_bind(o->reader, period, &r->slots, e);
    r->label = -1;
    if (status == CST_OK && o->label_column)
        status = cst_reader_bind(o->reader, o->label_column, CST_REQUIRED, &r->label, e);
    if (status == CST_OK) status = cst_groups_resolve(o->by, o->reader, o->accounts, &r->by, e);
    if (status == CST_OK) status = drv_sample_measures(o, &r->by, r->s, &r->slot, e);
    if (status == CST_OK) status = drv_sample_mark(o, r->s, e);
    r->s->group_columns = (uint32_t)r->by.n;
    return status;
}

static void free_worker(struct drv_worker *w)
{
    cst_metrics_numbers_free(&w->numbers);
    cst_intern_free(w->words);
    free(w->key);
    free(w->label);
    free(w->x);
    free(w->key_begin);
    cst_buffer_free(&w->keys);
}

static const cst_metrics_use use = {begin, take, end, append};

static cst_status read_all(struct drv_reading *r, cst_error *e)
{
    int n = r->o->threads;
    cst_metrics_opts o = {.reader = r->o->reader,
                          .slot = r->slots,
                          .accounts = r->o->accounts,
                          .where = r->o->where,
                          .from = r->o->from,
                          .to = r->o->to,
                          .threads = n};
    void **each = cst_workers(n, sizeof(struct drv_worker));
    cst_status status = each ? CST_OK : cst_no_memory(e);
    for (int i = 0; status == CST_OK && i < n; i++) {
        struct drv_worker *w = each[i];
        w->r = r;
        w->words = cst_intern_new();
        status =
            w->words ? cst_metrics_numbers_init(&w->numbers, r->slot, r->s->measures, e) : cst_no_memory(e);
    }
    if (status == CST_OK) status = cst_metrics_read(&o, &use, each, r->s, &r->s->rows, e);
    for (int i = 0; each && i < n; i++) free_worker(each[i]);
    free(each);
    return status;
}

static cst_status check_enough(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    for (size_t i = 0; i < s->n; i++) s->events += s->label[i];
    char unknown[64] = "";
    if (s->unknown)
        snprintf(unknown, sizeof unknown, " %llu have an empty active,", (unsigned long long)s->unknown);
    if (s->n == 0)
        return cst_fail(
            e, CST_DATA,
            "expected rows of active accounts%s, found none: %llu are not active,%s %llu end after --as-of, "
            "%llu are left out by --where, --from or --to; %s",
            o->labels ? " whose horizon has passed" : "", (unsigned long long)s->inactive, unknown,
            (unsigned long long)s->unfinished, (unsigned long long)(s->rows.outside + s->rows.filtered),
            s->unfinished ? "give a shorter --horizon, or metrics of earlier periods" : "give more periods");
    if (s->events == 0 || s->events == s->n)
        return cst_fail(e, CST_DATA,
                        "expected rows with the outcome and rows without, found %llu of %zu with it; %s",
                        (unsigned long long)s->events, s->n,
                        o->labels ? "give a longer --horizon or another --outcome"
                                  : "give more rows, or another --label-column");
    return CST_OK;
}

cst_status drv_sample_read(const drv_sample_opts *o, drv_sample *out, cst_error *e)
{
    *out = (drv_sample){.groups = cst_intern_new()};
    struct drv_reading r = {.o = o, .s = out};
    cst_status status = cst_metrics_rows_init(&out->rows, e);
    if (status == CST_OK) status = out->groups ? bind_all(&r, e) : cst_no_memory(e);
    if (status == CST_OK) status = read_all(&r, e);
    if (status == CST_OK && !o->all_rows) drv_sample_drop_unknown(out);
    if (status == CST_OK) status = drv_sample_space(o, out, e);
    if (status == CST_OK) status = drv_sample_order(out, o->reader, e);
    if (status == CST_OK) status = drv_sample_expand(o, out, e);
    if (status == CST_OK) status = check_enough(o, out, e);
    cst_groups_free(&r.by);
    free(r.slot);
    return status;
}

void drv_sample_clear(drv_sample *s)
{
    for (size_t k = 0; s->x && k < s->measures; k++) free(s->x[k]);
    free(s->x);
    free(s->name);
    free(s->factor);
    cst_intern_free(s->words);
    free(s->name_bytes);
    free(s->label);
    free(s->group);
    cst_metrics_rows_clear(&s->rows);
    cst_intern_free(s->groups);
    *s = (drv_sample){0};
}
