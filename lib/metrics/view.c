/* metrics/view.c: a row as the conditions of the spec see it: its fields, what is joined by the event's
 * name, ends that have not happened yet read as empty. */
#include "base/text.h"
#include "metrics/plan.h"

static bool is_hidden(const met_view *v, uint32_t name)
{
    for (size_t i = 0; i < v->plan->hides; i++)
        if (v->hidden >> i & 1 && v->plan->slot[v->plan->hide[i]].name == name) return true;
    return false;
}

cst_text met_view_text(const met_view *v, uint32_t name)
{
    const met_name *n = &v->plan->name[name];
    if (v->hidden && is_hidden(v, name)) return (cst_text){"", 0};
    switch (n->from) {
    case MET_NAME_COLUMN:
        return v->batch ? cst_text_at(v->batch, v->row, n->column)
                        : cst_accounts_at(v->plan->accounts, v->row, n->column);
    case MET_NAME_FEATURE:
        if (v->feature == CST_FEATURE_NONE) return (cst_text){"", 0};
        return cst_table_at(cst_features_table(v->plan->features), v->feature, n->column);
    case MET_NAME_USE:
        return cst_text_of(v->use ? "true" : "false");
    case MET_NAME_DAY:
    case MET_NAME_HOURS:
        return (cst_text){"", 0};
    case MET_NAME_CELL:
        break;
    }
    return v->cell[n->column];
}

cst_place met_view_place(const met_view *v, uint32_t name)
{
    const met_name *n = &v->plan->name[name];
    if (n->from == MET_NAME_FEATURE && v->feature != CST_FEATURE_NONE)
        return cst_table_place(cst_features_table(v->plan->features), v->feature, n->column);
    if (n->from != MET_NAME_COLUMN) return (cst_place){0};
    return v->batch ? cst_place_at(v->batch, v->row, n->column)
                    : cst_accounts_place(v->plan->accounts, v->row, n->column);
}

static cst_text read_text(void *context, uint32_t name)
{
    return met_view_text(context, name);
}

static cst_place find_place(void *context, uint32_t name)
{
    return met_view_place(context, name);
}

cst_status met_view_judge(const met_view *v, met_judge which, met_mask *out, cst_error *e)
{
    met_view copy = *v;
    const cst_row row = {.context = &copy, .text = read_text, .place = find_place, .today = CST_DAY_NONE};
    *out = (met_mask){{0}};
    for (size_t i = 0; i < v->plan->conditions; i++) {
        const met_condition *c = &v->plan->condition[i];
        bool holds = true;
        if (which != MET_JUDGE_ALL && c->by_event != (which == MET_JUDGE_EVENT)) continue;
        cst_status status = c->expr ? cst_expr_true(c->expr, &row, &holds, e) : CST_OK;
        if (status != CST_OK) return status;
        if (holds) out->w[i / 64] |= UINT64_C(1) << (i % 64);
    }
    return CST_OK;
}
