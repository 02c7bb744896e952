/* output.c: what the tables of all modes begin with: the columns of --by. */
#include "base/memory.h"
#include "cohort/survival.h"
#include <cstools/ledger.h>
#include <stdlib.h>
#include <string.h>

cst_status cohort_open_writer(const cohort_input *in, const cst_column *columns, size_t n, size_t groups,
                              cst_writer **out, cst_error *e)
{
    cst_column *all = calloc(groups + n, sizeof *all);
    if (!all) return cst_no_memory(e);
    for (size_t i = 0; i < groups; i++) all[i] = (cst_column){in->groups.name[i], CST_COL_TEXT};
    memcpy(all + groups, columns, n * sizeof *columns);
    cst_status status = cst_io_writer(in->io, all, groups + n, out, e);
    free(all);
    return status;
}

void cohort_put_key(cst_writer *w, const cohort_input *in, cst_text key)
{
    for (size_t i = 0; i < in->groups.n; i++) cst_put_text(w, cst_label_part(key, i));
}

void cohort_put_figure(cst_writer *w, const cohort_input *in, double v)
{
    int format = cst_io_shared(in->io)->format;
    if (format == CST_PRETTY || format == CST_MD)
        cst_put_decimals(w, v, 6);
    else
        cst_put_number(w, v);
}

cst_status cohort_close_writer(cst_writer *w, cst_status status, cst_error *e)
{
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

double cohort_level(const cohort_input *in)
{
    return in->o->ci.set ? in->o->ci.v / 100 : .95;
}
