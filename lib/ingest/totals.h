/* ingest/totals.h: the control totals of a run: rows in = used + set aside + rejected, and the money that
 * went with them. A worker counts its batch; the commit adds it up in input order. */
#ifndef CST_INGEST_TOTALS_H
#define CST_INGEST_TOTALS_H
#include "ingest/kinds.h"
#include "ingest/map.h"
#include "ingest/value.h"
#include "program/manifest.h"

typedef struct ing_totals {
    uint64_t rows, used, written;
    uint64_t aside[ING_KINDS], rejected[ING_REASONS];
    uint64_t rounded;                  /* amounts rounded, to a millionth or to a minor unit */
    uint64_t amount_off;               /* rows that a discount by amount was taken off */
    uint64_t split;                    /* rows split where a discount begins or ends */
    uint64_t shortened;                /* starts put at the end of a trial, ends at the limit of --past-due */
    uint64_t endless;                  /* discounts for a time that never end, for no column says when */
    uint64_t missed[ING_LOOKUPS_MOST]; /* rows whose key from one lookup an optional one has not */
    cst_wide converted, out, joined;   /* MRR: converted = out + joined + put aside again as duplicates */
    uint64_t netted_rows;              /* credits that took back lines */
    cst_wide carried, netted, rests;   /* where credits are netted (netting.h), in ING_CARRY_UNITs */
    cst_wide amount_used, amount_aside, amount_rejected; /* invoice lines */
} ing_totals;

void ing_totals_add(ing_totals *to, const ing_totals *more);
/* Enters them into the manifest. `grammar` rows were rejected by the reader. */
void ing_totals_manifest(const ing_totals *t, uint64_t grammar, bool money, bool invoices, bool nets,
                         cst_manifest *m);
/* CST_INTERNAL where the identities do not hold. `rows` is what the reader read. */
cst_status ing_totals_check(const ing_totals *t, uint64_t rows, uint64_t rejected, bool nets, cst_error *e);
#endif
