/* Rows set aside, and the settling of a batch: its counts go into the totals and its rejects to the
 * sink, in the order of their bytes, whoever found them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/engine.h"

cst_status cst_batch_set_aside(cst_batch *b, size_t at, size_t n, const cst_error *why, cst_error *e)
{
    if (!cst_grow(&b->aside, &b->aside_room, b->n_aside + 1, sizeof *b->aside)) return cst_no_memory(e);
    cst_aside *a = &b->aside[b->n_aside];
    *a = (cst_aside){at, n, {b->reader->file[b->file].name, why->line, why->column}, NULL, NULL};
    a->reason = cst_arena_string(b->scratch, why->message, strlen(why->message));
    a->field = cst_arena_string(b->scratch, why->field, strlen(why->field));
    if (!a->reason || !a->field) return cst_no_memory(e);
    b->n_aside++;
    return CST_OK;
}

bool cst_row_rejected(const cst_batch *b, uint32_t row)
{
    return b->n_aside > b->scan_aside && (b->rejected[row / 64] >> row % 64 & 1);
}

/* A bit per row, all clear when the first row is set aside. */
static bool prepare_bits(cst_batch *b)
{
    size_t words = b->rows / 64 + 1;
    if (b->n_aside > b->scan_aside) return true;
    if (!cst_grow(&b->rejected, &b->rejected_room, words, sizeof *b->rejected)) return false;
    memset(b->rejected, 0, words * sizeof *b->rejected);
    return true;
}

/* The run ends at this row, whatever its caller makes of the status. */
static cst_status stop_run(cst_batch *b, uint32_t row, const cst_error *why)
{
    b->stopped = true;
    b->stop_row = row;
    b->stop_why = *why;
    return why->status;
}

cst_status cst_row_reject(cst_batch *b, uint32_t row, const cst_error *why)
{
    bool of_row = why->status == CST_DATA || why->status == CST_LIMIT;
    if (!of_row || !b->reader->opts.keep_rejects) return stop_run(b, row, why);
    if (cst_row_rejected(b, row)) return CST_OK;
    cst_text record = cst_record_at(b, row);
    cst_error memory = {0};
    cst_status status = prepare_bits(b) ? CST_OK : cst_no_memory(&memory);
    if (status == CST_OK)
        status = cst_batch_set_aside(b, (size_t)(record.p - b->text), record.n, why, &memory);
    if (status < 0) return stop_run(b, row, &memory);
    if (why->line == 0) b->aside[b->n_aside - 1].place = cst_place_at(b, row, -1);
    b->rejected[row / 64] |= UINT64_C(1) << row % 64;
    return CST_OK;
}

static int compare_aside(const void *a, const void *b)
{
    size_t x = ((const cst_aside *)a)->at, y = ((const cst_aside *)b)->at;
    return (x > y) - (x < y);
}

void cst_batch_count_rows(cst_batch *b)
{
    cst_reader *r = b->reader;
    pthread_mutex_lock(&r->lock);
    b->first_row = r->next_row;
    r->next_row += b->rows + b->scan_aside;
    pthread_mutex_unlock(&r->lock);
}

static cst_status tell_aside(const cst_reader *r, const cst_batch *b, const cst_aside *a, cst_error *e)
{
    cst_reject reject = {a->place,
                         {a->reason, (uint32_t)strlen(a->reason)},
                         {a->field, (uint32_t)strlen(a->field)},
                         {b->text + a->at, (uint32_t)a->n}};
    return r->sink ? r->sink(r->sink_context, &reject, e) : CST_OK;
}

static cst_status tell_mended(const cst_reader *r, cst_batch *b, const cst_mended *m, cst_error *e)
{
    char reason[160] = "mended: quotes that stand within a field";
    if (!r->mend_sink) return CST_OK;
    if (m->fields)
        snprintf(reason, sizeof reason, "mended: expected %u fields, found %u; %s", b->width, m->fields,
                 m->fields < b->width ? "empty ones were added at the end, a separator may be missing"
                                      : "empty ones at the end were left out");
    cst_reject mended = {cst_batch_seek(b, m->at),
                         {reason, (uint32_t)strlen(reason)},
                         {"", 0},
                         {b->text + m->at, (uint32_t)m->n}};
    return r->mend_sink(r->mend_context, &mended, e);
}

/* What was set aside and what was mended, in the order of the input. */
static cst_status hand_out(cst_batch *b, cst_error *e)
{
    const cst_reader *r = b->reader;
    cst_status status = CST_OK;
    for (size_t i = 0, k = 0; (i < b->n_aside || k < b->n_mended) && status == CST_OK;) {
        bool mended = k < b->n_mended && (i == b->n_aside || b->mended[k].at <= b->aside[i].at);
        status = mended ? tell_mended(r, b, &b->mended[k++], e) : tell_aside(r, b, &b->aside[i++], e);
    }
    return status;
}

cst_status cst_batch_settle(cst_batch *b, cst_error *e)
{
    cst_reader *r = b->reader;
    cst_read_totals *t = &r->file[b->file].totals;
    if (b->settled) return CST_OK;
    b->settled = true;
    t->records += b->rows + b->scan_aside;
    t->rejected += b->n_aside;
    t->blank_lines += b->blanks;
    t->mended += b->n_mended;
    t->rounded += b->rounded;
    if (r->watch) r->watch(r->watch_context, b->used, b->rows);
    if (b->out_of_memory) return cst_no_memory(e);
    if (b->n_aside > b->scan_aside && b->n_aside > 1)
        qsort(b->aside, b->n_aside, sizeof *b->aside, compare_aside);
    return hand_out(b, e);
}

cst_status cst_reader_reject(cst_reader *r, size_t file, const cst_error *why, cst_text record, cst_error *e)
{
    cst_reject reject = {{r->file[file].name, why->line, why->column},
                         {why->message, (uint32_t)strlen(why->message)},
                         {why->field, (uint32_t)strlen(why->field)},
                         record};
    bool of_row = why->status == CST_DATA || why->status == CST_LIMIT;
    if (!of_row || !r->opts.keep_rejects) {
        *e = *why;
        return why->status;
    }
    r->file[file].totals.rejected++;
    cst_status status = r->sink ? r->sink(r->sink_context, &reject, e) : CST_OK;
    return status < 0 ? status : CST_OK;
}

cst_status cst_reader_judge(cst_reader *r, cst_error *e)
{
    cst_read_totals t = cst_reader_totals(r, SIZE_MAX);
    const cst_read_opts *o = &r->opts;
    if (!o->keep_rejects) return CST_OK;
    if (t.rejected > o->max_rejects) {
        r->over_limit = true;
        return cst_fail(
            e, CST_DATA,
            "expected at most %llu rejected rows, found %llu of %llu; see the rejects for the reasons, or "
            "raise --max-rejects",
            (unsigned long long)o->max_rejects, (unsigned long long)t.rejected,
            (unsigned long long)t.records);
    }
    if (o->max_reject_share > 0 && (double)t.rejected > o->max_reject_share * (double)t.records) {
        r->over_limit = true;
        return cst_fail(
            e, CST_DATA,
            "expected at most %g%% of the rows rejected, found %llu of %llu; see the rejects for the "
            "reasons, or raise --max-rejects",
            o->max_reject_share * 100, (unsigned long long)t.rejected, (unsigned long long)t.records);
    }
    return CST_OK;
}
