/* metrics/field.h: a field's bytes to the 8 bytes of a slot, and back to a number. */
#ifndef CST_METRICS_FIELD_H
#define CST_METRICS_FIELD_H
#include "metrics/plan.h"

#define CST_FIELD_NO_TEXT (UINT32_MAX - 1)

/* CST_END: missing, and *out the slot's missing value. CST_DATA without a place. Not for texts. */
cst_status cst_field_convert(cst_text t, cst_slot_kind kind, uint64_t *out, cst_error *e);
bool cst_field_missing(cst_slot_kind kind, uint64_t v);

static inline double cst_field_double(uint64_t v)
{
    union {
        uint64_t u;
        double d;
    } x = {.u = v};
    return x.d;
}
static inline uint64_t cst_field_of_double(double v)
{
    union {
        double d;
        uint64_t u;
    } x = {.d = v};
    return x.u;
}
#endif
