/* program/options.h: one table of options per command drives parsing (getopt_long), help, completion, and
 * the test that holds the man page to them.
 *
 * A command's options live in a struct of its own; a row of the table says where in it the value goes
 * and of which type. Several tables (the command's own, the shared ones) fill parts of one struct.
 */
#ifndef CST_PROGRAM_OPTIONS_H
#define CST_PROGRAM_OPTIONS_H
#include "base/period.h"
#include <cstools/base.h>
#include <stdio.h>

typedef enum {
    CST_OPT_FLAG,     /* bool */
    CST_OPT_TEXT,     /* const char *; NULL where not given */
    CST_OPT_INPUT,    /* const char *: a file that is read; "-" is standard input */
    CST_OPT_OUTPUT,   /* const char *: a file that is written */
    CST_OPT_INPUTS,   /* cst_list: repeatable, files that are read */
    CST_OPT_LIST,     /* cst_list: repeatable */
    CST_OPT_COUNT,    /* cst_count: 0 .. 2^63 - 1 */
    CST_OPT_MONTH,    /* cst_count: 1 .. 12 */
    CST_OPT_MONEY,    /* cst_opt_money */
    CST_OPT_NUMBER,   /* cst_opt_number */
    CST_OPT_DATE,     /* cst_day; preset CST_DAY_NONE */
    CST_OPT_DURATION, /* cst_duration */
    CST_OPT_CHOICE,   /* int: index into the words of `value`, split at '|'; preset by the command */
    CST_OPT_MODE, /* bool: a flag that excludes every other CST_OPT_MODE, _MODE_TEXT and _MODE_INPUT given */
    CST_OPT_MODE_TEXT, /* as CST_OPT_TEXT */
    CST_OPT_MODE_INPUT /* as CST_OPT_INPUT */
} cst_option_kind;

typedef struct cst_list {
    const char **v;
    size_t n;
} cst_list; /* freed by cst_options_free */
typedef struct cst_count {
    uint64_t n;
    bool set;
} cst_count;
typedef struct cst_opt_money {
    cst_money v;
    bool set;
} cst_opt_money;
typedef struct cst_opt_number {
    double v;
    bool set;
} cst_opt_number;

typedef struct cst_option {
    const char *name; /* long name, without dashes */
    char letter;      /* short name; 0: none */
    cst_option_kind kind;
    const char *value; /* FILE, DATE, N ...; for CHOICE the words: "csv|tsv|json"; NULL for flags */
    size_t offset;     /* of the value in the struct this table fills */
    const char *group; /* heading in the help; NULL: as the row before */
    const char *help;  /* one or more sentences; wrapped by the help printer */
} cst_option;          /* a table ends with a row whose name is NULL */

typedef struct cst_option_table {
    const cst_option *rows;
    size_t offset; /* of the struct that the rows fill, in the command's struct */
} cst_option_table;

typedef struct cst_command {
    const char *name;               /* cs-waterfall */
    const char *summary;            /* one line, as in the man page's NAME */
    const char *usage;              /* "[OPTION]... [FILE]..." */
    const char *examples;           /* two examples, each a line or two of shell; help begins with them */
    const char *notes;              /* what the operands are; may be NULL */
    const cst_option_table *tables; /* ends with rows == NULL */
    /* what the operands may begin with besides a file: "a|b"; a word of two takes two operands: "a b|a c"; or
     * NULL */
    const char *words;
    const char *folder_word; /* one of the words, behind which stands a folder; NULL: none does */
    const char *writes;      /* endings of the main output beside the texts: "xlsx|html"; or NULL */
    const char *replaced;    /* the output option whose file is read first and then replaced; or NULL */
    bool reads_manifests;    /* --manifest-in has a use without --manifest */
} cst_command;

/* What is left after the options. */
typedef struct cst_operands {
    const char **v;
    size_t n;
} cst_operands;

/* Options every command has. */
typedef struct cst_shared {
    const char *delimiter; /* -d */
    bool tabs;             /* -t */
    const char *output;    /* -o */
    int format;            /* enum cst_format; -1: by -t, else csv */
    cst_count threads;     /* -j */
    bool quiet, verbose, help, version, completion, lenient, progress, for_sheets;
    const char *rejects, *max_rejects, *manifest, *by_whom, *note, *columns, *expect_from, *max_shrink;
    cst_list manifests; /* --manifest-in */
    bool strict, list_checks;
    cst_list allow;
    int color; /* 0 auto, 1 always, 2 never */
} cst_shared;
extern const cst_option cst_shared_options[];

/* Options of every command that works by period. */
typedef struct cst_periodic {
    int every;               /* cst_every; preset CST_MONTH */
    cst_day from, to, as_of; /* CST_DAY_NONE: not given */
    cst_count fiscal_start;
} cst_periodic;
extern const cst_option cst_periodic_options[];

/* Sets the presets of the two structs above. */
void cst_shared_init(cst_shared *s);
void cst_periodic_init(cst_periodic *p);
/* CST_USAGE: an option (with its dashes) makes no sense without another; why: what it is for. */
cst_status cst_option_needs(const char *option, const char *other, const char *why, cst_error *e);
/* An option (without its dashes) that was given in a mode where it says nothing; where: the modes in
 * which it does. */
typedef struct cst_misplaced {
    bool given;
    const char *option, *where;
} cst_misplaced;
/* CST_USAGE: the first that was given, which would otherwise be passed over in silence. */
cst_status cst_misplaced_check(const cst_misplaced *row, size_t n, cst_error *e);
/* CST_USAGE: --as-of was not given; what: it is about, "the events are". */
cst_status cst_as_of_check(cst_day as_of, const char *what, cst_error *e);
/* CST_USAGE where the options of a command that works by period do not go together. */
cst_status cst_periodic_check(const cst_periodic *p, cst_error *e);
/* CST_USAGE where both days are given and --to lies before --from. */
cst_status cst_span_check(cst_day from, cst_day to, cst_error *e);
/* Limits of options that are numbers of days or durations, the same in every command: one table of them.
 * CST_USAGE, with the value and the limit: `found` is past the limit of the option (grace, settle,
 * fx-max-age; window, reactivation-window). */
cst_status cst_days_check(const char *option, uint64_t found, cst_error *e);
cst_status cst_duration_check(const char *option, cst_duration found, cst_error *e);
/* --ci as a level of intervals, 0..1; .95 where it is not given. CST_USAGE: no percentage between 0 and
 * 100. */
cst_status cst_level_of(cst_opt_number ci, double *level, cst_error *e);

/* Parses argv into *values. CST_USAGE errors name the option, what was expected and found, and the
 * nearest option's name for an unknown one. Abbreviated long options are refused; options and operands
 * may be mixed; "--" ends the options. An option that takes one value is refused where it stands twice;
 * flags may repeat. "-" twice over operands and inputs is an error that names both; modes exclude one
 * another. */
cst_status cst_options_parse(const cst_command *c, int argc, char **argv, void *values,
                             cst_operands *operands, cst_error *e);
void cst_options_free(const cst_command *c, void *values, cst_operands *operands);

void cst_options_help(const cst_command *c, FILE *out);       /* at 80 columns */
void cst_options_completion(const cst_command *c, FILE *out); /* a bash completion script */
/* Whether the value is set: a flag on, a text or list there, a count, amount or number given, a date
 * or duration set, a choice > 0. For a choice that means: other than its first word, so preset it with
 * -1 or 0. */
/* The long name of the option that reads standard input ("-"); NULL: none does. For a command whose
 * missing operands would mean standard input too. */
const char *cst_options_stdin(const cst_command *c, const void *values);
/* "csv|tsv|json", 1 -> "tsv", into a small buffer */
cst_text cst_choice_word(const char *words, int index);
#endif
