/* metrics/gather.h: the workers' records of all streams, brought together: accounts are numbered by the
 * order of their bytes, texts and classes have one numbering per stream. The records stay where they are; a
 * thread lays out those of one part at a time, by account, on a scratch of its own. */
#ifndef CST_METRICS_GATHER_H
#define CST_METRICS_GATHER_H
#include "metrics/store.h"

/* One worker's records of one stream: its own numbers to the common ones. */
typedef struct met_load {
    met_store_view v;
    uint32_t *account, *text, *class;
} met_load;

typedef struct met_gathered {
    const met_plan *plan; /* NULL: the stream was not given */
    met_load *load;       /* one per thread that read */
    int loads;
    met_mask *mask; /* by class */
    cst_intern *masks, *text;
    size_t *records;       /* by account */
    int64_t *first, *last; /* by slot: the earliest and latest time; MET_TIME_NONE */
    int64_t *recorded;     /* of events, by condition: the first event it may hold of; MET_TIME_NONE */
} met_gathered;

typedef struct met_company {
    cst_intern *account;
    uint32_t *id; /* by number: of the interner */
    uint32_t accounts;
    cst_day *seen; /* by number; MET_SEEN_NEVER, MET_SEEN_CURRENT */
    met_gathered stream[MET_FROM_STREAMS];
    uint32_t part[MET_PARTS + 1]; /* where the accounts of a part begin in: */
    uint32_t *member;             /* numbers, ascending within a part */
    uint32_t *place;              /* by number: its place within its part */
} met_company;

/* store[f]: `threads` stores of stream f, or NULL; they outlive the company. */
cst_status met_company_gather(met_store **const store[MET_FROM_STREAMS], int threads, const met_plans *plans,
                              met_company *out, cst_error *e);
void met_company_clear(met_company *c);
/* recorded.c: fills `recorded` of a stream that is gathered. */
cst_status met_recorded_find(met_gathered *g, cst_error *e);
/* Whether the events that a measure is about are recorded before a time. Other streams have no say. */
static inline bool met_is_recorded(const met_company *c, const met_measure *u, int64_t close)
{
    if (u->metric->from != MET_FROM_EVENTS) return true;
    int64_t first = c->stream[MET_FROM_EVENTS].recorded[u->condition];
    return first != MET_TIME_NONE && first < close;
}
/* The least and the greatest currency of the subscriptions; n == 0: none. *missing: some have none. */
void met_company_currencies(const met_company *c, cst_text *least, cst_text *greatest, bool *missing);

static inline cst_text met_company_account(const met_company *c, uint32_t account)
{
    return cst_intern_text(c->account, c->id[account]);
}

/* Records of one account; in no particular order. */
typedef struct met_rows {
    uint64_t *const *row;
    size_t n;
} met_rows;

typedef struct met_scratch {
    const met_company *company;
    uint64_t **row[MET_FROM_STREAMS]; /* by account */
    size_t room[MET_FROM_STREAMS];
    size_t *start[MET_FROM_STREAMS]; /* by place; one more than accounts */
    size_t places[MET_FROM_STREAMS]; /* room of start */
} met_scratch;

void met_scratch_open(met_scratch *d, const met_company *c);
void met_scratch_clear(met_scratch *d);
/* Lays out a part, and gives its records the common numbers: once for each part, over all scratches. */
cst_status met_scratch_lay(met_scratch *d, unsigned part, cst_error *e);
/* Of an account of the part that is laid out. */
static inline met_rows met_scratch_rows(const met_scratch *d, met_from f, uint32_t account)
{
    if (!d->company->stream[f].plan) return (met_rows){NULL, 0};
    uint32_t place = d->company->place[account];
    return (met_rows){d->row[f] + d->start[f][place], d->start[f][place + 1] - d->start[f][place]};
}
#endif
