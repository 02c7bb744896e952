/* sample.c: workers read numbers into rows; commit hands out ids and appends column by column. Then the
 * periods that do not count are left out, and the rows are sorted. */
#include "drivers/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

struct drv_reading {
    const drv_sample_opts *o;
    drv_sample *s;
    cst_filter *filter;
    cst_groups by;
    int account, period, active, label;
    int *slot; /* of the measures */
};

struct drv_worker {
    const struct drv_reading *r;
    cst_text *id, *key;
    cst_day *period;
    drv_sample_place *place;
    unsigned char *label;
    double *x; /* row by row */
    cst_buffer keys;
    size_t *key_begin;
    uint32_t n, room;
    uint64_t inactive, unfinished, outside, filtered;
};

static cst_status make_room(struct drv_worker *w, uint32_t rows, cst_error *e)
{
    if (rows <= w->room) return CST_OK;
    w->room = rows;
    bool ok = cst_resize(&w->id, rows, sizeof *w->id) && cst_resize(&w->key, rows, sizeof *w->key) &&
              cst_resize(&w->period, rows, sizeof *w->period) && cst_resize(&w->label, rows, 1) &&
              cst_resize(&w->place, rows, sizeof *w->place) &&
              cst_resize(&w->x, rows, w->r->s->measures * sizeof *w->x) &&
              cst_resize(&w->key_begin, rows, sizeof *w->key_begin);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status read_flag(cst_batch *b, uint32_t row, int slot, const char *name, const char *hint,
                            bool *out, cst_error *e)
{
    cst_text t = cst_text_at(b, row, slot);
    *out = cst_text_is(t, "1") || cst_text_is(t, "true");
    if (*out || cst_text_is(t, "0") || cst_text_is(t, "false")) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), name, "expected 0 or 1, found \"%.*s\"; %s",
                       (int)t.n, t.p, hint);
}

/* Whether the row may count at all, from its period and state. */
static cst_status screen_row(struct drv_worker *w, cst_batch *b, uint32_t row, bool *keep, cst_error *e)
{
    const struct drv_reading *r = w->r;
    const drv_sample_opts *o = r->o;
    cst_day *p = &w->period[w->n];
    *keep = false;
    *p = CST_DAY_NONE;
    cst_status status = cst_day_at(b, row, r->period, p, e);
    if (status < 0) return status;
    if (status == CST_END && r->period >= 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, r->period), "period",
                           "expected a date, found none; every row needs its period");
    if ((o->from != CST_DAY_NONE && *p < o->from) || (o->to != CST_DAY_NONE && *p > o->to))
        return w->outside++, CST_OK;
    bool active = true;
    if (r->active >= 0 &&
        (status = read_flag(b, row, r->active, "active", "it says whether the account pays", &active, e)))
        return status;
    bool wanted = true;
    if (r->filter && (status = cst_filter_row(r->filter, b, row, &wanted, e)) < 0) return status;
    if (!wanted) return w->filtered++, CST_OK;
    if (!active) return w->inactive++, CST_OK;
    if (o->labels && cst_day_plus(*p, o->horizon) > o->as_of) return w->unfinished++, CST_OK;
    *keep = true;
    return CST_OK;
}

static cst_status read_row(struct drv_worker *w, cst_batch *b, uint32_t row, bool *taken, cst_error *e)
{
    const struct drv_reading *r = w->r;
    cst_status status = screen_row(w, b, row, taken, e);
    if (status != CST_OK || !*taken) return status;
    *taken = false;
    cst_text id = cst_text_at(b, row, r->account);
    if (id.n == 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, r->account), "account_id",
                           "expected a value, found none; every row needs one");
    double *x = w->x + (size_t)w->n * r->s->measures;
    for (size_t k = 0; k < r->s->measures; k++) {
        x[k] = NAN;
        if ((status = cst_number_at(b, row, r->slot[k], &x[k], e)) < 0) return status;
    }
    bool label = false;
    if (r->o->labels) {
        label = drv_labels_within(r->o->labels, id, w->period[w->n],
                                  cst_day_plus(w->period[w->n], r->o->horizon));
    } else if ((status = read_flag(b, row, r->label, r->o->label_column, "a label says whether it happened",
                                   &label, e))) {
        return status;
    }
    w->label[w->n] = label;
    w->place[w->n] = (drv_sample_place){.file = cst_batch_file(b) & ((UINT64_C(1) << 22) - 1),
                                        .line = cst_line_at(b, row) & ((UINT64_C(1) << 42) - 1)};
    w->id[w->n] = id;
    w->key_begin[w->n] = w->keys.n;
    uint32_t account = r->by.of_accounts ? cst_accounts_find(r->o->accounts, id) : CST_ACCOUNT_NONE;
    for (size_t i = 0; i < r->by.n; i++) {
        cst_text v = cst_groups_value(&r->by, i, b, row, r->o->accounts, account);
        cst_buffer_add(&w->keys, v.p, v.n);
        cst_buffer_add_char(&w->keys, '\0');
    }
    *taken = true;
    return w->keys.failed ? cst_no_memory(e) : CST_OK;
}

static cst_status work(void *worker, cst_batch *b, cst_error *e)
{
    struct drv_worker *w = worker;
    uint32_t rows = cst_batch_rows(b);
    w->n = 0;
    w->inactive = w->unfinished = w->outside = w->filtered = 0;
    cst_buffer_clear(&w->keys);
    cst_status status = make_room(w, rows, e);
    for (uint32_t row = 0; status == CST_OK && row < rows; row++) {
        if (cst_row_rejected(b, row)) continue;
        cst_error why;
        bool taken;
        cst_status bad = read_row(w, b, row, &taken, &why);
        if (bad < 0) {
            if (e) *e = why;
            status = bad == CST_DATA ? cst_row_reject(b, row, &why) : bad;
        } else {
            w->n += taken;
        }
    }
    for (uint32_t i = 0; i < w->n; i++) {
        size_t end = i + 1 < w->n ? w->key_begin[i + 1] : w->keys.n;
        w->key[i] = (cst_text){w->keys.p + w->key_begin[i], (uint32_t)(end - w->key_begin[i])};
    }
    return status;
}

static cst_status reserve(drv_sample *s, size_t more, cst_error *e)
{
    if (s->n + more <= s->room) return CST_OK;
    if (s->n + more >= UINT32_MAX) return cst_fail(e, CST_LIMIT, "expected fewer than 2^32 rows, found more");
    size_t room = cst_room_for(s->room, s->n + more);
    bool ok = cst_resize(&s->label, room, 1) && cst_resize(&s->account, room, sizeof *s->account) &&
              cst_resize(&s->group, room, sizeof *s->group) &&
              cst_resize(&s->period, room, sizeof *s->period) &&
              cst_resize(&s->place, room, sizeof *s->place);
    for (size_t k = 0; ok && k < s->measures; k++) ok = cst_resize(&s->x[k], room, sizeof *s->x[k]);
    if (ok) s->room = room;
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    struct drv_worker *w = worker;
    drv_sample *s = ((struct drv_reading *)shared)->s;
    (void)b;
    s->inactive += w->inactive;
    s->unfinished += w->unfinished;
    s->outside += w->outside;
    s->filtered += w->filtered;
    if (w->n == 0) return CST_OK;
    cst_status status = reserve(s, w->n, e);
    if (status != CST_OK) return status;
    if (!cst_intern_ids(s->accounts, w->id, s->account + s->n, w->n) ||
        !cst_intern_ids(s->groups, w->key, s->group + s->n, w->n))
        return cst_no_memory(e);
    memcpy(s->label + s->n, w->label, w->n);
    memcpy(s->period + s->n, w->period, w->n * sizeof *w->period);
    memcpy(s->place + s->n, w->place, w->n * sizeof *w->place);
    for (size_t k = 0; k < s->measures; k++)
        for (uint32_t i = 0; i < w->n; i++) s->x[k][s->n + i] = w->x[(size_t)i * s->measures + k];
    s->n += w->n;
    return CST_OK;
}

static cst_status bind_all(struct drv_reading *r, cst_error *e)
{
    const drv_sample_opts *o = r->o;
    enum cst_need period = o->labels ? CST_REQUIRED : CST_OPTIONAL;
    cst_status status = cst_reader_bind(o->reader, "account_id", CST_REQUIRED, &r->account, e);
    if (status == CST_OK) status = cst_reader_bind(o->reader, "period", period, &r->period, e);
    if (status == CST_OK) status = cst_reader_bind(o->reader, "active", CST_OPTIONAL, &r->active, e);
    r->label = -1;
    if (status == CST_OK && o->label_column)
        status = cst_reader_bind(o->reader, o->label_column, CST_REQUIRED, &r->label, e);
    if (status == CST_OK) status = cst_groups_resolve(o->by, o->reader, o->accounts, &r->by, e);
    if (status == CST_OK) status = drv_sample_measures(o, &r->by, r->s, &r->slot, e);
    cst_filter_opts f = {.accounts = o->accounts};
    if (status == CST_OK && o->where) status = cst_filter_open(o->where, o->reader, &f, &r->filter, e);
    r->s->group_columns = (uint32_t)r->by.n;
    return status;
}

static void free_worker(struct drv_worker *w)
{
    free(w->id);
    free(w->key);
    free(w->period);
    free(w->place);
    free(w->label);
    free(w->x);
    free(w->key_begin);
    cst_buffer_free(&w->keys);
}

static cst_status read_all(struct drv_reading *r, cst_error *e)
{
    int n = r->o->threads;
    void **each = cst_workers(n, sizeof(struct drv_worker));
    if (!each) return cst_no_memory(e);
    for (int i = 0; i < n; i++) ((struct drv_worker *)each[i])->r = r;
    cst_status status = cst_run(r->o->reader, n, work, each, commit, r, e);
    for (int i = 0; i < n; i++) free_worker(each[i]);
    free(each);
    return status;
}

static cst_status check_enough(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    for (size_t i = 0; i < s->n; i++) s->events += s->label[i];
    if (s->n == 0)
        return cst_fail(
            e, CST_DATA,
            "expected rows of active accounts%s, found none: %llu are not active, %llu end after --as-of, "
            "%llu are left out by --where, --from or --to; %s",
            o->labels ? " whose horizon has passed" : "", (unsigned long long)s->inactive,
            (unsigned long long)s->unfinished, (unsigned long long)(s->outside + s->filtered),
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
    *out = (drv_sample){.accounts = cst_intern_new(), .groups = cst_intern_new()};
    struct drv_reading r = {.o = o, .s = out};
    cst_status status = out->accounts && out->groups ? bind_all(&r, e) : cst_no_memory(e);
    if (status == CST_OK) status = read_all(&r, e);
    if (status == CST_OK) status = drv_sample_space(o, out, e);
    if (status == CST_OK) status = drv_sample_order(out, o->reader, e);
    if (status == CST_OK) status = check_enough(o, out, e);
    cst_filter_free(r.filter);
    cst_groups_free(&r.by);
    free(r.slot);
    return status;
}

void drv_sample_clear(drv_sample *s)
{
    for (size_t k = 0; s->x && k < s->measures; k++) free(s->x[k]);
    free(s->x);
    free(s->name);
    free(s->name_bytes);
    free(s->label);
    free(s->account);
    free(s->group);
    free(s->period);
    free(s->place);
    cst_intern_free(s->accounts);
    cst_intern_free(s->groups);
    *s = (drv_sample){0};
}
