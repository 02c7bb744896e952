/* express.c: see express.h. Digits are checked eight at a time in a 64-bit word: a byte that is no digit,
 * after the bits of '0' are taken off, is above 9, and adding 0x76 carries it into bit 7. */
#include "ingest/express.h"
#include "base/date.h"
#include "stream/writer_rows.h"
#include <stdlib.h>
#include <string.h>

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* YYYY-MM-DD; days past the 28th are asked of the calendar. */
static inline bool is_day(const char *p)
{
    uint64_t x = load8(p) ^ UINT64_C(0x2d30302d30303030); /* "0000-00-" */
    uint64_t bad = (x + UINT64_C(0x7f76767f76767676)) | x;
    unsigned d1 = (unsigned char)(p[8] - '0'), d2 = (unsigned char)(p[9] - '0');
    if ((bad & UINT64_C(0x8080808080808080)) || d1 > 9 || d2 > 9 || p[0] == '0') return false;
    unsigned month = (unsigned)(p[5] - '0') * 10 + (unsigned)(p[6] - '0'), day = d1 * 10 + d2;
    if (month - 1 > 11 || day == 0) return false;
    cst_day ignored;
    return day <= 28 || cst_day_parse((cst_text){p, 10}, &ignored);
}

/* One to eight digits at once, without a loop whose length the processor would have to guess: they are
 * moved to the top of a word, zeros below them, checked together, and added up in pairs, fours and eights.
 * Reads eight bytes. */
static inline bool read_digits(const char *p, uint32_t n, uint64_t *out)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t x = (n < 8 ? load8(p) << (64 - 8 * n) | zeros >> (8 * n) : load8(p)) ^ zeros;
    if (((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080)) return false;
    x = x * 10 + (x >> 8);
    const uint64_t pairs = UINT64_C(0x000000ff000000ff);
    *out =
        ((x & pairs) * UINT64_C(0x000f424000000064) + (x >> 16 & pairs) * UINT64_C(0x0000271000000001)) >> 32;
    return true;
}

/* Digits, a point, two digits; no needless zero in front. At most eight digits before the point. */
static inline bool is_money(const char *p, uint32_t n, cst_money *out)
{
    uint64_t whole;
    if (n < 4 || n > 11 || p[n - 3] != '.' || (p[0] == '0' && n > 4)) return false;
    unsigned c1 = (unsigned char)(p[n - 2] - '0'), c2 = (unsigned char)(p[n - 1] - '0');
    if (c1 > 9 || c2 > 9 || !read_digits(p, n - 3, &whole)) return false;
    *out = ((int64_t)whole * 100 + c1 * 10 + c2) * 10000;
    return true;
}

static inline bool is_whole(const char *p, uint32_t n)
{
    uint64_t ignored;
    return n <= 8 && !(p[0] == '0' && n > 1) && read_digits(p, n, &ignored);
}

static inline bool is_currency(const char *p, uint32_t n)
{
    return n == 3 && (unsigned char)(p[0] - 'A') < 26 && (unsigned char)(p[1] - 'A') < 26 &&
           (unsigned char)(p[2] - 'A') < 26;
}

/* The other types, and what the checks above do not take: fine if it would be written as it stands. */
static bool is_canonical(const cst_express_field *f, const char *p, uint32_t n, cst_money *amount)
{
    cst_cell cell = {0};
    char room[CST_CELL_ROOM];
    bool too_large;
    if (!cst_cell_raw(f->type, f->words, (cst_text){p, n}, room, &cell, &too_large)) return false;
    *amount = cell.money;
    return cell.text.n == n && memcmp(cell.text.p, p, n) == 0 && !cell.rounded;
}

static inline bool is_fine(const cst_express_field *f, const char *p, uint32_t n, cst_money *amount)
{
    switch (f->type) {
    case CST_TYPE_TEXT:
        return true;
    case CST_TYPE_DAY:
        return n == 10 && is_day(p);
    case CST_TYPE_MONEY:
        return is_money(p, n, amount) || is_canonical(f, p, n, amount);
    case CST_TYPE_NUMBER:
    case CST_TYPE_COUNT:
        return is_whole(p, n) || is_canonical(f, p, n, amount);
    case CST_TYPE_CURRENCY:
        return is_currency(p, n);
    default:
        return is_canonical(f, p, n, amount);
    }
}

static bool can_run(const struct cst_ingest_run *run)
{
    const cst_plan *p = run->plan;
    const cst_ingest_map *m = p->map;
    if (m->shape != CST_SHAPE_ROWS || m->kinds || m->lookups || m->inclusive || p->where || p->identity ||
        run->dedupe || !run->delimiter || run->source_slot >= 0 || m->trial_end.ref >= 0 ||
        m->past_due_since.ref >= 0)
        return false;
    for (int i = 0; i < p->targets; i++)
        if (p->target[i].slot < 0 && (p->target[i].rule->chain.n > 0 || p->target[i].rule->ref < 0))
            return false;
    return true;
}

cst_status cst_express_new(const struct cst_ingest_run *run, struct cst_express **out, cst_error *e)
{
    const cst_plan *p = run->plan;
    *out = NULL;
    if (!can_run(run)) return CST_OK;
    size_t n = (size_t)p->targets;
    struct cst_express *x = calloc(1, sizeof *x);
    if (x) {
        x->field = calloc(n, sizeof *x->field);
        x->column = calloc(n, sizeof *x->column);
        x->at = calloc(n, sizeof *x->at);
        x->n = calloc(n, sizeof *x->n);
    }
    if (!x || !x->field || !x->column || !x->at || !x->n) {
        cst_express_free(x);
        return cst_fail(e, CST_MEMORY, "out of memory");
    }
    x->fields = p->targets;
    x->mrr = p->at_mrr;
    x->start = p->at_start;
    x->end = p->at_end;
    x->free_counts = p->counts[CST_KIND_FREE] || !p->revenue;
    x->delimiter = run->delimiter;
    for (int i = 0; i < p->targets; i++)
        x->field[i] = (cst_express_field){p->target[i].type, p->target[i].words, p->target[i].slot,
                                          p->target[i].required};
    *out = x;
    return CST_OK;
}

void cst_express_free(struct cst_express *x)
{
    if (!x) return;
    free(x->field);
    free(x->column);
    free(x->at);
    free(x->n);
    free(x);
}

bool cst_express_begin(struct cst_express *x, const struct cst_ingest_run *run, cst_batch *b)
{
    if (!cst_batch_view(b, &x->view) || !x->view.even || !x->view.quoted || x->view.delimiter != x->delimiter)
        return false;
    for (int i = 0; i < x->fields; i++) x->column[i] = cst_batch_column(b, x->field[i].slot);
    /* how often a column is written, at most: the room a row needs */
    x->copies = 1;
    for (int i = 0; i < x->fields; i++) {
        size_t n = 0;
        for (int k = 0; k < x->fields; k++) n += x->column[k] == x->column[i] && x->column[i] >= 0;
        if (n > x->copies) x->copies = n;
    }
    x->prefix_n = 0;
    if (!run->source) return true;
    uint32_t file = cst_batch_file(b);
    x->prefix = run->prefix[file];
    x->prefix_n = run->prefix_n[file];
    x->prefix_quoted = run->prefix_quoted[file];
    return true;
}

static inline char *put_line(char *to, uint64_t line)
{
    char digits[20];
    int n = 20;
    while (line >= 100) {
        static const char pairs[] =
            "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
            "8081828384858687888990919293949596979899";
        memcpy(digits + (n -= 2), pairs + line % 100 * 2, 2);
        line /= 100;
    }
    if (line >= 10) digits[--n] = (char)('0' + line % 10), line /= 10;
    digits[--n] = (char)('0' + line);
    memcpy(to, digits + n, (size_t)(20 - n));
    return to + 20 - n;
}

/* Checks the fields and copies them, in blocks of 16 bytes. NULL: a field is not fine. */
static inline char *put_fields(struct cst_express *x, uint32_t row, char *to, cst_money *mrr)
{
    const cst_view *v = &x->view;
    for (int i = 0; i < x->fields; i++) {
        const char *p = v->text;
        uint32_t n = 0;
        cst_money amount = 0;
        if (x->column[i] >= 0) p = cst_view_field(v, row, (uint32_t)x->column[i], &n);
        if (n == 0 ? x->field[i].required : (p[0] == '"' || !is_fine(&x->field[i], p, n, &amount)))
            return NULL;
        if (i == x->mrr) *mrr = amount;
        x->at[i] = p;
        x->n[i] = n;
        for (uint32_t k = 0; k < n; k += 16) memcpy(to + k, p + k, 16);
        to += n;
        *to++ = x->delimiter;
    }
    return to;
}

/* Whether the columns agree with each other. */
static inline bool is_sound(const struct cst_express *x, cst_money mrr)
{
    if (x->mrr >= 0 && (mrr < 0 || (mrr == 0 && !x->free_counts))) return false;
    return x->start < 0 || x->end < 0 || x->n[x->start] == 0 || x->n[x->end] == 0 ||
           memcmp(x->at[x->start], x->at[x->end], 10) <= 0;
}

int cst_express_row(struct cst_express *x, uint32_t row, cst_writer *fork, cst_money *mrr)
{
    const cst_view *v = &x->view;
    size_t end = v->ends[(size_t)row * v->width + v->width - 1], bytes = end - v->start[row] + 1;
    *mrr = 0;
    if (v->limit - v->text < (ptrdiff_t)end + 32) return 0; /* a block of 16 may reach past the text */
    char *first = cst_writer_room(fork, bytes * x->copies + (size_t)x->fields + x->prefix_n + 64);
    if (!first) return -1;
    char *to = put_fields(x, row, first, mrr);
    if (!to || !is_sound(x, *mrr)) return 0;
    if (x->prefix_n) {
        memcpy(to, x->prefix, x->prefix_n);
        to = put_line(to + x->prefix_n, v->first_line + row);
        if (x->prefix_quoted) *to++ = '"';
    } else {
        to--;
    }
    *to++ = '\n';
    cst_writer_add(fork, (size_t)(to - first));
    return 1;
}

cst_key cst_express_key(const struct cst_express *x, const cst_plan *p, cst_text leading[2])
{
    leading[0] = leading[1] = (cst_text){"", 0};
    if (p->keys == 0 || (p->key_if >= 0 && x->n[p->key_if] == 0)) return (cst_key){0, 0};
    cst_key k = cst_key_begin();
    for (int i = 0; i < p->keys; i++) {
        cst_text t = {x->at[p->key[i]], x->n[p->key[i]]};
        cst_key_add(&k, t);
        if (i < 2) leading[i] = t;
    }
    return cst_key_end(k);
}
