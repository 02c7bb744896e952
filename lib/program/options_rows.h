/* program/options_rows.h: what the options' own files share: the walk over the rows of a command's
 * tables, and the check and store of one value. */
#ifndef CST_PROGRAM_OPTIONS_ROWS_H
#define CST_PROGRAM_OPTIONS_ROWS_H
#include "base/buffer.h"
#include "base/memory.h"
#include "program/options.h"

/* One row at a time, through all tables in order:
 *
 *     cst_option_walk w = {0};
 *     while (cst_option_next(c, &w)) ... w.row ...
 */
typedef struct cst_option_walk {
    size_t table, index;   /* where the row stands */
    size_t number;         /* and in the order of the walk, from 0 */
    const cst_option *row; /* NULL before the first */
    const char *group;     /* the row's heading, its own or taken over from the rows before it */
    size_t at;             /* where its value lies in the command's struct */
} cst_option_walk;

bool cst_option_next(const cst_command *c, cst_option_walk *w);
/* The row of that number in the order of the walk, counted from 0; the number must be one of a row. */
cst_option_walk cst_option_at(const cst_command *c, size_t number);

bool cst_option_takes_value(const cst_option *row);
bool cst_option_is_single(const cst_option *row); /* it takes a value, and one only */
bool cst_option_is_mode(const cst_option *row);
bool cst_option_is_input(const cst_option *row); /* one or several files that are read */
bool cst_option_is_file(const cst_option *row);  /* its value may be the name of a file */
/* How often "-" stands in the value of an input. */
size_t cst_option_dashes(const cst_option_walk *w, const void *values);
size_t cst_choice_count(const char *words);

/* Words of two parts, "a b|a c|d": adds what may follow `first`, each once, with `between` between them. An
 * empty first: what words may begin with. false: nothing. */
bool cst_word_follows(const char *words, const char *first, char between, cst_buffer *out);

/* Checks the text given for an option (NULL for a flag) and stores it. */
cst_status cst_option_store(const cst_command *c, const cst_option_walk *w, const char *given, void *values,
                            cst_error *e);
/* Adds what the option expects, as it stands after "expected": "a date YYYY-MM-DD". */
void cst_option_add_expected(cst_buffer *b, const cst_option *row);
#endif
