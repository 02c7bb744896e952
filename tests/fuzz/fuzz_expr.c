/* Expressions: up to the first NUL the text, behind it the fields of a row, each after a NUL. Whatever is
 * parsed evaluates without a fault and twice to the same; an error says where in the text it is. */
#include "base/text.h"
#include "expr/expr.h"
#include "fuzz.h"

enum { COLUMNS = 6 };

static cst_text field_text(void *context, uint32_t slot)
{
    const cst_text *field = context;
    fuzz_require(slot < COLUMNS, "a slot is one of the columns");
    return field[slot];
}

static cst_place field_place(void *context, uint32_t slot)
{
    (void)context;
    return (cst_place){"t.csv", 1, slot + 1};
}

static void check_eval(const cst_expr *x, const cst_row *row, cst_want want)
{
    cst_value a, b;
    cst_error e, f;
    cst_status status = cst_expr_eval(x, row, &a, &e);
    fuzz_require(cst_expr_eval(x, row, &b, &f) == status, "the same status twice");
    if (status < 0) {
        fuzz_require(status == CST_DATA && e.message[0], "only data can be wrong");
        return;
    }
    fuzz_require(a.type == b.type && a.missing == b.missing && a.type == cst_expr_type(x),
                 "the type is known");
    if (a.missing) return;
    if (a.type == CST_VALUE_NUMBER) fuzz_require(a.number == b.number, "the same number, and never nan");
    if (a.type == CST_VALUE_DAY) fuzz_require(a.day >= CST_DAY_MIN && a.day <= CST_DAY_MAX, "a day in range");
    if (a.type == CST_VALUE_TEXT) fuzz_require(cst_text_equal(a.text, b.text), "the same text");
    bool truth = false;
    if (want == CST_WANT_CONDITION)
        fuzz_require(cst_expr_true(x, row, &truth, &e) == CST_OK && truth == a.truth, "cst_expr_true");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const cst_text names[COLUMNS] = {cst_text_of("a"),   cst_text_of("b"),    cst_text_of("mrr"),
                                     cst_text_of("day"), cst_text_of("flag"), cst_text_of("odd name")};
    char *text = fuzz_copy(data, size);
    cst_text field[COLUMNS];
    size_t at = 0, length = size ? strnlen(text, size) : 0;
    for (int i = -1; i < COLUMNS; i++) {
        size_t n = at < size ? strnlen(text + at, size - at) : 0;
        if (i >= 0) field[i] = (cst_text){at < size ? text + at : text, (uint32_t)n};
        at += n + 1;
    }
    cst_row row = {.context = field, .text = field_text, .place = field_place, .today = 20000};
    for (cst_want want = CST_WANT_ANY; want <= CST_WANT_NUMBER; want++) {
        cst_expr_env env = {.label = "when", .names = names, .n = COLUMNS, .want = want, .has_today = true};
        cst_expr *x = NULL;
        cst_error e;
        cst_status status = cst_expr_parse((cst_text){text, (uint32_t)length}, &env, &x, &e);
        if (status < 0)
            fuzz_require(status == CST_USAGE && e.column >= 1 && e.column <= length + 1 && e.message[0],
                         "an error says where it is");
        else
            check_eval(x, &row, want);
        cst_expr_free(x);
    }
    free(text);
    return 0;
}
