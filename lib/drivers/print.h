/* drivers/print.h: doubles in tables: six significant digits say all that a sample does. */
#ifndef CST_DRIVERS_PRINT_H
#define CST_DRIVERS_PRINT_H
#include <cstools/write.h>

void drv_put_significant(cst_writer *w, double v);
#endif
