/* program/options_value.c: checks the text of one option by its kind and puts the value into the
 * command's struct. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "program/options_rows.h"
#include <stdlib.h>

/* "csv, tsv or json" */
static void add_words(cst_buffer *b, const char *words)
{
    size_t n = cst_choice_count(words);
    for (size_t i = 0; i < n; i++) {
        cst_text word = cst_choice_word(words, (int)i);
        if (i > 0) cst_buffer_add_string(b, i + 1 < n ? ", " : " or ");
        cst_buffer_add(b, word.p, word.n);
    }
}

void cst_option_add_expected(cst_buffer *b, const cst_option *row)
{
    const char *what = NULL;
    switch (row->kind) {
    case CST_OPT_FLAG:
    case CST_OPT_MODE:
        what = "no value";
        break;
    case CST_OPT_INPUT:
    case CST_OPT_OUTPUT:
    case CST_OPT_INPUTS:
    case CST_OPT_MODE_INPUT:
        what = "the name of a file";
        break;
    case CST_OPT_COUNT:
        what = "a whole number, 0 or more";
        break;
    case CST_OPT_MONTH:
        what = "a month's number, 1 to 12";
        break;
    case CST_OPT_MONEY:
        what = strcmp(row->value, "AMOUNT") == 0 ? "an amount like 1234.50, with at most six decimals"
                                                 : "a number like 95 or 12.5";
        break;
    case CST_OPT_NUMBER:
        what = "a number like 0.05";
        break;
    case CST_OPT_DATE:
        what = "a date YYYY-MM-DD";
        break;
    case CST_OPT_DURATION:
        what = strcmp(row->value, "MONTHS") == 0 ? "months, quarters or years like 6m, 2q or 1y"
                                                 : "a duration like 90d, 6w, 12m, 4q or 1y";
        break;
    case CST_OPT_CHOICE:
        add_words(b, row->value);
        return;
    case CST_OPT_TEXT:
    case CST_OPT_LIST:
    case CST_OPT_MODE_TEXT:
        what = row->value;
        break;
    }
    cst_buffer_add_string(b, what ? what : "a value");
}

/* --every: expected week, month, quarter or year, found "mnth"; did you mean "month"? Try
 * 'cs-waterfall --help' */
static cst_status refuse_value(const cst_command *c, const cst_option *row, const char *given, cst_error *e)
{
    cst_buffer b = {0};
    size_t before;
    cst_buffer_printf(&b, "--%s: expected ", row->name);
    cst_option_add_expected(&b, row);
    cst_buffer_add_string(&b, ", found \"");
    cst_buffer_add_visible(&b, given, strlen(given), 80);
    cst_buffer_add_char(&b, '"');
    before = b.n;
    if (row->kind == CST_OPT_CHOICE) {
        size_t n = cst_choice_count(row->value);
        cst_text *words = malloc(n * sizeof *words);
        if (!words) b.failed = true;
        for (size_t i = 0; words && i < n; i++) words[i] = cst_choice_word(row->value, (int)i);
        if (words) cst_suggest_add(&b, cst_text_of(given), words, n);
        free(words);
    }
    cst_buffer_printf(&b, "%s '%s --help'", b.n > before ? " Try" : "; try", c->name);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

static bool store_count(cst_count *place, cst_text t, int64_t least, int64_t most)
{
    int64_t n = 0;
    if (!cst_int_parse(t, &n) || n < least || n > most) return false;
    *place = (cst_count){(uint64_t)n, true};
    return true;
}

/* The kinds whose text is read as something else; the value is left alone where the text is bad. */
static bool convert_value(const cst_option *row, const char *given, void *place)
{
    cst_text t = cst_text_of(given);
    cst_opt_money money = {0, true};
    cst_opt_number number = {0, true};
    int word;
    switch (row->kind) {
    case CST_OPT_COUNT:
        return store_count(place, t, 0, INT64_MAX);
    case CST_OPT_MONTH:
        return store_count(place, t, 1, 12);
    case CST_OPT_DATE:
        return cst_day_parse(t, place);
    case CST_OPT_DURATION:
        return cst_duration_parse(t, place);
    case CST_OPT_CHOICE:
        if ((word = cst_word_find(row->value, t)) < 0) return false;
        *(int *)place = word;
        return true;
    case CST_OPT_MONEY:
        if (cst_money_parse(t, &money.v) != CST_DECIMAL_OK) return false;
        *(cst_opt_money *)place = money;
        return true;
    case CST_OPT_NUMBER:
        if (!cst_number_parse(t, &number.v)) return false;
        *(cst_opt_number *)place = number;
        return true;
    default:
        return false;
    }
}

cst_status cst_option_store(const cst_command *c, const cst_option_walk *w, const char *given, void *values,
                            cst_error *e)
{
    const cst_option *row = w->row;
    void *place = (char *)values + w->at;
    cst_list *list = place;
    bool named = (cst_option_is_input(row) || row->kind == CST_OPT_OUTPUT);
    if (named && !*given) return refuse_value(c, row, given, e);
    switch (row->kind) {
    case CST_OPT_FLAG:
    case CST_OPT_MODE:
        *(bool *)place = true;
        return CST_OK;
    case CST_OPT_TEXT:
    case CST_OPT_INPUT:
    case CST_OPT_OUTPUT:
    case CST_OPT_MODE_TEXT:
    case CST_OPT_MODE_INPUT:
        *(const char **)place = given;
        return CST_OK;
    case CST_OPT_INPUTS:
    case CST_OPT_LIST:
        /* they are few: one more place at a time */
        if (!cst_resize(&list->v, list->n + 1, sizeof *list->v)) return cst_no_memory(e);
        list->v[list->n++] = given;
        return CST_OK;
    default:
        return convert_value(row, given, place) ? CST_OK : refuse_value(c, row, given, e);
    }
}
