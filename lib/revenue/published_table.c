/* revenue/published_table.c: the eight definitions, and what the sums of a month come to under each. */
#include "base/decimal.h"
#include "base/memory.h"
#include "revenue/figures.h"
#include "revenue/published.h"

enum { YEAR = 12 };

/* A is what is paid at a month's end, R what is earned by days in months; t is the month, and amounts are at
 * its rates but where another is said. */
static const struct {
    const char *name, *formula, *stated;
    int reach;   /* the months before t that are read */
    bool detail; /* sums of its own, account by account */
} definitions[PUBLISHED] = {
    [PUB_ENDS] = {"point_to_point", "sum A(t) / sum A(t-12); accounts with A(t-12) > 0",
                  "Okta, form 10-K: dollar-based net retention rate", 12, false},
    [PUB_MOVEMENTS] =
        {"movements",
         "(sum A(t-12) + upsell + cross_sell + contraction + churn of t-11..t) / sum A(t-12); accounts "
         "with A(t-12) > 0",
         "subscription analytics: 1 - net MRR churn, without reactivation", 12, true},
    [PUB_COMPOUNDED] =
        {"compounded",
         "product over m = t-11..t of sum A(m) / sum A(m-1) at m's rates; accounts with A(m-1) > 0",
         "spreadsheets of monthly rates", 12, false},
    [PUB_POOLED] = {"pooled_months",
                    "(sum over m = t-11..t of A(m) / sum of A(m-1)) ^ 12; accounts with A(m-1) > 0",
                    "HubSpot, form 10-K: net revenue retention", 12, true},
    [PUB_MEAN] = {"trailing_mean", "mean of definition 1 at t-11..t, each at its own rates",
                  "Zoom, form 10-K: trailing twelve-month net dollar expansion rate", 23, false},
    [PUB_QUARTER] = {"quarter_revenue", "R(t-2..t) / R(t-14..t-12); accounts with R(t-14..t-12) > 0",
                     "Cloudflare, form 10-K: dollar-based net retention rate", 14, true},
    [PUB_YEAR] = {"year_revenue", "R(t-11..t) / R(t-23..t-12); accounts with A(t-23) > 0",
                  "Snowflake, form 10-K: net revenue retention rate", 23, true},
    [PUB_LARGE] = {"least_base", "definition 1; accounts with A(t-12) >= --base-min",
                   "Box, form 10-K: net retention rate, customers of 5,000 and more a year", 12, true},
};

bool rev_published_is_known(const rev_session *s, int definition, cst_period t)
{
    cst_day day = s->o->history_from != CST_DAY_NONE ? s->o->history_from : s->counts.first;
    return day != CST_DAY_NONE && t - definitions[definition].reach >= cst_period_of(&s->calendar, day);
}

bool rev_published_has_detail(const rev_session *s, int definition)
{
    return definitions[definition].detail && (definition != PUB_LARGE || s->o->base_min.set);
}

/* ---- what it comes to -------------------------------------------------------------------------------- */

static rev_maybe ratio_of(const pub_part *x)
{
    rev_maybe r = {0, false};
    r.there = cst_ratio_of(x->num, x->den, &r.v);
    return r;
}

/* of[k] of the months t-11..t multiplied up; `same`: that of t, twelve times. */
static rev_maybe multiply(const pub_cell *t, int k, bool same, bool *failed)
{
    cst_wide num[YEAR], den[YEAR];
    for (int i = 0; i < YEAR; i++) {
        const pub_part *x = &t[same ? 0 : -i].of[k];
        num[i] = x->num;
        den[i] = x->den;
    }
    return rev_product_of(num, den, YEAR, failed);
}

/* Of ratios as they are printed. */
static rev_maybe mean_of(const pub_cell *t)
{
    cst_wide sum = 0;
    for (int i = 0; i < YEAR; i++) {
        rev_maybe r = ratio_of(&t[-i].of[PUB_ENDS]);
        if (!r.there) return r;
        sum += r.v;
    }
    return (rev_maybe){(cst_ratio)cst_wide_divide(sum, YEAR), true};
}

static rev_maybe find_value(const pub_cell *t, int k, bool *failed)
{
    switch (k) {
    case PUB_COMPOUNDED:
        return multiply(t, k, false, failed);
    case PUB_POOLED:
        return multiply(t, k, true, failed);
    case PUB_MEAN:
        return mean_of(t);
    default:
        return ratio_of(&t->of[k]);
    }
}

static cst_status write_month(const rev_session *s, cst_writer *w, const pub_months *m, cst_period p,
                              cst_error *e)
{
    cst_status status = CST_OK;
    bool failed = false;
    for (int k = 0; k < PUBLISHED && status == CST_OK; k++) {
        rev_maybe v = {0, false};
        if (rev_published_is_known(s, k, p)) v = find_value(&m->cell[p - m->low], k, &failed);
        if (failed) return cst_no_memory(e);
        cst_put_day(w, cst_period_last(&s->calendar, p));
        cst_put_int(w, k + 1);
        cst_put_string(w, definitions[k].name);
        if (v.there)
            cst_put_ratio(w, v.v);
        else
            cst_put_missing(w);
        status = cst_end_row(w, e);
    }
    return status;
}

cst_status rev_published_write(rev_session *s, const pub_months *m, cst_error *e)
{
    static const cst_column columns[] = {{"period_end", CST_COL_TEXT},
                                         {"definition", CST_COL_NUMBER},
                                         {"name", CST_COL_TEXT},
                                         {"value", CST_COL_NUMBER}};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(s->io, columns, sizeof columns / sizeof *columns, &w, e);
    for (cst_period p = s->first; s->any && p <= s->last && status == CST_OK; p++)
        status = write_month(s, w, m, p, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status rev_published_list(cst_program_io *io, cst_error *e)
{
    static const cst_column columns[] = {{"definition", CST_COL_NUMBER},
                                         {"name", CST_COL_TEXT},
                                         {"formula", CST_COL_TEXT},
                                         {"stated_by", CST_COL_TEXT}};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(io, columns, sizeof columns / sizeof *columns, &w, e);
    for (int k = 0; k < PUBLISHED && status == CST_OK; k++) {
        cst_put_int(w, k + 1);
        cst_put_string(w, definitions[k].name);
        cst_put_string(w, definitions[k].formula);
        cst_put_string(w, definitions[k].stated);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}
