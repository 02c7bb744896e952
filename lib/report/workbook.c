/* report/workbook.c: the mode `workbook`: opens the tables, makes the sheets, writes the file. See
 * workbook.h. */
#include "report/workbook.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* ---- cells ---- */

/* What a column holds, by its name in the tables of cs-tables(5). All others are texts. */
static const struct kind_of_name {
    const char *name; /* "*x": ends with x */
    report_book_kind kind;
} kinds[] = {
    {"period_start", BOOK_DAY},   {"period_end", BOOK_DAY},      {"*_date", BOOK_DAY},
    {"*_logos", BOOK_COUNT},      {"*_lines", BOOK_COUNT},       {"*_rate", BOOK_RATIO},
    {"*_share", BOOK_RATIO},      {"nrr", BOOK_RATIO},           {"grr", BOOK_RATIO},
    {"*_low", BOOK_RATIO},        {"*_high", BOOK_RATIO},        {"logo_retention", BOOK_RATIO},
    {"quick_ratio", BOOK_RATIO},  {"opening", BOOK_MONEY},       {"new", BOOK_MONEY},
    {"reactivation", BOOK_MONEY}, {"upsell", BOOK_MONEY},        {"cross_sell", BOOK_MONEY},
    {"contraction", BOOK_MONEY},  {"churn", BOOK_MONEY},         {"fx", BOOK_MONEY},
    {"transfer", BOOK_MONEY},     {"rounding", BOOK_MONEY},      {"closing", BOOK_MONEY},
    {"arr", BOOK_MONEY},          {"arpa", BOOK_MONEY},          {"net_new", BOOK_MONEY},
    {"base", BOOK_MONEY},         {"retained", BOOK_MONEY},      {"expansion", BOOK_MONEY},
    {"amount", BOOK_MONEY},       {"difference", BOOK_MONEY},    {"*_mrr", BOOK_MONEY},
    {"ended", BOOK_MONEY},        {"ended_at_term", BOOK_MONEY}, {"ended_after_term", BOOK_MONEY},
    {"ended_early", BOOK_MONEY},  {"ended_no_term", BOOK_MONEY}, {"mrr", BOOK_MONEY},
    {"prior_period", BOOK_MONEY},
};

static report_book_kind find_kind(cst_text name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *want = kinds[i].name;
        size_t n = strlen(want);
        if (*want != '*' && cst_text_is(name, want)) return kinds[i].kind;
        if (*want == '*' && name.n >= n && memcmp(name.p + name.n - n + 1, want + 1, n - 1) == 0)
            return kinds[i].kind;
    }
    return BOOK_TEXT;
}

cst_status report_book_status(lxw_error error, cst_error *e)
{
    if (error == LXW_NO_ERROR) return CST_OK;
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) return cst_no_memory(e);
    return cst_fail(e, CST_IO, "the workbook could not be made: %s", lxw_strerror(error));
}

double report_book_cents(cst_money m)
{
    return (double)cst_wide_divide(m, 10000) / 100;
}

cst_status report_book_sheet_text(report_book_sheet *s, lxw_row_t row, lxw_col_t column, cst_text t,
                                  cst_error *e)
{
    static const char dots[] = "\xE2\x80\xA6";
    size_t characters = 0, end = 0, last = 0;
    for (; end < t.n && characters <= BOOK_TEXT_MOST; end++)
        if (((unsigned char)t.p[end] & 0xC0) != 0x80 && characters++ == BOOK_TEXT_MOST - 1) last = end;
    bool cut = characters > BOOK_TEXT_MOST;
    if (cut) end = last;
    char *copy = malloc(end + sizeof dots);
    if (!copy) return cst_no_memory(e);
    memcpy(copy, t.p, end);
    memcpy(copy + end, dots, sizeof dots);
    if (!cut) copy[end] = '\0';
    s->book->cut += cut;
    cst_status status =
        report_book_status(worksheet_write_string(s->sheet, row, column, copy, s->book->of[BOOK_TEXT]), e);
    free(copy);
    return status;
}

static cst_status write_day(report_book_sheet *s, lxw_row_t row, lxw_col_t column, cst_day day, cst_error *e)
{
    lxw_datetime d = {0};
    cst_day_civil(day, &d.year, &d.month, &d.day);
    return report_book_status(worksheet_write_datetime(s->sheet, row, column, &d, s->book->of[BOOK_DAY]), e);
}

cst_status report_book_sheet_cell(report_book_sheet *s, size_t row, lxw_col_t column, cst_error *e)
{
    cst_text t = cst_table_at(s->table, row, column);
    lxw_row_t at = (lxw_row_t)row + BOOK_HEAD + 1;
    cst_money m;
    cst_day day;
    report_book_kind kind = s->kind[column];
    if (t.n == 0) return CST_OK;
    /* the calendar of a workbook begins in 1900 */
    if (kind == BOOK_DAY && cst_day_parse(t, &day) && t.p[0] >= '1' && strncmp(t.p, "1900", 4) >= 0)
        return write_day(s, at, column, day, e);
    cst_decimal_status parsed =
        kind == BOOK_TEXT || kind == BOOK_DAY ? CST_DECIMAL_BAD : cst_money_parse(t, &m);
    if (parsed != CST_DECIMAL_OK && parsed != CST_DECIMAL_ROUNDED)
        return report_book_sheet_text(s, at, column, t, e);
    double v = kind == BOOK_MONEY ? report_book_cents(m) : (double)m / 1e6;
    return report_book_status(worksheet_write_number(s->sheet, at, column, v, s->book->of[kind]), e);
}

/* ---- sheets ---- */

void report_book_sheet_head(report_book_sheet *s, lxw_row_t row, lxw_col_t column, const char *name,
                            report_book_kind kind)
{
    static const double width[BOOK_KINDS] = {18, 11, 15, 9, 10};
    worksheet_set_column(s->sheet, column, column, width[kind], NULL);
    worksheet_write_string(s->sheet, row, column, name, s->book->head);
}

cst_status report_book_sheet_begin(report_book *b, const char *name, const cst_table *t, const char *note,
                                   report_book_sheet *out, cst_error *e)
{
    size_t columns = cst_table_columns(t), rows = cst_table_rows(t);
    *out = (report_book_sheet){
        .book = b, .table = t, .name = name, .kind = calloc(columns + 1, sizeof *out->kind)};
    if (!out->kind) return cst_no_memory(e);
    out->sheet = workbook_add_worksheet(b->file, name);
    if (!out->sheet) return cst_no_memory(e);
    if (rows > BOOK_ROWS_MOST - BOOK_HEAD - 1 || columns > LXW_COL_MAX - 16)
        return cst_fail_at(
            e, CST_LIMIT, (cst_place){cst_table_file(t), 0, 0}, NULL,
            "expected at most %d rows, as many as a sheet holds, found %zu; make it of fewer periods",
            BOOK_ROWS_MOST - BOOK_HEAD - 1, rows);
    worksheet_write_string(out->sheet, 0, 0, note, b->note);
    for (size_t c = 0; c < columns; c++) {
        out->kind[c] = find_kind(cst_table_name(t, c));
        report_book_sheet_head(out, BOOK_HEAD, (lxw_col_t)c, cst_table_name(t, c).p, out->kind[c]);
    }
    worksheet_freeze_panes(out->sheet, BOOK_HEAD + 1, 0);
    return CST_OK;
}

cst_status report_book_sheet_fill(report_book_sheet *s, cst_error *e)
{
    cst_status status = CST_OK;
    size_t columns = cst_table_columns(s->table), rows = cst_table_rows(s->table);
    for (size_t row = 0; row < rows; row++)
        for (size_t c = 0; c < columns && status == CST_OK; c++)
            status = report_book_sheet_cell(s, row, (lxw_col_t)c, e);
    return status;
}

void report_book_sheet_end(report_book_sheet *s)
{
    free(s->kind);
    s->kind = NULL;
}

/* A table as it is. */
static cst_status add_plain(report_book *b, const char *name, const cst_table *t, const char *note,
                            cst_error *e)
{
    report_book_sheet s;
    cst_status status = report_book_sheet_begin(b, name, t, note, &s, e);
    if (status == CST_OK) status = report_book_sheet_fill(&s, e);
    report_book_sheet_end(&s);
    return status;
}

static cst_status add_file(report_book *b, const char *name, const char *path, const char *note, cst_error *e)
{
    cst_table *t = NULL;
    if (!path) return CST_OK;
    cst_status status = cst_io_table(b->io, path, &t, e);
    if (status == CST_OK) status = add_plain(b, name, t, note, e);
    cst_table_free(t);
    return status;
}

/* The manifests below one another, each under the name of its file. */
static cst_status add_definitions(report_book *b, cst_error *e)
{
    static const char *const names[] = {"manifest", "item", "file", "key", "value"};
    const cst_list *in = &b->o->shared.manifests;
    report_book_sheet s = {.book = b, .name = "Definitions"};
    cst_status status = CST_OK;
    lxw_row_t row = BOOK_HEAD + 1;
    if (in->n == 0) return CST_OK;
    s.sheet = workbook_add_worksheet(b->file, s.name);
    if (!s.sheet) return cst_no_memory(e);
    worksheet_write_string(s.sheet, 0, 0,
                           "What the figures were made of, and how: the manifests of the commands.", b->note);
    for (lxw_col_t c = 0; c < 5; c++) report_book_sheet_head(&s, BOOK_HEAD, c, names[c], BOOK_TEXT);
    for (size_t i = 0; i < in->n && status == CST_OK; i++) {
        cst_table *t = NULL;
        int at[4];
        status = cst_io_table(b->io, in->v[i], &t, e);
        for (int c = 0; c < 4 && status == CST_OK; c++)
            status = cst_table_bind(t, names[c + 1], CST_REQUIRED, &at[c], e);
        for (size_t k = 0; status == CST_OK && k < cst_table_rows(t); k++, row++) {
            status = report_book_sheet_text(&s, row, 0, cst_text_of(in->v[i]), e);
            for (int c = 0; c < 4 && status == CST_OK; c++)
                status = report_book_sheet_text(&s, row, (lxw_col_t)(c + 1), cst_table_at(t, k, at[c]), e);
        }
        cst_table_free(t);
    }
    return status;
}

/* ---- the file ---- */

static cst_status add_formats(report_book *b, cst_error *e)
{
    static const char *const number[BOOK_KINDS] = {"@", "yyyy-mm-dd", "#,##0.00", "#,##0", "0.0%"};
    b->head = workbook_add_format(b->file);
    b->note = workbook_add_format(b->file);
    b->plain = workbook_add_format(b->file);
    if (!b->head || !b->note || !b->plain) return cst_no_memory(e);
    format_set_bold(b->head);
    format_set_bottom(b->head, LXW_BORDER_THIN);
    format_set_italic(b->note);
    for (int k = 0; k < BOOK_KINDS; k++) {
        b->of[k] = workbook_add_format(b->file);
        if (!b->of[k]) return cst_no_memory(e);
        format_set_num_format(b->of[k], number[k]);
    }
    return CST_OK;
}

/* The file's date is that of its figures, so that the same tables give the same bytes. */
static cst_status set_properties(report_book *b, cst_error *e)
{
    cst_day day = b->o->as_of;
    int column;
    cst_status status = CST_OK;
    if (day == CST_DAY_NONE) {
        status = cst_table_bind(b->bridge, "period_end", CST_REQUIRED, &column, e);
        for (size_t i = 0; status == CST_OK && i < cst_table_rows(b->bridge); i++) {
            cst_day d = CST_DAY_NONE;
            status = cst_table_day(b->bridge, i, column, &d, e);
            if (status == CST_END) status = CST_OK;
            if (day == CST_DAY_NONE || (d != CST_DAY_NONE && d > day)) day = d;
        }
    }
    if (status < 0) return status;
    lxw_doc_properties p = {.title = "Revenue, movements and retention",
                            .author = "cs-report",
                            .comments = "Amounts are rounded to cents.",
                            .created = day == CST_DAY_NONE ? 1 : (time_t)day * 86400};
    if (p.created <= 0) p.created = 1;
    return report_book_status(workbook_set_properties(b->file, &p), e);
}

static cst_status add_sheets(report_book *b, cst_error *e)
{
    const report_options *o = b->o;
    cst_status status = report_book_bridge(b, e);
    if (status == CST_OK && b->detail)
        status = add_plain(
            b, "Detail", b->detail,
            "Every movement with the rows of the export behind it. Amounts are rounded to cents.", e);
    if (status == CST_OK && b->metrics) status = report_book_cohort(b, e);
    if (status == CST_OK)
        status = add_file(b, "Renewals", o->renewals, "What came up for renewal, and what became of it.", e);
    if (status == CST_OK)
        status =
            add_file(b, "Tie-out", o->tie_out, "The ledger beside the subscriptions: where they differ.", e);
    return status == CST_OK ? add_definitions(b, e) : status;
}

/* Copies what the library wrote to the output. */
static cst_status copy_out(report_book *b, int fd, cst_error *e)
{
    char bytes[65536];
    ssize_t n;
    off_t at = 0;
    while ((n = pread(fd, bytes, sizeof bytes, at)) > 0) {
        cst_status status = cst_sink_write(cst_io_main(b->io), bytes, (size_t)n, e);
        if (status < 0) return status;
        at += n;
    }
    return n == 0 ? CST_OK : cst_fail(e, CST_IO, "the workbook could not be read back");
}

static cst_status make_file(report_book *b, int fd, cst_error *e)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    b->file = workbook_new(path);
    if (!b->file) return cst_no_memory(e);
    cst_status status = add_formats(b, e);
    if (status == CST_OK) status = set_properties(b, e);
    if (status == CST_OK) status = add_sheets(b, e);
    lxw_error closed = workbook_close(b->file); /* frees it, whatever happens */
    if (status == CST_OK) status = report_book_status(closed, e);
    if (status == CST_OK && b->cut)
        cst_io_warn(b->io, "%llu text%s cut at %d characters, as many as a cell holds",
                    (unsigned long long)b->cut, b->cut == 1 ? " was" : "s were", BOOK_TEXT_MOST);
    return status == CST_OK ? copy_out(b, fd, e) : status;
}

static cst_status open_tables(report_book *b, cst_error *e)
{
    const report_options *o = b->o;
    if (!o->bridge)
        return cst_fail(e, CST_USAGE, "workbook: expected --bridge FILE, found none; cs-waterfall writes it");
    if (!o->shared.output && isatty(STDOUT_FILENO))
        return cst_fail(e, CST_USAGE,
                        "workbook: expected -o FILE.xlsx, found a terminal; a workbook is no text");
    cst_status status = cst_io_table(b->io, o->bridge, &b->bridge, e);
    if (status == CST_OK && o->detail) status = cst_io_table(b->io, o->detail, &b->detail, e);
    if (status == CST_OK && o->metrics) status = cst_io_table(b->io, o->metrics, &b->metrics, e);
    return status;
}

cst_status report_workbook_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    report_book b = {.io = io, .o = o};
    cst_status status = open_tables(&b, e);
    int fd = status == CST_OK ? memfd_create("workbook", MFD_CLOEXEC) : -1;
    if (status == CST_OK) status = fd < 0 ? cst_no_memory(e) : make_file(&b, fd, e);
    if (fd >= 0) close(fd);
    cst_table_free(b.bridge);
    cst_table_free(b.detail);
    cst_table_free(b.metrics);
    return status;
}
