/* memory.c: smoothing, hysteresis and trend of one account, period after period. Scores are kept in
 * hundredths, so that what is remembered is exactly what was printed; the smoothed score is carried in
 * millionths of a point, likewise. */
#include "score/memory.h"

#include <math.h>

#include "base/date.h"
#include "base/decimal.h"

/* The time between two days in periods: whole ones as calendars count them (the last day of a month to the
 * last of the next is one month), and of the last one the part that has passed, so that scores of more
 * than one day a period move too. */
static double count_periods(const cst_calendar *c, cst_day from, cst_day to)
{
    static const int months_of[] = {[CST_WEEK] = 0, [CST_MONTH] = 1, [CST_QUARTER] = 3, [CST_YEAR] = 12};
    const cst_calendar monthly = {CST_MONTH, 1};
    int months = months_of[c->every];
    if (months == 0) return (to - from) / 7.0;
    int n = (cst_period_of(&monthly, to) - cst_period_of(&monthly, from)) / months;
    cst_day begin = cst_day_add_months_end(from, n * months);
    if (begin > to) begin = cst_day_add_months_end(from, --n * months);
    cst_day end = cst_day_add_months_end(from, (n + 1) * months);
    return end > begin ? n + (double)(to - begin) / (end - begin) : n;
}

/* a = 1 - 2^(-gap / H): half of the old score is gone after H periods. */
static double smooth(const score_memory *m, const score_memory_rules *r, cst_day period, double score)
{
    if (m->scores == 0 || r->half_life <= 0) return score;
    double a = 1 - exp2(-count_periods(r->calendar, m->scored, period) / r->half_life);
    return m->smoothed / 1e6 + a * (score - m->smoothed / 1e6);
}

/* A band is left only past its edge by so many points; a sum of two decimals may miss the edge by a hair. */
static uint32_t hold_band(const score_memory *m, const score_memory_rules *r, double score)
{
    if (r->model->bands == 0) return UINT32_MAX;
    if (m->band != UINT32_MAX) {
        const score_band *b = &r->model->band[m->band];
        const double hair = 1e-9;
        if (score > b->low - r->hysteresis - hair &&
            (score < b->high + r->hysteresis - hair || b->high == 100))
            return m->band;
    }
    return (uint32_t)score_model_band(r->model, score);
}

static void remember_change(score_memory *m, bool changed)
{
    m->changed = (uint16_t)((m->changed << 1 | changed) & ((1 << SCORE_CHANGES) - 1));
    if (m->periods < SCORE_CHANGES) m->periods++;
}

int32_t score_memory_step(score_memory *m, const score_memory_rules *rules, cst_day period, double score)
{
    if (isnan(score)) {
        remember_change(m, false);
        return -1;
    }
    m->smoothed = score_points_millionths(smooth(m, rules, period, score));
    m->scored = period;
    int32_t hundredths = score_points_hundredths(m->smoothed);
    uint32_t band = hold_band(m, rules, hundredths / 100.0);
    remember_change(m, m->band != UINT32_MAX && m->band != band);
    m->band = band;
    if (m->scores == SCORE_TREND_MOST) {
        for (int i = 1; i < SCORE_TREND_MOST; i++) m->score[i - 1] = m->score[i];
        m->scores--;
    }
    m->score[m->scores++] = hundredths;
    return hundredths;
}

/* 120 x the median of the pairwise slopes, exactly: 60 is the least common multiple of the distances 1
 * to 5, so every slope is an integer, and the two middle ones are added instead of averaged. */
static int64_t find_slope(const int32_t *y, int n)
{
    int64_t slope[SCORE_TREND_MOST * (SCORE_TREND_MOST - 1) / 2];
    static const int step[SCORE_TREND_MOST] = {0, 60, 30, 20, 15, 12}; /* 60 / distance */
    int pairs = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            int64_t v = (int64_t)(y[j] - y[i]) * step[j - i];
            int k = pairs++;
            for (; k > 0 && slope[k - 1] > v; k--) slope[k] = slope[k - 1];
            slope[k] = v;
        }
    return slope[(pairs - 1) / 2] + slope[pairs / 2];
}

const char *score_memory_vector(const score_memory *m)
{
    /* the least |S| of n scores whose exact two-sided p is .10 or less (Kendall 1975, table 1) */
    static const int least[SCORE_TREND_MOST + 1] = {0, 0, 0, 0, 6, 8, 11};
    int n = m->scores, s = 0;
    if (n < SCORE_TREND_LEAST) return "";
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) s += (m->score[j] > m->score[i]) - (m->score[j] < m->score[i]);
    if ((s < 0 ? -s : s) < least[n]) return "steady";
    int64_t slope = find_slope(m->score, n);
    int64_t moved = (slope < 0 ? -slope : slope) * (n - 1); /* over the whole stretch, in 1/120 hundredths */
    if (moved < INT64_C(500) * 120) return "steady";
    return s > 0 ? "improving" : "declining";
}

unsigned score_memory_changes(const score_memory *m)
{
    return (unsigned)__builtin_popcount(m->changed);
}

size_t score_memory_history(const score_memory *m, char out[SCORE_HISTORY_ROOM])
{
    char *p = out;
    for (int i = 0; i < m->scores; i++) {
        if (i) *p++ = ';';
        p += score_points_format(m->score[i], p);
    }
    return (size_t)(p - out);
}

size_t score_memory_changed(const score_memory *m, char out[SCORE_CHANGES])
{
    char *p = out;
    for (int i = m->periods; i-- > 0;) *p++ = (char)('0' + (m->changed >> i & 1));
    return (size_t)(p - out);
}

bool score_memory_get_history(score_memory *m, cst_text t)
{
    m->scores = 0;
    for (uint32_t i = 0; i < t.n;) {
        uint32_t end = i;
        while (end < t.n && t.p[end] != ';') end++;
        cst_money v;
        if (m->scores == SCORE_TREND_MOST ||
            cst_money_parse((cst_text){t.p + i, end - i}, &v) != CST_DECIMAL_OK || v < 0 ||
            v > 100 * CST_MONEY_UNIT || v % 10000 != 0)
            return false;
        m->score[m->scores++] = (int32_t)(v / 10000);
        i = end + 1;
    }
    return true;
}

bool score_memory_get_changes(score_memory *m, cst_text t)
{
    m->changed = 0;
    m->periods = 0;
    if (t.n > SCORE_CHANGES) return false;
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.p[i] != '0' && t.p[i] != '1') return false;
        m->changed = (uint16_t)(m->changed << 1 | (t.p[i] == '1'));
        m->periods++;
    }
    return true;
}
