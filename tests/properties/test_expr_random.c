/* Random expressions. Each is made as a tree of the test's own, valued by the slow and obvious rules below
 * (every value is a case of its own, nothing is settled beforehand), and printed twice: with all parentheses
 * and with as few as the grammar allows, blanks strewn in. Both texts, parsed and evaluated, must give the
 * tree's value on every row. The seed is fixed; CST_SEED and CST_COUNT change it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "expr/expr.h"
#include <math.h>
#include <stdlib.h>

enum kind { MISSING, NUMBER, BOOL, TEXT, DAY };

struct value {
    enum kind kind;
    double number; /* also the truth and the day */
    const char *text;
};

struct tree {
    enum kind type;
    const char *op; /* "col", "const", an operator or a function's name */
    int level;      /* of binding, 0 loosest .. 7 atom */
    int n;
    struct tree *child[4];
    int column;
    struct value value;
};

enum { COLUMNS = 8, ROWS = 6 };
static const char *const column_names[COLUMNS] = {"n1", "n2", "n3", "t1", "t2", "d1", "d2", "b1"};
static const enum kind column_kinds[COLUMNS] = {NUMBER, NUMBER, NUMBER, TEXT, TEXT, DAY, DAY, BOOL};
static char cells[ROWS][COLUMNS][32];

static uint64_t state_of_random;

static uint64_t draw(uint64_t below)
{
    state_of_random = cst_hash_mix(state_of_random);
    return (state_of_random >> 11) % below;
}

static void draw_day(char out[32])
{
    out[cst_day_format((cst_day)(19000 + (int)draw(6)), out)] = '\0';
}

static const char *const some_texts[] = {"x", "y", "xy", "it's", "7", "\"q\""};

static void fill_cells(void)
{
    static const char *const numbers[] = {"0", "1", "-1", "2.5", "7", "100", "0.1", "1e300"};
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++) {
            char *cell = cells[r][c];
            cell[0] = '\0';
            if (draw(4) == 0) continue;
            if (column_kinds[c] == NUMBER) strcpy(cell, numbers[draw(8)]);
            if (column_kinds[c] == TEXT) strcpy(cell, some_texts[draw(6)]);
            if (column_kinds[c] == DAY) draw_day(cell);
            if (column_kinds[c] == BOOL) strcpy(cell, draw(2) ? "true" : "No");
        }
}

static struct tree *make(cst_arena *a, enum kind type, const char *op, int level)
{
    struct tree *t = cst_arena_alloc(a, sizeof *t);
    assert_non_null(t);
    *t = (struct tree){.type = type, .op = op, .level = level};
    return t;
}

static struct tree *grow(cst_arena *a, enum kind type, int depth);

static struct tree *grow_leaf(cst_arena *a, enum kind type, bool constant)
{
    struct tree *t = make(a, type, constant ? "const" : "col", 7);
    if (!constant) {
        do t->column = (int)draw(COLUMNS);
        while (column_kinds[t->column] != type);
        return t;
    }
    t->value.kind = type;
    if (type == NUMBER) t->value.number = (double)draw(40) / 4;
    if (type == BOOL) t->value.number = (double)draw(2);
    if (type == TEXT) t->value.text = some_texts[draw(6)];
    if (type == DAY) t->value.number = 19000 + (double)draw(6);
    return t;
}

static struct tree *grow_with(cst_arena *a, enum kind type, const char *op, int level, enum kind child, int n,
                              int depth)
{
    struct tree *t = make(a, type, op, level);
    t->n = n;
    for (int i = 0; i < n; i++) t->child[i] = grow(a, child, depth - 1);
    return t;
}

static struct tree *grow_number(cst_arena *a, int depth)
{
    static const char *const ops[] = {"+", "-", "*", "/"};
    static const int levels[] = {4, 4, 5, 5};
    uint64_t which = draw(10);
    if (which < 4) return grow_with(a, NUMBER, ops[which], levels[which], NUMBER, 2, depth);
    if (which == 4) return grow_with(a, NUMBER, "neg", 6, NUMBER, 1, depth);
    if (which == 5) return grow_with(a, NUMBER, "abs", 7, NUMBER, 1, depth);
    if (which == 6) return grow_with(a, NUMBER, draw(2) ? "min" : "max", 7, NUMBER, 1 + (int)draw(3), depth);
    if (which == 7) return grow_with(a, NUMBER, "coalesce", 7, NUMBER, 1 + (int)draw(3), depth);
    if (which == 8) return grow_with(a, NUMBER, "days", 4, DAY, 2, depth);
    return grow_with(a, NUMBER, "days_since", 7, DAY, 1, depth);
}

static struct tree *grow_bool(cst_arena *a, int depth)
{
    static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    static const enum kind compared[] = {NUMBER, NUMBER, TEXT, DAY};
    uint64_t which = draw(10);
    if (which < 4) {
        struct tree *t = grow_with(a, BOOL, comparisons[draw(6)], 3, compared[which], 2, depth);
        if (t->child[0]->op[0] == 'c')
            t->child[0] = grow_leaf(a, compared[which], true); /* a type is known */
        return t;
    }
    if (which == 4) return grow_with(a, BOOL, "and", 1, BOOL, 2 + (int)draw(3), depth);
    if (which == 5) return grow_with(a, BOOL, "or", 0, BOOL, 2 + (int)draw(3), depth);
    if (which == 6) return grow_with(a, BOOL, "not", 2, BOOL, 1, depth);
    if (which == 7)
        return grow_with(a, BOOL, draw(2) ? "is missing" : "is not missing", 3, (enum kind)(1 + draw(4)), 1,
                         depth);
    struct tree *t =
        grow_with(a, BOOL, draw(2) ? "in" : "not in", 3, draw(2) ? TEXT : NUMBER, 2 + (int)draw(3), depth);
    t->child[1] = grow_leaf(a, t->child[0]->type, true);
    return t;
}

static struct tree *grow(cst_arena *a, enum kind type, int depth)
{
    if (depth == 0 || draw(6) == 0) return grow_leaf(a, type, draw(3) == 0);
    if (type == NUMBER) return grow_number(a, depth);
    if (type == BOOL) return grow_bool(a, depth);
    if (type == TEXT) return grow_with(a, TEXT, "coalesce", 7, TEXT, 1 + (int)draw(3), depth);
    struct tree *t = grow_with(a, DAY, draw(2) ? "+" : "-", 4, NUMBER, 2, depth);
    t->child[0] = grow_leaf(a, DAY, true);
    if (t->op[0] == '-')
        t->child[1] = grow_with(a, NUMBER, "*", 5, NUMBER, 2, 1); /* date - column is for days */
    return t;
}

/* ---- the obvious evaluator ---- */

static struct value value_of(const struct tree *t, int row);

static struct value number_or_missing(double v)
{
    return (struct value){.kind = isfinite(v) ? NUMBER : MISSING, .number = v};
}

static struct value read_cell(int row, int column)
{
    const char *cell = cells[row][column];
    struct value v = {.kind = column_kinds[column], .text = cell};
    if (!cell[0]) return (struct value){.kind = MISSING};
    if (v.kind == NUMBER) v.number = strtod(cell, NULL);
    if (v.kind == BOOL) v.number = cell[0] == 't';
    cst_day day = 0;
    if (v.kind == DAY && cst_day_parse(cst_text_of(cell), &day)) v.number = day;
    return v;
}

static int order_of(struct value a, struct value b)
{
    if (a.kind == TEXT) return cst_text_compare(cst_text_of(a.text), cst_text_of(b.text));
    return (a.number > b.number) - (a.number < b.number);
}

static struct value truth_of(bool truth)
{
    return (struct value){.kind = BOOL, .number = truth};
}

static struct value compare(const char *op, struct value a, struct value b)
{
    if (a.kind == MISSING || b.kind == MISSING) return (struct value){.kind = MISSING};
    int order = order_of(a, b);
    bool equal = order == 0, less = order < 0;
    if (!strcmp(op, "==")) return truth_of(equal);
    if (!strcmp(op, "!=")) return truth_of(!equal);
    if (!strcmp(op, "<")) return truth_of(less);
    if (!strcmp(op, "<=")) return truth_of(less || equal);
    if (!strcmp(op, ">")) return truth_of(!less && !equal);
    return truth_of(!less);
}

/* and is the least, or the greatest of false < unknown < true */
static struct value fold_truths(const struct tree *t, int row, bool least)
{
    double best = least ? 1 : 0;
    for (int i = 0; i < t->n; i++) {
        struct value v = value_of(t->child[i], row);
        double level = v.kind == MISSING ? 0.5 : v.number;
        if (least ? level < best : level > best) best = level;
    }
    return best == 0.5 ? (struct value){.kind = MISSING} : truth_of(best == 1);
}

static struct value invert(struct value v)
{
    return v.kind == MISSING ? v : truth_of(v.number == 0);
}

static struct value find_in(const struct tree *t, int row)
{
    struct value x = value_of(t->child[0], row), found = truth_of(false);
    for (int i = 1; i < t->n; i++) {
        struct value v = compare("==", x, value_of(t->child[i], row));
        if (v.kind == BOOL && v.number == 1) return v;
        if (v.kind == MISSING) found = v;
    }
    return found;
}

static struct value fold_values(const struct tree *t, int row)
{
    struct value best = value_of(t->child[0], row);
    for (int i = 1; i < t->n; i++) {
        struct value v = value_of(t->child[i], row);
        if (!strcmp(t->op, "coalesce")) {
            if (best.kind == MISSING) best = v;
        } else if (best.kind != MISSING && v.kind == MISSING) {
            best = v;
        } else if (best.kind != MISSING &&
                   (!strcmp(t->op, "min") ? v.number < best.number : v.number > best.number)) {
            best = v;
        }
    }
    return best;
}

static struct value calculate(const struct tree *t, struct value a, struct value b)
{
    if (a.kind == MISSING || b.kind == MISSING) return (struct value){.kind = MISSING};
    if (t->type == DAY) {
        double day = t->op[0] == '+' ? a.number + trunc(b.number) : a.number - trunc(b.number);
        return (struct value){.kind = day >= CST_DAY_MIN && day <= CST_DAY_MAX ? DAY : MISSING,
                              .number = day};
    }
    if (t->op[0] == '+') return number_or_missing(a.number + b.number);
    if (t->op[0] == '*') return number_or_missing(a.number * b.number);
    if (t->op[0] == '/') return number_or_missing(a.number / b.number);
    return number_or_missing(a.number - b.number);
}

enum { TODAY = 19003 };

static struct value value_of(const struct tree *t, int row)
{
    if (!strcmp(t->op, "col")) return read_cell(row, t->column);
    if (!strcmp(t->op, "const")) return t->value;
    if (!strcmp(t->op, "and") || !strcmp(t->op, "or")) return fold_truths(t, row, t->op[0] == 'a');
    if (!strcmp(t->op, "in")) return find_in(t, row);
    if (!strcmp(t->op, "not in")) return invert(find_in(t, row));
    if (t->level == 7 && strcmp(t->op, "abs") && strcmp(t->op, "days_since")) return fold_values(t, row);
    struct value a = value_of(t->child[0], row);
    if (!strcmp(t->op, "not")) return invert(a);
    if (!strcmp(t->op, "is missing")) return truth_of(a.kind == MISSING);
    if (!strcmp(t->op, "is not missing")) return truth_of(a.kind != MISSING);
    if (!strcmp(t->op, "neg")) return (struct value){.kind = a.kind, .number = -a.number};
    if (!strcmp(t->op, "abs")) return (struct value){.kind = a.kind, .number = fabs(a.number)};
    if (!strcmp(t->op, "days_since"))
        return (struct value){.kind = a.kind == MISSING ? MISSING : NUMBER, .number = TODAY - a.number};
    struct value b = value_of(t->child[1], row);
    return t->level == 3 ? compare(t->op, a, b) : calculate(t, a, b);
}

/* ---- the printer ---- */

static void print(cst_buffer *b, const struct tree *t, bool full);

static void print_blanks(cst_buffer *b, bool full)
{
    for (uint64_t n = full ? 1 : 1 + draw(2); n > 0; n--)
        cst_buffer_add_char(b, full || draw(3) ? ' ' : '\n');
}

/* A child that binds no tighter than `level` needs parentheses. */
static void print_child(cst_buffer *b, const struct tree *t, int level, bool full)
{
    bool brackets = t->level < level || (full && t->level < 7);
    if (brackets) cst_buffer_add_char(b, '(');
    print(b, t, full);
    if (brackets) cst_buffer_add_char(b, ')');
}

static void print_constant(cst_buffer *b, const struct value *v)
{
    char day[CST_DAY_ROOM], number[CST_NUMBER_ROOM];
    if (v->kind == NUMBER) cst_buffer_add(b, number, cst_number_format(v->number, number));
    if (v->kind == BOOL) cst_buffer_add_string(b, v->number == 1 ? "true" : "false");
    if (v->kind == DAY)
        cst_buffer_printf(b, "date('%.*s')", (int)cst_day_format((cst_day)v->number, day), day);
    if (v->kind != TEXT) return;
    char quote = draw(2) ? '\'' : '"';
    cst_buffer_add_char(b, quote);
    for (const char *p = v->text; *p; p++) {
        cst_buffer_add_char(b, *p);
        if (*p == quote) cst_buffer_add_char(b, quote);
    }
    cst_buffer_add_char(b, quote);
}

static void print_list(cst_buffer *b, const struct tree *t, int from, int level, bool full)
{
    cst_buffer_add_char(b, '(');
    for (int i = from; i < t->n; i++) {
        if (i > from) cst_buffer_add_string(b, draw(2) ? "," : ", ");
        print_child(b, t->child[i], level, full);
    }
    cst_buffer_add_char(b, ')');
}

static void print_day(cst_buffer *b, const struct tree *t, bool full)
{
    bool wrap = !strcmp(t->op, "col");
    cst_buffer_add_string(b, wrap ? "date(" : "");
    print_child(b, t, 5, full);
    cst_buffer_add_string(b, wrap ? ")" : "");
}

static void print(cst_buffer *b, const struct tree *t, bool full)
{
    if (!strcmp(t->op, "col")) {
        cst_buffer_printf(b, full ? "`%s`" : "%s", column_names[t->column]);
    } else if (!strcmp(t->op, "const")) {
        print_constant(b, &t->value);
    } else if (t->level == 7) {
        cst_buffer_add_string(b, t->op);
        print_list(b, t, 0, 0, full);
    } else if (!strcmp(t->op, "days")) {
        print_day(b, t->child[0], full);
        cst_buffer_add_char(b, '-');
        print_day(b, t->child[1], full);
    } else if (!strcmp(t->op, "neg") || !strcmp(t->op, "not")) {
        cst_buffer_add_string(b, t->op[1] == 'e' ? "-" : "not ");
        print_child(b, t->child[0], t->level, full);
    } else if (t->n == 1 || t->op[0] == 'i' || t->op[0] == 'n') { /* is missing, in, not in */
        print_child(b, t->child[0], 4, full);
        print_blanks(b, full);
        cst_buffer_add_string(b, t->op);
        if (t->n > 1) print_list(b, t, 1, 4, full);
    } else {
        for (int i = 0; i < t->n; i++) {
            if (i > 0) print_blanks(b, full);
            if (i > 0) cst_buffer_add_string(b, t->op);
            if (i > 0) print_blanks(b, full);
            print_child(b, t->child[i], i > 0 || t->level == 3 ? t->level + 1 : t->level, full);
        }
    }
}

/* ---- the property ---- */

static cst_text row_text(void *context, uint32_t slot)
{
    return cst_text_of(cells[*(int *)context][slot]);
}

static bool agree(const cst_value *v, struct value expected)
{
    if (v->missing || expected.kind == MISSING) return v->missing && expected.kind == MISSING;
    switch (v->type) {
    case CST_VALUE_NUMBER:
        return expected.kind == NUMBER && v->number == expected.number;
    case CST_VALUE_BOOL:
        return expected.kind == BOOL && v->truth == (expected.number == 1);
    case CST_VALUE_DAY:
        return expected.kind == DAY && v->day == (cst_day)expected.number;
    default:
        return expected.kind == TEXT && cst_text_is(v->text, expected.text);
    }
}

static void check_text(const char *text, const struct tree *t, cst_want want)
{
    cst_text names[COLUMNS];
    cst_error e;
    cst_expr *x;
    for (int i = 0; i < COLUMNS; i++) names[i] = cst_text_of(column_names[i]);
    cst_expr_env env = {.names = names, .n = COLUMNS, .want = want, .has_today = true};
    if (cst_expr_parse(cst_text_of(text), &env, &x, &e) < 0) fail_msg("%s\n%s", text, e.message);
    for (int r = 0; r < ROWS; r++) {
        cst_row row = {.context = &r, .text = row_text, .today = TODAY};
        cst_value v;
        if (cst_expr_eval(x, &row, &v, &e) < 0) fail_msg("%s\n%s: %s", text, e.field, e.message);
        if (!agree(&v, value_of(t, r))) fail_msg("row %d differs: %s", r, text);
    }
    cst_expr_free(x);
}

static long setting(const char *name, long usual)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : usual;
}

static void test_random(void **state)
{
    (void)state;
    state_of_random = (uint64_t)setting("CST_SEED", 1);
    for (long i = setting("CST_COUNT", 20000); i > 0; i--) {
        cst_arena *a = cst_arena_new();
        assert_non_null(a);
        fill_cells();
        bool condition = draw(2);
        struct tree *t = grow(a, condition ? BOOL : NUMBER, 1 + (int)draw(5));
        for (int full = 0; full < 2; full++) {
            cst_buffer b = {0};
            print(&b, t, full);
            check_text(cst_buffer_string(&b), t, condition ? CST_WANT_CONDITION : CST_WANT_NUMBER);
            cst_buffer_free(&b);
        }
        cst_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
