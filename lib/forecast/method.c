/* forecast/method.c: two bridges and the retention of a base, from the twelve months up to t. */
#include "forecast/method.h"
#include "base/decimal.h"

/* ---- arithmetic -------------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 forecast_bits;

static const cst_wide forecast_most = (cst_wide)100000000000000 * 100000000000000; /* 10^28 */

/* The product of two numbers in two halves of 128 bits. */
static void multiply(forecast_bits a, forecast_bits b, forecast_bits *high, forecast_bits *low)
{
    const forecast_bits half = ((forecast_bits)1 << 64) - 1;
    forecast_bits a1 = a >> 64, a0 = a & half, b1 = b >> 64, b0 = b & half;
    forecast_bits middle = a1 * b0 + ((a0 * b0) >> 64), other = a0 * b1;
    *high = a1 * b1 + (middle >> 64) + (other >> 64) + (((middle & half) + (other & half)) >> 64);
    *low = ((middle + other) << 64) + ((a0 * b0) & half);
}

/* a x b / den rounded half up, by long division; all of them > 0. */
static cst_wide divide_product(forecast_bits a, forecast_bits b, forecast_bits den)
{
    forecast_bits high, low, rest = 0, quotient = 0;
    multiply(a, b, &high, &low);
    if (high >= den) return forecast_most;
    rest = high;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = rest >> 127;
        rest = rest << 1 | (low >> bit & 1);
        quotient <<= 1;
        if (carry || rest >= den) {
            rest -= den;
            quotient |= 1;
        }
    }
    if (rest >= den - rest) quotient++;
    return quotient > (forecast_bits)forecast_most ? forecast_most : (cst_wide)quotient;
}

static cst_wide cut(cst_wide v)
{
    return v > forecast_most ? forecast_most : v < -forecast_most ? -forecast_most : v;
}

cst_wide forecast_share_of(cst_wide a, cst_wide b, cst_wide den)
{
    cst_wide product;
    if (!__builtin_mul_overflow(a, b, &product) && product < ((cst_wide)1 << 125) &&
        product > -((cst_wide)1 << 125))
        return cut(cst_wide_divide(product, den));
    bool negative = (a < 0) != ((b < 0) != (den < 0));
    cst_wide size = divide_product((forecast_bits)(a < 0 ? -a : a), (forecast_bits)(b < 0 ? -b : b),
                                   (forecast_bits)(den < 0 ? -den : den));
    return negative ? -size : size;
}

/* ---- the window -------------------------------------------------------------------------------------- */

static int window_start(int t)
{
    return t - FORECAST_YEAR + 1 > 1 ? t - FORECAST_YEAR + 1 : 1;
}

static int weight_of(int s, int t)
{
    return s > t - FORECAST_RECENT ? FORECAST_HEAVY : 1;
}

static cst_wide size_of(cst_wide v)
{
    return v < 0 ? -v : v;
}

int forecast_rises(const cst_wide *y, int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) s += (y[j] > y[i]) - (y[j] < y[i]);
    return s;
}

/* ---- recent ------------------------------------------------------------------------------------------ */

/* 0.8 + 0.8^2 + ... + 0.8^j, in millionths: how many slopes a damped line has run on after j months. */
static const int64_t damped[FORECAST_AHEAD] = {800000,  1440000, 1952000, 2361600, 2689280, 2951424,
                                               3161139, 3328911, 3463129, 3570503, 3656403, 3725122};

/* New business of the months ahead: the mean of the last three months' view and of the whole window's. The
 * second is its mean, or, where twelve months rise or fall beyond chance, the least-squares line through
 * them, damped: the slope is R / 286, R = the sum of (2 i - 11) y[i], and the line stands 5.5 slopes above
 * the mean at the last. */
static void find_new(const forecast_history *h, int t, cst_wide out[FORECAST_AHEAD])
{
    cst_wide y[FORECAST_YEAR], sum = 0, last = 0, lean = 0;
    int n = 0;
    for (int s = window_start(t); s <= t; s++) {
        y[n++] = forecast_moved(h, s, CST_NEW);
        sum += y[n - 1];
        if (s > t - FORECAST_RECENT) last += y[n - 1];
    }
    int rises = n == FORECAST_YEAR ? forecast_rises(y, n) : 0;
    bool trend = rises >= FORECAST_TREND || rises <= -FORECAST_TREND;
    for (int i = 0; trend && i < n; i++) lean += (2 * i - 11) * y[i];
    cst_wide recent = cst_wide_divide(last, FORECAST_RECENT);
    for (int j = 0; j < FORECAST_AHEAD; j++) {
        cst_wide view = cst_wide_divide(sum, n);
        if (trend) {
            view = cst_wide_divide(sum * 286 * 1000000 + 12 * lean * (5500000 + damped[j]),
                                   (cst_wide)12 * 286 * 1000000);
            if (view < 0) view = 0;
        }
        out[j] = cst_wide_divide(recent + view, 2);
    }
}

void forecast_recent(const forecast_history *h, int t, forecast_step out[FORECAST_AHEAD])
{
    cst_wide weights = 0, den = 0, num[CST_OWN_MOVEMENTS] = {0}, fresh[FORECAST_AHEAD];
    for (int s = window_start(t); s <= t; s++) {
        int weight = weight_of(s, t);
        weights += weight;
        den += weight * forecast_opening(h, s);
        for (int k = 0; k < CST_OWN_MOVEMENTS; k++) num[k] += weight * size_of(forecast_moved(h, s, k));
    }
    find_new(h, t, fresh);
    cst_wide back = cst_wide_divide(num[CST_REACTIVATION], weights), opening = forecast_closing(h, t);
    for (int j = 0; j < FORECAST_AHEAD; j++) {
        forecast_step *step = &out[j];
        *step = (forecast_step){.opening = opening, .closing = opening};
        step->move[CST_NEW] = fresh[j];
        step->move[CST_REACTIVATION] = back;
        for (int k = CST_UPSELL; k <= CST_CHURN && den != 0; k++) {
            cst_wide amount = forecast_share_of(opening, num[k], den);
            step->move[k] = k == CST_CONTRACTION || k == CST_CHURN ? -amount : amount;
        }
        for (int k = 0; k < CST_OWN_MOVEMENTS; k++) step->closing += step->move[k];
        opening = step->closing;
    }
}

/* ---- steady ------------------------------------------------------------------------------------------ */

void forecast_steady(const forecast_history *h, int t, forecast_step out[FORECAST_AHEAD])
{
    static const int losses[] = {CST_CHURN,
                                 CST_CONTRACTION}; /* cut in this order, so that no closing is below 0 */
    cst_wide mean[CST_OWN_MOVEMENTS] = {0}, opening = forecast_closing(h, t);
    int first = window_start(t), n = t - first + 1;
    for (int k = 0; k < CST_OWN_MOVEMENTS; k++) {
        for (int s = first; s <= t; s++) mean[k] += forecast_moved(h, s, k);
        mean[k] = cst_wide_divide(mean[k], n);
    }
    for (int j = 0; j < FORECAST_AHEAD; j++) {
        forecast_step *step = &out[j];
        *step = (forecast_step){.opening = opening, .closing = opening};
        for (int k = 0; k < CST_OWN_MOVEMENTS; k++) {
            step->move[k] = mean[k];
            step->closing += mean[k];
        }
        for (int i = 0; i < 2 && step->closing < 0; i++) {
            cst_wide *loss = &step->move[losses[i]], less = step->closing < *loss ? *loss : step->closing;
            *loss -= less;
            step->closing -= less;
        }
        opening = step->closing;
    }
}

/* ---- retention --------------------------------------------------------------------------------------- */

static const int share_sums[FORECAST_SHARES] = {FORECAST_KEPT, FORECAST_CAP, FORECAST_STAY};

cst_maybe forecast_kept_share(const forecast_history *h, int s, int m, enum forecast_share share)
{
    const cst_wide *v = h->month[s].v + share_sums[share];
    cst_maybe out = {0, v[0] != 0};
    if (out.there) out.v = forecast_share_of(v[m], CST_MONEY_UNIT, v[0]);
    return out;
}

/* In its m-th month a base keeps what bases in their m-th month kept over the last twelve months. */
void forecast_retention(const forecast_history *h, int t, enum forecast_share share,
                        cst_maybe out[FORECAST_AHEAD + 1])
{
    const cst_wide whole = (cst_wide)1000000 * 1000000;
    cst_wide kept = whole;
    out[0] = (cst_maybe){CST_MONEY_UNIT, true};
    for (int m = 1; m <= FORECAST_AHEAD; m++) {
        cst_wide num = 0, den = 0;
        int first = t - FORECAST_YEAR + 1 - m;
        for (int s = first > 0 ? first : 0; s + m <= t; s++) {
            num += h->month[s].v[share_sums[share] + m];
            den += h->month[s].v[share_sums[share] + m - 1];
        }
        out[m] = (cst_maybe){0, out[m - 1].there && den != 0};
        if (!out[m].there) continue;
        kept = forecast_share_of(kept, num, den);
        if (share != FORECAST_NRR && kept > whole) kept = whole;
        out[m].v = cst_wide_divide(kept, 1000000);
    }
}
