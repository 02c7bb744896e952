/* program/options_rows.c: the rows of a command's option tables in order, and what their kinds mean. */
#include "program/options_rows.h"
#include "base/text.h"

bool cst_option_next(const cst_command *c, cst_option_walk *w)
{
    if (w->row) {
        w->index++;
        w->number++;
    }
    while (c->tables[w->table].rows) {
        const cst_option_table *table = &c->tables[w->table];
        const cst_option *row = &table->rows[w->index];
        if (row->name) {
            if (row->group || w->index == 0) w->group = row->group ? row->group : "Options";
            w->row = row;
            w->at = table->offset + row->offset;
            return true;
        }
        w->table++;
        w->index = 0;
    }
    return false;
}

cst_option_walk cst_option_at(const cst_command *c, size_t number)
{
    cst_option_walk w = {0};
    while (cst_option_next(c, &w) && number > 0) number--;
    return w;
}

bool cst_option_takes_value(const cst_option *row)
{
    return row->kind != CST_OPT_FLAG && row->kind != CST_OPT_MODE;
}

bool cst_option_is_single(const cst_option *row)
{
    return cst_option_takes_value(row) && row->kind != CST_OPT_LIST && row->kind != CST_OPT_INPUTS;
}

bool cst_option_is_mode(const cst_option *row)
{
    return row->kind == CST_OPT_MODE || row->kind == CST_OPT_MODE_TEXT || row->kind == CST_OPT_MODE_INPUT;
}

bool cst_option_is_input(const cst_option *row)
{
    return row->kind == CST_OPT_INPUT || row->kind == CST_OPT_INPUTS || row->kind == CST_OPT_MODE_INPUT;
}

/* NAME|FILE is a text of which one form is a file. */
bool cst_option_is_file(const cst_option *row)
{
    return cst_option_is_input(row) || row->kind == CST_OPT_OUTPUT ||
           (cst_option_takes_value(row) && row->value && strstr(row->value, "FILE"));
}

cst_text cst_choice_word(const char *words, int index)
{
    const char *p = words;
    for (; index > 0 && p; index--) {
        p = strchr(p, '|');
        if (p) p++;
    }
    return index < 0 || !p ? (cst_text){"", 0} : (cst_text){p, (uint32_t)strcspn(p, "|")};
}

size_t cst_choice_count(const char *words)
{
    size_t n = 1;
    for (const char *p = words; (p = strchr(p, '|')); p++) n++;
    return n;
}

static size_t count_dash(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

size_t cst_option_dashes(const cst_option_walk *w, const void *values)
{
    const void *place = (const char *)values + w->at;
    size_t n = 0;
    if (!cst_option_is_input(w->row)) return 0;
    if (w->row->kind != CST_OPT_INPUTS) return count_dash(*(const char *const *)place);
    const cst_list *list = place;
    for (size_t i = 0; i < list->n; i++) n += count_dash(list->v[i]);
    return n;
}

const char *cst_options_stdin(const cst_command *c, const void *values)
{
    cst_option_walk w = {0};
    while (cst_option_next(c, &w))
        if (cst_option_dashes(&w, values) > 0) return w.row->name;
    return NULL;
}

bool cst_word_follows(const char *words, const char *first, char between, cst_buffer *out)
{
    size_t n = strlen(first), begin = out->n, last = 0, last_n = 0;
    const char *all = words;
    while (words && *words) {
        size_t end = strcspn(words, "|"), head = strcspn(words, " |");
        const char *part = n == 0 ? words : words + head + 1;
        size_t size = n == 0 ? head : end > head ? end - head - 1 : 0;
        bool follows = n == 0 || (head == n && memcmp(words, first, n) == 0);
        bool again =
            size == last_n && memcmp(all + last, part, size) == 0; /* those of one beginning stand together */
        if (follows && size > 0 && !again) {
            if (out->n > begin) cst_buffer_add_char(out, between);
            cst_buffer_add(out, part, size);
            last = (size_t)(part - all);
            last_n = size;
        }
        words += end + (words[end] == '|');
    }
    return out->n > begin;
}
