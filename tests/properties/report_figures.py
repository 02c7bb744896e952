"""The lists and pages of one night against its tables: report_figures.py CS-REPORT NIGHT WORK.

Every figure is computed again from the cells, with decimals, and compared as it is printed. Then the tables get
names as hostile as they come, and the night is made once more."""
import csv, datetime, decimal, glob, html.parser, os, re, shutil, subprocess, sys, unicodedata
from decimal import Decimal

command, night, work = sys.argv[1:]
TODAY = datetime.date(2024, 12, 31)
passed = failed = 0


def check(what, found, want=True):
    global passed, failed
    if found == want:
        passed += 1
    else:
        failed += 1
        print(f'FAILED report: {what}: expected {str(want)[:400]}, found {str(found)[:400]}')


def table(name, folder=night):
    with open(f'{folder}/{name}.csv', newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def text(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


class Cells(html.parser.HTMLParser):
    """The rows of every table, as texts of cells; the facts of every dl; the answers."""
    TEXTS = ('td', 'th', 'dt', 'dd', 'p', 'h1', 'h2', 'small', 'span')

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.sections, self.rows, self.facts, self.answers, self.into = {}, [], [], [], None
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == 'section':
            self.rows = self.sections.setdefault(attributes.get('id'), [])
        if tag == 'tr':
            self.rows.append([])
        if tag in ('td', 'th') and self.rows:
            self.into = self.rows[-1]
            self.into.append('')
        elif tag in ('dt', 'dd'):
            self.into = self.facts
            self.into.append('')
        elif tag == 'p':
            self.into = self.answers
            self.into.append('')
        elif tag == 'br' and self.into:
            self.into[-1] += '\n'
        elif tag in ('caption', 'style', 'title', 'desc', 'h2', 'figcaption', 'a'):
            self.into = self.into if tag == 'a' else None

    def handle_endtag(self, tag):
        if tag in ('td', 'th', 'p', 'table', 'section', 'dl'):
            self.into = None

    def handle_data(self, data):
        if self.into:
            self.into[-1] += data


# ---- numbers as they are printed ----

def rounded(value, places=0):
    return Decimal(value).quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)


def money(value):
    return f'{rounded(value):,}'.replace('-', '−')


def change(value):
    value = rounded(value)
    return '0' if value == 0 else f'{"+" if value > 0 else "−"}{abs(value):,}'


def percent(value):
    return f'{rounded(Decimal(value) * 100, 1)}%'.replace('-', '−')


def points(value):
    value = rounded(Decimal(value) * 100, 1)
    return f'{"+" if value > 0 else "−" if value < 0 else ""}{abs(value)}\u00a0pp'


def day(value):
    d = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value[:10])
    return f'{d.day} {d:%b %Y}'


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


customers, accounts = table('customers'), {r['account_id']: r for r in table('accounts')}
metrics = {}
for row in table('metrics'):
    metrics.setdefault(row['account_id'], {})[row['period']] = row
tonight = {a: m[TODAY.isoformat()] for a, m in metrics.items() if TODAY.isoformat() in m}
scores = {r['account_id']: r for r in table('customer_scores') if r['period'] == TODAY.isoformat()}
flags, book, milestones = table('flags'), table('book'), table('milestones')
touchpoints, contacts, explain = table('touchpoints'), table('contacts'), table('explain')
active = {a for a, r in tonight.items() if r['active'] == '1'}
owner_of = {a: r['csm'] for a, r in accounts.items()}
listed = [r for r in customers if r['row'] == 'customer']
owners = sorted({r['csm'] for r in customers if r['row'] == 'total'})
SEVERITIES = ['critical', 'high', 'medium', 'low', 'info']


# ---- digests ----

def totals(name):
    return {r['period_end']: r for r in table(name) if r['row'] == 'total' and r['complete'] == 'yes'}


def digest_rows(owner):
    """What stands in the tables of a digest, row by row: columns and what is beneath the first."""
    months = totals('bridge')
    now, before, year = (months[d] for d in ('2024-12-31', '2024-11-30', '2023-12-31'))
    rows = []
    for name, column in (('ARR, USD', 'arr'), ('NRR', 'nrr'), ('GRR', 'grr'), ('Logo retention', 'logo_retention')):
        row = [name, money(now[column]) if column == 'arr' else percent(now[column])]
        for then in (before, year):
            d = Decimal(now[column]) - Decimal(then[column])
            row.append(points(d) if column != 'arr' else ('+' if d > 0 else '') + percent(d / Decimal(then[column])))
        rows.append(row)
    quarter = list(totals('quarters').values())[-1]
    for name, column in (('Opening', 'opening'), ('New', 'new'), ('Reactivation', 'reactivation'), ('Upsell', 'upsell'),
                         ('Cross-sell', 'cross_sell'), ('Contraction', 'contraction'), ('Churn', 'churn'),
                         ('Exchange rates', 'fx'), ('Transfer', 'transfer'), ('Rounding', 'rounding'), ('Closing', 'closing')):
        level = column in ('opening', 'closing')
        if level or Decimal(quarter[column] or 0):
            rows.append([name, money(quarter[column]) if level else change(quarter[column])])
    movers = [r for r in table('movers') if r['account_id']]
    for sign in (1, -1):
        side = [r for r in movers if Decimal(r['amount']) * sign > 0][:3]
        rows += [[accounts[r['account_id']]['name'] + '\n' + r['account_id'], change(r['amount'])] for r in side]
    mine = [r for r in listed if owner is None or r['csm'] == owner]
    mine.sort(key=lambda r: (not (int(r['new']) > 0 or (r['days_to_renewal'] != '' and int(r['days_to_renewal']) <= 30)),
                             SEVERITIES.index(r['severity']), -Decimal(r['mrr']), r['account_id']))
    for r in mine[:8]:
        phrases = [r[f'text_{k}'] for k in (1, 2, 3) if r[f'text_{k}']]
        days = r['days_to_renewal']
        rows.append([r['name'] + '\n' + r['csm'], money(r['mrr']), '' if days == '' else days + (' day' if days == '1' else ' days'),
                     scores[r['account_id']]['band'], '; '.join(phrases)])
    return rows, len(mine)


def check_digest(folder, name, owner):
    want, n = digest_rows(owner)
    rows = [[c.strip('\n') for c in r] for r in Cells(text(f'{folder}/{name}.html')).rows if r]
    found = [r for r in rows if len(r) > 1 and r[0] not in ('', 'Customer')] # a row of one cell is layout
    check(f'{name}.html: its rows', [r[:len(w)] for r, w in zip(found, want)], want)
    check(f'{name}.html: how many', len(found), len(want))
    check(f'{name}.html: customers', f'>{min(n, 8)} of {n} customers who need somebody<' in text(f'{folder}/{name}.html'))
    plain = ' '.join(text(f'{folder}/{name}.txt').split())
    for row in want:
        for cell in row[:1] + row[1:]:
            for part in cell.split('\n'):
                check(f'{name}.txt: {part}', ' '.join(part.split()) in plain)
    check(f'{name}.html: its size', len(text(f'{folder}/{name}.html').encode()) < 60000)


check_digest(night, 'digest', None)
for owner in owners:
    check_digest(night, 'owners/' + owner.replace(' ', '~20') + '.digest', owner)


# ---- the morning list ----

morning = text(f'{night}/morning.txt')
for owner in owners:
    block = morning[morning.index(f'\n{owner}: '):].split('\n\n')[0]
    total = next(r for r in customers if r['csm'] == owner and r['row'] == 'total')
    check(f'morning, {owner}', block.lstrip().split('\n')[0],
          f'{owner}: {total["customers"]} customers, {money(total["mrr"])} a month, {total["new"] or 0} with something new')
    said = ' '.join(block.split())
    for r in [r for r in listed if r['csm'] == owner][:5]:
        a = r['account_id']
        days = r['days_to_renewal']
        line = f'{r["rank"]} {r["name"]} {a} {money(r["mrr"])} '
        line += '' if days == '' else days + (' day ' if days == '1' else ' days ')
        line += f'{scores[a]["band"]} {money(scores[a]["score"])} {scores[a]["vector"]}'
        phrases = '; '.join([r[f'text_{k}'] for k in (1, 2, 3) if r[f'text_{k}']] + ([f'{r["more"]} more'] if r['more'] != '0' else []))
        check(f'morning, {a}', ' '.join(f'{line} {phrases} > {r["play"]}'.split()) in said)


# ---- agendas ----

def next_month(d, months):
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    for last in (d.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, min(d.day, last))
        except ValueError:
            pass


def due():
    """(owner, day, account, text) of everything up to seven days ahead."""
    date = datetime.date.fromisoformat
    for r in book:
        amount = (f', {money(r["due_mrr"])} a month' if r['due_mrr'] else '') + (', ' + r['buying_center'] if r['buying_center'] else '')
        if r['due_date'] and date(r['due_date']) > TODAY:
            yield date(r['due_date']), r['account_id'], 'renewal' + amount
        if r['notice_date'] and date(r['notice_date']) >= TODAY:
            yield date(r['notice_date']), r['account_id'], 'last day to give notice' + amount
    for r in milestones:
        if r['due_date'] and not (r['done_date'] and date(r['done_date']) <= TODAY):
            yield date(r['due_date']), r['account_id'], f'milestone: {r["milestone"]}' + (f' ({r["owner"]})' if r['owner'] else '')
    last = {}
    for r in touchpoints:
        d = date(r['event_time'][:10])
        if r['forum'] and d <= TODAY:
            key = r['account_id'], r['forum']
            last[key] = max(last.get(key, d), d)
    for (account, forum), d in last.items():
        after = d + datetime.timedelta(7) if forum == 'weekly' else next_month(d, {'monthly': 1, 'quarterly': 3, 'yearly': 12}[forum])
        yield after, account, forum + ' contact'
    opened = {}
    for r in flags:
        if r['change'] == 'opened' and r['play']:
            opened.setdefault(r['account_id'], []).append(r)
    for account, mine in opened.items():
        gravest = min(mine, key=lambda r: SEVERITIES.index(r['severity']))
        more = len(mine) - 1
        said = gravest['play'] + (f' ({gravest["owner"]})' if gravest['owner'] else '')
        yield TODAY, account, said + (f'; {more} more new flag' + ('s' if more > 1 else '') if more else '')


def agenda_items(path):
    """The lines that are listed, with their day; each owner's counts."""
    items, counts, owner, late, at = [], {}, None, False, None
    for line in text(path).split('\n'):
        head = re.match(r'(.*): (\d+) due by .*, (\d+) overdue$', line)
        if head:
            owner, late = head[1], False
            counts[owner] = int(head[2]), int(head[3])
        elif line.startswith('  Overdue'):
            late = True
        elif re.fullmatch(r'(Today|\d{1,2} [A-Z][a-z]{2} \d{4}|) +', line[2:15]) and line[:2] == '  ' and line[15:16] not in ('', ' '):
            at = line[2:15].strip() or at
            items.append([owner, TODAY if at == 'Today' else datetime.datetime.strptime(at, '%d %b %Y').date(), line[42:54].strip(), line[55:]])
        elif line.startswith(' ' * 55) and items:
            items[-1][3] += ' ' + line.strip()
    return [tuple(i) for i in items], counts


end = TODAY + datetime.timedelta(7)
everything = [(owner_of[a], d, a, ' '.join(what.split())) for d, a, what in due() if a in active and d <= end]
for path, wanted in [(f'{night}/agenda.txt', owners)] + [(f'{night}/owners/{o.replace(" ", "~20")}.agenda.txt', [o]) for o in owners]:
    items, counts = agenda_items(path)
    name = os.path.basename(path)
    check(f'{name}: whose', sorted(counts), wanted)
    for o in wanted:
        mine = [i for i in everything if i[0] == o]
        ahead, late = sorted(i for i in mine if i[1] >= TODAY), sorted(i for i in mine if i[1] < TODAY)
        check(f'{name}, {o}: how many', counts.get(o), (len(ahead), len(late)))
        check(f'{name}, {o}: what is due', sorted(i for i in items if i[0] == o and i[1] >= TODAY), ahead)
        shown = [i for i in items if i[0] == o and i[1] < TODAY]
        check(f'{name}, {o}: what is overdue', len(shown) == min(10, len(late)) and all(i in late for i in shown))
        check(f'{name}, {o}: the latest first', [i[1] for i in shown], sorted((i[1] for i in late), reverse=True)[:10])


# ---- pages of accounts ----

def bare(t):
    return t.replace('_', ' ')


def short_value(v):
    try:
        return f'{rounded(v, 2):,f}'.rstrip('0').rstrip('.') if '.' in f'{rounded(v, 2):f}' else money(v)
    except decimal.InvalidOperation:
        return v


def rows_of(page, section):
    rows = [[c.strip('\n') for c in r] for r in page.sections.get(section, []) if r]
    return rows


pages = sorted(glob.glob(f'{night}/accounts/*.html'))
check('there are pages of accounts', len(pages) > 20)
for path in pages:
    a = os.path.basename(path)[:-5]
    page, source = Cells(text(path)), text(path)
    facts = dict(zip(page.facts[::2], page.facts[1::2]))
    mrr = tonight[a]['mrr'] if a in tonight else ''
    check(f'{a}: MRR', facts.get('MRR'), money(mrr) if mrr != '' else None)
    check(f'{a}: who', facts.get('Looked after by'), owner_of[a] or None)
    if a in scores:
        check(f'{a}: health', facts['Health'], ' · '.join([f'{scores[a]["band"]} {rounded(scores[a]["score"], 1)}'] + [v for v in [scores[a]['vector']] if v]))
    mine = [r for r in flags if r['account_id'] == a and r['status'] == 'open']
    mine.sort(key=lambda r: (r['change'] != 'opened', SEVERITIES.index(r['severity']), [-ord(c) for c in r['since']]))
    check(f'{a}: flags', rows_of(page, 'wrong')[1:],
          [[('NEW ' if r['change'] == 'opened' else '') + bare(r['flag']), r['severity'], day(r['since']), r['text'] or r['value'], r['play'],
            r['owner']] for r in mine])
    lost = sorted((r for r in explain if r['account_id'] == a and r['points_lost']), key=lambda r: -Decimal(r['points_lost']))
    check(f'{a}: points', rows_of(page, 'points')[1:],
          [[bare(r['measure']), short_value(r['value']), str(rounded(r['points_given'], 1)), str(rounded(r['points_lost'], 1))] for r in lost])
    people = [[r['name'] or r['contact_id'], bare(r['role']), r['level'], r['start_date'] and day(r['start_date']),
               r['end_date'] and day(r['end_date']), r['sentiment']] for r in contacts if r['account_id'] == a]
    check(f'{a}: people', [r for r in rows_of(page, 'who')[1:1 + len(people)]], people)
    check(f'{a}: its size', len(source.encode()) < 30000)
    days = [datetime.datetime.strptime(r[0], '%d %b %Y') for r in rows_of(page, 'time')[1:] if r[0]]
    check(f'{a}: newest first', days, sorted(days, reverse=True))
    moved = [r for r in rows_of(page, 'time') if len(r) > 2 and r[2].endswith(' USD')]
    listed_moves = [change(r['amount']) + ' ' + r['currency'] for r in table('movements')
                    if r['account_id'] == a and r['effective_date'] <= TODAY.isoformat()]
    check(f'{a}: movements', all(m[2] in listed_moves for m in moved))


# ---- the tracker ----

tracker = table('tracker')
check('tracker: a row for each customer', [r['account_id'] for r in tracker], sorted(active))
for r in tracker:
    a = r['account_id']
    opened = [f for f in flags if f['account_id'] == a and f['status'] == 'open']
    worst = min(opened, key=lambda f: SEVERITIES.index(f['severity'])) if opened else None
    met = [t['event_time'][:10] for t in touchpoints if t['account_id'] == a and t['event_time'][:10] <= TODAY.isoformat()]
    check(f'tracker, {a}',
          [r[c] for c in ('owner', 'name', 'mrr', 'score', 'band', 'trend', 'churn_3m_amount', 'open_flags', 'worst_flag', 'last_contact')],
          [owner_of[a], accounts[a]['name'], tonight[a]['mrr'], scores[a]['score'], scores[a]['band'], scores[a]['vector'],
           scores[a]['churn_3m_amount'], str(len(opened)), worst['flag'] if worst else '', max(met, default='')])


# ---- rules for all of them, and hostile names ----

def files_of(folder):
    return [p for e in ('html', 'txt') for p in glob.glob(f'{folder}/**/*.{e}', recursive=True)]


def check_rules(folder):
    for path in files_of(folder):
        name, source = os.path.relpath(path, folder), text(path)
        if path.endswith('.txt'):
            check(f'{name}: 100 columns', max(map(width, source.split('\n'))) <= 100)
            check(f'{name}: no tab', '\t' not in source)
        else:
            check(f'{name}: no script', re.search(r'<script|<img|<iframe|https?:|url\(|@import|\son\w+\s*=', source), None)
        check(f'{name}: a real minus', re.search(r'[> (]-\d', source) and re.search(r'[> (]-\d', source)[0], None)
        check(f'{name}: no number that is none', re.search(r'\b(nan|inf)\b', source), None)
        check(f'{name}: turns nothing round', re.search('[\u202a-\u202e]', source), None)


check_rules(night)
hostile = f'{work}/hostile'
shutil.copytree(night, hostile)
names = ['<script>alert(1)</script>"\'&', '\u202eevil', 'x' * 10000, 'שלום', '=1+1', '日本語の会社']
chosen = {r['account_id']: names[i % len(names)] for i, r in enumerate(listed[:60])}
for name, columns in (('customers', ['name', 'text_1', 'play']), ('accounts', ['name', 'note', 'segment']), ('contacts', ['name', 'level']),
                      ('milestones', ['milestone']), ('outcomes', ['outcome', 'target']), ('flags', ['play', 'text']),
                      ('tickets', ['tags'])):
    rows = table(name, hostile)
    for row in rows:
        for column in columns:
            if row['account_id'] in chosen and column in row:
                row[column] = chosen[row['account_id']]
    with open(f'{hostile}/{name}.csv', 'w', newline='', encoding='utf-8') as f:
        writer = csv.DictWriter(f, rows[0].keys(), lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
for path in files_of(hostile):
    os.remove(path)
run = subprocess.run([command, 'night', '--quiet', '--company', '</title><script>x', hostile], capture_output=True, text=True)
check('hostile names are taken', (run.returncode, run.stderr), (0, ''))
check('as many files', len(files_of(hostile)), len(files_of(night)))
check_rules(hostile)
digest = text(f'{hostile}/digest.html')
check('a name is shown as it is', any('&lt;script&gt;alert(1)&lt;/script&gt;' in text(p) for p in files_of(hostile) if p.endswith('.html')))

# ---- without people ----

run = subprocess.run([command, 'night', '--quiet', '--no-people', night], capture_output=True, text=True)
check('without people', (run.returncode, run.stderr), (0, ''))
people = {r['name'] for r in contacts if r['name']}
for path in files_of(night):
    source = text(path)
    check(f'{os.path.relpath(path, night)}: names no contact', people & set(re.findall(r'>([^<>\n]+)\s*<', source)), set())

print(f'{passed} passed, {failed} failed, 0 skipped')
sys.exit(failed > 0)
