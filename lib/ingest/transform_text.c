/* Transforms of text: they give text that a later step, or the column's own type, reads. */
#include "base/text.h"
#include "ingest/transform.h"
#include <stdio.h>
#include <strings.h>

cst_status ing_step_trim(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)s, (void)row, (void)e;
    while (v->text.n && (v->text.p[0] == ' ' || v->text.p[0] == '\t')) v->text.p++, v->text.n--;
    while (v->text.n && (v->text.p[v->text.n - 1] == ' ' || v->text.p[v->text.n - 1] == '\t')) v->text.n--;
    return CST_OK;
}

static cst_status change_case(ing_transform_row *row, ing_datum *v, char from, cst_error *e)
{
    cst_text t = ing_row_text(row, v->text.p, v->text.n);
    if (!t.p) return cst_no_memory(e);
    char *p = (char *)(uintptr_t)t.p;
    for (uint32_t i = 0; i < t.n; i++)
        if (p[i] >= from && p[i] <= from + 25) p[i] = (char)(p[i] ^ 32);
    v->text = t;
    return CST_OK;
}

cst_status ing_step_upper(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)s;
    return change_case(row, v, 'a', e);
}

cst_status ing_step_lower(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)s;
    return change_case(row, v, 'A', e);
}

cst_status ing_prepare_rename(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    for (int i = 0; i < s->args; i++)
        if (!s->pair[i])
            return cst_fail(e, CST_DATA, "rename: expected OLD=NEW, found \"%.*s\"", (int)s->arg[i].n,
                            s->arg[i].p);
    return CST_OK;
}

cst_status ing_step_rename(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    int other = -1;
    for (int i = 0; i < s->args; i++) {
        if (cst_text_equal(s->arg[i], v->text)) {
            v->text = s->value[i];
            return CST_OK;
        }
        if (cst_text_is(s->arg[i], "*")) other = i;
    }
    if (other >= 0) v->text = s->value[other];
    return CST_OK;
}

cst_status ing_step_constant(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    v->text = s->arg[0];
    return CST_OK;
}

cst_status ing_step_fallback(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    if (v->missing) v->text = s->arg[0];
    return CST_OK;
}

cst_status ing_prepare_column(ing_step *s, ing_refs *refs, cst_error *e)
{
    s->ref[0] = ing_refs_add(refs, s->arg[0]);
    return s->ref[0] < 0 ? cst_no_memory(e) : CST_OK;
}

cst_status ing_step_alternative(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    if (v->missing && !row->field(row->context, s->ref[0], &v->text, e)) return e->status;
    return CST_OK;
}

cst_status ing_step_missing(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    for (int i = 0; i < s->args; i++)
        if (cst_text_equal(s->arg[i], v->text)) {
            v->text.n = 0;
            break;
        }
    return CST_OK;
}

cst_status ing_step_prefix(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    char *p = cst_arena_alloc(row->scratch, (size_t)s->arg[0].n + v->text.n + 1);
    if (!p) return cst_no_memory(e);
    if (s->arg[0].n) memcpy(p, s->arg[0].p, s->arg[0].n);
    memcpy(p + s->arg[0].n, v->text.p, v->text.n);
    v->text = (cst_text){p, s->arg[0].n + v->text.n};
    return CST_OK;
}

/* Where the step's text first is in the value; its length where it is nowhere. */
static uint32_t find_argument(const ing_step *s, cst_text t)
{
    const char *at = s->arg[0].n && t.n ? memmem(t.p, t.n, s->arg[0].p, s->arg[0].n) : NULL;
    return at ? (uint32_t)(at - t.p) : t.n;
}

cst_status ing_step_before(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    v->text.n = find_argument(s, v->text);
    return CST_OK;
}

cst_status ing_step_after(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    uint32_t at = find_argument(s, v->text);
    if (at == v->text.n) return CST_OK;
    at += s->arg[0].n;
    v->text = (cst_text){v->text.p + at, v->text.n - at};
    return CST_OK;
}

/* ="00123" is what a formula shows, its quotes undone; an apostrophe in front says that text follows. */
cst_status ing_step_unmark(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)s;
    cst_text t = v->text;
    if (t.n > 1 && t.p[0] == '\'') v->text = (cst_text){t.p + 1, t.n - 1};
    if (t.n < 3 || t.p[0] != '=' || t.p[1] != '"' || t.p[t.n - 1] != '"') return CST_OK;
    char *p = cst_arena_alloc(row->scratch, t.n);
    if (!p) return cst_no_memory(e);
    uint32_t n = 0;
    for (uint32_t i = 2; i < t.n - 1; i++) {
        p[n++] = t.p[i];
        i += t.p[i] == '"' && i + 1 < t.n - 1 && t.p[i + 1] == '"';
    }
    v->text = (cst_text){p, n};
    return CST_OK;
}

cst_status ing_prepare_boolean(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    if (s->args == 1)
        return cst_fail(e, CST_DATA,
                        "boolean: expected two words, the one for true and the one for false, or none; "
                        "found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    return CST_OK;
}

cst_status ing_step_boolean(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    int found = -1;
    bool truth;
    if (s->args == 2)
        found = cst_text_equal(v->text, s->arg[0]) ? 0 : cst_text_equal(v->text, s->arg[1]) ? 1 : -1;
    else if (cst_bool_word(v->text, &truth))
        found = !truth;
    if (found < 0) {
        char expects[160];
        snprintf(expects, sizeof expects, "%.*s or %.*s", (int)s->arg[0].n, s->arg[0].p, (int)s->arg[1].n,
                 s->arg[1].p);
        return ing_step_fail(s, row, s->args == 2 ? expects : "a word for true or false as yes or 0", v->text,
                             e);
    }
    v->text = cst_text_of(found ? "false" : "true");
    return CST_OK;
}

cst_status ing_prepare_thousands(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    if (!s->args) s->args = 1, s->arg[0] = cst_text_of(",");
    if (s->arg[0].n == 0 || s->arg[0].n > 3 || cst_text_is(s->arg[0], "."))
        return cst_fail(
            e, CST_DATA,
            "thousands: expected a separator as ',' or ' ', found \"%.*s\"; for 1.234,56 there is "
            "decimal_comma",
            (int)s->arg[0].n, s->arg[0].p);
    return CST_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Copies a number without its group separators. Groups must have three digits, but for the first. false:
 * it is no such number; nor is 0,123, whose separator can only be a decimal mark that the map does not
 * expect: without it the amount would be a thousand times too large. `separator` of length 0 takes the first
 * of . ' blank and the two UTF-8 blanks that spreadsheets use. */
static bool drop_groups(cst_text t, cst_text separator, char decimal, char *out, uint32_t *n)
{
    static const char *const usual[] = {".", "'", " ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x99"};
    uint32_t i = 0, digits = 0, groups = 0;
    *n = 0;
    if (i < t.n && (t.p[i] == '-' || t.p[i] == '+')) out[(*n)++] = t.p[i++];
    bool zero = i < t.n && t.p[i] == '0';
    while (i < t.n && t.p[i] != decimal) {
        if (is_digit(t.p[i])) {
            out[(*n)++] = t.p[i++];
            digits++;
            continue;
        }
        for (size_t k = 0; separator.n == 0 && k < sizeof usual / sizeof usual[0]; k++)
            if (t.n - i >= strlen(usual[k]) && memcmp(t.p + i, usual[k], strlen(usual[k])) == 0)
                separator = cst_text_of(usual[k]);
        if (separator.n == 0 || t.n - i < separator.n || memcmp(t.p + i, separator.p, separator.n) != 0)
            return false;
        if (groups ? digits != 3 : digits == 0 || digits > 3) return false;
        groups++;
        digits = 0;
        i += separator.n;
    }
    if (groups ? digits != 3 : digits == 0 && i == t.n) return false;
    if (zero && groups == 1 && i == t.n) return false;
    if (i < t.n) {
        out[(*n)++] = '.';
        if (++i == t.n) return false;
        for (; i < t.n; i++) {
            if (!is_digit(t.p[i])) return false;
            out[(*n)++] = t.p[i];
        }
    }
    return true;
}

static cst_status regroup(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_text separator,
                          char decimal, cst_error *e)
{
    char *p = cst_arena_alloc(row->scratch, (size_t)v->text.n + 1);
    uint32_t n = 0;
    if (!p) return cst_no_memory(e);
    if (!drop_groups(v->text, separator, decimal, p, &n))
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    v->text = (cst_text){p, n};
    return CST_OK;
}

cst_status ing_step_thousands(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return regroup(s, row, v, s->arg[0], '.', e);
}

cst_status ing_step_decimal_comma(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return regroup(s, row, v, (cst_text){"", 0}, ',', e);
}

/* The length of the blank that stands at p: an ASCII one, or one of the two that keep a number and its sign
 * on one line, U+00A0 and U+202F. 0: none. */
static size_t blank_at(const char *p, const char *end)
{
    if (p < end && *p == ' ') return 1;
    if (end - p >= 2 && memcmp(p, "\xc2\xa0", 2) == 0) return 2;
    return end - p >= 3 && memcmp(p, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

/* The same for the blank that ends before `end`. */
static size_t blank_before(const char *p, const char *end)
{
    for (size_t n = 1; n <= 3 && n <= (size_t)(end - p); n++)
        if (blank_at(end - n, end) == n) return n;
    return 0;
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Whether a byte belongs to a currency sign or code: letters, $ and the bytes of other scripts' signs. */
static bool is_sign(char c)
{
    return c == '$' || (c & 0x80) || is_letter(c);
}

/* A sign with a scale right behind it: $M 12, US$k 12. */
static bool ends_in_scale(const char *p, size_t n)
{
    return n > 1 && (p[n - 2] == '$' || (p[n - 2] & 0x80)) && memchr("kKmM", p[n - 1], 4);
}

/* Whether what stands beside a number scales it: 12k, $1.2M, 12 M$, 12 TEUR, 12 lakh. Such a number is not
 * what its digits say, and cr is 10 million (crore) or a credit. Kc with its hacek, which is not in the list,
 * stays a sign; so does a letter before the number, as in K500, five hundred kwacha. */
static bool is_scale(const char *p, size_t n, bool behind)
{
    static const char *const words[] = {"k",  "m",   "b",   "t",   "mm", "mn",  "bn",
                                        "tn", "mio", "mrd", "tsd", "cr", "lac", "lakh"};
    for (size_t i = 0; behind && i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == n && strncasecmp(words[i], p, n) == 0) return true;
    if (ends_in_scale(p, n)) return true;
    if (n < 2 || !memchr("kKmMT", *p, 5)) return false;
    bool sign = p[1] == '$' || p[1] == '\xc2' || p[1] == '\xe2';
    bool code = n == 4;
    for (size_t i = 1; i < n; i++) code &= p[i] >= 'A' && p[i] <= 'Z';
    return sign || code;
}

cst_status ing_step_currency_sign(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    const char *p = v->text.p, *end = p + v->text.n;
    bool negative = false;
    if (p < end && *p == '-') negative = true, p++;
    const char *before = p;
    while (p < end && is_sign(*p) && !blank_at(p, end)) p++;
    if (p - before > 4 || is_scale(before, (size_t)(p - before), false))
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    /* Rs.500 is 500, $.50 is half of one: a point behind a letter may belong to either. */
    if (p > before && p < end && *p == '.' && is_letter(p[-1]))
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    for (size_t n; (n = blank_at(p, end)) != 0;) p += n;
    if (p < end && *p == '-' && !negative) negative = true, p++;
    const char *last = end;
    while (end > p && is_sign(end[-1]) && !blank_before(p, end)) end--;
    if (last - end > 4 || is_scale(end, (size_t)(last - end), true))
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    for (size_t n; (n = blank_before(p, end)) != 0;) end -= n;
    bool amount =
        p < end && (is_digit(*p) || *p == '.' || *p == '(') && (is_digit(end[-1]) || end[-1] == ')');
    if (!amount) return ing_step_fail(s, row, s->t->expects, v->text, e);
    if (!negative) {
        v->text = (cst_text){p, (uint32_t)(end - p)};
        return CST_OK;
    }
    char *copy = cst_arena_alloc(row->scratch, (size_t)(end - p) + 2);
    if (!copy) return cst_no_memory(e);
    copy[0] = '-';
    memcpy(copy + 1, p, (size_t)(end - p));
    v->text = (cst_text){copy, (uint32_t)(end - p) + 1};
    return CST_OK;
}

cst_status ing_step_brackets(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    if (v->text.p[0] != '(') return CST_OK;
    if (v->text.n < 3 || v->text.p[v->text.n - 1] != ')' || v->text.p[1] == '-')
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    cst_text t = ing_row_text(row, v->text.p, v->text.n - 1);
    if (!t.p) return cst_no_memory(e);
    *(char *)(uintptr_t)t.p = '-';
    v->text = t;
    return CST_OK;
}
