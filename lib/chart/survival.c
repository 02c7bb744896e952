/* survival.c: one group's curve with its band, the others behind it, and the numbers at risk. See chart.h. */
#include "base/text.h"
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdio.h>
#include <string.h>

enum { TIME, SURVIVAL, LOWER, UPPER, AT_RISK }; /* columns */
enum { LEFT = 480, RIGHT = 3020, TOP = 10, BASE = 152, TICKS = 168, RISK = 190, TIME_TICKS_MOST = 64 };
#define FIFTH (CHART_ONE / 5)

typedef struct panel {
    chart_drawing *d;
    const chart_table *own;
    chart_scale x, y;
    int top; /* units */
} panel;

static chart_value value_at(const chart_table *t, int column, size_t row)
{
    return t->column[column].value[row];
}

chart_value chart_survival_floor(const chart_table *groups, size_t n)
{
    chart_value least = CHART_ONE - 1; /* at least a fifth of room */
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < groups[g].rows; i++) {
            chart_value lower = value_at(&groups[g], LOWER, i), v = value_at(&groups[g], SURVIVAL, i);
            if (lower == CHART_NONE) lower = v;
            if (lower != CHART_NONE && lower < least) least = lower;
        }
    if (least < 0) least = 0;
    return least - least % FIFTH;
}

/* The next row after `row` that is drawn: all of them where there are few, else one of each two-hundredth of
 * the time; the last always. */
static size_t next_row(const chart_table *t, size_t row)
{
    size_t last = t->rows - 1;
    if (t->rows <= CHART_STEPS_MOST) return row + 1;
    cst_wide span = (cst_wide)value_at(t, TIME, last) - value_at(t, TIME, 0);
    chart_value due = value_at(t, TIME, row) + (chart_value)(span / CHART_STEPS_MOST);
    while (row < last && value_at(t, TIME, ++row) < due) {
    }
    return row == last ? last : row;
}

/* The steps of a column, forwards. Ends at the last row. */
static void draw_steps(const panel *p, const chart_table *t, int column)
{
    chart_value v = value_at(t, column, 0);
    chart_move(p->d, chart_at(&p->x, value_at(t, TIME, 0)), chart_at(&p->y, v));
    for (size_t i = 0; i + 1 < t->rows;) {
        i = next_row(t, i);
        chart_value now = value_at(t, column, i);
        bool last = i + 1 == t->rows;
        if (now == CHART_NONE) now = v;
        if (now == v && !last) continue;
        chart_across(p->d, chart_at(&p->x, value_at(t, TIME, i)));
        if (now != v) chart_down(p->d, chart_at(&p->y, now));
        v = now;
    }
}

/* The band: along the upper bound, and back along the lower one. */
static void draw_band(const panel *p)
{
    const chart_table *t = p->own;
    size_t n = 0, row[CHART_STEPS_MOST * 2];
    for (size_t i = 0; i < t->rows && n < sizeof row / sizeof *row;
         i = i + 1 < t->rows ? next_row(t, i) : t->rows)
        if (value_at(t, LOWER, i) != CHART_NONE && value_at(t, UPPER, i) != CHART_NONE) row[n++] = i;
    if (n < 2) return;
    chart_path(p->d, "bd", 0);
    chart_move(p->d, chart_at(&p->x, value_at(t, TIME, row[0])), chart_at(&p->y, value_at(t, UPPER, row[0])));
    for (size_t i = 1; i < n; i++) {
        chart_across(p->d, chart_at(&p->x, value_at(t, TIME, row[i])));
        chart_down(p->d, chart_at(&p->y, value_at(t, UPPER, row[i])));
    }
    chart_down(p->d, chart_at(&p->y, value_at(t, LOWER, row[n - 1])));
    for (size_t i = n - 1; i > 0; i--) {
        chart_down(p->d, chart_at(&p->y, value_at(t, LOWER, row[i - 1])));
        chart_across(p->d, chart_at(&p->x, value_at(t, TIME, row[i - 1])));
    }
    chart_close(p->d);
    chart_path_end(p->d);
}

static void draw_curve(const panel *p, const chart_table *t, const char *classes)
{
    if (t->rows == 0) return;
    if (t->rows == 1) {
        chart_path(p->d, classes, 0);
        chart_move(p->d, chart_at(&p->x, value_at(t, TIME, 0)), chart_at(&p->y, value_at(t, SURVIVAL, 0)));
        chart_across(p->d, p->x.from + 30); /* a mark that can be seen */
        chart_path_end(p->d);
        return;
    }
    chart_path(p->d, classes, 0);
    draw_steps(p, t, SURVIVAL);
    chart_path_end(p->d);
}

/* What is left at the end, and its interval. */
static void draw_end(const panel *p)
{
    const chart_table *t = p->own;
    size_t last = t->rows - 1;
    chart_value v = value_at(t, SURVIVAL, last), low = value_at(t, LOWER, last),
                high = value_at(t, UPPER, last);
    int x = chart_unit_of(chart_at(&p->x, value_at(t, TIME, last))) + 6;
    int y = chart_unit_of(chart_at(&p->y, v)) + 4, lowest = p->top + BASE - 14;
    if (y > lowest) y = lowest; /* the interval goes beneath, above the ticks */
    if (y < p->top + TOP + 4) y = p->top + TOP + 4;
    chart_string(p->d, x, y, "i b", chart_percent(v).s);
    if (low == CHART_NONE || high == CHART_NONE || t->rows < 2) return;
    char interval[2 * CHART_NUMBER_ROOM + 8];
    chart_number from = chart_whole_percent(low);
    from.s[strlen(from.s) - 1] = '\0'; /* one sign for both */
    snprintf(interval, sizeof interval, "%s" CHART_DASH "%s", from.s, chart_whole_percent(high).s);
    chart_string(p->d, x, y + 12, "", interval);
}

/* How many are at risk at a time: those of the first row that is not before it. */
static chart_value find_risk(const chart_table *t, chart_value time)
{
    for (size_t i = 0; i < t->rows; i++)
        if (value_at(t, TIME, i) >= time) return value_at(t, AT_RISK, i);
    return 0;
}

static int find_time_ticks(chart_value last, bool months, chart_value v[TIME_TICKS_MOST])
{
    chart_value year = 12 * CHART_ONE, step = year;
    int n = 0;
    if (!months || last < year) {
        chart_ticks t;
        chart_range r = {0, last < 2 * CHART_ONE ? 2 * CHART_ONE : last};
        chart_ticks_of(&r, CHART_ONE, &t);
        while (n < t.n && t.v[n] <= last) v[n] = t.v[n], n++;
        return n;
    }
    while (last / step >= 6) step *= 2;
    for (chart_value at = 0; at <= last && n < TIME_TICKS_MOST; at += step) v[n++] = at;
    return n;
}

static void draw_time(const panel *p, chart_value last, const chart_survival_words *w)
{
    chart_value v[TIME_TICKS_MOST];
    char text[160];
    int n = find_time_ticks(last, w->months, v);
    int pitch = n > 1 ? chart_at(&p->x, v[1]) - chart_at(&p->x, v[0]) : RIGHT - p->x.from;
    chart_axis(p->d, p->x.from, RIGHT, (p->top + BASE) * 10);
    for (int i = 0; i < n; i++) {
        bool named = i + 1 == n && w->unit.n > 0 && w->unit.n < 60;
        chart_number s = chart_decimals(v[i], 0, 2);
        snprintf(text, sizeof text, "%s%s%.*s", s.s, named ? " " : "", named ? (int)w->unit.n : 0, w->unit.p);
        int x = chart_unit_of(chart_at(&p->x, v[i])),
            half = chart_string_width(text, CHART_TEXT_SIZE, false) / 20;
        if (x + half > CHART_WIDTH || (named && half * 10 + 100 > pitch))
            snprintf(text, sizeof text, "%s", s.s);
        chart_string(p->d, x, p->top + TICKS, "m", text);
    }
    chart_string(p->d, 0, p->top + RISK, "", p->own->column[AT_RISK].name);
    for (int i = 0; i < n; i++) {
        chart_number s = chart_count(find_risk(p->own, v[i]));
        if (chart_string_width(s.s, CHART_TEXT_SIZE, false) + 40 > pitch)
            s = chart_short(find_risk(p->own, v[i]));
        chart_string(p->d, chart_unit_of(chart_at(&p->x, v[i])), p->top + RISK, "m i", s.s);
    }
}

/* The axis begins behind the percentages and behind the words at the numbers at risk. */
static int find_left(const chart_table *own)
{
    chart_number first = chart_count(find_risk(own, 0));
    int left = chart_string_width(own->column[AT_RISK].name, CHART_TEXT_SIZE, false) + 60 +
               chart_string_width(first.s, CHART_TEXT_SIZE, false) / 2;
    return left > LEFT ? left : LEFT;
}

static void draw_fifths(const panel *p)
{
    chart_path(p->d, "gr", 0);
    for (chart_value v = p->y.low + FIFTH; v <= CHART_ONE; v += FIFTH) {
        chart_move(p->d, p->x.from, chart_at(&p->y, v));
        chart_across(p->d, RIGHT);
    }
    chart_path_end(p->d);
    for (chart_value v = p->y.low; v <= CHART_ONE; v += FIFTH)
        chart_string(p->d, chart_unit_of(p->x.from) - 6, chart_unit_of(chart_at(&p->y, v)) + 4, "e",
                     chart_whole_percent(v).s);
}

void chart_survival(chart_drawing *d, const chart_table *groups, size_t n, size_t own, int top,
                    const chart_survival_words *w)
{
    panel p = {.d = d, .own = &groups[own], .top = top};
    chart_value last = 0;
    d->width = CHART_WIDTH;
    if (w->heading.n > 0) {
        chart_paragraph(d, 0, top + 19, "i b", w->heading, CHART_WIDTH * 10, 1, 0);
        p.top += CHART_HEADING;
    }
    d->height = p.top + CHART_SURVIVAL_HEIGHT;
    for (size_t g = 0; g < n; g++) {
        chart_value end = groups[g].rows ? value_at(&groups[g], TIME, groups[g].rows - 1) : 0;
        if (end > last) last = end;
    }
    p.x = (chart_scale){0, last > 0 ? last : CHART_ONE, find_left(p.own), RIGHT};
    p.y = (chart_scale){chart_survival_floor(groups, n), CHART_ONE, (p.top + BASE) * 10, (p.top + TOP) * 10};
    draw_fifths(&p);
    for (size_t g = 0; g < n; g++)
        if (g != own) draw_curve(&p, &groups[g], "oth");
    draw_band(&p);
    draw_curve(&p, p.own, "med");
    if (p.own->rows > 0) draw_end(&p);
    draw_time(&p, last, w);
}
