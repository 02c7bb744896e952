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

typedef struct survivors {
    cst_text key;
    const char *name; /* for messages */
    double *at;       /* by age */
    uint32_t ages;
    double worth;    /* of an account and period, in units of the currency; NAN: not known */
    bool has_cohort; /* a column for the cohort's own date or label */
    cst_text cohort;
} survivors;

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
        cohort_put_figure(w, in, s->at[age] / s->at[0]);
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
    cst_status status = cst_sbg_fit(s->at, s->ages, &f, e);
    if (status != CST_OK) {
        cohort_error_of(s->name, e);
        return status;
    }
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

/* What an account of the cohort pays at the last age, or what --account-value says. */
static double find_worth(const cohort_input *in, const cohort_line *l, uint32_t age)
{
    if (in->o->account_value.set) return (double)in->o->account_value.v / (double)CST_MONEY_UNIT;
    if (!l || age >= l->ages || l->cell[age].num == 0 || l->cell[age].den == 0) return NAN;
    return (double)l->cell[age].den / (double)l->cell[age].num / (double)CST_MONEY_UNIT;
}

static cst_status project_row(cst_writer *w, const cohort_sheet *sheet, const cohort_sheet_row *r,
                              uint32_t more, cst_error *e)
{
    const cohort_input *in = sheet->in;
    char room[CST_PERIOD_ROOM], day[CST_DAY_ROOM];
    cst_buffer name = {0};
    survivors s = {
        .key = r->key, .ages = r->ages, .has_cohort = true, .worth = find_worth(in, r->line, r->ages - 1)};
    s.at = calloc(r->ages, sizeof *s.at);
    if (!s.at) return cst_no_memory(e);
    for (uint32_t age = 0; age < r->ages; age++) s.at[age] = (double)cohort_sheet_sum(r, age);
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
    cst_status status = project_one(w, &s, in, more, e);
    if (status == CST_DATA) {
        cst_buffer remedy = {0};
        cst_buffer_add_string(&remedy, e ? e->message : "");
        cst_buffer_add_string(&remedy, "; choose cohorts with --from and --to");
        status = cst_fail(e, CST_DATA, "%s", cst_buffer_string(&remedy));
        cst_buffer_free(&remedy);
    }
    cst_buffer_free(&name);
    free(s.at);
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
        for (size_t i = 0; i < sheet.n && status == CST_OK; i++)
            status = project_row(w, &sheet, &sheet.row[i], more, e);
        status = cohort_close_writer(w, status, e);
        if (status == CST_OK) cohort_sheet_tell(&sheet);
    }
    cohort_sheet_free(&sheet);
    return status;
}

/* Those still there after each whole number of periods that all of the group were followed for. */
static cst_status count_survivors(const cohort_group *g, survivors *s, cst_error *e)
{
    double end = -1;
    for (size_t i = 0; i < g->n && end < 0; i++) {
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
        if (c->censored > 0 || i + 1 == g->n) end = c->time;
    }
    s->ages = (uint32_t)end + 1;
    s->at = calloc(s->ages, sizeof *s->at);
    if (!s->at) return cst_no_memory(e);
    double left = (double)g->subjects;
    size_t i = 0;
    for (uint32_t age = 0; age < s->ages; age++) {
        for (; i < g->n && g->count[i].time <= age; i++) left -= (double)g->count[i].events;
        s->at[age] = left;
    }
    return CST_OK;
}

cst_status cohort_project_groups(const cohort_group_list *l, const cohort_input *in, cst_error *e)
{
    cst_writer *w;
    uint32_t more;
    cst_status status = cohort_project_ages(in, &more, e);
    if (status == CST_OK) status = open_writer(in, false, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < l->n && status == CST_OK; i++) {
        cst_buffer name = {0};
        survivors s = {.key = l->at[i].key, .worth = find_worth(in, NULL, 0)};
        cohort_key_tell(in, s.key, &name);
        s.name = cst_buffer_string(&name);
        status = count_survivors(&l->at[i], &s, e);
        if (status != CST_OK)
            cohort_error_of(s.name, e);
        else
            status = project_one(w, &s, in, more, e);
        free(s.at);
        cst_buffer_free(&name);
    }
    return cohort_close_writer(w, status, e);
}
