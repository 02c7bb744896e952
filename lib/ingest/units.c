/* The small tables of the outside world: minor units of currencies, words for intervals, names of months. */
#include "base/date.h"
#include "base/text.h"
#include "ingest/value.h"
#include <strings.h>

static const char *const reason_names[CST_REASONS] = {
    [CST_REASON_VALUE] = "bad value",          [CST_REASON_MISSING] = "missing value",
    [CST_REASON_NO_MATCH] = "no match",        [CST_REASON_DATES] = "end before start",
    [CST_REASON_NEGATIVE] = "negative mrr",    [CST_REASON_TOO_LARGE] = "amount too large",
    [CST_REASON_CURRENCY] = "bad currency",    [CST_REASON_KEY] = "same key again",
    [CST_REASON_GRAMMAR] = "malformed record",
};

const char *cst_reason_name(cst_reason r)
{
    return reason_names[r];
}

/* ISO 4217, table A.1, the currencies whose minor unit is not a hundredth. */
static const char without[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                  "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
static const char thousandths[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
static const char ten_thousandths[][4] = {"CLF", "UYW"};

static bool list_has(const char (*list)[4], size_t n, cst_text currency)
{
    for (size_t i = 0; i < n; i++)
        if (currency.n == 3 && strncasecmp(list[i], currency.p, 3) == 0) return true;
    return false;
}

int cst_currency_digits(cst_text currency, bool stripe)
{
    /* docs.stripe.com/currencies: MGA has no decimals there; ISK and UGX are sent with two for old times'
     * sake */
    static const char stripe_without[][4] = {"MGA"}, stripe_with[][4] = {"ISK", "UGX"};
    if (stripe && list_has(stripe_without, 1, currency)) return 0;
    if (stripe && list_has(stripe_with, 2, currency)) return 2;
    if (list_has(without, sizeof without / sizeof without[0], currency)) return 0;
    if (list_has(thousandths, sizeof thousandths / sizeof thousandths[0], currency)) return 3;
    if (list_has(ten_thousandths, 2, currency)) return 4;
    return 2;
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

bool cst_interval_factor(cst_text word, int64_t count, int64_t *num, int64_t *den)
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

int cst_month_name(cst_text t, uint32_t *used)
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

bool cst_month_parse(cst_text t, cst_day *out)
{
    int year = 0, month = 0, day = 0;
    uint32_t used = 0, i = 0, n;
    if ((month = cst_month_name(t, &used)) != 0) { /* Jan-25, January 2025 */
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
            month = cst_month_name((cst_text){t.p + i, t.n - i}, &used);
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
