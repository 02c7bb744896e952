/* expr/expr.h: expressions over one row: --where, the rules of cs-flags, the derived metrics of cs-metrics.
 *
 *     mrr > 0 and segment in ('Enterprise', 'Mid') and renewal_date < date('2025-06-30')
 *
 * Grammar, from the loosest binding to the tightest (every binary operator groups to the left):
 *
 *     or
 *     and
 *     not
 *     == != < <= > >=, in (...), not in (...), is missing, is not missing
 *     + -
 *     * /
 *     unary -
 *
 * Atoms: numbers (1, 0.25, 1e6), texts in single or double quotes (the quote doubled stands for itself),
 * true, false, date('2025-01-31'), date(x), names of columns (letters, digits, _ and any byte past ASCII;
 * `any bytes` in backquotes), calls f(x, ...), parentheses. Comparisons do not chain.
 *
 * Missing values. A field of no bytes is missing. Arithmetic, min, max, abs with a missing value are missing;
 * so are x / 0 and a result that is no finite number. A comparison with a missing value is unknown; and, or,
 * not follow Kleene's three-valued logic; unknown is not true. `is missing` is never unknown.
 *
 * Types. A column is text until it is used: as a number in arithmetic and beside a number, as a day beside a
 * date, as a boolean word (cst_bool_word) beside true or false and as a condition, as bytes beside a text.
 * Beside == or != and 1 or 0, and in (0, 1), the boolean words are 1 and 0. Column beside column: numbers if
 * both are numbers, else bytes. day - day is a number of days, day + n and day - n a day (n loses its
 * fraction); `date - column` takes the column for a day. A field that cannot be read as its use wants is a
 * CST_DATA error with its place and column.
 *
 * An expression is never changed once parsed: any number of threads may evaluate it at once. Evaluation
 * allocates nothing; recursion is bounded by the limits on nesting that the parser enforces.
 */
#ifndef CST_EXPR_EXPR_H
#define CST_EXPR_EXPR_H
#include <cstools/base.h>

typedef struct cst_expr cst_expr;
typedef struct cst_row cst_row;
typedef struct cst_call cst_call;

typedef enum {
    CST_VALUE_OPEN, /* a column's bytes, not yet read as anything */
    CST_VALUE_NUMBER,
    CST_VALUE_TEXT,
    CST_VALUE_DAY,
    CST_VALUE_BOOL
} cst_value_type;

typedef struct cst_value {
    cst_value_type type;
    bool missing; /* of a condition: unknown; then the member below means nothing */
    union {
        cst_text text; /* OPEN and TEXT: bytes of the row or of the expression */
        double number;
        cst_day day;
        bool truth;
    };
} cst_value;

/* What is known of a field as a number. */
typedef enum { CST_PARSED_NOT, CST_PARSED_NUMBER, CST_PARSED_NO_NUMBER, CST_PARSED_MISSING } cst_parsed;

/* A row to evaluate over; filled by whoever holds it. Slots are indexes into the names the expression was
 * parsed with. */
struct cst_row {
    void *context;
    cst_text (*text)(void *context, uint32_t slot); /* n == 0: missing; the bytes outlive the evaluation */
    /* May be NULL. The same field as a number, for a holder that keeps what it has parsed: CST_OK, CST_END
     * missing, CST_DATA no number (no error is filled). */
    cst_status (*number)(void *context, uint32_t slot, double *out);
    /* May be NULL. By slot, what it has parsed so far: looked at before it is asked. */
    const uint8_t *parsed;                            /* cst_parsed */
    const double *numbers;                            /* of CST_PARSED_NUMBER */
    cst_place (*place)(void *context, uint32_t slot); /* may be NULL; of a field that could not be read */
    cst_day today; /* what days_since and days_until count from; CST_DAY_NONE: they are missing */
};

/* A function that the caller adds. A table ends with a row whose name is NULL. */
typedef struct cst_function {
    const char *name;
    const char *use;         /* "delta(x, n)", for messages */
    uint8_t least, most;     /* number of arguments; most 0: any number */
    cst_value_type argument; /* that every argument must have; OPEN: any, but all the same */
    cst_value_type result;   /* OPEN: as the arguments */
    cst_value_type open; /* what arguments become that are all OPEN; OPEN: they stay it and the result is */
    uint8_t count;    /* which argument (1-based) is a whole number written out, 1..CST_EXPR_BACK; 0: none */
    uint8_t back;     /* rows it looks back; with a count: so many less than the count's value */
    bool wants_today; /* refused where the caller's rows have no day */
    const char *refusal; /* not NULL: known, but not here: the message is NAME, this, ", not in LABEL" */
    /* out->type is set already, to cst_call_type; fills the rest. */
    cst_status (*eval)(const cst_call *call, const cst_row *row, cst_value *out, cst_error *e);
} cst_function;

#define CST_EXPR_NESTING 200  /* parentheses, calls, not and - within one another */
#define CST_EXPR_HEIGHT  1000 /* operations within one another; a + b + c is two */
#define CST_EXPR_LENGTH  65536
#define CST_EXPR_BACK                                                                                        \
    1000 /* rows a function may look back; nested look-backs add up, and the sum keeps to it too */
#define CST_EXPR_LOOKS 3 /* calls that look back within one another: each multiplies the work */

/* What the whole expression must be. A number may be asked for where a condition stands: true is 1, false 0.
 */
typedef enum { CST_WANT_ANY, CST_WANT_CONDITION, CST_WANT_NUMBER } cst_want;

/* All that an expression is parsed against. Only read during cst_expr_parse, but the function tables outlive
 * the expression. */
typedef struct cst_expr_env {
    const char *label;     /* what the text is, for messages: "--where", "when"; may be NULL */
    const cst_text *names; /* the columns; a name's index is its slot; the first of equal names counts */
    size_t n;
    const cst_function *functions; /* besides the built-in ones; may be NULL */
    cst_want want;
    bool has_today; /* the rows know a day */
    bool *unknown;  /* may be NULL; set where parsing failed for a column that is not among the names */
} cst_expr_env;

/* Whether expressions read it as a name: letters, digits, _ and bytes past ASCII, no digit first. */
bool cst_expr_is_name(cst_text t);

/* Parses and checks. Every error is CST_USAGE, with the column = the 1-based byte in `text` (0 in file and
 * line, so that cst_error_place may put a cell's place in), field = the label, and a message that names the
 * byte, what was expected, what was found, and the nearest name for one that is unknown. */
cst_status cst_expr_parse(cst_text text, const cst_expr_env *env, cst_expr **out, cst_error *e);
void cst_expr_free(cst_expr *x);

/* A field that an expression reads, and how: the test that it must pass where it is not empty, and in
 * words what it must be ("a number"). Called for every such use; what is read as it stands has no test and
 * is left out. */
typedef bool cst_readable(cst_text t);
typedef cst_status cst_read_visit(void *context, uint32_t slot, cst_readable *test, const char *expected,
                                  cst_error *e);
cst_status cst_expr_reads(const cst_expr *x, cst_read_visit *visit, void *context, cst_error *e);

/* Every text that the expression compares with a column by ==, != or in. */
typedef cst_status cst_text_visit(void *context, uint32_t slot, cst_text text, cst_error *e);
cst_status cst_expr_compared(const cst_expr *x, cst_text_visit *visit, void *context, cst_error *e);

/* OPEN where the expression is a bare column (or prev and the like of one) and anything was wanted. */
cst_value_type cst_expr_type(const cst_expr *x);
/* The slots it reads: how far back at most. -1: not at all; 0: the row itself; n: also n rows before. */
int cst_expr_back(const cst_expr *x, uint32_t slot);
/* The furthest back over everything in it, days_since of an earlier row included. */
int cst_expr_depth(const cst_expr *x);

/* Evaluates. out->type is cst_expr_type. CST_DATA: a field could not be read as its use wants. */
cst_status cst_expr_eval(const cst_expr *x, const cst_row *row, cst_value *out, cst_error *e);
/* A condition: true or not; unknown is not true. For expressions parsed with CST_WANT_CONDITION. */
cst_status cst_expr_true(const cst_expr *x, const cst_row *row, bool *out, cst_error *e);
/* The same in three values: CST_END where it is unknown. */
cst_status cst_expr_judge(const cst_expr *x, const cst_row *row, bool *out, cst_error *e);
/* Whether the condition may be true of a row of which only the columns with known[slot] are known; `row` is
 * asked for no other. */
bool cst_expr_could(const cst_expr *x, const cst_row *row, const bool *known);
/* A number: CST_END where it is missing. For expressions parsed with CST_WANT_NUMBER. */
cst_status cst_expr_number(const cst_expr *x, const cst_row *row, double *out, cst_error *e);

/* A comparison of a column with a constant. */
typedef struct cst_simple {
    uint32_t slot;
    uint8_t orders; /* that fulfil it, field against constant: 1 less, 2 equal, 4 greater */
    bool is_number;
    double number;
    cst_text text; /* lives as long as the expression */
} cst_simple;
enum cst_verdict { CST_NO, CST_YES, CST_ASK };
/* Where the expression is one such comparison or several joined by `and`: hands them out in order and
 * returns how many, at most `room`; else 0. A row is settled by the first that is not YES: NO is not true,
 * ASK leaves it to cst_expr_true. */
size_t cst_expr_simple(const cst_expr *x, cst_simple *out, size_t room);
enum cst_verdict cst_simple_judge(const cst_simple *s, cst_text field);

/* A comparison of a number that the expression is false without, whatever the rest of it is; NULL: it has
 * none such. */
const cst_simple *cst_expr_gate(const cst_expr *x);
/* The number such a comparison looks at, in a row whose holder keeps what it has parsed (`parsed`, `numbers`
 * and `number` are there). false: it is missing or no number. */
static inline bool cst_simple_number(const cst_simple *s, const cst_row *row, double *out)
{
    uint8_t parsed = row->parsed[s->slot];
    *out = row->numbers[s->slot];
    if (parsed == CST_PARSED_NUMBER) return true;
    return parsed == CST_PARSED_NOT && row->number(row->context, s->slot, out) == CST_OK;
}
/* Does it hold for v? No branch, for which way it goes is what data decides. */
static inline bool cst_simple_holds(const cst_simple *s, double v)
{
    return s->orders >> (1 + (v > s->number) - (v < s->number)) & 1;
}

/* For functions: their arguments, evaluated over the row they choose. */
unsigned cst_call_arguments(const cst_call *c);
cst_value_type cst_call_type(const cst_call *c); /* of the result */
int cst_call_count(const cst_call *c);           /* the value of the `count` argument */
cst_status cst_call_value(const cst_call *c, unsigned argument, const cst_row *row, cst_value *out,
                          cst_error *e);
cst_status cst_call_number(const cst_call *c, unsigned argument, const cst_row *row, double *out,
                           cst_error *e);

/* a against b as the comparisons of expressions do it: false where either is missing; else *order < 0, 0, >
 * 0. */
bool cst_value_compare(const cst_value *a, const cst_value *b, int *order);
#endif
