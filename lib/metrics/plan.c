/* metrics/plan.c: binds the metrics of a spec to the streams: which columns are wanted, which conditions
 * there are, what the slots of a record are. Equal conditions and equal slots are kept once. */
#include "metrics/plan.h"
#include "base/buffer.h"
#include "base/suggest.h"
#include "base/text.h"
#include "metrics/bind.h"
#include <stdlib.h>

int cst_plan_name(const cst_plan *p, const char *name)
{
    for (size_t i = 0; i < p->names; i++)
        if (cst_text_is(p->text[i], name)) return (int)i;
    return -1;
}

int cst_plan_slot(cst_plan *p, int name, cst_slot_kind kind, bool required)
{
    for (size_t i = 0; i < p->slots; i++) {
        if (p->slot[i].name != (uint32_t)name || p->slot[i].kind != kind) continue;
        p->slot[i].required |= required;
        return (int)i;
    }
    p->slot[p->slots] = (cst_slot){(uint32_t)name, kind, required};
    p->name[name].needed = true;
    return (int)p->slots++;
}

static bool is_end(cst_text name)
{
    return cst_text_is(name, "end_date") || cst_text_is(name, "done_date") ||
           cst_text_is(name, "first_value_date") || cst_text_is(name, "closed_at");
}

static cst_status fail_name(const cst_plan *p, const cst_metric *m, int cell, const char *what, cst_error *e)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "expected %s of %s, found \"", what, cst_from_name(p->from));
    cst_buffer_add_visible(&b, m->cell[cell].p, m->cell[cell].n, 60);
    cst_buffer_add_string(&b, "\"");
    cst_suggest_add(&b, m->cell[cell], p->text, p->names);
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, p->text, p->names, 40);
    cst_status s = cst_metric_fail(m, cell, e, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return s;
}

/* Whether a column that is not there was asked for by the standard vocabulary of a built-in table. */
static cst_status lack(cst_metric *m, cst_status s)
{
    if (s != CST_DATA || !m->builtin) return s;
    m->lacking = true;
    return CST_END;
}

static bool reads_only_event(const cst_plan *p, const cst_expr *x)
{
    if (p->from != CST_FROM_EVENTS) return false;
    for (size_t i = 0; i < p->names; i++)
        if (cst_expr_back(x, (uint32_t)i) >= 0 && p->name[i].from == CST_NAME_COLUMN &&
            !cst_text_is(p->text[i], "event"))
            return false;
    return true;
}

static cst_status parse_condition(cst_plan *p, cst_metric *m, cst_condition *c, cst_error *e)
{
    const cst_expr_env env = {.label = "where", .names = p->text, .n = p->names, .want = CST_WANT_CONDITION};
    *c = (cst_condition){
        .where = m->cell[CST_CELL_WHERE], .by_event = true, .place = m->place[CST_CELL_WHERE]};
    if (!c->where.n) return CST_OK;
    cst_status s = cst_expr_parse(c->where, &env, &c->expr, e);
    if (s) {
        if (s == CST_MEMORY) return s;
        cst_error why = *e;
        return cst_metric_fail(m, CST_CELL_WHERE, e, "%s", why.message);
    }
    c->by_event = reads_only_event(p, c->expr);
    for (size_t i = 0; i < p->names; i++) {
        if (cst_expr_back(c->expr, (uint32_t)i) < 0) continue;
        if (p->name[i].from == CST_NAME_DAY || p->name[i].from == CST_NAME_HOURS)
            return cst_metric_fail(m, CST_CELL_WHERE, e,
                                   "expected a column of the file, found %s, which can only stand in column",
                                   p->text[i].p);
        p->name[i].needed = true;
        c->hides |= is_end(p->text[i]);
    }
    return CST_OK;
}

static cst_status bind_condition(cst_plan *p, cst_metric *m, unsigned *out, cst_error *e)
{
    cst_text where = m->cell[CST_CELL_WHERE];
    for (*out = 0; *out < p->conditions; ++*out)
        if (cst_text_equal(p->condition[*out].where, where)) return CST_OK;
    if (p->conditions == CST_CONDITIONS)
        return cst_metric_fail(m, CST_CELL_WHERE, e,
                               "expected at most %d different conditions on %s, found more", CST_CONDITIONS,
                               cst_from_name(p->from));
    cst_status s = parse_condition(p, m, &p->condition[p->conditions], e);
    if (s) cst_expr_free(p->condition[p->conditions].expr);
    if (s) return lack(m, s);
    *out = (unsigned)p->conditions++;
    return CST_OK;
}

static cst_slot_kind kind_of(const cst_plan *p, const cst_metric *m)
{
    bool made = cst_text_is(m->cell[CST_CELL_COLUMN], "event_day") ||
                cst_text_is(m->cell[CST_CELL_COLUMN], "hours_to_close");
    if (made && p->from == CST_FROM_EVENTS) return CST_SLOT_NUMBER;
    if (m->aggregate == CST_AGGREGATE_DISTINCT || m->aggregate == CST_AGGREGATE_COUNT) return CST_SLOT_STRING;
    cst_text column = m->cell[CST_CELL_COLUMN];
    if (!p->stream) return cst_text_is(column, "age") ? CST_SLOT_NUMBER : CST_SLOT_MONEY;
    const struct cst_stream_column *c = cst_stream_column_find(p->stream, column);
    if (c && c->type == CST_TYPE_MONEY) return CST_SLOT_MONEY;
    return c && c->type == CST_TYPE_BOOLEAN ? CST_SLOT_BOOLEAN : CST_SLOT_NUMBER;
}

static cst_status bind_column(cst_plan *p, cst_metric *m, cst_measure *out, cst_error *e)
{
    cst_text column = m->cell[CST_CELL_COLUMN];
    out->column = -1;
    if (!column.n) return CST_OK;
    int name = -1;
    for (size_t i = 0; i < p->names && name < 0; i++)
        if (cst_text_equal(p->text[i], column)) name = (int)i;
    if (name < 0) return lack(m, fail_name(p, m, CST_CELL_COLUMN, "a column", e));
    const struct cst_stream_column *c = p->stream ? cst_stream_column_find(p->stream, column) : NULL;
    bool date = is_end(column) || (c && (c->type == CST_TYPE_DAY || c->type == CST_TYPE_INSTANT));
    if (date || p->name[name].from == CST_NAME_USE)
        return cst_metric_fail(
            m, CST_CELL_COLUMN, e,
            "expected a column that can be %s, found the date \"%.*s\"; name it in at or in where",
            m->aggregate == CST_AGGREGATE_COUNT ? "counted" : "measured", (int)column.n, column.p);
    if (p->name[name].from == CST_NAME_HOURS && !cst_text_is(m->cell[CST_CELL_AT], "closed_at"))
        return cst_metric_fail(
            m, CST_CELL_COLUMN, e,
            "expected closed_at in the column at with hours_to_close, found \"%.*s\"; before it is "
            "closed, nobody knows how long it will take",
            (int)m->cell[CST_CELL_AT].n, m->cell[CST_CELL_AT].p);
    if (p->name[name].from == CST_NAME_HOURS)
        cst_plan_slot(p, cst_plan_name(p, "closed_at"), CST_SLOT_TIME, false);
    out->kind = kind_of(p, m);
    bool text =
        p->from == CST_FROM_RENEWALS && (cst_text_is(column, "status") || cst_text_is(column, "line"));
    if (!p->stream && (out->kind == CST_SLOT_STRING || text || cst_text_is(column, "date")))
        return cst_metric_fail(m, CST_CELL_COLUMN, e,
                               "expected a number of %s, found \"%.*s\"; tell rows apart in where",
                               cst_from_name(p->from), (int)column.n, column.p);
    out->column = cst_plan_slot(p, name, out->kind, false);
    bool keeps = m->aggregate != CST_AGGREGATE_DISTINCT && m->aggregate != CST_AGGREGATE_COUNT &&
                 m->aggregate != CST_AGGREGATE_SLOPE;
    out->money = keeps && out->kind == CST_SLOT_MONEY;
    return CST_OK;
}

/* The names of a date that says which rows count, where `at` is empty. */
static const char *const usual_at[] = {
    [CST_FROM_EVENTS] = "event_time", [CST_FROM_SUBSCRIPTIONS] = "active", [CST_FROM_CONTACTS] = "active",
    [CST_FROM_OUTCOMES] = NULL,       [CST_FROM_MILESTONES] = "due_date",  [CST_FROM_REASONS] = "date",
    [CST_FROM_ACCOUNTS] = NULL,       [CST_FROM_RENEWALS] = "date",        [CST_FROM_CHANGES] = "date"};

static cst_status bind_stretch(cst_plan *p, cst_metric *m, cst_measure *out, cst_error *e)
{
    int start = cst_plan_name(p, "start_date"), end = cst_plan_name(p, "end_date");
    if (p->from != CST_FROM_SUBSCRIPTIONS && p->from != CST_FROM_CONTACTS && start < 0 && end < 0)
        return lack(m,
                    fail_name(p, m, CST_CELL_AT, "a date, since it has no start_date, that is a column", e));
    if (start >= 0) p->start = cst_plan_slot(p, start, CST_SLOT_TIME, false);
    if (end >= 0) p->end = cst_plan_slot(p, end, CST_SLOT_TIME, false);
    out->current = start < 0 && cst_plan_name(p, "valid_from") < 0;
    return CST_OK;
}

static bool is_plan(cst_text at)
{
    return cst_text_is(at, "due_date") || cst_text_is(at, "renewal_date");
}

static cst_status bind_at(cst_plan *p, cst_metric *m, cst_measure *out, cst_error *e)
{
    cst_text at = m->cell[CST_CELL_AT].n ? m->cell[CST_CELL_AT] : cst_text_of(usual_at[p->from]);
    bool stretches = p->stream != NULL;
    if (p->from == CST_FROM_EVENTS && cst_text_is(at, "before")) {
        out->before = true;
        at = cst_text_of(usual_at[p->from]);
    }
    out->at = CST_AT_POINT;
    if (!at.n) {
        out->at = CST_AT_ANY;
        out->current = cst_plan_name(p, "valid_from") < 0 && cst_plan_name(p, "start_date") < 0;
        return CST_OK;
    }
    if (stretches && (cst_text_is(at, "active") || cst_text_is(at, "opening"))) {
        out->at = cst_text_is(at, "active") ? CST_AT_ACTIVE : CST_AT_OPENING;
        return bind_stretch(p, m, out, e);
    }
    if (p->from == CST_FROM_SUBSCRIPTIONS && cst_text_is(at, "renewal")) {
        out->at = CST_AT_RENEWAL;
        return CST_OK;
    }
    int name = -1;
    for (size_t i = 0; i < p->names && name < 0; i++)
        if (cst_text_equal(p->text[i], at) && p->name[i].from != CST_NAME_FEATURE) name = (int)i;
    if (name < 0 || p->name[name].from == CST_NAME_USE || (!p->stream && !cst_text_is(at, "date")))
        return lack(m, fail_name(p, m, CST_CELL_AT, "a date", e));
    bool own = cst_text_is(at, "signup_date") || cst_text_is(at, "first_value_date");
    out->current = (p->from == CST_FROM_ACCOUNTS || p->from == CST_FROM_OUTCOMES) && !own &&
                   cst_plan_name(p, "valid_from") < 0;
    out->at_slot = cst_plan_slot(p, name, CST_SLOT_TIME, false);
    return CST_OK;
}

/* Which aggregates and windows go with which dates. */
static cst_status check_at(const cst_metric *m, const cst_measure *u, cst_error *e)
{
    cst_text at = m->cell[CST_CELL_AT].n ? m->cell[CST_CELL_AT] : cst_text_of(usual_at[m->from]);
    bool until = m->aggregate == CST_AGGREGATE_UNTIL;
    if (until && u->at != CST_AT_RENEWAL && !(u->at == CST_AT_POINT && is_plan(at)))
        return cst_metric_fail(
            m, CST_CELL_AT, e,
            "expected a planned date (due_date, renewal_date, or renewal of subscriptions) for "
            "days_until_next, found \"%.*s\"; what is not planned is not known ahead",
            (int)at.n, at.p);
    if (!until && u->at == CST_AT_RENEWAL)
        return cst_metric_fail(
            m, CST_CELL_AT, e,
            "expected days_until_next with renewal, found %s; renewals that are past are the stream "
            "renewals",
            cst_aggregate_name(m->aggregate));
    if (u->before && (!m->window.unit || until))
        return cst_metric_fail(
            m, CST_CELL_WINDOW, e,
            "expected a window with before, found none; before is the window ahead of that one");
    if (u->at == CST_AT_OPENING && !m->window.unit)
        return cst_metric_fail(
            m, CST_CELL_WINDOW, e,
            "expected a window with opening, found none; opening is the day before the window");
    if ((u->at == CST_AT_ACTIVE || u->at == CST_AT_ANY) && m->window.unit)
        return cst_metric_fail(
            m, CST_CELL_WINDOW, e,
            "expected no window where rows hold or have no date, found \"%.*s\"; name a date in at, or "
            "opening for the day before the window",
            (int)m->cell[CST_CELL_WINDOW].n, m->cell[CST_CELL_WINDOW].p);
    bool ordered = m->aggregate == CST_AGGREGATE_FIRST || m->aggregate == CST_AGGREGATE_LAST ||
                   m->aggregate == CST_AGGREGATE_SINCE || m->aggregate == CST_AGGREGATE_SLOPE;
    if (ordered && u->at != CST_AT_POINT)
        return cst_metric_fail(m, CST_CELL_AT, e,
                               "expected a date for %s, found %s; name a column with a date",
                               cst_aggregate_name(m->aggregate), at.n ? "a stretch of time" : "none");
    return CST_OK;
}

static cst_status bind_measure(cst_plan *p, cst_metric *m, cst_measure *out, cst_error *e)
{
    out->plan = p;
    if (!p->given) {
        if (m->builtin) m->lacking = true;
        if (m->builtin) return CST_OK;
        const char *option = p->stream ? cst_from_name(p->from) : "subscriptions";
        return cst_metric_fail(m, CST_CELL_FROM, e,
                               "expected --%s FILE, which the metric \"%.*s\" is measured from, found none",
                               option, (int)m->cell[0].n, m->cell[0].p);
    }
    cst_status s = bind_at(p, m, out, e);
    if (!s) s = check_at(m, out, e);
    if (!s) s = bind_column(p, m, out, e);
    if (!s) s = bind_condition(p, m, &out->condition, e);
    return s == CST_END ? CST_OK : s;
}

static cst_status bind_hides(cst_plan *p, cst_error *e)
{
    for (size_t i = 0; i < p->names; i++) {
        bool read = false;
        const cst_condition *by = NULL;
        for (size_t c = 0; c < p->conditions && !read; c++) {
            by = &p->condition[c];
            read = is_end(p->text[i]) && by->expr && cst_expr_back(by->expr, (uint32_t)i) >= 0;
        }
        if (!read) continue;
        if (p->hides == CST_HIDES)
            return cst_fail_at(e, CST_DATA, by->place, "where",
                               "expected conditions on at most %d dates that end a row, found more",
                               CST_HIDES);
        p->hide[p->hides++] = cst_plan_slot(p, (int)i, CST_SLOT_TIME, false);
    }
    return CST_OK;
}

static void mark_steady(cst_measure *u)
{
    const cst_plan *p = u->plan;
    u->steady = u->at == CST_AT_POINT && p->stream && !p->condition[u->condition].hides && !u->current &&
                u->metric->aggregate != CST_AGGREGATE_UNTIL;
    for (size_t i = 0; i < p->begins; i++)
        if (p->begin[i] != u->at_slot) u->steady = false;
}

static cst_status bind_all(cst_spec *spec, cst_plans *out, cst_error *e)
{
    cst_status s = CST_OK;
    for (size_t i = 0; i < spec->n && !s; i++) {
        cst_metric *m = &spec->metric[i];
        out->measure[i] = (cst_measure){.metric = m, .at_slot = -1, .column = -1};
        if (m->from != CST_FROM_DERIVED) s = bind_measure(&out->plan[m->from], m, &out->measure[i], e);
    }
    for (int f = 0; f < CST_FROM_STREAMS && !s; f++) s = bind_hides(&out->plan[f], e);
    for (int f = 0; f < CST_FROM_STREAMS && !s; f++) s = cst_plan_finish(&out->plan[f], e);
    for (size_t i = 0; i < spec->n && !s; i++)
        if (spec->metric[i].from != CST_FROM_DERIVED && !spec->metric[i].lacking)
            mark_steady(&out->measure[i]);
    return s;
}

cst_status cst_plans_bind(cst_spec *spec, const cst_plan_input *in, cst_plans *out, cst_error *e)
{
    *out = (cst_plans){.measures = spec->n};
    out->measure = calloc(spec->n + 1, sizeof *out->measure);
    if (!out->measure) return cst_fail(e, CST_MEMORY, "out of memory");
    bool lines = false;
    for (size_t i = 0; i < spec->n; i++) lines |= spec->metric[i].from == CST_FROM_RENEWALS;
    cst_status s = CST_OK;
    for (int f = 0; f < CST_FROM_STREAMS && !s; f++)
        s = cst_plan_open(&out->plan[f], (cst_from)f, in, spec->n, lines, e);
    return s ? s : bind_all(spec, out, e);
}

void cst_plans_clear(cst_plans *p)
{
    for (int f = 0; f < CST_FROM_STREAMS; f++) cst_plan_clear(&p->plan[f]);
    free(p->measure);
    *p = (cst_plans){0};
}
