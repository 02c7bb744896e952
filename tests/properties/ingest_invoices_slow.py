"""cs-ingest against a slow reference: invoice lines and their credits, a quarter of a day at a time.

A random export of lines, of which some give back what others charged, becomes subscriptions by cs-ingest. The reference
spreads each line over its quarter days as exact fractions, lets each credit take from them as cs-tables(5), CREDITS,
says, and prices what is left; what cs-ingest writes, spread over its days, must be the same, and so must the
control totals. Usage:

    ingest_invoices_slow.py FIRST COUNT      seeds FIRST to FIRST + COUNT - 1; cs-ingest on the PATH
"""
import calendar
import csv
import datetime
import fractions
import random
import subprocess
import sys
import tempfile

F = fractions.Fraction
DAY0 = datetime.date(2023, 1, 1)
QUARTERS = 4  # of a day: the moments that lines begin and end at
MAP = """column,from,transform
map.shape,invoice_lines,
map.negative,%s,
map.kind,type,"rename(sub=recurring,vat=tax)"
map.line,invoice,
map.line,number,
map.credit_of,of_invoice,
map.credit_of,of_number,
account_id,customer,
currency,currency,
product,product,
plan,plan,
map.amount,amount,
start_date,from,timestamp
end_date,to,timestamp
"""
HEADER = ["invoice", "number", "of_invoice", "of_number", "customer", "currency", "product", "plan", "type", "amount",
          "from", "to"]


def add_months(day, n):
    d = DAY0 + datetime.timedelta(day)
    y, m = divmod(d.year * 12 + d.month - 1 + n, 12)
    return (datetime.date(y, m + 1, min(d.day, calendar.monthrange(y, m + 1)[1])) - DAY0).days


def whole_months(start, end):
    return next((n for n in range(1, 40) if add_months(start, n) == end or add_months(end, -n) == start), 0)


def rounded(value, digits):
    """Half away from zero."""
    scaled = abs(value) * 10 ** digits
    n = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return F(n if value >= 0 else -n, 10 ** digits)


def text(quarter):
    if quarter is None:
        return ""
    moment = datetime.datetime(2023, 1, 1) + datetime.timedelta(hours=6 * quarter)
    return moment.strftime("%Y-%m-%d" if quarter % QUARTERS == 0 else "%Y-%m-%dT%H:%M:%SZ")


def make_period(r):
    start = r.randrange(120)
    if r.random() < 0.7:
        end = add_months(start, r.choice([1, 1, 1, 2, 3, 6]))
        if r.random() < 0.2:  # a part that ends with it
            start += r.randrange(1, end - start)
    else:
        end = start + r.randint(1, 45)
    start, end = start * QUARTERS, end * QUARTERS
    if r.random() < 0.15:
        start = min(start + r.randrange(QUARTERS), end - QUARTERS)
        end += r.randrange(QUARTERS)
    return start, end


def make_credit(r, lines):
    """What a billing system gives back: all the unused time of a line, a part of its price, or anything at all."""
    lines = [line for line in lines if line["from"] is not None and F(line["amount"] or 0) > 0]
    if not lines or r.random() < 0.15:
        start, end = make_period(r)
        return None, start, end, F(r.randint(1, 9000), 100)
    line = r.choice(lines)
    start, end = line["from"], line["to"]
    if r.random() < 0.6 and end - start > QUARTERS:
        start = r.randrange(start, end - QUARTERS + 1)
        start -= r.choice([0, start % QUARTERS])
    if r.random() < 0.2:
        end += r.randrange(60 * QUARTERS)
    share = F(line["amount"]) * max(0, min(end, line["to"]) - max(start, line["from"])) / (line["to"] - line["from"])
    amount = share if r.random() < 0.6 else share * r.choice([F(1, 2), F(1, 3), F(3, 2), F(99, 100)])
    amount = rounded(amount, 0 if line["currency"] == "JPY" else 2) + F(r.choice([0, 0, 0, 1, -1, 2]), 100)
    return line, start, end, max(amount, F(1, 100))


def make_part(r, of):
    """A seat added within the term of a line, or the days before or behind it at the same price."""
    start, end = (of[k] // QUARTERS for k in ("from", "to"))
    days = r.randint(1, 25)
    first, last = r.choice([(end - r.randint(1, end - start), end), (start - days, start), (end, end + days)])
    price = F(of["amount"]) / (whole_months(start, end) or 1)
    amount = price / share_of_month(first, last) + F(r.choice([0, 0, 1, -1, 2]), 100)
    amount = max(rounded(amount, 0 if of["currency"] == "JPY" else 2), F(1, 100))
    return first * QUARTERS, last * QUARTERS, amount


def make_sum(r, lines, of):
    """All that the lines of a group charge, to a few cents."""
    lines = [line for line in lines if line["from"] is not None and F(line["amount"] or 0) > 0 and
             all(line[k] == of[k] for k in ("customer", "currency", "product"))]
    amount = sum(F(line["amount"]) for line in lines) + F(r.choice([0, 1, -1, 2, -2, 3, -3, 5]), 100)
    return min(line["from"] for line in lines), max(line["to"] for line in lines), max(amount, F(1, 100))


def generate(r):
    lines = []
    for i in range(r.randint(1, 9)):
        start, end = make_period(r)
        currency = r.choice(["USD", "USD", "JPY"])
        line = {"invoice": f"i{r.randrange(3)}", "number": r.choice([str(i), str(i), str(i), "7", ""]),
                "of_invoice": "", "of_number": "", "customer": r.choice("AAB"), "currency": currency,
                "product": r.choice(["p", "p", "q"]), "plan": r.choice("xy"),
                "type": r.choice(["sub"] * 8 + ["vat"]),
                "amount": r.choice(["100.00", "30.01", "0.00", "49.99", "1200", "0.07"]), "from": start, "to": end}
        charges = [o for o in lines if o["from"] is not None and F(o["amount"] or 0) > 0 and
                   whole_months(*(o[k] // QUARTERS for k in ("from", "to")))]
        if charges and r.random() < 0.1:
            of = r.choice(charges)
            start, end, amount = make_sum(r, lines, of)
            line.update({"amount": str(float(-amount)), "from": start, "to": end})
            line.update({k: of[k] for k in ("customer", "currency", "product")})
        elif lines and r.random() < 0.45:
            of, start, end, amount = make_credit(r, lines)
            line.update({"amount": str(float(-amount)), "from": start, "to": end})
            if of:
                line.update({k: of[k] for k in ("customer", "currency", "product")})
            if of and r.random() < 0.3:
                line.update({"of_invoice": of["invoice"], "of_number": r.choice([of["number"], "99"]),
                             "product": r.choice(["p", "q"])})
                if r.random() < 0.5:
                    line["from"] = line["to"] = None
        elif charges and r.random() < 0.3:
            of = r.choice(charges)
            start, end, amount = make_part(r, of)
            line.update({"amount": str(float(amount)), "from": start, "to": end})
            line.update({k: of[k] for k in ("customer", "currency", "product")})
        elif r.random() < 0.1:
            line["from"] = line["to"] = None
        elif r.random() < 0.05:
            line["to"] = line["from"] - QUARTERS
        elif r.random() < 0.05:
            line["amount"] = ""
        lines.append(line)
    return lines


def sort_out(lines, negative):
    """Which lines take part, and the totals of the others."""
    rows = {"used": [], "aside": [], "rejected": []}
    seen = set()
    for place, line in enumerate(lines):
        amount = F(line["amount"] or 0)
        line.update({"place": place, "value": amount, "digits": 0 if line["currency"] == "JPY" else 2,
                     "key": (line["customer"], line["currency"], line["invoice"], line["number"])})
        named = line["of_invoice"] and line["of_number"]
        days = None if line["from"] is None else (line["from"] // QUARTERS, line["to"] // QUARTERS)
        line["days"] = days
        if line["type"] == "vat":
            what = "aside"
        elif days and days[1] < days[0]:
            what = "rejected"
        elif amount < 0 and negative == "reject" and days and days[0] != days[1]:
            what = "rejected"
        elif not days and amount < 0 and named:
            what = "used"
        elif not days or days[0] == days[1]:
            what = "aside"
        else:
            what = "used" if line["amount"] else "rejected"
        if what == "used" and line["number"]:
            key = (line["invoice"], line["number"])
            what = "rejected" if key in seen else "used"
            seen.add(key)
        rows[what].append(line)
    return rows


def carried(line, start, end):
    return sum(line["now"].get(q, 0) for q in range(start, end))


def take_back(credit, used, negative):
    """Lets a credit take from its lines; what it was netted with, the rest, and whether it is rejected."""
    amount, start, end = -credit["value"], credit["from"], credit["to"]
    lines = [line for line in used if line["value"] > 0]
    if credit["of_invoice"] and credit["of_number"]:
        lines = [line for line in lines if line["number"] and line["key"] == credit["named"]]
    else:
        group = ("customer", "currency", "product")
        lines = [line for line in lines if all(line[k] == credit[k] for k in group)]
    if start is None:
        return F(0), amount, True
    lines.sort(key=lambda line: (line["from"], line["to"], line["place"]))
    lines = [line for line in lines if carried(line, start, end)]
    minor = F(1, 10 ** credit["digits"])
    exact = [line for line in lines if abs(carried(line, start, end) - amount) <= minor]
    lines = exact[:1] or lines
    there = sum((carried(line, start, end) for line in lines), F(0))
    whole = lines and abs(there - amount) <= minor * len(lines)
    rest = F(0) if whole or amount <= there else amount - there
    if rest and negative == "net":
        return F(0), rest, True
    for line in lines:
        for q in range(max(start, line["from"]), min(end, line["to"])):
            line["now"][q] *= 0 if whole or rest else 1 - amount / there
    return (there - amount if whole else F(0)), rest, False


def share_of_month(start, end):
    n = max(n for n in range(0, 40) if add_months(end, -n) >= start)
    anchor = add_months(end, -n)
    month = anchor - add_months(end, -n - 1)
    return F(month, n * month + anchor - start)


def monthly(line, used):
    """The MRR of time that is not taken back, and what it was before rounding. `used`: the lines it may go with."""
    start, end = line["days"]
    n = whole_months(start, end)
    if n:
        return rounded(line["value"] / n, 6), line["value"] / n
    share = share_of_month(start, end)
    exact = line["value"] * share
    mrr = rounded(exact, line["digits"])
    group = ("customer", "currency", "product")
    whole = [o for o in used if o["value"] > 0 and all(o[k] == line[k] for k in group) and whole_months(*o["days"])]
    whole.sort(key=lambda o: (o["from"], o["to"], o["place"]))
    terms = [o for o in whole if o["days"][1] == end and o["days"][0] < start]
    if line["value"] > 0 and terms:
        last = max(o["days"][0] for o in terms)
        term = next(o for o in terms if o["days"][0] == last)
        first, last = term["days"]
        exact = line["value"] * (last - first) / (end - start) / whole_months(first, last)
        return rounded(exact, line["digits"]), exact
    half = F(1, 2 * 10 ** line["digits"])
    joined = [o for o in whole if o["days"][0] == end] + [o for o in whole if o["days"][1] == start]
    for other in joined if line["value"] > 0 else []:
        whole_mrr = rounded(other["value"] / whole_months(*other["days"]), 6)
        if abs(whole_mrr - mrr) <= half * share + half:
            return whole_mrr, exact
    return mrr, exact


def spread(out, line, start, end, mrr):
    for day in range(start, end):
        key = tuple(line[k] for k in ("customer", "currency", "product", "plan")) + (day,)
        out[key] = out.get(key, 0) + mrr


def expect(lines, negative):
    """MRR by key and day, and the control totals."""
    rows = sort_out(lines, negative)
    used = rows["used"]
    totals = {"amounts read": sum((line["value"] for line in lines), F(0))}
    for line in used:
        if line["value"] > 0:
            quarters = range(line["from"], line["to"])
            line["was"] = line["value"] / len(quarters)
            line["now"] = dict.fromkeys(quarters, line["was"])
    by_key = {line["key"]: line for line in used if line["value"] >= 0 and line["number"]}
    credits = [line for line in used if line["value"] < 0]
    for credit in credits:
        credit["named"] = (credit["customer"], credit["currency"], credit["of_invoice"], credit["of_number"])
        if credit["from"] is None and credit["named"] in by_key:
            of = by_key[credit["named"]]
            credit.update({k: of[k] for k in ("from", "to", "days")})
    credits.sort(key=lambda c: (c["customer"], c["currency"], c["from"] or -1, c["to"] or -1, c["place"]))
    out, netted, rests = {}, F(0), F(0)
    for credit in credits:
        more, rest, rejected = take_back(credit, used, negative)
        if rejected:
            rows["rejected"].append(credit)
            used.remove(credit)
            continue
        netted += more
        rests -= rest
        if rest:
            start, end = credit["days"]
            n = whole_months(start, end)
            mrr = rounded(-rest / n, 6) if n else rounded(-rest * share_of_month(start, end), credit["digits"])
            spread(out, credit, start, end, mrr)
    for line in [line for line in used if line["value"] >= 0]:
        price(out, line, used if negative != "reject" else [])
    for what, name in (("used", "used"), ("aside", "set aside"), ("rejected", "rejected")):
        totals[f"amounts {name}"] = sum((line["value"] for line in rows[what]), F(0))
    if negative != "reject":
        kept = sum((sum(line["now"].values()) for line in used if line["value"] > 0), F(0))
        totals.update({"carried": kept, "netted": netted, "rests of credits": rests})
        assert kept + netted + rests == totals["amounts used"]
    return out, {key: rounded(value, 6) for key, value in totals.items()}


def price(out, line, used):
    mrr, exact = monthly(line, used) if line["value"] or whole_months(*line["days"]) else (F(0), F(0))
    if line["value"] == 0:
        return
    quarters = sorted(line["now"])
    at = 0
    while at < len(quarters):
        left = line["now"][quarters[at]] / line["was"]
        to = at
        while to < len(quarters) and line["now"][quarters[to]] / line["was"] == left:
            to += 1
        all_of_it = to - at == len(quarters) and whole_months(*line["days"])
        pays = mrr if left == 1 else rounded(exact * left, 6 if all_of_it else line["digits"])
        if left:
            spread(out, line, quarters[at] // QUARTERS, (quarters[to - 1] + 1) // QUARTERS, pays)
        at = to


def found(folder):
    """What cs-ingest wrote, spread over its days, and the control totals; a text where it failed."""
    done = subprocess.run(["cs-ingest", "subscriptions", "-q", "--map", "./map.csv", "--rejects", "bad.csv",
                           "--manifest", "totals.csv", "lines.csv"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return done.stderr, {}
    out = {}
    for row in csv.DictReader(done.stdout.splitlines()):
        start, end = ((datetime.date.fromisoformat(row[k]) - DAY0).days for k in ("start_date", "end_date"))
        line = {"customer": row["account_id"], **row}
        spread(out, line, start, end, F(row["mrr"]))
    with open(f"{folder}/totals.csv", encoding="utf-8") as f:
        totals = {row["key"]: F(row["value"]) for row in csv.DictReader(f) if row["item"] == "money"}
    return out, totals


def check(seed):
    r = random.Random(seed)
    negative = ["net", "allow", "reject"][seed % 3]
    lines = generate(r)
    with tempfile.TemporaryDirectory() as folder:
        text_map = MAP % negative
        if negative == "reject":
            text_map = "".join(row for row in text_map.splitlines(True) if not row.startswith("map.credit_of"))
            for line in lines:
                line["of_invoice"] = ""
        with open(f"{folder}/map.csv", "w", encoding="utf-8") as f:
            f.write(text_map)
        with open(f"{folder}/lines.csv", "w", newline="", encoding="utf-8") as f:
            shown = [[text(line[k]) if k in ("from", "to") else line[k] for k in HEADER] for line in lines]
            csv.writer(f, lineterminator="\n").writerows([HEADER, *shown])
        got, got_totals = found(folder)
        want, want_totals = expect(lines, negative)
        if isinstance(got, dict):
            got = {k: v for k, v in got.items() if v}
        want = {k: v for k, v in want.items() if v}
        same = got == want and all(got_totals.get(k, None) == v for k, v in want_totals.items())
        if not same:
            print(f"seed {seed} ({negative}):")
            print(open(f"{folder}/lines.csv", encoding="utf-8").read())
            if not isinstance(got, dict):
                print(got)
            else:
                for key in sorted(set(got) | set(want)):
                    if got.get(key) != want.get(key):
                        print(key, "found", float(got.get(key, 0)), "expected", float(want.get(key, 0)))
                        break
                print({k: (float(got_totals.get(k, 0)), float(v)) for k, v in want_totals.items()
                       if got_totals.get(k) != v})
    return same


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    failed = [seed for seed in range(first, first + count) if not check(seed)]
    print(f"{count - len(failed)} passed, {len(failed)} failed, 0 skipped")
    return bool(failed)


sys.exit(main())
