/* pipeline.c: opportunities to expand, stage by stage, and what our people do when a flag goes up.
 *
 * An opportunity opens mostly where the seats are full, and is won mostly where health is good. A play on a flag helps in
 * some cases, and then health rises for months.
 */
#include "company.h"

#include <string.h>

enum { NEED, AWARENESS, QUALIFIED, INVESTIGATION, COMMERCIAL, WON, LOST };
static const char *const stage_words[] = {"Need",       "Awareness",  "Qualified",  "Investigation",
                                          "Commercial", "Closed Won", "Closed Lost"};
static const char *const kind_words[] = {"More seats", "Plan upgrade", "Add-on"};
static const char *const sources[] = {"Product usage", "CSM", "Customer request", "Marketing campaign"};
static int opportunities_number, task_number;

static void put_stage(const struct customer *c, int day, const char *reason)
{
    const struct opportunity *o = &c->opportunity;
    int manager = owner_on(c, day);
    fprintf(opportunities, "opp_%04d,cus_%04d,\"%s, %s\",%s,%s,", o->number, c->number, c->name,
            kind_words[o->kind], kind_words[o->kind], stage_words[o->stage]);
    put_day(opportunities, day);
    fprintf(opportunities, ",%d.00,%s,", o->amount, c->currency);
    put_day(opportunities, o->stage >= WON ? day : o->expected);
    fprintf(opportunities, ",%s,%s,%s\n",
            c->segment == SMB    ? managers[manager]
            : c->number % 3 == 0 ? "Ines Moreau"
            : c->number % 3 == 1 ? "Jack Doyle"
                                 : "Sam Whitfield",
            sources[o->source], reason);
}

void open_opportunity(struct customer *c, int day, int source)
{
    static const int prices[] = {49, 49, 99, 249};
    struct opportunity *o = &c->opportunity;
    int plan = c->line[0].piece[0].plan, seats = seats_of(c);
    *o = (struct opportunity){.number = ++opportunities_number, .open = true, .source = source};
    o->kind = !has_line(c, 2) && chance(c->segment == SMB ? 150 : 350) ? ADD_ON
              : plan < BUSINESS && seats > 3 && chance(240)            ? HIGHER_PLAN
                                                                       : MORE_SEATS;
    c->pending_seats = 1 + seats * between(25, 60) / 100;
    o->amount = 12 * (o->kind == ADD_ON        ? 79 * (1 + seats / 3)
                      : o->kind == HIGHER_PLAN ? seats * (plan == TEAM ? 150 : 50)
                                               : c->pending_seats * prices[plan]);
    o->expected = day + 15 * between(5, 10);
    o->next = day + between(8, 25);
    o->stage = source == 3 ? NEED : source == 2 ? QUALIFIED : chance(600) ? NEED : AWARENESS;
    put_stage(c, day, "");
}

static void close_opportunity(struct customer *c, int day, bool won)
{
    static const char *const won_for[] = {"value shown", "seats full", "new team", "executive sponsor"};
    static const char *const lost_for[] = {"no budget", "price", "no decision", "competitor", "timing"};
    struct opportunity *o = &c->opportunity;
    o->stage = won ? WON : LOST;
    o->open = false;
    put_stage(c, day, won ? PICK(won_for) : PICK(lost_for));
    tell(c, day, won ? "opportunity won" : "opportunity lost", kind_words[o->kind]);
    if (!won) return;
    c->pending_kind = o->kind;
    c->pending_day = day;
}

void leave_opportunity(struct customer *c, int day)
{
    struct opportunity *o = &c->opportunity;
    if (!o->open || chance(300)) return; /* some stay open in the CRM */
    o->stage = LOST;
    o->open = false;
    put_stage(c, day, "customer left");
}

static void advance(struct customer *c, int day)
{
    struct opportunity *o = &c->opportunity;
    bool full = active_users(c) * 10 >= seats_of(c) * 8;
    if (o->stage == COMMERCIAL) {
        int win = c->health > 650 ? 850 : c->health > 500 ? 640 : 180;
        close_opportunity(c, day, chance(full ? win : win / 2));
        return;
    }
    if (chance(c->health > 500 ? 60 : 220)) {
        close_opportunity(c, day, false);
        return;
    }
    int move = below(100);
    if (move < 4 && o->stage > NEED) {
        o->stage--; /* back */
    } else if (move < 14) {
        if (day > o->expected - 20) o->expected += 30; /* stalled: the same stage, a later date */
    } else {
        o->stage += 1 + (move > 90 && o->stage < INVESTIGATION);
    }
    if (chance(150)) o->amount += o->amount * (below(2) ? 20 : -15) / 100 / 12 * 12;
    put_stage(c, day, "");
    o->next = day + between(8, 32);
}

void live_pipeline(struct customer *c, int month)
{
    struct opportunity *o = &c->opportunity;
    if (c->until <= c->from) return;
    while (o->open && o->next < c->until) advance(c, o->next);
    if (o->open || c->pending_day != NEVER || month_first(month) - c->renewed < 25) return;
    bool full = active_users(c) * 10 >= seats_of(c) * 9;
    int day = c->from + below(25), source = below(3);
    if (day < c->until && seats_of(c) < SEATS - 8 &&
        chance(full && c->health > 450 ? 320
               : c->health > 500       ? 14
                                       : 6))
        open_opportunity(c, day, full ? source : 3);
}

struct play {
    const char *flag, *playbook;
};
enum { CHAMPION_LEFT, LOW_ADOPTION, POOR_EXPERIENCE, RELATIONSHIP, RENEWAL_NO_SPONSOR, SEATS_FULL };
static const struct play plays[] = {
    {"champion_left", "Ask for a handover and an introduction"},
    {"low_adoption", "Adoption review"},
    {"poor_experience", "Support review with product"},
    {"relationship_trouble", "Listen first"},
    {"renewal_no_sponsor", "Find the sponsor before the renewal"},
    {"seats_nearly_full", "Talk about expansion"},
};

/* What calls for a play at the end of a month, the worst first; -1: nothing. */
static int trouble(const struct customer *c, int month)
{
    int first = month_first(month), users = active_users(c), seats = seats_of(c);
    if (c->champion_left_on >= first) return CHAMPION_LEFT;
    if (c->low_months >= 2) return LOW_ADOPTION;
    if (c->ticket_trouble >= 4) return POOR_EXPERIENCE;
    if (c->last_nps >= 0 && c->last_nps <= 4) return RELATIONSHIP;
    if (c->annual && c->segment == ENTERPRISE && c->renewal - c->until < 90 &&
        !has_role(c, SPONSOR, c->until - 1))
        return RENEWAL_NO_SPONSOR;
    return users >= seats && c->health > 500 && !c->opportunity.open ? SEATS_FULL : -1;
}

static void play(struct customer *c, int flag, int month)
{
    int begun = c->until - 1 + between(1, 8), done = begun + between(2, 14), manager = owner_on(c, begun);
    bool dropped = chance(90);
    fprintf(tasks, "task_%04d,cus_%04d,%s,%s,", ++task_number, c->number, plays[flag].playbook,
            plays[flag].flag);
    put_day(tasks, begun);
    fputc(',', tasks);
    put_day(tasks, begun + 14);
    fputc(',', tasks);
    if (!dropped && done <= LAST_DAY) put_day(tasks, done);
    fprintf(tasks, ",%s,%s\n", managers[manager], dropped ? "Cancelled" : done <= LAST_DAY ? "Done" : "Open");
    c->task.month = month;
    if (dropped) return;
    c->last_nps = -1;
    if (!chance(550)) return;
    tell(c, done, "play that helped", plays[flag].flag);
    if (flag == CHAMPION_LEFT) new_champion(c, done + 5);
    if (flag == SEATS_FULL) {
        if (!c->opportunity.open) open_opportunity(c, done + 1, 1);
        return;
    }
    c->task.effect_from = month + 1;
    c->task.effect_until = month + 4;
    c->fit += 90;
    c->shaken = 0;
}

void live_tasks(struct customer *c, int month)
{
    static const int diligence[] = {560, 420, 500, 620, 300, 520}; /* of each manager */
    c->low_months = active_users(c) * 2 < seats_of(c) ? c->low_months + 1 : 0;
    int flag = trouble(c, month);
    if (flag < 0 || c->leaving >= 0 || month - c->task.month < 3 || month >= MONTHS - 1) return;
    if (chance(diligence[owner_on(c, c->until - 1)])) play(c, flag, month);
}
