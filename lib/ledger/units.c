/* ledger/units.c: what a row is for. Neighbouring rows are mostly for the same thing: each part is compared
 * with that of the row before, and only what differs is looked up. */
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/fx.h"
#include "ledger/identity.h"
#include "ledger/intake.h"
#include "ledger/labels.h"
#include <stdlib.h>

static bool join_part(ledger_worker *w, size_t *n, size_t part, cst_text t)
{
    if (!cst_grow(&w->joined, &w->joined_room, *n + t.n + CST_LABEL_LEAD, 1)) return false;
    *n += cst_label_lead(part, t, w->joined + *n);
    if (t.n) memcpy(w->joined + *n, t.p, t.n);
    *n += t.n;
    return true;
}

cst_text cst_ledger_rename(const ledger_worker *w, const char *column, cst_text t)
{
    enum cst_identity_kind kind;
    if (!w->in->o->identity || !cst_identity_column(column, &kind)) return t;
    return cst_identity_rename(w->in->o->identity, kind, t);
}

/* The id of a row's group: the stream's columns from the row, the others from the account. */
static uint32_t find_segment(ledger_worker *w, uint32_t row, cst_text account)
{
    const cst_ledger_opts *o = w->in->o;
    size_t n = 0;
    for (size_t i = 0; i < o->segments; i++) {
        int slot = w->in->column.segment[i];
        cst_text t = slot >= 0 ? cst_ledger_rename(w, o->segment[i], ledger_field(&w->seen, row, slot))
                               : o->attribute(o->attribute_context, account, i);
        if (slot >= 0 && strcmp(o->segment[i], "account_id") == 0) t = account;
        if (!join_part(w, &n, i, t)) return CST_UNIT_NONE;
    }
    return cst_labels_add(w->labels, LEDGER_SEGMENT, (cst_text){n ? w->joined : "", (uint32_t)n});
}

/* The centre of a row, and the line where the centre makes it. A few centres take turns: the last ones are
 * kept, with their texts in the labels. */
static bool find_centre(ledger_worker *w, uint32_t row)
{
    int slot = w->in->column.centre;
    ledger_recent *r = &w->recent;
    if (slot < 0 && r->known) return true;
    cst_text t = slot >= 0 ? cst_ledger_rename(w, w->in->o->centre, ledger_field(&w->seen, row, slot))
                           : (cst_text){"", 0};
    if (r->known && cst_text_equal(t, r->centre)) return true;
    uint32_t id = CST_UNIT_NONE;
    for (uint32_t i = 0; i < r->centres && id == CST_UNIT_NONE; i++)
        if (cst_text_equal(t, r->centre_text[i])) id = r->centre_id[i];
    if (id == CST_UNIT_NONE) {
        id = cst_labels_add(w->labels, LEDGER_CENTRE, t);
        if (id == CST_UNIT_NONE) return false;
        uint32_t i = r->centres < LEDGER_RECENT ? r->centres++ : id % LEDGER_RECENT;
        r->centre_id[i] = id;
        r->centre_text[i] = cst_labels_centre(w->labels, id);
    }
    r->unit.centre = id;
    r->centre = cst_labels_centre(w->labels, id);
    if (w->in->o->lines == 0) {
        /* lines are the centres then, added in the same order: the same id */
        r->unit.line = cst_labels_count(w->labels, LEDGER_CENTRE) > cst_labels_count(w->labels, LEDGER_LINE)
                           ? cst_labels_add(w->labels, LEDGER_LINE, r->centre)
                           : id;
    }
    r->changed = true;
    return r->unit.line != CST_UNIT_NONE;
}

/* The unit of the four ids in hand; where the centre alone tells lines and segments, kept by centre. */
static bool find_id(ledger_worker *w)
{
    ledger_recent *r = &w->recent;
    bool simple = w->in->o->lines == 0 && w->in->o->segments == 0 && r->unit.centre < LEDGER_SIMPLE;
    if (simple && r->by_centre[r->unit.centre] && r->by_currency[r->unit.centre] == r->unit.currency) {
        r->id = r->by_centre[r->unit.centre] - 1;
        return true;
    }
    r->id = cst_labels_add_unit(w->labels, r->unit);
    if (r->id == CST_UNIT_NONE) return false;
    if (simple) {
        r->by_centre[r->unit.centre] = r->id + 1;
        r->by_currency[r->unit.centre] = r->unit.currency;
    }
    return true;
}

static bool find_line(ledger_worker *w, uint32_t row)
{
    const cst_ledger_opts *o = w->in->o;
    size_t n = 0;
    if (!join_part(w, &n, 0, w->recent.centre)) return false;
    for (size_t i = 0; i < o->lines; i++) {
        cst_text t = cst_ledger_rename(w, o->line[i], ledger_field(&w->seen, row, w->in->column.line[i]));
        if (!join_part(w, &n, i + 1, t)) return false;
    }
    uint32_t id = cst_labels_add(w->labels, LEDGER_LINE, (cst_text){w->joined, (uint32_t)n});
    if (id != w->recent.unit.line) w->recent.changed = true;
    w->recent.unit.line = id;
    return id != CST_UNIT_NONE;
}

/* Equal texts, most of which are currencies, without a call. */
static inline bool same_short(cst_text a, cst_text b)
{
    if (a.n != 3 || b.n != 3) return cst_text_equal(a, b);
    return a.p[0] == b.p[0] && a.p[1] == b.p[1] && a.p[2] == b.p[2];
}

static cst_status find_currency(ledger_worker *w, uint32_t row, cst_error *e)
{
    ledger_recent *r = &w->recent;
    int slot = w->in->column.currency;
    cst_text t = slot >= 0 ? ledger_field(&w->seen, row, slot) : (cst_text){"", 0};
    if (r->known && same_short(t, r->currency)) return CST_OK;
    if (t.n && !cst_currency_valid(t))
        return cst_fail_at(e, CST_DATA, cst_place_at(w->seen.b, row, slot), "currency",
                           "expected three letters, found \"%.*s\"; use the ISO 4217 code", (int)t.n, t.p);
    r->unit.currency = cst_labels_add(w->labels, LEDGER_CURRENCY, t);
    if (r->unit.currency == CST_UNIT_NONE) return cst_no_memory(e);
    r->currency = cst_labels_currency(w->labels, r->unit.currency);
    cst_place place;
    uint64_t number = cst_batch_number(w->seen.b) << 32 | row; /* orders rows as the input does */
    if (number < cst_labels_currency_row(w->labels, r->unit.currency, &place) &&
        !cst_labels_note_currency(w->labels, r->unit.currency, number, cst_place_at(w->seen.b, row, slot)))
        return cst_no_memory(e);
    r->changed = true;
    return CST_OK;
}

cst_status cst_ledger_find_unit(ledger_worker *w, uint32_t row, cst_text account, uint32_t *out, cst_error *e)
{
    const cst_ledger_opts *o = w->in->o;
    ledger_recent *r = &w->recent;
    if (!find_centre(w, row) || (o->lines > 0 && !find_line(w, row))) return cst_no_memory(e);
    cst_status status = find_currency(w, row, e);
    if (status != CST_OK) return status;
    if (o->segments > 0 || !r->known) {
        uint32_t id = find_segment(w, row, account);
        if (id == CST_UNIT_NONE) return cst_no_memory(e);
        if (id != r->unit.segment) r->changed = true;
        r->unit.segment = id;
    }
    if ((r->changed || !r->known) && !find_id(w)) return cst_no_memory(e);
    r->known = true;
    r->changed = false;
    *out = r->id;
    return CST_OK;
}
