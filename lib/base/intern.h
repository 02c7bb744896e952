/* base/intern.h: strings to dense ids 0, 1, 2 ... in order of first sight. Not for two threads at once: each
 * worker has its own, and ids never leave it but through cst_intern_text. */
#ifndef CST_BASE_INTERN_H
#define CST_BASE_INTERN_H
#include <cstools/base.h>

#define CST_INTERN_NONE UINT32_MAX

typedef struct cst_intern cst_intern;

cst_intern *cst_intern_new(void);
/* The id of t, new if it must be; CST_INTERN_NONE: out of memory. */
uint32_t cst_intern_id(cst_intern *s, cst_text t);
/* The ids of n texts at once: hashes them all, prefetches the slots, then looks up. The hot path of every
 * command. */
bool cst_intern_ids(cst_intern *s, const cst_text *t, uint32_t *id, uint32_t n);
uint32_t cst_intern_find(const cst_intern *s, cst_text t);  /* CST_INTERN_NONE: never seen */
cst_text cst_intern_text(const cst_intern *s, uint32_t id); /* NUL-ended behind; lives as long as s */
uint32_t cst_intern_count(const cst_intern *s);
/* Ids in order of their bytes (memcmp, the shorter first); the caller frees. */
uint32_t *cst_intern_sorted(const cst_intern *s);
/* By id: its place in that order; the caller frees. */
uint32_t *cst_intern_ranks(const cst_intern *s);
/* The same for any texts: their indices. Equal texts stay in the order they are in. */
uint32_t *cst_texts_sorted(const cst_text *text, uint32_t n);
void cst_intern_free(cst_intern *s);
#endif
