#!/usr/bin/env python3
"""cs-stages against a slow computation of its manual page: every item, every day by itself.

    stages_slow.py COMMAND FIRST LAST     one random stream for each seed, under random options

Nothing here is shared with the command. Prints what differs and, as its last line, "N passed, N failed, N skipped".
"""
import csv
import datetime
import math
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

from slow import DAY, UNIT, half_away, text

START = datetime.date(2024, 1, 1)
KINDS = {'lead': 'open', 'talk': 'open', 'offer': 'open', 'last': 'open', 'won': 'won', 'lost': 'lost'}
TARGET = {'lead': 10, 'talk': 20, 'offer': None, 'last': 0}
CHANCE = {'lead': 50000, 'talk': 333333, 'offer': None, 'last': 900000}
RATES = {'EUR': Fraction(11, 10), 'GBP': Fraction(5, 4)}


def ratio(a, b):
    return '' if b == 0 else '%d.%06d' % divmod(half_away(a * UNIT, b), UNIT)


# ---- a random stream

def make_order(rng):
    open_stages = ['lead', 'talk', 'offer', 'last'][:rng.randint(1, 4)]
    ends = [open_stages + ['won', 'lost'], open_stages + ['lost', 'won'], ['lost'] + open_stages + ['won']]
    return {s: i for i, s in enumerate(rng.choice(ends))}


def make_rows(rng, order, currencies):
    rows = []
    for i in range(rng.choice([1, 5, 15, 25, 60])):
        account = 'a%02d' % rng.randint(1, 6)
        currency = rng.choice(currencies)
        day = START + DAY * rng.randint(0, 120)
        ends = {}
        for k in range(rng.choice([1, 1, 2, 3, 5, 8])):
            stage = rng.choice(list(order))
            kind = KINDS[stage]
            if kind != 'open' and ends.setdefault(day, kind) != kind:
                stage = 'lead'
            rows.append({
                'account_id': account, 'item_id': 'i%d' % i, 'stage': stage, 'stage_date': day,
                'amount': '' if rng.random() < .3 and (k or rng.random() < .3) else '%d.%02d' % (rng.randint(0, 900), rng.randint(0, 99)),
                'currency': currency, 'owner': rng.choice(['Ann', 'Ben', 'Cyd', '']),
                'expected_date': rng.choice(['', START + DAY * rng.randint(20, 250)])})
            day += DAY * rng.choice([0, 0, 1, 7, 30, 31])
    return rows


def items_of(rows, order, as_of):
    """Rows up to as_of by item, in the order in which they hold, completed from those before."""
    items = {}
    for n, r in enumerate(rows):
        if r['stage_date'] <= as_of:
            items.setdefault((r['account_id'], r['item_id']), []).append((r['stage_date'], order[r['stage']], n, r))
    for key, found in items.items():
        found.sort(key=lambda t: t[:3])
        carried = {'amount': '', 'owner': '', 'expected_date': ''}
        out = []
        for _, _, _, r in found:
            r = dict(r)
            for c in carried:
                carried[c] = r[c] = r[c] if r[c] != '' else carried[c]
            r['money'] = int(r['amount'].replace('.', '')) * 10**4 if r['amount'] else 0
            out.append(r)
        items[key] = out
    return dict(sorted(items.items()))


def spells(item):
    out = []
    for r in item:
        if not out or out[-1][0] != r['stage']:
            out.append((r['stage'], r['stage_date']))
    return out


# ---- the report

def leave_by(times, share):
    """The day by which a share has left: Kaplan-Meier in fractions; times: (days, left)."""
    curve, s, risk = [], Fraction(1), len(times)
    for t in sorted({t for t, _ in times}):
        events = sum(1 for x, left in times if x == t and left)
        s *= 1 - Fraction(events, risk)
        risk -= sum(1 for x, _ in times if x == t)
        curve.append((t, s))
    level = 1 - share
    for i, (t, s) in enumerate(curve):
        if s <= level:
            if s == level:
                for later, x in curve[i + 1:]:
                    if x < s:
                        return Fraction(t + later, 2)
            return Fraction(t)
    return None


def passes(stage, sp, i, order):
    """Whether step i of the item's spells goes past the stage."""
    a, b = sp[i][0], sp[i + 1][0]
    return KINDS[a] == 'open' and KINDS[b] != 'lost' and order[a] < order[stage] < order[b]


def report(items, order, as_of):
    out = []
    for stage in sorted(order, key=order.get):
        n = dict.fromkeys(['entered', 'passed', 'forward', 'back', 'won', 'lost', 'still_there', 'moved_on', 'reached', 'ended', 'to_won', 'overdue'], 0)
        times = []
        for item in items:
            sp = spells(item)
            for i, (s, _) in enumerate(sp):
                if s != stage:
                    continue
                n['entered'] += 1
                if i + 1 == len(sp):
                    n['still_there'] += 1
                elif KINDS[sp[i + 1][0]] != 'open':
                    n[KINDS[sp[i + 1][0]]] += 1
                else:
                    n['forward' if KINDS[s] == 'open' and order[sp[i + 1][0]] > order[s] else 'back'] += 1
            if KINDS[stage] != 'open':
                continue
            entered = [i for i, (s, _) in enumerate(sp) if s == stage]
            jumped = [i for i in range(len(sp) - 1) if passes(stage, sp, i, order)]
            if not entered and not jumped:
                continue
            later = sp[min([i for i in entered] + jumped) + 1:]
            n['passed'] += not entered
            n['moved_on'] += bool(later)
            n['reached'] += any(order[s] > order[stage] and KINDS[s] != 'lost' for s, _ in later)
            ends = [s for s, _ in later if KINDS[s] != 'open']
            n['ended'] += bool(ends)
            n['to_won'] += bool(ends) and ends[-1] == 'won'
            if entered:
                dates = [d for _, d in sp] + [as_of]
                days = sum((dates[i + 1] - dates[i]).days for i in entered)
                times.append((days, sp[-1][0] != stage))
                n['overdue'] += sp[-1][0] == stage and TARGET[stage] is not None and days > TARGET[stage]
        is_open = KINDS[stage] == 'open'
        middle = [str(n[c]) for c in ['entered', 'passed', 'forward', 'back', 'won', 'lost', 'still_there']]
        assert n['entered'] == sum(n[c] for c in ['forward', 'back', 'won', 'lost', 'still_there'])
        row = [stage, KINDS[stage]] + middle
        if is_open:
            row += [str(n['moved_on']), ratio(n['reached'], n['moved_on']), str(n['ended']), ratio(n['to_won'], n['ended'])]
        else:
            row += ['', '', '', '']
        for share in (Fraction(1, 2), Fraction(9, 10)):
            t = leave_by(times, share)
            row.append('' if t is None else str(float(t)) if t.denominator > 1 else str(int(t)))
        target = TARGET.get(stage)
        row += ['', ''] if target is None else [str(target), str(n['overdue'])]
        out.append(row)
    return out


REPORT = 'stage kind entered passed forward back won lost still_there moved_on conversion ended to_won median_days p90_days target_days overdue'.split()


def by_group(items, by, table, total=True):
    """The rows of a table per group of the items' last rows, then the total."""
    if not by:
        return table(list(items.values()))
    out = []
    for g in sorted({i[-1][by] for i in items.values()}):
        out += [[g, 'segment'] + r for r in table([i for i in items.values() if i[-1][by] == g])]
    return out + [['', 'total'] + r for r in table(list(items.values()))] if items else []


# ---- the flow

def month_ends(first, last):
    out, d = [], first.replace(day=1)
    while True:
        d = (d + 31 * DAY).replace(day=1)
        if d - DAY > last:
            return out
        out.append(d - DAY)


def convert(amount, currency, day, fx):
    """Rates rise by a hundredth with each month."""
    if not fx or currency == 'USD':
        return amount
    return half_away(amount * (RATES[currency] + Fraction(day.year * 12 + day.month - 24289, 100)))


def state_on(item, day):
    rows = [r for r in item if r['stage_date'] <= day]
    return rows[-1] if rows and KINDS[rows[-1]['stage']] == 'open' else None


FLOW = ['opening', 'added', 'reopened', 'changed', 'fx', 'transfer', 'won', 'lost', 'closing']
COUNTED = [c + '_items' for c in FLOW if c not in ('changed', 'fx')]


def flow_of(items, by, group, begin, end, fx):
    """One period of one group; group None: all. begin: the last day before the period."""
    n = dict.fromkeys(FLOW + COUNTED, 0)
    mine = lambda r: group is None or r[by] == group
    for item in items:
        was, now = state_on(item, begin), state_on(item, end)
        if was and mine(was):
            a = convert(was['money'], was['currency'], begin, fx)
            n['opening'] += a
            n['fx'] += convert(was['money'], was['currency'], end, fx) - a
            n['opening_items'] += 1
        if now and mine(now):
            n['closing'] += convert(now['money'], now['currency'], end, fx)
            n['closing_items'] += 1
        for i, r in enumerate(item):
            if not begin < r['stage_date'] <= end:
                continue
            before = item[i - 1] if i else None
            is_open = before is not None and KINDS[before['stage']] == 'open'
            if before is not None and not is_open and before['stage'] == r['stage']:
                continue
            v = convert(r['money'], r['currency'], end, fx)
            old = convert(before['money'], r['currency'], end, fx) if is_open else 0
            if is_open and by and before[by] != r[by]:
                if group is not None and mine(before):
                    n['transfer'] -= old
                    n['transfer_items'] -= 1
                if group is not None and mine(r):
                    n['transfer'] += old
                    n['transfer_items'] += 1
            if not mine(r):
                continue
            if before is None:
                n['added'] += v
                n['added_items'] += 1
            elif is_open:
                n['changed'] += v - old
            else:
                n['reopened'] += v
                n['reopened_items'] += 1
            if KINDS[r['stage']] != 'open':
                n[KINDS[r['stage']]] += v
                n[KINDS[r['stage']] + '_items'] += 1
    assert n['closing'] == n['opening'] + n['added'] + n['reopened'] + n['changed'] + n['fx'] + n['transfer'] - n['won'] - n['lost']
    return [text(n[c]) for c in FLOW] + [str(n[c]) for c in COUNTED], any(n.values())


def pays_on(subscriptions, account, day, rate_day, as_of, fx):
    return sum(convert(int(r['mrr'].replace('.', '')) * 10**4, r['currency'], rate_day, fx) for r in subscriptions
               if r['account_id'] == account and r['start_date'] <= min(day, as_of) and
               (r['end_date'] == '' or r['end_date'] > day or r['end_date'] > as_of))


def expansion(items, by, group, begin, end, fx, subscriptions, as_of):
    """Upsell and cross-sell of the accounts that won something in the period, in the group."""
    total, won = 0, set()
    for (account, _), item in items.items():
        for i, r in enumerate(item):
            again = i and item[i - 1]['stage'] == 'won'
            if begin < r['stage_date'] <= end and r['stage'] == 'won' and not again and (group is None or r[by] == group):
                won.add(account)
    for account in won:
        before, after = (pays_on(subscriptions, account, d, end, as_of, fx) for d in (begin, end))
        if before > 0 and after > before:
            total += after - before
    return total


def flow(items, by, as_of, fx, subscriptions):
    out = []
    if not items:
        return out
    first = min(i[0]['stage_date'] for i in items.values())
    groups = sorted({r[by] for i in items.values() for r in i}) if by else []
    for end in month_ends(first, as_of):
        begin = end.replace(day=1) - DAY
        for g in groups:
            row, touched = flow_of(items.values(), by, g, begin, end, fx)
            if touched:
                out.append([str(end), g, 'segment'] + row + [text(expansion(items, by, g, begin, end, fx, subscriptions, as_of))])
        row, _ = flow_of(items.values(), by, None, begin, end, fx)
        out.append([str(end)] + (['', 'total'] if by else []) + row + [text(expansion(items, by, None, begin, end, fx, subscriptions, as_of))])
    return out


# ---- open items

OPEN = 'account_id item_id stage since age days_in_stage amount currency probability probability_from weighted expected_date slipped_days stalled_days owner next_stage'.split()


def open_items(items, order, by, as_of, fx):
    out = []
    fates = {r[0]: r for r in report(list(items.values()), order, as_of)}
    for (account, name), item in items.items():
        last, sp = item[-1], spells(item)
        stage = last['stage']
        if KINDS[stage] != 'open':
            continue
        dates = [d for _, d in sp] + [as_of]
        days = sum((dates[i + 1] - dates[i]).days for i, (s, _) in enumerate(sp) if s == stage)
        priced = last['amount'] != ''
        amount = convert(last['money'], last['currency'], as_of, fx)
        ended = int(fates[stage][11])
        chance, origin = ('', '')
        if ended >= 20:
            origin, won = 'learned', half_away(Fraction(float_text(fates[stage][12])) * ended)
            share = Fraction(won, ended)
        elif CHANCE[stage] is not None:
            origin, share = 'table', Fraction(CHANCE[stage], UNIT)
        weighted = ''
        if origin:
            chance = ratio(share.numerator, share.denominator)
            weighted = text(half_away(amount * share)) if priced else ''
        expected = [r['expected_date'] for r in item if r['expected_date'] != '']
        slipped = str((max(expected[-1], as_of) - expected[0]).days) if expected else ''
        stalled = '' if TARGET[stage] is None else str(max(0, days - TARGET[stage]))
        following = [s for s in sorted(order, key=order.get) if order[s] > order[stage] and KINDS[s] != 'lost'][0]
        row = [account, name, stage, str(sp[-1][1]), str((as_of - item[0]['stage_date']).days), str(days), text(amount) if priced else '',
               'USD' if fx and priced else last['currency'], chance, origin, weighted, str(expected[-1]) if expected else '', slipped, stalled,
               last['owner'], following]
        out.append((last[by] if by else '', row))
    return [([g] if by else []) + row for g, row in sorted(out, key=lambda t: t[0])]


def float_text(ratio_text):
    whole, part = ratio_text.split('.')
    return Fraction(int(whole + part), UNIT)


# ---- won and lost by age

def incidence(items, as_of):
    """days, at risk, won, lost, censored, then the shares in fractions and their errors: every item's influence by itself."""
    lives = []
    for item in items:
        ends = [r for r in item if KINDS[r['stage']] != 'open']
        lives.append((((ends[0]['stage_date'] if ends else as_of) - item[0]['stage_date']).days, KINDS[ends[0]['stage']] if ends else ''))
    share, stay, out = {'won': Fraction(0), 'lost': Fraction(0)}, Fraction(1), []
    influence = [{'': 0.0, 'won': 0.0, 'lost': 0.0} for _ in lives]
    for t in sorted({t for t, _ in lives}):
        risk = sum(1 for x, _ in lives if x >= t)
        n = {k: sum(1 for x in lives if x == (t, k)) for k in ('won', 'lost', '')}
        hazard = {k: Fraction(n[k], risk) for k in share}
        for (x, k), u in zip(lives, influence):
            own = {c: float(((x, k) == (t, c)) - hazard[c]) / risk if x >= t else 0.0 for c in share}
            for c in share:
                u[c] += u[''] * float(hazard[c]) + float(stay) * own[c]
            u[''] = u[''] * float(1 - sum(hazard.values())) - float(stay) * sum(own.values())
        for c in share:
            share[c] += stay * hazard[c]
        stay *= 1 - sum(hazard.values())
        error = {c: math.sqrt(sum(u[c] ** 2 for u in influence)) for c in share}
        out.append([t, risk, n['won'], n['lost'], n[''], float(share['won']), error['won'], float(share['lost']), error['lost']])
    return out


def curves(items, by, as_of, every):
    out = []
    cohort = lambda i: str(month_ends(i[0]['stage_date'], i[0]['stage_date'].replace(day=28) + 4 * DAY)[0]) if every else ''
    key = lambda i: (i[0][by] if by else '', cohort(i))
    for k in sorted({key(i) for i in items.values()}):
        out += [list(k) + row for row in incidence([i for i in items.values() if key(i) == k], as_of)]
    return out


# ---- whitespace

def make_subscriptions(rng, currencies):
    rows = []
    for i in range(rng.randint(3, 40)):
        start = START + DAY * rng.randint(-100, 150)
        account = 'a%02d' % rng.randint(1, rng.choice([6, 12]))
        for product in rng.sample(['Base', 'Add', 'More', ''], rng.randint(1, 3)):
            rows.append({'account_id': account, 'product': product, 'mrr': '%d.%02d' % (rng.randint(0, 90), rng.randint(0, 99)),
                         'currency': rng.choice(currencies), 'region': rng.choice(['N', 'S']), 'start_date': start,
                         'end_date': '' if rng.random() < .6 else start + DAY * rng.randint(1, 200)})
    return rows


def gaps(rows, by, as_of, fx):
    pays = {}
    for r in rows:
        if r['start_date'] <= as_of and (r['end_date'] == '' or r['end_date'] > as_of):
            held = pays.setdefault((r[by] if by else '', r['account_id']), {})
            v = convert(int(r['mrr'].replace('.', '')) * 10**4, r['currency'], as_of, fx)
            held[r['product']] = held.get(r['product'], 0) + v
    out = []
    for (group, account), held in sorted(pays.items()):
        peers = [h for (g, _), h in pays.items() if g == group and sum(h.values()) > 0]
        if sum(held.values()) <= 0:
            continue
        for product in ('Add', 'Base', 'More'):
            has = sorted(h[product] for h in peers if h.get(product, 0) > 0)
            if held.get(product, 0) > 0 or len(peers) < 5 or 2 * len(has) < len(peers):
                continue
            m = len(has) // 2
            median = has[m] if len(has) % 2 else half_away(Fraction(has[m - 1] + has[m], 2))
            out.append(([group] if by else []) + [account, product, str(len(peers)), str(len(has)), ratio(len(has), len(peers)), text(median)])
    return out


# ---- a run

class Runner:
    def __init__(self, command, folder):
        self.command, self.folder, self.passed, self.failed = command, folder, 0, 0

    def run(self, options, files):
        done = subprocess.run([self.command, '-q', '--allow', 'stale-input'] + options + files, cwd=self.folder, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr

    def check(self, seed, what, options, columns, expected, files=('stages.csv',), same=None):
        found = self.run(options + ['--columns', ','.join(columns)], list(files))
        want = ''.join(','.join(r) + '\n' for r in [columns] + expected)
        again = [self.run(options + ['--columns', ','.join(columns)] + more, list(other)) for more, other in same or []]
        if found == want and all(a == want for a in again):
            self.passed += 1
            return
        self.failed += 1
        print('FAILED seed %d %s: cs-stages %s' % (seed, what, ' '.join(options)))
        for a, b in zip(want.split('\n'), found.split('\n')):
            if a != b:
                print('    expected %s\n    found    %s' % (a, b))
                break
        else:
            print('    in another order of rows: ' + (again[0] if again else found)[:300])


    def check_figures(self, seed, what, options, expected):
        """Rows of two texts and then figures, which may differ in the twelfth digit."""
        found = [r for r in csv.reader(self.run(options, ['stages.csv']).splitlines())][1:]
        width = max(map(len, found), default=0)
        found = [([''] * (11 - width) + r)[:2] + [float(v) for v in r[-9:]] for r in found]
        same = len(found) == len(expected) and all(a[:2] == b[:2] and all(abs(x - y) <= 1e-12 for x, y in zip(a[2:], b[2:])) for a, b in zip(found, expected))
        self.passed += same
        self.failed += not same
        if not same:
            print('FAILED seed %d %s: cs-stages %s' % (seed, what, ' '.join(options)))
            for a, b in zip(expected, found):
                if a != b:
                    print('    expected %s\n    found    %s' % (a, b))


def write(path, rows):
    with open(path, 'w', newline='') as f:
        out = csv.DictWriter(f, list(rows[0]), lineterminator='\n')
        out.writeheader()
        out.writerows(rows)


def shuffled(rng, rows):
    """Rows in another order, but those of one item, day and stage, of which the last of the input holds."""
    keys = [(r['account_id'], r['item_id'], r['stage_date'], r['stage']) for r in rows]
    order = list(range(len(rows)))
    rng.shuffle(order)
    places = {}
    for at, i in enumerate(order):
        places.setdefault(keys[i], []).append(at)
    out = [None] * len(rows)
    taken = {}
    for i, k in enumerate(keys):
        out[places[k][taken.setdefault(k, 0)]] = rows[i]
        taken[k] += 1
    return out


def try_seed(runner, folder, seed):
    rng = random.Random(seed)
    order = make_order(rng)
    fx = rng.random() < .4
    rows = make_rows(rng, order, ['USD', 'EUR', 'GBP'] if fx else ['USD'])
    as_of = START + DAY * rng.choice([30, 90, 120, 180, 365])
    by = rng.choice([None, 'owner', 'owner', 'account_id'])
    items = items_of(rows, order, as_of)
    write(folder + '/stages.csv', rows)
    write(folder + '/mixed.csv', shuffled(rng, rows))
    write(folder + '/pipeline.csv', [{'stage': s, 'order': 3 * i - 2, 'kind': KINDS[s], 'target_days': '' if TARGET.get(s) is None else TARGET[s],
                                      'probability': '' if CHANCE.get(s) is None else '%.6f' % (CHANCE[s] / UNIT)} for s, i in order.items()])
    rates, d = [], datetime.date(2023, 12, 31)
    while d < START + 400 * DAY:
        rates += [{'currency': c, 'date': d.replace(day=1), 'rate': '%d.%04d' % divmod(int((r + Fraction(d.year * 12 + d.month - 24289, 100)) * 10**4), 10**4)}
                  for c, r in RATES.items()]
        d = (d.replace(day=1) + 31 * DAY).replace(day=1)
    write(folder + '/fx.csv', rates)
    options = ['--pipeline', './pipeline.csv', '--as-of', str(as_of)] + (['--by', by] if by else [])
    same = [(['-j3'], ['stages.csv']), ([], ['mixed.csv'])]
    group = [by, 'row'] if by else []
    runner.check(seed, 'report', options, group + REPORT, by_group(items, by, lambda x: report(x, order, as_of)) if items else [], same=same)
    rated = ['--fx', 'fx.csv', '--report-currency', 'USD'] if fx else []
    subscriptions = make_subscriptions(rng, ['USD', 'EUR'] if fx else ['USD'])
    write(folder + '/subs.csv', subscriptions)
    write(folder + '/subs-mixed.csv', rng.sample(subscriptions, len(subscriptions)))
    runner.check(seed, 'flow', ['--flow', '--subscriptions', 'subs.csv'] + options + rated, ['period_end'] + group + FLOW + COUNTED + ['expansion'],
                 flow(items, by, as_of, fx, subscriptions), same=same)

    # a group column that is a column of the table too has by_ before it; --columns takes the first of a name
    names = (['by_' + by] if by else []) + OPEN
    runner.check(seed, 'open', ['--open'] + options + rated, names, open_items(items, order, by, as_of, fx), same=same)
    every = rng.random() < .5
    runner.check_figures(seed, 'incidence', ['--incidence'] + options + (['--cohort-every', 'month'] if every else []), curves(items, by, as_of, every))
    by = rng.choice([None, 'region'])
    runner.check(seed, 'gap', ['--gap', '--as-of', str(as_of)] + rated + (['--by', by] if by else []),
                 ([by] if by else []) + ['account_id', 'product', 'peers', 'have', 'share', 'revenue'],
                 gaps(subscriptions, by, as_of, fx), files=['subs.csv'], same=[([], ['subs-mixed.csv']), (['-j3'], ['subs.csv'])])


def main():
    command, first, last = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(command, folder)
        for seed in range(first, last + 1):
            try_seed(runner, folder, seed)
            if runner.failed > 5:
                break
    print('%d passed, %d failed, 0 skipped' % (runner.passed, runner.failed))
    return 1 if runner.failed else 0


if __name__ == '__main__':
    sys.exit(main())
