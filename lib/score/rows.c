/* rows.c: the public interface (cstools/score.h): a sheet of one period, filled from memory instead of from
 * files, and scored by the same code. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "score/explain.h"
#include "score/points.h"
#include "score/transform.h"

struct cst_scores {
    score_sheet sheet;
};

static const score_node *measure_of(const cst_model *m, size_t k)
{
    return &m->node[m->measure[k]];
}

size_t cst_model_measures(const cst_model *m)
{
    return m->measures;
}

size_t cst_model_groups(const cst_model *m)
{
    return m->groups;
}

size_t cst_model_bands(const cst_model *m)
{
    return m->bands;
}

cst_score_measure cst_model_measure_at(const cst_model *m, size_t measure)
{
    const score_node *n = measure_of(m, measure);
    return (cst_score_measure){n->name, m->node[n->parent].name, n->column};
}

cst_score_group cst_model_group_at(const cst_model *m, size_t group)
{
    const score_node *n = &m->node[m->group[group]];
    return (cst_score_group){n->name, m->node[n->parent].name};
}

cst_score_band cst_model_band_at(const cst_model *m, size_t band)
{
    const score_band *b = &m->band[band];
    return (cst_score_band){b->name, b->low, b->high};
}

/* NULL: the value is one that the measure takes. */
static const char *find_fault(const score_node *n, double x)
{
    if (isnan(x))
        return n->missing == SCORE_FAIL ? "a value (the model says that it must not be missing)" : NULL;
    if (n->transform == SCORE_AS_IS) return x >= 0 && x <= 100 ? NULL : "0 to 100 (as_is)";
    return isinf(x) ? "a finite number" : NULL;
}

static cst_status check_value(const cst_model *m, size_t row, size_t k, double x, cst_error *e)
{
    const score_node *n = measure_of(m, k);
    const char *expected = find_fault(n, x);
    if (!expected) return CST_OK;
    char column[128], found[32] = "none";
    snprintf(column, sizeof column, "%.*s", (int)n->column.n, n->column.p);
    if (!isnan(x)) snprintf(found, sizeof found, "%g", x);
    return cst_fail_at(e, CST_DATA, (cst_place){NULL, 0, 0}, column,
                       "row %zu: expected %s for measure \"%.*s\", found %s; correct it or leave the row out",
                       row + 1, expected, (int)n->name.n, n->name.p, found);
}

static cst_status fill_sheet(score_sheet *s, const cst_score_input *in, cst_error *e)
{
    const size_t measures = s->model->measures;
    cst_status status = cst_metrics_rows_reserve(&s->rows, in->rows, e);
    if (status == CST_OK) status = score_sheet_reserve(s, in->rows, e);
    for (size_t i = 0; status == CST_OK && i < in->rows; i++) {
        s->rows.row[i] = (cst_metrics_row){.active = in->active ? in->active[i] : true};
        for (size_t k = 0; status == CST_OK && k < measures; k++) {
            s->value[i * measures + k] = in->value[i * measures + k];
            status = check_value(s->model, i, k, in->value[i * measures + k], e);
        }
    }
    if (status == CST_OK) s->rows.n = in->rows;
    return status;
}

/* The sub-scores of all rows but for the relative measures, which score_sheet_place sees to. */
static void transform_rows(score_sheet *s)
{
    const size_t measures = s->model->measures;
    for (size_t from = 0; from < s->rows.n; from += SCORE_LANES)
        for (size_t k = 0; k < measures; k++) {
            double value[SCORE_LANES] = {0}, sub[SCORE_LANES];
            size_t rows = s->rows.n - from < SCORE_LANES ? s->rows.n - from : SCORE_LANES;
            for (size_t i = 0; i < rows; i++) value[i] = s->value[(from + i) * measures + k];
            score_transform_strip(measure_of(s->model, k), value, sub);
            for (size_t i = 0; i < rows; i++) s->sub[(from + i) * measures + k] = sub[i];
        }
}

cst_status cst_scores_new(const cst_model *m, const cst_score_input *in, cst_scores **out, cst_error *e)
{
    *out = NULL;
    if (!(in->min_coverage >= 0 && in->min_coverage <= 1))
        return cst_fail(e, CST_USAGE, "expected a least coverage of 0 to 1, found %g; 0 asks for none",
                        in->min_coverage);
    cst_scores *s = calloc(1, sizeof *s);
    if (!s) return cst_no_memory(e);
    cst_status status = score_sheet_init(&s->sheet, m, NULL, true, e);
    if (status == CST_OK) status = fill_sheet(&s->sheet, in, e);
    if (status == CST_OK) status = score_sheet_one_period(&s->sheet, e);
    if (status == CST_OK) transform_rows(&s->sheet);
    if (status == CST_OK) status = score_sheet_place(&s->sheet, e);
    if (status != CST_OK) {
        cst_scores_free(s);
        return status;
    }
    score_sheet_drop_uncovered(&s->sheet, in->min_coverage);
    *out = s;
    return CST_OK;
}

void cst_scores_free(cst_scores *s)
{
    if (s) score_sheet_clear(&s->sheet);
    free(s);
}

size_t cst_scores_rows(const cst_scores *s)
{
    return s->sheet.rows.n;
}

static size_t name_measure(uint32_t measure, bool scored)
{
    return scored && measure != UINT32_MAX ? measure : CST_SCORE_NO_MEASURE;
}

cst_score_row cst_scores_row(const cst_scores *s, size_t row)
{
    const cst_model *m = s->sheet.model;
    const score_tree_result *t = &s->sheet.result[row];
    int32_t score = score_points_round(t->score);
    uint32_t band = score_model_plain_band(m, score);
    return (cst_score_row){.score = score,
                           .band = band == UINT32_MAX ? (cst_text){"", 0} : m->band[band].name,
                           .coverage = t->coverage,
                           .group = s->sheet.group + row * m->groups,
                           .costs_most = name_measure(t->worst, score >= 0),
                           .gives_most = name_measure(t->best, score >= 0)};
}

cst_status cst_scores_explain(const cst_scores *s, size_t row, cst_score_part *out, cst_error *e)
{
    score_explain x;
    cst_status status = score_explain_init(&x, &s->sheet, e);
    if (status == CST_OK) score_explain_row(&x, row, out);
    score_explain_clear(&x);
    return status;
}
