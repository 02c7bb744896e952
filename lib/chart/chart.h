/* chart/chart.h: the way into the room. A chart is a function over a table of columns; it knows no customer,
 * and no word of its own beyond "at risk": titles, sentences and names come with the table.
 *
 *     table (chart.h) -> scale, ticks (scale.h) and text that fits (fit.h), numbers (number.h)
 *                     -> elements of a drawing and its frame with title and desc (svg.h), style (style.c)
 *
 * bridge.c, triangle.c, survival.c, histogram.c, trend.c, fan.c, deciles.c, funnel.c, bars.c and sparkline.c
 * hold one chart each. All arithmetic is in whole numbers, so that the same table gives the same bytes
 * everywhere.
 * A drawing that ran out of memory says so once, when its frame is written.
 */
#ifndef CST_CHART_CHART_H
#define CST_CHART_CHART_H
#include "chart/svg.h"
#include <cstools/base.h>

/* A figure in millionths: money, a ratio (1 is 1,000,000), a score, a count. */
typedef int64_t chart_value;
#define CHART_NONE INT64_MIN /* not known: no mark is drawn */
#define CHART_ONE  INT64_C(1000000)

enum { CHART_WIDTH = 360 }; /* units of the canvas, unless a chart says otherwise */

/* How the figures of a column are printed (number.h). */
typedef enum { CHART_MONEY, CHART_PERCENT, CHART_COUNT, CHART_SCORE, CHART_DECIMAL } chart_unit;

/* One of text, day and value is there, with an item for each row. */
typedef struct chart_column {
    const char *name; /* what it holds, in words */
    chart_unit unit;  /* of value */
    const cst_text *text;
    const cst_day *day;
    const chart_value *value;
} chart_column;

typedef struct chart_table {
    const chart_column *column;
    size_t columns, rows;
} chart_table;

/* Instead of a picture of nothing: a sentence that says so. */
void chart_sentence(chart_drawing *d, cst_text sentence);

/* How a total became another. 720 x 320, for a page of its own. Columns: name, note (a second line
 * under it), amount. The first row is the level before, the last the level after, those between are
 * changes; all zero: names and dashes, no bars. Where the axis does not begin at 0 the note beneath
 * says so, behind `unit`. */
void chart_bridge(chart_drawing *d, const chart_table *t, cst_text unit);
/* Where the bars of its levels begin: 0, or a round step below the least level where all levels are far
 * above it. */
chart_value chart_bridge_floor(const chart_value *amount, size_t rows);

/* Cohorts by age, 46 x 22 units a cell. Columns: cohort, size, then a ratio for each age, named by its
 * head; a cell that is not known is left empty. total: the last row is that of all cohorts. The last 20
 * cohorts and the first 20 ages are drawn; `note` stands beneath, with what is left out. ages: what an
 * age is, over the heads. */
typedef struct chart_triangle_words {
    cst_text cohort, size, ages, note;
} chart_triangle_words;
void chart_triangle(chart_drawing *d, const chart_table *t, bool total, const chart_triangle_words *w);
enum { CHART_TRIANGLE_MOST = 20 };
/* The step of a ratio's colour: 0 near 1, 1..4 above, -1..-4 below. */
int chart_heat(chart_value ratio);

/* Survival of one group, with its band and the number at risk; the other groups stand behind it in
 * grey. Each group's table has the columns time, survival, lower, upper, at risk, in order of time;
 * lower and upper may be not known. `top` is where the drawing begins: panels of several groups stand
 * one beneath the other. heading: over the panel, may be empty. Height: CHART_SURVIVAL_HEIGHT, and
 * CHART_HEADING more with a heading. */
enum { CHART_SURVIVAL_HEIGHT = 200, CHART_HEADING = 30, CHART_STEPS_MOST = 200 };
typedef struct chart_survival_words {
    cst_text heading, unit; /* of time: months */
    bool months;            /* ticks every 12, from 72 on every 24 */
} chart_survival_words;
void chart_survival(chart_drawing *d, const chart_table *groups, size_t n, size_t own, int top,
                    const chart_survival_words *w);
/* Where the axis of these groups begins: the least lower bound, down to a fifth. */
chart_value chart_survival_floor(const chart_table *groups, size_t n);

/* A distribution in bins, stacked by band. Columns: the bin's lower end, then a count for each band,
 * the lowest band first, named by it. edge: the bands' upper ends, one fewer than bands; NULL: not
 * known. before: counts of all bands at an earlier time, as an outline; NULL, or fewer than 10 in all:
 * none. */
typedef struct chart_histogram_words {
    const chart_value *edge;
    const chart_value *before;
    chart_value width; /* of a bin */
    cst_text axis;     /* beneath, at the right */
} chart_histogram_words;
void chart_histogram(chart_drawing *d, const chart_table *t, const chart_histogram_words *w);

/* Figures over time, a panel for each column or pair of columns on one time axis; the last
 * CHART_TREND_MOST rows. Column 0: day; then those that the panels name. */
enum { CHART_TREND_MOST = 24, CHART_PANELS_MOST = 4 };
typedef struct chart_panel {
    cst_text heading;       /* may be empty, where the title says it */
    size_t column, against; /* against: a second column, drawn downwards; 0: a line of `column` */
    chart_value reference;  /* a dotted line; CHART_NONE: none */
} chart_panel;
void chart_trend(chart_drawing *d, const chart_table *t, const chart_panel *panel, size_t panels);

/* What is expected: history to today, then an expected line with its band. Columns: day, value, low,
 * high. Rows 0 .. today - 1 are history, the last of them today's, today > 0; low and high, of the
 * others, may be not known. The last 18 of history and the first 12 ahead are drawn. heading: over the
 * drawing, says what the line and the band are. */
enum { CHART_FAN_BACK = 18, CHART_FAN_AHEAD = 12 };
void chart_fan(chart_drawing *d, const chart_table *t, size_t today, cst_text heading);

/* Predicted against happened: a bar for what happened, an outline for what was predicted. Columns:
 * decile, cases, events, rate, predicted (may be not known). The first 20 rows are drawn. The names of
 * the columns events and cases stand before their figures. */
enum { CHART_DECILES_MOST = 20 };
void chart_deciles(chart_drawing *d, const chart_table *t, cst_text heading, cst_text axis);

/* How many are left from stage to stage, 22 units a stage. Columns: stage, entered, share that went on
 * (may be not known). The first 20 rows are drawn. note: beneath. */
enum { CHART_FUNNEL_MOST = 20 };
void chart_funnel(chart_drawing *d, const chart_table *t, cst_text note);

/* A figure by month, 200 x 108, one of several that share the scale low .. high: bars from the line of
 * 0, the one farthest from it labelled, the first and the last month named. Columns: day, value; at
 * most CHART_TREND_MOST rows. */
void chart_bars(chart_drawing *d, const chart_table *t, chart_value low, chart_value high);

/* A line without words, 5 units a point and 34 high: the last CHART_TREND_MOST values, on a scale of
 * their own that holds the reference. */
void chart_sparkline(chart_drawing *d, const chart_value *value, size_t n, chart_value reference);
#endif
