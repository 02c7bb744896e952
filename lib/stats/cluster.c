/* Single linkage at a threshold is the connected components of the graph of pairs above it. */
#include <cstools/stats.h>
#include <math.h>

/* Gives label to all that are joined to i, through any chain. Depth is bounded by n: each call labels one. */
static void spread(const double *r, size_t n, double threshold, size_t i, uint32_t number, uint32_t *label)
{
    label[i] = number;
    for (size_t j = 0; j < n; j++)
        if (label[j] == 0 && fabs(r[i * n + j]) >= threshold) spread(r, n, threshold, j, number, label);
}

void cst_cluster(const double *r, size_t n, double threshold, uint32_t *label)
{
    uint32_t number = 0;
    for (size_t i = 0; i < n; i++) label[i] = 0;
    for (size_t i = 0; i < n; i++)
        if (label[i] == 0) spread(r, n, threshold, i, ++number, label);
}
