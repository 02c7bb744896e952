"""cs-ingest against a slow reference: discounts off prices and tiers, and pauses, one day at a time.

A random export of items with prices, and of discounts that name an item, a subscription or a customer, becomes
subscriptions by cs-ingest. The reference goes through every day of every item, decides which discounts hold on it and
takes them off as exact fractions; what cs-ingest writes, spread over its days, must be the same. Usage:

    ingest_discounts_slow.py FIRST COUNT      seeds FIRST to FIRST + COUNT - 1; cs-ingest on the PATH
"""
import csv
import datetime
import fractions
import random
import subprocess
import sys
import tempfile

DAY0 = datetime.date(2024, 1, 1)
DAYS = 60  # items and discounts live within these; an open end is the day after the last
MAP = """column,from,transform
map.lookup,discount?,"item=item?:coupon,from=start,to=end"
map.lookup,discount,subscription
map.lookup,discount,customer
map.lookup_all,discount,
%s%smap.lookup,coupon?,"coupon=id:percent,off,duration"
map.discount_start,from,
map.discount_end,to,
account_id,customer,
subscription_id,item,
mrr,%s|less_percent(percent,duration)|less_amount(off,duration)"
start_date,start,
end_date,end,
map.pause_start,pause,
map.pause_end,back,
"""
TIERS = 'map.lookup,tier,"plan=plan:up_to,price=unit,flat"\n'


def text(day):
    return "" if day is None else (DAY0 + datetime.timedelta(day)).isoformat()


def span(r):
    first = r.randrange(DAYS)
    return first, None if r.random() < 0.2 else first + r.randrange(DAYS - first + 1)


def write(folder, name, header, rows):
    with open(f"{folder}/{name}", "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([header, *rows])


def generate(r):
    coupons = []
    for i in range(4):
        percent = r.choice(["", "10", "33", "100", "12.5"])
        off = "" if percent and r.random() < 0.8 else r.choice(["0", "5", "10.01", "70"])
        coupons.append([f"c{i}", percent, off, r.choice(["once", "repeating", "forever", ""])])
    items, discounts = [], []
    for i in range(r.randint(1, 5)):
        first, last = span(r)
        items.append([f"i{i}", f"s{i // 2}", f"a{i // 3}", r.choice(["49", "10.99", "0", "333.333333"]),
                      r.choice(["1", "3", ""]), first, last])
    for i in range(r.randint(0, 7)):
        first, last = span(r)
        one = r.choice(items)
        level = r.randrange(3)
        keys = [one[0] if level == 0 else "", one[1] if level <= 1 and r.random() < 0.9 else "",
                one[2] if level == 2 or r.random() < 0.5 else ""]
        discounts.append([*keys, r.choice(coupons)[0], first, last])
    return coupons, items, discounts


def generate_tiers(r):
    """The tiers of three plans: (up_to, price, flat) ascending, the last without a bound."""
    plans = {}
    for name in "xyz":
        bounds = sorted(r.sample(range(1, 30), r.randrange(4)))
        plans[name] = [(bound, r.choice(["10.00", "8", "0.333333", ""]), r.choice(["", "", "25.5"]))
                       for bound in [*bounds, None]]
    return plans


def tier_price(tiers, model, quantity):
    """Unit by unit: each lies in the tier it reaches, and all lie in that of the last one with volume."""
    def find(unit):
        return next(t for t in tiers if t[0] is None or unit <= t[0])

    def number(t):
        return fractions.Fraction(t or 0)

    last = find(quantity)
    units = [last if model == "volume" else find(u) for u in range(1, quantity + 1)]
    entered = [last] if model == "volume" else tiers[:tiers.index(last) + 1]
    return sum((number(u[1]) for u in units), fractions.Fraction(0)) + sum(number(t[2]) for t in entered)


def level_of(item, discount):
    """The first key that the discount fills, if the item has it."""
    for k in range(3):
        if discount[k]:
            return k if discount[k] == item[k] else None
    return None


def price(item, discounts, coupons, day, besides):
    coupon = {c[0]: c for c in coupons}
    holding = []
    for place, d in enumerate(discounts):
        level = level_of(item, d)
        _, percent, off, duration = coupon[d[3]]
        given = duration != "once" and (percent or off)
        if level is not None and given and d[4] <= day and (d[5] is None or day < d[5]):
            holding.append((level, d[4], place, percent, off))
    extra = sorted(h[1:] for h in holding if besides and h[0] == 0)
    rest = [h for h in holding if not (besides and h[0] == 0)]
    least = min((h[0] for h in rest), default=0)
    left = item[7]
    for _, _, percent, off in extra + sorted(h[1:] for h in rest if h[0] == least):
        if percent:
            left = left * (100 - fractions.Fraction(percent)) / 100
        if off:
            left = max(left - fractions.Fraction(off), 0)
    millionths = left * 1000000
    return int(millionths + fractions.Fraction(1, 2))


def run(seed, folder):
    r = random.Random(seed)
    besides = r.random() < 0.5
    coupons, items, discounts = generate(r)
    model, plans = r.choice([None, "volume", "graduated"]), generate_tiers(r)
    for item in items:
        pause = span(r) if r.random() < 0.4 else (None, r.choice([None, 3]))
        quantity = r.randrange(40)
        plan = r.choice("xyz")
        if model:
            item[3], item[4] = plan, quantity
            item.append(tier_price(plans[plan], model, quantity))
        else:
            item.append(fractions.Fraction(item[3]) * (int(item[4]) if item[4] else 1))
        item.extend(pause)
    tiers = [[name, *(("" if c is None else c) for c in t)] for name in plans for t in plans[name]]
    r.shuffle(tiers)
    write(folder, "tiers.csv", "plan up_to unit flat".split(), tiers)
    write(folder, "items.csv", "item subscription customer PRICE quantity start end pause back".replace("PRICE", "plan" if model else "price").split(),
          [[*i[:5], text(i[5]), text(i[6]), text(i[8]), text(i[9])] for i in items])
    write(folder, "discounts.csv", "item subscription customer coupon start end".split(),
          [[*d[:4], text(d[4]), text(d[5])] for d in discounts])
    write(folder, "coupons.csv", "id percent off duration".split(), coupons)
    with open(f"{folder}/map.csv", "w") as f:
        f.write(MAP % (TIERS if model else "", "map.lookup_besides,discount,\n" if besides else "",
                       f'quantity,"tiers(tier,{model})' if model else 'price,"times(quantity)'))
    out = subprocess.run(["cs-ingest", "-q", "subscriptions", "--map", "./map.csv", "--no-source", "--lookup",
                          "discount=discounts.csv", "--lookup", "coupon=coupons.csv", *(["--lookup", "tier=tiers.csv"] if model else []), "items.csv"],
                         cwd=folder, capture_output=True, text=True)
    if out.returncode:
        return out.stderr
    found, rows = {}, list(csv.DictReader(out.stdout.splitlines()))
    for row in rows:
        first = (datetime.date.fromisoformat(row["start_date"]) - DAY0).days
        last = (datetime.date.fromisoformat(row["end_date"]) - DAY0).days if row["end_date"] else DAYS + 1
        for day in range(first, last):
            if (row["subscription_id"], day) in found:
                return f"{row['subscription_id']}: two rows for {text(day)}"
            found[row["subscription_id"], day] = int(fractions.Fraction(row["mrr"]) * 1000000)
    wanted = {(i[0], day): price(i, discounts, coupons, day, besides)
              for i in items for day in range(i[5], DAYS + 1 if i[6] is None else i[6])
              if i[8] is None or day < i[8] or (i[9] is not None and day >= i[9])}
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            return f"{key[0]} on {text(key[1])}: expected {wanted.get(key)}, found {found.get(key)}"
    for a, b in zip(rows, rows[1:]):
        if a["subscription_id"] == b["subscription_id"] and a["end_date"] == b["start_date"] and a["mrr"] == b["mrr"]:
            return f"{a['subscription_id']}: two rows that are one"
    return None


def main():
    failed, count = 0, int(sys.argv[2])
    for seed in range(int(sys.argv[1]), int(sys.argv[1]) + count):
        with tempfile.TemporaryDirectory() as folder:
            wrong = run(seed, folder)
        if wrong:
            failed += 1
            print(f"FAILED ingest_discounts_slow.py: seed {seed}: {wrong}")
    print(f"{count - failed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
