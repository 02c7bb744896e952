/* correlate.c: each measure is one task; threads take the next until none is left. A segment is a
 * smaller sample over the same measures. */
#include "drivers/correlate.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "drivers/segments.h"

const cst_column drv_correlate_columns[DRV_CORRELATE_COLUMNS] = {
    {"row", CST_COL_TEXT},
    {"measure", CST_COL_TEXT},
    {"n", CST_COL_NUMBER},
    {"events", CST_COL_NUMBER},
    {"missing", CST_COL_NUMBER},
    {"mean_with", CST_COL_NUMBER},
    {"mean_without", CST_COL_NUMBER},
    {"pearson", CST_COL_NUMBER},
    {"spearman", CST_COL_NUMBER},
    {"auc", CST_COL_NUMBER},
    {"sign", CST_COL_TEXT},
    {"auc_lower", CST_COL_NUMBER},
    {"auc_upper", CST_COL_NUMBER},
    {"p_value", CST_COL_NUMBER},
    {"q_value", CST_COL_NUMBER},
    {"cluster", CST_COL_NUMBER},
};

const cst_column drv_segment_columns[DRV_SEGMENT_COLUMNS] = {
    {"segments_df", CST_COL_NUMBER},
    {"segments_chi_square", CST_COL_NUMBER},
    {"segments_p_value", CST_COL_NUMBER},
    {"segments_q_value", CST_COL_NUMBER},
};

struct tasks {
    const drv_sample *s;
    cst_association *row;
    cst_status *status;
    cst_error *error;
    atomic_size_t next;
};

static void *do_tasks(void *tasks)
{
    struct tasks *t = tasks;
    for (size_t k; (k = atomic_fetch_add(&t->next, 1)) < t->s->measures;)
        t->status[k] = cst_associate(t->s->x[k], t->s->label, t->s->n, 0.95, &t->row[k], &t->error[k]);
    return NULL;
}

static void share_out(struct tasks *t, int threads)
{
    pthread_t *id = calloc((size_t)threads, sizeof *id);
    int running = 0;
    while (id && running + 1 < threads && pthread_create(&id[running], NULL, do_tasks, t) == 0) running++;
    do_tasks(t);
    for (int i = 0; i < running; i++) pthread_join(id[i], NULL);
    free(id);
}

static cst_status associate_all(const drv_sample *s, int threads, cst_association *row, cst_error *e)
{
    struct tasks t = {.s = s, .row = row};
    t.status = calloc(s->measures, sizeof *t.status);
    t.error = calloc(s->measures, sizeof *t.error);
    cst_status status = t.status && t.error ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) share_out(&t, threads);
    for (size_t k = 0; status == CST_OK && k < s->measures; k++)
        if (t.status[k]) {
            status = t.status[k];
            if (e) *e = t.error[k];
            cst_error_place(e, (cst_place){0}, s->name[k].p);
        }
    free(t.status);
    free(t.error);
    return status;
}

static cst_status find_clusters(const drv_sample *s, int threads, uint32_t *cluster, cst_error *e)
{
    cst_design d = {.x = (const double *const *)s->x, .rows = s->n, .columns = s->measures};
    double *r = malloc(s->measures * s->measures * sizeof *r);
    if (!r) return cst_no_memory(e);
    cst_status status = cst_correlation_matrix(&d, (unsigned)threads, r, e);
    if (status == CST_OK) cst_cluster(r, s->measures, DRV_COLLINEAR, cluster);
    free(r);
    return status;
}

cst_status drv_correlate(const drv_sample *s, int threads, drv_correlations *out, cst_error *e)
{
    out->row = calloc(s->measures, sizeof *out->row);
    out->q = calloc(s->measures, sizeof *out->q);
    out->cluster = calloc(s->measures, sizeof *out->cluster);
    if (!out->row || !out->q || !out->cluster) return cst_no_memory(e);
    cst_status status = associate_all(s, threads, out->row, e);
    for (size_t k = 0; status == CST_OK && k < s->measures; k++) out->q[k] = out->row[k].auc.p;
    if (status == CST_OK) status = cst_benjamini_hochberg(out->q, s->measures, out->q, e);
    return status != CST_OK ? status : find_clusters(s, threads, out->cluster, e);
}

void drv_correlations_clear(drv_correlations *c)
{
    free(c->row);
    free(c->q);
    free(c->cluster);
    *c = (drv_correlations){0};
}

/* The values of --by of a group: each with a NUL behind. */
static void put_group(const drv_sample *s, const char *key, cst_writer *w)
{
    for (uint32_t i = 0; i < s->group_columns; i++) {
        cst_put_string(w, key && *key ? key : NULL);
        if (key) key += strlen(key) + 1;
    }
}

/* The tests of differences between segments, in the rows of the whole. */
static void put_test(const drv_segment_test *t, cst_writer *w)
{
    if (t && t->df)
        cst_put_int(w, t->df);
    else
        cst_put_missing(w);
    cst_put_number(w, cst_number_significant(t ? t->chi_square : (double)NAN));
    cst_put_number(w, cst_number_significant(t ? t->p : (double)NAN));
    cst_put_number(w, cst_number_significant(t ? t->q : (double)NAN));
}

static cst_status put_measure(const drv_sample *s, const drv_correlations *c, size_t k, const char *key,
                              const drv_segment_test *tests, cst_writer *w, cst_error *e)
{
    const cst_association *a = &c->row[k];
    put_group(s, key, w);
    cst_put_string(w, key ? "segment" : "total");
    cst_put_text(w, s->name[k]);
    cst_put_int(w, (int64_t)a->n);
    cst_put_int(w, (int64_t)a->events);
    cst_put_int(w, (int64_t)a->missing);
    cst_put_number(w, cst_number_significant(a->mean_with));
    cst_put_number(w, cst_number_significant(a->mean_without));
    cst_put_decimals(w, a->pearson.r, 6);
    cst_put_decimals(w, a->spearman.r, 6);
    cst_put_decimals(w, a->auc.folded, 6);
    cst_put_string(w, a->auc.sign > 0 ? "+" : a->auc.sign < 0 ? "-" : NULL);
    cst_put_decimals(w, a->auc.lower, 6);
    cst_put_decimals(w, a->auc.upper, 6);
    cst_put_number(w, cst_number_significant(a->auc.p));
    cst_put_number(w, cst_number_significant(c->q[k]));
    cst_put_int(w, c->cluster[k]);
    if (s->group_columns) put_test(tests ? &tests[k] : NULL, w);
    return cst_end_row(w, e);
}

/* Measures by how far they tell the two apart; those that cannot be told last; equals in order of the
 * columns. */
static size_t *rank_measures(const drv_sample *s, const drv_correlations *c)
{
    size_t *order = malloc(s->measures * sizeof *order);
    for (size_t k = 0; order && k < s->measures; k++) {
        double auc = isnan(c->row[k].auc.folded) ? -1 : c->row[k].auc.folded;
        size_t i = k;
        for (; i > 0; i--) {
            double before = c->row[order[i - 1]].auc.folded;
            if (!isnan(before) && before >= auc) break;
            if (isnan(before) && auc < 0) break;
            order[i] = order[i - 1];
        }
        order[i] = k;
    }
    return order;
}

static cst_status write_part(const drv_sample *part, const char *key, int threads,
                             const drv_segment_test *tests, cst_writer *w, cst_error *e)
{
    drv_correlations c = {0};
    cst_status status = drv_correlate(part, threads, &c, e);
    size_t *order = status != CST_OK ? NULL : rank_measures(part, &c);
    if (status == CST_OK && !order) status = cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < part->measures; i++)
        status = put_measure(part, &c, order[i], key, tests, w, e);
    free(order);
    drv_correlations_clear(&c);
    return status;
}

/* The rows of one group as a sample; what it does not own is borrowed. */
static cst_status cut_group(const drv_sample *s, uint32_t group, drv_sample *part, cst_error *e)
{
    *part = (drv_sample){.measures = s->measures, .name = s->name, .group_columns = s->group_columns};
    for (size_t i = 0; i < s->n; i++) part->n += s->group[i] == group;
    part->label = malloc(part->n + 1);
    part->x = calloc(s->measures, sizeof *part->x);
    bool ok = part->label && part->x;
    for (size_t k = 0; ok && k < s->measures; k++) {
        part->x[k] = malloc(part->n * sizeof(double) + 1);
        ok = part->x[k] != NULL;
    }
    if (!ok) return cst_no_memory(e);
    for (size_t i = 0, to = 0; i < s->n; i++) {
        if (s->group[i] != group) continue;
        part->label[to] = s->label[i];
        for (size_t k = 0; k < s->measures; k++) part->x[k][to] = s->x[k][i];
        to++;
    }
    return CST_OK;
}

static void drop_group(drv_sample *part)
{
    for (size_t k = 0; part->x && k < part->measures; k++) free(part->x[k]);
    free(part->x);
    free(part->label);
}

static cst_status write_whole(const drv_sample *s, int threads, cst_writer *w, cst_error *e)
{
    if (s->group_columns == 0) return write_part(s, NULL, threads, NULL, w, e);
    drv_segment_test *tests = calloc(s->measures + 1, sizeof *tests);
    cst_status status = tests ? drv_segments_test(s, threads, tests, e) : cst_no_memory(e);
    if (status == CST_OK) status = write_part(s, NULL, threads, tests, w, e);
    free(tests);
    return status;
}

cst_status drv_correlate_write(const drv_sample *s, int threads, cst_writer *w, cst_error *e)
{
    cst_status status = write_whole(s, threads, w, e);
    if (status != CST_OK || s->group_columns == 0) return status;
    uint32_t *sorted = cst_intern_sorted(s->groups);
    if (!sorted) return cst_no_memory(e);
    for (uint32_t i = 0; status == CST_OK && i < cst_intern_count(s->groups); i++) {
        drv_sample part;
        status = cut_group(s, sorted[i], &part, e);
        if (status == CST_OK && part.n)
            status = write_part(&part, cst_intern_text(s->groups, sorted[i]).p, threads, NULL, w, e);
        drop_group(&part);
    }
    free(sorted);
    return status;
}
