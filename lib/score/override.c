/* override.c: a short list, sorted by account; looked up by bisection. */
#include "score/override.h"

#include <stdlib.h>

#include "base/decimal.h"

enum score_override_column { ACCOUNT, OWNER, REASON, UNTIL, SCORE, BAND, FROM, COLUMNS };
static const char *const names[] = {"account_id", "owner", "reason", "until", "score", "band", "from"};

static cst_status refuse(const cst_table *t, size_t row, int at, const char *field, const char *expected,
                         cst_error *e)
{
    cst_text found = cst_table_at(t, row, at);
    return cst_fail_at(e, CST_DATA, cst_table_place(t, row, at), field,
                       "expected %s, found \"%.*s\"; see cs-score(1), OVERRIDES", expected, (int)found.n,
                       found.p);
}

static cst_status read_score(const cst_table *t, size_t row, int at, int32_t *out, cst_error *e)
{
    cst_money v;
    *out = -1;
    cst_text score = cst_table_at(t, row, at);
    if (score.n == 0) return CST_OK;
    if (cst_money_parse(score, &v) != CST_DECIMAL_OK || v < 0 || v > 100 * CST_MONEY_UNIT || v % 10000)
        return refuse(t, row, at, "score", "0 to 100 with at most two decimals", e);
    *out = (int32_t)(v / 10000);
    return CST_OK;
}

static cst_status read_row(const cst_table *t, size_t row, const int *at, const cst_model *m,
                           const cst_intern *accounts, score_override *o, cst_error *e)
{
    for (int c = ACCOUNT; c <= UNTIL; c++)
        if (cst_table_at(t, row, at[c]).n == 0) return refuse(t, row, at[c], names[c], "a value", e);
    *o = (score_override){.account = cst_intern_find(accounts, cst_table_at(t, row, at[ACCOUNT])),
                          .band = UINT32_MAX,
                          .from = CST_DAY_MIN,
                          .owner = cst_table_at(t, row, at[OWNER]),
                          .reason = cst_table_at(t, row, at[REASON]),
                          .row = row};
    cst_status status = read_score(t, row, at[SCORE], &o->score, e);
    cst_text band = cst_table_at(t, row, at[BAND]);
    if (status == CST_OK && band.n) {
        o->band = (uint32_t)score_model_band_named(m, band);
        if (o->band == m->bands) return refuse(t, row, at[BAND], "band", "a band of the model", e);
    }
    if (status == CST_OK && !band.n && o->score < 0)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, at[SCORE] >= 0 ? at[SCORE] : at[BAND]),
                           at[SCORE] >= 0 || at[BAND] < 0 ? "score" : "band",
                           "expected a score or a band to set, found none; see cs-score(1), OVERRIDES");
    if (status == CST_OK && cst_table_day(t, row, at[FROM], &o->from, e) < 0) status = CST_DATA;
    if (status == CST_OK && cst_table_day(t, row, at[UNTIL], &o->until, e) < 0) status = CST_DATA;
    if (status == CST_OK && o->from > o->until)
        return refuse(t, row, at[FROM], "from", "a day no later than until", e);
    return status;
}

static int compare(const void *a, const void *b)
{
    const score_override *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

cst_status score_overrides_read(const cst_table *t, const cst_model *m, const cst_intern *accounts,
                                score_overrides *out, cst_error *e)
{
    int at[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        cst_status status = cst_table_bind(t, names[c], c <= UNTIL ? CST_REQUIRED : CST_OPTIONAL, &at[c], e);
        if (status != CST_OK) return status;
    }
    size_t n = cst_table_rows(t);
    *out = (score_overrides){.item = calloc(n + 1, sizeof *out->item)};
    if (!out->item) return cst_no_memory(e);
    for (size_t row = 0; row < n; row++) {
        cst_status status = read_row(t, row, at, m, accounts, &out->item[out->n], e);
        if (status != CST_OK) return status;
        if (out->item[out->n].account != CST_INTERN_NONE)
            out->n++;
        else if (out->unmatched_names++ == 0)
            out->first_unmatched = row;
    }
    qsort(out->item, out->n, sizeof *out->item, compare);
    for (size_t i = 1; i < out->n; i++) {
        const score_override *a = &out->item[i - 1], *b = &out->item[i];
        if (a->account != b->account || b->from > a->until) continue;
        cst_text id = cst_intern_text(accounts, a->account);
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t, b->row, at[ACCOUNT]), "account_id",
            "expected one override at a time for an account, found two that hold on one day for "
            "\"%.*s\" (the other is line %llu); end the first before the second begins",
            (int)id.n, id.p, (unsigned long long)cst_table_place(t, a->row, -1).line);
    }
    return CST_OK;
}

cst_status score_overrides_fail_unmatched_name(const score_overrides *o, const cst_table *t, cst_error *e)
{
    int at;
    cst_status status = cst_table_bind(t, names[ACCOUNT], CST_REQUIRED, &at, e);
    if (status != CST_OK) return status;
    cst_text id = cst_table_at(t, o->first_unmatched, at);
    return cst_fail_at(e, CST_DATA, cst_table_place(t, o->first_unmatched, at), names[ACCOUNT],
                       "expected an account with a row that is scored, found \"%.*s\"; the override has no "
                       "effect, correct it or leave it out",
                       (int)id.n, id.p);
}

const score_override *score_overrides_find(const score_overrides *o, uint32_t account, cst_day day)
{
    size_t low = 0, high = o->n; /* the first item past (account, day) */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const score_override *x = &o->item[middle];
        if (x->account < account || (x->account == account && x->from <= day))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const score_override *x = &o->item[low - 1];
    return x->account == account && day <= x->until ? x : NULL;
}

void score_overrides_clear(score_overrides *o)
{
    free(o->item);
    *o = (score_overrides){0};
}
