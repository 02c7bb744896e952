/* revenue/book_joins.c: what the renewal book says of the account of a line: its latest score, its likelihood
 * of being lost, and the flags that are open. Tables are opened before the run and only read in it. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/renewals.h"
#include <stdlib.h>
#include <string.h>

static cst_text rename_account(const void *subjects, cst_text account)
{
    return cst_subjects_rename(subjects, account);
}

/* ---- scores ------------------------------------------------------------------------------------------ */

static cst_status open_scores(rev_session *s, rev_book_joins *x, cst_error *e)
{
    const cst_renaming renaming = {rename_account, &s->subjects};
    const rev_opts *o = s->o;
    if (!o->scores) return CST_OK;
    cst_status status = cst_io_table(s->io, o->scores, &x->scores, e);
    /* a table of likelihoods alone has no score */
    enum cst_need need = o->likelihood ? CST_OPTIONAL : CST_REQUIRED;
    if (status == CST_OK) status = cst_table_bind(x->scores, "score", need, &x->score, e);
    if (status == CST_OK) status = cst_table_bind(x->scores, "band", CST_OPTIONAL, &x->band, e);
    if (status == CST_OK && o->likelihood)
        status = cst_table_bind(x->scores, o->likelihood, CST_REQUIRED, &x->likelihood, e);
    return status == CST_OK ? cst_latest_new(x->scores, &renaming, o->periodic.as_of, &x->latest, e) : status;
}

/* The share of the row, of the due amount. */
static cst_status put_likelihood(cst_writer *w, const rev_book_joins *x, size_t row, const cst_money *due,
                                 cst_error *e)
{
    cst_money share = 0, loss = 0;
    cst_status status = cst_table_money(x->scores, row, x->likelihood, &share, e);
    if (status < 0) return status;
    if (status == CST_OK && (share < 0 || share > CST_MONEY_UNIT))
        return cst_fail_at(e, CST_DATA, cst_table_place(x->scores, row, x->likelihood), NULL,
                           "expected a share from 0 to 1, found another number; --likelihood names a column "
                           "of cs-score --likelihood");
    cst_put_text(w, cst_table_at(x->scores, row, x->likelihood));
    if (status != CST_OK || !due || !cst_mul_div(*due, share, CST_MONEY_UNIT, &loss))
        cst_put_missing(w);
    else
        cst_put_money(w, loss);
    return CST_OK;
}

static cst_status put_scores(cst_writer *w, const rev_book_joins *x, cst_text account, const cst_money *due,
                             bool *found, cst_error *e)
{
    size_t row;
    cst_day period;
    *found = cst_latest_find(x->latest, account, &row, &period);
    cst_put_day(w, *found ? period : CST_DAY_NONE);
    cst_put_text(w, *found && x->score >= 0 ? cst_table_at(x->scores, row, x->score) : (cst_text){"", 0});
    cst_put_text(w, *found && x->band >= 0 ? cst_table_at(x->scores, row, x->band) : (cst_text){"", 0});
    if (x->likelihood < 0) return CST_OK;
    if (*found) return put_likelihood(w, x, row, due, e);
    cst_put_missing(w);
    cst_put_missing(w);
    return CST_OK;
}

/* ---- flags ------------------------------------------------------------------------------------------- */

struct rev_book_flags {
    cst_intern *accounts;
    struct flagged {
        cst_buffer names;
        cst_text severity; /* of the first, the most severe */
    } * at;
    size_t room;
};

static cst_status take_flag(struct rev_book_flags *f, const rev_session *s, const cst_table *t, size_t row,
                            const int column[4], cst_error *e)
{
    if (!cst_text_is(cst_table_at(t, row, column[2]), "open")) return CST_OK;
    size_t known = cst_intern_count(f->accounts);
    uint32_t k =
        cst_intern_id(f->accounts, cst_subjects_rename(&s->subjects, cst_table_at(t, row, column[0])));
    if (k == CST_INTERN_NONE || !cst_grow(&f->at, &f->room, (size_t)k + 1, sizeof *f->at))
        return cst_no_memory(e);
    if (k == known) f->at[k] = (struct flagged){.severity = cst_table_at(t, row, column[3])};
    cst_buffer *names = &f->at[k].names;
    if (names->n) cst_buffer_add_string(names, "; ");
    cst_text flag = cst_table_at(t, row, column[1]);
    cst_buffer_add(names, flag.p, flag.n);
    return names->failed ? cst_no_memory(e) : CST_OK;
}

static cst_status open_flags(rev_session *s, rev_book_joins *x, cst_error *e)
{
    static const char *const names[] = {"account_id", "flag", "status", "severity"};
    int column[4];
    if (!s->o->flags) return CST_OK;
    x->flags = calloc(1, sizeof *x->flags);
    if (!x->flags || !(x->flags->accounts = cst_intern_new())) return cst_no_memory(e);
    cst_status status = cst_io_table(s->io, s->o->flags, &x->flags_table, e);
    for (int i = 0; i < 4 && status == CST_OK; i++)
        status = cst_table_bind(x->flags_table, names[i], CST_REQUIRED, &column[i], e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(x->flags_table); row++)
        status = take_flag(x->flags, s, x->flags_table, row, column, e);
    return status;
}

static void put_flags(cst_writer *w, const struct rev_book_flags *f, cst_text account)
{
    uint32_t k = cst_intern_find(f->accounts, account);
    cst_text none = {"", 0};
    const struct flagged *at = k == CST_INTERN_NONE ? NULL : &f->at[k];
    cst_put_text(w, at ? (cst_text){at->names.p, (uint32_t)at->names.n} : none);
    cst_put_text(w, at ? at->severity : none);
}

static void free_flags(struct rev_book_flags *f)
{
    if (!f) return;
    for (size_t i = 0; f->accounts && i < cst_intern_count(f->accounts); i++)
        cst_buffer_free(&f->at[i].names);
    cst_intern_free(f->accounts);
    free(f->at);
    free(f);
}

/* ---- both -------------------------------------------------------------------------------------------- */

cst_status rev_book_joins_open(rev_session *s, rev_book_joins *x, cst_error *e)
{
    x->score = x->band = x->likelihood = -1;
    cst_status status = open_scores(s, x, e);
    return status == CST_OK ? open_flags(s, x, e) : status;
}

void rev_book_joins_free(rev_book_joins *x)
{
    cst_latest_free(x->latest);
    cst_table_free(x->scores);
    free_flags(x->flags);
    cst_table_free(x->flags_table);
    *x = (rev_book_joins){0};
}

size_t rev_book_joins_columns(const rev_opts *o, const char *out[REV_BOOK_JOINS])
{
    size_t n = 0;
    if (o->scores) {
        out[n++] = "score_period";
        out[n++] = "score";
        out[n++] = "band";
    }
    if (o->likelihood) {
        out[n++] = o->likelihood;
        out[n++] = "expected_loss";
    }
    if (o->flags) {
        out[n++] = "flags";
        out[n++] = "severity";
    }
    out[n] = NULL;
    return n;
}

cst_status rev_book_joins_put(cst_writer *w, const rev_book_joins *x, cst_text account, const cst_money *due,
                              bool *unscored, cst_error *e)
{
    bool found = true;
    cst_status status = x->latest ? put_scores(w, x, account, due, &found, e) : CST_OK;
    *unscored = !found;
    if (status == CST_OK && x->flags) put_flags(w, x->flags, account);
    return status;
}
