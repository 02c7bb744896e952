/* ledger/group.h: a partition's runs brought together by account. */
#ifndef CST_LEDGER_GROUP_H
#define CST_LEDGER_GROUP_H
#include "ledger/partition.h"

typedef struct ledger_ref {
    const ledger_partitioned *run;
    uint32_t worker; /* whose units its rows have */
} ledger_ref;

/* An account and its runs in input order. */
typedef struct ledger_group {
    cst_text name;
    const ledger_ref *ref;
    uint32_t refs;
} ledger_group;

typedef struct ledger_gathering {
    ledger_partitions *const *partitions; /* by worker; NULL: it partitioned nothing */
    uint32_t workers;
    ledger_group *group; /* the accounts of the partition gathered last, in order of first sight */
    ledger_ref *ref;     /* their runs */
    uint32_t groups, refs;
    /* scratch */
    ledger_cursor *cursor; /* by worker */
    const ledger_partitioned **head;
    uint64_t *slot;
    uint64_t slots, slot_room;
    ledger_ref *run; /* in input order */
    uint32_t *id;    /* by run: its account */
    uint32_t room;
} ledger_gathering;

bool cst_ledger_gather_open(ledger_gathering *g, ledger_partitions *const *partitions, uint32_t workers);
bool cst_ledger_gather(ledger_gathering *g, uint32_t partition);
void cst_ledger_gather_close(ledger_gathering *g);
#endif
