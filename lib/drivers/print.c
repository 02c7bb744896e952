/* print.c: see print.h. */
#include "drivers/print.h"
#include "base/number.h"

void drv_put_significant(cst_writer *w, double v)
{
    cst_put_number(w, cst_number_significant(v));
}
