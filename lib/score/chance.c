/* chance.c: values of terms as they are read, a likelihood for each set of them, and the amount. An expected
 * amount is the product of what is printed: six decimals of the likelihood, six of the amount, as integers.
 */
#include "score/chance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"

cst_status score_chances_reserve(score_chances *c, size_t rows, cst_error *e)
{
    if (!c->set || rows <= c->room) return CST_OK;
    size_t room = cst_room_for(c->room, rows), terms = c->keep ? c->set->terms * sizeof *c->term : 0;
    if (!c->filled) c->filled = calloc(c->set->n + 1, sizeof *c->filled);
    if (!c->filled || !cst_resize(&c->chance, room, c->set->n * sizeof *c->chance) ||
        !cst_resize(&c->amount, room, sizeof *c->amount) || !cst_resize(&c->term, room, terms))
        return cst_no_memory(e);
    c->room = room;
    return CST_OK;
}

void score_chances_clear(score_chances *c)
{
    free(c->chance);
    free(c->amount);
    free(c->term);
    free(c->filled);
    *c = (score_chances){0};
}

static cst_status bind_amount(const char *amount, const score_offer *o, score_chance_plan *out, cst_error *e)
{
    cst_text name = cst_text_of(amount ? amount : "mrr");
    for (size_t i = 0; !out->amounts && i < o->names; i++) out->amounts = cst_text_equal(o->name[i], name);
    if (!out->amounts && !amount) return CST_OK;
    out->amounts = true;
    return score_source_find(o, name, false, (cst_place){0}, "--amount", &out->amount, e);
}

cst_status score_chance_bind(const score_likelihoods *set, const char *amount, const score_offer *o,
                             score_chance_plan *out, cst_error *e)
{
    *out = (score_chance_plan){.set = set};
    if (!set) return CST_OK;
    out->source = calloc(set->terms + 1, sizeof *out->source);
    out->slot = calloc(set->terms + 1, sizeof *out->slot);
    if (!out->source || !out->slot) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (size_t i = 0, at = 0; status == CST_OK && i < set->n; i++) {
        const score_likelihood *l = &set->v[i];
        for (size_t j = 0; j < o->names; j++)
            if (cst_text_equal(o->name[j], l->name))
                return cst_fail(e, CST_DATA,
                                "expected metrics without a column \"%.*s\", which is the name of a "
                                "likelihood; rename one of them",
                                (int)l->name.n, l->name.p);
        for (size_t k = 0; status == CST_OK && k < l->terms; k++, at++) {
            status =
                score_source_find(o, l->term[k].column, false, cst_table_place(l->table, l->term[k].row, -1),
                                  "column", &out->source[at], e);
            if (status == CST_OK) out->joined |= out->source[at].at.from == CST_FROM_ACCOUNT;
            if (status == CST_OK) out->slot[at] = score_source_slot(&out->source[at]);
        }
    }
    if (status == CST_OK) status = bind_amount(amount, o, out, e);
    out->joined |= out->amounts && out->amount.at.from == CST_FROM_ACCOUNT;
    return status;
}

void score_chance_plan_clear(score_chance_plan *p)
{
    free(p->source);
    free(p->slot);
    *p = (score_chance_plan){0};
}

cst_status score_chance_batch_init(score_chance_batch *b, const score_chance_plan *p, cst_error *e)
{
    *b = (score_chance_batch){.plan = p};
    if (!p->set) return CST_OK;
    b->rows = (score_chances){.set = p->set, .keep = true, .amounts = p->amounts};
    return cst_metrics_numbers_init(&b->numbers, p->slot, p->set->terms, e);
}

void score_chance_batch_clear(score_chance_batch *b)
{
    if (b->plan && b->plan->set) cst_metrics_numbers_free(&b->numbers);
    score_chances_clear(&b->rows);
}

cst_status score_chance_batch_begin(score_chance_batch *c, cst_batch *b, cst_error *e)
{
    if (!c->plan->set) return CST_OK;
    cst_metrics_numbers_begin(&c->numbers, b);
    return score_chances_reserve(&c->rows, cst_batch_rows(b), e);
}

cst_status score_chance_take(score_chance_batch *c, cst_batch *b, uint32_t row, const cst_metrics_seen *seen,
                             const cst_accounts *accounts, uint32_t account, uint32_t at, cst_error *e)
{
    const score_chance_plan *p = c->plan;
    if (!p->set) return CST_OK;
    cst_status status = CST_OK;
    double *value = c->rows.term + at * p->set->terms;
    for (size_t k = 0; k < p->set->terms; k++) {
        value[k] = NAN;
        status = p->slot[k] >= 0 ? cst_metrics_number(&c->numbers, b, row, k, &value[k], e)
                                 : score_source_read(&p->source[k], accounts, account, b, row, &value[k], e);
        if (status < 0) return status;
    }
    for (size_t i = 0; i < p->set->n; value += p->set->v[i++].terms) {
        bool apart = seen->active == CST_ACTIVE_NO && !p->set->v[i].all;
        c->rows.chance[at * p->set->n + i] = apart ? -1 : score_likelihood_of(&p->set->v[i], value);
    }
    c->rows.amount[at] = SCORE_NO_AMOUNT;
    if (!p->amounts) return CST_OK;
    status = score_source_money(&p->amount, accounts, account, b, row, &c->rows.amount[at], e);
    return status < 0 ? status : CST_OK;
}

static void count_filled(score_chances *c, const score_chances *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const double *value = from->term + i * c->set->terms;
        for (size_t j = 0; j < c->set->n; value += c->set->v[j++].terms) {
            bool missing = false;
            for (size_t k = 0; k < c->set->v[j].terms; k++) missing |= isnan(value[k]);
            c->filled[j] += missing && from->chance[i * c->set->n + j] >= 0;
        }
    }
}

cst_status score_chances_append(score_chances *c, size_t at, const score_chance_batch *from, uint32_t n,
                                cst_error *e)
{
    if (!c->set) return CST_OK;
    cst_status status = score_chances_reserve(c, at + n, e);
    if (status != CST_OK) return status;
    const score_chances *rows = &from->rows;
    memcpy(c->chance + at * c->set->n, rows->chance, n * c->set->n * sizeof *c->chance);
    memcpy(c->amount + at, rows->amount, n * sizeof *c->amount);
    if (c->keep) memcpy(c->term + at * c->set->terms, rows->term, n * c->set->terms * sizeof *c->term);
    count_filled(c, rows, n);
    return CST_OK;
}

size_t score_chance_columns(const score_chances *c, cst_column *out)
{
    size_t n = 0;
    for (size_t i = 0; c->set && i < c->set->n; i++) {
        out[n++] = (cst_column){c->set->v[i].column, CST_COL_NUMBER};
        if (c->amounts) out[n++] = (cst_column){c->set->v[i].amount, CST_COL_NUMBER};
    }
    return n;
}

bool score_chance_amount(const score_chances *c, size_t row, size_t likelihood, cst_money *out)
{
    int32_t p = c->chance[row * c->set->n + likelihood];
    cst_money amount = c->amount[row];
    return p >= 0 && amount != SCORE_NO_AMOUNT && cst_mul_div(amount, p, 1000000, out);
}

void score_chance_put(const score_chances *c, size_t row, cst_writer *w)
{
    for (size_t i = 0; c->set && i < c->set->n; i++) {
        int32_t p = c->chance[row * c->set->n + i];
        cst_money expected;
        if (p < 0)
            cst_put_missing(w);
        else
            cst_put_ratio(w, p);
        if (!c->amounts) continue;
        if (score_chance_amount(c, row, i, &expected))
            cst_put_money(w, expected);
        else
            cst_put_missing(w);
    }
}
