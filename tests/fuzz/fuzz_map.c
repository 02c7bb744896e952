/* The maps of cs-ingest: bytes are read as a map table for one of the streams; an error has a message
 * and, where the table is to blame, a place; the chains of a map that is taken run over raw values
 * without a fault. */
#include "base/text.h"
#include "fuzz.h"
#include "ingest/cell.h"
#include "ingest/map.h"

/* What stands in every other column of the row. */
static bool field(void *context, int ref, cst_text *out, cst_error *e)
{
    static const char *const raw[] = {"12.50", "USD", "2025-01-31", "", "month", "1.234,5", "yes"};
    const int *turn = context;
    (void)e;
    *out = cst_text_of(raw[(ref + *turn) % 7]);
    return true;
}

/* Two tiers of odd cells. */
static bool tier(void *context, int lookup, int64_t *row, cst_text cell[3], cst_error *e)
{
    (void)lookup;
    *row = *row == 1 ? -1 : *row + 1;
    for (int i = 0; i < 3 && *row >= 0; i++)
        if (!field(context, i, &cell[i], e)) return false;
    return true;
}

static void run_chain(const ing_chain *c, const char *raw, int turn, cst_arena *scratch)
{
    cst_error e = {0};
    cst_arena_clear(scratch);
    ing_transform_row row = {.discounts = 1,
                             .field = field,
                             .tier = tier,
                             .context = &turn,
                             .scratch = scratch,
                             .currency = cst_text_of("USD")};
    ing_datum v = {.kind = ING_DATUM_TEXT, .missing = raw[0] == '\0', .text = cst_text_of(raw)};
    cst_status status = ing_chain_apply(c, &row, &v, &e);
    fuzz_require(status == CST_OK || (status == CST_DATA && e.message[0]),
                 "a chain gives a value or a reason");
    if (status == CST_OK && !v.missing)
        fuzz_require(v.kind != ING_DATUM_AMOUNT || v.den > 0, "a denominator");
}

static void run_map(const ing_map *m)
{
    static const char *const raw[] = {
        "",           "1,234.50",      "-3.5",    "(5.00)", "2025-02-28", "31.12.2024",          "Jan-25",
        "1735689600", "1735689600000", "45000.5", " x ",    "$ 5",        "2025-01-31T10:00:00Z"};
    cst_arena *scratch = cst_arena_new();
    fuzz_require(scratch != NULL, "memory");
    for (int i = 0; i < m->n; i++)
        for (size_t k = 0; k < sizeof raw / sizeof *raw; k++)
            run_chain(&m->rule[i].chain, raw[k], (int)k, scratch);
    cst_arena_free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const streams[] = {"subscriptions", "accounts", "events", "outcomes"};
    const char *stream = streams[fuzz_take(&data, &size, 1) % 4];
    if (size > 2000) return 0;
    char *text = fuzz_copy(data, size);
    const cst_read_opts opts = {.block = 4096, .no_crc32 = true};
    cst_table *t = NULL;
    ing_map *m = NULL;
    cst_error e = {0};
    cst_status status = cst_table_parse((cst_text){text, (uint32_t)size}, "map.csv", &opts, &t, &e);
    if (status == CST_OK) status = ing_map_new(cst_stream_find(cst_text_of(stream)), &m, &e);
    if (status == CST_OK) status = ing_map_load(m, "map.csv", t, &e);
    if (status == CST_OK) status = ing_map_finish(m, &e);
    if (status < 0)
        fuzz_require(e.status == status && e.message[0] && status != CST_INTERNAL, "an error has a message");
    else
        run_map(m);
    ing_map_free(m);
    cst_table_free(t);
    free(text);
    return 0;
}
