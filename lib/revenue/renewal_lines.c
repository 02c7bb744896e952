/* revenue/renewal_lines.c: renewals line by line: the detail, a row per due date, and the book, a row per
 * line that is paid on --as-of. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/ahead.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include "revenue/renewals.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "term_months") == 0 || strcmp(name, "score") == 0 ||
           strcmp(name, "expected_loss") == 0 || (n >= 3 && strcmp(name + n - 3, "mrr") == 0);
}

/* Opens an output whose columns are `first`, account_id, those that tell the line, those of `then` (ends with
 * NULL), those of --by, and those of `last` (likewise). */
static cst_status open_lines(rev_session *s, const char *path, const char *first, const char *const *then,
                             const char *const *last, cst_writer **out, cst_error *e)
{
    const char *taken[24] = {first, "account_id"};
    cst_column *c = calloc(24 + s->lines + s->bys, sizeof *c);
    if (!c) return cst_no_memory(e);
    size_t n = 0, names = 2;
    c[n++] = (cst_column){first, CST_COL_TEXT};
    c[n++] = (cst_column){"account_id", CST_COL_TEXT};
    c[n++] = (cst_column){s->centre ? s->centre : "line", CST_COL_TEXT};
    for (size_t i = 0; i < s->lines; i++) c[n++] = (cst_column){s->line[i], CST_COL_TEXT};
    for (; *then; then++) {
        taken[names++] = *then;
        c[n++] = (cst_column){*then, is_number(*then) ? CST_COL_NUMBER : CST_COL_TEXT};
    }
    for (const char *const *name = last; *name; name++) taken[names++] = *name;
    n += rev_bridge_by_columns(s, taken, c + n);
    for (; *last; last++) c[n++] = (cst_column){*last, is_number(*last) ? CST_COL_NUMBER : CST_COL_TEXT};
    cst_status status = cst_io_extra_writer(s->io, path, c, n, out, e);
    free(c);
    return status;
}

static void put_line(const rev_session *s, cst_writer *w, const cst_ledger_account *a, cst_unit u)
{
    cst_put_text(w, a->id);
    cst_put_text(w, cst_labels_centre(a->labels, u.centre));
    for (size_t k = 0; k < s->lines; k++)
        cst_put_text(w, cst_label_part(cst_labels_line(a->labels, u.line), k + 1));
}

static void put_currency(const rev_session *s, cst_writer *w, const cst_ledger_account *a, cst_unit u)
{
    cst_put_text(w, s->subjects.fx ? cst_text_of(cst_fx_report(s->subjects.fx))
                                   : cst_labels_currency(a->labels, u.currency));
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

/* Where rows come up together the tables show one: the one that pays most, then the one that began first,
 * then that of the longer term, then the first by its group, currency and source, and last by its place. What
 * is shown does not depend on the order of the rows. */
const cst_ledger_row *rev_renewal_shown(const cst_labels *l, const cst_ledger_row *x, const cst_ledger_row *y)
{
    if (!x || !y) return x ? x : y;
    if (x->amount != y->amount) return x->amount > y->amount ? x : y;
    if (x->start != y->start) return x->start < y->start ? x : y;
    if (x->term != y->term) return x->term > y->term ? x : y;
    cst_unit p = cst_labels_unit(l, x->unit), q = cst_labels_unit(l, y->unit);
    int order = cst_text_compare(cst_labels_segment(l, p.segment), cst_labels_segment(l, q.segment));
    if (!order)
        order = cst_text_compare(cst_labels_currency(l, p.currency), cst_labels_currency(l, q.currency));
    if (!order) order = cst_text_compare(x->source, y->source);
    if (!order && x->file && y->file) order = strcmp(x->file, y->file);
    if (order) return order < 0 ? x : y;
    return x->line <= y->line ? x : y;
}

/* ---- the detail -------------------------------------------------------------------------------------- */

cst_status rev_renewal_detail_open(rev_session *s, cst_writer **out, cst_error *e)
{
    static const char *const then[] = {"status",      "due_mrr",  "renewed_mrr", "renewed_date",
                                       "term_months", "currency", "source",      NULL};
    static const char *const last[] = {"check_date", NULL};
    return open_lines(s, s->o->detail, "due_date", then, last, out, e);
}

cst_status rev_renewal_detail_write(const rev_session *s, cst_writer *w, const cst_ledger_account *a,
                                    const rev_renewal *r, cst_error *e)
{
    cst_unit u = cst_labels_unit(a->labels, r->row->unit);
    cst_text group = cst_labels_segment(a->labels, u.segment);
    bool renewed = r->fate.status == CST_RENEWAL_ON_TIME || r->fate.status == CST_RENEWAL_LATE;
    cst_put_day(w, r->date->due);
    put_line(s, w, a, u);
    cst_put_string(w, cst_renewal_words[r->fate.status]);
    cst_put_money(w, r->date->amount);
    if (renewed)
        cst_put_money(w, r->fate.renewed);
    else
        cst_put_missing(w);
    cst_put_day(w, renewed ? r->date->found : CST_DAY_NONE);
    cst_put_int(w, r->row->term);
    put_currency(s, w, a, u);
    put_source(w, r->row);
    rev_bridge_put_by(s, w, &group);
    cst_put_day(w, r->fate.check);
    return cst_end_row(w, e);
}

/* ---- the book ---------------------------------------------------------------------------------------- */

cst_status rev_renewal_book_open(rev_session *s, cst_writer **out, cst_error *e)
{
    static const char *const then[] = {"mrr",       "due_mrr",  "term_months", "notice_date",
                                       "known_end", "currency", "source",      NULL};
    const char *last[REV_BOOK_JOINS];
    rev_book_joins_columns(s->o, last);
    return open_lines(s, s->o->book, "due_date", then, last, out, e);
}

void rev_held_lines_free(rev_held_lines *l)
{
    free(l->at);
    *l = (rev_held_lines){0};
}

static int compare_held(const void *a, const void *b)
{
    return cst_text_compare(((const rev_held_line *)a)->name, ((const rev_held_line *)b)->name);
}

/* ---- its lines */

/* What the plans of a line's rows say. */
typedef struct line_plan {
    const cst_ledger_row *shown;
    cst_day notice, known_end; /* CST_DAY_NONE: none */
} line_plan;

/* date: the next due date of the line; NULL: none. */
static line_plan find_plan(const rev_session *s, const cst_ledger_account *a, const cst_renewals *w,
                           const rev_held_line *l, const cst_renewal *date)
{
    cst_day as_of = s->o->periodic.as_of, end = CST_LEDGER_OPEN;
    int32_t notice = -1;
    line_plan plan = {.notice = CST_DAY_NONE, .known_end = CST_DAY_NONE};
    for (size_t i = 0; date && i < date->ups; i++) {
        const cst_ledger_row *row = &a->row[w->row[w->up[date->up + i]].tag];
        plan.shown = rev_renewal_shown(a->labels, plan.shown, row);
        if (row->notice > notice) notice = row->notice;
    }
    for (size_t i = l->from; i < l->to; i++) {
        const cst_ledger_row *row = &a->row[w->row[i].tag];
        if (row->start > as_of || w->row[i].held <= as_of) continue;
        if (!date) plan.shown = rev_renewal_shown(a->labels, plan.shown, row);
        if (row->known_end < end && !cst_ahead_is_no_end(row->known_end, as_of)) end = row->known_end;
    }
    if (notice >= 0) plan.notice = date->due - notice;
    if (end != CST_LEDGER_OPEN) plan.known_end = end;
    return plan;
}

static void put_held(const rev_session *s, cst_writer *w, const cst_ledger_account *a,
                     const cst_renewals *work, const rev_held_line *l, const cst_renewal *date)
{
    line_plan plan = find_plan(s, a, work, l, date);
    cst_unit u = cst_labels_unit(a->labels, plan.shown->unit);
    cst_text group = cst_labels_segment(a->labels, u.segment);
    cst_put_day(w, date ? date->due : CST_DAY_NONE);
    put_line(s, w, a, u);
    cst_put_wide(w, l->mrr);
    if (date)
        cst_put_money(w, date->amount);
    else
        cst_put_missing(w);
    if (plan.shown->term > 0)
        cst_put_int(w, plan.shown->term);
    else
        cst_put_missing(w);
    cst_put_day(w, plan.notice);
    cst_put_day(w, plan.known_end);
    put_currency(s, w, a, u);
    put_source(w, plan.shown);
    rev_bridge_put_by(s, w, &group);
}

/* The first due date of a line among those from `from` on, which lie in order of line, then day; NULL:
 * none. */
static const cst_renewal *next_date(const cst_renewals *work, size_t from, uint32_t line)
{
    size_t to = work->dates;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (work->date[middle].line < line)
            from = middle + 1;
        else
            to = middle;
    }
    return from < work->dates && work->date[from].line == line ? &work->date[from] : NULL;
}

static cst_status list_held(rev_held_lines *l, const rev_session *s, const cst_ledger_account *a,
                            const cst_renewals *work, size_t upcoming, cst_error *e)
{
    cst_day as_of = s->o->periodic.as_of;
    l->n = 0;
    for (size_t from = 0, to; from < work->rows; from = to) {
        rev_held_line x = {.from = from, .to = to = cst_renewals_line(work, from)};
        cst_status status = cst_renewals_level(work, from, to, as_of, as_of, &x.mrr, e);
        if (status != CST_OK) return status;
        uint32_t line = work->row[from].line;
        if (x.mrr == 0 && !next_date(work, upcoming, line)) continue; /* credits may cancel what comes up */
        x.name = s->lines ? cst_labels_line(a->labels, line) : cst_labels_centre(a->labels, line);
        if (!cst_grow(&l->at, &l->room, l->n + 1, sizeof *l->at)) return cst_no_memory(e);
        l->at[l->n++] = x;
    }
    if (l->n > 1) qsort(l->at, l->n, sizeof *l->at, compare_held);
    return CST_OK;
}

cst_status rev_renewal_book_write(const rev_session *s, cst_writer *w, rev_held_lines *l,
                                  const rev_book_joins *joins, const cst_ledger_account *a,
                                  const cst_renewals *work, size_t upcoming, cst_error *e)
{
    cst_status status = list_held(l, s, a, work, upcoming, e);
    for (size_t i = 0; i < l->n && status == CST_OK; i++) {
        const cst_renewal *date = next_date(work, upcoming, work->row[l->at[i].from].line);
        bool unscored;
        put_held(s, w, a, work, &l->at[i], date);
        status = rev_book_joins_put(w, joins, a->id, date ? &date->amount : NULL, &unscored, e);
        l->unscored += unscored;
        if (status == CST_OK) status = cst_end_row(w, e);
    }
    l->lines += l->n;
    return status;
}
