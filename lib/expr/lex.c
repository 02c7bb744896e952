/* expr/lex.c: the tokens of an expression. There is no state but the position, so that the parser may look
 * ahead by asking again. A bad token carries the remedy for what people write out of habit from other
 * languages. */
#include "expr/lex.h"
#include "base/number.h"
#include "base/text.h"
#include "expr/expr.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A name may hold any byte past ASCII, so that names in every language need no quotes. */
static bool is_name_byte(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

bool cst_expr_is_name(cst_text t)
{
    uint32_t i = 0;
    while (i < t.n && is_name_byte(t.p[i])) i++;
    return t.n > 0 && i == t.n && !is_digit(t.p[0]);
}

static uint32_t fail_token(cst_token *out, uint32_t length, const char *wrong)
{
    out->kind = CST_TOKEN_BAD;
    out->text.n = length;
    out->wrong = wrong;
    return out->at + length;
}

static uint32_t skip_digits(cst_text t, uint32_t i)
{
    while (i < t.n && is_digit(t.p[i])) i++;
    return i;
}

/* 2^53 - 1. A larger whole number may equal its neighbour as a double: an id may be another one then. */
static const double most_whole = 9007199254740991;

static uint32_t lex_number(cst_text t, cst_token *out)
{
    uint32_t i = skip_digits(t, out->at);
    if (i < t.n && t.p[i] == '.') i = skip_digits(t, i + 1);
    if (i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
        uint32_t digits = i + 1 + (i + 1 < t.n && (t.p[i + 1] == '+' || t.p[i + 1] == '-'));
        if (digits < t.n && is_digit(t.p[digits])) i = skip_digits(t, digits);
    }
    uint32_t end = i;
    while (i < t.n && (is_name_byte(t.p[i]) || t.p[i] == '.')) i++;
    out->text.n = end - out->at;
    if (i > end || !cst_number_parse(out->text, &out->number))
        return fail_token(out, i - out->at, "expected a number such as 1, 0.25 or 1e6");
    if (out->number > most_whole && skip_digits(t, out->at) == end)
        return fail_token(out, end - out->at, "expected a number of at most 15 digits, or an id in quotes");
    out->kind = CST_TOKEN_NUMBER;
    return end;
}

/* A quote that is doubled stands for itself. */
static uint32_t lex_quoted(cst_text t, cst_token *out)
{
    char quote = t.p[out->at];
    for (uint32_t i = out->at + 1; i < t.n; i++) {
        if (t.p[i] != quote) continue;
        if (i + 1 < t.n && t.p[i + 1] == quote) {
            i++;
            continue;
        }
        out->text.n = i + 1 - out->at;
        out->kind = CST_TOKEN_TEXT;
        return i + 1;
    }
    return fail_token(out, t.n - out->at, "expected a text that ends with the quote it begins with");
}

static uint32_t lex_quoted_name(cst_text t, cst_token *out)
{
    const char *from = t.p + out->at + 1;
    const char *end = memchr(from, '`', t.n - out->at - 1);
    if (!end || end == from)
        return fail_token(out, end ? 2 : t.n - out->at, "expected a column's name between ` and `");
    out->kind = CST_TOKEN_QUOTED_NAME;
    out->text = (cst_text){from, (uint32_t)(end - from)};
    return (uint32_t)(end + 1 - t.p);
}

static uint32_t lex_mark(cst_text t, cst_token *out)
{
    static const struct {
        char text[3];
        const char *wrong;
    } marks[] = {/* the longer first */
                 {"==", NULL},
                 {"!=", NULL},
                 {"<=", NULL},
                 {">=", NULL},
                 {"<>", "expected an operator; write != for \"is not\""},
                 {"&&", "expected an operator; write and"},
                 {"||", "expected an operator; write or"},
                 {"**", "expected an operator; there is no power"},
                 {"=>", "expected an operator; write >="},
                 {"=<", "expected an operator; write <="},
                 {"=", "expected an operator; write == to compare"},
                 {"!", "expected a value or an operator; write not, or != to compare"},
                 {"<", NULL},
                 {">", NULL},
                 {"+", NULL},
                 {"-", NULL},
                 {"*", NULL},
                 {"/", NULL},
                 {"(", NULL},
                 {")", NULL},
                 {",", NULL}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        uint32_t n = (uint32_t)strlen(marks[i].text);
        if (t.n - out->at < n || memcmp(t.p + out->at, marks[i].text, n) != 0) continue;
        if (marks[i].wrong) return fail_token(out, n, marks[i].wrong);
        out->kind = CST_TOKEN_MARK;
        out->text.n = n;
        return out->at + n;
    }
    if (t.p[out->at] == '.')
        return fail_token(out, 1, "expected a value; write 0.5, or a name with a dot in backquotes");
    if (t.p[out->at] == '[')
        return fail_token(out, 1, "expected a value or an operator; a list stands in ( )");
    return fail_token(out, 1, "expected a value or an operator");
}

uint32_t cst_lex(cst_text text, uint32_t from, cst_token *out)
{
    while (from < text.n &&
           (text.p[from] == ' ' || text.p[from] == '\t' || text.p[from] == '\n' || text.p[from] == '\r'))
        from++;
    *out = (cst_token){.kind = CST_TOKEN_END, .at = from, .text = {text.p + from, 0}};
    if (from >= text.n) return from;
    char c = text.p[from];
    if (is_digit(c)) return lex_number(text, out);
    if (c == '\'' || c == '"') return lex_quoted(text, out);
    if (c == '`') return lex_quoted_name(text, out);
    if (!is_name_byte(c)) return lex_mark(text, out);
    uint32_t end = from;
    while (end < text.n && is_name_byte(text.p[end])) end++;
    out->kind = CST_TOKEN_NAME;
    out->text.n = end - from;
    return end;
}
