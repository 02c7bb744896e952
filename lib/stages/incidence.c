/* stages/incidence.c: won and lost as competing risks: how many of those that began are won, and lost, by
 * when. */
#include "base/label.h"
#include "base/memory.h"
#include "stages/session.h"
#include <cstools/stats.h>
#include <stdlib.h>
#include <string.h>

/* An item by its curve: the groups of its first row and, behind them, the cohort. */
typedef struct stages_life {
    uint32_t curve; /* of the keys, in order of their bytes */
    int32_t days;   /* from its first row to its end, or to as_of */
    enum stages_kind end;
} stages_life;

typedef struct stages_lives {
    stages_life *at;
    size_t n;
    cst_intern *keys;
    uint32_t *order; /* of these */
} stages_lives;

typedef struct stages_incidence_line {
    cst_text cohort;
    cst_incidence_row row;
} stages_incidence_line;

#define AT(field) offsetof(stages_incidence_line, field)

static const cst_layout_column columns[] = {
    {NULL, CST_LAY_BY, 0},
    {"cohort", CST_LAY_TEXT, AT(cohort)},
    {"days", CST_LAY_REAL, AT(row.time)},
    {"at_risk", CST_LAY_COUNT, AT(row.at_risk)},
    {"won", CST_LAY_COUNT, AT(row.events[0])},
    {"lost", CST_LAY_COUNT, AT(row.events[1])},
    {"censored", CST_LAY_COUNT, AT(row.censored)},
    {"won_share", CST_LAY_FIGURE, AT(row.incidence[0])},
    {"won_std_error", CST_LAY_FIGURE, AT(row.std_error[0])},
    {"lost_share", CST_LAY_FIGURE, AT(row.incidence[1])},
    {"lost_std_error", CST_LAY_FIGURE, AT(row.std_error[1])},
};

static stages_life live(const stages_session *s, const stages_item *item)
{
    const cst_day begin = item->row[0].day;
    for (size_t i = 0; i < item->n; i++)
        if (stages_ends(&s->pipeline, item->row[i].stage))
            return (stages_life){.days = item->row[i].day - begin,
                                 .end = s->pipeline.at[item->row[i].stage].kind};
    return (stages_life){.days = s->as_of - begin, .end = STAGES_OPEN};
}

/* The key of an item's curve into `key`. */
static void join_key(const stages_session *s, const stages_item *item, const cst_calendar *c, cst_buffer *key)
{
    char cohort[CST_DAY_ROOM] = "";
    cst_text group = cst_intern_text(s->items.groups, item->row[0].group);
    cst_buffer_clear(key);
    for (size_t k = 0; k < s->groups.n; k++) cst_label_add(key, k, cst_label_part(group, k));
    if (s->o->cohort_every >= 0)
        cst_day_format(cst_period_last(c, cst_period_of(c, item->row[0].day)), cohort);
    cst_label_add(key, s->groups.n, (cst_text){cohort, (uint32_t)strlen(cohort)});
}

static int compare_lives(const void *a, const void *b)
{
    const stages_life *x = a, *y = b;
    if (x->curve != y->curve) return x->curve < y->curve ? -1 : 1;
    return (x->days > y->days) - (x->days < y->days);
}

static cst_status gather(const stages_session *s, stages_lives *out, cst_error *e)
{
    const cst_calendar c = {(cst_every)s->o->cohort_every,
                            s->o->periodic.fiscal_start.set ? (int)s->o->periodic.fiscal_start.n : 1};
    cst_buffer key = {0};
    *out = (stages_lives){.at = calloc(s->items.n + 1, sizeof *out->at), .keys = cst_intern_new()};
    bool ok = out->at && out->keys;
    for (size_t i = 0; ok && i < s->items.n; i++) {
        join_key(s, &s->items.at[i], &c, &key);
        out->at[i] = live(s, &s->items.at[i]);
        out->at[i].curve =
            key.failed ? CST_INTERN_NONE : cst_intern_id(out->keys, (cst_text){key.p, (uint32_t)key.n});
        ok = out->at[i].curve != CST_INTERN_NONE;
    }
    cst_buffer_free(&key);
    uint32_t *rank = ok ? cst_intern_ranks(out->keys) : NULL;
    out->order = ok ? cst_intern_sorted(out->keys) : NULL;
    ok = rank && out->order;
    out->n = s->items.n;
    for (size_t i = 0; ok && i < out->n; i++) out->at[i].curve = rank[out->at[i].curve];
    free(rank);
    if (!ok) return cst_no_memory(e);
    if (out->n > 1) qsort(out->at, out->n, sizeof *out->at, compare_lives);
    return CST_OK;
}

/* Lives of one curve, in order of days, as counts; *times of them. */
static void count_lives(const stages_life *life, size_t n, cst_incidence_count *count, size_t *times)
{
    *times = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || life[i].days != life[i - 1].days)
            count[(*times)++] = (cst_incidence_count){.time = life[i].days};
        cst_incidence_count *c = &count[*times - 1];
        if (life[i].end == STAGES_OPEN)
            c->censored++;
        else
            c->events[life[i].end == STAGES_LOST]++;
    }
}

static cst_status write_curve(const stages_session *s, const cst_layout *layout, cst_writer *w, cst_text key,
                              const stages_life *life, size_t n, cst_error *e)
{
    cst_incidence_count *count = calloc(n, sizeof *count);
    cst_incidence_row *row = calloc(n, sizeof *row);
    size_t times = 0;
    cst_status status = count && row ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) count_lives(life, n, count, &times);
    if (status == CST_OK) status = cst_incidence(count, times, row, e);
    for (size_t i = 0; i < times && status == CST_OK; i++) {
        const stages_incidence_line l = {cst_label_part(key, s->groups.n), row[i]};
        status = cst_layout_row(layout, w, key, &l, e);
    }
    free(count);
    free(row);
    return status;
}

cst_status stages_incidence_write(const stages_session *s, cst_error *e)
{
    cst_layout layout = stages_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w = NULL;
    stages_lives lives;
    layout.untold = true;
    cst_status status = gather(s, &lives, e);
    if (status == CST_OK) status = cst_layout_open(&layout, s->io, NULL, &w, e);
    for (size_t i = 0, next; i < lives.n && status == CST_OK; i = next) {
        next = i + 1;
        while (next < lives.n && lives.at[next].curve == lives.at[i].curve) next++;
        cst_text key = cst_intern_text(lives.keys, lives.order[lives.at[i].curve]);
        if (i > 0) cst_put_rule(w);
        status = write_curve(s, &layout, w, key, &lives.at[i], next - i, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(lives.at);
    free(lives.order);
    cst_intern_free(lives.keys);
    return status;
}
