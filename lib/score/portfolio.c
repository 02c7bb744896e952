/* portfolio.c: NRR looks back, the vectors look ahead; a period in which the first is on target and
 * the second declines is the one to talk about. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "score/output.h"

static const cst_column columns[] = {
    {"period", CST_COL_TEXT},
    {"accounts", CST_COL_NUMBER},
    {"improving", CST_COL_NUMBER},
    {"steady", CST_COL_NUMBER},
    {"declining", CST_COL_NUMBER},
    {"no_vector", CST_COL_NUMBER},
    {"improving_share", CST_COL_NUMBER},
    {"steady_share", CST_COL_NUMBER},
    {"declining_share", CST_COL_NUMBER},
    {"mean_score", CST_COL_NUMBER},
    {"nrr", CST_COL_NUMBER},
    {"grr", CST_COL_NUMBER},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

enum { IMPROVING, STEADY, DECLINING, NONE, WAYS };
static const char *const words[] = {"improving", "steady", "declining", ""};

struct month {
    uint64_t way[WAYS], scored;
    int64_t hundredths;
    cst_text nrr, grr;
    bool bridged;
    struct expected *expected; /* by likelihood */
};

/* A likelihood over the active accounts that have one. */
struct expected {
    uint64_t accounts;
    int64_t millionths;
    cst_wide amount;
};

cst_status score_portfolio_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e)
{
    *out = calloc(COLUMNS + 2 * score_chances_count(&s->chances), sizeof **out);
    if (!*out) return cst_no_memory(e);
    memcpy(*out, columns, sizeof columns);
    *n = COLUMNS + score_chance_columns(&s->chances, *out + COLUMNS);
    return CST_OK;
}

static void count_chances(const score_chances *c, size_t row, struct month *m)
{
    for (size_t i = 0; c->set && i < c->set->n; i++) {
        int32_t p = c->chance[row * c->set->n + i];
        cst_money amount;
        if (p < 0) continue;
        m->expected[i].accounts++;
        m->expected[i].millionths += p;
        if (score_chance_amount(c, row, i, &amount)) m->expected[i].amount += amount;
    }
}

static cst_status count_night(void *context, const score_night *n, cst_error *e)
{
    struct month *m = (struct month *)context + n->period;
    (void)e;
    if (!n->sheet->rows.row[n->row].active) return CST_OK;
    const char *vector = score_memory_vector(n->memory);
    int way = 0;
    while (strcmp(vector, words[way]) != 0) way++;
    m->way[way]++;
    count_chances(&n->sheet->chances, n->row, m);
    if (n->score < 0) return CST_OK;
    m->scored++;
    m->hundredths += n->score;
    return CST_OK;
}

/* The total rows of a bridge, by their period_end. */
static cst_status read_bridge(const cst_table *t, const score_sheet *s, struct month *month, cst_error *e)
{
    int period, row_column, nrr, grr;
    cst_status status = cst_table_bind(t, "period_end", CST_REQUIRED, &period, e);
    if (status == CST_OK) status = cst_table_bind(t, "row", CST_REQUIRED, &row_column, e);
    if (status == CST_OK) status = cst_table_bind(t, "nrr", CST_REQUIRED, &nrr, e);
    if (status == CST_OK) status = cst_table_bind(t, "grr", CST_REQUIRED, &grr, e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++) {
        cst_day d = CST_DAY_NONE;
        status = cst_table_day(t, row, period, &d, e);
        if (status < 0) return status;
        status = CST_OK;
        cst_day *found =
            s->rows.days ? bsearch(&d, s->rows.day, s->rows.days, sizeof d, cst_compare_days) : NULL;
        if (!found || !cst_text_is(cst_table_at(t, row, row_column), "total")) continue;
        struct month *m = &month[found - s->rows.day];
        if (m->bridged)
            return cst_fail_at(
                e, CST_DATA, cst_table_place(t, row, period), "period_end",
                "expected one total row a period, found a second one; make the bridge in one currency "
                "(--fx)");
        m->bridged = true;
        m->nrr = cst_table_at(t, row, nrr);
        m->grr = cst_table_at(t, row, grr);
    }
    return status;
}

static void put_share(cst_writer *w, uint64_t part, uint64_t whole)
{
    cst_ratio r;
    if (cst_ratio_of(part, whole, &r))
        cst_put_ratio(w, r);
    else
        cst_put_missing(w);
}

static void put_expected(cst_writer *w, const score_chances *c, const struct month *m)
{
    for (size_t i = 0; c->set && i < c->set->n; i++) {
        const struct expected *x = &m->expected[i];
        if (x->accounts)
            cst_put_ratio(w, (cst_ratio)cst_wide_divide(x->millionths, (cst_wide)x->accounts));
        else
            cst_put_missing(w);
        if (c->amounts) cst_put_wide(w, x->amount);
    }
}

static cst_status put_month(cst_writer *w, cst_day period, const score_chances *c, const struct month *m,
                            cst_error *e)
{
    uint64_t known = m->way[IMPROVING] + m->way[STEADY] + m->way[DECLINING];
    cst_put_day(w, period);
    cst_put_int(w, (int64_t)(known + m->way[NONE]));
    for (int way = 0; way < WAYS; way++) cst_put_int(w, (int64_t)m->way[way]);
    for (int way = 0; way < NONE; way++) put_share(w, m->way[way], known);
    if (m->scored) {
        cst_wide mean = cst_wide_divide((cst_wide)m->hundredths, (cst_wide)m->scored);
        cst_put_money_fixed(w, (cst_money)mean * 10000, 2);
    } else {
        cst_put_missing(w);
    }
    cst_put_text(w, m->nrr);
    cst_put_text(w, m->grr);
    put_expected(w, c, m);
    return cst_end_row(w, e);
}

cst_status score_portfolio_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                                 const cst_table *bridge, cst_writer *w, cst_error *e)
{
    size_t likelihoods = score_chances_count(&s->chances);
    struct month *month = calloc(s->rows.days + 1, sizeof *month);
    struct expected *expected = calloc(s->rows.days * likelihoods + 1, sizeof *expected);
    cst_status status = month && expected ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < s->rows.days; i++)
        month[i].expected = expected + i * likelihoods;
    if (status == CST_OK && bridge) status = read_bridge(bridge, s, month, e);
    if (status == CST_OK) status = score_nights_run(s, rules, memory, count_night, month, e);
    for (size_t i = 0; status == CST_OK && i < s->rows.days; i++)
        status = put_month(w, s->rows.day[i], &s->chances, &month[i], e);
    free(month);
    free(expected);
    return status;
}
