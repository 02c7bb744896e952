/* writer_md.c: a table of GitHub Flavored Markdown (the extension "Tables" of its specification). The
 * bytes that would end a cell or turn into markup are escaped; a line end becomes <br>, another control
 * character is made visible. */
#include "write/writer.h"
#include <string.h>

static void put_md_text(cst_writer *w, cst_text t)
{
    cst_buffer_add_string(&w->out, w->at == 0 ? "| " : " | ");
    size_t used = 1;
    for (uint32_t i = 0; i < t.n; i += (uint32_t)used, used = 1) {
        char c = t.p[i], seen[CST_VISIBLE_ROOM];
        if (c == '\r' && i + 1 < t.n && t.p[i + 1] == '\n') continue;
        if (c == '\n' || c == '\r')
            cst_buffer_add_string(&w->out, "<br>");
        else if (c == '\\' || c == '|' || c == '`' || c == '*' || c == '<')
            cst_buffer_printf(&w->out, "\\%c", c);
        else
            cst_buffer_add(&w->out, seen, cst_visible(t.p + i, t.n - i, seen, &used));
    }
}

static char *begin_md(cst_writer *w, size_t room)
{
    cst_buffer_add_string(&w->out, w->at == 0 ? "| " : " | ");
    return cst_writer_reserve(w, room) ? w->out.p + w->out.n : NULL;
}

static void end_md(cst_writer *w, size_t n, enum cst_cell kind)
{
    (void)kind;
    w->out.n += n;
}

static void end_md_row(cst_writer *w)
{
    cst_buffer_add_string(&w->out, " |\n");
}

static void open_md(cst_writer *w)
{
    for (w->at = 0; w->at < w->head->n; w->at++)
        put_md_text(w, (cst_text){w->head->name[w->at], (uint32_t)strlen(w->head->name[w->at])});
    end_md_row(w);
    for (size_t i = 0; i < w->head->n; i++)
        cst_buffer_add_string(&w->out, w->head->kind[i] == CST_COL_NUMBER ? "|---:" : "|---");
    cst_buffer_add_string(&w->out, "|\n");
}

const cst_family cst_family_md = {.open = open_md,
                                  .text = put_md_text,
                                  .begin = begin_md,
                                  .end = end_md,
                                  .end_row = end_md_row,
                                  .broken = {"", 0}};
