/* company.c: makes the raw exports of an invented company, Brightwater, which sells a shift scheduler.
 *
 *     cc -std=c17 -O2 -o generate samples/generate/ *.c && ./generate samples/exports
 *
 * 560 customers from 2022-01 to 2024-12. Each has a hidden health, 0 to 1000, that moves month by month towards what suits it;
 * usage, tickets, answers, expansion and losses all follow from it, so that what the tools find is there to be found. What
 * happened is written to truth.csv too. Integers and one seeded generator only: the same bytes on every machine.
 */
#include "company.h"

#include <string.h>

static void name_customer(struct customer *c)
{
    static const char *const first[] = {
        "North",  "Blue",    "Silver",  "Green",  "Stone",  "River", "Maple", "Iron",  "Cedar",  "Bright",
        "Harbor", "Summit",  "Prairie", "Golden", "Quiet",  "Amber", "Birch", "Clear", "Copper", "East",
        "Fair",   "Granite", "Hazel",   "Lake",   "Meadow", "Oak",   "Pine",  "Spring"};
    static const char *const last[] = {"field Clinics", "line Freight",  "bridge Foods",  "wood Schools",
                                       "haven Hotels",  "peak Labs",     "gate Stores",   "brook Care",
                                       "port Systems",  "crest Media",   "hill Pharmacy", "stone Couriers",
                                       "vale Dental",   "ridge Academy", "dale Inns",     "view Software",
                                       "mill Bakeries", "ford Transit",  "land Markets",  "shore Resorts"};
    int i = (c->number - 1) * 347 % 560;
    snprintf(c->name, sizeof c->name, "%s%s%s", first[i % 28], last[i / 28],
             c->number % 23 == 0 ? ", Inc." : "");
    static const int industry[] = {0, 1, 2, 3, 4, 5, 2, 0, 5, 5, 0, 1, 0, 3, 4, 5, 2, 1, 2, 4};
    c->industry = industry[i / 28];
}

static void make(struct customer *c, int i)
{
    memset(c, 0, sizeof *c);
    c->number = i + 1;
    c->start = i < 170 ? i * 180 / 170 : 180 + (i - 170) * 890 / 390;
    if (day_of_month(c->start) > 28) c->start -= 3;
    int kind = below(100);
    c->segment = kind < 58 ? SMB : kind < 87 ? MID_MARKET : ENTERPRISE;
    c->country = below(8);
    c->currency = c->country > 4 && chance(350) ? "eur" : "usd";
    c->fit = below(100) < 42 ? between(180, 500) : between(500, 920);
    c->health = (c->fit + 2 * between(420, 820)) / 3;
    c->growth = below(130);
    c->lost_on = NEVER;
    c->leaving = -1;
    c->pending_day = NEVER;
    c->champion_left_on = -1000;
    c->last_nps = -1;
    c->task.month = -12;
    name_customer(c);
}

static void drift(struct customer *c, int month)
{
    const struct tenure *last = &c->tenure[c->tenures - 1];
    c->health += (c->fit - c->health) / 12 + between(-55, 55);
    if (c->shaken) {
        c->shaken--;
        c->health -= 28;
    }
    if (c->tenures > 1 && month == month_of(last->from)) c->health -= 50;
    if (c->task.effect_from <= month && month < c->task.effect_until && c->task.effect_from) c->health += 75;
    if (chance(12)) c->fit += between(-220, 60);
    c->fit = c->fit < 100 ? 100 : c->fit > 950 ? 950 : c->fit;
    c->health = c->health < 30 ? 30 : c->health > 990 ? 990 : c->health;
}

static void live(struct customer *c)
{
    begin_owner(c);
    begin_revenue(c, c->start);
    begin_people(c);
    begin_users(c);
    if (c->start > 30 && c->segment != ENTERPRISE && chance(450)) put_converted_trial(c);
    put_plan_of_success(c);
    for (int month = month_of(c->start); month < MONTHS; month++) {
        bool was_gone = c->gone;
        drift(c, month);
        live_revenue(c, month);
        if (was_gone && !c->gone) begin_users(c);
        if (c->until <= c->from) continue;
        if (!c->gone) {
            live_people(c, month);
            live_users(c);
        }
        put_usage(c);
        put_tickets(c);
        put_survey(c, month);
        put_touchpoints(c, month);
        if (c->gone) continue;
        live_pipeline(c, month);
        live_tasks(c, month);
    }
    put_account(c);
    put_people(c);
    put_owners(c);
    end_revenue(c);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: generate FOLDER\n", stderr);
        return 2;
    }
    open_exports(argv[1]);
    fputs("LAUNCH10,10,forever\nPARTNER20,20,forever\n", coupons);
    fputs("plan,Basic (legacy),Starter\n", identity);
    for (int i = 0; i < CUSTOMERS; i++) {
        static struct customer c;
        reseed((uint64_t)i + 1);
        make(&c, i);
        live(&c);
    }
    reseed(0);
    put_trials();
    put_broken_rows();
    put_features();
    int rate = 1130; /* of a euro in dollars, a thousand times */
    for (int month = 0; month < MONTHS; month++) {
        fputs("EUR,", rates);
        put_day(rates, month_first(month));
        fprintf(rates, ",%d.%03d%d\n", rate / 1000, rate % 1000, below(10));
        rate += (1085 - rate) / 6 + between(-14, 14);
    }
    close_exports();
    return 0;
}
