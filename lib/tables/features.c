/* tables/features.c: the vocabulary of events and the feature-class table. Asked once per event name and
 * worker, so a search through the short vocabulary will do. */
#include "tables/features.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

/* What is no use of the product. cs-metrics(1) tells what each means and what its value is. */
static const char *const vocabulary[] = {
    "ticket_opened",   "escalation", "call",           "nps",
    "nps_sent",        "csat",       "csat_sent",      "survey_sent",
    "survey_answered", "feedback",   "request_opened", "request_closed",
    "meeting",         "email",      "training",       "community",
    "marketing",       "reference",  "invoice_paid",   "one_time_charge"};

struct cst_features {
    const cst_table *table;
    cst_intern *event; /* id = row */
};

static cst_status index_rows(cst_features *f, cst_error *e)
{
    int column;
    cst_status status = cst_table_bind(f->table, "event", CST_REQUIRED, &column, e);
    for (size_t r = 0; r < cst_table_rows(f->table) && status == CST_OK; r++) {
        cst_text event = cst_table_at(f->table, r, column);
        cst_place place = cst_table_place(f->table, r, column);
        uint32_t first = cst_intern_find(f->event, event);
        if (!event.n)
            status = cst_fail_at(e, CST_DATA, place, "event",
                                 "expected the name of an event, found an empty cell");
        else if (first != CST_INTERN_NONE)
            status = cst_fail_at(
                e, CST_DATA, place, "event",
                "expected each event once, found \"%.*s\" again; it stands in line %llu already",
                (int)event.n, event.p, (unsigned long long)cst_table_place(f->table, first, column).line);
        else if (cst_intern_id(f->event, event) == CST_INTERN_NONE)
            status = cst_no_memory(e);
    }
    return status;
}

cst_status cst_features_new(const cst_table *t, cst_features **out, cst_error *e)
{
    cst_features *f = calloc(1, sizeof *f);
    if (f) f->event = cst_intern_new();
    *out = f;
    if (!f || !f->event) return cst_no_memory(e);
    f->table = t;
    return t ? index_rows(f, e) : CST_OK;
}

void cst_features_free(cst_features *f)
{
    if (!f) return;
    cst_intern_free(f->event);
    free(f);
}

uint32_t cst_features_find(const cst_features *f, cst_text event)
{
    uint32_t row = cst_intern_find(f->event, event);
    return row == CST_INTERN_NONE ? CST_FEATURE_NONE : row;
}

const cst_table *cst_features_table(const cst_features *f)
{
    return f->table;
}

bool cst_features_is_use(const cst_features *f, cst_text event)
{
    if (cst_features_find(f, event) != CST_FEATURE_NONE) return true;
    for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++)
        if (cst_text_is(event, vocabulary[i])) return false;
    return true;
}
