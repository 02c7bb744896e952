/* book.c: see book.h. The ledger renames, joins, filters and bridges short gaps; here its rows are put in
 * order by group, so that an account that stands in several groups is taken apart into as many. */
#include "cohort/book.h"
#include "base/date.h"
#include "ledger/freshness.h"
#include <stdlib.h>

void cohort_book_tell(const cohort_input *in, const cst_ledger *l)
{
    cst_manifest *m = cst_io_manifest(in->io);
    cst_ledger_counts c = cst_ledger_counted(l);
    cst_manifest_count(m, "rows", NULL, "used", c.rows);
    cst_manifest_count(m, "rows", NULL, "left out by --where", c.filtered);
    cst_manifest_count(m, "rows", NULL, "set aside: start after --as-of", c.after);
    cst_manifest_count(m, "accounts", NULL, NULL, c.accounts);
    cst_subscriptions_check(in->io, in->o->subjects.accounts, &c);
}

cst_status cohort_book_read(cohort_input *in, bool ordered, cst_ledger **out, cst_error *e)
{
    const cohort_options *o = in->o;
    cst_ledger_opts lo = {
        .value = o->value, .as_of = o->periodic.as_of, .grace = (int32_t)o->grace.n, .ordered = ordered};
    in->subscriptions =
        (cst_subscriptions){.subjects = &in->subjects, .groups = &in->groups, .filter = in->filter};
    cst_subscriptions_serve(&in->subscriptions, &lo);
    cst_status status = cst_ledger_open(&lo, out, e);
    if (status != CST_OK) return status;
    status = cst_ledger_read(*out, in->reader, in->threads, e);
    if (status != CST_OK) return status;
    cst_ledger_counts c = cst_ledger_counted(*out);
    const cst_calendar months = {CST_MONTH, 1};
    cst_ledger_warn_stale(in->io, &c, o->periodic.as_of, &months);
    if (c.rows == 0) cohort_tell_empty(in, "rows of recurring revenue");
    if (c.after > 0)
        cst_io_warn(in->io, "%llu %s after --as-of and %s set aside", (unsigned long long)c.after,
                    c.after == 1 ? "row starts" : "rows start", c.after == 1 ? "is" : "are");
    return CST_OK;
}

cst_status cohort_book_each(const cohort_input *in, cst_ledger *l, int threads, cst_ledger_visit *visit,
                            void *const worker[], cst_error *e)
{
    cst_status status = cst_ledger_each(l, threads, visit, worker, e);
    if (status != CST_OK) return status;
    cst_ledger_counts c = cst_ledger_counted(l);
    return cst_subscriptions_check_keys(in->io, in->reader, &c, e);
}

cst_day cohort_book_day(const cohort_input *in, const cst_ledger *l)
{
    if (cohort_input_knows_day(in)) return in->o->periodic.as_of;
    cst_day last = cst_ledger_counted(l).last;
    char text[CST_DAY_ROOM];
    if (last == CST_DAY_NONE) return last;
    cst_day_format(last, text);
    cst_io_warn(in->io,
                "no --as-of: the data is taken as good for %s, its latest date; ends that are only scheduled "
                "look like churn",
                text);
    return last;
}

static uint32_t find_group(const cst_ledger_account *a, size_t row)
{
    return cst_labels_unit(a->labels, a->row[row].unit).segment;
}

/* Within a group the order does not matter: all that is made of the rows are sums by day. */
static int compare_groups(const void *a, const void *b, void *labels)
{
    const cst_ledger_row *x = a, *y = b;
    uint32_t g = cst_labels_unit(labels, x->unit).segment, h = cst_labels_unit(labels, y->unit).segment;
    return (g > h) - (g < h);
}

void cohort_book_part(const cst_ledger_account *a)
{
    size_t i = 1;
    while (i < a->rows && find_group(a, i) == find_group(a, 0)) i++;
    if (i < a->rows) qsort_r(a->row, a->rows, sizeof *a->row, compare_groups, (void *)(uintptr_t)a->labels);
}

size_t cohort_book_group(const cst_ledger_account *a, size_t from, uint32_t *group)
{
    size_t to = from + 1;
    *group = find_group(a, from);
    while (to < a->rows && find_group(a, to) == *group) to++;
    return to;
}
