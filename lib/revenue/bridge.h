/* revenue/bridge.h: the bridge as a table. */
#ifndef CST_REVENUE_BRIDGE_H
#define CST_REVENUE_BRIDGE_H
#include "revenue/figures.h"
#include "revenue/session.h"

/* Turns the session's changes into levels over its periods and checks the identities. `entries` as in
 * check.h. */
cst_status cst_bridge_close(cst_session *s, const cst_series *entries, cst_error *e);
/* Writes the main output: one row per period and segment, then the total; with --format pretty a sheet. */
cst_status cst_bridge_write(cst_session *s, cst_error *e);

/* Whether a name is in a list that ends with NULL. */
bool cst_bridge_is_taken(const char *name, const char *const *list);
/* Columns named after the group columns; one that is called as another column of the table gets by_
 * before it. `taken` ends with NULL. Adds at most s->groups.n columns; names live as long as the
 * session. */
size_t cst_bridge_by_columns(cst_session *s, const char *const *taken, cst_column *out);
void cst_bridge_put_by(const cst_session *s, cst_writer *w, const cst_text *group); /* NULL: the total */
cst_text cst_bridge_currency(const cst_session *s, const cst_text *group);
const char *cst_bridge_complete(const cst_session *s, cst_period p); /* yes, no; NULL: not known */
void cst_bridge_window(const cst_session *s, char out[CST_PERIOD_ROOM]);
cst_figure_opts cst_bridge_figure_opts(const cst_session *s);
extern const char *const cst_retention_word[]; /* by enum cst_retention */
#endif
