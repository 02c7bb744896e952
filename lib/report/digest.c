/* report/digest.c: what the digest says: the four figures, how the revenue moved, who moved most, the
 * customers who need somebody, whether it can be trusted. It says what the page says, in less room. */
#include "report/digest.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "tables/streams.h"
#include <stdlib.h>
#include <string.h>

enum { MOVERS = 3, CUSTOMERS = 8, PHRASES = 3 };

static digest_block *begin_block(digest *d, int columns, const char *heads)
{
    digest_block *b = &d->block[d->blocks++];
    *b = (digest_block){.columns = columns, .heads = heads, .text_column = -1};
    return b;
}

static digest_row *begin_row(digest_block *b)
{
    return &b->row[b->rows++];
}

static void say(cst_buffer *b, chart_number n)
{
    cst_buffer_add_string(b, n.s);
}

/* ---- the figures ---- */

static const struct digest_figure {
    const char *column, *key;
    chart_unit unit;
} figures[] = {{"arr", "number.arr", CHART_MONEY},
               {"nrr", "number.nrr", CHART_PERCENT},
               {"grr", "number.grr", CHART_PERCENT},
               {"logo_retention", "number.logos", CHART_PERCENT}};

/* A change since then: of money in per cent, of a ratio in points. */
static void put_change(digest_cell *c, chart_value now, chart_value before, chart_unit unit)
{
    chart_value change = CHART_NONE;
    if (now != CHART_NONE && before != CHART_NONE)
        change = unit == CHART_MONEY ? report_share_of_change(now, before) : now - before;
    if (change == CHART_NONE) return;
    if (unit == CHART_MONEY && change > 0) cst_buffer_add_string(&c->text, "+");
    say(&c->text, unit == CHART_MONEY ? chart_percent(change) : chart_difference(change, unit));
    if (change < 0) c->tone = DIGEST_BAD;
}

static void add_figures(digest *d)
{
    report_page *p = d->p;
    size_t now = report_page_before(p, 0), month = report_page_before(p, 1), year = report_page_before(p, 12);
    digest_block *b = begin_block(d, 4, "digest.figures.heads");
    report_sentence(p, &b->title,
                    report_page_at(p, now, "arr") == CHART_NONE ? "digest.plain" : "digest.answer", "mrr",
                    chart_money(report_page_at(p, now, "closing")).s, "currency", p->currency, "arr",
                    chart_money(report_page_at(p, now, "arr")).s, "nrr",
                    chart_percent(report_page_at(p, now, "nrr")).s, NULL);
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++) {
        const struct digest_figure *f = &figures[k];
        chart_value v = report_page_at(p, now, f->column);
        if (v == CHART_NONE) continue;
        digest_row *r = begin_row(b);
        report_sentence(p, &r->cell[0].text, f->key, NULL);
        if (f->unit == CHART_MONEY) cst_buffer_printf(&r->cell[0].text, ", %s", p->currency);
        say(&r->cell[1].text, chart_figure(v, f->unit));
        put_change(&r->cell[2], v, report_page_at(p, month, f->column), f->unit);
        put_change(&r->cell[3], v, report_page_at(p, year, f->column), f->unit);
    }
}

/* ---- the bridge ---- */

static void add_line(digest *d, digest_block *b, const report_bridge *of, int i, chart_value *at)
{
    const report_bridge_line *line = &report_bridge_lines[i];
    chart_value v = of->amount[i] == CHART_NONE ? 0 : of->amount[i];
    bool level = line->kind == BRIDGE_LEVEL;
    char key[40];
    if (v == 0 && !level) return;
    digest_row *r = begin_row(b);
    snprintf(key, sizeof key, "movement.%s", line->column);
    report_sentence(d->p, &r->cell[0].text, key, NULL);
    say(&r->cell[1].text, level ? chart_money(v) : chart_change(v));
    chart_value from = level ? 0 : *at, to = level ? v : *at + v;
    int x = report_bridge_place(of, from) / 10, y = report_bridge_place(of, to) / 10;
    r->from = x < y ? x : y;
    r->to = x < y ? y : x;
    r->strong = level;
    r->bar = level ? BRIDGE_LEVEL : v > 0 ? BRIDGE_GAIN : BRIDGE_LOSS;
    r->cell[1].tone = v < 0 ? DIGEST_BAD : DIGEST_PLAIN;
    *at = to;
}

static void add_bridge(digest *d)
{
    report_bridge of;
    chart_value at = 0;
    if (!report_bridge_find(d->p, &of)) return;
    digest_block *b = begin_block(d, 2, NULL);
    chart_value opening = of.amount[0], closing = of.amount[REPORT_BRIDGE_LINES - 1], change = 0;
    if (opening != CHART_NONE && closing != CHART_NONE) change = closing - opening;
    cst_day start = report_page_day(of.table, of.row, report_page_column(of.table, "period_start"));
    report_sentence(d->p, &b->title, change < 0 ? "digest.fell" : "digest.rose", "d",
                    chart_money(change < 0 ? -change : change).s, "currency", d->p->currency, "day",
                    start == CST_DAY_NONE ? "" : chart_day(start - 1).s, NULL);
    report_sentence(d->p, &b->note, of.low > 0 ? "bridge.cut" : "bridge.whole", "low", chart_money(of.low).s,
                    NULL);
    b->bars = true;
    for (int i = 0; i < REPORT_BRIDGE_LINES; i++) add_line(d, b, &of, i, &at);
}

/* ---- who moved ---- */

static void add_mover(digest *d, digest_block *b, const report_movers *m, size_t row)
{
    cst_text id = cst_table_at(m->t, row, m->account), name = report_index_text(&m->accounts, id, "name");
    digest_row *r = begin_row(b);
    chart_value v = report_page_value(m->t, row, m->amount);
    chart_add_name(&r->cell[0].text, name.n ? name : id, 60);
    if (name.n) cst_buffer_add(&r->cell[0].small, id.p, id.n);
    say(&r->cell[1].text, chart_change(v));
    if (v < 0) r->cell[1].tone = DIGEST_BAD;
    report_mover_why(m, row, &r->cell[2].text);
    (void)d;
}

static cst_status add_movers(digest *d, cst_error *e)
{
    report_movers m;
    if (!d->p->in[PAGE_MOVERS]) return CST_OK;
    cst_status status = report_movers_open(&m, d->p, e);
    if (status < 0) return status;
    digest_block *b = begin_block(d, 3, "digest.movers.heads");
    b->text_column = 2;
    report_sentence(d->p, &b->title, "digest.movers", NULL);
    for (int up = 1; up >= 0; up--)
        for (size_t row = 0, n = 0; row < cst_table_rows(m.t) && n < MOVERS; row++) {
            if (!report_mover_here(&m, row, up)) continue;
            add_mover(d, b, &m, row);
            n++;
        }
    if (!b->rows) d->blocks--;
    report_index_free(&m.accounts);
    return CST_OK;
}

/* ---- who needs somebody ---- */

typedef struct digest_customer {
    size_t row, severity;
    bool is_new;
    chart_value mrr, days;
    cst_text id;
} digest_customer;

/* New or close to a renewal first, then the gravest, the largest, and the id. */
static int compare_customers(const void *a, const void *b)
{
    const digest_customer *x = a, *y = b;
    bool first = x->is_new || (x->days != CHART_NONE && x->days <= 30 * CHART_ONE),
         second = y->is_new || (y->days != CHART_NONE && y->days <= 30 * CHART_ONE);
    if (first != second) return first ? -1 : 1;
    if (x->severity != y->severity) return x->severity < y->severity ? -1 : 1;
    if (x->mrr != y->mrr) return x->mrr > y->mrr ? -1 : 1;
    return cst_text_compare(x->id, y->id);
}

static size_t grade(cst_text severity)
{
    size_t k = 0;
    while (cst_severities[k] && !cst_text_is(severity, cst_severities[k])) k++;
    return k;
}

struct digest_columns {
    int kind, account, name, mrr, days, is_new, severity, text[PHRASES];
};

static void add_customer(digest *d, digest_block *b, const struct digest_columns *c, const digest_customer *x,
                         const report_index *scores)
{
    const cst_table *t = d->p->in[PAGE_CUSTOMERS];
    digest_row *r = begin_row(b);
    cst_text name = cst_table_at(t, x->row, c->name), band = report_index_text(scores, x->id, "band");
    chart_add_name(&r->cell[0].text, name.n ? name : x->id, 60);
    for (int k = 0; k < c->kind; k++) {
        cst_text owner = cst_table_at(t, x->row, k);
        if (r->cell[0].small.n) cst_buffer_add_string(&r->cell[0].small, ", ");
        cst_buffer_add(&r->cell[0].small, owner.p, owner.n);
    }
    say(&r->cell[1].text, chart_money(x->mrr));
    if (x->days != CHART_NONE)
        report_sentence(d->p, &r->cell[2].text, x->days == CHART_ONE ? "day" : "days", "n",
                        chart_money(x->days).s, NULL);
    cst_buffer_add(&r->cell[3].text, band.p, band.n);
    for (int k = 0; k < PHRASES; k++) {
        cst_text phrase = c->text[k] < 0 ? (cst_text){"", 0} : cst_table_at(t, x->row, c->text[k]);
        if (phrase.n == 0) continue;
        if (r->cell[4].text.n) cst_buffer_add_string(&r->cell[4].text, "; ");
        cst_buffer_add(&r->cell[4].text, phrase.p, phrase.n);
    }
}

static cst_status gather_customers(digest *d, const struct digest_columns *c, digest_customer **out,
                                   size_t *n, chart_value *fresh, chart_value *all, cst_error *e)
{
    const cst_table *t = d->p->in[PAGE_CUSTOMERS];
    *n = 0;
    *fresh = *all = 0;
    if (!(*out = calloc(cst_table_rows(t) + 1, sizeof **out))) return cst_no_memory(e);
    int customers = report_page_column(t, "customers");
    bool any = !d->owner;
    for (size_t row = 0; row < cst_table_rows(t); row++) {
        chart_value v = report_page_value(t, row, c->is_new);
        if (d->owner && !report_is_group(t, row, c->kind, d->owner)) continue;
        any = true;
        if (cst_text_is(cst_table_at(t, row, c->kind), "total")) {
            chart_value k = report_page_value(t, row, customers);
            *fresh += v == CHART_NONE ? 0 : v;
            *all += k == CHART_NONE ? 0 : k;
            continue;
        }
        (*out)[(*n)++] = (digest_customer){.row = row,
                                           .severity = grade(cst_table_at(t, row, c->severity)),
                                           .is_new = v != CHART_NONE && v > 0,
                                           .mrr = report_page_value(t, row, c->mrr),
                                           .days = report_page_value(t, row, c->days),
                                           .id = cst_table_at(t, row, c->account)};
    }
    if (!any) return report_no_group(d->owner, e);
    if (*n) qsort(*out, *n, sizeof **out, compare_customers);
    return CST_OK;
}

static cst_status add_customers(digest *d, cst_error *e)
{
    const cst_table *t = d->p->in[PAGE_CUSTOMERS];
    const struct digest_columns c = {.kind = report_page_column(t, "row"),
                                     .account = report_page_column(t, "account_id"),
                                     .name = report_page_column(t, "name"),
                                     .mrr = report_page_column(t, "mrr"),
                                     .days = report_page_column(t, "days_to_renewal"),
                                     .is_new = report_page_column(t, "new"),
                                     .severity = report_page_column(t, "severity"),
                                     .text = {report_page_column(t, "text_1"),
                                              report_page_column(t, "text_2"),
                                              report_page_column(t, "text_3")}};
    if (!t) return CST_OK;
    if (c.kind < 0 || c.account < 0 || c.is_new < 0 || c.text[0] < 0)
        return cst_fail_at(
            e, CST_DATA, (cst_place){cst_table_file(t), 1, 0}, NULL,
            "expected the columns row, account_id, new and text_1, found others; --customers is what "
            "cs-flags --customers writes");
    digest_customer *x = NULL;
    report_index scores = {0};
    size_t n;
    chart_value fresh, all;
    char listed[24], shown[24], rest[24];
    cst_status status = gather_customers(d, &c, &x, &n, &fresh, &all, e);
    if (status == CST_OK) status = report_index_new(d->p->in[PAGE_SCORES], "period", &scores, e);
    if (status == CST_OK) {
        digest_block *b = begin_block(d, 5, "digest.customers.heads");
        b->text_column = 4;
        snprintf(listed, sizeof listed, "%zu", n);
        snprintf(shown, sizeof shown, "%zu", n < CUSTOMERS ? n : (size_t)CUSTOMERS);
        snprintf(rest, sizeof rest, "%zu", n < CUSTOMERS ? (size_t)0 : n - CUSTOMERS);
        report_sentence(d->p, &b->title, n ? "digest.customers" : "digest.nobody", "shown", shown, "n",
                        listed, NULL);
        for (size_t i = 0; i < n && i < CUSTOMERS; i++) add_customer(d, b, &c, &x[i], &scores);
        if (n > CUSTOMERS) report_sentence(d->p, &b->note, "digest.rest", "n", rest, NULL);
        if (!n) b->columns = 0;
        report_sentence(d->p, &d->summary, "digest.summary", "n", chart_money(fresh).s, "all",
                        chart_money(all).s, NULL);
    }
    report_index_free(&scores);
    free(x);
    return status;
}

static cst_status add_trust(digest *d, cst_error *e)
{
    const char *key;
    cst_status status = report_trust_verdict(d->p, &key, e);
    if (status < 0 || strcmp(key, "trust.unknown") == 0) return status;
    digest_block *b = begin_block(d, 0, NULL);
    report_sentence(d->p, &b->title, "trust.question", NULL);
    report_sentence(d->p, &b->note, strcmp(key, "trust.mostly") == 0 ? "digest.mostly" : key, NULL);
    return CST_OK;
}

/* ---- all of it ---- */

static void add_heading(digest *d)
{
    report_page *p = d->p;
    size_t now = report_page_before(p, 0);
    const char *company = p->o->company ? p->o->company : "";
    const chart_number day = p->totals ? chart_day(p->night) : (chart_number){""};
    report_sentence(p, &d->heading, "digest.heading", "company", company, "day", day.s, "owner",
                    d->owner ? d->owner : "", NULL);
    report_sentence(p, &d->title, "digest.title", "company", company, "day", day.s, "arr",
                    chart_short(report_page_at(p, now, "arr")).s, "nrr",
                    chart_percent(report_page_at(p, now, "nrr")).s, NULL);
}

static cst_status make_digest(digest *d, cst_error *e)
{
    add_heading(d);
    if (d->p->totals) add_figures(d);
    add_bridge(d);
    cst_status status = add_movers(d, e);
    if (status == CST_OK) status = add_customers(d, e);
    return status == CST_OK ? add_trust(d, e) : status;
}

static bool is_text(const report_options *o)
{
    size_t n = o->shared.output ? strlen(o->shared.output) : 0;
    return n > 4 && strcasecmp(o->shared.output + n - 4, ".txt") == 0;
}

static void free_digest(digest *d)
{
    for (size_t i = 0; i < DIGEST_BLOCKS; i++) {
        cst_buffer_free(&d->block[i].title);
        cst_buffer_free(&d->block[i].note);
        for (size_t r = 0; r < DIGEST_ROWS; r++)
            for (int c = 0; c < DIGEST_COLUMNS; c++) {
                cst_buffer_free(&d->block[i].row[r].cell[c].text);
                cst_buffer_free(&d->block[i].row[r].cell[c].small);
            }
    }
    cst_buffer_free(&d->title);
    cst_buffer_free(&d->summary);
    cst_buffer_free(&d->heading);
    free(d);
}

cst_status report_digest_write(report_page *p, const char *owner, bool text, cst_sink *to, cst_error *e)
{
    digest *d = calloc(1, sizeof *d);
    if (!d) return cst_no_memory(e);
    d->p = p;
    d->owner = owner;
    cst_buffer_clear(&p->out);
    cst_status status = make_digest(d, e);
    if (status == CST_OK) {
        if (text)
            report_digest_text(d);
        else
            report_digest_html(d);
        if (p->out.failed) status = cst_no_memory(e);
    }
    if (status == CST_OK) status = cst_sink_write(to, p->out.p, p->out.n, e);
    free_digest(d);
    return status;
}

cst_status report_digest_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    report_page p;
    cst_sink_private(cst_io_main(io));
    cst_status status = report_page_open(&p, "digest", o, io, e);
    if (status == CST_OK && o->owner && !o->customers)
        status = cst_option_needs("--owner", "--customers FILE", "it has the customers of each owner", e);
    if (status == CST_OK) status = report_digest_write(&p, o->owner, is_text(o), cst_io_main(io), e);
    report_page_close(&p);
    return status;
}
