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
#include "base/intern.h"
#include "base/memory.h"
#include "ingest/value.h"

#define ING_ARGS_MOST 64

struct ing_step;
typedef struct ing_step ing_step;

/* Names of columns that steps refer to, collected while a map is read; a reference is an index into them. */
typedef struct ing_refs {
    cst_intern *names; /* NULL: none yet */
    bool *needed;      /* false: written NAME?, may be absent from the input and then reads as missing */
    size_t room;
    cst_arena *arena; /* of what the steps keep */
} ing_refs;
static inline int ing_refs_count(const ing_refs *r)
{
    return r->names ? (int)cst_intern_count(r->names) : 0;
}
/* NUL-ended behind; lives as long as r. */
static inline cst_text ing_refs_name(const ing_refs *r, int ref)
{
    return cst_intern_text(r->names, (uint32_t)ref);
}
static inline bool ing_refs_has(const ing_refs *r, cst_text name)
{
    return r->names && cst_intern_find(r->names, name) != CST_INTERN_NONE;
}
void ing_refs_clear(ing_refs *r);
/* The index of a name, new if it must be; -1: out of memory. A ? behind the name is not part of it. */
int ing_refs_add(ing_refs *r, cst_text name);

typedef struct ing_transform {
    const char *name;
    const char *arguments; /* as a person writes them: "(FORMAT)"; "" for none */
    int takes;             /* ing_datum_kind, or-ed */
    ing_datum_kind gives;
    bool on_missing;                                                  /* runs on a missing value too */
    int least, most;                                                  /* number of arguments */
    cst_status (*prepare)(ing_step *s, ing_refs *refs, cst_error *e); /* NULL: nothing to prepare */
    cst_status (*apply)(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e);
    const char *expects; /* for messages and the manual */
} ing_transform;

struct ing_step {
    const ing_transform *t;
    cst_text written; /* as it stands in the map, for messages */
    cst_text arg[ING_ARGS_MOST];
    cst_text value[ING_ARGS_MOST]; /* the part after '=' of an argument OLD=NEW */
    bool pair[ING_ARGS_MOST];
    int args;
    int ref[3];   /* columns the step refers to; -1: none */
    cst_wide num; /* a constant amount or factor */
    int64_t den;
    int64_t n;
    /* the step before it that says how its column is read: of less_amount minor_units (NULL: whole units), of
     * later and earlier the one that made the date */
    const ing_step *as;
    unsigned char format[48]; /* a compiled date format */
    int lookup;               /* tiers: of the map */
    bool graduated;           /* tiers: each unit at the price of its own tier */
};

typedef struct ing_chain {
    ing_step *step; /* in the refs' arena */
    int n;
} ing_chain;

extern const ing_transform ing_transforms[]; /* ends with name NULL */

/* Reads a chain. Errors (CST_DATA without a place: the caller knows it) name the step, what is wrong with
 * it, and for an unknown name the nearest one and all there are. */
cst_status ing_chain_parse(cst_text written, ing_refs *refs, ing_chain *out, cst_error *e);
/* The kind a chain ends in when it begins with text. */
ing_datum_kind ing_chain_gives(const ing_chain *c);
/* Whether a step is a discount that repeats (ing_transform_row). */
bool ing_step_repeats(const ing_step *s, const bool *repeats);
/* Runs a value through. A failure has no place and no field yet. */
cst_status ing_chain_apply(const ing_chain *c, ing_transform_row *row, ing_datum *v, cst_error *e);

/* For the steps: "expected EXPECTS, found "TEXT"". */
cst_status ing_step_fail(const ing_step *s, ing_transform_row *row, const char *expects, cst_text found,
                         cst_error *e);
/* The text as the value; NULL p: out of memory. */
cst_text ing_row_text(ing_transform_row *row, const char *p, size_t n);
/* A message's quoted found text: at most 60 bytes. */
void ing_found(cst_text found, char out[80]);

/* The step functions, one file per kind of value. */
#define ING_STEP(name)                                                                                       \
    cst_status ing_step_##name(const ing_step *, ing_transform_row *, ing_datum *, cst_error *)
#define ING_PREPARE(name) cst_status ing_prepare_##name(ing_step *, ing_refs *, cst_error *)
ING_STEP(trim);
ING_STEP(upper);
ING_STEP(lower);
ING_STEP(rename);
ING_STEP(constant);
ING_STEP(fallback);
ING_STEP(alternative);
ING_STEP(missing);
ING_STEP(prefix);
ING_STEP(before);
ING_STEP(after);
ING_STEP(unmark);
ING_STEP(boolean);
ING_STEP(thousands);
ING_STEP(decimal_comma);
ING_STEP(currency_sign);
ING_STEP(brackets);
ING_STEP(date);
ING_STEP(timestamp);
ING_STEP(epoch);
ING_STEP(epoch_ms);
ING_STEP(serial);
ING_STEP(month);
ING_STEP(inclusive);
ING_STEP(add);
ING_STEP(add_months);
ING_STEP(later);
ING_STEP(earlier);
ING_STEP(money);
ING_STEP(minor_units);
ING_STEP(per);
ING_STEP(times);
ING_STEP(scale);
ING_STEP(tiers);
ING_STEP(less_percent);
ING_STEP(less_amount);
ING_STEP(negate);
ING_STEP(round);
ING_STEP(invert);
ING_PREPARE(rename);
ING_PREPARE(boolean);
ING_PREPARE(column);
ING_PREPARE(thousands);
ING_PREPARE(date);
ING_PREPARE(duration);
ING_PREPARE(bound);
ING_PREPARE(minor_units);
ING_PREPARE(per);
ING_PREPARE(times);
ING_PREPARE(scale);
ING_PREPARE(tiers);
ING_PREPARE(less);
ING_PREPARE(round);
#endif
