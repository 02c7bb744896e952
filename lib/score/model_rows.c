/* model_rows.c: what one row of a model says. Every field is checked by itself and against the others of its
 * row, so that a message names the very field. */
#include "score/model_parse.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"
#include "score/transform.h"

static const char *const column_names[] = {"kind",      "name", "parent", "weight", "column",
                                           "transform", "low",  "high",   "points", "missing"};
static const char *const kind_words[] = {"score", "group", "measure", "band"};
static const char *const missing_words[] = {"reweight", "neutral", "zero", "fail"};
enum { POLICIES = 4 };

/* Above it sums of weights, or of weights times scores, may leave the range of a double. */
#define GREATEST_WEIGHT 1e12

cst_status score_model_bind(score_model_parse *p)
{
    cst_status status = CST_OK;
    for (int c = 0; c < MODEL_COLUMNS && status == CST_OK; c++) {
        bool needed = c <= MODEL_TRANSFORM;
        status =
            cst_table_bind(p->table, column_names[c], needed ? CST_REQUIRED : CST_OPTIONAL, &p->at[c], p->e);
    }
    return status < 0 ? cst_error_advise(p->e, status, "--print-model NAME shows a model") : status;
}

cst_text score_model_get(const score_model_parse *p, size_t row, enum model_column c)
{
    return cst_table_at(p->table, row, p->at[c]);
}

cst_status score_model_refuse(const score_model_parse *p, size_t row, enum model_column c,
                              const char *expected)
{
    cst_buffer found = {0};
    cst_text t = score_model_get(p, row, c);
    cst_buffer_add_visible(&found, t.p, t.n, 60);
    cst_status status = cst_fail_at(p->e, CST_DATA, cst_table_place(p->table, row, p->at[c]), column_names[c],
                                    "expected %s, found \"%s\"; see cs-score(1), MODELS", expected,
                                    cst_buffer_string(&found));
    cst_buffer_free(&found);
    return status;
}

/* The index of a word in a list, or n. */
static size_t find_word(cst_text t, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !cst_text_is(t, words[i])) i++;
    return i;
}

size_t score_model_kind(const score_model_parse *p, size_t row)
{
    return find_word(score_model_get(p, row, MODEL_KIND), kind_words, MODEL_KINDS);
}

static cst_status read_number(const score_model_parse *p, size_t row, enum model_column c, double *out)
{
    return cst_number_parse(score_model_get(p, row, c), out) ? CST_OK
                                                             : score_model_refuse(p, row, c, "a number");
}

static int compare_steps(const void *a, const void *b)
{
    double x = ((const score_step *)a)->from, y = ((const score_step *)b)->from;
    return (x > y) - (x < y);
}

/* THRESHOLD=POINTS;... */
static cst_status read_points(const score_model_parse *p, size_t row, score_node *n)
{
    static const char form[] = "points such as 0=0;5=50;20=100, each of 0 to 100, no threshold twice";
    cst_text t = score_model_get(p, row, MODEL_POINTS);
    size_t most = 1;
    for (uint32_t i = 0; i < t.n; i++) most += t.p[i] == ';';
    n->step = calloc(most, sizeof *n->step);
    if (!n->step) return cst_no_memory(p->e);
    for (uint32_t i = 0; i < t.n;) {
        uint32_t end = i, equals = UINT32_MAX;
        for (; end < t.n && t.p[end] != ';'; end++)
            if (t.p[end] == '=' && equals == UINT32_MAX) equals = end;
        score_step *s = &n->step[n->steps++];
        if (equals == UINT32_MAX || !cst_number_parse((cst_text){t.p + i, equals - i}, &s->from) ||
            !cst_number_parse((cst_text){t.p + equals + 1, end - equals - 1}, &s->points) ||
            !(s->points >= 0 && s->points <= 100))
            return score_model_refuse(p, row, MODEL_POINTS, form);
        i = end + 1;
    }
    if (n->steps == 0) return score_model_refuse(p, row, MODEL_POINTS, form);
    qsort(n->step, n->steps, sizeof *n->step, compare_steps);
    for (size_t i = 1; i < n->steps; i++)
        if (n->step[i].from == n->step[i - 1].from) return score_model_refuse(p, row, MODEL_POINTS, form);
    return CST_OK;
}

/* low and high: both ends, or none; for transforms that don't need them they only say which way is up. */
static cst_status read_ends(const score_model_parse *p, size_t row, const struct score_transform_rule *rule,
                            score_node *n)
{
    bool has_low = score_model_get(p, row, MODEL_LOW).n > 0,
         has_high = score_model_get(p, row, MODEL_HIGH).n > 0;
    if (!rule->needs_ends && !has_low && !has_high) return CST_OK;
    cst_status status = read_number(p, row, MODEL_LOW, &n->low);
    if (status == CST_OK) status = read_number(p, row, MODEL_HIGH, &n->high);
    if (status != CST_OK) return status;
    if (n->low == n->high) return score_model_refuse(p, row, MODEL_HIGH, "another value than low");
    if (rule->positive && !(n->low > 0))
        return score_model_refuse(p, row, MODEL_LOW, "a number above 0 (it is taken the log of)");
    if (rule->positive && !(n->high > 0))
        return score_model_refuse(p, row, MODEL_HIGH, "a number above 0 (it is taken the log of)");
    n->turned = n->low > n->high;
    return CST_OK;
}

static cst_status read_measure(const score_model_parse *p, size_t row, score_node *n)
{
    n->column = score_model_get(p, row, MODEL_COLUMN);
    if (n->column.n == 0)
        return score_model_refuse(p, row, MODEL_COLUMN, "the name of a column of the metrics or accounts");
    cst_text word = score_model_get(p, row, MODEL_TRANSFORM);
    size_t i = 0;
    while (score_transform_rules[i].name && !cst_text_is(word, score_transform_rules[i].name)) i++;
    const struct score_transform_rule *rule = &score_transform_rules[i];
    if (!rule->name)
        return score_model_refuse(
            p, row, MODEL_TRANSFORM,
            "linear, steps, percentile, zscore, logistic, log, asinh, boolean or as_is");
    n->transform = (enum score_transform)i;
    cst_text missing = score_model_get(p, row, MODEL_MISSING);
    size_t policy = missing.n ? find_word(missing, missing_words, POLICIES) : (size_t)p->policy;
    if (policy == POLICIES)
        return score_model_refuse(p, row, MODEL_MISSING, "reweight, neutral, zero or fail");
    n->missing = (enum score_missing_policy)policy;
    p->model->relative |= rule->relative;
    if (rule->needs_points)
        return score_model_get(p, row, MODEL_LOW).n
                   ? score_model_refuse(p, row, MODEL_LOW, "nothing (steps are turned round by their points)")
               : score_model_get(p, row, MODEL_HIGH).n
                   ? score_model_refuse(p, row, MODEL_HIGH,
                                        "nothing (steps are turned round by their points)")
                   : read_points(p, row, n);
    if (score_model_get(p, row, MODEL_POINTS).n)
        return score_model_refuse(p, row, MODEL_POINTS, "nothing (points belong to the transform steps)");
    return read_ends(p, row, rule, n);
}

/* What a group cannot have must not look as if it counted. */
static cst_status check_group(const score_model_parse *p, size_t row)
{
    for (int c = MODEL_COLUMN; c <= MODEL_POINTS; c++)
        if (score_model_get(p, row, (enum model_column)c).n)
            return score_model_refuse(p, row, (enum model_column)c,
                                      "nothing in a row of kind group; it belongs to a measure");
    cst_text missing = score_model_get(p, row, MODEL_MISSING);
    if (missing.n && !cst_text_is(missing, "reweight"))
        return score_model_refuse(
            p, row, MODEL_MISSING,
            "reweight or nothing for a group; a policy stands at the score or a measure");
    return CST_OK;
}

cst_status score_model_read_node(const score_model_parse *p, size_t row, score_node *n)
{
    cst_status status = read_number(p, row, MODEL_WEIGHT, &n->weight);
    if (status == CST_OK && n->weight < 0)
        status = score_model_refuse(p, row, MODEL_WEIGHT, "a weight of 0 or more");
    if (status == CST_OK && n->weight > GREATEST_WEIGHT)
        status = score_model_refuse(p, row, MODEL_WEIGHT, "a weight of at most 1e12");
    if (status != CST_OK) return status;
    return n->kind == SCORE_NODE_MEASURE ? read_measure(p, row, n) : check_group(p, row);
}

cst_status score_model_read_band(const score_model_parse *p, size_t row)
{
    score_band *b = &p->model->band[p->model->bands++];
    b->name = score_model_get(p, row, MODEL_NAME);
    b->row = row;
    cst_text parent = score_model_get(p, row, MODEL_PARENT);
    if (parent.n && !cst_text_equal(parent, p->model->node[0].name))
        return score_model_refuse(p, row, MODEL_PARENT, "the name of the score, or nothing");
    cst_status status = read_number(p, row, MODEL_LOW, &b->low);
    if (status == CST_OK) status = read_number(p, row, MODEL_HIGH, &b->high);
    if (status != CST_OK) return status;
    if (!(b->low < b->high && b->low >= 0 && b->high <= 100))
        return score_model_refuse(p, row, MODEL_HIGH, "a band within 0 to 100 whose high is above its low");
    return CST_OK;
}

cst_status score_model_read_root(score_model_parse *p, size_t row)
{
    double low = 0, high = 100;
    cst_status status = CST_OK;
    if (score_model_get(p, row, MODEL_LOW).n) status = read_number(p, row, MODEL_LOW, &low);
    if (status == CST_OK && score_model_get(p, row, MODEL_HIGH).n)
        status = read_number(p, row, MODEL_HIGH, &high);
    if (status != CST_OK) return status;
    if (low != 0) return score_model_refuse(p, row, MODEL_LOW, "0 (a score is 0 to 100)");
    if (high != 100) return score_model_refuse(p, row, MODEL_HIGH, "100 (a score is 0 to 100)");
    cst_text missing = score_model_get(p, row, MODEL_MISSING);
    size_t policy = missing.n ? find_word(missing, missing_words, POLICIES) : SCORE_REWEIGHT;
    if (policy == POLICIES)
        return score_model_refuse(p, row, MODEL_MISSING, "reweight, neutral, zero or fail");
    p->policy = (enum score_missing_policy)policy;
    cst_model *m = p->model;
    m->node[m->nodes++] = (score_node){
        .kind = SCORE_NODE_SCORE, .name = score_model_get(p, row, MODEL_NAME), .weight = 1, .row = row};
    return CST_OK;
}
