/* totals.c: see totals.h. */
#include "ingest/totals.h"
#include "base/decimal.h"
#include "base/text.h"
#include "ingest/netting.h"
#include <stdio.h>

void ing_totals_add(ing_totals *to, const ing_totals *more)
{
    to->rows += more->rows;
    to->used += more->used;
    to->written += more->written;
    for (int i = 0; i < ING_KINDS; i++) to->aside[i] += more->aside[i];
    for (int i = 0; i < ING_REASONS; i++) to->rejected[i] += more->rejected[i];
    to->rounded += more->rounded;
    to->amount_off += more->amount_off;
    to->split += more->split;
    to->shortened += more->shortened;
    to->endless += more->endless;
    for (int i = 0; i < ING_LOOKUPS_MOST; i++) to->missed[i] += more->missed[i];
    to->converted += more->converted;
    to->out += more->out;
    to->joined += more->joined;
    to->amount_used += more->amount_used;
    to->amount_aside += more->amount_aside;
    to->amount_rejected += more->amount_rejected;
}

void ing_totals_manifest(const ing_totals *t, uint64_t grammar, bool money, bool invoices, bool nets,
                         cst_manifest *m)
{
    char key[64];
    cst_manifest_count(m, "rows", NULL, "read", t->rows + grammar);
    cst_manifest_count(m, "rows", NULL, "used", t->used);
    for (int i = 0; i < ING_KINDS; i++) {
        if (!t->aside[i]) continue;
        snprintf(key, sizeof key, "set aside: %s", ing_kinds[i].name);
        cst_manifest_count(m, "rows", NULL, key, t->aside[i]);
    }
    for (int i = 0; i < ING_REASONS; i++) {
        uint64_t n = t->rejected[i] + (i == ING_REASON_GRAMMAR ? grammar : 0);
        if (!n) continue;
        snprintf(key, sizeof key, "rejected: %s", ing_reason_name((ing_reason)i));
        cst_manifest_count(m, "rows", NULL, key, n);
    }
    cst_manifest_count(m, "rows", NULL, "written", t->written);
    if (nets) cst_manifest_count(m, "rows", NULL, "netted", t->netted_rows);
    if (!money) return;
    cst_manifest_count(m, "rows", NULL, "amounts rounded", t->rounded);
    if (t->amount_off) cst_manifest_count(m, "rows", NULL, "with a discount by amount", t->amount_off);
    if (t->split) cst_manifest_count(m, "rows", NULL, "split by a discount", t->split);
    if (t->shortened) cst_manifest_count(m, "rows", NULL, "shortened by trial or past due", t->shortened);
    cst_manifest_money(m, "money", NULL, "mrr converted", t->converted);
    cst_manifest_money(m, "money", NULL, "mrr joined into earlier rows", t->joined);
    cst_manifest_money(m, "money", NULL, "mrr written", t->out);
    if (!invoices) return;
    cst_manifest_money(m, "money", NULL, "amounts read",
                       t->amount_used + t->amount_aside + t->amount_rejected);
    cst_manifest_money(m, "money", NULL, "amounts used", t->amount_used);
    cst_manifest_money(m, "money", NULL, "amounts set aside", t->amount_aside);
    cst_manifest_money(m, "money", NULL, "amounts rejected", t->amount_rejected);
    if (!nets) return;
    cst_manifest_money(m, "money", NULL, "carried", cst_wide_divide(t->carried, ING_CARRY_UNIT));
    cst_manifest_money(m, "money", NULL, "netted", cst_wide_divide(t->netted, ING_CARRY_UNIT));
    cst_manifest_money(m, "money", NULL, "rests of credits", cst_wide_divide(t->rests, ING_CARRY_UNIT));
}

cst_status ing_totals_check(const ing_totals *t, uint64_t rows, uint64_t rejected, bool nets, cst_error *e)
{
    uint64_t aside = 0, refused = 0;
    for (int i = 0; i < ING_KINDS; i++) aside += t->aside[i];
    for (int i = 0; i < ING_REASONS; i++) refused += t->rejected[i];
    if (refused > rejected || t->used + aside + rejected != rows)
        return cst_fail(e, CST_INTERNAL,
                        "rows read %llu are not used %llu + set aside %llu + rejected %llu; a defect of "
                        "cs-ingest, please report it",
                        (unsigned long long)rows, (unsigned long long)t->used, (unsigned long long)aside,
                        (unsigned long long)rejected);
    if (t->converted != t->out + t->joined)
        return cst_fail(e, CST_INTERNAL,
                        "the MRR of the used rows is not the MRR written; a defect of cs-ingest, please "
                        "report it");
    if (nets && t->amount_used * ING_CARRY_UNIT != t->carried + t->netted + t->rests)
        return cst_fail(e, CST_INTERNAL,
                        "the amounts used are not what rows carry + netted + rests of credits; a defect of "
                        "cs-ingest, please report it");
    return CST_OK;
}
