/* subjects.c: what both kinds of input have in common: the covariates by name, and the rows of a
 * regression. */
#include "cohort/subjects.h"
#include "base/memory.h"
#include "base/text.h"
#include "cohort/moves.h"
#include <stdlib.h>
#include <string.h>

static cst_status mark_factors(cohort_covariates *c, const char *list, cst_error *e)
{
    cst_text rest = {list, list ? (uint32_t)strlen(list) : 0}, name;
    while (cst_text_next(&rest, ',', &name)) {
        size_t i = 0;
        while (i < c->columns.n && !cst_text_equal(c->columns.column[i].name, name)) i++;
        if (i == c->columns.n)
            return cst_fail(e, CST_USAGE,
                            "--factors: expected columns that --cox names too, found \"%.*s\"; name it there",
                            (int)name.n, name.p);
        c->factor[i] = true;
    }
    return CST_OK;
}

cst_status cohort_covariates_resolve(cohort_covariates *c, cohort_input *in, cst_error *e)
{
    if (!in->o->cox) return CST_OK;
    if (!*in->o->cox)
        return cst_fail(e, CST_USAGE, "--cox: expected columns with a comma between, found an empty name");
    cst_status status = cst_groups_resolve(in->o->cox, in->reader, in->subjects.accounts, &c->columns, e);
    if (status != CST_OK) {
        if (e && status == CST_USAGE) strcpy(e->field, "--cox");
        return status;
    }
    if (c->columns.of_accounts && in->account_slot < 0)
        status = cst_reader_bind(in->reader, "account_id", CST_REQUIRED, &in->account_slot, e);
    c->factor = calloc(c->columns.n + 1, sizeof *c->factor);
    if (status == CST_OK && !c->factor) status = cst_no_memory(e);
    return status == CST_OK && in->o->factors ? mark_factors(c, in->o->factors, e) : status;
}

void cohort_covariates_free(cohort_covariates *c)
{
    free(c->factor);
    cst_groups_free(&c->columns);
}

cst_status cohort_subjects_init(cohort_subjects *s, cst_error *e)
{
    *s = (cohort_subjects){.groups = cst_intern_new(), .levels = cst_intern_new()};
    return s->groups && s->levels ? CST_OK : cst_no_memory(e);
}

void cohort_subjects_free_rows(cohort_subjects *s)
{
    for (size_t i = 0; s->x && i < s->covariates.columns.n; i++) free(s->x[i]);
    free(s->x);
    free(s->time);
    free(s->entry);
    free(s->event);
    free(s->group);
}

void cohort_subjects_free(cohort_subjects *s)
{
    cohort_subjects_free_rows(s);
    cohort_tallies_free(&s->tallies);
    cohort_moves_free(&s->moves);
    cohort_covariates_free(&s->covariates);
    cst_intern_free(s->groups);
    cst_intern_free(s->levels);
}

static bool grow_rows(cohort_subjects *s)
{
    size_t room = cst_room_for(s->room, s->rows + 1), n = s->covariates.columns.n;
    if (!s->x && !(s->x = calloc(n + 1, sizeof *s->x))) return false;
    bool ok = cst_resize(&s->time, room, sizeof *s->time) && cst_resize(&s->entry, room, sizeof *s->entry) &&
              cst_resize(&s->event, room, 1) && cst_resize(&s->group, room, sizeof *s->group);
    for (size_t i = 0; i < n && ok; i++) ok = cst_resize(&s->x[i], room, sizeof **s->x);
    if (ok) s->room = room;
    return ok;
}

bool cohort_subjects_append(cohort_subjects *s, double entry, double time, bool event, uint32_t group,
                            const double *x)
{
    if (s->rows == s->room && !grow_rows(s)) return false;
    s->time[s->rows] = time;
    s->entry[s->rows] = entry;
    s->event[s->rows] = event;
    s->group[s->rows] = group;
    for (size_t i = 0; i < s->covariates.columns.n; i++) s->x[i][s->rows] = x[i];
    s->rows++;
    return true;
}
