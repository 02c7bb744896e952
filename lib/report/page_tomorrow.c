/* report/page_tomorrow.c: "Which customers need somebody tomorrow morning?": the customers of cs-flags
 * --customers, a block for each owner. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page_previous.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCKS_FULL = 12, BLOCKS_SHORT = 20, ROWS_FULL = 5, ROWS_SHORT = 3, PHRASES = 3 };

struct block {
    size_t first, end; /* rows of customers */
    size_t total;      /* row of totals */
};

struct tomorrow {
    report_page *p;
    const cst_table *t;
    int kind, account, name, mrr, days, more, play, critical, high, is_new, customers, severity,
        text[PHRASES];
    report_index scores, accounts;
    report_bands bands;
    struct block *block;
    size_t blocks;
};

static bool bind(struct tomorrow *x)
{
    const struct {
        const char *name;
        int *at;
    } columns[] = {{"row", &x->kind},       {"account_id", &x->account},   {"name", &x->name},
                   {"mrr", &x->mrr},        {"days_to_renewal", &x->days}, {"more", &x->more},
                   {"play", &x->play},      {"critical", &x->critical},    {"high", &x->high},
                   {"new", &x->is_new},     {"customers", &x->customers},  {"severity", &x->severity},
                   {"text_1", &x->text[0]}, {"text_2", &x->text[1]},       {"text_3", &x->text[2]}};
    x->t = x->p->in[PAGE_CUSTOMERS];
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i].at = report_page_column(x->t, columns[i].name);
    return x->kind >= 0 && x->account >= 0 && x->customers >= 0 && x->text[0] >= 0;
}

static cst_status find_blocks(struct tomorrow *x, cst_error *e)
{
    size_t first = 0;
    x->block = calloc(cst_table_rows(x->t) + 1, sizeof *x->block);
    if (!x->block) return cst_no_memory(e);
    for (size_t i = 0; i < cst_table_rows(x->t); i++)
        if (cst_text_is(cst_table_at(x->t, i, x->kind), "total")) {
            x->block[x->blocks++] = (struct block){first, i, i};
            first = i + 1;
        }
    return CST_OK;
}

/* The columns of --by, joined; "(none)" for an empty one. */
static void put_owner(struct tomorrow *x, size_t row)
{
    for (int c = 0; c < x->kind; c++) {
        cst_text name = cst_table_at(x->t, row, c);
        if (c) report_put(x->p, ", ");
        report_put_name(x->p, name.n ? name : report_word(x->p, "none"));
    }
    if (x->kind == 0) report_put_text(x->p, report_word(x->p, "all"));
}

static chart_value value(const struct tomorrow *x, size_t row, int column)
{
    return report_page_value(x->t, row, column);
}

/* ---- the table of owners ---- */

static void put_owner_table(struct tomorrow *x)
{
    const int columns[] = {x->customers, x->mrr, x->is_new, x->critical, x->high};
    chart_value sum[5] = {0};
    report_page *p = x->p;
    report_begin_table(p, "<div class=x><table>", "tomorrow.caption", "tomorrow.heads");
    for (size_t b = 0; b < x->blocks; b++) {
        report_put(p, "\n<tr><th>");
        put_owner(x, x->block[b].total);
        for (int c = 0; c < 5; c++) {
            chart_value v = value(x, x->block[b].total, columns[c]);
            sum[c] += v == CHART_NONE ? 0 : v;
            report_put_cell(p, "<td>", chart_money(v));
        }
    }
    report_put(p, "\n<tfoot><tr><th>");
    report_put_text(p, report_word(p, "all"));
    for (int c = 0; c < 5; c++) report_put_cell(p, "<td>", chart_money(sum[c]));
    report_put(p, "\n</table></div>\n");
}

static void put_answer(struct tomorrow *x)
{
    chart_value is_new = 0, all = 0, listed = 0;
    for (size_t b = 0; b < x->blocks; b++) {
        chart_value n = value(x, x->block[b].total, x->is_new), c = value(x, x->block[b].total, x->customers);
        is_new += n == CHART_NONE ? 0 : n;
        all += c == CHART_NONE ? 0 : c;
        listed += (chart_value)(x->block[b].end - x->block[b].first);
    }
    report_say(x->p, listed ? "tomorrow.answer" : "tomorrow.nobody", "n", chart_money(is_new).s, "all",
               chart_money(all).s, NULL);
    report_put(x->p, "\n");
}

/* ---- a customer ---- */

/* The last six scores as a line of 44 x 14; a span of at least ten points. */
static void put_line(struct tomorrow *x, cst_text history)
{
    chart_value v[8], low = CHART_NONE, high = CHART_NONE;
    cst_text item;
    size_t n = 0;
    chart_drawing d = {0};
    while (n < 8 && cst_text_next(&history, ';', &item)) {
        cst_money m;
        if (cst_money_parse(item, &m) != CST_DECIMAL_OK) continue;
        v[n++] = m;
        if (low == CHART_NONE || m < low) low = m;
        if (high == CHART_NONE || m > high) high = m;
    }
    if (n < 2) return;
    if (high - low < 10 * CHART_ONE) {
        chart_value middle = low + (high - low) / 2;
        low = middle - 5 * CHART_ONE;
        high = low + 10 * CHART_ONE;
    }
    chart_path(&d, "ln", 0);
    for (size_t i = 0; i < n; i++) {
        int at = 20 + (int)(400 * i / (n - 1)), y = 120 - (int)((v[i] - low) * 100 / (high - low));
        if (i == 0)
            chart_move(&d, at, y);
        else
            chart_line(&d, at, y);
    }
    chart_path_end(&d);
    report_put(x->p, " <svg class=mi viewBox=\"0 0 44 14\" aria-hidden=true>");
    cst_buffer_add(&x->p->out, d.body.p, d.body.n);
    report_put(x->p, "</svg>");
    if (d.body.failed) x->p->out.failed = true;
    chart_drawing_free(&d);
}

/* What the score is more than the one before. */
static chart_value last_change(cst_text history)
{
    cst_money last = 0, before = 0;
    cst_text item;
    size_t n = 0;
    while (cst_text_next(&history, ';', &item)) {
        before = last;
        if (cst_money_parse(item, &last) == CST_DECIMAL_OK) n++;
    }
    return n < 2 ? CHART_NONE : last - before;
}

static void put_health(struct tomorrow *x, cst_text account)
{
    report_page *p = x->p;
    cst_text band = report_index_text(&x->scores, account, "band"),
             vector = report_index_text(&x->scores, account, "vector");
    cst_text score = report_index_text(&x->scores, account, "score"),
             history = report_index_text(&x->scores, account, "history");
    cst_money m;
    report_put(p, "<td>");
    if (band.n == 0 && score.n == 0) return;
    report_put(p, "<span class=");
    report_put(p, *report_band_class(&x->bands, band) ? report_band_class(&x->bands, band) : "t");
    report_put(p, ">");
    report_put_text(p, band);
    report_put(p, "</span> ");
    if (cst_money_parse(score, &m) == CST_DECIMAL_OK) report_put(p, chart_money(m).s);
    put_line(x, history);
    chart_value change = last_change(history);
    report_put(p, "<br><small>");
    report_put_text(p, vector);
    if (change != CHART_NONE) {
        report_put(p, vector.n ? ", " : "");
        report_say(p, "tomorrow.change", "change", chart_difference(change, CHART_SCORE).s, NULL);
    }
    report_put(p, "</small>");
}

static void put_renewal(struct tomorrow *x, size_t row, cst_text account)
{
    chart_value days = value(x, row, x->days);
    cst_day day;
    report_put(x->p, "<td>");
    if (days == CHART_NONE) return;
    report_say(x->p, days == CHART_ONE ? "day" : "days", "n", chart_money(days).s, NULL);
    if (!cst_day_parse(report_index_text(&x->accounts, account, "renewal_date"), &day)) return;
    report_put(x->p, "<br><small>");
    report_put(x->p, chart_day(day).s);
    report_put(x->p, "</small>");
}

static void put_phrases(struct tomorrow *x, size_t row)
{
    report_page *p = x->p;
    report_put(p, "<td>");
    for (int i = 0; i < PHRASES; i++) {
        cst_text t = cst_table_at(x->t, row, x->text[i]);
        bool is_new = t.n > 4 && memcmp(t.p, "NEW ", 4) == 0;
        if (t.n == 0) continue;
        if (i) report_put(p, "; ");
        if (is_new) {
            report_put(p, "<b class=new>");
            report_put_text(p, report_word(p, "new"));
            report_put(p, "</b> ");
            t = (cst_text){t.p + 4, t.n - 4};
        }
        report_put_text(p, t);
    }
    chart_value more = value(x, row, x->more);
    if (more == CHART_NONE || more == 0) return;
    report_put(p, "; ");
    report_say(p, "tomorrow.more", "n", chart_money(more).s, NULL);
}

static void put_customer(struct tomorrow *x, size_t row)
{
    report_page *p = x->p;
    cst_text id = cst_table_at(x->t, row, x->account),
             name = x->name < 0 ? id : cst_table_at(x->t, row, x->name);
    cst_text segment = report_index_text(&x->accounts, id, "segment");
    report_put(p, "\n<tr><th>");
    report_put_account(p, name, id);
    report_put(p, "<br><small>");
    report_put_text(p, id);
    if (segment.n) report_put(p, " \xC2\xB7 ");
    report_put_text(p, segment);
    report_put(p, "</small>");
    report_put_cell(p, "<td>", chart_money(value(x, row, x->mrr)));
    put_health(x, id);
    put_renewal(x, row, id);
    put_phrases(x, row);
    report_put(p, "<td>");
    report_put_text(p, cst_table_at(x->t, row, x->play));
}

/* ---- blocks ---- */

static void put_rest(struct tomorrow *x, const struct block *b, size_t shown)
{
    chart_value left[2] = {0, 0};
    for (size_t row = b->first + shown; row < b->end; row++)
        left[cst_text_is(cst_table_at(x->t, row, x->severity), "critical") ? 0 : 1] += CHART_ONE;
    chart_value all = value(x, b->total, x->customers);
    chart_value rest = (all == CHART_NONE ? 0 : all) - (chart_value)(b->end - b->first) * CHART_ONE;
    report_put(x->p, "<p class=note>");
    report_say(x->p, "tomorrow.rest", "critical", chart_money(left[0]).s, "high", chart_money(left[1]).s,
               "rest", chart_money(rest).s, "all", chart_money(all).s, NULL);
    report_put(x->p, "</p>\n");
}

static void put_block(struct tomorrow *x, const struct block *b, size_t most)
{
    report_page *p = x->p;
    size_t n = b->end - b->first < most ? b->end - b->first : most;
    report_put(p, "<h3>");
    put_owner(x, b->total);
    report_put(p, " <small>");
    report_say(p, "tomorrow.block", "n", chart_money(value(x, b->total, x->customers)).s, "mrr",
               chart_money(value(x, b->total, x->mrr)).s, NULL);
    report_put(p, "</small></h3>\n");
    if (n > 0) {
        report_begin_table(p, "<table class=\"stack who\">", NULL, "tomorrow.customer.heads");
        for (size_t i = 0; i < n; i++) put_customer(x, b->first + i);
        report_put(p, "\n</table>\n");
    }
    put_rest(x, b, n);
}

cst_status report_page_tomorrow(report_page *p, cst_error *e)
{
    struct tomorrow x = {.p = p};
    if (!p->in[PAGE_CUSTOMERS]) {
        report_no_input(p, "list of customers");
        return CST_OK;
    }
    if (!bind(&x))
        return cst_fail_at(
            e, CST_DATA, (cst_place){cst_table_file(x.t), 1, 0}, NULL,
            "expected the columns row, account_id, text_1 and customers, found others; --customers is what "
            "cs-flags --customers writes");
    cst_status status = find_blocks(&x, e);
    if (status == CST_OK) status = report_index_new(p->in[PAGE_SCORES], "period", &x.scores, e);
    if (status == CST_OK) status = report_index_new(p->in[PAGE_ACCOUNTS], NULL, &x.accounts, e);
    if (status == CST_OK) {
        size_t most = x.blocks <= BLOCKS_FULL ? ROWS_FULL : ROWS_SHORT, blocks = x.blocks;
        report_bands_find(&x.scores, &(report_index){0}, &x.bands);
        put_answer(&x);
        put_owner_table(&x);
        status = report_previous_worst(p, e);
        if (blocks > BLOCKS_SHORT) blocks = BLOCKS_SHORT;
        for (size_t b = 0; b < blocks; b++) put_block(&x, &x.block[b], most);
        report_end_section(p);
    }
    report_index_free(&x.scores);
    report_index_free(&x.accounts);
    free(x.block);
    return status;
}
