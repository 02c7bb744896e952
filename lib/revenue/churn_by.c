/* revenue/churn_by.c: --churn-by: churn and contraction of each period by a column of the reasons. All losses
 * up to the last period that is printed are paired with reasons, so that --from does not change who has
 * which; the sums are held against the bridge. */
#include "revenue/churn_by.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/checks.h"
#include "revenue/bridge.h"
#include <stdlib.h>
#include <string.h>

enum { CHURN_WITHIN = 90 };

/* What one value comes to in one period. */
typedef struct churn_cell {
    cst_wide churn, contraction;
    int64_t churned, contracted; /* accounts */
} churn_cell;

typedef struct churn_owner {
    rev_session *s;
    churn_reasons reasons;
    churn_loss *loss; /* of accounts with reasons */
    size_t losses, room;
    churn_loss *other; /* of the rest */
    size_t others, other_room;
    uint32_t values, unknown; /* how many there are; which of them stands for none */
    churn_cell *cell;         /* by period, then value */
    bool *met;                /* by value: it is in some period */
    uint32_t *order;          /* values by their bytes */
} churn_owner;

typedef struct churn_book {
    session_book head; /* its owner: the churn_owner */
    churn_loss *loss;
    size_t losses, room;
    bool *met; /* by account of the reasons: it is in the subscriptions */
} churn_book;

/* ---- losses ------------------------------------------------------------------------------------------ */

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    churn_book *b = (churn_book *)w->book;
    const churn_owner *o = b->head.owner;
    uint32_t id = cst_intern_find(o->reasons.accounts, a->id);
    if (!b->met && !(b->met = calloc((size_t)cst_intern_count(o->reasons.accounts) + 1, sizeof *b->met)))
        return cst_no_memory(e);
    if (id != CST_INTERN_NONE) b->met[id] = true;
    return rev_walk_account(&w->walk, a, e);
}

static cst_status take_period(void *book, const rev_account_period *x, cst_error *e)
{
    churn_book *b = book;
    const churn_owner *o = b->head.owner;
    cst_day history = o->s->o->history_from;
    if (history != CST_DAY_NONE && x->period <= cst_period_of(&o->s->calendar, history)) return CST_OK;
    churn_loss lost[2] = {{.kind = CST_CHURN, .day = CST_DAY_NONE},
                          {.kind = CST_CONTRACTION, .day = CST_DAY_NONE}};
    for (size_t i = 0; i < x->entries; i++) {
        const rev_entry *entry = &x->entry[i];
        if (entry->movement != CST_CHURN && entry->movement != CST_CONTRACTION) continue;
        churn_loss *l = &lost[entry->movement == CST_CONTRACTION];
        cst_day day = entry->day == CST_DAY_NONE ? x->effective : entry->day;
        if (day > l->day) l->day = day;
        if (__builtin_add_overflow(l->amount, entry->amount, &l->amount))
            return cst_fail(e, CST_LIMIT, "a sum of movements does not fit; use a larger unit");
    }
    for (int k = 0; k < 2; k++) {
        if (lost[k].amount == 0) continue;
        if (!cst_grow(&b->loss, &b->room, b->losses + 1, sizeof *b->loss)) return cst_no_memory(e);
        lost[k].account = cst_intern_find(o->reasons.accounts, x->account->id);
        lost[k].period = x->period;
        lost[k].value = CST_INTERN_NONE;
        b->loss[b->losses++] = lost[k];
    }
    return CST_OK;
}

static void close_book(void *book)
{
    churn_book *b = book;
    free(b->loss);
    free(b->met);
}

/* All threads' losses up to the last period. */
static cst_status gather(churn_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    for (int i = 0; s->any && i <= s->threads; i++) {
        const churn_book *b = (const churn_book *)rev_session_worker(s, i)->book;
        for (size_t k = 0; k < b->losses; k++) {
            const churn_loss *l = &b->loss[k];
            bool known = l->account != CST_INTERN_NONE;
            if (l->period > s->last) continue;
            if (known ? !cst_grow(&o->loss, &o->room, o->losses + 1, sizeof *o->loss)
                      : !cst_grow(&o->other, &o->other_room, o->others + 1, sizeof *o->other))
                return cst_no_memory(e);
            *(known ? &o->loss[o->losses++] : &o->other[o->others++]) = *l;
        }
    }
    return CST_OK;
}

/* ---- sums -------------------------------------------------------------------------------------------- */

static churn_cell *cell_of(const churn_owner *o, cst_period p, uint32_t value)
{
    return &o->cell[(size_t)(p - o->s->first) * o->values + value];
}

static void add_losses(churn_owner *o, const churn_loss *loss, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (loss[i].period < o->s->first) continue;
        uint32_t value = loss[i].value == CST_INTERN_NONE ? o->unknown : loss[i].value;
        churn_cell *c = cell_of(o, loss[i].period, value);
        bool churn = loss[i].kind == CST_CHURN;
        *(churn ? &c->churn : &c->contraction) += loss[i].amount;
        *(churn ? &c->churned : &c->contracted) += 1;
        o->met[value] = true;
    }
}

static churn_cell total_of(const churn_owner *o, cst_period p)
{
    churn_cell sum = {0};
    for (uint32_t v = 0; v < o->values; v++) {
        const churn_cell *c = cell_of(o, p, v);
        sum.churn += c->churn;
        sum.contraction += c->contraction;
        sum.churned += c->churned;
        sum.contracted += c->contracted;
    }
    return sum;
}

static cst_status open_cells(churn_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    cst_intern *values = o->reasons.values;
    o->unknown = cst_intern_id(values, rev_churn_unknown);
    if (o->unknown == CST_INTERN_NONE) return cst_no_memory(e);
    o->values = cst_intern_count(values);
    size_t periods = s->any ? (size_t)(s->last - s->first + 1) : 0;
    o->cell = calloc(periods * o->values + 1, sizeof *o->cell);
    o->met = calloc((size_t)o->values + 1, sizeof *o->met);
    o->order = cst_intern_sorted(values);
    return o->cell && o->met && o->order ? CST_OK : cst_no_memory(e);
}

static cst_status check_totals(const churn_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    for (cst_period p = s->first; s->any && p <= s->last; p++) {
        const rev_cell *bridge = &s->sums.total.cell[p - s->sums.total.low];
        churn_cell sum = total_of(o, p);
        if (sum.churn != bridge->amount[CST_CHURN] || sum.contraction != bridge->amount[CST_CONTRACTION])
            return cst_fail(
                e, CST_INTERNAL,
                "losses by %s do not add up to the bridge's: a defect of this program; please report it",
                s->o->churn_by);
    }
    return CST_OK;
}

/* ---- the table --------------------------------------------------------------------------------------- */

static cst_status write_row(const churn_owner *o, cst_writer *w, cst_period p, const cst_text *value,
                            const churn_cell *c, cst_error *e)
{
    const rev_session *s = o->s;
    cst_put_day(w, cst_period_first(&s->calendar, p));
    cst_put_day(w, cst_period_last(&s->calendar, p));
    cst_put_string(w, rev_bridge_complete(s, p));
    cst_put_text(w, value ? *value : (cst_text){"", 0});
    cst_put_string(w, value ? "segment" : "total");
    cst_put_string(w, s->currency);
    cst_put_wide(w, c->churn);
    cst_put_wide(w, c->contraction);
    cst_put_int(w, c->churned);
    cst_put_int(w, c->contracted);
    return cst_end_row(w, e);
}

static cst_status write_period(const churn_owner *o, cst_writer *w, cst_period p, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t i = 0; i < o->values && status == CST_OK; i++) {
        cst_text name = cst_intern_text(o->reasons.values, o->order[i]);
        if (o->met[o->order[i]]) status = write_row(o, w, p, &name, cell_of(o, p, o->order[i]), e);
    }
    churn_cell sum = total_of(o, p);
    return status == CST_OK ? write_row(o, w, p, NULL, &sum, e) : status;
}

static cst_status write_table(const churn_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    static const char *const names[] = {
        "period_start",     "period_end",          "complete", "", "row", "currency", "churn", "contraction",
        "churned_accounts", "contracted_accounts", NULL};
    cst_column columns[10];
    for (size_t i = 0; names[i]; i++)
        columns[i] = (cst_column){names[i], i < 6 ? CST_COL_TEXT : CST_COL_NUMBER};
    columns[3].name = rev_bridge_is_taken(s->o->churn_by, names) ? "value" : s->o->churn_by;
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(s->io, columns, sizeof columns / sizeof *columns, &w, e);
    for (cst_period p = s->first; s->any && p <= s->last && status == CST_OK; p++)
        status = write_period(o, w, p, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

/* Reasons that are of nobody, and those that no loss has. */
static void tell_reasons(const churn_owner *o)
{
    const rev_session *s = o->s;
    const churn_reasons *r = &o->reasons;
    uint64_t unmet = 0;
    size_t first = 0;
    for (size_t k = 0; k < r->n; k++) {
        bool met = false;
        for (int i = 0; i <= s->threads && !met; i++) {
            const churn_book *b = (const churn_book *)rev_session_worker(s, i)->book;
            met = b->met && b->met[r->at[k].account];
        }
        if (!met && (unmet++ == 0 || r->at[k].row < first)) first = r->at[k].row;
    }
    cst_text name = unmet ? cst_table_at(r->table, first, r->id) : (cst_text){"", 0};
    cst_io_check(s->io,
                 &(cst_finding){.id = CST_CHECK_UNMATCHED_ROW,
                                .first = cst_table_place(r->table, first, r->id),
                                .count = unmet},
                 "expected accounts of the subscriptions, found \"%.*s\"%s in %llu row%s of the reasons: "
                 "they explain nothing",
                 (int)name.n, name.p, unmet == 1 ? "" : " and others", (unsigned long long)unmet,
                 unmet == 1 ? "" : "s");
    cst_manifest *m = cst_io_manifest(s->io);
    cst_manifest_count(m, "reasons", NULL, "of a loss", r->served);
    cst_manifest_count(m, "reasons", NULL, "of no loss within --reason-within", r->n - r->served);
    cst_manifest_count(m, "reasons", NULL, "set aside: dated after --as-of", r->later);
    cst_io_note(s->io, "%llu of %zu reasons are of a loss; %llu after --as-of set aside",
                (unsigned long long)r->served, r->n, (unsigned long long)r->later);
}

cst_status rev_churn_by_run(rev_session *s, cst_error *e)
{
    churn_owner o = {.s = s};
    const session_callback callback = {
        .period = take_period, .size = sizeof(churn_book), .owner = &o, .close = close_book};
    int64_t within = s->o->reason_within.set ? (int64_t)s->o->reason_within.n : CHURN_WITHIN;
    cst_status status = rev_churn_reasons_open(&o.reasons, s, e);
    rev_session_take(s, &callback);
    s->visit = take_account;
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = gather(&o, e);
    if (status == CST_OK) status = rev_churn_reasons_pair(&o.reasons, o.loss, o.losses, within, e);
    if (status == CST_OK) status = open_cells(&o, e);
    if (status == CST_OK) {
        add_losses(&o, o.loss, o.losses);
        add_losses(&o, o.other, o.others);
        status = check_totals(&o, e);
    }
    if (status == CST_OK) status = write_table(&o, e);
    if (status == CST_OK) tell_reasons(&o);
    if (status == CST_OK) status = cst_io_checked(s->io, e);
    rev_session_close_books(s);
    rev_churn_reasons_free(&o.reasons);
    free(o.loss);
    free(o.other);
    free(o.cell);
    free(o.met);
    free(o.order);
    return status;
}
