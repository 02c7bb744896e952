/* flags/listing.c: see listing.h. All flags that are anything but absent are gathered from the books of
 * all parts, sorted and written; only tonight's list is held, never the history. */
#include "flags/listing.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status { OPEN, CLEARED, INHIBITED, ACCEPTED, SILENCED, PENDING, COOLING };
static const char *const status_words[] = {"open",     "cleared", "inhibited", "accepted",
                                           "silenced", "pending", "cleared"};

typedef struct flag_listed {
    const flag_shard *part;
    uint32_t account, rule;
    cst_text id;
    flag_stage_now state;
    enum status status;
    bool changed;       /* opened or cleared tonight */
    uint32_t inhibitor; /* + 1 */
    const flag_decision *decision;
    bool has_mrr;
    cst_money mrr;
    int64_t days; /* to renewal; INT64_MAX: not known */
    bool leads;   /* the first open flag of its account: there the account counts */
    const struct listing *listing;
} flag_listed;

typedef struct listing {
    flag_night *s;
    flag_listed *v;
    size_t n, room;
    cst_writer *w;
    flag_listing_counts counts; /* of all, listed or not */
} listing;

static const cst_column columns[] = {
    {"account_id", CST_COL_TEXT},   {"flag", CST_COL_TEXT},           {"status", CST_COL_TEXT},
    {"severity", CST_COL_TEXT},     {"since", CST_COL_TEXT},          {"until", CST_COL_TEXT},
    {"value", CST_COL_TEXT},        {"mrr_at_risk", CST_COL_NUMBER},  {"owner", CST_COL_TEXT},
    {"play", CST_COL_TEXT},         {"period", CST_COL_TEXT},         {"change", CST_COL_TEXT},
    {"inhibited_by", CST_COL_TEXT}, {"decision_owner", CST_COL_TEXT}, {"decision_reason", CST_COL_TEXT},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- gathering ---- */

static enum status find_status(const flag_listed *x, cst_day tonight)
{
    switch (x->state.stage) {
    case FLAG_PENDING:
        return PENDING;
    case FLAG_CLEARED:
        return x->state.until == tonight ? CLEARED : COOLING;
    default:
        if (x->decision) return x->decision->kind == FLAG_ACCEPT ? ACCEPTED : SILENCED;
        return x->inhibitor ? INHIBITED : OPEN;
    }
}

/* A cooldown that is over is nothing any more, also where no row came to say so. */
static bool is_over(const flag_rule *r, const flag_stage_now *s, cst_day tonight)
{
    return s->stage == FLAG_CLEARED && s->until != tonight && flag_life_awake(&r->life, s, tonight);
}

static bool is_listed(const flag_night *s, const flag_listed *x)
{
    bool counts = x->changed && !x->inhibitor && !x->decision;
    if (s->o->changes) return counts;
    return s->o->all || x->status <= ACCEPTED;
}

static cst_status read_mrr(const flag_night *s, flag_listed *x, cst_error *e)
{
    cst_text t = flag_side_text(s, x->part, &s->mrr, x->account);
    x->has_mrr = t.n > 0;
    if (t.n == 0) return CST_OK;
    cst_decimal_status parsed = cst_money_parse(t, &x->mrr);
    if (parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED) return CST_OK;
    return cst_fail(e, CST_DATA,
                    "%s: expected an amount for the account \"%.*s\", found \"%.*s\"; see --mrr-column",
                    s->o->mrr_column ? s->o->mrr_column : "mrr", x->id.n > 60 ? 60 : (int)x->id.n, x->id.p,
                    t.n > 60 ? 60 : (int)t.n, t.p);
}

static cst_status refuse_renewal(const flag_listed *x, const char *column, const char *expected,
                                 cst_text found, cst_error *e)
{
    return cst_fail(e, CST_DATA, "%s: expected %s for the account \"%.*s\", found \"%.*s\"", column, expected,
                    x->id.n > 60 ? 60 : (int)x->id.n, x->id.p, found.n > 60 ? 60 : (int)found.n, found.p);
}

/* Days from a row before tonight's are fewer by now. */
static cst_status read_renewal(const flag_night *s, flag_listed *x, cst_error *e)
{
    cst_day day;
    double days;
    cst_text t = flag_side_text(s, x->part, &s->renewal, x->account);
    x->days = INT64_MAX;
    if (t.n == 0) return CST_OK;
    if (!s->renewal_in_days) {
        if (!cst_day_parse(t, &day)) return refuse_renewal(x, "renewal_date", "a date YYYY-MM-DD", t, e);
        x->days = (int64_t)day - s->pass.tonight;
    } else {
        if (!cst_number_parse(t, &days) || fabs(days) > CST_DAY_MAX)
            return refuse_renewal(x, "days_to_renewal", "a number of days", t, e);
        cst_day last =
            s->renewal.attribute ? CST_DAY_NONE : cst_panel_earlier_period(x->part->panel, x->account, 1);
        x->days = (int64_t)days - (last == CST_DAY_NONE ? 0 : (int64_t)s->pass.tonight - last);
    }
    if (x->days < 0) x->days = 0;
    return CST_OK;
}

static void add_up(flag_listing_counts *c, const flag_listed *x)
{
    bool counts = x->changed && !x->inhibitor && !x->decision;
    c->opened += counts && x->state.stage == FLAG_OPEN;
    c->cleared += counts && x->state.stage == FLAG_CLEARED;
    c->open += x->status == OPEN;
    c->accounts += x->leads;
    if (x->leads && x->has_mrr) c->mrr += x->mrr;
}

static cst_status gather_account(listing *l, const flag_shard *p, uint32_t account, cst_error *e)
{
    const flag_night *s = l->s;
    const flag_stage_now *states = flag_shard_now(p, s->rules->n, account);
    cst_day tonight = s->pass.tonight;
    flag_listed x = {.part = p, .account = account, .listing = l};
    bool read = false, led = p->scope == FLAG_SCOPE_PORTFOLIO, led_listed = led;
    for (uint32_t i = 0; i < s->rules->n; i++) {
        const flag_rule *r = &s->rules->rule[i];
        if (states[i].stage == FLAG_ABSENT || is_over(r, &states[i], tonight)) continue;
        x.rule = i;
        x.id = cst_panel_account_id(p->panel, account);
        x.state = states[i];
        x.inhibitor = flag_shard_inhibitor(r, states);
        x.decision = flag_decisions_find(&s->decisions, x.id, i);
        x.changed = (x.state.stage == FLAG_OPEN && x.state.since == tonight) ||
                    (x.state.stage == FLAG_CLEARED && x.state.until == tonight);
        x.status = find_status(&x, tonight);
        cst_status status = read ? CST_OK : read_mrr(s, &x, e);
        if (status == CST_OK && !read) status = read_renewal(s, &x, e);
        read = true;
        if (status < 0) return status;
        x.leads = x.status == OPEN && !led;
        led |= x.leads;
        add_up(&l->counts, &x);
        if (!is_listed(s, &x)) continue;
        x.leads = x.status == OPEN && !led_listed;
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

static cst_text find_by(const flag_listed *x, size_t i)
{
    return flag_side_text(x->listing->s, x->part, &x->listing->s->by[i], x->account);
}

static int compare_blocks(const flag_listed *x, const flag_listed *y)
{
    for (size_t i = 0; i < x->listing->s->bys; i++) {
        cst_text a = find_by(x, i), b = find_by(y, i);
        if ((a.n == 0) != (b.n == 0)) return a.n == 0 ? 1 : -1; /* missing last */
        int order = cst_text_compare(a, b);
        if (order) return order;
    }
    return 0;
}

/* What is accepted, silenced or not open is listed apart, behind the rest. */
static int find_place(const flag_listed *x)
{
    return x->status <= INHIBITED ? 0 : (int)x->status;
}

static int compare_items(const void *a, const void *b)
{
    const flag_listed *x = a, *y = b;
    const flag_rule *rule = x->listing->s->rules->rule;
    int order = compare_blocks(x, y);
    if (order) return order;
    if (find_place(x) != find_place(y)) return find_place(x) - find_place(y);
    if (rule[x->rule].severity != rule[y->rule].severity)
        return rule[x->rule].severity - rule[y->rule].severity;
    if (x->has_mrr != y->has_mrr) return x->has_mrr ? -1 : 1;
    if (x->has_mrr && x->mrr != y->mrr) return x->mrr > y->mrr ? -1 : 1;
    if (x->days != y->days) return x->days < y->days ? -1 : 1;
    order = cst_text_compare(x->id, y->id);
    return order ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

/* ---- writing ---- */

static void put_by(listing *l, const flag_listed *x)
{
    for (size_t i = 0; i < l->s->bys; i++) cst_put_text(l->w, find_by(x, i));
}

static cst_status put_item(listing *l, const flag_listed *x, cst_error *e)
{
    const flag_rule *rule = &l->s->rules->rule[x->rule];
    cst_writer *w = l->w;
    cst_day until = x->state.stage == FLAG_CLEARED ? x->state.until : CST_DAY_NONE;
    if (x->status == ACCEPTED || x->status == SILENCED) until = x->decision->until;
    put_by(l, x);
    cst_put_text(w, x->id);
    cst_put_text(w, rule->name);
    cst_put_string(w, status_words[x->status]);
    cst_put_string(w, flag_severities[rule->severity]);
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
    return cst_end_row(w, e);
}

static cst_status put_total(listing *l, const flag_listed *x, const flag_listing_counts *c, cst_error *e)
{
    char text[96];
    int n = snprintf(text, sizeof text, "open flags: %llu; accounts: %llu", (unsigned long long)c->open,
                     (unsigned long long)c->accounts);
    cst_put_rule(l->w);
    put_by(l, x);
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
        bool ends = i + 1 == l->n || compare_blocks(&l->v[i], &l->v[i + 1]) != 0;
        if (!ends) continue;
        if (status == CST_OK && l->s->o->totals) status = put_total(l, &l->v[i], &block, e);
        block = (flag_listing_counts){0};
    }
    return status;
}

/* The columns of --by stand before the others. */
static cst_status open_writer(listing *l, cst_error *e)
{
    size_t bys = l->s->bys;
    cst_column *all = calloc(bys + COLUMNS, sizeof *all);
    if (!all) return cst_no_memory(e);
    for (size_t i = 0; i < bys; i++) all[i] = (cst_column){l->s->by_name[i], CST_COL_TEXT};
    memcpy(all + bys, columns, sizeof columns);
    cst_status status = cst_io_writer(l->s->io, all, bys + COLUMNS, &l->w, e);
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
    *out = l.counts;
    return status;
}
