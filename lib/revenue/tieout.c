/* revenue/tieout.c: the ledger's rows are found by account or group and period; each closing is taken off
 * its row, and what has no row is a difference of its own. Differences are our closing less the ledger's
 * amount. */
#include "base/decimal.h"
#include "base/intern.h"
#include "base/label.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/by_period.h"
#include "revenue/records.h"
#include <stdlib.h>
#include <string.h>

typedef struct tie_row {
    cst_period period;
    cst_text account; /* or the values of --by, joined */
    cst_money theirs;
    cst_wide ours;
    bool there, here; /* in the ledger; in the subscriptions */
} tie_row;

typedef struct rev_tie {
    rev_session *s;
    cst_table *table;
    bool by_account, by_group;
    int period, amount, account, currency; /* columns of the file; -1: none */
    int *by;                               /* of --by */
    cst_table *map;                        /* --tie-out-map; NULL: none */
    bool thousands;                        /* amounts have commas, as the map says */
    size_t within;                         /* amounts that differ by no more than the tolerance */
    tie_row *row;                          /* of the file, then what only we have */
    size_t rows, room;
    cst_intern *accounts;
    cst_map *index;   /* (account, period) to row + 1 */
    cst_map *periods; /* periods that the file has */
    cst_arena *arena;
} rev_tie;

typedef struct tie_book {
    session_book head; /* its owner: the rev_tie */
    rev_records extra; /* balances that the file lacks; `to` is the closing */
} tie_book;

static void free_tie(rev_tie *t)
{
    cst_table_free(t->table);
    cst_table_free(t->map);
    free(t->row);
    free(t->by);
    cst_intern_free(t->accounts);
    cst_map_free(t->index);
    cst_map_free(t->periods);
    cst_arena_free(t->arena);
}

static tie_row *add_row(rev_tie *t)
{
    if (!cst_grow(&t->row, &t->room, t->rows + 1, sizeof *t->row)) return NULL;
    t->row[t->rows] = (tie_row){0};
    return &t->row[t->rows++];
}

/* An amount, with commas before each three digits of its whole part where the map says so. */
static cst_status read_amount(const rev_tie *t, size_t i, cst_money *out, cst_error *e)
{
    cst_text text = cst_table_at(t->table, i, t->amount);
    if (!t->thousands || text.n == 0 || !memchr(text.p, ',', text.n))
        return cst_table_money(t->table, i, t->amount, out, e);
    char plain[CST_DECIMAL_ROOM];
    const char *point = memchr(text.p, '.', text.n), *whole = point ? point : text.p + text.n;
    uint32_t n = 0;
    bool ok = text.n < sizeof plain;
    for (const char *p = text.p; ok && p < text.p + text.n; p++) {
        if (*p != ',')
            plain[n++] = *p;
        else
            ok = p < whole && (whole - p) % 4 == 0;
    }
    if (ok && cst_money_parse((cst_text){plain, n}, out) == CST_DECIMAL_OK) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_table_place(t->table, i, t->amount), "amount",
                       "expected an amount as 1,234.56, found \"%.*s\"; see --tie-out-map", (int)text.n,
                       text.p);
}

static cst_status read_row(rev_tie *t, size_t i, cst_error *e)
{
    cst_period p;
    cst_money amount;
    cst_text key = cst_table_at(t->table, i, t->account);
    cst_status status = rev_by_period(t->s, t->table, i, t->period, &p, e);
    if (status == CST_OK) status = read_amount(t, i, &amount, e);
    if (status == CST_END)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t->table, i, -1), NULL,
            "expected a period and an amount, found one missing; fill it in or remove the row");
    if (status == CST_OK && t->by_group) status = rev_by_group(t->s, t->table, i, t->by, t->arena, &key, e);
    if (status != CST_OK) return status;
    uint32_t id = cst_intern_id(t->accounts, key);
    bool fresh = false;
    uint32_t *at = id == CST_INTERN_NONE ? NULL : cst_map_at(t->index, cst_map_pair(id, (uint32_t)p), &fresh);
    if (at && !fresh)
        return cst_fail_at(e, CST_DATA, cst_table_place(t->table, i, -1), NULL,
                           "expected one amount for each period%s, found a second; add them up",
                           t->by_account ? " and account"
                           : t->by_group ? " and group"
                                         : "");
    if (at) *at = (uint32_t)t->rows;
    uint32_t *known = cst_map_at(t->periods, (uint32_t)p, &fresh);
    tie_row *r = add_row(t);
    if (!at || !known || !r) return cst_no_memory(e);
    *r = (tie_row){.period = p, .account = key, .theirs = amount, .there = true};
    return CST_OK;
}

/* ---- the map ----------------------------------------------------------------------------------------- */

/* A column of the ledger, by the name that the map gives it. */
static cst_status bind_column(rev_tie *t, const char *column, enum cst_need need, int *out, cst_error *e)
{
    int names, from;
    if (!t->map) return cst_table_bind(t->table, column, need, out, e);
    cst_status status = cst_table_bind(t->map, "column", CST_REQUIRED, &names, e);
    if (status == CST_OK) status = cst_table_bind(t->map, "from", CST_REQUIRED, &from, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(t->map); i++) {
        if (!cst_text_is(cst_table_at(t->map, i, names), column)) continue;
        cst_text name = cst_table_at(t->map, i, from);
        const char *header = cst_arena_string(t->arena, name.p, name.n);
        return header ? cst_table_bind(t->table, header, CST_REQUIRED, out, e) : cst_no_memory(e);
    }
    return status == CST_OK ? cst_table_bind(t->table, column, need, out, e) : status;
}

/* Rows of columns that the comparison knows; the one transform there is. */
static cst_status check_map(rev_tie *t, cst_error *e)
{
    static const char *const known[] = {"period", "amount", "account_id", "currency"};
    int names, transform;
    cst_status status = cst_table_bind(t->map, "column", CST_REQUIRED, &names, e);
    if (status == CST_OK) status = cst_table_bind(t->map, "transform", CST_OPTIONAL, &transform, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(t->map); i++) {
        cst_text name = cst_table_at(t->map, i, names), how = cst_table_at(t->map, i, transform);
        bool found = false;
        for (size_t k = 0; k < 4; k++) found |= cst_text_is(name, known[k]);
        for (size_t k = 0; k < t->s->bys; k++) found |= cst_text_is(name, t->s->segment[k]);
        if (!found)
            return cst_fail_at(
                e, CST_DATA, cst_table_place(t->map, i, names), "column",
                "expected period, amount, account_id, currency or a column of --by, found \"%.*s\"",
                (int)name.n, name.p);
        if (how.n == 0) continue;
        if (!cst_text_is(how, "thousands") || !cst_text_is(name, "amount"))
            return cst_fail_at(
                e, CST_DATA, cst_table_place(t->map, i, transform), "transform",
                "expected thousands, for the amount, found \"%.*s\"; months as 2024-09 and Sep 2024 "
                "need none",
                (int)how.n, how.p);
        t->thousands = true;
    }
    return status;
}

/* ---- the ledger -------------------------------------------------------------------------------------- */

/* With --by the ledger has its columns too: a comparison in all would pass over what was asked for. */
static cst_status bind_groups(rev_tie *t, cst_error *e)
{
    const rev_session *s = t->s;
    t->by = calloc(s->bys + 1, sizeof *t->by);
    if (!t->by) return cst_no_memory(e);
    for (size_t k = 0; k < s->bys; k++) {
        cst_status status = bind_column(t, s->segment[k], CST_OPTIONAL, &t->by[k], e);
        if (status != CST_OK) return status;
        if (t->by[k] < 0)
            return cst_fail_at(
                e, CST_DATA, cst_table_place(t->table, 0, -1), s->segment[k],
                "expected the columns of --by in the ledger, found no \"%s\"; leave --by out, or "
                "give a ledger by %s",
                s->segment[k], s->segment[k]);
    }
    if (t->by_account)
        return cst_fail(
            e, CST_USAGE,
            "--by: expected a ledger by period and group, found account_id in it; leave --by out");
    t->by_group = true;
    return CST_OK;
}

static cst_status read_file(rev_tie *t, cst_error *e)
{
    cst_status status = cst_io_table(t->s->io, t->s->o->tie_out, &t->table, e);
    if (status < 0) return status;
    t->accounts = cst_intern_new();
    t->index = cst_map_new();
    t->periods = cst_map_new();
    t->arena = cst_arena_new();
    if (!t->accounts || !t->index || !t->periods || !t->arena) return cst_no_memory(e);
    if (t->s->o->tie_out_map) status = cst_io_table(t->s->io, t->s->o->tie_out_map, &t->map, e);
    if (status == CST_OK && t->map) status = check_map(t, e);
    if (status == CST_OK) status = bind_column(t, "period", CST_REQUIRED, &t->period, e);
    if (status == CST_OK) status = bind_column(t, "amount", CST_REQUIRED, &t->amount, e);
    if (status == CST_OK) status = bind_column(t, "account_id", CST_OPTIONAL, &t->account, e);
    if (status == CST_OK) status = bind_column(t, "currency", CST_OPTIONAL, &t->currency, e);
    t->by_account = t->account >= 0;
    if (status == CST_OK && t->s->bys) status = bind_groups(t, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(t->table); i++) status = read_row(t, i, e);
    return status;
}

/* ---- by account -------------------------------------------------------------------------------------- */

static tie_row *find_row(rev_tie *t, cst_text account, cst_period p)
{
    uint32_t id = cst_intern_find(t->accounts, account);
    const uint32_t *at = id == CST_INTERN_NONE ? NULL : cst_map_find(t->index, cst_map_pair(id, (uint32_t)p));
    return at ? &t->row[*at] : NULL;
}

static cst_status take_balance(tie_book *b, const cst_ledger_account *a, cst_period p, cst_money v,
                               cst_error *e)
{
    rev_tie *t = b->head.owner;
    tie_row *r = find_row(t, a->id, p);
    if (r) {
        r->here = true;
        r->ours += v;
        return CST_OK;
    }
    if (v == 0 || !cst_map_find(t->periods, (uint32_t)p)) return CST_OK;
    rev_record *extra = rev_records_add(&b->extra);
    bool ok = extra != NULL;
    if (ok) {
        extra->period = p;
        extra->to = v;
        extra->account = cst_arena_text(b->extra.arena, a->id, &ok);
    }
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status take_balances(void *book, const cst_ledger_account *a, const walk_point *point, size_t n,
                                cst_error *e)
{
    tie_book *b = book;
    const rev_session *s = b->head.s;
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        cst_period p = point[i].period < s->first ? s->first : point[i].period;
        cst_period until = i + 1 < n        ? point[i + 1].period
                           : s->subjects.fx ? point[i].period + 1
                                            : s->last + 1;
        if (until > s->last + 1) until = s->last + 1;
        for (; status == CST_OK && p < until; p++) status = take_balance(b, a, p, point[i].value, e);
    }
    return status;
}

static void close_book(void *book)
{
    rev_records_free(&((tie_book *)book)->extra);
}

static cst_status settle_book(void *book, cst_error *e)
{
    tie_book *b = book;
    rev_tie *t = b->head.owner;
    bool ok = true;
    for (size_t i = 0; i < b->extra.n; i++) {
        tie_row *r = add_row(t);
        if (!r) return cst_no_memory(e);
        *r = (tie_row){.period = b->extra.at[i].period, .ours = b->extra.at[i].to, .here = true};
        r->account = cst_arena_text(t->arena, b->extra.at[i].account, &ok);
    }
    b->extra.n = 0;
    return ok ? CST_OK : cst_no_memory(e);
}

/* ---- in all, and by group ---- */

static cst_status take_groups(rev_tie *t, cst_error *e)
{
    const rev_session *s = t->s;
    for (cst_period p = s->first; s->any && p <= s->last; p++)
        for (uint32_t g = 0; g < s->sums.groups; g++) {
            cst_wide closing = s->sums.group[g].cell[p - s->sums.group[g].low].closing;
            tie_row *r = find_row(t, s->group_name[g], p);
            if (!r && (closing == 0 || !cst_map_find(t->periods, (uint32_t)p))) continue;
            if (!r && !(r = add_row(t))) return cst_no_memory(e);
            r->period = p;
            r->account = s->group_name[g];
            r->ours = closing;
            r->here = true;
        }
    return CST_OK;
}

static cst_status take_closings(rev_tie *t, cst_error *e)
{
    const rev_session *s = t->s;
    for (cst_period p = s->first; s->any && p <= s->last; p++) {
        tie_row *r = t->by_account || t->by_group ? NULL : find_row(t, (cst_text){"", 0}, p);
        if (!r && cst_map_find(t->periods, (uint32_t)p)) continue;
        if (!r && !(r = add_row(t))) return cst_no_memory(e);
        r->period = p;
        r->ours = s->sums.total.cell[p - s->sums.total.low].closing;
        r->here = true;
    }
    return CST_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const tie_row *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return cst_text_compare(x->account, y->account);
}

/* Whether a row lies in a period that the subscriptions do not reach. */
static bool is_outside(const rev_session *s, const tie_row *r)
{
    return !s->any || r->period < s->first || r->period > s->last;
}

/* Writes a row that differs by more than the tolerance; *no is set. */
static cst_status write_row(rev_tie *t, cst_writer *w, const tie_row *r, bool *no, cst_error *e)
{
    const rev_session *s = t->s;
    cst_wide difference = r->ours - r->theirs, size = difference < 0 ? -difference : difference;
    bool missing = is_outside(s, r) || (!r->there && (r->account.n == 0 || t->by_group));
    if (!missing && size <= s->o->tolerance.v) {
        t->within += difference != 0;
        return CST_OK;
    }
    *no = true;
    cst_put_day(w, cst_period_last(&s->calendar, r->period));
    if (t->by_account) cst_put_text(w, r->account);
    for (size_t k = 0; t->by_group && k < s->bys; k++) cst_put_text(w, cst_label_part(r->account, k));
    if (r->there)
        cst_put_money(w, r->theirs);
    else
        cst_put_missing(w);
    if (is_outside(s, r))
        cst_put_missing(w);
    else
        cst_put_wide(w, r->ours);
    cst_put_wide(w, difference);
    cst_put_string(w, !r->there ? "only in subscriptions" : r->here ? "differs" : "only in ledger");
    return cst_end_row(w, e);
}

static cst_status write_table(rev_tie *t, cst_error *e)
{
    size_t n = 0;
    cst_column *columns = calloc(6 + t->s->bys, sizeof *columns);
    if (!columns) return cst_no_memory(e);
    columns[n++] = (cst_column){"period", CST_COL_TEXT};
    if (t->by_account) columns[n++] = (cst_column){"account_id", CST_COL_TEXT};
    for (size_t k = 0; t->by_group && k < t->s->bys; k++)
        columns[n++] = (cst_column){t->s->segment[k], CST_COL_TEXT};
    columns[n++] = (cst_column){"amount", CST_COL_NUMBER};
    columns[n++] = (cst_column){"closing", CST_COL_NUMBER};
    columns[n++] = (cst_column){"difference", CST_COL_NUMBER};
    columns[n++] = (cst_column){"status", CST_COL_TEXT};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(t->s->io, columns, n, &w, e);
    free(columns);
    bool no = false;
    if (t->rows > 1) qsort(t->row, t->rows, sizeof *t->row, compare_rows);
    for (size_t i = 0; status == CST_OK && i < t->rows; i++) status = write_row(t, w, &t->row[i], &no, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    if (status == CST_OK && t->within) {
        char most[CST_DECIMAL_ROOM];
        most[cst_money_format(t->s->o->tolerance.v, 2, most)] = 0;
        cst_io_warn(t->s->io, "--tie-out: %zu %s by %s or less and %s not listed", t->within,
                    t->within == 1 ? "amount differs" : "amounts differ", most,
                    t->within == 1 ? "is" : "are");
    }
    if (t->s->o->tolerance.set)
        cst_manifest_count(cst_io_manifest(t->s->io), "tie-out", NULL, "differences within the tolerance",
                           t->within);
    return status == CST_OK && no ? CST_END : status;
}

cst_status rev_tieout_run(rev_session *s, cst_error *e)
{
    rev_tie t = {.s = s};
    session_callback callback = {.balances = take_balances,
                                 .size = sizeof(tie_book),
                                 .owner = &t,
                                 .settle = settle_book,
                                 .close = close_book};
    cst_status status = read_file(&t, e);
    if (status == CST_OK && t.by_account) rev_session_take(s, &callback);
    if (status == CST_OK && s->o->sorted) rev_session_range(s, CST_DAY_MIN, CST_DAY_NONE);
    if (status == CST_OK) status = rev_session_collect(s, e);
    rev_session_close_books(s);
    if (status == CST_OK && !(s->by_currency && t.by_group))
        status = rev_by_currency(s, t.table, t.currency, "ledger", e);
    if (status == CST_OK && !s->total && !t.by_group)
        status =
            cst_fail(e, CST_DATA, "--tie-out: expected one currency, found several; convert them with --fx");
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = t.by_group ? take_groups(&t, e) : take_closings(&t, e);
    if (status == CST_OK) status = write_table(&t, e);
    free_tie(&t);
    return status;
}
