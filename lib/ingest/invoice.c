/* invoice.c: see invoice.h. */
#include "ingest/invoice.h"
#include <stdlib.h>
#include <string.h>

struct ing_invoice {
    const ing_plan *plan;
    bool source, held;
    cst_buffer cells, from;
    cst_day start, end;
    cst_money mrr;
};

void ing_piece_pack(const ing_convert *c, cst_buffer *blob)
{
    const ing_plan *p = c->plan;
    for (int i = 0; i < p->targets; i++) {
        bool made = p->revenue && (i == p->at_start || i == p->at_end || i == p->at_mrr);
        cst_buffer_add_packed(blob, made ? (cst_text){"", 0} : c->cell[i].text);
    }
    cst_buffer_add(blob, c->was.p, c->was.n);
}

cst_text ing_piece_cell(const ing_plan *p, cst_text cells, int target)
{
    const char *at = cells.p;
    cst_text t = {"", 0};
    for (int i = 0; i <= target && target < p->targets; i++) t = cst_packed_text(&at);
    return t;
}

cst_status ing_piece_put(const ing_plan *p, cst_text cells, cst_day start, cst_day end, cst_money mrr,
                         bool source_column, cst_text source, cst_writer *out, cst_error *e)
{
    const char *at = cells.p;
    for (int i = 0; i < p->targets; i++) {
        cst_text t = cst_packed_text(&at);
        if (i == p->at_mrr)
            cst_put_money(out, mrr);
        else if (i == p->at_start)
            cst_put_day(out, start);
        else if (i == p->at_end)
            cst_put_day(out, end);
        else
            cst_put_text(out, t);
    }
    if (source_column) cst_put_text(out, source);
    return cst_end_row(out, e);
}

ing_invoice *ing_invoice_new(const ing_plan *p, bool source)
{
    ing_invoice *v = calloc(1, sizeof *v);
    if (v) v->plan = p, v->source = source;
    return v;
}

void ing_invoice_free(ing_invoice *v)
{
    if (!v) return;
    cst_buffer_free(&v->cells);
    cst_buffer_free(&v->from);
    free(v);
}

cst_status ing_invoice_end(ing_invoice *v, cst_writer *out, ing_totals *t, cst_error *e)
{
    if (!v->held) return CST_OK;
    v->held = false;
    t->out += v->mrr;
    t->written++;
    return ing_piece_put(v->plan, (cst_text){v->cells.p, (uint32_t)v->cells.n}, v->start, v->end, v->mrr,
                         v->source, (cst_text){v->from.p, (uint32_t)v->from.n}, out, e);
}

cst_status ing_invoice_add(ing_invoice *v, const ing_piece *piece, const char *blob, cst_writer *out,
                           ing_totals *t, cst_error *e)
{
    if (v->held && v->mrr == piece->mrr && v->end == piece->start && v->cells.n == piece->cells.n &&
        memcmp(v->cells.p, blob + piece->cells.at, piece->cells.n) == 0) {
        v->end = piece->end;
        t->joined += piece->mrr;
        return CST_OK;
    }
    cst_status status = ing_invoice_end(v, out, t, e);
    if (status != CST_OK) return status;
    cst_buffer_clear(&v->cells);
    cst_buffer_clear(&v->from);
    cst_buffer_add(&v->cells, blob + piece->cells.at, piece->cells.n);
    cst_buffer_add(&v->from, blob + piece->source.at, piece->source.n);
    if (v->cells.failed || v->from.failed) return cst_no_memory(e);
    v->start = piece->start, v->end = piece->end, v->mrr = piece->mrr, v->held = true;
    return CST_OK;
}
