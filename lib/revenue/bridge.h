/* revenue/bridge.h: the bridge as a table. */
#ifndef CST_REVENUE_BRIDGE_H
#define CST_REVENUE_BRIDGE_H
#include "revenue/figures.h"
#include "revenue/session.h"

/* CST_LIMIT: more periods than any ledger has. */
cst_status rev_bridge_check_span(const rev_session *s, cst_error *e);
/* Turns the session's changes into levels over its periods and checks the identities. `entries` as in
 * rev_check_sums. */
cst_status rev_bridge_close(rev_session *s, const rev_series *entries, cst_error *e);
/* Writes the main output: one row per period and segment, then the total; with --format pretty a sheet. */
cst_status rev_bridge_write(rev_session *s, cst_error *e);

/* How a figure is printed. */
typedef enum { REV_AMOUNT, REV_COUNT, REV_RATIO, REV_WORD } rev_figure_kind;
enum bridge_when { REV_ALWAYS, REV_WITH_CI, REV_WITH_SPLIT, REV_WITH_REVENUE };
typedef struct rev_bridge_figure {
    const char *name;
    rev_figure_kind kind;
    size_t offset; /* in rev_figures; of words none */
    enum bridge_when when;
} rev_bridge_figure;
/* The figure of that name, no word; CST_USAGE: none, the message lists them. */
cst_status rev_bridge_find_figure(const char *name, const rev_bridge_figure **out, cst_error *e);
/* The member of that kind, not a word, at an offset of the figures: its value, in millionths but for counts.
 * false: there is none. */
bool rev_figure_value(rev_figure_kind kind, size_t offset, const rev_figures *f, cst_wide *out);
void rev_figure_put_value(const rev_session *s, cst_writer *w, rev_figure_kind kind, cst_wide v);
/* Both; missing where there is none. */
void rev_figure_put(const rev_session *s, cst_writer *w, rev_figure_kind kind, size_t offset,
                    const rev_figures *f);
/* --format pretty: the bridge as a finance sheet, figures down and periods across. */
cst_status rev_sheet_write(rev_session *s, const cst_write_opts *o, cst_error *e);

/* Whether a name is in a list that ends with NULL. */
bool rev_bridge_is_taken(const char *name, const char *const *list);
/* Columns named after the group columns; one that is called as another column of the table gets by_
 * before it. `taken` ends with NULL. Adds at most s->groups.n columns; names live as long as the
 * session. */
size_t rev_bridge_by_columns(rev_session *s, const char *const *taken, cst_column *out);
void rev_bridge_put_by(const rev_session *s, cst_writer *w, const cst_text *group); /* NULL: the total */
cst_text rev_bridge_currency(const rev_session *s, const cst_text *group);
/* What a row of the bridge begins with: days of the period, complete, group, row, currency. */
void rev_bridge_put_key(const rev_session *s, cst_writer *w, cst_period p, const cst_text *group);
const char *rev_bridge_complete(const rev_session *s, cst_period p); /* yes, no; NULL: not known */
void rev_bridge_window(const rev_session *s, char out[CST_PERIOD_ROOM]);
rev_figure_opts rev_bridge_figure_opts(const rev_session *s);
extern const char *const rev_retention_word[]; /* by enum rev_retention */
#endif
