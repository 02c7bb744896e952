/* snapshot.c: see snapshot.h. A month is counted from the year 0: year x 12 + month - 1. */
#include "ingest/snapshot.h"
#include "base/date.h"
#include "base/intern.h"
#include <stdlib.h>
#include <string.h>

enum { ING_MONTHS_ALL = 10000 * 12 };

typedef struct ing_month_run {
    int32_t first, last; /* months */
    uint64_t source;     /* of the first month: where it begins in `sources`, + 1; 0: none */
    cst_money mrr;       /* 0: the account paid nothing */
} ing_month_run;

typedef struct runs {
    ing_month_run *v;
    uint32_t n, file; /* `file` and `line`: of the first row */
    uint64_t line;
} runs;

struct ing_snapshot {
    const ing_plan *plan;
    bool source;
    cst_intern *keys;
    runs *of; /* by key id */
    size_t room;
    cst_buffer sources; /* NUL-ended */
    int32_t first, last;
    uint64_t seen[ING_MONTHS_ALL / 64]; /* a bit for each month that a row is of */
};

ing_snapshot *ing_snapshot_new(const ing_plan *p, bool source)
{
    ing_snapshot *s = calloc(1, sizeof *s);
    if (!s || !(s->keys = cst_intern_new())) {
        free(s);
        return NULL;
    }
    s->plan = p;
    s->source = source;
    s->first = INT32_MAX;
    s->last = INT32_MIN;
    return s;
}

void ing_snapshot_free(ing_snapshot *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->room; i++) free(s->of[i].v);
    free(s->of);
    cst_intern_free(s->keys);
    cst_buffer_free(&s->sources);
    free(s);
}

static int32_t month_of(cst_day d)
{
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    return year * 12 + month - 1;
}

static cst_day day_of(int32_t month)
{
    return cst_day_of(month / 12, month % 12 + 1, 1);
}

static runs *find_runs(ing_snapshot *s, cst_text key)
{
    uint32_t id = cst_intern_id(s->keys, key);
    if (id == CST_INTERN_NONE || !cst_grow_zeroed(&s->of, &s->room, (size_t)id + 1, sizeof *s->of))
        return NULL;
    return &s->of[id];
}

/* The first run that ends at or after the month; months mostly come in order, so from the back. */
static uint32_t find_place(const runs *r, int32_t month)
{
    uint32_t low = 0, high = r->n;
    if (r->n == 0 || r->v[r->n - 1].last < month) return r->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->v[middle].last < month)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool insert_run(runs *r, uint32_t at, ing_month_run new)
{
    bool full = (r->n & (r->n - 1)) == 0; /* at every power of two: most accounts have a run or two */
    if (full && !cst_resize(&r->v, r->n ? 2 * (size_t)r->n : 1, sizeof *r->v)) return false;
    memmove(r->v + at + 1, r->v + at, (r->n - at) * sizeof *r->v);
    r->v[at] = new;
    r->n++;
    return true;
}

static uint64_t keep_source(ing_snapshot *s, const char *p, size_t n)
{
    uint64_t at = s->sources.n + 1;
    if (!s->source) return 0;
    cst_buffer_add(&s->sources, p, n);
    cst_buffer_add_char(&s->sources, 0);
    return at;
}

cst_status ing_snapshot_add(ing_snapshot *s, uint32_t file, const ing_piece *piece, const char *blob,
                            ing_totals *t, cst_error *e)
{
    int32_t month = month_of(piece->start);
    runs *r = find_runs(s, (cst_text){blob + piece->cells.at, (uint32_t)piece->cells.n});
    if (!r) return cst_no_memory(e);
    if (!r->n) r->file = file, r->line = piece->line;
    uint32_t at = find_place(r, month);
    if (at < r->n && r->v[at].first <= month) return CST_END;
    bool after = at > 0 && r->v[at - 1].last == month - 1 && r->v[at - 1].mrr == piece->mrr;
    bool before = at < r->n && r->v[at].first == month + 1 && r->v[at].mrr == piece->mrr;
    if (after) {
        r->v[at - 1].last = before ? r->v[at].last : month;
        if (before) memmove(r->v + at, r->v + at + 1, (--r->n - at) * sizeof *r->v);
    } else {
        uint64_t source = keep_source(s, blob + piece->source.at, piece->source.n);
        if (before)
            r->v[at].first = month, r->v[at].source = source;
        else if (!insert_run(r, at, (ing_month_run){month, month, source, piece->mrr}) || s->sources.failed)
            return cst_no_memory(e);
    }
    s->seen[month / 64] |= UINT64_C(1) << (month % 64);
    if (month < s->first) s->first = month;
    if (month > s->last) s->last = month;
    t->joined += piece->mrr; /* what is written is taken off at the end */
    return CST_OK;
}

static cst_status put_runs(ing_snapshot *s, uint32_t id, cst_writer *out, ing_totals *t, cst_error *e)
{
    cst_text cells = cst_intern_text(s->keys, id);
    for (uint32_t i = 0; i < s->of[id].n; i++) {
        ing_month_run r = s->of[id].v[i];
        if (r.mrr == 0) continue;
        cst_text source = {"", 0};
        if (r.source) source.p = s->sources.p + r.source - 1, source.n = (uint32_t)strlen(source.p);
        cst_status status = ing_piece_put(s->plan, cells, day_of(r.first),
                                          r.last == s->last ? CST_DAY_NONE : day_of(r.last + 1), r.mrr,
                                          s->source, source, out, e);
        if (status != CST_OK) return status;
        t->written++;
        t->out += r.mrr;
        t->joined -= r.mrr;
    }
    return CST_OK;
}

bool ing_snapshot_totals(const ing_snapshot *s, ing_total_rows *out)
{
    bool ok = true;
    for (uint32_t id = 0; id < cst_intern_count(s->keys) && ok; id++) {
        uint64_t number = 0;
        for (uint32_t i = 0; i < s->of[id].n; i++)
            for (int32_t m = s->of[id].v[i].first; m <= s->of[id].v[i].last; m++)
                number += ing_total_number(m, s->of[id].v[i].mrr);
        cst_text account = ing_piece_cell(s->plan, cst_intern_text(s->keys, id), s->plan->at_account);
        cst_place place = {cst_reader_file(s->plan->reader, s->of[id].file), s->of[id].line, 0};
        ok = ing_total_rows_add(out, number, place, account);
    }
    return ok;
}

cst_status ing_snapshot_end(ing_snapshot *s, cst_writer *out, ing_totals *t, cst_error *e)
{
    uint32_t *order = cst_intern_sorted(s->keys), n = cst_intern_count(s->keys);
    cst_status status = order || n == 0 ? CST_OK : cst_no_memory(e);
    for (uint32_t i = 0; status == CST_OK && i < n; i++) status = put_runs(s, order[i], out, t, e);
    free(order);
    return status;
}

cst_day ing_snapshot_gap(const ing_snapshot *s, uint32_t *months)
{
    cst_day first = CST_DAY_NONE;
    *months = 0;
    for (int32_t m = s->last; m > s->first; m--) {
        if (s->seen[m / 64] >> (m % 64) & 1) continue;
        first = day_of(m);
        ++*months;
    }
    return first;
}

cst_day ing_snapshot_first(const ing_snapshot *s)
{
    return s->first == INT32_MAX ? CST_DAY_NONE : day_of(s->first);
}
