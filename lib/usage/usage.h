/* usage/usage.h: what cs-usage's options fill, and the one function that does its work. The room, in the
 * order data meets it: gather events by user: days, sessions, features, moments gather.h (every thread
 * its own, then one) session opens what a run reads, orders users, finds groups session.h users a row per
 * user session.h, as what follows lifecycle a row per period and group: states, DAU, WAU, MAU power how
 * many users are active on 0 .. 28 days together pairs of features, and what chance would do struggle a
 * row per feature: who came back, errors, flows that were given up adoption a row per feature: time to
 * the first use, and who stays funnel who did one thing after another in time Days are whole and of UTC,
 * moments are microseconds. The definitions are cs-usage(1)'s. */
#ifndef CST_USAGE_USAGE_H
#define CST_USAGE_USAGE_H
#include "ledger/subscriptions.h"

enum usage_expect { USAGE_DAILY, USAGE_WEEKLY, USAGE_MONTHLY }; /* the words of --expect */

typedef struct usage_options {
    cst_shared shared;
    cst_periodic periodic;
    cst_subject_opts subjects;
    cst_stream_opts stream;
    const char *features;
    int expect;            /* preset USAGE_WEEKLY */
    cst_count session_gap; /* minutes; preset 30 */
    cst_duration window;   /* of --together and --struggle; preset 28d */
    cst_duration within;   /* of flows and funnels; preset 1d */
    cst_count min_users;   /* of --together; preset 5 */
    int ci_type;           /* cst_ci_type */
    cst_opt_number ci;     /* per cent */
    /* modes; none of them: a row per user */
    bool lifecycle, power, together, struggle, adoption;
    const char *funnel; /* events, with commas between */
} usage_options;

/* Presets what is not zero. */
void usage_options_init(usage_options *o);
/* A cst_program_run over usage_options. */
cst_status usage_run(void *options, cst_program_io *io, cst_error *e);
#endif
