/* express.c: see express.h. */
#include "ingest/express.h"
#include "base/text.h"
#include "write/writer_rows.h"
#include <stdlib.h>
#include <string.h>

/* ---- keys: their hashes, and whether they ascend, a column at a time. The hashes and the order are those
 * of keyset.h and order.h. Fields of up to 16 bytes, as ids mostly are, are loaded whole and what lies
 * behind them is masked away, so that nothing depends on their length. ---- */

typedef struct words {
    uint64_t a, b; /* bytes 0 to 7 and 8 to 15, zeros behind the field */
} words;

static inline words load_short(cst_text t)
{
    static const unsigned char ones[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                           255, 255, 255, 255, 255, 255, 255, 255};
    words w, mask;
    memcpy(&w, t.p, 16);
    memcpy(&mask, ones + 16 - t.n, 16);
    return (words){w.a & mask.a, w.b & mask.b};
}

/* Adds the column's fields to the keys. */
static void hash_strip(ing_strip s, uint32_t rows, ing_key *key)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        if (t.n > 16) {
            ing_key_add(&key[k], t);
            continue;
        }
        words w = load_short(t);
        ing_key_add_words(&key[k], w.a, w.b, t.n);
    }
}

/* The order of bytes: no text holds a NUL, so that zeros behind the shorter one put it first. */
static inline int compare(cst_text x, cst_text y)
{
    if (x.n > 16 || y.n > 16) return cst_text_compare(x, y);
    words v = load_short(x), w = load_short(y);
    uint64_t p = __builtin_bswap64(v.a), q = __builtin_bswap64(w.a);
    if (p == q) p = __builtin_bswap64(v.b), q = __builtin_bswap64(w.b);
    return (p > q) - (p < q);
}

/* Whether each of n rows from `from` on is greater than the one before it: by b, and by a and then b. */
static void follow_strips(ing_strip a, ing_strip b, uint32_t from, uint32_t n, bool *by_second, bool *by_both)
{
    cst_text a0 = ing_strip_at(&a, from - 1), b0 = ing_strip_at(&b, from - 1);
    *by_second = *by_both = true;
    for (uint32_t k = from; k < from + n; k++) {
        cst_text a1 = ing_strip_at(&a, k), b1 = ing_strip_at(&b, k);
        int first = compare(a0, a1), second = compare(b0, b1);
        *by_second &= second < 0;
        *by_both &= first < 0 || (first == 0 && second < 0);
        a0 = a1;
        b0 = b1;
    }
}

/* ---- the lane ---- */

static bool can_run(const struct ingest_run *run)
{
    const ing_plan *p = run->plan;
    const ing_map *m = p->map;
    if (m->shape != ING_SHAPE_ROWS || m->kinds || ing_map_pauses(m) || m->lines || m->totals || m->zone ||
        m->lookups || m->inclusive || p->where || p->identity || run->dedupe || !run->delimiter ||
        run->source_slot >= 0 || m->trial_end.ref >= 0 || m->past_due_since.ref >= 0 || ing_map_splits(m))
        return false;
    for (int i = 0; i < p->targets; i++)
        if (p->target[i].rule->ref < 0 || ing_maker_of(&p->target[i]) == ING_MAKE_CANNOT) return false;
    return true;
}

cst_status ing_express_new(const struct ingest_run *run, struct ing_express **out, cst_error *e)
{
    const ing_plan *p = run->plan;
    *out = NULL;
    if (!can_run(run)) return CST_OK;
    size_t n = (size_t)p->targets;
    struct ing_express *x = calloc(1, sizeof *x);
    if (x) {
        x->check = calloc(n, sizeof *x->check);
        x->slot = calloc(n, sizeof *x->slot);
        x->column = calloc(n, sizeof *x->column);
        x->run = calloc(n + 1, sizeof *x->run);
        x->maker = calloc(n, sizeof *x->maker);
        x->made = calloc(n, sizeof(ing_made *));
        x->strip = calloc(n, sizeof *x->strip);
        x->made_strip = calloc(n, sizeof *x->made_strip);
    }
    bool ok =
        x && x->check && x->slot && x->column && x->run && x->maker && x->made && x->strip && x->made_strip;
    if (x) x->fields = p->targets;
    for (int i = 0; ok && i < p->targets; i++) {
        const ing_target *t = &p->target[i];
        x->check[i] = (ing_check){t->type, t->words, t->required};
        x->slot[i] = p->origin[t->rule->ref].slot;
        x->maker[i] = ing_maker_of(t);
        if (x->maker[i] != ING_MAKE_NOTHING) ok = (x->made[i] = calloc(1, sizeof(ing_made))) != NULL;
    }
    if (!ok) {
        ing_express_free(x);
        return cst_no_memory(e);
    }
    x->plan = p;
    x->keys = run->keys;
    x->sources = run->source;
    x->mrr = p->at_mrr;
    x->start = p->at_start;
    x->end = p->at_end;
    x->currency = p->at_currency;
    x->free_counts = p->counts[ING_KIND_FREE] || !p->revenue;
    x->delimiter = run->delimiter;
    *out = x;
    return CST_OK;
}

void ing_express_free(struct ing_express *x)
{
    if (!x) return;
    for (int i = 0; x->made && i < x->fields; i++) free(x->made[i]);
    free(x->made);
    free(x->maker);
    free(x->made_strip);
    free(x->check);
    free(x->slot);
    free(x->column);
    free(x->run);
    free(x->tally);
    free(x->strip);
    ing_source_text_free(&x->source);
    free(x);
}

/* Whether the field goes on where the one before it ends, in the input as in the output. */
static bool goes_on(const struct ing_express *x, int i)
{
    return i > 0 && !x->made[i] && !x->made[i - 1] && x->column[i - 1] >= 0 &&
           x->column[i] == x->column[i - 1] + 1;
}

/* Columns that lie side by side are one run. */
static void find_runs(struct ing_express *x)
{
    x->runs = 0;
    for (int i = 0; i < x->fields; i++)
        if (!goes_on(x, i)) x->run[x->runs++] = i;
    x->run[x->runs] = x->fields;
    x->copies = 1;
    memset(x->tally, 0, x->view.width * sizeof *x->tally);
    for (int i = 0; i < x->fields; i++)
        if (x->column[i] >= 0 && ++x->tally[x->column[i]] > x->copies) x->copies = x->tally[x->column[i]];
}

bool ing_express_begin(struct ing_express *x, const struct ingest_run *run, cst_batch *b)
{
    if (!cst_batch_view(b, &x->view) || !x->view.even || !x->view.quoted || x->view.delimiter != x->delimiter)
        return false;
    for (int i = 0; i < x->fields; i++) x->column[i] = cst_batch_column(b, x->slot[i]);
    if (!cst_grow(&x->tally, &x->tally_room, x->view.width, sizeof *x->tally)) return false;
    find_runs(x);
    x->first = x->rows = 0;
    x->batch_rows = cst_batch_rows(b);
    uint32_t f = x->file = cst_batch_file(b);
    return !x->sources ||
           ing_source_text_file(&x->source, run->prefix[f], run->prefix_n[f], run->prefix_quoted[f]);
}

/* The columns first to last of the chunk, delimiters between them included; first < 0: missing values. */
static ing_strip find_columns(const struct ing_express *x, int32_t first, int32_t last)
{
    static const uint32_t nowhere[1] = {0};
    const cst_view *v = &x->view;
    const uint32_t *ends = v->ends + (size_t)x->first * v->width;
    if (first < 0) return (ing_strip){.text = v->text, .from = nowhere, .end = nowhere};
    bool at_end = (uint32_t)last + 1 == v->width;
    return (ing_strip){.text = v->text,
                       .from = first ? ends + first - 1 : v->start + x->first,
                       .end = at_end ? x->stop : ends + last,
                       .from_step = first ? v->width : 1,
                       .end_step = at_end ? 1 : v->width,
                       .after = first > 0};
}

/* The field as it is written. */
static ing_strip find_strip(const struct ing_express *x, int field)
{
    if (x->made[field]) return x->made_strip[field];
    return find_columns(x, x->column[field], x->column[field]);
}

/* Where the records end: before the CR, if one stands there. */
static void find_stops(struct ing_express *x)
{
    const cst_view *v = &x->view;
    const uint32_t *end = v->ends + (size_t)x->first * v->width + v->width - 1;
    for (uint32_t k = 0; k < x->rows; k++, end += v->width)
        x->stop[k] = *end - (*end > v->start[x->first + k] && v->text[*end - 1] == '\r');
}

/* The days of start and end, for the check between them. */
typedef struct days {
    uint64_t start[ING_STRIP_ROWS], end[ING_STRIP_ROWS], other[ING_STRIP_ROWS];
} days;

static void make_field(struct ing_express *x, int i, cst_money *amount, uint64_t missing, uint64_t *day)
{
    ing_strip in = find_columns(x, x->column[i], x->column[i]);
    ing_strip currency = x->currency >= 0 ? find_strip(x, x->currency) : find_columns(x, -1, -1);
    bool required = x->check[i].required;
    ing_made *made = x->made[i];
    if (x->maker[i] == ING_MAKE_CURRENCY)
        x->made_strip[i] = ing_make_currencies(in, x->rows, required, x->bad, made);
    else if (x->maker[i] == ING_MAKE_CENTS)
        x->made_strip[i] = ing_make_cents(in, currency, x->plan->target[i].rule->chain.step[0].n, x->rows,
                                          required, x->bad, amount, made);
    else
        x->made_strip[i] = ing_make_days(in, x->rows, required, x->bad, missing, day, made);
}

/* The checks of a field by itself. */
static void check_field(struct ing_express *x, int i, bool quotes, days *d)
{
    cst_money ignored[ING_STRIP_ROWS], *amount = i == x->mrr ? x->amount : ignored;
    uint64_t missing = i == x->end ? UINT64_MAX : 0;
    uint64_t *day = i == x->start ? d->start : i == x->end ? d->end : d->other;
    if (x->made[i])
        make_field(x, i, amount, missing, day);
    else if (i == x->start || i == x->end)
        ing_check_days(&x->check[i], find_strip(x, i), x->rows, x->bad, missing, day);
    else
        ing_check_strip(&x->check[i], find_strip(x, i), x->rows, quotes, x->bad, amount);
}

/* Answers to surveys, which have a scale. */
static void check_scales(struct ing_express *x)
{
    ing_strip event = find_strip(x, x->plan->at_event), value = find_strip(x, x->plan->at_value);
    for (uint32_t k = 0; k < x->rows; k++) {
        const struct cst_event_scale *s = cst_event_scale_find(ing_strip_at(&event, k));
        x->bad[k] |= s && !cst_event_scale_has(s, ing_strip_at(&value, k));
    }
}

/* Of each field, the currency before the amounts, then between fields. */
static void check_chunk(struct ing_express *x, bool quotes)
{
    days d;
    memset(x->bad, 0, sizeof x->bad);
    memset(x->amount, 0, sizeof x->amount);
    memset(d.start, 0, sizeof d.start);
    memset(d.end, 0xff, sizeof d.end);
    if (x->currency >= 0) check_field(x, x->currency, quotes, &d);
    for (int i = 0; i < x->fields; i++)
        if (i != x->currency) check_field(x, i, quotes, &d);
    for (uint32_t k = 0; k < x->rows; k++) {
        cst_money mrr = x->amount[k];
        x->bad[k] |= (d.start[k] > d.end[k]) | (x->mrr >= 0 && (mrr < 0 || (mrr == 0 && !x->free_counts)));
    }
    if (x->plan->at_event >= 0 && x->plan->at_value >= 0) check_scales(x);
    if (x->currency < 0) return;
    ing_strip currency = find_strip(x, x->currency);
    for (uint32_t k = 0; k < x->rows; k++) {
        cst_text t = ing_strip_at(&currency, k);
        if (t.n == 3 && !x->bad[k]) ing_currency_note(x->currencies, t.p);
    }
}

/* The keys of the rows, hashed column by column. */
static void make_keys(struct ing_express *x)
{
    const ing_plan *p = x->plan;
    ing_key key[ING_STRIP_ROWS];
    const ing_key none = ing_key_begin(cst_hash_seed());
    for (uint32_t k = 0; k < x->rows; k++) key[k] = none;
    for (int i = 0; i < p->keys; i++) hash_strip(find_strip(x, p->key[i]), x->rows, key);
    ing_strip present = find_strip(x, p->key_if >= 0 ? p->key_if : 0);
    for (uint32_t k = 0; k < x->rows; k++) {
        bool any = p->key_if < 0 || ing_strip_at(&present, k).n > 0;
        x->seen[k] = ing_seen_at(any ? ing_key_end(key[k]) : (ing_key){0, 0}, x->file,
                                 x->view.first_line + x->first + k);
    }
}

/* The rows from `row` on, but for those at the end of the batch whose text has nothing behind it that could
 * be read in blocks of 16. */
static void begin_chunk(struct ing_express *x, uint32_t row)
{
    const cst_view *v = &x->view;
    uint32_t left = x->batch_rows - row, n = left < ING_STRIP_ROWS ? left : ING_STRIP_ROWS;
    size_t readable = (size_t)(v->limit - v->text);
    while (n && v->ends[(size_t)(row + n) * v->width - 1] + (size_t)32 > readable) n--;
    x->first = row;
    x->rows = n;
    if (n == 0) return;
    const char *text = v->text + v->start[row], *end = v->text + v->ends[(size_t)(row + n) * v->width - 1];
    bool quotes = memchr(text, '"', (size_t)(end - text)); /* a look at all of it also brings it near */
    find_stops(x);
    check_chunk(x, quotes);
    for (int i = 0; i < x->runs; i++) {
        int field = x->run[i];
        x->strip[i] = find_columns(x, x->column[field], x->column[x->run[i + 1] - 1]);
        if (x->made[field]) x->strip[i] = x->made_strip[field];
    }
    if (x->keys) make_keys(x);
}

static inline char *put_row(struct ing_express *x, uint32_t k, char *to)
{
    for (int i = 0; i < x->runs; i++) {
        cst_text t = ing_strip_at(&x->strip[i], k);
        for (uint32_t at = 0; at < t.n; at += 16) memcpy(to + at, t.p + at, 16);
        to += t.n;
        *to++ = x->delimiter;
    }
    if (x->sources)
        to = ing_source_text_put(&x->source, to, x->view.first_line + x->first + k);
    else
        to--;
    *to++ = '\n';
    return to;
}

bool ing_express_rows(struct ing_express *x, uint32_t row, cst_writer *fork, uint32_t *put, cst_wide *mrr)
{
    const cst_view *v = &x->view;
    *put = 0;
    *mrr = 0;
    if (row >= x->first + x->rows) begin_chunk(x, row);
    uint32_t from = row - x->first, n = from;
    while (n < x->rows && !x->bad[n]) n++;
    if (n <= from) return true;
    size_t bytes = v->ends[(size_t)(x->first + n) * v->width - 1] - v->start[row] + 1;
    size_t each =
        (size_t)x->fields * (1 + ING_MADE_ROOM) + 2 + (x->sources ? ing_source_text_room(&x->source) : 0);
    char *begin = cst_writer_room(fork, bytes * x->copies + (n - from) * each + 64), *to = begin;
    if (!begin) return false;
    size_t held = cst_writer_held(fork);
    for (uint32_t k = from; k < n; k++) {
        to = put_row(x, k, to);
        x->to[k] = (uint32_t)(held + (size_t)(to - begin));
        *mrr += x->amount[k];
    }
    cst_writer_add(fork, (size_t)(to - begin), n - from);
    *put = n - from;
    return true;
}

static bool has_keys(const struct ing_express *x, uint32_t from, uint32_t n)
{
    bool all = true;
    for (uint32_t k = from; k < from + n; k++) all &= x->seen[k].hash != 0;
    return all;
}

bool ing_express_follow(const struct ing_express *x, uint32_t row, uint32_t n, ing_order *order)
{
    const ing_plan *p = x->plan;
    uint32_t from = row - x->first;
    ing_strip a = find_strip(x, p->key[0]), b = find_columns(x, -1, -1);
    if (p->keys > 1) b = find_strip(x, p->key[1]);
    uint32_t alone = has_keys(x, from, n) ? 1 : n; /* a row without a key takes no part in the order */
    for (uint32_t k = from; k < from + alone; k++)
        if (x->seen[k].hash && !ing_order_add(order, ing_strip_at(&a, k), ing_strip_at(&b, k), true))
            return false;
    if (alone == n || !ing_order_holds(order)) return true;
    bool by_second, by_both;
    follow_strips(a, b, from + 1, n - 1, &by_second, &by_both);
    uint32_t last = from + n - 1;
    ing_order_extend(order, by_second, by_both, ing_strip_at(&a, last), ing_strip_at(&b, last));
    return true;
}
