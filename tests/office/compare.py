"""What tests/office/run needs of a workbook.

compare.py forget A.xlsx B.xlsx    copies A without the results that are stored beside its formulas
compare.py sheets DIR TABLES       holds the recalculated sheets in DIR against the tables in TABLES
"""
import csv
import os
import re
import sys
import zipfile
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
wrong = {}  # by what was held


def forget(source, target):
    """Prints how many formulas each sheet has."""
    formulas = []
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                text, n = re.subn(r"(</f>)<v>[^<]*</v>", r"\1<v>0</v>", data.decode())
                formulas.append(n)
                data = re.sub(r' t="str"(>|[^>]*>)(<f>)', r"\1\2", text).encode()
            new.writestr(item, data)
    print(*formulas)


def check(name, ok, why=""):
    wrong.setdefault(name, 0)
    wrong[name] += not ok
    if not ok and wrong[name] <= 5:
        print("FAILED office %s: %s" % (name, why))


def read(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.reader(f))


def number(text):
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)


RATIOS = re.compile(r"^(nrr|grr|logo_retention|quick_ratio|.*_rate|.*_share)$")
WHOLE = re.compile(r".*_(logos|lines)$")
AMOUNT = re.compile(r"^-?[0-9]+\.[0-9]{2,6}$")


def same(column, cell, want, most=CENT / 2):
    """A cell beside the text of the table: texts as they are, amounts to the cent, ratios to the millionth."""
    if cell == want:
        return True
    try:
        found, right = number(cell), Decimal(want)
    except ArithmeticError:
        return False
    if RATIOS.match(column):
        return abs(found - right) <= Decimal("0.00000051")
    if WHOLE.match(column):
        return found == right
    return AMOUNT.match(want) is not None and abs(found - right) <= most


def plain(sheet, table, name):
    """A sheet that is its table: a note, the names, the rows."""
    check(name + " names", sheet[1] == table[0], sheet[1])
    check(name + " rows", len(sheet) == len(table) + 1, "%d of %d" % (len(sheet) - 2, len(table) - 1))
    for at, (cells, want) in enumerate(zip(sheet[2:], table[1:]), 2):
        for column, cell, value in zip(table[0], cells, want):
            check(name, same(column, cell, value), "row %d, %s: expected %s, found %s" % (at, column, value, cell))


def bridge(sheet, table, detail):
    """Movements are sums over Detail: to the cent of each row that was rounded."""
    head, movements = table[0], {}
    for row in detail[1:]:
        key = (row[detail[0].index("period_end")], row[detail[0].index("movement")])
        movements[key] = movements.get(key, 0) + 1
    check("Bridge names", sheet[1] == head + ["closing_reported", "rounding_up_to", "check"], sheet[1])
    check("Bridge rows", len(sheet) == len(table) + 1)
    # of seven movements, the closing and the check; fx of a group is no sum where an account without one moved
    with open("formulas", encoding="ascii") as f:
        check("Bridge formulas", int(f.read().split()[0]) >= 8 * (len(table) - 1))
    for at, (cells, want) in enumerate(zip(sheet[2:], table[1:]), 2):
        for column, cell, value in zip(head, cells, want):
            rows = movements.get((want[head.index("period_end")], column), 0)
            most = CENT / 2 * (rows + 1)
            if column == "closing":
                most = Decimal(cells[len(head) + 1])
            check("Bridge", same(column, cell, value, most), "row %d, %s: expected %s, found %s" % (at, column, value, cell))
        check("Bridge check", cells[len(head) + 2] == "ok", "row %d: %s" % (at, cells[len(head) :]))
        closing = Decimal(want[head.index("closing")]).quantize(CENT, ROUND_HALF_UP)
        check("Bridge closing", number(cells[len(head)]) == closing, "row %d: %s" % (at, cells[len(head)]))


def cohort(sheet, metrics, table):
    head = metrics[0]
    account, period = head.index("account_id"), head.index("period")
    opening, closing = head.index("mrr_year_ago"), head.index("mrr")
    last = max(row[period] for row in metrics[1:])
    want = [r for r in metrics[1:] if r[period] == last and r[opening] and Decimal(r[opening]) > 0]
    check("Cohort rows", len(sheet) == len(want) + 5, "%d of %d" % (len(sheet) - 5, len(want)))
    for cells, row in zip(sheet[5:], want):
        for at, value in ((0, row[account]), (2, row[opening]), (3, row[closing] or "0.00")):
            check("Cohort", same("amount", cells[at], value), "%s: expected %s, found %s" % (row[account], value, cells[at]))
        check("Cohort kept", number(cells[4]) == min(number(cells[2]), number(cells[3])), row[account])
    total = [r for r in table[1:] if r[table[0].index("row")] == "total" and r[table[0].index("period_end")] == last]
    for at, figure in ((1, "nrr"), (2, "grr")):
        right = Decimal(total[0][table[0].index(figure)])
        check("Cohort " + figure, abs(number(sheet[at][2]) - right) < Decimal("0.0001"), sheet[at])
        check("Cohort " + figure + " check", sheet[at][4] == "ok", sheet[at])


def definitions(sheet, manifests):
    want = [[path] + row for path in manifests for row in read(path)[1:]]
    check("Definitions rows", len(sheet) == len(want) + 2)
    for cells, row in zip(sheet[2:], want):
        check("Definitions", cells == row, "expected %s, found %s" % (row, cells))


def sheets(folder, tables):
    os.chdir(tables)
    sheet = {n: read("%s/recalculated-%s.csv" % (folder, n)) for n in
             ("Bridge", "Detail", "Cohort", "Renewals", "Tie-out", "Definitions")}
    table = {n: read(n + ".csv") for n in ("bridge", "detail", "metrics", "renewals", "tie_out")}
    bridge(sheet["Bridge"], table["bridge"], table["detail"])
    with open("all_formulas", encoding="ascii") as f:
        found = f.read().split()[0]
        check("Bridge formulas without groups", found == "27", "%s of 27" % found)
    plain(sheet["Detail"], table["detail"], "Detail")
    plain(sheet["Renewals"], table["renewals"], "Renewals")
    plain(sheet["Tie-out"], table["tie_out"], "Tie-out")
    cohort(sheet["Cohort"], table["metrics"], table["bridge"])
    definitions(sheet["Definitions"], ["ingest.manifest.csv", "bridge.manifest.csv"])
    failed = sum(n > 0 for n in wrong.values())
    print("%d passed, %d failed, 0 skipped" % (len(wrong) - failed, failed))
    return failed > 0


if sys.argv[1] == "forget":
    forget(sys.argv[2], sys.argv[3])
else:
    sys.exit(sheets(sys.argv[2], sys.argv[3]))
