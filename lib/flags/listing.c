/* flags/listing.c: see listing.h. All flags that are anything but absent are gathered from the books of
 * all parts, sorted and written; only tonight's list is held, never the history. */
#include "flags/listing.h"
#include "base/text.h"
#include "flags/listed.h"
#include "tables/streams.h"
#include <stdio.h>
#include <stdlib.h>

static const char *const status_words[] = {"open",     "cleared", "inhibited", "accepted",
                                           "silenced", "pending", "cleared"};

typedef struct listing {
    flag_night *s;
    flag_listed *v;
    size_t n, room;
    cst_writer *w;
    cst_buffer text;
    flag_listing_counts counts; /* of all, listed or not */
} listing;

static const cst_column columns[] = {
    {"account_id", CST_COL_TEXT},   {"flag", CST_COL_TEXT},           {"status", CST_COL_TEXT},
    {"severity", CST_COL_TEXT},     {"since", CST_COL_TEXT},          {"until", CST_COL_TEXT},
    {"value", CST_COL_TEXT},        {"mrr_at_risk", CST_COL_NUMBER},  {"owner", CST_COL_TEXT},
    {"play", CST_COL_TEXT},         {"period", CST_COL_TEXT},         {"change", CST_COL_TEXT},
    {"inhibited_by", CST_COL_TEXT}, {"decision_owner", CST_COL_TEXT}, {"decision_reason", CST_COL_TEXT},
    {"text", CST_COL_TEXT},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- gathering ---- */

static bool is_listed(const flag_night *s, const flag_listed *x)
{
    if (s->o->changes) return flag_listed_counts(x);
    return s->o->all || x->status <= FLAG_STATUS_ACCEPTED;
}

static void add_up(flag_listing_counts *c, const flag_listed *x)
{
    bool counts = flag_listed_counts(x);
    c->opened += counts && x->state.stage == FLAG_OPEN;
    c->cleared += counts && x->state.stage == FLAG_CLEARED;
    c->open += x->status == FLAG_STATUS_OPEN;
    c->accounts += x->leads;
    if (x->leads && x->has_mrr) c->mrr += x->mrr;
}

static cst_status gather_account(listing *l, const flag_shard *p, uint32_t account, cst_error *e)
{
    const flag_night *s = l->s;
    flag_listed x;
    bool read = false, led = p->scope == FLAG_SCOPE_PORTFOLIO, led_listed = led;
    for (uint32_t i = 0; i < s->rules->n; i++) {
        if (flag_shard_now(p, s->rules->n, account)[i].stage == FLAG_ABSENT) continue;
        cst_status status = read ? CST_OK : flag_listed_account(s, p, account, &x, e);
        if (status < 0) return status;
        read = true;
        if (!flag_listed_rule(&x, i)) continue;
        x.leads = x.status == FLAG_STATUS_OPEN && !led;
        led |= x.leads;
        add_up(&l->counts, &x);
        if (!is_listed(s, &x)) continue;
        x.leads = x.status == FLAG_STATUS_OPEN && !led_listed;
        led_listed |= x.leads;
        if (!cst_grow(&l->v, &l->room, l->n + 1, sizeof *l->v)) return cst_no_memory(e);
        l->v[l->n++] = x;
    }
    return CST_OK;
}

static cst_status gather_part(listing *l, const flag_shard *p, cst_error *e)
{
    cst_status status = CST_OK;
    uint32_t n = cst_panel_accounts(p->panel);
    for (uint32_t a = 0; a < n && status == CST_OK; a++) status = gather_account(l, p, a, e);
    return status;
}

/* ---- order ---- */

/* What is accepted, silenced or not open is listed apart, behind the rest. */
static int find_place(const flag_listed *x)
{
    return x->status <= FLAG_STATUS_INHIBITED ? 0 : (int)x->status;
}

/* To renewal; a day that is past counts as today. */
static int64_t find_days(const flag_listed *x)
{
    return x->days < 0 ? 0 : x->days;
}

static int compare_items(const void *a, const void *b)
{
    const flag_listed *x = a, *y = b;
    const flag_rule *rule = x->night->rules->rule;
    int order = flag_listed_compare_blocks(x, y);
    if (order) return order;
    if (find_place(x) != find_place(y)) return find_place(x) - find_place(y);
    if (rule[x->rule].severity != rule[y->rule].severity)
        return rule[x->rule].severity - rule[y->rule].severity;
    if (x->has_mrr != y->has_mrr) return x->has_mrr ? -1 : 1;
    if (x->has_mrr && x->mrr != y->mrr) return x->mrr > y->mrr ? -1 : 1;
    if (find_days(x) != find_days(y)) return find_days(x) < find_days(y) ? -1 : 1;
    order = cst_text_compare(x->id, y->id);
    return order ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

/* ---- writing ---- */

static cst_status put_item(listing *l, const flag_listed *x, cst_error *e)
{
    const flag_rule *rule = &l->s->rules->rule[x->rule];
    cst_writer *w = l->w;
    cst_day until = x->state.stage == FLAG_CLEARED ? x->state.until : CST_DAY_NONE;
    if (x->status == FLAG_STATUS_ACCEPTED || x->status == FLAG_STATUS_SILENCED) until = x->decision->until;
    flag_listed_put_by(x, l->w);
    cst_put_text(w, x->id);
    cst_put_text(w, rule->name);
    cst_put_string(w, status_words[x->status]);
    cst_put_string(w, cst_severities[rule->severity]);
    cst_put_day(w, x->state.since);
    cst_put_day(w, until);
    cst_put_text(w, flag_shard_value(x->part, x->account, x->rule));
    if (x->has_mrr)
        cst_put_money(w, x->mrr);
    else
        cst_put_missing(w);
    cst_put_text(w, rule->owner);
    cst_put_text(w, rule->play);
    cst_put_day(w, l->s->pass.tonight);
    cst_put_string(w, !x->changed ? NULL : x->state.stage == FLAG_OPEN ? "opened" : "cleared");
    cst_put_text(w, x->inhibitor ? l->s->rules->rule[x->inhibitor - 1].name : (cst_text){0});
    cst_put_text(w, x->decision ? x->decision->owner : (cst_text){0});
    cst_put_text(w, x->decision ? x->decision->reason : (cst_text){0});
    cst_buffer_clear(&l->text);
    flag_listed_add_phrase(x, &l->text);
    if (l->text.failed) return cst_no_memory(e);
    cst_put_text(w, (cst_text){l->text.p, (uint32_t)l->text.n});
    return cst_end_row(w, e);
}

static cst_status put_total(listing *l, const flag_listed *x, const flag_listing_counts *c, cst_error *e)
{
    char text[96];
    int n = snprintf(text, sizeof text, "open flags: %llu; accounts: %llu", (unsigned long long)c->open,
                     (unsigned long long)c->accounts);
    cst_put_rule(l->w);
    flag_listed_put_by(x, l->w);
    cst_put_missing(l->w);
    cst_put_missing(l->w);
    cst_put_string(l->w, "total");
    for (int i = 0; i < 3; i++) cst_put_missing(l->w);
    cst_put_text(l->w, (cst_text){text, (uint32_t)n});
    cst_put_wide(l->w, c->mrr);
    for (int i = 8; i < 10; i++) cst_put_missing(l->w);
    cst_put_day(l->w, l->s->pass.tonight);
    for (int i = 11; i < COLUMNS; i++) cst_put_missing(l->w);
    return cst_end_row(l->w, e);
}

static cst_status put_all(listing *l, cst_error *e)
{
    cst_status status = CST_OK;
    flag_listing_counts block = {0};
    for (size_t i = 0; i < l->n && status == CST_OK; i++) {
        status = put_item(l, &l->v[i], e);
        add_up(&block, &l->v[i]);
        bool ends = i + 1 == l->n || flag_listed_compare_blocks(&l->v[i], &l->v[i + 1]) != 0;
        if (!ends) continue;
        if (status == CST_OK && l->s->o->totals) status = put_total(l, &l->v[i], &block, e);
        block = (flag_listing_counts){0};
    }
    return status;
}

static cst_status open_writer(listing *l, cst_error *e)
{
    cst_column *all = flag_listed_columns(l->s, columns, COLUMNS);
    if (!all) return cst_no_memory(e);
    cst_status status = cst_io_writer(l->s->io, all, l->s->bys + COLUMNS, &l->w, e);
    free(all);
    return status;
}

cst_status flag_listing_write(flag_night *s, flag_listing_counts *out, cst_error *e)
{
    listing l = {.s = s};
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->parts && status == CST_OK; i++) status = gather_part(&l, s->part[i], e);
    if (status == CST_OK && s->portfolio) status = gather_part(&l, s->portfolio, e);
    if (status == CST_OK && l.n) qsort(l.v, l.n, sizeof *l.v, compare_items);
    if (status == CST_OK) status = open_writer(&l, e);
    if (status == CST_OK) status = put_all(&l, e);
    if (status == CST_OK) status = cst_writer_finish(l.w, e);
    cst_writer_free(l.w);
    free(l.v);
    cst_buffer_free(&l.text);
    *out = l.counts;
    return status;
}
