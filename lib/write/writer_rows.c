/* writer_rows.c: see writer_rows.h. */
#include "write/writer_rows.h"
#include "write/writer.h"

char cst_writer_delimiter(const cst_writer *w)
{
    bool own = w->family == &cst_family_csv && w->head->n > 1 && !w->head->awkward;
    return own ? w->head->opts.delimiter : 0;
}

char *cst_writer_room(cst_writer *fork, size_t room)
{
    return cst_writer_reserve(fork, room) ? fork->out.p + fork->out.n : NULL;
}

void cst_writer_add(cst_writer *fork, size_t n, uint64_t rows)
{
    fork->out.n += n;
    fork->rows += rows;
}

size_t cst_writer_held(const cst_writer *fork)
{
    return fork->out.n;
}

char *cst_writer_bytes(cst_writer *fork)
{
    return fork->out.p;
}

void cst_writer_shrink(cst_writer *fork, size_t n, uint64_t rows)
{
    fork->out.n = n;
    fork->rows -= rows;
}
