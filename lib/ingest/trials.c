/* trials.c: see trials.h. */
#include "ingest/trials.h"
#include "base/text.h"
#include "ingest/revenue.h"

/* The columns in the order they are written, each by its name in subscriptions; others follow these. */
static const struct {
    const char *column, *title;
} first[] = {{"account_id", NULL}, {"subscription_id", "item_id"},
             {"stage", NULL},      {"start_date", "stage_date"},
             {"pipeline", NULL},   {"mrr", "amount"},
             {"currency", NULL}};
enum { FIRST = sizeof first / sizeof first[0], OTHERS = FIRST, READ_ONLY };

static int place_of(ing_rule *r)
{
    static const char read_only[] = "end_date|arr|term_months|status|signed_date|notice_days";
    for (int i = 0; i < FIRST; i++) {
        if (!cst_text_is(r->column, first[i].column)) continue;
        r->title = first[i].title;
        return i;
    }
    return cst_word_find(read_only, r->column) >= 0 ? READ_ONLY : OTHERS;
}

static void sort_columns(ing_map *m)
{
    m->written = 0;
    for (int i = 0; i < m->n; i++) {
        ing_rule r = m->rule[i];
        int k = i, to = place_of(&r);
        for (; k > 0 && place_of(&m->rule[k - 1]) > to; k--) m->rule[k] = m->rule[k - 1];
        m->rule[k] = r;
        m->written += to != READ_ONLY;
    }
}

cst_status ing_trials_finish(ing_map *m, cst_error *e)
{
    bool item = ing_map_find(m, "subscription_id") >= 0;
    if (!item || !ing_rule_filled(&m->trial_end))
        return cst_fail(e, CST_DATA,
                        "the map %s does not fill %s, which every trial needs; add a row of it to the map",
                        m->name, item ? "map.trial_end" : "subscription_id");
    if (m->shape != ING_SHAPE_ROWS)
        return cst_fail(e, CST_DATA, "trials: expected a map of the shape rows, found %s of the shape %s",
                        m->name, ing_shape_name(m->shape));
    static const char *const made[] = {"stage", "pipeline", "item_id", "stage_date", "amount"};
    for (int i = 0; i < 5; i++) {
        if (ing_map_find(m, made[i]) >= 0)
            return cst_fail(e, CST_DATA, "the map %s fills %s, which cs-ingest trials makes itself", m->name,
                            made[i]);
        cst_status status = i < 2 ? ing_map_made(m, made[i], e) : CST_OK; /* the others are renamed */
        if (status != CST_OK) return status;
    }
    sort_columns(m);
    return CST_OK;
}

static cst_status put_stage(ing_worker *w, const char *stage, cst_day day, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_convert_set_day(&w->c, p->at_start, day);
    w->c.cell[p->at_stage] = (ing_cell){.text = cst_text_of(stage), .plain = true};
    w->c.cell[p->at_pipeline] = (ing_cell){.text = cst_text_of("trial"), .plain = true};
    return ing_worker_put_row(w, e);
}

cst_status ing_trial_put(ing_worker *w, uint32_t *rows, cst_error *e)
{
    ing_convert *c = &w->c;
    const ing_plan *p = c->plan;
    cst_day from, to, end = p->at_end >= 0 ? c->cell[p->at_end].day : CST_DAY_NONE;
    cst_status status = ing_convert_day(c, &p->map->trial_start, &from, e);
    if (status == CST_OK) status = ing_convert_day(c, &p->map->trial_end, &to, e);
    if (status != CST_OK) return status;
    if (from == CST_DAY_NONE) from = c->cell[p->at_start].day;
    bool running = c->kind == ING_KIND_TRIAL, ends = end != CST_DAY_NONE;
    if ((to == CST_DAY_NONE ? !running : to <= from) || (ends && end < from)) {
        c->kind = ING_KIND_NO_TRIAL;
        return CST_END;
    }
    status = put_stage(w, "started", from, e);
    *rows = 1;
    if (status != CST_OK) return status;
    bool expired = ends && (to == CST_DAY_NONE || end <= to);
    if (!expired && running) return CST_OK;
    *rows = 2;
    if (expired) return put_stage(w, "expired", end, e);
    return put_stage(w, c->kind == ING_KIND_UNPAID ? "expired" : "converted", to, e);
}
