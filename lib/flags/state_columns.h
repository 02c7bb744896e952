/* flags/state_columns.h: the layout that state_read.c and state_write.c share; private to them. */
#ifndef CST_FLAGS_STATE_COLUMNS_H
#define CST_FLAGS_STATE_COLUMNS_H
#include <cstools/base.h>

enum {
    FLAG_STATE_ROW,
    FLAG_STATE_GENERATION,
    FLAG_STATE_ACCOUNT,
    FLAG_STATE_NAME,
    FLAG_STATE_DAY,
    FLAG_STATE_STAGE,
    FLAG_STATE_COUNT,
    FLAG_STATE_SINCE,
    FLAG_STATE_UNTIL,
    FLAG_STATE_VALUE,
    FLAG_STATE_COLUMNS
};
extern const char *const flag_state_names[FLAG_STATE_COLUMNS];
extern const char *const flag_stage_words[]; /* by flag_stage */

#define FLAG_STATE_VERSION 1

/* The checksum after one more cell; 0 to begin with. */
uint32_t flag_state_sum(uint32_t sum, cst_text cell);
#endif
