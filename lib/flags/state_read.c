/* flags/state_read.c: see state.h. Nothing of a state is used before its checksum is found to hold. */
#include "base/date.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/number.h"
#include "base/text.h"
#include "flags/state.h"
#include "flags/state_columns.h"
#include <stdio.h>
#include <stdlib.h>

struct flag_state {
    cst_table *table;
    int at[FLAG_STATE_COLUMNS];
    cst_day last, before; /* CST_DAY_NONE: no such generation */
    const char *chosen;   /* "last" or "before" */
    cst_day period;       /* of the chosen one */
};

static cst_text get(const flag_state *s, size_t row, int column)
{
    return cst_table_at(s->table, row, s->at[column]);
}

static cst_status fail_damaged(const flag_state *s, size_t row, const char *what, cst_error *e)
{
    cst_place place = {cst_table_file(s->table), 0, 0};
    if (row < cst_table_rows(s->table)) place = cst_table_place(s->table, row, -1);
    return cst_fail_at(
        e, CST_DATA, place, NULL,
        "expected %s, found something else: the state is damaged and was left alone; restore a copy "
        "of it, or move it away to start over",
        what);
}

static cst_status check_version(const flag_state *s, cst_error *e)
{
    int64_t version = 0;
    if (cst_table_rows(s->table) == 0 || !cst_text_is(get(s, 0, FLAG_STATE_ROW), "version") ||
        !cst_int_parse(get(s, 0, FLAG_STATE_VALUE), &version) || version < 1)
        return fail_damaged(s, 0, "the version of the state in the first row", e);
    if (version == FLAG_STATE_VERSION) return CST_OK;
    return cst_fail_at(
        e, CST_DATA, cst_table_place(s->table, 0, s->at[FLAG_STATE_VALUE]), "value",
        "expected a state of version %d, found version %lld of a newer cs-flags; it was left alone: "
        "use that cs-flags, or move the state away to start over",
        FLAG_STATE_VERSION, (long long)version);
}

static cst_status check_sum(const flag_state *s, cst_error *e)
{
    char sum_text[16];
    uint32_t sum = 0;
    size_t rows = cst_table_rows(s->table);
    for (size_t row = 0; row + 1 < rows; row++)
        for (int i = 0; i < FLAG_STATE_COLUMNS; i++) sum = flag_state_sum(sum, get(s, row, i));
    snprintf(sum_text, sizeof sum_text, "%08x", sum);
    if (!cst_text_is(get(s, rows - 1, FLAG_STATE_ROW), "checksum"))
        return fail_damaged(s, rows - 1, "a checksum in the last row", e);
    if (!cst_text_is(get(s, rows - 1, FLAG_STATE_VALUE), sum_text))
        return fail_damaged(s, rows - 1, "the checksum of the rows before", e);
    return CST_OK;
}

static cst_status read_generations(flag_state *s, cst_error *e)
{
    for (size_t row = 1; row < cst_table_rows(s->table); row++) {
        cst_day day;
        if (!cst_text_is(get(s, row, FLAG_STATE_ROW), "generation")) break;
        if (!cst_day_parse(get(s, row, FLAG_STATE_DAY), &day)) return fail_damaged(s, row, "a date", e);
        if (cst_text_is(get(s, row, FLAG_STATE_GENERATION), "last"))
            s->last = day;
        else
            s->before = day;
    }
    return s->last == CST_DAY_NONE ? fail_damaged(s, 1, "the last generation", e) : CST_OK;
}

static cst_status check(flag_state *s, cst_error *e)
{
    cst_status status = CST_OK;
    for (int i = 0; i < FLAG_STATE_COLUMNS; i++)
        if (cst_table_bind(s->table, flag_state_names[i], CST_OPTIONAL, &s->at[i], e) < 0 || s->at[i] < 0)
            return fail_damaged(s, SIZE_MAX, "the columns of a state", e);
    status = check_version(s, e);
    if (status == CST_OK) status = check_sum(s, e);
    if (status == CST_OK) status = read_generations(s, e);
    return status;
}

cst_status flag_state_read(const char *path, cst_program_io *io, flag_state **out, cst_error *e)
{
    cst_table *t;
    *out = NULL;
    cst_status status = cst_io_state_table(io, path, &t, e);
    if (status == CST_END) return CST_OK;
    if (status == CST_DATA) {
        cst_error found = *e;
        return cst_fail_at(
            e, CST_DATA, (cst_place){found.file, found.line, found.column}, NULL,
            "the state is damaged and was left alone; restore a copy of it, or move it away to start "
            "over: %.600s",
            found.message);
    }
    if (status < 0) return status;
    flag_state *s = calloc(1, sizeof *s);
    if (!s) {
        cst_table_free(t);
        return cst_no_memory(e);
    }
    *s = (flag_state){.table = t, .last = CST_DAY_NONE, .before = CST_DAY_NONE, .period = CST_DAY_NONE};
    status = check(s, e);
    if (status == CST_OK)
        *out = s;
    else
        flag_state_free(s);
    return status;
}

void flag_state_free(flag_state *s)
{
    if (!s) return;
    cst_table_free(s->table);
    free(s);
}

cst_status flag_state_resume(flag_state *s, cst_day first, cst_error *e)
{
    char now[CST_DAY_ROOM], then[CST_DAY_ROOM];
    if (first >= s->last) {
        s->chosen = first > s->last ? "last" : "before";
        s->period = first > s->last ? s->last : s->before;
        return CST_OK;
    }
    cst_day_format(first, now);
    cst_day_format(s->last, then);
    return cst_fail_at(
        e, CST_DATA, (cst_place){cst_table_file(s->table), 0, 0}, NULL,
        "expected periods from %s on, the last one of the state, found %s; leave earlier rows out "
        "(--from %s), or move the state away and run over the whole history to start over",
        then, now, then);
}

cst_day flag_state_period(const flag_state *s)
{
    return s->period;
}

struct seeding {
    const flag_state *state;
    flag_shard *part;
    const flag_rules *rules;
    cst_text *value; /* by kept column */
};

static cst_status seed_flag(const struct seeding *d, size_t row, cst_text account, cst_error *e)
{
    const flag_state *s = d->state;
    flag_stage_now state = {0};
    int64_t count = 0;
    size_t rule = flag_rules_find(d->rules, get(s, row, FLAG_STATE_NAME));
    cst_text word = get(s, row, FLAG_STATE_STAGE);
    if (rule == d->rules->n || d->rules->rule[rule].scope != d->part->scope) return CST_OK;
    while (flag_stage_words[state.stage] && !cst_text_is(word, flag_stage_words[state.stage])) state.stage++;
    bool ok = state.stage <= FLAG_CLEARED && cst_day_parse(get(s, row, FLAG_STATE_SINCE), &state.since);
    if (ok && state.stage == FLAG_PENDING) {
        ok = cst_int_parse(get(s, row, FLAG_STATE_COUNT), &count) && count > 0 && count <= UINT32_MAX;
        state.count = (uint32_t)count;
    }
    if (ok && state.stage == FLAG_CLEARED) ok = cst_day_parse(get(s, row, FLAG_STATE_UNTIL), &state.until);
    if (!ok) return fail_damaged(s, row, "the state of a flag", e);
    uint32_t n = cst_panel_know(d->part->panel, account);
    if (n == CST_INTERN_NONE) return cst_no_memory(e);
    cst_status status = flag_shard_reserve(d->part, d->rules->n, n, e);
    if (status == CST_OK) d->part->now[(size_t)n * (d->rules->n + 1) + rule] = state;
    return status;
}

/* A row seen and the values behind it. */
static cst_status seed_row(const struct seeding *d, size_t row, cst_text account, cst_error *e)
{
    const flag_state *s = d->state;
    cst_panel *panel = d->part->panel;
    size_t names, kept = cst_panel_kept(panel);
    const cst_text *name = cst_panel_names(panel, &names);
    cst_day day;
    int back;
    if (!cst_day_parse(get(s, row, FLAG_STATE_DAY), &day)) return fail_damaged(s, row, "a date", e);
    if (day > s->period) return CST_OK;
    for (size_t i = 0; i < kept; i++) d->value[i] = (cst_text){"", 0};
    for (row++; row < cst_table_rows(s->table) && cst_text_is(get(s, row, FLAG_STATE_ROW), "value"); row++)
        for (size_t i = 0; i < kept; i++)
            if (cst_text_equal(name[cst_panel_kept_column(panel, i, &back)], get(s, row, FLAG_STATE_NAME)))
                d->value[i] = get(s, row, FLAG_STATE_VALUE);
    cst_status status = cst_panel_seed(panel, account, day, d->value, e);
    return status == CST_DATA ? fail_damaged(s, row - 1, "earlier rows in order", e) : status;
}

cst_status flag_state_seed(const flag_state *s, flag_shard *p, const flag_rules *rules, uint32_t part,
                           uint32_t parts, cst_error *e)
{
    struct seeding d = {.state = s, .part = p, .rules = rules};
    if (s->period == CST_DAY_NONE) return CST_OK;
    d.value = calloc(cst_panel_kept(p->panel) + 1, sizeof *d.value);
    if (!d.value) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (size_t row = 1; row < cst_table_rows(s->table) && status == CST_OK; row++) {
        cst_text kind = get(s, row, FLAG_STATE_ROW), account = get(s, row, FLAG_STATE_ACCOUNT);
        bool mine = (account.n == 0) == (p->scope == FLAG_SCOPE_PORTFOLIO) &&
                    (parts < 2 || cst_hash(account.p, account.n, 0) % parts == part);
        if (!mine) continue;
        if (cst_text_is(kind, "flag") && cst_text_is(get(s, row, FLAG_STATE_GENERATION), s->chosen))
            status = seed_flag(&d, row, account, e);
        else if (cst_text_is(kind, "seen"))
            status = seed_row(&d, row, account, e);
    }
    free(d.value);
    return status;
}
