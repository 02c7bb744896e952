/* ledger/labels.c: four interners and a table of the combinations that occur. A unit is found by three
 * look-ups of pairs: (centre, line), (segment, currency), and the pair of those two; whoever asks keeps
 * the last answer, since neighbouring rows are mostly for the same thing. */
#include "ledger/labels.h"
#include "base/intern.h"
#include "base/label.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where something stands first. */
typedef struct label_seen {
    uint64_t row;
    cst_place place;
} label_seen;

struct cst_labels {
    cst_intern *name[LEDGER_LABELS];
    cst_map *first, *second, *both;
    uint32_t firsts, seconds;
    cst_unit *unit;
    uint32_t units;
    size_t room;
    label_seen *seen; /* by currency */
    size_t sights;
};

cst_labels *cst_labels_new(void)
{
    cst_labels *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    bool ok = true;
    for (int k = 0; k < LEDGER_LABELS; k++) ok &= (s->name[k] = cst_intern_new()) != NULL;
    s->first = cst_map_new();
    s->second = cst_map_new();
    s->both = cst_map_new();
    if (ok && s->first && s->second && s->both) return s;
    cst_labels_free(s);
    return NULL;
}

void cst_labels_free(cst_labels *s)
{
    if (!s) return;
    for (int k = 0; k < LEDGER_LABELS; k++) cst_intern_free(s->name[k]);
    cst_map_free(s->first);
    cst_map_free(s->second);
    cst_map_free(s->both);
    free(s->unit);
    free(s->seen);
    free(s);
}

uint32_t cst_labels_add(cst_labels *s, ledger_label kind, cst_text t)
{
    return cst_intern_id(s->name[kind], t);
}

uint32_t cst_labels_count(const cst_labels *s, ledger_label kind)
{
    return cst_intern_count(s->name[kind]);
}

bool cst_labels_note_currency(cst_labels *s, uint32_t id, uint64_t row, cst_place place)
{
    size_t known = s->sights;
    if (!cst_grow(&s->seen, &s->sights, id + 1, sizeof *s->seen)) return false;
    for (; known < s->sights; known++) s->seen[known].row = UINT64_MAX;
    if (row < s->seen[id].row) s->seen[id] = (label_seen){row, place};
    return true;
}

uint64_t cst_labels_currency_row(const cst_labels *s, uint32_t id, cst_place *place)
{
    *place = id < s->sights ? s->seen[id].place : (cst_place){0};
    return id < s->sights ? s->seen[id].row : UINT64_MAX;
}

/* The number of a pair, counted from *count. */
static uint32_t number_pair(cst_map *map, uint32_t a, uint32_t b, uint32_t *count)
{
    bool fresh;
    uint32_t *at = cst_map_at(map, cst_map_pair(a, b), &fresh);
    if (!at) return CST_UNIT_NONE;
    if (fresh) *at = (*count)++;
    return *at;
}

uint32_t cst_labels_add_unit(cst_labels *s, cst_unit u)
{
    uint32_t first = number_pair(s->first, u.centre, u.line, &s->firsts);
    uint32_t second = number_pair(s->second, u.segment, u.currency, &s->seconds);
    if (first == CST_UNIT_NONE || second == CST_UNIT_NONE) return CST_UNIT_NONE;
    if (!cst_grow(&s->unit, &s->room, s->units + 1, sizeof *s->unit)) return CST_UNIT_NONE;
    uint32_t before = s->units;
    uint32_t id = number_pair(s->both, first, second, &s->units);
    if (s->units > before) s->unit[before] = u;
    return id;
}

uint32_t cst_labels_adopt(cst_labels *s, const cst_labels *from, uint32_t unit)
{
    cst_unit old = from->unit[unit];
    const uint32_t was[LEDGER_LABELS] = {old.centre, old.line, old.segment, old.currency};
    uint32_t id[LEDGER_LABELS];
    for (int k = 0; k < LEDGER_LABELS; k++) {
        id[k] = cst_intern_id(s->name[k], cst_intern_text(from->name[k], was[k]));
        if (id[k] == CST_UNIT_NONE) return CST_UNIT_NONE;
    }
    cst_place place;
    uint64_t row = cst_labels_currency_row(from, old.currency, &place);
    if (!cst_labels_note_currency(s, id[LEDGER_CURRENCY], row, place)) return CST_UNIT_NONE;
    return cst_labels_add_unit(
        s, (cst_unit){id[LEDGER_CENTRE], id[LEDGER_LINE], id[LEDGER_SEGMENT], id[LEDGER_CURRENCY]});
}

cst_unit cst_labels_unit(const cst_labels *s, uint32_t unit)
{
    return s->unit[unit];
}

uint32_t cst_labels_units(const cst_labels *s)
{
    return s->units;
}

cst_text cst_labels_centre(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->name[LEDGER_CENTRE], id);
}

cst_text cst_labels_line(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->name[LEDGER_LINE], id);
}

cst_text cst_labels_segment(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->name[LEDGER_SEGMENT], id);
}

uint32_t cst_labels_segments(const cst_labels *s)
{
    return cst_intern_count(s->name[LEDGER_SEGMENT]);
}

cst_text cst_labels_currency(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->name[LEDGER_CURRENCY], id);
}

uint32_t cst_labels_currencies(const cst_labels *s)
{
    return cst_intern_count(s->name[LEDGER_CURRENCY]);
}

void cst_label_title(cst_text joined, size_t parts, char out[CST_TITLE_ROOM])
{
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < parts; i++) {
        cst_text part = cst_label_part(joined, i);
        if (part.n == 0) part = cst_text_of("(none)");
        int k = snprintf(out + n, CST_TITLE_ROOM - n, "%s%.*s", i ? ", " : "", (int)part.n, part.p);
        if (k > 0) n += (size_t)k;
        if (n >= CST_TITLE_ROOM) n = CST_TITLE_ROOM - 1;
    }
}
