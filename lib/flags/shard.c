/* flags/shard.c: see shard.h. */
#include "flags/shard.h"
#include "base/intern.h"
#include "base/parallel.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

cst_status flag_shard_new(flag_scope scope, cst_panel *panel, flag_shard **out, cst_error *e)
{
    flag_shard *p = calloc(1, sizeof *p);
    if (p) p->texts = cst_arena_new();
    if (!p || !p->texts) {
        free(p);
        cst_panel_free(panel);
        *out = NULL;
        return cst_no_memory(e);
    }
    p->scope = scope;
    p->panel = panel;
    *out = p;
    return CST_OK;
}

void flag_shard_free(flag_shard *p)
{
    if (!p) return;
    cst_panel_free(p->panel);
    for (size_t i = 0; i < p->readers; i++) cst_reader_free(p->reader[i]);
    for (size_t i = 0; p->shown && p->shown[i]; i++) free(p->shown[i]);
    free(p->reader);
    free(p->now);
    free(p->earlier);
    free(p->last);
    free(p->first_sighting);
    free(p->gate);
    free(p->gated);
    free(p->shown);
    free(p->shows);
    free(p->sighting);
    free(p->episode);
    cst_arena_free(p->texts);
    cst_buffer_free(&p->scratch);
    free(p);
}

/* ---- what is shown ---- */

/* The columns that `when` reads, but for the keys. */
static bool list_shown(flag_shard *p, const flag_rule *rule, size_t i)
{
    size_t columns, keys = p->scope == FLAG_SCOPE_ACCOUNT ? 2 : 1;
    cst_panel_names(p->panel, &columns);
    p->shown[i] = calloc(columns + 1, sizeof *p->shown[i]);
    if (!p->shown[i]) return false;
    for (size_t c = keys; rule->scope == p->scope && c < columns; c++) {
        int back = cst_expr_back(rule->when, (uint32_t)c);
        if (back < 0) continue;
        p->shown[i][p->shows[i]++] =
            (flag_shown){(uint32_t)c, back, cst_panel_kept_place(p->panel, (uint32_t)c)};
    }
    return true;
}

static bool list_gates(flag_shard *p, const flag_rules *rules)
{
    size_t n = rules->count[p->scope];
    p->gate = calloc(n + 1, sizeof *p->gate);
    p->gated = calloc(n + 1, sizeof *p->gated);
    for (size_t i = 0; p->gate && p->gated && i < n; i++) {
        const cst_simple *gate = cst_expr_gate(rules->rule[rules->order[p->scope][i]].when);
        p->gated[i] = gate != NULL;
        if (gate) p->gate[i] = *gate;
    }
    return p->gate && p->gated;
}

cst_status flag_shard_prepare(flag_shard *p, const flag_rules *rules, cst_error *e)
{
    p->shown = calloc(rules->n + 1, sizeof *p->shown);
    p->shows = calloc(rules->n + 1, sizeof *p->shows);
    bool ok = p->shown && p->shows && list_gates(p, rules);
    for (size_t i = 0; i < rules->n && ok; i++) ok = list_shown(p, &rules->rule[i], i);
    return ok ? CST_OK : cst_no_memory(e);
}

/* "seat_utilization=0.65; champions=0 (was 1)" */
static cst_text write_value(flag_shard *p, uint32_t account, uint32_t rule, bool *ok)
{
    size_t n;
    const cst_text *name = cst_panel_names(p->panel, &n);
    cst_buffer *b = &p->scratch;
    cst_buffer_clear(b);
    for (size_t i = 0; i < p->shows[rule]; i++) {
        const flag_shown *s = &p->shown[rule][i];
        cst_text v = cst_panel_text(p->panel, s->column);
        if (i > 0) cst_buffer_add_string(b, "; ");
        cst_buffer_add_visible(b, name[s->column].p, name[s->column].n, 60);
        cst_buffer_add_string(b, v.n ? "=" : " missing");
        cst_buffer_add_visible(b, v.p, v.n, 60);
        if (s->back == 0) continue;
        v = cst_panel_earlier(p->panel, account, s->kept, s->back);
        if (v.n == 0) continue;
        cst_buffer_add_string(b, " (was ");
        cst_buffer_add_visible(b, v.p, v.n, 60);
        cst_buffer_add_char(b, ')');
    }
    if (b->failed) *ok = false;
    return cst_arena_text(p->texts, (cst_text){b->p, (uint32_t)b->n}, ok);
}

static cst_status write_phrase(flag_shard *p, const flag_rule *rule, const flag_stage_now *s,
                               const cst_row *row, cst_text *out, cst_error *e)
{
    bool whole = false, ok = true;
    cst_buffer_clear(&p->scratch);
    cst_status status = CST_OK;
    if (rule->text)
        status = flag_phrase_write(rule->text, row, s->since == row->today ? CST_DAY_NONE : s->since,
                                   &p->scratch, &whole, e);
    if (p->scratch.failed) ok = false;
    *out = cst_arena_text(p->texts, (cst_text){p->scratch.p, (uint32_t)p->scratch.n}, &ok);
    return ok || status < 0 ? status : cst_no_memory(e);
}

/* ---- the book ---- */

cst_status flag_shard_reserve(flag_shard *p, size_t rules, uint32_t account, cst_error *e)
{
    size_t n = (size_t)account + 1, row = (rules + 1) * sizeof *p->now;
    size_t room[4] = {p->accounts, p->accounts, p->accounts, p->accounts}; /* which stay the same */
    if (!cst_grow_zeroed(&p->now, &room[0], n, row) || !cst_grow_zeroed(&p->earlier, &room[1], n, row) ||
        !cst_grow_zeroed(&p->first_sighting, &room[2], n, sizeof *p->first_sighting) ||
        !cst_grow(&p->last, &room[3], n, sizeof *p->last))
        return cst_no_memory(e);
    for (; p->accounts < room[3]; p->accounts++) p->last[p->accounts] = CST_DAY_NONE;
    return CST_OK;
}

static flag_stage_now *find_states(flag_stage_now *all, size_t rules, uint32_t account)
{
    return all + (size_t)account * (rules + 1);
}

const flag_stage_now *flag_shard_now(const flag_shard *p, size_t rules, uint32_t account)
{
    return find_states(p->now, rules, account);
}

const flag_stage_now *flag_shard_before(const flag_shard *p, const flag_pass *w, uint32_t account)
{
    bool moved = p->last[account] != CST_DAY_NONE && p->last[account] > w->before;
    return find_states(moved ? p->earlier : p->now, w->rules->n, account);
}

uint32_t flag_shard_inhibitor(const flag_rule *rule, const flag_stage_now *states)
{
    for (size_t i = 0; i < rule->inhibitors; i++)
        if (states[rule->inhibitor[i]].stage == FLAG_OPEN) return rule->inhibitor[i] + 1;
    return 0;
}

static const flag_sighting *find_sighting(const flag_shard *p, uint32_t account, uint32_t rule)
{
    static const flag_sighting none = {.value = {"", 0}, .phrase = {"", 0}};
    size_t i = p->first_sighting[account];
    for (; i > 0 && i <= p->sightings && p->sighting[i - 1].account == account; i++)
        if (p->sighting[i - 1].rule == rule) return &p->sighting[i - 1];
    return &none;
}

cst_text flag_shard_value(const flag_shard *p, uint32_t account, uint32_t rule)
{
    return find_sighting(p, account, rule)->value;
}

cst_text flag_shard_phrase(const flag_shard *p, uint32_t account, uint32_t rule)
{
    return find_sighting(p, account, rule)->phrase;
}

/* ---- the walk ---- */

static bool add_episode(flag_shard *p, flag_episode x)
{
    if (!cst_grow(&p->episode, &p->episodes_room, p->episodes + 1, sizeof *p->episode)) return false;
    p->episode[p->episodes++] = x;
    return true;
}

static cst_status judge(const cst_expr *x, const cst_row *row, flag_truth *out, cst_error *e)
{
    bool truth = false;
    cst_status status = cst_expr_judge(x, row, &truth, e);
    *out = status == CST_END ? FLAG_UNKNOWN : truth ? FLAG_TRUE : FLAG_FALSE;
    return status < 0 ? status : CST_OK;
}

static cst_status step_rule(flag_shard *p, const flag_pass *w, uint32_t account, uint32_t rule,
                            flag_stage_now *states, cst_error *e)
{
    const flag_rule *r = &w->rules->rule[rule];
    const cst_row *row = cst_panel_row(p->panel);
    flag_stage_now *s = &states[rule];
    flag_truth when, clear;
    if (s->stage == FLAG_CLEARED && !flag_life_awake(&r->life, s, row->today)) return CST_OK;
    cst_status status = judge(r->when, row, &when, e);
    if (status < 0) return status;
    if (s->stage == FLAG_ABSENT && when != FLAG_TRUE) return CST_OK;
    bool ends = when == FLAG_FALSE, was_open = s->stage == FLAG_OPEN;
    if (was_open && r->clear && when != FLAG_TRUE) {
        status = judge(r->clear, row, &clear, e);
        if (status < 0) return status;
        ends = clear == FLAG_TRUE;
    }
    bool inhibited = r->inhibitors && flag_shard_inhibitor(r, states);
    flag_life_step(&r->life, s, row->today, when, ends, inhibited);
    if (!w->episodes || !was_open || s->stage != FLAG_CLEARED) return CST_OK;
    return add_episode(p, (flag_episode){account, rule, s->since, row->today}) ? CST_OK : cst_no_memory(e);
}

/* Notes what there is to show of an account tonight. */
static cst_status sight(flag_shard *p, const flag_pass *w, uint32_t account, const flag_stage_now *states,
                        cst_error *e)
{
    bool ok = true;
    cst_status status = CST_OK;
    for (size_t i = 0; i < w->rules->n && ok && status == CST_OK; i++) {
        if (states[i].stage == FLAG_ABSENT) continue;
        if (!cst_grow(&p->sighting, &p->sightings_room, p->sightings + 1, sizeof *p->sighting))
            return cst_no_memory(e);
        cst_text value = write_value(p, account, (uint32_t)i, &ok);
        flag_sighting *x = &p->sighting[p->sightings++];
        *x = (flag_sighting){account, (uint32_t)i, value, {"", 0}};
        status = write_phrase(p, &w->rules->rule[i], &states[i], cst_panel_row(p->panel), &x->phrase, e);
        if (p->first_sighting[account] == 0) p->first_sighting[account] = (uint32_t)p->sightings;
    }
    return ok ? status : cst_no_memory(e);
}

/* Most flags are absent and stay so, as their conditions fail at the first comparison: those need no step. */
static inline bool stays_absent(const flag_shard *p, size_t i, const flag_stage_now *s, const cst_row *row)
{
    double v;
    return s->stage == FLAG_ABSENT && p->gated[i] && cst_simple_number(&p->gate[i], row, &v) &&
           !cst_simple_holds(&p->gate[i], v);
}

static cst_status judge_row(flag_shard *p, const flag_pass *w, cst_error *e)
{
    size_t rules = w->rules->n;
    cst_day period = cst_panel_period(p->panel);
    uint32_t account = cst_panel_account_number(p->panel);
    cst_status status = flag_shard_reserve(p, rules, account, e);
    if (status == CST_OK && p->watch) status = p->watch(p->watcher, p, e);
    if (status < 0) return status;
    flag_stage_now *states = find_states(p->now, rules, account);
    if (period > w->before && p->last[account] <= w->before)
        memcpy(find_states(p->earlier, rules, account), states, rules * sizeof *states);
    const cst_row *row = cst_panel_row(p->panel);
    for (size_t i = 0; i < w->rules->count[p->scope] && status == CST_OK; i++) {
        uint32_t rule = w->rules->order[p->scope][i];
        if (!stays_absent(p, i, &states[rule], row)) status = step_rule(p, w, account, rule, states, e);
    }
    p->last[account] = period;
    p->rows++;
    if (status == CST_OK && period == w->tonight) status = sight(p, w, account, states, e);
    return status;
}

/* Is the row to be judged? */
static cst_status choose(flag_shard *p, const flag_pass *w, bool *out, cst_error *e)
{
    cst_day period = cst_panel_period(p->panel);
    size_t next = p->judged + 1; /* most rows are of the period of the row before, or of the one after it */
    if (p->judged >= w->judged->n || w->judged->day[p->judged] != period)
        p->judged = next < w->judged->n && w->judged->day[next] == period
                        ? next
                        : cst_periods_from(w->judged, period);
    *out = p->judged < w->judged->n && w->judged->day[p->judged] == period;
    bool asked = w->scores && p->scope == FLAG_SCOPE_ACCOUNT && (w->episodes || period == w->tonight);
    for (size_t t = 0; *out && asked && t < 2; t++) p->of_table[t] += cst_panel_in(p->panel, t);
    if (!*out || !w->where || p->scope != FLAG_SCOPE_ACCOUNT) return CST_OK;
    return cst_expr_true(w->where, cst_panel_row(p->panel), out, e);
}

/* Flags that are still open have episodes without an end. */
static cst_status end_episodes(flag_shard *p, const flag_pass *w, cst_error *e)
{
    uint32_t n = cst_panel_accounts(p->panel);
    bool ok = true;
    for (uint32_t a = 0; a < n && a < p->accounts && ok; a++)
        for (uint32_t i = 0; i < w->rules->n && ok; i++) {
            const flag_stage_now *s = &find_states(p->now, w->rules->n, a)[i];
            if (s->stage == FLAG_OPEN) ok = add_episode(p, (flag_episode){a, i, s->since, CST_DAY_NONE});
        }
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status flag_shard_pass(flag_shard *p, const flag_pass *w, cst_error *e)
{
    cst_status status;
    while ((status = cst_panel_next(p->panel, e)) == CST_OK) {
        bool chosen;
        status = choose(p, w, &chosen, e);
        if (status == CST_OK && chosen) status = judge_row(p, w, e);
        if (status == CST_OK && !chosen) cst_panel_drop(p->panel);
        if (status < 0) return status;
    }
    if (status == CST_END) status = flag_shard_reserve(p, w->rules->n, cst_panel_accounts(p->panel), e);
    return status == CST_OK && w->episodes ? end_episodes(p, w, e) : status;
}

/* ---- a thread for every part ---- */

struct flag_shard_job {
    flag_shard *const *part;
    flag_shard_work *work;
    const flag_pass *pass;
};

static cst_status work_part(void *context, int i, cst_error *e)
{
    const struct flag_shard_job *j = context;
    return j->work(j->part[i], j->pass, e);
}

cst_status flag_shards_run(flag_shard *const *part, size_t parts, flag_shard_work *work, const flag_pass *w,
                           cst_error *e)
{
    struct flag_shard_job job = {part, work, w};
    return cst_parallel((int)parts, work_part, &job, e);
}
