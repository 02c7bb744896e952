/* pretty.c: a triangle that can be read in a terminal: a row per cohort, a column per age, figures at the
 * right, shares in per cent with one decimal, and where color is allowed a shade behind each cell by its
 * share of age 0. All cells are made as text first, since the widths are known only then. */
#include "base/memory.h"
#include "base/text.h"
#include "cohort/sheet.h"
#include <cstools/ledger.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Backgrounds of the 256-color palette from light to deep blue, and the letters that can be read on them. */
static const struct {
    cst_ratio from;
    const char *code;
} shades[] = {{900000, "\033[48;5;19;38;5;231m"}, {750000, "\033[48;5;25;38;5;231m"},
              {600000, "\033[48;5;32;38;5;231m"}, {450000, "\033[48;5;74;38;5;16m"},
              {300000, "\033[48;5;117;38;5;16m"}, {150000, "\033[48;5;153;38;5;16m"},
              {0, "\033[48;5;255;38;5;16m"}};

typedef struct pretty {
    const cohort_sheet *s;
    cst_sink *out;
    bool color;
    size_t columns;
    size_t texts;    /* columns at the left that hold words: --by and the cohort */
    cst_buffer text; /* all cells, one after the other, NUL-ended */
    size_t *width;
    cst_buffer line;
} pretty;

/* Commas between the thousands of [-]digits[.digits]. */
static void add_grouped(cst_buffer *b, const char *p, size_t n)
{
    size_t sign = n > 0 && p[0] == '-', whole = sign;
    while (whole < n && p[whole] != '.') whole++;
    for (size_t i = 0; i < n; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0) cst_buffer_add_char(b, ',');
        cst_buffer_add_char(b, p[i]);
    }
}

/* 0.869412 is 86.9 %. */
static void add_share(cst_buffer *b, cst_ratio share)
{
    cst_wide tenths = cst_wide_divide(share, 1000);
    char text[CST_DECIMAL_ROOM];
    size_t n = cst_wide_format(tenths * 100000, 0, text);
    add_grouped(b, text, n);
    if (tenths % 10 == 0) cst_buffer_add_string(b, ".0");
    cst_buffer_add_char(b, '%');
}

static void add_cell(pretty *p, const cohort_sheet_row *r, uint32_t age)
{
    char text[CST_DECIMAL_ROOM];
    cst_ratio share;
    if (age >= r->ages) return;
    if (p->s->share) {
        if (cohort_sheet_share(p->s, r, age, &share)) add_share(&p->text, share);
        return;
    }
    cst_wide sum = cohort_sheet_sum(r, age);
    size_t n = cohort_measure_is_money(p->s->frame->measure) ? cst_wide_format(sum, 2, text)
                                                             : cst_int_format((int64_t)sum, text);
    add_grouped(&p->text, text, n);
}

static void end_cell(pretty *p)
{
    cst_buffer_add_char(&p->text, 0);
}

static void add_row(pretty *p, const cohort_sheet_row *r)
{
    char room[CST_PERIOD_ROOM], size[CST_DECIMAL_ROOM];
    for (size_t i = 0; i + 1 < p->texts; i++) {
        cst_text t = cst_label_part(r->key, i);
        cst_buffer_add_visible(&p->text, t.p, t.n, t.n);
        end_cell(p);
    }
    cst_text name = r->line ? cohort_sheet_name(p->s, r, room) : (cst_text){"average", 7};
    cst_buffer_add_visible(&p->text, name.p, name.n, name.n);
    end_cell(p);
    add_grouped(&p->text, size, cst_int_format((int64_t)r->size, size));
    end_cell(p);
    for (uint32_t age = 0; age < p->s->ages; age++) {
        add_cell(p, r, age);
        end_cell(p);
    }
}

static void add_header(pretty *p)
{
    for (size_t i = 0; i + 1 < p->texts; i++) {
        cst_buffer_add_visible(&p->text, p->s->in->groups.name[i], strlen(p->s->in->groups.name[i]), 200);
        end_cell(p);
    }
    cst_buffer_add_string(&p->text, "cohort");
    end_cell(p);
    cst_buffer_add_string(&p->text, "size");
    end_cell(p);
    for (uint32_t age = 0; age < p->s->ages; age++) {
        cst_buffer_printf(&p->text, "%u", age);
        end_cell(p);
    }
}

static void measure(pretty *p)
{
    const char *at = p->text.p, *end = at + p->text.n;
    for (size_t column = 0; at < end; column = column + 1 == p->columns ? 0 : column + 1) {
        size_t n = strlen(at), width = cst_display_width(at, n);
        if (width > p->width[column]) p->width[column] = width;
        at += n + 1;
    }
}

static void pad(cst_buffer *b, size_t n)
{
    while (n-- > 0) cst_buffer_add_char(b, ' ');
}

static const char *find_shade(const pretty *p, const cohort_sheet_row *r, size_t column)
{
    cst_ratio share;
    if (!p->color || !r || column <= p->texts) return NULL;
    uint32_t age = (uint32_t)(column - p->texts - 1);
    if (age >= r->ages || !cohort_sheet_share(p->s, r, age, &share)) return NULL;
    size_t i = 0;
    while (i + 1 < sizeof shades / sizeof *shades && share < shades[i].from) i++;
    return shades[i].code;
}

/* Where there are colors a cell is filled a blank beyond its figure on either side; `owed` counts blanks
 * that are written only if something follows, so that no line ends in them. */
static const char *lay_row(pretty *p, const cohort_sheet_row *r, const char *at)
{
    size_t owed = 0;
    for (size_t column = 0; column < p->columns; column++) {
        size_t n = strlen(at), more = p->width[column] - cst_display_width(at, n);
        bool text = column < p->texts, margin = p->color && column > p->texts;
        const char *shade = find_shade(p, r, column);
        size_t before = (text ? 0 : more) + margin, behind = (text ? more : 0) + margin;
        if (column > 0) owed += margin ? 1 : 2;
        if (n > 0) {
            pad(&p->line, shade ? owed : owed + before);
            if (shade) cst_buffer_add_string(&p->line, shade);
            if (shade) pad(&p->line, before);
            cst_buffer_add(&p->line, at, n);
            if (shade) cst_buffer_add_string(&p->line, " \033[0m");
            owed = shade ? 0 : behind;
        } else {
            owed += before + behind;
        }
        at += n + 1;
    }
    cst_buffer_add_char(&p->line, '\n');
    return at;
}

static void lay_rule(pretty *p)
{
    for (size_t column = 0; column < p->columns; column++) {
        if (column > 0) pad(&p->line, p->color && column > p->texts + 1 ? 3 : 2);
        for (size_t k = p->width[column]; k > 0; k--) cst_buffer_add_char(&p->line, '-');
    }
    cst_buffer_add_char(&p->line, '\n');
}

static cst_status pass_on(pretty *p, cst_error *e)
{
    cst_status status = p->line.failed ? cst_no_memory(e) : cst_sink_write(p->out, p->line.p, p->line.n, e);
    cst_buffer_clear(&p->line);
    return status;
}

static cst_status lay_out(pretty *p, cst_error *e)
{
    measure(p);
    if (p->color) cst_buffer_add_string(&p->line, "\033[1m");
    const char *at = lay_row(p, NULL, p->text.p);
    if (p->color) {
        p->line.n--; /* the line end belongs behind the color's */
        cst_buffer_add_string(&p->line, "\033[0m\n");
    }
    lay_rule(p);
    cst_status status = pass_on(p, e);
    for (size_t i = 0; i < p->s->n && status == CST_OK; i++) {
        if (!p->s->row[i].line) lay_rule(p);
        at = lay_row(p, &p->s->row[i], at);
        status = pass_on(p, e);
    }
    return status;
}

cst_status cohort_sheet_pretty(const cohort_sheet *s, cst_error *e)
{
    cst_write_opts o;
    pretty p = {.s = s, .texts = cohort_by_columns(s->in) + 1};
    cst_status status = cst_io_write_opts(s->in->io, &o, e);
    if (status != CST_OK) return status;
    p.out = cst_io_main(s->in->io);
    p.color = o.color;
    p.columns = p.texts + 1 + s->ages;
    p.width = calloc(p.columns, sizeof *p.width);
    add_header(&p);
    for (size_t i = 0; i < s->n; i++) add_row(&p, &s->row[i]);
    status = p.text.failed || !p.width ? cst_no_memory(e) : lay_out(&p, e);
    free(p.width);
    cst_buffer_free(&p.text);
    cst_buffer_free(&p.line);
    return status;
}
