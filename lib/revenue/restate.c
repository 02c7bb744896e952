/* revenue/restate.c: both sides are added up per period and account, by movement, and walked side by
 * side in order. The running sum of the differences is, at the end of each period, what the closing is
 * now less what it was then. */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/records.h"
#include <stdlib.h>
#include <string.h>

typedef struct restate_columns {
    int period, account, movement, amount, currency, source;
} restate_columns;

static cst_status bind_columns(const cst_table *t, restate_columns *c, cst_error *e)
{
    cst_status status;
    if ((status = cst_table_bind(t, "period_end", CST_REQUIRED, &c->period, e)) < 0) return status;
    if ((status = cst_table_bind(t, "account_id", CST_REQUIRED, &c->account, e)) < 0) return status;
    if ((status = cst_table_bind(t, "movement", CST_REQUIRED, &c->movement, e)) < 0) return status;
    if ((status = cst_table_bind(t, "amount", CST_REQUIRED, &c->amount, e)) < 0) return status;
    if ((status = cst_table_bind(t, "currency", CST_OPTIONAL, &c->currency, e)) < 0) return status;
    return cst_table_bind(t, "source", CST_OPTIONAL, &c->source, e);
}

static cst_status expect_value(const cst_table *t, size_t row, int column, const char *name, const char *what,
                               cst_error *e)
{
    return cst_fail_at(e, CST_DATA, cst_table_place(t, row, column), name,
                       "expected %s, found nothing; --restate wants a table that --detail wrote", what);
}

static cst_status read_row(const rev_session *s, const cst_table *t, size_t row, const restate_columns *c,
                           rev_records *out, cst_error *e)
{
    cst_day end;
    cst_money amount;
    cst_status status = cst_table_day(t, row, c->period, &end, e);
    if (status == CST_END) return expect_value(t, row, c->period, "period_end", "a date", e);
    if (status < 0) return status;
    status = cst_table_money(t, row, c->amount, &amount, e);
    if (status == CST_END) return expect_value(t, row, c->amount, "amount", "an amount", e);
    if (status < 0) return status;
    cst_period p = cst_period_of(&s->calendar, end);
    if (cst_period_last(&s->calendar, p) != end)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t, row, c->period), "period_end",
            "expected the last day of a period, found another day; give --every as it was then");
    cst_text word = cst_table_at(t, row, c->movement);
    int kind = 0;
    while (kind < CST_MOVEMENTS && !cst_text_is(word, cst_movement_name[kind])) kind++;
    if (kind == CST_MOVEMENTS)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, c->movement), "movement",
                           "expected a movement such as new or churn, found \"%.*s\"; --restate wants a "
                           "table that --detail wrote",
                           (int)word.n, word.p);
    rev_record *r = rev_records_add(out);
    if (!r) return cst_no_memory(e);
    r->period = p;
    r->account = cst_table_at(t, row, c->account);
    r->currency = cst_table_at(t, row, c->currency);
    r->source = cst_table_at(t, row, c->source);
    r->amount[kind] = amount;
    return CST_OK;
}

static cst_status read_prior(const rev_session *s, const cst_table *t, rev_records *out, cst_error *e)
{
    restate_columns c;
    cst_status status = bind_columns(t, &c, e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++)
        status = read_row(s, t, row, &c, out, e);
    rev_records_sort(out);
    return status;
}

static bool is_still(const rev_record *r)
{
    for (int m = 0; m < CST_MOVEMENTS; m++)
        if (r->amount[m] != 0) return false;
    return true;
}

/* One record per period and account; none where all its amounts cancelled. */
static cst_status add_up(rev_records *r, cst_error *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        rev_record *last = kept ? &r->at[kept - 1] : NULL;
        const rev_record *now = &r->at[i];
        if (!last || rev_record_compare(last, now) != 0) {
            r->at[kept++] = *now;
            continue;
        }
        for (int m = 0; m < CST_MOVEMENTS; m++)
            if (!cst_money_add(last->amount[m], now->amount[m], &last->amount[m]))
                return cst_fail(e, CST_LIMIT, "a sum of movements does not fit; use a larger unit");
        if (!rev_records_join_sources(r, &last->source, now->source)) return cst_no_memory(e);
    }
    r->n = 0;
    for (size_t i = 0; i < kept; i++)
        if (!is_still(&r->at[i])) r->at[r->n++] = r->at[i];
    return CST_OK;
}

typedef struct restate_side {
    const rev_record *record; /* NULL: not on this side */
    cst_money sum;
} restate_side;

static const char *find_status(const restate_side *then, const restate_side *now)
{
    if (!then->record) return "appeared";
    if (!now->record) return "vanished";
    if (then->sum != now->sum) return "changed";
    return memcmp(then->record->amount, now->record->amount, sizeof now->record->amount) != 0 ? "reclassified"
                                                                                              : NULL;
}

static void put_side(cst_writer *w, const restate_side *side)
{
    char moves[REV_MOVES_ROOM];
    size_t n = side->record ? rev_record_moves(side->record->amount, moves) : 0;
    cst_put_text(w, (cst_text){moves, (uint32_t)n});
    if (side->record)
        cst_put_money(w, side->sum);
    else
        cst_put_missing(w);
}

/* What the differences of one currency come to so far. */
typedef struct restate_running {
    cst_text currency;
    cst_wide sum;
} restate_running;

typedef struct restate_runnings {
    restate_running *at;
    size_t n, room;
} restate_runnings;

static cst_wide *find_running(restate_runnings *r, cst_text currency)
{
    for (size_t i = 0; i < r->n; i++)
        if (cst_text_equal(r->at[i].currency, currency)) return &r->at[i].sum;
    if (!cst_grow(&r->at, &r->room, r->n + 1, sizeof *r->at)) return NULL;
    r->at[r->n] = (restate_running){.currency = currency};
    return &r->at[r->n++].sum;
}

static cst_status write_difference(const rev_session *s, cst_writer *w, const restate_side *then,
                                   const restate_side *now, restate_runnings *runnings, cst_error *e)
{
    const char *word = find_status(then, now);
    if (!word) return CST_OK;
    const rev_record *r = now->record ? now->record : then->record;
    cst_wide difference = (cst_wide)now->sum - then->sum;
    cst_wide *running = find_running(runnings, r->currency);
    if (!running) return cst_no_memory(e);
    *running += difference;
    cst_put_day(w, cst_period_last(&s->calendar, r->period));
    cst_put_text(w, r->account);
    cst_put_string(w, word);
    put_side(w, then);
    put_side(w, now);
    cst_put_wide(w, difference);
    cst_put_wide(w, *running);
    cst_put_text(w, r->currency);
    cst_put_text(w, now->record ? now->record->source : (cst_text){"", 0});
    cst_put_text(w, then->record ? then->record->source : (cst_text){"", 0});
    return cst_end_row(w, e);
}

static cst_status write_differences(const rev_session *s, cst_writer *w, const rev_records *then,
                                    const rev_records *now, cst_error *e)
{
    restate_runnings runnings = {0};
    cst_status status = CST_OK;
    for (size_t i = 0, k = 0; status == CST_OK && (i < then->n || k < now->n);) {
        int order = i == then->n ? 1 : k == now->n ? -1 : rev_record_compare(&then->at[i], &now->at[k]);
        restate_side a = {order <= 0 ? &then->at[i++] : NULL, 0}, b = {order >= 0 ? &now->at[k++] : NULL, 0};
        if (a.record) status = rev_record_sum(a.record->amount, &a.sum, e);
        if (status == CST_OK && b.record) status = rev_record_sum(b.record->amount, &b.sum, e);
        if (status == CST_OK) status = write_difference(s, w, &a, &b, &runnings, e);
    }
    free(runnings.at);
    return status;
}

static cst_status write_table(const rev_session *s, const rev_records *then, const rev_records *now,
                              cst_error *e)
{
    static const cst_column columns[] = {{"period_end", CST_COL_TEXT},
                                         {"account_id", CST_COL_TEXT},
                                         {"status", CST_COL_TEXT},
                                         {"prior_movement", CST_COL_TEXT},
                                         {"prior_amount", CST_COL_NUMBER},
                                         {"movement", CST_COL_TEXT},
                                         {"amount", CST_COL_NUMBER},
                                         {"difference", CST_COL_NUMBER},
                                         {"running_difference", CST_COL_NUMBER},
                                         {"currency", CST_COL_TEXT},
                                         {"source", CST_COL_TEXT},
                                         {"prior_source", CST_COL_TEXT}};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(s->io, columns, sizeof columns / sizeof *columns, &w, e);
    if (status == CST_OK) status = write_differences(s, w, then, now, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status rev_restate_run(rev_session *s, cst_error *e)
{
    cst_table *t = NULL;
    rev_records then = {0}, now = {0};
    cst_status status = cst_io_table(s->io, s->o->restate, &t, e);
    if (status == CST_OK) status = read_prior(s, t, &then, e);
    if (status == CST_OK) status = add_up(&then, e);
    if (status == CST_OK) status = rev_records_collect(s, &now, e);
    if (status == CST_OK) status = add_up(&now, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = write_table(s, &then, &now, e);
    rev_records_free(&then);
    rev_records_free(&now);
    cst_table_free(t);
    return status;
}
