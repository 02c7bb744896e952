/* usage.c: who uses the product and what of it, what goes wrong, what they write to support and answer to surveys.
 *
 * A user is a planner, an analyst or an administrator: features that one kind of user needs are used together. Importing a
 * roster is what people struggle with: half of the imports that are begun are never finished.
 */
#include "company.h"

enum { PLANNER, ANALYST, ADMINISTRATOR };
enum { AUTOFILL_RELEASED = 793 /* 2024-03-04 */, MOBILE_RELEASED = 520 /* 2023-06-05 */ };
static int ticket_number;

static void add_user(struct customer *c, int u)
{
    int kind = below(100);
    c->user[u].active = true;
    c->user[u].persona = u == 0 ? PLANNER : kind < 55 ? PLANNER : kind < 80 ? ANALYST : ADMINISTRATOR;
    kind = below(100);
    c->user[u].rhythm = kind < 14 ? 640 : kind < 54 ? 400 : 260;
}

void begin_users(struct customer *c)
{
    int seats = seats_of(c), users = 1 + seats * between(30, 75) / 100;
    for (int u = 0; u < SEATS; u++) c->user[u].active = false;
    for (int u = 0; u < users && u < seats; u++) add_user(c, u);
}

int active_users(const struct customer *c)
{
    int n = 0;
    for (int u = 0; u < SEATS; u++) n += c->user[u].active;
    return n;
}

void live_users(struct customer *c)
{
    int seats = seats_of(c), leaves = c->health < 300 ? 140 : c->health < 450 ? 80 : c->health < 600 ? 25 : 8;
    int joins = c->health < 400 ? 10 : c->health < 550 ? 30 : 30 + c->growth;
    for (int u = 0; u < seats && u < SEATS; u++) {
        if (c->user[u].active) {
            if (chance(leaves)) c->user[u].active = false;
        } else if (chance(joins)) {
            add_user(c, u);
        }
    }
    for (int u = seats; u < SEATS; u++) c->user[u].active = false;
}

static void put_event(const struct customer *c, int u, int day, int minute, const char *event, int count)
{
    fprintf(usage, "cus_%04d,cus_%04d-u%d,", c->number, c->number, u + 1);
    put_day(usage, day);
    fprintf(usage, "T%02d:%02d:00Z,%s,%d\n", minute / 60, minute % 60, event, count);
}

/* What begins and may fail or be given up. */
static void put_flow(const struct customer *c, int u, int day, int minute)
{
    if (c->user[u].persona == PLANNER && day >= AUTOFILL_RELEASED) {
        put_event(c, u, day, minute, "autofill_started", 1);
        if (chance(700)) put_event(c, u, day, minute + 5, "autofill_finished", 1);
        return;
    }
    put_event(c, u, day, minute, "import_started", 1);
    if (chance(350)) put_event(c, u, day, minute + 5, "import_failed", 1 + below(3));
    if (chance(500)) put_event(c, u, day, minute + 15, "import_finished", 1);
}

static void put_user_day(const struct customer *c, int u, int day)
{
    static const char *const planner[] = {"shift_created", "shift_created", "shift_swapped",
                                          "roster_published"};
    static const char *const analyst[] = {"overtime_report_viewed", "overtime_report_viewed", "forecast_run",
                                          "payroll_export_run"};
    static const char *const administrator[] = {"shift_created", "api_call", "payroll_export_run",
                                                "api_call"};
    static const char *const *const by_persona[] = {planner, analyst, administrator};
    int minute = 15 * between(26, 72), events = 1 + (below(1000) < c->health / 3);
    if (chance(200)) put_event(c, u, day, minute, "login", 1);
    for (int i = 0; i < events; i++) {
        int kind = below(100);
        if (kind < 4 - c->health / 500 ||
            (day >= AUTOFILL_RELEASED && c->user[u].persona == PLANNER && kind < 4 + c->health / 100))
            put_flow(c, u, day, minute);
        else if (day >= MOBILE_RELEASED && kind < 12 && u % 2 == 0)
            put_event(c, u, day, minute, "mobile_checkin", 1 + below(4));
        else
            put_event(c, u, day, minute, by_persona[c->user[u].persona][kind % 4],
                      1 + below(1 + c->health / 200));
        minute += 30;
    }
}

void put_usage(struct customer *c)
{
    int will = 40 + c->health * c->health / 820;
    for (int day = c->from; day < c->until; day++)
        for (int u = 0; u < SEATS; u++)
            if (c->user[u].active && chance(c->user[u].rhythm * will / 1000 / (is_weekend(day) ? 4 : 1)))
                put_user_day(c, u, day);
}

void put_tickets(struct customer *c)
{
    static const char *const priorities[] = {"low", "normal", "normal", "high", "urgent"};
    static const char *const tags[] = {"roster_import", "roster_import", "roster_import", "payroll_export",
                                       "billing",       "mobile",        "how_to"};
    int trouble = 1000 - c->health, n = chance(trouble * 9 / 10) + chance(trouble * trouble / 1000) +
                                        (c->segment == ENTERPRISE && chance(300));
    c->ticket_trouble /= 2;
    for (int i = 0; i < n; i++) {
        int day = c->from + below(28), hours = 2 + below(10 + trouble / 8), minute = between(480, 780);
        if (day >= c->until) continue;
        bool escalated = chance(trouble * trouble / 3500);
        fprintf(tickets, "%d,cus_%04d,", 10000 + ++ticket_number, c->number);
        put_time(tickets, day, minute);
        fputc(',', tickets);
        int solved = day + hours / 24;
        if (solved <= LAST_DAY) put_time(tickets, solved, minute + hours % 24 * 10);
        fprintf(tickets, ",%s,%d,%s,%s\n", PICK(priorities), hours, escalated ? "true" : "false", PICK(tags));
        c->ticket_trouble += 1 + 3 * escalated;
    }
}

void put_survey(struct customer *c, int month)
{
    if (month % 3 != c->number % 3 || !chance(420)) return;
    int day = c->from + between(8, 24), score = (c->health + between(-180, 180)) / 100 + 1;
    if (day >= c->until) return;
    score = score < 0 ? 0 : score > 10 ? 10 : score;
    fprintf(survey, "cus_%04d,", c->number);
    put_day(survey, day);
    fprintf(survey, ",%d,%s\n", score,
            score >= 9   ? "Love it"
            : score >= 7 ? ""
                         : "\"Slow on Mondays, and\nthe import is clumsy\"");
    c->last_nps = score;
}

void put_features(void)
{
    static const char *const rows[] = {
        "login,login,,use,",
        "shift_created,shift planning,sticky,use,",
        "shift_swapped,shift swaps,sticky,use,",
        "roster_published,rosters,value,use,",
        "overtime_report_viewed,overtime report,value,use,",
        "forecast_run,demand forecast,differentiated,use,",
        "payroll_export_run,payroll export,differentiated,use,",
        "mobile_checkin,mobile check-in,new,use,2023-06-05",
        "autofill_started,autofill,new,start,2024-03-04",
        "autofill_finished,autofill,new,finish,2024-03-04",
        "import_started,roster import,,start,",
        "import_finished,roster import,,finish,",
        "import_failed,roster import,,error,",
        "api_call,programming interface,,use,",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) fprintf(features, "%s\n", rows[i]);
}
