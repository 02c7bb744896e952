/* What the lanes share: the survey of a block, which for the many tables without a quote is two searches and a count. */
#include "stream/scan.h"

#include <string.h>

uint64_t cst_count_lines(const cst_scanner *scanner, const char *p, size_t n)
{
    uint64_t blanks = 0;
    return scanner->count(p, n, &blanks);
}

cst_survey cst_survey_block(const cst_scanner *scanner, const cst_rules *rules, const char *text, size_t n)
{
    cst_survey s = {0};
    if (n == 0) return s;
    if (rules->quoted && memchr(text, '"', n)) return scanner->survey_quoted(rules, text, n);
    const char *newline = memrchr(text, '\n', n);
    if (!newline) return s;
    s.cut = (size_t)(newline - text) + 1;
    s.lines = scanner->count(text, s.cut, &s.blanks);
    s.records = s.lines - s.blanks;
    return s;
}
