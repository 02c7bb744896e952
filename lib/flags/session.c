/* flags/session.c: opens the tables and checks what they say, before a row of the input is judged. */
#include "flags/session.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include "program/checks.h"
#include "tables/builtin.h"
#include "tables/metrics_rows.h"
#include "tables/unmatched.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- tables ---- */

static cst_status open_tables(flag_night *s, cst_error *e)
{
    const flag_opts *o = s->o;
    cst_status status = cst_builtin_is_file(o->rules)
                            ? cst_io_table(s->io, o->rules, &s->rules_table, e)
                            : cst_builtin_load("rules", o->rules, &s->rules_table, e);
    if (status == CST_OK && o->accounts) status = cst_io_table(s->io, o->accounts, &s->accounts_table, e);
    if (status == CST_OK && o->accounts) status = cst_accounts_new(s->accounts_table, NULL, &s->accounts, e);
    if (status == CST_OK && o->decisions) status = cst_io_table(s->io, o->decisions, &s->decisions_table, e);
    if (status == CST_OK && o->labels) status = cst_io_table(s->io, o->labels, &s->labels_table, e);
    if (status == CST_OK && o->reasons) status = cst_io_table(s->io, o->reasons, &s->reasons_table, e);
    return status;
}

/* ---- rules and columns ---- */

static void tell_skipped(void *context, cst_text flag, const cst_error *why)
{
    char text[1200];
    cst_error_format(why, text, sizeof text);
    cst_io_warn(context, "flag %.*s left out: %s", flag.n > 60 ? 60 : (int)flag.n, flag.p, text);
}

static cst_status read_rules(flag_night *s, cst_error *e)
{
    flag_rules_opts o = {.skip_unknown = s->o->skip_unknown, .skipped = tell_skipped, .context = s->io};
    flag_problems problems = {0};
    for (int scope = 0; scope < FLAG_SCOPES; scope++) {
        const flag_shard *p = scope == FLAG_SCOPE_ACCOUNT ? s->part[0] : s->portfolio;
        flag_rule_names *names = &o.names[scope];
        if (p) names->name = cst_panel_names(p->panel, &names->n);
        names->functions = cst_panel_functions;
    }
    cst_status status = flag_rules_read(s->rules_table, &o, &s->rules, &problems, e);
    if (status == CST_OK) status = flag_problems_tell(&problems, s->io, e);
    flag_problems_clear(&problems);
    if (status == CST_OK && s->decisions_table) {
        status = flag_decisions_read(s->decisions_table, s->rules, &s->decisions, &problems, e);
        if (status == CST_OK) status = flag_problems_tell(&problems, s->io, e);
        flag_problems_clear(&problems);
    }
    return status;
}

static cst_status parse_where(flag_night *s, cst_error *e)
{
    size_t n;
    if (!s->o->where) return CST_OK;
    const cst_text *names = cst_panel_names(s->part[0]->panel, &n);
    const cst_expr_env env = {
        .label = "--where", .names = names, .n = n, .want = CST_WANT_CONDITION, .has_today = true};
    return cst_expr_parse(cst_text_of(s->o->where), &env, &s->where, e);
}

/* An attribute is read from the accounts, where also an account without a row has it. */
static cst_status find_side(const flag_night *s, cst_text name, flag_side *out, cst_error *e)
{
    cst_status status = cst_panel_find(s->part[0]->panel, name, &out->column, e);
    if (status < 0) return status;
    out->there = true;
    out->attribute = cst_panel_attribute(s->part[0]->panel, out->column, &out->index);
    return CST_OK;
}

static cst_status find_named(const flag_night *s, const char *option, cst_text name, flag_side *out,
                             cst_error *e)
{
    cst_status status = find_side(s, name, out, e);
    if (status != CST_USAGE) return status;
    cst_error found = *e;
    return cst_fail(e, CST_USAGE, "--%s: %s", option, found.message);
}

static cst_status find_by(flag_night *s, cst_error *e)
{
    const char *p = s->o->by;
    if (!p) return CST_OK;
    size_t most = strlen(p) + 1;
    s->by = calloc(most, sizeof *s->by);
    s->by_name = calloc(most, sizeof *s->by_name);
    cst_status status = s->by && s->by_name ? CST_OK : cst_no_memory(e);
    while (status == CST_OK) {
        size_t n = strcspn(p, ",");
        s->by_name[s->bys] = strndup(p, n);
        if (!s->by_name[s->bys]) return cst_no_memory(e);
        status = find_named(s, "by", cst_text_of(s->by_name[s->bys]), &s->by[s->bys], e);
        s->bys++;
        if (p[n] == '\0') break;
        p += n + 1;
    }
    return status;
}

static cst_status find_sides(flag_night *s, cst_error *e)
{
    const cst_panel *p = s->part[0]->panel;
    const char *mrr = s->o->mrr_column ? s->o->mrr_column : "mrr";
    cst_status status = CST_OK;
    if (cst_panel_has(p, cst_text_of("active"))) status = find_side(s, cst_text_of("active"), &s->active, e);
    if (status != CST_OK) return status;
    if (s->o->mrr_column || cst_panel_has(p, cst_text_of(mrr)))
        status = find_named(s, "mrr-column", cst_text_of(mrr), &s->mrr, e);
    if (status == CST_OK && cst_panel_has(p, cst_text_of("renewal_date")))
        status = find_side(s, cst_text_of("renewal_date"), &s->renewal, e);
    else if (status == CST_OK && cst_panel_has(p, cst_text_of("days_to_renewal"))) {
        s->renewal_in_days = true;
        status = find_side(s, cst_text_of("days_to_renewal"), &s->renewal, e);
    }
    if (status == CST_OK && s->o->customers && cst_panel_has(p, cst_text_of("name")))
        status = find_side(s, cst_text_of("name"), &s->name, e);
    if (status == CST_OK && s->o->loss_column)
        status = find_named(s, "loss-column", cst_text_of(s->o->loss_column), &s->loss, e);
    return status == CST_OK ? find_by(s, e) : status;
}

static cst_status need_side(const flag_side *side, cst_panel *panel, cst_error *e)
{
    return side->there && !side->attribute ? cst_panel_need(panel, side->column, 1, e) : CST_OK;
}

static bool is_amount(cst_text t)
{
    cst_money m;
    cst_decimal_status parsed = cst_money_parse(t, &m);
    return parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED;
}

static bool is_day(cst_text t)
{
    cst_day day;
    return cst_day_parse(t, &day);
}

static bool is_active_word(cst_text t)
{
    cst_active active;
    return cst_active_read(t, &active);
}

static bool is_number(cst_text t)
{
    double v;
    return cst_number_parse(t, &v);
}

/* Does something with every expression of a scope's rules. */
typedef cst_status flag_expression_use(cst_panel *panel, const cst_expr *x, cst_error *e);
static cst_status use_expressions(const flag_night *s, flag_scope scope, cst_panel *panel,
                                  flag_expression_use *use, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->rules->n && status == CST_OK; i++) {
        const flag_rule *r = &s->rules->rule[i];
        const cst_expr *x;
        if (r->scope != scope) continue;
        status = use(panel, r->when, e);
        if (status == CST_OK && r->clear) status = use(panel, r->clear, e);
        for (size_t k = 0; status == CST_OK && r->text && (x = flag_phrase_expression(r->text, k)); k++)
            status = use(panel, x, e);
    }
    return status;
}

/* With --rejects: rows with a field that a rule or the order of triage could not read are set aside. */
static cst_status test_fields(const flag_night *s, flag_scope scope, cst_panel *panel, cst_error *e)
{
    cst_status status = use_expressions(s, scope, panel, cst_panel_test_expr, e);
    if (status < 0 || scope != FLAG_SCOPE_ACCOUNT) return status;
    if (s->where) status = cst_panel_test_expr(panel, s->where, e);
    if (status == CST_OK && s->mrr.there)
        status = cst_panel_test(panel, s->mrr.column, is_amount, "an amount", e);
    if (status == CST_OK && s->loss.there)
        status = cst_panel_test(panel, s->loss.column, is_amount, "an amount", e);
    if (status == CST_OK && s->renewal.there)
        status = s->renewal_in_days
                     ? cst_panel_test(panel, s->renewal.column, is_number, "a number of days", e)
                     : cst_panel_test(panel, s->renewal.column, is_day, "a date YYYY-MM-DD", e);
    return status;
}

/* One meaning, whatever the rules read. */
static cst_status test_active(const flag_night *s, cst_panel *panel, cst_error *e)
{
    const flag_side *side = &s->active;
    if (!side->there || side->attribute) return CST_OK;
    cst_status status = cst_panel_need(panel, side->column, 0, e);
    return status == CST_OK ? cst_panel_test(panel, side->column, is_active_word, CST_ACTIVE_EXPECTED, e)
                            : status;
}

cst_status flag_night_need(const flag_night *s, flag_scope scope, cst_panel *panel, cst_error *e)
{
    cst_status status = use_expressions(s, scope, panel, cst_panel_need_expr, e);
    if (scope == FLAG_SCOPE_ACCOUNT) {
        if (status == CST_OK && s->where) status = cst_panel_need_expr(panel, s->where, e);
        if (status == CST_OK) status = test_active(s, panel, e);
        if (status == CST_OK) status = need_side(&s->mrr, panel, e);
        if (status == CST_OK) status = need_side(&s->renewal, panel, e);
        if (status == CST_OK) status = need_side(&s->name, panel, e);
        if (status == CST_OK) status = need_side(&s->loss, panel, e);
        for (size_t i = 0; i < s->bys && status == CST_OK; i++) status = need_side(&s->by[i], panel, e);
    }
    if (status == CST_OK && cst_io_shared(s->io)->rejects) status = test_fields(s, scope, panel, e);
    if (status == CST_OK) cst_panel_keep_spare(panel);
    return status;
}

cst_text flag_side_text(const flag_night *s, const flag_shard *p, const flag_side *side, uint32_t account)
{
    if (!side->there || p->scope != FLAG_SCOPE_ACCOUNT) return (cst_text){"", 0};
    if (!side->attribute)
        return cst_panel_earlier(p->panel, account, cst_panel_kept_place(p->panel, side->column), 1);
    uint32_t row = cst_accounts_find(s->accounts, cst_panel_account_id(p->panel, account));
    return cst_accounts_at(s->accounts, row, side->index);
}

/* ---- the order of the input, and its periods ---- */

static cst_status survey(flag_night *s, cst_error *e)
{
    cst_read_opts o;
    const cst_inputs scores = {s->o->scores.v, s->o->scores.n};
    int orders = 0, others;
    s->order = CST_PANEL_SORT;
    if (cst_io_shared(s->io)->rejects)
        return CST_OK; /* only reading tells which rows, so which periods, stay */
    cst_status status = cst_io_read_opts(s->io, &o, e);
    if (status == CST_OK)
        status = cst_panel_survey(cst_io_operands(s->io), &o, "account_id", "period", &orders, &s->judged, e);
    if (status == CST_OK && orders && scores.n) {
        status = cst_panel_survey(&scores, &o, "account_id", "period", &others, &s->judged, e);
        orders &= others;
    }
    if (status < 0) return status;
    s->surveyed = orders != 0;
    s->order = orders & CST_PANEL_BY_ACCOUNT  ? CST_PANEL_BY_ACCOUNT
               : orders & CST_PANEL_BY_PERIOD ? CST_PANEL_BY_PERIOD
                                              : CST_PANEL_SORT;
    if (!s->surveyed) s->judged.n = s->judged.last = 0;
    return CST_OK;
}

#define BYTES_PER_PART (4 << 20) /* less is not worth a thread */
#define MOST_PARTS     16

/* Files can be read by several threads, each for its part of the accounts; a pipe cannot, and bad rows
 * that are set aside would be set aside by each. */
static size_t count_parts(const flag_night *s)
{
    const cst_inputs *in[] = {cst_io_operands(s->io), &(cst_inputs){s->o->scores.v, s->o->scores.n}};
    off_t bytes = 0;
    if (s->single || cst_io_shared(s->io)->rejects) return 1;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < in[k]->n; i++) {
            struct stat st;
            if (strcmp(in[k]->path[i], "-") == 0 || stat(in[k]->path[i], &st) != 0 || !S_ISREG(st.st_mode))
                return 1;
            bytes += st.st_size;
        }
    size_t parts = (size_t)cst_io_threads(s->io), most = (size_t)(bytes / BYTES_PER_PART) + 1;
    if (parts > most) parts = most;
    return parts > MOST_PARTS ? MOST_PARTS : parts;
}

/* ---- together ---- */

static cst_status open_first_part(flag_night *s, cst_error *e)
{
    s->part = calloc(MOST_PARTS, sizeof *s->part);
    if (!s->part) return cst_no_memory(e);
    cst_status status = flag_night_part(s, &s->part[0], e);
    if (status == CST_OK) s->parts = 1;
    if (status == CST_OK && (s->o->bridge || s->o->portfolio))
        status = flag_night_portfolio(s, &s->portfolio, e);
    return status;
}

/* The other parts, over the same files. */
static cst_status open_parts(flag_night *s, cst_error *e)
{
    size_t parts = count_parts(s);
    cst_status status = flag_night_need(s, FLAG_SCOPE_ACCOUNT, s->part[0]->panel, e);
    while (status == CST_OK && s->parts < parts) {
        status = flag_night_part(s, &s->part[s->parts], e);
        if (status < 0) break;
        s->parts++;
        status = flag_night_need(s, FLAG_SCOPE_ACCOUNT, s->part[s->parts - 1]->panel, e);
    }
    for (size_t i = 0; i < s->parts && status == CST_OK; i++) {
        cst_panel_set_order(s->part[i]->panel, s->order);
        cst_panel_part(s->part[i]->panel, (uint32_t)i, (uint32_t)s->parts);
    }
    if (status == CST_OK && s->portfolio)
        status = flag_night_need(s, FLAG_SCOPE_PORTFOLIO, s->portfolio->panel, e);
    return status;
}

cst_status flag_night_open(const flag_opts *o, cst_program_io *io, bool single, int *lock, flag_night *s,
                           cst_error *e)
{
    *s = (flag_night){.o = o, .io = io, .single = single};
    cst_status status = open_tables(s, e);
    if (status == CST_OK) status = open_first_part(s, e);
    if (status == CST_OK) status = read_rules(s, e);
    if (status == CST_OK) status = parse_where(s, e);
    if (status == CST_OK) status = find_sides(s, e);
    if (status == CST_OK && o->state && *lock < 0) status = flag_state_lock(o->state, io, lock, e);
    if (status == CST_OK && o->state) status = flag_state_read(o->state, io, &s->state, e);
    if (status == CST_OK) status = survey(s, e);
    return status == CST_OK ? open_parts(s, e) : status;
}

void flag_night_close(flag_night *s)
{
    for (size_t i = 0; i < s->parts; i++) flag_shard_free(s->part[i]);
    free(s->part);
    flag_shard_free(s->portfolio);
    cst_expr_free(s->where);
    flag_decisions_clear(&s->decisions);
    flag_rules_free(s->rules);
    cst_accounts_free(s->accounts);
    flag_state_free(s->state);
    for (size_t i = 0; i < s->bys; i++) free(s->by_name[i]);
    free(s->by_name);
    free(s->by);
    free(s->judged.day);
    cst_table_free(s->rules_table);
    cst_table_free(s->accounts_table);
    cst_table_free(s->decisions_table);
    cst_table_free(s->labels_table);
    cst_table_free(s->reasons_table);
}

/* ---- the walk ---- */

/* Leaves those from --from to --to, and says which are tonight and the one before. */
static cst_status choose_periods(flag_night *s, cst_error *e)
{
    cst_periods *p = &s->judged;
    cst_day to = s->o->as_of != CST_DAY_NONE ? s->o->as_of : s->o->to;
    for (size_t i = 0; !s->surveyed && i < s->parts; i++)
        if (!cst_panel_periods(s->part[i]->panel, p)) return cst_no_memory(e);
    size_t first = s->o->from != CST_DAY_NONE ? cst_periods_from(p, s->o->from) : 0;
    size_t end = to != CST_DAY_NONE && to < CST_DAY_MAX ? cst_periods_from(p, to + 1) : p->n;
    if (first > end) first = end;
    if (end > first) memmove(p->day, p->day + first, (end - first) * sizeof *p->day);
    p->n = end - first;
    p->last = 0;
    if (p->n == 0 && s->o->state)
        return cst_fail(
            e, CST_DATA,
            "expected rows of a period to judge, found none; the state stays as it is. Check the input, "
            "--from and --to");
    s->pass = (flag_pass){.rules = s->rules,
                          .where = s->where,
                          .judged = p,
                          .before = CST_DAY_NONE,
                          .tonight = p->n ? p->day[p->n - 1] : CST_DAY_NONE,
                          .scores = s->o->scores.n > 0,
                          .episodes = s->o->backtest || s->o->loss_review};
    cst_status status = s->state ? flag_state_resume(s->state, p->day[0], e) : CST_OK;
    if (status == CST_OK && s->state) s->pass.before = flag_state_period(s->state);
    if (p->n > 1) s->pass.before = p->day[p->n - 2];
    return status;
}

static cst_status seed(flag_night *s, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->parts && status == CST_OK; i++)
        status = flag_state_seed(s->state, s->part[i], s->rules, (uint32_t)i, (uint32_t)s->parts, e);
    return status == CST_OK && s->portfolio ? flag_state_seed(s->state, s->portfolio, s->rules, 0, 1, e)
                                            : status;
}

static cst_status start_part(flag_shard *p, const flag_pass *w, cst_error *e)
{
    (void)w;
    return cst_panel_start(p->panel, e);
}

/* A file of another night joins nowhere: every rule over its columns would be unknown, in silence. */
static cst_status check_nights(const flag_night *s, cst_error *e)
{
    const cst_inputs scores = {s->o->scores.v, s->o->scores.n}, *in[] = {cst_io_operands(s->io), &scores};
    uint64_t rows[2] = {0, 0};
    char day[CST_DAY_ROOM];
    if (!scores.n || s->pass.tonight == CST_DAY_NONE) return CST_OK;
    for (size_t i = 0; i < s->parts; i++)
        for (int t = 0; t < 2; t++) rows[t] += s->part[i]->of_table[t];
    int lacks = rows[1] == 0 ? 1 : 0;
    if (rows[lacks] > 0) return CST_OK;
    cst_day_format(s->pass.tonight, day);
    cst_io_check(s->io,
                 &(cst_finding){.id = CST_CHECK_OTHER_PERIOD,
                                .first.file = in[lacks]->n ? in[lacks]->path[0] : "-",
                                .count = 1},
                 "expected rows of %s%s, which the %s have, found none; give the %s of that night, or %s",
                 s->pass.episodes ? "the periods up to " : "", day, lacks ? "metrics" : "scores",
                 lacks ? "scores" : "metrics", lacks ? "leave --scores out" : "an earlier --as-of");
    return cst_io_checked(s->io, e);
}

/* A decision about an account that nothing else knows is a slip of the pen, most likely. */
static cst_status warn_of_decisions(const flag_night *s, cst_error *e)
{
    const flag_decisions *d = &s->decisions;
    if (d->n == 0) return CST_OK;
    bool *known = calloc((size_t)cst_intern_count(d->accounts) + 1, sizeof *known);
    size_t unknown = 0, first = 0;
    if (!known) return cst_no_memory(e);
    for (size_t i = 0; i < s->parts; i++)
        for (uint32_t a = 0; a < cst_panel_accounts(s->part[i]->panel); a++) {
            uint32_t id = cst_intern_find(d->accounts, cst_panel_account_id(s->part[i]->panel, a));
            if (id != CST_INTERN_NONE) known[id] = true;
        }
    for (size_t i = d->n; i-- > 0;) {
        cst_text id = cst_intern_text(d->accounts, d->item[i].account);
        if (id.n == 0 || known[d->item[i].account] || d->item[i].until < s->pass.tonight) continue;
        if (s->accounts && cst_accounts_find(s->accounts, id) != CST_ACCOUNT_NONE) continue;
        unknown++;
        first = i;
    }
    free(known);
    if (unknown == 0) return CST_OK;
    cst_place place = cst_table_place(s->decisions_table, d->item[first].row, -1);
    cst_text id = cst_intern_text(d->accounts, d->item[first].account);
    char more[40] = "";
    if (unknown > 1) snprintf(more, sizeof more, " and %zu more", unknown - 1);
    cst_manifest_count(cst_io_manifest(s->io), "decisions", place.file, "of unknown accounts", unknown);
    place.column = 0;
    cst_io_check(s->io, &(cst_finding){.id = CST_CHECK_UNMATCHED_ROW, .first = place, .count = unknown},
                 "account_id: expected an account of the metrics, found \"%.*s\"%s; such a "
                 "decision holds for nothing: correct the name",
                 id.n > 60 ? 60 : (int)id.n, id.p, more);
    return CST_OK;
}

/* Rules over attributes that an account does not have are unknown, and nobody owns its flags. */
static void warn_of_unmatched(const flag_night *s)
{
    cst_unmatched u = {0};
    for (size_t i = 0; s->accounts && i < s->parts; i++)
        for (uint32_t a = 0; a < cst_panel_accounts(s->part[i]->panel); a++)
            cst_unmatched_add(&u, s->accounts, cst_panel_account_id(s->part[i]->panel, a));
    cst_unmatched_check(s->io, s->o->accounts, &u);
}

cst_status flag_night_pass(flag_night *s, cst_error *e)
{
    cst_status status = flag_shards_run(s->part, s->parts, start_part, NULL, e);
    if (status == CST_OK && s->portfolio) status = cst_panel_start(s->portfolio->panel, e);
    if (status == CST_OK) status = choose_periods(s, e);
    if (status == CST_OK)
        status = flag_decisions_choose(&s->decisions, s->decisions_table, s->pass.tonight, e);
    for (size_t i = 0; i < s->parts && status == CST_OK; i++)
        status = flag_shard_prepare(s->part[i], s->rules, e);
    if (status == CST_OK && s->portfolio) status = flag_shard_prepare(s->portfolio, s->rules, e);
    if (status < 0) return status;
    if (s->state) status = seed(s, e);
    if (status == CST_OK) status = flag_shards_run(s->part, s->parts, flag_shard_pass, &s->pass, e);
    if (status == CST_OK) status = check_nights(s, e);
    if (status == CST_OK) status = warn_of_decisions(s, e);
    if (status == CST_OK) warn_of_unmatched(s);
    return status == CST_OK && s->portfolio ? flag_shard_pass(s->portfolio, &s->pass, e) : status;
}
