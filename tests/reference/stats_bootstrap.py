# The weights that tests/unit/test_stats_bootstrap.c pins, from the definition alone:
# h = mix(mix(key ^ mix(seed)) + replicate * G), weight = the least k with h < floor(2^64 P(X <= k)), X ~ Poisson(1).
from decimal import Decimal, getcontext
getcontext().prec = 80
M, G = 2**64 - 1, 0x9E3779B97F4A7C15


def mix(x):  # splitmix64
    x = (x + G) & M
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & M
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & M
    return x ^ x >> 31


def weight(seed, replicate, key):
    h, k, p, total = mix((mix(key ^ mix(seed)) + replicate * G) & M), 0, Decimal(-1).exp(), Decimal(0)
    while True:
        total += p
        if h < int(total * 2**64):
            return k
        k += 1
        p /= k


print("".join(str(weight(1, r, 12345)) for r in range(60)))
print("".join(str(weight(2**64 - 1, r, 0)) for r in range(60)))
