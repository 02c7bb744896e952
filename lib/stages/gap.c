/* stages/gap.c: whitespace: the products that most of an account's peers pay for and it does not. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/currency.h"
#include "ledger/freshness.h"
#include "stages/session.h"
#include <stdlib.h>

enum { PEERS = 5 }; /* fewer say nothing */

/* An account that pays something on as_of, in one group of --by. */
typedef struct stages_peer {
    uint32_t group, account; /* of the names; once all are known, in order of their bytes */
    cst_wide mrr;
    size_t stamp; /* 1 + the holding last looked at that it has */
} stages_peer;

/* What a peer pays for a product, above 0. */
typedef struct stages_holding {
    uint32_t group, product;
    size_t peer;
    cst_wide mrr;
} stages_holding;

typedef struct stages_gap_line {
    cst_text account, product, currency;
    uint64_t peers, have;
    cst_maybe share;
    cst_wide revenue;
    uint32_t group, of; /* the group, the account, for the order */
} stages_gap_line;

typedef struct stages_gaps {
    const stages_session *s;
    cst_intern *groups, *accounts, *products;
    stages_peer *peer;
    stages_holding *holding;
    stages_gap_line *line;
    size_t peers, holdings, lines, peer_room, holding_room, line_room;
} stages_gaps;

#define AT(field) offsetof(stages_gap_line, field)

static const cst_layout_column columns[] = {
    {NULL, CST_LAY_BY, 0},
    {"account_id", CST_LAY_TEXT, AT(account)},
    {"product", CST_LAY_TEXT, AT(product)},
    {"peers", CST_LAY_COUNT, AT(peers)},
    {"have", CST_LAY_COUNT, AT(have)},
    {"share", CST_LAY_RATIO, AT(share)},
    {"revenue", CST_LAY_AMOUNT, AT(revenue)},
    {"currency", CST_LAY_TEXT, AT(currency)},
};

/* ---- who pays for what ------------------------------------------------------------------------------- */

/* The peer of a group among those of the account in hand, which begin at `first`; new if it must be. */
static stages_peer *find_peer(stages_gaps *g, size_t first, uint32_t group, uint32_t account)
{
    for (size_t i = first; i < g->peers; i++)
        if (g->peer[i].group == group) return &g->peer[i];
    if (!cst_grow(&g->peer, &g->peer_room, g->peers + 1, sizeof *g->peer)) return NULL;
    g->peer[g->peers] = (stages_peer){.group = group, .account = account};
    return &g->peer[g->peers++];
}

static stages_holding *find_holding(stages_gaps *g, size_t first, size_t peer, uint32_t product)
{
    for (size_t i = first; i < g->holdings; i++)
        if (g->holding[i].peer == peer && g->holding[i].product == product) return &g->holding[i];
    if (!cst_grow(&g->holding, &g->holding_room, g->holdings + 1, sizeof *g->holding)) return NULL;
    g->holding[g->holdings] = (stages_holding){.product = product, .peer = peer};
    return &g->holding[g->holdings++];
}

static cst_status add_row(stages_gaps *g, const cst_ledger_account *a, const cst_ledger_row *r,
                          uint32_t account, size_t first_peer, size_t first_holding, cst_error *e)
{
    const cst_unit unit = cst_labels_unit(a->labels, r->unit);
    cst_money amount;
    cst_status status = stages_session_convert(g->s, r->amount, cst_labels_currency(a->labels, unit.currency),
                                               g->s->as_of, &amount, e);
    if (status != CST_OK) return status;
    uint32_t group = cst_intern_id(g->groups, cst_labels_segment(a->labels, unit.segment));
    uint32_t product = cst_intern_id(g->products, cst_labels_centre(a->labels, unit.centre));
    if (group == CST_INTERN_NONE || product == CST_INTERN_NONE) return cst_no_memory(e);
    stages_peer *peer = find_peer(g, first_peer, group, account);
    stages_holding *holding = peer ? find_holding(g, first_holding, (size_t)(peer - g->peer), product) : NULL;
    if (!holding) return cst_no_memory(e);
    peer->mrr += amount;
    holding->mrr += amount;
    return CST_OK;
}

static cst_status visit(void *gaps, const cst_ledger_account *a, cst_error *e)
{
    stages_gaps *g = gaps;
    size_t first_peer = g->peers, first_holding = g->holdings;
    uint32_t account = cst_intern_id(g->accounts, a->id);
    cst_status status = account == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
    for (size_t i = 0; i < a->rows && status == CST_OK; i++)
        if (a->row[i].start <= g->s->as_of && a->row[i].end > g->s->as_of)
            status = add_row(g, a, &a->row[i], account, first_peer, first_holding, e);
    return status;
}

static cst_status read_ledger(stages_gaps *g, stages_session *s, const char *product, cst_error *e)
{
    const cst_calendar months = {CST_MONTH, 1};
    cst_ledger_opts o = {.value = "mrr", .centre = product, .as_of = s->as_of, .ordered = true};
    cst_ledger *l = NULL;
    cst_subscriptions_serve(&s->subscriptions, &o);
    cst_status status = cst_ledger_open(&o, &l, e);
    if (status == CST_OK) status = cst_ledger_read(l, s->reader, cst_io_threads(s->io), e);
    if (status == CST_OK) status = cst_ledger_each(l, 1, visit, (void *const[]){g}, e);
    if (status == CST_OK) {
        const cst_labels *const labels[] = {cst_ledger_labels(l)};
        cst_ledger_counts n = cst_ledger_counted(l);
        status =
            cst_currency_settle(labels, 1, s->subjects.fx, cst_subscriptions_by_currency(&s->subscriptions),
                                s->currency, &s->several, e);
        if (status == CST_OK) status = cst_subscriptions_check_keys(s->io, s->reader, &n, e);
        cst_manifest_count(cst_io_manifest(s->io), "rows", NULL, "used", n.rows);
        cst_manifest_count(cst_io_manifest(s->io), "rows", NULL, "left out by --where", n.filtered);
        cst_subscriptions_check(s->io, s->o->subjects.accounts, &n);
        cst_ledger_warn_stale(s->io, &n, s->as_of, &months);
        if (n.rows == 0) cst_io_warn(s->io, "expected subscriptions up to --as-of, found none");
    }
    cst_ledger_free(l);
    return status;
}

/* ---- what is lacking --------------------------------------------------------------------------------- */

static int compare_holdings(const void *a, const void *b)
{
    const stages_holding *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->product != y->product) return x->product < y->product ? -1 : 1;
    if (x->mrr != y->mrr) return x->mrr < y->mrr ? -1 : 1;
    return (x->peer > y->peer) - (x->peer < y->peer);
}

static int compare_lines(const void *a, const void *b)
{
    const stages_gap_line *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->of != y->of) return x->of < y->of ? -1 : 1;
    return cst_text_compare(x->product, y->product);
}

/* Names become their places in order of bytes, and what is not above 0 goes. */
static bool rank_names(stages_gaps *g, uint32_t **ranks)
{
    ranks[0] = cst_intern_ranks(g->groups);
    ranks[1] = cst_intern_ranks(g->accounts);
    if (!ranks[0] || !ranks[1]) return false;
    size_t left = 0;
    for (size_t i = 0; i < g->holdings; i++) {
        stages_holding h = g->holding[i];
        h.group = ranks[0][g->peer[h.peer].group];
        bool product = cst_intern_text(g->products, h.product).n > 0;
        if (h.mrr > 0 && g->peer[h.peer].mrr > 0 && product) g->holding[left++] = h;
    }
    g->holdings = left;
    return true;
}

/* Adds the lines of holdings first .. end - 1, which are one product's in one group of so many peers. */
static bool add_lines(stages_gaps *g, uint32_t *const *ranks, size_t first, size_t end, uint64_t peers)
{
    const stages_session *s = g->s;
    const size_t have = end - first, middle = first + have / 2;
    cst_ratio share = 0;
    if (peers < PEERS || 2 * have < peers) return true;
    cst_ratio_of((cst_wide)have, (cst_wide)peers, &share);
    for (size_t i = first; i < end; i++) g->peer[g->holding[i].peer].stamp = first + 1;
    stages_gap_line l = {.product = cst_intern_text(g->products, g->holding[first].product),
                         .currency = cst_text_of(s->currency),
                         .peers = peers,
                         .have = have,
                         .share = {share, true},
                         .revenue = g->holding[middle].mrr,
                         .group = g->holding[first].group};
    if (have % 2 == 0) l.revenue = cst_wide_divide(g->holding[middle - 1].mrr + g->holding[middle].mrr, 2);
    for (size_t i = 0; i < g->peers; i++) {
        const stages_peer *p = &g->peer[i];
        if (ranks[0][p->group] != l.group || p->mrr <= 0 || p->stamp == first + 1) continue;
        l.account = cst_intern_text(g->accounts, p->account);
        l.of = ranks[1][p->account];
        if (!cst_grow(&g->line, &g->line_room, g->lines + 1, sizeof *g->line)) return false;
        g->line[g->lines++] = l;
    }
    return true;
}

static cst_status find_gaps(stages_gaps *g, cst_error *e)
{
    uint32_t *ranks[2] = {NULL, NULL};
    uint64_t *peers = calloc((size_t)cst_intern_count(g->groups) + 1, sizeof *peers);
    bool ok = peers && rank_names(g, ranks);
    for (size_t i = 0; ok && i < g->peers; i++) peers[ranks[0][g->peer[i].group]] += g->peer[i].mrr > 0;
    if (ok && g->holdings > 1) qsort(g->holding, g->holdings, sizeof *g->holding, compare_holdings);
    for (size_t i = 0, next; ok && i < g->holdings; i = next) {
        next = i + 1;
        while (next < g->holdings && g->holding[next].group == g->holding[i].group &&
               g->holding[next].product == g->holding[i].product)
            next++;
        ok = add_lines(g, ranks, i, next, peers[g->holding[i].group]);
    }
    if (ok && g->lines > 1) qsort(g->line, g->lines, sizeof *g->line, compare_lines);
    free(ranks[0]);
    free(ranks[1]);
    free(peers);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status write_lines(const stages_gaps *g, cst_error *e)
{
    const stages_session *s = g->s;
    cst_layout layout = stages_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w = NULL;
    layout.untold = true;
    uint32_t *order = cst_intern_sorted(g->groups);
    cst_status status = order ? cst_layout_open(&layout, s->io, NULL, &w, e) : cst_no_memory(e);
    for (size_t i = 0; i < g->lines && status == CST_OK; i++)
        status =
            cst_layout_row(&layout, w, cst_intern_text(g->groups, order[g->line[i].group]), &g->line[i], e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(order);
    return status;
}

cst_status stages_gap_write(stages_session *s, cst_error *e)
{
    stages_gaps g = {
        .s = s, .groups = cst_intern_new(), .accounts = cst_intern_new(), .products = cst_intern_new()};
    const char *product = s->o->product ? s->o->product : "product";
    int slot;
    cst_status status = g.groups && g.accounts && g.products ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_reader_bind(s->reader, product, CST_REQUIRED, &slot, e);
    if (status == CST_OK) status = read_ledger(&g, s, product, e);
    if (status == CST_OK) status = find_gaps(&g, e);
    if (status == CST_OK) status = write_lines(&g, e);
    cst_intern_free(g.groups);
    cst_intern_free(g.accounts);
    cst_intern_free(g.products);
    free(g.peer);
    free(g.holding);
    free(g.line);
    return status;
}
