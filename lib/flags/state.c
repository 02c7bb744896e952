/* flags/state.c: see state.h. Nothing of a state is used before its checksum is found to hold. It is
 * written by account in order of bytes, so that neither the threads nor the order of the input can be told
 * from it. */
#include "flags/state.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/number.h"
#include "base/text.h"
#include "write/sink.h"
#include "write/target.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

enum {
    FLAG_STATE_ROW,
    FLAG_STATE_GENERATION,
    FLAG_STATE_ACCOUNT,
    FLAG_STATE_NAME,
    FLAG_STATE_DAY,
    FLAG_STATE_STAGE,
    FLAG_STATE_COUNT,
    FLAG_STATE_SINCE,
    FLAG_STATE_UNTIL,
    FLAG_STATE_VALUE,
    FLAG_STATE_COLUMNS
};

#define FLAG_STATE_VERSION 1

static const char *const flag_state_names[FLAG_STATE_COLUMNS] = {
    "row", "generation", "account_id", "name", "period", "stage", "count", "since", "until", "value"};
static const char *const flag_stage_words[] = {"absent", "pending", "open", "cleared", NULL};

/* The checksum after one more cell; 0 to begin with. */
static uint32_t flag_state_sum(uint32_t sum, cst_text cell)
{
    uLong crc = cell.n ? crc32_z(sum, (const unsigned char *)cell.p, cell.n) : sum;
    return (uint32_t)crc32_z(crc, (const unsigned char *)"\x1f", 1);
}

/* ---- reading ---- */

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

/* ---- writing ---- */

typedef struct place {
    cst_text id;
    const flag_shard *part;
    uint32_t account;
} place;

struct writing {
    cst_writer *w;
    const flag_pass *pass;
    uint32_t *by_name; /* rules */
    uint32_t sum;
    cst_error *e;
};

/* A row under way: cells not set are empty. */
typedef struct cells {
    cst_text cell[FLAG_STATE_COLUMNS];
    char day[CST_DAY_ROOM], since[CST_DAY_ROOM], until[CST_DAY_ROOM], count[CST_DECIMAL_ROOM];
} cells;

static cst_text write_day(cst_day d, char out[CST_DAY_ROOM])
{
    return (cst_text){out, (uint32_t)cst_day_format(d, out)};
}

static cst_status put_row(struct writing *t, const cells *c)
{
    for (int i = 0; i < FLAG_STATE_COLUMNS; i++) {
        t->sum = flag_state_sum(t->sum, c->cell[i]);
        cst_put_text(t->w, c->cell[i]);
    }
    return cst_end_row(t->w, t->e);
}

static cst_status put_generation(struct writing *t, const char *name, cst_day period)
{
    cells c = {0};
    if (period == CST_DAY_NONE) return CST_OK;
    c.cell[FLAG_STATE_ROW] = cst_text_of("generation");
    c.cell[FLAG_STATE_GENERATION] = cst_text_of(name);
    c.cell[FLAG_STATE_DAY] = write_day(period, c.day);
    return put_row(t, &c);
}

static cst_status put_flags(struct writing *t, const place *a, const char *generation,
                            const flag_stage_now *states)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < t->pass->rules->n && status == CST_OK; i++) {
        const flag_stage_now *s = &states[t->by_name[i]];
        cells c = {0};
        if (s->stage == FLAG_ABSENT) continue;
        c.cell[FLAG_STATE_ROW] = cst_text_of("flag");
        c.cell[FLAG_STATE_GENERATION] = cst_text_of(generation);
        c.cell[FLAG_STATE_ACCOUNT] = a->id;
        c.cell[FLAG_STATE_NAME] = t->pass->rules->rule[t->by_name[i]].name;
        c.cell[FLAG_STATE_STAGE] = cst_text_of(flag_stage_words[s->stage]);
        c.cell[FLAG_STATE_SINCE] = write_day(s->since, c.since);
        if (s->stage == FLAG_PENDING)
            c.cell[FLAG_STATE_COUNT] = (cst_text){c.count, (uint32_t)cst_int_format(s->count, c.count)};
        if (s->stage == FLAG_CLEARED) c.cell[FLAG_STATE_UNTIL] = write_day(s->until, c.until);
        status = put_row(t, &c);
    }
    return status;
}

/* One earlier row: `less` is 1 where the panel keeps a row more than both generations need. */
static cst_status put_seen(struct writing *t, const place *a, int back, int less)
{
    const cst_panel *p = a->part->panel;
    size_t names;
    const cst_text *name = cst_panel_names(p, &names);
    cells c = {0};
    c.cell[FLAG_STATE_ROW] = cst_text_of("seen");
    c.cell[FLAG_STATE_ACCOUNT] = a->id;
    c.cell[FLAG_STATE_DAY] = write_day(cst_panel_earlier_period(p, a->account, back), c.day);
    cst_status status = put_row(t, &c);
    c.cell[FLAG_STATE_ROW] = cst_text_of("value");
    for (size_t i = 0; i < cst_panel_kept(p) && status == CST_OK; i++) {
        int keeps;
        uint32_t column = cst_panel_kept_column(p, i, &keeps);
        c.cell[FLAG_STATE_NAME] = name[column];
        c.cell[FLAG_STATE_VALUE] = cst_panel_earlier(p, a->account, i, back);
        if (back <= keeps - less && c.cell[FLAG_STATE_VALUE].n) status = put_row(t, &c);
    }
    return status;
}

static cst_status put_account(struct writing *t, const place *a)
{
    const flag_shard *p = a->part;
    int less = p->last[a->account] != CST_DAY_NONE && p->last[a->account] > t->pass->before ? 0 : 1;
    cst_status status = put_flags(t, a, "last", flag_shard_now(p, t->pass->rules->n, a->account));
    if (status == CST_OK) status = put_flags(t, a, "before", flag_shard_before(p, t->pass, a->account));
    for (int back = cst_panel_depth(p->panel) - less; back > 0 && status == CST_OK; back--)
        if (cst_panel_earlier_period(p->panel, a->account, back) != CST_DAY_NONE)
            status = put_seen(t, a, back, less);
    return status;
}

static int compare_places(const void *a, const void *b)
{
    return cst_text_compare(((const place *)a)->id, ((const place *)b)->id);
}

static size_t add_places(place *out, size_t n, const flag_shard *p)
{
    for (uint32_t i = 0; i < cst_panel_accounts(p->panel); i++)
        out[n++] = (place){cst_panel_account_id(p->panel, i), p, i};
    return n;
}

static cst_status put_accounts(struct writing *t, flag_shard *const *part, size_t parts,
                               const flag_shard *portfolio)
{
    size_t n = portfolio ? cst_panel_accounts(portfolio->panel) : 0;
    for (size_t i = 0; i < parts; i++) n += cst_panel_accounts(part[i]->panel);
    place *all = calloc(n + 1, sizeof *all);
    if (!all) return cst_no_memory(t->e);
    n = portfolio ? add_places(all, 0, portfolio) : 0;
    for (size_t i = 0; i < parts; i++) n = add_places(all, n, part[i]);
    qsort(all, n, sizeof *all, compare_places);
    cst_status status = CST_OK;
    for (size_t i = 0; i < n && status == CST_OK; i++) status = put_account(t, &all[i]);
    free(all);
    return status;
}

/* Rules in order of their names: an insertion sort, for they are few. */
static uint32_t *sort_rules(const flag_rules *r)
{
    uint32_t *order = calloc(r->n + 1, sizeof *order);
    for (uint32_t i = 0; order && i < r->n; i++) {
        uint32_t at = i;
        for (; at > 0 && cst_text_compare(r->rule[i].name, r->rule[order[at - 1]].name) < 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

static cst_status put_version(struct writing *t)
{
    cells c = {0};
    c.cell[FLAG_STATE_ROW] = cst_text_of("version");
    c.cell[FLAG_STATE_VALUE] = (cst_text){c.count, (uint32_t)cst_int_format(FLAG_STATE_VERSION, c.count)};
    return put_row(t, &c);
}

static cst_status put_checksum(struct writing *t)
{
    char sum[16];
    cells c = {0};
    snprintf(sum, sizeof sum, "%08x", t->sum);
    c.cell[FLAG_STATE_ROW] = cst_text_of("checksum");
    c.cell[FLAG_STATE_VALUE] = cst_text_of(sum);
    return put_row(t, &c);
}

cst_status flag_state_write(const char *path, cst_program_io *io, flag_shard *const *part, size_t parts,
                            const flag_shard *portfolio, const flag_pass *w, cst_error *e)
{
    cst_column columns[FLAG_STATE_COLUMNS];
    struct writing t = {.pass = w, .by_name = sort_rules(w->rules), .e = e};
    for (int i = 0; i < FLAG_STATE_COLUMNS; i++) columns[i] = (cst_column){flag_state_names[i], CST_COL_TEXT};
    if (!t.by_name) return cst_no_memory(e);
    cst_status status = cst_io_state_writer(io, path, columns, FLAG_STATE_COLUMNS, &t.w, e);
    if (status == CST_OK) status = put_version(&t);
    if (status == CST_OK) status = put_generation(&t, "last", w->tonight);
    if (status == CST_OK) status = put_generation(&t, "before", w->before);
    if (status == CST_OK) status = put_accounts(&t, part, parts, portfolio);
    if (status == CST_OK) status = put_checksum(&t);
    if (status == CST_OK) status = cst_writer_finish(t.w, e);
    cst_writer_free(t.w);
    free(t.by_name);
    return status;
}
