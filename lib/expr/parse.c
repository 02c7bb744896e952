/* expr/parse.c: recursive descent, a function per level of the grammar in expr.h; check.c builds the nodes.
 * Recursion is bounded by CST_EXPR_NESTING; chains of one operator are loops. */
#include "base/date.h"
#include "base/suggest.h"
#include "base/text.h"
#include "expr/check.h"
#include <strings.h>

static cst_expr_node *parse_or(cst_parser *p);
static cst_expr_node *parse_unary(cst_parser *p);

static void advance(cst_parser *p)
{
    p->next = cst_lex(p->text, p->next, &p->token);
}

static bool at_mark(const cst_parser *p, const char *mark)
{
    return p->token.kind == CST_TOKEN_MARK && cst_text_is(p->token.text, mark);
}

static bool at_word(const cst_parser *p, const char *word)
{
    return p->token.kind == CST_TOKEN_NAME && cst_text_is(p->token.text, word);
}

static bool take_word(cst_parser *p, const char *word)
{
    if (!at_word(p, word)) return false;
    advance(p);
    return true;
}

static bool take_mark(cst_parser *p, const char *mark)
{
    if (!at_mark(p, mark)) return false;
    advance(p);
    return true;
}

/* "expected X, found Y" for the token at hand; a bad token knows better what is wrong. */
static cst_expr_node *fail_expected(cst_parser *p, const char *expected)
{
    const cst_token *t = &p->token;
    if (t->kind == CST_TOKEN_END) return cst_parse_fail(p, t->at, "expected %s, found the end", expected);
    int shown = t->text.n > 40 ? 40 : (int)t->text.n;
    const char *more = t->text.n > 40 ? "..." : "";
    if (t->kind != CST_TOKEN_BAD)
        return cst_parse_fail(p, t->at, "expected %s, found \"%.*s%s\"", expected, shown, t->text.p, more);
    const char *remedy = strchr(t->wrong, ';');
    int head = remedy ? (int)(remedy - t->wrong) : (int)strlen(t->wrong);
    return cst_parse_fail(p, t->at, "%.*s, found \"%.*s%s\"%s", head, t->wrong, shown, t->text.p, more,
                          remedy ? remedy : "");
}

static bool expect_mark(cst_parser *p, const char *mark, const char *expected)
{
    if (take_mark(p, mark)) return true;
    fail_expected(p, expected);
    return false;
}

static bool enter(cst_parser *p)
{
    if (++p->nesting <= CST_EXPR_NESTING) return true;
    cst_parse_fail(p, p->token.at,
                   "expected at most %d levels of parentheses, calls, not and -; give a part of it a column",
                   CST_EXPR_NESTING);
    return false;
}

static bool is_reserved(cst_text t)
{
    static const char *const words[] = {"and", "or", "not", "in", "is", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (cst_text_is(t, words[i])) return true;
    return false;
}

/* The bytes of a quoted text, with doubled quotes made one. */
static bool undo_quotes(cst_parser *p, cst_text quoted, cst_text *out)
{
    char *copy = cst_arena_string(p->arena, quoted.p + 1, quoted.n - 2);
    uint32_t n = 0;
    if (!copy) return cst_parse_memory(p);
    for (uint32_t i = 0; i < quoted.n - 2; i++) {
        copy[n++] = copy[i];
        if (copy[i] == quoted.p[0]) i++;
    }
    *out = (cst_text){copy, n};
    return true;
}

static cst_expr_node *parse_text(cst_parser *p)
{
    cst_value v = {.type = CST_VALUE_TEXT};
    uint32_t at = p->token.at;
    if (!undo_quotes(p, p->token.text, &v.text)) return NULL;
    if (v.text.n == 0)
        return cst_parse_fail(
            p, at, "expected a text, found empty quotes; an empty field is missing: write x is missing");
    advance(p);
    return cst_build_constant(p, at, v);
}

/* date('...') is a constant; date(x) takes x for a day. Behind the opening bracket. */
static cst_expr_node *parse_date(cst_parser *p, uint32_t at)
{
    cst_value v = {.type = CST_VALUE_DAY};
    uint32_t inside = p->token.at;
    cst_expr_node *n = parse_or(p);
    if (!n) return NULL;
    if (n->kind == CST_NODE_CONSTANT && n->type == CST_VALUE_TEXT) {
        cst_text t = n->value.text;
        if (!cst_day_parse(t, &v.day))
            return cst_parse_fail(p, inside, "expected a date YYYY-MM-DD, found \"%.*s\"",
                                  t.n > 40 ? 40 : (int)t.n, t.p);
        n = cst_build_constant(p, at, v);
    } else {
        n = cst_build_as(p, n, CST_VALUE_DAY);
    }
    return n && expect_mark(p, ")", "a closing parenthesis") ? n : NULL;
}

static const cst_function *find_function(const cst_function *table, cst_text name)
{
    for (; table && table->name; table++)
        if (cst_text_is(name, table->name)) return table;
    return NULL;
}

static cst_expr_node *fail_unknown_function(cst_parser *p, uint32_t at, cst_text name)
{
    cst_text names[64] = {{"date", 4}};
    size_t n = 1;
    const cst_function *tables[] = {p->env->functions, cst_expr_builtin};
    for (int i = 0; i < 2; i++)
        for (const cst_function *f = tables[i]; f && f->name && n < 64; f++)
            if (!f->refusal) names[n++] = cst_text_of(f->name);
    cst_buffer b = {0};
    cst_suggest_unknown(&b, "a function", name, names, n, "; the functions are ", 64);
    cst_parse_fail(p, at, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return NULL;
}

/* Behind the opening bracket. */
static cst_expr_node *parse_call(cst_parser *p, uint32_t at, cst_text name)
{
    if (cst_text_is(name, "date")) return parse_date(p, at);
    const cst_function *f = find_function(p->env->functions, name);
    cst_nodes arguments = {0};
    if (!f) f = find_function(cst_expr_builtin, name);
    if (!f) return fail_unknown_function(p, at, name);
    if (f->refusal) return cst_build_call(p, at, f, &arguments);
    if (!at_mark(p, ")")) do {
            if (!cst_nodes_add(p, &arguments, parse_or(p))) return NULL;
        } while (take_mark(p, ","));
    if (!expect_mark(p, ")", "a comma or a closing parenthesis")) return NULL;
    return cst_build_call(p, at, f, &arguments);
}

static cst_expr_node *parse_name(cst_parser *p)
{
    cst_token t = p->token;
    if (t.kind == CST_TOKEN_NAME && is_reserved(t.text)) {
        cst_value v = {.type = CST_VALUE_BOOL, .truth = cst_text_is(t.text, "true")};
        if (!v.truth && !cst_text_is(t.text, "false"))
            return fail_expected(p, "a value (a column of such a name stands in backquotes)");
        advance(p);
        return cst_build_constant(p, t.at, v);
    }
    advance(p);
    if (t.kind == CST_TOKEN_QUOTED_NAME || !at_mark(p, "(")) return cst_build_column(p, t.at, t.text);
    if (!enter(p)) return NULL;
    advance(p);
    cst_expr_node *n = parse_call(p, t.at, t.text);
    p->nesting--;
    return n;
}

static cst_expr_node *parse_atom(cst_parser *p)
{
    uint32_t at = p->token.at;
    if (p->token.kind == CST_TOKEN_NUMBER) {
        cst_value v = {.type = CST_VALUE_NUMBER};
        v.number = p->token.number;
        advance(p);
        return cst_build_constant(p, at, v);
    }
    if (p->token.kind == CST_TOKEN_TEXT) return parse_text(p);
    if (p->token.kind == CST_TOKEN_NAME || p->token.kind == CST_TOKEN_QUOTED_NAME) return parse_name(p);
    if (!at_mark(p, "("))
        return fail_expected(p, "a value: a column, a number, a text in quotes, a call or (");
    if (!enter(p)) return NULL;
    advance(p);
    cst_expr_node *n = parse_or(p);
    if (!n || !expect_mark(p, ")", "an operator or a closing parenthesis")) return NULL;
    p->nesting--;
    n->at = at;
    return n;
}

static cst_expr_node *parse_unary(cst_parser *p)
{
    uint32_t at = p->token.at;
    if (!at_mark(p, "-")) return parse_atom(p);
    if (!enter(p)) return NULL;
    advance(p);
    cst_expr_node *n = parse_unary(p);
    p->nesting--;
    return n ? cst_build_negate(p, at, n) : NULL;
}

static cst_expr_node *parse_product(cst_parser *p)
{
    cst_expr_node *n = parse_unary(p);
    while (n && (at_mark(p, "*") || at_mark(p, "/"))) {
        char mark = p->token.text.p[0];
        advance(p);
        cst_expr_node *right = parse_unary(p);
        n = right ? cst_build_arithmetic(p, mark, n, right) : NULL;
    }
    return n;
}

static cst_expr_node *parse_sum(cst_parser *p)
{
    cst_expr_node *n = parse_product(p);
    while (n && (at_mark(p, "+") || at_mark(p, "-"))) {
        char mark = p->token.text.p[0];
        advance(p);
        cst_expr_node *right = parse_product(p);
        n = right ? cst_build_arithmetic(p, mark, n, right) : NULL;
    }
    return n;
}

/* Behind `in`. */
static cst_expr_node *parse_in(cst_parser *p, cst_expr_node *x)
{
    cst_nodes list = {0};
    if (!cst_nodes_add(p, &list, x)) return NULL;
    if (!expect_mark(p, "(", "a list such as ('a', 'b') after in")) return NULL;
    do {
        if (!cst_nodes_add(p, &list, parse_sum(p))) return NULL;
    } while (take_mark(p, ","));
    if (!expect_mark(p, ")", "a comma or a closing parenthesis")) return NULL;
    return cst_build_in(p, &list);
}

static bool find_comparison(const cst_parser *p, cst_comparison *out)
{
    static const char *const marks[] = {"==", "!=", "<", "<=", ">", ">="};
    for (int i = 0; i < 6; i++)
        if (at_mark(p, marks[i])) {
            *out = (cst_comparison)i;
            return true;
        }
    return false;
}

static cst_expr_node *parse_is(cst_parser *p, cst_expr_node *x)
{
    bool negated = take_word(p, "not");
    if (!take_word(p, "missing")) return fail_expected(p, negated ? "missing" : "missing or not missing");
    cst_expr_node *n = cst_build_is_missing(p, x);
    return n && negated ? cst_build_not(p, n->at, n) : n;
}

static cst_expr_node *parse_comparison(cst_parser *p)
{
    cst_expr_node *n = parse_sum(p);
    cst_comparison c;
    if (!n) return NULL;
    if (find_comparison(p, &c)) {
        advance(p);
        cst_expr_node *right = parse_sum(p);
        n = right ? cst_build_compare(p, c, n, right) : NULL;
    } else if (take_word(p, "is")) {
        n = parse_is(p, n);
    } else if (take_word(p, "in")) {
        n = parse_in(p, n);
    } else if (take_word(p, "not")) {
        if (!take_word(p, "in")) return fail_expected(p, "in");
        n = parse_in(p, n);
        if (n) n = cst_build_not(p, n->at, n);
    } else {
        return n;
    }
    if (n && (find_comparison(p, &c) || at_word(p, "is") || at_word(p, "in")))
        return fail_expected(p, "and, or or the end (comparisons do not chain: write a < b and b < c)");
    return n;
}

static cst_expr_node *parse_not(cst_parser *p)
{
    uint32_t at = p->token.at;
    if (!at_word(p, "not")) return parse_comparison(p);
    if (!enter(p)) return NULL;
    advance(p);
    cst_expr_node *n = parse_not(p);
    p->nesting--;
    return n ? cst_build_not(p, at, n) : NULL;
}

static cst_expr_node *parse_and(cst_parser *p)
{
    cst_nodes list = {0};
    if (!cst_nodes_add(p, &list, parse_not(p))) return NULL;
    while (take_word(p, "and"))
        if (!cst_nodes_add(p, &list, parse_not(p))) return NULL;
    return list.n == 1 ? list.v[0] : cst_build_chain(p, CST_NODE_AND, &list);
}

static cst_expr_node *parse_or(cst_parser *p)
{
    cst_nodes list = {0};
    if (!cst_nodes_add(p, &list, parse_and(p))) return NULL;
    while (take_word(p, "or"))
        if (!cst_nodes_add(p, &list, parse_and(p))) return NULL;
    return list.n == 1 ? list.v[0] : cst_build_chain(p, CST_NODE_OR, &list);
}

/* What may follow a whole expression; SQL's capitals are the likeliest slip. */
static const char *expected_rest(const cst_text found)
{
    static const char *const words[] = {"and", "or", "in", "is"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (found.n == strlen(words[i]) && strncasecmp(found.p, words[i], found.n) == 0)
            return "an operator (and, or, in, is are written in small letters) or the end";
    static const char *const sql[] = {"like", "ilike", "regexp", "rlike", "similar"};
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        if (found.n == strlen(sql[i]) && strncasecmp(found.p, sql[i], found.n) == 0)
            return "an operator (there are begins(x, 'A'), ends(x, 'A') and contains(x, 'A')) or the end";
    if (found.n == 7 && strncasecmp(found.p, "between", 7) == 0)
        return "an operator (write x >= 1 and x <= 2) or the end";
    return "an operator or the end";
}

cst_expr_node *cst_parse_whole(cst_parser *p)
{
    if (p->text.n > CST_EXPR_LENGTH)
        return cst_parse_fail(p, CST_EXPR_LENGTH, "expected an expression of at most %d bytes",
                              CST_EXPR_LENGTH);
    advance(p);
    if (p->token.kind == CST_TOKEN_END) return fail_expected(p, "an expression such as mrr > 0");
    cst_expr_node *n = parse_or(p);
    if (!n) return NULL;
    if (p->token.kind != CST_TOKEN_END) return fail_expected(p, expected_rest(p->token.text));
    if (p->env->want == CST_WANT_CONDITION) return cst_build_as(p, n, CST_VALUE_BOOL);
    if (p->env->want == CST_WANT_NUMBER && n->type != CST_VALUE_BOOL)
        return cst_build_as(p, n, CST_VALUE_NUMBER);
    return n;
}
