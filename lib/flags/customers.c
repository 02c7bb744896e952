/* flags/customers.c: see listing.h. One row per customer, never per flag: what is wrong in up to three
 * phrases, and what to do about the first. */
#include "base/text.h"
#include "flags/listed.h"
#include "flags/listing.h"
#include "tables/streams.h"
#include <stdlib.h>
#include <string.h>

enum { PHRASES = 3, SOON = 30 /* days to a renewal that cannot wait */ };
enum { CRITICAL, HIGH, MEDIUM, LOW, INFO }; /* places in cst_severities */

typedef struct flag_customer {
    flag_listed who;        /* of no rule */
    uint32_t rule[PHRASES]; /* what is said, the gravest first */
    bool is_new[PHRASES];   /* opened tonight */
    uint32_t phrases, more; /* more: phrases that are left out */
    uint32_t flags;         /* open */
    int worst;              /* severity of what is open; INFO + 1: nothing */
    bool grave_new;         /* something critical or high opened tonight */
    bool listed;
    bool has_loss;
    cst_money loss; /* expected */
} flag_customer;

typedef struct customers {
    flag_night *s;
    flag_customer *v;
    size_t n, room;
    flag_listed *open; /* of one account, rules + 1 */
    cst_writer *w;
    cst_buffer text;
} customers;

static const cst_column columns[] = {
    {"row", CST_COL_TEXT},
    {"rank", CST_COL_NUMBER},
    {"account_id", CST_COL_TEXT},
    {"name", CST_COL_TEXT},
    {"severity", CST_COL_TEXT},
    {"new", CST_COL_NUMBER},
    {"mrr", CST_COL_NUMBER},
    {"days_to_renewal", CST_COL_NUMBER},
    {"flags", CST_COL_NUMBER},
    {"text_1", CST_COL_TEXT},
    {"text_2", CST_COL_TEXT},
    {"text_3", CST_COL_TEXT},
    {"more", CST_COL_NUMBER},
    {"flag", CST_COL_TEXT},
    {"play", CST_COL_TEXT},
    {"owner", CST_COL_TEXT},
    {"expected_loss", CST_COL_NUMBER},
    {"customers", CST_COL_NUMBER},
    {"critical", CST_COL_NUMBER},
    {"high", CST_COL_NUMBER},
    {"period", CST_COL_TEXT},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- the phrases of a customer ---- */

static const flag_rule *rule_of(const flag_listed *x)
{
    return &x->night->rules->rule[x->rule];
}

/* New first, then the gravest, then what opened last, then the order of the table. */
static int compare_flags(const void *a, const void *b)
{
    const flag_listed *x = a, *y = b;
    int sx = rule_of(x)->severity, sy = rule_of(y)->severity;
    if (x->changed != y->changed) return x->changed ? -1 : 1;
    if (sx != sy) return sx - sy;
    if (x->state.since != y->state.since) return x->state.since > y->state.since ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static int64_t measure_of(const flag_listed *x)
{
    const flag_phrase *text = rule_of(x)->text;
    return text ? flag_phrase_measure(text) : -1;
}

/* Another flag of the same measure speaks for this one: it comes before; or, as new and as grave, says
 * more; or as much, and stands further down in the table, where the more special rules are. */
static bool is_said_by(const flag_listed *x, const flag_listed *y)
{
    if (measure_of(x) < 0 || measure_of(x) != measure_of(y)) return false;
    size_t mine = flag_phrase_columns(rule_of(x)->text), theirs = flag_phrase_columns(rule_of(y)->text);
    bool level = x->changed == y->changed && rule_of(x)->severity == rule_of(y)->severity;
    if (!level) return compare_flags(y, x) < 0;
    return mine != theirs ? theirs > mine : y->rule > x->rule;
}

static void choose_phrases(flag_customer *c, const flag_listed *open, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool said = rule_of(&open[i])->severity == INFO;
        for (size_t k = 0; k < n && !said; k++) said = k != i && is_said_by(&open[i], &open[k]);
        if (said) continue;
        if (c->phrases == PHRASES) {
            c->more++;
            continue;
        }
        c->is_new[c->phrases] = open[i].changed;
        c->rule[c->phrases++] = open[i].rule;
    }
}

/* ---- gathering ---- */

static cst_status read_loss(const flag_night *s, flag_customer *c, cst_error *e)
{
    cst_text t = flag_side_text(s, c->who.part, &s->loss, c->who.account);
    c->has_loss = t.n > 0;
    return c->has_loss ? flag_listed_read_amount(&c->who, s->o->loss_column, "loss-column", t, &c->loss, e)
                       : CST_OK;
}

static cst_status gather_account(customers *l, const flag_shard *p, uint32_t account, cst_error *e)
{
    const flag_night *s = l->s;
    flag_customer c = {.worst = INFO + 1};
    size_t n = 0;
    if (account >= p->accounts || p->last[account] != s->pass.tonight) return CST_OK;
    cst_status status = flag_listed_account(s, p, account, &c.who, e);
    if (status == CST_OK) status = read_loss(s, &c, e);
    if (status < 0 || (s->mrr.there && (!c.who.has_mrr || c.who.mrr <= 0))) return status;
    for (uint32_t i = 0; i < s->rules->n; i++) {
        flag_listed x = c.who;
        if (!flag_listed_rule(&x, i) || x.status != FLAG_STATUS_OPEN) continue;
        int severity = rule_of(&x)->severity;
        if (severity < c.worst) c.worst = severity;
        c.grave_new |= x.changed && severity <= HIGH;
        l->open[n++] = x;
    }
    c.flags = (uint32_t)n;
    c.listed = c.worst <= HIGH;
    if (n) qsort(l->open, n, sizeof *l->open, compare_flags);
    if (c.listed) choose_phrases(&c, l->open, n);
    if (!cst_grow(&l->v, &l->room, l->n + 1, sizeof *l->v)) return cst_no_memory(e);
    l->v[l->n++] = c;
    return CST_OK;
}

/* ---- order ---- */

static bool is_urgent(const flag_customer *c)
{
    return c->grave_new || (c->who.days >= 0 && c->who.days <= SOON);
}

static int compare_customers(const void *a, const void *b)
{
    const flag_customer *x = a, *y = b;
    int order = flag_listed_compare_blocks(&x->who, &y->who);
    if (order) return order;
    if (x->listed != y->listed) return x->listed ? -1 : 1;
    if (is_urgent(x) != is_urgent(y)) return is_urgent(x) ? -1 : 1;
    if (x->worst != y->worst) return x->worst - y->worst;
    if (x->has_loss != y->has_loss) return x->has_loss ? -1 : 1;
    if (x->has_loss && x->loss != y->loss) return x->loss > y->loss ? -1 : 1;
    if (x->who.mrr != y->who.mrr) return x->who.mrr > y->who.mrr ? -1 : 1;
    return cst_text_compare(x->who.id, y->who.id);
}

/* ---- writing ---- */

static void put_missing(cst_writer *w, int n)
{
    while (n-- > 0) cst_put_missing(w);
}

static void put_amount(cst_writer *w, bool there, cst_money m)
{
    if (there)
        cst_put_money(w, m);
    else
        cst_put_missing(w);
}

static void put_phrases(customers *l, const flag_customer *c)
{
    flag_listed x = c->who;
    for (uint32_t i = 0; i < PHRASES; i++) {
        cst_buffer_clear(&l->text);
        if (i < c->phrases && flag_listed_rule(&x, c->rule[i])) {
            if (c->is_new[i]) cst_buffer_add_string(&l->text, "NEW ");
            flag_listed_add_phrase(&x, &l->text);
        }
        cst_put_text(l->w, (cst_text){l->text.p, (uint32_t)l->text.n});
    }
}

static cst_status put_customer(customers *l, const flag_customer *c, int64_t rank, cst_error *e)
{
    const flag_night *s = l->s;
    const flag_rule *first = &s->rules->rule[c->rule[0]];
    cst_writer *w = l->w;
    flag_listed_put_by(&c->who, w);
    cst_put_string(w, "customer");
    cst_put_int(w, rank);
    cst_put_text(w, c->who.id);
    cst_put_text(w, flag_side_text(s, c->who.part, &s->name, c->who.account));
    cst_put_string(w, cst_severities[c->worst]);
    cst_put_int(w, c->grave_new);
    put_amount(w, c->who.has_mrr, c->who.mrr);
    if (c->who.days == INT64_MAX)
        cst_put_missing(w);
    else
        cst_put_int(w, c->who.days);
    cst_put_int(w, c->flags);
    put_phrases(l, c);
    cst_put_int(w, c->more);
    cst_put_text(w, first->name);
    cst_put_text(w, first->play);
    cst_put_text(w, first->owner);
    put_amount(w, c->has_loss, c->loss);
    put_missing(w, 3);
    cst_put_day(w, s->pass.tonight);
    return l->text.failed ? cst_no_memory(e) : cst_end_row(w, e);
}

/* Of the customers from `first` to `end`, one block. */
static cst_status put_total(customers *l, size_t first, size_t end, cst_error *e)
{
    cst_writer *w = l->w;
    cst_wide mrr = 0, loss = 0;
    int64_t is_new = 0, flags = 0, of[2] = {0, 0};
    for (size_t i = first; i < end; i++) {
        const flag_customer *c = &l->v[i];
        mrr += c->who.mrr;
        loss += c->loss;
        is_new += c->grave_new;
        flags += c->flags;
        if (c->listed) of[c->worst]++;
    }
    cst_put_rule(w);
    flag_listed_put_by(&l->v[first].who, w);
    cst_put_string(w, "total");
    put_missing(w, 4);
    cst_put_int(w, is_new);
    if (l->s->mrr.there)
        cst_put_wide(w, mrr);
    else
        cst_put_missing(w);
    cst_put_missing(w);
    cst_put_int(w, flags);
    put_missing(w, 7);
    if (l->s->loss.there)
        cst_put_wide(w, loss);
    else
        cst_put_missing(w);
    cst_put_int(w, (int64_t)(end - first));
    cst_put_int(w, of[CRITICAL]);
    cst_put_int(w, of[HIGH]);
    cst_put_day(w, l->s->pass.tonight);
    return cst_end_row(w, e);
}

static cst_status put_blocks(customers *l, cst_error *e)
{
    cst_status status = CST_OK;
    size_t first = 0;
    for (size_t i = 0; i < l->n && status == CST_OK; i++) {
        if (l->v[i].listed) status = put_customer(l, &l->v[i], (int64_t)(i - first) + 1, e);
        bool ends = i + 1 == l->n || flag_listed_compare_blocks(&l->v[i].who, &l->v[i + 1].who) != 0;
        if (!ends || status < 0) continue;
        status = put_total(l, first, i + 1, e);
        first = i + 1;
    }
    return status;
}

static cst_status open_writer(customers *l, cst_error *e)
{
    cst_column *all = flag_listed_columns(l->s, columns, COLUMNS);
    if (!all) return cst_no_memory(e);
    cst_status status = cst_io_extra_writer(l->s->io, l->s->o->customers, all, l->s->bys + COLUMNS, &l->w, e);
    free(all);
    return status;
}

cst_status flag_customers_write(flag_night *s, cst_error *e)
{
    customers l = {.s = s, .open = calloc(s->rules->n + 1, sizeof *l.open)};
    cst_status status = l.open ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; i < s->parts && status == CST_OK; i++)
        for (uint32_t a = 0; a < cst_panel_accounts(s->part[i]->panel) && status == CST_OK; a++)
            status = gather_account(&l, s->part[i], a, e);
    if (status == CST_OK && l.n) qsort(l.v, l.n, sizeof *l.v, compare_customers);
    if (status == CST_OK) status = open_writer(&l, e);
    if (status == CST_OK) status = put_blocks(&l, e);
    if (status == CST_OK) status = cst_writer_finish(l.w, e);
    cst_writer_free(l.w);
    cst_buffer_free(&l.text);
    free(l.open);
    free(l.v);
    return status;
}
