/* The promises of the metrics: the same bytes for any number of threads, any blocks, any order of the rows;
 * the metrics of a period from a whole export are those from the export cut at that period; and, for the
 * aggregates, the figures of a slow reference that goes through all rows for every cell. Companies are
 * random, from fixed seeds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../unit/table_kit.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/number.h"
#include "metrics/metrics.h"

#define ACCOUNTS 9
#define EVENTS   400
#define SPAN     200 /* days from 2024-01-01 */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % below);
}

static cst_day first_day(void)
{
    return cst_day_of(2024, 1, 1);
}

/* A day; CST_DAY_NONE: "". Four may be in use at once. */
static const char *day_text(cst_day d)
{
    static char text[4][CST_DAY_ROOM];
    static int at;
    char *out = text[at++ % 4];
    out[cst_day_format(d, out)] = '\0';
    return out;
}

typedef struct event {
    int account, user, kind;
    cst_day day;
    int minute;
    int closed; /* days later; -1: never */
    int tenths; /* of the value; -1: missing */
} event;
static const char *const kinds[] = {"login", "edit", "nps", "ticket_opened"};

typedef struct span {
    int account, cents, role;
    cst_day start, end; /* CST_DAY_NONE: open */
} span;

typedef struct company {
    event event[EVENTS];
    span subscription[30], contact[30], milestone[30]; /* of a milestone: due, done */
} company;

static span draw_span(void)
{
    span s = {.account = (int)draw(ACCOUNTS), .cents = 100 + (int)draw(9000), .role = (int)draw(2)};
    s.start = first_day() + (cst_day)draw(SPAN);
    s.end = draw(2) ? s.start + (cst_day)draw(90) : CST_DAY_NONE;
    return s;
}

static void draw_company(company *c, uint64_t from)
{
    seed = from;
    for (int i = 0; i < EVENTS; i++)
        c->event[i] = (event){.account = (int)draw(ACCOUNTS),
                              .user = (int)draw(5),
                              .kind = (int)draw(4),
                              .day = first_day() + (cst_day)draw(SPAN),
                              .minute = (int)draw(4) * 360,
                              .closed = draw(2) ? (int)draw(40) : -1,
                              .tenths = draw(5) ? (int)draw(100) : -1};
    for (int i = 0; i < 30; i++) {
        c->subscription[i] = draw_span();
        c->contact[i] = draw_span();
        c->milestone[i] = draw_span();
    }
}

static void shuffle(company *c)
{
    for (int i = EVENTS - 1; i > 0; i--) {
        int k = (int)draw((uint32_t)i + 1);
        event e = c->event[i];
        c->event[i] = c->event[k];
        c->event[k] = e;
    }
    for (int i = 29; i > 0; i--) {
        int k = (int)draw((uint32_t)i + 1);
        span s = c->subscription[i];
        c->subscription[i] = c->subscription[k];
        c->subscription[k] = s;
    }
}

/* The export as it stood at the close of a day. */
static cst_day end_by(cst_day end, cst_day cut)
{
    return end != CST_DAY_NONE && end <= cut ? end : CST_DAY_NONE;
}

static void print_events(const company *c, cst_day cut, cst_buffer *b)
{
    cst_buffer_add_string(b, "account_id,user_id,event_time,event,value,closed_at\n");
    for (int i = 0; i < EVENTS; i++) {
        const event *e = &c->event[i];
        if (e->day > cut) continue;
        cst_buffer_printf(b, "a%d,u%d,%sT%02d:%02d:00Z,%s,", e->account, e->user, day_text(e->day),
                          e->minute / 60, e->minute % 60, kinds[e->kind]);
        if (e->tenths >= 0) cst_buffer_printf(b, "%d.%d", e->tenths / 10, e->tenths % 10);
        cst_day closed = e->closed < 0 || e->kind != 3 ? CST_DAY_NONE : end_by(e->day + e->closed, cut);
        cst_buffer_printf(b, ",%s%s\n", day_text(closed), closed == CST_DAY_NONE ? "" : "T23:00:00Z");
    }
}

static void print_subscriptions(const company *c, cst_day cut, cst_buffer *b)
{
    cst_buffer_add_string(b, "account_id,product,mrr,start_date,end_date,term_months\n");
    for (int i = 0; i < 30; i++) {
        const span *s = &c->subscription[i];
        if (s->start > cut) continue;
        cst_buffer_printf(b, "a%d,p%d,%d.%02d,%s,%s,%d\n", s->account, s->role, s->cents / 100,
                          s->cents % 100, day_text(s->start), day_text(end_by(s->end, cut)), 1 + s->role);
    }
}

static void print_contacts(const company *c, cst_day cut, cst_buffer *b)
{
    cst_buffer_add_string(b, "account_id,contact_id,role,start_date,end_date\n");
    for (int i = 0; i < 30; i++) {
        const span *s = &c->contact[i];
        if (s->start > cut) continue;
        cst_buffer_printf(b, "a%d,c%d,%s,%s,%s\n", s->account, i, s->role ? "champion" : "user",
                          day_text(s->start), day_text(end_by(s->end, cut)));
    }
}

static void print_milestones(const company *c, cst_day cut, cst_buffer *b)
{
    cst_buffer_add_string(b, "account_id,milestone,due_date,done_date\n");
    for (int i = 0; i < 30; i++) /* plans are known ahead, so none is cut */
        cst_buffer_printf(b, "a%d,m%d,%s,%s\n", c->milestone[i].account, i, day_text(c->milestone[i].start),
                          day_text(end_by(c->milestone[i].end, cut)));
}

static const char spec[] = "metric,from,aggregate,column,at,where,window,expr\n"
                           "users,events,distinct,user_id,,,30d,\n"
                           "days,events,distinct,event_day,,product_use == true,2m,\n"
                           "events,events,count,,,,,\n"
                           "edits,events,count,,,event == 'edit',5w,\n"
                           "sum,events,sum,value,,,45d,\n"
                           "mean,events,mean,value,,event == 'nps',,\n"
                           "least,events,min,value,,,60d,\n"
                           "most,events,max,value,,,60d,\n"
                           "first,events,first,value,,,30d,\n"
                           "last,events,last,value,,event == 'nps',90d,\n"
                           "since,events,days_since_last,,,event == 'login',,\n"
                           "slope,events,slope,value,,,90d,\n"
                           "before,events,distinct,user_id,before,value > 5,30d,\n"
                           "open,events,count,,,event == 'ticket_opened' and closed_at is missing,,\n"
                           "hours,events,mean,hours_to_close,closed_at,,90d,\n"
                           "mrr,subscriptions,sum,mrr,active,,,\n"
                           "mrr_before,subscriptions,sum,mrr,opening,,1m,\n"
                           "ended,subscriptions,count,,end_date,,3m,\n"
                           "running,subscriptions,count,,active,end_date is missing,,\n"
                           "renewal,subscriptions,days_until_next,,renewal,,,\n"
                           "renewed,renewals,count,,,status == 'on_time',3m,\n"
                           "late,renewals,sum,mrr,,status in ('late'; 'pending'),,\n"
                           "lost,renewals,max,age,,status == 'lost',,\n"
                           "grown,changes,sum,change,,change > 0,60d,\n"
                           "champions,contacts,count,,active,role == 'champion',,\n"
                           "left,contacts,count,,end_date,role == 'champion',60d,\n"
                           "overdue,milestones,count,,due_date,done_date is missing,,\n"
                           "done,milestones,count,,done_date,done_date <= due_date,,\n"
                           "next,milestones,days_until_next,,due_date,done_date is missing,,\n"
                           "growth,,,,,,,double / mrr_before - 2\n"
                           "double,,,,,,,mrr * 2\n";

/* The spec's `;` stand for commas in cells, which would need quotes. */
static cst_table *read_spec(void)
{
    cst_buffer b = {0};
    for (const char *p = spec; *p; p++) {
        if (strncmp(p, "status in (", 11) == 0) {
            cst_buffer_add_string(&b, "\"status in ('late', 'pending')\"");
            p = strchr(p, ')');
        } else {
            cst_buffer_add_char(&b, *p);
        }
    }
    cst_table *t = read_table(cst_buffer_string(&b), "spec.csv");
    cst_buffer_free(&b); /* a table keeps its own bytes */
    return t;
}

static char *read_back(const char *path)
{
    cst_buffer b = {0};
    char part[4096];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) cst_buffer_add(&b, part, n);
    fclose(f);
    char *out = strdup(cst_buffer_string(&b));
    cst_buffer_free(&b);
    return out;
}

static char *write_out(const met_metrics *m)
{
    char path[] = "/tmp/cst_metrics_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    cst_error e;
    cst_outputs *outputs;
    cst_sink *sink;
    cst_writer *w;
    cst_column *columns;
    size_t n;
    const cst_write_opts csv = {.format = CST_CSV};
    assert_int_equal(cst_outputs_new(&outputs, &e), CST_OK);
    assert_int_equal(cst_outputs_add(outputs, path, &sink, &e), CST_OK);
    assert_int_equal(met_metrics_columns(m, &columns, &n, &e), CST_OK);
    assert_int_equal(cst_writer_open(sink, &csv, columns, n, &w, &e), CST_OK);
    assert_int_equal(met_write(m, w, &e), CST_OK);
    assert_int_equal(cst_writer_finish(w, &e), CST_OK);
    cst_writer_free(w);
    assert_int_equal(cst_outputs_commit(outputs, &e), CST_OK);
    cst_outputs_free(outputs);
    free(columns);
    char *out = read_back(path);
    remove(path);
    return out;
}

/* The metrics of the company, cut at a day, by month from 2024-01 to the month of `to`. The caller frees. */
static char *measure(const company *c, cst_day cut, cst_day to, int threads, uint32_t block)
{
    static const char *const name[] = {"events.csv", "subscriptions.csv", "contacts.csv", "milestones.csv"};
    static void (*const print[])(const company *, cst_day, cst_buffer *) = {print_events, print_subscriptions,
                                                                            print_contacts, print_milestones};
    static const met_from from[] = {MET_FROM_EVENTS, MET_FROM_SUBSCRIPTIONS, MET_FROM_CONTACTS,
                                    MET_FROM_MILESTONES};
    const cst_read_opts opts = {.block = block};
    cst_buffer text[4] = {{0}};
    cst_reader *reader[4];
    met_spec s = {0};
    cst_error e;
    met_metrics *m;
    const cst_periodic periods = {.every = CST_MONTH, .from = first_day(), .to = to, .as_of = CST_DAY_NONE};
    const cst_subjects subjects = {.customer = -1};
    met_opts o = {.spec = &s,
                  .subjects = &subjects,
                  .periods = &periods,
                  .renewals = {.grace = 10, .settle = 45, .min_term = 1},
                  .threads = threads};
    assert_int_equal(met_spec_add(&s, read_spec(), false, &e), CST_OK);
    for (int i = 0; i < 4; i++) {
        print[i](c, cut, &text[i]);
        o.reader[from[i]] = reader[i] = read_rows(cst_buffer_string(&text[i]), &name[i], &opts);
    }
    if (met_open(&o, &m, &e) || met_read(m, &e) || met_metrics_measure(m, &e))
        fail_msg("%s:%d: %s", e.file, (int)e.line, e.message);
    char *out = write_out(m);
    met_free(m);
    for (int i = 0; i < 4; i++) {
        cst_reader_free(reader[i]);
        cst_buffer_free(&text[i]);
    }
    met_spec_clear(&s);
    return out;
}

static void test_threads_blocks_and_order(void **state)
{
    (void)state;
    company c;
    cst_day to = first_day() + SPAN;
    for (uint64_t s = 1; s <= 6; s++) {
        draw_company(&c, s);
        char *whole = measure(&c, CST_DAY_MAX, to, 1, 0);
        for (int threads = 2; threads <= 5; threads += 3) {
            char *other = measure(&c, CST_DAY_MAX, to, threads, 300);
            assert_string_equal(whole, other);
            free(other);
        }
        shuffle(&c);
        char *shuffled = measure(&c, CST_DAY_MAX, to, 2, 200);
        assert_string_equal(whole, shuffled);
        free(shuffled);
        free(whole);
    }
}

/* The lines of one period. The caller frees. */
static char *pick_period(const char *csv, const char *period)
{
    cst_buffer b = {0};
    for (const char *line = csv, *next; *line; line = next) {
        next = strchr(line, '\n') + 1;
        const char *comma = strchr(line, ',');
        if (strncmp(comma + 1, period, strlen(period)) == 0) cst_buffer_add(&b, line, (size_t)(next - line));
    }
    char *out = strdup(cst_buffer_string(&b));
    cst_buffer_free(&b);
    return out;
}

static void test_no_leakage(void **state)
{
    (void)state;
    const cst_calendar months = {CST_MONTH, 1};
    company c;
    for (uint64_t s = 11; s <= 16; s++) {
        draw_company(&c, s);
        char *whole = measure(&c, CST_DAY_MAX, first_day() + SPAN, 2, 0);
        cst_period first = cst_period_of(&months, first_day());
        for (cst_period p = first; p <= cst_period_of(&months, first_day() + SPAN); p++) {
            cst_day last = cst_period_last(&months, p);
            char *cut = measure(&c, last, last, 1, 0);
            char *then = pick_period(whole, day_text(last)), *now = pick_period(cut, day_text(last));
            assert_true(strlen(now) > 0);
            assert_string_equal(then, now);
            free(then);
            free(now);
            free(cut);
        }
        free(whole);
    }
}

/* ---- the slow reference ---- */

typedef struct window {
    int account, kind; /* kind -1: any */
    cst_day from, to;  /* inclusive */
} window;

static bool is_in(const event *e, const window *w)
{
    return e->account == w->account && (w->kind < 0 || e->kind == w->kind) && e->day >= w->from &&
           e->day <= w->to;
}

static double slow_count(const company *c, const window *w)
{
    int n = 0;
    for (int i = 0; i < EVENTS; i++) n += is_in(&c->event[i], w);
    return n;
}

static double slow_users(const company *c, const window *w)
{
    int n = 0;
    for (int u = 0; u < 5; u++) {
        bool seen = false;
        for (int i = 0; i < EVENTS; i++) seen |= is_in(&c->event[i], w) && c->event[i].user == u;
        n += seen;
    }
    return n;
}

/* The sum in tenths, exact; *n counts. */
static long slow_sum(const company *c, const window *w, int *n)
{
    long sum = 0;
    *n = 0;
    for (int i = 0; i < EVENTS; i++) {
        if (!is_in(&c->event[i], w) || c->event[i].tenths < 0) continue;
        sum += c->event[i].tenths;
        ++*n;
    }
    return sum;
}

/* The value at the edge: of equal times the least first, the greatest last. */
static double slow_edge(const company *c, const window *w, bool last)
{
    const event *best = NULL;
    for (int i = 0; i < EVENTS; i++) {
        const event *e = &c->event[i];
        if (!is_in(e, w) || e->tenths < 0) continue;
        long at = e->day * 1440L + e->minute, then = best ? best->day * 1440L + best->minute : 0;
        if (!best || (last ? at > then : at < then) ||
            (at == then && (last ? e->tenths > best->tenths : e->tenths < best->tenths)))
            best = e;
    }
    return best ? best->tenths / 10.0 : NAN;
}

static double slow_since(const company *c, const window *w)
{
    cst_day last = CST_DAY_NONE;
    for (int i = 0; i < EVENTS; i++)
        if (is_in(&c->event[i], w) && c->event[i].day > last) last = c->event[i].day;
    return last == CST_DAY_NONE ? NAN : (double)(w->to - last);
}

static double slow_mrr(const company *c, int account, cst_day day)
{
    long cents = 0;
    for (int i = 0; i < 30; i++) {
        const span *s = &c->subscription[i];
        if (s->account == account && s->start <= day && (s->end == CST_DAY_NONE || s->end > day))
            cents += s->cents;
    }
    return (double)cents / 100;
}

/* Of a kind of events, of all accounts; -1: of any. */
static cst_day earliest(const company *c, int kind)
{
    cst_day first = CST_DAY_MAX;
    for (int i = 0; i < EVENTS; i++)
        if ((kind < 0 || c->event[i].kind == kind) && c->event[i].day < first) first = c->event[i].day;
    return first;
}

static void expect(const cst_table *t, size_t row, const char *column, double want)
{
    int at;
    cst_error e;
    double found = NAN;
    assert_int_equal(cst_table_bind(t, column, CST_REQUIRED, &at, &e), CST_OK);
    cst_text cell = cst_table_at(t, row, at);
    bool read = cst_number_parse(cell, &found);
    if ((cell.n == 0) != isnan(want) || (cell.n > 0 && (!read || found != want)))
        fail_msg("row %zu, %s: expected %.17g, found %.17g", row + 1, column, want, found);
}

static void check_row(const company *c, const cst_table *t, size_t row)
{
    cst_day p, first = earliest(c, -1);
    cst_error e;
    int account = cst_table_at(t, row, 0).p[1] - '0', n;
    assert_int_equal(cst_table_day(t, row, 1, &p, &e), CST_OK);
    window w30 = {account, -1, p - 29, p}, w45 = {account, -1, p - 44, p}, edits = {account, 1, p - 34, p};
    window nps = {account, 2, CST_DAY_MIN, p}, nps90 = {account, 2, p - 89, p},
           logins = {account, 0, CST_DAY_MIN, p};
    window all = {account, -1, CST_DAY_MIN, p};
    expect(t, row, "events", first > p ? NAN : slow_count(c, &all));
    expect(t, row, "users", w30.from < first ? NAN : slow_users(c, &w30));
    expect(t, row, "edits", edits.from < first || earliest(c, 1) > p ? NAN : slow_count(c, &edits));
    expect(t, row, "sum", w45.from < first ? NAN : (double)slow_sum(c, &w45, &n) / 10);
    double mean = (double)slow_sum(c, &nps, &n);
    expect(t, row, "mean", n ? mean / (10.0 * n) : NAN);
    expect(t, row, "first", w30.from < first ? NAN : slow_edge(c, &w30, false));
    expect(t, row, "last", slow_edge(c, &nps90, true));
    expect(t, row, "since", slow_since(c, &logins));
    expect(t, row, "mrr", slow_mrr(c, account, p));
    expect(t, row, "active", slow_mrr(c, account, p) > 0);
    expect(t, row, "double", 2 * slow_mrr(c, account, p));
}

static void test_slow_reference(void **state)
{
    (void)state;
    company c;
    for (uint64_t s = 21; s <= 30; s++) {
        draw_company(&c, s);
        char *csv = measure(&c, CST_DAY_MAX, first_day() + SPAN, 2, 1000);
        cst_table *t = read_table(csv, "metrics.csv");
        assert_true(cst_table_rows(t) > 40);
        for (size_t row = 0; row < cst_table_rows(t); row++) check_row(&c, t, row);
        cst_table_free(t);
        free(csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_blocks_and_order),
        cmocka_unit_test(test_no_leakage),
        cmocka_unit_test(test_slow_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
