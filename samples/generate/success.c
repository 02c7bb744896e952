/* success.c: the account in the CRM, the results it wants, the steps it was promised. */
#include "company.h"

void put_account(const struct customer *c)
{
    static const char *const segments[] = {"SMB", "Mid-Market", "Enterprise"};
    static const char *const industries[] = {"Healthcare", "Logistics",   "Retail",
                                             "Education",  "Hospitality", "Software"};
    static const char *const countries[] = {"US", "GB", "CA", "AU", "US", "DE", "FR", "NL"};
    fprintf(crm, "cus_%04d,\"%s\",%s,%s,%s,%s,", c->number, c->name, segments[c->segment],
            industries[c->industry], countries[c->country], managers[owner_on(c, LAST_DAY)]);
    put_us_day(crm, c->start);
    fputc(',', crm);
    int value = c->start + 20 + below(30) + (1000 - c->fit) / 12;
    if (value <= LAST_DAY && !(c->fit < 380 && c->number % 2)) put_us_day(crm, value);
    fputc(',', crm);
    if (c->annual && c->renewal < NEVER) put_us_day(crm, c->number % 97 == 5 ? c->renewal + 31 : c->renewal);
    fprintf(crm, ",%d,", (c->gone ? c->last_seats : seats_of(c)) + (c->number % 89 == 7));
    if (c->number % 40 == 3) fprintf(crm, "cus_%04d", c->number - 2);
    fputc('\n', crm);
}

void put_plan_of_success(const struct customer *c)
{
    static const char *const wanted[] = {"Cut overtime", "Fewer no-shows", "Faster rosters"};
    static const char *const drivers[] = {"save_money", "reduce_risk", "drive_strategy"};
    for (int i = 0; i <= c->segment; i++) {
        int grip = c->fit / 10 + below(40), due = c->start + 180 + 60 * i, reached = due + between(-60, 90);
        fprintf(goals, "cus_%04d,%s,%s", c->number, wanted[i], drivers[i]);
        for (int floor = 30; floor <= 90; floor += floor == 30 || floor == 45 ? 15 : 10)
            fprintf(goals, ",%s", grip > floor ? "yes" : "no");
        fprintf(goals, ",%d,%d,", 10 + 5 * i, grip / 6);
        put_day(goals, due);
        fputc(',', goals);
        if (grip / 6 >= 10 + 5 * i && reached <= LAST_DAY) put_day(goals, reached);
        fputc(',', goals);
        int talked = c->start + between(20, 700);
        if (grip > 45) put_day(goals, talked > LAST_DAY ? LAST_DAY - below(40) : talked);
        fputc('\n', goals);
    }
    static const char *const promised[] = {"kickoff", "data import", "first roster published",
                                           "team trained"};
    for (int i = 0; i < 4; i++) {
        int due = c->start + 12 + 18 * i, slip = c->fit < 500 ? below(60) - 5
                                                 : below(4)   ? -below(8)
                                                              : below(20);
        fprintf(steps, "cus_%04d,%s,", c->number, promised[i]);
        put_day(steps, due);
        fputc(',', steps);
        if (due + slip <= LAST_DAY && !(c->fit < 380 && i == 3))
            put_day(steps, due + slip < c->start ? c->start : due + slip);
        fprintf(steps, ",%s\n", i % 2 ? "customer" : "us");
    }
}
