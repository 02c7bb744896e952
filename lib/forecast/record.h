/* forecast/record.h: what would have been said from every month of the past, for one row of the result, and
 * the bands that follow from how far it was off. What is said from a month, and its band, use nothing that
 * came later. */
#ifndef CST_FORECAST_RECORD_H
#define CST_FORECAST_RECORD_H
#include "forecast/method.h"

/* Of the sum of several groups: mixed where they differ. */
enum forecast_choice { FORECAST_BY_RECENT, FORECAST_BY_STEADY, FORECAST_BY_BOTH };
extern const char *const forecast_choice_name[]; /* recent, steady, mixed */

typedef struct forecast_origin {
    enum forecast_choice choice;
    forecast_step said[FORECAST_AHEAD];
    cst_wide recent[FORECAST_AHEAD], steady[FORECAST_AHEAD]; /* closings of either bridge */
    cst_maybe share[FORECAST_SHARES][FORECAST_AHEAD + 1];
} forecast_origin;

typedef struct forecast_record {
    const forecast_history *history; /* outlives the record */
    int first, last; /* origins there are: FORECAST_START .. t, or t alone where it is earlier */
    forecast_origin *origin;
} forecast_record;

static inline const forecast_origin *forecast_origin_at(const forecast_record *r, int u)
{
    return &r->origin[u - r->first];
}

/* Of a history of months > 0 by itself. false: out of memory. Free it with forecast_record_free. */
bool forecast_record_of(const forecast_history *h, forecast_record *out);
/* Of a total that is the sum of its groups: shares are those of the total's bases, the rest comes by
 * forecast_record_add. */
bool forecast_record_total(const forecast_history *h, forecast_record *out);
void forecast_record_add(forecast_record *total, const forecast_record *group, bool first);
void forecast_record_free(forecast_record *r);

/* How many forecasts of one month the band from t rests on, at most FORECAST_YEAR. */
int forecast_record_size(const forecast_record *r, int t);

/* Four in five of the last twelve misses stayed within `width` (millionths of what is said; of a share: as
 * it is). */
typedef struct forecast_band {
    bool there;
    cst_wide width;
    int horizon, origins; /* what it rests on: forecasts of so many months, so many of them */
} forecast_band;
/* Bands from t of 1 .. FORECAST_AHEAD months: of the closing (share FORECAST_SHARES) or of a share. */
void forecast_bands(const forecast_record *r, int t, int share, forecast_band out[FORECAST_AHEAD]);

typedef struct forecast_bounds {
    cst_maybe low, high;
} forecast_bounds;
/* Bounds by a band; share as above. */
forecast_bounds forecast_bounds_of(cst_maybe said, const forecast_band *band, int share);
#endif
