/* report/morning.c: the morning list: plain text, for each owner the customers to call first, why, and what
 * to do; from the table of cs-flags --customers, with health and trend from the scores. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page.h"
#include "report/page_index.h"
#include "report/plain.h"
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, PHRASES = 3, SOON = 14, NAME = 26, ID = 12 };

typedef struct morning {
    const report_options *o;
    const cst_table *t;
    int kind, account, name, mrr, days, more, play, customers, is_new, severity, period, text[PHRASES];
    report_index scores;
    report_plain plain;
} morning;

static bool bind(morning *m)
{
    const struct {
        const char *name;
        int *at;
    } columns[] = {{"row", &m->kind},       {"account_id", &m->account},   {"name", &m->name},
                   {"mrr", &m->mrr},        {"days_to_renewal", &m->days}, {"more", &m->more},
                   {"play", &m->play},      {"customers", &m->customers},  {"new", &m->is_new},
                   {"text_1", &m->text[0]}, {"text_2", &m->text[1]},       {"text_3", &m->text[2]},
                   {"period", &m->period},  {"severity", &m->severity}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i].at = report_page_column(m->t, columns[i].name);
    return m->kind >= 0 && m->account >= 0 && m->customers >= 0 && m->text[0] >= 0;
}

static chart_value value(const morning *m, size_t row, int column)
{
    return report_page_value(m->t, row, column);
}

/* ---- a customer ---- */

static void put_phrases(morning *m, size_t row)
{
    for (int i = 0; i < PHRASES; i++) {
        cst_text t = m->text[i] < 0 ? (cst_text){"", 0} : cst_table_at(m->t, row, m->text[i]);
        if (t.n == 0) continue;
        if (m->plain.line.n) cst_buffer_add_string(&m->plain.line, "; ");
        report_plain_text(&m->plain.line, t);
    }
    chart_value more = value(m, row, m->more);
    if (more != CHART_NONE && more > 0) cst_buffer_printf(&m->plain.line, "; %s more", chart_money(more).s);
    report_plain_line(&m->plain, "    ", "    ");
    cst_text play = m->play < 0 ? (cst_text){"", 0} : cst_table_at(m->t, row, m->play);
    report_plain_text(&m->plain.line, play);
    report_plain_line(&m->plain, "    > ", "      ");
}

static cst_text name_of(const morning *m, size_t row)
{
    cst_text name = m->name < 0 ? (cst_text){"", 0} : cst_table_at(m->t, row, m->name);
    return name.n ? name : cst_table_at(m->t, row, m->account);
}

static void put_customer(morning *m, size_t row, size_t rank)
{
    cst_text id = cst_table_at(m->t, row, m->account);
    chart_value days = value(m, row, m->days);
    char renews[64] = "", score[80] = "";
    cst_money points;
    cst_text band = report_index_text(&m->scores, id, "band");
    bool scored = cst_money_parse(report_index_text(&m->scores, id, "score"), &points) == CST_DECIMAL_OK;
    if (days != CHART_NONE)
        snprintf(renews, sizeof renews, "%s day%s", chart_money(days).s, days == CHART_ONE ? "" : "s");
    if (scored)
        snprintf(score, sizeof score, "%.*s %s", (int)(band.n < 20 ? band.n : 20), band.p,
                 chart_money(points).s);
    cst_buffer_printf(&m->plain.out, "%zu ", rank);
    report_plain_column(&m->plain, name_of(m, row), NAME);
    cst_buffer_add_char(&m->plain.out, ' ');
    report_plain_column(&m->plain, id, ID);
    report_plain_right(&m->plain, chart_money(value(m, row, m->mrr)).s, 10);
    report_plain_right(&m->plain, renews, 12);
    cst_buffer_add_string(&m->plain.out, "  ");
    report_plain_column(&m->plain, cst_text_of(score), 12);
    report_plain_text(&m->plain.out, report_index_text(&m->scores, id, "vector"));
    report_plain_end(&m->plain);
    put_phrases(m, row);
}

/* ---- an owner ---- */

static void add_owner(morning *m, size_t row, cst_buffer *b)
{
    for (int c = 0; c < m->kind; c++) {
        cst_text name = cst_table_at(m->t, row, c);
        if (c) cst_buffer_add_string(b, ", ");
        report_plain_text(b, name.n ? name : cst_text_of("(none)"));
    }
    if (m->kind == 0) cst_buffer_add_string(b, "All");
}

static void put_rest(morning *m, size_t from, size_t end, size_t first, size_t total)
{
    chart_value left[2] = {0, 0}, all = value(m, total, m->customers);
    for (size_t row = from; row < end; row++) {
        bool critical = m->severity >= 0 && cst_text_is(cst_table_at(m->t, row, m->severity), "critical");
        left[critical ? 0 : 1] += CHART_ONE;
    }
    chart_value rest = (all == CHART_NONE ? 0 : all) - (chart_value)(end - first) * CHART_ONE;
    cst_buffer_printf(
        &m->plain.line, "Not shown: %s more with a critical flag, %s with a high one; %s of %s need nobody.",
        chart_money(left[0]).s, chart_money(left[1]).s, chart_money(rest).s, chart_money(all).s);
    report_plain_line(&m->plain, "", "  ");
    for (size_t row = first; row < end; row++) {
        chart_value days = value(m, row, m->days);
        if (days == CHART_NONE || days < 0 || days > SOON * CHART_ONE) continue;
        cst_buffer_add_string(&m->plain.line, m->plain.line.n ? ", " : "Renewals of these within 14 days: ");
        report_plain_text(&m->plain.line, name_of(m, row));
        cst_buffer_printf(&m->plain.line, " (%s day%s, %s)", chart_money(days).s,
                          days == CHART_ONE ? "" : "s", chart_money(value(m, row, m->mrr)).s);
    }
    if (m->plain.line.n) cst_buffer_add_char(&m->plain.line, '.');
    report_plain_line(&m->plain, "", "  ");
}

/* Rows first .. total - 1 are the customers of one owner, `total` sums them up. */
static void put_owner(morning *m, size_t first, size_t total)
{
    size_t most = m->o->limit.set ? (size_t)m->o->limit.n : ROWS,
           n = total - first < most ? total - first : most;
    chart_value is_new = value(m, total, m->is_new);
    add_owner(m, total, &m->plain.line);
    cst_buffer_printf(&m->plain.line, ": %s customers, %s a month, %s with something new",
                      chart_money(value(m, total, m->customers)).s, chart_money(value(m, total, m->mrr)).s,
                      chart_money(is_new == CHART_NONE ? 0 : is_new).s);
    report_plain_heading(&m->plain);
    if (n > 0) {
        cst_buffer_add_string(&m->plain.out, "  ");
        report_plain_column(&m->plain, cst_text_of("Customer"), NAME + 1 + ID);
        report_plain_right(&m->plain, "MRR", 10);
        report_plain_right(&m->plain, "Renews in", 12);
        cst_buffer_add_string(&m->plain.out, "  Health      Trend\n");
    }
    for (size_t i = 0; i < n; i++) put_customer(m, first + i, i + 1);
    put_rest(m, first + n, total, first, total);
}

/* false: --owner names none of them. */
static bool put_owners(morning *m)
{
    bool any = !m->o->owner;
    for (size_t row = 0, first = 0; row < cst_table_rows(m->t); row++) {
        if (!cst_text_is(cst_table_at(m->t, row, m->kind), "total")) continue;
        bool wanted = !m->o->owner || report_is_group(m->t, row, m->kind, m->o->owner);
        if (wanted) put_owner(m, first, row);
        any |= wanted;
        first = row + 1;
    }
    return any;
}

static void put_head(morning *m)
{
    cst_day day = CST_DAY_NONE, d;
    for (size_t row = 0; row < cst_table_rows(m->t) && m->period >= 0; row++)
        if (cst_day_parse(cst_table_at(m->t, row, m->period), &d) && d > day) day = d;
    if (m->o->company) cst_buffer_printf(&m->plain.line, "%s, morning list", m->o->company);
    if (!m->o->company) cst_buffer_add_string(&m->plain.line, "Morning list");
    if (day != CST_DAY_NONE) cst_buffer_printf(&m->plain.line, ", data to %s", chart_day(day).s);
    cst_buffer_add_string(&m->plain.line, ". MRR a month.");
    report_plain_line(&m->plain, "", "  ");
}

static cst_status make_list(morning *m, cst_sink *to, cst_error *e)
{
    put_head(m);
    if (!put_owners(m)) return report_no_group(m->o->owner, e);
    cst_buffer_add_string(&m->plain.out,
                          "\nOrder: as cs-flags --customers has it. NEW: since the last night.\n");
    if (m->plain.out.failed) return cst_no_memory(e);
    return cst_sink_write(to, m->plain.out.p, m->plain.out.n, e);
}

cst_status report_morning_make(const report_options *o, cst_program_io *io, cst_sink *to, cst_error *e)
{
    cst_table *customers = NULL, *scores = NULL;
    morning m = {.o = o};
    if (!o->customers)
        return cst_option_needs("morning", "--customers FILE", "cs-flags --customers writes it", e);
    cst_status status = cst_io_table(io, o->customers, &customers, e);
    if (status == CST_OK && o->scores) status = cst_io_table(io, o->scores, &scores, e);
    m.t = customers;
    if (status == CST_OK && !bind(&m))
        status = cst_fail_at(e, CST_DATA, (cst_place){o->customers, 1, 0}, NULL,
                             "expected the columns row, account_id, text_1 and customers, found others; "
                             "--customers is what cs-flags --customers writes");
    if (status == CST_OK) status = report_index_new(scores, "period", &m.scores, e);
    if (status == CST_OK) status = make_list(&m, to, e);
    report_index_free(&m.scores);
    cst_table_free(customers);
    cst_table_free(scores);
    report_plain_free(&m.plain);
    return status;
}

cst_status report_morning_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    cst_sink_private(cst_io_main(io));
    return report_morning_make(o, io, cst_io_main(io), e);
}
