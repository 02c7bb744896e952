/* triangle_write.c: a triangle as a table: long, a row per cell, or wide, a row per cohort. Cells that not
 * all accounts of the cohort have reached have no row, or are empty; a cohort that is not complete has
 * none at all. */
#include "base/date.h"
#include "base/memory.h"
#include "cohort/sheet.h"
#include "cohort/survival.h"
#include <cstools/ledger.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AGES = 10000 }; /* of a wide table; more is a date gone wrong */

/* The group's columns, the cohort and its size: what every row begins with. */
static void put_head(cst_writer *w, const cohort_sheet *s, const cohort_sheet_row *r)
{
    char room[CST_PERIOD_ROOM];
    for (size_t i = 0; i < cohort_by_columns(s->in); i++) cst_put_text(w, cst_label_part(r->key, i));
    if (r->line && !s->frame->labels)
        cst_put_day(w, cst_period_last(&s->frame->cohorts, r->line->cohort));
    else
        cst_put_text(w, cohort_sheet_name(s, r, room));
    cst_put_int(w, (int64_t)r->size);
}

static void put_sum(cst_writer *w, const cohort_sheet *s, const cohort_sheet_row *r, uint32_t age)
{
    cst_wide v = cohort_sheet_sum(r, age);
    if (!r->line)
        cst_put_missing(w);
    else if (cohort_measure_is_money(s->frame->measure))
        cst_put_wide(w, v);
    else
        cst_put_int(w, (int64_t)v);
}

static void put_share(cst_writer *w, const cohort_sheet *s, const cohort_sheet_row *r, uint32_t age)
{
    cst_ratio share;
    if (cohort_sheet_share(s, r, age, &share))
        cst_put_ratio(w, share);
    else
        cst_put_missing(w);
}

static bool is_ratio(const cohort_sheet *s)
{
    return s->frame->measure == COHORT_NRR || s->frame->measure == COHORT_GRR;
}

static cst_status write_long(const cohort_sheet *s, cst_error *e)
{
    const cst_column columns[] = {{"cohort", CST_COL_TEXT},
                                  {"size", CST_COL_NUMBER},
                                  {"age", CST_COL_NUMBER},
                                  {"period", CST_COL_TEXT},
                                  {cohort_measure_name(s->frame->measure), CST_COL_NUMBER},
                                  {"share", CST_COL_NUMBER}};
    bool both = s->share && !is_ratio(s);
    cst_writer *w;
    cst_status status = cohort_open_writer(s->in, columns, both ? 6 : 5, cohort_by_columns(s->in), &w, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < s->n && status == CST_OK; i++) {
        const cohort_sheet_row *r = &s->row[i];
        for (uint32_t age = 0; age < r->ages && status == CST_OK; age++) {
            put_head(w, s, r);
            cst_put_int(w, age);
            if (r->line && s->frame->one_anchor)
                cst_put_day(w, cst_period_last(&s->frame->ages, r->line->latest + (cst_period)age));
            else
                cst_put_missing(w);
            if (!is_ratio(s)) put_sum(w, s, r, age);
            if (s->share) put_share(w, s, r, age);
            status = cst_end_row(w, e);
        }
    }
    return cohort_close_writer(w, status, e);
}

static cst_status write_wide_rows(cst_writer *w, const cohort_sheet *s, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->n && status == CST_OK; i++) {
        const cohort_sheet_row *r = &s->row[i];
        if (!r->line) cst_put_rule(w);
        put_head(w, s, r);
        for (uint32_t age = 0; age < s->ages; age++) {
            if (age >= r->ages)
                cst_put_missing(w);
            else if (s->share)
                put_share(w, s, r, age);
            else
                put_sum(w, s, r, age);
        }
        status = cst_end_row(w, e);
    }
    return status;
}

static cst_status write_wide(const cohort_sheet *s, cst_error *e)
{
    size_t n = (size_t)s->ages + 2;
    cst_column *columns = calloc(n, sizeof *columns);
    char(*name)[24] = calloc(n, sizeof *name);
    cst_writer *w;
    cst_status status = columns && name ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) {
        columns[0] = (cst_column){"cohort", CST_COL_TEXT};
        columns[1] = (cst_column){"size", CST_COL_NUMBER};
        for (uint32_t age = 0; age < s->ages; age++) {
            snprintf(name[age], sizeof *name, "age_%u", age);
            columns[age + 2] = (cst_column){name[age], CST_COL_NUMBER};
        }
        status = cohort_open_writer(s->in, columns, n, cohort_by_columns(s->in), &w, e);
        if (status == CST_OK) status = cohort_close_writer(w, write_wide_rows(w, s, e), e);
    }
    free(columns);
    free(name);
    return status;
}

void cohort_sheet_tell(const cohort_sheet *s)
{
    const cohort_left_out *out = &s->triangle->out;
    cst_program_io *io = s->in->io;
    if (out->undated > 0)
        cst_io_warn(io, "%llu account%s without %s %s in no cohort", (unsigned long long)out->undated,
                    out->undated == 1 ? "" : "s", s->in->o->cohort_date, out->undated == 1 ? "is" : "are");
    if (out->unstarted > 0)
        cst_io_warn(io, "%llu %s", (unsigned long long)out->unstarted,
                    out->unstarted == 1
                        ? "account with events has no recurring revenue and is in no cohort"
                        : "accounts with events have no recurring revenue and are in no cohort");
    if (out->before > 0)
        cst_io_warn(
            io, "%llu %s", (unsigned long long)out->before,
            out->before == 1
                ? "account is there when the history begins and is left out: its start is not known"
                : "accounts are there when the history begins and are left out: their start is not known");
    if (s->unripe > 0) {
        char day[CST_DAY_ROOM];
        cst_day_format(s->frame->day, day);
        cst_io_warn(io, "%llu %s not complete by %s %s left out", (unsigned long long)s->unripe,
                    s->unripe == 1 ? "account of a cohort that is" : "accounts of cohorts that are", day,
                    s->unripe == 1 ? "is" : "are");
    }
}

cst_status cohort_triangle_write(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                 cst_error *e)
{
    cohort_sheet s = {0};
    const cst_shared *shared = cst_io_shared(in->io);
    bool pretty = shared->format == CST_PRETTY && !shared->columns, wide = in->o->wide || pretty;
    cst_status status = cohort_sheet_of(t, f, in, &s, e);
    if (status == CST_OK && wide && s.ages > MOST_AGES)
        status = cst_fail(
            e, CST_LIMIT,
            "expected at most %d ages in a wide table, found %u; look for a date that is far off, or "
            "leave --wide out",
            MOST_AGES, s.ages);
    if (status == CST_OK)
        status = pretty ? cohort_sheet_pretty(&s, e) : wide ? write_wide(&s, e) : write_long(&s, e);
    if (status == CST_OK) cohort_sheet_tell(&s);
    cohort_sheet_free(&s);
    return status;
}
