/* base/label.c: values are joined and found again by their bytes alone. */
#include "base/label.h"
#include "base/buffer.h"
#include <string.h>

enum { LABEL_MARK = 0x1e, LABEL_JOINT = 0x1f };

bool cst_label_is_plain(cst_text t)
{
    return t.n == 0 || (*t.p != LABEL_MARK && !memchr(t.p, LABEL_JOINT, t.n));
}

size_t cst_label_lead(size_t k, cst_text t, char out[CST_LABEL_LEAD])
{
    size_t n = 0;
    if (k > 0) out[n++] = LABEL_JOINT;
    if (cst_label_is_plain(t)) return n;
    out[n++] = LABEL_MARK;
    memcpy(out + n, &t.n, sizeof t.n);
    return n + sizeof t.n;
}

void cst_label_add(cst_buffer *b, size_t k, cst_text t)
{
    char lead[CST_LABEL_LEAD];
    cst_buffer_add(b, lead, cst_label_lead(k, t, lead));
    cst_buffer_add(b, t.p, t.n);
}

/* The part that begins at p. */
static cst_text part_at(const char *p, const char *end)
{
    uint32_t n;
    if ((size_t)(end - p) > sizeof n && *p == LABEL_MARK) {
        memcpy(&n, p + 1, sizeof n);
        return (cst_text){p + 1 + sizeof n, n};
    }
    const char *joint = p < end ? memchr(p, LABEL_JOINT, (size_t)(end - p)) : NULL;
    return (cst_text){p, (uint32_t)((joint ? joint : end) - p)};
}

cst_text cst_label_front(cst_text joined, size_t k)
{
    const char *p = joined.p, *end = joined.p + joined.n;
    for (; k > 0; k--) {
        cst_text part = part_at(p, end);
        if (k == 1 || part.p + part.n == end)
            return (cst_text){joined.p, (uint32_t)(part.p + part.n - joined.p)};
        p = part.p + part.n + 1;
    }
    return (cst_text){joined.p, 0};
}

cst_text cst_label_part(cst_text joined, size_t k)
{
    cst_text front = cst_label_front(joined, k);
    if (k > 0 && front.n == joined.n) return (cst_text){"", 0};
    return part_at(joined.p + front.n + (k > 0), joined.p + joined.n);
}
