/* flags/decisions.c: see decisions.h. */
#include "flags/decisions.h"
#include "base/buffer.h"
#include "base/suggest.h"
#include "base/text.h"
#include <stdlib.h>

enum flag_decision_column { ACCOUNT, FLAG, DECISION, UNTIL, OWNER, REASON, COLUMNS };
static const char *const names[] = {"account_id", "flag", "decision", "until", "owner", "reason"};

static void blame(const cst_table *t, size_t row, int column, const char *name, const char *expected,
                  const flag_rules *near, flag_problems *problems)
{
    cst_buffer b = {0};
    cst_error e;
    cst_text found = cst_table_at(t, row, column);
    cst_text *all = near ? calloc(near->n + 1, sizeof *all) : NULL;
    for (size_t i = 0; all && i < near->n; i++) all[i] = near->rule[i].name;
    cst_suggest_unknown(&b, expected, found, all, all ? near->n : 0, NULL, 0);
    cst_buffer_add_string(&b, "; see cs-flags(1), DECISIONS");
    free(all);
    cst_buffer_fail(&b, CST_DATA, cst_table_place(t, row, column), name, &e);
    flag_problems_add(problems, &e);
}

static cst_status read_row(const cst_table *t, size_t row, const int *at, const flag_rules *rules,
                           flag_decisions *out, flag_problems *problems, cst_error *e)
{
    flag_decision *d = &out->item[out->n];
    size_t rule = flag_rules_find(rules, cst_table_at(t, row, at[FLAG]));
    cst_text account = cst_table_at(t, row, at[ACCOUNT]), word = cst_table_at(t, row, at[DECISION]);
    cst_error wrong;
    if (rule == rules->n)
        blame(t, row, at[FLAG], names[FLAG], "a flag of the rules", rules, problems);
    else if (account.n == 0 && rules->rule[rule].scope == FLAG_SCOPE_ACCOUNT)
        blame(t, row, at[ACCOUNT], names[ACCOUNT], "an account", NULL, problems);
    d->kind = cst_text_is(word, "silence") ? FLAG_SILENCE : FLAG_ACCEPT;
    if (d->kind != FLAG_SILENCE && !cst_text_is(word, "accept"))
        blame(t, row, at[DECISION], names[DECISION], "silence or accept", NULL, problems);
    cst_status status = cst_table_day(t, row, at[UNTIL], &d->until, &wrong);
    if (status < 0) flag_problems_add(problems, &wrong);
    if (status == CST_END)
        blame(t, row, at[UNTIL], names[UNTIL], "the last day on which it holds, YYYY-MM-DD", NULL, problems);
    for (int c = OWNER; c <= REASON; c++)
        if (cst_table_at(t, row, at[c]).n == 0)
            blame(t, row, at[c], names[c], c == OWNER ? "who decided" : "why", NULL, problems);
    d->account = cst_intern_id(out->accounts, account);
    if (d->account == CST_INTERN_NONE) return cst_no_memory(e);
    d->rule = (uint32_t)rule;
    d->owner = cst_table_at(t, row, at[OWNER]);
    d->reason = cst_table_at(t, row, at[REASON]);
    d->row = row;
    out->n++;
    return CST_OK;
}

cst_status flag_decisions_read(const cst_table *t, const flag_rules *rules, flag_decisions *out,
                               flag_problems *problems, cst_error *e)
{
    int at[COLUMNS];
    *out = (flag_decisions){.accounts = cst_intern_new(), .at = cst_map_new()};
    out->item = calloc(cst_table_rows(t) + 1, sizeof *out->item);
    if (!out->accounts || !out->at || !out->item) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (int c = 0; c < COLUMNS && status == CST_OK; c++)
        status = cst_table_bind(t, names[c], CST_REQUIRED, &at[c], e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++)
        status = read_row(t, row, at, rules, out, problems, e);
    return status;
}

cst_status flag_decisions_choose(flag_decisions *d, const cst_table *t, cst_day tonight, cst_error *e)
{
    for (size_t i = 0; i < d->n; i++) {
        const flag_decision *x = &d->item[i];
        bool fresh;
        if (x->until < tonight) continue;
        uint32_t *at = cst_map_at(d->at, cst_map_pair(x->account, x->rule), &fresh);
        if (!at) return cst_no_memory(e);
        if (!fresh) {
            cst_text id = cst_intern_text(d->accounts, x->account);
            return cst_fail_at(
                e, CST_DATA, cst_table_place(t, x->row, -1), NULL,
                "expected one decision at a time for a flag of an account, found a second one for \"%.*s\" "
                "(first on line %llu); keep one",
                id.n > 60 ? 60 : (int)id.n, id.p,
                (unsigned long long)cst_table_place(t, d->item[*at - 1].row, -1).line);
        }
        *at = (uint32_t)i + 1;
    }
    return CST_OK;
}

const flag_decision *flag_decisions_find(const flag_decisions *d, cst_text account, uint32_t rule)
{
    if (!d->accounts) return NULL;
    uint32_t id = cst_intern_find(d->accounts, account);
    const uint32_t *at = id == CST_INTERN_NONE ? NULL : cst_map_find(d->at, cst_map_pair(id, rule));
    return at && *at ? &d->item[*at - 1] : NULL;
}

void flag_decisions_clear(flag_decisions *d)
{
    free(d->item);
    cst_intern_free(d->accounts);
    cst_map_free(d->at);
    *d = (flag_decisions){0};
}
