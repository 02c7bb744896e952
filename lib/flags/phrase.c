/* flags/phrase.c: see phrase.h. */
#include "flags/phrase.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "chart/number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { AS_IS, NUMBER, PERCENT, MONEY, DATE, MONTH, CONDITION, COUNTED } phrase_format;
static const char *const format_names[] = {"", "number", "percent", "money", "date", "month", "?", NULL};

typedef struct phrase_piece {
    cst_text literal; /* written before the value */
    cst_expr *value;  /* NULL: `since` where is_since, else none */
    bool is_since;
    phrase_format format;
    cst_text one, many; /* of COUNTED */
    uint32_t group;     /* 1, 2 ...: the brackets it is in; 0: none */
} phrase_piece;

struct flag_phrase {
    phrase_piece *piece;
    size_t n, room;
    size_t columns; /* among which the slots are */
};

/* ---- reading ---- */

struct phrase_reading {
    cst_text text;
    const cst_expr_env *env;
    flag_phrase *phrase;
    uint32_t group, groups;
};

static cst_status fail(uint32_t at, const char *expected, cst_error *e)
{
    cst_status status = cst_fail(e, CST_USAGE, "expected %s at byte %u of the text; see cs-flags(1), TEXTS",
                                 expected, (unsigned)at + 1);
    e->column = at + 1;
    return status;
}

static cst_status add_piece(struct phrase_reading *r, phrase_piece piece, cst_error *e)
{
    flag_phrase *p = r->phrase;
    piece.group = r->group;
    if (!cst_grow(&p->piece, &p->room, p->n + 1, sizeof *p->piece)) {
        cst_expr_free(piece.value);
        return cst_no_memory(e);
    }
    p->piece[p->n++] = piece;
    return CST_OK;
}

static cst_status read_format(const struct phrase_reading *r, cst_text t, phrase_piece *piece, cst_error *e)
{
    const char *slash = memchr(t.p, '/', t.n);
    for (int i = AS_IS + 1; format_names[i]; i++)
        if (cst_text_is(t, format_names[i])) {
            piece->format = (phrase_format)i;
            return CST_OK;
        }
    if (!slash || slash == t.p || slash + 1 == t.p + t.n)
        return fail((uint32_t)(t.p - r->text.p),
                    "number, percent, money, date, month, ?, or two words such as day/days", e);
    piece->format = COUNTED;
    piece->one = (cst_text){t.p, (uint32_t)(slash - t.p)};
    piece->many = (cst_text){slash + 1, t.n - piece->one.n - 1};
    return CST_OK;
}

/* The end of what is in braces, and the colon in it, outside quotes. */
static bool find_ends(cst_text t, uint32_t from, uint32_t *colon, uint32_t *end)
{
    char quote = 0;
    *colon = 0;
    for (uint32_t i = from; i < t.n; i++) {
        char c = t.p[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == ':')
            *colon = i;
        else if (c == '}') {
            *end = i;
            return true;
        }
    }
    return false;
}

static cst_status read_value(struct phrase_reading *r, uint32_t from, uint32_t colon, uint32_t end,
                             phrase_piece *piece, cst_error *e)
{
    cst_text inside = {r->text.p + from, (colon ? colon : end) - from};
    cst_status status = CST_OK;
    if (colon) status = read_format(r, (cst_text){r->text.p + colon + 1, end - colon - 1}, piece, e);
    if (status < 0) return status;
    bool day = piece->format == DATE || piece->format == MONTH;
    if (cst_text_is(inside, "since")) {
        piece->is_since = true;
        return day ? CST_OK : fail(from, "since with the format date or month", e);
    }
    cst_expr_env env = *r->env;
    env.want = piece->format == CONDITION      ? CST_WANT_CONDITION
               : day || piece->format == AS_IS ? CST_WANT_ANY
                                               : CST_WANT_NUMBER;
    status = cst_expr_parse(inside, &env, &piece->value, e);
    if (status == CST_USAGE) e->column += from;
    return status;
}

static cst_status read_bracket(struct phrase_reading *r, uint32_t i, cst_error *e)
{
    bool opens = r->text.p[i] == '[';
    if (opens == (r->group != 0))
        return fail(i, opens ? "\"]\" before another \"[\"" : "\"[\" before \"]\"", e);
    r->group = opens ? ++r->groups : 0;
    return CST_OK;
}

static cst_status read_pieces(struct phrase_reading *r, cst_error *e)
{
    uint32_t start = 0, colon, end;
    cst_status status = CST_OK;
    for (uint32_t i = 0; i < r->text.n && status == CST_OK; i++) {
        char c = r->text.p[i];
        if (!memchr("{}[]", c, 4)) continue;
        phrase_piece piece = {.literal = {r->text.p + start, i - start}};
        if (c == '}') return fail(i, "\"{\" before \"}\"", e);
        if (c == '{') {
            if (!find_ends(r->text, i + 1, &colon, &end)) return fail(i, "\"}\" for this \"{\"", e);
            status = read_value(r, i + 1, colon, end, &piece, e);
            if (status < 0) return status;
            i = end;
        }
        start = i + 1;
        status = add_piece(r, piece, e);
        if (status == CST_OK && c != '{') status = read_bracket(r, i, e);
    }
    if (status < 0) return status;
    if (r->group) return fail(r->text.n, "\"]\" for the last \"[\"", e);
    return add_piece(r, (phrase_piece){.literal = {r->text.p + start, r->text.n - start}}, e);
}

cst_status flag_phrase_parse(cst_text t, const cst_expr_env *env, flag_phrase **out, cst_error *e)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return cst_no_memory(e);
    (*out)->columns = env->n;
    struct phrase_reading r = {.text = t, .env = env, .phrase = *out};
    cst_status status = read_pieces(&r, e);
    if (status == CST_OK) return status;
    flag_phrase_free(*out);
    *out = NULL;
    return status;
}

void flag_phrase_free(flag_phrase *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n; i++) cst_expr_free(p->piece[i].value);
    free(p->piece);
    free(p);
}

/* ---- what it reads ---- */

const cst_expr *flag_phrase_expression(const flag_phrase *p, size_t i)
{
    for (size_t k = 0; k < p->n; k++)
        if (p->piece[k].value && i-- == 0) return p->piece[k].value;
    return NULL;
}

static bool reads(const flag_phrase *p, uint32_t column)
{
    const cst_expr *x;
    for (size_t i = 0; (x = flag_phrase_expression(p, i)) != NULL; i++)
        if (cst_expr_back(x, column) >= 0) return true;
    return false;
}

int64_t flag_phrase_measure(const flag_phrase *p)
{
    const cst_expr *first = flag_phrase_expression(p, 0);
    for (uint32_t c = 0; first && c < p->columns; c++)
        if (cst_expr_back(first, c) >= 0) return c;
    return -1;
}

size_t flag_phrase_columns(const flag_phrase *p)
{
    size_t n = 0;
    for (uint32_t c = 0; c < p->columns; c++) n += reads(p, c);
    return n;
}

/* ---- writing ---- */

static cst_status refuse(const char *expected, cst_text found, cst_error *e)
{
    return cst_fail(e, CST_DATA, "text: expected %s, found \"%.*s\"", expected,
                    found.n > 60 ? 60 : (int)found.n, found.p);
}

static void add_number(const phrase_piece *x, double v, cst_buffer *b)
{
    if (!(fabs(v) < 1e12)) v = v < 0 ? -1e12 : 1e12;
    chart_value value = (chart_value)llround(v * 1e6);
    const chart_number n = x->format == PERCENT ? chart_whole_percent(value)
                           : x->format == MONEY ? chart_money(value)
                                                : chart_decimals(value, 0, 1);
    cst_buffer_add_string(b, n.s);
    if (x->format != COUNTED) return;
    const cst_text word = strcmp(n.s, "1") == 0 ? x->one : x->many;
    cst_buffer_add_char(b, ' ');
    cst_buffer_add(b, word.p, word.n);
}

static void add_day(const phrase_piece *x, cst_day day, cst_buffer *b)
{
    cst_buffer_add_string(b, x->format == MONTH ? chart_month(day).s : chart_day(day).s);
}

static void add_as_is(const cst_value *v, cst_buffer *b)
{
    char number[CST_NUMBER_ROOM];
    if (v->type == CST_VALUE_NUMBER)
        cst_buffer_add(b, number, cst_number_format(v->number, number));
    else if (v->type == CST_VALUE_DAY)
        cst_buffer_add_string(b, chart_day(v->day).s);
    else if (v->type == CST_VALUE_BOOL)
        cst_buffer_add_string(b, v->truth ? "true" : "false");
    else
        cst_buffer_add_visible(b, v->text.p, v->text.n, 60);
}

/* *missing: there is nothing to write. */
static cst_status add_value(const phrase_piece *x, const cst_row *row, cst_day since, cst_buffer *b,
                            bool *missing, cst_error *e)
{
    cst_value v;
    double number;
    cst_day day = since;
    *missing = false;
    if (x->is_since) {
        *missing = since == CST_DAY_NONE;
        if (!*missing) add_day(x, since, b);
        return CST_OK;
    }
    if (!x->value) return CST_OK;
    if (x->format == CONDITION) {
        bool holds = false;
        cst_status status = cst_expr_true(x->value, row, &holds, e);
        *missing = !holds;
        return status;
    }
    if (x->format != AS_IS && x->format != DATE && x->format != MONTH) {
        cst_status status = cst_expr_number(x->value, row, &number, e);
        *missing = status == CST_END;
        if (status == CST_OK) add_number(x, number, b);
        return status < 0 ? status : CST_OK;
    }
    cst_status status = cst_expr_eval(x->value, row, &v, e);
    if (status < 0) return status;
    *missing = v.missing || ((v.type == CST_VALUE_OPEN || v.type == CST_VALUE_TEXT) && v.text.n == 0);
    if (*missing) return CST_OK;
    if (x->format == AS_IS) {
        add_as_is(&v, b);
        return CST_OK;
    }
    if (v.type == CST_VALUE_DAY)
        day = v.day;
    else if (v.type == CST_VALUE_NUMBER || v.type == CST_VALUE_BOOL || !cst_day_parse(v.text, &day))
        return refuse("a date YYYY-MM-DD", v.type == CST_VALUE_NUMBER ? cst_text_of("a number") : v.text, e);
    add_day(x, day, b);
    return CST_OK;
}

cst_status flag_phrase_write(const flag_phrase *p, const cst_row *row, cst_day since, cst_buffer *b,
                             bool *whole, cst_error *e)
{
    size_t start = b->n, bracket = b->n;
    uint32_t group = 0, left_out = 0;
    *whole = true;
    for (size_t i = 0; i < p->n; i++) {
        const phrase_piece *x = &p->piece[i];
        bool missing;
        if (x->group && x->group == left_out) continue;
        if (x->group != group) bracket = b->n;
        group = x->group;
        cst_buffer_add(b, x->literal.p, x->literal.n);
        cst_status status = add_value(x, row, since, b, &missing, e);
        if (status < 0) return status;
        if (!missing) continue;
        b->n = group ? bracket : start;
        left_out = group;
        *whole = group != 0;
        if (!*whole) return CST_OK;
    }
    while (b->n > start && memchr(" ,;", b->p[b->n - 1], 3)) b->n--;
    return CST_OK;
}
