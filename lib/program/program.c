/* program.c: leads a run from argv to the exit status; see program.h. The order is the point: options,
 * then the inputs that are known by name, then the outputs, and only then the work; at the end rejects and
 * manifest are written, and everything appears at once or not at all. */
#include "base/decimal.h"
#include "base/text.h"
#include "program/options_rows.h"
#include "program/program_io.h"
#include "write/signals.h"
#include "write/sink.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char licence[] =
    "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
    "This is free software: you are free to change and redistribute it.\n"
    "There is NO WARRANTY, to the extent permitted by law.\n";

/* A closed standard stream would give its number to the next file opened, and messages would land in it.
 * It is taken by a descriptor that fails in the right direction, so that a use of it is still reported. */
static void occupy_standard_streams(void)
{
    static const int mode[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", mode[fd]) < 0) return;
}

/* All operands are open at once, and a year of nightly exports is more of them than most shells allow. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

/* Where stdio puts its bytes. A failure sticks in the buffer: stdio itself may forget it. */
static ssize_t gather(void *buffer, const char *p, size_t n)
{
    cst_buffer *b = buffer;
    cst_buffer_add(b, p, n);
    return b->failed ? 0 : (ssize_t)n;
}

static bool print_answer(const cst_program_io *io, cst_buffer *b)
{
    FILE *f = fopencookie(b, "w", (cookie_io_functions_t){.write = gather});
    if (!f) return false;
    if (io->shared->help)
        cst_options_help(io->command, f);
    else if (io->shared->version)
        fprintf(f, "%s (cs-tools) %s\n%s", io->command->name, cst_version(), licence);
    else
        cst_options_completion(io->command, f);
    bool failed = ferror(f);
    return fclose(f) == 0 && !failed && !b->failed;
}

/* --help and its kin: made in memory, so that they leave through the same writer as everything else. */
static cst_status answer(cst_program_io *io, cst_error *e)
{
    cst_buffer text = {0};
    bool list =
        io->shared->list_checks && !io->shared->help && !io->shared->version && !io->shared->completion;
    cst_status status = list || print_answer(io, &text) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_outputs_new(&io->outputs, e);
    if (status == CST_OK)
        status = cst_outputs_add(io->outputs, list ? io->shared->output : NULL, &io->main, e);
    if (status == CST_OK)
        status = list ? cst_checks_list(io, e) : cst_sink_write(io->main, text.p, text.n, e);
    if (status == CST_OK) status = cst_outputs_commit(io->outputs, e);
    cst_buffer_free(&text);
    return status;
}

/* A missing file is told before any work, and before a file that is waited for is touched. */
static cst_status check_input(cst_program_io *io, const char *path, cst_error *e)
{
    struct stat st;
    char room[128];
    if (!*path)
        return cst_fail(e, CST_USAGE,
                        "expected the name of a file, found an empty one; is a variable not set?");
    if (strcmp(path, "-") != 0) {
        cst_place place = {path, 0, 0};
        int number = stat(path, &st) != 0 || access(path, R_OK) != 0 ? errno : 0;
        if (number)
            return cst_fail_at(e, CST_IO, place, NULL, "cannot open: %s; check the name",
                               cst_errno_text(number, room, sizeof room));
        bool folder = io->word && io->command->folder_word && strcmp(io->word, io->command->folder_word) == 0;
        if (S_ISDIR(st.st_mode) && !folder)
            return cst_fail_at(e, CST_IO, place, NULL,
                               "expected a file, found a directory; name a file in it");
    }
    return cst_outputs_guard(io->outputs, path, e);
}

/* Where an option takes NAME or FILE, a value with "/" or "." is a file. */
static bool is_name(const cst_option *row, const char *value)
{
    return row->value && strncmp(row->value, "NAME", 4) == 0 && !strpbrk(value, "/.");
}

/* A first operand that is neither one of the command's words nor a file was meant to be one of them; so was
 * what follows the first part of a word of two. */
static cst_status check_word(const cst_program_io *io, cst_error *e)
{
    const char *words = io->command->words, *first = io->operands.n > 0 ? io->operands.v[0] : "-";
    cst_buffer b = {0};
    if (!words || io->word || strcmp(first, "-") == 0) return CST_OK;
    if (cst_word_follows(words, first, '|', &b)) {
        const char *second = io->operands.n > 1 ? io->operands.v[1] : NULL;
        cst_fail(e, CST_USAGE, "expected one of %s after %s, found %s%s%s", cst_buffer_string(&b), first,
                 second ? "\"" : "none", second ? second : "", second ? "\"" : "");
    } else if (access(first, F_OK) == 0) {
        return CST_OK;
    } else {
        cst_fail(e, CST_USAGE, "expected one of %s as first operand, or a file, found \"%s\"", words, first);
    }
    cst_buffer_free(&b);
    return CST_USAGE;
}

/* Files whose rows are joined; row: of the option that names them, NULL: they are the operands. */
static cst_status check_files(cst_program_io *io, const cst_option *row, const char *const *path, size_t n,
                              cst_error *e)
{
    size_t since = cst_outputs_guarded(io->outputs);
    cst_status status = CST_OK;
    for (size_t i = 0; i < n && status == CST_OK; i++) {
        if (!path[i] || (row && is_name(row, path[i]))) continue;
        const char *again = cst_outputs_again(io->outputs, path[i], since);
        if (again)
            cst_io_check(io, &(cst_finding){.id = CST_CHECK_SAME_FILE, .first.file = path[i], .count = 1},
                         "the same file as %s: its rows would count twice; name it once", again);
        status = check_input(io, path[i], e);
    }
    return status;
}

static cst_status check_inputs(cst_program_io *io, cst_error *e)
{
    cst_status status = check_word(io, e);
    if (status == CST_OK) status = check_files(io, NULL, io->operands.v, io->operands.n, e);
    cst_option_walk w = {0};
    while (status == CST_OK && cst_option_next(io->command, &w)) {
        if (!cst_option_is_input(w.row)) continue;
        const char *at = (const char *)io->values + w.at, *one = NULL;
        cst_list many = {&one, 1};
        if (w.row->kind == CST_OPT_INPUTS)
            memcpy(&many, at, sizeof many);
        else
            memcpy(&one, at, sizeof one);
        status = check_files(io, w.row, many.v, many.n, e);
    }
    return status;
}

static cst_status open_extra(cst_program_io *io, const char *option, const char *path, cst_error *e)
{
    if (!cst_grow(&io->extra, &io->extra_room, io->n_extra + 1, sizeof *io->extra)) return cst_no_memory(e);
    cst_io_extra *x = &io->extra[io->n_extra];
    *x = (cst_io_extra){.option = option, .path = path};
    cst_status status = cst_outputs_add(io->outputs, path, &x->sink, e);
    if (status == CST_OK) io->n_extra++;
    return status;
}

/* Looked at before it is opened, because that may wait for the other end. */
static cst_status check_replaced(const char *option, const char *path, cst_error *e)
{
    struct stat st;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) return CST_OK;
    return cst_fail_at(e, CST_USAGE, (cst_place){path, 0, 0}, NULL,
                       "--%s: expected a regular file, found another kind; it is read and replaced", option);
}

/* Is it one of the words of a list with bars between? */
static bool has_word(const char *list, const char *word)
{
    for (int i = (int)cst_choice_count(list); i-- > 0;)
        if (cst_text_is(cst_choice_word(list, i), word)) return true;
    return false;
}

/* A name that promises what is not done would be found out by whoever opens the file. */
static cst_status check_output_name(const cst_program_io *io, const char *option, const char *path,
                                    cst_error *e)
{
    static const char *const never[] = {".xlsx", ".xls",     ".ods", ".html", ".htm", ".pdf",
                                        ".zip",  ".parquet", ".zst", ".bz2",  ".xz",  ".sqlite"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        size_t end = strlen(never[i]);
        const char *writes = io->command->writes;
        if (writes && path == io->shared->output && has_word(writes, never[i] + 1)) continue;
        if (n <= end || strcasecmp(path + n - end, never[i]) != 0) continue;
        return cst_fail(
            e, CST_USAGE,
            "--%s: expected a name for a table of text, found \"%s\"; no %s is written here: name it "
            ".csv, .tsv, .json, .jsonl, .md or .txt",
            option, path, never[i] + 1);
    }
    if (n < 3 || strcmp(path + n - 3, ".gz") != 0) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--%s: expected a name without .gz, found \"%s\"; outputs are not compressed: name it "
                    "without, and gzip it afterwards",
                    option, path);
}

/* The main output first, then those the options name in the order of the tables, then rejects and
 * manifest. */
static cst_status open_outputs(cst_program_io *io, cst_error *e)
{
    cst_shared *s = io->shared;
    cst_status status = cst_outputs_add(io->outputs, s->output, &io->main, e);
    if (status != CST_OK) return status;
    cst_sink_rank(io->main, CST_RANK_MAIN);
    cst_option_walk w = {0};
    while (status == CST_OK && cst_option_next(io->command, &w)) {
        const char *at = (const char *)io->values + w.at, *path;
        bool own = at == (const char *)&s->output || at == (const char *)&s->rejects ||
                   at == (const char *)&s->manifest;
        if (w.row->kind != CST_OPT_OUTPUT) continue;
        memcpy(&path, at, sizeof path);
        if (path) status = check_output_name(io, w.row->name, path, e);
        if (own || status != CST_OK) continue;
        if (path && io->command->replaced && strcmp(io->command->replaced, w.row->name) == 0)
            status = check_replaced(w.row->name, path, e);
        if (path && status == CST_OK) status = open_extra(io, w.row->name, path, e);
    }
    if (status == CST_OK && s->rejects) {
        status = cst_outputs_add(io->outputs, s->rejects, &io->rejects_sink, e);
        if (status == CST_OK) status = cst_rejects_open(io->rejects_sink, &io->rejects, e);
        if (status == CST_OK) cst_sink_keep(io->rejects_sink);
    }
    if (status == CST_OK && s->manifest) {
        status = cst_outputs_add(io->outputs, s->manifest, &io->manifest_sink, e);
        if (status != CST_OK) return status;
        cst_sink_rank(io->manifest_sink, CST_RANK_MANIFEST);
        cst_sink_keep(io->manifest_sink);
    }
    return status;
}

static cst_status check_asked_for(const cst_program_io *io, cst_error *e)
{
    const char *option = !io->main_asked_for && io->shared->output ? "output" : NULL;
    for (size_t i = 0; i < io->n_extra && !option; i++)
        if (!io->extra[i].asked_for) option = io->extra[i].option;
    if (!option) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--%s: expected an output of this mode, found one that it does not write; leave it out",
                    option);
}

/* Totals of all readers; with them the inputs enter the manifest. */
static cst_read_totals settle_readers(cst_program_io *io)
{
    cst_read_totals all = {0};
    for (size_t i = 0; i < io->n_readings; i++) {
        const cst_reader *r = io->reading[i].reader;
        cst_read_totals sum = cst_reader_totals(r, SIZE_MAX);
        all.records += sum.records;
        all.rejected += sum.rejected;
        all.mended += sum.mended;
        for (size_t k = 0; k < io->reading[i].files; k++) {
            cst_read_totals t = cst_reader_totals(r, k);
            cst_io_input_read(io, cst_reader_file(r, k), &t);
        }
    }
    return all;
}

/* N, or P%: a share of the rows read, compared without a division. */
static cst_status parse_limit(const char *text, uint64_t *count, cst_money *percent, cst_error *e)
{
    size_t n = strlen(text);
    bool share = n > 0 && text[n - 1] == '%';
    cst_money v = -1;
    cst_decimal_status parsed = cst_decimal_parse((cst_text){text, (uint32_t)(n - share)}, share ? 6 : 0, &v);
    bool signed_text = n > 0 && (text[0] == '-' || text[0] == '+');
    if (parsed != CST_DECIMAL_OK || signed_text || v < 0 || (share && v > 100 * CST_MONEY_UNIT))
        return cst_fail(e, CST_USAGE,
                        "--max-rejects: expected a number of rows or a percentage up to 100%%, found \"%s\"; "
                        "write 10 or 2.5%%",
                        text);
    *count = share ? UINT64_MAX : (uint64_t)v;
    *percent = share ? v : -1;
    return CST_OK;
}

static cst_status judge_rejects(const cst_program_io *io, const cst_read_totals *all, cst_error *e)
{
    uint64_t count;
    cst_money percent;
    const char *limit = io->shared->max_rejects;
    if (!limit) return CST_OK;
    cst_status status = parse_limit(limit, &count, &percent, e);
    if (status != CST_OK) return status;
    bool over = percent < 0
                    ? all->rejected > count
                    : (cst_wide)all->rejected * 100 * CST_MONEY_UNIT > (cst_wide)all->records * percent;
    if (!over) return CST_OK;
    return cst_fail(
        e, CST_DATA, "expected at most %s rejected rows, found %llu of %llu; see %s, or raise --max-rejects",
        limit, (unsigned long long)all->rejected, (unsigned long long)all->records, io->shared->rejects);
}

static void tell_totals(cst_program_io *io, const cst_read_totals *all)
{
    const char *s = all->records == 1 ? "" : "s";
    if (all->rejected > 0)
        cst_io_warn(io, "%llu of %llu row%s rejected; see %s", (unsigned long long)all->rejected,
                    (unsigned long long)all->records, s, io->shared->rejects ? io->shared->rejects : "above");
    if (all->mended > 0)
        cst_io_warn(io, "%llu of %llu row%s mended by --lenient", (unsigned long long)all->mended,
                    (unsigned long long)all->records, s);
    cst_io_note(io, "%llu row%s read", (unsigned long long)all->records, s);
}

static void list_output(void *manifest, const char *file, uint64_t bytes, const char *sha256)
{
    cst_manifest_output(manifest, file, bytes, sha256);
}

static cst_status write_last(cst_program_io *io, bool kept, cst_error *e)
{
    cst_write_opts o = {.format = cst_io_format_of(io->shared->manifest)};
    cst_checks_tell(io, io->manifest);
    cst_status status = io->rejects ? cst_writer_finish(io->rejects, e) : CST_OK;
    if (status != CST_OK || !io->manifest_sink) return status;
    cst_outputs_each(io->outputs, io->manifest_sink, kept, list_output, io->manifest);
    return cst_manifest_write(io->manifest, io->manifest_sink, &o, e);
}

static void tell_changed(void *context, const char *input, const char *manifest)
{
    cst_program_io *io = context;
    const cst_finding f = {CST_CHECK_CHANGED_INPUT, {input, 0, 0}, 1, CST_LEVEL_DEFAULT};
    cst_io_check(io, &f,
                 "expected the file of this name that %s has among its outputs, found other bytes; run the "
                 "command before once more, or name the manifest that belongs to this file",
                 manifest);
}

/* The manifests of the commands before, once the digests of all inputs are known. */
static cst_status take_manifests(cst_program_io *io, cst_error *e)
{
    static const cst_read_opts digested = {.sha256 = true};
    const cst_shared *s = io->shared;
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->manifests.n && s->manifest && status == CST_OK; i++) {
        cst_table *t = NULL;
        status = cst_table_load(s->manifests.v[i], &digested, &t, e);
        if (status == CST_OK) status = cst_manifest_take(io->manifest, s->manifests.v[i], t, e);
        cst_table_free(t);
    }
    if (status == CST_OK) cst_manifest_link(io->manifest, tell_changed, io);
    return status == CST_OK ? cst_io_checked(io, e) : status;
}

static void tell_shrunk(void *context, const char *what, cst_text file, cst_money before, cst_money now)
{
    cst_program_io *io = context;
    const cst_finding f = {CST_CHECK_SHRUNK_INPUT, {file.n ? file.p : NULL, 0, 0}, 1, CST_LEVEL_DEFAULT};
    char was[CST_DECIMAL_ROOM], is[CST_DECIMAL_ROOM];
    was[cst_money_format(before, 0, was)] = 0;
    is[cst_money_format(now, 0, is)] = 0;
    cst_io_check(io, &f,
                 "expected %s of about %s as in %s, found %s; see that the export is whole, or raise "
                 "--max-shrink",
                 what, was, io->shared->expect_from, is);
}

/* --max-shrink as millionths of a percent. */
static cst_status read_shrink(const cst_program_io *io, cst_money *percent, cst_error *e)
{
    uint64_t count;
    const char *limit = io->shared->max_shrink;
    *percent = 10 * CST_MONEY_UNIT;
    if (!limit) return CST_OK;
    if (!io->shared->expect_from)
        return cst_option_needs("--max-shrink", "--expect-from FILE", "it is what may fall", e);
    cst_error why;
    if (parse_limit(limit, &count, percent, &why) == CST_OK && *percent >= 0) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--max-shrink: expected a percentage from 0%% to 100%%, such as 10%%, found \"%s\"",
                    limit);
}

static cst_status compare_sizes(cst_program_io *io, cst_error *e)
{
    cst_money percent;
    cst_table *t = NULL;
    if (!io->shared->expect_from) return CST_OK;
    cst_status status = read_shrink(io, &percent, e);
    if (status == CST_OK) status = cst_table_load(io->shared->expect_from, NULL, &t, e);
    if (status == CST_OK) status = cst_manifest_compare(io->manifest, t, percent, tell_shrunk, io, e);
    cst_table_free(t);
    return status == CST_OK ? cst_io_checked(io, e) : status;
}

/* After a run that went through: the limit of rejects, what is written last, and the commit. */
static cst_status conclude(cst_program_io *io, cst_status verdict, cst_error *e)
{
    cst_status status = check_asked_for(io, e);
    if (status == CST_OK) status = cst_io_checked(io, e);
    if (status != CST_OK) return status;
    cst_read_totals all = settle_readers(io);
    status = take_manifests(io, e);
    if (status == CST_OK) status = compare_sizes(io, e);
    if (status != CST_OK) return status;
    cst_error other = {0};
    cst_status judged = judge_rejects(io, &all, e);
    status = write_last(io, judged != CST_OK, &other);
    if (judged != CST_OK) cst_outputs_break(io->outputs, io->command->name); /* they are dropped below */
    if (status == CST_OK)
        status = judged == CST_OK ? cst_outputs_commit(io->outputs, &other)
                                  : cst_outputs_commit_kept(io->outputs, &other);
    if (status != CST_OK) {
        if (e) *e = other;
        return status;
    }
    cst_progress_wipe(&io->progress);
    if (judged != CST_OK) return judged;
    tell_totals(io, &all);
    return verdict;
}

static cst_status perform(cst_program_io *io, cst_program_run *run, cst_error *e)
{
    uint64_t count;
    cst_money percent;
    cst_status status = cst_io_check_shared(io, e);
    if (status == CST_OK && io->shared->max_rejects)
        status = parse_limit(io->shared->max_rejects, &count, &percent, e);
    if (status == CST_OK) status = read_shrink(io, &percent, e);
    if (status == CST_OK) status = cst_checks_options(io, e);
    if (status == CST_OK) status = cst_outputs_new(&io->outputs, e);
    if (status == CST_OK && io->shared->manifest) cst_outputs_digest(io->outputs);
    if (status == CST_OK) status = check_inputs(io, e);
    if (status == CST_OK) status = cst_io_checked(io, e);
    if (status == CST_OK) status = open_outputs(io, e);
    if (status != CST_OK) return status;
    status = run(io->values, io, e);
    return status >= 0 ? conclude(io, status, e) : status;
}

static void release(cst_program_io *io)
{
    for (size_t i = 0; i < io->n_readings; i++) cst_reader_free(io->reading[i].reader);
    free(io->reading);
    cst_writer_free(io->rejects);
    cst_manifest_free(io->manifest);
    cst_outputs_free(io->outputs);
    cst_arena_free(io->texts);
    free(io->extra);
    cst_checks_free(&io->checks);
    cst_options_free(io->command, io->values, &io->all);
}

/* How many operands the word takes, if they begin with it; 0: they do not. */
static size_t match_word(const cst_operands *all, const char *word, size_t n)
{
    size_t taken = 0;
    while (n > 0 && taken < all->n) {
        size_t part = strcspn(word, " |"), length = strlen(all->v[taken]);
        if (part > n) part = n;
        if (length != part || memcmp(all->v[taken], word, part) != 0) return 0;
        taken++;
        bool more = part < n; /* a blank follows */
        word += part + more;
        n -= part + more;
    }
    return n == 0 ? taken : 0;
}

/* Parts the operands into the command's word, if it has words and they begin with one, and files. */
static void take_word(cst_program_io *io)
{
    io->operands = io->all;
    const char *words = io->command->words;
    while (words && *words) {
        size_t n = strcspn(words, "|"), taken = match_word(&io->all, words, n);
        if (taken > 0 && n < sizeof io->word_room) {
            memcpy(io->word_room, words, n);
            io->word_room[n] = '\0';
            io->word = io->word_room;
            io->operands = (cst_operands){io->all.v + taken, io->all.n - taken};
            return;
        }
        words += n + (words[n] == '|');
    }
}

/* The command line enters the manifest before it is parsed, because the parser puts the operands behind
 * the options. */
static cst_status parse(cst_program_io *io, int argc, char **argv, cst_error *e)
{
    static const char *const standard[] = {"-"};
    io->manifest = cst_manifest_new();
    if (!io->manifest) return cst_no_memory(e);
    cst_manifest_program(io->manifest, io->command->name, argc, argv);
    cst_status status = cst_options_parse(io->command, argc, argv, io->values, &io->all, e);
    cst_manifest_people(io->manifest, io->shared->by_whom, io->shared->note);
    take_word(io);
    bool given = io->operands.n > 0;
    io->inputs = given ? (cst_inputs){io->operands.v, io->operands.n} : (cst_inputs){standard, 1};
    return status;
}

int cst_program(const cst_command *c, int argc, char **argv, void *values, cst_shared *shared,
                cst_program_run *run)
{
    cst_program_io io = {.command = c, .values = values, .shared = shared};
    cst_error e = {0};
    occupy_standard_streams();
    allow_many_files();
    cst_signals_install();
    cst_messages_init(&io.messages, c->name);
    cst_shared_init(shared);
    cst_status status = parse(&io, argc, argv, &e);
    io.messages.quiet = shared->quiet;
    if (!shared->quiet) cst_progress_start(&io.progress, c->name, shared->progress);
    if (status == CST_OK) {
        bool asked = shared->help || shared->version || shared->completion || shared->list_checks;
        status = asked ? answer(&io, &e) : perform(&io, run, &e);
    }
    cst_progress_wipe(&io.progress);
    if (status < 0 && e.message[0]) cst_messages_error(&io.messages, &e); /* else it was said */
    cst_messages_count(&io.messages);
    if (status < 0) cst_outputs_break(io.outputs, c->name);
    release(&io);
    return status == CST_OK ? 0 : status == CST_END ? 1 : 2;
}
