/* checks.c: see checks.h. One table holds every check; options, list, messages and manifest follow it. */
#include "program/checks.h"
#include "base/suggest.h"
#include "base/text.h"
#include "program/program_io.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct check_row {
    const char *id;
    cst_check_level level;
    bool never_allowed;
    const char *meaning;
} check_row;

static const check_row checks[CST_CHECKS] = {
    [CST_CHECK_STALE_INPUT] = {"stale-input", CST_LEVEL_WARNING, false,
                               "the latest day in the subscriptions lies long before --as-of"},
    [CST_CHECK_SAME_FILE] = {"same-file", CST_LEVEL_ERROR, true, "an input is named twice"},
    [CST_CHECK_UNMATCHED_ACCOUNT] = {"unmatched-account", CST_LEVEL_WARNING, false,
                                     "accounts of the main stream that a joined table lacks"},
    [CST_CHECK_UNMATCHED_ROW] = {"unmatched-row", CST_LEVEL_WARNING, false,
                                 "rows of a joined table that match nothing"},
    [CST_CHECK_OTHER_PERIOD] = {"other-period", CST_LEVEL_ERROR, false,
                                "a joined table has no row of the period that is asked for"},
    [CST_CHECK_LOW_COVERAGE] = {"low-coverage", CST_LEVEL_WARNING, false,
                                "scores that stand on less than half of their model"},
    [CST_CHECK_NEVER_RECORDED] = {"never-recorded", CST_LEVEL_NOTE, false,
                                  "a measure is missing, not 0: its events were not recorded yet"},
    [CST_CHECK_CHANCE] = {"chance", CST_LEVEL_WARNING, false,
                          "a model that is no better than chance on what it has not seen"},
    [CST_CHECK_CHANGED_INPUT] = {"changed-input", CST_LEVEL_WARNING, false,
                                 "an input is not the file that the manifest of the command before names"},
    [CST_CHECK_REPEATED_KEY] =
        {"repeated-key", CST_LEVEL_ERROR, false,
         "a row that is there already, by its key; a warning where amount or end differ"},
    [CST_CHECK_LAST_LINE] = {"last-line", CST_LEVEL_NOTE, false,
                             "the last line of an input has no line end: the file may be cut off"},
    [CST_CHECK_TOTALS_ROW] =
        {"totals-row", CST_LEVEL_ERROR, false,
         "a row of a sheet by month is the sum of the others; a warning where its name is no "
         "word for that"},
    [CST_CHECK_REPEATED_HEADER] = {"repeated-header", CST_LEVEL_ERROR, true,
                                   "a row of an input is its header once more"},
    [CST_CHECK_SHRUNK_INPUT] = {"shrunk-input", CST_LEVEL_WARNING, false,
                                "rows, accounts or money fell against --expect-from: half an export"},
};

static const char *const levels[] = {"", "note", "warning", "error"};

/* ---- the options ---- */

static cst_status allow(cst_program_io *io, cst_text word, cst_error *e)
{
    cst_text names[CST_CHECKS];
    for (size_t i = 0; i < CST_CHECKS; i++) {
        names[i] = cst_text_of(checks[i].id);
        if (!cst_text_equal(names[i], word)) continue;
        if (checks[i].never_allowed)
            return cst_fail(e, CST_USAGE, "--allow: expected a check that can be allowed, found %s: %s",
                            checks[i].id, checks[i].meaning);
        io->checks.allowed |= UINT64_C(1) << i;
        return CST_OK;
    }
    cst_buffer b = {0};
    cst_buffer_add_string(&b, "--allow: ");
    cst_suggest_unknown(&b, "the id of a check", word, names, CST_CHECKS, "; there are ", CST_CHECKS);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

cst_status cst_checks_options(cst_program_io *io, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < io->shared->allow.n && status == CST_OK; i++) {
        const char *at = io->shared->allow.v[i];
        for (bool more = true; more && status == CST_OK;) {
            size_t n = strcspn(at, ",");
            status = allow(io, (cst_text){at, (uint32_t)n}, e);
            more = at[n] == ',';
            at += n + more;
        }
    }
    return status;
}

cst_status cst_checks_list(cst_program_io *io, cst_error *e)
{
    static const cst_column columns[] = {
        {"id", CST_COL_TEXT}, {"default", CST_COL_TEXT}, {"meaning", CST_COL_TEXT}};
    cst_writer *w;
    cst_status status = cst_io_writer(io, columns, sizeof columns / sizeof *columns, &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < CST_CHECKS; i++) {
        cst_put_string(w, checks[i].id);
        cst_put_string(w, levels[checks[i].level]);
        cst_put_string(w, checks[i].meaning);
        cst_end_row(w, NULL); /* a failure comes back from finish */
    }
    status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

/* ---- findings ---- */

static cst_check_level settle_level(const cst_program_io *io, const cst_finding *f)
{
    cst_check_level level = f->level ? f->level : checks[f->id].level;
    if (io->checks.allowed >> f->id & 1) return level == CST_LEVEL_ERROR ? CST_LEVEL_WARNING : CST_LEVEL_NOTE;
    return io->shared->strict && level == CST_LEVEL_WARNING ? CST_LEVEL_ERROR : level;
}

static void keep(cst_program_io *io, const cst_finding *f)
{
    cst_checks *c = &io->checks;
    for (size_t i = 0; i < c->n; i++) {
        const char *known = c->found[i].first.file, *file = f->first.file;
        if (c->found[i].id != f->id || !known != !file || (known && strcmp(known, file) != 0)) continue;
        c->found[i].count += f->count;
        return;
    }
    char *name = f->first.file ? strdup(f->first.file) : NULL;
    if ((f->first.file && !name) || !cst_grow(&c->found, &c->room, c->n + 1, sizeof *c->found)) {
        free(name);
        c->out_of_memory = true;
        return;
    }
    c->found[c->n] = *f;
    c->found[c->n++].first.file = name;
}

static void say(cst_program_io *io, const cst_finding *f, cst_check_level level, const char *text)
{
    cst_error line = {0};
    char room[2600];
    const char *id = checks[f->id].id;
    bool fatal = level == CST_LEVEL_ERROR;
    if (level == CST_LEVEL_NOTE ? !io->shared->verbose : io->shared->quiet && !fatal) return;
    cst_fail_at(&line, CST_DATA, f->first, NULL, "%s", text);
    size_t n = cst_error_format(&line, room, sizeof room);
    if (n > sizeof room - 100) n = sizeof room - 100;
    if (fatal && !checks[f->id].never_allowed)
        snprintf(room + n, sizeof room - n, " [%s; --allow %s accepts it]", id, id);
    else
        snprintf(room + n, sizeof room - n, " [%s]", id);
    cst_progress_wipe(&io->progress);
    cst_messages_line(&io->messages, room);
}

void cst_checks_free(cst_checks *c)
{
    for (size_t i = 0; i < c->n; i++) free((char *)(uintptr_t)c->found[i].first.file);
    free(c->found);
    *c = (cst_checks){0};
}

void cst_io_check(cst_program_io *io, const cst_finding *f, const char *format, ...)
{
    char text[2200];
    if (f->count == 0) return;
    cst_check_level level = settle_level(io, f);
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    keep(io, f);
    say(io, f, level, text);
    if (level == CST_LEVEL_ERROR) io->checks.failed = true;
}

cst_status cst_io_checked(const cst_program_io *io, cst_error *e)
{
    if (io->checks.out_of_memory) return cst_no_memory(e);
    return io->checks.failed ? cst_fail(e, CST_DATA, "%s", "") : CST_OK;
}

void cst_checks_tell(const cst_program_io *io, cst_manifest *m)
{
    for (size_t i = 0; i < io->checks.n; i++) {
        const cst_finding *f = &io->checks.found[i];
        cst_manifest_count(m, "check", f->first.file, checks[f->id].id, f->count);
        if (io->checks.allowed >> f->id & 1)
            cst_manifest_count(m, "allowed", f->first.file, checks[f->id].id, f->first.line);
    }
}
