/* score/model.h: a health model: a table that describes a tree of groups and measures, and its bands.
 *
 *     kind,name,parent,weight,column,transform,low,high,points,missing
 *     score,health,,,,,0,100,,reweight
 *     group,usage,health,60,,,,,,
 *     measure,seat_use,usage,3,seat_utilization,linear,0.3,0.9,,
 *     band,green,health,,,,75,100,,
 *
 * A model is checked whole when it is read; after that it is only read, by any number of threads.
 */
#ifndef CST_SCORE_MODEL_H
#define CST_SCORE_MODEL_H
#include "stream/table.h"
#include <cstools/score.h>

enum cst_transform {
    CST_LINEAR,     /* 0 at low, 100 at high, straight between; low > high turns it round, as below */
    CST_STEPS,      /* the points of the largest threshold <= x; 0 below the first */
    CST_PERCENTILE, /* (below + equal / 2) / n x 100 among the active accounts of the period */
    CST_ZSCORE,     /* 100 x Phi((x - mean) / sample sd) among the same; 50 where the sd is 0 */
    CST_LOGISTIC,   /* 10 at low, 90 at high */
    CST_LOG,        /* linear between log(low) and log(high) */
    CST_ASINH,      /* linear between asinh(low) and asinh(high) */
    CST_BOOLEAN,    /* 100 where true */
    CST_AS_IS       /* already 0 to 100 */
};

enum cst_missing_policy { CST_REWEIGHT, CST_NEUTRAL, CST_ZERO, CST_FAIL };
enum cst_node_kind { CST_NODE_SCORE, CST_NODE_GROUP, CST_NODE_MEASURE };

typedef struct cst_step {
    double from, points;
} cst_step;

typedef struct cst_node {
    enum cst_node_kind kind;
    cst_text name;
    uint32_t parent;  /* index of a node that stands before this one; the root's is its own */
    double weight;    /* >= 0; among its siblings */
    double whole;     /* the sum of its children's weights, > 0; measures: 0 */
    uint32_t measure; /* measures: 0, 1, 2 ... in the order of the table; groups: likewise among groups */
    cst_text column;
    enum cst_transform transform;
    double low, high; /* where the transform has them; turned: low > high */
    bool turned;
    cst_step *step;
    size_t steps;
    enum cst_missing_policy missing;
    size_t row; /* of the table, for messages */
} cst_node;

/* What scoring a row needs of a measure, packed. */
typedef struct cst_leaf {
    double weight;
    double fill; /* the sub-score of a missing value: 50 neutral, 0 zero, else NAN */
    uint32_t parent, node;
} cst_leaf;

typedef struct cst_band {
    cst_text name;
    double low, high; /* holds low <= score < high; the top band also its high */
    size_t row;       /* of the table */
} cst_band;

struct cst_model {
    cst_table *table; /* owned; names point into it */
    cst_node *node;   /* parents before children; node[0] is the score */
    size_t nodes;
    uint32_t *measure; /* node of each measure */
    cst_leaf *leaf;    /* likewise */
    size_t measures;
    uint32_t *inner; /* the nodes that have children: the score and the groups, parents first */
    size_t inners;
    uint32_t *group; /* node of each group */
    size_t groups;
    char **group_name; /* NUL-ended, for headers */
    cst_band *band;    /* lowest first; without gap or overlap from 0 to 100 */
    size_t bands;
    uint32_t crc32; /* of the model's bytes */
    bool relative;  /* a measure is placed among the others of its period */
};

/* Checks and takes the table (frees it in every case). Errors: CST_DATA with the line and column of
 * the model. */
cst_status cst_model_new(cst_table *table, cst_model **out, cst_error *e);

/* The index of the band that holds a score of 0..100. */
size_t cst_model_band(const cst_model *m, double score);
/* The same for hundredths; UINT32_MAX for -1 (no score) and in a model without bands. */
uint32_t cst_model_plain_band(const cst_model *m, int32_t hundredths);
/* The index of the band of that name, or m->bands. */
size_t cst_model_band_named(const cst_model *m, cst_text name);
#endif
