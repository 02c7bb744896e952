/* revenue.c: what a customer pays, as rows of the billing export: contracts, renewals, growth, losses.
 *
 * A customer pays by the month or by the year (a year costs ten months). What is bought in the middle of a year is a row of
 * its own that runs to the date of the contract, so that all of it comes up for renewal on one day.
 */
#include "company.h"

#include <inttypes.h>
#include <string.h>

static const struct plan {
    const char *name, *product, *team;
    int cents; /* a seat and month */
} plans[] = {
    {"Basic (legacy)", "Scheduler", "Operations", 4900},
    {"Starter", "Scheduler", "Operations", 4900},
    {"Team", "Scheduler", "Operations", 9900},
    {"Business", "Scheduler", "Operations", 24900},
    {"Analytics", "Analytics add-on", "Finance", 7900},
    {"Support Desk", "Support Desk", "Customer Support", 5900},
};
static int subscriptions, trial_number;

void tell(const struct customer *c, int day, const char *what, const char *detail)
{
    fprintf(truth, "cus_%04d,", c->number);
    put_day(truth, day);
    fprintf(truth, ",%s,%s\n", what, detail);
}

static void put_row(const struct customer *c, const struct piece *p, int end)
{
    static const char *const codes[] = {"", "LAUNCH10", "PARTNER20"};
    const struct plan *plan = &plans[p->plan];
    bool monthly = p->term == 1;
    int64_t cents = (int64_t)p->cents * p->seats * (monthly ? 1 : 10);
    fprintf(billing, "sub_%05d,cus_%04d,%s,%s,%s,%d,%s,%s,%d,%" PRId64 ".%02" PRId64 ",%s,", p->number,
            c->number, plan->name, plan->product, plan->team, p->seats, c->currency,
            monthly ? "month" : "year", p->term, cents / 100, cents % 100,
            end == NEVER ? "active" : "canceled");
    put_time(billing, p->start, 60 + p->number % 1200);
    fputc(',', billing);
    if (end != NEVER) put_time(billing, end, 60 + p->number % 1200);
    fprintf(billing, ",%s\n", codes[p->coupon]);
}

static struct piece *add_piece(struct customer *c, int k, int plan, int seats, int start, int term)
{
    struct line *l = &c->line[k];
    if (l->n == PIECES) return NULL;
    struct piece *p = &l->piece[l->n++];
    *p = (struct piece){plan,  seats, plans[plan].cents, l->n > 1 ? l->piece[0].coupon : 0,
                        start, term,  ++subscriptions};
    if (l->n > 1) p->cents = l->piece[0].plan == plan ? l->piece[0].cents : p->cents;
    return p;
}

static void close_line(const struct customer *c, struct line *l, int day)
{
    for (int i = 0; i < l->n; i++)
        put_row(c, &l->piece[i], day < l->piece[i].start ? l->piece[i].start : day);
    l->n = 0;
}

static int line_seats(const struct line *l)
{
    int seats = 0;
    for (int i = 0; i < l->n; i++) seats += l->piece[i].seats;
    return seats;
}

int seats_of(const struct customer *c)
{
    return line_seats(&c->line[0]);
}

bool has_line(const struct customer *c, int k)
{
    return c->line[k].n > 0;
}

/* The rows of a line end on `day`, and one row for all of it begins on `start`. */
static void replace_line(struct customer *c, int k, int day, int start, int plan, int seats, int uplift)
{
    struct line *l = &c->line[k];
    struct piece old = l->piece[0];
    close_line(c, l, day);
    struct piece *p = add_piece(c, k, plan, seats, start, c->term);
    p->coupon = old.coupon;
    if (old.plan == plan) p->cents = old.cents;
    if (old.plan == BASIC && plan == STARTER)
        fprintf(identity, "subscription,sub_%05d,sub_%05d\n", old.number, p->number);
    p->cents += p->cents * uplift / 100 / 10 * 10;
}

static int next_anniversary(const struct customer *c, int day)
{
    int month = month_of(day), found = month_first(month) + c->anchor - 1;
    return found >= day ? found : month_first(month + 1) + c->anchor - 1;
}

static void lose(struct customer *c, int day)
{
    static const char *const reasons[] = {"low usage",    "champion left", "price",          "competitor",
                                          "product gaps", "budget cut",    "company closed", "acquired"};
    static const char *const kinds[] = {"loss at term", "loss after term", "loss in mid-term"};
    int reason = c->leaving == MID_TERM && c->annual && chance(500) ? between(6, 7)
                 : day - c->champion_left_on < 240                  ? 1
                 : c->health < 350 && chance(600)                   ? 0
                                                                    : between(2, 5);
    c->last_seats = seats_of(c);
    for (int k = 0; k < LINES; k++) close_line(c, &c->line[k], day);
    fprintf(losses, "cus_%04d,", c->number);
    put_day(losses, day + below(6) > LAST_DAY ? LAST_DAY : day + below(6));
    fprintf(losses, ",%s,%s,%s\n", reasons[reason], reason > 5 ? "No" : "Yes",
            reason < 3 || reason == 4 ? "Yes" : "No");
    tell(c, day, kinds[c->leaving], c->annual ? "by the year" : "by the month");
    c->gone = true;
    c->lost_on = day;
    c->until = day;
    c->leaving = -1;
    c->renewal = NEVER;
    c->pending_day = NEVER;
    leave_opportunity(c, day);
}

/* The chance in 100,000 that a month brings a customer of this health to leave: each ten points less, half as much again. */
static int hazard(const struct customer *c)
{
    static const int at[] = {31000, 23500, 17000, 11300, 6700, 3350, 1400, 530, 200, 80, 32};
    int ten = c->health / 100, rest = c->health % 100;
    return ten >= 10 ? at[10] : at[ten] + (at[ten + 1] - at[ten]) * rest / 100;
}

static bool rare(int per_100000)
{
    return below(100000) < per_100000;
}

void begin_revenue(struct customer *c, int day)
{
    static const int first_plan[] = {STARTER, TEAM, BUSINESS};
    int plan = c->segment == SMB && day < MIGRATION ? BASIC : first_plan[c->segment];
    int seats = c->segment == SMB ? between(2, 5) : c->segment == MID_MARKET ? between(4, 9) : between(8, 18);
    c->annual = chance(c->segment == SMB ? 380 : c->segment == MID_MARKET ? 600 : 850);
    c->term = !c->annual ? 1 : c->segment == ENTERPRISE && chance(150) ? 24 : 12;
    c->anchor = day_of_month(day);
    c->renewal = add_months(day, c->term);
    c->renewed = day;
    c->gone = false;
    c->leaving = -1;
    c->pending_day = NEVER;
    struct piece *p = add_piece(c, 0, plan, seats, day, c->term);
    p->coupon = chance(110) ? 1 : chance(60) ? 2 : 0;
}

/* The whole contract begins anew, before its time. */
static void renew_early(struct customer *c, int day)
{
    c->renewal = add_months(day, c->term);
    c->renewed = day;
    tell(c, day, "renewed early", "");
}

static void grow_seats(struct customer *c, int day, int months)
{
    int plan = c->line[0].piece[0].plan, seats = seats_of(c), more = c->pending_seats;
    if (!c->annual || !months) {
        replace_line(c, 0, day, day, plan, seats + more, 0);
    } else if (chance(200)) {
        renew_early(c, day);
        for (int k = 0; k < LINES; k++)
            if (has_line(c, k))
                replace_line(c, k, day, day, c->line[k].piece[0].plan,
                             line_seats(&c->line[k]) + (k ? 0 : more), 0);
    } else {
        add_piece(c, 0, plan, more, day, months);
    }
}

/* What was agreed on: more seats, the next plan, another product. Months to the renewal: 0 is the renewal itself. */
static void grow(struct customer *c, int day, int months)
{
    int plan = c->line[0].piece[0].plan, seats = seats_of(c);
    char detail[80];
    if (c->pending_kind == ADD_ON) {
        int k = has_line(c, 1) ? 2 : 1;
        if (!has_line(c, k))
            add_piece(c, k, k == 1 ? ANALYTICS : SUPPORT_DESK, 1 + seats / 3, day, months ? months : c->term);
        snprintf(detail, sizeof detail, "cross-sell of %s", k == 1 ? "Analytics" : "Support Desk");
    } else if (c->pending_kind == HIGHER_PLAN && plan < BUSINESS) {
        int next = plan == TEAM ? BUSINESS : TEAM;
        if (months && c->annual) renew_early(c, day);
        replace_line(c, 0, day, day, next, seats, 0);
        snprintf(detail, sizeof detail, "upsell from %s to %s", plans[plan].name, plans[next].name);
    } else {
        if (seats + c->pending_seats > SEATS) c->pending_seats = SEATS - seats;
        if (c->pending_seats < 1) return;
        snprintf(detail, sizeof detail, "upsell of %d seats", c->pending_seats);
        grow_seats(c, day, months);
    }
    tell(c, day, "expansion", detail);
    c->pending_day = NEVER;
}

/* Will they go now? If only after they have renewed, the day is set. True: they are gone. */
static bool leave(struct customer *c)
{
    int due = c->renewal, odds = c->annual ? hazard(c) * 9 : hazard(c);
    if (!rare(odds < 85000 ? odds : 85000)) return false;
    bool after = chance(c->annual ? 450 : 150);
    c->leaving = after ? AFTER_TERM : AT_TERM;
    if (!after) {
        if (c->annual) tell(c, due, "renewal lost", "");
        lose(c, due);
        return true;
    }
    c->lost_on = due + (c->annual ? between(6, 40) : between(4, 24));
    if (c->annual) tell(c, due, "renewal fell through", "");
    return false;
}

/* The day on which what comes after the due date begins: the due date, or a later one. */
static int restart(struct customer *c)
{
    int due = c->renewal, start = due;
    if (c->leaving < 0 && chance(c->annual ? 75 : 2)) {
        do start = due + between(3, c->annual ? 28 : 14);
        while (day_of_month(start) > 28);
        tell(c, start, "renewed late", c->annual ? "by the year" : "by the month");
        c->anchor = day_of_month(start);
    }
    c->renewed = start;
    c->renewal = add_months(start, c->term);
    return start;
}

static void renew_add_ons(struct customer *c, int due, int start)
{
    for (int k = 1; k < LINES; k++) {
        if (!has_line(c, k)) continue;
        if (c->health < 380 && chance(c->annual ? 350 : 50)) {
            close_line(c, &c->line[k], due);
            tell(c, due, "contraction", "an add-on dropped");
        } else if (start != due || (c->annual && c->line[k].piece[0].term != c->term)) {
            replace_line(c, k, due, start, c->line[k].piece[0].plan, line_seats(&c->line[k]), 0);
        }
    }
}

/* A due date of a contract: it is renewed as it is, higher, lower, late, or not at all. A row runs on where nothing changes,
 * and sometimes a new one takes its place all the same. */
static void renew(struct customer *c)
{
    int due = c->renewal, seats = seats_of(c), used = active_users(c);
    if (leave(c)) return;
    int start = restart(c), old = c->line[0].piece[0].plan, wanted = seats, uplift = 0;
    int plan = old == BASIC && due >= MIGRATION ? STARTER : old;
    if (used + 1 < seats && seats > 2 && c->health < 600 && chance(c->annual ? 600 : 60)) {
        wanted = used + 1 > 1 ? used + 1 : 2;
        tell(c, start, "contraction", "fewer seats");
    } else if (c->annual && c->health > 450 && chance(300) && due > 365) {
        uplift = between(3, 8);
    }
    bool agreed = c->pending_day <= start && c->leaving < 0;
    bool changed = start != due || wanted != seats || uplift || plan != old || c->line[0].n > 1;
    bool anew = changed || (c->annual && chance(500));
    if (anew && !(agreed && start == due && !c->annual)) replace_line(c, 0, due, start, plan, wanted, uplift);
    renew_add_ons(c, due, start);
    if (agreed) grow(c, start, 0);
    if (c->annual && c->leaving < 0 && start == due)
        tell(c, due, "renewed on time",
             wanted < seats                  ? "lower"
             : uplift || seats_of(c) > seats ? "higher"
             : anew                          ? "as it was; a new row"
                                             : "as it was");
}

static void migrate(struct customer *c)
{
    if (!c->annual && c->line[0].n && c->line[0].piece[0].plan == BASIC &&
        c->line[0].piece[0].start < MIGRATION) {
        replace_line(c, 0, MIGRATION, MIGRATION, STARTER, seats_of(c), 0);
        c->anchor = 1;
        c->renewal = add_months(MIGRATION, 1);
    }
}

static void come_back(struct customer *c, int month)
{
    int day = month_first(month) + between(2, 26);
    c->from = c->until;
    if (day - c->lost_on < 80 || !chance(18)) return;
    c->health = between(480, 700);
    c->fit = between(500, 800);
    begin_revenue(c, day);
    c->opportunity.open = false;
    c->from = day;
    tell(c, day, "came back", "");
}

/* Bankrupt, bought, or out by agreement, between one due date and the next. */
static void leave_in_mid_term(struct customer *c, int day)
{
    const struct line *l = &c->line[0];
    if (!c->annual || c->leaving >= 0 || !rare(hazard(c) / 3)) return;
    if (day - c->renewed <= 50 || day >= c->renewal - 10 || day <= l->piece[l->n - 1].start) return;
    c->leaving = MID_TERM;
    lose(c, day);
}

static void grow_in_mid_term(struct customer *c, int first, int next)
{
    if (c->leaving < 0 && c->pending_day == NEVER && active_users(c) >= seats_of(c) && c->health > 550 &&
        chance(50)) {
        c->pending_kind = MORE_SEATS; /* by themselves, in the settings */
        c->pending_seats = 1 + seats_of(c) / 5;
        c->pending_day = first;
    }
    if (c->pending_day >= next || !c->annual) return;
    int at = next_anniversary(c, c->pending_day > first ? c->pending_day : first);
    int months = month_of(c->renewal) - month_of(at);
    if (at <= c->renewed || at >= next || months < 1) return;
    if (c->line[0].piece[c->line[0].n - 1].start < at) grow(c, at, months);
}

void live_revenue(struct customer *c, int month)
{
    int first = month_first(month), next = month_first(month + 1);
    c->from = c->renewed > first ? c->renewed : first;
    c->until = next;
    if (c->gone) {
        come_back(c, month);
        return;
    }
    if (month == month_of(MIGRATION)) migrate(c);
    while (!c->gone) {
        if (c->leaving >= 0 && c->lost_on < next && c->lost_on <= c->renewal) {
            lose(c, c->lost_on);
        } else if (c->renewal < next) {
            renew(c);
        } else {
            break;
        }
    }
    if (c->gone) return;
    leave_in_mid_term(c, first + between(1, 26));
    if (!c->gone) grow_in_mid_term(c, first, next);
}

void end_revenue(struct customer *c)
{
    for (int k = 0; k < LINES; k++)
        for (int i = 0; i < c->line[k].n; i++) put_row(c, &c->line[k].piece[i], NEVER);
}

static const char *const trial_sources[] = {"website", "referral", "partner", "webinar"};

void put_converted_trial(const struct customer *c)
{
    const struct piece *p = &c->line[0].piece[0];
    int begun = c->start - 14 + between(0, 4);
    fprintf(trials, "trial_%04d,cus_%04d,%s,%d,%s,", ++trial_number, c->number, plans[p->plan].name, p->seats,
            PICK(trial_sources));
    put_day(trials, begun);
    fputc(',', trials);
    put_day(trials, begun + 14);
    fprintf(trials, ",%d,converted,", between(4, 11));
    put_day(trials, c->start);
    fprintf(trials, ",sub_%05d\n", p->number);
}

/* Trials that nobody bought after, and those that run on the last day; these are in the billing export too. */
void put_trials(void)
{
    for (int i = 0; i < 172; i++) {
        int begun = i < 160 ? 20 + i * (LAST_DAY - 40) / 160 + below(5) : LAST_DAY - 13 + i - 160;
        int seats = between(2, 8), number = CUSTOMERS + 20 + i,
            plan = seats > 4           ? TEAM
                   : begun < MIGRATION ? BASIC
                                       : STARTER;
        bool running = i >= 160;
        fprintf(trials, "trial_%04d,cus_%04d,%s,%d,%s,", ++trial_number, number, plans[plan].name, seats,
                PICK(trial_sources));
        put_day(trials, begun);
        fputc(',', trials);
        put_day(trials, begun + 14);
        fprintf(trials, ",%d,%s,,\n", running ? below(LAST_DAY - begun + 1) : below(7),
                running ? "active" : "expired");
        if (!running) continue;
        fprintf(billing, "sub_8%04d,cus_%04d,%s,Scheduler,Operations,%d,usd,month,1,%d.00,trialing,", i,
                number, plans[plan].name, seats, seats * plans[plan].cents / 100);
        put_time(billing, begun, 600);
        fputs(",,\n", billing);
    }
}

/* Rows as they really come: typed by hand, cut off, or half migrated. */
void put_broken_rows(void)
{
    static const char *const rows[] = {
        "sub_90001,cus_0017,Team,Scheduler,Operations,5,usd,month,1,495.00,active,2023-02-30 09:00,,",
        "sub_90002,cus_0021,Team,Scheduler,Operations,5,usd,month,1,n/a,active,2023-05-01 09:00,,",
        "sub_90003,,Starter,Scheduler,Operations,3,usd,month,1,147.00,active,2023-05-01 09:00,,",
        "sub_90004,cus_0030,Starter,Scheduler,Operations,3,usd,month,1,147.00,canceled,2024-03-01 09:00,2024-02-01 09:00,",
        "sub_90005,cus_0031,Starter,Scheduler,Operations,3,usd,month",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) fprintf(billing, "%s\n", rows[i]);
}
