/* revenue/renewal_table.c: how renewals are printed: a row per period and group, with shares of what was
 * due. */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include "revenue/renewals.h"
#include <stdlib.h>

/* What is written, by period and stretch ahead. */
typedef struct renewal_table {
    const rev_session *s;
    cst_writer *w;
    const rev_renewal_counts *counts;
    const cst_intern *names;
    const uint32_t *order; /* of names */
} renewal_table;

static void put_share(cst_writer *w, cst_wide num, cst_wide den)
{
    cst_ratio r;
    if (cst_ratio_of(num, den, &r))
        cst_put_ratio(w, r);
    else
        cst_put_missing(w);
}

/* The columns of a period's row behind those of its key: what is put, and of which figure. */
typedef struct renewal_column {
    const char *name;
    enum { LINES, MRR, RENEWED, LINE_RATE, MRR_RATE, NET_RATE, ENDED, ENDED_AS } kind;
    int first,
        last; /* figures, or a kind of end; rates: of the sum of both over what is due and not pending */
} renewal_column;

static const renewal_column columns[] = {
    {"due_lines", LINES, REV_DUE, 0},
    {"due_mrr", MRR, REV_DUE, 0},
    {"on_time_lines", LINES, REV_ON_TIME, 0},
    {"on_time_mrr", MRR, REV_ON_TIME, 0},
    {"late_lines", LINES, REV_LATE, 0},
    {"late_mrr", MRR, REV_LATE, 0},
    {"more_lines", LINES, REV_MORE, 0},
    {"more_mrr", MRR, REV_MORE, 0},
    {"less_lines", LINES, REV_LESS, 0},
    {"less_mrr", MRR, REV_LESS, 0},
    {"lost_lines", LINES, REV_LOST, 0},
    {"lost_mrr", MRR, REV_LOST, 0},
    {"renewed_mrr", RENEWED, 0, 0},
    {"on_time_rate", LINE_RATE, REV_ON_TIME, REV_ON_TIME},
    {"line_renewal_rate", LINE_RATE, REV_ON_TIME, REV_LATE},
    {"renewal_rate", MRR_RATE, REV_ON_TIME, REV_LATE},
    {"net_renewal_rate", NET_RATE, 0, 0},
    {"fell_through_lines", LINES, REV_FELL_THROUGH, 0},
    {"fell_through_mrr", MRR, REV_FELL_THROUGH, 0},
    {"pending_lines", LINES, REV_PENDING, 0},
    {"pending_mrr", MRR, REV_PENDING, 0},
    {"unsettled_lines", LINES, REV_UNSETTLED, 0},
    {"unsettled_mrr", MRR, REV_UNSETTLED, 0},
    {"ended", ENDED, 0, 0},
    {"ended_at_term", ENDED_AS, CST_END_AT_TERM, 0},
    {"ended_after_term", ENDED_AS, CST_END_AFTER_TERM, 0},
    {"ended_early", ENDED_AS, CST_END_EARLY, 0},
    {"ended_no_term", ENDED_AS, CST_END_NO_TERM, 0},
};
enum { COLUMNS = sizeof columns / sizeof *columns, AHEAD_COLUMNS = 2 /* due_lines, due_mrr */ };

static void put_column(cst_writer *w, const rev_renewal_cell *c, const renewal_column *k)
{
    int64_t lines = c->lines[REV_DUE] - c->lines[REV_PENDING];
    cst_wide mrr = c->mrr[REV_DUE] - c->mrr[REV_PENDING], sum = 0;
    switch (k->kind) {
    case LINES:
        cst_put_int(w, c->lines[k->first]);
        break;
    case MRR:
        cst_put_wide(w, c->mrr[k->first]);
        break;
    case RENEWED:
        cst_put_wide(w, c->renewed);
        break;
    case LINE_RATE:
        for (int i = k->first; i <= k->last; i++) sum += c->lines[i];
        put_share(w, sum, lines);
        break;
    case MRR_RATE:
        for (int i = k->first; i <= k->last; i++) sum += c->mrr[i];
        put_share(w, sum, mrr);
        break;
    case NET_RATE:
        put_share(w, c->renewed, mrr);
        break;
    case ENDED:
        for (int i = 0; i < CST_ENDS; i++) sum += c->ended[i];
        cst_put_wide(w, sum);
        break;
    case ENDED_AS:
        cst_put_wide(w, c->ended[k->first]);
        break;
    }
}

/* A row of a period, or (ahead >= 0) of a stretch of days after as_of. */
static cst_status write_cell(const rev_session *s, cst_writer *w, const rev_renewal_cell *c, cst_period p,
                             int ahead, const cst_text *group, cst_error *e)
{
    cst_day as_of = s->o->periodic.as_of;
    cst_status status = ahead < 0 ? rev_renewal_check(c, !group, e) : CST_OK;
    if (status != CST_OK) return status;
    cst_put_day(w, ahead < 0 ? cst_period_first(&s->calendar, p) : as_of + rev_stretches[ahead].first);
    cst_put_day(w, ahead < 0 ? cst_period_last(&s->calendar, p) : as_of + rev_stretches[ahead].last);
    cst_put_string(w, ahead < 0 ? rev_bridge_complete(s, p) : NULL);
    rev_bridge_put_by(s, w, group);
    cst_put_string(w, ahead >= 0 ? rev_stretches[ahead].name : group ? "segment" : "total");
    cst_put_text(w, rev_bridge_currency(s, group));
    cst_put_int(w, c->logos);
    for (int k = 0; k < COLUMNS; k++) {
        if (ahead < 0 || k < AHEAD_COLUMNS)
            put_column(w, c, &columns[k]);
        else
            cst_put_missing(w);
    }
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
    static const char *const taken[] = {"period_start", "period_end", "complete", "row", "currency", NULL};
    cst_column *c = calloc(6 + COLUMNS + s->bys, sizeof *c);
    uint32_t *order = cst_intern_sorted(names);
    if (!c || !order) {
        free(c);
        free(order);
        return cst_no_memory(e);
    }
    size_t n = 0;
    for (; n < 3; n++) c[n] = (cst_column){taken[n], CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    c[n++] = (cst_column){"row", CST_COL_TEXT};
    c[n++] = (cst_column){"currency", CST_COL_TEXT};
    c[n++] = (cst_column){"due_logos", CST_COL_NUMBER};
    for (int k = 0; k < COLUMNS; k++) c[n++] = (cst_column){columns[k].name, CST_COL_NUMBER};
    renewal_table t = {.s = s, .counts = counts, .names = names, .order = order};
    cst_status status = cst_io_writer(s->io, c, n, &t.w, e);
    for (cst_period p = s->first; status == CST_OK && s->any && p <= s->last; p++)
        status = write_groups(&t, p, -1, e);
    bool ahead = s->o->periodic.as_of != CST_DAY_NONE;
    for (int k = 0; status == CST_OK && ahead && k < REV_STRETCHES; k++) status = write_groups(&t, 0, k, e);
    if (status == CST_OK) status = cst_writer_finish(t.w, e);
    cst_writer_free(t.w);
    free(c);
    free(order);
    return status;
}
