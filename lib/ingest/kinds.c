/* The kinds of raw rows. The defaults are what most billing systems report as MRR: trials, metered usage,
 * one-time charges and tax are out, a customer who is past due is in until the subscription is cancelled. */
#include "ingest/kinds.h"
#include "base/buffer.h"
#include "base/text.h"

const struct ing_kind_row ing_kinds[ING_KINDS] = {
    [ING_KIND_RECURRING] = {"recurring", NULL, true, false, "recurring revenue"},
    [ING_KIND_TRIAL] = {"trial", "trials", false, true, "a trial, priced or not"},
    [ING_KIND_USAGE] = {"usage", "usage", false, false, "metered usage"},
    [ING_KIND_PAUSED] = {"paused", "paused", false, true, "a paused subscription"},
    [ING_KIND_PAST_DUE] = {"past_due", "past-due", true, true, "a subscription whose payment is overdue"},
    [ING_KIND_FREE] = {"free", "free", true, true, "an MRR of zero"},
    [ING_KIND_ONE_TIME] = {"one_time", NULL, false, false,
                           "a one-time charge, or a line without a service period"},
    [ING_KIND_TAX] = {"tax", NULL, false, false, "tax"},
    [ING_KIND_UNPAID] = {"unpaid", NULL, false, true, "a subscription that was never paid for"},
    [ING_KIND_NOT_STARTED] = {"not_started", NULL, false, false, "a draft or a quote"},
    [ING_KIND_SUPERSEDED] = {"superseded", NULL, false, false,
                             "an older version of a record, or a deleted one"},
    [ING_KIND_TEST] = {"test", NULL, false, false, "a record of the test mode"},
    [ING_KIND_FILTERED] = {"filtered", NULL, false, false, "left out by --where"},
    [ING_KIND_DUPLICATE] = {"duplicate", NULL, false, false, "another row won under --dedupe"},
    [ING_KIND_TOTAL] = {"total", NULL, false, false, "a row of totals, by map.total"},
    [ING_KIND_NO_TRIAL] = {"no_trial", NULL, false, true, "a subscription without a trial"},
};

void ing_kinds_default(bool counts[ING_KINDS])
{
    for (int k = 0; k < ING_KINDS; k++) counts[k] = ing_kinds[k].counts;
}

cst_status ing_kinds_choose(bool counts[ING_KINDS], ing_said said[ING_KINDS], ing_said option,
                            const char *list, cst_error *e)
{
    const char *name = option == ING_SAID_INCLUDE ? "include" : "exclude";
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, ",");
        int k = 0;
        while (k < ING_KINDS && !(ing_kinds[k].option && strlen(ing_kinds[k].option) == n &&
                                  memcmp(ing_kinds[k].option, p, n) == 0))
            k++;
        if (k == ING_KINDS) {
            cst_buffer b = {0};
            for (k = 0; k < ING_KINDS; k++)
                if (ing_kinds[k].option) cst_buffer_printf(&b, "%s%s", b.n ? ", " : "", ing_kinds[k].option);
            cst_status status = cst_fail(e, CST_USAGE, "--%s: expected a list of %s, found \"%.*s\"", name,
                                         cst_buffer_string(&b), (int)n, p);
            cst_buffer_free(&b);
            return status;
        }
        if (said[k] != ING_SAID_NOTHING && said[k] != option)
            return cst_fail(
                e, CST_USAGE,
                "--include, --exclude: expected each kind in one of them, found \"%.*s\" in both; "
                "leave one out",
                (int)n, p);
        said[k] = option;
        counts[k] = option == ING_SAID_INCLUDE;
        p += n + (p[n] == ',');
    }
    return CST_OK;
}

ing_kind ing_kind_of(cst_text word)
{
    if (word.n == 0) return ING_KIND_RECURRING;
    for (int k = 0; k < ING_KIND_FILTERED; k++)
        if (cst_text_is(word, ing_kinds[k].name)) return (ing_kind)k;
    return ING_KINDS;
}
