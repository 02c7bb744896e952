/* metrics/field.c: see field.h. */
#include "metrics/field.h"
#include "base/text.h"
#include "read/convert.h"
#include <math.h>

static cst_status convert_boolean(cst_text t, double *out, cst_error *e)
{
    bool yes;
    if (!t.n) return CST_END;
    if (!cst_bool_word(t, &yes))
        return cst_fail(e, CST_DATA, "expected true, false, yes, no, 1 or 0, found \"%.*s\"",
                        (int)(t.n < 60 ? t.n : 60), t.p);
    *out = yes;
    return CST_OK;
}

cst_status met_field_convert(cst_text t, met_slot_kind kind, uint64_t *out, cst_error *e)
{
    double number = NAN;
    int64_t whole = MET_TIME_NONE;
    uint64_t rounded = 0;
    cst_status status;
    if (kind == MET_SLOT_TIME || kind == MET_SLOT_MONEY) {
        status = kind == MET_SLOT_TIME ? cst_convert_instant(t, &whole, e)
                                       : cst_convert_money(t, &whole, &rounded, e);
        *out = (uint64_t)whole;
        return status;
    }
    status = kind == MET_SLOT_BOOLEAN ? convert_boolean(t, &number, e) : cst_convert_number(t, &number, e);
    *out = met_field_of_double(number);
    return status;
}
