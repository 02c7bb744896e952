"""cs-ingest against Python's zoneinfo: the day of a moment on the clock of a time zone.

Usage: ingest_zones_slow.py FIRST COUNT     seeds FIRST to FIRST + COUNT - 1; cs-ingest on the PATH
"""
import csv
import datetime
import random
import subprocess
import sys
import tempfile
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MAP = "column,from,transform\nmap.zone,%s,\naccount_id,id,\nsignup_date,at,epoch\nrenewal_date,text,timestamp\n"
ODD = ["America/New_York", "Europe/Berlin", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
       "America/Sao_Paulo", "Asia/Gaza", "Africa/Casablanca", "Asia/Jerusalem", "America/Nuuk", "Antarctica/Troll"]


def moments(r, zone):
    """Seconds since 1970: anywhere, about midnights there, and about its changes of the clock."""
    for _ in range(40):
        yield r.randrange(-3_000_000_000, 4_200_000_000)
    for _ in range(80):
        day = EPOCH + datetime.timedelta(r.randrange(-30000, 50000))
        local = datetime.datetime(day.year, day.month, day.day, tzinfo=zone)
        yield int((local - EPOCH).total_seconds()) + r.choice([-7200, -3600, -1800, -1, 0, 1, 1800, 3600])


def check(seed):
    r = random.Random(seed)
    known = sorted(zoneinfo.available_timezones())
    name = r.choice(ODD if seed % 2 else [z for z in known if "/" in z and not z.startswith(("posix", "right"))])
    zone = zoneinfo.ZoneInfo(name)
    at = list(moments(r, zone))
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/map.csv", "w", encoding="utf-8") as f:
            f.write(MAP % name)
        with open(f"{folder}/raw.csv", "w", encoding="utf-8") as f:
            f.write("id,at,text\n")
            for i, second in enumerate(at):
                moment = EPOCH + datetime.timedelta(seconds=second)
                f.write(f"{i},{second},{moment.strftime('%Y-%m-%dT%H:%M:%SZ') if moment.year > 1000 else ''}\n")
        done = subprocess.run(["cs-ingest", "-q", "accounts", "--no-source", "--map", "./map.csv", "raw.csv"], cwd=folder,
                              capture_output=True, text=True)
    if done.returncode:
        return f"{name}: {done.stderr}"
    for row in csv.DictReader(done.stdout.splitlines()):
        moment = EPOCH + datetime.timedelta(seconds=at[int(row["account_id"])])
        want = moment.astimezone(zone).date().isoformat()
        if row["signup_date"] != want or row["renewal_date"] != want:
            return f"{name}: {moment}: expected {want}, found {row['signup_date']} and {row['renewal_date']}"
    return None


def main():
    failed, count = 0, int(sys.argv[2])
    for seed in range(int(sys.argv[1]), int(sys.argv[1]) + count):
        wrong = check(seed)
        if wrong:
            failed += 1
            print(f"FAILED ingest_zones_slow.py: seed {seed}: {wrong}")
    print(f"{count - failed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
