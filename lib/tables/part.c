/* tables/part.c: files of sums, row by row. */
#include "tables/part.h"
#include "base/decimal.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "tables/groups.h"
#include <cstools/ledger.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cst_option cst_part_options[] = {
    {"partial", 0, CST_OPT_MODE, NULL, offsetof(cst_part_opts, partial), "Parts",
     "Write sums that --merge adds up: for accounts that are split over files or machines."},
    {"shard", 0, CST_OPT_TEXT, "I/N", offsetof(cst_part_opts, shard), NULL,
     "With --partial: only the customers of shard I of N; the others' rows are left to other shards."},
    {"merge", 0, CST_OPT_MODE, NULL, offsetof(cst_part_opts, merge), NULL,
     "The operands are results of --partial: add them up, and print what one run over all prints."},
    {0},
};

cst_status cst_part_check(const cst_part_opts *o, cst_program_io *io, cst_shard *out, cst_error *e)
{
    if (o->shard && !o->partial)
        return cst_option_needs("--shard", "--partial", "the figures of a shard alone are no result", e);
    if (o->shard) cst_io_digest_inputs(io);
    return cst_shard_parse(o->shard, out, e);
}

/* ---- writing ----------------------------------------------------------------------------------------- */

cst_status cst_part_open(cst_part_writer *p, cst_program_io *io, cst_error *e)
{
    static const cst_column columns[] = {{"item", CST_COL_TEXT},
                                         {"period", CST_COL_TEXT},
                                         {"group", CST_COL_TEXT},
                                         {"name", CST_COL_TEXT},
                                         {"value", CST_COL_TEXT}};
    if (cst_io_shared(io)->columns)
        return cst_fail(e, CST_USAGE,
                        "--columns: expected a table to read, found --partial; give it to --merge");
    *p = (cst_part_writer){.accounts = cst_intern_new(), .e = e};
    if (!p->accounts) return cst_no_memory(e);
    cst_status status = cst_io_writer(io, columns, 5, &p->w, e);
    if (status != CST_OK) cst_intern_free(p->accounts);
    return status;
}

void cst_part_put_text(cst_part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                       cst_text value)
{
    if (p->status < 0) return;
    cst_put_string(p->w, item);
    if (period == CST_PART_NO_PERIOD)
        cst_put_missing(p->w);
    else
        cst_put_int(p->w, period);
    if (group == CST_PART_NO_GROUP)
        cst_put_missing(p->w);
    else if (group == CST_PART_TOTAL)
        cst_put_string(p->w, "total");
    else
        cst_put_int(p->w, group);
    cst_put_string(p->w, name);
    cst_put_text(p->w, value);
    p->status = cst_end_row(p->w, p->e);
    p->rows++;
}

static size_t format_wide(cst_wide v, char out[CST_DECIMAL_ROOM])
{
    char digits[CST_DECIMAL_ROOM];
    size_t n = 0, k = 0;
    bool negative = v < 0;
    do {
        int d = (int)(v % 10);
        digits[n++] = (char)('0' + (d < 0 ? -d : d));
        v /= 10;
    } while (v != 0);
    if (negative) out[k++] = '-';
    while (n > 0) out[k++] = digits[--n];
    return k;
}

void cst_part_put(cst_part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                  cst_wide v)
{
    char text[CST_DECIMAL_ROOM];
    if (v == 0) return;
    cst_part_put_text(p, item, period, group, name, (cst_text){text, (uint32_t)format_wide(v, text)});
}

void cst_part_put_definition(cst_part_writer *p, const cst_definition *d)
{
    for (size_t i = 0; i < d->n; i++)
        cst_part_put_text(p, "definition", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, d->rows[i].name,
                          cst_text_of(d->text[i]));
}

void cst_part_put_columns(cst_part_writer *p, const char *const *column, size_t n)
{
    char k[32];
    for (size_t i = 0; i < n; i++) {
        snprintf(k, sizeof k, "%zu", i);
        cst_part_put_text(p, "column", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, k, cst_text_of(column[i]));
    }
}

void cst_part_put_groups(cst_part_writer *p, const cst_text *name, const uint32_t *order, size_t groups,
                         size_t columns)
{
    char k[32];
    for (size_t i = 0; i < groups; i++) {
        for (size_t c = 0; c < columns; c++) {
            snprintf(k, sizeof k, "%zu", c);
            cst_part_put_text(p, "group", CST_PART_NO_PERIOD, (int64_t)i, k,
                              cst_label_part(name[order[i]], c));
        }
    }
}

void cst_part_add_accounts(cst_part_writer *p, const cst_intern *accounts)
{
    bool ok = p->accounts != NULL;
    for (uint32_t k = 0; ok && accounts && k < cst_intern_count(accounts); k++)
        ok = cst_intern_id(p->accounts, cst_intern_text(accounts, k)) != CST_INTERN_NONE;
    if (!ok && p->status == CST_OK) p->status = cst_no_memory(p->e);
}

static void put_count(cst_part_writer *p, const char *item, const char *name, uint64_t v)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    cst_part_put_text(p, item, CST_PART_NO_PERIOD, CST_PART_NO_GROUP, name, (cst_text){text, (uint32_t)n});
}

void cst_part_put_shard(cst_part_writer *p, cst_shard shard, uint64_t others, const cst_reader *inputs)
{
    p->sharded = true;
    put_count(p, "shard", "number", shard.number);
    put_count(p, "shard", "of", shard.of);
    put_count(p, "shard", "others", others);
    for (size_t i = 0; cst_reader_file(inputs, i); i++)
        cst_part_put_text(p, "input", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "sha256",
                          cst_text_of(cst_reader_totals(inputs, i).sha256));
}

static void put_accounts(cst_part_writer *p)
{
    uint32_t *order = cst_intern_sorted(p->accounts), n = cst_intern_count(p->accounts);
    if (!order) p->status = cst_no_memory(p->e);
    put_count(p, "accounts", "count", n);
    for (uint32_t k = 0; order && k < n; k++)
        cst_part_put_text(p, "account", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "account_id",
                          cst_intern_text(p->accounts, order[k]));
    free(order);
}

cst_status cst_part_finish(cst_part_writer *p)
{
    if (p->status == CST_OK && !p->sharded) put_accounts(p);
    cst_intern_free(p->accounts);
    p->accounts = NULL;
    cst_part_put(p, "end", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "rows", (cst_wide)p->rows);
    if (p->status == CST_OK) p->status = cst_writer_finish(p->w, p->e);
    cst_writer_free(p->w);
    p->w = NULL;
    return p->status;
}

/* ---- a part ------------------------------------------------------------------------------------------ */

cst_text cst_part_item(const cst_parts *p, size_t row)
{
    return cst_table_at(p->table, row, p->bound[0]);
}

cst_text cst_part_name(const cst_parts *p, size_t row)
{
    return cst_table_at(p->table, row, p->bound[3]);
}

cst_text cst_part_value(const cst_parts *p, size_t row)
{
    return cst_table_at(p->table, row, p->bound[4]);
}

static cst_status refuse_field(const cst_parts *p, size_t row, int field, const char *name,
                               const char *expected, cst_error *e)
{
    cst_text found = cst_table_at(p->table, row, p->bound[field]);
    return cst_fail_at(e, CST_DATA, cst_table_place(p->table, row, p->bound[field]), name,
                       "expected %s, found \"%.*s\"; --merge wants tables that --partial wrote, unchanged",
                       expected, (int)found.n, found.p);
}

cst_status cst_part_refuse(const cst_parts *p, size_t row, const char *expected, cst_error *e)
{
    return refuse_field(p, row, 4, "value", expected, e);
}

cst_status cst_part_refuse_sum(const cst_parts *p, size_t row, cst_error *e)
{
    char expected[96];
    cst_text item = cst_part_item(p, row);
    snprintf(expected, sizeof expected, "a sum of the item \"%.*s\" that this version knows",
             (int)(item.n < 32 ? item.n : 32), item.p);
    return refuse_field(p, row, 3, "name", expected, e);
}

/* 10^36: a hundredth of what 128 bits hold, so that twelve times a sum fits as well. */
static cst_wide most_of_all(void)
{
    cst_wide v = INT64_C(1000000000000000000);
    return v * v;
}

static bool parse_wide(cst_text t, cst_wide *out)
{
    uint32_t i = t.n > 0 && t.p[0] == '-';
    if (i == t.n || t.n - i > 37) return false;
    cst_wide v = 0;
    for (; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        v = 10 * v + (t.p[i] - '0');
    }
    *out = t.p[0] == '-' ? -v : v;
    return true;
}

cst_status cst_part_number(cst_parts *p, size_t row, cst_wide *out, cst_error *e)
{
    if (!parse_wide(cst_part_value(p, row), out))
        return cst_part_refuse(p, row, "an integer of at most 37 digits", e);
    /* No sum is larger than all integers together without their signs: while these are within bounds, none
     * can overflow, whoever wrote the parts. */
    p->size += *out < 0 ? -*out : *out;
    if (p->size <= most_of_all()) return CST_OK;
    return cst_fail_at(
        e, CST_LIMIT, cst_table_place(p->table, row, p->bound[4]), "value",
        "expected integers that add up to at most 10^36 without their signs, found more; use a larger unit");
}

cst_status cst_part_period(const cst_parts *p, size_t row, int32_t *out, cst_error *e)
{
    int64_t period;
    if (!cst_int_parse(cst_table_at(p->table, row, p->bound[1]), &period) || period <= -CST_PART_PERIODS ||
        period >= CST_PART_PERIODS)
        return refuse_field(p, row, 1, "period", "a whole number between -8388608 and 8388608", e);
    *out = (int32_t)period;
    return CST_OK;
}

/* ---- definitions ------------------------------------------------------------------------------------- */

cst_status cst_parts_open(cst_parts *p, const cst_option *rows, const void *given, const void *preset,
                          void *values, cst_error *e)
{
    *p = (cst_parts){
        .values = values, .arena = cst_arena_new(), .names = cst_intern_new(), .accounts = cst_intern_new()};
    cst_status status =
        p->arena && p->names && p->accounts ? cst_definition_of(rows, given, &p->given, e) : cst_no_memory(e);
    return status == CST_OK ? cst_definition_of(rows, preset, &p->preset, e) : status;
}

void cst_parts_free(cst_parts *p)
{
    cst_definition_free(&p->given);
    cst_definition_free(&p->preset);
    cst_arena_free(p->arena);
    cst_intern_free(p->names);
    cst_intern_free(p->accounts);
    free(p->part_of);
    free(p->column);
    free(p->group);
}

/* The first part's value becomes the run's. */
static cst_status follow(cst_parts *p, size_t row, size_t i, cst_error *e)
{
    cst_text value = cst_part_value(p, row);
    const char *text = cst_arena_string(p->arena, value.p, value.n);
    if (!text) return cst_no_memory(e);
    if (!cst_option_take(&p->given.rows[i], p->values, text))
        return cst_part_refuse(p, row, "the value of an option", e);
    cst_status status = cst_definition_set(&p->preset, i, "", e);
    return status == CST_OK ? cst_definition_set(&p->given, i, text, e) : status;
}

cst_status cst_part_definition(cst_parts *p, size_t row, bool anew, cst_error *e)
{
    cst_text value = cst_part_value(p, row);
    size_t i = cst_definition_find(&p->given, cst_part_name(p, row));
    if (i == p->given.n) return cst_part_refuse(p, row, "a definition this version knows", e);
    const char *name = p->given.rows[i].name, *given = p->given.text[i];
    bool asked = strcmp(given, p->preset.text[i]) != 0;
    if (anew && (asked || !p->first)) return CST_OK;
    if (p->first && asked && !cst_text_is(value, given))
        return cst_fail(e, CST_USAGE,
                        "--%s: expected %s%.*s%s as the part %s has it, found %s; leave the option out", name,
                        value.n ? "\"" : "none", (int)value.n, value.p, value.n ? "\"" : "",
                        cst_table_file(p->table), given);
    if (p->first) return follow(p, row, i, e);
    if (cst_text_is(value, given)) return CST_OK;
    return cst_fail_at(
        e, CST_DATA, cst_table_place(p->table, row, p->bound[4]), "value",
        "expected --%s \"%s\" as in the first part, found \"%.*s\"; make all parts with the same options",
        name, given, (int)value.n, value.p);
}

/* ---- groups ------------------------------------------------------------------------------------------ */

cst_status cst_part_column(cst_parts *p, size_t row, cst_error *e)
{
    if (!p->first) return CST_OK; /* the definition has them already */
    cst_text name = cst_part_value(p, row);
    char *text = cst_arena_alloc(p->arena, cst_by_room(name));
    if (!text || !cst_grow(&p->column, &p->column_room, p->columns + 1, sizeof *p->column))
        return cst_no_memory(e);
    p->column[p->columns++] = cst_by_name(name, text);
    return CST_OK;
}

cst_status cst_part_name_group(cst_parts *p, size_t *row, uint32_t *out, cst_error *e)
{
    cst_buffer b = {0};
    for (size_t k = 0; k < p->columns; k++) {
        if (*row >= cst_table_rows(p->table) || !cst_text_is(cst_part_item(p, *row), "group")) {
            cst_buffer_free(&b);
            return cst_part_refuse(p, *row - 1, "a group's value for every column", e);
        }
        cst_label_add(&b, k, cst_part_value(p, *row));
        if (k + 1 < p->columns) (*row)++;
    }
    *out = b.failed ? CST_INTERN_NONE : cst_intern_id(p->names, (cst_text){b.p ? b.p : "", (uint32_t)b.n});
    cst_buffer_free(&b);
    if (*out == CST_INTERN_NONE || !cst_grow(&p->group, &p->group_room, p->groups + 1, sizeof *p->group))
        return cst_no_memory(e);
    p->group[p->groups++] = *out;
    return CST_OK;
}

cst_status cst_part_find_group(const cst_parts *p, size_t row, int64_t *out, cst_error *e)
{
    cst_text t = cst_table_at(p->table, row, p->bound[2]);
    int64_t g;
    *out = CST_PART_TOTAL;
    if (cst_text_is(t, "total")) return CST_OK;
    if (!cst_int_parse(t, &g) || g < 0 || (size_t)g >= p->groups)
        return cst_part_refuse(p, row, "a row of a group that the part names", e);
    *out = p->group[g];
    return CST_OK;
}

/* ---- all parts --------------------------------------------------------------------------------------- */

static cst_status bind_part(cst_parts *p, cst_error *e)
{
    static const char *const names[5] = {"item", "period", "group", "name", "value"};
    for (int i = 0; i < 5; i++) {
        cst_status status = cst_table_bind(p->table, names[i], CST_REQUIRED, &p->bound[i], e);
        if (status < 0) return status;
    }
    /* a part that was cut short would be sums that are too small */
    size_t n = cst_table_rows(p->table);
    int64_t counted;
    p->rows = n > 0 ? n - 1 : 0;
    if (n > 0 && cst_text_is(cst_part_item(p, n - 1), "end") &&
        cst_int_parse(cst_part_value(p, n - 1), &counted) && counted == (int64_t)n - 1)
        return CST_OK;
    cst_place place =
        n > 0 ? cst_table_place(p->table, n - 1, p->bound[0]) : (cst_place){.file = cst_table_file(p->table)};
    return cst_fail_at(e, CST_DATA, place, "item",
                       "expected as last row an end that counts the %zu rows before it, found another; the "
                       "part was cut short or changed: make it again with --partial",
                       p->rows);
}

/* An account in two parts would be two customers: one that left, one that is new. */
static cst_status take_account(cst_parts *p, const cst_inputs *in, size_t part, size_t row, cst_error *e)
{
    uint32_t known = cst_intern_count(p->accounts);
    cst_text account = cst_part_value(p, row);
    uint32_t id = cst_intern_id(p->accounts, account);
    if (id == CST_INTERN_NONE || !cst_grow(&p->part_of, &p->part_of_room, id + 1, sizeof *p->part_of))
        return cst_no_memory(e);
    if (id < known)
        return cst_fail_at(e, CST_DATA, cst_table_place(p->table, row, p->bound[4]), "value",
                           "expected every account in one part, found \"%.*s\" in %s, too; split the "
                           "subscriptions by account, not by row, and make the parts again",
                           (int)account.n, account.p, in->path[p->part_of[id]]);
    p->part_of[id] = (uint32_t)part;
    return CST_OK;
}

/* The first of the rows behind the sums that are of the item, up to `end`. */
static size_t find_tail(const cst_parts *p, size_t end, const char *item)
{
    while (end > 0 && cst_text_is(cst_part_item(p, end - 1), item)) end--;
    return end;
}

static cst_status take_shard(cst_parts *p, size_t first, size_t inputs, cst_error *e)
{
    static const char *const names[] = {"number", "of", "others"};
    int64_t v[3];
    cst_buffer b = {0};
    for (size_t i = 0; i < 3; i++)
        if (first + i >= inputs || !cst_text_is(cst_part_name(p, first + i), names[i]) ||
            !cst_int_parse(cst_part_value(p, first + i), &v[i]) || v[i] < (i < 2) ||
            (i < 2 && v[i] > CST_SHARDS_MOST))
            return cst_part_refuse(p, first, "the number of a shard, of how many, and the rows of others", e);
    if (v[0] > v[1]) return cst_part_refuse(p, first, "a shard from 1 to their number", e);
    for (size_t row = inputs; row < p->rows; row++) {
        cst_text digest = cst_part_value(p, row);
        if (b.n) cst_buffer_add_char(&b, ' ');
        cst_buffer_add(&b, digest.p, digest.n);
    }
    const cst_shard_cut cut = {{(uint32_t)v[0], (uint32_t)v[1]}, (uint64_t)v[2], cst_buffer_string(&b)};
    p->shards.arena = p->arena;
    cst_status status =
        b.failed ? cst_no_memory(e) : cst_shards_add(&p->shards, cst_table_file(p->table), &cut, e);
    cst_buffer_free(&b);
    p->rows = first;
    return status;
}

/* The accounts stand behind the sums. */
static cst_status take_accounts(cst_parts *p, const cst_inputs *in, size_t part, cst_error *e)
{
    size_t first = find_tail(p, p->rows, "account");
    if (first == 0 || !cst_text_is(cst_part_item(p, first - 1), "accounts"))
        return cst_fail_at(
            e, CST_DATA, (cst_place){.file = cst_table_file(p->table)}, "item",
            "expected the accounts of the part, found none; it was made by an earlier version: "
            "make it again with --partial");
    cst_status status = CST_OK;
    for (size_t row = first; status == CST_OK && row < p->rows; row++)
        status = take_account(p, in, part, row, e);
    p->rows = first - 1;
    return status;
}

/* What the part is of is said behind the sums: its shard, or its accounts. */
static cst_status take_extent(cst_parts *p, const cst_inputs *in, size_t part, cst_error *e)
{
    size_t inputs = find_tail(p, p->rows, "input"), first = find_tail(p, inputs, "shard");
    if (!p->first && (first < inputs) != (p->shards.of > 0))
        return cst_fail_at(e, CST_DATA, (cst_place){.file = cst_table_file(p->table)}, "item",
                           "expected a part %s, as %s is, found another; make all parts in one way",
                           p->shards.of ? "with --shard" : "without --shard", in->path[0]);
    return first < inputs ? take_shard(p, first, inputs, e) : take_accounts(p, in, part, e);
}

cst_status cst_parts_each(cst_parts *p, cst_program_io *io, cst_part_take *take, void *context, cst_error *e)
{
    const cst_inputs *in = cst_io_operands(io);
    for (size_t i = 1; i < in->n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(in->path[i], in->path[k]) == 0)
                return cst_fail(
                    e, CST_USAGE,
                    "--merge: expected every part once, found %s twice; its accounts would count double",
                    in->path[i]);
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < in->n; i++) {
        cst_table *t = NULL;
        status = cst_io_table(io, in->path[i], &t, e);
        p->table = t;
        p->first = i == 0;
        p->groups = 0;
        if (status == CST_OK) status = bind_part(p, e);
        if (status == CST_OK) status = take_extent(p, in, i, e);
        if (status == CST_OK) status = take(context, p, e);
        cst_table_free(t);
        p->table = NULL;
    }
    return status == CST_OK && p->shards.of ? cst_shards_check(&p->shards, e) : status;
}
