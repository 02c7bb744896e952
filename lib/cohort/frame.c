/* frame.c: the edges of a triangle: which cohorts, how long an age, the last tick that is complete. */
#include "base/date.h"
#include "base/text.h"
#include "cohort/starts.h"
#include "cohort/triangle.h"

static cst_status check_measure(const cohort_options *o, cst_error *e)
{
    enum cohort_measure m = (enum cohort_measure)o->measure;
    if (o->events && (m == COHORT_MRR || m == COHORT_NRR || m == COHORT_GRR))
        return cst_fail(
            e, CST_USAGE,
            "--measure: expected logos, on-or-after, events or value with --events, found one of revenue; "
            "read subscriptions for it");
    if (m == COHORT_ON_OR_AFTER && o->never_left)
        return cst_fail(
            e, CST_USAGE,
            "--never-left: expected a measure other than on-or-after, which counts those that come "
            "back; leave one of them out");
    if (!o->events && (m == COHORT_EVENTS || m == COHORT_VALUE))
        return cst_fail(
            e, CST_USAGE,
            "--measure: expected logos, on-or-after, mrr, nrr or grr of subscriptions, found one of events; "
            "give --events FILE");
    if (o->share && (m == COHORT_NRR || m == COHORT_GRR))
        return cst_fail(
            e, CST_USAGE,
            "--share: expected the measure logos, on-or-after, mrr, events or value, found one that is a "
            "share already; leave --share out");
    if (o->weighted_average && !o->share && m != COHORT_NRR && m != COHORT_GRR)
        return cst_fail(e, CST_USAGE,
                        "--weighted-average: expected --share, or the measure nrr or grr, found neither; an "
                        "average of sums of cohorts of different size says nothing");
    return CST_OK;
}

static cst_status check_cohorts(const cohort_input *in, cst_error *e)
{
    const cohort_options *o = in->o;
    if (o->cohort && o->cohort_date)
        return cst_fail(e, CST_USAGE, "expected one of --cohort and --cohort-date, found both");
    if (o->cohort_date && !o->subjects.accounts)
        return cst_fail(
            e, CST_USAGE,
            "--cohort-date: expected --accounts FILE with it, found none; the date is a column there");
    if (o->cohort_date && o->events && cst_io_has_operands(in->io))
        return cst_fail(
            e, CST_USAGE,
            "expected one of --cohort-date and subscriptions beside --events, found both; each gives "
            "accounts a cohort");
    if (o->cohort_date && o->history_from != CST_DAY_NONE)
        return cst_fail(
            e, CST_USAGE,
            "expected one of --cohort-date and --history-from, found both; the date of an account is "
            "known whatever the history");
    if (o->cohort && o->cohort_every >= 0)
        return cst_fail(
            e, CST_USAGE,
            "expected one of --cohort and --cohort-every, found both; the values of a column have no "
            "length");
    if (o->cohort_every >= 0 && o->cohort_every < o->every)
        return cst_fail(
            e, CST_USAGE,
            "--cohort-every: expected cohorts no shorter than --every, found shorter ones; ages would "
            "be longer than the cohort");
    if (o->periodic.fiscal_start.set && o->every + CST_DAILY <= CST_WEEK &&
        o->cohort_every + CST_DAILY <= CST_WEEK)
        return cst_option_needs("--fiscal-year-start", "quarters or years", "weeks are ISO weeks", e);
    if (o->periodic.from != CST_DAY_NONE && o->periodic.to != CST_DAY_NONE &&
        o->periodic.to < o->periodic.from)
        return cst_fail(e, CST_USAGE, "--to: expected a day on or after --from, found an earlier one");
    return CST_OK;
}

cst_status cohort_frame_open(cohort_frame *f, const cohort_input *in, cst_error *e)
{
    const cohort_options *o = in->o;
    int start = o->periodic.fiscal_start.set ? (int)o->periodic.fiscal_start.n : 1;
    cst_every every = (cst_every)(o->every + CST_DAILY);
    *f = (cohort_frame){
        .ages = {every, start},
        .cohorts = {o->cohort_every >= 0 ? (cst_every)(o->cohort_every + CST_DAILY) : every, start},
        .labels = o->cohort != NULL,
        .measure = o->measure >= 0 ? (enum cohort_measure)o->measure : COHORT_LOGOS,
        .never_left = o->never_left,
        .from = INT32_MIN,
        .to = INT32_MAX,
        .history = INT32_MIN,
        .date_column = -1};
    f->one_anchor = !f->labels && f->ages.every == f->cohorts.every;
    f->split = f->ages.every == CST_WEEK && f->cohorts.every > CST_WEEK;
    if (o->periodic.from != CST_DAY_NONE) f->from = cst_period_of(&f->cohorts, o->periodic.from);
    if (o->periodic.to != CST_DAY_NONE) f->to = cst_period_of(&f->cohorts, o->periodic.to);
    if (o->history_from != CST_DAY_NONE) f->history = cst_period_of(&f->ages, o->history_from);
    cst_status status = check_measure(o, e);
    if (status == CST_OK) status = check_cohorts(in, e);
    if (status == CST_OK && o->cohort_date)
        status = cst_accounts_bind(in->subjects.accounts, o->cohort_date, CST_REQUIRED, &f->date_column, e);
    return status;
}

void cohort_frame_close(cohort_frame *f, const cohort_input *in, cst_day day)
{
    f->day = day;
    f->last = cst_period_of(&f->ages, day);
    /* Where the day is given a period it does not reach the end of is not complete; a day that is only the
     * latest in the data completes its period. */
    f->complete = cst_period_last(&f->ages, f->last);
    if (!cohort_input_knows_day(in)) return;
    if (f->complete > day) f->last--;
    f->complete = day;
}

static cst_status find_date(const cohort_frame *f, const cohort_input *in, uint32_t account, cst_day *out,
                            cst_error *e)
{
    cst_text t = cst_accounts_at(in->subjects.accounts, account, f->date_column);
    *out = CST_DAY_NONE;
    if (t.n == 0 || cst_day_parse(t, out)) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_accounts_place(in->subjects.accounts, account, f->date_column),
                       in->o->cohort_date, "expected a date as YYYY-MM-DD, found \"%.*s\"",
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

bool cohort_anchor(cohort_triangle *t, const cohort_frame *f, const cohort_input *in, cst_text account,
                   cohort_began began, cst_period *anchor, cst_period *cohort, cst_status *status,
                   cst_error *e)
{
    *status = CST_OK;
    cst_day day;
    if (f->date_column >= 0) {
        *status = find_date(f, in, cst_accounts_find(in->subjects.accounts, account), &day, e);
        if (*status != CST_OK) return false;
        if (day == CST_DAY_NONE) {
            t->out.undated++;
            return false;
        }
        *anchor = cst_period_of(&f->ages, day);
    } else {
        if (f->starts) {
            began = cohort_starts_find(f->starts, account);
            t->out.unstarted += began.tick == INT32_MAX;
        }
        if (began.tick == INT32_MAX) return false;
        if (began.tick <= f->history) {
            t->out.before++;
            return false;
        }
        *anchor = began.tick;
        day = f->split ? began.day : cst_period_last(&f->ages, began.tick);
    }
    cst_period held = cst_period_of(&f->cohorts, day);
    *cohort = f->labels ? 0 : held;
    return held >= f->from && held <= f->to;
}

uint32_t cohort_line_reached(const cohort_line *l, const cohort_frame *f)
{
    if (!f->labels && cst_period_last(&f->cohorts, l->cohort) > f->complete) return 0;
    return l->latest > f->last ? 0 : (uint32_t)(f->last - l->latest) + 1;
}
