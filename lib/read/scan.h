/* read/scan.h: where the fields end. The scanner looks at 64 bytes at a time and writes down the
 * offset of every delimiter and line end that stands outside quotes; it also checks the grammar, for
 * all 64 bytes at once:
 *
 *   - `inside`, a mask of the bytes inside quotes, is the running exclusive-or of the quote mask, so that a
 *     doubled quote closes and opens again;
 *   - a quote that opens must follow a delimiter, a line end, the start, or a quote that just closed;
 *   - after a quote that closes stands a delimiter, CR, LF or a quote;
 *   - CR outside quotes must precede LF; no NUL; UTF-8.
 *
 * It says only that a block of 64 is bad; read/walk.h finds the byte. There are two lanes, SSE2 and
 * portable C, made from one kernel (scan_kernel.h); they give the same offsets.
 */
#ifndef CST_READ_SCAN_H
#define CST_READ_SCAN_H
#include <cstools/read.h>

/* The grammar of one stream. */
typedef struct cst_scan_rules {
    char delimiter;
    bool quoted; /* false: TSV, where a quote is data */
} cst_scan_rules;

enum cst_scan_stop {
    CST_SCAN_DONE, /* all bytes were looked at */
    CST_SCAN_FULL, /* no room for the offsets of another 64 bytes: enlarge `ends` and go on */
    CST_SCAN_BAD   /* a rule is broken in the 64 bytes at `at` (or by the byte before with them) */
};

/* A scan under way. All zero but before = 1 is the start of a record. */
typedef struct cst_scan {
    size_t at;        /* the next byte to look at */
    uint64_t inside;  /* all ones: `at` is inside quotes */
    uint64_t before;  /* 1: a quote may open at `at` */
    uint64_t closed;  /* 1: the byte before `at` closed a quote */
    uint64_t cr;      /* 1: the byte before `at` is a CR outside quotes */
    uint32_t partial; /* bytes before `at` that begin an unfinished UTF-8 sequence */
    uint32_t *ends;   /* offsets of delimiters and LFs outside quotes, ascending */
    size_t n, room;   /* offsets written; room is at least n + CST_SCAN_ROOM for the scan to move */
} cst_scan;

#define CST_SCAN_ROOM 72 /* offsets one step may write, with those written in advance */

/* Goes on to `to` (bytes text[at..to) are there). */
typedef enum cst_scan_stop cst_scan_lane(const cst_scan_rules *rules, const char *text, size_t to,
                                         cst_scan *s);
/* How many bytes of p[0..n) are c. */
typedef uint64_t cst_count_lane(const char *p, size_t n, char c);

typedef struct cst_scanner {
    cst_scan_lane *scan;
    cst_count_lane *count;
} cst_scanner;

/* Where a block may be cut, by the parity of its quotes alone: after the last LF outside quotes. 0:
 * there is none. */
size_t cst_scan_cut(const cst_scanner *scanner, const cst_scan_rules *rules, const char *text, size_t n);

extern const cst_scanner cst_scanner_portable;
/* The lane asked for; NULL where the machine does not have it. */
const cst_scanner *cst_scanner_of(enum cst_lane which);

/* Whether the scan, at the end of the input, is in the middle of something: quotes, CR, a character. */
static inline bool cst_scan_open(const cst_scan *s)
{
    return s->inside || s->cr || s->partial;
}
#endif
