/* revenue/merge_sums.c: what a part adds up to: integers, each with its period and group, are added to their
 * places. Groups are numbers of the part, which names them first; the session has numbers of its own. */
#include "base/number.h"
#include "base/text.h"
#include "revenue/merge.h"
#include "revenue/parts.h"
#include <stdlib.h>

const char *const rev_effect_name[REV_EFFECTS] = {"quantity_effect", "price_effect", "term_effect"};

static bool add_ret(rev_ret *r, cst_text name, cst_wide v)
{
    if (cst_text_is(name, "base"))
        r->base += v;
    else if (cst_text_is(name, "net"))
        r->net += v;
    else if (cst_text_is(name, "gross"))
        r->gross += v;
    else if (cst_text_is(name, "logos"))
        r->logos += (int64_t)v;
    else if (cst_text_is(name, "kept"))
        r->kept += (int64_t)v;
    else
        return false;
    return true;
}

static bool add_replicate(rev_merge *m, cst_wide **r, cst_text name, cst_wide v)
{
    int64_t i;
    uint32_t n = m->s->rules.replicates;
    if (!cst_int_parse(name, &i) || i < 0 || i >= 3 * (int64_t)n) return false;
    if (!*r && !(*r = calloc(n, 3 * sizeof **r))) {
        m->s->sums.failed = true;
        return true;
    }
    (*r)[i] += v;
    return true;
}

static bool add_amount(cst_wide *into, const char *const *names, int n, cst_text name, cst_wide v)
{
    for (int k = 0; k < n; k++) {
        if (!cst_text_is(name, names[k])) continue;
        into[k] += v;
        return true;
    }
    return false;
}

static bool add_to_cell(rev_merge *m, rev_series *of, cst_period p, cst_text item, cst_text name, cst_wide v)
{
    rev_cell *c = rev_sums_cell(&m->s->sums, of, p);
    if (!c) return true;
    if (cst_text_is(item, "amount")) return add_amount(c->amount, cst_movement_name, CST_MOVEMENTS, name, v);
    if (cst_text_is(item, "effect")) return add_amount(c->effect, rev_effect_name, REV_EFFECTS, name, v);
    if (cst_text_is(item, "retention")) return add_ret(&c->ret, name, v);
    if (cst_text_is(item, "replicate")) return add_replicate(m, &c->replicate, name, v);
    if (cst_text_is(item, "top")) {
        cst_period until = cst_text_is(name, "held") ? p + 1 : CST_TICK_NEVER;
        rev_sums_top(&m->s->sums, of, p, until, (cst_money)v);
        return true;
    }
    if (cst_text_is(name, "closing"))
        c->closing += v;
    else if (cst_text_is(name, "closing_logos"))
        c->closing_logos += (int64_t)v;
    else if (cst_text_is(name, "new"))
        c->new_logos += (int64_t)v;
    else if (cst_text_is(name, "reactivated"))
        c->reactivated += (int64_t)v;
    else if (cst_text_is(name, "churned"))
        c->churned += (int64_t)v;
    else
        return false;
    return true;
}

static bool add_to_link(rev_merge *m, rev_series *of, cst_period p, cst_text item, cst_text name, cst_wide v)
{
    rev_link *l = rev_sums_link(&m->s->sums, of, p);
    if (!l) return true;
    return cst_text_is(item, "link") ? add_ret(&l->ret, name, v) : add_replicate(m, &l->replicate, name, v);
}

cst_status rev_merge_sum(rev_merge *m, size_t row, cst_error *e)
{
    cst_parts *part = &m->parts;
    cst_text item = cst_part_item(part, row), name = cst_part_name(part, row);
    rev_sums *sums = &m->s->sums;
    cst_period p;
    int64_t g;
    cst_wide v;
    cst_status status = cst_part_number(part, row, &v, e);
    if (status == CST_OK) status = cst_part_period(part, row, &p, e);
    if (status < 0) return status;
    if (cst_text_is(item, "left")) {
        rev_sums_churned(sums, (cst_day)p);
        if (!sums->failed) sums->churned[p - sums->day_low] += (int64_t)v - 1;
        return CST_OK;
    }
    if (cst_text_is(item, "tick")) {
        rev_sums_tick(sums, p, 0);
        if (!sums->failed) sums->tick[p - sums->tick_low] += v;
        return CST_OK;
    }
    status = cst_part_find_group(part, row, &g, e);
    if (status < 0) return status;
    rev_series *of = g < 0 ? &sums->total : &sums->group[g];
    bool link = cst_text_is(item, "link") || cst_text_is(item, "link_replicate");
    bool known = link ? add_to_link(m, of, p, item, name, v) : add_to_cell(m, of, p, item, name, v);
    return known ? CST_OK : cst_part_refuse(part, row, "a sum this version knows", e);
}
