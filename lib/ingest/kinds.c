/* The kinds of raw rows. The defaults are what most billing systems report as MRR: trials, metered usage,
 * one-time charges and tax are out, a customer who is past due is in until the subscription is cancelled. */
#include "ingest/kinds.h"
#include "base/buffer.h"
#include "base/text.h"

const struct cst_kind_row cst_kinds[CST_KINDS] = {
    [CST_KIND_RECURRING] = {"recurring", NULL, true, false, "recurring revenue"},
    [CST_KIND_TRIAL] = {"trial", "trials", false, true, "a trial, priced or not"},
    [CST_KIND_USAGE] = {"usage", "usage", false, false, "metered usage"},
    [CST_KIND_PAUSED] = {"paused", "paused", false, true, "a paused subscription"},
    [CST_KIND_PAST_DUE] = {"past_due", "past-due", true, true, "a subscription whose payment is overdue"},
    [CST_KIND_FREE] = {"free", "free", true, true, "an MRR of zero"},
    [CST_KIND_ONE_TIME] = {"one_time", NULL, false, false,
                           "a one-time charge, or a line without a service period"},
    [CST_KIND_TAX] = {"tax", NULL, false, false, "tax"},
    [CST_KIND_UNPAID] = {"unpaid", NULL, false, true, "a subscription that was never paid for"},
    [CST_KIND_NOT_STARTED] = {"not_started", NULL, false, false, "a draft or a quote"},
    [CST_KIND_SUPERSEDED] = {"superseded", NULL, false, false,
                             "an older version of a record, or a deleted one"},
    [CST_KIND_TEST] = {"test", NULL, false, false, "a record of the test mode"},
    [CST_KIND_FILTERED] = {"filtered", NULL, false, false, "left out by --where"},
    [CST_KIND_DUPLICATE] = {"duplicate", NULL, false, false, "another row won under --dedupe"},
};

void cst_kinds_default(bool counts[CST_KINDS])
{
    for (int k = 0; k < CST_KINDS; k++) counts[k] = cst_kinds[k].counts;
}

cst_status cst_kinds_choose(bool counts[CST_KINDS], cst_said said[CST_KINDS], cst_said option,
                            const char *list, cst_error *e)
{
    const char *name = option == CST_SAID_INCLUDE ? "include" : "exclude";
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, ",");
        int k = 0;
        while (k < CST_KINDS && !(cst_kinds[k].option && strlen(cst_kinds[k].option) == n &&
                                  memcmp(cst_kinds[k].option, p, n) == 0))
            k++;
        if (k == CST_KINDS) {
            cst_buffer b = {0};
            for (k = 0; k < CST_KINDS; k++)
                if (cst_kinds[k].option) cst_buffer_printf(&b, "%s%s", b.n ? ", " : "", cst_kinds[k].option);
            cst_status st = cst_fail(e, CST_USAGE, "--%s: expected a list of %s, found \"%.*s\"", name,
                                     cst_buffer_string(&b), (int)n, p);
            cst_buffer_free(&b);
            return st;
        }
        if (said[k] != CST_SAID_NOTHING && said[k] != option)
            return cst_fail(
                e, CST_USAGE,
                "--include, --exclude: expected each kind in one of them, found \"%.*s\" in both; "
                "leave one out",
                (int)n, p);
        said[k] = option;
        counts[k] = option == CST_SAID_INCLUDE;
        p += n + (p[n] == ',');
    }
    return CST_OK;
}

cst_kind cst_kind_of(cst_text word)
{
    if (word.n == 0) return CST_KIND_RECURRING;
    for (int k = 0; k < CST_KIND_FILTERED; k++)
        if (cst_text_is(word, cst_kinds[k].name)) return (cst_kind)k;
    return CST_KINDS;
}
