/* metrics/plan.c: binds the metrics of a spec to the streams: which columns are wanted, which conditions
 * there are, what the slots of a record are. Equal conditions and equal slots are kept once. */
#include "metrics/plan.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include "ledger/renewal.h"
#include <stdlib.h>
#include <string.h>

int met_plan_name(const met_plan *p, const char *name)
{
    for (size_t i = 0; i < p->names; i++)
        if (cst_text_is(p->text[i], name)) return (int)i;
    return -1;
}

int met_plan_slot(met_plan *p, int name, met_slot_kind kind, bool required)
{
    for (size_t i = 0; i < p->slots; i++) {
        if (p->slot[i].name != (uint32_t)name || p->slot[i].kind != kind) continue;
        p->slot[i].required |= required;
        return (int)i;
    }
    p->slot[p->slots] = (met_slot){(uint32_t)name, kind, required};
    p->name[name].needed = true;
    return (int)p->slots++;
}

static bool is_end(cst_text name)
{
    return cst_text_is(name, "end_date") || cst_text_is(name, "done_date") ||
           cst_text_is(name, "first_value_date") || cst_text_is(name, "closed_at");
}

static cst_status fail_name(const met_plan *p, const met_metric *m, int cell, const char *what, cst_error *e)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "expected %s of %s, found \"", what, met_from_name(p->from));
    cst_buffer_add_visible(&b, m->cell[cell].p, m->cell[cell].n, 60);
    cst_buffer_add_string(&b, "\"");
    cst_suggest_add(&b, m->cell[cell], p->text, p->names);
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, p->text, p->names, 40);
    cst_status status = met_metric_fail(m, cell, e, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return status;
}

/* Whether a column that is not there was asked for by the standard vocabulary of a built-in table. */
static cst_status lack(met_metric *m, cst_status status)
{
    if (status != CST_DATA || !m->builtin) return status;
    m->lacking = true;
    return CST_END;
}

static bool reads_only_event(const met_plan *p, const cst_expr *x)
{
    if (p->from != MET_FROM_EVENTS) return false;
    for (size_t i = 0; i < p->names; i++)
        if (cst_expr_back(x, (uint32_t)i) >= 0 && p->name[i].from == MET_NAME_COLUMN &&
            !cst_text_is(p->text[i], "event"))
            return false;
    return true;
}

/* ---- words that hold for no row ---- */

typedef struct status_check {
    const met_plan *plan;
    const met_metric *metric;
} status_check;

/* A status that there is not would hold for no row, in silence. */
static cst_status check_status(void *context, uint32_t slot, cst_text text, cst_error *e)
{
    const status_check *c = context;
    bool renewals = c->plan->from == MET_FROM_RENEWALS;
    const char *const *word = renewals ? cst_renewal_words : cst_line_end_words;
    size_t n = renewals ? CST_RENEWAL_UPCOMING : CST_ENDS; /* of the past */
    cst_text words[CST_RENEWAL_STATUSES];
    if (!cst_text_is(c->plan->text[slot], "status")) return CST_OK;
    for (size_t i = 0; i < n; i++) {
        if (cst_text_is(text, word[i])) return CST_OK;
        words[i] = cst_text_of(word[i]);
    }
    cst_buffer b = {0};
    cst_buffer_printf(&b, "expected a status of %s, found '", met_from_name(c->plan->from));
    cst_buffer_add_visible(&b, text.p, text.n, 60);
    cst_buffer_add_string(&b, "'");
    cst_suggest_add(&b, text, words, n);
    if (cst_text_is(text, "renewed")) cst_buffer_add_string(&b, "; write 'on_time'");
    if (cst_text_is(text, "upcoming"))
        cst_buffer_add_string(&b, "; what comes up after the period is not among them");
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, words, n, n);
    cst_status status = met_metric_fail(c->metric, MET_CELL_WHERE, e, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return status;
}

static cst_status check_words(const met_plan *p, const met_metric *m, const cst_expr *x, cst_error *e)
{
    status_check c = {p, m};
    bool generated = p->from == MET_FROM_RENEWALS || p->from == MET_FROM_ENDINGS;
    return generated ? cst_expr_compared(x, check_status, &c, e) : CST_OK;
}

static cst_status parse_condition(met_plan *p, met_metric *m, met_condition *c, cst_error *e)
{
    const cst_expr_env env = {.label = "where", .names = p->text, .n = p->names, .want = CST_WANT_CONDITION};
    *c = (met_condition){
        .where = m->cell[MET_CELL_WHERE], .by_event = true, .place = m->place[MET_CELL_WHERE]};
    if (!c->where.n) return CST_OK;
    cst_status status = cst_expr_parse(c->where, &env, &c->expr, e);
    if (status != CST_OK) {
        if (status == CST_MEMORY) return status;
        cst_error why = *e;
        return met_metric_fail(m, MET_CELL_WHERE, e, "%s", why.message);
    }
    if ((status = check_words(p, m, c->expr, e)) != CST_OK) return status;
    c->by_event = reads_only_event(p, c->expr);
    for (size_t i = 0; i < p->names; i++) {
        if (cst_expr_back(c->expr, (uint32_t)i) < 0) continue;
        if (p->name[i].from == MET_NAME_DAY || p->name[i].from == MET_NAME_HOURS)
            return met_metric_fail(m, MET_CELL_WHERE, e,
                                   "expected a column of the file, found %s, which can only stand in column",
                                   p->text[i].p);
        p->name[i].needed = true;
        c->hides |= is_end(p->text[i]);
    }
    return CST_OK;
}

static cst_status bind_condition(met_plan *p, met_metric *m, unsigned *out, cst_error *e)
{
    cst_text where = m->cell[MET_CELL_WHERE];
    for (*out = 0; *out < p->conditions; ++*out)
        if (cst_text_equal(p->condition[*out].where, where)) return CST_OK;
    if (p->conditions == MET_CONDITIONS)
        return met_metric_fail(m, MET_CELL_WHERE, e,
                               "expected at most %d different conditions on %s, found more", MET_CONDITIONS,
                               met_from_name(p->from));
    cst_status status = parse_condition(p, m, &p->condition[p->conditions], e);
    if (status != CST_OK) cst_expr_free(p->condition[p->conditions].expr);
    if (status != CST_OK) return lack(m, status);
    *out = (unsigned)p->conditions++;
    return CST_OK;
}

static met_slot_kind kind_of(const met_plan *p, const met_metric *m)
{
    bool generated = cst_text_is(m->cell[MET_CELL_COLUMN], "event_day") ||
                     cst_text_is(m->cell[MET_CELL_COLUMN], "hours_to_close");
    if (generated && p->from == MET_FROM_EVENTS) return MET_SLOT_NUMBER;
    if (m->aggregate == MET_AGGREGATE_DISTINCT || m->aggregate == MET_AGGREGATE_COUNT) return MET_SLOT_STRING;
    cst_text column = m->cell[MET_CELL_COLUMN];
    if (!p->stream) return cst_text_is(column, "age") ? MET_SLOT_NUMBER : MET_SLOT_MONEY;
    const struct cst_stream_column *c = cst_stream_column_find(p->stream, column);
    if (c && c->type == CST_TYPE_MONEY) return MET_SLOT_MONEY;
    return c && c->type == CST_TYPE_BOOLEAN ? MET_SLOT_BOOLEAN : MET_SLOT_NUMBER;
}

static cst_status bind_column(met_plan *p, met_metric *m, met_measure *out, cst_error *e)
{
    cst_text column = m->cell[MET_CELL_COLUMN];
    out->column = -1;
    if (!column.n || met_aggregate_is_date(m->aggregate)) return CST_OK;
    int name = -1;
    for (size_t i = 0; i < p->names && name < 0; i++)
        if (cst_text_equal(p->text[i], column)) name = (int)i;
    if (name < 0) return lack(m, fail_name(p, m, MET_CELL_COLUMN, "a column", e));
    const struct cst_stream_column *c = p->stream ? cst_stream_column_find(p->stream, column) : NULL;
    bool date = is_end(column) || (c && (c->type == CST_TYPE_DAY || c->type == CST_TYPE_INSTANT));
    if (date || p->name[name].from == MET_NAME_USE)
        return met_metric_fail(
            m, MET_CELL_COLUMN, e,
            "expected a column that can be %s, found the date \"%.*s\"; name it in at or in where, or take "
            "its first_date or last_date",
            m->aggregate == MET_AGGREGATE_COUNT ? "counted" : "measured", (int)column.n, column.p);
    if (p->name[name].from == MET_NAME_HOURS && !cst_text_is(m->cell[MET_CELL_AT], "closed_at"))
        return met_metric_fail(
            m, MET_CELL_COLUMN, e,
            "expected closed_at in the column at with hours_to_close, found \"%.*s\"; before it is "
            "closed, nobody knows how long it will take",
            (int)m->cell[MET_CELL_AT].n, m->cell[MET_CELL_AT].p);
    if (p->name[name].from == MET_NAME_HOURS)
        met_plan_slot(p, met_plan_name(p, "closed_at"), MET_SLOT_TIME, false);
    out->kind = kind_of(p, m);
    bool text = (p->from == MET_FROM_RENEWALS || p->from == MET_FROM_ENDINGS) &&
                (cst_text_is(column, "status") || cst_text_is(column, "line"));
    if (!p->stream && (out->kind == MET_SLOT_STRING || text || cst_text_is(column, "date")))
        return met_metric_fail(m, MET_CELL_COLUMN, e,
                               "expected a number of %s, found \"%.*s\"; tell rows apart in where",
                               met_from_name(p->from), (int)column.n, column.p);
    out->column = met_plan_slot(p, name, out->kind, false);
    bool keeps = m->aggregate != MET_AGGREGATE_DISTINCT && m->aggregate != MET_AGGREGATE_COUNT &&
                 m->aggregate != MET_AGGREGATE_SLOPE;
    out->money = keeps && out->kind == MET_SLOT_MONEY;
    return CST_OK;
}

/* The names of a date that says which rows count, where `at` is empty. */
static const char *const usual_at[] = {
    [MET_FROM_EVENTS] = "event_time", [MET_FROM_SUBSCRIPTIONS] = "active", [MET_FROM_CONTACTS] = "active",
    [MET_FROM_OUTCOMES] = NULL,       [MET_FROM_MILESTONES] = "due_date",  [MET_FROM_REASONS] = "date",
    [MET_FROM_ACCOUNTS] = NULL,       [MET_FROM_RENEWALS] = "date",        [MET_FROM_CHANGES] = "date",
    [MET_FROM_ENDINGS] = "date"};

/* The date that says which rows count; of first_date and last_date it is the one that is measured. */
static cst_text at_of(const met_metric *m)
{
    if (m->cell[MET_CELL_AT].n) return m->cell[MET_CELL_AT];
    if (met_aggregate_is_date(m->aggregate) && m->cell[MET_CELL_COLUMN].n) return m->cell[MET_CELL_COLUMN];
    return cst_text_of(usual_at[m->from]);
}

static cst_status bind_span(met_plan *p, met_metric *m, met_measure *out, cst_error *e)
{
    int start = met_plan_name(p, "start_date"), end = met_plan_name(p, "end_date");
    if (p->from != MET_FROM_SUBSCRIPTIONS && p->from != MET_FROM_CONTACTS && start < 0 && end < 0)
        return lack(m,
                    fail_name(p, m, MET_CELL_AT, "a date, since it has no start_date, that is a column", e));
    if (start >= 0) p->start = met_plan_slot(p, start, MET_SLOT_TIME, false);
    if (end >= 0) p->end = met_plan_slot(p, end, MET_SLOT_TIME, false);
    out->current = start < 0 && met_plan_name(p, "valid_from") < 0;
    return CST_OK;
}

static cst_status bind_at(met_plan *p, met_metric *m, met_measure *out, cst_error *e)
{
    cst_text at = at_of(m);
    bool spans = p->stream != NULL;
    if (p->from == MET_FROM_EVENTS && cst_text_is(at, "before")) {
        out->before = true;
        at = cst_text_of(usual_at[p->from]);
    }
    out->at = MET_AT_POINT;
    if (!at.n) {
        out->at = MET_AT_ANY;
        out->current = met_plan_name(p, "valid_from") < 0 && met_plan_name(p, "start_date") < 0;
        return CST_OK;
    }
    if (spans && (cst_text_is(at, "active") || cst_text_is(at, "opening"))) {
        out->at = cst_text_is(at, "active") ? MET_AT_ACTIVE : MET_AT_OPENING;
        return bind_span(p, m, out, e);
    }
    if (p->from == MET_FROM_SUBSCRIPTIONS && cst_text_is(at, "renewal")) {
        out->at = MET_AT_RENEWAL;
        return CST_OK;
    }
    int name = -1;
    for (size_t i = 0; i < p->names && name < 0; i++)
        if (cst_text_equal(p->text[i], at) && p->name[i].from != MET_NAME_FEATURE) name = (int)i;
    if (name < 0 || p->name[name].from == MET_NAME_USE || (!p->stream && !cst_text_is(at, "date")))
        return lack(m, fail_name(p, m, MET_CELL_AT, "a date", e));
    bool own = cst_text_is(at, "signup_date") || cst_text_is(at, "first_value_date");
    out->current = (p->from == MET_FROM_ACCOUNTS || p->from == MET_FROM_OUTCOMES) && !own &&
                   met_plan_name(p, "valid_from") < 0;
    out->at_slot = met_plan_slot(p, name, MET_SLOT_TIME, false);
    return CST_OK;
}

/* Which aggregates and windows go with which dates. */
static cst_status check_at(const met_metric *m, const met_measure *u, cst_error *e)
{
    cst_text at = at_of(m), column = m->cell[MET_CELL_COLUMN];
    bool until = m->aggregate == MET_AGGREGATE_UNTIL;
    bool planned = cst_text_is(at, "due_date") || cst_text_is(at, "renewal_date");
    if (until && u->at != MET_AT_RENEWAL && !(u->at == MET_AT_POINT && planned))
        return met_metric_fail(
            m, MET_CELL_AT, e,
            "expected a planned date (due_date, renewal_date, or renewal of subscriptions) for "
            "days_until_next, found \"%.*s\"; what is not planned is not known ahead",
            (int)at.n, at.p);
    if (!until && u->at == MET_AT_RENEWAL)
        return met_metric_fail(
            m, MET_CELL_AT, e,
            "expected days_until_next with renewal, found %s; renewals that are past are the stream "
            "renewals",
            met_aggregate_name(m->aggregate));
    if (u->before && (!m->window.unit || until))
        return met_metric_fail(
            m, MET_CELL_WINDOW, e,
            "expected a window with before, found none; before is the window ahead of that one");
    if (u->at == MET_AT_OPENING && !m->window.unit)
        return met_metric_fail(
            m, MET_CELL_WINDOW, e,
            "expected a window with opening, found none; opening is the day before the window");
    if ((u->at == MET_AT_ACTIVE || u->at == MET_AT_ANY) && m->window.unit)
        return met_metric_fail(
            m, MET_CELL_WINDOW, e,
            "expected no window where rows hold or have no date, found \"%.*s\"; name a date in at, or "
            "opening for the day before the window",
            (int)m->cell[MET_CELL_WINDOW].n, m->cell[MET_CELL_WINDOW].p);
    cst_text measured = u->before ? cst_text_of(usual_at[m->from]) : at;
    if (met_aggregate_is_date(m->aggregate) && column.n && !cst_text_equal(column, measured))
        return met_metric_fail(
            m, MET_CELL_COLUMN, e,
            "expected the date that counts, %.*s, found \"%.*s\"; leave the cell, or the one of at, empty",
            (int)measured.n, measured.p, (int)column.n, column.p);
    bool ordered = met_aggregate_is_date(m->aggregate) || m->aggregate == MET_AGGREGATE_FIRST ||
                   m->aggregate == MET_AGGREGATE_LAST || m->aggregate == MET_AGGREGATE_SINCE ||
                   m->aggregate == MET_AGGREGATE_SLOPE;
    if (ordered && u->at != MET_AT_POINT)
        return met_metric_fail(m, MET_CELL_AT, e,
                               "expected a date for %s, found %s; name a column with a date",
                               met_aggregate_name(m->aggregate), at.n ? "a stretch of time" : "none");
    return CST_OK;
}

static cst_status bind_measure(met_plan *p, met_metric *m, met_measure *out, cst_error *e)
{
    out->plan = p;
    if (!p->given) {
        if (m->builtin) m->lacking = true;
        if (m->builtin) return CST_OK;
        const char *option = p->stream ? met_from_name(p->from) : "subscriptions";
        return met_metric_fail(m, MET_CELL_FROM, e,
                               "expected --%s FILE, which the metric \"%.*s\" is measured from, found none",
                               option, (int)m->cell[0].n, m->cell[0].p);
    }
    cst_status status = bind_at(p, m, out, e);
    if (status == CST_OK) status = check_at(m, out, e);
    if (status == CST_OK) status = bind_column(p, m, out, e);
    if (status == CST_OK) status = bind_condition(p, m, &out->condition, e);
    return status == CST_END ? CST_OK : status;
}

static cst_status bind_hides(met_plan *p, cst_error *e)
{
    for (size_t i = 0; i < p->names; i++) {
        bool read = false;
        const met_condition *by = NULL;
        for (size_t c = 0; c < p->conditions && !read; c++) {
            by = &p->condition[c];
            read = is_end(p->text[i]) && by->expr && cst_expr_back(by->expr, (uint32_t)i) >= 0;
        }
        if (!read) continue;
        if (p->hides == MET_HIDES)
            return cst_fail_at(e, CST_DATA, by->place, "where",
                               "expected conditions on at most %d dates that end a row, found more",
                               MET_HIDES);
        p->hide[p->hides++] = met_plan_slot(p, (int)i, MET_SLOT_TIME, false);
    }
    return CST_OK;
}

static void mark_steady(met_measure *u)
{
    const met_plan *p = u->plan;
    u->steady = u->at == MET_AT_POINT && p->stream && !p->condition[u->condition].hides && !u->current &&
                u->metric->aggregate != MET_AGGREGATE_UNTIL;
    for (size_t i = 0; i < p->begins; i++)
        if (p->begin[i] != u->at_slot) u->steady = false;
}

static cst_status bind_all(met_spec *spec, met_plans *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < spec->n && status == CST_OK; i++) {
        met_metric *m = &spec->metric[i];
        out->measure[i] = (met_measure){.metric = m, .at_slot = -1, .column = -1};
        out->measure[i].date = m->from != MET_FROM_DERIVED && met_aggregate_is_date(m->aggregate);
        if (m->from != MET_FROM_DERIVED) status = bind_measure(&out->plan[m->from], m, &out->measure[i], e);
    }
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++) status = bind_hides(&out->plan[f], e);
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++) status = met_plan_finish(&out->plan[f], e);
    for (size_t i = 0; i < spec->n && status == CST_OK; i++)
        if (spec->metric[i].from != MET_FROM_DERIVED && !spec->metric[i].lacking)
            mark_steady(&out->measure[i]);
    return status;
}

cst_status met_plans_bind(met_spec *spec, const met_plan_input *in, met_plans *out, cst_error *e)
{
    *out = (met_plans){.measures = spec->n};
    out->measure = calloc(spec->n + 1, sizeof *out->measure);
    if (!out->measure) return cst_no_memory(e);
    bool lines = false;
    for (size_t i = 0; i < spec->n; i++) {
        met_from from = spec->metric[i].from;
        lines |= from == MET_FROM_RENEWALS || from == MET_FROM_ENDINGS;
    }
    cst_status status = CST_OK;
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++)
        status = met_plan_open(&out->plan[f], (met_from)f, in, spec->n, lines, e);
    return status == CST_OK ? bind_all(spec, out, e) : status;
}

void met_plans_clear(met_plans *p)
{
    for (int f = 0; f < MET_FROM_STREAMS; f++) met_plan_clear(&p->plan[f]);
    free(p->measure);
    *p = (met_plans){0};
}
