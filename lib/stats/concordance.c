/* Harrell's concordance in O(n log n). A pair can be compared when the earlier of the two is an event
 * (one censored at the same time counts as later; two events at one time are left out). Times are
 * walked from the last to the first; a Fenwick tree over the ranks of risk holds everyone who is
 * later, and tells how many of them have a lower, an equal, a higher risk.
 */
#include "stats/concordance.h"
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    uint32_t
        *tree; /* 1-based Fenwick tree: how many later ones have this rank of risk or, summed, a lower one */
    uint32_t *equal; /* how many later ones have exactly this rank */
    uint32_t *rank;  /* per row, 1-based, dense */
    uint32_t ranks;
    uint64_t later, concordant, tied, comparable;
} concordance_walk;

static void add_later(concordance_walk *w, uint32_t rank)
{
    for (uint32_t i = rank; i <= w->ranks; i += i & -i) w->tree[i]++;
    w->equal[rank]++;
    w->later++;
}

static void compare_event(concordance_walk *w, uint32_t rank)
{
    uint64_t lower = 0;
    for (uint32_t i = rank - 1; i > 0; i -= i & -i) lower += w->tree[i];
    w->concordant += lower;
    w->tied += w->equal[rank];
    w->comparable += w->later;
}

static cst_status rank_risks(concordance_walk *w, const double *risk, size_t n, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    cst_status status = order ? cst_sort_order(risk, n, order, e) : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        if (i == 0 || risk[order[i]] != risk[order[i - 1]]) w->ranks++;
        w->rank[order[i]] = w->ranks;
    }
    free(order);
    return status;
}

static void walk_times(concordance_walk *w, const double *time, const unsigned char *event, size_t n)
{
    for (size_t end = n; end > 0;) {
        size_t begin = end;
        while (begin > 0 && time[begin - 1] == time[end - 1]) begin--;
        for (size_t i = begin; i < end; i++)
            if (!event[i]) add_later(w, w->rank[i]);
        for (size_t i = begin; i < end; i++)
            if (event[i]) compare_event(w, w->rank[i]);
        for (size_t i = begin; i < end; i++)
            if (event[i]) add_later(w, w->rank[i]);
        end = begin;
    }
}

cst_status cst_concordance(const double *time, const unsigned char *event, const double *risk, size_t n,
                           double *out, cst_error *e)
{
    concordance_walk w = {.tree = cst_zeroed(n + 1, sizeof *w.tree),
                          .equal = cst_zeroed(n + 1, sizeof *w.equal),
                          .rank = cst_zeroed(n, sizeof *w.rank)};
    cst_status status = w.tree && w.equal && w.rank ? rank_risks(&w, risk, n, e) : cst_no_memory(e);
    if (status == CST_OK) {
        walk_times(&w, time, event, n);
        double ties = (double)w.tied / 2;
        *out = w.comparable ? ((double)w.concordant + ties) / (double)w.comparable : NAN;
    }
    free(w.tree);
    free(w.equal);
    free(w.rank);
    return status;
}
