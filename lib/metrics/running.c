/* metrics/running.c: see running.h. Totals are whole millionths in 64 bits; their differences are exact
 * whatever the order of the rows, so that the same windows give the same bytes. */
#include "metrics/running.h"
#include "base/memory.h"
#include "metrics/field.h"
#include "metrics/store.h"
#include <stdlib.h>

struct met_running_total {
    int64_t sum;
    uint64_t count;
};

void met_bounds_find(const met_item *row, size_t n, const met_windows *w, met_bound *out)
{
    size_t low = 0, high = 0;
    for (size_t k = w->begin; k < w->end; k++) {
        while (high < n && row[high].t < w->to[k]) high++;
        while (low < high && row[low].t < w->from[k]) low++;
        out[k] = (met_bound){low, high};
    }
}

void met_running_clear(met_running *r)
{
    free(r->total);
    *r = (met_running){0};
}

bool met_running_serves(const met_measure *u)
{
    met_aggregate a = u->metric->aggregate;
    return a == MET_AGGREGATE_COUNT || a == MET_AGGREGATE_SUM || a == MET_AGGREGATE_MEAN;
}

bool met_running_make(met_running *r, const met_measure *u, const met_mask *mask, const met_item *row,
                      size_t n, bool *exact)
{
    bool sums = u->metric->aggregate != MET_AGGREGATE_COUNT;
    size_t at = u->column < 0 ? 0 : met_plan_slot_at(u->plan, u->column);
    int64_t sum = 0, size = 0; /* the sizes of all values bound every difference of totals */
    uint64_t count = 0;
    *exact = true;
    if (!cst_grow(&r->total, &r->room, n + 1, sizeof *r->total)) return false;
    r->total[0] = (struct met_running_total){0, 0};
    for (size_t i = 0; i < n; i++) {
        const uint64_t *record = (const uint64_t *)(uintptr_t)row[i].v;
        bool counts = met_mask_has(&mask[met_record_class(record, 0)], u->condition) &&
                      (u->column < 0 || !met_field_missing(u->kind, record[at]));
        int64_t v = 0;
        if (counts && sums) {
            if (!met_field_fixed(u->kind, record[at], &v) || v == INT64_MIN ||
                __builtin_add_overflow(size, v < 0 ? -v : v, &size)) {
                *exact = false;
                return true;
            }
            sum += v;
        }
        count += counts;
        r->total[i + 1] = (struct met_running_total){sum, count};
    }
    return true;
}

cst_status met_running_measure(const met_running *r, const met_measure *u, const met_bound *bound,
                               const met_windows *w, uint64_t *cell, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t k = w->begin; k < w->end && status == CST_OK; k++, cell += w->stride) {
        const struct met_running_total *low = &r->total[bound[k].low], *high = &r->total[bound[k].high];
        const met_total total = {.fixed = high->sum - low->sum};
        *cell = met_cell_missing(u);
        if (!w->missing[k]) status = met_aggregate_total(u, &total, NULL, high->count - low->count, cell, e);
    }
    return status;
}
