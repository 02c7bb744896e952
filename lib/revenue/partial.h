/* revenue/partial.h: --partial writes what a part of the accounts adds up to; --merge adds parts
 * together. A part is a table item,period,group,name,value of integers (millionths) and texts; the
 * definition it was made under is in it, and parts made under different ones are refused. Any split of
 * the accounts gives the same bytes as one run. */
#ifndef CST_REVENUE_PARTIAL_H
#define CST_REVENUE_PARTIAL_H
#include "program/definition.h"
#include "revenue/session.h"

/* definition.c: the options that make it; */
extern const cst_option rev_definition_rows[];
/* what a run's options (and, with `s`, its tables) come to. */
cst_status rev_definition_of(const rev_opts *o, const rev_session *s, cst_definition *out, cst_error *e);
/* Puts it into the manifest. */
cst_status rev_definition_tell(const rev_session *s, cst_error *e);
#endif
