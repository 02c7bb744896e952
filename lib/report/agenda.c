/* report/agenda.c: what is due in the days ahead, for each owner, as plain text: renewals and the last
 * days to give notice, milestones, meetings by the rhythm of their forum, flags that were opened tonight,
 * outcomes that were not discussed. What is overdue comes first. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/customers.h"
#include "report/plain.h"
#include <stdlib.h>
#include <string.h>

enum { DAYS = 7, OVERDUE = 10, NAME = 26, ID = 12, DATE = 13 };

enum agenda_kind { AGENDA_RENEWAL, AGENDA_NOTICE, AGENDA_MILESTONE, AGENDA_CONTACT, AGENDA_FLAG };

typedef struct agenda_item {
    cst_day day;
    enum agenda_kind kind;
    cst_text owner, account, what, side; /* side: of a milestone; who acts on a flag */
    chart_value amount;
    size_t more; /* flags opened tonight besides */
} agenda_item;

/* A forum and how often it sits: so many months, or days. */
static const struct forum {
    const char *name;
    int months, days;
} forums[] = {{"weekly", 0, 7}, {"monthly", 1, 0}, {"quarterly", 3, 0}, {"yearly", 12, 0}};
enum { FORUMS = sizeof forums / sizeof *forums };

typedef struct agenda {
    const report_customers *c;
    report_plain plain;
    agenda_item *item;
    size_t items, room;
    cst_day end;        /* the last day of the agenda */
    cst_text *unspoken; /* accounts with an outcome that was not discussed, in order of their ids */
    size_t unspokens, unspoken_room;
} agenda;

/* ---- what is due ---- */

static bool add(agenda *a, agenda_item x)
{
    if (x.day == CST_DAY_NONE || x.day > a->end) return true;
    x.owner = report_customers_owner(a->c, x.account);
    if (!cst_grow(&a->item, &a->room, a->items + 1, sizeof *a->item)) return false;
    a->item[a->items++] = x;
    return true;
}

/* Of the lines of the renewal book; without one, the renewal date of the account. */
static bool add_renewals(agenda *a, cst_text account)
{
    const report_customers *c = a->c;
    size_t n, first = report_customers_rows(c, LIST_BOOK, account, &n);
    bool ok = true;
    for (size_t i = first; i < first + n && ok; i++) {
        size_t row = c->index[LIST_BOOK].entry[i].row;
        cst_day due = report_customers_day(c, LIST_BOOK, row, "due_date"),
                notice = report_customers_day(c, LIST_BOOK, row, "notice_date");
        chart_value amount =
            report_page_value(c->in[LIST_BOOK], row, report_page_column(c->in[LIST_BOOK], "due_mrr"));
        cst_text what = report_customers_cell(c, LIST_BOOK, row, "buying_center");
        if (due != CST_DAY_NONE && due > c->night)
            ok = add(
                a,
                (agenda_item){
                    .day = due, .kind = AGENDA_RENEWAL, .account = account, .what = what, .amount = amount});
        if (ok && notice != CST_DAY_NONE && notice >= c->night)
            ok = add(a, (agenda_item){.day = notice,
                                      .kind = AGENDA_NOTICE,
                                      .account = account,
                                      .what = what,
                                      .amount = amount});
    }
    if (c->in[LIST_BOOK]) return ok;
    cst_day day;
    if (!cst_day_parse(report_customers_text(c, LIST_ACCOUNTS, account, "renewal_date"), &day) ||
        day <= c->night)
        return true;
    return add(a, (agenda_item){.day = day,
                                .kind = AGENDA_RENEWAL,
                                .account = account,
                                .what = {"", 0},
                                .amount = report_customers_value(c, LIST_METRICS, account, "mrr")});
}

static bool add_milestones(agenda *a, cst_text account)
{
    const report_customers *c = a->c;
    size_t n, first = report_customers_rows(c, LIST_MILESTONES, account, &n);
    bool ok = true;
    for (size_t i = first; i < first + n && ok; i++) {
        size_t row = c->index[LIST_MILESTONES].entry[i].row;
        cst_day done = report_customers_day(c, LIST_MILESTONES, row, "done_date");
        if (done != CST_DAY_NONE && done <= c->night) continue;
        ok = add(a, (agenda_item){.day = report_customers_day(c, LIST_MILESTONES, row, "due_date"),
                                  .kind = AGENDA_MILESTONE,
                                  .account = account,
                                  .what = report_customers_cell(c, LIST_MILESTONES, row, "milestone"),
                                  .side = report_customers_cell(c, LIST_MILESTONES, row, "owner")});
    }
    return ok;
}

/* The next meeting of each forum that the account has had, one stretch after the last. */
static bool add_contacts(agenda *a, cst_text account)
{
    const report_customers *c = a->c;
    cst_day last[FORUMS];
    for (int k = 0; k < FORUMS; k++) last[k] = CST_DAY_NONE;
    size_t n, first = report_customers_rows(c, LIST_TOUCHPOINTS, account, &n);
    for (size_t i = first; i < first + n; i++) {
        size_t row = c->index[LIST_TOUCHPOINTS].entry[i].row;
        cst_text at = report_customers_cell(c, LIST_TOUCHPOINTS, row, "event_time"),
                 forum = report_customers_cell(c, LIST_TOUCHPOINTS, row, "forum");
        cst_day day;
        if (at.n < 10 || !cst_day_parse((cst_text){at.p, 10}, &day) || day > c->night) continue;
        for (int k = 0; k < FORUMS; k++)
            if (cst_text_is(forum, forums[k].name) && (last[k] == CST_DAY_NONE || day > last[k]))
                last[k] = day;
    }
    bool ok = true;
    for (int k = 0; k < FORUMS && ok; k++) {
        if (last[k] == CST_DAY_NONE) continue;
        cst_day due =
            forums[k].months ? cst_day_add_months(last[k], forums[k].months) : last[k] + forums[k].days;
        ok = add(a, (agenda_item){.day = due,
                                  .kind = AGENDA_CONTACT,
                                  .account = account,
                                  .what = cst_text_of(forums[k].name)});
    }
    return ok;
}

/* One line for the customer: the play of the gravest flag that was opened tonight. */
static bool add_flags(agenda *a, cst_text account)
{
    const report_customers *c = a->c;
    size_t opened, row = report_customers_opened(c, account, &opened);
    if (row == SIZE_MAX) return true;
    return add(a, (agenda_item){.day = c->night,
                                .kind = AGENDA_FLAG,
                                .account = account,
                                .what = report_customers_cell(c, LIST_FLAGS, row, "play"),
                                .side = report_customers_cell(c, LIST_FLAGS, row, "owner"),
                                .more = opened - 1});
}

/* Whether some outcome of the account was not discussed with it. */
static bool add_outcomes(agenda *a, cst_text account)
{
    const report_customers *c = a->c;
    size_t n, first = report_customers_rows(c, LIST_OUTCOMES, account, &n);
    for (size_t i = first; i < first + n; i++) {
        size_t row = c->index[LIST_OUTCOMES].entry[i].row;
        if (!cst_text_is(report_customers_cell(c, LIST_OUTCOMES, row, "socialized"), "false")) continue;
        if (!cst_grow(&a->unspoken, &a->unspoken_room, a->unspokens + 1, sizeof *a->unspoken)) return false;
        a->unspoken[a->unspokens++] = account;
        return true;
    }
    return true;
}

static cst_status gather(void *context, cst_text account, cst_error *e)
{
    agenda *a = context;
    bool ok = add_renewals(a, account) && add_milestones(a, account) && add_contacts(a, account) &&
              add_flags(a, account) && add_outcomes(a, account);
    return ok ? CST_OK : cst_no_memory(e);
}

static int compare_items(const void *x, const void *y)
{
    const agenda_item *a = x, *b = y;
    int order = cst_text_compare(a->owner, b->owner);
    if (order) return order;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    order = cst_text_compare(a->account, b->account);
    return order ? order : cst_text_compare(a->what, b->what);
}

/* ---- the list ---- */

static void add_what(cst_buffer *b, const agenda_item *x)
{
    switch (x->kind) {
    case AGENDA_RENEWAL:
    case AGENDA_NOTICE:
        cst_buffer_add_string(b, x->kind == AGENDA_NOTICE ? "last day to give notice" : "renewal");
        if (x->amount != CHART_NONE) cst_buffer_printf(b, ", %s a month", chart_money(x->amount).s);
        if (x->what.n) cst_buffer_add_string(b, ", ");
        report_plain_text(b, x->what);
        break;
    case AGENDA_MILESTONE:
        cst_buffer_add_string(b, "milestone: ");
        report_plain_text(b, x->what);
        break;
    case AGENDA_CONTACT:
        report_plain_text(b, x->what);
        cst_buffer_add_string(b, " contact");
        break;
    case AGENDA_FLAG:
        report_plain_text(b, x->what);
    }
    if (x->side.n) {
        cst_buffer_add_string(b, " (");
        report_plain_text(b, x->side);
        cst_buffer_add_string(b, ")");
    }
    if (x->more) cst_buffer_printf(b, "; %zu more new flag%s", x->more, x->more == 1 ? "" : "s");
}

/* date, name, id, and what; a long one goes on under itself. */
static void put_item(agenda *a, const agenda_item *x, const char *date)
{
    enum { HEAD = 2 + DATE + NAME + 1 + ID + 1 };
    static const char blanks[HEAD + 1] = "                                                       ";
    report_plain *p = &a->plain;
    size_t start = p->out.n;
    cst_buffer_add_string(&p->out, "  ");
    report_plain_column(p, cst_text_of(date), DATE);
    report_plain_column(p, report_customers_name(a->c, x->account), NAME);
    cst_buffer_add_char(&p->out, ' ');
    report_plain_column(p, x->account, ID);
    cst_buffer_add_char(&p->out, ' ');
    if (p->out.failed) return;
    cst_buffer head = {0};
    cst_buffer_add(&head, p->out.p + start, p->out.n - start);
    p->out.n = start;
    add_what(&p->line, x);
    if (!head.failed) report_plain_line(p, cst_buffer_string(&head), blanks);
    p->out.failed |= head.failed;
    cst_buffer_free(&head);
}

static void put_unspoken(agenda *a, cst_text owner)
{
    report_plain *p = &a->plain;
    for (size_t i = 0; i < a->unspokens; i++) {
        if (!cst_text_equal(report_customers_owner(a->c, a->unspoken[i]), owner)) continue;
        cst_buffer_add_string(&p->line, p->line.n ? ", " : "An outcome was not discussed with: ");
        report_plain_text(&p->line, report_customers_name(a->c, a->unspoken[i]));
    }
    if (p->line.n) cst_buffer_add_char(&p->line, '.');
    report_plain_line(p, "  ", "  ");
}

/* Items first .. end - 1 are of one owner, in order of time. */
static void put_owner(agenda *a, cst_text owner, size_t first, size_t end)
{
    report_plain *p = &a->plain;
    size_t late = first, most = a->c->o->limit.set ? (size_t)a->c->o->limit.n : OVERDUE;
    while (late < end && a->item[late].day < a->c->night) late++;
    if (owner.n)
        report_plain_text(&p->line, owner);
    else
        cst_buffer_add_string(&p->line, a->c->owner < 0 ? "All" : "(none)");
    cst_buffer_printf(&p->line, ": %zu due by %s, %zu overdue", end - late, chart_day(a->end).s,
                      late - first);
    report_plain_heading(p);
    for (size_t i = late; i < end; i++) {
        bool again = i > late && a->item[i].day == a->item[i - 1].day;
        put_item(a, &a->item[i],
                 again                           ? ""
                 : a->item[i].day == a->c->night ? "Today"
                                                 : chart_day(a->item[i].day).s);
    }
    if (late > first) cst_buffer_add_string(&p->out, "  Overdue, the latest first:\n");
    for (size_t i = 0; i < late - first && i < most; i++)
        put_item(a, &a->item[late - 1 - i], chart_day(a->item[late - 1 - i].day).s);
    if (late - first > most) cst_buffer_printf(&p->out, "  and %zu more overdue\n", late - first - most);
    put_unspoken(a, owner);
}

static void put_head(agenda *a)
{
    report_plain *p = &a->plain;
    if (a->c->o->company) {
        report_plain_text(&p->line, cst_text_of(a->c->o->company));
        cst_buffer_add_string(&p->line, ", agenda");
    } else {
        cst_buffer_add_string(&p->line, "Agenda");
    }
    cst_buffer_printf(&p->line, " from %s", chart_day(a->c->night).s);
    cst_buffer_printf(&p->line, " to %s.", chart_day(a->end).s);
    report_plain_line(p, "", "  ");
}

static cst_status put_list(agenda *a, cst_sink *to, cst_error *e)
{
    if (a->items) qsort(a->item, a->items, sizeof *a->item, compare_items);
    put_head(a);
    for (size_t first = 0, end; first < a->items; first = end) {
        for (end = first; end < a->items && cst_text_equal(a->item[end].owner, a->item[first].owner);) end++;
        put_owner(a, a->item[first].owner, first, end);
    }
    if (!a->items) cst_buffer_add_string(&a->plain.out, "\nNothing is due.\n");
    if (a->plain.out.failed) return cst_no_memory(e);
    return cst_sink_write(to, a->plain.out.p, a->plain.out.n, e);
}

cst_status report_agenda_write(const report_customers *c, cst_sink *to, cst_error *e)
{
    agenda a = {.c = c, .items = 0};
    cst_status status = CST_OK;
    if (c->o->days.set && c->o->days.n > 3660)
        status = cst_fail(e, CST_USAGE, "--days: expected at most 3660, found %llu",
                          (unsigned long long)c->o->days.n);
    if (status == CST_OK) {
        a.end = c->night + (c->o->days.set ? (cst_day)c->o->days.n : DAYS);
        status = report_customers_each(c, gather, &a, e);
    }
    if (status == CST_OK) status = put_list(&a, to, e);
    report_plain_free(&a.plain);
    free(a.item);
    free(a.unspoken);
    return status;
}

cst_status report_agenda_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    report_customers c;
    cst_sink_private(cst_io_main(io));
    cst_status status = report_customers_open(&c, "agenda", o, io, e);
    if (status == CST_OK) status = report_agenda_write(&c, cst_io_main(io), e);
    report_customers_free(&c);
    return status;
}
