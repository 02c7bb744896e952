/* metrics/gather.c: numbers that all workers share, and the layout of a part. Records are not moved: a
 * pointer to each goes to its place in its part, which is small enough to be in the caches for all of it. */
#include "metrics/gather.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

/* The numbers that the texts of `from` have, or get, in `into`; of accounts, those of the names that they
 * have now (subjects NULL: the texts are none). */
static uint32_t *merge_texts(cst_intern *into, const cst_intern *from, const cst_subjects *subjects)
{
    uint32_t n = cst_intern_count(from);
    uint32_t *id = malloc((n + 1) * sizeof *id);
    cst_text *text = malloc((n + 1) * sizeof *text);
    for (uint32_t i = 0; text && i < n; i++) {
        text[i] = cst_intern_text(from, i);
        if (subjects) text[i] = cst_subjects_of(subjects, text[i]);
    }
    bool ok = id && text && (!n || cst_intern_ids(into, text, id, n));
    free(text);
    if (ok) return id;
    free(id);
    return NULL;
}

static cst_status open_gathered(met_gathered *g, const met_plan *p, int threads, cst_error *e)
{
    g->plan = p;
    g->masks = cst_intern_new();
    g->text = cst_intern_new();
    g->load = calloc((size_t)threads, sizeof *g->load);
    g->first = malloc((p->slots + 1) * sizeof *g->first);
    g->last = malloc((p->slots + 1) * sizeof *g->last);
    if (!g->masks || !g->text || !g->load || !g->first || !g->last) return cst_no_memory(e);
    for (size_t i = 0; i < p->slots; i++) g->first[i] = g->last[i] = MET_TIME_NONE;
    return CST_OK;
}

static void span_times(met_gathered *g, const met_store_view *v)
{
    for (size_t i = 0; i < g->plan->slots; i++) {
        if (v->first[i] == MET_TIME_NONE) continue;
        if (g->first[i] == MET_TIME_NONE || v->first[i] < g->first[i]) g->first[i] = v->first[i];
        if (g->last[i] == MET_TIME_NONE || v->last[i] > g->last[i]) g->last[i] = v->last[i];
    }
}

static cst_status gather_stream(met_store **store, int threads, met_gathered *g, cst_intern *accounts,
                                cst_error *e)
{
    for (; g->loads < threads; g->loads++) {
        met_load *l = &g->load[g->loads];
        l->v = met_store_records(store[g->loads]);
        l->account = merge_texts(accounts, l->v.account, g->plan->subjects);
        l->text = merge_texts(g->text, l->v.text, NULL);
        l->class = merge_texts(g->masks, l->v.mask, NULL);
        if (!l->account || !l->text || !l->class) {
            g->loads++;
            return cst_no_memory(e);
        }
        span_times(g, &l->v);
    }
    uint32_t n = cst_intern_count(g->masks);
    g->mask = malloc((n + 1) * sizeof *g->mask);
    if (!g->mask) return cst_no_memory(e);
    for (uint32_t i = 0; i < n; i++) memcpy(&g->mask[i], cst_intern_text(g->masks, i).p, sizeof *g->mask);
    return CST_OK;
}

/* The accounts in order of their bytes, and in their parts. */
static cst_status number_accounts(met_company *c, cst_error *e)
{
    uint32_t next[MET_PARTS];
    c->accounts = cst_intern_count(c->account);
    c->id = cst_intern_sorted(c->account);
    c->seen = malloc((c->accounts + 1) * sizeof *c->seen);
    c->member = malloc((c->accounts + 1) * sizeof *c->member);
    c->place = malloc((c->accounts + 1) * sizeof *c->place);
    if (!c->id || !c->seen || !c->member || !c->place) return cst_no_memory(e);
    for (uint32_t i = 0; i < c->accounts; i++) c->part[met_part_of(met_company_account(c, i)) + 1]++;
    for (int p = 0; p < MET_PARTS; p++) c->part[p + 1] += c->part[p];
    memcpy(next, c->part, sizeof next);
    for (uint32_t i = 0; i < c->accounts; i++) {
        unsigned part = met_part_of(met_company_account(c, i));
        c->place[i] = next[part] - c->part[part];
        c->member[next[part]++] = i;
        c->seen[i] = MET_SEEN_NEVER;
    }
    return CST_OK;
}

/* From ids of the interner to numbers; and when each account was first seen. */
static void renumber_accounts(met_company *c, const uint32_t *number)
{
    for (int f = 0; f < MET_FROM_STREAMS; f++)
        for (int t = 0; t < c->stream[f].loads; t++) {
            met_load *l = &c->stream[f].load[t];
            uint32_t n = cst_intern_count(l->v.account);
            for (uint32_t i = 0; i < n; i++) {
                uint32_t a = l->account[i] = number[l->account[i]];
                c->stream[f].records[a] += l->v.seen[i].records;
                if (l->v.seen[i].seen < c->seen[a]) c->seen[a] = l->v.seen[i].seen;
            }
        }
}

cst_status met_company_gather(met_store **const store[MET_FROM_STREAMS], int threads, const met_plans *plans,
                              met_company *c, cst_error *e)
{
    *c = (met_company){.account = cst_intern_new()};
    cst_status status = c->account ? CST_OK : cst_no_memory(e);
    for (int f = 0; f < MET_FROM_STREAMS && status == CST_OK; f++) {
        if (!store[f]) continue;
        status = open_gathered(&c->stream[f], &plans->plan[f], threads, e);
        if (status == CST_OK) status = gather_stream(store[f], threads, &c->stream[f], c->account, e);
        if (status == CST_OK) status = met_recorded_find(&c->stream[f], e);
    }
    if (status == CST_OK) status = number_accounts(c, e);
    if (status != CST_OK) return status;
    for (int f = 0; f < MET_FROM_STREAMS; f++) {
        if (!store[f]) continue;
        c->stream[f].records = calloc((size_t)c->accounts + 1, sizeof(size_t));
        if (!c->stream[f].records) return cst_no_memory(e);
    }
    uint32_t *number = malloc((c->accounts + 1) * sizeof *number);
    if (!number) return cst_no_memory(e);
    for (uint32_t i = 0; i < c->accounts; i++) number[c->id[i]] = i;
    renumber_accounts(c, number);
    free(number);
    return CST_OK;
}

void met_company_clear(met_company *c)
{
    for (int f = 0; f < MET_FROM_STREAMS; f++) {
        met_gathered *g = &c->stream[f];
        for (int t = 0; t < g->loads; t++) {
            free(g->load[t].account);
            free(g->load[t].text);
            free(g->load[t].class);
        }
        free(g->load);
        free(g->mask);
        free(g->records);
        free(g->first);
        free(g->last);
        free(g->recorded);
        cst_intern_free(g->masks);
        cst_intern_free(g->text);
    }
    cst_intern_free(c->account);
    free(c->id);
    free(c->seen);
    free(c->member);
    free(c->place);
    *c = (met_company){0};
}

static void widen(const cst_text name, cst_text *least, cst_text *greatest)
{
    if (!least->n || cst_text_compare(name, *least) < 0) *least = name;
    if (!greatest->n || cst_text_compare(name, *greatest) > 0) *greatest = name;
}

void met_company_currencies(const met_company *c, cst_text *least, cst_text *greatest, bool *missing)
{
    const met_gathered *g = &c->stream[MET_FROM_SUBSCRIPTIONS];
    *least = *greatest = (cst_text){"", 0};
    *missing = false;
    for (int t = 0; t < g->loads && g->plan->currency >= 0; t++)
        for (int p = 0; p < MET_PARTS; p++)
            for (size_t k = 0; k < g->load[t].v.part[p].blocks; k++) {
                const met_block *b = &g->load[t].v.part[p].block[k];
                for (size_t at = 0; at < b->used; at += met_record_words(g->plan, b->word + at)) {
                    uint64_t v = b->word[at + met_plan_slot_at(g->plan, g->plan->currency)];
                    *missing |= v == UINT64_MAX;
                    if (v != UINT64_MAX)
                        widen(cst_intern_text(g->load[t].v.text, (uint32_t)v), least, greatest);
                }
            }
}

void met_scratch_open(met_scratch *d, const met_company *c)
{
    *d = (met_scratch){.company = c};
}

void met_scratch_clear(met_scratch *d)
{
    for (int f = 0; f < MET_FROM_STREAMS; f++) {
        free(d->row[f]);
        free(d->start[f]);
    }
    *d = (met_scratch){0};
}

/* The record with the common numbers of classes and texts. */
static void renumber(const met_plan *p, const met_load *l, uint64_t *r)
{
    for (unsigned state = 0; state < 1u << p->hides; state++)
        met_record_set_class(r, state, l->class[met_record_class(r, state)]);
    for (const int *i = p->of_kind[MET_SLOT_TEXT]; *i >= 0; i++) {
        uint64_t *v = &r[met_plan_slot_at(p, *i)];
        if (*v != UINT64_MAX) *v = l->text[*v];
    }
}

/* Puts each record of a part where start[place] says, and moves that on. */
static void place_records(const met_company *c, const met_gathered *g, unsigned part, size_t *start,
                          uint64_t **row)
{
    for (int t = 0; t < g->loads; t++) {
        const met_load *l = &g->load[t];
        for (size_t k = 0; k < l->v.part[part].blocks; k++) {
            const met_block *b = &l->v.part[part].block[k];
            for (size_t at = 0; at < b->used; at += met_record_words(g->plan, b->word + at)) {
                uint64_t *r = b->word + at;
                uint32_t place = c->place[l->account[(uint32_t)*r]];
                renumber(g->plan, l, r);
                row[start[place]++] = r;
            }
        }
    }
}

static cst_status lay_stream(met_scratch *d, int f, unsigned part, size_t places, cst_error *e)
{
    const met_gathered *g = &d->company->stream[f];
    size_t *start = d->start[f];
    const uint32_t *member = d->company->member + d->company->part[part];
    start[0] = 0;
    for (size_t i = 0; i < places; i++) start[i + 1] = start[i] + g->records[member[i]];
    if (!cst_grow(&d->row[f], &d->room[f], start[places], sizeof *d->row[f])) return cst_no_memory(e);
    place_records(d->company, g, part, start, d->row[f]);
    memmove(start + 1, start, places * sizeof *start); /* each has moved on to where the next began */
    start[0] = 0;
    return CST_OK;
}

cst_status met_scratch_lay(met_scratch *d, unsigned part, cst_error *e)
{
    size_t places = d->company->part[part + 1] - d->company->part[part];
    for (int f = 0; f < MET_FROM_STREAMS; f++) {
        if (!d->company->stream[f].plan) continue;
        if (!cst_grow(&d->start[f], &d->places[f], places + 1, sizeof *d->start[f])) return cst_no_memory(e);
        cst_status status = lay_stream(d, f, part, places, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}
