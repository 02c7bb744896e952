/* report/page_movers.c: "Who moved?": the largest changes of customers over the period of the bridge,
 * up and down. */
#include "base/text.h"
#include "report/page_facts.h"
#include <string.h>

enum { SHOWN = 5 };

bool report_mover_here(const report_movers *m, size_t row, bool up)
{
    if (cst_table_at(m->t, row, m->account).n == 0) return false;
    chart_value v = report_page_value(m->t, row, m->amount);
    return report_page_day(m->t, row, m->end) == m->last && v != CHART_NONE && (up ? v > 0 : v < 0);
}

static void put_name(report_movers *m, size_t row)
{
    cst_text id = cst_table_at(m->t, row, m->account), name = report_index_text(&m->accounts, id, "name");
    report_put_account(m->p, name, id);
    if (name.n == 0) return;
    report_put(m->p, "<br><small>");
    report_put_text(m->p, id);
    report_put(m->p, "</small>");
}

void report_mover_why(const report_movers *m, size_t row, cst_buffer *out)
{
    cst_text list = cst_table_at(m->t, row, m->movement), word;
    cst_day day = report_page_day(m->t, row, m->date);
    bool first = true;
    while (cst_text_next(&list, ';', &word)) {
        char key[48];
        if (word.n == 0 || (cst_text_is(word, "fx") && !first)) continue;
        snprintf(key, sizeof key, "moved.%.*s", (int)(word.n < 30 ? word.n : 30), word.p);
        if (!first) cst_buffer_add_string(out, ", ");
        cst_text said = report_word(m->p, key);
        cst_buffer_add(out, said.p, said.n);
        first = false;
    }
    if (day == CST_DAY_NONE) return;
    cst_buffer_add_string(out, " ");
    cst_buffer_add_string(out, chart_short_day(day).s);
}

static void put_why(report_movers *m, size_t row)
{
    cst_buffer *b = &m->p->scratch;
    cst_buffer_clear(b);
    report_mover_why(m, row, b);
    report_put_text(m->p, (cst_text){b->p ? b->p : "", (uint32_t)b->n});
    if (b->failed) m->p->out.failed = true;
}

static void put_side(report_movers *m, bool up)
{
    report_page *p = m->p;
    size_t shown = 0, others = 0;
    cst_wide rest = 0;
    report_put(p, "<div><table class=\"stack mv\"><caption><b>");
    report_put_text(p, report_word(p, up ? "movers.up" : "movers.down"));
    report_put(p, "</b>, ");
    report_put_text(p, report_word(p, "movers.caption"));
    report_put(p, "</caption><thead><tr>");
    report_put_heads(p, "movers.heads");
    report_put(p, "<tbody>");
    for (size_t row = 0; row < cst_table_rows(m->t); row++) {
        if (!report_mover_here(m, row, up)) continue;
        chart_value v = report_page_value(m->t, row, m->amount);
        if (shown++ >= SHOWN) {
            others++;
            rest += v;
            continue;
        }
        report_put(p, "\n<tr><th>");
        put_name(m, row);
        report_put(p, "<td>");
        report_put_change(p, v, CHART_MONEY, -1);
        report_put_cell(p, "<td>", chart_money(report_page_value(m->t, row, m->to)));
        report_put(p, "<td>");
        put_why(m, row);
    }
    if (others) {
        char n[24];
        snprintf(n, sizeof n, "%zu", others);
        report_put(p, "\n<tfoot><tr><th>");
        report_say(p, "others", "n", n, NULL);
        report_put(p, "<td>");
        report_put_change(p, (chart_value)rest, CHART_MONEY, 0);
        report_put(p, "<td><td>");
    }
    report_put(p, "\n</table></div>\n");
}

static void put_answer(report_movers *m)
{
    char up[24], down[24];
    for (size_t row = 0; row < cst_table_rows(m->t); row++)
        for (int k = 0; k < 2; k++) m->n[k] += report_mover_here(m, row, k == 1);
    snprintf(up, sizeof up, "%zu", m->n[1]);
    snprintf(down, sizeof down, "%zu", m->n[0]);
    report_say(m->p, m->n[0] + m->n[1] ? "movers.answer" : "movers.none", "up", up, "down", down, NULL);
    report_put(m->p, "\n");
}

cst_status report_movers_open(report_movers *m, report_page *p, cst_error *e)
{
    *m = (report_movers){.p = p, .t = p->in[PAGE_MOVERS], .last = CST_DAY_NONE};
    cst_status status = cst_table_bind(m->t, "period_end", CST_REQUIRED, &m->end, e);
    if (status == CST_OK) status = cst_table_bind(m->t, "account_id", CST_REQUIRED, &m->account, e);
    if (status == CST_OK) status = cst_table_bind(m->t, "amount", CST_REQUIRED, &m->amount, e);
    if (status == CST_OK) status = cst_table_bind(m->t, "movement", CST_REQUIRED, &m->movement, e);
    if (status < 0) return cst_error_advise(e, status, "--movers is the table of cs-waterfall --top");
    m->to = report_page_column(m->t, "to_mrr");
    m->date = report_page_column(m->t, "effective_date");
    for (size_t i = 0; i < cst_table_rows(m->t); i++) {
        cst_day day = report_page_day(m->t, i, m->end);
        if (day != CST_DAY_NONE && (m->last == CST_DAY_NONE || day > m->last)) m->last = day;
    }
    return report_index_new(p->in[PAGE_ACCOUNTS], NULL, &m->accounts, e);
}

cst_status report_page_movers(report_page *p, cst_error *e)
{
    report_movers m;
    if (!p->in[PAGE_MOVERS]) {
        report_no_input(p, "list of movers");
        return CST_OK;
    }
    cst_status status = report_movers_open(&m, p, e);
    if (status < 0) return status;
    put_answer(&m);
    if (m.n[0] + m.n[1]) {
        report_put(p, "<div class=two>");
        put_side(&m, true);
        put_side(&m, false);
        report_put(p, "</div>");
    }
    report_index_free(&m.accounts);
    report_end_section(p);
    return CST_OK;
}
