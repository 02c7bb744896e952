/* The sink: every byte arrives in order, whatever the sizes, over short and interrupted writes; the first
 * failure sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "write/sink.h"
#include <cstools/write.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/cst-sink-XXXXXX";
static cst_error e;
static unsigned char pattern[3 << 20];

static int fill_pattern(void **state)
{
    (void)state;
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (unsigned char)((x = x * 1664525u + 1013904223u) >> 24);
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static cst_sink *open_sink(cst_outputs **o, const char *to)
{
    cst_sink *s;
    memset(&e, 0, sizeof e);
    assert_int_equal(cst_outputs_new(o, &e), CST_OK);
    assert_int_equal(cst_outputs_add(*o, to, &s, &e), CST_OK);
    return s;
}

static void write_pattern(cst_sink *s, const size_t *sizes, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; at < sizeof pattern; i++) {
        size_t take = sizes[i % n] < sizeof pattern - at ? sizes[i % n] : sizeof pattern - at;
        assert_int_equal(cst_sink_write(s, pattern + at, take, &e), CST_OK);
        at += take;
        assert_int_equal(cst_sink_bytes(s), at);
    }
}

static void check_pattern(int fd)
{
    static unsigned char back[64 * 1024];
    size_t at = 0;
    ssize_t n;
    while ((n = read(fd, back, sizeof back)) > 0) {
        assert_true(at + (size_t)n <= sizeof pattern);
        assert_memory_equal(back, pattern + at, (size_t)n);
        at += (size_t)n;
    }
    assert_int_equal(at, sizeof pattern);
}

static void test_sizes(void **state)
{
    (void)state;
    static const size_t sizes[][4] = {{1, 7, 4096, 0},
                                      {CST_SINK_ROOM, CST_SINK_ROOM, 1, 1},
                                      {CST_SINK_ROOM - 1, 1, 1, CST_SINK_ROOM + 1},
                                      {sizeof pattern, 0, 0, 0},
                                      {200000, 100000, 50000, 300000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cst_outputs *o;
        cst_sink *s = open_sink(&o, path);
        write_pattern(s, sizes[i], 4);
        assert_int_equal(cst_outputs_commit(o, &e), CST_OK);
        cst_outputs_free(o);
        int fd = open(path, O_RDONLY);
        check_pattern(fd);
        close(fd);
    }
}

static void tick(int number)
{
    (void)number;
}

/* A slow reader behind a pipe, a timer that interrupts, and, the second time, a pipe that does not block:
 * write is cut short, fails with EINTR, fails with EAGAIN. */
static void test_hindered_writes(void **state)
{
    (void)state;
    struct sigaction act = {.sa_handler = tick}; /* no SA_RESTART */
    sigaction(SIGALRM, &act, NULL);
    for (int blocking = 0; blocking < 2; blocking++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(fd[1]);
            usleep(20000);
            check_pattern(fd[0]);
            _exit(0);
        }
        close(fd[0]);
        if (!blocking) fcntl(fd[1], F_SETFL, O_NONBLOCK);
        cst_outputs *o;
        static const size_t sizes[] = {CST_SINK_ROOM * 2, 5};
        int saved = dup(1);
        assert_int_equal(dup2(fd[1], 1), 1);
        close(fd[1]);
        struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
        setitimer(ITIMER_REAL, &often, NULL);
        cst_sink *s = open_sink(&o, NULL);
        write_pattern(s, sizes, 2);
        cst_status status = cst_outputs_commit(o, &e);
        setitimer(ITIMER_REAL, &never, NULL);
        cst_outputs_free(o);
        dup2(saved, 1);
        close(saved);
        assert_int_equal(status, CST_OK);
        int ended;
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_int_equal(ended, 0);
    }
}

static void test_failure_sticks(void **state)
{
    (void)state;
    cst_outputs *o;
    cst_sink *s = open_sink(&o, "/dev/full");
    assert_int_equal(cst_sink_write(s, "a", 1, &e), CST_OK); /* only held so far */
    assert_int_equal(cst_sink_write(s, pattern, CST_SINK_ROOM, &e), CST_IO);
    for (int i = 0; i < 2; i++) {
        cst_error again = {0};
        assert_int_equal(i ? cst_outputs_commit(o, &again) : cst_sink_write(s, "b", 1, &again), CST_IO);
        assert_string_equal(again.file, "/dev/full");
        assert_string_equal(again.message, e.message);
    }
    assert_int_equal(cst_sink_write(s, "b", 1, NULL), CST_IO);
    cst_outputs_free(o);
}

static void test_closed_output(void **state)
{
    (void)state;
    cst_outputs *o;
    int saved = dup(1);
    close(1);
    cst_sink *s = open_sink(&o, NULL);
    cst_status nothing = cst_outputs_commit(o, &e); /* nothing to write is no failure */
    cst_status held = cst_sink_write(s, "a", 1, &e), status = cst_outputs_commit(o, &e);
    cst_outputs_free(o);
    dup2(saved, 1);
    close(saved);
    assert_int_equal(nothing, CST_OK);
    assert_int_equal(held, CST_OK);
    assert_int_equal(status, CST_IO);
    assert_string_equal(e.file, "standard output");
    assert_non_null(strstr(e.message, "Bad file descriptor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_hindered_writes),
        cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_closed_output),
    };
    return cmocka_run_group_tests_name("sink", tests, fill_pattern, drop_file);
}
