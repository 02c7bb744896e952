/* random.c: splitmix64, the only source of chance. */
#include "company.h"

static uint64_t state;

void reseed(uint64_t stream)
{
    state = UINT64_C(20241231) + stream * UINT64_C(0xd1342543de82ef95);
}

uint64_t draw(void)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int below(int n)
{
    return (int)(draw() % (uint64_t)n);
}

int between(int low, int high)
{
    return low + below(high - low + 1);
}

bool chance(int per_thousand)
{
    return below(1000) < per_thousand;
}

const char *pick(const char *const *words, int n)
{
    return words[below(n)];
}
