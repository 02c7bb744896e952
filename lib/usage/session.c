/* session.c: see session.h. */
#include "usage/session.h"
#include "base/date.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/freshness.h"
#include "program/checks.h"
#include "stats/distribution.h"
#include "tables/unmatched.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MOST = 20 };

/* ---- opening ---- */

/* The events of --funnel "A,B,C". */
static cst_status name_steps(usage_session *s, cst_error *e)
{
    const char *list = s->o->funnel;
    if (!list) return CST_OK;
    s->step_text = strdup(list);
    s->step = calloc(STEPS_MOST, sizeof *s->step);
    if (!s->step_text || !s->step) return cst_no_memory(e);
    cst_text rest = cst_text_of(s->step_text), name;
    while (cst_text_next(&rest, ',', &name)) {
        if (name.n == 0 || s->plan.steps == STEPS_MOST)
            return cst_fail(e, CST_USAGE,
                            "--funnel: expected 2 to %d events with commas between them, found \"%s\"",
                            STEPS_MOST, list);
        s->step[s->plan.steps++] = name;
    }
    s->plan.step = s->step;
    if (s->plan.steps > 1) return CST_OK;
    return cst_fail(e, CST_USAGE, "--funnel: expected 2 to %d events with commas between them, found \"%s\"",
                    STEPS_MOST, list);
}

static cst_status open_features(usage_session *s, cst_error *e)
{
    cst_status status = CST_OK;
    if (s->o->features) status = cst_io_table(s->io, s->o->features, &s->feature_table, e);
    return status == CST_OK ? cst_features_new(s->feature_table, &s->features, e) : status;
}

static cst_status open_stream(usage_session *s, cst_error *e)
{
    const usage_options *o = s->o;
    cst_status status =
        cst_io_reader(s->io, "of events; cs-ingest events makes them of an export", &s->reader, e);
    if (status == CST_OK)
        status = cst_subscriptions_where(o->stream.where, s->reader, &s->subjects, s->as_of, &s->filter, e);
    if (status == CST_OK)
        status = cst_groups_resolve(o->stream.by, s->reader, s->subjects.accounts, &s->groups, e);
    if (status == CST_OK && s->groups.of_rows)
        status =
            cst_fail(e, CST_USAGE,
                     "--by: expected columns of --accounts, found one of the events; a user is in one group");
    return status;
}

static void make_plan(usage_session *s)
{
    const usage_options *o = s->o;
    s->plan.o = o;
    s->plan.subjects = &s->subjects;
    s->plan.filter = s->filter;
    s->plan.features = s->features;
    s->plan.gap = (cst_instant)o->session_gap.n * 60 * 1000000;
    s->plan.sessions =
        !o->lifecycle && !o->power && !o->together && !o->struggle && !o->adoption && !o->funnel;
    s->plan.uses = s->plan.sessions || o->together || o->struggle || o->adoption;
    s->plan.flows = o->struggle;
}

/* ---- users ---- */

struct by_name {
    uint32_t id;
    const usage_user *u;
};

static int compare_users(const void *x, const void *y)
{
    const struct by_name *a = x, *b = y;
    int order = cst_text_compare(a->u->account, b->u->account);
    return order ? order : cst_text_compare(a->u->id, b->u->id);
}

static cst_status order_users(usage_session *s, cst_error *e)
{
    size_t n = s->crowd.users;
    struct by_name *by = calloc(n + 1, sizeof *by);
    s->order = calloc(n + 1, sizeof *s->order);
    bool ok = by && s->order;
    for (size_t i = 0; ok && i < n; i++) by[i] = (struct by_name){(uint32_t)i, &s->crowd.user[i]};
    if (ok && n) qsort(by, n, sizeof *by, compare_users);
    for (size_t i = 0; ok && i < n; i++) s->order[i] = by[i].id;
    free(by);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status find_groups(usage_session *s, cst_error *e)
{
    cst_buffer key = {0};
    size_t n = s->crowd.users;
    s->group_names = cst_intern_new();
    s->group_of = calloc(n + 1, sizeof *s->group_of);
    bool ok = s->group_names && s->group_of;
    for (size_t i = 0; ok && i < n; i++) {
        cst_buffer_clear(&key);
        for (size_t k = 0; k < s->groups.n; k++)
            cst_label_add(
                &key, k,
                cst_subjects_attribute(&s->subjects, s->crowd.user[i].account, s->groups.column[k].column));
        s->group_of[i] = key.failed
                             ? CST_INTERN_NONE
                             : cst_intern_id(s->group_names, (cst_text){key.p ? key.p : "", (uint32_t)key.n});
        ok = s->group_of[i] != CST_INTERN_NONE;
    }
    cst_buffer_free(&key);
    uint32_t *rank = ok ? cst_intern_ranks(s->group_names) : NULL;
    if (rank) s->group = cst_intern_sorted(s->group_names);
    for (size_t i = 0; rank && i < n; i++) s->group_of[i] = rank[s->group_of[i]];
    free(rank);
    if (!s->group) return cst_no_memory(e);
    s->n_groups = cst_intern_count(s->group_names);
    return CST_OK;
}

/* Accounts that --accounts lacks; users come in their order. */
static void check_accounts(const usage_session *s)
{
    const cst_accounts *accounts = s->subjects.customer < 0 ? s->subjects.accounts : NULL;
    cst_unmatched u = {0};
    for (size_t i = 0; i < s->crowd.users; i++) {
        cst_text account = s->crowd.user[s->order[i]].account;
        if (i == 0 || !cst_text_equal(account, s->crowd.user[s->order[i - 1]].account))
            cst_unmatched_add(&u, accounts, account);
    }
    cst_unmatched_check(s->io, s->o->subjects.accounts, &u);
}

static cst_status tell(const usage_session *s, cst_error *e)
{
    const usage_crowd *c = &s->crowd;
    const struct {
        const char *what;
        uint64_t n;
    } told[] = {{"used", c->rows},
                {"left out by --where", c->filtered},
                {"set aside: after --as-of", c->after},
                {"set aside: no use of the product", c->other},
                {"set aside: no user_id", c->nameless}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        cst_manifest_count(cst_io_manifest(s->io), "rows", NULL, told[i].what, told[i].n);
    cst_manifest_count(cst_io_manifest(s->io), "users", NULL, NULL, c->users);
    if (c->nameless)
        cst_io_warn(s->io, "%llu of %llu events of use have no user_id and are left out",
                    (unsigned long long)c->nameless, (unsigned long long)(c->nameless + c->rows));
    if (c->rows == 0)
        cst_io_warn(s->io, "expected events of use up to --as-of, found none%s",
                    s->filter ? " that --where keeps" : "");
    cst_io_note(s->io, "%llu events of %llu users", (unsigned long long)c->rows,
                (unsigned long long)c->users);
    check_accounts(s);
    const cst_calendar months = {CST_MONTH, 1};
    cst_warn_stale(s->io, "events", "read as if everybody stopped", c->latest, s->as_of, &months);
    return cst_io_checked(s->io, e);
}

cst_status usage_session_open(usage_session *s, const usage_options *o, cst_program_io *io, cst_error *e)
{
    static const int days[] = {1, 7, 28};
    *s = (usage_session){.o = o,
                         .io = io,
                         .as_of = o->periodic.as_of,
                         .expect = days[o->expect],
                         .subjects = {.customer = -1}};
    cst_status status = usage_crowd_init(&s->crowd, e);
    if (status == CST_OK) status = cst_level_of(o->ci, &s->level, e);
    if (status == CST_OK) status = name_steps(s, e);
    if (status == CST_OK) status = cst_subjects_open(&s->subjects, &o->subjects, io, e);
    if (status == CST_OK) status = open_features(s, e);
    if (status == CST_OK) status = open_stream(s, e);
    if (status != CST_OK) return status;
    make_plan(s);
    status = usage_plan_bind(&s->plan, s->reader, e);
    if (status == CST_OK) status = usage_gather(&s->plan, s->reader, cst_io_threads(io), &s->crowd, e);
    if (status == CST_OK) status = order_users(s, e);
    if (status == CST_OK && s->groups.n) status = find_groups(s, e);
    return status == CST_OK ? tell(s, e) : status;
}

void usage_session_free(usage_session *s)
{
    usage_crowd_free(&s->crowd);
    cst_features_free(s->features);
    cst_table_free(s->feature_table);
    cst_groups_free(&s->groups);
    cst_filter_free(s->filter);
    cst_subjects_free(&s->subjects);
    cst_intern_free(s->group_names);
    free(s->group_of);
    free(s->group);
    free(s->order);
    free(s->step);
    free(s->step_text);
}

/* ---- what all modes ask ---- */

cst_text usage_session_group(const usage_session *s, uint32_t g)
{
    return g < s->n_groups ? cst_intern_text(s->group_names, s->group[g]) : (cst_text){NULL, 0};
}

usage_feature usage_session_feature(const usage_session *s, uint32_t feature)
{
    const cst_table *t = s->feature_table;
    usage_feature out = {cst_intern_text(s->crowd.features, feature), {"", 0}, CST_DAY_NONE};
    int event = -1, class = -1, released = -1;
    if (!t) return out;
    (void)cst_table_bind(t, "event", CST_OPTIONAL, &event, NULL);
    (void)cst_table_bind(t, "class", CST_OPTIONAL, &class, NULL);
    (void)cst_table_bind(t, "released", CST_OPTIONAL, &released, NULL);
    for (size_t row = 0; row < cst_table_rows(t); row++) {
        cst_text name =
            s->plan.name_at < 0 ? cst_table_at(t, row, event) : cst_table_at(t, row, s->plan.name_at);
        if (name.n == 0) name = cst_table_at(t, row, event);
        if (!cst_text_equal(name, out.name)) continue;
        cst_day day;
        if (class >= 0) out.class = cst_table_at(t, row, class);
        if (released >= 0 && cst_day_parse(cst_table_at(t, row, released), &day)) out.released = day;
        return out;
    }
    return out;
}

uint32_t *usage_session_features(const usage_session *s)
{
    return cst_intern_sorted(s->crowd.features);
}

cst_maybe usage_share(uint64_t part, uint64_t whole)
{
    cst_ratio ratio = 0;
    bool there = cst_ratio_of((cst_wide)part, (cst_wide)whole, &ratio);
    return (cst_maybe){ratio, there};
}

usage_interval usage_wilson(uint64_t part, uint64_t n, double level)
{
    if (n == 0) return (usage_interval){NAN, NAN};
    double z = cst_normal_quantile(level), z2 = z * z, size = (double)n, share = (double)part / size;
    double middle = (share + z2 / (2 * size)) / (1 + z2 / size);
    double half = z / (1 + z2 / size) * sqrt(share * (1 - share) / size + z2 / (4 * size * size));
    return (usage_interval){part == 0 ? 0 : middle - half, part == n ? 1 : middle + half};
}

cst_instant usage_deadline(cst_instant at, cst_duration within)
{
    cst_day day = cst_instant_day(at), end = cst_day_plus(day, within);
    return at + (cst_day_instant(end) - cst_day_instant(day));
}

const char *const usage_states[] = {"new", "returning", "current", "at_risk", "dormant", ""};

usage_state usage_state_at(const usage_user *u, cst_day day, int expect)
{
    if (u->first == CST_DAY_NONE || u->first > day) return USAGE_UNSEEN;
    bool now = usage_days_any(&u->days, day - expect, day),
         before = usage_days_any(&u->days, day - 2 * expect, day - expect);
    if (!now) return before ? USAGE_AT_RISK : USAGE_DORMANT;
    if (u->first > day - expect) return USAGE_NEW;
    return before ? USAGE_CURRENT : USAGE_RETURNING;
}
