/* stages/pipeline.c: reads the table of stages and sorts it. */
#include "stages/pipeline.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include <stdlib.h>

enum { STAGE, ORDER, KIND, TARGET_DAYS, PROBABILITY, COLUMNS };
static const char *const names[COLUMNS] = {"stage", "order", "kind", "target_days", "probability"};
enum { MOST_DAYS = 36600 };

static cst_status refuse(const cst_table *t, size_t row, int column, int what, const char *expected,
                         cst_error *e)
{
    cst_text found = cst_table_at(t, row, column);
    cst_place place = cst_table_place(t, row, column);
    if (found.n == 0)
        return cst_fail_at(e, CST_DATA, place, names[what], "expected %s, found none", expected);
    return cst_fail_at(e, CST_DATA, place, names[what], "expected %s, found \"%.*s\"", expected,
                       found.n > 60 ? 60 : (int)found.n, found.p);
}

static cst_status read_stage(const cst_table *t, size_t row, const int *at, stages_stage *out, cst_error *e)
{
    int64_t days, share;
    cst_text target = cst_table_at(t, row, at[TARGET_DAYS]),
             probability = cst_table_at(t, row, at[PROBABILITY]);
    int kind = cst_word_find(STAGES_KINDS, cst_table_at(t, row, at[KIND]));
    *out = (stages_stage){.name = cst_table_at(t, row, at[STAGE]), .kind = (enum stages_kind)kind};
    if (out->name.n == 0) return refuse(t, row, at[STAGE], STAGE, "the name of a stage", e);
    if (!cst_int_parse(cst_table_at(t, row, at[ORDER]), &out->order))
        return refuse(t, row, at[ORDER], ORDER, "a whole number", e);
    if (kind < 0) return refuse(t, row, at[KIND], KIND, "open, won or lost", e);
    if (target.n > 0) {
        if (!cst_int_parse(target, &days) || days < 0 || days > MOST_DAYS)
            return refuse(t, row, at[TARGET_DAYS], TARGET_DAYS, "a number of days, 0 to 36600", e);
        out->target = (cst_maybe){days, true};
    }
    if (probability.n > 0) {
        cst_decimal_status parsed = cst_decimal_parse(probability, 6, &share);
        if ((parsed != CST_DECIMAL_OK && parsed != CST_DECIMAL_ROUNDED) || share < 0 || share > 1000000)
            return refuse(t, row, at[PROBABILITY], PROBABILITY, "a share from 0 to 1, as 0.25", e);
        out->probability = (cst_maybe){share, true};
    }
    return CST_OK;
}

static cst_status check_twice(const cst_table *t, const stages_pipeline *p, size_t row, const int *at,
                              cst_error *e)
{
    for (size_t i = 0; i < row; i++) {
        bool name = cst_text_equal(p->at[i].name, p->at[row].name);
        if (!name && p->at[i].order != p->at[row].order) continue;
        int what = name ? STAGE : ORDER;
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, at[what]), names[what],
                           "expected each %s once, found that of line %llu again", names[what],
                           (unsigned long long)cst_table_place(t, i, -1).line);
    }
    return CST_OK;
}

static int compare_stages(const void *a, const void *b)
{
    const stages_stage *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

cst_status stages_pipeline_read(const cst_table *t, stages_pipeline *out, cst_error *e)
{
    int at[COLUMNS];
    bool open = false;
    out->at = calloc(cst_table_rows(t) + 1, sizeof *out->at);
    cst_status status = out->at ? CST_OK : cst_no_memory(e);
    for (int c = 0; c < COLUMNS && status == CST_OK; c++)
        status = cst_table_bind(t, names[c], c <= KIND ? CST_REQUIRED : CST_OPTIONAL, &at[c], e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++) {
        status = read_stage(t, row, at, &out->at[row], e);
        if (status == CST_OK) status = check_twice(t, out, row, at, e);
        open |= out->at[row].kind == STAGES_OPEN;
    }
    if (status != CST_OK) return status;
    if (!open)
        return cst_fail_at(e, CST_DATA, (cst_place){.file = cst_table_file(t)}, "kind",
                           "expected at least one stage of kind open, found none");
    out->n = cst_table_rows(t);
    qsort(out->at, out->n, sizeof *out->at, compare_stages);
    return CST_OK;
}

void stages_pipeline_free(stages_pipeline *p)
{
    free(p->at);
}

uint32_t stages_pipeline_find(const stages_pipeline *p, cst_text name)
{
    for (size_t i = 0; i < p->n; i++)
        if (cst_text_equal(p->at[i].name, name)) return (uint32_t)i;
    return STAGES_NONE;
}

cst_status stages_pipeline_unknown(const stages_pipeline *p, cst_text found, cst_place place, cst_error *e)
{
    cst_buffer b = {0};
    cst_text *all = calloc(p->n, sizeof *all);
    if (!all) return cst_no_memory(e);
    for (size_t i = 0; i < p->n; i++) all[i] = p->at[i].name;
    cst_suggest_unknown(&b, "a stage of the pipeline", found, all, p->n, "; its stages are ", 20);
    free(all);
    return cst_buffer_fail(&b, CST_DATA, place, names[STAGE], e);
}

uint32_t stages_pipeline_next(const stages_pipeline *p, uint32_t stage)
{
    for (size_t i = stage + 1; i < p->n; i++)
        if (p->at[i].kind != STAGES_LOST) return (uint32_t)i;
    return STAGES_NONE;
}
