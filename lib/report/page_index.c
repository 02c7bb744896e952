/* report/page_index.c: tables by account: where the row of an account is, and what tonight's scores say
 * of it. */
#include "report/page_index.h"
#include "base/memory.h"
#include "base/text.h"
#include "tables/metrics_rows.h"
#include <stdlib.h>
#include <string.h>

static int compare_entries(const void *a, const void *b)
{
    const report_entry *x = a, *y = b;
    int order = cst_text_compare(x->account, y->account);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

cst_status report_index_new(const cst_table *t, const char *period, report_index *out, cst_error *e)
{
    int account = report_page_column(t, "account_id"), day = period ? report_page_column(t, period) : -1;
    cst_day last = CST_DAY_NONE;
    *out = (report_index){.table = t};
    if (!t || account < 0) return CST_OK;
    out->entry = calloc(cst_table_rows(t) + 1, sizeof *out->entry);
    if (!out->entry) return cst_no_memory(e);
    for (size_t i = 0; day >= 0 && i < cst_table_rows(t); i++) {
        cst_day d = report_page_day(t, i, day);
        if (d != CST_DAY_NONE && (last == CST_DAY_NONE || d > last)) last = d;
    }
    for (size_t i = 0; i < cst_table_rows(t); i++)
        if (day < 0 || report_page_day(t, i, day) == last)
            out->entry[out->n++] = (report_entry){cst_table_at(t, i, account), i};
    if (out->n) qsort(out->entry, out->n, sizeof *out->entry, compare_entries);
    return CST_OK;
}

void report_index_free(report_index *x)
{
    free(x->entry);
    *x = (report_index){0};
}

size_t report_index_first(const report_index *x, cst_text account)
{
    size_t low = 0, high = x->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cst_text_compare(x->entry[middle].account, account) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t report_index_find(const report_index *x, cst_text account)
{
    size_t first = report_index_first(x, account);
    return first < x->n && cst_text_equal(x->entry[first].account, account) ? x->entry[first].row : SIZE_MAX;
}

cst_text report_index_text(const report_index *x, cst_text account, const char *column)
{
    size_t row = x->table ? report_index_find(x, account) : SIZE_MAX;
    int c = row == SIZE_MAX ? -1 : report_page_column(x->table, column);
    return c < 0 ? (cst_text){"", 0} : cst_table_at(x->table, row, c);
}

/* ---- bands ---- */

static int compare_bands(const void *a, const void *b)
{
    const report_band *x = a, *y = b;
    cst_wide left = (cst_wide)x->all_sum * y->all_n, right = (cst_wide)y->all_sum * x->all_n;
    if (left != right) return left < right ? -1 : 1;
    return cst_text_compare(x->name, y->name);
}

bool report_is_customer(const report_index *metrics, cst_text account, cst_money *mrr)
{
    cst_active active = CST_ACTIVE_UNKNOWN;
    *mrr = 0;
    if (!metrics->table) return true;
    size_t row = report_index_find(metrics, account);
    if (row == SIZE_MAX) return false;
    chart_value v = report_page_value(metrics->table, row, report_page_column(metrics->table, "mrr"));
    cst_text cell = cst_table_at(metrics->table, row, report_page_column(metrics->table, "active"));
    if (v != CHART_NONE) *mrr = v;
    return cst_active_read(cell, &active) && active != CST_ACTIVE_UNKNOWN ? active == CST_ACTIVE_YES
                                                                          : v == CHART_NONE || v > 0;
}

int report_band_place(const report_bands *b, cst_text name)
{
    int k = 0;
    while (k < b->n && !cst_text_equal(b->band[k].name, name)) k++;
    return k;
}

/* Of all nights that the table has, so that a band without anyone tonight keeps its place. */
static void find_names(const cst_table *t, int band, int score, report_bands *out)
{
    for (size_t row = 0; band >= 0 && score >= 0 && row < cst_table_rows(t); row++) {
        cst_text name = cst_table_at(t, row, band);
        chart_value v = name.n ? report_page_value(t, row, score) : CHART_NONE;
        if (v == CHART_NONE) continue;
        int k = report_band_place(out, name);
        if (k == REPORT_BANDS_MOST) continue;
        if (k == out->n) out->band[out->n++] = (report_band){.name = name};
        out->band[k].all_sum += v;
        out->band[k].all_n++;
    }
    if (out->n) qsort(out->band, (size_t)out->n, sizeof *out->band, compare_bands);
}

void report_bands_find(const report_index *scores, const report_index *metrics, report_bands *out)
{
    int band = report_page_column(scores->table, "band"), score = report_page_column(scores->table, "score");
    *out = (report_bands){.n = 0};
    find_names(scores->table, band, score, out);
    for (size_t i = 0; band >= 0 && score >= 0 && i < scores->n; i++) {
        cst_text name = cst_table_at(scores->table, scores->entry[i].row, band);
        chart_value v = report_page_value(scores->table, scores->entry[i].row, score);
        int k = report_band_place(out, name);
        cst_money mrr;
        if (k == out->n || v == CHART_NONE) continue;
        if (!report_is_customer(metrics, scores->entry[i].account, &mrr)) continue;
        out->band[k].sum += v;
        out->band[k].n++;
        out->band[k].mrr += mrr;
        out->customers++;
        out->mrr += mrr;
    }
}

const char *report_band_class(const report_bands *b, cst_text name)
{
    int k = report_band_place(b, name);
    if (k == b->n) return "";
    return k == 0 ? "bl" : k == b->n - 1 ? "bh" : "bm";
}

/* ---- groups ---- */

/* What is left of `group` behind the text; NULL: it does not begin with it. */
static const char *behind(const char *group, cst_text t)
{
    return group && strncmp(group, t.p, t.n) == 0 ? group + t.n : NULL;
}

bool report_is_group(const cst_table *t, size_t row, int columns, const char *group)
{
    for (int c = 0; c < columns; c++) {
        cst_text value = cst_table_at(t, row, c);
        if (c) group = behind(group, cst_text_of(", "));
        group = behind(group, value.n ? value : cst_text_of("(none)"));
    }
    if (columns == 0) group = behind(group, cst_text_of("All"));
    return group && !*group;
}

cst_status report_no_group(const char *group, cst_error *e)
{
    return cst_fail(e, CST_USAGE, "--owner: expected one of the groups of --customers, found \"%s\"", group);
}
