/* usage/adoption.c: how fast a feature is taken up: time to the first use by Kaplan and Meier, from the
 * later of the beginning of the account (its sign-up, else its first day of use) or user (the first day)
 * and the feature's release. And who stays: those who used it by day 30 beside those who had not yet,
 * which says nothing of cause. */
#include "base/memory.h"
#include "base/text.h"
#include "usage/session.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

enum { LANDMARK = 30, LATER = 90, SEEN = 28, TIMES = 4 };
static const int times[TIMES] = {30, 90, 180, 365};

typedef struct usage_adoption_line {
    cst_text feature, class;
    const char *of;
    uint64_t subjects, adopted;
    double median, share[TIMES], lower, upper; /* bounds: of the share after 90 days */
    uint64_t early, early_kept, late, late_kept;
    cst_maybe early_share, late_share;
} usage_adoption_line;

#define AT(field) offsetof(usage_adoption_line, field)
static const cst_layout_column columns[] = {{NULL, CST_LAY_BY, 0},
                                            {"feature", CST_LAY_TEXT, AT(feature)},
                                            {"class", CST_LAY_TEXT, AT(class)},
                                            {"of", CST_LAY_WORD, AT(of)},
                                            {"subjects", CST_LAY_COUNT, AT(subjects)},
                                            {"adopted", CST_LAY_COUNT, AT(adopted)},
                                            {"median_days", CST_LAY_REAL, AT(median)},
                                            {"adopted_30d", CST_LAY_FIGURE, AT(share[0])},
                                            {"adopted_90d", CST_LAY_FIGURE, AT(share[1])},
                                            {"adopted_90d_lower", CST_LAY_FIGURE, AT(lower)},
                                            {"adopted_90d_upper", CST_LAY_FIGURE, AT(upper)},
                                            {"adopted_180d", CST_LAY_FIGURE, AT(share[2])},
                                            {"adopted_365d", CST_LAY_FIGURE, AT(share[3])},
                                            {"by_day_30", CST_LAY_COUNT, AT(early)},
                                            {"by_day_30_kept", CST_LAY_RATIO, AT(early_share)},
                                            {"not_by_day_30", CST_LAY_COUNT, AT(late)},
                                            {"not_by_day_30_kept", CST_LAY_RATIO, AT(late_share)}};

/* An account or a user: users first .. end - 1 of the order. */
typedef struct subject {
    size_t first, end;
    cst_day begin;
    uint32_t group;
} subject;

typedef struct adoption {
    const usage_session *s;
    subject *subject;
    size_t subjects;
    bool accounts;
    cst_day *first_use; /* by user, of the feature at hand */
    double *time;
    unsigned char *event;
} adoption;

/* The accounts' sign-up, or the first day that one of its users was seen. */
static cst_day begin_of(const usage_session *s, const subject *x, bool account)
{
    const usage_crowd *c = &s->crowd;
    cst_day first = CST_DAY_NONE, day;
    for (size_t i = x->first; i < x->end; i++) {
        day = c->user[s->order[i]].first;
        if (day != CST_DAY_NONE && (first == CST_DAY_NONE || day < first)) first = day;
    }
    if (!account || !s->subjects.accounts) return first;
    int column = -1;
    (void)cst_table_bind(s->subjects.accounts_table, "signup_date", CST_OPTIONAL, &column, NULL);
    cst_text name = c->user[s->order[x->first]].account;
    bool known = column >= 0 && cst_day_parse(cst_subjects_attribute(&s->subjects, name, column), &day);
    return known ? day : first;
}

static bool find_subjects(adoption *a)
{
    const usage_session *s = a->s;
    const usage_crowd *c = &s->crowd;
    a->subject = calloc(c->users + 1, sizeof *a->subject);
    for (size_t i = 0; a->subject && i < c->users; i++) {
        subject *last = a->subjects ? &a->subject[a->subjects - 1] : NULL;
        bool same = a->accounts && last &&
                    cst_text_equal(c->user[s->order[i]].account, c->user[s->order[last->first]].account);
        if (!same)
            a->subject[a->subjects++] =
                (subject){.first = i, .group = s->n_groups ? s->group_of[s->order[i]] : 0};
        a->subject[a->subjects - 1].end = i + 1;
    }
    for (size_t i = 0; i < a->subjects; i++) a->subject[i].begin = begin_of(s, &a->subject[i], a->accounts);
    a->first_use = calloc(c->users + 1, sizeof *a->first_use);
    a->time = calloc(a->subjects + 1, sizeof *a->time);
    a->event = calloc(a->subjects + 1, 1);
    return a->subject && a->first_use && a->time && a->event;
}

static bool is_seen(const usage_session *s, const subject *x, cst_day from, cst_day to)
{
    for (size_t i = x->first; i < x->end; i++)
        if (usage_days_any(&s->crowd.user[s->order[i]].days, from, to)) return true;
    return false;
}

/* The subject's time to the first use; false: it has not begun. */
static bool add_subject(const adoption *a, const subject *x, cst_day released, size_t n,
                        usage_adoption_line *l)
{
    const usage_session *s = a->s;
    cst_day start = x->begin, first = CST_DAY_NONE;
    if (start == CST_DAY_NONE) return false;
    if (released != CST_DAY_NONE && released > start) start = released;
    if (start > s->as_of) return false;
    for (size_t i = x->first; i < x->end; i++) {
        cst_day day = a->first_use[s->order[i]];
        if (day != CST_DAY_NONE && (first == CST_DAY_NONE || day < first)) first = day;
    }
    a->event[n] = first != CST_DAY_NONE;
    a->time[n] = first == CST_DAY_NONE ? s->as_of - start : first > start ? first - start : 0;
    l->subjects++;
    l->adopted += a->event[n];
    if (start + LANDMARK + LATER > s->as_of) return true;
    bool kept = is_seen(s, x, start + LANDMARK + LATER - SEEN, start + LANDMARK + LATER);
    bool early = first != CST_DAY_NONE && first <= start + LANDMARK;
    l->early += early, l->early_kept += early && kept;
    l->late += !early, l->late_kept += !early && kept;
    return true;
}

static cst_status fill_curve(const adoption *a, size_t n, usage_adoption_line *l, cst_error *e)
{
    cst_survival_count *count;
    size_t distinct;
    cst_km *km;
    l->median = l->lower = l->upper = NAN;
    for (int k = 0; k < TIMES; k++) l->share[k] = NAN;
    if (n == 0) return CST_OK;
    cst_status status = cst_survival_tally(a->time, a->event, n, &count, &distinct, e);
    if (status != CST_OK) return status;
    status = cst_km_fit(count, distinct, (cst_ci_type)a->s->o->ci_type, a->s->level, &km, e);
    free(count);
    if (status != CST_OK) return status;
    double last = km->row[km->n - 1].time; /* past it the curve is not known */
    l->median = km->median;
    for (int k = 0; k < TIMES; k++)
        if (times[k] <= last) l->share[k] = 1 - cst_km_at(km, times[k]);
    for (size_t i = 0; i < km->n && km->row[i].time <= times[1] && times[1] <= last; i++) {
        l->lower = 1 - km->row[i].upper;
        l->upper = 1 - km->row[i].lower;
    }
    cst_km_free(km);
    return CST_OK;
}

static cst_status write_feature(adoption *a, uint32_t feature, uint32_t group, cst_layout *l, cst_writer *w,
                                cst_error *e)
{
    const usage_session *s = a->s;
    usage_feature f = usage_session_feature(s, feature);
    usage_adoption_line x = {.feature = f.name, .class = f.class, .of = a->accounts ? "account" : "user"};
    size_t n = 0;
    for (size_t i = 0; i < a->subjects; i++)
        if (group == s->n_groups || a->subject[i].group == group)
            n += add_subject(a, &a->subject[i], f.released, n, &x);
    cst_status status = fill_curve(a, n, &x, e);
    x.early_share = usage_share(x.early_kept, x.early);
    x.late_share = usage_share(x.late_kept, x.late);
    return status == CST_OK ? cst_layout_row(l, w, usage_session_group(s, group), &x, e) : status;
}

static void find_first_uses(adoption *a, uint32_t feature)
{
    const usage_crowd *c = &a->s->crowd;
    for (size_t i = 0; i < c->users; i++) a->first_use[i] = CST_DAY_NONE;
    for (size_t i = 0; i < c->uses; i++)
        if (c->use[i].feature == feature) a->first_use[c->use[i].user] = c->use[i].first;
}

cst_status usage_adoption_write(const usage_session *s, cst_error *e)
{
    uint32_t features = cst_intern_count(s->crowd.features), *order = usage_session_features(s);
    adoption of[2] = {{.s = s, .accounts = true}, {.s = s}};
    cst_layout l = usage_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w = NULL;
    cst_status status = order && find_subjects(&of[0]) && find_subjects(&of[1]) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (uint32_t i = 0; i < features && status == CST_OK; i++)
        for (int k = 0; k < 2 && status == CST_OK; k++) {
            find_first_uses(&of[k], order[i]);
            for (uint32_t g = 0; g <= s->n_groups && status == CST_OK; g++)
                status = write_feature(&of[k], order[i], g, &l, w, e);
        }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    for (int k = 0; k < 2; k++) {
        free(of[k].subject);
        free(of[k].first_use);
        free(of[k].time);
        free(of[k].event);
    }
    free(order);
    return status;
}
