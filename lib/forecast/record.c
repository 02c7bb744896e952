/* forecast/record.c: origins one after the other; both bridges are computed at every one of them, so that
 * the choice at one rests on what either missed before it. */
#include "forecast/record.h"
#include "base/decimal.h"
#include <stdlib.h>

const char *const forecast_choice_name[] = {"recent", "steady", "mixed"};

/* ---- origins ----------------------------------------------------------------------------------------- */

static bool open_record(const forecast_history *h, forecast_record *out)
{
    int t = h->months - 1;
    *out = (forecast_record){.history = h, .first = t < FORECAST_START ? t : FORECAST_START, .last = t};
    out->origin = calloc((size_t)(t - out->first) + 1, sizeof *out->origin);
    return out->origin != NULL;
}

static void find_shares(const forecast_history *h, int u, forecast_origin *o)
{
    for (int k = 0; k < FORECAST_SHARES; k++) forecast_retention(h, u, (enum forecast_share)k, o->share[k]);
}

/* The bridge that missed by less, one month ahead, over the last twelve months. */
static enum forecast_choice choose(const forecast_record *r, int u)
{
    cst_wide recent = 0, steady = 0;
    int n = 0;
    for (int s = u - FORECAST_YEAR > r->first ? u - FORECAST_YEAR : r->first; s < u; s++, n++) {
        const forecast_origin *o = forecast_origin_at(r, s);
        cst_wide happened = forecast_closing(r->history, s + 1), by_recent = o->recent[0] - happened,
                 by_steady = o->steady[0] - happened;
        recent += by_recent < 0 ? -by_recent : by_recent;
        steady += by_steady < 0 ? -by_steady : by_steady;
    }
    return n >= FORECAST_LEAST && steady < recent ? FORECAST_BY_STEADY : FORECAST_BY_RECENT;
}

bool forecast_record_of(const forecast_history *h, forecast_record *out)
{
    if (!open_record(h, out)) return false;
    for (int u = out->first; u <= out->last; u++) {
        forecast_origin *o = &out->origin[u - out->first];
        forecast_step steady[FORECAST_AHEAD];
        forecast_recent(h, u, o->said);
        forecast_steady(h, u, steady);
        for (int j = 0; j < FORECAST_AHEAD; j++) {
            o->recent[j] = o->said[j].closing;
            o->steady[j] = steady[j].closing;
        }
        o->choice = choose(out, u);
        for (int j = 0; j < FORECAST_AHEAD && o->choice == FORECAST_BY_STEADY; j++) o->said[j] = steady[j];
        find_shares(h, u, o);
    }
    return true;
}

bool forecast_record_total(const forecast_history *h, forecast_record *out)
{
    if (!open_record(h, out)) return false;
    for (int u = out->first; u <= out->last; u++) find_shares(h, u, &out->origin[u - out->first]);
    return true;
}

static void add_step(forecast_step *to, const forecast_step *what)
{
    to->opening += what->opening;
    to->closing += what->closing;
    for (int k = 0; k < CST_OWN_MOVEMENTS; k++) to->move[k] += what->move[k];
}

void forecast_record_add(forecast_record *total, const forecast_record *group, bool first)
{
    for (int u = total->first; u <= total->last; u++) {
        forecast_origin *to = &total->origin[u - total->first];
        const forecast_origin *o = forecast_origin_at(group, u);
        to->choice = first || to->choice == o->choice ? o->choice : FORECAST_BY_BOTH;
        for (int j = 0; j < FORECAST_AHEAD; j++) {
            add_step(&to->said[j], &o->said[j]);
            to->recent[j] += o->recent[j];
            to->steady[j] += o->steady[j];
        }
    }
}

void forecast_record_free(forecast_record *r)
{
    free(r->origin);
    *r = (forecast_record){0};
}

/* ---- bands ------------------------------------------------------------------------------------------- */

/* By how much what was said at u of u + m was off; not there where that cannot be said. */
static cst_maybe find_miss(const forecast_record *r, int u, int m, int share)
{
    const forecast_origin *o = forecast_origin_at(r, u);
    cst_maybe miss = {0, false};
    if (share == FORECAST_SHARES) {
        cst_wide said = o->said[m - 1].closing, off = forecast_closing(r->history, u + m) - said;
        miss.there = said > 0;
        if (miss.there) miss.v = forecast_share_of(off < 0 ? -off : off, CST_MONEY_UNIT, said);
        return miss;
    }
    cst_maybe said = o->share[share][m],
              happened = forecast_kept_share(r->history, u, m, (enum forecast_share)share);
    miss.there = said.there && happened.there;
    if (miss.there) miss.v = said.v > happened.v ? said.v - happened.v : happened.v - said.v;
    return miss;
}

/* The latest misses of m months that are known at t, smallest first. */
static int list_misses(const forecast_record *r, int t, int m, int share, cst_wide out[FORECAST_YEAR])
{
    int n = 0;
    for (int u = t - m; u >= FORECAST_START && n < FORECAST_YEAR; u--) {
        cst_maybe miss = find_miss(r, u, m, share);
        if (!miss.there) continue;
        int k = n++;
        for (; k > 0 && out[k - 1] > miss.v; k--) out[k] = out[k - 1];
        out[k] = miss.v;
    }
    return n;
}

int forecast_record_size(const forecast_record *r, int t)
{
    cst_wide miss[FORECAST_YEAR];
    return list_misses(r, t, 1, FORECAST_SHARES, miss);
}

void forecast_bands(const forecast_record *r, int t, int share, forecast_band out[FORECAST_AHEAD])
{
    forecast_band widest = {0};
    for (int m = 1; m <= FORECAST_AHEAD; m++) {
        cst_wide miss[FORECAST_YEAR];
        int n = list_misses(r, t, m, share, miss);
        if (n >= FORECAST_LEAST) {
            cst_wide width = miss[(8 * n + 9) / 10 - 1]; /* the ceil(0.8 n)-th */
            if (!widest.there || width > widest.width) widest.width = width;
            widest.there = true;
            widest.horizon = m;
            widest.origins = n;
        }
        out[m - 1] = widest;
        if (widest.there && widest.horizon < m)
            out[m - 1].width = forecast_share_of(widest.width, m, widest.horizon);
    }
}

forecast_bounds forecast_bounds_of(cst_maybe said, const forecast_band *band, int share)
{
    forecast_bounds b = {0};
    b.low.there = b.high.there = said.there && band->there;
    if (!b.low.there) return b;
    if (share == FORECAST_SHARES) {
        b.low.v = forecast_share_of(said.v, CST_MONEY_UNIT - band->width, CST_MONEY_UNIT);
        b.high.v = forecast_share_of(said.v, CST_MONEY_UNIT + band->width, CST_MONEY_UNIT);
    } else {
        b.low.v = said.v - band->width;
        b.high.v = said.v + band->width;
        if (share != FORECAST_NRR && b.high.v > CST_MONEY_UNIT) b.high.v = CST_MONEY_UNIT;
    }
    if (b.low.v < 0) b.low.v = 0;
    return b;
}
