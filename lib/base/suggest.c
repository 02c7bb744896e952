/* base/suggest.c: the nearest name, for "did you mean".
 *
 * The distance is the restricted Damerau-Levenshtein one (optimal string alignment): insert, delete,
 * replace and swap of two neighbours cost 1 each. It needs three rows of the usual table: the one
 * being filled, the one above, and the one above that for the swaps. The rows are of fixed length, so
 * that a message about a name never fails for want of memory; a name of more than LONGEST bytes is
 * near nothing.
 */
#include "base/suggest.h"
#include "base/text.h"

#define LONGEST 255

static unsigned char fold_case(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static uint32_t take_least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Both of at most LONGEST bytes. */
static uint32_t measure_distance(cst_text a, cst_text b)
{
    uint32_t rows[3][LONGEST + 1];
    uint32_t *swap = rows[0], *above = rows[1], *row = rows[2];
    for (uint32_t j = 0; j <= b.n; j++) above[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        unsigned char x = fold_case(a.p[i - 1]);
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            unsigned char y = fold_case(b.p[j - 1]);
            uint32_t best = take_least(above[j], row[j - 1]) + 1;
            best = take_least(best, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold_case(b.p[j - 2]) && fold_case(a.p[i - 2]) == y)
                best = take_least(best, swap[j - 2] + 1);
            row[j] = best;
        }
        uint32_t *oldest = swap;
        swap = above;
        above = row;
        row = oldest;
    }
    return above[b.n];
}

int cst_suggest(cst_text name, const cst_text *names, size_t n)
{
    int nearest = -1;
    uint32_t limit = 1 + name.n / 3; /* a candidate must be at most so far */
    if (name.n == 0 || name.n > LONGEST) return -1;
    for (size_t i = 0; i < n; i++) {
        uint32_t length = names[i].n;
        uint32_t apart = length > name.n ? length - name.n : name.n - length;
        if (length == 0 || length > LONGEST || apart > limit) continue;
        uint32_t distance = measure_distance(name, names[i]);
        if (distance > limit) continue;
        nearest = (int)i;
        if (distance == 0) break;
        limit = distance - 1; /* the next one must be nearer: the first of equals stays */
    }
    return nearest;
}

void cst_suggest_add(cst_buffer *b, cst_text name, const cst_text *names, size_t n)
{
    int nearest = cst_suggest(name, names, n);
    if (nearest < 0) return;
    cst_buffer_add_string(b, "; did you mean \"");
    cst_buffer_add_visible(b, names[nearest].p, names[nearest].n, LONGEST);
    cst_buffer_add_string(b, "\"?");
}

void cst_suggest_list(cst_buffer *b, const cst_text *names, size_t n, size_t most)
{
    size_t shown = n < most ? n : most;
    for (size_t i = 0; i < shown; i++) {
        if (i > 0) cst_buffer_add_string(b, ", ");
        cst_buffer_add_visible(b, names[i].p, names[i].n, LONGEST);
    }
    if (n > shown) cst_buffer_printf(b, "%sand %zu more", shown > 0 ? " " : "", n - shown);
}

void cst_suggest_unknown(cst_buffer *b, const char *what, cst_text found, const cst_text *names, size_t n,
                         const char *list, size_t most)
{
    cst_buffer_printf(b, "expected %s, found \"", what);
    cst_buffer_add_visible(b, found.p, found.n, 60);
    cst_buffer_add_char(b, '"');
    cst_suggest_add(b, found, names, n);
    if (!list) return;
    cst_buffer_add_string(b, list);
    if (most > 0) cst_suggest_list(b, names, n, most);
}
