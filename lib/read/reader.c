/* A reader: its inputs opened, its columns bound to slots, and the plain way to its batches. */
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/text.h"
#include "read/engine.h"

static cst_status check_opts(const cst_read_opts *o, cst_error *e)
{
    unsigned char d = (unsigned char)o->delimiter;
    bool letter = (d >= 'a' && d <= 'z') || (d >= 'A' && d <= 'Z') || (d >= '0' && d <= '9');
    if (letter || d >= 0x80 || d == '"' || d == '\r' || d == '\n')
        return cst_fail(
            e, CST_USAGE,
            "expected one ASCII character that is no letter, digit, quote or line end as the delimiter, "
            "found \"%c\"; for a tab write: tab",
            d < 0x80 ? o->delimiter : '?');
    if (!cst_scanner_of(o->lane))
        return cst_fail(e, CST_USAGE,
                        "expected a lane that this machine has, found SSE2; use the portable one");
    return CST_OK;
}

static bool make_locks(cst_reader *r)
{
    if (pthread_mutex_init(&r->lock, NULL) != 0) return false;
    if (pthread_cond_init(&r->moved, NULL) == 0) return true;
    pthread_mutex_destroy(&r->lock);
    return false;
}

static void free_batches(cst_batch *b)
{
    while (b) {
        cst_batch *next = b->next;
        cst_batch_free(b);
        b = next;
    }
}

cst_status cst_reader_open_sources(cst_source **source, const char *const *name, size_t n,
                                   const cst_read_opts *o, bool options, cst_reader **out, cst_error *e)
{
    cst_reader *r = calloc(1, sizeof *r);
    cst_status status = CST_OK;
    if (r) {
        r->file = calloc(n ? n : 1, sizeof *r->file);
        r->names = cst_intern_new();
    }
    if (!r || !r->file || !r->names || !make_locks(r)) {
        for (size_t i = 0; i < n; i++) cst_source_free(source[i]);
        if (r) {
            free(r->file);
            cst_intern_free(r->names);
        }
        free(r);
        return cst_no_memory(e);
    }
    r->opts = *o;
    r->n_files = n;
    r->options = options;
    r->settle_early = o->lenient || o->keep_rejects;
    r->failed_number = UINT64_MAX;
    for (size_t i = 0; i < n; i++) r->file[i] = (cst_file){.name = name[i], .source = source[i], .line = 1};
    status = check_opts(o, e);
    if (status == CST_OK) r->scanner = cst_scanner_of(o->lane);
    for (size_t i = 0; i < n && status == CST_OK; i++) status = cst_file_open(r, &r->file[i], e);
    if (status == CST_OK) {
        r->slot_of = malloc((cst_intern_count(r->names) + 1) * sizeof *r->slot_of);
        if (!r->slot_of) status = cst_no_memory(e);
    }
    if (status < 0) {
        cst_reader_free(r);
        return status;
    }
    for (uint32_t i = 0; i < cst_intern_count(r->names); i++) r->slot_of[i] = -1;
    *out = r;
    return CST_OK;
}

cst_status cst_reader_open(const cst_inputs *in, const cst_read_opts *o, cst_reader **out, cst_error *e)
{
    static const cst_read_opts none = {0};
    if (!o) o = &none;
    cst_source **source = calloc(in->n ? in->n : 1, sizeof *source);
    if (!source) return cst_no_memory(e);
    cst_status status = CST_OK;
    size_t n = 0;
    for (; n < in->n && status == CST_OK; n++) {
        status = cst_source_open(in->path[n], !o->no_crc32, &source[n], e);
        if (status == CST_OK && o->sha256) cst_source_begin_sha256(source[n]);
    }
    if (status == CST_OK)
        status = cst_reader_open_sources(source, in->path, in->n, o, true, out, e);
    else
        for (size_t i = 0; i < n; i++) cst_source_free(source[i]);
    free(source);
    return status;
}

void cst_reader_free(cst_reader *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_files; i++) cst_file_close(&r->file[i]);
    free_batches(r->spare);
    free_batches(r->ready);
    pthread_cond_destroy(&r->moved);
    pthread_mutex_destroy(&r->lock);
    cst_intern_free(r->names);
    free(r->slot_of);
    free(r->file);
    free(r);
}

/* A header of one column that holds a usual delimiter was most likely written with it. */
static bool find_other_delimiter(cst_text name)
{
    for (uint32_t i = 0; i < name.n; i++)
        if (strchr(",;|\t", name.p[i]) && name.p[i]) return true;
    return false;
}

static cst_status fail_missing(const cst_reader *r, const cst_file *f, const char *column, cst_error *e)
{
    cst_buffer b = {0};
    cst_text *names = calloc(f->width, sizeof *names);
    if (!names) return cst_no_memory(e);
    for (uint32_t c = 0; c < f->width; c++) names[c] = cst_intern_text(r->names, f->name_of[c]);
    cst_suggest_list(&b, names, f->width, 20);
    cst_suggest_add(&b, cst_text_of(column), names, f->width);
    if (f->width == 1 && r->options && find_other_delimiter(names[0]))
        cst_buffer_add_string(&b, ", a single column; see --delimiter");
    free(names);
    const char *hint = r->opts.missing_hint;
    cst_place place = {f->name, f->header_at[0].line, 0};
    const char *found = cst_buffer_string(&b);
    cst_status status =
        b.failed ? cst_no_memory(e)
                 : cst_fail_at(e, CST_DATA, place, NULL, "expected a column \"%s\"%s%s%s, found %s", column,
                               hint ? " (" : "", hint ? hint : "", hint ? ")" : "", found);
    cst_buffer_free(&b);
    return status;
}

static cst_status fail_name(const cst_file *f, uint32_t id, const char *column, cst_error *e)
{
    if (f->second_of[id])
        return cst_fail_at(
            e, CST_DATA, f->header_at[f->second_of[id] - 1], NULL,
            "expected the column \"%s\" once, found it as columns %u and %u; rename one of them", column,
            f->first_of[id], f->second_of[id]);
    return cst_fail_at(e, CST_DATA, f->header_at[f->first_of[id] - 1], NULL,
                       "expected a name for every column that is used, found none for column %u; name it",
                       f->first_of[id]);
}

/* A new slot: every file's column for it. */
static cst_status add_slot(cst_reader *r, uint32_t id, cst_error *e)
{
    for (size_t i = 0; i < r->n_files; i++) {
        cst_file *f = &r->file[i];
        bool full = (r->n_slots & (r->n_slots - 1)) == 0; /* at every power of two */
        if (full && !cst_resize(&f->column_of, r->n_slots ? r->n_slots * 2 : 1, sizeof *f->column_of))
            return cst_no_memory(e);
        f->column_of[r->n_slots] = id < f->known ? (int32_t)f->first_of[id] - 1 : -1;
    }
    r->slot_of[id] = (int32_t)r->n_slots++;
    return CST_OK;
}

cst_status cst_file_column(const cst_reader *r, const cst_file *f, const char *column, enum cst_need need,
                           int32_t *out, cst_error *e)
{
    uint32_t id = cst_intern_find(r->names, cst_text_of(column));
    bool here = id != CST_INTERN_NONE && id < f->known && f->first_of[id];
    if (here && (f->second_of[id] || !column[0])) return fail_name(f, id, column, e);
    if (!here && need == CST_REQUIRED) return fail_missing(r, f, column, e);
    *out = here ? (int32_t)f->first_of[id] - 1 : -1;
    return CST_OK;
}

cst_status cst_reader_bind(cst_reader *r, const char *column, enum cst_need need, int *slot, cst_error *e)
{
    uint32_t id = cst_intern_find(r->names, cst_text_of(column));
    cst_status status = CST_OK;
    int32_t found;
    for (size_t i = 0; i < r->n_files && status == CST_OK; i++)
        status = cst_file_column(r, &r->file[i], column, need, &found, e);
    if (status < 0) return status;
    *slot = -1;
    if (id == CST_INTERN_NONE) return CST_OK;
    if (r->slot_of[id] < 0) status = add_slot(r, id, e);
    if (status == CST_OK) *slot = r->slot_of[id];
    return status;
}

size_t cst_reader_columns(const cst_reader *r)
{
    return cst_intern_count(r->names);
}

cst_text cst_reader_column_name(const cst_reader *r, size_t i)
{
    return cst_intern_text(r->names, (uint32_t)i);
}

bool cst_reader_has(const cst_reader *r, const char *column)
{
    return cst_intern_find(r->names, cst_text_of(column)) != CST_INTERN_NONE;
}

const char *cst_reader_file(const cst_reader *r, size_t file)
{
    return file < r->n_files ? r->file[file].name : NULL;
}

void cst_reader_on_reject(cst_reader *r, cst_reject_sink *sink, void *context)
{
    r->sink = sink;
    r->sink_context = context;
}

void cst_reader_on_mend(cst_reader *r, cst_reject_sink *sink, void *context)
{
    r->mend_sink = sink;
    r->mend_context = context;
}

cst_read_totals cst_reader_totals(const cst_reader *r, size_t file)
{
    cst_read_totals sum = {0};
    for (size_t i = 0; i < r->n_files; i++) {
        if (file != SIZE_MAX && file != i) continue;
        const cst_read_totals *t = &r->file[i].totals;
        sum.bytes += cst_source_bytes(r->file[i].source);
        sum.text_bytes += t->text_bytes;
        sum.records += t->records;
        sum.rejected += t->rejected;
        sum.blank_lines += t->blank_lines;
        sum.mended += t->mended;
        sum.rounded += t->rounded;
        if (file != i) continue;
        sum.unended = r->file[i].ended && t->text_bytes > 0 && r->file[i].last != '\n';
        sum.crc32 = cst_source_crc32(r->file[i].source);
        cst_source_sha256(r->file[i].source, sum.sha256);
    }
    return sum;
}

void cst_reader_on_progress(cst_reader *r, cst_reader_watch *watch, void *context)
{
    r->watch = watch;
    r->watch_context = context;
}

/* For those who take batches one by one: the earliest failure is kept and comes back from the next call. */
static void keep_failure(cst_reader *r, uint64_t number, const cst_error *why)
{
    if (number >= r->failed_number) return;
    r->failed_number = number;
    r->failure = *why;
    r->stop = true;
    pthread_cond_broadcast(&r->moved);
}

cst_status cst_reader_next(cst_reader *r, cst_batch **out, cst_error *e)
{
    for (;;) {
        cst_error why = {0};
        pthread_mutex_lock(&r->lock);
        why = r->failure;
        pthread_mutex_unlock(&r->lock);
        if (why.status) {
            if (e) *e = why;
            return why.status;
        }
        cst_status status = cst_reader_take(r, out, e);
        if (status == CST_END) {
            pthread_mutex_lock(&r->lock);
            status = cst_reader_judge(r, e);
            pthread_mutex_unlock(&r->lock);
            return status < 0 ? status : CST_END;
        }
        if (status < 0) return status;
        cst_batch *b = *out;
        if (b->failure.status) {
            pthread_mutex_lock(&r->lock);
            keep_failure(r, b->number, &b->failure);
            pthread_mutex_unlock(&r->lock);
        }
        cst_batch_count_rows(b);
        if (b->rows) return CST_OK;
        cst_batch_done(b);
    }
}

void cst_batch_done(cst_batch *b)
{
    cst_reader *r = b->reader;
    cst_error why;
    pthread_mutex_lock(&r->lock);
    if (cst_batch_settle(b, &why) < 0) keep_failure(r, b->number, &why);
    pthread_mutex_unlock(&r->lock);
    cst_batch_recycle(b);
}
