/* total_rows.c: see total_rows.h. */
#include "ingest/total_rows.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/checks.h"
#include <stdlib.h>
#include <strings.h>

void ing_total_rows_free(ing_total_rows *t)
{
    free(t->at);
    cst_arena_free(t->ids);
    *t = (ing_total_rows){0};
}

uint64_t ing_total_number(int32_t month, cst_money amount)
{
    return (uint64_t)amount * (cst_hash_mix(cst_hash_seed() + (uint32_t)month) | 1);
}

bool ing_total_rows_add(ing_total_rows *t, uint64_t number, cst_place place, cst_text id)
{
    bool ok = t->ids || (t->ids = cst_arena_new());
    ok = ok && cst_grow(&t->at, &t->room, t->n + 1, sizeof *t->at);
    if (ok) t->at[t->n] = (ing_total_row){number, place, cst_arena_text(t->ids, id, &ok)};
    t->n += ok;
    return ok;
}

bool ing_total_rows_join(ing_total_rows *all, const ing_total_rows *more)
{
    bool ok = true;
    for (size_t i = 0; i < more->n && ok; i++)
        ok = ing_total_rows_add(all, more->at[i].number, more->at[i].place, more->at[i].id);
    return ok;
}

/* What sums are called, with blanks, stars or a colon round it or without: Total, TOTAL:, ** Sum **. */
static bool is_totals_word(cst_text id)
{
    static const char *const words[] = {"total",     "totals",    "grand total", "sum",     "subtotal",
                                        "sub-total", "sub total", "all",         "overall", "gesamt",
                                        "summe",     "somme",     "totale",      "totaal",  "suma"};
    while (id.n > 0 && (id.p[0] == ' ' || id.p[0] == '*')) id.p++, id.n--;
    while (id.n > 0 && strchr(" *:", id.p[id.n - 1])) id.n--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (id.n == strlen(words[i]) && strncasecmp(id.p, words[i], id.n) == 0) return true;
    return false;
}

static void say(cst_program_io *io, const ing_total_row *row, uint64_t count, bool word)
{
    const cst_finding f = {CST_CHECK_TOTALS_ROW, row->place, count,
                           word ? CST_LEVEL_ERROR : CST_LEVEL_WARNING};
    cst_io_check(
        io, &f,
        "expected an account, found \"%.*s\", whose amount is the sum of the others in every month: it "
        "would double the revenue; leave the row out, with --where or in the sheet",
        row->id.n > 60 ? 60 : (int)row->id.n, row->id.p);
}

cst_status ing_total_rows_check(ing_total_rows *all, cst_program_io *io, cst_error *e)
{
    enum { FEW = 4 };
    uint64_t sum = 0, filled = 0, count[2] = {0};
    const ing_total_row *first[2] = {NULL, NULL}; /* without the word, and with it */
    for (size_t i = 0; i < all->n; i++) {
        sum += all->at[i].number;
        filled += all->at[i].number != 0;
    }
    for (size_t i = 0; i < all->n && filled > 2; i++) {
        const ing_total_row *row = &all->at[i];
        bool word = is_totals_word(row->id);
        if (row->number == 0 || row->number * 2 != sum || (!word && all->n < FEW)) continue;
        count[word]++;
        if (!first[word] || row->place.line < first[word]->place.line) first[word] = row;
    }
    for (int word = 1; word >= 0; word--)
        if (first[word]) say(io, first[word], count[word], word);
    return cst_io_checked(io, e);
}
