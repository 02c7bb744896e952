/* stages/pipeline.h: the stages that items move through: a table stage, order, kind, target_days,
 * probability, built in (expansion, trial, onboarding, journey) or a file. */
#ifndef CST_STAGES_PIPELINE_H
#define CST_STAGES_PIPELINE_H
#include "base/decimal.h"
#include "read/table.h"

enum stages_kind { STAGES_OPEN, STAGES_WON, STAGES_LOST };
#define STAGES_KINDS "open|won|lost"

typedef struct stages_stage {
    cst_text name;
    int64_t order; /* no two stages have the same */
    enum stages_kind kind;
    cst_maybe target;      /* days */
    cst_maybe probability; /* to be won, 0..1 in 1e-6 */
} stages_stage;

typedef struct stages_pipeline {
    const char *name; /* NULL: a file's, which takes rows of any pipeline */
    stages_stage *at; /* by ascending order */
    size_t n;
} stages_pipeline;
#define STAGES_NONE UINT32_MAX

/* Reads a table that outlives the pipeline. CST_DATA, with its place: a missing column, no name or one that
 * is there twice, an order that is no whole number or there twice, an unknown kind, days or a probability
 * that are not within their range, no open stage. Free it also after a failure. */
cst_status stages_pipeline_read(const cst_table *t, stages_pipeline *out, cst_error *e);
void stages_pipeline_free(stages_pipeline *p); /* what it holds */
/* The index of a stage; STAGES_NONE: there is none of that name. */
uint32_t stages_pipeline_find(const stages_pipeline *p, cst_text name);
/* Fails with the stages there are. */
cst_status stages_pipeline_unknown(const stages_pipeline *p, cst_text found, cst_place place, cst_error *e);
/* The stage that follows: the next higher one that is open or won; STAGES_NONE: none. */
uint32_t stages_pipeline_next(const stages_pipeline *p, uint32_t stage);
/* Of kind won or lost. */
static inline bool stages_ends(const stages_pipeline *p, uint32_t stage)
{
    return p->at[stage].kind != STAGES_OPEN;
}
#endif
