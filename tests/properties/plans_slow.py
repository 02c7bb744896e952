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

from slow import DAY, UNIT, half_away, text

HEAD = ['account_id', 'product', 'plan', 'seat', 'currency', 'mrr', 'start_date', 'end_date', 'term_months',
        'notice_days', 'signed_date']


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

def near(r, as_of, account, code):
    """A row that ends or starts in the two months after as_of, mostly at its term, mostly of one line."""
    day = as_of + DAY * r.choice([1, 5, 20, 20, 25, 40, r.randint(1, 60)])
    row = {'account': account, 'product': r.choice('pppq'), 'plan': r.choice('xyz'), 'seat': '1', 'code': code,
           'start': day, 'end': None, 'term': r.choice([1, 3, 12]), 'notice': None, 'signed': as_of,
           'amount': r.choice([100, 40, 60, 10]) * UNIT}
    if r.random() < .65:
        row['end'] = day
        row['start'] = plus_months(day, -row['term'])
        if plus_months(row['start'], row['term']) != day or r.random() < .3:
            row['term'] = 0
    return row


def draw(r, busy=0):
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
            if r.random() < busy:
                rows.append(near(r, as_of, 'abcd'[a], code))
                continue
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


# ---- known to come

def at_term(x):
    """Whether a row ends at start + n x term."""
    return x['end'] is not None and next_due(x, x['end'] - DAY, 0) == x['end']


def cover(line, as_of):
    """What of the ends of a line's rows is up for renewal and not covered: by id of the row, in order of ends."""
    left = [[x['start'], x['worth']] for x in line if x['start'] > as_of and x['worth'] > 0]
    left.sort(key=lambda s: s[0])
    out = {}
    for x in sorted((x for x in line if x['worth'] > 0 and at_term(x)), key=lambda x: (x['end'], x['plan'])):
        rest = x['worth']
        for s in left:
            if s[0] >= x['end']:
                paid_for = min(rest, s[1])
                rest -= paid_for
                s[1] -= paid_for
        out[id(x)] = rest
    return out


class BelowZero(Exception):
    pass


def known(rows, o):
    as_of, rate = o['as_of'], o['rate']
    rows = [x for x in rows if x['amount'] != 0 and (x['end'] is None or x['end'] > max(as_of, x['start']))]
    if o['dated']:
        rows = [x for x in rows if x['start'] <= as_of or (x['signed'] is not None and x['signed'] <= as_of)]
    for x in rows:
        x['worth'] = value(x, rate)
    line = lambda x: (x['account'], x['code'], x['product'], x['seat'] if o['lines'] else '')
    open_ = {}
    for _, list_ in groups_of(rows, line):
        open_.update(cover(list_, as_of))
    days = [d for x in rows for d in (x['start'], x['end']) if d is not None and d > as_of]
    month, last = (as_of + DAY).replace(day=1), max(days + [as_of + DAY]).replace(day=1)
    months = []
    while month <= last:
        months.append((max(month, as_of + DAY), month_end(month)))
        month = plus_months(month, 1)
    for _, list_ in groups_of(rows, lambda x: (x['account'], x['code'])):
        for day in [as_of] + [m[1] for m in months]:
            if sum(x['worth'] for x in list_ if x['start'] <= day and (x['end'] is None or x['end'] > day)) < 0:
                raise BelowZero
    names = groups_of(rows, o['group']) if o['group'] else []
    out = [[] for _ in months]
    for name, list_ in names + [(None, rows)]:
        net = (lambda x: line(x)) if o['net'] else (lambda x: (x['account'], x['code']))
        opening = sum(x['worth'] for x in list_ if x['start'] <= as_of)
        table, carr = [], opening
        for first, to in months:
            gain = ending = term = 0
            for _, unit in groups_of(list_, net):
                change = mid = up = 0
                for x in unit:
                    if first <= x['start'] <= to:
                        change += x['worth']
                    if x['end'] and first <= x['end'] <= to:
                        change -= x['worth']
                        up += open_.get(id(x), 0)
                        if x['worth'] > 0 and not at_term(x):
                            mid += x['worth']
                if change > 0:
                    gain += change
                else:
                    ending -= change
                    term += min(max(0, -change - mid), up)
            table.append((opening, gain, ending, term, opening + gain - ending))
            opening += gain - ending
            carr += gain - (ending - term)
        for i, t in enumerate(table):
            first, to = months[i]
            out[i].append([str(first), str(to)] + o['columns'](name) + [text(v) for v in t] + [text(12 * carr)])
    return [row for m in out for row in m if o['total'] or row[o['at']] == 'segment']


def compare_known(command, r, folder, run):
    as_of, fx, several, rows = draw(r, r.choice([0, .8, 1]))
    o = {'as_of': as_of, 'dated': r.random() < .6, 'net': r.random() < .3, 'lines': r.random() < .3, 'total': True,
         'group': None, 'at': 2}
    columns = [c for c in HEAD if (several or c != 'currency') and (o['dated'] or c != 'signed_date')]
    write_rows(folder + '/subs.csv', rows, columns)
    o['rate'] = write_rates(folder + '/fx.csv', as_of, r) if fx else None
    options = ['--as-of', str(as_of)] + (['--net', 'line'] if o['net'] else []) + (['--line', 'seat'] if o['lines'] else [])
    code = 'USD' if fx else ''
    o['columns'] = lambda name: ['total', code]
    if fx:
        options += ['--fx', 'fx.csv', '--report-currency', 'USD']
    if several and not fx:
        options += ['--by', 'currency,plan']
        o['group'] = lambda x: (x['code'], x['plan'])
        o['total'] = len({x['code'] for x in rows}) == 1
        one = rows[0]['code'] if o['total'] else ''
        o['columns'] = lambda name: [name[1] if name else '', 'segment' if name else 'total', name[0] if name else one]
        o['at'] = 3
    elif r.random() < .6:
        column, key = r.choice([('plan', 'plan'), ('account_id', 'account')])
        options += ['--by', column]
        o['group'] = lambda x: x[key]
        o['columns'] = lambda name: [name or '', 'segment' if name else 'total', code]
        o['at'] = 3
    ask = [command, '-q', '--known-to-come'] + options
    try:
        want = known(rows, o)
    except BelowZero:
        found = run(ask + ['subs.csv'], True)
        return None if found is None else (found, 'an account below zero', ask)
    found = run(ask + ['subs.csv'])
    if list(csv.reader(found.splitlines()))[1:] != want:
        return list(csv.reader(found.splitlines())), want, ask
    r.shuffle(rows)
    write_rows(folder + '/other.csv', rows, columns)
    if run(ask + ['--threads', '3', 'other.csv']) != found:
        return 'another order of the rows', 'the same bytes', ask
    return None


# ---- all of them

def main():
    kind, command = sys.argv[1], os.path.abspath(sys.argv[2])
    compare = {'book': compare_book, 'known': compare_known}[kind]
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
