/* score/output.h: the tables that cs-score writes. Each _columns gives the header for cst_io_writer
 * (the caller frees the array; the names belong to the model or are constants); each _write fills the
 * writer. */
#ifndef CST_SCORE_OUTPUT_H
#define CST_SCORE_OUTPUT_H
#include "score/nights.h"
#include <cstools/write.h>

/* Scores: a row per account and period, likelihoods last. CST_DATA: a group or likelihood named like another
 * column. */
cst_status score_scores_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e);
cst_status score_scores_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                              const score_overrides *o, int threads, cst_writer *w, cst_error *e);

/* Likelihoods alone: account_id, period, and their columns. */
cst_status score_chances_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e);
cst_status score_chances_write(const score_sheet *s, cst_writer *w, cst_error *e);

/* --explain: a row per account, period and measure, then one for each term of a likelihood. Points are in
 * hundredths and add up: given to the raw score, given and lost to 100, by the method of largest remainders.
 * The last column, log_odds, is that of likelihoods: what a term adds to the log odds beside the average
 * account of the fit. Without likelihoods the table has one column less. */
extern const cst_column score_explain_columns[];
extern const size_t score_explain_column_count;
cst_status score_explain_write(const score_sheet *s, cst_writer *w, cst_error *e);

/* --explain-change: a row per account, period and measure, against the account's row before: the parts of
 * the change that the value, the weight and the missing of it have. They add up, with a row "smoothing" where
 * there is one, to the change of the score (before overrides). */
typedef struct score_change_counts {
    uint64_t told, unscored; /* account-periods with one before: written; without a score in one of the two */
} score_change_counts;
extern const cst_column score_change_columns[];
extern const size_t score_change_column_count;
/* from: only periods from then on are written; CST_DAY_NONE: all. Needs the values kept. */
cst_status score_change_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                              cst_day from, score_change_counts *counts, cst_writer *w, cst_error *e);

/* --profile BAND: what sets a band apart from the rest in the last period, among active accounts: a
 * row per measure. */
extern const cst_column score_profile_columns[];
extern const size_t score_profile_column_count;
cst_status score_profile_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                               uint32_t band, cst_writer *w, cst_error *e);

/* --portfolio: a row per period: how many active accounts go which way, beside NRR and GRR of the
 * bridge (may be NULL), and of each likelihood the mean and the sum of the amounts to expect. */
cst_status score_portfolio_columns(const score_sheet *s, cst_column **out, size_t *n, cst_error *e);
cst_status score_portfolio_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                                 const cst_table *bridge, cst_writer *w, cst_error *e);

/* --moves: bands of one period against those of the period before, among active accounts: a row for each pair
 * of bands that has accounts. `from`: as in score_change_write. */
extern const cst_column score_moves_columns[];
extern const size_t score_moves_column_count;
cst_status score_moves_write(score_sheet *s, const score_memory_rules *rules, score_memory *memory,
                             cst_day from, cst_writer *w, cst_error *e);
#endif
