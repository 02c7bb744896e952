/* triangle.c: cohorts by age, each cell in the colour of its distance from 1. See chart.h. */
#include "chart/fit.h"
#include "chart/number.h"

enum { CELL = 46, ROW = 22, NAMES = 72, HEAD = 34, GAP = 1 };

typedef struct triangle {
    chart_drawing *d;
    const chart_table *t;
    size_t first, rows, ages; /* rows first .. first + rows - 1, without the total */
    int sizes, cells;         /* where the column of sizes ends, and where the cells begin; units */
} triangle;

int chart_heat(chart_value ratio)
{
    static const chart_value edge[] = {10000, 50000, 150000, 300000};
    if (ratio == CHART_NONE) return 0;
    cst_wide away = (cst_wide)ratio - CHART_ONE;
    int step = 0;
    while (step < 4 && (away < 0 ? -away : away) >= edge[step]) step++;
    return away < 0 ? -step : step;
}

static void draw_cell(const triangle *g, int x, int y, chart_value v, bool bold)
{
    if (v != CHART_NONE) chart_string(g->d, x + CELL - 8, y + 15, bold ? "e i b" : "e i", chart_hundred(v).s);
}

/* The cells of one step, as one path. */
static void draw_heat(const triangle *g, int heat)
{
    char colour[] = {heat < 0 ? 'b' : 'a', (char)('0' + (heat < 0 ? -heat : heat)), '\0'};
    chart_path(g->d, colour, 0);
    for (size_t i = 0; i < g->rows; i++)
        for (size_t age = 0; age < g->ages; age++)
            if (chart_heat(g->t->column[age + 2].value[g->first + i]) == heat)
                chart_box(g->d, (g->cells + (int)age * CELL) * 10, (HEAD + (int)i * ROW) * 10,
                          (CELL - GAP) * 10, (ROW - GAP) * 10);
    chart_path_end(g->d);
}

static void draw_row(const triangle *g, size_t row, int y, bool bold)
{
    const chart_column *c = g->t->column;
    chart_paragraph(g->d, 0, y + 15, bold ? "i b" : "i", c[0].text[row], (g->sizes - 34) * 10, 1, ROW);
    if (!bold) chart_string(g->d, g->sizes, y + 15, "e", chart_count(c[1].value[row]).s);
    for (size_t age = 0; age < g->ages; age++)
        draw_cell(g, g->cells + (int)age * CELL, y, c[age + 2].value[row], bold);
}

static void draw_heads(const triangle *g, const chart_triangle_words *w)
{
    int middle = g->cells + (int)g->ages * CELL / 2;
    chart_text(g->d, 0, 26, "i b", w->cohort);
    chart_text(g->d, g->sizes, 26, "e i b", w->size);
    for (size_t age = 0; age < g->ages; age++)
        chart_string(g->d, g->cells + (int)(age + 1) * CELL - 8, 26, "e i b", g->t->column[age + 2].name);
    if (chart_width(w->ages, CHART_TEXT_SIZE, false) / 10 < (int)g->ages * CELL)
        chart_text(g->d, middle, 10, "m", w->ages);
    else
        chart_text(g->d, g->cells, 10, "", w->ages);
}

/* The note beneath, in lines as wide as the drawing. Returns how many units it takes. */
static int draw_note(const triangle *g, int y, cst_text note, size_t cohorts, size_t ages)
{
    cst_buffer text = {0};
    cst_buffer_add(&text, note.p, note.n);
    if (cohorts > g->rows) cst_buffer_printf(&text, " The last %zu of %zu cohorts.", g->rows, cohorts);
    if (ages > g->ages) cst_buffer_printf(&text, " The first %zu of %zu ages.", g->ages, ages);
    int n = chart_paragraph(g->d, 0, y, "", (cst_text){text.p, (uint32_t)text.n}, g->d->width * 10, 6, 14);
    g->d->body.failed |= text.failed;
    cst_buffer_free(&text);
    return n * 14;
}

/* Room for the widest name, within 72 and 180 units. */
static int find_names(const triangle *g)
{
    int width = NAMES;
    for (size_t i = g->first; i < g->first + g->rows; i++) {
        int w = chart_width(g->t->column[0].text[i], CHART_TEXT_SIZE, false) / 10 + 2;
        if (w > width) width = w;
    }
    return width > 180 ? 180 : width;
}

void chart_triangle(chart_drawing *d, const chart_table *t, bool total, const chart_triangle_words *w)
{
    size_t cohorts = t->rows - (total && t->rows > 0), ages = t->columns > 2 ? t->columns - 2 : 0;
    triangle g = {.d = d, .t = t};
    g.rows = cohorts > CHART_TRIANGLE_MOST ? CHART_TRIANGLE_MOST : cohorts;
    g.first = cohorts - g.rows;
    g.ages = ages > CHART_TRIANGLE_MOST ? CHART_TRIANGLE_MOST : ages;
    g.sizes = find_names(&g) + 38;
    g.cells = g.sizes + 8;
    d->width = g.cells + (int)g.ages * CELL + 6;
    if (d->width < CHART_WIDTH) d->width = CHART_WIDTH;
    draw_heads(&g, w);
    for (int step = 1; step <= 4; step++) {
        draw_heat(&g, step);
        draw_heat(&g, -step);
    }
    int y = HEAD;
    for (size_t i = 0; i < g.rows; i++, y += ROW) draw_row(&g, g.first + i, y, false);
    if (total && t->rows > 0) draw_row(&g, t->rows - 1, y, true), y += ROW;
    d->height = y + 22 + draw_note(&g, y + 20, w->note, cohorts, ages);
}
