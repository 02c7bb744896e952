/* panel/key.c: keys are compared in the order of the panel, and what is wrong with the order of two rows is
 * said in their words, account and day. */
#include "panel/key.h"
#include "base/date.h"
#include "base/text.h"

int cst_key_compare(const cst_intern *accounts, cst_panel_order order, cst_panel_key a, cst_panel_key b)
{
    int period = (a.period > b.period) - (a.period < b.period);
    int account = 0;
    if (order == CST_PANEL_BY_PERIOD && period) return period;
    if (a.account != b.account)
        account =
            cst_text_compare(cst_intern_text(accounts, a.account), cst_intern_text(accounts, b.account));
    return account ? account : period;
}

cst_status cst_key_repeated(const cst_intern *accounts, cst_panel_key key, cst_place place, cst_place first,
                            cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_text account = cst_intern_text(accounts, key.account);
    int shown = account.n > 60 ? 60 : (int)account.n;
    cst_day_format(key.period, day);
    return cst_fail_at(
        e, CST_DATA, place, NULL,
        "expected one row per account and period, found %s%.*s%s%s again (first at %s:%llu); keep one",
        account.n ? "\"" : "", shown, account.p, account.n ? "\" " : "", day, first.file ? first.file : "",
        (unsigned long long)first.line);
}

cst_status cst_key_misplaced(const cst_intern *accounts, cst_panel_order order, cst_panel_key key,
                             cst_panel_key before, cst_place place, cst_error *e)
{
    char day[CST_DAY_ROOM], day_before[CST_DAY_ROOM];
    cst_text a = cst_intern_text(accounts, key.account);
    cst_text b = cst_intern_text(accounts, before.account);
    cst_day_format(key.period, day);
    cst_day_format(before.period, day_before);
    return cst_fail_at(
        e, CST_DATA, place, NULL,
        "expected rows in order of %s, found \"%.*s\" %s after \"%.*s\" %s; sort the file, or do not say "
        "that it is sorted",
        order == CST_PANEL_BY_PERIOD ? "period, then account" : "account, then period",
        a.n > 60 ? 60 : (int)a.n, a.p, day, b.n > 60 ? 60 : (int)b.n, b.p, day_before);
}
