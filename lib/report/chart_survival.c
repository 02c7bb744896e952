/* chart_survival.c: survival curves of cs-cohort --survival: a panel for each group, the largest six. */
#include "base/memory.h"
#include "base/text.h"
#include "chart/number.h"
#include "report/charts.h"
#include "report/pick.h"
#include <stdlib.h>

enum { PANELS_MOST = 6, FIGURES = 5, NOTE_ROOM = 18 };

typedef struct survival {
    report_chart *c;
    int group, events, figure[FIGURES];
    size_t groups;
    size_t n, *first;                /* the first row of each group; first[n] is behind the last */
    size_t shown, pick[PANELS_MOST]; /* the groups that have a panel, in order of the table */
} survival;

static const report_drawn figures[FIGURES] = {
    {"time", "time", CHART_DECIMAL, CST_REQUIRED},     {"survival", "survival", CHART_PERCENT, CST_REQUIRED},
    {"lower", "lower", CHART_PERCENT, CST_OPTIONAL},   {"upper", "upper", CHART_PERCENT, CST_OPTIONAL},
    {"at_risk", "at risk", CHART_COUNT, CST_REQUIRED},
};

static cst_status bind(survival *s, cst_error *e)
{
    report_rows *r = &s->c->rows;
    cst_status status = report_rows_want_between(r, NULL, "time", &s->group, &s->groups, e);
    if (status == CST_OK) status = report_drawn_want(s->c, figures, FIGURES, s->figure, e);
    if (status == CST_OK) status = report_rows_want(r, "events", REPORT_VALUE, CST_OPTIONAL, &s->events, e);
    return status;
}

static cst_status check_row(const survival *s, size_t i, cst_error *e)
{
    const report_rows *r = &s->c->rows;
    chart_value time = report_value(r, i, s->figure[0]), v = report_value(r, i, s->figure[1]);
    bool follows = i > 0 && s->n > 0 && s->first[s->n - 1] < i;
    if (time == CHART_NONE || time < 0 || (follows && time <= report_value(r, i - 1, s->figure[0])))
        return cst_fail_at(e, CST_DATA, report_place(r, i), "time",
                           "expected times of 0 and more, rising within a group, found %s; sort the rows as "
                           "cs-cohort --survival writes them",
                           time == CHART_NONE ? "none" : chart_decimals(time, 0, 6).s);
    if (v == CHART_NONE || v < 0 || v > CHART_ONE)
        return cst_fail_at(e, CST_DATA, report_place(r, i), "survival",
                           "expected a share from 0 to 1, found %s; correct it",
                           v == CHART_NONE ? "none" : chart_decimals(v, 0, 6).s);
    return CST_OK;
}

/* Rows of one group follow one another. */
static cst_status find_groups(survival *s, cst_error *e)
{
    const report_rows *r = &s->c->rows;
    cst_status status = CST_OK;
    s->first = malloc((r->n + 1) * sizeof *s->first);
    if (!s->first) return cst_no_memory(e);
    for (size_t i = 0; i < r->n && status == CST_OK; i++) {
        if (i == 0 || !report_same_group(r, i - 1, i, s->group, s->groups)) s->first[s->n++] = i;
        status = check_row(s, i, e);
    }
    s->first[s->n] = r->n;
    return status;
}

static chart_value size_of(const survival *s, size_t group)
{
    return report_value(&s->c->rows, s->first[group], s->figure[4]);
}

/* The six largest, in order of the table. */
static void pick_groups(survival *s)
{
    bool left = true;
    while (s->shown < PANELS_MOST && left) {
        size_t best = s->n;
        for (size_t g = 0; g < s->n; g++) {
            bool taken = false;
            for (size_t i = 0; i < s->shown; i++) taken |= s->pick[i] == g;
            if (!taken && (best == s->n || size_of(s, g) > size_of(s, best))) best = g;
        }
        left = best < s->n;
        if (left) s->pick[s->shown++] = best;
    }
    for (size_t i = 1; i < s->shown; i++)
        for (size_t k = i; k > 0 && s->pick[k] < s->pick[k - 1]; k--) {
            size_t other = s->pick[k];
            s->pick[k] = s->pick[k - 1];
            s->pick[k - 1] = other;
        }
}

static cst_status fill(survival *s, cst_error *e)
{
    report_chart *c = s->c;
    const report_rows *r = &c->rows;
    chart_column *column;
    cst_buffer name = {0};
    cst_status status = report_chart_table(c, FIGURES + 1, r->n, &column, e);
    if (status != CST_OK) return status;
    cst_text *group = report_new_texts(c, &column[0], "group");
    bool ok = group != NULL;
    for (size_t g = 0; g < s->n && ok; g++) {
        cst_text text;
        report_add_group(r, s->first[g], s->group, s->groups, &name);
        ok = report_keep(c, &name, &text);
        for (size_t i = s->first[g]; i < s->first[g + 1]; i++) group[i] = text;
    }
    cst_buffer_free(&name);
    return ok ? report_drawn_fill(c, figures, FIGURES, s->figure, column + 1, e) : cst_no_memory(e);
}

/* The figures of one group, as a table of its own. */
static cst_status cut_group(const survival *s, size_t group, chart_table *out, cst_error *e)
{
    const chart_table *t = &s->c->table;
    chart_column *column = cst_arena_alloc(s->c->arena, FIGURES * sizeof *column);
    if (!column) return cst_no_memory(e);
    for (size_t f = 0; f < FIGURES; f++) {
        column[f] = t->column[f + 1];
        column[f].value += s->first[group];
    }
    *out = (chart_table){column, FIGURES, s->first[group + 1] - s->first[group]};
    return CST_OK;
}

static void add_lost(const survival *s, size_t group, cst_buffer *out)
{
    cst_wide lost = 0;
    for (size_t i = s->first[group]; i < s->first[group + 1]; i++) {
        chart_value v = report_value(&s->c->rows, i, s->events);
        lost += v == CHART_NONE ? 0 : v;
    }
    cst_buffer_printf(out, "%s at the start", chart_count(size_of(s, group)).s);
    if (s->events >= 0) cst_buffer_printf(out, ", %s lost", chart_count((chart_value)lost).s);
}

/* "SMB: 48.1% left after 36 months, 95% band ..." */
static void describe(const survival *s, size_t group, cst_text unit)
{
    cst_buffer *d = &s->c->desc;
    const report_rows *r = &s->c->rows;
    size_t last = s->first[group + 1] - 1;
    chart_value low = report_value(r, last, s->figure[2]), high = report_value(r, last, s->figure[3]);
    if (d->n > 0) cst_buffer_add_char(d, ' ');
    report_add_group(r, last, s->group, s->groups, d);
    cst_buffer_printf(d, "%s%s left after %s", s->groups ? ": " : "",
                      chart_percent(report_value(r, last, s->figure[1])).s,
                      chart_decimals(report_value(r, last, s->figure[0]), 0, 2).s);
    cst_buffer_printf(d, "%s%.*s", unit.n ? " " : "", (int)unit.n, unit.p);
    if (low != CHART_NONE && high != CHART_NONE)
        cst_buffer_printf(d, ", band %s to %s", chart_percent(low).s, chart_percent(high).s);
    cst_buffer_add_char(d, '.');
}

static void add_title(survival *s)
{
    cst_buffer *b = &s->c->title;
    cst_buffer_add_string(b, "Survival");
    if (s->groups == 0) return;
    if (s->n == 1) {
        cst_buffer_add_string(b, " of ");
        report_add_group(&s->c->rows, 0, s->group, s->groups, b);
        return;
    }
    for (size_t i = 0; i < s->groups; i++) {
        cst_text name = cst_reader_column_name(s->c->rows.reader, i);
        cst_buffer_printf(b, "%s%.*s", i ? " and " : " by ", (int)name.n, name.p);
    }
}

static void add_note(const survival *s, const chart_table *groups)
{
    chart_value floor = chart_survival_floor(groups, s->shown);
    chart_drawing *d = &s->c->drawing;
    cst_buffer note = {0};
    if (floor > 0)
        cst_buffer_printf(&note, "The axis starts at %s, not at 0. ", chart_whole_percent(floor).s);
    if (s->n > s->shown)
        cst_buffer_printf(&note, "Not shown: %zu smaller group%s.", s->n - s->shown,
                          s->n - s->shown == 1 ? "" : "s");
    if (note.n > 0) {
        chart_paragraph(d, 0, d->height + 8, "", report_text_of(&note), CHART_WIDTH * 10, 1, 0);
        d->height += NOTE_ROOM;
        if (s->c->desc.n > 0) cst_buffer_add_char(&s->c->desc, ' ');
        cst_buffer_add(&s->c->desc, note.p, note.p[note.n - 1] == ' ' ? note.n - 1 : note.n);
    }
    d->body.failed |= note.failed;
    cst_buffer_free(&note);
}

static cst_status draw(survival *s, cst_error *e)
{
    chart_table groups[PANELS_MOST];
    cst_text unit = cst_text_of(s->c->o->unit ? s->c->o->unit : "months");
    cst_buffer heading = {0};
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->shown && status == CST_OK; i++)
        status = cut_group(s, s->pick[i], &groups[i], e);
    for (size_t i = 0; i < s->shown && status == CST_OK; i++) {
        if (s->c->panel && s->c->panel != i + 1) continue;
        cst_buffer_clear(&heading);
        report_add_group(&s->c->rows, s->first[s->pick[i]], s->group, s->groups, &heading);
        if (s->groups) cst_buffer_add_string(&heading, ": ");
        add_lost(s, s->pick[i], &heading);
        chart_survival_words w = {report_text_of(&heading), unit, cst_text_is(unit, "months")};
        chart_survival(&s->c->drawing, groups, s->shown, i, s->c->drawing.height, &w);
        s->c->drawing.body.failed |= heading.failed;
        describe(s, s->pick[i], unit);
    }
    if (status == CST_OK) add_note(s, groups);
    cst_buffer_free(&heading);
    return status;
}

cst_status report_make_survival(report_chart *c, cst_error *e)
{
    survival s = {.c = c};
    cst_status status = report_chart_open(c, "cs-cohort --survival writes such a table", e);
    if (status == CST_OK) status = bind(&s, e);
    if (status == CST_OK) status = report_rows_read(&c->rows, e);
    if (status == CST_OK) status = find_groups(&s, e);
    if (status == CST_OK && s.n == 0) {
        status = report_make_empty(c, "Survival", "No group to follow yet.", e);
    } else if (status == CST_OK) {
        pick_groups(&s);
        c->panels = s.shown;
        add_title(&s);
        status = fill(&s, e);
        if (status == CST_OK) status = draw(&s, e);
    }
    free(s.first);
    return status;
}
