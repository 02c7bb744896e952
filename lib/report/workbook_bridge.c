/* report/workbook_bridge.c: the sheet Bridge: the table of cs-waterfall with its movements as sums over
 * the sheet Detail, its closing as the sum of the row, and a check of both. */
#include "base/buffer.h"
#include "base/intern.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/workbook.h"
#include <stdlib.h>
#include <string.h>

static const char *const movements[] = {"new",         "reactivation", "upsell", "cross_sell",
                                        "contraction", "churn",        "fx"};
enum { MOVEMENTS = sizeof movements / sizeof *movements, GROUPS_MOST = 64 };

struct column_pair {
    int bridge, detail;
};

/* A sum of rows of Detail. */
struct movement_sum {
    cst_wide amount;
    uint64_t rows;
};

struct bridge_sheet {
    report_book *b;
    report_book_sheet s;
    int end, kind, currency, opening, closing, at[MOVEMENTS], rounding;
    int d_end, d_movement, d_currency, d_amount;
    struct column_pair group[GROUPS_MOST];
    size_t groups;
    cst_intern *keys;
    struct movement_sum *sum;
    size_t room;
    cst_buffer text;
};

/* ---- the columns ---- */

static cst_status bind_bridge(struct bridge_sheet *x, cst_error *e)
{
    const cst_table *t = x->b->bridge;
    const struct wanted {
        const char *name;
        int *at;
    } wanted[] = {{"period_end", &x->end},  {"row", &x->kind},        {"currency", &x->currency},
                  {"opening", &x->opening}, {"closing", &x->closing}, {"rounding", &x->rounding}};
    cst_status status = CST_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && status == CST_OK; i++)
        status = cst_table_bind(t, wanted[i].name, CST_REQUIRED, wanted[i].at, e);
    for (size_t i = 0; i < MOVEMENTS && status == CST_OK; i++)
        status = cst_table_bind(t, movements[i], CST_REQUIRED, &x->at[i], e);
    return status < 0 ? cst_error_advise(e, status, "--bridge is the table of cs-waterfall") : status;
}

/* The columns of --by stand between complete and row. */
static cst_status bind_groups(struct bridge_sheet *x, cst_error *e)
{
    int complete;
    cst_status status = cst_table_bind(x->b->bridge, "complete", CST_REQUIRED, &complete, e);
    for (int c = complete + 1; status == CST_OK && c < x->kind; c++) {
        struct column_pair pair = {.bridge = c};
        status = cst_table_bind(x->b->detail, cst_table_name(x->b->bridge, (size_t)c).p, CST_OPTIONAL,
                                &pair.detail, e);
        if (status == CST_OK && x->groups < GROUPS_MOST) x->group[x->groups++] = pair;
    }
    return status;
}

static cst_status bind_detail(struct bridge_sheet *x, cst_error *e)
{
    const cst_table *t = x->b->detail;
    if (!t) return CST_OK;
    cst_status status = cst_table_bind(t, "period_end", CST_REQUIRED, &x->d_end, e);
    if (status == CST_OK) status = cst_table_bind(t, "movement", CST_REQUIRED, &x->d_movement, e);
    if (status == CST_OK) status = cst_table_bind(t, "currency", CST_REQUIRED, &x->d_currency, e);
    if (status == CST_OK) status = cst_table_bind(t, "amount", CST_REQUIRED, &x->d_amount, e);
    if (status < 0) return cst_error_advise(e, status, "--detail is what cs-waterfall --detail writes");
    return bind_groups(x, e);
}

/* ---- the sums of Detail ---- */

/* The sum for a period, a currency, a movement and (grouped) a group; NULL: out of memory. */
static struct movement_sum *find_sum(struct bridge_sheet *x, const cst_table *t, size_t row, bool grouped,
                                     int end, int currency, cst_text movement)
{
    cst_buffer_clear(&x->text);
    cst_label_add(&x->text, 0, cst_table_at(t, row, end));
    cst_label_add(&x->text, 1, cst_table_at(t, row, currency));
    cst_label_add(&x->text, 2, movement);
    for (size_t i = 0; grouped && i < x->groups; i++) {
        int column = t == x->b->detail ? x->group[i].detail : x->group[i].bridge;
        cst_label_add(&x->text, 3 + i, cst_table_at(t, row, column));
    }
    if (x->text.failed) return NULL;
    uint32_t id = cst_intern_id(x->keys, (cst_text){x->text.p, (uint32_t)x->text.n});
    if (id == CST_INTERN_NONE || !cst_grow_zeroed(&x->sum, &x->room, (size_t)id + 1, sizeof *x->sum))
        return NULL;
    return &x->sum[id];
}

static cst_status add_up(struct bridge_sheet *x, cst_error *e)
{
    const cst_table *t = x->b->detail;
    for (size_t row = 0; t && row < cst_table_rows(t); row++) {
        cst_money amount = 0;
        cst_status status = cst_table_money(t, row, x->d_amount, &amount, e);
        if (status < 0) return status;
        for (int grouped = 0; grouped <= (x->groups > 0); grouped++) {
            struct movement_sum *s = find_sum(x, t, row, grouped != 0, x->d_end, x->d_currency,
                                              cst_table_at(t, row, x->d_movement));
            if (!s) return cst_no_memory(e);
            s->amount += amount;
            s->rows++;
        }
    }
    return CST_OK;
}

/* ---- formulas ---- */

static void add_cell(cst_buffer *b, lxw_row_t row, int column)
{
    char name[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(name, row, (lxw_col_t)column);
    cst_buffer_add_string(b, name);
}

/* The cells of a column of Detail. */
static void add_range(struct bridge_sheet *x, int column)
{
    char name[LXW_MAX_CELL_RANGE_LENGTH];
    lxw_row_t last = (lxw_row_t)(BOOK_HEAD + cst_table_rows(x->b->detail));
    lxw_rowcol_to_range_abs(name, BOOK_HEAD + 1, (lxw_col_t)column, last, (lxw_col_t)column);
    cst_buffer_printf(&x->text, "Detail!%s", name);
}

/* A criterion that is true of this text alone: SUMIFS knows signs and wildcards. */
static void add_criterion(struct bridge_sheet *x, cst_text t)
{
    cst_buffer_add_string(&x->text, ",\"=");
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.p[i] == '*' || t.p[i] == '?' || t.p[i] == '~') cst_buffer_add_char(&x->text, '~');
        if (t.p[i] == '"') cst_buffer_add_char(&x->text, '"');
        cst_buffer_add_char(&x->text, t.p[i]);
    }
    cst_buffer_add_char(&x->text, '"');
}

static void make_sumifs(struct bridge_sheet *x, size_t row, int movement, bool grouped)
{
    const cst_table *t = x->b->bridge;
    cst_buffer_clear(&x->text);
    cst_buffer_add_string(&x->text, "=SUMIFS(");
    add_range(x, x->d_amount);
    cst_buffer_add_char(&x->text, ',');
    add_range(x, x->d_end);
    cst_buffer_add_char(&x->text, ',');
    add_cell(&x->text, (lxw_row_t)row + BOOK_HEAD + 1, x->end);
    cst_buffer_add_char(&x->text, ',');
    add_range(x, x->d_movement);
    cst_buffer_printf(&x->text, ",\"%s\",", movements[movement]);
    add_range(x, x->d_currency);
    add_criterion(x, cst_table_at(t, row, x->currency));
    for (size_t i = 0; grouped && i < x->groups; i++) {
        cst_buffer_add_char(&x->text, ',');
        add_range(x, x->group[i].detail);
        add_criterion(x, cst_table_at(t, row, x->group[i].bridge));
    }
    cst_buffer_add_char(&x->text, ')');
}

static cst_status put_formula(struct bridge_sheet *x, size_t row, int column, report_book_kind kind,
                              double result, cst_error *e)
{
    const char *formula = cst_buffer_string(&x->text);
    if (x->text.failed) return cst_no_memory(e);
    return report_book_status(worksheet_write_formula_num(x->s.sheet, (lxw_row_t)row + BOOK_HEAD + 1,
                                                          (lxw_col_t)column, formula, x->b->of[kind], result),
                              e);
}

/* ---- rows ---- */

/* One movement: a formula where the rows of Detail add up to it. *rows: how many amounts were rounded
 * for it. */
static cst_status put_movement(struct bridge_sheet *x, size_t row, int movement, uint64_t *rows, cst_error *e)
{
    const cst_table *t = x->b->bridge;
    bool grouped = !cst_text_is(cst_table_at(t, row, x->kind), "total");
    struct movement_sum none = {0}, *s = &none;
    cst_money amount = 0;
    cst_status status = cst_table_money(t, row, x->at[movement], &amount, e);
    if (status < 0) return status;
    for (size_t i = 0; grouped && i < x->groups; i++)
        if (x->group[i].detail < 0) s = NULL;
    if (s && x->b->detail)
        s = find_sum(x, t, row, grouped, x->end, x->currency, cst_text_of(movements[movement]));
    if (s == NULL && x->text.failed) return cst_no_memory(e);
    *rows += 1;
    if (!x->b->detail || !s || s->amount != amount || x->groups == GROUPS_MOST)
        return report_book_sheet_cell(&x->s, row, (lxw_col_t)x->at[movement], e);
    *rows += s->rows;
    make_sumifs(x, row, movement, grouped);
    return put_formula(x, row, x->at[movement], BOOK_MONEY, report_book_cents(amount), e);
}

/* The closing is the sum of the row; behind the table the figure itself, and whether they agree to the
 * rounding. */
static cst_status put_closing(struct bridge_sheet *x, size_t row, uint64_t rows, cst_error *e)
{
    int behind = (int)cst_table_columns(x->b->bridge);
    lxw_row_t at = (lxw_row_t)row + BOOK_HEAD + 1;
    cst_money closing = 0;
    double most = (double)(rows + 5) * 0.005;
    cst_status status = cst_table_money(x->b->bridge, row, x->closing, &closing, e);
    if (status < 0) return status;
    cst_buffer_clear(&x->text);
    cst_buffer_add_string(&x->text, "=SUM(");
    add_cell(&x->text, at, x->opening);
    cst_buffer_add_char(&x->text, ':');
    add_cell(&x->text, at, x->rounding);
    cst_buffer_add_char(&x->text, ')');
    status = put_formula(x, row, x->closing, BOOK_MONEY, report_book_cents(closing), e);
    if (status < 0) return status;
    lxw_error error = worksheet_write_number(x->s.sheet, at, (lxw_col_t)behind, report_book_cents(closing),
                                             x->b->of[BOOK_MONEY]);
    if (error == LXW_NO_ERROR)
        error = worksheet_write_number(x->s.sheet, at, (lxw_col_t)behind + 1, most, x->b->of[BOOK_MONEY]);
    cst_buffer_clear(&x->text);
    cst_buffer_add_string(&x->text, "=IF(ABS(");
    add_cell(&x->text, at, x->closing);
    cst_buffer_add_char(&x->text, '-');
    add_cell(&x->text, at, behind);
    cst_buffer_add_string(&x->text, ")<=");
    add_cell(&x->text, at, behind + 1);
    cst_buffer_add_string(&x->text, ",\"ok\",\"differs\")");
    const char *formula = cst_buffer_string(&x->text);
    if (x->text.failed) return cst_no_memory(e);
    if (error == LXW_NO_ERROR)
        error =
            worksheet_write_formula_str(x->s.sheet, at, (lxw_col_t)behind + 2, formula, x->b->plain, "ok");
    return report_book_status(error, e);
}

static int movement_at(const struct bridge_sheet *x, int column)
{
    int m = 0;
    while (m < MOVEMENTS && x->at[m] != column) m++;
    return m;
}

static cst_status put_row(struct bridge_sheet *x, size_t row, cst_error *e)
{
    cst_status status = CST_OK;
    uint64_t rows = 0;
    for (int c = 0; c < (int)cst_table_columns(x->b->bridge) && status == CST_OK; c++) {
        int movement = movement_at(x, c);
        if (movement < MOVEMENTS)
            status = put_movement(x, row, movement, &rows, e);
        else if (c != x->closing)
            status = report_book_sheet_cell(&x->s, row, (lxw_col_t)c, e);
    }
    return status == CST_OK ? put_closing(x, row, rows, e) : status;
}

cst_status report_book_bridge(report_book *b, cst_error *e)
{
    struct bridge_sheet x = {.b = b, .keys = cst_intern_new()};
    const char *note = b->detail
                           ? "Amounts are rounded to cents. A movement is the sum of its rows in the sheet "
                             "Detail, the closing the sum of its row."
                           : "Amounts are rounded to cents. The closing is the sum of its row.";
    cst_status status = x.keys ? bind_bridge(&x, e) : cst_no_memory(e);
    if (status == CST_OK) status = bind_detail(&x, e);
    if (status == CST_OK) status = add_up(&x, e);
    if (status == CST_OK) status = report_book_sheet_begin(b, "Bridge", b->bridge, note, &x.s, e);
    if (status == CST_OK) {
        lxw_col_t behind = (lxw_col_t)cst_table_columns(b->bridge);
        report_book_sheet_head(&x.s, BOOK_HEAD, behind, "closing_reported", BOOK_MONEY);
        report_book_sheet_head(&x.s, BOOK_HEAD, (lxw_col_t)(behind + 1), "rounding_up_to", BOOK_MONEY);
        report_book_sheet_head(&x.s, BOOK_HEAD, (lxw_col_t)(behind + 2), "check", BOOK_TEXT);
    }
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(b->bridge); row++)
        status = put_row(&x, row, e);
    report_book_sheet_end(&x.s);
    cst_intern_free(x.keys);
    free(x.sum);
    cst_buffer_free(&x.text);
    return status;
}
