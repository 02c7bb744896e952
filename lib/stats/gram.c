/* The inner loop of the regression and of the correlation matrix: a tile of 4 x 4 sums stays in
 * registers while the rows of a small block pass by, two doubles at a time (16 multiply-adds for 6
 * loads). */
#include "stats/gram.h"
#include <string.h>

typedef double pair __attribute__((vector_size(16)));

static pair load(const double *p)
{
    pair v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void add_pair(double *p, pair v)
{
    p[0] += v[0];
    p[1] += v[1];
}

static void add_tile(const double *a, const double *b, size_t rows, size_t width, double *out)
{
    pair s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
    for (size_t r = 0; r < rows; r++, a += width, b += width) {
        pair b0 = load(b), b1 = load(b + 2);
        pair a0 = {a[0], a[0]}, a1 = {a[1], a[1]}, a2 = {a[2], a[2]}, a3 = {a[3], a[3]};
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s30 += a3 * b0;
        s31 += a3 * b1;
    }
    add_pair(out, s00);
    add_pair(out + 2, s01);
    add_pair(out + width, s10);
    add_pair(out + width + 2, s11);
    add_pair(out + 2 * width, s20);
    add_pair(out + 2 * width + 2, s21);
    add_pair(out + 3 * width, s30);
    add_pair(out + 3 * width + 2, s31);
}

void cst_gram_add(const double *a, const double *b, size_t rows, size_t width, bool lower, double *out)
{
    for (size_t i = 0; i < width; i += 4)
        for (size_t j = 0; j < (lower ? i + 4 : width); j += 4)
            add_tile(a + i, b + j, rows, width, out + i * width + j);
}
