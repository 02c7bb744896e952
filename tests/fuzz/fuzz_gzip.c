/* Inflating against zlib called plainly. The first byte chooses: the rest is the file as it stands; or
 * the rest is packed, in one or two members, and the second and third byte damage or cut what came out.
 * Reads are of odd sizes. */
#include "base/buffer.h"
#include "fuzz.h"
#include "read/source.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

static void pack(cst_buffer *out, const uint8_t *p, size_t n)
{
    unsigned char room[4096];
    z_stream z = {0};
    fuzz_require(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit2");
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    int r;
    do {
        z.next_out = room;
        z.avail_out = sizeof room;
        r = deflate(&z, Z_FINISH);
        cst_buffer_add(out, room, sizeof room - z.avail_out);
    } while (r == Z_OK);
    deflateEnd(&z);
}

/* The members one after the other; false: something is wrong with the bytes, what came before it is in
 * `out`. */
static bool unpack(const cst_buffer *file, cst_buffer *out)
{
    size_t at = 0;
    while (at < file->n) {
        unsigned char room[512];
        z_stream z = {0};
        if (file->p[at] != 0x1f) return false;
        fuzz_require(inflateInit2(&z, 15 + 16) == Z_OK, "inflateInit2");
        z.next_in = (Bytef *)file->p + at;
        z.avail_in = (uInt)(file->n - at);
        int r;
        do {
            z.next_out = room;
            z.avail_out = sizeof room;
            r = inflate(&z, Z_NO_FLUSH);
            cst_buffer_add(out, room, sizeof room - z.avail_out);
        } while (r == Z_OK && (z.avail_in || z.avail_out == 0));
        at = file->n - z.avail_in;
        inflateEnd(&z);
        if (r != Z_STREAM_END) return false;
    }
    return true;
}

static bool is_gzip(const cst_buffer *file)
{
    return file->n >= 2 && (unsigned char)file->p[0] == 0x1f && (unsigned char)file->p[1] == 0x8b;
}

/* All of a source in reads of `step` bytes; the status it ends with. */
static cst_status read_source(const char *path, size_t step, cst_buffer *out, cst_error *e)
{
    char room[256];
    cst_source *s = NULL;
    size_t got = 0;
    cst_status status = cst_source_open(path, true, &s, e);
    while (status == CST_OK) {
        status = cst_source_read(s, room, step, &got, e);
        if (status < 0) break;
        cst_buffer_add(out, room, got);
        if (got < step && cst_source_read(s, room, step, &got, e) == CST_OK) {
            fuzz_require(got == 0, "nothing comes after a short read");
            break;
        }
    }
    cst_source_free(s);
    return status;
}

static void check_file(const cst_buffer *file, size_t step)
{
    char path[64];
    cst_buffer want = {0}, found = {0};
    cst_error e;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_require(fd >= 0 && write(fd, file->p, file->n) == (ssize_t)file->n, "a file in memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    cst_status status = read_source(path, step, &found, &e);
    close(fd);
    if (status < 0 && !is_gzip(file)) {
        fuzz_require(status == CST_DATA && found.n == 0, "another packing is refused at once");
    } else {
        bool good = true;
        if (is_gzip(file))
            good = unpack(file, &want);
        else
            cst_buffer_add(&want, file->p, file->n);
        fuzz_require(good == (status == CST_OK), "what is whole");
        fuzz_require(good ? found.n == want.n : found.n <= want.n, "as many bytes");
        fuzz_require(found.n == 0 || memcmp(found.p, want.p, found.n) == 0, "the same bytes");
    }
    cst_buffer_free(&want);
    cst_buffer_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned how = (unsigned)fuzz_take(&data, &size, 1), where = (unsigned)fuzz_take(&data, &size, 1);
    unsigned flip = (unsigned)fuzz_take(&data, &size, 1);
    if (size == 0) return 0;
    cst_buffer file = {0};
    if (how % 4 == 0) {
        cst_buffer_add(&file, data, size);
    } else {
        size_t first = how % 4 == 1 ? size : size / 3;
        pack(&file, data, first);
        if (first < size) pack(&file, data + first, size - first);
        if (how % 4 == 3) { /* damaged, and at an odd flip cut too */
            file.p[where * file.n / 256] ^= (char)flip;
            if (flip % 2) file.n = 1 + where * (file.n - 1) / 256;
        }
    }
    check_file(&file, 1 + how / 4 * 3);
    cst_buffer_free(&file);
    return 0;
}
