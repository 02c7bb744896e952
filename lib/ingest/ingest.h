/* ingest/ingest.h: raw exports to a canonical stream: the whole of cs-ingest behind its options. */
#ifndef CST_INGEST_INGEST_H
#define CST_INGEST_INGEST_H
#include "program/program.h"

enum ing_check_keys { ING_KEYS_BOUNDED, ING_KEYS_ALL, ING_KEYS_NONE };

typedef struct ing_options {
    const char *map;      /* NAME or FILE; NULL: columns by their own names */
    cst_list lookup, set; /* FILE:KEY:COLUMN[,COLUMN] or NAME=FILE; COLUMN=VALUE */
    const char *identity, *dedupe, *where;
    cst_list include, exclude; /* words of kinds.h */
    cst_count past_due;
    int check_keys; /* enum ing_check_keys */
    bool no_source;
    const char *source_name; /* what standard input is called in the column source; NULL: - */
} ing_options;

/* Reads the files of `in`, writes the stream named `stream` to the main output, enters definitions and
 * control totals into the manifest. */
cst_status ing_session(const char *stream, const cst_inputs *in, const ing_options *o, cst_program_io *io,
                       bool *rejected, cst_error *e);
#endif
