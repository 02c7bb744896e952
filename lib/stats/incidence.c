/* Cumulative incidence under competing risks. The influence of a subject is the derivative of the estimate by
 * its weight: at each time it goes on as the estimate itself does, and a subject at risk adds the derivative
 * of the hazards. All who are at risk have the same influence, so one triple stands for them; those who left
 * are known by their second moments, which go on linearly. So the work is one pass over the times. */
#include "stats/column.h"
#include <math.h>

/* Of a subject: on still being there, and on having left by each cause. */
typedef struct influence {
    double there, gone[CST_CAUSES];
} influence;

/* Sums over those who left. */
typedef struct moments {
    double there, cross[CST_CAUSES], gone[CST_CAUSES]; /* of there^2, there x gone, gone^2 */
} moments;

static cst_status check_counts(const cst_incidence_count *c, size_t n, uint64_t *subjects, cst_error *e)
{
    *subjects = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(c[i].time) || c[i].time < 0 || (i > 0 && c[i].time <= c[i - 1].time))
            return cst_fail(e, CST_DATA,
                            "expected distinct times of 0 or more, ascending; found %g as number %zu",
                            c[i].time, i + 1);
        *subjects += c[i].censored;
        for (int j = 0; j < CST_CAUSES; j++) *subjects += c[i].events[j];
    }
    return *subjects > 0 ? CST_OK : cst_fail(e, CST_DATA, "expected at least one duration, found none");
}

static void carry_moments(moments *m, const double *hazard, double stay)
{
    for (int j = 0; j < CST_CAUSES; j++) {
        m->gone[j] += 2 * hazard[j] * m->cross[j] + hazard[j] * hazard[j] * m->there;
        m->cross[j] = stay * (m->cross[j] + hazard[j] * m->there);
    }
    m->there *= stay * stay;
}

static void add_leavers(moments *m, influence u, uint64_t times)
{
    double n = (double)times;
    m->there += n * u.there * u.there;
    for (int j = 0; j < CST_CAUSES; j++) {
        m->cross[j] += n * u.there * u.gone[j];
        m->gone[j] += n * u.gone[j] * u.gone[j];
    }
}

cst_status cst_incidence(const cst_incidence_count *count, size_t n, cst_incidence_row *out, cst_error *e)
{
    uint64_t at_risk;
    cst_status status = check_counts(count, n, &at_risk, e);
    if (status < 0) return status;
    influence staying = {0};
    moments left = {0};
    double survival = 1, incidence[CST_CAUSES] = {0};
    for (size_t i = 0; i < n; i++) {
        const cst_incidence_count *c = &count[i];
        cst_incidence_row *r = &out[i];
        *r = (cst_incidence_row){.time = c->time, .at_risk = at_risk, .censored = c->censored};
        double each = survival / (double)at_risk, hazard[CST_CAUSES], all = 0;
        for (int j = 0; j < CST_CAUSES; j++) all += hazard[j] = (double)c->events[j] / (double)at_risk;
        double stay = c->events[0] + c->events[1] == at_risk ? 0 : 1 - all;
        carry_moments(&left, hazard, stay);
        for (int j = 0; j < CST_CAUSES; j++) staying.gone[j] += hazard[j] * staying.there - each * hazard[j];
        staying.there = stay * staying.there + each * all;
        for (int j = 0; j < CST_CAUSES; j++) {
            influence leaver = staying;
            leaver.there -= each;
            leaver.gone[j] += each;
            add_leavers(&left, leaver, c->events[j]);
            at_risk -= c->events[j];
        }
        add_leavers(&left, staying, c->censored);
        at_risk -= c->censored;
        for (int j = 0; j < CST_CAUSES; j++) {
            r->events[j] = c->events[j];
            r->incidence[j] = incidence[j] += survival * hazard[j];
            r->std_error[j] =
                sqrt(fmax(left.gone[j] + (double)at_risk * staying.gone[j] * staying.gone[j], 0));
        }
        survival *= stay;
    }
    return CST_OK;
}
