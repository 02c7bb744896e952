/* run.c: checks that the options go together, and leads the run of the mode that is asked for. */
#include "cohort/moves.h"
#include "cohort/project.h"
#include "cohort/starts.h"

void cohort_options_init(cohort_options *o)
{
    *o = (cohort_options){
        .measure = -1, .every = CST_MONTH - CST_DAILY, .cohort_every = -1, .history_from = CST_DAY_NONE};
    cst_periodic_init(&o->periodic);
}

static bool of_durations(const cohort_options *o)
{
    return o->duration || o->event;
}

static bool of_survival(const cohort_options *o)
{
    return o->survival || o->summary || o->log_rank || o->cox || o->moves;
}

/* Options that say nothing in the mode at hand would be passed over in silence: they are refused.
 * events_alone: there are no subscriptions beside them. */
static cst_status check_places(const cohort_options *o, bool events_alone, cst_error *e)
{
    bool survival = of_survival(o);
    bool triangle = !survival && !of_durations(o), cells = triangle && !o->project;
    const cst_misplaced rows[] = {
        {o->ci_type != 0 && !(o->survival || o->summary), "ci-type", "--survival or --summary with it"},
        {o->ci.set && (!survival || o->log_rank || o->moves), "ci", "--survival, --summary or --cox with it"},
        {o->mean_to.set && !o->summary, "mean-to", "--summary with it"},
        {o->factors && !o->cox, "factors", "--cox with it"},
        {o->discount.set && !o->project, "discount", "--project with it"},
        {o->account_value.set && !o->project, "account-value", "--project with it"},
        {o->measure >= 0 && !cells, "measure", "a triangle"},
        {o->wide && !cells, "wide", "a triangle"},
        {o->share && !cells, "share", "a triangle"},
        {o->weighted_average && !cells, "weighted-average", "a triangle"},
        {o->never_left && !cells, "never-left", "a triangle"},
        {o->cohort && !triangle, "cohort", "a triangle or its projection"},
        {o->cohort_date && !triangle, "cohort-date", "a triangle or its projection"},
        {o->cohort_every >= 0 && !triangle, "cohort-every", "a triangle or its projection"},
        {o->events && !triangle, "events", "a triangle or its projection"},
        {o->periodic.from != CST_DAY_NONE && !triangle, "from", "a triangle or its projection"},
        {o->periodic.to != CST_DAY_NONE && !triangle, "to", "a triangle or its projection"},
        {o->periodic.fiscal_start.set && !triangle, "fiscal-year-start", "a triangle or its projection"},
        {o->moves && of_durations(o), "moves", "subscriptions"},
        {o->entry && !of_durations(o), "entry", "--duration and --event with it"},
        {o->grace.set && (of_durations(o) || events_alone), "grace", "subscriptions"},
        {o->history_from != CST_DAY_NONE && of_durations(o), "history-from", "subscriptions or events"},
        {o->subjects.customer && of_durations(o), "customer", "subscriptions or events"},
        {o->subjects.fx && (of_durations(o) || o->events), "fx", "subscriptions"},
        {o->value && of_durations(o), "value", "subscriptions or events"}};
    return cst_misplaced_check(rows, sizeof rows / sizeof *rows, e);
}

static cst_status check_options(const cohort_options *o, const cst_program_io *io, cst_error *e)
{
    double level;
    cst_status status = cst_level_of(o->ci, &level, e);
    if (status != CST_OK) return status;
    if (o->mean_to.set && !(o->mean_to.v > 0))
        return cst_fail(e, CST_USAGE, "--mean-to: expected a duration above 0, found %g", o->mean_to.v);
    status = cst_days_check("grace", o->grace.n, e);
    if (status == CST_OK) status = cst_subjects_check(&o->subjects, e);
    if (status != CST_OK) return status;
    if (o->log_rank && !o->stream.by)
        return cst_fail(e, CST_USAGE,
                        "--log-rank: expected --by COLUMNS, found none; the test compares groups");
    if (of_durations(o) && (!o->duration || !o->event))
        return cst_fail(e, CST_USAGE, "expected --duration and --event together, found --%s alone",
                        o->duration ? "duration" : "event");
    if (of_durations(o) && !(o->survival || o->summary || o->log_rank || o->cox || o->project))
        return cst_fail(
            e, CST_USAGE,
            "expected --survival, --summary, --log-rank, --cox or --project with --duration, found none");
    return check_places(o, o->events && !cst_io_has_operands(io), e);
}

static cst_status write_survival(const cohort_subjects *s, const cohort_input *in, cst_error *e)
{
    if (in->o->cox) return cohort_write_cox(s, in, e);
    if (in->o->moves) return cohort_write_moves(s, in, e);
    cohort_group_list groups = {0};
    cst_status status = cohort_group_list_of(s, in, &groups, e);
    if (status == CST_OK)
        status = in->o->project    ? cohort_project_groups(&groups, in, e)
                 : in->o->survival ? cohort_write_curves(&groups, in, e)
                 : in->o->summary  ? cohort_write_summaries(&groups, in, e)
                                   : cohort_write_log_rank(&groups, in, e);
    cohort_group_list_free(&groups);
    return status;
}

static cst_status run_survival(cohort_input *in, cst_error *e)
{
    cohort_subjects s;
    cst_status status = cohort_subjects_init(&s, e);
    if (status == CST_OK)
        status = cohort_input_stream(
            in, NULL, of_durations(in->o) ? "wanted by --duration and --event" : CST_SUBSCRIPTIONS_HINT, e);
    if (status == CST_OK)
        status = of_durations(in->o) ? cohort_subjects_of_table(&s, in, e)
                                     : cohort_subjects_of_subscriptions(&s, in, e);
    if (status == CST_OK) status = write_survival(&s, in, e);
    cohort_subjects_free(&s);
    return status;
}

static cst_status run_triangle(cohort_input *in, cst_error *e)
{
    cohort_frame f;
    cohort_triangle t = {0};
    cohort_starts starts = {0};
    const char *events = in->o->events;
    cst_status status = cohort_frame_open(&f, in, e);
    if (in->o->project) {
        f.never_left = f.lives = true;
        f.worth = in->o->discount.set && !in->o->account_value.set && !events;
    }
    if (status == CST_OK) status = cohort_triangle_init(&t, e);
    if (status == CST_OK && events && cst_io_has_operands(in->io)) {
        status = cohort_starts_read(&starts, &f, in, e);
        f.starts = &starts;
    }
    if (status == CST_OK)
        status = cohort_input_stream(
            in, events,
            events ? "of events; cs-ingest events makes them of an export" : CST_SUBSCRIPTIONS_HINT, e);
    if (status == CST_OK)
        status = events ? cohort_triangle_of_events(&t, &f, in, e)
                        : cohort_triangle_of_subscriptions(&t, &f, in, e);
    if (status == CST_OK)
        status =
            in->o->project ? cohort_project_triangle(&t, &f, in, e) : cohort_triangle_write(&t, &f, in, e);
    cohort_triangle_free(&t);
    cohort_starts_free(&starts);
    return status;
}

cst_status cohort_run(void *options, cst_program_io *io, cst_error *e)
{
    const cohort_options *o = options;
    cohort_input in = {0};
    bool survival = of_survival(o);
    uint32_t ages;
    cst_status status = check_options(o, io, e);
    if (status != CST_OK) return status;
    status = cohort_input_open(&in, o, io, e);
    if (status == CST_OK && o->project) status = cohort_project_ages(&in, &ages, e);
    if (status == CST_OK) status = survival || of_durations(o) ? run_survival(&in, e) : run_triangle(&in, e);
    cohort_input_close(&in);
    return status;
}
