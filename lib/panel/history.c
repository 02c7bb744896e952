/* panel/history.c: rings in one block per account; see the header. A block is made when the account is first
 * seen. */
#include "panel/history.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/number.h"
#include <stdlib.h>
#include <string.h>

enum { SHORT = 16 };

typedef struct cell {
    union {
        char bytes[SHORT]; /* n <= SHORT */
        char *heap;
    };
    double number; /* of CST_IS_NUMBER */
    uint32_t n;
    uint8_t reading; /* cst_reading */
} cell;

typedef struct history_block {
    uint64_t rows;    /* added so far */
    cst_day last;     /* period of the last one */
    cst_day *periods; /* ring of `depth` */
    cell cells[];     /* the rings of the columns, one behind the other */
} history_block;

struct cst_history {
    history_block **account;
    size_t room;
    size_t n;
    int *back;
    size_t *first; /* of a column's ring among the cells */
    uint64_t *mask;
    size_t cells;
    int depth;
    uint64_t depth_mask;
};

/* The length of a ring for so many values, less one. */
static uint64_t find_mask(int values)
{
    uint64_t n = 1;
    while (n < (uint64_t)values) n *= 2;
    return n - 1;
}

cst_history *cst_history_new(const int *back, size_t n, int depth)
{
    cst_history *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->n = n;
    h->depth = depth;
    h->depth_mask = find_mask(depth);
    h->back = calloc(n + 1, sizeof *h->back);
    h->first = calloc(n + 1, sizeof *h->first);
    h->mask = calloc(n + 1, sizeof *h->mask);
    if (!h->back || !h->first || !h->mask) {
        cst_history_free(h);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        h->back[i] = back[i];
        h->first[i] = h->cells;
        h->mask[i] = find_mask(back[i]);
        h->cells += h->mask[i] + 1;
    }
    return h;
}

static void free_block(const cst_history *h, history_block *b)
{
    if (!b) return;
    for (size_t i = 0; i < h->cells; i++)
        if (b->cells[i].n > SHORT) free(b->cells[i].heap);
    free(b->periods);
    free(b);
}

void cst_history_free(cst_history *h)
{
    if (!h) return;
    for (size_t i = 0; i < h->room; i++) free_block(h, h->account[i]);
    free(h->account);
    free(h->back);
    free(h->first);
    free(h->mask);
    free(h);
}

static history_block *take_block(cst_history *h, uint32_t account)
{
    if (!cst_grow_zeroed(&h->account, &h->room, (size_t)account + 1, sizeof(history_block *))) return NULL;
    if (h->account[account]) return h->account[account];
    history_block *b = calloc(1, sizeof *b + h->cells * sizeof b->cells[0]);
    if (b) b->periods = calloc(h->depth_mask + 1, sizeof *b->periods);
    if (b && !b->periods) {
        free(b);
        b = NULL;
    }
    h->account[account] = b;
    return b;
}

static bool set_cell(cell *c, const cst_kept *v)
{
    uint32_t n = v->text.n;
    char *heap = n > SHORT ? malloc(n) : NULL;
    if (n > SHORT && !heap) return false;
    if (c->n > SHORT) free(c->heap);
    c->n = n;
    c->reading = (uint8_t)v->reading;
    c->number = v->number;
    if (heap) c->heap = heap;
    if (n) memcpy(heap ? heap : c->bytes, v->text.p, n);
    return true;
}

cst_status cst_history_add(cst_history *h, uint32_t account, cst_day period, const cst_kept *values,
                           cst_error *e)
{
    history_block *b = take_block(h, account);
    if (!b) return cst_no_memory(e);
    if (b->rows && period <= b->last) {
        char last[CST_DAY_ROOM], now[CST_DAY_ROOM];
        cst_day_format(b->last, last);
        cst_day_format(period, now);
        return cst_fail(e, CST_DATA, "expected a period after %s, the last one kept of the account, found %s",
                        last, now);
    }
    for (size_t i = 0; i < h->n; i++) {
        cell *c = &b->cells[h->first[i] + (b->rows & h->mask[i])];
        if (!set_cell(c, &values[i])) return cst_no_memory(e);
    }
    b->periods[b->rows & h->depth_mask] = period;
    b->last = period;
    b->rows++;
    return CST_OK;
}

static history_block *find_block(const cst_history *h, uint32_t account, int back, int kept)
{
    history_block *b = account < h->room ? h->account[account] : NULL;
    return b && back >= 1 && back <= kept && (uint64_t)back <= b->rows ? b : NULL;
}

static cell *find_cell(const cst_history *h, uint32_t account, size_t column, int back)
{
    history_block *b = find_block(h, account, back, h->back[column]);
    return b ? &b->cells[h->first[column] + ((b->rows - (uint64_t)back) & h->mask[column])] : NULL;
}

cst_day cst_history_period(const cst_history *h, uint32_t account, int back)
{
    const history_block *b = find_block(h, account, back, h->depth);
    return b ? b->periods[(b->rows - (uint64_t)back) & h->depth_mask] : CST_DAY_NONE;
}

static cst_text show_cell(const cell *c)
{
    return (cst_text){c->n > SHORT ? c->heap : c->bytes, c->n};
}

cst_text cst_history_text(const cst_history *h, uint32_t account, size_t column, int back)
{
    const cell *c = find_cell(h, account, column, back);
    return c ? show_cell(c) : (cst_text){"", 0};
}

cst_status cst_history_number(cst_history *h, uint32_t account, size_t column, int back, double *out)
{
    cell *c = find_cell(h, account, column, back);
    if (!c || c->n == 0) return CST_END;
    if (c->reading == CST_UNREAD)
        c->reading = cst_number_parse(show_cell(c), &c->number) ? CST_IS_NUMBER : CST_NO_NUMBER;
    if (c->reading == CST_NO_NUMBER) return CST_DATA;
    *out = c->number;
    return CST_OK;
}
