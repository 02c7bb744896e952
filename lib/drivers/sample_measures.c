/* sample_measures.c: which columns are looked at: the one of --validate, those listed, or every column that
 * is nothing else. Their names are copied, since the reader is asked for them by strings. */
#include "drivers/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool is_measure(const drv_sample_opts *o, const cst_groups *by, cst_text name)
{
    static const char *const others[] = {"account_id", "period", "active", "source"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (cst_text_is(name, others[i])) return false;
    for (size_t i = 0; i < by->n; i++)
        if (cst_text_equal(name, by->column[i].name)) return false;
    return !o->label_column || !cst_text_is(name, o->label_column);
}

/* NAME,NAME...; blanks around a name are no part of it. */
static cst_status split_list(drv_sample *s, const char *list, cst_error *e)
{
    cst_text rest = cst_text_of(list), name;
    while (rest.n && cst_text_next(&rest, ',', &name)) {
        for (size_t k = 0; k < s->measures; k++)
            if (cst_text_equal(s->name[k], name))
                return cst_fail(e, CST_USAGE, "--measures: expected each column once, found \"%.*s\" twice",
                                (int)name.n, name.p);
        if (name.n == 0)
            return cst_fail(e, CST_USAGE, "--measures: expected names with commas between, found \"%s\"",
                            list);
        s->name[s->measures++] = name;
    }
    return CST_OK;
}

/* The names of the measures: as listed, or every column that is nothing else. */
static cst_status choose_names(const drv_sample_opts *o, const cst_groups *by, drv_sample *s, cst_error *e)
{
    const char *list = o->measures, *score = o->score;
    size_t columns = cst_reader_columns(o->reader), most = columns + 1;
    for (const char *c = list; c && *c; c++) most += *c == ',';
    s->name = calloc(most, sizeof *s->name);
    if (!s->name) return cst_no_memory(e);
    if (score) {
        s->name[s->measures++] = (cst_text){score, (uint32_t)strlen(score)};
    } else if (!list) {
        for (size_t i = 0; i < columns; i++) {
            cst_text name = cst_reader_column_name(o->reader, i);
            if (is_measure(o, by, name)) s->name[s->measures++] = name;
        }
    } else {
        cst_status status = split_list(s, list, e);
        if (status != CST_OK) return status;
    }
    if (s->measures) return CST_OK;
    return cst_fail(e, CST_DATA,
                    "expected columns to measure beside account_id, period and active, found none");
}

static cst_status bind_names(const drv_sample_opts *o, drv_sample *s, int **out, cst_error *e)
{
    size_t bytes = 0;
    for (size_t k = 0; k < s->measures; k++) bytes += s->name[k].n + 1;
    int *slot = *out = calloc(s->measures, sizeof *slot);
    s->x = calloc(s->measures, sizeof *s->x);
    s->name_bytes = malloc(bytes + 1);
    if (!slot || !s->x || !s->name_bytes) return cst_no_memory(e);
    char *p = s->name_bytes;
    for (size_t k = 0; k < s->measures; k++) {
        memcpy(p, s->name[k].p, s->name[k].n);
        p[s->name[k].n] = '\0';
        s->name[k].p = p;
        cst_status status = cst_reader_bind(o->reader, p, CST_REQUIRED, &slot[k], e);
        if (status != CST_OK) return status;
        p += s->name[k].n + 1;
    }
    return CST_OK;
}

cst_status drv_sample_measures(const drv_sample_opts *o, const cst_groups *by, drv_sample *s, int **slot,
                               cst_error *e)
{
    cst_status status = choose_names(o, by, s, e);
    return status != CST_OK ? status : bind_names(o, s, slot, e);
}
