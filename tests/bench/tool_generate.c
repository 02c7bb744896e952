/* Makes the tables that speed is measured on; the same bytes for the same arguments.
 *
 *     tool_generate KIND ROWS [plain|quoted|crlf|wide] > FILE
 *
 *     events         account_id,event_time,event,user_id,quantity,value: 50,000 accounts, two years, by time
 *     subscriptions  account_id,subscription_id,plan,quantity,currency,mrr,start_date,end_date: three rows to
 *                    an account, in order of account
 *     shuffled       the same rows in another order (rows are made by their number: no memory)
 *     raw            subscriptions as a billing system exports them: other names, cents, text in between
 *     survival       tenure,churned,x1..x5
 *     metrics        account_id,period,m1..m20, by account, 24 months; m1..m50 and churned with `wide`
 *
 * quoted: every field in quotes, one text with a doubled quote; crlf: CR LF; wide: twenty further columns
 * of text. ROWS are rounded up to whole accounts where rows come by account. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum variant { PLAIN, QUOTED, CRLF, WIDE };

static enum variant variant;
static bool begun; /* a field of the row is written */

static uint64_t
mix(uint64_t z) /* splitmix64's finish: the same number gives the same row wherever it stands */
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void put(const char *text)
{
    if (begun) putc_unlocked(',', stdout);
    if (variant == QUOTED) putc_unlocked('"', stdout);
    for (; *text; text++) putc_unlocked(*text, stdout);
    if (variant == QUOTED) putc_unlocked('"', stdout);
    begun = true;
}

static void put_number(const char *before, uint64_t v, int width, const char *after)
{
    char text[96], digit[24];
    int n = 0, at = (int)strlen(before);
    memcpy(text, before, (size_t)at);
    do digit[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n < width) digit[n++] = '0';
    while (n) text[at++] = digit[--n];
    strcpy(text + at, after);
    put(text);
}

static void put_cents(uint64_t cents)
{
    char after[4] = {'.', (char)('0' + cents / 10 % 10), (char)('0' + cents % 10), '\0'};
    put_number("", cents / 100, 1, after);
}

/* Month m of 2022-01 = 0, day 1..28. */
static void put_day(unsigned month, unsigned day, const char *after)
{
    char text[48];
    snprintf(text, sizeof text, "%u-%02u-%02u%s", 2022 + month / 12, month % 12 + 1, day, after);
    put(text);
}

static void end_row(uint64_t row)
{
    if (variant == WIDE)
        for (int i = 0; i < 20; i++) put_number("attribute ", mix(row * 32 + (uint64_t)i) % 1000, 1, "");
    if (variant == CRLF) putc_unlocked('\r', stdout);
    putc_unlocked('\n', stdout);
    begun = false;
}

static void put_header(const char *names)
{
    char *copy = strdup(names), *rest = copy;
    enum variant kept = variant;
    if (kept == QUOTED) variant = PLAIN;
    for (char *name; copy && (name = strsep(&rest, ","));) put(name);
    if (kept == WIDE)
        for (uint64_t i = 1; i <= 20; i++) put_number("attribute_", i, 1, "");
    variant = kept == WIDE ? PLAIN : kept;
    end_row(0);
    variant = kept;
    free(copy);
}

static void make_events(uint64_t rows)
{
    static const char *const event[] = {"login",    "report_viewed", "file_exported", "seat_added",
                                        "api_call", "search",        "ticket_opened", "order"};
    put_header("account_id,event_time,event,user_id,quantity,value");
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t r = mix(i), account = r % 50000, second = (r >> 16) % 86400;
        char clock[32];
        uint64_t slot = i * 672 / rows; /* 24 months of 28 days, in order */
        snprintf(clock, sizeof clock, "T%02u:%02u:%02uZ", (unsigned)(second / 3600),
                 (unsigned)(second / 60 % 60), (unsigned)(second % 60));
        put_number("acct_", account, 6, "");
        put_day(12 + (unsigned)(slot / 28), (unsigned)(slot % 28) + 1, clock);
        put(variant == QUOTED && r >> 60 == 0 ? "the \"\"new\"\" one" : event[(r >> 40) % 8]);
        put_number("user_", account * 4 + (r >> 50) % 4, 6, "");
        put_number("", 1 + (r >> 56) % 9, 1, "");
        put_cents((r >> 20) % 100000);
        end_row(i);
    }
}

/* An account has three rows: a start, a change of price, and for two of three an end or a pause. */
static void put_subscription(uint64_t i, bool raw)
{
    uint64_t account = i / 3, part = i % 3, r = mix(account), own = mix(i * 7 + 3);
    unsigned begin = (unsigned)(r % 20), middle = begin + 2 + (unsigned)(r >> 8) % 8,
             end = middle + 2 + (unsigned)(r >> 16) % 8;
    unsigned from = part == 0   ? begin
                    : part == 1 ? middle
                                : end + (unsigned)(r >> 24) % 3,
             to = part == 0   ? middle
                  : part == 1 ? end
                              : from + 3 + (unsigned)(r >> 32) % 12;
    unsigned day = 1 + (unsigned)(r >> 40) % 28;
    bool open = part == 2 && (r >> 48) % 3 == 0;
    static const char *const plan[] = {"Starter", "Team", "Business", "Enterprise"};
    put_number(raw ? "cus_" : "acct_", account, 7, "");
    put_number("sub_", i, 8, "");
    put(plan[(r >> 50) % 4]);
    put_number("", 1 + own % 50, 1, "");
    put(raw ? "usd" : "USD");
    if (raw)
        put_number("", 1000 + own % 500000, 1, "");
    else
        put_cents(1000 + own % 500000);
    put_day(from, day, raw ? "T00:00:00Z" : "");
    if (open)
        put("");
    else
        put_day(to, day, raw ? "T00:00:00Z" : "");
    end_row(i);
}

/* A permutation of 0..n-1: a Feistel network over the next power of four, walked until it lands below n. */
static uint64_t shuffle(uint64_t i, uint64_t n)
{
    unsigned half = 1;
    while (UINT64_C(1) << 2 * half < n) half++;
    uint64_t mask = (UINT64_C(1) << half) - 1;
    do {
        uint64_t left = i >> half, right = i & mask;
        for (uint64_t round = 0; round < 4; round++) {
            uint64_t next = left ^ (mix(right * 8 + round) & mask);
            left = right;
            right = next;
        }
        i = left << half | right;
    } while (i >= n);
    return i;
}

static void make_subscriptions(uint64_t rows, bool shuffled, bool raw)
{
    rows = (rows + 2) / 3 * 3;
    put_header(raw ? "Customer ID,Subscription ID,Plan Name,Quantity,Currency,Amount,Start (UTC),End (UTC)"
                   : "account_id,subscription_id,plan,quantity,currency,mrr,start_date,end_date");
    for (uint64_t i = 0; i < rows; i++) put_subscription(shuffled ? shuffle(i, rows) : i, raw);
}

static void make_survival(uint64_t rows)
{
    put_header("tenure,churned,x1,x2,x3,x4,x5");
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t r = mix(i), risk = 0;
        for (uint64_t k = 0; k < 3; k++) risk += mix(i * 8 + k) % 1000;
        uint64_t tenure = 1 + (r % 72) * (4000 - risk) / 4000;
        put_number("", tenure, 1, "");
        put(mix(r) % 100 < 30 + risk / 100 ? "1" : "0");
        for (uint64_t k = 0; k < 5; k++) {
            uint64_t x = mix(i * 8 + k) % 1000;
            put_number("0.", x, 3, "");
        }
        end_row(i);
    }
}

static void make_metrics(uint64_t rows)
{
    uint64_t measures = variant == WIDE ? 50 : 20;
    bool label = variant == WIDE;
    char names[1024] = "account_id,period", *p = names + strlen(names);
    for (uint64_t k = 1; k <= measures; k++) p += sprintf(p, ",m%" PRIu64, k);
    if (label) strcpy(p, ",churned");
    variant = PLAIN;
    put_header(names);
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    rows = (rows + 23) / 24 * 24;
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t account = i / 24, sum = 0;
        unsigned month = 12 + (unsigned)(i % 24); /* 2023 and 2024 */
        put_number("acct_", account, 7, "");
        put_day(month, month == 25 ? 29 : days[month % 12], "");
        for (uint64_t k = 0; k < measures; k++) {
            uint64_t r = mix(account * 64 + k) % 6000 + mix(i * 64 + k) % 4000;
            if (k < 8) sum += r;
            if (r % 97 == 0)
                put("");
            else
                put_cents(r);
        }
        if (label) put(mix(i * 3 + 1) % 60000 > sum ? "1" : "0");
        end_row(i);
    }
}

int main(int argc, char **argv)
{
    static const char *const name[] = {"plain", "quoted", "crlf", "wide"};
    static char room[1 << 18];
    setvbuf(stdout, room, _IOFBF, sizeof room);
    uint64_t rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    for (int i = 0; argc > 3 && i < 4; i++)
        if (strcmp(argv[3], name[i]) == 0) variant = (enum variant)i;
    const char *kind = argc > 2 ? argv[1] : "";
    if (strcmp(kind, "events") == 0)
        make_events(rows);
    else if (strcmp(kind, "subscriptions") == 0)
        make_subscriptions(rows, false, false);
    else if (strcmp(kind, "shuffled") == 0)
        make_subscriptions(rows, true, false);
    else if (strcmp(kind, "raw") == 0)
        make_subscriptions(rows, false, true);
    else if (strcmp(kind, "survival") == 0)
        make_survival(rows);
    else if (strcmp(kind, "metrics") == 0)
        make_metrics(rows);
    else {
        fprintf(stderr, "tool_generate: expected KIND ROWS [VARIANT]; see the top of its source\n");
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
