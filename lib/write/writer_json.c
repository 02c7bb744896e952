/* writer_json.c: JSON (RFC 8259), an array of objects, one on a line; and JSON lines, the same objects
 * alone. A missing value is null. A column of numbers holds bare numbers, exact decimals without an
 * exponent; a text column holds strings, whatever they look like, so that a column never changes its type
 * from row to row. */
#include "write/writer.h"
#include <string.h>

static void add_escaped(cst_buffer *b, const char *p, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    cst_buffer_add_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        cst_buffer_add(b, p + from, i - from);
        from = i + 1;
        char escape[6] = {'\\', (char)c, '0', '0', hex[c >> 4], hex[c & 15]};
        const char *at = strchr("\bb\ff\nn\rr\tt", c);
        if (c < 0x20) escape[1] = at && c ? at[1] : 'u';
        cst_buffer_add(b, escape, escape[1] == 'u' && c < 0x20 ? 6 : 2);
    }
    cst_buffer_add(b, p + from, n - from);
    cst_buffer_add_char(b, '"');
}

static const char *pass_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p;
}

/* RFC 8259, section 6: what may stand bare. */
static bool is_json_number(cst_text t)
{
    const char *p = t.p, *end = t.p + t.n;
    if (p < end && *p == '-') p++;
    const char *digits = p;
    p = pass_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1)) return false;
    if (p < end && *p == '.') {
        digits = ++p;
        p = pass_digits(p, end);
        if (p == digits) return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '-' || *p == '+')) p++;
        digits = p;
        p = pass_digits(p, end);
        if (p == digits) return false;
    }
    return p == end;
}

static void put_lead(cst_writer *w)
{
    cst_buffer *lead = &w->head->lead[w->at];
    cst_buffer_add(&w->out, lead->p, lead->n);
}

static void put_json_text(cst_writer *w, cst_text t)
{
    put_lead(w);
    if (t.n == 0)
        cst_buffer_add_string(&w->out, "null");
    else if (cst_writer_kind(w) == CST_COL_NUMBER && is_json_number(t))
        cst_buffer_add(&w->out, t.p, t.n);
    else
        add_escaped(&w->out, t.p, t.n);
}

static char *begin_json(cst_writer *w, size_t room)
{
    put_lead(w);
    if (!cst_writer_reserve(w, room + 4)) return NULL;
    return w->out.p + w->out.n + 1; /* a byte is left for the quote */
}

static void end_json(cst_writer *w, size_t n, enum cst_cell kind)
{
    char *p = w->out.p + w->out.n;
    if (n == 0) {
        memcpy(p, "null", 4);
        n = 4;
    } else if (kind == CST_CELL_WORD || cst_writer_kind(w) == CST_COL_TEXT) {
        p[0] = p[n + 1] = '"';
        n += 2;
    } else {
        memmove(p, p + 1, n);
    }
    w->out.n += n;
}

/* What stands before each cell is made once: `{"first":` and `,"next":`. In an array every row brings the
 * comma that parts it from the row before; the first row of the table leaves it out. */
static void make_leads(cst_writer *w)
{
    for (size_t i = 0; i < w->head->n; i++) {
        cst_buffer *lead = &w->head->lead[i];
        cst_buffer_add_char(lead, i == 0 ? '{' : ',');
        add_escaped(lead, w->head->name[i], strlen(w->head->name[i]));
        cst_buffer_add_char(lead, ':');
        w->out.failed |= lead->failed;
    }
}

static void put_array_text(cst_writer *w, cst_text t)
{
    if (w->at == 0) cst_buffer_add(&w->out, ",\n", 2);
    put_json_text(w, t);
}

static char *begin_array(cst_writer *w, size_t room)
{
    if (w->at == 0) cst_buffer_add(&w->out, ",\n", 2);
    return begin_json(w, room);
}

static void open_array(cst_writer *w)
{
    make_leads(w);
    cst_buffer_add_char(&w->out, '[');
}

static void end_array_row(cst_writer *w)
{
    cst_buffer_add_char(&w->out, '}');
    if (w->rows > 0 || !w->sink || w->out.failed) return;
    char *comma = w->out.p + 1; /* behind the bracket: the first row is still in the buffer with it */
    memmove(comma, comma + 1, w->out.n - 2);
    w->out.n--;
}

static void finish_array(cst_writer *w)
{
    cst_buffer_add_string(&w->out, "\n]\n");
}

static void end_object_line(cst_writer *w)
{
    cst_buffer_add(&w->out, "}\n", 2);
}

const cst_family cst_family_json = {.open = open_array,
                                    .text = put_array_text,
                                    .begin = begin_array,
                                    .end = end_json,
                                    .end_row = end_array_row,
                                    .finish = finish_array,
                                    .broken = {"\n", 1},
                                    .joint = 1};

const cst_family cst_family_jsonl = {.open = make_leads,
                                     .text = put_json_text,
                                     .begin = begin_json,
                                     .end = end_json,
                                     .end_row = end_object_line,
                                     .broken = {"", 0}};
