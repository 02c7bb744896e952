/* usage/run.c: checks that the options go together, and leads the run of the mode that is asked for. */
#include "usage/session.h"

void usage_options_init(usage_options *o)
{
    *o = (usage_options){.expect = USAGE_WEEKLY,
                         .session_gap = {.n = 30},
                         .window = {28, 'd'},
                         .within = {1, 'd'},
                         .min_users = {.n = 5}};
    cst_periodic_init(&o->periodic);
}

/* Options that say nothing in the mode at hand would be passed over in silence: they are refused. */
static cst_status check_places(const usage_options *o, cst_error *e)
{
    const cst_periodic *p = &o->periodic;
    const bool users =
        !o->lifecycle && !o->power && !o->together && !o->struggle && !o->adoption && !o->funnel;
    const cst_misplaced rows[] = {
        {p->from != CST_DAY_NONE && !o->lifecycle, "from", "--lifecycle"},
        {p->to != CST_DAY_NONE && !o->lifecycle, "to", "--lifecycle"},
        {p->every != CST_MONTH && !o->lifecycle, "every", "--lifecycle"},
        {p->fiscal_start.set && !o->lifecycle, "fiscal-year-start", "--lifecycle"},
        {o->expect != USAGE_WEEKLY && !users && !o->lifecycle, "expect", "a row per user or --lifecycle"},
        {o->session_gap.set && !users, "session-gap", "a row per user"},
        {o->stream.by && users, "by", "a mode of groups"},
        {o->stream.by && (o->together || o->funnel || o->struggle), "by",
         "--lifecycle, --power or --adoption"},
        {o->min_users.set && !o->together, "min-users", "--together"},
        {o->ci.set && !o->struggle && !o->adoption, "ci", "--struggle or --adoption"},
        {o->ci_type && !o->adoption, "ci-type", "--adoption"}};
    return cst_misplaced_check(rows, sizeof rows / sizeof *rows, e);
}

static cst_status check_options(const usage_options *o, cst_error *e)
{
    cst_status status = check_places(o, e);
    if (status == CST_OK) status = cst_groups_check(o->stream.by, e);
    if (status == CST_OK) status = cst_periodic_check(&o->periodic, e);
    if (status == CST_OK && o->session_gap.n > 1440)
        status = cst_fail(e, CST_USAGE, "--session-gap: expected at most 1440 minutes, found %llu",
                          (unsigned long long)o->session_gap.n);
    return status == CST_OK ? cst_as_of_check(o->periodic.as_of, "the events are", e) : status;
}

cst_status usage_run(void *options, cst_program_io *io, cst_error *e)
{
    const usage_options *o = options;
    cst_status status = check_options(o, e);
    if (status != CST_OK) return status;
    usage_session s;
    status = usage_session_open(&s, o, io, e);
    if (status == CST_OK)
        status = o->lifecycle  ? usage_lifecycle_write(&s, e)
                 : o->power    ? usage_power_write(&s, e)
                 : o->together ? usage_together_write(&s, e)
                 : o->struggle ? usage_struggle_write(&s, e)
                 : o->adoption ? usage_adoption_write(&s, e)
                 : o->funnel   ? usage_funnel_write(&s, e)
                               : usage_users_write(&s, e);
    usage_session_free(&s);
    return status;
}
