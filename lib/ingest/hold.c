/* hold.c: see hold.h. */
#include "ingest/hold.h"
#include "base/memory.h"
#include <stdlib.h>

ing_hold *ing_hold_new(const ing_plan *p, const ing_dedupe_rule *dedupe)
{
    ing_hold *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->dedupe = dedupe;
    if (!dedupe) return h;
    h->numeric = ing_dedupe_numeric(dedupe, p);
    if ((h->marks = cst_intern_new())) return h;
    free(h);
    return NULL;
}

void ing_hold_free(ing_hold *h)
{
    if (!h) return;
    free(h->line);
    free(h->winner);
    cst_buffer_free(&h->blob);
    cst_intern_free(h->marks);
    free(h);
}

static void lose(ing_held_line *l, ing_totals *t)
{
    l->lost = true;
    if (l->piece.aside != ING_KIND_RECURRING) {
        t->aside[l->piece.aside]--;
    } else {
        t->used--;
        t->amount_used -= l->piece.amount;
        t->amount_aside += l->piece.amount;
    }
    t->aside[ING_KIND_DUPLICATE]++;
}

static cst_status compete(ing_hold *h, uint32_t at, ing_totals *t, cst_error *e)
{
    ing_held_line *l = &h->line[at];
    uint32_t seen = cst_intern_count(h->marks), id = cst_intern_id(h->marks, ing_hold_text(h, l->piece.mark));
    if (id == CST_INTERN_NONE || !cst_grow_zeroed(&h->winner, &h->winners, (size_t)id + 1, sizeof *h->winner))
        return cst_no_memory(e);
    if (id != seen) {
        ing_held_line *first = &h->line[h->winner[id]];
        bool wins = ing_winner_wins(h->dedupe->winner, ing_hold_text(h, first->piece.rank),
                                    ing_hold_text(h, l->piece.rank), h->numeric);
        lose(wins ? first : l, t);
        if (!wins) return CST_OK;
    }
    h->winner[id] = at;
    return CST_OK;
}

cst_status ing_hold_add(ing_hold *h, const ing_piece *piece, uint32_t file, const char *blob, ing_totals *t,
                        cst_error *e)
{
    if (h->n == UINT32_MAX - 1)
        return cst_fail(e, CST_LIMIT, "expected fewer than 4,294,967,294 lines, found more");
    if (!cst_grow(&h->line, &h->room, h->n + 1, sizeof *h->line)) return cst_no_memory(e);
    size_t from = piece->cells.at, to = h->blob.n;
    cst_buffer_add(&h->blob, blob + from, piece->stop - from);
    if (h->blob.failed) return cst_no_memory(e);
    ing_held_line *l = &h->line[h->n];
    *l = (ing_held_line){.piece = *piece, .file = file};
    ing_bytes *moved[] = {&l->piece.cells, &l->piece.source, &l->piece.key,   &l->piece.credit_of,
                          &l->piece.mark,  &l->piece.rank,   &l->piece.record};
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        moved[i]->at = moved[i]->n ? moved[i]->at - from + to : 0;
    return h->dedupe ? compete(h, (uint32_t)h->n++, t, e) : (h->n++, CST_OK);
}
