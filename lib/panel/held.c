/* panel/held.c: rows as bytes. Of each row its columns are kept one behind the other: the length (one byte,
 * or 255 and four) and the bytes. That is about the size the columns have in the file, and one pass of
 * decoding when the row comes to be current. Sorting moves only 16-byte keys; input that is in order already
 * is found out and left as it is. */
#include "panel/held.h"
#include "base/arena.h"
#include "base/map.h"
#include <stdlib.h>
#include <string.h>

typedef struct held_row {
    cst_panel_key key;
    cst_held_place place;
    const unsigned char *cells;
} held_row;

typedef struct held_sort_key {
    uint64_t key; /* rank of the account, then period */
    uint64_t row;
} held_sort_key;

struct cst_held {
    int columns;
    held_row *row;
    size_t rows, room, at; /* at: past the current one */
    held_sort_key *sorted;
    cst_arena *bytes;
    cst_map *seen;  /* (account, period) -> row + 1 */
    cst_text *cell; /* of the current row; while rows are added, of the one that comes in */
};

cst_held *cst_held_new(int columns)
{
    cst_held *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->columns = columns;
    h->bytes = cst_arena_new();
    h->seen = cst_map_new();
    h->cell = calloc((size_t)columns + 1, sizeof *h->cell);
    if (h->bytes && h->seen && h->cell) return h;
    cst_held_free(h);
    return NULL;
}

void cst_held_free(cst_held *h)
{
    if (!h) return;
    free(h->row);
    free(h->sorted);
    free(h->cell);
    cst_arena_free(h->bytes);
    cst_map_free(h->seen);
    free(h);
}

void cst_held_close(cst_held *h)
{
    cst_map_free(h->seen);
    h->seen = NULL;
}

/* ---- rows in ---- */

static unsigned char *pack_cells(cst_held *h, cst_batch *b, uint32_t row, const int *slot)
{
    size_t size = 1;
    for (int i = 0; i < h->columns; i++) {
        h->cell[i] = cst_text_at(b, row, slot[i]);
        size += h->cell[i].n + (h->cell[i].n < 255 ? 1 : 5);
    }
    unsigned char *cells = cst_arena_alloc(h->bytes, size), *p = cells;
    for (int i = 0; cells && i < h->columns; i++) {
        uint32_t n = h->cell[i].n;
        *p++ = (unsigned char)(n < 255 ? n : 255);
        if (n >= 255) memcpy(p, &n, sizeof n);
        if (n >= 255) p += sizeof n;
        if (n) memcpy(p, h->cell[i].p, n);
        p += n;
    }
    return cells;
}

cst_status cst_held_add(cst_held *h, cst_panel_key key, cst_batch *b, uint32_t row, const int *slot,
                        cst_held_place *first, cst_error *e)
{
    bool fresh;
    if (h->rows >= UINT32_MAX - 1)
        return cst_fail(e, CST_LIMIT, "expected fewer than 4,294,967,294 rows to sort");
    uint32_t *known = cst_map_at(h->seen, cst_map_pair(key.account, (uint32_t)key.period), &fresh);
    if (!known) return cst_no_memory(e);
    if (!fresh) {
        *first = h->row[*known - 1].place;
        return CST_END;
    }
    *known = (uint32_t)h->rows + 1;
    held_row held = {key, {cst_batch_file(b), cst_line_at(b, row)}, pack_cells(h, b, row, slot)};
    if (!held.cells || !cst_grow(&h->row, &h->room, h->rows + 1, sizeof *h->row)) return cst_no_memory(e);
    h->row[h->rows++] = held;
    return CST_OK;
}

/* ---- all rows ---- */

static int compare_sort_keys(const void *a, const void *b)
{
    uint64_t x = ((const held_sort_key *)a)->key, y = ((const held_sort_key *)b)->key;
    return (x > y) - (x < y);
}

cst_status cst_held_sort(cst_held *h, const uint32_t *rank, cst_error *e)
{
    bool in_order = true;
    h->sorted = malloc((h->rows + 1) * sizeof *h->sorted);
    if (!h->sorted) return cst_no_memory(e);
    for (size_t i = 0; i < h->rows; i++) {
        cst_panel_key key = h->row[i].key;
        uint32_t period = (uint32_t)(key.period - CST_DAY_MIN); /* from 0 on */
        h->sorted[i] = (held_sort_key){cst_map_pair(rank[key.account], period), i};
        if (i > 0 && h->sorted[i].key < h->sorted[i - 1].key) in_order = false;
    }
    if (!in_order) qsort(h->sorted, h->rows, sizeof *h->sorted, compare_sort_keys);
    return CST_OK;
}

bool cst_held_periods(const cst_held *h, cst_periods *periods)
{
    for (size_t i = 0; i < h->rows; i++)
        if (!cst_periods_add(periods, h->row[i].key.period)) return false;
    return true;
}

/* ---- rows out ---- */

static void unpack_cells(cst_held *h, const unsigned char *p)
{
    for (int i = 0; i < h->columns; i++) {
        uint32_t n = *p++;
        if (n == 255) {
            memcpy(&n, p, sizeof n);
            p += sizeof n;
        }
        h->cell[i] = (cst_text){(const char *)p, n};
        p += n;
    }
}

const cst_text *cst_held_next(cst_held *h, cst_panel_key *key)
{
    if (h->at == h->rows) return NULL;
    const held_row *row = &h->row[h->sorted[h->at++].row];
    *key = row->key;
    unpack_cells(h, row->cells);
    return h->cell;
}

cst_held_place cst_held_at(const cst_held *h)
{
    return h->row[h->sorted[h->at - 1].row].place;
}
