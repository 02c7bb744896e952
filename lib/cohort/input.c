/* input.c: opens what a run reads, in the order in which a mistake is best told: small tables first, then
 * the stream's header, the condition and the group columns, and only then the rows. */
#include "cohort/input.h"
#include "base/memory.h"
#include <cstools/ledger.h>
#include <string.h>

cst_status cohort_input_open(cohort_input *in, const cohort_options *o, cst_program_io *io, cst_error *e)
{
    *in = (cohort_input){.o = o, .io = io, .threads = cst_io_threads(io), .account_slot = -1};
    return cst_subjects_open(&in->subjects, &o->subjects, io, e);
}

/* What the resolved list says of --by is to be blamed on --cohort where that of --by alone is sound. */
static bool is_cohort_to_blame(const cohort_input *in)
{
    cst_groups by;
    if (!in->o->cohort ||
        cst_groups_resolve(in->o->stream.by, in->reader, in->subjects.accounts, &by, NULL) != CST_OK)
        return false;
    cst_groups_free(&by);
    return true;
}

/* The group columns: those of --by, then that of --cohort. */
static cst_status resolve_groups(cohort_input *in, cst_error *e)
{
    cst_buffer b = {0};
    if (in->o->stream.by) cst_buffer_add_string(&b, in->o->stream.by);
    if (in->o->cohort) {
        if (b.n > 0) cst_buffer_add_char(&b, ',');
        cst_buffer_add_string(&b, in->o->cohort);
    }
    const char *list = cst_buffer_string(&b);
    cst_status status = b.failed
                            ? cst_no_memory(e)
                            : cst_groups_resolve(list, in->reader, in->subjects.accounts, &in->groups, e);
    cst_buffer_free(&b);
    if (status == CST_USAGE && e && is_cohort_to_blame(in)) strcpy(e->field, "--cohort");
    return status;
}

cst_status cohort_input_stream(cohort_input *in, const char *path, const char *hint, cst_error *e)
{
    const cst_inputs one = {&path, 1};
    cst_status status = path ? cst_io_reader_over(in->io, &one, hint, &in->reader, e)
                             : cst_io_reader(in->io, hint, &in->reader, e);
    if (status == CST_OK)
        status = cst_subscriptions_where(in->o->stream.where, in->reader, &in->subjects,
                                         in->o->periodic.as_of, &in->filter, e);
    if (status == CST_OK) status = resolve_groups(in, e);
    if (status == CST_OK && in->groups.of_accounts)
        status = cst_reader_bind(in->reader, "account_id", CST_REQUIRED, &in->account_slot, e);
    return status;
}

void cohort_input_close(cohort_input *in)
{
    cst_groups_free(&in->groups);
    cst_filter_free(in->filter);
    cst_subjects_free(&in->subjects);
}

bool cohort_renames(const cohort_input *in)
{
    return in->subjects.identity || in->subjects.customer >= 0;
}

void cohort_tell_empty(const cohort_input *in, const char *what)
{
    cst_io_warn(in->io, "expected %s, found none%s", what, in->filter ? " that --where keeps" : "");
}

bool cohort_input_knows_day(const cohort_input *in)
{
    return in->o->periodic.as_of != CST_DAY_NONE;
}

size_t cohort_by_columns(const cohort_input *in)
{
    return in->groups.n - (in->o->cohort ? 1 : 0);
}

void cohort_key_tell(const cohort_input *in, cst_text key, cst_buffer *out)
{
    for (size_t i = 0; i < in->groups.n; i++) {
        cst_text part = cst_label_part(key, i);
        if (i > 0) cst_buffer_add_string(out, ", ");
        cst_buffer_add_visible(out, in->groups.name[i], strlen(in->groups.name[i]), 60);
        cst_buffer_add_char(out, '=');
        cst_buffer_add_visible(out, part.p, part.n, 60);
    }
}

void cohort_error_of(const char *what, cst_error *e)
{
    cst_buffer b = {0};
    if (!e || !*what) return;
    cst_buffer_add_string(&b, what);
    cst_buffer_add_string(&b, ": ");
    cst_buffer_add_string(&b, e->message);
    size_t n = b.n < sizeof e->message ? b.n : sizeof e->message - 1;
    if (!b.failed) {
        memcpy(e->message, b.p, n);
        e->message[n] = 0;
    }
    cst_buffer_free(&b);
}
