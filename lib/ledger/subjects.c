/* subjects.c: one opening, one set of checks. */
#include "ledger/subjects.h"
#include "base/text.h"
#include <stddef.h>

#define AT(member) offsetof(cst_subject_opts, member)
const cst_option cst_subject_options[] = {
    {"accounts", 0, CST_OPT_INPUT, "FILE", AT(accounts), "Accounts",
     "The accounts and their attributes, joined on account_id."},
    {"customer", 0, CST_OPT_TEXT, "COLUMN", AT(customer), NULL,
     "Lift every account to the customer in this column of --accounts, such as parent_id."},
    {"identity", 0, CST_OPT_INPUT, "FILE", AT(identity), NULL,
     "Renamings (kind,old_id,new_id) of accounts, plans, products and subscriptions, applied before anything "
     "else."},
    {"fx", 0, CST_OPT_INPUT, "FILE", AT(fx), "Currencies",
     "Rates (currency,date,rate), units of the reporting currency for one."},
    {"report-currency", 0, CST_OPT_TEXT, "CODE", AT(report_currency), NULL,
     "The currency that amounts are converted to."},
    {"fx-max-age", 0, CST_OPT_COUNT, "DAYS", AT(fx_max_age), NULL,
     "A rate serves for so many days. Default: 31."},
    {0},
};

cst_status cst_subjects_check(const cst_subject_opts *o, cst_error *e)
{
    if (o->customer && !o->accounts)
        return cst_option_needs("--customer", "--accounts FILE", "the column is looked up there", e);
    if (o->fx && !o->report_currency)
        return cst_option_needs("--fx", "--report-currency CODE", "say which currency the rates are units of",
                                e);
    if (o->report_currency && !o->fx)
        return cst_option_needs("--report-currency", "--fx FILE", "give the rates", e);
    if (o->fx_max_age.set && !o->fx)
        return cst_option_needs("--fx-max-age", "--fx FILE", "it limits the age of the rates", e);
    if (o->report_currency && !cst_currency_valid(cst_text_of(o->report_currency)))
        return cst_fail(e, CST_USAGE, "--report-currency: expected three letters, found \"%s\"",
                        o->report_currency);
    return cst_days_check("fx-max-age", o->fx_max_age.n, e);
}

static cst_text rename_account(const void *subjects, cst_text account)
{
    return cst_subjects_rename(subjects, account);
}

static cst_status open_accounts(cst_subjects *s, const cst_subject_opts *o, cst_program_io *io, cst_error *e)
{
    const cst_renaming renaming = {rename_account, s};
    if (!o->accounts) return CST_OK;
    cst_status status = cst_io_table(io, o->accounts, &s->accounts_table, e);
    if (status == CST_OK)
        status = cst_accounts_new(s->accounts_table, s->identity ? &renaming : NULL, &s->accounts, e);
    if (status == CST_OK && o->customer)
        status = cst_accounts_bind(s->accounts, o->customer, CST_REQUIRED, &s->customer, e);
    return status;
}

cst_status cst_subjects_open(cst_subjects *s, const cst_subject_opts *o, cst_program_io *io, cst_error *e)
{
    s->customer = -1;
    cst_status status = cst_subjects_check(o, e);
    if (status == CST_OK && o->identity) {
        status = cst_io_table(io, o->identity, &s->identity_table, e);
        if (status == CST_OK) status = cst_identity_of(s->identity_table, &s->identity, e);
    }
    if (status == CST_OK) status = open_accounts(s, o, io, e);
    if (status != CST_OK || !o->fx) return status;
    int32_t age = o->fx_max_age.set ? (int32_t)o->fx_max_age.n : CST_FX_AGE;
    status = cst_io_table(io, o->fx, &s->fx_table, e);
    return status == CST_OK ? cst_fx_of(s->fx_table, o->report_currency, age, &s->fx, e) : status;
}

void cst_subjects_free(cst_subjects *s)
{
    cst_fx_free(s->fx);
    cst_identity_free(s->identity);
    cst_accounts_free(s->accounts);
    cst_table_free(s->accounts_table);
    cst_table_free(s->identity_table);
    cst_table_free(s->fx_table);
    *s = (cst_subjects){.customer = -1};
}

cst_text cst_subjects_rename(const cst_subjects *s, cst_text account)
{
    return cst_identity_rename(s->identity, CST_ID_ACCOUNT, account);
}

cst_text cst_subjects_customer(const cst_subjects *s, cst_text account)
{
    return s->customer < 0 ? account : cst_accounts_lift(s->accounts, account, s->customer);
}

cst_text cst_subjects_of(const cst_subjects *s, cst_text account)
{
    return cst_subjects_customer(s, cst_subjects_rename(s, account));
}

cst_text cst_subjects_attribute(const cst_subjects *s, cst_text customer, int column)
{
    if (column == s->customer && column >= 0) return customer;
    return cst_accounts_at(s->accounts, cst_accounts_find(s->accounts, customer), column);
}
