/* program/program_io.h: what a run of a program holds; for program.c, which leads the run, and
 * program_io.c, which serves the command. */
#ifndef CST_PROGRAM_PROGRAM_IO_H
#define CST_PROGRAM_PROGRAM_IO_H
#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "program/checks.h"
#include "program/messages.h"
#include "program/program.h"
#include <cstools/read.h>
#include <cstools/write.h>

/* An output that an option names, opened before the work. */
typedef struct cst_io_extra {
    const char *option, *path;
    cst_sink *sink;
    bool asked_for;
} cst_io_extra;

typedef struct cst_io_reading {
    cst_reader *reader;
    size_t files;
} cst_io_reading;

/* What the checks have found, in the order it was said. */
typedef struct cst_checks {
    uint64_t allowed; /* a bit per id */
    cst_finding *found;
    size_t n, room;
    bool failed, out_of_memory;
} cst_checks;

struct cst_program_io {
    const cst_command *command;
    void *values;
    cst_shared *shared;
    cst_operands all; /* as they were given */
    const char *word; /* what they begin with, where it is one of the command's words; else NULL */
    char word_room[64];
    cst_operands operands; /* the files */
    cst_inputs inputs;
    cst_messages messages;
    cst_checks checks;
    cst_progress progress;
    cst_outputs *outputs;
    cst_sink *main;
    bool main_asked_for;
    cst_io_extra *extra;
    size_t n_extra, extra_room;
    cst_writer *rejects; /* NULL: none asked for */
    cst_sink *rejects_sink, *manifest_sink;
    cst_manifest *manifest;
    cst_io_reading *reading; /* in the order they were opened */
    size_t n_readings, readings_room;
    cst_arena *texts; /* of cst_io_path; NULL: none yet */
    bool digested;    /* the main stream is, without --manifest too */
};

/* An input was read: its totals enter the manifest, and a last line without its end is noted. */
void cst_io_input_read(cst_program_io *io, const char *file, const cst_read_totals *t);
/* A cst_reject_sink of a cst_program_io: a mended row is said, and written to the rejects. */
cst_status cst_io_mended(void *io, const cst_reject *mended, cst_error *e);
/* Format by extension for further outputs, and where nothing else says so: CST_CSV for any other and NULL. */
enum cst_format cst_io_format_of(const char *path);
/* The delimiter and tabs of the shared options, checked before any work. */
cst_status cst_io_check_shared(const cst_program_io *io, cst_error *e);

/* The table of rejected rows: file,line,column,reason,field,record, where `record` is the row's bytes as they
 * stood in the input. Always CSV: a record may hold TABs and line ends. */
cst_status cst_rejects_open(cst_sink *s, cst_writer **out, cst_error *e);
cst_status cst_rejects_take(void *writer, const cst_reject *r, cst_error *e); /* a cst_reject_sink */
#endif
