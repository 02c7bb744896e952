/* tables/shard.h: shards of the customers, and what proves that parts made of them are whole.
 *
 * A customer is of shard CRC-32(id) mod N + 1, where CRC-32 is zlib's, which is Spark SQL's crc32 too, and
 * the id is what the row belongs to after --identity and --customer. Every process reads the same input and
 * keeps its own shard, or gets the rows of its shard alone. A part says its shard, how many rows it left to
 * others, and the SHA-256 of every input. A merge wants each shard once, and either the same inputs in all
 * parts or no row left to others in any, so that a wrong cut loses nothing in silence. */
#ifndef CST_TABLES_SHARD_H
#define CST_TABLES_SHARD_H
#include "base/arena.h"
#include "program/program.h"

enum { CST_SHARDS_MOST = 65536 };

typedef struct cst_shard {
    uint32_t number, of; /* 1 .. of; of 0: all customers */
} cst_shard;

/* "I/N". CST_USAGE: it is not, or I is not from 1 to N. text NULL: all customers. */
cst_status cst_shard_parse(const char *text, cst_shard *out, cst_error *e);
/* The shard of a customer, 1 .. of. */
uint32_t cst_shard_of(cst_text customer, uint32_t of);

/* What a part says of its shard. */
typedef struct cst_shard_cut {
    cst_shard shard;
    uint64_t others;    /* rows left to other shards */
    const char *inputs; /* SHA-256 of each, in the order of the operands, with blanks between */
} cst_shard_cut;

/* Of the parts seen so far. Zero-initialise it. */
typedef struct cst_shards {
    uint32_t of;
    const char **file;   /* by number - 1: the part it is in; NULL: none yet */
    const char *inputs;  /* of the first part */
    const char *leaving; /* the first part that left rows to others; NULL: none */
    const char *another; /* the first part of other inputs; NULL: none */
    const char *first;   /* the first part */
    cst_arena *arena;    /* not its own */
} cst_shards;

/* Adds a part. CST_DATA: it is of another N than the first, or its shard was there before. */
cst_status cst_shards_add(cst_shards *s, const char *file, const cst_shard_cut *cut, cst_error *e);
/* After the last one. CST_DATA: a shard is missing, or the parts can lack rows. */
cst_status cst_shards_check(const cst_shards *s, cst_error *e);
#endif
