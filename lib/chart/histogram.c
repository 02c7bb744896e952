/* histogram.c: a distribution in bins, stacked by band, with the bands' edges and the distribution of before
 * as an outline. See chart.h. */
#include "base/text.h"
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdio.h>

enum {
    TOP = 28,
    BASE = 160,
    RIGHT = 3540,
    TICKS = 174,
    UNDER = 187,
    NAMES = 12,
    HEIGHT = 190,
    OUTLINE_LEAST = 10
};
enum { BANDS_NAMED = 8 };

typedef struct histogram {
    chart_drawing *d;
    const chart_table *t;
    const chart_histogram_words *w;
    size_t bands;
    chart_scale x, y;
} histogram;

/* The bands' shapes and colours, by their order: the lowest, those between, the highest; or one without a
 * name. */
static size_t kind_of(size_t band, size_t bands)
{
    return bands == 1 ? 3 : band == 0 ? 0 : band + 1 == bands ? 2 : 1;
}

static chart_value count_at(const histogram *h, size_t band, size_t row)
{
    chart_value v = h->t->column[band + 1].value[row];
    return v == CHART_NONE || v < 0 ? 0 : v;
}

static chart_value low_at(const histogram *h, size_t row)
{
    return h->t->column[0].value[row];
}

static chart_value most_of(const histogram *h, bool *outlined)
{
    chart_value most = 2 * CHART_ONE, all = 0;
    for (size_t row = 0; row < h->t->rows; row++) {
        chart_value sum = 0;
        for (size_t band = 0; band < h->bands; band++) sum += count_at(h, band, row);
        if (sum > most) most = sum;
        if (h->w->before) all += h->w->before[row];
    }
    *outlined = all >= OUTLINE_LEAST * CHART_ONE;
    for (size_t row = 0; *outlined && row < h->t->rows; row++)
        if (h->w->before[row] > most) most = h->w->before[row];
    return most;
}

static void draw_bars(const histogram *h)
{
    static const char *const colours[] = {"sl", "sy", "sh", "st"};
    int bin = (h->x.to - h->x.from) / (int)h->t->rows, wide = bin > 60   ? bin - 20
                                                              : bin > 10 ? bin * 3 / 4
                                                                         : 5;
    for (size_t kind = 0; kind < 4; kind++) {
        chart_path(h->d, colours[kind], wide);
        for (size_t row = 0; row < h->t->rows; row++) {
            int x = chart_at(&h->x, low_at(h, row) + h->w->width / 2);
            chart_value below = 0, from = CHART_NONE;
            for (size_t band = 0; band < h->bands; band++) {
                if (kind_of(band, h->bands) == kind && from == CHART_NONE) from = below;
                below += kind_of(band, h->bands) <= kind ? count_at(h, band, row) : 0;
            }
            if (from == CHART_NONE || below == from) continue;
            chart_move(h->d, x, chart_at(&h->y, from));
            chart_down(h->d, chart_at(&h->y, below));
        }
        chart_path_end(h->d);
    }
}

static void draw_outline(const histogram *h)
{
    chart_path(h->d, "out", 0);
    chart_move(h->d, h->x.from, BASE * 10);
    for (size_t row = 0; row < h->t->rows; row++) {
        chart_down(h->d, chart_at(&h->y, h->w->before[row]));
        chart_across(h->d, chart_at(&h->x, low_at(h, row) + h->w->width));
    }
    chart_down(h->d, BASE * 10);
    chart_path_end(h->d);
}

static void draw_edges(const histogram *h)
{
    chart_path(h->d, "rf", 0);
    for (size_t i = 0; h->w->edge && i + 1 < h->bands; i++) {
        chart_move(h->d, chart_at(&h->x, h->w->edge[i]), (NAMES + 4) * 10);
        chart_down(h->d, BASE * 10);
    }
    chart_path_end(h->d);
}

/* What a band is called over the drawing: its name, with its edge where it is the lowest or highest. */
static void name_band(const histogram *h, size_t band, char *out, size_t size)
{
    cst_text name = chart_cut(cst_text_of(h->t->column[band + 1].name), 12);
    const char *more = name.n < cst_text_of(h->t->column[band + 1].name).n ? "\xE2\x80\xA6" : "";
    bool lowest = band == 0, edged = h->w->edge && h->bands > 1 && (lowest || band + 1 == h->bands);
    snprintf(out, size, "%.*s%s%s%s", (int)name.n, name.p, more,
             !edged   ? ""
             : lowest ? " below "
                      : " from ",
             edged ? chart_decimals(h->w->edge[lowest ? 0 : band - 1], 0, 1).s : "");
}

/* The names stand over their bands, moved apart where they would meet; where there is no room for them with
 * their edges, without; where there is none for all, as many as there is. */
static void draw_names(const histogram *h)
{
    static const char *const sign[] = {"\xE2\x96\xA0", "\xE2\x97\x86", "\xE2\x97\x8F"};
    static const char *const colour[] = {"tr", "ty", "tg"};
    char name[BANDS_NAMED][120];
    int at[BANDS_NAMED], size[BANDS_NAMED], all = 0, n = h->bands < BANDS_NAMED ? (int)h->bands : BANDS_NAMED;
    chart_value low = h->x.low;
    for (int i = 0; i < n; i++) {
        chart_value high = h->w->edge && (size_t)i + 1 < h->bands ? h->w->edge[i] : h->x.high;
        if (!h->w->edge) low = h->x.high / n * i, high = h->x.high / n * (i + 1);
        name_band(h, (size_t)i, name[i], sizeof name[i]);
        size[i] = chart_string_width(name[i], CHART_TEXT_SIZE, false) +
                  chart_string_width(sign[kind_of((size_t)i, h->bands)], CHART_TEXT_SIZE, false) + 40;
        int middle = (chart_at(&h->x, low) + chart_at(&h->x, high)) / 2;
        at[i] = i == 0 && n > 1       ? chart_at(&h->x, high) - size[i] - 50
                : i + 1 == n && n > 1 ? chart_at(&h->x, low) + 50
                                      : middle - size[i] / 2;
        all += size[i] + 60;
        low = high;
    }
    while (n > 0 && all > CHART_WIDTH * 10) all -= size[--n] + 60;
    chart_spread(at, size, n, 60, 0, CHART_WIDTH * 10);
    for (int i = 0; i < n; i++) {
        size_t kind = kind_of((size_t)i, h->bands);
        chart_signed_text(h->d, chart_unit_of(at[i]), NAMES, "", colour[kind], sign[kind],
                          cst_text_of(name[i]));
    }
}

static void draw_axis(const histogram *h)
{
    chart_ticks t;
    chart_range r = {h->x.low, h->x.high};
    chart_axis(h->d, h->x.from, RIGHT, BASE * 10);
    chart_ticks_of(&r, CHART_ONE, &t);
    if (h->x.low == 0 && h->x.high == 100 * CHART_ONE) { /* a score: every 20 points */
        t.n = 0;
        for (int i = 0; i <= 5; i++)
            chart_string(h->d, chart_unit_of(chart_at(&h->x, i * 20 * CHART_ONE)), TICKS, "m",
                         chart_count(i * 20 * CHART_ONE).s);
    }
    for (int i = 0; i < t.n; i++)
        chart_string(h->d, chart_unit_of(chart_at(&h->x, t.v[i])), TICKS, "m",
                     chart_tick(&t, i, CHART_COUNT).s);
    chart_paragraph(h->d, RIGHT / 10, UNDER, "e", h->w->axis, RIGHT, 1, 0);
}

void chart_histogram(chart_drawing *d, const chart_table *t, const chart_histogram_words *w)
{
    histogram h = {.d = d, .t = t, .w = w, .bands = t->columns - 1};
    chart_ticks ticks;
    bool outlined;
    d->width = CHART_WIDTH;
    d->height = HEIGHT;
    if (t->rows == 0) return;
    chart_range r = {0, most_of(&h, &outlined)};
    chart_ticks_of(&r, CHART_ONE, &ticks);
    h.y = (chart_scale){0, r.high, BASE * 10, TOP * 10};
    h.x = (chart_scale){low_at(&h, 0), low_at(&h, t->rows - 1) + w->width,
                        (chart_grid_width(&ticks, CHART_COUNT) + 9) * 10, RIGHT};
    chart_grid(d, &ticks, &h.y, CHART_COUNT, h.x.from, RIGHT);
    draw_bars(&h);
    if (outlined) draw_outline(&h);
    draw_edges(&h);
    if (h.bands > 1) draw_names(&h);
    draw_axis(&h);
}
