/* source.c: names are looked for in the metrics first, then among the attributes. */
#include "score/source.h"

#include "base/buffer.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "score/transform.h"

static bool split_word(const score_offer *o, cst_text whole, size_t *at, cst_text *word)
{
    for (uint32_t n = 1; n + 1 < whole.n; n++) {
        if (whole.p[n] != '=') continue;
        for (*at = 0; *at < o->names; ++*at) {
            if (!cst_text_equal(o->name[*at], (cst_text){whole.p, n})) continue;
            *word = (cst_text){whole.p + n + 1, whole.n - n - 1};
            return true;
        }
    }
    return false;
}

cst_status score_source_find(const score_offer *o, cst_text column, bool boolean, cst_place place,
                             const char *field, score_source *out, cst_error *e)
{
    size_t at = 0;
    *out = (score_source){.boolean = boolean};
    while (at < o->names && !cst_text_equal(o->name[at], column)) at++;
    if (at < o->names || split_word(o, column, &at, &out->word))
        return cst_joined_bind(o->reader, o->accounts, at, &out->at, e);
    cst_buffer near = {0}, there = {0};
    cst_suggest_add(&near, column, o->name, o->names);
    cst_suggest_list(&there, o->name, o->names, 20);
    cst_status status =
        cst_fail_at(e, CST_DATA, place, field,
                    "expected a column of the metrics or accounts, found \"%.*s\"%s; there are %s",
                    (int)column.n, column.p, cst_buffer_string(&near), cst_buffer_string(&there));
    cst_buffer_free(&near);
    cst_buffer_free(&there);
    return status;
}

int score_source_slot(const score_source *s)
{
    return s->at.from == CST_FROM_ROW && !s->boolean && s->word.n == 0 ? s->at.column : -1;
}

static bool is_of_row(const score_source *s)
{
    return s->at.from == CST_FROM_ROW;
}

cst_status score_source_read(const score_source *s, const cst_accounts *accounts, uint32_t account,
                             cst_batch *b, uint32_t row, double *x, cst_error *e)
{
    cst_text t =
        is_of_row(s) ? cst_text_at(b, row, s->at.column) : cst_accounts_at(accounts, account, s->at.column);
    if (t.n == 0) return CST_END;
    if (s->word.n > 0) {
        *x = cst_text_equal(t, s->word);
        return CST_OK;
    }
    if (s->boolean ? score_boolean_parse(t, x) : cst_number_parse(t, x)) return CST_OK;
    cst_place place = is_of_row(s) ? cst_place_at(b, row, s->at.column)
                                   : cst_accounts_place(accounts, account, s->at.column);
    return cst_fail_at(e, CST_DATA, place, s->at.name.p,
                       "expected %s, found \"%.*s\"; the model measures this column",
                       s->boolean ? "true or false, yes or no, 1 or 0" : "a number", (int)t.n, t.p);
}

cst_status score_source_money(const score_source *s, const cst_accounts *accounts, uint32_t account,
                              cst_batch *b, uint32_t row, cst_money *x, cst_error *e)
{
    if (is_of_row(s)) return cst_money_at(b, row, s->at.column, x, e);
    cst_text t = cst_accounts_at(accounts, account, s->at.column);
    if (t.n == 0) return CST_END;
    cst_decimal_status parsed = cst_money_parse(t, x);
    if (parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_accounts_place(accounts, account, s->at.column), s->at.name.p,
                       "expected an amount like 1234.5, found \"%.*s\"; correct it", (int)t.n, t.p);
}
