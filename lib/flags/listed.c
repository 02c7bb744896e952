/* flags/listed.c: see listed.h. */
#include "flags/listed.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static flag_status find_status(const flag_listed *x, cst_day tonight)
{
    switch (x->state.stage) {
    case FLAG_PENDING:
        return FLAG_STATUS_PENDING;
    case FLAG_CLEARED:
        return x->state.until == tonight ? FLAG_STATUS_CLEARED : FLAG_STATUS_COOLING;
    default:
        if (x->decision)
            return x->decision->kind == FLAG_ACCEPT ? FLAG_STATUS_ACCEPTED : FLAG_STATUS_SILENCED;
        return x->inhibitor ? FLAG_STATUS_INHIBITED : FLAG_STATUS_OPEN;
    }
}

/* A cooldown that is over is nothing any more, also where no row came to say so. */
static bool is_over(const flag_rule *r, const flag_stage_now *s, cst_day tonight)
{
    return s->stage == FLAG_CLEARED && s->until != tonight && flag_life_awake(&r->life, s, tonight);
}

cst_status flag_listed_read_amount(const flag_listed *x, const char *column, const char *option, cst_text t,
                                   cst_money *out, cst_error *e)
{
    cst_decimal_status parsed = cst_money_parse(t, out);
    if (parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED) return CST_OK;
    return cst_fail(e, CST_DATA, "%s: expected an amount for the account \"%.*s\", found \"%.*s\"; see --%s",
                    column, x->id.n > 60 ? 60 : (int)x->id.n, x->id.p, t.n > 60 ? 60 : (int)t.n, t.p, option);
}

static cst_status read_mrr(const flag_night *s, flag_listed *x, cst_error *e)
{
    cst_text t = flag_side_text(s, x->part, &s->mrr, x->account);
    x->has_mrr = t.n > 0;
    if (t.n == 0) return CST_OK;
    return flag_listed_read_amount(x, s->o->mrr_column ? s->o->mrr_column : "mrr", "mrr-column", t, &x->mrr,
                                   e);
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
    return CST_OK;
}

cst_status flag_listed_account(const flag_night *s, const flag_shard *p, uint32_t account, flag_listed *x,
                               cst_error *e)
{
    *x = (flag_listed){
        .night = s, .part = p, .account = account, .id = cst_panel_account_id(p->panel, account)};
    cst_status status = read_mrr(s, x, e);
    return status == CST_OK ? read_renewal(s, x, e) : status;
}

bool flag_listed_rule(flag_listed *x, uint32_t rule)
{
    const flag_night *s = x->night;
    const flag_stage_now *states = flag_shard_now(x->part, s->rules->n, x->account);
    const flag_rule *r = &s->rules->rule[rule];
    cst_day tonight = s->pass.tonight;
    if (states[rule].stage == FLAG_ABSENT || is_over(r, &states[rule], tonight)) return false;
    x->rule = rule;
    x->state = states[rule];
    x->inhibitor = flag_shard_inhibitor(r, states);
    x->decision = flag_decisions_find(&s->decisions, x->id, rule);
    x->changed = (x->state.stage == FLAG_OPEN && x->state.since == tonight) ||
                 (x->state.stage == FLAG_CLEARED && x->state.until == tonight);
    x->status = find_status(x, tonight);
    x->leads = false;
    return true;
}

bool flag_listed_counts(const flag_listed *x)
{
    return x->changed && !x->inhibitor && !x->decision;
}

void flag_listed_add_phrase(const flag_listed *x, cst_buffer *b)
{
    cst_text phrase = flag_shard_phrase(x->part, x->account, x->rule);
    cst_text name = x->night->rules->rule[x->rule].name;
    cst_buffer_add(b, phrase.p, phrase.n);
    for (uint32_t i = 0; phrase.n == 0 && i < name.n; i++)
        cst_buffer_add_char(b, name.p[i] == '_' ? ' ' : name.p[i]);
}

/* ---- the columns of --by ---- */

static cst_text find_by(const flag_listed *x, size_t i)
{
    return flag_side_text(x->night, x->part, &x->night->by[i], x->account);
}

int flag_listed_compare_blocks(const flag_listed *x, const flag_listed *y)
{
    for (size_t i = 0; i < x->night->bys; i++) {
        cst_text a = find_by(x, i), b = find_by(y, i);
        if ((a.n == 0) != (b.n == 0)) return a.n == 0 ? 1 : -1; /* missing last */
        int order = cst_text_compare(a, b);
        if (order) return order;
    }
    return 0;
}

void flag_listed_put_by(const flag_listed *x, cst_writer *w)
{
    for (size_t i = 0; i < x->night->bys; i++) cst_put_text(w, find_by(x, i));
}

cst_column *flag_listed_columns(const flag_night *s, const cst_column *columns, size_t n)
{
    cst_column *all = calloc(s->bys + n, sizeof *all);
    if (!all) return NULL;
    for (size_t i = 0; i < s->bys; i++) all[i] = (cst_column){s->by_name[i], CST_COL_TEXT};
    memcpy(all + s->bys, columns, n * sizeof *columns);
    return all;
}
