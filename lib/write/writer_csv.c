/* writer_csv.c: CSV with the fewest quotes that read back the same, and TSV, which has none. A field is
 * quoted where it holds the delimiter, a quote, CR or LF; where it is missing and alone in its row (an
 * empty line is no record); and where the header's first name begins with a byte order mark (the reader
 * would drop it). */
#include "base/text.h"
#include "write/writer.h"
#include "write/writer_rows.h"
#include <string.h>

static const char mark[] = "\xEF\xBB\xBF";

static char choose_delimiter(const cst_writer *w)
{
    return w->head->opts.delimiter;
}

char *cst_csv_quote(char *to, cst_text t)
{
    *to++ = '"';
    while (t.n > 0) {
        const char *quote = memchr(t.p, '"', t.n);
        uint32_t run = quote ? (uint32_t)(quote - t.p) + 1 : t.n;
        memcpy(to, t.p, run);
        to += run;
        if (quote) *to++ = '"';
        t = (cst_text){t.p + run, t.n - run};
    }
    *to++ = '"';
    return to;
}

static void put_csv_text(cst_writer *w, cst_text t)
{
    char delimiter = choose_delimiter(w);
    if (!cst_writer_reserve(w, 2 * (size_t)t.n + 20)) return;
    if (w->at > 0) w->out.p[w->out.n++] = delimiter;
    char *to = w->out.p + w->out.n;
    to = t.n || w->head->n > 1 ? cst_csv_put(to, t, delimiter) : cst_csv_quote(to, t);
    w->out.n = (size_t)(to - w->out.p);
}

static char *begin_csv(cst_writer *w, size_t room)
{
    if (!cst_writer_reserve(w, room + 3)) return NULL;
    if (w->at > 0) w->out.p[w->out.n++] = choose_delimiter(w);
    return w->out.p + w->out.n;
}

static void end_csv(cst_writer *w, size_t n, enum cst_cell kind)
{
    (void)kind;
    char *p = w->out.p + w->out.n;
    bool alone = n == 0 && w->head->n == 1;
    if (alone || (w->head->awkward && memchr(p, choose_delimiter(w), n))) {
        memmove(p + 1, p, n);
        p[0] = p[n + 1] = '"';
        n += 2;
    }
    w->out.n += n;
}

static void end_line(cst_writer *w)
{
    cst_buffer_add_char(&w->out, '\n');
}

static void open_csv(cst_writer *w)
{
    cst_write_opts *o = &w->head->opts;
    char d = o->delimiter ? o->delimiter : ',';
    bool letter = (d >= 'a' && d <= 'z') || (d >= 'A' && d <= 'Z') || (d >= '0' && d <= '9');
    if (letter || d == '"' || d == '\n' || d == '\r' || (d & 0x80)) {
        cst_writer_fail(
            w, NULL, CST_USAGE,
            "expected a delimiter that is one ASCII character and no letter, digit or quote, found \"%c\"",
            d);
        return;
    }
    o->delimiter = d;
    w->head->awkward = d == '-' || d == '.' || d == '+' || d == ':';
    for (w->at = 0; w->at < w->head->n; w->at++) {
        cst_text name = cst_text_of(w->head->name[w->at]);
        bool marked = w->at == 0 && name.n >= 3 && memcmp(name.p, mark, 3) == 0;
        if (marked && cst_writer_reserve(w, 2 * (size_t)name.n + 2))
            w->out.n = (size_t)(cst_csv_quote(w->out.p + w->out.n, name) - w->out.p);
        else
            put_csv_text(w, name);
    }
    end_line(w);
}

const cst_family cst_family_csv = {.open = open_csv,
                                   .text = put_csv_text,
                                   .begin = begin_csv,
                                   .end = end_csv,
                                   .end_row = end_line,
                                   .broken = {"\"", 1}};

static bool find_unwritable(cst_text t)
{
    for (uint32_t i = 0; i < t.n; i++)
        if (t.p[i] == '\t' || t.p[i] == '\n' || t.p[i] == '\r') return true;
    return false;
}

static void put_tsv_text(cst_writer *w, cst_text t)
{
    if (find_unwritable(t)) {
        cst_writer_fail(
            w, w->head->name[w->at], CST_DATA,
            "expected a value that tsv can hold (no TAB, LF or CR), found \"%.*s\"; use --format csv",
            (int)(t.n < 60 ? t.n : 60), t.p);
        return;
    }
    if (w->at > 0) cst_buffer_add_char(&w->out, '\t');
    cst_buffer_add(&w->out, t.p, t.n);
}

static char *begin_tsv(cst_writer *w, size_t room)
{
    if (!cst_writer_reserve(w, room + 1)) return NULL;
    if (w->at > 0) w->out.p[w->out.n++] = '\t';
    return w->out.p + w->out.n;
}

static void end_tsv(cst_writer *w, size_t n, enum cst_cell kind)
{
    (void)kind;
    w->out.n += n;
}

static void open_tsv(cst_writer *w)
{
    if (strncmp(w->head->name[0], mark, 3) == 0)
        cst_writer_fail(w, w->head->name[0], CST_DATA,
                        "expected a first column that tsv can hold, found a name with a byte order mark; use "
                        "--format csv");
    for (w->at = 0; w->at < w->head->n && w->failure.status == CST_OK; w->at++)
        put_tsv_text(w, cst_text_of(w->head->name[w->at]));
    end_line(w);
}

const cst_family cst_family_tsv = {.open = open_tsv,
                                   .text = put_tsv_text,
                                   .begin = begin_tsv,
                                   .end = end_tsv,
                                   .end_row = end_line,
                                   .broken = {"\0", 1}};
