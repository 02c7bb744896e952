/* write/writer.h: what the formats share. A format is a cst_family: a handful of functions that put one
 * cell's bytes behind the last. writer.c turns values into text and keeps count of cells, rows and the
 * first failure; a family knows only how its cells are fenced. */
#ifndef CST_WRITE_WRITER_H
#define CST_WRITE_WRITER_H
#include "base/buffer.h"
#include <cstools/write.h>

enum cst_cell {
    CST_CELL_AMOUNT, /* money and whole numbers: pretty groups their digits */
    CST_CELL_DIGITS, /* other numbers */
    CST_CELL_WORD    /* a date */
};

typedef struct cst_family {
    void (*open)(cst_writer *w);             /* checks the options, writes the header */
    void (*text)(cst_writer *w, cst_text t); /* n == 0: missing */
    /* A formatted value needs no copy: begin gives a place for `room` bytes, end says how many there are (0:
     * missing). */
    char *(*begin)(cst_writer *w, size_t room);
    void (*end)(cst_writer *w, size_t n, enum cst_cell kind);
    void (*end_row)(cst_writer *w);
    void (*rule)(cst_writer *w);   /* NULL: the format has none */
    void (*finish)(cst_writer *w); /* NULL: nothing to add */
    bool collects;                 /* nothing goes to the sink before finish */
    /* what begins the line that ends a broken table (read/walk.h) */
    cst_text broken;
    size_t joint; /* bytes that begin a fork's rows and not the first row of the table */
} cst_family;

/* What a writer and its forks have in common; constant after the opening. */
typedef struct cst_head {
    cst_write_opts opts;
    size_t n;
    char **name;
    enum cst_column_kind *kind;
    cst_buffer *lead;   /* JSON: what stands before a cell, `,"name":` */
    const char *output; /* name of the sink, for messages */
    bool awkward;       /* CSV: the delimiter occurs in numbers and dates */
    size_t cells;       /* that are put in a row: n, or more where columns are chosen */
    size_t *choice;     /* by column: its number among all cells; NULL: all are written */
} cst_head;

struct cst_writer {
    const cst_family *family; /* of the format */
    const cst_family *face;   /* that cells are put to: the same, or cst_family_choosing */
    cst_head *head;
    cst_sink *sink; /* NULL: a fork */
    cst_buffer out; /* encoded rows not yet handed over; pretty: cells */
    cst_buffer row; /* cells of the row under way, to choose from */
    size_t at;      /* cells of the row under way */
    size_t limit;   /* columns; 0 after a failure, so that one comparison guards the hot path */
    uint64_t rows;
    bool finished;
    cst_error failure;
};

extern const cst_family cst_family_csv, cst_family_tsv, cst_family_json, cst_family_jsonl, cst_family_md,
    cst_family_pretty;

/* writer_choose.c: gathers a row's cells and puts those of head->choice to the format. */
extern const cst_family cst_family_choosing;
/* The numbers of the columns that a list "a,b" names, in its order. The caller frees *choice in any case.
 * CST_USAGE: a name that is none of a column, or is there twice. */
cst_status cst_writer_choose(const char *list, const cst_column *columns, size_t n, size_t **choice,
                             size_t *chosen, cst_error *e);

/* Keeps the first failure of w. */
cst_status cst_writer_fail(cst_writer *w, const char *field, cst_status status, const char *format, ...)
    CST_PRINTF(4, 5);

static inline bool cst_writer_reserve(cst_writer *w, size_t more)
{
    return w->out.room - w->out.n >= more || cst_buffer_reserve(&w->out, more);
}

static inline enum cst_column_kind cst_writer_kind(const cst_writer *w)
{
    return w->head->kind[w->at];
}

/* Whether a spreadsheet would take the text for a formula. */
bool cst_writer_is_formula(cst_text t);
/* A text to the format, as the options want it; w->at is its column among those written. */
void cst_writer_text(cst_writer *w, cst_text t);
#endif
