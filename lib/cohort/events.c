/* events.c: the hot path of event triangles. A batch goes in two sweeps: its rows are read into marks, and
 * the marks are added to the roll. The usual form of a time, 2024-12-31T23:59:59Z or the date alone, is
 * read here eight bytes at a time; any other goes through the reader's conversion, which also makes the
 * message. */
#include "cohort/events.h"
#include "base/date.h"
#include <cstools/ledger.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN_YEARS = 150, KNOWN_MONTHS = 12 * KNOWN_YEARS, FIRST_YEAR = 1970 };

cst_status cst_cohort_event_plan_open(cst_cohort_event_plan *p, cst_cohort_input *in,
                                      const cst_cohort_frame *f, cst_error *e)
{
    const char *value = f->measure != COHORT_VALUE ? NULL : in->o->value ? in->o->value : "value";
    *p = (cst_cohort_event_plan){.in = in, .frame = f, .value = -1, .apart = in->groups.of_rows};
    cst_status status = cst_reader_bind(in->reader, "account_id", CST_REQUIRED, &p->account, e);
    if (status == CST_OK) status = cst_reader_bind(in->reader, "event_time", CST_REQUIRED, &p->time, e);
    if (status == CST_OK && value) status = cst_reader_bind(in->reader, value, CST_REQUIRED, &p->value, e);
    if (status != CST_OK) return status;
    cst_day end = cst_day_of(FIRST_YEAR + KNOWN_YEARS, 1, 1);
    p->month_first = malloc((KNOWN_MONTHS + 1) * sizeof *p->month_first);
    p->tick_of = malloc((size_t)end * sizeof *p->tick_of);
    if (!p->month_first || !p->tick_of) return cst_fail(e, CST_MEMORY, "out of memory");
    for (int m = 0; m <= KNOWN_MONTHS; m++)
        p->month_first[m] = cst_day_of(FIRST_YEAR + m / 12, m % 12 + 1, 1);
    for (cst_day d = 0; d < end; d++) p->tick_of[d] = cst_period_of(&f->ages, d);
    return CST_OK;
}

void cst_cohort_event_plan_free(cst_cohort_event_plan *p)
{
    free(p->month_first);
    free(p->tick_of);
}

cst_status cst_cohort_gatherer_init(cst_cohort_gatherer *g, const cst_cohort_event_plan *p, cst_error *e)
{
    enum cst_cohort_slot kind = p->frame->measure == COHORT_LOGOS    ? COHORT_SLOT_SEEN
                                : p->frame->measure == COHORT_EVENTS ? COHORT_SLOT_COUNT
                                                                     : COHORT_SLOT_SUM;
    *g = (cst_cohort_gatherer){.plan = p, .latest = CST_DAY_NONE};
    return cst_cohort_roll_init(&g->roll, kind, e);
}

void cst_cohort_gatherer_free(cst_cohort_gatherer *g)
{
    cst_cohort_roll_free(&g->roll);
    cst_buffer_free(&g->keys);
    free(g->mark);
}

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Eight bytes at once: those under `digits` are digits, the others are `rest`. */
static inline bool match_form(uint64_t v, uint64_t digits, uint64_t rest)
{
    uint64_t x = (v ^ UINT64_C(0x3030303030303030)) & digits;
    uint64_t over = (x + (UINT64_C(0x7676767676767676) & digits)) | x;
    return (v & ~digits) == rest && !(over & UINT64_C(0x8080808080808080));
}

static inline int pair_at(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ within the known years; false: anything else, right or wrong. */
static inline bool read_plain(const cst_cohort_event_plan *p, cst_text t, cst_day *day)
{
    if (t.n != 20 && t.n != 10) return false;
    if (!match_form(load8(t.p), UINT64_C(0x00ffff00ffffffff), UINT64_C(0x2d00002d00000000))) return false;
    unsigned ones = (unsigned)(unsigned char)t.p[9] - '0', tens = (unsigned)(unsigned char)t.p[8] - '0';
    if (ones > 9 || tens > 3) return false;
    if (t.n == 20) {
        /* "THH:MM:SSZ" from byte 10 on, as two words that overlap */
        if (!match_form(load8(t.p + 10), UINT64_C(0xff00ffff00ffff00), UINT64_C(0x003a00003a000054)) ||
            !match_form(load8(t.p + 12), UINT64_C(0x00ffff00ffff00ff), UINT64_C(0x5a00003a00003a00)))
            return false;
        if (pair_at(t.p + 11) > 23 || pair_at(t.p + 14) > 59 || pair_at(t.p + 17) > 59) return false;
    }
    int month = pair_at(t.p + 5) - 1, at = (pair_at(t.p) * 100 + pair_at(t.p + 2) - FIRST_YEAR) * 12 + month;
    if (month < 0 || month > 11 || at < 0 || at >= KNOWN_MONTHS) return false;
    cst_day within = (cst_day)(tens * 10 + ones) - 1;
    *day = p->month_first[at] + within;
    return within >= 0 && *day < p->month_first[at + 1];
}

static cst_status read_day(const cst_cohort_event_plan *p, cst_batch *b, uint32_t row, cst_day *day,
                           cst_error *e)
{
    cst_instant at;
    if (read_plain(p, cst_text_at(b, row, p->time), day)) return CST_OK;
    cst_status status = cst_instant_at(b, row, p->time, &at, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->time), "event_time",
                           "expected the time of the event, found none");
    if (status == CST_OK) *day = cst_instant_day(at);
    return status;
}

/* The key of a row within its group: the account, then each value. It stands in a buffer that may yet
 * move: its offset. */
static void join_key(cst_cohort_gatherer *g, cst_batch *b, uint32_t row, cst_text account, cst_cohort_mark *m)
{
    const cst_cohort_input *in = g->plan->in;
    size_t from = g->keys.n;
    uint32_t number = CST_ACCOUNT_NONE;
    if (in->groups.of_accounts)
        number = cst_accounts_find(in->accounts, cst_identity_rename(in->identity, CST_ID_ACCOUNT, account));
    cst_buffer_add(&g->keys, account.p, account.n);
    for (size_t i = 0; i < in->groups.n; i++) {
        cst_text t = cst_groups_value(&in->groups, i, b, row, in->accounts, number);
        cst_buffer_add_char(&g->keys, CST_LABEL_JOINT);
        cst_buffer_add(&g->keys, t.p, t.n);
    }
    m->n = (uint32_t)(g->keys.n - from);
}

/* One row as a mark; *use is false where it is none. */
static cst_status read_row(cst_cohort_gatherer *g, cst_batch *b, uint32_t row, cst_cohort_mark *m, bool *use,
                           cst_error *e)
{
    const cst_cohort_event_plan *p = g->plan;
    cst_day day = CST_DAY_NONE;
    *use = true;
    cst_status status = p->in->filter ? cst_filter_row(p->in->filter, b, row, use, e) : CST_OK;
    if (status != CST_OK || !*use) return status;
    cst_text account = cst_text_at(b, row, p->account);
    if (account.n == 0)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, p->account), "account_id",
                           "expected an account, found none; leave such rows out with --where");
    status = read_day(p, b, row, &day, e);
    m->value = 0;
    if (status == CST_OK && p->value >= 0) status = cst_money_at(b, row, p->value, &m->value, e);
    if (status < 0) return status;
    if (p->in->o->periodic.as_of != CST_DAY_NONE && day > p->in->o->periodic.as_of) {
        g->after++;
        *use = false;
        return CST_OK;
    }
    if (g->latest == CST_DAY_NONE || day > g->latest) g->latest = day;
    g->used++;
    m->tick = (uint32_t)day < (uint32_t)p->month_first[KNOWN_MONTHS] ? p->tick_of[day]
                                                                     : cst_period_of(&p->frame->ages, day);
    m->p = account.p;
    m->n = m->account = account.n;
    if (p->apart) join_key(g, b, row, account, m);
    return CST_OK;
}

static bool make_room(cst_cohort_gatherer *g, uint32_t rows)
{
    if (rows <= g->room) return true;
    free(g->mark);
    g->mark = malloc(rows * sizeof *g->mark);
    g->room = g->mark ? rows : 0;
    return g->mark != NULL;
}

static cst_status add_marks(cst_cohort_gatherer *g, uint32_t n, cst_error *e)
{
    const char *key = g->keys.p;
    if (g->keys.failed) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < n && g->plan->apart; i++) {
        g->mark[i].p = key;
        key += g->mark[i].n;
    }
    return cst_cohort_roll_add(&g->roll, g->mark, n, e);
}

cst_status cst_cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e)
{
    cst_cohort_gatherer *g = gatherer;
    uint32_t rows = cst_batch_rows(b), n = 0;
    bool stopped = false;
    cst_error why = {0}; /* made once: it is large */
    if (!make_room(g, rows)) return cst_fail(e, CST_MEMORY, "out of memory");
    cst_buffer_clear(&g->keys);
    for (uint32_t row = 0; row < rows && !stopped; row++) {
        bool use;
        cst_status status = read_row(g, b, row, &g->mark[n], &use, &why);
        if (status == CST_OK) {
            n += use;
        } else if (status == CST_DATA) {
            stopped = cst_row_reject(b, row, &why) < 0;
            why = (cst_error){0};
        } else {
            if (e) *e = why;
            return status;
        }
    }
    cst_status status = add_marks(g, n, e);
    return status == CST_OK && stopped ? CST_END : status;
}

/* The key of an entry under the account's new name. */
static cst_text rename_key(cst_buffer *b, const cst_identity *identity, const cst_cohort_entry *e,
                           uint32_t *account)
{
    cst_text key = cst_cohort_entry_key(e);
    *account = e->account;
    if (!identity) return key;
    cst_text name = cst_identity_rename(identity, CST_ID_ACCOUNT, (cst_text){key.p, e->account});
    cst_buffer_clear(b);
    cst_buffer_add(b, name.p, name.n);
    cst_buffer_add(b, key.p + e->account, key.n - e->account);
    *account = name.n;
    return (cst_text){b->p, (uint32_t)b->n};
}

cst_status cst_cohort_gatherer_merge(cst_cohort_gatherer *into, const cst_cohort_gatherer *from, cst_error *e)
{
    const cst_identity *identity = into->plan->in->identity;
    cst_buffer name = {0};
    cst_status status = CST_OK;
    into->used += from->used;
    into->after += from->after;
    if (from->latest != CST_DAY_NONE && (into->latest == CST_DAY_NONE || from->latest > into->latest))
        into->latest = from->latest;
    for (uint32_t i = 0; i < from->roll.n && status == CST_OK; i++) {
        uint32_t account;
        cst_text key = rename_key(&name, identity, &from->roll.entry[i], &account);
        cst_cohort_entry *to = name.failed ? NULL : cst_cohort_roll_at(&into->roll, key, account);
        status = to ? cst_cohort_store_merge(&into->roll.store, &to->span, &from->roll.entry[i].span, e)
                    : cst_fail(e, CST_MEMORY, "out of memory");
    }
    cst_buffer_free(&name);
    return status;
}
