/* revenue/sheet.c: a block of lines per segment and one for the total: opening, the movements that
 * occur, closing, customers, retention, which bears the name of its definition and its window. A line
 * whose every cell is zero is left out, except opening and closing. */
#include "base/memory.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include <stdlib.h>
#include <string.h>

typedef struct sheet_line {
    const char *name;
    rev_figure_kind kind;
    size_t offset; /* in rev_figures */
    bool always, rule;
} sheet_line;

#define AT(field) offsetof(rev_figures, field)

static const sheet_line lines[] = {
    {"Opening", REV_AMOUNT, AT(opening), true, false},
    {"New", REV_AMOUNT, AT(amount[CST_NEW]), false, false},
    {"Reactivation", REV_AMOUNT, AT(amount[CST_REACTIVATION]), false, false},
    {"Upsell", REV_AMOUNT, AT(amount[CST_UPSELL]), false, false},
    {"Cross-sell", REV_AMOUNT, AT(amount[CST_CROSS_SELL]), false, false},
    {"  expansion", REV_AMOUNT, AT(expansion), false, false},
    {"Contraction", REV_AMOUNT, AT(amount[CST_CONTRACTION]), false, false},
    {"Churn", REV_AMOUNT, AT(amount[CST_CHURN]), false, false},
    {"Currency", REV_AMOUNT, AT(amount[CST_FX]), false, false},
    {"Transfer", REV_AMOUNT, AT(amount[CST_TRANSFER]), false, false},
    {"Rounding", REV_AMOUNT, AT(amount[CST_ROUNDING]), false, false},
    {"Closing", REV_AMOUNT, AT(closing), true, true},
    {"Retained", REV_AMOUNT, AT(retained), false, false},
    {"Quantity effect", REV_AMOUNT, AT(effect[REV_EFFECT_QUANTITY]), false, false},
    {"Price effect", REV_AMOUNT, AT(effect[REV_EFFECT_PRICE]), false, false},
    {"Term effect", REV_AMOUNT, AT(effect[REV_EFFECT_TERM]), false, false},
    {"Customers, opening", REV_COUNT, AT(opening_logos), true, false},
    {"  new", REV_COUNT, AT(new_logos), false, false},
    {"  reactivated", REV_COUNT, AT(reactivated), false, false},
    {"  churned", REV_COUNT, AT(churned), false, false},
    {"  transferred", REV_COUNT, AT(transferred), false, false},
    {"Customers, closing", REV_COUNT, AT(closing_logos), true, false},
    {"NRR", REV_RATIO, AT(nrr), true, false},
    {"  low", REV_RATIO, AT(nrr_low), false, false},
    {"  high", REV_RATIO, AT(nrr_high), false, false},
    {"GRR", REV_RATIO, AT(grr), true, false},
    {"  low", REV_RATIO, AT(grr_low), false, false},
    {"  high", REV_RATIO, AT(grr_high), false, false},
    {"Logo retention", REV_RATIO, AT(logos), true, false},
    {"Quick ratio", REV_RATIO, AT(quick), false, false},
    {"ARR", REV_AMOUNT, AT(arr), true, false},
    {"ARPA", REV_AMOUNT, AT(arpa), true, false},
    {"Net new", REV_AMOUNT, AT(net_new), true, false},
    {"Revenue by days", REV_AMOUNT, AT(revenue), false, false},
    {"Largest customer", REV_RATIO, AT(top[0]), false, false},
    {"Largest 5", REV_RATIO, AT(top[1]), false, false},
    {"Largest 10", REV_RATIO, AT(top[2]), false, false},
};

static cst_status open_sheet(rev_session *s, const cst_write_opts *o, cst_writer **out, cst_error *e)
{
    size_t periods = s->any ? (size_t)(s->last - s->first + 1) : 0;
    cst_column *columns = calloc(periods + 1, sizeof *columns);
    char(*name)[CST_PERIOD_ROOM + 1] = calloc(periods + 1, sizeof *name);
    cst_status status = CST_OK;
    if (!columns || !name) {
        status = cst_no_memory(e);
    } else {
        columns[0] = (cst_column){s->currency[0] ? s->currency : s->value, CST_COL_TEXT};
        for (size_t i = 0; i < periods; i++) {
            cst_period p = s->first + (cst_period)i;
            size_t n = cst_period_name(&s->calendar, p, name[i]);
            const char *complete = rev_bridge_complete(s, p);
            if (complete && strcmp(complete, "no") == 0) memcpy(name[i] + n, "*", 2);
            columns[i + 1] = (cst_column){name[i], CST_COL_NUMBER};
        }
        cst_write_opts opts = *o;
        opts.brackets = s->o->brackets;
        status = cst_writer_open(cst_io_main(s->io), &opts, columns, periods + 1, out, e);
    }
    free(columns);
    free(name);
    return status;
}

static bool has_content(const sheet_line *l, const rev_figures *f, size_t periods)
{
    for (size_t i = 0; i < periods; i++) {
        const char *at = (const char *)&f[i] + l->offset;
        rev_maybe m = {0, false};
        cst_wide v = 0;
        int64_t n = 0;
        if (l->kind == REV_RATIO) memcpy(&m, at, sizeof m);
        if (l->kind == REV_AMOUNT) memcpy(&v, at, sizeof v);
        if (l->kind == REV_COUNT) memcpy(&n, at, sizeof n);
        if (m.there || v != 0 || n != 0) return true;
    }
    return false;
}

/* "Enterprise, EMEA" */
static cst_status put_title(const rev_session *s, cst_writer *w, const cst_text *group, size_t periods,
                            cst_error *e)
{
    char title[CST_TITLE_ROOM];
    if (group) cst_label_title(*group, s->bys, title);
    cst_put_string(w, group ? title : "Total");
    for (size_t i = 0; i < periods; i++) cst_put_missing(w);
    return cst_end_row(w, e);
}

/* "NRR (cohort, 12m)" */
static void put_name(const rev_session *s, cst_writer *w, const sheet_line *l)
{
    bool rate = l->offset == AT(nrr) || l->offset == AT(grr);
    if (!rate && l->offset != AT(logos)) {
        cst_put_string(w, l->name);
        return;
    }
    char name[64], window[CST_PERIOD_ROOM];
    rev_bridge_window(s, window);
    snprintf(name, sizeof name, "%s (%s%s%s%s)", l->name, rate ? rev_retention_word[s->rules.retention] : "",
             rate ? ", " : "", window, rate && s->rules.spot ? ", spot" : "");
    cst_put_string(w, name);
}

static cst_status write_block(const rev_session *s, cst_writer *w, const rev_series *of,
                              const cst_text *group, bool title, cst_error *e)
{
    size_t periods = (size_t)(s->last - s->first + 1);
    rev_figures *f = calloc(periods, sizeof *f);
    if (!f) return cst_no_memory(e);
    rev_figure_opts o = rev_bridge_figure_opts(s);
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < periods; i++)
        status = rev_figures_of(&s->sums, of, s->first + (cst_period)i, &o, &f[i], e);
    if (status == CST_OK && title) status = put_title(s, w, group, periods, e);
    for (size_t k = 0; status == CST_OK && k < sizeof lines / sizeof *lines; k++) {
        const sheet_line *l = &lines[k];
        if (!l->always && !has_content(l, f, periods)) continue;
        if (l->rule) cst_put_rule(w);
        put_name(s, w, l);
        for (size_t i = 0; i < periods; i++) rev_figure_put(s, w, l->kind, l->offset, &f[i]);
        status = cst_end_row(w, e);
    }
    free(f);
    return status;
}

cst_status rev_sheet_write(rev_session *s, const cst_write_opts *o, cst_error *e)
{
    cst_writer *w = NULL;
    cst_status status = open_sheet(s, o, &w, e);
    bool groups = s->rules.groups;
    for (uint32_t i = 0; status == CST_OK && s->any && groups && i < s->sums.groups; i++) {
        uint32_t g = s->group_order[i];
        if (i) cst_put_rule(w);
        status = write_block(s, w, &s->sums.group[g], &s->group_name[g], true, e);
    }
    if (status == CST_OK && s->any && s->total) {
        if (groups) cst_put_rule(w);
        status = write_block(s, w, &s->sums.total, NULL, groups, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}
