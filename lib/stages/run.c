/* stages/run.c: checks that the options go together, and leads the run of the mode that is asked for. */
#include "stages/session.h"
#include "tables/builtin.h"

void stages_options_init(stages_options *o)
{
    *o = (stages_options){.cohort_every = -1};
    cst_periodic_init(&o->periodic);
}

/* Options that say nothing in the mode at hand would be passed over in silence: they are refused. */
static cst_status check_places(const stages_options *o, cst_error *e)
{
    const cst_periodic *p = &o->periodic;
    const bool report = !o->flow && !o->open && !o->incidence && !o->gap;
    const cst_misplaced rows[] = {
        {p->from != CST_DAY_NONE && !o->flow, "from", "--flow"},
        {p->to != CST_DAY_NONE && !o->flow, "to", "--flow"},
        {p->every != CST_MONTH && !o->flow, "every", "--flow"},
        {p->fiscal_start.set && !o->flow && o->cohort_every < 0, "fiscal-year-start",
         "--flow or --cohort-every"},
        {o->incomplete && !o->flow, "incomplete", "--flow"},
        {o->subscriptions && !o->flow, "subscriptions", "--flow"},
        {o->cohort_every >= 0 && !o->incidence, "cohort-every", "--incidence"},
        {o->product && !o->gap, "product", "--gap"},
        {o->pipeline && o->gap, "pipeline", "a mode of stages"},
        {o->ci.set && !report, "ci", "the report"},
        {o->ci_type != 0 && !report, "ci-type", "the report"},
        {o->subjects.fx && (report || o->incidence), "fx", "--flow, --open or --gap"}};
    return cst_misplaced_check(rows, sizeof rows / sizeof *rows, e);
}

static cst_status check_options(const stages_options *o, cst_error *e)
{
    cst_status status = check_places(o, e);
    if (status == CST_OK) status = cst_groups_check(o->stream.by, e);
    if (status == CST_OK && o->flow) status = cst_periodic_check(&o->periodic, e);
    return status == CST_OK ? cst_as_of_check(o->periodic.as_of, "the input is", e) : status;
}

static cst_status write_mode(stages_session *s, cst_error *e)
{
    cst_status status = CST_OK;
    if (s->o->flow || (s->o->open && s->subjects.fx)) status = stages_session_settle(s, e);
    if (status != CST_OK) return status;
    if (s->o->flow) return stages_flow_write(s, e);
    if (s->o->open) return stages_open_write(s, e);
    return s->o->incidence ? stages_incidence_write(s, e) : stages_report_write(s, e);
}

cst_status stages_run(void *options, cst_program_io *io, cst_error *e)
{
    const stages_options *o = options;
    if (o->list_pipelines) return cst_builtin_list("pipeline", cst_io_main(io), e);
    if (o->print_pipeline) return cst_builtin_print("pipeline", o->print_pipeline, cst_io_main(io), e);
    cst_status status = check_options(o, e);
    if (status != CST_OK) return status;
    stages_session s;
    const char *hint =
        o->gap ? CST_SUBSCRIPTIONS_HINT : "of stages; cs-ingest stages or trials makes them of an export";
    status = stages_session_open(&s, o, io, hint, e);
    if (status == CST_OK && !o->gap) status = stages_session_read(&s, e);
    if (status == CST_OK) status = o->gap ? stages_gap_write(&s, e) : write_mode(&s, e);
    stages_session_free(&s);
    return status;
}
