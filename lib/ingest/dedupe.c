/* dedupe.c: see dedupe.h. Rows are held as the writer encoded them. */
#include "ingest/dedupe.h"
#include "base/buffer.h"
#include "base/intern.h"
#include "base/suggest.h"
#include "base/text.h"
#include "write/writer_rows.h"
#include <stdlib.h>

typedef struct ing_held {
    char *bytes; /* the row, then its rank */
    ing_dedupe_row row;
    uint32_t rank_n;
    uint64_t order; /* of the row in the input */
} ing_held;

struct ing_dedupe {
    const ing_dedupe_rule *rule;
    bool numeric;
    cst_intern *keys;
    ing_held *row; /* by key id */
    size_t room;
    uint64_t order;
};

static cst_status column_unknown(const ing_plan *p, cst_text name, cst_error *e)
{
    cst_text *names = calloc((size_t)p->targets, sizeof *names);
    cst_buffer b = {0};
    if (!names) return cst_no_memory(e);
    for (int i = 0; i < p->targets; i++) names[i] = p->target[i].rule->column;
    cst_buffer_printf(&b, "--dedupe: no column \"%.*s\" is written", (int)name.n, name.p);
    cst_suggest_add(&b, name, names, (size_t)p->targets);
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, names, (size_t)p->targets, 40);
    free(names);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

static int find_target(const ing_plan *p, cst_text name)
{
    for (int i = 0; i < p->targets; i++)
        if (cst_text_equal(p->target[i].rule->column, name)) return i;
    return -1;
}

cst_status ing_dedupe_rule_read(const char *option, const ing_plan *p, ing_dedupe_rule *out, cst_error *e)
{
    const char *colon = strrchr(option, ':');
    cst_text rank;
    *out = (ing_dedupe_rule){.rank = -1};
    if (!colon || !ing_winner_read(cst_text_of(colon + 1), &out->winner, &rank))
        return cst_fail(e, CST_USAGE,
                        "--dedupe: expected COLUMNS:WINNER with the winner " ING_WINNERS ", found \"%s\"",
                        option);
    if (rank.n && (out->rank = find_target(p, rank)) < 0) return column_unknown(p, rank, e);
    for (const char *c = option; c <= colon;) {
        size_t length = strcspn(c, ",:");
        cst_text name = {c, (uint32_t)length};
        if (cst_text_is(name, "map.line") && p->map->lines) {
            out->line = true;
            c += length + 1;
            continue;
        }
        if (length == 0 || out->keys == ING_DEDUPE_KEYS)
            return cst_fail(e, CST_USAGE,
                            "--dedupe: expected 1 to %d columns before the colon, parted by commas, "
                            "found \"%s\"",
                            ING_DEDUPE_KEYS, option);
        if ((out->key[out->keys++] = find_target(p, name)) < 0) return column_unknown(p, name, e);
        c += length + 1;
    }
    return CST_OK;
}

bool ing_dedupe_numeric(const ing_dedupe_rule *r, const ing_plan *p)
{
    if (r->rank < 0) return false;
    cst_type t = p->target[r->rank].type;
    return t == CST_TYPE_MONEY || t == CST_TYPE_NUMBER || t == CST_TYPE_COUNT || t == CST_TYPE_RATE;
}

ing_dedupe *ing_dedupe_new(const ing_dedupe_rule *r, const ing_plan *p)
{
    ing_dedupe *d = calloc(1, sizeof *d);
    if (!d || !(d->keys = cst_intern_new())) {
        free(d);
        return NULL;
    }
    d->rule = r;
    d->numeric = ing_dedupe_numeric(r, p);
    return d;
}

void ing_dedupe_free(ing_dedupe *d)
{
    if (!d) return;
    for (size_t i = 0; i < d->room; i++) free(d->row[i].bytes);
    free(d->row);
    cst_intern_free(d->keys);
    free(d);
}

static cst_status hold(ing_dedupe *d, ing_held *h, cst_text rank, const ing_dedupe_row *row, cst_error *e)
{
    cst_text bytes = row->bytes;
    char *copy = malloc((size_t)bytes.n + rank.n + 1);
    if (!copy) return cst_no_memory(e);
    memcpy(copy, bytes.p, bytes.n);
    if (rank.n) memcpy(copy + bytes.n, rank.p, rank.n);
    free(h->bytes);
    *h = (ing_held){copy, *row, rank.n, d->order};
    return CST_OK;
}

cst_status ing_dedupe_add(ing_dedupe *d, cst_text key, cst_text rank, const ing_dedupe_row *row, bool *keep,
                          bool *lost, ing_dedupe_row *loser, cst_error *e)
{
    uint32_t seen = cst_intern_count(d->keys), id = cst_intern_id(d->keys, key);
    if (id == CST_INTERN_NONE) return cst_no_memory(e);
    d->order++;
    *keep = d->rule->winner == ING_WINNER_FIRST && id == seen;
    *lost = id != seen;
    *loser = *row;
    if (d->rule->winner == ING_WINNER_FIRST) return CST_OK;
    if (!cst_grow_zeroed(&d->row, &d->room, (size_t)id + 1, sizeof *d->row)) return cst_no_memory(e);
    ing_held *h = &d->row[id];
    if (id != seen) {
        cst_text held = {h->bytes + h->row.bytes.n, h->rank_n};
        if (!ing_winner_wins(d->rule->winner, held, rank, d->numeric)) return CST_OK;
        *loser = h->row;
    }
    return hold(d, h, rank, row, e);
}

static int compare_held(const void *a, const void *b)
{
    const ing_held *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

cst_status ing_dedupe_end(ing_dedupe *d, cst_writer *out, cst_writer *fork, ing_totals *t, cst_error *e)
{
    uint32_t n = d->rule->winner == ING_WINNER_FIRST ? 0 : cst_intern_count(d->keys);
    if (n) qsort(d->row, n, sizeof *d->row, compare_held);
    for (uint32_t i = 0; i < n; i++) {
        const ing_dedupe_row *row = &d->row[i].row;
        if (row->rows == 0) continue;
        char *to = cst_writer_room(fork, row->bytes.n);
        if (!to) return cst_no_memory(e);
        memcpy(to, d->row[i].bytes, row->bytes.n);
        cst_writer_add(fork, row->bytes.n, row->rows);
        t->written += row->rows;
        t->out += row->mrr;
        t->joined += row->joined;
        t->split += row->split;
        t->amount_off += row->amount_off;
        if (cst_writer_held(fork) > 200000) {
            cst_status status = cst_writer_absorb(out, fork, e);
            if (status != CST_OK) return status;
        }
    }
    return cst_writer_absorb(out, fork, e);
}
