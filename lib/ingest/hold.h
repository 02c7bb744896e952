/* ingest/hold.h: rows that cannot be settled before the last one is read: invoice lines whose credits are
 * netted, and lines and months of which --dedupe chooses. They are kept in the order of the input. */
#ifndef CST_INGEST_HOLD_H
#define CST_INGEST_HOLD_H
#include "base/intern.h"
#include "ingest/dedupe.h"
#include "ingest/invoice.h"

typedef struct ing_held_line {
    ing_piece piece; /* its bytes lie in the hold's blob */
    uint32_t file;
    bool lost; /* another row won under --dedupe */
} ing_held_line;

typedef struct ing_hold {
    ing_held_line *line;
    size_t n, room;
    cst_buffer blob;
    const ing_dedupe_rule *dedupe; /* NULL: none */
    bool numeric;                  /* its rank */
    cst_intern *marks;
    uint32_t *winner; /* by mark: the line that wins so far */
    size_t winners;
} ing_hold;

/* dedupe: NULL, or the rule by which the lines of a mark are chosen from. */
ing_hold *ing_hold_new(const ing_plan *p, const ing_dedupe_rule *dedupe);
void ing_hold_free(ing_hold *h);
/* Takes a piece of a worker's blob; what loses under --dedupe is moved from used to set aside in *t. */
cst_status ing_hold_add(ing_hold *h, const ing_piece *piece, uint32_t file, const char *blob, ing_totals *t,
                        cst_error *e);
static inline cst_text ing_hold_text(const ing_hold *h, ing_bytes b)
{
    return (cst_text){h->blob.n ? h->blob.p + b.at : "", (uint32_t)b.n};
}
#endif
