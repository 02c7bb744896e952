/* netting.c: see netting.h. */
#include "ingest/netting.h"
#include "base/decimal.h"

/* v x part / all, for 0 <= part <= all: it always fits. */
static cst_wide share(cst_wide v, cst_instant part, cst_instant all)
{
    cst_wide out = 0;
    (void)cst_wide_mul_div(v, part, all, &out);
    return out;
}

static cst_instant later(cst_instant a, cst_instant b)
{
    return a > b ? a : b;
}

/* What a part carries in the time it shares with the credit: what cutting it there would give. */
static cst_wide find_shared(const ing_carry *k, const ing_credit *c)
{
    cst_instant from = later(k->from, c->from), to = k->to < c->to ? k->to : c->to;
    if (from >= to) return 0;
    cst_wide behind = k->now - share(k->now, from - k->from, k->to - k->from);
    return share(behind, to - from, k->to - from);
}

static cst_wide find_carried(const ing_carry *k, const ing_credit *c)
{
    cst_wide sum = 0;
    for (; k; k = k->next) sum += find_shared(k, c);
    return sum;
}

static bool cut(ing_carry *k, cst_instant at, cst_arena *a)
{
    if (at <= k->from || at >= k->to) return true;
    ing_carry *behind = cst_arena_alloc(a, sizeof *behind);
    if (!behind) return false;
    cst_wide was = share(k->was, at - k->from, k->to - k->from);
    cst_wide now = share(k->now, at - k->from, k->to - k->from);
    *behind = (ing_carry){at, k->to, k->was - was, k->now - now, k->next};
    *k = (ing_carry){k->from, at, was, now, behind};
    return true;
}

/* A taking under way: of `carried` in all, `amount` is taken, in running sums, so that nothing is lost. */
typedef struct taking {
    cst_wide carried, amount, seen, taken;
} taking;

static bool take(ing_carry *k, const ing_credit *c, taking *t, cst_arena *a)
{
    for (; k; k = k->next) {
        if (find_shared(k, c) == 0) continue;
        if (!cut(k, c->from, a)) return false;
        if (k->to <= c->from) continue; /* the part behind the cut comes next */
        if (!cut(k, c->to, a)) return false;
        cst_wide due = 0;
        t->seen += k->now;
        (void)cst_wide_mul_div(t->amount, t->seen, t->carried, &due);
        due -= t->taken;
        if (due > k->now) due = k->now;
        k->now -= due;
        t->taken += due;
    }
    return true;
}

static cst_wide size_of(cst_wide v)
{
    return v < 0 ? -v : v;
}

bool ing_credit_take(const ing_credit *c, ing_carry **line, size_t n, bool allow, cst_arena *a,
                     ing_taking *out)
{
    taking t = {.amount = c->amount};
    cst_wide lines = 0;
    *out = (ing_taking){0};
    for (size_t i = 0; i < n; i++) {
        cst_wide carried = find_carried(line[i], c);
        if (carried == 0) continue;
        if (size_of(carried - c->amount) <= c->minor) {
            t.carried = carried, lines = 1;
            line += i, n = 1;
            break;
        }
        t.carried += carried;
        lines++;
    }
    out->met = lines > 0;
    bool whole = lines > 0 && size_of(t.carried - c->amount) <= lines * c->minor;
    if (whole || c->amount > t.carried) t.amount = t.carried;
    if (whole)
        out->netted = t.carried - c->amount;
    else
        out->rest = c->amount - t.amount;
    if (out->rest && (!allow || !lines)) return true;
    for (size_t i = 0; i < n; i++)
        if (!take(line[i], c, &t, a)) return false;
    return true;
}
