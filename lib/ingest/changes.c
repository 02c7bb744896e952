/* changes.c: see lines.h. */
#include "ingest/lines.h"
#include <stdlib.h>

typedef struct ing_change {
    uint32_t group, place;
    cst_day start;
} ing_change;

/* The packed cells that tell one log from another: without currency, which may change. */
static bool pack_group(const ing_plan *p, cst_text cells, cst_buffer *out)
{
    enum { ACCOUNT, CURRENCY, SUBSCRIPTION };
    cst_buffer_clear(out);
    bool named = ing_piece_cell(p, cells, p->group[SUBSCRIPTION]).n > 0;
    for (int k = 0; k < ING_GROUP; k++) {
        if (k == CURRENCY || (named && k > SUBSCRIPTION)) continue;
        cst_buffer_add_packed(out, ing_piece_cell(p, cells, p->group[k]));
    }
    return !out->failed;
}

static int compare_changes(const void *x, const void *y)
{
    const ing_change *a = x, *b = y;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static cst_status sort_changes(const ing_plan *p, const ing_hold *h, ing_change *change, size_t *n,
                               cst_error *e)
{
    cst_intern *groups = cst_intern_new();
    cst_buffer b = {0};
    bool ok = groups != NULL;
    *n = 0;
    for (uint32_t i = 0; ok && i < h->n; i++) {
        const ing_held_line *l = &h->line[i];
        if (l->lost) continue;
        ok = pack_group(p, ing_hold_text(h, l->piece.cells), &b);
        uint32_t id = ok ? cst_intern_id(groups, (cst_text){b.p, (uint32_t)b.n}) : CST_INTERN_NONE;
        ok = id != CST_INTERN_NONE;
        change[(*n)++] = (ing_change){id, i, l->piece.start};
    }
    cst_intern_free(groups);
    cst_buffer_free(&b);
    if (*n) qsort(change, *n, sizeof *change, compare_changes);
    return ok ? CST_OK : cst_no_memory(e);
}

/* *end by place; of a row that does not hold for a day its own start. */
static void find_ends(const ing_change *change, size_t n, cst_day *end)
{
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || change[i + 1].group != change[i].group;
        end[change[i].place] = last ? CST_DAY_NONE : change[i + 1].start;
    }
}

cst_status ing_changes_end(const ing_plan *p, const ing_hold *h, ing_invoice *v, cst_writer *out,
                           ing_totals *t, cst_error *e)
{
    size_t n = 0;
    ing_change *change = calloc(h->n + 1, sizeof *change);
    cst_day *end = calloc(h->n + 1, sizeof *end);
    cst_status status = change && end ? sort_changes(p, h, change, &n, e) : cst_no_memory(e);
    if (status == CST_OK) find_ends(change, n, end);
    for (size_t i = 0; status == CST_OK && i < h->n; i++) {
        ing_piece piece = h->line[i].piece;
        piece.end = end[i];
        if (h->line[i].lost || piece.aside != ING_KIND_RECURRING || piece.closes || piece.start == piece.end)
            continue;
        t->converted += piece.mrr;
        status = ing_invoice_add(v, &piece, h->blob.p, out, t, e);
    }
    free(change);
    free(end);
    return status;
}
