/* KEY:COLUMN[,COLUMN] and NAME=FILE. */
#include "base/text.h"
#include "ingest/map.h"

static cst_status spec_wrong(cst_text spec, cst_error *e)
{
    return cst_fail(e, CST_DATA, "expected KEY:COLUMN[,COLUMN], each a name or HERE=THERE, found \"%.*s\"",
                    (int)spec.n, spec.p);
}

/* A ? behind a name: the file may lack the column. */
static bool take_question(cst_text *name)
{
    bool asks = name->n > 1 && name->p[name->n - 1] == '?';
    name->n -= asks;
    return asks;
}

/* NAME or HERE=THERE; CST_DATA: a name is empty. */
static cst_status read_pair(ing_map *m, cst_text t, ing_lookup_key *out, cst_error *e)
{
    const char *equals = t.n ? memchr(t.p, '=', t.n) : NULL;
    cst_text first = {t.p, equals ? (uint32_t)(equals - t.p) : t.n}, second = first, asked = first;
    if (equals) second = (cst_text){equals + 1, t.n - first.n - 1};
    if (!first.n || !second.n) return CST_DATA;
    take_question(&first);
    out->maybe = take_question(&second);
    bool ok = true;
    out->here = cst_arena_text(m->arena, first, &ok);
    out->there = cst_arena_text(m->arena, second, &ok);
    out->asked = cst_arena_text(m->arena, asked, &ok);
    return ok ? CST_OK : cst_no_memory(e);
}

/* The part before the next colon, or all of it. */
static cst_text take_key(cst_text *spec)
{
    const char *colon = spec->n ? memchr(spec->p, ':', spec->n) : NULL;
    cst_text key = {spec->p, colon ? (uint32_t)(colon - spec->p) : spec->n};
    *spec = colon ? (cst_text){colon + 1, spec->n - key.n - 1} : (cst_text){"", 0};
    return key;
}

static cst_status read_columns(ing_map *m, cst_text spec, ing_lookup_spec *out, cst_error *e)
{
    cst_text rest = spec;
    cst_status status = read_pair(m, take_key(&rest), &out->key[0], e);
    if (!rest.n && status == CST_OK) status = CST_DATA;
    out->keys = 1;
    int most = 1;
    for (uint32_t i = 0; i < rest.n; i++) most += rest.p[i] == ',';
    out->here = cst_arena_alloc(m->arena, sizeof(cst_text) * (size_t)most);
    out->there = cst_arena_alloc(m->arena, sizeof(cst_text) * (size_t)most);
    out->maybe = cst_arena_alloc(m->arena, sizeof(bool) * (size_t)most);
    if (!out->here || !out->there || !out->maybe) return cst_no_memory(e);
    for (; status == CST_OK && out->n < most; out->n++) {
        const char *comma = rest.n ? memchr(rest.p, ',', rest.n) : NULL;
        uint32_t n = comma ? (uint32_t)(comma - rest.p) : rest.n;
        ing_lookup_key column;
        status = read_pair(m, (cst_text){rest.p, n}, &column, e);
        if (status != CST_OK) break;
        out->here[out->n] = column.here;
        out->there[out->n] = column.there;
        out->maybe[out->n] = column.maybe;
        rest = comma ? (cst_text){comma + 1, rest.n - n - 1} : (cst_text){"", 0};
    }
    return status == CST_DATA ? spec_wrong(spec, e) : status;
}

/* A second row of a lookup: the key to fall back on. */
static cst_status add_key(ing_map *m, ing_lookup_spec *l, cst_text spec, cst_error *e)
{
    if (l->keys == ING_LOOKUP_KEYS)
        return cst_fail(e, CST_DATA, "map.lookup: expected at most %d rows of %s", ING_LOOKUP_KEYS,
                        l->name.p);
    cst_text rest = spec;
    cst_status status = read_pair(m, take_key(&rest), &l->key[l->keys], e);
    if (rest.n || status == CST_DATA)
        return cst_fail(e, CST_DATA,
                        "map.lookup: expected KEY or HERE=THERE in the second row of %s, whose columns are "
                        "those of the first, found \"%.*s\"",
                        l->name.p, (int)spec.n, spec.p);
    l->keys++;
    return status;
}

static ing_lookup_spec *find_spec(ing_map *m, cst_text name)
{
    for (int i = 0; i < m->lookups; i++)
        if (cst_text_equal(m->lookup[i].name, name)) return &m->lookup[i];
    return NULL;
}

ing_lookup_spec *ing_lookup_spec_find(ing_map *m, cst_text name, cst_error *e)
{
    ing_lookup_spec *l = name.n ? find_spec(m, name) : NULL;
    if (!l)
        cst_fail(e, CST_DATA,
                 "expected the name of a lookup that a row map.lookup above makes, found \"%.*s\"",
                 (int)name.n, name.p);
    return l;
}

static ing_lookup_spec *new_spec(ing_map *m, cst_error *e)
{
    if (m->lookups < ING_LOOKUPS_MOST) return &m->lookup[m->lookups++];
    cst_fail(e, CST_USAGE, "expected at most %d lookups", ING_LOOKUPS_MOST);
    return NULL;
}

cst_status ing_lookup_spec_read(ing_map *m, cst_text name, cst_text spec, cst_place place, cst_error *e)
{
    bool ok = true, optional = take_question(&name);
    if (!name.n)
        return cst_fail(e, CST_DATA, "map.lookup: expected the lookup's name in from, found nothing");
    ing_lookup_spec *l = find_spec(m, name);
    if (l) return add_key(m, l, spec, e);
    if (!(l = new_spec(m, e))) return e->status;
    *l = (ing_lookup_spec){.place = place, .optional = optional};
    l->name = cst_arena_text(m->arena, name, &ok);
    return ok ? read_columns(m, spec, l, e) : cst_no_memory(e);
}

static cst_status standard_input(cst_error *e)
{
    return cst_fail(e, CST_USAGE,
                    "--lookup: expected a file's name, found - (standard input is for the export)");
}

/* NAME=FILE: gives a lookup of the map its file. */
static cst_status give_file(ing_map *m, cst_text name, cst_text path, cst_error *e)
{
    bool ok = true;
    if (cst_text_is(path, "-")) return standard_input(e);
    ing_lookup_spec *l = find_spec(m, name);
    if (l) {
        l->path = cst_arena_text(m->arena, path, &ok);
        return ok ? CST_OK : cst_no_memory(e);
    }
    return cst_fail(e, CST_USAGE,
                    "--lookup: the map %s has no lookup \"%.*s\"; expected FILE:KEY:COLUMN[,COLUMN] or the "
                    "NAME=FILE of a map's own lookup",
                    m->name, (int)name.n, name.p);
}

cst_status ing_map_lookup(ing_map *m, const char *option, cst_error *e)
{
    /* the last two colons part the file from KEY and COLUMN, so that a file's name may have colons */
    const char *second = strrchr(option, ':'), *first = second;
    while (first && first > option && *--first != ':') continue;
    if (!second || first == option) {
        const char *equals = strchr(option, '=');
        if (!second && equals && equals > option && equals[1])
            return give_file(m, (cst_text){option, (uint32_t)(equals - option)}, cst_text_of(equals + 1), e);
        return cst_fail(e, CST_USAGE, "--lookup: expected FILE:KEY:COLUMN[,COLUMN], found \"%s\"", option);
    }
    ing_lookup_spec *l = new_spec(m, e);
    if (!l) return e->status;
    bool ok = true;
    *l = (ing_lookup_spec){0};
    if (first - option == 1 && *option == '-') return standard_input(e);
    l->path = cst_arena_text(m->arena, (cst_text){option, (uint32_t)(first - option)}, &ok);
    if (!ok) return cst_no_memory(e);
    cst_status status = read_columns(m, cst_text_of(first + 1), l, e);
    if (status == CST_DATA) {
        cst_error why = *e;
        return cst_fail(e, CST_USAGE, "--lookup: %s", why.message);
    }
    return status;
}
