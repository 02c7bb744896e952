/* writer.c: a table out. Values become text here, once for all formats, straight into the output buffer;
 * the fences around them are the business of a family (writer_csv.c and its kin). A writer hands its
 * buffer to the sink when it has grown to a quarter of a megabyte, always at the end of a row, so the sink
 * passes it on without a copy. A fork is the same encoder without a sink: what it has gathered is handed
 * over in one piece by cst_writer_absorb. */
#include "write/writer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "write/sink.h"
#include "write/writer_rows.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cst_family *const families[] = {&cst_family_csv,   &cst_family_tsv, &cst_family_json,
                                             &cst_family_jsonl, &cst_family_md,  &cst_family_pretty};

cst_status cst_writer_fail(cst_writer *w, const char *field, cst_status status, const char *format, ...)
{
    if (w->failure.status != CST_OK) return w->failure.status;
    char message[sizeof w->failure.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    w->limit = 0;
    return cst_fail_at(&w->failure, status, (cst_place){w->head->output, 0, 0}, field, "%s", message);
}

static cst_status tell(const cst_writer *w, cst_error *e)
{
    if (e && w->failure.status != CST_OK) *e = w->failure;
    return w->failure.status;
}

static cst_status check_memory(cst_writer *w)
{
    if (w->failure.status != CST_OK || !w->out.failed) return w->failure.status;
    w->limit = 0;
    return cst_no_memory(&w->failure);
}

static void free_head(cst_head *h)
{
    if (!h) return;
    for (size_t i = 0; i < h->n; i++) {
        if (h->name) free(h->name[i]);
        if (h->lead) cst_buffer_free(&h->lead[i]);
    }
    free(h->name);
    free(h->kind);
    free(h->choice);
    free(h->lead);
    free(h);
}

bool cst_writer_is_formula(cst_text t)
{
    return t.n > 0 && memchr("=+-@\t\r", t.p[0], 6) != NULL;
}

void cst_writer_text(cst_writer *w, cst_text t)
{
    if (!w->head->opts.for_sheets || cst_writer_kind(w) != CST_COL_TEXT || !cst_writer_is_formula(t)) {
        w->family->text(w, t);
        return;
    }
    cst_buffer b = {0};
    cst_buffer_add_char(&b, '\'');
    cst_buffer_add(&b, t.p, t.n);
    if (b.failed)
        w->out.failed = true;
    else
        w->family->text(w, (cst_text){b.p, (uint32_t)b.n});
    cst_buffer_free(&b);
}

static char *copy_name(const char *name, bool for_sheets)
{
    size_t n = strlen(name), mark = for_sheets && cst_writer_is_formula((cst_text){name, (uint32_t)n});
    char *copy = malloc(mark + n + 1);
    if (!copy) return NULL;
    copy[0] = '\'';
    memcpy(copy + mark, name, n + 1);
    return copy;
}

/* Of n columns that are put, `chosen` are written: those of choice, which the head takes over, or all. */
static cst_head *make_head(const cst_sink *s, const cst_write_opts *o, const cst_column *columns,
                           size_t cells, size_t *choice, size_t chosen)
{
    size_t n = choice ? chosen : cells;
    cst_head *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    *h = (cst_head){.opts = *o, .n = n, .cells = cells, .choice = choice, .output = s->name};
    h->name = calloc(n, sizeof(char *));
    h->kind = calloc(n, sizeof *h->kind);
    h->lead = calloc(n, sizeof *h->lead);
    bool ok = h->name && h->kind && h->lead;
    for (size_t i = 0; ok && i < n; i++) {
        const cst_column *c = &columns[choice ? choice[i] : i];
        h->kind[i] = c->kind;
        h->name[i] = copy_name(c->name, o->for_sheets);
        ok = h->name[i] != NULL;
    }
    if (ok) return h;
    h->choice = NULL;
    free_head(h);
    return NULL;
}

static cst_status hand_over(cst_writer *w)
{
    cst_status status = cst_sink_write(w->sink, w->out.p, w->out.n, &w->failure);
    cst_buffer_clear(&w->out);
    if (status != CST_OK) w->limit = 0;
    return status;
}

cst_status cst_writer_open(cst_sink *s, const cst_write_opts *o, const cst_column *columns, size_t n,
                           cst_writer **out, cst_error *e)
{
    *out = NULL;
    if (n == 0) return cst_fail(e, CST_INTERNAL, "expected a table of at least one column, found none");
    size_t *choice = NULL, chosen = n;
    cst_status status = o->columns ? cst_writer_choose(o->columns, columns, n, &choice, &chosen, e) : CST_OK;
    cst_writer *w = status == CST_OK ? calloc(1, sizeof *w) : NULL;
    if (!w || !(w->head = make_head(s, o, columns, n, choice, chosen))) {
        free(choice);
        free(w);
        return status == CST_OK ? cst_no_memory(e) : status;
    }
    w->family = families[o->format];
    w->face = choice ? &cst_family_choosing : w->family;
    w->sink = s;
    w->limit = n;
    s->broken = w->family->broken;
    w->family->open(w);
    w->at = 0;
    status = check_memory(w);
    if (status != CST_OK) {
        tell(w, e);
        cst_writer_free(w);
        return status;
    }
    *out = w;
    return CST_OK;
}

cst_status cst_writer_fork(const cst_writer *w, cst_writer **out, cst_error *e)
{
    cst_writer *fork = calloc(1, sizeof *fork);
    *out = fork;
    if (!fork) return cst_no_memory(e);
    *fork = (cst_writer){.family = w->family, .face = w->face, .head = w->head, .limit = w->head->cells};
    return CST_OK;
}

cst_status cst_writer_absorb(cst_writer *w, cst_writer *fork, cst_error *e)
{
    check_memory(fork);
    if (w->failure.status == CST_OK && fork->failure.status != CST_OK) {
        w->failure = fork->failure;
        w->limit = 0;
    }
    if (w->failure.status != CST_OK) return tell(w, e);
    const char *p = fork->out.p;
    size_t n = fork->out.n;
    if (w->rows == 0 && n > 0) {
        p += w->family->joint;
        n -= w->family->joint;
    }
    if (n >= CST_SINK_ROOM && !w->family->collects) {
        hand_over(w);
        if (w->failure.status == CST_OK && cst_sink_write(w->sink, p, n, &w->failure) != CST_OK) w->limit = 0;
    } else if (n > 0) {
        cst_buffer_add(&w->out, p, n);
        check_memory(w);
    }
    w->rows += fork->rows;
    fork->rows = 0;
    cst_buffer_clear(&fork->out);
    return tell(w, e);
}

cst_status cst_writer_finish(cst_writer *w, cst_error *e)
{
    if (w->failure.status == CST_OK && !w->sink)
        cst_writer_fail(w, NULL, CST_INTERNAL, "expected a fork to be absorbed, found it finished");
    if (w->failure.status == CST_OK && w->at != 0)
        cst_writer_fail(w, NULL, CST_INTERNAL, "expected the last row to be ended, found %zu cells of it",
                        w->at);
    if (w->failure.status != CST_OK || w->finished) return tell(w, e);
    w->finished = true;
    if (w->family->finish) w->family->finish(w);
    if (check_memory(w) == CST_OK) hand_over(w);
    return tell(w, e);
}

void cst_writer_free(cst_writer *w)
{
    if (!w) return;
    if (w->sink) free_head(w->head);
    cst_buffer_free(&w->out);
    cst_buffer_free(&w->row);
    free(w);
}

uint64_t cst_writer_rows(const cst_writer *w)
{
    return w->rows;
}

cst_status cst_end_row(cst_writer *w, cst_error *e)
{
    if (w->at != w->head->cells && w->failure.status == CST_OK)
        cst_writer_fail(w, NULL, CST_INTERNAL, "expected %zu cells in a row, found %zu", w->head->cells,
                        w->at);
    if (w->failure.status != CST_OK) return tell(w, e);
    w->face->end_row(w);
    w->at = 0;
    w->rows++;
    if (w->out.failed) check_memory(w);
    if (w->out.n >= CST_SINK_ROOM && w->sink && !w->family->collects && w->failure.status == CST_OK)
        hand_over(w);
    return tell(w, e);
}

void cst_put_rule(cst_writer *w)
{
    if (w->failure.status == CST_OK && w->family->rule) w->family->rule(w);
}

/* False where no cell may be put; a cell too many is a defect of the caller. */
static inline bool enter(cst_writer *w)
{
    if (w->at < w->limit) return true;
    if (w->failure.status == CST_OK)
        cst_writer_fail(w, NULL, CST_INTERNAL, "expected %zu cells in a row, found more", w->head->cells);
    return false;
}

void cst_put_text(cst_writer *w, cst_text t)
{
    if (!enter(w)) return;
    if (w->face == w->family)
        cst_writer_text(w, t);
    else
        w->face->text(w, t);
    w->at++;
}

void cst_put_string(cst_writer *w, const char *s)
{
    cst_put_text(w, (cst_text){s, s ? (uint32_t)strlen(s) : 0});
}

void cst_put_missing(cst_writer *w)
{
    cst_put_text(w, (cst_text){"", 0});
}

/* Want of memory is told at once: the row that stays short of a cell must not be taken for the cause. */
static inline char *begin(cst_writer *w, size_t room)
{
    if (!enter(w)) return NULL;
    char *p = w->face->begin(w, room);
    if (!p) check_memory(w);
    return p;
}

static inline void end(cst_writer *w, size_t n, enum cst_cell kind)
{
    w->face->end(w, n, kind);
    w->at++;
}

void cst_put_money(cst_writer *w, cst_money m)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_money_format(m, 2, p), CST_CELL_AMOUNT);
}

void cst_put_money_fixed(cst_writer *w, cst_money m, int decimals)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_money_format_fixed(m, decimals, p), CST_CELL_AMOUNT);
}

void cst_put_wide(cst_writer *w, cst_wide m)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_wide_format(m, 2, p), CST_CELL_AMOUNT);
}

void cst_put_wide_fixed(cst_writer *w, cst_wide m, int decimals)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_wide_format(m, decimals, p), CST_CELL_AMOUNT);
}

void cst_put_ratio(cst_writer *w, cst_ratio r)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_ratio_format(r, p), CST_CELL_DIGITS);
}

void cst_put_day(cst_writer *w, cst_day d)
{
    char *p = begin(w, CST_DAY_ROOM);
    if (p) end(w, d == CST_DAY_NONE ? 0 : cst_day_format(d, p), CST_CELL_WORD);
}

void cst_put_int(cst_writer *w, int64_t v)
{
    char *p = begin(w, CST_DECIMAL_ROOM);
    if (p) end(w, cst_int_format(v, p), CST_CELL_AMOUNT);
}

void cst_put_number(cst_writer *w, double v)
{
    char *p = begin(w, CST_NUMBER_ROOM);
    if (p) end(w, cst_number_format(v, p), CST_CELL_DIGITS);
}

void cst_put_decimals(cst_writer *w, double v, int decimals)
{
    char *p = begin(w, CST_NUMBER_ROOM);
    if (p) end(w, cst_number_format_fixed(v, decimals, p), CST_CELL_DIGITS);
}

/* ---- writer_rows.h ---- */

char cst_writer_delimiter(const cst_writer *w)
{
    bool own = w->face == &cst_family_csv && w->head->n > 1 && !w->head->awkward && !w->head->opts.for_sheets;
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
