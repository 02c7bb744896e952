/* metrics/derive.c: expressions are sorted so that each follows what it reads (Kahn 1962), once; then every
 * row evaluates them in that order. A metric's value is kept as a number and written as text only for an
 * expression that asks for it. */
#include "metrics/derive.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "metrics/aggregate.h"
#include "metrics/field.h"
#include <math.h>
#include <stdlib.h>

enum { NAME_ACCOUNT, NAME_PERIOD, NAME_ACTIVE, NAME_FIRST, NAME_FEATURES, NAME_OWN };

struct met_derived {
    const met_spec *spec;
    const met_plans *plans;
    const cst_accounts *accounts;
    cst_text *name; /* the metrics, then account_id ..., then the attributes */
    size_t names, attributes, features;
    cst_expr **expr; /* by metric; NULL: measured */
    size_t *order;   /* of the derived ones */
    size_t n;
    int begin[2], end; /* columns: signup_date, valid_from; first_value_date */
    const met_metric *current;
    cst_text current_attribute;
};

static cst_status name_all(met_derived *d, cst_error *e)
{
    static const char *const own[NAME_OWN] = {"account_id", "period", "active", "first_start",
                                              "product_features"};
    d->attributes = d->accounts ? cst_accounts_columns(d->accounts) : 0;
    d->name = calloc(d->spec->n + NAME_OWN + d->attributes + 1, sizeof *d->name);
    d->expr = calloc(d->spec->n + 1, sizeof *d->expr);
    d->order = calloc(d->spec->n + 1, sizeof *d->order);
    if (!d->name || !d->expr || !d->order) return cst_no_memory(e);
    for (size_t i = 0; i < d->spec->n; i++) d->name[d->names++] = d->spec->metric[i].cell[MET_CELL_METRIC];
    for (int i = 0; i < NAME_OWN; i++) d->name[d->names++] = cst_text_of(own[i]);
    for (size_t i = 0; i < d->attributes; i++) d->name[d->names++] = cst_accounts_column_name(d->accounts, i);
    return CST_OK;
}

static bool bears_its_day(cst_text name)
{
    return cst_text_is(name, "signup_date") || cst_text_is(name, "first_value_date") ||
           cst_text_is(name, "account_id");
}

static void note_current(met_derived *d, size_t i)
{
    bool dated = d->begin[1] >= 0;
    for (size_t a = 0; a < d->attributes && !dated && !d->current; a++) {
        size_t slot = d->spec->n + NAME_OWN + a;
        if (cst_expr_back(d->expr[i], (uint32_t)slot) < 0 || bears_its_day(d->name[slot])) continue;
        d->current = &d->spec->metric[i];
        d->current_attribute = d->name[slot];
    }
}

/* A metric that reads its own name means the attribute of that name, as a rule; but the metric is found. */
static cst_status check_own_name(const met_derived *d, size_t i, cst_error *e)
{
    const met_metric *m = &d->spec->metric[i];
    if (cst_expr_back(d->expr[i], (uint32_t)i) < 0) return CST_OK;
    for (size_t a = 0; a < d->attributes; a++)
        if (cst_text_equal(d->name[d->spec->n + NAME_OWN + a], d->name[i]))
            return met_metric_fail(
                m, MET_CELL_METRIC, e,
                "expected another name than \"%s\", which a column of the accounts has: in "
                "expr it would mean the metric itself; rename the metric",
                m->name);
    return CST_OK;
}

static cst_status parse_one(met_derived *d, size_t i, cst_error *e)
{
    met_metric *m = &d->spec->metric[i];
    const cst_expr_env env = {
        .label = "expr", .names = d->name, .n = d->names, .want = CST_WANT_NUMBER, .has_today = true};
    cst_status status = cst_expr_parse(m->cell[MET_CELL_EXPR], &env, &d->expr[i], e);
    if (status == CST_OK) note_current(d, i);
    if (status == CST_OK) return check_own_name(d, i, e);
    if (status == CST_MEMORY) return status;
    if (m->builtin) { /* an attribute that this company does not have */
        m->lacking = true;
        return CST_OK;
    }
    cst_error why = *e;
    return met_metric_fail(m, MET_CELL_EXPR, e, "%s", why.message);
}

static cst_status fail_cycle(const met_derived *d, const size_t *waits, cst_error *e)
{
    cst_buffer b = {0};
    const met_metric *first = NULL;
    for (size_t i = 0; i < d->spec->n; i++) {
        if (!waits[i]) continue;
        cst_buffer_add_string(&b, first ? ", " : "");
        cst_buffer_add_visible(&b, d->name[i].p, d->name[i].n, 60);
        if (!first) first = &d->spec->metric[i];
    }
    cst_status status =
        met_metric_fail(first, MET_CELL_EXPR, e,
                        "expected expressions that end in measured metrics, found a circle of, or behind, %s",
                        cst_buffer_string(&b));
    cst_buffer_free(&b);
    return status;
}

/* Each after those it reads. */
static cst_status sort_all(met_derived *d, cst_error *e)
{
    size_t n = d->spec->n, left = 0;
    size_t *waits = calloc(n + 1, sizeof *waits);
    if (!waits) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; d->expr[i] && k < n; k++)
            waits[i] += d->expr[k] && cst_expr_back(d->expr[i], (uint32_t)k) >= 0;
        left += d->expr[i] != NULL;
        if (d->expr[i] && !waits[i]) d->order[d->n++] = i;
    }
    for (size_t at = 0; at < d->n; at++)
        for (size_t i = 0; i < n; i++)
            if (d->expr[i] && cst_expr_back(d->expr[i], (uint32_t)d->order[at]) >= 0 && --waits[i] == 0)
                d->order[d->n++] = i;
    cst_status status = d->n < left ? fail_cycle(d, waits, e) : CST_OK;
    free(waits);
    return status;
}

cst_status met_derived_new(const met_spec *spec, const met_plans *plans, const cst_accounts *accounts,
                           size_t features, met_derived **out, cst_error *e)
{
    met_derived *d = calloc(1, sizeof *d);
    *out = d;
    if (!d) return cst_no_memory(e);
    *d = (met_derived){.spec = spec,
                       .plans = plans,
                       .accounts = accounts,
                       .features = features,
                       .begin = {-1, -1},
                       .end = -1};
    cst_status status = name_all(d, e);
    if (status == CST_OK && accounts)
        status = cst_accounts_bind(accounts, "signup_date", CST_OPTIONAL, &d->begin[0], e);
    if (status == CST_OK && accounts)
        status = cst_accounts_bind(accounts, "valid_from", CST_OPTIONAL, &d->begin[1], e);
    if (status == CST_OK && accounts)
        status = cst_accounts_bind(accounts, "first_value_date", CST_OPTIONAL, &d->end, e);
    for (size_t i = 0; i < spec->n && status == CST_OK; i++)
        if (spec->metric[i].from == MET_FROM_DERIVED) status = parse_one(d, i, e);
    return status == CST_OK ? sort_all(d, e) : status;
}

void met_derived_free(met_derived *d)
{
    if (!d) return;
    for (size_t i = 0; d->expr && i < d->spec->n; i++) cst_expr_free(d->expr[i]);
    free(d->expr);
    free(d->name);
    free(d->order);
    free(d);
}

const met_metric *met_derived_current(const met_derived *d, cst_text *attribute)
{
    *attribute = d->current_attribute;
    return d->current;
}

struct met_deriver {
    const met_derived *d;
    cst_text account;
    uint32_t row; /* of the accounts table */
    cst_day day;
    int active;
    const uint64_t *cell;
    cst_day first_start;
    char period[CST_DAY_ROOM], first[CST_DAY_ROOM], features[CST_DECIMAL_ROOM];
    char (*text)[CST_NUMBER_ROOM]; /* by metric: its value, where an expression wants text */
};

met_deriver *met_deriver_new(const met_derived *d)
{
    met_deriver *v = calloc(1, sizeof *v);
    if (!v) return NULL;
    v->d = d;
    v->text = malloc((d->spec->n + 1) * sizeof *v->text);
    if (v->text) return v;
    free(v);
    return NULL;
}

void met_deriver_free(met_deriver *v)
{
    if (!v) return;
    free(v->text);
    free(v);
}

void met_deriver_account(met_deriver *v, cst_text account, cst_day first_start)
{
    v->first_start = first_start;
    v->account = account;
    v->row = v->d->accounts ? cst_accounts_find(v->d->accounts, account) : CST_ACCOUNT_NONE;
}

static double metric_number(const met_deriver *v, uint32_t slot)
{
    return met_cell_number(&v->d->plans->measure[slot], v->cell[slot]);
}

static bool is_date(const met_deriver *v, uint32_t slot)
{
    return slot < v->d->spec->n && v->d->plans->measure[slot].date;
}

static cst_text metric_text(met_deriver *v, uint32_t slot)
{
    double x = metric_number(v, slot);
    size_t n = is_date(v, slot) && !isnan(x) ? cst_day_format((cst_day)x, v->text[slot])
                                             : cst_number_format(x, v->text[slot]);
    return (cst_text){v->text[slot], (uint32_t)n};
}

/* A date of the account that lies after the period. */
static bool is_later(const met_deriver *v, int column)
{
    cst_instant t;
    return column >= 0 && cst_instant_parse(cst_accounts_at(v->d->accounts, v->row, column), &t) &&
           cst_instant_day(t) > v->day;
}

static cst_text attribute(const met_deriver *v, int column)
{
    const cst_text missing = {"", 0};
    if (v->row == CST_ACCOUNT_NONE || is_later(v, v->d->begin[0]) || is_later(v, v->d->begin[1]))
        return missing;
    return column == v->d->end && is_later(v, column) ? missing
                                                      : cst_accounts_at(v->d->accounts, v->row, column);
}

static cst_text read_text(void *context, uint32_t slot)
{
    met_deriver *v = context;
    if (slot < v->d->spec->n) return metric_text(v, slot);
    switch (slot - v->d->spec->n) {
    case NAME_ACCOUNT:
        return v->account;
    case NAME_PERIOD:
        return (cst_text){v->period, (uint32_t)cst_day_format(v->day, v->period)};
    case NAME_ACTIVE:
        return cst_text_of(v->active == 1 ? "1" : v->active ? "" : "0");
    case NAME_FIRST:
        if (v->first_start == CST_DAY_NONE || v->first_start > v->day) return (cst_text){"", 0};
        return (cst_text){v->first, (uint32_t)cst_day_format(v->first_start, v->first)};
    case NAME_FEATURES:
        if (!v->d->features) return (cst_text){"", 0};
        return (cst_text){v->features, (uint32_t)cst_int_format((int64_t)v->d->features, v->features)};
    default:
        return attribute(v, (int)(slot - v->d->spec->n - NAME_OWN));
    }
}

static cst_status read_number(void *context, uint32_t slot, double *out)
{
    met_deriver *v = context;
    if (slot < v->d->spec->n && !is_date(v, slot)) {
        *out = metric_number(v, slot);
        return isnan(*out) ? CST_END : CST_OK;
    }
    cst_text t = read_text(context, slot);
    if (!t.n) return CST_END;
    return cst_number_parse(t, out) ? CST_OK : CST_DATA;
}

static cst_place find_place(void *context, uint32_t slot)
{
    met_deriver *v = context;
    if (slot < v->d->spec->n + NAME_OWN || v->row == CST_ACCOUNT_NONE) return (cst_place){0};
    return cst_accounts_place(v->d->accounts, v->row, (int)(slot - v->d->spec->n - NAME_OWN));
}

cst_status met_deriver_row(met_deriver *v, cst_day day, int active, uint64_t *cell, cst_error *e)
{
    const cst_row row = {
        .context = v, .text = read_text, .number = read_number, .place = find_place, .today = day};
    v->day = day;
    v->active = active;
    v->cell = cell;
    for (size_t i = 0; i < v->d->n; i++) {
        double x = NAN;
        cst_status status = cst_expr_number(v->d->expr[v->d->order[i]], &row, &x, e);
        if (status < 0) return status;
        cell[v->d->order[i]] = met_field_of_double(status == CST_END ? NAN : x);
    }
    return CST_OK;
}

/* A row of the accounts table as --where sees it. */
typedef struct attributes {
    const cst_accounts *accounts;
    uint32_t row;
} attributes;

static cst_text filter_text(void *context, uint32_t slot)
{
    const attributes *a = context;
    return cst_accounts_at(a->accounts, a->row, (int)slot);
}

static cst_place filter_place(void *context, uint32_t slot)
{
    const attributes *a = context;
    return a->row == CST_ACCOUNT_NONE ? (cst_place){0} : cst_accounts_place(a->accounts, a->row, (int)slot);
}

cst_status met_attributes_filter(const char *where, const cst_accounts *accounts, const met_company *c,
                                 bool *skip, cst_error *e)
{
    size_t n = cst_accounts_columns(accounts);
    cst_text *name = calloc(n + 1, sizeof *name);
    if (!name) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) name[i] = cst_accounts_column_name(accounts, i);
    const cst_expr_env env = {.label = "--where", .names = name, .n = n, .want = CST_WANT_CONDITION};
    cst_expr *x = NULL;
    cst_status status = cst_expr_parse(cst_text_of(where), &env, &x, e);
    free(name);
    for (uint32_t i = 0; i < c->accounts && status == CST_OK; i++) {
        bool keep;
        attributes a = {accounts, cst_accounts_find(accounts, met_company_account(c, i))};
        const cst_row row = {
            .context = &a, .text = filter_text, .place = filter_place, .today = CST_DAY_NONE};
        status = cst_expr_true(x, &row, &keep, e);
        skip[i] = status == CST_OK && !keep;
    }
    cst_expr_free(x);
    return status;
}
