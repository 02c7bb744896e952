/* A reader just large enough for the reference tables: comma, optional quotes, no line ends inside a
 * field. */
#ifndef TESTS_REFERENCE_STATS_CSV_H
#define TESTS_REFERENCE_STATS_CSV_H
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_COLUMNS = 32 };

typedef struct csv {
    char *bytes;
    const char *name[CSV_COLUMNS];
    size_t columns, rows;
    const char **cell; /* rows x columns */
} csv;

static inline char *csv_cut(char **at)
{
    char *p = *at, *from = p, *to = p;
    bool quoted = *p == '"';
    for (p += quoted; *p && *p != '\n' && (quoted || *p != ','); p++) {
        if (quoted && *p == '"') {
            quoted = false;
            continue;
        }
        if (*p != '\r') *to++ = *p;
    }
    *at = *p ? p + 1 : p;
    *to = 0;
    return from;
}

/* false where the file cannot be read. The table must be rectangular. */
static inline bool csv_open(csv *t, const char *path)
{
    *t = (csv){0};
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f), lines = 0;
    rewind(f);
    t->bytes = calloc(n + 2, 1);
    if (!t->bytes || fread(t->bytes, 1, n, f) != n) abort();
    fclose(f);
    for (size_t i = 0; i < n; i++) lines += t->bytes[i] == '\n';
    for (const char *p = t->bytes; *p && *p != '\n'; p++) t->columns += *p == ',';
    t->columns++;
    if (t->columns > CSV_COLUMNS) abort();
    t->cell = calloc(lines * t->columns + 1, sizeof *t->cell);
    char *p = t->bytes;
    for (size_t c = 0; c < t->columns; c++) t->name[c] = csv_cut(&p);
    for (t->rows = 0; *p; t->rows++)
        for (size_t c = 0; c < t->columns; c++) t->cell[t->rows * t->columns + c] = csv_cut(&p);
    return true;
}

static inline size_t csv_column(const csv *t, const char *name)
{
    for (size_t c = 0; c < t->columns; c++)
        if (strcmp(t->name[c], name) == 0) return c;
    fprintf(stderr, "no column %s\n", name);
    abort();
}

static inline const char *csv_at(const csv *t, size_t row, const char *name)
{
    return t->cell[row * t->columns + csv_column(t, name)];
}

/* NA and nothing are NAN. */
static inline double csv_number(const csv *t, size_t row, const char *name)
{
    const char *s = csv_at(t, row, name);
    return *s == 0 || strcmp(s, " ") == 0 || strcmp(s, "NA") == 0 || strcmp(s, "NaN") == 0 ? NAN
                                                                                           : strtod(s, NULL);
}

static inline double *csv_numbers(const csv *t, const char *name)
{
    double *v = calloc(t->rows + 1, sizeof *v);
    for (size_t i = 0; i < t->rows; i++) v[i] = csv_number(t, i, name);
    return v;
}

/* 1 where the cell is `yes`, 0 elsewhere. */
static inline unsigned char *csv_flags(const csv *t, const char *name, const char *yes)
{
    unsigned char *v = calloc(t->rows + 1, 1);
    for (size_t i = 0; i < t->rows; i++) v[i] = strcmp(csv_at(t, i, name), yes) == 0;
    return v;
}

/* A value of a table name,value. */
static inline double csv_value(const csv *t, const char *key)
{
    for (size_t i = 0; i < t->rows; i++)
        if (strcmp(t->cell[i * t->columns], key) == 0) {
            const char *s = t->cell[i * t->columns + 1];
            return strcmp(s, "NA") == 0 || strcmp(s, "NaN") == 0 ? NAN : strtod(s, NULL);
        }
    fprintf(stderr, "no value %s\n", key);
    abort();
}

static inline void csv_free(csv *t)
{
    free(t->bytes);
    free(t->cell);
}

/* A file below the folder of public data; false where the folder is absent. */
static inline bool csv_open_data(csv *t, const char *name)
{
    const char *folder = getenv("CST_DATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
    return csv_open(t, path);
}

/* Equal to a relative (below 1: absolute) tolerance, or both NAN. */
static inline bool near(double found, double expected, double tolerance)
{
    if (isnan(expected) || isnan(found)) return isnan(expected) && isnan(found);
    bool good = fabs(found - expected) <= tolerance * fmax(1, fabs(expected));
    if (!good) fprintf(stderr, "# found %.15g, expected %.15g\n", found, expected);
    return good;
}

#define assert_near(found, expected, tolerance) assert_true(near(found, expected, tolerance))
#endif
