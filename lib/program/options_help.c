/* program/options_help.c: --help, laid out for 80 columns: usage and examples first, because most who ask
 * want those, then what the command does, then the options under their headings, each with its text in
 * one column.
 */
#include "base/text.h"
#include "program/options_rows.h"

#define WIDTH     80
#define MOST_LEFT 30 /* an option longer than this has its text on the lines below it */

/* Words of `text` in lines up to WIDTH; the cursor stands at column `at`; further lines begin at
 * `indent`. A line end in the text is kept. */
static void wrap_text(FILE *out, const char *text, size_t at, size_t indent)
{
    bool fresh = true; /* nothing but indentation on the line yet */
    while (*text) {
        size_t blanks = strspn(text, " ");
        size_t n = strcspn(text += blanks, " \n");
        if (n > 0 && !fresh && at + 1 + n > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
            fresh = true;
        }
        if (n > 0) {
            fprintf(out, "%s%.*s", fresh ? "" : " ", (int)n, text);
            at += n + !fresh;
            fresh = false;
        }
        text += n;
        if (*text == '\n') {
            text++;
            fprintf(out, "\n%*s", *text ? (int)indent : 0, "");
            at = indent;
            fresh = true;
        }
    }
    if (!fresh) fputc('\n', out);
}

/* Columns that "  -o, --output FILE" takes. */
static size_t measure_left(const cst_option *row)
{
    return strlen("  -x, --") + strlen(row->name) + (row->value ? 1 + strlen(row->value) : 0);
}

static size_t align_texts(const cst_command *c)
{
    size_t widest = 0;
    cst_option_walk w = {0};
    while (cst_option_next(c, &w)) {
        size_t n = measure_left(w.row);
        if (n > widest && n <= MOST_LEFT) widest = n;
    }
    return widest + 2;
}

static void print_option(FILE *out, const cst_option *row, size_t indent)
{
    size_t at = measure_left(row);
    if (row->letter)
        fprintf(out, "  -%c, --%s", row->letter, row->name);
    else
        fprintf(out, "      --%s", row->name);
    if (row->value) fprintf(out, " %s", row->value);
    if (at + 2 > indent) {
        fputc('\n', out);
        at = 0;
    }
    fprintf(out, "%*s", (int)(indent - at), "");
    wrap_text(out, row->help, indent, indent);
}

/* Whether a row before *w has the same heading. */
static bool test_seen(const cst_command *c, const cst_option_walk *w)
{
    cst_option_walk before = {0};
    while (cst_option_next(c, &before) && before.row != w->row)
        if (strcmp(before.group, w->group) == 0) return true;
    return false;
}

void cst_options_help(const cst_command *c, FILE *out)
{
    size_t indent = align_texts(c);
    cst_option_walk w = {0};
    fprintf(out, "Usage: %s ", c->name);
    wrap_text(out, c->usage, strlen("Usage: ") + strlen(c->name) + 1,
              strlen("Usage: ") + strlen(c->name) + 1);
    fputs("\nExamples:\n", out);
    for (const char *line = c->examples; *line;) {
        size_t n = strcspn(line, "\n");
        fprintf(out, n ? "  %.*s\n" : "\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    fputc('\n', out);
    wrap_text(out, c->summary, 0, 0);
    if (c->notes) {
        fputc('\n', out);
        wrap_text(out, c->notes, 0, 0);
    }
    while (cst_option_next(c, &w)) {
        if (test_seen(c, &w)) continue;
        fprintf(out, "\n%s:\n", w.group);
        cst_option_walk member = {0};
        while (cst_option_next(c, &member))
            if (strcmp(member.group, w.group) == 0) print_option(out, member.row, indent);
    }
}
