"""The components with one UID -> the items they are: an event, or the next occurrences of a series; pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from digest.collect.calendar.recurrence import Allowance, UnfollowableError, merged
from digest.collect.calendar.rhythm import read_rhythm
from digest.collect.calendar.vevent import Component
from digest.collect.found import Found, Moment
from digest.collect.stated import plausible, stated_key
from digest.model import Doubt

OCCURRENCES_AHEAD = 3  # of a series that take place
LOOK = 12  # and together with those that do not
_PAST = timedelta(days=1)  # an event stays for so long after its end
_MAX_LENGTH = timedelta(days=60)  # of an occurrence that may still be going on
_DROPPED = Doubt("dropped")


def read_series(
    components: Sequence[Component],
    *,
    around: datetime,
    until: datetime,
    allowance: Allowance,
    complain: Callable[[str], None],
) -> Iterator[Found]:
    """The items of all components with one UID.

    Args:
        components: at least one; of those that speak of the same, the highest SEQUENCE counts.
        around: the instant to judge by, in the network's zone.
        until: how far ahead a series is followed.
        allowance: what following rules may still cost.
        complain: told why it is not known which occurrences there are, where that is so.
    """
    newest = sorted(components, key=lambda one: (one.sequence, one.stamped_at, one.cancelled))
    cores = [component for component in newest if component.original is None]
    changes = [component for component in newest if component.original is not None]
    if not changes and not any(_recurs(core) for core in cores):
        event = cores[-1]
        if not _over(event, event.first, around - _PAST):
            yield event.found(stated_key(event.uid), event.first, cancelled=event.cancelled)
        return
    yield from _Series(cores, changes, around, until, allowance, complain=complain).occurrences()


class _Series:
    def __init__(
        self,
        cores: Sequence[Component],
        changes: Sequence[Component],
        around: datetime,
        until: datetime,
        allowance: Allowance,
        *,
        complain: Callable[[str], None],
    ) -> None:
        newest = cores[-1] if cores else changes[-1]
        # What cancels a series need not repeat its rules (RFC 5546 section 3.2.5).
        rules = next((one for one in reversed(cores) if _recurs(one)), newest) if newest.cancelled else newest
        self._core = rules
        self._whole = bool(cores)  # else only changed occurrences are published
        self._cancelled = self._whole and newest.cancelled
        self._changed = {rules.wall(one.original): one for one in changes if one.original is not None}
        self._shifts = sorted((wall for wall, one in self._changed.items() if one.and_future), reverse=True)
        self._dropped = {rules.wall(day) for day in rules.dropped_days}
        self._around = around
        self._zone = around.tzinfo or UTC
        self._until = until
        self._allowance = allowance
        self._complain = complain
        alone = len(rules.rules) == 1 and not self._shifts
        all_day = not isinstance(rules.start, datetime)
        self._rhythm = read_rhythm(rules.rules[0].text, rules.first, all_day=all_day) if alone else None

    def occurrences(self) -> Iterator[Found]:
        """The next by their original starts, and those of later that were moved to stand before these."""
        seen: set[datetime] = set()
        edge, live = self._until, 0
        for original, doubts in self._followed():
            component, start = self._as_it_is(original)
            if not self._is_news(component, start):
                continue
            seen.add(original)
            found = self._found(original, component, start, doubts)
            yield found
            live += not found.cancelled
            if live == OCCURRENCES_AHEAD or len(seen) == LOOK:
                edge = _instant(self._core.at(original), self._zone)
                break
        for original, change in self._changed.items():
            if original in seen or original in self._dropped or _instant(change.start, self._zone) > edge:
                continue
            if self._is_news(change, change.first) and not self._superseded(original, change):
                yield self._found(original, change, change.first, ())

    def _followed(self) -> Iterator[tuple[datetime, tuple[Doubt, ...]]]:
        """The next original starts in the core's wall-clock time, and what is in doubt about each."""
        if not self._whole:
            yield from ((original, ()) for original in sorted(self._changed))
            return
        core = self._core
        since = core.wall(self._around - _PAST - min(core.length, _MAX_LENGTH))
        until = core.wall(self._until)
        last = since - _PAST
        try:
            for last in self._starts(since, until):
                yield last, ()
        except UnfollowableError as error:
            self._complain(str(error))
            doubts = (Doubt("unfollowed", why=error),)
            yield from ((wall, doubts) for wall in self._stated(since, until) if wall > last)

    def _superseded(self, original: datetime, change: Component) -> bool:
        """Whether the series was revised after this change, and no longer has the occurrence (RFC 5546 section 2.1.5).

        Where it still has it the change holds: many programs raise the SEQUENCE of the series alone.
        """
        if not self._whole or change.sequence >= self._core.sequence:
            return False
        try:
            return next(self._starts(original, original), None) is None
        except UnfollowableError:
            return False

    def _as_it_is(self, original: datetime) -> tuple[Component, datetime]:
        """What tells of an occurrence, and its start in that component's wall-clock time."""
        if original in self._changed and original not in self._dropped:  # RFC 5545 section 3.8.5.1
            change = self._changed[original]
            return change, change.first
        shift = next((wall for wall in self._shifts if wall <= original), None)
        if shift is None:
            return self._core, original
        later = self._changed[shift]
        return later, later.wall(self._core.at(original + (self._core.wall(later.start) - shift)))

    def _is_news(self, component: Component, start: datetime) -> bool:
        return not _over(component, start, self._around) and plausible(component.at(start)) is not None

    def _found(self, original: datetime, component: Component, start: datetime, doubts: tuple[Doubt, ...]) -> Found:
        dropped = original in self._dropped
        found = component.found(
            stated_key(f"{self._core.uid}/{self._core.stamp(original)}"),
            start,
            cancelled=dropped or component.cancelled or self._cancelled,
            doubts=(*doubts, _DROPPED) if dropped else doubts,
        )
        planned = self._core.at(original)
        alone = original in self._changed and not component.and_future
        moved_from = planned if alone and component.at(start) != planned else None
        return replace(found, rhythm=self._rhythm, moved_from=moved_from)

    def _stated(self, since: datetime, until: datetime) -> list[datetime]:
        """The first start and the RDATEs of a time."""
        core = self._core
        return sorted({wall for wall in (core.first, *map(core.wall, core.more_days)) if since <= wall <= until})

    def _starts(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """The original starts of a time in the core's wall-clock time.

        Raises:
            UnfollowableError: when a rule cannot be followed.
        """
        core = self._core
        ends = [rule.last(core.wall) for rule in core.rules]
        stated = self._stated(since, until)
        if ends and all(end and end < core.first for end in ends):  # calendar programs empty a series in this way
            stated = [wall for wall in stated if wall != core.first]
        runs = [
            rule.starts(core.first, since=since, until=min(until, end or until), allowance=self._allowance)
            for rule, end in zip(core.rules, ends, strict=True)
        ]
        yield from merged(iter(stated), *runs)


def _recurs(component: Component) -> bool:
    return bool(component.rules or component.more_days)


def _over(component: Component, wall: datetime, now: datetime) -> bool:
    return _instant(component.at(wall + component.length), now.tzinfo or UTC) < now


def _instant(moment: Moment, zone: tzinfo) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0), zone)
