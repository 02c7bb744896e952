/* revenue/renewal_table.c: how renewals are printed: a row per period and group, with shares of what was due;
 * and the detail, a row per line that came up. */
#include "revenue/renewal_table.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include <stdio.h>
#include <stdlib.h>

/* What is written, by period and stretch ahead. */
typedef struct renewal_table {
    const rev_session *s;
    cst_writer *w;
    const rev_renewal_counts *counts;
    const cst_intern *names;
    const uint32_t *order; /* of names */
} renewal_table;

/* ---- counts ------------------------------------------------------------------------------------------ */

static void put_share(cst_writer *w, cst_wide num, cst_wide den)
{
    cst_ratio r;
    if (cst_ratio_of(num, den, &r))
        cst_put_ratio(w, r);
    else
        cst_put_missing(w);
}

static void put_pair(cst_writer *w, int64_t n, cst_wide mrr)
{
    cst_put_int(w, n);
    cst_put_wide(w, mrr);
}

static void put_outcome(cst_writer *w, const rev_renewal_cell *c)
{
    put_pair(w, c->on_time, c->on_time_mrr);
    put_pair(w, c->late, c->late_mrr);
    put_pair(w, c->more, c->more_mrr);
    put_pair(w, c->less, c->less_mrr);
    put_pair(w, c->lost, c->lost_mrr);
    cst_put_wide(w, c->renewed_mrr);
    put_share(w, c->on_time, c->due);
    put_share(w, c->on_time + c->late, c->due);
    put_share(w, c->on_time_mrr + c->late_mrr, c->due_mrr);
    put_share(w, c->renewed_mrr, c->due_mrr);
}

/* A row of a period, or (ahead >= 0) of what is due in the days after as_of. */
static cst_status write_cell(const rev_session *s, cst_writer *w, const rev_renewal_cell *c, cst_period p,
                             int ahead, const cst_text *group, cst_error *e)
{
    static const char *const words[REV_RENEWAL_AHEAD] = {"due_30", "due_60", "due_90"};
    cst_put_day(w, ahead < 0 ? cst_period_first(&s->calendar, p) : s->o->periodic.as_of + 1);
    cst_put_day(w, ahead < 0 ? cst_period_last(&s->calendar, p)
                             : s->o->periodic.as_of + rev_renewal_ahead_days[ahead]);
    cst_put_string(w, ahead < 0 ? rev_bridge_complete(s, p) : NULL);
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, ahead >= 0 ? words[ahead] : group ? "segment" : "total");
    cst_put_text(w, rev_bridge_currency(s, group));
    cst_put_int(w, c->logos);
    put_pair(w, c->due, c->due_mrr);
    if (ahead < 0)
        put_outcome(w, c);
    else
        for (int k = 0; k < 15; k++) cst_put_missing(w);
    return cst_end_row(w, e);
}

static cst_status write_group(const renewal_table *t, const rev_renewal_series *of, cst_period p, int ahead,
                              const cst_text *group, cst_error *e)
{
    const rev_renewal_cell *c = ahead < 0 ? rev_renewal_cell_of(of, p) : &of->ahead[ahead];
    return write_cell(t->s, t->w, c, p, ahead, group, e);
}

static cst_status write_groups(const renewal_table *t, cst_period p, int ahead, cst_error *e)
{
    const rev_session *s = t->s;
    cst_status status = CST_OK;
    uint32_t n = s->rules.groups ? cst_intern_count(t->names) : 0;
    for (uint32_t i = 0; status == CST_OK && i < n; i++) {
        cst_text name = cst_intern_text(t->names, t->order[i]);
        status = write_group(t, &t->counts->series[t->order[i] + 1], p, ahead, &name, e);
    }
    if (status == CST_OK && s->total) status = write_group(t, &t->counts->series[0], p, ahead, NULL, e);
    return status;
}

cst_status rev_renewal_table_write(rev_session *s, const rev_renewal_counts *counts, const cst_intern *names,
                                   cst_error *e)
{
    static const char *const body[] = {
        "row",           "currency",     "due_logos",         "due_lines",    "due_mrr",
        "on_time_lines", "on_time_mrr",  "late_lines",        "late_mrr",     "more_lines",
        "more_mrr",      "less_lines",   "less_mrr",          "lost_lines",   "lost_mrr",
        "renewed_mrr",   "on_time_rate", "line_renewal_rate", "renewal_rate", "net_renewal_rate"};
    static const char *const taken[] = {"period_start", "period_end", "complete", "row", "currency", NULL};
    cst_column *c = calloc(32 + s->bys, sizeof *c);
    uint32_t *order = cst_intern_sorted(names);
    if (!c || !order) {
        free(c);
        free(order);
        return cst_no_memory(e);
    }
    size_t n = 0;
    for (; n < 3; n++) c[n] = (cst_column){taken[n], CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    for (size_t i = 0; i < sizeof body / sizeof *body; i++)
        c[n++] = (cst_column){body[i], i < 2 ? CST_COL_TEXT : CST_COL_NUMBER};
    renewal_table t = {.s = s, .counts = counts, .names = names, .order = order};
    cst_status status = cst_io_writer(s->io, c, n, &t.w, e);
    for (cst_period p = s->first; status == CST_OK && s->any && p <= s->last; p++)
        status = write_groups(&t, p, -1, e);
    bool ahead = s->o->periodic.as_of != CST_DAY_NONE;
    for (int k = 0; status == CST_OK && ahead && k < REV_RENEWAL_AHEAD; k++)
        status = write_groups(&t, 0, k, e);
    if (status == CST_OK) status = cst_writer_finish(t.w, e);
    cst_writer_free(t.w);
    free(c);
    free(order);
    return status;
}

/* ---- lines ------------------------------------------------------------------------------------------- */

cst_status rev_renewal_detail_open(rev_session *s, cst_writer **out, cst_error *e)
{
    static const char *const taken[] = {"due_date",     "account_id",  "status",   "due_mrr", "renewed_mrr",
                                        "renewed_date", "term_months", "currency", "source",  NULL};
    cst_column *c = calloc(16 + s->lines + s->bys, sizeof *c);
    if (!c) return cst_no_memory(e);
    size_t n = 0;
    c[n++] = (cst_column){"due_date", CST_COL_TEXT};
    c[n++] = (cst_column){"account_id", CST_COL_TEXT};
    c[n++] = (cst_column){s->centre ? s->centre : "line", CST_COL_TEXT};
    for (size_t i = 0; i < s->lines; i++) c[n++] = (cst_column){s->line[i], CST_COL_TEXT};
    for (size_t i = 2; taken[i]; i++)
        c[n++] = (cst_column){taken[i], i == 3 || i == 4 || i == 6 ? CST_COL_NUMBER : CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    cst_status status = cst_io_extra_writer(s->io, s->o->detail, c, n, out, e);
    free(c);
    return status;
}

static void put_source(cst_writer *w, const cst_ledger_row *row)
{
    char text[600];
    if (row->source.n) {
        cst_put_text(w, row->source);
        return;
    }
    snprintf(text, sizeof text, "%s:%llu", row->file ? row->file : "", (unsigned long long)row->line);
    cst_put_string(w, row->file ? text : NULL);
}

cst_status rev_renewal_detail_write(const rev_session *s, cst_writer *w, const cst_ledger_account *a,
                                    const rev_renewal *r, cst_error *e)
{
    static const char *const statuses[] = {"on_time", "late", "lost", "upcoming"};
    cst_unit u = cst_labels_unit(a->labels, r->unit);
    cst_text group = cst_labels_segment(a->labels, u.segment);
    cst_put_day(w, r->due);
    cst_put_text(w, a->id);
    cst_put_text(w, cst_labels_centre(a->labels, u.centre));
    for (size_t k = 0; k < s->lines; k++)
        cst_put_text(w, cst_label_part(cst_labels_line(a->labels, u.line), k + 1));
    cst_put_string(w, statuses[r->status]);
    cst_put_money(w, r->before);
    if (r->renewed == CST_DAY_NONE)
        cst_put_missing(w);
    else
        cst_put_money(w, r->after);
    cst_put_day(w, r->renewed);
    cst_put_int(w, r->term);
    cst_put_text(w, s->fx ? cst_text_of(cst_fx_report(s->fx)) : cst_labels_currency(a->labels, u.currency));
    put_source(w, &a->row[r->row]);
    rev_bridge_put_by(s, w, &group);
    return cst_end_row(w, e);
}
