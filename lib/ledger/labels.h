/* ledger/labels.h: what rows are for, as small integers. One thread at a time may add; any number may
 * read. */
#ifndef CST_LEDGER_LABELS_H
#define CST_LEDGER_LABELS_H
#include <cstools/ledger.h>

#define CST_UNIT_NONE UINT32_MAX

cst_labels *cst_labels_new(void);
void cst_labels_free(cst_labels *s);

typedef enum { LEDGER_CENTRE, LEDGER_LINE, LEDGER_SEGMENT, LEDGER_CURRENCY, LEDGER_LABELS } ledger_label;

/* The id of a text, new where it must be; CST_UNIT_NONE: no memory. */
uint32_t cst_labels_add(cst_labels *s, ledger_label kind, cst_text t);
uint32_t cst_labels_count(const cst_labels *s, ledger_label kind);
/* Notes where a currency stands, by the number of its row in the whole input; the earliest is kept. */
bool cst_labels_note_currency(cst_labels *s, uint32_t id, uint64_t row, cst_place place);
/* The earliest row a currency was noted at, and its place. */
uint64_t cst_labels_currency_row(const cst_labels *s, uint32_t id, cst_place *place);
/* The unit of four ids; CST_UNIT_NONE: no memory. */
uint32_t cst_labels_add_unit(cst_labels *s, cst_unit u);
/* The unit of `from` with the same texts, in s. */
uint32_t cst_labels_adopt(cst_labels *s, const cst_labels *from, uint32_t unit);
/* A group for reading, "Enterprise, EMEA"; an empty part is "(none)". Cut where it is too long. */
enum { CST_TITLE_ROOM = 256 };
void cst_label_title(cst_text joined, size_t parts, char out[CST_TITLE_ROOM]);
#endif
