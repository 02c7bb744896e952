/* ledger/labels.c: four interners and a table of the combinations that occur. A unit is found by three
 * look-ups of pairs: (centre, line), (segment, currency), and the pair of those two; whoever asks keeps
 * the last answer, since neighbouring rows are mostly for the same thing. */
#include "ledger/labels.h"
#include "base/intern.h"
#include "base/map.h"
#include <stdlib.h>
#include <string.h>

/* Where something stands first. */
typedef struct label_seen {
    uint64_t row;
    cst_place place;
} label_seen;

struct cst_labels {
    cst_intern *centre, *line, *segment, *currency;
    cst_map *first, *second, *both;
    uint32_t firsts, seconds;
    cst_unit *unit;
    uint32_t units, room;
    label_seen *seen; /* by currency */
    uint32_t sights;
};

cst_labels *cst_labels_new(void)
{
    cst_labels *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->centre = cst_intern_new();
    s->line = cst_intern_new();
    s->segment = cst_intern_new();
    s->currency = cst_intern_new();
    s->first = cst_map_new();
    s->second = cst_map_new();
    s->both = cst_map_new();
    if (s->centre && s->line && s->segment && s->currency && s->first && s->second && s->both) return s;
    cst_labels_free(s);
    return NULL;
}

void cst_labels_free(cst_labels *s)
{
    if (!s) return;
    cst_intern_free(s->centre);
    cst_intern_free(s->line);
    cst_intern_free(s->segment);
    cst_intern_free(s->currency);
    cst_map_free(s->first);
    cst_map_free(s->second);
    cst_map_free(s->both);
    free(s->unit);
    free(s->seen);
    free(s);
}

uint32_t cst_labels_add_centre(cst_labels *s, cst_text t)
{
    return cst_intern_id(s->centre, t);
}

uint32_t cst_labels_add_line(cst_labels *s, cst_text t)
{
    return cst_intern_id(s->line, t);
}

uint32_t cst_labels_add_segment(cst_labels *s, cst_text t)
{
    return cst_intern_id(s->segment, t);
}

uint32_t cst_labels_add_currency(cst_labels *s, cst_text t)
{
    return cst_intern_id(s->currency, t);
}

bool cst_labels_note_currency(cst_labels *s, uint32_t id, uint64_t row, cst_place place)
{
    if (id >= s->sights) {
        uint32_t n = id < 4 ? 8 : 2 * id;
        label_seen *grown = realloc(s->seen, n * sizeof *grown);
        if (!grown) return false;
        for (uint32_t i = s->sights; i < n; i++) grown[i] = (label_seen){.row = UINT64_MAX};
        s->seen = grown;
        s->sights = n;
    }
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
    if (s->units == s->room) {
        uint32_t room = s->room ? 2 * s->room : 16;
        cst_unit *grown = realloc(s->unit, room * sizeof *grown);
        if (!grown) return CST_UNIT_NONE;
        s->unit = grown;
        s->room = room;
    }
    uint32_t before = s->units;
    uint32_t id = number_pair(s->both, first, second, &s->units);
    if (s->units > before) s->unit[before] = u;
    return id;
}

uint32_t cst_labels_adopt(cst_labels *s, const cst_labels *from, uint32_t unit)
{
    cst_unit old = from->unit[unit];
    cst_unit u = {
        .centre = cst_labels_add_centre(s, cst_intern_text(from->centre, old.centre)),
        .line = cst_labels_add_line(s, cst_intern_text(from->line, old.line)),
        .segment = cst_labels_add_segment(s, cst_intern_text(from->segment, old.segment)),
        .currency = cst_labels_add_currency(s, cst_intern_text(from->currency, old.currency)),
    };
    if (u.centre == CST_UNIT_NONE || u.line == CST_UNIT_NONE || u.segment == CST_UNIT_NONE ||
        u.currency == CST_UNIT_NONE)
        return CST_UNIT_NONE;
    cst_place place;
    uint64_t row = cst_labels_currency_row(from, old.currency, &place);
    if (!cst_labels_note_currency(s, u.currency, row, place)) return CST_UNIT_NONE;
    return cst_labels_add_unit(s, u);
}

cst_unit cst_labels_unit(const cst_labels *s, uint32_t unit)
{
    return s->unit[unit];
}

uint32_t cst_labels_centres(const cst_labels *s)
{
    return cst_intern_count(s->centre);
}

uint32_t cst_labels_lines(const cst_labels *s)
{
    return cst_intern_count(s->line);
}

uint32_t cst_labels_units(const cst_labels *s)
{
    return s->units;
}

cst_text cst_labels_centre(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->centre, id);
}

cst_text cst_labels_line(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->line, id);
}

cst_text cst_labels_segment(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->segment, id);
}

uint32_t cst_labels_segments(const cst_labels *s)
{
    return cst_intern_count(s->segment);
}

cst_text cst_labels_currency(const cst_labels *s, uint32_t id)
{
    return cst_intern_text(s->currency, id);
}

uint32_t cst_labels_currencies(const cst_labels *s)
{
    return cst_intern_count(s->currency);
}

cst_text cst_label_part(cst_text joined, size_t k)
{
    const char *p = joined.p, *end = joined.p + joined.n;
    for (; k > 0; k--) {
        const char *joint = memchr(p, CST_LABEL_JOINT, (size_t)(end - p));
        if (!joint) return (cst_text){"", 0};
        p = joint + 1;
    }
    const char *joint = memchr(p, CST_LABEL_JOINT, (size_t)(end - p));
    return (cst_text){p, (uint32_t)((joint ? joint : end) - p)};
}
