/* read/walk.h: the grammar byte by byte, one record at a time. Slow and plain: it reads headers,
 * finds the byte to blame after the scanner has refused a block, and finds where to read on. */
#ifndef CST_READ_WALK_H
#define CST_READ_WALK_H
#include "read/scan.h"

enum cst_fault {
    CST_FAULT_NONE,
    CST_FAULT_BARE_QUOTE,  /* a quote inside a bare field */
    CST_FAULT_AFTER_QUOTE, /* something else than a delimiter or line end after the closing quote */
    CST_FAULT_OPEN_QUOTE,  /* the input ends inside quotes; at the opening quote */
    CST_FAULT_LONE_CR,
    CST_FAULT_NUL,
    CST_FAULT_UTF8,
    CST_FAULT_BLANK, /* an empty line in a table of one column */
    CST_FAULT_FIELD_LIMIT,
    CST_FAULT_RECORD_LIMIT
};

/* A growing array of offsets. */
typedef struct cst_offsets {
    uint32_t *v;
    size_t n, room;
} cst_offsets;
bool cst_offsets_reserve(cst_offsets *o, size_t room); /* room for so many in all */
bool cst_offsets_add(cst_offsets *o, uint32_t offset);

enum cst_walked {
    CST_WALKED_RECORD, /* a whole record; fault may be NUL or UTF8: its quoting is sound all the same */
    CST_WALKED_FAULT,  /* quoting or CR: where the record ends cannot be known */
    CST_WALKED_MORE,   /* the bytes end before the record does; fault may be NUL or UTF8 */
    CST_WALKED_MEMORY
};

typedef struct cst_record_walk {
    enum cst_fault fault; /* the first one */
    size_t at;            /* its byte */
    size_t end;           /* of the record, without its line end */
    size_t next;          /* the byte after the line end */
} cst_record_walk;

/* Walks the record at text[from], from < n. `eof`: the input ends at n. The ends of its fields, as the
 * scanner would write them, are added to `ends` (may be NULL). */
enum cst_walked cst_walk_record(const cst_scan_rules *rules, const char *text, size_t from, size_t n,
                                bool eof, cst_offsets *ends, cst_record_walk *out);

/* A command of ours that fails after rows have left on standard output ends it with a line that is no row of
 * any table: an open quote (CSV) or a NUL (TSV), then its name and these words. */
#define CST_BROKEN_WORDS ": failed, this table is not whole\n"
/* Whether text[from..n) is that line and nothing more; *name: the command's, in the text. */
bool cst_walk_broken(const char *text, size_t from, size_t n, cst_text *name);

/* What the fault at text[at] is, at < n, in the form "expected ..., found ...; remedy". `options`: the table
 * is a main stream, for which --lenient and --rejects may be named. */
cst_status cst_fault_fail(enum cst_fault fault, const char *text, size_t at, size_t n, cst_place place,
                          bool options, cst_error *e);
#endif
