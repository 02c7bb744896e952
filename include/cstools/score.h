/* cstools/score.h: health scores of rows in memory: what cs-score computes from a file, before smoothing,
 * hysteresis and overrides. A model says which measures count and how; cs-score(1), MODELS, describes it.
 *
 * Points are 0 to 100; as results they are hundredths of a point, 0..10000, rounded half up as in every table
 * of cs-score, and -1 where there is none. A measured value is in the unit of its column; NAN is missing.
 *
 * Models and scores are never changed after they were made: any number of threads may use them at once. */
#ifndef CSTOOLS_SCORE_H
#define CSTOOLS_SCORE_H

#include <cstools/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cst_model cst_model;
typedef struct cst_scores cst_scores;

/* Opens a built-in model by its name, or a file: a value with '/' or '.' is one, "-" is standard input.
 * Errors: CST_USAGE no model of that name (the message lists them); CST_IO; CST_DATA with the place in the
 * model. */
CST_API cst_status cst_model_open(const char *name_or_file, cst_model **out, cst_error *e);
CST_API void cst_model_free(cst_model *m);

/* What a model is made of, each kind counted from 0 in the order of its table, bands lowest first. An index
 * is less than the count. The texts live as long as the model. */
typedef struct cst_score_measure {
    cst_text name;
    cst_text parent; /* the group or score it is part of */
    cst_text column; /* what is measured */
} cst_score_measure;

typedef struct cst_score_group {
    cst_text name, parent;
} cst_score_group;

typedef struct cst_score_band {
    cst_text name;
    double low, high; /* points; holds low <= score < high, the top band also its high */
} cst_score_band;

CST_API size_t cst_model_measures(const cst_model *m);
CST_API size_t cst_model_groups(const cst_model *m);
CST_API size_t cst_model_bands(const cst_model *m); /* 0: a model without bands */
CST_API cst_score_measure cst_model_measure_at(const cst_model *m, size_t measure);
CST_API cst_score_group cst_model_group_at(const cst_model *m, size_t group);
CST_API cst_score_band cst_model_band_at(const cst_model *m, size_t band);

/* All rows of one period: percentile and zscore place a row among the others. The arrays are the caller's and
 * are not kept. */
typedef struct cst_score_input {
    /* rows x measures, row by row, the measures in the model's order; a boolean is false at 0, else true */
    const double *value;
    const bool *active; /* of each row: whether percentile and zscore count it among the others; NULL: all */
    size_t rows;
    double min_coverage; /* 0..1: a row with less than this coverage has no score; 0: every row may */
} cst_score_input;

/* Scores the rows; the model outlives the scores. No rows give no scores. Errors: CST_DATA, with the column
 * of the measure as the field and the row, counted from 1, in the message: an infinite value, one outside
 * 0..100 for as_is, none where the model's policy is fail; CST_USAGE min_coverage out of its range; CST_LIMIT
 * 2^32 rows or more; CST_MEMORY. */
CST_API cst_status cst_scores_new(const cst_model *m, const cst_score_input *in, cst_scores **out,
                                  cst_error *e);
CST_API void cst_scores_free(cst_scores *s);

#define CST_SCORE_NO_MEASURE SIZE_MAX

/* The columns raw_score, raw_band, coverage, the groups', costs_most and gives_most of cs-score. */
typedef struct cst_score_row {
    int32_t score;        /* hundredths; -1: nothing to score, or under min_coverage */
    cst_text band;        /* n == 0: no score, or a model without bands */
    double coverage;      /* 0..1: the share of the weights that was really measured */
    const int32_t *group; /* hundredths of each group of the model, -1: none; belongs to the scores */
    size_t costs_most;    /* the measure that loses most points; CST_SCORE_NO_MEASURE: none */
    size_t gives_most;    /* the one that gives most, likewise */
} cst_score_row;

CST_API size_t cst_scores_rows(const cst_scores *s);
CST_API cst_score_row cst_scores_row(const cst_scores *s, size_t row); /* row < cst_scores_rows */

/* What a measure did to the score of a row, as cs-score --explain has it. Points are rounded by largest
 * remainders: those given sum to the score, those given and lost to 10000. */
typedef struct cst_score_part {
    int32_t sub_score;   /* hundredths, as counted: a missing value after its policy; -1: not counted */
    double weight;       /* 0..1, the share of the whole it really had; they sum to 1; NAN: none */
    int32_t given, lost; /* hundredths; -1: none */
} cst_score_part;

/* Fills out[0 .. measures of the model) for row < cst_scores_rows. CST_MEMORY */
CST_API cst_status cst_scores_explain(const cst_scores *s, size_t row, cst_score_part *out, cst_error *e);

#ifdef __cplusplus
}
#endif
#endif
