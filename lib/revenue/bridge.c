/* revenue/bridge.c: the columns of the bridge and its rows. */
#include "revenue/bridge.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/figures.h"
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(rev_figures, field)

/* The figures of a row, in order. */
static const rev_bridge_figure figures[] = {
    {"opening", REV_AMOUNT, AT(opening), REV_ALWAYS},
    {"new", REV_AMOUNT, AT(amount[CST_NEW]), REV_ALWAYS},
    {"reactivation", REV_AMOUNT, AT(amount[CST_REACTIVATION]), REV_ALWAYS},
    {"upsell", REV_AMOUNT, AT(amount[CST_UPSELL]), REV_ALWAYS},
    {"cross_sell", REV_AMOUNT, AT(amount[CST_CROSS_SELL]), REV_ALWAYS},
    {"contraction", REV_AMOUNT, AT(amount[CST_CONTRACTION]), REV_ALWAYS},
    {"churn", REV_AMOUNT, AT(amount[CST_CHURN]), REV_ALWAYS},
    {"fx", REV_AMOUNT, AT(amount[CST_FX]), REV_ALWAYS},
    {"transfer", REV_AMOUNT, AT(amount[CST_TRANSFER]), REV_ALWAYS},
    {"rounding", REV_AMOUNT, AT(amount[CST_ROUNDING]), REV_ALWAYS},
    {"closing", REV_AMOUNT, AT(closing), REV_ALWAYS},
    {"opening_logos", REV_COUNT, AT(opening_logos), REV_ALWAYS},
    {"new_logos", REV_COUNT, AT(new_logos), REV_ALWAYS},
    {"reactivated_logos", REV_COUNT, AT(reactivated), REV_ALWAYS},
    {"churned_logos", REV_COUNT, AT(churned), REV_ALWAYS},
    {"closing_logos", REV_COUNT, AT(closing_logos), REV_ALWAYS},
    {"retention", REV_WORD, 0, REV_ALWAYS},
    {"window", REV_WORD, 0, REV_ALWAYS},
    {"nrr", REV_RATIO, AT(nrr), REV_ALWAYS},
    {"grr", REV_RATIO, AT(grr), REV_ALWAYS},
    {"logo_retention", REV_RATIO, AT(logos), REV_ALWAYS},
    {"quick_ratio", REV_RATIO, AT(quick), REV_ALWAYS},
    {"arr", REV_AMOUNT, AT(arr), REV_ALWAYS},
    {"arpa", REV_AMOUNT, AT(arpa), REV_ALWAYS},
    {"net_new", REV_AMOUNT, AT(net_new), REV_ALWAYS},
    {"top_1_share", REV_RATIO, AT(top[0]), REV_ALWAYS},
    {"top_5_share", REV_RATIO, AT(top[1]), REV_ALWAYS},
    {"top_10_share", REV_RATIO, AT(top[2]), REV_ALWAYS},
    {"cross_sell_by", REV_WORD, 0, REV_ALWAYS},
    {"nrr_low", REV_RATIO, AT(nrr_low), REV_WITH_CI},
    {"nrr_high", REV_RATIO, AT(nrr_high), REV_WITH_CI},
    {"grr_low", REV_RATIO, AT(grr_low), REV_WITH_CI},
    {"grr_high", REV_RATIO, AT(grr_high), REV_WITH_CI},
    {"quantity_effect", REV_AMOUNT, AT(effect[REV_EFFECT_QUANTITY]), REV_WITH_SPLIT},
    {"price_effect", REV_AMOUNT, AT(effect[REV_EFFECT_PRICE]), REV_WITH_SPLIT},
    {"term_effect", REV_AMOUNT, AT(effect[REV_EFFECT_TERM]), REV_WITH_SPLIT},
    {"transferred_logos", REV_COUNT, AT(transferred), REV_ALWAYS},
    {"base", REV_AMOUNT, AT(base), REV_ALWAYS},
    {"retained", REV_AMOUNT, AT(retained), REV_ALWAYS},
    {"expansion", REV_AMOUNT, AT(expansion), REV_ALWAYS},
    {"revenue", REV_AMOUNT, AT(revenue), REV_WITH_REVENUE},
    {"as_of", REV_WORD, 0, REV_ALWAYS},
    {"basis", REV_WORD, 0, REV_ALWAYS},
    {"net", REV_WORD, 0, REV_ALWAYS},
    {"grace", REV_WORD, 0, REV_ALWAYS},
};
enum { FIGURES = sizeof figures / sizeof *figures };

bool rev_bridge_is_taken(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0) return true;
    return false;
}

size_t rev_bridge_by_columns(rev_session *s, const char *const *taken, cst_column *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->bys; i++) {
        const char *name = s->segment[i];
        if (s->by_currency && strcmp(name, "currency") == 0) continue;
        out[n++] = (cst_column){rev_bridge_is_taken(name, taken) ? name - strlen("by_") : name, CST_COL_TEXT};
    }
    return n;
}

void rev_bridge_put_by(const rev_session *s, cst_writer *w, const cst_text *group)
{
    for (size_t i = 0; i < s->bys; i++) {
        if (s->by_currency && strcmp(s->segment[i], "currency") == 0) continue;
        cst_put_text(w, group ? cst_label_part(*group, i) : (cst_text){"", 0});
    }
}

/* The currency of a row: that of the run, or the group's own. */
cst_text rev_bridge_currency(const rev_session *s, const cst_text *group)
{
    for (size_t i = 0; group && s->by_currency && i < s->bys; i++)
        if (strcmp(s->segment[i], "currency") == 0) return cst_label_part(*group, i);
    return cst_text_of(s->currency);
}

static bool is_wanted(const rev_session *s, const rev_bridge_figure *f)
{
    return f->when == REV_WITH_CI        ? s->o->ci.set
           : f->when == REV_WITH_SPLIT   ? s->rules.split
           : f->when == REV_WITH_REVENUE ? s->rules.revenue
                                         : true;
}

static cst_column *list_columns(rev_session *s, size_t *n)
{
    const char *name[5 + FIGURES + 1] = {"period_start", "period_end", "complete", "row", "currency"};
    cst_column *c = calloc(5 + FIGURES + s->bys, sizeof *c);
    if (!c) return NULL;
    for (size_t i = 0; i < FIGURES; i++) name[5 + i] = figures[i].name;
    for (*n = 0; *n < 3; ++*n) c[*n] = (cst_column){name[*n], CST_COL_TEXT};
    *n += rev_bridge_by_columns(s, name, c + *n);
    for (size_t i = 3; i < 5; i++) c[(*n)++] = (cst_column){name[i], CST_COL_TEXT};
    for (const rev_bridge_figure *f = figures; f < figures + FIGURES; f++)
        if (is_wanted(s, f))
            c[(*n)++] = (cst_column){f->name, f->kind == REV_WORD ? CST_COL_TEXT : CST_COL_NUMBER};
    return c;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

bool rev_figure_value(rev_figure_kind kind, size_t offset, const rev_figures *f, cst_wide *out)
{
    const char *at = (const char *)f + offset;
    rev_maybe m;
    int64_t n;
    switch (kind) {
    case REV_RATIO:
        memcpy(&m, at, sizeof m);
        *out = m.v;
        return m.there;
    case REV_COUNT:
        memcpy(&n, at, sizeof n);
        *out = n;
        return true;
    case REV_AMOUNT:
        memcpy(out, at, sizeof *out);
        if (offset == AT(base) || offset == AT(retained)) return f->has_base;
        return offset != AT(arpa) || f->has_arpa;
    case REV_WORD:
        break;
    }
    return false;
}

void rev_figure_put_value(const rev_session *s, cst_writer *w, rev_figure_kind kind, cst_wide v)
{
    if (kind == REV_RATIO)
        cst_put_ratio(w, (cst_ratio)v);
    else if (kind == REV_COUNT)
        cst_put_int(w, (int64_t)v);
    else if (s->o->decimals.set)
        cst_put_wide_fixed(w, v, (int)s->o->decimals.n);
    else
        cst_put_wide(w, v);
}

void rev_figure_put(const rev_session *s, cst_writer *w, rev_figure_kind kind, size_t offset,
                    const rev_figures *f)
{
    cst_wide v;
    if (rev_figure_value(kind, offset, f, &v))
        rev_figure_put_value(s, w, kind, v);
    else
        cst_put_missing(w);
}

void rev_bridge_window(const rev_session *s, char out[CST_PERIOD_ROOM])
{
    static const char unit[] = {'w', 'm', 'q', 'y'};
    cst_duration d = s->o->window;
    if (!d.unit) d = (cst_duration){1, unit[s->calendar.every]};
    cst_duration_format(d, out);
}

const char *rev_bridge_complete(const rev_session *s, cst_period p)
{
    cst_day as_of = s->o->periodic.as_of;
    if (as_of == CST_DAY_NONE) return NULL;
    return cst_period_last(&s->calendar, p) <= as_of ? "yes" : "no";
}

void rev_bridge_put_key(const rev_session *s, cst_writer *w, cst_period p, const cst_text *group)
{
    cst_put_day(w, cst_period_first(&s->calendar, p));
    cst_put_day(w, cst_period_last(&s->calendar, p));
    cst_put_string(w, rev_bridge_complete(s, p));
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, group ? "segment" : "total");
    cst_put_text(w, rev_bridge_currency(s, group));
}

const char *const rev_retention_word[] = {"cohort", "movements", "compounded"};

/* "cohort", "cohort spot" */
static void put_retention(const rev_session *s, cst_writer *w)
{
    char word[32];
    snprintf(word, sizeof word, "%s%s", rev_retention_word[s->rules.retention],
             s->rules.spot && s->rules.valued ? " spot" : "");
    cst_put_string(w, word);
}

static void put_window(const rev_session *s, cst_writer *w)
{
    char window[CST_PERIOD_ROOM];
    rev_bridge_window(s, window);
    cst_put_string(w, window);
}

static void put_centre(const rev_session *s, cst_writer *w)
{
    cst_put_string(w, s->centre && *s->centre ? s->centre : "none");
}

static void put_as_of(const rev_session *s, cst_writer *w)
{
    cst_put_day(w, s->o->periodic.as_of);
}

static void put_basis(const rev_session *s, cst_writer *w)
{
    cst_put_string(w, s->rules.event ? "event" : "snapshot");
}

static void put_net(const rev_session *s, cst_writer *w)
{
    cst_put_string(w, s->rules.net_line ? "line" : "account");
}

static void put_grace(const rev_session *s, cst_writer *w)
{
    cst_put_int(w, (int64_t)s->o->grace.n);
}

/* How the row is defined. */
static void put_word(const rev_session *s, cst_writer *w, const char *name)
{
    static const struct {
        const char *name;
        void (*put)(const rev_session *s, cst_writer *w);
    } words[] = {{"retention", put_retention}, {"window", put_window}, {"cross_sell_by", put_centre},
                 {"as_of", put_as_of},         {"basis", put_basis},   {"net", put_net},
                 {"grace", put_grace}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].name, name) == 0) words[i].put(s, w);
}

rev_figure_opts rev_bridge_figure_opts(const rev_session *s)
{
    return (rev_figure_opts){.decimals = s->o->decimals.set ? (int)s->o->decimals.n : -1,
                             .annual = rev_session_is_annual(s),
                             .ci = s->o->ci.set ? s->o->ci.v : 0};
}

/* One row; group NULL: the total. */
static cst_status write_row(const rev_session *s, cst_writer *w, const rev_series *of, const cst_text *group,
                            cst_period p, cst_error *e)
{
    rev_figures f;
    rev_figure_opts o = rev_bridge_figure_opts(s);
    cst_status status = rev_figures_of(&s->sums, of, p, &o, &f, e);
    if (status != CST_OK) return status;
    rev_bridge_put_key(s, w, p, group);
    for (const rev_bridge_figure *x = figures; x < figures + FIGURES; x++) {
        if (x->kind == REV_WORD)
            put_word(s, w, x->name);
        else if (is_wanted(s, x))
            rev_figure_put(s, w, x->kind, x->offset, &f);
    }
    return cst_end_row(w, e);
}

static cst_status write_table(rev_session *s, cst_writer *w, cst_error *e)
{
    cst_status status = CST_OK;
    for (cst_period p = s->first; s->any && status == CST_OK && p <= s->last; p++) {
        for (uint32_t i = 0; status == CST_OK && s->rules.groups && i < s->sums.groups; i++) {
            uint32_t g = s->group_order[i];
            status = write_row(s, w, &s->sums.group[g], &s->group_name[g], p, e);
        }
        if (status == CST_OK && s->total) status = write_row(s, w, &s->sums.total, NULL, p, e);
    }
    return status;
}

/* ---- one figure: groups down, periods across --------------------------------------------------------- */

cst_status rev_bridge_find_figure(const char *name, const rev_bridge_figure **out, cst_error *e)
{
    cst_buffer b = {0};
    for (*out = figures; *out < figures + FIGURES; ++*out) {
        if ((*out)->kind == REV_WORD) continue;
        if (strcmp((*out)->name, name) == 0) break;
        if (b.n > 0) cst_buffer_add_string(&b, ", ");
        cst_buffer_add_string(&b, (*out)->name);
    }
    cst_status status = *out < figures + FIGURES ? CST_OK
                        : b.failed               ? cst_no_memory(e)
                                   : cst_fail(e, CST_USAGE, "--figure: expected one of %s, found \"%s\"",
                                              cst_buffer_string(&b), name);
    cst_buffer_free(&b);
    return status;
}

static cst_status write_figure_row(const rev_session *s, cst_writer *w, const rev_bridge_figure *x,
                                   const rev_series *of, const cst_text *group, cst_error *e)
{
    rev_figure_opts o = rev_bridge_figure_opts(s);
    cst_status status = CST_OK;
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, group ? "segment" : "total");
    cst_put_text(w, rev_bridge_currency(s, group));
    for (cst_period p = s->first; s->any && status == CST_OK && p <= s->last; p++) {
        rev_figures f;
        status = rev_figures_of(&s->sums, of, p, &o, &f, e);
        if (status == CST_OK) rev_figure_put(s, w, x->kind, x->offset, &f);
    }
    return status == CST_OK ? cst_end_row(w, e) : status;
}

static cst_status open_figure(rev_session *s, cst_writer **out, cst_error *e)
{
    static const char *const taken[] = {"row", "currency", NULL};
    size_t periods = s->any ? (size_t)(s->last - s->first + 1) : 0, n;
    cst_column *c = calloc(s->bys + 2 + periods, sizeof *c);
    char(*name)[CST_PERIOD_ROOM] = calloc(periods + 1, sizeof *name);
    cst_status status = c && name ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) {
        n = rev_bridge_by_columns(s, taken, c);
        for (int k = 0; k < 2; k++) c[n++] = (cst_column){taken[k], CST_COL_TEXT};
        for (size_t i = 0; i < periods; i++) {
            cst_period_name(&s->calendar, s->first + (cst_period)i, name[i]);
            c[n++] = (cst_column){name[i], CST_COL_NUMBER};
        }
        status = cst_io_writer(s->io, c, n, out, e);
    }
    free(c);
    free(name);
    return status;
}

static cst_status write_figure(rev_session *s, cst_error *e)
{
    const rev_bridge_figure *x;
    cst_writer *w = NULL;
    cst_status status = rev_bridge_find_figure(s->o->figure, &x, e);
    if (status == CST_OK) status = open_figure(s, &w, e);
    for (uint32_t i = 0; status == CST_OK && s->rules.groups && i < s->sums.groups; i++) {
        uint32_t g = s->group_order[i];
        status = write_figure_row(s, w, x, &s->sums.group[g], &s->group_name[g], e);
    }
    if (status == CST_OK && s->total) status = write_figure_row(s, w, x, &s->sums.total, NULL, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status rev_bridge_write(rev_session *s, cst_error *e)
{
    cst_write_opts o;
    cst_status status = cst_io_write_opts(s->io, &o, e);
    if (status != CST_OK) return status;
    if (s->compare) return rev_compare_write(s, e);
    if (s->o->figure) return write_figure(s, e);
    if (o.format == CST_PRETTY && !o.columns) return rev_sheet_write(s, &o, e);
    size_t n;
    cst_column *columns = list_columns(s, &n);
    if (!columns) return cst_no_memory(e);
    cst_writer *w = NULL;
    status = cst_io_writer(s->io, columns, n, &w, e);
    free(columns);
    if (status == CST_OK) status = write_table(s, w, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

/* ---- closing ----------------------------------------------------------------------------------------- */

cst_status rev_bridge_check_span(const rev_session *s, cst_error *e)
{
    if ((int64_t)s->last - s->first <= 200000) return CST_OK;
    return cst_fail(e, CST_LIMIT,
                    "expected at most 200,000 periods, found %lld; narrow them with --from and --to",
                    (long long)s->last - s->first + 1);
}

cst_status rev_bridge_close(rev_session *s, const rev_series *entries, cst_error *e)
{
    if (!s->any) return CST_OK;
    cst_period link_first = 1, link_last = 0, first = s->first - s->back;
    cst_day history = s->o->history_from;
    if (history != CST_DAY_NONE && first <= cst_period_of(&s->calendar, history))
        first = cst_period_of(&s->calendar, history) + 1; /* no period before it has a bridge */
    if (s->rules.retention == REV_COMPOUNDED) {
        link_first = cst_grid_close(&s->grid, first - s->rules.window) + 1;
        link_last = cst_grid_close(&s->grid, s->last);
    }
    cst_status status = rev_bridge_check_span(s, e);
    if (status != CST_OK) return status;
    bool ok = rev_series_close(&s->sums, &s->sums.total, first - 1, s->last, link_first, link_last);
    for (uint32_t i = 0; ok && i < s->sums.groups; i++)
        ok = rev_series_close(&s->sums, &s->sums.group[i], first - 1, s->last, link_first, link_last);
    if (!ok) return cst_no_memory(e);
    return rev_check_sums(&s->sums, first, s->last, s->total, entries, e);
}
