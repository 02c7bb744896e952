/* SHA-256: the examples that NIST publishes with FIPS 180-4, in one piece and byte by byte with the digest
 * shown between the bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

static void published(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hex;
    } example[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        char hex[CST_SHA256_ROOM];
        cst_sha256 whole, parts;
        cst_sha256_begin(&whole);
        cst_sha256_begin(&parts);
        cst_sha256_add(&whole, example[i].text, strlen(example[i].text));
        cst_sha256_show(&whole, hex);
        assert_string_equal(hex, example[i].hex);
        for (const char *p = example[i].text; *p; p++) {
            cst_sha256_show(&parts, hex);
            cst_sha256_add(&parts, p, 1);
        }
        cst_sha256_show(&parts, hex);
        assert_string_equal(hex, example[i].hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
