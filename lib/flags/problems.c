/* flags/problems.c: see problems.h. */
#include "flags/problems.h"
#include "base/memory.h"
#include <stdlib.h>

void flag_problems_add(flag_problems *p, const cst_error *e)
{
    if (cst_grow(&p->v, &p->room, p->n + 1, sizeof *p->v))
        p->v[p->n++] = *e;
    else
        p->failed = true;
}

static int compare_places(const void *a, const void *b)
{
    const cst_error *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

cst_status flag_problems_tell(flag_problems *p, cst_program_io *io, cst_error *e)
{
    char text[2200];
    if (p->failed) return cst_no_memory(e);
    if (p->n == 0) return CST_OK;
    qsort(p->v, p->n, sizeof *p->v, compare_places);
    for (size_t i = 0; i + 1 < p->n; i++) {
        cst_error_format(&p->v[i], text, sizeof text);
        cst_io_warn(io, "%s", text);
    }
    *e = p->v[p->n - 1];
    return e->status;
}

void flag_problems_clear(flag_problems *p)
{
    free(p->v);
    *p = (flag_problems){0};
}
