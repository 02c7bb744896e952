/* ingest/trials.h: the trials of a billing export, as stages: a row where a trial starts and, if it is over,
 * one where it is converted or expires. They are made with a map of subscriptions that fills map.trial_end.
 */
#ifndef CST_INGEST_TRIALS_H
#define CST_INGEST_TRIALS_H
#include "ingest/worker.h"

/* Adds the columns of a stage to a finished map of subscriptions, calls its own as those of stages are called
 * and puts those that only the reckoning needs at the end, behind m->written. */
cst_status ing_trials_finish(ing_map *m, cst_error *e);

/* Puts the trial of the record under way, as *rows stages:
 *
 *     started    on map.trial_start, else on the start of the subscription
 *     expired    on its end, if that is not after the trial's; on the trial's end, if it was never paid for
 *     converted  on the trial's end otherwise, unless the export says that it is still in trial
 *
 * CST_END: it had none, or has ended before; c.kind is ING_KIND_NO_TRIAL. */
cst_status ing_trial_put(ing_worker *w, uint32_t *rows, cst_error *e);
#endif
