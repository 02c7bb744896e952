/* Kaplan and Meier's product-limit estimate. Counts per distinct time are all it needs, so a caller
 * with ten million rows keeps only a table of times. Variance by Greenwood's sum of d / (n (n - d));
 * limits and medians follow the survival package of R to the letter (survfit_confint, survmean),
 * including where R has no limit: there it is NAN.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include <math.h>
#include <stdlib.h>

static cst_status check_durations(const double *time, const unsigned char *event, size_t n, cst_error *e)
{
    if (n == 0) return cst_fail(e, CST_DATA, "expected at least one row with a duration, found none");
    for (size_t i = 0; i < n; i++)
        if (!isfinite(time[i]) || time[i] < 0)
            return cst_fail(e, CST_DATA, "row %zu: expected a duration of 0 or more, found %s%g", i + 1,
                            isnan(time[i]) ? "none: " : "", time[i]);
    return cst_labels_check(event, n, "an event", e);
}

bool cst_survival_ties(double *time, size_t *n)
{
    const double tolerance = 1.4901161193847656e-08; /* 2^-26, R's .Machine$double.eps^0.5 */
    size_t distinct = 0, left = 0;
    cst_sum sum = {0};
    for (size_t i = 0; i < *n; i++)
        if (distinct == 0 || time[i] != time[distinct - 1]) {
            time[distinct++] = time[i];
            cst_sum_add(&sum, time[i]);
        }
    double mean = cst_sum_value(&sum) / (double)distinct, before = 0;
    for (size_t i = 0; i < distinct; i++) {
        double step = time[i] - before;
        before = time[i];
        if (i == 0 || !(step <= tolerance || step / mean <= tolerance)) time[left++] = time[i];
    }
    *n = left;
    return left < distinct;
}

double cst_survival_tied(const double *time, size_t n, double t)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? time[low - 1] : t;
}

cst_status cst_survival_tally(const double *time, const unsigned char *event, size_t n,
                              cst_survival_count **out, size_t *n_out, cst_error *e)
{
    *out = NULL;
    *n_out = 0;
    cst_status status = check_durations(time, event, n, e);
    if (status < 0) return status;
    uint32_t *order = cst_zeroed(n, sizeof *order);
    double *times = cst_zeroed(n, sizeof *times);
    size_t distinct = n, k = 0;
    cst_survival_count *c = NULL;
    status = order && times ? cst_sort_order(time, n, order, e) : cst_no_memory(e);
    if (status == CST_OK) {
        for (size_t i = 0; i < n; i++) times[i] = time[order[i]];
        cst_survival_ties(times, &distinct);
        c = cst_zeroed(distinct, sizeof *c);
        if (!c) status = cst_no_memory(e);
    }
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        size_t row = order[i];
        while (k + 1 < distinct && times[k + 1] <= time[row]) k++;
        c[k].time = times[k] + 0.0;
        if (event[row])
            c[k].events++;
        else
            c[k].censored++;
    }
    free(order);
    free(times);
    if (status < 0) return status;
    *out = c;
    *n_out = distinct;
    return CST_OK;
}

/* The limits at one time; `spread` is z times the standard error of log S. */
static void set_limits(cst_km_row *r, cst_ci_type ci, double spread)
{
    double s = r->survival;
    r->lower = r->upper = NAN;
    if (s == 0 || (ci == CST_CI_LOGLOG && s == 1)) return;
    switch (ci) {
    case CST_CI_PLAIN:
        r->lower = fmax(s - spread * s, 0);
        r->upper = fmin(s + spread * s, 1);
        break;
    case CST_CI_LOG:
        r->lower = exp(log(s) - spread);
        r->upper = fmin(exp(log(s) + spread), 1);
        break;
    case CST_CI_LOGLOG:
        r->lower = exp(-exp(log(-log(s)) - spread / log(s)));
        r->upper = exp(-exp(log(-log(s)) + spread / log(s)));
        break;
    }
}

static double survival_of(const cst_km_row *r)
{
    return r->survival;
}

static double lower_of(const cst_km_row *r)
{
    return r->lower;
}

static double upper_of(const cst_km_row *r)
{
    return r->upper;
}

/* Where a curve passes a level: R's minmin() for one half. Only the points below level + tolerance count. */
static double pass_level(const cst_km *km, double (*curve)(const cst_km_row *), double level)
{
    const double tolerance = 1.4901161193847656e-08; /* 2^-26, R's .Machine$double.eps^0.5 */
    size_t i = 0;
    while (i < km->n && !(curve(&km->row[i]) < level + tolerance)) i++;
    if (i == km->n) return NAN;
    double at = curve(&km->row[i]);
    if (fabs(at - level) < tolerance)
        for (size_t j = i + 1; j < km->n; j++)
            if (curve(&km->row[j]) < at) return (km->row[i].time + km->row[j].time) / 2;
    return km->row[i].time;
}

/* At risk at the first time: all but those who enter later. */
static cst_status check_counts(const cst_survival_count *c, size_t n, uint64_t *subjects, uint64_t *at_risk,
                               cst_error *e)
{
    *subjects = *at_risk = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(c[i].time) || c[i].time < 0 || (i > 0 && c[i].time <= c[i - 1].time))
            return cst_fail(e, CST_DATA,
                            "expected distinct times of 0 or more, ascending; found %g as number %zu",
                            c[i].time, i + 1);
        *subjects += c[i].events + c[i].censored;
        *at_risk += c[i].events + c[i].censored - c[i].entered;
    }
    if (*subjects == 0) return cst_fail(e, CST_DATA, "expected at least one duration, found none");
    uint64_t risk = *at_risk;
    for (size_t i = 0; i < n; i++) {
        uint64_t gone = c[i].events + c[i].censored;
        if (risk > *subjects || gone > risk)
            return cst_fail(e, CST_DATA,
                            "expected nobody to leave who has not entered before, found some at time %g",
                            c[i].time);
        risk += c[i].entered - gone;
    }
    return CST_OK;
}

/* What the rows before have come to. */
typedef struct {
    double survival, greenwood, hazard, hazard_variance;
} product;

static void fill_row(cst_km_row *r, const cst_survival_count *c, uint64_t at_risk, product *p, cst_ci_type ci,
                     double z)
{
    double risk = (double)at_risk, left = (double)(at_risk - c->events), events = (double)c->events;
    if (c->events) {
        p->survival *= left / risk;
        p->hazard += events / risk;
        p->hazard_variance += events / (risk * risk);
    }
    if (left > 0) p->greenwood += events / (risk * left);
    *r = (cst_km_row){.time = c->time,
                      .at_risk = at_risk,
                      .events = c->events,
                      .censored = c->censored,
                      .survival = p->survival,
                      .hazard = p->hazard,
                      .hazard_error = sqrt(p->hazard_variance)};
    r->std_error = p->survival > 0 ? p->survival * sqrt(p->greenwood) : NAN;
    set_limits(r, ci, z * sqrt(p->greenwood));
}

cst_status cst_km_fit(const cst_survival_count *count, size_t n, cst_ci_type ci, double level, cst_km **out,
                      cst_error *e)
{
    *out = NULL;
    if (!(level > 0 && level < 1))
        return cst_fail(e, CST_USAGE, "expected a confidence level between 0 and 1, found %g", level);
    uint64_t subjects, at_risk;
    cst_status status = check_counts(count, n, &subjects, &at_risk, e);
    if (status < 0) return status;
    cst_km *km = cst_zeroed(1, sizeof *km);
    if (km) km->row = cst_zeroed(n, sizeof *km->row);
    if (!km || !km->row) {
        cst_km_free(km);
        return cst_no_memory(e);
    }
    km->subjects = subjects;
    product p = {.survival = 1};
    double z = cst_normal_quantile(level);
    for (size_t i = 0; i < n; i++) {
        const cst_survival_count *c = &count[i];
        bool enter_only = c->events + c->censored == 0 && c->entered > 0 && c->time > 0;
        if (!enter_only) fill_row(&km->row[km->n++], c, at_risk, &p, ci, z);
        at_risk += c->entered - c->events - c->censored;
        km->events += c->events;
    }
    cst_km_time median = cst_km_quantile(km, 0.5);
    km->median = median.time;
    km->median_lower = median.lower;
    km->median_upper = median.upper;
    *out = km;
    return CST_OK;
}

cst_km_time cst_km_quantile(const cst_km *km, double gone)
{
    double level = 1 - gone;
    return (cst_km_time){pass_level(km, survival_of, level), pass_level(km, lower_of, level),
                         pass_level(km, upper_of, level)};
}

double cst_km_at(const cst_km *km, double t)
{
    size_t low = 0, high = km->n; /* the rows up to `low` are at or before t */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (km->row[middle].time <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? km->row[low - 1].survival : 1;
}

cst_status cst_km_mean(const cst_km *km, double tau, double *mean, double *std_error, cst_error *e)
{
    if (!(tau > 0) || !isfinite(tau))
        return cst_fail(e, CST_USAGE, "expected a restriction time above 0 for the mean, found %g", tau);
    size_t n = 0;
    while (n < km->n && km->row[n].time <= tau) n++;
    /* from the right: `area` is the area under the curve from row i's time to tau */
    double area = 0, variance = 0, end = tau;
    for (size_t i = n; i-- > 0;) {
        const cst_km_row *r = &km->row[i];
        area += (end - r->time) * r->survival;
        end = r->time;
        double risk = (double)r->at_risk, left = (double)(r->at_risk - r->events);
        if (left > 0) variance += area * area * (double)r->events / (risk * left);
    }
    *mean = area + end;
    *std_error = sqrt(variance);
    return CST_OK;
}

void cst_km_free(cst_km *km)
{
    if (!km) return;
    free(km->row);
    free(km);
}
