/* For each key an interner turns its values into ids, and an array ids into the first row that has one. */
#include "ingest/lookup.h"
#include "base/intern.h"
#include "base/text.h"
#include <stdlib.h>

#define NO_ROW UINT32_MAX

/* What became of a row. The first three are counted on by threads that work at the same time. */
enum { ROW_UNUSED, ROW_USED, ROW_SHARED_ONCE, ROW_SHARED, ROW_LEFT_OUT };

typedef struct level {
    int column; /* of the key; -1: the file lacks it */
    cst_intern *keys;
    uint32_t *first, *last; /* by id: rows */
    size_t first_room, last_room;
} level;

struct ing_lookup {
    cst_table *table;
    const ing_lookup_spec *spec;
    level level[ING_LOOKUP_KEYS];
    int rank; /* column of the winner; -1: none */
    int *column;
    uint32_t *next;      /* per row: the next of its key, with map.lookup_all */
    unsigned char *fate; /* per row */
    bool *unclear;       /* per row: others of its key differ in columns that may be lacking */
    size_t unclears;
    size_t unclear_row[2]; /* of the first such key: its first row and the one that differs, */
    int unclear_column;    /* and in which column */
};

static cst_status key_twice(ing_lookup *l, int of, size_t first, size_t second, cst_error *e)
{
    const ing_lookup_spec *spec = l->spec;
    l->fate[second] = ROW_LEFT_OUT; /* it says what the first one says */
    for (int k = 0; k < spec->n; k++) {
        cst_text a = cst_table_at(l->table, first, l->column[k]),
                 b = cst_table_at(l->table, second, l->column[k]);
        if (cst_text_equal(a, b)) continue;
        if (spec->maybe[k]) {
            if (l->unclears == 0) {
                l->unclear_row[0] = first, l->unclear_row[1] = second;
                l->unclear_column = k;
            }
            l->unclears += !l->unclear[first];
            l->unclear[first] = true;
            continue;
        }
        int column = l->level[of].column;
        cst_text key = cst_table_at(l->table, second, column);
        cst_fail(e, CST_DATA,
                 "expected each key once, found \"%.*s\" here and in line %llu with another %.*s%s%s%s",
                 (int)key.n, key.p, (unsigned long long)cst_table_place(l->table, first, -1).line,
                 (int)spec->there[k].n, spec->there[k].p,
                 spec->name.n ? "; say which rows count by map.lookup_where or map.lookup_winner, or --set "
                                "map.lookup_winner="
                              : "",
                 spec->name.n ? spec->name.p : "", spec->name.n ? ":last" : "");
        return cst_error_place(e, cst_table_place(l->table, second, column), spec->key[of].there.p);
    }
    return CST_OK;
}

/* A second row of a key: it takes the place of the first, waits behind it, or says the same. */
static cst_status add_again(ing_lookup *l, int of, uint32_t id, uint32_t row, cst_error *e)
{
    level *v = &l->level[of];
    const ing_lookup_spec *spec = l->spec;
    if (spec->all || spec->tiers) {
        l->next[v->last[id]] = row;
        v->last[id] = row;
        return CST_OK;
    }
    if (!spec->chosen) return key_twice(l, of, v->first[id], row, e);
    uint32_t held = v->first[id];
    bool wins = ing_winner_wins(spec->winner, cst_table_at(l->table, held, l->rank),
                                cst_table_at(l->table, row, l->rank), true);
    if (wins) v->first[id] = row;
    l->fate[wins ? held : row] = ROW_LEFT_OUT;
    return CST_OK;
}

/* The row goes to the first key that it fills. */
static cst_status add_row(ing_lookup *l, uint32_t row, cst_error *e)
{
    cst_text key = {"", 0};
    int of = 0;
    for (; of < l->spec->keys; of++)
        if ((key = cst_table_at(l->table, row, l->level[of].column)).n) break;
    if (!key.n) return CST_OK;
    level *v = &l->level[of];
    uint32_t seen = cst_intern_count(v->keys), id = cst_intern_id(v->keys, key);
    if (id == CST_INTERN_NONE) return cst_no_memory(e);
    if (id != seen) return add_again(l, of, id, row, e);
    if (!cst_grow(&v->first, &v->first_room, (size_t)id + 1, sizeof *v->first) ||
        !cst_grow(&v->last, &v->last_room, (size_t)id + 1, sizeof *v->last))
        return cst_no_memory(e);
    v->first[id] = v->last[id] = row;
    return CST_OK;
}

static cst_status fill(ing_lookup *l, cst_error *e)
{
    size_t rows = cst_table_rows(l->table);
    bool *keep = NULL;
    for (int i = 0; i < l->spec->keys; i++)
        if (!(l->level[i].keys = cst_intern_new())) return cst_no_memory(e);
    l->next = malloc((rows + 1) * sizeof *l->next);
    l->fate = calloc(rows + 1, sizeof *l->fate);
    l->unclear = calloc(rows + 1, sizeof *l->unclear);
    if (!l->next || !l->fate || !l->unclear) return cst_no_memory(e);
    memset(l->next, 0xff, (rows + 1) * sizeof *l->next);
    if (rows >= NO_ROW) return cst_fail(e, CST_LIMIT, "expected fewer than 4,294,967,295 rows");
    cst_status status = ing_lookup_where(l->spec, l->table, &keep, e);
    for (size_t i = 0; status == CST_OK && i < rows; i++) {
        if (keep[i])
            status = add_row(l, (uint32_t)i, e);
        else
            l->fate[i] = ROW_LEFT_OUT;
    }
    free(keep);
    return status;
}

static cst_status bind(ing_lookup *l, cst_error *e)
{
    const ing_lookup_spec *spec = l->spec;
    cst_status status = CST_OK;
    l->rank = -1;
    for (int i = 0; status == CST_OK && i < spec->keys; i++)
        status = cst_table_bind(l->table, spec->key[i].there.p,
                                spec->key[i].maybe ? CST_OPTIONAL : CST_REQUIRED, &l->level[i].column, e);
    for (int i = 0; status == CST_OK && i < spec->n; i++)
        status = cst_table_bind(l->table, spec->there[i].p, spec->maybe[i] ? CST_OPTIONAL : CST_REQUIRED,
                                &l->column[i], e);
    if (status == CST_OK && spec->rank.n)
        status = cst_table_bind(l->table, spec->rank.p, CST_REQUIRED, &l->rank, e);
    return status;
}

cst_status ing_lookup_new(const ing_lookup_spec *spec, cst_table *t, ing_lookup **out, cst_error *e)
{
    ing_lookup *l = calloc(1, sizeof *l);
    if (l) l->column = calloc((size_t)spec->n + 1, sizeof *l->column);
    if (!l || !l->column) {
        free(l);
        cst_table_free(t);
        return cst_no_memory(e);
    }
    l->table = t;
    l->spec = spec;
    cst_status status = bind(l, e);
    if (status == CST_OK) status = fill(l, e);
    if (status != CST_OK) {
        ing_lookup_free(l);
        return status;
    }
    *out = l;
    return CST_OK;
}

void ing_lookup_free(ing_lookup *l)
{
    if (!l) return;
    cst_table_free(l->table);
    for (int i = 0; i < ING_LOOKUP_KEYS; i++) {
        cst_intern_free(l->level[i].keys);
        free(l->level[i].first);
        free(l->level[i].last);
    }
    free(l->next);
    free(l->fate);
    free(l->unclear);
    free(l->column);
    free(l);
}

int64_t ing_lookup_find(const ing_lookup *l, int of, cst_text key)
{
    uint32_t id = key.n ? cst_intern_find(l->level[of].keys, key) : CST_INTERN_NONE;
    return id == CST_INTERN_NONE ? ING_LOOKUP_NONE : (int64_t)l->level[of].first[id];
}

int64_t ing_lookup_next(const ing_lookup *l, int64_t row)
{
    return l->next[row] == NO_ROW ? ING_LOOKUP_NONE : (int64_t)l->next[row];
}

cst_text ing_lookup_at(const ing_lookup *l, int64_t row, int column)
{
    if (row >= 0 && l->unclear[row] && l->spec->maybe[column]) row = ING_LOOKUP_NONE;
    return row < 0 ? (cst_text){"", 0} : cst_table_at(l->table, (size_t)row, l->column[column]);
}

cst_place ing_lookup_place(const ing_lookup *l, int64_t row)
{
    return cst_table_place(l->table, (size_t)row, -1);
}

const char *ing_lookup_file(const ing_lookup *l)
{
    return cst_table_file(l->table);
}

/* Only ever upwards; a lost race between two threads is tried again. */
static void raise_fate(ing_lookup *l, int64_t row, bool shares)
{
    unsigned char *fate = &l->fate[row], now = __atomic_load_n(fate, __ATOMIC_RELAXED), to;
    do {
        to = now == ROW_UNUSED ? ROW_USED : now;
        if (shares && to < ROW_SHARED) to++;
        if (to == now) return;
    } while (!__atomic_compare_exchange_n(fate, &now, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

void ing_lookup_use(ing_lookup *l, int64_t row)
{
    raise_fate(l, row, false);
}

void ing_lookup_share(ing_lookup *l, int64_t row)
{
    raise_fate(l, row, true);
}

static size_t count_fate(const ing_lookup *l, unsigned char fate, size_t *first)
{
    size_t n = 0;
    for (size_t i = cst_table_rows(l->table); i-- > 0;)
        if (l->fate[i] == fate) *first = i, n++;
    return n;
}

size_t ing_lookup_unused(const ing_lookup *l, size_t *first)
{
    return count_fate(l, ROW_UNUSED, first);
}

size_t ing_lookup_shared(const ing_lookup *l, size_t *first)
{
    return count_fate(l, ROW_SHARED, first);
}

size_t ing_lookup_unclear(const ing_lookup *l)
{
    return l->unclears;
}

void ing_lookup_tell_unclear(const ing_lookup *l, const ing_lookup_spec *spec, cst_buffer *out)
{
    if (l->unclears == 0) return;
    char key[80];
    ing_found(cst_table_at(l->table, l->unclear_row[0], l->level[0].column), key);
    cst_buffer_printf(out, "%s:%llu: expected one %s for %s \"%s\", found another in line %llu; ",
                      ing_lookup_file(l),
                      (unsigned long long)cst_table_place(l->table, l->unclear_row[1], -1).line,
                      spec->there[l->unclear_column].p, spec->key[0].there.p, key,
                      (unsigned long long)cst_table_place(l->table, l->unclear_row[0], -1).line);
    cst_buffer_printf(out, "such columns read as missing for %llu of its keys: keep one row of each",
                      (unsigned long long)l->unclears);
}
