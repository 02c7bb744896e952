/* Doubles against strtod, whole numbers against a reading in 128 bits, and both ways of writing doubles. */
#include "base/number.h"
#include "fuzz.h"

#include <math.h>

static size_t skip_digits(const char *p, size_t n, size_t i)
{
    while (i < n && p[i] >= '0' && p[i] <= '9') i++;
    return i;
}

/* [+-] digits [. digits] [e [+-] digits], by itself. */
static bool is_number(const char *p, size_t n)
{
    size_t i = n && (p[0] == '+' || p[0] == '-'), begin = i;
    i = skip_digits(p, n, i);
    size_t digits = i - begin;
    if (i < n && p[i] == '.') {
        begin = i + 1;
        i = skip_digits(p, n, begin);
        digits += i - begin;
    }
    if (digits == 0) return false;
    if (i == n) return true;
    if (p[i] != 'e' && p[i] != 'E') return false;
    i++;
    if (i < n && (p[i] == '+' || p[i] == '-')) i++;
    begin = i;
    i = skip_digits(p, n, i);
    return i == n && i > begin;
}

static void check_double(const char *p, size_t n)
{
    double found = 0, want = 0;
    char *text = malloc(n + 1);
    fuzz_require(text != NULL, "memory");
    memcpy(text, p, n);
    text[n] = '\0';
    bool good = is_number(p, n) && isfinite(want = strtod(text, NULL));
    free(text);
    fuzz_require(cst_number_parse((cst_text){p, (uint32_t)n}, &found) == good, "what a number is");
    if (good) fuzz_require(found == want, "the number as strtod has it");
}

static void check_whole(const char *p, size_t n)
{
    __extension__ __int128 v = 0;
    int64_t found = 0;
    size_t i = n && (p[0] == '+' || p[0] == '-');
    bool good = i < n && skip_digits(p, n, i) == n;
    for (; good && i < n; i++)
        if (v <= INT64_MAX) v = v * 10 + (p[i] - '0');
    if (n && p[0] == '-') v = -v;
    good = good && v >= INT64_MIN && v <= INT64_MAX;
    fuzz_require(cst_int_parse((cst_text){p, (uint32_t)n}, &found) == good, "what a whole number is");
    if (good) fuzz_require(found == (int64_t)v, "the whole number");
}

/* The exact decimal expansion, rounded half away from zero by hand. */
static void round_exactly(double v, int decimals, char *out)
{
    char digits[1500];
    size_t n = (size_t)snprintf(digits, sizeof digits, "%.1100f", fabs(v)) - (size_t)(1100 - decimals);
    bool up = digits[n] >= '5'; /* of the decimals left out, the first one decides */
    if (decimals == 0) {
        n--; /* the point */
    }
    digits[n] = '\0';
    char *p = digits + n;
    while (up && p > digits) {
        p--;
        if (*p == '.') continue;
        up = *p == '9';
        *p = up ? '0' : (char)(*p + 1);
    }
    bool zero = !up && strspn(digits, "0.") == n;
    sprintf(out, "%s%s%s", v < 0 && !zero ? "-" : "", up ? "1" : "", digits);
}

static void check_format(double v, int decimals)
{
    char text[CST_NUMBER_ROOM], want[1600];
    size_t n = cst_number_format(v, text);
    if (!isfinite(v)) {
        fuzz_require(n == 0 && cst_number_format_fixed(v, decimals, text) == 0, "nan and inf have no text");
        return;
    }
    double back = 1;
    fuzz_require(n == strlen(text) && n < CST_NUMBER_ROOM, "the length of a number");
    fuzz_require(strtod(text, NULL) == v, "a number as strtod reads it back");
    fuzz_require(cst_number_parse((cst_text){text, (uint32_t)n}, &back) && back == v,
                 "a number as we read it back");
    n = cst_number_format_fixed(v, decimals, text);
    round_exactly(v, decimals, want);
    fuzz_require(n == strlen(text) && strcmp(text, want) == 0, "a number with so many decimals");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    check_double(text, size);
    check_whole(text, size);
    free(text);
    if (size < 9 || data[0] % 4) return 0; /* writing is slower: a quarter of the inputs */
    int decimals = data[0] / 4 % 13;
    data++, size--;
    uint64_t bits = fuzz_take(&data, &size, 8);
    double v;
    memcpy(&v, &bits, sizeof v);
    check_format(v, decimals);
    check_format((double)(int64_t)bits / 1000, decimals);
    return 0;
}
