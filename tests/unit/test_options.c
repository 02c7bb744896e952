/* The option tables: values of every kind, each error message, help, and the completion as bash runs it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/date.h"
#include "program/options.h"
#include "program/options_rows.h"

typedef struct own {
    const char *where, *accounts, *detail, *restate, *merge;
    cst_list fx, by;
    cst_count top;
    cst_opt_money least;
    cst_opt_number level;
    cst_duration window;
    int net;
    bool partial;
} own;

typedef struct values {
    int before; /* so that no table begins at offset 0 */
    own own;
    cst_periodic periodic;
    cst_shared shared;
} values;

#define AT(field) offsetof(own, field)
static const cst_option own_rows[] = {
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(where), "Figures", "Take the rows for which EXPR is true."},
    {"by", 0, CST_OPT_LIST, "COLUMNS", AT(by), NULL, "Group by COLUMNS."},
    {"accounts", 'a', CST_OPT_INPUT, "FILE", AT(accounts), NULL, "The accounts."},
    {"fx", 0, CST_OPT_INPUTS, "FILE", AT(fx), NULL, "Rates of exchange."},
    {"detail", 0, CST_OPT_OUTPUT, "FILE", AT(detail), "Output", "Write every movement to FILE."},
    {"top", 'n', CST_OPT_COUNT, "N", AT(top), "Figures", "The N largest."},
    {"min-movement", 0, CST_OPT_MONEY, "AMOUNT", AT(least), NULL, "Leave out what is smaller."},
    {"level", 0, CST_OPT_NUMBER, "P", AT(level), NULL, "Confidence."},
    {"window", 0, CST_OPT_DURATION, "DURATION", AT(window), NULL, "How far back."},
    {"net", 0, CST_OPT_CHOICE, "line|account", AT(net), NULL, "Where movements net."},
    {"partial", 0, CST_OPT_MODE, NULL, AT(partial), "Modes", "Partial."},
    {"restate", 0, CST_OPT_MODE_INPUT, "FILE", AT(restate), NULL, "Compare with FILE."},
    {"merge", 0, CST_OPT_MODE_TEXT, "NAME", AT(merge), NULL, "Merge."},
    {0},
};

static const cst_option_table tables[] = {
    {own_rows, offsetof(values, own)},
    {cst_periodic_options, offsetof(values, periodic)},
    {cst_shared_options, offsetof(values, shared)},
    {0},
};

static const cst_command command = {
    .name = "cs-try",
    .summary = "try the option tables",
    .usage = "[OPTION]... [FILE]...",
    .examples = "cs-try subscriptions.csv\ncs-try --every quarter \\\n    --format pretty subscriptions.csv",
    .notes = "FILE is a table of subscriptions; several are joined by column name, and without one standard "
             "input is read.",
    .tables = tables,
    .words = "accounts|events",
};

static values init(void)
{
    values v = {0};
    cst_shared_init(&v.shared);
    cst_periodic_init(&v.periodic);
    return v;
}

/* `line` split at blanks (none in the words; '' is an empty word), parsed. The words live until the
 * next call. */
static cst_status parse(const char *line, values *v, cst_operands *operands, cst_error *e)
{
    static char copy[1024];
    static char *argv[64];
    int argc = 0;
    *v = init();
    snprintf(copy, sizeof copy, "cs-try %s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
    argv[argc] = NULL;
    return cst_options_parse(&command, argc, argv, v, operands, e);
}

static void expect_fine(const char *line, values *v, cst_operands *operands)
{
    cst_error e = {0};
    if (parse(line, v, operands, &e) != CST_OK) fail_msg("%s: expected success, found: %s", line, e.message);
}

static void values_of_every_kind(void **state)
{
    (void)state;
    values v;
    cst_operands o;
    expect_fine("--where mrr>5 -a acc.csv --fx a.csv --fx=b.csv --by x --by y --detail d.csv -n 7 "
                "--min-movement 12.5 "
                "--level 0.25 --window 12m --net account --every quarter --from 2024-02-29 --to=2024-12-31 "
                "--as-of 2025-01-01 --fiscal-year-start 7 -d; -t -oout.csv --format jsonl -j 3 -qv --lenient "
                "--rejects r.csv --max-rejects 5% --manifest m.csv --progress --color never one.csv two.csv",
                &v, &o);
    assert_string_equal(v.own.where, "mrr>5");
    assert_string_equal(v.own.accounts, "acc.csv");
    assert_int_equal(v.own.fx.n, 2);
    assert_string_equal(v.own.fx.v[0], "a.csv");
    assert_string_equal(v.own.fx.v[1], "b.csv");
    assert_int_equal(v.own.by.n, 2);
    assert_string_equal(v.own.by.v[1], "y");
    assert_string_equal(v.own.detail, "d.csv");
    assert_true(v.own.top.set && v.own.top.n == 7);
    assert_true(v.own.least.set && v.own.least.v == 12500000);
    assert_true(v.own.level.set && v.own.level.v == 0.25);
    assert_true(v.own.window.n == 12 && v.own.window.unit == 'm');
    assert_int_equal(v.own.net, 1);
    assert_int_equal(v.periodic.every, CST_QUARTER);
    assert_int_equal(v.periodic.from, cst_day_of(2024, 2, 29));
    assert_int_equal(v.periodic.to, cst_day_of(2024, 12, 31));
    assert_int_equal(v.periodic.as_of, cst_day_of(2025, 1, 1));
    assert_true(v.periodic.fiscal_start.set && v.periodic.fiscal_start.n == 7);
    assert_string_equal(v.shared.delimiter, ";");
    assert_true(v.shared.tabs && v.shared.quiet && v.shared.verbose && v.shared.lenient && v.shared.progress);
    assert_false(v.shared.help || v.shared.version || v.shared.completion);
    assert_string_equal(v.shared.output, "out.csv");
    assert_int_equal(v.shared.format, 3); /* csv tsv json jsonl: as enum cst_format has them */
    assert_true(v.shared.threads.set && v.shared.threads.n == 3);
    assert_string_equal(v.shared.rejects, "r.csv");
    assert_string_equal(v.shared.max_rejects, "5%");
    assert_string_equal(v.shared.manifest, "m.csv");
    assert_int_equal(v.shared.color, 2);
    assert_int_equal(o.n, 2);
    assert_string_equal(o.v[0], "one.csv");
    assert_string_equal(o.v[1], "two.csv");
    assert_int_equal(v.before, 0);
    cst_options_free(&command, &v, &o);
    assert_int_equal(v.own.fx.n + v.own.by.n + o.n, 0);
}

static void presets(void **state)
{
    (void)state;
    values v;
    cst_operands o;
    expect_fine("", &v, &o);
    assert_int_equal(v.shared.format, -1);
    assert_int_equal(v.shared.color, 0);
    assert_false(v.shared.threads.set);
    assert_int_equal(v.periodic.every, CST_MONTH);
    assert_int_equal(v.periodic.from, CST_DAY_NONE);
    assert_int_equal(v.periodic.to, CST_DAY_NONE);
    assert_int_equal(v.periodic.as_of, CST_DAY_NONE);
    assert_null(v.own.where);
    assert_int_equal(o.n, 0);
    cst_options_free(&command, &v, &o);
}

static void short_and_long_names(void **state)
{
    (void)state;
    values v;
    cst_operands o;
    static const char *const lines[] = {
        "-d tab -t -o x -j 2 -q -v -h -V",
        "--delimiter tab --tabs --output x --threads 2 --quiet --verbose --help --version",
        "--delimiter=tab -tqvhV -ox -j2"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        expect_fine(lines[i], &v, &o);
        assert_string_equal(v.shared.delimiter, "tab");
        assert_string_equal(v.shared.output, "x");
        assert_true(v.shared.threads.n == 2 && v.shared.tabs && v.shared.quiet && v.shared.verbose &&
                    v.shared.help && v.shared.version);
        cst_options_free(&command, &v, &o);
    }
}

static void operands_and_repeats(void **state)
{
    (void)state;
    values v;
    cst_operands o;
    expect_fine("a.csv --top 2 b.csv -- --top -", &v, &o);
    assert_int_equal(v.own.top.n, 2);
    assert_int_equal(o.n, 4);
    assert_string_equal(o.v[0], "a.csv");
    assert_string_equal(o.v[1], "b.csv");
    assert_string_equal(o.v[2], "--top");
    assert_string_equal(o.v[3], "-");
    cst_options_free(&command, &v, &o);
    expect_fine("--where --top --partial --partial", &v, &o); /* a value may look like an option */
    assert_string_equal(v.own.where, "--top");
    assert_false(v.own.top.set);
    assert_true(v.own.partial);
    cst_options_free(&command, &v, &o);
    expect_fine("-qq --quiet -v -v --fx a --fx a --by x --by x", &v, &o); /* flags and lists may repeat */
    assert_true(v.own.fx.n == 2 && v.own.by.n == 2);
    cst_options_free(&command, &v, &o);
    expect_fine("--where '' -o -", &v, &o);
    assert_string_equal(v.own.where, "");
    cst_options_free(&command, &v, &o);
}

#define TRY     "; try 'cs-try --help'"
#define TRY_TOO " Try 'cs-try --help'"

static void every_error(void **state)
{
    (void)state;
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"--evry month", "expected an option of cs-try, found \"--evry\"; did you mean \"--every\"?" TRY_TOO},
        {"--evry=month", "expected an option of cs-try, found \"--evry\"; did you mean \"--every\"?" TRY_TOO},
        {"x --zzzzzz", "expected an option of cs-try, found \"--zzzzzz\"" TRY},
        {"-f", "expected an option of cs-try, found \"-f\"" TRY},
        {"-qH x", "expected an option of cs-try, found \"-H\"" TRY},
        {"-from 2024-01-01",
         "expected an option of cs-try, found \"-from\"; did you mean \"--from\"?" TRY_TOO},
        {"--completio", "expected the whole name of an option, found \"--completio\"; did you mean "
                        "\"--completion\"?" TRY_TOO},
        {"--pro",
         "expected the whole name of an option, found \"--pro\"; did you mean \"--progress\"?" TRY_TOO},
        {"--acc=x.csv",
         "expected the whole name of an option, found \"--acc\"; did you mean \"--accounts\"?" TRY_TOO},
        {"--acc x.csv",
         "expected the whole name of an option, found \"--acc\"; did you mean \"--accounts\"?" TRY_TOO},
        {"a b --acc",
         "expected the whole name of an option, found \"--acc\"; did you mean \"--accounts\"?" TRY_TOO},
        {"--qui=x",
         "expected the whole name of an option, found \"--qui\"; did you mean \"--quiet\"?" TRY_TOO},
        {"--f x", "expected an option of cs-try, found \"--f\", which begins several (fx, from, "
                  "fiscal-year-start, format, for-sheets): options are not abbreviated" TRY},
        {"--=x", "expected an option of cs-try, found \"--\"" TRY},
        {"--quiet=yes", "--quiet: expected no value, found \"yes\"" TRY},
        {"--partial=", "--partial: expected no value, found \"\"" TRY},
        {"--top", "--top: expected a whole number, 0 or more, found nothing" TRY},
        {"a -n", "--top: expected a whole number, 0 or more, found nothing" TRY},
        {"-qo", "--output: expected the name of a file, found nothing" TRY},
        {"--where", "--where: expected EXPR, found nothing" TRY},
        {"--top x", "--top: expected a whole number, 0 or more, found \"x\"" TRY},
        {"--top -1", "--top: expected a whole number, 0 or more, found \"-1\"" TRY},
        {"--top=9223372036854775808",
         "--top: expected a whole number, 0 or more, found \"9223372036854775808\"" TRY},
        {"-n 1.5", "--top: expected a whole number, 0 or more, found \"1.5\"" TRY},
        {"--top ''", "--top: expected a whole number, 0 or more, found \"\"" TRY},
        {"--fiscal-year-start 0", "--fiscal-year-start: expected a month's number, 1 to 12, found \"0\"" TRY},
        {"--fiscal-year-start 13",
         "--fiscal-year-start: expected a month's number, 1 to 12, found \"13\"" TRY},
        {"--min-movement 1e3",
         "--min-movement: expected an amount like 1234.50, with at most six decimals, found "
         "\"1e3\"" TRY},
        {"--min-movement 0.0000001",
         "--min-movement: expected an amount like 1234.50, with at most six decimals, "
         "found \"0.0000001\"" TRY},
        {"--level high", "--level: expected a number like 0.05, found \"high\"" TRY},
        {"--from 2023-02-29", "--from: expected a date YYYY-MM-DD, found \"2023-02-29\"" TRY},
        {"--as-of 31.12.2024", "--as-of: expected a date YYYY-MM-DD, found \"31.12.2024\"" TRY},
        {"--window 12", "--window: expected a duration like 90d, 6w, 12m, 4q or 1y, found \"12\"" TRY},
        {"--window 0m", "--window: expected a duration like 90d, 6w, 12m, 4q or 1y, found \"0m\"" TRY},
        {"--every mnth",
         "--every: expected week, month, quarter or year, found \"mnth\"; did you mean \"month\"?" TRY_TOO},
        {"--every Month", "--every: expected week, month, quarter or year, found \"Month\"; did you mean "
                          "\"month\"?" TRY_TOO},
        {"--net both", "--net: expected line or account, found \"both\"" TRY},
        {"--net ''", "--net: expected line or account, found \"\"" TRY},
        {"--format xlsx1\t",
         "--format: expected csv, tsv, json, jsonl, md or pretty, found \"xlsx1\\t\"" TRY},
        {"--accounts ''", "--accounts: expected the name of a file, found \"\"" TRY},
        {"-o ''", "--output: expected the name of a file, found \"\"" TRY},
        {"--restate r.csv --partial",
         "expected one of the modes, found --restate and --partial; give one of them" TRY},
        {"--partial --merge x",
         "expected one of the modes, found --partial and --merge; give one of them" TRY},
        {"--where mrr>5 --top 2 --where mrr<9",
         "--where: expected it once, found it with \"mrr>5\" and with \"mrr<9\"; give one of them" TRY},
        {"-oa --output=b",
         "--output: expected it once, found it with \"a\" and with \"b\"; give one of them" TRY},
        {"--every month --every month",
         "--every: expected it once, found it with \"month\" and with \"month\"; give one of them" TRY},
        {"--where '' --where x",
         "--where: expected it once, found it with \"\" and with \"x\"; give one of them" TRY},
        {"-n 1 -n 1", "--top: expected it once, found it with \"1\" and with \"1\"; give one of them" TRY},
        {"--restate a --restate b",
         "--restate: expected it once, found it with \"a\" and with \"b\"; give one of them" TRY},
        {"--accounts - -",
         "expected \"-\" (standard input) once, found it for --accounts and as an operand; give one "
         "of them a file" TRY},
        {"--fx - --fx -",
         "expected \"-\" (standard input) once, found it for --fx and for --fx; give one of them a "
         "file" TRY},
        {"--restate - -a -",
         "expected \"-\" (standard input) once, found it for --accounts and for --restate; give "
         "one of them a file" TRY},
        {"- -",
         "expected \"-\" (standard input) once, found it as an operand and as an operand; give one of them a "
         "file" TRY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        values v;
        cst_operands o;
        cst_error e = {0};
        cst_status status = parse(rows[i].line, &v, &o, &e);
        if (status != CST_USAGE || strcmp(e.message, rows[i].want) != 0)
            fail_msg("cs-try %s\n  expected: %s\n  found %d: %s", rows[i].line, rows[i].want, (int)status,
                     e.message);
        cst_options_free(&command, &v, &o);
    }
}

static void standard_input(void **state)
{
    (void)state;
    values v;
    cst_operands o;
    expect_fine("", &v, &o);
    assert_null(cst_options_stdin(&command, &v));
    cst_options_free(&command, &v, &o);
    expect_fine("--where x --accounts x --fx - --by x", &v, &o);
    assert_string_equal(cst_options_stdin(&command, &v), "fx");
    cst_options_free(&command, &v, &o);
}

static void choice_words(void **state)
{
    (void)state;
    static const char *const words[] = {"csv", "tsv", "json"};
    for (int i = 0; i < 3; i++) {
        cst_text t = cst_choice_word("csv|tsv|json", i);
        assert_int_equal(t.n, strlen(words[i]));
        assert_memory_equal(t.p, words[i], t.n);
    }
    assert_int_equal(cst_choice_word("csv|tsv|json", 3).n, 0);
    assert_int_equal(cst_choice_word("csv|tsv|json", -1).n, 0);
}

static char *print(void (*printer)(const cst_command *, FILE *), const cst_command *c)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    printer(c, f);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void help_is_laid_out(void **state)
{
    (void)state;
    static const char begin[] =
        "Usage: cs-try [OPTION]... [FILE]...\n"
        "\n"
        "Examples:\n"
        "  cs-try subscriptions.csv\n"
        "  cs-try --every quarter \\\n"
        "      --format pretty subscriptions.csv\n"
        "\n"
        "try the option tables\n"
        "\n"
        "FILE is a table of subscriptions; several are joined by column name, and without\n"
        "one standard input is read.\n"
        "\n"
        "Figures:\n";
    char *text = print(cst_options_help, &command);
    assert_memory_equal(text, begin, sizeof begin - 1);
    assert_non_null(strstr(text, "\n  -a, --accounts FILE        The accounts.\n"));
    assert_non_null(strstr(text, "\n      --where EXPR           Take the rows for which EXPR is true.\n"));
    /* too long for the column: the text begins on the next line */
    assert_non_null(strstr(text,
                           "\n      --format csv|tsv|json|jsonl|md|pretty\n"
                           "                             How the result is written. Default: by the end of\n"
                           "                             FILE's name (.tsv, .tab, .json, .jsonl, .md), tsv\n"
                           "                             with -t, else csv.\n"));
    /* two tables with one heading: printed once, with the options of both */
    char *heading = strstr(text, "\nOutput:\n");
    assert_non_null(heading);
    assert_null(strstr(heading + 1, "\nOutput:\n"));
    assert_non_null(strstr(heading, "--detail FILE"));
    assert_true(strstr(heading, "--output FILE") < strstr(heading, "\nModes:\n"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (strlen(line) > 80 || line[strlen(line) - 1] == ' ')
            fail_msg("too long, or blanks at the end: \"%s\"", line);
    }
    free(text);
}

static void help_wraps_usage(void **state)
{
    (void)state;
    cst_command c = command;
    c.usage = "[OPTION]... [FILE]...\n--merge [OPTION]... FILE FILE...";
    c.notes = NULL;
    char *text = print(cst_options_help, &c);
    static const char begin[] = "Usage: cs-try [OPTION]... [FILE]...\n"
                                "              --merge [OPTION]... FILE FILE...\n"
                                "\n"
                                "Examples:\n";
    assert_memory_equal(text, begin, sizeof begin - 1);
    assert_non_null(strstr(text, "try the option tables\n\nFigures:\n"));
    free(text);
}

/* Runs the completion in bash, in a folder with the files "one two.csv" and "order.csv". `words` is an
 * array literal whose last element is completed. */
static void expect_completion(const char *script, const char *breaks, const char *words, const char *want)
{
    char line[1024], got[4096];
    snprintf(line, sizeof line,
             "bash --norc --noprofile -c 'cd \"$1\" && . ./script && COMP_WORDS=(cs-try %s) && "
             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && COMP_WORDBREAKS=\"%s\" && _cs_try && "
             "printf \"%%s,\" \"${COMPREPLY[@]}\"' bash '%s' 2>&1",
             words, breaks, script);
    FILE *f = popen(line, "r");
    assert_non_null(f);
    size_t n = fread(got, 1, sizeof got - 1, f);
    got[n] = '\0';
    pclose(f);
    if (strcmp(got, want) != 0) fail_msg("%s\n  expected: %s\n  found:    %s", words, want, got);
}

static void completion_in_bash(void **state)
{
    (void)state;
    static const struct {
        const char *words, *want;
    } rows[] = {
        {"--form", "--format,"},
        {"--fi", "--fiscal-year-start,"},
        {"-",
         "--where,--by,-a,--accounts,--fx,--detail,-n,--top,--min-movement,--level,--window,--net,--partial,"
         "--restate,--merge,--every,--from,--to,--as-of,--fiscal-year-start,-d,--delimiter,-t,--tabs,--"
         "lenient,"
         "--rejects,--max-rejects,-o,--output,--format,--columns,--for-sheets,"
         "--manifest,--manifest-in,"
         "--by-whom,--note,--expect-from,--max-shrink,--color,--strict,--allow,--list-checks,"
         "-j,--threads,--progress,-q,--quiet,"
         "-v,"
         "--verbose,--completion,-h,--help,-V,--version,"},
        {"--format \"\"", "csv,tsv,json,jsonl,md,pretty,"},
        {"--format js", "json,jsonl,"},
        {"--format =", "csv,tsv,json,jsonl,md,pretty,"}, /* as bash splits "--format=" */
        {"--format = js", "json,jsonl,"},
        {"--format=js", "--format=json,--format=jsonl,"}, /* with no "=" in COMP_WORDBREAKS */
        {"--accounts on", "one two.csv,"},
        {"-a or", "order.csv,"},
        {"-o or", "order.csv,"},
        {"--fx = or", "order.csv,"},
        {"--rejects=or", "--rejects=order.csv,"},
        {"--restate or", "order.csv,"},
        {"--top o", ","},
        {"--from \"\"", ","},
        {"--where o", ","},
        {"--quiet on", "one two.csv,"},
        {"x.csv or", "order.csv,"},
        {"a", "accounts,"},
        {"e", "events,"},
        {"x e", ","},
    };
    if (system("bash -c :") != 0) skip();
    char dir[] = "/tmp/cst-options-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    static const char *const files[] = {"script", "one two.csv", "order.csv"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        if (i == 0) cst_options_completion(&command, f);
        assert_int_equal(fclose(f), 0);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_completion(dir, strchr(rows[i].words, '=') ? " =" : " ", rows[i].words, rows[i].want);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}

/* Words of two: what they may begin with, then what may follow. */
static void words_of_two(void **state)
{
    (void)state;
    static const char *const words = "chart bridge|chart triangle|page|account open|account closed";
    static const struct {
        const char *first, *want;
    } rows[] = {{"", "chart,page,account"},
                {"chart", "bridge,triangle"},
                {"account", "open,closed"},
                {"page", ""},
                {"char", ""},
                {"charts", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cst_buffer b = {0};
        assert_int_equal(cst_word_follows(words, rows[i].first, ',', &b), rows[i].want[0] != '\0');
        assert_string_equal(cst_buffer_string(&b), rows[i].want);
        cst_buffer_free(&b);
    }
}

static void completion_is_registered(void **state)
{
    (void)state;
    char *text = print(cst_options_completion, &command);
    assert_non_null(strstr(text, "\ncomplete -F _cs_try cs-try\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind), cmocka_unit_test(presets),
        cmocka_unit_test(short_and_long_names), cmocka_unit_test(operands_and_repeats),
        cmocka_unit_test(every_error),          cmocka_unit_test(standard_input),
        cmocka_unit_test(choice_words),         cmocka_unit_test(help_is_laid_out),
        cmocka_unit_test(help_wraps_usage),     cmocka_unit_test(completion_in_bash),
        cmocka_unit_test(words_of_two),         cmocka_unit_test(completion_is_registered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
