/* Fields to values. The good path is a parse and a return; the message is made only when it is needed. */
#include "read/convert.h"

#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "read/engine.h"

static cst_status fail_value(cst_text t, const char *expected, const char *remedy, cst_error *e)
{
    cst_buffer found = {0};
    cst_buffer_add_visible(&found, t.p, t.n, 60);
    const char *text = cst_buffer_string(&found);
    cst_status status = found.failed
                            ? cst_no_memory(e)
                            : cst_fail(e, CST_DATA, "expected %s, found \"%s\"; %s", expected, text, remedy);
    cst_buffer_free(&found);
    return status;
}

cst_status cst_convert_money(cst_text t, cst_money *out, uint64_t *rounded, cst_error *e)
{
    if (t.n == 0) return CST_END;
    switch (cst_money_parse(t, out)) {
    case CST_DECIMAL_OK:
        return CST_OK;
    case CST_DECIMAL_ROUNDED:
        (*rounded)++;
        return CST_OK;
    case CST_DECIMAL_TOO_LARGE:
        return fail_value(t, "an amount of at most 9223372036854.775807", "check the unit of the column", e);
    case CST_DECIMAL_BAD:
        break;
    }
    return fail_value(t, "an amount like 1234.50", "leave out currency signs and thousands separators", e);
}

cst_status cst_convert_day(cst_text t, cst_day *out, cst_error *e)
{
    if (t.n == 0) return CST_END;
    if (cst_day_parse(t, out)) return CST_OK;
    return fail_value(t, "YYYY-MM-DD", "write the date as ISO 8601 has it, e.g. 2024-12-31", e);
}

cst_status cst_convert_instant(cst_text t, cst_instant *out, cst_error *e)
{
    if (t.n == 0) return CST_END;
    if (cst_instant_parse(t, out)) return CST_OK;
    return fail_value(t, "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS with Z or an offset",
                      "write the time as ISO 8601 has it, e.g. 2024-12-31T23:59:59Z", e);
}

cst_status cst_convert_number(cst_text t, double *out, cst_error *e)
{
    if (t.n == 0) return CST_END;
    if (cst_number_parse(t, out)) return CST_OK;
    return fail_value(t, "a number like 12.5", "leave the field empty where the value is missing", e);
}

cst_status cst_convert_int(cst_text t, int64_t *out, cst_error *e)
{
    if (t.n == 0) return CST_END;
    if (cst_int_parse(t, out)) return CST_OK;
    return fail_value(t, "a whole number", "leave the field empty where the value is missing", e);
}

/* The error was made without a place: it gets that of the field. */
static cst_status blame_field(const cst_batch *b, uint32_t row, int slot, cst_status status, cst_error *e)
{
    if (!e) return status;
    const cst_file *f = &b->reader->file[b->file];
    cst_text name = cst_intern_text(b->reader->names, f->name_of[b->column_of[slot]]);
    cst_error_place(e, cst_place_at(b, row, slot), name.p);
    return status;
}

cst_status cst_money_at(cst_batch *b, uint32_t row, int slot, cst_money *out, cst_error *e)
{
    cst_status status = cst_convert_money(cst_text_at(b, row, slot), out, &b->rounded, e);
    return status < 0 ? blame_field(b, row, slot, status, e) : status;
}

cst_status cst_day_at(cst_batch *b, uint32_t row, int slot, cst_day *out, cst_error *e)
{
    cst_status status = cst_convert_day(cst_text_at(b, row, slot), out, e);
    return status < 0 ? blame_field(b, row, slot, status, e) : status;
}

cst_status cst_instant_at(cst_batch *b, uint32_t row, int slot, cst_instant *out, cst_error *e)
{
    cst_status status = cst_convert_instant(cst_text_at(b, row, slot), out, e);
    return status < 0 ? blame_field(b, row, slot, status, e) : status;
}

cst_status cst_number_at(cst_batch *b, uint32_t row, int slot, double *out, cst_error *e)
{
    cst_status status = cst_convert_number(cst_text_at(b, row, slot), out, e);
    return status < 0 ? blame_field(b, row, slot, status, e) : status;
}

cst_status cst_int_at(cst_batch *b, uint32_t row, int slot, int64_t *out, cst_error *e)
{
    cst_status status = cst_convert_int(cst_text_at(b, row, slot), out, e);
    return status < 0 ? blame_field(b, row, slot, status, e) : status;
}
