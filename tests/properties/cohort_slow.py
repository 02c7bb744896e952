#!/usr/bin/env python3
"""cs-cohort against a slow computation of its manual page: every account, every day, every row by itself.

    cohort_slow.py COMMAND FIRST LAST     random subscriptions, events and durations for each seed

Nothing here is shared with the command. Prints what differs and, as its last line, "N passed, N failed".
"""
import csv
import datetime
import io
import math
import os
import random
import subprocess
import sys
import tempfile

DAY = datetime.timedelta(1)
START = datetime.date(2023, 11, 20)


def day(n):
    return START + n * DAY


def run(command, *args):
    p = subprocess.run([command, '-q', *args], capture_output=True, text=True)
    if p.returncode:
        return p.stderr
    return list(csv.DictReader(io.StringIO(p.stdout)))


def near(a, b):
    return abs(a - b) <= 1e-11 * max(1, abs(a), abs(b))


# ---- subscriptions ----

def ledger(rng):
    """account -> rows (plan, amount, start, end or None), in days after START."""
    rows = {}
    for a in range(rng.randint(1, 14)):
        mine = []
        for _ in range(rng.choice([1, 1, 2, 2, 3, 4, 6])):
            start = rng.randint(0, 150) if not mine or rng.random() < .5 else mine[-1][3] or rng.randint(0, 150)
            if rng.random() < .3:
                start += rng.randint(0, 20)
            end = None if rng.random() < .25 else start + rng.choice([0, 5, 14, 30, 31, 60, 91])
            mine.append((rng.choice('ABC'), rng.choice([10, 10, 20, 30]), start, end))
        rows['c%d' % a] = mine
    return rows


def known(rows, as_of, grace):
    """What is known on the day, with short gaps closed."""
    rows = [(p, v, s, e if e is not None and e <= as_of else 10**6) for p, v, s, e in rows if s <= as_of]
    rows = [r for r in rows if r[2] < r[3]]
    level = lambda d: sum(v for _, v, s, e in rows if s <= d < e)
    bridged = []
    for p, v, s, e in rows:
        starts = [r[2] for r in rows if r[2] > e]
        if e < 10**6 and level(e) == 0 and starts and min(starts) - e <= grace:
            e = min(starts)
        bridged.append((p, v, s, e))
    return bridged


def months_on(d, n):
    """The same day n months later, or the last of a shorter month."""
    m = d.year * 12 + d.month - 1 + n
    next_first = datetime.date((m + 1) // 12, (m + 1) % 12 + 1, 1)
    return min(datetime.date(m // 12, m % 12 + 1, 1) + (d.day - 1) * DAY, next_first - DAY)


def units(every, a, b):
    if every == 'day':
        return b - a
    if every == 'week':
        return (b - a) // 7
    n = 0
    while months_on(day(a), n + 1) <= day(b):
        n += 1
    return n


def main_plan(rows, d, now):
    sums = {}
    for p, v, s, e in rows:
        sums[p] = sums.get(p, 0) + (v if s <= d < e else 0)
    most = max(sums.values())
    return now if now is not None and sums[now] == most else min(p for p in sums if sums[p] == most)


def subjects(led, as_of, grace, every, history):
    """(plan, entry or -1, tenure, event), and the moves (account, day, tenure, from, to)."""
    found, moves = [], []
    for a, rows in led.items():
        rows = known(rows, as_of, grace)
        paid = [d for d in range(as_of + 1) if any(s <= d < e for _, _, s, e in rows)]
        if not paid:
            continue
        first = paid[0]
        gone = next((d for d in range(first, as_of + 1) if d not in set(paid)), None)
        if gone is None and all(e <= as_of + 1 for _, _, s, e in rows):
            gone = as_of + 1
        event = gone is not None and as_of + 1 - gone > grace
        tenure = units(every, first, gone if event else as_of + 1)
        entry = units(every, first, history) if history is not None and first < history else -1
        if first == history or entry >= tenure:
            continue
        plan = begun = main_plan(rows, first, None)
        for d in range(first + 1, gone if gone is not None else as_of + 1):
            now = main_plan(rows, d, plan)
            if now != plan:
                moves.append((a, d, units(every, first, d), plan, now))
            plan = now
        found.append((begun, entry, tenure, event))
    return found, sorted(moves)


def curve(rows):
    """Rows (entry or -1, time, event): time, at risk, events, censored, survival, its error, cumulative hazard, its error."""
    out, s, green, haz, var = [], 1, 0, 0, 0
    for t in sorted({0} | {r[1] for r in rows}):
        n = sum(e < t <= u for e, u, _ in rows)
        d = sum(u == t and bool(x) for _, u, x in rows)
        c = sum(u == t and not x for _, u, x in rows)
        if d:
            s *= (n - d) / n
            haz += d / n
            var += d / n**2
            green += d / (n * (n - d)) if n > d else 0
        out.append((t, n, d, c, s, s * math.sqrt(green) if s > 0 else None, haz, math.sqrt(var)))
    return out


def same_curve(found, want):
    if len(found) != len(want):
        return False
    for f, w in zip(found, want):
        figures = [f[k] for k in ('time', 'at_risk', 'events', 'censored', 'survival', 'std_error', 'cumulative_hazard',
                                  'cumulative_hazard_std_error')]
        for x, y in zip(figures, w):
            if (y is None) != (x == '') or (y is not None and not near(float(x), y)):
                return False
    return True


def check_survival(command, rng, led, file):
    as_of, grace, every = rng.randint(60, 200), rng.choice([0, 0, 10, 25]), rng.choice(['day', 'week', 'month'])
    history = rng.choice([None, rng.randint(1, 60)])
    subs, moves = subjects(led, as_of, grace, every, history)
    options = ['--as-of', str(day(as_of)), '--grace', str(grace), '--every', every, '--by', 'plan', file]
    if history is not None:
        options[:0] = ['--history-from', str(day(history))]
    found = run(command, '--survival', *options)
    wrong = []
    if isinstance(found, str):
        return ['survival: ' + found]
    for plan in sorted({s[0] for s in subs} | {f['plan'] for f in found}):
        want = curve([s[1:] for s in subs if s[0] == plan])
        if not same_curve([f for f in found if f['plan'] == plan], want):
            wrong.append('survival of %s %s: %s' % (plan, options, want))
    found = [(f['account_id'], f['date'], f['tenure'], f['from_plan'], f['to_plan']) for f in run(command, '--moves', *options)]
    want = [(a, str(day(d)), str(t), x, y) for a, d, t, x, y in moves]
    if found != want:
        wrong.append('moves %s: %s, found %s' % (options, want, found))
    return wrong


# ---- triangles ----

def tick(every, d):
    x = day(d)
    return {'day': d, 'week': (x - datetime.date(1970, 1, 5)).days // 7, 'month': x.year * 12 + x.month,
            'quarter': (x.year * 12 + x.month - 1) // 3}[every]


def lays(active, every, as_of):
    """Anchor and the ticks that are active, up to the last complete one; active: days or closes."""
    last = tick(every, as_of)
    if tick(every, as_of + 1) == last:
        last -= 1
    return sorted({tick(every, d) for d in active}), last


def triangle(accounts, last, complete, measure):
    """accounts: (cohort, anchor, ticks). Lines cohort, size, age, figure."""
    lines = []
    for c in sorted({a[0] for a in accounts}):
        mine = [a for a in accounts if a[0] == c]
        ages = last - max(a[1] for a in mine) + 1
        if not complete(c):
            continue
        for k in range(ages):
            n = 0
            for _, anchor, ticks in mine:
                seen = [t for t in ticks if t <= last]
                n += anchor + k in seen if measure == 'logos' else any(t >= anchor + k for t in seen)
            lines.append((len(mine), k, n))
    return lines


def check_triangle(command, rng, led, file, events, event_file):
    as_of = rng.randint(60, 200)
    every, cohort = rng.choice([('day', 'day'), ('day', 'week'), ('day', 'month'), ('week', 'week'), ('week', 'month'),
                                ('week', 'quarter'), ('month', 'quarter')])
    measure = rng.choice(['logos', 'on-or-after'])
    complete = lambda c: tick(cohort, as_of + 1) > c
    options = ['--as-of', str(day(as_of)), '--every', every, '--cohort-every', cohort, '--measure', measure]
    wrong = []
    accounts = []
    for a, days in events.items():
        days = [d for d in days if d <= as_of]
        if days:
            ticks, last = lays(days, every, as_of)
            accounts.append((tick(cohort, min(days)), ticks[0], ticks))
    if accounts:
        found = run(command, *options, '--events', event_file)
        want = triangle(accounts, last, complete, measure)
        if isinstance(found, str) or [tuple(int(f[k]) for k in ('size', 'age', measure.replace('-', '_'))) for f in found] != want:
            wrong.append('events %s: %s' % (options, want))
    accounts = []
    last = lays([], every, as_of)[1]
    for a, rows in led.items():
        rows = known(rows, as_of, 0)
        paid = [d for d in range(as_of + 1) if any(s <= d < e for _, _, s, e in rows)]
        closes = [d for d in paid if tick(every, d + 1) > tick(every, d)]
        if not closes:
            continue
        began = closes[0]
        while began - 1 in set(paid):
            began -= 1
        accounts.append((tick(cohort, began), tick(every, closes[0]), sorted({tick(every, d) for d in closes})))
    found = run(command, *options, file)
    want = triangle(accounts, last, complete, measure)
    if isinstance(found, str) or [tuple(int(f[k]) for k in ('size', 'age', measure.replace('-', '_'))) for f in found] != want:
        wrong.append('subscriptions %s: %s' % (options, want))
    return wrong + check_projection(command, options[:6], accounts, last, complete, file)


def check_projection(command, options, accounts, last, complete, file):
    found = run(command, '--project', '1', *options, file)
    if isinstance(found, str):
        return []  # nothing could be fitted
    wrong = []
    cohorts = [c for c in sorted({a[0] for a in accounts}) if complete(c) and max(a[1] for a in accounts if a[0] == c) <= last]
    for name in sorted({f['cohort'] for f in found}):
        lines = [f for f in found if f['cohort'] == name]
        ends = datetime.date.fromisoformat(name)
        c = next(c for c in cohorts if tick(options[5], (ends - START).days) == c)
        mine = [a[1:] for a in accounts if a[0] == c]
        stayed = lambda a, k: a[0] + k <= last and all(a[0] + i in a[1] for i in range(k + 1))
        a, b = float(lines[0]['alpha']), float(lines[0]['beta'])
        share, slope, weight = 1, [0, 0], 0
        for k, f in enumerate(lines[:-1]):
            there = sum(stayed(x, k) for x in mine)
            if k:
                risk = sum(x[0] + k <= last and stayed(x, k - 1) for x in mine)
                share *= there / risk
                slope[0] += a * ((risk - there) / a - risk / (a + b + k - 1))
                slope[1] += b * (there / (b + k - 1) - risk / (a + b + k - 1))
                weight += risk
            if int(f['survivors']) != there or not near(float(f['observed']), share):
                wrong.append('project %s %s age %d: %d, %g' % (options, name, k, there, share))
        if any(stayed(x, len(lines) - 2) and x[0] + len(lines) - 1 <= last for x in mine):
            wrong.append('project %s %s: more ages are known' % (options, name))
        if 1e-5 < a and a + b < 1e6 and max(abs(x) for x in slope) > 1e-6 * weight:
            wrong.append('project %s %s: the likelihood still rises by %s' % (options, name, slope))
    return wrong


# ---- durations ----

def check_durations(command, rng, file):
    rows = []
    for _ in range(rng.randint(2, 40)):
        entry = rng.randint(0, 12)
        rows.append((entry, entry + rng.randint(1, 20), rng.random() < .6, rng.choice('gh')))
    noise = lambda k: repr(k / 10 * (1 + rng.choice([0, 0, 1e-12, -1e-12])))
    with open(file, 'w') as out:
        out.write('entry,time,event,g\n')
        for entry, time, event, g in rows:
            out.write('%s,%s,%s,%s\n' % (noise(entry), noise(time), rng.choice(['1', 'Yes'] if event else ['0', 'no']), g))
    options = ['--duration', 'time', '--event', 'event', '--entry', 'entry', '--by', 'g', file]
    found, wrong = run(command, '--survival', *options), []
    if isinstance(found, str):
        return ['durations: ' + found]
    data = [(-1 if e == 0 else e, t, x, g) for e, t, x, g in rows]
    for g in sorted({r[3] for r in rows}):
        want = [(w[0] / 10, *w[1:]) for w in curve([r[:3] for r in data if r[3] == g])]
        if not same_curve([f for f in found if f['g'] == g], want):
            wrong.append('durations, group %s: %s' % (g, want))
    found = run(command, '--log-rank', *options)
    observed = expected = variance = 0
    for t in {r[1] for r in data if r[2]}:
        risk = [r for r in data if r[0] < t <= r[1]]
        n, n1, d = len(risk), sum(r[3] == 'g' for r in risk), sum(r[1] == t and r[2] for r in data)
        observed += sum(r[1] == t and r[2] and r[3] == 'g' for r in data)
        expected += d * n1 / n
        variance += d * n1 / n * (1 - n1 / n) * (n - d) / (n - 1) if n > 1 else 0
    if isinstance(found, str):
        return wrong + (['log-rank: ' + found] if variance > 1e-9 and observed else [])
    chi = (observed - expected)**2 / variance if variance else 0
    if not near(float(found[0]['expected']), expected) or abs(float(found[0]['chi_square']) - chi) > 1e-9 * max(1, chi):
        wrong.append('log-rank: %g, %g' % (expected, chi))
    return wrong


def main():
    command, first, last = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subs, event_file, table = (os.path.join(folder, n) for n in ('subs.csv', 'events.csv', 'rows.csv'))
        for seed in range(first, last + 1):
            rng = random.Random(seed)
            led = ledger(rng)
            lines = [(a, *r) for a, rows in led.items() for r in rows]
            rng.shuffle(lines)
            with open(subs, 'w') as out:
                out.write('account_id,plan,mrr,start_date,end_date\n')
                for a, p, v, s, e in lines:
                    out.write('%s,%s,%d,%s,%s\n' % (a, p, v, day(s), '' if e is None else day(e)))
            events = {'c%d' % a: [rng.randint(0, 180) for _ in range(rng.randint(1, 9))] for a in range(rng.randint(1, 14))}
            with open(event_file, 'w') as out:
                out.write('account_id,event_time\n')
                for a, days in events.items():
                    for d in days:
                        out.write('%s,%s%s\n' % (a, day(d), rng.choice(['', 'T23:59:59Z'])))
            wrong = check_survival(command, rng, led, subs)
            wrong += check_triangle(command, rng, led, subs, events, event_file)
            wrong += check_durations(command, rng, table)
            for w in wrong:
                print('FAILED: seed %d: %s' % (seed, w))
            passed += not wrong
            failed += bool(wrong)
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed > 0


sys.exit(main())
