/* report/page_previous.c: what is different from the night before: who is new among the worst, who moved to
 * another band, which figures of whole periods were restated. It sets the tables of both nights side by
 * side; each part is left out where one of the two is not there. */
#include "report/page_previous.h"
#include "base/memory.h"
#include "base/text.h"
#include <unistd.h>

enum { WORST = 5, NAMED = 8, RESTATED = 10 };

static const char *const files[] = {[BEFORE_BRIDGE] = "bridge.csv",
                                    [BEFORE_CUSTOMERS] = "customers.csv",
                                    [BEFORE_SCORES] = "customer_scores.csv"};

/* ---- its tables ---- */

cst_status report_previous_open(report_page *p, cst_error *e)
{
    const char *folder = p->o->previous;
    cst_status status = CST_OK;
    bool any = false;
    p->before_night = CST_DAY_NONE;
    for (int i = 0; folder && i < BEFORE_TABLES && status == CST_OK; i++) {
        const char *path = cst_io_path(p->io, folder, files[i]);
        if (!path) return cst_no_memory(e);
        if (access(path, F_OK) != 0) continue;
        status = cst_io_table(p->io, path, &p->before[i], e);
        any = true;
    }
    if (folder && !any && status == CST_OK)
        return cst_fail_at(e, CST_IO, (cst_place){folder, 0, 0}, NULL,
                           "--previous: expected the folder of a night, found no %s, %s or %s in it",
                           files[0], files[1], files[2]);
    for (int i = BEFORE_CUSTOMERS; i < BEFORE_TABLES; i++) {
        int period = report_page_column(p->before[i], "period");
        for (size_t row = 0; period >= 0 && row < cst_table_rows(p->before[i]); row++) {
            cst_day day = report_page_day(p->before[i], row, period);
            if (day != CST_DAY_NONE && (p->before_night == CST_DAY_NONE || day > p->before_night))
                p->before_night = day;
        }
    }
    return status;
}

void report_previous_close(report_page *p)
{
    for (int i = 0; i < BEFORE_TABLES; i++) cst_table_free(p->before[i]);
}

/* ---- names in a sentence ---- */

typedef struct names {
    report_page *p;
    cst_buffer said;
    size_t n;
} names;

/* detail: in brackets behind the name; may be NULL. */
static void add_name(names *x, cst_text name, const char *detail)
{
    if (x->n++ >= NAMED) return;
    if (x->said.n) cst_buffer_add_string(&x->said, ", ");
    chart_add_name(&x->said, name, REPORT_NAME_MOST);
    if (detail) cst_buffer_printf(&x->said, " (%s)", detail);
}

/* The sentence as a note, {names} and {n} in it; nothing for none. Frees what it holds. */
static void put_names(names *x, const char *key)
{
    report_page *p = x->p;
    char n[24];
    snprintf(n, sizeof n, "%zu", x->n > NAMED ? x->n - NAMED : 0);
    if (x->n > NAMED) {
        cst_buffer_add_string(&x->said, ", ");
        report_sentence(p, &x->said, "others", "n", n, NULL);
    }
    snprintf(n, sizeof n, "%zu", x->n);
    if (x->n) {
        report_put(p, "<p class=note>");
        report_say(p, key, "day", p->before_night == CST_DAY_NONE ? "" : chart_day(p->before_night).s, "n", n,
                   "names", cst_buffer_string(&x->said), NULL);
        report_put(p, "</p>\n");
    }
    if (x->said.failed) p->out.failed = true;
    cst_buffer_free(&x->said);
}

/* ---- new among the worst ---- */

/* Whether the row is one of the first of its list. */
static bool is_worst(const cst_table *t, size_t row, int kind, int rank)
{
    chart_value place = report_page_value(t, row, rank);
    return !cst_text_is(cst_table_at(t, row, kind), "total") && place != CHART_NONE &&
           place <= WORST * CHART_ONE;
}

cst_status report_previous_worst(report_page *p, cst_error *e)
{
    const cst_table *now = p->in[PAGE_CUSTOMERS], *before = p->before[BEFORE_CUSTOMERS];
    names x = {.p = p};
    report_index then;
    if (!now || !before) return CST_OK;
    cst_status status = report_index_new(before, NULL, &then, e);
    int kind = report_page_column(now, "row"), rank = report_page_column(now, "rank"),
        account = report_page_column(now, "account_id"), name = report_page_column(now, "name"),
        old_kind = report_page_column(before, "row"), old_rank = report_page_column(before, "rank");
    for (size_t row = 0; status == CST_OK && rank >= 0 && old_rank >= 0 && row < cst_table_rows(now); row++) {
        if (!is_worst(now, row, kind, rank)) continue;
        cst_text id = cst_table_at(now, row, account);
        size_t old = report_index_find(&then, id);
        if (old != SIZE_MAX && is_worst(before, old, old_kind, old_rank)) continue;
        cst_text called = name < 0 ? id : cst_table_at(now, row, name);
        add_name(&x, called.n ? called : id, NULL);
    }
    put_names(&x, "previous.worst");
    report_index_free(&then);
    return status;
}

/* ---- another band ---- */

/* The place of a band from the lowest up; -1: none of tonight's. */
static int place_of(const report_bands *b, cst_text name)
{
    int k = report_band_place(b, name);
    return k < b->n ? k : -1;
}

static void add_moves(names *x, const report_index *now, const report_index *then,
                      const report_index *accounts, const report_bands *bands, bool up)
{
    for (size_t i = 0; i < now->n; i++) {
        cst_text id = now->entry[i].account, is = report_index_text(now, id, "band"),
                 was = report_index_text(then, id, "band");
        int to = place_of(bands, is), from = place_of(bands, was);
        char detail[100];
        if (from < 0 || to < 0 || from == to || (to > from) != up) continue;
        snprintf(detail, sizeof detail, "%.*s to %.*s", (int)(was.n < 40 ? was.n : 40), was.p,
                 (int)(is.n < 40 ? is.n : 40), is.p);
        cst_text name = report_index_text(accounts, id, "name");
        add_name(x, name.n ? name : id, detail);
    }
}

cst_status report_previous_bands(report_page *p, const report_index *scores, const report_bands *bands,
                                 cst_error *e)
{
    report_index then = {0}, accounts = {0};
    names down = {.p = p}, up = {.p = p};
    if (!p->before[BEFORE_SCORES]) return CST_OK;
    cst_status status = report_index_new(p->before[BEFORE_SCORES], "period", &then, e);
    if (status == CST_OK) status = report_index_new(p->in[PAGE_ACCOUNTS], NULL, &accounts, e);
    if (status == CST_OK) {
        add_moves(&down, scores, &then, &accounts, bands, false);
        add_moves(&up, scores, &then, &accounts, bands, true);
    }
    put_names(&down, "previous.down");
    put_names(&up, "previous.up");
    report_index_free(&then);
    report_index_free(&accounts);
    return status;
}

/* ---- restated figures ---- */

static const struct restated {
    const char *column, *key;
    chart_unit unit;
} figures[] = {{"closing", "number.mrr.name", CHART_MONEY},
               {"nrr", "number.nrr", CHART_PERCENT},
               {"grr", "number.grr", CHART_PERCENT},
               {"logo_retention", "number.logos", CHART_PERCENT}};
enum { FIGURES = sizeof figures / sizeof *figures };

/* The total of the same period, whole then too; SIZE_MAX: none. */
static size_t find_same(const cst_table *t, cst_text end)
{
    int kind = report_page_column(t, "row"), complete = report_page_column(t, "complete"),
        period = report_page_column(t, "period_end");
    for (size_t row = 0; period >= 0 && row < cst_table_rows(t); row++)
        if (cst_text_equal(cst_table_at(t, row, period), end) &&
            cst_text_is(cst_table_at(t, row, kind), "total") &&
            cst_text_is(cst_table_at(t, row, complete), "yes"))
            return row;
    return SIZE_MAX;
}

static void put_restated(report_page *p, const struct restated *f, cst_day end, chart_value then,
                         chart_value now)
{
    bool money = f->unit == CHART_MONEY;
    report_put_cell(p, "\n<tr><th>", chart_month(end));
    report_put(p, "<td class=t>");
    report_put_text(p, report_word(p, f->key));
    report_put_cell(p, "<td>", money ? chart_decimals(then, 2, 2) : chart_percent(then));
    report_put_cell(p, "<td>", money ? chart_decimals(now, 2, 2) : chart_percent(now));
    report_put_cell(p, "<td>",
                    money ? chart_decimals(now - then, 2, 2) : chart_difference(now - then, f->unit));
}

size_t report_previous_restated(report_page *p, bool put)
{
    const cst_table *now = p->in[PAGE_BRIDGE], *before = p->before[BEFORE_BRIDGE];
    int end = report_page_column(now, "period_end");
    size_t n = 0;
    for (size_t i = 0; before && i < p->totals; i++) {
        size_t old = find_same(before, cst_table_at(now, p->total[i], end));
        for (size_t k = 0; old != SIZE_MAX && k < FIGURES; k++) {
            chart_value is = report_page_at(p, p->total[i], figures[k].column);
            chart_value was = report_page_value(before, old, report_page_column(before, figures[k].column));
            if (is == CHART_NONE || was == CHART_NONE || is == was) continue;
            if (put && n == 0)
                report_begin_table(p, "<div class=x><table>", "previous.restated", "previous.restated.heads");
            if (put && n < RESTATED)
                put_restated(p, &figures[k], report_page_day(now, p->total[i], end), was, is);
            n++;
        }
    }
    if (!put || n == 0) return n;
    report_put(p, "\n</table></div>\n");
    if (n > RESTATED) {
        char others[24];
        snprintf(others, sizeof others, "%zu", n - RESTATED);
        report_put(p, "<p class=note>");
        report_say(p, "others", "n", others, NULL);
        report_put(p, "</p>\n");
    }
    return n;
}
