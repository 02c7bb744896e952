/* stages/session.c: opens what a run reads: small tables first, then the stream's header, the condition and
 * the group columns, and only then the rows. */
#include "stages/session.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/freshness.h"
#include "program/checks.h"
#include "tables/builtin.h"
#include "tables/unmatched.h"

static cst_status open_pipeline(stages_session *s, cst_error *e)
{
    const char *name = s->o->pipeline ? s->o->pipeline : "expansion";
    bool file = cst_builtin_is_file(name);
    cst_status status = file ? cst_io_table(s->io, name, &s->pipeline_table, e)
                             : cst_builtin_load("pipeline", name, &s->pipeline_table, e);
    if (status == CST_OK) status = stages_pipeline_read(s->pipeline_table, &s->pipeline, e);
    s->pipeline.name = file ? NULL : name;
    return status;
}

static cst_status open_stream(stages_session *s, const char *hint, cst_error *e)
{
    const stages_options *o = s->o;
    cst_status status = cst_io_reader(s->io, hint, &s->reader, e);
    if (status == CST_OK)
        status = cst_subscriptions_where(o->stream.where, s->reader, &s->subjects, s->as_of, &s->filter, e);
    if (status == CST_OK)
        status = cst_groups_resolve(o->stream.by, s->reader, s->subjects.accounts, &s->groups, e);
    return status;
}

cst_status stages_session_open(stages_session *s, const stages_options *o, cst_program_io *io,
                               const char *hint, cst_error *e)
{
    *s = (stages_session){.o = o,
                          .io = io,
                          .as_of = o->periodic.as_of,
                          .subjects = {.customer = -1},
                          .labels = cst_labels_new()};
    s->subscriptions = (cst_subscriptions){.subjects = &s->subjects, .groups = &s->groups};
    cst_status status = stages_items_init(&s->items, e);
    if (status == CST_OK && !s->labels) status = cst_no_memory(e);
    if (status == CST_OK) status = cst_level_of(o->ci, &s->level, e);
    if (status == CST_OK) status = cst_subjects_open(&s->subjects, &o->subjects, io, e);
    if (status == CST_OK && !o->gap) status = open_pipeline(s, e);
    if (status == CST_OK) status = open_stream(s, hint, e);
    s->subscriptions.filter = s->filter;
    return status;
}

void stages_session_free(stages_session *s)
{
    stages_items_free(&s->items);
    stages_pipeline_free(&s->pipeline);
    cst_table_free(s->pipeline_table);
    cst_labels_free(s->labels);
    cst_groups_free(&s->groups);
    cst_filter_free(s->filter);
    cst_subjects_free(&s->subjects);
}

/* Accounts that --accounts lacks; items come in their order. */
static void check_accounts(const stages_session *s)
{
    const cst_accounts *accounts = s->subjects.customer < 0 ? s->subjects.accounts : NULL;
    cst_unmatched u = {0};
    for (size_t i = 0; i < s->items.n; i++) {
        cst_text account = s->items.at[i].account;
        if (i == 0 || !cst_text_equal(account, s->items.at[i - 1].account))
            cst_unmatched_add(&u, accounts, account);
    }
    cst_unmatched_check(s->io, s->o->subjects.accounts, &u);
}

static void tell_rows(const stages_session *s)
{
    const stages_items *x = &s->items;
    const struct {
        const char *what;
        uint64_t n;
    } told[] = {{"used", x->rows},
                {"left out by --where", x->filtered},
                {"of another pipeline", x->other_pipeline},
                {"set aside: after --as-of", x->after},
                {"items", x->n}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        cst_manifest_count(cst_io_manifest(s->io), "rows", NULL, told[i].what, told[i].n);
    cst_io_note(
        s->io,
        "%llu rows of %llu items used; left out: %llu by --where, %llu of another pipeline, %llu after "
        "--as-of",
        (unsigned long long)x->rows, (unsigned long long)x->n, (unsigned long long)x->filtered,
        (unsigned long long)x->other_pipeline, (unsigned long long)x->after);
    if (x->rows > 0) return;
    if (x->other_pipeline > 0)
        cst_io_warn(
            s->io,
            "expected rows of the pipeline %s, found %llu of others alone; name theirs with --pipeline",
            s->pipeline.name, (unsigned long long)x->other_pipeline);
    else
        cst_io_warn(s->io, "expected rows of stages up to --as-of, found none%s",
                    s->filter ? " that --where keeps" : "");
}

cst_status stages_session_read(stages_session *s, cst_error *e)
{
    const cst_calendar months = {CST_MONTH, 1};
    cst_status status = stages_items_read(s, e);
    if (status != CST_OK) return status;
    tell_rows(s);
    check_accounts(s);
    cst_warn_stale(s->io, "stages", "read as if nothing moved", s->items.latest, s->as_of, &months);
    return cst_io_checked(s->io, e);
}

cst_status stages_session_settle(stages_session *s, cst_error *e)
{
    const cst_labels *const labels[] = {s->labels};
    return cst_currency_settle(labels, 1, s->subjects.fx, cst_subscriptions_by_currency(&s->subscriptions),
                               s->currency, &s->several, e);
}

cst_status stages_session_convert(const stages_session *s, cst_money amount, cst_text currency, cst_day day,
                                  cst_money *out, cst_error *e)
{
    cst_rate rate;
    *out = amount;
    if (!s->subjects.fx || amount == 0) return CST_OK;
    cst_status status = cst_fx_rate(s->subjects.fx, currency, day, &rate, e);
    if (status != CST_OK) return status;
    return cst_money_convert(amount, rate, out)
               ? CST_OK
               : cst_fail(e, CST_LIMIT,
                          "an amount in %.*s is too large once it is converted; use a larger unit",
                          (int)currency.n, currency.p);
}
