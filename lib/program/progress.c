/* progress.c: see progress.h. The clock steers when a line is drawn and nothing else. */
#include "program/progress.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 1000, PAUSE = 200 };

static int64_t read_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void draw(const char *p, size_t n)
{
    if (write(STDERR_FILENO, p, n) < 0) return; /* nobody to tell */
}

void cst_progress_start(cst_progress *p, const char *name, bool at_once)
{
    *p = (cst_progress){.name = name, .on = isatty(STDERR_FILENO) == 1};
    if (!p->on) return;
    p->start = read_clock();
    p->due = p->start + (at_once ? 0 : WAIT);
}

void cst_progress_add(void *progress, uint64_t bytes, uint64_t rows)
{
    cst_progress *p = progress;
    p->bytes += bytes;
    p->rows += rows;
    if (!p->on) return;
    int64_t now = read_clock();
    if (now < p->due) return;
    p->due = now + PAUSE;
    atomic_store(&p->shown, true);
    double seconds = (double)(now - p->start + 1) / 1000, megabytes = (double)p->bytes / 1e6;
    int n = snprintf(p->line, sizeof p->line, "\r%s: %llu rows, %.1f MB, %.0f MB/s\033[K", p->name,
                     (unsigned long long)p->rows, megabytes, megabytes / seconds);
    draw(p->line, n < (int)sizeof p->line ? (size_t)n : sizeof p->line - 1);
}

void cst_progress_wipe(cst_progress *p)
{
    static const char wipe[] = "\r\033[K";
    if (atomic_exchange(&p->shown, false)) draw(wipe, sizeof wipe - 1);
}
