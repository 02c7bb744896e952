#!/usr/bin/env python3
"""Writes lines.csv, random invoice lines, and out, their MRR by exact fractions: what the command must print.

Whole months (the end is the start plus n months, or the start the end less n months): amount / n, to a millionth. Else n
whole months counted back from the end and a part of d days, of a month of D days: amount x D / (n x D + d), to a cent. Within
one month that is amount x D / d.
"""
import calendar
import datetime
import random
from fractions import Fraction

random.seed(361.29)


def add_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def round_half_away(value, unit):
    units = (abs(value) / unit + Fraction(1, 2)).__floor__()
    return (-units if value < 0 else units) * unit


def find_mrr(amount, start, end):
    for n in range(1, 60):
        if add_months(start, n) == end or add_months(end, -n) == start:
            return round_half_away(amount / n, Fraction(1, 1000000))
    n = 0
    while add_months(end, -(n + 1)) >= start:
        n += 1
    anchor = add_months(end, -n)
    month = (anchor - add_months(end, -n - 1)).days
    return round_half_away(amount * month / (n * month + (anchor - start).days), Fraction(1, 100))


def show(value):
    millionths = abs(value) * 1000000
    text = "%d.%06d" % divmod(int(millionths), 1000000)
    while text.endswith("0") and len(text) - text.index(".") > 3:
        text = text[:-1]
    return ("-" if value < 0 else "") + text


with open("lines.csv", "w") as lines, open("out", "w") as out:
    lines.write("customer,amount,from,to\n")
    out.write("account_id,mrr,start_date,end_date,source\n")
    for i in range(300):
        start = datetime.date(2020, 1, 1) + datetime.timedelta(random.randrange(1800))
        end = add_months(start, random.randrange(1, 26))
        if random.random() < 0.6:
            end = start + datetime.timedelta(random.randrange(1, random.choice([32, 500])))
        amount = Fraction(random.randrange(-100000, 5000000), 100)
        lines.write("A-%d,%s,%s,%s\n" % (i, show(amount), start, end))
        out.write("A-%d,%s,%s,%s,lines.csv:%d\n" % (i, show(find_mrr(amount, start, end)), start, end, i + 2))
