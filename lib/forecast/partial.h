/* forecast/partial.h: --partial writes what a part of the accounts adds up to, --merge adds parts together
 * (tables/part.h). Any split of the accounts gives the same bytes as one run. What is asked of the forecast
 * (--months, --every, --backtest) is asked of the merge. */
#ifndef CST_FORECAST_PARTIAL_H
#define CST_FORECAST_PARTIAL_H
#include "forecast/session.h"

/* Writes the session's sums as the main output. */
cst_status forecast_partial(forecast_session *s, cst_error *e);
/* Reads the operands into the session: sums, groups, currency, rules. */
cst_status forecast_merge(forecast_session *s, cst_error *e);
/* Puts what the run's figures rest on into the manifest. */
cst_status forecast_definition_tell(const forecast_session *s, cst_error *e);
#endif
