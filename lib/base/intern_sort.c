/* base/intern_sort.c: texts in order of their bytes. What all texts begin with is set
 * aside (identifiers share a prefix: "ACC-000123"); the next eight bytes, read as one big-endian
 * number, are the key of a radix sort, which passes over the bytes that are the same in all keys. Only
 * texts whose keys are equal are compared whole. */
#include "base/intern.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

struct sort_entry {
    uint64_t key;
    uint32_t id;
};

/* How many first bytes all texts share. */
static uint32_t find_prefix(const cst_text *text, uint32_t n)
{
    cst_text first = text[0];
    uint32_t shared = first.n;
    for (uint32_t i = 1; i < n; i++) {
        cst_text t = text[i];
        if (shared > t.n) shared = t.n;
        if (shared && memcmp(first.p, t.p, shared) == 0) continue;
        uint32_t same = 0;
        while (same < shared && first.p[same] == t.p[same]) same++;
        shared = same;
    }
    return shared;
}

/* Eight bytes of t from `from`, the first the most significant; zeros where it has ended. */
static uint64_t make_key(cst_text t, uint32_t from)
{
    unsigned char bytes[8] = {0};
    uint32_t n = t.n - from < 8 ? t.n - from : 8;
    if (n) memcpy(bytes, t.p + from, n);
    uint64_t key = 0;
    for (int i = 0; i < 8; i++) key = key << 8 | bytes[i];
    return key;
}

/* Least significant byte first; stable, so equal keys stay in order of id. Returns where the result
 * lies: a or b. */
static struct sort_entry *sort_keys(struct sort_entry *a, struct sort_entry *b, uint32_t n)
{
    for (int shift = 0; shift < 64; shift += 8) {
        uint32_t start[256] = {0};
        for (uint32_t i = 0; i < n; i++) start[a[i].key >> shift & 255]++;
        if (start[a[0].key >> shift & 255] == n) continue;
        uint32_t sum = 0;
        for (int i = 0; i < 256; i++) {
            uint32_t count = start[i];
            start[i] = sum;
            sum += count;
        }
        for (uint32_t i = 0; i < n; i++) b[start[a[i].key >> shift & 255]++] = a[i];
        struct sort_entry *other = a;
        a = b;
        b = other;
    }
    return a;
}

static int compare_whole(const void *a, const void *b, void *texts)
{
    const cst_text *text = texts;
    const struct sort_entry *x = a, *y = b;
    int order = cst_text_compare(text[x->id], text[y->id]);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static void sort_ties(const cst_text *text, struct sort_entry *a, uint32_t n)
{
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && a[to].key == a[from].key; to++) {
        }
        if (to - from > 1) qsort_r(a + from, to - from, sizeof *a, compare_whole, (void *)text);
    }
}

uint32_t *cst_texts_sorted(const cst_text *text, uint32_t n)
{
    uint32_t *id = calloc(n ? n : 1, sizeof *id);
    struct sort_entry *a = calloc(n ? n : 1, 2 * sizeof *a);
    if (!id || !a) {
        free(id);
        free(a);
        return NULL;
    }
    if (n) {
        uint32_t prefix = find_prefix(text, n);
        for (uint32_t i = 0; i < n; i++) a[i] = (struct sort_entry){make_key(text[i], prefix), i};
        struct sort_entry *sorted = sort_keys(a, a + n, n);
        sort_ties(text, sorted, n);
        for (uint32_t i = 0; i < n; i++) id[i] = sorted[i].id;
    }
    free(a);
    return id;
}
