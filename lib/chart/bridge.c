/* bridge.c: how a total became another, standing. See chart.h. */
#include "base/text.h"
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdlib.h>

enum {
    WIDTH = 720,
    HEIGHT = 320,
    TOP = 16,
    BASE = 276,
    RIGHT = 710,
    NAME_LINES = 2,
    LINE = 12,
    SMALLEST = 15
};

typedef struct bridge {
    chart_drawing *d;
    const chart_table *t;
    size_t n;
    chart_value *level; /* behind each row */
    chart_value floor;
    chart_scale y;
    int left, pitch, bar; /* tenths */
    int zero;             /* where the bars of levels begin, tenths */
} bridge;

static chart_value add(chart_value a, chart_value b)
{
    cst_wide sum = (cst_wide)a + b;
    return sum > INT64_MAX ? INT64_MAX : sum < -INT64_MAX ? -INT64_MAX : (chart_value)sum;
}

static chart_value amount_at(const bridge *b, size_t row)
{
    chart_value v = b->t->column[2].value[row];
    return v == CHART_NONE ? 0 : v;
}

static bool is_level(const bridge *b, size_t row)
{
    return row == 0 || row + 1 == b->n;
}

static chart_range range_of(const chart_value *amount, size_t n)
{
    chart_range r = chart_range_none;
    chart_value level = 0;
    for (size_t i = 0; i < n; i++) {
        chart_value v = amount[i] == CHART_NONE ? 0 : amount[i];
        level = i == 0 || i + 1 == n ? v : add(level, v);
        chart_range_add(&r, level);
    }
    return r;
}

chart_value chart_bridge_floor(const chart_value *amount, size_t rows)
{
    static const int times[] = {1, 2, 5};
    chart_range r = range_of(amount, rows);
    if (chart_range_empty(&r) || r.low <= 0 || r.high == r.low) return 0;
    cst_wide range = (cst_wide)r.high - r.low, low = r.low - range / 4, step = 1;
    for (cst_wide power = 1; step * 8 < range; power *= 10)
        for (int i = 0; i < 3 && step * 8 < range; i++) step = power * times[i];
    return low <= 0 ? 0 : (chart_value)(low - low % step);
}

static int bar_from(const bridge *b, size_t row)
{
    return b->left + (int)row * b->pitch + (b->pitch - b->bar) / 2;
}

/* The bar of a row: its upper and lower end. */
static void find_ends(const bridge *b, size_t row, int *top, int *bottom)
{
    int from = is_level(b, row) ? b->zero : chart_at(&b->y, b->level[row - 1]);
    int to = chart_at(&b->y, b->level[row]);
    *top = from < to ? from : to;
    *bottom = from < to ? to : from;
    if (*bottom - *top < SMALLEST && amount_at(b, row) != 0) *top = *bottom - SMALLEST;
}

static const char *colour_of(const bridge *b, size_t row)
{
    return is_level(b, row) ? "ft" : amount_at(b, row) < 0 ? "fl" : "fg";
}

static void draw_bars(const bridge *b)
{
    static const char *const colours[] = {"ft", "fg", "fl"};
    for (size_t c = 0; c < 3; c++) {
        chart_path(b->d, colours[c], 0);
        for (size_t i = 0; i < b->n; i++) {
            int top, bottom;
            if (amount_at(b, i) == 0 || colour_of(b, i) != colours[c]) continue;
            find_ends(b, i, &top, &bottom);
            chart_box(b->d, bar_from(b, i), top, b->bar, bottom - top);
        }
        chart_path_end(b->d);
    }
}

/* From each level to the next bar; a cut through the bars of levels where the axis does not begin at 0. */
static void draw_lines(const bridge *b)
{
    chart_path(b->d, "cn", 0);
    for (size_t i = 0; i + 1 < b->n; i++) {
        chart_move(b->d, bar_from(b, i) + b->bar, chart_at(&b->y, b->level[i]));
        bool nothing = !is_level(b, i + 1) && amount_at(b, i + 1) == 0; /* no bar: the line goes on */
        chart_across(b->d, bar_from(b, i + 1) + (nothing ? b->bar : 0));
    }
    chart_path_end(b->d);
    if (b->floor <= 0) return;
    chart_path(b->d, "brk", 0);
    for (size_t i = 0; i<b->n; i += b->n> 1 ? b->n - 1 : 1) {
        int x = bar_from(b, i), y = b->zero - 120;
        chart_move(b->d, x - 20, y);
        chart_line(b->d, x + b->bar / 2, y - 60);
        chart_line(b->d, x + b->bar + 20, y);
    }
    chart_path_end(b->d);
}

/* The amount over the bar: whole where there is room, else short, else none. */
static void draw_amount(const bridge *b, size_t row)
{
    chart_value v = amount_at(b, row);
    bool level = is_level(b, row);
    chart_number s = level ? chart_money(v) : chart_change(v);
    int top, bottom, x = chart_unit_of(bar_from(b, row) + b->bar / 2);
    find_ends(b, row, &top, &bottom);
    if (v == 0 && !level) s = (chart_number){CHART_DASH};
    if (chart_string_width(s.s, CHART_TEXT_SIZE, false) > b->pitch - 20) s = chart_short(v);
    if (chart_string_width(s.s, CHART_TEXT_SIZE, false) > b->pitch - 20) return;
    chart_string(b->d, x, chart_unit_of(top) - 5, "m i", s.s);
}

static void draw_names(const bridge *b)
{
    for (size_t i = 0; i < b->n; i++) {
        draw_amount(b, i);
        if (b->pitch < 300) continue; /* no name would be read */
        int x = chart_unit_of(bar_from(b, i) + b->bar / 2), y = BASE + 15;
        cst_text name = b->t->column[0].text[i], note = b->t->column[1].text[i];
        int lines = chart_paragraph(b->d, x, y, "m i", name, b->pitch - 20, NAME_LINES, LINE);
        chart_paragraph(b->d, x, y + lines * LINE, "m i", note, b->pitch - 20, NAME_LINES - lines, LINE);
    }
}

static void draw_note(const bridge *b, cst_text unit)
{
    cst_buffer note = {0};
    cst_buffer_add(&note, unit.p, unit.n);
    if (b->floor > 0)
        cst_buffer_printf(&note, "%sThe axis is broken: bars of opening and closing start at %s, not at 0.",
                          unit.n ? " " : "", chart_money(b->floor).s);
    chart_paragraph(b->d, chart_unit_of(b->left), HEIGHT - 4, "", (cst_text){note.p, (uint32_t)note.n},
                    RIGHT * 10 - b->left, 1, LINE);
    b->d->body.failed |= note.failed;
    cst_buffer_free(&note);
}

static void find_scale(bridge *b, chart_ticks *ticks)
{
    chart_range r = range_of(b->t->column[2].value, b->n);
    b->floor = chart_bridge_floor(b->t->column[2].value, b->n);
    chart_value room = (chart_value)(((cst_wide)r.high - r.low) / 25);
    r.high = add(r.high, room);
    if (r.low > b->floor) r.low = b->floor;
    if (r.low < 0) r.low = add(r.low, -room);
    if (r.high < 0) r.high = 0;
    if (r.high - r.low < 100) chart_range_pad(&r, 0), r.low = 0;
    chart_ticks_of(&r, 1, ticks);
    b->y = (chart_scale){r.low, r.high, BASE * 10, (TOP + 16) * 10};
    b->zero = chart_at(&b->y, b->floor);
}

void chart_bridge(chart_drawing *d, const chart_table *t, cst_text unit)
{
    bridge b = {.d = d, .t = t, .n = t->rows};
    chart_ticks ticks;
    d->width = WIDTH;
    d->height = HEIGHT;
    b.level = malloc((b.n + 1) * sizeof *b.level);
    if (!b.level) {
        d->body.failed = true;
        return;
    }
    for (size_t i = 0; i < b.n; i++)
        b.level[i] = is_level(&b, i) ? amount_at(&b, i) : add(b.level[i - 1], amount_at(&b, i));
    find_scale(&b, &ticks);
    b.left = (chart_grid_width(&ticks, CHART_MONEY) + 8) * 10;
    b.pitch = (RIGHT * 10 - b.left) / (int)(b.n ? b.n : 1);
    b.bar = b.pitch * 72 / 100;
    chart_grid(d, &ticks, &b.y, CHART_MONEY, b.left, RIGHT * 10);
    draw_bars(&b);
    draw_lines(&b);
    draw_names(&b);
    chart_axis(d, b.left, RIGHT * 10, b.zero);
    draw_note(&b, unit);
    free(b.level);
}
