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

enum { CST_TREND_MOST = 6, CST_TREND_LEAST = 4, CST_CHANGES = 12 };

typedef struct cst_memory {
    uint32_t row_period;           /* index of the period of its last row + 1; 0: never seen */
    cst_day scored;                /* period of the last score */
    int32_t smoothed;              /* in millionths of a point: what the next period starts from */
    uint8_t scores;                /* how many of `score` are filled, oldest first */
    int32_t score[CST_TREND_MOST]; /* computed scores in hundredths */
    uint8_t periods;               /* how many of the bits of `changed` count, at most CST_CHANGES */
    uint16_t changed; /* bit 0: the band changed in the last period, bit 1: in the one before ... */
    uint32_t band;    /* index of the band it is held in; UINT32_MAX: none */
} cst_memory;

typedef struct cst_memory_rules {
    const cst_model *model;
    const cst_calendar *calendar;
    double half_life;  /* periods of the calendar; 0: no smoothing */
    double hysteresis; /* points */
} cst_memory_rules;

/* What a period adds: score is the raw score, NAN where there is none. Afterwards m->smoothed is the
 * score before rounding to two decimals. Returns the rounded score in hundredths, or -1. */
int32_t cst_memory_step(cst_memory *m, const cst_memory_rules *rules, cst_day period, double score);

/* improving, declining, steady; "" with fewer than four scores. Mann 1945 and Theil 1950 / Sen 1968. */
const char *cst_memory_vector(const cst_memory *m);
unsigned cst_memory_changes(const cst_memory *m);

/* The columns of the carried state as text, not NUL-ended: "80.00;75.50" and "00100"; the length. */
enum { CST_HISTORY_ROOM = CST_TREND_MOST * (CST_POINTS_ROOM + 1) };
size_t cst_memory_history(const cst_memory *m, char out[CST_HISTORY_ROOM]);
size_t cst_memory_changed(const cst_memory *m, char out[CST_CHANGES]);
bool cst_memory_get_history(cst_memory *m, cst_text t);
bool cst_memory_get_changes(cst_memory *m, cst_text t);
#endif
