/* report/page_trust.c: "Can we trust it?": what came in, what was set aside or rejected, where the
 * ledger differs. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page_previous.h"
#include <string.h>

enum { DIFFERENCES_MOST = 20, REJECTED_OF = 100 /* more than one row in so many is too many */ };

/* The counts of a manifest of cs-ingest. */
struct counts {
    int64_t read, used, aside, rejected, checks;
    cst_text command;
};

static bool begins(cst_text t, const char *with)
{
    return t.n >= strlen(with) && memcmp(t.p, with, strlen(with)) == 0;
}

static struct counts count_rows(const cst_table *t)
{
    struct counts c = {.command = {"", 0}};
    int item = report_page_column(t, "item"), key = report_page_column(t, "key"),
        value = report_page_column(t, "value");
    for (size_t i = 0; i < cst_table_rows(t); i++) {
        cst_text what = cst_table_at(t, i, item), name = cst_table_at(t, i, key);
        chart_value v = report_page_value(t, i, value);
        int64_t n = v == CHART_NONE ? 0 : v / CHART_ONE;
        if (cst_text_is(what, "command")) c.command = cst_table_at(t, i, value);
        if (cst_text_is(what, "check")) c.checks++;
        if (!cst_text_is(what, "rows")) continue;
        if (cst_text_is(name, "read")) c.read = n;
        if (cst_text_is(name, "used")) c.used = n;
        if (begins(name, "set aside")) c.aside += n;
        if (begins(name, "rejected")) c.rejected += n;
    }
    return c;
}

/* "cs-ingest subscriptions": the command and its first word. */
static cst_text two_words(cst_text t)
{
    uint32_t i = 0;
    for (int blanks = 0; i < t.n; i++)
        if (t.p[i] == ' ' && ++blanks == 2) break;
    return (cst_text){t.p, i};
}

struct trust {
    report_page *p;
    bool no, mostly;
};

static cst_status put_inputs(struct trust *x, cst_buffer *rows, cst_error *e)
{
    const cst_list *in = &x->p->o->shared.manifests;
    cst_status status = CST_OK;
    for (size_t i = 0; i < in->n && status == CST_OK; i++) {
        cst_table *t = NULL;
        status = cst_io_table(x->p->io, in->v[i], &t, e);
        if (status < 0) return status;
        struct counts c = count_rows(t);
        if (c.read > 0) {
            cst_buffer_add_string(rows, "\n<tr><th>");
            chart_escape(rows, two_words(c.command));
            const int64_t v[] = {c.read, c.used, c.aside, c.rejected, c.checks};
            for (size_t k = 0; k < sizeof v / sizeof *v; k++)
                cst_buffer_printf(rows, "<td>%s", chart_money(v[k] * CHART_ONE).s);
            x->no |= c.rejected * REJECTED_OF > c.read;
            x->mostly |= c.rejected > 0;
        }
        x->mostly |= c.checks > 0;
        cst_table_free(t);
    }
    return status;
}

static void put_tie_out(struct trust *x)
{
    report_page *p = x->p;
    const cst_table *t = p->in[PAGE_TIE_OUT];
    int period = report_page_column(t, "period"), amount = report_page_column(t, "amount");
    int closing = report_page_column(t, "closing"), difference = report_page_column(t, "difference");
    report_put(p, "<h3>");
    report_put_text(p, report_word(p, "trust.tie-out"));
    report_put(p, "</h3>");
    if (cst_table_rows(t) == 0) {
        report_put(p, "<p class=note>");
        report_say(p, "trust.ties", NULL);
        report_put(p, "</p>");
        return;
    }
    x->mostly = true;
    report_begin_table(p, "<div class=x><table>", NULL, "trust.tie-out.heads");
    for (size_t i = 0; i < cst_table_rows(t) && i < DIFFERENCES_MOST; i++) {
        report_put(p, "\n<tr><th>");
        report_put_text(p, cst_table_at(t, i, period));
        report_put_cell(p, "<td>", chart_decimals(report_page_value(t, i, amount), 2, 2));
        report_put_cell(p, "<td>", chart_decimals(report_page_value(t, i, closing), 2, 2));
        report_put_cell(p, "<td>", chart_decimals(report_page_value(t, i, difference), 2, 2));
    }
    report_put(p, "\n</table></div>\n");
}

static void put_definitions(report_page *p)
{
    static const char *const columns[] = {"retention", "window", "cross_sell_by"};
    const cst_table *t = p->in[PAGE_BRIDGE];
    if (p->totals == 0) return;
    size_t row = p->total[p->totals - 1];
    report_put(p, "<h3 id=definitions>");
    report_put_text(p, report_word(p, "trust.definitions"));
    report_put(p, "</h3><dl>");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        cst_text value = cst_table_at(t, row, report_page_column(t, columns[i]));
        char key[40];
        if (value.n == 0) continue;
        snprintf(key, sizeof key, "trust.%s", columns[i]);
        report_put(p, "<dt>");
        report_put_text(p, report_word(p, key));
        report_put(p, "<dd>");
        report_put_text(p, value);
    }
    report_put(p, "</dl>");
}

static const char *verdict(const struct trust *x, bool inputs)
{
    return x->no ? "trust.no" : x->mostly ? "trust.mostly" : inputs ? "trust.yes" : "trust.unknown";
}

cst_status report_trust_verdict(report_page *p, const char **key, cst_error *e)
{
    struct trust x = {.p = p};
    cst_buffer rows = {0};
    cst_status status = put_inputs(&x, &rows, e);
    x.mostly |= p->in[PAGE_TIE_OUT] && cst_table_rows(p->in[PAGE_TIE_OUT]) > 0;
    x.mostly |= report_previous_restated(p, false) > 0;
    *key = verdict(&x, rows.n > 0);
    cst_buffer_free(&rows);
    return status;
}

cst_status report_page_trust(report_page *p, cst_error *e)
{
    struct trust x = {.p = p};
    cst_buffer rows = {0};
    cst_status status = put_inputs(&x, &rows, e);
    /* the answer is known at the end and stands at the beginning */
    cst_buffer behind = {0}, before = p->out;
    p->out = behind;
    if (status == CST_OK && rows.n) {
        report_begin_table(p, "<div class=x><table>", "trust.caption", "trust.heads");
        cst_buffer_add(&p->out, rows.p, rows.n);
        report_put(p, "\n</table></div>\n");
    }
    if (status == CST_OK && p->in[PAGE_TIE_OUT]) put_tie_out(&x);
    if (status == CST_OK) x.mostly |= report_previous_restated(p, true) > 0;
    put_definitions(p);
    behind = p->out;
    p->out = before;
    report_say(p, verdict(&x, rows.n > 0), NULL);
    report_put(p, "\n");
    cst_buffer_add(&p->out, behind.p, behind.n);
    if (behind.failed || rows.failed) p->out.failed = true;
    cst_buffer_free(&behind);
    cst_buffer_free(&rows);
    report_end_section(p);
    return status;
}
