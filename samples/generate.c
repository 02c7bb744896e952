/* generate.c: makes the raw exports of an invented company, Brightwater, which sells a team scheduler.
 *
 *     cc -std=c17 -O2 -o generate samples/generate.c && ./generate samples/exports
 *
 * About 300 customers from 2022-01 to 2024-12. Each has a hidden health that drifts month by month;
 * usage, tickets, survey answers, upgrades and losses all follow from it, so that what the tools find
 * is there to be found. The mess is that of real exports: annual and monthly plans, a plan migration
 * on 2023-07-01, coupons, trials, customers who come back, and a few broken rows. Integers and one
 * seeded generator only: the same bytes on every machine.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CUSTOMERS = 300, MONTHS = 36, FIRST_YEAR = 2022, LINES = 3, USERS = 5, MIGRATION = 18 };

static uint64_t state = 20241231;

/* splitmix64 */
static uint64_t draw(void)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int below(int n) /* 0 .. n-1 */
{
    return (int)(draw() % (uint64_t)n);
}

static bool chance(int per_thousand)
{
    return below(1000) < per_thousand;
}

static const char *pick(const char *const *words, int n)
{
    return words[below(n)];
}

struct plan {
    const char *name, *product, *team;
    int cents; /* a seat and month */
};
enum { BASIC, STARTER, TEAM, BUSINESS, ANALYTICS, SUPPORT_DESK, PLANS };
static const struct plan plans[PLANS] = {
    {"Basic (legacy)", "Scheduler", "Operations", 900},
    {"Starter", "Scheduler", "Operations", 1000},
    {"Team", "Scheduler", "Operations", 1900},
    {"Business", "Scheduler", "Operations", 3500},
    {"Analytics", "Analytics add-on", "Finance", 1200},
    {"Support Desk", "Support Desk", "Customer Support", 1500},
};

struct line { /* what a customer pays for now; seats == 0: nothing */
    int plan, seats, coupon, since, number;
    bool annual;
};

struct customer {
    int number, segment, start, health, drift, seats, lost; /* lost: month of the last loss, or -1 */
    bool gone, champion_left;
    const char *industry, *country, *csm;
    struct line line[LINES];
};

static FILE *billing, *crm, *coupons, *identity, *usage, *tickets, *survey, *people, *goals, *steps, *losses,
    *rates;
static int subscriptions, ticket_number;

static const char *const segments[] = {"SMB", "Mid-Market", "Enterprise"};
static const char *const industries[] = {"Healthcare", "Logistics",   "Retail",
                                         "Education",  "Hospitality", "Software"};
static const char *const countries[] = {"US", "GB", "DE", "FR", "NL", "CA", "AU"};
static const char *const managers[] = {"Dana Okafor", "Luis Pereira", "Mei Tanaka", "Ruth Adler"};
static const char *const first_words[] = {"North",  "Blue",   "Silver",  "Green",  "Stone",
                                          "River",  "Maple",  "Iron",    "Cedar",  "Bright",
                                          "Harbor", "Summit", "Prairie", "Golden", "Quiet"};
static const char *const last_words[] = {"field Clinics", "line Freight", "bridge Foods", "wood Schools",
                                         "haven Hotels",  "peak Labs",    "gate Stores",  "brook Care",
                                         "port Systems",  "crest Media"};

static int month_days(int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = FIRST_YEAR + month / 12;
    return days[month % 12] + (month % 12 == 1 && year % 4 == 0);
}

static void put_day(FILE *out, int month, int day)
{
    fprintf(out, "%04d-%02d-%02d", FIRST_YEAR + month / 12, month % 12 + 1, day);
}

static void put_time(FILE *out, int month, int day, int minute)
{
    put_day(out, month, day);
    fprintf(out, " %02d:%02d", minute / 60, minute % 60);
}

/* One row of the billing export. `end_month` < 0: still running. Amount is what is charged an
 * interval, for all seats. */
static void put_subscription(const struct customer *c, const struct line *l, int day, int end_month,
                             int end_day, const char *status)
{
    const struct plan *p = &plans[l->plan];
    int64_t cents = (int64_t)p->cents * l->seats * (l->annual ? 10 : 1); /* a year costs ten months */
    fprintf(billing, "sub_%05d,cus_%04d,%s,%s,%s,%d,usd,%s,%" PRId64 ".%02" PRId64 ",%s,", l->number,
            c->number, p->name, p->product, p->team, l->seats, l->annual ? "year" : "month", cents / 100,
            cents % 100, status);
    put_time(billing, l->since, day, 60 + l->number % 1200);
    fputc(',', billing);
    if (end_month >= 0) put_time(billing, end_month, end_day, 60 + l->number % 1200);
    fprintf(billing, ",%s\n", l->coupon == 0 ? "" : l->coupon == 1 ? "LAUNCH10" : "PARTNER20");
}

static int start_day(const struct line *l, const struct customer *c)
{
    int day = 1 + (c->number * 7 + l->plan) % 28;
    return l->since == MIGRATION && l->plan == STARTER && l->coupon == 0 ? 1 : day;
}

static void open_line(struct line *l, int plan, int seats, int month, bool annual, int coupon)
{
    *l = (struct line){.plan = plan, .seats = seats, .coupon = coupon, .since = month, .annual = annual};
    l->number = ++subscriptions;
}

/* Ends a line on the day of `month` on which its successor (or nothing) begins. */
static void close_line(const struct customer *c, struct line *l, int month, int day)
{
    int begun = start_day(l, c);
    if (l->since == month && begun > day) day = begun; /* never before it began */
    put_subscription(c, l, begun, month, day, "canceled");
    l->seats = 0;
}

/* The same line at other seats or on another plan, from that day on. */
static void change_line(const struct customer *c, int k, int month, int plan, int seats)
{
    struct customer *w = (struct customer *)c;
    struct line old = w->line[k];
    struct line next;
    open_line(&next, plan, seats, month, old.annual, old.coupon);
    if (month == MIGRATION && old.plan == BASIC && plan == STARTER) next.coupon = 0;
    int day = start_day(&next, c);
    close_line(c, &w->line[k], month, day);
    if (old.since == month && start_day(&old, c) > day) next.since = month;
    w->line[k] = next;
    if (old.plan == BASIC && plan == STARTER)
        fprintf(identity, "subscription,sub_%05d,sub_%05d\n", old.number, next.number);
}

static void lose(struct customer *c, int month)
{
    static const char *const reasons[] = {"low usage",  "champion left", "price",
                                          "competitor", "product gaps",  "company closed"};
    int reason = c->health < 25 ? below(2) : 2 + below(4);
    int day = 28;
    for (int k = 0; k < LINES; k++)
        if (c->line[k].seats) close_line(c, &c->line[k], month, day);
    fprintf(losses, "cus_%04d,", c->number);
    put_day(losses, month, day);
    fprintf(losses, ",%s,%s,%s\n", reasons[reason], reason == 5 ? "No" : "Yes",
            reason < 3 || reason == 4 ? "Yes" : "No");
    c->gone = true;
    c->lost = month;
}

static void begin(struct customer *c, int month)
{
    int plan = c->segment == 0 ? (month < MIGRATION ? BASIC : STARTER) : c->segment == 1 ? TEAM : BUSINESS;
    int coupon = chance(120) ? 1 : chance(60) ? 2 : 0;
    open_line(&c->line[0], plan, c->seats, month, chance(400), coupon);
    c->gone = false;
}

static void live_month(struct customer *c, int month)
{
    struct line *main_line = &c->line[0];
    if (month == MIGRATION && main_line->plan == BASIC) change_line(c, 0, month, STARTER, main_line->seats);
    if (main_line->since == month) return; /* one change a month */
    int hazard = c->health < 20 ? 110 : c->health < 40 ? 55 : c->health < 60 ? 14 : 3;
    bool renewal = !main_line->annual || (month - main_line->since) % 12 == 0;
    if (renewal && chance(main_line->annual ? hazard * 5 : hazard)) {
        lose(c, month);
        return;
    }
    if (c->health > 70 && chance(45)) {
        change_line(c, 0, month, main_line->plan, main_line->seats + 1 + main_line->seats / 4);
    } else if (c->health > 75 && chance(15) && main_line->plan == TEAM) {
        change_line(c, 0, month, BUSINESS, main_line->seats);
    } else if (c->health < 40 && main_line->seats > 3 && chance(40)) {
        change_line(c, 0, month, main_line->plan, main_line->seats - 1 - main_line->seats / 5);
    }
    for (int k = 1; k < LINES; k++) {
        struct line *l = &c->line[k];
        if (!l->seats && c->segment > 0 && c->health > 60 && chance(12))
            open_line(l, k == 1 ? ANALYTICS : SUPPORT_DESK, 2 + main_line->seats / 3, month,
                      main_line->annual, 0);
        else if (l->seats && l->since < month && c->health < 35 && chance(50))
            close_line(c, l, month, 28);
    }
}

static void put_usage(const struct customer *c, int month)
{
    static const char *const features[] = {"login",         "shift_created", "shift_swapped",
                                           "report_viewed", "api_call",      "export_run"};
    int seats = c->line[0].seats;
    int users = seats < USERS ? seats : USERS;
    for (int u = 0; u < users; u++) {
        if (below(100) >= c->health + 15) continue;
        int kinds = 1 + (c->health > 50) * below(2) + (c->health > 75) * below(2);
        for (int k = 0; k < kinds; k++) {
            fprintf(usage, "cus_%04d,cus_%04d-u%d,", c->number, c->number, u + 1);
            put_day(usage, month, 1 + below(month_days(month)));
            int minute = below(1440);
            fprintf(usage, "T%02d:%02d:00Z,%s,%d\n", minute / 60, minute % 60,
                    k ? features[1 + below(5)] : features[0], 1 + below(1 + c->health / 5));
        }
    }
}

static void put_tickets(const struct customer *c, int month)
{
    static const char *const priorities[] = {"low", "normal", "normal", "high", "urgent"};
    int n = (c->health < 40 ? below(3) : chance(180)) + (c->segment == 2 && chance(300));
    for (int i = 0; i < n; i++) {
        int day = 1 + below(26), hours = 2 + below(c->health < 40 ? 90 : 30);
        fprintf(tickets, "%d,cus_%04d,", 10000 + ++ticket_number, c->number);
        int minute = 480 + below(300);
        put_time(tickets, month, day, minute);
        fputc(',', tickets);
        int solved = day + hours / 24;
        if (solved <= month_days(month)) put_time(tickets, month, solved, minute + hours % 24 * 10);
        fprintf(tickets, ",%s,%d,%s\n", pick(priorities, 5), hours,
                c->health < 30 && chance(250) ? "true" : "false");
    }
}

static void put_survey(const struct customer *c, int month)
{
    if (month % 3 != 2 || !chance(450)) return;
    int score = c->health / 10 + 1 + below(3) - 1;
    fprintf(survey, "cus_%04d,", c->number);
    put_day(survey, month, 10 + below(15));
    fprintf(survey, ",%d,%s\n",
            score < 0    ? 0
            : score > 10 ? 10
                         : score,
            score >= 9   ? "Love it"
            : score >= 7 ? ""
                         : "\"Slow on Mondays, and\nthe export is clumsy\"");
}

static void put_people(const struct customer *c)
{
    static const char *const roles[] = {"champion",        "user",      "economic_buyer", "executive_sponsor",
                                        "technical_buyer", "influencer"};
    static const char *const feelings[] = {"detractor", "passive", "promoter"};
    int n = 1 + c->segment * 2 + below(3);
    for (int i = 0; i < n && i < 6; i++) {
        int mood = (c->health + below(60)) / 50;
        bool left = i == 0 && c->champion_left;
        fprintf(people, "cus_%04d,con_%04d_%d,%s,%s,%s,", c->number, c->number, i + 1, roles[i],
                feelings[mood > 2 ? 2 : mood],
                i == 3   ? "C-level"
                : i == 2 ? "VP"
                         : "Manager");
        put_day(people, c->start, 1);
        fputc(',', people);
        if (left) put_day(people, c->start + 4 + below(10) < MONTHS ? c->start + 4 : MONTHS - 1, 15);
        fputc('\n', people);
    }
}

static void put_plan_of_success(const struct customer *c)
{
    static const char *const wanted[] = {"Cut overtime", "Fewer no-shows", "Faster rosters"};
    static const char *const drivers[] = {"save_money", "reduce_risk", "drive_strategy"};
    for (int i = 0; i <= c->segment; i++) {
        int grip = c->health + below(40);
        fprintf(goals, "cus_%04d,%s,%s,%s,%s,%s,%s,%s,%s,%d,%d\n", c->number, wanted[i], drivers[i],
                grip > 30 ? "yes" : "no", grip > 45 ? "yes" : "no", grip > 60 ? "yes" : "no",
                grip > 70 ? "yes" : "no", grip > 80 ? "yes" : "no", grip > 90 ? "yes" : "no", 10 + 5 * i,
                grip / 6);
    }
    static const char *const promised[] = {"kickoff", "data import", "first roster published",
                                           "team trained"};
    for (int i = 0; i < 4; i++) {
        int due = c->start + (i + 1) / 2, slip = c->health < 45 ? below(3) : below(8) == 0;
        if (due >= MONTHS) break;
        fprintf(steps, "cus_%04d,%s,", c->number, promised[i]);
        put_day(steps, due, 20);
        fputc(',', steps);
        if (due + slip < MONTHS && !(c->health < 30 && i == 3)) put_day(steps, due + slip, slip ? 25 : 15);
        fprintf(steps, ",%s\n", i % 2 ? "customer" : "us");
    }
}

static void put_account(const struct customer *c)
{
    fprintf(crm, "cus_%04d,\"%s%s%s\",%s,%s,%s,%s,", c->number, pick(first_words, 15), pick(last_words, 10),
            c->number % 23 == 0 ? ", Inc." : "", segments[c->segment], c->industry, c->country, c->csm);
    fprintf(crm, "%d/%d/%d,", (c->start % 12) + 1, 1 + c->number % 28, FIRST_YEAR + c->start / 12);
    if (c->start + 1 < MONTHS)
        fprintf(crm, "%d/%d/%d", (c->start + 1) % 12 + 1, 25, FIRST_YEAR + (c->start + 1) / 12);
    /* seats are for the managers who log in; a subscription's quantity counts the people they schedule */
    int seats = c->seats < USERS ? c->seats : USERS;
    fprintf(crm, ",%d/%d/%d,%d,", c->start % 12 + 1, 1 + c->number % 28, FIRST_YEAR + MONTHS / 12, seats);
    if (c->number % 40 == 3) fprintf(crm, "cus_%04d", c->number - 2);
    fputc('\n', crm);
}

static void live(struct customer *c)
{
    for (int month = c->start; month < MONTHS; month++) {
        c->health += below(15) - 7 + c->drift - (c->champion_left && month > c->start + 4 ? 2 : 0);
        c->health = c->health < 3 ? 3 : c->health > 98 ? 98 : c->health;
        if (month == c->start)
            begin(c, month);
        else if (!c->gone)
            live_month(c, month);
        else if (month - c->lost >= 3 && chance(25))
            c->health = 60, begin(c, month);
        if (c->gone) continue;
        put_usage(c, month);
        put_tickets(c, month);
        put_survey(c, month);
    }
    for (int k = 0; k < LINES; k++)
        if (c->line[k].seats) put_subscription(c, &c->line[k], start_day(&c->line[k], c), -1, 0, "active");
}

/* Rows as they really come: typed by hand, cut off, or half migrated. */
static void put_broken_rows(void)
{
    fputs("sub_90001,cus_0017,Team,Scheduler,Operations,5,usd,month,95.00,active,2023-02-30 09:00,,\n",
          billing);
    fputs("sub_90002,cus_0021,Team,Scheduler,Operations,5,usd,month,n/a,active,2023-05-01 09:00,,\n",
          billing);
    fputs("sub_90003,,Starter,Scheduler,Operations,3,usd,month,30.00,active,2023-05-01 09:00,,\n", billing);
    fputs("sub_90004,cus_0030,Starter,Scheduler,Operations,3,usd,month,30.00,canceled,2024-03-01 "
          "09:00,2024-02-01 09:00,\n",
          billing);
    fputs("sub_90005,cus_0031,Starter,Scheduler,Operations,3,usd,month\n", billing);
}

static void put_trials(void)
{
    for (int i = 0; i < 12; i++) {
        fprintf(billing, "sub_8%04d,cus_%04d,Team,Scheduler,Operations,5,usd,month,95.00,trialing,", i,
                320 + i);
        put_time(billing, MONTHS - 1, 5 + i, 600);
        fputs(",,\n", billing);
    }
}

static FILE *create(const char *folder, const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(2);
    }
    fprintf(f, "%s\n", header);
    return f;
}

static void open_all(const char *folder)
{
    billing = create(folder, "stripe_subscriptions.csv",
                     "id,Customer ID,Plan,Product,Team (metadata),Quantity,Currency,Interval,Amount,Status,"
                     "Start Date (UTC),Ended At (UTC),Coupon");
    coupons = create(folder, "stripe_coupons.csv", "id,percent_off,duration");
    fputs("LAUNCH10,10,forever\nPARTNER20,20,forever\n", coupons);
    identity = create(folder, "identity.csv", "kind,old_id,new_id");
    fputs("plan,Basic (legacy),Starter\n", identity);
    crm = create(folder, "crm_accounts.csv",
                 "Billing ID,Account Name,Segment,Industry,Billing Country,Account Owner,Customer Since,"
                 "First Value Date,Renewal Date,Seats,Parent Billing ID");
    usage = create(folder, "product_usage.csv", "account,user,timestamp,event,count");
    tickets =
        create(folder, "zendesk_tickets.csv",
               "Id,Organization External Id,Created at,Solved at,Priority,Resolution time (h),Escalated");
    survey = create(folder, "nps_responses.csv", "customer,responded_on,score,comment");
    people = create(folder, "crm_contacts.csv", "account,contact,role,sentiment,level,since,left_on");
    goals =
        create(folder, "outcomes.csv",
               "account,outcome,value_driver,connected,identified,quantified,operational,socialized,aligned,"
               "target,actual");
    steps = create(folder, "milestones.csv", "account,milestone,due_date,done_date,owner");
    losses = create(folder, "churn_reasons.csv", "account,lost_on,reason,voluntary,controllable");
    rates = create(folder, "fx_rates.csv", "currency,date,rate");
}

static void close_all(void)
{
    FILE *all[] = {billing, crm,    coupons, identity, usage,  tickets,
                   survey,  people, goals,   steps,    losses, rates};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (fclose(all[i]) == 0) continue;
        perror("generate");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: generate FOLDER\n", stderr);
        return 2;
    }
    open_all(argv[1]);
    for (int i = 0; i < CUSTOMERS; i++) {
        struct customer c = {.number = i + 1, .lost = -1, .gone = true};
        c.segment = below(10) < 6 ? 0 : below(10) < 7 ? 1 : 2;
        c.start = i * 34 / CUSTOMERS;
        c.health = 35 + below(60);
        c.drift = below(4) == 0 ? -1 : 0;
        c.seats = c.segment == 0 ? 2 + below(10) : c.segment == 1 ? 12 + below(50) : 60 + below(200);
        c.industry = pick(industries, 6);
        c.country = pick(countries, 7);
        c.csm = managers[c.segment == 2 ? 3 : below(3)];
        c.champion_left = chance(180);
        put_account(&c);
        put_people(&c);
        put_plan_of_success(&c);
        live(&c);
    }
    put_trials();
    put_broken_rows();
    for (int month = 0; month < MONTHS; month++) {
        fputs("EUR,", rates);
        put_day(rates, month, 1);
        fprintf(rates, ",1.%04d\n", 500 + below(900));
    }
    close_all();
    return 0;
}
