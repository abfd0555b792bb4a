"""When a recurring event takes place (RFC 5545 section 3.8.5), at a cost that is counted; pure.

Days are computed by dateutil in the event's own wall-clock time, so that a meeting at seven stays at seven when the
clocks change. docs/decisions/recurrence.md tells why recurring-ical-events, which tests compare this with, does not.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, time, timedelta
from heapq import merge
from itertools import islice

from dateutil.rrule import rrulestr

from digest.model import Doubt, Quoted, Told

_MICROSECONDS = {"DAILY": 4, "WEEKLY": 10, "MONTHLY": 15, "YEARLY": 100}  # that dateutil takes for one period, measured
_PER_RULE = 80  # microseconds
_PER_START = 3
_PER_DAY = 0.015  # of a long interval, whose months are counted
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_ERA = timedelta(days=146_097)  # 400 years
_CYCLE = timedelta(days=10_227)  # 28 years of which every fourth has a leap day
_END = datetime(MAXYEAR, 12, 31)  # noqa: DTZ001  (wall-clock time)
_MAX_PER_DAY = 24
_MAX_RULE = 300  # characters
_PARTS = re.compile(r"[A-Z-]+=[\w,+:-]+(?:;[A-Z-]+=[\w,+:-]+)*", re.ASCII)
_KNOWN = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH"),
    *("BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"),
}
_EVERY_PERIOD = {"FREQ", "INTERVAL", "WKST"}  # a rule of these alone has a start in each of its days or weeks


class UnfollowableError(Exception):
    """A rule that is malformed, or would take too long to follow; the message says which."""


class Allowance:
    """What following all rules of one calendar may cost."""

    def __init__(self, seconds: float = 0.4) -> None:
        self._left = seconds * 1e6

    def spend(self, microseconds: float) -> None:
        """Take what a piece of work took.

        Raises:
            UnfollowableError: when nothing was left before; so that the last piece may cost more than there was.
        """
        if self._left <= 0:
            raise UnfollowableError(Told("rule_long"))
        self._left -= microseconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """An RRULE that has been checked."""

    stated: str  # as the calendar has it
    text: str  # without COUNT and UNTIL
    frequency: str
    interval: int
    count: int | None
    until: str  # as written; "" where the rule has no end of its own
    per_day: int  # starts of one day at most
    doubts: tuple[Doubt, ...] = ()

    def last(self, wall: Callable[[datetime], datetime]) -> datetime | None:
        """The last wall-clock time, where the rule has an UNTIL: a day, local or UTC (RFC 5545 section 3.3.10).

        Args:
            wall: turns an instant into wall-clock time.

        Raises:
            UnfollowableError: when its UNTIL is no date.
        """
        for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d") if self.until else ():
            try:
                moment = datetime.strptime(self.until, form)  # noqa: DTZ007  (wall-clock time)
            except ValueError:
                continue  # the next form may fit
            if form.endswith("Z"):
                return wall(moment.replace(tzinfo=UTC))
            return moment if "T" in form else datetime.combine(moment, time.max)
        if self.until:
            raise UnfollowableError(Told("rule_end", stated=self.until[:20]))
        return None

    def starts(self, first: datetime, *, since: datetime, until: datetime, allowance: Allowance) -> Iterator[datetime]:
        """The starts from ``since`` up to ``until``; all in wall-clock time, without a zone.

        Raises:
            UnfollowableError: when dateutil does not take the rule, or nothing is left of the allowance.
        """
        if until < since or self._counted_out(first, since):
            return
        begin = first if self.count else self._forward(first, since)
        allowance.spend(_PER_RULE)
        era, passed = _era(begin, until), 0
        at = begin + era
        try:
            for start in islice(rrulestr(self.text, dtstart=at), self.count):
                allowance.spend(self._cost(at, start))
                at, passed = start, passed + 1
                if start > until + era:
                    return
                if start >= since + era:
                    yield start - era
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError) as error:
            raise UnfollowableError(Told("rule_not_followed", rule=self.text, said=Quoted(error))) from None
        if passed != self.count:
            allowance.spend(self._cost(at, _END))

    def _cost(self, begin: datetime, end: datetime) -> float:
        """Microseconds that finding the next start takes at most."""
        periods = (end - begin).days / _DAYS[self.frequency] / self.interval
        each = _MICROSECONDS[self.frequency]
        if "BYSETPOS" in self.text:  # for which all starts of a period are made
            each += _DAYS[self.frequency] * self.per_day
        return periods * each + _PER_START + (end - begin).days * _PER_DAY

    def _counted_out(self, first: datetime, since: datetime) -> bool:
        """Whether it is plain that all its starts are over, without following it."""
        if not self.count or self.frequency not in {"DAILY", "WEEKLY"}:
            return False
        names = {part.partition("=")[0] for part in self.text.split(";")}
        if names - _EVERY_PERIOD - ({"BYDAY"} if self.frequency == "WEEKLY" else set()):
            return False
        return (since - first).days > (self.count + 1) * self.interval * _DAYS[self.frequency]

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


def _era(begin: datetime, until: datetime) -> timedelta:
    """How much later the same days follow close to the year 9999, to which dateutil follows a rule that matches none.

    Weekdays and leap years repeat after 400 years, and after 28 where no century without a leap day lies between.
    """
    cycles = max(0, -(-(until.year - 1998) // 28))
    if until.year < 2100 and begin.year - 28 * cycles > 1900:
        return 20 * _ERA - cycles * _CYCLE
    return (MAXYEAR - until.year) // 400 * _ERA


def read_rule(stated: str) -> Rule:
    """Check an RRULE (RFC 5545 section 3.3.10).

    Raises:
        UnfollowableError: saying what is wrong with it.
    """
    text = "".join(stated.split()).strip(";").upper()
    if len(text) > _MAX_RULE or not _PARTS.fullmatch(text):
        raise UnfollowableError(Told("rule_malformed"))
    parts = dict(part.split("=") for part in text.split(";"))
    if parts.keys() - _KNOWN:
        raise UnfollowableError(Told("rule_unknown", parts=", ".join(sorted(parts.keys() - _KNOWN))))
    frequency = parts.get("FREQ", "")
    per_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        per_day *= len(set(parts.get(name, "").split(",")))
    if frequency in {"HOURLY", "MINUTELY", "SECONDLY"} or per_day > _MAX_PER_DAY:
        raise UnfollowableError(Told("rule_often"))
    endless = parts.get("COUNT", "").startswith("-")  # some programs mean by it that there is no such limit
    if endless:
        del parts["COUNT"]
    interval, count = _number(parts.get("INTERVAL", "1")), _number(parts["COUNT"]) if "COUNT" in parts else None
    if frequency not in _DAYS or not interval or count == 0:
        raise UnfollowableError(Told("rule_wrong", rule=text))
    return Rule(
        stated=stated,
        text=";".join(f"{name}={value}" for name, value in parts.items() if name not in {"COUNT", "UNTIL"}),
        frequency=frequency,
        interval=interval,
        count=count,
        until=parts.get("UNTIL", ""),
        per_day=per_day,
        doubts=(Doubt("endless"),) if endless else (),
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
