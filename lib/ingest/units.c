/* The small tables of the outside world: minor units of currencies, words for intervals, names of months. */
#include "base/date.h"
#include "base/text.h"
#include "ingest/value.h"
#include <strings.h>

static const char *const reason_names[ING_REASONS] = {
    [ING_REASON_VALUE] = "bad value",          [ING_REASON_MISSING] = "missing value",
    [ING_REASON_NO_MATCH] = "no match",        [ING_REASON_DATES] = "end before start",
    [ING_REASON_NEGATIVE] = "negative mrr",    [ING_REASON_TOO_LARGE] = "amount too large",
    [ING_REASON_CURRENCY] = "bad currency",    [ING_REASON_KEY] = "same key again",
    [ING_REASON_GRAMMAR] = "malformed record",
};

const char *ing_reason_name(ing_reason r)
{
    return reason_names[r];
}

/* ISO 4217, table A.1: the currencies whose minor unit is not a hundredth, in order of their codes. For
 * Stripe (docs.stripe.com/currencies) MGA has no decimals, and ISK and UGX are sent with two for old times'
 * sake. */
static const struct {
    char code[4];
    int digits, stripe;
} minor_units[] = {
    {"BHD", 3, 3}, {"BIF", 0, 0}, {"CLF", 4, 4}, {"CLP", 0, 0}, {"DJF", 0, 0}, {"GNF", 0, 0}, {"IQD", 3, 3},
    {"ISK", 0, 2}, {"JOD", 3, 3}, {"JPY", 0, 0}, {"KMF", 0, 0}, {"KRW", 0, 0}, {"KWD", 3, 3}, {"LYD", 3, 3},
    {"MGA", 2, 0}, {"OMR", 3, 3}, {"PYG", 0, 0}, {"RWF", 0, 0}, {"TND", 3, 3}, {"UGX", 0, 2}, {"UYI", 0, 0},
    {"UYW", 4, 4}, {"VND", 0, 0}, {"VUV", 0, 0}, {"XAF", 0, 0}, {"XOF", 0, 0}, {"XPF", 0, 0},
};

/* Three letters as a number that orders as they do, small ones taken for capitals. */
static uint32_t pack_code(const char *p)
{
    uint32_t v =
        (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 | (unsigned char)p[2];
    return v & 0xdfdfdf;
}

int ing_currency_digits(cst_text currency, bool stripe)
{
    size_t low = 0, high = sizeof minor_units / sizeof minor_units[0];
    uint32_t code = currency.n == 3 ? pack_code(currency.p) : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t there = pack_code(minor_units[middle].code);
        if (there == code) return stripe ? minor_units[middle].stripe : minor_units[middle].digits;
        if (there < code)
            low = middle + 1;
        else
            high = middle;
    }
    return 2;
}

/* Those of today, and those withdrawn since 2017, which exports still have; not the codes for tests and for
 * no currency. */
static const char listed[] =
    "AED|AFN|ALL|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BOV|BRL|BSD|BTN|BWP|BYN|BZD|"
    "CAD|CDF|CHE|CHF|CHW|CLF|CLP|CNY|COP|COU|CRC|CUC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|GBP|"
    "GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HRK|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KGS|KHR|KMF|KPW|"
    "KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRO|MRU|MUR|MVR|MWK|MXN|MXV|MYR|MZN|"
    "NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|"
    "SLE|SLL|SOS|SRD|SSP|STD|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|USN|UYI|UYU|UYW|"
    "UZS|VED|VEF|VES|VND|VUV|WST|XAF|XAG|XAU|XBA|XBB|XBC|XBD|XCD|XCG|XDR|XOF|XPD|XPF|XPT|XSU|XUA|YER|ZAR|ZMW|"
    "ZWG|ZWL";

bool ing_currency_listed(cst_text currency)
{
    return cst_word_find(listed, currency) >= 0;
}

static const struct {
    const char *word;
    char unit;
} interval_words[] = {
    {"day", 'd'},         {"days", 'd'},        {"daily", 'd'},      {"week", 'w'},      {"weeks", 'w'},
    {"weekly", 'w'},      {"month", 'm'},       {"months", 'm'},     {"monthly", 'm'},   {"mo", 'm'},
    {"quarter", 'q'},     {"quarters", 'q'},    {"quarterly", 'q'},  {"half_year", 'h'}, {"half-year", 'h'},
    {"semi_annual", 'h'}, {"semi-annual", 'h'}, {"semiannual", 'h'}, {"year", 'y'},      {"years", 'y'},
    {"yearly", 'y'},      {"annual", 'y'},      {"annually", 'y'},   {"yr", 'y'},
};

bool ing_interval_factor(cst_text word, int64_t count, int64_t *num, int64_t *den)
{
    int64_t n = 0;
    uint32_t i = 0;
    for (; i < word.n && word.p[i] >= '0' && word.p[i] <= '9' && n < 100000; i++)
        n = n * 10 + (word.p[i] - '0');
    if (i) {
        if (n == 0 || __builtin_mul_overflow(count, n, &count)) return false;
        while (i < word.n && word.p[i] == ' ') i++;
    }
    if (count < 1 || count > 100000) return false;
    char unit = 0;
    for (size_t k = 0; k < sizeof interval_words / sizeof interval_words[0]; k++)
        if (strlen(interval_words[k].word) == word.n - i &&
            strncasecmp(interval_words[k].word, word.p + i, word.n - i) == 0)
            unit = interval_words[k].unit;
    switch (unit) {
    case 'd':
        *num = 365, *den = 12 * count;
        return true;
    case 'w':
        *num = 52, *den = 12 * count;
        return true;
    case 'm':
        *num = 1, *den = count;
        return true;
    case 'q':
        *num = 1, *den = 3 * count;
        return true;
    case 'h':
        *num = 1, *den = 6 * count;
        return true;
    case 'y':
        *num = 1, *den = 12 * count;
        return true;
    default:
        return false;
    }
}

int ing_month_name(cst_text t, uint32_t *used)
{
    static const char names[12][10] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
    uint32_t n = 0;
    while (n < t.n && ((t.p[n] | 32) >= 'a' && (t.p[n] | 32) <= 'z')) n++;
    for (int m = 0; m < 12; m++)
        if ((n == 3 || n == strlen(names[m]) || (n == 4 && m == 8)) && strncasecmp(t.p, names[m], n) == 0) {
            *used = n;
            return m + 1;
        }
    return 0;
}

/* Reads a run of digits; its length is the answer. */
static uint32_t read_digits(cst_text t, uint32_t at, int *out)
{
    uint32_t i = at;
    for (*out = 0; i < t.n && i < at + 5 && t.p[i] >= '0' && t.p[i] <= '9'; i++)
        *out = *out * 10 + (t.p[i] - '0');
    return i - at;
}

static uint32_t skip_separator(cst_text t, uint32_t at)
{
    uint32_t i = at;
    while (i < t.n && strchr("-/. ,'_", t.p[i]) && i < at + 2) i++;
    return i;
}

bool ing_month_parse(cst_text t, cst_day *out)
{
    int year = 0, month = 0, day = 0;
    uint32_t used = 0, i = 0, n;
    if ((month = ing_month_name(t, &used)) != 0) { /* Jan-25, January 2025 */
        i = skip_separator(t, used);
        n = read_digits(t, i, &year);
        if (n == 2) /* as in a date: 70 to 99 are 19xx */
            year += year < 70 ? 2000 : 1900;
        else if (n != 4)
            return false;
        i += n;
    } else {
        n = read_digits(t, 0, &year);
        if (n == 0 || n == 3 || n == 5) return false;
        i = skip_separator(t, n);
        if (i != n + 1) return false;
        if (n == 4) { /* 2025-01, 2025-01-31, 2025 January */
            month = ing_month_name((cst_text){t.p + i, t.n - i}, &used);
            if (!month && (used = read_digits(t, i, &month)) == 0) return false;
            if (used > 2 && t.p[i] <= '9') return false;
            i += used;
            if (i + 3 == t.n && t.p[i] == '-' && read_digits(t, i + 1, &day) == 2) {
                if (cst_day_of(year, month, day) == CST_DAY_NONE) return false;
                i = t.n;
            }
        } else { /* 01/2025 */
            month = year;
            n = read_digits(t, i, &year);
            if (n != 4) return false;
            i += n;
        }
    }
    if (i != t.n || month < 1 || month > 12) return false;
    *out = cst_day_of(year, month, 1);
    return *out != CST_DAY_NONE;
}
