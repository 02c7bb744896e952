/* The table of transforms, the reader of chains, and the loop that runs one. */
#include "ingest/transform.h"
#include "base/suggest.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>

#define TEXT   ING_DATUM_TEXT
#define DAY    ING_DATUM_DAY
#define TIME   ING_DATUM_INSTANT
#define AMOUNT ING_DATUM_AMOUNT

const ing_transform ing_transforms[] = {
    /* name, arguments, takes, gives, on a missing value, least and most arguments, prepare, apply, expects */
    {"trim", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_trim, "text; blanks and tabs at both ends go"},
    {"upper", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_upper, "text; a-z become A-Z"},
    {"lower", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_lower, "text; A-Z become a-z"},
    {"rename", "(OLD=NEW,...)", TEXT, TEXT, false, 1, ING_ARGS_MOST, ing_prepare_rename, ing_step_rename,
     "text; a value that is not listed stays, or becomes what *=NEW says"},
    {"constant", "(TEXT)", TEXT, TEXT, true, 1, 1, NULL, ing_step_constant, "anything; TEXT takes its place"},
    {"default", "(TEXT)", TEXT, TEXT, true, 1, 1, NULL, ing_step_fallback,
     "anything; TEXT where it is missing"},
    {"else", "(COLUMN)", TEXT, TEXT, true, 1, 1, ing_prepare_column, ing_step_alternative,
     "anything; the other column where it is missing"},
    {"missing", "(TEXT,...)", TEXT, TEXT, false, 1, ING_ARGS_MOST, NULL, ing_step_missing,
     "text; the listed ones mean missing"},
    {"prefix", "(TEXT)", TEXT, TEXT, false, 1, 1, NULL, ing_step_prefix, "text; TEXT is put before it"},
    {"before", "(TEXT)", TEXT, TEXT, false, 1, 1, NULL, ing_step_before,
     "text; what stands before the first TEXT"},
    {"after", "(TEXT)", TEXT, TEXT, false, 1, 1, NULL, ing_step_after,
     "text; what stands behind the first TEXT"},
    {"unmark", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_unmark,
     "text; a spreadsheet's marks of text go, as in =\"00123\" and '00123"},
    {"boolean", "(TRUE,FALSE)", TEXT, TEXT, false, 0, 2, ing_prepare_boolean, ing_step_boolean,
     "true, false, yes, no, t, f, y, n, on, off, 1 or 0 in any case; or the two words given"},
    {"thousands", "(SEPARATOR)", TEXT, TEXT, false, 0, 1, ing_prepare_thousands, ing_step_thousands,
     "a number with a separator between groups of three digits as 1,234,567.89"},
    {"decimal_comma", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_decimal_comma,
     "a number with a decimal comma as 1.234,56 or 1 234,56"},
    {"currency_sign", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_currency_sign,
     "a number with a currency sign or code before or behind it as $12.50 or 12.50 EUR"},
    {"brackets", "", TEXT, TEXT, false, 0, 0, NULL, ing_step_brackets,
     "a number, in brackets where it is negative as (12.50)"},
    {"date", "(FORMAT)", TEXT, DAY | TIME, false, 1, 1, ing_prepare_date, ing_step_date,
     "a date in that format"},
    {"timestamp", "", TEXT, TIME, false, 0, 0, NULL, ing_step_timestamp,
     "a time as 2025-01-31T09:30:00Z, with an offset or without (then UTC), or a date as 2025-01-31"},
    {"epoch", "", TEXT, TIME, false, 0, 0, NULL, ing_step_epoch, "seconds since 1970-01-01 as 1735689600"},
    {"epoch_ms", "", TEXT, TIME, false, 0, 0, NULL, ing_step_epoch_ms,
     "milliseconds since 1970-01-01 as 1735689600000"},
    {"serial", "", TEXT, TIME, false, 0, 0, NULL, ing_step_serial, "a spreadsheet's day number as 45658"},
    {"month", "", TEXT, DAY, false, 0, 0, NULL, ing_step_month,
     "a month as 2025-01, 01/2025, Jan-25, January 2025; its first day"},
    {"inclusive", "", DAY | TIME, DAY, false, 0, 0, NULL, ing_step_inclusive, "a last day; the day after it"},
    {"add", "(DURATION)", DAY | TIME, DAY, false, 1, 1, ing_prepare_duration, ing_step_add,
     "a date; later by 12m, 30d, 1y"},
    {"add_months", "(COLUMN)", DAY | TIME, DAY, false, 1, 1, ing_prepare_column, ing_step_add_months,
     "a date; later by the column's number of months"},
    {"later", "(COLUMN[,SINCE[,UNTIL]])", DAY | TIME, DAY | TIME, true, 1, 3, ing_prepare_bound,
     ing_step_later, "a date; the other column's where that is later"},
    {"earlier", "(COLUMN[,SINCE[,UNTIL]])", DAY | TIME, DAY | TIME, true, 1, 3, ing_prepare_bound,
     ing_step_earlier, "a date; the other column's where that is earlier"},
    {"money", "", TEXT, AMOUNT, false, 0, 0, NULL, ing_step_money, "an amount as 1234.56"},
    {"minor_units", "(DIGITS|stripe)", TEXT, AMOUNT, false, 0, 1, ing_prepare_minor_units,
     ing_step_minor_units, "an amount in the currency's minor unit as 123456"},
    {"per", "(INTERVAL[,COUNT])", TEXT | AMOUNT, AMOUNT, false, 1, 2, ing_prepare_per, ing_step_per,
     "an interval of day, week, month, quarter, half_year or year, with a number before it or none"},
    {"times", "(COLUMN|NUMBER)", TEXT | AMOUNT, AMOUNT, false, 1, 1, ing_prepare_times, ing_step_times,
     "a number as 4; a missing one counts as 1"},
    {"tiers", "(LOOKUP,volume|graduated[,DIGITS|minor|stripe])", TEXT | AMOUNT, AMOUNT, false, 2, 3,
     ing_prepare_tiers, ing_step_tiers, "a quantity as 4; its price by the tiers of the lookup"},
    {"scale", "(A/B)", TEXT | AMOUNT, AMOUNT, false, 1, 1, ing_prepare_scale, ing_step_scale, "an amount"},
    {"less_percent", "(COLUMN|NUMBER[,DURATION])", TEXT | AMOUNT, AMOUNT, false, 1, 2, ing_prepare_less,
     ing_step_less_percent, "a discount in percent from 0 to 100 as 15 or 15%"},
    {"less_amount", "(COLUMN|NUMBER[,DURATION])", TEXT | AMOUNT, AMOUNT, false, 1, 2, ing_prepare_less,
     ing_step_less_amount, "a discount as 12.50"},
    {"negate", "", TEXT | AMOUNT, AMOUNT, false, 0, 0, NULL, ing_step_negate,
     "an amount; its sign is turned"},
    {"round", "(DECIMALS)", TEXT | AMOUNT, AMOUNT, false, 1, 1, ing_prepare_round, ing_step_round,
     "an amount; rounded half away from zero"},
    {"invert", "", TEXT | AMOUNT, AMOUNT, false, 0, 0, NULL, ing_step_invert,
     "a number other than zero; one divided by it"},
    {NULL, NULL, 0, 0, false, 0, 0, NULL, NULL, NULL},
};

int ing_refs_add(ing_refs *r, cst_text name)
{
    bool needed = !(name.n > 1 && name.p[name.n - 1] == '?');
    if (!needed) name.n--;
    if (!r->names && !(r->names = cst_intern_new())) return -1;
    uint32_t id = cst_intern_id(r->names, name);
    if (id == CST_INTERN_NONE || !cst_grow_zeroed(&r->needed, &r->room, (size_t)id + 1, sizeof *r->needed))
        return -1;
    r->needed[id] |= needed;
    return (int)id;
}

void ing_refs_clear(ing_refs *r)
{
    cst_intern_free(r->names);
    free(r->needed);
}

void ing_found(cst_text found, char out[80])
{
    int n = found.n > 60 ? 57 : (int)found.n;
    while (found.n > 60 && n > 0 && ((unsigned char)found.p[n] & 0xc0) == 0x80) n--;
    snprintf(out, 80, "%.*s%s", n, found.n ? found.p : "", found.n > 60 ? "..." : "");
}

cst_status ing_step_fail(const ing_step *s, ing_transform_row *row, const char *expects, cst_text found,
                         cst_error *e)
{
    char shown[80];
    ing_found(found, shown);
    if (row->reason != ING_REASON_TOO_LARGE) row->reason = ING_REASON_VALUE;
    return cst_fail(e, CST_DATA, "%.*s: expected %s, found \"%s\"; see --map", (int)s->written.n,
                    s->written.p, expects, shown);
}

cst_text ing_row_text(ing_transform_row *row, const char *p, size_t n)
{
    char *copy = cst_arena_string(row->scratch, p, n);
    return (cst_text){copy, copy ? (uint32_t)n : 0};
}

ing_datum_kind ing_chain_gives(const ing_chain *c)
{
    ing_datum_kind kind = ING_DATUM_TEXT;
    for (int i = 0; i < c->n; i++) {
        const ing_step *s = &c->step[i];
        if (s->t->takes == (int)s->t->gives && s->t->gives == (DAY | TIME))
            continue; /* one or the other, as it was */
        kind = s->t->gives;
        if (kind == (DAY | TIME)) kind = s->n ? ING_DATUM_INSTANT : ING_DATUM_DAY;
    }
    return kind;
}

static cst_status apply_step(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    row->blamed = 0;
    if (v->missing && !s->t->on_missing) return CST_OK;
    if (v->kind == ING_DATUM_TEXT && s->t->takes == (TEXT | AMOUNT)) {
        cst_status status = ing_step_money(s, row, v, e);
        if (status != CST_OK) return status;
    }
    cst_status status = s->t->apply(s, row, v, e);
    if (status == CST_OK && v->kind == ING_DATUM_TEXT) v->missing = v->text.n == 0;
    return status;
}

bool ing_step_repeats(const ing_step *s, const bool *repeats)
{
    if (s->t->prepare != ing_prepare_less) return false;
    if (!repeats) return true;
    return (s->ref[0] >= 0 && repeats[s->ref[0]]) || (s->ref[1] >= 0 && repeats[s->ref[1]]);
}

/* Steps that follow each other and repeat are taken off together, for one discount after another. */
cst_status ing_chain_apply(const ing_chain *c, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_status status = CST_OK;
    for (int i = 0, n; status == CST_OK && i < c->n; i += n) {
        for (n = 0; i + n < c->n && ing_step_repeats(&c->step[i + n], row->repeats);) n++;
        int times = n ? row->discounts : 1;
        if (!n) n = 1;
        for (int t = 0; t < times; t++) {
            if (row->choose && ing_step_repeats(&c->step[i], row->repeats)) row->choose(row->context, t);
            for (int k = i; status == CST_OK && k < i + n; k++) status = apply_step(&c->step[k], row, v, e);
        }
    }
    return status;
}

/* One argument, or the part of it before '=': quoted, or bare up to a delimiter and trimmed of blanks. */
static cst_status read_word(cst_text w, uint32_t *at, ing_refs *refs, cst_text *out, cst_error *e)
{
    uint32_t i = *at;
    while (i < w.n && w.p[i] == ' ') i++;
    if (i < w.n && w.p[i] == '\'') {
        char *p = cst_arena_alloc(refs->arena, w.n);
        if (!p) return cst_no_memory(e);
        uint32_t n = 0;
        for (i++;; i++) {
            if (i >= w.n) return cst_fail(e, CST_DATA, "expected a closing ' in \"%.*s\"", (int)w.n, w.p);
            if (w.p[i] == '\'' && !(i + 1 < w.n && w.p[i + 1] == '\'')) break;
            i += w.p[i] == '\'';
            p[n++] = w.p[i];
        }
        *out = (cst_text){p, n};
        for (i++; i < w.n && w.p[i] == ' ';) i++;
    } else {
        uint32_t from = i;
        while (i < w.n && !strchr(",=)|('", w.p[i])) i++;
        uint32_t to = i;
        while (to > from && w.p[to - 1] == ' ') to--;
        *out = (cst_text){w.p + from, to - from};
    }
    *at = i;
    return CST_OK;
}

static cst_status read_arguments(cst_text w, uint32_t *at, ing_refs *refs, ing_step *s, cst_error *e)
{
    uint32_t i = *at;
    for (;;) {
        if (s->args == ING_ARGS_MOST)
            return cst_fail(e, CST_DATA, "%s: expected at most %d arguments", s->t->name, ING_ARGS_MOST);
        int k = s->args++;
        cst_status status = read_word(w, &i, refs, &s->arg[k], e);
        if (status == CST_OK && i < w.n && w.p[i] == '=') {
            s->pair[k] = true;
            i++;
            status = read_word(w, &i, refs, &s->value[k], e);
        }
        if (status != CST_OK) return status;
        if (i < w.n && w.p[i] == ',') {
            i++;
            continue;
        }
        if (i < w.n && w.p[i] == ')') {
            *at = i + 1;
            return CST_OK;
        }
        return cst_fail(e, CST_DATA,
                        "expected , or ) after the arguments of %s in \"%.*s\"; quote an argument that has "
                        "one of , | ( ) ' = in it with '...'",
                        s->t->name, (int)w.n, w.p);
    }
}

static cst_status name_unknown(cst_text name, cst_error *e)
{
    cst_text names[64];
    size_t n = 0;
    for (const ing_transform *t = ing_transforms; t->name; t++) names[n++] = cst_text_of(t->name);
    cst_buffer b = {0};
    cst_buffer_printf(&b, "no transform \"%.*s\"", (int)name.n, name.p);
    cst_suggest_add(&b, name, names, n);
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, names, n, 64);
    return cst_buffer_fail(&b, CST_DATA, (cst_place){0}, NULL, e);
}

/* Holds the steps together: what one gives, the next must take. */
static cst_status check_kinds(const ing_chain *c, cst_error *e)
{
    ing_datum_kind kind = ING_DATUM_TEXT;
    for (int i = 0; i < c->n; i++) {
        if (!(c->step[i].t->takes & kind))
            return cst_fail(e, CST_DATA, "%s cannot follow %s: it takes %s", c->step[i].t->name,
                            i ? c->step[i - 1].t->name : "raw text",
                            c->step[i].t->takes & (DAY | TIME)
                                ? "a date; put date(FORMAT) or timestamp before it"
                                : "text; put it first");
        ing_chain before = {c->step, i + 1};
        kind = ing_chain_gives(&before);
    }
    return CST_OK;
}

static cst_status read_step(cst_text w, uint32_t *at, ing_refs *refs, ing_step *s, cst_error *e)
{
    uint32_t i = *at, from;
    while (i < w.n && w.p[i] == ' ') i++;
    for (from = i; i < w.n && !strchr(" |(", w.p[i]);) i++;
    cst_text name = {w.p + from, i - from};
    for (const ing_transform *t = ing_transforms; t->name && !s->t; t++)
        if (cst_text_is(name, t->name)) s->t = t;
    if (!s->t) return name_unknown(name, e);
    cst_status status = CST_OK;
    if (i < w.n && w.p[i] == '(') {
        i++;
        status = read_arguments(w, &i, refs, s, e);
        if (status != CST_OK) return status;
    }
    s->written = (cst_text){w.p + from, i - from};
    while (i < w.n && w.p[i] == ' ') i++;
    if (i < w.n && w.p[i] != '|')
        return cst_fail(e, CST_DATA, "expected | after %s in \"%.*s\"", s->t->name, (int)w.n, w.p);
    *at = i + 1;
    if (s->args < s->t->least || s->args > s->t->most)
        return cst_fail(e, CST_DATA, "expected %s%s, found \"%.*s\"", s->t->name, s->t->arguments,
                        (int)s->written.n, s->written.p);
    s->ref[0] = s->ref[1] = s->ref[2] = -1;
    return s->t->prepare ? s->t->prepare(s, refs, e) : CST_OK;
}

/* Whether a step reads text as a date. */
static bool makes_date(const ing_step *s)
{
    return s->t->takes == TEXT && (s->t->gives & (DAY | TIME));
}

/* An amount off is in the unit the chain's amount was read in; a date to compare is in its date's form. */
static void link_steps(ing_chain *c)
{
    const ing_step *units = NULL, *date = NULL;
    for (int i = 0; i < c->n; i++) {
        ing_step *s = &c->step[i];
        if (s->t->apply == ing_step_minor_units) units = s;
        if (makes_date(s)) date = s;
        if (s->t->apply == ing_step_less_amount) s->as = units;
        if (s->t->prepare == ing_prepare_bound) s->as = date;
    }
}

cst_status ing_chain_parse(cst_text written, ing_refs *refs, ing_chain *out, cst_error *e)
{
    bool ok = true;
    cst_text w = cst_arena_text(refs->arena, written, &ok);
    int most = 1;
    for (uint32_t i = 0; i < w.n; i++) most += w.p[i] == '|';
    *out = (ing_chain){cst_arena_alloc(refs->arena, sizeof(ing_step) * (size_t)most), 0};
    if (!ok || !out->step) return cst_no_memory(e);
    for (uint32_t at = 0; at < w.n;) {
        cst_status status = read_step(w, &at, refs, &out->step[out->n], e);
        if (status != CST_OK) return status;
        out->n++;
        if (at == w.n && w.p[w.n - 1] == '|')
            return cst_fail(e, CST_DATA, "expected a transform after the last |");
    }
    link_steps(out);
    return check_kinds(out, e);
}
