/* flags/inputs.c: the readers and the panel of a part. The first part reads through the program, which
 * counts and reports what was read; the others read the same files once more, in silence. */
#include "base/text.h"
#include "flags/session.h"
#include "tables/metrics_rows.h"
#include <stdlib.h>

static cst_status open_reader(flag_night *s, flag_shard *p, const cst_inputs *in, cst_reader **out,
                              cst_error *e)
{
    cst_read_opts o;
    if (s->parts == 0) return cst_io_reader_over(s->io, in, CST_METRICS_HINT, out, e);
    if (!cst_resize(&p->reader, p->readers + 1, sizeof *p->reader)) return cst_no_memory(e);
    cst_status status = cst_io_read_opts(s->io, &o, e);
    o.no_crc32 = true;
    if (status == CST_OK) status = cst_reader_open(in, &o, out, e);
    if (status == CST_OK) p->reader[p->readers++] = *out;
    return status;
}

static cst_status add_table(flag_night *s, flag_shard *p, const cst_inputs *in, const char *account,
                            const char *period, cst_error *e)
{
    cst_reader *r;
    cst_status status = open_reader(s, p, in, &r, e);
    return status == CST_OK ? cst_panel_add(p->panel, r, account, period, e) : status;
}

static cst_status start_part(flag_scope scope, flag_shard **out, cst_error *e)
{
    cst_panel *panel;
    cst_status status = cst_panel_new(CST_PANEL_SORT, &panel, e);
    return status == CST_OK ? flag_shard_new(scope, panel, out, e) : status;
}

cst_status flag_night_part(flag_night *s, flag_shard **out, cst_error *e)
{
    const cst_inputs scores = {s->o->scores.v, s->o->scores.n};
    cst_status status = start_part(FLAG_SCOPE_ACCOUNT, out, e);
    if (status < 0) return status;
    status = add_table(s, *out, cst_io_operands(s->io), "account_id", "period", e);
    if (status == CST_OK && scores.n) status = add_table(s, *out, &scores, "account_id", "period", e);
    if (status == CST_OK && s->accounts) status = cst_panel_join_accounts((*out)->panel, s->accounts, e);
    if (status == CST_OK) return status;
    flag_shard_free(*out);
    *out = NULL;
    return status;
}

/* A bridge has rows of groups beside its totals, and maybe other rows; only the totals are of the
 * portfolio. */
static cst_status add_bridge(flag_night *s, flag_shard *p, cst_error *e)
{
    const cst_inputs in = {&s->o->bridge, 1};
    uint32_t row;
    cst_status status = add_table(s, p, &in, NULL, "period_end", e);
    if (status == CST_OK) status = cst_panel_find(p->panel, cst_text_of("row"), &row, e);
    return status == CST_OK ? cst_panel_only(p->panel, row, "total", e) : status;
}

cst_status flag_night_portfolio(flag_night *s, flag_shard **out, cst_error *e)
{
    const cst_inputs in = {&s->o->portfolio, 1};
    size_t parts = s->parts;
    cst_status status = start_part(FLAG_SCOPE_PORTFOLIO, out, e);
    if (status < 0) return status;
    s->parts = 0; /* read through the program */
    if (s->o->portfolio) status = add_table(s, *out, &in, NULL, "period", e);
    if (status == CST_OK && s->o->bridge) status = add_bridge(s, *out, e);
    s->parts = parts;
    return status;
}
