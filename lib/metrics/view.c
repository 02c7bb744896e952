/* metrics/view.c: a row as the conditions of the spec see it: its fields, what is joined by the event's
 * name, ends that have not happened yet read as empty. */
#include "base/text.h"
#include "metrics/plan.h"

static bool is_hidden(const cst_view *v, uint32_t name)
{
    for (size_t i = 0; i < v->plan->hides; i++)
        if (v->hidden >> i & 1 && v->plan->slot[v->plan->hide[i]].name == name) return true;
    return false;
}

cst_text cst_view_text(const cst_view *v, uint32_t name)
{
    const cst_name *n = &v->plan->name[name];
    if (v->hidden && is_hidden(v, name)) return (cst_text){"", 0};
    switch (n->from) {
    case CST_NAME_COLUMN:
        return v->batch ? cst_text_at(v->batch, v->row, n->column)
                        : cst_accounts_at(v->plan->accounts, v->row, n->column);
    case CST_NAME_FEATURE:
        if (v->feature == CST_FEATURE_NONE) return (cst_text){"", 0};
        return cst_table_at(cst_features_table(v->plan->features), v->feature, n->column);
    case CST_NAME_USE:
        return cst_text_of(v->use ? "true" : "false");
    case CST_NAME_DAY:
    case CST_NAME_HOURS:
        return (cst_text){"", 0};
    case CST_NAME_CELL:
        break;
    }
    return v->cell[n->column];
}

cst_place cst_view_place(const cst_view *v, uint32_t name)
{
    const cst_name *n = &v->plan->name[name];
    if (n->from == CST_NAME_FEATURE && v->feature != CST_FEATURE_NONE)
        return cst_table_place(cst_features_table(v->plan->features), v->feature, n->column);
    if (n->from != CST_NAME_COLUMN) return (cst_place){0};
    return v->batch ? cst_place_at(v->batch, v->row, n->column)
                    : cst_accounts_place(v->plan->accounts, v->row, n->column);
}

static cst_text read_text(void *context, uint32_t name)
{
    return cst_view_text(context, name);
}

static cst_place find_place(void *context, uint32_t name)
{
    return cst_view_place(context, name);
}

cst_status cst_view_judge(const cst_view *v, cst_judge which, cst_mask *out, cst_error *e)
{
    cst_view copy = *v;
    const cst_row row = {.context = &copy, .text = read_text, .place = find_place, .today = CST_DAY_NONE};
    *out = (cst_mask){{0}};
    for (size_t i = 0; i < v->plan->conditions; i++) {
        const cst_condition *c = &v->plan->condition[i];
        bool holds = true;
        if (which != CST_JUDGE_ALL && c->by_event != (which == CST_JUDGE_EVENT)) continue;
        cst_status s = c->expr ? cst_expr_true(c->expr, &row, &holds, e) : CST_OK;
        if (s) return s;
        if (holds) out->w[i / 64] |= UINT64_C(1) << (i % 64);
    }
    return CST_OK;
}
