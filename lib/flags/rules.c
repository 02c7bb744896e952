/* flags/rules.c: see rules.h. Two passes: every rule by itself, then what rules say of each other. */
#include "flags/rules.h"
#include "base/buffer.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "tables/streams.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum flag_rule_column {
    FLAG,
    SCOPE,
    WHEN,
    CLEAR,
    FOR,
    COOLDOWN,
    SEVERITY,
    INHIBITED_BY,
    CONTROLLABLE,
    OWNER,
    PLAY,
    NOTE,
    TEXT,
    COLUMNS
};
static const char *const column_names[] = {"flag",     "scope",    "when",         "clear",        "for",
                                           "cooldown", "severity", "inhibited_by", "controllable", "owner",
                                           "play",     "note",     "text"};

static const char *const scopes[] = {"account", "portfolio", NULL};

#define SEE "see cs-flags(1), RULES"

struct flag_reading {
    const cst_table *table;
    const flag_rules_opts *o;
    int at[COLUMNS];
    flag_rules *rules;
    flag_problems *problems;
    cst_text *skipped; /* names of rules left out */
    size_t n_skipped;
};

static cst_text get(const struct flag_reading *r, size_t row, enum flag_rule_column c)
{
    return cst_table_at(r->table, row, r->at[c]);
}

/* A problem with a cell, at a byte of its value, with the nearest of `names` (NULL: none). */
static void blame_byte(struct flag_reading *r, size_t row, enum flag_rule_column c, uint32_t byte,
                       const char *expected, cst_text found, const cst_text *names, size_t n)
{
    cst_buffer b = {0};
    cst_error e;
    cst_suggest_unknown(&b, expected, found, names, n, NULL, 0);
    cst_buffer_add_string(&b, "; " SEE);
    cst_place place =
        byte ? cst_table_place_in(r->table, row, r->at[c], byte) : cst_table_place(r->table, row, r->at[c]);
    cst_buffer_fail(&b, CST_DATA, place, column_names[c], &e);
    flag_problems_add(r->problems, &e);
}

static void blame(struct flag_reading *r, size_t row, enum flag_rule_column c, const char *expected,
                  cst_text found, const cst_text *names, size_t n)
{
    blame_byte(r, row, c, 0, expected, found, names, n);
}

/* The index of a word of a list that ends with NULL; -1: none. */
static int find_word(cst_text t, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (cst_text_is(t, words[i])) return i;
    return -1;
}

/* Parses a cell: an expression, or (`phrase` not NULL) a phrase with expressions in it. Returns CST_END
 * where the rule is to be left out. */
static cst_status read_expression(struct flag_reading *r, size_t row, enum flag_rule_column c,
                                  flag_scope scope, cst_expr **out, flag_phrase **phrase)
{
    bool unknown = false;
    cst_error e;
    const flag_rule_names *names = &r->o->names[scope];
    cst_text text = get(r, row, c);
    const cst_expr_env env = {.label = column_names[c],
                              .names = names->name,
                              .n = names->n,
                              .functions = names->functions,
                              .want = CST_WANT_CONDITION,
                              .has_today = true,
                              .unknown = &unknown};
    cst_status status =
        phrase ? flag_phrase_parse(text, &env, phrase, &e) : cst_expr_parse(text, &env, out, &e);
    if (status == CST_OK) return status;
    if (status == CST_USAGE) {
        cst_place at = cst_table_place_in(r->table, row, r->at[c], e.column ? (uint32_t)e.column - 1 : 0);
        e.column = 0;
        cst_error_place(&e, at, column_names[c]);
        e.status = status = CST_DATA;
    }
    if (unknown && r->o->skip_unknown) {
        if (r->o->skipped) r->o->skipped(r->o->context, get(r, row, FLAG), &e);
        return CST_END;
    }
    if (unknown) {
        size_t used = strlen(e.message);
        snprintf(e.message + used, sizeof e.message - used, "; --skip-unknown leaves such rules out");
    }
    flag_problems_add(r->problems, &e);
    return status;
}

/* N evaluated periods, or a duration. */
static void read_for(struct flag_reading *r, size_t row, flag_rule *rule)
{
    cst_text t = get(r, row, FOR);
    int64_t n = 0;
    rule->life.count = 1;
    if (t.n == 0) return;
    if (cst_int_parse(t, &n) && n >= 1 && n <= 10000)
        rule->life.count = (uint32_t)n;
    else if (cst_duration_parse(t, &rule->life.time))
        rule->life.count = 0;
    else
        blame(r, row, FOR, "a number of periods from 1 to 10000, or a duration such as 14d", t, NULL, 0);
}

static void read_words(struct flag_reading *r, size_t row, flag_rule *rule)
{
    cst_text names[8];
    cst_text severity = get(r, row, SEVERITY), controllable = get(r, row, CONTROLLABLE);
    size_t n = 0;
    while (cst_severities[n]) {
        names[n] = cst_text_of(cst_severities[n]);
        n++;
    }
    rule->severity = find_word(severity, cst_severities);
    if (rule->severity < 0)
        blame(r, row, SEVERITY, "critical, high, medium, low or info", severity, names, n);
    rule->controllable = cst_text_is(controllable, "yes");
    if (controllable.n && !rule->controllable && !cst_text_is(controllable, "no"))
        blame(r, row, CONTROLLABLE, "yes or no", controllable, NULL, 0);
    cst_text cooldown = get(r, row, COOLDOWN);
    if (cooldown.n && !cst_duration_parse(cooldown, &rule->life.cooldown))
        blame(r, row, COOLDOWN, "a duration such as 30d, 4w or 1m", cooldown, NULL, 0);
    rule->owner = get(r, row, OWNER);
    rule->play = get(r, row, PLAY);
}

static bool is_flag_name(cst_text t)
{
    for (uint32_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] <= ' ' || t.p[i] == ';' || t.p[i] == ',' || t.p[i] == '"') return false;
    return t.n > 0;
}

static void read_name(struct flag_reading *r, size_t row, flag_rule *rule)
{
    rule->name = get(r, row, FLAG);
    if (!is_flag_name(rule->name)) {
        blame(r, row, FLAG, "a name without blanks, commas and semicolons", rule->name, NULL, 0);
        return;
    }
    for (size_t i = 0; i < r->rules->n; i++)
        if (cst_text_equal(r->rules->rule[i].name, rule->name)) {
            blame(r, row, FLAG, "a name that no other rule has", rule->name, NULL, 0);
            return;
        }
}

/* The expressions of a rule; CST_END where it is to be left out. */
static cst_status read_conditions(struct flag_reading *r, size_t row, flag_rule *rule, cst_error *e)
{
    cst_status when, clear = CST_OK, text = CST_OK;
    if (!r->o->names[rule->scope].name) {
        if (r->o->skip_unknown) {
            cst_fail(e, CST_DATA, "there is no --bridge or --portfolio to judge it by");
            if (r->o->skipped) r->o->skipped(r->o->context, rule->name, e);
            return CST_END;
        }
        blame(r, row, SCOPE, "--bridge FILE or --portfolio FILE for a rule of this scope", get(r, row, SCOPE),
              NULL, 0);
        return CST_OK;
    }
    if (get(r, row, WHEN).n == 0) {
        blame(r, row, WHEN, "a condition", get(r, row, WHEN), NULL, 0);
        when = CST_OK;
    } else {
        when = read_expression(r, row, WHEN, rule->scope, &rule->when, NULL);
    }
    if (when != CST_END && get(r, row, CLEAR).n)
        clear = read_expression(r, row, CLEAR, rule->scope, &rule->clear, NULL);
    if (when != CST_END && clear != CST_END && get(r, row, TEXT).n)
        text = read_expression(r, row, TEXT, rule->scope, NULL, &rule->text);
    if (when == CST_MEMORY || clear == CST_MEMORY || text == CST_MEMORY) return cst_no_memory(e);
    return when == CST_END || clear == CST_END || text == CST_END ? CST_END : CST_OK;
}

static void clear_rule(flag_rule *rule)
{
    cst_expr_free(rule->when);
    cst_expr_free(rule->clear);
    flag_phrase_free(rule->text);
    free(rule->inhibitor);
    *rule = (flag_rule){0};
}

static cst_status read_row(struct flag_reading *r, size_t row, cst_error *e)
{
    flag_rule *rule = &r->rules->rule[r->rules->n];
    cst_text scope = get(r, row, SCOPE);
    rule->row = row;
    read_name(r, row, rule);
    int found = scope.n ? find_word(scope, scopes) : 0;
    if (found < 0) blame(r, row, SCOPE, "account or portfolio", scope, NULL, 0);
    rule->scope = found == 1 ? FLAG_SCOPE_PORTFOLIO : FLAG_SCOPE_ACCOUNT;
    read_for(r, row, rule);
    read_words(r, row, rule);
    cst_status status = found < 0 ? CST_OK : read_conditions(r, row, rule, e);
    if (status < 0) return status;
    if (status == CST_END) {
        r->skipped[r->n_skipped++] = rule->name;
        clear_rule(rule);
        return CST_OK;
    }
    r->rules->n++;
    return CST_OK;
}

static bool is_skipped(const struct flag_reading *r, cst_text name)
{
    for (size_t i = 0; i < r->n_skipped; i++)
        if (cst_text_equal(r->skipped[i], name)) return true;
    return false;
}

static void add_inhibitor(struct flag_reading *r, flag_rule *rule, cst_text name)
{
    uint32_t byte = (uint32_t)(name.p - get(r, rule->row, INHIBITED_BY).p);
    size_t i = flag_rules_find(r->rules, name);
    if (i == r->rules->n) {
        cst_text *names = calloc(r->rules->n + 1, sizeof *names);
        if (is_skipped(r, name)) {
            free(names);
            return;
        }
        for (size_t k = 0; names && k < r->rules->n; k++) names[k] = r->rules->rule[k].name;
        blame_byte(r, rule->row, INHIBITED_BY, byte, "flags of this table, separated by semicolons", name,
                   names, names ? r->rules->n : 0);
        free(names);
    } else if (r->rules->rule[i].scope != rule->scope) {
        blame_byte(r, rule->row, INHIBITED_BY, byte, "a flag of the same scope", name, NULL, 0);
    } else {
        rule->inhibitor[rule->inhibitors++] = (uint32_t)i;
    }
}

static bool read_inhibitors(struct flag_reading *r, flag_rule *rule)
{
    cst_text list = get(r, rule->row, INHIBITED_BY);
    if (list.n == 0) return true;
    rule->inhibitor = calloc(list.n / 2 + 1, sizeof *rule->inhibitor);
    const char *first = list.p;
    cst_text name;
    while (rule->inhibitor && cst_text_next(&list, ';', &name))
        if (name.n || list.p || first) { /* a last one may be left empty */
            add_inhibitor(r, rule, name);
            first = NULL;
        }
    return rule->inhibitor != NULL;
}

static cst_status bind_columns(struct flag_reading *r, cst_error *e)
{
    cst_text known[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        bool need = c == FLAG || c == WHEN || c == SEVERITY;
        known[c] = cst_text_of(column_names[c]);
        cst_status status =
            cst_table_bind(r->table, column_names[c], need ? CST_REQUIRED : CST_OPTIONAL, &r->at[c], e);
        if (status < 0) return cst_error_advise(e, status, "--print-rules NAME shows a table of rules");
    }
    for (size_t i = 0; i < cst_table_columns(r->table); i++) {
        cst_text name = cst_table_name(r->table, i);
        int c = 0;
        while (c < COLUMNS && !cst_text_equal(name, known[c])) c++;
        if (c < COLUMNS) continue;
        cst_buffer b = {0};
        cst_error wrong;
        cst_suggest_unknown(&b, "a column of a rule table", name, known, COLUMNS, "; the columns are ",
                            COLUMNS);
        cst_buffer_fail(&b, CST_DATA, (cst_place){cst_table_file(r->table), 1, 0}, NULL, &wrong);
        flag_problems_add(r->problems, &wrong);
    }
    return CST_OK;
}

static cst_status read_all(struct flag_reading *r, cst_error *e)
{
    cst_status status = bind_columns(r, e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(r->table); row++)
        status = read_row(r, row, e);
    for (size_t i = 0; status == CST_OK && i < r->rules->n; i++)
        if (!read_inhibitors(r, &r->rules->rule[i])) status = cst_no_memory(e);
    if (status == CST_OK) status = flag_rules_sort(r->rules, r->at[INHIBITED_BY], r->problems, e);
    if (status == CST_OK && r->rules->n == 0 && r->problems->n == 0)
        status = cst_fail_at(e, CST_DATA, (cst_place){cst_table_file(r->table), 0, 0}, NULL,
                             "expected a rule that can be judged, found none; " SEE);
    return status;
}

cst_status flag_rules_read(const cst_table *t, const flag_rules_opts *o, flag_rules **out,
                           flag_problems *problems, cst_error *e)
{
    struct flag_reading r = {.table = t, .o = o, .problems = problems};
    size_t rows = cst_table_rows(t);
    *out = r.rules = calloc(1, sizeof *r.rules);
    r.skipped = calloc(rows + 1, sizeof *r.skipped);
    if (r.rules) r.rules->rule = calloc(rows + 1, sizeof *r.rules->rule);
    cst_status status = CST_MEMORY;
    if (r.rules && r.rules->rule && r.skipped) {
        r.rules->table = t;
        status = read_all(&r, e);
    } else {
        cst_no_memory(e);
    }
    free(r.skipped);
    return status;
}

void flag_rules_free(flag_rules *r)
{
    if (!r) return;
    for (size_t i = 0; r->rule && i < r->n; i++) clear_rule(&r->rule[i]);
    free(r->rule);
    for (int s = 0; s < FLAG_SCOPES; s++) free(r->order[s]);
    free(r);
}

size_t flag_rules_find(const flag_rules *r, cst_text name)
{
    size_t i = 0;
    while (i < r->n && !cst_text_equal(r->rule[i].name, name)) i++;
    return i;
}
