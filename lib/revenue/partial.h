/* revenue/partial.h: --partial writes what a part of the accounts adds up to; --merge adds parts
 * together. A part is a table item,period,group,name,value of integers (millionths) and texts; the
 * definition it was made under is in it, and parts made under different ones are refused. Any split of
 * the accounts gives the same bytes as one run. */
#ifndef CST_REVENUE_PARTIAL_H
#define CST_REVENUE_PARTIAL_H
#include "revenue/session.h"

cst_status rev_partial_run(rev_session *s, cst_error *e);
cst_status rev_merge_run(rev_session *s, cst_error *e);

/* definition.c: the definition of a run as names and texts. */
enum { REV_DEFINITIONS = 28 };
typedef struct rev_definition {
    const char *name;
    char *text; /* freed by rev_definition_free */
} rev_definition;
/* What a run's options (and, with `s`, its tables) come to. */
cst_status rev_definition_of(const rev_opts *o, const rev_session *s, rev_definition out[REV_DEFINITIONS],
                             cst_error *e);
void rev_definition_free(rev_definition d[REV_DEFINITIONS]);
/* Puts them into the manifest: a figure is worth what its definition is known to be. */
cst_status rev_definition_tell(const rev_session *s, cst_error *e);
/* Sets the option that a name and a text stand for; false: no such name or no such value. `text`
 * outlives the options. */
bool rev_definition_apply(rev_opts *o, const char *name, const char *text);
#endif
