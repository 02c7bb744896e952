# The hash of lib/base/hash.c once more, from its description alone; prints the rows of test_hash.c.
M = 2**64 - 1
LEFT, RIGHT, SEED = 0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B


def fold(a, b):
    product = a * b
    return (product & M) ^ (product >> 64)


def word(b):
    return int.from_bytes(b, "little")


def cst_hash(text, seed):
    state, rest = seed ^ SEED, text
    while len(rest) > 16:
        state = fold(word(rest[:8]) ^ LEFT, word(rest[8:16]) ^ state)
        rest = rest[16:]
    n, a, b = len(rest), 0, 0
    if n >= 8:
        a, b = word(rest[:8]), word(rest[-8:])
    elif n >= 4:
        a, b = word(rest[:4]), word(rest[-4:])
    elif n:
        a = rest[0] << 16 | rest[n // 2] << 8 | rest[-1]
    return fold(fold(a ^ LEFT, b ^ state) ^ len(text) ^ LEFT, RIGHT ^ seed)


for text in ["", "a", "ab", "abc", "abcd", "ACC-001", "ACC-0001", "cus_NffrFeUfNV2Hi", "0123456789abcdef",
             "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]:
    for seed in [0, 42]:
        print(f'        {{"{text}", {seed}, UINT64_C(0x{cst_hash(text.encode(), seed):016x})}},')
