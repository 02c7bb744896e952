/* shard.c: see shard.h. */
#include "tables/shard.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include <string.h>
#include <zlib.h>

static bool parse_number(cst_text t, uint32_t *out)
{
    int64_t v;
    if (!cst_int_parse(t, &v) || v < 1 || v > CST_SHARDS_MOST) return false;
    *out = (uint32_t)v;
    return true;
}

cst_status cst_shard_parse(const char *text, cst_shard *out, cst_error *e)
{
    *out = (cst_shard){0};
    if (!text) return CST_OK;
    const char *slash = strchr(text, '/');
    if (slash && parse_number((cst_text){text, (uint32_t)(slash - text)}, &out->number) &&
        parse_number(cst_text_of(slash + 1), &out->of) && out->number <= out->of)
        return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--shard: expected I/N with I from 1 to N and N up to %d, such as 1/4, found \"%s\"",
                    CST_SHARDS_MOST, text);
}

uint32_t cst_shard_of(cst_text customer, uint32_t of)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)customer.p, customer.n) % of + 1;
}

cst_status cst_shards_add(cst_shards *s, const char *file, const cst_shard_cut *cut, cst_error *e)
{
    cst_place place = {.file = file};
    uint32_t number = cut->shard.number, of = cut->shard.of;
    const char *name = cst_arena_string(s->arena, file, strlen(file));
    if (!name) return cst_no_memory(e);
    if (!s->first) {
        s->first = name;
        s->of = of;
        s->inputs = cst_arena_string(s->arena, cut->inputs, strlen(cut->inputs));
        s->file = cst_arena_alloc(s->arena, of * sizeof *s->file);
        if (!s->inputs || !s->file) return cst_no_memory(e);
    }
    if (of != s->of)
        return cst_fail_at(e, CST_DATA, place, NULL,
                           "expected a shard of %u as in %s, found one of %u; cut all parts with the same N",
                           s->of, s->first, of);
    if (s->file[number - 1])
        return cst_fail_at(e, CST_DATA, place, NULL,
                           "expected every shard once, found %u/%u in %s, too; its customers would count "
                           "double: leave one of the two out",
                           number, of, s->file[number - 1]);
    s->file[number - 1] = name;
    if (cut->others > 0 && !s->leaving) s->leaving = name;
    if (strcmp(cut->inputs, s->inputs) != 0 && !s->another) s->another = name;
    return CST_OK;
}

cst_status cst_shards_check(const cst_shards *s, cst_error *e)
{
    for (uint32_t i = 0; i < s->of; i++)
        if (!s->file[i])
            return cst_fail(e, CST_DATA,
                            "--merge: expected the shards 1/%u to %u/%u, found none that is %u/%u; its "
                            "customers would be missing: make it with --shard %u/%u",
                            s->of, s->of, s->of, i + 1, s->of, i + 1, s->of);
    if (!s->another || !s->leaving) return CST_OK;
    return cst_fail_at(e, CST_DATA, (cst_place){.file = s->another}, NULL,
                       "expected a part of the same inputs as %s, found one of others, and %s left rows to "
                       "other shards: they may be in no part; make all parts of the same inputs",
                       s->first, s->leaving);
}
