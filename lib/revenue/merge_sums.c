/* revenue/merge_sums.c: what a part adds up to: integers, each with its period and group, are added to their
 * places. Groups are numbers of the part, which names them first; the session has numbers of its own. */
#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/merge.h"
#include "revenue/parts.h"
#include <stdlib.h>

const char *const rev_effect_name[REV_EFFECTS] = {"quantity_effect", "price_effect", "term_effect"};

/* ---- groups ------------------------------------------------------------------------------------------ */

/* Its name is put together, and its number found. */
cst_status rev_merge_group(rev_merge *m, size_t *row, cst_error *e)
{
    cst_buffer b = {0};
    const rev_session *s = m->s;
    for (size_t k = 0; k < s->bys; k++) {
        if (*row >= cst_table_rows(m->table) ||
            !cst_text_is(cst_table_at(m->table, *row, m->column[0]), "group")) {
            cst_buffer_free(&b);
            return rev_merge_refuse(m, *row - 1, "a group's value for every column", e);
        }
        cst_text part = cst_table_at(m->table, *row, m->column[4]);
        if (k) cst_buffer_add_char(&b, CST_LABEL_JOINT);
        cst_buffer_add(&b, part.p, part.n);
        if (k + 1 < s->bys) (*row)++;
    }
    uint32_t id =
        b.failed ? CST_INTERN_NONE : cst_intern_id(m->names, (cst_text){b.p ? b.p : "", (uint32_t)b.n});
    cst_buffer_free(&b);
    if (m->groups == m->group_room) {
        uint32_t room = m->group_room ? 2 * m->group_room : 16;
        uint32_t *grown = realloc(m->group, room * sizeof *grown);
        if (!grown) return cst_fail(e, CST_MEMORY, "out of memory");
        m->group = grown;
        m->group_room = room;
    }
    if (id == CST_INTERN_NONE || !rev_sums_group(&m->s->sums, id))
        return cst_fail(e, CST_MEMORY, "out of memory");
    m->group[m->groups++] = id;
    return CST_OK;
}

/* ---- sums -------------------------------------------------------------------------------------------- */

/* 10^36: a hundredth of what 128 bits hold, so that twelve times a sum fits as well. */
static cst_wide most_of_all(void)
{
    cst_wide v = INT64_C(1000000000000000000);
    return v * v;
}

/* Up to 37 digits. */
static bool parse_wide(cst_text t, cst_wide *out)
{
    uint32_t i = t.n > 0 && t.p[0] == '-';
    if (i == t.n || t.n - i > 37) return false;
    cst_wide v = 0;
    for (; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        v = 10 * v + (t.p[i] - '0');
    }
    *out = t.p[0] == '-' ? -v : v;
    return true;
}

/* No sum is larger than all integers together without their signs: while these are within bounds, none
 * can overflow, whoever wrote the parts. */
static cst_status count_size(rev_merge *m, size_t row, cst_wide v, cst_error *e)
{
    m->size += v < 0 ? -v : v;
    if (m->size <= most_of_all()) return CST_OK;
    return cst_fail_at(
        e, CST_LIMIT, cst_table_place(m->table, row, m->column[4]), "value",
        "expected integers that add up to at most 10^36 without their signs, found more; use a "
        "larger unit");
}

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
    cst_text item = cst_table_at(m->table, row, m->column[0]);
    cst_text name = cst_table_at(m->table, row, m->column[3]),
             value = cst_table_at(m->table, row, m->column[4]);
    rev_sums *sums = &m->s->sums;
    cst_text group = cst_table_at(m->table, row, m->column[2]);
    int64_t p, g = -1;
    cst_wide v;
    if (!parse_wide(value, &v)) return rev_merge_refuse(m, row, "an integer of at most 37 digits", e);
    cst_status status = count_size(m, row, v, e);
    if (status < 0) return status;
    if (!cst_int_parse(cst_table_at(m->table, row, m->column[1]), &p) || p < INT32_MIN + 2 ||
        p > INT32_MAX - 2)
        return rev_merge_refuse(m, row, "a row with a period", e);
    if (cst_text_is(item, "left")) {
        rev_sums_churned(sums, (cst_day)p);
        if (!sums->failed) sums->churned[p - sums->day_low] += (int64_t)v - 1;
        return CST_OK;
    }
    if (cst_text_is(item, "tick")) {
        rev_sums_tick(sums, (cst_period)p, 0);
        if (!sums->failed) sums->tick[p - sums->tick_low] += v;
        return CST_OK;
    }
    if (!cst_text_is(group, "total") && (!cst_int_parse(group, &g) || g < 0 || g >= m->groups))
        return rev_merge_refuse(m, row, "a row of a group that the part names", e);
    rev_series *of = g < 0 ? &sums->total : &sums->group[m->group[g]];
    bool link = cst_text_is(item, "link") || cst_text_is(item, "link_replicate");
    bool known = link ? add_to_link(m, of, (cst_period)p, item, name, v)
                      : add_to_cell(m, of, (cst_period)p, item, name, v);
    return known ? CST_OK : rev_merge_refuse(m, row, "a sum this version knows", e);
}
