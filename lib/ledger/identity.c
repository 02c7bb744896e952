/* ledger/identity.c: each kind is an interner and, by id, the next name. Chains are followed when the
 * table is loaded, with a step count: more steps than there are names is a cycle. */
#include "ledger/identity.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

static const char *const words[CST_ID_KINDS] = {"account", "plan", "product", "subscription"};

struct cst_identity {
    cst_intern *name[CST_ID_KINDS];
    uint32_t *next[CST_ID_KINDS]; /* by id: the name it was given; itself where it keeps its name */
    size_t room[CST_ID_KINDS];
};

static uint32_t add_name(cst_identity *d, int kind, cst_text t)
{
    uint32_t id = cst_intern_id(d->name[kind], t);
    size_t known = d->room[kind];
    if (id == CST_INTERN_NONE || !cst_grow(&d->next[kind], &d->room[kind], id + 1, sizeof id))
        return CST_INTERN_NONE;
    for (; known < d->room[kind]; known++) d->next[kind][known] = (uint32_t)known;
    return id;
}

typedef struct identity_columns {
    int kind, from, to;
} identity_columns;

static cst_status add_row(cst_identity *d, const cst_table *t, size_t row, identity_columns c, cst_error *e)
{
    cst_text word = cst_table_at(t, row, c.kind), from = cst_table_at(t, row, c.from),
             to = cst_table_at(t, row, c.to);
    int kind = 0;
    while (kind < CST_ID_KINDS && !cst_text_is(word, words[kind])) kind++;
    if (kind == CST_ID_KINDS)
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t, row, c.kind), "kind",
            "expected account, plan, product or subscription, found \"%.*s\"; name what is renamed",
            (int)word.n, word.p);
    if (from.n == 0 || to.n == 0)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, from.n == 0 ? c.from : c.to),
                           from.n == 0 ? "old_id" : "new_id",
                           "expected an id, found nothing; fill it or remove the row");
    uint32_t old = add_name(d, kind, from), new = add_name(d, kind, to);
    if (old == CST_INTERN_NONE || new == CST_INTERN_NONE) return cst_no_memory(e);
    if (old == new || (d->next[kind][old] != old && d->next[kind][old] != new))
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, c.from), "old_id",
                           old == new
                               ? "expected another name, found \"%.*s\" renamed to itself; remove the row"
                               : "expected one new name for \"%.*s\", found a second; keep one of them",
                           (int)from.n, from.p);
    d->next[kind][old] = new;
    return CST_OK;
}

/* `in`: a name in the circle. What leads to the circle may come first, but is not to blame. */
static cst_status refuse_cycle(const cst_identity *d, const cst_table *t, identity_columns c, int kind,
                               uint32_t in, cst_error *e)
{
    uint32_t first = in;
    for (uint32_t k = d->next[kind][in]; k != in; k = d->next[kind][k])
        if (k < first) first = k;
    cst_text name = cst_intern_text(d->name[kind], first);
    size_t row = 0;
    while (!(cst_text_is(cst_table_at(t, row, c.kind), words[kind]) &&
             cst_text_equal(cst_table_at(t, row, c.from), name)))
        row++;
    return cst_fail_at(e, CST_DATA, cst_table_place(t, row, c.from), "old_id",
                       "expected a chain of names that ends, found \"%.*s\" renamed in a circle; "
                       "remove one of its rows",
                       (int)name.n, name.p);
}

/* Points every name at the end of its chain. */
static cst_status follow_chains(cst_identity *d, const cst_table *t, identity_columns c, cst_error *e)
{
    for (int kind = 0; kind < CST_ID_KINDS; kind++) {
        uint32_t n = cst_intern_count(d->name[kind]);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t end = i, steps = 0;
            while (d->next[kind][end] != end && steps <= n) {
                end = d->next[kind][end];
                steps++;
            }
            if (steps > n) return refuse_cycle(d, t, c, kind, end, e);
            for (uint32_t k = i, after; k != end; k = after) { /* the whole chain at once, however long */
                after = d->next[kind][k];
                d->next[kind][k] = end;
            }
        }
    }
    return CST_OK;
}

cst_status cst_identity_of(const cst_table *t, cst_identity **out, cst_error *e)
{
    *out = NULL;
    identity_columns c;
    cst_status status;
    if ((status = cst_table_bind(t, "kind", CST_REQUIRED, &c.kind, e)) < 0) return status;
    if ((status = cst_table_bind(t, "old_id", CST_REQUIRED, &c.from, e)) < 0) return status;
    if ((status = cst_table_bind(t, "new_id", CST_REQUIRED, &c.to, e)) < 0) return status;
    cst_identity *d = calloc(1, sizeof *d);
    if (!d) return cst_no_memory(e);
    for (int k = 0; k < CST_ID_KINDS; k++) {
        d->name[k] = cst_intern_new();
        if (!d->name[k]) status = cst_no_memory(e);
    }
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++)
        status = add_row(d, t, row, c, e);
    if (status == CST_OK) status = follow_chains(d, t, c, e);
    if (status == CST_OK)
        *out = d;
    else
        cst_identity_free(d);
    return status;
}

cst_status cst_identity_open(const char *path, cst_identity **out, cst_error *e)
{
    const cst_read_opts plain = {.find_delimiter = true};
    cst_table *t;
    *out = NULL;
    cst_status status = cst_table_load(path, &plain, &t, e);
    if (status != CST_OK) return status;
    status = cst_identity_of(t, out, e);
    cst_table_free(t);
    return status;
}

void cst_identity_free(cst_identity *d)
{
    if (!d) return;
    for (int k = 0; k < CST_ID_KINDS; k++) {
        cst_intern_free(d->name[k]);
        free(d->next[k]);
    }
    free(d);
}

cst_text cst_identity_rename(const cst_identity *d, enum cst_identity_kind kind, cst_text id)
{
    if (!d) return id;
    uint32_t i = cst_intern_find(d->name[kind], id);
    return i == CST_INTERN_NONE ? id : cst_intern_text(d->name[kind], d->next[kind][i]);
}

/* The columns that a kind renames. */
static const char *const columns[CST_ID_KINDS] = {"account_id", "plan", "product", "subscription_id"};

bool cst_identity_column(const char *column, enum cst_identity_kind *kind)
{
    for (int k = 0; k < CST_ID_KINDS; k++) {
        if (strcmp(column, columns[k]) != 0) continue;
        *kind = (enum cst_identity_kind)k;
        return true;
    }
    return false;
}

cst_text cst_identity_value(const void *identity, cst_text column, cst_text value)
{
    for (int k = 0; k < CST_ID_KINDS; k++)
        if (cst_text_is(column, columns[k]))
            return cst_identity_rename(identity, (enum cst_identity_kind)k, value);
    return value;
}
