/* usage/struggle.c: where users struggle: of each feature who came back after the first day, errors and
 * tickets per use, and flows that were begun and not finished in time; beside all features together. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "usage/session.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct usage_struggle_line {
    cst_text feature, class;
    const char *row;
    uint64_t tried, came_back, never, running; /* running: whose window is not over */
    cst_maybe share;
    usage_interval bounds;
    double median; /* days to the second use of those who came back */
    uint64_t uses, errors, tickets, starts, abandoned;
    double errors_per_use, tickets_per_use;
    cst_maybe abandoned_share;
    usage_interval abandoned_bounds;
} usage_struggle_line;

#define AT(field) offsetof(usage_struggle_line, field)
static const cst_layout_column columns[] = {{"row", CST_LAY_WORD, AT(row)},
                                            {"feature", CST_LAY_TEXT, AT(feature)},
                                            {"class", CST_LAY_TEXT, AT(class)},
                                            {"tried", CST_LAY_COUNT, AT(tried)},
                                            {"came_back", CST_LAY_COUNT, AT(came_back)},
                                            {"never_came_back", CST_LAY_COUNT, AT(never)},
                                            {"window_running", CST_LAY_COUNT, AT(running)},
                                            {"came_back_share", CST_LAY_RATIO, AT(share)},
                                            {"came_back_lower", CST_LAY_FIGURE, AT(bounds.lower)},
                                            {"came_back_upper", CST_LAY_FIGURE, AT(bounds.upper)},
                                            {"median_days_to_second", CST_LAY_REAL, AT(median)},
                                            {"uses", CST_LAY_COUNT, AT(uses)},
                                            {"errors", CST_LAY_COUNT, AT(errors)},
                                            {"errors_per_use", CST_LAY_FIGURE, AT(errors_per_use)},
                                            {"tickets", CST_LAY_COUNT, AT(tickets)},
                                            {"tickets_per_use", CST_LAY_FIGURE, AT(tickets_per_use)},
                                            {"starts", CST_LAY_COUNT, AT(starts)},
                                            {"abandoned", CST_LAY_COUNT, AT(abandoned)},
                                            {"abandoned_share", CST_LAY_RATIO, AT(abandoned_share)},
                                            {"abandoned_lower", CST_LAY_FIGURE, AT(abandoned_bounds.lower)},
                                            {"abandoned_upper", CST_LAY_FIGURE, AT(abandoned_bounds.upper)}};

typedef struct usage_feature_tally {
    usage_struggle_line line;
    double *days; /* to the second use */
    size_t n, room;
} usage_feature_tally;

static bool add_use(const usage_session *s, usage_feature_tally *t, const usage_use *x)
{
    usage_struggle_line *l = &t->line;
    l->uses += x->uses;
    l->errors += x->errors;
    l->tickets += x->tickets;
    if (x->first == CST_DAY_NONE) return true;
    cst_day end = cst_day_plus(x->first, s->o->window);
    l->tried++;
    if (end > s->as_of) {
        l->running++;
        return true;
    }
    if (x->second == CST_DAY_NONE || x->second > end) {
        l->never++;
        return true;
    }
    l->came_back++;
    if (!cst_grow(&t->days, &t->room, t->n + 1, sizeof *t->days)) return false;
    t->days[t->n++] = x->second - x->first;
    return true;
}

static int compare_moments(const void *x, const void *y)
{
    const usage_moment *a = x, *b = y;
    if (a->feature != b->feature) return a->feature < b->feature ? -1 : 1;
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind); /* a start before its finish */
}

/* Starts of one user with one feature, first .. end - 1, in order of time. */
static void add_flows(const usage_session *s, const usage_moment *m, size_t n, usage_struggle_line *l,
                      usage_struggle_line *all)
{
    size_t finish = 0;
    for (size_t i = 0; i < n; i++) {
        if (m[i].kind != USAGE_START) continue;
        cst_instant end = usage_deadline(m[i].at, s->o->within);
        if (end > cst_day_instant(s->as_of + 1)) continue; /* it may still be finished */
        if (finish < i) finish = i;
        while (finish < n && !(m[finish].kind == USAGE_FINISH && m[finish].at >= m[i].at)) finish++;
        bool given_up = finish == n || m[finish].at > end;
        l->starts++, all->starts++;
        l->abandoned += given_up, all->abandoned += given_up;
    }
}

static void finish_line(const usage_session *s, usage_feature_tally *t, cst_error *e)
{
    usage_struggle_line *l = &t->line;
    uint64_t over = l->came_back + l->never;
    l->share = usage_share(l->came_back, over);
    l->bounds = usage_wilson(l->came_back, over, s->level);
    l->median = NAN;
    if (t->n && cst_sort(t->days, t->n, e) == CST_OK) l->median = cst_quantile(t->days, t->n, .5);
    l->errors_per_use = l->uses ? (double)l->errors / (double)l->uses : NAN;
    l->tickets_per_use = l->uses ? (double)l->tickets / (double)l->uses : NAN;
    l->abandoned_share = usage_share(l->abandoned, l->starts);
    l->abandoned_bounds = usage_wilson(l->abandoned, l->starts, s->level);
}

static bool count(const usage_session *s, usage_feature_tally *t, uint32_t features)
{
    const usage_crowd *c = &s->crowd;
    for (size_t i = 0; i < c->uses; i++)
        if (!add_use(s, &t[c->use[i].feature], &c->use[i]) || !add_use(s, &t[features], &c->use[i]))
            return false;
    if (c->moments) qsort(c->moment, c->moments, sizeof *c->moment, compare_moments);
    for (size_t first = 0, end; first < c->moments; first = end) {
        const usage_moment *m = &c->moment[first];
        for (end = first;
             end < c->moments && c->moment[end].user == m->user && c->moment[end].feature == m->feature;)
            end++;
        add_flows(s, m, end - first, &t[m->feature].line, &t[features].line);
    }
    return true;
}

cst_status usage_struggle_write(const usage_session *s, cst_error *e)
{
    uint32_t features = cst_intern_count(s->crowd.features), *order = usage_session_features(s);
    usage_feature_tally *t = calloc(features + 1, sizeof *t);
    cst_layout l = {.column = columns, .n = sizeof columns / sizeof *columns};
    cst_writer *w = NULL;
    cst_status status = order && t && count(s, t, features) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (uint32_t i = 0; i <= features && status == CST_OK; i++) {
        usage_feature_tally *x = &t[i < features ? order[i] : features];
        if (i < features) {
            usage_feature f = usage_session_feature(s, order[i]);
            x->line.feature = f.name;
            x->line.class = f.class;
        }
        x->line.row = i < features ? "feature" : "total";
        finish_line(s, x, e);
        status = cst_layout_row(&l, w, (cst_text){NULL, 0}, &x->line, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    for (uint32_t i = 0; t && i <= features; i++) free(t[i].days);
    free(t);
    free(order);
    return status;
}
