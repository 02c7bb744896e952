/* Bytes of an input. The raw side is read(2) over short reads and EINTR, counted and summed as it
 * goes. A small buffer holds the first bytes, so that their magic can be looked at on a pipe too; a
 * plain file's later bytes go straight into the caller's block. gzip is inflated from that buffer by
 * zlib's inflate, not gzread, which hides a truncated file and passes a foreign format through as it
 * is. */
#include "read/source.h"
#include "base/digest.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { RAW_ROOM = 65536 };

struct cst_source {
    const char *name;
    int fd;          /* -1: memory */
    cst_text memory; /* what is left of it */
    size_t chunk;
    bool checksum, gzip, ended; /* ended: the raw bytes are used up */
    uint64_t bytes;
    uint32_t crc;
    bool digesting;
    cst_sha256 digest;
    unsigned char *raw; /* raw bytes read but not yet used: raw[at..n) */
    size_t at, n;
    z_stream z;
    bool between; /* gzip: a member has ended, the next not begun */
    uint64_t members;
    cst_error failure; /* kept until the bytes before it are given out */
};

static cst_status fail_system(const cst_source *s, int error, const char *expected, cst_error *e)
{
    char room[128];
    return cst_fail_at(e, CST_IO, (cst_place){s->name, 0, 0}, NULL, "expected %s, found: %s; check the file",
                       expected, strerror_r(error, room, sizeof room));
}

/* One read of at most n raw bytes; *got == 0 at the end. */
static cst_status read_once(cst_source *s, void *p, size_t n, size_t *got, cst_error *e)
{
    if (s->fd < 0) {
        size_t take = s->memory.n < n ? s->memory.n : n;
        if (s->chunk && take > s->chunk) take = s->chunk;
        memcpy(p, s->memory.p, take);
        s->memory.p += take;
        s->memory.n -= (uint32_t)take;
        *got = take;
    } else {
        ssize_t r;
        do r = read(s->fd, p, n);
        while (r < 0 && errno == EINTR);
        if (r < 0) return fail_system(s, errno, "to read on", e);
        *got = (size_t)r;
    }
    if (*got == 0) s->ended = true;
    if (s->checksum) s->crc = (uint32_t)crc32_z(s->crc, p, *got);
    if (s->digesting) cst_sha256_add(&s->digest, p, *got);
    s->bytes += *got;
    return CST_OK;
}

/* As many raw bytes as there are, up to n. */
static cst_status read_raw(cst_source *s, void *to, size_t n, size_t *got, cst_error *e)
{
    unsigned char *p = to;
    *got = 0;
    while (*got < n && !s->ended) {
        size_t more = 0;
        cst_status status = read_once(s, p + *got, n - *got, &more, e);
        if (status < 0) return status;
        *got += more;
    }
    return CST_OK;
}

typedef struct magic {
    const char *bytes;
    size_t n;
    const char *found, *remedy;
} magic;

static const magic foreign[] = {
    {"\x28\xb5\x2f\xfd", 4, "a zstd file", "unpack it first, e.g. with: zstd -dc"},
    {"BZh", 3, "a bzip2 file", "unpack it first, e.g. with: bzip2 -dc"},
    {"\xfd"
     "7zXZ",
     5, "an xz file", "unpack it first, e.g. with: xz -dc"},
    {"PK\x03\x04", 4, "a zip file or a workbook", "unpack it, or save the sheet as CSV"},
    {"\xff\xfe", 2, "UTF-16", "convert it first, e.g. with: iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, "UTF-16", "convert it first, e.g. with: iconv -f UTF-16 -t UTF-8"},
};

static cst_status look_at_magic(cst_source *s, cst_error *e)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        const magic *m = &foreign[i];
        if (s->n >= m->n && memcmp(s->raw, m->bytes, m->n) == 0)
            return cst_fail_at(e, CST_DATA, (cst_place){s->name, 0, 0}, NULL,
                               "expected text or gzip, found %s; %s", m->found, m->remedy);
    }
    s->gzip = s->n >= 2 && s->raw[0] == 0x1f && s->raw[1] == 0x8b;
    /* 15: the largest window; + 16: gzip's header and trailer, with its checksum and length */
    if (s->gzip && inflateInit2(&s->z, 15 + 16) != Z_OK) {
        s->gzip = false;
        return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status make_source(const char *name, bool checksum, cst_source **out, cst_error *e)
{
    cst_source *s = calloc(1, sizeof *s);
    if (!s || !(s->raw = malloc(RAW_ROOM))) {
        free(s);
        return cst_no_memory(e);
    }
    s->name = name;
    s->fd = -1;
    s->checksum = checksum;
    *out = s;
    return CST_OK;
}

cst_status cst_source_open(const char *path, bool checksum, cst_source **out, cst_error *e)
{
    cst_source *s = NULL;
    cst_status status = make_source(path, checksum, &s, e);
    if (status < 0) return status;
    struct stat about;
    s->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0)
        status = fail_system(s, errno, "a file that can be read", e);
    else if (fstat(s->fd, &about) == 0 && S_ISDIR(about.st_mode))
        status = fail_system(s, EISDIR, "a file that can be read", e);
    if (status == CST_OK) status = read_raw(s, s->raw, RAW_ROOM, &s->n, e);
    if (status == CST_OK) status = look_at_magic(s, e);
    if (status < 0) {
        cst_source_free(s);
        return status;
    }
    *out = s;
    return CST_OK;
}

cst_status cst_source_memory(cst_text bytes, const char *name, size_t chunk, cst_source **out, cst_error *e)
{
    cst_status status = make_source(name, true, out, e);
    if (status < 0) return status;
    (*out)->memory = bytes;
    (*out)->chunk = chunk;
    return CST_OK;
}

void cst_source_free(cst_source *s)
{
    if (!s) return;
    if (s->gzip) inflateEnd(&s->z);
    if (s->fd > STDIN_FILENO) close(s->fd);
    free(s->raw);
    free(s);
}

static cst_status fail_gzip(cst_source *s, cst_status status, const char *found)
{
    return cst_fail_at(&s->failure, status, (cst_place){s->name, 0, 0}, NULL,
                       "expected whole gzip data, found %s; get the file anew and test it with: gzip -t",
                       found);
}

/* Between two members: whether another one begins. */
static cst_status begin_member(cst_source *s)
{
    s->between = false;
    if (s->raw[s->at] != 0x1f) return fail_gzip(s, CST_DATA, "other bytes behind its end");
    return inflateReset(&s->z) == Z_OK ? CST_OK : fail_gzip(s, CST_INTERNAL, "a state that cannot be");
}

/* Inflates what is at hand into p; sets s->failure when it goes wrong. */
static size_t inflate_some(cst_source *s, char *p, size_t n)
{
    s->z.next_in = s->raw + s->at;
    s->z.avail_in = (uInt)(s->n - s->at);
    s->z.next_out = (Bytef *)p;
    s->z.avail_out = n < 1u << 30 ? (uInt)n : 1u << 30;
    size_t offered = s->z.avail_out;
    int r = inflate(&s->z, Z_NO_FLUSH);
    s->at = s->n - s->z.avail_in;
    if (r == Z_STREAM_END) {
        s->between = true;
        s->members++;
    } else if (r == Z_MEM_ERROR) {
        cst_no_memory(&s->failure);
    } else if (r == Z_DATA_ERROR && s->members > 0 && s->z.total_in <= 2) {
        fail_gzip(s, CST_DATA, "other bytes behind its end");
    } else if (r != Z_OK && r != Z_BUF_ERROR) {
        fail_gzip(s, CST_DATA, s->z.msg ? s->z.msg : "something else");
    }
    return offered - s->z.avail_out;
}

static void read_gzip(cst_source *s, char *p, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n && s->failure.status == CST_OK) {
        if (s->at == s->n && !s->ended) {
            s->at = s->n = 0;
            size_t more = 0;
            if (read_raw(s, s->raw, RAW_ROOM, &more, &s->failure) < 0) break;
            s->n = more;
        }
        if (s->at == s->n) {
            if (s->between) break;
            /* all input is used up; what zlib still holds comes out first */
            size_t more = inflate_some(s, p + *got, n - *got);
            *got += more;
            if (more == 0 && !s->between && s->failure.status == CST_OK)
                fail_gzip(s, CST_DATA, "its end missing (the file is truncated)");
        } else if (!s->between || begin_member(s) == CST_OK) {
            *got += inflate_some(s, p + *got, n - *got);
        }
    }
}

static void read_plain(cst_source *s, char *p, size_t n, size_t *got)
{
    size_t held = s->n - s->at < n ? s->n - s->at : n;
    memcpy(p, s->raw + s->at, held);
    s->at += held;
    size_t more = 0;
    if (held < n) read_raw(s, p + held, n - held, &more, &s->failure);
    *got = held + more;
}

cst_status cst_source_read(cst_source *s, char *p, size_t n, size_t *got, cst_error *e)
{
    *got = 0;
    if (s->failure.status == CST_OK) {
        if (s->gzip)
            read_gzip(s, p, n, got);
        else
            read_plain(s, p, n, got);
    }
    if (*got > 0 || s->failure.status == CST_OK) return CST_OK;
    if (e) *e = s->failure;
    return s->failure.status;
}

uint64_t cst_source_bytes(const cst_source *s)
{
    return s->bytes;
}

uint32_t cst_source_crc32(const cst_source *s)
{
    return s->crc;
}

void cst_source_begin_sha256(cst_source *s)
{
    s->digesting = true;
    cst_sha256_begin(&s->digest);
    cst_sha256_add(&s->digest, s->raw, s->n);
}

void cst_source_sha256(const cst_source *s, char hex[CST_SHA256_ROOM])
{
    hex[0] = '\0';
    if (s->digesting) cst_sha256_show(&s->digest, hex);
}
