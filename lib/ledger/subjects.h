/* ledger/subjects.h: who pays, and in what money: the tables beside the subscriptions (accounts,
 * customers, renamings, rates), opened once and the same way in every command that reads subscriptions.
 *
 * A renaming comes before anything else: account_id is renamed wherever it occurs, in the accounts table
 * and in the column of the customer too. */
#ifndef CST_LEDGER_SUBJECTS_H
#define CST_LEDGER_SUBJECTS_H
#include "ledger/fx.h"
#include "ledger/identity.h"
#include "program/program.h"
#include "tables/accounts.h"

/* Options of a command; NULL: not given. */
typedef struct cst_subject_opts {
    const char *accounts; /* file */
    const char *customer; /* column of accounts */
    const char *identity; /* file */
    const char *fx;       /* file */
    const char *report_currency;
    cst_count fx_max_age; /* days */
} cst_subject_opts;
enum { CST_FX_AGE = 31 }; /* the default of fx_max_age */
extern const cst_option cst_subject_options[];

typedef struct cst_subjects {
    cst_table *accounts_table, *identity_table, *fx_table;
    cst_accounts *accounts; /* NULL: not given, as the rest */
    cst_identity *identity;
    cst_fx *fx;
    int customer; /* column of accounts; -1: none */
} cst_subjects;

/* CST_USAGE: options that need another, a currency that is not three letters, an age past its limit. */
cst_status cst_subjects_check(const cst_subject_opts *o, cst_error *e);
/* Opens the files; checks first. Zero-initialise; free also after a failure. */
cst_status cst_subjects_open(cst_subjects *s, const cst_subject_opts *o, cst_program_io *io, cst_error *e);
void cst_subjects_free(cst_subjects *s);

/* The account's name now. */
cst_text cst_subjects_rename(const cst_subjects *s, cst_text account);
/* The customer of an account that is renamed already: what the column says, renamed, or the account
 * itself. */
cst_text cst_subjects_customer(const cst_subjects *s, cst_text account);
/* Both steps. */
cst_text cst_subjects_of(const cst_subjects *s, cst_text account);
/* An attribute of a customer; that of the customer's column is the customer. */
cst_text cst_subjects_attribute(const cst_subjects *s, cst_text customer, int column);
#endif
