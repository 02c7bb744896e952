/* survival_cox.c: a regression per group. A factor becomes one column of 0 and 1 for each of its levels
 * but the first in the order of bytes, which the others are compared with. */
#include "base/memory.h"
#include "cohort/survival.h"
#include "stats/distribution.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef struct design {
    double *time, *entry, **x; /* entry NULL: all are at risk from the beginning */
    unsigned char *event;
    char **name;
    size_t rows, columns, room;
} design;

static void free_design(design *d)
{
    for (size_t i = 0; i < d->columns; i++) {
        free(d->x[i]);
        free(d->name[i]);
    }
    free(d->x);
    free(d->name);
    free(d->time);
    free(d->entry);
    free(d->event);
}

/* A new column with its name. */
static double *add_column(design *d, const char *name, cst_text level)
{
    if (d->columns == d->room) {
        size_t room = cst_room_for(d->room, d->columns + 1);
        if (!cst_resize(&d->x, room, sizeof *d->x) || !cst_resize(&d->name, room, sizeof *d->name))
            return NULL;
        d->room = room;
    }
    cst_buffer b = {0};
    cst_buffer_add_string(&b, name);
    if (level.n > 0) cst_buffer_add_char(&b, '=');
    cst_buffer_add(&b, level.p, level.n);
    d->name[d->columns] = strdup(cst_buffer_string(&b));
    d->x[d->columns] = calloc(d->rows + 1, sizeof **d->x);
    bool ok = !b.failed && d->name[d->columns] && d->x[d->columns];
    cst_buffer_free(&b);
    d->columns++;
    return ok ? d->x[d->columns - 1] : NULL;
}

/* of[] marks the rows of the group. */
static cst_status add_factor(design *d, const cohort_subjects *s, size_t c, uint32_t group, cst_error *e)
{
    uint32_t levels = cst_intern_count(s->levels), *order = cst_intern_sorted(s->levels);
    double **to = calloc(levels + 1, sizeof *to);
    bool *seen = calloc(levels + 1, sizeof *seen), ok = order && to && seen, first = true;
    uint32_t found = 0;
    for (size_t row = 0; row < s->rows && ok; row++)
        if (s->group[row] == group) seen[(uint32_t)s->x[c][row]] = true;
    for (uint32_t i = 0; i < levels && ok; i++) {
        if (!seen[order[i]]) continue;
        found++;
        if (!first)
            ok = (to[order[i]] =
                      add_column(d, s->covariates.columns.name[c], cst_intern_text(s->levels, order[i])));
        first = false;
    }
    for (size_t row = 0, at = 0; row < s->rows && ok; row++) {
        if (s->group[row] != group) continue;
        double *x = to[(uint32_t)s->x[c][row]];
        if (x) x[at] = 1;
        at++;
    }
    free(order);
    free(to);
    free(seen);
    if (!ok) return cst_no_memory(e);
    if (found > 1) return CST_OK;
    return cst_fail_at(e, CST_DATA, (cst_place){0}, s->covariates.columns.name[c],
                       "expected at least two levels of a factor, found one; leave the column out");
}

static cst_status fill_design(design *d, const cohort_subjects *s, uint32_t group, cst_error *e)
{
    for (size_t row = 0; row < s->rows; row++) d->rows += s->group[row] == group;
    d->time = calloc(d->rows + 1, sizeof *d->time);
    d->event = calloc(d->rows + 1, 1);
    d->entry = calloc(d->rows + 1, sizeof *d->entry);
    if (!d->time || !d->event || !d->entry) return cst_no_memory(e);
    bool late = false;
    for (size_t row = 0, at = 0; row < s->rows; row++) {
        if (s->group[row] != group) continue;
        d->time[at] = s->time[row];
        d->entry[at] = s->entry[row];
        late |= s->entry[row] >= 0;
        d->event[at++] = s->event[row];
    }
    if (!late) {
        free(d->entry);
        d->entry = NULL;
    }
    for (size_t c = 0; c < s->covariates.columns.n; c++) {
        if (s->covariates.factor[c]) {
            cst_status status = add_factor(d, s, c, group, e);
            if (status != CST_OK) return status;
            continue;
        }
        double *x = add_column(d, s->covariates.columns.name[c], (cst_text){"", 0});
        if (!x) return cst_no_memory(e);
        for (size_t row = 0, at = 0; row < s->rows; row++)
            if (s->group[row] == group) x[at++] = s->x[c][row];
    }
    return CST_OK;
}

/* exp of a coefficient of a column in so small a unit may be past any number: the cell is empty then. */
static void put_hazard(cst_writer *w, const cohort_input *in, double log_ratio)
{
    double ratio = exp(log_ratio);
    cohort_put_figure(w, in, isfinite(ratio) ? ratio : NAN);
}

static void warn_hazard(const cohort_input *in, const char *term, double log_ratio)
{
    if (!isfinite(exp(log_ratio)))
        cst_io_warn(in->io,
                    "%s: expected hazard ratios that a number can hold, found exp(%g): the cell is empty; "
                    "scale the column to a larger unit",
                    term, log_ratio);
}

static cst_status write_fit(cst_writer *w, const cohort_input *in, cst_text key, const design *d,
                            const cst_cox *f, cst_error *e)
{
    double z = cst_normal_quantile(cohort_level(in));
    cst_status status = CST_OK;
    for (size_t i = 0; i < f->columns && status == CST_OK; i++) {
        const cst_estimate *b = &f->estimate[i];
        cohort_put_key(w, in, key);
        cst_put_string(w, d->name[i]);
        cohort_put_figure(w, in, b->value);
        cohort_put_figure(w, in, b->std_error);
        cohort_put_figure(w, in, b->z);
        cohort_put_figure(w, in, b->p);
        put_hazard(w, in, b->value);
        put_hazard(w, in, b->value - z * b->std_error);
        put_hazard(w, in, b->value + z * b->std_error);
        warn_hazard(in, d->name[i], b->value + z * b->std_error);
        cst_put_int(w, (int64_t)f->rows);
        cst_put_int(w, (int64_t)f->events);
        cohort_put_figure(w, in, f->concordance);
        cohort_put_figure(w, in, f->loglik);
        cohort_put_figure(w, in, f->null_loglik);
        status = cst_end_row(w, e);
    }
    return status;
}

/* All events at one time can be fitted, but the time then says nothing. */
static void warn_one_time(const cohort_input *in, cst_text key, const design *d)
{
    size_t events = 0, first = 0;
    for (size_t i = 0; i < d->rows; i++) {
        if (!d->event[i]) continue;
        if (events++ == 0) first = i;
        if (d->time[i] != d->time[first]) return;
    }
    if (events < 2) return;
    cst_buffer name = {0};
    cohort_key_tell(in, key, &name);
    if (name.n > 0) cst_buffer_add_string(&name, ": ");
    cst_io_warn(in->io,
                "%sexpected events at several times, found all %zu at one; hazards are compared there alone",
                cst_buffer_string(&name), events);
    cst_buffer_free(&name);
}

static cst_status fit_group(cst_writer *w, const cohort_subjects *s, const cohort_input *in, uint32_t group,
                            cst_error *e)
{
    design d = {0};
    cst_cox *f = NULL;
    cst_text key = cst_intern_text(s->groups, group);
    cst_status status = fill_design(&d, s, group, e);
    if (status == CST_OK) {
        const cst_design x = {(const double *const *)d.x, (const char *const *)d.name, d.rows, d.columns};
        status = cst_cox_fit(d.entry, d.time, d.event, &x, &f, e);
    }
    if (status != CST_OK) {
        cst_buffer name = {0};
        cohort_key_tell(in, key, &name);
        cohort_error_of(cst_buffer_string(&name), e);
        cst_buffer_free(&name);
    }
    if (status == CST_OK) warn_one_time(in, key, &d);
    if (status == CST_OK) status = write_fit(w, in, key, &d, f, e);
    cst_cox_free(f);
    free_design(&d);
    return status;
}

cst_status cohort_write_cox(const cohort_subjects *s, const cohort_input *in, cst_error *e)
{
    static const cst_column columns[] = {{"term", CST_COL_TEXT},
                                         {"coefficient", CST_COL_NUMBER},
                                         {"std_error", CST_COL_NUMBER},
                                         {"z", CST_COL_NUMBER},
                                         {"p", CST_COL_NUMBER},
                                         {"hazard_ratio", CST_COL_NUMBER},
                                         {"lower", CST_COL_NUMBER},
                                         {"upper", CST_COL_NUMBER},
                                         {"rows", CST_COL_NUMBER},
                                         {"events", CST_COL_NUMBER},
                                         {"concordance", CST_COL_NUMBER},
                                         {"log_likelihood", CST_COL_NUMBER},
                                         {"null_log_likelihood", CST_COL_NUMBER}};
    cst_writer *w;
    if (s->rows == 0) return cohort_fail_nobody(in, e);
    uint32_t *order = cst_intern_sorted(s->groups);
    if (!order) return cst_no_memory(e);
    cst_status status = cohort_open_writer(in, columns, COUNT(columns), in->groups.n, &w, e);
    if (status == CST_OK) {
        cohort_failures failed = {0};
        uint32_t groups = cst_intern_count(s->groups);
        for (uint32_t i = 0; status == CST_OK && i < groups; i++)
            status = cohort_failures_take(&failed, fit_group(w, s, in, order[i], e), e);
        if (status == CST_OK) status = cohort_failures_tell(&failed, in, groups, "", e);
        cohort_failures_free(&failed);
        status = cohort_close_writer(w, status, e);
    }
    free(order);
    return status;
}
