/* What tool_renewals reads: its options, and a ledger from plain CSV without quotes, renamed, lifted to
 * customers and dealt out to lines that are judged. All of it is held in one place for the life of the
 * program. */
#ifndef RENEWALS_INPUT_H
#define RENEWALS_INPUT_H
#include "base/decimal.h"
#include "renewals_reference.h"
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 32, NAMES = 4096, ROWS = 20000, TEXT = 160, BY = 8, STRETCHES = 5, AHEAD = 90 };
#define APART "\x1f" /* between the parts of a name */

static void fail(const char *what, const char *found)
{
    fprintf(stderr, "tool_renewals: %s, found \"%s\"\n", what, found);
    exit(2);
}

/* ---- names and tables ---- */

typedef struct names {
    char text[NAMES][TEXT];
    int n;
} names;

static int name_find(const names *s, const char *text)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->text[i], text) == 0) return i;
    return -1;
}

static int name_id(names *s, const char *text)
{
    int id = name_find(s, text);
    if (id >= 0) return id;
    if (s->n == NAMES || strlen(text) >= TEXT) fail("expected fewer or shorter names", text);
    strcpy(s->text[s->n], text);
    return s->n++;
}

static void add_text(char to[TEXT], const char *more)
{
    size_t n = strlen(to);
    if (n + strlen(more) >= TEXT) fail("expected a shorter name", more);
    strcpy(to + n, more);
}

typedef struct table {
    char column[COLUMNS][TEXT];
    int columns;
    char (*cell)[COLUMNS][TEXT];
    int rows;
} table;

static int split(char *line, char into[COLUMNS][TEXT])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at;) {
        char *comma = strchr(at, ',');
        if (comma) *comma = '\0';
        if (n == COLUMNS || strlen(at) >= TEXT) fail("expected fewer columns or shorter values", at);
        strcpy(into[n++], at);
        at = comma ? comma + 1 : NULL;
    }
    return n;
}

static void table_read(const char *path, table *t)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    if (!f) fail("expected a file", path);
    t->cell = calloc(ROWS, sizeof *t->cell);
    if (!t->cell || !fgets(line, sizeof line, f)) fail("expected a header", path);
    t->columns = split(line, t->column);
    while (fgets(line, sizeof line, f)) {
        if (t->rows == ROWS) fail("expected fewer rows", path);
        if (line[0] != '\n' && split(line, t->cell[t->rows++]) != t->columns)
            fail("expected as many fields as the header has", path);
    }
    fclose(f);
}

static int column_of(const table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->column[i], name) == 0) return i;
    return -1;
}

static const char *cell_of(const table *t, int row, const char *column)
{
    int i = column_of(t, column);
    return i < 0 ? "" : t->cell[row][i];
}

static cst_text text_of(const char *s)
{
    return (cst_text){s, (uint32_t)strlen(s)};
}

/* ---- options ---- */

typedef struct options {
    const char *as_of, *from, *to, *every, *fiscal, *grace, *settle, *min_term, *value, *line, *by, *centre;
    const char *accounts, *customer, *identity, *fx, *report, *max_age, *detail, *file;
    bool incomplete;
} options;

static options o;
static ref_config config;
static cst_calendar periods;
static cst_day from_day = CST_DAY_NONE, to_day = CST_DAY_NONE;

static void read_options(int argc, char **argv)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {{"--as-of", &o.as_of},
                 {"--from", &o.from},
                 {"--to", &o.to},
                 {"--every", &o.every},
                 {"--grace", &o.grace},
                 {"--settle", &o.settle},
                 {"--min-term", &o.min_term},
                 {"--value", &o.value},
                 {"--line", &o.line},
                 {"--by", &o.by},
                 {"--accounts", &o.accounts},
                 {"--customer", &o.customer},
                 {"--identity", &o.identity},
                 {"--cross-sell-by", &o.centre},
                 {"--fx", &o.fx},
                 {"--report-currency", &o.report},
                 {"--detail", &o.detail},
                 {"--fx-max-age", &o.max_age},
                 {"--fiscal-year-start", &o.fiscal}};
    for (int i = 1; i < argc; i++) {
        bool taken = strcmp(argv[i], "--incomplete") == 0;
        if (taken) o.incomplete = true;
        if (strcmp(argv[i], "--renewals") == 0 || strcmp(argv[i], "-q") == 0) continue;
        for (size_t k = 0; !taken && k < sizeof known / sizeof *known; k++) {
            if (strcmp(argv[i], known[k].name) != 0) continue;
            if (i + 1 == argc) fail("expected a value", argv[i]);
            *known[k].value = argv[++i];
            taken = true;
        }
        if (!taken && argv[i][0] == '-') fail("expected an option", argv[i]);
        if (!taken) o.file = argv[i];
    }
    if (!o.file) fail("expected a file", "");
}

static cst_day day_of(const char *text)
{
    cst_day d;
    if (!cst_day_parse(text_of(text), &d)) fail("expected a date", text);
    return d;
}

static int months_of(const char *text)
{
    cst_duration d;
    if (!cst_duration_parse(text_of(text), &d) || (d.unit != 'm' && d.unit != 'y'))
        fail("--min-term: expected months or years", text);
    return d.unit == 'y' ? 12 * d.n : d.n;
}

static void take_options(void)
{
    if (!o.as_of) fail("expected --as-of", "");
    config.as_of = day_of(o.as_of);
    if (o.from) from_day = day_of(o.from);
    if (o.to) to_day = day_of(o.to);
    periods = (cst_calendar){CST_MONTH, o.fiscal ? atoi(o.fiscal) : 1};
    if (o.every && !cst_every_parse(o.every, &periods.every)) fail("expected a period", o.every);
    config.grace = o.grace ? atoi(o.grace) : 0;
    config.settle = o.settle ? atoi(o.settle) : config.grace > 45 ? config.grace : 45;
    if (config.settle < config.grace) fail("--settle: expected at least the days of --grace", o.settle);
    config.min_term = o.min_term ? months_of(o.min_term) : 1;
    config.max_age = o.max_age ? atoi(o.max_age) : 31;
}

/* ---- the ledger ---- */

static table subs, accounts, identity, rates;
static names currencies, account_names, line_names, group_names;
static char by[BY][TEXT], line_by[BY][TEXT];
static int bys, line_bys;
static ref_rate rate[REF_RATES];
static ref_line *line;
static ref_row row[ROWS]; /* that pay something on some day */
static int rows;
static cst_day first_start = CST_DAY_NONE;
/* by number of the line: what tells it */
static char line_account[NAMES][TEXT], line_columns[NAMES][TEXT], line_currency[NAMES][TEXT];

static int split_list(const char *list, char into[BY][TEXT])
{
    static char cells[COLUMNS][TEXT];
    char copy[1024];
    if (!list) return 0;
    snprintf(copy, sizeof copy, "%s", list);
    int n = split(copy, cells);
    if (n > BY) fail("expected fewer columns", list);
    for (int i = 0; i < n; i++) strcpy(into[i], cells[i]);
    return n;
}

static bool splits_by_currency(void)
{
    for (int i = 0; i < bys; i++)
        if (!o.fx && strcmp(by[i], "currency") == 0) return true;
    return false;
}

/* The name after all renamings of its kind. */
static const char *rename_id(const char *kind, const char *id)
{
    for (int i = 0; i < identity.rows; i++) {
        if (strcmp(cell_of(&identity, i, "kind"), kind) != 0 ||
            strcmp(cell_of(&identity, i, "old_id"), id) != 0)
            continue;
        id = cell_of(&identity, i, "new_id");
        i = -1;
    }
    return id;
}

static const char *value_of(int i, const char *column)
{
    const char *kind = strcmp(column, "subscription_id") == 0 ? "subscription" : column;
    return rename_id(kind, cell_of(&subs, i, column));
}

static const char *attribute_of(const char *account, const char *column)
{
    for (int i = 0; i < accounts.rows; i++)
        if (strcmp(rename_id("account", cell_of(&accounts, i, "account_id")), account) == 0)
            return cell_of(&accounts, i, column);
    return "";
}

static const char *customer_of(int i)
{
    const char *id = rename_id("account", cell_of(&subs, i, "account_id"));
    if (!o.customer) return id;
    const char *lifted = rename_id("account", attribute_of(id, o.customer));
    return lifted[0] ? lifted : id;
}

static void read_rates(void)
{
    for (int i = 0; i < rates.rows; i++) {
        ref_rate *r = &rate[config.rates++];
        if (config.rates > REF_RATES) fail("expected fewer rates", "");
        r->currency = name_id(&currencies, cell_of(&rates, i, "currency"));
        r->day = day_of(cell_of(&rates, i, "date"));
        if (cst_rate_parse(text_of(cell_of(&rates, i, "rate")), &r->rate) == CST_DECIMAL_BAD)
            fail("expected a rate", cell_of(&rates, i, "rate"));
    }
    config.rate = rate;
    if (!o.fx) return;
    config.fx = true;
    config.report = name_id(&currencies, o.report ? o.report : "");
}

static int line_of(int i, const char *customer, const char *currency)
{
    char columns[TEXT] = "", name[TEXT] = "";
    if (o.centre) add_text(columns, value_of(i, o.centre));
    for (int k = 0; k < line_bys; k++) {
        if (columns[0] || o.centre || k) add_text(columns, APART);
        add_text(columns, value_of(i, line_by[k]));
    }
    add_text(name, customer);
    add_text(name, APART);
    add_text(name, columns);
    add_text(name, APART);
    if (!o.fx) add_text(name, currency);
    int id = name_id(&line_names, name);
    strcpy(line_account[id], customer);
    strcpy(line_columns[id], columns);
    strcpy(line_currency[id], o.fx ? o.report : currency);
    return id;
}

static int group_of(int i, const char *customer)
{
    char name[TEXT] = "";
    for (int k = 0; k < bys; k++) {
        if (k) add_text(name, APART);
        add_text(name, column_of(&subs, by[k]) >= 0 ? value_of(i, by[k]) : attribute_of(customer, by[k]));
    }
    return name_id(&group_names, name);
}

static void read_row(int i)
{
    ref_row r = {.start = day_of(cell_of(&subs, i, "start_date")), .end = REF_OPEN};
    const char *end = cell_of(&subs, i, "end_date"), *amount = cell_of(&subs, i, o.value);
    if (end[0]) r.end = day_of(end);
    if (r.end != REF_OPEN && r.end > config.as_of) r.end = REF_OPEN;
    if (cst_money_parse(text_of(amount), &r.amount) != CST_DECIMAL_OK) fail("expected an amount", amount);
    if (r.start > config.as_of) return;
    const char *customer = customer_of(i), *currency = cell_of(&subs, i, "currency");
    char account[TEXT] = "";
    add_text(account, customer);
    if (!o.fx) {
        add_text(account, APART);
        add_text(account, currency);
    }
    if (first_start == CST_DAY_NONE || r.start < first_start) first_start = r.start;
    r.term = atoi(cell_of(&subs, i, "term_months"));
    r.currency = name_id(&currencies, currency);
    r.account = name_id(&account_names, account);
    r.group = group_of(i, customer);
    r.line = line_of(i, customer, currency);
    if (r.start < r.end && r.amount != 0) row[rows++] = r;
}

static void read_ledger(void)
{
    table_read(o.file, &subs);
    if (o.accounts) table_read(o.accounts, &accounts);
    if (o.identity) table_read(o.identity, &identity);
    if (o.fx) table_read(o.fx, &rates);
    bys = split_list(o.by, by);
    line_bys = split_list(o.line, line_by);
    if (!o.value) o.value = "mrr";
    if (!o.centre && column_of(&subs, "buying_center") >= 0) o.centre = "buying_center";
    if (!o.centre && column_of(&subs, "product") >= 0) o.centre = "product";
    for (int i = 0; i < subs.rows; i++) read_row(i);
    if (!o.fx && !splits_by_currency() && currencies.n > 1) fail("expected one currency", currencies.text[1]);
    read_rates();
    line = calloc((size_t)line_names.n + 1, sizeof *line);
    if (!line) fail("expected memory", "none");
    for (int i = 0; i < rows; i++) {
        ref_line *l = &line[row[i].line];
        if (l->rows == REF_LINE_ROWS) fail("expected fewer rows in the line", line_account[row[i].line]);
        l->row[l->rows++] = row[i];
    }
    for (int i = 0; i < line_names.n; i++)
        if (!ref_judge_line(&config, &line[i], AHEAD)) fail("expected fewer due dates", line_account[i]);
}
#endif
