/* ledger/subscriptions.c: what the commands ask of a stream, as filters and callbacks of a ledger. */
#include "ledger/subscriptions.h"
#include "base/text.h"
#include "program/checks.h"
#include "tables/unmatched.h"
#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(cst_stream_opts, member)
const cst_option cst_stream_options[] = {
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), "Rows and groups", "Only rows for which EXPR is true."},
    {"by", 0, CST_OPT_TEXT, "COLUMNS", AT(by), NULL,
     "A result for each group of values of these columns, of the rows or of --accounts."},
    {0},
};

cst_status cst_subscriptions_where(const char *where, cst_reader *r, const cst_subjects *s, cst_day today,
                                   cst_filter **out, cst_error *e)
{
    const cst_filter_opts o = {.accounts = s->accounts,
                               .rename = s->identity ? cst_identity_value : NULL,
                               .rename_context = s->identity,
                               .lifted = s->customer >= 0,
                               .customer_column = s->customer,
                               .has_today = today != CST_DAY_NONE,
                               .today = today};
    *out = NULL;
    return where ? cst_filter_open(where, r, &o, out, e) : CST_OK;
}

const char *cst_subscriptions_centre(const char *named, const cst_reader *r)
{
    if (named) return named;
    if (cst_reader_has(r, "buying_center")) return "buying_center";
    return cst_reader_has(r, "product") ? "product" : NULL;
}

bool cst_subscriptions_by_currency(const cst_subscriptions *s)
{
    const cst_groups *g = s->groups;
    bool named = false;
    for (size_t i = 0; i < g->n; i++)
        named |= g->column[i].from == CST_FROM_ROW && cst_text_is(g->column[i].name, "currency");
    return named && !s->subjects->fx;
}

/* ---- a ledger's callbacks ---------------------------------------------------------------------------- */

static cst_text find_attribute(const void *context, cst_text account, size_t group)
{
    const cst_subscriptions *s = context;
    return cst_subjects_attribute(s->subjects, account, s->groups->column[group].column);
}

static bool find_known(const void *context, cst_text account)
{
    const cst_subscriptions *s = context;
    return cst_accounts_find(s->subjects->accounts, account) != CST_ACCOUNT_NONE;
}

static cst_text find_customer(const void *context, cst_text account)
{
    return cst_subjects_customer(((const cst_subscriptions *)context)->subjects, account);
}

static cst_status filter_row(const void *context, cst_batch *b, uint32_t row, cst_text account, bool *use,
                             cst_error *e)
{
    (void)account; /* the filter finds and renames the account itself */
    return cst_filter_row(((const cst_subscriptions *)context)->filter, b, row, use, e);
}

void cst_subscriptions_serve(const cst_subscriptions *s, cst_ledger_opts *o)
{
    o->segment = s->groups->name;
    o->segments = s->groups->n;
    o->attribute = s->groups->of_accounts ? find_attribute : NULL;
    o->filter = s->filter ? filter_row : NULL;
    o->identity = s->subjects->identity;
    o->customer = s->subjects->customer >= 0 ? find_customer : NULL;
    /* a customer that accounts are lifted to need have no row of its own */
    o->known = s->subjects->accounts && s->subjects->customer < 0 ? find_known : NULL;
    o->shard = s->shard.number;
    o->shards = s->shard.of;
    o->keys = true;
    o->attribute_context = o->filter_context = o->customer_context = o->known_context = s;
}

static void check_repeats(cst_program_io *io, const cst_reader *r, const char *what,
                          const cst_ledger_repeats *x, bool same)
{
    if (x->rows == 0) return;
    const cst_finding f = {CST_CHECK_REPEATED_KEY,
                           {cst_reader_file(r, x->file), x->line, 0},
                           x->rows,
                           same ? CST_LEVEL_ERROR : CST_LEVEL_WARNING};
    cst_io_check(
        io, &f,
        "expected each row of %s once, found the key of %s:%llu again, with %s values (%llu row%s so): "
        "%s, as cs-ingest --dedupe does",
        what, cst_reader_file(r, x->before_file), (unsigned long long)x->before_line,
        same ? "the same" : "other", (unsigned long long)x->rows, x->rows == 1 ? "" : "s",
        same ? "it would count twice; leave the copy out" : "both count; keep the right one");
}

cst_status cst_keys_check(cst_program_io *io, const cst_reader *r, const char *what,
                          const cst_ledger_repeats *same, const cst_ledger_repeats *other, cst_error *e)
{
    check_repeats(io, r, what, same, true);
    check_repeats(io, r, what, other, false);
    return cst_io_checked(io, e);
}

cst_status cst_subscriptions_check_keys(cst_program_io *io, const cst_reader *r, const cst_ledger_counts *n,
                                        cst_error *e)
{
    return cst_keys_check(io, r, "subscriptions", &n->same, &n->other, e);
}

void cst_subscriptions_check(cst_program_io *io, const char *accounts, const cst_ledger_counts *n)
{
    char share[48] = "";
    if (!n->mixed && n->paid > 0 && n->unmatched_paid >= 0 && n->unmatched_paid <= n->paid) {
        int tenths = (int)(n->unmatched_paid * 1000 / n->paid);
        snprintf(share, sizeof share, " (%d.%d %% of the revenue that runs on)", tenths / 10, tenths % 10);
    }
    cst_unmatched_check(io, accounts,
                        &(cst_unmatched){n->unmatched, n->accounts, cst_text_of(n->first_unmatched), share});
}

/* ---- definitions ------------------------------------------------------------------------------------- */

/* The row of an option that the definition has. */
static bool find_row(const cst_definition *d, const char *name, size_t *row)
{
    *row = cst_definition_find(d, cst_text_of(name));
    return *row < d->n;
}

cst_status cst_subscriptions_define(cst_definition *d, const char *centre, cst_error *e)
{
    size_t row;
    return find_row(d, "cross-sell-by", &row) ? cst_definition_set(d, row, centre ? centre : "", e) : CST_OK;
}

cst_status cst_subscriptions_define_told(cst_definition *d, const char *value, bool rates, cst_error *e)
{
    static const char *const idle[] = {"fx-max-age", "retention-fx"};
    cst_status status = CST_OK;
    size_t row;
    if (find_row(d, "cross-sell-by", &row) && !*d->text[row])
        status = cst_definition_set(d, row, "none: all growth is upsell", e);
    if (status == CST_OK && find_row(d, "value", &row) && !*d->text[row])
        status = cst_definition_set(d, row, value, e);
    for (size_t i = 0; !rates && status == CST_OK && i < sizeof idle / sizeof *idle; i++)
        if (find_row(d, idle[i], &row)) status = cst_definition_set(d, row, "", e);
    return status;
}
