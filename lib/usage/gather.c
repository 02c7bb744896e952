/* gather.c: see gather.h. */
#include "usage/gather.h"
#include "base/date.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "read/rows.h"
#include <stdlib.h>
#include <string.h>

typedef struct gatherer {
    const usage_plan *plan;
    usage_crowd crowd;
    cst_intern *events; /* names as they stand */
    struct meaning {
        bool known;
        uint32_t row;     /* of the feature table */
        uint32_t feature; /* of the crowd, + 1; 0: not yet */
        usage_kind kind;
        uint32_t steps; /* of a funnel: a bit for each step that it is */
        bool product;   /* it is use of the product */
    } * meaning;        /* by event */
    size_t meanings;
    /* of the batch under way */
    cst_buffer keys; /* names of users, joined */
    struct waiting {
        size_t key;
        uint32_t n, meaning;
        cst_instant at;
    } * waiting;
    size_t n_waiting, waiting_room;
    cst_text *name; /* scratch: by waiting, the user's name and id */
    uint32_t *id;
    size_t id_room;
    cst_text account, user; /* of the row before, */
    cst_text key;           /* and where its name is in `keys` */
    size_t key_at;
} gatherer;

/* ---- crowds ---- */

cst_status usage_crowd_init(usage_crowd *c, cst_error *e)
{
    *c = (usage_crowd){.names = cst_intern_new(),
                       .features = cst_intern_new(),
                       .index = cst_map_new(),
                       .bits = cst_arena_new(),
                       .begin = CST_DAY_NONE,
                       .latest = CST_DAY_NONE};
    return c->names && c->features && c->index && c->bits ? CST_OK : cst_no_memory(e);
}

void usage_crowd_free(usage_crowd *c)
{
    for (size_t i = 0; i < c->users; i++) free(c->user[i].stretch);
    cst_intern_free(c->names);
    cst_intern_free(c->features);
    cst_map_free(c->index);
    cst_arena_free(c->bits);
    free(c->user);
    free(c->use);
    free(c->moment);
}

/* A record for each name that has come up. */
static bool reach_users(usage_crowd *c)
{
    size_t n = cst_intern_count(c->names);
    if (!cst_grow(&c->user, &c->user_room, n, sizeof *c->user)) return false;
    for (; c->users < n; c->users++) {
        cst_text kept = cst_intern_text(c->names, (uint32_t)c->users);
        c->user[c->users] = (usage_user){.account = cst_label_part(kept, 0),
                                         .id = cst_label_part(kept, 1),
                                         .first = CST_DAY_NONE,
                                         .last = CST_DAY_NONE};
    }
    return true;
}

/* The user of a joined name; CST_INTERN_NONE: out of memory. */
static uint32_t find_user(usage_crowd *c, cst_text name)
{
    uint32_t id = cst_intern_id(c->names, name);
    return id != CST_INTERN_NONE && reach_users(c) ? id : CST_INTERN_NONE;
}

static usage_use *find_use(usage_crowd *c, uint32_t user, uint32_t feature)
{
    bool fresh;
    uint32_t *at = cst_map_at(c->index, cst_map_pair(user, feature), &fresh);
    if (!at) return NULL;
    if (fresh) {
        if (!cst_grow(&c->use, &c->use_room, c->uses + 1, sizeof *c->use)) return NULL;
        c->use[c->uses++] = (usage_use){.user = user,
                                        .feature = feature,
                                        .first = CST_DAY_NONE,
                                        .second = CST_DAY_NONE,
                                        .last = CST_DAY_NONE};
        *at = (uint32_t)c->uses;
    }
    return &c->use[*at - 1];
}

/* ---- days ---- */

static int32_t word_of(cst_day d)
{
    return d >= 0 ? d / 64 : -((63 - d) / 64);
}

/* Makes the words from `low` to before `end`. */
static bool reach(usage_crowd *c, usage_days *d, int32_t low, int32_t end)
{
    int32_t now = d->low + (int32_t)d->words;
    if (d->words && low >= d->low && end <= now) return true;
    if (d->words && low > d->low) low = d->low;
    if (d->words && end < now) end = now;
    if (d->words) { /* half as much more, on the side that grows */
        int32_t more = (int32_t)(d->words / 2);
        if (low < d->low) low -= more;
        if (end > now) end += more;
    }
    uint64_t *bits = cst_arena_alloc(c->bits, (size_t)(end - low) * sizeof *bits);
    if (!bits) return false;
    if (d->words) memcpy(bits + (d->low - low), d->bits, d->words * sizeof *bits);
    *d = (usage_days){low, (uint32_t)(end - low), bits};
    return true;
}

static bool add_day(usage_crowd *c, usage_days *d, cst_day day)
{
    int32_t word = word_of(day);
    if (!reach(c, d, word, word + 1)) return false;
    d->bits[word - d->low] |= UINT64_C(1) << (day - word * 64);
    return true;
}

/* The bits of a word that lie in (from, to]. */
static uint64_t bits_in(const usage_days *d, int32_t word, cst_day from, cst_day to)
{
    uint64_t bits = d->bits[word - d->low];
    int64_t first = (int64_t)from + 1 - (int64_t)word * 64, last = (int64_t)to - (int64_t)word * 64;
    if (first > 0) bits &= first > 63 ? 0 : UINT64_MAX << first;
    if (last < 63) bits &= last < 0 ? 0 : UINT64_MAX >> (63 - last);
    return bits;
}

uint32_t usage_days_count(const usage_days *d, cst_day from, cst_day to)
{
    uint32_t n = 0;
    int32_t first = word_of(from + 1), last = word_of(to);
    if (first < d->low) first = d->low;
    for (int32_t w = first; w <= last && w < d->low + (int32_t)d->words; w++)
        n += (uint32_t)__builtin_popcountll(bits_in(d, w, from, to));
    return n;
}

bool usage_days_any(const usage_days *d, cst_day from, cst_day to)
{
    int32_t first = word_of(from + 1), last = word_of(to);
    if (first < d->low) first = d->low;
    for (int32_t w = first; w <= last && w < d->low + (int32_t)d->words; w++)
        if (bits_in(d, w, from, to)) return true;
    return false;
}

/* ---- sessions ---- */

/* Adds a stretch of use: it is joined with those that are less than the gap away. Mostly it is the last. */
static bool add_stretch(usage_user *u, usage_stretch s, cst_instant gap)
{
    uint32_t at = u->stretches, end;
    while (at > 0 && u->stretch[at - 1].from > s.from) at--; /* the first that begins later */
    if (at > 0 && s.from - u->stretch[at - 1].to < gap) {
        at--;
        s.from = u->stretch[at].from;
        if (u->stretch[at].to > s.to) s.to = u->stretch[at].to;
        end = at + 1;
    } else {
        end = at;
    }
    while (end < u->stretches && u->stretch[end].from - s.to < gap) {
        if (u->stretch[end].to > s.to) s.to = u->stretch[end].to;
        end++;
    }
    if (end == at) { /* a new one */
        size_t room = u->stretch_room;
        if (!cst_grow(&u->stretch, &room, u->stretches + 1, sizeof *u->stretch)) return false;
        u->stretch_room = (uint32_t)room;
        memmove(u->stretch + at + 1, u->stretch + at, (u->stretches - at) * sizeof *u->stretch);
        u->stretches++;
    } else {
        memmove(u->stretch + at + 1, u->stretch + end, (u->stretches - end) * sizeof *u->stretch);
        u->stretches -= end - at - 1;
    }
    u->stretch[at] = s;
    return true;
}

/* ---- uses ---- */

static void add_use_day(usage_use *x, cst_day day)
{
    if (x->first == CST_DAY_NONE) {
        x->first = x->last = day;
        return;
    }
    if (day < x->first) {
        x->second = x->first;
        x->first = day;
    } else if (day > x->first && (x->second == CST_DAY_NONE || day < x->second)) {
        x->second = day;
    }
    if (day > x->last) x->last = day;
}

static bool add_use(gatherer *g, uint32_t user, const struct meaning *m, cst_day day)
{
    usage_use *x = find_use(&g->crowd, user, m->feature);
    if (!x) return false;
    x->errors += m->kind == USAGE_ERROR;
    x->tickets += m->kind == USAGE_TICKET;
    if (m->kind == USAGE_ERROR || m->kind == USAGE_TICKET) return true;
    x->uses++;
    add_use_day(x, day);
    return true;
}

static bool add_moment(usage_crowd *c, usage_moment m)
{
    if (!cst_grow(&c->moment, &c->moment_room, c->moments + 1, sizeof *c->moment)) return false;
    c->moment[c->moments++] = m;
    return true;
}

/* ---- rows ---- */

static usage_kind kind_of(const usage_plan *p, uint32_t row)
{
    static const char *const words[] = {"use", "error", "ticket", "start", "finish"};
    if (row == CST_FEATURE_NONE || p->kind_at < 0) return USAGE_USE;
    cst_text kind = cst_table_at(cst_features_table(p->features), row, p->kind_at);
    for (int k = 1; k < 5; k++)
        if (cst_text_is(kind, words[k])) return (usage_kind)k;
    return USAGE_USE;
}

/* What an event means, looked up once for each name. NULL: out of memory. */
static struct meaning *find_meaning(gatherer *g, cst_text event)
{
    const usage_plan *p = g->plan;
    uint32_t id = cst_intern_id(g->events, event);
    if (id == CST_INTERN_NONE ||
        !cst_grow_zeroed(&g->meaning, &g->meanings, (size_t)id + 1, sizeof *g->meaning))
        return NULL;
    struct meaning *m = &g->meaning[id];
    if (m->known) return m;
    m->row = cst_features_find(p->features, event);
    m->kind = kind_of(p, m->row);
    m->product = cst_features_is_use(p->features, event);
    for (size_t k = 0; k < p->steps; k++)
        if (cst_text_equal(p->step[k], event)) m->steps |= UINT32_C(1) << k;
    m->known = true;
    return m;
}

/* The feature, which the crowd has from the first event that is taken on. false: out of memory. */
static bool find_feature(gatherer *g, struct meaning *m, cst_text event)
{
    const usage_plan *p = g->plan;
    if (m->feature) return true;
    cst_text name = m->row != CST_FEATURE_NONE && p->name_at >= 0
                        ? cst_table_at(cst_features_table(p->features), m->row, p->name_at)
                        : (cst_text){"", 0};
    uint32_t feature = cst_intern_id(g->crowd.features, name.n ? name : event);
    m->feature = feature + 1;
    return feature != CST_INTERN_NONE;
}

static bool take_event(gatherer *g, uint32_t user, const struct meaning *m, cst_instant at)
{
    const usage_plan *p = g->plan;
    usage_crowd *c = &g->crowd;
    usage_user *u = &c->user[user];
    cst_day day = cst_instant_day(at);
    struct meaning its = *m;
    its.feature--;
    for (size_t k = 0; k < p->steps; k++)
        if ((m->steps >> k & 1) && !add_moment(c, (usage_moment){user, (uint32_t)k, at, USAGE_USE}))
            return false;
    if (p->uses && !add_use(g, user, &its, day)) return false;
    if (p->flows && (m->kind == USAGE_START || m->kind == USAGE_FINISH) &&
        !add_moment(c, (usage_moment){user, its.feature, at, m->kind}))
        return false;
    if (m->kind == USAGE_TICKET) return true;
    u->uses++;
    if (u->first == CST_DAY_NONE || day < u->first) u->first = day;
    if (u->last == CST_DAY_NONE || day > u->last) u->last = day;
    if (c->begin == CST_DAY_NONE || day < c->begin) c->begin = day;
    if (c->latest == CST_DAY_NONE || day > c->latest) c->latest = day;
    if (!add_day(c, &u->days, day)) return false;
    return !p->sessions || add_stretch(u, (usage_stretch){at, at}, p->gap);
}

/* An event that counts waits until the whole batch is read, so that its users are looked up together. */
static cst_status wait_for(gatherer *g, cst_text account, cst_text user, struct meaning *m, cst_instant at,
                           cst_error *e)
{
    if (!g->user.p || !cst_text_equal(account, g->account) || !cst_text_equal(user, g->user)) {
        size_t start = g->keys.n;
        cst_label_add(&g->keys, 0, cst_subjects_of(g->plan->subjects, account));
        cst_label_add(&g->keys, 1, user);
        if (g->keys.failed) return cst_no_memory(e);
        g->key = (cst_text){NULL, (uint32_t)(g->keys.n - start)};
        g->key_at = start;
        g->account = account;
        g->user = user;
    }
    if (!cst_grow(&g->waiting, &g->waiting_room, g->n_waiting + 1, sizeof *g->waiting))
        return cst_no_memory(e);
    g->waiting[g->n_waiting++] = (struct waiting){g->key_at, g->key.n, (uint32_t)(m - g->meaning), at};
    return CST_OK;
}

static cst_status read_row(void *worker, cst_batch *b, uint32_t row, cst_error *e)
{
    gatherer *g = worker;
    const usage_plan *p = g->plan;
    usage_crowd *c = &g->crowd;
    bool use = true;
    cst_instant at;
    cst_status status = p->filter ? cst_filter_row(p->filter, b, row, &use, e) : CST_OK;
    if (status != CST_OK) return status;
    if (!use) {
        c->filtered++;
        return CST_OK;
    }
    status = cst_instant_at(b, row, p->time, &at, e);
    cst_text account = cst_text_at(b, row, p->account), user = cst_text_at(b, row, p->user),
             event = cst_text_at(b, row, p->event);
    if (status == CST_END || account.n == 0 || event.n == 0) {
        const int slot = status == CST_END ? p->time : account.n == 0 ? p->account : p->event;
        const char *name = status == CST_END ? "event_time" : account.n == 0 ? "account_id" : "event";
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), name,
                           "expected a value, found none; leave such rows out with --where");
    }
    if (status < 0) return status;
    struct meaning *m = find_meaning(g, event);
    if (!m) return cst_no_memory(e);
    if (cst_instant_day(at) > p->o->periodic.as_of) {
        c->after++;
    } else if (!m->product) {
        c->other++;
    } else if (user.n == 0) {
        c->nameless++;
    } else {
        if (!find_feature(g, m, event)) return cst_no_memory(e);
        c->rows++;
        return wait_for(g, account, user, m, at, e);
    }
    return CST_OK;
}

enum { AHEAD = 16 }; /* users whose record is fetched before it is wanted */

static cst_status take_waiting(gatherer *g, cst_error *e)
{
    size_t n = g->n_waiting, room = g->id_room;
    if (!cst_grow(&g->id, &g->id_room, n + 1, sizeof *g->id) ||
        !cst_grow(&g->name, &room, n + 1, sizeof *g->name))
        return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) g->name[i] = (cst_text){g->keys.p + g->waiting[i].key, g->waiting[i].n};
    if (!cst_intern_ids(g->crowd.names, g->name, g->id, (uint32_t)n) || !reach_users(&g->crowd))
        return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&g->crowd.user[g->id[i + AHEAD]]);
        if (i + AHEAD / 2 < n) __builtin_prefetch(g->crowd.user[g->id[i + AHEAD / 2]].days.bits);
        if (!take_event(g, g->id[i], &g->meaning[g->waiting[i].meaning], g->waiting[i].at))
            return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status work(void *worker, cst_batch *b, cst_error *e)
{
    gatherer *g = worker;
    g->user = (cst_text){NULL, 0};
    g->n_waiting = 0;
    cst_buffer_clear(&g->keys);
    cst_status status = cst_batch_each(b, read_row, g, e);
    return status == CST_OK ? take_waiting(g, e) : status;
}

/* ---- one crowd of all ---- */

static bool merge_user(usage_crowd *into, uint32_t id, const usage_user *from, cst_instant gap)
{
    usage_user *u = &into->user[id];
    const usage_days *d = &from->days;
    u->uses += from->uses;
    if (from->first != CST_DAY_NONE && (u->first == CST_DAY_NONE || from->first < u->first))
        u->first = from->first;
    if (from->last != CST_DAY_NONE && (u->last == CST_DAY_NONE || from->last > u->last)) u->last = from->last;
    if (d->words && !reach(into, &u->days, d->low, d->low + (int32_t)d->words)) return false;
    for (uint32_t w = 0; w < d->words; w++) u->days.bits[d->low + (int32_t)w - u->days.low] |= d->bits[w];
    for (uint32_t i = 0; i < from->stretches; i++)
        if (!add_stretch(u, from->stretch[i], gap)) return false;
    return true;
}

static bool merge_uses(usage_crowd *into, const usage_crowd *from, const uint32_t *user,
                       const uint32_t *feature)
{
    for (size_t i = 0; i < from->uses; i++) {
        const usage_use *x = &from->use[i];
        usage_use *to = find_use(into, user[x->user], feature[x->feature]);
        if (!to) return false;
        to->uses += x->uses;
        to->errors += x->errors;
        to->tickets += x->tickets;
        if (x->first != CST_DAY_NONE) add_use_day(to, x->first);
        if (x->second != CST_DAY_NONE) add_use_day(to, x->second);
        if (x->last != CST_DAY_NONE) add_use_day(to, x->last);
    }
    return true;
}

static bool merge_crowd(usage_crowd *into, const usage_crowd *from, const usage_plan *p)
{
    uint32_t features = cst_intern_count(from->features);
    uint32_t *user = calloc(from->users + 1, sizeof *user), *feature = calloc(features + 1, sizeof *feature);
    bool ok = user && feature;
    for (uint32_t i = 0; ok && i < features; i++)
        ok = (feature[i] = cst_intern_id(into->features, cst_intern_text(from->features, i))) !=
             CST_INTERN_NONE;
    for (size_t i = 0; ok && i < from->users; i++) {
        user[i] = find_user(into, cst_intern_text(from->names, (uint32_t)i));
        ok = user[i] != CST_INTERN_NONE && merge_user(into, user[i], &from->user[i], p->gap);
    }
    ok = ok && merge_uses(into, from, user, feature);
    for (size_t i = 0; ok && i < from->moments; i++) {
        usage_moment m = from->moment[i];
        m.user = user[m.user];
        if (!p->steps) m.feature = feature[m.feature];
        ok = add_moment(into, m);
    }
    if (from->begin != CST_DAY_NONE && (into->begin == CST_DAY_NONE || from->begin < into->begin))
        into->begin = from->begin;
    if (from->latest != CST_DAY_NONE && (into->latest == CST_DAY_NONE || from->latest > into->latest))
        into->latest = from->latest;
    into->rows += from->rows;
    into->filtered += from->filtered;
    into->after += from->after;
    into->nameless += from->nameless;
    into->other += from->other;
    free(user);
    free(feature);
    return ok;
}

/* ---- the stream ---- */

cst_status usage_plan_bind(usage_plan *p, cst_reader *r, cst_error *e)
{
    const struct {
        const char *name;
        int *slot;
    } columns[] = {
        {"account_id", &p->account}, {"user_id", &p->user}, {"event_time", &p->time}, {"event", &p->event}};
    const cst_table *t = cst_features_table(p->features);
    p->name_at = p->kind_at = -1;
    cst_status status = CST_OK;
    for (size_t i = 0; i < sizeof columns / sizeof *columns && status == CST_OK; i++)
        status = cst_reader_bind(r, columns[i].name, CST_REQUIRED, columns[i].slot, e);
    if (status == CST_OK && t) status = cst_table_bind(t, "feature", CST_OPTIONAL, &p->name_at, e);
    if (status == CST_OK && t) status = cst_table_bind(t, "kind", CST_OPTIONAL, &p->kind_at, e);
    return status < 0 ? status : CST_OK;
}

cst_status usage_gather(const usage_plan *p, cst_reader *r, int threads, usage_crowd *out, cst_error *e)
{
    void **worker = cst_workers(threads, sizeof(gatherer));
    cst_status status = worker ? CST_OK : cst_no_memory(e);
    for (int i = 0; i < threads && status == CST_OK; i++) {
        gatherer *g = worker[i];
        *g = (gatherer){.plan = p, .events = cst_intern_new()};
        status = g->events ? usage_crowd_init(&g->crowd, e) : cst_no_memory(e);
    }
    if (status == CST_OK) status = cst_run(r, threads, work, worker, NULL, NULL, e);
    if (status == CST_OK) {
        usage_crowd_free(out);
        *out = ((gatherer *)worker[0])->crowd;
        ((gatherer *)worker[0])->crowd = (usage_crowd){0};
    }
    for (int i = 1; i < threads && status == CST_OK; i++)
        if (!merge_crowd(out, &((gatherer *)worker[i])->crowd, p)) status = cst_no_memory(e);
    for (int i = 0; i < threads && worker; i++) {
        gatherer *g = worker[i];
        usage_crowd_free(&g->crowd);
        cst_intern_free(g->events);
        cst_buffer_free(&g->keys);
        free(g->waiting);
        free(g->name);
        free(g->id);
        free(g->meaning);
    }
    free(worker);
    return status;
}
