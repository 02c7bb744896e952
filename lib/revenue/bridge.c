/* revenue/bridge.c: the columns of the bridge and its rows. */
#include "revenue/bridge.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/figures.h"
#include <stdlib.h>
#include <string.h>

/* Everything after the group columns, in order; the last two groups only where they were asked for. */
static const char *const head[] = {"period_start", "period_end", "complete", NULL};
static const char *const body[] = {"row",
                                   "currency",
                                   "opening",
                                   "new",
                                   "reactivation",
                                   "upsell",
                                   "cross_sell",
                                   "contraction",
                                   "churn",
                                   "fx",
                                   "transfer",
                                   "rounding",
                                   "closing",
                                   "opening_logos",
                                   "new_logos",
                                   "reactivated_logos",
                                   "churned_logos",
                                   "closing_logos",
                                   "retention",
                                   "window",
                                   "nrr",
                                   "grr",
                                   "logo_retention",
                                   "quick_ratio",
                                   "arr",
                                   "arpa",
                                   "net_new",
                                   "top_1_share",
                                   "top_5_share",
                                   "top_10_share",
                                   "cross_sell_by",
                                   NULL};
static const char *const interval[] = {"nrr_low", "nrr_high", "grr_low", "grr_high", NULL};
static const char *const texts[] = {"period_start", "period_end", "complete", "row",
                                    "currency",     "retention",  "window",   "cross_sell_by"};

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

static bool is_text(const char *name)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i]) == 0) return true;
    return false;
}

static size_t add_columns(cst_column *out, const char *const *names)
{
    size_t n = 0;
    for (; names[n]; n++) out[n] = (cst_column){names[n], is_text(names[n]) ? CST_COL_TEXT : CST_COL_NUMBER};
    return n;
}

static cst_column *list_columns(rev_session *s, size_t *n)
{
    cst_column *c = calloc(64 + s->bys, sizeof *c);
    if (!c) return NULL;
    const char *taken[64];
    size_t taken_n = 0;
    const char *const *lists[] = {head, body, interval, rev_effect_name};
    for (size_t k = 0; k < 4; k++)
        for (const char *const *p = lists[k]; *p; p++) taken[taken_n++] = *p;
    taken[taken_n] = NULL;
    *n = add_columns(c, head);
    *n += rev_bridge_by_columns(s, taken, c + *n);
    *n += add_columns(c + *n, body);
    if (s->o->ci.set) *n += add_columns(c + *n, interval);
    if (s->rules.split) *n += add_columns(c + *n, rev_effect_name);
    return c;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static void put_amount(const rev_session *s, cst_writer *w, cst_wide m)
{
    if (s->o->decimals.set)
        cst_put_wide_fixed(w, m, (int)s->o->decimals.n);
    else
        cst_put_wide(w, m);
}

static void put_maybe(cst_writer *w, rev_maybe m)
{
    if (m.there)
        cst_put_ratio(w, m.v);
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

const char *const rev_retention_word[] = {"cohort", "movements", "compounded"};

static void put_figures(const rev_session *s, cst_writer *w, const rev_figures *f)
{
    put_amount(s, w, f->opening);
    for (int m = 0; m < CST_MOVEMENTS; m++) put_amount(s, w, f->amount[m]);
    put_amount(s, w, f->closing);
    cst_put_int(w, f->opening_logos);
    cst_put_int(w, f->new_logos);
    cst_put_int(w, f->reactivated);
    cst_put_int(w, f->churned);
    cst_put_int(w, f->closing_logos);
    char window[CST_PERIOD_ROOM];
    rev_bridge_window(s, window);
    char name[32];
    snprintf(name, sizeof name, "%s%s", rev_retention_word[s->rules.retention],
             s->rules.spot && s->rules.valued ? " spot" : "");
    cst_put_string(w, name);
    cst_put_string(w, window);
    put_maybe(w, f->nrr);
    put_maybe(w, f->grr);
    put_maybe(w, f->logos);
    put_maybe(w, f->quick);
    put_amount(s, w, f->arr);
    if (f->has_arpa)
        put_amount(s, w, f->arpa);
    else
        cst_put_missing(w);
    put_amount(s, w, f->net_new);
    for (int k = 0; k < 3; k++) put_maybe(w, f->top[k]);
    cst_put_string(w, s->centre && *s->centre ? s->centre : "none");
    if (s->o->ci.set) {
        put_maybe(w, f->nrr_low);
        put_maybe(w, f->nrr_high);
        put_maybe(w, f->grr_low);
        put_maybe(w, f->grr_high);
    }
    for (int k = 0; s->rules.split && k < REV_EFFECTS; k++) put_amount(s, w, f->effect[k]);
}

rev_figure_opts rev_bridge_figure_opts(const rev_session *s)
{
    return (rev_figure_opts){.decimals = s->o->decimals.set ? (int)s->o->decimals.n : -1,
                             .annual = strcmp(s->value, "arr") == 0,
                             .ci = s->o->ci.set ? s->o->ci.v : 0};
}

/* One row; group NULL: the total. */
static cst_status write_row(const rev_session *s, cst_writer *w, const rev_series *of, const cst_text *group,
                            cst_period p, cst_error *e)
{
    rev_figures f;
    rev_figure_opts o = rev_bridge_figure_opts(s);
    cst_status status = rev_figures_of(&s->sums, of, p, &o, &f, e);
    if (status < 0) return status;
    cst_put_day(w, cst_period_first(&s->calendar, p));
    cst_put_day(w, cst_period_last(&s->calendar, p));
    cst_put_string(w, rev_bridge_complete(s, p));
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, group ? "segment" : "total");
    cst_put_text(w, rev_bridge_currency(s, group));
    put_figures(s, w, &f);
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

cst_status rev_bridge_write(rev_session *s, cst_error *e)
{
    cst_write_opts o;
    cst_status status = cst_io_write_opts(s->io, &o, e);
    if (status < 0) return status;
    if (o.format == CST_PRETTY) return rev_sheet_write(s, &o, e);
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

cst_status rev_bridge_close(rev_session *s, const rev_series *entries, cst_error *e)
{
    if (!s->any) return CST_OK;
    cst_period link_first = 1, link_last = 0;
    if (s->rules.retention == REV_COMPOUNDED) {
        link_first = cst_grid_close(&s->grid, s->first - s->rules.window) + 1;
        link_last = cst_grid_close(&s->grid, s->last);
    }
    if ((int64_t)s->last - s->first > 200000)
        return cst_fail(e, CST_LIMIT,
                        "expected at most 200,000 periods, found %lld; narrow them with --from and --to",
                        (long long)s->last - s->first + 1);
    bool ok = rev_series_close(&s->sums, &s->sums.total, s->first - 1, s->last, link_first, link_last);
    for (uint32_t i = 0; ok && i < s->sums.groups; i++)
        ok = rev_series_close(&s->sums, &s->sums.group[i], s->first - 1, s->last, link_first, link_last);
    if (!ok) return cst_no_memory(e);
    return rev_check_sums(&s->sums, s->first, s->last, s->total, entries, e);
}
