/* expr/check.c: the rules of types.
 *
 * A column is OPEN until something stands beside it. settle_node then goes down through the calls that only
 * hand a value on (coalesce, prev) and gives the columns the type, so that each is read once, as what it is
 * used for, and a field that is no number is reported as that column's. What stays OPEN is compared as
 * numbers or bytes when it is read. */
#include "expr/check.h"
#include "base/suggest.h"
#include "base/text.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static const char *name_type(cst_value_type t)
{
    static const char *const names[] = {"a column", "a number", "a text", "a date", "a condition"};
    return names[t];
}

cst_expr_node *cst_parse_fail(cst_parser *p, uint32_t at, const char *format, ...)
{
    char message[sizeof p->e->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    cst_place place = {NULL, 0, (uint64_t)at + 1};
    p->status = cst_fail_at(p->e, CST_USAGE, place, p->env->label, "byte %u: %s", at + 1, message);
    return NULL;
}

cst_expr_node *cst_parse_memory(cst_parser *p)
{
    p->status = cst_no_memory(p->e);
    return NULL;
}

bool cst_nodes_add(cst_parser *p, cst_nodes *list, cst_expr_node *n)
{
    if (!n) return false;
    if (list->n == list->room) {
        uint32_t room = list->room ? 2 * list->room : 4;
        cst_expr_node **v = cst_arena_alloc(p->arena, room * sizeof *v);
        if (!v) return cst_parse_memory(p);
        if (list->n) memcpy(v, list->v, list->n * sizeof *v);
        list->v = v;
        list->room = room;
    }
    list->v[list->n++] = n;
    return true;
}

static cst_expr_node *make_node(cst_parser *p, cst_node_kind kind, cst_value_type type, uint32_t at)
{
    cst_expr_node *n = cst_arena_alloc(p->arena, sizeof *n);
    if (!n) return cst_parse_memory(p);
    n->kind = kind;
    n->type = type;
    n->at = at;
    n->height = 1;
    return n;
}

static cst_expr_node *make_parent(cst_parser *p, cst_node_kind kind, cst_value_type type, uint32_t at,
                                  cst_expr_node *const *child, uint32_t n)
{
    cst_expr_node *parent = make_node(p, kind, type, at);
    if (!parent) return NULL;
    parent->child = n ? cst_arena_alloc(p->arena, n * sizeof *child) : NULL;
    if (n && !parent->child) return cst_parse_memory(p);
    for (uint32_t i = 0; i < n; i++) {
        parent->child[i] = child[i];
        if (child[i]->height >= parent->height) parent->height = child[i]->height + 1;
    }
    parent->n = n;
    if (parent->height > CST_EXPR_HEIGHT)
        return cst_parse_fail(p, at,
                              "expected at most %d operations within one another; give a part of it a column",
                              CST_EXPR_HEIGHT);
    return parent;
}

/* Gives an OPEN node its type, and to all it hands on. */
static void settle_node(cst_expr_node *n, cst_value_type type)
{
    n->type = type;
    for (uint32_t i = 0; i < n->n; i++)
        if (n->child[i]->type == CST_VALUE_OPEN) settle_node(n->child[i], type);
}

cst_expr_node *cst_build_as(cst_parser *p, cst_expr_node *x, cst_value_type type)
{
    if (x->type == CST_VALUE_OPEN) settle_node(x, type);
    if (x->type == type) return x;
    const char *remedy = "";
    if (type == CST_VALUE_BOOL) remedy = " such as mrr > 0";
    if (type == CST_VALUE_DAY) remedy = "; write date('2025-01-31')";
    if (type == CST_VALUE_NUMBER && x->type == CST_VALUE_TEXT) remedy = "; a number stands without quotes";
    if (type == CST_VALUE_TEXT) remedy = "; a text stands in quotes";
    return type == CST_VALUE_BOOL ? cst_parse_fail(p, x->at, "expected %s%s, found %s", name_type(type),
                                                   remedy, name_type(x->type))
                                  : cst_parse_fail(p, x->at, "expected %s, found %s%s", name_type(type),
                                                   name_type(x->type), remedy);
}

/* Makes all of one type: that of the first which has one; all OPEN stays so. */
static bool unify_nodes(cst_parser *p, cst_expr_node *const *v, uint32_t n, cst_value_type *out)
{
    *out = CST_VALUE_OPEN;
    for (uint32_t i = 0; i < n && *out == CST_VALUE_OPEN; i++) *out = v[i]->type;
    for (uint32_t i = 0; i < n && *out != CST_VALUE_OPEN; i++)
        if (!cst_build_as(p, v[i], *out)) return false;
    return true;
}

cst_expr_node *cst_build_constant(cst_parser *p, uint32_t at, cst_value v)
{
    cst_expr_node *n = make_node(p, CST_NODE_CONSTANT, v.type, at);
    if (n) n->value = v;
    return n;
}

static cst_expr_node *fail_unknown_column(cst_parser *p, uint32_t at, cst_text name)
{
    cst_buffer b = {0};
    if (p->env->unknown) *p->env->unknown = true;
    cst_suggest_unknown(&b, "a column", name, p->env->names, p->env->n,
                        p->env->n ? "; the columns are " : "; there are no columns here", 20);
    /* a text without its quotes reads as a column; behind an operator it is the likeliest slip */
    uint32_t before = at;
    while (before > 0 && p->text.p[before - 1] == ' ') before--;
    bool compared = before > 0 && strchr("=<>,(", p->text.p[before - 1]);
    bool curly = name.n > 3 && memcmp(name.p, "\xe2\x80", 2) == 0;
    if (curly)
        cst_buffer_add_string(&b, "; a text stands in straight quotes");
    else if (compared)
        cst_buffer_printf(&b, "; a text stands in quotes: '%.*s'", name.n > 60 ? 60 : (int)name.n, name.p);
    cst_parse_fail(p, at, "%s", cst_buffer_string(&b));
    cst_buffer_free(&b);
    return NULL;
}

cst_expr_node *cst_build_column(cst_parser *p, uint32_t at, cst_text name)
{
    size_t slot = 0;
    while (slot < p->env->n && !cst_text_equal(p->env->names[slot], name)) slot++;
    if (slot == p->env->n) return fail_unknown_column(p, at, name);
    cst_expr_node *n = make_node(p, CST_NODE_COLUMN, CST_VALUE_OPEN, at);
    if (!n) return NULL;
    bool ok = true;
    n->slot = (uint32_t)slot;
    n->name = cst_arena_text(p->arena, name, &ok);
    return ok ? n : cst_parse_memory(p);
}

cst_expr_node *cst_build_negate(cst_parser *p, uint32_t at, cst_expr_node *x)
{
    if (!cst_build_as(p, x, CST_VALUE_NUMBER)) return NULL;
    if (x->kind == CST_NODE_CONSTANT) {
        x->value.number = -x->value.number;
        x->at = at;
        return x;
    }
    return make_parent(p, CST_NODE_NEGATE, CST_VALUE_NUMBER, at, &x, 1);
}

static cst_expr_node *build_days_between(cst_parser *p, cst_expr_node *a, cst_expr_node *b)
{
    cst_expr_node *both[] = {a, b};
    if (!cst_build_as(p, a, CST_VALUE_DAY) || !cst_build_as(p, b, CST_VALUE_DAY)) return NULL;
    return make_parent(p, CST_NODE_DAYS_BETWEEN, CST_VALUE_NUMBER, a->at, both, 2);
}

static cst_expr_node *build_day_shift(cst_parser *p, cst_node_kind kind, uint32_t at, cst_expr_node *day,
                                      cst_expr_node *by)
{
    cst_expr_node *both[] = {day, by};
    if (!cst_build_as(p, by, CST_VALUE_NUMBER)) return NULL;
    return make_parent(p, kind, CST_VALUE_DAY, at, both, 2);
}

cst_expr_node *cst_build_arithmetic(cst_parser *p, char mark, cst_expr_node *a, cst_expr_node *b)
{
    cst_expr_node *both[] = {a, b};
    bool day = a->type == CST_VALUE_DAY || b->type == CST_VALUE_DAY;
    cst_node_kind kind = CST_NODE_ADD;
    if (mark == '-' && day && b->type != CST_VALUE_NUMBER) return build_days_between(p, a, b);
    if (mark == '-' && a->type == CST_VALUE_DAY)
        return build_day_shift(p, CST_NODE_DAY_SUBTRACT, a->at, a, b);
    if (mark == '+' && a->type == CST_VALUE_DAY) return build_day_shift(p, CST_NODE_DAY_ADD, a->at, a, b);
    if (mark == '+' && day) return build_day_shift(p, CST_NODE_DAY_ADD, a->at, b, a);
    if (!cst_build_as(p, a, CST_VALUE_NUMBER) || !cst_build_as(p, b, CST_VALUE_NUMBER)) return NULL;
    if (mark == '-') kind = CST_NODE_SUBTRACT;
    if (mark == '*') kind = CST_NODE_MULTIPLY;
    if (mark == '/') kind = CST_NODE_DIVIDE;
    return make_parent(p, kind, CST_VALUE_NUMBER, a->at, both, 2);
}

static bool is_flag(const cst_expr_node *n)
{
    return n->kind == CST_NODE_CONSTANT && (n->value.number == 0 || n->value.number == 1);
}

/* Beside 1 or 0 the columns that a node hands on, as coalesce and prev do, may hold boolean words. */
static void take_words(cst_expr_node *n)
{
    n->words = n->kind == CST_NODE_COLUMN;
    bool hands_on = n->kind == CST_NODE_CALL && n->function->result == CST_VALUE_OPEN &&
                    n->function->argument == CST_VALUE_OPEN;
    for (uint32_t i = 0; i < n->n && hands_on; i++) take_words(n->child[i]);
}

cst_expr_node *cst_build_compare(cst_parser *p, cst_comparison c, cst_expr_node *a, cst_expr_node *b)
{
    cst_expr_node *both[] = {a, b};
    cst_value_type type;
    if (!unify_nodes(p, both, 2, &type)) return NULL;
    if (type == CST_VALUE_BOOL && c > CST_NE)
        return cst_parse_fail(
            p, b->at,
            "expected a number, a text or a date, found a condition; only == and != compare "
            "conditions");
    cst_expr_node *n = make_parent(p, CST_NODE_COMPARE, CST_VALUE_BOOL, a->at, both, 2);
    if (!n) return NULL;
    n->comparison = c;
    for (int i = 0; i < 2 && type == CST_VALUE_NUMBER && c <= CST_NE; i++)
        if (is_flag(both[1 - i])) take_words(both[i]);
    return n;
}

cst_expr_node *cst_build_in(cst_parser *p, const cst_nodes *list)
{
    cst_value_type type;
    if (!unify_nodes(p, list->v, list->n, &type)) return NULL;
    bool flags = type == CST_VALUE_NUMBER;
    for (uint32_t i = 1; i < list->n; i++) flags = flags && is_flag(list->v[i]);
    if (flags) take_words(list->v[0]);
    return make_parent(p, CST_NODE_IN, CST_VALUE_BOOL, list->v[0]->at, list->v, list->n);
}

cst_expr_node *cst_build_is_missing(cst_parser *p, cst_expr_node *x)
{
    return make_parent(p, CST_NODE_IS_MISSING, CST_VALUE_BOOL, x->at, &x, 1);
}

cst_expr_node *cst_build_not(cst_parser *p, uint32_t at, cst_expr_node *x)
{
    if (!cst_build_as(p, x, CST_VALUE_BOOL)) return NULL;
    return make_parent(p, CST_NODE_NOT, CST_VALUE_BOOL, at, &x, 1);
}

cst_expr_node *cst_build_chain(cst_parser *p, cst_node_kind kind, const cst_nodes *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (!cst_build_as(p, list->v[i], CST_VALUE_BOOL)) return NULL;
    return make_parent(p, kind, CST_VALUE_BOOL, list->v[0]->at, list->v, list->n);
}

static bool check_number_of_arguments(cst_parser *p, uint32_t at, const cst_function *f, uint32_t n)
{
    if (n >= f->least && (f->most == 0 || n <= f->most)) return true;
    if (f->most == 0)
        cst_parse_fail(p, at, "expected at least %u argument%s, found %u; it is %s", f->least,
                       f->least == 1 ? "" : "s", n, f->use);
    else if (f->least == f->most)
        cst_parse_fail(p, at, "expected %u argument%s, found %u; it is %s", f->least,
                       f->least == 1 ? "" : "s", n, f->use);
    else
        cst_parse_fail(p, at, "expected %u to %u arguments, found %u; it is %s", f->least, f->most, n,
                       f->use);
    return false;
}

/* Takes the count argument's value out of the tree: the others are what is evaluated. */
static bool take_count(cst_parser *p, const cst_function *f, cst_nodes *arguments, int *out)
{
    *out = 0;
    if (f->count == 0 || f->count > arguments->n) return true;
    cst_expr_node *n = arguments->v[f->count - 1];
    double v = n->kind == CST_NODE_CONSTANT && n->type == CST_VALUE_NUMBER ? n->value.number : 0;
    if (v < f->back + 1 || v > CST_EXPR_BACK || v != floor(v)) {
        cst_parse_fail(p, n->at, "expected a whole number from %d to %d as the count of %s", f->back + 1,
                       CST_EXPR_BACK, f->use);
        return false;
    }
    *out = (int)v;
    for (uint32_t i = f->count; i < arguments->n; i++) arguments->v[i - 1] = arguments->v[i];
    arguments->n--;
    return true;
}

cst_expr_node *cst_build_call(cst_parser *p, uint32_t at, const cst_function *f, const cst_nodes *arguments)
{
    cst_nodes list = *arguments;
    cst_value_type type = f->argument;
    int count;
    if (f->refusal)
        return cst_parse_fail(p, at, "%s %s%s%s", f->name, f->refusal, p->env->label ? ", not in " : "",
                              p->env->label ? p->env->label : "");
    if (f->wants_today && !p->env->has_today)
        return cst_parse_fail(p, at,
                              "%s needs a day to count from, and the rows here have none; compare with "
                              "date('2025-01-31')",
                              f->name);
    if (!check_number_of_arguments(p, at, f, list.n) || !take_count(p, f, &list, &count)) return NULL;
    if (type == CST_VALUE_OPEN && !unify_nodes(p, list.v, list.n, &type)) return NULL;
    if (type == CST_VALUE_OPEN) type = f->open;
    for (uint32_t i = 0; i < list.n && type != CST_VALUE_OPEN; i++)
        if (!cst_build_as(p, list.v[i], type)) return NULL;
    cst_expr_node *n =
        make_parent(p, CST_NODE_CALL, f->result == CST_VALUE_OPEN ? type : f->result, at, list.v, list.n);
    if (!n) return NULL;
    n->function = f;
    n->count = count;
    return n;
}
