/* Output files: they appear whole or not at all, keep mode and link, are told apart from each other and
 * from inputs, and leave nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "write/signals.h"
#include <cstools/write.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/cst-outputs-XXXXXX";
static cst_error e;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chmod(folder, 0777) == 0 ? chdir(folder) : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    if (chdir("/") != 0) return -1;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void put_file(const char *path, const char *bytes)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(bytes, f);
    fclose(f);
}

static const char *get_file(const char *path)
{
    static char bytes[4096];
    FILE *f = fopen(path, "r");
    if (!f) return "(none)";
    size_t n = fread(bytes, 1, sizeof bytes - 1, f);
    bytes[n] = 0;
    fclose(f);
    return bytes;
}

static int count_temporaries(void)
{
    int n = 0;
    DIR *d = opendir(".");
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        n += strncmp(entry->d_name, ".cs-tools.", 10) == 0;
    closedir(d);
    return n;
}

static cst_outputs *make(void)
{
    cst_outputs *o;
    memset(&e, 0, sizeof e);
    assert_int_equal(cst_outputs_new(&o, &e), CST_OK);
    return o;
}

static cst_sink *add(cst_outputs *o, const char *path, const char *bytes)
{
    cst_sink *s = NULL;
    if (cst_outputs_add(o, path, &s, &e) != CST_OK) fail_msg("%s: %s", path, e.message);
    assert_int_equal(cst_sink_write(s, bytes, strlen(bytes), &e), CST_OK);
    return s;
}

static void commit(cst_outputs *o)
{
    if (cst_outputs_commit(o, &e) != CST_OK) fail_msg("%s", e.message);
    cst_outputs_free(o);
    assert_int_equal(count_temporaries(), 0);
}

static void refuse(cst_outputs *o, const char *path, cst_status status, const char *words)
{
    cst_sink *s = NULL;
    assert_int_equal(cst_outputs_add(o, path, &s, &e), status);
    assert_null(s);
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static void test_whole_or_not(void **state)
{
    (void)state;
    put_file("old", "last night\n");
    cst_outputs *o = make();
    add(o, "old", "tonight\n");
    add(o, "new", "too\n");
    assert_int_equal(count_temporaries(), 2);
    assert_string_equal(get_file("old"), "last night\n");
    assert_string_equal(get_file("new"), "(none)");
    cst_outputs_free(o);
    assert_int_equal(count_temporaries(), 0);
    assert_string_equal(get_file("old"), "last night\n");
    assert_string_equal(get_file("new"), "(none)");
    o = make();
    add(o, "old", "tonight\n");
    add(o, "new", "too\n");
    commit(o);
    assert_string_equal(get_file("old"), "tonight\n");
    assert_string_equal(get_file("new"), "too\n");
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_mode(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0600, 0666, 0755};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        put_file("mode", "a");
        assert_int_equal(chmod("mode", modes[i]), 0);
        cst_outputs *o = make();
        add(o, "mode", "b");
        commit(o);
        assert_int_equal(mode_of("mode"), modes[i]);
        assert_string_equal(get_file("mode"), "b");
    }
    mode_t before = umask(027);
    unlink("mode");
    cst_outputs *o = make();
    add(o, "mode", "b");
    commit(o);
    umask(before);
    assert_int_equal(mode_of("mode"), 0640);
}

static void test_owner(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    struct stat st;
    put_file("owned", "a");
    assert_int_equal(chown("owned", 12345, 54321), 0);
    assert_int_equal(chmod("owned", 0640), 0);
    cst_outputs *o = make();
    add(o, "owned", "b");
    commit(o);
    assert_int_equal(stat("owned", &st), 0);
    assert_int_equal(st.st_uid, 12345);
    assert_int_equal(st.st_gid, 54321);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void check_link(const char *link, const char *to, const char *end)
{
    struct stat st;
    assert_int_equal(symlink(to, link), 0);
    cst_outputs *o = make();
    add(o, link, "through the link");
    commit(o);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_string_equal(get_file(end), "through the link");
    unlink(end);
}

static void test_links(void **state)
{
    (void)state;
    char absolute[128];
    snprintf(absolute, sizeof absolute, "%s/end", folder);
    assert_int_equal(mkdir("sub", 0777), 0);
    put_file("end", "old");
    check_link("here", "end", "end");
    put_file("end", "old");
    check_link("there", absolute, "end");
    check_link("dangling", "nothing-yet", "nothing-yet");
    check_link("sub/up", "../end", "end");
    check_link("chain", "sub/up", "end");
    assert_int_equal(symlink("loop-b", "loop-a") + symlink("loop-a", "loop-b"), 0);
    cst_outputs *o = make();
    refuse(o, "loop-a", CST_IO, "symbolic links");
    cst_outputs_free(o);
}

static void test_bad_targets(void **state)
{
    (void)state;
    cst_outputs *o = make();
    assert_int_equal(mkdir("dir", 0777), 0);
    refuse(o, "dir", CST_IO, "found a directory");
    refuse(o, "dir/", CST_IO, "found a directory");
    refuse(o, ".", CST_IO, "found a directory");
    refuse(o, "nowhere/", CST_IO, "found the name of a directory");
    refuse(o, "nowhere/file", CST_IO, "expected the directory \"nowhere\" to be there");
    assert_string_equal(e.file, "nowhere/file");
    put_file("plain", "");
    refuse(o, "plain/file", CST_IO, "Not a directory");
    refuse(o, "", CST_USAGE, "found an empty one");
    assert_int_equal(count_temporaries(), 0);
    cst_outputs_free(o);
}

/* Runs `body` in a child, which exits 0 where all is well; as nobody if `plain` (root may write anywhere). */
static int run_child(void (*body)(void), bool plain)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (plain && geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
        body();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void need(bool so)
{
    if (!so) _exit(3);
}

static void write_without_leave(void)
{
    cst_outputs *o;
    cst_sink *s;
    need(cst_outputs_new(&o, &e) == CST_OK);
    need(cst_outputs_add(o, "shut/file", &s, &e) == CST_IO && strstr(e.message, "Permission denied"));
    need(strstr(e.message, "cannot make a file in the directory") != NULL);
    need(cst_outputs_add(o, "shut/read-only", &s, &e) == CST_IO && strstr(e.message, "Permission denied"));
    need(cst_outputs_add(o, "read-only", &s, &e) == CST_IO && strstr(e.message, "cannot be written"));
    cst_outputs_free(o);
}

static void test_without_leave(void **state)
{
    (void)state;
    assert_int_equal(mkdir("shut", 0755), 0);
    put_file("shut/read-only", "kept");
    put_file("read-only", "kept");
    assert_int_equal(chmod("read-only", 0444) + chmod("shut", 0555), 0);
    assert_int_equal(run_child(write_without_leave, true), 0);
    assert_string_equal(get_file("read-only"), "kept");
    assert_int_equal(chmod("shut", 0755), 0);
}

static void test_two_on_one(void **state)
{
    (void)state;
    put_file("one", "");
    assert_int_equal(link("one", "hard") + symlink("one", "soft") + symlink(".", "round"), 0);
    static const char *const again[] = {"one", "./one", "hard", "soft", "round/one"};
    cst_outputs *o = make();
    add(o, "one", "a");
    for (size_t i = 0; i < 5; i++) refuse(o, again[i], CST_USAGE, "found the same file as one");
    add(o, "fresh", "a");
    refuse(o, "round/fresh", CST_USAGE, "found the same file as fresh");
    add(o, "/dev/null", "a");
    add(o, "/dev/null", "b");
    cst_sink *s;
    assert_int_equal(cst_outputs_add(o, "-", &s, &e), CST_OK);
    refuse(o, NULL, CST_USAGE, "same file as standard output");
    refuse(o, "/dev/stdout", CST_USAGE, "same file as standard output");
    cst_outputs_free(o);
    assert_int_equal(count_temporaries(), 0);
}

static void test_inputs_guarded(void **state)
{
    (void)state;
    put_file("in", "data");
    assert_int_equal(link("in", "in-hard") + symlink("in", "in-soft"), 0);
    static const char *const same[] = {"in", "./in", "in-hard", "in-soft"};
    for (size_t i = 0; i < 4; i++) {
        cst_outputs *o = make();
        cst_sink *s;
        assert_int_equal(cst_outputs_guard(o, "in", &e), CST_OK);
        refuse(o, same[i], CST_USAGE, "found the same file as in");
        cst_outputs_free(o);
        o = make();
        assert_int_equal(cst_outputs_add(o, same[i], &s, &e), CST_OK);
        assert_int_equal(cst_outputs_guard(o, "in", &e), CST_USAGE);
        cst_outputs_free(o);
    }
    cst_outputs *o = make();
    assert_int_equal(cst_outputs_guard(o, "/dev/null", &e), CST_OK);
    assert_int_equal(cst_outputs_guard(o, "not-there", &e), CST_OK);
    add(o, "/dev/null", "");
    cst_outputs_free(o);
    assert_string_equal(get_file("in"), "data");
}

static void use_one_file_for_both(void)
{
    cst_outputs *o;
    cst_sink *s;
    int in = open("both", O_RDONLY), out = open("both", O_WRONLY | O_APPEND);
    need(in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1);
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_guard(o, "-", &e) == CST_OK);
    need(cst_outputs_add(o, NULL, &s, &e) == CST_USAGE && strstr(e.message, "same file as standard input"));
    cst_outputs_free(o);
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_add(o, NULL, &s, &e) == CST_OK);
    need(cst_outputs_add(o, "both", &s, &e) == CST_USAGE &&
         strstr(e.message, "same file as standard output"));
    cst_outputs_free(o);
}

static void test_redirections_guarded(void **state)
{
    (void)state;
    put_file("both", "data");
    assert_int_equal(run_child(use_one_file_for_both, false), 0);
    assert_string_equal(get_file("both"), "data");
}

static void write_fifo(void)
{
    cst_outputs *o;
    cst_sink *s = NULL;
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_add(o, "fifo", &s, &e) == CST_OK);
    need(cst_sink_write(s, "down the pipe", 13, &e) == CST_OK && cst_outputs_commit(o, &e) == CST_OK);
    cst_outputs_free(o);
}

static void test_fifo(void **state)
{
    (void)state;
    struct stat st;
    char bytes[64];
    assert_int_equal(mkfifo("fifo", 0600), 0);
    int fd = open("fifo", O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(run_child(write_fifo, false), 0);
    assert_int_equal(read(fd, bytes, sizeof bytes), 13);
    assert_memory_equal(bytes, "down the pipe", 13);
    close(fd);
    assert_true(stat("fifo", &st) == 0 && S_ISFIFO(st.st_mode));
}

static void test_full(void **state)
{
    (void)state;
    cst_outputs *o = make();
    add(o, "beside-full", "a");
    add(o, "/dev/full", "a");
    assert_int_equal(cst_outputs_commit(o, &e), CST_IO);
    assert_string_equal(e.file, "/dev/full");
    assert_non_null(strstr(e.message, "No space left on device"));
    cst_outputs_free(o);
    assert_string_equal(get_file("beside-full"), "(none)");
    assert_int_equal(count_temporaries(), 0);
}

/* A rename can be made to fail by taking the directory away. What ranks before it is in place, what ranks
 * behind is not. */
static void test_rank(void **state)
{
    (void)state;
    for (int last = 0; last < 2; last++) {
        cst_outputs *o = make();
        assert_int_equal(mkdir("gone", 0777), 0);
        cst_sink *doomed = add(o, "gone/file", "a"), *sound = add(o, "sound", "a");
        cst_sink_rank(doomed, last ? CST_RANK_STATE : CST_RANK_MAIN);
        cst_sink_rank(sound, last ? CST_RANK_MANIFEST : CST_RANK_OTHER);
        assert_int_equal(system("rm -r gone"), 0);
        assert_int_equal(cst_outputs_commit(o, &e), CST_IO);
        assert_string_equal(e.file, "gone/file");
        cst_outputs_free(o);
        assert_string_equal(get_file("sound"), last ? "a" : "(none)");
        assert_int_equal(count_temporaries(), 0);
    }
}

static void test_kept(void **state)
{
    (void)state;
    cst_outputs *o = make();
    add(o, "main", "a");
    cst_sink_keep(add(o, "rejects", "b"));
    assert_int_equal(cst_outputs_commit_kept(o, &e), CST_OK);
    cst_outputs_free(o);
    assert_string_equal(get_file("main"), "(none)");
    assert_string_equal(get_file("rejects"), "b");
    assert_int_equal(count_temporaries(), 0);
}

static int deadly;

static void die_half_way(void)
{
    cst_outputs *o;
    cst_sink *s;
    signal(SIGINT, SIG_DFL); /* a shell's background job would leave it ignored, and ignored it stays */
    signal(SIGHUP, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* as a careless parent leaves it */
    cst_signals_install();
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_add(o, "half", &s, &e) == CST_OK);
    need(cst_outputs_add(o, "half2", &s, &e) == CST_OK && count_temporaries() == 2);
    raise(deadly);
}

static void ignore_hangup(void)
{
    signal(SIGHUP, SIG_IGN);
    cst_signals_install();
    raise(SIGHUP);
}

static void test_signals(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        deadly = numbers[i];
        int status = run_child(die_half_way, false);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), deadly);
        assert_int_equal(count_temporaries(), 0);
        assert_string_equal(get_file("half"), "(none)");
    }
    assert_int_equal(run_child(ignore_hangup, false), 0);
}

static void write_past_limit(void)
{
    static char block[100000];
    cst_outputs *o;
    cst_sink *s;
    struct rlimit limit = {150000, 150000};
    cst_signals_install();
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_add(o, "large", &s, &e) == CST_OK);
    cst_status status = CST_OK;
    for (int i = 0; i < 4 && status == CST_OK; i++) status = cst_sink_write(s, block, sizeof block, &e);
    if (status == CST_OK) status = cst_outputs_commit(o, &e);
    need(status == CST_IO && strstr(e.message, "File too large"));
    cst_outputs_free(o);
}

static void test_size_limit(void **state)
{
    (void)state;
    assert_int_equal(run_child(write_past_limit, false), 0);
    assert_string_equal(get_file("large"), "(none)");
    assert_int_equal(count_temporaries(), 0);
}

/* A run that was killed may have had our pid: its file is left alone and another name is taken. */
static void test_stale_temporary(void **state)
{
    (void)state;
    char stale[64];
    snprintf(stale, sizeof stale, ".cs-tools.%ld.0.tmp", (long)getpid());
    put_file(stale, "someone else's");
    cst_outputs *o = make();
    add(o, "fresh2", "a");
    assert_int_equal(cst_outputs_commit(o, &e), CST_OK);
    cst_outputs_free(o);
    assert_string_equal(get_file("fresh2"), "a");
    assert_string_equal(get_file(stale), "someone else's");
    unlink(stale);
}

static void make_half(void)
{
    cst_outputs *o;
    cst_sink *s;
    need(cst_outputs_new(&o, &e) == CST_OK && cst_outputs_add(o, "half", &s, &e) == CST_OK);
}

static void die_with_temporary(void)
{
    make_half();
    raise(SIGKILL);
}

/* What a killed run left is removed by the next one in the folder; what a living one writes is not, and
 * neither is what another program holds. */
static void test_sweep(void **state)
{
    (void)state;
    run_child(die_with_temporary, false);
    assert_int_equal(count_temporaries(), 1);
    put_file(".cs-tools.tmp", "no number");
    put_file(".cs-tools.12.0.tmpx", "no end");
    assert_int_equal(symlink("elsewhere", ".cs-tools.99999999.0.tmp"), 0);
    put_file(".cs-tools.99999998.0.tmp", "held");
    int held = open(".cs-tools.99999998.0.tmp", O_RDONLY);
    assert_int_equal(flock(held, LOCK_EX), 0);
    int before = count_temporaries();
    cst_outputs *o = make();
    add(o, "swept", "a");
    assert_int_equal(count_temporaries(), before); /* one less, one more */
    run_child(make_half, false);                   /* its temporary stays, and ours with it */
    assert_int_equal(cst_outputs_commit(o, &e), CST_OK);
    cst_outputs_free(o);
    assert_string_equal(get_file("swept"), "a");
    assert_string_equal(get_file(".cs-tools.99999998.0.tmp"), "held");
    close(held);
    o = make();
    add(o, "swept", "b");
    assert_string_equal(get_file(".cs-tools.99999998.0.tmp"), "(none)");
    cst_outputs_free(o);
    assert_string_equal(get_file(".cs-tools.tmp"), "no number");
    assert_string_equal(get_file(".cs-tools.12.0.tmpx"), "no end");
    assert_int_equal(system("rm -f .cs-tools.*"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_or_not),
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_bad_targets),
        cmocka_unit_test(test_without_leave),
        cmocka_unit_test(test_two_on_one),
        cmocka_unit_test(test_inputs_guarded),
        cmocka_unit_test(test_redirections_guarded),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_stale_temporary),
        cmocka_unit_test(test_sweep),
    };
    return cmocka_run_group_tests_name("outputs", tests, make_folder, drop_folder);
}
