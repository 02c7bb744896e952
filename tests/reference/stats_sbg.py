#!/usr/bin/env python3
"""Writes stats_sbg.csv beside it: the shifted-beta-geometric by maximum likelihood, each row giving its own term, in
40 digits. test_stats_sbg.c compares with it.

python3 tests/reference/stats_sbg.py      (made with mpmath 1.3)

A case is a list of (duration, lost, entry, how many): lost at the duration, or seen to last it; entry > 0: seen from
there on only. The term of a row is log(S(t - 1) - S(t)) or log S(t), less log S(entry), with S(t) = B(a, b + t) / B(a, b).
"""
import os
from mpmath import mp, mpf, beta, log, findroot, diff

mp.dps = 60
CASES = {
    # Fader and Hardie's high-end customers, and one who has been seen for three years
    "late": [(t + 1, 1, 0, n) for t, n in enumerate([131, 126, 90, 60, 42, 34, 26])] + [(7, 0, 0, 491), (3, 0, 0, 1)],
    # cohorts of several ages together: each is seen for as long as it can be
    "ages": [(1, 1, 0, 30), (2, 1, 0, 14), (3, 1, 0, 7), (4, 1, 0, 2), (1, 0, 0, 25), (2, 0, 0, 21), (3, 0, 0, 18), (5, 0, 0, 40)],
    # most of them not seen from their start
    "entry": [(2, 1, 1, 9), (3, 1, 2, 6), (4, 1, 2, 5), (6, 1, 3, 4), (1, 1, 0, 8), (3, 0, 1, 11), (8, 0, 4, 20), (5, 0, 0, 6)],
    "large": [(1, 1, 0, 210000), (2, 1, 0, 90001), (3, 1, 0, 51234), (1, 0, 0, 400000), (4, 0, 0, 700000)],
    # so flat at the top that the likelihood's own last digits do not tell where it is
    "flat": [(1, 0, 0, 2), (1, 1, 0, 2), (2, 0, 0, 2), (2, 1, 0, 1), (3, 0, 0, 2), (4, 1, 0, 1), (6, 0, 0, 2)],
    "few": [(1, 1, 0, 2), (3, 1, 0, 1), (2, 0, 0, 1), (6, 0, 0, 2)],
}

def survival(a, b, t):
    return beta(a, b + t) / beta(a, b)

def likelihood(rows, a, b):
    total = mpf(0)
    for time, lost, entry, n in rows:
        p = survival(a, b, time - 1) - survival(a, b, time) if lost else survival(a, b, time)
        total += n * (log(p) - log(survival(a, b, entry)))
    return total

def maximum(rows):
    """Newton from the best point of a grid; the gradient is zero there to 40 digits."""
    mp.dps = 20
    grid = [mpf(10) ** (mpf(k) / 4) for k in range(-8, 13)]
    best = max(((a, b) for a in grid for b in grid), key=lambda p: likelihood(rows, *p))
    mp.dps = 60
    f = lambda x, y: likelihood(rows, mp.exp(x), mp.exp(y))
    start = tuple(log(v) for v in best)
    root = findroot([lambda x, y: diff(f, (x, y), (1, 0)), lambda x, y: diff(f, (x, y), (0, 1))], start, tol=1e-70, maxsteps=60, verify=False)
    return mp.exp(root[0]), mp.exp(root[1]), f(root[0], root[1])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "stats_sbg.csv"), "w") as out:
    out.write("name,value\n")
    for name, rows in CASES.items():
        for what, value in zip(("alpha", "beta", "loglik"), maximum(rows)):
            out.write(f"{name} {what},{mp.nstr(value, 40)}\n")
