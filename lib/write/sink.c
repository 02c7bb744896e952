/* sink.c: buffered bytes to a file descriptor. The one place of the library that calls write(2), so that a
 * short write, an interrupted one and a full disk are met in one place. Small writes gather in a buffer;
 * one that is as big as the buffer goes to the system from where it lies. The first failure sticks:
 * whoever asks later hears of it too. */
#include "write/sink.h"
#include "base/memory.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No system takes more than this in one call, and a short write is then the rule rather than the
 * exception. */
#define WRITE_MOST ((size_t)1 << 30)

const char *cst_errno_text(int number, char *room, size_t size)
{
    return strerror_r(number, room, size);
}

cst_status cst_sink_fail(cst_sink *s, int number, const char *doing, cst_error *e)
{
    char room[128];
    if (s->failure.status == CST_OK) {
        if (number == ENOMEM && !doing)
            cst_no_memory(&s->failure);
        else
            cst_fail_at(&s->failure, CST_IO, (cst_place){s->name, 0, 0}, NULL, "%s: %s", doing,
                        cst_errno_text(number, room, sizeof room));
    }
    if (e) *e = s->failure;
    return s->failure.status;
}

static cst_status write_all(cst_sink *s, const char *p, size_t n, cst_error *e)
{
    if (s->digesting) cst_sha256_add(&s->digest, p, n);
    while (n > 0) {
        ssize_t done = write(s->fd, p, n < WRITE_MOST ? n : WRITE_MOST);
        if (done >= 0) {
            p += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ask = {.fd = s->fd, .events = POLLOUT};
            poll(&ask, 1, -1); /* a standard output that another program has set to non-blocking */
        } else if (errno != EINTR) {
            return cst_sink_fail(s, errno, "cannot write", e);
        }
    }
    return CST_OK;
}

cst_status cst_sink_flush(cst_sink *s, cst_error *e)
{
    if (s->failure.status != CST_OK) return cst_sink_fail(s, 0, NULL, e);
    size_t n = s->held;
    s->held = 0;
    return write_all(s, s->buffer, n, e);
}

cst_status cst_sink_write(cst_sink *s, const void *p, size_t n, cst_error *e)
{
    if (s->failure.status != CST_OK) return cst_sink_fail(s, 0, NULL, e);
    s->bytes += n;
    if (n > CST_SINK_ROOM - s->held) {
        cst_status status = cst_sink_flush(s, e);
        if (status != CST_OK) return status;
    }
    if (n >= CST_SINK_ROOM) return write_all(s, p, n, e);
    if (n == 0) return CST_OK;
    if (!s->buffer && !(s->buffer = malloc(CST_SINK_ROOM))) return cst_sink_fail(s, ENOMEM, NULL, e);
    memcpy(s->buffer + s->held, p, n);
    s->held += n;
    return CST_OK;
}

uint64_t cst_sink_bytes(const cst_sink *s)
{
    return s->bytes;
}

void cst_sink_keep(cst_sink *s)
{
    s->keep = true;
}

void cst_sink_rank(cst_sink *s, enum cst_rank rank)
{
    s->rank = rank;
}

static cst_status close_checked(cst_sink *s, int fd, cst_error *e)
{
    /* On Linux the descriptor is gone even where close is interrupted, and the data is not in danger. */
    if (close(fd) != 0 && errno != EINTR) return cst_sink_fail(s, errno, "cannot close", e);
    return CST_OK;
}

cst_status cst_sink_settle(cst_sink *s, cst_error *e)
{
    cst_status status = cst_sink_flush(s, e);
    if (status != CST_OK) return status;
    if (s->standard) {
        if (s->bytes == 0) return CST_OK;
        int twin = dup(s->fd);
        return twin < 0 ? cst_sink_fail(s, errno, "cannot close", e) : close_checked(s, twin, e);
    }
    /* a file system that knows no sync says EINVAL; that is no loss of data */
    if (s->temporary && fsync(s->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        return cst_sink_fail(s, errno, "cannot sync", e);
    int fd = s->fd;
    s->fd = -1;
    return close_checked(s, fd, e);
}

void cst_sink_forget(cst_sink *s)
{
    cst_temporary_free(s->listed);
    free(s->temporary);
    if (s->lock >= 0) close(s->lock);
    s->listed = NULL;
    s->temporary = NULL;
    s->lock = -1;
}

void cst_sink_drop(cst_sink *s)
{
    if (s->fd >= 0 && !s->standard) close(s->fd);
    s->fd = -1;
    s->held = 0;
    if (s->temporary) unlink(s->temporary);
    cst_sink_forget(s);
}

void cst_sink_free(cst_sink *s)
{
    if (!s) return;
    cst_sink_drop(s);
    free(s->name);
    free(s->target);
    free(s->directory);
    free(s->buffer);
    free(s);
}
