/* expr/eval.c: walks the tree over one row.
 *
 * There is a walker per type, and the types are settled before: a comparison of numbers calls the walker of
 * numbers for both sides and compares two doubles; nothing is boxed and no type is asked for on the way.
 * CST_OK is a value, CST_END the missing value or the unknown truth, anything negative ends the evaluation.
 */
#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "expr/node.h"
#include <math.h>

static cst_status walk_day(const cst_expr_node *n, const cst_row *row, cst_day *out, cst_error *e);

static cst_status blame_field(const cst_expr_node *n, const cst_row *row, const char *expected, cst_error *e)
{
    cst_text t = row->text(row->context, n->slot);
    cst_place place = row->place ? row->place(row->context, n->slot) : (cst_place){0};
    int shown = t.n > 60 ? 60 : (int)t.n;
    char field[sizeof((cst_error *)0)->field];
    size_t length = n->name.n < sizeof field ? n->name.n : sizeof field - 1;
    memcpy(field, n->name.p, length);
    field[length] = '\0';
    return cst_fail_at(e, CST_DATA, place, field, "expected %s, found \"%.*s%s\"; an expression uses it so",
                       expected, shown, t.p, t.n > 60 ? "..." : "");
}

/* A field that is no number: a boolean word where that is 1 or 0, else an error. */
static cst_status read_word(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    bool yes, word = cst_bool_word(row->text(row->context, n->slot), &yes);
    if (!word) return blame_field(n, row, "a number", e);
    if (!n->words) return blame_field(n, row, "a number (== true and == false compare words)", e);
    *out = yes;
    return CST_OK;
}

static cst_status parse_number(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    if (row->number) {
        cst_status status = row->number(row->context, n->slot, out);
        return status == CST_DATA ? read_word(n, row, out, e) : status;
    }
    cst_text t = row->text(row->context, n->slot);
    if (t.n == 0) return CST_END;
    return cst_number_parse(t, out) ? CST_OK : read_word(n, row, out, e);
}

/* Most numbers of a row are asked for by several expressions: the second time there is nothing to call. */
static inline cst_status read_number(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    uint8_t parsed = row->parsed ? row->parsed[n->slot] : CST_PARSED_NOT;
    if (parsed == CST_PARSED_NUMBER) {
        *out = row->numbers[n->slot];
        return CST_OK;
    }
    return parsed == CST_PARSED_MISSING ? CST_END : parse_number(n, row, out, e);
}

/* A day's field may also be an instant: the day that holds it in UTC. */
static cst_status read_day(const cst_expr_node *n, const cst_row *row, cst_day *out, cst_error *e)
{
    cst_text t = row->text(row->context, n->slot);
    cst_instant instant;
    if (t.n == 0) return CST_END;
    if (cst_day_parse(t, out)) return CST_OK;
    if (!cst_instant_parse(t, &instant)) return blame_field(n, row, "a date YYYY-MM-DD", e);
    *out = cst_instant_day(instant);
    return CST_OK;
}

static cst_status read_truth(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    cst_text t = row->text(row->context, n->slot);
    if (t.n == 0) return CST_END;
    return cst_bool_word(t, out) ? CST_OK : blame_field(n, row, "true or false", e);
}

static cst_status call_function(const cst_expr_node *n, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_call call = {n};
    *out = (cst_value){.type = n->type};
    cst_status status = n->function->eval(&call, row, out, e);
    return status != CST_OK ? status : out->missing ? CST_END : CST_OK;
}

static cst_status walk_arithmetic(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    double a = 0, b = 0;
    cst_status left = cst_node_number(n->child[0], row, &a, e);
    if (left < 0) return left;
    cst_status right = cst_node_number(n->child[1], row, &b, e);
    if (right < 0) return right;
    if (left != CST_OK || right != CST_OK) return CST_END;
    switch (n->kind) {
    case CST_NODE_ADD:
        *out = a + b;
        break;
    case CST_NODE_SUBTRACT:
        *out = a - b;
        break;
    case CST_NODE_MULTIPLY:
        *out = a * b;
        break;
    default:
        if (b == 0) return CST_END;
        *out = a / b;
        break;
    }
    return isfinite(*out) ? CST_OK : CST_END;
}

static cst_status walk_days_between(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    cst_day a = 0, b = 0;
    cst_status left = walk_day(n->child[0], row, &a, e);
    if (left < 0) return left;
    cst_status right = walk_day(n->child[1], row, &b, e);
    if (right < 0) return right;
    if (left != CST_OK || right != CST_OK) return CST_END;
    *out = (double)a - (double)b;
    return CST_OK;
}

cst_status cst_node_number(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    cst_status status;
    cst_value v;
    switch (n->kind) {
    case CST_NODE_CONSTANT:
        *out = n->value.number;
        return CST_OK;
    case CST_NODE_COLUMN:
        return read_number(n, row, out, e);
    case CST_NODE_NEGATE:
        status = cst_node_number(n->child[0], row, out, e);
        if (status == CST_OK) *out = -*out;
        return status;
    case CST_NODE_DAYS_BETWEEN:
        return walk_days_between(n, row, out, e);
    case CST_NODE_CALL:
        status = call_function(n, row, &v, e);
        *out = v.number;
        return status;
    default:
        return walk_arithmetic(n, row, out, e);
    }
}

static cst_status walk_day_shift(const cst_expr_node *n, const cst_row *row, cst_day *out, cst_error *e)
{
    cst_day day = 0;
    double by = 0;
    cst_status left = walk_day(n->child[0], row, &day, e);
    if (left < 0) return left;
    cst_status right = cst_node_number(n->child[1], row, &by, e);
    if (right < 0) return right;
    if (left != CST_OK || right != CST_OK) return CST_END;
    double moved = (double)day + (n->kind == CST_NODE_DAY_ADD ? trunc(by) : -trunc(by));
    if (!(moved >= CST_DAY_MIN && moved <= CST_DAY_MAX)) return CST_END;
    *out = (cst_day)moved;
    return CST_OK;
}

static cst_status walk_day(const cst_expr_node *n, const cst_row *row, cst_day *out, cst_error *e)
{
    cst_status status;
    cst_value v;
    switch (n->kind) {
    case CST_NODE_CONSTANT:
        *out = n->value.day;
        return CST_OK;
    case CST_NODE_COLUMN:
        return read_day(n, row, out, e);
    case CST_NODE_CALL:
        status = call_function(n, row, &v, e);
        *out = v.day;
        return status;
    default:
        return walk_day_shift(n, row, out, e);
    }
}

static cst_status walk_text(const cst_expr_node *n, const cst_row *row, cst_text *out, cst_error *e)
{
    cst_value v;
    cst_status status = CST_OK;
    switch (n->kind) {
    case CST_NODE_CONSTANT:
        *out = n->value.text;
        break;
    case CST_NODE_COLUMN:
        *out = row->text(row->context, n->slot);
        break;
    default:
        status = call_function(n, row, &v, e);
        *out = v.text;
        break;
    }
    return status == CST_OK && out->n == 0 ? CST_END : status;
}

const uint8_t cst_fulfilling[] = {
    [CST_EQ] = 2, [CST_NE] = 5, [CST_LT] = 1, [CST_LE] = 3, [CST_GT] = 4, [CST_GE] = 6};

static inline bool settle_order(cst_comparison c, int order)
{
    return cst_order_among(cst_fulfilling[c], order);
}

/* A side of a comparison, which is a column or a constant more often than not. */
static inline cst_status read_side(const cst_expr_node *n, const cst_row *row, double *out, cst_error *e)
{
    if (n->kind == CST_NODE_COLUMN) return read_number(n, row, out, e);
    if (n->kind != CST_NODE_CONSTANT) return cst_node_number(n, row, out, e);
    *out = n->value.number;
    return CST_OK;
}

static cst_status compare_numbers(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    double a = 0, b = 0;
    cst_status left = read_side(n->child[0], row, &a, e);
    if (left < 0) return left;
    cst_status right = read_side(n->child[1], row, &b, e);
    if (right < 0) return right;
    if (left != CST_OK || right != CST_OK) return CST_END;
    *out = settle_order(n->comparison, (a > b) - (a < b));
    return CST_OK;
}

/* Equality needs no order, and most texts differ in length. */
static cst_status compare_texts(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    cst_text a, b;
    cst_status left = walk_text(n->child[0], row, &a, e);
    if (left < 0) return left;
    cst_status right = walk_text(n->child[1], row, &b, e);
    if (right < 0) return right;
    if (left != CST_OK || right != CST_OK) return CST_END;
    if (n->comparison <= CST_NE)
        *out = cst_text_equal(a, b) == (n->comparison == CST_EQ);
    else
        *out = settle_order(n->comparison, cst_text_compare(a, b));
    return CST_OK;
}

/* The digits of a whole number, without its sign and leading zeros; n == 0: it is written otherwise. */
static cst_text find_digits(cst_text t)
{
    uint32_t i = t.n > 0 && (t.p[0] == '-' || t.p[0] == '+');
    while (i < t.n && t.p[i] == '0') i++;
    for (uint32_t k = i; k < t.n; k++)
        if (t.p[k] < '0' || t.p[k] > '9') return (cst_text){"", 0};
    return (cst_text){t.p + i, t.n - i};
}

/* Two numbers of one sign, not 0, by their digits; where one is no whole number in digits alone, they are
 * equal. */
static int compare_digits(cst_text a, cst_text b)
{
    cst_text x = find_digits(a), y = find_digits(b);
    if (x.n == 0 || y.n == 0) return 0;
    int order = x.n != y.n ? (x.n > y.n) - (x.n < y.n) : cst_text_compare(x, y);
    return a.p[0] == '-' ? -order : order;
}

bool cst_value_compare(const cst_value *a, const cst_value *b, int *order)
{
    double x, y;
    if (a->missing || b->missing) return false;
    switch (a->type) {
    case CST_VALUE_NUMBER:
        *order = (a->number > b->number) - (a->number < b->number);
        break;
    case CST_VALUE_DAY:
        *order = (a->day > b->day) - (a->day < b->day);
        break;
    case CST_VALUE_BOOL:
        *order = (int)a->truth - (int)b->truth;
        break;
    case CST_VALUE_OPEN:
        if (cst_number_parse(a->text, &x) && cst_number_parse(b->text, &y)) {
            *order = (x > y) - (x < y);
            /* past 2^53 a double no longer tells neighbours apart, and whole numbers are ids */
            if (*order == 0 && fabs(x) >= 0x1p53) *order = compare_digits(a->text, b->text);
            break;
        }
        *order = cst_text_compare(a->text, b->text);
        break;
    default:
        *order = cst_text_compare(a->text, b->text);
        break;
    }
    return true;
}

static cst_status walk_compare(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    if (n->child[0]->type == CST_VALUE_NUMBER) return compare_numbers(n, row, out, e);
    if (n->child[0]->type == CST_VALUE_TEXT) return compare_texts(n, row, out, e);
    cst_value a, b;
    int order;
    cst_status status = cst_node_value(n->child[0], row, &a, e);
    if (status >= 0) status = cst_node_value(n->child[1], row, &b, e);
    if (status < 0) return status;
    if (!cst_value_compare(&a, &b, &order)) return CST_END;
    *out = settle_order(n->comparison, order);
    return CST_OK;
}

/* As x == a or x == b or ...: a match decides, else a missing one leaves it unknown. */
static cst_status walk_in(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    cst_value x, candidate;
    bool unknown = false;
    cst_status status = cst_node_value(n->child[0], row, &x, e);
    if (status < 0) return status;
    if (x.missing) return CST_END;
    *out = false;
    for (uint32_t i = 1; i < n->n; i++) {
        int order;
        status = cst_node_value(n->child[i], row, &candidate, e);
        if (status < 0) return status;
        if (!cst_value_compare(&x, &candidate, &order)) {
            unknown = true;
        } else if (order == 0) {
            *out = true;
            return CST_OK;
        }
    }
    return unknown ? CST_END : CST_OK;
}

/* Kleene: the first false decides an and, the first true an or; else an unknown one leaves it unknown. */
static cst_status walk_chain(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    bool decides = n->kind == CST_NODE_OR;
    bool unknown = false;
    for (uint32_t i = 0; i < n->n; i++) {
        bool truth = false;
        cst_status status = cst_node_truth(n->child[i], row, &truth, e);
        if (status < 0) return status;
        if (status == CST_END) {
            unknown = true;
        } else if (truth == decides) {
            *out = decides;
            return CST_OK;
        }
    }
    *out = !decides;
    return unknown ? CST_END : CST_OK;
}

static cst_status walk_is_missing(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    cst_value v;
    cst_status status = cst_node_value(n->child[0], row, &v, e);
    if (status < 0) return status;
    *out = v.missing;
    return CST_OK;
}

/* Kept apart from cst_node_truth, so that the frames of all this are not made for a comparison of numbers. */
__attribute__((noinline)) static cst_status walk_truth(const cst_expr_node *n, const cst_row *row, bool *out,
                                                       cst_error *e)
{
    cst_status status;
    cst_value v;
    switch (n->kind) {
    case CST_NODE_CONSTANT:
        *out = n->value.truth;
        return CST_OK;
    case CST_NODE_COLUMN:
        return read_truth(n, row, out, e);
    case CST_NODE_COMPARE:
        return walk_compare(n, row, out, e);
    case CST_NODE_IN:
        return walk_in(n, row, out, e);
    case CST_NODE_IS_MISSING:
        return walk_is_missing(n, row, out, e);
    case CST_NODE_NOT:
        status = cst_node_truth(n->child[0], row, out, e);
        if (status == CST_OK) *out = !*out;
        return status;
    case CST_NODE_CALL:
        status = call_function(n, row, &v, e);
        *out = v.truth;
        return status;
    default:
        return walk_chain(n, row, out, e);
    }
}

cst_status cst_node_truth(const cst_expr_node *n, const cst_row *row, bool *out, cst_error *e)
{
    if (n->kind == CST_NODE_COMPARE && n->child[0]->type == CST_VALUE_NUMBER)
        return compare_numbers(n, row, out, e);
    return walk_truth(n, row, out, e);
}

cst_status cst_node_value(const cst_expr_node *n, const cst_row *row, cst_value *out, cst_error *e)
{
    cst_status status;
    bool truth = false;
    *out = (cst_value){.type = n->type};
    switch (n->type) {
    case CST_VALUE_NUMBER:
        status = cst_node_number(n, row, &out->number, e);
        break;
    case CST_VALUE_DAY:
        status = walk_day(n, row, &out->day, e);
        break;
    case CST_VALUE_BOOL:
        status = cst_node_truth(n, row, &truth, e);
        out->truth = truth;
        break;
    default:
        status = walk_text(n, row, &out->text, e);
        break;
    }
    out->missing = status == CST_END;
    return status < 0 ? status : CST_OK;
}
