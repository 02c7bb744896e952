#!/usr/bin/env python3
"""cs-forecast against a slow computation of its manual page: every account, every month, every base by itself.

    forecast_slow.py COMMAND FIRST LAST     one random ledger and one random choice of options for each seed

Nothing here is shared with the command. Prints what differs and, as its last line, "N passed, N failed".
"""
import csv
import datetime
import os
import random
import subprocess
import sys
import tempfile

from slow import UNIT, first_of, fixed, half_away, last_of, month_of

DAMP = [800000, 1440000, 1952000, 2361600, 2689280, 2951424, 3161139, 3328911, 3463129, 3570503, 3656403, 3725122]
MOVES = ['new', 'reactivation', 'upsell', 'cross_sell', 'contraction', 'churn']
SHARES = ['nrr', 'grr', 'logo']


# ---- balances

class BelowZero(Exception):
    pass


def holds(row, month, rule, history):
    """Whether a row counts in the snapshot of a month."""
    if history is not None:
        if month < month_of(history):
            return False
        if month_of(history) == month and snapshot_start(row['start'], rule) < month:
            return snapshot_end(row['end'], rule) > month
    return snapshot_start(row['start'], rule) <= month < snapshot_end(row['end'], rule)


def snapshot_start(d, rule):
    if rule == 'first-day':
        return month_of(d) if d.day == 1 else month_of(d) + 1
    return month_of(d)


def snapshot_end(d, rule):
    if d is None:
        return 10**9
    if rule == 'first-day':
        return snapshot_start(d, rule)
    return month_of(d) + (rule == 'touch')


def close_gaps(rows, grace):
    live = [r for r in rows if r['amount'] != 0 and (r['end'] is None or r['start'] < r['end'])]
    days = sorted({r['start'] for r in live} | {r['end'] for r in live if r['end']})
    ends = {id(r): r['end'] for r in live}
    for i, d in enumerate(days[:-1]):
        total = sum(r['amount'] for r in live if r['start'] <= d and (ends[id(r)] is None or ends[id(r)] > d))
        if total == 0 and (days[i + 1] - d).days <= grace:
            for r in live:
                if ends[id(r)] == d:
                    r['end'] = days[i + 1]


class Ledger:
    """Month ends 0 .. t of some accounts: closings, movements, bases."""

    def __init__(self, accounts, zero, t, rule, history):
        self.n = t - zero + 1
        n = self.n
        self.closing = [0] * n
        self.move = {k: [0] * n for k in MOVES}
        self.paid = []  # by account, by month
        for rows in accounts:
            self.add(rows, zero, t, rule, history)
        self.kept = {}
        for s in range(n):
            for h in range(min(12, n - 1 - s) + 1):
                base = [p for p in self.paid if p[s] > 0]
                self.kept['nrr', s, h] = sum(p[s + h] for p in base)
                self.kept['grr', s, h] = sum(min(p[s], p[s + h]) for p in base)
                self.kept['logo', s, h] = sum(p[s + h] > 0 for p in base)

    def add(self, rows, zero, t, rule, history):
        before, seen, paid = {}, False, []
        for m in range(zero, t + 1):
            now = {}
            for r in rows:
                if holds(r, m, rule, history):
                    now[r['centre']] = now.get(r['centre'], 0) + r['amount']
            a, b = sum(before.values()), sum(now.values())
            if b < 0:
                raise BelowZero
            i = m - zero
            self.closing[i] += b
            if a == 0 and b > 0:
                self.move['reactivation' if seen else 'new'][i] += b
            elif a > 0 and b == 0:
                self.move['churn'][i] -= a
            elif b < a:
                self.move['contraction'][i] += b - a
            elif b > a:
                held = fresh = 0
                for c in set(before) | set(now):
                    d = now.get(c, 0) - before.get(c, 0)
                    if d > 0 and before.get(c, 0) > 0:
                        held += d
                    elif d > 0:
                        fresh += d
                cross = (b - a) * fresh // (held + fresh)
                self.move['cross_sell'][i] += cross
                self.move['upsell'][i] += b - a - cross
            seen = seen or b > 0
            before = now
            paid.append(b)
        self.paid.append(paid)

    def opening(self, s):
        return self.closing[s - 1] if s > 0 else 0


# ---- the method

def recent(l, t):
    window = range(max(1, t - 11), t + 1)
    weight = {i: 5 if i > t - 3 else 1 for i in window}
    whole = sum(weight.values())
    den = sum(weight[i] * l.opening(i) for i in window)
    num = {k: sum(weight[i] * abs(l.move[k][i]) for i in window) for k in MOVES}
    y = [l.move['new'][i] for i in window]
    n = len(y)
    s = sum((b > a) - (b < a) for i, a in enumerate(y) for b in y[i + 1:])
    a = half_away(sum(y[-3:]), 3)
    out, opening = [], l.closing[t]
    for j in range(12):
        b = half_away(sum(y), n)
        if n == 12 and abs(s) >= 38:
            r = sum((2 * i - 11) * y[i] for i in range(12))
            b = max(0, half_away(sum(y) * 286 * UNIT + 12 * r * (5500000 + DAMP[j]), 12 * 286 * UNIT))
        step = {'new': half_away(a + b, 2), 'reactivation': half_away(num['reactivation'], whole)}
        for k in MOVES[2:]:
            v = half_away(opening * num[k], den) if den else 0
            step[k] = -v if k in ('contraction', 'churn') else v
        step['opening'], step['closing'] = opening, opening + sum(step.values())
        opening = step['closing']
        out.append(step)
    return out


def steady(l, t):
    window = range(max(1, t - 11), t + 1)
    mean = {k: half_away(sum(l.move[k][i] for i in window), len(window)) for k in MOVES}
    out, opening = [], l.closing[t]
    for _ in range(12):
        step = dict(mean)
        for k in ('churn', 'contraction'):
            below = -(opening + sum(step.values()))
            if below > 0:
                step[k] += min(below, -step[k])
        step['opening'], step['closing'] = opening, opening + sum(step.values())
        opening = step['closing']
        out.append(step)
    return out


def choice(l, t):
    past = [u for u in range(max(6, t - 12), t)]
    if len(past) < 8:
        return 'recent'
    off = [sum(abs(f(l, u)[0]['closing'] - l.closing[u + 1]) for u in past) for f in (steady, recent)]
    return 'steady' if off[0] < off[1] else 'recent'


class Record:
    """What is said of the sum of some ledgers; retention is that of the whole."""

    def __init__(self, parts, whole):
        self.parts, self.whole, self.t, self.memory = parts, whole, whole.n - 1, {}

    def said(self, u):
        if u not in self.memory:
            picks = [choice(l, u) for l in self.parts]
            both = {'recent': [recent(l, u) for l in self.parts], 'steady': [steady(l, u) for l in self.parts]}
            chosen = [both[p][i] for i, p in enumerate(picks)]
            self.memory[u] = {
                'method': picks[0] if len(set(picks)) == 1 else 'mixed',
                'steps': [{k: sum(c[j][k] for c in chosen) for k in chosen[0][0]} for j in range(12)],
                'recent': [sum(f[j]['closing'] for f in both['recent']) for j in range(12)],
                'steady': [sum(f[j]['closing'] for f in both['steady']) for j in range(12)],
                **{x: self.retention(u, x) for x in SHARES},
            }
        return self.memory[u]

    def retention(self, t, x):
        out, r = [UNIT] + [None] * 12, 10**12
        for h in range(1, 13):
            bases = [s for s in range(self.whole.n) if t - 11 <= s + h <= t]
            num = sum(self.whole.kept[x, s, h] for s in bases)
            den = sum(self.whole.kept[x, s, h - 1] for s in bases)
            if den == 0:
                break
            r = half_away(r * num, den)
            if x != 'nrr':
                r = min(r, 10**12)
            out[h] = half_away(r, UNIT)
        return out

    def happened(self, s, h, x):
        base = self.whole.kept[x, s, 0]
        return half_away(self.whole.kept[x, s, h] * UNIT, base) if base else None

    def miss(self, u, h, x):
        said = self.said(u)
        if x is None:
            c = said['steps'][h - 1]['closing']
            return half_away(abs(self.whole.closing[u + h] - c) * UNIT, c) if c > 0 else None
        a, b = said[x][h], self.happened(u, h, x)
        return None if a is None or b is None else abs(a - b)

    def band(self, t, h, x=None):
        best, reach, count = None, 0, 0
        for g in range(1, h + 1):
            e = [self.miss(u, g, x) for u in range(t - g, 5, -1)]
            e = [v for v in e if v is not None][:12]
            if len(e) < 8:
                continue
            v = sorted(e)[-(-8 * len(e) // 10) - 1]
            best, reach, count = v if best is None else max(best, v), g, len(e)
        if best is not None and reach < h:
            best = half_away(best * h, reach)
        return best, reach, count

    def bounds(self, t, h):
        c, b = self.said(t)['steps'][h - 1]['closing'], self.band(t, h)[0]
        if b is None:
            return None, None
        return max(0, half_away(c * (UNIT - b), UNIT)), half_away(c * (UNIT + b), UNIT)


def forecast_rows(r, run, t):
    """The periods of the forecast: texts by column."""
    out = []
    size = 3 if run['quarter'] else 1
    start = run['fiscal'] - 1
    m = t + 1
    begin = m - (m - start) % size if size == 3 else m
    said = r.said(r.t)
    while begin + size - 1 <= t + run['months']:
        end = begin + size - 1
        row = {'as_of': str(run['as_of']), 'period_start': str(first_of(begin)), 'period_end': str(last_of(end)),
               'method': said['method']}
        total, opening = {k: 0 for k in MOVES}, None
        for m in range(begin, end + 1):
            if m <= t:
                i = r.t - (t - m)
                if i < (1 if run['history'] else 0):
                    continue
                step = {k: sum(l.move[k][i] for l in r.parts) for k in MOVES}
                step['opening'] = r.whole.opening(i)
            else:
                step = said['steps'][m - t - 1]
            opening = step['opening'] if opening is None else opening
            for k in MOVES:
                total[k] += step[k]
        row['opening'] = fixed(opening)
        for k in MOVES:
            row[k] = fixed(total[k])
        h = end - t
        row['closing'] = fixed(said['steps'][h - 1]['closing'])
        row['closing_low'], row['closing_high'] = map(fixed, r.bounds(r.t, h))
        _, reach, count = r.band(r.t, h)
        row['band_horizon'], row['band_origins'] = str(reach or ''), str(count or '')
        for x in SHARES:
            v, b = said[x][h], r.band(r.t, h, x)[0]
            row['logo_retention' if x == 'logo' else x] = fixed(v)
            there = v is not None and b is not None
            row[x + '_low'] = fixed(max(0, v - b)) if there else ''
            row[x + '_high'] = fixed(v + b if x == 'nrr' else min(UNIT, v + b)) if there else ''
        for k in ('signed', 'ending'):
            row[k] = fixed(sum(r.known[k].get(m, 0) for m in range(max(begin, t + 1), end + 1)))
        out.append(row)
        begin += size
    return out


def case_rows(r, t):
    out = []
    for u in range(12, r.t):
        for h in (1, 3, 6, 12):
            if u + h > r.t:
                continue
            said = r.said(u)
            low, high = r.bounds(u, h)
            c, happened = said['steps'][h - 1]['closing'], r.whole.closing[u + h]
            row = {'as_of': str(last_of(t - r.t + u)), 'period_end': str(last_of(t - r.t + u + h)),
                   'horizon': str(h), 'method': said['method'], 'said': c, 'low': low, 'high': high,
                   'happened': happened, 'error': c - happened,
                   'inside': '' if low is None else 'yes' if low <= happened <= high else 'no',
                   'last_value': r.whole.closing[u], 'steady': said['steady'][h - 1], 'recent': said['recent'][h - 1]}
            for k in ('new', 'churn'):
                row['said_' + k] = sum(said['steps'][j][k] for j in range(h))
                row['happened_' + k] = sum(sum(l.move[k][u + 1:u + h + 1]) for l in r.parts)
            for x in SHARES:
                row['said_' + x], row['happened_' + x] = said[x][h], r.happened(u, h, x)
            out.append(row)
    return out


def summary_rows(cases):
    out = []
    for h in (1, 3, 6, 12):
        c = [x for x in cases if x['horizon'] == str(h)]
        if not c:
            continue

        def mean(values):
            values = [half_away(a * UNIT, b) for a, b in values if b > 0]
            return half_away(sum(values), len(values)) if values else None

        def apart(x):
            values = [abs(r['said_' + x] - r['happened_' + x]) for r in c
                      if r['said_' + x] is not None and r['happened_' + x] is not None]
            return half_away(sum(values), len(values)) if values else None

        def off(k):
            return sum(abs(r[k] - r['happened']) for r in c)
        banded = [r for r in c if r['inside']]
        row = {'horizon': str(h), 'origins': str(len(c)), 'steady_picked': str(sum(r['method'] == 'steady' for r in c)),
               'banded': str(len(banded)), 'inside': str(sum(r['inside'] == 'yes' for r in banded)),
               'error': mean((abs(r['error']), r['happened']) for r in c),
               'bias': mean((r['error'], r['happened']) for r in c),
               'width': mean((r['high'] - r['low'], r['happened']) for r in banded),
               'churn_error': mean((abs(r['said_churn'] - r['happened_churn']), r['last_value']) for r in c),
               'nrr_error': apart('nrr'), 'grr_error': apart('grr')}
        for k in ('last_value', 'steady', 'recent'):
            row['error_' + k] = mean((abs(r[k] - r['happened']), r['happened']) for r in c)
        for k in ('last_value', 'steady'):
            row['against_' + k] = half_away(off('said') * UNIT, off(k)) if off(k) else None
        out.append(row)
    return out


# ---- random ledgers

def draw_ledger(rng):
    months = rng.randint(5, 40)
    begin = month_of(datetime.date(2019, 1, 1)) + rng.randint(0, 11)
    end = begin + months
    as_of = last_of(end) if rng.random() < .6 else first_of(end + 1) + datetime.timedelta(rng.randint(0, 26))
    currencies = ['USD'] if rng.random() < .7 else ['USD', 'EUR']
    rows = []
    growth = rng.choice([0, 0, 1, 3])
    for a in range(rng.choice([1, 2, 6, 15, 30])):
        span = (last_of(end) - first_of(begin)).days
        when = first_of(begin) + datetime.timedelta(int(span * rng.random() ** (1 / (1 + growth))))
        for _ in range(rng.randint(1, 6)):
            when += datetime.timedelta(rng.choice([0, 0, 0, 3, 20, 40]))
            length = rng.choice([None, 0, 15, 31, 61, 92, 200, 365, 365])
            stop = None if length is None else when + datetime.timedelta(length)
            amount = rng.choice([0, 10, 20, 50, 100, 250, 1000]) * UNIT + rng.choice([0, 0, rng.randint(0, 999999)])
            if rng.random() < .006:
                amount = -min(amount, 5 * UNIT)
            rows.append({'account': 'a%02d' % a, 'amount': amount, 'start': when, 'end': stop,
                         'centre': rng.choice(['HR', 'IT', '']), 'plan': rng.choice(['Basic', 'Pro', 'Team']),
                         'currency': rng.choice(currencies)})
            when = stop if stop and rng.random() < .7 else when + datetime.timedelta(rng.randint(0, 200))
    return rows, as_of, currencies


def draw_run(rng, as_of, currencies):
    run = {'as_of': as_of, 'rule': rng.choice(['month-end'] * 3 + ['first-day', 'touch']),
           'grace': rng.choice([0, 0, 5, 30]), 'months': rng.choice([12, 12, 12, 3, 1, 7]),
           'quarter': rng.random() < .25, 'fiscal': rng.choice([1, 1, 2, 3]),
           'history': None, 'fx': len(currencies) > 1 and rng.random() < .6}
    if rng.random() < .2:
        run['history'] = as_of - datetime.timedelta(rng.randint(150, 900))
    if run['quarter']:
        run['months'] = 12
    run['by'] = rng.choice([[], [], ['plan'], ['segment'], ['plan', 'segment']])
    if len(currencies) > 1 and not run['fx']:
        run['by'] = rng.choice([['currency'], ['currency', 'plan']])
    return run


SEGMENTS = ['Mid', 'Big']


def convert(rows, as_of, rate):
    for r in rows:
        r['amount'] = half_away(r['amount'] * rate[r['currency']], 10**12)


def group_key(r, by):
    return tuple(SEGMENTS[int(r['account'][1:]) % 2] if c == 'segment' else r[c] for c in by)


def compute(rows, run):
    """The records of a run: group (None: the total) to record, and t; None where it is refused."""
    as_of, rule, history = run['as_of'], run['rule'], run['history']
    t = month_of(as_of) if last_of(month_of(as_of)) == as_of else month_of(as_of) - 1
    keys = sorted({group_key(r, run['by']) for r in rows}) if run['by'] else []
    known = {k: {'signed': {}, 'ending': {}} for k in keys + [None]}
    accounts = {}
    for r in rows:
        for k in ([group_key(r, run['by'])] if run['by'] else []) + [None]:
            if r['start'] > as_of and r['end'] != r['start']:
                m = month_of(r['start'])
                known[k]['signed'][m] = known[k]['signed'].get(m, 0) + r['amount']
            if r['start'] <= as_of and r['end'] and r['end'] > as_of:
                m = month_of(r['end'])
                known[k]['ending'][m] = known[k]['ending'].get(m, 0) + r['amount']
        if r['start'] <= as_of:
            r = dict(r, end=r['end'] if r['end'] and r['end'] <= as_of else None)
            accounts.setdefault(r['account'], []).append(r)
    for rs in accounts.values():
        close_gaps(rs, run['grace'])
    apart = run['by'] and 'currency' in run['by']
    parts = {k: [[r for r in rs if group_key(r, run['by']) == k] for rs in accounts.values()] for k in keys}
    first = min((month_of(r['start']) for rs in accounts.values() for r in rs), default=t + 1)

    def ledger(rs, zero):
        return Ledger([x for x in rs if x], zero, t, rule, history)
    # month 0
    if history:
        zero = month_of(history)
        if zero > t:
            return 'few', t
    else:
        worlds = [ledger(p, first) for p in parts.values()] if apart else [ledger(accounts.values(), first)]
        zero = next((first + i for i in range(t - first + 1) if any(w.closing[i] > 0 for w in worlds)), t + 1)
    if t - zero + 1 < 4:
        return 'few', t
    groups = {k: ledger(p, zero) for k, p in parts.items()}
    records = {k: Record([l], l) for k, l in groups.items()}
    if not apart:
        whole = ledger(accounts.values(), zero)
        records[None] = Record(list(groups.values()) if groups else [whole], whole)
    for k, r in records.items():
        r.known = known[k]
    return records, t


# ---- comparing

def padded(t):
    """A number as the command prints it, with all six decimals."""
    if '.' in t:
        whole, part = t.split('.')
        return whole + '.' + (part + '000000')[:6]
    return t


def compare(what, want, got, head):
    got_rows = list(csv.DictReader(got))
    if len(want) != len(got_rows):
        return '%s: expected %d rows, found %d' % (what, len(want), len(got_rows))
    for i, (w, g) in enumerate(zip(want, got_rows)):
        for k, v in w.items():
            v = fixed(v) if isinstance(v, int) or v is None else v
            if padded(g.get(k) or '') != v:
                return '%s: row %d (%s), %s: expected %s, found %s' % (what, i + 1, [g.get(h) for h in head], k, v, g.get(k))
        if set(g) != set(w):
            return '%s: other columns: %s' % (what, sorted(set(g) ^ set(w)))
    return None


def with_groups(rows, key, by):
    for r in rows:
        if by:
            r.update(dict(zip(by, key if key is not None else [''] * len(by))))
            r['row'] = 'total' if key is None else 'segment'
    return rows


def write(folder, name, rows, columns):
    with open(os.path.join(folder, name), 'w', newline='') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(columns)
        for r in rows:
            out.writerow([r['account'], r['plan'], r['centre'], r['currency'], fixed(r['amount']), r['start'], r['end'] or ''])


def run_seed(command, seed, folder):
    rng = random.Random(seed)
    rows, as_of, currencies = draw_ledger(rng)
    run = draw_run(rng, as_of, currencies)
    columns = ['account_id', 'plan', 'buying_center', 'currency', 'mrr', 'start_date', 'end_date']
    write(folder, 'subs.csv', rows, columns)
    mixed = rows[:]
    rng.shuffle(mixed)
    write(folder, 'mixed.csv', mixed, columns)
    write(folder, 'sorted.csv', sorted(rows, key=lambda r: r['account']), columns)
    for i in range(3):
        write(folder, 'part%d.csv' % i, [r for r in rows if int(r['account'][1:]) % 3 == i], columns)
    with open(os.path.join(folder, 'accounts.csv'), 'w') as f:
        f.write('account_id,segment\n' + ''.join('a%02d,%s\n' % (i, SEGMENTS[i % 2]) for i in range(40)))
    rate = {'USD': 10**12, 'EUR': rng.randint(900000, 1300000) * 10**6}
    with open(os.path.join(folder, 'fx.csv'), 'w') as f:
        f.write('currency,date,rate\nEUR,%s,%s\nEUR,%s,9\n' % (
            as_of - datetime.timedelta(rng.randint(0, 31)), fixed(rate['EUR'] // UNIT), as_of + datetime.timedelta(1)))
    made = ['--as-of', str(as_of), '--snapshot', run['rule'], '--grace', str(run['grace'])]
    if run['history']:
        made += ['--history-from', str(run['history'])]
    if run['by']:
        made += ['--by', ','.join(run['by']), '--accounts', 'accounts.csv']
    if run['fx']:
        made += ['--fx', 'fx.csv', '--report-currency', 'USD']
        convert(rows, as_of, rate)
    shown = ['--every', 'quarter', '--fiscal-year-start', str(run['fiscal'])] if run['quarter'] else \
        ['--months', str(run['months'])]

    def call(*words):
        p = subprocess.run([command, '-q', *words], cwd=folder, capture_output=True, text=True)
        return p.returncode, p.stdout, p.stderr
    try:
        records, t = compute(rows, run)
    except BelowZero:
        records = 'below'
    status, out, err = call(*made, *shown, '-j1', 'subs.csv', '--detail', 'detail.csv')
    if records in ('below', 'few'):
        word = {'below': 'is below zero on', 'few': 'needs 4 month ends'}[records]
        return None if status == 2 and word in err else 'expected "%s", found status %d: %s' % (word, status, err)
    if status != 0:
        return 'status %d: %s' % (status, err)
    order = sorted(k for k in records if k is not None) + ([None] if None in records else [])
    periods = [with_groups(forecast_rows(records[k], run, t), k, run['by']) for k in order]
    want = [p[i] for i in range(len(periods[0])) for p in periods]
    problem = compare('forecast', want, out.splitlines(), ['period_end', 'row'])
    if problem:
        return problem
    cases = {k: case_rows(records[k], t) for k in order}
    want = [r for k in order for r in with_groups([dict(c) for c in cases[k]], k, run['by'])]
    with open(os.path.join(folder, 'detail.csv'), newline='') as f:
        detail = f.read()
    problem = compare('detail', want, detail.splitlines(), ['as_of', 'horizon', 'row'])
    if problem:
        return problem
    status, summary, err = call(*made, '--backtest', 'subs.csv')
    want = [r for k in order for r in with_groups(summary_rows(cases[k]), k, run['by'])]
    problem = 'back-test: ' + err if status else compare('back-test', want, summary.splitlines(), ['horizon', 'row'])
    if problem:
        return problem
    for i in range(3):
        status, part, err = call(*made, '--partial', 'part%d.csv' % i)
        if status:
            return 'part: ' + err
        with open(os.path.join(folder, 'part%d' % i), 'w', newline='') as f:
            f.write(part)
    for words in ([*made, *shown, '-j4', 'mixed.csv', '--detail', 'other.csv'],
                  [*made, *shown, '-j2', '--sorted', 'sorted.csv', '--detail', 'other.csv'],
                  [*shown, '--merge', 'part2', 'part0', 'part1', '--detail', 'other.csv']):
        status, other, err = call(*words)
        with open(os.path.join(folder, 'other.csv'), newline='') as f:
            if status or other != out or f.read() != detail:
                return '%s: other bytes, status %d: %s' % (' '.join(words), status, err)
    return None


def main():
    command, first, last = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    passed = failed = 0
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as folder:
            problem = run_seed(command, seed, folder)
        if problem:
            print('FAILED seed %d: %s' % (seed, problem))
        failed += problem is not None
        passed += problem is None
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
