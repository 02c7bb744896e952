/* read/source.h: the bytes of one input, from a file, a pipe or memory, inflated where they are gzip. */
#ifndef CST_READ_SOURCE_H
#define CST_READ_SOURCE_H
#include "base/digest.h"
#include <cstools/base.h>

typedef struct cst_source cst_source;

/* Opens `path` ("-": standard input) and looks at its first bytes: gzip is inflated, other packings
 * are refused with the command that unpacks them. `path` outlives the source. `checksum`: keep the
 * CRC-32 too. */
cst_status cst_source_open(const char *path, bool checksum, cst_source **out, cst_error *e);
/* Bytes in memory, which outlive the source; gzip is not looked for. `chunk`: at most so many bytes
 * per system-like read, for tests; 0: all. */
cst_status cst_source_memory(cst_text bytes, const char *name, size_t chunk, cst_source **out, cst_error *e);
/* Ends and frees; takes NULL. Standard input is left open. */
void cst_source_free(cst_source *s);

/* Fills p with n bytes, over short reads; *got < n only at the end. A failure comes after all bytes
 * before it have been given out. */
cst_status cst_source_read(cst_source *s, char *p, size_t n, size_t *got, cst_error *e);

uint64_t cst_source_bytes(const cst_source *s); /* read so far, as they stand on disk */
uint32_t cst_source_crc32(const cst_source *s); /* of these; 0 without checksum */
/* Digests these bytes too; call it before the first read. */
void cst_source_begin_sha256(cst_source *s);
void cst_source_sha256(const cst_source *s, char hex[CST_SHA256_ROOM]); /* empty unless it was begun */
#endif
