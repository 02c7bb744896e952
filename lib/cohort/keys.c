/* keys.c: the key of a row is the values of its group columns, joined as labels are, as an id of the
 * worker's interner. One column is the common case and is interned as it stands, a batch at a time. */
#include "base/label.h"
#include "base/memory.h"
#include "cohort/input.h"
#include <cstools/ledger.h>
#include <stdlib.h>

cst_status cohort_keys_init(cohort_keys *k, cst_error *e)
{
    *k = (cohort_keys){.names = cst_intern_new()};
    return k->names ? CST_OK : cst_no_memory(e);
}

void cohort_keys_free(cohort_keys *k)
{
    cst_intern_free(k->names);
    free(k->text);
    free(k->id);
    free(k->from);
    cst_buffer_free(&k->joined);
}

static bool make_room(cohort_keys *k, uint32_t rows)
{
    if (rows <= k->room) return true;
    bool ok = cst_resize(&k->text, rows, sizeof *k->text) && cst_resize(&k->id, rows, sizeof *k->id) &&
              cst_resize(&k->from, rows, sizeof *k->from);
    if (ok) k->room = rows;
    return ok;
}

static uint32_t find_account(const cohort_input *in, cst_batch *b, uint32_t row)
{
    if (!in->groups.of_accounts) return CST_ACCOUNT_NONE;
    cst_text id = cst_text_at(b, row, in->account_slot);
    return cst_accounts_find(in->subjects.accounts,
                             cst_identity_rename(in->subjects.identity, CST_ID_ACCOUNT, id));
}

static void join_row(cohort_keys *k, const cohort_input *in, cst_batch *b, uint32_t row)
{
    uint32_t account = find_account(in, b, row);
    k->from[row] = k->joined.n;
    for (size_t i = 0; i < in->groups.n; i++) {
        cst_text t = cst_groups_value(&in->groups, i, b, row, in->subjects.accounts, account);
        cst_label_add(&k->joined, i, t);
    }
}

cst_status cohort_keys_take(cohort_keys *k, const cohort_input *in, cst_batch *b, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    if (!make_room(k, rows)) return cst_no_memory(e);
    if (in->groups.n == 0) {
        uint32_t id = cst_intern_id(k->names, (cst_text){"", 0});
        for (uint32_t row = 0; row < rows; row++) k->id[row] = id;
        return id == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
    }
    bool plain = in->groups.n == 1;
    for (uint32_t row = 0; plain && row < rows; row++) {
        k->text[row] =
            cst_groups_value(&in->groups, 0, b, row, in->subjects.accounts, find_account(in, b, row));
        plain = cst_label_is_plain(k->text[row]);
    }
    if (!plain) {
        cst_buffer_clear(&k->joined);
        for (uint32_t row = 0; row < rows; row++) join_row(k, in, b, row);
        for (uint32_t row = 0; row < rows && !k->joined.failed; row++) {
            size_t end = row + 1 < rows ? k->from[row + 1] : k->joined.n;
            k->text[row] = (cst_text){k->joined.p + k->from[row], (uint32_t)(end - k->from[row])};
        }
    }
    if (k->joined.failed || !cst_intern_ids(k->names, k->text, k->id, rows)) return cst_no_memory(e);
    return CST_OK;
}
