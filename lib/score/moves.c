/* moves.c: who was in which band a period ago and who is in which now. A matrix for each period: a row per
 * band then, a column per band now, each with one class more for accounts without a score and one for those
 * that were no customers then (new), or are none now (left). What has left is what was there less what is
 * still there, so that the matrix adds up to both periods. */
#include <stdlib.h>

#include "base/date.h"
#include "score/output.h"

const cst_column score_moves_columns[] = {
    {"period", CST_COL_TEXT},          {"before", CST_COL_TEXT},
    {"band_before", CST_COL_TEXT},     {"band", CST_COL_TEXT},
    {"accounts", CST_COL_NUMBER},      {"change", CST_COL_TEXT},
    {"amount_before", CST_COL_NUMBER}, {"amount", CST_COL_NUMBER},
};
const size_t score_moves_column_count = sizeof score_moves_columns / sizeof *score_moves_columns;

/* Classes: ELSEWHERE is no customer, the bands follow from the lowest up, then the one without a score. */
enum { ELSEWHERE };

/* Of a class in a period, or of a move from one to another. */
typedef struct moves_sum {
    uint64_t accounts;
    cst_wide then, now;
} moves_sum;

typedef struct moves_seen {
    size_t period; /* + 1; 0: none */
    size_t class;
    cst_wide amount;
} moves_seen;

typedef struct moves {
    const score_sheet *sheet;
    size_t classes;
    moves_seen *seen; /* by account: its last row as a customer */
    moves_sum *cell;  /* by period, class then, class now */
} moves;

static moves_sum *cell_at(const moves *m, size_t period, size_t from, size_t to)
{
    return &m->cell[(period * m->classes + from) * m->classes + to];
}

static cst_wide amount_of(const score_chances *c, size_t row)
{
    return c->amounts && c->amount[row] != SCORE_NO_AMOUNT ? c->amount[row] : 0;
}

static cst_status visit(void *context, const score_night *n, cst_error *e)
{
    moves *m = context;
    const cst_metrics_row *r = &m->sheet->rows.row[n->row];
    moves_seen *seen = &m->seen[r->account];
    (void)e;
    if (!r->active) return CST_OK;
    bool stayed = n->period > 0 && seen->period == n->period;
    size_t class = n->band == UINT32_MAX || n->score < 0 ? m->classes - 1 : n->band + 1;
    cst_wide amount = amount_of(&m->sheet->chances, n->row);
    moves_sum *to = cell_at(m, n->period, stayed ? seen->class : ELSEWHERE, class);
    to->accounts++;
    to->now += amount;
    if (stayed) to->then += seen->amount;
    *seen = (moves_seen){n->period + 1, class, amount};
    return CST_OK;
}

/* Those of the class a period ago that are in none now. */
static void find_left(const moves *m, size_t period, size_t from)
{
    moves_sum *left = cell_at(m, period, from, ELSEWHERE);
    for (size_t k = 0; k < m->classes; k++) {
        const moves_sum *was = cell_at(m, period - 1, k, from);
        left->accounts += was->accounts;
        left->then += was->now;
    }
    for (size_t k = ELSEWHERE + 1; k < m->classes; k++) {
        left->accounts -= cell_at(m, period, from, k)->accounts;
        left->then -= cell_at(m, period, from, k)->then;
    }
}

static void put_class(const moves *m, size_t class, cst_writer *w)
{
    bool band = class != ELSEWHERE && class != m->classes - 1;
    cst_put_text(w, band ? m->sheet->model->band[class - 1].name : (cst_text){0});
}

static void put_amount(const moves *m, cst_wide amount, cst_writer *w)
{
    if (m->sheet->chances.amounts)
        cst_put_wide(w, amount);
    else
        cst_put_missing(w);
}

static const char *change_of(const moves *m, size_t from, size_t to)
{
    size_t unscored = m->classes - 1;
    if (from == ELSEWHERE) return "new";
    if (to == ELSEWHERE) return "left";
    if (from == unscored || to == unscored) return from == to ? "same" : "";
    return to > from ? "up" : to < from ? "down" : "same";
}

static cst_status put_period(const moves *m, size_t period, cst_writer *w, cst_error *e)
{
    const score_sheet *s = m->sheet;
    cst_status status = CST_OK;
    for (size_t from = ELSEWHERE + 1; from < m->classes; from++) find_left(m, period, from);
    for (size_t i = 1; i <= m->classes; i++) { /* new and left are last */
        size_t from = i % m->classes;
        for (size_t j = 1; status == CST_OK && j <= m->classes; j++) {
            size_t to = j % m->classes;
            const moves_sum *sum = cell_at(m, period, from, to);
            if (sum->accounts == 0) continue;
            cst_put_day(w, s->rows.day[period]);
            cst_put_day(w, s->rows.day[period - 1]);
            put_class(m, from, w);
            put_class(m, to, w);
            cst_put_int(w, (int64_t)sum->accounts);
            cst_put_string(w, change_of(m, from, to));
            put_amount(m, sum->then, w);
            put_amount(m, sum->now, w);
            status = cst_end_row(w, e);
        }
    }
    return status;
}

cst_status score_moves_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                             cst_day from, cst_writer *w, cst_error *e)
{
    moves m = {.sheet = s, .classes = s->model->bands + 2};
    m.seen = calloc((size_t)cst_intern_count(s->rows.accounts) + 1, sizeof *m.seen);
    m.cell = calloc((s->rows.days + 1) * m.classes * m.classes, sizeof *m.cell);
    cst_status status = m.seen && m.cell ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = score_nights_run(s, rules, memory, visit, &m, e);
    for (size_t p = 1; status == CST_OK && p < s->rows.days; p++)
        if (from == CST_DAY_NONE || s->rows.day[p] >= from) status = put_period(&m, p, w, e);
    free(m.seen);
    free(m.cell);
    return status;
}
