/* Maps: what a table of column,from,transform becomes, in which order, and what is refused. The messages
 * are held by the command tests; here it is the structure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "ingest/kinds.h"
#include "ingest/map.h"
#include "tables/builtin.h"

struct held {
    ing_map *map;
    cst_table *table;
};

static cst_status load(const char *stream, const char *text, struct held *out, cst_error *e)
{
    cst_read_opts o = {0};
    *out = (struct held){NULL, NULL};
    cst_status st = cst_table_parse(cst_text_of(text), "map.csv", &o, &out->table, e);
    if (!st) st = ing_map_new(cst_stream_find(cst_text_of(stream)), &out->map, e);
    return st ? st : ing_map_load(out->map, "map.csv", out->table, e);
}

static void let_go(struct held *h)
{
    ing_map_free(h->map);
    cst_table_free(h->table);
}

static const char plain[] = "column,from,transform\n"
                            "segment,Seg,\n"
                            "end_date,To,\n"
                            "mrr,Price,\"money|per(unit,n?)\"\n"
                            "account_id,Customer,\n"
                            "currency,,constant(USD)\n"
                            "start_date,From?,\n"
                            "region,Region,\n";

static void test_order(void **state)
{
    (void)state;
    static const char *const want[] = {"account_id", "currency", "mrr",   "start_date",
                                       "end_date",   "segment",  "region"};
    struct held h;
    cst_error e;
    assert_int_equal(load("subscriptions", plain, &h, &e), CST_OK);
    assert_int_equal(ing_map_finish(h.map, &e), CST_OK);
    assert_int_equal(h.map->n, 7);
    for (int i = 0; i < 7; i++) assert_true(cst_text_is(h.map->rule[i].column, want[i]));
    assert_int_equal(h.map->shape, ING_SHAPE_ROWS);
    assert_false(h.map->inclusive);
    /* the raw columns, with those the transforms name; ? is no part of a name */
    assert_int_equal(ing_refs_count(&h.map->refs), 8);
    for (int i = 0; i < ing_refs_count(&h.map->refs); i++) {
        bool optional = cst_text_is(ing_refs_name(&h.map->refs, i), "n") ||
                        cst_text_is(ing_refs_name(&h.map->refs, i), "From");
        assert_int_equal(h.map->refs.needed[i], !optional);
    }
    let_go(&h);
}

static void test_directives(void **state)
{
    (void)state;
    struct held h;
    cst_error e;
    assert_int_equal(
        load("subscriptions",
             "column,from,transform\nmap.stream,subscriptions,\nmap.shape,invoice_lines,\nmap.ends,inclusive,"
             "\n"
             "map.negative,allow,\nmap.note,anything,at "
             "all\nmap.kind,a,\nmap.kind,b,lower\nmap.amount,x,money\n"
             "map.lookup,prices?,\"item=id:price,name=title\"\naccount_id,c,\nstart_date,s,\nend_date,t,\n",
             &h, &e),
        CST_OK);
    assert_int_equal(ing_map_finish(h.map, &e), CST_OK);
    assert_int_equal(h.map->shape, ING_SHAPE_INVOICE_LINES);
    assert_true(h.map->inclusive && h.map->negative);
    assert_int_equal(h.map->kinds, 2);
    assert_int_equal(h.map->lookups, 1);
    const ing_lookup_spec *l = &h.map->lookup[0];
    assert_true(l->optional && cst_text_is(l->name, "prices") && cst_text_is(l->key[0].here, "item") &&
                cst_text_is(l->key[0].there, "id"));
    assert_int_equal(l->n, 2);
    assert_true(cst_text_is(l->here[0], "price") && cst_text_is(l->there[0], "price") &&
                cst_text_is(l->here[1], "name") && cst_text_is(l->there[1], "title"));
    /* what the shape makes is written though no row fills it */
    assert_true(ing_map_find(h.map, "mrr") >= 0);
    let_go(&h);
}

static void test_options(void **state)
{
    (void)state;
    struct held h;
    cst_error e;
    assert_int_equal(load("subscriptions", plain, &h, &e), CST_OK);
    assert_int_equal(ing_map_set(h.map, "currency=EUR", &e), CST_OK);
    assert_int_equal(ing_map_set(h.map, "product=it's, (new) = good", &e), CST_OK);
    assert_int_equal(ing_map_set(h.map, "map.ends=inclusive", &e), CST_OK);
    assert_true(h.map->inclusive);
    int product = ing_map_find(h.map, "product");
    assert_true(cst_text_is(h.map->rule[product].chain.step[0].arg[0], "it's, (new) = good"));
    assert_int_equal(h.map->n, 8); /* currency was replaced, product is new */
    assert_int_equal(ing_map_lookup(h.map, "a:b/c.csv:k=id:x,y=z", &e), CST_OK);
    assert_true(cst_text_is(h.map->lookup[0].path, "a:b/c.csv"));
    assert_true(cst_text_is(h.map->lookup[0].key[0].there, "id"));
    assert_int_equal(ing_map_lookup(h.map, "c.csv:k:", &e), CST_USAGE);
    assert_int_equal(ing_map_lookup(h.map, ":k:x", &e), CST_USAGE);
    assert_int_equal(ing_map_lookup(h.map, "c.csv:k", &e), CST_USAGE);
    assert_int_equal(ing_map_set(h.map, "=x", &e), CST_USAGE);
    assert_int_equal(ing_map_set(h.map, "map.shape=ball", &e), CST_USAGE);
    let_go(&h);
}

/* Every built-in map can be read, fills what its stream needs, and says what its ends are if it fills one. */
static void test_builtin(void **state)
{
    (void)state;
    int maps = 0;
    for (const struct cst_builtin *b = cst_builtin_tables; b->kind; b++) {
        if (strcmp(b->kind, "map") != 0) continue;
        cst_error e = {0};
        cst_table *t = NULL;
        ing_map *m = NULL;
        assert_int_equal(cst_builtin_load("map", b->name, &t, &e), CST_OK);
        assert_true(cst_text_is(cst_table_at(t, 0, 0), "map.stream"));
        const struct cst_stream *s = cst_stream_find(cst_table_at(t, 0, 1));
        assert_non_null(s);
        assert_int_equal(ing_map_new(s, &m, &e), CST_OK);
        if (ing_map_load(m, b->name, t, &e)) fail_msg("%s: %s", b->name, e.message);
        for (int i = 0; i < m->lookups; i++) m->lookup[i].path = cst_text_of("x.csv");
        bool ends = false;
        for (size_t i = 0; i < cst_table_rows(t); i++) ends |= cst_text_is(cst_table_at(t, i, 0), "map.ends");
        if (ing_map_find(m, "end_date") >= 0 && !ends) fail_msg("%s does not say what its ends are", b->name);
        if (ing_map_finish(m, &e)) fail_msg("%s: %s", b->name, e.message);
        ing_map_free(m);
        cst_table_free(t);
        maps++;
    }
    assert_int_equal(maps, 11);
}

static void test_kinds(void **state)
{
    (void)state;
    bool counts[ING_KINDS];
    ing_said said[ING_KINDS] = {ING_SAID_NOTHING};
    cst_error e;
    ing_kinds_default(counts);
    assert_true(counts[ING_KIND_RECURRING] && counts[ING_KIND_PAST_DUE] && counts[ING_KIND_FREE]);
    assert_false(counts[ING_KIND_TRIAL] || counts[ING_KIND_USAGE] || counts[ING_KIND_TAX] ||
                 counts[ING_KIND_ONE_TIME]);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_INCLUDE, "trials,usage", &e), CST_OK);
    assert_true(counts[ING_KIND_TRIAL] && counts[ING_KIND_USAGE]);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_INCLUDE, "trials,,usage", &e), CST_USAGE);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_INCLUDE, "tax", &e), CST_USAGE);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_INCLUDE, "usage", &e), CST_OK);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_EXCLUDE, "free,past-due", &e), CST_OK);
    assert_false(counts[ING_KIND_FREE] || counts[ING_KIND_PAST_DUE]);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_EXCLUDE, "usage", &e), CST_USAGE);
    assert_int_equal(ing_kinds_choose(counts, said, ING_SAID_INCLUDE, "free", &e), CST_USAGE);
    assert_int_equal(ing_kind_of(cst_text_of("")), ING_KIND_RECURRING);
    assert_int_equal(ing_kind_of(cst_text_of("trial")), ING_KIND_TRIAL);
    assert_int_equal(ing_kind_of(cst_text_of("duplicate")), ING_KINDS); /* not a map's to say */
    assert_int_equal(ing_kind_of(cst_text_of("Trial")), ING_KINDS);
}

/* The streams as data: keys name columns that are there, words are words. */
static void test_streams(void **state)
{
    (void)state;
    int made = 0;
    for (const struct cst_stream *s = cst_streams; s->name; s++) {
        made += s->ingest;
        for (const char *p = s->key; p && *p;) {
            size_t n = strcspn(p, ",");
            assert_non_null(cst_stream_column_find(s, (cst_text){p, (uint32_t)n}));
            p += n + (p[n] == ',');
        }
        for (const struct cst_stream_column *c = s->columns; c->name; c++)
            assert_int_equal(c->words != NULL, c->type == CST_TYPE_WORD);
    }
    assert_int_equal(made, 13);
    assert_true(cst_stream_word("a|bc|d", cst_text_of("bc")));
    assert_false(cst_stream_word("a|bc|d", cst_text_of("b")));
    assert_false(cst_stream_word("a|bc|d", cst_text_of("")));
    assert_null(cst_stream_find(cst_text_of("subscription")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),   cmocka_unit_test(test_directives), cmocka_unit_test(test_options),
        cmocka_unit_test(test_builtin), cmocka_unit_test(test_kinds),      cmocka_unit_test(test_streams),
    };
    return cmocka_run_group_tests_name("ingest maps", tests, NULL, NULL);
}
