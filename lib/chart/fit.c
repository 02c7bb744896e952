/* fit.c: see fit.h. */
#include "chart/fit.h"
#include "base/text.h"
#include "read/utf8.h"

/* Thousandths of the size, of U+0020 to U+007E; regular and bold. */
static const uint16_t plain[2][95] = {
    {318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
     636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
     575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
     611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
     278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838},
    {348, 456,  521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415,  380, 365, 696, 696,  696,
     696, 696,  696, 696, 696, 696,  696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830,  683,
     683, 821,  837, 372, 372, 775,  637, 995, 837, 850, 733, 850, 770, 720,  682, 812, 774, 1103, 771,
     724, 725,  457, 365, 457, 838,  500, 500, 675, 716, 593, 716, 678, 435,  716, 712, 343, 343,  665,
     343, 1042, 712, 687, 716, 716,  493, 595, 478, 712, 652, 924, 645, 652,  582, 712, 365, 712,  838},
};

/* Others that the charts themselves write. */
static const struct chart_sign {
    uint32_t c;
    uint16_t width[2];
} signs[] = {{0xA0, {318, 348}},     {0xB7, {318, 380}},   {0x2013, {500, 500}}, {0x2019, {318, 380}},
             {0x2026, {1000, 1000}}, {0x2212, {838, 838}}, {0x25A0, {945, 945}}, {0x25C6, {769, 769}},
             {0x25CF, {873, 873}},   {0x2068, {0, 0}},     {0x2069, {0, 0}}};

enum { ELLIPSIS = 1000, OTHER = 900, OTHER_BOLD = 1000, WIDE = 1100 };

uint32_t chart_character(const char **p, const char *end)
{
    const unsigned char *u = (const unsigned char *)*p;
    int n = cst_utf8_length(*p, (size_t)(end - *p));
    if (n <= 0) {
        ++*p;
        return 0xFFFD;
    }
    uint32_t c = n == 1 ? u[0] : u[0] & (0xFFU >> (n + 1));
    for (int i = 1; i < n; i++) c = c << 6 | (u[i] & 0x3FU);
    *p += n;
    return c;
}

static int find_width(uint32_t c, const char *p, size_t n, bool bold)
{
    if (c >= 0x20 && c < 0x7F) return plain[bold][c - 0x20];
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].c == c) return signs[i].width[bold];
    size_t columns = cst_display_width(p, n);
    return columns == 0 ? 0 : columns > 1 ? WIDE : bold ? OTHER_BOLD : OTHER;
}

/* The text's width in thousandths of its size; stops behind the character that goes past `most`, *used bytes
 * in. */
static int64_t measure(cst_text t, bool bold, int64_t most, uint32_t *used)
{
    int64_t width = 0;
    const char *p = t.p, *end = t.p + t.n;
    while (p < end) {
        const char *from = p;
        uint32_t c = chart_character(&p, end);
        int64_t wider = width + find_width(c, from, (size_t)(p - from), bold);
        if (wider > most) {
            *used = (uint32_t)(from - t.p);
            return width;
        }
        width = wider;
    }
    *used = t.n;
    return width;
}

int chart_width(cst_text t, int size, bool bold)
{
    uint32_t used;
    int64_t width = (measure(t, bold, INT64_MAX / 2, &used) * size + 99) / 100;
    return width > INT32_MAX / 4 ? INT32_MAX / 4 : (int)width;
}

int chart_string_width(const char *s, int size, bool bold)
{
    return chart_width(cst_text_of(s), size, bold);
}

cst_text chart_cut(cst_text t, size_t most)
{
    const char *p = t.p, *end = t.p + t.n;
    for (; most > 0 && p < end; most--) chart_character(&p, end);
    return (cst_text){t.p, (uint32_t)(p - t.p)};
}

static cst_text trim(cst_text t)
{
    while (t.n > 0 && t.p[t.n - 1] == ' ') t.n--;
    return t;
}

/* The last blank or hyphen within the first n bytes behind which a line may end; 0: none. */
static uint32_t find_break(cst_text t, uint32_t n)
{
    for (uint32_t i = n; i > 0; i--)
        if (t.p[i - 1] == '-' || t.p[i - 1] == ' ' || (i < t.n && t.p[i] == ' ')) return i;
    return 0;
}

int chart_wrap(cst_text t, int width, int size, bool bold, chart_line_of *line, int most)
{
    int n = 0;
    int64_t room = (int64_t)width * 100 / size;
    while (t.n > 0 && n < most) {
        uint32_t used, at;
        while (t.n > 0 && *t.p == ' ') t.p++, t.n--;
        if (t.n == 0) break;
        measure(t, bold, room, &used);
        bool last = n + 1 == most, whole = used == t.n;
        if (!whole && last) measure(t, bold, room - ELLIPSIS, &used);
        at = whole ? t.n : last ? used : find_break(t, used);
        if (at == 0) at = used; /* one long word */
        if (at == 0) break;     /* not even a character */
        line[n++] = (chart_line_of){trim((cst_text){t.p, at}), !whole && last};
        t.p += at;
        t.n -= at;
    }
    return n;
}

void chart_spread(int *at, const int *size, int n, int gap, int low, int high)
{
    for (int i = 0; i < n; i++) {
        int least = i == 0 ? low : at[i - 1] + size[i - 1] + gap;
        if (at[i] < least) at[i] = least;
    }
    for (int i = n - 1; i >= 0; i--) {
        int most = (i == n - 1 ? high : at[i + 1] - gap) - size[i];
        if (at[i] > most) at[i] = most;
    }
}
