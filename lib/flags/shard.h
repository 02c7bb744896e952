/* flags/shard.h: a part of the accounts, walked through all its periods by one thread; or the portfolio.
 *
 * A part has a panel (its rows, in order of period for each account) and a book: of every account, what
 * state each flag is in after its last row, and what state it was in at the end of the period before the
 * last one. Memory grows with the accounts, not with the rows. Parts share nothing that changes. */
#ifndef CST_FLAGS_SHARD_H
#define CST_FLAGS_SHARD_H
#include "base/arena.h"
#include "base/buffer.h"
#include "flags/rules.h"
#include "panel/panel.h"

/* A column that is shown with a flag: what `when` looked at. */
typedef struct flag_shown {
    uint32_t column;
    int back;    /* rows; 0: the row itself only */
    size_t kept; /* of the panel; where back > 0 */
} flag_shown;

/* What is the same for all parts of a run. */
typedef struct flag_pass {
    const flag_rules *rules;
    const cst_expr *where;     /* over account rows; NULL: all */
    const cst_periods *judged; /* rows of other periods are passed over */
    cst_day before,
        tonight;   /* the last two of them (of the state, where it has one more); CST_DAY_NONE: none */
    bool episodes; /* are to be kept */
    bool scores;   /* are the second table of the accounts' rows */
} flag_pass;

/* A flag that is anything but absent after a row of tonight. */
typedef struct flag_sighting {
    uint32_t account, rule;
    cst_text value, phrase;
} flag_sighting;

/* From opening to clearing; cleared CST_DAY_NONE: still open. */
typedef struct flag_episode {
    uint32_t account, rule;
    cst_day opened, cleared;
} flag_episode;

typedef struct flag_shard flag_shard;
/* Called at every row that is judged, before the flags are. */
typedef cst_status flag_row_watch(void *context, flag_shard *p, cst_error *e);

struct flag_shard {
    flag_scope scope;
    cst_panel *panel; /* freed with the part */
    cst_reader **reader;
    size_t readers;                /* freed with the part */
    flag_stage_now *now, *earlier; /* account x rule */
    cst_day *last;                 /* by account: period of its last row in this run */
    uint32_t *first_sighting;      /* by account, + 1; 0: none */
    size_t accounts;               /* with room in the book */
    cst_simple *gate;              /* of the scope's rules in their order: what `when` is false without */
    bool *gated;                   /* it has such a comparison */
    flag_shown **shown;            /* by rule */
    size_t *shows;
    flag_sighting *sighting;
    size_t sightings, sightings_room;
    flag_episode *episode;
    size_t episodes, episodes_room;
    cst_arena *texts;
    cst_buffer scratch;
    flag_row_watch *watch; /* may be NULL */
    void *watcher;
    uint64_t rows;        /* judged */
    uint64_t of_table[2]; /* rows of tonight (of a history: of any period) in the metrics and in the scores */
    size_t judged;        /* where the period of the last row stands among the judged */
};

/* Takes over the panel. */
cst_status flag_shard_new(flag_scope scope, cst_panel *panel, flag_shard **out, cst_error *e);
void flag_shard_free(flag_shard *p);
/* After cst_panel_start: finds what is shown with each flag. */
cst_status flag_shard_prepare(flag_shard *p, const flag_rules *rules, cst_error *e);
/* Room in the book for an account number of the panel. */
cst_status flag_shard_reserve(flag_shard *p, size_t rules, uint32_t account, cst_error *e);
/* Walks through all rows. */
cst_status flag_shard_pass(flag_shard *p, const flag_pass *w, cst_error *e);

/* Does something with every part, each in a thread of its own. The failure is that of the first part
 * that has one. */
typedef cst_status flag_shard_work(flag_shard *p, const flag_pass *w, cst_error *e);
cst_status flag_shards_run(flag_shard *const *part, size_t parts, flag_shard_work *work, const flag_pass *w,
                           cst_error *e);

/* The states of an account after the walk: at the end of tonight, and at the end of the period before. */
const flag_stage_now *flag_shard_now(const flag_shard *p, size_t rules, uint32_t account);
const flag_stage_now *flag_shard_before(const flag_shard *p, const flag_pass *w, uint32_t account);
/* Is one of the rule's inhibitors open? Its number, + 1; 0: none. */
uint32_t flag_shard_inhibitor(const flag_rule *rule, const flag_stage_now *states);
/* The text to show with a flag tonight; missing where there was no row. */
cst_text flag_shard_value(const flag_shard *p, uint32_t account, uint32_t rule);
/* The phrase of the flag tonight; missing where there was no row, the rule has no text, or a value of it that
 * must be there is missing. */
cst_text flag_shard_phrase(const flag_shard *p, uint32_t account, uint32_t rule);
#endif
