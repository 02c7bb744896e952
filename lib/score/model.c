/* model.c: a model, read and checked before any row of data is read. Its nodes are in an order in which
 * parents come before children, so that one loop forwards gives effective weights and one loop backwards
 * gives scores. */
#include "score/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "score/model_parse.h"
#include "tables/builtin.h"

/* Measures and groups are numbered in the order of the table, which is the order of the output's columns. */
static void number_nodes(cst_model *m)
{
    for (uint32_t i = 0; i < m->nodes; i++)
        if (m->node[i].kind != SCORE_NODE_MEASURE) m->inner[m->inners++] = i;
    for (size_t row = 0; row < cst_table_rows(m->table); row++)
        for (uint32_t i = 1; i < m->nodes; i++) {
            score_node *n = &m->node[i];
            if (n->row != row) continue;
            bool measure = n->kind == SCORE_NODE_MEASURE;
            n->measure = (uint32_t)(measure ? m->measures : m->groups);
            if (measure) {
                double fill = n->missing == SCORE_NEUTRAL ? 50 : n->missing == SCORE_ZERO ? 0 : (double)NAN;
                m->leaf[m->measures] = (score_leaf){n->weight, fill, n->parent, i};
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
        if (!m->group_name[g]) return cst_no_memory(e);
    }
    return m->group_name ? CST_OK : cst_no_memory(e);
}

static bool allocate(cst_model *m)
{
    size_t n = m->table ? cst_table_rows(m->table) + 1 : 1;
    m->node = calloc(n, sizeof *m->node);
    m->measure = calloc(n, sizeof *m->measure);
    m->leaf = calloc(n, sizeof *m->leaf);
    m->inner = calloc(n, sizeof *m->inner);
    m->group = calloc(n, sizeof *m->group);
    m->band = calloc(n, sizeof *m->band);
    return m->node && m->measure && m->leaf && m->inner && m->group && m->band;
}

cst_status score_model_new(cst_table *table, cst_model **out, cst_error *e)
{
    cst_model *m = calloc(1, sizeof *m);
    if (!m) {
        cst_table_free(table);
        return cst_no_memory(e);
    }
    m->table = table;
    m->crc32 = cst_table_totals(table).crc32;
    score_model_parse p = {.table = table, .model = m, .e = e};
    cst_status status = allocate(m) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = score_model_bind(&p);
    if (status == CST_OK) status = score_model_build(&p);
    if (status == CST_OK) number_nodes(m);
    if (status == CST_OK) status = name_groups(m, e);
    if (status == CST_OK)
        *out = m;
    else
        cst_model_free(m);
    return status;
}

cst_status score_model_empty(cst_model **out, cst_error *e)
{
    cst_model *m = calloc(1, sizeof *m);
    cst_status status = m && allocate(m) ? name_groups(m, e) : cst_no_memory(e);
    if (status != CST_OK) return cst_model_free(m), status;
    m->nodes = m->inners = 1; /* the score itself, which is missing in every row */
    *out = m;
    return CST_OK;
}

cst_status cst_model_open(const char *name_or_file, cst_model **out, cst_error *e)
{
    cst_table *t;
    *out = NULL;
    cst_status status = cst_builtin_load("model", name_or_file, &t, e);
    return status != CST_OK ? status : score_model_new(t, out, e);
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

size_t score_model_band(const cst_model *m, double score)
{
    size_t i = 0;
    while (i + 1 < m->bands && score >= m->band[i].high) i++;
    return i;
}

uint32_t score_model_plain_band(const cst_model *m, int32_t hundredths)
{
    return hundredths < 0 || m->bands == 0 ? UINT32_MAX : (uint32_t)score_model_band(m, hundredths / 100.0);
}

size_t score_model_band_named(const cst_model *m, cst_text name)
{
    size_t i = 0;
    while (i < m->bands && !cst_text_equal(m->band[i].name, name)) i++;
    return i;
}
