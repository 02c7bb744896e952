/* flags/part.h: a part of the accounts, walked through all its periods by one thread; or the portfolio.
 *
 * A part has a panel (its rows, in order of period for each account) and a book: of every account, what
 * state each flag is in after its last row, and what state it was in at the end of the period before the
 * last one. Memory grows with the accounts, not with the rows. Parts share nothing that changes. */
#ifndef CST_FLAGS_PART_H
#define CST_FLAGS_PART_H
#include "base/arena.h"
#include "base/buffer.h"
#include "flags/rules.h"
#include "panel/panel.h"

/* A column that is shown with a flag: what `when` looked at. */
typedef struct cst_shown {
    uint32_t column;
    int back;    /* rows; 0: the row itself only */
    size_t kept; /* of the panel; where back > 0 */
} cst_shown;

/* What is the same for all parts of a run. */
typedef struct cst_walk {
    const cst_rules *rules;
    const cst_expr *where;     /* over account rows; NULL: all */
    const cst_periods *judged; /* rows of other periods are passed over */
    cst_day before,
        tonight;   /* the last two of them (of the state, where it has one more); CST_DAY_NONE: none */
    bool episodes; /* are to be kept */
} cst_walk;

/* A flag that is anything but absent after a row of tonight. */
typedef struct cst_sighting {
    uint32_t account, rule;
    cst_text value;
} cst_sighting;

/* From opening to clearing; cleared CST_DAY_NONE: still open. */
typedef struct cst_episode {
    uint32_t account, rule;
    cst_day opened, cleared;
} cst_episode;

typedef struct cst_part cst_part;
/* Called at every row that is judged, before the flags are. */
typedef cst_status cst_row_watch(void *context, cst_part *p, cst_error *e);

struct cst_part {
    cst_scope scope;
    cst_panel *panel; /* freed with the part */
    cst_reader **reader;
    size_t readers;                /* freed with the part */
    cst_flag_state *now, *earlier; /* account x rule */
    cst_day *last;                 /* by account: period of its last row in this run */
    uint32_t *first_sighting;      /* by account, + 1; 0: none */
    size_t accounts;               /* with room in the book */
    cst_simple *gate;              /* of the scope's rules in their order: what `when` is false without */
    bool *gated;                   /* it has such a comparison */
    cst_shown **shown;             /* by rule */
    size_t *shows;
    cst_sighting *sighting;
    size_t sightings, sightings_room;
    cst_episode *episode;
    size_t episodes, episodes_room;
    cst_arena *texts;
    cst_buffer scratch;
    cst_row_watch *watch; /* may be NULL */
    void *watcher;
    uint64_t rows; /* judged */
    size_t judged; /* where the period of the last row stands among the judged */
};

/* Takes over the panel. */
cst_status cst_part_new(cst_scope scope, cst_panel *panel, cst_part **out, cst_error *e);
void cst_part_free(cst_part *p);
/* After cst_panel_start: finds what is shown with each flag. */
cst_status cst_part_prepare(cst_part *p, const cst_rules *rules, cst_error *e);
/* Room in the book for an account number of the panel. */
cst_status cst_part_reserve(cst_part *p, size_t rules, uint32_t account, cst_error *e);
/* Walks through all rows. */
cst_status cst_part_walk(cst_part *p, const cst_walk *w, cst_error *e);

/* Does something with every part, each in a thread of its own. The failure is that of the first part
 * that has one. */
typedef cst_status cst_part_work(cst_part *p, const cst_walk *w, cst_error *e);
cst_status cst_parts_run(cst_part *const *part, size_t parts, cst_part_work *work, const cst_walk *w,
                         cst_error *e);

/* The states of an account after the walk: at the end of tonight, and at the end of the period before. */
const cst_flag_state *cst_part_now(const cst_part *p, size_t rules, uint32_t account);
const cst_flag_state *cst_part_before(const cst_part *p, const cst_walk *w, uint32_t account);
/* Is one of the rule's inhibitors open? Its number, + 1; 0: none. */
uint32_t cst_part_inhibitor(const cst_rule *rule, const cst_flag_state *states);
/* The text to show with a flag tonight; missing where there was no row. */
cst_text cst_part_value(const cst_part *p, uint32_t account, uint32_t rule);
#endif
