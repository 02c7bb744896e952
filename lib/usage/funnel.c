/* usage/funnel.c: who did one thing after another, the whole in time. A user's steps may lie between
 * others; of all starts the one that gets farthest counts, and for the time to a step the first that gets
 * there. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "usage/session.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct usage_funnel_line {
    int step;
    cst_text event;
    uint64_t users, accounts;
    cst_maybe of_first, of_before, accounts_of_first;
    double median; /* hours from the first step */
} usage_funnel_line;

#define AT(field) offsetof(usage_funnel_line, field)
static const cst_layout_column columns[] = {{"step", CST_LAY_NUMBER, AT(step)},
                                            {"event", CST_LAY_TEXT, AT(event)},
                                            {"users", CST_LAY_COUNT, AT(users)},
                                            {"share_of_first", CST_LAY_RATIO, AT(of_first)},
                                            {"share_of_before", CST_LAY_RATIO, AT(of_before)},
                                            {"accounts", CST_LAY_COUNT, AT(accounts)},
                                            {"accounts_share_of_first", CST_LAY_RATIO, AT(accounts_of_first)},
                                            {"median_hours", CST_LAY_REAL, AT(median)}};

typedef struct funnel {
    const usage_session *s;
    size_t steps;
    uint64_t *users, *accounts; /* by step */
    double **hours;             /* by step, of each user that got there */
    size_t *n, *room;
    size_t *used; /* scratch: by step, its moment */
} funnel;

static int compare_moments(const void *x, const void *y)
{
    const usage_moment *a = x, *b = y;
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    if (a->feature != b->feature) return a->feature < b->feature ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* One user: its moments by step, each in order of time. hours[k] of the first start that gets to step k;
 * NAN: none. */
static void follow(const funnel *f, const usage_moment *m, const size_t *first, double *hours)
{
    for (size_t k = 0; k < f->steps; k++) hours[k] = NAN;
    for (size_t start = first[0]; start < first[1]; start++) {
        cst_instant at = m[start].at, end = usage_deadline(at, f->s->o->within);
        f->used[0] = start;
        if (isnan(hours[0])) hours[0] = 0;
        for (size_t k = 1; k < f->steps; k++) {
            size_t i = first[k]; /* behind the moment that an earlier step of the same event has */
            for (size_t j = 0; j < k; j++)
                if (cst_text_equal(f->s->step[k], f->s->step[j])) i = first[k] + (f->used[j] - first[j]) + 1;
            while (i < first[k + 1] && m[i].at < at) i++;
            if (i >= first[k + 1] || m[i].at > end) break;
            at = m[i].at;
            f->used[k] = i;
            if (isnan(hours[k])) hours[k] = (double)(at - m[start].at) / 3.6e9;
        }
        if (!isnan(hours[f->steps - 1])) return;
    }
}

static bool add_user(funnel *f, const double *hours, bool *account)
{
    for (size_t k = 0; k < f->steps && !isnan(hours[k]); k++) {
        if (!cst_grow(&f->hours[k], &f->room[k], f->n[k] + 1, sizeof **f->hours)) return false;
        f->hours[k][f->n[k]++] = hours[k];
        f->users[k]++;
        account[k] = true;
    }
    return true;
}

/* The moments of each user, users in order of their accounts. */
static bool count(funnel *f)
{
    const usage_crowd *c = &f->s->crowd;
    size_t *start = calloc(c->users + 1, sizeof *start), *end = calloc(c->users + 1, sizeof *end);
    size_t *first = calloc(f->steps + 1, sizeof *first);
    double *hours = calloc(f->steps, sizeof *hours);
    bool *account = calloc(f->steps, sizeof *account), ok = start && end && first && hours && account;
    if (ok && c->moments) qsort(c->moment, c->moments, sizeof *c->moment, compare_moments);
    for (size_t i = 0; ok && i < c->moments; i++) {
        if (i == 0 || c->moment[i].user != c->moment[i - 1].user) start[c->moment[i].user] = i;
        end[c->moment[i].user] = i + 1;
    }
    for (size_t i = 0; ok && i < c->users; i++) {
        uint32_t user = f->s->order[i];
        size_t at = start[user];
        for (size_t k = 0; k <= f->steps; k++) {
            while (at < end[user] && k > 0 && c->moment[at].feature < k) at++;
            first[k] = at;
        }
        if (first[0] < first[1]) {
            follow(f, c->moment, first, hours);
            ok = add_user(f, hours, account);
        }
        bool last =
            i + 1 == c->users || !cst_text_equal(c->user[f->s->order[i + 1]].account, c->user[user].account);
        for (size_t k = 0; last && k < f->steps; k++) f->accounts[k] += account[k], account[k] = false;
    }
    free(start);
    free(end);
    free(first);
    free(hours);
    free(account);
    return ok;
}

static cst_status write_steps(funnel *f, cst_error *e)
{
    const usage_session *s = f->s;
    cst_layout l = {.column = columns, .n = sizeof columns / sizeof *columns};
    cst_writer *w = NULL;
    cst_status status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (size_t k = 0; k < f->steps && status == CST_OK; k++) {
        usage_funnel_line x = {.step = (int)k + 1,
                               .event = s->step[k],
                               .users = f->users[k],
                               .accounts = f->accounts[k],
                               .of_first = usage_share(f->users[k], f->users[0]),
                               .of_before = usage_share(f->users[k], f->users[k ? k - 1 : 0]),
                               .accounts_of_first = usage_share(f->accounts[k], f->accounts[0]),
                               .median = NAN};
        if (f->n[k]) status = cst_sort(f->hours[k], f->n[k], e);
        if (f->n[k]) x.median = cst_quantile(f->hours[k], f->n[k], .5);
        if (status == CST_OK) status = cst_layout_row(&l, w, (cst_text){NULL, 0}, &x, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status usage_funnel_write(const usage_session *s, cst_error *e)
{
    size_t steps = s->plan.steps;
    funnel f = {.s = s,
                .steps = steps,
                .users = calloc(steps, sizeof *f.users),
                .accounts = calloc(steps, sizeof *f.accounts),
                .hours = calloc(steps, sizeof *f.hours),
                .n = calloc(steps, sizeof *f.n),
                .room = calloc(steps, sizeof *f.room),
                .used = calloc(steps, sizeof *f.used)};
    bool ok = f.users && f.accounts && f.hours && f.n && f.room && f.used && count(&f);
    cst_status status = ok ? write_steps(&f, e) : cst_no_memory(e);
    for (size_t k = 0; f.hours && k < steps; k++) free(f.hours[k]);
    free(f.users);
    free(f.accounts);
    free(f.hours);
    free(f.n);
    free(f.room);
    free(f.used);
    return status;
}
