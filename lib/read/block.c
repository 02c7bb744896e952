/* The monitor: one thread at a time, the filler, fills a block, over short reads and out of gzip alike,
 * cuts it after its last record, keeps the rest for the next block, and gives the batch its number and
 * first line. Any thread becomes the filler that finds no block ready and nobody filling; it works on a
 * block itself as soon as nobody waits for one. Where a block ends depends on the bytes alone. A record
 * longer than the block lets the block grow by half, up to the longest record there may be. */
#include <stdlib.h>
#include <string.h>

#include "read/engine.h"

enum { MOST_READY = 4 }; /* blocks filled ahead of the threads that wait */

static cst_status keep_rest(cst_file *f, const cst_batch *b, size_t used, cst_error *e)
{
    size_t rest = b->n - used, all = rest + f->carry_n;
    if (!cst_grow(&f->carry, &f->carry_room, all, 1)) return cst_no_memory(e);
    if (f->carry_n && rest) memmove(f->carry + rest, f->carry, f->carry_n);
    if (rest) memcpy(f->carry, b->text + used, rest);
    f->carry_n = all;
    return CST_OK;
}

/* Takes away what is left of a line that was too long. */
static void skip_line(cst_file *f, cst_batch *b)
{
    char *newline = b->n ? memchr(b->text, '\n', b->n) : NULL;
    size_t drop = newline ? (size_t)(newline - b->text) + 1 : b->n;
    if (newline) {
        f->skipping = false;
        f->line++;
    }
    b->n -= drop;
    memmove(b->text, b->text + drop, b->n);
}

/* The block ends after so many bytes with so many LFs. */
static void count_block(cst_file *f, cst_batch *b, size_t used, uint64_t lines)
{
    b->n = used;
    b->first_line = b->line = f->line;
    b->line_at = 0;
    b->lines = lines;
    f->line += lines;
}

/* Strict: cut by the parity of the quotes. *done: the block is complete. */
static cst_status cut_strict(cst_reader *r, cst_file *f, cst_batch *b, bool *done, cst_error *e)
{
    size_t cut = cst_scan_cut(r->scanner, &f->rules, b->text, b->n), used = cut;
    bool last = f->ended && f->carry_n == 0;
    b->full = b->n >= CST_BLOCK_MAX && !cut;
    *done = b->full || last || cut;
    if (!*done) return CST_OK;
    if (last && !f->failure.status) {
        b->eof = true;
        used = b->n;
    } else if (b->full) {
        used = b->n;
    } else if (!last) {
        cst_status status = keep_rest(f, b, used, e);
        if (status < 0) return status;
    }
    count_block(f, b, used, r->scanner->count(b->text, used, '\n'));
    return CST_OK;
}

/* With rejects or leniency: cut after the last record that the index made out. */
static cst_status cut_early(cst_reader *r, cst_file *f, cst_batch *b, bool *done, cst_error *e)
{
    size_t used = 0;
    bool last = f->ended && f->carry_n == 0;
    b->full = b->n >= CST_BLOCK_MAX;
    b->lines = CST_LINES_UNKNOWN;
    b->eof = last && !f->failure.status;
    b->first_line = b->line = f->line;
    b->line_at = 0;
    cst_status status = cst_batch_index(b, &used, e);
    if (status < 0) return status;
    *done = used || last || b->failure.status;
    if (!*done) return CST_OK;
    if (!last || b->enough || !f->failure.status) { /* behind a failure is nothing whole */
        status = keep_rest(f, b, used, e);
        if (status < 0) return status;
    }
    if (b->full && used == b->n && !memchr(b->text, '\n', b->n)) f->skipping = true;
    count_block(f, b, used, r->scanner->count(b->text, used, '\n'));
    return CST_OK;
}

static cst_status fill_block(cst_reader *r, cst_file *f, cst_batch *b, cst_error *e)
{
    size_t target = r->opts.block ? r->opts.block : CST_BLOCK;
    b->n = 0;
    b->eof = false;
    for (bool done = false; !done; target += target / 2 + 1) {
        if (target > CST_BLOCK_MAX) target = CST_BLOCK_MAX;
        if (target + 1 > b->room) { /* the index may put a line end behind the last record */
            if (!cst_resize(&b->text, target + 1, 1)) return cst_no_memory(e);
            b->room = target + 1;
        }
        size_t got = 0;
        if (b->n < target) cst_file_read(f, b->text + b->n, target - b->n, &got);
        b->n += got;
        if (f->skipping) {
            skip_line(f, b);
            if (f->skipping && !(f->ended && f->carry_n == 0)) continue;
        }
        cst_status status = r->settle_early ? cut_early(r, f, b, &done, e) : cut_strict(r, f, b, &done, e);
        if (status < 0) return status;
    }
    if (f->ended && f->failure.status && f->carry_n == 0 && !b->failure.status) b->failure = f->failure;
    return CST_OK;
}

void cst_batch_free(cst_batch *b)
{
    if (!b) return;
    free(b->text);
    free(b->ends.v);
    free(b->start.v);
    free(b->raw.v);
    free(b->aside);
    free(b->mended);
    free(b->rejected);
    cst_arena_free(b->scratch);
    free(b);
}

/* A batch as new, with the memory of an old one (NULL: with none). */
static cst_batch *renew_batch(cst_reader *r, cst_batch *b)
{
    if (!b) {
        b = calloc(1, sizeof *b);
        if (b && !(b->scratch = cst_arena_new())) {
            free(b);
            b = NULL;
        }
        if (!b) return NULL;
    }
    cst_batch old = *b;
    cst_arena_clear(old.scratch);
    *b = (cst_batch){.reader = r,
                     .scratch = old.scratch,
                     .text = old.text,
                     .room = old.room,
                     .ends = {old.ends.v, 0, old.ends.room},
                     .start = {old.start.v, 0, old.start.room},
                     .raw = {old.raw.v, 0, old.raw.room},
                     .aside = old.aside,
                     .aside_room = old.aside_room,
                     .mended = old.mended,
                     .mended_room = old.mended_room,
                     .rejected = old.rejected,
                     .rejected_room = old.rejected_room};
    return b;
}

static void keep_spare(cst_reader *r, cst_batch *b)
{
    b->next = r->spare;
    r->spare = b;
}

void cst_batch_recycle(cst_batch *b)
{
    pthread_mutex_lock(&b->reader->lock);
    keep_spare(b->reader, b);
    pthread_mutex_unlock(&b->reader->lock);
}

void cst_reader_stop(cst_reader *r)
{
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
}

/* The filler's part: the inputs' next block; CST_END after the last. */
static cst_status fill_batch(cst_reader *r, cst_batch *b, cst_error *e)
{
    while (r->now < r->n_files) {
        cst_file *f = &r->file[r->now];
        if (f->ended && f->carry_n == 0 && !f->failure.status) {
            r->now++;
            continue;
        }
        b->file = (uint32_t)r->now;
        b->width = f->width;
        b->quoted = f->rules.quoted;
        b->column_of = f->column_of;
        cst_status status = fill_block(r, f, b, e);
        if (status < 0 || b->n || b->failure.status)
            return status; /* n == 0: it ended where the last block did */
    }
    return CST_END;
}

static void add_ready(cst_reader *r, cst_batch *b)
{
    b->number = r->next_number++;
    b->next = NULL;
    *(r->ready ? &r->last_ready->next : &r->ready) = b;
    r->last_ready = b;
    r->n_ready++;
}

/* Called with the lock held, and returns with it. Fills one block, and more while others wait for one: who
 * inflates goes on inflating, with all of zlib's state in its cache, and nobody's waking up is waited for. */
static cst_status fill_ready(cst_reader *r, cst_error *e)
{
    cst_status status = CST_OK;
    r->filling = true;
    do {
        cst_batch *b = r->spare;
        if (b) r->spare = b->next;
        pthread_mutex_unlock(&r->lock);
        b = renew_batch(r, b);
        status = b ? fill_batch(r, b, e) : cst_no_memory(e);
        pthread_mutex_lock(&r->lock);
        if (status == CST_OK) {
            add_ready(r, b);
            pthread_cond_signal(&r->moved);
        } else if (b) {
            keep_spare(r, b);
        }
        if (status != CST_OK || b->failure.status) r->drained = true;
    } while (!r->drained && !r->stop && r->waiting && r->n_ready < MOST_READY);
    r->filling = false;
    if (status < 0) r->stop = true;
    if (r->drained || r->stop) pthread_cond_broadcast(&r->moved);
    return status < 0 ? status : CST_OK;
}

/* The oldest block that is ready, else one filled by the caller, else one that another thread fills. */
static cst_status take_block(cst_reader *r, cst_batch **out, cst_error *e)
{
    cst_status status = CST_OK;
    pthread_mutex_lock(&r->lock);
    while (status == CST_OK && !r->stop && !r->ready && !r->drained) {
        if (r->filling) {
            r->waiting++;
            pthread_cond_wait(&r->moved, &r->lock);
            r->waiting--;
        } else {
            status = fill_ready(r, e);
        }
    }
    if (status == CST_OK && (r->stop || !r->ready)) status = CST_END;
    if (status == CST_OK) {
        *out = r->ready;
        r->ready = r->ready->next;
        r->n_ready--;
    }
    pthread_mutex_unlock(&r->lock);
    return status;
}

cst_status cst_reader_take(cst_reader *r, cst_batch **out, cst_error *e)
{
    cst_status status = take_block(r, out, e);
    if (status != CST_OK || r->settle_early) return status;
    size_t used = 0;
    cst_batch *b = *out;
    cst_error io = b->failure; /* of the source: after all records of the block */
    b->failure = (cst_error){0};
    if (cst_batch_index(b, &used, &b->failure) < 0)
        b->rows = 0; /* the batch has its number: it must be settled */
    if (!b->failure.status) b->failure = io;
    if (b->failure.status) cst_reader_stop(r);
    return CST_OK;
}
