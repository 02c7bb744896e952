/* flags/state_write.c: see state.h. Written by account in order of bytes, so that neither the threads
 * nor the order of the input can be told from it. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "flags/state.h"
#include "flags/state_columns.h"
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

const char *const flag_state_names[FLAG_STATE_COLUMNS] = {
    "row", "generation", "account_id", "name", "period", "stage", "count", "since", "until", "value"};
const char *const flag_stage_words[] = {"absent", "pending", "open", "cleared", NULL};

uint32_t flag_state_sum(uint32_t sum, cst_text cell)
{
    uLong crc = cell.n ? crc32_z(sum, (const unsigned char *)cell.p, cell.n) : sum;
    return (uint32_t)crc32_z(crc, (const unsigned char *)"\x1f", 1);
}

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
