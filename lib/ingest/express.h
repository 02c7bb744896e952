/* ingest/express.h: rows that need no change. Most rows of a tidy export have every field in its canonical
 * form already; they are checked and copied here, a few nanoseconds a field. Whatever is not plainly so (a
 * quote, a missing required value, an amount without cents, a bad date, an end before its start) is left
 * to cst_convert_row, which alone knows what is wrong and says so: this lane only ever says "fine".
 */
#ifndef CST_INGEST_EXPRESS_H
#define CST_INGEST_EXPRESS_H
#include "ingest/worker.h"
#include "stream/view.h"

typedef struct cst_express_field {
    cst_type type;
    const char *words;
    int slot;
    bool required;
} cst_express_field;

struct cst_express {
    cst_express_field *field; /* per target */
    int fields;
    int mrr, start, end; /* fields; -1: none */
    bool free_counts;
    char delimiter;
    /* of the batch under way */
    cst_view view;
    int32_t *column;
    size_t copies;
    const char **at; /* per field: its bytes, and how many */
    uint32_t *n;
    const char *prefix; /* "file:" */
    size_t prefix_n;
    bool prefix_quoted;
};

/* NULL in *out where the plan has more to do than to copy. */
cst_status cst_express_new(const struct cst_ingest_run *run, struct cst_express **out, cst_error *e);
void cst_express_free(struct cst_express *x);
/* false: this batch must be converted row by row. */
bool cst_express_begin(struct cst_express *x, const struct cst_ingest_run *run, cst_batch *b);
/* Puts the row into the fork. 1: done, *mrr is its MRR; 0: leave it to cst_convert_row; -1: out of memory. */
int cst_express_row(struct cst_express *x, uint32_t row, cst_writer *fork, cst_money *mrr);
/* The key of the row that was put last, and its two leading columns. */
cst_key cst_express_key(const struct cst_express *x, const cst_plan *p, cst_text leading[2]);
#endif
