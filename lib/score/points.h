/* score/points.h: points of a score as they are shown and remembered: hundredths, 0..10000; -1: none. All
 * scores are rounded by one rule, so that what is printed twice is the same twice. */
#ifndef CST_SCORE_POINTS_H
#define CST_SCORE_POINTS_H
#include <cstools/write.h>

enum { SCORE_POINTS_ROOM = 8 };

/* 0..100 to millionths of a point, halves up. */
int32_t score_points_millionths(double points);
/* Millionths to hundredths, halves up. */
int32_t score_points_hundredths(int32_t millionths);
/* 0..100 or NAN to hundredths or -1, by way of millionths: 1.005 is no double, yet its half goes up. */
int32_t score_points_round(double points);

/* "0.00" to "100.00", not NUL-ended; returns the length. */
size_t score_points_format(int32_t hundredths, char out[SCORE_POINTS_ROOM]);
void score_put_points(cst_writer *w, int32_t hundredths); /* -1: missing */
#endif
