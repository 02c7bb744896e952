/* output.c: what the tables of all modes begin with: the columns of --by; and what is left out of them. */
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
    double level;
    cst_level_of(in->o->ci, &level, NULL); /* checked before any work */
    return level;
}

cst_status cohort_failures_take(cohort_failures *f, cst_status status, cst_error *e)
{
    if (status != CST_DATA) return status;
    cst_buffer message = {0};
    if (e && *e->field) { /* a column */
        cst_buffer_add_string(&message, e->field);
        cst_buffer_add_string(&message, ": ");
    }
    cst_buffer_add_string(&message, e ? e->message : "");
    char *copy = message.failed ? NULL : strdup(cst_buffer_string(&message));
    cst_buffer_free(&message);
    if (!copy || !cst_grow(&f->message, &f->room, f->n + 1, sizeof *f->message)) {
        free(copy);
        return cst_no_memory(e);
    }
    f->message[f->n++] = copy;
    return CST_OK;
}

cst_status cohort_failures_tell(const cohort_failures *f, const cohort_input *in, size_t groups,
                                const char *remedy, cst_error *e)
{
    if (f->n > 0 && f->n == groups) return cst_fail(e, CST_DATA, "%s%s", f->message[0], remedy);
    for (size_t i = 0; i < f->n; i++) cst_io_warn(in->io, "%s; it is left out", f->message[i]);
    return CST_OK;
}

void cohort_failures_free(cohort_failures *f)
{
    for (size_t i = 0; i < f->n; i++) free(f->message[i]);
    free(f->message);
}
