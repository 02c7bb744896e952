/* usage/together.c: pairs of features that the same users use, and whether that is more than chance. */
#include "base/memory.h"
#include "base/text.h"
#include "stats/contingency.h"
#include "usage/session.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

enum { FEATURES_MOST = 4096 };

typedef struct usage_pair {
    cst_text first, second;
    uint64_t a, b, both, users;
    cst_maybe support, forth, back; /* shares of all; of the first's users; of the second's */
    double lift, p, q;
} usage_pair;

#define AT(field) offsetof(usage_pair, field)
static const cst_layout_column columns[] = {{"feature_a", CST_LAY_TEXT, AT(first)},
                                            {"feature_b", CST_LAY_TEXT, AT(second)},
                                            {"users", CST_LAY_COUNT, AT(users)},
                                            {"users_a", CST_LAY_COUNT, AT(a)},
                                            {"users_b", CST_LAY_COUNT, AT(b)},
                                            {"users_both", CST_LAY_COUNT, AT(both)},
                                            {"support", CST_LAY_RATIO, AT(support)},
                                            {"confidence_a_b", CST_LAY_RATIO, AT(forth)},
                                            {"confidence_b_a", CST_LAY_RATIO, AT(back)},
                                            {"lift", CST_LAY_FIGURE, AT(lift)},
                                            {"p", CST_LAY_FIGURE, AT(p)},
                                            {"q", CST_LAY_FIGURE, AT(q)}};

typedef struct pairs {
    uint32_t *rank, *order; /* of features by name */
    uint32_t features;
    uint32_t *both;   /* by ranks, lower first */
    uint64_t *single; /* by rank */
    uint64_t users;   /* seen in the window */
} pairs;

/* Goes through the users, each with the features it used in the window. */
static bool count_pairs(const usage_session *s, cst_day from, pairs *p)
{
    const usage_crowd *c = &s->crowd;
    size_t *start = calloc(c->users + 2, sizeof *start);
    uint32_t *of = calloc(c->uses + 1, sizeof *of);
    bool ok = start && of;
    for (size_t i = 0; ok && i < c->uses; i++) start[c->use[i].user + 1] += c->use[i].last > from;
    for (size_t i = 0; ok && i < c->users; i++) start[i + 1] += start[i];
    for (size_t i = c->uses; ok && i-- > 0;)
        if (c->use[i].last > from) of[start[c->use[i].user]++] = p->rank[c->use[i].feature];
    for (size_t u = 0, first = 0; ok && u < c->users; first = start[u++])
        for (size_t i = first; i < start[u]; i++) {
            p->single[of[i]]++;
            for (size_t k = first; k < start[u]; k++)
                if (of[i] < of[k]) p->both[(size_t)of[i] * p->features + of[k]]++;
        }
    for (size_t u = 0; ok && u < c->users; u++) p->users += usage_days_any(&c->user[u].days, from, s->as_of);
    free(start);
    free(of);
    return ok;
}

/* The pairs that are tested: of two features with so many users each. */
static usage_pair *test_pairs(const usage_session *s, const pairs *p, size_t *n)
{
    size_t room = 0;
    usage_pair *x = NULL;
    *n = 0;
    for (uint32_t i = 0; i < p->features; i++) {
        if (p->single[i] < s->o->min_users.n) continue;
        for (uint32_t k = i + 1; k < p->features; k++) {
            if (p->single[k] < s->o->min_users.n) continue;
            if (!cst_grow(&x, &room, *n + 1, sizeof *x)) {
                free(x);
                return NULL;
            }
            uint64_t both = p->both[(size_t)i * p->features + k];
            const cst_pair_count c = {p->users, p->single[i], p->single[k], both};
            x[(*n)++] = (usage_pair){.first = cst_intern_text(s->crowd.features, p->order[i]),
                                     .second = cst_intern_text(s->crowd.features, p->order[k]),
                                     .a = c.a,
                                     .b = c.b,
                                     .both = both,
                                     .users = p->users,
                                     .support = usage_share(both, p->users),
                                     .forth = usage_share(both, c.a),
                                     .back = usage_share(both, c.b),
                                     .lift = (double)both * (double)p->users / ((double)c.a * (double)c.b),
                                     .p = cst_pair_small(&c) ? cst_pair_fisher(&c) : cst_pair_chi_square(&c)};
        }
    }
    return x ? x : calloc(1, sizeof *x);
}

static cst_status correct(usage_pair *x, size_t n, cst_error *e)
{
    double *p = calloc(n + 1, sizeof *p);
    if (!p) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) p[i] = x[i].p;
    cst_status status = cst_benjamini_hochberg(p, n, p, e);
    for (size_t i = 0; i < n; i++) x[i].q = p[i];
    free(p);
    return status;
}

/* The likeliest to be no chance first; equal ones by name. */
static int compare_lines(const void *a, const void *b)
{
    const usage_pair *x = a, *y = b;
    if (x->p != y->p) return x->p < y->p ? -1 : 1;
    int order = cst_text_compare(x->first, y->first);
    return order ? order : cst_text_compare(x->second, y->second);
}

static cst_status write_pairs(const usage_session *s, const pairs *p, cst_error *e)
{
    cst_layout l = {.column = columns, .n = sizeof columns / sizeof *columns};
    cst_writer *w = NULL;
    size_t n;
    usage_pair *x = test_pairs(s, p, &n);
    if (!x) return cst_no_memory(e);
    cst_status status = n ? correct(x, n, e) : CST_OK;
    if (status == CST_OK) qsort(x, n, sizeof *x, compare_lines);
    if (status == CST_OK) status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (size_t i = 0; i < n && status == CST_OK; i++)
        status = cst_layout_row(&l, w, (cst_text){NULL, 0}, &x[i], e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(x);
    return status;
}

cst_status usage_together_write(const usage_session *s, cst_error *e)
{
    pairs p = {.features = cst_intern_count(s->crowd.features)};
    if (p.features > FEATURES_MOST)
        return cst_fail(
            e, CST_LIMIT,
            "--together: expected at most %d features, found %u; choose with --where, or name them with "
            "--features",
            FEATURES_MOST, p.features);
    p.rank = cst_intern_ranks(s->crowd.features);
    p.order = usage_session_features(s);
    p.both = calloc((size_t)p.features * p.features + 1, sizeof *p.both);
    p.single = calloc(p.features + 1, sizeof *p.single);
    bool ok =
        p.rank && p.order && p.both && p.single && count_pairs(s, cst_day_minus(s->as_of, s->o->window), &p);
    cst_status status = ok ? write_pairs(s, &p, e) : cst_no_memory(e);
    free(p.rank);
    free(p.order);
    free(p.both);
    free(p.single);
    return status;
}
