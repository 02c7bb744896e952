/* report/digest.h: the digest as it is made: blocks of figures, which are written as the body of an
 * e-mail (tables, inline colours, no picture) or as plain text. */
#ifndef CST_REPORT_DIGEST_H
#define CST_REPORT_DIGEST_H
#include "report/page_facts.h"

enum { DIGEST_COLUMNS = 5, DIGEST_ROWS = 40, DIGEST_BLOCKS = 8 };

typedef enum { DIGEST_PLAIN, DIGEST_BAD, DIGEST_MUTE } digest_tone;

typedef struct digest_cell {
    cst_buffer text, small; /* small: beneath it; not escaped */
    digest_tone tone;
} digest_cell;

typedef struct digest_row {
    digest_cell cell[DIGEST_COLUMNS];
    bool strong;  /* opening and closing */
    int from, to; /* a bar along 0 .. 1,000; from == to: none */
    report_bridge_kind bar;
} digest_row;

typedef struct digest_block {
    cst_buffer title, note;
    const char *heads; /* key of words.page, as report_put_heads; NULL: none */
    int columns;       /* 0: no table */
    int text_column;   /* the one that holds sentences; -1: none */
    bool bars;
    digest_row row[DIGEST_ROWS];
    size_t rows;
} digest_block;

typedef struct digest {
    report_page *p;    /* its tables, words and bytes */
    const char *owner; /* the group whose customers it lists; NULL: all */
    cst_buffer title, summary, heading;
    digest_block block[DIGEST_BLOCKS];
    size_t blocks;
} digest;

/* digest_write.c: both add to d->p->out. */
void report_digest_html(digest *d);
void report_digest_text(digest *d);

/* The digest of a page that is open; its bytes are in p->out until the next one. owner: the group of
 * --customers whose customers it lists; NULL: all. CST_USAGE: there is no such group. */
cst_status report_digest_write(report_page *p, const char *owner, bool text, cst_sink *to, cst_error *e);
#endif
