/* subjects_table.c: subjects from any table with a column of durations and one of events. Each thread
 * counts its batches into tallies of its own, which are added up at the end: memory does not grow with the
 * rows. Only a regression needs the rows; they are then kept in input order, so that its sums are the same
 * with any number of threads. */
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cohort/subjects.h"
#include "read/rows.h"
#include <stdlib.h>
#include <string.h>

typedef struct table_plan {
    cohort_input *in;
    cohort_subjects *all;
    int duration, event, entry; /* slots; entry -1: none */
    const char *wanted;         /* the value that means an event; NULL: the column holds 0 and 1 */
} table_plan;

typedef struct table_worker {
    const table_plan *plan;
    cohort_keys keys;
    cohort_tallies tallies;
    cst_intern *words;   /* of factors */
    cohort_subjects row; /* a regression: of the batch in hand; groups and levels by the worker's ids */
    uint32_t *group_map, *level_map; /* worker's ids to those of all, CST_INTERN_NONE: not asked yet */
    size_t groups, levels;           /* room of these */
    double *x;
    uint64_t used, filtered; /* rows; filtered: that --where leaves out */
} table_worker;

/* COLUMN or COLUMN=VALUE; a column whose name has the sign is taken for what it is. */
static cst_status bind_event(table_plan *p, cst_error *e)
{
    const char *given = p->in->o->event, *sign = strchr(given, '=');
    if (!sign || cst_reader_has(p->in->reader, given))
        return cst_reader_bind(p->in->reader, given, CST_REQUIRED, &p->event, e);
    if (!sign[1])
        return cst_fail(e, CST_USAGE,
                        "--event: expected COLUMN=VALUE, found \"%s\" without a value; a missing value is no "
                        "event that could be named",
                        given);
    char *name = strndup(given, (size_t)(sign - given));
    if (!name) return cst_no_memory(e);
    p->wanted = sign + 1;
    cst_status status = cst_reader_bind(p->in->reader, name, CST_REQUIRED, &p->event, e);
    free(name);
    return status;
}

static cst_status read_duration(const table_plan *p, cst_batch *b, uint32_t row, double *out, cst_error *e)
{
    cst_status status = cst_number_at(b, row, p->duration, out, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->duration), p->in->o->duration,
                           "expected a duration, found none; leave such rows out with --where");
    if (status == CST_OK && *out < 0) {
        cst_text t = cst_text_at(b, row, p->duration);
        return cst_fail_at(
            e, CST_DATA, cst_place_at(b, row, p->duration), p->in->o->duration,
            "expected a duration of 0 or more, found %.*s; correct it, or leave such rows out with "
            "--where",
            (int)t.n, t.p);
    }
    if (status == CST_OK && *out == 0) *out = 0; /* -0 is 0 */
    return status;
}

/* *out: below 0 where the row was seen from the beginning. */
static cst_status read_entry(const table_plan *p, cst_batch *b, uint32_t row, double duration, double *out,
                             cst_error *e)
{
    *out = -1;
    if (p->entry < 0) return CST_OK;
    cst_status status = cst_number_at(b, row, p->entry, out, e);
    cst_place place = cst_place_at(b, row, p->entry);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, place, p->in->o->entry,
                           "expected the duration from which on the row was seen, found none; 0 is from the "
                           "beginning");
    if (status != CST_OK) return status;
    cst_text t = cst_text_at(b, row, p->entry);
    if (*out < 0)
        return cst_fail_at(e, CST_DATA, place, p->in->o->entry, "expected an entry of 0 or more, found %.*s",
                           (int)t.n, t.p);
    if (!(duration - *out > 0x1p-26)) /* times that differ by less are one: cst_survival_ties */
        return cst_fail_at(
            e, CST_DATA, place, p->in->o->entry,
            "expected an entry before the duration %g, found %.*s; such a row was never seen at "
            "risk: correct it, or leave it out with --where",
            duration, (int)t.n, t.p);
    if (*out == 0) *out = -1;
    return CST_OK;
}

static cst_status read_event(const table_plan *p, cst_batch *b, uint32_t row, bool *out, cst_error *e)
{
    cst_text t = cst_text_at(b, row, p->event);
    if (p->wanted && t.n > 0) {
        *out = cst_text_is(t, p->wanted);
        return CST_OK;
    }
    if (t.n == 1 && (t.p[0] == '0' || t.p[0] == '1')) {
        *out = t.p[0] == '1';
        return CST_OK;
    }
    if (cst_bool_word(t, out)) return CST_OK;
    cst_place place = cst_place_at(b, row, p->event);
    if (t.n == 0)
        return cst_fail_at(e, CST_DATA, place, p->in->o->event,
                           "expected whether it happened, found none; leave such rows out with --where");
    return cst_fail_at(
        e, CST_DATA, place, p->in->o->event,
        "expected 1 (it happened) or 0 (not yet), found \"%.*s\"; name the value that means it "
        "happened: --event %s=VALUE",
        (int)t.n, t.p, p->in->o->event);
}

static cst_status read_covariate(table_worker *w, cst_batch *b, uint32_t row, uint32_t account, size_t i,
                                 double *out, cst_error *e)
{
    const table_plan *p = w->plan;
    const cohort_covariates *c = &p->all->covariates;
    cst_text t = cst_groups_value(&c->columns, i, b, row, p->in->subjects.accounts, account);
    const cst_joined *column = &c->columns.column[i];
    cst_place place = column->from == CST_FROM_ROW ? cst_place_at(b, row, column->column)
                      : account == CST_ACCOUNT_NONE
                          ? cst_place_at(b, row, p->in->account_slot)
                          : cst_accounts_place(p->in->subjects.accounts, account, column->column);
    if (t.n == 0)
        return cst_fail_at(e, CST_DATA, place, c->columns.name[i],
                           "expected a value for --cox, found none; leave such rows out with --where");
    if (c->factor[i]) {
        uint32_t id = cst_intern_id(w->words, t);
        *out = id;
        return id == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
    }
    if (cst_number_parse(t, out)) return CST_OK;
    return cst_fail_at(
        e, CST_DATA, place, c->columns.name[i],
        "expected a number, found \"%.*s\"; if the column holds words, name it in --factors too",
        t.n > 60 ? 60 : (int)t.n, t.p);
}

static cst_status read_covariates(table_worker *w, cst_batch *b, uint32_t row, cst_error *e)
{
    const cohort_input *in = w->plan->in;
    const cst_groups *g = &w->plan->all->covariates.columns;
    uint32_t account = CST_ACCOUNT_NONE;
    cst_status status = CST_OK;
    if (g->of_accounts)
        account = cst_accounts_find(in->subjects.accounts,
                                    cst_identity_rename(in->subjects.identity, CST_ID_ACCOUNT,
                                                        cst_text_at(b, row, in->account_slot)));
    for (size_t i = 0; i < g->n && status == CST_OK; i++)
        status = read_covariate(w, b, row, account, i, &w->x[i], e);
    return status;
}

static cst_status take_row(void *worker, cst_batch *b, uint32_t row, cst_error *e)
{
    table_worker *w = worker;
    double duration = 0, entry = -1;
    bool event = false, use = true;
    cst_status status = CST_OK;
    if (w->plan->in->filter) status = cst_filter_row(w->plan->in->filter, b, row, &use, e);
    w->filtered += !use;
    if (status != CST_OK || !use) return status;
    status = read_duration(w->plan, b, row, &duration, e);
    if (status == CST_OK) status = read_event(w->plan, b, row, &event, e);
    if (status == CST_OK) status = read_entry(w->plan, b, row, duration, &entry, e);
    if (status != CST_OK) return status;
    uint32_t group = w->keys.id[row];
    bool ok;
    if (w->x) {
        status = read_covariates(w, b, row, e);
        if (status != CST_OK) return status;
        ok = cohort_subjects_append(&w->row, entry, duration, event, group, w->x);
    } else {
        cohort_tally *t = cohort_tallies_at(&w->tallies, group);
        ok = t && cohort_tally_add(t, duration, event, 1) && (entry < 0 || cohort_tally_enter(t, entry, 1));
    }
    w->used++;
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status work(void *worker, cst_batch *b, cst_error *e)
{
    table_worker *w = worker;
    w->row.rows = 0;
    cst_status status = cohort_keys_take(&w->keys, w->plan->in, b, e);
    return status == CST_OK ? cst_batch_each(b, take_row, w, e) : status;
}

/* The id of all for a worker's id; maps grow as the worker's interner does. */
static uint32_t translate(uint32_t **map, size_t *n, const cst_intern *from, uint32_t id, cst_intern *to)
{
    size_t known = *n;
    if (!cst_grow(map, n, id + 1, sizeof **map)) return CST_INTERN_NONE;
    for (; known < *n; known++) (*map)[known] = CST_INTERN_NONE;
    if ((*map)[id] == CST_INTERN_NONE) (*map)[id] = cst_intern_id(to, cst_intern_text(from, id));
    return (*map)[id];
}

/* In input order: the batch's rows go behind those before. */
static cst_status commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    table_worker *w = worker;
    cohort_subjects *all = shared;
    const cohort_covariates *c = &all->covariates;
    (void)b;
    for (size_t row = 0; row < w->row.rows; row++) {
        uint32_t group = translate(&w->group_map, &w->groups, w->keys.names, w->row.group[row], all->groups);
        bool ok = group != CST_INTERN_NONE;
        for (size_t i = 0; i < c->columns.n && ok; i++) {
            w->x[i] = w->row.x[i][row];
            if (!c->factor[i]) continue;
            uint32_t level = translate(&w->level_map, &w->levels, w->words, (uint32_t)w->x[i], all->levels);
            ok = level != CST_INTERN_NONE;
            w->x[i] = level;
        }
        if (!ok || !cohort_subjects_append(all, w->row.entry[row], w->row.time[row], w->row.event[row] != 0,
                                           group, w->x))
            return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status init_worker(table_worker *w, const table_plan *p, cst_error *e)
{
    size_t n = p->all->covariates.columns.n;
    w->plan = p;
    cst_status status = cohort_keys_init(&w->keys, e);
    if (status != CST_OK || n == 0) return status;
    w->words = cst_intern_new();
    w->x = calloc(n, sizeof *w->x);
    w->row.covariates.columns.n = n;
    return w->words && w->x ? CST_OK : cst_no_memory(e);
}

static void free_worker(table_worker *w)
{
    cohort_subjects_free_rows(&w->row);
    cohort_keys_free(&w->keys);
    cohort_tallies_free(&w->tallies);
    cst_intern_free(w->words);
    free(w->group_map);
    free(w->level_map);
    free(w->x);
}

static void tell_counts(const cohort_input *in, void *const worker[])
{
    cst_manifest *m = cst_io_manifest(in->io);
    uint64_t used = 0, filtered = 0;
    for (int i = 0; i < in->threads; i++) {
        const table_worker *w = worker[i];
        used += w->used;
        filtered += w->filtered;
    }
    cst_manifest_count(m, "rows", NULL, "used", used);
    cst_manifest_count(m, "rows", NULL, "left out by --where", filtered);
}

static cst_status run_workers(const table_plan *p, void *const worker[], cst_error *e)
{
    int n = p->in->threads;
    cst_status status = CST_OK;
    for (int i = 0; i < n && status == CST_OK; i++) status = init_worker(worker[i], p, e);
    bool rows = p->all->covariates.columns.n > 0;
    if (status == CST_OK) status = cst_run(p->in->reader, n, work, worker, rows ? commit : NULL, p->all, e);
    for (int i = 0; i < n && status == CST_OK && !rows; i++) {
        const table_worker *w = worker[i];
        if (!cohort_tallies_merge(&p->all->tallies, p->all->groups, &w->tallies, w->keys.names))
            status = cst_no_memory(e);
    }
    if (status == CST_OK) tell_counts(p->in, worker);
    for (int i = 0; i < n; i++) free_worker(worker[i]);
    return status;
}

cst_status cohort_subjects_of_table(cohort_subjects *s, cohort_input *in, cst_error *e)
{
    table_plan p = {.in = in, .all = s, .entry = -1};
    cst_status status = cohort_covariates_resolve(&s->covariates, in, e);
    if (status == CST_OK) status = cst_reader_bind(in->reader, in->o->duration, CST_REQUIRED, &p.duration, e);
    if (status == CST_OK) status = bind_event(&p, e);
    if (status == CST_OK && in->o->entry)
        status = cst_reader_bind(in->reader, in->o->entry, CST_REQUIRED, &p.entry, e);
    if (status != CST_OK) return status;
    void **worker = cst_workers(in->threads, sizeof(table_worker));
    status = worker ? run_workers(&p, worker, e) : cst_no_memory(e);
    free(worker);
    return status;
}
