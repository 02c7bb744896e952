/* revenue/partial.c: the sums of a run, changes and all, one integer a row. What is zero is left out. */
#include "revenue/partial.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/parts.h"
#include <stdio.h>
#include <string.h>

typedef struct part_writer {
    cst_writer *w;
    uint64_t rows; /* written */
    cst_status status;
    cst_error *e;
} part_writer;

static size_t format_wide(cst_wide v, char out[CST_DECIMAL_ROOM])
{
    char digits[CST_DECIMAL_ROOM];
    size_t n = 0, k = 0;
    bool negative = v < 0;
    do {
        int d = (int)(v % 10);
        digits[n++] = (char)('0' + (d < 0 ? -d : d));
        v /= 10;
    } while (v != 0);
    if (negative) out[k++] = '-';
    while (n > 0) out[k++] = digits[--n];
    return k;
}

/* item, period (INT32_MIN: none), group (-2: none, -1: the total), name, value */
static void put_text(part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                     cst_text value)
{
    if (p->status < 0) return;
    cst_put_string(p->w, item);
    if (period == INT32_MIN)
        cst_put_missing(p->w);
    else
        cst_put_int(p->w, period);
    if (group == -2)
        cst_put_missing(p->w);
    else if (group == -1)
        cst_put_string(p->w, "total");
    else
        cst_put_int(p->w, group);
    cst_put_string(p->w, name);
    cst_put_text(p->w, value);
    p->status = cst_end_row(p->w, p->e);
    p->rows++;
}

static void put_wide(part_writer *p, const char *item, int64_t period, int64_t group, const char *name,
                     cst_wide v)
{
    char text[CST_DECIMAL_ROOM];
    if (v != 0) put_text(p, item, period, group, name, (cst_text){text, (uint32_t)format_wide(v, text)});
}

static void put_replicates(part_writer *p, const char *item, int64_t period, int64_t group, const cst_wide *r,
                           uint32_t n)
{
    char name[32];
    for (uint32_t i = 0; r && i < 3 * n; i++) {
        snprintf(name, sizeof name, "%u", i);
        put_wide(p, item, period, group, name, r[i]);
    }
}

static void put_ret(part_writer *p, const char *item, int64_t period, int64_t group, const rev_ret *r)
{
    put_wide(p, item, period, group, "base", r->base);
    put_wide(p, item, period, group, "net", r->net);
    put_wide(p, item, period, group, "gross", r->gross);
    put_wide(p, item, period, group, "logos", r->logos);
    put_wide(p, item, period, group, "kept", r->kept);
}

static void put_cell(part_writer *p, int64_t period, int64_t group, const rev_cell *c, uint32_t replicates)
{
    for (int m = 0; m < CST_MOVEMENTS; m++)
        put_wide(p, "amount", period, group, cst_movement_name[m], c->amount[m]);
    for (int k = 0; k < REV_EFFECTS; k++)
        put_wide(p, "effect", period, group, rev_effect_name[k], c->effect[k]);
    put_wide(p, "change", period, group, "closing", c->closing);
    put_wide(p, "change", period, group, "closing_logos", c->closing_logos);
    put_wide(p, "logos", period, group, "new", c->new_logos);
    put_wide(p, "logos", period, group, "reactivated", c->reactivated);
    put_wide(p, "logos", period, group, "churned", c->churned);
    put_ret(p, "retention", period, group, &c->ret);
    put_replicates(p, "replicate", period, group, c->replicate, replicates);
}

static void put_tops(part_writer *p, int64_t period, int64_t group, const rev_tops *t)
{
    for (int k = 0; k < REV_TOP; k++) put_wide(p, "top", period, group, "held", t->held[k]);
    for (int k = 0; k < REV_TOP; k++) put_wide(p, "top", period, group, "stays", t->tenure[k]);
}

static void put_series(part_writer *p, int64_t group, const rev_series *of, uint32_t replicates)
{
    for (uint32_t i = 0; i < of->n; i++) {
        put_cell(p, of->low + (int64_t)i, group, &of->cell[i], replicates);
        if (of->top) put_tops(p, of->low + (int64_t)i, group, &of->top[i]);
    }
    for (uint32_t i = 0; i < of->links; i++) {
        put_ret(p, "link", of->link_low + (int64_t)i, group, &of->link[i].ret);
        put_replicates(p, "link_replicate", of->link_low + (int64_t)i, group, of->link[i].replicate,
                       replicates);
    }
}

static void put_head(part_writer *p, const rev_session *s)
{
    rev_definition d[REV_DEFINITIONS];
    if (rev_definition_of(s->o, s, d, p->e) < 0) p->status = CST_MEMORY;
    for (size_t i = 0; i < REV_DEFINITIONS && p->status >= 0; i++)
        put_text(p, "definition", INT32_MIN, -2, d[i].name, cst_text_of(d[i].text));
    rev_definition_free(d);
    put_text(p, "fact", INT32_MIN, -2, "groups_of_rows", cst_text_of(s->rules.groups_of_rows ? "yes" : "no"));
    put_text(p, "fact", INT32_MIN, -2, "by_currency", cst_text_of(s->by_currency ? "yes" : "no"));
    put_text(p, "fact", INT32_MIN, -2, "total", cst_text_of(s->total ? "yes" : "no"));
    if (s->counts.rows) put_text(p, "fact", INT32_MIN, -2, "currency", cst_text_of(s->currency));
    char day[CST_DAY_ROOM];
    if (s->counts.first != CST_DAY_NONE)
        put_text(p, "fact", INT32_MIN, -2, "first",
                 (cst_text){day, (uint32_t)cst_day_format(s->counts.first, day)});
    if (s->counts.last != CST_DAY_NONE)
        put_text(p, "fact", INT32_MIN, -2, "last",
                 (cst_text){day, (uint32_t)cst_day_format(s->counts.last, day)});
    if (s->sums.mixed) put_text(p, "fact", INT32_MIN, -2, "mixed", cst_text_of("yes"));
    for (size_t i = 0; i < s->bys; i++) {
        char k[32];
        snprintf(k, sizeof k, "%zu", i);
        put_text(p, "column", INT32_MIN, -2, k, cst_text_of(s->segment[i]));
    }
}

static void put_groups(part_writer *p, const rev_session *s)
{
    for (uint32_t i = 0; s->rules.groups && i < s->sums.groups; i++) {
        cst_text name = s->group_name[s->group_order[i]];
        for (size_t k = 0; k < s->bys; k++) {
            char part[32];
            snprintf(part, sizeof part, "%zu", k);
            put_text(p, "group", INT32_MIN, i, part, cst_label_part(name, k));
        }
    }
}

/* Sums that are missing cannot be told from sums that are zero: the last row counts those before it. */
static void put_end(part_writer *p)
{
    put_wide(p, "end", INT32_MIN, -2, "rows", p->rows);
}

cst_status rev_partial_run(rev_session *s, cst_error *e)
{
    static const cst_column columns[] = {{"item", CST_COL_TEXT},
                                         {"period", CST_COL_TEXT},
                                         {"group", CST_COL_TEXT},
                                         {"name", CST_COL_TEXT},
                                         {"value", CST_COL_TEXT}};
    cst_status status = rev_session_collect(s, e);
    if (status < 0) return status;
    part_writer p = {.e = e};
    status = cst_io_writer(s->io, columns, 5, &p.w, e);
    if (status == CST_OK) {
        uint32_t n = s->rules.replicates;
        put_head(&p, s);
        put_groups(&p, s);
        put_series(&p, -1, &s->sums.total, n);
        for (uint32_t i = 0; s->rules.groups && i < s->sums.groups; i++)
            put_series(&p, i, &s->sums.group[s->group_order[i]], n);
        for (uint32_t i = 0; i < s->sums.days; i++)
            put_wide(&p, "left", s->sums.day_low + (int64_t)i, -2, "customers", s->sums.churned[i]);
        for (uint32_t i = 0; i < s->sums.ticks; i++)
            put_wide(&p, "tick", s->sums.tick_low + (int64_t)i, -2, "closing", s->sums.tick[i]);
        put_end(&p);
        status = p.status;
        if (status == CST_OK) status = cst_writer_finish(p.w, e);
    }
    cst_writer_free(p.w);
    return status;
}
