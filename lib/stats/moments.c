/* Moments of 64-bit integers by integer sums: nothing is rounded until the last division, so any split
 * and any order of the rows gives the same bits. The sum of squares is held in 192 bits, three 64-bit
 * limbs.
 *
 * The deviation does not come from sum of squares - n mean^2 in floating point, which loses all digits
 * when the mean is large. With m the integer nearest to the mean and r = S - n m, the sum of (v - m)^2
 * = Q - m (S + r) is an exact integer, and only then is r^2 / n, at most half of it, taken off.
 */
#include <cstools/stats.h>
#include <math.h>

__extension__ typedef unsigned __int128 uwide;

typedef struct {
    uint64_t limb[3];
} wide3;

static wide3 add3(wide3 a, wide3 b)
{
    wide3 out;
    uwide carry = 0;
    for (int i = 0; i < 3; i++) {
        carry += (uwide)a.limb[i] + b.limb[i];
        out.limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return out;
}

static wide3 negate3(wide3 a)
{
    wide3 flipped = {{~a.limb[0], ~a.limb[1], ~a.limb[2]}};
    return add3(flipped, (wide3){{1, 0, 0}});
}

/* a x b, modulo 2^192, which is enough: the result that is looked for is not negative and fits. */
static wide3 multiply3(uwide a, uint64_t b)
{
    uwide low = (uwide)(uint64_t)a * b, high = (uwide)(uint64_t)(a >> 64) * b + (uint64_t)(low >> 64);
    return (wide3){{(uint64_t)low, (uint64_t)high, (uint64_t)(high >> 64)}};
}

static wide3 squares_of(const cst_moments *m)
{
    return (wide3){{m->square_low, m->square_middle, m->square_high}};
}

static void add_squares(cst_moments *m, wide3 s)
{
    s = add3(squares_of(m), s);
    m->square_low = s.limb[0];
    m->square_middle = s.limb[1];
    m->square_high = s.limb[2];
}

void cst_moments_add(cst_moments *m, int64_t v)
{
    uint64_t size = v < 0 ? -(uint64_t)v : (uint64_t)v;
    m->n++;
    m->sum += v;
    add_squares(m, multiply3(size, size));
}

void cst_moments_merge(cst_moments *into, const cst_moments *from)
{
    into->n += from->n;
    into->sum += from->sum;
    add_squares(into, squares_of(from));
}

/* The integer nearest to the mean, and what the sum has beyond it. */
static int64_t near_mean(const cst_moments *m, cst_wide *rest)
{
    cst_wide n = (cst_wide)m->n, q = m->sum / n, r = m->sum % n;
    if (2 * r > n) {
        q++;
        r -= n;
    } else if (2 * r < -n) {
        q--;
        r += n;
    }
    *rest = r;
    return (int64_t)q;
}

double cst_moments_mean(const cst_moments *m)
{
    if (m->n == 0) return NAN;
    cst_wide rest;
    int64_t near = near_mean(m, &rest);
    return (double)near + (double)rest / (double)m->n;
}

double cst_moments_sd(const cst_moments *m)
{
    if (m->n < 2) return NAN;
    cst_wide rest;
    int64_t near = near_mean(m, &rest);
    cst_wide factor = m->sum + rest;
    bool negative = (near < 0) != (factor < 0);
    wide3 part =
        multiply3(factor < 0 ? -(uwide)factor : (uwide)factor, near < 0 ? -(uint64_t)near : (uint64_t)near);
    wide3 about = add3(squares_of(m), negative ? part : negate3(part));
    double sum = ldexp((double)about.limb[2], 128) + ldexp((double)about.limb[1], 64) + (double)about.limb[0];
    double r = (double)rest, n = (double)m->n;
    return sqrt((sum - r * r / n) / (n - 1));
}
