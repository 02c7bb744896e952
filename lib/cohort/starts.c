/* starts.c: a sweep over the days on which an account's balance changes: the first period that closes
 * within a stretch above zero. */
#include "cohort/starts.h"
#include "base/memory.h"
#include "cohort/book.h"
#include <stdlib.h>

typedef struct starter {
    const cohort_frame *frame;
    cohort_starts *starts;
    cst_day known; /* a close after this day has not come */
    cst_balance balance;
} starter;

static cst_status add_start(cohort_starts *s, cst_text account, cohort_began first, cst_error *e)
{
    uint32_t id = cst_intern_id(s->accounts, account);
    if (id == CST_INTERN_NONE || !cst_grow(&s->first, &s->room, id + 1, sizeof *s->first))
        return cst_no_memory(e);
    s->first[id] = first; /* an account is visited once: ids come one after the other */
    s->n = id + 1;
    return CST_OK;
}

/* All steps are gone through, since an account below zero at any close is an error. */
static cst_status visit(void *worker, const cst_ledger_account *a, cst_error *e)
{
    starter *w = worker;
    const cst_balance *b = &w->balance;
    bool started = false;
    cst_day began = CST_DAY_NONE; /* the stretch above zero that goes on */
    cst_status status =
        cst_balance_fill(&w->balance, a->row, a->rows, CST_DAY_NONE) ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; i < b->n && status == CST_OK; i++) {
        cst_day to = i + 1 < b->n ? b->at[i + 1].day : CST_LEDGER_OPEN;
        cst_period tick = cst_period_of(&w->frame->ages, b->at[i].day);
        cst_day close = cst_period_last(&w->frame->ages, tick);
        if (b->at[i].level > 0 && (i == 0 || b->at[i - 1].level <= 0)) began = b->at[i].day;
        if (close >= to) continue;
        if (b->at[i].level < 0 && close <= w->known)
            return cst_balance_fail_below(a->id, cst_balance_negative(a->row, a->rows, close), close, e);
        if (b->at[i].level > 0 && !started) {
            status = add_start(w->starts, a->id, (cohort_began){tick, began}, e);
            started = true;
        }
    }
    return status;
}

cst_status cohort_starts_read(cohort_starts *s, const cohort_frame *f, const cohort_input *in, cst_error *e)
{
    cohort_options plain = *in->o;
    plain.stream = (cst_stream_opts){0};
    plain.cohort = plain.value = NULL;
    cohort_input book = *in; /* the tables stay the other's */
    book.o = &plain;
    starter w = {
        .frame = f, .starts = s, .known = cohort_input_knows_day(in) ? in->o->periodic.as_of : INT32_MAX};
    void *worker[] = {&w};
    cst_ledger *l = NULL;
    *s = (cohort_starts){.accounts = cst_intern_new()};
    cst_status status = s->accounts ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cohort_input_stream(&book, NULL, CST_SUBSCRIPTIONS_HINT, e);
    if (status == CST_OK) status = cohort_book_read(&book, false, &l, e);
    if (status == CST_OK) status = cohort_book_each(&book, l, 1, visit, worker, e);
    if (status == CST_OK) cohort_book_tell(&book, l);
    cst_ledger_free(l);
    cst_balance_free(&w.balance);
    cst_groups_free(&book.groups);
    return status;
}

void cohort_starts_free(cohort_starts *s)
{
    cst_intern_free(s->accounts);
    free(s->first);
}

cohort_began cohort_starts_find(const cohort_starts *s, cst_text account)
{
    uint32_t id = cst_intern_find(s->accounts, account);
    return id == CST_INTERN_NONE ? COHORT_NEVER : s->first[id];
}
