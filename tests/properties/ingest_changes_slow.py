"""cs-ingest against a slow reference: a log of plan changes, one day at a time.

What a log says holds until its next row. The reference asks of every day which row was the last; what cs-ingest writes,
spread over its days, must be the same, and the rows must add up. Usage:

    ingest_changes_slow.py FIRST COUNT      seeds FIRST to FIRST + COUNT - 1; cs-ingest on the PATH
"""
import csv
import datetime
import random
import subprocess
import sys
import tempfile

DAY0 = datetime.date(2024, 1, 1)
DAYS = 40
MAP = """column,from,transform
map.shape,changes,
map.kind,event,"rename(pause=paused,quote=not_started,*=recurring)"
map.cancelled,event,"rename(cancel=true,*=false)"
account_id,customer,
subscription_id,sub,
product,product,
plan,plan,
mrr,price,
start_date,day,
"""
HEADER = ["customer", "sub", "product", "plan", "price", "day", "event"]


def generate(r):
    rows = []
    for _ in range(r.randint(1, 14)):
        event = r.choice(["start", "change", "change", "cancel", "pause", "quote"])
        price = r.choice(["10.00", "10.00", "20.50", "0", "", "-1"] if r.random() < 0.3 else ["10.00", "20.50"])
        rows.append([r.choice("AB"), r.choice(["s", "t", ""]), r.choice("xy"), r.choice("pq"), price,
                     (DAY0 + datetime.timedelta(r.randrange(DAYS))).isoformat(), event])
    return rows


def expect(rows):
    """The plan and price of each log on each day, and how many rows are used, set aside and rejected."""
    logs, counts = {}, {"used": 0, "aside": 0, "rejected": 0}
    for customer, sub, product, plan, price, day, event in rows:
        if event in ("pause", "quote"):
            counts["aside"] += 1
            if event == "quote":
                continue
            price = "0"
        elif event == "cancel":
            counts["used"] += 1
            price = "0"
        elif price in ("", "-1"):
            counts["rejected"] += 1
            continue
        else:
            counts["used"] += 1
        log = (customer, sub, "" if sub else product)
        logs.setdefault(log, []).append((day, (customer, sub, product, plan, float(price))))
    out = {}
    for log, changes in logs.items():
        for i in range(DAYS + 1):
            day = (DAY0 + datetime.timedelta(i)).isoformat()
            before = [c for c in changes if c[0] <= day]
            if before:
                last = max(c[0] for c in before)
                what = [c for c in before if c[0] == last][-1][1]
                if what[4]:
                    out.setdefault(day, []).append(what)
    return {day: sorted(v) for day, v in out.items()}, counts


def found(folder):
    done = subprocess.run(["cs-ingest", "subscriptions", "-q", "--no-source", "--map", "./map.csv", "--rejects", "bad.csv",
                           "--manifest", "totals.csv", "log.csv"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return done.stderr, {}
    out, counts = {}, {"used": 0, "aside": 0, "rejected": 0}
    for row in csv.DictReader(done.stdout.splitlines()):
        what = (row["account_id"], row["subscription_id"], row["product"], row["plan"], float(row["mrr"]))
        for i in range(DAYS + 1):
            day = (DAY0 + datetime.timedelta(i)).isoformat()
            if row["start_date"] <= day and (not row["end_date"] or day < row["end_date"]):
                out.setdefault(day, []).append(what)
    with open(f"{folder}/totals.csv", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if row["item"] == "rows":
                key = "aside" if row["key"].startswith("set aside") else row["key"].split(":")[0]
                if key in counts:
                    counts[key] += int(row["value"])
    return {day: sorted(v) for day, v in out.items()}, counts


def check(seed):
    rows = generate(random.Random(seed))
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/map.csv", "w", encoding="utf-8") as f:
            f.write(MAP)
        with open(f"{folder}/log.csv", "w", newline="", encoding="utf-8") as f:
            csv.writer(f, lineterminator="\n").writerows([HEADER, *rows])
        got, want = found(folder), expect(rows)
    return None if got == want else f"{rows}\nexpected {want}\nfound {got}"


def main():
    failed, count = 0, int(sys.argv[2])
    for seed in range(int(sys.argv[1]), int(sys.argv[1]) + count):
        wrong = check(seed)
        if wrong:
            failed += 1
            print(f"FAILED ingest_changes_slow.py: seed {seed}: {wrong}")
    print(f"{count - failed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
