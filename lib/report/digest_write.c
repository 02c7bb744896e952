/* report/digest_write.c: the digest as the body of an e-mail and as plain text. Mail programs know no
 * style element and no picture: every colour and font stands in the element, bars are cells with a
 * colour, layout is tables. */
#include "base/text.h"
#include "report/digest.h"
#include "report/plain.h"
#include <string.h>

#define INK  "#1a222b"
#define MUTE "#56616d"
#define LOSS "#a33a08"
#define FONT "font-family:Arial,Helvetica,sans-serif;"
#define CELL FONT "font-size:13px;line-height:18px;padding:4px 0 4px 10px;border-bottom:1px solid #eaedf0;"
#define HEAD                                                                                                 \
    FONT "font-size:12px;line-height:16px;font-weight:normal;padding:4px 0 4px 10px;"                        \
         "border-bottom:1px solid #d5dbe0;"

static cst_text text_of(const cst_buffer *b)
{
    return (cst_text){b->n ? b->p : "", (uint32_t)b->n};
}

/* ---- an e-mail ---- */

static void put_layout(report_page *p, const char *style)
{
    report_put(p, "<tr><td style=\"" FONT);
    report_put(p, style);
    report_put(p, "\">");
}

static void put_line(report_page *p, const char *style, const cst_buffer *b)
{
    if (b->n == 0) return;
    put_layout(p, style);
    report_put_text(p, text_of(b));
    report_put(p, "</td></tr>\n");
}

static void put_heads(report_page *p, const digest_block *b)
{
    cst_text list = report_word(p, b->heads), head;
    report_put(p, "<tr>");
    for (int c = 0; cst_text_next(&list, '|', &head); c++) {
        bool left = head.n > 0 && head.p[0] == '<';
        report_put(p, left || c == 0 ? "<th align=\"left\"" : "<th align=\"right\"");
        report_put(p, " valign=\"bottom\" style=\"" HEAD "color:" MUTE);
        report_put(p, c == 0 ? ";padding-left:0\">" : "\">");
        report_put_text(p, (cst_text){head.p + left, head.n - left});
        report_put(p, "</th>");
    }
    report_put(p, "</tr>\n");
}

/* A word that would make a narrow window scroll. Elsewhere words are not broken: mail programs would break
 * short ones too. */
static bool has_long_word(cst_text t)
{
    enum { LONG = 20 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.n && n <= LONG; i++) n = t.p[i] == ' ' ? 0 : n + 1;
    return n > LONG;
}

static void put_cell(report_page *p, const digest_block *b, const digest_row *r, int c)
{
    const digest_cell *x = &r->cell[c];
    report_put(p, c == 0 || c == b->text_column ? "<td align=\"left\"" : "<td align=\"right\"");
    report_put(p, " valign=\"top\" style=\"" CELL "color:");
    report_put(p, x->tone == DIGEST_BAD ? LOSS : INK);
    if (c == 0) report_put(p, ";padding-left:0");
    if (c > 0 && c != b->text_column)
        report_put(p, ";white-space:nowrap");
    else if (has_long_word(text_of(&x->text)) || has_long_word(text_of(&x->small)))
        report_put(p, ";word-break:break-word");
    report_put(p, r->strong ? ";font-weight:bold\">" : "\">");
    report_put_text(p, text_of(&x->text));
    if (x->small.n) {
        report_put(p, "<br><span style=\"font-size:12px;color:" MUTE "\">");
        report_put_text(p, text_of(&x->small));
        report_put(p, "</span>");
    }
    report_put(p, "</td>");
}

/* 220 pixels: a gap, the bar, the rest. */
static void put_bar(report_page *p, const digest_row *r)
{
    static const char *const colour[] = {
        [BRIDGE_LEVEL] = "#66727e", [BRIDGE_GAIN] = "#1f6aa8", [BRIDGE_LOSS] = LOSS};
    int from = r->from * 220 / 1000, wide = (r->to - r->from) * 220 / 1000;
    if (wide < 2) wide = 2;
    if (from + wide > 220) from = 220 - wide;
    char cell[240];
    report_put(
        p, "<td width=\"232\" style=\"padding:4px 0 4px 12px\"><table role=\"presentation\" width=\"220\" "
           "cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>");
    if (from > 0) {
        snprintf(cell, sizeof cell, "<td width=\"%d\" height=\"14\"></td>", from);
        report_put(p, cell);
    }
    snprintf(cell, sizeof cell, "<td width=\"%d\" height=\"14\" style=\"background-color:%s\"></td>", wide,
             colour[r->bar]);
    report_put(p, cell);
    if (from + wide < 220) {
        snprintf(cell, sizeof cell, "<td width=\"%d\" height=\"14\"></td>", 220 - from - wide);
        report_put(p, cell);
    }
    report_put(p, "</tr></table></td>");
}

static void put_table(report_page *p, const digest_block *b)
{
    report_put(p, "<tr><td><table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                  "style=\"border-collapse:collapse\">\n");
    if (b->heads) put_heads(p, b);
    for (size_t i = 0; i < b->rows; i++) {
        report_put(p, "<tr>");
        for (int c = 0; c < b->columns; c++) put_cell(p, b, &b->row[i], c);
        if (b->bars) put_bar(p, &b->row[i]);
        report_put(p, "</tr>\n");
    }
    report_put(p, "</table></td></tr>\n");
}

void report_digest_html(digest *d)
{
    report_page *p = d->p;
    report_put(p, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                  "<meta name=\"color-scheme\" content=\"light\">\n<title>");
    report_put_text(p, text_of(&d->title));
    report_put(p, "</title></head>\n<body style=\"margin:0;padding:0;background-color:#ffffff\">\n"
                  "<div style=\"display:none;max-height:0;overflow:hidden\">");
    report_put_text(p, text_of(&d->block[0].title));
    report_put(p, " ");
    report_put_text(p, text_of(&d->summary));
    report_put(p, "</div>\n<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
                  "border=\"0\"><tr><td align=\"center\" style=\"padding:16px 12px\">\n"
                  "<table role=\"presentation\" width=\"600\" "
                  "cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                  "style=\"width:100%;max-width:600px;text-align:left\">\n");
    put_line(p,
             "font-size:18px;line-height:24px;font-weight:bold;color:" INK
             ";padding:0 0 6px 0;border-bottom:2px solid " INK,
             &d->heading);
    for (size_t i = 0; i < d->blocks; i++) {
        const digest_block *b = &d->block[i];
        put_line(p, "font-size:15px;line-height:20px;font-weight:bold;color:" INK ";padding:26px 0 4px 0",
                 &b->title);
        if (b->bars || !b->columns)
            put_line(p, "font-size:12px;line-height:16px;color:" MUTE ";padding:0 0 6px 0", &b->note);
        if (b->columns) put_table(p, b);
        if (!b->bars && b->columns)
            put_line(p, "font-size:12px;line-height:16px;color:" MUTE ";padding:6px 0 0 0", &b->note);
    }
    if (p->o->link) {
        put_layout(p, "font-size:13px;line-height:18px;padding:26px 0 0 0");
        report_put(p, "<a style=\"color:#0a58a6\" href=\"");
        report_put_text(p, cst_text_of(p->o->link));
        report_put(p, "\">");
        report_put_text(p, report_word(p, "digest.link"));
        report_put(p, "</a></td></tr>\n");
    }
    report_put(p, "</table></td></tr></table>\n</body></html>\n");
}

/* ---- plain text ---- */

static void put_text_row(report_plain *t, const digest_block *b, const digest_row *r)
{
    enum { FIRST = 30, OTHER = 14 };
    cst_buffer_add_string(&t->out, "  ");
    report_plain_column(t, text_of(&r->cell[0].text), FIRST);
    for (int c = 1; c < b->columns; c++) {
        if (c == b->text_column) continue;
        cst_text x = text_of(&r->cell[c].text);
        cst_buffer shown = {0};
        report_plain_text(&shown, x);
        report_plain_right(t, cst_buffer_string(&shown), OTHER);
        t->out.failed |= shown.failed;
        cst_buffer_free(&shown);
    }
    report_plain_end(t);
    cst_text said = b->text_column < 0 ? (cst_text){"", 0} : text_of(&r->cell[b->text_column].text);
    report_plain_text(&t->line, text_of(&r->cell[0].small));
    if (t->line.n && said.n) cst_buffer_add_string(&t->line, ": ");
    report_plain_text(&t->line, said);
    report_plain_line(t, "    ", "    ");
}

static void put_text_heads(report_page *p, report_plain *t, const digest_block *b)
{
    digest_row heads = {.from = 0};
    cst_text list = report_word(p, b->heads), head;
    for (int c = 0; c < DIGEST_COLUMNS && cst_text_next(&list, '|', &head); c++) {
        bool left = head.n > 0 && head.p[0] == '<';
        if (c != b->text_column) cst_buffer_add(&heads.cell[c].text, head.p + left, head.n - left);
    }
    put_text_row(t, b, &heads);
    for (int c = 0; c < DIGEST_COLUMNS; c++) cst_buffer_free(&heads.cell[c].text);
}

void report_digest_text(digest *d)
{
    report_plain t = {0};
    report_plain_text(&t.line, text_of(&d->heading));
    report_plain_line(&t, "", "  ");
    report_plain_text(&t.line, text_of(&d->summary));
    report_plain_line(&t, "", "  ");
    for (size_t i = 0; i < d->blocks; i++) {
        const digest_block *b = &d->block[i];
        report_plain_text(&t.line, text_of(&b->title));
        report_plain_heading(&t);
        if (b->heads && b->rows) put_text_heads(d->p, &t, b);
        for (size_t r = 0; r < b->rows; r++) put_text_row(&t, b, &b->row[r]);
        report_plain_text(&t.line, b->bars ? (cst_text){"", 0} : text_of(&b->note));
        report_plain_line(&t, "", "  ");
    }
    if (d->p->o->link) {
        cst_buffer_add_char(&t.out, '\n');
        report_plain_text(&t.line, cst_text_of(d->p->o->link));
        report_plain_line(&t, "", "");
    }
    cst_buffer_add(&d->p->out, t.out.p, t.out.n);
    d->p->out.failed |= t.out.failed;
    report_plain_free(&t);
}
