/* usage/users.c: a row per user, by account and id. Figures are those of the days up to --as-of. */
#include "base/memory.h"
#include "base/text.h"
#include "usage/session.h"
#include <stddef.h>
#include <stdlib.h>

typedef struct usage_user_line {
    cst_text account, id;
    cst_day first, last;
    int active_7, active_30, active_90;
    uint64_t features, sessions, uses;
    const char *state;
    cst_maybe share;
} usage_user_line;

#define AT(field) offsetof(usage_user_line, field)
static const cst_layout_column columns[] = {{"account_id", CST_LAY_TEXT, AT(account)},
                                            {"user_id", CST_LAY_TEXT, AT(id)},
                                            {"first_seen", CST_LAY_DAY, AT(first)},
                                            {"last_seen", CST_LAY_DAY, AT(last)},
                                            {"active_days_7d", CST_LAY_NUMBER, AT(active_7)},
                                            {"active_days_30d", CST_LAY_NUMBER, AT(active_30)},
                                            {"active_days_90d", CST_LAY_NUMBER, AT(active_90)},
                                            {"features", CST_LAY_COUNT, AT(features)},
                                            {"sessions", CST_LAY_COUNT, AT(sessions)},
                                            {"uses", CST_LAY_COUNT, AT(uses)},
                                            {"state", CST_LAY_WORD, AT(state)},
                                            {"share_of_account", CST_LAY_RATIO, AT(share)}};

static uint64_t *count_features(const usage_crowd *c)
{
    uint64_t *n = calloc(c->users + 1, sizeof *n);
    for (size_t i = 0; n && i < c->uses; i++) n[c->use[i].user] += c->use[i].uses > 0;
    return n;
}

cst_status usage_users_write(const usage_session *s, cst_error *e)
{
    const usage_crowd *c = &s->crowd;
    cst_layout l = {.column = columns, .n = sizeof columns / sizeof *columns};
    cst_writer *w;
    uint64_t *features = count_features(c);
    if (!features) return cst_no_memory(e);
    cst_status status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (size_t first = 0, end; first < c->users && status == CST_OK; first = end) {
        uint64_t all = 0;
        cst_text account = c->user[s->order[first]].account;
        for (end = first; end < c->users && cst_text_equal(c->user[s->order[end]].account, account); end++)
            all += c->user[s->order[end]].uses;
        for (size_t i = first; i < end && status == CST_OK; i++) {
            const usage_user *u = &c->user[s->order[i]];
            if (u->first == CST_DAY_NONE) continue; /* tickets alone */
            const usage_user_line x = {.account = u->account,
                                       .id = u->id,
                                       .first = u->first,
                                       .last = u->last,
                                       .active_7 = (int)usage_days_count(&u->days, s->as_of - 7, s->as_of),
                                       .active_30 = (int)usage_days_count(&u->days, s->as_of - 30, s->as_of),
                                       .active_90 = (int)usage_days_count(&u->days, s->as_of - 90, s->as_of),
                                       .features = features[s->order[i]],
                                       .sessions = u->stretches,
                                       .uses = u->uses,
                                       .state = usage_states[usage_state_at(u, s->as_of, s->expect)],
                                       .share = usage_share(u->uses, all)};
            status = cst_layout_row(&l, w, (cst_text){NULL, 0}, &x, e);
        }
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(features);
    return status;
}
