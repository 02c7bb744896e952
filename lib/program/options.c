/* program/options.c: reads a command line by the command's option tables.
 *
 * getopt_long does the reading. It takes any unambiguous beginning of a long name for the name; here
 * that is refused, because a script that abbreviates breaks with the next option that is added. So
 * after each long option the word of argv that it came from is compared with the table's name.
 * getopt_long numbers a long option LONG + its place in the walk over the tables (options_rows.h), so
 * that one number leads back to the row; a short one is its letter.
 */
#include "program/options.h"
#include "base/suggest.h"
#include "base/text.h"
#include "program/options_rows.h"
#include <getopt.h>
#include <stdlib.h>

#define LONG 256 /* past every letter */

typedef struct scan {
    const cst_command *command;
    void *values;
    struct option *longs;   /* of getopt_long; ends with zeros */
    cst_text *names;        /* the same names, for the nearest one */
    char *letters;          /* getopt's string of short options */
    size_t n;               /* rows */
    const char **given;     /* the value that each row has got; NULL: none yet */
    const cst_option *mode; /* the one given; NULL: none yet */
    cst_error *e;
} scan;

static cst_status prepare_scan(scan *s)
{
    cst_option_walk w = {0};
    size_t i = 0, used = 1;
    while (cst_option_next(s->command, &w)) s->n++;
    s->longs = calloc(s->n + 1, sizeof *s->longs);
    s->names = calloc(s->n + 1, sizeof *s->names);
    s->letters = calloc(2 * s->n + 2, 1);
    s->given = calloc(s->n + 1, sizeof *s->given);
    if (!s->longs || !s->names || !s->letters || !s->given) return cst_no_memory(s->e);
    s->letters[0] = ':'; /* a missing value is told apart from an unknown option */
    for (w = (cst_option_walk){0}; cst_option_next(s->command, &w); i++) {
        bool value = cst_option_takes_value(w.row);
        s->longs[i] =
            (struct option){w.row->name, value ? required_argument : no_argument, NULL, LONG + (int)i};
        s->names[i] = cst_text_of(w.row->name);
        if (!w.row->letter) continue;
        s->letters[used++] = w.row->letter;
        if (value) s->letters[used++] = ':';
    }
    return CST_OK;
}

static void release_scan(scan *s)
{
    free(s->longs);
    free(s->names);
    free(s->letters);
    free(s->given);
}

/* The row for what getopt_long returned or left in optopt; false: no such option. */
static bool find_row(const scan *s, int code, cst_option_walk *out)
{
    cst_option_walk w = {0};
    if (code >= LONG) {
        *out = cst_option_at(s->command, (size_t)(code - LONG));
        return true;
    }
    while (cst_option_next(s->command, &w)) {
        if (code != 0 && w.row->letter == code) {
            *out = w;
            return true;
        }
    }
    return false;
}

/* What follows the dashes of an option's word, up to "=". */
static cst_text cut_name(const char *word)
{
    const char *name = word + strspn(word, "-");
    return (cst_text){name, (uint32_t)strcspn(name, "=")};
}

/* The end of every message here: "; did you mean "--every"? Try 'cs-x --help'". */
static cst_status refuse(scan *s, cst_buffer *b, const char *meant)
{
    if (meant)
        cst_buffer_printf(b, "; did you mean \"--%s\"? Try '%s --help'", meant, s->command->name);
    else
        cst_buffer_printf(b, "; try '%s --help'", s->command->name);
    return cst_buffer_fail(b, CST_USAGE, (cst_place){0}, NULL, s->e);
}

/* An unknown option. What it may have meant: the names it begins, else the nearest one. */
static cst_status refuse_unknown(scan *s, const char *word)
{
    cst_buffer b = {0};
    cst_text name = cut_name(word);
    cst_text *begun = calloc(s->n + 1, sizeof *begun);
    size_t n = 0;
    int near = name.n > 1 ? cst_suggest(name, s->names, s->n) : -1;
    if (!begun) return cst_no_memory(s->e);
    for (size_t i = 0; i < s->n && name.n > 0 && word[1] == '-'; i++)
        if (strncmp(s->longs[i].name, name.p, name.n) == 0) begun[n++] = s->names[i];
    cst_buffer_printf(&b, "expected an option of %s, found \"", s->command->name);
    cst_buffer_add_visible(&b, word, strcspn(word, "="), 80);
    cst_buffer_add_char(&b, '"');
    if (n > 1) {
        cst_buffer_add_string(&b, ", which begins several (");
        cst_suggest_list(&b, begun, n, 6);
        cst_buffer_add_string(&b, "): options are not abbreviated");
    }
    free(begun);
    return refuse(s, &b, n > 1 || near < 0 ? NULL : s->longs[near].name);
}

static cst_status refuse_abbreviation(scan *s, const char *word, const char *name)
{
    cst_buffer b = {0};
    cst_buffer_add_string(&b, "expected the whole name of an option, found \"");
    cst_buffer_add_visible(&b, word, strcspn(word, "="), 80);
    cst_buffer_add_char(&b, '"');
    return refuse(s, &b, name);
}

static cst_status refuse_mode(scan *s, const cst_option *row)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "expected one of the modes, found --%s and --%s; give one of them", s->mode->name,
                      row->name);
    return refuse(s, &b, NULL);
}

/* The last of two values would win without a word, and two of --where look like "and". */
static cst_status refuse_second(scan *s, const cst_option *row, const char *first, const char *second)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "--%s: expected it once, found it with \"", row->name);
    cst_buffer_add_visible(&b, first, strlen(first), 80);
    cst_buffer_add_string(&b, "\" and with \"");
    cst_buffer_add_visible(&b, second, strlen(second), 80);
    cst_buffer_add_string(&b, "\"; give one of them");
    return refuse(s, &b, NULL);
}

/* An unknown letter. `next` is the word of argv that getopt_long stands at: the letter's own where
 * more letters follow. There "-format" is more likely a long name short of a dash than a cluster. */
static cst_status refuse_letter(scan *s, char letter, const char *next)
{
    char short_name[] = {'-', letter, '\0'};
    bool first = next && next[0] == '-' && next[1] == letter;
    return refuse_unknown(s, first && cst_suggest(cut_name(next), s->names, s->n) >= 0 ? next : short_name);
}

/* A known option with a value where there is to be none, or without one where there must be one. */
static cst_status refuse_form(scan *s, int code, const cst_option *row, const char *word)
{
    cst_buffer b = {0};
    cst_buffer_printf(&b, "--%s: expected ", row->name);
    cst_option_add_expected(&b, row);
    cst_buffer_add_string(&b, ", found ");
    if (code == ':') {
        cst_buffer_add_string(&b, "nothing");
    } else {
        const char *value = word + strcspn(word, "=") + 1;
        cst_buffer_add_char(&b, '"');
        cst_buffer_add_visible(&b, value, strlen(value), 80);
        cst_buffer_add_char(&b, '"');
    }
    return refuse(s, &b, NULL);
}

/* What getopt_long has just returned. */
static cst_status take_option(scan *s, int code, int argc, char **argv)
{
    bool bad = code == '?' || code == ':';
    int number = bad ? optopt : code;
    /* the last word that was taken names the option, unless it is the value */
    const char *word = argv[!bad && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
    cst_option_walk w;
    if (!find_row(s, number, &w))
        return number == 0 ? refuse_unknown(s, word)
                           : refuse_letter(s, (char)number, optind < argc ? argv[optind] : NULL);
    if (number >= LONG && !cst_text_is(cut_name(word), w.row->name))
        return refuse_abbreviation(s, word, w.row->name);
    if (bad) return refuse_form(s, code, w.row, word);
    if (cst_option_is_mode(w.row)) {
        if (s->mode && s->mode != w.row) return refuse_mode(s, w.row);
        s->mode = w.row;
    }
    if (cst_option_is_single(w.row)) {
        const char *first = s->given[w.number];
        if (first) return refuse_second(s, w.row, first, optarg);
        s->given[w.number] = optarg;
    }
    return cst_option_store(s->command, &w, optarg, s->values, s->e);
}

static cst_status scan_options(scan *s, int argc, char **argv)
{
    opterr = 0;
    optind = 0; /* glibc: begin anew, whatever an earlier parse left behind */
    for (;;) {
        int code = getopt_long(argc, argv, s->letters, s->longs, NULL);
        cst_status status = code == -1 ? CST_OK : take_option(s, code, argc, argv);
        if (code == -1 || status < 0) return status;
    }
}

static cst_status take_operands(int argc, char **argv, cst_operands *operands, cst_error *e)
{
    size_t n = (size_t)(argc - optind);
    operands->v = calloc(n + 1, sizeof *operands->v);
    if (!operands->v) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) operands->v[i] = argv[optind + (int)i];
    operands->n = n;
    return CST_OK;
}

/* Who reads standard input: the first two, an option's row or NULL for an operand. */
typedef struct dashes {
    const cst_option *by[2];
    size_t n;
} dashes;

static void count_dashes(dashes *d, const cst_option *row, size_t uses)
{
    for (; uses > 0 && d->n < 2; uses--) d->by[d->n++] = row;
}

/* Standard input can be read once. */
static cst_status check_dashes(scan *s, const cst_operands *operands)
{
    dashes d = {0};
    cst_option_walk w = {0};
    cst_buffer b = {0};
    while (cst_option_next(s->command, &w)) count_dashes(&d, w.row, cst_option_dashes(&w, s->values));
    for (size_t i = 0; i < operands->n; i++) count_dashes(&d, NULL, strcmp(operands->v[i], "-") == 0);
    if (d.n < 2) return CST_OK;
    cst_buffer_add_string(&b, "expected \"-\" (standard input) once, found it ");
    for (size_t i = 0; i < 2; i++) {
        cst_buffer_printf(&b, "%s%s%s", i > 0 ? " and " : "", d.by[i] ? "for --" : "as an operand",
                          d.by[i] ? d.by[i]->name : "");
    }
    cst_buffer_add_string(&b, "; give one of them a file");
    return refuse(s, &b, NULL);
}

cst_status cst_options_parse(const cst_command *c, int argc, char **argv, void *values,
                             cst_operands *operands, cst_error *e)
{
    scan s = {.command = c, .values = values, .e = e};
    cst_status status = prepare_scan(&s);
    *operands = (cst_operands){0};
    if (status == CST_OK) status = scan_options(&s, argc, argv);
    if (status == CST_OK) status = take_operands(argc, argv, operands, e);
    if (status == CST_OK) status = check_dashes(&s, operands);
    release_scan(&s);
    return status;
}

void cst_options_free(const cst_command *c, void *values, cst_operands *operands)
{
    cst_option_walk w = {0};
    while (cst_option_next(c, &w)) {
        if (w.row->kind != CST_OPT_LIST && w.row->kind != CST_OPT_INPUTS) continue;
        cst_list *list = (void *)((char *)values + w.at);
        free(list->v);
        *list = (cst_list){0};
    }
    free(operands->v);
    *operands = (cst_operands){0};
}
