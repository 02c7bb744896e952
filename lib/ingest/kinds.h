/* ingest/kinds.h: what kind of revenue a raw row is, and which kinds count as recurring. */
#ifndef CST_INGEST_KINDS_H
#define CST_INGEST_KINDS_H
#include <cstools/base.h>

typedef enum {
    ING_KIND_RECURRING,
    ING_KIND_TRIAL,
    ING_KIND_USAGE,
    ING_KIND_PAUSED,
    ING_KIND_PAST_DUE,
    ING_KIND_FREE,
    ING_KIND_ONE_TIME,
    ING_KIND_TAX,
    ING_KIND_UNPAID,
    ING_KIND_NOT_STARTED,
    ING_KIND_SUPERSEDED,
    ING_KIND_TEST,
    ING_KIND_FILTERED,  /* --where */
    ING_KIND_DUPLICATE, /* --dedupe: another row with the key won */
    ING_KIND_TOTAL,     /* map.total */
    ING_KIND_NO_TRIAL,  /* cs-ingest trials: a subscription without one */
    ING_KINDS
} ing_kind;

struct ing_kind_row {
    const char *name;   /* the word a map's map.kind gives */
    const char *option; /* the word of --include and --exclude; NULL: cannot be chosen */
    bool counts;        /* by default */
    bool state;         /* that a subscription is in for a time: a version of it as good as any other */
    const char *what;
};
extern const struct ing_kind_row ing_kinds[ING_KINDS];

/* Which kinds count: the defaults changed by lists of words as "trials,usage". CST_USAGE names the words
 * there are, or the one that --include and --exclude both name. said: what was chosen so far, all zero at
 * first. */
typedef enum { ING_SAID_NOTHING, ING_SAID_INCLUDE, ING_SAID_EXCLUDE } ing_said;
void ing_kinds_default(bool counts[ING_KINDS]);
cst_status ing_kinds_choose(bool counts[ING_KINDS], ing_said said[ING_KINDS], ing_said option,
                            const char *list, cst_error *e);
/* The kind of a word; ING_KINDS: no such kind. The empty word and "recurring" are ING_KIND_RECURRING. */
ing_kind ing_kind_of(cst_text word);
#endif
