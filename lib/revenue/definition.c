/* revenue/definition.c: one table of what makes two runs comparable: how an option is written down, and
 * how it is read back. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include "revenue/partial.h"
#include <stdlib.h>
#include <string.h>

enum definition_kind {
    DEF_TEXT,
    DEF_DATE,
    DEF_CHOICE,
    DEF_FLAG,
    DEF_COUNT,
    DEF_MONEY,
    DEF_DURATION,
    DEF_CENTRE
};

typedef struct definition_row {
    const char *name;
    enum definition_kind kind;
    size_t offset;
    const char *words; /* of a choice */
} definition_row;

#define AT(field) offsetof(rev_opts, field)

static const definition_row rows[REV_DEFINITIONS] = {
    {"every", DEF_CHOICE, AT(periodic.every), "week|month|quarter|year"},
    {"fiscal-year-start", DEF_COUNT, AT(periodic.fiscal_start), NULL},
    {"from", DEF_DATE, AT(periodic.from), NULL},
    {"to", DEF_DATE, AT(periodic.to), NULL},
    {"as-of", DEF_DATE, AT(periodic.as_of), NULL},
    {"history-from", DEF_DATE, AT(history_from), NULL},
    {"incomplete", DEF_FLAG, AT(incomplete), NULL},
    {"value", DEF_TEXT, AT(value), NULL},
    {"where", DEF_TEXT, AT(where), NULL},
    {"by", DEF_TEXT, AT(by), NULL},
    {"customer", DEF_TEXT, AT(customer), NULL},
    {"cross-sell-by", DEF_CENTRE, AT(cross_sell_by), NULL},
    {"line", DEF_TEXT, AT(line), NULL},
    {"net", DEF_CHOICE, AT(net), "account|line"},
    {"basis", DEF_CHOICE, AT(basis), "snapshot|event"},
    {"snapshot", DEF_CHOICE, AT(snapshot), "month-end|first-day|touch"},
    {"split", DEF_FLAG, AT(split), NULL},
    {"grace", DEF_COUNT, AT(grace), NULL},
    {"fx-max-age", DEF_COUNT, AT(fx_max_age), NULL},
    {"reactivation-window", DEF_DURATION, AT(reactivation), NULL},
    {"window", DEF_DURATION, AT(window), NULL},
    {"min-movement", DEF_MONEY, AT(min_movement), NULL},
    {"ci", DEF_MONEY, AT(ci), NULL},
    {"seed", DEF_COUNT, AT(seed), NULL},
    {"report-currency", DEF_TEXT, AT(report_currency), NULL},
    {"decimals", DEF_COUNT, AT(decimals), NULL},
    {"retention", DEF_CHOICE, AT(retention), "cohort|movements|compounded"},
    {"retention-fx", DEF_CHOICE, AT(retention_fx), "constant|spot"},
};

static void write_value(cst_buffer *b, const definition_row *r, const rev_opts *o)
{
    const char *at = (const char *)o + r->offset;
    char room[64];
    switch (r->kind) {
    case DEF_TEXT:
    case DEF_CENTRE: {
        const char *text;
        memcpy(&text, at, sizeof text);
        if (text) cst_buffer_add_string(b, text);
        return;
    }
    case DEF_DATE: {
        cst_day d;
        memcpy(&d, at, sizeof d);
        if (d != CST_DAY_NONE) cst_buffer_add(b, room, cst_day_format(d, room));
        return;
    }
    case DEF_CHOICE: {
        int v;
        memcpy(&v, at, sizeof v);
        cst_text word = cst_choice_word(r->words, v);
        cst_buffer_add(b, word.p, word.n);
        return;
    }
    case DEF_FLAG: {
        bool v;
        memcpy(&v, at, sizeof v);
        if (v) cst_buffer_add_string(b, "yes");
        return;
    }
    case DEF_COUNT: {
        cst_count v;
        memcpy(&v, at, sizeof v);
        if (v.set || v.n > 0) cst_buffer_printf(b, "%llu", (unsigned long long)v.n);
        return;
    }
    case DEF_MONEY: {
        cst_opt_money v;
        memcpy(&v, at, sizeof v);
        if (v.set) cst_buffer_add(b, room, cst_money_format(v.v, 0, room));
        return;
    }
    case DEF_DURATION: {
        cst_duration v;
        memcpy(&v, at, sizeof v);
        if (v.unit) cst_buffer_add(b, room, cst_duration_format(v, room));
    }
    }
}

cst_status rev_definition_of(const rev_opts *o, const rev_session *s, rev_definition out[REV_DEFINITIONS],
                             cst_error *e)
{
    memset(out, 0, REV_DEFINITIONS * sizeof *out);
    for (size_t i = 0; i < REV_DEFINITIONS; i++) {
        cst_buffer b = {0};
        if (rows[i].kind == DEF_CENTRE && s)
            cst_buffer_add_string(&b, s->centre ? s->centre : "");
        else
            write_value(&b, &rows[i], o);
        out[i].name = rows[i].name;
        out[i].text = strdup(cst_buffer_string(&b));
        bool failed = b.failed || !out[i].text;
        cst_buffer_free(&b);
        if (failed) return cst_fail(e, CST_MEMORY, "out of memory");
    }
    return CST_OK;
}

/* How rates are used says nothing where there are none. */
static bool is_idle(const rev_opts *o, const definition_row *r)
{
    return !o->report_currency && (r->offset == AT(fx_max_age) || r->offset == AT(retention_fx));
}

cst_status rev_definition_tell(const rev_session *s, cst_error *e)
{
    rev_definition d[REV_DEFINITIONS];
    cst_status status = rev_definition_of(s->o, s, d, e);
    cst_manifest *m = cst_io_manifest(s->io);
    for (size_t i = 0; status == CST_OK && i < REV_DEFINITIONS; i++) {
        const char *text = d[i].text;
        if (!*text && rows[i].kind == DEF_CENTRE) text = "none: all growth is upsell";
        if (!*text && rows[i].offset == AT(value)) text = s->value;
        if (*text && !is_idle(s->o, &rows[i]))
            cst_manifest_text(m, "definition", NULL, d[i].name, cst_text_of(text));
    }
    rev_definition_free(d);
    return status;
}

void rev_definition_free(rev_definition d[REV_DEFINITIONS])
{
    for (size_t i = 0; i < REV_DEFINITIONS; i++) free(d[i].text);
}

static bool read_value(rev_opts *o, const definition_row *r, const char *text)
{
    char *at = (char *)o + r->offset;
    cst_text t = cst_text_of(text);
    int64_t n = 0;
    switch (r->kind) {
    case DEF_TEXT:
    case DEF_CENTRE:
        memcpy(at, &text, sizeof text);
        return true;
    case DEF_DATE: {
        cst_day d;
        if (!cst_day_parse(t, &d)) return false;
        memcpy(at, &d, sizeof d);
        return true;
    }
    case DEF_CHOICE: {
        int v = 0;
        while (v < 4 && !cst_text_equal(cst_choice_word(r->words, v), t)) v++;
        if (v == 4) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    case DEF_FLAG: {
        bool v = true;
        memcpy(at, &v, sizeof v);
        return strcmp(text, "yes") == 0;
    }
    case DEF_COUNT: {
        if (!cst_int_parse(t, &n) || n < 0) return false;
        cst_count v = {(uint64_t)n, true};
        memcpy(at, &v, sizeof v);
        return true;
    }
    case DEF_MONEY: {
        cst_opt_money v = {0, true};
        if (cst_money_parse(t, &v.v) != CST_DECIMAL_OK) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    case DEF_DURATION: {
        cst_duration v;
        if (!cst_duration_parse(t, &v)) return false;
        memcpy(at, &v, sizeof v);
        return true;
    }
    }
    return false;
}

bool rev_definition_apply(rev_opts *o, const char *name, const char *text)
{
    for (size_t i = 0; i < REV_DEFINITIONS; i++)
        if (strcmp(rows[i].name, name) == 0) return !*text || read_value(o, &rows[i], text);
    return false;
}
