/* flags/state.h: what one night leaves to the next: a table, replaced whole or not at all.
 *
 *     row         generation  account_id  name  period  stage  count  since  until  value
 *     version     .           .           .     .       .      .      .      .      1
 *     generation  last        .           .     2024-05-31
 *     generation  before      .           .     2024-04-30
 *     flag        last        acme        low_adoption  .  open  .  2024-03-31
 *     seen        .           acme        .     2024-05-31
 *     value       .           acme        score 2024-05-31  .  .  .  .  61.00
 *     checksum    .           .           .     .       .      .      .      .      1a2b3c4d
 *
 * A generation is what the flags were at the end of a period: `last`, and the period judged before it,
 * from which a run repeated for the last period starts. An account's rows that the rules may still look
 * back to are `seen`, with the columns looked at as `value`. Rows are in order of account, then
 * generation, flag, period, column; the portfolio is the account without a name. The checksum is the
 * CRC-32 of all cells before it. */
#ifndef CST_FLAGS_STATE_H
#define CST_FLAGS_STATE_H
#include "flags/shard.h"

typedef struct flag_state flag_state;

/* Takes the lock that serialises runs with one state file: a file beside it, FILE.lock, which stays.
 * While it waits it says for whom, and it waits an hour at most. *lock is held until the process ends. */
cst_status flag_state_lock(const char *path, cst_program_io *io, int *lock, cst_error *e);

/* Reads and checks a state file; *out NULL: there is none yet. CST_DATA: damaged, or of a newer version. */
cst_status flag_state_read(const char *path, cst_program_io *io, flag_state **out, cst_error *e);
void flag_state_free(flag_state *s);
/* Chooses the generation that a run beginning with period `first` goes on from. CST_DATA: first lies
 * before the last. */
cst_status flag_state_resume(flag_state *s, cst_day first, cst_error *e);
/* The period of the generation that was chosen; CST_DAY_NONE: there was none before. */
cst_day flag_state_period(const flag_state *s);
/* Puts the states and earlier values of its accounts into a part that has been started: those that fall
 * into it. */
cst_status flag_state_seed(const flag_state *s, flag_shard *p, const flag_rules *rules, uint32_t part,
                           uint32_t parts, cst_error *e);

/* Writes the state after a walk. */
cst_status flag_state_write(const char *path, cst_program_io *io, flag_shard *const *part, size_t parts,
                            const flag_shard *portfolio, const flag_pass *w, cst_error *e);
#endif
