/* report/account_time.c: what happened to a customer, newest first: movements of revenue, bands, flags
 * that are open, contacts that came and went, milestones, and every event of the files that are given. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/account.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 };

typedef struct moment {
    cst_day day;
    size_t order;                 /* in which it was found: equal days keep it */
    size_t at, value, about, end; /* its texts, in `said`: what, its value, what more is known */
} moment;

typedef struct times {
    report_accounts *a;
    moment *moment;
    size_t moments, room;
    cst_buffer said;
    size_t start, value, about; /* of the texts under way; value, about: 0, not begun */
} times;

static cst_text row_text(const cst_table *t, size_t row, const char *column)
{
    int at = report_page_column(t, column);
    return at < 0 ? (cst_text){"", 0} : cst_table_at(t, row, at);
}

/* Ends the texts under way as what happened on a day; days that are not known or to come are left out. */
static bool add(times *x, cst_day day)
{
    size_t end = x->said.n, about = x->about ? x->about : end, value = x->value ? x->value : about;
    bool known = day != CST_DAY_NONE && day <= x->a->c.night && end > x->start;
    if (known) {
        if (!cst_grow(&x->moment, &x->room, x->moments + 1, sizeof *x->moment)) return false;
        x->moment[x->moments] = (moment){day, x->moments, x->start, value, about, end};
        x->moments++;
    } else {
        x->said.n = x->start;
    }
    x->start = x->said.n;
    x->value = x->about = 0;
    return !x->said.failed;
}

static void begin_value(times *x)
{
    x->value = x->said.n;
}

static void begin_about(times *x)
{
    x->about = x->said.n;
}

static void say_text(times *x, cst_text t)
{
    cst_buffer_add(&x->said, t.p, t.n);
}

static void say_plain(times *x, cst_text t)
{
    for (uint32_t i = 0; i < t.n; i++) cst_buffer_add_char(&x->said, t.p[i] == '_' ? ' ' : t.p[i]);
}

/* ---- what there is ---- */

static bool add_movements(times *x, cst_text account)
{
    report_accounts *a = x->a;
    const cst_table *t = a->detail;
    bool ok = true;
    for (size_t i = t ? report_index_first(&a->movements, account) : SIZE_MAX;
         ok && t && i < a->movements.n && cst_text_equal(a->movements.entry[i].account, account); i++) {
        size_t row = a->movements.entry[i].row;
        chart_value amount = report_page_value(t, row, report_page_column(t, "amount"));
        char key[48];
        cst_text movement = row_text(t, row, "movement"), product = row_text(t, row, "product");
        snprintf(key, sizeof key, "moved.%.*s", (int)(movement.n < 30 ? movement.n : 30), movement.p);
        say_text(x, report_word(&a->p, key));
        begin_value(x);
        cst_buffer_printf(&x->said, "%s ", chart_change(amount).s);
        say_text(x, row_text(t, row, "currency"));
        begin_about(x);
        say_text(x, product);
        ok = add(x, report_page_day(t, row, report_page_column(t, "effective_date")));
    }
    return ok;
}

static bool add_bands(times *x, cst_text account)
{
    report_accounts *a = x->a;
    const cst_table *t = a->c.in[LIST_SCORES];
    int band = report_page_column(t, "band"), period = report_page_column(t, "period");
    cst_text before = {"", 0};
    bool ok = true;
    for (size_t i = t ? report_index_first(&a->scores, account) : SIZE_MAX;
         ok && t && band >= 0 && i < a->scores.n && cst_text_equal(a->scores.entry[i].account, account);
         i++) {
        size_t row = a->scores.entry[i].row;
        cst_text now = cst_table_at(t, row, band);
        if (now.n == 0) continue;
        if (before.n && !cst_text_equal(now, before)) {
            char is[40], was[40];
            snprintf(is, sizeof is, "%.*s", (int)(now.n < 39 ? now.n : 39), now.p);
            snprintf(was, sizeof was, "%.*s", (int)(before.n < 39 ? before.n : 39), before.p);
            say_text(x, report_word(&a->p, "time.band"));
            begin_about(x);
            report_sentence(&a->p, &x->said, "time.band.about", "now", is, "before", was, NULL);
            ok = add(x, report_page_day(t, row, period));
        }
        before = now;
    }
    return ok;
}

static bool add_flags(times *x, cst_text account)
{
    report_accounts *a = x->a;
    size_t n, first = report_customers_rows(&a->c, LIST_FLAGS, account, &n);
    bool ok = true;
    for (size_t i = first; i < first + n && ok; i++) {
        size_t row = a->c.index[LIST_FLAGS].entry[i].row;
        if (!report_customers_is_open(&a->c, row)) continue;
        say_text(x, report_word(&a->p, "time.flag"));
        begin_about(x);
        say_plain(x, report_customers_cell(&a->c, LIST_FLAGS, row, "flag"));
        ok = add(x, report_customers_day(&a->c, LIST_FLAGS, row, "since"));
    }
    return ok;
}

static bool add_contacts(times *x, cst_text account)
{
    report_accounts *a = x->a;
    size_t n, first = report_customers_rows(&a->c, LIST_CONTACTS, account, &n);
    bool ok = true;
    for (size_t i = first; i < first + n && ok; i++) {
        size_t row = a->c.index[LIST_CONTACTS].entry[i].row;
        static const char *const ends[] = {"start_date", "end_date"}, *const keys[] = {"time.came",
                                                                                       "time.left"};
        for (int k = 0; k < 2 && ok; k++) {
            cst_day day = report_customers_day(&a->c, LIST_CONTACTS, row, ends[k]);
            if (day == CST_DAY_NONE) continue;
            say_plain(x, report_customers_cell(&a->c, LIST_CONTACTS, row, "role"));
            report_sentence(&a->p, &x->said, keys[k], NULL);
            cst_text name = report_customers_cell(&a->c, LIST_CONTACTS, row, "name");
            begin_about(x);
            if (!a->c.o->no_people) say_text(x, name);
            ok = add(x, day);
        }
    }
    return ok;
}

static bool add_milestones(times *x, cst_text account)
{
    report_accounts *a = x->a;
    size_t n, first = report_customers_rows(&a->c, LIST_MILESTONES, account, &n);
    bool ok = true;
    for (size_t i = first; i < first + n && ok; i++) {
        size_t row = a->c.index[LIST_MILESTONES].entry[i].row;
        say_text(x, report_word(&a->p, "time.milestone"));
        begin_about(x);
        say_text(x, report_customers_cell(&a->c, LIST_MILESTONES, row, "milestone"));
        ok = add(x, report_customers_day(&a->c, LIST_MILESTONES, row, "done_date"));
    }
    return ok;
}

static bool add_event(times *x, const cst_table *t, size_t row)
{
    static const char *const columns[] = {"forum", "tags", "feature"};
    cst_text at = row_text(t, row, "event_time"), value = row_text(t, row, "value");
    cst_day day;
    say_plain(x, row_text(t, row, "event"));
    begin_value(x);
    if (!cst_text_is(value, "0")) say_text(x, value);
    begin_about(x);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        cst_text more = row_text(t, row, columns[k]);
        if (more.n && x->said.n > x->about) cst_buffer_add_string(&x->said, ", ");
        say_plain(x, more);
    }
    return add(x, at.n >= 10 && cst_day_parse((cst_text){at.p, 10}, &day) ? day : CST_DAY_NONE);
}

static bool add_events(times *x, cst_text account)
{
    report_accounts *a = x->a;
    bool ok = true;
    for (size_t f = 0; f < a->event_files && ok; f++) {
        const report_index *events = &a->events[f];
        for (size_t i = report_index_first(events, account);
             ok && i < events->n && cst_text_equal(events->entry[i].account, account); i++)
            ok = add_event(x, a->event[f], events->entry[i].row);
    }
    return ok;
}

/* ---- the table ---- */

static int compare_moments(const void *p, const void *q)
{
    const moment *a = p, *b = q;
    if (a->day != b->day) return a->day > b->day ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static void put_part(times *x, const char *tag, size_t from, size_t to)
{
    report_put(&x->a->p, tag);
    report_put_text(&x->a->p, (cst_text){x->said.p + from, (uint32_t)(to - from)});
}

static void put_moments(times *x)
{
    report_page *p = &x->a->p;
    size_t most = x->a->c.o->limit.set ? (size_t)x->a->c.o->limit.n : SHOWN;
    char n[24];
    report_begin_section(p, "time");
    report_say(p, x->moments ? "time.answer" : "time.none", "from",
               x->moments ? chart_day(x->moment[x->moments - 1].day).s : "", NULL);
    report_put(p, "</p>");
    if (x->moments) report_begin_table(p, "<div class=x><table>", NULL, "time.heads");
    for (size_t i = 0; i < x->moments && i < most; i++) {
        const moment *m = &x->moment[i];
        bool again = i > 0 && m->day == x->moment[i - 1].day;
        report_put_cell(p, "\n<tr><th>", again ? (chart_number){""} : chart_day(m->day));
        put_part(x, "<td class=\"t w\">", m->at, m->value);
        put_part(x, "<td>", m->value, m->about);
        put_part(x, "<td class=\"t w\">", m->about, m->end);
    }
    if (x->moments) report_put(p, "\n</table></div>");
    if (x->moments > most) {
        snprintf(n, sizeof n, "%zu", x->moments - most);
        report_put(p, "<p class=note>");
        report_say(p, "time.rest", "n", n, NULL);
        report_put(p, "</p>");
    }
    report_end_section(p);
}

cst_status report_account_time(report_accounts *a, cst_text account, cst_error *e)
{
    times x = {.a = a};
    bool ok = add_movements(&x, account) && add_bands(&x, account) && add_flags(&x, account) &&
              add_contacts(&x, account) && add_milestones(&x, account) && add_events(&x, account);
    if (ok && x.moments) qsort(x.moment, x.moments, sizeof *x.moment, compare_moments);
    if (ok) put_moments(&x);
    free(x.moment);
    cst_buffer_free(&x.said);
    return ok ? CST_OK : cst_no_memory(e);
}
