/* tables/streams.h: the canonical streams as data: their columns, types, words and keys. What cs-ingest
 * writes and every other command reads is described here once; cs-tables(5) says the same to people.
 */
#ifndef CST_TABLES_STREAMS_H
#define CST_TABLES_STREAMS_H
#include <cstools/base.h>

/* What a field of a canonical column holds, and the one form it is written in. */
typedef enum {
    CST_TYPE_TEXT,    /* any bytes; identifiers too: never a number, never trimmed of zeros, never re-cased */
    CST_TYPE_DAY,     /* YYYY-MM-DD */
    CST_TYPE_INSTANT, /* YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS[.ffffff]Z */
    CST_TYPE_MONEY,   /* a decimal of at most six places, at least two written */
    CST_TYPE_RATE,    /* a decimal greater than zero, of at most twelve places */
    CST_TYPE_NUMBER,  /* a decimal without a needless zero */
    CST_TYPE_COUNT,   /* a whole number, zero or more */
    CST_TYPE_BOOLEAN, /* true or false */
    CST_TYPE_CURRENCY, /* three capital letters */
    CST_TYPE_WORD      /* one of the column's words */
} cst_type;

struct cst_stream_column {
    const char *name; /* NULL ends the list */
    cst_type type;
    bool required;
    const char *words; /* CST_TYPE_WORD: split at '|' */
};

struct cst_stream {
    const char *name; /* NULL ends the list */
    const char *row;  /* what one row is */
    const struct cst_stream_column *columns;
    const char *key;    /* columns, split at ','; NULL: rows have none, two equal rows are two */
    const char *key_if; /* the key holds only where this column is filled; NULL: always */
    bool ingest;        /* cs-ingest writes it (the others come out of other commands) */
};

/* How grave a flag is, the gravest first; NULL ends the list. */
extern const char *const cst_severities[];

/* What the value of an event of that name may be: the scale of a survey (cs-tables(5)). */
struct cst_event_scale {
    const char *event; /* NULL ends the list */
    double least, most;
};

extern const struct cst_stream cst_streams[];
/* NULL: any number. */
const struct cst_event_scale *cst_event_scale_find(cst_text event);
/* Whether the scale has the value; what is missing or no number is not for it to judge. */
bool cst_event_scale_has(const struct cst_event_scale *s, cst_text value);

const struct cst_stream *cst_stream_find(cst_text name); /* NULL: no such stream */
/* The column's row, NULL where the stream does not have it of its own (any further column is text). */
const struct cst_stream_column *cst_stream_column_find(const struct cst_stream *s, cst_text name);
/* Whether `word` is one of `words`, which are split at '|'. */
bool cst_stream_word(const char *words, cst_text word);
/* What a type expects, for messages: "a date as YYYY-MM-DD". */
const char *cst_type_expects(cst_type t);
const char *cst_type_name(cst_type t);
#endif
