/* survival.c: Kaplan-Meier per group, as curves and as one row a group, and the log-rank test across
 * groups. */
#include "cohort/survival.h"
#include "base/memory.h"
#include "base/number.h"
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static cst_status fill_group(cohort_group *g, const cohort_subjects *s, uint32_t id, cst_error *e)
{
    *g = (cohort_group){.key = cst_intern_text(s->groups, id), .id = id};
    g->count = cohort_tally_counts(&s->tallies.at[id], &g->n);
    if (!g->count) return cst_no_memory(e);
    for (size_t i = 0; i < g->n; i++) {
        g->subjects += g->count[i].events + g->count[i].censored;
        g->events += g->count[i].events;
    }
    return CST_OK;
}

/* A curve without an event, or with one step, is right and says little: that is told. */
static void warn_group(const cohort_group *g, const cohort_input *in)
{
    size_t times = 0, at = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->count[i].events > 0) at = i, times++;
    if (times > 1 || g->events == 1) return;
    cst_buffer name = {0};
    cohort_key_tell(in, g->key, &name);
    if (name.n > 0) cst_buffer_add_string(&name, ": ");
    if (times == 0) {
        cst_io_warn(
            in->io,
            "%sexpected an event, found none in %llu subject%s; survival stays at 1 and has no median",
            cst_buffer_string(&name), (unsigned long long)g->subjects, g->subjects == 1 ? "" : "s");
    } else {
        char time[CST_NUMBER_ROOM];
        size_t n = cst_number_format(g->count[at].time, time);
        cst_io_warn(in->io,
                    "%sexpected events at several times, found all %llu at %.*s; the curve is one step",
                    cst_buffer_string(&name), (unsigned long long)g->events, (int)n, time);
    }
    cst_buffer_free(&name);
}

static const char *name_rows(const cohort_input *in)
{
    return in->o->duration ? "rows with a duration and an event" : "accounts with revenue";
}

cst_status cohort_fail_nobody(const cohort_input *in, cst_error *e)
{
    return cst_fail(e, CST_DATA, "expected %s, found none%s", name_rows(in),
                    in->filter ? " that --where keeps" : "");
}

/* Of subscriptions it has been told already why there are no accounts. */
static cst_status meet_nobody(const cohort_input *in, cst_error *e)
{
    if (in->o->log_rank || in->o->project) return cohort_fail_nobody(in, e);
    if (in->o->duration) cohort_tell_empty(in, name_rows(in));
    return CST_OK;
}

/* Times that differ by rounding are one, in all groups alike. */
static cst_status tie_times(cohort_group_list *l, cst_error *e)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) n += l->at[i].n;
    double *time = malloc((n + 1) * sizeof *time);
    if (!time) return cst_no_memory(e);
    n = 0;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->at[i].n; k++) time[n++] = l->at[i].count[k].time;
    cst_status status = cst_sort(time, n, e);
    bool tied = status == CST_OK && cst_survival_ties(time, &n);
    for (size_t i = 0; tied && i < l->n; i++) {
        cohort_group *g = &l->at[i];
        size_t left = 0;
        for (size_t k = 0; k < g->n; k++) {
            cst_survival_count c = g->count[k];
            c.time = cst_survival_tied(time, n, c.time);
            if (left > 0 && g->count[left - 1].time == c.time) {
                cst_survival_count *to = &g->count[left - 1];
                to->events += c.events;
                to->censored += c.censored;
                to->entered += c.entered;
            } else {
                g->count[left++] = c;
            }
        }
        g->n = left;
    }
    free(time);
    return status;
}

cst_status cohort_group_list_of(const cohort_subjects *s, const cohort_input *in, cohort_group_list *out,
                                cst_error *e)
{
    uint32_t *order = cst_intern_sorted(s->groups);
    *out = (cohort_group_list){.at = calloc(s->tallies.n + 1, sizeof *out->at)};
    cst_status status = order && out->at ? CST_OK : cst_no_memory(e);
    for (uint32_t i = 0; status == CST_OK && i < cst_intern_count(s->groups); i++) {
        if (order[i] >= s->tallies.n) continue;
        cohort_group *g = &out->at[out->n];
        status = fill_group(g, s, order[i], e);
        if (status != CST_OK) break;
        if (g->subjects > 0)
            out->n++;
        else
            free(g->count);
    }
    free(order);
    if (status == CST_OK && out->n == 0) status = meet_nobody(in, e);
    if (status == CST_OK) status = tie_times(out, e);
    for (size_t i = 0; status == CST_OK && i < out->n; i++) warn_group(&out->at[i], in);
    return status;
}

void cohort_group_list_free(cohort_group_list *l)
{
    for (size_t i = 0; i < l->n; i++) free(l->at[i].count);
    free(l->at);
}

static void put_curve_row(cst_writer *w, const cohort_input *in, const cst_km_row *row)
{
    cst_put_number(w, row->time);
    cst_put_int(w, (int64_t)row->at_risk);
    cst_put_int(w, (int64_t)row->events);
    cst_put_int(w, (int64_t)row->censored);
    cohort_put_figure(w, in, row->survival);
    cohort_put_figure(w, in, row->std_error);
    cohort_put_figure(w, in, row->lower);
    cohort_put_figure(w, in, row->upper);
    cohort_put_figure(w, in, row->hazard);
    cohort_put_figure(w, in, row->hazard_error);
}

/* Where nobody has duration 0 the curve still begins there, at 1. */
static cst_status write_curve(cst_writer *w, const cohort_group *g, const cohort_input *in, cst_error *e)
{
    cst_km *km;
    cst_survival_count *count = malloc((g->n + 1) * sizeof *count);
    if (!count) return cst_no_memory(e);
    size_t more = g->count[0].time > 0;
    count[0] = (cst_survival_count){.time = 0};
    memcpy(count + more, g->count, g->n * sizeof *count);
    cst_status status = cst_km_fit(count, g->n + more, (cst_ci_type)in->o->ci_type, cohort_level(in), &km, e);
    free(count);
    for (size_t i = 0; status == CST_OK && i < km->n; i++) {
        cohort_put_key(w, in, g->key);
        put_curve_row(w, in, &km->row[i]);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) cst_km_free(km);
    return status;
}

cst_status cohort_write_curves(const cohort_group_list *l, const cohort_input *in, cst_error *e)
{
    static const cst_column columns[] = {{"time", CST_COL_NUMBER},
                                         {"at_risk", CST_COL_NUMBER},
                                         {"events", CST_COL_NUMBER},
                                         {"censored", CST_COL_NUMBER},
                                         {"survival", CST_COL_NUMBER},
                                         {"std_error", CST_COL_NUMBER},
                                         {"lower", CST_COL_NUMBER},
                                         {"upper", CST_COL_NUMBER},
                                         {"cumulative_hazard", CST_COL_NUMBER},
                                         {"cumulative_hazard_std_error", CST_COL_NUMBER}};
    cst_writer *w;
    cst_status status = cohort_open_writer(in, columns, COUNT(columns), in->groups.n, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; status == CST_OK && i < l->n; i++) status = write_curve(w, &l->at[i], in, e);
    return cohort_close_writer(w, status, e);
}

/* The area ends at one time for all groups, or means could not be compared: the last time of any. */
static double find_horizon(const cohort_group_list *l, const cohort_input *in)
{
    double most = 0;
    if (in->o->mean_to.set) return in->o->mean_to.v;
    for (size_t i = 0; i < l->n; i++)
        if (l->at[i].count[l->at[i].n - 1].time > most) most = l->at[i].count[l->at[i].n - 1].time;
    return most;
}

static cst_status write_summary(cst_writer *w, const cohort_group *g, const cohort_input *in, double horizon,
                                cst_error *e)
{
    cst_km *km;
    double mean, error;
    cst_status status = cst_km_fit(g->count, g->n, (cst_ci_type)in->o->ci_type, cohort_level(in), &km, e);
    if (status != CST_OK) return status;
    status = cst_km_mean(km, horizon, &mean, &error, e);
    if (status == CST_OK) {
        cohort_put_key(w, in, g->key);
        cst_put_int(w, (int64_t)km->subjects);
        cst_put_int(w, (int64_t)km->events);
        cst_put_number(w, km->median);
        cst_put_number(w, km->median_lower);
        cst_put_number(w, km->median_upper);
        cst_put_number(w, horizon);
        cohort_put_figure(w, in, mean);
        cohort_put_figure(w, in, error);
        status = cst_end_row(w, e);
    }
    cst_km_free(km);
    return status;
}

cst_status cohort_write_summaries(const cohort_group_list *l, const cohort_input *in, cst_error *e)
{
    static const cst_column columns[] = {
        {"subjects", CST_COL_NUMBER},     {"events", CST_COL_NUMBER},        {"median", CST_COL_NUMBER},
        {"median_lower", CST_COL_NUMBER}, {"median_upper", CST_COL_NUMBER},  {"mean_to", CST_COL_NUMBER},
        {"mean", CST_COL_NUMBER},         {"mean_std_error", CST_COL_NUMBER}};
    cst_writer *w;
    double horizon = find_horizon(l, in);
    if (l->n > 0 && !(horizon > 0))
        return cst_fail(e, CST_DATA,
                        "expected a duration above 0, found none; a mean needs a time to be taken over");
    cst_status status = cohort_open_writer(in, columns, COUNT(columns), in->groups.n, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; status == CST_OK && i < l->n; i++)
        status = write_summary(w, &l->at[i], in, horizon, e);
    return cohort_close_writer(w, status, e);
}

static cst_status write_log_rank(const cohort_group_list *l, const cohort_input *in, const double *observed,
                                 const double *expected, const cst_logrank *test, cst_error *e)
{
    static const cst_column columns[] = {{"subjects", CST_COL_NUMBER}, {"observed", CST_COL_NUMBER},
                                         {"expected", CST_COL_NUMBER}, {"chi_square", CST_COL_NUMBER},
                                         {"df", CST_COL_NUMBER},       {"p", CST_COL_NUMBER}};
    cst_writer *w;
    cst_status status = cohort_open_writer(in, columns, COUNT(columns), in->groups.n, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; status == CST_OK && i < l->n; i++) {
        cohort_put_key(w, in, l->at[i].key);
        cst_put_int(w, (int64_t)l->at[i].subjects);
        cst_put_int(w, (int64_t)observed[i]);
        cohort_put_figure(w, in, expected[i]);
        cohort_put_figure(w, in, test->chi_square);
        cst_put_int(w, test->df);
        cohort_put_figure(w, in, test->p);
        status = cst_end_row(w, e);
    }
    return cohort_close_writer(w, status, e);
}

cst_status cohort_write_log_rank(const cohort_group_list *l, const cohort_input *in, cst_error *e)
{
    if (l->n == 1)
        return cst_fail(e, CST_DATA,
                        "--by: expected at least two groups to compare, found one; name a column with "
                        "several values, or keep more rows");
    const cst_survival_count **group = calloc(l->n, sizeof *group);
    size_t *n = calloc(l->n, sizeof *n);
    double *sums = calloc(2 * l->n, sizeof *sums);
    cst_logrank test;
    cst_status status = group && n && sums ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < l->n; i++) {
        group[i] = l->at[i].count;
        n[i] = l->at[i].n;
    }
    if (status == CST_OK) status = cst_logrank_test(group, n, l->n, sums, sums + l->n, &test, e);
    if (status == CST_OK) status = write_log_rank(l, in, sums, sums + l->n, &test, e);
    free(group);
    free(n);
    free(sums);
    return status;
}
