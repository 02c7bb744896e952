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
#include "cohort/subjects.h"
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
    cohort_tallies tallies; /* by the ledger's group */
    cohort_subjects row;    /* a regression: in the order of accounts; factors by the worker's ids */
    cst_intern *words;
    double *x;
    uint64_t without; /* never paid anything */
    uint64_t before;  /* start on the day history begins with, or are not seen for a unit after it */
} tenure_worker;

static int32_t count_units(cst_every unit, cst_day from, cst_day to)
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
static cst_status find_stretch(const cst_balance *b, cst_text account, const cst_ledger_row *row, size_t rows,
                               cst_day *from, cst_day *to, cst_error *e)
{
    *from = *to = CST_DAY_NONE;
    for (size_t i = 0; i < b->n; i++) {
        cst_day day = b->at[i].day;
        cst_wide level = b->at[i].level;
        if (level < 0) return cst_balance_fail_below(account, cst_balance_negative(row, rows, day), day, e);
        if (*from == CST_DAY_NONE && level > 0) *from = day;
        if (*from != CST_DAY_NONE && *to == CST_DAY_NONE && level == 0) *to = day;
    }
    return CST_OK;
}

static cst_status add_tenure(tenure_worker *w, const cst_ledger_account *a, const cst_ledger_row *row,
                             size_t rows, uint32_t group, cst_error *e)
{
    const tenure_plan *p = w->plan;
    cst_day from, to, history = p->in->o->history_from;
    cst_status status = find_stretch(&w->balance, a->id, row, rows, &from, &to, e);
    if (status != CST_OK) return status;
    if (from == CST_DAY_NONE) {
        w->without++;
        return CST_OK;
    }
    bool event = to != CST_DAY_NONE && (int64_t)p->seen - to > p->grace;
    cst_every unit = (cst_every)(p->in->o->every + CST_DAILY);
    int32_t tenure = count_units(unit, from, event ? to : p->seen), entry = -1;
    if (history != CST_DAY_NONE && from < history) entry = count_units(unit, from, history);
    if (from == history || entry >= tenure) {
        w->before++;
        return CST_OK;
    }
    if (w->x) {
        status = read_covariates(w, a->id, e);
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
    cst_status status = CST_OK;
    cohort_book_part(a);
    for (size_t from = 0, to; status == CST_OK && from < a->rows; from = to) {
        uint32_t group;
        to = cohort_book_group(a, from, &group);
        bool ok = cst_balance_fill(&w->balance, a->row + from, to - from, CST_DAY_NONE);
        status = !ok ? cst_no_memory(e) : add_tenure(w, a, a->row + from, to - from, group, e);
    }
    return status;
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
    return ok ? CST_OK : cst_no_memory(e);
}

static void free_worker(tenure_worker *w)
{
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

static void tell_left_out(const cohort_input *in, void *const worker[])
{
    uint64_t without = 0, before = 0;
    for (int i = 0; i < in->threads; i++) {
        without += ((const tenure_worker *)worker[i])->without;
        before += ((const tenure_worker *)worker[i])->before;
    }
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
    if (status == CST_OK) status = cst_ledger_each(l, n, visit, worker, e);
    for (int i = 0; i < n && status == CST_OK; i++)
        status = gather(p->all, worker[i], cst_ledger_labels(l), e);
    if (status == CST_OK) tell_left_out(p->in, worker);
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
    if (status == CST_OK) status = cohort_book_read(in, in->o->cox != NULL, &l, e);
    if (status == CST_OK) {
        p.seen = cohort_book_day(in, l) + 1;
        status = visit_all(&p, l, e);
        cohort_book_tell(in, l);
    }
    cst_ledger_free(l);
    return status;
}
