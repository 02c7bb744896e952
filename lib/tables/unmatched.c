/* tables/unmatched.c: see unmatched.h. */
#include "tables/unmatched.h"
#include "base/text.h"
#include "program/checks.h"

enum { NAMED = 60 }; /* bytes of the first id */

void cst_unmatched_add(cst_unmatched *u, const cst_accounts *a, cst_text id)
{
    if (!a) return;
    u->seen++;
    if (cst_accounts_find(a, id) != CST_ACCOUNT_NONE) return;
    if (u->n++ == 0 || cst_text_compare(id, u->first) < 0) u->first = id;
}

void cst_unmatched_check(cst_program_io *io, const char *file, const cst_unmatched *u)
{
    cst_io_check(
        io, &(cst_finding){.id = CST_CHECK_UNMATCHED_ACCOUNT, .first.file = file, .count = u->n},
        "expected a row for every account, found none for %llu of %llu%s, such as \"%.*s\": they have no "
        "attributes; add them to %s",
        (unsigned long long)u->n, (unsigned long long)u->seen, u->share ? u->share : "",
        (int)(u->first.n < NAMED ? u->first.n : NAMED), u->first.p, file);
}
