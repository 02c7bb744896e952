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
#include "base/memory.h"
#include "read/table.h"
#include <cstools/score.h>

enum score_transform {
    SCORE_LINEAR,     /* 0 at low, 100 at high, straight between; low > high turns it round, as below */
    SCORE_STEPS,      /* the points of the largest threshold <= x; 0 below the first */
    SCORE_PERCENTILE, /* (below + equal / 2) / n x 100 among the active accounts of the period */
    SCORE_ZSCORE,     /* 100 x Phi((x - mean) / sample sd) among the same; 50 where the sd is 0 */
    SCORE_LOGISTIC,   /* 10 at low, 90 at high */
    SCORE_LOG,        /* linear between log(low) and log(high) */
    SCORE_ASINH,      /* linear between asinh(low) and asinh(high) */
    SCORE_BOOLEAN,    /* 100 where true */
    SCORE_AS_IS       /* already 0 to 100 */
};

enum score_missing_policy { SCORE_REWEIGHT, SCORE_NEUTRAL, SCORE_ZERO, SCORE_FAIL };
enum score_node_kind { SCORE_NODE_SCORE, SCORE_NODE_GROUP, SCORE_NODE_MEASURE };

typedef struct score_step {
    double from, points;
} score_step;

typedef struct score_node {
    enum score_node_kind kind;
    cst_text name;
    uint32_t parent;  /* index of a node that stands before this one; the root's is its own */
    double weight;    /* >= 0; among its siblings */
    double whole;     /* the sum of its children's weights, > 0; measures: 0 */
    uint32_t measure; /* measures: 0, 1, 2 ... in the order of the table; groups: likewise among groups */
    cst_text column;
    enum score_transform transform;
    double low, high; /* where the transform has them; turned: low > high */
    bool turned;
    score_step *step;
    size_t steps;
    enum score_missing_policy missing;
    size_t row; /* of the table, for messages */
} score_node;

/* What scoring a row needs of a measure, packed. */
typedef struct score_leaf {
    double weight;
    double fill; /* the sub-score of a missing value: 50 neutral, 0 zero, else NAN */
    uint32_t parent, node;
} score_leaf;

typedef struct score_band {
    cst_text name;
    double low, high; /* holds low <= score < high; the top band also its high */
    size_t row;       /* of the table */
} score_band;

struct cst_model {
    cst_table *table; /* owned; names point into it */
    score_node *node; /* parents before children; node[0] is the score */
    size_t nodes;
    uint32_t *measure; /* node of each measure */
    score_leaf *leaf;  /* likewise */
    size_t measures;
    uint32_t *inner; /* the nodes that have children: the score and the groups, parents first */
    size_t inners;
    uint32_t *group; /* node of each group */
    size_t groups;
    char **group_name; /* NUL-ended, for headers */
    score_band *band;  /* lowest first; without gap or overlap from 0 to 100 */
    size_t bands;
    uint32_t crc32; /* of the model's bytes */
    bool relative;  /* a measure is placed among the others of its period */
};

/* Checks and takes the table (frees it in every case). Errors: CST_DATA with the line and column of
 * the model. */
cst_status score_model_new(cst_table *table, cst_model **out, cst_error *e);

/* One that measures nothing, for a run of likelihoods alone. */
cst_status score_model_empty(cst_model **out, cst_error *e);

/* The index of the band that holds a score of 0..100. */
size_t score_model_band(const cst_model *m, double score);
/* The same for hundredths; UINT32_MAX for -1 (no score) and in a model without bands. */
uint32_t score_model_plain_band(const cst_model *m, int32_t hundredths);
/* The index of the band of that name, or m->bands. */
size_t score_model_band_named(const cst_model *m, cst_text name);
#endif
