/* likelihood.c: read and checked whole before any row of data. */
#include "score/likelihood.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"
#include "stats/distribution.h"

enum column { KIND, NAME, PARENT, WEIGHT, COLUMN, TRANSFORM, LOW, HIGH, POINTS, MISSING, COLUMNS };
static const char *const names[] = {"kind",      "name", "parent", "weight", "column",
                                    "transform", "low",  "high",   "points", "missing"};

struct likely_parse {
    const cst_table *table;
    int at[COLUMNS];
    score_likelihood *out;
};

static cst_text get(const struct likely_parse *p, size_t row, enum column c)
{
    return cst_table_at(p->table, row, p->at[c]);
}

static cst_status refuse(const struct likely_parse *p, size_t row, enum column c, const char *expected,
                         cst_error *e)
{
    cst_buffer found = {0};
    cst_text t = get(p, row, c);
    cst_buffer_add_visible(&found, t.p, t.n, 60);
    cst_status status = cst_fail_at(e, CST_DATA, cst_table_place(p->table, row, p->at[c]), names[c],
                                    "expected %s, found \"%s\"; see cs-drivers(1), LIKELIHOODS", expected,
                                    cst_buffer_string(&found));
    cst_buffer_free(&found);
    return status;
}

static cst_status read_number(const struct likely_parse *p, size_t row, enum column c, double *out,
                              cst_error *e)
{
    return cst_number_parse(get(p, row, c), out) ? CST_OK : refuse(p, row, c, "a number", e);
}

static cst_status read_term(const struct likely_parse *p, size_t row, cst_error *e)
{
    score_term *t = &p->out->term[p->out->terms++];
    *t = (score_term){.name = get(p, row, NAME), .column = get(p, row, COLUMN), .missing = NAN, .row = row};
    if (t->column.n == 0) return refuse(p, row, COLUMN, "the name of a column of the metrics or accounts", e);
    if (!cst_text_is(get(p, row, TRANSFORM), "clamp")) return refuse(p, row, TRANSFORM, "clamp", e);
    cst_status status = read_number(p, row, WEIGHT, &t->weight, e);
    if (status == CST_OK) status = read_number(p, row, LOW, &t->low, e);
    if (status == CST_OK) status = read_number(p, row, HIGH, &t->high, e);
    if (status == CST_OK && get(p, row, MISSING).n) status = read_number(p, row, MISSING, &t->missing, e);
    if (status == CST_OK && t->low > t->high) return refuse(p, row, HIGH, "a number not below low", e);
    return status;
}

static cst_status read_comment(struct likely_parse *p, size_t row, cst_error *e)
{
    if (!cst_text_is(get(p, row, NAME), "population")) return CST_OK;
    p->out->all = cst_text_is(get(p, row, POINTS), "all");
    bool known = p->out->all || cst_text_is(get(p, row, POINTS), "active");
    return known ? CST_OK : refuse(p, row, POINTS, "active or all", e);
}

static cst_status read_row(struct likely_parse *p, size_t row, cst_error *e)
{
    cst_text kind = get(p, row, KIND);
    if (cst_text_is(kind, "comment")) return read_comment(p, row, e);
    if (cst_text_is(kind, "term")) return read_term(p, row, e);
    if (!cst_text_is(kind, "likelihood"))
        return refuse(p, row, KIND, "likelihood, term or comment (the model of a score is for --model)", e);
    if (p->out->name.n) return refuse(p, row, KIND, "one row of kind likelihood (there is one already)", e);
    p->out->name = get(p, row, NAME);
    if (p->out->name.n == 0) return refuse(p, row, NAME, "the name of the likelihood", e);
    return read_number(p, row, WEIGHT, &p->out->intercept, e);
}

/* What depends on the likelihood's name, which may come after its terms. */
static cst_status check(struct likely_parse *p, const score_likelihoods *set, cst_error *e)
{
    const score_likelihood *l = p->out;
    if (l->name.n == 0)
        return cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(p->table), 1, 0}, "kind",
                           "expected a row of kind likelihood, found none; cs-drivers --fit --as likelihood "
                           "writes such a table");
    for (size_t row = 0; row < cst_table_rows(p->table); row++)
        if (!cst_text_is(get(p, row, KIND), "likelihood") && !cst_text_equal(get(p, row, PARENT), l->name))
            return refuse(p, row, PARENT, "the name of the likelihood", e);
    if (score_likelihoods_find(set, l->name) == set->n) return CST_OK;
    return cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(p->table), 1, 0}, "name",
                       "expected likelihoods of different names, found \"%.*s\" in two tables; fit one with "
                       "another --name",
                       (int)l->name.n, l->name.p);
}

static void free_likelihood(score_likelihood *l)
{
    free(l->term);
    free(l->column);
    free(l->amount);
    cst_table_free(l->table);
}

static cst_status name_columns(score_likelihood *l, cst_error *e)
{
    static const char ending[] = "_amount";
    l->column = strndup(l->name.p, l->name.n);
    l->amount = malloc(l->name.n + sizeof ending);
    if (!l->column || !l->amount) return cst_no_memory(e);
    memcpy(l->amount, l->name.p, l->name.n);
    memcpy(l->amount + l->name.n, ending, sizeof ending);
    return CST_OK;
}

cst_status score_likelihoods_add(score_likelihoods *set, cst_table *t, cst_error *e)
{
    score_likelihood l = {.table = t};
    struct likely_parse p = {.table = t, .out = &l};
    size_t rows = cst_table_rows(t);
    l.term = calloc(rows + 1, sizeof *l.term);
    bool room = l.term && cst_resize(&set->v, set->n + 1, sizeof *set->v);
    cst_status status = room ? CST_OK : cst_no_memory(e);
    for (int c = 0; status == CST_OK && c < COLUMNS; c++)
        status = cst_table_bind(t, names[c], CST_REQUIRED, &p.at[c], e);
    for (size_t row = 0; status == CST_OK && row < rows; row++) status = read_row(&p, row, e);
    if (status == CST_OK) status = check(&p, set, e);
    if (status == CST_OK) status = name_columns(&l, e);
    if (status != CST_OK) return free_likelihood(&l), status;
    set->v[set->n++] = l;
    set->terms += l.terms;
    return CST_OK;
}

void score_likelihoods_clear(score_likelihoods *set)
{
    for (size_t i = 0; i < set->n; i++) free_likelihood(&set->v[i]);
    free(set->v);
    *set = (score_likelihoods){0};
}

size_t score_likelihoods_find(const score_likelihoods *set, cst_text name)
{
    size_t i = 0;
    while (i < set->n && !cst_text_equal(set->v[i].name, name)) i++;
    return i;
}

double score_term_odds(const score_term *t, double value)
{
    double x = isnan(value) ? t->missing : value;
    return t->weight * (x < t->low ? t->low : x > t->high ? t->high : x);
}

double score_term_part(const score_term *t, double value)
{
    return score_term_odds(t, value) - score_term_odds(t, t->missing);
}

int32_t score_likelihood_of(const score_likelihood *l, const double *value)
{
    double odds = l->intercept;
    for (size_t k = 0; k < l->terms; k++) odds += score_term_odds(&l->term[k], value[k]);
    if (isnan(odds)) return -1;
    return (int32_t)(cst_chance_of_logit(odds) * 1e6 + 0.5);
}
