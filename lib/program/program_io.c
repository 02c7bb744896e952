/* program_io.c: what a command asks of its run: readers, tables, writers, messages. See program.h. */
#include "program/program_io.h"
#include "base/text.h"
#include "read/table.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const cst_inputs *cst_io_operands(const cst_program_io *io)
{
    return &io->inputs;
}

const char *cst_io_word(const cst_program_io *io)
{
    return io->word;
}

bool cst_io_has_operands(const cst_program_io *io)
{
    return io->operands.n > 0;
}

const cst_shared *cst_io_shared(const cst_program_io *io)
{
    return io->shared;
}

cst_manifest *cst_io_manifest(cst_program_io *io)
{
    return io->manifest;
}

cst_sink *cst_io_main(cst_program_io *io)
{
    io->main_asked_for = true;
    return io->main;
}

int cst_io_threads(const cst_program_io *io)
{
    uint64_t n = io->shared->threads.set ? io->shared->threads.n : 0;
    return cst_threads(n > 1024 ? 1024 : (int)n);
}

void cst_io_warn(cst_program_io *io, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    cst_progress_wipe(&io->progress);
    cst_messages_warn(&io->messages, format, args);
    va_end(args);
}

void cst_io_note(cst_program_io *io, const char *format, ...)
{
    char text[2200];
    if (!io->shared->verbose) return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cst_progress_wipe(&io->progress);
    cst_messages_line(&io->messages, text);
}

enum cst_format cst_io_format_of(const char *path)
{
    static const struct {
        const char *end;
        enum cst_format format;
    } names[] = {
        {".tsv", CST_TSV}, {".tab", CST_TSV}, {".json", CST_JSON}, {".jsonl", CST_JSONL}, {".md", CST_MD}};
    size_t n = path ? strlen(path) : 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t k = strlen(names[i].end);
        if (n > k && strcmp(path + n - k, names[i].end) == 0) return names[i].format;
    }
    return CST_CSV;
}

/* -d: one byte, or the word tab. 0: not given; -1: wrong. */
static int find_delimiter(const cst_shared *s)
{
    const char *d = s->delimiter;
    if (!d) return 0;
    if (strcmp(d, "tab") == 0) return '\t';
    bool letter = (*d >= 'a' && *d <= 'z') || (*d >= 'A' && *d <= 'Z') || (*d >= '0' && *d <= '9');
    if (!d[0] || d[1] || (d[0] & 0x80) || letter || strchr("\"\r\n", d[0])) return -1;
    return d[0];
}

static cst_status check_manifest_options(const cst_program_io *io, cst_error *e)
{
    const cst_shared *s = io->shared;
    const char *option = s->by_whom                                            ? "--by-whom"
                         : s->note                                             ? "--note"
                         : s->manifests.n > 0 && !io->command->reads_manifests ? "--manifest-in"
                                                                               : NULL;
    if (!option || s->manifest) return CST_OK;
    return cst_option_needs(option, "--manifest FILE", "that is where it is written", e);
}

cst_status cst_io_check_shared(const cst_program_io *io, cst_error *e)
{
    const cst_shared *s = io->shared;
    if (find_delimiter(s) < 0)
        return cst_fail(
            e, CST_USAGE,
            "--delimiter: expected one ASCII character that is no letter, digit or quote, or the word tab, "
            "found \"%s\"",
            s->delimiter);
    if (s->delimiter && s->tabs)
        return cst_fail(e, CST_USAGE,
                        "expected one of --delimiter and --tabs, found both; --delimiter tab is a TAB with "
                        "quoting, --tabs one without");
    if (s->max_rejects && !s->rejects)
        return cst_fail(e, CST_USAGE,
                        "--max-rejects: expected --rejects FILE with it, found none; without it the first "
                        "bad row ends the run");
    if (cst_io_format_of(s->rejects) != CST_CSV)
        return cst_fail(e, CST_USAGE,
                        "--rejects: expected the name of a CSV file, found \"%s\"; rejected records are kept "
                        "as they were, TABs and all",
                        s->rejects);
    return check_manifest_options(io, e);
}

cst_status cst_io_check_stream(const cst_program_io *io, cst_error *e)
{
    if (!io->shared->for_sheets) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "--for-sheets: expected a result for people, found a stream, whose names other commands join "
        "by; give it to the command that makes the result");
}

void cst_io_digest_inputs(cst_program_io *io)
{
    io->digested = true;
}

cst_status cst_io_read_opts(cst_program_io *io, cst_read_opts *out, cst_error *e)
{
    const cst_shared *s = io->shared;
    cst_status status = cst_io_check_shared(io, e);
    if (status != CST_OK) return status;
    *out = (cst_read_opts){.delimiter = (char)find_delimiter(s),
                           .tsv = s->tabs,
                           .lenient = s->lenient,
                           .keep_rejects = s->rejects != NULL,
                           .no_crc32 = s->manifest == NULL,
                           .sha256 = s->manifest != NULL || io->digested,
                           .max_rejects = UINT64_MAX}; /* judged at the end of the run, over all readers */
    return CST_OK;
}

/* Standard input stands for missing operands; then no option may read it as well. */
static cst_status check_standard_input(const cst_program_io *io, const cst_inputs *in, cst_error *e)
{
    const char *option =
        in == &io->inputs && io->operands.n == 0 ? cst_options_stdin(io->command, io->values) : NULL;
    if (!option) return CST_OK;
    return cst_fail(
        e, CST_USAGE,
        "expected one use of standard input, found two: --%s - and the missing operands; name the operands",
        option);
}

cst_status cst_io_reader_over(cst_program_io *io, const cst_inputs *in, const char *missing_hint,
                              cst_reader **out, cst_error *e)
{
    return cst_io_reader_below(io, in, missing_hint, 0, NULL, out, e);
}

cst_status cst_io_reader_below(cst_program_io *io, const cst_inputs *in, const char *missing_hint,
                               uint32_t lines, const char *header, cst_reader **out, cst_error *e)
{
    cst_read_opts o;
    cst_status status = check_standard_input(io, in, e);
    if (status == CST_OK) status = cst_io_read_opts(io, &o, e);
    for (size_t i = 0; i < in->n && status == CST_OK; i++)
        status = cst_outputs_guard(io->outputs, in->path[i], e);
    if (status != CST_OK) return status;
    if (!cst_grow(&io->reading, &io->readings_room, io->n_readings + 1, sizeof *io->reading))
        return cst_no_memory(e);
    o.missing_hint = missing_hint;
    o.skip_lines = lines;
    o.header_column = header;
    status = cst_reader_open(in, &o, out, e);
    if (status != CST_OK) return status;
    io->reading[io->n_readings++] = (cst_io_reading){*out, in->n};
    cst_reader_on_progress(*out, cst_progress_add, &io->progress);
    if (io->rejects) cst_reader_on_reject(*out, cst_rejects_take, io->rejects);
    if (o.lenient) cst_reader_on_mend(*out, cst_io_mended, io);
    return CST_OK;
}

cst_status cst_io_reader(cst_program_io *io, const char *missing_hint, cst_reader **out, cst_error *e)
{
    return cst_io_reader_over(io, &io->inputs, missing_hint, out, e);
}

void cst_io_input_read(cst_program_io *io, const char *file, const cst_read_totals *t)
{
    cst_manifest_input(io->manifest, file, t);
    if (!t->unended) return;
    cst_io_check(io, &(cst_finding){.id = CST_CHECK_LAST_LINE, .first.file = file, .count = 1},
                 "expected a line end at the end of the last line, found none: the file may be cut off; "
                 "compare its size with the export's");
}

static cst_status load_table(cst_program_io *io, const char *path, const char *const *columns,
                             cst_table **out, cst_error *e)
{
    const cst_read_opts plain = {.find_delimiter = true, .sha256 = io->shared->manifest != NULL};
    cst_status status = cst_table_load_columns(path, &plain, columns, out, e);
    if (status != CST_OK) return status;
    cst_read_totals totals = cst_table_totals(*out);
    cst_io_input_read(io, path, &totals);
    return CST_OK;
}

const char *cst_io_path(cst_program_io *io, const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    if (!io->texts && !(io->texts = cst_arena_new())) return NULL;
    char *path = cst_arena_alloc(io->texts, room);
    if (path) snprintf(path, room, "%s/%s", folder, name);
    return path;
}

cst_status cst_io_table(cst_program_io *io, const char *path, cst_table **out, cst_error *e)
{
    return cst_io_table_columns(io, path, NULL, out, e);
}

cst_status cst_io_table_columns(cst_program_io *io, const char *path, const char *const *columns,
                                cst_table **out, cst_error *e)
{
    cst_status status = cst_outputs_guard(io->outputs, path, e);
    return status == CST_OK ? load_table(io, path, columns, out, e) : status;
}

cst_status cst_io_state_table(cst_program_io *io, const char *path, cst_table **out, cst_error *e)
{
    *out = NULL;
    if (access(path, F_OK) != 0 && errno == ENOENT) return CST_END;
    return load_table(io, path, NULL, out, e);
}

cst_status cst_io_write_opts(cst_program_io *io, cst_write_opts *out, cst_error *e)
{
    const cst_shared *s = io->shared;
    enum cst_format named = cst_io_format_of(s->output);
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    bool terminal = (!s->output || strcmp(s->output, "-") == 0) && isatty(STDOUT_FILENO) == 1;
    bool automatic = terminal && !(none && *none) && !(term && strcmp(term, "dumb") == 0);
    *out = (cst_write_opts){.format = s->format >= 0                ? (enum cst_format)s->format
                                      : s->tabs && named == CST_CSV ? CST_TSV
                                                                    : named,
                            .color = s->color == 1 || (s->color == 0 && automatic),
                            .columns = s->columns,
                            .for_sheets = s->for_sheets};
    bool sheet = out->format == CST_CSV || out->format == CST_TSV || out->format == CST_PRETTY;
    if (!s->for_sheets || sheet) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--for-sheets: expected csv, tsv or pretty, found another format, which no spreadsheet "
                    "opens; leave one of them out");
}

cst_status cst_io_writer(cst_program_io *io, const cst_column *columns, size_t n, cst_writer **out,
                         cst_error *e)
{
    cst_write_opts o;
    cst_status status = cst_io_checked(io, e);
    if (status == CST_OK) status = cst_io_write_opts(io, &o, e);
    return status == CST_OK ? cst_writer_open(cst_io_main(io), &o, columns, n, out, e) : status;
}

cst_status cst_io_sink(cst_program_io *io, const char *path, cst_sink **out, cst_error *e)
{
    for (size_t i = 0; i < io->n_extra; i++) {
        if (io->extra[i].asked_for || strcmp(io->extra[i].path, path) != 0) continue;
        io->extra[i].asked_for = true;
        *out = io->extra[i].sink;
        return CST_OK;
    }
    return cst_outputs_add(io->outputs, path, out, e);
}

static cst_status open_extra(cst_program_io *io, const char *path, enum cst_rank rank,
                             const cst_column *columns, size_t n, cst_writer **out, cst_error *e)
{
    cst_sink *s;
    enum cst_format named = cst_io_format_of(path);
    /* a state is read again */
    cst_write_opts o = {.format = rank == CST_RANK_STATE && named != CST_TSV ? CST_CSV : named};
    cst_status status = cst_io_sink(io, path, &s, e);
    if (status != CST_OK) return status;
    cst_sink_rank(s, rank);
    return cst_writer_open(s, &o, columns, n, out, e);
}

cst_status cst_io_extra_writer(cst_program_io *io, const char *path, const cst_column *columns, size_t n,
                               cst_writer **out, cst_error *e)
{
    return open_extra(io, path, CST_RANK_OTHER, columns, n, out, e);
}

cst_status cst_io_state_writer(cst_program_io *io, const char *path, const cst_column *columns, size_t n,
                               cst_writer **out, cst_error *e)
{
    return open_extra(io, path, CST_RANK_STATE, columns, n, out, e);
}

/* ---- rejected rows ---- */

cst_status cst_rejects_open(cst_sink *s, cst_writer **out, cst_error *e)
{
    static const cst_column columns[] = {{"file", CST_COL_TEXT},     {"line", CST_COL_NUMBER},
                                         {"column", CST_COL_NUMBER}, {"reason", CST_COL_TEXT},
                                         {"field", CST_COL_TEXT},    {"record", CST_COL_TEXT}};
    static const cst_write_opts csv = {.format = CST_CSV};
    return cst_writer_open(s, &csv, columns, sizeof columns / sizeof *columns, out, e);
}

static void put_position(cst_writer *w, uint64_t at)
{
    if (at == 0)
        cst_put_missing(w);
    else
        cst_put_int(w, (int64_t)at);
}

cst_status cst_rejects_take(void *writer, const cst_reject *r, cst_error *e)
{
    cst_writer *w = writer;
    cst_put_string(w, r->place.file);
    put_position(w, r->place.line);
    put_position(w, r->place.column);
    cst_put_text(w, r->reason);
    cst_put_text(w, r->field);
    cst_put_text(w, r->record);
    return cst_end_row(w, e);
}

cst_status cst_io_mended(void *context, const cst_reject *mended, cst_error *e)
{
    cst_program_io *io = context;
    cst_io_warn(io, "%s:%llu: %.*s", mended->place.file, (unsigned long long)mended->place.line,
                (int)mended->reason.n, mended->reason.p);
    return io->rejects ? cst_rejects_take(io->rejects, mended, e) : CST_OK;
}
