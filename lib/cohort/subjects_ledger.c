/* subjects_ledger.c: the tenure of an account: from its first day of recurring revenue to the first day
 * without any (gaps up to --grace are closed by the ledger), or to the day the data is good for, which also
 * those reach whose last gap is no longer than --grace on that day: they may still come back. Tenure is
 * whole units completed: months from 2024-01-31 to 2024-03-30 are 1. An end is exclusive, and so is the
 * day after --as-of, where those who stay were last seen. */
#include "base/date.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "cohort/book.h"
#include "cohort/moves.h"
#include <cstools/ledger.h>
#include <stdlib.h>
#include <string.h>

typedef struct tenure_plan {
    cohort_input *in;
    cohort_subjects *all;
    cst_day seen;  /* the day after the one the data is good for */
    int64_t grace; /* days: an exit that is not longer by then may still be closed, and is none */
} tenure_plan;

typedef struct tenure_worker {
    const tenure_plan *plan;
    cst_balance balance;
    cohort_stays stays;
    cohort_moves moves;
    cohort_tallies tallies; /* by the ledger's group */
    cohort_subjects row;    /* a regression: in the order of accounts; factors by the worker's ids */
    cst_intern *words;
    double *x;
    uint64_t several; /* begin in several groups */
    uint64_t moved;   /* go to another group while they stay */
    uint64_t without; /* never paid anything */
    uint64_t before;  /* start on the day history begins with, or are not seen for a unit after it */
} tenure_worker;

int32_t cohort_tenure(cst_every unit, cst_day from, cst_day to)
{
    if (unit == CST_DAILY) return to - from;
    if (unit == CST_WEEK) return (to - from) / 7;
    int months;
    if (to <= CST_DAY_MAX) {
        months = cst_months_between(from, to);
    } else { /* the day after 9999-12-31 is no date: a month from the first of one is completed with it */
        int year, month, day;
        cst_day_civil(from, &year, &month, &day);
        months = cst_months_between(from, CST_DAY_MAX) + (day == 1);
    }
    return unit == CST_YEAR ? months / 12 : unit == CST_QUARTER ? months / 3 : months;
}

static cst_status read_covariates(tenure_worker *w, cst_text id, cst_error *e)
{
    const cohort_covariates *c = &w->plan->all->covariates;
    const cst_accounts *a = w->plan->in->subjects.accounts;
    uint32_t account = cst_accounts_find(a, id);
    for (size_t i = 0; i < c->columns.n; i++) {
        int column = c->columns.column[i].column;
        cst_text t = cst_accounts_at(a, account, column);
        if (t.n == 0)
            return cst_fail_at(
                e, CST_DATA,
                account == CST_ACCOUNT_NONE ? (cst_place){0} : cst_accounts_place(a, account, column),
                c->columns.name[i],
                "account \"%.*s\": expected a value for --cox, found none; leave such accounts out "
                "with --where",
                id.n > 200 ? 200 : (int)id.n, id.p);
        if (c->factor[i]) {
            uint32_t level = cst_intern_id(w->words, t);
            if (level == CST_INTERN_NONE) return cst_no_memory(e);
            w->x[i] = level;
        } else if (!cst_number_parse(t, &w->x[i])) {
            return cst_fail_at(e, CST_DATA, cst_accounts_place(a, account, column), c->columns.name[i],
                               "expected a number, found \"%.*s\"; if the column holds words, name it in "
                               "--factors too",
                               t.n > 60 ? 60 : (int)t.n, t.p);
        }
    }
    return CST_OK;
}

/* The first day with revenue and the first without after it; CST_DAY_NONE: none. */
static cst_status find_stretch(const cst_balance *b, const cst_ledger_account *a, cst_day *from, cst_day *to,
                               cst_error *e)
{
    *from = *to = CST_DAY_NONE;
    for (size_t i = 0; i < b->n; i++) {
        cst_day day = b->at[i].day;
        cst_wide level = b->at[i].level;
        if (level < 0)
            return cst_balance_fail_below(a->id, cst_balance_negative(a->row, a->rows, day), day, e);
        if (*from == CST_DAY_NONE && level > 0) *from = day;
        if (*from != CST_DAY_NONE && *to == CST_DAY_NONE && level == 0) *to = day;
    }
    return CST_OK;
}

/* Into the group that it begins in: a move to another is no loss. */
static cst_status add_tenure(tenure_worker *w, const cst_ledger_account *a, int32_t entry, int32_t tenure,
                             bool event, cst_error *e)
{
    uint32_t group = w->stays.at[0].group;
    w->several += w->stays.several;
    w->moved += w->stays.n > 1;
    if (w->x) {
        cst_status status = read_covariates(w, a->id, e);
        if (status != CST_OK) return status;
        return cohort_subjects_append(&w->row, entry, tenure, event, group, w->x) ? CST_OK : cst_no_memory(e);
    }
    cohort_tally *t = cohort_tallies_at(&w->tallies, group);
    bool ok = t && cohort_tally_add(t, tenure, event, 1) && (entry < 0 || cohort_tally_enter(t, entry, 1));
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status visit(void *worker, const cst_ledger_account *a, cst_error *e)
{
    tenure_worker *w = worker;
    const tenure_plan *p = w->plan;
    cst_day from, to, history = p->in->o->history_from;
    cohort_book_part(a);
    if (!cst_balance_fill(&w->balance, a->row, a->rows, CST_DAY_NONE)) return cst_no_memory(e);
    cst_status status = find_stretch(&w->balance, a, &from, &to, e);
    if (status != CST_OK) return status;
    if (from == CST_DAY_NONE) {
        w->without++;
        return CST_OK;
    }
    bool event = to != CST_DAY_NONE && (int64_t)p->seen - to > p->grace;
    cst_every unit = (cst_every)(p->in->o->every + CST_DAILY);
    int32_t tenure = cohort_tenure(unit, from, event ? to : p->seen), entry = -1;
    if (history != CST_DAY_NONE && from < history) entry = cohort_tenure(unit, from, history);
    if (from == history || entry >= tenure) {
        w->before++;
        return CST_OK;
    }
    bool ok = cohort_stays_fill(&w->stays, a, from, to == CST_DAY_NONE ? CST_LEDGER_OPEN : to);
    if (ok && p->in->o->moves) ok = cohort_moves_add(&w->moves, &w->stays, a, unit);
    return ok ? add_tenure(w, a, entry, tenure, event, e) : cst_no_memory(e);
}

/* A worker's results by the ledger's groups become the subjects' own. */
static cst_status gather(cohort_subjects *s, tenure_worker *w, const cst_labels *labels, cst_error *e)
{
    const cohort_covariates *c = &s->covariates;
    bool ok = true;
    for (uint32_t id = 0; id < w->tallies.n && ok; id++) {
        uint32_t to = cst_intern_id(s->groups, cst_labels_segment(labels, id));
        cohort_tally *t = to == CST_INTERN_NONE ? NULL : cohort_tallies_at(&s->tallies, to);
        ok = t && cohort_tally_merge(t, &w->tallies.at[id]);
    }
    for (size_t row = 0; row < w->row.rows && ok; row++) {
        uint32_t to = cst_intern_id(s->groups, cst_labels_segment(labels, w->row.group[row]));
        ok = to != CST_INTERN_NONE;
        for (size_t i = 0; i < c->columns.n && ok; i++) {
            w->x[i] = w->row.x[i][row];
            if (!c->factor[i]) continue;
            uint32_t level = cst_intern_id(s->levels, cst_intern_text(w->words, (uint32_t)w->x[i]));
            ok = level != CST_INTERN_NONE;
            w->x[i] = level;
        }
        ok = ok &&
             cohort_subjects_append(s, w->row.entry[row], w->row.time[row], w->row.event[row] != 0, to, w->x);
    }
    ok = ok && cohort_moves_merge(&s->moves, &w->moves);
    return ok ? CST_OK : cst_no_memory(e);
}

static void free_worker(tenure_worker *w)
{
    cohort_stays_free(&w->stays);
    cohort_moves_free(&w->moves);
    cohort_subjects_free_rows(&w->row);
    cst_balance_free(&w->balance);
    cohort_tallies_free(&w->tallies);
    cst_intern_free(w->words);
    free(w->x);
}

static cst_status init_worker(tenure_worker *w, const tenure_plan *p, cst_error *e)
{
    size_t n = p->all->covariates.columns.n;
    *w = (tenure_worker){.plan = p};
    if (n == 0) return CST_OK;
    w->words = cst_intern_new();
    w->x = calloc(n, sizeof *w->x);
    w->row.covariates.columns.n = n;
    return w->words && w->x ? CST_OK : cst_no_memory(e);
}

static void tell_choices(const cohort_input *in, void *const worker[])
{
    uint64_t without = 0, before = 0, several = 0, moved = 0;
    for (int i = 0; i < in->threads; i++) {
        several += ((const tenure_worker *)worker[i])->several;
        moved += ((const tenure_worker *)worker[i])->moved;
        without += ((const tenure_worker *)worker[i])->without;
        before += ((const tenure_worker *)worker[i])->before;
    }
    if (several > 0)
        cst_io_warn(in->io, "%llu %s", (unsigned long long)several,
                    several == 1 ? "account begins in several groups: it counts in the one that pays most"
                                 : "accounts begin in several groups: each counts in the one that pays most");
    if (moved > 0 && !in->o->moves)
        cst_io_warn(in->io, "%llu %s", (unsigned long long)moved,
                    moved == 1
                        ? "account moves to another group while it stays: it counts in the one it began "
                          "in; --moves lists it"
                        : "accounts move to another group while they stay: each counts in the one it "
                          "began in; --moves lists them");
    if (without > 0)
        cst_io_warn(in->io, "%llu %s", (unsigned long long)without,
                    without == 1 ? "account never has recurring revenue and is no subject"
                                 : "accounts never have recurring revenue and are no subjects");
    if (before > 0)
        cst_io_warn(
            in->io, "%llu %s", (unsigned long long)before,
            before == 1
                ? "account begins on --history-from itself, or is not seen for a whole period after it, and "
                  "is left out"
                : "accounts begin on --history-from itself, or are not seen for a whole period after it, "
                  "and are left out");
}

static cst_status visit_all(tenure_plan *p, cst_ledger *l, cst_error *e)
{
    int n = p->in->threads;
    void **worker = cst_workers(n, sizeof(tenure_worker));
    cst_status status = worker ? CST_OK : cst_no_memory(e);
    for (int i = 0; i < n && status == CST_OK; i++) status = init_worker(worker[i], p, e);
    if (status == CST_OK) status = cohort_book_each(p->in, l, n, visit, worker, e);
    for (int i = 0; i < n && status == CST_OK; i++)
        status = gather(p->all, worker[i], cst_ledger_labels(l), e);
    if (status == CST_OK) tell_choices(p->in, worker);
    for (int i = 0; i < n && worker; i++) free_worker(worker[i]);
    free(worker);
    return status;
}

static cst_status check_covariates(const cohort_covariates *c, cst_error *e)
{
    if (!c->columns.of_rows) return CST_OK;
    size_t i = 0;
    while (c->columns.column[i].from == CST_FROM_ACCOUNT) i++;
    return cst_fail(
        e, CST_USAGE,
        "--cox: expected columns of --accounts, found \"%s\" of the subscriptions; an account has one "
        "value of a covariate, its rows may have several",
        c->columns.name[i]);
}

cst_status cohort_subjects_of_subscriptions(cohort_subjects *s, cohort_input *in, cst_error *e)
{
    tenure_plan p = {.in = in, .all = s, .grace = (int32_t)in->o->grace.n};
    cst_ledger *l = NULL;
    cst_status status = cohort_covariates_resolve(&s->covariates, in, e);
    if (status == CST_OK) status = check_covariates(&s->covariates, e);
    if (status == CST_OK && in->o->moves && !in->groups.of_rows)
        status =
            cst_fail(e, CST_USAGE,
                     "--moves: expected --by with a column of the subscriptions, found none; an account's "
                     "own columns have one value each");
    if (status == CST_OK) status = cohort_book_read(in, in->o->cox || in->o->moves, &l, e);
    if (status == CST_OK) {
        p.seen = cohort_book_day(in, l) + 1;
        status = visit_all(&p, l, e);
        cohort_book_tell(in, l);
    }
    cst_ledger_free(l);
    return status;
}
