/* advice.c: see advice.h. The usual steps are tried one after the other on what was found: what is advised is
 * what works. Of dates that can be read in two ways both are named. */
#include "ingest/advice.h"
#include "base/text.h"
#include "ingest/cell.h"
#include <stdio.h>

/* Steps for a number, and for a day. */
static const char *const of_numbers[] = {"trim",
                                         "unmark",
                                         "decimal_comma",
                                         "thousands",
                                         "currency_sign",
                                         "brackets",
                                         "currency_sign|thousands",
                                         "currency_sign|decimal_comma",
                                         NULL};
static const char *const of_days[] = {"trim",
                                      "unmark",
                                      "date(MM/DD/YYYY)",
                                      "date(DD/MM/YYYY)",
                                      "date(MM/DD/YY)",
                                      "date(DD/MM/YY)",
                                      "date(DD.MM.YYYY)",
                                      "date(YYYY/MM/DD)",
                                      "date(DD-MM-YYYY)",
                                      "date(YYYYMMDD)",
                                      "timestamp",
                                      "month",
                                      NULL};

static bool is_digits(cst_text t, uint32_t n)
{
    for (uint32_t i = 0; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9') return false;
    return t.n == n;
}

static bool open_advisor(ing_advisor *a)
{
    if (a->arena) return true;
    if (!(a->arena = cst_arena_new())) return false;
    ing_refs refs = {.arena = a->arena};
    bool ok = true;
    for (int i = 0; of_numbers[i] && ok; i++)
        ok = ing_chain_parse(cst_text_of(of_numbers[i]), &refs, &a->number[i], NULL) == CST_OK;
    for (int i = 0; of_days[i] && ok; i++)
        ok = ing_chain_parse(cst_text_of(of_days[i]), &refs, &a->day[i], NULL) == CST_OK;
    ing_refs_clear(&refs);
    return ok;
}

void ing_advisor_free(ing_advisor *a)
{
    cst_arena_free(a->arena);
    a->arena = NULL;
}

/* Whether the steps make a value of the type out of the text. */
static bool reads(const ing_chain *steps, cst_type type, const char *words, cst_text found,
                  cst_arena *scratch)
{
    ing_transform_row row = {.scratch = scratch};
    ing_datum v = {.kind = ING_DATUM_TEXT, .text = found, .den = 1};
    char room[ING_CELL_ROOM];
    ing_cell cell;
    bool too_large = false;
    if (ing_chain_apply(steps, &row, &v, NULL) != CST_OK || v.missing) return false;
    if (v.kind == ING_DATUM_TEXT)
        return v.text.n > 0 && ing_cell_raw(type, words, v.text, room, &cell, &too_large);
    return ing_cell_value(type, &v, room, &cell, &too_large);
}

static bool is_day(cst_type type)
{
    return type == CST_TYPE_DAY || type == CST_TYPE_INSTANT;
}

/* The first of the steps, and of dates a second one; how many there are. */
static int find_steps(const ing_advisor *a, cst_type type, const char *words, cst_text found,
                      cst_arena *scratch, const char *out[2])
{
    int n = 0;
    bool day = is_day(type);
    if (day && is_digits(found, 5)) out[n++] = "serial";
    if (day && is_digits(found, 10)) out[n++] = "epoch";
    if (day && is_digits(found, 13)) out[n++] = "epoch_ms";
    const char *const *name = day ? of_days : of_numbers;
    const ing_chain *steps = day ? a->day : a->number;
    for (int i = 0; name[i] && n < 2; i++) {
        if (n == 1 && (strncmp(out[0], "date", 4) != 0 || strncmp(name[i], "date", 4) != 0)) continue;
        if (reads(&steps[i], type, words, found, scratch)) out[n++] = name[i];
    }
    return n;
}

void ing_advice(ing_advisor *a, cst_type type, const char *words, cst_text found, cst_arena *scratch,
                char out[ING_ADVICE_ROOM])
{
    enum { LONGEST = 100 };
    const char *steps[2];
    bool usual = found.n <= LONGEST && open_advisor(a);
    int n = usual ? find_steps(a, type, words, found, scratch, steps) : 0;
    if (n == 0)
        snprintf(out, ING_ADVICE_ROOM, "; see --map");
    else
        snprintf(out, ING_ADVICE_ROOM,
                 "; the step %s%s%s reads it, in the column transform of a map: see --map and cs-tables(5)",
                 steps[0], n > 1 ? " or " : "", n > 1 ? steps[1] : "");
}
