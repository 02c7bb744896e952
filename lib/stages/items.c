/* stages/items.c: reads rows as they come, sorts them, and completes each item's rows from those before. */
#include "stages/items.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include "read/rows.h"
#include "stages/session.h"
#include <stdlib.h>

enum { ACCOUNT, ITEM, STAGE, DAY, PIPELINE, AMOUNT, CURRENCY, OWNER, EXPECTED, NEXT_STEP, COLUMNS };
static const struct {
    const char *name;
    enum cst_need need;
} columns[COLUMNS] = {{"account_id", CST_REQUIRED},    {"item_id", CST_REQUIRED},
                      {"stage", CST_REQUIRED},         {"stage_date", CST_REQUIRED},
                      {"pipeline", CST_OPTIONAL},      {"amount", CST_OPTIONAL},
                      {"currency", CST_OPTIONAL},      {"owner", CST_OPTIONAL},
                      {"expected_date", CST_OPTIONAL}, {"next_step", CST_OPTIONAL}};

cst_status stages_items_init(stages_items *x, cst_error *e)
{
    *x = (stages_items){.words = cst_intern_new(),
                        .names = cst_intern_new(),
                        .groups = cst_intern_new(),
                        .latest = CST_DAY_NONE};
    bool ok = x->words && x->names && x->groups;
    /* word 0 is the empty one */
    return ok && cst_intern_id(x->words, (cst_text){"", 0}) == 0 ? CST_OK : cst_no_memory(e);
}

void stages_items_free(stages_items *x)
{
    free(x->at);
    free(x->row);
    free(x->part);
    free(x->group_order);
    cst_intern_free(x->words);
    cst_intern_free(x->names);
    cst_intern_free(x->groups);
    cst_buffer_free(&x->scratch);
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static cst_status require(cst_batch *b, uint32_t row, const stages_items *x, int column, cst_text *out,
                          cst_error *e)
{
    *out = cst_text_at(b, row, x->slot[column]);
    if (out->n > 0) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, x->slot[column]), columns[column].name,
                       "expected a value, found none; leave such rows out with --where");
}

/* Whether the row is of the pipeline, and of a day up to as_of; *out is its day. */
static cst_status read_when(stages_session *s, cst_batch *b, uint32_t row, cst_day *out, bool *use,
                            cst_error *e)
{
    stages_items *x = &s->items;
    cst_text pipeline = cst_text_at(b, row, x->slot[PIPELINE]);
    *use = !s->pipeline.name || pipeline.n == 0 || cst_text_is(pipeline, s->pipeline.name);
    if (!*use) {
        x->other_pipeline++;
        return CST_OK;
    }
    cst_status status = cst_day_at(b, row, x->slot[DAY], out, e);
    if (status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, x->slot[DAY]), columns[DAY].name,
                           "expected the day on which the stage was entered, found none; leave such rows out "
                           "with --where");
    if (status != CST_OK) return status;
    if (*out > x->latest) x->latest = *out; /* CST_DAY_NONE is before any */
    *use = *out <= s->as_of;
    x->after += !*use;
    return CST_OK;
}

static cst_status read_money(stages_session *s, cst_batch *b, uint32_t row, stages_row *r, cst_error *e)
{
    stages_items *x = &s->items;
    cst_text currency = cst_text_at(b, row, x->slot[CURRENCY]);
    cst_place place = cst_place_at(b, row, x->slot[CURRENCY]);
    cst_status status = cst_money_at(b, row, x->slot[AMOUNT], &r->amount, e);
    if (status < 0) return status;
    r->priced = status == CST_OK;
    if (currency.n > 0 && !cst_currency_valid(currency))
        return cst_fail_at(e, CST_DATA, place, columns[CURRENCY].name,
                           "expected three letters, found \"%.*s\"", currency.n > 60 ? 60 : (int)currency.n,
                           currency.p);
    r->currency = cst_intern_id(x->words, currency);
    return r->currency == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
}

static bool keep_parts(stages_session *s, cst_batch *b, uint32_t row, cst_text customer)
{
    stages_items *x = &s->items;
    size_t n = s->groups.n;
    if (!cst_grow(&x->part, &x->part_room, (x->rows + 1) * n, sizeof *x->part)) return false;
    for (size_t i = 0; i < n; i++) {
        const cst_joined *column = &s->groups.column[i];
        cst_text t = column->from == CST_FROM_ROW
                         ? cst_text_at(b, row, column->column)
                         : cst_subjects_attribute(&s->subjects, customer, column->column);
        uint32_t id = cst_intern_id(x->words, t);
        if (id == CST_INTERN_NONE) return false;
        x->part[x->rows * n + i] = id;
    }
    return true;
}

static uint32_t name_item(stages_items *x, cst_text customer, cst_text item)
{
    cst_buffer_clear(&x->scratch);
    cst_label_add(&x->scratch, 0, customer);
    cst_label_add(&x->scratch, 1, item);
    return x->scratch.failed ? CST_INTERN_NONE
                             : cst_intern_id(x->names, (cst_text){x->scratch.p, (uint32_t)x->scratch.n});
}

static cst_status keep_row(stages_session *s, cst_batch *b, uint32_t row, stages_row *r, cst_text account,
                           cst_text item, cst_error *e)
{
    stages_items *x = &s->items;
    cst_text customer = cst_subjects_of(&s->subjects, account);
    r->item = name_item(x, customer, item);
    r->owner = cst_intern_id(x->words, cst_text_at(b, row, x->slot[OWNER]));
    r->next_step = cst_intern_id(x->words, cst_text_at(b, row, x->slot[NEXT_STEP]));
    r->file = cst_batch_file(b);
    r->line = cst_line_at(b, row);
    r->number = x->rows;
    bool ok = r->item != CST_INTERN_NONE && r->owner != CST_INTERN_NONE && r->next_step != CST_INTERN_NONE &&
              keep_parts(s, b, row, customer) && cst_grow(&x->row, &x->room, x->rows + 1, sizeof *x->row);
    if (!ok) return cst_no_memory(e);
    x->row[x->rows++] = *r;
    return CST_OK;
}

static cst_status take_row(void *session, cst_batch *b, uint32_t row, cst_error *e)
{
    stages_session *s = session;
    stages_items *x = &s->items;
    stages_row r = {.expected = CST_DAY_NONE};
    cst_text account, item, stage;
    bool use = true;
    cst_status status = s->filter ? cst_filter_row(s->filter, b, row, &use, e) : CST_OK;
    x->filtered += status == CST_OK && !use;
    if (status == CST_OK && use) status = read_when(s, b, row, &r.day, &use, e);
    if (status != CST_OK || !use) return status;
    status = require(b, row, x, ACCOUNT, &account, e);
    if (status == CST_OK) status = require(b, row, x, ITEM, &item, e);
    if (status == CST_OK) status = require(b, row, x, STAGE, &stage, e);
    if (status != CST_OK) return status;
    r.stage = stages_pipeline_find(&s->pipeline, stage);
    if (r.stage == STAGES_NONE)
        return stages_pipeline_unknown(&s->pipeline, stage, cst_place_at(b, row, x->slot[STAGE]), e);
    status = cst_day_at(b, row, x->slot[EXPECTED], &r.expected, e);
    if (status < 0) return status;
    status = read_money(s, b, row, &r, e);
    return status == CST_OK ? keep_row(s, b, row, &r, account, item, e) : status;
}

static cst_status work(void *session, cst_batch *b, cst_error *e)
{
    return cst_batch_each(b, take_row, session, e);
}

/* ---- items ------------------------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b)
{
    const stages_row *x = a, *y = b;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->stage != y->stage) return x->stage < y->stage ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static cst_place place_of(const stages_session *s, const stages_row *r)
{
    return (cst_place){cst_reader_file(s->reader, r->file), r->line, 0};
}

/* An item is won or lost on a day: `first` is its first row. */
static cst_status check_ends(const stages_session *s, const stages_row *first, const stages_row *r,
                             cst_error *e)
{
    const stages_stage *stage = s->pipeline.at;
    if (!stages_ends(&s->pipeline, r->stage)) return CST_OK;
    for (const stages_row *other = r; other > first && other[-1].day == r->day;) {
        other--;
        if (!stages_ends(&s->pipeline, other->stage) || stage[other->stage].kind == stage[r->stage].kind)
            continue;
        const bool won = stage[r->stage].kind == STAGES_WON;
        return cst_fail_at(
            e, CST_DATA, place_of(s, r), columns[STAGE].name,
            "expected the item to be won or lost on a day, found it %s on line %llu and %s here; "
            "keep one of them",
            won ? "lost" : "won", (unsigned long long)other->line, won ? "won" : "lost");
    }
    return CST_OK;
}

/* Completes a row from the one before it. */
static cst_status carry_on(stages_session *s, const stages_row *before, stages_row *r, cst_error *e)
{
    stages_items *x = &s->items;
    if (r->currency && before->currency && r->currency != before->currency)
        return cst_fail_at(e, CST_DATA, place_of(s, r), columns[CURRENCY].name,
                           "expected the item's currency %s, as on line %llu, found %s; an item has one",
                           cst_intern_text(x->words, before->currency).p, (unsigned long long)before->line,
                           cst_intern_text(x->words, r->currency).p);
    if (!r->priced) {
        r->amount = before->amount;
        r->priced = before->priced;
    }
    if (!r->currency) r->currency = before->currency;
    if (!r->owner) r->owner = before->owner;
    if (!r->next_step) r->next_step = before->next_step;
    if (r->expected == CST_DAY_NONE) r->expected = before->expected;
    size_t n = s->groups.n;
    for (size_t i = 0; i < n; i++)
        if (!x->part[r->number * n + i]) x->part[r->number * n + i] = x->part[before->number * n + i];
    return CST_OK;
}

static bool name_group(stages_session *s, stages_row *r)
{
    stages_items *x = &s->items;
    cst_buffer_clear(&x->scratch);
    for (size_t i = 0; i < s->groups.n; i++)
        cst_label_add(&x->scratch, i, cst_intern_text(x->words, x->part[r->number * s->groups.n + i]));
    if (x->scratch.failed) return false;
    r->group = cst_intern_id(x->groups, (cst_text){x->scratch.n ? x->scratch.p : "", (uint32_t)x->scratch.n});
    return r->group != CST_INTERN_NONE;
}

/* The currency of a row with an amount, for the word on several of them. */
static bool note_currency(stages_session *s, const stages_row *r)
{
    if (!r->priced) return true;
    uint32_t id = cst_labels_add(s->labels, LEDGER_CURRENCY, cst_intern_text(s->items.words, r->currency));
    return id != CST_UNIT_NONE && cst_labels_note_currency(s->labels, id, r->number, place_of(s, r));
}

static cst_status make_items(stages_session *s, cst_error *e)
{
    stages_items *x = &s->items;
    x->at = calloc((size_t)cst_intern_count(x->names) + 1, sizeof *x->at);
    if (!x->at) return cst_no_memory(e);
    uint32_t *ids = cst_intern_sorted(x->names);
    if (!ids) return cst_no_memory(e);
    for (size_t i = 0; i < x->rows; i++) {
        stages_row *r = &x->row[i];
        if (i == 0 || r[-1].item != r->item) {
            cst_text joined = cst_intern_text(x->names, ids[r->item]);
            x->at[x->n++] = (stages_item){cst_label_part(joined, 0), cst_label_part(joined, 1), r, 0};
        } else {
            cst_status status = check_ends(s, x->at[x->n - 1].row, r, e);
            if (status == CST_OK) status = carry_on(s, r - 1, r, e);
            if (status != CST_OK) {
                free(ids);
                return status;
            }
        }
        x->at[x->n - 1].n++;
        if (!name_group(s, r) || !note_currency(s, r)) {
            free(ids);
            return cst_no_memory(e);
        }
    }
    free(ids);
    return CST_OK;
}

cst_status stages_items_read(stages_session *s, cst_error *e)
{
    stages_items *x = &s->items;
    cst_status status = CST_OK;
    for (int c = 0; c < COLUMNS && status == CST_OK; c++)
        status = cst_reader_bind(s->reader, columns[c].name, columns[c].need, &x->slot[c], e);
    void *const worker[] = {s};
    if (status == CST_OK) status = cst_run(s->reader, 1, work, worker, NULL, NULL, e);
    uint32_t *rank = status == CST_OK ? cst_intern_ranks(x->names) : NULL;
    if (status == CST_OK && !rank) status = cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < x->rows; i++) x->row[i].item = rank[x->row[i].item];
    free(rank);
    if (status != CST_OK) return status;
    if (x->rows > 1) qsort(x->row, x->rows, sizeof *x->row, compare_rows);
    status = make_items(s, e);
    if (status != CST_OK) return status;
    x->group_order = cst_intern_sorted(x->groups);
    return x->group_order ? CST_OK : cst_no_memory(e);
}

size_t stages_item_next(const stages_item *item, size_t row)
{
    size_t next = row + 1;
    while (next < item->n && item->row[next].stage == item->row[row].stage) next++;
    return next;
}

size_t stages_item_at(const stages_item *item, cst_day day)
{
    size_t i = item->n;
    while (i > 0 && item->row[i - 1].day > day) i--;
    return i > 0 ? i - 1 : item->n;
}
