/* cs-waterfall --renewals by the slow reference, with its options and the names of its columns:
 *
 * tool_renewals --as-of DATE [OPTION ...] FILE > TABLE
 *
 * --from --to --every --fiscal-year-start --incomplete --grace --settle --min-term --value --line --by
 * --cross-sell-by --accounts --customer --identity --fx --report-currency --fx-max-age --detail
 *
 * Files are plain CSV without quotes. The detail has further columns, for whoever looks for a
 * difference. */
#include "renewals_input.h"

/* ---- counts ---- */

enum { MORE = REF_STATUSES, LESS, UNSETTLED, DUE, KINDS };

typedef struct cell {
    int64_t logos, lines[KINDS];
    cst_wide mrr[KINDS], renewed, ended[REF_ENDS];
    bool logo[NAMES]; /* by account: counted */
} cell;

/* The cells of one period, or of one stretch ahead: by group, then the total. */
static cell *cells;

static cell *clear_cells(void)
{
    free(cells);
    cells = calloc((size_t)group_names.n + 1, sizeof *cells);
    if (!cells) fail("expected memory", "none");
    return cells;
}

static void count_logo(cell *c, int account)
{
    c->logos += !c->logo[account];
    c->logo[account] = true;
}

/* What is due of a date in each group, and whether the group has a row that is up. */
static void due_by_group(const ref_line *l, const ref_date *t, cst_money *due, bool *has)
{
    cst_day valued = t->status == REF_UPCOMING ? config.as_of : t->day;
    for (int g = 0; g < group_names.n; g++) {
        due[g] = 0;
        has[g] = false;
    }
    for (int i = 0; i < l->rows; i++) {
        if (!t->up[i]) continue;
        due[l->row[i].group] += ref_value(&config, &l->row[i], valued);
        has[l->row[i].group] = true;
    }
}

/* One date in one cell; change: the cell's part of more or less. */
static void count_date(cell *c, const ref_date *t, int account, cst_money due, cst_money renewed,
                       cst_money change)
{
    count_logo(c, account);
    c->lines[DUE]++;
    c->mrr[DUE] += due;
    c->lines[t->status]++;
    c->mrr[t->status] += due;
    c->renewed += renewed;
    if (t->change > 0) c->lines[MORE]++;
    if (t->change > 0) c->mrr[MORE] += change;
    if (t->change < 0) c->lines[LESS]++;
    if (t->change < 0) c->mrr[LESS] += change;
    if (!ref_is_unsettled(&config, t)) return;
    c->lines[UNSETTLED]++;
    c->mrr[UNSETTLED] += due;
}

/* Groups in the order of their names' bytes. */
static int group_order[NAMES];

static int compare_groups(const void *a, const void *b)
{
    return strcmp(group_names.text[*(const int *)a], group_names.text[*(const int *)b]);
}

static void count_date_by_group(const ref_line *l, const ref_date *t)
{
    static cst_money due[NAMES], sorted[NAMES], renewed[NAMES], of_due[NAMES];
    static bool has[NAMES];
    int account = l->row[0].account, n = group_names.n;
    due_by_group(l, t, due, has);
    for (int k = 0; k < n; k++) sorted[k] = due[group_order[k]];
    ref_share_out(t->renewed, sorted, n, renewed);
    ref_share_out(t->due, sorted, n, of_due);
    for (int k = 0; k < n; k++) {
        int g = group_order[k];
        cst_money change = t->change != 0 ? renewed[k] - of_due[k] : 0;
        if (has[g]) count_date(&cells[g], t, account, due[g], renewed[k], change);
    }
    count_date(&cells[n], t, account, t->due, t->renewed, t->change);
    cell *all = &cells[n];
    if (all->mrr[REF_ON_TIME] + all->mrr[REF_LATE] + all->mrr[MORE] + all->mrr[LESS] != all->renewed)
        fail("expected on_time + late + more + less = renewed", line_account[l->row[0].line]);
}

/* Each line counts once in a stretch, in the total and in each group with a row that is up in it. */
static void count_ahead(cst_day first, cst_day last)
{
    static cst_money due[NAMES];
    static bool has[NAMES], counted[NAMES + 1];
    int n = group_names.n;
    clear_cells();
    for (int i = 0; i < line_names.n; i++) {
        const ref_line *l = &line[i];
        memset(counted, 0, sizeof counted);
        for (int k = 0; k < l->dates; k++) {
            const ref_date *t = &l->date[k];
            if (t->status != REF_UPCOMING || t->day < first || t->day > last) continue;
            due_by_group(l, t, due, has);
            for (int g = 0; g <= n; g++) {
                if (g < n && !has[g]) continue;
                count_logo(&cells[g], l->row[0].account);
                cells[g].lines[DUE] += !counted[g];
                cells[g].mrr[DUE] += g < n ? due[g] : t->due;
                counted[g] = true;
            }
        }
    }
}

/* ---- ends ---- */

static ref_row longer[ROWS]; /* after grace */

static void lengthen_rows(void)
{
    static ref_row *of[ROWS];
    memcpy(longer, row, sizeof row);
    for (int a = 0; a < account_names.n; a++) {
        int n = 0;
        for (int i = 0; i < rows; i++)
            if (longer[i].account == a) of[n++] = &longer[i];
        ref_lengthen(&config, of, n);
    }
}

static void count_ends(cst_day before, cst_day at)
{
    for (int i = 0; i < line_names.n; i++) {
        ref_row of[REF_LINE_ROWS];
        int n = 0;
        ref_end how;
        for (int k = 0; k < rows; k++)
            if (longer[k].line == i) of[n++] = longer[k];
        if (!ref_ended(&config, &line[i], of, before, at, &how)) continue;
        for (int k = 0; k < n; k++) {
            if (!ref_holds(&of[k], before)) continue;
            cst_money value = ref_value(&config, &of[k], at);
            cells[of[k].group].ended[how] -= value;
            cells[group_names.n].ended[how] -= value;
        }
    }
}

/* ---- tables ---- */

static void put_money(cst_wide m)
{
    char text[CST_DECIMAL_ROOM];
    cst_wide_format(m, 2, text);
    printf(",%s", text);
}

static void put_rate(cst_wide num, cst_wide den)
{
    char text[CST_DECIMAL_ROOM] = "";
    cst_ratio r;
    if (cst_ratio_of(num, den, &r)) cst_ratio_format(r, text);
    printf(",%s", text);
}

static void put_kind(const cell *c, int kind)
{
    printf(",%lld", (long long)c->lines[kind]);
    put_money(c->mrr[kind]);
}

static void write_header(void)
{
    printf("period_start,period_end,complete");
    for (int k = 0; k < bys; k++)
        if (strcmp(by[k], "currency") != 0 || o.fx)
            printf(",%s%s", strcmp(by[k], "currency") == 0 ? "by_" : "", by[k]);
    puts(",row,currency,due_logos,due_lines,due_mrr,on_time_lines,on_time_mrr,late_lines,late_mrr,more_lines,"
         "more_mrr,less_lines,less_mrr,lost_lines,lost_mrr,renewed_mrr,on_time_rate,line_renewal_rate,"
         "renewal_rate,net_renewal_rate,fell_through_lines,fell_through_mrr,pending_lines,pending_mrr,"
         "unsettled_lines,unsettled_mrr,ended,ended_at_term,ended_after_term,ended_early,ended_no_term");
}

/* The columns up to currency; g == number of groups: the total. */
static void write_key(cst_day first, cst_day last, const char *complete, const char *kind, int g)
{
    char a[CST_DAY_ROOM], b[CST_DAY_ROOM], name[TEXT] = "";
    const char *currency = o.fx ? o.report : currencies.n ? currencies.text[0] : "", *part = name;
    cst_day_format(first, a);
    cst_day_format(last, b);
    printf("%s,%s,%s", a, b, complete);
    if (g < group_names.n) strcpy(name, group_names.text[g]);
    for (int k = 0; k < bys; k++) {
        int n = (int)strcspn(part, APART);
        if (strcmp(by[k], "currency") != 0 || o.fx) printf(",%.*s", n, part);
        if (strcmp(by[k], "currency") == 0 && !o.fx && g < group_names.n) currency = part;
        part += n + (part[n] != '\0');
    }
    printf(",%s,%.*s",
           kind                ? kind
           : g < group_names.n ? "segment"
                               : "total",
           (int)strcspn(currency, APART), currency);
}

static void write_period_row(const cell *c)
{
    int64_t lines = c->lines[DUE] - c->lines[REF_PENDING];
    cst_wide mrr = c->mrr[DUE] - c->mrr[REF_PENDING], ended = 0;
    printf(",%lld", (long long)c->logos);
    static const int first[] = {DUE, REF_ON_TIME, REF_LATE, MORE, LESS, REF_LOST};
    for (size_t k = 0; k < sizeof first / sizeof *first; k++) put_kind(c, first[k]);
    put_money(c->renewed);
    put_rate(c->lines[REF_ON_TIME], lines);
    put_rate(c->lines[REF_ON_TIME] + c->lines[REF_LATE], lines);
    put_rate(c->mrr[REF_ON_TIME] + c->mrr[REF_LATE], mrr);
    put_rate(c->renewed, mrr);
    put_kind(c, REF_FELL_THROUGH);
    put_kind(c, REF_PENDING);
    put_kind(c, UNSETTLED);
    for (int k = 0; k < REF_ENDS; k++) ended += c->ended[k];
    put_money(ended);
    for (int k = 0; k < REF_ENDS; k++) put_money(c->ended[k]);
    putchar('\n');
}

static void write_ahead_row(const cell *c)
{
    printf(",%lld", (long long)c->logos);
    put_kind(c, DUE);
    for (int k = 0; k < 26; k++) putchar(',');
    putchar('\n');
}

/* The table has groups where there is --by, and a total unless amounts are of several currencies. */
static int first_cell(void)
{
    return bys ? 0 : group_names.n;
}

static int last_cell(void)
{
    return !o.fx && currencies.n > 1 ? group_names.n - 1 : group_names.n;
}

static int cell_at(int k)
{
    return k < group_names.n ? group_order[k] : k;
}

static void span(cst_period *first, cst_period *last)
{
    *first = cst_period_of(&periods, from_day != CST_DAY_NONE ? from_day : first_start);
    *last = cst_period_of(&periods, config.as_of);
    if (!o.incomplete && cst_period_last(&periods, *last) > config.as_of) --*last;
    if (to_day != CST_DAY_NONE && cst_period_of(&periods, to_day) < *last)
        *last = cst_period_of(&periods, to_day);
}

static void write_period(cst_period p)
{
    cst_day first = cst_period_first(&periods, p), last = cst_period_last(&periods, p);
    bool complete = last <= config.as_of;
    clear_cells();
    for (int i = 0; i < line_names.n; i++)
        for (int k = 0; k < line[i].dates; k++) {
            const ref_date *t = &line[i].date[k];
            if (t->status == REF_UPCOMING || t->day < first || t->day > last) continue;
            count_date_by_group(&line[i], t);
        }
    count_ends(first - 1, complete ? last : config.as_of);
    for (int k = first_cell(); k <= last_cell(); k++) {
        write_key(first, last, complete ? "yes" : "no", NULL, cell_at(k));
        write_period_row(&cells[cell_at(k)]);
    }
}

static void write_table(void)
{
    static const struct {
        const char *name;
        int from, to; /* days after as_of */
    } stretch[STRETCHES] = {{"due_30", 1, 30},
                            {"due_60", 1, 60},
                            {"due_90", 1, 90},
                            {"due_31_60", 31, 60},
                            {"due_61_90", 61, 90}};
    cst_period first, last;
    span(&first, &last);
    write_header();
    for (cst_period p = first; p <= last; p++) write_period(p);
    for (int i = 0; i < STRETCHES; i++) {
        cst_day a = config.as_of + stretch[i].from, b = config.as_of + stretch[i].to;
        count_ahead(a, b);
        for (int k = first_cell(); k <= last_cell(); k++) {
            write_key(a, b, "", stretch[i].name, cell_at(k));
            write_ahead_row(&cells[cell_at(k)]);
        }
    }
}

/* ---- detail ---- */

static const char *const status_name[REF_STATUSES] = {"on_time", "late",    "fell_through",
                                                      "lost",    "pending", "upcoming"};

static void write_date(FILE *f, int i, const ref_date *t)
{
    char day[CST_DAY_ROOM], found[CST_DAY_ROOM] = "", check[CST_DAY_ROOM] = "", columns[TEXT];
    char due[CST_DECIMAL_ROOM], renewed[CST_DECIMAL_ROOM] = "", rest[CST_DECIMAL_ROOM] = "",
                                more[CST_DECIMAL_ROOM] = "", less[CST_DECIMAL_ROOM] = "";
    bool good = t->status == REF_ON_TIME || t->status == REF_LATE;
    strcpy(columns, line_columns[i]);
    for (char *at = columns; *at; at++)
        if (*at == APART[0]) *at = ',';
    cst_day_format(t->day, day);
    cst_money_format(t->due, 2, due);
    if (t->status != REF_UPCOMING) cst_money_format(t->rest, 2, rest);
    if (good) cst_money_format(t->renewed, 2, renewed);
    if (good) cst_money_format(t->change > 0 ? t->change : 0, 2, more);
    if (good) cst_money_format(t->change < 0 ? t->change : 0, 2, less);
    cst_day_format(t->found, found);
    cst_day_format(t->check, check);
    fprintf(f, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", day, line_account[i], columns,
            status_name[t->status], due, renewed, good ? found : "", line_currency[i], rest, found, check,
            more, less);
}

static void write_detail(void)
{
    cst_period first, last;
    FILE *f = fopen(o.detail, "w");
    if (!f) fail("expected a file to write", o.detail);
    span(&first, &last);
    fprintf(f, "due_date,account_id,");
    if (o.centre) fprintf(f, "%s,", o.centre);
    for (int k = 0; k < line_bys; k++) fprintf(f, "%s,", line_by[k]);
    if (!o.centre && !line_bys) fprintf(f, "line,");
    fprintf(
        f,
        "status,due_mrr,renewed_mrr,renewed_date,currency,rest_mrr,first_day,check_day,more_mrr,less_mrr\n");
    for (int i = 0; i < line_names.n; i++)
        for (int k = 0; k < line[i].dates; k++) {
            const ref_date *t = &line[i].date[k];
            cst_period p = cst_period_of(&periods, t->day);
            if (t->status == REF_UPCOMING || (first <= p && p <= last)) write_date(f, i, t);
        }
    fclose(f);
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    take_options();
    read_ledger();
    lengthen_rows();
    for (int k = 0; k < group_names.n; k++) group_order[k] = k;
    qsort(group_order, (size_t)group_names.n, sizeof *group_order, compare_groups);
    write_table();
    if (o.detail) write_detail();
    if (ref_rate_missing) fail("expected a rate for every day and currency", o.fx);
    return 0;
}
