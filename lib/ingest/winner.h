/* ingest/winner.h: which of several records of one key counts: first, last, highest=COLUMN or lowest=COLUMN
 * (of equals the first). Said by --dedupe of the operands and by map.lookup_winner of a lookup's rows. */
#ifndef CST_INGEST_WINNER_H
#define CST_INGEST_WINNER_H
#include <cstools/base.h>

enum ing_winner { ING_WINNER_FIRST, ING_WINNER_LAST, ING_WINNER_HIGHEST, ING_WINNER_LOWEST };
#define ING_WINNERS "first, last, highest=COLUMN or lowest=COLUMN"

/* *column is empty for first and last. false: no such winner. */
bool ing_winner_read(cst_text written, enum ing_winner *out, cst_text *column);
/* Below, equal to or above 0; a missing rank is lower than any. Numbers by their value where numeric is set
 * and both are some, else by their bytes. */
int ing_winner_compare(cst_text a, cst_text b, bool numeric);
/* Whether the later of two takes the place of the earlier. */
bool ing_winner_wins(enum ing_winner w, cst_text earlier, cst_text later, bool numeric);
#endif
