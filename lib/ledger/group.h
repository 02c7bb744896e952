/* ledger/group.h: runs of rows in any order to accounts. */
#ifndef CST_LEDGER_GROUP_H
#define CST_LEDGER_GROUP_H
#include "ledger/intake.h"

typedef struct ledger_ref {
    uint32_t chunk;
    uint32_t first, rows;
} ledger_ref;

/* An account and its runs in input order. */
typedef struct ledger_group {
    cst_text name;
    const ledger_ref *ref;
    uint32_t refs;
} ledger_group;

/* Some accounts; together with all other parts, all of them. */
typedef struct ledger_part {
    ledger_group *group;
    uint32_t n;
} ledger_part;

typedef struct ledger_groups {
    ledger_part *part;
    uint32_t parts;
    ledger_ref *ref;
    ledger_slab *slab; /* one per thread: what the parts lie in */
    int slabs;
} ledger_groups;

/* Groups the runs of all chunks; makes their hashes. `ordered`: parts and accounts in the order of the
 * names' bytes; else in an order that depends on nothing but the names and the order of the runs. false: out
 * of memory. */
bool cst_ledger_group(ledger_chunk *chunk, uint32_t chunks, bool ordered, int threads, ledger_groups *out);
void cst_ledger_groups_free(ledger_groups *g);
#endif
