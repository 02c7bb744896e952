/* company.h: what the parts of the generator share.
 *
 * A day is counted from 2022-01-01 (0) to 2024-12-31 (LAST_DAY); a month from January 2022 (0). Days of the month on which
 * something falls due are 1 to 28, so that every month has them.
 */
#ifndef COMPANY_H
#define COMPANY_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    FIRST_YEAR = 2022,
    MONTHS = 36,
    LAST_DAY = 1095,
    CUSTOMERS = 560,
    MIGRATION = 546, /* 2023-07-01: Basic becomes Starter */
    SEATS = 32,
    PIECES = 12,
    LINES = 3,
    PEOPLE = 8,
    NEVER = 1 << 20
};
enum { SMB, MID_MARKET, ENTERPRISE };
enum { BASIC, STARTER, TEAM, BUSINESS, ANALYTICS, SUPPORT_DESK };
enum { AT_TERM, AFTER_TERM, MID_TERM };
enum { MORE_SEATS, HIGHER_PLAN, ADD_ON };

/* random.c: one seeded generator, integers alone */
uint64_t draw(void);
int below(int n);               /* 0 .. n-1 */
int between(int low, int high); /* both included */
bool chance(int per_thousand);
const char *pick(const char *const *words, int n);
#define PICK(words) pick(words, (int)(sizeof(words) / sizeof *(words)))
/* Each customer has a stream of its own: a change to one leaves the others alone. */
void reseed(uint64_t stream);

/* days.c */
int month_first(int month);
int month_of(int day);
int day_of_month(int day);
int add_months(int day, int months);
bool is_weekend(int day);
void put_day(FILE *out, int day);              /* 2024-02-29; nothing for NEVER */
void put_us_day(FILE *out, int day);           /* 2/29/2024 */
void put_time(FILE *out, int day, int minute); /* 2024-02-29 09:30 */

/* exports.c: the files, open from the start to the end */
extern FILE *billing, *coupons, *trials, *identity, *crm, *people_file, *owners, *opportunities, *usage,
    *tickets, *survey, *touch, *tasks, *goals, *steps, *losses, *rates, *features, *truth;
void open_exports(const char *folder);
void close_exports(void);

struct piece { /* a row of the billing export that still runs */
    int plan, seats, cents, coupon, start, term, number;
};
struct line { /* what one team pays for: a contract and what was added to it in mid-term */
    struct piece piece[PIECES];
    int n;
};
struct user {
    int rhythm, persona; /* a working day's chance of use in thousandths */
    bool active;
};
struct person {
    char id[16];
    int name, level, mood, start, left, reports_to, user;
    unsigned roles; /* a bit per word of role_words */
};
struct tenure { /* of a customer-success manager: from <= day < until */
    int manager, from, until;
};
struct opportunity {
    int number, stage, next, amount, expected, kind, source;
    bool open;
};
struct task { /* the last play for the account */
    int month, effect_from, effect_until;
};

struct customer {
    int number, segment, industry, country, start;
    const char *currency;
    char name[64];

    int health;     /* 0 to 1000: what all else follows from */
    int fit;        /* what health moves towards */
    int growth;     /* how readily new users come */
    int shaken;     /* months for which a champion's leaving still costs health */
    int low_months; /* how long less than half of the seats have been in use */
    int champion_left_on, last_nps, ticket_trouble;

    bool annual, gone;
    int term, anchor;     /* months of the contract; the day of the month on which it falls due */
    int renewed, renewal; /* its last due date and the next */
    int leaving, lost_on; /* how and when they go, as far as it is settled: AT_TERM ..., or -1 */
    int from, until;      /* the days of this month on which they pay: from <= day < until */
    int pending_kind, pending_seats, pending_day; /* what was agreed on; NEVER: nothing */
    int last_seats;                               /* when they went */
    struct line line[LINES];

    struct user user[SEATS];
    struct person person[PEOPLE];
    int people;
    struct tenure tenure[4];
    int tenures;
    struct opportunity opportunity;
    struct task task;
};

/* revenue.c */
void begin_revenue(struct customer *c, int day);
void live_revenue(struct customer *c, int month);
void end_revenue(struct customer *c); /* writes the rows that still run */
int seats_of(const struct customer *c);
bool has_line(const struct customer *c, int k);
void put_trials(void);
void put_converted_trial(const struct customer *c);
void put_broken_rows(void);
void tell(const struct customer *c, int day, const char *what, const char *detail); /* a row of the truth */

/* usage.c */
void begin_users(struct customer *c);
void live_users(struct customer *c);
int active_users(const struct customer *c);
void put_usage(struct customer *c);
void put_features(void);
void put_tickets(struct customer *c);
void put_survey(struct customer *c, int month);

/* people.c */
extern const char *const managers[];
void begin_people(struct customer *c);
void live_people(struct customer *c, int month);
void new_champion(struct customer *c, int day);
int champion(const struct customer *c, int day); /* which person, or -1 */
bool has_role(const struct customer *c, unsigned role, int day);
enum { CHAMPION, USER, ECONOMIC_BUYER, SPONSOR, TECHNICAL_BUYER, INFLUENCER, USER_BUYER };
void put_people(const struct customer *c);
void put_touchpoints(struct customer *c, int month);
void begin_owner(struct customer *c);
int owner_on(const struct customer *c, int day);
void put_owners(const struct customer *c);

/* pipeline.c */
void live_pipeline(struct customer *c, int month);
void open_opportunity(struct customer *c, int day, int source);
void leave_opportunity(struct customer *c, int day); /* of a customer that is lost */
void live_tasks(struct customer *c, int month);

/* success.c */
void put_account(const struct customer *c);
void put_plan_of_success(const struct customer *c);
#endif
