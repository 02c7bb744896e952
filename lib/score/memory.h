/* score/memory.h: what one night hands to the next for an account: the smoothed score, the band it is
 * held in, the last scores for the trend, and when the band changed. It is written into the scores
 * themselves (columns smoothed, history, band_history, computed_band), so that last night's output is
 * all the state there is.
 *
 * The memory of an account lasts while it has a row in every period of the input; after a period
 * without one it starts afresh. */
#ifndef CST_SCORE_MEMORY_H
#define CST_SCORE_MEMORY_H
#include "base/period.h"
#include "score/model.h"
#include "score/points.h"

enum { SCORE_TREND_MOST = 6, SCORE_TREND_LEAST = 4, SCORE_CHANGES = 12 };

typedef struct score_memory {
    uint32_t row_period;             /* index of the period of its last row + 1; 0: never seen */
    cst_day scored;                  /* period of the last score */
    int32_t smoothed;                /* in millionths of a point: what the next period starts from */
    uint8_t scores;                  /* how many of `score` are filled, oldest first */
    int32_t score[SCORE_TREND_MOST]; /* computed scores in hundredths */
    uint8_t periods;                 /* how many of the bits of `changed` count, at most SCORE_CHANGES */
    uint16_t changed; /* bit 0: the band changed in the last period, bit 1: in the one before ... */
    uint32_t band;    /* index of the band it is held in; UINT32_MAX: none */
} score_memory;

typedef struct score_memory_rules {
    const cst_model *model;
    const cst_calendar *calendar;
    double half_life;  /* periods of the calendar; 0: no smoothing */
    double hysteresis; /* points */
} score_memory_rules;

/* What a period adds: score is the raw score, NAN where there is none. Afterwards m->smoothed is the
 * score before rounding to two decimals. Returns the rounded score in hundredths, or -1. */
int32_t score_memory_step(score_memory *m, const score_memory_rules *rules, cst_day period, double score);

/* improving, declining, steady; "" with fewer than four scores. Mann 1945 and Theil 1950 / Sen 1968. */
const char *score_memory_vector(const score_memory *m);
unsigned score_memory_changes(const score_memory *m);

/* The columns of the carried state as text, not NUL-ended: "80.00;75.50" and "00100"; the length. */
enum { SCORE_HISTORY_ROOM = SCORE_TREND_MOST * (SCORE_POINTS_ROOM + 1) };
size_t score_memory_history(const score_memory *m, char out[SCORE_HISTORY_ROOM]);
size_t score_memory_changed(const score_memory *m, char out[SCORE_CHANGES]);
bool score_memory_get_history(score_memory *m, cst_text t);
bool score_memory_get_changes(score_memory *m, cst_text t);
#endif
