/* Every chart, at 0, 1, 3 and 1,000 points and with names nobody would give: well-formed, within its canvas,
 * no text upon another, and by the rules of the look (chart_kit.h). Some places are worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "chart_kit.h"

#define ONE CHART_ONE

enum { MOST = 1000, COLUMNS = 40 };
static const size_t sizes[] = {0, 1, 3, 60, MOST};

/* Cells to draw from, made once: numbers that repeat for ever but look like none. */
static cst_text text[MOST], note[MOST];
static cst_day day[MOST];
static chart_value cell[COLUMNS][MOST];
static char word[MOST][24];

static uint32_t draw_number(void)
{
    static uint64_t seed = 42;
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33);
}

static int make_cells(void **state)
{
    (void)state;
    cst_day at = cst_day_of(1950, 1, 31);
    for (size_t i = 0; i < MOST; i++, at = cst_day_add_months_end(at, 1)) {
        snprintf(word[i], sizeof word[i], "Movement %zu", i);
        text[i] = cst_text_of(word[i]);
        note[i] = cst_text_of("30 Sep");
        day[i] = at;
    }
    return 0;
}

static void fill(size_t column, chart_value low, chart_value high)
{
    for (size_t i = 0; i < MOST; i++) cell[column][i] = low + (chart_value)draw_number() % (high - low + 1);
}

/* ---- bridge */

static void draw_bridge(chart_drawing *d, size_t n)
{
    chart_column column[] = {{.name = "movement", .text = text},
                             {.name = "date", .text = note},
                             {.name = "amount", .value = cell[0]}};
    chart_bridge(d, &(chart_table){column, 3, n}, cst_text_of("USD a month."));
}

static void bridges(void **state)
{
    (void)state;
    static const chart_value range[][2] = {{-ONE, ONE},      {-50000 * ONE, 90000 * ONE},
                                           {0, 0},           {ONE, 9 * ONE},
                                           {-9 * ONE, -ONE}, {INT64_MAX / 4, INT64_MAX / 3}};
    for (size_t r = 0; r < sizeof range / sizeof *range; r++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            chart_drawing d = {0};
            fill(0, range[r][0], range[r][1]);
            draw_bridge(&d, sizes[i]);
            assert_int_equal(d.width, 720);
            assert_int_equal(d.height, 320);
            kit_check(&d, 720, 1, sizes[i]);
        }
}

/* The quarter of the sample company: levels from 250,573 to 274,897, a range of 24,324; an eighth of it is
 * 3,041, so steps of 5,000; 250,573 less a quarter of the range is 244,492, and down to the step 240,000. */
static void bridge_of_a_quarter(void **state)
{
    (void)state;
    static const chart_value amount[] = {250573 * ONE, 13530 * ONE, 7350 * ONE,   2511 * ONE,
                                         933 * ONE,    -2614 * ONE, -14679 * ONE, 257604 * ONE};
    memcpy(cell[0], amount, sizeof amount);
    assert_int_equal(chart_bridge_floor(amount, 8), 240000 * ONE);
    chart_drawing d = {0};
    draw_bridge(&d, 8);
    char *svg = kit_write(&d, "Bridge");
    assert_non_null(strstr(svg, ">270k</text>"));
    assert_non_null(strstr(svg, ">+13,530</text>"));
    assert_non_null(strstr(svg, ">\xE2\x88\x92"
                                "14,679</text>"));
    assert_non_null(
        strstr(svg, "USD a month. The axis is broken: bars of opening and closing start at 240,000, not "
                    "at 0.</text>"));
    assert_int_equal(kit_count(svg, "class=\"brk\""), 1);
    free(svg);
}

static void bridge_from_nothing(void **state)
{
    (void)state;
    static const chart_value amount[] = {0, 100 * ONE, 0, 100 * ONE}, none[] = {0, 0, 0, 0};
    assert_int_equal(chart_bridge_floor(amount, 4), 0);
    memcpy(cell[0], amount, sizeof amount);
    chart_drawing d = {0};
    draw_bridge(&d, 4);
    char *svg = kit_write(&d, "Bridge");
    assert_null(strstr(svg, "brk\" "));
    assert_null(strstr(svg, "broken"));
    assert_non_null(strstr(svg, ">\xE2\x80\x93</text>")); /* a movement of 0 is a dash */
    assert_non_null(
        strstr(svg, "M345.5 41.4H515.7M515.7 41.4H563.4\"/>")); /* and the line of the level goes on */
    free(svg);
    memcpy(cell[0], none, sizeof none);
    d = (chart_drawing){0};
    draw_bridge(&d, 4);
    svg = kit_write(&d, "Bridge");
    assert_null(strstr(svg, "<path class=\"fg\""));
    assert_null(strstr(svg, "<path class=\"ft\""));
    free(svg);
}

/* The smallest bar is 1.5 units high. */
static void a_small_movement_is_seen(void **state)
{
    (void)state;
    static const chart_value amount[] = {1000000 * ONE, 900000 * ONE, ONE, 1900001 * ONE};
    memcpy(cell[0], amount, sizeof amount);
    chart_drawing d = {0};
    draw_bridge(&d, 4);
    char *svg = kit_write(&d, "Bridge");
    assert_non_null(strstr(strstr(svg, "<path class=\"fg\""), "v1.5h"));
    free(svg);
}

/* ---- triangle */

static void triangles(void **state)
{
    (void)state;
    static const size_t ages[] = {0, 1, 3, 38};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < 4; k++) {
            chart_column column[COLUMNS] = {{.name = "cohort", .text = text},
                                            {.name = "size", .value = cell[0]}};
            fill(0, 0, 99999 * ONE);
            for (size_t a = 0; a < ages[k]; a++) {
                fill(a + 1, 0, 9999999);
                for (size_t row = 0; row < MOST; row++)
                    cell[a + 1][row] -= cell[a + 1][row] % 1000 == 0 ? 1 : 0;
                column[a + 2] = (chart_column){.name = a < 9 ? "+1" : "+38", .value = cell[a + 1]};
            }
            chart_triangle_words w = {cst_text_of("Cohort"), cst_text_of("Size"),
                                      cst_text_of("quarters after the first"),
                                      cst_text_of("Per cent of the first revenue. White: 100; blue above.")};
            for (int total = 0; total < 2; total++) {
                chart_drawing d = {0};
                chart_triangle(&d, &(chart_table){column, ages[k] + 2, sizes[i]}, total, &w);
                size_t shown = sizes[i] - (total && sizes[i] > 0);
                if (shown > CHART_TRIANGLE_MOST && ages[k] > CHART_TRIANGLE_MOST) /* the note is one line */
                    assert_non_null(strstr(cst_buffer_string(&d.body), "The last 20 of"));
                if (ages[k] > CHART_TRIANGLE_MOST)
                    assert_non_null(strstr(cst_buffer_string(&d.body), "first 20 of 38 ages"));
                /* 20 by 20 cells may be larger than other charts */
                char *svg = kit_write(&d, "A triangle");
                kit_well_formed(svg);
                kit_barred(svg);
                kit_layout(svg);
                assert_true(strlen(svg) < 2 * KIT_BYTES_MOST); /* half of them are empty in life */
                free(svg);
            }
        }
}

static void heat(void **state)
{
    (void)state;
    static const struct {
        chart_value ratio;
        int want;
    } rows[] = {{ONE, 0},     {1009999, 0}, {1010000, 1}, {1049999, 1},   {1050000, 2}, {1150000, 3},
                {1299999, 3}, {1300000, 4}, {9 * ONE, 4}, {990001, 0},    {990000, -1}, {950000, -2},
                {850000, -3}, {700000, -4}, {0, -4},      {CHART_NONE, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(chart_heat(rows[i].ratio), rows[i].want);
}

/* ---- survival */

static void make_curve(chart_table *t, chart_column *column, size_t base, size_t n, chart_value pace)
{
    static const char *const name[] = {"time", "survival", "lower", "upper", "at risk"};
    chart_value left = ONE;
    for (size_t i = 0; i < MOST; i++) {
        cell[base][i] = (chart_value)i * pace;
        if (i > 0) left -= left / (20 + (chart_value)(draw_number() % 80));
        cell[base + 1][i] = left;
        cell[base + 2][i] = i ? left - left / 5 : ONE;
        cell[base + 3][i] = i ? left + (ONE - left) / 2 : ONE;
        cell[base + 4][i] = (chart_value)(1500000 - i * 1500) * ONE;
    }
    for (size_t i = 0; i < 5; i++)
        column[i] = (chart_column){
            .name = name[i], .unit = i ? CHART_PERCENT : CHART_DECIMAL, .value = cell[base + i]};
    *t = (chart_table){column, 5, n};
}

static void survivals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int months = 0; months < 2; months++)
            for (size_t groups = 1; groups <= 3; groups++) {
                chart_column column[15];
                chart_table t[3];
                chart_drawing d = {0};
                for (size_t g = 0; g < groups; g++)
                    make_curve(&t[g], column + g * 5, g * 5, sizes[i], months ? ONE : 370000);
                chart_survival_words w = {cst_text_of("Enterprise: 35 at the start"),
                                          cst_text_of(months ? "months" : "years"), months};
                for (size_t g = 0; g < groups; g++) chart_survival(&d, t, groups, g, d.height, &w);
                assert_int_equal(d.height, (int)groups * (CHART_SURVIVAL_HEIGHT + CHART_HEADING));
                if (groups == 1)
                    kit_check(&d, CHART_WIDTH, groups, 0);
                else {
                    char *svg = kit_write(&d, "Survival");
                    kit_well_formed(svg);
                    kit_layout(svg);
                    free(svg);
                }
            }
}

/* The curve ends at half, with an interval of 30 to 80%; the axis begins at 20%. */
static void survival_by_hand(void **state)
{
    (void)state;
    static chart_value time[] = {0, 10 * ONE, 20 * ONE, 24 * ONE}, left[] = {ONE, 800000, 500000, 500000},
                       low[] = {ONE, 600000, 300000, 300000}, high[] = {ONE, 900000, 800000, 800000},
                       risk[] = {50 * ONE, 40 * ONE, 20 * ONE, 3 * ONE};
    chart_column column[] = {{.name = "time", .value = time},
                             {.name = "survival", .value = left},
                             {.name = "lower", .value = low},
                             {.name = "upper", .value = high},
                             {.name = "at risk", .value = risk}};
    chart_table t = {column, 5, 4};
    chart_survival_words w = {cst_text_of(""), cst_text_of("months"), true};
    chart_drawing d = {0};
    assert_int_equal(chart_survival_floor(&t, 1), 200000);
    chart_survival(&d, &t, 1, 0, 0, &w);
    char *svg = kit_write(&d, "Survival");
    assert_non_null(strstr(svg, ">50.0%</text>"));
    assert_non_null(strstr(svg, ">30\xE2\x80\x93"
                                "80%</text>"));
    assert_non_null(strstr(svg, ">24 months</text>"));
    /* at 12 months those of the next row, at 20: 20; at 24: 3 */
    assert_non_null(strstr(svg, ">50</text>\n<text x=\"175\" y=\"190\" class=\"m i\">20</text>"));
    assert_non_null(strstr(svg, ">3</text>"));
    /* of 142 units for 80 points, a step from 100 to 80% is 35.5, to 50% 88.8 */
    assert_non_null(strstr(svg, "10H153.8V45.5H259.7V98.7H302\"/>"));
    free(svg);
}

/* ---- histogram */

static void histograms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t bands = 1; bands <= 9; bands++) {
            chart_column column[COLUMNS] = {{.name = "from", .value = cell[0]}};
            chart_value edge[16];
            for (size_t b = 0; b < bands; b++) {
                fill(b + 1, 0, 0);
                for (size_t row = 0; row < MOST; row++)
                    cell[b + 1][row] = (chart_value)(draw_number() % 400) * ONE;
                column[b + 1] =
                    (chart_column){.name = b % 2 ? "in the best of health" : "poor", .value = cell[b + 1]};
                edge[b] = (chart_value)(b + 1) * 100 * ONE / (chart_value)bands;
            }
            for (size_t row = 0; row < MOST; row++) cell[0][row] = (chart_value)row * 5 * ONE;
            for (int edged = 0; edged < 2; edged++) {
                chart_histogram_words w = {edged ? edge : NULL, edged ? cell[1] : NULL, 5 * ONE,
                                           cst_text_of("score; outline: 30 Nov")};
                chart_drawing d = {0};
                size_t n = sizes[i];
                chart_histogram(&d, &(chart_table){column, bands + 1, n}, &w);
                char *svg = kit_write(&d, "Scores");
                kit_well_formed(svg);
                kit_numbers(svg);
                kit_paths(svg, 1);
                kit_layout(svg);
                free(svg);
            }
        }
}

/* Fewer than ten customers before: no outline. */
static void outline_of_few(void **state)
{
    (void)state;
    static chart_value from[20], count[20], before[20];
    chart_column column[] = {{.name = "from", .value = from}, {.name = "scores", .value = count}};
    chart_histogram_words w = {NULL, before, 5 * ONE, cst_text_of("score")};
    for (int i = 0; i < 20; i++) from[i] = i * 5 * ONE;
    for (int n = 9; n <= 10; n++) {
        chart_drawing d = {0};
        before[3] = n * ONE;
        count[3] = 12 * ONE;
        chart_histogram(&d, &(chart_table){column, 2, 20}, &w);
        assert_int_equal(kit_count(cst_buffer_string(&d.body), "class=\"out\""), n == 10);
        kit_check(&d, CHART_WIDTH, 1, 0);
    }
}

/* ---- trend and sparkline */

static void trends(void **state)
{
    (void)state;
    static const chart_value top[] = {0, ONE, 1300000, 9999 * ONE, 123456789 * ONE, INT64_MAX / 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof top / sizeof *top; k++)
            for (size_t panels = 1; panels <= 3; panels++) {
                chart_drawing d = {0};
                chart_unit unit = top[k] < 2 * ONE ? CHART_PERCENT : CHART_MONEY;
                for (size_t c = 1; c < 4; c++) fill(c, c == 3 ? -top[k] / 2 : 0, top[k]);
                for (size_t row = 0; row < MOST; row += 7) cell[1][row] = CHART_NONE;
                chart_column column[] = {{.name = "period", .day = day},
                                         {.name = "nrr", .unit = unit, .value = cell[1]},
                                         {.name = "up", .unit = unit, .value = cell[2]},
                                         {.name = "down", .unit = unit, .value = cell[3]}};
                chart_panel panel[] = {
                    {cst_text_of("NRR"), 1, 0, top[k] < 2 * ONE ? ONE : CHART_NONE},
                    {cst_text_of("Share improving (up) and declining (down)"), 2, 3, CHART_NONE},
                    {cst_text_of("Another"), 3, 0, CHART_NONE}};
                chart_trend(&d, &(chart_table){column, 4, sizes[i]}, panel, panels);
                kit_check(&d, CHART_WIDTH, panels, 0);
            }
}

/* The last 24 of 60 months; their names alone under the axis. */
static void trend_of_sixty(void **state)
{
    (void)state;
    chart_drawing d = {0};
    fill(1, 900000, 1100000);
    chart_column column[] = {{.name = "period", .day = day},
                             {.name = "nrr", .unit = CHART_PERCENT, .value = cell[1]}};
    chart_panel panel = {cst_text_of("NRR"), 1, 0, ONE};
    chart_trend(&d, &(chart_table){column, 2, 60}, &panel, 1);
    char *svg = kit_write(&d, "NRR");
    assert_non_null(strstr(svg, ">Jan 1953</text>"));
    assert_non_null(strstr(svg, ">Dec 1954</text>"));
    assert_int_equal(kit_count(strstr(svg, "class=\"ln\" d="), "L"), 23);
    free(svg);
}

/* Height 34, five units a point, no text, the last 24. */
static void sparklines(void **state)
{
    (void)state;
    static const int width[] = {5, 5, 10, 115, 115};
    fill(0, -50 * ONE, 70 * ONE);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        chart_drawing d = {0};
        chart_sparkline(&d, cell[0], sizes[i], i % 2 ? ONE : CHART_NONE);
        assert_int_equal(d.height, 34);
        assert_int_equal(d.width, width[i]);
        assert_int_equal(kit_count(cst_buffer_string(&d.body), "class=\"dot\""), sizes[i] > 0);
        cst_buffer out = {0};
        chart_frame inside = {cst_text_of("t"), cst_text_of("d"), false, 7};
        assert_int_equal(chart_write(&out, &d, &inside, NULL), CST_OK);
        assert_non_null(
            strstr(cst_buffer_string(&out), "preserveAspectRatio=\"none\" aria-hidden=\"true\">"));
        assert_null(strstr(cst_buffer_string(&out), "<text"));
        cst_buffer_free(&out);
        char *svg = kit_write(&d, "NRR");
        kit_well_formed(svg);
        kit_barred(svg);
        assert_null(strstr(svg, "<text"));
        free(svg);
    }
}

/* ---- fan, deciles, funnel */

static void fans(void **state)
{
    (void)state;
    static const chart_value top[] = {1, 3 * ONE, 350000 * ONE, INT64_MAX / 3};
    static const size_t back[] = {1, 2, 3, 18, 700}, ahead[] = {0, 1, 3, 12, 300};
    for (size_t b = 0; b < 5; b++)
        for (size_t a = 0; a < 5; a++)
            for (size_t k = 0; k < 4; k++)
                for (int band = 0; band < 2; band++) {
                    chart_drawing d = {0};
                    fill(1, top[k] / 2, top[k]);
                    fill(2, band ? 0 : top[k], band ? top[k] / 2 : top[k]);
                    fill(3, top[k], top[k] + top[k] / 4);
                    for (size_t i = 0; i < MOST && !band; i++) cell[2][i] = cell[3][i] = CHART_NONE;
                    chart_column column[] = {{.name = "period", .day = day},
                                             {.name = "closing", .value = cell[1]},
                                             {.name = "low", .value = cell[2]},
                                             {.name = "high", .value = cell[3]}};
                    chart_fan(&d, &(chart_table){column, 4, back[b] + ahead[a]}, back[b],
                              cst_text_of("Dashed: expected. Band: 80%."));
                    assert_int_equal(kit_count(cst_buffer_string(&d.body), "class=\"bd\""),
                                     band && ahead[a] > 0);
                    assert_int_equal(kit_count(cst_buffer_string(&d.body), "class=\"rf\""), ahead[a] > 0);
                    kit_check(&d, CHART_WIDTH, 1, 0);
                }
}

/* 18 of history and 12 ahead: 30 points, today the eighteenth. */
static void fan_by_hand(void **state)
{
    (void)state;
    chart_drawing d = {0};
    for (size_t i = 0; i < 40; i++) {
        cell[1][i] = (100 + (chart_value)i) * 1000 * ONE;
        cell[2][i] = cell[1][i] - 20000 * ONE;
        cell[3][i] = cell[1][i] + 20000 * ONE;
    }
    chart_column column[] = {{.name = "period", .day = day},
                             {.name = "closing", .value = cell[1]},
                             {.name = "low", .value = cell[2]},
                             {.name = "high", .value = cell[3]}};
    chart_fan(&d, &(chart_table){column, 4, 20 + 15}, 20, cst_text_of(""));
    char *svg = kit_write(&d, "Fan");
    assert_non_null(strstr(svg, "class=\"i b\">131,000</text>")); /* the twelfth ahead of the row 19 */
    assert_non_null(strstr(svg, ">151,000</text>"));
    assert_non_null(strstr(svg, ">111,000</text>"));
    assert_non_null(strstr(svg, ">Mar 1950</text>")); /* the third of the rows, 18 before and with today's */
    assert_non_null(strstr(svg, ">Aug 1951</text>"));
    assert_non_null(strstr(svg, ">Aug 1952</text>"));
    assert_int_equal(kit_count(strstr(svg, "class=\"ln\" d="), "L"), 17);
    free(svg);
}

static void deciles(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int k = 0; k < 3; k++) {
            chart_drawing d = {0};
            for (size_t row = 0; row < MOST; row++) cell[0][row] = (chart_value)(row + 1) * ONE;
            for (size_t c = 1; c < 3; c++) {
                fill(c, 0, 0);
                for (size_t row = 0; row < MOST; row++)
                    cell[c][row] = (chart_value)(draw_number() % (k == 0 ? 90U : 20000000U)) * ONE;
            }
            fill(3, 0, k == 1 ? 900 : ONE);
            fill(4, 0, ONE);
            for (size_t row = 0; row < MOST && k == 2; row++) cell[4][row] = CHART_NONE;
            chart_column column[] = {{.name = "decile", .value = cell[0]},
                                     {.name = "of", .value = cell[1]},
                                     {.name = "happened", .value = cell[2]},
                                     {.name = "rate", .value = cell[3]},
                                     {.name = "predicted", .value = cell[4]}};
            chart_deciles(&d, &(chart_table){column, 5, sizes[i]},
                          cst_text_of("Bars: happened. Line: predicted."),
                          cst_text_of("by predicted chance"));
            assert_int_equal(kit_count(cst_buffer_string(&d.body), "class=\"out\""), k != 2 && sizes[i] > 0);
            kit_check(&d, CHART_WIDTH, 1, 0);
        }
}

static void funnels(void **state)
{
    (void)state;
    static const chart_value top[] = {0, 9, 120, 2000000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < 4; k++) {
            chart_drawing d = {0};
            for (size_t row = 0; row < MOST; row++)
                cell[1][row] = (chart_value)(top[k] - (top[k] * (chart_value)row / 30)) * ONE;
            fill(2, 0, ONE);
            chart_column column[] = {{.name = "stage", .text = text},
                                     {.name = "entered", .value = cell[1]},
                                     {.name = "conversion", .unit = CHART_PERCENT, .value = cell[2]}};
            chart_funnel(&d, &(chart_table){column, 3, sizes[i]},
                         cst_text_of("Per cent: the share that went on."));
            kit_check(&d, CHART_WIDTH, 1, 0);
        }
}

/* ---- the frame, and what comes from data */

static void a_page_takes_the_drawing_alone(void **state)
{
    (void)state;
    chart_drawing d = {0};
    cst_buffer out = {0};
    chart_frame f = {cst_text_of("A title"), cst_text_of("A description"), false, 7};
    chart_sentence(&d, cst_text_of("No score yet."));
    assert_int_equal(chart_write(&out, &d, &f, NULL), CST_OK);
    assert_string_equal(
        cst_buffer_string(&out),
        "<svg class=\"c\" viewBox=\"0 0 360 18\" role=\"img\" aria-labelledby=\"t7 d7\"><title "
        "id=\"t7\">A title</title>\n<desc id=\"d7\">A description</desc>\n<text x=\"0\" y=\"12\" "
        "class=\"i\">No score yet.</text>\n</svg>");
    cst_buffer_free(&out);
    chart_drawing_free(&d);
}

static void odd_names(void **state)
{
    (void)state;
    static char long_name[10001];
    memset(long_name, 'W', 10000);
    const char *const names[] = {"<script>alert(1)</script>",
                                 "\"quoted\" & 'odd'",
                                 "\xE2\x80\xAEright \xE2\x81\xA6to left",
                                 "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD8\xB3\xD9\x84\xD8\xA7\xD9\x85",
                                 long_name,
                                 "tab\tand\nline",
                                 "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE3\x81\xAE\xE5\x90\x8D",
                                 "]]>",
                                 "&amp;",
                                 ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        chart_drawing d = {0};
        cst_text odd[4] = {cst_text_of(names[i]), cst_text_of(names[i]), cst_text_of(names[i]),
                           cst_text_of(names[i])};
        chart_column column[] = {{.name = names[i], .text = odd},
                                 {.name = names[i], .text = odd},
                                 {.name = names[i], .value = cell[0]},
                                 {.name = "+1", .value = cell[1]}};
        fill(0, ONE, 1000 * ONE);
        fill(1, ONE / 2, ONE);
        chart_bridge(&d, &(chart_table){column, 3, 4}, cst_text_of(names[i]));
        char *svg = kit_write(&d, names[i]);
        kit_well_formed(svg);
        kit_layout(svg);
        kit_barred(svg);
        for (const char *p = strchr(svg, '\n') + 1; *p; p++)
            if (((unsigned char)*p < 0x20 && *p != '\n') || strncmp(p, "\xE2\x80\xAE", 3) == 0)
                fail_msg("a character that is none: %.20s", p);
        free(svg);
        chart_triangle_words w = {odd[0], odd[1], odd[2], odd[3]};
        chart_column cells[] = {column[0], {.name = "size", .value = cell[0]}, column[3]};
        d = (chart_drawing){0};
        chart_triangle(&d, &(chart_table){cells, 3, 4}, true, &w);
        svg = kit_write(&d, names[i]);
        kit_well_formed(svg);
        kit_barred(svg);
        free(svg);
    }
}

static void same_bytes(void **state)
{
    (void)state;
    chart_drawing a = {0}, b = {0};
    fill(0, -5 * ONE, 90 * ONE);
    draw_bridge(&a, 8);
    draw_bridge(&b, 8);
    char *one = kit_write(&a, "Bridge"), *other = kit_write(&b, "Bridge");
    assert_string_equal(one, other);
    free(one);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bridges),
                                       cmocka_unit_test(bridge_of_a_quarter),
                                       cmocka_unit_test(bridge_from_nothing),
                                       cmocka_unit_test(a_small_movement_is_seen),
                                       cmocka_unit_test(triangles),
                                       cmocka_unit_test(heat),
                                       cmocka_unit_test(survivals),
                                       cmocka_unit_test(survival_by_hand),
                                       cmocka_unit_test(histograms),
                                       cmocka_unit_test(outline_of_few),
                                       cmocka_unit_test(trends),
                                       cmocka_unit_test(trend_of_sixty),
                                       cmocka_unit_test(sparklines),
                                       cmocka_unit_test(fans),
                                       cmocka_unit_test(fan_by_hand),
                                       cmocka_unit_test(deciles),
                                       cmocka_unit_test(funnels),
                                       cmocka_unit_test(a_page_takes_the_drawing_alone),
                                       cmocka_unit_test(odd_names),
                                       cmocka_unit_test(same_bytes)};
    return cmocka_run_group_tests(tests, make_cells, NULL);
}
