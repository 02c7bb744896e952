/* winner.c: see winner.h. */
#include "ingest/winner.h"
#include "base/text.h"
#include "ingest/value.h"

bool ing_winner_read(cst_text written, enum ing_winner *out, cst_text *column)
{
    static const char *const words[] = {"first", "last", "highest", "lowest"};
    const char *equals = written.n ? memchr(written.p, '=', written.n) : NULL;
    cst_text word = {written.p, equals ? (uint32_t)(equals - written.p) : written.n};
    *column = equals ? (cst_text){equals + 1, written.n - word.n - 1} : (cst_text){"", 0};
    size_t w = 0;
    while (w < 4 && !cst_text_is(word, words[w])) w++;
    if (w == 4 || (equals != NULL) != (w >= 2)) return false;
    *out = (enum ing_winner)w;
    return w < 2 || column->n > 0;
}

int ing_winner_compare(cst_text a, cst_text b, bool numeric)
{
    cst_wide x, y;
    int64_t dx, dy;
    if (numeric && a.n && b.n && ing_amount_parse(a, &x, &dx) == ING_AMOUNT_OK &&
        ing_amount_parse(b, &y, &dy) == ING_AMOUNT_OK) {
        x *= dy, y *= dx;
        return (x > y) - (x < y);
    }
    return cst_text_compare(a, b);
}

bool ing_winner_wins(enum ing_winner w, cst_text earlier, cst_text later, bool numeric)
{
    if (w == ING_WINNER_FIRST || w == ING_WINNER_LAST) return w == ING_WINNER_LAST;
    int order = ing_winner_compare(later, earlier, numeric);
    return w == ING_WINNER_HIGHEST ? order > 0 : order < 0;
}
