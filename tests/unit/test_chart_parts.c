/* The parts of charts: colours and their contrast, numbers as people read them, ticks, and text that fits.
 * Expected values are written by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"

#define ONE CHART_ONE

/* ---- colours */

/* WCAG 2.1: relative luminance of #rrggbb. */
static double luminance(const char *hex)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        char pair[3] = {hex[1 + 2 * i], hex[2 + 2 * i], '\0'};
        double c = (double)strtol(pair, NULL, 16) / 255;
        sum += weight[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(const char *a, const char *b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static const chart_colour *colour(const char *name)
{
    for (const chart_colour *c = chart_colours; c->name; c++)
        if (strcmp(c->name, name) == 0) return c;
    fail_msg("no colour %s", name);
    return NULL;
}

static void text_has_contrast(void **state)
{
    (void)state;
    static const char *const of_text[] = {"ink", "mute", "gain", "loss", "tot", "g", "link"};
    const chart_colour *bg = colour("bg");
    for (size_t i = 0; i < sizeof of_text / sizeof *of_text; i++) {
        const chart_colour *c = colour(of_text[i]);
        double light = contrast(c->light, bg->light), dark = contrast(c->dark, bg->dark);
        if (light < 4.5 || dark < 4.5) fail_msg("%s: contrast %.2f light, %.2f dark", c->name, light, dark);
    }
    assert_true(contrast(colour("y")->light, bg->light) >= 3 - 0.05); /* fills and signs */
    assert_true(contrast(colour("y")->dark, bg->dark) >= 3);
}

/* Figures stand on these. */
static void heat_has_contrast(void **state)
{
    (void)state;
    static const char *const heat[] = {"a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"};
    static const double want[][2] = {{13.9, 12.4}, {12.0, 9.9}, {9.5, 7.4}, {7.1, 5.5},
                                     {14.2, 12.2}, {12.2, 9.8}, {9.7, 7.6}, {7.3, 5.7}};
    const chart_colour *ink = colour("ink");
    for (size_t i = 0; i < 8; i++) {
        const chart_colour *c = colour(heat[i]);
        double light = contrast(ink->light, c->light), dark = contrast(ink->dark, c->dark);
        if (fabs(light - want[i][0]) > 0.06 || fabs(dark - want[i][1]) > 0.06 || light < 4.5 || dark < 4.5)
            fail_msg("%s: contrast %.2f light, %.2f dark", c->name, light, dark);
    }
}

static void every_colour_of_a_class_is_there(void **state)
{
    (void)state;
    for (const char *p = chart_classes; (p = strstr(p, "var(--"));) {
        char name[16];
        p += 6;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(p, ")"), p);
        assert_non_null(colour(name));
    }
}

static void style_keeps_the_rules(void **state)
{
    (void)state;
    static const char *const held[] = {".c text{font-size:11px",
                                       ".c .h{font-size:14px",
                                       ".b{font-weight:600}",
                                       ".rf{stroke:var(--mute);stroke-dasharray:2 3}",
                                       "stroke:var(--ink);stroke-width:1.6",
                                       ".bd{fill:var(--gain);opacity:.16}",
                                       "stroke-width:1;opacity:.55}",
                                       ".out{fill:none;stroke:var(--ink);stroke-width:1.2}",
                                       ".gr{stroke:var(--hair)}",
                                       ".ax{stroke:var(--mute)}",
                                       "{fill:none;stroke:var(--gain);stroke-width:1.6}",
                                       "tabular-nums",
                                       "@media screen and (prefers-color-scheme:dark){:root{--bg:#12171c",
                                       "font-family:system-ui,"};
    static const char *const barred[] = {"gradient",  "shadow",          "filter",
                                         "url(",      "@import",         "@font-face",
                                         "animation", "font-weight:700", "font-weight:bold"};
    cst_buffer b = {0};
    chart_style(&b);
    const char *css = cst_buffer_string(&b);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        if (!strstr(css, held[i])) fail_msg("the style lacks %s", held[i]);
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++)
        if (strstr(css, barred[i])) fail_msg("the style has %s", barred[i]);
    cst_buffer_free(&b);
}

/* ---- numbers */

#define MINUS "\xE2\x88\x92"

static void expect(const char *what, chart_number found, const char *want)
{
    if (strcmp(found.s, want) != 0) fail_msg("%s: expected \"%s\", found \"%s\"", what, want, found.s);
}

static void numbers(void **state)
{
    (void)state;
    expect("money", chart_money(257604350004), "257,604");
    expect("money", chart_money(500000), "1"); /* half away from zero */
    expect("money", chart_money(499999), "0");
    expect("money", chart_money(-500000), MINUS "1");
    expect("money", chart_money(-499999), "0");
    expect("money", chart_money(999 * ONE + 500000), "1,000");
    expect("money", chart_money(1234567 * ONE), "1,234,567");
    expect("money", chart_money(INT64_MAX), "9,223,372,036,855");
    expect("money", chart_money(CHART_NONE), "");
    expect("change", chart_change(7031 * ONE), "+7,031");
    expect("change", chart_change(-2613750000), MINUS "2,614");
    expect("change", chart_change(0), "0");
    expect("change", chart_change(400000), "0"); /* no sign where nothing is left */
    expect("percent", chart_percent(914756), "91.5%");
    expect("percent", chart_percent(914500), "91.5%");
    expect("percent", chart_percent(-26500), MINUS "2.7%");
    expect("percent", chart_percent(ONE), "100.0%");
    expect("hundred", chart_hundred(1165672), "116.6");
    expect("whole percent", chart_whole_percent(585000), "59%");
    expect("whole percent", chart_whole_percent(ONE), "100%");
    expect("count", chart_count(1204 * ONE), "1,204");
    expect("decimals", chart_decimals(49830000, 0, 1), "49.8");
    expect("decimals", chart_decimals(75 * ONE, 0, 1), "75");
    expect("decimals", chart_decimals(1999999, 0, 1), "2");
    expect("score", chart_figure(37680000, CHART_SCORE), "37.7");
    expect("points", chart_difference(-26000, CHART_PERCENT), MINUS "2.6\xC2\xA0pp");
    expect("points", chart_difference(5000, CHART_PERCENT), "+0.5\xC2\xA0pp");
    expect("short", chart_short(3380000 * ONE), "3.38M");
    expect("short", chart_short(257604 * ONE), "257.6k");
    expect("short", chart_short(-9999 * ONE), MINUS "9,999");
    expect("short", chart_short(999950 * ONE), "1.00M"); /* not 1,000.0k */
    expect("short", chart_short(1500000000 * ONE), "1.50B");
    expect("short", chart_short(INT64_MAX), "9.22T");
    expect("short", chart_short(CHART_NONE), "");
    expect("day", chart_day(cst_day_of(2024, 12, 31)), "31 Dec 2024");
    expect("short day", chart_short_day(cst_day_of(2024, 11, 28)), "28 Nov");
    expect("month", chart_month(cst_day_of(2024, 12, 31)), "Dec 2024");
    expect("quarter", chart_quarter(cst_day_of(2024, 12, 31)), "Q4 2024");
    expect("quarter", chart_quarter(cst_day_of(2024, 3, 31)), "Q1 2024");
    expect("year", chart_year(cst_day_of(2024, 12, 31)), "2024");
    expect("year", chart_year(cst_day_of(2024, 3, 31)), "Mar 2024");
    expect("day", chart_day(CST_DAY_NONE), "");
}

/* ---- scale and ticks */

static void places(void **state)
{
    (void)state;
    chart_scale s = {0, 10 * ONE, 1000, 0}; /* upside down, as pictures are */
    assert_int_equal(chart_at(&s, 0), 1000);
    assert_int_equal(chart_at(&s, 10 * ONE), 0);
    assert_int_equal(chart_at(&s, 5 * ONE), 500);
    assert_int_equal(chart_at(&s, 12345), 1000 - 1); /* 1.2 rounds to 1 */
    assert_int_equal(chart_at(&s, -ONE), 1100);
    chart_scale wide = {-INT64_MAX / 4, INT64_MAX / 4, 0, 2000};
    assert_int_equal(chart_at(&wide, 0), 1000);
}

/* A step is 1, 2, 2.5 or 5 times a power of ten. */
static bool is_round(chart_value step)
{
    while (step % 10 == 0) step /= 10;
    return step == 1 || step == 2 || step == 5 || step == 25;
}

static void check_ticks(chart_value low, chart_value high, chart_value least)
{
    chart_range r = {low, high};
    chart_ticks t;
    chart_ticks_of(&r, least, &t);
    long long a = low, b = high;
    if (t.n < 3 || t.n > 5) fail_msg("%lld to %lld: %d ticks", a, b, t.n);
    if (!is_round(t.step)) fail_msg("%lld to %lld: steps of %lld", a, b, (long long)t.step);
    for (int i = 0; i < t.n; i++)
        if (t.v[i] < low || t.v[i] > high || t.v[i] % t.step != 0 || (i > 0 && t.v[i] - t.v[i - 1] != t.step))
            fail_msg("%lld to %lld: tick %d at %lld", a, b, i, (long long)t.v[i]);
}

static void ticks(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        chart_value low = (chart_value)(seed >> 20) - (INT64_C(1) << 43);
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        chart_value width = 100 + (chart_value)(seed >> (20 + i % 40));
        check_ticks(low, low + width, 1);
        check_ticks(0, 2 * ONE + width, ONE);
    }
    check_ticks(-INT64_MAX / 4, INT64_MAX / 4, 1);
    check_ticks(0, 2 * ONE, ONE);
    check_ticks(0, 5 * ONE, ONE);
}

static void expect_ticks(chart_value low, chart_value high, chart_unit unit, const char *want)
{
    char found[200] = "";
    chart_range r = {low, high};
    chart_ticks t;
    chart_ticks_of(&r, 1, &t);
    for (int i = 0; i < t.n; i++) {
        if (i > 0) strcat(found, " ");
        strcat(found, chart_tick(&t, i, unit).s);
    }
    if (strcmp(found, want) != 0) fail_msg("expected \"%s\", found \"%s\"", want, found);
}

static void tick_labels(void **state)
{
    (void)state;
    expect_ticks(240000 * ONE, 275870 * ONE, CHART_MONEY, "240k 250k 260k 270k");
    expect_ticks(2000000 * ONE, 3700000 * ONE, CHART_MONEY, "2.0M 2.5M 3.0M 3.5M");
    expect_ticks(0, 11000 * ONE, CHART_MONEY, "0 2.5k 5.0k 7.5k 10.0k");
    expect_ticks(0, 40 * ONE, CHART_COUNT, "0 10 20 30 40");
    expect_ticks(900000, 1150000, CHART_PERCENT, "90% 100% 110%");
    expect_ticks(-30 * ONE, 10 * ONE, CHART_MONEY, MINUS "30 " MINUS "20 " MINUS "10 0 10");
    expect_ticks(0, 12000, CHART_PERCENT, "0.00% 0.25% 0.50% 0.75% 1.00%");
}

/* ---- text that fits */

static void widths(void **state)
{
    (void)state;
    assert_int_equal(chart_string_width("", 11, false), 0);
    assert_int_equal(chart_string_width("0", 10, false), 64); /* 636 thousandths of 10 units, up to a tenth */
    assert_int_equal(chart_string_width("00", 10, false), 128);
    assert_int_equal(chart_string_width("0", 10, true), 70);
    assert_int_equal(chart_string_width("\xE6\x97\xA5", 10, false), 110); /* a wide character */
    assert_int_equal(chart_string_width("e\xCC\x81", 10, false), chart_string_width("e", 10, false));
}

static void expect_lines(const char *text, int width, int most, const char *want)
{
    chart_line_of line[CHART_LINES_MOST];
    char found[400] = "";
    int n = chart_wrap(cst_text_of(text), width, 10, false, line, most);
    for (int i = 0; i < n; i++) {
        size_t at = strlen(found);
        snprintf(found + at, sizeof found - at, "%s%.*s%s", i ? "|" : "", (int)line[i].text.n, line[i].text.p,
                 line[i].cut ? "..." : "");
        int room = chart_width(line[i].text, 10, false) + (line[i].cut ? 100 : 0);
        if (room > width + 1) fail_msg("\"%s\": a line of %d in %d", text, room, width);
    }
    if (strcmp(found, want) != 0) fail_msg("\"%s\": expected \"%s\", found \"%s\"", text, want, found);
}

static void wrapping(void **state)
{
    (void)state;
    expect_lines("one two three", 10000, 2, "one two three");
    expect_lines("one two three", 500, 2, "one two|three");
    expect_lines("one two three", 500, 1, "one tw...");
    expect_lines("Cross-sell of all", 400, 3, "Cross-|sell of|all");
    expect_lines("Donaudampfschifffahrt", 500, 2, "Donauda|mpfschi...");
    expect_lines("  blanks  ", 1000, 2, "blanks");
    expect_lines("", 1000, 2, "");
    expect_lines("abc", 10, 2, "");                                          /* not even a character */
    expect_lines("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", 200, 1, "\xD7\xA9..."); /* never within a character */
}

static void spreading(void **state)
{
    (void)state;
    int at[] = {0, 20, 30}, size[] = {50, 50, 50};
    chart_spread(at, size, 3, 10, 0, 1000);
    assert_int_equal(at[0], 0);
    assert_int_equal(at[1], 60);
    assert_int_equal(at[2], 120);
    int late[] = {900, 960, 990};
    chart_spread(late, size, 3, 10, 0, 1000);
    assert_int_equal(late[2], 950);
    assert_int_equal(late[1], 890);
    assert_int_equal(late[0], 830);
}

static void characters(void **state)
{
    (void)state;
    const char *text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFFz", *p = text, *end = text + strlen(text);
    static const uint32_t want[] = {'a', 0xE9, 0x20AC, 0x1F600, 0xFFFD, 'z'};
    for (size_t i = 0; i < 6; i++) assert_int_equal(chart_character(&p, end), want[i]);
    assert_ptr_equal(p, end);
    assert_int_equal(chart_cut(cst_text_of("a\xC3\xA9z"), 2).n, 3);
}

static void expect_escaped(const char *text, const char *want)
{
    cst_buffer b = {0};
    chart_escape(&b, cst_text_of(text));
    if (strcmp(cst_buffer_string(&b), want) != 0)
        fail_msg("expected %s, found %s", want, cst_buffer_string(&b));
    cst_buffer_free(&b);
}

#define BAD "\xEF\xBF\xBD"

static void escaping(void **state)
{
    (void)state;
    expect_escaped("<script>alert(\"1\")&amp;'", "&lt;script&gt;alert(&quot;1&quot;)&amp;amp;'");
    expect_escaped("tab\tline\nend\x7F\xC2\x85", "tab" BAD "line" BAD "end" BAD BAD);
    expect_escaped("a\xE2\x80\xAE"
                   "b\xE2\x81\xA6"
                   "c",
                   "a" BAD "b" BAD "c"); /* RLO, LRI */
    expect_escaped("\xEF\xBF\xBE", BAD); /* no character of XML */
    expect_escaped("caf\xC3\xA9 \xE6\x97\xA5", "caf\xC3\xA9 \xE6\x97\xA5");
}

static void expect_name(const char *name, size_t most, const char *want)
{
    cst_buffer b = {0};
    chart_add_name(&b, cst_text_of(name), most);
    if (strcmp(cst_buffer_string(&b), want) != 0)
        fail_msg("expected %s, found %s", want, cst_buffer_string(&b));
    cst_buffer_free(&b);
}

static void names(void **state)
{
    (void)state;
    expect_name("Brightbridge Foods", 60, "Brightbridge Foods");
    expect_name("abcdef", 3, "abc\xE2\x80\xA6");
    expect_name("\xD7\xA9\xD7\x9C", 60, "\xE2\x81\xA8\xD7\xA9\xD7\x9C\xE2\x81\xA9"); /* Hebrew: set apart */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text_has_contrast),
                                       cmocka_unit_test(heat_has_contrast),
                                       cmocka_unit_test(every_colour_of_a_class_is_there),
                                       cmocka_unit_test(style_keeps_the_rules),
                                       cmocka_unit_test(numbers),
                                       cmocka_unit_test(places),
                                       cmocka_unit_test(ticks),
                                       cmocka_unit_test(tick_labels),
                                       cmocka_unit_test(widths),
                                       cmocka_unit_test(wrapping),
                                       cmocka_unit_test(spreading),
                                       cmocka_unit_test(characters),
                                       cmocka_unit_test(escaping),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
