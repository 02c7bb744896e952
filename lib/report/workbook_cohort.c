/* report/workbook_cohort.c: the sheet Cohort: who paid a year before the last period, and what they pay
 * now. NRR is the sum of the one over the sum of the other, GRR the same without what they pay more. */
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/workbook.h"
#include <string.h>

struct cohort_sheet {
    report_book *b;
    report_book_sheet s;
    int account, name, period, opening, closing;
    cst_day last;
    lxw_row_t row;
    cst_buffer text;
};

enum { FIRST = 5 }; /* row of the first account; above it the two ratios and the names */

static cst_status bind(struct cohort_sheet *x, cst_error *e)
{
    const cst_table *t = x->b->metrics;
    cst_status status = cst_table_bind(t, "account_id", CST_REQUIRED, &x->account, e);
    if (status == CST_OK) status = cst_table_bind(t, "period", CST_REQUIRED, &x->period, e);
    if (status == CST_OK) status = cst_table_bind(t, "mrr_year_ago", CST_REQUIRED, &x->opening, e);
    if (status == CST_OK) status = cst_table_bind(t, "mrr", CST_REQUIRED, &x->closing, e);
    if (status == CST_OK) status = cst_table_bind(t, "name", CST_OPTIONAL, &x->name, e);
    if (status < 0)
        return cst_error_advise(e, status, "--metrics is the table of cs-metrics --spec commercial");
    x->last = CST_DAY_NONE;
    for (size_t i = 0; i < cst_table_rows(t) && status == CST_OK; i++) {
        cst_day d = CST_DAY_NONE;
        status = cst_table_day(t, i, x->period, &d, e);
        if (status == CST_OK && (x->last == CST_DAY_NONE || d > x->last)) x->last = d;
    }
    return status < 0 ? status : CST_OK;
}

static cst_status put_account(struct cohort_sheet *x, size_t row, cst_error *e)
{
    const cst_table *t = x->b->metrics;
    cst_day day = CST_DAY_NONE;
    cst_money opening = 0, closing = 0;
    char formula[64], from[LXW_MAX_CELL_NAME_LENGTH], to[LXW_MAX_CELL_NAME_LENGTH];
    cst_status status = cst_table_day(t, row, x->period, &day, e);
    if (status == CST_OK && day != x->last) return CST_OK;
    if (status >= 0) status = cst_table_money(t, row, x->opening, &opening, e);
    if (status == CST_END || (status == CST_OK && opening <= 0)) return CST_OK;
    if (status == CST_OK) status = cst_table_money(t, row, x->closing, &closing, e);
    if (status < 0) return status;
    status = report_book_sheet_text(&x->s, x->row, 0, cst_table_at(t, row, x->account), e);
    if (status == CST_OK && x->name >= 0)
        status = report_book_sheet_text(&x->s, x->row, 1, cst_table_at(t, row, x->name), e);
    if (status < 0) return status;
    lxw_format *money = x->b->of[BOOK_MONEY];
    lxw_error error = worksheet_write_number(x->s.sheet, x->row, 2, report_book_cents(opening), money);
    if (error == LXW_NO_ERROR)
        error = worksheet_write_number(x->s.sheet, x->row, 3, report_book_cents(closing), money);
    lxw_rowcol_to_cell(from, x->row, 2);
    lxw_rowcol_to_cell(to, x->row, 3);
    snprintf(formula, sizeof formula, "=MIN(%s,%s)", from, to);
    if (error == LXW_NO_ERROR)
        error = worksheet_write_formula_num(x->s.sheet, x->row, 4, formula, money,
                                            report_book_cents(closing < opening ? closing : opening));
    x->row++;
    return report_book_status(error, e);
}

/* The figure of the bridge's total for the same day; an empty text where it has none. */
static cst_status find_reported(const struct cohort_sheet *x, const char *figure, cst_text *out, cst_error *e)
{
    const cst_table *t = x->b->bridge;
    int end, kind, column;
    *out = (cst_text){"", 0};
    cst_status status = cst_table_bind(t, "period_end", CST_REQUIRED, &end, e);
    if (status == CST_OK) status = cst_table_bind(t, "row", CST_REQUIRED, &kind, e);
    if (status == CST_OK) status = cst_table_bind(t, figure, CST_REQUIRED, &column, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(t); i++) {
        cst_day d = CST_DAY_NONE;
        if (!cst_text_is(cst_table_at(t, i, kind), "total")) continue;
        status = cst_table_day(t, i, end, &d, e);
        if (status == CST_OK && d == x->last) *out = cst_table_at(t, i, column);
    }
    return status < 0 ? status : CST_OK;
}

static cst_status put_ratio(struct cohort_sheet *x, lxw_row_t row, const char *name, lxw_col_t part,
                            cst_error *e)
{
    char formula[128], above[LXW_MAX_CELL_RANGE_LENGTH], below[LXW_MAX_CELL_RANGE_LENGTH];
    cst_text reported;
    cst_money ratio = 0;
    cst_status status = find_reported(x, name, &reported, e);
    if (status < 0) return status;
    bool known = reported.n && cst_money_parse(reported, &ratio) == CST_DECIMAL_OK;
    lxw_rowcol_to_range(above, FIRST, part, x->row - 1, part);
    lxw_rowcol_to_range(below, FIRST, 2, x->row - 1, 2);
    snprintf(formula, sizeof formula, "=SUM(%s)/SUM(%s)", above, below);
    worksheet_write_string(x->s.sheet, row, 0, name, x->b->head);
    lxw_error error =
        worksheet_write_formula_num(x->s.sheet, row, 2, formula, x->b->of[BOOK_RATIO], (double)ratio / 1e6);
    if (error == LXW_NO_ERROR && known)
        error = worksheet_write_number(x->s.sheet, row, 3, (double)ratio / 1e6, x->b->of[BOOK_RATIO]);
    snprintf(formula, sizeof formula, "=IF(ABS(C%u-D%u)<0.0001,\"ok\",\"differs\")", (unsigned)row + 1,
             (unsigned)row + 1);
    if (error == LXW_NO_ERROR && known)
        error = worksheet_write_formula_str(x->s.sheet, row, 4, formula, x->b->plain, "ok");
    return report_book_status(error, e);
}

cst_status report_book_cohort(report_book *b, cst_error *e)
{
    static const struct {
        const char *name;
        report_book_kind kind;
    } head[] = {{"account_id", BOOK_TEXT},
                {"name", BOOK_TEXT},
                {"opening", BOOK_MONEY},
                {"closing", BOOK_MONEY},
                {"kept", BOOK_MONEY}};
    struct cohort_sheet x = {.b = b, .s = {.book = b, .name = "Cohort"}, .row = FIRST};
    cst_status status = bind(&x, e);
    if (status < 0) return status;
    x.s.sheet = workbook_add_worksheet(b->file, x.s.name);
    if (!x.s.sheet) return cst_no_memory(e);
    worksheet_write_string(
        x.s.sheet, 0, 0,
        "Who paid a year before, and what they pay now. Ratios: of this sheet, of the bridge, and "
        "whether they agree. Amounts are rounded to cents.",
        b->note);
    for (lxw_col_t c = 0; c < 5; c++) report_book_sheet_head(&x.s, FIRST - 1, c, head[c].name, head[c].kind);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(b->metrics); row++)
        status = put_account(&x, row, e);
    if (status == CST_OK && x.row > FIRST) status = put_ratio(&x, 1, "nrr", 3, e);
    if (status == CST_OK && x.row > FIRST) status = put_ratio(&x, 2, "grr", 4, e);
    worksheet_freeze_panes(x.s.sheet, FIRST, 0);
    return status;
}
