/* revenue/merge.c: --merge. Parts are tables of integers that --partial wrote. They are read one after the
 * other, and what their rows say is taken in; the sums are then what one run over all accounts has. */
#include "revenue/merge.h"
#include "base/memory.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include <stdlib.h>
#include <string.h>

static cst_status take_part(void *merge, cst_parts *p, cst_error *e)
{
    rev_merge *m = merge;
    bool started = !p->first;
    cst_status status = CST_OK;
    for (size_t row = 0; status == CST_OK && row < p->rows; row++) {
        cst_text item = cst_part_item(p, row);
        bool head = rev_merge_is_head(item);
        uint32_t group;
        if (!head && !started) {
            status = rev_merge_rules(m, e);
            started = true;
            if (status < 0) return status;
        }
        if (head)
            status = rev_merge_head(m, row, e);
        else if (cst_text_is(item, "group"))
            status = cst_part_name_group(p, &row, &group, e);
        else
            status = rev_merge_sum(m, row, e);
        if (status == CST_OK && cst_text_is(item, "group") && !rev_sums_group(&m->s->sums, group))
            status = cst_no_memory(e);
        if (status == CST_OK && m->s->sums.failed)
            status = cst_fail(e, CST_MEMORY, "out of memory, or periods too far apart");
    }
    return status == CST_OK && !started ? rev_merge_rules(m, e) : status;
}

static cst_status name_groups(rev_merge *m, cst_error *e)
{
    rev_session *s = m->s;
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (!s->group_name) return cst_no_memory(e);
    for (uint32_t i = 0; i < s->sums.groups; i++) s->group_name[i] = cst_intern_text(m->parts.names, i);
    return rev_session_order_groups(s, e);
}

cst_status rev_merge_run(rev_session *s, cst_error *e)
{
    rev_opts preset;
    rev_init(&preset);
    rev_merge m = {.s = s, .opts = *s->o};
    rev_sums_init(&s->sums, &s->rules);
    s->rules.tops = true;
    s->counts.first = s->counts.last = CST_DAY_NONE;
    const rev_opts *own = s->o;
    cst_status status = cst_parts_open(&m.parts, rev_definition_rows, own, &preset, &m.opts, e);
    if (status == CST_OK) status = cst_parts_each(&m.parts, s->io, take_part, &m, e);
    if (status == CST_OK) status = name_groups(&m, e);
    if (status == CST_OK) {
        rev_session_range(s, s->counts.first, s->counts.last);
        status = rev_bridge_close(s, NULL, e);
    }
    if (status == CST_OK) status = rev_bridge_write(s, e);
    if (status == CST_OK) status = rev_definition_tell(s, e);
    if (status == CST_OK) rev_session_warn(s);
    s->o = own;
    s->segment = NULL; /* the parts' */
    cst_parts_free(&m.parts);
    return status;
}
