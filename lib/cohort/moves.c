/* moves.c: see moves.h. A sweep over the days on which a group's sum changes. */
#include "cohort/moves.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "cohort/book.h"
#include <stdlib.h>
#include <string.h>

typedef struct cohort_group_event {
    cst_day day;
    uint32_t at; /* of the sums */
    cst_wide by;
} group_event;

typedef struct cohort_group_sum {
    uint32_t group;
    cst_wide sum;
} group_sum;

void cohort_stays_free(cohort_stays *s)
{
    free(s->at);
    free(s->event);
    free(s->sum);
}

static int compare_events(const void *a, const void *b)
{
    const group_event *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* What changes, by day, and the groups in it. */
static bool list_events(cohort_stays *s, const cst_ledger_account *a, size_t *events, size_t *sums)
{
    *events = *sums = 0;
    if (!cst_grow(&s->event, &s->event_room, 2 * a->rows, sizeof *s->event)) return false;
    for (size_t from = 0, to; from < a->rows; from = to) {
        uint32_t group;
        to = cohort_book_group(a, from, &group);
        if (!cst_grow(&s->sum, &s->sum_room, *sums + 1, sizeof *s->sum)) return false;
        for (size_t i = from; i < to; i++) {
            const cst_ledger_row *r = &a->row[i];
            if (r->amount == 0 || r->end <= r->start) continue;
            s->event[(*events)++] = (group_event){r->start, (uint32_t)*sums, r->amount};
            if (r->end != CST_LEDGER_OPEN)
                s->event[(*events)++] = (group_event){r->end, (uint32_t)*sums, -(cst_wide)r->amount};
        }
        s->sum[(*sums)++] = (group_sum){.group = group};
    }
    qsort(s->event, *events, sizeof *s->event, compare_events);
    return true;
}

/* The sum that the account is in; `now` is where it was, or `sums` on the first day. */
static size_t find_most(cohort_stays *s, const cst_labels *labels, size_t sums, size_t now)
{
    size_t most = now < sums ? now : 0, paying = 0;
    for (size_t i = 0; i < sums; i++) {
        const group_sum *g = &s->sum[i], *best = &s->sum[most];
        paying += g->sum > 0;
        bool tie = g->sum == best->sum && most != now &&
                   cst_text_compare(cst_labels_segment(labels, g->group),
                                    cst_labels_segment(labels, best->group)) < 0;
        if (g->sum > best->sum || tie) most = i;
    }
    if (now == sums) s->several = paying > 1;
    return most;
}

static bool add_stay(cohort_stays *s, cst_day day, uint32_t group)
{
    if (!cst_grow(&s->at, &s->room, s->n + 1, sizeof *s->at)) return false;
    s->at[s->n++] = (cohort_stay){day, group};
    return true;
}

bool cohort_stays_fill(cohort_stays *s, const cst_ledger_account *a, cst_day first, cst_day end)
{
    size_t events, sums;
    uint32_t group;
    s->n = 0;
    s->several = false;
    if (cohort_book_group(a, 0, &group) == a->rows) return add_stay(s, first, group); /* the common case */
    if (!list_events(s, a, &events, &sums)) return false;
    size_t now = sums;
    for (size_t i = 0; i < events && s->event[i].day < end;) {
        cst_day day = s->event[i].day;
        for (; i < events && s->event[i].day == day; i++) s->sum[s->event[i].at].sum += s->event[i].by;
        if (day < first) continue;
        size_t most = find_most(s, a->labels, sums, now);
        if (most != now && !add_stay(s, day, s->sum[most].group)) return false;
        now = most;
    }
    return true;
}

static uint32_t add_text(cohort_moves *m, cst_text t, bool *ok)
{
    uint32_t id = cst_intern_id(m->texts, t);
    *ok &= id != CST_INTERN_NONE;
    return id;
}

static bool add_move(cohort_moves *m, const cohort_move *move)
{
    if (!cst_grow(&m->at, &m->room, m->n + 1, sizeof *m->at)) return false;
    m->at[m->n++] = *move;
    return true;
}

bool cohort_moves_add(cohort_moves *m, const cohort_stays *s, const cst_ledger_account *a, cst_every unit)
{
    bool ok = m->texts || (m->texts = cst_intern_new());
    for (size_t i = 1; i < s->n && ok; i++) {
        cohort_move move = {.day = s->at[i].day, .tenure = cohort_tenure(unit, s->at[0].day, s->at[i].day)};
        move.account = add_text(m, a->id, &ok);
        move.from = add_text(m, cst_labels_segment(a->labels, s->at[i - 1].group), &ok);
        move.to = add_text(m, cst_labels_segment(a->labels, s->at[i].group), &ok);
        ok = ok && add_move(m, &move);
    }
    return ok;
}

bool cohort_moves_merge(cohort_moves *into, const cohort_moves *from)
{
    bool ok = into->texts || (into->texts = cst_intern_new());
    for (size_t i = 0; i < from->n && ok; i++) {
        cohort_move move = from->at[i];
        move.account = add_text(into, cst_intern_text(from->texts, move.account), &ok);
        move.from = add_text(into, cst_intern_text(from->texts, move.from), &ok);
        move.to = add_text(into, cst_intern_text(from->texts, move.to), &ok);
        ok = ok && add_move(into, &move);
    }
    return ok;
}

void cohort_moves_free(cohort_moves *m)
{
    free(m->at);
    cst_intern_free(m->texts);
}

static cst_status write_moves(cst_writer *w, const cohort_moves *m, size_t groups, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < m->n && status == CST_OK; i++) {
        const cohort_move *move = &m->at[i];
        cst_put_text(w, cst_intern_text(m->texts, move->account));
        cst_put_day(w, move->day);
        cst_put_int(w, move->tenure);
        for (size_t k = 0; k < groups; k++) {
            cst_put_text(w, cst_label_part(cst_intern_text(m->texts, move->from), k));
            cst_put_text(w, cst_label_part(cst_intern_text(m->texts, move->to), k));
        }
        status = cst_end_row(w, e);
    }
    return status;
}

cst_status cohort_write_moves(const cohort_subjects *s, const cohort_input *in, cst_error *e)
{
    size_t n = in->groups.n;
    cst_column *columns = calloc(3 + 2 * n, sizeof *columns);
    cst_buffer *name = calloc(2 * n + 1, sizeof *name);
    bool ok = columns && name;
    cst_writer *w;
    if (ok)
        memcpy(columns,
               (const cst_column[]){
                   {"account_id", CST_COL_TEXT}, {"date", CST_COL_TEXT}, {"tenure", CST_COL_NUMBER}},
               3 * sizeof *columns);
    for (size_t i = 0; i < 2 * n && ok; i++) {
        cst_buffer_add_string(&name[i], i % 2 ? "to_" : "from_");
        cst_buffer_add_string(&name[i], in->groups.name[i / 2]);
        columns[3 + i] = (cst_column){cst_buffer_string(&name[i]), CST_COL_TEXT};
        ok = !name[i].failed;
    }
    cst_status status = ok ? cst_io_writer(in->io, columns, 3 + 2 * n, &w, e) : cst_no_memory(e);
    if (status == CST_OK) status = cohort_close_writer(w, write_moves(w, &s->moves, n, e), e);
    for (size_t i = 0; i < 2 * n && name; i++) cst_buffer_free(&name[i]);
    free(name);
    free(columns);
    return status;
}
