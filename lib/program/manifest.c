/* manifest.c: see manifest.h. Rows are kept until the end of the run, because the totals of the inputs are
 * known only then and yet come first. */
#include "program/manifest.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum section { SECTION_RUN, SECTION_INPUT, SECTION_OUTPUT, SECTION_REST, SECTION_TAKEN, SECTIONS };

typedef struct manifest_entry {
    enum section section;
    cst_text item, file, key, value;
} manifest_entry;

struct cst_manifest {
    cst_arena *text;
    manifest_entry *entry;
    size_t n, room;
    bool failed;
};

cst_manifest *cst_manifest_new(void)
{
    cst_manifest *m = calloc(1, sizeof *m);
    if (m && (m->text = cst_arena_new())) return m;
    free(m);
    return NULL;
}

void cst_manifest_free(cst_manifest *m)
{
    if (!m) return;
    cst_arena_free(m->text);
    free(m->entry);
    free(m);
}

/* item, file, key, value */
static void add_texts(cst_manifest *m, enum section section, const cst_text v[4])
{
    bool ok = !m->failed && cst_grow(&m->entry, &m->room, m->n + 1, sizeof *m->entry);
    m->failed = !ok;
    if (!ok) return;
    manifest_entry *to = &m->entry[m->n++];
    to->section = section;
    to->item = cst_arena_text(m->text, v[0], &ok);
    to->file = cst_arena_text(m->text, v[1], &ok);
    to->key = cst_arena_text(m->text, v[2], &ok);
    to->value = cst_arena_text(m->text, v[3], &ok);
    m->failed = !ok;
}

static void add(cst_manifest *m, enum section section, const char *item, const char *file, const char *key,
                cst_text value)
{
    add_texts(m, section, (const cst_text[]){cst_text_of(item), cst_text_of(file), cst_text_of(key), value});
}

void cst_manifest_text(cst_manifest *m, const char *item, const char *file, const char *key, cst_text value)
{
    add(m, SECTION_REST, item, file, key, value);
}

static void add_count(cst_manifest *m, enum section section, const char *item, const char *file,
                      const char *key, uint64_t value)
{
    char room[24];
    int n = snprintf(room, sizeof room, "%llu", (unsigned long long)value);
    add(m, section, item, file, key, (cst_text){room, (uint32_t)n});
}

void cst_manifest_count(cst_manifest *m, const char *item, const char *file, const char *key, uint64_t value)
{
    add_count(m, SECTION_REST, item, file, key, value);
}

void cst_manifest_money(cst_manifest *m, const char *item, const char *file, const char *key, cst_wide value)
{
    char room[CST_DECIMAL_ROOM];
    size_t n = cst_wide_format(value, 2, room);
    add(m, SECTION_REST, item, file, key, (cst_text){room, (uint32_t)n});
}

/* A word that needs quoting goes into single quotes, as a POSIX shell reads it. */
static void add_word(cst_buffer *b, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
    size_t n = strlen(word);
    if (n > 0 && strspn(word, plain) == n) {
        cst_buffer_add(b, word, n);
        return;
    }
    cst_buffer_add_char(b, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            cst_buffer_add_string(b, "'\\''");
        else
            cst_buffer_add_char(b, *word);
    }
    cst_buffer_add_char(b, '\'');
}

void cst_manifest_program(cst_manifest *m, const char *name, int argc, char *const *argv)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "%s %s", name, cst_version());
    add(m, SECTION_RUN, "version", NULL, NULL, (cst_text){b.p, (uint32_t)b.n});
    bool failed = b.failed;
    cst_buffer_clear(&b);
    cst_buffer_add_string(&b, name);
    for (int i = 1; i < argc; i++) {
        cst_buffer_add_char(&b, ' ');
        add_word(&b, argv[i]);
    }
    add(m, SECTION_RUN, "command", NULL, NULL, (cst_text){b.p, (uint32_t)b.n});
    m->failed |= failed || b.failed;
    cst_buffer_free(&b);
}

static void add_digest(cst_manifest *m, enum section section, const char *item, const char *file,
                       const char *sha256)
{
    if (sha256[0] != '\0') add(m, section, item, file, "sha256", cst_text_of(sha256));
}

void cst_manifest_input(cst_manifest *m, const char *file, const cst_read_totals *t)
{
    char crc[16];
    int n = snprintf(crc, sizeof crc, "%08lx", (unsigned long)t->crc32);
    add_count(m, SECTION_INPUT, "input", file, "size", t->bytes);
    add(m, SECTION_INPUT, "input", file, "crc32", (cst_text){crc, (uint32_t)n});
    add_count(m, SECTION_INPUT, "input", file, "rows", t->records);
    add_count(m, SECTION_INPUT, "input", file, "rejected", t->rejected);
    add_count(m, SECTION_INPUT, "input", file, "blank_lines", t->blank_lines);
    add_count(m, SECTION_INPUT, "input", file, "mended", t->mended);
    add_count(m, SECTION_INPUT, "input", file, "rounded", t->rounded);
    if (t->unended) add(m, SECTION_INPUT, "input", file, "last line", cst_text_of("without line end"));
    add_digest(m, SECTION_INPUT, "input", file, t->sha256);
}

void cst_manifest_output(cst_manifest *m, const char *file, uint64_t bytes, const char *sha256)
{
    add_count(m, SECTION_OUTPUT, "output", file, "size", bytes);
    add_digest(m, SECTION_OUTPUT, "output", file, sha256);
}

void cst_manifest_people(cst_manifest *m, const char *by_whom, const char *note)
{
    if (by_whom) add(m, SECTION_RUN, "by_whom", NULL, NULL, cst_text_of(by_whom));
    if (note) add(m, SECTION_RUN, "note", NULL, NULL, cst_text_of(note));
}

/* ---- the manifests of the commands before ---- */

static const char *const column_names[] = {"item", "file", "key", "value"};

cst_status cst_manifest_take(cst_manifest *m, const char *file, const cst_table *t, cst_error *e)
{
    int at[4];
    for (int c = 0; c < 4; c++) {
        cst_status status = cst_table_bind(t, column_names[c], CST_REQUIRED, &at[c], e);
        if (status != CST_OK) return status;
    }
    cst_read_totals totals = cst_table_totals(t);
    add_digest(m, SECTION_TAKEN, "manifest", file, totals.sha256);
    for (size_t i = 0; i < cst_table_rows(t); i++)
        add_texts(m, SECTION_TAKEN,
                  (const cst_text[]){cst_table_at(t, i, at[0]), cst_table_at(t, i, at[1]),
                                     cst_table_at(t, i, at[2]), cst_table_at(t, i, at[3])});
    return m->failed ? cst_no_memory(e) : CST_OK;
}

static bool is_digest(const manifest_entry *row, const char *item)
{
    return cst_text_equal(row->item, cst_text_of(item)) && cst_text_equal(row->key, cst_text_of("sha256"));
}

static cst_text last_part(cst_text path)
{
    uint32_t from = path.n;
    while (from > 0 && path.p[from - 1] != '/') from--;
    return (cst_text){path.p + from, path.n - from};
}

/* The manifest that has the input among its outputs, by digest (*same) or else by name; NULL: none has. */
static const manifest_entry *find_maker(const cst_manifest *m, const manifest_entry *input, bool *same)
{
    const manifest_entry *manifest = NULL, *namesake = NULL;
    for (size_t i = 0; i < m->n; i++) {
        const manifest_entry *row = &m->entry[i];
        if (row->section != SECTION_TAKEN) continue;
        if (is_digest(row, "manifest")) manifest = row;
        if (!is_digest(row, "output")) continue;
        *same = cst_text_equal(row->value, input->value);
        if (*same) return manifest;
        if (cst_text_equal(last_part(row->file), last_part(input->file))) namesake = manifest;
    }
    return namesake;
}

void cst_manifest_link(cst_manifest *m, cst_manifest_changed *changed, void *context)
{
    size_t n = m->n;
    for (size_t i = 0; i < n; i++) {
        if (m->entry[i].section != SECTION_INPUT || !is_digest(&m->entry[i], "input")) continue;
        bool same = false;
        const manifest_entry *maker = find_maker(m, &m->entry[i], &same);
        if (!maker) continue;
        const char *input = m->entry[i].file.p, *manifest = maker->file.p;
        if (same)
            add(m, SECTION_INPUT, "input", input, "made_by", maker->file);
        else
            changed(context, input, manifest);
    }
}

/* What an export holds: rows of each input, rows used, accounts, and the sum of its money. What is set aside
 * or rejected may well fall. */
static bool is_size(cst_text item, cst_text key)
{
    if (cst_text_is(item, "rows")) return cst_text_is(key, "used");
    if (cst_text_is(item, "input")) return cst_text_is(key, "rows");
    if (cst_text_is(item, "money")) return cst_text_is(key, "mrr converted");
    return cst_text_is(item, "accounts") || cst_text_is(item, "users");
}

static const manifest_entry *find_size(const cst_manifest *m, cst_text item, cst_text file, cst_text key)
{
    for (size_t i = 0; i < m->n; i++) {
        const manifest_entry *row = &m->entry[i];
        if (row->section != SECTION_TAKEN && cst_text_equal(row->item, item) &&
            cst_text_equal(row->key, key) && cst_text_equal(last_part(row->file), last_part(file)))
            return row;
    }
    return NULL;
}

cst_status cst_manifest_compare(const cst_manifest *m, const cst_table *t, cst_money percent,
                                cst_manifest_shrunk *shrunk, void *context, cst_error *e)
{
    int at[4];
    for (int c = 0; c < 4; c++) {
        cst_status status = cst_table_bind(t, column_names[c], CST_REQUIRED, &at[c], e);
        if (status != CST_OK) return status;
    }
    for (size_t i = 0; i < cst_table_rows(t); i++) {
        cst_text item = cst_table_at(t, i, at[0]), file = cst_table_at(t, i, at[1]),
                 key = cst_table_at(t, i, at[2]);
        cst_money before, now;
        if (cst_text_is(item, "manifest")) break; /* what follows is of commands before that one */
        if (!is_size(item, key) || cst_money_parse(cst_table_at(t, i, at[3]), &before) != CST_DECIMAL_OK)
            continue;
        const manifest_entry *row = find_size(m, item, file, key);
        if (!row || cst_money_parse(row->value, &now) != CST_DECIMAL_OK) continue;
        char what[64];
        snprintf(what, sizeof what, "%.*s%s%.*s", (int)item.n, item.p, key.n ? " " : "",
                 (int)(key.n < 40 ? key.n : 40), key.p);
        cst_wide least = (cst_wide)before * (100 * (cst_wide)CST_MONEY_UNIT - percent);
        if (before > 0 && (cst_wide)now * 100 * CST_MONEY_UNIT < least)
            shrunk(context, what, row->file, before, now);
    }
    return CST_OK;
}

static void put_section(const cst_manifest *m, enum section section, cst_writer *w)
{
    for (size_t i = 0; i < m->n; i++) {
        const manifest_entry *row = &m->entry[i];
        if (row->section != section) continue;
        cst_put_text(w, row->item);
        cst_put_text(w, row->file);
        cst_put_text(w, row->key);
        cst_put_text(w, row->value);
        cst_end_row(w, NULL); /* a failure comes back from finish */
    }
}

cst_status cst_manifest_write(const cst_manifest *m, cst_sink *s, const cst_write_opts *o, cst_error *e)
{
    cst_column columns[4] = {0};
    for (int c = 0; c < 4; c++) columns[c] = (cst_column){column_names[c], CST_COL_TEXT};
    if (m->failed) return cst_no_memory(e);
    cst_writer *w;
    cst_status status = cst_writer_open(s, o, columns, 4, &w, e);
    if (status != CST_OK) return status;
    for (enum section section = SECTION_RUN; section < SECTIONS; section++) put_section(m, section, w);
    status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}
