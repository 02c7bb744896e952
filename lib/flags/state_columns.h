/* flags/state_columns.h: the layout that state_read.c and state_write.c share; private to them. */
#ifndef CST_FLAGS_STATE_COLUMNS_H
#define CST_FLAGS_STATE_COLUMNS_H
#include <cstools/base.h>

enum {
    CST_STATE_ROW,
    CST_STATE_GENERATION,
    CST_STATE_ACCOUNT,
    CST_STATE_NAME,
    CST_STATE_DAY,
    CST_STATE_STAGE,
    CST_STATE_COUNT,
    CST_STATE_SINCE,
    CST_STATE_UNTIL,
    CST_STATE_VALUE,
    CST_STATE_COLUMNS
};
extern const char *const cst_state_names[CST_STATE_COLUMNS];
extern const char *const cst_stage_words[]; /* by cst_flag_stage */

#define CST_STATE_VERSION 1

/* The checksum after one more cell; 0 to begin with. */
uint32_t cst_state_sum(uint32_t sum, cst_text cell);
#endif
