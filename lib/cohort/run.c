/* run.c: checks that the options go together, and leads the run of the mode that is asked for. */
#include "cohort/survival.h"

void cst_cohort_options_init(cst_cohort_options *o)
{
    *o = (cst_cohort_options){
        .measure = -1, .cohort_every = -1, .fx_max_age = {31, false}, .history_from = CST_DAY_NONE};
    cst_periodic_init(&o->periodic);
}

static bool of_durations(const cst_cohort_options *o)
{
    return o->duration || o->event;
}


static cst_status check_survival(const cst_cohort_options *o, cst_error *e)
{
    if (o->ci.set && !(o->ci.v > 0 && o->ci.v < 100))
        return cst_fail(e, CST_USAGE, "--ci: expected a percentage between 0 and 100, found %g", o->ci.v);
    if (o->mean_to.set && !(o->mean_to.v > 0))
        return cst_fail(e, CST_USAGE, "--mean-to: expected a duration above 0, found %g", o->mean_to.v);
    if (o->factors && !o->cox) return cst_fail(e, CST_USAGE, "--factors: expected --cox with it, found none");
    if (o->log_rank && !o->by)
        return cst_fail(e, CST_USAGE,
                        "--log-rank: expected --by COLUMNS, found none; the test compares groups");
    if (!of_durations(o)) return CST_OK;
    if (!o->duration || !o->event)
        return cst_fail(e, CST_USAGE, "expected --duration and --event together, found --%s alone",
                        o->duration ? "duration" : "event");
    return CST_OK;
}

static cst_status write_survival(const cohort_subjects *s, const cohort_input *in, cst_error *e)
{
    if (in->o->cox) return cohort_write_cox(s, in, e);
    cohort_group_list groups = {0};
    cst_status status = cohort_group_list_of(s, in, &groups, e);
    if (status == CST_OK)
        status = in->o->survival  ? cohort_write_curves(&groups, in, e)
                 : in->o->summary ? cohort_write_summaries(&groups, in, e)
                                  : cohort_write_log_rank(&groups, in, e);
    cohort_group_list_free(&groups);
    return status;
}

static cst_status run_survival(cohort_input *in, cst_error *e)
{
    cohort_subjects s;
    cst_status status = cohort_subjects_init(&s, e);
    if (status == CST_OK)
        status = cohort_input_stream(in, NULL, of_durations(in->o) ? "wanted by --duration" : NULL, e);
    if (status == CST_OK)
        status = of_durations(in->o) ? cohort_subjects_of_table(&s, in, e)
                                     : cohort_subjects_of_subscriptions(&s, in, e);
    if (status == CST_OK) status = write_survival(&s, in, e);
    cohort_subjects_free(&s);
    return status;
}

cst_status cst_cohort_run(const cst_cohort_options *o, cst_program_io *io, cst_error *e)
{
    cohort_input in = {0};
    cst_status status = check_survival(o, e);
    if (status != CST_OK) return status;
    status = cohort_input_open(&in, o, io, e);
    if (status == CST_OK) status = run_survival(&in, e);
    cohort_input_close(&in);
    
    return status;
}
