/* ingest/transform.h: the transforms of a map. Each is a row of a table: its name, its arguments, what it
 * takes and gives, what it does. A map's `transform` field is a chain of them:
 *
 *     trim|decimal_comma|money|per(interval,count)
 *     date('DD.MM.YYYY')|inclusive
 *
 * Steps are parted by '|', arguments by ','; an argument with one of , | ( ) ' = in it, or a blank at an
 * end, stands in single quotes, a quote in it doubled.
 */
#ifndef CST_INGEST_TRANSFORM_H
#define CST_INGEST_TRANSFORM_H
#include "base/buffer.h"
#include "ingest/value.h"

#define CST_ARGS_MOST 64

struct cst_step;
typedef struct cst_step cst_step;

/* Names of columns that steps refer to, collected while a map is read; a reference is an index into them. */
typedef struct cst_refs {
    cst_text *name;
    bool *needed; /* false: written NAME?, may be absent from the input and then reads as missing */
    int n;
    cst_arena *arena; /* of the names and of what the steps keep */
} cst_refs;
/* The index of a name, new if it must be; -1: out of memory. A ? behind the name is not part of it. */
int cst_refs_add(cst_refs *r, cst_text name);

typedef struct cst_transform {
    const char *name;
    const char *arguments; /* as a person writes them: "(FORMAT)"; "" for none */
    int takes;             /* cst_datum_kind, or-ed */
    cst_datum_kind gives;
    bool on_missing;                                                  /* runs on a missing value too */
    int least, most;                                                  /* number of arguments */
    cst_status (*prepare)(cst_step *s, cst_refs *refs, cst_error *e); /* NULL: nothing to prepare */
    cst_status (*apply)(const cst_step *s, cst_transform_row *row, cst_datum *v, cst_error *e);
    const char *expects; /* for messages and the manual */
} cst_transform;

struct cst_step {
    const cst_transform *t;
    cst_text written; /* as it stands in the map, for messages */
    cst_text arg[CST_ARGS_MOST];
    cst_text value[CST_ARGS_MOST]; /* the part after '=' of an argument OLD=NEW */
    bool pair[CST_ARGS_MOST];
    int args;
    int ref[3];   /* columns the step refers to; -1: none */
    cst_wide num; /* a constant amount or factor */
    int64_t den;
    int64_t n;
    const cst_step *units;    /* less_amount: the minor_units before it; NULL: whole units */
    unsigned char format[48]; /* a compiled date format */
};

typedef struct cst_chain {
    cst_step *step; /* in the refs' arena */
    int n;
} cst_chain;

extern const cst_transform cst_transforms[]; /* ends with name NULL */

/* Reads a chain. Errors (CST_DATA without a place: the caller knows it) name the step, what is wrong with
 * it, and for an unknown name the nearest one and all there are. */
cst_status cst_chain_parse(cst_text written, cst_refs *refs, cst_chain *out, cst_error *e);
/* The kind a chain ends in when it begins with text. */
cst_datum_kind cst_chain_gives(const cst_chain *c);
bool cst_chain_has(const cst_chain *c, const char *name);
/* Runs a value through. A failure has no place and no field yet. */
cst_status cst_chain_apply(const cst_chain *c, cst_transform_row *row, cst_datum *v, cst_error *e);

/* For the steps: "expected EXPECTS, found "TEXT"". */
cst_status cst_step_fail(const cst_step *s, cst_transform_row *row, const char *expects, cst_text found,
                         cst_error *e);
/* The text as the value; NULL p: out of memory. */
cst_text cst_row_text(cst_transform_row *row, const char *p, size_t n);
/* A message's quoted found text: at most 60 bytes. */
void cst_found(cst_text found, char out[80]);

/* The step functions, one file per kind of value. */
#define CST_STEP(name)                                                                                       \
    cst_status cst_step_##name(const cst_step *, cst_transform_row *, cst_datum *, cst_error *)
#define CST_PREPARE(name) cst_status cst_prepare_##name(cst_step *, cst_refs *, cst_error *)
CST_STEP(trim);
CST_STEP(upper);
CST_STEP(lower);
CST_STEP(rename);
CST_STEP(constant);
CST_STEP(fallback);
CST_STEP(alternative);
CST_STEP(missing);
CST_STEP(prefix);
CST_STEP(boolean);
CST_STEP(thousands);
CST_STEP(decimal_comma);
CST_STEP(currency_sign);
CST_STEP(brackets);
CST_STEP(date);
CST_STEP(timestamp);
CST_STEP(epoch);
CST_STEP(epoch_ms);
CST_STEP(serial);
CST_STEP(month);
CST_STEP(inclusive);
CST_STEP(add);
CST_STEP(add_months);
CST_STEP(money);
CST_STEP(minor_units);
CST_STEP(per);
CST_STEP(times);
CST_STEP(scale);
CST_STEP(less_percent);
CST_STEP(less_amount);
CST_STEP(negate);
CST_STEP(round);
CST_STEP(invert);
CST_PREPARE(rename);
CST_PREPARE(boolean);
CST_PREPARE(column);
CST_PREPARE(thousands);
CST_PREPARE(date);
CST_PREPARE(duration);
CST_PREPARE(minor_units);
CST_PREPARE(per);
CST_PREPARE(times);
CST_PREPARE(scale);
CST_PREPARE(less);
CST_PREPARE(round);
#endif
