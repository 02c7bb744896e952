/* program/definition.c: one value after the other, to text and back. */
#include "program/definition.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

void cst_option_text(const cst_option *row, const void *values, cst_buffer *out)
{
    const char *at = (const char *)values + row->offset;
    char room[64];
    switch (row->kind) {
    case CST_OPT_TEXT: {
        const char *text;
        memcpy(&text, at, sizeof text);
        if (text) cst_buffer_add_string(out, text);
        return;
    }
    case CST_OPT_DATE: {
        cst_day d;
        memcpy(&d, at, sizeof d);
        if (d != CST_DAY_NONE) cst_buffer_add(out, room, cst_day_format(d, room));
        return;
    }
    case CST_OPT_CHOICE: {
        int v;
        memcpy(&v, at, sizeof v);
        cst_text word = cst_choice_word(row->value, v);
        cst_buffer_add(out, word.p, word.n);
        return;
    }
    case CST_OPT_FLAG: {
        bool v;
        memcpy(&v, at, sizeof v);
        if (v) cst_buffer_add_string(out, "yes");
        return;
    }
    case CST_OPT_COUNT:
    case CST_OPT_MONTH: {
        cst_count v;
        memcpy(&v, at, sizeof v);
        if (v.set || v.n > 0) cst_buffer_printf(out, "%llu", (unsigned long long)v.n);
        return;
    }
    case CST_OPT_MONEY: {
        cst_opt_money v;
        memcpy(&v, at, sizeof v);
        if (v.set) cst_buffer_add(out, room, cst_money_format(v.v, 0, room));
        return;
    }
    case CST_OPT_DURATION: {
        cst_duration v;
        memcpy(&v, at, sizeof v);
        if (v.unit) cst_buffer_add(out, room, cst_duration_format(v, room));
        return;
    }
    default:
        return;
    }
}

bool cst_option_take(const cst_option *row, void *values, const char *text)
{
    char *at = (char *)values + row->offset;
    cst_text t = cst_text_of(text);
    int64_t n = 0;
    if (!*text) return true;
    switch (row->kind) {
    case CST_OPT_TEXT:
        memcpy(at, &text, sizeof text);
        return true;
    case CST_OPT_DATE: {
        cst_day d;
        if (!cst_day_parse(t, &d)) return false;
        memcpy(at, &d, sizeof d);
        return true;
    }
    case CST_OPT_CHOICE: {
        int v = 0;
        while (v < 4 && !cst_text_equal(cst_choice_word(row->value, v), t)) v++;
        if (v == 4) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    case CST_OPT_FLAG: {
        bool v = true;
        memcpy(at, &v, sizeof v);
        return strcmp(text, "yes") == 0;
    }
    case CST_OPT_COUNT:
    case CST_OPT_MONTH: {
        if (!cst_int_parse(t, &n) || n < 0) return false;
        cst_count v = {(uint64_t)n, true};
        memcpy(at, &v, sizeof v);
        return true;
    }
    case CST_OPT_MONEY: {
        cst_opt_money v = {0, true};
        if (cst_money_parse(t, &v.v) != CST_DECIMAL_OK) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    case CST_OPT_DURATION: {
        cst_duration v;
        if (!cst_duration_parse(t, &v)) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    default:
        return false;
    }
}

/* ---- a definition ------------------------------------------------------------------------------------ */

cst_status cst_definition_of(const cst_option *rows, const void *values, cst_definition *out, cst_error *e)
{
    *out = (cst_definition){.rows = rows};
    while (rows[out->n].name) out->n++;
    out->text = calloc(out->n + 1, sizeof *out->text);
    if (!out->text) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < out->n; i++) {
        cst_buffer b = {0};
        cst_option_text(&rows[i], values, &b);
        status = cst_definition_set(out, i, cst_buffer_string(&b), e);
        if (b.failed) status = cst_no_memory(e);
        cst_buffer_free(&b);
    }
    return status;
}

void cst_definition_free(cst_definition *d)
{
    for (size_t i = 0; d->text && i < d->n; i++) free(d->text[i]);
    free(d->text);
    *d = (cst_definition){0};
}

size_t cst_definition_find(const cst_definition *d, cst_text name)
{
    size_t i = 0;
    while (i < d->n && !cst_text_is(name, d->rows[i].name)) i++;
    return i;
}

cst_status cst_definition_set(cst_definition *d, size_t row, const char *text, cst_error *e)
{
    char *copy = strdup(text);
    if (!copy) return cst_no_memory(e);
    free(d->text[row]);
    d->text[row] = copy;
    return CST_OK;
}

void cst_definition_tell(const cst_definition *d, cst_manifest *m)
{
    for (size_t i = 0; i < d->n; i++)
        if (*d->text[i]) cst_manifest_text(m, "definition", NULL, d->rows[i].name, cst_text_of(d->text[i]));
}
