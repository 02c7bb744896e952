/* ingest/cell.h: a value in the one form its canonical type is written in. */
#ifndef CST_INGEST_CELL_H
#define CST_INGEST_CELL_H
#include "ingest/value.h"
#include "tables/streams.h"

#define ING_CELL_ROOM 48

/* What a cell holds beside its text, where later steps need it. */
typedef struct ing_cell {
    cst_text text;    /* n == 0: missing. In the raw field, in the caller's room, or in the scratch arena */
    bool plain;       /* holds no byte that CSV would quote */
    bool rounded;     /* an amount of more than six decimals was rounded to a millionth */
    cst_money money;  /* CST_TYPE_MONEY */
    cst_day day;      /* CST_TYPE_DAY, */
    cst_instant time; /* and how far into it, where it was given as a time */
} ing_cell;

/* A raw field, no transform: checked, and copied byte by byte where it has the canonical form already.
 * `room` holds what must be written anew. false: it is no such value (*too_large tells whether for its
 * size). t.n > 0. */
bool ing_cell_raw(cst_type type, const char *words, cst_text t, char room[ING_CELL_ROOM], ing_cell *out,
                  bool *too_large);
/* A transformed value of kind day, instant or amount. */
bool ing_cell_value(cst_type type, const ing_datum *v, char room[ING_CELL_ROOM], ing_cell *out,
                    bool *too_large);
#endif
