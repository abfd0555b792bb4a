"""When a recurring event takes place (RFC 5545 section 3.8.5), at a cost known before it is spent; pure.

Days are computed by dateutil in the event's own wall-clock time, so that a meeting at seven stays at seven when the
clocks change. recurring-ical-events, which tests compare this with, follows a rule from its first day however long ago
that is, and gives occurrences changed by ``THISANDFUTURE`` one and the same identity.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from heapq import merge
from itertools import islice

from dateutil.rrule import rrulestr

_MICROSECONDS = {"DAILY": 4, "WEEKLY": 10, "MONTHLY": 15, "YEARLY": 40}  # that dateutil takes for one period, measured
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_ERA = timedelta(days=146_097)  # 400 years: after them weekdays and leap years repeat
_YEAR = timedelta(days=365)
_MAX_PER_DAY = 24
_MAX_RULE = 300  # characters
_PARTS = re.compile(r"[A-Z-]+=[\w,+:-]+(?:;[A-Z-]+=[\w,+:-]+)*", re.ASCII)
_KNOWN = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH"),
    *("BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"),
}


class UnfollowableError(Exception):
    """A rule that is malformed, or would take too long to follow; the message says which."""


class Allowance:
    """What following all rules of one calendar may cost."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._left = seconds * 1e6

    def spend(self, microseconds: float) -> None:
        """Take from it.

        Raises:
            UnfollowableError: when there is not that much left.
        """
        if microseconds > self._left:
            raise UnfollowableError("its recurrence would take too long to follow")
        self._left -= microseconds

    def regret(self, microseconds: float) -> None:
        """Take what turned out to be spent; the next rule may find nothing left."""
        self._left -= microseconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """An RRULE that has been checked."""

    text: str  # without COUNT and UNTIL
    frequency: str
    interval: int
    count: int | None
    until: str  # as written; "" where the rule has no end of its own

    def starts(self, first: datetime, *, since: datetime, until: datetime, allowance: Allowance) -> Iterator[datetime]:
        """The starts from ``since`` up to ``until``; all in wall-clock time, without a zone.

        Raises:
            UnfollowableError: when dateutil does not take the rule, or it would cost too much.
        """
        begin = first if self.count else self._forward(first, since)
        allowance.spend(self._cost(begin, until))
        # dateutil follows a rule that matches no day to the year 9999. The calendar repeats after 400 years, so that
        # the same can be computed close to that year.
        era = (MAXYEAR - until.year) // 400 * _ERA
        matches = False
        try:
            rule = rrulestr(self.text, dtstart=begin + era).replace(until=until + era)
            for start in islice(rule, self.count):
                matches = True
                if start >= since + era:
                    yield start - era
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError) as error:
            raise UnfollowableError(f"its rule {self.text} cannot be followed: {error}") from None
        if not matches:
            allowance.regret((MAXYEAR - (until + era).year) * self._cost(begin, begin + _YEAR))

    def _cost(self, begin: datetime, end: datetime) -> float:
        """Microseconds that the periods between two instants take at most."""
        periods = (end - begin).days / _DAYS[self.frequency] / self.interval
        return max(1.0, periods) * _MICROSECONDS[self.frequency]

    def _forward(self, first: datetime, since: datetime) -> datetime:
        """A later first day from which the same days follow, so that years gone by cost nothing."""
        if self.frequency in {"DAILY", "WEEKLY"}:
            step = timedelta(days=_DAYS[self.frequency] * self.interval)
            return first + max(0, (since - first) // step - 1) * step
        if first.day > 28 or "BYWEEKNO" in self.text:  # the day or its weekday would not stay the same
            return first
        step_months = self.interval * (12 if self.frequency == "YEARLY" else 1)
        between = (since.year - first.year) * 12 + since.month - first.month
        months = first.month - 1 + max(0, between // step_months - 1) * step_months
        return first.replace(year=first.year + months // 12, month=months % 12 + 1)


def read_rule(text: str) -> Rule:
    """Check an RRULE (RFC 5545 section 3.3.10).

    Raises:
        UnfollowableError: saying what is wrong with it.
    """
    text = text.strip().upper()
    if len(text) > _MAX_RULE or not _PARTS.fullmatch(text):
        raise UnfollowableError("its rule of recurrence is malformed")
    parts = dict(part.split("=") for part in text.split(";"))
    if parts.keys() - _KNOWN:
        raise UnfollowableError(f"its rule has {', '.join(sorted(parts.keys() - _KNOWN))}, which is not understood")
    frequency = parts.get("FREQ", "")
    per_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        per_day *= len(set(parts.get(name, "").split(",")))
    if frequency in {"HOURLY", "MINUTELY", "SECONDLY"} or per_day > _MAX_PER_DAY:
        raise UnfollowableError("it recurs more often than a calendar of events would")
    interval, count = _number(parts.get("INTERVAL", "1")), _number(parts["COUNT"]) if "COUNT" in parts else None
    if frequency not in _DAYS or not interval or count == 0:
        raise UnfollowableError(f"its rule {text} is malformed")
    return Rule(
        text=";".join(f"{name}={value}" for name, value in parts.items() if name not in {"COUNT", "UNTIL"}),
        frequency=frequency,
        interval=interval,
        count=count,
        until=parts.get("UNTIL", ""),
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,5}", text, re.ASCII) else 0


def merged(*starts: Iterator[datetime]) -> Iterator[datetime]:
    """Several ascending runs of starts as one, each start once."""
    last = None
    for start in merge(*starts):
        if start != last:
            yield start
        last = start
