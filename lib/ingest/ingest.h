/* ingest/ingest.h: raw exports to a canonical stream: the whole of cs-ingest behind its options. */
#ifndef CST_INGEST_INGEST_H
#define CST_INGEST_INGEST_H
#include "stream/program.h"

enum cst_check_keys { CST_KEYS_BOUNDED, CST_KEYS_ALL, CST_KEYS_NONE };

typedef struct cst_ingest_options {
    const char *map;      /* NAME or FILE; NULL: columns by their own names */
    cst_list lookup, set; /* FILE:KEY:COLUMN[,COLUMN] or NAME=FILE; COLUMN=VALUE */
    const char *identity, *dedupe, *where;
    cst_list include, exclude; /* words of kinds.h */
    cst_count past_due;
    int check_keys; /* enum cst_check_keys */
    bool no_source;
} cst_ingest_options;

/* Reads the files of `in`, writes the stream named `stream` to the main output, enters definitions and
 * control totals into the manifest. */
cst_status cst_ingest(const char *stream, const cst_inputs *in, const cst_ingest_options *o,
                      cst_program_io *io, bool *rejected, cst_error *e);
#endif
