/* view.c: see view.h. */
#include "read/view.h"
#include "read/engine.h"

bool cst_batch_view(const cst_batch *b, cst_view *out)
{
    if (b->n_mended || b->n_aside) return false;
    *out = (cst_view){.text = b->text,
                      .limit = b->text + b->room,
                      .start = b->start.v,
                      .ends = b->ends.v,
                      .width = b->width,
                      .delimiter = b->reader->file[b->file].rules.delimiter,
                      .quoted = b->quoted,
                      .first_line = b->first_line};
    /* as many line ends as records, and no blank line: each record is one line */
    uint64_t ended = b->rows && b->n && b->text[b->n - 1] != '\n' ? b->rows - 1 : b->rows;
    out->even = b->blanks == 0 && b->lines == ended && b->failure.status == CST_OK;
    return true;
}

int32_t cst_batch_column(const cst_batch *b, int slot)
{
    return slot < 0 ? -1 : b->column_of[slot];
}
