/* ingest/advice.h: which step of a map (cs-tables(5), transforms) reads a value that its column does not
 * take. */
#ifndef CST_INGEST_ADVICE_H
#define CST_INGEST_ADVICE_H
#include "ingest/transform.h"
#include "tables/streams.h"

enum { ING_ADVICE_ROOM = 200, ING_ADVICE_STEPS = 16 };

/* The steps that are tried, parsed when the first value is bad; of a thread. Zero-initialise it. */
typedef struct ing_advisor {
    cst_arena *arena;
    ing_chain number[ING_ADVICE_STEPS], day[ING_ADVICE_STEPS];
} ing_advisor;

void ing_advisor_free(ing_advisor *a);
/* "; the step decimal_comma reads it: ..." or, where no usual step does, "; see --map". What steps make lives
 * in `scratch`. */
void ing_advice(ing_advisor *a, cst_type type, const char *words, cst_text found, cst_arena *scratch,
                char out[ING_ADVICE_ROOM]);
#endif
