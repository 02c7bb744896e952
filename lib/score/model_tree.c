/* model_tree.c: the rows of a model as a whole. From the score's row on, the children of each node are looked
 * for in the whole table; what is not reached so has no way to the score. Models are small. */
#include "score/model_parse.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/suggest.h"
#include "base/text.h"

static cst_status find_root(score_model_parse *p)
{
    size_t roots = 0;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        size_t kind = score_model_kind(p, row);
        if (kind == MODEL_KINDS)
            return score_model_refuse(p, row, MODEL_KIND,
                                      "score, group, measure or band (a likelihood is for --likelihood)");
        if (score_model_get(p, row, MODEL_NAME).n == 0)
            return score_model_refuse(p, row, MODEL_NAME, "a name");
        if (kind != SCORE_NODE_SCORE) continue;
        if (roots++)
            return score_model_refuse(p, row, MODEL_KIND, "one row of kind score (there is one already)");
        cst_status status = score_model_read_root(p, row);
        if (status != CST_OK) return status;
    }
    return roots ? CST_OK
                 : cst_fail_at(p->e, CST_DATA, (cst_place){cst_table_file(p->table), 1, 0}, "kind",
                               "expected one row of kind score, found none; it names the score, e.g. "
                               "score,health,,,,,0,100,,reweight");
}

/* Adds the children of node `parent`, in the order of the table. */
static cst_status add_children(score_model_parse *p, uint32_t parent)
{
    cst_model *m = p->model;
    double sum = 0;
    size_t first = m->nodes;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        size_t kind = score_model_kind(p, row);
        if (kind == SCORE_NODE_SCORE || kind == MODEL_BAND_ROW ||
            !cst_text_equal(score_model_get(p, row, MODEL_PARENT), m->node[parent].name))
            continue;
        score_node *n = &m->node[m->nodes];
        *n = (score_node){.kind = (enum score_node_kind)kind,
                          .name = score_model_get(p, row, MODEL_NAME),
                          .parent = parent,
                          .row = row};
        m->nodes++;
        cst_status status = score_model_read_node(p, row, n);
        if (status != CST_OK) return status;
        sum += n->weight;
    }
    if (m->nodes == first) return CST_OK; /* blamed by name_childless, behind rows that miss their parent */
    if (!(sum > 0))
        return score_model_refuse(p, m->node[first].row, MODEL_WEIGHT,
                                  "weights under one parent that sum to more than 0");
    m->node[parent].whole = sum;
    return CST_OK;
}

/* A row that the tree did not reach has a parent that is unknown, a measure, or part of a cycle. */
static cst_status name_unreached(const score_model_parse *p, size_t row)
{
    cst_model *m = p->model;
    cst_text parent = score_model_get(p, row, MODEL_PARENT);
    size_t n = cst_table_rows(p->table), known = n;
    for (size_t i = 0; i < n; i++)
        if (cst_text_equal(score_model_get(p, i, MODEL_NAME), parent)) known = i;
    if (known < n && score_model_kind(p, known) == SCORE_NODE_GROUP)
        return score_model_refuse(p, row, MODEL_PARENT,
                                  "a parent that leads to the score (these rows lead back to themselves)");
    cst_buffer hint = {0};
    cst_buffer_add_string(&hint, "the score or a group");
    cst_text *names = calloc(m->nodes, sizeof *names);
    size_t inner = 0;
    for (size_t i = 0; names && i < m->nodes; i++)
        if (m->node[i].kind != SCORE_NODE_MEASURE) names[inner++] = m->node[i].name;
    if (names) cst_suggest_add(&hint, parent, names, inner);
    cst_status status = score_model_refuse(p, row, MODEL_PARENT, cst_buffer_string(&hint));
    free(names);
    cst_buffer_free(&hint);
    return status;
}

static cst_status check_names(const score_model_parse *p)
{
    size_t n = cst_table_rows(p->table);
    for (size_t i = 0; i < n; i++) {
        bool band = cst_text_is(score_model_get(p, i, MODEL_KIND), "band");
        for (size_t j = 0; j < i; j++)
            if (band == cst_text_is(score_model_get(p, j, MODEL_KIND), "band") &&
                cst_text_equal(score_model_get(p, i, MODEL_NAME), score_model_get(p, j, MODEL_NAME)))
                return score_model_refuse(p, i, MODEL_NAME, "a name that stands once");
    }
    return CST_OK;
}

static cst_status name_childless(const score_model_parse *p)
{
    const cst_model *m = p->model;
    for (size_t i = 0; i < m->nodes; i++)
        if (m->node[i].kind != SCORE_NODE_MEASURE && !(m->node[i].whole > 0))
            return score_model_refuse(p, m->node[i].row, MODEL_NAME,
                                      "a group or score that is the parent of something");
    return CST_OK;
}

static cst_status build_tree(score_model_parse *p)
{
    cst_model *m = p->model;
    cst_status status = find_root(p);
    for (uint32_t i = 0; status == CST_OK && i < m->nodes; i++)
        if (m->node[i].kind != SCORE_NODE_MEASURE) status = add_children(p, i);
    if (status != CST_OK) return status;
    for (size_t row = 0; row < cst_table_rows(p->table); row++) {
        bool reached = false;
        for (size_t i = 0; i < m->nodes; i++) reached |= m->node[i].row == row;
        if (cst_text_is(score_model_get(p, row, MODEL_KIND), "band"))
            status = score_model_read_band(p, row);
        else if (!reached)
            status = name_unreached(p, row);
        if (status != CST_OK) return status;
    }
    return name_childless(p);
}

static int compare_bands(const void *a, const void *b)
{
    double x = ((const score_band *)a)->low, y = ((const score_band *)b)->low;
    return (x > y) - (x < y);
}

static cst_status check_bands(const score_model_parse *p)
{
    cst_model *m = p->model;
    qsort(m->band, m->bands, sizeof *m->band, compare_bands);
    double edge = 0;
    for (size_t i = 0; i < m->bands; edge = m->band[i++].high) {
        const char *what = m->band[i].low < edge ? "overlaps the one below it" : "leaves a gap below it";
        if (m->band[i].low != edge)
            return cst_fail_at(
                p->e, CST_DATA, cst_table_place(p->table, m->band[i].row, p->at[MODEL_LOW]), "low",
                "expected bands that cover 0 to 100 once, found that band \"%.*s\" from %g %s (at %g); "
                "let each begin where the one below ends",
                (int)m->band[i].name.n, m->band[i].name.p, m->band[i].low, what, edge);
    }
    if (m->bands && edge != 100)
        return cst_fail_at(
            p->e, CST_DATA, cst_table_place(p->table, m->band[m->bands - 1].row, p->at[MODEL_HIGH]), "high",
            "expected bands that cover 0 to 100, found that the top one ends at %g; let it end at 100", edge);
    return CST_OK;
}

cst_status score_model_build(score_model_parse *p)
{
    cst_status status = check_names(p);
    if (status == CST_OK) status = build_tree(p);
    return status != CST_OK ? status : check_bands(p);
}
