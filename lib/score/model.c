/* model.c: reads and checks a model. Nodes are put in an order in which parents come before children,
 * so that one loop forwards gives effective weights and one loop backwards gives scores. Everything
 * wrong is found here, with the line of the model, before any row of data is read. */
#include "score/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "score/transform.h"

enum column { KIND, NAME, PARENT, WEIGHT, COLUMN, TRANSFORM, LOW, HIGH, POINTS, MISSING, COLUMNS };
static const char *const column_names[] = {"kind",      "name", "parent", "weight", "column",
                                           "transform", "low",  "high",   "points", "missing"};
static const char *const kind_words[] = {"score", "group", "measure", "band"};
static const char *const missing_words[] = {"reweight", "neutral", "zero", "fail"};
enum { KINDS = 4, POLICIES = 4, BAND_ROW = 3 };

/* Above it sums of weights, or of weights times scores, may leave the range of a double. */
#define GREATEST_WEIGHT 1e12

struct parse {
    const cst_table *table;
    int at[COLUMNS];
    cst_model *model;
    enum cst_missing_policy policy; /* of the score row, for measures that name none */
    cst_error *e;
};

static cst_text get(const struct parse *p, size_t row, enum column c)
{
    return cst_table_at(p->table, row, p->at[c]);
}

static cst_status refuse(const struct parse *p, size_t row, enum column c, const char *expected)
{
    cst_buffer found = {0};
    cst_text t = get(p, row, c);
    cst_buffer_add_visible(&found, t.p, t.n, 60);
    cst_status s = cst_fail_at(p->e, CST_DATA, cst_table_place(p->table, row, p->at[c]), column_names[c],
                               "expected %s, found \"%s\"; see cs-score(1), MODELS", expected,
                               cst_buffer_string(&found));
    cst_buffer_free(&found);
    return s;
}

/* The index of a word in a list, or n. */
static size_t find_word(cst_text t, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !cst_text_is(t, words[i])) i++;
    return i;
}

static cst_status read_number(const struct parse *p, size_t row, enum column c, double *out)
{
    return cst_number_parse(get(p, row, c), out) ? CST_OK : refuse(p, row, c, "a number");
}

static int compare_steps(const void *a, const void *b)
{
    double x = ((const cst_step *)a)->from, y = ((const cst_step *)b)->from;
    return (x > y) - (x < y);
}

/* THRESHOLD=POINTS;... */
static cst_status read_points(const struct parse *p, size_t row, cst_node *n)
{
    static const char form[] = "points such as 0=0;5=50;20=100, each of 0 to 100, no threshold twice";
    cst_text t = get(p, row, POINTS);
    size_t most = 1;
    for (uint32_t i = 0; i < t.n; i++) most += t.p[i] == ';';
    n->step = calloc(most, sizeof *n->step);
    if (!n->step) return cst_fail(p->e, CST_MEMORY, "out of memory for the model");
    for (uint32_t i = 0; i < t.n;) {
        uint32_t end = i, equals = UINT32_MAX;
        for (; end < t.n && t.p[end] != ';'; end++)
            if (t.p[end] == '=' && equals == UINT32_MAX) equals = end;
        cst_step *s = &n->step[n->steps++];
        if (equals == UINT32_MAX || !cst_number_parse((cst_text){t.p + i, equals - i}, &s->from) ||
            !cst_number_parse((cst_text){t.p + equals + 1, end - equals - 1}, &s->points) ||
            !(s->points >= 0 && s->points <= 100))
            return refuse(p, row, POINTS, form);
        i = end + 1;
    }
    if (n->steps == 0) return refuse(p, row, POINTS, form);
    qsort(n->step, n->steps, sizeof *n->step, compare_steps);
    for (size_t i = 1; i < n->steps; i++)
        if (n->step[i].from == n->step[i - 1].from) return refuse(p, row, POINTS, form);
    return CST_OK;
}

/* low and high: both ends, or none; for transforms that don't need them they only say which way is up. */
static cst_status read_ends(const struct parse *p, size_t row, const struct cst_transform_rule *rule,
                            cst_node *n)
{
    bool has_low = get(p, row, LOW).n > 0, has_high = get(p, row, HIGH).n > 0;
    if (!rule->needs_ends && !has_low && !has_high) return CST_OK;
    cst_status s = read_number(p, row, LOW, &n->low);
    if (!s) s = read_number(p, row, HIGH, &n->high);
    if (s) return s;
    if (n->low == n->high) return refuse(p, row, HIGH, "another value than low");
    if (rule->positive && !(n->low > 0))
        return refuse(p, row, LOW, "a number above 0 (it is taken the log of)");
    if (rule->positive && !(n->high > 0))
        return refuse(p, row, HIGH, "a number above 0 (it is taken the log of)");
    n->turned = n->low > n->high;
    return CST_OK;
}

static cst_status read_measure(const struct parse *p, size_t row, cst_node *n)
{
    n->column = get(p, row, COLUMN);
    if (n->column.n == 0) return refuse(p, row, COLUMN, "the name of a column of the metrics or accounts");
    cst_text word = get(p, row, TRANSFORM);
    size_t i = 0;
    while (cst_transform_rules[i].name && !cst_text_is(word, cst_transform_rules[i].name)) i++;
    const struct cst_transform_rule *rule = &cst_transform_rules[i];
    if (!rule->name)
        return refuse(p, row, TRANSFORM,
                      "linear, steps, percentile, zscore, logistic, log, asinh, boolean or as_is");
    n->transform = (enum cst_transform)i;
    cst_text missing = get(p, row, MISSING);
    size_t policy = missing.n ? find_word(missing, missing_words, POLICIES) : (size_t)p->policy;
    if (policy == POLICIES) return refuse(p, row, MISSING, "reweight, neutral, zero or fail");
    n->missing = (enum cst_missing_policy)policy;
    p->model->relative |= rule->relative;
    if (rule->needs_points)
        return get(p, row, LOW).n ? refuse(p, row, LOW, "nothing (steps are turned round by their points)")
               : get(p, row, HIGH).n
                   ? refuse(p, row, HIGH, "nothing (steps are turned round by their points)")
                   : read_points(p, row, n);
    if (get(p, row, POINTS).n)
        return refuse(p, row, POINTS, "nothing (points belong to the transform steps)");
    return read_ends(p, row, rule, n);
}

/* What a group cannot have must not look as if it counted. */
static cst_status check_group(const struct parse *p, size_t row)
{
    for (int c = COLUMN; c <= POINTS; c++)
        if (get(p, row, (enum column)c).n)
            return refuse(p, row, (enum column)c, "nothing in a row of kind group; it belongs to a measure");
    cst_text missing = get(p, row, MISSING);
    if (missing.n && !cst_text_is(missing, "reweight"))
        return refuse(p, row, MISSING,
                      "reweight or nothing for a group; a policy stands at the score or a measure");
    return CST_OK;
}

static cst_status read_band(const struct parse *p, size_t row)
{
    cst_band *b = &p->model->band[p->model->bands++];
    b->name = get(p, row, NAME);
    b->row = row;
    cst_text parent = get(p, row, PARENT);
    if (parent.n && !cst_text_equal(parent, p->model->node[0].name))
        return refuse(p, row, PARENT, "the name of the score, or nothing");
    cst_status s = read_number(p, row, LOW, &b->low);
    if (!s) s = read_number(p, row, HIGH, &b->high);
    if (s) return s;
    if (!(b->low < b->high && b->low >= 0 && b->high <= 100))
        return refuse(p, row, HIGH, "a band within 0 to 100 whose high is above its low");
    return CST_OK;
}

static cst_status read_root(struct parse *p, size_t row)
{
    double low = 0, high = 100;
    cst_status s = CST_OK;
    if (get(p, row, LOW).n) s = read_number(p, row, LOW, &low);
    if (!s && get(p, row, HIGH).n) s = read_number(p, row, HIGH, &high);
    if (s) return s;
    if (low != 0) return refuse(p, row, LOW, "0 (a score is 0 to 100)");
    if (high != 100) return refuse(p, row, HIGH, "100 (a score is 0 to 100)");
    cst_text missing = get(p, row, MISSING);
    size_t policy = missing.n ? find_word(missing, missing_words, POLICIES) : CST_REWEIGHT;
    if (policy == POLICIES) return refuse(p, row, MISSING, "reweight, neutral, zero or fail");
    p->policy = (enum cst_missing_policy)policy;
    cst_model *m = p->model;
    m->node[m->nodes++] =
        (cst_node){.kind = CST_NODE_SCORE, .name = get(p, row, NAME), .weight = 1, .row = row};
    return CST_OK;
}

static cst_status find_root(struct parse *p)
{
    size_t roots = 0;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        size_t kind = find_word(get(p, row, KIND), kind_words, KINDS);
        if (kind == KINDS) return refuse(p, row, KIND, "score, group, measure or band");
        if (get(p, row, NAME).n == 0) return refuse(p, row, NAME, "a name");
        if (kind != CST_NODE_SCORE) continue;
        if (roots++) return refuse(p, row, KIND, "one row of kind score (there is one already)");
        cst_status s = read_root(p, row);
        if (s) return s;
    }
    return roots ? CST_OK
                 : cst_fail_at(p->e, CST_DATA, (cst_place){cst_table_file(p->table), 1, 0}, "kind",
                               "expected one row of kind score, found none; it names the score, e.g. "
                               "score,health,,,,,0,100,,reweight");
}

/* Adds the children of node `parent`, in the order of the table. */
static cst_status add_children(struct parse *p, uint32_t parent)
{
    cst_model *m = p->model;
    double sum = 0;
    size_t first = m->nodes;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        size_t kind = find_word(get(p, row, KIND), kind_words, KINDS);
        if (kind == CST_NODE_SCORE || kind == BAND_ROW ||
            !cst_text_equal(get(p, row, PARENT), m->node[parent].name))
            continue;
        cst_node *n = &m->node[m->nodes];
        *n = (cst_node){
            .kind = (enum cst_node_kind)kind, .name = get(p, row, NAME), .parent = parent, .row = row};
        m->nodes++;
        cst_status s = read_number(p, row, WEIGHT, &n->weight);
        if (!s && n->weight < 0) s = refuse(p, row, WEIGHT, "a weight of 0 or more");
        if (!s && n->weight > GREATEST_WEIGHT) s = refuse(p, row, WEIGHT, "a weight of at most 1e12");
        if (!s) s = kind == CST_NODE_MEASURE ? read_measure(p, row, n) : check_group(p, row);
        if (s) return s;
        sum += n->weight;
    }
    if (m->nodes == first) return CST_OK; /* blamed by name_childless, behind rows that miss their parent */
    if (!(sum > 0))
        return refuse(p, m->node[first].row, WEIGHT, "weights under one parent that sum to more than 0");
    m->node[parent].whole = sum;
    return CST_OK;
}

/* A row that the tree did not reach has a parent that is unknown, a measure, or part of a cycle. */
static cst_status name_unreached(const struct parse *p, size_t row)
{
    cst_model *m = p->model;
    cst_text parent = get(p, row, PARENT);
    size_t n = cst_table_rows(p->table), known = n;
    for (size_t i = 0; i < n; i++)
        if (cst_text_equal(get(p, i, NAME), parent)) known = i;
    if (known < n && find_word(get(p, known, KIND), kind_words, KINDS) == CST_NODE_GROUP)
        return refuse(p, row, PARENT,
                      "a parent that leads to the score (these rows lead back to themselves)");
    cst_buffer hint = {0};
    cst_buffer_add_string(&hint, "the score or a group");
    cst_text *names = calloc(m->nodes, sizeof *names);
    size_t inner = 0;
    for (size_t i = 0; names && i < m->nodes; i++)
        if (m->node[i].kind != CST_NODE_MEASURE) names[inner++] = m->node[i].name;
    if (names) cst_suggest_add(&hint, parent, names, inner);
    cst_status s = refuse(p, row, PARENT, cst_buffer_string(&hint));
    free(names);
    cst_buffer_free(&hint);
    return s;
}

static cst_status name_childless(const struct parse *p)
{
    const cst_model *m = p->model;
    for (size_t i = 0; i < m->nodes; i++)
        if (m->node[i].kind != CST_NODE_MEASURE && !(m->node[i].whole > 0))
            return refuse(p, m->node[i].row, NAME, "a group or score that is the parent of something");
    return CST_OK;
}

static cst_status check_names(const struct parse *p)
{
    size_t n = cst_table_rows(p->table);
    for (size_t i = 0; i < n; i++) {
        bool band = cst_text_is(get(p, i, KIND), "band");
        for (size_t j = 0; j < i; j++)
            if (band == cst_text_is(get(p, j, KIND), "band") &&
                cst_text_equal(get(p, i, NAME), get(p, j, NAME)))
                return refuse(p, i, NAME, "a name that stands once");
    }
    return CST_OK;
}

static cst_status build_tree(struct parse *p)
{
    cst_model *m = p->model;
    cst_status s = find_root(p);
    for (uint32_t i = 0; !s && i < m->nodes; i++)
        if (m->node[i].kind != CST_NODE_MEASURE) s = add_children(p, i);
    if (s) return s;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        bool reached = false;
        for (size_t i = 0; i < m->nodes; i++) reached |= m->node[i].row == row;
        if (cst_text_is(get(p, row, KIND), "band"))
            s = read_band(p, row);
        else if (!reached)
            s = name_unreached(p, row);
        if (s) return s;
    }
    return name_childless(p);
}

/* Measures and groups are numbered in the order of the table, which is the order of the output's columns. */
static void number_nodes(cst_model *m)
{
    for (uint32_t i = 0; i < m->nodes; i++)
        if (m->node[i].kind != CST_NODE_MEASURE) m->inner[m->inners++] = i;
    for (size_t row = 0; row < cst_table_rows(m->table); row++)
        for (uint32_t i = 1; i < m->nodes; i++) {
            cst_node *n = &m->node[i];
            if (n->row != row) continue;
            bool measure = n->kind == CST_NODE_MEASURE;
            n->measure = (uint32_t)(measure ? m->measures : m->groups);
            if (measure) {
                double fill = n->missing == CST_NEUTRAL ? 50 : n->missing == CST_ZERO ? 0 : (double)NAN;
                m->leaf[m->measures] = (cst_leaf){n->weight, fill, n->parent, i};
                m->measure[m->measures++] = i;
            } else {
                m->group[m->groups++] = i;
            }
        }
}

static cst_status name_groups(cst_model *m, cst_error *e)
{
    m->group_name = calloc(m->groups + 1, sizeof *m->group_name);
    for (size_t g = 0; m->group_name && g < m->groups; g++) {
        cst_text name = m->node[m->group[g]].name;
        m->group_name[g] = strndup(name.p, name.n);
        if (!m->group_name[g]) return cst_fail(e, CST_MEMORY, "out of memory for the model");
    }
    return m->group_name ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory for the model");
}

static int compare_bands(const void *a, const void *b)
{
    double x = ((const cst_band *)a)->low, y = ((const cst_band *)b)->low;
    return (x > y) - (x < y);
}

static cst_status check_bands(const struct parse *p)
{
    cst_model *m = p->model;
    qsort(m->band, m->bands, sizeof *m->band, compare_bands);
    double edge = 0;
    for (size_t i = 0; i < m->bands; edge = m->band[i++].high) {
        const char *what = m->band[i].low < edge ? "overlaps the one below it" : "leaves a gap below it";
        if (m->band[i].low != edge)
            return cst_fail_at(
                p->e, CST_DATA, cst_table_place(p->table, m->band[i].row, p->at[LOW]), "low",
                "expected bands that cover 0 to 100 once, found that band \"%.*s\" from %g %s (at %g); "
                "let each begin where the one below ends",
                (int)m->band[i].name.n, m->band[i].name.p, m->band[i].low, what, edge);
    }
    if (m->bands && edge != 100)
        return cst_fail_at(
            p->e, CST_DATA, cst_table_place(p->table, m->band[m->bands - 1].row, p->at[HIGH]), "high",
            "expected bands that cover 0 to 100, found that the top one ends at %g; let it end at 100", edge);
    return CST_OK;
}

static bool allocate(cst_model *m)
{
    size_t n = cst_table_rows(m->table) + 1;
    m->node = calloc(n, sizeof *m->node);
    m->measure = calloc(n, sizeof *m->measure);
    m->leaf = calloc(n, sizeof *m->leaf);
    m->inner = calloc(n, sizeof *m->inner);
    m->group = calloc(n, sizeof *m->group);
    m->band = calloc(n, sizeof *m->band);
    return m->node && m->measure && m->leaf && m->inner && m->group && m->band;
}

static cst_status bind_columns(struct parse *p)
{
    cst_status s = CST_OK;
    for (int c = 0; c < COLUMNS && !s; c++) {
        bool needed = c <= TRANSFORM;
        s = cst_table_bind(p->table, column_names[c], needed ? CST_REQUIRED : CST_OPTIONAL, &p->at[c], p->e);
    }
    return s < 0 ? cst_error_advise(p->e, s, "--print-model NAME shows a model") : s;
}

cst_status cst_model_new(cst_table *table, cst_model **out, cst_error *e)
{
    cst_model *m = calloc(1, sizeof *m);
    if (!m) {
        cst_table_free(table);
        return cst_fail(e, CST_MEMORY, "out of memory for the model");
    }
    m->table = table;
    m->crc32 = cst_table_totals(table).crc32;
    struct parse p = {.table = table, .model = m, .e = e};
    cst_status s = allocate(m) ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory for the model");
    if (!s) s = bind_columns(&p);
    if (!s) s = check_names(&p);
    if (!s) s = build_tree(&p);
    if (!s) s = check_bands(&p);
    if (!s) number_nodes(m);
    if (!s) s = name_groups(m, e);
    if (!s)
        *out = m;
    else
        cst_model_free(m);
    return s;
}

void cst_model_free(cst_model *m)
{
    if (!m) return;
    for (size_t i = 0; m->node && i < m->nodes; i++) free(m->node[i].step);
    for (size_t g = 0; m->group_name && g < m->groups; g++) free(m->group_name[g]);
    free(m->group_name);
    free(m->node);
    free(m->measure);
    free(m->leaf);
    free(m->inner);
    free(m->group);
    free(m->band);
    cst_table_free(m->table);
    free(m);
}

size_t cst_model_band(const cst_model *m, double score)
{
    size_t i = 0;
    while (i + 1 < m->bands && score >= m->band[i].high) i++;
    return i;
}

uint32_t cst_model_plain_band(const cst_model *m, int32_t hundredths)
{
    return hundredths < 0 || m->bands == 0 ? UINT32_MAX : (uint32_t)cst_model_band(m, hundredths / 100.0);
}

size_t cst_model_band_named(const cst_model *m, cst_text name)
{
    size_t i = 0;
    while (i < m->bands && !cst_text_equal(m->band[i].name, name)) i++;
    return i;
}
