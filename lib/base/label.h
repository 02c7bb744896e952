/* base/label.h: several values as one text, such as the group of a row by several columns. 0x1f is between
 * them. A value that holds 0x1f, or begins with 0x1e, has 0x1e and its length before it, so that no two lists
 * of values are the same text, whatever bytes they hold. */
#ifndef CST_BASE_LABEL_H
#define CST_BASE_LABEL_H
#include <cstools/ledger.h> /* cst_label_part */

bool cst_label_is_plain(cst_text t);
enum { CST_LABEL_LEAD = 2 + sizeof(uint32_t) };
/* What stands before value k of a text: so many bytes. */
size_t cst_label_lead(size_t k, cst_text t, char out[CST_LABEL_LEAD]);
struct cst_buffer;
void cst_label_add(struct cst_buffer *b, size_t k, cst_text t);
/* The bytes before part k, those that join it to the part before it aside. */
cst_text cst_label_front(cst_text joined, size_t k);
#endif
