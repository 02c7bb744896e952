/* read/view.h: a batch as it lies in memory, for a hot path that looks at the bytes of bare fields
 * itself. What a view does not show plainly (quotes, mended rows) is asked for through cst_text_at and its
 * kin. */
#ifndef CST_READ_VIEW_H
#define CST_READ_VIEW_H
#include <cstools/read.h>

typedef struct cst_view {
    const char *text, *limit; /* the bytes; reading is safe up to limit */
    const uint32_t *start;    /* per row: where the record begins */
    const uint32_t *ends;     /* rows x width: the byte after each field (of the last: LF, with CR LF too) */
    uint32_t width;
    char delimiter;
    bool quoted;         /* a field that begins with a quote is quoted */
    uint64_t first_line; /* line of row 0, where `even`: then row k begins on line first_line + k */
    bool even;
} cst_view;

/* false: rows of the batch were mended or rejected; go by cst_text_at. */
bool cst_batch_view(const cst_batch *b, cst_view *out);
/* The column of a slot in this batch's file; -1: not there. */
int32_t cst_batch_column(const cst_batch *b, int slot);

/* Bytes of a field as they stand, quotes and all. */
static inline const char *cst_view_field(const cst_view *v, uint32_t row, uint32_t column, uint32_t *n)
{
    const uint32_t *ends = v->ends + (size_t)row * v->width;
    uint32_t from = column ? ends[column - 1] + 1 : v->start[row], end = ends[column];
    if (column + 1 == v->width && end > from && v->text[end - 1] == '\r') end--;
    *n = end - from;
    return v->text + from;
}
#endif
