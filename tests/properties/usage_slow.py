"""A slow cs-usage, for random streams: every figure is computed from the list of events, day by day and user by user, without a
thing in common with lib/usage. Arguments: the command, how many seeds, the first seed."""

import csv
import datetime
import io
import math
import random
import subprocess
import sys

DAY = datetime.timedelta(days=1)
FEATURES = [("a", "alpha", "value", "use", ""), ("b", "beta", "new", "use", "2024-02-01"), ("c", "gamma", "value", "start", ""),
            ("d", "gamma", "value", "finish", ""), ("e", "gamma", "value", "error", ""), ("f", "beta", "new", "ticket", "")]


def make(rng):
    accounts = ["A", "B", 'C "x"', "D,e"][: rng.randint(1, 4)]
    users = [(rng.choice(accounts), "u%d" % rng.randint(0, 5)) for _ in range(rng.randint(1, 9))]
    span = rng.choice([5, 40, 150, 300])
    events = []
    for _ in range(rng.randint(0, 220)):
        account, user = rng.choice(users)
        day = datetime.datetime(2024, 1, 1) + DAY * rng.randint(0, span)
        bare = rng.random() < 0.2
        at = day if bare else day + datetime.timedelta(minutes=rng.randint(0, 1439), seconds=rng.randint(0, 59))
        event = rng.choice(["a", "b", "c", "d", "e", "f", "z", "a"])
        if rng.random() < 0.1 and events:
            at, bare = events[-1][2], events[-1][4]
        events.append((account, user, at, event, bare))
    rng.shuffle(events)
    as_of = datetime.date(2024, 1, 1) + DAY * rng.randint(span // 2, span + 60)
    return accounts, events, as_of


def table(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def share(a, b):
    if b == 0:
        return ""
    micro = (2 * a * 1000000 + b) // (2 * b)
    return "%d.%06d" % (micro // 1000000, micro % 1000000)


def near(text, value):
    if value is None:
        return text == ""
    return text != "" and math.isclose(float(text), value, rel_tol=1e-9, abs_tol=1e-12)


class Slow:
    def __init__(self, events, as_of):
        self.as_of = as_of
        self.kind = {f[0]: f[3] for f in FEATURES}
        self.name = {f[0]: f[1] for f in FEATURES}
        self.events = [e for e in events if e[2].date() <= as_of]
        self.users = sorted({e[:2] for e in self.events if self.of(e) != "ticket"}, key=lambda u: (u[0].encode(), u[1].encode()))
        self.days = {u: sorted({e[2].date() for e in self.events if e[:2] == u and self.of(e) != "ticket"}) for u in self.users}

    def of(self, e):
        return self.kind.get(e[3], "use")

    def feature(self, e):
        return self.name.get(e[3], e[3])

    def seen(self, user, start, end):
        """Days in (start, end]."""
        return [d for d in self.days[user] if start < d <= end]

    def state(self, user, day, expect):
        if self.days[user][0] > day:
            return None
        now, before = self.seen(user, day - DAY * expect, day), self.seen(user, day - DAY * 2 * expect, day - DAY * expect)
        if not now:
            return "at_risk" if before else "dormant"
        if self.days[user][0] > day - DAY * expect:
            return "new"
        return "current" if before else "returning"

    def sessions(self, user, gap):
        times = sorted(e[2] for e in self.events if e[:2] == user and self.of(e) != "ticket")
        return sum(1 for i, t in enumerate(times) if i == 0 or t - times[i - 1] >= gap)

    def user_rows(self, expect, gap):
        for u in self.users:
            mine = [e for e in self.events if e[:2] == u and self.of(e) != "ticket"]
            all_ = [e for e in self.events if e[0] == u[0] and self.of(e) != "ticket"]
            used = {self.feature(e) for e in mine if self.of(e) not in ("error", "ticket")}
            yield [u[0], u[1], str(self.days[u][0]), str(self.days[u][-1])] + [
                str(len(self.seen(u, self.as_of - DAY * n, self.as_of))) for n in (7, 30, 90)
            ] + [str(len(used)), str(self.sessions(u, gap)), str(len(mine)), self.state(u, self.as_of, expect), share(len(mine), len(all_))]

    def lifecycle_rows(self, expect):
        if not self.days:
            return
        begin = min(d[0] for d in self.days.values())
        month = begin.replace(day=1)
        while True:
            after = (month + DAY * 32).replace(day=1)
            end = after - DAY
            if end > self.as_of:
                return
            states = [self.state(u, end, expect) for u in self.users]
            count = [states.count(k) for k in ("new", "returning", "current", "at_risk", "dormant")]
            daily = sum(len({u for u in self.users if end - DAY * k in self.days[u]}) for k in range(28))
            wau = len([u for u in self.users if self.seen(u, end - DAY * 7, end)])
            mau = len([u for u in self.users if self.seen(u, end - DAY * 28, end)])
            week, four = begin <= end - DAY * 6, begin <= end - DAY * 27
            yield [str(month), str(end), str(sum(count[:3]))] + [str(n) for n in count] + [
                share(daily, 28) if four else "", str(wau) if week else "", str(mau) if four else "",
                share(daily, 28 * mau) if four else ""]
            month = after

    def together_rows(self, window, least):
        start = self.as_of - DAY * window
        users = [u for u in self.users if self.seen(u, start, self.as_of)]
        used = {}
        for e in self.events:
            if self.of(e) not in ("error", "ticket") and start < e[2].date():
                used.setdefault(self.feature(e), set()).add(e[:2])
        names = sorted((f for f in used if len(used[f]) >= least), key=lambda f: f.encode())
        rows = {}
        for i, f in enumerate(names):
            for g in names[i + 1:]:
                a, b, both, n = len(used[f]), len(used[g]), len(used[f] & used[g]), len(users)
                rows[f, g] = (n, a, b, both, self.p(n, a, b, both))
        return rows

    @staticmethod
    def p(n, a, b, both):
        cells = [(a, b), (n - a, b), (a, n - b), (n - a, n - b)]
        if any(x * y < 5 * n for x, y in cells):
            def chance(x):
                return math.comb(a, x) * math.comb(n - a, b - x)
            low, high = max(0, a + b - n), min(a, b)
            this = chance(both)
            return sum(chance(x) for x in range(low, high + 1) if chance(x) <= this * (1 + 1e-7)) / math.comb(n, b)
        d = both * n - a * b
        return math.erfc(math.sqrt(n * d * d / (a * b * (n - a) * (n - b)) / 2))

    def struggle_rows(self, window, within):
        names = sorted({self.feature(e) for e in self.events}, key=lambda f: f.encode())
        for f in names:
            mine = [e for e in self.events if self.feature(e) == f]
            tried = {}
            for e in mine:
                if self.of(e) not in ("error", "ticket"):
                    tried.setdefault(e[:2], set()).add(e[2].date())
            over = {u: sorted(d) for u, d in tried.items() if min(d) + DAY * window <= self.as_of}
            back = sorted((d[1] - d[0]).days for d in over.values() if len(d) > 1 and d[1] <= d[0] + DAY * window)
            middle = None if not back else (back[(len(back) - 1) // 2] + back[len(back) // 2]) / 2
            kinds = [self.of(e) for e in mine]
            uses, errors, tickets = sum(k not in ("error", "ticket") for k in kinds), kinds.count("error"), kinds.count("ticket")
            starts = abandoned = 0
            last = datetime.datetime.combine(self.as_of + DAY, datetime.time())
            for e in mine:
                if self.of(e) != "start" or e[2] + within > last:
                    continue
                starts += 1
                abandoned += not any(self.of(x) == "finish" and x[:2] == e[:2] and e[2] <= x[2] <= e[2] + within for x in mine)
            yield f, [len(tried), len(back), len(over) - len(back), len(tried) - len(over)], share(len(back), len(over)), middle, [uses, errors, tickets, starts, abandoned], share(abandoned, starts)

    def funnel_rows(self, steps, within):
        reached = [{} for _ in steps]

        def walk(user, k, before, used, start):
            """The earliest moments are enough, as a later step may begin whenever an earlier one could."""
            t = before
            options = sorted(i for i, e in enumerate(self.events) if e[:2] == user and e[3] == steps[k] and i not in used and e[2] >= t and e[2] <= start + within)
            if not options:
                return
            i = min(options, key=lambda i: self.events[i][2])
            hours = (self.events[i][2] - start).total_seconds() / 3600
            if user not in reached[k] or reached[k][user][0] > start:
                reached[k][user] = (start, hours)
            if k + 1 < len(steps):
                walk(user, k + 1, self.events[i][2], used | {i}, start)

        for i, e in enumerate(self.events):
            if e[3] == steps[0]:
                u = e[:2]
                if u not in reached[0] or reached[0][u][0] > e[2]:
                    reached[0][u] = (e[2], 0.0)
                walk(u, 1, e[2], {i}, e[2])
        for k, event in enumerate(steps):
            hours = sorted(h for _, h in reached[k].values())
            middle = None if not hours else (hours[(len(hours) - 1) // 2] + hours[len(hours) // 2]) / 2
            yield [str(k + 1), event, len(reached[k]), len({u[0] for u in reached[k]})], middle


def curve(times):
    """Kaplan and Meier by fractions of what is left: [(time, share still without)]."""
    left, out = 1.0, []
    for t in sorted({t for t, _ in times}):
        risk, events = sum(x >= t for x, _ in times), sum(x == t and e for x, e in times)
        left *= 1 - events / risk
        out.append((t, left))
    return out


def adoption(slow, accounts, signup, level):
    """Of accounts or users: by feature, what cs-usage says of all of them."""
    names = sorted({slow.feature(e) for e in slow.events}, key=lambda f: f.encode())
    released = {f[1]: datetime.date.fromisoformat(f[4]) for f in FEATURES if f[4]}
    for f in names:
        times, kept = [], {True: [0, 0], False: [0, 0]}
        everyone = {e[:2] for e in slow.events}
        for who in sorted({u[0] for u in everyone}) if level == "account" else sorted(everyone):
            users = [u for u in slow.users if u[0] == who] if level == "account" else [who] if who in slow.days else []
            days = sorted(d for u in users for d in slow.days[u])
            start = signup.get(who) if level == "account" else None
            start = start or (days[0] if days else None)
            if not start:
                continue
            start = max(start, released.get(f, start))
            if start > slow.as_of:
                continue
            uses = [e[2].date() for e in slow.events if e[:2] in users and slow.feature(e) == f and slow.of(e) not in ("error", "ticket")]
            first = min(uses) if uses else None
            times.append((max(0, (first - start).days) if first else (slow.as_of - start).days, bool(first)))
            if start + DAY * 120 <= slow.as_of:
                early = bool(first) and first <= start + DAY * 30
                kept[early][0] += 1
                kept[early][1] += any(start + DAY * 92 < d <= start + DAY * 120 for d in days)
        steps = curve(times)
        shares = [None if not times or n > steps[-1][0] else 1 - min([1.0] + [v for t, v in steps if t <= n]) for n in (30, 90, 180, 365)]
        yield f, [len(times), sum(e for _, e in times)], shares, kept


def check(command, seed):
    rng = random.Random(seed)
    accounts, events, as_of = make(rng)
    rows = [["account_id", "user_id", "event_time", "event"]] + [
        [e[0], e[1], str(e[2].date()) if e[4] else e[2].strftime("%Y-%m-%dT%H:%M:%SZ"), e[3]] for e in events]
    data = table(rows)
    with open("features.csv", "w") as f:
        f.write(table([["event", "feature", "class", "kind", "released"]] + FEATURES))
    slow = Slow(events, as_of)

    def run(*options):
        words = [command, "-q", "--as-of", str(as_of), "--features", "features.csv", "--allow", "stale-input", "-j", str(rng.choice([1, 4])), *options]
        done = subprocess.run(words, input=data, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError("%s: %s" % (words, done.stderr))
        return list(csv.DictReader(io.StringIO(done.stdout))), list(csv.reader(io.StringIO(done.stdout)))[1:]

    def same(what, found, expected):
        if found != expected:
            raise AssertionError("seed %d, %s:\nfound    %r\nexpected %r" % (seed, what, found, expected))

    name, expect = rng.choice([("daily", 1), ("weekly", 7), ("monthly", 28)])
    gap = rng.choice([1, 30, 120])
    same("users", run("--expect", name, "--session-gap", str(gap))[1], list(slow.user_rows(expect, datetime.timedelta(minutes=gap))))
    same("lifecycle", run("--expect", name, "--lifecycle")[1], list(slow.lifecycle_rows(expect)))
    power = {int(r["active_days"]): int(r["users"]) for r in run("--power")[0]}
    counts = [len(slow.seen(u, as_of - DAY * 28, as_of)) for u in slow.users]
    same("power", power, {k: counts.count(k) for k in range(29)})
    window, least = rng.choice([7, 28, 90]), rng.choice([1, 2, 3])
    pairs = run("--together", "--window", "%dd" % window, "--min-users", str(least))[0]
    expected = slow.together_rows(window, least)
    same("pairs", {(r["feature_a"], r["feature_b"]): (int(r["users"]), int(r["users_a"]), int(r["users_b"]), int(r["users_both"])) for r in pairs}, {k: v[:4] for k, v in expected.items()})
    ordered = sorted(expected.values(), key=lambda v: v[4])
    for r in pairs:
        p = expected[r["feature_a"], r["feature_b"]][4]
        q = min([1.0] + [len(ordered) * v[4] / sum(x[4] <= v[4] * (1 + 1e-12) for x in ordered) for v in ordered if v[4] >= p * (1 - 1e-12)])
        if not near(r["p"], p) or not near(r["q"], q):
            raise AssertionError("seed %d: %r: expected p %r, q %r" % (seed, r, p, q))
    hours = rng.choice([1, 3, 30])
    struggle = run("--struggle", "--window", "%dd" % window, "--within", "%dd" % hours)[0]
    expected = list(slow.struggle_rows(window, DAY * hours))
    same("features", [r["feature"] for r in struggle if r["row"] == "feature"], [x[0] for x in expected])
    for r, (f, a, s, middle, b, g) in zip(struggle, expected):
        same("struggle " + f, [int(r[k]) for k in ("tried", "came_back", "never_came_back", "window_running")] + [r["came_back_share"]] + [int(r[k]) for k in ("uses", "errors", "tickets", "starts", "abandoned")] + [r["abandoned_share"]], a + [s] + b + [g])
        if not near(r["median_days_to_second"], middle):
            raise AssertionError("seed %d: %r: expected median %r" % (seed, r, middle))
    signup = {a: datetime.date(2024, 1, 1) + DAY * rng.randint(-20, 60) for a in accounts if rng.random() < .7}
    with open("accounts.csv", "w") as f:
        f.write(table([["account_id", "signup_date"]] + [[a, str(signup.get(a, ""))] for a in accounts]))
    rows = run("--adoption", "--accounts", "accounts.csv")[0]
    for level in ("account", "user"):
        found = [r for r in rows if r["of"] == level]
        for r, (f, counts, shares, kept) in zip(found, adoption(slow, accounts, signup, level)):
            same("adoption of %s by %s" % (f, level), [r["feature"], int(r["subjects"]), int(r["adopted"])], [f] + counts)
            same("kept", [int(r["by_day_30"]), r["by_day_30_kept"], int(r["not_by_day_30"]), r["not_by_day_30_kept"]], [kept[True][0], share(kept[True][1], kept[True][0]), kept[False][0], share(kept[False][1], kept[False][0])])
            for name, value in zip(("adopted_30d", "adopted_90d", "adopted_180d", "adopted_365d"), shares):
                if not near(r[name], value):
                    raise AssertionError("seed %d: %r: expected %s %r" % (seed, r, name, value))
    steps = [rng.choice("abcdz") for _ in range(rng.randint(2, 4))]
    funnel = run("--funnel", ",".join(steps), "--within", "%dd" % hours)[0]
    for r, (head, middle) in zip(funnel, slow.funnel_rows(steps, DAY * hours)):
        same("funnel %s" % steps, [r["step"], r["event"], int(r["users"]), int(r["accounts"])], head)
        if not near(r["median_hours"], middle):
            raise AssertionError("seed %d: funnel %s: %r: expected median %r" % (seed, steps, r, middle))


def main(command, seeds, first):
    failed = 0
    for seed in range(first, first + seeds):
        try:
            check(command, seed)
        except AssertionError as why:
            failed += 1
            print("FAILED usage: %s" % why)
            if failed == 3:
                break
    print("%d passed, %d failed, 0 skipped" % (seeds - failed if failed < 3 else 0, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
