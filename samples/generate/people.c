/* people.c: the people at a customer, those of ours who look after it, and how often the two talk.
 *
 * A champion who leaves costs health, and may turn up at another customer, as champion again. Tom Brandt leaves on
 * 2023-09-30; Priya Nair, who came a month before, takes half of his customers, the others are shared out.
 */
#include "company.h"

#include <ctype.h>
#include <string.h>

enum { DANA, LUIS, MEI, RUTH, TOM, PRIYA };
enum { TOM_LEAVES = 638 /* 2023-10-01, the first day without him */, PRIYA_COMES = 608 };
const char *const managers[] = {"Dana Okafor", "Luis Pereira", "Mei Tanaka",
                                "Ruth Adler",  "Tom Brandt",   "Priya Nair"};
static const char *const sellers[] = {"Ines Moreau", "Jack Doyle", "Sam Whitfield"};
static const char *const role_words[] = {
    "champion", "user", "economic_buyer", "executive_sponsor", "technical_buyer", "influencer", "user_buyer"};
static const char *const mood_words[] = {"detractor", "passive", "promoter"};
static const char *const level_words[] = {"Manager", "Director", "VP", "C-level"};
static const char *const given[] = {"Anna",  "Ben",   "Carla", "David", "Elena", "Femi", "Greta", "Hassan",
                                    "Irene", "Jonas", "Kavya", "Liam",  "Maria", "Noah", "Olga",  "Pablo",
                                    "Quinn", "Rosa",  "Sven",  "Tara",  "Umar",  "Vera", "Wei",   "Yara"};
static const char *const family[] = {"Abbott", "Brandt", "Castro", "Dunn",   "Evans", "Fischer",
                                     "Gomez",  "Hale",   "Ito",    "Jansen", "Khan",  "Lopez",
                                     "Meyer",  "Novak",  "Osei",   "Petit",  "Quist", "Rossi",
                                     "Silva",  "Turner", "Ueda",   "Vance",  "Weber", "Young"};
enum { NAMES = 24 };

static struct mover { /* champions who left, until another customer hires them */
    struct person person;
    int customer;
} movers[64];
static int moving;
static int activity_number;

static int mood_of(const struct customer *c)
{
    int mood = (c->health + below(500)) / 480;
    return mood > 2 ? 2 : mood;
}

static struct person *add_person(struct customer *c, unsigned roles, int level, int start)
{
    if (c->people == PEOPLE) return NULL;
    struct person *p = &c->person[c->people++];
    *p = (struct person){.name = below(NAMES * NAMES),
                         .level = level,
                         .mood = mood_of(c),
                         .start = start,
                         .left = NEVER,
                         .reports_to = -1,
                         .user = -1,
                         .roles = roles};
    snprintf(p->id, sizeof p->id, "con_%04d_%d", c->number, c->people);
    return p;
}

int champion(const struct customer *c, int day)
{
    for (int i = 0; i < c->people; i++)
        if (c->person[i].roles & 1u << CHAMPION && c->person[i].start <= day && day < c->person[i].left)
            return i;
    return -1;
}

bool has_role(const struct customer *c, unsigned role, int day)
{
    for (int i = 0; i < c->people; i++)
        if (c->person[i].roles & 1u << role && c->person[i].start <= day && day < c->person[i].left)
            return true;
    return false;
}

/* Somebody who was champion elsewhere, if one is free; they bring goodwill. */
static bool hire_mover(struct customer *c, int day)
{
    for (int i = 0; i < moving; i++) {
        const struct mover *m = &movers[i];
        if (m->person.left + 15 > day || m->person.left + 400 < day || m->customer == c->number) continue;
        struct person *p = add_person(c, m->person.roles | 1u << CHAMPION, m->person.level, day);
        if (!p) return false;
        memcpy(p->id, m->person.id, sizeof p->id);
        p->name = m->person.name;
        p->mood = 2;
        c->fit += 60;
        char detail[64];
        snprintf(detail, sizeof detail, "%s from cus_%04d", p->id, m->customer);
        tell(c, day, "champion came from another customer", detail);
        movers[i] = movers[--moving];
        return true;
    }
    return false;
}

void new_champion(struct customer *c, int day)
{
    if (!add_person(c, 1u << CHAMPION | (chance(500) ? 1u << USER : 0), below(2), day)) return;
    struct person *p = &c->person[c->people - 1];
    if (p->roles & 1u << USER) p->user = c->people < seats_of(c) ? c->people - 1 : 0;
    tell(c, day, "new champion", p->id);
}

void begin_people(struct customer *c)
{
    int n = c->segment * 2 + between(1, 3), s = c->start;
    if (!chance(60) || !hire_mover(c, s)) {
        struct person *p = add_person(c, 1u << CHAMPION | (chance(600) ? 1u << USER : 0), below(2), s);
        if (p->roles & 1u << USER) p->user = 0;
    }
    static const struct {
        unsigned roles;
        int level, reports_to;
    } others[] = {
        {1u << USER, 0, 0},       {1u << ECONOMIC_BUYER, 2, -1},
        {1u << SPONSOR, 3, -1},   {1u << TECHNICAL_BUYER, 1, 2},
        {1u << INFLUENCER, 0, 0},
    };
    for (int i = 1; i < n && i <= 5; i++) {
        struct person *p = add_person(c, others[i - 1].roles, others[i - 1].level, s + below(20));
        if (i == 1) p->user = 1;
        if (i == 2 && c->segment == SMB) p->roles |= 1u << USER_BUYER;
        if (i == 2) {
            c->person[0].reports_to = 2;
            p->reports_to = n > 3 ? 3 : -1;
        }
        if (others[i - 1].reports_to >= 0) p->reports_to = others[i - 1].reports_to;
    }
}

void live_people(struct customer *c, int month)
{
    int first = month_first(month), at = champion(c, first);
    if (at >= 0 && first - c->person[at].start > 60 && chance(16)) {
        struct person *p = &c->person[at];
        p->left = first + below(28);
        c->champion_left_on = p->left;
        c->shaken = 6;
        if (p->user >= 0) c->user[p->user].active = false;
        tell(c, p->left, "champion left", p->id);
        if (moving < 64) movers[moving++] = (struct mover){*p, c->number};
    } else if (at < 0 && first - c->champion_left_on > 45 && chance(110)) {
        new_champion(c, first + below(28));
    }
    for (int i = 0; i < c->people; i++)
        if (c->person[i].left == NEVER && c->person[i].start < first && c->person[i].roles & 1u << SPONSOR &&
            chance(7))
            c->person[i].left = first + below(28);
}

static void put_name(const struct person *p)
{
    fprintf(people_file, "%s %s", given[p->name / NAMES], family[p->name % NAMES]);
}

static void put_mail(const struct customer *c, const struct person *p)
{
    char host[64];
    int n = 0;
    for (const char *s = c->name; *s && *s != ','; s++)
        if (isalpha((unsigned char)*s)) host[n++] = (char)tolower((unsigned char)*s);
    fprintf(people_file, "%c", tolower((unsigned char)given[p->name / NAMES][0]));
    for (const char *s = family[p->name % NAMES]; *s; s++) fputc(tolower((unsigned char)*s), people_file);
    fprintf(people_file, "@%.*s.example", n, host);
}

void put_people(const struct customer *c)
{
    for (int i = 0; i < c->people; i++) {
        const struct person *p = &c->person[i];
        for (int r = 0; r < (int)(sizeof role_words / sizeof *role_words); r++) {
            if (!(p->roles & 1u << r)) continue;
            fprintf(people_file, "cus_%04d,%s,", c->number, p->id);
            put_name(p);
            fputc(',', people_file);
            put_mail(c, p);
            fprintf(people_file, ",%s,%s,%s,", role_words[r], mood_words[p->mood], level_words[p->level]);
            if (p->user >= 0) fprintf(people_file, "cus_%04d-u%d", c->number, p->user + 1);
            fprintf(people_file, ",%s,%s,", p->reports_to >= 0 ? c->person[p->reports_to].id : "",
                    p->roles & 1u << SPONSOR          ? "Carla Voss"
                    : p->roles & 1u << ECONOMIC_BUYER ? sellers[c->number % 3]
                                                      : managers[owner_on(c, LAST_DAY)]);
            put_day(people_file, p->start);
            fputc(',', people_file);
            if (p->left <= LAST_DAY) put_day(people_file, p->left);
            fputc('\n', people_file);
        }
    }
}

int owner_on(const struct customer *c, int day)
{
    for (int i = c->tenures - 1; i > 0; i--)
        if (c->tenure[i].from <= day) return c->tenure[i].manager;
    return c->tenure[0].manager;
}

static void hand_over(struct customer *c, int manager, int day)
{
    struct tenure *last = &c->tenure[c->tenures - 1];
    if (last->manager == manager || day <= last->from) return;
    last->until = day;
    c->tenure[c->tenures++] = (struct tenure){manager, day, NEVER};
}

/* Who looks after the customer, from the first day to the last of the data. */
void begin_owner(struct customer *c)
{
    static const int before[] = {DANA, LUIS, MEI, TOM}, after[] = {DANA, LUIS, MEI, PRIYA};
    int i = below(4), manager = c->segment == ENTERPRISE     ? RUTH
                                : c->start < TOM_LEAVES - 60 ? before[i]
                                                             : after[i];
    c->tenure[0] = (struct tenure){manager, c->start, NEVER};
    c->tenures = 1;
    int other = below(3), day = between(120, LAST_DAY - 60), half = below(2), third = below(3);
    if (manager == TOM) hand_over(c, half ? PRIYA : third, TOM_LEAVES);
    if (chance(40) && day > c->start + 60 && day > TOM_LEAVES + 30) hand_over(c, other, day);
}

void put_owners(const struct customer *c)
{
    for (int i = 0; i < c->tenures; i++) {
        fprintf(owners, "cus_%04d,%s,CSM,", c->number, managers[c->tenure[i].manager]);
        put_us_day(owners, c->tenure[i].from);
        fputc(',', owners);
        put_us_day(owners, c->tenure[i].until);
        fputc('\n', owners);
        if (i) tell(c, c->tenure[i].from, "handed over", managers[c->tenure[i].manager]);
    }
    if (c->segment == SMB) return;
    fprintf(owners, "cus_%04d,%s,Account Executive,", c->number, sellers[c->number % 3]);
    put_us_day(owners, c->start);
    fputs(",\n", owners);
}

static void touched(const struct customer *c, const char *kind, const char *forum, int day, int minutes,
                    bool executive)
{
    if (day < c->from || day >= c->until) return;
    int with = champion(c, day);
    if (executive)
        for (int i = 0; i < c->people; i++)
            if (c->person[i].roles & 1u << SPONSOR && c->person[i].start <= day && day < c->person[i].left)
                with = i;
    fprintf(touch, "act_%05d,cus_%04d,%s,%s,", ++activity_number, c->number, kind, forum);
    put_day(touch, day);
    fprintf(touch, ",%d,%s,%s\n", minutes, executive ? "Carla Voss" : managers[owner_on(c, day)],
            with >= 0 ? c->person[with].id : "");
}

/* Forums by segment: a weekly talk, a monthly business review, a quarterly strategic one, a yearly one of executives. Who is
 * not well, and who has just been handed over, is met less. */
void put_touchpoints(struct customer *c, int month)
{
    int first = month_first(month), keen = 450 + c->health / 2, quarter = (month - month_of(c->start)) % 3;
    const struct tenure *last = &c->tenure[c->tenures - 1];
    if (c->tenures > 1 && last->from - 60 < first && first < last->from + 20) keen /= 3;
    if (c->segment == ENTERPRISE)
        for (int week = 0; week < 4; week++)
            if (chance(keen * 3 / 4))
                touched(c, "Call", "weekly", first + week * 7 + below(5), 15 * between(1, 2), false);
    if (c->segment != SMB && chance(keen))
        touched(c, "Meeting", "monthly", first + between(3, 20), 45, false);
    if (quarter == 2 && chance(keen))
        touched(c, "Meeting", "quarterly", first + between(5, 24), 60, c->segment == ENTERPRISE);
    if (month > month_of(c->start) && (month - month_of(c->start)) % 12 == 10 && c->segment != SMB &&
        chance(keen))
        touched(c, "Meeting", "yearly", first + between(5, 24), 90, true);
    int mails = below(1 + c->segment + 1);
    for (int i = 0; i < mails; i++)
        if (chance(keen)) touched(c, "Email", "", first + below(28), 0, false);
    if (c->segment == SMB && chance(keen / 5)) touched(c, "Call", "", first + below(28), 20, false);
    if (month - month_of(c->start) < 3 ? chance(350) : chance(25))
        touched(c, "Training", "", first + below(28), 60, false);
}
