/* project.c: a cohort's survivors by age, the fitted curve beside them and carried on, and after each age
 * the discounted residual lifetime, in periods, and what that is worth. Fader and Hardie, "How to project
 * customer retention" (2007) and "Customer-base valuation in a contractual setting" (2010). */
#include "cohort/project.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "cohort/sheet.h"
#include <cstools/ledger.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { MOST_AGES = 10000 };

/* What is known of a cohort by age. */
typedef struct survivors {
    cst_text key;
    const char *name;       /* for messages */
    double *at;             /* those known to be there */
    double *observed;       /* their share */
    cst_sbg_period *period; /* period[t - 1] is from age t - 1 to t */
    uint32_t ages;
    double worth;    /* of an account and period, in units of the currency; NAN: not known */
    bool has_cohort; /* a column for the cohort's own date or label */
    cst_text cohort;
} survivors;

static bool make_room(survivors *s, uint32_t ages)
{
    s->ages = ages;
    s->at = calloc(ages, sizeof *s->at);
    s->observed = calloc(ages, sizeof *s->observed);
    s->period = calloc(ages, sizeof *s->period);
    return s->at && s->observed && s->period;
}

static void free_survivors(survivors *s)
{
    free(s->at);
    free(s->observed);
    free(s->period);
}

/* The periods are known, and at[0]: what follows from them. While all that were lost or are there have been
 * followed the share is that of the first ones; then it goes on from period to period (Kaplan and Meier). */
static void observe(survivors *s)
{
    bool whole = true;
    s->observed[0] = 1;
    for (uint32_t age = 1; age < s->ages; age++) {
        const cst_sbg_period *p = &s->period[age - 1];
        whole &= p->risk == s->at[age - 1];
        s->at[age] = p->risk - p->lost;
        s->observed[age] = whole ? s->at[age] / s->at[0] : s->observed[age - 1] * (1 - p->lost / p->risk);
    }
}

cst_status cohort_project_ages(const cohort_input *in, uint32_t *out, cst_error *e)
{
    int64_t n;
    const char *given = in->o->project;
    if (!cst_int_parse(cst_text_of(given), &n) || n < 1 || n > MOST_AGES)
        return cst_fail(e, CST_USAGE, "--project: expected a number of ages from 1 to %d, found \"%s\"",
                        MOST_AGES, given);
    if (in->o->discount.set && !(in->o->discount.v >= 1e-6))
        return cst_fail(
            e, CST_USAGE,
            "--discount: expected a rate of 0.000001 or more per period, found %g; without discount the "
            "residual lifetime has no bound",
            in->o->discount.v);
    if (in->o->account_value.set && !in->o->discount.set)
        return cst_fail(e, CST_USAGE, "--account-value: expected --discount with it, found none");
    *out = (uint32_t)n;
    return CST_OK;
}

static void warn_kind(const survivors *s, const cst_sbg *f, const cohort_input *in)
{
    if (f->kind == CST_SBG_CONSTANT_RATE)
        cst_io_warn(
            in->io,
            "%s%sexpected losses that slow down with age, found none that do; one constant rate is fitted",
            s->name, *s->name ? ": " : "");
    if (f->kind == CST_SBG_ALL_AT_FIRST)
        cst_io_warn(in->io,
                    "%s%sexpected losses at several ages, found all at the first; the rest is taken to stay",
                    s->name, *s->name ? ": " : "");
}

static cst_status write_age(cst_writer *w, const survivors *s, const cst_sbg *f, uint32_t age,
                            const cohort_input *in, cst_error *e)
{
    double lifetime = NAN;
    cst_status status = CST_OK;
    if (in->o->discount.set) status = cst_sbg_residual(f, age, in->o->discount.v, &lifetime, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < in->groups.n - (in->o->cohort ? 1 : 0); i++)
        cst_put_text(w, cst_label_part(s->key, i));
    if (s->has_cohort) cst_put_text(w, s->cohort);
    cst_put_int(w, age);
    if (age < s->ages) {
        cst_put_int(w, (int64_t)s->at[age]);
        cohort_put_figure(w, in, s->observed[age]);
    } else {
        cst_put_missing(w);
        cst_put_missing(w);
    }
    cohort_put_figure(w, in, cst_sbg_survival(f, age));
    cohort_put_figure(w, in, f->alpha);
    cohort_put_figure(w, in, f->beta);
    cohort_put_figure(w, in, lifetime);
    cst_put_decimals(w, s->worth * lifetime, 2);
    return cst_end_row(w, e);
}

static cst_status project_one(cst_writer *w, const survivors *s, const cohort_input *in, uint32_t more,
                              cst_error *e)
{
    cst_sbg f;
    cst_status status = cst_sbg_fit_periods(s->period, s->ages - 1, &f, e);
    if (status != CST_OK) return status;
    warn_kind(s, &f, in);
    for (uint32_t age = 0; age < s->ages + more && status == CST_OK; age++)
        status = write_age(w, s, &f, age, in, e);
    return status;
}

static cst_status open_writer(const cohort_input *in, bool has_cohort, cst_writer **w, cst_error *e)
{
    static const cst_column columns[] = {{"cohort", CST_COL_TEXT},      {"age", CST_COL_NUMBER},
                                         {"survivors", CST_COL_NUMBER}, {"observed", CST_COL_NUMBER},
                                         {"fitted", CST_COL_NUMBER},    {"alpha", CST_COL_NUMBER},
                                         {"beta", CST_COL_NUMBER},      {"residual_lifetime", CST_COL_NUMBER},
                                         {"value", CST_COL_NUMBER}};
    size_t skip = has_cohort ? 0 : 1;
    return cohort_open_writer(in, columns + skip, COUNT(columns) - skip, cohort_by_columns(in), w, e);
}

/* What an account of the cohort pays at an age, or what --account-value says. */
static double find_worth(const cohort_input *in, const cohort_line *l, uint32_t age)
{
    if (in->o->account_value.set) return (double)in->o->account_value.v / (double)CST_MONEY_UNIT;
    if (!l || age >= l->ages || l->cell[age].num == 0 || l->cell[age].den == 0) return NAN;
    return (double)l->cell[age].den / (double)l->cell[age].num / (double)CST_MONEY_UNIT;
}

/* Each account of a cohort is followed for as long as it can be. */
static cst_status follow_line(const cohort_sheet_row *r, survivors *s, cst_error *e)
{
    const cohort_line *l = r->line;
    uint32_t ages = l->lives;
    while (ages > 1 && l->life[ages - 1].risk == 0) ages--;
    if (!make_room(s, ages > 0 ? ages : 1)) return cst_no_memory(e);
    s->at[0] = (double)cohort_sheet_sum(r, 0);
    for (uint32_t age = 1; age < s->ages; age++) {
        const cohort_life *life = &l->life[age];
        uint64_t left = (uint64_t)cohort_sheet_sum(r, age);
        if (left > life->risk - life->lost)
            return cst_fail(e, CST_DATA,
                            "age %u: expected nobody who is first seen after age 0, found %llu; choose the "
                            "cohorts by first revenue or first event",
                            age, (unsigned long long)(left - (life->risk - life->lost)));
        s->period[age - 1] = (cst_sbg_period){(double)life->risk, (double)life->lost};
    }
    observe(s);
    return CST_OK;
}

static cst_status project_row(cst_writer *w, const cohort_sheet *sheet, const cohort_sheet_row *r,
                              uint32_t more, cst_error *e)
{
    const cohort_input *in = sheet->in;
    char room[CST_PERIOD_ROOM], day[CST_DAY_ROOM];
    cst_buffer name = {0};
    survivors s = {.key = r->key, .has_cohort = true, .worth = find_worth(in, r->line, r->ages - 1)};
    s.cohort = cohort_sheet_name(sheet, r, room);
    cst_buffer_add_string(&name, "cohort ");
    cst_buffer_add_visible(&name, s.cohort.p, s.cohort.n, 60);
    if (cohort_by_columns(in) > 0) {
        cst_buffer_add_string(&name, " of ");
        cohort_key_tell(in, r->key, &name);
    }
    if (!sheet->frame->labels)
        s.cohort = (cst_text){
            day, (uint32_t)cst_day_format(cst_period_last(&sheet->frame->cohorts, r->line->cohort), day)};
    s.name = cst_buffer_string(&name);
    cst_status status = follow_line(r, &s, e);
    if (status == CST_OK) status = project_one(w, &s, in, more, e);
    if (status == CST_DATA) cohort_error_of(s.name, e);
    cst_buffer_free(&name);
    free_survivors(&s);
    return status;
}

cst_status cohort_project_triangle(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                   cst_error *e)
{
    cohort_sheet sheet = {0};
    cst_writer *w = NULL;
    uint32_t more = 0;
    cst_status status = cohort_project_ages(in, &more, e);
    if (status == CST_OK) status = cohort_sheet_of(t, f, in, &sheet, e);
    if (status == CST_OK && sheet.n == 0)
        status = cst_fail(e, CST_DATA,
                          "expected a cohort that is complete, found none; see --as-of, --from and --to");
    if (status == CST_OK) status = open_writer(in, true, &w, e);
    if (status == CST_OK) {
        cohort_failures failed = {0};
        for (size_t i = 0; i < sheet.n && status == CST_OK; i++)
            status = cohort_failures_take(&failed, project_row(w, &sheet, &sheet.row[i], more, e), e);
        if (status == CST_OK)
            status = cohort_failures_tell(&failed, in, sheet.n, "; choose cohorts with --from and --to", e);
        cohort_failures_free(&failed);
        status = cohort_close_writer(w, status, e);
        if (status == CST_OK) cohort_sheet_tell(&sheet);
    }
    cohort_sheet_free(&sheet);
    return status;
}

static cst_status check_durations(const cohort_group *g, cst_error *e)
{
    for (size_t i = 0; i < g->n; i++) {
        const cst_survival_count *c = &g->count[i];
        if (c->time != floor(c->time) || c->time > MOST_AGES)
            return cst_fail(
                e, CST_DATA,
                "expected durations in whole periods up to %d for --project, found %g; round them down",
                MOST_AGES, c->time);
        if (c->time == 0 && c->events > 0)
            return cst_fail(
                e, CST_DATA,
                "expected nobody lost before the first period is over, found %llu of duration 0; the model "
                "begins with those who are there at age 0: leave them out with --where",
                (unsigned long long)c->events);
    }
    return CST_OK;
}

/* Whoever was followed for t periods was there in each of them. */
static cst_status follow_group(const cohort_group *g, survivors *s, cst_error *e)
{
    cst_status status = check_durations(g, e);
    if (status != CST_OK) return status;
    if (!make_room(s, (uint32_t)g->count[g->n - 1].time + 1)) return cst_no_memory(e);
    double risk = (double)g->subjects;
    size_t i = 0;
    for (size_t k = 0; k < g->n; k++) risk -= (double)g->count[k].entered;
    s->at[0] = risk;
    for (uint32_t age = 1; age < s->ages; age++) {
        for (; i < g->n && g->count[i].time < age; i++)
            risk += (double)g->count[i].entered - (double)(g->count[i].events + g->count[i].censored);
        bool any = i < g->n && g->count[i].time == age;
        s->period[age - 1] = (cst_sbg_period){risk, any ? (double)g->count[i].events : 0};
    }
    observe(s);
    return CST_OK;
}

static cst_status project_group(cst_writer *w, const cohort_group *g, const cohort_input *in, uint32_t more,
                                cst_error *e)
{
    cst_buffer name = {0};
    survivors s = {.key = g->key, .worth = find_worth(in, NULL, 0)};
    cohort_key_tell(in, s.key, &name);
    s.name = cst_buffer_string(&name);
    cst_status status = follow_group(g, &s, e);
    if (status == CST_OK) status = project_one(w, &s, in, more, e);
    if (status == CST_DATA) cohort_error_of(s.name, e);
    free_survivors(&s);
    cst_buffer_free(&name);
    return status;
}

cst_status cohort_project_groups(const cohort_group_list *l, const cohort_input *in, cst_error *e)
{
    cst_writer *w;
    uint32_t more;
    cohort_failures failed = {0};
    cst_status status = cohort_project_ages(in, &more, e);
    if (status == CST_OK) status = open_writer(in, false, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < l->n && status == CST_OK; i++)
        status = cohort_failures_take(&failed, project_group(w, &l->at[i], in, more, e), e);
    if (status == CST_OK) status = cohort_failures_tell(&failed, in, l->n, "", e);
    cohort_failures_free(&failed);
    return cohort_close_writer(w, status, e);
}
