/* flags/order.c: rules in an order in which inhibitors come before what they inhibit: depth first along
 * inhibited_by, in the order of the table. A rule that is met again while it is being placed closes a
 * cycle. */
#include "base/buffer.h"
#include "flags/rules.h"
#include <stdlib.h>

enum { WHITE, GREY, BLACK };

struct flag_order_pass {
    flag_rules *rules;
    int column; /* inhibited_by */
    uint8_t *mark;
    uint32_t *path; /* the rules being placed */
    size_t *next;   /* which inhibitor of each comes next */
    size_t depth;
    flag_problems *problems;
};

static void tell_cycle(const struct flag_order_pass *w, uint32_t again)
{
    cst_buffer b = {0};
    cst_error e;
    size_t i = 0;
    while (w->path[i] != again) i++;
    for (; i < w->depth; i++) {
        cst_text name = w->rules->rule[w->path[i]].name;
        cst_buffer_add_visible(&b, name.p, name.n, 60);
        cst_buffer_add_string(&b, " < ");
    }
    cst_buffer_add_visible(&b, w->rules->rule[again].name.p, w->rules->rule[again].name.n, 60);
    size_t row = w->rules->rule[w->path[w->depth - 1]].row;
    cst_fail_at(&e, CST_DATA, cst_table_place(w->rules->table, row, w->column), "inhibited_by",
                "expected flags that inhibit in one direction, found a cycle: %s; take one of them out",
                cst_buffer_string(&b));
    flag_problems_add(w->problems, &e);
    cst_buffer_free(&b);
}

static void enter(struct flag_order_pass *w, uint32_t rule)
{
    w->mark[rule] = GREY;
    w->next[w->depth] = 0;
    w->path[w->depth++] = rule;
}

static void place(struct flag_order_pass *w, uint32_t start)
{
    enter(w, start);
    while (w->depth > 0) {
        uint32_t at = w->path[w->depth - 1];
        flag_rule *r = &w->rules->rule[at];
        if (w->next[w->depth - 1] == r->inhibitors) {
            w->mark[at] = BLACK;
            w->depth--;
            w->rules->order[r->scope][w->rules->count[r->scope]++] = at;
            continue;
        }
        uint32_t other = r->inhibitor[w->next[w->depth - 1]++];
        if (w->mark[other] == WHITE)
            enter(w, other);
        else if (w->mark[other] == GREY)
            tell_cycle(w, other);
    }
}

cst_status flag_rules_sort(flag_rules *r, int inhibited_by_column, flag_problems *problems, cst_error *e)
{
    struct flag_order_pass w = {.rules = r, .column = inhibited_by_column, .problems = problems};
    w.mark = calloc(r->n + 1, 1);
    w.path = calloc(r->n + 1, sizeof *w.path);
    w.next = calloc(r->n + 1, sizeof *w.next);
    bool ok = w.mark && w.path && w.next;
    for (int s = 0; s < FLAG_SCOPES && ok; s++)
        ok = (r->order[s] = calloc(r->n + 1, sizeof **r->order)) != NULL;
    for (size_t i = 0; ok && i < r->n; i++)
        if (w.mark[i] == WHITE) place(&w, (uint32_t)i);
    free(w.mark);
    free(w.path);
    free(w.next);
    return ok ? CST_OK : cst_no_memory(e);
}
