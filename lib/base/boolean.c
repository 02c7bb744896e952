/* Boolean words, in the forms that exports have them: one list for values, transforms and expressions. */
#include "base/text.h"
#include <strings.h>

bool cst_bool_word(cst_text t, bool *out)
{
    /* what tables mostly hold comes first */
    static const struct {
        const char *word[2]; /* the one for false, the one for true */
    } pairs[] = {{{"0", "1"}}, {{"false", "true"}}, {{"no", "yes"}},
                 {{"f", "t"}}, {{"n", "y"}},        {{"off", "on"}}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (int truth = 0; truth < 2; truth++) {
            const char *word = pairs[i].word[truth];
            if (strlen(word) != t.n || strncasecmp(word, t.p, t.n) != 0) continue;
            *out = truth;
            return true;
        }
    return false;
}
