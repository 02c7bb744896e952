#!/usr/bin/env python3
"""What finance signs with cs-waterfall against a slow computation of its manual page, row by row and day by day.

    close_slow.py definitions COMMAND FIRST LAST     --definitions, with its detail
    close_slow.py compare COMMAND FIRST LAST         --figure with --compare, against the bridge of all periods
    close_slow.py explain COMMAND FIRST LAST         --explain-change
    close_slow.py revenue COMMAND FIRST LAST         --revenue
    close_slow.py churn COMMAND FIRST LAST           --churn-by, against the movements of the detail
    close_slow.py fx COMMAND FIRST LAST              --movement-fx

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
from fractions import Fraction

from slow import DAY, UNIT, first_of, fixed, half_away, last_of, month_of, text

RATE = 10**12


def ratio(num, den):
    """Millionths; None without a base, and where it does not fit."""
    v = half_away(num * UNIT, den) if den else None
    return None if v is None or abs(v) >= 2**62 else v


# ---- months, as numbers

# ---- random ledgers

class Ledger:
    """rows: account, currency, amount, start, end (None: runs on), and grace_end, where short gaps are bridged."""

    def __init__(self, r):
        self.r = r
        self.first = datetime.date(2022, 1, 1) + DAY * r.randint(0, 40)
        self.as_of = r.choice([last_of(month_of(datetime.date(2024, r.randint(1, 12), 1))),
                               datetime.date(2024, r.randint(1, 12), r.randint(1, 28))])
        self.grace = r.choice([0, 0, 3, 20, 45])
        self.fx = r.random() < .4
        self.codes = ['EUR', 'USD', 'GBP'] if self.fx else ['USD']
        self.rows = []
        for a in range(r.randint(1, 5)):
            self.add_account('abcde'[a])
        self.bridge_gaps()
        self.rates = {}
        for code in self.codes:
            for k in range(-2000, 1200, r.choice([9, 20, 31])):
                self.rates[code, self.first + DAY * k] = r.randint(60, 160) * RATE // 100 + r.randint(0, 999)

    def add_account(self, name):
        r = self.r
        start = self.first + DAY * r.randint(0, 700)
        if name == 'a':
            start = self.first
        for _ in range(r.randint(1, 7)):
            end = None
            if r.random() < .85:
                end = start + DAY * r.choice([0, r.randint(1, 60), r.randint(1, 400), 365])
            if r.random() < .4:
                start = start.replace(day=1)
            self.rows.append({'account': name, 'currency': r.choice(self.codes), 'start': start,
                              'end': end if end is None or end >= start else start,
                              'amount': r.choice([100, 40, 310, 33.333333, 7.01, 0, 1000]), 'plan': r.choice('xyz')})
            self.rows[-1]['amount'] = round(self.rows[-1]['amount'] * UNIT)
            start = (end or start) + DAY * r.choice([0, 0, 1, 3, 20, 33, r.randint(-200, 300)])

    def known(self):
        """What the day of the export knows: later starts are set aside, later ends have not happened."""
        out = []
        for x in self.rows:
            if x['start'] <= self.as_of:
                out.append(x)
                if x['end'] and x['end'] > self.as_of:
                    x['end'] = None
        return out

    def bridge_gaps(self):
        self.rows = self.known()
        for x in self.rows:
            x['grace_end'] = x['end']
        for account in {x['account'] for x in self.rows}:
            own = [x for x in self.rows if x['account'] == account and x['amount'] and x['start'] != x['end']]
            for x in own:
                d = x['end']
                if d is None or any(y['start'] <= d and (y['end'] is None or y['end'] > d) for y in own):
                    continue
                later = [y['start'] for y in own if y['start'] > d]
                if later and (min(later) - d).days <= self.grace:
                    x['grace_end'] = min(later)

    def rate(self, code, day):
        if not self.fx or code == 'USD':
            return RATE
        return self.rates[code, max(d for c, d in self.rates if c == code and d <= day)]

    def write(self, folder):
        rows = list(self.rows)
        self.r.shuffle(rows)
        with open(os.path.join(folder, 'subs.csv'), 'w', newline='') as f:
            w = csv.writer(f, lineterminator='\n')
            w.writerow(['account_id', 'subscription_id', 'currency', self.column(), 'start_date', 'end_date', 'plan'])
            for i, x in enumerate(rows):
                w.writerow([x['account'], i, x['currency'], text(x['amount']), x['start'], x['end'] or '', x['plan']])
        with open(os.path.join(folder, 'accounts.csv'), 'w') as f:
            f.write('account_id,segment\n')
            for a in self.accounts():
                f.write('%s,%s\n' % (a, 'Big' if a in 'ac' else 'Small' if a != 'e' else ''))
        with open(os.path.join(folder, 'fx.csv'), 'w') as f:
            f.write('currency,date,rate\n')
            for (code, day), rate in self.rates.items():
                if code != 'USD':
                    f.write('%s,%s,%d.%012d\n' % (code, day, rate // RATE, rate % RATE))

    annual = False

    def column(self):
        return 'arr' if self.annual else 'mrr'

    def options(self):
        out = ['-q', '--as-of', str(self.as_of), '--grace', str(self.grace), '--allow', 'repeated-key,stale-input']
        if self.fx:
            out += ['--fx', 'fx.csv', '--report-currency', 'USD']
        if self.annual:
            out += ['--value', 'arr']
        return out

    history = None  # the first day of which anything is known

    def paid(self, account, m, at):
        """At the close of month m, with the rates of day `at`."""
        if self.history and m < month_of(self.history):
            return 0
        d = min(last_of(m), self.as_of)
        return sum(half_away(x['amount'] * self.rate(x['currency'], at), RATE) for x in self.rows
                   if x['account'] == account and x['start'] <= d and
                   (x['grace_end'] is None or x['grace_end'] > d))

    def earned(self, account, m, at, plan=None):
        """By days in month m, at the rates of day `at` (two days: their mean); of a plan's rows alone."""
        total = 0
        days = [first_of(m) + DAY * k for k in range((last_of(m) - first_of(m)).days + 1)]
        for x in self.rows:
            if x['account'] != account or (plan and x['plan'] != plan):
                continue
            held = sum(x['start'] <= d <= self.as_of and (x['end'] is None or d < x['end']) and
                       not (self.history and d < self.history) for d in days)
            if held:
                rate = mean_rate(self, x['currency'], *at) if isinstance(at, tuple) else self.rate(x['currency'], at)
                total += half_away(x['amount'] * held * rate,
                                   len(days) * RATE * (12 if self.annual else 1))
        return total

    def earliest(self):
        return min(x['start'] for x in self.rows)

    def accounts(self):
        return sorted({x['account'] for x in self.rows})


def run(command, options, folder, extra=()):
    p = subprocess.run([command] + options + list(extra) + ['subs.csv'], cwd=folder, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, universal_newlines=True)
    return p.returncode, p.stdout, p.stderr


# ---- the eight definitions

NAMES = ['point_to_point', 'movements', 'compounded', 'pooled_months', 'trailing_mean', 'quarter_revenue',
         'year_revenue', 'least_base']
REACH = [12, 12, 12, 12, 23, 14, 23, 12]


def parts(l, a, t, least):
    """(numerator, denominator) of an account under each definition but 3 and 5."""
    at = min(last_of(t), l.as_of)
    paid = {m: l.paid(a, m, at) for m in range(t - 23, t + 1)}
    earned = {m: l.earned(a, m, at) for m in range(t - 23, t + 1)}
    a0, a1 = paid[t - 12], paid[t]
    out = {1: (0, 0), 2: (0, 0), 4: [0, 0], 6: (0, 0), 7: (0, 0), 8: (0, 0)}
    if a0 > 0:
        out[1] = (a1, a0)
        moved = a0
        for m in range(t - 11, t + 1):
            if paid[m - 1] > 0:
                moved += paid[m] - paid[m - 1]
        out[2] = (moved, a0)
        if least is not None and a0 >= least:
            out[8] = (a1, a0)
    for m in range(t - 11, t + 1):
        if paid[m - 1] > 0:
            out[4][0] += paid[m]
            out[4][1] += paid[m - 1]
    out[4] = tuple(out[4])
    before = sum(earned[m] for m in range(t - 14, t - 11))
    if before > 0:
        out[6] = (sum(earned[m] for m in range(t - 2, t + 1)), before)
    if paid[t - 23] > 0:
        out[7] = (sum(earned[m] for m in range(t - 11, t + 1)), sum(earned[m] for m in range(t - 23, t - 11)))
    return out


def first_definition(l, t):
    at = min(last_of(t), l.as_of)
    both = [(l.paid(a, t - 12, at), l.paid(a, t, at)) for a in l.accounts()]
    return ratio(sum(y for x, y in both if x > 0), sum(x for x, y in both if x > 0))


def month_rate(l, m):
    at = min(last_of(m), l.as_of)
    both = [(l.paid(a, m - 1, at), l.paid(a, m, at)) for a in l.accounts()]
    return sum(y for x, y in both if x > 0), sum(x for x, y in both if x > 0)


def definitions_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.annual = r.random() < .2
    least = r.choice([None, 50 * UNIT, 100 * UNIT])
    options = l.options() + ['--definitions']
    if least:
        options += ['--base-min', text(least)]
    known = month_of(min(x['start'] for x in l.rows))
    if r.random() < .25:
        l.history = l.first + DAY * r.randint(1, 200)
        options += ['--history-from', str(l.history)]
        known = month_of(l.history)
    last = month_of(l.as_of + DAY) - 1
    first = known + (1 if l.history else 0)
    if r.random() < .5:
        day = datetime.date(2024, 1, 1) - DAY * r.randint(0, 500)
        options += ['--from', str(day)]
        first = max(month_of(day), first)
    l.write(folder)
    lines, detail = ['period_end,definition,name,value'], []
    for t in range(first, last + 1):
        each = {a: parts(l, a, t, least) for a in l.accounts()}
        for k in range(1, 9):
            value = None
            if t - REACH[k - 1] < known:
                pass
            elif k == 3:
                num = den = 1
                for m in range(t - 11, t + 1):
                    n, d = month_rate(l, m)
                    num *= n
                    den *= d
                value = ratio(num, den)
            elif k == 5:
                year = [first_definition(l, m) for m in range(t - 11, t + 1)]
                value = None if None in year else half_away(sum(year), 12)
            elif k != 8 or least is not None:
                num = sum(p[k][0] for p in each.values())
                den = sum(p[k][1] for p in each.values())
                value = ratio(num**12, den**12) if k == 4 else ratio(num, den)
                for a, p in each.items():
                    if p[k] != p[1]:
                        detail.append(','.join([str(last_of(t)), str(k), a] + [text(v) for v in p[k] + p[1]]))
            lines.append('%s,%d,%s,%s' % (last_of(t), k, NAMES[k - 1], fixed(value)))
    threads = str(r.choice([1, 2, 3]))
    status, out, err = run(command, options, folder, ['--detail', 'd.csv', '-j', threads])
    if status:
        return ['status %d: %s' % (status, err)]
    found = [x for x in open(os.path.join(folder, 'd.csv')).read().split('\n') if x]
    bad = [x for x in zip(lines, out.split('\n')) if x[0] != x[1]][:5]
    if len(lines) != out.count('\n'):
        bad.append(('%d lines' % len(lines), '%d lines' % out.count('\n')))
    if found[0] != 'period_end,definition,account_id,numerator,denominator,numerator_1,denominator_1':
        bad.append(('the header of the detail', found[0]))
    if sorted(found[1:]) != sorted(detail):
        bad.append(('detail', sorted(set(found[1:]) ^ set(detail))[:4]))
    bad += same_as_retention(command, options, folder, out)
    return bad


def same_as_retention(command, options, folder, out):
    """Definitions 1 to 3 are the columns nrr of the bridge, to the digit, wherever they are not empty."""
    bad = []
    plain = [x for x in options if x not in ('--definitions',)]
    if '--base-min' in plain:
        i = plain.index('--base-min')
        del plain[i:i + 2]
    mine = {(x.split(',')[0], x.split(',')[1]): x.split(',')[3] for x in out.split('\n')[1:] if x}
    for k, word in (('1', 'cohort'), ('2', 'movements'), ('3', 'compounded')):
        status, bridge, err = run(command, plain, folder, ['--window', '12m', '--retention', word])
        if status:
            return [('the bridge', err)]
        for row in csv.DictReader(bridge.split('\n')):
            value = mine[row['period_end'], k]
            if value and value != row['nrr']:
                bad.append((word, row['period_end'], value, row['nrr']))
    return bad


# ---- comparison

def money(s):
    """Millionths of a printed number."""
    whole, _, part = s.lstrip('-').partition('.')
    v = int(whole) * UNIT + int((part + '000000')[:6])
    return -v if s.startswith('-') else v


COUNTS = ['opening_logos', 'new_logos', 'reactivated_logos', 'churned_logos', 'closing_logos', 'transferred_logos']
RATIOS = ['nrr', 'grr', 'logo_retention', 'quick_ratio', 'top_1_share', 'top_10_share']
AMOUNTS = ['opening', 'new', 'upsell', 'contraction', 'churn', 'fx', 'transfer', 'closing', 'arr', 'arpa', 'net_new',
           'base', 'retained', 'expansion']
BACK = {'month': 12, 'quarter': 4, 'year': 1, 'week': 52}


def printed(figure, v):
    if v is None:
        return ''
    return str(v // UNIT) if figure in COUNTS else fixed(v) if figure in RATIOS else text(v)


def budget(r, rows, figure, by, folder):
    """A plan for some of the rows of a bridge and a group that there is not; by (period, group)."""
    plan = {}
    for x in rows:
        key = x['period_end'], tuple(x[c] for c in by)
        if (x['row'] == 'segment' or not by) and r.random() < .8:
            plan[key] = r.randint(0, 50) * UNIT if figure in COUNTS else r.randint(-500, 500000) * 1234
            if by and r.random() < .1:
                plan[x['period_end'], tuple('none' for c in by)] = 7 * UNIT
    with open(os.path.join(folder, 'plan.csv'), 'w') as f:
        f.write(','.join(['period', 'figure', 'amount'] + by) + '\n')
        for (period, group), v in sorted(plan.items(), key=lambda x: r.random()):
            f.write(','.join([period, figure, text(v)] + list(group)) + '\n')
            f.write(','.join([period, 'another', '5'] + list(group)) + '\n')
    return plan


def planned(plan, x, figure, by):
    key = x['period_end'], tuple(x[c] for c in by)
    if x['row'] == 'segment' or not by:
        return plan.get(key)
    if figure in RATIOS + ['arpa'] or (figure in COUNTS and 'plan' in by):
        return None
    parts = [v for (period, group), v in plan.items() if period == x['period_end']]
    return sum(parts) if parts else None


def compare_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.write(folder)
    every = r.choice(['month', 'month', 'quarter', 'year', 'week'])
    by = r.choice([[], [], ['segment'], ['plan'], ['segment', 'plan']])
    figure = r.choice(COUNTS + RATIOS + AMOUNTS)
    options = l.options() + ['--every', every]
    if by:
        options += ['--by', ','.join(by), '--accounts', 'accounts.csv']
    if r.random() < .3 and every == 'month':
        options += ['--window', '12m', '--retention', r.choice(['cohort', 'movements', 'compounded'])]
    if r.random() < .2:
        options += ['--history-from', str(l.first + DAY * r.randint(1, 200))]
    if r.random() < .2:
        options += ['--basis', 'event']
    status, out, err = run(command, options, folder)
    if status:
        return [('the bridge', err)]
    rows = list(csv.DictReader(out.split('\n')))
    first = str(l.first + DAY * r.randint(0, 600))
    kept = [x for x in rows if x['period_end'] >= first]
    what = r.choice(['prior', 'year', './plan.csv'])
    plan = budget(r, kept, figure, by, folder) if 'plan' in what else None
    if not kept or plan == {}:
        return []
    before = {}
    periods = sorted({x['period_end'] for x in rows})
    for x in rows:
        before.setdefault((x['period_end'], x['row']), {})[tuple(x[c] for c in by)] = x[figure]
    lines = [','.join(['period_start', 'period_end', 'complete'] + by +
                      ['row', 'currency', figure, figure + '_before', figure + '_change', figure + '_percent'])]
    for x in kept:
        now = money(x[figure]) if x[figure] else None
        if plan is not None:
            then = planned(plan, x, figure, by)
        else:
            at = periods.index(x['period_end']) - (1 if what == 'prior' else BACK[every])
            then = before[periods[at], x['row']][tuple(x[c] for c in by)] if at >= 0 else ''
            then = money(then) if then else None
        change = None if now is None or then is None else now - then
        percent = None if change is None or figure in RATIOS else ratio(change, abs(then))
        lines.append(','.join([x[c] for c in ['period_start', 'period_end', 'complete'] + by + ['row', 'currency']] +
                              [printed(figure, v) for v in (now, then, change)] + [fixed(percent)]))
    options += ['--figure', figure, '--compare', what, '--from', first, '-j', str(r.choice([1, 2, 3]))]
    status, out, err = run(command, options, folder)
    if status:
        return [('status %d' % status, err)]
    bad = [x for x in zip(lines, out.split('\n')) if x[0] != x[1]][:5]
    return bad + ([] if len(lines) == out.count('\n') else [(len(lines), out.count('\n'))])


# ---- what groups have to do with a change of NRR

def retention(l, accounts, t, window, movements):
    """(base, net) over the months t - window .. t, at the rates of t."""
    at = min(last_of(t), l.as_of)
    base = net = 0
    for a in accounts:
        paid = [l.paid(a, m, at) for m in range(t - window, t + 1)]
        if paid[0] <= 0:
            continue
        base += paid[0]
        net += paid[0] + sum(y - x for x, y in zip(paid, paid[1:]) if x > 0) if movements else paid[-1]
    return base, net


def explained(groups, before, now):
    """By group the two parts in millionths, from (base, net) by group; None: no base in all of a period."""
    b = [sum(x[g][0] for g in groups) for x in (before, now)]
    n = [sum(x[g][1] for g in groups) for x in (before, now)]
    if 0 in b:
        return None
    total = [Fraction(n[k], b[k]) for k in (0, 1)]
    exact = []
    for g in groups:
        w = [Fraction(x[g][0], b[k]) for k, x in enumerate((before, now))]
        r = [Fraction(x[g][1], x[g][0]) if x[g][0] else None for x in (before, now)]
        r = [r[0] if r[0] is not None else r[1], r[1] if r[1] is not None else r[0]]
        if r[0] is None:
            r = [Fraction(0), Fraction(0)]
        exact.append((r[1] - r[0]) * (w[0] + w[1]) / 2)
        exact.append((w[1] - w[0]) * ((r[0] + r[1]) / 2 - (total[0] + total[1]) / 2))
    assert sum(exact) == total[1] - total[0]
    parts = [x * UNIT // 1 for x in exact]
    rest = [x * UNIT - y for x, y in zip(exact, parts)]
    order = sorted(range(len(parts)), key=lambda i: (-rest[i], i))
    missing = ratio(n[1], b[1]) - ratio(n[0], b[0]) - sum(parts)
    for i in order[:max(0, missing)]:
        parts[i] += 1
    if missing < 0:
        parts[min(range(len(parts)), key=lambda i: (rest[i], i))] += missing
    return {g: parts[2 * i:2 * i + 2] for i, g in enumerate(groups)}


def explain_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.write(folder)
    quarter = r.random() < .2
    movements = not quarter and r.random() < .3
    window = 3 if quarter else r.choice([1, 1, 3, 12])
    options = l.options() + ['--explain-change', '--by', 'segment', '--accounts', 'accounts.csv', '--retention',
                             'movements' if movements else 'cohort', '--every', 'quarter' if quarter else 'month']
    if window > 1:
        options += ['--window', '%dm' % window]
    known = month_of(min(x['start'] for x in l.rows))
    if r.random() < .25 and not quarter:
        l.history = l.first + DAY * r.randint(1, 200)
        options += ['--history-from', str(l.history)]
        known = month_of(l.history) + 1
    first = known
    if r.random() < .6:
        day = l.first + DAY * r.randint(0, 600)
        options += ['--from', str(day)]
        first = max(month_of(day), known)
    last = month_of(l.as_of + DAY) - 1
    step = 1
    if quarter:
        step, first, last = 3, first // 3 * 3 + 2, (last + 1) // 3 * 3 - 1
    of = {a: 'Big' if a in 'ac' else 'Small' if a != 'e' else '' for a in l.accounts()}
    groups = sorted(set(of.values()))
    lines = ['period_end,segment,row,base_before,base,nrr_before,nrr,rate_part,share_part']
    for t in range(first, last + 1, step):
        pair = [{g: retention(l, [a for a in of if of[a] == g], m, window, movements) for g in groups}
                for m in (t - step, t)]
        parts = explained(groups, *pair)
        for x in pair:
            x['total'] = sum(x[g][0] for g in groups), sum(x[g][1] for g in groups)
        if parts:
            parts['total'] = [sum(parts[g][k] for g in groups) for k in (0, 1)]
        for g in groups + ['total']:
            row = [str(last_of(t)), '' if g == 'total' else g, 'total' if g == 'total' else 'segment']
            row += [text(x[g][0]) for x in pair] + [fixed(ratio(x[g][1], x[g][0])) for x in pair]
            lines.append(','.join(row + ([fixed(v) for v in parts[g]] if parts else ['', ''])))
    status, out, err = run(command, options, folder, ['-j', str(r.choice([1, 2, 3]))])
    if status:
        return [('status %d' % status, err)]
    bad = [x for x in zip(lines, out.split('\n')) if x[0] != x[1]][:5]
    return bad + ([] if len(lines) == out.count('\n') else [(len(lines), out.count('\n'))])


# ---- revenue by days

def revenue_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.annual = r.random() < .2
    l.write(folder)
    every = r.choice(['month', 'month', 'quarter', 'year'])
    by = r.choice([None, None, 'segment', 'plan'])
    options = l.options() + ['--every', every, '--revenue']
    average = l.fx and r.random() < .4
    if average:
        options += ['--movement-fx', 'average']
    if by:
        options += ['--by', by, '--accounts', 'accounts.csv']
    for option, chance in (('--incomplete', .3), ('--basis=event', .2), ('--reactivation-window=3m', .2)):
        if r.random() < chance:
            options.append(option)
    if r.random() < .25:
        l.history = l.first + DAY * r.randint(1, 200)
        options += ['--history-from', str(l.history)]
    if r.random() < .5:
        options += ['--from', str(l.first + DAY * r.randint(0, 600))]
    status, out, err = run(command, options, folder, ['-j', str(r.choice([1, 2, 3]))])
    if status:
        return [('status %d' % status, err)]
    bad = []
    of = {a: 'Big' if a in 'ac' else 'Small' if a != 'e' else '' for a in l.accounts()}
    for row in csv.DictReader(out.split('\n')):
        first, last = (month_of(datetime.date.fromisoformat(row[c])) for c in ('period_start', 'period_end'))
        total = 0
        for m in range(first, last + 1):
            if first_of(m) > l.as_of:
                break
            at = min(last_of(m), l.as_of)
            if average:
                at = first_of(m), at
            for a in l.accounts():
                if row['row'] == 'total' or by == 'plan' or of[a] == row['segment']:
                    total += l.earned(a, m, at, row['plan'] if by == 'plan' and row['row'] == 'segment' else None)
        if row['revenue'] != text(total):
            bad.append((row['period_end'], row['row'], row['revenue'], text(total)))
    return bad


# ---- losses by their reasons

def days_between(a, b):
    return abs((datetime.date.fromisoformat(a) - datetime.date.fromisoformat(b)).days)


def pair_up(losses, reasons, within):
    """losses: account, day, kind, period; reasons: account, day, value, in the order of the rows. By loss its value."""
    pairs = []
    for i, (account, day, kind, period) in enumerate(losses):
        for k, (of, date, value) in enumerate(reasons):
            if of == account and days_between(day, date) <= within:
                pairs.append((days_between(day, date), day, kind != 'churn', period, date, k, i))
    out, used = {}, set()
    for *_, k, i in sorted(pairs):
        if i not in out and k not in used:
            out[i] = reasons[k][2] or 'unknown'
            used.add(k)
    return out


def churn_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.write(folder)
    options = l.options() + ['--every', r.choice(['month', 'month', 'quarter', 'week'])]
    for option, chance in (('--basis=event', .3), ('--net=line', .3), ('--cross-sell-by=plan', .5),
                           ('--reactivation-window=3m', .2), ('--incomplete', .2)):
        if r.random() < chance:
            options.append(option)
    if r.random() < .2:
        options += ['--history-from', str(l.first + DAY * r.randint(1, 200))]
    status, out, err = run(command, options, folder, ['--detail', 'd.csv'])
    if status:
        return [('the detail', err)]
    lost = {}
    with open(os.path.join(folder, 'd.csv')) as f:
        for x in csv.DictReader(f):
            if x['movement'] in ('churn', 'contraction'):
                key = x['account_id'], x['period_end'], x['movement']
                day, amount = lost.get(key, ('', 0))
                lost[key] = max(day, x['effective_date']), amount + money(x['amount'])
    losses = [(a, day, kind, period) for (a, period, kind), (day, amount) in lost.items() if amount]
    reasons = []
    for a, day, _, _ in losses * 2:
        if r.random() < .5:
            date = datetime.date.fromisoformat(day) + DAY * r.choice([0, 0, 5, -5, 30, -30, 90, 91, r.randint(-200, 200)])
            reasons.append((r.choice([a, a, a, 'b']), str(date), r.choice(['price', 'product', 'unknown', ''])))
    r.shuffle(reasons)
    with open(os.path.join(folder, 'reasons.csv'), 'w') as f:
        f.write('account_id,date,reason\n' + ''.join(','.join(x) + '\n' for x in reasons + [('zz', '2024-01-01', 'x')]))
    within = r.choice([None, 90, 0, 30, 200])
    options += ['--churn-by', 'reason', '--reasons', 'reasons.csv', '--allow', 'unmatched-row']
    if within is not None:
        options += ['--reason-within', str(within)]
    given = pair_up(losses, [x for x in reasons if x[1] <= str(l.as_of)], 90 if within is None else within)
    periods = list(csv.DictReader(out.split('\n')))
    if r.random() < .5:
        day = l.first + DAY * r.randint(0, 600)
        options += ['--from', str(day)]
        periods = [x for x in periods if x['period_end'] >= str(day)]
    ends = {x['period_end'] for x in periods}
    names = sorted({given.get(i, 'unknown') for i, x in enumerate(losses) if x[3] in ends})
    lines = ['period_start,period_end,complete,reason,row,currency,churn,contraction,churned_accounts,contracted_accounts']
    for p in periods:
        for name in names + [None]:
            cell = {'churn': [0, 0], 'contraction': [0, 0]}
            for i, (a, day, kind, period) in enumerate(losses):
                if period == p['period_end'] and name in (None, given.get(i, 'unknown')):
                    cell[kind][0] += lost[a, period, kind][1]
                    cell[kind][1] += 1
            lines.append(','.join([p['period_start'], p['period_end'], p['complete'], name or '',
                                   'segment' if name else 'total', p['currency'], text(cell['churn'][0]),
                                   text(cell['contraction'][0]), str(cell['churn'][1]), str(cell['contraction'][1])]))
    status, out, err = run(command, options, folder, ['-j', str(r.choice([1, 2, 3]))])
    if status:
        return [('status %d' % status, err)]
    bad = [x for x in zip(lines, out.split('\n')) if x[0] != x[1]][:5]
    return bad + ([] if len(lines) == out.count('\n') else [(len(lines), out.count('\n'))])


# ---- movements at other rates

def mean_rate(l, code, first, last):
    days = [first + DAY * k for k in range((last - first).days + 1)]
    return half_away(sum(l.rate(code, d) for d in days), len(days))


def paid_on(l, account, d, rate):
    """At the close of day d; rate: by currency. What ends after the day of the export has not happened."""
    if l.history and d < l.history:
        return 0
    return sum(half_away(x['amount'] * rate[x['currency']], RATE) for x in l.rows
               if x['account'] == account and x['start'] <= d and (x['grace_end'] is None or x['grace_end'] > d))


def move(was, now, ever, sums):
    if was != now:
        name = ('reactivation' if ever else 'new') if not was else 'churn' if not now else \
            'upsell' if now > was else 'contraction'
        sums[name] += now - was


def bridge_of(l, accounts, first, last, how, event):
    """The amounts of a period of whole months; opening, closing and fx included."""
    before, close = first_of(first) - DAY, min(last_of(last), l.as_of)
    own = {c: l.rate(c, before) for c in l.codes}
    end = {c: l.rate(c, close) for c in l.codes}
    rate = {'closing': end, 'opening': own,
            'average': {c: mean_rate(l, c, first_of(first), close) for c in l.codes}}[how]
    plain = {c: RATE for c in l.codes}
    sums = dict.fromkeys(['opening', 'new', 'reactivation', 'upsell', 'contraction', 'churn', 'fx', 'closing'], 0)
    for a in accounts:
        start, stop = paid_on(l, a, before, rate), paid_on(l, a, close, rate)
        o, c = paid_on(l, a, before, own), paid_on(l, a, close, end)
        sums['opening'] += o
        sums['closing'] += c
        sums['fx'] += c - o - (stop - start)
        if event:
            seen = any(paid_on(l, a, before - DAY * k, plain) for k in range((before - l.earliest()).days + 1))
            was = start
            for k in range(1, (close - before).days + 1):
                now = paid_on(l, a, before + DAY * k, rate)
                move(was, now, seen, sums)
                seen, was = seen or now > 0, now
        else:
            seen = any(paid_on(l, a, last_of(m), plain) for m in range(month_of(l.earliest()), first))
            move(start, stop, seen, sums)
    return sums


def fx_case(command, seed, folder):
    r = random.Random(seed)
    l = Ledger(r)
    l.rows = [x for x in l.rows if x['amount'] >= 0]
    l.codes = ['EUR', 'USD', 'GBP'] if l.fx else ['USD']
    l.fx = True
    l.write(folder)
    how = r.choice(['closing', 'opening', 'average', 'average'])
    event = r.random() < .3
    quarter = r.random() < .3
    options = l.options() + ['--movement-fx', how, '--every', 'quarter' if quarter else 'month', '--basis',
                             'event' if event else 'snapshot']
    by = r.choice([None, 'segment', 'plan'])
    if by:
        options += ['--by', by, '--accounts', 'accounts.csv']
    if r.random() < .25:
        l.history = l.first + DAY * r.randint(1, 200)
        options += ['--history-from', str(l.history)]
    if r.random() < .5:
        options += ['--from', str(l.first + DAY * r.randint(0, 600))]
    if r.random() < .2:
        options.append('--incomplete')
    threads = ['-j', str(r.choice([1, 2, 3]))]
    status, out, err = run(command, options, folder, threads + ['--detail', 'd.csv'])
    if status:
        return [('status %d' % status, err)]
    bad = []
    of = {a: 'Big' if a in 'ac' else 'Small' if a != 'e' else '' for a in l.accounts()}
    rows = list(csv.DictReader(out.split('\n')))
    for x in rows:
        if by == 'plan' and x['row'] == 'segment':
            continue
        first, last = (month_of(datetime.date.fromisoformat(x[c])) for c in ('period_start', 'period_end'))
        accounts = [a for a in of if x['row'] == 'total' or of[a] == x['segment']]
        for name, v in bridge_of(l, accounts, first, last, how, event).items():
            if text(v) != x[name]:
                bad.append((x['period_end'], x['row'], name, x[name], text(v)))
        if (x['base'] == '') != (how != 'closing'):
            bad.append((x['period_end'], 'base', x['base']))
    # retention and balances are those of the closing rates
    plain = [o if o != how else 'closing' for o in options]
    status, other, err = run(command, plain, folder)
    same = ['opening', 'closing', 'nrr', 'grr', 'logo_retention', 'opening_logos', 'new_logos', 'closing_logos']
    for x, y in zip(rows, csv.DictReader(other.split('\n'))):
        bad += [(x['period_end'], x['row'], c, x[c], y[c]) for c in same if x[c] != y[c]]
    return bad


CASES = {'definitions': definitions_case, 'compare': compare_case, 'explain': explain_case, 'revenue': revenue_case,
         'churn': churn_case, 'fx': fx_case}


def main():
    kind, command, first, last = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    passed = failed = 0
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as folder:
            bad = CASES[kind](command, '%s %d' % (kind, seed), folder)
        if bad:
            failed += 1
            print('FAILED %s, seed %d' % (kind, seed))
            for x in bad[:6]:
                print('   ', x)
        else:
            passed += 1
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
