/* sample_factors.c: measures that are categories. While the rows are read a factor's value is the number of
 * its word; then the column becomes one of 0 and 1 for each word, COLUMN=WORD, in order of bytes. For a fit
 * the first is left out, and the others are compared with it (treatment contrasts, as factor() of R). */
#include "drivers/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

enum { MOST_WORDS = 100 };

cst_status drv_sample_mark(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    cst_text rest = {o->factors, o->factors ? (uint32_t)strlen(o->factors) : 0}, name;
    s->factor = calloc(s->measures + 1, sizeof *s->factor);
    s->words = cst_intern_new();
    if (!s->factor || !s->words) return cst_no_memory(e);
    while (cst_text_next(&rest, ',', &name)) {
        size_t k = 0;
        while (k < s->measures && !cst_text_equal(s->name[k], name)) k++;
        if (k == s->measures)
            return cst_fail(e, CST_USAGE, "--factors: expected columns that are measures, found \"%.*s\"",
                            (int)name.n, name.p);
        s->factor[k] = true;
        s->factors++;
    }
    return CST_OK;
}

/* What the columns become. */
typedef struct expansion {
    cst_text *name;
    double **x;
    bool *factor;
    size_t n, room, factor_room, name_room;
} expansion;

static bool add(expansion *to, cst_text name, double *x, bool factor)
{
    bool ok = name.p && x && cst_grow(&to->x, &to->room, to->n + 1, sizeof *to->x) &&
              cst_grow(&to->name, &to->name_room, to->n + 1, sizeof *to->name) &&
              cst_grow(&to->factor, &to->factor_room, to->n + 1, sizeof *to->factor);
    if (!ok) {
        free(x);
        return false;
    }
    to->x[to->n] = x;
    to->name[to->n] = name;
    to->factor[to->n++] = factor;
    return true;
}

/* "COLUMN=WORD", kept by the sample's words. */
static cst_text name_word(drv_sample *s, cst_text column, cst_text word)
{
    cst_buffer b = {0};
    cst_buffer_add(&b, column.p, column.n);
    cst_buffer_add_char(&b, '=');
    cst_buffer_add(&b, word.p, word.n);
    cst_buffer_add_char(&b, '\0'); /* names are strings too */
    uint32_t id = b.failed ? CST_INTERN_NONE : cst_intern_id(s->words, (cst_text){b.p, (uint32_t)b.n});
    cst_buffer_free(&b);
    if (id == CST_INTERN_NONE) return (cst_text){NULL, 0};
    cst_text t = cst_intern_text(s->words, id);
    return (cst_text){t.p, t.n - 1};
}

static double *mark_word(const drv_sample *s, const double *x, uint32_t word)
{
    double *out = malloc(s->n * sizeof *out + 1);
    for (size_t i = 0; out && i < s->n; i++) out[i] = isnan(x[i]) ? NAN : x[i] == word;
    return out;
}

/* A factor's columns; order: all words by their bytes. */
static cst_status expand(drv_sample *s, size_t k, const uint32_t *order, uint32_t words, bool contrasts,
                         expansion *to, cst_error *e)
{
    bool *seen = calloc(words + 1, sizeof *seen), ok = seen;
    size_t found = 0, at = 0;
    for (size_t i = 0; ok && i < s->n; i++) {
        if (isnan(s->x[k][i]) || seen[(uint32_t)s->x[k][i]]) continue;
        seen[(uint32_t)s->x[k][i]] = true;
        found++;
    }
    cst_status status = CST_OK;
    if (found > MOST_WORDS)
        status = cst_fail_at(e, CST_DATA, (cst_place){0}, s->name[k].p,
                             "expected a factor of at most %d words, found %zu; merge some, or leave it out",
                             MOST_WORDS, found);
    for (uint32_t i = 0; ok && status == CST_OK && i < words; i++) {
        if (!seen[order[i]]) continue;
        if (contrasts && found > 1 && at++ == 0) continue;
        cst_text name = name_word(s, s->name[k], cst_intern_text(s->words, order[i]));
        ok = name.p && add(to, name, mark_word(s, s->x[k], order[i]), true);
    }
    free(seen);
    return ok ? status : cst_no_memory(e);
}

cst_status drv_sample_expand(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    if (s->factors == 0) return CST_OK;
    expansion to = {0};
    uint32_t words = cst_intern_count(s->words), *order = cst_intern_sorted(s->words);
    cst_status status = order ? CST_OK : cst_no_memory(e);
    for (size_t k = 0; status == CST_OK && k < s->measures; k++) {
        if (s->factor[k]) {
            status = expand(s, k, order, words, o->contrasts, &to, e);
        } else {
            double *x = s->x[k];
            s->x[k] = NULL;
            if (!add(&to, s->name[k], x, false)) status = cst_no_memory(e);
        }
    }
    free(order);
    for (size_t k = 0; k < s->measures; k++) free(s->x[k]);
    free(s->x);
    free(s->name);
    free(s->factor);
    s->x = to.x;
    s->name = to.name;
    s->factor = to.factor;
    s->measures = to.n;
    return status;
}
