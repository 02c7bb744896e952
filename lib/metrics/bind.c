/* metrics/bind.c: the names that a spec may use of a stream: the columns of its file, and for events those
 * of the feature-class table and product_use; for the two made streams a fixed list. */
#include "base/memory.h"
#include "base/text.h"
#include "metrics/plan.h"
#include <stdlib.h>
#include <string.h>

/* cells of made rows, in the order lines.c fills them */
/* of renewals and endings */
static const char *const renewal_cells[] = {"date", "status", "line", "mrr", "age", NULL};
static const char *const change_cells[] = {"date", "from_mrr", "to_mrr", "change", NULL};
/* a row is not there before any of these */
static const char *const beginnings[] = {"start_date", "valid_from", "signup_date", "created_at",
                                         "opened_at",  "date",       NULL};

static void add_name(met_plan *p, cst_text text, met_name_from from, int column)
{
    p->text[p->names] = text;
    p->name[p->names++] = (met_name){.from = from, .column = column};
}

static void name_columns(met_plan *p)
{
    size_t n = p->reader ? cst_reader_columns(p->reader) : cst_accounts_columns(p->accounts);
    for (size_t i = 0; i < n; i++)
        add_name(p,
                 p->reader ? cst_reader_column_name(p->reader, i) : cst_accounts_column_name(p->accounts, i),
                 MET_NAME_COLUMN, p->reader ? -1 : (int)i);
}

static void name_features(met_plan *p)
{
    const cst_table *t = p->features ? cst_features_table(p->features) : NULL;
    for (size_t i = 0; t && i < cst_table_columns(t); i++) {
        cst_text name = cst_table_name(t, i);
        if (met_plan_name(p, name.p) < 0) add_name(p, name, MET_NAME_FEATURE, (int)i);
    }
    add_name(p, cst_text_of("product_use"), MET_NAME_USE, 0);
    add_name(p, cst_text_of("event_day"), MET_NAME_DAY, 0);
    if (met_plan_name(p, "closed_at") >= 0) add_name(p, cst_text_of("hours_to_close"), MET_NAME_HOURS, 0);
}

static cst_status require(met_plan *p, const char *column, met_slot_kind kind, int *slot, cst_error *e)
{
    int name = met_plan_name(p, column);
    if (name < 0 || p->name[name].from != MET_NAME_COLUMN)
        return cst_reader_bind(p->reader, column, CST_REQUIRED, &name, e); /* fails, and says what there is */
    *slot = met_plan_slot(p, name, kind, true);
    return CST_OK;
}

static int offer(met_plan *p, const char *column, met_slot_kind kind)
{
    int name = met_plan_name(p, column);
    return name < 0 ? -1 : met_plan_slot(p, name, kind, false);
}

/* Slots of the columns of --line "a, b". */
static cst_status open_lines(met_plan *p, const char *list, cst_error *e)
{
    cst_text rest = cst_text_of(list), name;
    while (rest.n && cst_text_next(&rest, ',', &name)) {
        char column[128];
        if (p->finers == MET_LINE_COLUMNS || name.n == 0 || name.n >= sizeof column)
            return cst_fail(e, CST_USAGE,
                            "--line: expected 1 to %d columns with a comma between, found \"%s\"",
                            MET_LINE_COLUMNS, list);
        memcpy(column, name.p, name.n);
        column[name.n] = '\0';
        cst_status status = require(p, column, MET_SLOT_TEXT, &p->finer[p->finers], e);
        if (status != CST_OK) return status;
        p->slot[p->finer[p->finers++]].required = false;
    }
    return CST_OK;
}

static cst_status open_subscriptions(met_plan *p, const char *line, bool lines, cst_error *e)
{
    cst_status status = require(p, "start_date", MET_SLOT_TIME, &p->start, e);
    if (status == CST_OK) status = require(p, "mrr", MET_SLOT_MONEY, &p->mrr, e);
    if (status != CST_OK) return status;
    p->end = offer(p, "end_date", MET_SLOT_TIME);
    p->currency = offer(p, "currency", MET_SLOT_TEXT);
    p->term = offer(p, "term_months", MET_SLOT_NUMBER);
    if (lines)
        p->line =
            offer(p, met_plan_name(p, "buying_center") >= 0 ? "buying_center" : "product", MET_SLOT_TEXT);
    p->seen = p->start;
    p->all = true;
    return lines ? open_lines(p, line, e) : CST_OK;
}

static void bind_beginnings(met_plan *p)
{
    for (size_t i = 0; beginnings[i] && p->begins < sizeof p->begin / sizeof *p->begin; i++) {
        int name = met_plan_name(p, beginnings[i]);
        if (name >= 0 && p->name[name].from == MET_NAME_COLUMN)
            p->begin[p->begins++] = met_plan_slot(p, name, MET_SLOT_TIME, false);
    }
}

static cst_status open_file(met_plan *p, const char *line, bool lines, cst_error *e)
{
    int slot;
    cst_status status = CST_OK;
    name_columns(p);
    p->account = met_plan_name(p, "account_id");
    if (p->account < 0) return cst_reader_bind(p->reader, "account_id", CST_REQUIRED, &slot, e);
    p->name[p->account].needed = true;
    if (p->from == MET_FROM_EVENTS) {
        status = require(p, "event_time", MET_SLOT_TIME, &p->seen, e);
        if (status != CST_OK) return status;
        if (met_plan_name(p, "event") < 0) return cst_reader_bind(p->reader, "event", CST_REQUIRED, &slot, e);
        p->name[met_plan_name(p, "event")].needed = true;
        p->begin[p->begins++] = p->seen;
        name_features(p);
        return CST_OK;
    }
    if (p->from == MET_FROM_SUBSCRIPTIONS) status = open_subscriptions(p, line, lines, e);
    if (status == CST_OK && p->from == MET_FROM_REASONS) status = require(p, "date", MET_SLOT_TIME, &slot, e);
    if (p->from == MET_FROM_MILESTONES)
        offer(p, "due_date", MET_SLOT_TIME), offer(p, "done_date", MET_SLOT_TIME);
    bind_beginnings(p);
    if (p->from == MET_FROM_ACCOUNTS) p->seen = offer(p, "signup_date", MET_SLOT_TIME);
    if (p->from == MET_FROM_ACCOUNTS) p->seen_else = offer(p, "valid_from", MET_SLOT_TIME);
    return status;
}

cst_status met_plan_open(met_plan *p, met_from from, const met_plan_input *in, size_t metrics, bool lines,
                         cst_error *e)
{
    *p = (met_plan){.from = from,
                    .account = -1,
                    .start = -1,
                    .end = -1,
                    .seen = -1,
                    .seen_else = -1,
                    .currency = -1,
                    .mrr = -1,
                    .term = -1,
                    .line = -1,
                    .reader = in->reader[from],
                    .subjects = in->subjects,
                    .features = in->features};
    bool generated = from == MET_FROM_RENEWALS || from == MET_FROM_CHANGES || from == MET_FROM_ENDINGS;
    if (from == MET_FROM_ACCOUNTS) p->accounts = in->subjects->accounts;
    p->stream = generated ? NULL : cst_stream_find(cst_text_of(met_from_name(from)));
    p->given = generated ? in->reader[MET_FROM_SUBSCRIPTIONS] != NULL : p->reader || p->accounts;
    if (!p->given) return CST_OK;
    size_t room = 8 + (p->reader     ? cst_reader_columns(p->reader)
                       : p->accounts ? cst_accounts_columns(p->accounts)
                                     : 0);
    const cst_table *t = in->features ? cst_features_table(in->features) : NULL;
    if (t) room += cst_table_columns(t);
    p->text = calloc(room, sizeof *p->text);
    p->name = calloc(room, sizeof *p->name);
    p->condition = calloc(MET_CONDITIONS, sizeof *p->condition);
    p->slot = calloc(2 * metrics + 24, sizeof *p->slot);
    if (!p->text || !p->name || !p->condition || !p->slot) return cst_no_memory(e);
    if (!generated) return open_file(p, in->line, lines, e);
    const char *const *cell = from == MET_FROM_CHANGES ? change_cells : renewal_cells;
    for (int i = 0; cell[i]; i++) add_name(p, cst_text_of(cell[i]), MET_NAME_CELL, i);
    return CST_OK;
}

/* What every file of a stream must have; of other columns those that have none read as empty. */
static bool is_required(const met_plan *p, size_t name)
{
    for (size_t i = 0; i < p->slots; i++)
        if (p->slot[i].name == name && p->slot[i].required) return true;
    return (int)name == p->account || (p->from == MET_FROM_EVENTS && cst_text_is(p->text[name], "event"));
}

static cst_status list_kinds(met_plan *p, cst_error *e)
{
    for (int kind = 0; kind <= MET_SLOT_STRING; kind++) {
        int *slot = p->of_kind[kind] = malloc((p->slots + 1) * sizeof *slot);
        if (!slot) return cst_no_memory(e);
        for (size_t i = 0; i < p->slots; i++)
            if ((int)p->slot[i].kind == kind) *slot++ = (int)i;
        *slot = -1;
    }
    return CST_OK;
}

cst_status met_plan_finish(met_plan *p, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < p->names && status == CST_OK; i++)
        if (p->reader && p->name[i].needed && p->name[i].from == MET_NAME_COLUMN)
            status = cst_reader_bind(p->reader, p->text[i].p, is_required(p, i) ? CST_REQUIRED : CST_OPTIONAL,
                                     &p->name[i].column, e);
    return status == CST_OK ? list_kinds(p, e) : status;
}

void met_plan_clear(met_plan *p)
{
    for (size_t i = 0; p->condition && i < p->conditions; i++) cst_expr_free(p->condition[i].expr);
    free(p->text);
    free(p->name);
    free(p->condition);
    free(p->slot);
    for (int kind = 0; kind <= MET_SLOT_STRING; kind++) free(p->of_kind[kind]);
    *p = (met_plan){0};
}
