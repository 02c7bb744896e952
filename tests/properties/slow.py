"""Money and months as the slow references count them: whole millionths, months as numbers."""
import datetime

UNIT = 10**6
DAY = datetime.timedelta(1)


def half_away(a, b=1):
    """a / b to a whole number, half away from zero; a may be a fraction."""
    if b < 0:
        a, b = -a, -b
    q = (2 * abs(a) + b) // (2 * b)
    return -q if a < 0 else q


def fixed(v):
    """Six decimals, as ratios are printed; nothing for None."""
    return '' if v is None else '%s%d.%06d' % ('-' if v < 0 else '', abs(v) // UNIT, abs(v) % UNIT)


def text(v):
    """Money as the tables have it: two decimals at least."""
    s = fixed(v)
    while s.endswith('0') and len(s) - s.index('.') > 3:
        s = s[:-1]
    return s


def month_of(d):
    return d.year * 12 + d.month - 1


def first_of(m):
    return datetime.date(m // 12, m % 12 + 1, 1)


def last_of(m):
    return first_of(m + 1) - DAY
