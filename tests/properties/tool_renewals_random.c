/* Small ledgers for renewals, where days fall together on purpose: rows begin and end at, and a day
 * beside, the due dates, the graces and the check days of rows before them.
 *
 * tool_renewals_random SEED SHUFFLE DIR
 *
 * writes DIR/subs.csv, accounts.csv, rates.csv, and options, one line for cs-waterfall --renewals and
 * for tool_renewals. SHUFFLE turns the order of the rows alone. Within an account credits stay below
 * what else it pays in their currency, so that no balance of an account is below zero; those of its
 * lines may be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

enum { ACCOUNTS = 4, ROWS = 8, ALL = ACCOUNTS * (ROWS + 2), DAYS = 2600 };

typedef struct row {
    int account, product, plan, currency, term; /* term -1: an empty field */
    cst_day start, end;                         /* CST_DAY_NONE: an empty field */
    int64_t amount;                             /* millionths */
} row;

/* How currencies are treated. */
enum { ONE_CURRENCY, CONVERTED, KEPT_APART };

typedef struct ledger {
    row row[ALL];
    int rows, accounts, way, grace, settle;
    bool settle_given, lifted;
    cst_day as_of, first;
} ledger;

static uint64_t state;

/* splitmix64 */
static uint64_t draw_bits(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 .. n - 1 */
static int draw(int n)
{
    return (int)(draw_bits() % (uint64_t)n);
}

static bool chance(int percent)
{
    return draw(100) < percent;
}

static int pick(const int *from, int n)
{
    return from[draw(n)];
}
#define PICK(...) pick((const int[]){__VA_ARGS__}, (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

static int draw_term(void)
{
    if (chance(15)) return PICK(-1, -1, 0);
    return chance(75) ? PICK(1, 1, 2, 3, 6, 12, 12) : 1 + draw(36);
}

/* The n-th due date of a row, n small; its start where it has no term. */
static cst_day draw_due(const row *r)
{
    return r->term > 0 ? cst_day_add_months(r->start, r->term * (1 + draw(r->term < 4 ? 6 : 2))) : r->start;
}

/* A day that matters to the row's fate, or one beside it. */
static cst_day draw_day_of(const ledger *l, const row *r)
{
    cst_day due = draw_due(r);
    int grace = l->grace, settle = l->settle;
    int after = PICK(0, 0, 0, 0, 1, 3, grace, grace, grace + 1, settle, settle, settle + 1, settle + grace,
                     settle + grace + 1, -1, draw(60));
    return due + after;
}

static cst_day draw_start(const ledger *l, int from)
{
    cst_day start = l->first + draw(chance(50) ? 40 : 500);
    if (l->rows == from || chance(20)) return start;
    const row *r = &l->row[from + draw(l->rows - from)];
    if (r->end != CST_DAY_NONE && chance(75))
        start = r->end + (chance(50) ? PICK(0, 0, 0, 1, l->grace, l->grace + 1) : draw(l->grace + 3));
    else
        start = chance(30) ? r->start : draw_day_of(l, r);
    return start <= l->as_of + 5 ? start : l->as_of - draw(90);
}

static cst_day draw_end(const ledger *l, int from, const row *r)
{
    if (chance(15)) return CST_DAY_NONE;
    if (chance(4)) return r->start;
    cst_day end = chance(60) ? draw_due(r) : draw_day_of(l, r);
    if (l->rows > from && chance(25)) {
        const row *other = &l->row[from + draw(l->rows - from)];
        end = other->end != CST_DAY_NONE && chance(60) ? other->end : draw_day_of(l, other);
    }
    return end > r->start ? end : r->start + 1 + draw(200);
}

static int64_t draw_amount(int currency)
{
    int64_t whole = 1000000 * (int64_t)PICK(100, 100, 100, 50, 50, 120, 80, 30, 10, 200);
    if (chance(10)) whole = PICK(33333333, 10010001, 1, 66666667);
    if (chance(3)) whole = 0;
    return currency == 2 ? whole * 100 : whole;
}

static bool holds(const ledger *l, const row *r, cst_day d)
{
    if (r->start > l->as_of || d < r->start) return false;
    return r->end == CST_DAY_NONE || r->end > l->as_of || d < r->end;
}

/* Whether in the currency of the credit its account pays more than the credits on every day of it. */
static bool may_stand(const ledger *l, const row *credit)
{
    for (cst_day d = credit->start; d < credit->start + DAYS; d++) {
        if (!holds(l, credit, d)) continue;
        int64_t sum = credit->amount;
        for (int i = 0; i < l->rows; i++) {
            const row *r = &l->row[i];
            if (r->account == credit->account && r->currency == credit->currency && holds(l, r, d))
                sum += r->amount;
        }
        if (sum <= 0) return false;
    }
    return true;
}

/* A credit that may not stand becomes a charge. */
static row *add_row(ledger *l, row r)
{
    if (r.amount < 0 && !may_stand(l, &r)) r.amount = -r.amount;
    l->row[l->rows] = r;
    return &l->row[l->rows++];
}

static row draw_line(const ledger *l, int account)
{
    row r = {.account = account, .product = chance(80) ? 0 : 1, .plan = draw(3), .term = draw_term()};
    if (l->way != ONE_CURRENCY) r.currency = chance(60) ? 0 : 1 + draw(2);
    r.amount = draw_amount(r.currency);
    r.end = CST_DAY_NONE;
    return r;
}

static void draw_row(ledger *l, int account, int from)
{
    row r = draw_line(l, account);
    r.start = draw_start(l, from);
    r.end = draw_end(l, from, &r);
    if (chance(15)) r.amount = -r.amount / PICK(1, 2, 5);
    add_row(l, r);
}

/* ---- scenes: what seldom comes about by itself ---- */

/* As a row of the same line from `start` to `end`. */
static row *add_beside(ledger *l, const row *of, cst_day start, cst_day end, int term)
{
    row r = *of;
    r.start = start;
    r.end = end > start || end == CST_DAY_NONE ? end : start + 1 + draw(100);
    r.term = term;
    if (l->way != ONE_CURRENCY && l->way != KEPT_APART && chance(30)) r.currency = draw(3);
    if (l->way != KEPT_APART && chance(25)) r.plan = draw(3);
    r.amount = draw_amount(r.currency);
    return add_row(l, r);
}

static cst_day draw_later(const ledger *l, cst_day day)
{
    return chance(40) ? CST_DAY_NONE : day + PICK(l->settle, l->settle + 1, 30, 90, 1, draw(200) + 1);
}

/* A row that comes up on the day that is returned, and mostly ends on it. */
static cst_day add_due(ledger *l, row *of)
{
    of->term = PICK(1, 2, 3, 6, 12);
    of->start = l->first + draw(200);
    cst_day due = cst_day_add_months(of->start, of->term);
    of->end = chance(75) ? due : draw_later(l, due);
    if (of->end == CST_DAY_NONE || of->end > due) of->term *= chance(50) ? 1 : 2;
    add_row(l, *of);
    return due;
}

/* What goes on beside a due date, what follows on it, and perhaps another end on the day it follows. */
static void draw_rest(ledger *l, int account)
{
    row of = draw_line(l, account);
    cst_day due = add_due(l, &of), change = due + PICK(0, 1, 2, l->grace, l->grace + 1, draw(l->settle + 2));
    add_beside(l, &of, due - 1 - draw(20), change, PICK(-1, -1, 12, 36));
    if (chance(50)) add_beside(l, &of, due + draw(2), change + PICK(0, 0, 1, -1), PICK(-1, 12));
    if (chance(15)) add_beside(l, &of, change, change, -1)->end = change;
    cst_day next = draw_later(l, change);
    add_beside(l, &of, change + (chance(85) ? 0 : 1), next, PICK(-1, -1, 12, 1));
    if (next != CST_DAY_NONE && chance(60)) add_beside(l, &of, next, draw_later(l, next), PICK(-1, 12));
}

/* Due dates a few days apart, and rows that begin within the grace of all or of some of them. */
static void draw_shared(ledger *l, int account)
{
    row of = draw_line(l, account);
    cst_day first = add_due(l, &of), last = first;
    for (int n = 1 + draw(2); n > 0; n--) {
        int term = PICK(1, 2, 3, 12);
        cst_day due = first + draw(l->grace / 2 + 2);
        cst_day start = cst_day_add_months(due, -term);
        add_beside(l, &of, start, chance(80) ? cst_day_add_months(start, term) : CST_DAY_NONE, term);
        if (due > last) last = due;
    }
    cst_day begin = chance(40) ? last : last + draw(l->grace + 2);
    for (int n = 1 + draw(2); n > 0; n--) {
        row *r = add_beside(l, &of, begin, draw_later(l, begin), PICK(-1, 1, 12, 12));
        r->amount = r->amount * PICK(1, 1, 2, 3) / PICK(1, 1, 2);
        if (chance(50)) begin += draw(5);
    }
    if (chance(20)) {
        row credit = of;
        credit.start = begin - draw(3);
        credit.end = begin + draw(5);
        credit.term = -1;
        credit.amount = -draw_amount(of.currency) / PICK(2, 5);
        if (credit.end > credit.start) add_row(l, credit);
    }
}

/* A credit about the due date, or beside a row until its end, with a term of its own. */
static void draw_credit(ledger *l, int account)
{
    row of = draw_line(l, account);
    cst_day due = add_due(l, &of);
    if (of.end == due) add_beside(l, &of, due, draw_later(l, due), PICK(-1, 1, 12));
    row other = of;
    other.product = 1 - of.product; /* so that the line may come to nothing, and the account not */
    other.start = l->first;
    other.end = CST_DAY_NONE;
    other.amount = 1000 * CST_MONEY_UNIT;
    if (chance(60)) add_row(l, other);
    row credit = of;
    credit.amount = -of.amount / PICK(1, 1, 2, 5);
    credit.start = due - PICK(0, 0, 1, 10);
    credit.end = chance(50) ? due + 1 + draw(l->grace + 3) : of.end;
    credit.term = PICK(-1, 1, 12);
    if (chance(40)) l->row[l->rows - 1].term = -1;
    if (credit.end == CST_DAY_NONE || credit.end > credit.start) add_row(l, credit);
}

/* A credit by the month as long as the row it is for, which has a longer term or none. */
static void draw_discount(ledger *l, int account)
{
    row of = draw_line(l, account);
    of.term = PICK(-1, 2, 3, 6, 12);
    of.start = l->first + draw(200);
    of.end = draw_due(&of) + 1 + draw(l->settle + 20);
    add_row(l, of);
    row credit = of;
    credit.term = PICK(1, 1, 12);
    credit.amount = -of.amount / PICK(2, 5);
    add_row(l, credit);
}

/* An end, and the next start of the account when the grace is about over, mostly in another line. */
static void draw_gap(ledger *l, int account)
{
    row of = draw_line(l, account);
    cst_day due = add_due(l, &of), next = due + l->grace + PICK(0, 0, 1, -1);
    l->row[l->rows - 1].end = due;
    row *r = add_beside(l, &of, next > due ? next : due, draw_later(l, due), PICK(-1, 12));
    if (chance(70)) r->product = 1 - r->product;
}

static void draw_account(ledger *l, int account)
{
    int from = chance(40) ? 0 : l->rows; /* days of other accounts too, or of its own alone */
    static void (*const scene[])(ledger * l, int account) = {
        draw_rest, draw_rest, draw_shared, draw_shared, draw_credit, draw_discount, draw_gap};
    bool set = chance(70);
    int rows = set ? draw(3) : 1 + draw(ROWS);
    if (set) scene[draw(sizeof scene / sizeof *scene)](l, account);
    while (rows-- > 0) draw_row(l, account, from);
}

static void draw_ledger(ledger *l)
{
    *l = (ledger){.way = PICK(ONE_CURRENCY, ONE_CURRENCY, CONVERTED, CONVERTED, KEPT_APART),
                  .first = cst_day_of(2022, 1, 1) + draw(60)};
    l->grace = PICK(0, 3, 10, 10, 30, 60);
    l->settle_given = chance(40);
    l->settle = l->settle_given ? l->grace + PICK(0, 1, 10, 30, 90) : l->grace > 45 ? l->grace : 45;
    l->as_of = l->first + 100 + draw(1000);
    l->accounts = 1 + draw(ACCOUNTS);
    for (int a = 0; a < l->accounts; a++) draw_account(l, a);
}

/* Another as-of, on a day that matters, if no credit then stands in the way. */
static void move_as_of(ledger *l)
{
    cst_day before = l->as_of;
    const row *r = &l->row[draw(l->rows)];
    l->as_of = chance(50) ? draw_due(r) + draw(l->grace + 1) : draw_day_of(l, r);
    bool good = l->as_of >= l->first && l->as_of < l->first + 1500;
    for (int i = 0; i < l->rows && good; i++) {
        row credit = l->row[i];
        if (credit.amount >= 0) continue;
        l->row[i].amount = 0;
        good = may_stand(l, &credit);
        l->row[i].amount = credit.amount;
    }
    if (!good) l->as_of = before;
}

/* ---- files ---- */

static FILE *create(const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f) return f;
    fprintf(stderr, "tool_renewals_random: %s: expected to write it\n", path);
    exit(2);
}

static void put_day(FILE *f, cst_day d)
{
    char text[CST_DAY_ROOM] = "";
    cst_day_format(d, text);
    fprintf(f, ",%s", text);
}

static const char *const currency_name[] = {"USD", "EUR", "JPY"};
static const char *const product_name[] = {"p", "q"}, *const plan_name[] = {"x", "y", ""};

static void write_rows(const ledger *l, const char *dir)
{
    char amount[CST_DECIMAL_ROOM];
    FILE *f = create(dir, "subs.csv");
    fputs("account_id,product,plan,currency,mrr,start_date,end_date,term_months\n", f);
    for (int i = 0; i < l->rows; i++) {
        const row *r = &l->row[i];
        cst_money_format(r->amount, 2, amount);
        fprintf(f, "a%d,%s,%s,%s,%s", r->account, product_name[r->product], plan_name[r->plan],
                currency_name[r->currency], amount);
        put_day(f, r->start);
        put_day(f, r->end);
        if (r->term < 0) fputs(",\n", f);
        if (r->term >= 0) fprintf(f, ",%d\n", r->term);
    }
    fclose(f);
}

static void write_accounts(const ledger *l, const char *dir)
{
    FILE *f = create(dir, "accounts.csv");
    fputs("account_id,parent_id,region\n", f);
    for (int a = 0; a < l->accounts; a++)
        fprintf(f, "a%d,%s,%s\n", a, a < 3 ? PICK(0, 1) ? "a0" : "c" : "", PICK(0, 1) ? "north" : "south");
    fputs("c,,west\n", f);
    fclose(f);
}

static void write_rates(const ledger *l, const char *dir)
{
    FILE *f = create(dir, "rates.csv");
    fputs("currency,date,rate\n", f);
    for (int k = 1; k < 3; k++)
        for (cst_day d = l->first - 400; d < l->first + 2000; d += 1 + draw(60)) {
            fputs(currency_name[k], f);
            put_day(f, d);
            fprintf(f, k == 1 ? ",%d.%05d\n" : ",0.0%d%05d\n", k == 1 ? 1 : 1 + draw(9), draw(100000));
        }
    fclose(f);
}

static void write_groups(const ledger *l, FILE *f)
{
    static const char *const list[] = {"plan", "region", "plan,region", "product,plan"};
    bool grouped = chance(60);
    const char *groups = list[draw(4)];
    if (l->way == KEPT_APART) fprintf(f, " --by currency%s%s", grouped ? "," : "", grouped ? groups : "");
    if (l->way != KEPT_APART && grouped) fprintf(f, " --by %s", groups);
}

static void write_options(const ledger *l, const char *dir)
{
    static const char *const every[] = {"", "", " --every quarter", " --every year"};
    static const char *const least[] = {"", "", "", " --min-term 3m", " --min-term 6m", " --min-term 1y"};
    FILE *f = create(dir, "options");
    fprintf(f, "--accounts accounts.csv --from 2022-01-01 --as-of");
    char day[CST_DAY_ROOM];
    cst_day_format(l->as_of, day);
    fprintf(f, " %s --grace %d", day, l->grace);
    if (l->settle_given) fprintf(f, " --settle %d", l->settle);
    fprintf(f, "%s%s", every[draw(4)], least[draw(6)]);
    if (chance(60)) fputs(" --incomplete", f);
    if (chance(30)) fputs(" --line plan", f);
    if (chance(35)) fputs(" --customer parent_id", f);
    if (l->way == CONVERTED) fputs(" --fx rates.csv --report-currency USD --fx-max-age 9999", f);
    write_groups(l, f);
    fputc('\n', f);
    fclose(f);
}

static void shuffle_rows(ledger *l)
{
    for (int i = l->rows - 1; i > 0; i--) {
        int k = draw(i + 1);
        row r = l->row[i];
        l->row[i] = l->row[k];
        l->row[k] = r;
    }
}

int main(int argc, char **argv)
{
    static ledger l;
    if (argc != 4) {
        fputs("usage: tool_renewals_random SEED SHUFFLE DIR\n", stderr);
        return 2;
    }
    state = strtoull(argv[1], NULL, 10) * 0x2545f4914f6cdd1du;
    draw_ledger(&l);
    if (chance(50)) move_as_of(&l);
    write_accounts(&l, argv[3]);
    write_rates(&l, argv[3]);
    write_options(&l, argv[3]);
    int turns = atoi(argv[2]);
    state += (uint64_t)turns;
    if (turns > 0) shuffle_rows(&l);
    write_rows(&l, argv[3]);
    return 0;
}
