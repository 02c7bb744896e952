/* drivers/segments.h: whether a measure works in the same way in every segment. */
#ifndef CST_DRIVERS_SEGMENTS_H
#define CST_DRIVERS_SEGMENTS_H
#include "drivers/sample.h"

enum { DRV_MOST_SEGMENTS = 50 };

/* The likelihood ratio test of measure x segment in a logistic regression of the outcome on the segment and
 * the measure: how much better one slope for each segment fits than one for all. */
typedef struct drv_segment_test {
    uint32_t df;       /* segments tested, less one; 0: no test */
    double chi_square; /* NAN without a test, as are the next two */
    double p, q;       /* q: Benjamini-Hochberg over the measures */
} drv_segment_test;

/* out[s->measures]. A segment takes part in the test of a measure where it has rows with the outcome and rows
 * without, and the measure varies among them and does not tell them apart completely. More segments than
 * DRV_MOST_SEGMENTS: no tests. */
cst_status drv_segments_test(const drv_sample *s, int threads, drv_segment_test *out, cst_error *e);
#endif
