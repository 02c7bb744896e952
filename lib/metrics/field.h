/* metrics/field.h: a field's bytes to the 8 bytes of a slot, and back to a number. */
#ifndef CST_METRICS_FIELD_H
#define CST_METRICS_FIELD_H
#include "metrics/plan.h"
#include <math.h>

#define MET_FIELD_NO_TEXT (UINT32_MAX - 1)

/* CST_END: missing, and *out the slot's missing value. CST_DATA without a place. Not for texts. */
cst_status met_field_convert(cst_text t, met_slot_kind kind, uint64_t *out, cst_error *e);
static inline double met_field_double(uint64_t v)
{
    union {
        uint64_t u;
        double d;
    } x = {.u = v};
    return x.d;
}
static inline uint64_t met_field_of_double(double v)
{
    union {
        double d;
        uint64_t u;
    } x = {.d = v};
    return x.u;
}
static inline bool met_field_missing(met_slot_kind kind, uint64_t v)
{
    if (kind == MET_SLOT_TIME || kind == MET_SLOT_MONEY) return (int64_t)v == MET_TIME_NONE;
    if (kind == MET_SLOT_TEXT || kind == MET_SLOT_STRING) return v == UINT64_MAX;
    return isnan(met_field_double(v));
}

/* The number in millionths, if that is what it is: money, and what has at most six decimals and lies below
 * 4 x 10^9, so that its millionths are well within the 2^53 where a double has a place for each. */
static inline bool met_field_fixed(met_slot_kind kind, uint64_t v, int64_t *out)
{
    if (kind == MET_SLOT_MONEY) {
        *out = (int64_t)v;
        return true;
    }
    double d = met_field_double(v);
    if (!(d < 4e9 && d > -4e9)) return false;
    *out = (int64_t)(d * 1e6 + (d < 0 ? -0.5 : 0.5));
    return (double)*out / 1e6 == d;
}
#endif
