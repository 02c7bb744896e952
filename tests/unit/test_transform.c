/* Every transform with good and bad values: a chain, a raw value, what must come out. `X=...` pairs are
 * other columns of the row. A chain's result is shown as the canonical text of its kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/text.h"
#include "ingest/cell.h"
#include "ingest/transform.h"

struct good {
    const char *chain, *raw, *want; /* want "": missing */
    const char *row; /* other columns: "NAME=VALUE;NAME=VALUE"; "currency" is also the row's currency */
};

static const struct good good[] = {
    {"trim", "  Acme Ltd\t", "Acme Ltd", NULL},
    {"trim", "   ", "", NULL},
    {"trim|default(x)", " ", "x", NULL},
    {"upper", "usd \xc3\xa4", "USD \xc3\xa4", NULL},
    {"lower", "PRO", "pro", NULL},
    {"rename(a=b,c=d)", "c", "d", NULL},
    {"rename(a=b,c=d)", "e", "e", NULL},
    {"rename(a=b,*=other)", "e", "other", NULL},
    {"rename(a=)", "a", "", NULL},
    {"rename('a,b'='it''s')", "a,b", "it's", NULL},
    {"constant(USD)", "", "USD", NULL},
    {"constant(USD)", "EUR", "USD", NULL},
    {"constant(' a | b ')", "", " a | b ", NULL},
    {"default(Basic)", "", "Basic", NULL},
    {"default(Basic)", "Pro", "Pro", NULL},
    {"else(other)", "", "second", "other=second"},
    {"else(other)", "first", "first", "other=second"},
    {"else(other)", "", "", "other="},
    {"missing(N/A,-)", "N/A", "", NULL},
    {"missing(N/A,-)", "-", "", NULL},
    {"missing(N/A,-)", "5", "5", NULL},
    {"missing(N/A)|money", "N/A", "", NULL},
    {"prefix(zd-)", "17", "zd-17", NULL},
    {"prefix(zd-)", "", "", NULL},
    {"after(#)", "#123", "123", NULL},
    {"after(#)", "123", "123", NULL},
    {"after(acct-)", "eu-acct-7-acct-8", "7-acct-8", NULL},
    {"after(#)", "#", "", NULL},
    {"before(_v)", "C-1_v3", "C-1", NULL},
    {"before(_v)", "C-1", "C-1", NULL},
    {"before(_v)", "_v3", "", NULL},
    {"unmark", "=\"00123\"", "00123", NULL},
    {"unmark", "=\"a\"\"b\"", "a\"b", NULL},
    {"unmark", "'00123", "00123", NULL},
    {"unmark", "00123", "00123", NULL},
    {"unmark", "'", "'", NULL},
    {"unmark", "=\"\"", "", NULL},
    {"unmark", "=\"", "=\"", NULL},
    {"boolean", "TRUE", "true", NULL},
    {"boolean", "No", "false", NULL},
    {"boolean", "1", "true", NULL},
    {"boolean", "f", "false", NULL},
    {"boolean", "OFF", "false", NULL},
    {"boolean(ja,nein)", "nein", "false", NULL},
    {"boolean|rename(true=trial,false=)", "yes", "trial", NULL},
    {"thousands|money", "1,234,567.89", "1234567.89", NULL},
    {"thousands|money", "-999", "-999.00", NULL},
    {"thousands|money", ".5", "0.50", NULL},
    {"thousands|money", "0,005.00", "5.00", NULL},
    {"thousands|money", "0.123", "0.123", NULL},
    {"thousands|money", "-.5", "-0.50", NULL},
    {"decimal_comma|money", ",5", "0.50", NULL},
    {"thousands(' ')|money", "12 345.5", "12345.50", NULL},
    {"thousands('''')|money", "1'000", "1000.00", NULL},
    {"decimal_comma|money", "1.234.567,89", "1234567.89", NULL},
    {"decimal_comma|money", "1 234,5", "1234.50", NULL},
    {"decimal_comma|money",
     "1\xc2\xa0"
     "234,5",
     "1234.50", NULL},
    {"decimal_comma|money", "0,07", "0.07", NULL},
    {"decimal_comma|money", "12", "12.00", NULL},
    {"currency_sign|money", "$12.50", "12.50", NULL},
    {"currency_sign|money", "12.50 EUR", "12.50", NULL},
    {"currency_sign|money",
     "-\xe2\x82\xac"
     "5",
     "-5.00", NULL},
    {"currency_sign|money", "\xc2\xa3-5", "-5.00", NULL},
    {"currency_sign|money", "US$ 7", "7.00", NULL},
    {"currency_sign|money", "7 K\xc4\x8d", "7.00", NULL},
    {"currency_sign|money", "7 Mark", "7.00", NULL},
    {"currency_sign|money", "MX$7", "7.00", NULL},
    {"currency_sign|money", "7 kr", "7.00", NULL},
    {"currency_sign|money", "7 TL", "7.00", NULL},
    {"currency_sign|money", "MXN 7", "7.00", NULL},
    {"currency_sign|money", "K500", "500.00", NULL},
    {"currency_sign|money", "M 500", "500.00", NULL},
    {"currency_sign|money", "7", "7.00", NULL},
    {"currency_sign|decimal_comma|money",
     "1\xc2\xa0"
     "234,50\xc2\xa0\xe2\x82\xac",
     "1234.50", NULL},
    {"currency_sign|decimal_comma|money", "-12,50\xe2\x80\xafz\xc5\x82", "-12.50", NULL},
    {"currency_sign|money",
     "CHF\xc2\xa0"
     "12.50",
     "12.50", NULL},
    {"currency_sign|brackets|money", "$(7.50)", "-7.50", NULL},
    {"currency_sign|money", "$.5", "0.50", NULL},
    {"brackets|money", "(12.50)", "-12.50", NULL},
    {"brackets|money", "12.50", "12.50", NULL},
    {"brackets|currency_sign|thousands|money", "($1,250.00)", "-1250.00", NULL},
    {"date(YYYY-MM-DD)", "2024-02-29", "2024-02-29", NULL},
    {"date(DD/MM/YYYY)", "31/12/2024", "2024-12-31", NULL},
    {"date(DD/MM/YYYY)", "1/2/2024", "2024-02-01", NULL},
    {"date(MM/DD/YYYY)", "12/31/2024", "2024-12-31", NULL},
    {"date(DD-MM-YYYY)", "16-10-2024", "2024-10-16", NULL},
    {"date(DD.MM.YYYY)", "31.12.2024", "2024-12-31", NULL},
    {"date(YYYYMMDD)", "20241231", "2024-12-31", NULL},
    {"date('DD Mon YYYY')", "05 mar 2024", "2024-03-05", NULL},
    {"date('Month DD, YYYY')", "September 5, 2024", "2024-09-05", NULL},
    {"date('Mon DD, YYYY')", "Sept 5, 2024", "2024-09-05", NULL},
    {"date(DD-Mon-YY)", "31-Dec-24", "2024-12-31", NULL},
    {"date(DD-Mon-YY)", "31-Dec-99", "1999-12-31", NULL},
    {"date('DD-MM-YYYY hh:mm')", "28-07-2023 03:00", "2023-07-28T03:00:00Z", NULL},
    {"date('DD-MM-YYYY hh:mm')", "28-07-2023 00:00", "2023-07-28", NULL},
    {"date('MM/DD/YYYY hh:mm:ss am')", "7/28/2023 12:05:09 AM", "2023-07-28T00:05:09Z", NULL},
    {"date('MM/DD/YYYY hh:mm am')", "7/28/2023 1:05 pm", "2023-07-28T13:05:00Z", NULL},
    {"timestamp", "2025-01-31T23:30:00-02:00", "2025-02-01T01:30:00Z", NULL},
    {"timestamp", "2025-01-31 09:30", "2025-01-31T09:30:00Z", NULL},
    {"timestamp", "2025-01-31", "2025-01-31", NULL},
    {"timestamp|inclusive", "2025-01-31T23:30:00-02:00", "2025-02-02", NULL},
    {"epoch", "1735689600", "2025-01-01", NULL},
    {"epoch", "1735689661", "2025-01-01T00:01:01Z", NULL},
    {"epoch", "-86400", "1969-12-31", NULL},
    {"epoch_ms", "1735689661500", "2025-01-01T00:01:01.500000Z", NULL},
    {"serial", "45658", "2025-01-01", NULL},
    {"serial", "45658.75", "2025-01-01T18:00:00Z", NULL},
    {"serial", "45658.3958333333", "2025-01-01T09:30:00Z", NULL},
    {"serial", "45657.9999999999", "2025-01-01", NULL},
    {"serial", "2958465", "9999-12-31", NULL},
    {"serial", "61", "1900-03-01", NULL},
    {"month", "Jan-25", "2025-01-01", NULL},
    {"month", "Dec-99", "1999-12-01", NULL},
    {"month", "01/2025", "2025-01-01", NULL},
    {"month", "2025-01", "2025-01-01", NULL},
    {"month", "January 2025", "2025-01-01", NULL},
    {"date(DD/MM/YYYY)|inclusive", "31/12/2024", "2025-01-01", NULL},
    {"timestamp|add(12m)", "2024-02-29", "2025-02-28", NULL},
    {"timestamp|add(30d)", "2024-02-01", "2024-03-02", NULL},
    {"timestamp|add(2w)", "2024-02-01", "2024-02-15", NULL},
    {"timestamp|add(1q)", "2024-01-31", "2024-04-30", NULL},
    {"timestamp|add(1y)", "2024-01-31", "2025-01-31", NULL},
    {"timestamp|add_months(term)", "2024-01-31", "2024-02-29", "term=1"},
    {"timestamp|later(own)", "2024-01-31", "2024-02-01T10:00:00Z", "own=2024-02-01 10:00:00"},
    {"timestamp|later(own)", "2024-01-31", "2024-01-31", "own=2024-01-30"},
    {"timestamp|later(own)", "2024-01-31", "2024-01-31", "own="},
    {"timestamp|later(own)", "", "2024-02-01", "own=2024-02-01"},
    {"date(DD/MM/YYYY)|later(own)", "31/01/2024", "2024-02-01", "own=01/02/2024"},
    {"date(DD/MM/YYYY)|later(own)|inclusive", "31/01/2024", "2024-02-02", "own=01/02/2024"},
    {"timestamp|later(own,made)", "2024-01-31", "2024-01-31", "own=2024-06-01 09:00;made=2024-06-01"},
    {"timestamp|later(own,made)", "2024-01-31", "2024-06-02", "own=2024-06-02;made=2024-06-01"},
    {"timestamp|later(own,made)", "2024-01-31", "2024-06-02", "own=2024-06-02;made="},
    {"timestamp|later(own,made,end)", "2024-01-31", "2024-01-31", "own=2024-06-02;made=;end=2024-06-02"},
    {"timestamp|later(own,made,end)", "2024-01-31", "2024-06-02", "own=2024-06-02;made=;end=2024-06-03"},
    {"timestamp|earlier(own)", "2024-01-31", "2024-01-30", "own=2024-01-30"},
    {"timestamp|earlier(own)", "2024-01-31", "2024-01-31", "own=2024-02-01"},
    {"money", "1234.5", "1234.50", NULL},
    {"money", "+0.1234567", "0.123457", NULL},
    {"money", "-0.0000005", "-0.000001", NULL},
    {"minor_units", "123456", "1234.56", NULL},
    {"minor_units", "123456", "123456.00", "currency=JPY"},
    {"minor_units", "123456", "123.456", "currency=KWD"},
    {"minor_units", "500", "500.00", "currency=ISK"},
    {"minor_units(stripe)", "500", "5.00", "currency=ISK"},
    {"minor_units(stripe)", "500", "500.00", "currency=MGA"},
    {"minor_units", "500", "5.00", "currency=MGA"},
    {"minor_units(3)", "5", "0.005", NULL},
    {"minor_units", "12.5", "0.125", NULL},
    {"per(year)", "1200", "100.00", NULL},
    {"per(quarter)", "100", "33.333333", NULL},
    {"per(week)", "12", "52.00", NULL},
    {"per(day)", "12", "365.00", NULL},
    {"per(28 days)", "28", "30.416667", NULL},
    {"per(4 weeks)", "28", "30.333333", NULL},
    {"per(month)", "5", "5.00", NULL},
    {"per(half_year)", "6", "1.00", NULL},
    {"per(unit)", "1200", "100.00", "unit=Annual"},
    {"per(unit,n)", "300", "100.00", "unit=months;n=3"},
    {"per(unit,n)", "300", "300.00", "unit=month;n="},
    {"per(unit,2)", "300", "150.00", "unit=month"},
    {"times(seats)|per(year)", "500", "166.666667", "seats=4"},
    {"per(year)|times(seats)", "500", "166.666667", "seats=4"},
    {"times(seats)", "500", "500.00", "seats="},
    {"times(1.5)", "3", "4.50", NULL},
    {"tiers(t,volume)", "10", "80.00", NULL},
    {"tiers(t,graduated)", "10", "90.00", NULL},
    {"tiers(t,volume)", "5", "50.00", NULL},
    {"tiers(t,graduated)", "5.5", "54.00", NULL},
    {"tiers(t,graduated,1)", "10", "9.00", NULL},
    {"tiers(t,graduated,minor)", "10", "0.90", "currency=USD"},
    {"scale(1/12)", "100", "8.333333", NULL},
    {"scale(-2)", "100", "-200.00", NULL},
    {"less_percent(15)", "100", "85.00", NULL},
    {"less_percent(pct)", "80", "60.00", "pct=25%"},
    {"less_percent(pct)", "80", "80.00", "pct="},
    {"less_percent(pct,dur)", "80", "80.00", "pct=25;dur=once"},
    {"less_percent(pct,dur)", "80", "60.00", "pct=25;dur=forever"},
    {"less_percent(33.333333)", "3", "2.00", NULL},
    {"less_amount(12.50)", "100", "87.50", NULL},
    {"minor_units|less_amount(off)", "10000", "90.00", "off=1000"},
    {"minor_units|less_amount(off)", "10000", "9000.00", "off=1000;currency=JPY"},
    {"minor_units|less_amount(off,dur)", "10000", "100.00", "off=1000;dur=one_time"},
    {"less_amount(off)", "5", "0.00", "off=5"},
    {"less_amount(tax)", "-10", "-8.00", "tax=-2"},
    {"less_amount(off)", "5", "0.00", "off=5.01"},
    {"minor_units|less_amount(off)", "500", "0.00", "off=600"},
    {"less_amount(off)", "-5", "0.00", "off=-6"},
    {"negate", "5", "-5.00", NULL},
    {"round(2)", "2.345", "2.35", NULL},
    {"per(quarter)|round(0)", "100", "33.00", NULL},
    {"invert", "4", "0.25", NULL},
    {"invert", "-0.5", "-2.00", NULL},
    {"money", "", "", NULL},
    {"decimal_comma | money | per(year)", "1.200,00", "100.00", NULL},
};

struct bad {
    const char *chain, *raw, *row, *want; /* part of the message */
};

static const struct bad bad[] = {
    {"boolean", "maybe", NULL, "expected a word for true or false"},
    {"boolean(ja,nein)", "yes", NULL, "expected ja or nein, found \"yes\""},
    {"thousands", "1,23,456", NULL, "separator between groups of three digits"},
    {"thousands", "1234,567", NULL, "groups of three"},
    {"thousands", "1,234.", NULL, "groups of three"},
    {"thousands", ",234", NULL, "groups of three"},
    {"thousands", "0,123", NULL, "groups of three"},
    {"thousands", "-0,123", NULL, "groups of three"},
    {"decimal_comma", "0.500", NULL, "a decimal comma as 1.234,56"},
    {"decimal_comma", "1,234.56", NULL, "a decimal comma as 1.234,56"},
    {"decimal_comma", "1.23.456,7", NULL, "a decimal comma"},
    {"currency_sign", "dollars 5", NULL, "currency sign"},
    {"currency_sign", "$", NULL, "currency sign"},
    {"currency_sign", "Rs.500", NULL, "currency sign"},
    {"currency_sign", "kr.5", NULL, "currency sign"},
    {"currency_sign", "12k", NULL, "currency sign"},
    {"currency_sign", "$1.2M", NULL, "currency sign"},
    {"currency_sign", "$1.2 bn", NULL, "currency sign"},
    {"currency_sign", "12 k\xe2\x82\xac", NULL, "currency sign"},
    {"currency_sign", "12 TEUR", NULL, "currency sign"},
    {"currency_sign", "12 \xe2\x82\xacM", NULL, "currency sign"},
    {"currency_sign", "US$k 12", NULL, "currency sign"},
    {"currency_sign", "12 tn", NULL, "currency sign"},
    {"currency_sign", "1.2t", NULL, "currency sign"},
    {"currency_sign", "12 Cr", NULL, "currency sign"},
    {"currency_sign", "12 lakh", NULL, "currency sign"},
    {"currency_sign", "MUSD 12", NULL, "currency sign"},
    {"currency_sign", "12 M USD", NULL, "currency sign"},
    {"currency_sign|money", "n/a", NULL,
     "currency_sign: expected a number with a currency sign or code before or behind it "
     "as $12.50 or 12.50 EUR, found \"n/a\""},
    {"currency_sign|money", "$5$5", NULL, "expected an amount as 1234.56, found \"5$5\""},
    {"brackets", "(5", NULL, "in brackets where it is negative"},
    {"brackets", "(-5)", NULL, "in brackets"},
    {"brackets", "()", NULL, "in brackets"},
    {"date(DD/MM/YYYY)", "31/02/2024", NULL, "expected a date as DD/MM/YYYY, found \"31/02/2024\""},
    {"date(DD/MM/YYYY)", "12/31/2024", NULL, "expected a date as DD/MM/YYYY"},
    {"date(DD/MM/YYYY)", "31.12.2024", NULL, "expected a date as DD/MM/YYYY"},
    {"date(DD/MM/YYYY)", "31/12/24", NULL, "expected a date as DD/MM/YYYY"},
    {"date(DD/MM/YYYY)", "31/12/2024 ", NULL, "expected a date as DD/MM/YYYY"},
    {"date(DD-Mon-YYYY)", "31-Foo-2024", NULL, "expected a date as DD-Mon-YYYY"},
    {"date(YYYYMMDD)", "2024123", NULL, "expected a date as YYYYMMDD"},
    {"date('DD-MM-YYYY hh:mm')", "28-07-2023 24:00", NULL, "expected a date as DD-MM-YYYY hh:mm"},
    {"date('DD-MM-YYYY hh:mm am')", "28-07-2023 13:00 pm", NULL, "expected a date as DD-MM-YYYY hh:mm am"},
    {"timestamp", "31/12/2024", NULL, "expected a time as 2025-01-31T09:30:00Z"},
    {"epoch", "soon", NULL, "seconds since 1970-01-01"},
    {"epoch", "999999999999999", NULL, "seconds since 1970-01-01"},
    {"epoch_ms", "x", NULL, "milliseconds since"},
    {"serial", "2958465.999999", NULL, "a spreadsheet's day number"},
    {"serial", "60", NULL, "a spreadsheet's day number"},
    {"serial", "45658.x", NULL, "a spreadsheet's day number"},
    {"month", "13/2025", NULL, "a month as 2025-01"},
    {"month", "2025", NULL, "a month as 2025-01"},
    {"timestamp|inclusive", "9999-12-31", NULL, "a date that stays before the year 10000"},
    {"timestamp|add(9999y)", "2024-01-01", NULL, "a date that stays before"},
    {"timestamp|add_months(term)", "2024-01-01", "term=two",
     "expected a whole number of months, found \"two\""},
    {"money", "12,50", NULL, "expected an amount as 1234.56, found \"12,50\"; see --map"},
    {"money", " 12", NULL, "expected an amount"},
    {"money", "1e3", NULL, "expected an amount"},
    {"money", "5.", NULL, "expected an amount"},
    {"money", "0.1234567890123456789", NULL, "an amount that fits"},
    {"money", "1234567890123456789012345678901234567890", NULL, "an amount that fits"},
    {"minor_units", "$5", NULL, "in the currency's minor unit"},
    {"per(unit)", "5", "unit=lunar month", "expected an interval of day, week, month"},
    {"per(unit)", "5", "unit=", "expected an interval"},
    {"per(unit,n)", "5", "unit=month;n=0", "expected a number of intervals"},
    {"times(seats)", "5", "seats=many", "expected a number as 4"},
    {"tiers(t,volume)", "-1", NULL, "a quantity of 0 or more"},
    {"scale(1/2)", "x", NULL, "expected an amount"},
    {"less_percent(pct)", "5", "pct=101", "a discount in percent from 0 to 100"},
    {"less_percent(pct)", "5", "pct=-1", "a discount in percent"},
    {"less_percent(pct)", "5", "pct=x", "a discount in percent"},
    {"less_percent(pct,dur)", "5", "pct=1;dur=weekly", "a discount's duration as once, repeating or forever"},
    {"less_amount(off)", "5", "off=x", "a discount as 12.50"},
    {"less_amount(off)", "5", "off=-1", "a discount with the sign of the amount, found \"-1.00\""},
    {"less_amount(off)", "-5", "off=1", "a discount with the sign of the amount, found \"1.00\""},
    {"timestamp|earlier(own)", "2024-01-31", "own=soon", "a time as 2025-01-31T09:30:00Z"},
    {"timestamp|later(own)", "2024-01-31", "own=soon", "a time as 2025-01-31T09:30:00Z"},
    {"negate", "x", NULL, "expected an amount"},
    {"round(2)", "x", NULL, "expected an amount"},
    {"invert", "0", NULL, "a number other than zero"},
};

/* Chains that must not be read at all. */
static const char *const wrong[][2] = {
    {"trimm", "no transform \"trimm\"; did you mean \"trim\"?"},
    {"trim(x)", "expected trim, found \"trim(x)\""},
    {"date", "expected date(FORMAT), found \"date\""},
    {"date(DD/MM)", "expected a format made of YYYY or YY"},
    {"date(DD/MM/JJJJ)", "expected a format made of"},
    {"inclusive", "inclusive cannot follow raw text: it takes a date"},
    {"money|trim", "trim cannot follow money: it takes text"},
    {"date(YYYY-MM-DD)|money", "money cannot follow date"},
    {"rename(a)", "rename: expected OLD=NEW, found \"a\""},
    {"later(own)", "later cannot follow raw text: it takes a date"},
    {"boolean(ja)", "boolean: expected two words, the one for true and the one for false"},
    {"thousands('.')", "for 1.234,56 there is decimal_comma"},
    {"timestamp|add(12)", "add: expected a duration as 12m"},
    {"minor_units(7)", "a number of digits from 0 to 6"},
    {"scale(1/0)", "A/B in whole numbers"},
    {"scale(x)", "A/B in whole numbers"},
    {"round(7)", "from 0 to 6"},
    {"per(3 fortnights)", "expected an interval as 3 months"},
    {"trim|", "expected a transform after the last |"},
    {"rename(a=b", "expected , or ) after the arguments of rename"},
    {"constant('a)", "expected a closing '"},
    {"trim upper", "expected | after trim"},
};

/* A row of "NAME=VALUE;NAME=VALUE". */
struct row {
    ing_refs *refs;
    const char *text;
};

static cst_text find_value(const char *row, cst_text name)
{
    for (const char *p = row ? row : ""; *p;) {
        size_t n = strcspn(p, ";"), key = strcspn(p, "=");
        if (key == name.n && memcmp(p, name.p, key) == 0)
            return (cst_text){p + key + 1, (uint32_t)(n - key - 1)};
        p += n + (p[n] == ';');
    }
    return (cst_text){"", 0};
}

static bool give_field(void *context, int ref, cst_text *out, cst_error *e)
{
    struct row *r = context;
    (void)e;
    *out = find_value(r->text, ing_refs_name(r->refs, ref));
    return true;
}

/* 5 at 10.00, then 8.00; the last tier first. */
static bool give_tier(void *context, int lookup, int64_t *row, cst_text cell[3], cst_error *e)
{
    static const char *const tiers[2][3] = {{"", "8.00", ""}, {"5", "10.00", ""}};
    (void)context, (void)lookup, (void)e;
    *row = *row == 1 ? -1 : *row + 1;
    for (int i = 0; i < 3 && *row >= 0; i++) cell[i] = cst_text_of(tiers[*row][i]);
    return true;
}

static cst_status run_chain(const char *chain, const char *raw, const char *others, char out[128],
                            cst_error *e)
{
    ing_refs refs = {.arena = cst_arena_new()};
    ing_chain c;
    cst_arena *scratch = cst_arena_new();
    struct row r = {&refs, others};
    ing_transform_row view = {.discounts = 1,
                              .field = give_field,
                              .tier = give_tier,
                              .context = &r,
                              .scratch = scratch,
                              .currency = find_value(others, cst_text_of("currency"))};
    ing_datum v = {.kind = ING_DATUM_TEXT, .text = cst_text_of(raw), .missing = !*raw, .den = 1};
    cst_status st = ing_chain_parse(cst_text_of(chain), &refs, &c, e);
    if (!st) st = ing_chain_apply(&c, &view, &v, e);
    out[0] = 0;
    if (!st && !v.missing) {
        ing_cell cell = {0};
        char room[ING_CELL_ROOM];
        bool too_large = false;
        cst_type type = v.kind == ING_DATUM_AMOUNT ? CST_TYPE_MONEY : CST_TYPE_INSTANT;
        if (v.kind == ING_DATUM_TEXT)
            cell.text = v.text;
        else
            assert_true(ing_cell_value(type, &v, room, &cell, &too_large));
        snprintf(out, 128, "%.*s", (int)cell.text.n, cell.text.p);
    }
    cst_arena_free(scratch);
    ing_refs_clear(&refs);
    cst_arena_free(refs.arena);
    return st;
}

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cst_error e = {0};
        char out[128];
        cst_status st = run_chain(good[i].chain, good[i].raw, good[i].row, out, &e);
        if (st || strcmp(out, good[i].want) != 0)
            fail_msg("%s of \"%s\" (%s): expected \"%s\", found \"%s\" %s", good[i].chain, good[i].raw,
                     good[i].row ? good[i].row : "", good[i].want, out, e.message);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cst_error e = {0};
        char out[128];
        cst_status st = run_chain(bad[i].chain, bad[i].raw, bad[i].row, out, &e);
        if (st != CST_DATA || !strstr(e.message, bad[i].want))
            fail_msg("%s of \"%s\": expected ...%s..., found \"%s\" %s", bad[i].chain, bad[i].raw,
                     bad[i].want, out, e.message);
    }
}

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cst_error e = {0};
        char out[128];
        cst_status st = run_chain(wrong[i][0], "x", NULL, out, &e);
        if (st != CST_DATA || !strstr(e.message, wrong[i][1]))
            fail_msg("%s: expected ...%s..., found %s", wrong[i][0], wrong[i][1], e.message);
    }
}

/* Each row of the table is tried above: with a good value, and with a bad one where it can refuse. */
static void test_every_transform(void **state)
{
    (void)state;
    static const char never_refuses[] =
        " trim upper lower rename constant default else missing prefix before after unmark ";
    for (const ing_transform *t = ing_transforms; t->name; t++) {
        char word[40];
        snprintf(word, sizeof word, " %s ", t->name);
        bool tried = false, refused = strstr(never_refuses, word) != NULL;
        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
            tried |= strstr(good[i].chain, t->name) != NULL;
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            refused |= strstr(bad[i].chain, t->name) != NULL;
        if (!tried || !refused) fail_msg("%s is not tried with good and bad values", t->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_every_transform),
    };
    return cmocka_run_group_tests_name("transform", tests, NULL, NULL);
}
