/* sheet.c: see sheet.h. Rows are ordered by the bytes of their group, then by cohort. */
#include "cohort/sheet.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include <cstools/ledger.h>
#include <stdlib.h>
#include <string.h>

static int compare_lines(const void *a, const void *b)
{
    const cohort_sheet_row *x = a, *y = b;
    int order = cst_text_compare(x->key, y->key);
    return order ? order : (x->line->cohort > y->line->cohort) - (x->line->cohort < y->line->cohort);
}

/* The part of a key that is the group's, without the label. */
static cst_text cut_group(const cohort_sheet *s, cst_text key)
{
    return s->frame->labels ? cst_label_front(key, s->in->groups.n - 1) : key;
}

/* Sets an average behind each group's rows. */
static bool add_averages(cohort_sheet *s)
{
    cohort_sheet_row *all = calloc(2 * s->n + 1, sizeof *all);
    size_t to = 0, first = 0;
    if (!all) return false;
    for (size_t i = 0; i < s->n; i++) {
        all[to++] = s->row[i];
        cst_text group = cut_group(s, s->row[i].key);
        if (i + 1 < s->n && cst_text_equal(group, cut_group(s, s->row[i + 1].key))) continue;
        cohort_sheet_row average = {.key = group, .first = first};
        for (size_t k = first; k < to; k++) {
            average.size += all[k].size;
            if (all[k].ages > average.ages) average.ages = all[k].ages;
        }
        all[to++] = average;
        first = to;
    }
    free(s->row);
    s->row = all;
    s->n = to;
    return true;
}

cst_status cohort_sheet_of(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                           cohort_sheet *out, cst_error *e)
{
    bool ratio = f->measure == COHORT_NRR || f->measure == COHORT_GRR;
    *out = (cohort_sheet){.triangle = t, .frame = f, .in = in, .share = in->o->share || ratio};
    out->row = calloc(t->n + 1, sizeof *out->row);
    if (!out->row) return cst_no_memory(e);
    for (size_t i = 0; i < t->n; i++) {
        const cohort_line *l = &t->line[i];
        uint32_t reached = cohort_line_reached(l, f);
        if (reached == 0) {
            out->unripe += l->size;
            continue;
        }
        out->row[out->n++] = (cohort_sheet_row){
            .line = l, .key = cst_intern_text(t->groups, l->group), .size = l->size, .ages = reached};
        if (reached > out->ages) out->ages = reached;
    }
    qsort(out->row, out->n, sizeof *out->row, compare_lines);
    if (in->o->weighted_average && !add_averages(out)) return cst_no_memory(e);
    return CST_OK;
}

void cohort_sheet_free(cohort_sheet *s)
{
    free(s->row);
}

cst_wide cohort_sheet_sum(const cohort_sheet_row *r, uint32_t age)
{
    return r->line && age < r->line->ages ? r->line->cell[age].num : 0;
}

/* What a cell is a share of. */
static cst_wide find_whole(const cohort_sheet *s, const cohort_sheet_row *r, uint32_t age)
{
    enum cohort_measure m = s->frame->measure;
    if (cohort_measure_counts(m)) return (cst_wide)r->size;
    if (m == COHORT_NRR || m == COHORT_GRR) return age < r->line->ages ? r->line->cell[age].den : 0;
    return cohort_sheet_sum(r, 0);
}

bool cohort_sheet_share(const cohort_sheet *s, const cohort_sheet_row *r, uint32_t age, cst_ratio *out)
{
    if (r->line) return cst_ratio_of(cohort_sheet_sum(r, age), find_whole(s, r, age), out);
    cst_wide sum = 0, whole = 0;
    for (const cohort_sheet_row *of = s->row + r->first; of < r; of++) {
        if (age >= of->ages) continue;
        sum += cohort_sheet_sum(of, age);
        whole += find_whole(s, of, age);
    }
    return cst_ratio_of(sum, whole, out);
}

cst_text cohort_sheet_name(const cohort_sheet *s, const cohort_sheet_row *r, char room[CST_PERIOD_ROOM])
{
    if (!r->line) return cst_text_of("weighted_average");
    if (s->frame->labels) return cst_label_part(r->key, s->in->groups.n - 1);
    return (cst_text){room, (uint32_t)cst_period_name(&s->frame->cohorts, r->line->cohort, room)};
}

bool cohort_measure_is_money(enum cohort_measure m)
{
    return m == COHORT_MRR || m == COHORT_VALUE;
}

const char *cohort_measure_name(enum cohort_measure m)
{
    static const char *const names[] = {"logos", "mrr", "nrr", "grr", "events", "value", "on_or_after"};
    return names[m];
}
