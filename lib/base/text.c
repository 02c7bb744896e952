/* base/text.c: lists and words; boolean words, in the forms that exports have them, one list for values,
 * transforms and expressions; and how wide a text is shown. The ranges are those of Unicode 15: general
 * categories Mn, Me and Cf of the scripts in common use, and East_Asian_Width W and F (UAX #11), joined
 * where only unassigned code points lie between. Ordered, for a binary search. */
#include "base/text.h"
#include <strings.h>

bool cst_bool_word(cst_text t, bool *out)
{
    /* what tables mostly hold comes first */
    static const struct {
        const char *word[2]; /* the one for false, the one for true */
    } pairs[] = {{{"0", "1"}}, {{"false", "true"}}, {{"no", "yes"}},
                 {{"f", "t"}}, {{"n", "y"}},        {{"off", "on"}}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (int truth = 0; truth < 2; truth++) {
            const char *word = pairs[i].word[truth];
            if (strlen(word) != t.n || strncasecmp(word, t.p, t.n) != 0) continue;
            *out = truth;
            return true;
        }
    return false;
}

bool cst_text_next(cst_text *list, char mark, cst_text *item)
{
    if (!list->p) return false;
    const char *end = list->n ? memchr(list->p, mark, list->n) : NULL;
    uint32_t n = end ? (uint32_t)(end - list->p) : list->n;
    *item = (cst_text){list->p, n};
    *list = end ? (cst_text){end + 1, list->n - n - 1} : (cst_text){NULL, 0};
    while (item->n && *item->p == ' ') *item = (cst_text){item->p + 1, item->n - 1};
    while (item->n && item->p[item->n - 1] == ' ') item->n--;
    return true;
}

int cst_word_find(const char *words, cst_text word)
{
    cst_text list = {words, words ? (uint32_t)strlen(words) : 0}, each;
    for (int i = 0; cst_text_next(&list, '|', &each); i++)
        if (cst_text_equal(each, word)) return i;
    return -1;
}

typedef struct code_span {
    uint32_t first, last;
    unsigned width;
} code_span;

static const code_span spans[] = {
    {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x05BF, 0x05BF, 0},
    {0x05C1, 0x05C2, 0},   {0x05C4, 0x05C5, 0},   {0x0610, 0x061A, 0},   {0x064B, 0x065F, 0},
    {0x0670, 0x0670, 0},   {0x06D6, 0x06DC, 0},   {0x0900, 0x0902, 0},   {0x093A, 0x093A, 0},
    {0x093C, 0x093C, 0},   {0x0941, 0x0948, 0},   {0x094D, 0x094D, 0},   {0x0E31, 0x0E31, 0},
    {0x0E34, 0x0E3A, 0},   {0x0E47, 0x0E4E, 0},   {0x1100, 0x115F, 2},   {0x1160, 0x11FF, 0},
    {0x1AB0, 0x1ACE, 0},   {0x1DC0, 0x1DFF, 0},   {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},
    {0x2060, 0x2064, 0},   {0x20D0, 0x20F0, 0},   {0x231A, 0x231B, 2},   {0x23E9, 0x23EC, 2},
    {0x2614, 0x2615, 2},   {0x26A1, 0x26A1, 2},   {0x2705, 0x2705, 2},   {0x274C, 0x274C, 2},
    {0x2753, 0x2755, 2},   {0x2B50, 0x2B50, 2},   {0x2E80, 0x3029, 2},   {0x302A, 0x302D, 0},
    {0x302E, 0x303E, 2},   {0x3041, 0x3098, 2},   {0x3099, 0x309A, 0},   {0x309B, 0x4DBF, 2},
    {0x4E00, 0xA4CF, 2},   {0xA960, 0xA97C, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},
    {0xFE00, 0xFE0F, 0},   {0xFE10, 0xFE19, 2},   {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6B, 2},
    {0xFEFF, 0xFEFF, 0},   {0xFF01, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F1E6, 0x1F1FF, 1},
    {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FC, 2}, {0x1F7E0, 0x1F7EB, 2}, {0x1F90C, 0x1F9FF, 2},
    {0x1FA70, 0x1FAF8, 2}, {0x20000, 0x3FFFD, 2}, {0xE0100, 0xE01EF, 0},
};

static unsigned find_width(uint32_t c)
{
    size_t low = 0, high = sizeof spans / sizeof *spans;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c > spans[mid].last)
            low = mid + 1;
        else if (c < spans[mid].first)
            high = mid;
        else
            return spans[mid].width;
    }
    return 1;
}

size_t cst_display_width(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    size_t width = 0;
    while (p < end) {
        unsigned more = *p < 0xC0 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
        uint32_t c = more ? *p & (0x3FU >> more) : *p;
        for (p++; more > 0 && p < end && (*p & 0xC0) == 0x80; more--) c = c << 6 | (*p++ & 0x3F);
        width += c < 0x300 ? 1 : find_width(c);
    }
    return width;
}
