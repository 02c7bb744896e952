/* metrics/gather.h: the workers' records of all streams, brought together: accounts are numbered by the
 * order of their bytes, texts and classes have one numbering per stream. The records stay where they are; a
 * thread lays out those of one part at a time, by account, on a desk of its own. */
#ifndef CST_METRICS_GATHER_H
#define CST_METRICS_GATHER_H
#include "metrics/store.h"

/* One worker's records of one stream: its own numbers to the common ones. */
typedef struct cst_load {
    cst_store_view v;
    uint32_t *account, *text, *class;
} cst_load;

typedef struct cst_gathered {
    const cst_plan *plan; /* NULL: the stream was not given */
    cst_load *load;       /* one per thread that read */
    int loads;
    cst_mask *mask; /* by class */
    cst_intern *masks, *text;
    size_t *records;       /* by account */
    int64_t *first, *last; /* by slot: the earliest and latest time; CST_TIME_NONE */
} cst_gathered;

typedef struct cst_company {
    cst_intern *account;
    uint32_t *id; /* by number: of the interner */
    uint32_t accounts;
    cst_day *sight; /* by number; CST_SIGHT_NEVER, CST_SIGHT_CURRENT */
    cst_gathered stream[CST_FROM_STREAMS];
    uint32_t part[CST_PARTS + 1]; /* where the accounts of a part begin in: */
    uint32_t *member;             /* numbers, ascending within a part */
    uint32_t *place;              /* by number: its place within its part */
} cst_company;

/* store[f]: `threads` stores of stream f, or NULL; they outlive the company. */
cst_status cst_company_gather(cst_store **const store[CST_FROM_STREAMS], int threads, const cst_plans *plans,
                              cst_company *out, cst_error *e);
void cst_company_clear(cst_company *c);
/* The least and the greatest currency of the subscriptions; n == 0: none. *missing: some have none. */
void cst_company_currencies(const cst_company *c, cst_text *least, cst_text *greatest, bool *missing);

static inline cst_text cst_company_account(const cst_company *c, uint32_t account)
{
    return cst_intern_text(c->account, c->id[account]);
}

/* Records of one account; in no particular order. */
typedef struct cst_rows {
    uint64_t *const *row;
    size_t n;
} cst_rows;

typedef struct cst_desk {
    const cst_company *company;
    uint64_t **row[CST_FROM_STREAMS]; /* by account */
    size_t room[CST_FROM_STREAMS];
    size_t *start[CST_FROM_STREAMS]; /* by place; one more than accounts */
    size_t places;
} cst_desk;

void cst_desk_open(cst_desk *d, const cst_company *c);
void cst_desk_clear(cst_desk *d);
/* Lays out a part, and gives its records the common numbers: once for each part, over all desks. */
cst_status cst_desk_lay(cst_desk *d, unsigned part, cst_error *e);
/* Of an account of the part that is laid out. */
static inline cst_rows cst_desk_rows(const cst_desk *d, cst_from f, uint32_t account)
{
    if (!d->company->stream[f].plan) return (cst_rows){NULL, 0};
    uint32_t place = d->company->place[account];
    return (cst_rows){d->row[f] + d->start[f][place], d->start[f][place + 1] - d->start[f][place]};
}
#endif
