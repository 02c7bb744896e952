/* report/night.c: everything that people look at, from the folder of one night: the tables of nightly.sh
 * by their names. What a table that is not there would bring is left out. All files appear together or
 * not at all. */
#include "base/memory.h"
#include "base/text.h"
#include "report/account.h"
#include "report/digest.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 5 }; /* of an owner's list; movers up and down */

#define AT(field) offsetof(report_options, field)
static const struct table {
    const char *file;
    size_t at;
} tables[] = {{"bridge.csv", AT(bridge)},
              {"quarters.csv", AT(quarter)},
              {"movers.csv", AT(movers)},
              {"customers.csv", AT(customers)},
              {"customer_scores.csv", AT(scores)},
              {"metrics.csv", AT(metrics)},
              {"portfolio.csv", AT(portfolio)},
              {"quarter_cohorts.csv", AT(cohorts)},
              {"survival.csv", AT(survival)},
              {"renewals.csv", AT(renewals)},
              {"forecast.csv", AT(forecast)},
              {"forecast_record.csv", AT(backtest)},
              {"deciles.csv", AT(deciles)},
              {"moves.csv", AT(moves)},
              {"tie_out.csv", AT(tie_out)},
              {"accounts.csv", AT(accounts)},
              {"flags.csv", AT(flags)},
              {"book.csv", AT(book)},
              {"milestones.csv", AT(milestones)},
              {"outcomes.csv", AT(outcomes)},
              {"contacts.csv", AT(contacts)},
              {"touchpoints.csv", AT(touchpoints)},
              {"movements.csv", AT(detail)},
              {"explain.csv", AT(explain)}};
static const char *const events[] = {"touchpoints.csv", "tickets.csv", "surveys.csv"};
enum { TABLES = sizeof tables / sizeof *tables, EVENTS = sizeof events / sizeof *events };

typedef struct night {
    report_options o; /* the run's, with the tables of the folder */
    cst_program_io *io;
    const char *folder;
    const char *event[EVENTS];
} night;

static const char *path_in(night *n, const char *name)
{
    return cst_io_path(n->io, n->folder, name);
}

static cst_status find_tables(night *n, cst_error *e)
{
    for (int i = 0; i < TABLES; i++) {
        const char *path = path_in(n, tables[i].file);
        if (!path) return cst_no_memory(e);
        if (access(path, F_OK) == 0) *(const char **)((char *)&n->o + tables[i].at) = path;
    }
    n->o.events = (cst_list){n->event, 0};
    for (int i = 0; i < EVENTS; i++) {
        const char *path = path_in(n, events[i]);
        if (!path) return cst_no_memory(e);
        if (access(path, F_OK) == 0) n->event[n->o.events.n++] = path;
    }
    const char *missing = !n->o.bridge      ? "bridge.csv"
                          : !n->o.customers ? "customers.csv"
                          : !n->o.accounts  ? "accounts.csv"
                                            : NULL;
    if (!missing) return CST_OK;
    return cst_fail_at(e, CST_IO, (cst_place){n->folder, 0, 0}, NULL,
                       "night: expected a folder as nightly.sh makes it, found no %s in it", missing);
}

static cst_status make_folder(night *n, const char *name, cst_error *e)
{
    const char *path = path_in(n, name);
    if (!path) return cst_no_memory(e);
    if (mkdir(path, 0750) == 0 || errno == EEXIST) return CST_OK;
    return cst_fail_at(e, CST_IO, (cst_place){path, 0, 0}, NULL,
                       "cannot make the folder; see that there is leave to write in %s", n->folder);
}

/* A file of the night; private: it names people. */
static cst_status open_file(night *n, const char *name, bool private, cst_sink **out, cst_error *e)
{
    const char *path = path_in(n, name);
    if (!path) return cst_no_memory(e);
    cst_status status = cst_io_sink(n->io, path, out, e);
    if (status == CST_OK && private) cst_sink_private(*out);
    return status;
}

/* ---- digests: of all, and for the owner of each group of customers ---- */

static cst_status make_digest(night *n, report_page *p, const char *name, const char *owner, bool text,
                              cst_error *e)
{
    cst_sink *to;
    cst_status status = open_file(n, name, true, &to, e);
    return status == CST_OK ? report_digest_write(p, owner, text, to, e) : status;
}

/* FOLDER/owners/NAME.ENDING */
static void name_owner(cst_text owner, const char *ending, char out[REPORT_FILE_ROOM + 32])
{
    char file[REPORT_FILE_ROOM];
    report_file_name(owner, file);
    snprintf(out, REPORT_FILE_ROOM + 32, "owners/%s.%s", file, ending);
}

/* The values of a column, each once; those of totals alone where a table has a column row. */
static cst_status find_owners(const cst_table *t, int column, cst_intern *out, cst_error *e)
{
    int kind = report_page_column(t, "row");
    for (size_t row = 0; column >= 0 && row < cst_table_rows(t); row++) {
        cst_text owner = cst_table_at(t, row, column);
        if (owner.n == 0 || (kind >= 0 && !cst_text_is(cst_table_at(t, row, kind), "total"))) continue;
        if (cst_intern_id(out, owner) == CST_INTERN_NONE) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status make_digests(night *n, report_page *p, cst_error *e)
{
    const cst_table *t = p->in[PAGE_CUSTOMERS];
    bool by_one = report_page_column(t, "row") == 1; /* column of --by */
    cst_intern *owners = cst_intern_new();
    cst_status status = owners ? make_digest(n, p, "digest.html", NULL, false, e) : cst_no_memory(e);
    if (status == CST_OK) status = make_digest(n, p, "digest.txt", NULL, true, e);
    if (status == CST_OK) status = find_owners(t, by_one ? 0 : -1, owners, e);
    if (status == CST_OK && cst_intern_count(owners)) status = make_folder(n, "owners", e);
    for (uint32_t i = 0; status == CST_OK && i < cst_intern_count(owners); i++) {
        char name[REPORT_FILE_ROOM + 32];
        cst_text owner = cst_intern_text(owners, i);
        name_owner(owner, "digest.html", name);
        status = make_digest(n, p, name, owner.p, false, e);
        name_owner(owner, "digest.txt", name);
        if (status == CST_OK) status = make_digest(n, p, name, owner.p, true, e);
    }
    cst_intern_free(owners);
    return status;
}

/* ---- agendas: of all, and for everyone who looks after a customer ---- */

static cst_status make_agenda(night *n, const report_customers *c, const char *name, const char *owner,
                              cst_error *e)
{
    report_options o = n->o;
    report_customers one = *c; /* the tables stay those of c */
    cst_sink *to;
    o.owner = owner;
    one.o = &o;
    cst_status status = open_file(n, name, true, &to, e);
    return status == CST_OK ? report_agenda_write(&one, to, e) : status;
}

static cst_status make_agendas(night *n, const report_customers *c, cst_error *e)
{
    cst_intern *owners = cst_intern_new();
    cst_status status = owners ? make_agenda(n, c, "agenda.txt", NULL, e) : cst_no_memory(e);
    if (status == CST_OK) status = find_owners(c->in[LIST_ACCOUNTS], c->owner, owners, e);
    if (status == CST_OK && cst_intern_count(owners)) status = make_folder(n, "owners", e);
    for (uint32_t i = 0; status == CST_OK && i < cst_intern_count(owners); i++) {
        char name[REPORT_FILE_ROOM + 32];
        name_owner(cst_intern_text(owners, i), "agenda.txt", name);
        status = make_agenda(n, c, name, cst_intern_text(owners, i).p, e);
    }
    cst_intern_free(owners);
    return status;
}

/* ---- pages of accounts ---- */

/* The accounts that the page links: the first of each owner's list, and those who moved most. */
static cst_status choose_accounts(report_page *p, cst_intern *out, cst_error *e)
{
    report_movers m;
    cst_status status = CST_OK;
    const cst_table *t = p->in[PAGE_CUSTOMERS];
    int kind = report_page_column(t, "row"), rank = report_page_column(t, "rank"),
        account = report_page_column(t, "account_id");
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++) {
        chart_value place = report_page_value(t, row, rank);
        if (cst_text_is(cst_table_at(t, row, kind), "total") || place == CHART_NONE ||
            place > ROWS * CHART_ONE)
            continue;
        if (cst_intern_id(out, cst_table_at(t, row, account)) == CST_INTERN_NONE) status = cst_no_memory(e);
    }
    if (status < 0 || !p->in[PAGE_MOVERS]) return status;
    status = report_movers_open(&m, p, e);
    for (int up = 0; up < 2 && status == CST_OK; up++)
        for (size_t row = 0, k = 0; row < cst_table_rows(m.t) && k < ROWS; row++) {
            if (!report_mover_here(&m, row, up)) continue;
            k++;
            if (cst_intern_id(out, cst_table_at(m.t, row, m.account)) == CST_INTERN_NONE)
                status = cst_no_memory(e);
        }
    report_index_free(&m.accounts);
    return status;
}

static cst_status make_accounts(night *n, report_accounts *a, const cst_intern *accounts, cst_error *e)
{
    cst_status status = make_folder(n, "accounts", e);
    for (uint32_t i = 0; status == CST_OK && i < cst_intern_count(accounts); i++) {
        char file[REPORT_FILE_ROOM], name[REPORT_FILE_ROOM + 32];
        cst_sink *to;
        cst_text account = cst_intern_text(accounts, i);
        report_file_name(account, file);
        snprintf(name, sizeof name, "accounts/%s.html", file);
        status = report_accounts_make(a, account, "../page.html", e);
        if (status == CST_OK) status = open_file(n, name, true, &to, e);
        if (status == CST_OK) status = cst_sink_write(to, a->p.out.p, a->p.out.n, e);
    }
    return status;
}

/* ---- all of it ---- */

/* page.html, with the links that account pages are made for, and the digests. */
static cst_status make_pages(night *n, cst_intern *accounts, cst_error *e)
{
    report_options with_links = n->o;
    report_page p;
    cst_sink *to;
    with_links.pages = "accounts/";
    cst_status status = report_page_open(&p, "night", &with_links, n->io, e);
    if (status == CST_OK) status = open_file(n, "page.html", false, &to, e);
    if (status == CST_OK) status = report_page_write(&p, to, e);
    if (status == CST_OK) status = choose_accounts(&p, accounts, e);
    if (status == CST_OK) status = make_digests(n, &p, e);
    report_page_close(&p);
    return status;
}

static cst_status make_night(night *n, cst_error *e)
{
    report_accounts a = {.event_files = 0};
    cst_sink *to;
    cst_intern *accounts = cst_intern_new();
    cst_status status = accounts ? find_tables(n, e) : cst_no_memory(e);
    if (status == CST_OK) status = make_pages(n, accounts, e);
    if (status == CST_OK) status = open_file(n, "morning.txt", true, &to, e);
    if (status == CST_OK) status = report_morning_make(&n->o, n->io, to, e);
    if (status == CST_OK) status = report_accounts_open(&a, "night", &n->o, n->io, e);
    if (status == CST_OK) status = make_accounts(n, &a, accounts, e);
    if (status == CST_OK) status = make_agendas(n, &a.c, e);
    report_accounts_free(&a);
    cst_intern_free(accounts);
    return status;
}

cst_status report_night_run(const report_options *o, cst_program_io *io, cst_error *e)
{
    const cst_inputs *in = cst_io_operands(io);
    night n = {.o = *o, .io = io};
    cst_status status = CST_OK;
    if (!cst_io_has_operands(io) || in->n != 1)
        status = cst_fail(e, CST_USAGE,
                          "night: expected one folder, found %zu; it is the folder of a night of nightly.sh",
                          cst_io_has_operands(io) ? in->n : 0);
    if (status == CST_OK) {
        n.folder = in->path[0];
        status = make_night(&n, e);
    }
    return status;
}
