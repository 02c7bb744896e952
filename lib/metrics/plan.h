/* metrics/plan.h: what is kept of a stream for the metrics that are measured from it.
 *
 * Of each row only a short record is kept: the account, which conditions hold for it, and a few slots of 8
 * bytes (times, values). The conditions of a stream are numbered; the set that holds for a row is a mask,
 * and masks are numbered in turn (few differ): a record has the number, its class.
 *
 * Ends (end_date, done_date, first_value_date, closed_at) that lie after a period have not happened in it
 * and read as empty. A row is therefore judged once per state: bit i of a state tells that the i-th of the
 * ends that conditions read is still hidden. Beginnings (start_date, valid_from, ...) after a period take
 * the row out of it. */
#ifndef CST_METRICS_PLAN_H
#define CST_METRICS_PLAN_H
#include "expr/expr.h"
#include "ledger/subjects.h"
#include "metrics/spec.h"
#include "tables/features.h"
#include "tables/streams.h"

#define MET_MASK_WORDS   4
#define MET_CONDITIONS   (64 * MET_MASK_WORDS)
#define MET_HIDES        3 /* ends that the conditions of one stream may read */
#define MET_STATES       (1 << MET_HIDES)
#define MET_LINE_COLUMNS 8

typedef struct met_mask {
    uint64_t w[MET_MASK_WORDS];
} met_mask;

static inline bool met_mask_has(const met_mask *m, unsigned bit)
{
    return m->w[bit / 64] >> (bit % 64) & 1;
}

/* A slot of a record, and how its 8 bytes are to be read. */
typedef enum {
    MET_SLOT_TIME,    /* int64_t microseconds; INT64_MIN: missing */
    MET_SLOT_NUMBER,  /* double; NAN: missing */
    MET_SLOT_BOOLEAN, /* double 1 or 0; NAN: missing */
    MET_SLOT_MONEY,   /* int64_t millionths; INT64_MIN: missing */
    MET_SLOT_TEXT,    /* number of the text; UINT64_MAX: missing */
    MET_SLOT_STRING   /* where in the record its bytes stand (store.h); UINT64_MAX: missing */
} met_slot_kind;
#define MET_TIME_NONE INT64_MIN

typedef struct met_slot {
    uint32_t name; /* index into the stream's names */
    met_slot_kind kind;
    bool required; /* an empty field is an error */
} met_slot;

/* Where a name of a stream comes from. */
typedef enum {
    MET_NAME_COLUMN,
    MET_NAME_FEATURE,
    MET_NAME_USE,
    MET_NAME_DAY,   /* event_day: a number, not for conditions */
    MET_NAME_HOURS, /* hours_to_close: likewise */
    MET_NAME_CELL
} met_name_from;

typedef struct met_name {
    met_name_from from;
    int column; /* of the reader or table (bound when needed: else -1), of the feature table, or a cell */
    bool needed;
} met_name;

typedef struct met_condition {
    cst_text where;  /* n == 0: always */
    cst_expr *expr;  /* NULL: always */
    bool by_event;   /* depends on the event's name alone */
    bool hides;      /* reads an end */
    cst_place place; /* of the cell it stands in first */
} met_condition;

typedef struct met_plan {
    met_from from;
    const struct cst_stream *stream; /* NULL: made of the subscriptions */
    cst_reader *reader;              /* one of these two, or none: made */
    const cst_subjects *subjects;    /* names of accounts go by them */
    const cst_accounts *accounts;
    const cst_features *features;
    bool given;
    cst_text *text; /* the names: file's columns, then joined ones */
    met_name *name;
    size_t names;
    int account; /* name */
    met_condition *condition;
    size_t conditions;
    met_slot *slot;
    size_t slots;
    int *of_kind[MET_SLOT_STRING + 1]; /* the slots of a kind, -1 after the last; known once bound */
    int begin[4];                      /* slots of the beginnings; a record counts from the latest on */
    size_t begins;
    int hide[MET_HIDES]; /* slots of the ends that conditions read */
    size_t hides;
    int start, end;              /* slots of the stretch in which a row holds; -1: none */
    int seen, seen_else;         /* slots that tell when the account was first seen; -1: none */
    int currency;                /* slot; -1: none */
    int mrr, term, line;         /* slots of the subscriptions */
    int finer[MET_LINE_COLUMNS]; /* slots of the columns that tell lines apart besides */
    int finers;
    bool all; /* records without any condition that holds are kept too */
} met_plan;

typedef enum { MET_AT_POINT, MET_AT_ACTIVE, MET_AT_OPENING, MET_AT_ANY, MET_AT_RENEWAL } met_at_kind;

/* A metric over a stream, resolved. */
typedef struct met_measure {
    const met_metric *metric;
    const met_plan *plan;
    unsigned condition;
    met_at_kind at;
    int at_slot; /* of MET_AT_POINT */
    int column;  /* slot; -1: none */
    met_slot_kind kind;
    bool money;   /* the result is money, in millionths */
    bool date;    /* the result is a day */
    bool current; /* speaks of the export's day alone: of the past only with leave */
    bool before;  /* the window before the window: (P - 2n, P - n] */
    bool steady;  /* nothing about a row changes from period to period but the window */
} met_measure;

typedef struct met_plan_input {
    cst_reader *reader[MET_FROM_STREAMS]; /* NULL: not given */
    const cst_subjects *subjects;
    const cst_features *features;
    const char *line; /* columns that tell lines apart besides the centre; NULL: none */
} met_plan_input;

/* The streams' plans and the metrics' measures, bound. Readers are bound: call before the first batch. */
typedef struct met_plans {
    met_plan plan[MET_FROM_STREAMS];
    met_measure
        *measure; /* one per metric of the spec; of derived and lacking ones only `metric` is filled */
    size_t measures;
} met_plans;

/* CST_DATA with the place in the spec: a stream that was not given, an unknown column (with the nearest), a
 * window where none can be, a condition that cannot be parsed ... A metric of a built-in table whose stream
 * or column is not there is marked as lacking instead. */
cst_status met_plans_bind(met_spec *spec, const met_plan_input *in, met_plans *out, cst_error *e);
void met_plans_clear(met_plans *p);

/* A row as conditions see it. */
typedef struct met_view {
    const met_plan *plan;
    cst_batch *batch;     /* a row of a batch, */
    uint32_t row;         /* or of the accounts table where batch is NULL, */
    const cst_text *cell; /* or cells that were made */
    unsigned hidden;      /* state: bit i: hide[i] reads as empty */
    uint32_t feature;
    bool use;
} met_view;

cst_text met_view_text(const met_view *v, uint32_t name);
cst_place met_view_place(const met_view *v, uint32_t name);
/* The conditions that hold, of those for which by_event is as asked (or of all). */
typedef enum { MET_JUDGE_ALL, MET_JUDGE_EVENT, MET_JUDGE_REST } met_judge;
cst_status met_view_judge(const met_view *v, met_judge which, met_mask *out, cst_error *e);

/* bind.c: the names of a stream, and their binding to its file. Used while plans are made. */

/* The names and the slots that a stream needs for itself. `metrics`: how many may add slots. `lines`:
 * renewals are asked for, so subscriptions keep what they are for. */
cst_status met_plan_open(met_plan *p, met_from from, const met_plan_input *in, size_t metrics, bool lines,
                         cst_error *e);
/* Binds the columns that turned out to be needed. */
cst_status met_plan_finish(met_plan *p, cst_error *e);
void met_plan_clear(met_plan *p);

int met_plan_name(const met_plan *p, const char *name); /* -1: none */
int met_plan_slot(met_plan *p, int name, met_slot_kind kind, bool required);
#endif
