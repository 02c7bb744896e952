#!/usr/bin/env python3
"""What cs-waterfall says of days to come against a slow computation of its manual page, row by row and day by day.

    plans_slow.py book COMMAND FIRST LAST     --renewals --book
    plans_slow.py known COMMAND FIRST LAST    --known-to-come

One random ledger and one random choice of options for each seed; nothing here is shared with the command. Prints what
differs and, as its last line, "N passed, N failed, N skipped".
"""
import csv
import datetime
import os
import random
import subprocess
import sys
import tempfile

UNIT = 10**6
DAY = datetime.timedelta(1)
HEAD = ['account_id', 'product', 'plan', 'seat', 'currency', 'mrr', 'start_date', 'end_date', 'term_months',
        'notice_days', 'signed_date']


def half_away(a, b):
    q = (2 * abs(a) + b) // (2 * b)
    return -q if a < 0 else q


def text(v):
    """Money as the tables have it: two decimals at least."""
    s = '%d.%06d' % (abs(v) // UNIT, abs(v) % UNIT)
    while s.endswith('0') and len(s) - s.index('.') > 3:
        s = s[:-1]
    return ('-' if v < 0 else '') + s


def plus_months(d, n):
    m = d.year * 12 + d.month - 1 + n
    for day in range(d.day, 0, -1):
        try:
            return datetime.date(m // 12, m % 12 + 1, day)
        except ValueError:
            pass


def next_due(row, day, least):
    """The first start + n x term after a day, n >= 1."""
    if row['term'] < max(1, least):
        return None
    n = 1
    while plus_months(row['start'], n * row['term']) <= day:
        n += 1
    return plus_months(row['start'], n * row['term'])


def month_end(d):
    return plus_months(d.replace(day=1), 1) - DAY


# ---- random ledgers

def draw(r):
    as_of = datetime.date(2024, r.randint(1, 12), 1) + DAY * r.choice([0, 5, 14, 26])
    if r.random() < .4:
        as_of = month_end(as_of)
    fx = r.random() < .3
    several = fx or r.random() < .2
    rows = []
    for a in range(r.randint(1, 4)):
        code = r.choice(['EUR', 'USD']) if several else ''
        for _ in range(r.randint(1, 6)):
            term = r.choice([0, 1, 3, 6, 12, 12])
            start = as_of + DAY * r.choice([r.randint(-500, 200), r.randint(-40, 60)])
            if rows and r.random() < .4:
                start = rows[-1]['end'] or start
                start += DAY * r.choice([0, 0, 0, 3, 40, -5])
            end = None
            if r.random() < .7:
                end = start + DAY * r.choice([0, r.randint(1, 500)])
                if term and r.random() < .7:
                    end = plus_months(start, term * r.randint(1, max(1, 24 // term)))
            signed = None
            if r.random() < .8:
                signed = start - DAY * r.randint(0, 60)
            rows.append({'account': 'abcd'[a], 'product': r.choice(['p', 'q']), 'plan': r.choice(['x', 'y', 'z']),
                         'seat': r.choice(['1', '2']), 'code': code, 'start': start, 'end': end, 'term': term,
                         'amount': r.choice([100, 40, 60, 10, 33.333333, 0]) if r.random() < .93 else -5,
                         'notice': r.choice([None, 0, 30, 90]), 'signed': signed})
            row = rows[-1]
            row['amount'] = round(row['amount'] * UNIT)
    return as_of, fx, several, rows


def write_rows(path, rows, columns):
    with open(path, 'w', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow([c for c in HEAD if c in columns])
        for x in rows:
            full = [x['account'], x['product'], x['plan'], x['seat'], x['code'], text(x['amount']), x['start'],
                    x['end'] or '', x['term'] or '', '' if x['notice'] is None else x['notice'], x['signed'] or '']
            w.writerow([v for c, v in zip(HEAD, full) if c in columns])


def write_rates(path, as_of, r):
    """Returns the rate of as_of, in hundredths."""
    with open(path, 'w') as f:
        f.write('currency,date,rate\n')
        for k in range(-1000, 1, 20):
            rate = r.randint(101, 130)
            f.write('EUR,%s,%d.%02d\n' % (as_of + DAY * k, rate // 100, rate % 100))
    return rate


def value(row, rate):
    return half_away(row['amount'] * rate, 100) if rate and row['code'] == 'EUR' else row['amount']


def groups_of(rows, key):
    out = {}
    for x in rows:
        out.setdefault(key(x), []).append(x)
    return sorted(out.items())


def paid(rows, day, rate):
    return sum(value(x, rate) for x in rows if x['start'] <= day and (x['end'] is None or x['end'] > day))


# ---- the renewal book

def shown(rows):
    """Of several the one that pays most, then the one that began first, then the first of the input."""
    return min(rows, key=lambda x: (-x['amount'], x['start'], x['at']))


def book(rows, o):
    as_of, rate = o['as_of'], o['rate']
    out = []
    rows = [x for x in rows if x['start'] <= as_of and x['amount'] != 0 and (x['end'] is None or x['end'] > x['start'])]
    code = 'code' if not rate else 'account'
    for (account, product, *_), line in groups_of(rows, lambda x: (x['account'], x['product'], x['seat'] if o['lines'] else '',
                                                                   x[code])):
        held = [x for x in line if x['end'] is None or x['end'] > as_of]
        mrr = paid(held, as_of, rate)
        if mrr == 0:
            continue
        due = {}
        for x in held:
            day = next_due(x, as_of, o['least'])
            if day:
                due.setdefault(day, []).append(x)
        due = {d: up for d, up in due.items() if sum(value(x, rate) for x in up) > 0}
        day = min(due) if due else None
        up = due[day] if due else held
        best = shown(up)
        notice = max([x['notice'] for x in up if x['notice'] is not None], default=None) if due else None
        ends = [x['end'] for x in held if x['end']]
        row = [day or '', account, product] + ([best['seat']] if o['lines'] else [])
        row += [text(mrr), text(sum(value(x, rate) for x in up)) if due else '', best['term'] or '',
                day - DAY * notice if notice is not None else '', min(ends) if ends else '',
                'USD' if rate else best['code'], 'subs.csv:%d' % best['at'], best['plan']]
        out.append([str(v) for v in row])
    return out


def compare_book(command, r, folder, run):
    as_of, fx, several, rows = draw(r)
    o = {'as_of': as_of, 'least': r.choice([0, 0, 2, 6]), 'lines': r.random() < .3}
    for i, x in enumerate(rows):
        x['at'] = i + 2
    columns = HEAD if several else [c for c in HEAD if c != 'currency']
    write_rows(folder + '/subs.csv', rows, columns)
    o['rate'] = write_rates(folder + '/fx.csv', as_of, r) if fx else None
    args = ['--as-of', str(as_of)]
    if fx:
        args += ['--fx', 'fx.csv', '--report-currency', 'USD']
    elif several:
        args += ['--by', 'plan,currency']
    options = args + (['--min-term', '%dm' % o['least']] if o['least'] else []) + (['--line', 'seat'] if o['lines'] else [])
    if '--by' not in options:
        options += ['--by', 'plan']
    ask = [command, '-q', '--renewals', '--book', 'book.csv', '-o', 'table.csv'] + options
    run(ask + ['subs.csv'])
    with open(folder + '/book.csv') as f:
        found = list(csv.reader(f))
    want = book(rows, o)
    if found[1:] != want:
        return found[1:], want, ask
    run(ask[:3] + ['--threads', '3', '--book', 'other.csv'] + ask[5:] + ['subs.csv'])
    with open(folder + '/book.csv') as a, open(folder + '/other.csv') as b:
        if a.read() != b.read():
            return 'the book of three threads', 'the same bytes', ask
    bridge = run([command, '-q', '--incomplete', '--decimals', '6'] + args + ['subs.csv'], True)
    if bridge is not None and (fx or not several):
        last = ([{'closing': '0'}] + list(csv.DictReader(bridge.splitlines())))[-1]
        at = found[0].index('mrr')
        total = sum(round(float(x[at]) * UNIT) for x in found[1:])
        if round(float(last['closing']) * UNIT) != total:
            return last['closing'], text(total), ask
    return None


# ---- all of them

def main():
    kind, command = sys.argv[1], os.path.abspath(sys.argv[2])
    compare = {'book': compare_book}[kind]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        def run(args, may_fail=False):
            done = subprocess.run(args, cwd=folder, capture_output=True, text=True)
            if done.returncode != 0 and not may_fail:
                raise SystemExit('%s: %s' % (' '.join(args), done.stderr))
            return done.stdout if done.returncode == 0 else None
        for seed in range(int(sys.argv[3]), int(sys.argv[4]) + 1):
            differs = compare(command, random.Random(seed), folder, run)
            if not differs:
                passed += 1
                continue
            failed += 1
            if failed > 3:
                continue
            found, want, args = differs
            print('FAILED %s, seed %d: %s' % (kind, seed, ' '.join(args)))
            print(open(folder + '/subs.csv').read())
            print('found', *(found if isinstance(found, list) else [found]), sep='\n  ')
            print('want', *(want if isinstance(want, list) else [want]), sep='\n  ')
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed > 0


sys.exit(main())
