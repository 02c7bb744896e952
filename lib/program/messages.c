/* messages.c: see messages.h. Nothing is allocated, so that running out of memory can be told; a line goes
 * out in one write, so that lines of several programs in a pipe do not mix. */
#include "program/messages.h"
#include "base/buffer.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void cst_messages_init(cst_messages *m, const char *name)
{
    *m = (cst_messages){.name = name, .lock = PTHREAD_MUTEX_INITIALIZER};
}

void cst_messages_line(const cst_messages *m, const char *text)
{
    char line[2400];
    int n = snprintf(line, sizeof line, "%s: ", m->name);
    size_t length = n < 0 ? 0 : (size_t)n;
    for (size_t left = strlen(text), used; left && length + CST_VISIBLE_ROOM < sizeof line - 1;
         text += used, left -= used)
        length += cst_visible(text, left, line + length, &used);
    line[length++] = '\n';
    if (write(STDERR_FILENO, line, length) < 0) return; /* the exit status still tells */
}

void cst_messages_error(const cst_messages *m, const cst_error *e)
{
    char text[2200];
    cst_error_format(e, text, sizeof text);
    cst_messages_line(m, text);
}

void cst_messages_warn(cst_messages *m, const char *format, va_list args)
{
    char text[2200];
    if (m->quiet) return;
    vsnprintf(text, sizeof text, format, args);
    pthread_mutex_lock(&m->lock);
    size_t i = 0;
    while (i < m->n && strcmp(m->kind[i].format, format) != 0) i++;
    if (i == CST_MESSAGE_KINDS) i--; /* more kinds than foreseen share the last place */
    if (i == m->n) {
        m->kind[m->n++].format = format;
        snprintf(m->kind[i].first, sizeof m->kind[i].first, "%.159s", text);
    }
    if (++m->kind[i].count <= CST_MESSAGE_MOST) cst_messages_line(m, text);
    pthread_mutex_unlock(&m->lock);
}

void cst_messages_count(cst_messages *m)
{
    for (size_t i = 0; i < m->n; i++) {
        char text[256];
        if (m->kind[i].count <= CST_MESSAGE_MOST) continue;
        snprintf(text, sizeof text, "and %llu more like: %s",
                 (unsigned long long)(m->kind[i].count - CST_MESSAGE_MOST), m->kind[i].first);
        cst_messages_line(m, text);
    }
}

/* ---- progress ---- */

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
    int64_t now = read_clock(); /* it steers when a line is drawn and nothing else */
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
