/* ingest/map.h: a map, the table `column,from,transform` that says how a raw export becomes a canonical
 * stream.
 *
 * A row whose column is a plain name fills that column. A row whose column begins with "map." says
 * something of the map itself:
 *
 *     map.stream      from: the stream it makes
 *     map.shape       from: rows (default), invoice_lines, snapshot, cube, changes
 *     map.ends        from: exclusive (default) or inclusive: what the system means by an end date
 *     map.negative    from: reject (default) or allow: an MRR below zero offsets other rows; of invoice lines
 *                     net or allow: a credit takes back lines (netting.h)
 *     map.line        the number of a line, its key; of several rows together
 *     map.credit_of   invoice_lines: the map.line of the line that a credit takes back
 *     map.lookup      from: the lookup's name, with ? behind it where it may fail; transform:
 *                     KEY:COLUMN[,COLUMN]; a second row of the name: KEY, where the first finds nothing
 *     map.lookup_where, map.lookup_winner  from: the lookup's name; transform: which of its rows count
 *     map.lookup_all, map.lookup_besides   from: the name of the lookup whose rows of a key all count
 *     map.kind        what kind of revenue a row is (see kinds.h); of several the first that is not
 *                     recurring counts
 *     map.amount      invoice_lines: the amount of the line
 *     map.month       snapshot: the month
 *     map.cancelled   changes: whether the row says that nothing is paid from then on
 *     map.trial_end   the day a trial ends: revenue begins then
 *     map.trial_start the day it began, where that is not the start (cs-ingest trials)
 *     map.amount_per  stages: what the amount is for: month (default), year, or a term of so many months
 *     map.discount_start, map.discount_end  from when and until when (exclusive) a discount is given: the row
 *                     is split there
 *     map.pause_start, map.pause_end  from when and until when (exclusive) nothing is paid
 *     map.past_due_since  the day from which payment is overdue (--past-due)
 *     map.zone        from: the time zone whose days are meant, as Europe/Berlin; default UTC
 *     map.total       from: what the account or its name is in a row of totals, which is set aside
 *     map.skip, map.header  from: lines above the header; a column that the header has
 *     map.note        nothing; a remark to the reader
 */
#ifndef CST_INGEST_MAP_H
#define CST_INGEST_MAP_H
#include "base/intern.h"
#include "ingest/transform.h"
#include "ingest/winner.h"
#include "ingest/zone.h"
#include "read/table.h"
#include "tables/streams.h"

typedef enum {
    ING_SHAPE_ROWS,
    ING_SHAPE_INVOICE_LINES,
    ING_SHAPE_SNAPSHOT,
    ING_SHAPE_CUBE,
    ING_SHAPE_CHANGES
} ing_shape;
const char *ing_shape_name(ing_shape s);

/* One column to fill. */
typedef struct ing_rule {
    cst_text column;
    const struct cst_stream_column *canonical; /* NULL: an attribute of no type */
    const char *title;                         /* how it is called where it is written; NULL: column */
    int ref;                                   /* the raw column; -1: none (a constant) */
    bool cells;                                /* from is *: the month columns of a cube */
    bool set;                                  /* by --set */
    ing_chain chain;
    cst_place place; /* in the map, for messages */
} ing_rule;

/* A key that a lookup is asked by. */
typedef struct ing_lookup_key {
    cst_text here, there; /* as the export calls it, as the file does */
    cst_text asked;       /* `here` with the ? that was written behind it, if one was */
    bool maybe;           /* the file may lack it */
} ing_lookup_key;

enum { ING_LOOKUP_KEYS = 4 };

/* Columns that come by key from another file. */
typedef struct ing_lookup_spec {
    cst_text name;                       /* in the map; n == 0: given on the command line */
    cst_text path;                       /* n == 0: not given yet */
    bool optional;                       /* no match leaves the columns missing */
    ing_lookup_key key[ING_LOOKUP_KEYS]; /* the first, then those to fall back on */
    int keys;
    cst_text *here, *there; /* n columns: as the map calls them, as the file does */
    bool *maybe;            /* written COLUMN?: the file may lack it, and it then reads as missing */
    int n;
    cst_text where;         /* NUL-ended; n == 0: every row counts */
    enum ing_winner winner; /* which of several of a key counts, where chosen */
    cst_text rank;          /* NUL-ended, its column */
    bool chosen;
    bool all;     /* all of a key count: discounts */
    int tier[3];  /* tiers: which columns are up_to, price and flat; -1: none */
    bool tiers;   /* all of a key count: tiers of a price */
    bool besides; /* what the first key finds counts besides what the others find */
    cst_place place;
} ing_lookup_spec;

enum { ING_KIND_RULES_MOST = 8, ING_LOOKUPS_MOST = 16, ING_LINE_RULES_MOST = 4 };

/* What becomes of an amount below zero. */
typedef enum { ING_NEGATIVE_REJECT, ING_NEGATIVE_NET, ING_NEGATIVE_ALLOW } ing_negative;

typedef struct ing_map {
    cst_arena *arena;
    ing_refs refs;
    const struct cst_stream *stream;
    const char *name; /* as messages call it: "stripe", "maps/ours.csv" */
    bool given;       /* false: there is no map, columns go by their own names */
    ing_shape shape;
    bool inclusive;
    ing_zone *zone; /* NULL: UTC */
    const char *zone_name;
    ing_negative negative;
    bool trials; /* the trials of a map of subscriptions are made: trials.h */
    cst_text total[ING_LINE_RULES_MOST];
    int totals;
    cst_text amount_per; /* stages: the step that makes an amount one of a month; n == 0: it is */
    uint32_t skip;       /* lines above the header */
    const char *header;  /* a column that the header is known by; NULL: it is the first line */
    ing_rule *rule;      /* of columns, in the order they are written */
    int rule_room;
    cst_intern *names; /* of their columns: a rule's number until they are sorted */
    bool sorted;
    int n, written; /* the last ones are only read */
    ing_rule kind[ING_KIND_RULES_MOST];
    int kinds;
    ing_rule line[ING_LINE_RULES_MOST], credit_of[ING_LINE_RULES_MOST];
    int lines, credits_of;
    ing_rule amount, month, cancelled, trial_start, trial_end,
        past_due_since; /* ref < 0 and no chain: not filled */
    ing_rule discount_start, discount_end, pause_start, pause_end;
    ing_lookup_spec lookup[ING_LOOKUPS_MOST];
    int lookups;
} ing_map;

/* The name of what it makes: the stream's, or trials. */
const char *ing_map_makes(const ing_map *m);
/* Whether invoice lines are held until the last one is read. */
static inline bool ing_map_nets(const ing_map *m)
{
    return m->shape == ING_SHAPE_INVOICE_LINES && m->negative != ING_NEGATIVE_REJECT;
}
bool ing_rule_filled(const ing_rule *r);
/* Whether a row is cut where it pauses. */
static inline bool ing_map_pauses(const ing_map *m)
{
    return m->pause_start.ref >= 0 || m->pause_start.chain.n > 0;
}
/* Whether a row may become several, with and without a discount. */
bool ing_map_splits(const ing_map *m);

/* A map without rules for a stream: what follows adds to it. */
cst_status ing_map_new(const struct cst_stream *s, ing_map **out, cst_error *e);
void ing_map_free(ing_map *m);
/* Adds the rows of a map table. Errors have the place in the map. The table outlives the map. */
cst_status ing_map_load(ing_map *m, const char *name, const cst_table *t, cst_error *e);
/* --set COLUMN=VALUE: a constant in place of what the map says. */
cst_status ing_map_set(ing_map *m, const char *setting, cst_error *e);
/* --lookup: FILE:KEY:COLUMN[,COLUMN], or NAME=FILE for a lookup that the map names. */
cst_status ing_map_lookup(ing_map *m, const char *option, cst_error *e);
/* Without a map: a rule per raw column, under its own name. */
cst_status ing_map_by_name(ing_map *m, const cst_text *columns, size_t n, cst_error *e);
/* Last: puts the columns in order and checks that the required ones are filled as the shape fills them. */
cst_status ing_map_finish(ing_map *m, cst_error *e);
/* Adds a column that the shape fills. */
cst_status ing_map_made(ing_map *m, const char *column, cst_error *e);
int ing_map_find(const ing_map *m, const char *column); /* index of the rule; -1 */

/* A map's row: name is the lookup's (with ? behind it: optional), spec is KEY:COLUMN[,COLUMN]. KEY is a
 * column's name in both files, or HERE=THERE; COLUMN likewise is a name, or HERE=THERE. */
cst_status ing_lookup_spec_read(ing_map *m, cst_text name, cst_text spec, cst_place place, cst_error *e);
/* The lookup a row of the map is about; NULL: none of that name yet, *e says so. */
ing_lookup_spec *ing_lookup_spec_find(ing_map *m, cst_text name, cst_error *e);
#endif
