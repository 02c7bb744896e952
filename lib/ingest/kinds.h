/* ingest/kinds.h: what kind of revenue a raw row is, and which kinds count as recurring. */
#ifndef CST_INGEST_KINDS_H
#define CST_INGEST_KINDS_H
#include <cstools/base.h>

typedef enum {
    CST_KIND_RECURRING,
    CST_KIND_TRIAL,
    CST_KIND_USAGE,
    CST_KIND_PAUSED,
    CST_KIND_PAST_DUE,
    CST_KIND_FREE,
    CST_KIND_ONE_TIME,
    CST_KIND_TAX,
    CST_KIND_UNPAID,
    CST_KIND_NOT_STARTED,
    CST_KIND_SUPERSEDED,
    CST_KIND_TEST,
    CST_KIND_FILTERED,  /* --where */
    CST_KIND_DUPLICATE, /* --dedupe: another row with the key won */
    CST_KINDS
} cst_kind;

struct cst_kind_row {
    const char *name;   /* the word a map's map.kind gives */
    const char *option; /* the word of --include and --exclude; NULL: cannot be chosen */
    bool counts;        /* by default */
    bool state;         /* that a subscription is in for a time: a version of it as good as any other */
    const char *what;
};
extern const struct cst_kind_row cst_kinds[CST_KINDS];

/* Which kinds count: the defaults changed by lists of words as "trials,usage". CST_USAGE names the words
 * there are, or the one that --include and --exclude both name. said: what was chosen so far, all zero at
 * first. */
typedef enum { CST_SAID_NOTHING, CST_SAID_INCLUDE, CST_SAID_EXCLUDE } cst_said;
void cst_kinds_default(bool counts[CST_KINDS]);
cst_status cst_kinds_choose(bool counts[CST_KINDS], cst_said said[CST_KINDS], cst_said option,
                            const char *list, cst_error *e);
/* The kind of a word; CST_KINDS: no such kind. The empty word and "recurring" are CST_KIND_RECURRING. */
cst_kind cst_kind_of(cst_text word);
#endif
