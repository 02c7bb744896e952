/* forecast/partial.c: the sums of a run, one integer a row, and back. */
#include "forecast/partial.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "tables/part.h"
#include <stdlib.h>
#include <string.h>

static const char *const known_name[FORECAST_KNOWN] = {"signed", "ending"};

/* ---- the definition ---------------------------------------------------------------------------------- */

#define AT(field) offsetof(forecast_opts, field)

static const cst_option definition_rows[] = {
    {"as-of", 0, CST_OPT_DATE, NULL, AT(as_of), NULL, NULL},
    {"history-from", 0, CST_OPT_DATE, NULL, AT(history_from), NULL, NULL},
    {"value", 0, CST_OPT_TEXT, NULL, AT(value), NULL, NULL},
    {"where", 0, CST_OPT_TEXT, NULL, AT(stream.where), NULL, NULL},
    {"by", 0, CST_OPT_TEXT, NULL, AT(stream.by), NULL, NULL},
    {"customer", 0, CST_OPT_TEXT, NULL, AT(subjects.customer), NULL, NULL},
    {"cross-sell-by", 0, CST_OPT_TEXT, NULL, AT(cross_sell_by), NULL, NULL},
    {"snapshot", 0, CST_OPT_CHOICE, "month-end|first-day|touch", AT(snapshot), NULL, NULL},
    {"grace", 0, CST_OPT_COUNT, NULL, AT(grace), NULL, NULL},
    {"fx-max-age", 0, CST_OPT_COUNT, NULL, AT(subjects.fx_max_age), NULL, NULL},
    {"report-currency", 0, CST_OPT_TEXT, NULL, AT(subjects.report_currency), NULL, NULL},
    {0},
};

static cst_status define(const forecast_session *s, cst_definition *out, cst_error *e)
{
    cst_status status = cst_definition_of(definition_rows, s->o, out, e);
    return status == CST_OK ? cst_subscriptions_define(out, s->centre, e) : status;
}

cst_status forecast_definition_tell(const forecast_session *s, cst_error *e)
{
    cst_definition d = {0};
    cst_status status = define(s, &d, e);
    if (status == CST_OK)
        status = cst_subscriptions_define_told(&d, s->value, s->o->subjects.report_currency, e);
    if (status == CST_OK) cst_definition_tell(&d, cst_io_manifest(s->io));
    cst_definition_free(&d);
    return status;
}

/* ---- writing ----------------------------------------------------------------------------------------- */

static void put_series(cst_part_writer *p, int64_t group, const forecast_session *s, forecast_series *of)
{
    forecast_series_flush(of);
    for (size_t k = of->months; k-- > 0;) {
        for (int i = 0; i < FORECAST_SUMS; i++) {
            const char *item;
            char name[FORECAST_NAME_ROOM];
            forecast_sum_name(i, &item, name);
            cst_part_put(p, item, s->rules.t - (int64_t)k, group, name, of->month[k].v[i]);
        }
    }
    for (int j = 0; j < FORECAST_AHEAD; j++)
        for (int what = 0; what < FORECAST_KNOWN; what++)
            cst_part_put(p, "known", (int64_t)s->rules.t + 1 + j, group, known_name[what],
                         of->known[what][j]);
}

static void put_fact(cst_part_writer *p, const char *name, const char *value)
{
    cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, name, cst_text_of(value));
}

cst_status forecast_partial(forecast_session *s, cst_error *e)
{
    cst_definition d = {0};
    cst_part_writer p;
    cst_status status = define(s, &d, e);
    if (status == CST_OK) status = cst_part_open(&p, s->io, e);
    if (status == CST_OK) {
        cst_part_put_definition(&p, &d);
        put_fact(&p, "by_currency", s->by_currency ? "yes" : "no");
        if (s->counts.rows) put_fact(&p, "currency", s->currency);
        cst_part_put_columns(&p, s->group_column, s->bys);
        cst_part_put_groups(&p, s->group_name, s->group_order, s->rules.groups ? s->sums.groups : 0, s->bys);
        put_series(&p, CST_PART_TOTAL, s, &s->sums.total);
        for (size_t i = 0; s->rules.groups && i < s->sums.groups; i++)
            put_series(&p, (int64_t)i, s, &s->sums.group[s->group_order[i]]);
        if (s->subscriptions.shard.of)
            cst_part_put_shard(&p, s->subscriptions.shard, s->counts.others, s->reader);
        for (int i = 0; i <= s->threads; i++) cst_part_add_accounts(&p, ((forecast_walk *)s->walk[i])->names);
        status = cst_part_finish(&p);
    }
    cst_definition_free(&d);
    return status;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

typedef struct forecast_merging {
    forecast_session *s;
    cst_parts parts;
    bool ruled;         /* the rules of the run are known */
    bool some_currency; /* a part with rows was seen */
} forecast_merging;

static cst_status take_fact(forecast_merging *m, size_t row, cst_error *e)
{
    forecast_session *s = m->s;
    cst_text value = cst_part_value(&m->parts, row);
    if (cst_text_is(cst_part_name(&m->parts, row), "by_currency")) {
        s->by_currency = cst_text_is(value, "yes");
        return CST_OK;
    }
    bool same = cst_text_is(value, s->currency);
    if (m->some_currency && !same && !s->by_currency)
        return cst_part_refuse(&m->parts, row, "the same currency in all parts", e);
    if (value.n >= sizeof s->currency) return cst_part_refuse(&m->parts, row, "a currency", e);
    memcpy(s->currency, value.p, value.n);
    s->currency[m->some_currency && !same ? 0 : value.n] = 0;
    m->some_currency = true;
    return CST_OK;
}

/* Once the first part's definition is in: the rules of the run. */
static cst_status settle_rules(forecast_merging *m, cst_error *e)
{
    forecast_session *s = m->s;
    const forecast_opts *o = s->o;
    if (m->ruled) return CST_OK;
    if (o->as_of == CST_DAY_NONE)
        return cst_fail_at(
            e, CST_DATA, (cst_place){.file = cst_table_file(m->parts.table)}, NULL,
            "expected the day of --as-of, found none; the part was changed: make it again with "
            "--partial");
    m->ruled = true;
    cst_status status = forecast_session_rules(s, e);
    s->rules.groups = m->parts.columns > 0;
    s->rules.total = !s->by_currency;
    s->group_column = m->parts.column;
    s->bys = m->parts.columns;
    s->value = o->value ? o->value : "mrr";
    s->centre = o->cross_sell_by;
    return status;
}

static bool find_sum(cst_text item, cst_text name, int *out)
{
    for (int i = 0; i < FORECAST_SUMS; i++) {
        const char *its_item;
        char its_name[FORECAST_NAME_ROOM];
        forecast_sum_name(i, &its_item, its_name);
        if (!cst_text_is(item, its_item) || !cst_text_is(name, its_name)) continue;
        *out = i;
        return true;
    }
    return false;
}

static cst_status take_sum(forecast_merging *m, size_t row, cst_error *e)
{
    cst_parts *p = &m->parts;
    forecast_session *s = m->s;
    cst_text item = cst_part_item(p, row), name = cst_part_name(p, row);
    cst_wide v;
    cst_period month;
    int64_t group;
    int i;
    cst_status status = cst_part_number(p, row, &v, e);
    if (status == CST_OK) status = cst_part_period(p, row, &month, e);
    if (status == CST_OK) status = cst_part_find_group(p, row, &group, e);
    if (status < 0) return status;
    forecast_series *of = group < 0 ? &s->sums.total : &s->sums.group[group];
    int64_t back = (int64_t)s->rules.t - month;
    if (cst_text_is(item, "known")) {
        int what = cst_text_is(name, known_name[FORECAST_ENDING]) ? FORECAST_ENDING : FORECAST_SIGNED;
        if (back >= 0 || back < -FORECAST_AHEAD || !cst_text_is(name, known_name[what]))
            return cst_part_refuse(p, row, "revenue of one of the twelve months to come", e);
        of->known[what][-back - 1] += v;
        return CST_OK;
    }
    if (!find_sum(item, name, &i)) return cst_part_refuse_sum(p, row, e);
    if (back < 0 || back > 12 * 10000) return cst_part_refuse(p, row, "a sum of a month that is over", e);
    if (!forecast_series_reach(of, (size_t)back)) return cst_no_memory(e);
    of->month[back].v[i] += v;
    return CST_OK;
}

static cst_status take_part(void *merging, cst_parts *p, cst_error *e)
{
    forecast_merging *m = merging;
    cst_status status = CST_OK;
    for (size_t row = 0; status == CST_OK && row < p->rows; row++) {
        cst_text item = cst_part_item(p, row);
        uint32_t group;
        if (cst_text_is(item, "definition")) {
            status = cst_part_definition(p, row, false, e);
        } else if (cst_text_is(item, "fact")) {
            status = take_fact(m, row, e);
        } else if (cst_text_is(item, "column")) {
            status = cst_part_column(p, row, e);
        } else if (cst_text_is(item, "group")) {
            status = settle_rules(m, e);
            if (status == CST_OK) status = cst_part_name_group(p, &row, &group, e);
            if (status == CST_OK && !forecast_sums_group(&m->s->sums, group)) status = cst_no_memory(e);
        } else {
            status = settle_rules(m, e);
            if (status == CST_OK) status = take_sum(m, row, e);
        }
    }
    return status == CST_OK ? settle_rules(m, e) : status;
}

cst_status forecast_merge(forecast_session *s, cst_error *e)
{
    forecast_opts preset;
    forecast_init(&preset);
    s->merged = malloc(sizeof *s->merged);
    if (!s->merged) return cst_no_memory(e);
    const forecast_opts *given = s->o;
    *s->merged = *given;
    s->o = s->merged;
    forecast_merging m = {.s = s};
    cst_status status = cst_parts_open(&m.parts, definition_rows, given, &preset, s->merged, e);
    if (status == CST_OK) status = cst_parts_each(&m.parts, s->io, take_part, &m, e);
    s->parts = m.parts; /* which the groups' names live in */
    if (status < 0) return status;
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (!s->group_name) return cst_no_memory(e);
    for (size_t i = 0; i < s->sums.groups; i++)
        s->group_name[i] = cst_intern_text(m.parts.names, (uint32_t)i);
    return forecast_session_order(s, e);
}
