/* score/model_parse.h: a model on its way from table to tree; private to model*.c. */
#ifndef CST_SCORE_MODEL_PARSE_H
#define CST_SCORE_MODEL_PARSE_H
#include "score/model.h"

enum model_column {
    MODEL_KIND,
    MODEL_NAME,
    MODEL_PARENT,
    MODEL_WEIGHT,
    MODEL_COLUMN,
    MODEL_TRANSFORM,
    MODEL_LOW,
    MODEL_HIGH,
    MODEL_POINTS,
    MODEL_MISSING,
    MODEL_COLUMNS
};

/* What a row may be: an enum score_node_kind, a band, or none of them. */
enum { MODEL_BAND_ROW = SCORE_NODE_MEASURE + 1, MODEL_KINDS };

typedef struct score_model_parse {
    const cst_table *table;
    int at[MODEL_COLUMNS];
    cst_model *model;
    enum score_missing_policy policy; /* of the score row, for measures that name none */
    cst_error *e;
} score_model_parse;

/* ---- model_rows.c: one row at a time ---- */

/* Finds the columns in the table. */
cst_status score_model_bind(score_model_parse *p);
cst_text score_model_get(const score_model_parse *p, size_t row, enum model_column c);
/* CST_DATA: what a field should be, and what it is. */
cst_status score_model_refuse(const score_model_parse *p, size_t row, enum model_column c,
                              const char *expected);
size_t score_model_kind(const score_model_parse *p, size_t row); /* MODEL_KINDS: no kind */

/* Each adds to the model what its row says. A node's name, kind and parent are set by the caller. */
cst_status score_model_read_root(score_model_parse *p, size_t row);
cst_status score_model_read_node(const score_model_parse *p, size_t row, score_node *n);
cst_status score_model_read_band(const score_model_parse *p, size_t row);

/* ---- model_tree.c: the rows as a whole ---- */

/* Adds nodes, parents before children, and bands. CST_DATA: a name that stands twice, a row that the
 * tree does not reach, a parent without children or weight, bands that do not cover 0 to 100 once. */
cst_status score_model_build(score_model_parse *p);
#endif
