/* stages/stages.h: what cs-stages's options fill, and the one function that does its work.
 *
 * The room, in the order data meets it:
 *
 *     pipeline   the table of stages                       pipeline.h
 *     session    opens what a run reads                    session.h
 *     items      rows of the stream to items, in order     items.h
 *     count      what became of the items of each stage    count.h
 *     report     a row per stage and group                 session.h, as what follows
 *     flow       the pipeline's bridge, checked; tie: against what the subscriptions gained
 *     open       a row per open item
 *     incidence  won and lost as competing risks
 *     gap        subscriptions alone: what an account's peers have and it has not
 *
 * Amounts are millionths, sums of them 128 bits; days are whole. The definitions are cs-stages(1)'s. */
#ifndef CST_STAGES_STAGES_H
#define CST_STAGES_STAGES_H
#include "ledger/subscriptions.h"

typedef struct stages_options {
    cst_shared shared;
    cst_periodic periodic;
    cst_subject_opts subjects; /* tables beside the stream */
    cst_stream_opts stream;
    const char *pipeline; /* NAME or FILE; NULL: expansion */
    bool flow, open, incidence, gap,
        list_pipelines; /* modes, with print_pipeline; none of them: the report */
    const char *print_pipeline;
    bool incomplete;           /* of --flow: the running period too */
    const char *subscriptions; /* of --flow: what to tie to; NULL: nothing */
    int cohort_every;          /* of --incidence: a word of STAGES_EVERY; preset -1: one cohort */
    const char *product;       /* of --gap; NULL: product */
    int ci_type;               /* cst_ci_type */
    cst_opt_number ci;         /* per cent */
} stages_options;
#define STAGES_EVERY "week|month|quarter|year"

/* Presets what is not zero. */
void stages_options_init(stages_options *o);
/* A cst_program_run over stages_options. */
cst_status stages_run(void *options, cst_program_io *io, cst_error *e);
#endif
