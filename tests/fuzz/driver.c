/* Runs a fuzz target without libFuzzer:
 *
 *     fuzz_NAME RUNS CORPUS [DICTIONARY]
 *
 * First every file of the folder CORPUS, in the order of their names, then RUNS mutations of them: flips,
 * inserted and removed bytes, repeated stretches, words of the dictionary (libFuzzer's format), parts of
 * two files joined. The random numbers begin with a fixed seed, so that every run does the same. Where a
 * target aborts or a sanitizer speaks, the input is written to standard error in hex (xxd -r -p turns it
 * back into a file). */
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "fuzz.h"

enum { MOST_FILES = 4096, MOST_WORDS = 512, MOST_BYTES = 4096, MOST_WORD = 64 };

typedef struct bytes {
    uint8_t *p;
    size_t n;
} bytes;

static bytes corpus[MOST_FILES], word[MOST_WORDS];
static size_t files, words;
static const uint8_t *now_p; /* the input under way */
static size_t now_n;
static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t next_random(void) /* splitmix64, Steele, Lea and Flood 2014 */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t pick(size_t n) /* 0..n-1 */
{
    return (size_t)(next_random() % n);
}

/* Only what a signal handler may call. */
static void show_input(void)
{
    static const char digit[] = "0123456789abcdef";
    char line[64];
    for (size_t at = 0; at < now_n;) {
        size_t n = 0;
        for (; n < 62 && at < now_n; at++) {
            line[n++] = digit[now_p[at] >> 4];
            line[n++] = digit[now_p[at] & 15];
        }
        line[n++] = '\n';
        if (write(STDERR_FILENO, line, n) < 0) return;
    }
}

static void die(int number)
{
    show_input();
    signal(number, SIG_DFL);
    raise(number);
}

/* The sanitizers have it; without them it is not there. */
extern void __sanitizer_set_death_callback(void (*)(void)) __attribute__((weak));

static void run_one(const uint8_t *p, size_t n)
{
    char *copy = fuzz_copy(p, n);
    now_p = (const uint8_t *)copy;
    now_n = n;
    LLVMFuzzerTestOneInput(now_p, n);
    now_n = 0;
    free(copy);
}

static bytes read_whole(const char *path)
{
    bytes b = {malloc(MOST_BYTES), 0};
    FILE *f = fopen(path, "rb");
    if (!f || !b.p) {
        fprintf(stderr, "fuzz: expected a file that can be read, found none: %s\n", path);
        exit(2);
    }
    b.n = fread(b.p, 1, MOST_BYTES, f);
    fclose(f);
    return b;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_corpus(const char *folder)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.' && files < MOST_FILES) corpus[files++] = read_whole(path);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    return files > 0;
}

/* The bytes between the first and the last quote of a line; \\ \" \xNN. */
static void add_word(const char *line)
{
    const char *p = strchr(line, '"'), *end = strrchr(line, '"');
    if (line[0] == '#' || !p || end == p || words == MOST_WORDS) return;
    bytes b = {malloc(MOST_WORD), 0};
    for (p++; b.p && p < end && b.n < MOST_WORD; p++) {
        unsigned value = (unsigned char)*p;
        if (*p == '\\' && p[1] == 'x' && sscanf(p + 2, "%2x", &value) == 1)
            p += 3;
        else if (*p == '\\')
            value = (unsigned char)*++p;
        b.p[b.n++] = (uint8_t)value;
    }
    if (b.n)
        word[words++] = b;
    else
        free(b.p);
}

static void load_dictionary(const char *path)
{
    char line[512];
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) add_word(line);
    if (f) fclose(f);
}

static size_t insert(uint8_t *p, size_t n, size_t at, const uint8_t *from, size_t more)
{
    uint8_t part[MOST_BYTES];
    if (n + more > MOST_BYTES) return n;
    memcpy(part, from, more); /* `from` may lie in p */
    memmove(p + at + more, p + at, n - at);
    memcpy(p + at, part, more);
    return n + more;
}

static size_t mutate_once(uint8_t *p, size_t n)
{
    const bytes *other = &corpus[pick(files)];
    size_t at = n ? pick(n) : 0, length = 1 + pick(16);
    uint8_t byte = (uint8_t)next_random();
    switch (pick(8)) {
    case 0:
        if (n) p[at] ^= (uint8_t)(1u << pick(8));
        return n;
    case 1:
        if (n) p[at] = byte;
        return n;
    case 2:
        return insert(p, n, at, &byte, 1);
    case 3: /* a stretch gone */
        if (length > n - at) length = n - at;
        memmove(p + at, p + at + length, n - at - length);
        return n - length;
    case 4: /* a stretch twice */
        if (length > n - at) length = n - at;
        return insert(p, n, n ? pick(n) : 0, p + at, length);
    case 5: /* a stretch of another file */
        if (!other->n) return n;
        at = pick(other->n);
        if (length > other->n - at) length = other->n - at;
        return insert(p, n, n ? pick(n) : 0, other->p + at, length);
    default: {
        if (!words) return n;
        const bytes *w = &word[pick(words)];
        if (pick(2) && at + w->n <= n) {
            memcpy(p + at, w->p, w->n);
            return n;
        }
        return insert(p, n, at, w->p, w->n);
    }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3 || !load_corpus(argv[2])) {
        fprintf(stderr, "fuzz: expected RUNS and a folder with files, found: %s\n",
                argc > 2 ? argv[2] : "none");
        return 2;
    }
    uint64_t runs = strtoull(argv[1], NULL, 10);
    if (argc > 3) load_dictionary(argv[3]);
    signal(SIGABRT, die);
    signal(SIGALRM, die);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(show_input);
    else
        signal(SIGSEGV, die);
    for (size_t i = 0; i < files; i++) run_one(corpus[i].p, corpus[i].n);
    for (uint64_t i = 0; i < runs; i++) {
        uint8_t room[MOST_BYTES];
        const bytes *from = &corpus[pick(files)];
        size_t n = from->n;
        memcpy(room, from->p, n);
        for (size_t times = 1 + pick(5); times; times--) n = mutate_once(room, n);
        if (i % 1024 == 0) alarm(60); /* an input that never ends */
        run_one(room, n);
    }
    for (size_t i = 0; i < files; i++) free(corpus[i].p);
    for (size_t i = 0; i < words; i++) free(word[i].p);
    printf("%zu files and %" PRIu64 " mutations of them, %zu words\n", files, runs, words);
    return 0;
}
