/* Cox's proportional hazards with Efron's handling of ties.
 *
 * Rows are sorted by time once and laid out row by row, covariates centred and scaled to sd 1, so that
 * the exponentials stay in range and the information is well conditioned. One pass from the last time
 * to the first keeps the sums over those at risk (w, w x, w x x' with w = exp(x b)), from which each
 * time with events takes its part of the log likelihood, the gradient and the information. Newton's
 * step is halved while it makes the likelihood worse.
 *
 * A coefficient that would be infinite (nobody leaves in one category) shows as a step that does not
 * shrink while the likelihood stands still, or as an information that vanishes: it is refused by name.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/linear.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ITERATIONS = 40, MOST_HALVINGS = 30, STILL = 3 };
static const double dependent = 1e-10; /* 1 - R^2 below this: a combination of the columns before */

typedef struct {
    const cst_design *d;
    size_t n, p;
    double *time;         /* ascending */
    double *entry;        /* in that order; NULL: all are at risk from the beginning */
    uint32_t *by_entry;   /* rows by ascending entry */
    unsigned char *event; /* in that order */
    double *z;            /* n x p, centred, sd 1 */
    double *eta;          /* n: z b */
    cst_scale *scale;     /* p */
    double *sums;         /* room for one pass: S1, T1 (p each), S2, T2 (p x p each), mean (p) */
    double *b, *trial, *gradient, *step;                /* p */
    double *information, *room;                         /* p x p */
    double *first_diagonal, *first_variance, *variance; /* p */
} cox;

/* Walking from the last time to the first: the next of those who were not at risk yet at t, whose entry is
 * not before it; *left counts down from n. false: none. */
static bool next_out(const cox *c, size_t *left, double t, uint32_t *row)
{
    if (!c->entry || *left == 0 || c->entry[c->by_entry[*left - 1]] < t) return false;
    *row = c->by_entry[--*left];
    return true;
}

/* Harrell's concordance in O(n log n). A pair can be compared when the earlier of the two is an event
 * (one censored at the same time counts as later; two events at one time are left out). Times are
 * walked from the last to the first; a Fenwick tree over the ranks of risk holds everyone who is
 * later and has entered, and tells how many of them have a lower, an equal, a higher risk.
 */

typedef struct {
    uint32_t
        *tree; /* 1-based Fenwick tree: how many later ones have this rank of risk or, summed, a lower one */
    uint32_t *equal; /* how many later ones have exactly this rank */
    uint32_t *rank;  /* per row, 1-based, dense */
    uint32_t ranks;
    uint64_t later, concordant, tied, comparable;
} concordance_walk;

static void add_later(concordance_walk *w, uint32_t rank)
{
    for (uint32_t i = rank; i <= w->ranks; i += i & -i) w->tree[i]++;
    w->equal[rank]++;
    w->later++;
}

static void drop_later(concordance_walk *w, uint32_t rank)
{
    for (uint32_t i = rank; i <= w->ranks; i += i & -i) w->tree[i]--;
    w->equal[rank]--;
    w->later--;
}

static void compare_event(concordance_walk *w, uint32_t rank)
{
    uint64_t lower = 0;
    for (uint32_t i = rank - 1; i > 0; i -= i & -i) lower += w->tree[i];
    w->concordant += lower;
    w->tied += w->equal[rank];
    w->comparable += w->later;
}

static cst_status rank_risks(concordance_walk *w, const double *risk, size_t n, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    cst_status status = order ? cst_sort_order(risk, n, order, e) : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        if (i == 0 || risk[order[i]] != risk[order[i - 1]]) w->ranks++;
        w->rank[order[i]] = w->ranks;
    }
    free(order);
    return status;
}

static void walk_times(concordance_walk *w, const cox *c)
{
    const double *time = c->time;
    const unsigned char *event = c->event;
    size_t entering = c->n;
    for (size_t end = c->n; end > 0;) {
        size_t begin = end;
        while (begin > 0 && time[begin - 1] == time[end - 1]) begin--;
        for (uint32_t row; next_out(c, &entering, time[end - 1], &row);) drop_later(w, w->rank[row]);
        for (size_t i = begin; i < end; i++)
            if (!event[i]) add_later(w, w->rank[i]);
        for (size_t i = begin; i < end; i++)
            if (event[i]) compare_event(w, w->rank[i]);
        for (size_t i = begin; i < end; i++)
            if (event[i]) add_later(w, w->rank[i]);
        end = begin;
    }
}

static cst_status find_concordance(const cox *c, double *out, cst_error *e)
{
    size_t n = c->n;
    concordance_walk w = {.tree = cst_zeroed(n + 1, sizeof *w.tree),
                          .equal = cst_zeroed(n + 1, sizeof *w.equal),
                          .rank = cst_zeroed(n, sizeof *w.rank)};
    cst_status status = w.tree && w.equal && w.rank ? rank_risks(&w, c->eta, n, e) : cst_no_memory(e);
    if (status == CST_OK) {
        walk_times(&w, c);
        double ties = (double)w.tied / 2;
        *out = w.comparable ? ((double)w.concordant + ties) / (double)w.comparable : NAN;
    }
    free(w.tree);
    free(w.equal);
    free(w.rank);
    return status;
}

static void free_cox(cox *c)
{
    free(c->time);
    free(c->entry);
    free(c->by_entry);
    free(c->event);
    free(c->z);
    free(c->eta);
    free(c->scale);
    free(c->sums);
    free(c->b);
    free(c->information);
}

static bool room_cox(cox *c)
{
    size_t n = c->n, p = c->p;
    c->time = cst_zeroed(n, sizeof *c->time);
    c->event = cst_zeroed(n, 1);
    c->z = cst_zeroed(n * p, sizeof *c->z);
    c->eta = cst_zeroed(n, sizeof *c->eta);
    c->scale = cst_zeroed(p, sizeof *c->scale);
    c->sums = cst_zeroed(3 * p + 2 * p * p, sizeof *c->sums);
    c->b = cst_zeroed(7 * p, sizeof *c->b);
    c->information = cst_zeroed(2 * p * p, sizeof *c->information);
    if (!c->time || !c->event || !c->z || !c->eta || !c->scale || !c->sums || !c->b || !c->information)
        return false;
    c->trial = c->b + p;
    c->gradient = c->b + 2 * p;
    c->step = c->b + 3 * p;
    c->first_diagonal = c->b + 4 * p;
    c->first_variance = c->b + 5 * p;
    c->variance = c->b + 6 * p;
    c->room = c->information + p * p;
    return true;
}

static cst_status check_input(const double *time, const unsigned char *event, const cst_design *d,
                              cst_error *e)
{
    if (d->columns == 0) return cst_fail(e, CST_DATA, "expected at least one covariate, found none");
    if (d->rows <= d->columns)
        return cst_fail(
            e, CST_DATA,
            "expected more rows than covariates, found %zu rows and %zu covariates; leave some out", d->rows,
            d->columns);
    uint64_t events = 0;
    for (size_t i = 0; i < d->rows; i++) {
        if (!isfinite(time[i]) || time[i] < 0)
            return cst_fail(e, CST_DATA, "row %zu: expected a duration of 0 or more, found %g", i + 1,
                            time[i]);
        events += event[i] == 1;
    }
    cst_status status = cst_labels_check(event, d->rows, "an event", e);
    if (status == CST_OK && events == 0)
        status =
            cst_fail(e, CST_DATA,
                     "expected a row with an event, found none in %zu; without one no hazard can be compared",
                     d->rows);
    return status == CST_OK ? cst_design_check(d, e) : status;
}

/* Times that differ by rounding become one. */
static cst_status tie_times(cox *c, cst_error *e)
{
    size_t times = 0;
    double *all = cst_zeroed(c->entry ? 2 * c->n : c->n, sizeof *all);
    if (!all) return cst_no_memory(e);
    for (size_t i = 0; i < c->n; i++) all[times++] = c->time[i];
    for (size_t i = 0; c->entry && i < c->n; i++)
        if (c->entry[i] >= 0) all[times++] = c->entry[i];
    cst_status status = c->entry ? cst_sort(all, times, e) : CST_OK;
    bool tied = status == CST_OK && cst_survival_ties(all, &times);
    for (size_t i = 0; tied && i < c->n; i++) {
        c->time[i] = cst_survival_tied(all, times, c->time[i]);
        if (c->entry && c->entry[i] >= 0) c->entry[i] = cst_survival_tied(all, times, c->entry[i]);
    }
    free(all);
    return status;
}

/* order: the rows by time. */
static cst_status order_entries(cox *c, const double *entry, const uint32_t *order, cst_error *e)
{
    if (entry) {
        c->entry = cst_zeroed(c->n, sizeof *c->entry);
        c->by_entry = cst_zeroed(c->n, sizeof *c->by_entry);
        if (!c->entry || !c->by_entry) return cst_no_memory(e);
        for (size_t i = 0; i < c->n; i++) c->entry[i] = entry[order[i]] < 0 ? -1 : entry[order[i]];
    }
    cst_status status = tie_times(c, e);
    for (size_t i = 0; entry && status == CST_OK && i < c->n; i++)
        if (!(c->entry[i] < c->time[i]))
            status = cst_fail(e, CST_DATA, "row %u: expected an entry before the time %g, found %g",
                              order[i] + 1, c->time[i], c->entry[i]);
    return entry && status == CST_OK ? cst_sort_order(c->entry, c->n, c->by_entry, e) : status;
}

static cst_status lay_out(cox *c, const double *entry, const double *time, const unsigned char *event,
                          cst_error *e)
{
    const cst_design *d = c->d;
    uint32_t *order = cst_zeroed(c->n, sizeof *order);
    cst_status status = order ? cst_sort_order(time, c->n, order, e) : cst_no_memory(e);
    for (size_t j = 0; status == CST_OK && j < c->p; j++) {
        cst_scale k = c->scale[j] = cst_scale_of(d->x[j], c->n);
        if (!(k.sd > 0) || !isfinite(k.sd)) status = cst_fail_column(e, d, j, "is constant; leave it out");
        for (size_t i = 0; status == CST_OK && i < c->n; i++)
            c->z[i * c->p + j] = (d->x[j][order[i]] - k.mean) / k.sd;
    }
    for (size_t i = 0; status == CST_OK && i < c->n; i++) {
        c->time[i] = time[order[i]];
        c->event[i] = event[order[i]];
    }
    if (status == CST_OK) status = order_entries(c, entry, order, e);
    free(order);
    return status;
}

/* sum += w z, square += w z z' (lower triangle). */
static void add_row(const double *z, double w, size_t p, double *sum, double *square)
{
    for (size_t j = 0; j < p; j++) {
        double wz = w * z[j];
        sum[j] += wz;
        for (size_t k = 0; k <= j; k++) square[j * p + k] += wz * z[k];
    }
}

/* The parts of one time with `ties` events: Efron leaves out k / ties of the tied events' own weight
 * in the k-th term. */
static double add_time(cox *c, double s0, double t0, uint64_t ties)
{
    size_t p = c->p;
    const double *s1 = c->sums, *t1 = s1 + p, *s2 = t1 + p, *t2 = s2 + p * p;
    double *mean = c->sums + 2 * p + 2 * p * p, loglik = 0;
    for (uint64_t k = 0; k < ties; k++) {
        double f = (double)k / (double)ties, inverse = 1 / (s0 - f * t0);
        loglik += log(inverse);
        for (size_t j = 0; j < p; j++) {
            mean[j] = (s1[j] - f * t1[j]) * inverse;
            c->gradient[j] -= mean[j];
            for (size_t i = 0; i <= j; i++)
                c->information[j * p + i] +=
                    (s2[j * p + i] - f * t2[j * p + i]) * inverse - mean[j] * mean[i];
        }
    }
    return loglik;
}

/* One who had not entered yet leaves the sums; with the last of them they are exactly nothing. */
static void take_out(cox *c, uint32_t row, double most, bool last, double *s0)
{
    size_t p = c->p;
    double *s1 = c->sums, *s2 = s1 + 2 * p, w = exp(c->eta[row] - most);
    if (last) {
        *s0 = 0;
        memset(s1, 0, p * sizeof *s1);
        memset(s2, 0, p * p * sizeof *s2);
    } else {
        *s0 -= w;
        add_row(c->z + row * p, -w, p, s1, s2);
    }
}

/* Log likelihood, gradient and information at `b`. */
static double pass_rows(cox *c, const double *b)
{
    size_t p = c->p;
    double *s1 = c->sums, *t1 = s1 + p, *s2 = t1 + p, *t2 = s2 + p * p, s0 = 0, loglik = 0, most = -INFINITY;
    memset(c->sums, 0, (3 * p + 2 * p * p) * sizeof *c->sums);
    memset(c->gradient, 0, p * sizeof *c->gradient);
    memset(c->information, 0, p * p * sizeof *c->information);
    for (size_t i = 0; i < c->n; i++) {
        double eta = 0;
        for (size_t j = 0; j < p; j++) eta += c->z[i * p + j] * b[j];
        c->eta[i] = eta;
        most = fmax(most, eta);
    }
    size_t entering = c->n, at_risk = 0;
    for (size_t end = c->n; end > 0;) {
        size_t i = end;
        uint64_t ties = 0;
        for (uint32_t row; next_out(c, &entering, c->time[end - 1], &row); at_risk--)
            take_out(c, row, most, at_risk == 1, &s0);
        double t0 = 0;
        memset(t1, 0, p * sizeof *t1);
        memset(t2, 0, p * p * sizeof *t2);
        for (; i > 0 && c->time[i - 1] == c->time[end - 1]; i--) {
            const double *z = c->z + (i - 1) * p;
            double w = exp(c->eta[i - 1] - most); /* a common factor cancels */
            s0 += w;
            add_row(z, w, p, s1, s2);
            if (!c->event[i - 1]) continue;
            ties++;
            t0 += w;
            add_row(z, w, p, t1, t2);
            loglik += c->eta[i - 1] - most;
            for (size_t j = 0; j < p; j++) c->gradient[j] += z[j];
        }
        if (ties) loglik += add_time(c, s0, t0, ties);
        at_risk += end - i;
        end = i;
    }
    return loglik;
}

static cst_status fail_growing(const cox *c, size_t j, cst_error *e)
{
    return cst_fail_column(
        e, c->d, j,
        "has a coefficient that grows without bound: some of its values, alone or with other "
        "columns, see no events (or only they do); leave it out or merge its categories");
}

/* The covariate whose information has shrunk the most since the start. */
static size_t find_vanished(const cox *c)
{
    size_t worst = 0;
    double least = INFINITY;
    for (size_t j = 0; j < c->p; j++) {
        double share = c->information[j * c->p + j] / c->first_diagonal[j];
        if (!(share >= least)) {
            least = share;
            worst = j;
        }
    }
    return worst;
}

/* Newton's step from the gradient and the information, which is factored in place. */
static cst_status find_step(cox *c, bool first, uint64_t events, cst_error *e)
{
    size_t p = c->p;
    if (first)
        for (size_t j = 0; j < p; j++) {
            c->first_diagonal[j] = c->information[j * p + j];
            if (!(c->first_diagonal[j] > 1e-12 * (double)events))
                return cst_fail_column(e, c->d, j,
                                       "is constant among those at risk when an event happens; leave it out");
        }
    size_t vanished = find_vanished(c), bad = cst_cholesky(c->information, p, dependent);
    if (bad < p)
        return first ? cst_fail_column(e, c->d, bad,
                                       "is a linear combination of the columns before it; leave it out")
                     : fail_growing(c, vanished, e);
    if (first && !cst_cholesky_variances(c->information, p, c->room, c->first_variance))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    memcpy(c->step, c->gradient, p * sizeof *c->step);
    if (!cst_cholesky_solve(c->information, p, c->step))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    return CST_OK;
}

/* b + step / 2^k with the least k that does not lower the likelihood; the last pass leaves gradient
 * and information there. */
static double take_step(cox *c, double loglik)
{
    double size = 1, next = 0;
    for (int k = 0; k < MOST_HALVINGS; k++, size /= 2) {
        for (size_t j = 0; j < c->p; j++) c->trial[j] = c->b[j] + size * c->step[j];
        next = pass_rows(c, c->trial);
        if (next >= loglik - 1e-11 * fabs(loglik)) break;
    }
    memcpy(c->b, c->trial, c->p * sizeof *c->b);
    return next;
}

/* The largest step in sds; the widest change of a column's part over its range, and which column has it. */
static double size_step(const cox *c, double *widest, size_t *column)
{
    double largest = 0;
    *widest = 0;
    *column = 0;
    for (size_t j = 0; j < c->p; j++) {
        double change = fabs(c->step[j]) * c->scale[j].range / c->scale[j].sd;
        largest = fmax(largest, fabs(c->step[j]));
        if (change > *widest) {
            *widest = change;
            *column = j;
        }
    }
    return largest;
}

static cst_status iterate(cox *c, cst_cox *fit, cst_error *e)
{
    fit->null_loglik = fit->loglik = pass_rows(c, c->b);
    cst_status status = find_step(c, true, fit->events, e);
    size_t suspect;
    int still = 0;
    for (fit->iterations = 1; status == CST_OK; fit->iterations++) {
        double widest, largest = size_step(c, &widest, &suspect), before = fit->loglik;
        fit->loglik = take_step(c, before);
        still = fabs(fit->loglik - before) < 1e-9 * fabs(before) && widest > 0.5 ? still + 1 : 0;
        status = find_step(c, false, fit->events, e);
        if (status < 0 || largest < 1e-7) break;
        if (still >= STILL || fit->iterations >= MOST_ITERATIONS) return fail_growing(c, suspect, e);
    }
    return status;
}

/* Back to the columns' own units; the information is factored. */
static cst_status fill_estimates(cox *c, cst_cox *fit, cst_error *e)
{
    if (!cst_cholesky_variances(c->information, c->p, c->room, c->variance))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    size_t runaway = cst_runaway(c->first_variance, c->variance, c->p);
    if (runaway < c->p) return fail_growing(c, runaway, e);
    for (size_t j = 0; j < c->p; j++) {
        cst_estimate *t = &fit->estimate[j];
        t->value = c->b[j] / c->scale[j].sd;
        t->std_error = sqrt(c->variance[j]) / c->scale[j].sd;
        t->z = t->value / t->std_error;
        t->p = cst_normal_two_sided(t->z);
    }
    return find_concordance(c, &fit->concordance, e);
}

cst_status cst_cox_fit(const double *entry, const double *time, const unsigned char *event,
                       const cst_design *d, cst_cox **out, cst_error *e)
{
    *out = NULL;
    cst_status status = check_input(time, event, d, e);
    if (status < 0) return status;
    cox c = {.d = d, .n = d->rows, .p = d->columns};
    cst_cox *fit = cst_zeroed(1, sizeof *fit);
    if (fit) fit->estimate = cst_zeroed(c.p, sizeof *fit->estimate);
    status = fit && fit->estimate && room_cox(&c) ? lay_out(&c, entry, time, event, e) : cst_no_memory(e);
    if (status == CST_OK) {
        fit->columns = c.p;
        fit->rows = c.n;
        for (size_t i = 0; i < c.n; i++) fit->events += event[i];
        status = iterate(&c, fit, e);
    }
    if (status == CST_OK) status = fill_estimates(&c, fit, e);
    free_cox(&c);
    if (status < 0) {
        cst_cox_free(fit);
        return status;
    }
    *out = fit;
    return CST_OK;
}

void cst_cox_free(cst_cox *c)
{
    if (!c) return;
    free(c->estimate);
    free(c);
}
