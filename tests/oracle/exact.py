# SPDX-License-Identifier: Apache-2.0
"""Exact numbers and time: decimals as whole millionths, instants as milliseconds; no floats."""

import datetime
import re
from fractions import Fraction

INT_MIN, INT_MAX = -2**63, 2**63 - 1
MILLION = 10**6
DAY = 86_400_000
EPOCH = datetime.date(1970, 1, 1)


def divide(a, b):
    """a / b as a whole number, half away from zero."""
    sign = -1 if (a < 0) != (b < 0) else 1
    a, b = abs(a), abs(b)
    return sign * ((2 * a + b) // (2 * b))


def rounded(value, decimals):
    """A Fraction in units of 10^-decimals."""
    value = Fraction(value) * 10**decimals
    return divide(value.numerator, value.denominator)


def written(units, decimals):
    """A count of 10^-decimals as text."""
    if decimals == 0:
        return str(units)
    digits = str(abs(units)).rjust(decimals + 1, "0")
    return ("-" if units < 0 else "") + digits[:-decimals] + "." + digits[-decimals:]


def text_of(value, decimals):
    return written(rounded(value, decimals), decimals)


def decimal(text):
    """The Fraction of a written number such as `0.95`."""
    if not re.fullmatch(r"-?\d+(\.\d{1,6})?", text):
        raise ValueError(f"not a decimal: {text}")
    return Fraction(text)


def day_number(text):
    """Days since 1970-01-01 of `2015-01-31`."""
    return (datetime.date.fromisoformat(text) - EPOCH).days


def day_text(number):
    return (EPOCH + datetime.timedelta(days=number)).isoformat()


def instant(text):
    """Milliseconds of an RFC 3339 time."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?"
                         r"([Zz]|[+-]\d\d:\d\d)", text)
    if not found:
        raise ValueError(f"not an instant: {text}")
    day, hour, minute, second, fraction, zone = found.groups()
    at = ((day_number(day) * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)
    at = at * 1000 + int((fraction or "").ljust(3, "0"))
    return at if zone in "Zz" else at - offset(zone)


def offset(text):
    """Milliseconds of `+08:00`."""
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 60 + int(text[4:6])) * 60_000


def instant_text(at):
    days, rest = divmod(at, DAY)
    rest, milliseconds = divmod(rest, 1000)
    text = f"{day_text(days)}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return text + (f".{milliseconds:03}" if milliseconds else "") + "Z"


def span(text):
    """Milliseconds of `90s`, `10m`, `24h`, `30d`."""
    return int(text[:-1]) * {"s": 1000, "m": 60_000, "h": 3_600_000, "d": DAY}[text[-1]]


WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Calendar:
    """calendar.yaml: zone offsets and work days, as docs/formats/pack.md says."""

    def __init__(self, tree):
        self.first = day_number(tree["covers"]["from"])
        self.last = day_number(tree["covers"]["until"])
        self.offsets = [(instant(one["from"]), offset(one["offset"])) for one in tree["offsets"]]
        work = tree["work_days"]
        self.weekdays = set(work["weekdays"])
        self.holidays = {day_number(day) for day in work.get("holidays") or []}
        self.extra = {day_number(day) for day in work.get("extra") or []}

    def local_day(self, at):
        now = self.offsets[0][1]
        for since, shift in self.offsets:
            if since <= at:
                now = shift
        return (at + now) // DAY

    def day_start(self, day):
        """The instant at which a local day begins."""
        local, found = day * DAY, []
        for i, (since, shift) in enumerate(self.offsets):
            at = local - shift
            begun = i == 0 or at >= since
            if begun and (i + 1 == len(self.offsets) or at < self.offsets[i + 1][0]):
                found.append(at)
        if found:
            return min(found)
        for (_, before), (since, after) in zip(self.offsets, self.offsets[1:]):
            if since + before <= local < since + after:
                return since
        raise ValueError("no such midnight")

    def is_work_day(self, day):
        weekday = WEEKDAYS[(day + 3) % 7]
        if not self.first <= day <= self.last:
            return weekday not in ("sat", "sun")
        if day in self.extra:
            return True
        return day not in self.holidays and weekday in self.weekdays

    def workday_due(self, at, count):
        day = self.local_day(at)
        while count:
            day += 1
            count -= self.is_work_day(day)
        return self.day_start(day + 1)


def wilson_lower(x, n):
    """The lower end of the 95 % interval of x of n, in millionths."""
    low, high = 0, MILLION
    while low < high:  # The test holds from some k on.
        k = (low + high) // 2
        good = n * k >= x * MILLION or \
            10**4 * (x * MILLION - n * k)**2 <= 38416 * n * k * (MILLION - k)
        low, high = (low, k) if good else (k + 1, high)
    return low
